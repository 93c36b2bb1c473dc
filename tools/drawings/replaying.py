"""The HTML of a replay. It is whole as it is; `replay.js` adds what moves."""

from xml.sax.saxutils import escape, quoteattr

from tools.language import tr


def html(layouts: dict[str, str], words: list[str]) -> str:
    """A drawing's layouts and its steps in words, as one `<figure>`."""
    labels = {
        "controls": tr("Pas a pas", "Step by step"),
        "first": tr("Al començament", "To the beginning"),
        "back": tr("Enrere", "Back"),
        "next": tr("Endavant", "Next"),
        "play": tr("Reprodueix", "Play"),
        "pause": tr("Pausa", "Pause"),
        "count": tr("Pas {n} de {total}", "Step {n} of {total}"),
        "start": tr(
            "Aquí hi ha tot el que passa. Endavant, i ho veuràs pas a pas.",
            "Here is all that happens. Press Next to see it step by step.",
        ),
    }
    data = "".join(f" data-{key}={quoteattr(text)}" for key, text in labels.items())
    drawings = "\n".join(
        f'<div class="drawing-{layout}">{svg}</div>' for layout, svg in layouts.items()
    )
    steps = "\n".join(f"<li>{escape(text)}</li>" for text in words)
    summary = tr("Tots els passos, en paraules", "All the steps, in words")
    return (
        f'<figure class="drawing replay"{data}>\n{drawings}\n'
        f'<details class="replay-words" open><summary>{summary}</summary>\n'
        f"<ol>\n{steps}\n</ol>\n</details>\n</figure>"
    )
