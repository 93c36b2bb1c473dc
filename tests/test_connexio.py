"""Group C: `Connexio`, messages over a stream."""

import pathlib

import pytest

from tests.judge.step import step
from tools.language import tr

FFFD = "\ufffd"

#: Every control character but the tab and the line's end.
CONTROLS = "".join(
    chr(c) for c in (*range(0x20), *range(0x7F, 0xA0)) if c not in (9, 10)
)

#: What a program may be tempted to tidy up, and must not: white space of every kind,
#: letters made of two characters, emoji that are joined by invisible ones.
ODD = " \t dos  espais, a\u0301, \u00a0, \u2028, \u3000, 👩‍👩‍👧, \u200f, \ufeff \t "


def hears(scene, driver, other) -> None:
    """An ordinary line arrives: that is C1's business."""
    text = scene.words.text()
    other.says(text)
    with scene.needing("C1"):
        driver.rep_gives("OK", text)


def speaks(scene, driver, other) -> None:
    """An ordinary line is sent: that is C2's business."""
    text = scene.words.text()
    with scene.needing("C2"):
        driver.envia_gives(text, "OK")
        other.gets(text)


def driver_for_trouble(scene):
    """A driver whose `Connexio` has been seen to do well while nothing is amiss."""
    driver = scene.driver()
    other = driver.connects()
    hears(scene, driver, other)
    speaks(scene, driver, other)
    with scene.needing("C5"):
        driver.tanca()
        other.gets_end()
    driver.connects().closes()
    with scene.needing("C4"):
        driver.rep_gives("ERROR")
    return driver


# C1: rep() ----------------------------------------------------------------------------


@step("C1")
def test_importing_connexio_starts_nothing(scene):
    scene.driver().started_nothing(
        means=tr(
            "En importar el mòdul s'engega algun fil: el que hi ha fora de les classes "
            "i les funcions s'executa en el moment d'importar-lo.",
            "Importing the module starts some thread: what stands outside classes and "
            "functions is run at the moment of importing.",
        )
    )


@step("C1")
def test_lines_arrive_byte_by_byte(scene):
    driver = scene.driver()
    other = driver.connects(drops=1)
    texts = ["Bon dia, què tal? 🙂", scene.words.text(), scene.words.text()]
    other.sends("".join(f"{text}\n" for text in texts).encode())
    for text in texts:
        driver.rep_gives("OK", text, means=IN_PIECES)


@step("C1")
def test_lines_arrive_in_pieces_of_any_size(scene):
    driver = scene.driver()
    other = driver.connects(drops=scene.words.random.randint(2, 7))
    texts = [scene.words.text() for _ in range(4)]
    data = "".join(f"{text}\n" for text in texts).encode()
    other.sends_in_pieces(scene.words.cuts(data))
    for text in texts:
        driver.rep_gives("OK", text, means=IN_PIECES)


@step("C1")
def test_a_hundred_lines_arrive_in_one_packet(scene):
    driver = scene.driver()
    other = driver.connects()
    texts = [scene.words.text() for _ in range(98)]
    texts += [texts[-1], texts[0]]  # said twice: they come twice
    other.sends("".join(f"{text}\n" for text in texts).encode())
    for text in texts:
        driver.rep_gives("OK", text, means=TOGETHER)


@step("C1")
def test_a_line_and_a_half_arrive_in_one_packet(scene):
    driver = scene.driver()
    other = driver.connects()
    first, second, third = (scene.words.text() for _ in range(3))
    data = f"{first}\n{second}\n{third}\n".encode()
    cut = len(data) - scene.words.random.randint(2, 12)
    other.sends(data[:cut])
    driver.rep_gives("OK", first, means=TOGETHER)
    driver.rep_gives("OK", second, means=TOGETHER)
    other.sends(data[cut:])
    driver.rep_gives("OK", third, means=TOGETHER)


@step("C1")
def test_two_connections_never_mix_what_arrives(scene):
    driver = scene.driver()
    one = driver.connects(label=tr("l'un", "one"))
    two = driver.connects(label=tr("l'altre", "the other"))
    texts = [scene.words.text() for _ in range(4)]
    means = tr(
        "El que ha arribat per una connexió surt per una altra: cada Connexio ha de "
        "guardar a part els seus bytes, a self.",
        "What arrived over one connection comes out of another: each Connexio must "
        "keep its own bytes, in self.",
    )
    one.sends(f"{texts[0]}\n{texts[1]}\n{texts[2][:6]}".encode())
    driver.turns_to(one)
    driver.rep_gives("OK", texts[0])
    two.says(texts[3])
    driver.turns_to(two)
    driver.rep_gives("OK", texts[3], means=means)
    one.sends(f"{texts[2][6:]}\n".encode())
    driver.turns_to(one)
    driver.rep_gives("OK", texts[1], means=means)
    driver.rep_gives("OK", texts[2], means=means)


@step("C1")
def test_white_space_and_emoji_arrive_unchanged(scene):
    driver = scene.driver()
    other = driver.connects()
    for text in (f"{ODD}{scene.words.tag()}{ODD}", "\ufeff", " ", "\t"):
        other.says(text)
        driver.rep_gives("OK", text, means=UNCHANGED)


@step("C1")
def test_an_empty_line_is_a_message_too(scene):
    driver = scene.driver()
    other = driver.connects()
    text = scene.words.text()
    other.sends(f"\n\n{text}\n".encode())
    means = tr(
        "Una línia sense res també és un missatge: el text «», amb l'estat OK.",
        "A line with nothing in it is a message too: the text «», with the status OK.",
    )
    driver.rep_gives("OK", "", means)
    driver.rep_gives("OK", "", means)
    driver.rep_gives("OK", text)


@step("C1")
def test_a_carriage_return_before_the_end_of_the_line_is_dropped(scene):
    driver = scene.driver()
    other = driver.connects(drops=scene.words.random.choice([1, 100]))
    first, second = scene.words.text(), f"  {scene.words.text()}  "
    means = tr(
        "telnet acaba les línies amb «\\r\\n»: el «\\r» d'abans del final no és del "
        "text. Els espais sí que en són.",
        "telnet ends its lines with «\\r\\n»: the «\\r» before the end is no part of "
        "the text. Spaces are.",
    )
    other.sends(f"{first}\r\n\r\n{second}\r\n{first}\n".encode())
    for text in (first, "", second, first):
        driver.rep_gives("OK", text, means)


IN_PIECES = tr(
    "El que s'ha enviat d'un cop pot arribar a trossos, tallat per qualsevol lloc, "
    "fins i tot pel mig d'una lletra: rep() ha d'ajuntar els bytes fins al final de "
    "la línia, i només llavors fer-ne text. El que hi hagi darrere del final ja és de "
    "la línia següent, i s'ha de guardar.",
    "What was sent at once may arrive in pieces, cut anywhere, even in the middle of "
    "a letter: rep() must join the bytes up to the line's end, and only then make "
    "text of them. What is behind the end is of the next line, and must be kept.",
)
TOGETHER = tr(
    "Moltes línies poden arribar juntes, i la darrera a mitges: rep() en dona una, i "
    "el que ha arribat darrere s'ha de guardar per a les crides següents.",
    "Many lines may arrive together, the last one in part: rep() gives one, and what "
    "arrived behind it must be kept for the next calls.",
)
UNCHANGED = tr(
    "El text ha d'arribar igual que s'ha enviat, espais inclosos. Només «\\n» acaba "
    "una línia: strip() i splitlines() toquen més coses.",
    "The text must arrive as it was sent, white space included. Only «\\n» ends a "
    "line: strip() and splitlines() touch more than that.",
)


# C2: envia() --------------------------------------------------------------------------


@step("C2")
def test_a_line_is_sent_as_it_is(scene):
    driver = scene.driver()
    other = driver.connects()
    for text in (scene.words.text(), "", f"{ODD}{scene.words.tag()}{ODD}"):
        driver.envia_gives(text, "OK")
        other.gets(text)


@step("C2")
def test_a_long_line_is_sent_whole(scene):
    driver = scene.driver()
    other = driver.connects(short=True)
    means = tr(
        "send() pot agafar només una part dels bytes, i diu quants n'ha agafat: la "
        "resta encara s'ha d'enviar.",
        "send() may take only a part of the bytes, and says how many it took: the rest "
        "is still to be sent.",
    )
    for size in (1000, 6000):
        text = scene.words.of_bytes(size)
        driver.envia_gives(text, "OK")
        other.gets(text, means)


@step("C2")
def test_lines_of_two_threads_never_mix(scene):
    """All of it fits the buffers on the way: nothing depends on how fast it is read."""
    driver = scene.driver()
    other = driver.connects(short=True)
    texts = [[scene.words.of_bytes(400) for _ in range(15)] for _ in range(2)]
    driver.starts_threads(texts)
    driver.all_give("OK")
    means = tr(
        "Els trossos de dues línies s'han barrejat: mentre un fil envia la seva, cap "
        "altre no ha de poder començar.",
        "The pieces of two lines got mixed: while one thread sends its line, no other "
        "may begin.",
    )
    waiting = [list(lines) for lines in texts]
    for _ in range(sum(map(len, texts))):
        nexts = [lines[0] for lines in waiting if lines]
        came = other.gets_one_of(*nexts, means=means)
        next(lines for lines in waiting if lines and lines[0] == came).pop(0)


# C3: TIMEOUT --------------------------------------------------------------------------


@step("C3")
@pytest.mark.waits
def test_half_a_line_is_kept_after_a_timeout(scene):
    driver = scene.driver()
    other = driver.connects()
    hears(scene, driver, other)
    no_line = tr(
        "En tot el temps d'espera no ha arribat cap línia sencera: és TIMEOUT, i la "
        "connexió continua. El sòcol ho diu amb TimeoutError, que també és un OSError: "
        "l'excepció se la queda el primer «except» que la pot capturar.",
        "In all the time no whole line has arrived: that is TIMEOUT, and the "
        "connection goes on. The socket says so with TimeoutError, which is an OSError "
        "too: the exception goes to the first “except” that can catch it.",
    )
    driver.rep_gives("TIMEOUT", means=no_line)
    text = scene.words.text()
    data = f"à{text}\n".encode()
    other.sends(data[:1])  # half a letter
    driver.rep_gives("TIMEOUT", means=no_line)
    other.sends(data[1:])
    means = tr(
        "El tros de línia que havia arribat abans del TIMEOUT s'ha perdut o ha "
        "canviat: s'ha de guardar, en bytes, per a la crida següent.",
        "The piece of a line that had arrived before the TIMEOUT is lost or changed: "
        "it must be kept, in bytes, for the next call.",
    )
    driver.rep_gives("OK", f"à{text}", means)


@step("C3")
@pytest.mark.waits
def test_rep_gives_timeout_though_pieces_keep_coming(scene):
    driver = scene.driver()
    other = driver.connects()
    hears(scene, driver, other)
    driver.starts_rep()
    means = tr(
        "El temps d'espera del sòcol torna a començar a cada tros que arriba: qui "
        "escriu molt a poc a poc té rep() aturat per sempre. TEMPS_ESPERA és el màxim "
        "de tota la crida.",
        "The socket's timeout starts again with each piece that arrives: who writes "
        "very slowly holds rep() for ever. TEMPS_ESPERA is the most that the whole "
        "call may take.",
    )
    sent = driver.gives_while_fed(other, means)
    other.sends(b"\n")
    driver.rep_gives("OK", "x" * sent)


@step("C3")
@pytest.mark.waits
def test_envia_gives_timeout_when_the_other_end_does_not_read(scene):
    driver = scene.driver()
    other = driver.connects(buffer=2048)
    speaks(scene, driver, other)
    means = tr(
        "Qui envia a algú que no llegeix omple els buffers i s'espera: no pot ser "
        "per sempre. Passat TEMPS_ESPERA, envia() torna TIMEOUT.",
        "Who sends to somebody who does not read fills the buffers and waits: that "
        "cannot last for ever. After TEMPS_ESPERA, envia() returns TIMEOUT.",
    )
    driver.sends_until("TIMEOUT", scene.words.of_bytes(4000), means)


# C4: the other end has closed ---------------------------------------------------------


@step("C4")
def test_the_other_ends_close_is_an_error(scene):
    driver = scene.driver()
    other = driver.connects()
    hears(scene, driver, other)
    other.closes()
    driver.rep_gives("ERROR", means=CLOSED)


@step("C4")
def test_lines_that_had_arrived_are_given_before_the_error(scene):
    driver = scene.driver()
    other = driver.connects()
    hears(scene, driver, other)
    first, second, half = (scene.words.text() for _ in range(3))
    other.sends(f"{first}\n{second}\n{half}".encode())
    other.half_closes()
    means = tr(
        "Les línies senceres que havien arribat abans que l'altre extrem tanqués "
        "encara s'han de donar, una per crida. Mitja línia no és cap missatge.",
        "The whole lines that had arrived before the other end closed are still to be "
        "given, one a call. Half a line is no message.",
    )
    driver.rep_gives("OK", first, means)
    driver.rep_gives("OK", second, means)
    driver.rep_gives("ERROR", means=means)


CLOSED = tr(
    "Quan l'altre extrem ha tancat, recv() no dona cap byte, i ho fa cada vegada: no "
    "és cap missatge ni cap TIMEOUT, sinó el final.",
    "When the other end has closed, recv() gives no byte at all, and does so each "
    "time: it is no message and no TIMEOUT, but the end.",
)


# C5: tanca() --------------------------------------------------------------------------


@step("C5")
def test_the_last_line_arrives_and_then_the_end(scene):
    driver = scene.driver()
    other = driver.connects()
    other.says(scene.words.text())  # nobody reads it
    speaks(scene, driver, other)
    texts = [scene.words.text() for _ in range(3)]
    for text in texts:
        driver.envia_gives(text, "OK")
    driver.tanca()
    for text in texts:
        other.gets(text)
    other.gets_end()


@step("C5")
def test_the_end_comes_even_while_somebody_else_holds_the_socket(scene):
    driver = scene.driver()
    other = driver.connects()
    speaks(scene, driver, other)
    driver.holds_the_socket()
    text = scene.words.text()
    driver.envia_gives(text, "OK")
    driver.tanca()
    other.gets(text)
    other.gets_end(
        means=tr(
            "close() només deixa anar el sòcol: si algú altre encara el té (un altre "
            "fil que hi espera, per exemple), la connexió no s'acaba. Abans s'ha "
            "d'avisar l'altre extrem, i d'això se n'encarrega una altra crida.",
            "close() only lets go of the socket: while somebody else has it still "
            "(another thread that waits on it, say) the connection does not end. "
            "Before that the other end must be told, and that takes another call.",
        )
    )


def closes_its_socket(driver, lost=lambda peer: None):
    """`tanca()` gives the socket back, `lost` or not, where one can see it."""
    if not pathlib.Path("/proc/self/fd").is_dir():
        pytest.skip("no /proc: nobody can see which sockets are open")
    before = driver.open_sockets()
    lost(driver.connects())
    driver.tanca()
    driver.has_open_sockets(
        before,
        means=tr(
            "El sòcol continua obert: un servidor que no els tanca acaba sense "
            "poder-ne obrir cap més.",
            "The socket is still open: a server that does not close them ends up "
            "without being able to open any more.",
        ),
    )


@step("C5")
def test_tanca_gives_the_socket_back_to_the_system(scene):
    closes_its_socket(scene.driver())


# C6: a lost connection ----------------------------------------------------------------


@step("C6")
@pytest.mark.parametrize("way", ["closes", "half_closes"])
def test_after_the_end_rep_gives_error_each_time(scene, way):
    driver = driver_for_trouble(scene)
    other = driver.connects()
    getattr(other, way)()
    with scene.needing("C4"):
        driver.rep_gives("ERROR")
    for _ in range(2):
        driver.rep_gives("ERROR", means=OVER)


@step("C6")
def test_after_a_reset_rep_gives_error(scene):
    driver = driver_for_trouble(scene)
    driver.connects().resets()
    driver.rep_gives("ERROR")
    driver.rep_gives("ERROR")
    driver.tanca()


@step("C6")
@pytest.mark.parametrize("way", ["resets", "closes"])
def test_envia_gives_error_once_the_connection_is_lost(scene, way):
    """The system may take a line or two before it learns that nobody is there."""
    driver = driver_for_trouble(scene)
    getattr(driver.connects(), way)()
    driver.sends_until("ERROR", scene.words.text())
    driver.envia_gives(scene.words.text(), "ERROR", means=OVER)
    driver.rep_gives("ERROR")
    driver.tanca()


@step("C6")
def test_after_the_end_envia_gives_error(scene):
    """The other end could still read; but for this end the connection is over."""
    driver = driver_for_trouble(scene)
    driver.connects().half_closes()
    with scene.needing("C4"):
        driver.rep_gives("ERROR")
    driver.envia_gives(scene.words.text(), "ERROR", means=OVER)
    driver.envia_gives(scene.words.text(), "ERROR", means=OVER)


@step("C6")
@pytest.mark.waits
def test_after_a_timeout_envia_gives_error(scene):
    driver = driver_for_trouble(scene)
    other = driver.connects(buffer=2048)
    text = scene.words.of_bytes(4000)
    with scene.needing("C3"):
        sent = driver.sends_until("TIMEOUT", text)
    driver.envia_gives(text, "ERROR", means=OVER)
    # Were it not over, there would be room for a line again once all this is read.
    other.reads(sent)
    driver.envia_gives(scene.words.text(), "ERROR", means=OVER)


@step("C6")
def test_tanca_gives_back_the_socket_of_a_lost_connection_too(scene):
    closes_its_socket(driver_for_trouble(scene), lost=lambda peer: peer.resets())


@step("C6")
def test_tanca_may_be_called_twice(scene):
    driver = driver_for_trouble(scene)
    other = driver.connects()
    driver.tanca()
    driver.tanca()
    other.gets_end()
    driver.envia_gives(scene.words.text(), "ERROR", means=OVER)
    driver.rep_gives("ERROR", means=OVER)


OVER = tr(
    "La connexió ja s'ha acabat: a partir d'aquí, envia() i rep() tornen sempre "
    "Estat.ERROR, i mai no llancen cap excepció.",
    "The connection is over: from then on, envia() and rep() always return "
    "Estat.ERROR, and never raise an exception.",
)


# C7: what may be in a line ------------------------------------------------------------


@step("C7")
def test_a_line_of_4096_bytes_is_given(scene):
    driver = scene.driver()
    other = driver.connects()
    hears(scene, driver, other)
    means = tr(
        "Una línia pot tenir fins a 4096 bytes, sense comptar-ne el final («\\n» o "
        "«\\r\\n»).",
        "A line may have up to 4096 bytes, its end («\\n» or «\\r\\n») left out.",
    )
    for end in ("\n", "\r\n", "\n"):
        text = scene.words.of_bytes(4096)
        other.sends(f"{text}{end}".encode())
        driver.rep_gives("OK", text, means)


@step("C7")
def test_a_line_of_4096_bytes_is_given_though_its_end_comes_in_two(scene):
    driver = scene.driver()
    other = driver.connects(drops=1)
    text = "x" * 4096
    other.sends(f"{text}\r\n".encode())
    means = tr(
        "«\\r» també és del final de la línia: mentre no arriba «\\n», no compta.",
        "«\\r» belongs to the line's end too: while «\\n» does not come, it does "
        "not count.",
    )
    driver.rep_gives("OK", text, means)


@step("C7")
def test_a_line_of_4097_bytes_is_an_error(scene):
    driver = scene.driver()
    other = driver.connects()
    hears(scene, driver, other)
    before, after = scene.words.text(), scene.words.text()
    long = scene.words.of_bytes(4097)
    end = scene.words.random.choice(["\n", "\r\n"])
    other.sends(f"{before}{end}{long}{end}{after}{end}".encode())
    driver.rep_gives("OK", before)
    driver.rep_gives("ERROR", means=TOO_LONG)
    driver.rep_gives("ERROR", means=TOO_LONG)


@step("C7")
def test_a_line_that_never_ends_is_an_error(scene):
    driver = scene.driver()
    other = driver.connects()
    hears(scene, driver, other)
    before, after = scene.words.text(), scene.words.text()
    size = scene.words.random.randint(4200, 5000)
    other.sends(f"{before}\n{scene.words.of_bytes(size)}".encode())
    driver.rep_gives("OK", before)
    driver.rep_gives(
        "ERROR",
        means=tr(
            "Ja han arribat més de 4096 bytes sense cap final de línia: no cal "
            "esperar-lo. Qui envia sense parar una línia que no s'acaba mai ompliria "
            "la memòria.",
            "More than 4096 bytes have arrived without a line's end: there is no need "
            "to wait for it. Who sends a line that never ends would fill the memory.",
        ),
    )
    other.sends(f"{after}\n{after}\n".encode())
    driver.rep_gives("ERROR", means=TOO_LONG)


@step("C7")
def test_bytes_that_are_not_utf8_are_replaced(scene):
    driver = scene.driver()
    other = driver.connects()
    hears(scene, driver, other)
    tag = scene.words.tag()
    other.sends("Mercè, tu què hi dius? ".encode("latin-1") + tag.encode() + b"\xff\n")
    means = tr(
        "Hi ha bytes que no són UTF-8 (algú fa servir una altra codificació): cada un "
        "s'ha de canviar per U+FFFD. decode() té un paràmetre que diu què se'n fa.",
        "There are bytes that are not UTF-8 (somebody uses another encoding): each is "
        "to become U+FFFD. decode() has a parameter that says what becomes of them.",
    )
    driver.rep_gives("OK", f"Merc{FFFD}, tu qu{FFFD} hi dius? {tag}{FFFD}", means)
    text = scene.words.text()
    other.says(text)
    driver.rep_gives("OK", text)


@step("C7")
def test_control_characters_are_replaced_when_they_arrive(scene):
    driver = scene.driver()
    other = driver.connects()
    hears(scene, driver, other)
    text = scene.words.text()
    other.says(f"\x1b[2J{text}\x07\t👩‍👩‍👧")
    driver.rep_gives("OK", f"{FFFD}[2J{text}{FFFD}\t👩‍👩‍👧", CONTROL)
    other.sends(f"{CONTROLS}{text}\r\r\n".encode())
    driver.rep_gives("OK", f"{FFFD * len(CONTROLS)}{text}{FFFD}", CONTROL)


@step("C7")
def test_control_characters_are_replaced_when_they_are_sent(scene):
    driver = scene.driver()
    other = driver.connects()
    speaks(scene, driver, other)
    text = scene.words.text()
    driver.envia_gives(f"{text}\n{text}\t👩‍👩‍👧", "OK")
    other.gets(f"{text}{FFFD}{text}\t👩‍👩‍👧", CONTROL)
    driver.envia_gives(f"{CONTROLS}{text}\r", "OK")
    other.gets(f"{FFFD * len(CONTROLS)}{text}{FFFD}", CONTROL)


TOO_LONG = tr(
    "Una línia de més de 4096 bytes (bytes, no caràcters) és un error de la connexió: "
    "rep() no la dona, ni sencera ni a trossos, ni res del que vingui darrere.",
    "A line of more than 4096 bytes (bytes, not characters) is an error of the "
    "connection: rep() gives neither the line, whole or in pieces, nor anything that "
    "comes after it.",
)
CONTROL = tr(
    "Cada caràcter de control (categoria Cc d'Unicode: codis 0 a 31 i 127 a 159), "
    "llevat del tabulador, es canvia per U+FFFD, tant a envia() com a rep(). Cap "
    "altre caràcter no es toca.",
    "Each control character (Unicode category Cc: codes 0 to 31 and 127 to 159) other "
    "than the tab becomes U+FFFD, in envia() as well as in rep(). No other character "
    "is touched.",
)


@step("C7")
def test_what_utf8_cannot_hold_becomes_a_question_mark(scene):
    driver = scene.driver()
    other = driver.connects()
    tag = scene.words.tag()
    means = tr(
        "Un text de Python pot tenir caràcters que UTF-8 no pot representar (els "
        "«surrogates» solts): encode() té un paràmetre que diu què se'n fa.",
        "A text in Python may hold characters that UTF-8 cannot represent (lone "
        "surrogates): encode() has a parameter that says what becomes of them.",
    )
    driver.envia_gives(f"à\udce0{tag}\ud83d", "OK", means)
    other.gets(f"à?{tag}?", means)
