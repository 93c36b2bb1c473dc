"""Long lines made short enough to read, their ends left to see."""

import unicodedata

#: Columns of a line that is looked at closely: what was expected, and what came.
CLOSE = 220

#: What stands for a tab, whose width nobody knows.
TAB = "⇥"


def columns(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    return sum(_width(character) for character in text)


def clip(text: str, width: int) -> str:
    """`text`, or as much of its beginning as fits, and a mark that there was more."""
    if columns(text) <= width:
        return text
    return _beginning(text, width - 1) + "…"


def shorten(text: str | bytes, width: int = 60) -> str:
    """`text` when it is short; otherwise its two ends and how long it is."""
    data = text.encode("utf-8", errors="replace") if isinstance(text, str) else text
    if isinstance(text, bytes):
        text = text.decode("utf-8", errors="backslashreplace")
    if len(text) > 2 * width:
        # The middle of it would not be seen.
        text = text[:width] + text[-width:]
    visible = text.replace("\t", TAB)
    visible = "".join(c if c.isprintable() else repr(c)[1:-1] for c in visible)
    if columns(visible) <= width:
        return visible
    end = _beginning(visible[::-1], 8)[::-1]
    return f"{_beginning(visible, width - 25)}…{end} ({len(data)} bytes)"


def _beginning(text: str, width: int) -> str:
    taken, used = 0, 0
    for character in text:
        used += _width(character)
        if used > width:
            break
        taken += 1
    return text[:taken]


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
