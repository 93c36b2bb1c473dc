"""The client of the chat: python client.py HOST PORT NOM"""

import socket
import sys
import threading

from connexio import TEMPS_ESPERA, Connexio, Estat, Text
from program import Keyboard, Program, complain, debug, port_number, say, tune


class Listener(threading.Thread):
    """Shows what arrives, until the stream ends."""

    def __init__(self, connection, on_end):
        super().__init__(name="listener", daemon=True)
        self._connection = connection
        self._on_end = on_end
        self.last_line = None

    def run(self):
        while (answer := self._connection.rep())[0] is not Estat.ERROR:
            if answer[0] is Estat.OK:
                self.last_line = answer[1]
                say(self.last_line)
        self._on_end()


class ChatClient(Program):
    """The client: one thread shows what arrives, another sends what is typed."""

    usage = "python client.py HOST PORT NOM"
    log_file = "client.log"

    closing = "* El xat es tanca."
    refusals = (
        "* Aquest nom no és vàlid.",
        "* El xat és ple.",
    )

    def read_arguments(self, arguments):
        self.host, port, self.name = arguments
        self.port = port_number(port, lowest=1)

    def run(self):
        try:
            sock = socket.create_connection((self.host, self.port))
        except (OSError, TypeError, ValueError) as error:
            self.log.error("cannot connect to port %s: %s", self.port, error)
            complain(f"No es pot connectar a {self.host}:{self.port}: {error}")
            return 1
        except KeyboardInterrupt:
            return 0
        self.log.info("connected to %s:%s", self.host, self.port)
        say("# Escriu {quit} per marxar")
        tune(sock)
        self._connection = Connexio(sock)
        self._over = threading.Event()
        self._leaving = False
        self._listener = Listener(self._connection, on_end=self._over.set)
        return self._chat()

    def _chat(self):
        try:
            self._connection.envia(self.name)
            self._listener.start()
            Keyboard(self._send, on_end=self._leave).start()
            while not self._over.wait(TEMPS_ESPERA):
                pass
        except KeyboardInterrupt:
            debug("interrupted")
            self._leave()
        self._listener.join(2 * TEMPS_ESPERA)
        self._connection.tanca()
        return self._conclusion()

    def _send(self, line):
        """Send a line typed; tell whether it was the last one."""
        text = Text(line)
        if line.strip() == "{quit}":
            return True
        if text.is_too_long:
            say(text.complaint)
        else:
            self._connection.envia(line)
        return False

    def _leave(self):
        self._leaving = True
        self._connection.envia("{quit}")
        self._over.set()

    def _conclusion(self):
        """Say how it ended; give the exit status."""
        if self._leaving or self._listener.last_line == self.closing:
            self.log.info("the end")
            return 0
        self.log.warning("the connection is lost")
        if self._listener.last_line not in self.refusals:
            say("* S'ha perdut la connexió amb el servidor.")
        return 1


if __name__ == "__main__":
    ChatClient().main(sys.argv[1:])
