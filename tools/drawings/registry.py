"""Which drawings there are, by name."""

import functools

from tools.record import files

from . import naive, replaying, sequence, states, whole
from .canvas import Canvas
from .speech import speaking
from .story import tell

#: What is drawn from a record, and can be gone through step by step.
REPLAYS = ("entra", "parla", "quit", "perdut", "final", "naive")

#: All drawings.
DRAWINGS = ("whole", "states", *REPLAYS)


def draw(name: str, lang: str, wide: bool) -> str:
    """A drawing as an `<svg>` element, in one language (`ca`, `en`) and layout.

    A wide one is 720 px wide, one that is not, 328 px: what a telephone's page holds.

    Raises:
        KeyError: there is no such drawing.
    """
    with speaking(lang):
        layout = "wide" if wide else "narrow"
        canvas = Canvas(f"{name}-{lang}-{layout}", wide)
        _drawer(name)(canvas)
        return canvas.svg()


def replay(name: str, lang: str) -> str:
    """A record as HTML: both layouts of its drawing, and its steps in words.

    Raises:
        KeyError: nothing of that name can be gone through step by step.
    """
    if name not in REPLAYS:
        raise KeyError(name)
    with speaking(lang):
        record = files.load(name)
        if name == "naive":
            words = naive.words(record)
        else:
            words = [moment.words for moment in sequence.shown(name, tell(record))]
    layouts = {
        layout: draw(name, lang, layout == "wide") for layout in ("wide", "narrow")
    }
    with speaking(lang):
        return replaying.html(layouts, words)


def _drawer(name: str):
    """What draws this one on a canvas."""
    if name == "whole":
        return whole.draw
    if name == "states":
        return states.draw
    if name not in REPLAYS:
        raise KeyError(name)
    record = files.load(name)
    if name == "naive":
        return functools.partial(naive.draw, record=record)
    return functools.partial(sequence.draw, name=name, story=tell(record))
