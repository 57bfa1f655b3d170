"""A table that VACUUM has never visited, though it is long due.

## What it reports

Tables with at least `small_table_rows` rows, live or dead, that neither VACUUM nor autovacuum has visited
since the counters were reset, although they have more than twice the dead rows, or the inserted ones, that
autovacuum's settings wait for. Partitions count with their table. Nothing is said while the counters are
younger than `statistics_min_days`, nor of tables in which nothing changed.

## Why

Dead rows take space that nothing can use again, and every scan reads them. The visibility map is not kept,
so index-only scans look into the table all the same. Old transactions are not frozen, until one day VACUUM
has to read everything at once.

## When it is wrong

When something prevents it for a reason and for a while: a load that vacuums at its end, a backup. `VACUUM
FULL` and `CLUSTER` are not noted in these counters.

## How to fix it

Run VACUUM, and find out why autovacuum does not: it is switched off, for the server or for the table, is
cancelled by statements that lock the table, or cannot keep up with its few workers.

## See also

- [Routine Vacuuming](https://www.postgresql.org/docs/current/routine-vacuuming.html)
- [Automatic Vacuuming](https://www.postgresql.org/docs/current/runtime-config-vacuum.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.model.activity import TableActivity
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix, Lock, Step, Work
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.foreign_key_without_index import SMALL
from pgdossier.review.usage import MIN_DAYS, Usage


def check(context: Context) -> Iterator[Found]:
    """Tables that are due and were never visited."""
    usage = Usage.long_enough(context)
    if usage is None:
        return
    for relation in context.relations():
        parts = neglected(context, usage, relation)
        if not parts:
            continue
        dead = sum(part.dead_rows or 0 for part in parts)
        inserted = sum(part.inserted_since_vacuum or 0 for part in parts)
        off = [part for part in parts if not usage.autovacuum(QualifiedName(part.schema, part.name))]
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=(
                tr(
                    "{dead} dead rows and {inserted} inserted ones, and neither VACUUM nor autovacuum"
                    " was ever there: it is switched off",
                    dead=number(dead),
                    inserted=number(inserted),
                )
                if off
                else tr(
                    "{dead} dead rows and {inserted} inserted ones, and neither VACUUM nor autovacuum"
                    " was ever there",
                    dead=number(dead),
                    inserted=number(inserted),
                )
            )
            if relation.partitioning is None
            else tr(
                "{dead} dead rows and {inserted} inserted ones in {count} of its partitions, and"
                " neither VACUUM nor autovacuum was ever there: it is switched off",
                dead=number(dead),
                inserted=number(inserted),
                count=len(parts),
            )
            if off
            else tr(
                "{dead} dead rows and {inserted} inserted ones in {count} of its partitions, and"
                " neither VACUUM nor autovacuum was ever there",
                dead=number(dead),
                inserted=number(inserted),
                count=len(parts),
            ),
            fix=Fix(
                advice=tr("Run VACUUM, and find out why autovacuum does not."),
                steps=(vacuum(relation),),
                complete=relation.partitioning is None,
            ),
            statistics=usage.counted,
        )


def neglected(context: Context, usage: Usage, relation: Relation) -> list[TableActivity]:
    """The parts of a table with storage that are due and were never vacuumed."""
    use = usage.table(relation)
    if use is None:
        return []
    least = context.threshold(SMALL)
    return [
        part
        for part in use.parts
        if part.last_vacuum is None
        and part.last_autovacuum is None
        and (part.live_rows or 0) + (part.dead_rows or 0) >= least
        and usage.vacuum_due(part)
    ]


def vacuum(relation: Relation) -> Step:
    """VACUUM of a table and all its partitions."""
    return Step(
        f"VACUUM (ANALYZE) {relation.qualified.sql}", Lock.SHARE_UPDATE_EXCLUSIVE, Work.SCAN, alone=True
    )


RULE = Rule(
    name="never_vacuumed",
    title=mark("Tables that are never vacuumed"),
    severity=Severity.WARNING,
    check=check,
    thresholds=(MIN_DAYS, SMALL),
)
