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
    found = matrix.row(programs, step, only=[step])
    if step not in found["failed"]:
        # What it needs does not work without it either, and is told of first.
        assert step in found["not_reached"]
        needs = programs.catalogue.all_needs(step)
        found = matrix.row(programs, step, only=[step, *needs])
        assert set(found["failed"]) & {step, *needs}


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
    found = {"failed": found, "not_reached": []}
    assert list(matrix.problems(programs.catalogue, {"P8": found})) == [says]


def test_a_need_may_be_the_first_to_fail(programs):
    catalogue = programs.catalogue
    need = next(iter(catalogue.steps["P8"].needs))
    found = {"failed": [need, "P8"], "not_reached": []}
    assert list(matrix.problems(catalogue, {"P8": found})) == []
