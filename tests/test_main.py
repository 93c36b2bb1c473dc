"""Group F: what the server's main thread does, and how the server is started."""

import os
import re
import signal
import socket

import pytest

from tests.judge.addresses import USUAL, own_address, taken_elsewhere
from tests.judge.crowd import Crowd
from tests.judge.deadline import Deadline
from tests.judge.disappointment import Disappointment, Other
from tests.judge.people import CLOSING, Participant, Server, hello
from tests.judge.process import ASCII_LOCALE
from tests.judge.step import step
from tools.language import tr


def dont_understand(line: str) -> str:
    return f"No t'entenc: {line}. Escriu «ajuda»."


# F1. The address and the port ---------------------------------------------------------


@step("F1")
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("127.0.0.1", "vuit"), id="no-number"),
        pytest.param(("127.0.0.1", "65536"), id="too-big"),
        pytest.param(("127.0.0.1", "-1"), id="negative"),
        pytest.param(("127.0.0.1", "0", "més"), id="one-too-many"),
    ],
)
def test_wrong_arguments_end_it_with_status_2(scene, arguments):
    server = Server(scene, arguments)
    server.ends(
        2,
        means=tr(
            "Amb uns arguments que no són correctes, el programa ha d'escriure a la "
            "sortida d'error com es fa servir i acabar amb l'estat 2. El port és un "
            "enter de 0 a 65535, i darrere no hi va res més.",
            "When its arguments are wrong, the program has to write on standard error "
            "how it is used, and end with status 2. The port is a whole number from 0 "
            "to 65535, and nothing comes after it.",
        ),
    )
    server.complains()


@step("F1")
def test_it_listens_at_the_address_and_port_that_it_is_given(scene):
    address = own_address(scene.words.random)
    holder, port = taken_elsewhere(address)
    scene.keep(holder)
    server = Server(scene, (address, str(port)))
    means = tr(
        "El servidor ha d'escoltar a l'adreça i al port que li han donat, i a cap "
        f"altra adreça (a {USUAL}, aquest port ja és ocupat), i ho ha de dir tal com "
        "li ho han donat.",
        "The server has to listen at the address and port that it was given, and at no "
        f"other address (at {USUAL} this port is taken), and say them as it was given "
        "them.",
    )
    server.says_where(means)
    if server.port != port:
        raise Disappointment(
            f"Escoltant a {address}:{port}", Other(f"…:{server.port}"), means
        )
    server.arrives()


@step("F1")
def test_port_0_lets_the_system_choose(scene):
    servers = [Server(scene, ("localhost", "0")) for _ in range(2)]
    means = tr(
        "Amb el port 0, el sistema en tria un de lliure: el de debò es pregunta al "
        "sòcol. L'adreça s'escriu tal com s'ha donat.",
        "With port 0 the system chooses a free one: the real one is asked of the "
        "socket. The address is written as it was given.",
    )
    ports = {server.says_where(means) for server in servers}
    if len(ports) != 2 or 0 in ports:
        raise Disappointment(
            tr("dos ports diferents", "two different ports"),
            Other(", ".join(map(str, ports))),
            means,
        )


@step("F1")
def test_what_is_not_given_is_127_0_0_1_and_8888(scene):
    address = own_address(scene.words.random)
    everything = Server(scene, ())
    # Once more at the usual address would be at odds with the first.
    just_the_port = Server(scene, (address,)) if address != USUAL else None
    _names_its_place(everything, USUAL)
    if just_the_port:
        _names_its_place(just_the_port, address)


def _names_its_place(server: Server, host: str) -> None:
    """It says that it listens at port 8888 of `host`, or that it cannot."""
    listens = f"Escoltant a {host}:8888"
    deadline = Deadline()
    seen = []
    while True:
        # Looked at first: what it said before its end is still to be read.
        ended = server.stdout.ended and server.stderr.ended
        over = ended or not deadline.left()
        if (line := server.stdout.next_line(Deadline(0.05))) is not None:
            seen.append(line)
        complaints = "\n".join(server.stderr.lines)
        if listens in seen or (host in complaints and "8888" in complaints):
            server.scene.note(server.label, "←", f"{host}:8888")
            return
        # Whoever can't listen has ended, or its thread has; the rest is chatter, and
        # the one who listens may be the program itself.
        stopped = ended or "Traceback" in complaints
        if complaints and stopped and _somebody_listens(host):
            pytest.skip(f"somebody else listens at {host}:8888")
        if over and line is None:
            raise Disappointment(
                tr(f"servidor escriu «{listens}»", f"server prints «{listens}»"),
                server.silence(deadline, seen),
                tr(
                    "Sense arguments, el servidor escolta a 127.0.0.1, al port 8888; "
                    "si només li donen l'adreça, al port 8888 d'aquella adreça.",
                    "Without arguments the server listens at 127.0.0.1, port 8888; "
                    "with an address alone, at port 8888 of that address.",
                ),
            )


def _somebody_listens(host: str) -> bool:
    with socket.socket() as sock:
        sock.settimeout(1)
        return sock.connect_ex((host, 8888)) == 0


# F2, F6. The end ----------------------------------------------------------------------


@step("F2")
def test_one_event_ends_everything(scene):
    """Whoever is inside, whoever has not said its name yet, and the process."""
    server = scene.server()
    anna = server.arrives().enters(1)
    berta = server.arrives().enters(2)
    nameless = server.arrives().greeted()
    server.closes_chat()
    means = tr(
        "Quan s'acaba el xat, se n'han d'assabentar tots els fils: els dels "
        "participants, el de qui encara no ha dit el nom, i el de peticions. Tots han "
        "de mirar el mateix esdeveniment, de tant en tant.",
        "When the chat ends, every thread has to find out: those of the participants, "
        "that of whoever has not said a name yet, and the one for requests. All must "
        "look at the same event, now and then.",
    )
    for person in (anna, berta, nameless):
        person.gets_until(CLOSING, means)
        person.gets_end(means)
    server.ends(0, means)


@step("F6")
def test_finalitza_ends_the_process_with_nobody_inside(scene):
    """Whatever the keyboard is doing: here, a line is half typed."""
    server = scene.server()
    server.types_bytes(
        b"finalitza\nqu",
        tr("escriu «finalitza» i «qu…»", "types «finalitza» and «qu…»"),
    )
    server.ends(0, _means_ending())


@step("F6")
def test_finalitza_ends_the_process_though_people_stay(scene):
    server = scene.server()
    server.arrives().enters(1)
    server.arrives().greeted()
    server.closes_chat()
    server.ends(0, _means_ending())


def _means_ending() -> str:
    return tr(
        "Amb «finalitza», el procés s'ha d'acabar tot sol, amb l'estat 0, encara que "
        "ningú no escrigui res més ni es desconnecti. Si no s'acaba, queda algun fil "
        "en marxa: potser un que llegeix el teclat o un sòcol i no mira "
        "l'esdeveniment.",
        "On «finalitza» the process has to end by itself, with status 0, even if "
        "nobody types anything more or disconnects. If it does not, some thread is "
        "left running: perhaps one that reads the keyboard or a socket and does not "
        "look at the event.",
    )


# F3. The list, and the lock that guards it --------------------------------------------


@step("F3")
def test_all_see_the_same_when_many_come_and_talk_at_once(scene):
    crowd = Crowd(scene.server(awkward=True), people=10, texts=6)
    crowd.comes_and_talks()
    crowd.each_was_counted()
    crowd.nobody_saw_own_texts()
    crowd.each_authors_order_was_kept()
    crowd.all_saw_the_same()


# F4. The requests thread --------------------------------------------------------------


@step("F4")
def test_it_says_that_it_listens(scene):
    Server(scene).says_where(
        tr(
            "Ningú no ha arribat a escoltar, o el que s'ha escrit s'ha quedat a la "
            "memòria (flush). Mira si s'engega el fil de peticions, i si el sòcol "
            "de servidor es crea abans de dir-ho.",
            "Nobody has come to listen, or what was printed has stayed in the buffer "
            "(flush). See whether the requests thread is started, and whether the "
            "server socket is made before this is said.",
        )
    )


# F5. The console ----------------------------------------------------------------------


@step("F5")
def test_ajuda_has_a_line_for_each_command(scene):
    server = scene.server()
    server.types("ajuda")
    missing = ["ajuda", "quants", "qui", "finalitza"]
    seen: list[str] = []
    deadline = Deadline()
    while missing:
        line = server.stdout.next_line(deadline)
        if line is None:
            raise Disappointment(
                tr(
                    f"una línia de l'ajuda que comença amb «{missing[0]}»",
                    f"a line of the help that begins with «{missing[0]}»",
                ),
                server.silence(deadline, seen),
                tr(
                    "L'ordre «ajuda» escriu una línia per a cada ordre, que comença "
                    "amb el seu nom.",
                    "The command «ajuda» prints a line for each command, beginning "
                    "with its name.",
                )
                if seen
                else tr(
                    "La consola no respon. O el que s'escriu amb print() es queda a la "
                    "memòria (flush), o el fil principal no hi ha arribat: amb "
                    "target=f(…), o amb run() en lloc de start(), no es fa cap fil "
                    "nou, i és el principal qui s'hi queda.",
                    "The console does not answer. Either what is printed stays in the "
                    "buffer (flush), or the main thread has not come there: with "
                    "target=f(…), or run() instead of start(), no new thread is made, "
                    "and the main one is held up itself.",
                ),
            )
        seen.append(line)
        missing = [name for name in missing if not re.match(rf"{name}\b", line)]


@step("F5")
def test_quants_counts_and_qui_lists_those_who_are_in(scene):
    server = scene.server()
    names = sorted(scene.words.name() for _ in range(4))
    # Neither in alphabetical order nor the other way round.
    names = [names[2], names[0], names[3], names[1]]
    for count, name in enumerate(names, 1):
        server.arrives(name).enters(count)
    # Not in yet.
    server.arrives().greeted()
    _counts(server, 4)
    server.types("qui")
    listed = []
    for name in names:
        listed += server.prints(f"- {name}", _means_qui())
    server.types("quants")
    listed += server.prints("Participants: 4")
    for line in listed:
        if line.startswith("- "):
            raise Disappointment(
                " / ".join(f"- {name}" for name in names),
                Other(tr(f"També, o abans: {line}", f"Also, or before: {line}")),
                _means_qui(),
            )


def _counts(server: Server, number: int) -> None:
    server.types("quants")
    server.prints(
        f"Participants: {number}",
        tr(
            "«quants» compta els participants: qui encara no ha dit el nom, no. I el "
            "que s'escriu ha de sortir de seguida (flush).",
            "«quants» counts the participants: not one who has not said a name yet. "
            "And what is printed must come out at once (flush).",
        ),
    )


def _means_qui() -> str:
    return tr(
        "L'ordre «qui» escriu «- {nom}», una línia per a cada participant i cap més, "
        "per ordre d'arribada: el primer que ha entrat, el primer.",
        "The command «qui» prints «- {nom}», a line for each participant and no other, "
        "in order of arrival: whoever came in first comes first.",
    )


@step("F5")
def test_names_are_printed_in_utf_8_whatever_the_locale(scene):
    server = scene.server(env=ASCII_LOCALE)
    name = f"Núria·漢🐙{scene.words.tag()[:6]}"
    server.arrives(name).enters(1)
    server.types("qui")
    server.prints(
        f"- {name}",
        tr(
            "En aquest ordinador el sistema no diu que la sortida sigui en UTF-8, i "
            "les lletres amb accent surten malament o aturen el programa: la sortida "
            "ha de ser en UTF-8 sempre (reconfigure).",
            "On this computer the system does not say that output is UTF-8, and "
            "letters with accents come out wrong or stop the program: output must "
            "always be UTF-8 (reconfigure).",
        ),
    )


@step("F5")
def test_empty_lines_and_spaces_around_a_command_do_nothing(scene):
    server = scene.server()
    means = tr(
        "Una línia buida, o només amb espais, no fa res: la consola continua. Els "
        "espais que hi ha abans o després d'una ordre no compten. I si arriben unes "
        "quantes línies de cop, s'han d'atendre totes.",
        "A line that is empty, or nothing but spaces, does nothing: the console goes "
        "on. Spaces before or after a command do not count. And if several lines come "
        "at once, all of them must be attended to.",
    )
    for line in ("quants", "  quants\t", "quants\r"):
        shown = line.replace("\t", "\\t").replace("\r", "\\r")
        server.types_bytes(
            f"\n   \n{line}\n".encode(),
            tr(
                f"escriu, de cop: «», «   », «{shown}»",
                f"types, at once: «», «   », «{shown}»",
            ),
        )
        server.prints("Participants: 0", means)


# F7. What goes wrong at the console ---------------------------------------------------


@step("F7")
def test_an_unknown_command_is_answered(scene):
    """In UTF-8 both ways, whatever the locale."""
    server = scene.server(env=ASCII_LOCALE)
    word = f"això·{scene.words.tag()}"
    for line in (word, "QUANTS", "quants ara", f"{word} €"):
        server.types(line)
        passed = server.prints(dont_understand(line), _means_unknown())
        others = [p for p in passed if p.startswith(("No t'entenc", "Participants"))]
        if others:
            raise Disappointment(
                tr(
                    f"servidor no escriu «{others[0]}»",
                    f"server does not print «{others[0]}»",
                ),
                Other(tr("Ho ha escrit.", "It printed it.")),
                _means_unknown(),
            )
        server.types("")


def _means_unknown() -> str:
    return tr(
        "A una línia que no és cap ordre, la consola hi respon «No t'entenc: …», amb "
        "la línia tal com s'ha escrit, en UTF-8. Les majúscules compten, una paraula "
        "de més també, i una línia buida no fa res.",
        "To a line that is no command, the console answers «No t'entenc: …», with the "
        "line as it was typed, in UTF-8. Case counts, so does a word too many, and an "
        "empty line does nothing.",
    )


@step("F7")
def test_it_runs_without_a_keyboard(scene):
    server = scene.server(closed_input=True)
    for count in (1, 2, 3):
        newcomer = server.arrives().greeted()
        newcomer.says(newcomer.name)
        newcomer.gets(hello(newcomer.name, count), _means_end_of_input())


@step("F7")
def test_it_goes_on_when_its_input_ends_and_ctrl_c_ends_it(scene):
    server = scene.server()
    anna = server.arrives().enters(1)
    _has_settled(server, 1)
    server.ends_input()
    berta = server.arrives().greeted()
    berta.says(berta.name)
    berta.gets(hello(berta.name, 2), _means_end_of_input())
    _is_ended_by(server, "SIGINT", [berta])
    anna.gets_until(CLOSING)


def _means_end_of_input() -> str:
    return tr(
        "El final de l'entrada (Ctrl-D, o un servidor que s'engega sense teclat) no "
        "acaba el xat: el servidor continua, sense consola.",
        "The end of the input (Ctrl-D, or a server that is started without a keyboard) "
        "does not end the chat: the server goes on, without a console.",
    )


@step("F7")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_does_what_finalitza_does(scene, name):
    server = scene.server()
    anna = server.arrives().enters(1)
    nameless = server.arrives().greeted()
    _has_settled(server, 1)
    _is_ended_by(server, name, [anna, nameless])


def _has_settled(server: Server, count: int) -> None:
    """Its console answers: by now it is ready for a signal."""
    server.types("quants")
    with server.scene.needing("F5"):
        server.prints(f"Participants: {count}")


def _is_ended_by(server: Server, name: str, people: list[Participant]) -> None:
    """By this signal: `people` are told, and the process ends with status 0."""
    if os.name == "nt":
        pytest.skip("Windows has no signals that one process sends another")
    server.signals(signal.Signals[name])
    means = tr(
        "Ctrl-C (SIGINT) i SIGTERM han de fer el mateix que «finalitza»: tothom sap "
        "que el xat es tanca, i el procés s'acaba amb l'estat 0.",
        "Ctrl-C (SIGINT) and SIGTERM must do what «finalitza» does: everyone is told "
        "that the chat closes, and the process ends with status 0.",
    )
    for person in people:
        person.gets(CLOSING, means)
        person.gets_end(means)
    server.ends(0, means)
