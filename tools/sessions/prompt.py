"""Python's own prompt, with what is typed read from a file: a program of its own.

    python prompt.py FILE

It runs in the folder of the programs that are tried, and writes what a terminal shows.
"""

import code
import sys


def main(path):
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    sys.path[0] = ""
    sys.stderr = sys.stdout
    console = code.InteractiveConsole({"__name__": "__main__"})
    more = False
    for line in [*lines, ""]:
        if not more and not line:
            continue
        print(("... " if more else ">>> ") + line, flush=True)
        more = console.push(line)
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
