"""Terminals as HTML: what was typed, what came; and what differs between two runs.

A line is a pair, its kind and its text, as `tools.sessions.terminal` has it; a marked
one has before it what became of it: "same", "gone" or "odd".
"""

import difflib
import html

#: A terminal with a longer line than this (characters) takes the page's whole width.
HALF = 64


def marked(old: list, new: list) -> list[tuple[str, str, str]]:
    """The lines of both, each with what became of it: same, gone, odd."""
    old, new = ([tuple(line) for line in side] for side in (old, new))
    marked = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            marked += [("same", *line) for line in new[c:d]]
        else:
            marked += [("gone", *line) for line in old[a:b]]
            marked += [("odd", *line) for line in new[c:d]]
    return marked


def show(terminals: list) -> str:
    """Terminals as HTML: what was typed stands out, and lines that went or came."""
    figures = []
    for name, lines in terminals:
        shown = "\n".join(_line(*line) for line in lines)
        is_long = any(len(text) > HALF for _, _, text in lines)
        look = "terminal long" if is_long else "terminal"
        figures.append(
            f'<figure class="{look}">'
            f"<figcaption>terminal: {html.escape(name)}</figcaption>"
            f'<pre tabindex="0" lang="ca"><code>{shown}</code></pre></figure>'
        )
    # Without blank lines, so that Markdown leaves it alone.
    text = "\n".join(figures).replace("\n\n", "\n&#8203;\n")
    return f'<div class="terminals">\n{text}\n</div>'


def _line(mark: str, kind: str, text: str) -> str:
    shown = html.escape(text)
    match kind:
        case "$":
            shown = f"<b>$ {shown}</b>"
        case ">":
            shown = f"<b>{shown}</b>"
        case ".":
            shown = f"<b>$ echo $?</b>\n{shown}"
    if mark == "gone":
        return f"<del>{shown}</del>"
    return f"<mark>{shown}</mark>" if mark == "odd" else shown
