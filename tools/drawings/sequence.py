"""A record drawn as a sequence: a lifeline for each thread, an arrow for what is sent.

Time goes down, a row for each moment. Whatever belongs to a moment has its number in
`data-step` (from 1), so that a replay can show how far things have come.
"""

import dataclasses

from tools.language import tr
from tools.record.normal import Record

from .canvas import LINE, Canvas, measure, wrap_evenly
from .lanes import LANES, Lane, group_title, title
from .story import Moment, Story

#: Calls that wait: before one of them is over, its thread was asleep.
WAITING = ("accept", "recv", "wait", "join")

HEAD = 74  # px from the top to where the lifelines begin
GAP = 12  # px below an arrow, before the next row
BARE = 24  # px that a row without a label takes
TAIL = 26  # px of lifeline below the last row
END = 9  # px from where something ends a thread to the end of its lifeline


@dataclasses.dataclass
class _State:
    """What a lifeline looks like down to a moment: there, awake, with the lock."""

    there: bool
    awake: bool
    holds: bool


def shown(name: str, story: Story) -> list[Moment]:
    """The moments that the sequence shows: those of threads that have a lane."""
    lanes = LANES[name]
    return [
        moment
        for moment in story.moments
        if _lane(lanes, moment.target) is not None
        and (moment.source is None or _lane(lanes, moment.source) is not None)
    ]


def draw(canvas: Canvas, name: str, story: Story) -> None:
    """Draw the sequence of this name."""
    lanes = LANES[name]
    moments = shown(name, story)
    canvas.title = title(name)
    canvas.about = " ".join(moment.words for moment in moments)
    xs = _places(canvas, len(lanes))
    rows = []
    foot = HEAD
    for moment in moments:
        lines = _lines(canvas, moment)
        rows.append(foot + (LINE * len(lines) + 10 if lines else BARE))
        foot = rows[-1] + GAP
    bottom = rows[-1] + TAIL
    canvas.height = bottom + 28 + _legend(canvas, bottom + 28, _kinds(moments))
    _groups(canvas, lanes, xs, bottom)
    for lane, x in zip(lanes, xs, strict=True):
        _lifeline(canvas, x, rows, bottom, _states(lane, moments, story.record))
        _heading(canvas, lane, x)
    for step, (moment, y) in enumerate(zip(moments, rows, strict=True), 1):
        canvas.open_group(class_="fil-step", data_step=step)
        _moment(canvas, moment, lanes, xs, y)
        canvas.close_group()


def _kinds(moments: list[Moment]) -> set[str]:
    """The kinds of line that are drawn."""
    kinds = {"awake", "asleep"}
    for moment in moments:
        if moment.is_bytes:
            kinds.add("bytes")
        elif moment.source is not None:
            kinds.add("call")
        if any(event["call"] == "take" for event in moment.done):
            kinds.add("lock")
    return kinds


def _lane(lanes: tuple[Lane, ...], thread: str | None) -> int | None:
    """The place of a thread's lane."""
    places = (place for place, lane in enumerate(lanes) if thread in lane.threads)
    return next(places, None)


def _places(canvas: Canvas, count: int) -> list[float]:
    """Where each lane is, from left to right."""
    margin = 64 if canvas.wide else 34
    step = (canvas.width - 2 * margin) / (count - 1)
    return [margin + step * place for place in range(count)]


def _groups(canvas: Canvas, lanes, xs, bottom) -> None:
    """A frame around the threads of each program."""
    pad = min((xs[1] - xs[0]) / 2 - 2, 56)
    for group in ("server", "client"):
        inside = [x for lane, x in zip(lanes, xs, strict=True) if lane.group == group]
        if inside:
            left, right = inside[0] - pad, inside[-1] + pad
            canvas.box(
                left, 22, right - left, bottom - 22, f"fil-frame {group}", radius=10
            )
            middle = (left + right) / 2
            canvas.text(middle, 15, group_title(group), f"{group} strong", "middle")


def _heading(canvas: Canvas, lane: Lane, x: float) -> None:
    first, second = lane.heading(canvas.wide)
    kind = lane.group or "person"
    if canvas.wide or lane.is_person:
        kind += " strong"
    canvas.text(x, 42, first, kind, "middle")
    canvas.text(x, 42 + LINE, second, kind, "middle")


def _states(lane: Lane, moments: list[Moment], record: Record) -> list[_State]:
    """How the lane's lifeline looks down to each moment, and below the last one."""
    if lane.is_person:
        ends = [
            place
            for place, moment in enumerate(moments)
            for event in moment.done
            if event["thread"] in lane.threads and event["call"] in ("close", "reset")
        ]
        last = ends[-1] if ends else len(moments)
        return [
            _State(place <= last, False, False) for place in range(len(moments) + 1)
        ]
    thread = lane.threads[0]
    begins = next((place for place, m in enumerate(moments) if _starts(m, thread)), -1)
    deeds = [
        (place, event)
        for place, moment in enumerate(moments)
        for event in moment.done
        if event["thread"] == thread
    ]
    order = {id(event): place for place, event in enumerate(record.events)}
    deeds.sort(key=lambda deed: order[id(deed[1])])
    calls = [event["call"] for _, event in deeds]
    ended = "end" in calls
    if thread.endswith("principal"):  # of its end nothing is told: it is the process's
        ended = calls[-1:] in (["join"], ["close"])
    last = deeds[-1][0] if deeds else -1
    states = []
    for place in range(len(moments) + 1):
        there = place > begins and not (ended and place > last)
        following = [event for where, event in deeds if where >= place]
        preceding = [event for where, event in deeds if where < place]
        awake = bool(following) and following[0]["call"] not in WAITING
        if not preceding and begins < 0:
            awake = False  # it has been asleep since before the story
        states.append(_State(there, awake, _holds(preceding)))
    return states


def _starts(moment: Moment, thread: str) -> bool:
    return moment.target == thread and any(e["call"] == "start" for e in moment.done)


def _holds(events) -> bool:
    """Whether a thread has the room's lock after it has done this."""
    calls = [event["call"] for event in events if event["on"] == "lock Sala"]
    return bool(calls) and calls[-1] == "take"


def _lifeline(canvas: Canvas, x, rows, bottom, states: list[_State]) -> None:
    top = HEAD - 6
    for step, (foot, state) in enumerate(zip([*rows, bottom], states, strict=True), 1):
        mark = {"data_step": step}
        if state.there:
            kind = "awake" if state.awake else "asleep"
            canvas.path([(x, top), (x, foot)], f"fil-life {kind}", "none", **mark)
            if state.holds:
                canvas.path([(x, top), (x, foot)], "fil-lock", "none", **mark)
            if step < len(states) and not states[step].there:
                end = foot + END
                canvas.path([(x, foot), (x, end)], "fil-life awake", "none", **mark)
                across = [(x - 7, end), (x + 7, end)]
                canvas.path(across, "fil-life awake", "none", **mark)
        top = foot


def _lines(canvas: Canvas, moment: Moment) -> list[str]:
    """The lines of a moment's label."""
    if not moment.label:
        return []
    label = moment.label.replace("\n", "\\n")
    return wrap_evenly(label, canvas.width - 16, "mono")


def _moment(canvas: Canvas, moment: Moment, lanes, xs, y: float) -> None:
    """Draw what happens: an arrow or a mark, and what stands above it."""
    target = xs[_lane(lanes, moment.target)]
    source = None if moment.source is None else xs[_lane(lanes, moment.source)]
    lines = _lines(canvas, moment)
    kind = "bytes" if moment.is_bytes else "call"
    middle = target if source is None else (source + target) / 2
    half = max((measure(line, "mono") for line in lines), default=0) / 2
    middle = min(max(middle, half + 6), canvas.width - half - 6)
    for place, line in enumerate(lines):
        foot = y - 9 - LINE * (len(lines) - 1 - place)
        room = measure(line, "mono")
        # Lifelines go behind what is written.
        canvas.box(middle - room / 2 - 3, foot - 13.5, room + 6, LINE, "fil-plate", 3)
        canvas.text(middle, foot, line, f"mono {kind}", "middle")
    calls = {event["call"] for event in moment.done}
    if source is not None:
        side = 1 if target > source else -1
        style = f"fil-arrow {kind}" + ("" if moment.is_bytes else " dashed")
        canvas.path([(source + 4 * side, y), (target - 5 * side, y)], style)
        canvas.add(
            "circle",
            cx=source + 4 * side,
            cy=y,
            r=6,
            class_=f"fil-packet {kind}",
            data_far=target - source - 9 * side,
        )
    elif "take" in calls:
        canvas.padlock(target + 15, y)
    elif "release" not in calls:
        canvas.add("circle", cx=target, cy=y, r=4.5, class_="fil-mark")


def _legend(canvas: Canvas, y: float, kinds: set[str]) -> float:
    """What these kinds of line mean; gives the height that it takes."""
    entries = {
        "bytes": tr("bytes pel sòcol", "bytes through the socket"),
        "call": tr("una altra crida", "another call"),
        "awake": tr("el fil treballa", "the thread works"),
        "asleep": tr("el fil espera", "the thread waits"),
        "lock": tr("té el candau de la sala", "has the room's lock"),
    }
    columns = (12, 256, 480) if canvas.wide else (12,)
    foot = y
    for place, kind in enumerate(kind for kind in entries if kind in kinds):
        x = columns[place % len(columns)]
        foot = y + 24 * (place // len(columns))
        upright = [(x + 13, foot - 9), (x + 13, foot + 9)]
        if kind in ("bytes", "call"):
            dashed = " dashed" if kind == "call" else ""
            canvas.path([(x, foot), (x + 28, foot)], f"fil-arrow {kind}{dashed}")
        elif kind == "lock":
            canvas.path(upright, "fil-lock", "none")
        else:
            canvas.path(upright, f"fil-life {kind}", "none")
        canvas.text(x + 36, foot + 4.5, entries[kind], "soft")
    return foot - y + 16
