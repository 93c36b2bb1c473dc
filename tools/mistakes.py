"""What learners get wrong, and what the suite has told them of it.

The files are tests of the course's own; `tests/course/mistakes.py` says what they hold.
"""

import dataclasses
import tomllib

from .catalogue import ROOT

WRONG = ROOT / "tests" / "course" / "wrong"
FEEDBACK = WRONG / "feedback"
FIGURES = WRONG / "figures.json"

#: In a transcript, what comes after what was done.
EXPECTED = "S'esperava"


@dataclasses.dataclass(frozen=True)
class Mistake:
    """What the learner had in mind, and what the suite says; empty if it varies."""

    thought: dict[str, str]
    told: str


def read() -> dict[str, list[Mistake]]:
    """The mistakes at each step, in the order of their files' names."""
    found: dict[str, list[Mistake]] = {}
    for path in sorted(WRONG.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        told = ""
        if "varies" not in data:
            text = (FEEDBACK / f"{path.stem}.txt").read_text(encoding="utf-8")
            told = text[text.index(f"\n{EXPECTED}\n") + 1 :]
        found.setdefault(data["step"], []).append(Mistake(data["thought"], told))
    return found
