"""The fixed words of the document in the language that it is written in.

English is in the code: a message is its own key. Every other language is a gettext catalogue beside this
file (`de.po`, compiled to `de.mo`); what a catalogue does not have stays English. Names, types, SQL and
comments of the database are values, never part of a message.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import GNUTranslations
from importlib import resources

from pgdossier.errors import ConfigurationError

ENGLISH = "en"
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "ja": "日本語",
    "pt": "Português",
    "vi": "Tiếng Việt",
    "zh": "中文",
}
"""Each language that documents can be written in, by its code, with the name that it has for itself."""

# What stands for the English comma between thousands, and for the point before decimals. The spaces are those
# that no line breaks at: a wide one in Spanish, a narrow one in French.
_POINTS = str.maketrans(",.", ".,")
_SEPARATORS = {
    "de": _POINTS,
    "es": str.maketrans(",.", "\N{NO-BREAK SPACE},"),
    "fr": str.maketrans(",.", "\N{NARROW NO-BREAK SPACE},"),
    "pt": _POINTS,
    "vi": _POINTS,
}

_catalogue: ContextVar[GNUTranslations | None] = ContextVar("catalogue", default=None)
_code: ContextVar[str] = ContextVar("language", default=ENGLISH)


def tr(message: str, /, **values: object) -> str:
    """The message in the current language, filled in.

    Args:
        message: English. With values, `{name}` stands for one and a brace is doubled; without, it is taken
            as it is.
        values: What is filled in, by name; text of the database has been escaped before.
    """
    catalogue = _catalogue.get()
    if catalogue is not None:
        message = catalogue.gettext(message)
    return message.format(**values) if values else message


def trn(one: str, many: str, count: int, /, **values: object) -> str:
    """The message for a count; `{count}` in it is the number, with separators between thousands."""
    catalogue = _catalogue.get()
    message = one if count == 1 else many
    if catalogue is not None:
        message = catalogue.ngettext(one, many, count)
    return message.format(**{"count": number(count), **values})


def trc(context: str, message: str, /, **values: object) -> str:
    """As `tr`, for a short word that other languages say in several ways; the context tells which."""
    catalogue = _catalogue.get()
    if catalogue is not None:
        message = catalogue.pgettext(context, message)
    return message.format(**values) if values else message


def mark(message: str) -> str:
    """The message itself: for a constant that is made at import and said later, by `tr`."""
    return message


def number(value: float, digits: str = ",") -> str:
    """A number as the current language writes it.

    Args:
        value: The number.
        digits: How many digits, as Python's format specification says it.
    """
    return f"{value:{digits}}".translate(_SEPARATORS.get(_code.get(), {}))


def current() -> str:
    """The code of the language that is being written: `en`, `de` and so on."""
    return _code.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write in this language until the end of the block.

    Raises:
        ConfigurationError: There is no such language.
    """
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ConfigurationError(f"there is no language {language!r}", hint=f"one of: {known}")
    catalogue = None
    if language != ENGLISH:
        with resources.files(__name__).joinpath(f"{language}.mo").open("rb") as file:
            catalogue = GNUTranslations(file)
    words, code = _catalogue.set(catalogue), _code.set(language)
    try:
        yield
    finally:
        _catalogue.reset(words)
        _code.reset(code)
