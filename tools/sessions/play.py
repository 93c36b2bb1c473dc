"""Plays a script at some programs, and gives what the terminals show."""

import contextlib
import pathlib
import subprocess
import sys
import tempfile
import time

from tools.levels.programs import Texts, write

from .script import Script
from .terminal import TRACEBACK, Terminal

#: Seconds to wait for something that must come.
PATIENCE = 10
#: Seconds to wait for something that may be missing, in a program without a step.
IMPATIENCE = 1.2
#: Seconds in which nothing more comes: that was all.
QUIET = 0.4

_PROMPT = pathlib.Path(__file__).with_name("prompt.py")

#: A terminal's name, and what it shows: see `Terminal.shown`.
Shown = list[tuple[str, list[tuple[str, str]]]]


class PlayError(Exception):
    """A script does not go as it says; tells where, and what came."""


def play(script: Script, texts: Texts, strict: bool) -> Shown:
    """Play it with these programs (texts by file name).

    With `strict` all that comes must stand in the script; else whatever comes is shown.

    Raises:
        PlayError: something else came.
    """
    with tempfile.TemporaryDirectory() as folder:
        programs = pathlib.Path(folder, "programs")
        write(texts, programs)
        if script.python:
            return _at_the_prompt(script, programs, strict)
        return _in_terminals(script, pathlib.Path(folder), programs, strict)


def _at_the_prompt(script: Script, programs: pathlib.Path, strict: bool) -> Shown:
    typed = programs / "typed.txt"
    typed.write_text(script.python, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, str(_PROMPT), str(typed)],
        cwd=programs,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    try:
        output, _ = process.communicate(timeout=PATIENCE if strict else 4)
    except subprocess.TimeoutExpired:
        process.kill()
        output, _ = process.communicate()
        if strict:
            raise PlayError(f"{script.step}: it hangs after:\n{output}") from None
        output += "^C\n"
    shown = []
    frames = False
    for line in output.splitlines():
        if frames and line.startswith(" "):
            continue
        if frames := line.startswith("Traceback (most recent"):
            continue
        kind = ">" if line.startswith((">>> ", "... ")) else "<"
        shown.append((kind, line))
    return [("python", shown)]


def _in_terminals(
    script: Script, folder: pathlib.Path, programs: pathlib.Path, strict: bool
) -> Shown:
    terminals: dict[str, Terminal] = {}
    patience = PATIENCE if strict else IMPATIENCE
    with contextlib.ExitStack() as stack:
        for action in script.actions:
            terminal = terminals.get(action.terminal)
            if terminal is None:
                own = folder / f"at-{action.terminal}"
                own.mkdir()
                terminal = Terminal(action.terminal, own, programs)
                stack.callback(terminal.close)
                terminals[action.terminal] = terminal
            port = next((p for t in terminals.values() if (p := t.port())), None)
            where = f"{script.step}: {action.terminal} {action.what} {action.text}"
            try:
                _act(terminal, action, port, patience, where if strict else "")
            except OSError as error:
                if strict:
                    raise PlayError(f"{where}\n  came: {error}") from None
                terminal.shown.append(("<", f"nc: {error.strerror}"))
        for terminal in terminals.values():
            if (rest := terminal.rest(QUIET)) and strict:
                raise PlayError(f"{script.step}: {terminal.name} shows too: {rest}")
        return [(name, terminal.shown) for name, terminal in terminals.items()]


def _act(
    terminal: Terminal, action, port: str | None, patience: float, where: str
) -> None:
    """Do what a line says. `where` is not empty where all must be as it says."""
    if (
        action.what in (">", "^C", "^D")
        and terminal.astray
        and terminal.ended(patience)
    ):
        return  # nobody is left to type for
    match action.what:
        case "$":
            terminal.runs(action.text, port)
        case ">":
            terminal.types(action.text)
        case "^C":
            terminal.interrupts()
        case "^D":
            terminal.ends_input()
        case "x":
            terminal.breaks()
        case "~":
            time.sleep(float(action.text))
        case ".":
            rest = terminal.rest(patience)
            status = terminal.status(patience)
            if where and (rest or str(status) != action.text):
                raise PlayError(f"{where}\n  came: {rest}, status {status}")
        case "<":
            line = terminal.line(patience)
            if where and line != action.text:
                raise PlayError(f"{where}\n  came: {line}")
            terminal.astray |= line != action.text
            while line and line.startswith(TRACEBACK):  # which comes whole
                line = terminal.line(patience)
