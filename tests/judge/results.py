"""From the records of the tests to what is said of each step."""

import dataclasses

from .ledger import Record
from .subject import Subject

PASSED, FAILED, NOT_REACHED, ERROR = "passed", "failed", "not_reached", "error"


@dataclasses.dataclass(frozen=True)
class StepResult:
    """What is said of one step: `message` is the first failure's transcript."""

    step: str
    status: str
    points: int
    possible: int
    tests: int
    message: str = ""
    needed: str = ""


@dataclasses.dataclass(frozen=True)
class Results:
    """What is said of a subject. `complete`: every expected test has its result."""

    subject: Subject
    steps: dict[str, StepResult]
    complete: bool

    @property
    def points(self) -> int:
        return sum(result.points for result in self.steps.values())

    @property
    def possible(self) -> int:
        return sum(result.possible for result in self.steps.values())

    def with_status(self, *statuses: str) -> list[str]:
        """The ids of the steps with one of these statuses, in the catalogue's order."""
        return [step for step, r in self.steps.items() if r.status in statuses]

    @property
    def next_stop(self) -> list[str]:
        """The steps to do next: what is not done of the first stop that is not done."""
        # The exercises' steps are in no stop: each shows by itself.
        for stop in [*self.subject.catalogue.order, *((step,) for step in self.steps)]:
            undone = [s for s in stop if s in self.steps and not self._done(s)]
            if undone:
                return undone
        return []

    @property
    def broken_promises(self) -> dict[str, str]:
        """For a level of the course: the steps that are not as the level promises."""
        if not self.subject.promised:
            return {}
        return {
            step: result.status
            for step, result in self.steps.items()
            if (result.status == PASSED) != self.subject.expects(step)
            or result.status == ERROR
        }

    def _done(self, step: str) -> bool:
        return self.steps[step].status == PASSED


def conclude(subject: Subject, records: list[Record], expected: dict[str, int]):
    """The results: `expected` says how many tests each step has in this run."""
    own = [record for record in records if record.subject == subject.key]
    own.sort(key=lambda record: record.place)
    by_step = {step: [r for r in own if r.step == step] for step in subject.steps}
    reached = {step: _reached(records) for step, records in by_step.items()}
    steps = {}
    for step in subject.steps:
        if expected.get(step):
            steps[step] = _conclude_step(subject, step, by_step[step], reached)
    complete = all(len(by_step[step]) == expected.get(step) for step in subject.steps)
    return Results(subject, steps, complete)


def _reached(records: list[Record]) -> bool:
    """Whether a step works, as far as those that need it are concerned."""
    return bool(records) and all(r.outcome in ("passed", "skipped") for r in records)


def _conclude_step(subject, step, records, reached) -> StepResult:
    possible = subject.catalogue.steps[step].points
    status, message, needed = _status(records, reached)
    return StepResult(
        step=step,
        status=status,
        points=possible if status == PASSED else 0,
        possible=possible,
        tests=len(records),
        message=message,
        needed=needed,
    )


def _status(records: list[Record], reached: dict[str, bool]) -> tuple[str, str, str]:
    """The status of a step, with the message of its first failure, and its need."""
    for record in records:
        if record.outcome == "failed":
            return FAILED, record.message, ""
    for record in records:
        if record.outcome == "error":
            return ERROR, record.message, ""
    for record in records:
        if record.outcome == "not_reached":
            # A need that works by its own tests, and yet not here, is this step's own
            # failure: somebody has to be told of it.
            if reached.get(record.needed):
                return FAILED, record.message, ""
            return NOT_REACHED, record.message, record.needed
    if any(record.outcome == "passed" for record in records):
        return PASSED, "", ""
    if any(record.outcome == "not_tried" for record in records):
        return NOT_REACHED, "", ""
    return ERROR, "", ""
