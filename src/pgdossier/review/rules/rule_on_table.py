"""A rewrite rule.

## What it reports

Rules of the old rule system on tables and views. The rules that make views what they are, are left out.

## Why

A rule rewrites the statement before it runs; it does not act on rows. So an expression with a side effect
(`nextval`, `now`, `random`) may run twice, `RETURNING` and the number of rows come out differently, COPY
passes rules by, and a rule with a condition does what few people expect. PostgreSQL's own documentation
advises triggers in most cases.

## When it is wrong

For a rule on a view that only redirects a simple statement, as `INSTEAD` rules did before views could be
updated and have triggers.

## How to fix it

Write what it does as a trigger: on a view an `INSTEAD OF` trigger. Simple views can be updated without
either. Then drop the rule.

## See also

- [Rules Versus Triggers](https://www.postgresql.org/docs/current/rules-triggers.html)
- [CREATE RULE](https://www.postgresql.org/docs/current/sql-createrule.html)
- [CREATE VIEW](https://www.postgresql.org/docs/current/sql-createview.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.rules import Rule as RewriteRule
from pgdossier.model.triggers import Enabled
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Rules on tables and views."""
    for relation in context.relations():
        for rule in relation.rules:
            view = relation.kind is RelationKind.VIEW
            yield Found(
                subject=subject.rewrite_rule(relation.qualified, rule.name),
                evidence=_evidence(relation, rule),
                fix=Fix(
                    advice=tr(
                        "Write it as an INSTEAD OF trigger, or rely on the view being updatable; then drop"
                        " the rule."
                    )
                    if view
                    else tr("Write it as a trigger, then drop the rule."),
                ),
            )


def _evidence(relation: Relation, rule: RewriteRule) -> str:
    values = {
        "event": name(rule.event.upper()),
        "kind": tr(relation.kind),
        "relation": name(relation.qualified.dotted),
    }
    disabled = rule.enabled is Enabled.DISABLED
    if rule.instead:
        if disabled:
            return tr("it replaces every {event} on the {kind} {relation}; it is disabled", **values)
        return tr("it replaces every {event} on the {kind} {relation}", **values)
    if disabled:
        return tr("it adds to every {event} on the {kind} {relation}; it is disabled", **values)
    return tr("it adds to every {event} on the {kind} {relation}", **values)


RULE = Rule(
    name="rule_on_table",
    title=mark("Rewrite rules"),
    severity=Severity.ADVICE,
    check=check,
    tags=("postgresql: don't use rules",),
)
