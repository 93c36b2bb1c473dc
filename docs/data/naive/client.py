"""La primera versió ingènua del client: cada recv() es pren per un missatge.

    python client.py HOST PORT NOM

No és un model: és el problema d'on surt el curs.
"""

import socket
import sys
import threading


def main():
    """Diu el nom, i després envia cada línia que s'escriu, fins a {quit}."""
    host, port, nom = sys.argv[1:]
    socol = socket.create_connection((host, int(port)))
    socol.send(nom.encode())
    threading.Thread(target=gestiona_connexio, args=(socol,)).start()

    text = ""
    while text != "{quit}":
        text = input()
        socol.send(text.encode())


def gestiona_connexio(socol):
    """El fil que mostra cada missatge que arriba, fins que el servidor tanca."""
    missatge = socol.recv(1024).decode()
    while missatge:
        print(missatge)
        missatge = socol.recv(1024).decode()


if __name__ == "__main__":
    main()
