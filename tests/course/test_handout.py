"""What a student gets works by itself, solves nothing, and helps."""

import shutil
import subprocess
import sys

import pytest

from tools import environment, handout, hint, language, show
from tools.catalogue import ROOT, load_catalogue

LIMIT = 300  # seconds: packages are installed


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "per a l'alumne"
    handout.make(folder)
    return folder


def run_in(folder, *arguments):
    """Run a command of the hand-out, as a student does."""
    return subprocess.run(
        [sys.executable, "-m", "tools", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=LIMIT,
    )


@pytest.mark.thorough
def test_one_command_leads_to_the_first_step(folder):
    ran = run_in(folder, "start")
    assert ran.returncode == 0, ran.stderr
    first = load_catalogue().order[0][0]
    assert f"{first}. " in ran.stdout
    assert (folder / "el-meu-xat" / "servidor.py").exists()
    asked = run_in(folder, "hint")
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.startswith(f"{first}. ")
    assert hints_in(asked.stdout) == ["1."]


def test_it_has_only_a_students_commands(folder):
    ran = run_in(folder, "show", "C1")
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr


def test_nothing_in_it_solves_a_step(folder):
    assert handout.solved_in(folder) == []


def test_a_solved_step_is_noticed(folder):
    full = ROOT / "variants" / "full" / "connexio.py"
    shutil.copy(full, folder / "tests" / "judge" / "exemple.py")
    assert "tests/judge/exemple.py" in handout.solved_in(folder)[0]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "apunts.txt").write_text("meus", encoding="utf-8")
    with pytest.raises(handout.HandoutError, match=str(tmp_path)):
        handout.make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["apunts.txt"]


def test_the_pages_address_is_the_one_that_is_given(tmp_path):
    handout.make(tmp_path / "a", url="https://www.example.org/xat/")
    settings = (tmp_path / "a" / "pyproject.toml").read_text(encoding="utf-8")
    assert 'Site = "https://www.example.org/xat/"' in settings


# Hints and solutions ------------------------------------------------------------------


class Arguments:
    """What a command is given."""

    def __init__(self, step, again=False):
        self.step = step
        self.again = again
        self.folder = environment.ROOT
        self.lang = "ca"


@pytest.fixture
def given(tmp_path, monkeypatch):
    """No hint has been given yet."""
    monkeypatch.setattr(hint, "GIVEN", tmp_path / "pistes.json")
    language.use("ca")


def hints_in(text):
    return [line[:2] for line in text.splitlines() if line[:2] in ("1.", "2.", "3.")]


def test_each_time_one_hint_more_and_never_a_fourth(given, capsys):
    seen = []
    for _ in range(4):
        assert hint.run(Arguments("P8")) == 0
        seen.append(hints_in(capsys.readouterr().out))
    assert seen == [["1."], ["1.", "2."], ["1.", "2.", "3."], ["1.", "2.", "3."]]


def test_hints_from_the_first_one_again(given, capsys):
    hint.run(Arguments("P8"))
    hint.run(Arguments("P8"))
    capsys.readouterr()
    hint.run(Arguments("P8", again=True))
    assert hints_in(capsys.readouterr().out) == ["1."]


@pytest.mark.parametrize("command", [hint, show])
def test_no_such_step(given, capsys, command):
    assert command.run(Arguments("Z9")) == 2
    said = capsys.readouterr()
    assert "Z9" in said.err and not said.out


@pytest.mark.parametrize("step", load_catalogue().steps)
def test_every_step_has_a_solution_to_show(step, capsys):
    assert show.run(Arguments(step)) == 0
    text = capsys.readouterr().out
    code = [line for line in text.splitlines()[1:] if line.strip()]
    assert any(not line.lstrip().startswith("#") for line in code), text
