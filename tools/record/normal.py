"""A record: what was told in one run, with names that are the same at each run.

Left out are times, ports, the waits for what is `UNRECORDED`, those that ended with
nothing (but for a thread's last one before it does something else), and a second
shutdown() of the same socket.
"""

import dataclasses
import re
from collections.abc import Mapping

#: What a thread is called, by the function that it runs.
ROLES = {
    "gestiona_peticions": "peticions",
    "gestiona_participant": "participant",
    "gestiona_connexio": "connexio",
    "gestiona_teclat": "teclat",
    "llegeix_teclat": "teclat",
}
#: What a thread waits for unrecorded: who drives a scenario has to know, nobody else.
UNRECORDED = ("keyboard", "queue", "threads")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+:\d+")
_KEPT = ("call", "on", "bytes", "gives", "timeout", "error", "in")

Event = dict


@dataclasses.dataclass
class Record:
    """One run of a scenario.

    `waiting` and `waiting_after` say what each thread waits for when the story begins,
    and when it has ended: `{"peticions": "accept socket listening"}`. `events` are in
    the order in which they happened; `in` are the program's functions that led to a
    call, the outermost first. A thread is `principal`, `peticions`, `participant Anna`
    or `teclat` in the server, `client Anna/connexio` and so on in a client, and `Anna`
    where it stands for somebody who uses no client.
    """

    scenario: str
    waiting: dict[str, str]
    events: list[Event]
    waiting_after: dict[str, str]

    @property
    def threads(self) -> list[str]:
        """Every thread that is there, in alphabetical order."""
        names = {*self.waiting, *self.waiting_after}
        return sorted(names | {event["thread"] for event in self.events})


def record(
    scenario: str,
    before: list[Event],
    story: list[Event],
    after: list[Event],
    people: Mapping[str, str],
) -> Record:
    """Make a record of what was told; `people` has the name for each client's address.

    The three lists are in the order of their stamps.
    """
    names = _Names([*before, *story, *after], people)
    waiting: dict[str, str] = {}
    for event in before:
        _follow(waiting, event, names)
    waiting_after = dict(waiting)
    events = []
    held: dict[str, Event] = {}  # of each thread, a wait that ended with nothing
    shut = set()
    for told in story:
        thread = names.thread(told["process"], told["thread"])
        _follow(waiting_after, told, names)
        event = {"thread": thread, **{k: told[k] for k in _KEPT if k in told}}
        for key in ("on", "gives"):
            if key in event:
                event[key] = names.thing(told["process"], event[key])
        in_vain = held.pop(thread, None)
        if told["call"] == "waits":
            if in_vain and in_vain["call"] != told["for"]:
                events.append(in_vain)
            continue
        if in_vain:
            events.append(in_vain)
        if "timeout" in told:
            held[thread] = event
            continue
        if told["call"] == "shutdown":
            if (told["process"], told["on"]) in shut:
                continue
            shut.add((told["process"], told["on"]))
        events.append(event)
    return Record(scenario, waiting, events, waiting_after)


def _follow(waiting: dict[str, str], told: Event, names: "_Names") -> None:
    """Keep up with what each thread waits for."""
    thread = names.thread(told["process"], told["thread"])
    if told["call"] == "waits":
        if told["on"] in UNRECORDED:
            return
        waiting[thread] = f"{told['for']} {names.thing(told['process'], told['on'])}"
    elif "timeout" not in told:
        waiting.pop(thread, None)


class _Names:
    """The names of threads and things, by what is told of them."""

    def __init__(self, events: list[Event], people: Mapping[str, str]):
        self._people = people
        self._roles: dict[tuple[str, str], str] = {}
        for event in events:
            if event["call"] == "start":
                thread = event["on"].removeprefix("thread ")
                self._roles[event["process"], thread] = ROLES[event["target"]]
        for event in events:
            key = event["process"], event["thread"]
            address = _ADDRESS.search(event["on"])
            if self._roles.get(key) == "participant" and address:
                self._roles[key] = f"participant {people[address[0]]}"

    def thread(self, process: str, thread: str) -> str:
        """The name of a thread, by its process and what Python calls it."""
        default = "principal" if thread == "MainThread" else thread
        role = self._roles.get((process, thread), default)
        return f"{process}/{role}" if process.startswith("client ") else role

    def thing(self, process: str, thing: str) -> str:
        """The name of what a call is made on."""
        if thing.startswith("thread "):
            return "thread " + self.thread(process, thing.removeprefix("thread "))
        return _ADDRESS.sub(lambda found: self._people[found[0]], thing)
