"""The form of the records; that a new run does the same, `record --check` sees."""

import copy
import re

import pytest

from tools.record import command, files
from tools.record.compare import differences
from tools.record.normal import record
from tools.record.scenarios import SCENARIOS

KEYS = {"thread", "call", "on", "bytes", "gives", "timeout", "error", "in"}
PERSON = "(Anna|Berta|Carla)"
THREAD = re.compile(
    f"principal|peticions|teclat|participant {PERSON}|{PERSON}"
    f"|client {PERSON}/(principal|connexio|teclat)"
)
THING = re.compile(
    f"socket (listening|{PERSON})|lock (Sala|Connexio {PERSON})|event final|keyboard"
    f"|thread ({THREAD.pattern})"
)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_record_has_roles_for_names_and_no_ports_and_no_times(scenario):
    recorded = files.load(scenario)
    assert recorded.scenario == scenario
    assert recorded.events
    for thread in recorded.threads:
        assert THREAD.fullmatch(thread), thread
    for event in recorded.events:
        assert {"thread", "call", "on"} <= event.keys() <= KEYS, event
        assert THING.fullmatch(event["on"]), event
    text = files.path_of(scenario).read_text(encoding="utf-8")
    assert not re.search(r"127\.0|\d{5}", text)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_lock_is_held_by_one_thread_at_a_time(scenario):
    holders = {}
    for event in files.load(scenario).events:
        if event["call"] == "take":
            assert event["on"] not in holders, event
            holders[event["on"]] = event["thread"]
        elif event["call"] == "release":
            assert holders.pop(event["on"]) == event["thread"], event
    # The thread of the keyboard may be cut short by the end of its process.
    assert all(thread.endswith("teclat") for thread in holders.values())


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nothing_is_received_before_it_was_sent(scenario):
    under_way = {}
    for event in files.load(scenario).events:
        server = event["thread"].startswith("participant ")
        if event["call"] in ("send", "sendall"):
            key = event["on"], not server
            under_way[key] = under_way.get(key, "") + event["bytes"]
        elif event["call"] == "recv" and event.get("bytes"):
            key = event["on"], server
            assert under_way[key].startswith(event["bytes"]), event
            under_way[key] = under_way[key].removeprefix(event["bytes"])
    assert not any(under_way.values())


def test_the_naive_programs_join_cut_and_overlook():
    events = files.load("naive").events
    sent = [e["bytes"] for e in events if e["call"] == "send"]
    received = [e["bytes"] for e in events if e["call"] == "recv"]
    assert "* Benvinguda! Qui ets?" in sent and "* Hola, Berta!" in sent
    assert "* Benvinguda! Qui ets?* Hola, Berta!" in received
    (long,) = (
        e["bytes"]
        for e in events
        if e["thread"] == "client Anna/principal" and len(e.get("bytes", "")) > 1024
    )
    taken = [
        e["bytes"]
        for e in events
        if e["thread"] == "participant Anna" and e["call"] == "recv"
    ]
    assert taken == [long[:1024], long[1024:], "Adeu!{quit}"]
    assert "[Anna] Adeu!{quit}" in sent
    assert not any("ha abandonat" in text for text in sent)


def test_a_difference_is_told_with_its_thread():
    old = files.load("parla")
    new = copy.deepcopy(old)
    deeds = [e for e in new.events if e["thread"] == "participant Anna"]
    deeds[-1]["call"] = "close"
    lines = differences(old, new)
    assert any(line.startswith("--- participant Anna") for line in lines)
    assert any('"call": "close"' in line for line in lines)


def test_where_tcp_cuts_and_the_order_of_threads_make_no_difference():
    def told(thread, call, stamp, **more):
        on = "socket 127.0.0.1:50000"
        return {
            "process": thread,
            "thread": thread,
            "call": call,
            "on": on,
            "stamp": stamp,
            **more,
        }

    people = {"127.0.0.1:50000": "Anna"}
    one = [told("Anna", "recv", 1, bytes="ab"), told("Berta", "close", 2)]
    other = [
        told("Berta", "close", 1),
        told("Anna", "recv", 2, bytes="a"),
        told("Anna", "recv", 3, bytes="b"),
    ]
    first = record("x", [], one, [], people)
    assert differences(first, record("x", [], other, [], people)) == []
    other[-1]["bytes"] = "c"
    assert differences(first, record("x", [], other, [], people))


def test_only_the_last_wait_in_vain_is_kept_and_only_if_it_led_to_something():
    def told(call, **more):
        return {
            "process": "servidor",
            "thread": "MainThread",
            "call": call,
            "on": "event final",
            "stamp": 0,
            **more,
        }

    wait, in_vain = told("waits", **{"for": "wait"}), told("wait", timeout=True)
    new = record(
        "x", [], [wait, in_vain, wait, in_vain, told("set"), wait, in_vain], [], {}
    )
    calls = [(event["call"], "timeout" in event) for event in new.events]
    assert calls == [("wait", True), ("set", False)]
    assert new.waiting_after == {"principal": "wait event final"}


def test_the_command_says_what_it_does_not_know(capsys):
    import argparse

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args(["--check", "nothing"])) == 2
    assert "nothing" in capsys.readouterr().err
    assert command.run(parser.parse_args(["--check", "parla"])) == 0
    assert "as recorded" in capsys.readouterr().out
