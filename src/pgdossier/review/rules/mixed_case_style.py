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

import re
from collections.abc import Iterator

from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

# The labels of the conventions that are about the case of names.
_CASE = re.compile(r"Names of (relations|table columns) are in (\w+)")


def check(context: Context) -> Iterator[Found]:
    """What is not written like the rest."""
    told = []
    for convention in context.analysis.naming.conventions:
        case = _CASE.fullmatch(convention.label)
        if case is None or convention.followed == convention.total:
            continue
        kind = "relations" if case[1] == "relations" else "columns"
        share = f"{convention.followed:,} of {convention.total:,} {kind} are in {name(case[2])}"
        if convention.mixed:
            others = [f"{count:,} in {name(other)}" for other, count in convention.others]
            told.append(", ".join((share, *others)))
        else:
            more = convention.total - convention.followed - len(convention.exceptions)
            rest = f" and {more} more" if more else ""
            told.append(f"{share}, not {names(convention.exceptions, shown=10)}{rest}")
    if told:
        yield Found(
            subject=subject.DATABASE,
            evidence="; ".join(told),
            fix=Fix(advice="Keep to one way in what is new."),
        )


RULE = Rule(
    name="mixed_case_style",
    title="Names in another style than the rest",
    severity=Severity.ADVICE,
    check=check,
    tags=("schemalint: name casing", "azimutt: inconsistent naming"),
)
