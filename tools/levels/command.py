"""`python3 -m tools levels`: write the derived programs, or check those there."""

import argparse
import difflib
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.catalogue import (
    MASTER,
    ROOT,
    Catalogue,
    CatalogueError,
    Fate,
    load_catalogue,
    load_levels,
)
from tools.levels.derive import derive
from tools.levels.fates import (
    Levels,
    fates_of_level,
    fates_of_solution,
    fates_of_start,
)
from tools.levels.markers import check
from tools.levels.reading import SourceError

VARIANTS = ROOT / "variants"
ALL = "all"

OK, WRONG, MISUSED = 0, 1, 2

Texts = dict[str, str]


class MisuseError(Exception):
    """What was asked for cannot be done."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes to `parser`."""
    parser.description = "Derive every level from the programs in variants/master."
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check",
        action="store_true",
        help="write nothing; fail when a program is not what the master gives",
    )
    what.add_argument(
        "--start",
        nargs=2,
        metavar=("ID", "DIR"),
        help="write the start of an exercise to DIR: full, and its steps as comments",
    )
    what.add_argument(
        "--solution",
        nargs=2,
        metavar=("IDS", "DIR"),
        help=f"write full and these exercises solved; IDS is noms,consola or {ALL}",
    )


def run(args: argparse.Namespace) -> int:
    """Do it; the exit status is 0, 1 if something is wrong, 2 if it cannot be done."""
    try:
        catalogue = load_catalogue(VARIANTS / "steps.toml")
        levels = load_levels(VARIANTS / "levels.toml")
        master = _programs(VARIANTS / MASTER)
        if not master:
            raise MisuseError(f"{VARIANTS / MASTER} has no program")
        if args.start:
            exercise, folder = args.start
            _check_exercise(exercise, catalogue)
            return _write_new(
                Path(folder),
                master,
                catalogue,
                fates_of_start(catalogue, levels, exercise),
            )
        if args.solution:
            exercises, folder = args.solution
            fates = fates_of_solution(
                catalogue, levels, _exercises(exercises, catalogue)
            )
            return _write_new(Path(folder), master, catalogue, fates)
        return _levels(master, catalogue, levels, write=not args.check)
    except CatalogueError as error:
        print(error, file=sys.stderr)
        return WRONG
    except MisuseError as error:
        print(error, file=sys.stderr)
        return MISUSED
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return MISUSED


def _levels(master: Texts, catalogue: Catalogue, levels: Levels, write: bool) -> int:
    """Write, or compare, the folder of every level but the master's."""
    if _report(check(master, catalogue)):
        return WRONG
    derived = {}
    for level in levels:
        if level != MASTER:
            try:
                derived[level] = derive(
                    master, catalogue, fates_of_level(catalogue, levels, level)
                )
            except SourceError as error:
                print(f"level {level}: {error}", file=sys.stderr)
    if len(derived) < len(levels) - (MASTER in levels):
        return WRONG
    act = _write if write else _compare
    return max(
        (act(VARIANTS / level, texts) for level, texts in derived.items()), default=OK
    )


def _write_new(
    folder: Path, master: Texts, catalogue: Catalogue, fates: Mapping[str, Fate]
) -> int:
    """Write the programs to a folder that has none."""
    if _report(check(master, catalogue)):
        return WRONG
    if folder.exists() and not folder.is_dir():
        raise MisuseError(f"{folder} is no folder")
    if _programs(folder):
        raise MisuseError(f"{folder} has programs already; name another folder")
    try:
        texts = derive(master, catalogue, fates)
    except SourceError as error:
        print(error, file=sys.stderr)
        return WRONG
    return _write(folder, texts)


def _write(folder: Path, texts: Texts) -> int:
    """Make the programs of a folder be these, touching nothing that is so already."""
    folder.mkdir(parents=True, exist_ok=True)
    there = _programs(folder)
    for file in sorted({*there, *texts}):
        path = folder / file
        if file not in texts:
            path.unlink()
            print(f"removed    {_name(path)}")
        elif there.get(file) == texts[file]:
            print(f"unchanged  {_name(path)}")
        else:
            path.write_text(texts[file], encoding="utf-8", newline="\n")
            print(f"written    {_name(path)}")
    return OK


def _compare(folder: Path, texts: Texts) -> int:
    """Say how the programs of a folder differ from these."""
    there = _programs(folder)
    status = OK
    for file in sorted({*there, *texts}):
        if there.get(file) == texts.get(file):
            continue
        status = WRONG
        name = _name(folder / file)
        print(f"{name} is not what the master gives; run: python3 -m tools levels")
        old, new = (
            side.get(file, "").splitlines(keepends=True) for side in (there, texts)
        )
        sys.stdout.writelines(
            difflib.unified_diff(old, new, f"{name} (committed)", f"{name} (derived)")
        )
    return status


def _programs(folder: Path) -> Texts:
    """The programs of a folder, by file name; none when there is no folder."""
    texts = {}
    for path in sorted(folder.glob("*.py")):
        try:
            # Bytes, so that a line's end which is not "\n" counts as a difference.
            texts[path.name] = path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            raise MisuseError(f"{_name(path)} is not UTF-8") from error
    return texts


def _exercises(names: str, catalogue: Catalogue) -> tuple[str, ...]:
    if names == ALL:
        return catalogue.exercises
    exercises = tuple(names.split(","))
    for exercise in exercises:
        _check_exercise(exercise, catalogue)
    return exercises


def _check_exercise(exercise: str, catalogue: Catalogue) -> None:
    if exercise not in catalogue.exercises:
        known = ", ".join(catalogue.exercises) or "none yet"
        raise MisuseError(f"there is no exercise {exercise!r}; there are: {known}")


def _report(problems: list[SourceError]) -> bool:
    for problem in problems:
        print(f"{MASTER}/{problem}", file=sys.stderr)
    return bool(problems)


def _name(path: Path) -> str:
    """The path as one would type it from the project's root."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
