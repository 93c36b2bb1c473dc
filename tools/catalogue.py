"""The catalogue of steps (`variants/steps.toml`) and what a level makes of each kind.

Everything is checked on loading: a `Catalogue` that exists is a sound one. Only the
standard library is used, because the commands of a bare machine start here.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .language import tr

ROOT = Path(__file__).resolve().parent.parent
STEPS = ROOT / "variants" / "steps.toml"
LEVELS = ROOT / "variants" / "levels.toml"

LANGUAGES = ("ca", "en")
EXERCISES = ("noms", "contrasenya", "consola", "yeswanna")
KINDS = ("core", "error", "log", *EXERCISES)
MASTER = "master"
HINTS = 3

STEP_ID = re.compile(r"([A-Z])\d+")


class Fate(StrEnum):
    """What becomes of a step in a program that is derived."""

    SOLVED = "solved"
    COMMENT = "comment"
    ABSENT = "absent"


class CatalogueError(Exception):
    """Something in a catalogue file is wrong; says the file, the place and the cure."""

    def __init__(self, path: Path, where: str, what: str):
        super().__init__(
            f"{path.name}: {where}: {what}" if where else f"{path.name}: {what}"
        )


@dataclass(frozen=True)
class Group:
    """A group of steps: one letter, one page of the walkthrough.

    An exercise's also says how many `hours` it may take, what it teaches, and what it
    leaves out on purpose.
    """

    id: str
    file: str
    page: str
    title: Mapping[str, str]
    exercise: str | None = None
    hours: str | None = None
    teaches: Mapping[str, str] | None = None
    leaves_out: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Step:
    """One step of the course; texts are by language."""

    id: str
    group: str
    kind: str
    points: int
    needs: tuple[str, ...]
    sentence: Mapping[str, str]
    why: Mapping[str, str]
    hints: Mapping[str, tuple[str, ...]]
    unseen: Mapping[str, str] | None = None
    file: str | None = None


@dataclass(frozen=True)
class Catalogue:
    """The whole course.

    `groups` and `steps` are in the order of the programs; `order` has the stops, in the
    order to work in.
    """

    groups: Mapping[str, Group]
    steps: Mapping[str, Step]
    order: tuple[tuple[str, ...], ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that have a step, in the order of `KINDS`."""
        present = {step.kind for step in self.steps.values()}
        return tuple(kind for kind in KINDS if kind in present)

    @property
    def exercises(self) -> tuple[str, ...]:
        """The exercises that have a step, in the order of `EXERCISES`."""
        return tuple(kind for kind in self.kinds if kind in EXERCISES)

    @property
    def to_work_in(self) -> tuple[str, ...]:
        """The ids of all steps in the order to work in; exercises' come at the end."""
        stops = [step for stop in self.order for step in stop]
        return (*stops, *(step for step in self.steps if step not in stops))

    def no_such_step(self, name: str) -> str:
        """What is said to somebody who asks for a step that there is not."""
        known = ", ".join(self.steps)
        return tr(
            f"No hi ha cap pas {name}; n'hi ha {known}.",
            f"There is no step {name}; there are {known}.",
        )

    def of_kind(self, *kinds: str) -> tuple[Step, ...]:
        """The steps of these kinds, in the order of the programs."""
        return tuple(step for step in self.steps.values() if step.kind in kinds)

    def all_needs(self, step: str) -> frozenset[str]:
        """The ids of all that must work before `step` can show, needs of needs too."""
        found: set[str] = set()
        waiting = list(self.steps[step].needs)
        while waiting:
            need = waiting.pop()
            if need not in found:
                found.add(need)
                waiting += self.steps[need].needs
        return frozenset(found)

    def file_of(self, step: str) -> str:
        """The program that the step is in: its own, or else its group's."""
        entry = self.steps[step]
        return entry.file or self.groups[entry.group].file

    def stop_of(self, step: str) -> int:
        """The place in `order` of the step's stop; exercises come after all stops."""
        for place, stop in enumerate(self.order):
            if step in stop:
                return place
        return len(self.order)

    def of_group(self, group: str) -> tuple[Step, ...]:
        """The steps of a group, in the order of the programs."""
        return tuple(step for step in self.steps.values() if step.group == group)


def load_catalogue(path: Path = STEPS) -> Catalogue:
    """Read and check the catalogue.

    Raises:
        CatalogueError: it cannot be read, or something in it is wrong.
    """
    data = _read(path)
    _only(path, "", data, {"order", "groups", "steps"})
    groups = {
        name: _group(path, name, entry)
        for name, entry in _tables(path, data, "groups").items()
    }
    steps = {
        name: _step(path, name, entry, groups)
        for name, entry in _tables(path, data, "steps").items()
    }
    for step in steps.values():
        _check_needs(path, step, steps)
    order = _order(path, data.get("order"), steps)
    return Catalogue(MappingProxyType(groups), MappingProxyType(steps), order)


def load_levels(path: Path = LEVELS) -> Mapping[str, Mapping[str, Fate]]:
    """Read what each level makes of each of `KINDS`: level -> kind -> fate.

    Raises:
        CatalogueError: it cannot be read, or names an unknown kind or fate.
    """
    data = _read(path)
    _only(path, "", data, {"levels"})
    levels = {}
    for level, entry in _tables(path, data, "levels").items():
        for kind, fate in entry.items():
            if kind not in KINDS:
                raise CatalogueError(
                    path, level, f"no kind is called {kind!r}; {_one_of(KINDS)}"
                )
            if fate not in list(Fate):
                raise CatalogueError(path, level, f"{kind} = {fate!r}: {_one_of(Fate)}")
        levels[level] = MappingProxyType(
            {kind: Fate(entry.get(kind, Fate.ABSENT)) for kind in KINDS}
        )
    return MappingProxyType(levels)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(path, "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(path, "", "is not UTF-8; save it as such") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(path, "", f"is not TOML: {error}") from error


def _tables(path: Path, data: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
    tables = data.get(key)
    if not isinstance(tables, dict) or not tables:
        raise CatalogueError(path, "", f"has no [{key}.…]; write one table for each")
    for name, entry in tables.items():
        if not isinstance(entry, dict):
            raise CatalogueError(path, name, f"is no table; write [{key}.{name}]")
    return tables


def _group(path: Path, name: str, entry: dict[str, Any]) -> Group:
    exercise = entry.get("exercise")
    of_exercises = {"hours", "teaches", "leaves_out"} if exercise else set()
    _only(path, name, entry, {"file", "title", "page", "exercise", *of_exercises})
    if exercise is not None and exercise not in EXERCISES:
        raise CatalogueError(
            path, name, f"exercise {exercise!r} is unknown; {_one_of(EXERCISES)}"
        )
    return Group(
        id=name,
        file=_text(path, name, entry, "file"),
        page=_text(path, name, entry, "page"),
        title=_texts(path, name, entry, "title"),
        exercise=exercise,
        hours=_text(path, name, entry, "hours") if exercise else None,
        teaches=_texts(path, name, entry, "teaches") if exercise else None,
        leaves_out=_texts(path, name, entry, "leaves_out") if exercise else None,
    )


def _step(
    path: Path, name: str, entry: dict[str, Any], groups: Mapping[str, Group]
) -> Step:
    _only(
        path,
        name,
        entry,
        {"kind", "points", "needs", "unseen", "file", "sentence", "why", "hints"},
    )
    match = STEP_ID.fullmatch(name)
    if not match:
        raise CatalogueError(
            path, name, "an id is one capital letter and a number, such as P8"
        )
    group = groups.get(match[1])
    if group is None:
        raise CatalogueError(
            path, name, f"its group has no entry; add [groups.{match[1]}]"
        )
    kind = entry.get("kind")
    if kind not in KINDS:
        raise CatalogueError(path, name, f"kind {kind!r} is unknown; {_one_of(KINDS)}")
    if group.exercise != (kind if kind in EXERCISES else None):
        raise CatalogueError(
            path,
            name,
            f"is of kind {kind}, and group {group.id} is of exercise {group.exercise}; "
            "an exercise's steps and its group say the same",
        )
    points = entry.get("points")
    if type(points) is not int or points < 0:
        raise CatalogueError(
            path, name, f"points = {points!r}; write a whole number, 0 or more"
        )
    needs = entry.get("needs", [])
    if not _is_list_of_texts(needs):
        raise CatalogueError(path, name, "needs is a list of ids")
    return Step(
        id=name,
        group=group.id,
        kind=kind,
        points=points,
        needs=tuple(needs),
        sentence=_texts(path, name, entry, "sentence"),
        why=_texts(path, name, entry, "why"),
        hints=_hints(path, name, entry),
        unseen=_texts(path, name, entry, "unseen") if "unseen" in entry else None,
        file=_text(path, name, entry, "file") if "file" in entry else None,
    )


def _hints(
    path: Path, name: str, entry: dict[str, Any]
) -> Mapping[str, tuple[str, ...]]:
    hints = _by_language(path, name, entry, "hints")
    for language, texts in hints.items():
        if not _is_list_of_texts(texts) or len(texts) != HINTS:
            raise CatalogueError(
                path, name, f"hints.{language}: write a list of {HINTS} texts"
            )
    return MappingProxyType(
        {language: tuple(texts) for language, texts in hints.items()}
    )


def _check_needs(path: Path, step: Step, steps: Mapping[str, Step]) -> None:
    for need in step.needs:
        if need not in steps:
            raise CatalogueError(
                path, step.id, f"needs {need}, which is no step; correct the id"
            )
        if need == step.id:
            raise CatalogueError(path, step.id, "needs itself; take it out")


def _order(
    path: Path, order: Any, steps: Mapping[str, Step]
) -> tuple[tuple[str, ...], ...]:
    if not isinstance(order, list) or not all(
        _is_list_of_texts(stop) and stop for stop in order
    ):
        raise CatalogueError(
            path, "order", 'is a list of stops, such as [["C2"], ["F1", "R1"]]'
        )
    seen: set[str] = set()
    for name in (name for stop in order for name in stop):
        if name not in steps:
            raise CatalogueError(path, "order", f"{name} is no step; correct the id")
        if steps[name].kind in EXERCISES:
            raise CatalogueError(
                path, "order", f"{name} is an exercise's step; take it out"
            )
        if name in seen:
            raise CatalogueError(path, "order", f"{name} is there twice; take one out")
        seen.add(name)
    for step in steps.values():
        if step.kind not in EXERCISES and step.id not in seen:
            raise CatalogueError(
                path, "order", f"{step.id} is missing; put it in a stop"
            )
    return tuple(tuple(stop) for stop in order)


def _text(path: Path, name: str, entry: Mapping[str, Any], key: str) -> str:
    text = entry.get(key)
    if not _is_text(text):
        raise CatalogueError(path, name, f"{key} is missing; write a text")
    return text


def _texts(
    path: Path, name: str, entry: Mapping[str, Any], key: str
) -> Mapping[str, str]:
    texts = _by_language(path, name, entry, key)
    for language, text in texts.items():
        if not _is_text(text):
            raise CatalogueError(path, name, f"{key}.{language}: write a text")
    return MappingProxyType(texts)


def _by_language(
    path: Path, name: str, entry: Mapping[str, Any], key: str
) -> dict[str, Any]:
    """The values of `key` in each of `LANGUAGES`, in that order, and no other."""
    values = entry.get(key)
    if not isinstance(values, dict):
        raise CatalogueError(
            path,
            name,
            f"{key} is missing; write {' and '.join(f'{key}.{x}' for x in LANGUAGES)}",
        )
    _only(path, f"{name}: {key}", values, set(LANGUAGES))
    for language in LANGUAGES:
        if language not in values:
            raise CatalogueError(path, name, f"{key}.{language} is missing; write it")
    return {language: values[language] for language in LANGUAGES}


def _only(path: Path, where: str, entry: Mapping[str, Any], known: set[str]) -> None:
    """A key nobody reads is a slip of the pen (`need` for `needs`): refuse it."""
    for key in entry:
        if key not in known:
            raise CatalogueError(
                path, where, f"{key} means nothing; {_one_of(sorted(known))}"
            )


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)


def _one_of(names: Iterable[str]) -> str:
    return f"use one of: {', '.join(names)}"
