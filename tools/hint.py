"""`hint`: a step's hints, one more each time it is asked for; never the solution."""

import argparse
import json
import pathlib
import sys
import textwrap

from . import suite
from .catalogue import HINTS, ROOT, Catalogue, Step, load_catalogue
from .language import LANGUAGES, current, tr
from .site import address

#: How many hints of each step have been given, in this checkout.
GIVEN = ROOT / ".pistes.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "step", nargs="?", metavar="ID", help="of which step (the next)"
    )
    parser.add_argument(
        "--folder",
        type=pathlib.Path,
        default=pathlib.Path("el-meu-xat"),
        help="where your chat is, to find its next step (el-meu-xat)",
    )
    parser.add_argument("--again", action="store_true", help="from the first one again")
    parser.add_argument("--lang", choices=LANGUAGES, default="ca")


def run(args: argparse.Namespace) -> int:
    """Give one hint more; 0, or 2 if there is no such step or folder."""
    catalogue = load_catalogue()
    name = args.step or _next_step(args.folder, catalogue)
    if name is None:
        return 2
    if name not in catalogue.steps:
        print(catalogue.no_such_step(name), file=sys.stderr)
        return 2
    given = _given()
    count = 1 if args.again else min(given.get(name, 0) + 1, HINTS)
    GIVEN.write_text(json.dumps(given | {name: count}), encoding="utf-8")
    _show(catalogue.steps[name], count, catalogue)
    return 0


def _show(step: Step, count: int, catalogue: Catalogue) -> None:
    print(f"{step.id}. {step.sentence[current()]} ({catalogue.file_of(step.id)})\n")
    for number, hint in enumerate(step.hints[current()][:count], 1):
        print(_wrapped(f"{number}. {hint}") + "\n")
    if count < HINTS:
        print(
            tr(
                f"Una altra: python3 -m tools hint {step.id}",
                f"Another one: python3 -m tools hint {step.id}",
            )
        )
    else:
        print(tr("Ja no n'hi ha cap més.", "There are no more."))
    print(f"{tr('Pàgina', 'Page')}: {address.of_step(catalogue, step.id)}")


def _wrapped(text: str) -> str:
    """The text at 80 columns, its addresses whole."""
    return textwrap.fill(
        text,
        79,
        subsequent_indent="   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _given() -> dict[str, int]:
    try:
        return json.loads(GIVEN.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _next_step(folder: pathlib.Path, catalogue: Catalogue) -> str | None:
    """The first step in the order to work in that does not work yet."""
    if not (folder / "servidor.py").is_file():
        print(
            tr(
                f"A {folder} no hi ha servidor.py: digues de quin pas vols la pista, o "
                "on és el teu xat (--folder).",
                f"There is no servidor.py in {folder}: say of which step, or where "
                "your chat is (--folder).",
            ),
            file=sys.stderr,
        )
        return None
    statuses = suite.judge(folder.absolute(), "--until-failure").statuses
    for name in catalogue.to_work_in:
        if statuses.get(name, "passed") != "passed":
            return name
    print(tr("Tot fet: no queda cap pas.", "All done: no step is left."))
    return None
