"""Many people at once, each in a thread of its own, and what each of them saw.

One who was there before and stays to the end, the witness, sees every line; everyone
else must have seen the same ones in the same order, its own left out.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

from tools.language import tr

from .deadline import Deadline, patience
from .disappointment import Disappointment, Other
from .people import Line, Participant, Server, StreamEnd, came_in, left, lost
from .process import Silence
from .shorten import shorten


class Member:
    """One of a crowd: its name, what it says, and what it saw from its `Hola` on."""

    def __init__(self, name: str, texts: list[str], leaves: bool, breaks: bool):
        self.name = name
        self.texts = texts
        self.leaves = leaves
        self.breaks = breaks
        self.lines = [f"[{name}] {text}" for text in texts]
        self.participant: Participant | None = None
        #: How many they were, by its `Hola`.
        self.count = 0
        self.seen: list[str] = []


class Crowd:
    """So many people, who say so many texts each; with `leaving`, most leave then.

    Half of them come first; as soon as they are in, they talk while the others come.
    Then all of them send the rest of what they have to say, each in one go; but with
    `breaking`, half of those who leave break their connections instead (RST).
    """

    def __init__(
        self,
        server: Server,
        people: int,
        texts: int,
        leaving: bool = False,
        breaking: bool = False,
    ):
        self.scene = server.scene
        self.server = server
        self.leaving = leaving
        self.breaking = breaking
        words = self.scene.words
        self.members = [
            Member(
                words.name(),
                [words.text(2) for _ in range(texts)],
                # Those who stay, every third one, hear of all that leave.
                leaves=leaving and not stays and not breaks,
                breaks=breaks,
            )
            for stays, breaks in (
                (place % 3 == 2, breaking and place % 3 == 1) for place in range(people)
            )
        ]
        self.witness: Participant | None = None
        #: Every line, in the witness's order.
        self.order: list[str] = []
        self._gate = threading.Barrier(people, timeout=patience())

    # What they do ------------------------------------------------------------------

    def comes_and_talks(self) -> None:
        """They come, talk (and leave), all at once; then everyone reads everything."""
        self.witness = self.server.arrives().enters(1)
        people, texts = len(self.members), len(self.members[0].texts)
        with self.scene.in_short(
            f"{people} persones alhora entren i diuen {texts} textos cada una"
            + (", i molts marxen" if self.leaving else "")
            + (", d'altres tallant de cop" if self.breaking else ""),
            f"{people} people at once come in and say {texts} texts each"
            + (", and many leave" if self.leaving else "")
            + (", others breaking off" if self.breaking else ""),
        ):
            with ThreadPoolExecutor(people) as pool:
                parts = [
                    pool.submit(self._take_part, member, place % 2 == 0)
                    for place, member in enumerate(self.members)
                ]
            self._raise_the_first([part.exception() for part in parts])
            self._witness_everything()
            self._read_what_each_saw()

    def _take_part(self, member: Member, early: bool) -> None:
        try:
            if not early:
                self._gate.wait()
            member.participant = self.server.arrives(member.name).greeted()
            member.participant.says(member.name)
            member.count = self._is_let_in(member.participant)
            if early:
                self._gate.wait()
            first, second, *rest = member.texts
            member.participant.says(first)
            member.participant.says(second)
            # Piles of lines at the same time: here threads get into each other's way.
            self._gate.wait()
            if member.breaks:
                member.participant.resets()
                return
            last = ["{quit}"] if member.leaves else []
            pile = "".join(f"{line}\n" for line in [*rest, *last])
            member.participant.sends(pile.encode())
        except BaseException:
            self._gate.abort()
            raise

    def _is_let_in(self, participant: Participant) -> int:
        """Its first line is its `Hola`, with a number that can be; gives the number."""
        came = participant.next(Deadline())
        beginning = f"* Hola, {participant.name}! Ja ets al xat. Participants: "
        if isinstance(came, str):
            number = came.removeprefix(beginning).removesuffix(".")
            if came == f"{beginning}{number}." and number.isdecimal():
                if 2 <= int(number) <= 1 + len(self.members):
                    return int(number)
        raise participant.disappoints(f"{participant.label} ← {beginning}…", came)

    @staticmethod
    def _raise_the_first(errors: list[BaseException | None]) -> None:
        """What went wrong, rather than that others waited at the gate in vain."""
        errors = [error for error in errors if error is not None]
        errors.sort(key=lambda error: isinstance(error, threading.BrokenBarrierError))
        if errors:
            raise errors[0]

    # What they see -----------------------------------------------------------------

    def _witness_everything(self) -> None:
        """The witness gets each line once, and no other."""
        missing = {came_in(member.name) for member in self.members}
        # What somebody says who breaks off may be lost on its way.
        possible: dict[str, set[str]] = {}
        for member in self.members:
            if member.breaks:
                missing.add(lost(member.name))
                possible[lost(member.name)] = set(member.lines)
                continue
            missing.update(member.lines)
            if member.leaves:
                missing.add(left(member.name))
        deadline = Deadline()
        while missing:
            came = self.witness.next(deadline)
            # After its farewell comes nothing more of it.
            possible.pop(came, None)
            for lines in possible.values():
                if came in lines:
                    lines.remove(came)
                    missing.add(came)
            if came not in missing:
                if isinstance(came, str):
                    again = came in self.order
                    came = Line(self.witness.label, came)
                    if again:
                        came = Other(
                            came.describe() + tr(" (per segon cop)", " (once more)")
                        )
                elif isinstance(came, Silence):
                    came = Silence(deadline.seconds, self.order)
                raise Disappointment(
                    f"{self.witness.label} ← {shorten(min(missing))}",
                    came,
                    _means_lost(),
                )
            missing.remove(came)
            self.order.append(came)

    def _read_what_each_saw(self) -> None:
        """What each member got after its `Hola`, to the end (or to one last text)."""
        last = self.scene.words.text()
        self.witness.says(last)
        last = f"[{self.witness.name}] {last}"
        for member in self.members:
            if member.breaks:
                continue
            deadline = Deadline()
            while (came := member.participant.next(deadline)) != last:
                if isinstance(came, str):
                    member.seen.append(came)
                    continue
                if member.leaves and isinstance(came, StreamEnd):
                    break
                expected = f"{member.name} ← {shorten(last)}"
                if member.leaves:
                    expected = tr(
                        f"{member.name}: s'acaba la connexió",
                        f"{member.name}: the connection comes to its end",
                    )
                raise Disappointment(expected, came)

    # What one expects --------------------------------------------------------------

    def each_authors_order_was_kept(self) -> None:
        """Everyone's lines came in the order in which they were sent."""
        place = {line: number for number, line in enumerate(self.order)}
        for member in self.members:
            said = [line for line in member.lines if line in place]
            lines = [came_in(member.name), *said]
            if member.leaves:
                lines.append(left(member.name))
            if member.breaks:
                lines.append(lost(member.name))
            for before, after in zip(lines, lines[1:], strict=False):
                if place[after] < place[before]:
                    raise Disappointment(
                        tr(
                            f"«{shorten(before)}» arriba abans que «{shorten(after)}»",
                            f"«{shorten(before)}» comes before «{shorten(after)}»",
                        ),
                        Other(tr("A l'inrevés.", "The other way round.")),
                        tr(
                            "Les línies d'un mateix participant han de sortir en "
                            "l'ordre en què les ha enviades: mira si les tracta un "
                            "sol fil, l'una darrere l'altra.",
                            "A participant's lines must go out in the order in which "
                            "they were sent: see whether one thread alone handles "
                            "them, one after another.",
                        ),
                    )

    def each_was_counted(self) -> None:
        """No two were told the same number, since nobody had left."""
        counted: dict[int, Member] = {}
        for member in self.members:
            other = counted.setdefault(member.count, member)
            if other is not member:
                same = f"* Hola, …! … Participants: {member.count}."
                raise Disappointment(
                    tr(
                        "cada un que entra rep un nombre de participants diferent",
                        "each newcomer is told another number of participants",
                    ),
                    Other(f"{other.name} ← {same} / {member.name} ← {same}"),
                    tr(
                        "Dos fils han comptat els participants alhora, abans que cap "
                        "dels dos afegís el seu. El candau s'ha d'agafar abans de "
                        "comptar, i no s'ha de deixar anar fins que el que entra ja "
                        "és a la llista.",
                        "Two threads counted the participants at once, before either "
                        "added its own. The lock must be taken before counting, and "
                        "kept until the newcomer is on the list.",
                    ),
                )

    def nobody_saw_own_texts(self) -> None:
        """No line came back to its author."""
        for member in self.members:
            for line in member.seen:
                if line in member.lines:
                    raise Disappointment(
                        tr(
                            f"{member.name} no rep el que diu ell mateix",
                            f"{member.name} does not get back what it says",
                        ),
                        Line(member.name, line),
                        tr(
                            "El que algú diu s'envia a tots els altres, però no a "
                            "qui ho ha dit.",
                            "What somebody says goes to all the others, but not to "
                            "the one who said it.",
                        ),
                    )

    def all_saw_the_same(self) -> None:
        """Everyone saw the witness's lines in the witness's order, none left out."""
        for member in self.members:
            if not member.breaks:
                self._saw_the_same(member)

    def _saw_the_same(self, member: Member) -> None:
        own = {came_in(member.name), left(member.name), *member.lines}
        others = [line for line in self.order if line not in own]
        # What came after its `ha entrat` must be there; what came just before may be
        # (after its `Hola`). So too at the end: up to its last text all must be there.
        entered = self._others_before(came_in(member.name), own)
        stayed = len(others)
        if member.leaves:
            stayed = self._others_before(member.lines[-1], own)
        first = entered
        if member.seen and member.seen[0] in others[:entered]:
            first = others.index(member.seen[0])
        expected = others[first:]
        for seen, line in zip(member.seen, expected, strict=False):
            if seen != line:
                self._saw_otherwise(member, line, Line(member.name, seen))
        if len(member.seen) > len(expected):
            extra = member.seen[len(expected)]
            self._saw_otherwise(member, "", Line(member.name, extra))
        if first + len(member.seen) < stayed:
            nothing = Other(tr("No li arriba.", "It does not come."))
            self._saw_otherwise(member, expected[len(member.seen)], nothing)

    def _others_before(self, line: str, own: set[str]) -> int:
        before = self.order[: self.order.index(line)]
        return sum(other not in own for other in before)

    def _saw_otherwise(self, member: Member, line: str, came) -> None:
        witness = self.witness.name
        expected = tr(
            f"{member.name} ← {shorten(line)} (en el mateix ordre que {witness})",
            f"{member.name} ← {shorten(line)} (in the same order as {witness})",
        )
        if not line:
            expected = tr(
                f"{member.name} no rep res més",
                f"{member.name} gets nothing more",
            )
        raise Disappointment(
            expected,
            came,
            tr(
                "Dos fils envien o canvien la llista alhora, i cadascú veu una cosa "
                "diferent. El candau s'ha d'agafar abans de començar a enviar una "
                "línia, i no s'ha de deixar anar fins que l'ha rebuda tothom; "
                "entrar i sortir de la llista, i dir-ho, també.",
                "Two threads send or change the list at once, and everyone sees "
                "something else. The lock must be taken before a line begins to be "
                "sent, and kept until everyone has it; so too for coming into the "
                "list, leaving it, and saying so.",
            ),
        )


def _means_lost() -> str:
    return tr(
        "Amb molta gent alhora s'ha perdut, repetit o barrejat alguna línia. Sovint "
        "és que un fil canvia la llista de participants mentre un altre la recorre, "
        "o que dos fils envien alhora pel mateix sòcol: el candau ho evita.",
        "With many people at once, a line was lost, repeated or mixed up. Often one "
        "thread changes the list of participants while another goes through it, or two "
        "threads send through the same socket at once: the lock prevents that.",
    )
