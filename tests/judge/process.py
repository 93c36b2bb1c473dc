"""A program under test, run as its own process, with deadlines and caps."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import threading

from tools.language import tr

from .deadline import PATIENCE, Deadline
from .disappointment import Came, Disappointment, Other
from .scene import Scene
from .shorten import shorten
from .starter import start
from .terminal import Terminal

#: More output than this (bytes), on one stream, and the process is ended: no program
#: of the course needs it, and a flood must not spoil the other tests.
OUTPUT_CAP = 2_000_000

#: Lines of standard error that a transcript shows.
STDERR_LINES = 12

#: In the environment: a locale that knows ASCII alone, and Python leaves it at that.
ASCII_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


class Stream:
    """One output stream of a process, read line by line by a thread of its own."""

    def __init__(self, pipe, process: "Process"):
        self._pipe = pipe
        self._process = process
        self._changed = threading.Condition()
        self._lines: list[str] = []
        self._taken = 0
        self._rest = b""
        self._ended = False
        self.flooded = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        total = 0
        with contextlib.suppress(OSError, ValueError):
            while data := self._pipe.read1(65536):
                total += len(data)
                if total > OUTPUT_CAP:
                    self.flooded = True
                    self._process.kill()
                    break
                *lines, self._rest = (self._rest + data).split(b"\n")
                with self._changed:
                    self._lines += [_text(line) for line in lines]
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def next_line(self, deadline: Deadline) -> str | None:
        """The next line, or `None`: none came in time, or the stream has ended."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._taken < len(self._lines) or self._ended, deadline.left()
            )
            if self._taken == len(self._lines):
                return None
            self._taken += 1
            return self._lines[self._taken - 1]

    def wait_for_end(self, deadline: Deadline) -> bool:
        """Wait until the stream has ended; `False` if it has not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._ended, deadline.left())

    def close(self) -> None:
        """Give the pipe back, unless some grandchild of the process keeps it open."""
        self._thread.join(1)
        if not self._thread.is_alive():
            self._pipe.close()

    @property
    def ended(self) -> bool:
        return self._ended

    @property
    def lines(self) -> list[str]:
        """All the lines so far, taken or not, an unended last one included."""
        with self._changed:
            return self._lines + ([_text(self._rest)] if self._rest else [])

    @property
    def unended(self) -> str:
        """What has come of a line that has no end yet."""
        return _text(self._rest)


def _text(line: bytes) -> str:
    return line.removesuffix(b"\r").decode("utf-8", errors="backslashreplace")


class Ended(Came):
    """The process ended when it should have gone on."""

    kind = "ended"

    def __init__(self, process: "Process"):
        self.process = process

    def describe(self) -> str:
        if self.process.stdout.flooded or self.process.stderr.flooded:
            return tr(
                "El programa ha escrit massa, sense parar, i s'ha hagut d'aturar.",
                "The program wrote too much, without end, and had to be stopped.",
            )
        status = self.process.status()
        return tr(
            f"El programa s'ha acabat, amb l'estat {status}.",
            f"The program ended, with status {status}.",
        )


class Silence(Came):
    """Nothing came in time, and the process is still running."""

    kind = "silence"

    def __init__(self, seconds: float, seen: list[str] = (), unended: str = ""):
        self.seconds = seconds
        self.seen = list(seen)
        self.unended = unended
        if unended:
            self.kind = "unended line"

    def describe(self) -> str:
        nothing = tr(f"Res, en {self.seconds:g} s.", f"Nothing, in {self.seconds:g} s.")
        if self.unended:
            return tr(
                f"Una línia sense final: «{shorten(self.unended)}»",
                f"A line without its end: «{shorten(self.unended)}»",
            )
        if self.seen:
            lines = ", ".join(f"«{shorten(line)}»" for line in self.seen[-3:])
            return tr(f"Només això: {lines}.", f"Only this: {lines}.")
        return nothing


class Process:
    """A running program: its pid, its console, its output.

    `label` is what the transcript calls it. `env` adds to (or with `None` takes from)
    the environment, which is this one's without Python's own settings. Its standard
    input is a pipe, or nothing (`closed_input`), or the keyboard of a `terminal`.
    `program` is the file that it is about, where it is not the one that is run. With
    `awkward`, a seed, its threads switch awkwardly (`awkward.py`).
    """

    def __init__(
        self,
        scene: Scene,
        label: str,
        argv: list[str],
        env: dict[str, str | None] | None = None,
        closed_input: bool = False,
        folder=None,
        before_start: list[str] = (),
        terminal: Terminal | None = None,
        program: str = "",
        awkward: int | None = None,
    ):
        self.scene = scene
        self.label = label
        self.folder = folder or scene.new_folder()
        self._terminal = terminal
        if terminal:
            before_start = terminal.before_start
        keyboard = terminal.theirs if terminal else subprocess.PIPE
        self._popen = start(
            argv,
            cwd=self.folder,
            env=environment(scene, env or {}),
            changes=env or {},
            folder=scene.subject.folder,
            stdin=subprocess.DEVNULL if closed_input else keyboard,
            before=before_start,
            awkward=awkward,
        )
        self._life = Deadline(PATIENCE)
        self._program = program or pathlib.Path(argv[0]).name
        self.pid = self._popen.pid
        self.stdout = Stream(self._popen.stdout, self)
        self.stderr = Stream(self._popen.stderr, self)
        scene.processes.append(self)
        scene.keep(self)

    # What one does to it -----------------------------------------------------------

    def types(self, line: str) -> None:
        """Type a line at its console."""
        shown = shorten(line, 50)
        self.scene.note(self.label, "→", tr(f"escriu «{shown}»", f"types «{shown}»"))
        self.types_bytes(line.encode("utf-8", errors="surrogateescape") + b"\n")

    def types_bytes(self, data: bytes, note: str = "") -> None:
        """Put bytes on its standard input, as they are; `note` says so, in words."""
        if note:
            self.scene.note(self.label, "→", note)
        if self._terminal:
            self._terminal.types(data)
            return
        # A process that has ended is noticed by what is expected next.
        with contextlib.suppress(OSError, ValueError):
            self._popen.stdin.write(data)
            self._popen.stdin.flush()

    def ends_input(self) -> None:
        """Close its standard input."""
        self.scene.note(
            self.label, "·", tr("s'acaba l'entrada", "its input comes to an end")
        )
        with contextlib.suppress(OSError):
            self._popen.stdin.close()

    def signals(self, number: signal.Signals) -> None:
        """Send it a signal (where the system has them)."""
        name = signal.Signals(number).name
        self.scene.note(self.label, "·", tr(f"rep {name}", f"receives {name}"))
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it, and whatever it started, at once."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        self._popen.kill()

    def shows_life(self) -> None:
        """It has done something: it is worth to be waited for."""
        self.scene.ledger.mark_alive(self.scene.subject, self._program)

    # What one expects of it --------------------------------------------------------

    def prints(self, line: str, means: str | None = None) -> list[str]:
        """It prints `line` on standard output; gives the lines passed over before it.

        Lines that the contract does not speak of are nobody's business.
        """
        deadline = Deadline()
        passed: list[str] = []
        while (printed := self.stdout.next_line(deadline)) is not None:
            if printed == line:
                self.scene.note(self.label, "←", shorten(line))
                return passed
            passed.append(printed)
        raise Disappointment(
            self._expected_to_print(line),
            self.silence(deadline, passed),
            means,
        )

    def _expected_to_print(self, line: str) -> str:
        shown = shorten(line)
        return tr(f"{self.label} escriu «{shown}»", f"{self.label} prints «{shown}»")

    def silence(self, deadline: Deadline, seen: list[str]) -> Came:
        """Why nothing (more) comes from it: it has ended, or it is just silent."""
        if self.stdout.ended and self.status() is not None:
            return Ended(self)
        return Silence(deadline.seconds, seen, self.stdout.unended)

    def ends(self, status: int | None = 0, means: str | None = None) -> None:
        """It ends by itself, with this exit status (`None`: whatever it is)."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(Deadline().seconds)
        expected = tr(
            f"{self.label} s'acaba, amb l'estat {status}",
            f"{self.label} ends, with status {status}",
        )
        if status is None:
            expected = tr(f"{self.label} s'acaba", f"{self.label} ends")
        if self._popen.returncode is None:
            came = Other(
                tr("Continua en marxa.", "It is still running."), kind="still running"
            )
            raise Disappointment(expected, came, means)
        self.stdout.wait_for_end(Deadline())
        self.stderr.wait_for_end(Deadline())
        if status is None:
            return
        if self._popen.returncode != status:
            raise Disappointment(expected, Ended(self), means)
        self.scene.note(
            self.label,
            "·",
            tr(f"s'acaba, amb l'estat {status}", f"ends, with status {status}"),
        )

    def printed(self, line: str, means: str | None = None) -> None:
        """It has printed `line` by its end (call after `ends`)."""
        if line in self.stdout.lines:
            self.scene.note(self.label, "←", shorten(line))
            return
        seen = self.stdout.lines[-5:]
        raise Disappointment(
            self._expected_to_print(line),
            Silence(0, seen) if seen else Other(tr("No ha escrit res.", "No output.")),
            means,
        )

    def did_not_print(self, line: str, means: str | None = None) -> None:
        """It has ended without printing `line` (call after `ends`)."""
        if line in self.stdout.lines:
            raise Disappointment(
                tr(
                    f"{self.label} no escriu «{line}»",
                    f"{self.label} does not print «{line}»",
                ),
                Other(tr("Ho ha escrit.", "It printed it.")),
                means,
            )

    def complains(self, text: str = "", means: str | None = None) -> None:
        """Its standard error has a line with `text` (call after `ends`)."""
        lines = self.stderr.lines
        if any(text in line for line in lines) and lines:
            return
        what = f"«{text}…»" if text else tr("una línia", "a line")
        raise Disappointment(
            tr(
                f"{self.label} escriu {what} per la sortida d'errors",
                f"{self.label} prints {what} on standard error",
            ),
            Other(
                tr("Això: ", "This: ") + " / ".join(map(shorten, lines[-3:]))
                if lines
                else tr("Res.", "Nothing.")
            ),
            means,
        )

    def status(self) -> int | None:
        """Its exit status; `None` while it runs. (Minus a signal's number on POSIX.)"""
        # Its output can end a moment before the system reports the exit.
        if self.stdout.ended:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(1)
        return self._popen.poll()

    def processor_time(self) -> float | None:
        """Seconds of processor it has used; `None` where the system does not tell."""
        with contextlib.suppress(OSError):
            stat = pathlib.Path(f"/proc/{self.pid}/stat").read_text(errors="replace")
            # Its own name comes first, in brackets, and may hold anything.
            fields = stat.rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        told = self._ask_system("ps", "-o", "time=", "-p")
        found = re.fullmatch(r"(?:(\d+):)?(\d+):(\d+\.\d+)", told.strip())
        if not found:
            return None
        return int(found[1] or 0) * 3600 + int(found[2]) * 60 + float(found[3])

    def descriptors(self) -> int | None:
        """How many it has open; `None` where the system does not tell."""
        with contextlib.suppress(OSError):
            return len(os.listdir(f"/proc/{self.pid}/fd"))
        told = self._ask_system("lsof", "-w", "-F", "f", "-p")
        return len(re.findall(r"^f\d", told, re.M)) or None

    def _ask_system(self, *command: str) -> str:
        """What a command of the system says of it; empty where there is none."""
        try:
            asked = subprocess.run(
                [*command, str(self.pid)], capture_output=True, text=True, timeout=10
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return asked.stdout

    def close(self) -> None:
        """End it, and give back its pipes."""
        if self.stdout.lines or self.stderr.lines or self.status() is not None:
            self.shows_life()
        elif not self._life.left():
            self.scene.ledger.mark_lifeless(self.scene.subject, self._program)
        self.kill()
        self._popen.wait()
        with contextlib.suppress(OSError):
            self._popen.stdin and self._popen.stdin.close()
        self.stdout.close()
        self.stderr.close()


def environment(scene: Scene, changes: dict[str, str | None]) -> dict[str, str]:
    """The environment of a program under test."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "XAT_", "PYTEST", "COV_"))
    }
    # Compiled once for the whole run, and never into the person's own folder.
    env["PYTHONPYCACHEPREFIX"] = str(scene.ledger.folder / "pycache")
    for name, value in changes.items():
        if value is None:
            env.pop(name, None)
        else:
            env[name] = value
    return env
