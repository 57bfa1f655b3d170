"""Names of tables and columns taken apart into words, and English plurals.

The rules for plurals are few: a name only has to meet another name of the same database, so a form that is
no word does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+")
_IRREGULAR = {
    "people": "person",
    "persons": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "feet": "foot",
    "mice": "mouse",
    "teeth": "tooth",
    "media": "medium",
    "data": "datum",
    "criteria": "criterion",
    "indices": "index",
    "vertices": "vertex",
    "matrices": "matrix",
    "analyses": "analysis",
    "bases": "base",
    "addresses": "address",
    "statuses": "status",
    "aliases": "alias",
    "staff": "staff",
    "news": "news",
    "series": "series",
}


@lru_cache(maxsize=65_536)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `OrderItems`, `orderItems` and `order_items` are order, items."""
    return tuple(part.lower() for part in _WORD.findall(name))


def all_words(text: str) -> list[str]:
    """The words of a text in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def each_word(text: str) -> Iterator[str]:
    """The words of a text one after the other, in lower case."""
    return (match[0].lower() for match in _WORD.finditer(text))


@lru_cache(maxsize=65_536)
def snake(name: str) -> str:
    """The name in lower case with underscores between its words."""
    return "_".join(words(name))


@lru_cache(maxsize=65_536)
def singulars(word: str) -> tuple[str, ...]:
    """What a word may be the plural of; nothing when it does not look like one."""
    if word in _IRREGULAR:
        return (_IRREGULAR[word],)
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y", word[:-1]
    if word.endswith("ves"):
        return f"{word[:-3]}f", f"{word[:-3]}fe", word[:-1]
    if word.endswith(("sses", "xes", "ches", "shes", "zes", "oes", "uses")):
        return word[:-2], word[:-1]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return (word[:-1],)
    return ()


@lru_cache(maxsize=65_536)
def forms(name: str) -> tuple[str, ...]:
    """A table's name in snake case, as it is and with its last word (or its first) in the singular."""
    parts = words(name)
    if not parts:
        return ()
    last = ["_".join((*parts[:-1], single)) for single in singulars(parts[-1])]
    first = ["_".join((single, *parts[1:])) for single in singulars(parts[0])] if len(parts) > 1 else []
    return tuple(dict.fromkeys(("_".join(parts), *last, *first)))


def same_noun(one: str, other: str) -> bool:
    """Whether two names are the same but for case, underscores and number."""
    return not set(forms(one)).isdisjoint(forms(other))
