"""Suggested SQL: statements with the lock that each takes and the work that it does.

Locks as in PostgreSQL's documentation, "Explicit Locking" (13.3) and the pages of ALTER TABLE, CREATE INDEX,
DROP INDEX, CREATE POLICY. Every statement here names what it touches with its schema and with quotes where
they are needed.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from pgdossier.history.locks import Mode
from pgdossier.language import mark, tr
from pgdossier.model.names import QualifiedName, quote_identifier, quote_literal
from pgdossier.model.relations import Relation, RelationKind

_LONGEST_NAME = 63


class Lock(StrEnum):
    """The locks that suggested statements take on tables; `history.locks.Mode` knows what they block."""

    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    NONE = mark("no table lock")

    @property
    def mode(self) -> Mode | None:
        """The mode of the lock; None for none."""
        return None if self is Lock.NONE else Mode[self.name]

    @property
    def blocks(self) -> str:
        """Who waits while it is held."""
        if self.mode is None:
            return tr("blocks nobody")
        if not self.mode.blocks:
            return tr("blocks neither reads nor writes")
        return tr("blocks writes") if self.mode.blocks == "writes" else tr("blocks reads and writes")


class Work(StrEnum):
    """What a statement has to do while it holds its lock."""

    CATALOG = mark("changes the catalog only")
    SAMPLE = mark("reads a sample of the table")
    SCAN = mark("reads the whole table")
    BUILD = mark("reads the whole table and builds an index")
    REWRITE = mark("rewrites the whole table and its indexes")
    DATA = mark("changes rows")


class Step(msgspec.Struct, frozen=True):
    """One statement without its semicolon; `alone` when it cannot run inside a transaction."""

    sql: str
    lock: Lock
    work: Work = Work.CATALOG
    alone: bool = False

    @property
    def risk(self) -> str:
        """Lock and work in one line."""
        lock = (
            tr(self.lock)
            if self.lock is Lock.NONE
            else tr("{mode} lock, {blocks}", mode=self.lock, blocks=self.lock.blocks)
        )
        if self.alone:
            return tr("{lock}; {work}; not inside a transaction", lock=lock, work=tr(self.work))
        return f"{lock}; {tr(self.work)}"


class Fix(msgspec.Struct, frozen=True):
    """What to do.

    Attributes:
        advice: One sentence in words, without markup.
        steps: SQL for it, if there is any that can be given; names with schema, quoted.
        complete: Whether the steps, run as they are, make the finding go away. False for an outline.
        remark: What to look at before.
    """

    advice: str
    steps: tuple[Step, ...] = ()
    complete: bool = True
    remark: str | None = None

    @property
    def sql(self) -> str:
        """All steps as a script, each below its risk; empty when there is none."""
        return "\n".join(f"-- {step.risk}\n{step.sql};" for step in self.steps)


def made_name(*parts: str) -> str:
    """A name for a new object: the parts joined by `_`, cut to what PostgreSQL keeps (63 bytes)."""
    name = "_".join(parts)
    while len(name.encode()) > _LONGEST_NAME:
        name = name[:-1]
    return name


def identifiers(names: Iterable[str]) -> str:
    """Names as a SQL list."""
    return ", ".join(map(quote_identifier, names))


def create_index(
    relation: Relation,
    columns: Iterable[str],
    *,
    unique: bool = False,
    where: str | None = None,
    method: str | None = None,
) -> Step:
    """CREATE INDEX, CONCURRENTLY where PostgreSQL can (not on partitioned tables); it chooses the name."""
    partitioned = relation.kind is RelationKind.PARTITIONED_TABLE
    what = f"CREATE{' UNIQUE' if unique else ''} INDEX{'' if partitioned else ' CONCURRENTLY'}"
    using = f" USING {quote_identifier(method)}" if method else ""
    condition = f" WHERE {where}" if where else ""
    sql = f"{what} ON {relation.qualified.sql}{using} ({identifiers(columns)}){condition}"
    if partitioned:
        return Step(sql, Lock.SHARE, Work.BUILD)
    return Step(sql, Lock.SHARE_UPDATE_EXCLUSIVE, Work.BUILD, alone=True)


def drop_index(relation: Relation, index: str) -> Step:
    """DROP INDEX, CONCURRENTLY where PostgreSQL can (not on partitioned tables)."""
    name = QualifiedName(relation.schema, index).sql
    if relation.kind is RelationKind.PARTITIONED_TABLE:
        return Step(f"DROP INDEX {name}", Lock.ACCESS_EXCLUSIVE)
    return Step(f"DROP INDEX CONCURRENTLY {name}", Lock.SHARE_UPDATE_EXCLUSIVE, alone=True)


def alter_table(
    relation: Relation, action: str, lock: Lock = Lock.ACCESS_EXCLUSIVE, work: Work = Work.CATALOG
) -> Step:
    """ALTER TABLE with an action whose names are quoted already."""
    foreign = "FOREIGN " if relation.kind is RelationKind.FOREIGN_TABLE else ""
    return Step(f"ALTER {foreign}TABLE {relation.qualified.sql} {action}", lock, work)


def change_type(relation: Relation, column: str, new_type: str, using: str | None = None) -> Step:
    """ALTER COLUMN … TYPE, for changes that rewrite the table; `new_type` and `using` are SQL."""
    action = f"ALTER COLUMN {quote_identifier(column)} TYPE {new_type}"
    return alter_table(relation, f"{action} USING {using}" if using else action, work=Work.REWRITE)


def add_check(relation: Relation, condition: str, name: str) -> tuple[Step, ...]:
    """A CHECK constraint in two steps, so that the table is not read under a lock that blocks."""
    quoted = quote_identifier(name)
    return (
        alter_table(relation, f"ADD CONSTRAINT {quoted} CHECK ({condition}) NOT VALID"),
        alter_table(relation, f"VALIDATE CONSTRAINT {quoted}", Lock.SHARE_UPDATE_EXCLUSIVE, Work.SCAN),
    )


def set_not_null(relation: Relation, column: str) -> Step:
    """ALTER COLUMN … SET NOT NULL, which reads the table unless a valid CHECK says the same."""
    return alter_table(relation, f"ALTER COLUMN {quote_identifier(column)} SET NOT NULL", work=Work.SCAN)


def add_foreign_key(
    relation: Relation,
    name: str,
    columns: Iterable[str],
    target: QualifiedName,
    target_columns: Iterable[str],
) -> tuple[Step, ...]:
    """A foreign key in two steps, the second of which reads the table without blocking writes.

    Foreign keys of a partitioned table can only be NOT VALID from PostgreSQL 18 on: there it is one step.
    """
    quoted = quote_identifier(name)
    references = f"REFERENCES {target.sql} ({identifiers(target_columns)})"
    action = f"ADD CONSTRAINT {quoted} FOREIGN KEY ({identifiers(columns)}) {references}"
    if relation.kind is RelationKind.PARTITIONED_TABLE:
        return (alter_table(relation, action, Lock.SHARE_ROW_EXCLUSIVE, Work.SCAN),)
    return (
        alter_table(relation, f"{action} NOT VALID", Lock.SHARE_ROW_EXCLUSIVE),
        alter_table(relation, f"VALIDATE CONSTRAINT {quoted}", Lock.SHARE_UPDATE_EXCLUSIVE, Work.SCAN),
    )


def literals(values: Iterable[str]) -> str:
    """Texts as a SQL list of constants."""
    return ", ".join(map(quote_literal, values))
