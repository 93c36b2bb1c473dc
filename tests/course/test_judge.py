"""The suite itself: what it says of small programs, and that none can spoil it."""

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import textwrap
import unicodedata

import jsonschema
import pytest

from tests.judge.subject import PROGRAMS, VARIANTS
from tests.judge.verdict import SCHEMA
from tools.catalogue import ROOT

#: Seconds; a run of the suite on a few steps takes one or two, on an idle machine.
LIMIT = 300


@dataclasses.dataclass
class Run:
    """One run of the suite: its exit status, all that it wrote, its verdict."""

    status: int
    output: str
    verdict: dict | None

    @property
    def statuses(self):
        return {step: r["status"] for step, r in self.verdict["steps"].items()}

    def message(self, step):
        return self.verdict["steps"][step]["message"]


def command(folder, *options, workers="-n0"):
    return [
        *(sys.executable, "-m", "pytest", "-q", *workers.split()),
        *(f"--variant={folder}", f"--verdict={folder}.json", *options),
    ]


def environment(**changes):
    env = {n: v for n, v in os.environ.items() if not n.startswith(("PYTEST", "XAT"))}
    return env | {"PYTHONUTF8": "1", **changes}


def judge(folder, *options, cwd=ROOT, workers="-n0", **changes):
    """Run the suite on a folder, as a process of its own."""
    ran = subprocess.run(
        command(folder, *options, workers=workers),
        cwd=cwd,
        env=environment(**changes),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LIMIT,
    )
    path = pathlib.Path(f"{folder}.json")
    verdict = json.loads(path.read_text("utf-8")) if path.exists() else None
    if verdict is not None:
        jsonschema.validate(verdict, json.loads(SCHEMA.read_text("utf-8")))
    return Run(ran.returncode, ran.stdout, verdict)


@pytest.fixture
def folder(tmp_path):
    """Where a submission goes."""
    folder = tmp_path / "entrega"
    folder.mkdir()
    return folder


@pytest.fixture
def right(folder):
    """A submission that does all."""
    return copy("full", folder)


def copy(variant, folder):
    for program in PROGRAMS:
        (folder / program).write_bytes((VARIANTS / variant / program).read_bytes())
    return folder


def change(folder, body):
    """Have the submission's `Connexio` do something else, with methods of its own.

    Only the contract is relied on, and not how the master is written.
    """
    with open(folder / "connexio.py", "a", encoding="utf-8") as program:
        program.write("\n\nclass Connexio(Connexio):\n" + textwrap.indent(body, "    "))


def write_all(folder, text):
    for program in PROGRAMS:
        (folder / program).write_text(text, "utf-8")
    return folder


def shouts(folder):
    """P8 is wrong: what somebody says is passed on in capitals."""
    change(
        folder,
        "def envia(self, text):\n"
        "    return super().envia(text.upper() if text[:1] == '[' else text)\n",
    )


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def assert_fit_for_a_student(output):
    # A program's own traceback may be shown, never one of ours.
    assert str(ROOT) not in output
    assert "INTERNALERROR" not in output
    assert "la prova mateixa" not in output
    # pytest's own last line counts the tests, however many kinds of outcome there are.
    lines = re.sub(r"\n.* in \d+\.\d+s( \(.*\))?\n*$", "", output).splitlines()
    assert [line for line in lines if width(line) > 80] == []


# What is said of a program ------------------------------------------------------------


def test_a_right_program(right):
    before = {path.name: path.read_bytes() for path in right.iterdir()}
    run = judge(right, "--step=P1", "--step=P8", "--step=K1")
    assert run.status == 0, run.output
    assert run.statuses == {"P1": "passed", "P8": "passed", "K1": "passed"}
    totals = run.verdict["totals"]
    assert totals["points"] == totals["possible"] > 0
    assert totals["passed"] == 3
    assert run.verdict["level"] == "full"
    # Only some steps were tried.
    assert not run.verdict["complete"]
    assert_fit_for_a_student(run.output)
    # Nothing is left in somebody's folder, and nothing changed there.
    assert {path.name: path.read_bytes() for path in right.iterdir()} == before


@pytest.mark.parametrize("workers", ["", "-n2"], ids=["by itself", "xdist"])
def test_several_processes_say_the_same(right, workers):
    shouts(right)
    steps = ["--step=P1", "--step=P5", "--step=P8"]
    run = judge(right, *steps, workers=workers)
    assert run.status == 1
    assert run.statuses == {"P1": "passed", "P5": "passed", "P8": "failed"}, run.output
    assert_fit_for_a_student(run.output)


def test_one_wrong_step(right):
    shouts(right)
    run = judge(right, "--step=P5", "--step=P8", "--seed=5")
    assert run.status == 1
    assert run.statuses == {"P5": "passed", "P8": "failed"}, run.output
    p8 = run.verdict["steps"]["P8"]
    assert p8["points"] == 0 < p8["possible"]
    assert run.verdict["totals"]["failed"] == 1
    assert run.verdict["seed"] == 5
    titles = ["Què s'ha fet", "S'esperava", "Ha arribat", "Què vol dir, normalment"]
    assert [line for line in run.message("P8").splitlines() if line[0] != " "] == titles
    for line in run.message("P8").splitlines():
        assert line in run.output
    assert "Pista" in run.output
    assert_fit_for_a_student(run.output)


def test_a_seed_repeats_names_texts_and_cuts(right):
    shouts(right)

    def transcript(seed):
        message = judge(right, "--step=P8", f"--seed={seed}").message("P8")
        return re.sub(r"127\.0\.0\.1:\d+", "", message)

    assert transcript(5) == transcript(5)
    assert transcript(5) != transcript(6)


def test_english(right):
    shouts(right)
    run = judge(right, "--step=P8", "--lang=en")
    titles = ["What was done", "Expected", "What came", "What this usually means"]
    assert [line for line in run.message("P8").splitlines() if line[0] != " "] == titles
    assert "points" in run.output
    assert not re.search(r"Pista|punts|següent|s'ha|«escriu", run.output), run.output
    assert_fit_for_a_student(run.output)


def test_what_cannot_be_reached_is_not_failed(right):
    change(
        right,
        "def envia(self, text):\n"
        "    return super().envia(text.replace('Et donem', 'Bon dia i'))\n",
    )
    run = judge(right, "--step=P1", "--step=P4", "--step=P10")
    assert run.statuses == {"P1": "failed", "P4": "not_reached", "P10": "not_reached"}
    assert run.verdict["totals"]["not_reached"] == 2
    assert "* Bon dia i" in run.message("P1")
    assert "(P1)" in run.output
    assert_fit_for_a_student(run.output)


def test_a_groups_letter_is_all_of_its_steps(folder):
    run = judge(write_all(folder, "raise SystemExit(3)\n"), "--step=F")
    assert set(run.statuses) == {f"F{number}" for number in range(1, 8)}
    assert "passed" not in run.statuses.values()
    assert_fit_for_a_student(run.output)


def test_a_level_of_the_course_is_as_it_promises(tmp_path):
    file = tmp_path / "verdict.json"
    run = judge("essential", f"--verdict={file}", "--step=K6", "--step=K7")
    assert run.status == 0, run.output
    steps = json.loads(file.read_text("utf-8"))["steps"]
    assert {step: result["status"] for step, result in steps.items()} == {
        "K6": "passed",
        "K7": "failed",
    }


def test_a_level_may_be_judged_as_somebodys_work(tmp_path):
    file = tmp_path / "verdict.json"
    run = judge("essential", f"--verdict={file}", "--level=full", "--step=C7")
    assert run.status == 1, run.output
    assert "Pista" in run.output


# Programs that do little, or too much -------------------------------------------------


def test_programs_that_end_at_once_get_a_whole_verdict(folder):
    run = judge(write_all(folder, "raise SystemExit(3)\n"))
    assert run.status == 1
    assert run.verdict["complete"], run.output
    assert set(run.statuses.values()) <= {"failed", "not_reached"}, run.statuses
    assert run.verdict["totals"]["points"] == 0
    assert_fit_for_a_student(run.output)


def test_a_folder_like_the_skeleton(folder):
    run = judge(copy("skeleton", folder), "--until-failure")
    assert run.status == 1
    assert run.verdict["complete"], run.output
    assert set(run.statuses.values()) <= {"failed", "not_reached"}, run.statuses
    # There is nothing to explain: only how to begin.
    assert "Què s'ha fet" not in run.output
    assert "El pas següent" in run.output or "Els passos següents" in run.output
    assert_fit_for_a_student(run.output)


@pytest.mark.parametrize(
    "text",
    ["def main(:\n", "raise KeyboardInterrupt\n", ""],
    ids=["syntax", "interrupt", "empty"],
)
def test_programs_that_are_broken(folder, text):
    run = judge(write_all(folder, text), "--step=C2", "--step=R3", "--step=K1")
    assert run.status == 1
    assert set(run.statuses.values()) == {"failed"}, run.output
    assert run.verdict["totals"]["error"] == 0
    assert_fit_for_a_student(run.output)


def test_a_folder_with_the_server_alone(folder):
    (folder / "servidor.py").write_text("", "utf-8")
    run = judge(folder, "--step=C2", "--step=R3", "--step=K1")
    assert set(run.statuses.values()) == {"failed"}, run.output


def test_programs_that_hang_are_ended(folder):
    write_all(
        folder,
        "import os, pathlib, signal, time\n"
        "here = pathlib.Path(__file__).parent\n"
        "(here / f'pid-{os.getpid()}').touch()\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "while True:\n    time.sleep(1)\n",
    )
    run = judge(folder, "--step=C2", "--step=R3", "--step=K1", XAT_PACIENCIA="0.2")
    assert run.status == 1
    assert set(run.statuses.values()) == {"failed"}, run.output
    assert_fit_for_a_student(run.output)
    pids = [int(path.name.removeprefix("pid-")) for path in folder.glob("pid-*")]
    assert pids
    if os.name == "posix":
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


FLOODS = {
    "lines": "while True:\n    print('x' * 70)\n",
    "one line": "while True:\n    print('x', end='')\n",
    "errors": "import sys\nwhile True:\n    print('x Error', file=sys.stderr)\n",
}


@pytest.mark.parametrize("text", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_is_cut(folder, text):
    run = judge(write_all(folder, text), "--step=R3")
    assert run.status == 1
    assert run.statuses == {"R3": "failed"}, run.output
    assert "ha escrit massa" in run.message("R3")
    assert len(run.output) < 20_000
    assert_fit_for_a_student(run.output)


@pytest.mark.parametrize("line", ["* Vinga!\\n", "x"], ids=["lines", "one line"])
def test_a_flood_on_the_wire_is_cut(right, line):
    change(
        right,
        "def __init__(self, socol):\n"
        "    super().__init__(socol)\n"
        "    self.wire = socol\n\n"
        "def envia(self, text):\n"
        "    while text.startswith('* Hola'):\n"
        f"        self.wire.sendall(b'{line}' * 1000)\n"
        "    return super().envia(text)\n",
    )
    run = judge(right, "--step=P4", "--step=R7", XAT_PACIENCIA="0.3")
    assert run.status == 1
    assert set(run.statuses.values()) <= {"failed", "not_reached"}, run.output
    assert len(run.output) < 20_000
    assert_fit_for_a_student(run.output)


def test_what_lies_beside_the_programs_does_not_reach_the_suite(right):
    (right / "conftest.py").write_text("raise SystemExit('conftest')\n", "utf-8")
    (right / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n", "utf-8")
    (right / "test_mine.py").write_text("def test_mine():\n    assert 0\n", "utf-8")
    (right / "pathlib.py").write_text("raise SystemExit('pathlib')\n", "utf-8")
    run = judge(right, "--step=P1", "--step=K1")
    assert run.statuses == {"P1": "passed", "K1": "passed"}, run.output
    # A module that their programs import is their own business, and no more than that.
    (right / "socket.py").write_text("raise SystemExit('socket')\n", "utf-8")
    run = judge(right, "--step=P1", "--step=K1")
    assert set(run.statuses.values()) <= {"failed", "not_reached"}, run.output


def test_two_runs_at_a_time_leave_each_other_alone(right, tmp_path):
    runs = [
        subprocess.Popen(
            command(right, f"--verdict={tmp_path / str(number)}.json", "--step=P8"),
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for number in range(2)
    ]
    outputs = [run.communicate(timeout=LIMIT)[0].decode() for run in runs]
    assert [run.returncode for run in runs] == [0, 0], outputs


# What was asked for is wrong ----------------------------------------------------------


@pytest.mark.parametrize(
    "options, says",
    [
        (["--variant=enlloc"], "«enlloc»"),
        (["--variant=."], "servidor.py"),
        (["--variant=essential", "--level=cap"], "«cap»"),
        (["--variant=essential", "--exercise=cap"], "«cap»"),
        (["--variant=essential", "--step=Z9"], "Z9"),
        (["--variant=full", "--variant=robust", "--verdict=x"], "--verdict"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_slip_of_the_pen_gives_one_clear_line(options, says):
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", *options],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
    )
    assert ran.returncode == 4
    told = (ran.stdout + ran.stderr).strip().splitlines()
    assert len(told) == 1, told
    assert told[0].startswith("ERROR: ")
    assert says in told[0]
