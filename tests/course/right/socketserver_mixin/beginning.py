"""How both programs begin: their streams, their log, their port."""

import logging
import sys


def use_utf8():
    """Read and write UTF-8 whatever the locale."""
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")


def show(line):
    """Print a line, whole and at once, whichever thread it is."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def fail(message, status):
    """Say on standard error what is wrong, and give the status."""
    print(message, file=sys.stderr)
    return status


def open_log(path):
    """Log to a file, if it can be opened."""
    try:
        logging.basicConfig(
            filename=path,
            encoding="utf-8",
            errors="backslashreplace",
            level=logging.INFO,
            format="%(levelname)s\t%(asctime)s\t%(threadName)s\t%(message)s",
        )
    except OSError as error:
        logging.disable()
        fail(f"Sense registre ({path}): {error}", 0)


def as_port(text, lowest):
    """Give the port that a text names, or `None`."""
    if text.isdecimal() and len(text) < 9 and lowest <= int(text) <= 65535:
        return int(text)
    return None
