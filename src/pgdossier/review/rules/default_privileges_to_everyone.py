"""A role whose new objects every role will be able to use.

## What it reports

Roles with default privileges that grant to PUBLIC what it would not have otherwise. That functions may be
executed and types used by PUBLIC is PostgreSQL's own default, and not reported.

## Why

The grant is not on any object yet: it comes with every table that is made from now on, the ones that hold
secrets included, and nobody sees it in the statement that makes them.

## When it is wrong

In a schema that is made to be public.

## How to fix it

Revoke it from the default privileges, and look at what was created meanwhile: that keeps its grants.

## See also

- [ALTER DEFAULT PRIVILEGES](https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.model.privileges import DefaultPrivileges
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity

_OBJECTS = frozenset(
    (
        mark("tables"),
        mark("sequences"),
        mark("functions"),
        mark("types"),
        mark("schemas"),
        mark("large objects"),
    )
)


def check(context: Context) -> Iterator[Found]:
    """Roles with default privileges for PUBLIC."""
    found: dict[str, list[tuple[DefaultPrivileges, list[str]]]] = {}
    for one in context.structure.default_privileges:
        usual = {grant.privilege for grant in one.baseline if grant.grantee is None}
        added = {grant.privilege for grant in one.grants if grant.grantee is None} - usual
        if added:
            found.setdefault(one.role, []).append((one, sorted(added)))
    for role, entries in found.items():
        yield Found(
            subject=subject.role(role),
            evidence=tr(
                "what {role} creates grants to {everybody}: {privileges}",
                role=name(role),
                everybody=name("PUBLIC"),
                privileges="; ".join((_shown(one, added) for one, added in entries)),
            ),
            fix=Fix(
                advice=tr("Revoke it, and look at what was created meanwhile."),
                steps=tuple(_revoke(one, added) for one, added in entries),
            ),
        )


def _shown(one: DefaultPrivileges, added: list[str]) -> str:
    return (
        tr("{added} on {objects} in all schemas", added=name(", ".join(added)), objects=_objects(one))
        if one.schema is None
        else tr(
            "{added} on {objects} in {schema}",
            added=name(", ".join(added)),
            objects=_objects(one),
            schema=name(one.schema),
        )
    )


def _objects(one: DefaultPrivileges) -> str:
    words = one.objects.lower()
    return tr(words) if words in _OBJECTS else words


def _revoke(one: DefaultPrivileges, added: list[str]) -> Step:
    where = "" if one.schema is None else f" IN SCHEMA {quote_identifier(one.schema)}"
    return Step(
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {quote_identifier(one.role)}{where} REVOKE {', '.join(added)}"
        f" ON {one.objects} FROM PUBLIC",
        Lock.NONE,
    )


RULE = Rule(
    name="default_privileges_to_everyone",
    title=mark("Roles whose new objects every role can use"),
    severity=Severity.WARNING,
    check=check,
)
