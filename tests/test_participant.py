"""Group P: what the server does for each participant."""

import time

import pytest

from tests.judge.crowd import Crowd
from tests.judge.deadline import Deadline, patience
from tests.judge.disappointment import Came, Disappointment, Other
from tests.judge.driver import wait_for_timeouts
from tests.judge.people import (
    BAD_NAME,
    CLOSING,
    GREETING,
    Line,
    Participant,
    Server,
    StreamEnd,
    came_in,
    hello,
    left,
    lost,
    too_long,
)
from tests.judge.process import Silence
from tests.judge.shorten import shorten
from tests.judge.step import step
from tools.language import tr

#: The most characters of a name, and the most bytes of a text and of a line.
LONGEST_NAME = 20
LONGEST_TEXT = 1024
LONGEST_LINE = 4096

#: Seconds that a newcomer has to say its name: the contract's `TEMPS_NOM`.
TIME_FOR_NAME = 10

#: Of a processor, what a program may use while it waits: nothing would be right.
NEXT_TO_NOTHING = 0.05

#: Bytes that jam somebody who does not read: no system keeps more for it.
JAMMED = 4_000_000


def _comes_in(server: Server, count: int, means: str) -> Participant:
    """Somebody comes in, and is told that they are so many now: that is the point."""
    newcomer = server.arrives().greeted()
    newcomer.says(newcomer.name)
    newcomer.gets(hello(newcomer.name, count), means)
    return newcomer


# P1. The greeting ---------------------------------------------------------------------


@step("P1")
def test_each_newcomer_is_greeted(scene):
    server = scene.server()
    means = tr(
        "El primer que fa el fil d'un participant és donar-li la benvinguda, a cada "
        "un, vingui quan vingui: en una sola línia, i abans d'esperar que digui res.",
        "The first thing that a participant's thread does is to welcome it: each one, "
        "whenever it comes, in a single line, and before waiting for it to say "
        "anything.",
    )
    for _ in range(3):
        server.arrives().gets(GREETING, means)
    for newcomer in [server.arrives() for _ in range(10)]:
        newcomer.gets(GREETING, means)


@step("P1")
def test_who_says_its_name_at_once_is_greeted_first(scene):
    server = scene.server()
    anna = server.arrives()
    anna.says(anna.name)
    anna.gets(
        GREETING,
        tr(
            "La benvinguda s'envia abans d'escoltar res, i sempre: també quan el nom "
            "ja ha arribat.",
            "The greeting is sent before listening to anything, and always: also when "
            "the name has arrived already.",
        ),
    )


# P2. The name -------------------------------------------------------------------------


@step("P2")
@pytest.mark.waits
def test_the_name_may_take_its_time(scene):
    """Half a letter before a `TIMEOUT` of `rep()`, the other half after it."""
    server = scene.server()
    anna = server.arrives(scene.words.name() + "ç").greeted()
    letters = anna.name.encode()
    anna.sends(letters[:-1])
    wait_for_timeouts(scene, 1)
    anna.sends(letters[-1:] + b"\n")
    anna.gets(
        hello(anna.name, 1),
        tr(
            "Mentre el nom no arriba sencer, rep() va tornant TIMEOUT: no vol dir que "
            "no n'hi hagi, sinó que s'ha de tornar a esperar. A accept() també se li "
            "exhaureix el temps quan no ve ningú: tampoc no és cap problema.",
            "As long as the name has not come whole, rep() keeps giving TIMEOUT: that "
            "does not mean that there is none, but that one has to wait again. The "
            "time of accept() runs out too when nobody comes: no trouble either.",
        ),
    )


@step("P2")
def test_white_space_around_the_name_is_no_part_of_it(scene):
    server = scene.server()
    anna = server.arrives(scene.words.name() + "ñ").greeted()
    anna.sends_in_pieces(scene.words.cuts(f" \t{anna.name}  \r\n".encode()))
    anna.gets(
        hello(anna.name, 1),
        tr(
            "L'espai blanc que hi ha abans i després del nom no n'és part: s'ha de "
            "treure abans de fer servir el nom, i de mirar si és vàlid.",
            "The white space before and after the name is no part of it: it has to be "
            "taken off before the name is used, and before it is found valid or not.",
        ),
    )


# P3. No name to be had ----------------------------------------------------------------

_NOT_VALID = {
    "empty": b"",
    "blank": b" \t ",
    "21-characters": b"a" * (LONGEST_NAME + 1),
    "two-words": b"Anna Maria",
    "tab": b"Anna\tMaria",
    "no-break-space": "Anna\N{NO-BREAK SPACE}Maria".encode(),
    "opening-bracket": b"[Anna",
    "closing-bracket": b"Anna]",
    "opening-brace": b"{Anna",
    "closing-brace": b"quit}",
    "not-utf-8": b"N\xfaria",
    "replacement-character": "N\N{REPLACEMENT CHARACTER}ria".encode(),
    "control-character": b"Anna\x1b",
    "another-control-character": b"An\x07na",
    "zero-width-space": "An\N{ZERO WIDTH SPACE}na".encode(),
}


@step("P3")
def test_a_name_that_is_not_valid_is_refused_and_nobody_is_told(scene):
    server = scene.server()
    witness = server.welcomes()
    means = tr(
        "Aquest nom no compleix totes les condicions: d'1 a 20 caràcters, tots "
        "imprimibles, sense espai blanc, ni claudàtors, ni claus, ni U+FFFD. S'ha de "
        "dir a qui l'ha enviat, i tancar.",
        "This name does not keep all the conditions: 1 to 20 characters, all of them "
        "printable, no white space, no brackets, no braces and no U+FFFD. The one who "
        "sent it has to be told so, and the connection closed.",
    )
    for name in _NOT_VALID.values():
        visitor = server.arrives().greeted()
        visitor.sends(name + b"\n")
        visitor.gets(BAD_NAME, means)
        visitor.gets_end(
            tr(
                "Després de dir-li que el nom no és vàlid, s'ha de tancar la connexió.",
                "After telling it that the name is not valid, the connection has to "
                "be closed.",
            )
        )
    _nobody_was_told(server, witness)


@step("P3")
def test_twenty_characters_are_a_valid_name_whatever_they_are(scene):
    server = scene.server()
    means = tr(
        "Un nom de 20 caràcters és vàlid, i el que es compta són caràcters, no bytes: "
        "una lletra amb accent o un emoji en són un de sol.",
        "A name of 20 characters is valid, and what counts is characters, not bytes: "
        "a letter with an accent or an emoji is just one.",
    )
    server.arrives().enters(1)
    names = (scene.words.name().ljust(LONGEST_NAME, "é"), "🐙" * LONGEST_NAME, "ñ")
    for count, name in enumerate(names, 2):
        visitor = server.arrives(name).greeted()
        visitor.says(name)
        visitor.gets(hello(name, count), means)


@step("P3")
def test_who_leaves_without_a_name_just_gets_the_end_and_nobody_is_told(scene):
    server = scene.server()
    witness = server.welcomes()
    means = tr(
        "Qui se'n va sense dir el nom no era al xat: no se li diu res més, i es tanca "
        "la connexió.",
        "Whoever leaves without saying its name was not in the chat: it is told "
        "nothing more, and the connection is closed.",
    )
    for line in ("{quit}", "  {quit}\t"):
        visitor = server.arrives().greeted()
        visitor.says(line)
        visitor.gets_end(means)
    # Half a line is no name.
    visitor = server.arrives().greeted()
    visitor.sends(visitor.name.encode())
    visitor.half_closes()
    visitor.gets_end(means)
    server.arrives().greeted().closes()
    server.arrives().greeted().resets()
    _nobody_was_told(server, witness)


@step("P3")
@pytest.mark.thorough
def test_who_gives_no_name_in_time_gets_the_end(scene):
    server = scene.server()
    witness = server.welcomes()
    silent, trickling, slow = (server.arrives().greeted() for _ in range(3))
    _trickles(trickling, TIME_FOR_NAME / 2)
    slow.says(slow.name)
    slow.gets(
        hello(slow.name, 2),
        tr(
            f"Encara no han passat {TIME_FOR_NAME} segons: qui diu ara el nom hi és a "
            "temps.",
            f"{TIME_FOR_NAME} seconds have not passed yet: who says its name now is in "
            "time.",
        ),
    )
    _trickles(trickling, TIME_FOR_NAME / 2 + patience())
    means = tr(
        f"Qui no ha dit el nom en {TIME_FOR_NAME} segons ja no el dirà, encara que "
        "vagi enviant bytes: el temps es compta des del començament, i no des de "
        "l'últim byte.",
        f"Who has not said its name in {TIME_FOR_NAME} seconds will not say it any "
        "more, even if bytes keep coming: the time counts from the beginning, and not "
        "from the last byte.",
    )
    trickling.gets_end(means)
    silent.gets_end(means)
    witness.gets(came_in(slow.name))
    _nobody_was_told(server, witness, 3)


def _trickles(visitor: Participant, seconds: float) -> None:
    """It sends a byte now and then, for so long or until something comes."""
    deadline = Deadline(seconds)
    with visitor.scene.in_short(
        f"{visitor.label} envia una lletra de tant en tant",
        f"{visitor.label} sends a letter now and then",
    ):
        while deadline.left() and isinstance(visitor.next(Deadline(0.5)), Silence):
            visitor.sends(b"a")


def _nobody_was_told(server: Server, witness: Participant, count: int = 2) -> None:
    """The next that the witness hears is who comes in now; they are so many then."""
    means = tr(
        "Qui no ha arribat a entrar al xat no compta, i la resta no n'ha de saber "
        "res: ni que ha vingut, ni que se n'ha anat.",
        "Whoever has not come into the chat does not count, and the rest must hear "
        "nothing of it: neither that it came, nor that it went.",
    )
    newcomer = _comes_in(server, count, means)
    witness.gets(came_in(newcomer.name), means)
    text = server.scene.words.text()
    newcomer.says(text)
    witness.gets(f"[{newcomer.name}] {text}", means)


# P4. The newcomer is told -------------------------------------------------------------


@step("P4")
def test_the_newcomer_is_told_that_it_is_in(scene):
    server = scene.server()
    anna = server.arrives().greeted()
    anna.says(anna.name)
    anna.gets(
        hello(anna.name, 1),
        tr(
            "Després de la benvinguda, el primer que rep qui entra és el seu «Hola»; i "
            "al nombre de participants s'hi compta ell mateix.",
            "After the greeting, the first thing that a newcomer gets is its “Hola”; "
            "and the number of participants counts the newcomer too.",
        ),
    )


# P5. The rest are told ----------------------------------------------------------------


@step("P5")
def test_the_rest_are_told_of_the_newcomer(scene):
    server = scene.server()
    means = tr(
        "Es presenta a la resta, un cop a cada un, i no a qui acaba d'entrar, que ja "
        "ha rebut el seu «Hola».",
        "It is presented to the rest, once to each, and not to the one who has just "
        "come in, who has had its “Hola” already.",
    )
    anna = server.arrives().enters(1)
    nameless = server.arrives().greeted()
    berta = server.arrives().enters(2)
    anna.gets(came_in(berta.name), means)
    carla = server.arrives().enters(3)
    for other in (anna, berta):
        other.gets(came_in(carla.name), means)
    nameless.says(nameless.name)
    nameless.gets(
        hello(nameless.name, 4),
        tr(
            "Qui encara no ha dit el nom no és al xat: no ha de rebre res del que s'hi "
            "diu. El primer que rep després de la benvinguda és el seu «Hola».",
            "Whoever has not said its name yet is not in the chat: it must get nothing "
            "of what is said there. The first thing that it gets after the greeting is "
            "its “Hola”.",
        ),
    )


# P6. The active participants ----------------------------------------------------------


@step("P6")
def test_each_newcomer_is_told_how_many_they_are(scene):
    server = scene.server()
    means = tr(
        "A cada un que entra se li diu quants són, comptant-l'hi: cal que tots els "
        "d'abans siguin a la llista, un cop cada un. Si no li arriba res, potser un "
        "fil espera un candau que ell mateix ja té: un Lock no es pot agafar dues "
        "vegades, i un RLock sí.",
        "Each newcomer is told how many they are, itself included: all those who came "
        "before have to be on the list, once each. If nothing comes, a thread may be "
        "waiting for a lock that it has itself: a Lock cannot be taken twice, and an "
        "RLock can.",
    )
    server.arrives().enters(1)
    for count in range(2, 5):
        _comes_in(server, count, means)


@step("P6")
def test_two_may_have_the_same_name(scene):
    server = scene.server()
    anna = server.welcomes()
    _namesake_comes_in(server, anna)
    _comes_in(server, 3, _means_namesakes())


def _namesake_comes_in(server: Server, first: Participant) -> Participant:
    """One more, of the same name."""
    if server.scene.subject.expects("N1"):
        # What becomes of such a name is for that step's tests to see.
        pytest.skip("no two have the same name, with the exercise noms")
    other = server.arrives(first.name).greeted()
    other.says(first.name)
    server.inside.append(other)
    other.gets(hello(other.name, len(server.inside)), _means_namesakes())
    return other


def _means_namesakes() -> str:
    return tr(
        "Dues persones es poden dir igual, i són dos participants: una llista de noms, "
        "o un diccionari per noms, no els distingeix.",
        "Two people may have the same name, and are two participants: a list of names, "
        "or a dictionary by name, cannot tell them apart.",
    )


# P7. Listening to it ------------------------------------------------------------------


@step("P7")
@pytest.mark.waits
def test_who_says_nothing_stays_in(scene):
    """Tried alone: what others see of it (P5, P6) tells nothing about who listens."""
    anna = scene.server().welcomes()
    anna.keeps_quiet()
    anna.stays_connected(
        tr(
            "Qui ha entrat s'hi queda fins que se'n va, encara que calli: el seu fil "
            "l'ha de continuar escoltant, també després d'un TIMEOUT de rep().",
            "Whoever has come in stays until it leaves, silent or not: its thread has "
            "to go on listening to it, after a TIMEOUT of rep() too.",
        )
    )


@step("P7")
@pytest.mark.waits
def test_after_a_silence_one_is_heard_as_before(scene):
    """Half a text before a `TIMEOUT` of `rep()`, the other half after it."""
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    text, answer, more = (scene.words.text() for _ in range(3))
    letters = text.encode()
    anna.sends(letters[:5])
    wait_for_timeouts(scene, 1)
    anna.sends(letters[5:] + b"\n")
    means = tr(
        "Qui calla una estona continua al xat: quan rep() torna TIMEOUT, s'ha de "
        "tornar a escoltar, i el que ja havia arribat de la línia no s'ha de perdre.",
        "Whoever is silent for a while stays in the chat: when rep() gives TIMEOUT, it "
        "has to listen again, and what had arrived of the line must not be lost.",
    )
    berta.gets(f"[{anna.name}] {text}", means)
    berta.says(answer)
    anna.gets(f"[{berta.name}] {answer}", means)
    anna.says(more)
    berta.gets(f"[{anna.name}] {more}", means)


@step("P7")
def test_what_comes_in_one_packet_with_the_name_is_said_after_it(scene):
    server = scene.server()
    anna = server.welcomes()
    berta = server.arrives().greeted()
    texts = [scene.words.text() for _ in range(3)]
    berta.sends("".join(f"{line}\n" for line in (berta.name, *texts)).encode())
    with scene.needing("P5"):
        anna.gets(came_in(berta.name))
    means = tr(
        "El que arriba amb el nom, darrere seu, ja són missatges: no s'ha de perdre. "
        "Els bytes que rep() encara no ha donat els guarda la Connexio: per al nom i "
        "per als missatges s'ha de fer servir la mateixa.",
        "What arrives with the name, after it, is messages already: it must not be "
        "lost. The bytes that rep() has not given yet are kept in the Connexio: the "
        "same one has to serve for the name and for the messages.",
    )
    for text in texts:
        anna.gets(f"[{berta.name}] {text}", means)


@step("P7")
@pytest.mark.waits
def test_waiting_costs_no_processor_time(scene):
    server = scene.server()
    if server.processor_time() is None:
        pytest.skip("this system does not tell how much processor time a process uses")
    server.welcomes_all(3)
    server.arrives().greeted()
    before, beginning = server.processor_time(), time.monotonic()
    wait_for_timeouts(scene, 2)
    used, elapsed = server.processor_time() - before, time.monotonic() - beginning
    if used > NEXT_TO_NOTHING * elapsed:
        raise Disappointment(
            tr(
                "mentre tothom calla, el servidor no gasta temps de processador",
                "while everyone is silent, the server uses no processor time",
            ),
            Other(
                tr(
                    f"N'ha gastat {used:.2f} s, en {elapsed:.2f} s.",
                    f"It used {used:.2f} s of it, in {elapsed:.2f} s.",
                )
            ),
            tr(
                "Algun fil dona voltes sense dormir: en comptes de mirar una vegada i "
                "una altra si ha arribat res, s'ha d'esperar dins de rep(), d'accept() "
                "o de la cua, amb un temps d'espera.",
                "Some thread goes round without sleeping: instead of looking again and "
                "again whether something has arrived, it has to wait inside rep(), "
                "accept() or the queue, with a timeout.",
            ),
        )


# P8. Passing messages on --------------------------------------------------------------


@step("P8")
def test_a_message_reaches_the_rest_and_never_its_author(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    text, answer = scene.words.text(), scene.words.text()
    anna.says(text)
    berta.gets(f"[{anna.name}] {text}")
    carla.gets(f"[{anna.name}] {text}")
    berta.says(answer)
    # Her own text would have come before this one.
    anna.gets(
        f"[{berta.name}] {answer}",
        tr(
            "El que algú diu s'envia a tots els altres, però no a qui ho ha dit.",
            "What somebody says goes to all the others, but not to its author.",
        ),
    )
    carla.gets(f"[{berta.name}] {answer}")


@step("P8")
def test_another_of_the_same_name_hears_it_too(scene):
    server = scene.server()
    anna = server.welcomes()
    with scene.needing("P6"):
        other = _namesake_comes_in(server, anna)
    text = scene.words.text()
    anna.says(text)
    other.gets(
        f"[{anna.name}] {text}",
        tr(
            "L'autor és un participant, no un nom: un altre que es diu igual també ho "
            "ha de rebre.",
            "The author is a participant, not a name: another one of the same name has "
            "to get it too.",
        ),
    )


@step("P8")
def test_a_text_arrives_as_it_was_sent(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    tag = scene.words.tag()
    texts = [
        f"  \t {tag} al mig  dos espais, i al final un tabulador\t",
        f"{tag} 👩‍👧 é 漢字 🐍",
        f"{tag} una sola​línia",
        f"{tag} {{0}} {{nom}} %s %(nom)s \\n [x] \"'",
        CLOSING,
        came_in(anna.name),
    ]
    means = tr(
        "El text s'ha de reenviar tal com ha arribat: l'espai blanc, els emojis i els "
        "signes que en un altre lloc voldrien dir alguna cosa són text com la resta.",
        "The text has to be passed on as it arrived: white space, emoji, and signs "
        "that would mean something elsewhere, are text like the rest.",
    )
    for text in texts:
        anna.says(text)
        berta.gets(f"[{anna.name}] {text}", means)


@step("P8")
def test_blank_lines_are_not_passed_on(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    text = scene.words.text()
    for blank in ("", "   ", "\t \t", " "):
        anna.says(blank)
    anna.says(text)
    berta.gets(
        f"[{anna.name}] {text}",
        tr(
            "Una línia buida, o que només té espai blanc, no es reenvia.",
            "A line that is empty, or of nothing but white space, is not passed on.",
        ),
    )


@step("P8")
def test_lines_of_one_packet_keep_their_order_though_another_talks(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    spoken = {
        author: [scene.words.text(1) for _ in range(30)] for author in (anna, berta)
    }
    for author, texts in spoken.items():
        author.sends(
            "".join(f"{text}\n" for text in texts).encode(),
            tr("30 línies en un sol paquet", "30 lines in one packet"),
        )
    _hears(anna, {berta: spoken[berta]})
    _hears(berta, {anna: spoken[anna]})
    _hears(carla, spoken)


def _hears(listener: Participant, spoken: dict[Participant, list[str]]) -> None:
    """It gets all that these say, each one's texts in their order."""
    awaited = {
        author: [f"[{author.name}] {text}" for text in texts]
        for author, texts in spoken.items()
    }
    means = tr(
        "Un paquet pot dur moltes línies: s'han de reenviar totes, un cop cada una, en "
        "l'ordre en què el seu autor les ha enviades.",
        "A packet may hold many lines: all of them have to be passed on, once each, in "
        "the order in which their author sent them.",
    )
    while any(awaited.values()):
        nexts = {lines[0]: lines for lines in awaited.values() if lines}
        del nexts[listener.gets_one_of(*nexts, means=means)][0]


@step("P8")
def test_a_newcomer_hears_nothing_of_what_was_said_before(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    carla = server.arrives().greeted()
    before, after = scene.words.text(), scene.words.text()
    anna.says(before)
    berta.gets(f"[{anna.name}] {before}")
    carla.says(carla.name)
    means = tr(
        "Qui encara no ha dit el nom no és al xat, i no rep el que s'hi diu, ni "
        "llavors ni més tard: el primer que li arriba després de la benvinguda és el "
        "seu «Hola», i a partir d'aquí tot el que diguin els altres.",
        "Whoever has not said its name yet is not in the chat, and gets nothing of "
        "what is said there, neither then nor later: the first thing that comes after "
        "the greeting is its “Hola”, and from then on all that the others say.",
    )
    carla.gets(hello(carla.name, 3), means)
    for other in (anna, berta):
        with scene.needing("P5"):
            other.gets(came_in(carla.name))
    anna.says(after)
    carla.gets(f"[{anna.name}] {after}", means)


# P9. A text that is too long ----------------------------------------------------------


@step("P9")
def test_a_text_of_1024_bytes_is_passed_on_and_one_of_1025_is_not(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    longest = scene.words.of_bytes(LONGEST_TEXT)
    anna.says(longest)
    berta.gets(
        f"[{anna.name}] {longest}",
        tr(
            "Un text de 1024 bytes encara hi cap: el nom que s'hi posa al davant no "
            "compta.",
            "A text of 1024 bytes still fits: the name that is put before it does not "
            "count.",
        ),
    )
    for size in (LONGEST_TEXT + 1, LONGEST_LINE):
        anna.says(scene.words.of_bytes(size))
        _is_not_passed_on(anna, berta)
        anna.gets(too_long(size), _means_too_long())


@step("P9")
def test_a_text_is_measured_in_the_bytes_that_it_would_take(scene):
    """Letters of several bytes, and bytes that are replaced by others (U+FFFD: 3)."""
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    for line in ("ç".encode() * 600, b"a\x01" * 300, b"a\xff" * 300):
        anna.sends(line + b"\n")
        _is_not_passed_on(anna, berta)
        anna.gets(too_long(1200), _means_too_long())


def _is_not_passed_on(author: Participant, listener: Participant) -> None:
    """The next that the listener gets is what the author, who is still in, says now."""
    text = author.scene.words.text()
    author.says(text)
    listener.gets(
        f"[{author.name}] {text}",
        tr(
            "Un text massa llarg no es reenvia, ni sencer ni tallat; només se n'avisa "
            "l'autor, que continua al xat.",
            "A text that is too long is not passed on, neither whole nor cut; its "
            "author alone is told, and stays in the chat.",
        ),
    )


def _means_too_long() -> str:
    return tr(
        "Quan el text té més de 1024 bytes, s'ha de dir al seu autor quants en té: els "
        "bytes que ocuparia en UTF-8 si s'enviés, amb els caràcters ja canviats, sense "
        "el nom ni el final de línia. Una lletra pot ocupar més d'un byte.",
        "When the text has more than 1024 bytes, its author has to be told how many: "
        "those that it would take in UTF-8 if it were sent, its characters replaced "
        "already, without the name and the line's end. One letter may take several.",
    )


# P10. {quit} --------------------------------------------------------------------------


@step("P10")
def test_who_quits_gets_the_end_and_the_rest_are_told_once(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    berta.says(scene.words.random.choice((" {quit}", "{quit}  ", "\t{quit} ")))
    once = tr(
        "Amb {quit}, també amb espai blanc al voltant, el participant surt de la "
        "llista i la resta en rep un comiat, un de sol; {quit} mateix no es reenvia.",
        "With {quit}, white space around it or not, the participant goes off the list "
        "and the rest get a farewell, just one; {quit} itself is not passed on.",
    )
    for other in (anna, carla):
        other.gets(left(berta.name), once)
    berta.gets_end(
        tr(
            "Qui diu {quit} no rep res més, ni el seu comiat: s'acaba la connexió.",
            "Whoever says {quit} gets nothing more, not even its own farewell: the "
            "connection ends.",
        )
    )
    text = scene.words.text()
    carla.says(text)
    anna.gets(f"[{carla.name}] {text}", once)
    newcomer = _comes_in(
        server,
        3,
        tr(
            "Qui ha marxat ja no compta: s'ha de treure de la llista de participants.",
            "Whoever has left does not count any more: it has to be taken off the list "
            "of participants.",
        ),
    )
    for other in (anna, carla):
        other.gets(came_in(newcomer.name), once)


@step("P10")
def test_when_many_leave_at_once_those_who_stay_are_told_of_each(scene):
    server = scene.server(awkward=True)
    leaving, staying = 24, 8
    with scene.in_short(
        f"entren {leaving + staying} persones; les {leaving} primeres marxen alhora",
        f"{leaving + staying} people come in; the first {leaving} leave at once",
    ):
        everyone = [
            server.arrives().enters(count) for count in range(1, leaving + staying + 1)
        ]
        leavers, stayers = everyone[:leaving], everyone[leaving:]
        with scene.needing("P5"):
            for stayer in stayers[:-1]:
                stayer.gets_until(came_in(stayers[-1].name))
        for leaver in leavers:
            leaver.says("{quit}")
    farewells = {left(leaver.name): leaver for leaver in leavers}
    means = tr(
        "Dels que marxen alhora n'hi ha d'haver el comiat de cada un, per a tots els "
        "que es queden. Si un fil treu algú de la llista mentre un altre la recorre "
        "per enviar, el que la recorre se'n salta un: per treure'l també s'ha de tenir "
        "el candau agafat.",
        "Of those who leave at once there must be a farewell each, for all who stay. "
        "When one thread takes somebody off the list while another goes through it to "
        "send, that one skips somebody: to take off, too, the lock has to be taken.",
    )
    for stayer in stayers:
        _gets_one_farewell_each(stayer, farewells, "", means=means)
    text = scene.words.text()
    stayers[0].says(text)
    stayers[-1].gets(f"[{stayers[0].name}] {text}", _means_one_farewell())


@step("P10")
def test_nothing_after_quit_is_passed_on(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    before, after, text = (scene.words.text() for _ in range(3))
    berta.sends(f"{before}\n{{quit}}\n{after}\n{{quit}}\n".encode())
    anna.gets(f"[{berta.name}] {before}")
    means = tr(
        "El que ve darrere de {quit}, encara que hagi arribat en el mateix paquet, ja "
        "no es llegeix ni es reenvia.",
        "What comes after {quit}, even in the same packet, is neither read nor passed "
        "on any more.",
    )
    anna.gets(left(berta.name), means)
    berta.gets_end(means)
    carla.says(text)
    anna.gets(f"[{carla.name}] {text}", means)


@step("P10")
def test_quit_among_other_words_is_just_a_text(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    for text in ("{quit} ara no", "escriu {quit}", "{QUIT}", "{ quit }", "quit"):
        anna.says(text)
        berta.gets(
            f"[{anna.name}] {text}",
            tr(
                "Només marxa qui escriu {quit} i res més en tota la línia.",
                "Only who writes {quit} and nothing else on the line leaves.",
            ),
        )


@step("P10")
def test_when_one_of_two_of_the_same_name_quits_the_other_stays(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    with scene.needing("P6"):
        other = _namesake_comes_in(server, anna)
    for one in (anna, berta):
        with scene.needing("P5"):
            one.gets(came_in(other.name))
    means = tr(
        "Dues persones es poden dir igual: s'ha de treure de la llista el participant "
        "que marxa, i no el primer que es digui com ell.",
        "Two people may have the same name: the participant that leaves has to be "
        "taken off the list, and not the first one of that name.",
    )
    other.says("{quit}")
    for one in (anna, berta):
        one.gets(left(other.name), means)
    other.gets_end(means)
    text, answer = scene.words.text(), scene.words.text()
    berta.says(text)
    anna.gets(f"[{berta.name}] {text}", means)
    anna.says(answer)
    berta.gets(f"[{anna.name}] {answer}", means)


# F3's other half: it shows when P10 is done. The simple ones go first.
@step("P10")
def test_all_see_the_same_when_many_come_talk_and_leave_at_once(scene):
    crowd = Crowd(scene.server(awkward=True), people=10, texts=4, leaving=True)
    crowd.comes_and_talks()
    crowd.nobody_saw_own_texts()
    crowd.each_authors_order_was_kept()
    crowd.all_saw_the_same()


# P11. The end is marked ---------------------------------------------------------------


@step("P11")
def test_everyone_is_told_that_the_chat_closes_and_nothing_else(scene):
    server = scene.server()
    inside = server.welcomes_all(4)
    nameless = server.arrives().greeted()
    server.closes_chat()
    for person in (nameless, *inside):
        means = tr(
            "Quan l'esdeveniment és marcat, es diu a tothom que el xat es tanca, també "
            "a qui encara no ha dit el nom, i ja no es diu res més: cap comiat de "
            "ningú. Després s'acaba la connexió.",
            "When the event is marked, everyone is told that the chat closes, also "
            "those who have not said their names yet, and nothing else is said any "
            "more: nobody's farewell. Then the connection ends.",
        )
        person.gets(CLOSING, means)
        person.gets_end(means)


@step("P11")
def test_once_the_end_is_marked_nothing_else_is_passed_on(scene):
    server = scene.server()
    anna, berta, carla, dolors = server.welcomes_all(4)
    texts = [scene.words.text(1) for _ in range(200)]
    packet = "".join(f"{text}\n" for text in texts).encode()
    anna.sends(packet, tr("200 línies en un paquet", "200 lines in one packet"))
    server.closes_chat()
    anna.sends(packet, tr("les mateixes 200 línies", "the same 200 lines"))
    means = tr(
        "Un cop marcat l'esdeveniment no es reenvia res: «* El xat es tanca.» és "
        "l'última línia que rep tothom, encara que algú continuï parlant o marxi.",
        "Once the event is marked nothing is passed on: “* El xat es tanca.” is the "
        "last line that anybody gets, even if somebody goes on talking or leaves.",
    )
    berta.gets_until(CLOSING, means)
    anna.sends(packet, tr("les mateixes 200 línies", "the same 200 lines"))
    dolors.says("{quit}")
    berta.gets_end(means)
    carla.gets_until(CLOSING, means)
    carla.gets_end(means)


@step("P11")
def test_the_end_comes_also_to_who_never_stops_talking(scene):
    server = scene.server()
    anna = server.welcomes()
    line = f"{scene.words.text()}\n".encode()
    server.closes_chat()
    deadline = Deadline()
    with scene.in_short(
        f"{anna.name} parla sense parar", f"{anna.name} talks without a pause"
    ):
        while not isinstance(came := anna.next(Deadline(0.05)), StreamEnd):
            if not deadline.left():
                raise Disappointment(
                    tr("s'acaba la connexió", "the connection comes to its end"),
                    Other(tr("Encara no.", "Not yet."))
                    if isinstance(came, Came)
                    else Line(anna.label, came),
                    tr(
                        "L'esdeveniment es mira només quan no arriba res: mentre algú "
                        "parla, el seu fil no s'acaba. S'ha de mirar cada vegada.",
                        "The event is looked at only when nothing comes: as long as "
                        "somebody talks, its thread does not end. It has to be looked "
                        "at each time.",
                    ),
                )
            anna.sends(line)


# P12. The connection is lost ----------------------------------------------------------


@step("P12")
def test_whose_connection_is_lost_is_told_of_once_and_the_chat_goes_on(scene):
    server = scene.server()
    anna, berta, closing, halving, resetting, last = server.welcomes_all(6)
    means = tr(
        "Quan rep() torna ERROR, sigui quina sigui la causa, el participant surt de la "
        "llista i la resta en sap que se n'ha perdut la connexió, un sol cop. Mitja "
        "línia al final no és cap missatge.",
        "When rep() gives ERROR, whatever the cause, the participant goes off the list "
        "and the rest are told that its connection is lost, just once. Half a line at "
        "the end is no message.",
    )
    closing.sends(b"mitja li")
    closing.closes()
    _is_lost(closing, [anna, berta, halving, resetting, last], means)
    halving.half_closes()
    _is_lost(halving, [anna, berta, resetting, last], means)
    halving.gets_end(
        tr(
            "Quan algú ha acabat d'enviar ja no dirà res més: també se li ha de "
            "tancar la connexió.",
            "Somebody who has stopped sending will say nothing more: its connection "
            "has to be closed too.",
        )
    )
    resetting.resets()
    _is_lost(resetting, [anna, berta, last], means)
    # The one who came last: nobody comes after it on any list.
    last.closes()
    _is_lost(last, [anna, berta], means)
    text = scene.words.text()
    berta.says(text)
    anna.gets(f"[{berta.name}] {text}", means)
    newcomer = _comes_in(
        server,
        3,
        tr(
            "Qui ha perdut la connexió ja no compta: s'ha de treure de la llista.",
            "Whoever has lost the connection does not count any more: it has to be "
            "taken off the list.",
        ),
    )
    anna.gets(came_in(newcomer.name), means)


def _is_lost(gone: Participant, others: list[Participant], means: str) -> None:
    for other in others:
        other.gets(lost(gone.name), means)


@step("P12")
def test_a_line_too_long_for_the_connection_ends_it(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    text, after, answer = (scene.words.text() for _ in range(3))
    line = scene.words.of_bytes(LONGEST_LINE + 1)
    berta.sends(f"{text}\n{line}\n{after}\n".encode())
    anna.gets(f"[{berta.name}] {text}")
    means = tr(
        "Una línia de més de 4096 bytes és un error de la connexió: no se'n reenvia "
        "res, ni del que ve darrere, i el participant es dona per perdut.",
        "A line of more than 4096 bytes is an error of the connection: nothing of it "
        "is passed on, nor of what comes after it, and the participant is lost.",
    )
    anna.gets(lost(berta.name), means)
    berta.gets_end(means)
    carla.says(answer)
    anna.gets(f"[{carla.name}] {answer}", means)


@step("P12")
def test_who_is_lost_while_somebody_talks_has_one_farewell(scene):
    """Two threads notice: that of who is lost, and that of who is heard by it."""
    server = scene.server(awkward=True)
    anna, *losers, berta = server.welcomes_all(8)
    count = 40
    for loser in losers:
        packet = "".join(f"{scene.words.text(1)}\n" for _ in range(count))
        berta.sends(
            packet.encode(),
            tr(f"{count} línies en un paquet", f"{count} lines in one packet"),
        )
        loser.resets()
        # One at a time: what comes of several is P13's.
        farewell = {lost(loser.name): loser}
        _gets_one_farewell_each(anna, farewell, f"[{berta.name}] ", count)
        _gets_one_farewell_each(berta, farewell, "")
    text = scene.words.text()
    berta.says(text)
    anna.gets(f"[{berta.name}] {text}", _means_one_farewell())
    newcomer = _comes_in(server, 3, _means_one_farewell())
    for other in (anna, berta):
        other.gets(came_in(newcomer.name), _means_one_farewell())


def _gets_one_farewell_each(
    listener: Participant,
    farewells: dict[str, Participant],
    text: str,
    texts: int | None = None,
    means: str | None = None,
) -> list[str]:
    """It gets a farewell of each, and so many texts that begin with `text`; gives all.

    Unless it is said how many, there are as many texts as farewells.
    """
    missing = set(farewells.values())
    if texts is None:
        texts = len(missing) if text else 0
    deadline = Deadline()
    lines = []
    while missing or texts:
        came = listener.next(deadline)
        if came in farewells and farewells[came] in missing:
            missing.remove(farewells[came])
        elif isinstance(came, str) and text and texts and came.startswith(text):
            texts -= 1
        else:
            who = tr(" o ", " or ").join(sorted(p.name for p in missing)[:2])
            raise listener.disappoints(
                tr(
                    f"{listener.label} rep un comiat de {who}, i un de sol",
                    f"{listener.label} gets a farewell of {who}, and just one",
                )
                if missing
                else tr(
                    f"{listener.label} rep un sol comiat de cada un",
                    f"{listener.label} gets just one farewell of each",
                ),
                came,
                means or _means_one_farewell(),
            )
        listener.scene.note(listener.label, "←", shorten(came))
        lines.append(came)
    return lines


def _means_one_farewell() -> str:
    return tr(
        "De cada participant hi ha un comiat, i un de sol. Si dos fils se n'adonen "
        "alhora, només l'ha de dir el que l'ha tret de la llista: s'ha de mirar que "
        "encara hi sigui, amb el candau agafat.",
        "There is one farewell for each participant, and just one. When two threads "
        "notice at once, only the one that took it off the list may say it: see that "
        "it is still there, with the lock taken.",
    )


# P13. Those who are broken, or do not read --------------------------------------------


@step("P13")
@pytest.mark.waits
def test_who_does_not_read_is_lost_and_stops_nobody(scene):
    server = scene.server()
    berta = server.welcomes()
    dolors = server.welcomes(receive_buffer=4096)
    carla = server.welcomes()
    anna = server.welcomes()
    flood = Flood(anna, [berta, carla], dolors)
    places = flood.goes_on_until_one_is_lost()
    # Those before and after her on the list: no one hears of it before the line.
    if places[0] != places[1]:
        raise Disappointment(
            tr(
                f"{berta.name} i {carla.name} reben les mateixes línies en el mateix "
                "ordre",
                f"{berta.name} and {carla.name} get the same lines in the same order",
            ),
            Other(
                tr(
                    f"«{lost(dolors.name)}» ha arribat després de {places[0]} línies a "
                    f"{berta.name}, i de {places[1]} a {carla.name}.",
                    f"«{lost(dolors.name)}» came to {berta.name} after {places[0]} "
                    f"lines, and to {carla.name} after {places[1]}.",
                )
            ),
            tr(
                "Si el comiat es diu mentre encara s'està reenviant una línia, uns el "
                "reben abans que la línia i altres després: primer s'ha d'enviar la "
                "línia a tothom.",
                "When the farewell is said while a line is still being passed on, some "
                "get it before the line and some after it: the line has to go to "
                "everyone first.",
            ),
        )
    means = tr(
        "Qui s'ha donat per perdut ja no és al xat: se li tanca la connexió, el que "
        "digui no es reenvia, i no té cap més comiat. Els altres continuen.",
        "Whoever has been lost is in the chat no more: its connection is closed, what "
        "it says is not passed on, and it has no other farewell. The others go on.",
    )
    anna.gets(lost(dolors.name), means)
    dolors.says(scene.words.text())
    with scene.in_short(
        f"{dolors.name} llegeix tot el que li havia arribat",
        f"{dolors.name} reads all that had arrived for it",
    ):
        dolors.gets_rest(means)
    text, answer = scene.words.text(), scene.words.text()
    anna.says(text)
    for other in (berta, carla):
        other.gets(f"[{anna.name}] {text}", means)
    berta.says(answer)
    for other in (anna, carla):
        other.gets(f"[{berta.name}] {answer}", means)
    _comes_in(server, 4, means)


class Flood:
    """Somebody talks on and on, two others hear all of it, and one does not read."""

    def __init__(
        self, author: Participant, listeners: list[Participant], jammed: Participant
    ):
        self.scene = author.scene
        self.author = author
        self.listeners = listeners
        self.jammed = jammed
        self.farewell = lost(jammed.name)
        #: After how many texts each of those who listen got the farewell.
        self.places: dict[Participant, int] = {}

    def goes_on_until_one_is_lost(self) -> list[int]:
        """Gives after how many texts each of those who listen got the farewell."""
        filler = "x" * 1000
        sent, late = 0, None
        with self.scene.in_short(
            f"{self.author.name} parla i parla, i {self.jammed.name} no llegeix",
            f"{self.author.name} talks and talks, and {self.jammed.name} does not read",
        ):
            while len(self.places) < len(self.listeners):
                texts = [f"{number} {filler}" for number in range(sent, sent + 64)]
                self.author.sends("".join(f"{text}\n" for text in texts).encode())
                for listener in self.listeners:
                    self._hears(listener, texts, sent)
                sent += len(texts)
                if sent * len(filler) > JAMMED:
                    late = late or Deadline()
                if late and not late.left():
                    self._is_never_lost(sent * len(filler) // 10**6)
        for listener in self.listeners:
            self.scene.note(listener.label, "←", self.farewell)
        return [self.places[listener] for listener in self.listeners]

    def _is_never_lost(self, megabytes: int) -> None:
        raise Disappointment(
            f"{self.listeners[0].label} ← {self.farewell}",
            Other(
                tr(
                    f"{megabytes} MB de text, i cap comiat.",
                    f"{megabytes} MB of text, and no farewell.",
                )
            ),
            _means_jammed(),
        )

    def _hears(self, listener: Participant, texts: list[str], before: int) -> None:
        """It gets these texts; and once, somewhere before one of them, the farewell."""
        deadline = Deadline()
        for number, text in enumerate(texts, before):
            line = f"[{self.author.name}] {text}"
            while (came := listener.next(deadline)) != line:
                if came != self.farewell or listener in self.places:
                    self._should_not_come(listener, came, line)
                self.places[listener] = number

    def _should_not_come(
        self, listener: Participant, came: str | Came, line: str
    ) -> None:
        expected = f"{listener.label} ← {shorten(line)}"
        raise listener.disappoints(expected, came, _means_jammed())


def _means_jammed() -> str:
    return tr(
        "Qui no llegeix fa esperar els altres com a molt un TEMPS_ESPERA, una sola "
        "vegada: quan envia() no torna OK, s'ha de treure aquell participant de la "
        "llista i dir a la resta que s'ha perdut, quan la línia ja s'ha enviat a "
        "tothom.",
        "Whoever does not read keeps the others waiting for one TEMPS_ESPERA at most, "
        "just once: when envia() does not give OK, that participant has to be lost, "
        "taken off the list, and the rest told, once everyone has the line.",
    )


@step("P13")
def test_a_message_that_meets_several_broken_ones_reaches_all_the_others(scene):
    server = scene.server()
    berta, *broken, carla, anna = server.welcomes_all(8)
    text, more = scene.words.text(), scene.words.text()
    for one in broken:
        one.resets()
    anna.says(text)
    farewells = {lost(one.name): one for one in broken}
    farewells[f"[{anna.name}] {text}"] = anna
    means = tr(
        "La línia ha d'arribar també als que venen darrere d'algú que ja no hi és: no "
        "surtis del bucle (amb break, return o una excepció). Quan la línia s'ha "
        "enviat a tothom, es diu un sol comiat de cada un dels perduts.",
        "The line has to reach those who come after somebody who is gone, too: do not "
        "leave the loop (by break, return or an exception). Once the line has been "
        "sent to everyone, one farewell is said of each of those who are lost.",
    )
    seen = [
        _gets_one_farewell_each(one, farewells, "", means=means)
        for one in (berta, carla)
    ]
    if seen[0] != seen[1]:
        raise Disappointment(
            tr(
                f"{carla.name} rep les mateixes línies que {berta.name}, en el mateix "
                "ordre",
                f"{carla.name} gets the same lines as {berta.name}, in the same order",
            ),
            Other(tr("Són les mateixes, en un altre ordre.", "In another order.")),
            _means_jammed(),
        )
    anna.says(more)
    for other in (berta, carla):
        other.gets(f"[{anna.name}] {more}", _means_one_farewell())
    del farewells[f"[{anna.name}] {text}"]
    _gets_one_farewell_each(anna, farewells, "")
    _comes_in(server, 4, _means_one_farewell())


@step("P13")
def test_who_quits_and_breaks_off_at_once_has_one_farewell(scene):
    """Which one depends on who notices first; but never both, never twice."""
    server = scene.server()
    anna, *leavers, berta = server.welcomes_all(8)
    for leaver in leavers:
        leaver.says("{quit}")
        leaver.resets() if leaver in leavers[::2] else leaver.closes()
        # A message meets them while they leave.
        berta.says(scene.words.text(1))
    farewells = {line: p for p in leavers for line in (left(p.name), lost(p.name))}
    _gets_one_farewell_each(anna, farewells, f"[{berta.name}] ")
    _gets_one_farewell_each(berta, farewells, "")
    text = scene.words.text()
    berta.says(text)
    anna.gets(f"[{berta.name}] {text}", _means_one_farewell())
    newcomer = _comes_in(server, 3, _means_one_farewell())
    for other in (anna, berta):
        other.gets(came_in(newcomer.name), _means_one_farewell())


@step("P13")
def test_all_see_the_same_when_many_leave_and_break_off_at_once(scene):
    crowd = Crowd(
        scene.server(awkward=True), people=10, texts=4, leaving=True, breaking=True
    )
    crowd.comes_and_talks()
    crowd.nobody_saw_own_texts()
    crowd.each_authors_order_was_kept()
    crowd.all_saw_the_same()


# P14. The socket is closed ------------------------------------------------------------


@step("P14")
def test_there_is_always_room_for_one_more_when_those_before_have_left(scene):
    """More than there is room for at a time, but only a few at once."""
    server = scene.server()
    server.arrives().enters(1)
    for _ in range(6):
        _visits(server, 18)


@step("P14")
def test_no_descriptor_is_left_open(scene):
    server = scene.server()
    if server.descriptors() is None:
        pytest.skip("this system does not tell what a process has open")
    server.arrives().enters(1)
    before = server.descriptors() or 0
    visits = 24
    _visits(server, visits)
    deadline = Deadline()
    # Not all of them need to be the visitors'; but each of those that stay leaves one.
    while (now := server.descriptors() or 0) > before + visits // 4:
        if not deadline.left():
            raise Disappointment(
                tr(
                    f"quan les visites són fora, el servidor té {before} descriptors "
                    "oberts, com abans",
                    f"with the visitors gone, the server has {before} descriptors "
                    "open, as before",
                ),
                Other(tr(f"En té {now}.", f"It has {now}.")),
                _means_closed(),
            )
        time.sleep(0.01)


def _visits(server: Server, count: int) -> None:
    """So many come together; half of them come in, and all of them leave."""
    scene = server.scene
    with scene.in_short(
        f"entren {count} persones i marxen; la meitat, sense nom",
        f"{count} people come and leave; half of them without a name",
    ):
        visitors = [server.arrives() for _ in range(count)]
        for visitor in visitors:
            visitor.gets(GREETING, _means_closed())
        for visitor in visitors[::2]:
            visitor.says(visitor.name)
        for visitor in visitors:
            visitor.says("{quit}")
        for visitor in visitors:
            visitor.gets_rest(_means_closed())


def _means_closed() -> str:
    return tr(
        "Quan algú se'n va, amb el nom dit o sense, se n'ha de tancar el sòcol i ha de "
        "quedar lliure el seu lloc: si no, el servidor s'omple de connexions mortes i "
        "arriba un dia que ja no hi cap ningú.",
        "When somebody goes, its name said or not, its socket has to be closed and its "
        "place left free: if not, the server fills up with dead connections, and one "
        "day there is room for nobody.",
    )
