"""What a record tells, moment by moment: who sends what to whom, who waits for what."""

import dataclasses

from tools.language import tr
from tools.record.normal import Event, Record

from .speech import of, quoted, sentence, the, thread


@dataclasses.dataclass
class Moment:
    """One thing that happens: an arrow between two threads, or a mark on one.

    `label` is what stands at it: bytes as they were sent when `is_bytes`, else a call.
    `done` are the events of the record that are part of it.
    """

    words: str
    source: str | None
    target: str | None
    label: str = ""
    is_bytes: bool = False
    done: list[Event] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Story:
    """The moments of a record, in their order."""

    record: Record
    moments: list[Moment]


def tell(record: Record) -> Story:
    """Make a story of a record.

    Raises:
        ValueError: a `recv()` did not take just what one `send()` had sent.
    """
    teller = _Teller(record)
    for place, event in enumerate(record.events):
        moment = getattr(teller, event["call"])(event, record.events[place + 1 :])
        if moment is not None:
            moment.done.append(event)
    return Story(record, teller.moments)


class _Teller:
    """Has a method for each call; it gives the moment that the event is part of."""

    def __init__(self, record: Record):
        self.moments: list[Moment] = []
        #: What somebody has caused, and nobody has noticed yet, by what is noticed.
        self._pending: dict[tuple[str, ...], list[Moment]] = {}

    def _moment(self, words, source, target, label="", is_bytes=False) -> Moment:
        moment = Moment(sentence(words), source, target, label, is_bytes)
        self.moments.append(moment)
        return moment

    def _expect(self, moment: Moment, *notice: str) -> Moment:
        self._pending.setdefault(notice, []).append(moment)
        return moment

    def _notice(self, *notice: str) -> Moment:
        return self._pending[notice].pop(0)

    def connect(self, event, later):
        who = event["thread"]
        words = tr(
            f"{the(who)} es connecta. El fil de peticions, que esperava a accept(), en "
            "rep un sòcol nou.",
            f"{who} connects. The requests thread, which waited in accept(), gets a "
            "new socket.",
        )
        moment = self._moment(words, who, "peticions", "connect()")
        return self._expect(moment, "accept", event["on"])

    def accept(self, event, later):
        if "timeout" in event:
            return self._in_vain(event)
        return self._notice("accept", event["gives"])

    def start(self, event, later):
        started = event["on"].removeprefix("thread ")
        words = tr(
            f"{thread(event['thread'])} llança {thread(started)}, i torna a esperar.",
            f"{thread(event['thread'])} starts {thread(started)}, and waits again.",
        )
        return self._moment(words, event["thread"], started, "start()")

    def send(self, event, later):
        sender, owner = event["thread"], _owner(event)
        reader = _other_end(sender, owner, later)
        line = quoted(event["bytes"])
        if sender == owner or sender.startswith("client "):
            words = tr(
                f"{thread(sender)} envia {line}. {sentence(thread(reader))}, que "
                "esperava a recv(), es desperta.",
                f"{thread(sender)} sends {line}. {sentence(thread(reader))}, which "
                "waited in recv(), wakes up.",
            )
        elif sender == f"participant {owner}":
            words = tr(
                f"{thread(sender)} envia a {the(owner)}: {line}",
                f"{thread(sender)} sends {owner}: {line}",
            )
        else:
            words = tr(
                f"{thread(sender)} mateix escriu al sòcol {of(owner)}: {line}",
                f"{thread(sender)} itself writes to {owner}'s socket: {line}",
            )
        moment = self._moment(words, sender, reader, event["bytes"], True)
        return self._expect(moment, "recv", event["on"], reader)

    sendall = send

    def recv(self, event, later):
        if "timeout" in event:
            return self._in_vain(event)
        moment = self._notice("recv", event["on"], event["thread"])
        if moment.is_bytes and moment.label != event.get("bytes"):
            raise ValueError(f"{event['bytes']!r} received, {moment.label!r} sent")
        return moment

    def _in_vain(self, event):
        call = event["call"]
        words = tr(
            f"{thread(event['thread'])} esperava a {call}(): s'exhaureix el temps "
            "d'espera, mira l'esdeveniment i veu que és marcat.",
            f"{thread(event['thread'])} waited in {call}(): the time to wait runs out, "
            "it looks at the event and sees that it is set.",
        )
        return self._moment(words, None, event["thread"], "TIMEOUT")

    def types(self, event, later):
        typed = event["bytes"].rstrip()
        words = tr(
            f"Al teclat s'escriu {quoted(typed)}.",
            f"{quoted(typed)} is typed at the keyboard.",
        )
        return self._moment(words, None, event["thread"], typed)

    def take(self, event, later):
        if event["on"] != "lock Sala":
            return None
        who, function = thread(event["thread"]), event["in"][1]
        words = tr(
            f"{who} crida sala.{function}(), que agafa el candau de "
            "la sala: ara ningú més no en pot tocar la llista.",
            f"{who} calls sala.{function}(), which takes the room's "
            "lock: now nobody else can touch the list.",
        )
        return self._moment(words, None, event["thread"])

    def release(self, event, later):
        if event["on"] != "lock Sala":
            return None
        words = tr(
            f"{thread(event['thread'])} deixa anar el candau.",
            f"{thread(event['thread'])} releases the lock.",
        )
        return self._moment(words, None, event["thread"])

    def shutdown(self, event, later):
        who, owner = thread(event["thread"]), _owner(event)
        reader = next((e["thread"] for e in later if _reads_the_end(e, event)), None)
        if reader is None:
            return None  # nobody is left at the other end
        words = tr(
            f"{who} avisa amb shutdown() que s'ha acabat: a l'altre "
            f'extrem, el recv() {of(owner)} dona b"", el final del flux.',
            f"{who} says with shutdown() that it is over: at the "
            f'other end, {owner}\'s recv() gives b"", the end of the stream.',
        )
        moment = self._moment(words, event["thread"], reader, "shutdown()")
        return self._expect(moment, "recv", event["on"], reader)

    def close(self, event, later):
        who = event["thread"]
        if who == _owner(event):
            return self._last_of(who)
        what = tr("el sòcol", "the socket")
        if event["on"] == "socket listening":
            what = tr("el sòcol de servidor", "the server's socket")
        words = tr(
            f"{thread(who)} tanca {what}, i s'acaba.",
            f"{thread(who)} closes {what}, and ends.",
        )
        return self._moment(words, None, who, "close()")

    def end(self, event, later):
        return self._last_of(event["thread"])

    def set(self, event, later):
        who = event["thread"]
        if ("wait", event["on"]) in self._pending:
            return None  # it is set already
        waiter = next((e["thread"] for e in later if e["call"] == "wait"), None)
        words = tr(
            f"{thread(who)} marca l'esdeveniment de finalització.",
            f"{thread(who)} sets the end event.",
        )
        if waiter:
            words += tr(
                f" {sentence(thread(waiter))}, que l'esperava, es desperta.",
                f" {sentence(thread(waiter))}, which waited for it, wakes up.",
            )
        source, target = (who, waiter) if waiter else (None, who)
        moment = self._moment(words, source, target, "final.set()")
        return self._expect(moment, "wait", event["on"])

    def wait(self, event, later):
        return self._notice("wait", event["on"])

    def join(self, event, later):
        who = thread(event["thread"])
        ended = thread(event["on"].removeprefix("thread "))
        words = tr(
            f"{ended} s'ha acabat: {who}, que l'esperava a join(), continua.",
            f"{ended} has ended: {who}, which waited for it in join(), goes on.",
        )
        return self._moment(words, None, event["thread"], "join()")

    def reset(self, event, later):
        who = event["thread"]
        words = tr(
            f"La connexió {of(who)} es trenca: el recv() del seu fil falla amb "
            "ConnectionResetError.",
            f"{who}'s connection breaks: the recv() of the thread fails with "
            "ConnectionResetError.",
        )
        reader = f"participant {who}"
        moment = self._moment(words, who, reader, "reset")
        return self._expect(moment, "recv", event["on"], reader)

    def _last_of(self, who: str) -> Moment:
        return next(
            moment
            for moment in reversed(self.moments)
            if any(event["thread"] == who for event in moment.done)
        )


def _owner(event: Event) -> str:
    """Who is at the client's end of the socket that a call is made on."""
    return event["on"].removeprefix("socket ")


def _other_end(sender: str, owner: str, later: list[Event]) -> str:
    """The thread that reads what is sent on the socket of `owner`."""
    return next(
        event["thread"]
        for event in later
        if event["call"] == "recv"
        and _owner(event) == owner
        and _is_server(event["thread"]) != _is_server(sender)
    )


def _reads_the_end(event: Event, shutdown: Event) -> bool:
    """Whether this is how the other end notices the shutdown."""
    return (
        event["call"] == "recv"
        and event["on"] == shutdown["on"]
        and event.get("bytes") == ""
        and event["thread"] != shutdown["thread"]
    )


def _is_server(thread: str) -> bool:
    return thread.startswith(("participant ", "peticions", "principal"))
