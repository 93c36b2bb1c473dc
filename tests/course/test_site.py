"""The pages: what their directives give, and what the site's check finds."""

import re

import pytest

from tests.course import mistakes
from tools import drawings, language, matrix
from tools.catalogue import ROOT, Fate, load_catalogue
from tools.levels import snippets
from tools.site import check, pages, proof, search
from tools.site.source import WALK, Source

PAGES = sorted((ROOT / "docs").glob("[ce][an]/*.md"))
STEPS = load_catalogue().steps


@pytest.fixture(scope="module")
def source():
    return Source()


@pytest.fixture(autouse=True)
def catalan():
    language.use("ca")
    yield
    language.use("ca")


# Directives ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_a_pages_directives_can_be_followed(path, source):
    language.use(path.parent.name)
    text = pages.expand(path.read_text(encoding="utf-8"), source)
    assert "[[" not in text.replace("[[change]]", "")


@pytest.mark.parametrize(
    ("directive", "says"),
    [
        ("[[nothing C1]]", "nothing"),
        ("[[code Z9]]", "Z9"),
        ("[[code]]", "code"),
        ("[[drawing nobody]]", "nobody"),
        ("[[exercise tot]]", "tot"),
    ],
)
def test_a_directive_that_cannot_be_followed(directive, says, source):
    with pytest.raises(pages.PageError, match=says):
        pages.expand(f"Text.\n\n{directive}\n", source)


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_every_drawing_is_on_a_page(lang):
    texts = [p.read_text("utf-8") for p in PAGES if p.parent.name == lang]
    asked = re.findall(r"^\[\[(?:drawing|replay) (\w+)\]\]$", "\n".join(texts), re.M)
    assert sorted(asked) == sorted(drawings.DRAWINGS)


def test_every_mistake_is_on_the_page_and_a_step_links_to_its_own(source):
    page = (ROOT / "docs" / "ca" / "errors.md").read_text(encoding="utf-8")
    text = pages.expand(page, source)
    thoughts = [mistakes.load(path).thought["ca"] for path in mistakes.paths()]
    shown = re.findall(r'^\?\?\? failure "(.*)"$', text, re.MULTILINE)
    assert sorted(shown) == sorted(thoughts)
    for path in mistakes.paths():
        step = mistakes.load(path).step
        assert f"{{#{step}}}" in text
        assert f"](errors.md#{step})" in pages.expand(f"[[hints {step}]]", source)


def test_a_step_says_what_fails_without_it(source):
    text = pages.expand("[[without N1]]", source)
    assert "sense el pas falla [N1](noms.md#N1), i prou." in text
    row = matrix.read()["C1"]
    text = pages.expand("[[without C1]]", source)
    assert "sense el pas fallen [C1](connexio.md#C1), " in text
    assert row["raises"] in text
    more = len(row["failed"]) - proof.SHOWN
    assert (f" i {more} passos més" if more > 1 else " i 1 pas més") in text


def test_hints_are_folded_one_in_another(source):
    text = pages.expand("[[hints P8]]", source)
    lines = text.splitlines()
    folds = [line.index("???") for line in lines if "??? tip" in line]
    assert folds == [0, 4, 8]
    question, _, sentence = STEPS["P8"].hints["ca"]
    assert text.index(question[:20]) < text.index(sentence[:20])


def test_a_solution_is_for_instructors_alone():
    public = pages.expand("[[solution noms]]", Source())
    theirs = pages.expand("[[solution noms]]", Source(with_solutions=True))
    assert "casefold" in theirs and "casefold" not in public


# Snippets -----------------------------------------------------------------------------


@pytest.mark.parametrize("level", WALK)
@pytest.mark.parametrize("step", [s for s in STEPS if s[0] in "CFRPKL"])
def test_a_snippet_has_the_programs_own_lines(step, level, source):
    file = source.catalogue.file_of(step)
    text = source.texts(level)[file]
    snippet = snippets.of_step(file, text, step)
    if source.fate(STEPS[step], level) is Fate.ABSENT:
        assert snippet == ""
        return
    lines = text.splitlines()
    shown = [s for s in snippet.splitlines() if s.strip() not in ("", snippets.GAP)]
    assert any(f"# {step}. " in line for line in shown)
    assert [line for line in shown if line not in lines] == []
    others = [s for s in STEPS if s != step and f"# {s}. " in snippet]
    assert others == [], "another step's comment is shown"


# The check ----------------------------------------------------------------------------


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A small site in two languages, all right."""
    monkeypatch.setattr(check, "_steps_without_section", lambda pages: [])
    for folder in ("", "en"):
        (tmp_path / folder).mkdir(exist_ok=True)
        write(tmp_path / folder / "index.html", '<a href="b.html#x">b</a>')
        write(tmp_path / folder / "b.html", '<h2 id="x">X</h2>')
    return tmp_path


def write(path, body):
    path.write_text(f"<!doctype html><body>{body}", encoding="utf-8")


def test_a_site_that_is_all_right(site):
    assert check.check(site) == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('<a href="c.html">c</a>', "index.html: c.html leads nowhere"),
        ('<a href="b.html#y">y</a>', "index.html: b.html#y leads nowhere"),
        ('<script src="https://example.org/a.js"></script>', "index.html: loads"),
        ('<link rel="stylesheet" href="//example.org/a.css">', "index.html: loads"),
        ('<img src="http://example.org/a.png">', "index.html: loads"),
        ("<p>" + "x" * check.HEAVIEST, "index.html: 3000"),
        ('<h2 id="extra">E</h2>', "index.html: the sections differ: extra"),
    ],
)
def test_what_is_wrong_is_found(site, body, says):
    write(site / "index.html", body)
    assert any(problem.startswith(says) for problem in check.check(site))


def test_a_page_in_one_language_is_found(site):
    write(site / "c.html", "")
    assert check.check(site) == ["c.html: is in one language"]


def test_a_step_without_its_section_is_found(tmp_path):
    write(tmp_path / "connexio.html", '<h2 id="C1">C1</h2>')
    problems = check.check(tmp_path)
    assert "connexio.html: has no section C2" in problems
    assert "connexio.html: has no section C1" not in problems


def test_a_theme_without_its_search_is_noticed(tmp_path):
    with pytest.raises(FileNotFoundError, match="search worker"):
        search.fold_accents(tmp_path)
