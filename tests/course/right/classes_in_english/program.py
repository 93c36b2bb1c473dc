"""What a program of the chat is made of, whichever it is."""

import contextlib
import logging
import socket
import sys
import threading
import time


class UsageError(Exception):
    """The arguments are wrong."""


class Program:
    """A program with a log, a screen in UTF-8 and an exit status."""

    usage = ""
    log_file = ""

    def main(self, arguments):
        """Run the program, and exit with its status."""
        sys.stdout.reconfigure(encoding="utf-8")
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")
        try:
            self.read_arguments(arguments)
        except (UsageError, ValueError):
            complain(f"Usage: {self.usage}")
            sys.exit(2)
        self.log = self._open_log()
        debug("starting")
        status = self.run()
        debug(f"ending with status {status}")
        sys.exit(status)

    def read_arguments(self, arguments):
        """Keep the arguments, or raise `UsageError`."""
        raise NotImplementedError

    def run(self):
        """Do the work, and give the exit status."""
        raise NotImplementedError

    def _open_log(self):
        log = logging.getLogger(self.log_file)
        log.propagate = False
        log.setLevel(logging.INFO)
        try:
            handler = logging.FileHandler(
                self.log_file, encoding="utf-8", errors="backslashreplace"
            )
        except OSError as error:
            complain(f"Cannot open {self.log_file}: {error.strerror}")
            handler = logging.NullHandler()
        layout = "%(asctime)s | %(levelname)s | %(threadName)s | %(message)s"
        handler.setFormatter(logging.Formatter(layout))
        log.addHandler(handler)
        return log


class Keyboard(threading.Thread):
    """A helper that hands each line typed to `on_line`, and then calls `on_end`.

    `on_line` gives `True` when it wants no more lines.
    """

    def __init__(self, on_line, on_end):
        super().__init__(name="keyboard", daemon=True)
        self._on_line = on_line
        self._on_end = on_end

    def run(self):
        with (
            contextlib.suppress(OSError),
            open(0, encoding="utf-8", errors="replace", closefd=False) as lines,
        ):
            for line in lines:
                if self._on_line(line.removesuffix("\n")):
                    break
        self._on_end()


def port_number(text, lowest):
    """Read a port, or raise `UsageError` or `ValueError`."""
    port = int(text)
    if not lowest <= port <= 65535:
        raise UsageError
    return port


def say(line):
    """Show a line in one go: with print() another thread's may come in between."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def debug(what):
    """Chatter for whoever looks at standard error."""
    complain(f"[debug {time.monotonic():.3f}] {what}")


def complain(what):
    sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


def tune(sock):
    """Send at once, and notice within a minute that nobody is there."""
    options = {
        (socket.SOL_SOCKET, "SO_KEEPALIVE"): 1,
        (socket.IPPROTO_TCP, "TCP_NODELAY"): 1,
        (socket.IPPROTO_TCP, "TCP_KEEPALIVE"): 15,
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE"): 15,
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL"): 10,
        (socket.IPPROTO_TCP, "TCP_KEEPCNT"): 3,
    }
    with contextlib.suppress(OSError):
        for (level, name), value in options.items():
            if hasattr(socket, name):
                sock.setsockopt(level, getattr(socket, name), value)
