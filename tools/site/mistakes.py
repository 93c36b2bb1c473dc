"""What learners get wrong, step by step, and what the suite tells them of it.

The mistakes, and what was recorded of each, are the course's own tests:
`tests/course/wrong/`.
"""

import dataclasses
import functools
import textwrap
import tomllib

from tools.catalogue import ROOT
from tools.language import current, tr

from .source import Source

WRONG = ROOT / "tests" / "course" / "wrong"

#: The page that has them all.
PAGE = "errors.md"

#: What a transcript begins with, and what comes after what was done.
DONE, EXPECTED = "Què s'ha fet", "S'esperava"


@dataclasses.dataclass(frozen=True)
class Mistake:
    """What the learner had in mind, and what the suite says; empty if it varies."""

    thought: dict[str, str]
    told: str


def mistakes(source: Source, letter: str) -> str:
    """A group's mistakes: each folded, under the step that the suite names first."""
    parts = []
    for step in source.catalogue.of_group(letter):
        if found := of_step(step.id):
            # Braces at a heading's end are its attributes; those of the text are not.
            sentence = step.sentence[current()].replace("{", "&#123;")
            title = tr("L'apartat del pas", "The step's section")
            parts += [
                f"### {step.id} · {sentence} {{#{step.id}}}",
                *map(_shown, found),
                f"[{title}]({source.page_of(step.id)}#{step.id})",
            ]
    return "\n\n".join(parts)


def link(step: str) -> str:
    """A link to what learners get wrong at a step; empty if nothing is known."""
    found = len(of_step(step))
    match found:
        case 0:
            return ""
        case 1:
            text = tr(
                "Un error habitual en aquest pas", "A common mistake at this step"
            )
        case _:
            text = tr(
                f"{found} errors habituals en aquest pas",
                f"{found} common mistakes here",
            )
    return f"[{text}]({PAGE}#{step})."


@functools.cache
def of_step(step: str) -> tuple[Mistake, ...]:
    """The mistakes at a step, in the order of their files' names."""
    return tuple(mistake for at, mistake in _all() if at == step)


@functools.cache
def _all() -> tuple[tuple[str, Mistake], ...]:
    found = []
    for path in sorted(WRONG.glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        told = ""
        if "varies" not in data:
            text = (WRONG / "feedback" / f"{path.stem}.txt").read_text(encoding="utf-8")
            told = text[text.index(f"\n{EXPECTED}\n") + 1 :]
        found.append((data["step"], Mistake(data["thought"], told)))
    return tuple(found)


def _shown(mistake: Mistake) -> str:
    """A mistake, folded: the thought, and what the suite says when it is made."""
    if mistake.told:
        body = f"```text\n{mistake.told}```"
    else:
        body = tr(
            "El que se'n veu depèn de què fan els fils: cada vegada és diferent.",
            "What is seen of it depends on what the threads do: it differs each time.",
        )
    title = mistake.thought[current()].replace('"', "&quot;")
    return f'??? failure "{title}"\n\n{textwrap.indent(body, "    ")}'
