"""The life of a participant's thread, as states."""

from tools.language import tr

from .canvas import LINE, Canvas


def draw(canvas: Canvas) -> None:
    """Draw the states, and what leads from one to the next."""
    canvas.title = tr(
        "La vida d'un fil de participant", "The life of a participant's thread"
    )
    canvas.about = tr(
        "El fil envia la benvinguda i espera el nom. Si el nom és vàlid, entra a la "
        "sala i escolta: reenvia cada línia als altres, i a cada temps d'espera mira "
        "l'esdeveniment. Amb {quit} abandona; amb un ERROR, és perdut; amb "
        "l'esdeveniment marcat, diu que el xat es tanca. Sigui com sigui, acaba "
        "tancant el sòcol.",
        "The thread sends the welcome and waits for the name. If the name is valid, it "
        "comes into the room and listens: it passes each line on to the others, and "
        "looks at the event whenever the time to wait runs out. With {quit} it leaves; "
        "with an ERROR it is lost; with the event set, it says that the chat closes. "
        "In any case it ends by closing the socket.",
    )
    if canvas.wide:
        _wide(canvas)
    else:
        _narrow(canvas)


def _exits() -> list[tuple[str, str, str, str]]:
    """How it stops listening: the cause, the state, what is called, what is sent."""
    return [
        ("{quit}", tr("Se'n va", "Leaves"), "sala.abandona()", "exit"),
        ("ERROR", tr("S'ha perdut", "Is lost"), "sala.perd()", "lost"),
        (
            tr("final marcat", "final is set"),
            tr("El xat es tanca", "The chat closes"),
            "sala.treu()",
            "exit",
        ),
    ]


def _state(canvas: Canvas, x, y, width, name: str, code: str, kind: str = "") -> None:
    """A state, its middle at `x` and its top at `y`: 52 px high."""
    canvas.box(x - width / 2, y, width, 52, f"fil-state {kind}".strip(), 12)
    canvas.text(x, y + 22, name, "strong", "middle")
    canvas.text(x, y + 22 + LINE, code, "mono soft", "middle")


def _begin(canvas: Canvas, x, y) -> None:
    canvas.add("circle", cx=x, cy=y, r=7, class_="fil-begin")


def _finish(canvas: Canvas, x, y) -> None:
    canvas.add("circle", cx=x, cy=y, r=9, class_="fil-finish")
    canvas.add("circle", cx=x, cy=y, r=5, class_="fil-begin")


def _wide(canvas: Canvas) -> None:
    middle = 360
    _begin(canvas, middle, 16)
    canvas.path([(middle, 23), (middle, 74)], "fil-arrow call")
    canvas.text(middle + 14, 52, tr("envia la benvinguda", "sends the welcome"), "soft")
    _state(canvas, middle, 76, 236, tr("Espera el nom", "Waits for the name"), "rep()")
    canvas.path([(middle, 128), (middle, 194)], "fil-arrow call")
    canvas.text(middle + 14, 154, tr("nom vàlid", "valid name"), "strong")
    canvas.text(middle + 14, 154 + LINE, "sala.entra()", "mono soft")
    _state(canvas, middle, 196, 236, tr("Escolta", "Listens"), "rep()", "home")
    _loop(canvas, middle + 118, 196, tr("una línia", "a line"), "sala.diu()", 1)
    _loop(canvas, middle - 118, 196, "TIMEOUT", tr("mira final", "looks at final"), -1)
    xs = (140, 360, 580)
    canvas.path([(middle, 248), (middle, 272)], "fil-arrow call", "none")
    canvas.path([(xs[0], 272), (xs[2], 272)], "fil-arrow call", "none")
    for x, (cause, name, code, kind) in zip(xs, _exits(), strict=True):
        canvas.path([(x, 272), (x, 326)], "fil-arrow call")
        style = "strong" if " " in cause else "mono strong"
        canvas.text(x + 12, 300, cause, style)
        _state(canvas, x, 328, 190, name, code, kind)
        canvas.path([(x, 380), (x, 404)], "fil-arrow call", "none")
    canvas.path([(30, 404), (xs[2], 404)], "fil-arrow call", "none")
    canvas.path([(242, 102), (30, 102), (30, 404)], "fil-arrow call", "none")
    for place, line in enumerate(_no_name()):
        canvas.text(42, 124 + LINE * place, line, "soft")
    canvas.path([(middle, 404), (middle, 436)], "fil-arrow call")
    _state(canvas, middle, 438, 236, _end(), "connexio.tanca()")
    canvas.path([(middle, 490), (middle, 512)], "fil-arrow call")
    _finish(canvas, middle, 523)
    canvas.height = 540


def _narrow(canvas: Canvas) -> None:
    middle, left, right, exits = 190, 12, 304, 128
    _begin(canvas, middle, 16)
    canvas.path([(middle, 23), (middle, 74)], "fil-arrow call")
    canvas.text(
        middle - 12, 52, tr("envia la benvinguda", "sends the welcome"), "soft", "end"
    )
    _state(canvas, middle, 76, 176, tr("Espera el nom", "Waits for the name"), "rep()")
    for place, line in enumerate(_no_name()):
        canvas.text(left + 12, 146 + LINE * place, line, "soft")
    canvas.path([(middle, 128), (middle, 224)], "fil-arrow call")
    canvas.text(middle + 12, 168, tr("nom vàlid", "valid name"), "strong")
    canvas.text(middle + 12, 168 + LINE, "sala.entra()", "mono soft")
    _state(canvas, middle, 226, 176, tr("Escolta", "Listens"), "rep()", "home")
    canvas.path([(102, 240), (66, 240), (66, 264), (100, 264)], _LOOP)
    canvas.text(left + 12, 304, tr("una línia:", "a line:"), "strong")
    canvas.text(middle - 72, 304, "sala.diu()", "mono soft")
    canvas.text(left + 12, 304 + LINE, "TIMEOUT:", "strong")
    canvas.text(middle - 72, 304 + LINE, tr("mira final", "looks at final"), "soft")
    tops = [366, 458, 550]
    canvas.path([(278, 252), (right, 252), (right, tops[-1] + 26)], _EXIT, "none")
    for y, (cause, name, code, kind) in zip(tops, _exits(), strict=True):
        style = "strong" if " " in cause else "mono strong"
        canvas.text(right - 10, y - 9, cause, style, "end")
        canvas.path([(right, y + 26), (exits + 90, y + 26)], _EXIT)
        _state(canvas, exits, y, 176, name, code, kind)
        canvas.path([(exits - 88, y + 26), (left, y + 26)], _EXIT, "none")
    end = tops[-1] + 96
    canvas.path([(102, 102), (left, 102), (left, end - 22)], _EXIT, "none")
    canvas.path([(left, end - 22), (exits, end - 22), (exits, end - 2)], _EXIT)
    _state(canvas, exits, end, 176, _end(), "connexio.tanca()")
    canvas.path([(exits, end + 52), (exits, end + 74)], _EXIT)
    _finish(canvas, exits, end + 85)
    canvas.height = end + 102


_EXIT = "fil-arrow call"
_LOOP = "fil-arrow call dashed"


def _loop(canvas: Canvas, x, y, cause: str, code: str, side: int) -> None:
    """An arrow from a state's side back to it, and what stands beside it."""
    far = x + 34 * side
    points = [(x, y + 14), (far, y + 14), (far, y + 38), (x + 2 * side, y + 38)]
    canvas.path(points, _LOOP)
    anchor = "start" if side > 0 else "end"
    canvas.text(far + 10 * side, y + 22, cause, "strong", anchor)
    kind = "mono soft" if "(" in code else "soft"
    canvas.text(far + 10 * side, y + 22 + LINE, code, kind, anchor)


def _end() -> str:
    return tr("Tanca el sòcol", "Closes the socket")


def _no_name() -> list[str]:
    return [
        "{quit}, ERROR,",
        tr("10 segons,", "10 seconds,"),
        tr("nom no vàlid", "name not valid"),
        tr("o final marcat", "or final is set"),
    ]
