"""How long the suite waits for a program before it gives up."""

import os
import time

#: Seconds. Only a failure ever waits this long. XAT_PACIENCIA multiplies it, for slow
#: machines.
PATIENCE = 5.0 * float(os.environ.get("XAT_PACIENCIA", "1"))


class Deadline:
    """A moment in the future that ends a wait."""

    def __init__(self, seconds: float = PATIENCE):
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self._end - time.monotonic())
