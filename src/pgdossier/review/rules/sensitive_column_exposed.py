"""A secret that every role can read.

## What it reports

Columns of the inventory of sensitive data (§9.2 of the document) that hold secrets, payment data, numbers
given by a state, data on health, biometric data or those of other special categories, with medium or high
confidence, in tables and views that PUBLIC may read, in schemas that PUBLIC may use.

## Why

PUBLIC is every role there is and every role that there will be: a reporting tool, a student's account,
whatever an attacker gets hold of first.

## When it is wrong

When the column holds something else: a public token, or a word that means another thing here. A table
`[[sensitive]]` of the configuration with the category "none" then clears it, here and in the document.

## How to fix it

Revoke SELECT from PUBLIC and grant it to the roles that need it; where most columns may be read, grant these
alone.

## See also

- [Privileges](https://www.postgresql.org/docs/current/ddl-priv.html)
- [REVOKE](https://www.postgresql.org/docs/current/sql-revoke.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis.sensitive import SensitiveColumn
from pgdossier.analysis.sensitive_names import Category, Confidence
from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.privileges import Grants
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity

_CATEGORIES = frozenset(
    (
        Category.CREDENTIAL,
        Category.FINANCIAL,
        Category.GOVERNMENT_ID,
        Category.HEALTH,
        Category.BIOMETRIC,
        Category.SPECIAL,
    )
)


def check(context: Context) -> Iterator[Found]:
    """Columns with secrets and the like that everybody may read."""
    for relation in context.relations():
        if not everybody_may(context.schema_grants(relation.schema), "USAGE"):
            continue
        for column in relation.columns:
            whole = everybody_may(relation.grants, "SELECT")
            found = secret(context, relation, column)
            if found is not None and (whole or everybody_may(column.grants, "SELECT")):
                shown = f"{name(column.name)} ({found.what})" if found.what else name(column.name)
                yield Found(
                    subject=subject.column(relation.qualified, column.name),
                    evidence=tr(
                        "{column} of {relation} can be read by every role: {privilege} is granted"
                        " to {everybody}",
                        column=shown,
                        relation=name(relation.qualified.dotted),
                        privilege=name("SELECT"),
                        everybody=name("PUBLIC"),
                    ),
                    fix=_fix(relation, column, whole),
                )


def secret(context: Context, relation: Relation, column: Column) -> SensitiveColumn | None:
    """What the inventory says of a column, when that is nothing for every role."""
    found = context.analysis.sensitive.by_column.get((relation.qualified, column.name))
    if found is None or found.category not in _CATEGORIES or found.confidence < Confidence.MEDIUM:
        return None
    return found


def everybody_may(grants: Grants, privilege: str) -> bool:
    """Whether PUBLIC has the privilege."""
    return any(grant.grantee is None and grant.privilege == privilege for grant in grants or ())


def _fix(relation: Relation, column: Column, whole: bool) -> Fix:
    what = "SELECT" if whole else f"SELECT ({quote_identifier(column.name)})"
    step = Step(f"REVOKE {what} ON {relation.qualified.sql} FROM PUBLIC", Lock.NONE)
    return Fix(
        advice=tr("Revoke it, and grant it to the roles that need it."),
        steps=(step,),
        complete=not (whole and everybody_may(column.grants, "SELECT")),
        remark=tr("Look first which roles read the table by this grant alone."),
    )


RULE = Rule(
    name="sensitive_column_exposed",
    title=mark("Secrets that every role can read"),
    severity=Severity.ERROR,
    check=check,
    tags=("splinter: sensitive_columns_exposed",),
)
