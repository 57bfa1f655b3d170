"""A database that does not know the encoding of its text.

## What it reports

A database whose encoding is SQL_ASCII.

## Why

With SQL_ASCII the server takes bytes as they come: nothing is checked, nothing is converted between client
and server. One program writes UTF-8, another Latin-1, and nobody can tell afterwards which value is which.
Lengths count bytes, upper and lower case work for ASCII alone, and the JSON, XML and ICU functions refuse or
misread what is not ASCII.

## When it is wrong

When it is known that all text is ASCII, and something makes sure of it.

## How to fix it

The encoding of a database cannot be changed. Create a new one with UTF8, dump this one, convert what is not
UTF-8, and restore.

## See also

- [Character Set Support](https://www.postgresql.org/docs/current/multibyte.html)
- [CREATE DATABASE](https://www.postgresql.org/docs/current/sql-createdatabase.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """The database, when it does not know its encoding."""
    database = context.structure.database
    if database.encoding == "SQL_ASCII":
        yield Found(
            subject=subject.DATABASE,
            evidence=tr(
                "the encoding of {database} is {encoding}: no text is checked or converted",
                database=name(database.name),
                encoding=name(database.encoding),
            ),
            fix=Fix(advice=tr("Create a new database with the encoding UTF8, and move the content there.")),
        )


RULE = Rule(
    name="sql_ascii_database",
    title=mark("A database without an encoding"),
    severity=Severity.ERROR,
    check=check,
    tags=("postgresql: don't do this",),
)
