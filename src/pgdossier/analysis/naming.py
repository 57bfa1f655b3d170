"""Naming conventions that are in use, measured (§12.F)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from functools import lru_cache
from heapq import nsmallest
from typing import TypeVar

import msgspec

from pgdossier.analysis import tables
from pgdossier.language import mark, tr
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation

_LEAST = 5
_CONVENTION_PERCENT = 75
_SHOWN_EXCEPTIONS = 10


class Convention(msgspec.Struct, frozen=True, kw_only=True):
    """The form that most names of one kind have, at least half of them.

    It is `mixed` when so many have another that it is no convention.
    `followed` of `total` names do; `exceptions` are the first ten that do not, sorted. `others` are
    competing conventions with the number of names that follow them, most first.
    `kind` and `form` tell, in English whatever the language, what the names are of and how they are formed.
    """

    label: str
    followed: int
    total: int
    exceptions: tuple[str, ...]
    others: tuple[tuple[str, int], ...] = ()
    kind: str = ""
    form: str = ""

    @property
    def percent(self) -> int:
        """The share that follows, rounded down: 100 means all."""
        return self.followed * 100 // self.total

    @property
    def mixed(self) -> bool:
        """Whether less than 75 % follow: the leading form is then one among others, not a convention."""
        return self.percent < _CONVENTION_PERCENT


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """The conventions found, in the order of schemas' contents: tables, columns, keys, indexes."""

    conventions: tuple[Convention, ...]


def measure(lookup: Lookup, bookkeeping: Container[QualifiedName] = ()) -> Naming:
    """The conventions of the names in a snapshot, each only where it has five names to go by.

    Args:
        lookup: The snapshot. Partitions, and what partitions and children inherit, are not counted.
        bookkeeping: Tables of migration tools: their names are nobody's choice here.
    """
    relations = [relation for relation in tables.relations(lookup) if relation.qualified not in bookkeeping]
    own = [relation for relation in tables.tables(lookup) if relation.qualified not in bookkeeping]
    times = Counter(relation.name for relation in relations)

    def shown(relation: Relation) -> str:
        return relation.name if times[relation.name] == 1 else relation.qualified.dotted

    def shown_column(relation: Relation, column: str) -> str:
        return f"{shown(relation)}.{column}"

    columns: _Places[str, Relation] = {}
    of_type: dict[str, _Places[str, Relation]] = {"boolean": {}, "timestamp": {}, "date": {}}
    for relation in own:
        for column in relation.columns:
            if column.local:
                columns.setdefault(column.name, []).append(relation)
                type_name = _type_name(
                    column.type if column.type_name is None else tables.base_type(lookup, column)
                )
                if type_name in of_type:
                    of_type[type_name].setdefault(column.name, []).append(relation)
    found = (
        _case(mark("Names of relations"), _by_name(relations), lambda relation, _: shown(relation)),
        _number(own, shown),
        _case(mark("Names of table columns"), columns, shown_column),
        _primary_keys(own, shown_column),
        _foreign_keys(own, shown_column),
        _leading(mark("Boolean columns"), of_type["boolean"], _boolean, shown_column),
        _leading(mark("Columns of points in time"), of_type["timestamp"], _moment, shown_column),
        _leading(mark("Columns of dates"), of_type["date"], _moment, shown_column),
        *_affixes(own),
    )
    return Naming(conventions=tuple(convention for convention in found if convention is not None))


Name = TypeVar("Name")
Of = TypeVar("Of")
# A name, or all that its form is told by, and the relations (or else) that have something of that name.
_Places = dict[Name, list[Of]]
# How to call a table: with its schema where another has the same name.
_Shown = Callable[[Relation], str]
# How to call a column, or something else of a relation.
_ShownPart = Callable[[Of, Name], str]


def _by_name(relations: Iterable[Relation]) -> _Places[str, Relation]:
    found: _Places[str, Relation] = {}
    for relation in relations:
        found.setdefault(relation.name, []).append(relation)
    return found


def _leading(
    kind: str,
    places: _Places[Name, Of],
    classify: Callable[[Name], str | None],
    shown: _ShownPart[Of, Name],
    *,
    lead: str = "{form}",
) -> Convention | None:
    """The most frequent class of the names, if there are enough names and it is not outnumbered.

    Names that `classify` gives None for follow no convention: they are exceptions. `kind`, `lead` and what
    `classify` gives are English; what is returned is in the language of the document.
    """
    classes = {name: classify(name) for name in places}
    counts: Counter[str] = Counter()
    for name, label in classes.items():
        if label is not None:
            counts[label] += len(places[name])
    total = sum(map(len, places.values()))
    ranked = sorted(((count, label) for label, count in counts.items()), key=lambda row: (-row[0], row[1]))
    if total < _LEAST or not ranked or ranked[0][0] * 2 < total:
        return None
    followed, label = ranked[0]
    exceptions = (
        shown(one, name) for name, found in places.items() if classes[name] != label for one in found
    )
    return Convention(
        label=tr("{names} {form}", names=tr(kind), form=tr(lead, form=_said(label))),
        followed=followed,
        total=total,
        exceptions=tuple(nsmallest(_SHOWN_EXCEPTIONS, exceptions)),
        others=tuple((_said(other), count) for count, other in ranked[1:]),
        kind=kind,
        form=label,
    )


_PLURAL = mark("plural")
_SINGULAR = mark("singular")
_NO_PREFIX = mark("have no prefix")
_NO_ENDING = mark("have no ending that says so")
_AFFIXES = (mark("begin with {affix}"), mark("end with {affix}"))


def _said(form: str) -> str:
    """A form in the language of the document."""
    for message in _AFFIXES:
        start = message.removesuffix("{affix}")
        if form.startswith(start):
            return tr(message, affix=form.removeprefix(start))
    return tr(form)


_CASES = (
    ("snake_case", re.compile(r"_?[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")),
    ("camelCase", re.compile(r"[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*)+\Z")),
    ("PascalCase", re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\Z")),
    ("UPPER_CASE", re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\Z")),
)


def _case(kind: str, places: _Places[str, Relation], shown: _ShownPart[Relation, str]) -> Convention | None:
    return _leading(
        kind,
        places,
        lambda name: next((label for label, pattern in _CASES if pattern.match(name)), None),
        shown,
        lead=mark("are in {form}"),
    )


_IRREGULAR_PLURALS = frozenset(
    "people children men women feet mice criteria indices vertices matrices phenomena taxa geese".split()  # noqa: SIM905 - a line of words
)
# Words that are the same in both numbers, or have only one: they say nothing about a convention.
_NO_NUMBER = frozenset(
    """
    data metadata info media news series species staff equipment information inventory software
    hardware feedback history stock cache money music traffic content settings config configuration auth audit
    access statistics stats analytics logistics sales goods
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_SINGULAR_ENDINGS = ("ss", "us", "is")
_SINGULAR_WITH_S = frozenset("alias atlas bias canvas gas chaos pos lens".split())  # noqa: SIM905 - a line of words


@lru_cache(maxsize=50_000)
def last_word(name: str) -> str:
    """The last word of a name in any case: `order_items` and `OrderItems` both end with "items"."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return words[-1].lower() if words else ""


def grammatical_number(name: str) -> str | None:
    """Whether the last word of a name is "plural" or "singular"; None when it cannot be said.

    The rule: it is plural when it ends with s, but not with ss, us or is, or is one of a few irregular
    plurals; words that have only one number are neither.
    """
    word = last_word(name)
    if not word or word in _NO_NUMBER:
        return None
    if word in _IRREGULAR_PLURALS:
        return "plural"
    if word in _SINGULAR_WITH_S or word.endswith(_SINGULAR_ENDINGS):
        return "singular"
    return "plural" if word.endswith("s") else "singular"


@lru_cache(maxsize=50_000)
def singulars(name: str) -> frozenset[str]:
    """What the singular of a name could be, the name itself included, in lower case."""
    lower = name.lower()
    found = {lower}
    if lower.endswith("s"):
        found.add(lower[:-1])
    if lower.endswith("es"):
        found.add(lower[:-2])
    if lower.endswith("ies"):
        found.add(f"{lower[:-3]}y")
    return frozenset(found)


def _number(own: Sequence[Relation], shown: _Shown) -> Convention | None:
    places = _by_name(relation for relation in own if grammatical_number(relation.name) is not None)
    return _leading(
        mark("Names of tables"),
        places,
        grammatical_number,
        lambda relation, _: shown(relation),
        lead=mark("are {form}"),
    )


def _primary_keys(own: Sequence[Relation], shown: _ShownPart[Relation, str]) -> Convention | None:
    """How single-column primary keys are called that are not foreign keys as well."""
    places: _Places[tuple[str, str], Relation] = {}
    for relation in own:
        key = relation.primary_key
        if key is None or len(key.columns) != 1:
            continue
        if any(foreign.columns == key.columns for foreign in relation.foreign_keys):
            continue
        places.setdefault((relation.name, key.columns[0]), []).append(relation)
    return _leading(
        mark("Primary key columns"),
        places,
        lambda names: _key_name(*names),
        lambda relation, names: shown(relation, names[1]),
        lead=mark("are called {form}"),
    )


def _key_name(table: str, column: str) -> str | None:
    lower = column.lower()
    if lower in ("id", "uuid", "guid"):
        return lower
    names = singulars(table) | singulars(last_word(table))
    for ending, label in (("_id", "<table>_id"), ("id", "<table>id"), ("_uuid", "<table>_uuid")):
        if lower.endswith(ending) and lower.removesuffix(ending) in names:
            return label
    return None


def _foreign_keys(own: Sequence[Relation], shown: _ShownPart[Relation, str]) -> Convention | None:
    places: _Places[str, Relation] = {}
    for relation in own:
        keys = [key.columns for key in relation.foreign_keys if not key.inherited]
        for column in {columns[0] for columns in keys if len(columns) == 1}:
            places.setdefault(column, []).append(relation)
    return _leading(
        mark("Foreign key columns"),
        places,
        _ending,
        shown,
        lead=mark("end with {form}"),
    )


def _ending(name: str) -> str | None:
    for ending in ("_id", "_uuid", "_guid", "_key", "_code", "_fk"):
        if name.lower().endswith(ending):
            return ending
    return "Id" if re.search(r"[a-z]I[dD]\Z", name) else None


_TYPE = re.compile(r"(boolean|timestamp|date)\b(?!.*\[)")


@lru_cache(maxsize=1_000)
def _type_name(base: str) -> str | None:
    """Which of the types a column is of whose names are compared; a domain counts as what it is over."""
    found = _TYPE.match(base)
    return found[1] if found is not None else None


_BOOLEAN = re.compile(
    r"(is|has|can|was|are|should|allows?|needs|requires?|enable|use|show|hide)(?:_|(?=[A-Z]))", re.IGNORECASE
)
_MOMENT_WORDS = frozenset("at on date time datetime timestamp ts dt utc until from".split())  # noqa: SIM905 - a line of words


def _boolean(name: str) -> str:
    """By its first word: `is_active`, `isActive`."""
    found = _BOOLEAN.match(name)
    return f"begin with {found[0]}" if found else _NO_PREFIX


def _moment(name: str) -> str:
    """By its last word: `created_at`, `createdAt`."""
    ending = re.search(r"_([A-Za-z]+)\Z", name) or re.search(r"(?<=[a-z])([A-Z][a-z]+)\Z", name)
    if ending is None or ending[1].lower() not in _MOMENT_WORDS:
        return _NO_ENDING
    return f"end with {ending[0]}"


def _affixes(own: Sequence[Relation]) -> Iterable[Convention | None]:
    families: tuple[tuple[str, Callable[[Relation], Iterable[str]]], ...] = (
        (
            mark("Names of primary keys"),
            lambda relation: [relation.primary_key.name] if relation.primary_key else [],
        ),
        (mark("Names of unique constraints"), lambda relation: [key.name for key in relation.unique_keys]),
        (
            mark("Names of foreign keys"),
            lambda relation: [key.name for key in relation.foreign_keys if not key.inherited],
        ),
        (
            mark("Names of checks"),
            lambda relation: [check.name for check in relation.checks if not check.inherited],
        ),
        (
            mark("Names of indexes"),
            lambda relation: [
                index.name for index in relation.indexes if index.constraint is None and not index.unique
            ],
        ),
        (
            mark("Names of unique indexes"),
            lambda relation: [
                index.name for index in relation.indexes if index.constraint is None and index.unique
            ],
        ),
    )
    for kind, names_of in families:
        places: _Places[_Marks, str] = {}
        for relation in own:
            for name in names_of(relation):
                places.setdefault(_marks(name), []).append(name)
        yield _leading(kind, places, _classifier(places), lambda name, _: name)


_LONGEST_START = 5
_DIGITS = "0123456789"
# The forms that a name has by its beginning and by its ending.
_Marks = tuple[str, ...]
# Beginnings and endings that tell the kind of object; anything else is part of what it is about.
_MARKS = frozenset(
    """
    pk pkey fk fkey uk uq uniq unique key ak ck chk check idx ix index ux i u c p con constraint refs
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)


def _classifier(places: _Places[_Marks, str]) -> Callable[[_Marks], str | None]:
    """By beginning or ending, whichever mark is the more frequent one of a name that has both."""
    counts: Counter[str] = Counter()
    for marks, names in places.items():
        for one in marks:
            counts[one] += len(names)
    return lambda marks: max(marks, key=lambda one: (counts[one], one), default=None)


def _marks(name: str) -> _Marks:
    start, between, _ = name.partition("_")
    end = name.rpartition("_")[2].rstrip(_DIGITS)
    begins = between and len(start) <= _LONGEST_START and start.lower() in _MARKS
    ends = between and end.lower() in _MARKS
    if not ends:
        return (f"begin with {start}_",) if begins else ()
    return (f"begin with {start}_", f"end with _{end}") if begins else (f"end with _{end}",)
