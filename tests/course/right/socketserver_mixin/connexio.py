"""Lines over a TCP connection."""

import contextlib
import enum
import select
import socket
import threading
import time

TEMPS_ESPERA = 0.5
MIDA_MAXIMA = 4096
MIDA_TEXT = 1024
CONTROLS = dict.fromkeys({*range(32), *range(127, 160)} - {9}, "\ufffd")


class Estat(enum.Enum):
    OK = 0
    ERROR = 1
    TIMEOUT = 2


def printable(text):
    """Put U+FFFD in the place of every control character but the tab."""
    return text.translate(CONTROLS)


def encoded(text):
    """Give the bytes of a text as it travels."""
    return printable(text).encode("utf-8", "replace")


def too_long(text):
    """Give what the author of a text that is too long is told, or nothing."""
    size = len(encoded(text))
    if size <= MIDA_TEXT:
        return ""
    return f"* Missatge massa llarg: {size} bytes, i el màxim és {MIDA_TEXT}."


class Connexio:
    """A connection that one thread reads, and any thread writes."""

    def __init__(self, socol):
        self.socket = socol
        self.socket.settimeout(TEMPS_ESPERA)
        self.unread = b""
        self.over = False
        self.writing = threading.Lock()

    def fileno(self):
        """For select()."""
        return self.socket.fileno()

    def has_line(self):
        """Whether rep() need not wait."""
        return b"\n" in self.unread

    def rep(self):
        """Receive a line."""
        end = time.monotonic() + TEMPS_ESPERA
        while not self.over:
            line, newline, rest = self.unread.partition(b"\n")
            line = line.removesuffix(b"\r")
            if len(line) > MIDA_MAXIMA:
                break
            if newline:
                self.unread = rest
                return Estat.OK, printable(line.decode("utf-8", "replace"))
            patience = max(0, end - time.monotonic())
            try:
                if not select.select([self.socket], [], [], patience)[0]:
                    return Estat.TIMEOUT, None
                data = self.socket.recv(65536)
            except (OSError, ValueError):
                break
            if not data:
                break
            self.unread += data
        self.over = True
        self.shut_down()
        return Estat.ERROR, None

    def envia(self, missatge):
        """Send a line."""
        with self.writing:
            try:
                self.socket.sendall(encoded(missatge) + b"\n")
                return Estat.OK
            except TimeoutError:
                estat = Estat.TIMEOUT
            except OSError:
                estat = Estat.ERROR
            self.shut_down()
            return estat

    def shut_down(self):
        """Let both ends see the end."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def tanca(self):
        """Close."""
        self.shut_down()
        self.socket.close()


def keep_alive(sock):
    """Send without delay, and find out when the other end has vanished."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name in "TCP_KEEPIDLE", "TCP_KEEPALIVE", "TCP_KEEPINTVL":
            if hasattr(socket, name):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), 12)
        if hasattr(socket, "TCP_KEEPCNT"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
