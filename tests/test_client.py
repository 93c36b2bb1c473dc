"""Group K: the client, mostly before a made-up server that the test plays."""

import contextlib
import os
import signal
import socket

import pytest

from tests.judge.disappointment import Disappointment, NotReached, Other
from tests.judge.driver import wait_for_timeouts
from tests.judge.people import (
    BAD_NAME,
    CLOSING,
    FULL,
    LOST_SERVER,
    came_in,
    hello,
    left,
    too_long,
)
from tests.judge.process import ASCII_LOCALE, Ended
from tests.judge.step import step
from tools.language import tr


def in_the_chat(scene, **options):
    """A client that has been let in and has shown it; and the server's end."""
    host = scene.host()
    client = scene.client(host.port, **options)
    peer = host.welcomes(client)
    means = tr(
        "El client no mostra la línia que li ha arribat: o ningú no crida rep(), o "
        "print() se l'ha quedada a la memòria. Cap a una canonada, print() ho fa si no "
        "se li diu el contrari (flush, line_buffering).",
        "The client does not show the line that has arrived: either nobody calls "
        "rep(), or print() has kept it in its buffer. Into a pipe, print() does so "
        "unless it is told not to (flush, line_buffering).",
    )
    with scene.needing("K3"):
        client.prints(hello(client.name, 1), means)
    return client, peer


def at_the_keyboard(scene, **options):
    """A client that has been let in and sends what is typed; and the server's end."""
    client, peer = in_the_chat(scene, **options)
    for text in scene.words.text(), scene.words.text():
        client.types(text)
        with scene.needing("K4"):
            peer.gets(text)
    return client, peer


# K1: the arguments --------------------------------------------------------------------


def refuses(scene, *wrong):
    """The client refuses each of these lists of arguments."""
    clients = [
        scene.client(0, "", arguments=arguments, label=f"client {number}")
        for number, arguments in enumerate(wrong, 1)
    ]
    means = tr(
        "Els arguments no eren correctes, i el client no ho ha mirat abans de fer-los "
        "servir, o no ha acabat amb l'estat 2.",
        "The arguments were wrong, and the client did not look before it used them, or "
        "did not end with status 2.",
    )
    for client in clients:
        client.ends(2, means)
        client.complains(means=means)


@step("K1")
def test_an_argument_missing_or_too_many_is_refused(scene):
    host, name = scene.host(), scene.words.name()
    place = (host.address, str(host.port))
    refuses(scene, (), place, (*place, name, scene.words.name()))


@step("K1")
def test_a_port_that_is_none_is_refused(scene):
    name = scene.words.name()
    refuses(scene, *(("127.0.0.1", port, name) for port in ("vuit", "0", "65536")))


@step("K1")
def test_right_arguments_are_not_refused(scene):
    host = scene.host()
    client = scene.client(host.port)
    # That it connects with them is K2's promise.
    with contextlib.suppress(Disappointment):
        host.meets_silently()
    if client.status() == 2:
        raise Disappointment(
            tr(
                "el client no s'acaba amb l'estat 2: els arguments són correctes",
                "the client does not end with status 2: the arguments are right",
            ),
            Ended(client),
        )


# K2: connecting -----------------------------------------------------------------------


@step("K2")
def test_it_connects_where_it_is_told_and_gives_its_name(scene):
    host = scene.host(address="127.0.0.2")
    name = scene.words.name()
    client = scene.client(
        host.port, name, arguments=(host.address, str(host.port), name)
    )
    host.meets(
        tr(
            "El client s'ha de connectar a l'adreça i al port que li donen, i a cap "
            f"altre lloc (aquí, a {host.address}).",
            "The client has to connect to the address and port that it is given, and "
            f"to no other place (here, {host.address}).",
        )
    ).gets(client.name)


@step("K2")
def test_the_name_is_sent_as_it_is_and_the_server_judges_it(scene):
    names = f"-{scene.words.name()}", "", f"{scene.words.name()} {{ç}} 🐙"
    hosts = [scene.host() for _ in names]
    for host, name in zip(hosts, names, strict=True):
        scene.client(host.port, name)
    means = tr(
        "El nom potser no és vàlid, però això ho ha de dir el servidor: el client "
        "envia el que hi ha a sys.argv, tal com és.",
        "The name may not be valid, but that is for the server to say: the client "
        "sends what is in sys.argv, just as it is.",
    )
    for host, name in zip(hosts, names, strict=True):
        host.meets(means).gets(name, means)


# K3: showing what arrives -------------------------------------------------------------


@step("K3")
def test_each_line_is_shown_as_it_arrives_while_nothing_is_typed(scene):
    client, peer = in_the_chat(scene)
    name = scene.words.name()
    peer.says(came_in(name))
    client.prints(
        came_in(name),
        tr(
            "Un fil que espera que s'escrigui alguna cosa no pot mostrar el que "
            "arriba: n'hi ha d'haver un altre. I print() cap a una canonada guarda les "
            "línies, si no se li diu que no ho faci.",
            "A thread that waits for something to be typed cannot show what arrives: "
            "there must be another one. And print() into a pipe keeps the lines back, "
            "unless it is told not to.",
        ),
    )
    peer.keeps_quiet()
    text = f"[{name}]   {scene.words.text()}\t·  "
    peer.says(text)
    client.prints(
        text,
        tr(
            "El servidor ha callat una estona: rep() ha tornat TIMEOUT, que no és cap "
            "línia ni el final de la connexió. Després, la línia s'ha de mostrar tal "
            "com és, amb els espais que porti.",
            "The server was quiet for a while: rep() returned TIMEOUT, which is "
            "neither a line nor the end of the connection. Then the line must be shown "
            "just as it is, with the spaces that it has.",
        ),
    )


@step("K3")
def test_lines_in_pieces_or_many_at_once_are_shown_whole(scene):
    client, peer = in_the_chat(scene)
    first, second, last = (scene.words.text() for _ in range(3))
    texts = [scene.words.text() for _ in range(30)]
    # Cut inside a letter. What is shown of the first line says that the piece is there.
    second = f"{second} ç"
    cut = f"{first}\n{second}".encode()
    peer.sends(cut[:-1])
    client.prints(first)
    lines = "".join(f"{line}\n" for line in [*texts, last])
    peer.sends(cut[-1:] + b"\n" + lines.encode(), tr("(la resta)", "(the rest)"))
    client.prints(second)
    client.prints(last)
    shown = [line for line in client.stdout.lines if line in texts]
    if shown != texts:
        raise Disappointment(
            tr(
                "el client mostra cada línia un sol cop, i en ordre",
                "the client shows each line once, and in order",
            ),
            Other(
                tr(
                    f"De {len(texts)} línies que han arribat juntes, n'ha mostrat "
                    f"{len(shown)}.",
                    f"Of {len(texts)} lines that came together, it showed "
                    f"{len(shown)}.",
                )
                if len(shown) != len(texts)
                else tr("Les ha mostrades en un altre ordre.", "Another order.")
            ),
        )


@step("K3")
def test_what_arrives_is_shown_in_utf8_whatever_the_locale(scene):
    name = f"Anna{scene.words.random.randint(10, 99)}"
    client, peer = in_the_chat(scene, name=name, env=ASCII_LOCALE)
    text = f"[{scene.words.name()}] {scene.words.text()} · l'àvia 🐈"
    peer.says(text)
    client.prints(
        text,
        tr(
            "L'entorn d'aquesta prova només té ASCII, i el client ha d'escriure en "
            "UTF-8 igualment: cal dir-ho a sys.stdout.",
            "This test's environment has ASCII alone, and the client must write UTF-8 "
            "all the same: sys.stdout has to be told.",
        ),
    )


# K4: sending what is typed ------------------------------------------------------------


@step("K4")
def test_each_line_typed_is_sent_just_as_it_is(scene):
    host = scene.host()
    client = scene.client(host.port)
    peer = host.welcomes(client)
    first, last = scene.words.text(), scene.words.text()
    client.types(f"  {first}\t·  ")
    peer.gets(
        f"  {first}\t·  ",
        tr(
            "S'envia tot el que s'ha escrit, espais inclosos, menys el final de línia; "
            "i sense esperar que abans arribi res.",
            "All that was typed is sent, spaces included, but for the end of the line; "
            "and without waiting for anything to arrive first.",
        ),
    )
    client.types("")
    client.types(last)
    before = peer.gets_until(
        last,
        tr(
            "Abans s'ha escrit una línia buida: es pot enviar o no, però el client ha "
            "de continuar.",
            "An empty line was typed before: it may be sent or not, but the client has "
            "to go on.",
        ),
    )
    nothing_but([""], before)


@step("K4")
def test_lines_typed_at_once_are_all_sent_in_order(scene):
    host = scene.host()
    client = scene.client(host.port)
    peer = host.welcomes(client)
    texts = [scene.words.text() for _ in range(20)]
    client.types_bytes(
        "".join(f"{text}\n" for text in texts).encode(),
        tr("s'hi enganxen 20 línies", "20 lines are pasted in"),
    )
    for text in texts:
        peer.gets(text)


@step("K4")
def test_what_is_typed_is_sent_in_utf8_whatever_the_locale(scene):
    host = scene.host()
    name = f"Anna{scene.words.random.randint(10, 99)}"
    client = scene.client(host.port, name, env=ASCII_LOCALE)
    peer = host.welcomes(client)
    text = f"{scene.words.text()} · l'àvia 🐈"
    client.types(text)
    peer.gets(
        text,
        tr(
            "L'entorn d'aquesta prova només té ASCII, i el client ha de llegir el "
            "teclat en UTF-8 igualment.",
            "This test's environment has ASCII alone, and the client must read the "
            "keyboard as UTF-8 all the same.",
        ),
    )


def nothing_but(allowed, lines):
    """The made-up server has got no line but these."""
    for line in lines:
        if line not in allowed:
            raise Disappointment(
                tr("el servidor no rep res més", "the server gets nothing else"),
                Other(tr(f"Ha rebut «{line}».", f"It got «{line}».")),
            )


# K5: leaving --------------------------------------------------------------------------


@step("K5")
def test_quit_is_sent_and_the_server_ends_the_stream(scene):
    client, peer = at_the_keyboard(scene)
    speaks_of_it = f"{scene.words.text()} {{quit}}"
    client.types(speaks_of_it)
    peer.gets(
        speaks_of_it,
        tr(
            "Una línia que conté {quit} és un text com qualsevol altre: per marxar, "
            "ha de ser la línia sencera.",
            "A line that contains {quit} is a text like any other: to leave, it must "
            "be the whole line.",
        ),
    )
    client.types("{quit}")
    peer.gets(
        "{quit}",
        tr(
            "{quit} també s'envia: si no, el servidor no sap que marxes, i es pensa "
            "que s'ha perdut la connexió.",
            "{quit} is sent too: otherwise the server does not know that you leave, "
            "and takes the connection for lost.",
        ),
    )
    # One after the other: whoever closes too soon may still be in time for the first.
    for _ in range(2):
        late = f"[{scene.words.name()}] {scene.words.text()}"
        peer.says(late)
        client.prints(
            late,
            tr(
                "Després d'enviar {quit} encara poden arribar línies: abans de tancar "
                "s'espera que el servidor acabi.",
                "After {quit} has been sent, lines may still arrive: before closing, "
                "one waits for the server to end.",
            ),
        )
    peer.closes()
    client.ends(
        0,
        tr(
            "Qui ha escrit {quit} marxa perquè vol: que llavors s'acabi la connexió no "
            "és perdre-la, i l'estat és 0.",
            "Who has typed {quit} leaves at will: that the connection ends then is no "
            "loss, and the status is 0.",
        ),
    )
    was_not_lost(client)


@step("K5")
@pytest.mark.waits
def test_after_quit_it_ends_though_the_server_does_not_end_the_stream(scene):
    client, peer = at_the_keyboard(scene)
    # White space around it does not matter, whoever takes it away.
    typed = " {quit}\t"
    client.types(typed)
    peer.gets_one_of("{quit}", typed)
    client.ends(
        0,
        tr(
            "S'espera que el servidor acabi la connexió, però no per sempre: dues "
            "vegades TEMPS_ESPERA, com a màxim.",
            "One waits for the server to end the connection, but not for ever: twice "
            "TEMPS_ESPERA at most.",
        ),
    )
    was_not_lost(client)


def was_not_lost(client):
    """The client has not said that the connection was lost."""
    client.did_not_print(
        LOST_SERVER,
        tr(
            "Era el client qui se n'anava: que la connexió s'acabi és el que esperava.",
            "It was the client who was leaving: the connection's end is what it was "
            "waiting for.",
        ),
    )


@step("K5")
def test_two_clients_talk_and_one_leaves(scene):
    server = a_server_that_works(scene)
    anna, berta = comes(scene, server, 3), comes(scene, server, 4)
    with scene.needing("K3"):
        anna.prints(came_in(berta.name))
    for author, reader in ((anna, berta), (berta, anna)):
        text = scene.words.text()
        author.types(text)
        with scene.needing("K4"):
            reader.prints(f"[{author.name}] {text}")
    anna.types("{quit}")
    berta.prints(left(anna.name))
    anna.ends(0)
    was_not_lost(anna)


def a_server_that_works(scene):
    """The subject's server, with two inside, when it serves others as it should.

    Otherwise no test is made: what is wrong with it, its own steps tell.
    """
    try:
        server = scene.server()
        first, second, third = server.welcomes_all(3)
        first.says("a")
        second.gets(f"[{first.name}] a")
        third.says("{quit}")
        second.gets_until(left(third.name))
        third.gets_until(f"[{first.name}] a")
        third.gets_end()
    except (Disappointment, NotReached):
        pytest.skip("the server does not work yet")
    return server


def comes(scene, server, count):
    """A client of the subject's comes into its own server."""
    name = scene.words.name()
    client = scene.client(server.port, name, label=name)
    with scene.needing("K3"):
        client.prints(hello(name, count))
    return client


# K6: the chat closes ------------------------------------------------------------------


@step("K6")
def test_it_ends_when_the_server_closes_the_chat(scene):
    client, peer = in_the_chat(scene)
    peer.says(CLOSING)
    peer.closes()
    client.ends(
        0,
        tr(
            "El servidor ha tancat el xat, i el client s'ha d'acabar encara que ningú "
            "no toqui el teclat: el fil que el llegeix no el pot fer esperar.",
            "The server closed the chat, and the client has to end though nobody "
            "touches the keyboard: the thread that reads it cannot keep it waiting.",
        ),
    )
    client.printed(CLOSING)
    client.did_not_print(LOST_SERVER)


@step("K6")
@pytest.mark.waits
def test_it_stays_as_long_as_the_server_does(scene):
    client, peer = in_the_chat(scene)
    # Longer than what a client that leaves would wait for the server.
    wait_for_timeouts(scene, 3)
    text = scene.words.text()
    peer.says(text)
    client.prints(
        text,
        tr(
            "Ningú no ha marxat ni ha tancat res, i el client s'ha acabat sol: el fil "
            "principal ha d'esperar fins que algú marqui el final.",
            "Nobody has left or closed anything, and the client ended by itself: the "
            "main thread has to wait until somebody marks the end.",
        ),
    )


# K7: what can go wrong ----------------------------------------------------------------


@step("K7")
def test_it_says_that_nobody_listens_there(scene):
    with socket.socket() as bound:
        # A port that is taken, and where nobody listens.
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        client = scene.client(port)
        client.ends(1)
    client.complains(
        f"No es pot connectar a 127.0.0.1:{port}: ",
        tr(
            "Que no s'hi pot connectar, i per què, es diu per la sortida d'errors "
            "(sys.stderr), i no per la normal, que és per a les línies del xat.",
            "That it cannot connect, and why, is said on standard error (sys.stderr), "
            "and not on standard output, which is for the chat's lines.",
        ),
    )


@step("K7")
def test_it_says_that_the_host_cannot_be(scene):
    name = scene.words.name()
    client = scene.client(0, name, arguments=("a..b", "8888", name))
    client.ends(1)
    client.complains(
        "No es pot connectar a a..b:8888: ",
        tr(
            "«a..b» no pot ser el nom de cap màquina. Python no ho diu amb un OSError, "
            "sinó amb un UnicodeError.",
            "“a..b” can be no machine's name. Python says so not with an OSError, but "
            "with a UnicodeError.",
        ),
    )


def it_ends(client, status, means):
    """The client ends, as the stream has, with this status."""
    with client.scene.needing("K6"):
        client.ends(None)
    client.ends(status, means)


def is_lost(client, means):
    """The client ends, and says that the connection was lost."""
    it_ends(client, 1, means)
    client.printed(LOST_SERVER, means)


@step("K7")
def test_it_says_that_the_connection_was_lost(scene):
    client, peer = in_the_chat(scene)
    peer.resets()
    is_lost(
        client,
        tr(
            "La connexió s'ha acabat sense que el servidor s'acomiadés: el client ho "
            "ha de dir, i acabar amb l'estat 1.",
            "The connection ended though the server had not said goodbye: the client "
            "has to say so, and end with status 1.",
        ),
    )


@step("K7")
def test_what_somebody_says_is_no_goodbye_of_the_server(scene):
    client, peer = in_the_chat(scene)
    # Somebody says so, and not the server.
    said = f"[{scene.words.name()}] {CLOSING}"
    peer.says(said)
    peer.closes()
    is_lost(
        client,
        tr(
            "La connexió s'ha acabat sense que el servidor s'acomiadés. Que algú digui "
            "«* El xat es tanca.» no és cap comiat: ho és la línia sencera, i prou.",
            "The connection ended though the server had not said goodbye. That "
            "somebody says “* El xat es tanca.” is no goodbye: only the whole line is.",
        ),
    )
    client.printed(said)


def is_turned_away(client, line):
    """The client ends, and has shown why it was not let in."""
    means = tr(
        "El servidor no ha volgut el client, i ha dit per què: la línia s'ha de "
        "mostrar, i l'estat ha de dir que no ha anat bé.",
        "The server would not have the client, and said why: the line must be shown, "
        "and the status must say that it did not go well.",
    )
    it_ends(client, 1, means)
    client.printed(line, means)


@step("K7")
def test_its_name_is_not_valid(scene):
    host = scene.host()
    client = scene.client(host.port)
    peer = host.meets()
    with scene.needing("K2"):
        peer.gets(client.name)
    peer.says(BAD_NAME)
    peer.closes()
    is_turned_away(client, BAD_NAME)


@step("K7")
def test_there_is_no_room_for_it(scene):
    host = scene.host()
    client = scene.client(host.port)
    peer = host.meets_silently()
    peer.says(FULL)
    # Closed whole, its name could come too late and break the connection.
    peer.half_closes()
    is_turned_away(client, FULL)


@step("K7")
def test_a_text_that_is_too_long_is_not_sent(scene):
    client, peer = at_the_keyboard(scene)
    longest = scene.words.of_bytes(1024)
    means = tr(
        "Un text de 1024 bytes és el més llarg que s'envia, i un de 1025 no s'envia. "
        "Es compten bytes i no lletres, i el final de línia no compta.",
        "A text of 1024 bytes is the longest that is sent, and one of 1025 is not. It "
        "is bytes that count and not letters, and the end of the line does not.",
    )
    client.types(scene.words.of_bytes(1025))
    client.prints(too_long(1025), means)
    client.types(longest)
    peer.gets(longest, means)


def leaves(scene, client, peer, means):
    """The client leaves as with `{quit}`."""
    late = f"[{scene.words.name()}] {scene.words.text()}"
    peer.gets("{quit}", means)
    peer.says(late)
    peer.closes()
    client.ends(0, means)
    client.printed(late, means)
    was_not_lost(client)


@step("K7")
def test_the_end_of_its_input_is_a_quit(scene):
    client, peer = at_the_keyboard(scene)
    client.ends_input()
    means = tr(
        "S'ha acabat el que es podia llegir del teclat: és com escriure {quit}.",
        "There is nothing more to be read from the keyboard: it is like typing {quit}.",
    )
    leaves(scene, client, peer, means)


@step("K7")
def test_ctrl_c_is_a_quit(scene):
    if os.name == "nt":
        pytest.skip("on Windows one process cannot send another a Ctrl-C")
    client, peer = at_the_keyboard(scene)
    # It has settled: by now it does nothing but wait.
    peer.keeps_quiet()
    client.signals(signal.SIGINT)
    means = tr(
        "Ctrl-C llança KeyboardInterrupt al fil principal: és una altra manera "
        "d'escriure {quit}.",
        "Ctrl-C raises KeyboardInterrupt in the main thread: it is another way of "
        "typing {quit}.",
    )
    leaves(scene, client, peer, means)
