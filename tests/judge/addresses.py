"""Places to listen at that nobody else uses."""

import socket
from random import Random

USUAL = "127.0.0.1"


def own_address(random: Random) -> str:
    """A loopback address all for the test; the usual one where there is but that.

    No outgoing connection of another program can be holding a port of it.
    """
    numbers = [random.randint(1, 254) for _ in range(3)]
    address = ".".join(["127", *map(str, numbers)])
    try:
        with socket.socket() as sock:
            sock.bind((address, 0))
    except OSError:
        return USUAL
    return address


def taken_elsewhere(address: str) -> tuple[socket.socket, int]:
    """A port to listen on at `address`, and the socket that holds it at the usual one.

    While that is held, a program that listens at every address, or at the wrong one,
    cannot have the port. (Where `address` is the usual one, nothing is held.)
    """
    holder = socket.socket()
    holder.bind((USUAL, 0))
    port = holder.getsockname()[1]
    if address == USUAL:
        holder.close()
    return holder, port
