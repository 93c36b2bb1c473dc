"""Exercise `consola`: what the server's console can do to one participant alone."""

import re
import time

import pytest

from tests.judge.deadline import Deadline
from tests.judge.disappointment import Disappointment, Other
from tests.judge.people import (
    FULL,
    GREETING,
    Participant,
    Server,
    came_in,
    hello,
    left,
    lost,
)
from tests.judge.process import ASCII_LOCALE
from tests.judge.shorten import shorten
from tests.judge.step import step
from tools.language import tr

EXPELLED = "* Has estat expulsat del xat."

#: The most connections that are served at a time.
MOST = 100

#: How the console's answers begin: of these, a command gets one.
ANSWERS = ("No t'entenc", "No hi ha ningú", "Enviat a", "Expulsat:")


def told(text: str) -> str:
    """What somebody is told from the console."""
    return f"* El servidor et diu: {text}"


def was_expelled(name: str) -> str:
    """What the rest are told."""
    return f"* {name} ha estat expulsat del xat."


def sent_to(name: str) -> str:
    return f"Enviat a {name}."


def expelled(name: str) -> str:
    return f"Expulsat: {name}."


def nobody_called(name: str) -> str:
    return f"No hi ha ningú que es digui {name}."


def dont_understand(line: str) -> str:
    return f"No t'entenc: {line}. Escriu «ajuda»."


def _answers(server: Server, line: str, answer: str, means: str) -> None:
    """To a line that is typed, the console answers this, and this alone."""
    server.types(line)
    passed = server.prints(answer, means)
    others = [other for other in passed if other.startswith(ANSWERS)]
    if others:
        raise Disappointment(
            tr(f"servidor escriu «{answer}»", f"server prints «{answer}»"),
            Other(" / ".join(map(shorten, others))),
            means,
        )


def _hear_nothing_before(
    author: Participant, others: list[Participant], means: str
) -> None:
    """The next that these get is what the author, who is in too, says now."""
    text = author.scene.words.text()
    author.says(text)
    for other in others:
        other.gets(f"[{author.name}] {text}", means)


def _namesake_comes_in(server: Server, first: Participant) -> Participant:
    """One more, of the same name."""
    if server.scene.subject.expects("N1"):
        pytest.skip("no two have the same name, with the exercise noms")
    other = server.arrives(first.name).greeted()
    other.says(first.name)
    with server.scene.needing("P6"):
        other.gets(hello(other.name, len(server.inside) + 1))
        for one in server.inside:
            one.gets(came_in(other.name))
    server.inside.append(other)
    return other


def _leaves(server: Server, leaver: Participant) -> None:
    """Somebody leaves, and the rest have heard so."""
    server.goes(leaver)
    leaver.leaves()
    for other in server.inside:
        with server.scene.needing("P10"):
            other.gets(left(leaver.name))


def _has_its_line_in_ajuda(server: Server, command: str) -> None:
    server.types("ajuda")
    server.types("quants")
    with server.scene.needing("F5"):
        passed = server.prints("Participants: 0")
    if not any(re.match(rf"{command}\b", line) for line in passed):
        raise Disappointment(
            tr(
                f"una línia d'«ajuda» comença amb «{command}»",
                f"a line of «ajuda» begins with «{command}»",
            ),
            Other(" / ".join(passed) or tr("Cap línia.", "No line.")),
            tr(
                "L'ordre «ajuda» escriu una línia per a cada ordre, que comença amb el "
                "seu nom: per a les noves també.",
                "The command «ajuda» prints a line for each command, beginning with "
                "its name: for the new ones too.",
            ),
        )


def _does_not_understand(server: Server, lines: list[str], means: str) -> None:
    """To each of these lines the console says that it does not understand."""
    word = server.scene.words.tag()
    server.types(word)
    with server.scene.needing("F7"):
        server.prints(dont_understand(word))
    for line in lines:
        _answers(server, line, dont_understand(line), means)


def _means_nobody() -> str:
    return tr(
        "El nom s'ha de comparar tal com s'ha escrit, majúscules i minúscules "
        "incloses, amb els dels participants que ara són al xat: ni qui encara no ha "
        "dit el nom ni qui ja ha marxat no hi compten. Si no n'hi ha cap, la consola "
        "ho diu, i ningú no rep res.",
        "The name has to be compared as it was typed, case included, with those of the "
        "participants who are in the chat now: neither who has not said a name yet nor "
        "who has left counts. When there is none, the console says so, and nobody gets "
        "anything.",
    )


# M1. digues ---------------------------------------------------------------------------


@step("M1")
def test_digues_reaches_that_one_alone(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    texts = [scene.words.text() for _ in range(2)]
    means = tr(
        "L'ordre «digues» envia el text a la persona que s'hi diu, a ningú més, i "
        "escriu a la consola que ho ha enviat.",
        "The command «digues» sends the text to the person that it names, to nobody "
        "else, and says on the console that it was sent.",
    )
    for text in texts:
        _answers(server, f"digues {berta.name} {text}", sent_to(berta.name), means)
    for text in texts:
        berta.gets(told(text), means)
    _hear_nothing_before(berta, [anna, carla], means)
    _hear_nothing_before(carla, [anna, berta], means)


@step("M1")
def test_digues_says_the_text_as_it_was_typed(scene):
    server = scene.server(env=ASCII_LOCALE)
    anna = server.welcomes(f"Núria·{scene.words.tag()}")
    berta = server.welcomes()
    tag = scene.words.tag()
    texts = [
        tag,
        f"{tag}  dos espais,   tres i\tun tabulador",
        f"{tag} això, l'àvia, 漢字 i 🐈",
        f"{tag} {{0}} {{nom}} %s \\n [x] \"'",
        "{quit}",
        "finalitza",
        f"{berta.name} {tag}",
        f"digues {berta.name} {tag}",
    ]
    means = tr(
        "Tot el que hi ha darrere del nom és el text, i s'ha d'enviar tal com s'ha "
        "escrit, amb els espais que tingui al mig: si la línia es parteix en paraules "
        "i es torna a ajuntar, es perden.",
        "All that comes after the name is the text, and has to be sent as it was "
        "typed, with the spaces in it: when the line is split into words and joined "
        "again, they are lost.",
    )
    for text in texts:
        _answers(server, f"digues {anna.name} {text}", sent_to(anna.name), means)
        anna.gets(told(text), means)
    _hear_nothing_before(anna, [berta], means)


@step("M1")
def test_of_several_of_one_name_digues_reaches_the_first_that_came(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    other = _namesake_comes_in(server, anna)
    means = tr(
        "Si n'hi ha més d'un que es diu igual, el text és només per al primer que va "
        "arribar; quan aquest se'n va, per al següent.",
        "When several have the same name, the text is only for the first that came; "
        "when that one leaves, for the next.",
    )
    text = scene.words.text()
    _answers(server, f"digues {anna.name} {text}", sent_to(anna.name), means)
    anna.gets(told(text), means)
    _hear_nothing_before(anna, [berta, other], means)
    _leaves(server, anna)
    text = scene.words.text()
    _answers(server, f"digues {other.name} {text}", sent_to(other.name), means)
    other.gets(told(text), means)
    _hear_nothing_before(other, [berta], means)


@step("M1")
def test_digues_to_nobody_of_that_name(scene):
    server = scene.server()
    anna, berta, gone = server.welcomes_all(3)
    nameless = server.arrives().greeted()
    _leaves(server, gone)
    for name in _not_there(anna, nameless, gone):
        line = f"digues {name} {scene.words.text()}"
        _answers(server, line, nobody_called(name), _means_nobody())
    _hear_nothing_before(berta, [anna], _means_nobody())
    _hear_nothing_before(anna, [berta], _means_nobody())
    _is_still_let_in(nameless, 3)


def _not_there(
    there: Participant, nameless: Participant, gone: Participant
) -> list[str]:
    """Names that nobody has, though they are like somebody's."""
    name = there.name
    return [
        there.scene.words.name(),
        name.upper(),
        name.lower(),
        name[:-1],
        f"{name}2",
        f"[{name}]",
        nameless.name,
        gone.name,
    ]


def _is_still_let_in(nameless: Participant, count: int) -> None:
    """Somebody who had not said its name has heard nothing until it does."""
    nameless.says(nameless.name)
    nameless.gets(hello(nameless.name, count), _means_nobody())


@step("M1")
def test_digues_with_a_word_missing_is_not_understood(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    text = scene.words.text()
    means = tr(
        "«digues» vol un nom i un text: si hi falta res, o si la paraula no és ben bé "
        "aquesta, la consola no ho entén, i ningú no rep res.",
        "«digues» wants a name and a text: when something is missing, or the word is "
        "not quite that, the console does not understand, and nobody gets anything.",
    )
    lines = ["digues", f"digues {anna.name}", f"DIGUES {anna.name} {text}"]
    lines += [f"digues{anna.name} {text}", f"diguesli {anna.name} {text}"]
    _does_not_understand(server, lines, means)
    _hear_nothing_before(berta, [anna], means)


@step("M1")
def test_ajuda_speaks_of_digues(scene):
    _has_its_line_in_ajuda(scene.server(), "digues")


# M2. expulsa --------------------------------------------------------------------------


def _means_expelled() -> str:
    return tr(
        "Qui és expulsat rep «Has estat expulsat del xat.» i el final de la connexió; "
        "la resta, «{nom} ha estat expulsat del xat.», i cap altre comiat; la consola, "
        "«Expulsat: {nom}.»",
        "Who is expelled gets “Has estat expulsat del xat.” and the connection's end; "
        "the rest, “{nom} ha estat expulsat del xat.”, and no other farewell; the "
        "console, “Expulsat: {nom}.”",
    )


def _means_one_farewell() -> str:
    return tr(
        "Quan s'acaba la connexió de qui s'expulsa, el seu fil també se n'adona. De "
        "cada participant hi ha un sol comiat: només l'ha de dir qui l'ha tret de la "
        "llista, i qui ja no hi és no diu res més.",
        "When the connection of whoever is expelled ends, its own thread notices too. "
        "There is just one farewell for each participant: only who took it off the "
        "list may say it, and who is not there any more says nothing.",
    )


@step("M2")
def test_who_is_expelled_is_out_and_everyone_knows(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    _answers(server, f"expulsa {berta.name}", expelled(berta.name), _means_expelled())
    berta.gets(EXPELLED, _means_expelled())
    berta.gets_end(_means_expelled())
    for other in (anna, carla):
        other.gets(was_expelled(berta.name), _means_expelled())
    berta.says(scene.words.text())
    server.types("qui")
    server.types("quants")
    means = tr(
        "Qui ha estat expulsat ja no és al xat: s'ha de treure de la llista, i el que "
        "digui no arriba a ningú.",
        "Who has been expelled is not in the chat any more: it has to be taken off "
        "the list, and what it says reaches nobody.",
    )
    passed = server.prints("Participants: 2", means)
    if f"- {berta.name}" in passed:
        raise Disappointment(
            tr(f"«qui» no diu {berta.name}", f"«qui» does not list {berta.name}"),
            Other(" / ".join(passed)),
            means,
        )
    _hear_nothing_before(carla, [anna], _means_one_farewell())
    _hear_nothing_before(anna, [carla], _means_one_farewell())


@step("M2")
def test_who_was_expelled_may_come_again(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    means = tr(
        "Expulsar algú no li tanca la porta: pot tornar a entrar, amb el mateix nom.",
        "To expel somebody is not to lock the door: it may come in again, with the "
        "same name.",
    )
    for _ in range(2):
        _answers(
            server, f"expulsa {berta.name}", expelled(berta.name), _means_expelled()
        )
        berta.gets(EXPELLED, _means_expelled())
        berta.gets_end(_means_expelled())
        anna.gets(was_expelled(berta.name), _means_expelled())
        berta = server.arrives(berta.name).greeted()
        berta.says(berta.name)
        berta.gets(hello(berta.name, 2), means)
        anna.gets(came_in(berta.name), means)
        _hear_nothing_before(berta, [anna], means)


@step("M2")
def test_there_is_room_for_another_one_and_no_second_farewell(scene):
    """When its place is free, its thread has ended: it has nothing more to say."""
    server = scene.server()
    witness, berta = server.welcomes_all(2)
    with scene.needing("R5"):
        server.is_crowded_with(MOST - 2)
        server.arrives().gets(FULL)
    _answers(server, f"expulsa {berta.name}", expelled(berta.name), _means_expelled())
    witness.gets_until(was_expelled(berta.name), _means_expelled())
    newcomer = _comes_in_the_end(server)
    newcomer.says(newcomer.name)
    newcomer.gets(hello(newcomer.name, MOST), _means_one_farewell())
    witness.gets(came_in(newcomer.name), _means_one_farewell())


def _comes_in_the_end(server: Server) -> Participant:
    """Somebody is greeted: perhaps not at once, since a closing takes its time."""
    deadline = Deadline()
    with server.scene.in_short(
        "algú prova d'entrar-hi, fins que hi ha lloc",
        "somebody tries to come in, until there is room",
    ):
        while True:
            late = not deadline.left()
            newcomer = server.arrives()
            came = newcomer.next(Deadline())
            if came != FULL or late:
                break
            newcomer.closes()
            time.sleep(0.05)
    if came != GREETING:
        raise newcomer.disappoints(
            f"{newcomer.label} ← {GREETING}",
            came,
            tr(
                "Quan s'expulsa algú, el seu fil s'ha d'acabar i el seu lloc ha de "
                "quedar lliure per a una altra persona.",
                "When somebody is expelled, its thread has to end, and its place has "
                "to be free for another person.",
            ),
        )
    server.scene.note(newcomer.label, "←", GREETING)
    return newcomer


@step("M2")
def test_who_is_expelled_while_leaving_has_one_farewell(scene):
    """Which one depends on who notices first."""
    server = scene.server()
    anna, *leavers, berta = server.welcomes_all(8)
    for place, leaver in enumerate(leavers):
        leaver.says("{quit}") if place % 2 else leaver.resets()
        server.types(f"expulsa {leaver.name}")
    for leaver in leavers:
        _prints_one_of(server, expelled(leaver.name), nobody_called(leaver.name))
    for listener in (anna, berta):
        _gets_one_farewell_each(listener, leavers)
    _hear_nothing_before(anna, [berta], _means_one_farewell())
    _hear_nothing_before(berta, [anna], _means_one_farewell())
    server.types("quants")
    server.prints("Participants: 2", _means_one_farewell())


def _prints_one_of(server: Server, *lines: str) -> None:
    """The console's next answer is one of these."""
    deadline = Deadline()
    expected = tr(" o ", " or ").join(f"«{line}»" for line in lines)
    printed = server.stdout.next_line(deadline)
    while printed is not None and not printed.startswith(ANSWERS):
        printed = server.stdout.next_line(deadline)
    if printed not in lines:
        raise Disappointment(
            tr(f"servidor escriu {expected}", f"server prints {expected}"),
            server.silence(deadline, []) if printed is None else Other(printed),
            _means_expelled(),
        )
    server.scene.note(server.label, "←", printed)


def _gets_one_farewell_each(listener: Participant, leavers: list[Participant]) -> None:
    """It gets one farewell of each of these, and nothing else before the last one."""
    missing = {
        farewell(leaver.name): leaver.name
        for leaver in leavers
        for farewell in (left, lost, was_expelled)
    }
    while missing:
        line = listener.gets_one_of(*missing, means=_means_one_farewell())
        gone = missing[line]
        missing = {line: name for line, name in missing.items() if name != gone}


@step("M2")
def test_nothing_that_was_said_is_passed_on_after_the_farewell(scene):
    """Lines that had arrived when somebody is expelled, and nobody had read yet."""
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    text = scene.words.tag()
    berta.sends(
        f"{text}\n".encode() * 2000, tr("2000 línies de cop", "2000 lines at once")
    )
    # Some come before, and what nobody reads may be lost; then nothing more.
    line = f"[{berta.name}] {text}"
    anna.gets(line)
    _answers(server, f"expulsa {berta.name}", expelled(berta.name), _means_expelled())
    for other in (anna, carla):
        with scene.in_short(
            f"{other.name} llegeix tot el que ha dit {berta.name}",
            f"{other.name} reads all that {berta.name} has said",
        ):
            other.gets_until(was_expelled(berta.name), _means_expelled())
    berta.gets_rest(_means_expelled())
    newcomer = server.arrives().greeted()
    newcomer.says(newcomer.name)
    newcomer.gets(hello(newcomer.name, 3), _means_one_farewell())
    for other in (anna, carla):
        other.gets(came_in(newcomer.name), _means_one_farewell())
    _hear_nothing_before(carla, [anna], _means_one_farewell())


@step("M2")
def test_who_does_not_read_is_expelled_like_anybody(scene):
    """It had lines waiting; the last of them may be lost."""
    server = scene.server()
    anna = server.welcomes()
    dolors = server.welcomes(receive_buffer=4096)
    berta = server.welcomes()
    for _ in range(10):
        text = scene.words.of_bytes(900)
        anna.says(text)
        berta.gets(f"[{anna.name}] {text}")
    _answers(server, f"expulsa {dolors.name}", expelled(dolors.name), _means_expelled())
    for other in (anna, berta):
        other.gets(was_expelled(dolors.name), _means_expelled())
    _hear_nothing_before(berta, [anna], _means_one_farewell())
    dolors.gets_rest(
        tr(
            "A qui s'expulsa se li acaba la connexió, tant si llegeix com si no, i "
            "sense esperar que se'n vagi.",
            "The connection of whoever is expelled ends, whether it reads or not, and "
            "without waiting for it to go.",
        )
    )


@step("M2")
def test_of_several_of_one_name_expulsa_takes_the_first_that_came(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    other = _namesake_comes_in(server, anna)
    means = tr(
        "Si n'hi ha més d'un que es diu igual, s'expulsa el primer que va arribar, i "
        "només aquest; la vegada següent, el següent.",
        "When several have the same name, the first that came is expelled, and no "
        "other; next time, the next.",
    )
    _answers(server, f"expulsa {anna.name}", expelled(anna.name), means)
    anna.gets(EXPELLED, means)
    anna.gets_end(means)
    for one in (berta, other):
        one.gets(was_expelled(anna.name), means)
    _hear_nothing_before(other, [berta], means)
    _answers(server, f"expulsa {other.name}", expelled(other.name), means)
    other.gets(EXPELLED, means)
    other.gets_end(means)
    berta.gets(was_expelled(other.name), means)
    _answers(server, f"expulsa {anna.name}", nobody_called(anna.name), means)


@step("M2")
def test_expulsa_of_nobody_of_that_name(scene):
    server = scene.server()
    anna, berta, gone = server.welcomes_all(3)
    nameless = server.arrives().greeted()
    _leaves(server, gone)
    for name in _not_there(anna, nameless, gone):
        _answers(server, f"expulsa {name}", nobody_called(name), _means_nobody())
    _hear_nothing_before(berta, [anna], _means_nobody())
    _hear_nothing_before(anna, [berta], _means_nobody())
    _is_still_let_in(nameless, 3)


@step("M2")
def test_expulsa_with_a_word_missing_or_too_many_is_not_understood(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    means = tr(
        "«expulsa» vol un nom, i res més: si hi falta o hi sobra res, o si la paraula "
        "no és ben bé aquesta, la consola no ho entén, i ningú no és expulsat.",
        "«expulsa» wants a name, and nothing else: when something is missing or there "
        "is too much, or the word is not quite that, the console does not understand, "
        "and nobody is expelled.",
    )
    lines = ["expulsa", f"expulsa {anna.name} {berta.name}", f"EXPULSA {anna.name}"]
    lines += [f"expulsa{anna.name}", f"expulsar {anna.name}"]
    _does_not_understand(server, lines, means)
    _hear_nothing_before(berta, [anna], means)
    _hear_nothing_before(anna, [berta], means)


@step("M2")
def test_ajuda_speaks_of_expulsa(scene):
    _has_its_line_in_ajuda(scene.server(), "expulsa")
