"""Correct programs, built in other ways than the course's: they pass everything."""

import json
import pathlib
import subprocess
import sys

import pytest

from tools.catalogue import ROOT, Fate, load_catalogue, load_levels

RIGHT = pathlib.Path(__file__).with_name("right")


@pytest.mark.parametrize("program", sorted(p.name for p in RIGHT.iterdir()))
def test_a_correct_program_passes(program, tmp_path):
    verdict = tmp_path / "verdict.json"
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-n0", "--thorough"]
    command += [f"--variant={RIGHT / program}", f"--verdict={verdict}"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
    said = json.loads(verdict.read_text(encoding="utf-8"))
    assert said["complete"]
    full = load_levels()["full"]
    assert {step: entry["status"] for step, entry in said["steps"].items()} == {
        step.id: "passed"
        for step in load_catalogue().steps.values()
        if full[step.kind] is Fate.SOLVED
    }
