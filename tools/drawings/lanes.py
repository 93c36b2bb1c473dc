"""Which threads each sequence shows, and how they are headed."""

import dataclasses

from tools.language import tr

from .speech import of


@dataclasses.dataclass(frozen=True)
class Lane:
    """The lifeline of a thread, or of somebody: its group is `server`, `client` or "".

    `threads` are those of the record that it stands for.
    """

    threads: tuple[str, ...]
    group: str = ""

    @property
    def is_person(self) -> bool:
        """Whether it stands for somebody's whole client."""
        return not self.group

    def heading(self, wide: bool) -> tuple[str, str]:
        """What stands above it, in two lines; the first may be empty."""
        if self.is_person and len(self.threads) > 1:
            return ", ".join(self.threads[:-1]) + ",", self.threads[-1]
        role = self.threads[0].rpartition("/")[2]
        match role.split():
            case ["participant", who]:
                first = tr("fil", f"{who}'s")
                return first, tr(of(who) if wide else who, "thread")
            case ["peticions"]:
                return tr("fil de", "requests"), tr("peticions", "thread")
            case ["principal"]:
                return tr("fil", "main"), tr("principal", "thread")
            case ["teclat"]:
                return tr("fil del", "keyboard"), tr("teclat", "thread")
            case ["connexio"]:
                return tr("fil", "thread"), "connexio"
        return "", role


def _server(*threads: str) -> tuple[Lane, ...]:
    return tuple(Lane((thread,), "server") for thread in threads)


def _people(*names: str) -> tuple[Lane, ...]:
    return tuple(Lane((name,)) for name in names)


_THREE = (
    *_people("Anna"),
    *_server("participant Anna", "participant Berta", "participant Carla"),
    *_people("Berta", "Carla"),
)

#: The lanes of each sequence, from left to right.
LANES = {
    "entra": (
        *_people("Anna"),
        *_server("participant Anna", "peticions", "participant Berta"),
        *_people("Berta"),
    ),
    "parla": _THREE,
    "quit": (
        Lane(("client Anna/teclat",), "client"),
        Lane(("client Anna/principal",), "client"),
        Lane(("client Anna/connexio",), "client"),
        *_server("participant Anna"),
        *_people("Berta"),
    ),
    "perdut": _THREE,
    "final": (
        Lane(("principal", "teclat"), "server"),
        *_server("peticions", "participant Anna", "participant Berta"),
        Lane(("Anna", "Berta")),
    ),
}


def title(name: str) -> str:
    """The title of a sequence."""
    return {
        "entra": tr("Entren dues persones al xat", "Two people come into the chat"),
        "parla": tr("L'Anna parla, i les altres llegeixen", "Anna talks, others read"),
        "quit": tr("L'Anna se'n va amb {quit}", "Anna leaves with {quit}"),
        "perdut": tr("Es perd la connexió de l'Anna", "Anna's connection is lost"),
        "final": tr("S'acaba el xat, amb gent a dins", "The chat ends, people inside"),
    }[name]


def group_title(group: str) -> str:
    """What stands above the lanes of a group."""
    if group == "server":
        return tr("servidor", "server")
    return tr("client de l'Anna", "Anna's client")
