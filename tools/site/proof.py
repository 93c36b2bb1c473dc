"""How far the suite's verdict can be trusted, in figures that were measured."""

import json

from tools import collisions, matrix, mistakes
from tools.language import tr

from .source import Source

#: Of the steps that fail without another, so many are named.
SHOWN = 5


def figures(source: Source) -> str:
    """A table of what was measured; each figure has its command beside it."""
    rows = [*_removals(source), *_mistakes(), *_locks()]
    head = tr(
        "| Què s'ha mesurat | Resultat | Amb què |",
        "| What was measured | Result | With what |",
    )
    lines = [f"| {what} | {result} | `{how}` |" for what, result, how in rows]
    return "\n".join([head, "| --- | --- | --- |", *lines])


def _removals(source: Source):
    seen, own = matrix.noticed(source.catalogue, source.matrix)
    how = "python3 -m tools matrix"
    yield (
        tr(
            "Es treu un pas del programa complet: falla alguna prova d'aquell pas",
            "A step is taken out of the full program: a test of that step fails",
        ),
        tr(f"{len(own)} de {len(seen)}", f"{len(own)} of {len(seen)}"),
        how,
    )
    rest = [step for step in seen if step not in own]
    if rest:
        yield (
            tr(
                "Els altres: sense el pas, el programa ni engega",
                "The others: without the step, the program does not start",
            ),
            ", ".join(rest),
            how,
        )


def removal(source: Source, step: str) -> str:
    """What the suite says when a step is taken out of the full program."""
    found = source.matrix[step]
    failed = found["failed"]
    links = [f"[{name}]({source.page_of(name)}#{name})" for name in failed[:SHOWN]]
    if len(failed) > SHOWN:
        rest = len(failed) - SHOWN
        links.append(
            tr("1 pas més", "1 more step")
            if rest == 1
            else tr(f"{rest} passos més", f"{rest} more steps")
        )
    *first, last = links
    if first:
        names = ", ".join(first) + tr(f" i {last}", f" and {last}")
        text = tr(f"fallen {names}", f"{names} fail")
    else:
        text = tr(f"falla {last}, i prou", f"{last} fails, and nothing else")
    if "raises" in found:
        text += tr(
            f", perquè el programa s'atura (`{found['raises']}`)",
            f", because the program stops (`{found['raises']}`)",
        )
    return tr(
        f"Segons la bateria, sense el pas {text}.",
        f"Without the step, says the suite, {text}.",
    )


def _mistakes():
    found = json.loads(mistakes.FIGURES.read_text(encoding="utf-8"))
    total, first = found["mistakes"], found["at_the_expected_step_first"]
    how = "pytest tests/course/test_wrong.py"
    yield (
        tr(
            "Programes amb un error d'aprenent: es detecta",
            "Programs with a learner's mistake: it is caught",
        ),
        tr(f"{found['caught']} de {total}", f"{found['caught']} of {total}"),
        how,
    )
    yield (
        tr(
            "I el primer pas que falla és el que toca",
            "And the first step that fails is the right one",
        ),
        tr(f"{first} de {total}", f"{first} of {total}"),
        how,
    )


def _locks():
    found = collisions.read()
    runs = found["locks"]["runs"]
    for place, times in found["locks"]["noticed"].items():
        where = tr("arreu", "everywhere") if place == collisions.EVERYWHERE else place
        yield (
            tr(f"Es treu el candau ({where}): es nota", f"No lock ({where}): noticed"),
            tr(f"{times} de {runs} vegades", f"{times} of {runs} times"),
            f"python3 -m tools collisions --locks {runs}",
        )
    runs = found["correct"]["runs"]
    programs = found["correct"]["false alarms"]
    alarms, total = sum(programs.values()), runs * len(programs)
    yield (
        tr(
            f"{len(programs)} programes correctes, fets de maneres diferents: falses "
            "alarmes",
            f"{len(programs)} correct programs, built in different ways: false alarms",
        ),
        tr(f"{alarms} de {total} vegades", f"{alarms} of {total} times"),
        f"python3 -m tools collisions --correct {runs}",
    )
