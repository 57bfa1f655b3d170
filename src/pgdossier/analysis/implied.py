"""Foreign keys that nobody declared: columns whose name and type meet a key of another table (§5.2).

They are leads, not facts, and each has a confidence from what speaks for it: how well the name fits, the
type, an index, what other tables declare, a comment. No data is read here; `--probe-data` looks for the
values (see `model.statistics.Probe`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from functools import partial

import msgspec

from pgdossier.analysis import english, tables
from pgdossier.analysis.relationships import Relationship, keys, may_be_null, never_twice
from pgdossier.language import tr, trn
from pgdossier.model.columns import Column
from pgdossier.model.constraints import ForeignKey
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation

MINIMUM_CONFIDENCE = 60

# What a name is worth that meets a key.
_NAMED, _SAME, _ACTOR, _BARE, _SHORT, _SELF, _ROLE, _ARRAY = 60, 40, 45, 40, 50, 45, 40, 55
_HIGHEST = 95
_MINIMUM_PREFIX = 4
_ROLES = frozenset(
    """
    parent child source target origin destination from to sender recipient receiver owner author creator
    primary secondary default main billing shipping delivery invoice home work first last previous prev next
    root original old new related linked master base
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
# Words that say that an identifier is somebody else's.
_FOREIGN = frozenset(
    """
    external ext foreign remote legacy stripe paypal google facebook github gitlab twitter apple linkedin
    slack discord salesforce hubspot zendesk shopify amazon aws azure gcp ldap saml oauth openid upstream
    import imported vendor provider partner third party system client session trace span request correlation
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_SELF_NAMES = frozenset(
    f"{word}_id"
    for word in "parent previous prev next predecessor successor root ancestor superior".split()  # noqa: SIM905 - as above
)
_STAFF = frozenset(("manager_id", "supervisor_id", "boss_id", "reports_to", "reports_to_id"))
_STAFF_TABLES = frozenset("employee staff person worker staff_member user member".split())  # noqa: SIM905 - as above
_ACTORS = frozenset(
    """
    created_by updated_by modified_by deleted_by approved_by changed_by assigned_to created_by_id
    updated_by_id modified_by_id approved_by_id changed_by_id owner_id author_id assignee_id creator_id
    reviewer_id approver_id
    """.split()  # noqa: SIM905 - as above
)
_PEOPLE = ("user", "account", "employee", "person", "member", "staff")
# Names of keys that say nothing about the table they identify.
_GENERIC = frozenset(
    """
    id uuid guid oid pk key code name label title type kind status state date time day year month number no
    nr num value version position order sort rank level email slug path url hash token data text language
    locale currency symbol country region city action event level priority description color
    """.split()  # noqa: SIM905 - as above
)
# What a unique key beside the primary key is called when other tables reference it.
_CODES = frozenset("id code number no nr num key uuid guid sku isbn ref reference".split())  # noqa: SIM905 - as above
_IDENTIFYING = ("id", "uuid", "guid", "pk", "oid", "key")
_INTEGERS = ("smallint", "integer", "bigint")
_TEXTS = ("text", "character varying", "character")


class Implied(msgspec.Struct, frozen=True, kw_only=True):
    """A column that looks like a foreign key.

    `relationship` is what it would declare (`assumed`; its key has no name). `confidence` is a percentage,
    never 100; `evidence` says what it is made of, the name first. `array` is True when the column holds a
    list of keys, which no foreign key can declare.
    """

    relationship: Relationship
    confidence: int
    evidence: tuple[str, ...]
    array: bool = False

    @property
    def table(self) -> QualifiedName:
        """The table of the column."""
        return self.relationship.child

    @property
    def column(self) -> str:
        """The column that looks like a foreign key."""
        return self.relationship.key.columns[0]

    @property
    def parent(self) -> QualifiedName:
        """The table that it seems to reference."""
        return self.relationship.parent

    @property
    def parent_column(self) -> str:
        """That table's key."""
        return self.relationship.key.target_columns[0]


class _Target(msgspec.Struct, frozen=True):
    """A key that a name meets, what that is worth, and why."""

    relation: Relation
    column: str
    worth: int
    why: Callable[[], str]
    array: bool = False


def find(
    lookup: Lookup,
    relationships: Iterable[Relationship],
    *,
    taken: Container[tuple[QualifiedName, str]] = (),
    bookkeeping: Container[QualifiedName] = (),
    minimum: int = MINIMUM_CONFIDENCE,
) -> tuple[Implied, ...]:
    """The implied foreign keys of at least that confidence, by table and column.

    A column counts when it is in no foreign key and not the table's own key, its type can hold the values of
    the key, and exactly one table fits best, those of its own schema before others.

    Args:
        lookup: The snapshot.
        relationships: What is declared.
        taken: Columns that are explained otherwise (a polymorphic pair, a declaration of the project).
        bookkeeping: Tables of migration tools; they reference nothing and nothing references them.
        minimum: The least confidence that counts, in percent.
    """
    declared = tuple(relationships)
    search = _Search(lookup, declared, bookkeeping)
    found = []
    telling = frozenset(filter(search.means_something, search.columns))
    for relation in search.tables:
        if telling.isdisjoint(column.name for column in relation.columns):
            continue
        own = {column for one in search.referencing.get(relation.qualified, ()) for column in one.key.columns}
        primary = relation.primary_key.columns if relation.primary_key else ()
        for column in relation.columns:
            if column.name not in telling:
                continue
            place = (relation.qualified, column.name)
            if column.name in own or primary == (column.name,) or place in taken or column.generated:
                continue
            target = search.best(relation, column)
            if target is not None:
                one = search.judged(relation, column, target)
                if one.confidence >= minimum:
                    found.append(one)
    return tuple(found)


class _Search:
    """What the columns of one snapshot are compared with."""

    def __init__(
        self, lookup: Lookup, declared: tuple[Relationship, ...], bookkeeping: Container[QualifiedName]
    ) -> None:
        self.lookup = lookup
        self.tables = [one for one in tables.tables(lookup) if one.qualified not in bookkeeping]
        self.referencing: dict[QualifiedName, list[Relationship]] = {}
        for one in declared:
            self.referencing.setdefault(one.child, []).append(one)
        self.precedents = Counter(
            (one.key.columns[0], one.parent) for one in declared if len(one.key.columns) == 1
        )
        self.columns = Counter(column.name for relation in self.tables for column in relation.columns)
        self.prefixes = self._shared_prefixes()
        # What columns are called, and what is left of that without words at its beginning.
        self.endings = {
            "_".join(parts[start:])
            for parts in map(english.words, self.columns)
            for start in range(len(parts))
        }
        self.targets: dict[str, list[_Target]] = {}
        self.people: list[tuple[Relation, str]] = []
        for relation in self.tables:
            self._offer(relation)

    def _shared_prefixes(self) -> frozenset[str]:
        """First words that many table names of a schema begin with, such as a module's or a product's."""
        first = Counter(
            (relation.schema, parts[0])
            for relation in self.tables
            for parts in [english.words(relation.name)]
            if len(parts) > 1
        )
        return frozenset(prefix for (_, prefix), count in first.items() if count >= _MINIMUM_PREFIX)

    def _offer(self, relation: Relation) -> None:
        """Enters the names by which other tables would reference this one."""
        nouns = english.forms(relation.name)
        parts = english.words(relation.name)
        short: tuple[str, ...] = ()
        if len(parts) > 1 and parts[0] in self.prefixes:
            short = english.forms("_".join(parts[1:]))
        primary = relation.primary_key
        for key in keys(relation):
            if len(key.columns) != 1:
                continue
            column = key.columns[0]
            if key is not primary and not self._referable(relation, column):
                continue
            self._offer_key(relation, column, nouns, short, primary=key is primary)
        if primary is not None and len(primary.columns) == 1 and {*nouns, *short} & set(_PEOPLE):
            self.people.append((relation, primary.columns[0]))

    def _referable(self, relation: Relation, column: str) -> bool:
        """Whether a unique key beside the primary key is one that others reference: a code, not a name."""
        last = english.words(column)[-1:]
        return bool(_CODES.intersection(last)) and not may_be_null(
            self.lookup, relation, relation.column(column)
        )

    def _offer_key(
        self,
        relation: Relation,
        column: str,
        nouns: tuple[str, ...],
        short: tuple[str, ...],
        *,
        primary: bool,
    ) -> None:
        key = english.snake(column)
        shown = f"{relation.name}.{column}"
        offered: dict[str, _Target] = {}

        def offer(name: str, worth: int, why: Callable[[], str], *, array: bool = False) -> None:
            if name in self.endings and name not in offered:
                offered[name] = _Target(relation, column, worth, why, array)

        def after() -> str:
            return tr("named after {name}", name=shown)

        loss = 0 if primary else 10
        called = any(key.startswith(f"{noun}_") for noun in nouns)
        if called:
            offer(key, _NAMED - loss, lambda: tr("called like {name}", name=shown))
        else:
            for noun in nouns:
                offer(f"{noun}_{key}", _NAMED - loss, after)
        identifying = key in _IDENTIFYING or (called and key.endswith(("_id", "_uuid")))
        if primary and identifying:
            for noun in nouns:
                offer(f"{noun}_id", _NAMED, after)
                offer(f"{noun}_uuid", _NAMED - 5, after)
                offer(f"{noun}_fk", _NAMED, after)
                offer(f"fk_{noun}", _NAMED, after)
                offer(f"id_{noun}", _NAMED, after)
                offer(f"{noun}_ids", _ARRAY, lambda: tr("a list named after {name}", name=shown), array=True)
                offer(noun, _BARE, lambda: tr("called like the table {relation}", relation=relation.name))
            for noun in short:
                offer(f"{noun}_id", _SHORT, lambda: tr("named after {name} without its prefix", name=shown))
        if primary and not identifying and key not in _GENERIC and not called and len(key) > _MINIMUM_PREFIX:
            offer(key, _SAME, lambda: tr("called like the key {name}", name=shown))
        for name, target in offered.items():
            self.targets.setdefault(name, []).append(target)

    def means_something(self, name: str) -> bool:
        """Whether a column of that name can reference anything; most names, in whatever table, cannot."""
        parts = english.words(name)
        joined = "_".join(parts)
        return (
            joined in self.targets
            or joined in _SELF_NAMES
            or joined in _STAFF
            or joined in _ACTORS
            or any("_".join(parts[start:]) in self.targets for start in range(1, len(parts) - 1))
        )

    def best(self, relation: Relation, column: Column) -> _Target | None:
        """The one key that a column fits best; None when there is none, or no telling which."""
        parts = english.words(column.name)
        name = "_".join(parts)
        found = [
            target for target in self.targets.get(name, ()) if target.relation.qualified != relation.qualified
        ]
        if not found:
            found = [*self._within(relation, name), *self._by_actor(name)]
        if not found and not _FOREIGN.intersection(parts):
            found = self._by_role(relation, parts)
        fitting = [target for target in found if self._fits(column, target)]
        fitting = [one for one in fitting if one.relation.schema == relation.schema] or fitting
        most = max((target.worth for target in fitting), default=0)
        best = {(one.relation.qualified, one.column): one for one in fitting if one.worth == most}
        return next(iter(best.values())) if len(best) == 1 else None

    def _within(self, relation: Relation, name: str) -> list[_Target]:
        """The table itself: `parent_id`, and `manager_id` of people."""
        key = relation.primary_key
        staff = name in _STAFF and not _STAFF_TABLES.isdisjoint(english.forms(relation.name))
        if key is None or len(key.columns) != 1 or not (staff or name in _SELF_NAMES):
            return []
        worth = _SELF + (5 if staff or name == "parent_id" else 0)
        return [
            _Target(
                relation,
                key.columns[0],
                worth,
                lambda: tr("names another row of {relation}", relation=relation.name),
            )
        ]

    def _by_actor(self, name: str) -> list[_Target]:
        """The table of people, when there is only one: `created_by`."""
        if name not in _ACTORS or len(self.people) != 1:
            return []
        relation, key = self.people[0]
        return [
            _Target(
                relation,
                key,
                _ACTOR,
                lambda: tr("names a person, and {relation} is the table of people", relation=relation.name),
            )
        ]

    def _by_role(self, relation: Relation, parts: tuple[str, ...]) -> list[_Target]:
        """What the column is called after when its first words are a role: `billing_address_id`."""
        for start in range(1, len(parts) - 1):
            rest = "_".join(parts[start:])
            met = [one for one in self.targets.get(rest, ()) if not one.array and one.worth >= _SHORT]
            if met:
                role = parts[start - 1] in _ROLES
                return [
                    _Target(
                        one.relation,
                        one.column,
                        _ROLE + (10 if role else 0) - (0 if one.worth >= _NAMED else 5),
                        partial(self._after, one.why, "_".join(parts[:start]), role=role),
                    )
                    for one in met
                    if one.relation is not relation or role
                ]
        return []

    @staticmethod
    def _after(why: Callable[[], str], words: str, *, role: bool) -> str:
        if role:
            return tr("{why}, after the role {role}", why=why(), role=words)
        return tr("{why}, after {words}", why=why(), words=words)

    def _fits(self, column: Column, target: _Target) -> bool:
        own, other = self._types(column, target)
        if target.array:
            return own == f"{other}[]"
        return own == other or _related(own, other)

    def _types(self, column: Column, target: _Target) -> tuple[str, str]:
        key = target.relation.column(target.column)
        return tables.base_type(self.lookup, column), tables.base_type(self.lookup, key)

    def judged(self, relation: Relation, column: Column, target: _Target) -> Implied:
        """A column and its target with the confidence that they deserve."""
        own, other = self._types(column, target)
        confidence, evidence = target.worth, [target.why()]
        if target.array or own == other:
            confidence += 20 if other == "uuid" else 15
            evidence.append(
                tr("an array of its type, {type}", type=other)
                if target.array
                else tr("of its type, {type}", type=other)
            )
        else:
            confidence += 5
            evidence.append(tr("of type {type}, the key of {key_type}", type=own, key_type=other))
        precedents = self.precedents[column.name, target.relation.qualified]
        if precedents:
            confidence += 15
            evidence.append(
                trn(
                    "{count} foreign key of that name leads there",
                    "{count} foreign keys of that name lead there",
                    precedents,
                )
            )
        elif self.columns[column.name] > 2:
            confidence += 5
            evidence.append(
                tr("{count} other tables have a column of that name", count=self.columns[column.name] - 1)
            )
        if any(index.keys and index.keys[0].column == column.name for index in relation.indexes):
            confidence += 10
            evidence.append(tr("an index begins with it"))
        if _mentions(column.comment, target.relation.name):
            confidence += 10
            evidence.append(tr("its comment names the table"))
        if target.relation.schema != relation.schema:
            confidence -= 10
            evidence.append(tr("in another schema"))
        return Implied(
            relationship=assumed(
                self.lookup,
                relation,
                (column.name,),
                target.relation.qualified,
                (target.column,),
                many=True if target.array else None,
            ),
            confidence=max(1, min(_HIGHEST, confidence)),
            evidence=tuple(evidence),
            array=target.array,
        )


def assumed(
    lookup: Lookup,
    child: Relation,
    columns: tuple[str, ...],
    parent: QualifiedName,
    parent_columns: tuple[str, ...],
    *,
    many: bool | None = None,
) -> Relationship:
    """A relationship that no foreign key declares, with the ends that the child's columns allow.

    Args:
        lookup: The snapshot.
        child: The table of the referencing columns.
        columns: These columns.
        parent: The referenced table.
        parent_columns: Its columns.
        many: Whether a parent can have many children; None: unless the columns are unique.
    """
    key = ForeignKey(
        name="",
        columns=columns,
        target=parent,
        target_columns=parent_columns,
        definition="",
        validated=False,
        enforced=False,
    )
    primary = child.primary_key
    return Relationship(
        child=child.qualified,
        parent=parent,
        key=key,
        many=not never_twice(child, columns) if many is None else many,
        optional=any(may_be_null(lookup, child, child.column(name)) for name in columns),
        identifying=primary is not None and set(columns) <= set(primary.columns),
        self_reference=parent == child.qualified,
        documented=parent in lookup.relations,
        proved=False,
        assumed=True,
    )


def _related(own: str, other: str) -> bool:
    """Whether values of one type are found among those of the other: whole numbers, or texts."""
    plain = own.partition("(")[0], other.partition("(")[0]
    both_texts = all(name in _TEXTS for name in plain)
    return both_texts or all(name in _INTEGERS for name in plain)


def _mentions(comment: str | None, table: str) -> bool:
    if not comment:
        return False
    said = set(re.findall(r"\w+", comment.lower()))
    return table.lower() in said or not said.isdisjoint(english.forms(table))


def by_child(found: Iterable[Implied]) -> Mapping[QualifiedName, tuple[Implied, ...]]:
    """The implied foreign keys of each table that has any."""
    groups: dict[QualifiedName, list[Implied]] = {}
    for one in found:
        groups.setdefault(one.table, []).append(one)
    return {name: tuple(members) for name, members in groups.items()}
