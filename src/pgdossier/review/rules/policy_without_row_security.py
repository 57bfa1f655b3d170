"""Policies that are not in force, because row level security is not enabled.

## What it reports

Tables with policies on which row level security is disabled.

## Why

Whoever wrote the policies believes that rows are protected. They are not: PostgreSQL ignores the policies
until row level security is enabled on the table.

## When it is wrong

While a change is being prepared: first the policies, then the switch.

## How to fix it

Enable row level security. From then on all roles but the owner, superusers and BYPASSRLS roles see what the
policies let pass, and nothing else.

## See also

- [Row Security Policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix, alter_table
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables with policies and without row security."""
    for relation in context.tables():
        if relation.policies and not relation.row_security:
            listed = names([policy.name for policy in relation.policies])
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=trn(
                    "{policies} is not in force: row level security is not enabled",
                    "{policies} are not in force: row level security is not enabled",
                    len(relation.policies),
                    policies=listed,
                ),
                fix=Fix(
                    advice=tr("Enable row level security."),
                    steps=(alter_table(relation, "ENABLE ROW LEVEL SECURITY"),),
                    remark=tr("Roles that no policy is for see no row from then on: test with each of them."),
                ),
            )


RULE = Rule(
    name="policy_without_row_security",
    title=mark("Policies that are not in force"),
    severity=Severity.ERROR,
    check=check,
    tags=("splinter: policy_exists_rls_disabled",),
)
