"""`matrix`: each step taken out of the whole, and the steps that fail then.

A suite that judges people's work must notice each thing that is missing, and say which.
The result is data, `docs/data/matrix.json`: for each step removed, the steps that
failed, the first of them in the order to work in, and those that were not reached.
"""

import argparse
import json
import pathlib
import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from . import suite
from .catalogue import ROOT, Catalogue
from .levels.programs import Programs, write

Matrix = dict[str, dict]

MATRIX = ROOT / "docs" / "data" / "matrix.json"

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


def row(programs: Programs, step: str, only: Iterable[str] = ()) -> dict:
    """What becomes of the steps in the program without `step`; see the module.

    With `only`, no other steps than these are tried, and no test with a long wait.
    """
    catalogue = programs.catalogue
    kind = catalogue.steps[step].kind
    options = ["-n0"] if only else ["--thorough"]
    options += [f"--exercise={kind}"] if kind in catalogue.exercises else []
    options += [f"--step={name}" for name in only]
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place, "entrega")
        write(programs.without(step), folder)
        statuses = suite.judge(folder, *options).statuses
    failed = [name for name in catalogue.to_work_in if statuses.get(name) == "failed"]
    reached = [n for n in catalogue.steps if statuses.get(n) == "not_reached"]
    return {"failed": failed, "not_reached": reached}


def problems(catalogue: Catalogue, matrix: Matrix) -> Iterable[str]:
    """What is not as it must be, a line each."""
    for step, found in matrix.items():
        if catalogue.steps[step].unseen:
            continue
        if not works_at_all(found):
            # Of such a program that is all that can be seen, under whatever name.
            if step not in found["failed"] + found["not_reached"]:
                yield f"{step}: without it nobody gets in, and its own tests pass"
        elif step not in found["failed"]:
            yield f"{step}: without it, no test of its own fails"
        elif found["failed"][0] not in accepted(catalogue, step):
            first = found["failed"][0]
            yield f"{step}: without it, the first step that fails is {first}"


def noticed(catalogue: Catalogue, matrix: Matrix) -> tuple[list[str], list[str]]:
    """The steps that can be seen, and those of them that fail a test of their own."""
    seen = [step for step in matrix if not catalogue.steps[step].unseen]
    return seen, [step for step in seen if step in matrix[step]["failed"]]


def works_at_all(found: dict) -> bool:
    """Whether somebody still gets in; if not, all the rest fails with it."""
    return "P4" not in found["failed"] + found["not_reached"]


def accepted(catalogue: Catalogue, step: str) -> set[str]:
    """The steps that may be the first to fail: itself, its stop's, those it needs."""
    stop = next((s for s in catalogue.order if step in s), ())
    return {step, *stop, *catalogue.all_needs(step)}


def told(catalogue: Catalogue, matrix: Matrix) -> Iterable[str]:
    """The matrix and its figures for a person, a line for each step."""
    for step, found in matrix.items():
        note = "  (unseen)" if catalogue.steps[step].unseen else ""
        shown = " ".join(found["failed"]) or "-"
        yield f"{step:<4}{shown}{note}"
    seen, own = noticed(catalogue, matrix)
    broken = [step for step in seen if not works_at_all(matrix[step])]
    first = [step for step in seen if matrix[step]["failed"][:1] == [step]]
    named = [s for s in seen if set(matrix[s]["failed"][:1]) <= accepted(catalogue, s)]
    yield f"{len(matrix)} steps, {len(seen)} that can be seen"
    yield f"{len(own)} fail a test of their own; {len(first)} do so first of all"
    yield f"{len(named)} fail first, or their stop or what they need does"
    yield f"{len(broken)} leave a program that lets nobody in: {' '.join(broken)}"
    yield from problems(catalogue, matrix)
