"""Group R: what the server's requests thread does with those who come."""

import os
import re
import shutil
import time

import pytest

from tests.judge.addresses import own_address
from tests.judge.deadline import Deadline
from tests.judge.disappointment import Disappointment, Other
from tests.judge.people import (
    CLOSING,
    FULL,
    GREETING,
    Participant,
    Server,
    StreamEnd,
    hello,
)
from tests.judge.process import Silence
from tests.judge.step import step
from tools.language import tr

#: The most connections that are served at a time: the contract's `MAXIM_CONNEXIONS`.
MOST = 100

#: Descriptors that a server is left with when they must run out.
FEW = 40


# R1, R3, R6. Who comes is received ----------------------------------------------------


@step("R1")
def test_clients_can_connect_to_the_port_that_it_says(scene):
    server = scene.server()
    server.arrives()
    server.arrives()


@step("R3")
def test_whoever_connects_is_received(scene):
    """One after another: each when the one before has gone, if not sooner."""
    server = scene.server()
    first = server.arrives()
    _is_received(
        first,
        tr(
            "Els clients es poden connectar, però ningú no els rep: es queden a la "
            "porta. Cal acceptar-los, l'un darrere l'altre.",
            "Clients can connect, but nobody receives them: they stay at the door. "
            "They have to be accepted, one after another.",
        ),
    )
    first.closes()
    means = tr(
        "S'ha rebut el primer client, però els que venen darrere es queden a la porta: "
        "accept() només en dona un, i s'ha de cridar en un bucle.",
        "The first client was received, but those who come after it are left at the "
        "door: accept() gives just one, and has to be called in a loop.",
    )
    for _ in range(3):
        later = server.arrives(means=means)
        _is_received(later, means)
        later.closes()


def _is_received(newcomer: Participant, means: str) -> None:
    """Told something; or, while nobody does that yet (R6, P1), accepted and let go."""
    newcomer.says(newcomer.name)
    came = newcomer.next(Deadline())
    if not isinstance(came, str | StreamEnd):
        raise Disappointment(f"{newcomer.label} ← {GREETING}", came, means)
    newcomer.scene.says_that(
        f"el servidor ha rebut {newcomer.label}",
        f"the server has received {newcomer.label}",
    )


@step("R6")
def test_a_silent_client_keeps_nobody_waiting(scene):
    server = scene.server()
    silent = server.arrives()
    second = server.arrives()
    third = server.arrives()
    means = tr(
        "El primer client calla, i els altres esperen. Qui escolta el sòcol de "
        "servidor no ha d'esperar res de cap client: això és feina d'un fil nou per a "
        "cada un (start() l'engega; run() i join() fan esperar).",
        "The first client says nothing, and the others wait. Whoever listens on the "
        "server socket must not wait for anything from a client: that is the work of a "
        "new thread for each one (start() starts it; run() and join() wait).",
    )
    third.gets(GREETING, means)
    second.gets(GREETING, means)
    silent.gets(GREETING, means)


# R2. Trouble making the server socket -------------------------------------------------


@step("R2")
def test_a_port_in_use_is_said_and_the_status_is_1(scene):
    first = scene.server()
    second = Server(scene, ("127.0.0.1", str(first.port)))
    _cannot_listen(second)
    # And the first one does not even notice.
    first.arrives().greeted()


@step("R2")
@pytest.mark.parametrize(
    "host",
    [
        pytest.param("192.0.2.1", id="another-machine"),
        pytest.param("a..b", id="malformed"),
    ],
)
def test_a_host_that_is_not_this_one_is_said_and_the_status_is_1(scene, host):
    _cannot_listen(Server(scene, (host, "0")))


def _cannot_listen(server: Server) -> None:
    """It says so, and why, and ends, although its keyboard stays open."""
    host, port = server.arguments
    means = tr(
        "Quan el sòcol de servidor no es pot crear, el programa ho ha de dir per la "
        "sortida d'error (on, i per què) i acabar de seguida amb l'estat 1, encara "
        "que ningú no toqui el teclat. En altres ordinadors i amb altres adreces, "
        "l'excepció pot ser una altra.",
        "When the server socket cannot be made, the program has to say so on standard "
        "error (where, and why) and end at once with status 1, even if nobody touches "
        "the keyboard. On other computers and with other addresses the exception may "
        "be another one.",
    )
    server.ends(1, means)
    text = f"No es pot escoltar a {host}:{port}: "
    server.complains(text, means)
    if any(
        re.fullmatch(re.escape(text) + r"\s*", line) for line in server.stderr.lines
    ):
        raise Disappointment(
            f"{text}…", Other(tr("Sense cap motiu.", "Without a reason.")), means
        )
    if any(line.startswith("Escoltant a ") for line in server.stdout.lines):
        raise Disappointment(
            tr("no escriu «Escoltant a …»", "does not print «Escoltant a …»"),
            Other(tr("Ho ha escrit.", "It printed it.")),
            means,
        )


# R4. Trouble listening ----------------------------------------------------------------


@step("R4")
def test_when_it_can_accept_no_more_everyone_is_told_and_the_status_is_1(scene):
    shell = shutil.which("sh")
    if os.name != "posix" or shell is None:
        pytest.skip("needs sh and its ulimit")
    scene.says_that(
        f"el servidor només podrà obrir {FEW} descriptors (ulimit -n {FEW})",
        f"the server can open no more than {FEW} descriptors (ulimit -n {FEW})",
    )
    limited = [shell, "-c", f'ulimit -n {FEW}; exec "$@"', "sh"]
    server = scene.server(before_start=limited)
    anna = server.arrives().enters(1)
    berta = server.arrives().enters(2)
    nameless = server.arrives().greeted()
    with scene.in_short(
        f"es connecten {FEW} persones més", f"{FEW} more people connect"
    ):
        for _ in range(FEW):
            server.knocks()
    means = tr(
        "Quan accept() falla i la culpa no és d'un client que ja se n'ha anat, el "
        "servidor ja no pot rebre ningú: ha d'acabar el xat, dir-ho a tothom i acabar "
        "amb l'estat 1.",
        "When accept() fails, and not because of one client that has gone already, the "
        "server can receive nobody any more: it has to end the chat, tell everyone and "
        "end with status 1.",
    )
    for person in (anna, berta, nameless):
        person.gets_until(CLOSING, means)
        person.gets_end(means)
    server.ends(1, means)


@step("R4")
def test_a_client_that_goes_at_once_ends_nothing(scene):
    server = scene.server(awkward=True)
    server.arrives().enters(1)
    with scene.in_short(
        "50 persones es connecten i trenquen la connexió (RST)",
        "50 people connect, and break their connections (RST)",
    ):
        server.is_visited_in_vain(50)
    means = tr(
        "Un client que se'n va tan bon punt s'ha connectat no ha d'aturar qui escolta: "
        "els que venen darrere han de poder entrar.",
        "A client that leaves as soon as it has connected must not stop whoever "
        "listens: those who come after it have to get in.",
    )
    with scene.in_a_plight():
        berta = server.arrives(means=means)
    berta.gets(GREETING, means)
    berta.says(berta.name)
    berta.gets(hello(berta.name, 2), means)


# R5. No room --------------------------------------------------------------------------


@step("R5")
def test_the_101st_is_turned_away_until_somebody_leaves(scene):
    server = scene.server()
    means = _means_places()
    anna, berta = server.arrives().enters(1), server.arrives().enters(2)
    server.is_crowded_with(MOST - 3, means)
    nameless = server.arrives()
    nameless.gets(GREETING, means)
    for _ in range(3):
        late = server.arrives()
        late.gets(FULL, means)
        late.gets_end(means)
    # Those inside chat on.
    text = scene.words.text()
    anna.says(text)
    berta.gets_until(f"[{anna.name}] {text}", means)

    for leaver in (nameless, berta):
        leaver.leaves()
        newcomer = _comes_in_the_end(server, means)
        # Just one place was free.
        late = server.arrives()
        late.gets(FULL, means)
        late.gets_end(means)
    newcomer.says(newcomer.name)
    newcomer.gets(hello(newcomer.name, MOST - 1), means)


def _means_places() -> str:
    return tr(
        f"Com a molt s'atenen {MOST} connexions alhora, des que s'accepten fins que "
        "es tanquen: les de qui encara no ha dit el nom també compten, i les que no "
        "s'han deixat entrar, no. A qui no hi cap se li diu de seguida, sense esperar "
        "que marxi ningú.",
        f"At most {MOST} connections are served at a time, from the moment they are "
        "accepted until they are closed: those without a name yet count too, and "
        "those that were turned away do not. Who finds no room is told so at once, "
        "without waiting for anybody to leave.",
    )


def _comes_in_the_end(server: Server, means: str) -> Participant:
    """Somebody is greeted: perhaps not at once, since a closing takes its time."""
    deadline = Deadline()
    while True:
        newcomer = server.arrives()
        came = newcomer.next(deadline)
        if came == GREETING:
            server.scene.note(newcomer.label, "←", GREETING)
            return newcomer
        if came != FULL or not deadline.left():
            raise newcomer.disappoints(f"{newcomer.label} ← {GREETING}", came, means)
        newcomer.closes()
        time.sleep(0.05)


# R7, R8. The end ----------------------------------------------------------------------


@step("R7")
def test_nobody_gets_in_once_the_end_is_marked(scene):
    server = scene.server()
    anna = server.arrives().enters(1)
    server.closes_chat()
    means = tr(
        "Quan el xat s'acaba, ja no hi entra ningú: el fil de peticions ha de mirar "
        "l'esdeveniment a cada volta (també quan acaba d'arribar algú), deixar "
        "d'escoltar i acabar.",
        "When the chat ends, nobody comes in any more: the requests thread has to look "
        "at the event on each turn (also when somebody has just come), stop listening "
        "and end.",
    )
    _knock_until_told(server, anna)
    server.takes_nobody(means)
    server.ends(0, means)


def _knock_until_told(server: Server, witness: Participant) -> None:
    """Until the witness is told that the chat closes, clients come without a pause."""
    deadline = Deadline()
    with server.scene.in_short(
        f"fins que {witness.label} sap que el xat es tanca, van trucant clients",
        f"until {witness.label} is told that the chat closes, clients keep knocking",
    ):
        while (came := witness.next(Deadline(0.02))) != CLOSING:
            if not isinstance(came, Silence) or not deadline.left():
                raise witness.disappoints(f"{witness.label} ← {CLOSING}", came)
            if (visitor := server.knocks()) is not None:
                visitor.closes()


@step("R8")
def test_the_port_can_be_used_again_at_once(scene):
    host = own_address(scene.words.random)
    first = scene.server(arguments=(host, "0"))
    anna = first.arrives().enters(1)
    first.closes_chat()
    # The server is the one that closes first: its port remembers for a while.
    anna.gets(CLOSING)
    anna.gets_end()
    first.ends(0)
    second = Server(scene, (host, str(first.port)))
    means = tr(
        "Quan el servidor s'ha acabat, se n'ha de poder engegar un altre al mateix "
        "port. Si el sistema encara recorda les connexions d'abans, s'ha de demanar "
        "SO_REUSEADDR: socket.create_server() ja ho fa.",
        "When the server has ended, it has to be possible to start another one at the "
        "same port. If the system still remembers the connections of before, "
        "SO_REUSEADDR has to be asked for: socket.create_server() does so.",
    )
    second.says_where(means)
    second.arrives().gets(GREETING, means)
