"""Group Y, the exercise `yeswanna`: a talk between two, by consent."""

import pytest

from tests.judge.disappointment import Disappointment
from tests.judge.people import (
    CLOSING,
    Participant,
    Server,
    came_in,
    left,
    lost,
    too_long,
)
from tests.judge.step import step
from tools.language import tr

YES = "yes wanna"
BACK = "* Torneu a parlar amb tothom."

#: The most bytes of a text: `MIDA_TEXT`.
LONGEST_TEXT = 1024


def _asks(author: Participant) -> str:
    """What the guest is told."""
    return f"* {author.name} et convida a parlar a soles. Respon «{YES}» per acceptar."


def _invited(guest: Participant) -> str:
    """What the author of an invitation is told."""
    return f"* Has convidat {guest.name}."


def _declined(guest: Participant) -> str:
    return f"* {guest.name} no ha acceptat."


def _pair(author: Participant, guest: Participant) -> str:
    return f"* Ara parleu a soles: {author.name} i {guest.name}."


def _cannot(person: Participant) -> str:
    return f"* {person.name} ara no pot."


def _nobody(name: str) -> str:
    return f"* No hi ha ningú més que es digui {name}."


def _expelled(person: Participant) -> str:
    return f"* {person.name} ha estat expulsat del xat."


# What they do, and what must come of it -----------------------------------------------


def _invites(author: Participant, guest: Participant) -> None:
    """The author invites the guest; both are told."""
    author.says(f"{{convida {guest.name}}}")
    with author.scene.needing("Y1"):
        author.gets(_invited(guest))
        guest.gets(_asks(author))


def _accepts(guest: Participant, author: Participant, answer: str = YES) -> None:
    """The guest says yes; both are told that they talk alone."""
    guest.says(answer)
    with author.scene.needing("Y2"):
        for one in (author, guest):
            one.gets(
                _pair(author, guest),
                tr(
                    "«yes wanna», en majúscules o en minúscules i amb espai blanc al "
                    "voltant o sense, és que sí: es diu a tots dos, amb el nom de qui "
                    "ha convidat al davant.",
                    "«yes wanna», in capitals or not, with white space around it or "
                    "without, means yes: both are told so, the one who invited named "
                    "first.",
                ),
            )


def _talk_alone(author: Participant, guest: Participant) -> None:
    _invites(author, guest)
    _accepts(guest, author)


def _says_to(
    author: Participant,
    *listeners: Participant,
    text: str | None = None,
    means: str | None = None,
) -> None:
    """The author says a text, and it is the next that each of these gets."""
    text = text or author.scene.words.text()
    author.says(text)
    for listener in listeners:
        listener.gets(f"[{author.name}] {text}", means)


def _all_talk(*people: Participant, means: str | None = None) -> None:
    """Each says a text that all the others get: nobody gets anything before it."""
    for author in people:
        others = [person for person in people if person is not author]
        _says_to(author, *others, means=means)


# Y1. Inviting -------------------------------------------------------------------------


@step("Y1")
def test_the_guest_is_asked_the_author_is_told_and_the_rest_hear_nothing(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    anna.says(f"{{convida {berta.name}}}")
    means = tr(
        "Amb {convida NOM} es diu una cosa a qui s'ha convidat i una altra a qui "
        "convida, i la línia no es reenvia a ningú.",
        "With {convida NOM} the guest is told one thing and the author another, and "
        "the line is passed on to nobody.",
    )
    berta.gets(_asks(anna), means)
    anna.gets(_invited(berta), means)
    _says_to(carla, anna, berta, means=means)
    # Who has invited somebody still talks to all; the others' own lines come after.
    _says_to(anna, berta, carla, means=means)


@step("Y1")
def test_nobody_can_invite_a_stranger_or_itself(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    nameless = server.arrives().greeted()
    gone = server.welcomes()
    gone.says("{quit}")
    with scene.needing("P10"):
        for other in (anna, berta):
            other.gets(left(gone.name))
    means = tr(
        "Només es pot convidar algú altre que ja sigui al xat i es digui així. Si no, "
        "es diu a qui ho ha demanat, i a ningú més.",
        "One can invite nobody but another one who is in the chat already and is "
        "called so. Otherwise the one who asked is told, and nobody else.",
    )
    for name in (scene.words.name(), nameless.name, gone.name, anna.name):
        anna.says(f"{{convida {name}}}")
        anna.gets(_nobody(name), means)
    _all_talk(anna, berta, means=means)


@step("Y1")
def test_of_two_of_one_name_each_can_invite_the_other(scene):
    if scene.subject.expects("N1"):
        pytest.skip("with the exercise noms, no two have the same name")
    server = scene.server()
    anna = server.welcomes()
    namesake = server.welcomes(anna.name)
    carla = server.welcomes()
    means = tr(
        "L'autor no es pot convidar ell mateix, però sí un altre que es digui igual: "
        "qui és qui ho diu el participant, i no el nom.",
        "The author cannot invite itself, but it can invite another one of the same "
        "name: it is the participant that tells who is who, and not the name.",
    )
    author, guest = scene.words.random.sample([anna, namesake], 2)
    author.says(f"{{convida {author.name}}}")
    author.gets(_invited(guest), means)
    guest.gets(_asks(author), means)
    _says_to(carla, author, guest, means=means)
    _says_to(author, guest, carla, means=means)


@step("Y1")
def test_of_two_of_one_name_just_one_is_invited(scene):
    """The one that came first, or the other: the contract does not say."""
    if scene.subject.expects("N1"):
        pytest.skip("with the exercise noms, no two have the same name")
    server = scene.server()
    first = server.welcomes()
    second = server.welcomes(first.name)
    carla = server.welcomes()
    carla.says(f"{{convida {first.name}}}")
    carla.gets(_invited(first))
    text = scene.words.text()
    carla.says(text)
    line = f"[{carla.name}] {text}"
    means = tr(
        "De dos que es diguin igual, se'n convida un de sol.",
        "Of two who have the same name, just one is invited.",
    )
    got = [one.gets_one_of(_asks(carla), line, means=means) for one in (first, second)]
    if got[0] == got[1]:
        # Both were asked, or neither: that one of them is not, is what is missing.
        second.gets(_asks(carla) if got[1] == line else line, means)
    (first if got[1] == line else second).gets(line, means)


@step("Y1")
def test_who_has_invited_or_is_invited_cannot_be_invited(scene):
    server = scene.server()
    anna, berta, carla, dolors = server.welcomes_all(4)
    _invites(anna, berta)
    stranger = scene.words.name()
    means = tr(
        "Qui ha convidat algú, o l'han convidat, ni pot convidar ni el poden convidar. "
        "Es mira, per aquest ordre: si el nom és d'algú altre, si l'autor pot, si pot "
        "qui es diu així. I només se'n diu alguna cosa a qui ho ha demanat.",
        "Whoever has invited somebody, or is invited, can neither invite nor be "
        "invited. These are the checks, in this order: whether the name is another "
        "one's, whether the author can, whether the one of that name can. And nobody "
        "is told but the one who asked.",
    )
    for author, name, line in (
        (carla, anna.name, _cannot(anna)),
        (carla, berta.name, _cannot(berta)),
        (anna, carla.name, _cannot(anna)),
        (anna, berta.name, _cannot(anna)),
        (anna, stranger, _nobody(stranger)),
        (anna, anna.name, _nobody(anna.name)),
    ):
        author.says(f"{{convida {name}}}")
        author.gets(line, means)
    # All of it came to nothing: those who are free still are.
    carla.says(f"{{convida {dolors.name}}}")
    carla.gets(_invited(dolors), means)
    dolors.gets(_asks(carla), means)
    _says_to(anna, berta, carla, dolors, means=means)
    _says_to(carla, anna, berta, dolors, means=means)


@step("Y1")
def test_without_a_name_it_is_a_text(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    means = tr(
        "{convida} sense cap nom, o enmig d'altres paraules, és un text com qualsevol "
        "altre.",
        "{convida} without a name, or among other words, is a text like any other.",
    )
    for text in ("{convida}", f"diu {{convida {berta.name}}}", f"convida {berta.name}"):
        _says_to(anna, berta, text=text, means=means)
    # The real thing still works: it is the form of the line that makes it one.
    _invites(anna, berta)


# Y2. Accepting and declining ----------------------------------------------------------


@step("Y2")
def test_yes_wanna_is_told_to_both_and_the_rest_hear_nothing(scene):
    server = scene.server()
    anna, berta, carla, dolors = server.welcomes_all(4)
    _invites(anna, berta)
    _says_to(anna, berta, carla, dolors)
    # Who comes too late changes nothing: it is the first one's answer that is awaited.
    carla.says(f"{{convida {berta.name}}}")
    with scene.needing("Y1"):
        carla.gets(_cannot(berta))
    _accepts(berta, anna)
    _says_to(carla, dolors, means=_means_silent())
    _says_to(dolors, carla, means=_means_silent())


def _means_silent() -> str:
    return tr(
        "La invitació i la resposta són cosa de dos: la resta no n'ha de sentir res.",
        "The invitation and the answer are between two: the rest must hear nothing of "
        "them.",
    )


@step("Y2")
def test_yes_wanna_counts_in_capitals_and_with_white_space_around(scene):
    server = scene.server()
    people = server.welcomes_all(4)
    answers = scene.words.random.sample(
        ["YES WANNA", "  Yes Wanna\t", "yes wANNA ", "\tYES wanna"], 2
    )
    for answer in answers:
        author, guest = people.pop(), people.pop()
        _invites(author, guest)
        _accepts(guest, author, answer)


@step("Y2")
def test_a_blank_line_or_a_text_too_long_is_no_answer(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    _invites(anna, berta)
    for blank in ("", " \t "):
        berta.says(blank)
    size = LONGEST_TEXT + scene.words.random.randint(1, 99)
    berta.says(scene.words.of_bytes(size))
    with scene.needing("P9"):
        berta.gets(too_long(size))
    means = tr(
        "Una línia en blanc, o un text massa llarg, no és cap resposta: la invitació "
        "continua esperant-la.",
        "A blank line, or a text that is too long, is no answer: the invitation still "
        "waits for one.",
    )
    berta.says(YES)
    for one in (anna, berta):
        one.gets(_pair(anna, berta), means)


@step("Y2")
def test_any_other_text_declines_and_is_passed_on(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    means = tr(
        "Qualsevol altra cosa que digui l'invitat és que no: primer es diu a qui l'ha "
        "convidat, i després la línia fa el seu camí, com si no hi hagués hagut "
        "invitació.",
        "Anything else that the guest says means no: the one who invited is told so, "
        "and then the line goes its usual way, as if there had been no invitation.",
    )
    for text in (scene.words.text(), f"{YES}!", "yes  wanna", "yes", "{convida}"):
        _invites(anna, berta)
        berta.says(text)
        anna.gets(_declined(berta), means)
        for other in (anna, carla):
            other.gets(f"[{berta.name}] {text}", means)
    _is_a_text(berta, anna, carla)
    # Both are free again.
    _invites(carla, anna)
    _says_to(berta, anna, carla, means=means)


def _is_a_text(author: Participant, *others: Participant) -> None:
    """Its `yes wanna` is a text like any other: nobody has invited it."""
    _says_to(
        author,
        *others,
        text=YES,
        means=tr(
            "A qui no té cap invitació per respondre, «yes wanna» li surt com un text "
            "qualsevol.",
            "For somebody who has no invitation to answer, «yes wanna» is a text like "
            "any other.",
        ),
    )


@step("Y2")
def test_yes_wanna_is_a_text_when_nobody_has_invited(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    for one in (anna, berta):
        _is_a_text(one, *(other for other in (anna, berta, carla) if other is not one))
    # The author's own yes is no answer either: it is for the guest to say.
    _invites(anna, berta)
    _is_a_text(anna, berta, carla)
    _is_a_text(carla, anna, berta)
    _accepts(berta, anna)


@step("Y2")
def test_an_invitation_in_answer_declines_and_invites(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    means = tr(
        "Un {convida NOM} és una resposta com qualsevol altra que no sigui «yes "
        "wanna»: primer és que no, i llavors, com que ja pot, convida.",
        "A {convida NOM} is an answer like any other that is not «yes wanna»: first it "
        "means no, and then, being free, the guest invites.",
    )
    _invites(anna, berta)
    berta.says(f"{{convida {carla.name}}}")
    anna.gets(_declined(berta), means)
    berta.gets(_invited(carla), means)
    carla.gets(_asks(berta), means)
    carla.says(f"{{convida {berta.name}}}")
    berta.gets(_declined(carla), means)
    carla.gets(_invited(berta), means)
    berta.gets(_asks(carla), means)
    _says_to(anna, berta, carla, means=means)
    _accepts(berta, carla)


@step("Y2")
def test_two_who_invite_each_other_at_once_agree_on_who_was_first(scene):
    """Whichever line is read first; the other one is an answer to it then."""
    server = scene.server()
    anna, berta, carla, dolors = server.welcomes_all(4)
    _invites(carla, dolors)
    for author, guest in ((anna, berta), (berta, anna)):
        author.says(f"{{convida {guest.name}}}")
    means = tr(
        "Els dos s'han convidat alhora: la línia que es llegeix primer convida, i "
        "l'altra n'és la resposta, que no és «yes wanna» i torna a convidar. Si els "
        "dos fils ho fan alhora, sense el candau, cada un veu una cosa diferent.",
        "The two invited each other at once: the line that is read first invites, and "
        "the other is an answer to it, which is not «yes wanna» and invites in turn. "
        "If both threads do it at once, without the lock, each sees another thing.",
    )
    first = anna.gets_one_of(_invited(berta), _asks(berta), means=means)
    early, late = (anna, berta) if first == _invited(berta) else (berta, anna)
    # What one of them got already is not waited for again.
    awaited = {
        early: [_invited(late), _declined(late), _asks(late)],
        late: [_asks(early), _invited(early)],
    }
    awaited[anna].remove(first)
    for one, lines in awaited.items():
        for line in lines:
            one.gets(line, means)
    _says_to(carla, anna, berta, dolors, means=means)
    _accepts(early, late)


@step("Y2")
def test_a_guest_who_quits_has_not_accepted(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    _invites(anna, berta)
    berta.says("{quit}")
    means = tr(
        "{quit} també és una resposta que no és «yes wanna»: a qui ha convidat se li "
        "diu que no s'ha acceptat, i després rep el comiat, com la resta.",
        "{quit} is an answer, too, and not «yes wanna»: the one who invited is told "
        "that the guest has not accepted, and then gets the farewell, as the rest do.",
    )
    anna.gets(_declined(berta), means)
    for other in (anna, carla):
        other.gets(left(berta.name), means)
    with scene.needing("P14"):
        berta.gets_end()
    # The author is free again.
    _invites(anna, carla)


@step("Y2")
def test_who_talks_can_neither_invite_nor_be_invited(scene):
    server = scene.server()
    anna, berta, carla, dolors = server.welcomes_all(4)
    _talk_alone(anna, berta)
    stranger = scene.words.name()
    means = tr(
        "Qui parla a soles ni pot convidar ni el poden convidar. Es mira, per aquest "
        "ordre: si el nom és d'algú altre, si l'autor pot, si pot qui es diu així.",
        "Who talks alone can neither invite nor be invited. The checks, in this order: "
        "whether the name is another one's, whether the author can, whether the one of "
        "that name can.",
    )
    for author, name, line in (
        (carla, anna.name, _cannot(anna)),
        (carla, berta.name, _cannot(berta)),
        (anna, carla.name, _cannot(anna)),
        (berta, anna.name, _cannot(berta)),
        (berta, stranger, _nobody(stranger)),
        (berta, berta.name, _nobody(berta.name)),
    ):
        author.says(f"{{convida {name}}}")
        author.gets(line, means)
    _says_to(carla, dolors, means=means)
    _says_to(dolors, carla, means=means)


# Y3. A talk between two ---------------------------------------------------------------


@step("Y3")
def test_what_the_two_say_goes_to_each_other_alone(scene):
    server = scene.server()
    anna, berta, carla, dolors = server.welcomes_all(4)
    _talk_alone(anna, berta)
    means = tr(
        "El que diuen els dos que parlen a soles ho ha de rebre l'altre, amb el nom "
        "de qui ho diu al davant, i ningú més: ni la resta, ni qui ho ha dit.",
        "What the two who talk alone say must come to the other one, with its author's "
        "name before it, and to nobody else: neither the rest, nor its author.",
    )
    for author, reader in ((anna, berta), (berta, anna), (berta, anna), (anna, berta)):
        _says_to(author, reader, means=means)
    _says_to(dolors, anna, berta, carla, means=means)
    # Who would have one of them is told that it cannot be, and they are not.
    carla.says(f"{{convida {berta.name}}}")
    with scene.needing("Y2"):
        carla.gets(_cannot(berta))
    _says_to(carla, anna, berta, dolors, means=means)
    _says_to(dolors, anna, berta, carla, means=means)


@step("Y3")
def test_what_the_rest_say_and_who_comes_and_goes_still_reaches_the_two(scene):
    server = scene.server()
    anna, berta, carla, dolors = server.welcomes_all(4)
    _talk_alone(anna, berta)
    means = tr(
        "Els dos que parlen a soles continuen al xat: senten el que diu la resta, i "
        "saben qui hi entra i qui en surt.",
        "The two who talk alone are still in the chat: they hear what the rest say, "
        "and who comes and who goes.",
    )
    _says_to(carla, anna, berta, dolors, means=means)
    newcomer = server.arrives().enters(5)
    for other in (anna, berta, carla, dolors):
        other.gets(came_in(newcomer.name), means)
    _says_to(anna, berta, means=means)
    _says_to(
        newcomer,
        anna,
        berta,
        carla,
        dolors,
        means=tr(
            "Qui entra mentre dos parlen a soles parla amb tothom.",
            "Whoever comes in while two talk alone talks to all.",
        ),
    )
    dolors.says("{quit}")
    for other in (anna, berta, carla, newcomer):
        other.gets(left(dolors.name), means)
    _says_to(carla, anna, berta, newcomer, means=means)


@step("Y3")
def test_two_pairs_do_not_hear_each_other(scene):
    server = scene.server()
    anna, berta, carla, dolors, esteve = server.welcomes_all(5)
    _talk_alone(anna, carla)
    _talk_alone(dolors, berta)
    means = tr(
        "Hi pot haver moltes parelles alhora: cada una té la seva conversa.",
        "There may be many pairs at once: each has its own talk.",
    )
    for author, reader in ((anna, carla), (berta, dolors), (carla, anna)):
        _says_to(author, reader, means=means)
    _says_to(esteve, anna, berta, carla, dolors, means=means)
    _says_to(dolors, berta, means=means)


@step("Y3")
def test_a_text_between_two_is_a_text_like_any_other(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    _talk_alone(anna, berta)
    means = tr(
        "A soles es parla com sempre: les línies en blanc no es reenvien, i «yes "
        "wanna» i {convida} sense nom són textos, que van només a l'altre.",
        "Alone one talks as always: blank lines are not passed on, and «yes wanna» and "
        "{convida} without a name are texts, which go to the other one alone.",
    )
    for blank in ("", "  "):
        anna.says(blank)
    for text in (YES, "{convida}", f"  {scene.words.text()}\t"):
        _says_to(anna, berta, text=text, means=means)
    anna.says(scene.words.of_bytes(LONGEST_TEXT + 1))
    with scene.needing("P9"):
        anna.gets(too_long(LONGEST_TEXT + 1))
    _says_to(berta, anna, text=YES, means=means)
    longest = scene.words.of_bytes(LONGEST_TEXT)
    _says_to(anna, berta, text=longest, means=means)
    _says_to(carla, anna, berta, means=means)


# Y4. Ending it ------------------------------------------------------------------------


@step("Y4")
@pytest.mark.parametrize("by", ["author", "guest"])
def test_prou_ends_the_talk_for_both(scene, by):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    _talk_alone(anna, berta)
    _says_to(anna, berta)
    (anna if by == "author" else berta).says("{prou}")
    means = tr(
        "Amb {prou}, de qualsevol dels dos, s'acaba la conversa: es diu a tots dos, i "
        "prou. La resta no en sent res, i a partir d'aquí els dos parlen amb tothom.",
        "With {prou}, said by either, the talk ends: both are told, and that is all. "
        "The rest hear nothing of it, and from then on the two talk to all.",
    )
    for one in (anna, berta):
        one.gets(BACK, means)
    _all_talk(carla, anna, berta, means=means)
    # Both are free again.
    _invites(anna, carla)
    carla.says(scene.words.text())
    anna.gets(_declined(carla), means)


@step("Y4")
def test_prou_before_the_answer_takes_the_invitation_back(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    _invites(anna, berta)
    anna.says("{prou}")
    means = tr(
        "{prou}, abans de la resposta, retira la invitació: es diu a tots dos, i la "
        "resta no en sent res.",
        "{prou}, before the answer, takes the invitation back: both are told, and the "
        "rest hear nothing of it.",
    )
    for one in (anna, berta):
        one.gets(BACK, means)
    _is_a_text(berta, anna, carla)
    _all_talk(anna, berta, carla, means=means)
    _talk_alone(berta, anna)


@step("Y4")
def test_prou_outside_a_talk_is_a_text(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    means = tr(
        "A qui ni parla a soles ni ha convidat ningú, {prou} li surt com un text "
        "qualsevol.",
        "For who neither talks alone nor has invited anybody, {prou} is a text like "
        "any other.",
    )
    _says_to(anna, berta, carla, text="{prou}", means=means)
    _talk_alone(anna, berta)
    # A third one's is no business of theirs.
    _says_to(carla, anna, berta, text="{prou}", means=means)
    _says_to(anna, berta, text=f"{{prou}}, {scene.words.text()}", means=means)
    berta.says("{prou}")
    for one in (anna, berta):
        one.gets(BACK, means)
    for author in (anna, berta):
        others = [one for one in (anna, berta, carla) if one is not author]
        _says_to(author, *others, text="{prou}", means=means)


@step("Y4")
def test_two_who_say_prou_at_once_end_the_talk_once(scene):
    """Whichever is read first ends it; the other one is a text to all then."""
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    _talk_alone(anna, berta)
    for one in (anna, berta):
        one.says("{prou}")
    means = tr(
        "Els dos han dit {prou} alhora: el que es llegeix primer acaba la conversa, i "
        "l'altre, que ja arriba fora d'ella, és un text per a tothom.",
        "The two said {prou} at once: the one that is read first ends the talk, and "
        "the other, which comes when it is over, is a text for all.",
    )
    lines = {one: f"[{one.name}] {{prou}}" for one in (anna, berta)}
    came = carla.gets_one_of(*lines.values(), means=means)
    early, late = (anna, berta) if came == lines[berta] else (berta, anna)
    for one in (early, late):
        one.gets(BACK, means)
    early.gets(lines[late], means)
    _all_talk(carla, anna, berta, means=means)


@step("Y4")
def test_prou_and_yes_wanna_at_once_come_one_after_the_other(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    _talk_alone(anna, berta)
    anna.says("{prou}")
    for one in (anna, berta):
        one.gets(BACK)
    _invites(anna, berta)
    anna.says("{prou}")
    berta.says(YES)
    means = tr(
        "{prou} i «yes wanna» s'han dit alhora. Si es llegeix primer {prou}, la "
        "invitació es retira, i «yes wanna» és un text; si no, comença la conversa i "
        "s'acaba tot seguit. Els dos han de veure el mateix.",
        "{prou} and «yes wanna» were said at once. If {prou} is read first, the "
        "invitation is taken back, and «yes wanna» is a text; otherwise the talk "
        "begins and ends right away. Both have to see the same.",
    )
    pair = _pair(anna, berta)
    if anna.gets_one_of(BACK, pair, means=means) == BACK:
        berta.gets(BACK, means)
        for other in (anna, carla):
            other.gets(f"[{berta.name}] {YES}", means)
    else:
        berta.gets(pair, means)
        for one in (anna, berta):
            one.gets(BACK, means)
    _all_talk(carla, anna, berta, means=means)


@step("Y4")
@pytest.mark.parametrize("by", ["author", "guest"])
def test_when_one_of_the_two_quits_the_other_is_back_with_all(scene, by):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    _talk_alone(anna, berta)
    goes, stays = (anna, berta) if by == "author" else (berta, anna)
    goes.says("{quit}")
    _is_back(left(goes.name), stays, carla)
    with scene.needing("P14"):
        goes.gets_end()


@step("Y4")
def test_when_one_of_the_two_is_lost_the_other_is_back_with_all(scene):
    server = scene.server()
    anna, berta, carla, dolors, esteve = server.welcomes_all(5)
    _talk_alone(anna, berta)
    _talk_alone(carla, dolors)
    berta.resets()
    with scene.needing("P12"):
        for other in (carla, dolors, esteve):
            other.gets(lost(berta.name))
    _is_back(lost(berta.name), anna, esteve, also=[carla, dolors], heard=True)
    carla.closes()
    with scene.needing("P12"):
        anna.gets(lost(carla.name))
    _is_back(lost(carla.name), dolors, esteve, also=[anna])


def _is_back(
    farewell: str,
    stays: Participant,
    witness: Participant,
    also: list[Participant] = (),
    heard: bool = False,
) -> None:
    """It gets the farewell, then that it is back; the witness gets the farewell alone.

    `also` are the others who are there; with `heard`, the rest got the farewell.
    """
    means = tr(
        "Quan un dels dos se'n va, de la manera que sigui, l'altre rep el comiat, com "
        "tothom, i després que torna a parlar amb tothom; i ho fa.",
        "When one of the two goes, in whatever way, the other gets the farewell, as "
        "all do, and then that it is back with all; and it is.",
    )
    stays.gets(farewell, means)
    stays.gets(BACK, means)
    if not heard:
        witness.gets(farewell, means)
    _says_to(stays, witness, *also, means=means)
    _says_to(witness, stays, *also, means=means)
    # Free to be invited, too; and to decline.
    _invites(witness, stays)
    text = witness.scene.words.text()
    stays.says(text)
    witness.gets(_declined(stays), means)
    for other in (witness, *also):
        other.gets(f"[{stays.name}] {text}", means)


@step("Y4")
@pytest.mark.parametrize("how", ["quits", "is-lost"])
def test_when_the_author_goes_the_invitation_is_gone_without_a_word(scene, how):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    _invites(anna, berta)
    if how == "quits":
        anna.says("{quit}")
        farewell = left(anna.name)
    else:
        anna.resets()
        farewell = lost(anna.name)
    means = tr(
        "Qui convidava se n'ha anat abans de la resposta: l'invitat en rep el comiat, "
        "com tothom, i cap més línia; ja no té res per respondre, i és lliure.",
        "The one who invited has gone before the answer: the guest gets the farewell, "
        "as all do, and no other line; it has nothing to answer any more, and is free.",
    )
    for other in (berta, carla):
        other.gets(farewell, means)
    _is_a_text(berta, carla)
    _says_to(carla, berta, means=means)
    _talk_alone(carla, berta)


@step("Y4")
def test_when_the_guest_is_lost_it_has_not_accepted(scene):
    server = scene.server()
    anna, berta, carla = server.welcomes_all(3)
    _invites(anna, berta)
    berta.resets()
    means = tr(
        "S'ha perdut la connexió amb l'invitat, que ja no respondrà: qui l'havia "
        "convidat en rep el comiat, com tothom, i després que no ha acceptat; i torna "
        "a ser lliure.",
        "The guest's connection is lost, and it will not answer any more: who had "
        "invited it gets the farewell, as all do, and then that it has not accepted; "
        "and is free again.",
    )
    with scene.needing("P12"):
        carla.gets(lost(berta.name))
    anna.gets(lost(berta.name), means)
    anna.gets(_declined(berta), means)
    _all_talk(anna, carla, means=means)
    _talk_alone(anna, carla)


@step("Y4")
def test_when_one_is_expelled_the_other_is_told_after_the_farewell(scene):
    if not scene.subject.expects("M2"):
        pytest.skip("only with the exercise consola can anybody be expelled")
    server = scene.server()
    anna, berta, carla, dolors, esteve, fina, gemma, helena = server.welcomes_all(8)
    try:
        _expels(server, helena, [anna, berta, carla, dolors, esteve, fina, gemma])
    except Disappointment:
        pytest.skip("nobody can be expelled yet, not even one who is free")
    _talk_alone(anna, berta)
    _invites(carla, dolors)
    _invites(fina, esteve)
    _expels(server, berta, [carla, dolors, esteve, fina, gemma])
    _is_back(
        _expelled(berta), anna, gemma, also=[carla, dolors, esteve, fina], heard=True
    )
    _expels(server, dolors, [anna, esteve, fina, gemma, carla])
    carla.gets(
        _declined(dolors),
        tr(
            "Qui és expulsat abans de respondre no ha acceptat: primer es diu el "
            "comiat a tothom, i després això a qui l'havia convidat.",
            "Who is expelled before it answers has not accepted: first all get the "
            "farewell, and then the one who invited is told so.",
        ),
    )
    _expels(server, fina, [anna, carla, esteve, gemma])
    _is_a_text(esteve, anna, carla, gemma)
    _all_talk(anna, carla, esteve, gemma)


def _expels(server: Server, person: Participant, others: list[Participant]) -> None:
    """Somebody is put out, and these hear so."""
    server.types(f"expulsa {person.name}")
    for other in others:
        other.gets(_expelled(person))


@step("Y4")
def test_when_the_chat_closes_nobody_is_back_with_all(scene):
    server = scene.server()
    anna, berta, carla, dolors, esteve = server.welcomes_all(5)
    _talk_alone(anna, berta)
    _invites(carla, dolors)
    server.closes_chat()
    means = tr(
        "Un cop el xat es tanca no es diu res més a ningú: ni comiats, ni que la "
        "conversa s'ha acabat, ni que no s'ha acceptat una invitació.",
        "Once the chat closes nothing else is told to anybody: no farewells, nor that "
        "the talk has ended, nor that an invitation was not accepted.",
    )
    for one in (anna, berta, carla, dolors, esteve):
        one.gets(CLOSING, means)
        one.gets_end(means)
    server.ends(0, means)
