"""The chat's client: python client.py HOST PORT NOM."""

import os
import queue
import signal
import socket
import sys
import threading

from chat_common import (
    BAD_NAME,
    CLOSING,
    FULL,
    MIDA_TEXT,
    QUIT,
    TEMPS_ESPERA,
    clean,
    keyboard_lines,
    open_log,
    parse_port,
    reason,
    say,
    say_error,
    text_size,
    too_long_notice,
    tune,
    use_utf8,
)
from connexio import Connexio, Estat

USAGE = "Ús: python client.py HOST PORT NOM"
LOST = "* S'ha perdut la connexió amb el servidor."
CONNECT_TIMEOUT = 30.0  # seconds


class Session:
    """One stay in the chat: two helper threads, and the main one that decides."""

    def __init__(self, connection: Connexio, log) -> None:
        self._connection = connection
        self._log = log
        self._last_line = ""
        # What ends the stay, as its function. A queue of this class is safe from
        # whatever Ctrl-C interrupts.
        self._ends: queue.SimpleQueue = queue.SimpleQueue()
        self._receiver = threading.Thread(
            target=self._receive, name="gestiona_connexio", daemon=True
        )
        self._keyboard = threading.Thread(
            target=self._read_keyboard, name="teclat", daemon=True
        )

    def run(self, name: str) -> int:
        """Stay until something ends it, and give the exit status."""
        try:
            self._connection.envia(name)
            self._receiver.start()
            self._keyboard.start()
            end = self._wait_for_end()
        except KeyboardInterrupt:
            end = self._leave
        return end()

    def _wait_for_end(self):
        while True:
            try:
                return self._ends.get(timeout=TEMPS_ESPERA)
            except queue.Empty:
                continue  # on Windows, Ctrl-C is only heard between two waits

    def _receive(self) -> None:
        """Print each line that arrives (in its own thread)."""
        while True:
            status, line = self._connection.rep()
            if status is Estat.ERROR:
                break
            if status is Estat.OK:
                self._last_line = line
                say(line)
        self._ends.put(self._stream_ended)

    def _read_keyboard(self) -> None:
        """Send each line typed (in its own thread)."""
        for line in keyboard_lines():
            text = clean(line)
            if text.strip() == QUIT:
                break
            size = text_size(text)
            if size > MIDA_TEXT:
                say(too_long_notice(size))
            elif text and self._connection.envia(text) is not Estat.OK:
                return  # the receiver sees the end too
        self._ends.put(self._leave)

    def _leave(self) -> int:
        """Say goodbye and let the server end the stream."""
        try:
            self._connection.envia(QUIT)
            if self._receiver.is_alive():
                self._receiver.join(2 * TEMPS_ESPERA)
        except KeyboardInterrupt:
            pass  # in a hurry
        self._log.info("Final")
        return 0

    def _stream_ended(self) -> int:
        """Judge an end that the server has put."""
        if self._last_line == CLOSING:
            self._log.info("Final: el servidor ha tancat el xat")
            return 0
        self._log.warning("S'ha perdut la connexió amb el servidor")
        if self._last_line not in (BAD_NAME, FULL):
            say(LOST)
        return 1


def chat(host: str, port: int, name: str) -> int:
    """Connect, stay, and give the exit status."""
    log = open_log("client.log")
    try:
        sock = socket.create_connection((host, port), timeout=CONNECT_TIMEOUT)
    except (OSError, UnicodeError, TypeError) as error:
        text = f"No es pot connectar a {host}:{port}: {reason(error)}"
        log.error(text)
        say_error(text)
        return 1
    log.info("Connectat a %s:%s", host, port)
    tune(sock)
    connection = Connexio(sock)
    try:
        return Session(connection, log).run(name)
    finally:
        connection.tanca()


def main(arguments: list[str]) -> int:
    """Check the arguments and run the client."""
    use_utf8()
    port = parse_port(arguments[1], lowest=1) if len(arguments) == 3 else None
    if port is None:
        say_error(USAGE)
        return 2
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return chat(arguments[0], port, arguments[2])
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    # Everything has been flushed; the keyboard may be blocked for ever.
    os._exit(main(sys.argv[1:]))
