"""Starts programs by forking: a program of its own, one for each process of the suite.

    python starter_program.py FD

Half of what a program of the course costs is the start of Python and of the modules
that everybody imports. This process has done both once; each program under test is a
fork of it. It has seen nothing of the suite, and a program cannot tell the difference:
`tests/course/test_starter.py` compares the two.

FD is a socket of Unix datagrams that keep their bounds (SOCK_SEQPACKET). A request is
JSON, `{"argv": […], "cwd": …, "env": {…}, "awkward": SEED or null}`, with the
program's three standard streams as descriptors beside it. The answer is `{"pid": N}`;
when a program has ended, in its time, `{"pid": N, "status": N}` follows. The other
end's closing ends this process.
"""

import enum  # noqa: F401 (imported for the programs, as the next three are)
import json
import logging  # noqa: F401
import os
import select
import signal
import socket
import sys
import threading  # noqa: F401

import awkward
from becoming import become

MOST = 1 << 20  # bytes of a request


def serve(control):
    """Start what is asked for until nobody can ask; gives a child its request."""
    bell, ringer = os.pipe()
    os.set_blocking(ringer, False)
    signal.set_wakeup_fd(ringer)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    while True:
        ready, _, _ = select.select([control, bell], [], [])
        if bell in ready:
            os.read(bell, 512)
            tell_who_ended(control)
        if control in ready:
            data, streams, _, _ = socket.recv_fds(control, MOST, 3)
            if not data:
                os._exit(0)
            pid = os.fork()
            if not pid:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                os.close(bell)
                os.close(ringer)
                control.close()
                return json.loads(data), streams
            for stream in streams:
                os.close(stream)
            tell(control, pid=pid)


def tell_who_ended(control):
    """Say the status of each program that has ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        tell(control, pid=pid, status=os.waitstatus_to_exitcode(status))


def tell(control, **answer):
    """Answer, if there is anybody left to hear it."""
    try:
        control.send(json.dumps(answer).encode())
    except OSError:
        os._exit(0)


def prepare(request, streams):
    """Make this process what `python argv…` would be; gives the program's code."""
    os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    sys.pycache_prefix = request["env"].get("PYTHONPYCACHEPREFIX")
    program = become(request["argv"], __file__)
    if request["awkward"] is not None:
        awkward.begin(request["awkward"], os.path.dirname(request["argv"][0]))
    return program


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _control:
        _asked = serve(_control)
    # Here, and not in a function: what the program raises ends this process itself.
    exec(*prepare(*_asked))
