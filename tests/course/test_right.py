"""Correct programs, built in other ways than the course's: they pass everything."""

import pathlib

import pytest

from tools import suite
from tools.catalogue import Fate, load_catalogue, load_levels

RIGHT = pathlib.Path(__file__).with_name("right")


@pytest.mark.parametrize("program", sorted(p.name for p in RIGHT.iterdir()))
def test_a_correct_program_passes(program):
    judged = suite.judge(RIGHT / program, "-n0", "--thorough")
    assert judged.status == 0, judged.output
    assert judged.verdict["complete"]
    full = load_levels()["full"]
    assert judged.statuses == {
        step.id: "passed"
        for step in load_catalogue().steps.values()
        if full[step.kind] is Fate.SOLVED
    }
