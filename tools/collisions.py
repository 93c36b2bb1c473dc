"""`collisions`: the locks taken out of `full`, one place at a time, and who notices.

A race comes only now and then. How often the suite notices one, with its awkward
schedule (`tests/judge/awkward.py`), is a figure: so many of so many runs. So is how
often the whole suite finds anything wrong with programs that are correct: it must be
never. Both are kept in `docs/data/collisions.json`.
"""

import argparse
import json
import pathlib
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor

from . import suite
from .catalogue import ROOT
from .levels.programs import Programs, Texts, write
from .levels.programs import read as read_programs

FIGURES = ROOT / "docs" / "data" / "collisions.json"
RIGHT = ROOT / "tests" / "course" / "right"

EVERYWHERE = "Sala, everywhere"

#: Where a lock matters: the program, the method, and the steps whose tests must notice.
#: It does not matter in `lliura` and `treu`, which are called with the lock taken, nor
#: in `abandona` and `perd`, whose two halves take it each: everybody sees one order all
#: the same. (In `treu` at the end, and in `noms`, a race shows too seldom to count.)
PLACES = {
    EVERYWHERE: ("servidor.py", None, ("F3", "P10", "P13")),
    "Sala.entra": ("servidor.py", "entra", ("F3", "P10", "P13")),
    "Sala.diu": ("servidor.py", "diu", ("F3", "P10", "P13")),
    "Connexio.envia": ("connexio.py", "envia", ("C2",)),
}

AT_ONCE = 3
#: Of so many runs, at least, a missing lock must be noticed.
NEARLY_ALWAYS = 0.95

#: Of runs of the whole suite, so that each is the others' load.
WHOLE_AT_ONCE = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument(
        "--locks", type=int, default=0, metavar="N", help="N runs without each lock"
    )
    parser.add_argument(
        "--correct",
        type=int,
        default=0,
        metavar="N",
        help="N runs of the whole suite on each correct program",
    )


def run(args: argparse.Namespace) -> int:
    """Measure, print and keep the rates; 1 if one is not as it must be, else 0."""
    figures = read()
    full = Programs().of_level("full")
    if args.locks:
        noticed = {}
        for place, (file, method, steps) in PLACES.items():
            texts = full | {file: without_lock(full[file], method)}
            noticed[place] = _measured(place, texts, steps, args.locks)
        figures["locks"] = {"runs": args.locks, "noticed": noticed}
    if args.correct:
        alarms = {
            name: _measured(name, texts, (), args.correct)
            for name, texts in {"full": full, **_right()}.items()
        }
        figures["correct"] = {"runs": args.correct, "false alarms": alarms}
    text = json.dumps(figures, indent=1, ensure_ascii=False) + "\n"
    FIGURES.write_text(text, encoding="utf-8", newline="\n")
    return 0 if is_good(figures) else 1


def read() -> dict:
    """The figures that were measured; empty if none were."""
    return json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}


def is_good(figures: dict) -> bool:
    """Whether a missing lock is noticed nearly always, a correct program never."""
    locks, correct = figures["locks"], figures["correct"]
    least = min(locks["noticed"].values())
    alarms = any(correct["false alarms"].values())
    return least >= NEARLY_ALWAYS * locks["runs"] and not alarms


def without_lock(text: str, method: str | None) -> str:
    """A program that takes its `_candau` no more: in one method, or nowhere.

    Raises:
        ValueError: there it takes none.
    """
    start, end = 0, len(text)
    if method:
        found = re.search(rf"(?ms)^    def {method}\(.*?(?=^    def |^def |\Z)", text)
        start, end = found.span() if found else (0, 0)
    inside = text[start:end]
    changed = inside.replace("with self._candau:", "if True:  # without the lock")
    if changed == inside:
        raise ValueError(f"{method or 'the program'} takes no lock")
    return text[:start] + changed + text[end:]


def _right() -> dict[str, Texts]:
    return {
        folder.name: read_programs(folder)
        for folder in sorted(RIGHT.iterdir())
        if folder.is_dir()
    }


def _measured(name: str, texts: Texts, steps: tuple[str, ...], runs: int) -> int:
    """In how many of so many runs a step failed; without `steps`, any step."""
    at_once = AT_ONCE if steps else WHOLE_AT_ONCE
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(at_once) as pool:
        folder = pathlib.Path(place, "entrega")
        write(texts, folder)
        failed = sum(pool.map(lambda _: _fails(folder, steps), range(runs)))
    print(f"{name:<24}{failed:>4} of {runs}", flush=True)
    return failed


def _fails(folder: pathlib.Path, steps: tuple[str, ...]) -> bool:
    """Whether a run notices something; each has a seed of its own.

    What is noticed in the whole suite is shown: nobody expects it.
    """
    options = ["-n0", *(f"--step={step}" for step in steps)] if steps else []
    judged = suite.judge(folder, *options)
    statuses = set(judged.statuses.values())
    if not statuses or "error" in statuses:
        seed = judged.verdict["seed"]
        raise RuntimeError(f"seed {seed}: a test broke down:\n{judged.output}")
    if not steps and judged.status != 0:
        print(judged.output, flush=True)
    return "failed" in statuses
