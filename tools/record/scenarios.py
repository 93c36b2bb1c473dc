"""The stories that are recorded, each played by the programs and some people."""

import os
import pathlib
from collections.abc import Callable

from tools.catalogue import ROOT

from .stage import Peer, RecordError, Stage

FULL = ROOT / "variants" / "full"
NAIVE = ROOT / "docs" / "data" / "naive"


def entra(stage: Stage) -> None:
    """Two come in."""
    stage.server()
    stage.begins()
    anna = stage.enters("Anna", 1)
    berta = stage.enters("Berta", 2)
    anna.reads("* Berta ha entrat al xat.")
    stage.ends()
    del berta  # she stays until here


def parla(stage: Stage) -> None:
    """One talks, the others read."""
    anna, berta, carla = _three_inside(stage)
    stage.begins()
    anna.sends("Bon dia!")
    for other in (berta, carla):
        other.reads("[Anna] Bon dia!")
    stage.ends()


def _three_inside(stage: Stage) -> tuple[Peer, Peer, Peer]:
    """Three come in, and have read all that they were sent."""
    stage.server()
    anna = stage.enters("Anna", 1)
    berta = stage.enters("Berta", 2)
    anna.reads("* Berta ha entrat al xat.")
    carla = stage.enters("Carla", 3)
    for other in (anna, berta):
        other.reads("* Carla ha entrat al xat.")
    return anna, berta, carla


def quit(stage: Stage) -> None:
    """One leaves with {quit}, in a client of the course; the other is told."""
    server = stage.server()
    anna = stage.client("Anna")
    # Once she is told that somebody else came in, she is in herself.
    stage.wait_for(server, call="release", on="lock Sala")
    berta = stage.enters("Berta", 2)
    stage.wait_for_bytes(anna, "* Berta ha entrat al xat.\n")
    stage.wait_for(anna, call="waits", on="event final")
    stage.begins()
    anna.types("{quit}\n")
    berta.reads("* Anna ha abandonat el xat.")
    stage.ends_with(anna)


def perdut(stage: Stage) -> None:
    """The connection of one is lost; the others are told."""
    anna, berta, carla = _three_inside(stage)
    stage.begins()
    anna.is_lost()
    for other in (berta, carla):
        other.reads("* S'ha perdut la connexió amb Anna.")
    stage.ends()


def final(stage: Stage) -> None:
    """«finalitza» is typed at the console, with people inside."""
    server = stage.server()
    anna = stage.enters("Anna", 1)
    berta = stage.enters("Berta", 2)
    anna.reads("* Berta ha entrat al xat.")
    stage.begins()
    server.types("finalitza\n")
    for person in (anna, berta):
        person.reads("* El xat es tanca.")
        person.reads_the_end()
    stage.ends_with(server)


def naive(stage: Stage) -> None:
    """What befalls programs that take one `recv()` for one message.

    Whether bytes are joined or cut depends on when the reader reads. Here the reader is
    held until the writer has written, as happens by itself when a computer is busy.
    """
    if os.name != "posix":
        raise RecordError("the naive programs can be held still on POSIX systems only")
    server = stage.server()
    anna = stage.client("Anna")
    stage.wait_for_bytes(anna, "* Hola, Anna!")
    stage.begins()
    # Two sends, one recv: she is connected, and does not read yet.
    with server.held():
        berta = stage.client("Berta")
        stage.wait_for(berta, call="waits", **{"for": "recv"})
        holding = berta.held()
        holding.__enter__()
    stage.wait_for(server, call="send", bytes="* Hola, Berta!")
    holding.__exit__(None, None, None)
    stage.wait_for_bytes(berta, "* Hola, Berta!")
    # One send, two recvs: the text is longer than what one recv() takes.
    anna.types(f"{LONG_TEXT}\n")
    stage.wait_for(server, call="recv", bytes=LONG_TEXT[1024:])
    stage.wait_for_bytes(berta, LONG_TEXT[1024:])
    # Two sends, one recv: the server is busy, and {quit} does not come alone.
    with server.held():
        anna.types("Adeu!\n{quit}\n")
        stage.wait_for(anna, call="send", bytes="{quit}")
    stage.wait_for(server, call="recv", bytes="Adeu!{quit}")
    stage.wait_for_bytes(berta, "[Anna] Adeu!{quit}")
    stage.ends()


#: Longer than the 1024 bytes that a naive program takes at once.
LONG_TEXT = (
    "Hi havia una vegada un gat que cada nit feia la ronda pels terrats. " * 18
    + "Vet aquí un gat, vet aquí un gos, aquest conte ja s'ha fos."
)

#: Each scenario, and the programs that play in it.
SCENARIOS: dict[str, tuple[Callable[[Stage], None], pathlib.Path]] = {
    "entra": (entra, FULL),
    "parla": (parla, FULL),
    "quit": (quit, FULL),
    "perdut": (perdut, FULL),
    "final": (final, FULL),
    "naive": (naive, NAIVE),
}
