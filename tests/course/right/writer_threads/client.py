"""El client del xat: python client.py HOST PORT NOM

El fil principal és el que escriu: envia el que troba en una cua, on el teclat hi posa
el que es tecleja.
"""

import logging
import queue
import socket
import sys
import threading

from connexio import MIDA_TEXT, TEMPS_ESPERA, Connexio, Estat, massa_llarg, mida
from eines import afina, avisa, llegeix_port, mostra, prepara, teclat

MARXA = object()
TANCAT = object()


def llegeix_teclat(cua):
    """Posa a la cua el que es tecleja."""
    for linia in teclat():
        if linia.strip() == "{quit}":
            break
        if mida(linia) > MIDA_TEXT:
            mostra(massa_llarg(linia))
        elif linia:
            cua.put(linia)
    cua.put(MARXA)


def gestiona_connexio(connexio, cua, ultima):
    """Mostra el que arriba; deixa a `ultima` l'última línia."""
    estat = Estat.OK
    while estat is not Estat.ERROR:
        estat, linia = connexio.rep()
        if estat is Estat.OK:
            ultima[:] = [linia]
            mostra(linia)
    cua.put(TANCAT)


def envia_la_cua(connexio, cua):
    """Envia el que hi ha a la cua fins que s'acaba; torna com."""
    try:
        while True:
            try:
                linia = cua.get(timeout=TEMPS_ESPERA)
            except queue.Empty:
                continue
            if linia in (MARXA, TANCAT):
                return linia
            connexio.envia(linia)
    except KeyboardInterrupt:
        return MARXA


def conversa(connexio, nom):
    """Conversa fins al final; torna l'estat de sortida."""
    cua, ultima = queue.Queue(), []
    connexio.envia(nom)
    lector = threading.Thread(
        target=gestiona_connexio, args=(connexio, cua, ultima), daemon=True
    )
    lector.start()
    threading.Thread(target=llegeix_teclat, args=(cua,), daemon=True).start()
    com = envia_la_cua(connexio, cua)
    if com is MARXA:
        connexio.envia("{quit}")
        lector.join(2 * TEMPS_ESPERA)
    connexio.tanca()
    if com is MARXA or ultima == ["* El xat es tanca."]:
        logging.info("Fi")
        return 0
    logging.warning("S'ha perdut la connexió")
    mostra("* S'ha perdut la connexió amb el servidor.")
    return 1


def main():
    prepara("client.log")
    port = llegeix_port(sys.argv[2], 1) if len(sys.argv) == 4 else None
    if port is None:
        avisa("Ús: python client.py HOST PORT NOM")
        return 2
    host, nom = sys.argv[1], sys.argv[3]
    try:
        socol = socket.create_connection((host, port))
    except (OSError, TypeError, ValueError) as error:
        logging.error("No es pot connectar al port %s: %s", port, error)
        avisa(f"No es pot connectar a {host}:{port}: {error}")
        return 1
    except KeyboardInterrupt:
        return 0
    logging.info("Connectat a %s:%s", host, port)
    afina(socol)
    return conversa(Connexio(socol), nom)


if __name__ == "__main__":
    sys.exit(main())
