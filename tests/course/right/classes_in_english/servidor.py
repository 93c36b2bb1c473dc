"""The server of the chat: python servidor.py [HOST] [PORT]"""

import signal
import socket
import sys
import threading
import time

from connexio import TEMPS_ESPERA, Connexio, Estat, Text
from program import Keyboard, Program, complain, debug, port_number, say, tune
from room import Member, Room

TEMPS_NOM = 10
MAXIM_CONNEXIONS = 100


class Console:
    """The commands that can be typed at the server."""

    help = {
        "ajuda": "les ordres que hi ha",
        "quants": "quants són al xat",
        "qui": "els noms dels qui hi són",
        "finalitza": "s'ha acabat el xat",
    }

    def __init__(self, room):
        self._room = room

    def obey(self, line):
        """Do what the line says; tell whether that was the last command."""
        command = line.strip()
        if command in self.help:
            return getattr(self, f"_{command}")()
        if command:
            say(f"No t'entenc: {command}. Escriu «ajuda».")
        return False

    def _ajuda(self):
        for command, what in self.help.items():
            say(f"{command}\t{what}")

    def _quants(self):
        say(f"Participants: {len(self._room.names())}")

    def _qui(self):
        for name in self._room.names():
            say(f"- {name}")

    def _finalitza(self):
        self._room.close()
        return True


class Conversation(threading.Thread):
    """All that happens with one client, from the greeting to the end."""

    def __init__(self, connection, address, room, log, places):
        super().__init__(name=f"client-{address}")
        self._connection = connection
        self._address = address
        self._room = room
        self._log = log
        self._places = places

    def run(self):
        try:
            if self._says("* Et donem la benvinguda al xat. Com et dius?"):
                self._attend()
        finally:
            self._connection.tanca()
            self._places.release()
            debug(f"{self._address} is gone")

    def _attend(self):
        if (name := self._ask_name()) is not None:
            member = Member(name, self._connection)
            self._room.admit(member)
            say(f"# {name} és amb nosaltres")
            self._listen_to(member)
        if self._room.is_closed:
            self._says("* El xat es tanca.")

    def _ask_name(self):
        line = self._next_line(until=time.monotonic() + TEMPS_NOM)
        if line is None or line.strip() == "{quit}":
            return None
        name = line.strip()
        if self._is_valid(name):
            return name
        self._log.warning("a name of %s was refused", self._address)
        self._says("* Aquest nom no és vàlid.")
        return None

    @staticmethod
    def _is_valid(name):
        return (
            0 < len(name) <= 20
            and name.isprintable()
            and not any(c.isspace() or c in "[]{}\ufffd" for c in name)
        )

    def _listen_to(self, member):
        while (line := self._next_line()) is not None:
            if line.strip() == "{quit}":
                self._room.leave(member)
                return
            text = Text(line)
            if text.is_too_long:
                self._says(text.complaint)
            elif line.strip():
                self._room.speak(member, line)
        if self._room.is_closed:
            self._room.forget(member)
        else:
            self._room.lose(member)

    def _next_line(self, until=None):
        """The client's next line; `None` if it is lost, late, or the room closes."""
        while not self._room.is_closed:
            estat, line = self._connection.rep()
            if estat is not Estat.TIMEOUT:
                return line
            if until is not None and time.monotonic() >= until:
                return None
        return None

    def _says(self, line):
        return self._connection.envia(line) is Estat.OK


class Door(threading.Thread):
    """Lets clients in, as long as the room is open."""

    def __init__(self, listener, room, log):
        super().__init__(name="door")
        self._listener = listener
        self._room = room
        self._log = log
        self._places = threading.BoundedSemaphore(MAXIM_CONNEXIONS)
        self.trouble = None

    def run(self):
        self._listener.settimeout(TEMPS_ESPERA)
        with self._listener:
            while not self._room.is_closed:
                self._wait_for_somebody()

    def _wait_for_somebody(self):
        try:
            sock, address = self._listener.accept()
        except (TimeoutError, ConnectionError):
            return
        except OSError as error:
            self.trouble = error
            self._room.close()
            return
        debug(f"somebody knocks: {address}")
        tune(sock)
        self._receive(Connexio(sock), f"{address[0]}:{address[1]}")

    def _receive(self, connection, address):
        if self._places.acquire(blocking=False):
            self._log.info("%s connects", address)
            Conversation(
                connection, address, self._room, self._log, self._places
            ).start()
        else:
            self._log.warning("no room for %s", address)
            connection.envia("* El xat és ple.")
            connection.tanca()


class ChatServer(Program):
    """The server: a room, its door and a console."""

    usage = "python servidor.py [HOST] [PORT, 0 to 65535]"
    log_file = "servidor.log"

    def read_arguments(self, arguments):
        self.host, port = (*arguments, *("127.0.0.1", "8888")[len(arguments) :])
        self.port = port_number(port, lowest=0)

    def run(self):
        say("# Servidor del xat, versió 1.0")
        try:
            listener = socket.create_server((self.host, self.port), backlog=200)
        except (OSError, TypeError, ValueError) as error:
            return self._cannot_listen(error)
        self.port = listener.getsockname()[1]
        room = Room(self.log)
        door = Door(listener, room, self.log)
        console = Console(room)
        self.log.info("listening at %s:%s", self.host, self.port)
        say(f"Escoltant a {self.host}:{self.port}")

        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            door.start()
            Keyboard(console.obey, on_end=lambda: debug("no more console")).start()
            while not room.wait(TEMPS_ESPERA):
                pass
        except KeyboardInterrupt:
            say("# Interromput")
            room.close()
        self._wait_for_the_others()
        status = self._cannot_listen(door.trouble) if door.trouble else 0
        self.log.info("the end")
        return status

    @staticmethod
    def _wait_for_the_others():
        for thread in threading.enumerate():
            if isinstance(thread, Door | Conversation):
                thread.join()

    def _cannot_listen(self, error):
        place = f"{self.host}:{self.port}"
        self.log.error("cannot listen at %s: %s", place, error)
        complain(f"No es pot escoltar a {place}: {error}")
        return 1


if __name__ == "__main__":
    ChatServer().main(sys.argv[1:])
