"""What becomes of each step: at a level, in an exercise, in a wrong program."""

from collections.abc import Collection, Mapping

from tools.catalogue import Catalogue, Fate

Levels = Mapping[str, Mapping[str, Fate]]
Fates = dict[str, Fate]

FULL = "full"


def fates_of_level(catalogue: Catalogue, levels: Levels, level: str) -> Fates:
    """The fate of every step at a level.

    Raises:
        KeyError: there is no such level.
    """
    return {step.id: levels[level][step.kind] for step in catalogue.steps.values()}


def fates_of_start(catalogue: Catalogue, levels: Levels, exercise: str) -> Fates:
    """Where an exercise starts: `full`, and the exercise's own steps as comments."""
    return _full_and(catalogue, levels, {exercise}, Fate.COMMENT)


def fates_of_solution(
    catalogue: Catalogue, levels: Levels, exercises: Collection[str]
) -> Fates:
    """`full`, and these exercises solved."""
    return _full_and(catalogue, levels, exercises, Fate.SOLVED)


def fates_without(fates: Mapping[str, Fate], step: str) -> Fates:
    """The same fates with one step absent: a program that is wrong in that one thing.

    Raises:
        KeyError: there is no such step.
    """
    if step not in fates:
        raise KeyError(step)
    return {**fates, step: Fate.ABSENT}


def _full_and(
    catalogue: Catalogue, levels: Levels, exercises: Collection[str], fate: Fate
) -> Fates:
    return {
        step.id: fate if step.kind in exercises else levels[FULL][step.kind]
        for step in catalogue.steps.values()
    }
