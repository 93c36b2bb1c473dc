"""The scene of one test: who takes part, what was done, and what it needs to begin."""

import contextlib
import pathlib
from collections.abc import Iterator

from tools.language import tr

from . import explain
from .deadline import patiently
from .disappointment import Disappointment, NotReached
from .ledger import Ledger
from .subject import Subject
from .words import Words


class Scene:
    """One test's stage: it makes the cast, keeps the transcript, and cleans up."""

    def __init__(
        self,
        subject: Subject,
        step: str,
        words: Words,
        folder: pathlib.Path,
        ledger: Ledger,
    ):
        self.subject = subject
        self.step = step
        self.words = words
        self.folder = folder
        self.ledger = ledger
        self.entries: list[tuple[str, str, str]] = []
        self.processes = []
        self._closers = contextlib.ExitStack()
        self._folders = 0
        self._quiet = False
        self._in_a_plight = False
        #: Whether a program's threads are made to switch awkwardly (`awkward.py`).
        self.is_awkward = False

    # What was done -----------------------------------------------------------------

    def note(self, actor: str, arrow: str, text: str) -> None:
        """Add a line to the transcript: who, in which direction, what.

        `arrow` is "→" (sends), "←" (receives) or "·" (does something).
        """
        if not self._quiet:
            self.entries.append((actor, arrow, text))

    def says_that(self, ca: str, en: str) -> None:
        """Add a line to the transcript that nobody in particular does."""
        self.entries.append(("", "·", tr(ca, en)))

    @contextlib.contextmanager
    def in_short(self, ca: str, en: str) -> Iterator[None]:
        """One line of the transcript for all that is done in this block.

        When something in it disappoints, what came before that is left out all the
        same: it is for crowds, where nobody could read it.
        """
        self.says_that(ca, en)
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    @contextlib.contextmanager
    def needing(self, step: str):
        """What happens in this block is not the test's point, but `step`'s.

        If it disappoints, the test has not been reached, because of that step; but it
        simply fails when its own step does not, by the catalogue, need that one.
        """
        if step not in self.subject.catalogue.all_needs(self.step):
            yield
            return
        known = self.ledger.broken(self.subject, step)
        if known is not None:
            raise NotReached(step, known)
        # What a hurried test finds broken would be so for all: here nobody hurries.
        works = self.subject.expects(step)
        alive = not self.ledger.is_lifeless(self.subject, step)
        try:
            with patiently() if works and alive else contextlib.nullcontext():
                yield
        except Disappointment as disappointment:
            if self._in_a_plight:
                raise
            message = explain.render(self, disappointment)
            self.ledger.mark_broken(self.subject, step, message)
            raise NotReached(step, message) from None

    @contextlib.contextmanager
    def in_a_plight(self) -> Iterator[None]:
        """In this block, what disappoints is the test's own failure, needed or not.

        It is for a program that is put where no other step's tests put it (its log
        cannot be opened): that it goes on is the point, and nobody else's trouble. Only
        what is known already not to work counts as ever.
        """
        self._in_a_plight = True
        try:
            yield
        finally:
            self._in_a_plight = False

    # The cast ----------------------------------------------------------------------

    def server(self, **options):
        """Start the subject's server and wait until it listens; see `people.Server`."""
        from .people import Server

        return Server(self, **options).listening()

    def client(self, port: int, name: str | None = None, **options):
        """Start the subject's client; see `people.Client`."""
        from .people import Client

        if name is None:
            name = self.words.name()
        return Client(self, port, name, **options)

    def host(self, **options):
        """A made-up server, played by the test, for clients to connect to."""
        from .people import Host

        return self.keep(Host(self, **options))

    def driver(self):
        """A program that works the subject's `Connexio` at the test's word."""
        from .driver import Driver

        return Driver(self)

    # Housekeeping ------------------------------------------------------------------

    def new_folder(self) -> pathlib.Path:
        """A new empty folder for one program to run in."""
        self._folders += 1
        folder = self.folder / str(self._folders)
        folder.mkdir()
        return folder

    def keep(self, closable):
        """Have `closable.close()` called when the test ends; gives it back."""
        self._closers.callback(closable.close)
        return closable

    def close(self) -> None:
        """End every process and close every socket of the scene."""
        self._closers.close()
