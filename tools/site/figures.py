"""The drawings and replays of a page, as HTML."""

from tools import drawings
from tools.language import current

from .source import Source


def drawing(source: Source, name: str) -> str:
    """A drawing, in a wide and a narrow layout: the page's style shows one of them."""
    wide = drawings.draw(name, current(), True)
    narrow = drawings.draw(name, current(), False)
    return _without_blank_lines(
        f'<figure class="drawing"><div class="drawing-wide">{wide}</div>'
        f'<div class="drawing-narrow">{narrow}</div></figure>'
    )


def replay(source: Source, name: str) -> str:
    """A record, to be gone through step by step."""
    return _without_blank_lines(drawings.replay(name, current()))


def _without_blank_lines(text: str) -> str:
    """The same for a browser; Markdown ends a piece of HTML at a blank line."""
    return "\n".join(line for line in text.splitlines() if line.strip())
