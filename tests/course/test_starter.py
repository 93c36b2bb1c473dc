"""A program cannot tell whether it was forked from the starter or started by itself."""

import contextlib
import subprocess
import sys

import pytest

from tests.judge import forking, starter

LIMIT = 30  # seconds

#: What a program can see of its world, and the ways in which it can end.
WORLD = """\
import atexit, os, signal, sys, threading
print(__name__, __file__, __doc__, __package__, __spec__, __cached__)
print(type(__loader__).__name__, sorted(globals()), __builtins__)
print(sys.argv, sys.path[0], sys.modules["__main__"].__dict__ is globals())
print(sorted(os.environ.items()), os.getcwd())
print(sys.flags, sys.warnoptions, sys.gettrace())
for stream in (sys.stdin, sys.stdout, sys.stderr):
    print(stream, stream.line_buffering, stream.write_through, stream.isatty())
for number in signal.valid_signals():
    print(number, signal.getsignal(number))
print(threading.current_thread() is threading.main_thread(), threading.enumerate()[1:])
print(os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid())
print(sorted(os.listdir("/proc/self/fd")))
print(repr(sys.stdin.read()))
atexit.register(print, "at the exit")
"""
ENDS = {
    "it ends": "",
    "a status": "sys.exit(3)",
    "a message": "sys.exit('massa arguments')",
    "an exception": "def falla():\n    return 1 / 0\nfalla()",
    "a cause": "try:\n    1 / 0\nexcept OSError:\n    pass",
    "a mistake of syntax": "if",
    "ctrl-c": "os.kill(os.getpid(), signal.SIGINT)",
    "sigterm": "os.kill(os.getpid(), signal.SIGTERM)",
    "at once": "os._exit(4)",
    "a thread that goes on": "threading.Timer(0.1, print, ['in time']).start()",
    "a thread that fails": "threading.Thread(target=lambda: 1 / 0).start()",
    "nobody's thread": "threading.Thread(target=signal.pause, daemon=True).start()",
    "closed output": "sys.stdout.flush(); os.close(1)",
}


def run(folder, forks, monkeypatch, **options):
    """What comes of a program, started in one of the two ways."""
    monkeypatch.setattr(forking, "SAFE", forks)
    process = starter.start(
        [str(folder / "servidor.py"), "127.0.0.1", "0"],
        cwd=folder,
        # With a locale: without one Python chooses it, and adds it here.
        env={"LC_ALL": "C.UTF-8", "XAT_CONTRASENYA": "sèsam"},
        changes={},
        folder=folder,
        **options,
    )
    with contextlib.ExitStack() as stack:
        for stream in (process.stdout, process.stderr):
            stack.enter_context(stream)
        if process.stdin:
            # Some end before they read.
            with contextlib.suppress(BrokenPipeError), process.stdin:
                process.stdin.write("què?\n".encode())
        output, errors = process.stdout.read(), process.stderr.read()
        status = process.wait(LIMIT)
    # As text, line by line: a difference is to be seen.
    said = [status, *output.decode().splitlines(), *errors.decode().splitlines()]
    return isinstance(process, subprocess.Popen), *said


@pytest.mark.skipif(sys.platform != "linux", reason="programs are not forked here")
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_forked_program_is_like_any_other(end, tmp_path, monkeypatch):
    (tmp_path / "servidor.py").write_text(WORLD + end, encoding="utf-8")
    by_itself, *expected = run(tmp_path, False, monkeypatch)
    other_way, *came = run(tmp_path, True, monkeypatch)
    assert by_itself and not other_way
    assert came == expected


@pytest.mark.skipif(sys.platform != "linux", reason="programs are not forked here")
def test_a_program_without_a_keyboard(tmp_path, monkeypatch):
    (tmp_path / "servidor.py").write_text(WORLD, encoding="utf-8")
    _, *expected = run(tmp_path, False, monkeypatch, stdin=subprocess.DEVNULL)
    _, *came = run(tmp_path, True, monkeypatch, stdin=subprocess.DEVNULL)
    assert came == expected


def test_a_module_of_ones_own_with_a_name_of_the_librarys(tmp_path, monkeypatch):
    (tmp_path / "servidor.py").write_text("import socket; print(socket.QUI)", "utf-8")
    (tmp_path / "socket.py").write_text("QUI = 'el meu'", "utf-8")
    _, *came = run(tmp_path, True, monkeypatch)
    assert came == [0, "el meu"]


@pytest.mark.parametrize("forks", [True, False], ids=["forked", "by itself"])
def test_an_awkward_program_does_the_same_in_its_time(forks, tmp_path, monkeypatch):
    program = "import sys\nprint(sys.gettrace() is not None, __name__, sys.argv[1:])\n"
    (tmp_path / "servidor.py").write_text(program + "sys.exit(5)", "utf-8")
    _, *came = run(tmp_path, forks, monkeypatch, awkward=7)
    assert came == [5, "True __main__ ['127.0.0.1', '0']"]
