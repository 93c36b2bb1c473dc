"""The catalogue of steps: what is read, and what is refused with a clear line."""

import pytest

from tools.catalogue import (
    KINDS,
    CatalogueError,
    Fate,
    load_catalogue,
    load_levels,
)

STEPS = """\
order = [["C2"], ["C1", "F1"]]

[groups.C]
file = "connexio.py"
title.ca = "Missatges"
title.en = "Messages"
page = "connexio"

[groups.F]
file = "servidor.py"
title.ca = "El fil principal"
title.en = "The main thread"
page = "principal"

[groups.N]
file = "servidor.py"
title.ca = "Noms"
title.en = "Names"
page = "noms"
exercise = "noms"
hours = "1"
teaches.ca = "Res."
teaches.en = "Nothing."
leaves_out.ca = "Tot."
leaves_out.en = "Everything."

[steps.C1]
kind = "core"
points = 3
needs = ["C2"]
sentence.ca = "Rep."
sentence.en = "Receives."
why.ca = "Perquè sí."
why.en = "Because."
hints.ca = ["u", "dos", "tres"]
hints.en = ["one", "two", "three"]

[steps.C2]
kind = "error"
points = 0
unseen.ca = "No es veu."
unseen.en = "Cannot be seen."
sentence.ca = "Envia."
sentence.en = "Sends."
why.ca = "Perquè sí."
why.en = "Because."
hints.ca = ["u", "dos", "tres"]
hints.en = ["one", "two", "three"]

[steps.F1]
kind = "log"
points = 1
sentence.ca = "Obté l'adreça."
sentence.en = "Gets the address."
why.ca = "Perquè sí."
why.en = "Because."
hints.ca = ["u", "dos", "tres"]
hints.en = ["one", "two", "three"]

[steps.N1]
kind = "noms"
points = 1
sentence.ca = "Numera."
sentence.en = "Numbers."
why.ca = "Perquè sí."
why.en = "Because."
hints.ca = ["u", "dos", "tres"]
hints.en = ["one", "two", "three"]
"""

LEVELS = """\
[levels.skeleton]
core = "comment"

[levels.full]
core = "solved"
error = "solved"
"""


@pytest.fixture
def steps(tmp_path):
    """Loads a catalogue from the text of its file."""

    def load(text):
        path = tmp_path / "steps.toml"
        path.write_text(text, encoding="utf-8")
        return load_catalogue(path)

    return load


@pytest.fixture
def levels(tmp_path):
    """Loads the levels from the text of their file."""

    def load(text):
        path = tmp_path / "levels.toml"
        path.write_text(text, encoding="utf-8")
        return load_levels(path)

    return load


def test_what_is_read(steps):
    catalogue = steps(STEPS)
    assert list(catalogue.steps) == ["C1", "C2", "F1", "N1"]
    assert list(catalogue.groups) == ["C", "F", "N"]
    assert catalogue.order == (("C2",), ("C1", "F1"))
    c1, c2 = catalogue.steps["C1"], catalogue.steps["C2"]
    assert (c1.id, c1.group, c1.kind, c1.points, c1.needs) == (
        "C1",
        "C",
        "core",
        3,
        ("C2",),
    )
    assert dict(c1.sentence) == {"ca": "Rep.", "en": "Receives."}
    assert c1.hints["en"] == ("one", "two", "three")
    assert c1.unseen is None
    assert c2.unseen["en"] == "Cannot be seen."
    assert c2.needs == ()
    group = catalogue.groups["N"]
    assert (group.file, group.page, group.exercise) == ("servidor.py", "noms", "noms")


def test_kinds_and_groups(steps):
    catalogue = steps(STEPS)
    assert catalogue.kinds == ("core", "error", "log", "noms")
    assert catalogue.exercises == ("noms",)
    assert [step.id for step in catalogue.of_kind("core", "log")] == ["C1", "F1"]
    assert [step.id for step in catalogue.of_group("C")] == ["C1", "C2"]


def test_needs_and_stops(steps):
    catalogue = steps(STEPS.replace('kind = "log"', 'kind = "log"\nneeds = ["C1"]'))
    assert catalogue.all_needs("F1") == {"C1", "C2"}
    assert catalogue.all_needs("C1") == {"C2"}
    assert catalogue.all_needs("N1") == set()
    stops = [catalogue.stop_of(step) for step in ("C2", "C1", "F1", "N1")]
    assert stops == [0, 1, 1, 2]


def test_nobody_can_change_it(steps):
    catalogue = steps(STEPS)
    with pytest.raises(TypeError):
        catalogue.steps["C3"] = catalogue.steps["C1"]
    with pytest.raises(TypeError):
        catalogue.steps["C1"].sentence["ca"] = "Una altra."
    with pytest.raises(AttributeError):
        catalogue.steps["C1"].kind = "error"


REFUSED = [
    # what is changed, into what, the start of the message
    ('kind = "core"', 'kind = "hard"', "C1: kind 'hard' is unknown; use one of: core"),
    ('needs = ["C2"]', 'needs = ["C9"]', "C1: needs C9, which is no step; correct"),
    ('needs = ["C2"]', 'needs = ["C1"]', "C1: needs itself; take it out"),
    ('needs = ["C2"]', 'needs = "C2"', "C1: needs is a list of ids"),
    (
        'needs = ["C2"]',
        'need = ["C2"]',
        "C1: need means nothing; use one of: file, hints",
    ),
    ("points = 3\n", "", "C1: points = None; write a whole number, 0 or more"),
    ("points = 3", "points = -1", "C1: points = -1; write a whole number"),
    ("points = 3", "points = true", "C1: points = True; write a whole number"),
    ('sentence.ca = "Rep."\n', "", "C1: sentence.ca is missing; write it"),
    ('sentence.ca = "Rep."', 'sentence.ca = " "', "C1: sentence.ca: write a text"),
    ('"Receives."', '"Receives."\nsentence.fr = "x"', "C1: sentence: fr means nothing"),
    ('why.ca = "Perquè sí."\nwhy.en = "Because."\n', "", "C1: why is missing; write"),
    ('["u", "dos", "tres"]', '["u", "dos"]', "C1: hints.ca: write a list of 3 texts"),
    ('["one", "two", "three"]', '["a", "", "c"]', "C1: hints.en: write a list of 3"),
    ('hints.en = ["one", "two", "three"]\n', "", "C1: hints.en is missing; write it"),
    ('unseen.en = "Cannot be seen."\n', "", "C2: unseen.en is missing; write it"),
    ('title.ca = "Missatges"\n', "", "C: title.ca is missing; write it"),
    ('page = "connexio"\n', "", "C: page is missing; write a text"),
    ('file = "connexio.py"\n', "", "C: file is missing; write a text"),
    ('exercise = "noms"', 'exercise = "jocs"', "N: exercise 'jocs' is unknown; use"),
    ('exercise = "noms"\n', "", "N: hours means nothing; use"),
    ('hours = "1"\n', "", "N: hours is missing"),
    ('leaves_out.en = "Everything."\n', "", "N: leaves_out.en is missing"),
    ('kind = "core"', 'kind = "noms"', "C1: is of kind noms, and group C is of exer"),
    ("[steps.F1]", "[steps.G1]", "G1: its group has no entry; add [groups.G]"),
    ("[steps.F1]", "[steps.f1]", "f1: an id is one capital letter and a number"),
    ('"F1"]]', "]]", "order: F1 is missing; put it in a stop"),
    ('"F1"]]', '"F1", "C2"]]', "order: C2 is there twice; take one out"),
    ('"F1"]]', '"F1", "F7"]]', "order: F7 is no step; correct the id"),
    ('"F1"]]', '"F1", "N1"]]', "order: N1 is an exercise's step; take it out"),
    ('["C2"], ["C1", "F1"]', '"C2", "C1", "F1"', "order: is a list of stops, such as"),
    ("order = ", "ordre = ", "ordre means nothing; use one of: groups, order, steps"),
    ("[groups.C]", "[groups.C", "is not TOML: "),
]


@pytest.mark.parametrize(("old", "new", "message"), REFUSED)
def test_what_is_refused(steps, old, new, message):
    assert old in STEPS
    with pytest.raises(CatalogueError) as caught:
        steps(STEPS.replace(old, new, 1))
    assert str(caught.value).startswith(f"steps.toml: {message}")
    assert "\n" not in str(caught.value)


def test_a_catalogue_without_steps_is_refused(steps):
    with pytest.raises(CatalogueError, match=r"steps\.toml: has no \[steps\.…\]"):
        steps(STEPS[: STEPS.index("[steps.C1]")])


def test_a_step_that_is_no_table_is_refused(steps):
    text = STEPS[: STEPS.index("[steps.C1]")] + "[steps]\nC1 = 3\n"
    with pytest.raises(CatalogueError, match=r"C1: is no table; write \[steps\.C1\]"):
        steps(text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CatalogueError, match=r"steps\.toml: cannot be read: No such"):
        load_catalogue(tmp_path / "steps.toml")


def test_a_file_that_is_not_utf8(tmp_path):
    path = tmp_path / "steps.toml"
    path.write_bytes(STEPS.encode("latin-1"))
    with pytest.raises(CatalogueError, match=r"steps\.toml: is not UTF-8"):
        load_catalogue(path)


def test_a_kind_that_a_level_does_not_name_is_absent(levels):
    skeleton = levels(LEVELS)["skeleton"]
    assert tuple(skeleton) == KINDS
    assert skeleton["core"] is Fate.COMMENT
    assert skeleton["error"] is Fate.ABSENT
    assert skeleton["yeswanna"] is Fate.ABSENT


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "error =",
            "eror =",
            "full: no kind is called 'eror'; use one of: core, error",
        ),
        ('"comment"', '"maybe"', "skeleton: core = 'maybe': use one of: solved, comm"),
        ('"comment"', "3", "skeleton: core = 3: use one of: solved, comment, absent"),
        ("[levels.full]", "[level.full]", "level means nothing; use one of: levels"),
    ],
)
def test_levels_that_are_refused(levels, old, new, message):
    with pytest.raises(CatalogueError) as caught:
        levels(LEVELS.replace(old, new, 1))
    assert str(caught.value).startswith(f"levels.toml: {message}")


def test_the_levels_of_the_course():
    """The table of the course, row by row."""
    S, C, A = Fate.SOLVED, Fate.COMMENT, Fate.ABSENT
    exercises = ("noms", "contrasenya", "consola", "yeswanna")
    rows = {
        "skeleton": (C, C, C, A),
        "essential": (S, A, A, A),
        "robust": (S, S, A, A),
        "full": (S, S, S, A),
        "master": (S, S, S, S),
    }
    assert {level: dict(fates) for level, fates in load_levels().items()} == {
        level: {"core": core, "error": error, "log": log}
        | dict.fromkeys(exercises, exercise)
        for level, (core, error, log, exercise) in rows.items()
    }
