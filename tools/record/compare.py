"""Whether two records tell of the same, thread by thread.

The order of things in different threads is the scheduler's affair. And where TCP cuts a
stream is TCP's: what a thread receives in several calls on end is taken together. The
keyboard's thread is a daemon: the process may end before it has released its lock.
"""

import difflib
import json

from .normal import Event, Record


def differences(old: Record, new: Record) -> list[str]:
    """What a thread did in one record and not in the other, as lines to read."""
    lines = []
    for thread in sorted({*old.threads, *new.threads}):
        lines += difflib.unified_diff(
            _deeds(old, thread), _deeds(new, thread), thread, thread, n=1, lineterm=""
        )
    return lines


def _deeds(record: Record, thread: str) -> list[str]:
    """What a thread did, from what it waited for before to what it waits for after."""
    events = _joined([event for event in record.events if event["thread"] == thread])
    if thread.endswith("teclat") and events and events[-1]["call"] == "release":
        events.pop()
    deeds = [json.dumps(event, ensure_ascii=False) for event in events]
    first = f"waited for {record.waiting.get(thread)}"
    return [first, *deeds, f"waits for {record.waiting_after.get(thread)}"]


def _joined(events: list[Event]) -> list[Event]:
    """The events, with what was received in several calls on end in one."""
    joined: list[Event] = []
    for event in events:
        previous = joined[-1] if joined else {}
        same = all(previous.get(key) == event.get(key) for key in ("call", "on", "in"))
        if event["call"] == "recv" and same and event.get("bytes"):
            joined[-1] = {**previous, "bytes": previous["bytes"] + event["bytes"]}
        else:
            joined.append(event)
    return joined
