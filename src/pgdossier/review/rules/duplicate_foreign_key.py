"""Two foreign keys of one table that say the same.

## What it reports

Foreign keys of a table with the same pairs of columns to the same table, in whatever order the columns are
listed. All but one are reported: the one that is kept is enforced and validated, and comes first by name.

## Why

Each of them checks every insert, update and deletion once more. Where their actions differ, what happens on
deletion depends on which of them acts first: `CASCADE` beside `RESTRICT` is decided by their names.

## When it is wrong

While one is being replaced by the other. Two keys to different tables are never reported.

## How to fix it

Drop one. Where the actions differ, first decide which is meant.

## See also

- [Constraints: Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.constraints import ForeignKey
from pgdossier.review import foreign_keys, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """All but the best of the foreign keys with the same pairs of columns."""
    for relation in context.tables():
        groups: dict[object, list[ForeignKey]] = {}
        for key in relation.foreign_keys:
            if not key.inherited:
                pairs = frozenset(zip(key.columns, key.target_columns, strict=True))
                groups.setdefault((key.target, pairs, key.period), []).append(key)
        for group in groups.values() if len(groups) < len(relation.foreign_keys) else ():
            kept, *others = sorted(group, key=lambda key: (not key.enforced, not key.validated, key.name))
            for key in others:
                differences = _differences(kept, key)
                yield Found(
                    subject=subject.constraint(relation.qualified, key.name),
                    evidence=tr(
                        "it references {target} by {columns}, as {kept} does; but {differences}",
                        target=name(key.target.dotted),
                        columns=names(key.columns),
                        kept=name(kept.name),
                        differences=tr(" and ").join(differences),
                    )
                    if differences
                    else tr(
                        "it references {target} by {columns}, as {kept} does",
                        target=name(key.target.dotted),
                        columns=names(key.columns),
                        kept=name(kept.name),
                    ),
                    fix=Fix(
                        advice=tr("Decide which of the two is meant, and drop the other.")
                        if differences
                        else tr("Drop one of the two."),
                        steps=(foreign_keys.dropped(relation, key),),
                    ),
                )


def _differences(kept: ForeignKey, key: ForeignKey) -> list[str]:
    """What the two say differently, in words."""
    found = []
    for event, one, other in (
        ("DELETE", kept.on_delete, key.on_delete),
        ("UPDATE", kept.on_update, key.on_update),
    ):
        if one is not other:
            found.append(
                tr(
                    "{own} stands against {other}",
                    own=name(f"ON {event} {other.upper()}"),
                    other=name(one.upper()),
                )
            )
    if kept.match is not key.match:
        found.append(
            tr(
                "{own} stands against {other}",
                own=name(f"MATCH {key.match.upper()}"),
                other=name(kept.match.upper()),
            )
        )
    if (kept.deferrable, kept.initially_deferred) != (key.deferrable, key.initially_deferred):
        found.append(tr("they are not checked at the same time"))
    return found


RULE = Rule(
    name="duplicate_foreign_key",
    title=mark("Duplicate foreign keys"),
    severity=Severity.WARNING,
    check=check,
    tags=("pg-index-health: duplicated foreign keys", "tbls: duplicateRelations"),
)
