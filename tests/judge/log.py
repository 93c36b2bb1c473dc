"""The log of a program under test, read while the program adds to it."""

import re
import time

from tools.language import tr

from .deadline import Deadline
from .disappointment import Came, Disappointment, Other
from .process import Process
from .shorten import shorten

#: What every line of an event has.
TIME = re.compile(r"(?<!\d)\d\d:\d\d:\d\d(?!\d)")

#: Seconds between two looks at the file.
PAUSE = 0.01


class Log:
    """A log in the folder where a program was started.

    Events are asked for one by one, and their lines may be in any order: a line that
    has answered one question answers no other. The first `old` lines, which were there
    before the program started, answer none.
    """

    def __init__(self, process: Process, name: str, old: int = 0):
        self.process = process
        self.name = name
        self._path = process.folder / name
        self._old = old
        self._claimed: set[int] = set(range(old))

    def gets(self, level: str, *words: str, means: str | None = None) -> None:
        """A line comes with a time, this level and all these words."""
        deadline = Deadline()
        while True:
            # Whoever has ended writes nothing more: one last look is enough.
            last = self.process.status() is not None or not deadline.left()
            lines = self.lines()
            for place, line in enumerate(lines):
                if place not in self._claimed and _tells(line, level, words):
                    self._claimed.add(place)
                    self.process.scene.note(self.name, "·", shorten(line, 100))
                    return
            if last:
                break
            time.sleep(PAUSE)
        what = ", ".join([level, *(f"«{word}»" for word in words)])
        raise Disappointment(
            tr(
                f"{self.name}: una línia més, amb l'hora (HH:MM:SS), {what}",
                f"{self.name}: one more line, with the time (HH:MM:SS), {what}",
            ),
            self._what_came(lines),
            means if len(lines) > self._old else self._none_meaning(),
        )

    def has_no(self, word: str, means: str | None = None) -> None:
        """So far, no line holds `word`."""
        for line in self.lines():
            if word in line:
                raise Disappointment(
                    tr(f"{self.name} sense «{word}»", f"{self.name} without «{word}»"),
                    Other(shorten(line, 120)),
                    means,
                )

    def has_no_line(self, beginning: str, means: str | None = None) -> None:
        """So far, no line begins like this."""
        for line in self.lines():
            if line.startswith(beginning):
                raise Disappointment(
                    tr(
                        f"{self.name} sense cap línia que comenci «{beginning}»",
                        f"{self.name} without a line that begins «{beginning}»",
                    ),
                    Other(shorten(line, 120)),
                    means,
                )

    def begins(self, line: str, means: str | None = None) -> None:
        """Its first line is still `line`."""
        lines = self.lines()
        if not lines or lines[0] != line:
            raise Disappointment(
                tr(
                    f"{self.name} encara comença «{shorten(line)}»",
                    f"{self.name} still begins «{shorten(line)}»",
                ),
                self._what_came(lines[:1]),
                means,
            )

    def turns_the_page(self) -> None:
        """The lines so far answer no question that is asked from now on."""
        self._claimed.update(range(len(self.lines())))

    def trouble_is_told(self, means: str | None = None) -> None:
        """Something is said on standard error (that the log cannot be opened)."""
        deadline = Deadline()
        if self.process.stderr.next_line(deadline) is None:
            raise Disappointment(
                tr(
                    f"{self.process.label} diu per la sortida d'errors que no pot "
                    f"obrir {self.name}",
                    f"{self.process.label} says on standard error that it cannot open "
                    f"{self.name}",
                ),
                self.process.silence(deadline, []),
                means,
            )

    def trouble_is_told_once(self, means: str | None = None) -> None:
        """No line of standard error that names it has come twice."""
        told = [line for line in self.process.stderr.lines if self.name in line]
        if len(told) != len(set(told)):
            raise Disappointment(
                tr(
                    f"{self.process.label} diu un sol cop que no pot obrir {self.name}",
                    f"{self.process.label} says once that it cannot open {self.name}",
                ),
                Other(" / ".join(shorten(line, 100) for line in told[-3:])),
                means,
            )

    def lines(self) -> list[str]:
        """Its lines so far; none when there is no such file."""
        try:
            data = self._path.read_bytes()
        except OSError:
            return []
        # Not splitlines(): nothing but "\n" ends a line of a file.
        text = data.decode("utf-8", errors="backslashreplace")
        return [line.removesuffix("\r") for line in text.split("\n") if line.strip()]

    def _none_meaning(self) -> str:
        return tr(
            f"El programa no ha apuntat res a {self.name}: no l'ha obert, o escriu el "
            "registre per pantalla, o l'ha obert en una altra carpeta. Ha de ser a la "
            "carpeta on s'ha engegat, que pot no ser la del programa.",
            f"The program has written nothing into {self.name}: it did not open it, or "
            "it logs to the screen, or it opened it in another folder. It must be in "
            "the folder where it was started, which may not be the program's own.",
        )

    def _what_came(self, lines: list[str]) -> Came:
        if not self._path.exists():
            return Other(
                tr(
                    f"A la carpeta on s'ha engegat no hi ha cap {self.name}.",
                    f"There is no {self.name} in the folder where it was started.",
                ),
                kind="no log",
            )
        new = [line for n, line in enumerate(lines) if n not in self._claimed]
        if not new:
            return Other(tr("Cap línia més.", "No line more."))
        return Other(" / ".join(shorten(line, 100) for line in new[-4:]))


def _tells(line: str, level: str, words: tuple[str, ...]) -> bool:
    """Whether the line is of this level, with a time, and has all the words."""
    return (
        TIME.search(line) is not None
        and re.search(rf"\b{level}\b", line) is not None
        and all(word in line for word in words)
    )
