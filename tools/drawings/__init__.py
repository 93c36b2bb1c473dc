"""The drawings of the site: SVG as text, in both languages, wide and narrow.

`draw(name, lang, wide)` gives one drawing, `replay(name, lang)` the HTML of one that
can be gone through step by step. A page with them needs `docs/assets/drawings.css`, and
for replays `docs/assets/replay.css` and `docs/assets/replay.js`.
"""

from .registry import DRAWINGS, REPLAYS, draw, replay

__all__ = ["DRAWINGS", "REPLAYS", "draw", "replay"]
