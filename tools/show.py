"""`show`: a step's solution, in an instructor's checkout (a hand-out has none)."""

import argparse
import sys

from .catalogue import load_catalogue
from .language import LANGUAGES, current
from .levels import snippets
from .levels.programs import Programs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("step", metavar="ID", help="of which step")
    parser.add_argument("--lang", choices=LANGUAGES, default="ca")


def run(args: argparse.Namespace) -> int:
    """Show the step in the first level that has it; 0, or 2 if there is no such."""
    catalogue = load_catalogue()
    if args.step not in catalogue.steps:
        print(catalogue.no_such_step(args.step), file=sys.stderr)
        return 2
    print(f"{args.step}. {catalogue.steps[args.step].sentence[current()]}")
    for file, text in Programs().home_of(args.step).items():
        if part := snippets.of_step(file, text, args.step):
            print(f"\n# {file}\n{part}")
    return 0
