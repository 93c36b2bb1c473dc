"""Group L: what the server and the client write into their logs.

Within a step the tests that need no waiting when there is no log come first.
"""

import socket

import pytest

from tests.judge.addresses import own_address
from tests.judge.log import Log
from tests.judge.people import BAD_NAME, FULL, Server, came_in, left, lost, too_long
from tests.judge.step import step
from tools.language import tr

CONNECTIONS = 100

#: A locale that knows nothing but ASCII, with all that Python does about it undone.
PLAIN = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


def server_log(server, old: int = 0) -> Log:
    return Log(server, "servidor.log", old)


def client_log(client, old: int = 0) -> Log:
    return Log(client, "client.log", old)


@pytest.fixture
def taken_port():
    """A port where nobody can listen, and nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


def folder_with_log(scene, name: str) -> tuple:
    """A folder where the program has been started before; and its log's line."""
    folder = scene.new_folder()
    line = f"07:30:15 INFO [MainThread] {scene.words.tag()}"
    (folder / name).write_text(f"{line}\n", encoding="utf-8")
    scene.says_that(f"a la carpeta hi ha {name}, d'ahir", f"{name} is there already")
    return folder, line


def folder_without_room_for_log(scene, name: str):
    """A folder where the log cannot be opened: there is a folder of its name."""
    folder = scene.new_folder()
    (folder / name).mkdir()
    scene.says_that(f"{name} no es pot obrir", f"{name} cannot be opened")
    return folder


# L1: the server's ---------------------------------------------------------------------


@step("L1")
def test_the_server_adds_to_its_log_up_to_the_end(scene):
    folder, yesterdays = folder_with_log(scene, "servidor.log")
    server = scene.server(folder=folder)
    server.welcomes().leaves()
    log = server_log(server, old=1)
    log.turns_the_page()
    server.closes_chat()
    with scene.needing("F6"):
        server.ends(0)
    log.gets("INFO", means=THE_END)
    log.begins(yesterdays, means=ADDED)


@step("L1")
@pytest.mark.waits
def test_the_server_logs_that_it_cannot_listen(scene, taken_port):
    server = Server(scene, ("127.0.0.1", str(taken_port)))
    with scene.needing("R2"):
        server.ends(1)
    log = server_log(server)
    log.gets("ERROR", means=CANNOT)
    log.has_no("Traceback", means=NO_TRACEBACK)


@step("L1")
def test_the_server_logs_who_comes_and_who_goes(scene):
    server = scene.server()
    log = server_log(server)
    log.gets("INFO", means=LISTENING)
    berta = server.welcomes()
    # A name may be any that is printable: it must not be taken for a format.
    anna = server.arrives(
        f"{scene.words.name()}%s%d", source=own_address(scene.words.random)
    )
    anna.greeted()
    log.gets("INFO", anna.origin[0], means=WHO_CONNECTS)
    anna.says(anna.name)
    with scene.needing("P5"):
        berta.gets(came_in(anna.name))
    log.gets("INFO", anna.name, means=WHO_COMES)
    anna.says("{quit}")
    with scene.needing("P10"):
        berta.gets(left(anna.name))
    log.gets("INFO", anna.name, means=WHO_GOES)


@step("L1")
def test_the_server_logs_a_lost_connection_as_a_warning(scene):
    server = scene.server()
    log = server_log(server)
    anna, berta = server.welcomes_all(2)
    anna.resets()
    with scene.needing("P12"):
        berta.gets(lost(anna.name))
    log.gets("WARNING", anna.name, means=LOST)
    log.has_no("Traceback", means=NO_TRACEBACK)


@step("L1")
def test_the_servers_log_is_utf8_whatever_the_locale(scene):
    with scene.in_a_plight():
        server = scene.server(env=PLAIN)
        anna = server.welcomes(f"Mercè€{scene.words.name()}")
    server_log(server).gets(
        "INFO",
        anna.name,
        means=tr(
            "El registre ha de ser en UTF-8, tant se val la configuració de la "
            "màquina: quan l'obres, digues-ho.",
            "The log must be in UTF-8, whatever the machine's settings: say so when "
            "you open it.",
        ),
    )


@step("L1")
def test_the_server_logs_a_newcomer_for_whom_there_is_no_room(scene):
    server = scene.server()
    with scene.needing("R5"):
        server.is_crowded_with(CONNECTIONS)
        newcomer = server.arrives(source=own_address(scene.words.random))
        newcomer.gets(FULL)
    server_log(server).gets("WARNING", newcomer.origin[0], means=NO_ROOM)


@step("L1")
def test_without_a_log_the_server_says_so_and_goes_on(scene):
    folder = folder_without_room_for_log(scene, "servidor.log")
    with scene.in_a_plight():
        server = scene.server(folder=folder)
        log = server_log(server)
        log.trouble_is_told(means=SAID)
        anna, berta = server.welcomes_all(2)
        anna.leaves()
        with scene.needing("P10"):
            berta.gets(left(anna.name))
    log.trouble_is_told_once(means=SAID)


# L2: the client's ---------------------------------------------------------------------


@step("L2")
def test_the_client_logs_that_it_cannot_connect(scene, taken_port):
    client = scene.client(taken_port)
    with scene.needing("K7"):
        client.ends(1)
    log = client_log(client)
    log.gets("ERROR", means=CANNOT)
    log.has_no("Traceback", means=NO_TRACEBACK)


@step("L2")
def test_the_client_adds_to_its_log_up_to_the_end(scene):
    folder, yesterdays = folder_with_log(scene, "client.log")
    host = scene.host()
    client = scene.client(host.port, folder=folder)
    peer = host.welcomes(client)
    log = client_log(client, old=1)
    log.gets("INFO", means=CONNECTED)
    log.turns_the_page()
    client.types("{quit}")
    with scene.needing("K5"):
        peer.gets("{quit}")
        peer.closes()
        client.ends(0)
    log.gets("INFO", means=THE_END)
    log.begins(yesterdays, means=ADDED)


@step("L2")
def test_the_client_logs_a_lost_connection_as_a_warning(scene):
    host = scene.host()
    client = scene.client(host.port)
    host.welcomes(client).closes()
    with scene.needing("K7"):
        client.ends(1)
    log = client_log(client)
    log.gets("WARNING", means=LOST)
    log.has_no("Traceback", means=NO_TRACEBACK)


@step("L2")
def test_without_a_log_the_client_says_so_and_goes_on(scene):
    host = scene.host()
    folder = folder_without_room_for_log(scene, "client.log")
    with scene.in_a_plight():
        client = scene.client(host.port, folder=folder)
        log = client_log(client)
        log.trouble_is_told(means=SAID)
        peer = host.welcomes(client)
        text = scene.words.text()
        client.types(text)
        with scene.needing("K4"):
            peer.gets(text)
        client.types("{quit}")
        with scene.needing("K5"):
            peer.gets("{quit}")
            peer.closes()
            client.ends(0)
    log.trouble_is_told_once(means=SAID)


# L3: what is in neither ---------------------------------------------------------------


@step("L3")
def test_a_refused_name_is_a_warning_with_the_address_and_not_the_name(scene):
    server = scene.server()
    tag = scene.words.tag()
    stranger = server.arrives(tag, source=own_address(scene.words.random)).greeted()
    stranger.says(forged(tag))
    with scene.needing("P3"):
        stranger.gets(BAD_NAME)
        stranger.gets_end()
    server.closes_chat()
    with scene.needing("F6"):
        server.ends(0)
    log = server_log(server)
    log.gets("WARNING", stranger.origin[0], means=REFUSED)
    log.has_no(tag, means=REFUSED)


@step("L3")
def test_nobodys_words_are_in_the_servers_log(scene):
    server = scene.server()
    anna, berta = server.welcomes_all(2)
    said, long, late = (scene.words.tag() for _ in range(3))
    anna.says(f"hola\r{forged(said)}")
    with scene.needing("P8"):
        berta.gets(f"[{anna.name}] hola\ufffd{forged(said)}")
    anna.says(long + scene.words.of_bytes(1100))
    with scene.needing("P9"):
        anna.gets(too_long(1100 + len(long)))
    anna.sends(late.encode())  # half a line
    anna.resets()
    with scene.needing("P12"):
        berta.gets(lost(anna.name))
    log = server_log(server)
    with scene.needing("L1"):
        log.gets("WARNING", anna.name)
    for tag in (said, long, late):
        log.has_no(tag, means=NOBODYS_WORDS)
    log.has_no("Traceback", means=NO_TRACEBACK)


@step("L3")
def test_nobodys_words_are_in_the_clients_log(scene):
    host = scene.host()
    named, heard, typed = (scene.words.tag() for _ in range(3))
    with scene.in_a_plight():
        client = scene.client(host.port, f"Anna\n{forged(named)}")
        peer = host.meets()
        peer.says(f"[Berta] hola\r{forged(heard)}")
        client.types(f"hola\r{forged(typed)}")
        client.types("{quit}")
        with scene.needing("K5"):
            peer.gets_until("{quit}")
            peer.closes()
            client.ends(0)
    log = client_log(client)
    with scene.needing("L2"):
        log.gets("INFO")
    log.has_no(heard, means=NOBODYS_WORDS)
    log.has_no(typed, means=NOBODYS_WORDS)
    log.has_no_line(forged(named), means=FORGED)


def forged(tag: str) -> str:
    """What looks like a line of a log, and holds `tag`."""
    return f"07:30:15 ERROR [MainThread] {tag}"


# What it usually means ----------------------------------------------------------------

WHO_CONNECTS = tr(
    "Quan algú es connecta, encara no se'n sap el nom: al registre hi ha d'anar la "
    "seva adreça, la que dona accept(), en una línia INFO.",
    "When somebody connects, its name is not known yet: its address, which accept() "
    "gives, goes into the log, in an INFO line.",
)
WHO_COMES = tr(
    "Quan algú entra al xat, el registre ha de dir qui: una línia INFO amb el seu nom, "
    "tal com és (encara que hi surti «%»).",
    "When somebody comes into the chat, the log must say who: an INFO line with its "
    "name, as it is (even with a «%» in it).",
)
WHO_GOES = tr(
    "Quan algú se'n va del xat, el registre ha de dir qui: una línia INFO més, amb el "
    "seu nom.",
    "When somebody leaves the chat, the log must say who: one more INFO line, with its "
    "name.",
)
LOST = tr(
    "Una connexió perduda ha de quedar al registre com a WARNING, i si se'n sap el "
    "nom, amb el nom.",
    "A lost connection must be in the log as a WARNING, and with the name where it is "
    "known.",
)
CANNOT = tr(
    "El que impedeix que el programa faci la seva feina ha de quedar al registre com a "
    "ERROR, a més de sortir per pantalla.",
    "What keeps the program from doing its job must be in the log as an ERROR, besides "
    "being shown on the screen.",
)
LISTENING = tr(
    "Quan ja escolta, el servidor ho ha d'apuntar al registre, en una línia INFO.",
    "Once it listens, the server must write so into the log, in an INFO line.",
)
CONNECTED = tr(
    "Quan s'ha connectat, el client ho ha d'apuntar al registre, en una línia INFO.",
    "Once it has connected, the client must write so into the log, in an INFO line.",
)
THE_END = tr(
    "Quan el programa s'acaba bé, la darrera cosa que apunta al registre és això: una "
    "línia INFO.",
    "When the program ends well, the last thing that it writes into the log is that: "
    "an INFO line.",
)
ADDED = tr(
    "El que s'havia apuntat les altres vegades ha desaparegut: el registre s'ha "
    "d'obrir per afegir-hi, no per escriure'l de nou.",
    "What was written the other times is gone: the log is to be opened to add to it, "
    "not to write it anew.",
)
NO_ROOM = tr(
    "Quan algú no hi cap, ha de quedar al registre: una línia WARNING amb la seva "
    "adreça.",
    "When there is no room for somebody, the log must say so: a WARNING line with its "
    "address.",
)
SAID = tr(
    "Si el registre no es pot obrir, el programa ho ha de dir per la sortida d'errors, "
    "un sol cop.",
    "If the log cannot be opened, the program must say so on standard error, once.",
)
REFUSED = tr(
    "D'un nom refusat, al registre hi va un WARNING amb l'adreça de qui l'ha dit, i "
    "mai el nom: pot ser qualsevol cosa, com ara una línia que sembli del registre.",
    "Of a refused name, a WARNING goes into the log with the address of who said it, "
    "and never the name: it may be anything, such as what looks like a line of the "
    "log.",
)
NOBODYS_WORDS = tr(
    "El registre explica què ha passat, no què ha dit la gent: el que diuen no hi ha "
    "de sortir.",
    "The log tells what happened, not what people said: that must not be in it.",
)
FORGED = tr(
    "El nom porta un final de línia, i el que hi ha darrere sembla una altra línia del "
    "registre: algú hi pot escriure el que vulgui. O no s'hi posa, o abans se'n treuen "
    "els caràcters de control.",
    "The name holds a line's end, and what comes after it looks like another line of "
    "the log: anybody can write there at will. Either leave it out, or take its "
    "control characters out first.",
)
NO_TRACEBACK = tr(
    "Hi ha la traça d'una excepció: el registre és una línia per fet. Fes servir "
    "warning() o error(), no exception().",
    "There is the traceback of an exception: the log has one line for each event. Use "
    "warning() or error(), not exception().",
)
