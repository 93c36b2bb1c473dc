"""What the tests of a run tell one another, and what they found.

Tests may run in several processes; what one finds out (this step fails, that one cannot
be come by) stands as a small file in the run's folder, where the others see it.
"""

import dataclasses
import pathlib
import secrets
import tempfile

from .subject import Subject


@dataclasses.dataclass(frozen=True)
class Record:
    """How one test on one subject went.

    `outcome` is `passed`, `failed`, `not_reached` (because of the step `needed`),
    `not_tried` (its step had failed already), `skipped` (this system has not what the
    test is about) or `error` (the suite's own trouble). `message` is the transcript.
    `place` is the test's among the tests, as they stand in the files: the plain ones
    of a step come first.
    """

    subject: str
    step: str
    test: str
    outcome: str
    message: str = ""
    needed: str = ""
    place: int = 0


class Ledger:
    """The run's folder, and what stands in it."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self._alive: set[str] = set()

    def broken(self, subject: Subject, step: str) -> str | None:
        """What went wrong when a test needed `step`; `None` while nothing has."""
        return _read(self._place(subject) / f"broken-{step}")

    def mark_broken(self, subject: Subject, step: str, message: str) -> None:
        """Tests that need `step` cannot go on."""
        _write(self._place(subject) / f"broken-{step}", message)

    def failed(self, subject: Subject, step: str) -> bool:
        """Whether a test of `step` has failed."""
        return (self._place(subject) / f"failed-{step}").exists()

    def mark_failed(self, subject: Subject, step: str) -> None:
        """A test of `step` has failed."""
        _write(self._place(subject) / f"failed-{step}", "")

    def an_earlier_stop_failed(self, subject: Subject, step: str) -> bool:
        """Whether a stop before the step's own has failed."""
        catalogue = subject.catalogue
        own = catalogue.stop_of(step)
        return any(
            catalogue.stop_of(place.name.removeprefix("failed-")) < own
            for place in self._place(subject).glob("failed-*")
        )

    def mark_alive(self, subject: Subject, program: str) -> None:
        """`program` has done something."""
        if program not in self._alive:
            self._alive.add(program)
            _write(self._place(subject) / f"alive-{program}", "")

    def mark_lifeless(self, subject: Subject, program: str) -> None:
        """`program` was started, waited for with all patience, and did nothing."""
        _write(self._place(subject) / f"lifeless-{program}", "")

    def is_lifeless(self, subject: Subject, step: str) -> bool:
        """Whether the step's program was waited for, and has not done anything yet."""
        program = subject.catalogue.file_of(step)
        place = self._place(subject)
        lifeless = (place / f"lifeless-{program}").exists()
        return lifeless and not (place / f"alive-{program}").exists()

    def new_folder(self) -> pathlib.Path:
        """A new empty folder, for one test."""
        # Not pytest's own: two runs at a time would not leave each other's alone.
        return pathlib.Path(tempfile.mkdtemp(prefix="test-", dir=self.folder))

    def _place(self, subject: Subject) -> pathlib.Path:
        return self.folder / subject.key


def _write(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: another process may be looking.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _read(path: pathlib.Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None
