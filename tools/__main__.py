"""`python3 -m tools COMMAND`: the course's commands.

This file alone must be readable by an old Python, to be able to say that it is too
old.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Cal Python 3.11 o posterior, i aquest és el %d.%d. / "
        "Python 3.11 or later is needed, and this is %d.%d."
        % (sys.version_info[:2] + sys.version_info[:2])
    )

from tools.commands import main

if __name__ == "__main__":
    sys.exit(main())
