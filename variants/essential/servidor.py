"""El servidor del xat.

    python servidor.py [HOST] [PORT]

Hi treballen tres menes de fil: el principal, que atén la consola; el que gestiona
les peticions dels clients que volen entrar; i un per a cada participant. Un
esdeveniment, `final`, els fa acabar tots. La sala és l'única cosa que comparteixen.
"""

import queue
import socket
import sys
import threading

from connexio import TEMPS_ESPERA, Connexio, Estat


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
            altres = [p for p in self._participants if p is not participant]
            self.lliura(f"* {participant.nom} ha entrat al xat.", altres)

    def diu(self, autor, text):
        """Fa arribar als altres el que diu un participant."""
        # F3. Agafa el candau: cada línia arriba a tothom abans que la següent.
        with self._candau:
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

            # P8. Envia la línia a cada destinatari.
            for participant in destinataris:
                participant.connexio.envia(linia)

    def abandona(self, participant):
        """Treu el participant, que se'n va, i ho diu a la resta."""
        # P10. L'elimina de la llista i notifica a la resta que ha abandonat el xat.
        with self._candau:
            if self.treu(participant):
                self.lliura(
                    f"* {participant.nom} ha abandonat el xat.", self._participants
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

    try:
        # F5. Rep i processa les ordres de la consola, fins que s'acaba el xat.
        gestiona_consola(sala, final)
    # F6. Marca l'esdeveniment de finalització, perquè la resta de fils acabin.
    finally:
        final.set()
        peticions.join()


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
    # R1. Crea el sòcol de servidor.
    servidor = socket.create_server((host, port))
    servidor.settimeout(TEMPS_ESPERA)
    servidor.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    # R3. Escolta el sòcol de servidor, per si arriben peticions de nous clients.
    port = servidor.getsockname()[1]
    print(f"Escoltant a {host}:{port}", flush=True)
    while True:
        socol = None
        try:
            socol, adreca = servidor.accept()
        except TimeoutError:
            pass

        if socol is not None:
            client = f"{adreca[0]}:{adreca[1]}"
            admet(Connexio(socol), client, sala, final)

        # R7. Acaba quan l'esdeveniment de finalització és marcat.
        if final.is_set():
            break

    # R8. Tanca el sòcol de servidor.
    servidor.close()


def admet(connexio, client, sala, final):
    """Dona un fil al client que acaba d'arribar, si hi ha lloc."""
    # R6. Llança un fil de gestió de participant per al nou client.
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

        # P4. El fa entrar a la sala, amb la seva connexió i el seu nom.
        participant = Participant(connexio, nom)
        sala.entra(participant)

        # P7. Escolta el sòcol del participant, per rebre'n els missatges.
        estat, missatge = espera_linia(connexio, final)
        while estat is Estat.OK and missatge.strip() != "{quit}":
            # P8. Reenvia cada missatge a la resta, si no és en blanc.
            if missatge.strip():
                sala.diu(participant, missatge)

            estat, missatge = espera_linia(connexio, final)

        # P10. Quan rep {quit}, l'elimina de la llista i ho notifica a la resta.
        if estat is Estat.OK:
            sala.abandona(participant)
        # P11. Quan l'esdeveniment de finalització és marcat, notifica que es tanca.
        elif estat is Estat.TIMEOUT:
            sala.treu(participant)
            connexio.envia("* El xat es tanca.")
    # P14. En acabar el fil, sigui com sigui, tanca el sòcol.
    finally:
        connexio.tanca()


def espera_resposta(connexio, final):
    """Torna la línia que respon el client, o `None` si se'n va o no en respon cap."""
    # P2. Espera la primera línia que envia el client.
    estat = Estat.TIMEOUT
    while estat is Estat.TIMEOUT:
        # P11. Si mentrestant s'acaba el xat, ho notifica al client.
        if final.is_set():
            connexio.envia("* El xat es tanca.")
            return None

        estat, resposta = connexio.rep()
    if estat is Estat.ERROR or resposta.strip() == "{quit}":
        return None
    return resposta


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
