"""A connection that sends and receives whole lines, and waits for them."""

import contextlib
import enum
import selectors
import socket
import threading
import time

from chat_common import MIDA_MAXIMA, TEMPS_ESPERA, LineBuffer, encode_line

PIECE = 65536  # bytes asked for at a time
MAX_PIECES = 256  # taken from a connection that is over


class Estat(enum.Enum):
    """How a call to a connection ended."""

    OK = enum.auto()
    ERROR = enum.auto()
    TIMEOUT = enum.auto()


class Connexio:
    """One end of a conversation by lines, over a connected socket."""

    def __init__(self, socol: socket.socket) -> None:
        self._socket = socol
        self._socket.settimeout(TEMPS_ESPERA)
        self._lines = LineBuffer()
        self._send_lock = threading.Lock()
        self._receive_lock = threading.Lock()
        self._over = False  # nothing more can be sent
        self._stream_ended = False  # nothing more can be received

    def rep(self) -> tuple[Estat, str | None]:
        """Wait for one line, for twice TEMPS_ESPERA at most."""
        deadline = time.monotonic() + TEMPS_ESPERA
        while True:
            line = self._lines.next_line()
            if line is not None:
                return Estat.OK, line
            if self._stream_ended or self._lines.too_long:
                self._over = True
                return Estat.ERROR, None
            if self._over:
                self._receive_what_is_there()
            elif time.monotonic() >= deadline:
                return Estat.TIMEOUT, None
            elif not self._receive() and not self._over:
                return Estat.TIMEOUT, None

    def envia(self, missatge: str) -> Estat:
        """Send one message as a whole line."""
        with self._send_lock:
            if self._over:
                return Estat.ERROR
            try:
                self._send_all(encode_line(missatge))
            except TimeoutError:
                self._over = True
                return Estat.TIMEOUT
            except OSError:
                self._over = True
                return Estat.ERROR
            return Estat.OK

    def tanca(self) -> None:
        """Shut the connection down, then close it."""
        self._over = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        # Whoever was waiting has been woken: nobody is left with a number of a
        # descriptor that might soon be somebody else's.
        with self._send_lock, self._receive_lock, contextlib.suppress(OSError):
            self._socket.close()

    def _send_all(self, data: bytes) -> None:
        """Send everything, to one who takes a line's worth each TEMPS_ESPERA."""
        view = memoryview(data)
        while view:
            self._send_portion(view[:MIDA_MAXIMA])
            view = view[MIDA_MAXIMA:]

    def _send_portion(self, view: memoryview) -> None:
        deadline = time.monotonic() + TEMPS_ESPERA
        while view:
            sent = self._socket.send(view)
            view = view[sent:]
            if view and time.monotonic() >= deadline:
                raise TimeoutError

    def _receive(self) -> bool:
        """Receive one piece, or the end; tell whether there was something."""
        with self._receive_lock:
            try:
                data = self._socket.recv(PIECE)
            except TimeoutError:
                return False
            except OSError:
                data = b""
        if data:
            self._lines.feed(data)
        else:
            self._stream_ended = True
        return True

    def _receive_what_is_there(self) -> None:
        """Receive the last lines that had arrived, without waiting for more."""
        with (
            contextlib.suppress(OSError, ValueError),
            selectors.DefaultSelector() as selector,
        ):
            selector.register(self._socket, selectors.EVENT_READ)
            for _ in range(MAX_PIECES):
                if self._stream_ended or not selector.select(0):
                    break
                self._receive()
        self._stream_ended = True
