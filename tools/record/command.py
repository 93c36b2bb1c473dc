"""`python3 -m tools record`: record real runs, or check the records that are there."""

import argparse
import sys

from tools.catalogue import ROOT

from . import files
from .compare import differences
from .play import play
from .scenarios import SCENARIOS
from .stage import RecordError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.description = "Play scenarios, and record what each thread does."
    parser.add_argument(
        "scenario",
        nargs="*",
        metavar="SCENARIO",
        help=f"which ones (all): {', '.join(SCENARIOS)}",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; fail when a new run differs from the record",
    )


def run(args: argparse.Namespace) -> int:
    """Record them, or check them; 0, 1 if something differs, 2 for no such scenario."""
    unknown = [name for name in args.scenario if name not in SCENARIOS]
    if unknown:
        print(f"no such scenario: {', '.join(unknown)}", file=sys.stderr)
        return 2
    act = check if args.check else _record
    return max(act(name) for name in args.scenario or SCENARIOS)


def check(scenario: str) -> int:
    """Compare a new run with the record; 0 if they tell of the same, else 1."""
    try:
        lines = differences(files.load(scenario), play(scenario))
    except (RecordError, FileNotFoundError) as error:
        lines = [str(error)]
    for line in lines:
        print(line)
    print(f"{scenario}: {'differs from its record' if lines else 'as recorded'}")
    return 1 if lines else 0


def _record(scenario: str) -> int:
    try:
        new = play(scenario)
    except RecordError as error:
        print(f"{scenario}: {error}", file=sys.stderr)
        return 1
    path = files.path_of(scenario)
    try:
        same = not differences(files.load(scenario), new)
    except (FileNotFoundError, TypeError, ValueError):
        same = False
    if not same:
        files.save(new)
    print(f"{'unchanged' if same else 'written  '}  {path.relative_to(ROOT)}")
    return 0
