"""Row level security is on, and there is no policy.

## What it reports

Tables with row level security enabled that have no policy at all.

## Why

With row security and no policy everybody but the owner, superusers and roles with BYPASSRLS sees no row and
can write none. That is safe, and mostly not what was meant: queries return nothing and do not fail.

## When it is wrong

When the table is to be reached by its owner alone, or only through functions and views that run with their
owner's rights. Then accept the finding with that reason.

## How to fix it

Create the policies that were meant, or disable row security when it was not meant.

## See also

- [Row Security Policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
- [CREATE POLICY](https://www.postgresql.org/docs/current/sql-createpolicy.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, alter_table
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables with row security and without policies."""
    for relation in context.tables():
        if relation.row_security and not relation.policies:
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=tr(
                    "row level security of {relation} is enabled and it has no policy: all roles but its"
                    " owner, superusers and BYPASSRLS roles see no row; it is forced, so the owner sees"
                    " none either",
                    relation=name(relation.qualified.dotted),
                )
                if relation.force_row_security
                else tr(
                    "row level security of {relation} is enabled and it has no policy: all roles but its"
                    " owner, superusers and BYPASSRLS roles see no row",
                    relation=name(relation.qualified.dotted),
                ),
                fix=Fix(
                    advice=tr(
                        "Create the policies that were meant, or disable row security if it was not meant."
                    ),
                    steps=(alter_table(relation, "DISABLE ROW LEVEL SECURITY"),),
                    remark=tr("Disabling opens the rows to every role that has privileges on the table."),
                ),
            )


RULE = Rule(
    name="row_security_without_policy",
    title=mark("Row level security without a policy"),
    severity=Severity.WARNING,
    check=check,
    tags=("splinter: rls_enabled_no_policy",),
)
