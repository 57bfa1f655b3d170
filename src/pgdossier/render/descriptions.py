"""Says which texts of a page come from the project, and not from comments in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pgdossier.analysis.analysis import Analysis
from pgdossier.language import trn
from pgdossier.language.counts import counted
from pgdossier.model.describable import Key
from pgdossier.model.relations import Relation
from pgdossier.render.escaping import code
from pgdossier.render.numbers import listed


def parts_from_project(relation: Relation, analysis: Analysis) -> str:
    """Which parts of a relation the project describes: "columns `a` and `b`"; or nothing."""
    if not analysis.from_project:
        return ""
    groups: list[tuple[str, Iterable[str]]] = [
        ("column", (each.name for each in relation.columns)),
        ("constraint", _constraints(relation)),
        ("index", (each.name for each in relation.indexes)),
        ("trigger", (each.name for each in relation.triggers)),
        ("policy", (each.name for each in relation.policies)),
        ("rule", (each.name for each in relation.rules)),
    ]
    said = []
    for kind, names in groups:
        found = [
            code(name)
            for name in names
            if Key(kind, (relation.schema, relation.name, name)) in analysis.from_project
        ]
        if found:
            said.append(_NAMED[kind](len(found), listed(found)))
    return "; ".join(said)


_NAMED: dict[str, Callable[[int, str], str]] = {
    "column": lambda count, names: trn("column {names}", "columns {names}", count, names=names),
    "constraint": lambda count, names: trn("constraint {names}", "constraints {names}", count, names=names),
    "index": lambda count, names: trn("index {names}", "indexes {names}", count, names=names),
    "trigger": lambda count, names: trn("trigger {names}", "triggers {names}", count, names=names),
    "policy": lambda count, names: trn("policy {names}", "policies {names}", count, names=names),
    "rule": lambda count, names: trn("rule {names}", "rules {names}", count, names=names),
}


def _constraints(relation: Relation) -> list[str]:
    primary = (relation.primary_key,) if relation.primary_key else ()
    return [
        each.name
        for each in (
            *primary,
            *relation.unique_keys,
            *relation.foreign_keys,
            *relation.checks,
            *relation.exclusions,
            *relation.not_nulls,
        )
    ]


def total_from_project(analysis: Analysis) -> str:
    """How many objects the project describes, in words: "3 objects"; nothing when there is none."""
    number = len(analysis.from_project)
    return counted(number, "object") if number else ""
