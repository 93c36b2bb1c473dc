"""Missatges sobre TCP: cada missatge és una línia de text UTF-8 acabada en "\\n".

TCP porta un flux de bytes: en conserva l'ordre, però no en sap els límits. El que
s'ha enviat d'un cop pot arribar a trossos, i el que s'ha enviat en dues vegades
pot arribar junt. La classe `Connexio` hi posa els límits. La fan servir tant el
servidor com el client.
"""

import contextlib
import enum
import socket
import sys
import threading
import time

TEMPS_ESPERA = 0.5  # segons
MIDA_MAXIMA = 4096  # bytes d'una línia, sense comptar-ne el final
MIDA_TEXT = 1024  # bytes del que diu un participant

# Els caràcters de control (la categoria Cc d'Unicode), llevat del tabulador.
CONTROLS = {codi: "\ufffd" for codi in (*range(0x20), *range(0x7F, 0xA0)) if codi != 9}


class Estat(enum.Enum):
    """Com ha anat una operació de la connexió."""

    OK = "ok"
    ERROR = "error"  # la connexió s'ha acabat
    TIMEOUT = "timeout"  # s'ha exhaurit el temps d'espera


class Connexio:
    """Una connexió amb l'altre extrem, que envia i rep línies senceres."""

    def __init__(self, socol):
        """Embolcalla `socol`, un sòcol ja connectat."""
        # C2. Guarda el sòcol, i crea el candau de qui hi envia.
        self._socol = socol
        self._candau = threading.Lock()

        # C1. Prepara on guardar els bytes que han arribat i encara no s'han donat.
        self._rebut = b""

        # C3. Posa al sòcol el temps d'espera: TEMPS_ESPERA, mig segon.
        socol.settimeout(TEMPS_ESPERA)

    def rep(self):
        """Espera una línia i torna `(estat, missatge)`.

        - `(Estat.OK, missatge)`: ha arribat una línia; `missatge` és el seu text.
        - `(Estat.TIMEOUT, None)`: encara no n'ha arribat cap; es pot tornar a provar.
        - `(Estat.ERROR, None)`: la connexió s'ha acabat.
        """
        # C3. Apunta fins quan pot esperar, encara que vagin arribant trossos.
        limit = time.monotonic() + TEMPS_ESPERA

        # C1. Ajunta els trossos que arriben fins que té una línia sencera.
        while b"\n" not in self._rebut:
            # C7. Si la línia ja és massa llarga, és un error i no n'espera el final.
            if len(self._rebut) > MIDA_MAXIMA + len(b"\r"):
                self.talla()
                return Estat.ERROR, None

            # C3. Si s'ha exhaurit el temps, ho diu i guarda el tros per a després.
            if time.monotonic() > limit:
                return Estat.TIMEOUT, None

            try:
                dades = self._socol.recv(MIDA_MAXIMA)
            # C3. Si no ha arribat res en tot el temps d'espera, també ho diu.
            except TimeoutError:
                return Estat.TIMEOUT, None
            # C6. Si la connexió s'ha perdut, és com si l'altre extrem l'hagués tancada.
            except OSError:
                dades = b""

            # C4. Si l'altre extrem ha tancat, recv() dona b"": és un ERROR.
            if not dades:
                self.talla()
                return Estat.ERROR, None

            self._rebut += dades

        # C1. Separa la primera línia de la resta, que queda per a la pròxima vegada.
        linia, _, resta = self._rebut.partition(b"\n")
        linia = linia.removesuffix(b"\r")

        # C7. Si la línia és massa llarga, no la dona, ni res del que vingui darrere.
        if len(linia) > MIDA_MAXIMA:
            self.talla()
            return Estat.ERROR, None

        # C1. Converteix els bytes en text.
        missatge = linia.decode("utf-8", errors="replace")

        # C7. Canvia els caràcters de control, que podrien donar ordres a un terminal.
        missatge = neteja(missatge)

        # C1. Guarda el que ha arribat darrere de la línia, i dona la línia.
        self._rebut = resta
        return Estat.OK, missatge

    def envia(self, missatge):
        """Envia `missatge` en una línia i torna l'estat.

        - `Estat.OK`: s'ha enviat tota la línia.
        - `Estat.TIMEOUT`: l'altre extrem no llegeix, i la connexió s'ha acabat.
        - `Estat.ERROR`: la connexió ja s'havia acabat.
        """
        # C7. Canvia els caràcters de control: un missatge és una sola línia.
        missatge = neteja(missatge)

        # C2. Envia la línia sencera, sense que cap altre fil n'hi barregi una altra.
        dades = missatge.encode("utf-8", errors="replace") + b"\n"
        with self._candau:
            try:
                self._socol.sendall(dades)
            # C3. Si l'altre extrem no llegeix, la línia queda a mitges: talla.
            except TimeoutError:
                self.talla()
                return Estat.TIMEOUT
            # C6. Si la connexió s'ha perdut, torna ERROR en lloc d'una excepció.
            except OSError:
                self.talla()
                return Estat.ERROR
        return Estat.OK

    def tanca(self):
        """Tanca la connexió. El que ja s'havia enviat encara arriba."""
        # C5. Avisa l'altre extrem que s'ha acabat (shutdown) i tanca el sòcol (close).
        self.talla()
        self._socol.close()

    def talla(self):
        """Acaba la connexió sense tancar el sòcol, que un altre fil pot fer servir."""
        # C5. Fa que tothom qui espera en aquesta connexió, aquí i allà, vegi el final.
        with contextlib.suppress(OSError):
            self._socol.shutdown(socket.SHUT_RDWR)


def neteja(text):
    """Torna `text` amb U+FFFD en lloc de cada caràcter de control."""
    return text.translate(CONTROLS)


def mida(text):
    """Torna els bytes que ocuparà `text` quan s'enviï, sense comptar el final."""
    return len(neteja(text).encode("utf-8", errors="replace"))


def massa_llarg(text):
    """Torna l'avís que rep l'autor d'un text que passa de MIDA_TEXT."""
    return f"* Missatge massa llarg: {mida(text)} bytes, i el màxim és {MIDA_TEXT}."


def vigila(socol):
    """Fa que el sistema comprovi si l'altre extrem hi és quan ningú no diu res.

    Ho noten el sòcol i els que s'hi accepten. Ref.: RFC 9293, 3.8.4 («keep-alive»).
    """
    segons = {"TCP_KEEPIDLE": 20, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
    if sys.platform == "darwin":  # macOS en diu d'una altra manera
        segons["TCP_KEEPALIVE"] = segons.pop("TCP_KEEPIDLE")
    socol.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for opcio, valor in segons.items():
        if hasattr(socket, opcio):
            socol.setsockopt(socket.IPPROTO_TCP, getattr(socket, opcio), valor)
