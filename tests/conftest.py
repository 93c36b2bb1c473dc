"""pytest's side of the suite: options, which tests run on what, the results."""

import os
import pathlib
import random
import shutil
import signal
import tempfile

import pytest

from tests.judge import explain, forking, parallel, verdict
from tests.judge.deadline import wait_for_what_should_come
from tests.judge.disappointment import Disappointment, NotReached, NotTried
from tests.judge.ledger import Ledger, Record
from tests.judge.report import Report
from tests.judge.results import PASSED, conclude
from tests.judge.scene import Scene
from tests.judge.subject import SubjectError, resolve
from tests.judge.words import Words
from tools import language
from tools.catalogue import CatalogueError, load_levels
from tools.language import tr

COURSE_TESTS = pathlib.Path(__file__).with_name("course")

#: Tests mostly wait, for programs and for one another: more of them at a time than
#: there are processors, but not so many that starting them takes over.
WORKERS = 8 * min(os.cpu_count() or 1, 4)


# Options ------------------------------------------------------------------------------


def pytest_addoption(parser):
    group = parser.getgroup("fil a fil")
    add = group.addoption
    add("--variant", action="append", metavar="LEVEL|FOLDER", help="what to judge")
    add("--level", help="the level that a folder is judged as (full)")
    add("--exercise", action="append", metavar="ID", help="an exercise too, or all")
    add(
        "--step",
        action="append",
        metavar="ID",
        help="only this step, or group's letter",
    )
    add("--seed", type=int, help="repeat the names, texts and cuts of another run")
    add(
        "--lang", choices=language.LANGUAGES, default="ca", help="the report's language"
    )
    add("--thorough", action="store_true", help="the tests with long waits too")
    add("--until-failure", action="store_true", help="try no stop after a failed one")
    add("--verdict", metavar="FILE", help="write the result as JSON (one --variant)")
    add(
        "--record",
        action="store_true",
        help="of the course's own tests: record anew what is told of the mistakes",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    config.addinivalue_line("markers", "step(id): the step that the test is about")
    config.addinivalue_line("markers", "thorough: its wait is long; see --thorough")
    config.addinivalue_line("markers", "waits: for time-outs; it is begun early")
    language.use(config.option.lang)
    if config.option.seed is None:
        config.option.seed = random.SystemRandom().randrange(10**6)
    # A signal that is ignored here would be ignored in the programs under test too.
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    try:
        config.subjects = _subjects(config)
    except (SubjectError, CatalogueError) as error:
        raise pytest.UsageError(str(error)) from None
    config.pluginmanager.register(Suite(config), "fil-a-fil")


def _subjects(config):
    option = config.option
    if option.verdict and len(option.variant or ()) != 1:
        raise SubjectError(
            tr("--verdict vol un sol --variant.", "--verdict wants just one --variant.")
        )
    names = option.variant or [name for name in load_levels()]
    subjects = [resolve(name, option.level, option.exercise or []) for name in names]
    for wanted in option.step or []:
        if not any(s.startswith(wanted) for s in subjects[0].catalogue.steps):
            raise SubjectError(
                tr(
                    f"--step: no hi ha cap pas {wanted}.",
                    f"--step: no step is {wanted}.",
                )
            )
    return subjects


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Run the tests side by side without being asked to, but in a debugger."""
    option = config.option
    xdist = hasattr(option, "numprocesses")
    if hasattr(config, "workerinput") or option.usepdb or option.collectonly:
        return
    if forking.SAFE and getattr(option, "numprocesses", None) is None:
        config.pluginmanager.register(parallel.Workers(WORKERS))
    elif xdist and option.numprocesses is None:
        option.numprocesses = WORKERS
    if xdist and option.maxschedchunk is None:
        # One test at a time to each worker: in their order, and none waits in a queue.
        option.maxschedchunk = 1


def pytest_report_header(config):
    lines = []
    for subject in config.subjects:
        judged = tr(
            f"{subject.name}: es jutja com a {subject.level}",
            f"{subject.name}: judged as {subject.level}",
        )
        if subject.promised:
            judged = tr(
                f"{subject.name}: es comprova el que promet aquest nivell",
                f"{subject.name}: what this level promises is checked",
            )
        elif subject.name == "skeleton":
            judged += tr(
                " (és plena: és la feina d'algú)", " (filled in: somebody's work)"
            )
        if subject.exercises:
            judged += " + " + ", ".join(subject.exercises)
        lines.append(judged)
    lines.append(tr("llavor", "seed") + f": {config.option.seed}   (--seed)")
    return lines


# Which tests run on what --------------------------------------------------------------


def pytest_ignore_collect(collection_path, config):
    """The course's own tests run only when no program was asked for."""
    asked = config.option.variant or config.option.step
    if asked and COURSE_TESTS in (collection_path, *collection_path.parents):
        return True
    return None


def pytest_generate_tests(metafunc):
    if "subject" in metafunc.fixturenames:
        subjects = metafunc.config.subjects
        metafunc.parametrize("subject", subjects, ids=[s.name for s in subjects])


def pytest_collection_modifyitems(config, items):
    for place, item in enumerate(items):
        item.place = place
    # Without a word of the others ("deselected"): they are another level's business.
    kept = sorted((item for item in items if _wanted(config, item)), key=_place)
    if not config.option.until_failure:
        _put_signs_of_life_first(kept)
    items[:] = kept


def _subject(item):
    return item.callspec.params.get("subject") if hasattr(item, "callspec") else None


def _step(item):
    marker = item.get_closest_marker("step")
    if marker is None:
        raise pytest.UsageError(f"{item.nodeid}: names no step; add @step(…)")
    return marker.args[0]


def _wanted(config, item) -> bool:
    subject = _subject(item)
    if subject is None:
        return True
    step = _step(item)
    if step not in subject.catalogue.steps:
        raise pytest.UsageError(f"{item.nodeid}: the catalogue has no step {step}")
    if item.get_closest_marker("thorough") and not config.option.thorough:
        return False
    asked = config.option.step
    # All of a group's ids begin with its letter, and no id is the beginning of a group.
    if asked and step not in asked and step[0] not in asked:
        return False
    return step in subject.steps


def _place(item):
    """Long tests first, so that they run beside the rest.

    A student's work is tried as a student works. Otherwise backwards: the later steps
    have more to wait for.
    """
    subject = _subject(item)
    if subject is None:
        return (1, [], 0)
    stop = subject.catalogue.stop_of(_step(item))
    if item.config.option.until_failure:
        return (0, stop, 0)
    early = ("thorough", "waits")
    waits = [item.get_closest_marker(name) is None for name in early]
    return (0, waits, -stop)


def _put_signs_of_life_first(items):
    """The simplest test of each program goes first.

    Of a program that does nothing at all one knows it then before long.
    """
    simplest = {}
    for item in sorted(items, key=lambda item: item.place):
        if subject := _subject(item):
            program = subject.catalogue.file_of(_step(item))
            simplest.setdefault((subject.key, program), item)
    first = set(simplest.values())
    items.sort(key=lambda item: item not in first)


@pytest.fixture
def scene(request, subject):
    """The stage of a test on one subject."""
    config = request.config
    step = _step(request.node)
    ledger = config.ledger
    if ledger.failed(subject, step):
        raise NotTried
    if config.option.until_failure and ledger.an_earlier_stop_failed(subject, step):
        raise NotTried
    alive = not ledger.is_lifeless(subject, step)
    wait_for_what_should_come(subject.expects(step) and alive)
    words = Words(config.option.seed, request.node.name)
    stage = Scene(subject, step, words, ledger.new_folder(), ledger)
    request.node.scene = stage
    yield stage
    stage.close()


# The results --------------------------------------------------------------------------


class Suite:
    """Gathers what the tests of this run find, and tells of it."""

    def __init__(self, config):
        self.config = config
        self.records: list[Record] = []
        self.expected: dict[str, dict[str, int]] = {}
        self._worker = hasattr(config, "workerinput")
        if self._worker:
            folder = config.workerinput["ledger"]
        else:
            folder = tempfile.mkdtemp(prefix="fil-a-fil-")
            # pytest's own place is for all the user's runs, and those that end at the
            # same time trip over each other.
            config.option.basetemp = config.option.basetemp or f"{folder}/pytest"
        config.ledger = Ledger(pathlib.Path(folder))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        """Tell a worker of pytest-xdist where the run's folder is."""
        node.workerinput["ledger"] = str(self.config.ledger.folder)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        subject = _subject(item)
        if subject is not None and (call.when == "call" or call.excinfo):
            self._make_record(item, subject, call, report)
        return report

    def _make_record(self, item, subject, call, report):
        step = _step(item)
        outcome, message, needed = "passed", "", ""
        if call.excinfo is not None:
            outcome, message, needed = _outcome(item, call.excinfo.value)
        if outcome == "failed":
            self.config.ledger.mark_failed(subject, step)
        record = Record(
            subject.key, step, item.nodeid, outcome, message, needed, item.place
        )
        report.user_properties.append(("record", vars(record)))
        report.sections.clear()
        if outcome in ("failed", "error") and subject.expects(step):
            report.outcome = "failed"
            report.longrepr = f"{step}\n{message}"
        elif call.excinfo is not None:
            # As it should be at a level that lacks the step; or nothing of its own.
            report.outcome = "skipped"
            report.longrepr = (str(item.path), 0, outcome)

    def pytest_runtest_logreport(self, report):
        for name, value in report.user_properties:
            if name == "record":
                self.records.append(Record(**value))

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report):
        # A report of the collecting has none.
        properties = getattr(report, "user_properties", ())
        record = next((v for n, v in properties if n == "record"), None)
        if record is None:
            return None
        # Not pytest's own categories, but for "passed": it would tell of them too.
        category, letter = {
            "passed": ("passed", "."),
            "failed": ("steps failed", "F"),
            "error": ("broken tests", "E"),
            "skipped": ("not for this system", "s"),
            "not_reached": ("not reached", "-"),
            "not_tried": ("not tried", "-"),
        }[record["outcome"]]
        if category == "steps failed" and not report.failed:
            category, letter = "failing as promised", "."
        return category, letter, category.upper()

    def pytest_collection_finish(self, session):
        for item in session.items:
            if subject := _subject(item):
                steps = self.expected.setdefault(subject.key, {})
                steps[_step(item)] = steps.get(_step(item), 0) + 1

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node):
        """A worker of pytest-xdist has ended: it has told what it had collected."""
        self.expected = getattr(node, "workeroutput", {}).get("expected", self.expected)

    def pytest_sessionfinish(self, session):
        if self._worker:
            self.config.workeroutput["expected"] = self.expected
            return
        self.results = [
            conclude(subject, self.records, self.expected.get(subject.key, {}))
            for subject in self.config.subjects
        ]
        for results in self.results:
            # What was not reached does not work, as far as anybody can tell.
            undone = len(results.with_status(PASSED)) < len(results.steps)
            failed = undone and not results.subject.promised
            if (failed or results.broken_promises) and session.exitstatus == 0:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self.config.option.record:
            from tests.course import feedback

            feedback.write_figures()
        if self.config.option.verdict:
            path = pathlib.Path(self.config.option.verdict)
            verdict.write(path, self.results[0], self.config.option.seed)

    def pytest_terminal_summary(self, terminalreporter):
        report = Report(terminalreporter)
        for results in getattr(self, "results", ()):
            if results.steps:
                terminalreporter.write_line("")
                report.show(results, only_next=self.config.option.until_failure)

    def pytest_unconfigure(self):
        if not self._worker:
            shutil.rmtree(self.config.ledger.folder, ignore_errors=True)


def _outcome(item, error):
    """How a test that was ended by an exception went: outcome, message, need."""
    match error:
        case Disappointment():
            return "failed", explain.render(item.scene, error), ""
        case NotReached():
            return "not_reached", error.message, error.needed
        case NotTried():
            return "not_tried", "", ""
        case pytest.skip.Exception():
            return "skipped", str(error), ""
    return "error", explain.render_own_trouble(error), ""
