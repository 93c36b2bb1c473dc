"""The exercises solved: each alone, each pair, and all of them work."""

import itertools

import pytest

from tools import suite
from tools.catalogue import EXERCISES
from tools.levels.programs import Programs, write

ALONE = [(exercise,) for exercise in EXERCISES]
PAIRS = list(itertools.combinations(EXERCISES, 2))


def judged(folder, exercises, *options):
    """What the suite says of a solution."""
    write(Programs().of_solution(exercises), folder)
    asked = [f"--exercise={exercise}" for exercise in exercises]
    return suite.judge(folder, "-n0", *asked, *options)


def kinds(run):
    """The kinds of the steps that were judged."""
    return {entry["kind"] for entry in run.verdict["steps"].values()}


@pytest.mark.parametrize("exercises", [*ALONE, EXERCISES], ids="+".join)
def test_a_solution_passes_everything(exercises, tmp_path):
    run = judged(tmp_path, exercises)
    assert run.status == 0, run.output
    assert run.verdict["complete"]
    assert kinds(run) == {"core", "error", "log", *exercises}


@pytest.mark.parametrize("exercises", PAIRS, ids="+".join)
def test_two_exercises_go_together(exercises, tmp_path):
    steps = [f"--step={letter}" for letter in "NSMY"]
    run = judged(tmp_path, exercises, *steps)
    assert run.status == 0, run.output
    assert kinds(run) == set(exercises)
