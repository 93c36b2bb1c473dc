"""The exercises solved: each alone, each pair, and all of them work."""

import itertools
import json
import subprocess
import sys

import pytest

from tools.catalogue import EXERCISES, ROOT
from tools.levels.programs import Programs

ALONE = [(exercise,) for exercise in EXERCISES]
PAIRS = list(itertools.combinations(EXERCISES, 2))


def judged(folder, exercises, *options):
    """What the suite says of a solution: its output and its verdict."""
    for name, text in Programs().of_solution(exercises).items():
        (folder / name).write_text(text, encoding="utf-8")
    verdict = folder / "verdict.json"
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-n0"]
    command += [f"--variant={folder}", f"--verdict={verdict}", *options]
    command += [f"--exercise={exercise}" for exercise in exercises]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert verdict.exists(), run.stdout + run.stderr
    return run, json.loads(verdict.read_text(encoding="utf-8"))


@pytest.mark.parametrize("exercises", [*ALONE, EXERCISES], ids="+".join)
def test_a_solution_passes_everything(exercises, tmp_path):
    run, verdict = judged(tmp_path, exercises)
    assert run.returncode == 0, run.stdout
    assert verdict["complete"]
    kinds = {entry["kind"] for entry in verdict["steps"].values()}
    assert kinds == {"core", "error", "log", *exercises}


@pytest.mark.parametrize("exercises", PAIRS, ids="+".join)
def test_two_exercises_go_together(exercises, tmp_path):
    steps = [f"--step={letter}" for letter in "NSMY"]
    run, verdict = judged(tmp_path, exercises, *steps)
    assert run.returncode == 0, run.stdout
    assert {entry["kind"] for entry in verdict["steps"].values()} == set(exercises)
