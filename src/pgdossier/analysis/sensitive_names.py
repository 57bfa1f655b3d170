"""What names of columns say about sensitive data, in the languages of `sensitive_terms.toml`.

A name is read as words: `customerEmail`, `customer_email` and `customeremail` are the same two. The longest
terms are looked for; what follows a term must leave the meaning as it is (`email_home`, `password_hash`), for
what a name ends with is what the column holds: `email_domain`, `password_policy` and `token_count` hold none.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum, StrEnum
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import msgspec

from pgdossier.analysis.naming import singulars


class Category(StrEnum):
    """What sensitive data are about; the words as the configuration has them."""

    CREDENTIAL = "credential"
    FINANCIAL = "financial"
    GOVERNMENT_ID = "government_id"
    HEALTH = "health"
    BIOMETRIC = "biometric"
    SPECIAL = "special"
    PERSONAL = "personal"
    CONTACT = "contact"
    LOCATION = "location"
    ONLINE = "online"


class Confidence(IntEnum):
    """How sure it is that a column holds what its evidence says."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """The word for people."""
        return self.name.lower()


class Place(IntEnum):
    """What the table of a column is about; the position of its letter in `confidence` of a kind."""

    ANYTHING = 0
    LINKED = 1  # it references a table about persons, or is referenced by one
    PERSONS = 2
    THINGS = 3  # organisations, places, machines


_LETTERS = {"h": Confidence.HIGH, "m": Confidence.MEDIUM, "l": Confidence.LOW, "-": None}


class Kind(msgspec.Struct, frozen=True):
    """One kind of column that is looked for by name.

    Attributes:
        what: What such a column holds.
        category: The category; None for names that look like a kind and are none.
        confidence: By `Place`; None: the name says nothing there.
        types: The classes of type that such a column can have.
        secret: It only counts in a table of secrets.
        identifier: Its words are an identifier already; "id" at the end does not make it a reference.
        needs_address: It only counts beside a street or a postal code.
        tables: It only counts in tables whose names end with one of these words; none: in all.
    """

    what: str
    category: Category | None
    confidence: tuple[Confidence | None, ...]
    types: frozenset[str]
    secret: bool = False
    identifier: bool = False
    needs_address: bool = False
    tables: frozenset[str] = frozenset()


class Terms(msgspec.Struct, frozen=True):
    """The terms by their letters without spaces, and the words that matter around them."""

    kinds: dict[str, tuple[Kind, ...]]
    words: dict[str, frozenset[str]]
    pieces: frozenset[str]
    longest: int


@cache
def terms() -> Terms:
    """The terms of all languages."""
    text = resources.files(__package__).joinpath("sensitive_terms.toml").read_text(encoding="utf-8")
    data: dict[str, Any] = tomllib.loads(text)
    kinds: dict[str, tuple[Kind, ...]] = {}
    pieces: set[str] = set()
    for entry in data["kinds"]:
        category = entry.get("category")
        kind = Kind(
            what=entry["what"],
            category=Category(category) if category else None,
            confidence=tuple(_LETTERS[letter] for letter in entry.get("confidence", "----")),
            types=frozenset(entry.get("types", ("text",))),
            secret=entry.get("secret", False),
            identifier=entry.get("identifier", False),
            needs_address=entry.get("needs_address", False),
            tables=frozenset(entry.get("tables", "").split()),
        )
        for language, listed in entry.items():
            if len(language) != len("en") or language == "is":
                continue
            for term in listed.split(","):
                parts = term.split()
                pieces.update(parts)
                joined = "".join(parts)
                kinds[joined] = (*kinds.get(joined, ()), kind)
    words = {
        name: frozenset(word.replace("_", "") for word in listed.split())
        for name, listed in data["words"].items()
    }
    for listed in words.values():
        pieces |= listed
    pieces |= kinds.keys()
    return Terms(kinds, words, frozenset(pieces), max(map(len, kinds)))


# --- words of a name ------------------------------------------------------------------------------

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_LETTERS_WITHOUT_MARKS = str.maketrans(
    {
        "ß": "ss",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ø": "o",
        "Ø": "O",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
    }
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_LEAST_COMPOUND = 6
_LEAST_PIECE = 3


def without_accents(text: str) -> str:
    """The text without accents: `prénom` -> prenom, `Straße` -> Strasse, `họ tên` -> ho ten."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS_WITHOUT_MARKS))
    return unicodedata.normalize(
        "NFC",
        "".join(
            letter
            for position, letter in enumerate(decomposed)
            # The marks of Japanese kana are part of the letter.
            if not unicodedata.combining(letter) or (position and decomposed[position - 1] > "\u3000")
        ),
    )


@cache
def split(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, without accents; run-together words of known pieces are split."""
    # German umlauts are written as two letters where there is nothing else.
    found = _WORD.findall(without_accents(name.translate(_UMLAUTS) if _is_german(name) else name))
    known = terms()
    words: list[str] = []
    for word in (part.lower() for part in found):
        is_latin = word.isascii()
        if word in known.pieces or not word.isalpha() or (is_latin and len(word) < _LEAST_COMPOUND):
            words.append(word)
        else:
            words += _pieces(word, known.pieces, _LEAST_PIECE if is_latin else 1) or [word]
    return tuple(words)


def _is_german(name: str) -> bool:
    """Whether the umlauts of a name are German: spelled with two letters, it is a term or has one."""
    if name.isascii():
        return False
    lower = name.lower()
    if not set(lower) & set("äöü"):
        return False
    spelled = without_accents(lower.translate(_UMLAUTS))
    return any(part in terms().pieces for part in _WORD.findall(spelled))


def _pieces(word: str, known: frozenset[str], least: int) -> list[str] | None:
    """The fewest known words, of `least` letters each, that the word is made of; None when it is not."""
    best: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 20), end - least + 1):
            before = best[start]
            if before is None or word[start:end] not in known:
                continue
            here = best[end]
            if here is None or len(before) + 1 < len(here):
                best[end] = [*before, word[start:end]]
    return best[-1]


# --- what a name is about -------------------------------------------------------------------------

_MOST_WORDS = 6
# Columns of many tables have the same names, and every column asks what its table is about.
_REMEMBERED = 50_000


def _holds(words: Sequence[str], listed: frozenset[str]) -> bool:
    """Whether one of the words, or several of them together, is one of those listed."""
    return any(
        "".join(words[start:end]) in listed
        for start in range(len(words))
        for end in range(start + 1, min(len(words), start + 2) + 1)
    )


@lru_cache(maxsize=_REMEMBERED)
def is_about_persons(table: str) -> bool:
    """Whether rows of a table of that name stand for persons, or tell of one: users, customer_details."""
    known = terms()
    words = list(split(table))
    persons, after = known.words["persons"], known.words["of_persons"]
    while words and (words[-1].isdigit() or words[-1] in after) and not _is_in(words[-1], persons):
        words.pop()
    if not words:
        return False
    if _is_in(words[-1], persons) or "".join(words[-2:]) in persons:
        return True
    # Romance and Vietnamese names begin with what they are about; what follows says which.
    return len(words) > 1 and words[0] in persons and words[1] in after


@lru_cache(maxsize=_REMEMBERED)
def is_about_things(table: str) -> bool:
    """Whether a table is named after organisations, places or machines."""
    words = split(table)
    return bool(words) and (
        _is_in(words[-1], terms().words["places"]) or _holds(words, terms().words["machines"])
    )


@lru_cache(maxsize=_REMEMBERED)
def is_of_machines(table: str) -> bool:
    """Whether a table is named after networks and machines."""
    return _holds(split(table), terms().words["machines"])


@lru_cache(maxsize=_REMEMBERED)
def is_of_secrets(table: str) -> bool:
    """Whether a table is named after secrets: users_token, api_keys."""
    words = split(table)
    return _holds(words, terms().words["secrets"]) or "".join(words[-2:]) in ("apikeys", "apikey")


@lru_cache(maxsize=_REMEMBERED)
def names_somebody(name: str) -> bool:
    """Whether a column of text of that name says who: manager, owner, created_by."""
    words = split(name)
    if len(words) > 1 and words[-1] == "by":
        return words[-2].endswith(("ed", "en", "id"))
    return "".join(words) in terms().words["somebody"]


def _is_in(word: str, listed: frozenset[str]) -> bool:
    return bool(singulars(word) & listed)


class Named(msgspec.Struct, frozen=True):
    """What a name says: the kind, the confidence, and the words that say so."""

    kind: Kind
    confidence: Confidence
    term: str


class _Reading(msgspec.Struct, frozen=True):
    """What a name can say wherever it stands: one kind, by `Place`, and in a table of secrets."""

    kind: Kind
    places: tuple[Named | None, ...]
    among_secrets: Named | None


def read(name: str, place: Place, type_class: str, *, table: str = "", secret: bool = False) -> Named | None:
    """What a column's name says about what it holds, None when nothing sensitive.

    Args:
        name: The name of a column, or of the domain of its values.
        place: What its table is about.
        type_class: One of text, number, boolean, moment, date, network, binary, document, uuid, geo, enum.
        table: The name of its table.
        secret: Its table is one of secrets.
    """
    for reading in _readings(name):
        kind = reading.kind
        if type_class not in kind.types or (kind.tables and not set(split(table)[-1:]) & kind.tables):
            continue
        named = reading.places[place]
        if kind.secret:
            named = reading.among_secrets if secret else None
        if named is not None:
            return named
    return None


def has_terms(name: str) -> bool:
    """Whether `read` can find anything in a name."""
    return bool(_readings(name))


# Columns of many tables have the same names, and some are read several times.
@lru_cache(maxsize=_REMEMBERED)
def _readings(name: str) -> tuple[_Reading, ...]:
    """What a name can say: its last term first, up to one that looks like a kind and is none."""
    words = split(name)
    found: list[_Reading] = []
    for start, end, kinds in reversed(_matches(words)):
        if any(kind.category is None for kind in kinds):
            break
        before, after = words[:start], words[end:]
        if _says_otherwise(before, after):
            continue
        term = " ".join(words[start:end])
        found += [_reading(kind, term, before, after) for kind in kinds]
    return tuple(found)


def _says_otherwise(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the words around a term leave it another meaning."""
    known = terms().words
    if before and before[0] in known["about_before"]:
        return True
    return not all(word.isdigit() or word in known["neutral"] or word in known["persons"] for word in after)


def _reading(kind: Kind, term: str, before: Sequence[str], after: Sequence[str]) -> _Reading:
    """How sure a kind is, with the words before and after its term."""
    known = terms().words
    plain = all(word in known["neutral"] or word in known["secrets"] for word in before)
    confidence = kind.confidence
    if any(_is_in(word, known["persons"]) for word in (*before, *after)):
        confidence = (kind.confidence[Place.PERSONS],) * len(Place)
    elif any(_is_in(word, known["places"]) for word in (*before, *after)):
        confidence = (kind.confidence[Place.THINGS],) * len(Place)
    return _Reading(
        kind,
        tuple(Named(kind, sure, term) if sure is not None else None for sure in confidence),
        Named(kind, Confidence.MEDIUM, term) if plain else None,
    )


def _matches(words: tuple[str, ...]) -> tuple[tuple[int, int, tuple[Kind, ...]], ...]:
    """The terms in a row of words, the longest first taken, none over another, in their order."""
    return tuple(sorted(_longest(words), key=lambda match: match[0]))


def _longest(words: Sequence[str]) -> Iterator[tuple[int, int, tuple[Kind, ...]]]:
    known = terms()
    taken: set[int] = set()
    for length in range(min(len(words), _MOST_WORDS), 0, -1):
        for start in range(len(words) - length + 1):
            span = range(start, start + length)
            if taken & set(span):
                continue
            joined = "".join(words[start : start + length])
            kinds = next(
                (known.kinds[form] for form in (joined, *sorted(singulars(joined))) if form in known.kinds),
                None,
            )
            if kinds is not None:
                taken |= set(span)
                yield start, start + length, kinds
