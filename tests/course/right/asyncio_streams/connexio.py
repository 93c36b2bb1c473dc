"""The line connection of the chat: one message is one line of UTF-8 text."""

import contextlib
import enum
import errno
import selectors
import socket
import threading
import time

TEMPS_ESPERA = 0.5
MIDA_MAXIMA = 4096
MIDA_TEXT = 1024

PIECE = 65536
MOST_LEFT_OVER = 16 * 1024 * 1024
NOT_ALLOWED = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], "\ufffd")
del NOT_ALLOWED[ord("\t")]
KEEP_ALIVE = {
    "TCP_KEEPIDLE": 20,
    "TCP_KEEPALIVE": 20,
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 5,
}


class Estat(enum.Enum):
    """How a call to `rep()` or `envia()` went."""

    OK = enum.auto()
    ERROR = enum.auto()
    TIMEOUT = enum.auto()


class LineTooLong(ValueError):
    """A line that holds more than `MIDA_MAXIMA` bytes."""


def clean(text):
    """Give the text with U+FFFD for each control character but the tab."""
    return text.translate(NOT_ALLOWED)


def encode_text(text):
    """Give the bytes of a text as they go over the wire, without the line's end."""
    return clean(text).encode("utf-8", "replace")


def tune(sock):
    """Ask for lines to go out at once and for a dead line to be noticed."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in KEEP_ALIVE.items():
            if hasattr(socket, option):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


class LineBuffer:
    """Pieces of a stream go in, whole lines come out."""

    def __init__(self):
        self._data = bytearray()
        self._searched = 0
        self._broken = False

    def feed(self, data):
        """Add a piece of the stream."""
        self._data += data

    def next(self):
        """Give the next whole line, or None; raise `LineTooLong` from a long one on."""
        if self._broken:
            raise LineTooLong
        end = self._data.find(b"\n", self._searched)
        line = self._data if end < 0 else self._data[:end]
        if len(line) - line.endswith(b"\r") > MIDA_MAXIMA:
            self._broken = True
            self._data.clear()
            raise LineTooLong
        if end < 0:
            self._searched = len(self._data)
            return None
        del self._data[: end + 1]
        self._searched = 0
        return clean(line.removesuffix(b"\r").decode("utf-8", "replace"))


class Connexio:
    """Whole lines over a connected socket, for one reader and any number of writers."""

    def __init__(self, socol):
        self._socket = socol
        self._lines = LineBuffer()
        self._over = False
        self._all_received = False
        self._closed = False
        self._receiving = threading.Lock()
        self._sending = threading.Lock()
        socol.settimeout(TEMPS_ESPERA)
        tune(socol)

    def rep(self):
        """Wait for a line; give `(estat, missatge)`."""
        deadline = time.monotonic() + TEMPS_ESPERA
        with self._receiving:
            while True:
                try:
                    line = self._lines.next()
                except LineTooLong:
                    self._all_received = True
                    line = None
                if line is not None:
                    return Estat.OK, line
                if self._all_received:
                    self._over = True
                    return Estat.ERROR, None
                if self._over:
                    self._take_the_rest()
                elif time.monotonic() >= deadline or not self._receive():
                    return Estat.TIMEOUT, None

    def envia(self, missatge):
        """Send a whole line; give the `estat`."""
        data = encode_text(missatge) + b"\n"
        with self._sending:
            if self._over:
                return Estat.ERROR
            try:
                self._socket.sendall(data)
            except OSError as error:
                self._over = True
                return Estat.TIMEOUT if is_our_timeout(error) else Estat.ERROR
        return Estat.OK

    def tanca(self):
        """Shut the connection down and close it."""
        self._over = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        with self._receiving:
            if not self._closed:
                self._closed = True
                # Closing with bytes unread would throw away what is on its way out.
                self._take_the_rest()
                self._socket.close()

    def _receive(self):
        """Take one piece; give False when none has come in time."""
        try:
            data = self._socket.recv(PIECE)
        except OSError as error:
            if is_our_timeout(error):
                return False
            data = b""
        self._lines.feed(data)
        self._all_received = not data
        return True

    def _take_the_rest(self):
        """Take what has already arrived, without waiting, and nothing after it."""
        taken = 0
        with (
            contextlib.suppress(OSError, ValueError),
            selectors.DefaultSelector() as selector,
        ):
            selector.register(self._socket, selectors.EVENT_READ)
            while taken < MOST_LEFT_OVER and selector.select(0):
                data = self._socket.recv(PIECE)
                if not data:
                    break
                self._lines.feed(data)
                taken += len(data)
        self._all_received = True


def is_our_timeout(error):
    """Tell the socket's own timeout from a line that the system has given up."""
    return isinstance(error, TimeoutError) and error.errno != errno.ETIMEDOUT
