"""El servidor del xat.

    python servidor.py [HOST] [PORT]

Hi treballen tres menes de fil: el principal, que atén la consola; el que gestiona
les peticions dels clients que volen entrar; i un per a cada participant. Un
esdeveniment, `final`, els fa acabar tots. La sala és l'única cosa que comparteixen.
"""

import hmac
import logging
import os
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

# Els papers de dos participants que estan lligats.
AMFITRIO = "ha convidat l'altre, que encara no ha respost"
CONVIDAT = "l'altre l'ha convidat, i encara no ha respost"
PARELLA = "parla a soles amb l'altre"

# L1. Crea el registre del servidor.
registre = logging.getLogger("servidor")


class Participant:
    """Algú que és al xat: la seva connexió i el seu nom."""

    def __init__(self, connexio, nom):
        """Fa un participant que encara no és a cap sala."""
        # P4. Guarda la connexió i el nom.
        self.connexio = connexio
        self.nom = nom

        # Y1. Encara no està lligat amb ningú, ni hi fa cap paper.
        self.altre = None
        self.paper = None


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

            # N1. Si el nom ja és en ús, hi afegeix el primer número lliure.
            participant.nom = nom_lliure(participant.nom, self.noms())

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

            # Y2. Si l'han convidat, això és la resposta: o accepta, o no.
            if autor.paper == CONVIDAT and respon(self, autor, text):
                return

            # Y4. Amb {prou}, desfà la conversa a soles, o retira la invitació.
            if text.strip() == "{prou}" and autor.altre is not None:
                self.lliura("* Torneu a parlar amb tothom.", [autor, deslliga(autor)])
                return

            # Y1. Amb {convida NOM}, convida algú a parlar a soles.
            nom = nom_convidat(text)
            if nom:
                convida(self, autor, nom, cerca(nom, altres))
                return

            # Y3. Si parla a soles amb algú, ho diu només a la parella.
            if autor.paper == PARELLA:
                altres = [autor.altre]

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
                # Y2. Si l'havien convidat, anar-se'n és no acceptar.
                if participant.paper == CONVIDAT:
                    respon(self, participant, "{quit}")

                registre.info("%s ha abandonat el xat", participant.nom)
                self.lliura(
                    f"* {participant.nom} ha abandonat el xat.", self._participants
                )

                # Y4. Desfà el que el lligava amb algú.
                desfa(self, participant)

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

                # Y4. Desfà el que el lligava amb algú.
                desfa(self, participant)

    def digues(self, nom, text):
        """Diu `text` al primer que es digui `nom`; torna `True` si l'ha rebut."""
        # M1. Li envia una línia a ell sol, si encara hi és.
        with self._candau:
            participant = cerca(nom, self._participants)
            if participant is not None:
                self.lliura(f"* El servidor et diu: {text}", [participant])
            return participant in self._participants

    def expulsa(self, nom):
        """Expulsa el primer que es digui `nom`; torna `True` si n'hi havia cap."""
        # M2. El treu, li ho diu, talla la connexió i ho notifica a la resta.
        with self._candau:
            participant = cerca(nom, self._participants)
            if participant is None:
                return False
            self.treu(participant)
            registre.warning("%s ha estat expulsat del xat", nom)
            participant.connexio.envia("* Has estat expulsat del xat.")
            participant.connexio.talla()
            self.lliura(f"* {nom} ha estat expulsat del xat.", self._participants)

            # Y4. Desfà el que el lligava amb algú.
            desfa(self, participant)

            return True

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

                # M1. Explica «digues».
                print("digues NOM TEXT   diu una cosa a un sol participant")

                # M2. Explica «expulsa».
                print("expulsa NOM   fa fora un participant")
            case ["quants"]:
                print(f"Participants: {len(sala.noms())}")
            case ["qui"]:
                for nom in sala.noms():
                    print(f"- {nom}")
            # M1. Diu una cosa a un sol participant.
            case ["digues", nom, _, *_]:
                text = ordre.split(maxsplit=2)[2]
                if mida(text) > MIDA_TEXT:
                    print(massa_llarg(text))
                elif sala.digues(nom, text):
                    print(f"Enviat a {nom}.")
                else:
                    print(f"No hi ha ningú que es digui {nom}.")
            # M2. Fa fora un participant.
            case ["expulsa", nom]:
                if sala.expulsa(nom):
                    print(f"Expulsat: {nom}.")
                else:
                    print(f"No hi ha ningú que es digui {nom}.")
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
        # S1. Si el xat té contrasenya, la demana; qui no la sap no hi entra.
        if not sap_contrasenya(connexio, final):
            return

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


def sap_contrasenya(connexio, final):
    """Torna `True` si el client sap la contrasenya, o si el xat no en té."""
    # S1. Demana la contrasenya i la compara, si n'hi ha: és a XAT_CONTRASENYA.
    contrasenya = os.environ.get("XAT_CONTRASENYA", "")
    if not contrasenya:
        return True
    connexio.envia("* Quina és la contrasenya?")
    resposta = espera_resposta(connexio, final)
    if resposta is None:
        return False
    # Triga sempre el mateix: el temps no diu quantes lletres s'han encertat.
    if hmac.compare_digest(bytes_de(resposta), bytes_de(contrasenya)):
        return True
    registre.warning("S'ha refusat una contrasenya")

    # S3. Fa esperar qui l'ha dita malament, que no en pugui provar moltes.
    final.wait(TEMPS_ESPERA)

    # S1. Li diu que no és la bona, o bé que mentrestant el xat s'ha acabat.
    acabat = final.is_set()
    connexio.envia("* El xat es tanca." if acabat else "* Contrasenya incorrecta.")
    return False


def bytes_de(text):
    """Torna els bytes de `text`, tal com `envia()` els enviaria."""
    return text.encode("utf-8", errors="replace")


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


def nom_lliure(nom, en_us):
    """Torna `nom` o, si ja és un dels noms en ús, `nom` amb el primer número lliure."""
    en_us = {altre.casefold() for altre in en_us}
    candidat, numero = nom, 1
    while candidat.casefold() in en_us:
        numero += 1
        candidat = nom[: MIDA_NOM - len(str(numero))] + str(numero)
    return candidat


def cerca(nom, participants):
    """Torna el primer participant que es digui `nom`, o `None`."""
    for participant in participants:
        if participant.nom == nom:
            return participant
    return None


def nom_convidat(text):
    """Torna el nom que hi ha a `{convida NOM}`, o una cadena buida si no ho és."""
    text = text.strip()
    if text.startswith("{convida ") and text.endswith("}"):
        return text.removeprefix("{convida ").removesuffix("}").strip()
    return ""


def convida(sala, autor, nom, convidat):
    """Convida `convidat`, que es diu `nom`, de part de l'autor, si tots dos poden."""
    if convidat is None:
        sala.lliura(f"* No hi ha ningú més que es digui {nom}.", [autor])
        return
    for participant in (autor, convidat):
        if participant.altre is not None:
            sala.lliura(f"* {participant.nom} ara no pot.", [autor])
            return
    autor.altre, autor.paper = convidat, AMFITRIO
    convidat.altre, convidat.paper = autor, CONVIDAT
    sala.lliura(f"* Has convidat {nom}.", [autor])
    if convidat.altre is autor:  # si no, l'autor s'ha perdut ara mateix
        sala.lliura(
            f"* {autor.nom} et convida a parlar a soles. "
            "Respon «yes wanna» per acceptar.",
            [convidat],
        )


def respon(sala, convidat, text):
    """Tracta la resposta d'un convidat; torna `True` si accepta."""
    if text.strip().casefold() == "yes wanna":
        amfitrio = convidat.altre
        amfitrio.paper = convidat.paper = PARELLA
        sala.lliura(
            f"* Ara parleu a soles: {amfitrio.nom} i {convidat.nom}.",
            [amfitrio, convidat],
        )
        return True
    sala.lliura(f"* {convidat.nom} no ha acceptat.", [deslliga(convidat)])
    return False


def deslliga(participant):
    """Deslliga el participant de l'altre, i torna l'altre."""
    altre = participant.altre
    for cadascun in (participant, altre):
        cadascun.altre = cadascun.paper = None
    return altre


def desfa(sala, participant):
    """Deslliga un participant que ja no hi és, i ho diu a l'altre si li importa."""
    paper = participant.paper
    if paper is not None:
        altre = deslliga(participant)
        if paper == PARELLA:
            sala.lliura("* Torneu a parlar amb tothom.", [altre])
        elif paper == CONVIDAT:
            sala.lliura(f"* {participant.nom} no ha acceptat.", [altre])


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
