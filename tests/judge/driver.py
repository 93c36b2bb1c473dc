"""The test's hands on a submission's `Connexio`: calls made in another process.

Each call is an entry of the transcript; what it returned is compared with what the
contract promises. A call may also be started, and its result waited for later.
"""

import contextlib
import json
import os
import pathlib
import socket
import time

from tools.language import tr

from .deadline import Deadline, patience
from .disappointment import Came, Disappointment, Other
from .people import Peer
from .process import Process
from .scene import Scene
from .shorten import shorten

#: Lines that nobody could hold: `sends_until` gives up.
ENOUGH = 1000

_PROGRAM = pathlib.Path(__file__).with_name("driver_program.py")


class Driver(Process):
    """A process that has imported the submission's `connexio` and works it."""

    def __init__(self, scene: Scene):
        argv = [str(_PROGRAM), str(scene.subject.folder)]
        super().__init__(scene, "connexio", argv, program="connexio.py")
        self._asked = ""
        self._waiting: str | None = None
        self._peers: list[Peer] = []
        scene.note(self.label, "·", "import connexio")
        self._ask("import", do="import")
        self.threads_after_import = self._answer().get("threads")

    # What one has it do ------------------------------------------------------------

    def connects(
        self, short: bool = False, drops: int = 0, buffer: int = 0, label: str = ""
    ) -> Peer:
        """Make a `Connexio` of a connected socket; gives the other end.

        With `short`, the socket's `send()` takes 100 bytes at most; with `drops`, its
        `recv()` gives so many bytes at most; `buffer` (bytes) makes the buffers on the
        way to the other end small. `label` is what the transcript calls that end.
        """
        listener = socket.create_server(("127.0.0.1", 0))
        if buffer:
            # Before there is a connection, whose window is agreed on at its start.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.scene.note(self.label, "·", self._making(short, drops))
        self._ask(
            "Connexio(socol)",
            do="connect",
            port=listener.getsockname()[1],
            short=short,
            drops=drops,
            buffer=buffer,
        )
        listener.settimeout(patience())
        try:
            sock, _ = listener.accept()
        except TimeoutError:
            raise Disappointment(
                tr("el sòcol es connecta", "the socket connects"),
                Other(tr("El programa no respon.", "The program does not answer.")),
            ) from None
        finally:
            listener.close()
        self._answer()
        # Each thing that the test sends is a packet of its own.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(self.scene, label or tr("l'altre extrem", "other end"), sock)
        self._peers.append(peer)
        return peer

    def turns_to(self, peer: Peer) -> None:
        """What one has it do from now on, it does with the connection to `peer`."""
        self.scene.note(
            self.label,
            "·",
            tr(f"(amb {peer.label})", f"(with {peer.label})"),
        )
        self._ask("Connexio", do="turn", place=self._peers.index(peer))
        self._answer()

    def starts_rep(self) -> None:
        """Call `rep()` without waiting for what it returns."""
        self._ask("rep()", do="rep")

    def starts_envia(self, text: str) -> None:
        """Call `envia(text)` without waiting for what it returns."""
        self._ask(f"envia({shorten(repr(text))})", do="envia", text=text)

    def tanca(self) -> None:
        """Call `tanca()`."""
        self._ask("tanca()", do="tanca")
        self._answer()
        self.scene.note(self.label, "·", "tanca()")

    def holds_the_socket(self) -> None:
        """Keep the socket open in another place too."""
        self.scene.note(
            self.label,
            "·",
            tr("algú altre també té el sòcol obert", "somebody else holds the socket"),
        )
        self._ask("dup()", do="hold")
        self._answer()

    # What one expects --------------------------------------------------------------

    def started_nothing(self, means: str | None = None) -> None:
        """No thread was left running by `import connexio`."""
        if self.threads_after_import != 1:
            raise Disappointment(
                tr(
                    "després d'importar connexio hi ha un sol fil",
                    "after importing connexio there is one thread",
                ),
                Other(
                    tr(
                        f"N'hi ha {self.threads_after_import}.",
                        f"There are {self.threads_after_import}.",
                    )
                ),
                means,
            )

    def rep_gives(self, status: str, message: str | None = None, means=None) -> None:
        """`rep()` returns this.

        Where it is to return something else than a `TIMEOUT`, one `TIMEOUT` is let
        pass: on a machine that is busy, any wait may run out.
        """
        self.starts_rep()
        timeout = {"status": "TIMEOUT", "message": None}
        if status != "TIMEOUT" and self._peek() == timeout:
            self.result()
            self.starts_rep()
        self.gives(status, message, means)

    def gives_while_fed(self, peer: Peer, means: str | None = None) -> tuple[str, int]:
        """`rep()`, started, returns `TIMEOUT` though `peer` keeps sending single bytes.

        Gives how many bytes were sent.
        """
        note = tr(
            "envia un byte, i un altre, i un altre… fins que rep() torna",
            "sends a byte, and another, and another… until rep() returns",
        )
        deadline = Deadline()
        sent = 0
        self.scene.note(peer.label, "→", note)
        while self._waiting is None and deadline.left():
            peer._send(b"x")
            sent += 1
            self._waiting = self.stdout.next_line(Deadline(0.05))
            if self.stdout.ended:
                break
        if self._waiting is None:
            raise Disappointment(
                f"{self._asked} → (TIMEOUT, None)", self.silence(deadline, []), means
            )
        self.gives("TIMEOUT", None, means)
        return sent

    def envia_gives(self, text: str, status: str, means=None) -> None:
        """`envia(text)` returns this."""
        self.starts_envia(text)
        self.gives(status, None, means)

    def gives(self, status: str, message: str | None = None, means=None) -> None:
        """The call that was started returns this."""
        asked = self._asked
        got = self._answer()
        if got != {"status": status, "message": message}:
            raise Disappointment(
                f"{asked} → {_shown(asked, status, message)}",
                Other(f"{asked} → {self._told(asked, got)}", kind="other result"),
                means,
            )
        self.scene.note(self.label, "·", f"{asked} → {_shown(asked, status, message)}")

    def result(self) -> tuple[str, str | None]:
        """What the call that was started returned: status and message."""
        asked = self._asked
        got = self._answer()
        told = self._told(asked, got)
        if "status" not in got:
            raise Disappointment(
                f"{asked} → Estat", Other(f"{asked} → {told}", kind="other result")
            )
        self.scene.note(self.label, "·", f"{asked} → {told}")
        return got["status"], got["message"]

    def sends_until(self, status: str, text: str, means: str | None = None) -> int:
        """`envia(text)` gives `OK` again and again, and at last this status.

        Gives how many times it was `OK`.
        """
        count = 0
        got = {"status": "OK", "message": None}
        while got["status"] == "OK" and count < ENOUGH:
            self.starts_envia(text)
            got = self._answer()
            if "status" not in got:
                break
            count += got["status"] == "OK"
        asked = self._asked
        if count:
            times = tr(f"{count} vegades", f"{count} times")
            self.scene.note(self.label, "·", f"{asked} → OK, {times}")
        if got != {"status": status, "message": None}:
            raise Disappointment(
                f"{asked} → {status}",
                Other(f"{asked} → {self._told(asked, got)}", kind="other result"),
                means,
            )
        self.scene.note(self.label, "·", f"{asked} → {status}")
        return count

    def starts_threads(self, texts: list[list[str]]) -> None:
        """`envia()` each list from a thread of its own, all at once; do not wait."""
        note = tr(
            f"{len(texts)} fils criden envia() alhora",
            f"{len(texts)} threads call envia() at once",
        )
        self.scene.note(self.label, "·", note)
        self._ask("envia()", do="threads", texts=texts)

    def all_give(self, status: str, means: str | None = None) -> None:
        """All the threads' calls returned this."""
        got = self._answer()["statuses"]
        others = [other for other in got if other != status]
        if others:
            raise Disappointment(
                f"{self._asked} → {status}",
                Other(f"{self._asked} → {others[0]}", kind="other result"),
                means,
            )

    def open_sockets(self) -> int:
        """How many sockets the process has open (where there is a `/proc`)."""
        count = 0
        for descriptor in pathlib.Path(f"/proc/{self.pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                count += os.readlink(descriptor).startswith("socket:")
        return count

    def has_open_sockets(self, count: int, means: str | None = None) -> None:
        """The process has, or soon will have, so many sockets open."""
        deadline = Deadline()
        while (now := self.open_sockets()) != count:
            if not deadline.left():
                raise Disappointment(
                    tr(f"sòcols oberts: {count}", f"open sockets: {count}"),
                    Other(tr(f"N'hi ha {now}.", f"There are {now}.")),
                    means,
                )
            time.sleep(0.01)

    # In between --------------------------------------------------------------------

    def _ask(self, asked: str, **request) -> None:
        self._asked = asked
        self.types_bytes(json.dumps(request).encode() + b"\n")

    def _peek(self) -> dict | None:
        """The answer that comes, which `_answer` will give; `None` if none does."""
        if self._waiting is None:
            self._waiting = self.stdout.next_line(Deadline())
        return None if self._waiting is None else json.loads(self._waiting)

    def _hangs(self, deadline: Deadline) -> Came:
        """Why a call has not returned: the program has ended, or the call hangs."""
        came = self.silence(deadline, [])
        if came.kind == "silence":
            came.kind = "call hangs"
        return came

    def _answer(self) -> dict:
        deadline = Deadline()
        line, self._waiting = self._waiting or self.stdout.next_line(deadline), None
        if line is None:
            raise Disappointment(
                tr(f"{self._asked} torna", f"{self._asked} returns"),
                self._hangs(deadline),
            )
        answer = json.loads(line)
        if "raised" in answer:
            raise Disappointment(
                tr(f"{self._asked} torna", f"{self._asked} returns"),
                Raised(self._asked, answer["raised"]),
            )
        return answer

    @staticmethod
    def _making(short: bool, drops: int) -> str:
        """The transcript's words on how the socket is made."""
        if short:
            return tr(
                "Connexio(socol); send() agafa com a molt 100 bytes",
                "Connexio(socol); send() takes 100 bytes at most",
            )
        if drops:
            return tr(
                f"Connexio(socol); recv() dona com a molt {drops} byte(s)",
                f"Connexio(socol); recv() gives {drops} byte(s) at most",
            )
        return "Connexio(socol)"

    @staticmethod
    def _told(asked: str, got: dict) -> str:
        if "odd" in got:
            return shorten(got["odd"])
        return _shown(asked, got["status"], got["message"])


class Raised(Other):
    """A call raised an exception instead of returning."""

    def __init__(self, asked: str, traceback: str):
        last = traceback.strip().splitlines()[-1]
        text = tr(f"{asked} llança {last}", f"{asked} raises {last}")
        super().__init__(text, kind="raised")
        self.traceback = traceback


def _shown(asked: str, status: str, message: str | None) -> str:
    if not asked.startswith("rep"):
        return status
    return f"({status}, {shorten(repr(message))})"


def wait_for_timeouts(scene: Scene, count: int) -> None:
    """So many `TIMEOUT`s pass: those of the program's own `rep()`, called elsewhere.

    A `rep()` that the server was waiting in before has then had its `TIMEOUT` too.
    """
    driver = scene.driver()
    driver.connects()
    with scene.needing("C3"):
        for _ in range(count):
            driver.rep_gives("TIMEOUT")
