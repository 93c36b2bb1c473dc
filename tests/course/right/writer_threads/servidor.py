"""El servidor del xat, on cada client té dos fils: un el llegeix i l'altre li escriu.

    python servidor.py [HOST] [PORT]

Difondre una línia és posar-la a totes les cues, amb el candau: ningú no espera que
un altre llegeixi si no és que ja té la cua plena.
"""

import logging
import signal
import socket
import sys
import threading
import time

from client_del_xat import Client
from connexio import MIDA_TEXT, TEMPS_ESPERA, Connexio, Estat, massa_llarg, mida
from eines import afina, avisa, llegeix_port, mostra, prepara, teclat

TEMPS_NOM = 10
MAXIM_CONNEXIONS = 100

final = threading.Event()
candau = threading.RLock()
connectats = set()  # tots, i el fil que els llegeix és viu
participants = []  # els que tenen nom
avaries = []  # el que no ha deixat escoltar


# La sala (tot amb el candau)


def difon(linia, menys=None):
    """Posa la línia a la cua de cada participant."""
    if final.is_set():
        return
    plens = [p for p in participants if p is not menys and not p.diu(linia)]
    for participant in plens:
        perd(participant)


def entra(client):
    with candau:
        if final.is_set():
            return
        participants.append(client)
        logging.info("Entra %s", client.nom)
        client.diu(
            f"* Hola, {client.nom}! Ja ets al xat. Participants: {len(participants)}."
        )
        difon(f"* {client.nom} ha entrat al xat.", menys=client)


def parla(client, text):
    with candau:
        if client in participants:
            difon(f"[{client.nom}] {text}", menys=client)


def abandona(client):
    with candau:
        if client in participants:
            participants.remove(client)
            logging.info("Se'n va %s", client.nom)
            difon(f"* {client.nom} ha abandonat el xat.")


def perd(client):
    with candau:
        client.perd()
        if client in participants:
            participants.remove(client)
            if not final.is_set():
                logging.warning("S'ha perdut %s", client.nom)
            difon(f"* S'ha perdut la connexió amb {client.nom}.")


# El fil que llegeix cada client


def gestiona_participant(client):
    try:
        client.diu("* Et donem la benvinguda al xat. Com et dius?")
        if pren_nom(client):
            entra(client)
            escolta(client)
    finally:
        acomiada(client)


def pren_nom(client):
    """Rep el nom; torna si n'hi ha i és vàlid."""
    linia = rep(client, time.monotonic() + TEMPS_NOM)
    nom = "" if linia is None else linia.strip()
    if linia is None or nom == "{quit}":
        return False
    if (
        not 1 <= len(nom) <= 20
        or not nom.isprintable()
        or set(nom) & set(" []{}\ufffd")
    ):
        logging.warning("Nom refusat, de %s", client.adreca)
        client.diu("* Aquest nom no és vàlid.")
        return False
    client.nom = nom
    return True


def escolta(client):
    """Tracta el que diu un participant fins que plega."""
    while (text := rep(client)) is not None:
        if text.strip() == "{quit}":
            abandona(client)
            return
        if mida(text) > MIDA_TEXT:
            client.diu(massa_llarg(text))
        elif text.strip():
            parla(client, text)
    if not final.is_set():
        perd(client)


def rep(client, limit=None):
    """La línia següent, o `None` quan ja no n'hi haurà cap més."""
    while not final.is_set():
        estat, linia = client.connexio.rep()
        if estat is not Estat.TIMEOUT:
            return linia
        if limit and time.monotonic() > limit:
            return None
    return None


def acomiada(client):
    """Escriu el que encara té a la cua, tanca, i li pren el lloc."""
    with candau:
        # A partir d'aquí ningú més no li posa res a la cua.
        if client in participants:
            participants.remove(client)
    client.acaba(*["* El xat es tanca."] if final.is_set() else [])
    with candau:
        connectats.discard(client)


# Els fils que no són de cap client


def gestiona_peticions(porta, lloc):
    """Fa passar els que arriben."""
    porta.settimeout(TEMPS_ESPERA)
    while not final.is_set():
        try:
            socol, adreca = porta.accept()
        except (TimeoutError, ConnectionError):
            continue
        except OSError as error:
            no_escolta(lloc, error)
            break
        afina(socol)
        rep_client(Connexio(socol), "{}:{}".format(*adreca))
    porta.close()


def rep_client(connexio, adreca):
    with candau:
        ple = len(connectats) >= MAXIM_CONNEXIONS
    if ple:
        logging.warning("És ple, i arriba %s", adreca)
        connexio.envia("* El xat és ple.")
        connexio.tanca()
        return
    logging.info("Arriba %s", adreca)
    client = Client(connexio, adreca, quan_falla=perd)
    with candau:
        connectats.add(client)
    threading.Thread(
        target=gestiona_participant, args=(client,), name=f"de {adreca}"
    ).start()


def gestiona_consola():
    """Fa el que s'escriu al teclat."""
    for linia in teclat():
        ordre = linia.strip()
        with candau:
            noms = [participant.nom for participant in participants]
        match ordre:
            case "":
                pass
            case "finalitza":
                final.set()
                return
            case "quants":
                mostra(f"Participants: {len(noms)}")
            case "qui":
                for nom in noms:
                    mostra(f"- {nom}")
            case "ajuda":
                mostra("ajuda      què es pot escriure")
                mostra("quants     quanta gent hi ha")
                mostra("qui        quina gent hi ha")
                mostra("finalitza  plega")
            case _:
                mostra(f"No t'entenc: {ordre}. Escriu «ajuda».")


def no_escolta(lloc, error):
    avaries.append(error)
    logging.error("No es pot escoltar a %s: %s", lloc, error)
    avisa(f"No es pot escoltar a {lloc}: {error}")
    final.set()


def serveix(host, port):
    """Escolta, engega els fils, i espera el final."""
    try:
        porta = socket.create_server((host, port), backlog=128)
    except (OSError, TypeError, ValueError) as error:
        no_escolta(f"{host}:{port}", error)
        return
    lloc = f"{host}:{porta.getsockname()[1]}"
    logging.info("Escoltant a %s", lloc)
    mostra(f"Escoltant a {lloc}")
    peticions = threading.Thread(target=gestiona_peticions, args=(porta, lloc))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        peticions.start()
        threading.Thread(target=gestiona_consola, daemon=True).start()
        while not final.wait(TEMPS_ESPERA):
            pass
    except KeyboardInterrupt:
        final.set()
    peticions.join()
    for fil in threading.enumerate():
        if fil is not threading.main_thread() and not fil.daemon:
            fil.join()
    logging.info("Fi")


def main():
    prepara("servidor.log")
    arguments = sys.argv[1:]
    host, port = (arguments + ["127.0.0.1", "8888"][len(arguments) :])[:2]
    port = llegeix_port(port, 0)
    if port is None or len(arguments) > 2:
        avisa("Ús: python servidor.py [HOST] [PORT]")
        return 2
    serveix(host, port)
    return 1 if avaries else 0


if __name__ == "__main__":
    sys.exit(main())
