"""What is typed in the sessions: `docs/data/sessions/GROUP.toml`, a table a step.

    [C1]
    python = '''
    …                      what is typed at Python's prompt, beside the programs
    '''

    [P8]
    terminals = '''
    servidor $ python servidor.py
    servidor < Escoltant a 127.0.0.1:8888
    Anna $ nc 127.0.0.1 8888
    Anna < * Et donem la benvinguda al xat. Com et dius?
    Anna > Anna
    '''

A line is a terminal's name, what happens, and a text: `$` a command, `>` something that
is typed, `<` the line that comes next, `^C`, `^D`, `x` (the program is killed; of `nc`,
the connection breaks), `.` the program ends with this status, `~` nobody does anything
for so many seconds (where what shows is that something lasts). The commands are `python
servidor.py …`, `python client.py …`, `nc 127.0.0.1 8888` and `cat FILE`;
`VARIABLE=value` and `ulimit -n N;` may stand before. `for i in $(seq N); do nc -d
127.0.0.1 8888 >/dev/null & done` connects as many, whose lines nobody sees. Where
nobody listens, what comes of `nc` is the line `nc: Connection refused`. Port 8888 is
whatever the system chooses.

In a program without a step, what comes may be anything: a traceback is shown whole, and
where a program has ended instead of going on, nothing more is typed.

The programs are those of the first level that has the step; `level = "full"` before the
script asks for another.
"""

import dataclasses
import tomllib

from tools.catalogue import ROOT

SESSIONS = ROOT / "docs" / "data" / "sessions"

ACTIONS = ("$", ">", "<", "^C", "^D", "x", ".", "~")


class ScriptError(Exception):
    """Something in the file is wrong; says the step, the line and what."""


@dataclasses.dataclass(frozen=True)
class Action:
    """One line: in which terminal, what happens, with which text."""

    terminal: str
    what: str
    text: str


@dataclasses.dataclass(frozen=True)
class Script:
    """What is typed for one step: at Python's prompt, or in terminals."""

    step: str
    python: str = ""
    actions: tuple[Action, ...] = ()
    level: str | None = None


def load() -> dict[str, Script]:
    """The scripts by their step.

    Raises:
        ScriptError: something in a file is wrong.
    """
    scripts = {}
    for path in sorted(SESSIONS.glob("*.toml")):
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ScriptError(f"{path.name}: {error}") from None
        for step, table in data.items():
            scripts[step] = _script(step, table)
    return scripts


def _script(step: str, table: dict[str, str]) -> Script:
    level = table.pop("level", None)
    match table:
        case {"python": str(text), **rest} if not rest:
            return Script(step, python=text.strip("\n"), level=level)
        case {"terminals": str(text), **rest} if not rest:
            lines = [line for line in text.splitlines() if line.strip()]
            actions = tuple(_action(step, line) for line in lines)
            return Script(step, actions=actions, level=level)
    raise ScriptError(f"{step}: write either python or terminals")


def _action(step: str, line: str) -> Action:
    terminal, _, rest = line.partition(" ")
    what, _, text = rest.partition(" ")
    if what not in ACTIONS:
        raise ScriptError(f"{step}: {line!r}: write one of {ACTIONS}")
    return Action(terminal, what, text)
