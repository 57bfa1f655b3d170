"""Names that cannot be written without quotes.

## What it reports

Relations whose own name, or the names of whose columns, hold upper-case letters, blanks or other characters
that need quotes: one finding for each relation, columns of tables only. When more than half of all relations
have such names it is how the house does it, and told once, for the database. Reserved words are told as
that.

## Why

PostgreSQL folds names without quotes to lower case: `SELECT userId` looks for `userid`, and does not find
it. Everybody who writes a query by hand has to know which names need quotes.

## When it is wrong

When a library makes all the names and all the statements.

## How to fix it

Rename to lower case with underscores; in a library, map the names of the code to those of the database.

## See also

- [Lexical Structure: Identifiers and Key Words](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

# What the lexer takes for a name without quotes, and leaves as it is.
_PLAIN = re.compile(r"[a-z_\x80-\U0010ffff][a-z0-9_$\x80-\U0010ffff]*\Z")


def check(context: Context) -> Iterator[Found]:
    """Relations with such names, or the database when it is the rule."""
    found: dict[QualifiedName, list[str]] = {}
    total = 0
    quoted = context.called(lambda column: not _PLAIN.match(column))
    for relation in context.relations():
        total += 1
        own = [] if _PLAIN.match(relation.name) else [relation.name]
        if quoted and relation.definition is None:
            own += [one.name for one in context.own_columns(relation) if one.name in quoted]
        if own:
            found[relation.qualified] = own
    advice = Fix(advice=tr("Rename to lower case with underscores, if the statements are written by hand."))
    if len(found) > _FEW and len(found) * 2 > total:
        examples = [quote_identifier(own[0]) for own in found.values()]
        many = sum(map(len, found.values()))
        yield Found(
            subject=subject.DATABASE,
            evidence=tr(
                "{count} of {total} relations have names that need quotes, {many} in all: {examples}",
                count=len(found),
                total=total,
                many=many,
                examples=names(examples),
            ),
            fix=advice,
        )
        return
    for of, own in found.items():
        yield Found(
            subject=subject.relation(of),
            evidence=trn(
                "{names} needs quotes in every statement",
                "{names} need quotes in every statement",
                len(own),
                names=names(map(quote_identifier, own)),
            ),
            fix=advice,
        )


_FEW = 4

RULE = Rule(
    name="quoted_name",
    title=mark("Names that need quotes"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: quoted names", "postgresql: don't use upper case names"),
)
