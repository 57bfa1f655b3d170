"""A column that looks like a reference, and no foreign key says so.

## What it reports

Columns in no foreign key whose name and type meet the key of exactly one other table, with at least the
confidence of the threshold `missing_foreign_key_confidence` (60). Pairs of a polymorphic reference,
references that the configuration declares, and tables that keep a log or a history are left out. When the
data was probed and less than half of the values were found in the other table, nothing is reported.

## Why

Without the foreign key rows can reference what does not exist, deletions leave orphans behind, tools and
people do not see the relationship, and the planner does not know that a join finds exactly one row.

## When it is wrong

When the reference shall outlive the row that it names, when the values are another system's, or when the
cost of the check was weighed and found too high. Names are evidence, never proof.

## How to fix it

Look for values without a row, mend them, then add the foreign key as `NOT VALID` and validate it. Its
columns want an index.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis.implied import Implied
from pgdossier.language import mark, number, tr
from pgdossier.model.statistics import Probe
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity, Threshold

CONFIDENCE = Threshold(
    "missing_foreign_key_confidence",
    60,
    "percent of confidence from which on a column is taken for a reference",
)


def check(context: Context) -> Iterator[Found]:
    """Columns that look like references, outside of logs."""
    logs = {one.table for one in context.analysis.auditing.audit_tables}
    for one in context.analysis.implied:
        if one.array or one.table in logs or one.confidence < context.threshold(CONFIDENCE):
            continue
        if not context.reviewed(one.table) or not context.reviewed(one.parent):
            continue
        probe = _probe(context, one)
        if probe is not None and probe.found * 2 < probe.values:
            continue
        relation = context.lookup.relations[one.table]
        indexed = any(
            index.valid
            and index.predicate is None
            and index.method == "btree"
            and index.keys[0].column == one.column
            for index in relation.indexes
        )
        evidence = tr(
            "it looks like a reference to {parent} with {confidence} % confidence: {evidence}",
            parent=name(f"{one.parent.dotted}.{one.parent_column}"),
            confidence=one.confidence,
            evidence="; ".join(one.evidence),
        )
        if probe is not None:
            evidence += tr(
                "; {found} of {probe} values were found there",
                found=number(probe.found),
                probe=number(probe.values),
            )
        yield Found(
            subject=subject.column(one.table, one.column),
            evidence=evidence,
            fix=Fix(
                advice=tr("Declare the foreign key.")
                if indexed
                else tr("Declare the foreign key, and index its column."),
                steps=(
                    *(() if indexed else (fixes.create_index(relation, (one.column,)),)),
                    *fixes.add_foreign_key(
                        relation,
                        fixes.made_name(one.table.name, one.column, "fkey"),
                        (one.column,),
                        one.parent,
                        (one.parent_column,),
                    ),
                ),
                remark=tr("The last step fails while there are values without a row: look for these first."),
            ),
            statistics=tr("the values were probed on {probed_on}", probed_on=probe.probed_on)
            if probe is not None
            else None,
        )


def _probe(context: Context, one: Implied) -> Probe | None:
    """What was found out about the column's values, when anything was."""
    key = one.relationship.key
    wanted = (one.table, key.columns, one.parent, key.target_columns)
    for probe in context.analysis.snapshot.statistics.probes:
        if (probe.child, probe.columns, probe.parent, probe.parent_columns) == wanted:
            return probe if probe.problem is None and probe.values else None
    return None


RULE = Rule(
    name="missing_foreign_key",
    title=mark("Columns that look like references without a foreign key"),
    severity=Severity.ADVICE,
    check=check,
    tags=("azimutt: missing relation", "schemacrawler: weak associations"),
    thresholds=(CONFIDENCE,),
)
