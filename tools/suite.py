"""How the suite is run on somebody's folder, so that nothing there reaches pytest."""

import subprocess
import sys

from .catalogue import ROOT


def run(arguments: list[str], quiet: bool = False) -> int:
    """Run the suite with these arguments; pytest's exit status.

    pytest looks for settings and conftest.py files around what it is given: here all
    of that is said to be the course's. `-P` keeps the current folder off the path.
    """
    command = [sys.executable, "-P", "-m", "pytest", "-q"]
    command += ["-c", str(ROOT / "pyproject.toml"), f"--rootdir={ROOT}"]
    command += [f"--confcutdir={ROOT}", str(ROOT / "tests")]
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run([*command, *arguments], stdout=output).returncode
