"""What server and client share: channel, keyboard, output, log, signals, end."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading

from connexio import TEMPS_ESPERA, LineBuffer, LineTooLong, clean, encode_text, tune

PIECE = 16384
MUCH_PENDING = 256 * 1024
MOST_PENDING = 16 * 1024 * 1024
TIME_BETWEEN_LOOKS = 0.05
TIME_TO_CATCH_UP = 0.1
LINES_AHEAD = 100


class ForgivingReader(asyncio.StreamReader):
    """A stream reader for which a reset is an end: what had arrived is still read."""

    def set_exception(self, exc):
        """Take an error of the connection as the end of the stream."""
        self.feed_eof()


class Channel:
    """Whole lines over one connection; `when_stuck` is called if nobody reads."""

    def __init__(self, reader, writer, when_stuck):
        self._reader = reader
        self._writer = writer
        self._transport = writer.transport
        self._transport.set_write_buffer_limits(high=MUCH_PENDING)
        self._when_stuck = when_stuck
        self._lines = LineBuffer()
        self._ended = False
        self._written = 0
        self._taken = 0
        self._moved_at = 0.0
        self._watch = None
        tune(writer.get_extra_info("socket"))

    @classmethod
    async def accepted(cls, sock, when_stuck):
        """Make a channel of a socket that has been accepted."""
        loop = asyncio.get_running_loop()
        return await cls._make(when_stuck, loop.connect_accepted_socket, sock)

    @classmethod
    async def connected(cls, host, port, when_stuck):
        """Connect, and make a channel of it."""
        loop = asyncio.get_running_loop()
        return await cls._make(when_stuck, loop.create_connection, host, port)

    @classmethod
    async def _make(cls, when_stuck, connect, *where):
        loop = asyncio.get_running_loop()
        reader = ForgivingReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        transport, _ = await connect(lambda: protocol, *where)
        return cls(
            reader, asyncio.StreamWriter(transport, protocol, reader, loop), when_stuck
        )

    async def read_line(self):
        """Give the next line, or None when the connection is over."""
        while True:
            try:
                line = self._lines.next()
            except LineTooLong:
                return None
            if line is not None:
                return line
            data = await self._reader.read(PIECE)
            if not data:
                return None
            self._lines.feed(data)

    def send(self, message):
        """Send a whole line without waiting for anybody."""
        if self._ended or self._transport.is_closing():
            return
        data = encode_text(message) + b"\n"
        self._writer.write(data)
        self._written += len(data)
        if self.pending and self._watch is None:
            self._note_movement()
            self._look_later()

    @property
    def pending(self):
        """How many bytes the system has not taken yet."""
        return self._transport.get_write_buffer_size()

    async def drain(self):
        """Wait until there is room to write, or the connection is over."""
        with contextlib.suppress(OSError):
            await self._writer.drain()

    async def catch_up(self):
        """Wait while much is pending, but only as long as it keeps moving."""
        while self.pending > MUCH_PENDING and self._still_for() < TIME_TO_CATCH_UP:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TIME_BETWEEN_LOOKS):
                    await self.drain()

    async def flush(self):
        """Wait until nothing is pending, or the connection is over."""
        if self.pending and not self._transport.is_closing():
            self._transport.set_write_buffer_limits(high=0)
            await self.drain()

    def end(self):
        """Send the end of the stream: nothing is sent after it."""
        self._ended = True
        with contextlib.suppress(OSError):
            self._writer.write_eof()

    async def read_away(self):
        """Throw away what arrives until the other end has closed too."""
        while await self._reader.read(PIECE):
            pass

    def abort(self):
        """Shut down and close, whatever is pending."""
        self._ended = True
        if self._watch is not None:
            self._watch.cancel()
        with contextlib.suppress(OSError):
            self._writer.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._transport.abort()

    def _note_movement(self):
        self._taken = self._written - self.pending
        self._moved_at = asyncio.get_running_loop().time()

    def _still_for(self):
        """For how long nothing of what is pending has moved."""
        return asyncio.get_running_loop().time() - self._moved_at

    def _look_later(self):
        loop = asyncio.get_running_loop()
        self._watch = loop.call_later(TIME_BETWEEN_LOOKS, self._look)

    def _look(self):
        """See whether the other end is still taking what is pending."""
        self._watch = None
        if not self.pending:
            return
        if self._written - self.pending != self._taken:
            self._note_movement()
        if self._still_for() >= TEMPS_ESPERA or self.pending > MOST_PENDING:
            self._when_stuck()
        else:
            self._look_later()


class Keyboard:
    """The lines of standard input, read by a daemon thread."""

    def __init__(self):
        self._loop = asyncio.get_running_loop()
        self._lines = asyncio.Queue()
        self._room = threading.Semaphore(LINES_AHEAD)
        threading.Thread(target=self._read, name="keyboard", daemon=True).start()

    async def line(self):
        """Give the next line, without its end, or None when there are no more."""
        line = await self._lines.get()
        self._room.release()
        return line

    def _read(self):
        # Once the loop has closed, nobody wants the lines any more.
        with contextlib.suppress(RuntimeError):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                self._read_lines()
            self._hand_over(None)

    def _read_lines(self):
        descriptor = sys.stdin.fileno()
        with open(
            descriptor, encoding="utf-8", errors="replace", newline="\n", closefd=False
        ) as lines:
            for line in lines:
                self._hand_over(line.removesuffix("\n").removesuffix("\r"))

    def _hand_over(self, line):
        self._room.acquire()
        self._loop.call_soon_threadsafe(self._lines.put_nowait, line)


def prepare_output():
    """Make standard output and error UTF-8, whatever the locale."""
    for stream, errors in ((sys.stdout, "replace"), (sys.stderr, "backslashreplace")):
        if stream is not None:
            stream.reconfigure(encoding="utf-8", errors=errors)


def say(text):
    """Print a line at once; give False when nobody can read it any more."""
    try:
        print(text, flush=True)
    except (OSError, ValueError):
        return False
    return True


def note(text):
    """Print a line on standard error, if there is one."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            print(text, file=sys.stderr, flush=True)


def open_log(path):
    """Give a logger that adds to a file; say it once when the file cannot be opened."""
    logging.raiseExceptions = False
    log = logging.getLogger("xat")
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        note(f"No es pot obrir {path}: {reason(error)}")
        handler = logging.NullHandler()
    form = "%(asctime)s %(levelname)s [%(threadName)s] %(message)s"
    handler.setFormatter(logging.Formatter(form, "%Y-%m-%d %H:%M:%S"))
    log.addHandler(handler)
    return log


def reason(error):
    """Say in one line why something could not be done."""
    return clean(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def read_port(text, lowest):
    """Give the port, or None when the argument is not one."""
    if (
        text.isascii()
        and text.isdigit()
        and len(text) <= 5
        and lowest <= int(text) <= 65535
    ):
        return int(text)
    return None


def on_signal(number, action):
    """Call `action` in the loop when the signal comes."""
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(number, action)
    except NotImplementedError:
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(action))


def ignore_signals(*numbers):
    """Let no further signal disturb the end."""
    for number in numbers:
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(number, signal.SIG_IGN)


def leave(status):
    """End the process, though a thread may be waiting for the keyboard."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(status)
