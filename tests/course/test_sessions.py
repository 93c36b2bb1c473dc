"""The sessions: what is written to be typed, and how it is played."""

import pytest

from tools.levels.programs import Programs
from tools.sessions import script
from tools.sessions.play import PlayError, play

LISTENS = "servidor $ python servidor.py\nservidor < Escoltant a 127.0.0.1:8888\n"


def load(folder, monkeypatch, text):
    monkeypatch.setattr(script, "SESSIONS", folder)
    (folder / "P.toml").write_text(text, encoding="utf-8")
    return script.load()


def terminals(lines):
    actions = tuple(script._action("P8", line) for line in lines.splitlines())
    return script.Script("P8", actions=actions)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[P8]\n", "P8: write either python or terminals"),
        ("[P8]\npython = ''\nterminals = ''\n", "P8: write either"),
        ("[P8]\nterminals = 'Anna ? hola'\n", "write one of"),
        ("[P8\n", "P.toml"),
    ],
)
def test_a_script_that_is_wrong(tmp_path, monkeypatch, text, says):
    with pytest.raises(script.ScriptError, match=says):
        load(tmp_path, monkeypatch, text)


def test_terminals_show_what_is_typed_and_what_comes():
    shown = play(terminals(LISTENS), Programs().of_level("full"), strict=True)
    assert shown == [
        (
            "servidor",
            [("$", "python servidor.py"), ("<", "Escoltant a 127.0.0.1:8888")],
        )
    ]


def test_a_line_that_does_not_come_is_told():
    with pytest.raises(PlayError, match="Escoltant a 127.0.0.1:8888"):
        wrong = LISTENS.replace("Escoltant a", "Escolto a")
        play(terminals(wrong), Programs().of_level("full"), strict=True)


def test_a_line_that_was_not_foreseen_is_told():
    typed = LISTENS + "servidor > quants\nservidor > finalitza\nservidor . 0\n"
    with pytest.raises(PlayError, match="Participants: 0"):
        play(terminals(typed), Programs().of_level("full"), strict=True)


def test_at_the_prompt():
    typed = script.Script("C1", python="1 + 1\n1 / 0")
    assert play(typed, {}, strict=True) == [
        (
            "python",
            [
                (">", ">>> 1 + 1"),
                ("<", "2"),
                (">", ">>> 1 / 0"),
                ("<", "ZeroDivisionError: division by zero"),
            ],
        )
    ]
