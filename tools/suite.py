"""How the suite is run on somebody's folder, so that nothing there reaches pytest."""

import dataclasses
import json
import pathlib
import subprocess
import sys
import tempfile

from .catalogue import ROOT


class SuiteError(Exception):
    """The suite has given no verdict; the message is what it printed."""


@dataclasses.dataclass(frozen=True)
class Judged:
    """What came of a run: pytest's exit status, all that it printed, its verdict."""

    status: int
    output: str
    verdict: dict

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each step that was tried."""
        return {name: entry["status"] for name, entry in self.verdict["steps"].items()}


def command(*arguments: str) -> list[str]:
    """What runs the suite with these arguments.

    pytest looks for settings and conftest.py files around what it is given: here all
    of that is said to be the course's. `-P` keeps the current folder off the path.
    """
    return [
        *(sys.executable, "-P", "-m", "pytest", "-q"),
        *("-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}"),
        *(f"--confcutdir={ROOT}", str(ROOT / "tests"), *arguments),
    ]


def run(*arguments: str) -> int:
    """Run the suite with these arguments, for a person; pytest's exit status."""
    return subprocess.run(command(*arguments)).returncode


def judge(folder: pathlib.Path, *arguments: str) -> Judged:
    """Run the suite on a folder, for a program: nothing is printed.

    Raises:
        SuiteError: it has given no verdict.
    """
    with tempfile.TemporaryDirectory() as place:
        path = pathlib.Path(place, "verdict.json")
        ran = subprocess.run(
            command(f"--variant={folder}", f"--verdict={path}", *arguments),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        if not path.exists():
            raise SuiteError(ran.stdout)
        verdict = json.loads(path.read_text(encoding="utf-8"))
    return Judged(ran.returncode, ran.stdout, verdict)
