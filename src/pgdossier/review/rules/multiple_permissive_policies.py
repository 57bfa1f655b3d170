"""Several permissive policies for the same command and role.

## What it reports

Tables with row level security and more than one permissive policy that applies to the same command for the
same role. A policy for all commands counts for each; one without roles counts for all.

## Why

Permissive policies are combined with OR: one that lets a row pass is enough, so the widest decides, and it
is not visible in the others. Each of them is evaluated for the rows that those before did not let pass.

## When it is wrong

When the policies are separate thoughts on purpose ("own rows", "rows of my team") and the tables are small.
Many teams write them so because it reads better.

## How to fix it

Combine them into one policy with OR, or make those that were meant to narrow access `AS RESTRICTIVE`.

## See also

- [CREATE POLICY](https://www.postgresql.org/docs/current/sql-createpolicy.html)
- [Row Security Policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.policies import Command, Policy
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_COMMANDS = (Command.SELECT, Command.INSERT, Command.UPDATE, Command.DELETE)


def check(context: Context) -> Iterator[Found]:
    """Tables with overlapping permissive policies."""
    for relation in context.tables():
        overlaps = _overlaps(relation) if relation.row_security else {}
        if overlaps:
            listed = "; ".join(
                tr(
                    "{commands} for {name}: {policies}",
                    commands=commands,
                    name=tr("everyone") if role is None else name(role),
                    policies=names(policies),
                )
                for (role, policies), commands in overlaps.items()
            )
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=tr("more than one permissive policy applies to {listed}", listed=listed),
                fix=Fix(advice=tr("Combine them into one policy with OR, or make one of them restrictive.")),
            )


def _overlaps(relation: Relation) -> dict[tuple[str | None, tuple[str, ...]], str]:
    """The commands for which several policies apply, by role (None: everybody) and policies."""
    permissive = [policy for policy in relation.policies if policy.permissive]
    roles: list[str | None] = [None, *sorted({role for policy in permissive for role in policy.roles})]
    found: dict[tuple[str | None, tuple[str, ...]], list[str]] = {}
    for command in _COMMANDS:
        everybody = _applying(permissive, command, None)
        for role in roles:
            applying = _applying(permissive, command, role)
            if len(applying) > 1 and (role is None or applying != everybody):
                found.setdefault((role, applying), []).append(str(command))
    return {key: ", ".join(commands) for key, commands in found.items()}


def _applying(policies: list[Policy], command: Command, role: str | None) -> tuple[str, ...]:
    return tuple(
        policy.name
        for policy in policies
        if policy.command in (command, Command.ALL) and (not policy.roles or role in policy.roles)
    )


RULE = Rule(
    name="multiple_permissive_policies",
    title=mark("Several permissive policies for one command"),
    severity=Severity.ADVICE,
    check=check,
    tags=("splinter: multiple_permissive_policies",),
)
