"""What the pages are made from, read once."""

import functools

from tools import matrix, mistakes
from tools.catalogue import ROOT, Fate, Group, Step, load_levels
from tools.levels.programs import Programs, Texts
from tools.levels.programs import read as read_programs
from tools.sessions.command import read as read_sessions

#: The levels that the pages show, in the order of a student's way.
WALK = ("skeleton", "essential", "robust", "full")


class Source:
    """The catalogue, the programs of every level and exercise, and what was measured.

    That is the sessions, the matrix, and the mistakes.
    """

    def __init__(self, with_solutions: bool = False):
        self.with_solutions = with_solutions
        self._programs = Programs()
        self._levels = load_levels()
        self.catalogue = self._programs.catalogue
        self.sessions = read_sessions()
        self.matrix = matrix.read()
        self.mistakes = mistakes.read()

    @functools.cache  # noqa: B019 (there is one for a whole build)
    def texts(self, level: str) -> Texts:
        """The programs of a level, as they stand in `variants/`."""
        return read_programs(ROOT / "variants" / level)

    def start(self, exercise: str) -> Texts:
        """The programs that an exercise starts with."""
        return self._programs.of_start(exercise)

    def solution(self, exercise: str) -> Texts:
        """The programs with an exercise solved."""
        return self._programs.of_solution({exercise})

    def fate(self, step: Step, level: str) -> Fate:
        """What a step is at a level."""
        return self.fate_of_kind(step.kind, level)

    def fate_of_kind(self, kind: str, level: str) -> Fate:
        """What a kind of step is at a level."""
        return self._levels[level][kind]

    def group_of_exercise(self, exercise: str) -> Group:
        """The group of an exercise; `KeyError` if there is no such one."""
        groups = self.catalogue.groups.values()
        return {group.exercise: group for group in groups}[exercise]

    def page_of(self, step: str) -> str:
        """The Markdown page that has a step's section."""
        return self.catalogue.groups[self.catalogue.steps[step].group].page + ".md"
