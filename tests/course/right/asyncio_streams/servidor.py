"""The chat's server: python servidor.py [HOST] [PORT]"""

import asyncio
import functools
import signal
import socket
import sys

from connexio import MIDA_TEXT, TEMPS_ESPERA, clean, encode_text
from plumbing import (
    Channel,
    Keyboard,
    ignore_signals,
    leave,
    note,
    on_signal,
    open_log,
    prepare_output,
    read_port,
    reason,
    say,
)

TEMPS_NOM = 10
MAXIM_CONNEXIONS = 100
MIDA_NOM = 20
MOST_CLOSING = 64

BENVINGUDA = "* Et donem la benvinguda al xat. Com et dius?"
NOM_NO_VALID = "* Aquest nom no és vàlid."
PLE = "* El xat és ple."
ES_TANCA = "* El xat es tanca."
AJUDA = """\
ajuda      mostra aquestes ordres
quants     diu quants participants hi ha
qui        diu com es diuen
finalitza  tanca el xat"""

SIGNALS = [signal.SIGINT, signal.SIGTERM]


class Visitor:
    """Somebody who is connected; a participant from the moment of having a name."""

    def __init__(self, address, has_place):
        self.address = address
        self.has_place = has_place
        self.name = None
        self.channel = None
        self.task = None
        self.greeted = False
        self.closing = False


class Server:
    """The whole chat, in one loop: what has no `await` happens all at once."""

    def __init__(self, host, port, log):
        self.host = host
        self.port = port
        self.log = log
        self.visitors = set()
        self.participants = []
        self.served = 0
        self.status = 0
        self.ended = asyncio.Event()

    async def run(self):
        """Serve until the end is marked; give the exit status."""
        for number in SIGNALS:
            on_signal(number, self.end)
        try:
            listener = listen(self.host, self.port)
        except (OSError, ValueError, TypeError) as error:
            self._cannot_listen(error)
            return self.status
        self.port = listener.getsockname()[1]
        say(f"Escoltant a {self.host}:{self.port}")
        self.log.info("listening at %s:%s", clean(self.host), self.port)
        door = asyncio.create_task(self._accept(listener))
        console = asyncio.create_task(self._console(Keyboard()))

        await self.ended.wait()
        door.cancel()
        console.cancel()
        await asyncio.wait([door])
        listener.close()
        if self.visitors:
            await asyncio.wait([visitor.task for visitor in self.visitors])
        self.log.info("the end of the chat")
        ignore_signals(*SIGNALS)
        return self.status

    def end(self):
        """Mark the end: everyone is told, nothing else is passed on."""
        if self.ended.is_set():
            return
        self.ended.set()
        self.participants.clear()
        for visitor in self.visitors:
            if not visitor.closing:
                if visitor.greeted:
                    visitor.channel.send(ES_TANCA)
                visitor.task.cancel()

    def _cannot_listen(self, error):
        why = reason(error)
        note(f"No es pot escoltar a {self.host}:{self.port}: {why}")
        self.log.error("cannot listen at %s:%s: %s", clean(self.host), self.port, why)
        self.status = 1

    # Those who come.

    async def _accept(self, listener):
        """Let visitors in until the end; a door that fails is the end."""
        loop = asyncio.get_running_loop()
        while not self.ended.is_set():
            try:
                sock, address = await loop.sock_accept(listener)
            except ConnectionError:
                continue
            except OSError as error:
                self._cannot_listen(error)
                self.end()
                return
            self._admit(sock, f"{address[0]}:{address[1]}")
            await asyncio.sleep(0)

    def _admit(self, sock, address):
        """Give the newcomer a place, if there is one, and somebody to attend to it."""
        note(f"connection from {address}")
        visitor = Visitor(address, self.served < MAXIM_CONNEXIONS)
        if visitor.has_place:
            self.served += 1
            self.log.info("connection from %s", address)
        else:
            self.log.warning("no room for %s", address)
        self.visitors.add(visitor)
        visitor.task = asyncio.create_task(self._attend(visitor, sock))
        visitor.task.add_done_callback(lambda _: self._forget(visitor))

    def _forget(self, visitor):
        """Keep nothing of a visitor whose task is over."""
        self._free_place(visitor)
        self.visitors.discard(visitor)

    async def _attend(self, visitor, sock):
        """Look after one visitor from the first line to the closing."""
        try:
            stuck = functools.partial(self._stuck, visitor)
            visitor.channel = await Channel.accepted(sock, stuck)
            if visitor.has_place:
                await self._converse(visitor)
            else:
                visitor.channel.send(PLE)
        except asyncio.CancelledError:
            # Only the end of the chat cancels: what is left is to close.
            pass
        except OSError as error:
            note(f"{visitor.address}: {reason(error)}")
        finally:
            self._lose(visitor)
            await self._close(visitor)

    async def _converse(self, visitor):
        """Greet, ask for a name, and pass on what the participant says."""
        visitor.channel.send(BENVINGUDA)
        visitor.greeted = True
        name = await self._read_name(visitor)
        if name is None:
            return
        self._enter(visitor, name)
        while True:
            line = await visitor.channel.read_line()
            if line is None or visitor not in self.participants:
                return
            if line.strip() == "{quit}":
                self._say_goodbye(visitor)
                return
            self._pass_on(visitor, line)
            await self._let_them_read()

    async def _read_name(self, visitor):
        """Give the name, or None when there is no good one."""
        try:
            async with asyncio.timeout(TEMPS_NOM):
                line = await visitor.channel.read_line()
        except TimeoutError:
            return None
        if line is None:
            return None
        name = line.strip()
        if name == "{quit}":
            return None
        if not is_valid_name(name):
            self.log.warning("a name refused from %s", visitor.address)
            visitor.channel.send(NOM_NO_VALID)
            return None
        return name

    # What they say.

    def _tell(self, message, but=None):
        """Send a line to all participants but one."""
        for participant in self.participants:
            if participant is not but:
                participant.channel.send(message)

    def _enter(self, visitor, name):
        visitor.name = name
        self.participants.append(visitor)
        count = len(self.participants)
        visitor.channel.send(f"* Hola, {name}! Ja ets al xat. Participants: {count}.")
        self._tell(f"* {name} ha entrat al xat.", but=visitor)
        self.log.info("%s came in", name)

    def _pass_on(self, author, text):
        size = len(encode_text(text))
        if size > MIDA_TEXT:
            author.channel.send(too_long(size))
        elif text.strip():
            self._tell(f"[{author.name}] {text}", but=author)

    async def _let_them_read(self):
        """Give the others a turn, and those who have much to read some time."""
        await asyncio.sleep(0)
        for participant in list(self.participants):
            await participant.channel.catch_up()

    # Those who go.

    def _say_goodbye(self, visitor):
        self.participants.remove(visitor)
        self._tell(f"* {visitor.name} ha abandonat el xat.")
        self.log.info("%s left", visitor.name)

    def _lose(self, visitor):
        """Tell the rest that a participant is lost, unless it has gone already."""
        if visitor in self.participants:
            self.participants.remove(visitor)
            self._tell(f"* S'ha perdut la connexió amb {visitor.name}.")
            self.log.warning("connection lost with %s", visitor.name)

    def _stuck(self, visitor):
        """Put out somebody who does not read."""
        self._free_place(visitor)
        visitor.channel.abort()
        self._lose(visitor)

    def _free_place(self, visitor):
        if visitor.has_place:
            visitor.has_place = False
            self.served -= 1

    async def _close(self, visitor):
        """Send what is pending, free the place, end the stream and close."""
        visitor.closing = True
        channel = visitor.channel
        if channel is None:
            return
        try:
            async with asyncio.timeout(TEMPS_ESPERA):
                await channel.flush()
                self._free_place(visitor)
                channel.end()
                # Bytes unread would make it a reset: let the other end close first.
                if len(self.visitors) - self.served <= MOST_CLOSING:
                    await channel.read_away()
        except TimeoutError:
            pass
        finally:
            self._free_place(visitor)
            channel.abort()

    # The console.

    async def _console(self, keyboard):
        """Do what is typed, until there is no more."""
        while True:
            line = await keyboard.line()
            if line is None:
                return
            self._obey(line.strip())

    def _obey(self, line):
        match line:
            case "":
                pass
            case "ajuda":
                say(AJUDA)
            case "quants":
                say(f"Participants: {len(self.participants)}")
            case "qui":
                for participant in self.participants:
                    say(f"- {participant.name}")
            case "finalitza":
                self.end()
            case _:
                say(f"No t'entenc: {line}. Escriu «ajuda».")


def too_long(size):
    """Say that a text is too long."""
    return f"* Missatge massa llarg: {size} bytes, i el màxim és {MIDA_TEXT}."


def is_valid_name(name):
    """Whether somebody may have that name."""
    return (
        1 <= len(name) <= MIDA_NOM
        and name.isprintable()
        and not any(letter.isspace() or letter in "[]{}\ufffd" for letter in name)
    )


def listen(host, port):
    """Give a socket that listens there."""
    found = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    family, _, _, _, address = found[0]
    listener = socket.create_server(
        address, family=family, backlog=MAXIM_CONNEXIONS * 2
    )
    listener.setblocking(False)
    return listener


async def serve(host, port, log):
    """Run a chat from its beginning to its end; give the exit status."""
    return await Server(host, port, log).run()


def main(arguments):
    """Start the server; give the exit status."""
    prepare_output()
    host, port = [*arguments, *["127.0.0.1", "8888"][len(arguments) :]][:2]
    number = read_port(port, lowest=0)
    if len(arguments) > 2 or number is None:
        note("Ús: python servidor.py [HOST] [PORT]")
        return 2
    note("asyncio server of the chat")
    return asyncio.run(serve(host, number, open_log("servidor.log")))


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
