"""A table with transactions so old that PostgreSQL may have to stop accepting writes.

## What it reports

Tables whose oldest row that is not frozen is more than `wraparound_millions` million transactions, or
multixacts, old. Where autovacuum is told to wait longer than that (`autovacuum_freeze_max_age`), it is 110 %
of what it is told. Partitions count with their table. When no table of the document is that old and the
database is, the database is reported.

## Why

Transaction numbers come round after about two thousand million. Before that, the server refuses every
command that needs a new one: an outage that ends only when VACUUM has read the tables.

## When it is wrong

Never quite: a server that is healthy freezes at 200 million. It may be that VACUUM is at it just now.

## How to fix it

Look for what holds the horizon back (an open or a prepared transaction, a replication slot), then run
`VACUUM (FREEZE)` on the oldest tables, and find out why autovacuum did not.

## See also

- [Preventing Transaction ID Wraparound Failures](https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-WRAPAROUND)
- [VACUUM](https://www.postgresql.org/docs/current/sql-vacuum.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import monitoring, tables
from pgdossier.language import mark, number, tr
from pgdossier.model.activity import TableActivity
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix, Lock, Step, Work
from pgdossier.review.rule import Found, Rule, Severity, Threshold

MILLIONS = Threshold(
    "wraparound_millions",
    round(monitoring.DEFAULT.transaction_age.warning),
    "million transactions that a table's oldest row may be old",
)


def check(context: Context) -> Iterator[Found]:
    """Tables, or else the database, that are too old."""
    operation = context.analysis.snapshot.operation
    if operation.taken_at is None:
        return
    transactions = _limit(context, operation, "autovacuum_freeze_max_age")
    multixacts = _limit(context, operation, "autovacuum_multixact_freeze_max_age")
    oldest: dict[QualifiedName, TableActivity] = {}
    for part in operation.tables:
        name = tables.root(context.lookup, QualifiedName(part.schema, part.name))
        if (part.transaction_age or 0) <= transactions and (part.multixact_age or 0) <= multixacts:
            continue
        if name in context.lookup.relations and (name not in oldest or _age(part) > _age(oldest[name])):
            oldest[name] = part
    statistics = tr("ages on {taken_at}", taken_at=operation.taken_at[:10])
    for name, part in oldest.items():
        step = Step(f"VACUUM (FREEZE) {name.sql}", Lock.SHARE_UPDATE_EXCLUSIVE, Work.SCAN, alone=True)
        yield Found(
            subject=subject.relation(name),
            evidence=tr(
                "its oldest row is {transaction_age} transactions and {multixact_age} multixacts old",
                transaction_age=number(part.transaction_age or 0),
                multixact_age=number(part.multixact_age or 0),
            ),
            fix=Fix(
                advice=tr("Look for what holds the horizon back, then freeze its rows."),
                steps=(step,),
                complete=False,
                remark=tr("It does not help while an old transaction or a replication slot is in the way."),
            ),
            statistics=statistics,
        )
    database = operation.database
    if database is None or oldest:
        return
    if (database.transaction_age or 0) > transactions or (database.multixact_age or 0) > multixacts:
        yield Found(
            subject=subject.DATABASE,
            evidence=tr(
                "the oldest row of the database is {transaction_age} transactions and"
                " {multixact_age} multixacts old, in a table outside of this document",
                transaction_age=number(database.transaction_age or 0),
                multixact_age=number(database.multixact_age or 0),
            ),
            fix=Fix(
                advice=tr("Look for what holds the horizon back, then run VACUUM (FREEZE) on the database.")
            ),
            statistics=statistics,
        )


def _age(part: TableActivity) -> int:
    return max(part.transaction_age or 0, part.multixact_age or 0)


def _limit(context: Context, operation: Operation, setting: str) -> float:
    """What is too old: the threshold, or what autovacuum is told when it is told to wait longer."""
    found = operation.setting(setting)
    value = "" if found is None or found.value is None else found.value
    told = int(value) if value.isdigit() else 0
    limit = context.threshold(MILLIONS) * 1_000_000
    return told * 1.1 if told >= MILLIONS.default * 1_000_000 else limit


RULE = Rule(
    name="wraparound_age",
    title=mark("Tables close to transaction wraparound"),
    severity=Severity.WARNING,
    check=check,
    thresholds=(MILLIONS,),
)
