"""The whole: the server, its threads, what they share, and the clients."""

from tools.language import tr

from .canvas import LINE, Canvas
from .speech import of


def draw(canvas: Canvas) -> None:
    """Draw the programs with their threads, and how they hang together."""
    canvas.title = tr("El xat sencer", "The whole chat")
    canvas.about = tr(
        "El servidor és un procés amb tres menes de fil: el principal, que atén la "
        "consola; el de peticions, que escolta el sòcol de servidor i llança un fil "
        "per a cada client; i els de participant, cada un amb la seva connexió. "
        "Comparteixen la sala, que és la llista de participants i el seu candau, i "
        "l'esdeveniment de finalització. Cada client és un procés amb dos fils: el "
        "principal, i el que mostra el que arriba.",
        "The server is a process with three kinds of thread: the main one, which "
        "serves the console; the requests thread, which listens at the server's socket "
        "and starts a thread for each client; and the participants' threads, each with "
        "its connection. They share the room, which is the list of participants and "
        "its lock, and the end event. Each client is a process with two threads: the "
        "main one, and the one that shows what arrives.",
    )
    if canvas.wide:
        _wide(canvas)
    else:
        _narrow(canvas)


def _thread(canvas: Canvas, x, y, width, name: str, code: str, dashed="") -> None:
    """A thread: 56 px high, with a short lifeline in its corner."""
    canvas.box(x, y, width, 56, f"fil-thread {dashed}".strip())
    canvas.path([(x + 12, y + 12), (x + 12, y + 44)], "fil-life awake", "none")
    canvas.text(x + 24, y + 24, name, "strong")
    kind = "mono soft" if "(" in code else "soft"
    canvas.text(x + 24, y + 24 + LINE, code, kind)


def _participant(canvas: Canvas, x, y, width, who: str, code: str) -> None:
    _thread(canvas, x, y, width, tr(f"fil {of(who)}", f"{who}'s thread"), code)


def _socket(canvas: Canvas, x, y, kind: str = "") -> None:
    """A socket, its middle at this point."""
    canvas.add("circle", cx=x, cy=y, r=8, class_=f"fil-socket {kind}".strip())
    canvas.add("circle", cx=x, cy=y, r=2.5, class_=f"fil-socket-hole {kind}".strip())


def _flag(canvas: Canvas, x, y) -> None:
    """A small flag, its foot at this point."""
    canvas.path([(x, y), (x, y - 17)], "fil-flagpole", "none")
    canvas.add("path", d=f"M{x} {y - 17} l13 4.5 l-13 4.5 z", class_="fil-flag")


def _client(canvas: Canvas, x, y, width, who: str) -> None:
    """A client's process, 158 px high."""
    canvas.box(x, y, width, 158, "fil-frame client", radius=10)
    canvas.text(x + 12, y + 22, f"{_CLIENT} · {who}", "client strong")
    main, shows = tr("fil principal", "main thread"), tr("fil connexio", "connexio")
    _thread(canvas, x + 10, y + 32, width - 20, main, tr("teclat", "keyboard"))
    _thread(canvas, x + 10, y + 94, width - 20, shows, tr("pantalla", "screen"))


def _room(canvas: Canvas, x, y, width, height) -> None:
    """The room: the list of participants, and its lock."""
    canvas.box(x, y, width, height, "fil-shared")
    canvas.text(x + 6, y + 23, "Sala", "strong")
    canvas.padlock(x + width - 11, y + 18)
    for place, who in enumerate(("Anna", "Berta")):
        top = y + 36 + 32 * place
        canvas.box(x + 6, top, width - 12, 26, "fil-item", 5)
        canvas.text(x + width / 2, top + 18, who, "", "middle")


def _event(canvas: Canvas, x, y, width, height) -> None:
    """The end event."""
    canvas.box(x, y, width, height, "fil-shared event")
    canvas.text(x + 8, y + 24, "final", "strong")
    if width < 100:
        _flag(canvas, x + 12, y + 53)
    else:
        _flag(canvas, x + width - 24, y + 27)


def _wide(canvas: Canvas) -> None:
    canvas.box(8, 8, 452, 558, "fil-frame server", radius=10)
    canvas.text(24, 34, "servidor.py", "server strong")
    left, thread, width, edge = 24, 224, 212, 460
    rows = {"main": 56, "requests": 146, "Anna": 268, "Berta": 452}
    _event(canvas, left, 62, 148, 66)
    canvas.text(left + 8, 62 + 24 + LINE, tr("esdeveniment", "event"), "soft")
    _room(canvas, left, 324, 148, 106)
    bus = 198
    # Who sets the event, and who looks whether it is set.
    canvas.path([(thread, 80), (left + 150, 80)], "fil-arrow call")
    canvas.path([(left + 148, 112), (bus, 112), (bus, 468)], _LOOK, "none")
    for row in ("requests", "Anna", "Berta"):
        y = rows[row] + 16
        canvas.path([(bus, y), (thread - 2, y)], _LOOK)
    # Who uses the room.
    canvas.path([(thread + 20, 324), (thread + 20, 350), (left + 150, 350)], _LOCKED)
    canvas.path([(thread + 20, 452), (thread + 20, 410), (left + 150, 410)], _LOCKED)
    _threads(canvas, thread, rows, width)
    # It starts the others.
    canvas.path([(412, 202), (412, 266)], "fil-arrow call dashed")
    canvas.text(404, 238, "start()", "mono call", "end")
    # The sockets, and what comes and goes through them.
    for row in ("requests", "Anna", "Berta"):
        y = rows[row] + 28
        canvas.path([(thread + width, y), (edge - 8, y)], "fil-arrow bytes", "none")
        _socket(canvas, edge, y, "listening" if row == "requests" else "")
    for place, word in enumerate(
        (tr("sòcol de", "server's"), tr("servidor", "socket"))
    ):
        canvas.text(edge + 14, 138 + LINE * place, word, "soft")
    canvas.box(560, 152, 152, 44, "fil-frame client dashed", radius=10)
    canvas.text(636, 179, f"{_CLIENT} · Carla", "client strong", "middle")
    canvas.path([(560, 174), (edge + 10, 174)], "fil-arrow call dashed")
    canvas.text(472, 196, "connect()", "mono call")
    for who, top in (("Anna", 217), ("Berta", 401)):
        y = rows[who] + 28
        _client(canvas, 560, top, 152, who)
        canvas.path([(edge + 10, y), (550, y)], "fil-arrow bytes", "both")
        _socket(canvas, 560, y)
        canvas.text(510, y - 12, "TCP", "mono bytes", "middle")
    canvas.height = _legend(canvas, 592)


def _threads(canvas: Canvas, x: float, rows: dict[str, float], width: float) -> None:
    """The server's threads, each at the height of its row."""
    main = tr("fil principal", "main thread"), tr("la consola", "the console")
    requests = tr("fil de peticions", "requests thread"), "gestiona_peticions()"
    _thread(canvas, x, rows["main"], width, *main)
    _thread(canvas, x, rows["requests"], width, *requests)
    for who in ("Anna", "Berta"):
        _participant(canvas, x, rows[who], width, who, _CODE)


_CLIENT = "client.py"
_CODE = "gestiona_participant()"
_LOOK = "fil-arrow event dashed"
_LOCKED = "fil-arrow locked"


def _narrow(canvas: Canvas) -> None:
    canvas.box(4, 8, 288, 452, "fil-frame server", radius=10)
    canvas.text(16, 32, "servidor.py", "server strong")
    left, bus, thread, width, edge = 12, 75, 84, 200, 292
    rows = {"main": 48, "requests": 134, "Anna": 240, "Berta": 388}
    _event(canvas, left, 48, 56, 66)
    _room(canvas, left, 292, 56, 100)
    canvas.path([(thread, 64), (left + 58, 64)], "fil-arrow call")
    canvas.path([(left + 56, 98), (bus, 98), (bus, 404)], _LOOK, "none")
    for row in ("requests", "Anna", "Berta"):
        y = rows[row] + 16
        canvas.path([(bus, y), (thread - 1, y)], _LOOK)
    canvas.path([(thread + 20, 296), (thread + 20, 326), (left + 58, 326)], _LOCKED)
    canvas.path([(thread + 20, 388), (thread + 20, 358), (left + 58, 358)], _LOCKED)
    _threads(canvas, thread, rows, width)
    canvas.path([(262, 190), (262, 238)], "fil-arrow call dashed")
    canvas.text(254, 219, "start()", "mono call", "end")
    for row in ("requests", "Anna", "Berta"):
        y = rows[row] + 28
        canvas.path([(thread + width, y), (edge - 8, y)], "fil-arrow bytes", "none")
    canvas.path([(326, 162), (edge + 10, 162)], "fil-arrow call dashed")
    canvas.text(314, 108, "connect()", "mono call", "middle", transform=_UPWARD)
    # The connections go round the server to the clients below.
    canvas.path([(edge + 10, 268), (320, 268), (320, 482)], _BYTES, "none")
    canvas.path([(320, 482), (80, 482), (80, 496)], _BYTES)
    canvas.path([(320, 268), (edge + 10, 268)], _BYTES)
    canvas.path([(edge + 10, 416), (306, 416), (306, 496)], _BYTES, "both")
    for row in ("requests", "Anna", "Berta"):
        kind = "listening" if row == "requests" else ""
        _socket(canvas, edge, rows[row] + 28, kind)
    _client(canvas, 4, 506, 154, "Anna")
    _client(canvas, 170, 506, 154, "Berta")
    _socket(canvas, 80, 506)
    _socket(canvas, 306, 506)
    canvas.height = _legend(canvas, 692)


_BYTES = "fil-arrow bytes"
_UPWARD = "rotate(-90 314 108)"


def _legend(canvas: Canvas, y: float) -> float:
    """What the kinds of line mean; gives where it ends."""
    entries = [
        ("bytes", tr("bytes, línia a línia", "bytes, line by line"), ""),
        ("locked", tr("amb el candau agafat", "holding the lock"), ""),
        ("call", tr("el marca", "sets it"), ""),
        ("event", tr("mira si és marcat", "looks whether it is set"), " dashed"),
    ]
    columns = (24, 234, 448) if canvas.wide else (12,)
    foot = y
    for place, (kind, words, dashed) in enumerate(entries):
        x = columns[place % len(columns)]
        foot = y + 24 * (place // len(columns))
        canvas.path([(x, foot), (x + 28, foot)], f"fil-arrow {kind}{dashed}")
        canvas.text(x + 36, foot + 4.5, words, "soft")
    return foot + 16
