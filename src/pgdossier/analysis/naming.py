"""Naming conventions that are in use, measured (§12.F)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass

from pgdossier.analysis import tables
from pgdossier.language import mark, tr
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation

_LEAST = 5
_CONVENTION_PERCENT = 75
_SHOWN_EXCEPTIONS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
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

    found = (
        _case(mark("Names of relations"), [(relation.name, shown(relation)) for relation in relations]),
        _number(own, shown),
        _case(
            mark("Names of table columns"),
            [
                (column.name, f"{shown(relation)}.{column.name}")
                for relation in own
                for column in relation.columns
                if column.local
            ],
        ),
        _primary_keys(own, shown),
        _foreign_keys(own, shown),
        _typed(lookup, own, shown, mark("Boolean columns"), "boolean", _boolean),
        _typed(lookup, own, shown, mark("Columns of points in time"), "timestamp", _moment),
        _typed(lookup, own, shown, mark("Columns of dates"), "date", _moment),
        *_affixes(own),
    )
    return Naming(conventions=tuple(convention for convention in found if convention is not None))


# A name, and how to call it among the exceptions.
_Named = tuple[str, str]
# How to call a table: with its schema where another has the same name.
_Shown = Callable[[Relation], str]


def _leading(
    kind: str, names: Iterable[_Named], classify: Callable[[str], str | None], *, lead: str = "{form}"
) -> Convention | None:
    """The most frequent class of the names, if there are enough names and it is not outnumbered.

    Names that `classify` gives None for follow no convention: they are exceptions. `kind`, `lead` and what
    `classify` gives are English; what is returned is in the language of the document.
    """
    classes: dict[str | None, list[str]] = {}
    total = 0
    for name, shown in names:
        classes.setdefault(classify(name), []).append(shown)
        total += 1
    ranked = sorted(
        ((len(members), label) for label, members in classes.items() if label is not None),
        key=lambda row: (-row[0], row[1]),
    )
    if total < _LEAST or not ranked or ranked[0][0] * 2 < total:
        return None
    followed, label = ranked[0]
    exceptions = sorted(shown for other, members in classes.items() if other != label for shown in members)
    return Convention(
        label=tr("{names} {form}", names=tr(kind), form=tr(lead, form=_said(label))),
        followed=followed,
        total=total,
        exceptions=tuple(exceptions[:_SHOWN_EXCEPTIONS]),
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


def _case(kind: str, names: Sequence[_Named]) -> Convention | None:
    return _leading(
        kind,
        names,
        lambda name: next((label for label, pattern in _CASES if pattern.match(name)), None),
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
    names = [
        (relation.name, shown(relation)) for relation in own if grammatical_number(relation.name) is not None
    ]
    return _leading(mark("Names of tables"), names, grammatical_number, lead=mark("are {form}"))


def _primary_keys(own: Sequence[Relation], shown: _Shown) -> Convention | None:
    """How single-column primary keys are called that are not foreign keys as well."""
    kinds = {}
    for relation in own:
        key = relation.primary_key
        if key is None or len(key.columns) != 1:
            continue
        if any(foreign.columns == key.columns for foreign in relation.foreign_keys):
            continue
        kinds[f"{shown(relation)}.{key.columns[0]}"] = _key_name(relation.name, key.columns[0])
    return _leading(
        mark("Primary key columns"),
        [(name, name) for name in kinds],
        lambda name: kinds[name],
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


def _foreign_keys(own: Sequence[Relation], shown: _Shown) -> Convention | None:
    columns = {
        f"{shown(relation)}.{key.columns[0]}"
        for relation in own
        for key in relation.foreign_keys
        if len(key.columns) == 1 and not key.inherited
    }
    return _leading(
        mark("Foreign key columns"),
        [(name, name) for name in sorted(columns)],
        _ending,
        lead=mark("end with {form}"),
    )


def _ending(name: str) -> str | None:
    for ending in ("_id", "_uuid", "_guid", "_key", "_code", "_fk"):
        if name.lower().endswith(ending):
            return ending
    return "Id" if re.search(r"[a-z]I[dD]\Z", name) else None


def _typed(
    lookup: Lookup,
    own: Sequence[Relation],
    shown: _Shown,
    kind: str,
    type_name: str,
    classify: Callable[[str], str],
) -> Convention | None:
    """How the columns of a type are called; a domain counts as what it is over."""
    wanted = re.compile(rf"{type_name}\b(?!.*\[)")
    names = [
        (column.name, f"{shown(relation)}.{column.name}")
        for relation in own
        for column in relation.columns
        if column.local and wanted.match(tables.base_type(lookup, column))
    ]
    return _leading(kind, names, classify)


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
        names = [name for relation in own for name in names_of(relation)]
        yield _leading(kind, [(name, name) for name in names], _classifier(names))


_WORD_START = re.compile(r"([A-Za-z]{1,5}\d?)_")
_WORD_END = re.compile(r"_([A-Za-z]{1,10})\d*\Z")
# Beginnings and endings that tell the kind of object; anything else is part of what it is about.
_MARKS = frozenset(
    """
    pk pkey fk fkey uk uq uniq unique key ak ck chk check idx ix index ux i u c p con constraint refs
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)


def _classifier(names: Iterable[str]) -> Callable[[str], str | None]:
    """By beginning or ending, whichever mark is the more frequent one of a name that has both."""
    counts = Counter(mark for name in names for mark in _marks(name))
    return lambda name: max(_marks(name), key=lambda mark: (counts[mark], mark), default=None)


def _marks(name: str) -> list[str]:
    found = []
    start, end = _WORD_START.match(name), _WORD_END.search(name)
    if start is not None and start[1].lower() in _MARKS:
        found.append(f"begin with {start[1]}_")
    if end is not None and end[1].lower() in _MARKS:
        found.append(f"end with _{end[1]}")
    return found
