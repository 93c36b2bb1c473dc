"""Starts the programs under test: `start()`, as `subprocess.Popen` would.

Where the system can fork safely, a program is a fork of a process that has Python and
the common modules ready (`starter_program.py`): that takes a few milliseconds instead
of forty. Everywhere else, and for a program that needs a start of its own, it is a
`subprocess.Popen`. Both are whole processes with the same interface.
"""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

from . import forking

_AWKWARD = pathlib.Path(__file__).with_name("awkward.py")
_PROGRAM = pathlib.Path(__file__).with_name("starter_program.py")

#: What Python looks at when it starts, so that a fork would come too late for it.
_FOR_PYTHON = ("PYTHON", "LC_", "LANG")


class Forked:
    """A program that the starter has forked; what is used here of `Popen`."""

    def __init__(self, starter: "_Starter", pid: int, stdin, stdout, stderr):
        self._starter = starter
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr

    @property
    def returncode(self) -> int | None:
        return self._starter.statuses.get(self.pid)

    def poll(self) -> int | None:
        """Its exit status, or `None` while it runs."""
        self._starter.hear(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, when it has ended.

        Raises:
            subprocess.TimeoutExpired: it has not, in `timeout` seconds.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                raise subprocess.TimeoutExpired(str(self.pid), timeout)
            self._starter.hear(left)
        return self.returncode

    def kill(self) -> None:
        """End it at once."""
        if self.poll() is None:
            # Its end may not have been heard of yet.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


class _Starter:
    """This end of the process that forks."""

    def __init__(self, env: dict[str, str]):
        self.statuses: dict[int, int] = {}
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, str(_PROGRAM), str(theirs.fileno())],
                env=env,
                # As the programs' own: Python looks at what they are when it starts.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def start(self, argv: list[str], cwd, env, stdin, awkward) -> Forked:
        """Fork, and become `python argv…`."""
        if stdin == subprocess.PIPE:
            their_in, our_in = os.pipe()
        else:
            their_in, our_in = os.open(os.devnull, os.O_RDONLY), None
        our_out, their_out = os.pipe()
        our_err, their_err = os.pipe()
        request = {"argv": argv, "cwd": str(cwd), "env": env, "awkward": awkward}
        streams = [their_in, their_out, their_err]
        try:
            data = json.dumps(request).encode()
            socket.send_fds(self._control, [data], streams)
        finally:
            for stream in streams:
                os.close(stream)
        while "status" in (answer := self._next()):
            self.statuses[answer["pid"]] = answer["status"]
        # Another one may have had this number before.
        self.statuses.pop(answer["pid"], None)
        return Forked(
            self,
            answer["pid"],
            None if our_in is None else os.fdopen(our_in, "wb"),
            os.fdopen(our_out, "rb"),
            os.fdopen(our_err, "rb"),
        )

    def hear(self, timeout: float | None) -> None:
        """Take in what has ended; wait for one to end, at most `timeout` seconds."""
        self._control.settimeout(timeout)
        try:
            while True:
                answer = self._next()
                self.statuses[answer["pid"]] = answer["status"]
                self._control.settimeout(0)
        except (TimeoutError, BlockingIOError):
            pass
        finally:
            self._control.settimeout(None)

    def _next(self) -> dict:
        data = self._control.recv(4096)
        if not data:
            raise RuntimeError("the process that starts the programs has ended")
        return json.loads(data)


_the_starter: _Starter | None = None


def start(
    argv: list[str],
    *,
    cwd: pathlib.Path,
    env: dict[str, str],
    changes: dict[str, str | None],
    folder: pathlib.Path,
    stdin=subprocess.PIPE,
    before: list[str] = (),
    awkward: int | None = None,
) -> Forked | subprocess.Popen:
    """Start `before… python argv…`, with pipes for its output, in its own session.

    `changes` is what `env` has of this program alone; `folder` is where its modules
    are; `stdin` is as for `Popen`; with a seed, the threads switch awkwardly.
    """
    global _the_starter
    if (
        forking.SAFE
        and not before
        and stdin in (subprocess.PIPE, subprocess.DEVNULL)
        and not any(name.startswith(_FOR_PYTHON) for name in changes)
        and not _hides_a_module(folder)
    ):
        if _the_starter is None:
            _the_starter = _Starter(env)
        return _the_starter.start(argv, cwd, env, stdin, awkward)
    if awkward is not None:
        argv = [str(_AWKWARD), str(awkward), *argv]
    return subprocess.Popen(
        [*before, sys.executable, *argv],
        cwd=cwd,
        env=env,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _hides_a_module(folder: pathlib.Path) -> bool:
    """Whether a file there has the name of one of the library's modules."""
    names = {name.partition(".")[0] for name in os.listdir(folder)}
    return not names.isdisjoint(sys.stdlib_module_names)
