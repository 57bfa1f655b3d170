"""A policy that lets everybody write every row.

## What it reports

Permissive policies for everybody (without roles) on tables with row level security, for INSERT, UPDATE,
DELETE or all commands, whose condition for written or deleted rows is the constant true. Policies for
reading are left out: a table whose rows everybody may see and few may write is common.

## Why

Permissive policies are combined with OR: this one makes all others for its command say nothing. Row level
security is on, and does nothing.

## When it is wrong

When row security is on for reading alone, and privileges decide who writes; or for a table that all may add
to, a guest book or a log. A restrictive policy may narrow it as well.

## How to fix it

Write the condition that was meant, name the roles that the policy is for, or drop it.

## See also

- [CREATE POLICY](https://www.postgresql.org/docs/current/sql-createpolicy.html)
- [Row Security Policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.policies import Command, Policy
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Policies that let all rows be written."""
    for relation in context.tables():
        if not relation.row_security or any(not policy.permissive for policy in relation.policies):
            continue
        for policy in relation.policies:
            clause = _open(policy)
            if clause and policy.permissive and not policy.roles:
                yield Found(
                    subject=subject.policy(relation.qualified, policy.name),
                    evidence=tr(
                        "{policy} applies to all commands of everybody, with {clause}",
                        policy=name(policy.name),
                        clause=name(clause),
                    )
                    if policy.command is Command.ALL
                    else tr(
                        "{policy} applies to {command} of everybody, with {clause}",
                        policy=name(policy.name),
                        command=name(policy.command.upper()),
                        clause=name(clause),
                    ),
                    fix=Fix(
                        advice=tr("Write the condition that was meant, or name the roles that it is for.")
                    ),
                )


def _open(policy: Policy) -> str | None:
    """The clause that lets every row be written or deleted, if there is one."""
    if policy.command is Command.SELECT:
        return None
    if policy.command is Command.DELETE or (policy.check is None and policy.command is not Command.INSERT):
        return "USING (true)" if policy.using == "true" else None
    return "WITH CHECK (true)" if policy.check == "true" else None


RULE = Rule(
    name="policy_always_true",
    title=mark("Policies that let everybody write every row"),
    severity=Severity.WARNING,
    check=check,
    tags=("splinter: rls_policy_always_true",),
)
