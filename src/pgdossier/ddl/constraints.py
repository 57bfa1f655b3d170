"""Constraints of tables: as lines of CREATE TABLE, or added to a table that is there."""

from __future__ import annotations

import re

from pgdossier.ddl.expressions import outermost, parenthesised, storage_parameters
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.model.constraints import Check, Exclusion, ForeignKey, Key, NotNull
from pgdossier.model.indexes import Index
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation, RelationKind

# What the grammar wants after the storage of a key's index.
_AFTER_STORAGE = re.compile(r" WHERE \(| DEFERRABLE\b")

Constraint = Key | ForeignKey | Exclusion | Check


def constraint_line(relation: Relation, constraint: Constraint) -> str:
    """`CONSTRAINT name definition`."""
    match constraint:
        case Check():
            definition = check_definition(constraint)
        case ForeignKey():
            definition = constraint.definition
        case _:
            definition = _with_storage(relation, constraint)
    return f"CONSTRAINT {quote_identifier(constraint.name)} {definition}"


def _with_storage(relation: Relation, key: Key | Exclusion) -> str:
    """A key with the parameters and tablespace of its index, which the server's text leaves out."""
    index = _index_of(relation, key)
    if index is None or not (index.options or index.tablespace):
        return key.definition
    storage = ""
    if index.options and isinstance(key, Key):  # of exclusions the server does print them
        storage += f" WITH ({storage_parameters(index.options)})"
    if index.tablespace:
        storage += f" USING INDEX TABLESPACE {quote_identifier(index.tablespace)}"
    if not storage:
        return key.definition
    before = _AFTER_STORAGE.search(outermost(key.definition))
    place = before.start() if before else len(key.definition)
    return key.definition[:place] + storage + key.definition[place:]


def _index_of(relation: Relation, key: Key | Exclusion) -> Index | None:
    for index in relation.indexes:
        if index.constraint == key.name:
            return index
    return None


def check_definition(check: Check) -> str:
    """A check with one pair of parentheses, where the server prints two."""
    condition = f"CHECK {parenthesised(check.expression)}"
    if check.validated and check.enforced and not check.no_inherit:
        return condition
    words = [condition]
    if check.no_inherit:
        words.append("NO INHERIT")
    if not check.enforced:
        words.append("NOT ENFORCED")
    elif not check.validated:
        words.append("NOT VALID")
    return " ".join(words)


def is_unvalidated(constraint: Constraint) -> bool:
    """Whether a constraint is NOT VALID, which CREATE TABLE cannot make (NOT ENFORCED it can)."""
    return isinstance(constraint, Check | ForeignKey) and constraint.enforced and not constraint.validated


def add_constraint(relation: Relation, constraint: Constraint) -> str:
    """A constraint added to its table.

    Keys and exclusions are added to that table alone (partitions have theirs, to be attached), checks to
    its children too, foreign keys to partitions, which have them as copies.
    """
    partitioned = relation.kind is RelationKind.PARTITIONED_TABLE
    everywhere = isinstance(constraint, Check) or (isinstance(constraint, ForeignKey) and partitioned)
    only = "" if everywhere else "ONLY "
    return f"ALTER TABLE {only}{relation.qualified.sql}\n    ADD {constraint_line(relation, constraint)};"


def add_not_null(relation: Relation, named: NotNull) -> str:
    """A NOT NULL with a name (PostgreSQL 18) added to its table, and to the table's children."""
    name, column = quote_identifier(named.name), quote_identifier(named.column)
    end = (" NO INHERIT" if named.no_inherit else "") + ("" if named.validated else " NOT VALID")
    return f"ALTER TABLE {relation.qualified.sql}\n    ADD CONSTRAINT {name} NOT NULL {column}{end};"


def keys(relation: Relation) -> tuple[Key | Exclusion, ...]:
    """The constraints that an index backs: the primary key first, then unique keys, then exclusions."""
    primary = (relation.primary_key,) if relation.primary_key else ()
    return (*primary, *relation.unique_keys, *relation.exclusions)


def late_keys(relation: Relation, surroundings: Surroundings) -> list[Key | Exclusion]:
    """The keys that cannot stand inside CREATE TABLE.

    CREATE TABLE silently drops a key that asks for the same index as another one before it. And a key of
    a partitioned table that some partition does not have yet is invalid, which CREATE TABLE cannot make.
    A partition's key goes with the key of the parent that it is attached to, so that ATTACH PARTITION finds
    the same on both sides.
    """
    partition = relation.partition
    candidates = keys(relation)
    distinct = len(candidates) < 2 or len(set(map(_shape, candidates))) == len(candidates)
    if distinct and partition is None and all(index.valid for index in relation.indexes):
        return []
    parent = surroundings.relations.get(partition.parent) if partition else None
    late_of_parent = {key.name for key in late_keys(parent, surroundings)} if parent else set()
    indexes = {index.name: index for index in relation.indexes}
    attached = {
        index.name: index.parent.name for index in relation.indexes if index.parent is not None and parent
    }
    # Attached keys first: a key that follows its parent's is not the one to give way.
    late = []
    seen: set[object] = set()
    for key in sorted(candidates, key=lambda key: key.name not in attached):
        if key.name in attached:
            is_late = attached[key.name] in late_of_parent
        else:
            is_late = _shape(key) in seen or (key.name in indexes and not indexes[key.name].valid)
        if is_late:
            late.append(key)
        else:
            seen.add(_shape(key))
    return late


def _shape(key: Key | Exclusion) -> object:
    """What two keys have in common when CREATE TABLE takes them for one."""
    if isinstance(key, Exclusion):
        return key.definition
    timing = (key.deferrable, key.initially_deferred)
    return (key.columns, key.include, key.nulls_not_distinct, key.without_overlaps, timing)


def late_constraints(relation: Relation, surroundings: Surroundings, *, copies: bool) -> list[str]:
    """The constraints that CREATE TABLE cannot make: not validated, or dropped by it as redundant.

    They are added when all children are there: these then have them as copies that are not validated either.

    Args:
        relation: The table.
        surroundings: The other relations.
        copies: Whether the keys are wanted that a partition has because its parent has them.
    """
    statements = [
        add_not_null(relation, named)
        for named in relation.not_nulls
        if not named.validated and not named.inherited
    ]
    added = [
        *(check for check in relation.checks if is_unvalidated(check) and not check.inherited),
        *(key for key in late_keys(relation, surroundings) if copies or not key.inherited),
    ]
    return statements + [add_constraint(relation, constraint) for constraint in added]


def validated_copies(relation: Relation, surroundings: Surroundings) -> list[str]:
    """The checks and NOT NULLs that a child has validated although its parent has not."""
    parents = surroundings.parents(relation) if relation.inherits else None
    if not parents:
        return []
    unvalidated = {check.name for parent in parents for check in parent.checks if is_unvalidated(check)}
    columns = {named.column for parent in parents for named in parent.not_nulls if not named.validated}
    names = [
        *(check.name for check in relation.checks if check.validated and check.name in unvalidated),
        *(named.name for named in relation.not_nulls if named.validated and named.column in columns),
    ]
    table = relation.qualified.sql
    return [f"ALTER TABLE {table} VALIDATE CONSTRAINT {quote_identifier(name)};" for name in names]


def renamed_copies(relation: Relation, surroundings: Surroundings) -> list[ForeignKey]:
    """A partition's copies of foreign keys that are not called as the server would call them.

    Added before the partitioned table's own, they are taken for its copies, and keep their names.
    """
    parent = surroundings.relations.get(relation.partition.parent) if relation.partition else None
    if parent is None:
        return []
    usual = {key.name for key in parent.foreign_keys}
    return [key for key in relation.foreign_keys if key.inherited and key.name not in usual]


def own_foreign_keys(relation: Relation) -> list[ForeignKey]:
    """The foreign keys that are the table's own; a partition gets copies with the parent's."""
    return [key for key in relation.foreign_keys if not key.inherited]
