"""What a learner is told of a mistake, as it was recorded, and how often that is right.

Beside the mistakes, `wrong/feedback/NAME.txt` has the step that fails first and its
transcript, in Catalan. `wrong/figures.json` counts the mistakes, those that are caught,
and those that are caught at the expected step first.

    pytest --record tests/course/test_wrong.py

writes both anew (with `-k NAME`, one mistake's). Read what has changed before it is
committed: it is what somebody of seventeen will have to understand.
"""

import difflib
import json
import pathlib
import re

from tools.mistakes import FEEDBACK, FIGURES

from . import mistakes
from .judging import Outcome
from .mistakes import Mistake

RECORD = "pytest --record tests/course/test_wrong.py"

#: Stands for a transcript that is not the same at each run.
VARIES = "(La transcripció és diferent cada vegada.)"

#: What differs from one run to the next, and what is recorded in its place.
CHANGING = [
    # The port that the system chose: not 8888, nor one that is none.
    (r"((?:127\.\d+\.\d+\.\d+|localhost)[: ])(?!8888\b|65536\b)\d{4,5}\b", r"\1PORT"),
    (r"\b\d+(?:\.\d+)? s(?![\w'])", "N s"),
    (r"\b\d\d:\d\d:\d\d,\d\d\d\b", "HH:MM:SS,mmm"),
    (r"\b\d{4}-\d\d-\d\d\b", "AAAA-MM-DD"),
    (r"\b\d+ vegades\b", "N vegades"),
    (r"\b\d+ MB\b", "N MB"),
    # Threads without a name get one in the order in which they are made.
    (r"\bThread-\d+", "Thread-N"),
    (r"(?<!\w)/[^\s'\"]*/fil-a-fil-[^\s'\"…]*", "CARPETA"),
    # Where a line of the master is, is another matter.
    (r"\b(line|línia) \d+", r"\1 N"),
]


def told(mistake: Mistake, outcome: Outcome) -> str:
    """What is told of a mistake, without what is another at each run."""
    if not outcome.failed:
        return "\n"
    message = outcome.message
    for pattern, constant in CHANGING:
        message = re.sub(pattern, constant, message)
    if mistake.varies:
        message = VARIES
    return f"{outcome.failed[0]}\n{message}\n"


def path_of(mistake: Mistake) -> pathlib.Path:
    """Where its recorded feedback is."""
    return FEEDBACK / f"{mistake.name}.txt"


def record(mistake: Mistake, text: str) -> None:
    """Write its feedback anew."""
    FEEDBACK.mkdir(exist_ok=True)
    path_of(mistake).write_text(text, encoding="utf-8", newline="\n")


def difference(mistake: Mistake, text: str) -> str:
    """How `text` differs from what was recorded, and what to do; empty if it is so."""
    path = path_of(mistake)
    recorded = path.read_text(encoding="utf-8") if path.exists() else ""
    if recorded == text:
        return ""
    lines = difflib.unified_diff(
        recorded.splitlines(), text.splitlines(), "recorded", "now", lineterm=""
    )
    return "\n".join(
        [
            f"What is told of {mistake.name} is not what was recorded.",
            "Where it leads to the mistake as well as before, or better:",
            f"    {RECORD} -k {mistake.name}",
            "Where it is another at each run, its file has to say why (`varies`).",
            *lines,
        ]
    )


def figures() -> dict[str, int]:
    """How many mistakes there are, and of how many the recorded feedback tells."""
    pairs = []
    for path in mistakes.paths():
        mistake = mistakes.load(path)
        recorded = path_of(mistake)
        text = recorded.read_text(encoding="utf-8") if recorded.exists() else "\n"
        pairs.append((mistake.step, text.splitlines()[0]))
    return {
        "mistakes": len(pairs),
        "caught": sum(bool(first) for _, first in pairs),
        "at_the_expected_step_first": sum(first == step for step, first in pairs),
    }


def write_figures() -> None:
    """Write the figures anew, and remove the feedback of what no mistake is left of."""
    known = {path.stem for path in mistakes.paths()}
    for path in FEEDBACK.glob("*.txt"):
        if path.stem not in known:
            path.unlink()
    FIGURES.write_text(json.dumps(figures(), indent=2) + "\n", encoding="utf-8")
