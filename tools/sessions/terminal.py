"""Terminals: programs and `nc` as somebody who sits before them sees them."""

import contextlib
import os
import pathlib
import queue
import re
import shlex
import signal
import socket
import struct
import subprocess
import sys
import threading

#: What the programs are said to listen at, whatever the port really is.
SAID_PORT = "8888"
#: For a server: the system chooses.
FREE_PORT = "0"
#: For everybody else: nobody listens there (tcpmux, of which nothing is left).
CLOSED_PORT = "1"

#: Many at once, in the background, and nobody looks at what comes.
_MANY = re.compile(r"for i in \$\(seq (\d+)\); do nc .* >/dev/null & done")

#: How the lines of a traceback begin, as they are shown, but for the last one.
TRACEBACK = ("Exception in thread ", "Traceback (most recent", "  …")

#: For SO_LINGER: closing sends a reset.
_AT_ONCE = struct.pack("ii", 1, 0)

#: A time in a log, which is another at each run.
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}")
_SAID_TIME = "2026-09-14 18:30:00,000"
#: The address of somebody who connects: the port is another at each run.
_ADDRESS = re.compile(r"127\.0\.0\.1[:', ]+(\d{5})\b")
#: What the first of those ports is said to be; the next is two more, and so on.
_FIRST_PORT = 50412


class Terminal:
    """One terminal: what was typed in it and what came, in order.

    `shown` has pairs: "$" a command, ">" what was typed, "<" what came, "." the status.
    `astray` is for the player: something has come here that it did not expect.
    """

    def __init__(self, name: str, folder: pathlib.Path, programs: pathlib.Path):
        self.name = name
        self.shown: list[tuple[str, str]] = []
        self.astray = False
        self._folder = folder
        self._programs = programs
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._process: subprocess.Popen | None = None
        self._socket: socket.socket | None = None
        self._many: list[socket.socket] = []
        self._port: str | None = None
        self._asked: str | None = None
        self._ports: dict[str, str] = {}
        self._over = True

    # What one does ---------------------------------------------------------------

    def runs(self, command: str, port: str | None) -> None:
        """Run a command; for 8888 stands `port`, if somebody has said where it is."""
        self.shown.append(("$", command))
        if port is None:
            # Not the real 8888: there may be a stranger.
            port = FREE_PORT if "servidor.py" in command else CLOSED_PORT
        self._asked = port
        env = {
            n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "XAT"))
        }
        if many := _MANY.fullmatch(command):
            self._many = [_connected(port) for _ in range(int(many[1]))]
            return
        limit = re.match(r"ulimit -n (\d+); *", command)
        words = shlex.split(command[limit.end() :] if limit else command)
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            env[name] = value
        if words[0] == "cat":
            self._show_file(self._folder / words[1])
            return
        if words[0] == "nc":
            self._connects(port)
            return
        program = words[1]
        arguments = [port if word == SAID_PORT else word for word in words[2:]]
        if program == "servidor.py" and not arguments:
            arguments = ["127.0.0.1", "0"]
        argv = [sys.executable, str(self._programs / program), *arguments]
        if limit:
            argv = ["sh", "-c", f'ulimit -n {limit[1]}; exec "$@"', "sh", *argv]
        self._process = subprocess.Popen(
            argv,
            cwd=self._folder,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._start_reading(self._process.stdout)

    def types(self, text: str) -> None:
        """Type a line."""
        self.shown.append((">", text))
        data = text.encode() + b"\n"
        with contextlib.suppress(OSError):
            if self._socket:
                self._socket.sendall(data)
            elif self._process:
                self._process.stdin.write(data)
                self._process.stdin.flush()

    def interrupts(self) -> None:
        """Type Ctrl-C; in `nc` that ends the connection."""
        self.shown.append((">", "^C"))
        if self._socket:
            # A close() alone would wait for whoever is reading from it here.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
        elif self._process:
            self._process.send_signal(signal.SIGINT)

    def ends_input(self) -> None:
        """Type Ctrl-D: the end of what is typed."""
        self.shown.append((">", "^D"))
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def breaks(self) -> None:
        """The program is killed; of `nc`, the connection is cut with a reset."""
        if self._socket:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self._socket.shutdown(socket.SHUT_RD)
            self._socket.close()
        elif self._process:
            self._process.kill()

    # What one sees ---------------------------------------------------------------

    def line(self, seconds: float) -> str | None:
        """The next line that comes, or `None`: none did, in this time."""
        with contextlib.suppress(queue.Empty):
            line = self._lines.get(timeout=seconds)
            if line is None:
                self._over = True
                return None
            self.shown.append(("<", line))
            return line
        return None

    def status(self, seconds: float) -> int | None:
        """The program's exit status, or `None`: it has not ended, in this time.

        As a shell says it: 128 and the signal's number where a signal ended it.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = self._process.wait(seconds)
            if status < 0:
                status = 128 - status
            while not self._over:
                self.line(seconds)
            self.shown.append((".", str(status)))
            return status
        return None

    def ended(self, seconds: float) -> bool:
        """Has what was run here ended, or could it not even begin?

        It is given so many seconds to end.
        """
        if self._socket:
            return False
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self._process:
                self._process.wait(seconds)
            return True
        return False

    def rest(self, seconds: float) -> list[str]:
        """The lines that still come, until nothing does for so long."""
        lines = []
        while not self._over and (line := self.line(seconds)) is not None:
            lines.append(line)
        return lines

    def port(self) -> str | None:
        """The port that the server here says that it listens at."""
        return self._port

    def close(self) -> None:
        """End whatever runs here."""
        if self._process:
            self._process.kill()
            self._process.wait()
            with contextlib.suppress(OSError):
                self._process.stdin.close()
            self._process.stdout.close()
        for each in (self._socket, *self._many):
            if each:
                each.close()

    # In between --------------------------------------------------------------------

    def _connects(self, port: str) -> None:
        try:
            self._socket = _connected(port)
        except ConnectionError as error:
            self._over = False
            # A connection that breaks right after it was made ends without a word.
            if isinstance(error, ConnectionRefusedError):
                self._lines.put(f"nc: {error.strerror}")
            self._lines.put(None)
            return
        self._start_reading(self._socket.makefile("rb"))

    def _show_file(self, path: pathlib.Path) -> None:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            text = f"cat: {path.name}: {error.strerror}"
        self.shown += [("<", self._stable(line)) for line in text.splitlines()]

    def _start_reading(self, stream) -> None:
        self._over = False
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def _read(self, stream) -> None:
        frames = False
        with contextlib.suppress(OSError, ValueError):
            for data in stream:
                line = data.decode("utf-8", errors="replace").rstrip("\n")
                # Of a traceback, its head and what it comes to.
                if frames and line.startswith(" "):
                    continue
                frames = line.startswith("Traceback (most recent")
                self._lines.put(self._stable(line))
                if frames:
                    self._lines.put("  …")
        self._lines.put(None)

    def _stable(self, line: str) -> str:
        """The line as it is at every run: without ports, times and folders."""
        found = re.search(r"Escoltant a .*:(\d+)", line)
        if found and not self._port:
            self._port = found[1]
        line = _TIME.sub(_SAID_TIME, line)
        for port in (self.port(), self._asked):
            if port not in (None, FREE_PORT):
                before = ":" if port == CLOSED_PORT else "[: ]"
                line = re.sub(rf"(?<={before}){port}\b", SAID_PORT, line)
        line = _ADDRESS.sub(lambda match: self._said_address(*match.group(0, 1)), line)
        return line.replace(f"{self._programs}{os.sep}", "")

    def _said_address(self, address: str, port: str) -> str:
        said = str(_FIRST_PORT + 2 * len(self._ports))
        return address.replace(port, self._ports.setdefault(port, said))


def _connected(port: str) -> socket.socket:
    """A socket connected to the server, that waits for as long as it takes."""
    connected = socket.create_connection(("127.0.0.1", int(port)), timeout=5)
    connected.settimeout(None)
    return connected
