"""Where a process may be forked, and go on as if it had been started."""

import sys

#: Not macOS: its own libraries may not survive a fork (see multiprocessing's start
#: methods in Python's documentation).
SAFE = sys.platform == "linux"
