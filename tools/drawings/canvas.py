"""What a drawing is drawn on: it places shapes and texts, and gives the SVG.

Colours and sizes are in `docs/assets/drawings.css`; here things only get classes. A
text is 13 px in a drawing's own units, which are real pixels where there is room.
"""

from xml.sax.saxutils import escape, quoteattr

WIDE, NARROW = 720, 328

LINE = 18  # from one line of text to the next

_MONO, _SANS, _BOLD = 7.83, 7.4, 8.1  # the width of a letter, on a generous estimate


def measure(text: str, classes: str = "") -> float:
    """About how wide a text is, in pixels; rather too much than too little."""
    kinds = classes.split()
    letter = _MONO if "mono" in kinds else _BOLD if "strong" in kinds else _SANS
    return len(text) * letter


def wrap(text: str, width: float, classes: str = "") -> list[str]:
    """The text in lines that are no wider than this, cut at spaces."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and measure(longer, classes) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def wrap_evenly(text: str, width: float, classes: str = "") -> list[str]:
    """The text in as few lines as `wrap()` needs, all about as long."""
    lines = wrap(text, width, classes)
    while len(shorter := wrap(text, width - 8, classes)) == len(lines):
        lines, width = shorter, width - 8
        if max(measure(line, classes) for line in lines) > width:
            break  # one word alone is wider
    return lines


class Canvas:
    """A drawing under way. Set its `title`, `about` and `height`, and draw."""

    def __init__(self, key: str, wide: bool):
        """`key` tells the drawing from every other that a page may have."""
        self.wide = wide
        self.width = WIDE if wide else NARROW
        self.height = 0.0
        self.title = ""
        self.about = ""
        self._key = key
        self._parts: list[str] = []

    def add(self, name: str, content: str = "", **attributes) -> None:
        """Draw one element; `class_` is `class`, and `data_step` is `data-step`."""
        self._parts.append(element(name, content, **attributes))

    def text(self, x, y, text: str, classes: str = "", anchor: str = "start", **more):
        """Write one line, its foot at `y`."""
        self.add(
            "text",
            escape(text),
            x=x,
            y=y,
            class_=f"fil-text {classes}".strip(),
            text_anchor=None if anchor == "start" else anchor,
            **more,
        )

    def box(self, x, y, width, height, classes: str, radius: float = 8, **more):
        """Draw a rectangle."""
        self.add(
            "rect",
            x=x,
            y=y,
            width=width,
            height=height,
            rx=radius or None,
            class_=classes,
            **more,
        )

    def path(self, points, classes: str, heads: str = "end", **more) -> None:
        """Draw straight lines from point to point; `heads`: end, both, none."""
        steps = " L".join(f"{_number(x)} {_number(y)}" for x, y in points)
        self.add("path", d=f"M{steps}", class_=classes, **more)
        if heads != "none":
            self._head(points[-2], points[-1], classes, **more)
        if heads == "both":
            self._head(points[1], points[0], classes, **more)

    def padlock(self, x, y, **more) -> None:
        """Draw a small padlock, its middle at this point."""
        arc = f"M{_number(x - 3)} {_number(y - 1)} v-3 a3 3 0 0 1 6 0 v3"
        self.add("path", d=arc, class_="fil-padlock-bow", **more)
        self.box(x - 5, y - 1, 10, 7, "fil-padlock", 1.5, **more)

    def open_group(self, **attributes) -> None:
        """What follows belongs together."""
        self._parts.append(element("g", **attributes).removesuffix("</g>"))

    def close_group(self) -> None:
        """The end of what belongs together."""
        self._parts.append("</g>")

    def svg(self) -> str:
        """The whole drawing, an `<svg>` element."""
        title, about = f"{self._key}-title", f"{self._key}-desc"
        body = "\n".join(self._parts)
        return element(
            "svg",
            f"\n{element('title', escape(self.title), id=title)}"
            f"\n{element('desc', escape(self.about), id=about)}\n{body}\n",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {self.width} {_number(self.height)}",
            class_="fil-drawing",
            role="img",
            aria_labelledby=title,
            aria_describedby=about,
        )

    def _head(self, before, end, classes: str, **more) -> None:
        """The head of an arrow that comes from `before` and points at `end`."""
        (x0, y0), (x, y) = before, end
        length = ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5
        if not length:
            return
        dx, dy = (x - x0) / length, (y - y0) / length
        corners = [
            (x, y),
            (x - 8 * dx - 4 * dy, y - 8 * dy + 4 * dx),
            (x - 8 * dx + 4 * dy, y - 8 * dy - 4 * dx),
        ]
        points = " ".join(f"{_number(a)},{_number(b)}" for a, b in corners)
        kept = [name for name in classes.split() if name != "dashed"]
        self.add("polygon", points=points, class_=f"{' '.join(kept)} head", **more)


def element(name: str, content: str = "", **attributes) -> str:
    """An element as text; `content` is markup; `None` leaves an attribute out."""
    given = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_value(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{given}>{content}</{name}>"


def _value(value) -> str:
    return value if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
