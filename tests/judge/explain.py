"""A disappointment told as a short transcript, with what it usually means."""

import re
import textwrap
import traceback

from tools.language import tr

from .disappointment import Disappointment
from .shorten import TAB, clip

WIDTH = 80
STDERR_LINES = 10

#: Only so many of the last lines of standard error are looked at: there may be a flood.
COMPLAINTS = 500

ENTRIES = 24


def render(scene, disappointment: Disappointment) -> str:
    """The transcript of a scene that ended in a disappointment: lines for a person."""
    parts = [
        (tr("Què s'ha fet", "What was done"), _entries(scene)),
        (tr("S'esperava", "Expected"), _wrapped(disappointment.expected)),
        (tr("Ha arribat", "What came"), _wrapped(disappointment.came.describe())),
    ]
    complaints = _complaints(scene, disappointment)
    if complaints:
        title = tr(
            "El programa s'ha queixat (stderr)", "The program complained (stderr)"
        )
        parts.append((title, complaints))
    meaning = disappointment.means or _meaning(scene, disappointment)
    if meaning:
        title = tr("Què vol dir, normalment", "What this usually means")
        parts.append((title, _wrapped(meaning)))
    if scene.is_awkward:
        title = tr("Per tornar-ho a veure", "To see it again")
        parts.append((title, _wrapped(_again(scene))))
    return "\n".join("\n".join([title, *lines]) for title, lines in parts)


def render_own_trouble(error: BaseException) -> str:
    """What is shown when the suite itself went wrong: a maintainer reads this."""
    title = tr(
        "La culpa no és del programa: s'ha espatllat la prova mateixa.",
        "Not the program's fault: the test itself broke down.",
    )
    return title + "\n" + "".join(traceback.format_exception(error))


def _again(scene) -> str:
    """How to have threads collide once more: it is a matter of luck, and of a seed."""
    options = f"--step {scene.step} --seed {scene.words.seed}"
    return tr(
        f"Hi afegeixes {options}. Depèn de com s'alternin els fils: pot ser que no "
        "surti cada vegada, i l'error hi és igualment.",
        f"Add {options}. It depends on how the threads switch: it may not come every "
        "time, and the mistake is there all the same.",
    )


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH - 6, initial_indent="  ", subsequent_indent="  "
    ) or ["  "]


def _entries(scene) -> list[str]:
    entries = scene.entries
    left_out = len(entries) - ENTRIES
    if left_out > 0:
        half = ENTRIES // 2
        note = tr(f"(… {left_out} línies més)", f"(… {left_out} more lines)")
        entries = [*entries[:half], ("", "·", note), *entries[-half:]]
    width = max((len(actor) for actor, _, _ in entries), default=0)
    lines = [f"  {actor:{width}} {arrow} {text}" for actor, arrow, text in entries]
    return [clip(line.replace("\t", TAB), WIDTH - 4) for line in lines]


def _complaints(scene, disappointment: Disappointment) -> list[str]:
    """The last lines of what the programs said on standard error."""
    raised = getattr(disappointment.came, "traceback", "")
    lines = raised.splitlines()
    for process in scene.processes:
        lines += process.stderr.lines[-COMPLAINTS:]
    kept = _own_frames(lines, str(scene.subject.folder))
    return [clip(f"  {line}".expandtabs(), WIDTH - 4) for line in kept[-STDERR_LINES:]]


def _own_frames(lines: list[str], folder: str) -> list[str]:
    """The lines without the frames that are not in the program's own files."""
    kept, skipping = [], False
    for line in lines:
        if frame := re.match(r'  File "(.*?)", line', line):
            skipping = not frame[1].startswith(folder)
        elif not line.startswith("    "):
            skipping = False
        if not skipping and line.strip(" ^~"):
            kept.append(line.replace(f"{folder}/", ""))
    return kept


def _meaning(scene, disappointment: Disappointment) -> str:
    came = disappointment.came
    raised = getattr(came, "traceback", "")
    last = [process.stderr.lines[-COMPLAINTS:] for process in scene.processes]
    complaints = [raised, *("\n".join(lines) for lines in last)]
    for text in complaints:
        if told := _last_traceback(text, str(scene.subject.folder)):
            return told
    meanings = {
        "ended": tr(
            "El programa s'ha acabat massa aviat: no ha quedat cap fil en marxa que "
            "esperés res. En un pas que encara no s'ha escrit, és natural.",
            "The program ended too soon: no thread was left that waited for anything. "
            "When a step has not been written yet, that is natural.",
        ),
        "silence": tr(
            "El programa encara és en marxa, però no ha dit res: o no ha arribat a "
            "aquest punt, o espera una altra cosa (un fil que s'ha fet córrer amb "
            "run() en lloc de start(), un candau que ja té), o el que escriu amb "
            "print() es queda a la memòria (flush).",
            "The program is still running, but said nothing: it has not come to this "
            "point, or waits for something else (a thread made to run with run() "
            "instead of start(), a lock that it has already), or what it prints stays "
            "in its buffer (flush).",
        ),
        "call hangs": tr(
            "La crida no torna: espera en un recv() sense temps d'espera, o dona "
            "voltes sense sortir-ne, o agafa un candau que el mateix fil ja té.",
            "The call does not return: it waits in a recv() without a timeout, or goes "
            "round without an end, or takes a lock that the same thread has already.",
        ),
        "unended line": tr(
            "Ha enviat el text, però no el final de la línia: sense «\\n» l'altre "
            "extrem no sap que el missatge s'ha acabat.",
            "It sent the text but not the line's end: without «\\n» the other end "
            "cannot know that the message is over.",
        ),
        "refused": tr(
            "Ningú no escolta en aquest port: el sòcol de servidor no s'ha creat, o no "
            "s'ha posat a escoltar, o ja s'ha tancat.",
            "Nobody listens at that port: the server socket was not made, or not set "
            "to listen, or is closed already.",
        ),
        "stream end": tr(
            "El programa ha tancat la connexió abans de respondre: el fil que "
            "l'atenia s'ha acabat, o ningú no guarda el sòcol.",
            "The program closed the connection before it answered: the thread that "
            "served it has ended, or nobody keeps the socket.",
        ),
        "other line": tr(
            "Ha arribat una altra línia: compara-les lletra per lletra, i mira si "
            "sobra o falta algun enviament abans.",
            "Another line came: compare them letter by letter, and see whether "
            "something was sent before it that should not have been, or was not.",
        ),
        "still running": tr(
            "Queda algun fil que encara espera: mira quin no comprova l'esdeveniment "
            "de finalització, o espera sense límit de temps.",
            "Some thread still waits: see which one does not look at the end event, "
            "or waits without a time limit.",
        ),
        "other result": tr(
            "La funció ha tornat una altra cosa. Si ha tornat None, hi falta algun "
            "return.",
            "The function returned something else. If it returned None, a return is "
            "missing.",
        ),
        "flood": tr(
            "El programa envia sense parar: mira si algun bucle no espera mai res, o "
            "si torna a enviar el mateix que ha rebut.",
            "The program sends without end: see whether some loop never waits for "
            "anything, or sends again what it has received.",
        ),
        "does not read": tr(
            "El programa ha deixat de llegir el sòcol.",
            "The program has stopped reading the socket.",
        ),
    }
    return meanings.get(came.kind, "")


def _last_traceback(text: str, folder: str) -> str:
    """Where the program raised, in its own files; empty if it did not."""
    if "Traceback (most recent call last)" not in text and "Error" not in text:
        return ""
    frames = re.findall(r'File "(.*?)", line (\d+)', text)
    own = [(path, line) for path, line in frames if path.startswith(folder)]
    raised = re.findall(
        r"^(\w+(?:\.\w+)*(?:Error|Exception|Interrupt)\b.*)$", text, re.M
    )
    if not own or not raised:
        return ""
    path, line = own[-1]
    name = path[len(folder) :].lstrip("/\\")
    return tr(
        f"El programa ha llançat una excepció, a {name}, línia {line}: {raised[-1]}",
        f"The program raised an exception, in {name}, line {line}: {raised[-1]}",
    )
