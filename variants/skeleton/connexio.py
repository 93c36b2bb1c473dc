"""Missatges sobre TCP: cada missatge és una línia de text UTF-8 acabada en "\\n".

TCP porta un flux de bytes: en conserva l'ordre, però no en sap els límits. El que
s'ha enviat d'un cop pot arribar a trossos, i el que s'ha enviat en dues vegades
pot arribar junt. La classe `Connexio` hi posa els límits. La fan servir tant el
servidor com el client.
"""

import enum


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

        # C1. Prepara on guardar els bytes que han arribat i encara no s'han donat.

        # C3. Posa al sòcol el temps d'espera: TEMPS_ESPERA, mig segon.

    def rep(self):
        """Espera una línia i torna `(estat, missatge)`.

        - `(Estat.OK, missatge)`: ha arribat una línia; `missatge` és el seu text.
        - `(Estat.TIMEOUT, None)`: encara no n'ha arribat cap; es pot tornar a provar.
        - `(Estat.ERROR, None)`: la connexió s'ha acabat.
        """
        # C3. Apunta fins quan pot esperar, encara que vagin arribant trossos.

        # C1. Ajunta els trossos que arriben fins que té una línia sencera.
            # C7. Si la línia ja és massa llarga, és un error i no n'espera el final.

            # C3. Si s'ha exhaurit el temps, ho diu i guarda el tros per a després.

            # C3. Si no ha arribat res en tot el temps d'espera, també ho diu.
            # C6. Si la connexió s'ha perdut, és com si l'altre extrem l'hagués tancada.

            # C4. Si l'altre extrem ha tancat, recv() dona b"": és un ERROR.

        # C1. Separa la primera línia de la resta, que queda per a la pròxima vegada.

        # C7. Si la línia és massa llarga, no la dona, ni res del que vingui darrere.

        # C1. Converteix els bytes en text.

        # C7. Canvia els caràcters de control, que podrien donar ordres a un terminal.

        # C1. Guarda el que ha arribat darrere de la línia, i dona la línia.

    def envia(self, missatge):
        """Envia `missatge` en una línia i torna l'estat.

        - `Estat.OK`: s'ha enviat tota la línia.
        - `Estat.TIMEOUT`: l'altre extrem no llegeix, i la connexió s'ha acabat.
        - `Estat.ERROR`: la connexió ja s'havia acabat.
        """
        # C7. Canvia els caràcters de control: un missatge és una sola línia.

        # C2. Envia la línia sencera, sense que cap altre fil n'hi barregi una altra.
            # C3. Si l'altre extrem no llegeix, la línia queda a mitges: talla.
            # C6. Si la connexió s'ha perdut, torna ERROR en lloc d'una excepció.

    def tanca(self):
        """Tanca la connexió. El que ja s'havia enviat encara arriba."""
        # C5. Avisa l'altre extrem que s'ha acabat (shutdown) i tanca el sòcol (close).

    def talla(self):
        """Acaba la connexió sense tancar el sòcol, que un altre fil pot fer servir."""
        # C5. Fa que tothom qui espera en aquesta connexió, aquí i allà, vegi el final.
