"""A table that another role owns than most of its schema.

## What it reports

Tables and views whose owner is another role than that of at least two thirds of the relations of the schema,
and schemas with at least three relations in which no role owns that many. Partitions are told with their
table.

## Why

Only the owner (or a member of that role) can alter a table. A migration that runs as the usual role fails on
the others, and default privileges of one owner do not hold for what another one makes. It often shows what
somebody has made by hand.

## When it is wrong

When owners are separated on purpose: a view that reads with rights of its own, tables that a service owns.

## How to fix it

Give the object to the usual owner.

## See also

- [Privileges](https://www.postgresql.org/docs/current/ddl-priv.html)
- [REASSIGN OWNED](https://www.postgresql.org/docs/current/sql-reassign-owned.html)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_FEWEST = 3


def check(context: Context) -> Iterator[Found]:
    """Relations with an unusual owner, schemas without a usual one."""
    schemas: dict[str, list[Relation]] = {}
    for relation in context.relations():
        schemas.setdefault(relation.schema, []).append(relation)
    for schema, relations in schemas.items():
        owners = Counter(relation.owner for relation in relations)
        if len(owners) == 1 or len(relations) < _FEWEST:
            continue
        usual, owned = max(owners.items(), key=lambda row: (row[1], row[0]))
        if owned * 3 < len(relations) * 2:
            shares = ", ".join(f"{name(owner)} {count}" for owner, count in sorted(owners.items()))
            yield Found(
                subject=subject.schema(schema),
                evidence=tr(
                    "its {count} relations have {owners} owners: {shares}",
                    count=len(relations),
                    owners=len(owners),
                    shares=shares,
                ),
                fix=Fix(advice=tr("Settle on one owner for what belongs together.")),
            )
            continue
        for relation in relations:
            if relation.owner != usual:
                yield Found(
                    subject=subject.relation(relation.qualified),
                    evidence=tr(
                        "{owner} owns it; {usual} owns {owned} of the {count} relations of {schema}",
                        owner=name(relation.owner),
                        usual=name(usual),
                        owned=owned,
                        count=len(relations),
                        schema=name(schema),
                    ),
                    fix=Fix(
                        advice=tr("Give it to the usual owner, unless it is another one's on purpose."),
                        steps=(fixes.alter_table(relation, f"OWNER TO {quote_identifier(usual)}"),),
                        remark=tr("Partitions keep their owner; views read with the rights of the new one."),
                    ),
                )


RULE = Rule(
    name="owner_mixed",
    title=mark("Objects of an unusual owner"),
    severity=Severity.ADVICE,
    check=check,
)
