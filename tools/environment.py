"""The environment that the commands run in: `.venv`, made when it is first needed.

Nothing has to be installed beforehand but Python itself. What is installed is pinned in
the requirements files; a stamp in `.venv` says which of them it already has.
"""

import hashlib
import os
import pathlib
import subprocess
import sys
import venv

from .language import tr

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"

#: What a student's runs need, and what those who keep the course need.
STUDENT = "requirements.txt"
COURSE = "requirements-course.txt"


class SetUpError(Exception):
    """The environment could not be made; the message says why and what to do."""


def python() -> pathlib.Path:
    """The environment's Python."""
    if os.name == "nt":
        return VENV / "Scripts" / "python.exe"
    return VENV / "bin" / "python"


def is_inside(requirements: str) -> bool:
    """Whether this process runs in an environment that has the requirements."""
    return pathlib.Path(sys.prefix).resolve() == VENV.resolve() and _has(requirements)


def run_inside(requirements: str, arguments: list[str]) -> int:
    """Run the environment's Python with these arguments, making it first if need be.

    Gives its exit status. Raises `SetUpError` when the environment cannot be made.
    """
    if not _has(requirements):
        _make(requirements)
    process = subprocess.Popen([str(python()), *arguments])
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            # Ctrl-C has reached it too: it ends in its own way, and we wait for it.
            continue


def _make(requirements: str) -> None:
    print(
        tr(
            "Preparo l'entorn (només la primera vegada)…",
            "Preparing the environment (this once)…",
        ),
        file=sys.stderr,
        flush=True,
    )
    try:
        venv.create(VENV, with_pip=True, clear=not python().exists())
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetUpError(
            tr(
                f"No s'ha pogut crear l'entorn {VENV} ({error}). "
                "A Debian i Ubuntu: sudo apt install python3-venv",
                f"The environment {VENV} could not be made ({error}). "
                "On Debian and Ubuntu: sudo apt install python3-venv",
            )
        ) from None
    command = [str(python()), "-m", "pip", "install", "--disable-pip-version-check"]
    pip = subprocess.run(
        [*command, "--quiet", "--requirement", str(ROOT / requirements)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if pip.returncode != 0:
        last = (pip.stdout.strip().splitlines() or ["?"])[-1]
        raise SetUpError(
            tr(
                "No s'han pogut instal·lar les eines del curs. Cal connexió a "
                f"Internet, només aquesta vegada. (pip diu: {last})",
                "The course's tools could not be installed. A connection to the "
                f"Internet is needed, this once. (pip says: {last})",
            )
        )
    for name in {requirements, STUDENT}:
        _stamp(name).write_text(_digest(name), encoding="ascii")


def _has(requirements: str) -> bool:
    try:
        return _stamp(requirements).read_text(encoding="ascii") == _digest(requirements)
    except OSError:
        return False


def _stamp(requirements: str) -> pathlib.Path:
    return VENV / f"{requirements}.installed"


def _digest(requirements: str) -> str:
    """What the environment was made of: it changes when it has to be made again."""
    made_of = [sys.version.encode(), (ROOT / STUDENT).read_bytes()]
    made_of.append((ROOT / requirements).read_bytes())
    return hashlib.sha256(b"\0".join(made_of)).hexdigest()
