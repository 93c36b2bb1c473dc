"""The naive programs' record: what was sent, what `recv()` took, byte by byte."""

import dataclasses

from tools.language import tr
from tools.record.normal import Record

from .canvas import LINE, Canvas, measure, wrap
from .speech import of, quoted, sentence

MARGIN = 12  # px at the left and right
SMALLEST = 96  # px: room for what stands at a piece

#: The threads at the two ends of the streams that are shown.
_STREAMS = (
    ("participant Berta", "client Berta/connexio"),
    ("client Anna/principal", "participant Anna"),
)


@dataclasses.dataclass
class Piece:
    """Bytes that were sent, or taken, in one call; `begin` and `end` in the stream."""

    text: str
    begin: int
    end: int


@dataclasses.dataclass
class Part:
    """A piece of a stream in which sends and recvs do not agree."""

    title: str
    writer: str
    reader: str
    sent: list[Piece]
    taken: list[Piece]
    moral: str


def parts(record: Record) -> list[Part]:
    """The three parts of the record: joined, cut, and a {quit} that nobody sees.

    Raises:
        ValueError: the record is not such a one.
    """
    joined = _stream(record, *_STREAMS[0])
    rest = _stream(record, *_STREAMS[1])
    cut = ([rest[0][0]], rest[1][:2])
    glued = (rest[0][1:], rest[1][2:])
    if [len(joined[0]), len(joined[1][:1])] != [2, 1] or [
        len(cut[0]),
        len(cut[1]),
        len(glued[0]),
        len(glued[1]),
    ] != [1, 2, 2, 1]:
        raise ValueError("the naive programs' record has other sends and recvs")
    server = tr("servidor", "server")
    return [
        Part(
            tr("Dos enviaments, un sol recv()", "Two sends, one recv()"),
            server,
            _client("Berta"),
            joined[0],
            joined[1][:1],
            tr(
                "Dos missatges s'han tornat un de sol.",
                "Two messages have become one.",
            ),
        ),
        Part(
            tr("Un enviament, dos recv()", "One send, two recv()"),
            _client("Anna"),
            server,
            *cut,
            tr(
                "Un missatge s'ha tornat dos, tallats a mitja paraula.",
                "One message has become two, cut in the middle of a word.",
            ),
        ),
        Part(
            tr("El {quit} que ningú no veu", "The {quit} that nobody sees"),
            _client("Anna"),
            server,
            *glued,
            tr(
                "No és igual a \"{quit}\": el servidor no sap que l'Anna se'n va.",
                'It does not equal "{quit}": the server does not know that Anna '
                "leaves.",
            ),
        ),
    ]


def _client(who: str) -> str:
    return tr(f"client {of(who)}", f"{who}'s client")


def _stream(record: Record, writer: str, reader: str) -> tuple[list, list]:
    """The pieces of a stream that were sent, and those that were taken."""
    owner = next(
        e["on"] for e in record.events if e["thread"] == reader and e["call"] == "recv"
    )
    sides = []
    for thread, call in ((writer, "send"), (reader, "recv")):
        pieces = []
        place = 0
        for event in record.events:
            if (event["thread"], event["call"], event["on"]) == (thread, call, owner):
                size = len(event["bytes"].encode())
                pieces.append(Piece(event["bytes"], place, place + size))
                place += size
        sides.append(pieces)
    return sides[0], sides[1]


def words(record: Record) -> list[str]:
    """The steps in words: each send, each recv, and what comes of it."""
    steps = []
    for part in parts(record):
        for piece in part.sent:
            size = piece.end - piece.begin
            steps.append(
                tr(
                    f"{part.writer}: send() posa {size} bytes al flux: ",
                    f"{part.writer}: send() puts {size} bytes into the stream: ",
                )
                + quoted(_short(piece.text))
            )
        for place, piece in enumerate(part.taken):
            size = piece.end - piece.begin
            step = tr(
                f"{part.reader}: recv(1024) en treu {size} bytes: ",
                f"{part.reader}: recv(1024) takes {size} bytes out of it: ",
            ) + quoted(_short(piece.text))
            if place == len(part.taken) - 1:
                step += f". {part.moral}"
            steps.append(step)
    return [sentence(step) for step in steps]


def draw(canvas: Canvas, record: Record) -> None:
    """Draw the pipe of each part: what goes in above, what comes out below."""
    canvas.title = tr(
        "El problema: un recv() no és un missatge",
        "The problem: a recv() is not a message",
    )
    canvas.about = " ".join(words(record))
    y = 18.0
    step = 1
    for part in parts(record):
        y, step = _part(canvas, part, y, step)
        y += 56
    canvas.height = y - 44


def _part(canvas: Canvas, part: Part, y: float, step: int) -> tuple[float, int]:
    """Draw one part from `y` down; gives where it ends, and the next step's number."""
    pieces = [*part.sent, *part.taken]
    cuts = sorted({p.begin for p in pieces} | {p.end for p in pieces})
    places = _scale(canvas, cuts, part)
    canvas.text(MARGIN, y, part.title, "strong")
    canvas.text(MARGIN, y + 24, part.writer, "soft")
    pipe = y + 72
    width = places[cuts[-1]] - places[cuts[0]] + 8
    canvas.box(MARGIN - 6, pipe - 6, width, 38, "fil-pipe", radius=12)
    for place, piece in enumerate(part.sent):
        canvas.open_group(class_="fil-step", data_step=step)
        x0, x1 = places[piece.begin], places[piece.end]
        _bracket(canvas, x0, x1, pipe - 12, -1)
        _size(canvas, (x0 + x1) / 2, pipe - 20, "send()", piece)
        canvas.open_group(class_="fil-slide")
        canvas.box(x0 + 1, pipe, x1 - x0 - 2, 26, f"fil-bytes tone{place}", 5)
        for begin, end in zip(cuts, cuts[1:], strict=False):
            if piece.begin <= begin and end <= piece.end:
                text = piece.text[begin - piece.begin : end - piece.begin]
                middle = (places[begin] + places[end]) / 2
                room = places[end] - places[begin] - 6
                canvas.text(middle, pipe + 17.5, _fit(text, room), "mono", "middle")
        canvas.close_group()
        canvas.close_group()
        step += 1
    for piece in part.taken:
        canvas.open_group(class_="fil-step", data_step=step)
        x0, x1 = places[piece.begin], places[piece.end]
        _bracket(canvas, x0, x1, pipe + 38, 1)
        _size(canvas, (x0 + x1) / 2, pipe + 56, "recv()", piece)
        canvas.close_group()
        step += 1
    canvas.text(MARGIN, pipe + 82, part.reader, "soft")
    foot = pipe + 82 + 24
    canvas.open_group(class_="fil-step", data_step=step - 1)
    for line in wrap(part.moral, canvas.width - 2 * MARGIN):
        canvas.text(MARGIN, foot, line, "moral")
        foot += LINE
    canvas.close_group()
    return foot - LINE, step


def _scale(canvas: Canvas, cuts: list[int], part: Part) -> dict[int, float]:
    """Where each cut of the stream is drawn: as wide as its letters, if they fit."""
    left, room = MARGIN - 2.0, canvas.width - 2 * MARGIN + 4.0
    whole = "".join(piece.text for piece in part.sent)
    steps = list(zip(cuts, cuts[1:], strict=False))
    widths = [
        max(measure(whole[begin - cuts[0] : end - cuts[0]], "mono") + 8, SMALLEST)
        for begin, end in steps
    ]
    if sum(widths) > room:
        widths = [room * (end - begin) / (cuts[-1] - cuts[0]) for begin, end in steps]
    places = {cuts[0]: left}
    for cut, width in zip(cuts[1:], widths, strict=True):
        left += width
        places[cut] = left
    return places


def _bracket(canvas: Canvas, x0, x1, y, side: int) -> None:
    """A bracket over (`side` -1) or under (1) some bytes."""
    points = [(x0 + 3, y - 5 * side), (x0 + 3, y), (x1 - 3, y), (x1 - 3, y - 5 * side)]
    canvas.path(points, "fil-bracket", "none")


def _size(canvas: Canvas, middle, foot, call: str, piece: Piece) -> None:
    label = f"{call} {piece.end - piece.begin} B"
    half = measure(label, "mono") / 2
    middle = min(max(middle, half + 4), canvas.width - half - 4)
    canvas.text(middle, foot, label, "mono call", "middle")


def _fit(text: str, room: float) -> str:
    """As much of a text's two ends as there is room for."""
    if measure(text, "mono") <= room:
        return text
    letters = int(room / measure("x", "mono")) - 1
    head = (letters + 1) // 2
    return text[:head].rstrip() + "…" + text[len(text) - (letters - head) :].lstrip()


def _short(text: str) -> str:
    return (
        text if len(text) <= 60 else f"{text[:24].rstrip()} […] {text[-16:].lstrip()}"
    )
