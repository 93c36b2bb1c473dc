"""Mistakes that a learner may make: what their files say, and the programs they give.

One file of `wrong/` is one mistake:

    base     what it is made on: a level ("full"), or exercises solved on top of it
             ("noms", "noms,consola", "all")
    step     the step that must fail, and be the first to, in the order to work in
    thought  what the learner had in mind, in one sentence: `thought.ca`, `thought.en`
    varies   only where the transcript is not the same at each run: why that is so
    change   one table or more: in `file`, the text `find`, which stands there exactly
             once, becomes `replace`
"""

import ast
import dataclasses
import functools
import pathlib
import tomllib
from collections.abc import Mapping

from tools.catalogue import EXERCISES, MASTER, load_catalogue, load_levels
from tools.language import LANGUAGES
from tools.levels.fates import FULL
from tools.levels.programs import Programs
from tools.mistakes import WRONG

KEYS = {"base", "step", "thought", "change"}
OPTIONAL_KEYS = {"varies"}
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
    thought: Mapping[str, str]
    varies: str
    changes: tuple[Change, ...]

    def programs(self) -> dict[str, str]:
        """The programs with the mistake in them, by file name.

        Raises:
            MistakeError: a text to be changed is not there exactly once; or what it
                becomes is no Python.
        """
        texts = dict(right_programs(self.level, self.exercises))
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


@functools.cache
def right_programs(level: str, exercises: tuple[str, ...]) -> Mapping[str, str]:
    """The programs without any mistake, derived from the master, by file name."""
    programs = Programs()
    return programs.of_solution(exercises) if exercises else programs.of_level(level)


def paths() -> list[pathlib.Path]:
    """The files of all the mistakes, in order of their names."""
    return sorted(WRONG.glob("*.toml"))


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
    _check_keys(name, data, KEYS, OPTIONAL_KEYS)
    if data["step"] not in load_catalogue().steps:
        raise MistakeError(f"{name}: there is no step {data['step']!r}")
    if not isinstance(data["thought"], dict) or not all(data["thought"].values()):
        raise MistakeError(f"{name}: write thought.ca and thought.en")
    _check_keys(f"{name}: thought", data["thought"], set(LANGUAGES))
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
        data.get("varies", ""),
        tuple(Change(**change) for change in changes),
    )


def _check_keys(
    where: str, entry: dict, keys: set[str], optional: set[str] = frozenset()
) -> None:
    for key in keys ^ (entry.keys() - optional):
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
