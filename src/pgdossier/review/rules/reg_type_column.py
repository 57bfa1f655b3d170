"""A column of a type that keeps an object's number, which an upgrade does not keep.

## What it reports

Columns of the types `regcollation`, `regconfig`, `regdictionary`, `regnamespace`, `regoper`, `regoperator`,
`regproc` and `regprocedure`, arrays and domains of them included.

## Why

They hold the number (OID) of an object. `pg_upgrade` gives these objects new numbers, and therefore refuses
to upgrade a database that has such a column. `regclass`, `regrole` and `regtype` are kept, and not reported.

## When it is wrong

When the database is only ever upgraded by dump and restore or by logical replication. Partitions and what a
child inherits are told with their parent.

## How to fix it

Keep the name as text, and cast it where it is used.

## See also

- [Object Identifier Types](https://www.postgresql.org/docs/current/datatype-oid.html)
- [pg_upgrade](https://www.postgresql.org/docs/current/pgupgrade.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_LOST = frozenset(
    "regcollation regconfig regdictionary regnamespace regoper regoperator regproc regprocedure".split()  # noqa: SIM905 - a line of words
)


def check(context: Context) -> Iterator[Found]:
    """Columns of these types."""
    for relation, columns in context.typed(lambda base: base.removesuffix("[]") in _LOST):
        if relation.definition is not None:
            continue
        for column in columns:
            if column.local:
                type_name = context.base_type(column)
                array = type_name.endswith("[]")
                text = "text[]" if array else "text"
                using = f"{quote_identifier(column.name)}::{text}"
                yield Found(
                    subject=subject.column(relation.qualified, column.name),
                    evidence=tr(
                        "{column} is {type_name}: pg_upgrade refuses the database",
                        column=name(column.name),
                        type_name=name(type_name),
                    ),
                    fix=Fix(
                        advice=tr("Keep the name as text, and cast it where it is used."),
                        steps=(fixes.change_type(relation, column.name, text, using),),
                        complete=column.default is None
                        and not column.generated
                        and column.type_name is None
                        and not context.analysis.inverse.read_by.get(relation.qualified),
                    ),
                )


RULE = Rule(
    name="reg_type_column",
    title=mark("Columns that keep pg_upgrade from working"),
    severity=Severity.WARNING,
    check=check,
    tags=("splinter: unsupported_reg_types",),
)
