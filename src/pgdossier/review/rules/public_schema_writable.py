"""A schema in which every role may create objects.

## What it reports

Schemas in which PUBLIC has the privilege CREATE.

## Why

Whoever can connect can put a table or a function of his own beside those of the application, and so have
queries and functions of others that do not name a schema find his instead of theirs: with their rights.
Before PostgreSQL 15 every new database had this privilege on `public`; a database that was upgraded or
restored from then still has it.

## When it is wrong

In a database that belongs to one role alone, or a schema that is made for everybody to try things out and is
in nobody's search path.

## How to fix it

Revoke CREATE from PUBLIC, and grant it to the role that makes the objects.

## See also

- [Schemas: Usage Patterns](https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATTERNS)
- [Privileges](https://www.postgresql.org/docs/current/ddl-priv.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.rules.sensitive_column_exposed import everybody_may


def check(context: Context) -> Iterator[Found]:
    """Schemas in which PUBLIC may create."""
    for schema in context.structure.schemas:
        if everybody_may(schema.grants, "CREATE"):
            revoke = f"REVOKE CREATE ON SCHEMA {quote_identifier(schema.name)} FROM PUBLIC"
            yield Found(
                subject=subject.schema(schema.name),
                evidence=tr(
                    "{everybody} has {privilege} on {schema}",
                    everybody=name("PUBLIC"),
                    privilege=name("CREATE"),
                    schema=name(schema.name),
                ),
                fix=Fix(
                    advice=tr("Revoke it, and grant it to the role that makes the objects."),
                    steps=(Step(revoke, Lock.NONE),),
                    remark=tr("Look first which roles create objects by this grant alone."),
                ),
            )


RULE = Rule(
    name="public_schema_writable",
    title=mark("Schemas in which every role may create objects"),
    severity=Severity.WARNING,
    check=check,
    tags=("postgresql: public schema",),
)
