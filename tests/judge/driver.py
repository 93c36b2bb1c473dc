"""The test's hands on a submission's `Connexio`: calls made in another process.

Each call is an entry of the transcript; what it returned is compared with what the
contract promises. A call may also be started, and its result waited for later.
"""

import json
import pathlib
import socket

from .deadline import PATIENCE, Deadline
from .disappointment import Disappointment, Other
from .language import tr
from .people import Peer
from .process import Process
from .scene import Scene
from .shorten import shorten

_PROGRAM = pathlib.Path(__file__).with_name("driver_program.py")


class Driver(Process):
    """A process that has imported the submission's `connexio` and works it."""

    def __init__(self, scene: Scene):
        super().__init__(
            scene, "connexio", [str(_PROGRAM), str(scene.subject.folder)]
        )
        self._asked = ""
        scene.note(self.label, "·", "import connexio")
        self._ask("import", do="import")
        self.threads_after_import = self._answer().get("threads")

    # What one has it do ------------------------------------------------------------

    def connects(self, short: bool = False, buffer: int = 0) -> Peer:
        """Make a `Connexio` of a connected socket; gives the other end.

        With `short`, the socket's `send()` takes 100 bytes at most; `buffer` (bytes)
        makes its sending buffer small.
        """
        listener = socket.create_server(("127.0.0.1", 0))
        self.scene.note(self.label, "·", "Connexio(socol)")
        self._ask(
            "Connexio(socol)",
            do="connect",
            port=listener.getsockname()[1],
            short=short,
            buffer=buffer,
        )
        listener.settimeout(PATIENCE)
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
        return Peer(self.scene, tr("l'altre extrem", "other end"), sock)

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

    def rep_gives(self, status: str, message: str | None = None, means=None) -> None:
        """`rep()` returns this."""
        self.starts_rep()
        self.gives(status, message, means)

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

    def sends_from_threads(self, texts: list[list[str]]) -> list[str]:
        """`envia()` each list from a thread of its own; gives the statuses."""
        self.starts_threads(texts)
        return self.statuses()

    def starts_threads(self, texts: list[list[str]]) -> None:
        """Begin `sends_from_threads` without waiting for the statuses."""
        note = tr(
            f"{len(texts)} fils criden envia() alhora",
            f"{len(texts)} threads call envia() at once",
        )
        self.scene.note(self.label, "·", note)
        self._ask("envia()", do="threads", texts=texts)

    def statuses(self) -> list[str]:
        """The statuses that the threads' calls returned."""
        return self._answer().get("statuses", [])

    # In between --------------------------------------------------------------------

    def _ask(self, asked: str, **request) -> None:
        self._asked = asked
        self.types_bytes(json.dumps(request).encode() + b"\n")

    def _answer(self) -> dict:
        deadline = Deadline()
        line = self.stdout.next_line(deadline)
        if line is None:
            raise Disappointment(
                tr(f"{self._asked} torna", f"{self._asked} returns"),
                self.silence(deadline, []),
            )
        answer = json.loads(line)
        if "raised" in answer:
            raise Disappointment(
                tr(f"{self._asked} torna", f"{self._asked} returns"),
                Raised(self._asked, answer["raised"]),
            )
        return answer

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
