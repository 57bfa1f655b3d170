"""Text columns that do not follow the convention for bounding their length.

## What it reports

Nothing, until the convention `text` takes a side. On the side `bounded`: columns of type `text`, or of
`varchar` without a length, that no CHECK bounds. On the side `text`: columns of type `varchar(n)`. Domains
count as the type that they are made of, with their checks.

## Why

Both views in one line: a bound keeps rubbish and whole files out of a field that is shown in a form;
`varchar(n)` bounds nothing that was thought about, and changing n later is a change of type, so `text` with
a CHECK where a bound is meant serves better. In PostgreSQL the two are equally fast and equally large.

## When it is wrong

When the side does not fit the house. The default side is `any`, which reports nothing.

## How to fix it

On the side `bounded`: add a CHECK on `char_length`, or change the type to `varchar(n)`. On the side `text`:
change the type to `text`, which PostgreSQL does without rewriting the table, and add a CHECK where a bound
is meant.

## See also

- [Character Types](https://www.postgresql.org/docs/current/datatype-character.html)
- [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.model.types import Domain
from pgdossier.review import fixes, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Convention, Found, Rule, Severity

TEXT = Convention(
    "text",
    ("any", "bounded", "text"),
    "a bound keeps rubbish out of a field (bounded); varchar(n) is a bound that nobody thought about and"
    " that is"
    " hard to change, so text, with a CHECK where one is meant (text)",
)


def check(context: Context) -> Iterator[Found]:
    """Columns on the wrong side, when there is one."""
    side = context.side(TEXT)
    if side not in ("bounded", "text"):
        return
    for relation in context.tables():
        for column in context.own_columns(relation):
            type_name = context.base_type(column)
            if side == "bounded" and type_name in ("text", "character varying"):
                if not _is_checked(context, relation, column):
                    yield Found(
                        subject=subject.column(relation.qualified, column.name),
                        evidence=tr(
                            "{column} is {type_name}, and no CHECK mentions it",
                            column=name(column.name),
                            type_name=name(type_name),
                        ),
                        fix=Fix(advice=tr("Bound its length by a CHECK, or by varchar(n).")),
                    )
            elif side == "text" and type_name.startswith("character varying("):
                yield Found(
                    subject=subject.column(relation.qualified, column.name),
                    evidence=tr(
                        "{column} is {type_name}", column=name(column.name), type_name=name(type_name)
                    ),
                    fix=_to_text(relation, column),
                )


def _is_checked(context: Context, relation: Relation, column: Column) -> bool:
    """Whether some CHECK of the table mentions the column, or its domain has any."""
    if any(column.name in check.columns for check in relation.checks) or column.generated is not None:
        return True
    domain = context.lookup.types.get(column.type_name) if column.type_name else None
    return isinstance(domain, Domain) and bool(domain.checks)


def _to_text(relation: Relation, column: Column) -> Fix:
    if column.type_name is not None:
        return Fix(advice=tr("Change the domain's base type to text: that takes a new domain."))
    step = fixes.alter_table(relation, f"ALTER COLUMN {quote_identifier(column.name)} TYPE text")
    return Fix(
        advice=tr("Change its type to text, and add a CHECK if the bound was meant."),
        steps=(step,),
        remark=tr("Views that show the column must be dropped before and made again."),
    )


RULE = Rule(
    name="unbounded_text",
    title=mark("Text columns against the convention"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed",),
    convention=TEXT,
)
