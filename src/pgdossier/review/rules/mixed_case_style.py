"""Names that are written in another way than the rest.

## What it reports

For names of relations and of columns: that at least three quarters of them are written in one way
(`snake_case`, `camelCase`, `PascalCase`, `UPPER_CASE`), and which are not; or that no way is followed by
that many. One finding for the database. With fewer than five names nothing is said, nor when all are alike.

## Why

Whoever writes a query has to look up how each name is spelled. An exception is often the trace of another
hand, or of a tool.

## When it is wrong

When the names come from elsewhere and have to match: a data exchange, another system's tables.

## How to fix it

Keep to one way in what is new; rename the few exceptions when they are touched anyway.

## See also

- [Lexical Structure: Identifiers and Key Words](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_RELATIONS = "Names of relations"
_COLUMNS = "Names of table columns"


def check(context: Context) -> Iterator[Found]:
    """What is not written like the rest."""
    told = []
    for convention in context.analysis.naming.conventions:
        if convention.kind not in (_RELATIONS, _COLUMNS) or convention.followed == convention.total:
            continue
        share = (
            tr(
                "{followed} of {total} relations are in {case}",
                followed=number(convention.followed),
                total=number(convention.total),
                case=name(convention.form),
            )
            if convention.kind == _RELATIONS
            else tr(
                "{followed} of {total} columns are in {case}",
                followed=number(convention.followed),
                total=number(convention.total),
                case=name(convention.form),
            )
        )
        if convention.mixed:
            others = [
                tr("{count} in {case}", count=number(count), case=name(other))
                for other, count in convention.others
            ]
            told.append(", ".join((share, *others)))
        else:
            more = convention.total - convention.followed - len(convention.exceptions)
            told.append(
                tr(
                    "{share}, not {exceptions} and {more} more",
                    share=share,
                    exceptions=names(convention.exceptions, shown=10),
                    more=more,
                )
                if more
                else tr(
                    "{share}, not {exceptions}",
                    share=share,
                    exceptions=names(convention.exceptions, shown=10),
                )
            )
    if told:
        yield Found(
            subject=subject.DATABASE,
            evidence="; ".join(told),
            fix=Fix(advice=tr("Keep to one way in what is new.")),
        )


RULE = Rule(
    name="mixed_case_style",
    title=mark("Names in another style than the rest"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemalint: name casing", "azimutt: inconsistent naming"),
)
