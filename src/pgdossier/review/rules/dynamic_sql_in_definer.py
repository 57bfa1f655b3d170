"""A function with its owner's rights that runs SQL made of unquoted text.

## What it reports

PL/pgSQL functions with `SECURITY DEFINER` in which an EXECUTE puts values into its text by `||` without
`quote_ident`, `quote_literal` or `quote_nullable`, or by `%s` of `format`. Text that was put together
before, in a variable, is not looked into.

## Why

Whoever can choose the value can choose what the owner's rights are used for.

## When it is wrong

When the value cannot be chosen: it comes from the function itself, or was looked up in the catalogs and is
quoted already (`regclass` is; casts to it are left out, as those to integers are).

## How to fix it

Use `format` with `%I` for names and `%L` for values, and `USING` for values where a value may stand.

## See also

- [Executing Dynamic Commands](https://www.postgresql.org/docs/current/plpgsql-statements.html#PLPGSQL-STATEMENTS-EXECUTING-DYN)
- [Writing SECURITY DEFINER Functions Safely](https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_COMMENT_OR_LITERAL = re.compile(rf"--[^\n]*|/\*.*?\*/|{_LITERAL.pattern}", re.DOTALL)
_EXECUTE = re.compile(
    r"\bEXECUTE\s+(?!FUNCTION|PROCEDURE|ON\b)(.*?)(?:;|\bUSING\b|\bINTO\b|\bLOOP\b)",
    re.IGNORECASE | re.DOTALL,
)
_FORMAT = re.compile(r"\bformat\s*\(\s*'((?:[^']|'')*)'\s*,", re.IGNORECASE)
_QUOTED = re.compile(
    r"\s*(?:''|\d+|(?:pg_catalog\.)?(?:quote_(?:ident|literal|nullable)|format)\s*\(.*"
    r"|.*::\s*(?:regclass|regtype|regrole|regproc|regprocedure|regnamespace|integer|int|bigint|smallint)"
    r"(?:\s*::\s*text)?)\s*\)*\s*",
    re.IGNORECASE | re.DOTALL,
)
_UNQUOTED = re.compile(r"%(?:\d+\$)?-?\d*s")


def check(context: Context) -> Iterator[Found]:
    """PL/pgSQL routines with their owner's rights and unquoted text."""
    for routine in context.structure.routines:
        if not routine.security_definer or routine.language != "plpgsql" or routine.definition is None:
            continue
        unquoted = next(_unquoted(routine.definition), None)
        if unquoted is not None:
            yield Found(
                subject=subject.routine(routine),
                evidence=tr(
                    "it runs with the rights of {owner}, and executes a text with {unquoted} in it, not"
                    " quoted",
                    owner=name(routine.owner),
                    unquoted=name(unquoted),
                ),
                fix=Fix(advice=tr("Use format with %I for names and %L for values, and USING for values.")),
            )


def _unquoted(definition: str) -> Iterator[str]:
    """What is put into a text that is executed, without quotes."""
    # Comments go; literals may hold what looks like the end of a statement, and are put back afterwards.
    literals: list[str] = []

    def kept(match: re.Match[str]) -> str:
        if not match[0].startswith("'"):
            return " "
        literals.append(match[0])
        return f"'{len(literals) - 1}'"

    body = _COMMENT_OR_LITERAL.sub(kept, definition)
    for found in _EXECUTE.finditer(body):
        whole = _LITERAL.sub(lambda match: literals[int(match[0][1:-1])], found[1])
        for template in _FORMAT.finditer(whole):
            if hole := _UNQUOTED.search(template[1].replace("%%", "")):
                yield hole[0]
        operands = _LITERAL.sub("''", found[1]).split("||")
        if len(operands) > 1:
            for operand in operands:
                if not _QUOTED.fullmatch(operand):
                    yield " ".join(operand.split())


RULE = Rule(
    name="dynamic_sql_in_definer",
    title=mark("Dynamic SQL without quotes that runs with its owner's rights"),
    severity=Severity.ADVICE,
    check=check,
)
