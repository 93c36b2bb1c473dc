"""The cast: a server process and those who connect to it, a client process, and a
made-up server for clients to connect to."""

import contextlib
import dataclasses
import re
import select
import socket
import struct

from tools.language import tr

from .deadline import Deadline, patience
from .disappointment import Came, Disappointment, Other
from .process import Ended, Process, Silence
from .scene import Scene
from .shorten import CLOSE, shorten

#: More than this (bytes) at one end of a connection, and nothing else is read there.
RECEIVED_CAP = 20_000_000

GREETING = "* Et donem la benvinguda al xat. Com et dius?"
CLOSING = "* El xat es tanca."
BAD_NAME = "* Aquest nom no és vàlid."
FULL = "* El xat és ple."
LOST_SERVER = "* S'ha perdut la connexió amb el servidor."


def hello(name: str, count: int) -> str:
    """What a newcomer is told; `count` includes it."""
    return f"* Hola, {name}! Ja ets al xat. Participants: {count}."


def came_in(name: str) -> str:
    return f"* {name} ha entrat al xat."


def left(name: str) -> str:
    return f"* {name} ha abandonat el xat."


def lost(name: str) -> str:
    return f"* S'ha perdut la connexió amb {name}."


def too_long(size: int) -> str:
    """What the author of a text of `size` bytes is told."""
    return f"* Missatge massa llarg: {size} bytes, i el màxim és 1024."


class Line(Came):
    """A line came, but another one."""

    kind = "other line"

    def __init__(self, actor: str, line: str):
        self.actor = actor
        self.line = line

    def describe(self) -> str:
        return f"{self.actor} ← {shorten(self.line, CLOSE)}"


class StreamEnd(Came):
    """The stream came to its end."""

    kind = "stream end"

    def __init__(self, actor: str, rest: bytes = b""):
        self.actor = actor
        self.rest = rest

    def describe(self) -> str:
        end = tr(
            f"{self.actor}: la connexió s'ha tancat.",
            f"{self.actor}: the connection was closed.",
        )
        if self.rest:
            end += tr(
                f" Abans, mitja línia: {shorten(repr(self.rest))}",
                f" Before that, half a line: {shorten(repr(self.rest))}",
            )
        return end


@dataclasses.dataclass
class Flood(Came):
    """Far more came than anybody has to say."""

    actor: str
    kind = "flood"

    def describe(self) -> str:
        return tr(
            f"{self.actor} ha rebut línies i línies, sense parar.",
            f"{self.actor} got more and more, without end.",
        )


class Refused(Came):
    """Nobody listens at the port."""

    kind = "refused"

    def describe(self) -> str:
        return tr("Connexió refusada.", "Connection refused.")


class Peer:
    """One end of a connection, in the test's hands: lines in, lines out, raw bytes."""

    def __init__(self, scene: Scene, label: str, sock: socket.socket):
        self.scene = scene
        self.label = label
        self.sock = scene.keep(sock)
        self._received = b""
        self._total = 0
        self._ended = False

    # What one does -----------------------------------------------------------------

    def says(self, text: str) -> None:
        """Send one line."""
        self.scene.note(self.label, "→", shorten(text))
        self._send(text.encode() + b"\n")

    def sends(self, data: bytes, note: str | None = None) -> None:
        """Send bytes as they are; `note` replaces them in the transcript."""
        self.scene.note(self.label, "→", note or shorten(data))
        self._send(data)

    def sends_in_pieces(self, pieces: list[bytes]) -> None:
        """Send the pieces one by one, each as a packet of its own."""
        shown = " + ".join(repr(piece) for piece in pieces)
        self.scene.note(self.label, "→", shorten(shown))
        for piece in pieces:
            self._send(piece)

    def _send(self, data: bytes) -> None:
        self.sock.settimeout(patience())
        try:
            self.sock.sendall(data)
        except TimeoutError:
            raise Disappointment(
                tr("el programa llegeix el que se li envia", "the program reads"),
                Other(
                    tr("Fa estona que no llegeix res.", "It has stopped reading."),
                    kind="does not read",
                ),
            ) from None
        except OSError:
            # The other end has gone: what is expected next will tell.
            pass

    def half_closes(self) -> None:
        """End this side's stream (as `nc -N` does at the end of its input)."""
        self.scene.note(
            self.label, "·", tr("acaba d'enviar (shutdown)", "stops sending (shutdown)")
        )
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)

    def closes(self) -> None:
        """Close the connection."""
        self.scene.note(self.label, "·", tr("tanca la connexió", "closes"))
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def resets(self) -> None:
        """Break the connection: the other end gets a reset, not an end."""
        self.scene.note(
            self.label, "·", tr("trenca la connexió (RST)", "breaks it (RST)")
        )
        with contextlib.suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.sock.close()

    def keeps_quiet(self) -> None:
        """Say nothing until the `rep()` that waits for it has given a `TIMEOUT`."""
        # The driver is a cast of its own, and knows this one.
        from .driver import wait_for_timeouts

        self.scene.note(self.label, "·", tr("calla una estona", "is quiet for a while"))
        wait_for_timeouts(self.scene, 1)

    # What one expects --------------------------------------------------------------

    def gets(self, line: str, means: str | None = None) -> None:
        """The next line that comes is `line`."""
        expected = f"{self.label} ← {shorten(line, CLOSE)}"
        came = self.next(Deadline())
        if came != line:
            raise self.disappoints(expected, came, means)
        self.scene.note(self.label, "←", shorten(line))

    def gets_one_of(self, *lines: str, means: str | None = None) -> str:
        """The next line that comes is one of `lines`; gives it."""
        came = self.next(Deadline())
        if came not in lines:
            expected = tr(" o ", " or ").join(shorten(line, CLOSE) for line in lines)
            raise self.disappoints(f"{self.label} ← {expected}", came, means)
        self.scene.note(self.label, "←", shorten(came))
        return came

    def gets_until(self, line: str, means: str | None = None) -> list[str]:
        """Read until `line` comes; gives the lines before it."""
        deadline = Deadline()
        before: list[str] = []
        while (came := self.next(deadline)) != line:
            if isinstance(came, Came):
                if isinstance(came, Silence):
                    came = Silence(deadline.seconds, before)
                raise Disappointment(
                    f"{self.label} ← {shorten(line, CLOSE)}", came, means
                ) from None
            before.append(came)
        self.scene.note(self.label, "←", shorten(line))
        return before

    def gets_end(self, means: str | None = None) -> None:
        """Nothing more comes but the end of the stream."""
        came = self.next(Deadline())
        if not isinstance(came, StreamEnd) or came.rest:
            raise self._does_not_end(came, means)
        self.scene.note(
            self.label, "←", tr("(fi de la connexió)", "(end of the connection)")
        )

    def stays_connected(self, means: str | None = None) -> None:
        """So far neither a line has come nor the end of the stream."""
        if self._received or select.select([self.sock], [], [], 0)[0]:
            expected = tr(
                f"{self.label} continua connectat, i no li arriba res",
                f"{self.label} stays connected, and nothing comes",
            )
            raise self.disappoints(expected, self.next(Deadline()), means)

    def gets_rest(self, means: str | None = None) -> list[str]:
        """All the lines up to the end of the stream."""
        deadline = Deadline()
        lines: list[str] = []
        while isinstance(came := self.next(deadline), str):
            lines.append(came)
        if isinstance(came, StreamEnd):
            return lines
        if isinstance(came, Silence):
            came = Silence(deadline.seconds, lines)
        raise self._does_not_end(came, means)

    def reads(self, count: int) -> None:
        """Read so many lines, or all up to the end, whatever they say."""
        note = tr(f"llegeix fins a {count} línies", f"reads up to {count} lines")
        self.scene.note(self.label, "·", note)
        deadline = Deadline()
        for _ in range(count):
            if isinstance(self.next(deadline), Came):
                break

    def disappoints(
        self, expected: str, came: str | Came, means: str | None = None
    ) -> Disappointment:
        """What to raise when `came`, a line or what came for it, is not `expected`."""
        if isinstance(came, str):
            came = Line(self.label, came)
        return Disappointment(expected, came, means)

    def _does_not_end(self, came: str | Came, means: str | None) -> Disappointment:
        """The end of the stream was expected, and something else came."""
        expected = tr(
            f"{self.label}: s'acaba la connexió",
            f"{self.label}: the connection comes to its end",
        )
        return self.disappoints(expected, came, means)

    def next(self, deadline: Deadline) -> str | Came:
        """The next line; or why there is none: `StreamEnd`, or `Silence`."""
        while b"\n" not in self._received:
            if self._ended:
                return StreamEnd(self.label, self._received)
            if self._total > RECEIVED_CAP:
                return Flood(self.label)
            try:
                if not (left := deadline.left()):
                    # Not left to recv(): who never stops sending is never late.
                    raise TimeoutError
                self.sock.settimeout(left)
                data = self.sock.recv(65536)
            except TimeoutError:
                rest = self._received.decode(errors="backslashreplace")
                return Silence(deadline.seconds, unended=rest)
            except OSError:
                data = b""  # a reset means the same as an end
            self._ended = not data
            self._total += len(data)
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        # One "\r" before the end is no part of the line.
        return line.removesuffix(b"\r").decode(errors="backslashreplace")

    @property
    def origin(self) -> tuple[str, int]:
        """This end's address and port."""
        return self.sock.getsockname()[:2]


class Participant(Peer):
    """Somebody at the subject's server, on a raw socket."""

    def __init__(self, scene: Scene, server: "Server", name: str, sock: socket.socket):
        super().__init__(scene, name, sock)
        self.server = server
        self.name = name

    def greeted(self) -> "Participant":
        """Gets the greeting."""
        with self.scene.needing("P1"):
            self.gets(GREETING)
        return self

    def enters(self, count: int) -> "Participant":
        """Gets the greeting, says its name, is told that it is in (with `count`)."""
        self.greeted()
        self.says(self.name)
        with self.scene.needing("P4"):
            self.gets(hello(self.name, count))
        return self

    def leaves(self) -> None:
        """Sends `{quit}` and waits for the end of the stream."""
        self.says("{quit}")
        with self.scene.needing("P14"):
            self.gets_end()


class Server(Process):
    """The subject's server, on 127.0.0.1, at a port that the system chooses.

    With `awkward`, its threads switch as awkwardly as they can, for races to show.
    """

    def __init__(
        self,
        scene: Scene,
        arguments: tuple[str, ...] = ("127.0.0.1", "0"),
        awkward: bool = False,
        **options,
    ):
        label = tr("servidor", "server")
        scene.note(label, "·", " ".join(["python servidor.py", *arguments]))
        if awkward:
            options["awkward"] = scene.words.random.getrandbits(32)
            scene.is_awkward = True
            scene.says_that(
                "(els seus fils s'alternen tan incòmodament com es pot)",
                "(its threads switch as awkwardly as they can)",
            )
        program = scene.subject.folder / "servidor.py"
        super().__init__(scene, label, [str(program), *arguments], **options)
        self.arguments = arguments
        self.host = arguments[0] if arguments else "127.0.0.1"
        self.port = 0
        self.inside: list[Participant] = []

    def listening(self) -> "Server":
        """Wait until it says where it listens."""
        with self.scene.needing("R3"):
            self.says_where()
        return self

    def says_where(self, means: str | None = None) -> int:
        """It prints `Escoltant a {host}:{port}`; gives the port."""
        pattern = re.compile(rf"Escoltant a {re.escape(self.host)}:(\d+)")
        deadline = Deadline()
        passed = []
        while (line := self.stdout.next_line(deadline)) is not None:
            if found := pattern.fullmatch(line):
                self.scene.note(self.label, "←", line)
                self.port = int(found[1])
                return self.port
            passed.append(line)
        raise Disappointment(
            tr(
                f"{self.label} escriu «Escoltant a {self.host}:PORT»",
                f"{self.label} prints «Escoltant a {self.host}:PORT»",
            ),
            self.silence(deadline, passed),
            means,
        )

    def arrives(
        self,
        name: str | None = None,
        receive_buffer: int = 0,
        source: str = "",
        means: str | None = None,
    ) -> Participant:
        """Somebody connects, and says nothing yet.

        `receive_buffer` (bytes) makes it somebody who can be jammed soon; `source` is
        the address that it comes from; `means` is what it means when nobody listens.
        """
        name = name or self.scene.words.name()
        sock = socket.socket()
        if source:
            sock.bind((source, 0))
        if receive_buffer:
            # Before connect(): the window is agreed on when the connection is made.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.settimeout(patience())
        # Two of one name are told apart in the transcript.
        namesakes = [other for other in self.inside if other.name == name]
        label = f"{name} ({len(namesakes) + 1})" if namesakes else name
        self.scene.note(label, "·", tr("es connecta", "connects"))
        with self.scene.needing("R3"):
            try:
                sock.connect((self.host, self.port))
            except OSError:
                sock.close()
                raise Disappointment(
                    tr(
                        f"el servidor accepta connexions a {self.host}:{self.port}",
                        f"the server takes connections at {self.host}:{self.port}",
                    ),
                    Refused(),
                    means,
                ) from None
        newcomer = Participant(self.scene, self, name, sock)
        newcomer.label = label
        return newcomer

    def refuses(self, means: str | None = None) -> None:
        """Nobody can connect to it (any more)."""
        with socket.socket() as sock:
            sock.settimeout(patience())
            try:
                sock.connect((self.host, self.port))
            except OSError:
                return
        raise Disappointment(
            tr(
                f"ningú no pot connectar a {self.host}:{self.port}",
                f"nobody can connect to {self.host}:{self.port}",
            ),
            Other(tr("S'hi pot connectar.", "One can.")),
            means,
        )

    def knocks(self) -> Participant | None:
        """Somebody tries to connect; `None` when nobody listens (any more)."""
        name = self.scene.words.name()
        sock = socket.socket()
        sock.settimeout(patience())
        try:
            sock.connect((self.host, self.port))
        except OSError:
            sock.close()
            return None
        return Participant(self.scene, self, name, sock)

    def is_visited_in_vain(self, count: int) -> None:
        """So many connect and break their connections at once (RST)."""
        for _ in range(count):
            # As fast as can be: they are to be gone before they are accepted.
            with socket.socket() as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
                sock.settimeout(patience())
                with contextlib.suppress(OSError):
                    sock.connect((self.host, self.port))

    def takes_nobody(self, means: str | None = None) -> None:
        """Who still connects is not let in, and soon nobody can connect."""
        deadline = Deadline()
        with self.scene.in_short(
            "hi truquen més clients, que diuen el nom",
            "more clients knock, and say their names",
        ):
            while (newcomer := self.knocks()) is not None:
                newcomer.says(newcomer.name)
                for line in newcomer.gets_rest(means):
                    if line.startswith("* Hola"):
                        raise Disappointment(
                            tr("ningú més no entra al xat", "nobody else gets in"),
                            Line(newcomer.label, line),
                            means,
                        )
                if not deadline.left():
                    raise Disappointment(
                        tr(
                            f"ningú no es pot connectar a {self.host}:{self.port}",
                            f"nobody can connect to {self.host}:{self.port}",
                        ),
                        Other(tr("Encara s'hi pot.", "One still can.")),
                        means,
                    )
        self.scene.says_that(
            "ja no s'hi pot connectar ningú", "nobody can connect any more"
        )

    def welcomes(self, name: str | None = None, **options) -> Participant:
        """Somebody connects, says its name, and is in; those inside are told so."""
        newcomer = self.arrives(name, **options)
        newcomer.enters(len(self.inside) + 1)
        for other in self.inside:
            with self.scene.needing("P5"):
                other.gets(came_in(newcomer.name))
        self.inside.append(newcomer)
        return newcomer

    def welcomes_all(self, count: int) -> list[Participant]:
        """So many come in, one after another; everyone has read everything."""
        return [self.welcomes() for _ in range(count)]

    def is_crowded_with(
        self, count: int, means: str | None = None
    ) -> list[Participant]:
        """So many come in at the same time; `means` is what it means when one cannot.

        They say their names without waiting to be asked: the time that they have to do
        it cannot run out, however busy the machine is. They have read that they are in,
        and nothing more.
        """
        note = tr(f"entren {count} persones més", f"{count} more people come in")
        with self.scene.in_short(note, note):
            crowd = [self.arrives() for _ in range(count)]
            for one in crowd:
                one.says(one.name)
            for one in crowd:
                one.gets(GREETING, means)
                with self.scene.needing("P4"):
                    came = one.next(Deadline())
                    if isinstance(came, Came):
                        raise Disappointment(f"{one.label} ← * Hola, …", came)
        return crowd

    def goes(self, participant: Participant) -> None:
        """Take somebody off the list of those inside (it has left, in some way)."""
        self.inside.remove(participant)

    def closes_chat(self) -> None:
        """`finalitza` is typed at its console."""
        self.types("finalitza")


class Client(Process):
    """The subject's client; `label` tells it from another one of the same scene."""

    def __init__(self, scene: Scene, port: int, name: str, **options):
        self.name = name
        arguments = options.pop("arguments", ("127.0.0.1", str(port), name))
        label = options.pop("label", tr("client", "client"))
        shown = [shorten(argument) or '""' for argument in arguments]
        scene.note(label, "·", " ".join(["python client.py", *shown]))
        program = scene.subject.folder / "client.py"
        super().__init__(scene, label, [str(program), *arguments], **options)


class Host:
    """A made-up server, played by the test."""

    def __init__(self, scene: Scene, address: str = "127.0.0.1"):
        self.scene = scene
        try:
            self._listener = socket.create_server((address, 0))
        except OSError:
            # Some systems have no loopback address but the usual one.
            self._listener = socket.create_server(("127.0.0.1", 0))
        self.address, self.port = self._listener.getsockname()

    def meets(self, means: str | None = None) -> Peer:
        """A client connects, and is greeted; gives the server's end of it."""
        peer = self.meets_silently(means)
        peer.says(GREETING)
        return peer

    def meets_silently(self, means: str | None = None) -> Peer:
        """A client connects; nothing is sent yet."""
        label = tr("servidor", "server")
        with self.scene.needing("K2"):
            sock = self._accept(means)
        for client in self.scene.processes:
            client.shows_life()
        self.scene.note(label, "·", tr("arriba el client", "the client arrives"))
        return Peer(self.scene, label, sock)

    def _accept(self, means: str | None) -> socket.socket:
        deadline = Deadline()
        self._listener.settimeout(0.05)
        clients = [p for p in self.scene.processes if isinstance(p, Client)]
        came: Came | None = None
        while came is None:
            # Looked at first: one that has ended may have connected before.
            ended = [c for c in clients if c.status() is not None]
            late = not deadline.left()
            try:
                return self._listener.accept()[0]
            except TimeoutError:
                if ended and len(ended) == len(clients):
                    came = Ended(ended[-1])
                elif late:
                    came = Silence(deadline.seconds)
        expected = tr("el client es connecta", "the client connects")
        raise Disappointment(expected, came, means)

    def welcomes(self, client: Client) -> Peer:
        """A client connects, is greeted, says its name, and is let in."""
        peer = self.meets()
        with self.scene.needing("K2"):
            peer.gets(client.name)
        peer.says(hello(client.name, 1))
        return peer

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()


_WINDOWS = hasattr(socket, "SIO_RCVALL")

#: For SO_LINGER: closing sends a reset.
_AT_ONCE = struct.pack("hh" if _WINDOWS else "ii", 1, 0)
