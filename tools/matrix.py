"""`matrix`: each step taken out of the whole, and the steps that fail then.

A suite that judges people's work must notice each thing that is missing, and say which.
The result is data, `docs/data/matrix.json`, for each step removed:

- `own`: whether a test of its own fails, in the whole suite or when it is tried alone
  (in the whole suite, something that it needs may fail before);
- `failed`: the steps that fail, in the order to work in;
- `not_reached`: those whose needs fail;
- `raises`: the error with which the program stops, if what is left refers to what is
  not there any more: then much more fails than the step.
"""

import argparse
import json
import pathlib
import re
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from . import suite
from .catalogue import ROOT, Catalogue
from .levels.programs import Programs, write

Matrix = dict[str, dict]

MATRIX = ROOT / "docs" / "data" / "matrix.json"

#: What Python says when a name is used that nothing defines.
MISSING_NAME = re.compile(
    r"^ *((?:NameError|AttributeError|UnboundLocalError|ImportError): .*)$",
    re.MULTILINE,
)

#: Runs at a time: each has forks of its own, and mostly waits.
AT_ONCE = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("step", nargs="*", metavar="ID", help="only these steps")


def run(args: argparse.Namespace) -> int:
    """Make the matrix and print its figures; 0 if it is as it must be, else 1."""
    programs = Programs()
    steps = args.step or list(programs.catalogue.steps)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = dict(
            zip(steps, pool.map(lambda s: row(programs, s), steps), strict=True)
        )
    merged = read() | rows
    matrix = {step: merged[step] for step in programs.catalogue.steps if step in merged}
    lines = [
        f"{json.dumps(step)}: {json.dumps(found)}" for step, found in matrix.items()
    ]
    MATRIX.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    for line in told(programs.catalogue, matrix):
        print(line)
    return 1 if any(problems(programs.catalogue, matrix)) else 0


def read() -> Matrix:
    """The matrix that was made; empty if none was."""
    return json.loads(MATRIX.read_text("utf-8")) if MATRIX.exists() else {}


def row(programs: Programs, step: str) -> dict:
    """What becomes of the steps in the program without `step`; see the module."""
    catalogue = programs.catalogue
    judged = judge_without(programs, step, "--thorough")
    failed = [n for n in catalogue.to_work_in if judged.statuses.get(n) == "failed"]
    reached = [n for n in catalogue.steps if judged.statuses.get(n) == "not_reached"]
    own = step in failed or notices(programs, step)
    found = {"own": own, "failed": failed, "not_reached": reached}
    if failed:
        message = judged.verdict["steps"][failed[0]]["message"]
        if raised := MISSING_NAME.search(message):
            found["raises"] = raised[1]
    return found


def notices(programs: Programs, step: str) -> bool:
    """Whether a test of the step's own, tried alone, fails without the step.

    Those with a long wait are not tried.
    """
    judged = judge_without(programs, step, "-n0", f"--step={step}")
    return judged.statuses[step] == "failed"


def judge_without(programs: Programs, step: str, *options: str) -> suite.Judged:
    """Run the suite on the whole program (or its exercise) without `step`."""
    kind = programs.catalogue.steps[step].kind
    if kind in programs.catalogue.exercises:
        options = *options, f"--exercise={kind}"
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place, "entrega")
        write(programs.without(step), folder)
        return suite.judge(folder, *options)


def problems(catalogue: Catalogue, matrix: Matrix) -> Iterable[str]:
    """What is not as it must be, a line each."""
    for step, found in matrix.items():
        if catalogue.steps[step].unseen:
            continue
        if not works_at_all(found):
            # Of such a program that is all that can be seen, under whatever name.
            if step not in found["failed"] + found["not_reached"]:
                yield f"{step}: without it nobody gets in, and its own tests pass"
        elif not found["own"]:
            yield f"{step}: without it, no test of its own fails"
        elif not ("raises" in found or leads_to(catalogue, step, found)):
            first = found["failed"][0]
            yield f"{step}: without it, the first step that fails is {first}"


def noticed(catalogue: Catalogue, matrix: Matrix) -> tuple[list[str], list[str]]:
    """The steps that can be seen, and those of them that fail a test of their own."""
    seen = [step for step in matrix if not catalogue.steps[step].unseen]
    return seen, [step for step in seen if matrix[step]["own"]]


def works_at_all(found: dict) -> bool:
    """Whether somebody still gets in; if not, all the rest fails with it."""
    return "P4" not in found["failed"] + found["not_reached"]


def leads_to(catalogue: Catalogue, step: str, found: dict) -> bool:
    """Whether the first to fail is the step, one of its stop, or one that it needs."""
    stop = next((s for s in catalogue.order if step in s), ())
    return {*found["failed"][:1]} <= {step, *stop, *catalogue.all_needs(step)}


def told(catalogue: Catalogue, matrix: Matrix) -> Iterable[str]:
    """The matrix and its figures for a person, a line for each step."""
    for step, found in matrix.items():
        note = "  (unseen)" if catalogue.steps[step].unseen else ""
        note += f"  ({found['raises']})" if "raises" in found else ""
        shown = " ".join(found["failed"]) or "-"
        yield f"{step:<4}{shown}{note}"
    seen, own = noticed(catalogue, matrix)
    broken = [step for step in seen if not works_at_all(matrix[step])]
    first = [step for step in seen if matrix[step]["failed"][:1] == [step]]
    named = [step for step in seen if leads_to(catalogue, step, matrix[step])]
    yield f"{len(matrix)} steps, {len(seen)} that can be seen"
    yield f"{len(own)} fail a test of their own; {len(first)} do so first of all"
    yield f"{len(named)} fail first, or their stop or what they need does"
    yield f"{len(broken)} leave a program that lets nobody in: {' '.join(broken)}"
    raising = [step for step in seen if "raises" in matrix[step]]
    yield f"{len(raising)} leave one that stops with an error: {' '.join(raising)}"
    yield from problems(catalogue, matrix)
