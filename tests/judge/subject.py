"""The program that is judged, and what is expected of it."""

import ast
import dataclasses
import hashlib
import pathlib
from collections.abc import Mapping

from tools.catalogue import (
    EXERCISES,
    ROOT,
    Catalogue,
    Fate,
    load_catalogue,
    load_levels,
)
from tools.language import tr

VARIANTS = ROOT / "variants"
PROGRAMS = ("connexio.py", "servidor.py", "client.py")


class SubjectError(Exception):
    """What was asked for cannot be judged; the message says what to do."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """A folder with the three programs, and how it is judged.

    `promised` is true for a level of the course itself: there the steps that the level
    lacks must fail, as the level promises. It is false for somebody's work.
    """

    name: str
    folder: pathlib.Path
    level: str
    exercises: tuple[str, ...]
    promised: bool
    catalogue: Catalogue
    fates: Mapping[str, Fate]

    @property
    def key(self) -> str:
        """A name for it that is a file name too, and its alone."""
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:8]
        return f"{self.folder.name}-{digest}"

    @property
    def steps(self) -> tuple[str, ...]:
        """The ids of the steps that are tried, in the catalogue's order."""
        return tuple(
            step
            for step in self.catalogue.steps
            if self.promised or self.fates[step] is Fate.SOLVED
        )

    def expects(self, step: str) -> bool:
        """Whether the step must work here."""
        return self.fates[step] is Fate.SOLVED

    @property
    def untouched(self) -> bool:
        """Whether nothing has been written into the skeleton yet."""
        return is_untouched(self.folder)


def resolve(variant: str, level: str | None, exercises: list[str]) -> Subject:
    """The subject that `--variant`, `--level` and `--exercise` speak of.

    `variant` is the name of a level, or a folder.

    Raises:
        SubjectError: there is no such level, exercise or folder, or no program in it.
        tools.catalogue.CatalogueError: the catalogue is broken.
    """
    catalogue = load_catalogue()
    levels = load_levels()
    known = ", ".join(levels)
    if level is not None and level not in levels:
        raise SubjectError(
            tr(
                f"--level: no hi ha cap nivell «{level}»; n'hi ha {known}.",
                f"--level: there is no level «{level}»; there are {known}.",
            )
        )
    chosen = _exercises(exercises)
    if variant in levels:
        folder = VARIANTS / variant
        _check(folder, variant)
        theirs = variant == "skeleton" and not is_untouched(folder)
        promised = level is None and not chosen and not theirs
    else:
        folder = pathlib.Path(variant).absolute()
        _check(folder, variant, known)
        promised = False
    judged_as = level or (variant if promised else "full")
    kinds = dict(levels[judged_as])
    kinds.update({exercise: Fate.SOLVED for exercise in chosen})
    fates = {step.id: kinds[step.kind] for step in catalogue.steps.values()}
    return Subject(variant, folder, judged_as, chosen, promised, catalogue, fates)


def _exercises(names: list[str]) -> tuple[str, ...]:
    for name in names:
        if name not in (*EXERCISES, "all"):
            known = ", ".join(EXERCISES)
            raise SubjectError(
                tr(
                    f"--exercise: no n'hi ha cap que es digui «{name}»; "
                    f"hi ha {known}, i all.",
                    f"--exercise: there is none called «{name}»; "
                    f"there are {known}, and all.",
                )
            )
    return EXERCISES if "all" in names else tuple(e for e in EXERCISES if e in names)


def _check(folder: pathlib.Path, variant: str, known: str = "") -> None:
    if not folder.is_dir():
        raise SubjectError(
            tr(
                f"--variant: «{variant}» no és cap nivell ({known}) ni cap carpeta.",
                f"--variant: «{variant}» is neither a level ({known}) nor a folder.",
            )
            if known
            else tr(f"--variant: falta {folder}.", f"--variant: {folder} is missing.")
        )
    if not (folder / "servidor.py").is_file():
        raise SubjectError(
            tr(
                f"--variant: a «{variant}» no hi ha servidor.py.",
                f"--variant: «{variant}» has no servidor.py.",
            )
        )


def is_untouched(folder: pathlib.Path) -> bool:
    """Whether the folder's programs do nothing: only signatures, comments, docstrings.

    A file that cannot be read as Python has surely been touched.
    """
    for program in PROGRAMS:
        try:
            tree = ast.parse((folder / program).read_bytes())
        except (OSError, SyntaxError, ValueError):
            return False
        functions = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        if any(_does(statement) for node in functions for statement in node.body):
            return False
    return True


def _does(statement: ast.stmt) -> bool:
    idle = isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )
    return not idle
