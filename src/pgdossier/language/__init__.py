"""The fixed words of the document in the language that it is written in.

English is in the code: a message is its own key. Every other language is a gettext catalogue beside this
file (`de.po`, compiled to `de.mo`); what a catalogue does not have stays English. Names, types, SQL and
comments of the database are values, never part of a message.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pgdossier.errors import ConfigurationError

if TYPE_CHECKING:  # it loads much that help texts do without
    from gettext import GNUTranslations

_P = ParamSpec("_P")
_R = TypeVar("_R")

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
    if catalogue is None:
        return message.format(**values) if values else message
    message = catalogue.gettext(message)
    return _filled(message, values) if values else message


def trn(one: str, many: str, count: int, /, **values: object) -> str:
    """The message for a count; `{count}` in it is the number, with separators between thousands."""
    catalogue = _catalogue.get()
    message = one if count == 1 else many
    if catalogue is not None:
        message = catalogue.ngettext(one, many, count)
    return _filled(message, {"count": number(count), **values})


def trc(context: str, message: str, /, **values: object) -> str:
    """As `tr`, for a short word that other languages say in several ways; the context tells which."""
    catalogue = _catalogue.get()
    if catalogue is not None:
        message = catalogue.pgettext(context, message)
    return _filled(message, values) if values else message


def _filled(message: str, values: dict[str, object]) -> str:
    if _code.get() not in _SEPARATORS:
        return message.format(**values)
    return _FORMATTER.vformat(message, (), values)


class _Formatter(string.Formatter):
    """Fills in numbers as the current language writes them: `{rows:,}`."""

    def format_field(self, value: object, format_spec: str) -> str:
        if format_spec and isinstance(value, int | float):
            return number(value, format_spec)
        return format(value, format_spec)


_FORMATTER = _Formatter()


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


def remembered(most: int) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """A function that says the same of the same values: its last results are kept, for each language."""

    def keeping(function: Callable[_P, _R]) -> Callable[_P, _R]:
        kept: Callable[..., _R] = lru_cache(maxsize=most)(
            lambda _, __, *args, **named: function(*args, **named)
        )

        @wraps(function)
        def say(*args: _P.args, **named: _P.kwargs) -> _R:
            return kept(_catalogue.get(), _code.get(), *args, **named)

        return say

    return keeping


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write in this language until the end of the block.

    Raises:
        ConfigurationError: There is no such language.
    """
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ConfigurationError(f"there is no language {language!r}", hint=f"one of: {known}")
    catalogue = None if language == ENGLISH else _read(language)
    words, code = _catalogue.set(catalogue), _code.set(language)
    try:
        yield
    finally:
        _catalogue.reset(words)
        _code.reset(code)


@cache
def _read(language: str) -> GNUTranslations:
    from gettext import GNUTranslations  # noqa: PLC0415 - see above

    with Path(__file__).with_name(f"{language}.mo").open("rb") as file:
        return GNUTranslations(file)


def retold(text: str, messages: Iterable[str]) -> str:
    """A sentence that was stored in English, in the current language.

    Args:
        text: The sentence, with its values.
        messages: What it may be, as messages with placeholders; the first that fits counts.

    Returns:
        The sentence said anew; as it is when no message fits. A value is a value: it is never said anew.
    """
    if _catalogue.get() is None:
        return text
    for message in messages:
        if (found := _pattern(message).fullmatch(text)) is not None:
            values = found.groupdict()
            return tr(message, **values) if values else tr(message)
    return text


@cache
def _pattern(message: str) -> re.Pattern[str]:
    """What a message looks like when it is filled in."""
    pieces = re.split(r"\{(\w+)\}", message)
    return re.compile(
        "".join(f"(?P<{one}>.+?)" if at % 2 else re.escape(one) for at, one in enumerate(pieces)), re.DOTALL
    )
