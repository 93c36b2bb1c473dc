"""The programs that the master gives, as texts by file name: for everybody's use."""

import functools
from collections.abc import Collection, Mapping
from pathlib import Path

from tools.catalogue import (
    MASTER,
    ROOT,
    Catalogue,
    Fate,
    load_catalogue,
    load_levels,
)

from .derive import derive
from .fates import (
    fates_of_level,
    fates_of_solution,
    fates_of_start,
    fates_without,
)

Texts = dict[str, str]


def read(folder: Path) -> Texts:
    """The programs of a folder."""
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.py"))}


def write(texts: Texts, folder: Path) -> None:
    """Write programs into a folder, made if it is not there."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


class Programs:
    """The master, read once, and all that can be derived from it.

    Raises:
        tools.catalogue.CatalogueError: the catalogue is broken.
    """

    def __init__(self):
        self.catalogue: Catalogue = load_catalogue()
        self._levels = load_levels()
        self.master: Texts = read(ROOT / "variants" / MASTER)

    @functools.cache  # noqa: B019 (there are few)
    def of_level(self, level: str) -> Texts:
        """The programs at a level of the course; `KeyError` if there is no such one."""
        return self._derive(fates_of_level(self.catalogue, self._levels, level))

    def of_start(self, exercise: str) -> Texts:
        """Where an exercise starts: `full`, and its own steps as comments."""
        return self._derive(fates_of_start(self.catalogue, self._levels, exercise))

    def of_solution(self, exercises: Collection[str]) -> Texts:
        """`full`, and these exercises solved."""
        return self._derive(fates_of_solution(self.catalogue, self._levels, exercises))

    def home_of(self, step: str) -> Texts:
        """The first level that has the step solved; of an exercise, its solution."""
        level = self._home(step)
        if level:
            return self.of_level(level)
        return self.of_solution({self.catalogue.steps[step].kind})

    def without(self, step: str, at_home: bool = False) -> Texts:
        """A program that is wrong in one thing: the step is absent.

        It is `full`, or for an exercise's step that exercise solved; `at_home`, it is
        the first level that has the step.
        """
        fates = self._fates_at_home(step) if at_home else self._fates_with(step)
        return self._derive(fates_without(fates, step))

    def _fates_with(self, step: str) -> Mapping[str, Fate]:
        kind = self.catalogue.steps[step].kind
        exercises = {kind} & set(self.catalogue.exercises)
        return fates_of_solution(self.catalogue, self._levels, exercises)

    def _fates_at_home(self, step: str) -> Mapping[str, Fate]:
        level = self._home(step)
        if level:
            return fates_of_level(self.catalogue, self._levels, level)
        return self._fates_with(step)

    def _home(self, step: str) -> str | None:
        kind = self.catalogue.steps[step].kind
        for level, kinds in self._levels.items():
            if level != MASTER and kinds[kind] is Fate.SOLVED:
                return level
        return None

    def _derive(self, fates: Mapping[str, Fate]) -> Texts:
        return derive(self.master, self.catalogue, fates)
