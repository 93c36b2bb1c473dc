"""La primera versió ingènua del servidor: cada recv() es pren per un missatge.

    python servidor.py HOST PORT

No és un model: és el problema d'on surt el curs.
"""

import socket
import sys
import threading

socols = []


def main():
    """Dona un fil a cada client que arriba."""
    host, port = sys.argv[1:]
    servidor = socket.create_server((host, int(port)))
    while True:
        socol, _ = servidor.accept()
        threading.Thread(target=gestiona_participant, args=(socol,)).start()


def gestiona_participant(socol):
    """El fil d'un participant, des que es connecta fins que diu {quit}."""
    socol.send(b"* Benvinguda! Qui ets?")
    nom = socol.recv(1024).decode()
    socol.send(f"* Hola, {nom}!".encode())
    socols.append(socol)

    missatge = socol.recv(1024).decode()
    while missatge and missatge != "{quit}":
        diu(socol, f"[{nom}] {missatge}")
        missatge = socol.recv(1024).decode()

    socols.remove(socol)
    diu(socol, f"* {nom} ha abandonat el xat.")
    socol.close()


def diu(autor, missatge):
    """Envia el missatge a tothom, menys a l'autor."""
    for socol in socols:
        if socol is not autor:
            socol.send(missatge.encode())


if __name__ == "__main__":
    main()
