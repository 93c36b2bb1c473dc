"""El client del xat: python client.py HOST PORT NOM"""

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

marxem = threading.Event()


def gestiona_teclat(connexio):
    """El fil que envia el que s'escriu."""
    for text in teclat():
        if text.strip() == "{quit}":
            break
        if avis := queixa(text):
            escriu(avis)
        else:
            connexio.envia(text)
    marxem.set()


def gestiona_connexio(connexio):
    """Mostra el que arriba fins que s'acaba; torna l'última línia.

    És el fil principal: Ctrl-C només hi deixa un avís, que es mira entre dos rep().
    """
    ultima, limit = None, float("inf")
    while time.monotonic() < limit:
        estat, linia = connexio.rep()
        if estat is Estat.ERROR:
            break
        if estat is Estat.OK:
            escriu(linia)
            ultima = linia
        if marxem.is_set() and limit == float("inf"):
            limit = time.monotonic() + 2 * TEMPS_ESPERA
            connexio.envia("{quit}")
    return ultima


def main():
    """Connecta, conversa, i torna l'estat de sortida."""
    port = llegeix_port(sys.argv[2], 1) if len(sys.argv) == 4 else None
    if port is None:
        print("Ús: python client.py HOST PORT NOM", file=sys.stderr)
        return 2
    host, nom = sys.argv[1], sys.argv[3]
    sys.stdout.reconfigure(encoding="utf-8")
    obre_registre("client.log")
    try:
        socol = socket.create_connection((host, port))
    except (OSError, ValueError, TypeError) as error:
        logging.error("no es pot connectar a %r: %s", (host, port), error)
        print(f"No es pot connectar a {host}:{port}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    signal.signal(signal.SIGINT, lambda *_: marxem.set())
    logging.info("connectat a %s:%s", host, port)
    afina(socol)

    connexio = Connexio(socol)
    connexio.envia(nom)
    threading.Thread(target=gestiona_teclat, args=(connexio,), daemon=True).start()
    ultima = gestiona_connexio(connexio)
    connexio.tanca()
    if marxem.is_set() or ultima == "* El xat es tanca.":
        logging.info("final")
        return 0
    logging.warning("s'ha perdut la connexió")
    escriu("* S'ha perdut la connexió amb el servidor.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
