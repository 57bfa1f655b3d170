"""A secret that every role can read.

## What it reports

Columns whose name says that they hold a secret or a personal number (password, secret, token, api key,
private key, social security number, passport, card number, CVV), in tables and views that PUBLIC may read,
in schemas that PUBLIC may use.

## Why

PUBLIC is every role there is and every role that there will be: a reporting tool, a student's account,
whatever an attacker gets hold of first.

## When it is wrong

When the column holds something else: a foreign key to where the secret is, a flag, the moment it was changed
(such types are left out), or a public token.

## How to fix it

Revoke SELECT from PUBLIC and grant it to the roles that need it; where most columns may be read, grant these
alone.

## See also

- [Privileges](https://www.postgresql.org/docs/current/ddl-priv.html)
- [REVOKE](https://www.postgresql.org/docs/current/sql-revoke.html)
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.privileges import Grants
from pgdossier.model.relations import Relation
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity

_SECRETS = frozenset("password passwd pwd passphrase secret token ssn cvv cvc iban passport".split())  # noqa: SIM905 - a line of words
_PAIRS = frozenset(
    (
        ("api", "key"),
        ("private", "key"),
        ("credit", "card"),
        ("card", "number"),
        ("tax", "id"),
        ("secret", "key"),
    )
)

_HOLDS = ("bytea", "uuid", "json", "jsonb", "bigint")
# After the word for a secret these say that the column holds something about it.
_ABOUT = frozenset(("id", "at", "type", "count", "hint", "name"))


def check(context: Context) -> Iterator[Found]:
    """Columns named like a secret that everybody may read."""
    for relation in context.relations():
        if not everybody_may(context.schema_grants(relation.schema), "USAGE"):
            continue
        for column in relation.columns:
            whole = everybody_may(relation.grants, "SELECT")
            if is_secret(context, relation, column) and (whole or everybody_may(column.grants, "SELECT")):
                yield Found(
                    subject=subject.column(relation.qualified, column.name),
                    evidence=f"{name(column.name)} of {name(relation.qualified.dotted)} can be read by"
                    " every role: "
                    f"{name('SELECT')} is granted to {name('PUBLIC')}",
                    fix=_fix(relation, column, whole),
                )


def is_secret(context: Context, relation: Relation, column: Column) -> bool:
    """Whether the name of a column that can hold a text says that it is a secret."""
    found = meaning.words(column.name)
    type_name = context.base_type(column)
    if not (meaning.is_text(type_name) or type_name in _HOLDS) or column.name in context.foreign_key_columns(
        relation
    ):
        return False
    if any(pair in _PAIRS for pair in pairwise(found)):
        return True
    return bool(_SECRETS & set(found)) and found[-1] not in _ABOUT


def everybody_may(grants: Grants, privilege: str) -> bool:
    """Whether PUBLIC has the privilege."""
    return any(grant.grantee is None and grant.privilege == privilege for grant in grants or ())


def _fix(relation: Relation, column: Column, whole: bool) -> Fix:
    what = "SELECT" if whole else f"SELECT ({quote_identifier(column.name)})"
    step = Step(f"REVOKE {what} ON {relation.qualified.sql} FROM PUBLIC", Lock.NONE)
    return Fix(
        advice="Revoke it, and grant it to the roles that need it.",
        steps=(step,),
        complete=not (whole and everybody_may(column.grants, "SELECT")),
        remark="Look first which roles read the table by this grant alone.",
    )


RULE = Rule(
    name="sensitive_column_exposed",
    title="Secrets that every role can read",
    severity=Severity.ERROR,
    check=check,
    tags=("splinter: sensitive_columns_exposed",),
)
