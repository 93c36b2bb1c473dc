"""Mistakes that a learner may make, and the step that must tell of each.

One file of `wrong/` is one mistake:

    base     what it is made on: a level ("full"), or exercises solved on top of it
             ("noms", "noms,consola", "all")
    step     the step that must fail, and be the first to, in the order to work in
    thought  what the learner had in mind, in one sentence
    change   one table or more: in `file`, the text `find`, which stands there exactly
             once, becomes `replace`

Each program is judged on its step and on all that this needs.
"""

import ast
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tomllib

import pytest

from tools.catalogue import EXERCISES, MASTER, ROOT, load_catalogue, load_levels
from tools.levels.fates import FULL
from tools.levels.programs import Programs

WRONG = pathlib.Path(__file__).with_name("wrong")

#: Seconds; most take two to ten, and a thorough one a minute.
LIMIT = 300

KEYS = {"base", "step", "thought", "change"}
CHANGE_KEYS = {"file", "find", "replace"}


class MistakeError(Exception):
    """The file of a mistake is not as it has to be; says which, where, and the cure."""


@dataclasses.dataclass(frozen=True)
class Change:
    """One text of one program that becomes another."""

    file: str
    find: str
    replace: str


@dataclasses.dataclass(frozen=True)
class Mistake:
    """One mistake: what it is made on, what is changed, and what must fail."""

    name: str
    level: str
    exercises: tuple[str, ...]
    step: str
    thought: str
    changes: tuple[Change, ...]

    def programs(self) -> dict[str, str]:
        """The programs with the mistake in them, by file name.

        Raises:
            MistakeError: a text to be changed is not there exactly once; or what it
                becomes is no Python.
        """
        texts = _programs(self.level, self.exercises)
        for number, change in enumerate(self.changes, 1):
            where = f"{self.name}: change {number}"
            if change.file not in texts:
                raise MistakeError(f"{where}: there is no {change.file}")
            found = texts[change.file].count(change.find)
            if found != 1:
                raise MistakeError(
                    f"{where}: `find` stands {found} times in {change.file}; "
                    "take just what stands there once"
                )
            texts[change.file] = texts[change.file].replace(change.find, change.replace)
        for file, text in texts.items():
            try:
                ast.parse(text)
            except SyntaxError as error:
                raise MistakeError(
                    f"{self.name}: {file} is no Python any more, at line "
                    f"{error.lineno}: {error.msg}"
                ) from None
        return texts


def load(path: pathlib.Path) -> Mistake:
    """Read the file of a mistake.

    Raises:
        MistakeError: something in it is wrong.
    """
    name = path.stem
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MistakeError(f"{name}: is no TOML: {error}") from None
    _check_keys(name, data, KEYS)
    if data["step"] not in load_catalogue().steps:
        raise MistakeError(f"{name}: there is no step {data['step']!r}")
    changes = data["change"]
    if not isinstance(changes, list) or not changes:
        raise MistakeError(f"{name}: write one [[change]] or more")
    for number, change in enumerate(changes, 1):
        where = f"{name}: change {number}"
        _check_keys(where, change, CHANGE_KEYS)
        if not change["find"] or change["find"] == change["replace"]:
            raise MistakeError(f"{where}: changes nothing")
    level, exercises = _base(name, data["base"])
    return Mistake(
        name,
        level,
        exercises,
        data["step"],
        data["thought"],
        tuple(Change(**change) for change in changes),
    )


def _check_keys(where: str, entry: dict, keys: set[str]) -> None:
    for key in keys ^ entry.keys():
        what = "is missing" if key in keys else "means nothing"
        raise MistakeError(f"{where}: {key} {what}; write {', '.join(sorted(keys))}")


def _base(name: str, base: str) -> tuple[str, tuple[str, ...]]:
    """The level and the exercises that a `base` speaks of."""
    if base in load_levels() and base != MASTER:
        return base, ()
    exercises = EXERCISES if base == "all" else tuple(base.split(","))
    if set(exercises) <= set(EXERCISES):
        return FULL, exercises
    raise MistakeError(
        f"{name}: base = {base!r}; write a level, exercises ({','.join(EXERCISES)}), "
        "or all"
    )


def _programs(level: str, exercises: tuple[str, ...]) -> dict[str, str]:
    """The right programs, derived from the master."""
    programs = Programs()
    return programs.of_solution(exercises) if exercises else programs.of_level(level)


# The mistakes -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", sorted(WRONG.glob("*.toml")), ids=lambda path: path.stem
)
def test_the_step_tells_of_the_mistake(path, tmp_path):
    mistake = load(path)
    folder = tmp_path / "entrega"
    folder.mkdir()
    for file, text in mistake.programs().items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    tried = _tried(mistake.step)
    output, statuses = _judge(mistake, folder, tried)
    failed = [step for step in tried if statuses.get(step) in ("failed", "error")]
    assert failed, f"«{mistake.thought}»: no step fails\n{output}"
    assert failed[0] == mistake.step, f"«{mistake.thought}»\n{output}"
    assert statuses[mistake.step] == "failed", output


def _tried(step: str) -> list[str]:
    """A step after all that it needs, in the order to work in."""
    catalogue = load_catalogue()
    steps = [name for stop in catalogue.order for name in stop]
    steps += [name for name in catalogue.steps if name not in steps]
    tried = {step, *catalogue.all_needs(step)}
    return [name for name in steps if name in tried]


def _judge(
    mistake: Mistake, folder: pathlib.Path, tried: list[str]
) -> tuple[str, dict[str, str]]:
    """Judge a folder on some steps: what was said of it, and the step's statuses."""
    verdict = folder.with_suffix(".json")
    command = [
        *(sys.executable, "-P", "-m", "pytest", "-q", "-n0", "--until-failure"),
        *(f"--variant={folder}", f"--level={mistake.level}", f"--verdict={verdict}"),
        *(f"--exercise={exercise}" for exercise in mistake.exercises),
        *(f"--step={step}" for step in tried),
    ]
    run = subprocess.run(
        command,
        cwd=ROOT,
        env={
            name: v for name, v in os.environ.items() if not name.startswith("PYTEST")
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LIMIT,
    )
    assert verdict.exists(), run.stdout
    said = json.loads(verdict.read_text(encoding="utf-8"))
    return run.stdout, {step: r["status"] for step, r in said["steps"].items()}


# Their files --------------------------------------------------------------------------

GOOD = """\
base = "full"
step = "P8"
thought = "Everyone is everyone."

[[change]]
file = "connexio.py"
find = "TEMPS_ESPERA = 0.5"
replace = "TEMPS_ESPERA = 5"
"""


@pytest.fixture
def mistake(tmp_path):
    """Loads a mistake from the text of its file."""

    def load_text(text):
        path = tmp_path / "good.toml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return load_text


def test_a_mistake_is_made_on_its_base(mistake):
    programs = mistake(GOOD).programs()
    right = _programs("full", ())
    assert programs["servidor.py"] == right["servidor.py"]
    assert "TEMPS_ESPERA = 5 " in programs["connexio.py"]
    exercises = mistake(GOOD.replace('"full"', '"noms,consola"')).programs()
    assert "def nom_lliure" in exercises["servidor.py"]
    assert "def expulsa" in exercises["servidor.py"]
    assert "contrasenya" not in exercises["servidor.py"]


REFUSED = [
    # what is changed, into what, the start of the message
    (
        'base = "full"',
        'base = "jocs"',
        "base = 'jocs'; write a level, exercises (noms,",
    ),
    ('base = "full"\n', "", "base is missing; write base, change, step, thought"),
    ('"P8"', '"P99"', "there is no step 'P99'"),
    ("thought", "tought", "t"),
    ("[[change]]", "[change]", "write one [[change]] or more"),
    ("find =", "fined =", "change 1: fin"),
    ("= 5", "= 0.5", "change 1: changes nothing"),
    ('"connexio.py"', '"conexio.py"', "change 1: there is no conexio.py"),
    ('"TEMPS_ESPERA = 0.5"', '"import"', "change 1: `find` stands "),
    ('"TEMPS_ESPERA = 0.5"', '"TEMPS = 9"', "change 1: `find` stands 0 times in conn"),
    ("ESPERA = 5", "ESPERA = = 5", "connexio.py is no Python any more, at line "),
    ('base = "full"', "base = ", "is no TOML: "),
]


@pytest.mark.parametrize(("old", "new", "message"), REFUSED)
def test_a_file_that_is_not_as_it_has_to_be_is_refused(mistake, old, new, message):
    assert old in GOOD
    with pytest.raises(MistakeError) as caught:
        mistake(GOOD.replace(old, new, 1)).programs()
    assert str(caught.value).startswith(f"good: {message}")
