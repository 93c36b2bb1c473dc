"""How long the suite waits for a program before it gives up."""

import contextlib
import os
import time

_FACTOR = float(os.environ.get("XAT_PACIENCIA", "1"))

#: Seconds. Only a failure ever waits this long. XAT_PACIENCIA multiplies it, for slow
#: machines.
PATIENCE = 5.0 * _FACTOR

#: Seconds, for what a level of the course is expected not to do, and for a program
#: that has never done anything. Giving up too soon there can let a level pass that
#: does more than it says, and hurts nobody's work.
IMPATIENCE = 1.0 * _FACTOR

_patience = PATIENCE


def patience() -> float:
    """The seconds that a wait of the present test may last."""
    return _patience


def wait_for_what_should_come(expected: bool) -> None:
    """Be patient from now on, if there is something `expected` to come."""
    global _patience
    _patience = PATIENCE if expected else IMPATIENCE


@contextlib.contextmanager
def patiently():
    """Be patient in this block: what happens in it should work in any case."""
    global _patience
    before, _patience = _patience, PATIENCE
    try:
        yield
    finally:
        _patience = before


class Deadline:
    """A moment in the future that ends a wait: `patience()` from now, or `seconds`."""

    def __init__(self, seconds: float | None = None):
        self.seconds = patience() if seconds is None else seconds
        self._end = time.monotonic() + self.seconds

    def left(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self._end - time.monotonic())
