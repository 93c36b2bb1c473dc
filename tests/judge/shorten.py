"""Long lines made short enough to read, their ends left to see."""


def shorten(text: str, width: int = 60) -> str:
    """`text` when it is short; otherwise its two ends and how long it is."""
    visible = "".join(c if c.isprintable() or c == "\t" else repr(c)[1:-1] for c in text)
    if len(visible) <= width:
        return visible
    size = len(text.encode("utf-8", errors="replace"))
    return f"{visible[: width - 25]}…{visible[-8:]} ({size} bytes)"
