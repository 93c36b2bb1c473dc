"""El servidor del xat: python servidor.py [HOST] [PORT]"""

import logging
import signal
import socket
import sys
import threading
import time

from connexio import (
    TEMPS_ESPERA,
    Connexio,
    Estat,
    afina,
    escriu,
    llegeix_port,
    obre_registre,
    queixa,
    teclat,
)

TEMPS_NOM = 10
MAXIM_CONNEXIONS = 100

# Tot l'estat del xat. Qui el toca agafa el candau.
xat = {"participants": {}, "connexions": 0, "sortida": 0}  # connexió: nom
candau = threading.RLock()
final = threading.Event()


# El que es diu a tothom


def difon(linia, menys=None):
    """Envia la línia als participants; els qui fallen, es perden després."""
    with candau:
        if final.is_set():
            return
        fallits = [
            connexio
            for connexio in xat["participants"]
            if connexio is not menys and connexio.envia(linia) is not Estat.OK
        ]
        for connexio in fallits:
            perd(connexio)


def entra(connexio, nom):
    """Fa entrar algú; torna si ha pogut ser."""
    with candau:
        if final.is_set():
            return False
        xat["participants"][connexio] = nom
        quants = len(xat["participants"])
        connexio.envia(f"* Hola, {nom}! Ja ets al xat. Participants: {quants}.")
        difon(f"* {nom} ha entrat al xat.", menys=connexio)
        logging.info("ha entrat %s", nom)
        return True


def parla(connexio, text):
    """Reenvia el que diu un participant, si encara ho és."""
    with candau:
        if connexio in xat["participants"]:
            nom = xat["participants"][connexio]
            difon(f"[{nom}] {text}", menys=connexio)


def marxa(connexio):
    """Acomiada qui ha dit {quit}."""
    with candau:
        if nom := xat["participants"].pop(connexio, None):
            logging.info("ha marxat %s", nom)
            difon(f"* {nom} ha abandonat el xat.")


def perd(connexio):
    """Acomiada qui s'ha perdut, si ningú no ho ha fet abans."""
    with candau:
        if nom := xat["participants"].pop(connexio, None):
            logging.warning("s'ha perdut %s", nom)
            difon(f"* S'ha perdut la connexió amb {nom}.")


# Cada client


def gestiona_participant(connexio, adreca):
    """El fil d'un client."""
    if connexio.envia("* Et donem la benvinguda al xat. Com et dius?") is Estat.OK:
        nom = demana_nom(connexio, adreca)
        if nom and entra(connexio, nom):
            conversa(connexio)
    if final.is_set():
        with candau:
            xat["participants"].pop(connexio, None)
        connexio.envia("* El xat es tanca.")
    else:
        perd(connexio)
    connexio.tanca()
    with candau:
        xat["connexions"] -= 1


def demana_nom(connexio, adreca):
    """Torna el nom del nouvingut, o `None`."""
    nom = espera(connexio, time.monotonic() + TEMPS_NOM)
    if nom is None or nom.strip() == "{quit}":
        return None
    nom = nom.strip()
    if 1 <= len(nom) <= 20 and nom.isprintable() and not set(nom) & set(" []{}\ufffd"):
        return nom
    logging.warning("nom refusat a %s", adreca)
    connexio.envia("* Aquest nom no és vàlid.")
    return None


def conversa(connexio):
    """Atén un participant fins que se'n va, d'una manera o altra."""
    while (text := espera(connexio)) is not None:
        if text.strip() == "{quit}":
            marxa(connexio)
            return
        if avis := queixa(text):
            connexio.envia(avis)
        elif text.strip():
            parla(connexio, text)


def espera(connexio, limit=float("inf")):
    """Torna una línia, o `None` si no n'hi haurà cap."""
    while not final.is_set() and time.monotonic() < limit:
        estat, linia = connexio.rep()
        if estat is not Estat.TIMEOUT:
            return linia
    return None


# Els qui arriben


def gestiona_peticions(servidor, lloc):
    """El fil que accepta clients."""
    with servidor:
        while not final.is_set():
            try:
                socol, (host, port, *_) = servidor.accept()
            except (TimeoutError, ConnectionError):
                continue
            except OSError as error:
                no_escolta(lloc, error)
            else:
                admet(socol, f"{host}:{port}")


def admet(socol, adreca):
    """Dona un fil al client, si hi ha lloc."""
    afina(socol)
    connexio = Connexio(socol)
    with candau:
        hi_cap = xat["connexions"] < MAXIM_CONNEXIONS
        xat["connexions"] += hi_cap
    if hi_cap:
        logging.info("es connecta %s", adreca)
        threading.Thread(target=gestiona_participant, args=(connexio, adreca)).start()
    else:
        logging.warning("no hi cap %s", adreca)
        connexio.envia("* El xat és ple.")
        connexio.tanca()


def no_escolta(lloc, error):
    """No es pot escoltar, o ja no: s'ha acabat."""
    logging.error("no es pot escoltar a %s: %s", lloc, error)
    print(f"No es pot escoltar a {lloc}: {error}", file=sys.stderr)
    xat["sortida"] = 1
    final.set()


# La consola


def consola():
    """El fil del teclat."""
    for ordre in map(str.strip, teclat()):
        with candau:
            noms = list(xat["participants"].values())
        if ordre == "ajuda":
            escriu("ajuda - aquesta llista")
            escriu("quants - quants participants hi ha")
            escriu("qui - com es diuen")
            escriu("finalitza - tanca el xat")
        elif ordre == "quants":
            escriu(f"Participants: {len(noms)}")
        elif ordre == "qui":
            for nom in noms:
                escriu(f"- {nom}")
        elif ordre == "finalitza":
            final.set()
            return
        elif ordre:
            escriu(f"No t'entenc: {ordre}. Escriu «ajuda».")


def main():
    """El fil principal: engega els altres i espera el final."""
    host, port = (sys.argv[1:] + ["127.0.0.1", "8888"][len(sys.argv) - 1 :])[:2]
    port = llegeix_port(port, 0)
    if port is None or len(sys.argv) > 3:
        print("Ús: python servidor.py [HOST] [PORT]", file=sys.stderr)
        return 2
    sys.stdout.reconfigure(encoding="utf-8")
    obre_registre("servidor.log")
    try:
        servidor = socket.create_server((host, port), backlog=128)
    except (OSError, ValueError, TypeError) as error:
        no_escolta(f"{host}:{port}", error)
        return 1
    servidor.settimeout(TEMPS_ESPERA)
    lloc = f"{host}:{servidor.getsockname()[1]}"
    logging.info("s'escolta a %s", lloc)
    escriu(f"Escoltant a {lloc}")

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        threading.Thread(target=gestiona_peticions, args=(servidor, lloc)).start()
        threading.Thread(target=consola, daemon=True).start()
        while not final.wait(TEMPS_ESPERA):
            pass
    except KeyboardInterrupt:
        final.set()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for fil in threading.enumerate():
        if fil is not threading.current_thread() and not fil.daemon:
            fil.join()
    logging.info("s'ha acabat")
    return xat["sortida"]


if __name__ == "__main__":
    sys.exit(main())
