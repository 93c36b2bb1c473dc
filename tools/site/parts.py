"""The parts of a page that come from data: each a function that gives Markdown.

A function's name is its directive's in the pages (`pages.py`): `[[code C1]]` is
`code(site, "C1")`. What they say is in the language that the course speaks
(`tools.language`).
"""

import ast
import html
import re
import textwrap

from tools.catalogue import ROOT, Fate, Step
from tools.language import current, tr
from tools.levels import snippets

from . import mistakes, proof, terminals
from .sidebyside import beside
from .source import WALK, Source

INDENT = "    "

NAIVE = ROOT / "docs" / "data" / "naive"


class UnknownError(Exception):
    """A directive asks for something that there is not; says what there is."""


def step(source: Source, name: str) -> str:
    """A step's sentence, as it stands in the program, and what it counts for."""
    entry = _step(source, name)
    facts = [
        _kind(entry),
        tr("a `{}`", "in `{}`").format(source.catalogue.file_of(name)),
        _points(entry.points),
        _needs(entry),
    ]
    lines = [
        f'<p class="step-sentence" lang="ca">{html.escape(entry.sentence["ca"])}</p>',
        "",
    ]
    if current() != "ca":
        lines += [f"*{entry.sentence[current()]}*", ""]
    lines += [entry.why[current()], ""]
    lines += [" · ".join(fact for fact in facts if fact), "{ .step-facts }", ""]
    return "\n".join(lines)


def code(source: Source, name: str) -> str:
    """The step at each level, in linked tabs; only the skeleton's is open."""
    entry = _step(source, name)
    file = source.catalogue.file_of(name)
    tabs = []
    for level in WALK:
        if source.fate(entry, level) is Fate.ABSENT:
            text = tr(
                "En aquest nivell aquest pas no hi és.",
                "This step is not in this level.",
            )
        else:
            program = source.texts(level)[file]
            text = _fence(snippets.of_step(file, program, name))
            if level != WALK[0]:
                shown = tr(f"{file}, nivell «{level}»", f"{file}, level “{level}”")
                text = _folded("example", tr(f"Mostra {shown}", f"Show {shown}"), text)
        tabs.append(_tab(_level(level), text))
    return "\n\n".join(tabs)


def run(source: Source, name: str) -> str:
    """What to run at a step, and what one sees."""
    _step(source, name)
    return terminals.show(
        [(t, [("same", *line) for line in ls]) for t, ls in _seen(source, name)]
    )


def without(source: Source, name: str) -> str:
    """What one sees, of the same, in the program without the step."""
    entry = _step(source, name)
    if entry.unseen:
        title = tr("Des de fora no es veu", "It cannot be seen from outside")
        return f'!!! note "{title}"\n\n{INDENT}{entry.unseen[current()]}\n'
    before = dict(map(tuple, _seen(source, name)))
    shown = []
    for terminal, lines in _seen(source, name, "without"):
        marked = terminals.marked(before[terminal], lines)
        if any(mark != "same" for mark, *_ in marked):
            shown.append((terminal, marked))
    if not shown:
        raise UnknownError(f"[[without {name}]]: without the step one sees the same")
    note = tr(
        "Ratllat, el que ja no surt; ressaltat, el que surt en lloc seu.",
        "Struck out, what no longer comes; marked, what comes instead.",
    )
    return (
        f"{terminals.show(shown)}\n\n{note}\n{{ .terminal-note }}\n\n"
        f"{proof.removal(source, name)}\n"
    )


def hints(source: Source, name: str) -> str:
    """The step's hints, one inside another, and a link to its common mistakes."""
    entry = _step(source, name)
    titles = [
        tr("Una pista", "A hint"),
        tr("Una altra pista", "Another hint"),
        tr("L'última pista", "The last hint"),
    ]
    text = ""
    for title, hint in zip(
        reversed(titles), reversed(entry.hints[current()]), strict=True
    ):
        body = _linked(hint) + (f"\n\n{text}" if text else "")
        text = _folded("tip", title, body)
    return f"{text}\n\n{mistakes.link(source, name)}"


def steps(source: Source, letter: str) -> str:
    """A table of a group's steps, in the order to work in."""
    rows = [
        tr(
            "| Pas | Què fa | Mena | Punts |", "| Step | What it does | Kind | Points |"
        ),
        "| --- | --- | --- | --- |",
    ]
    group = source.catalogue.of_group(letter)
    for entry in sorted(group, key=lambda e: source.catalogue.stop_of(e.id)):
        link = f"[{entry.id}]({source.page_of(entry.id)}#{entry.id})"
        cells = [link, entry.sentence[current()], _kind(entry), str(entry.points)]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def order(source: Source) -> str:
    """The stops of the way, in the order to work in."""
    lines = []
    for number, stop in enumerate(source.catalogue.order, 1):
        parts = [
            f"[{name}]({source.page_of(name)}#{name}) "
            f"{source.catalogue.steps[name].sentence[current()]}"
            for name in stop
        ]
        lines.append(f"{number}. " + "<br>".join(parts))
    return "\n".join(lines)


def levels(source: Source) -> str:
    """A table: what each kind of step is at each level, and the programs' length."""
    names = {
        Fate.SOLVED: tr("fet", "solved"),
        Fate.COMMENT: tr("comentari", "comment"),
        Fate.ABSENT: tr("no hi és", "absent"),
    }
    head = [
        tr("Nivell", "Level"),
        tr("Bàsic", "Core"),
        tr("Errors", "Errors"),
        tr("Registre", "Log"),
        tr("Línies", "Lines"),
    ]
    rows = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for level in WALK:
        fates = [names[source.fate_of_kind(k, level)] for k in ("core", "error", "log")]
        text = "\n".join(source.texts(level).values())
        lines = sum(1 for line in text.splitlines() if line.strip())
        rows.append(f"| `{level}` | " + " | ".join(fates) + f" | {lines} |")
    return "\n".join(rows)


def differences(source: Source, level: str, other: str, file: str) -> str:
    """Side by side, what `other` has of a program that `level` has not."""
    return beside(file, (level, source.texts(level)), (other, source.texts(other)))


def naive(source: Source, file: str, function: str) -> str:
    """A function of the naive program, the one that loses messages."""
    text = (NAIVE / file).read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
            return _fence(textwrap.dedent("\n".join(lines)), file)
    raise UnknownError(f"{file} has no function {function}")


def exercise(source: Source, name: str) -> str:
    """An exercise's facts: hours, what it teaches, what it leaves out."""
    group = source.group_of_exercise(name)
    items = [
        (tr("Temps", "Time"), _hours(group.hours)),
        (tr("Què s'hi aprèn", "What it teaches"), group.teaches[current()]),
        (tr("Què deixa fora", "What it leaves out"), group.leaves_out[current()]),
    ]
    return "\n".join(f"**{title}**\n:   {text}\n" for title, text in items)


def exercises(source: Source) -> str:
    """A table of the exercises: hours, and what each teaches."""
    rows = [
        tr(
            "| Exercici | Hores | Què s'hi aprèn |", "| Exercise | Hours | It teaches |"
        ),
        "| --- | --- | --- |",
    ]
    for group in source.catalogue.groups.values():
        if group.exercise:
            title = f"[{group.title[current()]}]({group.page}.md)"
            rows.append(f"| {title} | {group.hours} | {group.teaches[current()]} |")
    return "\n".join(rows)


def start(source: Source, name: str) -> str:
    """The comments of an exercise's start, in their places."""
    group = source.group_of_exercise(name)
    return "\n\n".join(
        _fence(part, f"{entry.id}, {file}")
        for entry in source.catalogue.of_group(group.id)
        for file, text in source.start(name).items()
        if (part := snippets.of_step(file, text, entry.id))
    )


def solution(source: Source, name: str) -> str:
    """An exercise's solution: in an instructor's build alone."""
    if not source.with_solutions:
        return tr(
            "La solució no és al web públic; qui fa classe la troba amb "
            f"`python3 -m tools levels --solution {name} CARPETA`.",
            "The solution is not on the public site; instructors find it with "
            f"`python3 -m tools levels --solution {name} FOLDER`.",
        )
    whole, solved = source.texts("full"), source.solution(name)
    tables = [
        beside(file, ("full", whole), (name, solved))
        for file in solved
        if solved[file] != whole[file]
    ]
    return _folded("example", tr("La solució", "The solution"), "\n\n".join(tables))


# In between ---------------------------------------------------------------------------


def _step(source: Source, name: str) -> Step:
    if name not in source.catalogue.steps:
        raise UnknownError(f"there is no step {name!r}")
    return source.catalogue.steps[name]


def _kind(entry: Step) -> str:
    return {
        "core": tr("pas bàsic", "core step"),
        "error": tr("control d'errors", "error control"),
        "log": tr("registre", "logging"),
    }.get(entry.kind, tr("exercici", "exercise"))


def _points(points: int) -> str:
    match points:
        case 0:
            return ""
        case 1:
            return tr("1 punt", "1 point")
    return tr(f"{points} punts", f"{points} points")


def _hours(hours: str) -> str:
    if hours == "1":
        return tr("1 hora", "1 hour")
    return tr(f"{hours} hores", f"{hours} hours")


def _needs(entry: Step) -> str:
    if not entry.needs:
        return ""
    return tr("després de ", "after ") + ", ".join(entry.needs)


def _level(level: str) -> str:
    return {
        "skeleton": tr("Esquelet", "Skeleton"),
        "essential": tr("Essencial", "Essential"),
        "robust": tr("Robust", "Robust"),
        "full": tr("Complet", "Full"),
    }[level]


def _fence(text: str, title: str = "") -> str:
    shown = f' title="{title}"' if title else ""
    return f"```python{shown}\n{text}\n```"


def _tab(title: str, body: str) -> str:
    return f'=== "{title}"\n\n{textwrap.indent(body, INDENT)}'


def _folded(kind: str, title: str, body: str) -> str:
    return f'??? {kind} "{title}"\n\n{textwrap.indent(body, INDENT)}'


def _linked(text: str) -> str:
    """The text with its addresses as links, each with the name of what it is about."""
    return re.sub(
        r"`([^`]+)`([^`]*?): (https://\S+)",
        lambda m: f"[`{m[1]}`]({m[3]}){m[2]}",
        re.sub(r"(?<!: )(https://\S+)", r"<\1>", text),
    )


def _seen(source: Source, name: str, which: str = "with") -> list:
    try:
        return source.sessions[name][which]
    except KeyError:
        raise UnknownError(
            f"there is no session of {name}: write it into docs/data/sessions/, "
            "and run python3 -m tools sessions"
        ) from None
