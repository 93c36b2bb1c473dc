"""The chat's server, in one thread: python servidor.py [HOST] [PORT]."""

import contextlib
import errno
import itertools
import os
import selectors
import signal
import socket
import sys
import threading
import time
from collections import deque

from chat_common import (
    BAD_NAME,
    CLOSING,
    FULL,
    MIDA_TEXT,
    QUIT,
    REPLACEMENT,
    TEMPS_ESPERA,
    LineBuffer,
    encode_line,
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

USAGE = "Ús: python servidor.py [HOST] [PORT]"
GREETING = "* Et donem la benvinguda al xat. Com et dius?"
HELP = (
    "ajuda: mostra les ordres",
    "quants: diu quants participants hi ha",
    "qui: diu qui hi ha, per ordre d'arribada",
    "finalitza: tanca el xat",
)
TEMPS_NOM = 10.0  # seconds
MAXIM_CONNEXIONS = 100
PIECE = 16384  # bytes received at a time
LAST_PIECES = 64  # received at most from a connection that has failed
LINES_A_SEND = 512
# While more than this waits for somebody, nobody is listened to.
HIGH_WATER = 256 * 1024

# Failures of accept() that concern the newcomer alone.
NEWCOMER_ERRORS = {
    getattr(errno, name)
    for name in (
        "EAGAIN EWOULDBLOCK EINTR ECONNABORTED ECONNRESET EPROTO EPERM ETIMEDOUT "
        "ENETDOWN ENETUNREACH EHOSTDOWN EHOSTUNREACH ENONET ENOPROTOOPT EOPNOTSUPP"
    ).split()
    if hasattr(errno, name)
}


def is_valid_name(name: str) -> bool:
    """Tell whether somebody can be called so."""
    return (
        1 <= len(name) <= 20
        and name.isprintable()
        and not any(c.isspace() or c in "[]{}" or c == REPLACEMENT for c in name)
    )


def close_socket(sock: socket.socket) -> None:
    """Shut a connection down, then close it."""
    with contextlib.suppress(OSError):
        # Bytes left unread would turn the end of the stream into a reset.
        sock.recv(PIECE)
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    with contextlib.suppress(OSError):
        sock.close()


class Client:
    """A connection that is served: what arrived from it, what waits for it."""

    def __init__(self, sock: socket.socket, address: str) -> None:
        self.sock = sock
        self.address = address
        self.name: str | None = None
        self.name_deadline = time.monotonic() + TEMPS_NOM
        self.lines = LineBuffer()
        self.received = 0  # bytes
        self.events = 0  # what the selector watches for it
        self.failed = False  # nothing more can be sent to it
        self.leaving = False  # it is closed as soon as nothing waits for it
        self.closed = False
        self._waiting: deque[bytes] = deque()
        self.waiting_bytes = 0
        self._stalled_since = 0.0  # means something while something waits

    def put(self, data: bytes) -> None:
        """Leave one line waiting to be sent."""
        if not self.failed:
            self._waiting.append(data)
            self.waiting_bytes += len(data)

    def flush(self) -> None:
        """Send what the connection takes now of what waits for it."""
        try:
            while self._waiting:
                some = itertools.islice(self._waiting, LINES_A_SEND)
                self._forget(self.sock.send(b"".join(some)))
        except BlockingIOError:
            # From now on it has TEMPS_ESPERA to take one line.
            self._stalled_since = self._stalled_since or time.monotonic()
        except OSError:
            self.fail()

    def fail(self) -> None:
        """Give up sending."""
        self.failed = True
        self._waiting.clear()
        self.waiting_bytes = 0

    def _forget(self, sent: int) -> None:
        """Drop from the waiting lines the bytes that were sent."""
        self.waiting_bytes -= sent
        while sent:
            first = self._waiting.popleft()
            if sent < len(first):
                self._waiting.appendleft(first[sent:])
                return
            sent -= len(first)
            self._stalled_since = 0.0

    def deadline(self) -> float | None:
        """Give the time when patience with it ends, if there is one."""
        if self._waiting:
            return self._stalled_since + TEMPS_ESPERA
        if self.name is None and not self.leaving:
            return self.name_deadline
        return None

    def receive(self) -> bool:
        """Take in a piece of what it sends; False at the end of the stream."""
        try:
            data = self.sock.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return True
        except OSError:
            return False
        self.received += len(data)
        self.lines.feed(data)
        return bool(data)


class Console:
    """The keyboard, read by a helper thread that wakes the server."""

    def __init__(self, wake) -> None:
        self.lines: deque[str] = deque()
        self._wake = wake
        threading.Thread(target=self._read, name="consola", daemon=True).start()

    def _read(self) -> None:
        for line in keyboard_lines():
            self.lines.append(line)
            self._wake()


class Server:
    """The chat: one loop that waits for everybody at once."""

    def __init__(self, log) -> None:
        self._log = log
        self._status = 0
        self._ending = False
        self._clients: dict[Client, None] = {}  # in order of arrival
        self._participants: dict[Client, None] = {}  # those who have a name
        self._unsent: dict[Client, None] = {}  # those to be flushed
        self._listener: socket.socket | None = None
        self._console: Console | None = None
        self._selector = selectors.DefaultSelector()
        self._wake_reader, self._wake_writer = socket.socketpair()
        self._wake_reader.setblocking(False)
        self._wake_writer.setblocking(False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ)

    # The beginning and the end

    def catch_signals(self) -> None:
        """Make Ctrl-C and SIGTERM end the chat: they wake the loop."""
        signal.set_wakeup_fd(self._wake_writer.fileno(), warn_on_full_buffer=False)
        for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._on_signal)

    def _on_signal(self, _number, _frame) -> None:
        self._ending = True

    def _wake(self) -> None:
        """Wake the loop, from another thread."""
        with contextlib.suppress(OSError):
            self._wake_writer.send(b"\0")

    def serve(self, host: str, port: int) -> int:
        """Listen, run the chat to its end, and give the exit status."""
        self._place = f"{host}:{port}"
        try:
            self._listener = listen(host, port)
        except (OSError, UnicodeError, TypeError) as error:
            self._cannot_listen(error)
            return self._status
        self._place = f"{host}:{self._listener.getsockname()[1]}"
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._log.info("Escoltant a %s", self._place)
        say(f"Escoltant a {self._place}")
        self._console = Console(self._wake)
        while not self._ending:
            self._turn()
        self._close_chat()
        return self._status

    def _cannot_listen(self, error: Exception) -> None:
        text = f"No es pot escoltar a {self._place}: {reason(error)}"
        self._log.error(text)
        say_error(text)
        self._status = 1
        self._ending = True

    def _close_chat(self) -> None:
        """Tell everyone, and close everything within one TEMPS_ESPERA."""
        deadline = time.monotonic() + TEMPS_ESPERA
        self._selector.unregister(self._listener)
        self._listener.close()
        for client in self._clients:
            if not client.leaving:
                self._put(client, CLOSING)
                client.leaving = True
        self._settle()
        while self._clients and (left := deadline - time.monotonic()) > 0:
            self._watch_clients()
            self._flush_ready(self._selector.select(left))
            self._settle()
        for client in list(self._clients):
            self._drop(client)
        self._log.info("Final del xat")

    # The loop

    def _turn(self) -> None:
        """Wait until something happens, and see to it."""
        self._watch_clients()
        ready = self._selector.select(self._patience())
        self._flush_ready(ready)
        self._settle()
        newcomer = False
        for key, events in ready:
            if self._ending:
                return
            if key.fileobj is self._listener:
                newcomer = True
            elif key.fileobj is self._wake_reader:
                self._obey_console()
            elif events & selectors.EVENT_READ and not key.data.closed:
                self._listen_to(key.data)
            self._settle()
        if newcomer and not self._ending:  # after those who may have left
            self._accept()
            self._settle()
        if not self._ending:
            self._expire()

    def _patience(self) -> float | None:
        """Count the seconds until the first deadline, if there is any."""
        deadlines = [c.deadline() for c in self._clients]
        first = min((d for d in deadlines if d is not None), default=None)
        return None if first is None else max(0.0, first - time.monotonic())

    def _watch_clients(self) -> None:
        """Choose what to wait for from each client.

        While too much waits for a participant, nobody's lines are read: a slow
        reader slows the talk down, and one who does not read is soon lost.
        """
        jammed = any(c.waiting_bytes > HIGH_WATER for c in self._participants)
        for client in self._clients:
            events = selectors.EVENT_WRITE if client.waiting_bytes else 0
            if not jammed and not client.leaving:
                events |= selectors.EVENT_READ
            self._watch(client, events)

    def _watch(self, client: Client, events: int) -> None:
        if events == client.events:
            return
        if not events:
            self._selector.unregister(client.sock)
        elif not client.events:
            self._selector.register(client.sock, events, client)
        else:
            self._selector.modify(client.sock, events, client)
        client.events = events

    def _flush_ready(self, ready: list) -> None:
        for key, events in ready:
            if key.data is not None and events & selectors.EVENT_WRITE:
                self._unsent[key.data] = None

    def _settle(self) -> None:
        """Send what waits, then tell about those who failed, until all is told."""
        while self._unsent:
            clients = [c for c in self._unsent if not c.closed]
            self._unsent.clear()
            for client in clients:
                client.flush()
            for client in clients:
                if client.failed and not client.closed:
                    self._hear_out(client)
                elif client.leaving and not client.waiting_bytes:
                    self._drop(client)

    def _expire(self) -> None:
        """Put out those who have used up the others' patience."""
        now = time.monotonic()
        late = [c for c in self._clients if (c.deadline() or now + 1) <= now]
        for client in late:
            client.flush()  # it may have taken something in the meantime
            if client.failed:
                self._unsent[client] = None
            elif (client.deadline() or now + 1) <= now:
                self._lose(client)
        self._settle()

    # What the clients send

    def _accept(self) -> None:
        """Let one newcomer in, or turn it away."""
        try:
            sock, address = self._listener.accept()
        except OSError as error:
            if error.errno not in NEWCOMER_ERRORS:
                self._cannot_listen(error)
            return
        sock.setblocking(False)
        tune(sock)
        client = Client(sock, f"{address[0]}:{address[1]}")
        if len(self._clients) >= MAXIM_CONNEXIONS:
            self._log.warning("Xat ple, es rebutja %s", client.address)
            client.put(encode_line(FULL))
            client.flush()
            close_socket(sock)
            return
        self._clients[client] = None
        self._log.info("Es connecta %s", client.address)
        self._put(client, GREETING)

    def _listen_to(self, client: Client) -> None:
        """Receive one piece from a client and see to its lines."""
        goes_on = client.receive()
        while not client.leaving and (line := client.lines.next_line()) is not None:
            self._see_to(client, line)
        over = not goes_on or client.lines.too_long
        if over and not client.leaving:
            self._lose(client)

    def _hear_out(self, client: Client) -> None:
        """See to the last lines of one to whom nothing can be sent, and drop it."""
        for _ in range(LAST_PIECES):
            if client.leaving or client.closed:
                break
            before = client.received
            self._listen_to(client)
            if client.received == before:
                break
        if not client.closed:
            self._lose(client)

    def _see_to(self, client: Client, line: str) -> None:
        """See to one line from a client."""
        text = line.strip()
        if text == QUIT:
            self._leave(client)
        elif client.name is None:
            self._name(client, text)
        elif not text:
            return
        elif (size := text_size(line)) > MIDA_TEXT:
            self._put(client, too_long_notice(size))
        else:
            self._tell_rest(client, f"[{client.name}] {line}")

    def _name(self, client: Client, name: str) -> None:
        """Let a client in under its name, or turn it away."""
        if not is_valid_name(name):
            self._log.warning("Nom no vàlid, es rebutja %s", client.address)
            self._put(client, BAD_NAME)
            client.leaving = True
            return
        client.name = name
        self._participants[client] = None
        self._log.info("Ha entrat %s", name)
        count = len(self._participants)
        self._put(client, f"* Hola, {name}! Ja ets al xat. Participants: {count}.")
        self._tell_rest(client, f"* {name} ha entrat al xat.")

    # Those who go

    def _leave(self, client: Client) -> None:
        """Let go a client that has asked to."""
        client.leaving = True
        self._unsent[client] = None  # closed once the rest have been told
        if client in self._participants:
            del self._participants[client]
            self._log.info("Ha sortit %s", client.name)
            self._tell_rest(client, f"* {client.name} ha abandonat el xat.")

    def _lose(self, client: Client) -> None:
        """Drop a client whose connection is over, and tell the rest."""
        farewell = client in self._participants and not client.leaving
        self._drop(client)
        if farewell:
            self._log.warning("S'ha perdut %s", client.name)
            self._tell_rest(client, f"* S'ha perdut la connexió amb {client.name}.")

    def _drop(self, client: Client) -> None:
        """Free a client's place, then close its connection."""
        self._watch(client, 0)
        self._clients.pop(client, None)
        self._participants.pop(client, None)
        client.closed = client.leaving = True
        close_socket(client.sock)

    # What the clients are sent

    def _put(self, client: Client, line: str) -> None:
        client.put(encode_line(line))
        self._unsent[client] = None

    def _tell_rest(self, author: Client, line: str) -> None:
        """Leave one line waiting for every participant but its author."""
        data = encode_line(line)
        for client in self._participants:
            if client is not author:
                client.put(data)
                self._unsent[client] = None

    # The console

    def _obey_console(self) -> None:
        """Do what has been typed since the last time."""
        with contextlib.suppress(OSError):
            while self._wake_reader.recv(PIECE):
                pass
        while self._console.lines and not self._ending:
            self._obey(self._console.lines.popleft().strip())

    def _obey(self, line: str) -> None:
        """Do what one line of the console asks for."""
        match line:
            case "":
                pass
            case "ajuda":
                for text in HELP:
                    say(text)
            case "quants":
                say(f"Participants: {len(self._participants)}")
            case "qui":
                for client in self._participants:
                    say(f"- {client.name}")
            case "finalitza":
                self._ending = True
            case _:
                say(f"No t'entenc: {line}. Escriu «ajuda».")


def listen(host: str, port: int) -> socket.socket:
    """Give a listening socket, IPv4 if the host has it."""
    found = socket.getaddrinfo(
        host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    found.sort(key=lambda info: info[0] != socket.AF_INET)
    family, _kind, _protocol, _name, address = found[0]
    return socket.create_server(address[:2], family=family, backlog=128)


def main(arguments: list[str]) -> int:
    """Check the arguments and run the server."""
    use_utf8()
    host, port_text = (*arguments, *("127.0.0.1", "8888")[len(arguments) :])[:2]
    port = parse_port(port_text, lowest=0)
    if len(arguments) > 2 or port is None:
        say_error(USAGE)
        return 2
    server = Server(open_log("servidor.log"))
    server.catch_signals()
    return server.serve(host, port)


if __name__ == "__main__":
    # Everything has been flushed; the keyboard may be blocked for ever.
    os._exit(main(sys.argv[1:]))
