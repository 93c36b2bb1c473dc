"""How the drawings speak: in which language, and whose thread is whose."""

import contextlib
from collections.abc import Iterator

from tools import language
from tools.language import tr


@contextlib.contextmanager
def speaking(lang: str) -> Iterator[None]:
    """Meanwhile `tr()` gives this language.

    Raises:
        KeyError: nobody here speaks it.
    """
    if lang not in language.LANGUAGES:
        raise KeyError(lang)
    before = language.current()
    language.use(lang)
    try:
        yield
    finally:
        language.use(before)


def the(name: str) -> str:
    """Somebody's name in a Catalan sentence: «l'Anna», «la Berta» (all are women)."""
    return f"l'{name}" if name[0] in "AEIOUÀÈÉÍÒÓÚH" else f"la {name}"


def of(name: str) -> str:
    """The same after «de»: «de l'Anna», «de la Berta»."""
    return f"de {the(name)}"


def thread(name: str) -> str:
    """What a thread of a record is called in a sentence; people have their name."""
    process, _, role = name.rpartition("/")
    match role.split():
        case ["participant", who]:
            return tr(f"el fil {of(who)}", f"{who}'s thread")
        case ["peticions"]:
            return tr("el fil de peticions", "the requests thread")
        case ["principal"] if process:
            return tr("el fil principal del client", "the client's main thread")
        case ["principal"]:
            return tr("el fil principal", "the main thread")
        case ["connexio"]:
            return tr("el fil «connexio» del client", "the client's thread “connexio”")
        case ["teclat"]:
            return tr("el fil del teclat", "the keyboard's thread")
    return tr(the(name), name)


def sentence(text: str) -> str:
    """The same, with a capital letter."""
    return text[0].upper() + text[1:]


def quoted(text: str) -> str:
    """A line between quotation marks, without its end."""
    return tr(f"«{text.rstrip()}»", f"“{text.rstrip()}”")
