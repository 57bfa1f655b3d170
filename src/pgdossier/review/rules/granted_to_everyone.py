"""A table that every role can read or write.

## What it reports

Tables on which PUBLIC has any privilege, as a whole or on columns, and views through which PUBLIC can write,
in schemas that PUBLIC may use. Views that PUBLIC may read are left out: they are often made for that. Grants
on partitions are not looked at.

## Why

PUBLIC is every role that there is and will be, those that were made for a report or a trial included. Nobody
who grants one of them access to one thing expects that it has access to another one already.

## When it is wrong

For data that is public in the house: lists of countries, currencies, holidays. Row security may leave
nothing of such a grant but what is meant.

## How to fix it

Revoke the privileges from PUBLIC, and grant them to a role whose members need them.

## See also

- [Privileges](https://www.postgresql.org/docs/current/ddl-priv.html)
- [REVOKE](https://www.postgresql.org/docs/current/sql-revoke.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.privileges import Grants
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.sensitive_column_exposed import everybody_may

_VIEWS = (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)


def check(context: Context) -> Iterator[Found]:
    """Tables with privileges of PUBLIC."""
    for relation in context.relations():
        if not everybody_may(context.schema_grants(relation.schema), "USAGE"):
            continue
        whole = _everybody(relation.grants)
        columns = {column.name: _everybody(column.grants) - whole for column in relation.columns}
        found = whole.union(*columns.values())
        if not found or (relation.kind in _VIEWS and found <= {"SELECT"}):
            continue
        where = ""
        if not whole:
            where = tr(
                " on {columns}", columns=names((column for column, granted in columns.items() if granted))
            )
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "{everybody} has {privileges}{where}, within the policies of row security",
                everybody=name("PUBLIC"),
                privileges=names(sorted(found)),
                where=where,
            )
            if relation.row_security
            else tr(
                "{everybody} has {privileges}{where}",
                everybody=name("PUBLIC"),
                privileges=names(sorted(found)),
                where=where,
            ),
            fix=_fix(relation),
        )


def _everybody(grants: Grants) -> set[str]:
    return {grant.privilege for grant in grants or () if grant.grantee is None}


def _fix(relation: Relation) -> Fix:
    """Revoking on the table revokes on its columns as well."""
    return Fix(
        advice=tr("Revoke them, and grant them to a role whose members need them."),
        steps=(Step(f"REVOKE ALL ON {relation.qualified.sql} FROM PUBLIC", Lock.NONE),),
        remark=tr("Look first which roles use the table by this grant alone."),
    )


RULE = Rule(
    name="granted_to_everyone",
    title=mark("Tables that every role can use"),
    severity=Severity.WARNING,
    check=check,
)
