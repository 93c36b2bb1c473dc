"""The chat's client: python client.py HOST PORT NOM"""

import asyncio
import signal
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

ES_TANCA = "* El xat es tanca."
PERDUDA = "* S'ha perdut la connexió amb el servidor."
TURNED_AWAY = [
    "* Aquest nom no és vàlid.",
    "* El xat és ple.",
    "* Contrasenya incorrecta.",
    "* Has estat expulsat del xat.",
]


class Client:
    """One participant: what arrives is printed, what is typed is sent."""

    def __init__(self, host, port, name, log):
        self.host = host
        self.port = port
        self.name = name
        self.log = log
        self.channel = None
        self.last_line = None
        self.wants_to_quit = asyncio.Event()

    async def run(self):
        """Chat until one side ends it; give the exit status."""
        on_signal(signal.SIGINT, self.wants_to_quit.set)
        wish = asyncio.create_task(self.wants_to_quit.wait())
        connecting = asyncio.create_task(self._connect())
        await first_of(connecting, wish)
        if not connecting.done():
            return 0
        if not connecting.result():
            return 1

        self.channel.send(self.name)
        listening = asyncio.create_task(self._listen())
        typing = asyncio.create_task(self._type(Keyboard()))
        await first_of(listening, wish)
        typing.cancel()
        if not listening.done():
            self.channel.send("{quit}")
            await asyncio.wait([listening], timeout=2 * TEMPS_ESPERA)
        ignore_signals(signal.SIGINT)
        self.channel.abort()
        return self._conclude()

    async def _connect(self):
        """Connect; give False when it cannot be done."""
        try:
            self.channel = await Channel.connected(self.host, self.port, self._stuck)
        except (OSError, ValueError, TypeError) as error:
            why = reason(error)
            note(f"No es pot connectar a {self.host}:{self.port}: {why}")
            self.log.error(
                "cannot connect to %s:%s: %s", clean(self.host), self.port, why
            )
            return False
        note(f"connected to {self.host}:{self.port}")
        self.log.info("connected to %s:%s", clean(self.host), self.port)
        return True

    def _stuck(self):
        """Take a server that does not read for a connection that is lost."""
        self.channel.abort()

    async def _listen(self):
        """Print each line that arrives, until the stream ends."""
        while True:
            line = await self.channel.read_line()
            if line is None:
                return
            self.last_line = line
            if not say(line):
                self.wants_to_quit.set()

    async def _type(self, keyboard):
        """Send each line typed, until there are no more or it is `{quit}`."""
        while True:
            line = await keyboard.line()
            if line is None or line.strip() == "{quit}":
                self.wants_to_quit.set()
                return
            size = len(encode_text(line))
            if size > MIDA_TEXT:
                say(f"* Missatge massa llarg: {size} bytes, i el màxim és {MIDA_TEXT}.")
            elif line:
                self.channel.send(line)
                await self.channel.drain()

    def _conclude(self):
        """Say how it ended; give the exit status."""
        if self.wants_to_quit.is_set() or self.last_line == ES_TANCA:
            self.log.info("the end")
            return 0
        if self.last_line in TURNED_AWAY:
            self.log.warning("turned away: connection lost")
        else:
            say(PERDUDA)
            self.log.warning("connection lost")
        return 1


async def first_of(*tasks):
    """Wait until one of the tasks is done."""
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)


async def chat(host, port, name, log):
    """Run a client from its beginning to its end; give the exit status."""
    return await Client(host, port, name, log).run()


def main(arguments):
    """Start the client; give the exit status."""
    prepare_output()
    port = read_port(arguments[1], lowest=1) if len(arguments) == 3 else None
    if port is None:
        note("Ús: python client.py HOST PORT NOM")
        return 2
    host, _, name = arguments
    note("asyncio client of the chat")
    return asyncio.run(chat(host, port, name, open_log("client.log")))


if __name__ == "__main__":
    leave(main(sys.argv[1:]))
