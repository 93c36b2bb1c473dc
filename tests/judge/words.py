"""Names and texts that differ at each run, so that no program can know them.

All come from the run's seed and the test's name: `--seed` repeats them.
"""

import random

_NAMES = (
    "Anna Berta Carla Dolors Esteve Fina Gemma Helena Ivet Jaume Karim Laia Mercè "
    "Núria Oriol Pau Queralt Roser Sílvia Txell Ursula Vicenç Xènia Yasmina Zoè"
).split()
_WORDS = (
    "bon dia què tal avui fa sol plou l'àvia compra pa i llonganissa a plaça el gat "
    "dorm al terrat demà hi ha examen de xarxes col·lecció paraigua pingüí raïm "
    "forçar Besòs Núria cançó àtom òliba naïf € ½ 漢字 🐈 ¿sí? «no»"
).split()
_SPICE = ("🙂", "ç", "l·l", "ñ", "€", "漢", "à", "ß", "🐙")


class Words:
    """A source of names, texts and cuts, random from a seed."""

    def __init__(self, seed: int, test: str):
        self.seed = seed
        self.random = random.Random(f"{seed}/{test}")
        self._names = self.random.sample(_NAMES, len(_NAMES))
        self._used = 0

    def name(self) -> str:
        """A valid name that this test has not used yet."""
        self._used += 1
        base = self._names[self._used % len(self._names)]
        return f"{base}{self.random.randint(10, 99)}{self._used}"

    def text(self, words: int = 4) -> str:
        """A text of some words, that no other call gives; it is never blank."""
        chosen = self.random.choices(_WORDS, k=words)
        return " ".join([*chosen, self.random.choice(_SPICE), self.tag()])

    def tag(self) -> str:
        """A short word that occurs nowhere else, to know a text again by."""
        return f"{self.random.getrandbits(40):010x}"

    def of_bytes(self, size: int) -> str:
        """A text that holds exactly `size` bytes of UTF-8, some letters of several."""
        text = self.text()
        held = len(text.encode())
        while held + 8 < size:
            letter = self.random.choice(_SPICE + tuple("abcdefghij"))
            text += letter
            held += len(letter.encode())
        return text + "." * (size - held)

    def cuts(self, data: bytes) -> list[bytes]:
        """`data` in pieces of 1 to 7 bytes, cut anywhere (inside a letter too)."""
        pieces = []
        while data:
            size = self.random.randint(1, 7)
            pieces.append(data[:size])
            data = data[size:]
        return pieces
