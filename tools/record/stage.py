"""The stage of a scenario: the programs it runs, those who use them, what they did.

Whoever plays a scenario waits for what must come, in what the programs tell of
themselves, and never for time to pass. All waiting is in `Stage.wait_until()`.
"""

import contextlib
import json
import os
import pathlib
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

HOST = "127.0.0.1"
INSTRUMENT = pathlib.Path(__file__).with_name("instrument.py")

#: Seconds until something that must come is given up.
PATIENCE = 20.0

#: Linger no time: what closes such a socket resets the connection.
NO_LINGER = struct.pack("ii", 1, 0)


class RecordError(Exception):
    """A scenario did not go as it must; the message says what was missing."""


class Program:
    """A program of the course that runs on the stage, in a process of its own."""

    def __init__(self, stage: "Stage", name: str, path: pathlib.Path, *arguments):
        self.name = name
        self.ended = False
        self._stage = stage
        self._rest = b""
        with socket.create_server((HOST, 0)) as listener:
            listener.settimeout(PATIENCE)
            port = listener.getsockname()[1]
            command = [sys.executable, str(INSTRUMENT), f"{HOST}:{port}", str(path)]
            self._process = subprocess.Popen(
                [*command, *map(str, arguments)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=stage.folder,
            )
            stage.on_close(self._end)
            self.told, _ = listener.accept()
        stage.on_close(self.told.close)
        self.told.setblocking(False)

    def types(self, text: str) -> None:
        """Type these lines at the program's keyboard."""
        self._stage.note(self.name, "teclat", "types", "keyboard", bytes=text)
        self._process.stdin.write(text.encode())
        self._process.stdin.flush()

    @contextlib.contextmanager
    def held(self):
        """Meanwhile the program does not run, as when the computer is busy (POSIX)."""
        pid = self._process.pid
        os.kill(pid, signal.SIGSTOP)
        os.waitpid(pid, os.WUNTRACED)  # until it really stands still
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def read(self) -> None:
        """Take what the program has told of itself by now."""
        with contextlib.suppress(BlockingIOError):
            while not self.ended:
                try:
                    data = self.told.recv(65536)
                except ConnectionError:
                    data = b""
                self.ended = not data
                *lines, self._rest = (self._rest + data).split(b"\n")
                for line in lines:
                    self._stage.events.append(
                        {"process": self.name, **json.loads(line)}
                    )

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdin.close()


class Peer:
    """Somebody who uses the server without the client: a socket in our hands."""

    def __init__(self, stage: "Stage", name: str, port: int):
        self.name = name
        self._stage = stage
        self._rest = b""
        began = time.monotonic_ns()
        self._socket = socket.create_connection((HOST, port), timeout=PATIENCE)
        self._on = "socket {}:{}".format(*self._socket.getsockname())
        stage.names[self._on.removeprefix("socket ")] = name
        stage.on_close(self._socket.close)
        stage.note(name, name, "connect", self._on, stamp=began)

    def sends(self, line: str) -> None:
        """Send one line."""
        data = f"{line}\n"
        self._stage.note(self.name, self.name, "send", self._on, bytes=data)
        self._socket.sendall(data.encode())

    def reads(self, line: str) -> None:
        """Read until this line has come; it must be the next one."""
        while b"\n" not in self._rest:
            if not self._read():
                raise RecordError(f"{self.name}: the stream ended; expected {line!r}")
        first, _, self._rest = self._rest.partition(b"\n")
        if first.decode() != line:
            raise RecordError(f"{self.name}: {first.decode()!r} came, not {line!r}")

    def reads_the_end(self) -> None:
        """Read the end of the stream, and close."""
        if self._read():
            raise RecordError(f"{self.name}: {self._rest!r} came, not the end")
        self._stage.note(self.name, self.name, "close", self._on)
        self._socket.close()

    def is_lost(self) -> None:
        """Reset the connection, as when the computer of somebody breaks down."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self._stage.note(self.name, self.name, "reset", self._on)
        self._socket.close()

    def _read(self) -> bytes:
        try:
            data = self._socket.recv(4096)
        except TimeoutError:
            raise RecordError(f"{self.name}: nothing came") from None
        self._rest += data
        self._stage.note(self.name, self.name, "recv", self._on, bytes=data.decode())
        return data


class Stage:
    """Where a scenario is played; `events` is all that has been told so far."""

    def __init__(self, programs: pathlib.Path):
        """Prepare to play with the programs in this folder."""
        self.events: list[dict] = []
        self.names: dict[str, str] = {}
        self._programs = programs
        self._running: list[Program] = []
        self._closing = contextlib.ExitStack()
        self.folder = self._closing.enter_context(tempfile.TemporaryDirectory())
        self.on_close = self._closing.callback
        self._begin: int | None = None
        self._end: int | None = None
        self.port = 0

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *error) -> None:
        self._closing.close()

    def note(self, process, thread, call, on, stamp=None, **more) -> None:
        """Put down what somebody on this side did."""
        event = {"process": process, "thread": thread, "call": call, "on": on, **more}
        self.events.append({**event, "stamp": stamp or time.monotonic_ns()})

    def server(self) -> Program:
        """Start the server, and wait until it listens."""
        server = self._start("servidor", "servidor.py", HOST, 0)
        listening = self.wait_for(server, call="listen")
        self.port = listening["port"]
        return server

    def client(self, name: str) -> Program:
        """Start a client for somebody, and wait until it is connected."""
        client = self._start(f"client {name}", "client.py", HOST, self.port, name)
        connected = self.wait_for(client, call="connect")
        self.names[connected["on"].removeprefix("socket ")] = name
        return client

    def peer(self, name: str) -> Peer:
        """Connect somebody who uses no client."""
        return Peer(self, name, self.port)

    def enters(self, name: str, number: int) -> Peer:
        """Somebody who uses no client comes in, as the `number`-th participant."""
        peer = self.peer(name)
        peer.reads("* Et donem la benvinguda al xat. Com et dius?")
        peer.sends(name)
        peer.reads(f"* Hola, {name}! Ja ets al xat. Participants: {number}.")
        return peer

    def wait_for(self, program: Program, **wanted) -> dict:
        """Wait for an event of the program that has these values; gives it."""
        found: list[dict] = []

        def has_come() -> bool:
            found.extend(
                event
                for event in self.events
                if event["process"] == program.name and wanted.items() <= event.items()
            )
            return bool(found)

        self.wait_until(has_come, f"{program.name}: {wanted}")
        return found[0]

    def wait_for_bytes(self, program: Program, ending: str) -> None:
        """Wait until what the program has received, joined, ends with this."""
        self.wait_until(
            lambda: "".join(
                event.get("bytes", "")
                for event in self.events
                if event["process"] == program.name and event["call"] == "recv"
            ).endswith(ending),
            f"{program.name}: {ending!r}",
        )

    def wait_until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until `holds()`, looking whenever a program has told something.

        Raises:
            RecordError: it does not hold in time, or nobody is left to tell anything.
        """
        limit = time.monotonic() + PATIENCE
        while True:
            for program in self._running:
                program.read()
            if holds():
                return
            with selectors.DefaultSelector() as selector:
                for program in self._running:
                    if not program.ended:
                        selector.register(program.told, selectors.EVENT_READ)
                left = limit - time.monotonic()
                if not selector.get_map() or left < 0 or not selector.select(left):
                    raise RecordError(f"did not come: {what}")

    def begins(self) -> None:
        """Here the story begins: nothing of what came before is still under way."""
        self._settle()
        self._begin = time.monotonic_ns()

    def ends(self) -> None:
        """Here the story ends, as soon as everybody waits or has ended."""
        self._settle()
        self._end = time.monotonic_ns()

    def ends_with(self, *programs: Program) -> None:
        """Here the story ends, as soon as these have ended, and the others wait."""
        self.wait_until(
            lambda: all(program.ended for program in programs),
            f"the end of {', '.join(program.name for program in programs)}",
        )
        self.ends()

    def story(self) -> tuple[list[dict], list[dict], list[dict]]:
        """All events in order: those before the story, the story's, those after."""
        events = sorted(self.events, key=lambda event: event["stamp"])
        before = [e for e in events if e["stamp"] < (self._begin or 0)]
        after = [e for e in events if e["stamp"] >= self._end]
        return before, events[len(before) : len(events) - len(after)], after

    def _start(self, name: str, file: str, *arguments) -> Program:
        program = Program(self, name, self._programs / file, *arguments)
        self._running.append(program)
        return program

    def _settle(self) -> None:
        self.wait_until(self._everybody_waits, "a moment when all threads wait")

    def _everybody_waits(self) -> bool:
        """Whether every thread of the programs that run waits for somebody else."""
        running = {program.name for program in self._running if not program.ended}
        last: dict[tuple[str, str], bool] = {}
        for event in self.events:
            process = event["process"]
            if event["call"] == "types":  # our own doing
                continue
            if event["call"] == "start":
                last.setdefault((process, event["on"].removeprefix("thread ")), False)
            waits = event["call"] in ("waits", "end") or "timeout" in event
            last[process, event["thread"]] = waits
        return all(waits for (process, _), waits in last.items() if process in running)
