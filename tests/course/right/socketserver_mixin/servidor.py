"""The server, on the library's own: python servidor.py [HOST] [PORT]"""

import logging
import os
import signal
import socketserver
import sys
import threading
import time

from beginning import as_port, fail, open_log, show, use_utf8
from connexio import TEMPS_ESPERA, Connexio, Estat, keep_alive, too_long

TEMPS_NOM = 10
MAXIM_CONNEXIONS = 100

HELP = """\
ajuda (mostra això)
quants (compta els participants)
qui (n'escriu els noms)
finalitza (tanca el xat)"""


class Participant(socketserver.BaseRequestHandler):
    """Handles one client. Its request is a `Connexio`."""

    name = None

    def handle(self):
        self.say("* Et donem la benvinguda al xat. Com et dius?")
        if self.get_name() and self.server.enter(self):
            self.converse()

    def finish(self):
        if self.server.closing.is_set():
            self.server.remove(self)
            self.say("* El xat es tanca.")

    def say(self, line):
        """Send it a line; tell whether that went well."""
        return self.request.envia(line) is Estat.OK

    def next_line(self, deadline=float("inf")):
        """Wait for its next line; none comes from one who is late or gone."""
        while not self.server.closing.is_set() and time.monotonic() < deadline:
            estat, line = self.request.rep()
            if estat is not Estat.TIMEOUT:
                return line
        return None

    def get_name(self):
        """Ask for the name; tell whether it has one now."""
        line = self.next_line(time.monotonic() + TEMPS_NOM)
        if line is None or line.strip() == "{quit}":
            return False
        name = line.strip()
        good = name.isprintable() and not any(c in " []{}\ufffd" for c in name)
        if good and 0 < len(name) <= 20:
            self.name = name
            return True
        logging.warning("%s:%s: that is no name", *self.client_address)
        self.say("* Aquest nom no és vàlid.")
        return False

    def converse(self):
        """Pass on what it says, until it goes."""
        while (line := self.next_line()) is not None:
            if line.strip() == "{quit}":
                self.server.goodbye(self, "* {} ha abandonat el xat.", logging.INFO)
                return
            if complaint := too_long(line):
                self.say(complaint)
            elif line.strip():
                self.server.pass_on(self, line)
        self.server.lose(self)


class Chat(socketserver.ThreadingTCPServer):
    """Accepts clients, and knows who is in."""

    allow_reuse_address = os.name == "posix"
    request_queue_size = 128

    def __init__(self, address):
        super().__init__(address, Participant)
        self.socket.settimeout(TEMPS_ESPERA)
        self.closing = threading.Event()
        self.trouble = None
        self.lock = threading.RLock()
        self.served = set()
        self.inside = []

    # What socketserver asks for

    def get_request(self):
        try:
            sock, address = super().get_request()
        except (TimeoutError, ConnectionError):
            raise
        except OSError as error:
            self.trouble = error
            self.closing.set()
            raise
        keep_alive(sock)
        return Connexio(sock), address

    def verify_request(self, request, client_address):
        if self.closing.is_set():
            return False
        with self.lock:
            full = len(self.served) >= MAXIM_CONNEXIONS
            if not full:
                self.served.add(request)
        if full:
            logging.warning("%s:%s: no room", *client_address)
            request.envia("* El xat és ple.")
        else:
            logging.info("%s:%s connects", *client_address)
        return not full

    def shutdown_request(self, request):
        request.tanca()
        with self.lock:
            self.served.discard(request)

    # The participants; everything with the lock

    def tell(self, line, but=None):
        """Send a line to everyone inside; who cannot be told is lost."""
        with self.lock:
            if self.closing.is_set():
                return
            others = [one for one in self.inside if one is not but]
            failed = [one for one in others if not one.say(line)]
            for one in failed:
                self.lose(one)

    def enter(self, newcomer):
        """Let a newcomer in, unless it is too late."""
        with self.lock:
            if self.closing.is_set():
                return False
            count = len(self.inside) + 1
            newcomer.say(
                f"* Hola, {newcomer.name}! Ja ets al xat. Participants: {count}."
            )
            self.inside.append(newcomer)
            self.tell(f"* {newcomer.name} ha entrat al xat.", but=newcomer)
            logging.info("%s comes in", newcomer.name)
            return True

    def pass_on(self, author, text):
        with self.lock:
            if author in self.inside:
                self.tell(f"[{author.name}] {text}", but=author)

    def remove(self, one):
        """Take it off the list; tell whether it was there."""
        with self.lock:
            there = one in self.inside
            if there:
                self.inside.remove(one)
            return there

    def goodbye(self, one, farewell, level):
        """Tell the rest that it has gone, if they do not know yet."""
        with self.lock:
            if not self.closing.is_set() and self.remove(one):
                farewell = farewell.format(one.name)
                logging.log(level, farewell)
                self.tell(farewell)

    def lose(self, one):
        self.goodbye(one, "* S'ha perdut la connexió amb {}.", logging.WARNING)

    def names(self):
        with self.lock:
            return [one.name for one in self.inside]


def console(chat):
    """Obey the keyboard."""
    for line in sys.stdin:
        command = line.strip()
        if command == "finalitza":
            chat.closing.set()
            break
        if command == "quants":
            show(f"Participants: {len(chat.names())}")
        elif command == "qui":
            for name in chat.names():
                show(f"- {name}")
        elif command == "ajuda":
            show(HELP)
        elif command:
            show(f"No t'entenc: {command}. Escriu «ajuda».")


def main():
    use_utf8()
    arguments = sys.argv[1:]
    host, port = (arguments + ["127.0.0.1", "8888"][len(arguments) :])[:2]
    if as_port(port, 0) is None or len(arguments) > 2:
        return fail("Ús: python servidor.py [HOST] [PORT]", 2)
    open_log("servidor.log")
    try:
        chat = Chat((host, int(port)))
    except (OSError, TypeError, ValueError) as error:
        return cannot_listen(host, port, error)
    port = chat.server_address[1]
    logging.info("listening at %s:%s", host, port)
    show(f"Escoltant a {host}:{port}")

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        threading.Thread(target=chat.serve_forever).start()
        threading.Thread(target=console, args=(chat,), daemon=True).start()
        while not chat.closing.wait(TEMPS_ESPERA):
            pass
    except KeyboardInterrupt:
        chat.closing.set()
    chat.shutdown()
    chat.server_close()  # it waits for the participants' threads too
    logging.info("closed")
    return cannot_listen(host, port, chat.trouble) if chat.trouble else 0


def cannot_listen(host, port, error):
    logging.error("cannot listen at %s:%s: %s", host, port, error)
    return fail(f"No es pot escoltar a {host}:{port}: {error}", 1)


if __name__ == "__main__":
    status = main()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # The console may still be waiting for the keyboard: it is not waited for.
    os._exit(status)
