"""A view that reads protected rows with the rights of its owner.

## What it reports

Views and materialized views that read, directly or through other views, tables with row level security, that
are granted to some role besides the owner, and that do not have the option `security_invoker`.

## Why

A view reads its tables with the rights of the view's owner. When that role owns the tables, is a superuser
or has BYPASSRLS, no policy applies: whoever may read the view sees all rows. Otherwise the policies for the
owner apply, not those for the reader. A materialized view holds the rows that its owner saw.

## When it is wrong

When the view is there to show more than the policies do: totals, or columns that harm nobody.

## How to fix it

On PostgreSQL 15 and newer set `security_invoker`, so that the policies of the reader apply; the reader then
needs privileges on the tables. On older versions make it a function with the rights of the caller, or repeat
the condition in the view.

## See also

- [CREATE VIEW](https://www.postgresql.org/docs/current/sql-createview.html)
- [Rules and Privileges](https://www.postgresql.org/docs/current/rules-privileges.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import row_security
from pgdossier.language import mark, tr
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Views around row security that others may read."""
    reads = context.analysis.inverse.reads
    for relation in context.relations():
        secured = row_security.around(context.lookup, reads, relation)
        readers = sorted(_readers(relation)) if secured else ()
        if not readers:
            continue
        direct = set(secured) <= set(reads.get(relation.qualified, ()))
        new_enough = context.structure.server.major >= 15
        view = relation.kind is RelationKind.VIEW
        sql = f"ALTER VIEW {relation.qualified.sql} SET (security_invoker = true)"
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "it reads {tables} with the rights of {owner}; {readers} may read it",
                tables=names(table.dotted for table in secured),
                owner=name(relation.owner),
                readers=names(readers),
            ),
            fix=Fix(
                advice=tr("Let the policies of the reader apply, or accept it with the reason."),
                steps=(Step(sql, Lock.ACCESS_EXCLUSIVE),) if view and new_enough else (),
                complete=direct,
                remark=tr("Readers then need privileges on the tables themselves."),
            ),
        )


def _readers(relation: Relation) -> set[str]:
    """The roles besides the owner that may read the relation or columns of it."""
    grants = [
        *(relation.grants or ()),
        *(grant for column in relation.columns for grant in column.grants or ()),
    ]
    return {
        grant.grantee or "PUBLIC"
        for grant in grants
        if grant.privilege == "SELECT" and grant.grantee != relation.owner
    }


RULE = Rule(
    name="view_bypasses_row_security",
    title=mark("Views that read protected rows with their owner's rights"),
    severity=Severity.ERROR,
    check=check,
    tags=("splinter: security_definer_view",),
)
