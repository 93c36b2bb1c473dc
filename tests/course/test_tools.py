"""The commands: what a student and a maintainer type."""

import socket
import sys

import pytest

from tools import commands, environment, test
from tools.start import SKELETON


@pytest.fixture
def tools(monkeypatch, capfd):
    """Run a command here, in the environment that the tests run in."""
    monkeypatch.setattr(environment, "is_inside", lambda requirements: True)

    def run(*argv):
        status = commands.main([str(word) for word in argv])
        output, complaints = capfd.readouterr()
        return status, output, complaints

    return run


def test_start_copies_the_skeleton_and_shows_the_first_step(tools, tmp_path):
    folder = tmp_path / "el meu xat"
    status, output, _ = tools("start", folder)
    assert status == 0
    for program in SKELETON.iterdir():
        assert (folder / program.name).read_bytes() == program.read_bytes()
    assert "El pas següent\n  C2. " in output
    assert "essential" in output
    assert "✗" not in output, "an untouched skeleton is no failure"


def test_start_speaks_english_too(tools, tmp_path):
    _, output, _ = tools("start", tmp_path / "chat", "--lang", "en")
    assert "The next step\n  C2. " in output


def test_start_goes_on_and_overwrites_nothing(tools, tmp_path):
    tools("start", tmp_path)
    mine = (tmp_path / "servidor.py").read_text(encoding="utf-8") + "\n# Meu.\n"
    (tmp_path / "servidor.py").write_text(mine, encoding="utf-8")
    status, output, _ = tools("start", tmp_path)
    assert status == 0
    assert f"El teu xat: {tmp_path}" in output
    assert (tmp_path / "servidor.py").read_text(encoding="utf-8") == mine


def test_start_leaves_a_folder_with_other_things_alone(tools, tmp_path):
    (tmp_path / "carta.txt").write_text("Benvolguda", encoding="utf-8")
    status, _, complaints = tools("start", tmp_path)
    assert status == 2
    assert len(complaints.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["carta.txt"]


def test_chat_says_how_to_join_and_ends_as_the_server_does(tools):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, output, complaints = tools("chat", "--port", port)
    assert status == 1
    assert f"nc 127.0.0.1 {port}" in output
    assert f"No es pot escoltar a 127.0.0.1:{port}" in complaints


@pytest.mark.parametrize(
    "argv", [[], ["xat"], ["chat", "--level", "cap"], ["start", "a", "b"]]
)
def test_what_nobody_understands_has_status_2(tools, argv, capfd):
    with pytest.raises(SystemExit) as ended:
        tools(*argv)
    assert ended.value.code == 2
    assert "usage:" in capfd.readouterr().err


def test_all_checks_are_made_also_after_one_has_failed(tools, monkeypatch):
    checks = (("One", ["no_such_module"]), ("Two", ["this"]))
    monkeypatch.setattr(test, "CHECKS", checks)
    status, output, _ = tools("test")
    assert status == 1
    assert "The Zen of Python" in output
    assert output.endswith("Failed: One.\n")
    monkeypatch.setattr(test, "CHECKS", checks[1:])
    status, output, _ = tools("test")
    assert status == 0
    assert output.endswith("All is well.\n")


@pytest.fixture
def new_environment(monkeypatch, tmp_path):
    """A course with requirements of its own, and no environment yet."""
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    (tmp_path / environment.STUDENT).write_text("", encoding="utf-8")
    return tmp_path


def test_the_environment_is_made_once(new_environment, capfd):
    code = ["-c", "import sys; print(sys.prefix)"]
    assert environment.run_inside(environment.STUDENT, code) == 0
    output, complaints = capfd.readouterr()
    assert output.strip() == str(new_environment / ".venv")
    assert "només la primera vegada" in complaints
    assert environment.run_inside(environment.STUDENT, code) == 0
    assert capfd.readouterr().err == ""
    # Other requirements, and it is made again.
    (new_environment / environment.STUDENT).write_text("# Res.\n", encoding="utf-8")
    assert environment.run_inside(environment.STUDENT, code) == 0
    assert "només la primera vegada" in capfd.readouterr().err


def test_what_cannot_be_installed_is_said_in_a_line(new_environment):
    (new_environment / environment.STUDENT).write_text(
        f"{new_environment / 'no-hi-es.whl'}\n", encoding="utf-8"
    )
    with pytest.raises(environment.SetUpError) as trouble:
        environment.run_inside(environment.STUDENT, ["-c", ""])
    assert "Internet" in str(trouble.value)
    assert len(str(trouble.value).splitlines()) == 1


def test_the_status_of_what_runs_inside_is_given_back(new_environment):
    code = ["-c", "import sys; sys.exit(7)"]
    assert environment.run_inside(environment.STUDENT, code) == 7


def test_an_old_python_is_told_so():
    source = (commands.environment.ROOT / "tools" / "__main__.py").read_text()
    pretend = "import sys; sys.version_info = (3, 8)\n" + source.partition('"""\n\n')[2]
    with pytest.raises(SystemExit) as ended:
        exec(pretend, {"__name__": "__main__", "sys": sys})
    assert "3.11" in str(ended.value.code) and "3.8" in str(ended.value.code)
