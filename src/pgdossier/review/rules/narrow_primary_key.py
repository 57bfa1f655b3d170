"""A primary key of four bytes or less in a table that grows for good.

## What it reports

Primary keys of one column of type `integer` or `smallint` that is filled from a sequence, in tables whose
name says that rows arrive as long as the database is used, and that have a date or a timestamp: orders,
payments, messages, events, tokens, logs, measurements and their like. Any table with more rows than the
threshold `narrow_key_rows` (10 million) is reported as well.

## Why

An `integer` key ends at 2,147,483,647. Numbers are spent by failed and rolled-back inserts too, so the end
comes before there are that many rows. Then every insert fails, and changing the type rewrites the table, and
every table that references it, under a lock that blocks reads and writes.

## When it is wrong

When it is known that there will never be that many rows: then an index of four-byte keys is a little
smaller. A name does not tell how fast rows arrive.

## How to fix it

Make the key, and every column that references it, `bigint`: while the tables are small in one statement
each, later through a second column that is filled in the background.

## See also

- [Numeric Types](https://www.postgresql.org/docs/current/datatype-numeric.html)
- [CREATE TABLE: identity columns](https://www.postgresql.org/docs/current/sql-createtable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.model.columns import Column
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity, Threshold

ROWS = Threshold(
    "narrow_key_rows", 10_000_000, "rows above which a key of four bytes is reported in any table"
)
# What there is always more of, in the singular.
_STREAMS = frozenset(
    """
    access activity booking call change charge click delivery event fail failure hit impression instance
    invoice job log login measurement message metric notification observation order payment purchase reading
    rental reservation run sale sample session shipment token trace transaction transfer trip view visit
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_ENDS = {"smallint": 32_767, "integer": 2_147_483_647}


def check(context: Context) -> Iterator[Found]:
    """Keys with a sequence and a near end, in tables that grow."""
    logs = {one.table for one in context.analysis.auditing.audit_tables}
    for relation in context.tables():
        key = relation.primary_key
        if key is None or len(key.columns) != 1:
            continue
        column = relation.column(key.columns[0])
        type_name = context.base_type(column)
        rows = context.rows(relation.qualified) or 0
        large = rows > context.threshold(ROWS)
        if type_name not in _ENDS or not _generated(context, column):
            continue
        grows = (relation.qualified in logs or not _STREAMS.isdisjoint(_last_words(relation.name))) and any(
            meaning.is_moment(context.base_type(one)) for one in relation.columns
        )
        if not (large or grows):
            continue
        referencing = dict.fromkeys(
            holder.qualified.dotted for holder, _ in _following(context, relation, column.name)
        )
        others = (
            tr(", and {referencing} would have to follow", referencing=names(referencing))
            if referencing
            else ""
        )
        yield Found(
            subject=subject.column(relation.qualified, column.name),
            evidence=tr(
                "{type_name}, filled from a sequence: it ends at {ends} of which about {rows} are"
                " rows{others}",
                type_name=name(type_name),
                ends=number(_ENDS[type_name]),
                rows=number(rows),
                others=others,
            )
            if large
            else tr(
                "{type_name}, filled from a sequence: it ends at {ends}{others}",
                type_name=name(type_name),
                ends=number(_ENDS[type_name]),
                others=others,
            ),
            fix=_fix(context, relation, column),
            statistics=tr("the number of rows is the planner's estimate") if large else None,
        )


def _last_words(name: str) -> frozenset[str]:
    """The last word of a table's name, in every singular that it may be the plural of."""
    found = meaning.words(name)
    return meaning.named_after(found[-1]) if found else frozenset()


def _generated(context: Context, column: Column) -> bool:
    return column.identity is not None or "nextval(" in (context.default(column) or "")


def _following(context: Context, relation: Relation, column: str) -> list[tuple[Relation, Column]]:
    """The columns that reference this one, each once; foreign keys to another key of the table do not."""
    found = dict.fromkeys(
        (one.child, own)
        for one in context.children.get(relation.qualified, ())
        for own, target in zip(one.key.columns, one.key.target_columns, strict=True)
        if target == column
    )
    children = context.lookup.relations
    return [(children[child], children[child].column(own)) for child, own in found]


def _fix(context: Context, relation: Relation, column: Column) -> Fix:
    """The key, the sequence and all columns that reference it."""
    changes = [(relation, column), *_following(context, relation, column.name)]
    plain = all(one.type_name is None and holder.partitioning is None for holder, one in changes)
    read = any(context.analysis.inverse.read_by.get(holder.qualified) for holder, _ in changes)
    steps = [fixes.change_type(holder, one.name, "bigint") for holder, one in changes]
    for sequence in context.structure.sequences:
        owner = sequence.owned_by
        if (
            owner
            and (owner.relation, owner.column) == (relation.qualified, column.name)
            and not owner.identity
        ):
            steps.append(Step(f"ALTER SEQUENCE {sequence.qualified.sql} AS bigint", Lock.SHARE_ROW_EXCLUSIVE))
    return Fix(
        advice=tr("Make the key bigint, and every column that references it."),
        steps=tuple(steps),
        complete=plain and not read,
        remark=tr("Views that show these columns must be dropped before and made again.")
        if read
        else tr("All these tables are locked and written anew: do it while they are small."),
    )


RULE = Rule(
    name="narrow_primary_key",
    title=mark("Narrow primary keys of tables that only grow"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed",),
    thresholds=(ROWS,),
)
