"""A missing lock is noticed, nearly always; the rates are as they must be."""

import json

import pytest

from tools import collisions
from tools.levels.programs import Programs

FULL = Programs().of_level("full")


def test_the_measured_rates_are_as_they_must_be():
    figures = json.loads(collisions.FIGURES.read_text(encoding="utf-8"))
    assert set(figures["locks"]["noticed"]) == set(collisions.PLACES)
    assert collisions.is_good(figures), "python3 -m tools collisions"


@pytest.mark.parametrize(
    ("noticed", "alarms", "good"),
    [(95, 0, True), (94, 0, False), (100, 1, False)],
)
def test_what_is_good_enough(noticed, alarms, good):
    figures = {
        "locks": {"runs": 100, "noticed": {"here": 100, "there": noticed}},
        "correct": {"runs": 50, "false alarms": {"full": 0, "another": alarms}},
    }
    assert collisions.is_good(figures) is good


@pytest.mark.parametrize("place", collisions.PLACES)
def test_a_place_without_its_lock(place):
    file, method, _ = collisions.PLACES[place]
    text = collisions.without_lock(FULL[file], method)
    compile(text, file, "exec")
    taken = text.count("with self._candau:")
    had = FULL[file].count("with self._candau:")
    assert taken == (had - 1 if method else 0)


def test_a_method_without_a_lock_is_told():
    with pytest.raises(ValueError, match="talla"):
        collisions.without_lock(FULL["connexio.py"], "talla")
