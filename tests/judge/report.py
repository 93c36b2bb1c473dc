"""What a person reads at the end of a run: what failed, how far it is, what is next."""

import textwrap

from tools.catalogue import Fate, load_levels
from tools.language import current, tr
from tools.site import address

from .results import ERROR, FAILED, NOT_REACHED, PASSED, Results

WIDTH = 80

#: How many characters wide a whole level is drawn.
BAR = 30

#: More failing steps than this are not all told at once: the first ones come first.
TOLD = 4

_MARKS = {PASSED: "✓", FAILED: "✗", NOT_REACHED: "·", ERROR: "!"}
_COLOURS = {
    PASSED: {"green": True},
    FAILED: {"red": True},
    NOT_REACHED: {},
    ERROR: {"yellow": True},
}


class Report:
    """Writes on `terminal` (pytest's, which knows whether colours are wanted)."""

    def __init__(self, terminal):
        self._terminal = terminal

    def _line(self, text: str = "", **markup: bool) -> None:
        self._terminal.write_line(text, **markup)

    def show(self, results: Results, only_next: bool = False) -> None:
        """All that a person is told of one subject; or no more than how to go on."""
        if results.subject.promised:
            self._show_promise(results)
            if results.subject.level == "skeleton" and not results.broken_promises:
                self._show_next(results)
            return
        if not results.subject.untouched:
            self._show_failures(results)
        if not only_next:
            self._show_table(results)
        self._show_distances(results)
        self._show_next(results)

    # A level of the course ---------------------------------------------------------

    def _show_promise(self, results: Results) -> None:
        subject = results.subject
        expected = [s for s in results.steps if subject.expects(s)]
        passed = [s for s in expected if results.steps[s].status == PASSED]
        absent = [s for s in results.steps if not subject.expects(s)]
        failing = [s for s in absent if results.steps[s].status != PASSED]
        kept = not results.broken_promises
        self._line(
            tr(
                f"Nivell {subject.name}: van bé {len(passed)} dels {len(expected)} "
                f"passos que fa, i fallen {len(failing)} dels {len(absent)} que no fa.",
                f"Level {subject.name}: {len(passed)} of the {len(expected)} steps "
                f"that it does work, and {len(failing)} of the {len(absent)} that it "
                "lacks fail.",
            ),
            green=kept,
            red=not kept,
        )
        for step, status in results.broken_promises.items():
            if status == PASSED:
                self._line(
                    tr(
                        f"  {step}: el nivell no el fa, i cap prova no ho nota.",
                        f"  {step}: the level lacks it, and no test notices.",
                    ),
                    red=True,
                )
            elif status == NOT_REACHED:
                needed = results.steps[step].needed
                self._line(
                    tr(
                        f"  {step}: no s'hi ha pogut arribar, per {needed}.",
                        f"  {step}: could not be reached, because of {needed}.",
                    ),
                    red=True,
                )
            else:
                self._show_failure([step], results)

    # Somebody's work ---------------------------------------------------------------

    def _show_failures(self, results: Results) -> None:
        """The transcripts, the next stop's first; one that says the same, once."""
        failed = results.with_status(FAILED, ERROR)
        failing = [s for s in results.subject.catalogue.to_work_in if s in failed]
        told: dict[str, list[str]] = {}
        for step in failing:
            told.setdefault(_gist(results.steps[step].message), []).append(step)
        for steps in list(told.values())[:TOLD]:
            self._show_failure(steps, results)
        left = [step for steps in list(told.values())[TOLD:] for step in steps]
        if left:
            self._paragraph(
                tr(
                    f"També fallen {', '.join(left)}. Per veure'n un: --step {left[0]}",
                    f"{', '.join(left)} fail too. To see one: --step {left[0]}",
                )
            )
            self._line()

    def _show_failure(self, steps: list[str], results: Results) -> None:
        language = current()
        for step in steps:
            entry = results.subject.catalogue.steps[step]
            mark = _MARKS[results.steps[step].status]
            self._paragraph(
                f"{mark} {step}. {entry.sentence[language]}", red=True, bold=True
            )
        for line in results.steps[steps[0]].message.splitlines():
            self._line(f"  {line}".rstrip(), bold=not line.startswith(" "))
        entry = results.subject.catalogue.steps[steps[0]]
        if results.subject.expects(steps[0]):
            self._line(tr("  Pista", "  Hint"), bold=True)
            self._paragraph(entry.hints[language][0], indent="    ")
            self._show_page(steps[0], results, indent="  ")
        self._line()

    def _show_table(self, results: Results) -> None:
        language = current()
        catalogue = results.subject.catalogue
        for group in catalogue.groups.values():
            rows = [r for s, r in results.steps.items() if s.startswith(group.id)]
            if not rows:
                continue
            got = sum(row.points for row in rows)
            possible = sum(row.possible for row in rows)
            title = f"{group.id}  {group.title[language]}"
            self._line(f"{title:<70.70} {got:>3}/{possible:<3}", bold=True)
            for row in rows:
                sentence = catalogue.steps[row.step].sentence[language]
                note = f" ({row.needed})" if row.needed else ""
                room = 60 - len(note)
                if len(sentence) > room:
                    sentence = sentence[: room - 1].rstrip() + "…"
                self._line(
                    f"  {_MARKS[row.status]} {row.step:<4}{sentence + note:<62}"
                    f" {row.points:>3}/{row.possible:<3}".rstrip(),
                    **_COLOURS[row.status],
                )
        self._line()
        self._line(
            tr(
                f"{results.points} de {results.possible} punts.   "
                "✓ fet   ✗ falla   · encara no s'hi arriba (pel pas que es diu)",
                f"{results.points} of {results.possible} points.   "
                "✓ done   ✗ fails   · not reached yet (for the step named)",
            )
        )
        if not results.complete:
            self._line(
                tr(
                    "No s'han fet totes les proves: aquest resultat no és complet.",
                    "Not every test was run: this result is not complete.",
                ),
                yellow=True,
            )

    def _show_distances(self, results: Results) -> None:
        """How much of each level is done, when all of it was tried for."""
        catalogue = results.subject.catalogue
        for level, fates in load_levels().items():
            own = [
                s for s, e in catalogue.steps.items() if fates[e.kind] == Fate.SOLVED
            ]
            if not own or not set(own) <= set(results.steps):
                continue
            done = sum(results.steps[step].status == PASSED for step in own)
            bar = "█" * (BAR * done // len(own))
            steps = tr("passos", "steps")
            of = tr("de", "of")
            self._line(f"{level:<10} {bar:░<{BAR}}  {done} {of} {len(own)} {steps}")

    def _show_next(self, results: Results) -> None:
        language = current()
        stop = results.next_stop
        self._line()
        if not stop:
            done = tr("Tot fet: no queda cap pas.", "All done: no step is left.")
            if not results.complete:
                done = tr(
                    "Els passos que s'han provat van bé.", "The steps tried do work."
                )
            self._line(done, green=True, bold=True)
            return
        steps = [results.subject.catalogue.steps[step] for step in stop]
        if len(steps) == 1:
            title = tr("El pas següent", "The next step")
        else:
            title = tr(
                "Els passos següents (només es veuen tots junts)",
                "The next steps (they show only together)",
            )
        self._line(title, bold=True)
        for step in steps:
            file = results.subject.catalogue.file_of(step.id)
            self._paragraph(
                f"{step.id}. {step.sentence[language]} ({file})",
                indent="  ",
                bold=True,
            )
            self._paragraph(step.why[language], indent="      ")
            self._paragraph(
                tr("Pista: ", "Hint: ") + step.hints[language][0], indent="      "
            )
            self._show_page(step.id, results, indent="      ")

    def _show_page(self, step: str, results: Results, indent: str) -> None:
        """Where to read on; on a line of its own, so that a terminal can open it."""
        where = address.of_step(results.subject.catalogue, step)
        self._line(f"{indent}{tr('Pàgina', 'Page')}: {where}")

    def _paragraph(self, text: str, indent: str = "", **markup: bool) -> None:
        for line in textwrap.wrap(
            text, WIDTH - 1, initial_indent=indent, subsequent_indent=indent + "  "
        ):
            self._line(line, **markup)


def _gist(message: str) -> str:
    """What a transcript says, but for what was done: two with one gist say the same."""
    title = tr("S'esperava", "Expected")
    return message[message.find(title) :]
