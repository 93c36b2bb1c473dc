"""Group S, the exercise `contrasenya`: a password for the chat."""

import signal

import pytest

from tests.judge.addresses import own_address
from tests.judge.deadline import Deadline, patience
from tests.judge.disappointment import Disappointment, Other
from tests.judge.log import Log
from tests.judge.people import (
    CLOSING,
    GREETING,
    LOST_SERVER,
    Client,
    Line,
    Participant,
    Peer,
    Server,
    came_in,
    hello,
)
from tests.judge.process import Process, Silence
from tests.judge.scene import Scene
from tests.judge.shorten import shorten
from tests.judge.step import step
from tests.judge.terminal import Terminal
from tools.language import tr

ASKED = "* Quina és la contrasenya?"
WRONG = "* Contrasenya incorrecta."

#: The environment's name for the password.
VARIABLE = "XAT_CONTRASENYA"

#: Seconds for the password, and as many again for the name: `TEMPS_NOM`.
TIME_TO_ANSWER = 10

#: The longest line of a connection, in bytes: `MIDA_MAXIMA`.
LONGEST_LINE = 4096

#: How often it is tried whether others get on while a wrong password waits. One time
#: is enough; on a machine that is busy, it may be the others who are slow.
TRIES = 6


def _password(scene: Scene) -> str:
    """A password that no program makes simpler without its being noticed."""
    return f" {scene.words.tag()} de l'Àvia  Núria ½ 🐈 "


def _server_with(scene: Scene, password: str) -> Server:
    scene.says_that(
        f"{VARIABLE} és «{shorten(password)}»", f"{VARIABLE} is «{shorten(password)}»"
    )
    return scene.server(env={VARIABLE: password})


def _is_asked(server: Server, **options) -> Participant:
    """Somebody connects, and is asked for the password."""
    visitor = server.arrives(**options)
    with server.scene.needing("S1"):
        visitor.gets(
            ASKED,
            tr(
                "Si hi ha contrasenya, és el primer que es demana: abans de la "
                "benvinguda, i abans d'escoltar res.",
                "If there is a password, it is the first thing to ask for: before the "
                "greeting, and before listening to anything.",
            ),
        )
    return visitor


def _knows_it(server: Server, password: str, **options) -> Participant:
    """Somebody is asked, says the password, and is greeted."""
    visitor = _is_asked(server, **options)
    visitor.says(password)
    with server.scene.needing("S1"):
        visitor.gets(GREETING, _means_right())
    return visitor


def _comes_in(server: Server, password: str, count: int) -> Participant:
    """Somebody says the password, then its name, and is in; they are so many now."""
    visitor = _knows_it(server, password)
    visitor.says(visitor.name)
    with server.scene.needing("P4"):
        visitor.gets(hello(visitor.name, count))
    return visitor


def _means_right() -> str:
    return tr(
        "La contrasenya era la bona, lletra per lletra: se n'ha de treure només el "
        "final de línia. Després ve la benvinguda, com si no hi hagués contrasenya.",
        "The password was the right one, letter by letter: nothing but the line's end "
        "is to be taken off. Then comes the greeting, as if there were no password.",
    )


# S1. The server asks and checks -------------------------------------------------------


@step("S1")
def test_who_knows_it_is_greeted_and_comes_in(scene):
    """Though somebody else, asked before, is silent all the while."""
    password, text = _password(scene), scene.words.text()
    server = _server_with(scene, password)
    silent = _is_asked(server)
    anna = _comes_in(server, password, 1)
    berta = _is_asked(server)
    berta.sends_in_pieces(scene.words.cuts(f"{password}\r\n".encode()))
    berta.gets(GREETING, _means_right())
    berta.says(berta.name)
    berta.gets(hello(berta.name, 2))
    with scene.needing("P5"):
        anna.gets(came_in(berta.name))
    silent.says(password)
    silent.gets(GREETING, _means_right())
    silent.says(silent.name)
    silent.gets(hello(silent.name, 3))
    for other in (anna, berta):
        with scene.needing("P5"):
            other.gets(came_in(silent.name))
    silent.says(text)
    anna.gets(f"[{silent.name}] {text}")


@step("S1")
def test_without_a_password_nobody_is_asked(scene):
    means = tr(
        f"Sense {VARIABLE}, o si és buida, no hi ha contrasenya: ningú no l'ha de "
        "demanar, i el xat fa com sempre.",
        f"Without {VARIABLE}, or when it is empty, there is no password: nobody is to "
        "ask for it, and the chat does as always.",
    )
    for password in (None, ""):
        server = scene.server(env={VARIABLE: password})
        server.arrives().gets(GREETING, means)


@step("S1")
def test_password_name_and_text_may_come_in_one_packet(scene):
    password, text = _password(scene), scene.words.text()
    server = _server_with(scene, password)
    anna = _comes_in(server, password, 1)
    berta = server.arrives()
    berta.sends(f"{password}\n{berta.name}\n{text}\n".encode())
    means = tr(
        "La contrasenya, el nom i el primer missatge poden arribar junts: cada línia "
        "és per a qui la demana, i cap no s'ha de perdre.",
        "Password, name and first message may arrive together: each line is for the "
        "one who asks for it, and none must be lost.",
    )
    for line in (ASKED, GREETING, hello(berta.name, 2)):
        berta.gets(line, means)
    anna.gets(came_in(berta.name), means)
    anna.gets(f"[{berta.name}] {text}", means)


@step("S1")
def test_it_is_compared_exact(scene):
    """And half of a right one is kept while `TEMPS_ESPERA` passes, more than once."""
    password = _password(scene)
    server = _server_with(scene, password)
    slow = _is_asked(server)
    letters = f"{password}\r\n".encode()
    half = letters.index("ú".encode()) + 1
    slow.sends(letters[:half])
    means = tr(
        "La contrasenya s'ha de comparar tal com és: compten els espais, les "
        "majúscules, els accents, i hi ha de ser tota. Si no és la bona, "
        f"«{WRONG}», i s'acaba la connexió.",
        "The password is to be compared just as it is: spaces, capitals and accents "
        f"count, and all of it has to be there. If it is not the right one, «{WRONG}», "
        "and the connection ends.",
    )
    attempts = [
        password.strip(),
        f"{password} ",
        password.swapcase(),
        password.replace("À", "A").replace("ú", "u"),
        password[:-3],
        "",
    ]
    visitors = [_is_asked(server) for _ in attempts]
    for visitor, attempt in zip(visitors, attempts, strict=True):
        visitor.says(attempt)
    for visitor in visitors:
        visitor.gets(WRONG, means)
        visitor.gets_end(means)
    slow.sends(letters[half:])
    slow.gets(GREETING, _means_right())


@step("S1")
def test_of_who_does_not_know_it_the_rest_hear_nothing(scene):
    password = _password(scene)
    server = _server_with(scene, password)
    witness = _comes_in(server, password, 1)
    # As a client does that knows nothing of passwords: it says its name at once.
    plain = server.arrives()
    plain.says(plain.name)
    for line in ("{quit}", " {quit}\t"):
        quitter = _is_asked(server)
        quitter.says(line)
        quitter.gets_end(
            tr(
                "Qui diu {quit} en lloc de la contrasenya se'n va: no se li diu res, i "
                "s'acaba la connexió.",
                "Whoever says {quit} instead of the password leaves: it is told "
                "nothing, and the connection ends.",
            )
        )
    endless = _is_asked(server)
    with scene.needing("C7"):
        endless.sends(
            f"{password}{'x' * LONGEST_LINE}\n".encode(),
            tr("una línia de més de 4096 bytes", "a line of more than 4096 bytes"),
        )
        endless.gets_end(
            tr(
                "Una línia massa llarga és un error de la connexió, i no cap "
                "contrasenya: no se li diu res, i s'acaba.",
                "A line that is too long is an error of the connection, and no "
                "password: it is told nothing, and the connection ends.",
            )
        )
    halving = _is_asked(server)
    halving.sends(password.encode())
    halving.half_closes()
    halving.gets_end(
        tr(
            "Mitja línia al final no és cap missatge, ni cap contrasenya.",
            "Half a line at the end is no message, and no password.",
        )
    )
    _is_asked(server).closes()
    _is_asked(server).resets()
    for line in (ASKED, WRONG):
        plain.gets(line)
    plain.gets_end()
    _nobody_was_told(server, password, witness)


def _nobody_was_told(server: Server, password: str, *inside: Participant) -> None:
    """The next that they hear is who comes in now, and its first text."""
    means = tr(
        "Qui no ha dit la contrasenya no ha arribat a entrar: no compta, i la resta no "
        "n'ha de saber res.",
        "Whoever has not said the password has not come in: it does not count, and the "
        "rest must hear nothing of it.",
    )
    newcomer = _knows_it(server, password)
    newcomer.says(newcomer.name)
    newcomer.gets(hello(newcomer.name, len(inside) + 1), means)
    text = server.scene.words.text()
    newcomer.says(text)
    for other in inside:
        other.gets(came_in(newcomer.name), means)
        other.gets(f"[{newcomer.name}] {text}", means)


@step("S1")
def test_who_is_asked_is_told_when_the_chat_closes(scene):
    password = _password(scene)
    server = _server_with(scene, password)
    silent = _is_asked(server)
    nameless = _knows_it(server, password)
    anna = _comes_in(server, password, 1)
    mistaken = _is_asked(server)
    mistaken.says(scene.words.tag())
    server.closes_chat()
    means = tr(
        "Mentre s'espera la contrasenya també s'ha de mirar si el xat s'acaba: a qui "
        "se li ha demanat, se li diu que es tanca.",
        "While one waits for the password, one has to see whether the chat ends, too: "
        "whoever was asked for it is told that the chat closes.",
    )
    for person in (silent, nameless, anna):
        person.gets(CLOSING, means)
        person.gets_end(means)
    # It may have been answered before the end was marked, or after.
    mistaken.gets_one_of(WRONG, CLOSING)
    mistaken.gets_end(means)
    server.ends(0, means)


@step("S1")
@pytest.mark.thorough
def test_the_password_and_the_name_have_their_time_each(scene):
    password = _password(scene)
    server = _server_with(scene, password)
    witness = _comes_in(server, password, 1)
    silent, trickling, slow = (_is_asked(server) for _ in range(3))
    _trickles(trickling, 0.6 * TIME_TO_ANSWER)
    slow.says(password)
    slow.gets(GREETING, _means_right())
    _trickles(trickling, 0.4 * TIME_TO_ANSWER + patience())
    means = tr(
        f"Qui en {TIME_TO_ANSWER} segons no ha dit la contrasenya ja no la dirà, "
        "encara que vagi enviant lletres: s'acaba la connexió, sense dir-li res.",
        f"Who has not said the password in {TIME_TO_ANSWER} seconds will not say it "
        "any more, even if letters keep coming: the connection ends, without a word.",
    )
    for visitor in (trickling, silent):
        visitor.gets_end(means)
    slow.says(slow.name)
    slow.gets(
        hello(slow.name, 2),
        tr(
            f"Per dir el nom hi ha {TIME_TO_ANSWER} segons més, a comptar des de la "
            "benvinguda: el temps de la contrasenya és a part.",
            f"For the name there are {TIME_TO_ANSWER} seconds more, counted from the "
            "greeting: the time for the password is another.",
        ),
    )
    witness.gets(came_in(slow.name))
    _nobody_was_told(server, password, witness, slow)


def _trickles(visitor: Participant, seconds: float) -> None:
    """It sends a byte now and then, for so long or until something comes."""
    deadline = Deadline(seconds)
    with visitor.scene.in_short(
        f"{visitor.label} envia una lletra de tant en tant, sense acabar mai la línia",
        f"{visitor.label} sends a letter now and then, and never ends the line",
    ):
        while deadline.left() and isinstance(visitor.next(Deadline(0.5)), Silence):
            visitor.sends(b"a")


# S2. The client answers ---------------------------------------------------------------


def _connects(
    scene: Scene, password: str | None, terminal: Terminal | None = None
) -> tuple[Client, Peer]:
    """A client with this password in its environment; and the server's end."""
    host = scene.host()
    if password is not None:
        scene.says_that(
            f"{VARIABLE} és «{shorten(password)}»",
            f"{VARIABLE} is «{shorten(password)}»",
        )
    if terminal:
        scene.says_that(
            "el teclat del client és un terminal", "the client's keyboard is a terminal"
        )
    client = scene.client(host.port, env={VARIABLE: password}, terminal=terminal)
    return client, host.meets_silently()


def _gives(peer: Peer, password: str, means: str | None = None) -> None:
    """The client, asked, sends this password: the first thing that it sends."""
    peer.says(ASKED)
    with peer.scene.needing("S2"):
        peer.gets(password, means or _means_answer())


def _is_let_in(client: Client, peer: Peer) -> None:
    """After its password, the client is greeted, says its name, and is in."""
    peer.says(GREETING)
    with peer.scene.needing("S2"):
        peer.gets(client.name, _means_greeting_first())
    peer.says(hello(client.name, 1))


def _means_answer() -> str:
    return tr(
        "Primer ha de parlar el servidor, trigui el que trigui: fins que no se sap què "
        "demana, no se li envia res. Si demana la contrasenya, el primer que se li "
        f"envia és la de {VARIABLE}, tal com és.",
        "The server has to speak first, however long it takes: until one knows what it "
        "asks for, nothing is sent. If it asks for the password, the first thing to be "
        f"sent is the one of {VARIABLE}, just as it is.",
    )


def _means_greeting_first() -> str:
    return tr(
        "El nom és la resposta a la benvinguda: s'envia quan ha arribat, i no abans.",
        "The name is the answer to the greeting: it is sent when that has come, and "
        "not before.",
    )


@step("S2")
def test_it_lets_the_server_speak_first_and_gives_its_own_password(scene):
    password = _password(scene)
    client, peer = _connects(scene, password)
    peer.keeps_quiet()
    _gives(peer, password)
    _is_let_in(client, peer)
    for line in (ASKED, GREETING, hello(client.name, 1)):
        client.prints(
            line,
            tr(
                "El que diu el servidor es mostra, també les línies que llegeix qui "
                "espera la pregunta i la benvinguda.",
                "What the server says is shown, also the lines that are read by the "
                "one who waits for the question and the greeting.",
            ),
        )
    text = scene.words.text()
    client.types(text)
    peer.gets(text)


@step("S2")
def test_it_does_not_give_its_password_when_it_is_not_asked(scene):
    password = _password(scene)
    client, peer = _connects(scene, password)
    peer.says(GREETING)
    means = tr(
        "Si el servidor saluda sense demanar la contrasenya, el client fa com sempre: "
        "diu el nom. La contrasenya no s'ha d'enviar a qui no la demana.",
        "If the server greets without asking for the password, the client does as "
        "always: it says its name. The password is not to be sent to who does not ask "
        "for it.",
    )
    peer.gets(client.name, means)
    peer.says(hello(client.name, 1))
    client.types("{quit}")
    before = peer.gets_until("{quit}")
    if before:
        raise Disappointment(
            tr("el client no envia res més", "the client sends nothing else"),
            Line(peer.label, before[0]),
            means,
        )


@step("S2")
def test_without_a_password_or_a_terminal_it_sends_an_empty_line(scene):
    client, peer = _connects(scene, None)
    text = scene.words.text()
    client.types(text)
    _gives(
        peer,
        "",
        tr(
            f"No hi ha {VARIABLE}, i el teclat no és un terminal: no hi ha ningú a qui "
            "demanar la contrasenya. El que arriba pel teclat és el que es dirà al "
            "xat. S'envia una línia buida, i el servidor dirà que no.",
            f"There is no {VARIABLE}, and the keyboard is no terminal: there is nobody "
            "to ask for the password. What comes from the keyboard is what will be "
            "said in the chat. An empty line is sent, and the server will say no.",
        ),
    )
    _is_let_in(client, peer)
    peer.gets(text)


@step("S2")
def test_at_a_terminal_it_asks_for_it_unseen(scene):
    terminal = Terminal(scene)
    client, peer = _connects(scene, None, terminal)
    # Letters that are the same in every locale.
    tag = scene.words.tag()
    password = f"{tag} del Xat"
    peer.says(ASKED)
    means = tr(
        "Mentre s'escriu la contrasenya, el terminal no l'ha de mostrar: ni lletra per "
        "lletra, ni després.",
        "While the password is typed, the terminal must not show it: neither letter by "
        "letter, nor afterwards.",
    )
    terminal.hides_what_is_typed(means)
    client.types(password)
    peer.gets(password)
    _is_let_in(client, peer)
    with scene.needing("K3"):
        client.prints(hello(client.name, 1))
    text = scene.words.tag()
    client.types(text)
    peer.gets(
        text,
        tr(
            "Després de la contrasenya, el que s'escriu al teclat torna a ser el que "
            "es diu al xat.",
            "After the password, what is typed is what is said in the chat again.",
        ),
    )
    client.types("{quit}")
    peer.gets("{quit}")
    peer.closes()
    client.ends(0)
    terminal.has_not_shown(tag, means)
    _printed_nowhere(client, tag, means)


@step("S2")
def test_ctrl_c_when_it_is_asked_at_a_terminal_is_a_quit(scene):
    terminal = Terminal(scene)
    client, peer = _connects(scene, None, terminal)
    peer.says(ASKED)
    terminal.hides_what_is_typed()
    client.signals(signal.SIGINT)
    means = tr(
        "Ctrl-C és com {quit}, també mentre es demana la contrasenya: es diu {quit} al "
        "servidor, i s'acaba amb l'estat 0.",
        "Ctrl-C is like {quit}, also while the password is being asked for: the server "
        "is told {quit}, and the program ends with status 0.",
    )
    peer.gets("{quit}", means)
    peer.half_closes()
    client.ends(0, means)


@step("S2")
def test_when_its_password_is_wrong_it_shows_so_and_ends(scene):
    password = _password(scene)
    client, peer = _connects(scene, password)
    _gives(peer, password)
    peer.keeps_quiet()
    peer.says(WRONG)
    peer.half_closes()
    means = tr(
        "El servidor ha dit que no, i ha acabat la connexió: la seva línia s'ha de "
        "mostrar, i l'estat ha de dir que no ha anat bé.",
        "The server said no, and ended the connection: its line must be shown, and the "
        "status must say that it did not go well.",
    )
    client.ends(1, means)
    client.printed(WRONG, means)
    _gave_no_name(client, peer)


def _gave_no_name(client: Client, peer: Peer) -> None:
    """There was no greeting, and so the client has not said its name."""
    if client.name in peer.gets_rest():
        raise Disappointment(
            tr(
                "el client no diu el nom: no li han donat la benvinguda",
                "the client does not say its name: it has not been greeted",
            ),
            Line(peer.label, client.name),
            _means_greeting_first(),
        )


@step("S2")
def test_when_the_chat_closes_instead_of_a_greeting_it_ends_well(scene):
    password = _password(scene)
    client, peer = _connects(scene, password)
    _gives(peer, password)
    peer.says(CLOSING)
    peer.half_closes()
    means = tr(
        "El servidor s'ha acomiadat, encara que no hagi arribat a donar la benvinguda: "
        "no s'ha perdut res, i l'estat és 0.",
        "The server has said goodbye, though it never came to the greeting: nothing "
        "was lost, and the status is 0.",
    )
    client.ends(0, means)
    client.printed(CLOSING)
    client.did_not_print(LOST_SERVER, means)
    _gave_no_name(client, peer)


@step("S2")
def test_when_the_server_goes_before_the_greeting_it_is_lost(scene):
    password = _password(scene)
    means = tr(
        "La connexió s'ha acabat mentre s'esperava la pregunta o la benvinguda: rep() "
        "torna ERROR, i no s'ha d'esperar més.",
        "The connection ended while the question or the greeting was being waited for: "
        "rep() gives ERROR, and one must not wait any more.",
    )
    client, peer = _connects(scene, password)
    peer.half_closes()
    asked, other = _connects(scene, password)
    _gives(other, password)
    other.half_closes()
    for lost in (client, asked):
        lost.ends(1, means)
        lost.printed(LOST_SERVER, means)


# S3. A wrong one is slow, and none is printed or logged -------------------------------


@step("S3")
def test_a_wrong_one_waits_for_its_answer_and_nobody_waits_for_it(scene):
    """No clock is looked at: much happens before the answer comes, or it does not."""
    password = _password(scene)
    server = _server_with(scene, password)
    anna, berta = (_comes_in(server, password, count) for count in (1, 2))
    with scene.needing("P5"):
        anna.gets(came_in(berta.name))
    for _ in range(TRIES):
        mistaken = [_is_asked(server) for _ in range(3)]
        for one in mistaken:
            one.says(scene.words.tag())
        with scene.in_short(
            "els altres es diuen coses, i algú altre diu la contrasenya",
            "the others say things, and somebody else says the password",
        ):
            # While she is being asked, there is the time to read theirs.
            carla = _is_asked(server)
            for author, reader in 3 * ((anna, berta), (berta, anna)):
                text = scene.words.text()
                author.says(text)
                with scene.needing("P8"):
                    reader.gets(f"[{author.name}] {text}")
            carla.says(password)
            with scene.needing("S1"):
                carla.gets(GREETING)
        early = [(one, one.next(Deadline(0.005))) for one in mistaken]
        answered = [(one, came) for one, came in early if not isinstance(came, Silence)]
        if not answered:
            for one in mistaken:
                one.gets(WRONG)
                one.gets_end()
            return
        first, came = answered[0]
        if came != WRONG:
            break
        scene.note(first.label, "←", WRONG)
    raise first.disappoints(
        tr(
            "els altres parlen, i algú rep la benvinguda, abans que "
            f"{first.label} rebi «{WRONG}»",
            "the others talk, and somebody is greeted, before "
            f"{first.label} gets «{WRONG}»",
        ),
        came,
        tr(
            "O la resposta no s'ha fet esperar un TEMPS_ESPERA, i es poden provar "
            "moltes contrasenyes en poca estona; o qui espera té agafat el candau, o "
            "és un fil de tots, i fa esperar els altres.",
            "Either the answer did not wait for one TEMPS_ESPERA, and many passwords "
            "can be tried in a short time; or the one who waits holds the lock, or is "
            "a thread that serves all, and the others wait too.",
        ),
    )


@step("S3")
def test_a_wrong_one_is_a_warning_with_the_address_and_none_is_logged(scene):
    right, wrong = scene.words.tag(), scene.words.tag()
    server = _server_with(scene, right)
    log = Log(server, "servidor.log")
    with scene.needing("L1"):
        log.gets("INFO")
    _comes_in(server, right, 1)
    mistaken = _is_asked(server, source=own_address(scene.words.random))
    mistaken.says(wrong)
    with scene.needing("S1"):
        mistaken.gets(WRONG)
    log.gets(
        "WARNING",
        mistaken.origin[0],
        means=tr(
            "Qui prova contrasenyes ha de quedar al registre: una línia WARNING amb la "
            "seva adreça, perquè de nom encara no en té.",
            "Whoever tries passwords must be in the log: a WARNING line with its "
            "address, as it has no name yet.",
        ),
    )
    server.closes_chat()
    with scene.needing("F6"):
        server.ends(0)
    for tag in (right, wrong):
        log.has_no(tag, means=_means_secret())
        _printed_nowhere(server, tag, _means_secret())
    log.has_no("Traceback")


@step("S3")
def test_the_client_neither_prints_nor_logs_it(scene):
    password = scene.words.tag()
    client, peer = _connects(scene, password)
    _gives(peer, password)
    _is_let_in(client, peer)
    client.types("{quit}")
    with scene.needing("K5"):
        peer.gets("{quit}")
        peer.closes()
        client.ends(0)
    log = Log(client, "client.log")
    with scene.needing("L2"):
        log.gets("INFO")
    log.has_no(password, means=_means_secret())
    _printed_nowhere(client, password, _means_secret())


def _printed_nowhere(process: Process, word: str, means: str) -> None:
    """Neither output of a program that has ended has this word."""
    for line in process.stdout.lines + process.stderr.lines:
        if word in line:
            raise Disappointment(
                tr(
                    f"{process.label} no escriu enlloc «{word}»",
                    f"{process.label} prints «{word}» nowhere",
                ),
                Other(tr("Ha escrit: ", "It printed: ") + shorten(line)),
                means,
            )


def _means_secret() -> str:
    return tr(
        "Una contrasenya, bona o dolenta, no s'escriu enlloc, ni a la pantalla ni al "
        "registre: els llegeix molta gent, i una de dolenta sovint és gairebé la bona.",
        "A password, right or wrong, is written nowhere, neither on the screen nor in "
        "the log: many people read them, and a wrong one is often nearly the right "
        "one.",
    )
