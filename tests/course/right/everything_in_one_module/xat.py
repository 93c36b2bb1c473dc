"""Tot el xat: la connexió, el servidor i el client.

La sala del servidor és un fil i prou, que fa una cosa darrere l'altra: qui vol dir o
fer res a la sala li ho encarrega, i s'espera que estigui fet. No hi ha cap candau de
participants, perquè ningú més no els toca.
"""

import contextlib
import enum
import itertools
import logging
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

TEMPS_ESPERA, TEMPS_NOM = 0.5, 10  # segons
MIDA_MAXIMA, MIDA_TEXT = 4096, 1024  # bytes
MIDA_NOM = 20  # caràcters
MAXIM_CONNEXIONS = 100

PROHIBITS = {codi: "\ufffd" for codi in [*range(9), *range(10, 32), *range(127, 160)]}
ES_TANCA = "* El xat es tanca."


# La connexió ------------------------------------------------------------------------


class Estat(enum.Enum):
    """Com ha anat."""

    OK = "OK"
    ERROR = "ERROR"
    TIMEOUT = "TIMEOUT"


class Connexio:
    """Línies senceres sobre un sòcol connectat."""

    def __init__(self, socol):
        socol.settimeout(TEMPS_ESPERA)
        self._socol = socol
        self._arribades = self._escolta()
        self._torn = threading.Lock()

    def rep(self):
        """`(estat, missatge)` d'una línia més."""
        return next(self._arribades)

    def envia(self, missatge):
        """Envia una línia; torna l'`estat`."""
        try:
            with self._torn:
                self._socol.sendall(bytes_de(missatge) + b"\n")
            return Estat.OK
        except OSError as error:
            self._talla()
            return Estat.TIMEOUT if isinstance(error, TimeoutError) else Estat.ERROR

    def tanca(self):
        """Avisa l'altre extrem i tanca."""
        self._talla()
        self._socol.close()

    def _talla(self):
        with contextlib.suppress(OSError):
            self._socol.shutdown(socket.SHUT_RDWR)

    def _escolta(self):
        """El que torna cada crida a `rep()`, l'una darrere l'altra.

        Entre un `yield` i el següent hi ha una crida: quan torna de l'un comença a
        comptar el temps d'espera de l'altre.
        """
        pendent = b""
        limit = time.monotonic() + TEMPS_ESPERA
        while True:
            try:
                tros = self._socol.recv(MIDA_MAXIMA)
            except TimeoutError:
                yield Estat.TIMEOUT, None
                limit = time.monotonic() + TEMPS_ESPERA
                continue
            except OSError:
                break
            if not tros:
                break
            *linies, pendent = (pendent + tros).split(b"\n")
            linies = [linia.removesuffix(b"\r") for linia in linies]
            bones = list(itertools.takewhile(lambda x: len(x) <= MIDA_MAXIMA, linies))
            for linia in bones:
                yield Estat.OK, neteja(linia.decode("utf-8", "replace"))
                limit = time.monotonic() + TEMPS_ESPERA
            if bones != linies or len(pendent.removesuffix(b"\r")) > MIDA_MAXIMA:
                break
            if time.monotonic() >= limit:
                yield Estat.TIMEOUT, None
                limit = time.monotonic() + TEMPS_ESPERA
        self._talla()
        while True:
            yield Estat.ERROR, None


def neteja(text):
    """El text, sense caràcters de control."""
    return text.translate(PROHIBITS)


def bytes_de(text):
    """Els bytes amb què viatja un text."""
    return neteja(text).encode("utf-8", "replace")


def massa_llarg(text):
    """L'avís per a l'autor, si el text és massa llarg."""
    mida = len(bytes_de(text))
    if mida > MIDA_TEXT:
        return f"* Missatge massa llarg: {mida} bytes, i el màxim és {MIDA_TEXT}."
    return None


def afina(socol):
    """Res no s'encanta abans de sortir, i si l'altre extrem desapareix es nota."""
    opcions = {"KEEPIDLE": 20, "KEEPALIVE": 20, "KEEPINTVL": 10, "KEEPCNT": 3}
    with contextlib.suppress(OSError):
        socol.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for opcio, valor in {"NODELAY": 1, **opcions}.items():
            if numero := getattr(socket, f"TCP_{opcio}", None):
                socol.setsockopt(socket.IPPROTO_TCP, numero, valor)


# El servidor ------------------------------------------------------------------------


@dataclass(eq=False)
class Participant:
    """Algú de la sala."""

    nom: str
    connexio: Connexio


class Sala:
    """Els participants. El que hi passa, ho fa tot un sol fil."""

    def __init__(self, final):
        self.final = final
        self.fil = ThreadPoolExecutor(1, thread_name_prefix="sala")
        self.participants = []

    def fes(self, accio, *arguments):
        """Ho encarrega al fil de la sala, i torna el que surti quan està fet."""
        return self.fil.submit(accio, self, *arguments).result()

    # D'aquí avall només hi treballa el fil de la sala.

    def entra(self, nou):
        if self.final.is_set():
            return
        self.participants.append(nou)
        quants = len(self.participants)
        nou.connexio.envia(f"* Hola, {nou.nom}! Ja ets al xat. Participants: {quants}.")
        self.difon(f"* {nou.nom} ha entrat al xat.", nou)
        logging.info("%s hi entra", nou.nom)

    def parla(self, autor, text):
        if autor in self.participants:
            self.difon(f"[{autor.nom}] {text}", autor)

    def abandona(self, qui):
        if qui in self.participants:
            self.participants.remove(qui)
            logging.info("%s se'n va", qui.nom)
            self.difon(f"* {qui.nom} ha abandonat el xat.")

    def perd(self, qui):
        if qui in self.participants:
            self.participants.remove(qui)
            if not self.final.is_set():
                logging.warning("%s s'ha perdut", qui.nom)
            self.difon(f"* S'ha perdut la connexió amb {qui.nom}.")

    def noms(self):
        return [participant.nom for participant in self.participants]

    def difon(self, linia, menys=None):
        if self.final.is_set():
            return
        altres = [p for p in self.participants if p is not menys]
        estats = [p.connexio.envia(linia) for p in altres]
        for participant, estat in zip(altres, estats, strict=True):
            if estat is not Estat.OK:
                self.perd(participant)


class Visita:
    """Un client, del principi al final."""

    def __init__(self, connexio, adreca, sala):
        self.connexio = connexio
        self.adreca = adreca
        self.sala = sala

    def gestiona(self):
        self.connexio.envia("* Et donem la benvinguda al xat. Com et dius?")
        if nom := self.demana_nom():
            participant = Participant(nom, self.connexio)
            self.sala.fes(Sala.entra, participant)
            self.escolta(participant)
        if self.sala.final.is_set():
            self.connexio.envia(ES_TANCA)

    def demana_nom(self):
        nom = self.rep(time.monotonic() + TEMPS_NOM)
        if nom is None or (nom := nom.strip()) == "{quit}":
            return None
        if nom.isprintable() and not set("[]{} \ufffd").intersection(nom):
            if 1 <= len(nom) <= MIDA_NOM:
                return nom
        logging.warning("Es refusa un nom de %s", self.adreca)
        self.connexio.envia("* Aquest nom no és vàlid.")
        return None

    def escolta(self, participant):
        while (text := self.rep()) is not None:
            if text.strip() == "{quit}":
                return self.sala.fes(Sala.abandona, participant)
            if avis := massa_llarg(text):
                self.connexio.envia(avis)
            elif text.strip():
                self.sala.fes(Sala.parla, participant, text)
        return self.sala.fes(Sala.perd, participant)

    def rep(self, limit=float("inf")):
        """Una línia, o `None` si no n'hi ha d'haver més, o és massa tard."""
        while not self.sala.final.is_set() and time.monotonic() < limit:
            estat, linia = self.connexio.rep()
            if estat is not Estat.TIMEOUT:
                return linia
        return None


class Porta(threading.Thread):
    """El fil que rep els clients, i en dona un a cada un."""

    def __init__(self, socol, lloc, sala):
        super().__init__(name="porta")
        self.socol = socol
        self.lloc = lloc
        self.sala = sala
        self.llocs = threading.Semaphore(MAXIM_CONNEXIONS)
        self.avaria = False

    def run(self):
        self.socol.settimeout(TEMPS_ESPERA)
        # En sortir del with ja no queda cap fil de cap client.
        with ThreadPoolExecutor(MAXIM_CONNEXIONS, "client") as fils, self.socol:
            while not self.sala.final.is_set():
                try:
                    socol, adreca = self.socol.accept()
                except (TimeoutError, ConnectionError):
                    continue
                except OSError as error:
                    no_escolta(self.lloc, error)
                    self.avaria = True
                    self.sala.final.set()
                else:
                    self.obre(fils, socol, "{}:{}".format(*adreca))

    def obre(self, fils, socol, adreca):
        afina(socol)
        connexio = Connexio(socol)
        if self.llocs.acquire(blocking=False):
            logging.info("Truca %s", adreca)
            fils.submit(self.passa, connexio, adreca)
        else:
            logging.warning("No hi cap %s", adreca)
            connexio.envia("* El xat és ple.")
            connexio.tanca()

    def passa(self, connexio, adreca):
        try:
            Visita(connexio, adreca, self.sala).gestiona()
        finally:
            connexio.tanca()
            self.llocs.release()


def no_escolta(lloc, error):
    logging.error("No es pot escoltar a %s: %s", lloc, error)
    print(f"No es pot escoltar a {lloc}: {error}", file=sys.stderr)


def consola(sala):
    """Fa cas del teclat fins a «finalitza»."""
    for linia in teclat():
        ordre = linia.strip()
        if ordre == "finalitza":
            sala.final.set()
            return
        if ordre == "ajuda":
            for que in "ajuda", "quants", "qui", "finalitza":
                mostra(que)
        elif ordre == "quants":
            mostra(f"Participants: {len(sala.fes(Sala.noms))}")
        elif ordre == "qui":
            for nom in sala.fes(Sala.noms):
                mostra(f"- {nom}")
        elif ordre:
            mostra(f"No t'entenc: {ordre}. Escriu «ajuda».")


def servidor(host="127.0.0.1", port="8888", *sobren):
    """El programa del servidor: torna l'estat de sortida."""
    if (port := llegeix_port(port, 0)) is None or sobren:
        return us("servidor.py [HOST] [PORT]")
    comenca("servidor.log")
    try:
        socol = socket.create_server((host, port), backlog=MAXIM_CONNEXIONS)
    except (OSError, TypeError, ValueError) as error:
        no_escolta(f"{host}:{port}", error)
        return 1
    lloc = f"{host}:{socol.getsockname()[1]}"
    logging.info("S'escolta a %s", lloc)
    mostra(f"Escoltant a {lloc}")
    final = threading.Event()
    sala = Sala(final)
    porta = Porta(socol, lloc, sala)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        porta.start()
        threading.Thread(target=consola, args=(sala,), daemon=True).start()
        while not final.wait(TEMPS_ESPERA):
            pass
    except KeyboardInterrupt:
        final.set()
    porta.join()
    logging.info("S'ha acabat")
    return 1 if porta.avaria else 0


# El client --------------------------------------------------------------------------


class Sessio:
    """Una estada al xat."""

    def __init__(self, connexio):
        self.connexio = connexio
        self.ultima = None
        self.marxa = False
        self.prou = threading.Event()

    def mostra_arribades(self):
        estat = Estat.OK
        while estat is not Estat.ERROR:
            estat, linia = self.connexio.rep()
            if estat is Estat.OK:
                self.ultima = linia
                mostra(linia)
        self.prou.set()

    def envia_teclat(self):
        for linia in teclat():
            if linia.strip() == "{quit}":
                break
            if avis := massa_llarg(linia):
                mostra(avis)
            else:
                self.connexio.envia(linia)
        self.marxa = True
        self.prou.set()

    def conversa(self):
        """Fins que s'acaba d'un costat o de l'altre; torna l'estat de sortida."""
        arribades = threading.Thread(target=self.mostra_arribades, daemon=True)
        try:
            arribades.start()
            threading.Thread(target=self.envia_teclat, daemon=True).start()
            while not self.prou.wait(TEMPS_ESPERA):
                pass
        except KeyboardInterrupt:
            self.marxa = True
        if self.marxa:
            self.connexio.envia("{quit}")
        arribades.join(2 * TEMPS_ESPERA)
        if self.marxa or self.ultima == ES_TANCA:
            logging.info("S'ha acabat")
            return 0
        logging.warning("S'ha perdut la connexió")
        mostra("* S'ha perdut la connexió amb el servidor.")
        return 1


def client(host="", port="", nom=None, *sobren):
    """El programa del client: torna l'estat de sortida."""
    if (port := llegeix_port(port, 1)) is None or nom is None or sobren:
        return us("client.py HOST PORT NOM")
    comenca("client.log")
    try:
        socol = socket.create_connection((host, port))
    except (OSError, TypeError, ValueError) as error:
        logging.error("No es pot connectar al port %s: %s", port, error)
        print(f"No es pot connectar a {host}:{port}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    logging.info("Connectat a %s:%s", host, port)
    afina(socol)
    connexio = Connexio(socol)
    connexio.envia(nom)
    try:
        return Sessio(connexio).conversa()
    finally:
        connexio.tanca()


# Els dos programes ------------------------------------------------------------------


def comenca(registre):
    """Sortida en UTF-8, i registre, si es pot."""
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(encoding="utf-8")
    try:
        logging.basicConfig(
            filename=registre,
            encoding="utf-8",
            errors="replace",
            level=logging.INFO,
            format="%(asctime)s %(levelname)s %(threadName)s %(message)s",
        )
    except OSError as error:
        logging.disable()
        print(f"No hi ha {registre}: {error.strerror}", file=sys.stderr)


def us(text):
    print(f"Ús: python {text}", file=sys.stderr)
    return 2


def llegeix_port(text, minim):
    with contextlib.suppress(ValueError):
        if minim <= int(text) <= 65535:
            return int(text)
    return None


def mostra(linia):
    """L'escriu d'un sol cop: un altre fil potser també escriu."""
    sys.stdout.write(f"{linia}\n")
    sys.stdout.flush()


def teclat():
    """El que s'escriu, línia a línia. (`sys.stdin` no, que encallaria el final.)"""
    with contextlib.suppress(OSError):
        with open(0, encoding="utf-8", errors="replace", closefd=False) as linies:
            for linia in linies:
                yield linia.removesuffix("\n")
