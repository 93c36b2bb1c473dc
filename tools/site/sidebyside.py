"""Two versions of a program side by side, as HTML: what differs, with its lines."""

import difflib
import html

from tools.levels.programs import Texts

#: Lines that are the same, shown around those that are not.
AROUND = 2

_GAP = '<tr class="gap"><td colspan="2">…</td></tr>'


def beside(file: str, old: tuple[str, Texts], new: tuple[str, Texts]) -> str:
    """A table of a program's two versions; each is a name and its programs."""
    (old_name, old_texts), (new_name, new_texts) = old, new
    left, right = old_texts[file].splitlines(), new_texts[file].splitlines()
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    groups = [
        "".join(
            _rows(what == "equal", left[a:b], right[c:d]) for what, a, b, c, d in group
        )
        for group in matcher.get_grouped_opcodes(AROUND)
    ]
    head = "".join(
        f'<th scope="col">{name}/{file}</th>' for name in (old_name, new_name)
    )
    return (
        f'<div class="differences" tabindex="0" role="region" '
        f'aria-label="{file}: {old_name}, {new_name}">'
        f"<table><thead><tr>{head}</tr></thead>"
        f"<tbody>{_GAP.join(groups)}</tbody></table></div>"
    )


def _rows(same: bool, left: list[str], right: list[str]) -> str:
    rows = []
    for index in range(max(len(left), len(right))):
        cells = "".join(
            _cell(side[index] if index < len(side) else "", "" if same else mark)
            for side, mark in ((left, "del"), (right, "ins"))
        )
        rows.append(f"<tr>{cells}</tr>")
    return "".join(rows)


def _cell(line: str, mark: str) -> str:
    look = f' class="{mark}"' if mark and line.strip() else ""
    return f"<td{look}><code>{html.escape(line) or ' '}</code></td>"
