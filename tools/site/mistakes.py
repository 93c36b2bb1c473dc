"""The page of what learners get wrong, step by step, and the links to it."""

import textwrap

from tools.language import current, tr
from tools.mistakes import Mistake

from .source import Source

#: The page that has them all.
PAGE = "errors.md"


def mistakes(source: Source, letter: str) -> str:
    """A group's mistakes: each folded, under the step that the suite names first."""
    parts = []
    for step in source.catalogue.of_group(letter):
        if found := source.mistakes.get(step.id):
            # Braces at a heading's end are its attributes; those of the text are not.
            sentence = step.sentence[current()].replace("{", "&#123;")
            title = tr("L'apartat del pas", "The step's section")
            parts += [
                f"### {step.id} · {sentence} {{#{step.id}}}",
                *map(_shown, found),
                f"[{title}]({source.page_of(step.id)}#{step.id})",
            ]
    return "\n\n".join(parts)


def link(source: Source, step: str) -> str:
    """A link to what learners get wrong at a step; empty if nothing is known."""
    found = len(source.mistakes.get(step, ()))
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
