"""The two languages that people are spoken to in, each sentence side by side."""

LANGUAGES = ("ca", "en")

_current = "ca"


def use(language: str) -> None:
    """Speak `language` (one of `LANGUAGES`) from now on, in this process."""
    global _current
    _current = language


def current() -> str:
    """The language that the course speaks now."""
    return _current


def tr(ca: str, en: str) -> str:
    """The sentence in the language that the course speaks now."""
    return ca if _current == "ca" else en
