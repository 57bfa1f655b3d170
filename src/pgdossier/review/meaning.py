"""What the names of columns say: evidence by words, never proof."""

from __future__ import annotations

import re
from functools import lru_cache

from pgdossier.analysis.naming import singulars

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# The last word of a column that holds one of a few values.
_CHOICES = frozenset("status state type kind mode category gender visibility".split())  # noqa: SIM905 - a line of words
# Endings with such a last word whose values are an open set, or are another thing altogether.
_OPEN = frozenset(
    """
    mime_type content_type media_type file_type column_type data_type object_type model_type entity_type
    class_type target_type source_type resource_type item_type event_type type_type discriminator_type
    git_status http_status url_type
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_TEXTS = ("text", "character varying", "character(", "bpchar", "name", "citext")
_INTEGERS = ("smallint", "integer", "bigint")
_AMOUNTS = frozenset(
    """
    price prices amount amounts cost costs balance fee fees salary wage wages payment tax vat revenue budget
    earnings income expense expenses refund deposit invoice debit credit commission turnover
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
# Words beside which an amount's word means something else: a share, a duration, a count.
_NO_AMOUNT = frozenset(
    """
    percent percentage rate ratio factor score weight limit time seconds ms count number id code date at on
    status type version days hours model estimate
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
# What is told of things.
DESCRIPTIVE = frozenset(
    """
    name title label description email phone address date price country city category color colour size
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_ADDRESS = frozenset("city town zip zipcode postcode postal street address".split())  # noqa: SIM905 - a line of words


@lru_cache(maxsize=50_000)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in any case, in lower case: `orderTotal`, `order_total` -> order, total."""
    return tuple(word.lower() for word in _WORD.findall(name))


@lru_cache(maxsize=50_000)
def snake(name: str) -> str:
    """These words joined by `_`."""
    return "_".join(words(name))


def is_text(base_type: str) -> bool:
    """Whether the type is one of characters."""
    return base_type.startswith(_TEXTS) and not base_type.endswith("[]")


def is_integer(base_type: str) -> bool:
    """Whether the type is an integer."""
    return base_type in _INTEGERS


def is_moment(base_type: str) -> bool:
    """Whether the type is a date or a timestamp."""
    return base_type.startswith(("timestamp", "date")) and not base_type.endswith("[]")


@lru_cache(maxsize=50_000)
def is_choice(name: str) -> bool:
    """Whether a name says that the column holds one of a few values: status, type, kind."""
    found = words(name)
    return bool(found) and found[-1] in _CHOICES and "_".join(found[-2:]) not in _OPEN


@lru_cache(maxsize=50_000)
def is_amount(name: str) -> bool:
    """Whether a name says that the column holds an amount of money."""
    found = set(words(name))
    return bool(found & _AMOUNTS) and not found & _NO_AMOUNT


def is_address(names: frozenset[str]) -> bool:
    """Whether columns of these names make up an address, in which `state` is a part of a country."""
    return any(_ADDRESS & set(words(name)) for name in names)


@lru_cache(maxsize=50_000)
def stem(name: str) -> str | None:
    """What a column named like a reference is about: `customer_id`, `customerId` -> customer; else None."""
    match = re.fullmatch(r"(.+?)_?(?:id|uuid|code|fk|no|key)", name, re.IGNORECASE)
    if match is None:
        return None
    border = name[match.end(1)]
    if border != "_" and not (border.isupper() and match[1][-1].islower()):
        return None  # `paid` ends with id by chance
    return "_".join(words(match[1])) or None


@lru_cache(maxsize=50_000)
def named_after(table: str) -> frozenset[str]:
    """The words that a column about a row of that table may begin with, joined by `_`."""
    return frozenset("_".join(words(singular)) for singular in singulars("_".join(words(table))))


@lru_cache(maxsize=50_000)
def beginnings(table: str) -> tuple[str, ...]:
    """The same words with the `_` after them."""
    return tuple(f"{word}_" for word in named_after(table))
