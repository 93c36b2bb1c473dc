"""The verdict: one JSON document on one subject, for programs to read.

Its shape is `verdict.schema.json`, beside this file.
"""

import json
import pathlib
import platform

import pytest

from .results import Results

SCHEMA = pathlib.Path(__file__).with_name("verdict.schema.json")
FORMAT = 1


def document(results: Results, seed: int) -> dict:
    """The verdict as a Python value."""
    subject = results.subject
    statuses = [result.status for result in results.steps.values()]
    return {
        "format": FORMAT,
        "variant": subject.name,
        "level": subject.level,
        "exercises": list(subject.exercises),
        "seed": seed,
        "versions": {
            "python": platform.python_version(),
            "pytest": pytest.__version__,
            "system": platform.system(),
        },
        "complete": results.complete,
        "steps": {
            step: {
                "kind": subject.catalogue.steps[step].kind,
                "status": result.status,
                "points": result.points,
                "possible": result.possible,
                "tests": result.tests,
                "message": result.message,
            }
            for step, result in results.steps.items()
        },
        "totals": {
            "points": results.points,
            "possible": results.possible,
            **{
                status: statuses.count(status)
                for status in ("passed", "failed", "not_reached", "error")
            },
        },
    }


def write(path: pathlib.Path, results: Results, seed: int) -> None:
    """Write the verdict to a file, whole or not at all."""
    draft = path.with_name(path.name + ".draft")
    text = json.dumps(document(results, seed), ensure_ascii=False, indent=2)
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)
