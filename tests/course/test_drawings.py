"""The drawings: well made, in both languages, and everything within its frame."""

import copy
import re
from xml.etree import ElementTree

import pytest

from tools import drawings, language
from tools.catalogue import ROOT
from tools.drawings.canvas import measure
from tools.drawings.story import tell
from tools.record import files

SVG = "{http://www.w3.org/2000/svg}"
ASSETS = ROOT / "docs" / "assets"
EVERY = [
    (name, lang, wide)
    for name in drawings.DRAWINGS
    for lang in language.LANGUAGES
    for wide in (True, False)
]

#: What is written alike in both languages: names, and what stands in the programs.
ALIKE = re.compile(
    r"Anna,?|Berta|Carla|Sala|final|connexio|(servidor|client)\.py( · \w+)?"
    r"|TIMEOUT:?|ERROR|\{quit\}, ERROR,"
)


def parsed(name, lang, wide):
    return ElementTree.fromstring(drawings.draw(name, lang, wide))


def texts(svg):
    return [(text, "".join(text.itertext())) for text in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize(("name", "lang", "wide"), EVERY)
def test_a_drawing_has_a_title_and_says_in_words_what_it_shows(name, lang, wide):
    svg = parsed(name, lang, wide)
    title, about = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == title.get("id")
    assert svg.get("aria-describedby") == about.get("id")
    assert title.text.strip()
    assert len(about.text) > 60


@pytest.mark.parametrize(("name", "lang", "wide"), EVERY)
def test_no_text_is_outside_the_drawing(name, lang, wide):
    svg = parsed(name, lang, wide)
    _, _, width, height = map(float, svg.get("viewBox").split())
    assert width == (720 if wide else 328)
    for text, words in texts(svg):
        room = measure(words, text.get("class"))
        x, y = float(text.get("x")), float(text.get("y"))
        begin = x - room * {"middle": 0.5, "end": 1}.get(text.get("text-anchor"), 0)
        if text.get("transform"):  # it goes upward, around its middle
            assert 0 <= y - room / 2 and y + room / 2 <= height, words
            continue
        assert 0 <= begin and begin + room <= width, words
        assert 12 <= y <= height - 4, words


@pytest.mark.parametrize(("name", "lang", "wide"), EVERY)
def test_no_text_is_written_over_another(name, lang, wide):
    boxes = []
    for text, words in texts(parsed(name, lang, wide)):
        if text.get("transform"):
            continue
        # The estimate of a width is generous: what it has too much may overlap.
        room = measure(words, text.get("class")) * 0.92
        x, y = float(text.get("x")), float(text.get("y"))
        begin = x - room * {"middle": 0.5, "end": 1}.get(text.get("text-anchor"), 0)
        for left, right, foot, others in boxes:
            apart = begin >= right or begin + room <= left or abs(y - foot) >= 15
            assert apart, (words, others)
        boxes.append((begin, begin + room, y, words))


@pytest.mark.parametrize("name", drawings.DRAWINGS)
def test_everything_is_said_in_both_languages(name):
    for wide in (True, False):
        ca, en = (parsed(name, lang, wide) for lang in ("ca", "en"))
        for part in ("title", "desc"):
            assert ca.find(SVG + part).text != en.find(SVG + part).text
        catalan = {words for _, words in texts(ca)}
        for text, words in texts(en):
            if "mono" not in text.get("class") and words:
                assert ALIKE.fullmatch(words) or words not in catalan, words


def test_no_two_drawings_have_an_id_in_common():
    ids = re.findall(r' id="([^"]*)"', "".join(drawings.draw(*each) for each in EVERY))
    assert len(ids) == len(set(ids)) == 2 * len(EVERY)


def test_everything_drawn_has_its_style():
    style = (ASSETS / "drawings.css").read_text(encoding="utf-8")
    used = set(re.findall(r"\bfil-[a-z-]+", "".join(drawings.draw(*e) for e in EVERY)))
    hooks = {"fil-step", "fil-slide"}  # for replay.js
    assert {name for name in used - hooks if f".{name}" not in style} == set()


def test_every_colour_is_there_for_light_and_for_dark():
    style = (ASSETS / "drawings.css").read_text(encoding="utf-8")
    light, dark = re.findall(r"(?::root|slate\"\]) \{(.*?)\}", style, re.S)
    colours = [set(re.findall(r"(--fil-\w[\w-]*):", part)) for part in (light, dark)]
    used = set(re.findall(r"var\((--fil-[\w-]+)", style))
    used |= set(re.findall(r"var\((--fil-[\w-]+)", (ASSETS / "replay.css").read_text()))
    assert colours[0] == colours[1]
    assert used <= colours[0]


@pytest.mark.parametrize("lang", language.LANGUAGES)
@pytest.mark.parametrize("name", drawings.REPLAYS)
def test_a_replay_has_a_sentence_for_each_step(name, lang):
    before = language.current()
    html = drawings.replay(name, lang)
    assert language.current() == before
    figure = ElementTree.fromstring(
        html.replace("<details class=", "<details a=", 1).replace(" open>", ">", 1)
    )
    items = ["".join(item.itertext()) for item in figure.iter("li")]
    assert all(item[0].isupper() or not item[0].isalpha() for item in items)
    for svg in figure.iter(f"{SVG}svg"):
        groups = svg.iter(f"{SVG}g")
        steps = {int(g.get("data-step")) for g in groups if g.get("data-step")}
        assert steps == set(range(1, len(items) + 1))
    for label in ("first", "back", "next", "play", "pause", "count", "start"):
        assert figure.get(f"data-{label}")


def test_there_is_nothing_else():
    with pytest.raises(KeyError):
        drawings.draw("nothing", "ca", True)
    with pytest.raises(KeyError):
        drawings.draw("whole", "xx", True)
    with pytest.raises(KeyError):
        drawings.replay("whole", "ca")


def test_a_story_in_which_a_recv_took_something_else_cannot_be_drawn():
    recorded = copy.deepcopy(files.load("parla"))
    receipt = next(e for e in recorded.events if e["thread"] == "Berta")
    receipt["bytes"] = "something else\n"
    with pytest.raises(ValueError, match="something else"):
        tell(recorded)
