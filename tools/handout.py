"""`handout`: what a student gets: the skeleton, the suite, `start`; nothing solved."""

import argparse
import pathlib
import re
import shutil
import sys

from .catalogue import MASTER, ROOT
from .language import tr
from .site.address import IN_HANDOUT
from .site.build import SITE

#: What of the course goes into a hand-out. Of the tests, those of the programs.
TAKEN = (
    "LICENSE",
    "pyproject.toml",
    "requirements.txt",
    "tests/__init__.py",
    "tests/conftest.py",
    "tests/judge/**/*",
    "tests/test_*.py",
    "tools/__init__.py",
    "tools/__main__.py",
    "tools/catalogue.py",
    "tools/commands.py",
    "tools/environment.py",
    "tools/hint.py",
    "tools/language.py",
    "tools/start.py",
    "tools/suite.py",
    "tools/site/__init__.py",
    "tools/site/address.py",
    "variants/levels.toml",
    "variants/steps.toml",
    "variants/skeleton/*.py",
)

#: The page beside it: how to begin.
READ_ME = "docs/handout.md"

#: So many lines of the master in a row, and it is its code.
RUN = 3


class HandoutError(Exception):
    """The hand-out cannot be made; the message says why and what to do."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""
    parser.add_argument("folder", type=pathlib.Path, metavar="DIR", help="a new folder")
    parser.add_argument("--zip", action="store_true", help="and DIR.zip, to give out")
    parser.add_argument(
        "--pages", action="store_true", help="with the pages that were built (`site`)"
    )
    parser.add_argument("--url", help="where the course's site is published")


def run(args: argparse.Namespace) -> int:
    """Make it; 0, or 1 if something in it solves a step, 2 if it cannot be made."""
    try:
        make(args.folder, args.pages, args.url)
    except HandoutError as error:
        print(error, file=sys.stderr)
        return 2
    solving = solved_in(args.folder)
    if solving:
        print("\n".join(solving), file=sys.stderr)
        return 1
    print(args.folder)
    if args.zip:
        print(shutil.make_archive(str(args.folder), "zip", args.folder))
    return 0


def make(folder: pathlib.Path, pages: bool = False, url: str | None = None) -> None:
    """Write the hand-out to a folder that is new or empty.

    Raises:
        HandoutError: the folder has something in it, or the pages are not built.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HandoutError(
            tr(
                f"{folder} ja existeix i no és buida: tria una altra carpeta.",
                f"{folder} is there already, and not empty: choose another folder.",
            )
        )
    if pages and not SITE.exists():
        raise HandoutError(
            tr(
                "Les pàgines no s'han construït: python3 -m tools site",
                "The pages have not been built: python3 -m tools site",
            )
        )
    for path in taken():
        target = folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.copyfile(ROOT / READ_ME, folder / "README.md")
    if pages:
        shutil.copytree(SITE, folder / IN_HANDOUT)
    if url:
        settings = folder / "pyproject.toml"
        text = settings.read_text(encoding="utf-8")
        text += f'\n[project.urls]\nSite = "{url}"\n'
        settings.write_text(text, encoding="utf-8")


def taken() -> list[pathlib.Path]:
    """The files that go into a hand-out, README and pages aside."""
    found = [path for pattern in TAKEN for path in sorted(ROOT.glob(pattern))]
    return [p for p in found if p.is_file() and "__pycache__" not in p.parts]


def solved_in(folder: pathlib.Path) -> list[str]:
    """What in a hand-out solves a step: lines of the master's code, in any file.

    Pages are not looked at: they show code on purpose.
    """
    solved = set()
    for path in (ROOT / "variants" / MASTER).glob("*.py"):
        solved |= _runs(path.read_text(encoding="utf-8"))
    for path in (ROOT / "variants" / "skeleton").glob("*.py"):
        solved -= _runs(path.read_text(encoding="utf-8"))
    problems = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if not path.is_file() or name.parts[0] == IN_HANDOUT:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for lines in sorted(_runs(text) & solved):
            problems.append(f"{name}: has the master's own «{' / '.join(lines)}»")
    return problems


def _runs(text: str) -> set[tuple[str, ...]]:
    """Every few lines of code in a row, whatever their indentation."""
    lines = [line.strip() for line in text.splitlines()]
    code = [line for line in lines if re.match(r"(?!#|import |from ).*\w", line)]
    return {tuple(code[i : i + RUN]) for i in range(len(code) - RUN + 1)}
