"""Hand-made snapshots, as short as a test needs them.

    users = table("sales.users", "id bigint", "email text not null", pk="id", unique=["email"])
    orders = table("sales.orders", "id bigint", "user_id bigint", pk="id", fks=["user_id -> sales.users"])
    snapshot(users, orders)

Names without a schema are in `public`. Primary keys and unique constraints bring their indexes, as the
server makes them; their columns are not null without saying so only for the primary key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from pgdossier.model.columns import Column
from pgdossier.model.constraints import Action, Check, Exclusion, ForeignKey, Key
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.relations import (
    Partition,
    Partitioning,
    PartitionStrategy,
    Relation,
    RelationKind,
)
from pgdossier.model.schemas import Schema
from pgdossier.model.scope import Scope
from pgdossier.model.sequences import Sequence as SequenceModel
from pgdossier.model.sequences import SequenceOwner
from pgdossier.model.server import Database, Server
from pgdossier.model.snapshot import FORMAT, Snapshot, Structure
from pgdossier.model.statistics import IndexStatistics, RelationStatistics, Statistics

OWNER = "owner"


def name(text: str) -> QualifiedName:
    """`schema.name` or `name` (then in public); only the first dot divides."""
    schema, dot, rest = text.partition(".")
    return QualifiedName(schema, rest) if dot else QualifiedName("public", text)


def _tuple(columns: str | Iterable[str]) -> tuple[str, ...]:
    return (columns,) if isinstance(columns, str) else tuple(columns)


_COLUMN = re.compile(
    r"(?P<name>\"[^\"]+\"|\S+)\s+(?P<type>.+?)(?P<null>\s+not null)?(?:\s+default\s+(?P<default>.+))?\Z",
    re.DOTALL,
)


def column(text: str, **fields: Any) -> Column:
    """A column from `name type [not null] [default …]`; `fields` are further fields of `Column`."""
    match = _COLUMN.match(text.strip())
    assert match is not None, text
    fields.setdefault("nullable", match["null"] is None)
    fields.setdefault("default", match["default"])
    return Column(name=match["name"].strip('"'), type=match["type"], **fields)


def key(key_name: str, columns: str | Iterable[str], *, primary: bool = False, **fields: Any) -> Key:
    """A primary key or unique constraint."""
    listed = ", ".join(map(quote_identifier, _tuple(columns)))
    definition = f"{'PRIMARY KEY' if primary else 'UNIQUE'} ({listed})"
    return Key(name=key_name, columns=_tuple(columns), definition=definition, **fields)


_REFERENCE = re.compile(
    r"(?P<columns>[^>]+?)\s*->\s*(?P<target>[^\s(]+)\s*(?:\((?P<target_columns>[^)]*)\))?"
    r"(?:\s+on delete (?P<delete>[a-z ]+))?\Z"
)


def fk(text: str, fk_name: str | None = None, **fields: Any) -> ForeignKey:
    """A foreign key from `a, b -> schema.table(c, d) [on delete cascade]` (default target: id)."""
    match = _REFERENCE.match(text.strip())
    assert match is not None, text
    columns = tuple(part.strip() for part in match["columns"].split(","))
    targets = tuple(part.strip() for part in (match["target_columns"] or "id").split(","))
    target = name(match["target"])
    on_delete = Action(match["delete"]) if match["delete"] else Action.NO_ACTION
    definition = f"FOREIGN KEY ({', '.join(columns)}) REFERENCES {target.sql}({', '.join(targets)})"
    if on_delete is not Action.NO_ACTION:
        definition += f" ON DELETE {on_delete.upper()}"
    return ForeignKey(
        name=fk_name or f"{'_'.join(columns)}_fkey",
        columns=columns,
        target=target,
        target_columns=targets,
        definition=definition,
        on_delete=on_delete,
        **fields,
    )


def check(expression: str, check_name: str = "chk", **fields: Any) -> Check:
    """A CHECK constraint."""
    return Check(name=check_name, expression=expression, definition=f"CHECK ({expression})", **fields)


_KEY = re.compile(r"(?P<what>.+?)(?P<desc>\s+desc)?\Z", re.DOTALL)


def _index_key(text: str | IndexKey) -> IndexKey:
    if isinstance(text, IndexKey):
        return text
    match = _KEY.match(text)
    assert match is not None
    what, descending = match["what"], match["desc"] is not None
    plain = re.fullmatch(r"\w+", what) is not None
    return IndexKey(
        expression=what, column=what if plain else None, descending=descending, nulls_first=descending
    )


def index(index_name: str, *keys: str | IndexKey, method: str = "btree", **fields: Any) -> Index:
    """An index; each key is a column, `column desc`, or an expression (whatever is not one word)."""
    made = tuple(map(_index_key, keys))
    listed = ", ".join(one.expression + (" DESC" if one.descending else "") for one in made)
    unique = "UNIQUE " if fields.get("unique") else ""
    definition = f"CREATE {unique}INDEX {quote_identifier(index_name)} ON t USING {method} ({listed})"
    return Index(name=index_name, method=method, keys=made, definition=definition, **fields)


def _key_index(of: Key, *, primary: bool) -> Index:
    return index(of.name, *of.columns, unique=True, primary=primary, constraint=of.name, include=of.include)


def table(
    table_name: str,
    *columns: str | Column,
    pk: str | Sequence[str] | Key | None = None,
    unique: Iterable[str | Sequence[str] | Key] = (),
    fks: Iterable[str | ForeignKey] = (),
    checks: Iterable[str | Check] = (),
    exclusions: Iterable[Exclusion] = (),
    indexes: Iterable[Index] = (),
    partition_by: str | None = None,
    partition_of: str | None = None,
    bound: str = "DEFAULT",
    **fields: Any,
) -> Relation:
    """A table, by columns (`column` or its text), keys, foreign keys (`fk` or its text) and indexes.

    `partition_by` is `range (created_at)`; `partition_of` names the parent, with the `bound` as SQL. All
    other fields of `Relation` can be given as they are.
    """
    own = name(table_name)
    primary = None
    if pk is not None:
        primary = pk if isinstance(pk, Key) else key(f"{own.name}_pkey", pk, primary=True)
    uniques = tuple(
        one if isinstance(one, Key) else key(f"{own.name}_{'_'.join(_tuple(one))}_key", one) for one in unique
    )
    not_null = set(primary.columns) if primary else set()
    made = []
    for one in columns:
        found = one if isinstance(one, Column) else column(one)
        made.append(msgspec.structs.replace(found, nullable=found.nullable and found.name not in not_null))
    partitioning = None
    if partition_by is not None:
        strategy, _, listed = partition_by.partition(" ")
        inner = listed.strip().removeprefix("(").removesuffix(")")
        plain = tuple(part.strip() for part in inner.split(",") if re.fullmatch(r"\w+", part.strip()))
        partitioning = Partitioning(strategy=PartitionStrategy(strategy), key=inner, columns=plain)
    kind = RelationKind.PARTITIONED_TABLE if partitioning else RelationKind.TABLE
    return Relation(
        schema=own.schema,
        name=own.name,
        kind=fields.pop("kind", kind),
        owner=fields.pop("owner", OWNER),
        columns=tuple(made),
        primary_key=primary,
        unique_keys=uniques,
        foreign_keys=tuple(one if isinstance(one, ForeignKey) else fk(one) for one in fks),
        checks=tuple(
            one if isinstance(one, Check) else check(one, f"chk_{position}")
            for position, one in enumerate(checks, start=1)
        ),
        exclusions=tuple(exclusions),
        indexes=tuple(
            sorted(
                (
                    *((_key_index(primary, primary=True),) if primary else ()),
                    *(_key_index(one, primary=False) for one in uniques),
                    *indexes,
                ),
                key=lambda one: one.name,
            )
        ),
        partitioning=partitioning,
        partition=Partition(parent=name(partition_of), bound=bound) if partition_of else None,
        **fields,
    )


def view(view_name: str, *columns: str | Column, definition: str = " SELECT 1", **fields: Any) -> Relation:
    """A view (or, with `kind`, a materialized view)."""
    own = name(view_name)
    return Relation(
        schema=own.schema,
        name=own.name,
        kind=fields.pop("kind", RelationKind.VIEW),
        owner=OWNER,
        columns=tuple(one if isinstance(one, Column) else column(one) for one in columns),
        definition=definition,
        **fields,
    )


def sequence(sequence_name: str, owned_by: str | None = None, **fields: Any) -> SequenceModel:
    """A sequence; `owned_by` is `schema.table.column`."""
    own = name(sequence_name)
    owner = None
    if owned_by is not None:
        relation, _, owned = owned_by.rpartition(".")
        owner = SequenceOwner(relation=name(relation), column=owned)
    return SequenceModel(
        schema=own.schema,
        name=own.name,
        owner=OWNER,
        type="bigint",
        start=1,
        minimum=1,
        maximum=2**63 - 1,
        increment=1,
        owned_by=owner,
        **fields,
    )


def statistics(relation: str, rows: int | None = None, **fields: int) -> RelationStatistics:
    """The statistics of one relation."""
    own = name(relation)
    return RelationStatistics(schema=own.schema, name=own.name, rows=rows, **fields)


def snapshot(
    *relations: Relation,
    sequences: Iterable[SequenceModel] = (),
    sizes: Iterable[RelationStatistics] = (),
    index_sizes: Iterable[IndexStatistics] = (),
    schemas: Iterable[Schema] | None = None,
    **fields: Any,
) -> Snapshot:
    """A snapshot of those relations, sorted as a reader of the catalogs sorts them.

    Schemas are made of the relations' unless given; `fields` are further fields of `Structure`.
    """
    found = (
        [Schema(name=one, owner=OWNER) for one in {relation.schema for relation in relations}]
        if schemas is None
        else schemas
    )
    return Snapshot(
        format=FORMAT,
        captured_on="2026-01-31",
        structure=Structure(
            server=Server(version="18.0", version_number=180000),
            database=Database(name="test", owner=OWNER, encoding="UTF8", provider="libc"),
            scope=Scope(),
            schemas=tuple(sorted(found, key=lambda one: one.name)),
            relations=tuple(sorted(relations, key=lambda one: one.qualified)),
            sequences=tuple(sorted(sequences, key=lambda one: one.qualified)),
            **fields,
        ),
        statistics=Statistics(
            relations=tuple(sorted(sizes, key=lambda row: QualifiedName(row.schema, row.name))),
            indexes=tuple(sorted(index_sizes, key=lambda row: QualifiedName(row.schema, row.name))),
        ),
    )
