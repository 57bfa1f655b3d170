"""A password column that is too short for a hash of today.

## What it reports

Columns named like a password, of type `varchar(n)` or `char(n)` with fewer than 60 characters. That is what
bcrypt needs, and Argon2, scrypt, PBKDF2 and SCRAM need more. Wider and unbounded columns are not reported:
what is in them the schema does not tell.

## Why

What fits is the password itself, or a hash that can be tried out thousands of millions of times in a second
(MD5 has 32 digits, SHA-1 has 40).

## When it is wrong

When the column holds something else, such as a one-time code, or is left over and empty.

## How to fix it

Widen the column, keep a slow hash with a salt in it, and have every password hashed anew at the next login.

## See also

- [pgcrypto: Password Hashing Functions](https://www.postgresql.org/docs/current/pgcrypto.html#PGCRYPTO-PASSWORD-HASHING-FUNCS)
- [Password Authentication](https://www.postgresql.org/docs/current/auth-password.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_PASSWORDS = frozenset(("password", "passwd", "pwd", "passphrase"))
_LAST = _PASSWORDS | {"hash", "digest", "hashed", "encrypted"}
_BOUND = re.compile(r"character(?: varying)?\((\d+)\)")
_SHORTEST = 60


def check(context: Context) -> Iterator[Found]:
    """Columns for passwords that hold no modern hash."""
    for relation, column in context.named(_is_password):
        bound = _BOUND.fullmatch(context.base_type(column))
        if bound is not None and int(bound[1]) < _SHORTEST:
            yield Found(
                subject=subject.column(relation.qualified, column.name),
                evidence=tr(
                    "{column} is {type}: bcrypt needs {shortest} characters, other hashes of today need more",
                    column=name(column.name),
                    type=name(column.type),
                    shortest=_SHORTEST,
                ),
                fix=Fix(advice=tr("Widen it, and keep a slow hash with a salt in it.")),
            )


def _is_password(name: str) -> bool:
    words = meaning.words(name)
    return bool(words) and words[-1] in _LAST and not _PASSWORDS.isdisjoint(words)


RULE = Rule(
    name="plaintext_password_column",
    title=mark("Password columns too short for a hash of today"),
    severity=Severity.WARNING,
    check=check,
)
