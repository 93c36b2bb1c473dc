"""Missatges sobre TCP: cada missatge és una línia de text UTF-8 acabada en "\\n".

TCP porta un flux de bytes: en conserva l'ordre, però no en sap els límits. El que
s'ha enviat d'un cop pot arribar a trossos, i el que s'ha enviat en dues vegades
pot arribar junt. La classe `Connexio` hi posa els límits. La fan servir tant el
servidor com el client.
"""

import contextlib
import enum
import socket
import threading
import time

TEMPS_ESPERA = 0.5  # segons
MIDA_MAXIMA = 4096  # bytes d'una línia, sense comptar-ne el final


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
            # C3. Si s'ha exhaurit el temps, ho diu i guarda el tros per a després.
            if time.monotonic() > limit:
                return Estat.TIMEOUT, None

            try:
                dades = self._socol.recv(MIDA_MAXIMA)
            # C3. Si no ha arribat res en tot el temps d'espera, també ho diu.
            except TimeoutError:
                return Estat.TIMEOUT, None

            # C4. Si l'altre extrem ha tancat, recv() dona b"": és un ERROR.
            if not dades:
                self.talla()
                return Estat.ERROR, None

            self._rebut += dades

        # C1. Separa la primera línia de la resta, que queda per a la pròxima vegada.
        linia, _, resta = self._rebut.partition(b"\n")
        linia = linia.removesuffix(b"\r")

        # C1. Converteix els bytes en text.
        missatge = linia.decode("utf-8", errors="replace")

        # C1. Guarda el que ha arribat darrere de la línia, i dona la línia.
        self._rebut = resta
        return Estat.OK, missatge

    def envia(self, missatge):
        """Envia `missatge` en una línia i torna l'estat.

        - `Estat.OK`: s'ha enviat tota la línia.
        - `Estat.TIMEOUT`: l'altre extrem no llegeix, i la connexió s'ha acabat.
        - `Estat.ERROR`: la connexió ja s'havia acabat.
        """
        # C2. Envia la línia sencera, sense que cap altre fil n'hi barregi una altra.
        dades = missatge.encode("utf-8", errors="replace") + b"\n"
        with self._candau:
            try:
                self._socol.sendall(dades)
            # C3. Si l'altre extrem no llegeix, la línia queda a mitges: talla.
            except TimeoutError:
                self.talla()
                return Estat.TIMEOUT
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
