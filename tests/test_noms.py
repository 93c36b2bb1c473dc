"""Exercise `noms`: no two participants have the same name."""

import re

from tests.judge.deadline import Deadline
from tests.judge.disappointment import Came, Disappointment, Other
from tests.judge.people import Participant, Server, came_in, hello, left, lost
from tests.judge.step import step
from tools.language import tr

#: The most characters of a name.
LONGEST_NAME = 20

#: So many come at the same time, with one name.
CROWD = 90


def _comes_in(server: Server, said: str, called: str, means: str) -> Participant:
    """Somebody says one name and is called another (or the same): that is the point."""
    newcomer = server.arrives(called).greeted()
    newcomer.says(said)
    newcomer.gets(hello(called, len(server.inside) + 1), means)
    for other in server.inside:
        other.gets(came_in(called), means)
    server.inside.append(newcomer)
    return newcomer


def _leaves(server: Server, leaver: Participant, means: str) -> None:
    """Somebody leaves; the rest hear who it was, by the name that it had."""
    server.goes(leaver)
    leaver.leaves()
    for other in server.inside:
        other.gets(left(leaver.name), means)


def _means_number() -> str:
    return tr(
        "Si algú del xat ja es diu igual, s'afegeix al nom, tal com s'ha escrit, el "
        "primer número lliure, començant pel 2.",
        "If somebody in the chat has the same name already, the first free number, "
        "beginning with 2, is added to the name as it was written.",
    )


def _means_everybody() -> str:
    return tr(
        "Qui té un nom amb número el té per a tothom i per a tot: a l'«Hola», quan "
        "s'anuncia, quan parla, a la llista de la consola i als comiats.",
        "Who has a name with a number has it for everyone and for everything: in the "
        "“Hola”, when announced, when talking, in the console's list and in farewells.",
    )


# The new name -------------------------------------------------------------------------


@step("N1")
def test_everyone_calls_a_newcomer_by_its_new_name(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    second = _comes_in(server, anna.name, f"{anna.name}2", _means_number())
    means = _means_everybody()
    text, answer = scene.words.text(), scene.words.text()
    second.says(text)
    for other in (anna, berta):
        other.gets(f"[{second.name}] {text}", means)
    # The first one's name has not changed.
    anna.says(answer)
    for other in (berta, second):
        other.gets(f"[{anna.name}] {answer}", means)
    _are_listed(server, [anna, berta, second], means)
    _leaves(server, second, means)
    third = _comes_in(server, anna.name, f"{anna.name}2", _means_number())
    third.closes()
    for other in (anna, berta):
        other.gets(lost(third.name), means)


def _are_listed(server: Server, people: list[Participant], means: str) -> None:
    """`qui` lists these, in this order."""
    server.types("qui")
    server.types("quants")
    with server.scene.needing("F5"):
        passed = server.prints(f"Participants: {len(people)}")
    listed = [line for line in passed if line.startswith("- ")]
    if listed != [f"- {person.name}" for person in people]:
        raise Disappointment(
            " / ".join(f"- {person.name}" for person in people),
            Other(" / ".join(passed) or tr("Cap línia.", "No line.")),
            means,
        )


@step("N1")
def test_whose_name_nobody_has_keeps_it(scene):
    """Also when it is only like another one: no number is added, or taken away."""
    server = scene.server()
    name, tag = scene.words.name(), scene.words.tag()
    means = tr(
        "Dos noms són el mateix si tenen les mateixes lletres, sense comptar "
        "majúscules: això és el que compara casefold(). Que un comenci com l'altre, o "
        "que només s'hi assembli, no és dir-se igual.",
        "Two names are the same when they have the same letters, whatever their case: "
        "this is what casefold() compares. That one begins like the other, or is just "
        "like it, is not being the same.",
    )
    # The two of the last pair have the same capital letters.
    pairs = (f"{name}2", name), (f"{name}bé", f"{name}be"), (f"ı{tag}", f"i{tag}")
    for pair in pairs:
        for own in pair:
            _comes_in(server, own, own, means)


@step("N1")
def test_case_does_not_make_another_name(scene):
    server = scene.server()
    means = tr(
        "Per comparar noms, les majúscules no compten: s'ha de comparar el casefold() "
        "de tots dos (lower() no sap que «ß» i «SS» són el mateix), i el número "
        "s'afegeix al nom tal com s'ha escrit.",
        "When names are compared, case does not count: the casefold() of both has to "
        "be compared (lower() does not know that “ß” and “SS” are the same), and the "
        "number is added to the name as it was written.",
    )
    name = scene.words.name()
    server.welcomes(name)
    _comes_in(server, name.upper(), f"{name.upper()}2", means)
    # With a 2, its name would be the one before again.
    _comes_in(server, name.lower(), f"{name.lower()}3", means)
    stem = scene.words.name()
    server.welcomes(f"{stem}ß")
    _comes_in(server, f"{stem}SS", f"{stem}SS2", means)
    _comes_in(server, f"{stem}ß", f"{stem}ß3", means)


# The number ---------------------------------------------------------------------------


@step("N1")
def test_the_number_is_the_first_one_that_is_free(scene):
    server = scene.server()
    means = tr(
        "El número és el primer, començant pel 2, que fa un nom que ara no té ningú: "
        "s'ha de mirar cada vegada en els que hi ha, i no portar un compte a part. Qui "
        "se'n va deixa el nom lliure.",
        "The number is the first one, beginning with 2, that makes a name which nobody "
        "has now: that has to be looked up each time among those inside, and not kept "
        "count of. Whoever leaves frees its name.",
    )
    name = scene.words.name()
    first = server.welcomes(name)
    # Its own name.
    server.welcomes(f"{name}2")
    third = _comes_in(server, name, f"{name}3", means)
    _comes_in(server, name, f"{name}4", means)
    _leaves(server, third, means)
    _comes_in(server, name, f"{name}3", means)
    _comes_in(server, name, f"{name}5", means)
    _leaves(server, first, means)
    _comes_in(server, name, name, means)
    # The number is added to the name as it was said, the one that it ends in included.
    _comes_in(server, f"{name}2", f"{name}22", means)


@step("N1")
def test_a_name_is_cut_where_it_would_be_too_long_with_its_number(scene):
    server = scene.server()
    # Letters of two bytes: characters are what counts.
    longest = scene.words.name().ljust(LONGEST_NAME, "é")
    nearly = scene.words.name().ljust(LONGEST_NAME - 1, "ñ")
    for name in (longest, nearly):
        with scene.in_short(
            f"11 persones diuen, l'una darrere l'altra, que es diuen {name}",
            f"11 people say, one after another, that their name is {name}",
        ):
            server.welcomes(name)
            for number in map(str, range(2, 12)):
                called = name[: LONGEST_NAME - len(number)] + number
                _comes_in(server, name, called, _means_cut())


@step("N1")
def test_a_name_that_was_cut_is_nobody_elses(scene):
    server = scene.server()
    name = scene.words.name().ljust(LONGEST_NAME - 1, "o")
    server.welcomes(f"{name}a")
    # What the next one would be called.
    server.welcomes(f"{name}2")
    _comes_in(server, f"{name}a", f"{name}3", _means_cut())
    # Another name, which is the same once it is cut.
    server.welcomes(f"{name}e")
    _comes_in(server, f"{name}e", f"{name}4", _means_cut())


def _means_cut() -> str:
    return tr(
        "Amb el número, el nom tampoc no pot passar de 20 caràcters: se'n treuen del "
        "final tants com calgui perquè hi càpiga (un si el número té una xifra, dos si "
        "en té dues; cap, si ja hi cap), i el que en resulta no l'ha de tenir ningú "
        "més.",
        "With its number, a name may not have more than 20 characters either: as many "
        "as it takes are cut off its end (one for a number of one digit, two for two; "
        "none where it fits), and nobody else may have what comes of it.",
    )


# At the same time ---------------------------------------------------------------------


@step("N1")
def test_who_come_at_the_same_time_get_different_names(scene):
    """Many, and with a name that takes some comparing: two that get in each other's
    way are soon past it."""
    server = scene.server()
    witness = server.welcomes()
    name = scene.words.name().ljust(LONGEST_NAME - 2, "É")
    called = [name] + [f"{name}{number}" for number in range(2, CROWD + 1)]
    with scene.in_short(
        f"arriben {CROWD} persones, i totes diuen alhora que es diuen {name}",
        f"{CROWD} people arrive, and all say at once that their name is {name}",
    ):
        newcomers = [server.arrives(name).greeted() for _ in called]
        for newcomer in newcomers:
            newcomer.says(name)
    _all_are_announced(witness, called)
    free = set(called)
    for newcomer in newcomers:
        newcomer.name = _is_called_one_of(newcomer, free)
        free.remove(newcomer.name)
    # And so they are called from then on.
    text = scene.words.text()
    for newcomer in newcomers[::8]:
        newcomer.says(text)
        witness.gets(f"[{newcomer.name}] {text}", _means_everybody())


def _all_are_announced(witness: Participant, called: list[str]) -> None:
    """It hears that each of these has come in, once; their order is anybody's."""
    missing = {came_in(one): one for one in called}
    deadline = Deadline()
    while missing:
        came = witness.next(deadline)
        if came not in missing:
            line = came_in(next(iter(missing.values())))
            raise witness.disappoints(
                f"{witness.label} ← {line}", came, _means_together()
            )
        del missing[came]


def _is_called_one_of(newcomer: Participant, names: set[str]) -> str:
    """Its `Hola` calls it by one of these names; gives which."""
    came: str | Came = newcomer.next(Deadline())
    if isinstance(came, str):
        found = re.fullmatch(
            r"\* Hola, (.+)! Ja ets al xat\. Participants: \d+\.", came
        )
        if found and found[1] in names:
            newcomer.scene.note(newcomer.label, "←", came)
            return found[1]
    expected = tr(" o ", " or ").join(sorted(names, key=lambda name: (len(name), name)))
    raise newcomer.disappoints(
        f"{newcomer.label} ← * Hola, {expected}!…", came, _means_together()
    )


def _means_together() -> str:
    return tr(
        "Si dos arriben alhora amb el mateix nom, tots dos poden mirar la llista abans "
        "que l'altre hi sigui: triar el nom i afegir-se a la llista s'ha de fer sense "
        "deixar anar el candau entremig.",
        "When two come at once with the same name, both may look at the list before "
        "the other one is there: choosing the name and getting onto the list has to be "
        "done without letting go of the lock in between.",
    )
