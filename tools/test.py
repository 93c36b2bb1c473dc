"""`test`: everything that must hold before a change to the course is taken."""

import argparse
import subprocess
import sys

from .catalogue import ROOT

#: Runs of programs are recorded on Linux; elsewhere the system's words are others.
RECORDED = {"Records", "Sessions"}

#: What is checked, in this order: the quick ones first.
CHECKS = (
    ("Style", ["ruff", "check", "."]),
    ("Layout", ["ruff", "format", "--check", "."]),
    ("Levels", ["tools", "levels", "--check"]),
    ("Records", ["tools", "record", "--check"]),
    ("Sessions", ["tools", "sessions", "--check"]),
    ("Site", ["tools", "site", "--check"]),
    ("Tests", ["pytest", "--thorough"]),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command's arguments."""


def run(args: argparse.Namespace) -> int:
    """Make every check, also after one has failed; 0 if all is well, else 1."""
    failed = []
    for name, command in CHECKS:
        if name in RECORDED and sys.platform != "linux":
            print(
                f"\n== {name}: left out here; they were recorded on Linux", flush=True
            )
            continue
        print(f"\n== {name}: {' '.join(command)}", flush=True)
        if subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode != 0:
            failed.append(name)
    print()
    print(f"Failed: {', '.join(failed)}." if failed else "All is well.", flush=True)
    return 1 if failed else 0
