"""One step out: its own tests notice, and the whole matrix is as it must be."""

import json

import pytest

from tools import matrix
from tools.levels.programs import Programs

SEEN = [s.id for s in Programs().catalogue.steps.values() if not s.unseen]


@pytest.fixture(scope="module")
def programs():
    return Programs()


@pytest.mark.parametrize("step", SEEN)
def test_the_steps_own_tests_notice_that_it_is_missing(step, programs):
    if not matrix.notices(programs, step):
        # Nobody gets in, which its tests need: then it is told of what they need.
        needs = programs.catalogue.all_needs(step)
        names = [f"--step={name}" for name in (step, *needs)]
        statuses = matrix.judge_without(programs, step, "-n0", *names).statuses
        assert statuses[step] == "not_reached"
        assert "failed" in statuses.values()


def test_the_whole_matrix_is_as_it_must_be(programs):
    whole = json.loads(matrix.MATRIX.read_text(encoding="utf-8"))
    assert list(whole) == list(programs.catalogue.steps), "python3 -m tools matrix"
    assert list(matrix.problems(programs.catalogue, whole)) == []


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([], "P8: without it, no test of its own fails"),
        (["K4"], "P8: without it, no test of its own fails"),
        (["R5", "P8"], "P8: without it, the first step that fails is R5"),
        (["P4"], "P8: without it nobody gets in, and its own tests pass"),
    ],
)
def test_what_is_wrong_is_told(found, says, programs):
    found = {"own": "P8" in found, "failed": found, "not_reached": []}
    assert list(matrix.problems(programs.catalogue, {"P8": found})) == [says]


def test_a_need_may_be_the_first_to_fail(programs):
    catalogue = programs.catalogue
    need = next(iter(catalogue.steps["P8"].needs))
    found = {"own": True, "failed": [need, "P8"], "not_reached": []}
    assert list(matrix.problems(catalogue, {"P8": found})) == []


def test_anything_may_fail_first_in_a_program_that_stops_with_an_error(programs):
    found = {"own": True, "failed": ["R5", "P8"], "not_reached": []}
    found["raises"] = "NameError: name 'estat' is not defined"
    assert list(matrix.problems(programs.catalogue, {"P8": found})) == []
