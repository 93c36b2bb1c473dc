"""El client del xat.

    python client.py HOST PORT NOM

Hi treballen dos fils: el principal, i el que mostra tot el que arriba del servidor.
Un esdeveniment, `final`, els fa acabar. El teclat es deixa a un fil auxiliar.
"""

import getpass
import logging
import os
import socket
import sys
import threading

from connexio import (
    MIDA_TEXT,
    TEMPS_ESPERA,
    Connexio,
    Estat,
    massa_llarg,
    mida,
    vigila,
)

# L2. Crea el registre del client.
registre = logging.getLogger("client")


class Sessio:
    """El que comparteixen els fils del client."""

    def __init__(self, connexio):
        """Comença una sessió en una connexió amb el servidor."""
        # K2. Guarda la connexió, i crea l'esdeveniment de finalització.
        self.connexio = connexio
        self.final = threading.Event()

        # K7. Apunta que el servidor encara no s'ha acomiadat, ni s'ha perdut.
        self.comiat = False
        self.perduda = False

    def mostra(self, linia):
        """Mostra una línia que ha arribat del servidor."""
        # K3. L'escriu a la pantalla.
        print(linia)

        # K7. Recorda si és el comiat del servidor.
        self.comiat = linia == "* El xat es tanca."


def main():
    """El fil principal."""
    # K1. Obté l'adreça i el port del servidor, i el nom de qui hi entra.
    host, port, nom = llegeix_arguments()

    # L2. Obre client.log; si no pot, ho diu i continua sense.
    try:
        logging.basicConfig(
            filename="client.log",
            encoding="utf-8",
            level=logging.INFO,
            format="%(asctime)s %(levelname)s [%(threadName)s] %(message)s",
        )
    except OSError as error:
        logging.disable()
        print(f"No es pot obrir client.log: {error.strerror}", file=sys.stderr)

    try:
        # K2. Es connecta al servidor.
        socol = socket.create_connection((host, port))
        socol.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # K7. Si no s'hi pot connectar, ho diu i acaba.
    except (OSError, TypeError, ValueError) as error:  # dels dos últims: l'adreça
        registre.error("No es pot connectar a %s:%s: %s", host, port, error)
        print(f"No es pot connectar a {host}:{port}: {error}", file=sys.stderr)
        sys.exit(1)

    # K7. Fa que el sistema noti si el servidor desapareix sense dir res.
    vigila(socol)

    # K2. Comença la sessió.
    registre.info("Connectat a %s:%s", host, port)
    sessio = Sessio(Connexio(socol))
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)

    # S2. Espera que el servidor parli; si demana la contrasenya, la hi diu.
    try:
        saluda(sessio)
    except KeyboardInterrupt:
        marxa(sessio)

    # K2. Diu el nom.
    sessio.connexio.envia(nom)

    # K3. Llança el fil que mostra el que arriba.
    arribades = threading.Thread(
        target=gestiona_connexio, args=(sessio,), name="connexio"
    )
    arribades.start()

    # K4. Llança el fil auxiliar que envia el que s'escriu.
    threading.Thread(target=gestiona_teclat, args=(sessio,), daemon=True).start()

    try:
        # K6. Espera que l'esdeveniment de finalització sigui marcat.
        while not sessio.final.wait(TEMPS_ESPERA):
            pass
    # K7. Ctrl-C és una altra manera d'escriure {quit}.
    except KeyboardInterrupt:
        marxa(sessio)
    # K5. Dona temps al servidor perquè acabi d'enviar, i tanca la connexió.
    finally:
        arribades.join(2 * TEMPS_ESPERA)
        registre.info("S'ha acabat")
        sessio.connexio.tanca()

    # K7. Si s'ha perdut la connexió, acaba amb un estat de sortida que ho digui.
    if sessio.perduda:
        sys.exit(1)


def llegeix_arguments():
    """Torna l'adreça, el port i el nom; si no són correctes, acaba amb l'estat 2."""
    # K1. Els llegeix de la línia d'ordres.
    try:
        host, port, nom = sys.argv[1:]
        port = int(port)
    except ValueError:
        port = None
    if port not in range(1, 65536):
        print("Ús: python client.py HOST PORT NOM", file=sys.stderr)
        sys.exit(2)
    return host, port, nom


def saluda(sessio):
    """Mostra el que arriba fins a la benvinguda; si li demanen la contrasenya, la diu.

    Si la benvinguda no arriba, ho mostra tot fins que s'acaba la connexió.
    """
    linia = espera_i_mostra(sessio)
    while linia not in (None, "* Et donem la benvinguda al xat. Com et dius?"):
        if linia == "* Quina és la contrasenya?":
            sessio.connexio.envia(obte_contrasenya())
        linia = espera_i_mostra(sessio)


def espera_i_mostra(sessio):
    """Mostra la línia que arriba i la torna; `None` si s'acaba la connexió."""
    estat, linia = sessio.connexio.rep()
    while estat is Estat.TIMEOUT:
        estat, linia = sessio.connexio.rep()
    if estat is Estat.OK:
        sessio.mostra(linia)
    return linia


def obte_contrasenya():
    """Torna la contrasenya: de XAT_CONTRASENYA, o bé del teclat, sense mostrar-la."""
    if os.environ.get("XAT_CONTRASENYA"):
        return os.environ["XAT_CONTRASENYA"]
    if sys.stdin.isatty():
        try:
            return getpass.getpass("Contrasenya: ")
        except EOFError:
            pass
    return ""


def gestiona_connexio(sessio):
    """El fil que mostra cada línia que arriba del servidor."""
    # K3. Mostra cada línia, tan bon punt arriba, fins que s'acaba la connexió.
    estat, missatge = sessio.connexio.rep()
    while estat is not Estat.ERROR:
        if estat is Estat.OK:
            sessio.mostra(missatge)
        estat, missatge = sessio.connexio.rep()

    # K7. Si s'acaba sense comiat, i no és que marxem, s'ha perdut la connexió.
    if not sessio.comiat and not sessio.final.is_set():
        sessio.perduda = True
        registre.warning("S'ha perdut la connexió amb el servidor")
        print("* S'ha perdut la connexió amb el servidor.")

    # K6. Marca l'esdeveniment de finalització, perquè acabi el fil principal.
    sessio.final.set()


def gestiona_teclat(sessio):
    """El fil auxiliar que envia cada línia que s'escriu, fins a {quit}."""
    # K4. Llegeix cada línia que s'escriu al teclat.
    with open(
        sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False
    ) as teclat:
        for linia in teclat:
            text = linia.removesuffix("\n")
            # K5. Amb {quit}, deixa de llegir.
            if text.strip() == "{quit}":
                break

            # K7. Si el text és massa llarg, ho diu i no l'envia.
            if mida(text) > MIDA_TEXT:
                print(massa_llarg(text))
            # K4. Envia cada línia, tal com s'ha escrit.
            else:
                sessio.connexio.envia(text)
    # K5. Amb {quit}, o quan s'acaba l'entrada, marxa.
    marxa(sessio)


def marxa(sessio):
    """Diu al servidor que marxem."""
    # K5. Marca l'esdeveniment de finalització i envia {quit}.
    sessio.final.set()
    sessio.connexio.envia("{quit}")


if __name__ == "__main__":
    main()
