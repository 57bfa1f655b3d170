"""A policy that calls a function for each row whose result is the same for all rows.

## What it reports

Policies of tables with row level security whose conditions call `current_setting(…)` with constants, or a
function of this database without arguments that is not immutable, outside of a sub-select.

## Why

PostgreSQL evaluates the condition for each row that it looks at, and such a call with it: on a large table
that is most of the time that a query takes. Inside of `(SELECT …)` it is called once for each query.

## When it is wrong

When the function is meant to answer differently from row to row (it is volatile for a reason), or the table
is small.

## How to fix it

Write the call as a sub-select. The policy means the same.

## See also

- [Row Security Policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
- [Function Volatility Categories](https://www.postgresql.org/docs/current/xfunc-volatility.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.model.policies import Policy
from pgdossier.model.routines import Volatility
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity

# What stands between the words of a condition: constants are skipped, whatever is in them.
_CALL = re.compile(
    r"""
      '(?:[^']|'')*'(?:::[\w ]+)?
    | (?P<wrapped>\(\s*SELECT\s)
    | (?P<call>(?:pg_catalog\.)?current_setting\('(?:[^']|'')*'(?:::text)?(?:,\s*(?:true|false))?\)
      | (?:[\w$]+\.|"(?:[^"]|"")+"\.)?(?:[\w$]+|"(?:[^"]|"")+")\(\))
    """,
    re.VERBOSE | re.IGNORECASE,
)


def check(context: Context) -> Iterator[Found]:
    """Policies with such calls."""
    own = {
        spelling
        for routine in context.structure.routines
        if not routine.identity_arguments and routine.volatility is not Volatility.IMMUTABLE
        for spelling in (
            f"{quote_identifier(routine.schema)}.{quote_identifier(routine.name)}()",
            f"{quote_identifier(routine.name)}()",
        )
    }
    for relation in context.tables():
        for policy in relation.policies if relation.row_security else ():
            calls = [call for text in (policy.using, policy.check) if text for _, call in _found(text, own)]
            if calls:
                changes = _clauses(policy, own)
                sql = f"ALTER POLICY {quote_identifier(policy.name)} ON {relation.qualified.sql} {changes}"
                yield Found(
                    subject=subject.policy(relation.qualified, policy.name),
                    evidence=tr(
                        "its condition calls {calls} for each row", calls=names(dict.fromkeys(calls))
                    ),
                    fix=Fix(
                        advice=tr("Write the call as a sub-select."),
                        steps=(Step(sql, Lock.ACCESS_EXCLUSIVE),),
                    ),
                )


def _found(text: str, own: set[str]) -> Iterator[tuple[int, str]]:
    """The calls outside of sub-selects, each with its position."""
    end = 0
    for match in _CALL.finditer(text):
        if match.start() < end:
            continue
        if match["wrapped"]:
            end = _closing(text, match.start())
        elif match["call"] and ("current_setting(" in match["call"].lower() or match["call"] in own):
            yield match.start(), match["call"]


def _closing(text: str, opening: int) -> int:
    """Where the parenthesis that opens there is closed; constants and quoted names are skipped."""
    depth = 0
    for match in re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[()]").finditer(text, opening):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if depth == 0:
            return match.end()
    return len(text)


def _wrapped(text: str, own: set[str]) -> str:
    for position, call in reversed(list(_found(text, own))):
        text = f"{text[:position]}(SELECT {call}){text[position + len(call) :]}"
    return text


def _clauses(policy: Policy, own: set[str]) -> str:
    using = f"USING ({_wrapped(policy.using, own)})" if policy.using else ""
    checked = f"WITH CHECK ({_wrapped(policy.check, own)})" if policy.check else ""
    return " ".join(clause for clause in (using, checked) if clause)


RULE = Rule(
    name="row_security_per_row_call",
    title=mark("Policies that call a function for each row"),
    severity=Severity.WARNING,
    check=check,
    tags=("splinter: auth_rls_initplan",),
)
