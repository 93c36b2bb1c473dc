"""Eines que fan servir els dos programes: registre, pantalla, teclat i sòcols."""

import contextlib
import logging
import socket
import sys


def prepara(registre):
    """Obre el registre, i posa la sortida en UTF-8."""
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    try:
        logging.basicConfig(
            filename=registre,
            encoding="utf-8",
            errors="replace",
            level=logging.INFO,
            format="[%(asctime)s] %(levelname)s (%(threadName)s) %(message)s",
        )
    except OSError as error:
        avisa(f"{registre} no es pot obrir: {error.strerror}")
        logging.basicConfig(handlers=[logging.NullHandler()])


def mostra(linia):
    """Escriu una línia a la pantalla, sencera."""
    sys.stdout.write(linia + "\n")
    sys.stdout.flush()


def avisa(linia):
    """Escriu una línia a la sortida d'error."""
    print(linia, file=sys.stderr, flush=True)


def teclat():
    """Les línies del teclat. (No és sys.stdin: ningú no l'hi esperarà en acabar.)"""
    try:
        linies = open(0, encoding="utf-8", errors="replace", closefd=False)
    except OSError:
        return
    for linia in linies:
        yield linia.rstrip("\n")


def llegeix_port(text, minim):
    """El port, o `None` si no n'és cap."""
    try:
        port = int(text)
    except ValueError:
        return None
    return port if minim <= port <= 65535 else None


def afina(socol):
    """Res no s'espera per sortir, i un cable estirat es nota en menys d'un minut."""
    with contextlib.suppress(OSError):
        socol.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        socol.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for opcio, segons in ("KEEPIDLE", 20), ("KEEPALIVE", 20), ("KEEPINTVL", 10):
        if numero := getattr(socket, f"TCP_{opcio}", None):
            with contextlib.suppress(OSError):
                socol.setsockopt(socket.IPPROTO_TCP, numero, segons)
    if hasattr(socket, "TCP_KEEPCNT"):
        with contextlib.suppress(OSError):
            socol.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
