"""Run a program, and tell what its threads do.

    python instrument.py HOST:PORT PROGRAM [ARGUMENT]...

Each call of a thread of the program on a socket, a lock, an event or a thread is told
to whoever listens at HOST:PORT, one JSON object a line. The program is not touched: the
classes of `socket` and `threading` are replaced before it is imported. Only what the
program's own files make is told of, not what the library makes for itself.

An object has `stamp` (nanoseconds of a clock that all processes share), `thread` (its
name), `call`, `on` (what the call is made on) and `in` (the program's functions that
led to it, the outermost first). Of a call that waits there are two: one with the call
`waits`, and one when it is over; of the keyboard, a queue, and the main thread's wait
for the others when it has ended, only the first. What another thread or process may
notice is told before it is done, and what somebody else caused after it has happened:
so an effect never comes before its cause.
"""

import _thread
import builtins
import json
import os
import queue
import runpy
import socket
import sys
import threading
import time

PlainSocket = socket.socket
PlainLock = threading.Lock
PlainRLock = threading.RLock
PlainEvent = threading.Event
plain_open = builtins.open
plain_input = builtins.input


class Log:
    """Where it is told."""

    def __init__(self, host: str, port: int, folder: str):
        self._folder = folder
        self._lock = _thread.allocate_lock()
        self._socket = socket.create_connection((host, port))

    def tell(self, call: str, on: str, stamp: int | None = None, **more) -> None:
        """Tell of one call; `stamp` is for what began before it could be told."""
        line = {"thread": threading.current_thread().name, "call": call, "on": on}
        line |= {**more, "in": self._functions()}
        with self._lock:
            line["stamp"] = stamp or time.monotonic_ns()
            self._socket.sendall(json.dumps(line).encode() + b"\n")

    def waits(self, call: str, on: str) -> None:
        """Tell that a call is going to wait."""
        self.tell("waits", on, **{"for": call})

    def is_programs(self, frame) -> bool:
        """Whether the code that this frame runs is the program's own."""
        return os.path.dirname(frame.f_code.co_filename) == self._folder

    def _functions(self) -> list[str]:
        names = []
        frame = sys._getframe(2)
        while frame is not None:
            if self.is_programs(frame) and frame.f_code.co_name != "<module>":
                names.append(frame.f_code.co_name)
            frame = frame.f_back
        return names[::-1]


log: Log


class Waiting:
    """Around a call that waits: tells when it begins, and when it was in vain."""

    def __init__(self, call: str, on: str):
        self._call = call
        self._on = on

    def __enter__(self):
        log.waits(self._call, self._on)

    def __exit__(self, kind, error, trace):
        if isinstance(error, TimeoutError):
            log.tell(self._call, self._on, timeout=True)
        elif kind is not None:
            log.tell(self._call, self._on, error=kind.__name__)


def text(data: bytes) -> str:
    """The bytes as they are told of."""
    return bytes(data).decode("utf-8", errors="backslashreplace")


class Socket(PlainSocket):
    """A socket that tells. A connection is known by the address of its client."""

    known_as = "socket"

    def listen(self, *args):
        super().listen(*args)
        self.known_as = "socket listening"
        log.tell("listen", self.known_as, port=self.getsockname()[1])

    def accept(self):
        with Waiting("accept", self.known_as):
            socol, address = super().accept()
        socol.known_as = "socket {}:{}".format(*address)
        log.tell("accept", self.known_as, gives=socol.known_as)
        return socol, address

    def connect(self, address):
        began = time.monotonic_ns()
        super().connect(address)
        self.known_as = "socket {}:{}".format(*self.getsockname())
        log.tell("connect", self.known_as, stamp=began)

    def recv(self, *args):
        with Waiting("recv", self.known_as):
            data = super().recv(*args)
        log.tell("recv", self.known_as, bytes=text(data))
        return data

    def send(self, data, *args):
        log.tell("send", self.known_as, bytes=text(data))
        return super().send(data, *args)

    def sendall(self, data, *args):
        log.tell("sendall", self.known_as, bytes=text(data))
        return super().sendall(data, *args)

    def shutdown(self, how):
        log.tell("shutdown", self.known_as)
        return super().shutdown(how)

    def close(self):
        if self.fileno() != -1:
            log.tell("close", self.known_as)
        super().close()


class Lock:
    """A lock that tells; of one that its holder takes again, only the outermost."""

    def __init__(self, lock, known_as: str):
        self._lock = lock
        self._known_as = known_as
        self._depth = 0  # changed only by who holds it

    def acquire(self, *args, **kwargs):
        taken = self._lock.acquire(*args, **kwargs)
        if taken:
            self._depth += 1
            if self._depth == 1:
                log.tell("take", self._known_as)
        return taken

    def release(self):
        if self._depth == 1:
            log.tell("release", self._known_as)
        self._depth -= 1
        self._lock.release()

    def __enter__(self):
        return self.acquire()

    def __exit__(self, *error):
        self.release()


class Event(PlainEvent):
    """An event that tells."""

    known_as = "event final"

    def set(self):
        log.tell("set", self.known_as)
        super().set()

    def wait(self, timeout=None):
        log.waits("wait", self.known_as)
        marked = super().wait(timeout)
        log.tell("wait", self.known_as, **({} if marked else {"timeout": True}))
        return marked


class Keyboard:
    """The standard input, opened as a file; tells before each line it waits for."""

    def __init__(self, file):
        self._file = file

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._file.close()

    def __iter__(self):
        return iter(self._line, "")

    def _line(self):
        log.waits("read", "keyboard")
        return self._file.readline()


def telling_open(file, *args, **kwargs):
    """Open a file; the standard input tells."""
    opened = plain_open(file, *args, **kwargs)
    return Keyboard(opened) if file == 0 else opened


def telling_input(*args):
    """Read a line of the standard input, and tell before."""
    log.waits("read", "keyboard")
    return plain_input(*args)


def make_queues_tell():
    """Have `queue.Queue` tell when the program is going to wait for something."""
    plain_get = queue.Queue.get

    def get(self, *args, **kwargs):
        log.waits("get", "queue")
        return plain_get(self, *args, **kwargs)

    queue.Queue.get = get


def telling_lock(plain):
    """A maker of locks: those that the program asks for tell."""

    def make():
        frame = sys._getframe(1)
        if not log.is_programs(frame):
            return plain()
        owner = frame.f_locals.get("self")
        known_as = f"lock {type(owner).__name__}"
        if (socol := frame.f_locals.get("socol")) is not None:
            known_as += socol.known_as.removeprefix("socket")
        return Lock(plain(), known_as)

    return make


def telling_event():
    """A maker of events: those that the program asks for tell."""
    return Event() if log.is_programs(sys._getframe(1)) else PlainEvent()


def make_threads_tell():
    """Have `threading.Thread` tell when the program starts one, and joins it."""
    plain_start = threading.Thread.start
    plain_run = threading.Thread.run
    plain_join = threading.Thread.join

    def start(self):
        target = self._target.__name__
        log.tell("start", f"thread {self.name}", target=target)
        plain_start(self)

    def run(self):
        try:
            plain_run(self)
        finally:
            if not self.daemon:  # of a daemon, the process may not wait to hear it
                log.tell("end", f"thread {self.name}")

    def join(self, timeout=None):
        if not log.is_programs(sys._getframe(1)):
            return plain_join(self, timeout)
        log.waits("join", f"thread {self.name}")
        plain_join(self, timeout)
        more = {"timeout": True} if self.is_alive() else {}
        log.tell("join", f"thread {self.name}", **more)

    threading.Thread.start = start
    threading.Thread.run = run
    threading.Thread.join = join


def main():
    """Replace the classes, and run the program as `python PROGRAM …` would."""
    global log
    address, program, *arguments = sys.argv[1:]
    host, port = address.rsplit(":", 1)
    program = os.path.abspath(program)
    log = Log(host, int(port), os.path.dirname(program))
    socket.socket = Socket
    threading.Lock = telling_lock(PlainLock)
    threading.RLock = telling_lock(PlainRLock)
    threading.Event = telling_event
    builtins.open = telling_open
    builtins.input = telling_input
    make_queues_tell()
    make_threads_tell()
    sys.argv = [program, *arguments]
    sys.path[0] = os.path.dirname(program)
    try:
        runpy.run_path(program, run_name="__main__")
    finally:
        log.waits("join", "threads")


if __name__ == "__main__":
    main()
