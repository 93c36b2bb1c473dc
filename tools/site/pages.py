"""A page's directives, turned into Markdown.

A directive is a line of its own, `[[name argument …]]`: `name` is a function of `parts`
or of `figures`, which gives what stands in its place.
"""

import re
from collections.abc import Callable

from . import figures, mistakes, parts, proof
from .source import Source

_DIRECTIVE = re.compile(r"^( *)\[\[([a-z]+)((?: [^\]\s]+)*)\]\]$", re.M)

DIRECTIVES: dict[str, Callable[..., str]] = {
    part.__name__: part
    for part in (
        parts.step,
        parts.code,
        parts.run,
        parts.without,
        parts.hints,
        parts.steps,
        parts.order,
        parts.levels,
        parts.differences,
        parts.naive,
        parts.exercise,
        parts.exercises,
        parts.start,
        parts.solution,
        mistakes.mistakes,
        proof.figures,
        figures.drawing,
        figures.replay,
    )
}


class PageError(Exception):
    """A directive cannot be followed; says which, and why."""


def expand(markdown: str, source: Source) -> str:
    """The page with each directive replaced by what it asks for.

    Raises:
        PageError: there is no such directive, or not what it asks for.
    """

    def replaced(match: re.Match) -> str:
        indent, name, arguments = match[1], match[2], match[3].split()
        try:
            text = DIRECTIVES[name](source, *arguments)
        except (KeyError, TypeError, parts.UnknownError) as error:
            known = ", ".join(DIRECTIVES)
            raise PageError(
                f"{match[0].strip()}: {error!r}; there are: {known}"
            ) from None
        return "\n".join(indent + line if line else "" for line in text.split("\n"))

    return _DIRECTIVE.sub(replaced, markdown)
