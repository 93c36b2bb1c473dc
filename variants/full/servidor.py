"""El servidor del xat.

    python servidor.py [HOST] [PORT]

Hi treballen tres menes de fil: el principal, que atén la consola; el que gestiona
les peticions dels clients que volen entrar; i un per a cada participant. Un
esdeveniment, `final`, els fa acabar tots. La sala és l'única cosa que comparteixen.
"""

import logging
import queue
import signal
import socket
import sys
import threading
import time

from connexio import (
    MIDA_TEXT,
    TEMPS_ESPERA,
    Connexio,
    Estat,
    massa_llarg,
    mida,
    vigila,
)

MAXIM_CONNEXIONS = 100
MIDA_NOM = 20  # caràcters
TEMPS_NOM = 10  # segons

# L1. Crea el registre del servidor.
registre = logging.getLogger("servidor")


class Participant:
    """Algú que és al xat: la seva connexió i el seu nom."""

    def __init__(self, connexio, nom):
        """Fa un participant que encara no és a cap sala."""
        # P4. Guarda la connexió i el nom.
        self.connexio = connexio
        self.nom = nom


class Sala:
    """Els participants actius, i el candau que en guarda la llista.

    Tots els fils la fan servir alhora: cada mètode agafa el candau, i així tothom
    veu les mateixes línies en el mateix ordre.
    """

    def __init__(self, final):
        """Fa una sala buida, oberta fins que l'esdeveniment `final` sigui marcat."""
        # F3. Crea la llista de participants actius, i el candau que la guarda.
        self._participants = []
        self._candau = threading.RLock()  # el mateix fil el pot tornar a agafar
        self._final = final

        # R5. Crea el semàfor que compta quants llocs queden lliures.
        self.llocs = threading.Semaphore(MAXIM_CONNEXIONS)

    def entra(self, participant):
        """Fa entrar el participant al xat."""
        # F3. Agafa el candau: mentrestant, ningú més no entra, ni surt, ni diu res.
        with self._candau:
            # P11. Un cop el xat s'acaba, ja no hi entra ningú.
            if self._final.is_set():
                return

            # P4. Informa el nou participant que ha estat admès al xat.
            quants = len(self._participants) + 1
            participant.connexio.envia(
                f"* Hola, {participant.nom}! Ja ets al xat. Participants: {quants}."
            )

            # P6. Afegeix el nou participant, connexió i nom, als participants actius.
            self._participants.append(participant)

            # P5. Presenta el nou participant a la resta.
            registre.info("%s ha entrat al xat", participant.nom)
            altres = [p for p in self._participants if p is not participant]
            self.lliura(f"* {participant.nom} ha entrat al xat.", altres)

    def diu(self, autor, text):
        """Fa arribar als altres el que diu un participant."""
        # F3. Agafa el candau: cada línia arriba a tothom abans que la següent.
        with self._candau:
            # P13. De qui ja no és a la llista, no en diu res.
            if autor not in self._participants:
                return

            # P8. Tria a qui ho diu: a tots els participants, menys a l'autor.
            altres = [p for p in self._participants if p is not autor]

            # P8. Ho diu, amb el nom de l'autor al davant.
            self.lliura(f"[{autor.nom}] {text}", altres)

    def lliura(self, linia, destinataris):
        """Envia la línia a cada un dels destinataris."""
        # F3. Agafa el candau: ningú no surt de la llista a mig enviar.
        with self._candau:
            # P11. Un cop el xat s'acaba, ja no envia res més.
            if self._final.is_set():
                return

            # P13. Prepara la llista dels qui no la podran rebre.
            perduts = []

            # P8. Envia la línia a cada destinatari.
            for participant in destinataris:
                estat = participant.connexio.envia(linia)

                # P13. Si no l'ha rebuda, l'apunta.
                if estat is not Estat.OK:
                    perduts.append(participant)

            # P13. Quan ja l'ha enviada a tothom, dona per perduts els que ha apuntat.
            for participant in perduts:
                self.perd(participant)

    def abandona(self, participant):
        """Treu el participant, que se'n va, i ho diu a la resta."""
        # P10. L'elimina de la llista i notifica a la resta que ha abandonat el xat.
        with self._candau:
            if self.treu(participant):
                registre.info("%s ha abandonat el xat", participant.nom)
                self.lliura(
                    f"* {participant.nom} ha abandonat el xat.", self._participants
                )

    def perd(self, participant):
        """Treu el participant, que s'ha perdut, i ho diu a la resta."""
        # P12. L'elimina i notifica a la resta que se n'ha perdut la connexió.
        with self._candau:
            if self.treu(participant):
                registre.warning("S'ha perdut la connexió amb %s", participant.nom)
                self.lliura(
                    f"* S'ha perdut la connexió amb {participant.nom}.",
                    self._participants,
                )

    def treu(self, participant):
        """Treu el participant de la llista; torna `True` si encara hi era."""
        # P10. L'elimina només si encara hi és: de cada un hi ha un sol comiat.
        with self._candau:
            hi_era = participant in self._participants
            if hi_era:
                self._participants.remove(participant)
            return hi_era

    def noms(self):
        """Torna els noms dels participants, per ordre d'arribada."""
        # F3. Agafa el candau: la llista no canvia mentre la llegeix.
        with self._candau:
            return [participant.nom for participant in self._participants]


def main():
    """El fil principal."""
    # F1. Obté les dades de configuració del servei: l'adreça i el port.
    host, port = llegeix_arguments()

    # L1. Obre servidor.log; si no pot, ho diu i continua sense.
    try:
        logging.basicConfig(
            filename="servidor.log",
            encoding="utf-8",
            level=logging.INFO,
            format="%(asctime)s %(levelname)s [%(threadName)s] %(message)s",
        )
    except OSError as error:
        logging.disable()
        print(f"No es pot obrir servidor.log: {error.strerror}", file=sys.stderr)

    # F5. Prepara la sortida, abans que hi escrigui cap fil: en UTF-8, línia a línia.
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)

    # F2. Crea l'esdeveniment de finalització.
    final = threading.Event()

    # F3. Crea la sala, amb la llista de participants actius.
    sala = Sala(final)

    # F4. Llança el fil de gestió de peticions.
    peticions = threading.Thread(
        target=gestiona_peticions, args=(host, port, sala, final), name="peticions"
    )
    peticions.start()

    # F7. Tracta SIGTERM, el senyal d'acabar, com si fos Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    try:
        # F5. Rep i processa les ordres de la consola, fins que s'acaba el xat.
        gestiona_consola(sala, final)
    # F7. Ctrl-C és una altra manera de dir «finalitza».
    except KeyboardInterrupt:
        pass
    # F6. Marca l'esdeveniment de finalització, perquè la resta de fils acabin.
    finally:
        # R2. Si ja era marcat, és que no s'ha pogut escoltar.
        avaria = final.is_set()

        registre.info("El xat s'acaba")
        final.set()
        peticions.join()

    # R2. Acaba amb un estat de sortida que ho digui.
    if avaria:
        sys.exit(1)


def gestiona_consola(sala, final):
    """Processa les ordres, fins a «finalitza» o fins que `final` és marcat."""
    # F5. Deixa el teclat a un fil auxiliar, i mira què s'hi ha escrit.
    ordres = queue.Queue()
    threading.Thread(target=llegeix_teclat, args=(ordres,), daemon=True).start()
    while not final.is_set():
        try:
            ordre = ordres.get(timeout=TEMPS_ESPERA).strip()
        except queue.Empty:
            continue
        match ordre.split():
            case ["ajuda"]:
                print("ajuda       mostra aquesta llista")
                print("quants      diu quants participants hi ha")
                print("qui         diu qui hi ha, per ordre d'arribada")
                print("finalitza   acaba el xat")
            case ["quants"]:
                print(f"Participants: {len(sala.noms())}")
            case ["qui"]:
                for nom in sala.noms():
                    print(f"- {nom}")
            # F6. Deixa d'atendre la consola: el fil principal acabarà el xat.
            case ["finalitza"]:
                return
            # F7. Diu que no entén l'ordre, si no és una línia buida.
            case [_, *_]:
                print(f"No t'entenc: {ordre}. Escriu «ajuda».")


def llegeix_teclat(ordres):
    """Posa a la cua cada línia del teclat. És un fil auxiliar: pot quedar esperant."""
    # F5. Llegeix el teclat a part: una lectura que espera no es pot interrompre.
    with open(
        sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False
    ) as teclat:
        for linia in teclat:
            ordres.put(linia)


def llegeix_arguments():
    """Torna l'adreça i el port; si no són correctes, ho diu i acaba amb l'estat 2."""
    # F1. Els llegeix de la línia d'ordres; el que hi falta és 127.0.0.1 i 8888.
    per_defecte = ["127.0.0.1", "8888"]
    arguments = sys.argv[1:]
    try:
        host, port = arguments + per_defecte[len(arguments) :]
        port = int(port)
    except ValueError:
        port = None
    if port not in range(65536):
        print("Ús: python servidor.py [HOST] [PORT, de 0 a 65535]", file=sys.stderr)
        sys.exit(2)
    return host, port


def gestiona_peticions(host, port, sala, final):
    """El fil que rep els clients que volen entrar al xat."""
    try:
        # R1. Crea el sòcol de servidor.
        servidor = socket.create_server((host, port))
        servidor.settimeout(TEMPS_ESPERA)
        servidor.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # R2. Si hi ha problemes per crear-lo, marca l'esdeveniment de finalització.
    except (OSError, TypeError, ValueError) as error:  # dels dos últims: l'adreça
        avisa(host, port, error)
        final.set()
        return

    # P12. Fa que el sistema noti els participants que desapareixen sense dir res.
    vigila(servidor)

    # R3. Escolta el sòcol de servidor, per si arriben peticions de nous clients.
    port = servidor.getsockname()[1]
    registre.info("Escoltant a %s:%s", host, port)
    print(f"Escoltant a {host}:{port}", flush=True)
    while True:
        socol = None
        try:
            socol, adreca = servidor.accept()
        except TimeoutError:
            pass
        # R4. Si el client ja se n'ha anat, no passa res.
        except ConnectionError:
            pass
        # R4. Si hi ha problemes per escoltar, marca l'esdeveniment de finalització.
        except OSError as error:
            avisa(host, port, error)
            final.set()

        if socol is not None:
            client = f"{adreca[0]}:{adreca[1]}"
            admet(Connexio(socol), client, sala, final)

        # R7. Acaba quan l'esdeveniment de finalització és marcat.
        if final.is_set():
            break

    # R8. Tanca el sòcol de servidor.
    servidor.close()


def avisa(host, port, error):
    """Diu que no es pot escoltar, i per què."""
    registre.error("No es pot escoltar a %s:%s: %s", host, port, error)
    print(f"No es pot escoltar a {host}:{port}: {error}", file=sys.stderr)


def admet(connexio, client, sala, final):
    """Dona un fil al client que acaba d'arribar, si hi ha lloc."""
    # R5. Si no hi ha lloc per a ningú més, ho diu al client i tanca.
    if not sala.llocs.acquire(blocking=False):
        registre.warning("El xat és ple, i %s no hi cap", client)
        connexio.envia("* El xat és ple.")
        connexio.tanca()
        return

    # R6. Llança un fil de gestió de participant per al nou client.
    registre.info("S'ha connectat %s", client)
    threading.Thread(
        target=gestiona_participant, args=(connexio, sala, final), name=client
    ).start()


def gestiona_participant(connexio, sala, final):
    """El fil d'un participant, des que es connecta fins que se'n va."""
    try:
        # P1. Envia la benvinguda al nou participant i li demana el nom.
        connexio.envia("* Et donem la benvinguda al xat. Com et dius?")

        # P2. Escolta el sòcol del participant per obtenir-ne el nom.
        resposta = espera_resposta(connexio, final)
        if resposta is None:
            return
        nom = resposta.strip()

        # P3. Si el nom no és vàlid, ho diu al client i acaba; la resta no en sap res.
        if not es_nom(nom):
            # L3. Registra que s'ha refusat un nom, i mai quin: pot ser qualsevol cosa.
            registre.warning("S'ha refusat un nom")

            connexio.envia("* Aquest nom no és vàlid.")
            return

        # P4. El fa entrar a la sala, amb la seva connexió i el seu nom.
        participant = Participant(connexio, nom)
        sala.entra(participant)

        # P7. Escolta el sòcol del participant, per rebre'n els missatges.
        estat, missatge = espera_linia(connexio, final)
        while estat is Estat.OK and missatge.strip() != "{quit}":
            # P9. Si el missatge és massa llarg, ho diu al seu autor i no el reenvia.
            if mida(missatge) > MIDA_TEXT:
                connexio.envia(massa_llarg(missatge))
            # P8. Reenvia cada missatge a la resta, si no és en blanc.
            elif missatge.strip():
                sala.diu(participant, missatge)

            estat, missatge = espera_linia(connexio, final)

        # P10. Quan rep {quit}, l'elimina de la llista i ho notifica a la resta.
        if estat is Estat.OK:
            sala.abandona(participant)
        # P11. Quan l'esdeveniment de finalització és marcat, notifica que es tanca.
        elif estat is Estat.TIMEOUT:
            sala.treu(participant)
            connexio.envia("* El xat es tanca.")
        # P12. Si se n'ha perdut la connexió, l'elimina i ho notifica a la resta.
        else:
            sala.perd(participant)
    # P14. En acabar el fil, sigui com sigui, tanca el sòcol.
    finally:
        # R5. Deixa el lloc lliure per a algú altre.
        sala.llocs.release()

        connexio.tanca()


def espera_resposta(connexio, final):
    """Torna la línia que respon el client, o `None` si se'n va o no en respon cap."""
    # P3. Apunta fins quan pot trigar a respondre: TEMPS_NOM, deu segons.
    limit = time.monotonic() + TEMPS_NOM

    # P2. Espera la primera línia que envia el client.
    estat = Estat.TIMEOUT
    while estat is Estat.TIMEOUT:
        # P11. Si mentrestant s'acaba el xat, ho notifica al client.
        if final.is_set():
            connexio.envia("* El xat es tanca.")
            return None

        # P3. Si s'ha exhaurit el temps, ja no espera més.
        if time.monotonic() > limit:
            return None

        estat, resposta = connexio.rep()
    if estat is Estat.ERROR or resposta.strip() == "{quit}":
        return None
    return resposta


def es_nom(nom):
    """Diu si `nom` pot ser el nom d'un participant."""
    return (
        1 <= len(nom) <= MIDA_NOM
        and nom.isprintable()
        and not any(caracter in " []{}\ufffd" for caracter in nom)
    )


def espera_linia(connexio, final):
    """Torna `(estat, missatge)`; l'estat és TIMEOUT només si `final` és marcat."""
    # P7. Espera una línia o un ERROR, i cada vegada mira si el xat s'acaba.
    while not final.is_set():
        estat, missatge = connexio.rep()
        if estat is not Estat.TIMEOUT:
            return estat, missatge
    return Estat.TIMEOUT, None


if __name__ == "__main__":
    main()
