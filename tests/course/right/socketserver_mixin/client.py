"""The client, in one thread (not for Windows): python client.py HOST PORT NOM"""

import logging
import os
import select
import signal
import socket
import sys
import time

from beginning import as_port, fail, open_log, show, use_utf8
from connexio import TEMPS_ESPERA, Connexio, Estat, keep_alive, too_long

QUIT = "{quit}"


class Client:
    """Waits for the keyboard and the server at once."""

    def __init__(self, connection):
        self.connection = connection
        self.typed = b""
        self.last_line = None
        self.interrupted = False
        self.deadline = None  # until when to wait for the server, once leaving

    def interrupt(self, *_):
        """Ctrl-C: seen at the next turn."""
        self.interrupted = True

    def run(self):
        """Stay until either side ends it; give the exit status."""
        while self.deadline is None or time.monotonic() < self.deadline:
            watched = [self.connection] + [sys.stdin] * (self.deadline is None)
            if self.connection.has_line():
                ready = [self.connection]
            else:
                ready, _, _ = select.select(watched, [], [], TEMPS_ESPERA)
            if self.connection in ready and not self.show_line():
                break
            if sys.stdin in ready:
                self.read_keyboard()
            if self.interrupted and self.deadline is None:
                self.leave()
        self.connection.tanca()
        return self.conclude()

    def show_line(self):
        """Show the next line, if it is whole; tell whether there may be more."""
        estat, line = self.connection.rep()
        if estat is Estat.OK:
            show(line)
            self.last_line = line
        return estat is not Estat.ERROR

    def read_keyboard(self):
        """Send the lines that have been typed."""
        data = os.read(sys.stdin.fileno(), 65536)
        *lines, self.typed = (self.typed + data).split(b"\n")
        if not data and self.typed:
            lines.append(self.typed)
        for line in lines:
            text = line.decode("utf-8", "replace")
            if text.strip() == QUIT:
                self.leave()
                return
            if complaint := too_long(text):
                show(complaint)
            else:
                self.connection.envia(text)
        if not data:
            self.leave()

    def leave(self):
        """Say so to the server, which will end the stream."""
        self.connection.envia(QUIT)
        self.deadline = time.monotonic() + 2 * TEMPS_ESPERA

    def conclude(self):
        """Say how it ended; give the status."""
        if self.deadline is not None or self.last_line == "* El xat es tanca.":
            logging.info("the end")
            return 0
        logging.warning("connection lost")
        show("* S'ha perdut la connexió amb el servidor.")
        return 1


def main():
    use_utf8()
    host, port, name = sys.argv[1:] if len(sys.argv) == 4 else ("", "", "")
    if as_port(port, 1) is None:
        return fail("Ús: python client.py HOST PORT NOM", 2)
    open_log("client.log")
    try:
        sock = socket.create_connection((host, int(port)))
    except (OSError, TypeError, ValueError) as error:
        logging.error("cannot connect to %s: %s", ascii(host), error)
        return fail(f"No es pot connectar a {host}:{port}: {error}", 1)
    except KeyboardInterrupt:
        return 0
    logging.info("connected to %s:%s", host, port)
    keep_alive(sock)
    client = Client(Connexio(sock))
    signal.signal(signal.SIGINT, client.interrupt)
    client.connection.envia(name)
    return client.run()


if __name__ == "__main__":
    sys.exit(main())
