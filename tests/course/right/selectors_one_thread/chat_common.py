"""What the three programs share: framing, standard streams, keyboard and log."""

import contextlib
import logging
import socket
import sys
import threading
from collections import deque
from collections.abc import Iterator

MIDA_MAXIMA = 4096  # bytes of a line, its end left out
MIDA_TEXT = 1024  # bytes of what a participant says
TEMPS_ESPERA = 0.5  # seconds
QUIT = "{quit}"
CLOSING = "* El xat es tanca."
FULL = "* El xat és ple."
BAD_NAME = "* Aquest nom no és vàlid."

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
# Unicode category Cc, the tab left out.
CONTROLS = {
    code: REPLACEMENT for code in [*range(0x20), *range(0x7F, 0xA0)] if code != 0x09
}

_output_lock = threading.Lock()


# Framing


def clean(text: str) -> str:
    """Replace whatever may not travel in a message."""
    return text.translate(CONTROLS)


def encode_line(message: str) -> bytes:
    """Give the bytes of one message, with the end of its line."""
    return clean(message).encode("utf-8", errors="replace") + b"\n"


def text_size(text: str) -> int:
    """Count the bytes that a text takes on the wire."""
    return len(encode_line(text)) - 1


def too_long_notice(size: int) -> str:
    """Say that a text of so many bytes is too long."""
    return f"* Missatge massa llarg: {size} bytes, i el màxim és {MIDA_TEXT}."


class LineBuffer:
    """Makes lines out of the pieces of a stream.

    `too_long` tells that a line passed the limit: the lines before it can still
    be taken, and nothing comes after them.
    """

    def __init__(self) -> None:
        self._lines: deque[str] = deque()
        self._rest = b""
        self.too_long = False

    def feed(self, data: bytes) -> None:
        """Take in one piece of the stream."""
        if self.too_long:
            return
        *whole, rest = (self._rest + data).split(b"\n")
        for line in whole:
            line = line.removesuffix(b"\r")
            if len(line) > MIDA_MAXIMA:
                self._overflow()
                return
            self._lines.append(clean(line.decode("utf-8", errors="replace")))
        # A last "\r" may be the beginning of the line's end.
        if len(rest.removesuffix(b"\r")) > MIDA_MAXIMA:
            self._overflow()
            return
        self._rest = rest

    def next_line(self) -> str | None:
        """Take out the first whole line, or None."""
        return self._lines.popleft() if self._lines else None

    def _overflow(self) -> None:
        self.too_long = True
        self._rest = b""


# Sockets


def tune(sock: socket.socket) -> None:
    """Send lines at once, and notice a pulled cable within a minute."""
    options = [
        (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPALIVE", 20),  # macOS's name of the next one
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 20),
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 10),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
    ]
    for level, name, value in options:
        if hasattr(socket, name):
            with contextlib.suppress(OSError):
                sock.setsockopt(level, getattr(socket, name), value)


def reason(error: Exception) -> str:
    """Say in a few words why a socket could not be had."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def parse_port(text: str, lowest: int) -> int | None:
    """Give the port that a text stands for, or None."""
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    if len(digits) > 5 or not lowest <= int(digits) <= 65535:
        return None
    return int(digits)


# Standard streams


def use_utf8() -> None:
    """Make the standard output and error UTF-8, whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.reconfigure(encoding="utf-8", errors="replace")


def say(line: str) -> None:
    """Print one line on the standard output, at once and unmixed."""
    with _output_lock, contextlib.suppress(OSError, ValueError):
        print(line, flush=True)


def say_error(line: str) -> None:
    """Print one line on the standard error."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            print(line, file=sys.stderr, flush=True)


def keyboard_lines() -> Iterator[str]:
    """Give each line of the standard input, without its end, until it ends."""
    if sys.stdin is None:
        return
    with contextlib.suppress(OSError, ValueError):
        keyboard = open(
            sys.stdin.fileno(),
            encoding="utf-8",
            errors="replace",
            newline="\n",
            closefd=False,
        )
        for line in keyboard:
            yield line.removesuffix("\n").removesuffix("\r")


# Log


class OneLineFormatter(logging.Formatter):
    """Keeps each event on one line, whatever its values hold."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return "".join(c if c.isprintable() else REPLACEMENT for c in text)


def open_log(path: str) -> logging.Logger:
    """Open the log, or say that it cannot be and give one that keeps nothing."""
    logging.raiseExceptions = False
    log = logging.getLogger("xat")
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        handler = logging.FileHandler(path, encoding="utf-8", errors="replace")
    except OSError as error:
        say_error(f"No es pot obrir {path}: {reason(error)}")
        log.addHandler(logging.NullHandler())
        return log
    layout = "%(asctime)s %(levelname)s %(threadName)s %(message)s"
    handler.setFormatter(OneLineFormatter(layout))
    log.addHandler(handler)
    return log
