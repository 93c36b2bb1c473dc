"""The suite run on the programs of a mistake, as it runs on a student's work."""

import dataclasses
import json
import os
import pathlib
import subprocess
from collections.abc import Collection

from tools import suite
from tools.catalogue import load_catalogue
from tools.levels.programs import write

from .mistakes import Mistake, right_programs

#: What the server and the client are built on.
BASE = "connexio.py"

#: Seconds; most take two to ten.
LIMIT = 300

#: The names, texts and cuts are the same at each run.
SEED = 1


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What was found: `failed` are the steps that failed, in the order to work in.

    `message` is the transcript of the first of them, `output` all that was printed.
    """

    failed: tuple[str, ...]
    message: str
    output: str


def judge(mistake: Mistake, folder: pathlib.Path, caches: pathlib.Path) -> Outcome:
    """Judge a mistake on its step, and on all that this needs, up to what fails first.

    The programs are written into `folder`, an empty one of the caller's; Python keeps
    what it has compiled in `caches`, for the next one that is judged.
    """
    work = folder / "entrega"
    programs = mistake.programs()
    write(programs, work)
    right = right_programs(mistake.level, mistake.exercises)
    steps = tried(mistake.step, {f for f in programs if programs[f] != right[f]})
    verdict = folder / "verdict.json"
    command = suite.command(
        *("-n0", "--until-failure", f"--seed={SEED}", f"--verdict={verdict}"),
        # Not its whole path: what is random depends on the name too.
        *(f"--variant={work.name}", f"--level={mistake.level}"),
        *(f"--exercise={exercise}" for exercise in mistake.exercises),
        *(f"--step={step}" for step in steps),
    )
    run = subprocess.run(
        command,
        cwd=folder,
        env=_environment(caches),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LIMIT,
    )
    assert verdict.exists(), run.stdout
    said = json.loads(verdict.read_text(encoding="utf-8"))["steps"]
    broken = [step for step in steps if said[step]["status"] == "error"]
    assert not broken, run.stdout
    failed = tuple(step for step in steps if said[step]["status"] == "failed")
    message = said[failed[0]]["message"] if failed else ""
    return Outcome(failed, message, run.stdout)


def tried(step: str, changed: Collection[str]) -> list[str]:
    """A step after what it needs, in the order to work in.

    What it needs of a program that is as it was works, as that did: it is left out,
    to save time. `changed` are the files that are not as they were; nothing is left
    out when the one that the others are built on is among them.
    """
    catalogue = load_catalogue()
    needs = {
        need
        for need in catalogue.all_needs(step)
        if BASE in changed or catalogue.file_of(need) in changed
    }
    return [n for n in catalogue.to_work_in if n == step or n in needs]


def _environment(caches: pathlib.Path) -> dict[str, str]:
    """This process's environment without pytest's settings; compiling is done once."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTEST") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, "PYTHONPYCACHEPREFIX": str(caches)}
