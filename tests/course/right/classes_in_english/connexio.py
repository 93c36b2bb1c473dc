"""Connections that carry whole lines, and the rules for what a line may hold."""

import contextlib
import enum
import socket
import threading
import time
import unicodedata

TEMPS_ESPERA = 0.5
MAX_LINE = 4096
MAX_TEXT = 1024
RECEIVE_SIZE = 16384


class Estat(enum.Enum):
    """The outcome of an operation on a connection."""

    OK = enum.auto()
    ERROR = enum.auto()
    TIMEOUT = enum.auto()


class Text:
    """What is written in a line: characters on this side, bytes on the wire."""

    def __init__(self, characters):
        self.characters = "".join(map(self._allowed, characters))

    @classmethod
    def from_bytes(cls, data):
        return cls(data.decode("utf-8", errors="replace"))

    def __bytes__(self):
        return self.characters.encode("utf-8", errors="replace")

    def __str__(self):
        return self.characters

    @property
    def size(self):
        """Bytes on the wire."""
        return len(bytes(self))

    @property
    def is_too_long(self):
        return self.size > MAX_TEXT

    @property
    def complaint(self):
        """What the author of a text that is too long is told."""
        return f"* Missatge massa llarg: {self.size} bytes, i el màxim és {MAX_TEXT}."

    @staticmethod
    def _allowed(character):
        if character != "\t" and unicodedata.category(character) == "Cc":
            return "\N{REPLACEMENT CHARACTER}"
        return character


class LineTooLong(Exception):
    """The other end has sent more than a line may hold."""


class LineReader:
    """Cuts a stream of bytes into lines."""

    def __init__(self):
        self._buffer = bytearray()

    def feed(self, data):
        self._buffer.extend(data)

    def take(self):
        """Take out the first line's bytes, or give `None` if it is not whole yet."""
        end = self._buffer.find(b"\n")
        line = bytes(self._buffer if end < 0 else self._buffer[:end])
        line = line.removesuffix(b"\r")
        if len(line) > MAX_LINE:
            raise LineTooLong
        if end < 0:
            return None
        del self._buffer[: end + 1]
        return line


class Connexio:
    """A connection with the other end, line by line."""

    def __init__(self, socol):
        self._socket = socol
        self._socket.settimeout(TEMPS_ESPERA)
        self._reader = LineReader()
        self._ended = False
        self._send_lock = threading.Lock()

    def rep(self):
        """Wait for a line: `(estat, missatge)`."""
        deadline = time.monotonic() + TEMPS_ESPERA
        try:
            while not self._ended:
                if (line := self._reader.take()) is not None:
                    return Estat.OK, str(Text.from_bytes(line))
                if time.monotonic() >= deadline:
                    return Estat.TIMEOUT, None
                self._receive()
        except TimeoutError:
            return Estat.TIMEOUT, None
        except (OSError, LineTooLong):
            self._end()
        return Estat.ERROR, None

    def envia(self, missatge):
        """Send a line: `estat`."""
        line = bytes(Text(missatge)) + b"\n"
        with self._send_lock:
            try:
                self._socket.sendall(line)
            except OSError as error:
                self._shut_down()
                timed_out = isinstance(error, TimeoutError)
                return Estat.TIMEOUT if timed_out else Estat.ERROR
        return Estat.OK

    def tanca(self):
        """Shut the connection down and close it."""
        self._shut_down()
        self._socket.close()

    def _receive(self):
        data = self._socket.recv(RECEIVE_SIZE)
        if data:
            self._reader.feed(data)
        else:
            self._end()

    def _end(self):
        self._ended = True
        self._shut_down()

    def _shut_down(self):
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
