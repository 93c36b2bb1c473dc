"""Línies de text sobre TCP, i el que en comparteixen el servidor i el client."""

import contextlib
import enum
import logging
import re
import socket
import sys
import threading
import time
from collections import deque

TEMPS_ESPERA = 0.5
MIDA_MAXIMA = 4096
MIDA_TEXT = 1024
CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f]")

Estat = enum.Enum("Estat", "OK ERROR TIMEOUT")


class Connexio:
    """Un sòcol connectat, per línies."""

    def __init__(self, socol):
        socol.settimeout(TEMPS_ESPERA)
        self.socol = socol
        self.candau = threading.Lock()
        self.linies = deque()
        self.resta = b""
        self.sorda = False  # ja no arribarà res més

    def rep(self):
        """Torna `(estat, missatge)`."""
        limit = time.monotonic() + TEMPS_ESPERA
        while not self.linies:
            if self.sorda:
                return Estat.ERROR, None
            if time.monotonic() >= limit:
                return Estat.TIMEOUT, None
            try:
                self.desa(self.socol.recv(8192))
            except TimeoutError:
                return Estat.TIMEOUT, None
            except OSError:
                self.desa(b"")
        return Estat.OK, self.linies.popleft()

    def desa(self, tros):
        """Talla en línies el que ha arribat."""
        if not tros:
            self.acaba()
        *senceres, self.resta = (self.resta + tros).split(b"\n")
        for linia in senceres:
            linia = linia.removesuffix(b"\r")
            if len(linia) > MIDA_MAXIMA:
                self.acaba()
                return
            self.linies.append(neteja(linia.decode("utf-8", "replace")))
        if len(self.resta.removesuffix(b"\r")) > MIDA_MAXIMA:
            self.acaba()

    def envia(self, missatge):
        """Envia una línia sencera i torna l'estat."""
        with self.candau:
            try:
                self.socol.sendall(codifica(missatge) + b"\n")
                return Estat.OK
            except TimeoutError:
                self.talla()
                return Estat.TIMEOUT
            except OSError:
                self.talla()
                return Estat.ERROR

    def acaba(self):
        """No vol rebre res més, ni enviar res més."""
        self.sorda = True
        self.talla()

    def talla(self):
        """Fa que tots dos extrems vegin el final."""
        with contextlib.suppress(OSError):
            self.socol.shutdown(socket.SHUT_RDWR)

    def tanca(self):
        """Tanca la connexió."""
        self.talla()
        self.socol.close()


def neteja(text):
    """Canvia els caràcters de control."""
    return CONTROL.sub("\ufffd", text)


def codifica(text):
    """Dona els bytes d'un text, sense el final de línia."""
    return neteja(text).encode("utf-8", "replace")


def queixa(text):
    """Dona l'avís d'un text massa llarg, o `None` si no ho és."""
    mida = len(codifica(text))
    if mida > MIDA_TEXT:
        return f"* Missatge massa llarg: {mida} bytes, i el màxim és {MIDA_TEXT}."
    return None


def afina(socol):
    """Línies sense demora, i avís si s'ha estirat el cable."""
    with contextlib.suppress(OSError):
        socol.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        socol.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for nom, valor in [
            ("TCP_KEEPIDLE", 20),
            ("TCP_KEEPALIVE", 20),
            ("TCP_KEEPINTVL", 10),
            ("TCP_KEEPCNT", 3),
        ]:
            if hasattr(socket, nom):
                socol.setsockopt(socket.IPPROTO_TCP, getattr(socket, nom), valor)


def obre_registre(fitxer):
    """Obre el registre; si no es pot, ho diu."""
    try:
        logging.basicConfig(
            filename=fitxer,
            encoding="utf-8",
            errors="backslashreplace",
            level=logging.INFO,
            format="%(asctime)s %(levelname)s %(threadName)s: %(message)s",
        )
    except OSError as error:
        logging.disable()
        print(f"{fitxer}: {error.strerror}", file=sys.stderr)


def llegeix_port(text, minim):
    """Dona el port que diu el text, o `None`."""
    with contextlib.suppress(ValueError):
        if minim <= int(text) <= 65535:
            return int(text)
    return None


def escriu(linia):
    """Mostra una línia, d'un cop: print() n'hi fa dos, i un altre fil hi cabria."""
    sys.stdout.write(f"{linia}\n")
    sys.stdout.flush()


def teclat():
    """Dona cada línia que s'escriu, mentre se'n pugui llegir."""
    with (
        contextlib.suppress(OSError),
        open(0, encoding="utf-8", errors="replace", closefd=False) as entrada,
    ):
        for linia in entrada:
            yield linia.removesuffix("\n")
