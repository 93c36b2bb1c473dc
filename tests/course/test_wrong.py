"""Mistakes that a learner may make, and the step that must tell of each.

See `mistakes.py` for their files, `feedback.py` for what was recorded of each.
"""

import json
import sys

import pytest

from tests.course import feedback
from tests.course.judging import judge
from tests.course.mistakes import MistakeError, load, paths, right_programs


@pytest.fixture(scope="session")
def caches(tmp_path_factory):
    """A folder that all who are judged share for what Python has compiled."""
    return tmp_path_factory.getbasetemp() / "pycache"


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_the_step_tells_of_the_mistake(path, tmp_path, caches, pytestconfig):
    mistake = load(path)
    outcome = judge(mistake, tmp_path, caches)
    text = feedback.told(mistake, outcome)
    if pytestconfig.option.record:
        feedback.record(mistake, text)
    why = f"«{mistake.thought['en']}»\n{outcome.output}"
    assert outcome.failed, f"no step fails: {why}"
    assert outcome.failed[0] == mistake.step, why
    # Elsewhere the system says the same in other words.
    if sys.platform == "linux":
        difference = feedback.difference(mistake, text)
        assert not difference, difference


def test_nothing_is_recorded_of_what_is_no_mistake():
    recorded = {path.stem for path in feedback.FEEDBACK.glob("*.txt")}
    assert recorded <= {path.stem for path in paths()}, feedback.RECORD


def test_the_figures_are_those_of_the_feedback(pytestconfig):
    if pytestconfig.option.record:
        pytest.skip("they are written when all is recorded")
    told = json.loads(feedback.FIGURES.read_text(encoding="utf-8"))
    assert told == feedback.figures(), feedback.RECORD


# Their files --------------------------------------------------------------------------

GOOD = """\
base = "full"
step = "P8"
thought.ca = "Tothom és tothom."
thought.en = "Everyone is everyone."

[[change]]
file = "connexio.py"
find = "TEMPS_ESPERA = 0.5"
replace = "TEMPS_ESPERA = 5"
"""


@pytest.fixture
def mistake(tmp_path):
    """Loads a mistake from the text of its file."""

    def load_text(text):
        path = tmp_path / "good.toml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return load_text


def test_a_mistake_is_made_on_its_base(mistake):
    programs = mistake(GOOD).programs()
    right = right_programs("full", ())
    assert programs["servidor.py"] == right["servidor.py"]
    assert "TEMPS_ESPERA = 5 " in programs["connexio.py"]
    exercises = mistake(GOOD.replace('"full"', '"noms,consola"')).programs()
    assert "def nom_lliure" in exercises["servidor.py"]
    assert "def expulsa" in exercises["servidor.py"]
    assert "contrasenya" not in exercises["servidor.py"]


REFUSED = [
    # what is changed, into what, the start of the message
    (
        'base = "full"',
        'base = "jocs"',
        "base = 'jocs'; write a level, exercises (noms,",
    ),
    ('base = "full"\n', "", "base is missing; write base, change, step, thought"),
    ('"P8"', '"P99"', "there is no step 'P99'"),
    ("thought.ca", "tought.ca", "t"),
    ('thought.ca = "Tothom és tothom."\n', "", "thought: ca is missing; write ca, en"),
    ("thought.ca", "thought.fr", "thought: "),
    ('"Tothom és tothom."', '""', "write thought.ca and thought.en"),
    ("[[change]]", "[change]", "write one [[change]] or more"),
    ("find =", "fined =", "change 1: fin"),
    ("= 5", "= 0.5", "change 1: changes nothing"),
    ('"connexio.py"', '"conexio.py"', "change 1: there is no conexio.py"),
    ('"TEMPS_ESPERA = 0.5"', '"import"', "change 1: `find` stands "),
    ('"TEMPS_ESPERA = 0.5"', '"TEMPS = 9"', "change 1: `find` stands 0 times in conn"),
    ("ESPERA = 5", "ESPERA = = 5", "connexio.py is no Python any more, at line "),
    ('base = "full"', "base = ", "is no TOML: "),
]


@pytest.mark.parametrize(("old", "new", "message"), REFUSED)
def test_a_file_that_is_not_as_it_has_to_be_is_refused(mistake, old, new, message):
    assert old in GOOD
    with pytest.raises(MistakeError) as caught:
        mistake(GOOD.replace(old, new, 1)).programs()
    assert str(caught.value).startswith(f"good: {message}")
