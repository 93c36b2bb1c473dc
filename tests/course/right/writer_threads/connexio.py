"""Connexions que porten línies senceres."""

import contextlib
import socket
import threading
import time
from enum import Enum

TEMPS_ESPERA = 0.5
MIDA_MAXIMA = 4096
MIDA_TEXT = 1024


class Estat(Enum):
    OK = "ha anat bé"
    ERROR = "la connexió s'ha acabat"
    TIMEOUT = "s'ha acabat el temps"


class Connexio:
    """Un extrem d'una connexió. Un fil hi rep, i qualsevol hi envia."""

    def __init__(self, socol):
        self._socol = socol
        self._socol.settimeout(TEMPS_ESPERA)
        self._arribat = bytearray()
        self._enviant = threading.Lock()
        self._oberta = True

    def rep(self):
        """Espera una línia."""
        limit = time.monotonic() + TEMPS_ESPERA
        while self._oberta:
            final = self._arribat.find(b"\n")
            linia = bytes(self._arribat[:final] if final >= 0 else self._arribat)
            linia = linia.removesuffix(b"\r")
            if len(linia) > MIDA_MAXIMA:
                break
            if final >= 0:
                del self._arribat[: final + 1]
                return Estat.OK, neteja(linia.decode(errors="replace"))
            if time.monotonic() > limit:
                return Estat.TIMEOUT, None
            try:
                tros = self._socol.recv(4096)
            except TimeoutError:
                return Estat.TIMEOUT, None
            except OSError:
                break
            if not tros:
                break
            self._arribat += tros
        self._oberta = False
        self.talla()
        return Estat.ERROR, None

    def envia(self, missatge):
        """Envia una línia."""
        with self._enviant:
            try:
                self._socol.sendall(codifica(missatge) + b"\n")
            except OSError as error:
                self.talla()
                return Estat.TIMEOUT if type(error) is TimeoutError else Estat.ERROR
        return Estat.OK

    def talla(self):
        """Acaba la connexió, però deixa el sòcol a qui encara el faci servir."""
        with contextlib.suppress(OSError):
            self._socol.shutdown(socket.SHUT_RDWR)

    def tanca(self):
        """Acaba la connexió i torna el sòcol al sistema."""
        self.talla()
        with self._enviant:
            self._socol.close()


def neteja(text):
    """Posa U+FFFD en lloc dels caràcters de control."""
    return "".join(
        "\ufffd" if c < " " and c != "\t" or "\x7f" <= c < "\xa0" else c for c in text
    )


def codifica(text):
    """Els bytes del text tal com viatja."""
    return neteja(text).encode(errors="replace")


def mida(text):
    """Quants bytes fa el text tal com viatja."""
    return len(codifica(text))


def massa_llarg(text):
    """El que es diu a l'autor d'un text massa llarg."""
    return f"* Missatge massa llarg: {mida(text)} bytes, i el màxim és {MIDA_TEXT}."
