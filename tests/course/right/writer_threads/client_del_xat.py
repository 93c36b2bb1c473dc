"""Un client, vist des del servidor: un fil que hi escriu, i una cua de línies."""

import queue
import threading

from connexio import TEMPS_ESPERA, Estat

#: Línies que poden esperar: qui en té tantes pendents fa esperar els que parlen.
PENDENTS = 32

PROU = None  # darrere d'això, el fil que escriu no escriu res més


class Client:
    """Algú que s'ha connectat; amb nom, un participant."""

    def __init__(self, connexio, adreca, quan_falla):
        """`quan_falla(client)`: el crida el fil que escriu, si no pot escriure."""
        self.connexio = connexio
        self.adreca = adreca
        self.nom = None
        self._quan_falla = quan_falla
        self._cua = queue.Queue(PENDENTS)
        self._escriptor = threading.Thread(target=self._escriu, name=f"a {adreca}")
        self._escriptor.start()

    def diu(self, linia):
        """Posa una línia a la cua; torna si s'ha pogut, en un TEMPS_ESPERA."""
        try:
            self._cua.put(linia, timeout=TEMPS_ESPERA)
        except queue.Full:
            return False
        return True

    def perd(self):
        """Deixa córrer el que espera a la cua, i no rep ni envia res més."""
        self.connexio.talla()

    def acaba(self, *ultimes):
        """Escriu el que queda, i això últim; i tanca, encara que no llegeixi."""
        for linia in (*ultimes, PROU):
            if not self.diu(linia):
                break
        self._escriptor.join(TEMPS_ESPERA)
        self.connexio.tanca()

    def _escriu(self):
        """El fil que escriu."""
        while (linia := self._cua.get()) is not PROU:
            if self.connexio.envia(linia) is not Estat.OK:
                self._quan_falla(self)
                return
