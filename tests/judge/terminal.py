"""A terminal (POSIX), to be the keyboard of a program under test."""

import contextlib
import os
import sys
import time

import pytest

from tools.language import tr

from .deadline import Deadline
from .disappointment import Disappointment, Other
from .scene import Scene
from .shorten import shorten

#: Seconds between two looks at the terminal's settings.
PAUSE = 0.005

#: Makes its standard input the terminal of its session, and becomes another program.
_ADOPT = (
    "import fcntl, os, sys, termios;"
    "fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "os.execv(sys.argv[1], sys.argv[1:])"
)


class Terminal:
    """A terminal whose keyboard and screen are in the test's hands.

    Give it to a process (`Process(…, terminal=…)`): its standard input is then the
    keyboard, and `/dev/tty` the terminal; its output still goes into pipes.
    """

    #: What is to be run before the program, as `Process(before_start=…)` has it.
    before_start = (sys.executable, "-ISc", _ADOPT)

    def __init__(self, scene: Scene):
        if not hasattr(os, "openpty"):
            pytest.skip("this system has no pseudo-terminals")
        try:
            self._ours, self.theirs = os.openpty()
        except OSError:
            pytest.skip("this system has no pseudo-terminal left")
        self._scene = scene
        self._shown = b""
        os.set_blocking(self._ours, False)
        scene.keep(self)

    def types(self, data: bytes) -> None:
        """Type this at the keyboard."""
        os.write(self._ours, data)

    def hides_what_is_typed(self, means: str | None = None) -> None:
        """The program has it, or soon will, that what is typed is not seen."""
        import termios

        deadline = Deadline()
        local_modes = 3
        while termios.tcgetattr(self.theirs)[local_modes] & termios.ECHO:
            if not deadline.left():
                raise Disappointment(
                    tr(
                        "el que s'escriu al teclat no es veu al terminal",
                        "what is typed at the keyboard is not seen on the terminal",
                    ),
                    Other(tr("Es veu.", "It is seen.")),
                    means,
                )
            time.sleep(PAUSE)
        self._scene.says_that(
            "al terminal ja no es veu el que s'escriu",
            "what is typed is no longer seen on the terminal",
        )

    def has_not_shown(self, word: str, means: str | None = None) -> None:
        """So far, the terminal has not shown `word`."""
        with contextlib.suppress(OSError):
            while data := os.read(self._ours, 65536):
                self._shown += data
        if word.encode() in self._shown:
            raise Disappointment(
                tr(f"el terminal no mostra «{word}»", f"«{word}» is not to be seen"),
                Other(tr("Mostra: ", "It shows: ") + shorten(self._shown)),
                means,
            )

    def close(self) -> None:
        """Hang up."""
        os.close(self._ours)
        os.close(self.theirs)
