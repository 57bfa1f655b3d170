"""What an application says of its database, held against what the database has.

The two never share everything: roles are made elsewhere, partitions come with time, and models cannot say
what a view or a trigger is. What is not compared is said.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

from pgdossier.history import comparison
from pgdossier.history.comparison import Finding, verdict
from pgdossier.history.differences import Change, kind
from pgdossier.history.wording import sentence
from pgdossier.model.base import Model
from pgdossier.model.columns import Column
from pgdossier.model.constraints import ForeignKey
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind, ReplicaIdentity
from pgdossier.model.sequences import Sequence as SequenceModel
from pgdossier.model.snapshot import Structure

_M = TypeVar("_M", bound=Model)


class Drift(StrEnum):
    """What is wrong with an element."""

    UNKNOWN = "unknown"
    MISSING = "missing"
    DIFFERENT = "different"


TITLES = {
    Drift.UNKNOWN: "The database has what the application does not know",
    Drift.MISSING: "Missing in the database",
    Drift.DIFFERENT: "Different in the database (application → database)",
}
_WHOLE = {
    Change.ADDED: "is not known to the application",
    Change.REMOVED: "is missing in the database",
}


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Two structures ready to be compared.

    Attributes:
        expected: What the application says.
        live: What the database has.
        not_compared: What was left out of both, for people.
    """

    expected: Structure
    live: Structure
    not_compared: tuple[str, ...] = ()


def drift(found: Finding) -> Drift:
    """Which of the three a difference is; the application is before, the database after."""
    return {Change.ADDED: Drift.UNKNOWN, Change.REMOVED: Drift.MISSING}.get(
        found.difference.change, Drift.DIFFERENT
    )


def words(found: Finding) -> str:
    """A difference in words: `column note of table public.t is missing in the database`.

    Of what has another value, what the application says stands before the arrow.
    """
    return sentence(found.difference, _WHOLE)


def judged(found: Finding) -> str:
    """The line for people, with what it means for statements that were written for the expected."""
    return f"{verdict(found.risks)}: {words(found)}"


def encode(
    found: Sequence[Finding],
    *,
    expected: str,
    database: str,
    not_compared: Sequence[str],
    warnings: Sequence[str],
) -> bytes:
    """The result as JSON, for programs: that of a comparison, and for each difference what it is.

    Args:
        found: The differences.
        expected: What the application's truth was, for people; no secret.
        database: With what it was compared; no secret.
        not_compared: What was left out.
        warnings: What the user should know.
    """
    document = msgspec.json.decode(comparison.encode(found, expected, database))
    for row, each in zip(document["differences"], found, strict=True):
        row["drift"] = drift(each).value
        row["words"] = words(each)
    result = {
        "expected": document.pop("left"),
        "database": document.pop("right"),
        "same": document.pop("same"),
        "not_compared": list(not_compared),
        "warnings": list(warnings),
        **document,
    }
    return msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"


# --- what is not compared ------------------------------------------------------------------------


def without_relations(structure: Structure, left_out: Collection[QualifiedName]) -> Structure:
    """The structure without relations, their sequences, and schemas that held nothing else."""
    kept = tuple(each for each in structure.relations if each.qualified not in left_out)
    emptied = {each.schema for each in left_out} - {"public"}
    emptied -= {each.schema for each in kept}
    return msgspec.structs.replace(
        structure,
        relations=kept,
        sequences=tuple(each for each in structure.sequences if not _belongs(each, left_out)),
        schemas=tuple(each for each in structure.schemas if each.name not in emptied),
    )


def _belongs(found: SequenceModel, left_out: Collection[QualifiedName]) -> bool:
    return found.owned_by is not None and found.owned_by.relation in left_out


def without_cluster(held: Held) -> Held:
    """Without the roles: they belong to the cluster, and one of the two clusters is made for this alone."""
    return msgspec.structs.replace(
        held,
        expected=msgspec.structs.replace(held.expected, roles=()),
        live=msgspec.structs.replace(held.live, roles=()),
    )


def without_strangers(held: Held) -> Held:
    """Without what a server and its keeper decide: owners, privileges, settings, installed versions."""
    return msgspec.structs.replace(
        held,
        expected=_without_strangers(held.expected),
        live=_without_strangers(held.live),
        not_compared=(*held.not_compared, "owners, privileges, and versions of extensions and collations"),
    )


def _without_strangers(structure: Structure) -> Structure:
    bare: Structure = _unowned(structure)
    return msgspec.structs.replace(
        bare,
        database=msgspec.structs.replace(bare.database, settings=()),
        extensions=tuple(msgspec.structs.replace(each, version="", objects=0) for each in bare.extensions),
        collations=tuple(msgspec.structs.replace(each, version=None) for each in bare.collations),
        default_privileges=(),
        changed_grants=(),
    )


def _unowned(value: Any) -> Any:
    """A value of the model without owners and grants, however deep they are."""
    if isinstance(value, tuple) and value and not hasattr(value, "_fields"):
        return tuple(map(_unowned, value))
    if not isinstance(value, Model):
        return value
    changes: dict[str, Any] = {}
    for field in value.__struct_fields__:
        part = getattr(value, field)
        if field == "owner":
            changes[field] = ""
        elif field == "grants":
            changes[field] = None
        elif isinstance(part, tuple | Model):
            changes[field] = _unowned(part)
    return msgspec.structs.replace(value, **changes)


def without_gaps(held: Held) -> Held:
    """Without the families that could not be read in the database: that nothing was found says nothing."""
    unread = {gap.family.replace(" ", "_").replace("-", "_") for gap in held.live.gaps}
    families = [family for family in sorted(unread & set(_FAMILIES)) if not any(_of(held.live, family))]
    if not families:
        return held
    return Held(
        expected=_emptied(held.expected, families),
        live=_emptied(held.live, families),
        not_compared=(
            *held.not_compared,
            *(f"{family.replace('_', ' ')}, which could not be read" for family in families),
        ),
    )


_OF_RELATIONS = ("foreign_keys", "checks", "exclusions", "indexes", "triggers", "policies", "rules")
_FAMILIES = (*_OF_RELATIONS, *Structure.__struct_fields__)


def _of(structure: Structure, family: str) -> Iterator[object]:
    """What a structure has of a family."""
    if family in _OF_RELATIONS:
        for relation in structure.relations:
            yield from getattr(relation, family)
    elif isinstance(found := getattr(structure, family), tuple):
        yield from found


def _emptied(structure: Structure, families: Sequence[str]) -> Structure:
    of_relations = {family: () for family in families if family in _OF_RELATIONS}
    others: dict[str, Any] = {family: () for family in families if family not in of_relations}
    return msgspec.structs.replace(
        structure,
        **{
            "relations": tuple(msgspec.structs.replace(each, **of_relations) for each in structure.relations),
            **others,
        },
    )


def without_lone_partitions(held: Held) -> Held:
    """Without partitions that one side alone has, of tables that both have: they come and go with time."""
    sides = [{each.qualified: each for each in side.relations} for side in (held.expected, held.live)]
    both = sides[0].keys() & sides[1].keys()
    lone: list[set[QualifiedName]] = []
    for relations in sides:
        found: set[QualifiedName] = set()
        for name, relation in relations.items():
            top = relation
            while top.qualified not in both and top.partition and top.partition.parent in relations:
                top = relations[top.partition.parent]
            if name not in both and top.qualified in both:
                found.add(name)
        lone.append(found)
    notes = [
        f"{len(names)} partition{'' if len(names) == 1 else 's'} that only {who} has"
        for names, who in zip(lone, ("the application", "the database"), strict=True)
        if names
    ]
    return Held(
        expected=without_relations(held.expected, lone[0]),
        live=without_relations(held.live, lone[1]),
        not_compared=(*held.not_compared, *notes),
    )


# --- models --------------------------------------------------------------------------------------

# What models can say, whole; of these two they say what they need, and nothing of the others.
_MODELLED = ("relations", "sequences", "enums")
_IN_PART = ("schemas", "domains")
_NO_FAMILY = ("server", "database", "scope", "dependencies", "gaps", "changed_grants", "default_privileges")
_TABLES = (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE)
_PLAIN_COLUMN = Column(name="", type="")
_STORAGE_OF_INDEX = re.compile(r" (?:WITH \((?:[^()']|'[^']*')*\)|TABLESPACE \S+)")


def modelled(held: Held, chosen: Mapping[QualifiedName, frozenset[str]]) -> Held:
    """What models can say, on both sides: tables with columns, keys, checks and indexes; enums; sequences.

    Names of constraints that the models leave to the server are taken from the database, where it has the
    same constraint; and comments are compared when the models have any.

    Args:
        held: Both structures, without owners.
        chosen: The names that the models give to constraints and indexes, by table.
    """
    expected, live = held.expected, held.live
    known = {each.qualified for each in expected.relations}
    comments = any(
        each.comment is not None or any(column.comment is not None for column in each.columns)
        for each in expected.relations
    )
    left_out = _counted(live, known)
    left_out += ["order of columns", "storage parameters"]
    if not comments:
        left_out.append("comments, since no model has any")
    both = tuple(_projected(each, expected, known, comments=comments) for each in (expected, live))
    there = {each.qualified: each for each in both[1].relations}
    aligned = tuple(
        _aligned(each, there[each.qualified], chosen.get(each.qualified, frozenset()))
        if each.qualified in there
        else each
        for each in both[0].relations
    )
    return Held(
        expected=msgspec.structs.replace(both[0], relations=aligned),
        live=both[1],
        not_compared=(*held.not_compared, f"what models cannot say: {', '.join(left_out)}"),
    )


def _counted(live: Structure, known: Collection[QualifiedName]) -> list[str]:
    """What the database has that models cannot say: `2 views`."""
    counts: dict[str, int] = {}
    for field in live.__struct_fields__:
        if field in (*_MODELLED, *_IN_PART, *_NO_FAMILY):
            continue
        for each in getattr(live, field):
            if kind(each) != "extension" or each.name != "plpgsql":
                counts[kind(each)] = counts.get(kind(each), 0) + 1
    for relation in live.relations:
        if relation.kind not in _TABLES and relation.qualified not in known:
            counts[relation.kind.value] = counts.get(relation.kind.value, 0) + 1
        for part in ("triggers", "policies", "rules"):
            for each in getattr(relation, part):
                counts[kind(each)] = counts.get(kind(each), 0) + 1
    return [f"{number} {_plural(name) if number > 1 else name}" for name, number in sorted(counts.items())]


def _plural(name: str) -> str:
    if name.endswith(("s", "x")):
        return name
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def _projected(
    structure: Structure, expected: Structure, known: Collection[QualifiedName], *, comments: bool
) -> Structure:
    kept: dict[str, Any] = {}
    for field in structure.__struct_fields__:
        if isinstance(getattr(structure, field), tuple) and field not in (*_MODELLED, *_IN_PART):
            kept[field] = ()
    schemas = {each.name for each in expected.schemas}
    domains = {each.qualified for each in expected.domains}
    own = {
        (each.owned_by.relation, each.owned_by.column): each.qualified.dotted
        for each in structure.sequences
        if each.owned_by
    }
    return msgspec.structs.replace(
        structure,
        **kept,
        relations=tuple(
            _table(each, own, comments=comments)
            for each in structure.relations
            if each.kind in _TABLES or each.qualified in known
        ),
        sequences=_undescribed(each for each in structure.sequences if each.owned_by is None),
        enums=_undescribed(structure.enums),
        schemas=_undescribed(each for each in structure.schemas if each.name in schemas),
        domains=_undescribed(each for each in structure.domains if each.qualified in domains),
    )


def _undescribed(elements: Iterable[_M]) -> tuple[_M, ...]:
    return tuple(msgspec.structs.replace(each, comment=None) for each in elements)


def _table(relation: Relation, own: Mapping[tuple[QualifiedName, str], str], *, comments: bool) -> Relation:
    return msgspec.structs.replace(
        relation,
        comment=relation.comment if comments else None,
        columns=tuple(_column(relation, each, own, comments=comments) for each in relation.columns),
        primary_key=msgspec.structs.replace(relation.primary_key, comment=None)
        if relation.primary_key
        else None,
        unique_keys=_undescribed(relation.unique_keys),
        foreign_keys=_undescribed(msgspec.structs.replace(each, key=None) for each in relation.foreign_keys),
        checks=_undescribed(relation.checks),
        exclusions=_undescribed(relation.exclusions),
        indexes=tuple(_index(each) for each in relation.indexes if each.constraint is None),
        not_nulls=(),
        triggers=(),
        policies=(),
        rules=(),
        row_security=False,
        force_row_security=False,
        definition=None,
        replica_identity=ReplicaIdentity.DEFAULT,
        access_method=None,
        tablespace=None,
        options=(),
        depends_on_extensions=(),
    )


def _column(
    relation: Relation, column: Column, own: Mapping[tuple[QualifiedName, str], str], *, comments: bool
) -> Column:
    default = column.default
    sequence = own.get((relation.qualified, column.name))
    called = re.fullmatch(r"nextval\('(.+)'::regclass\)", default or "")
    if called and sequence and called[1].replace('"', "").replace("''", "'") == sequence.replace('"', ""):
        default = "the next value of its own sequence"  # whatever that is called: models cannot say
    return msgspec.structs.replace(
        column,
        default=default,
        comment=column.comment if comments else None,
        storage=_PLAIN_COLUMN.storage,
        compression=_PLAIN_COLUMN.compression,
        statistics_target=_PLAIN_COLUMN.statistics_target,
        options=_PLAIN_COLUMN.options,
        foreign_options=_PLAIN_COLUMN.foreign_options,
    )


def _index(index: Index) -> Index:
    return msgspec.structs.replace(
        index,
        definition=_STORAGE_OF_INDEX.sub("", index.definition),
        clustered=False,
        replica_identity=False,
        tablespace=None,
        options=(),
        statistics_targets=(),
        depends_on_extensions=(),
        comment=None,
    )


def _aligned(expected: Relation, live: Relation, chosen: Collection[str]) -> Relation:
    """The expected table with the database's names for constraints whose name nobody chose."""
    changes: dict[str, Any] = {}
    for family in ("unique_keys", "foreign_keys", "checks", "exclusions"):
        mine, theirs = getattr(expected, family), getattr(live, family)
        free = [each for each in theirs if each.name not in {other.name for other in mine}]
        renamed = []
        for each in mine:
            same = None
            if each.name not in chosen and each.name not in {other.name for other in theirs}:
                same = next((other for other in free if _nameless(other) == _nameless(each)), None)
            if same is not None:
                free.remove(same)
            renamed.append(each if same is None else msgspec.structs.replace(each, name=same.name))
        changes[family] = tuple(sorted(renamed, key=lambda each: each.name))
    key, other = expected.primary_key, live.primary_key
    if key and other and key.name not in chosen and _nameless(key) == _nameless(other):
        changes["primary_key"] = msgspec.structs.replace(key, name=other.name)
    return msgspec.structs.replace(expected, **changes)


def _nameless(constraint: Any) -> Any:
    return msgspec.structs.replace(
        constraint, name="", **({"key": None} if isinstance(constraint, ForeignKey) else {})
    )
