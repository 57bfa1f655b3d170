"""Says which texts of a page come from the project, and not from comments in the database."""

from __future__ import annotations

from collections.abc import Iterable

from pgdossier.analysis.analysis import Analysis
from pgdossier.model.describable import Key
from pgdossier.model.relations import Relation
from pgdossier.render.escaping import code
from pgdossier.render.numbers import counted, listed

_PLURALS = {"policy": "policies", "index": "indexes"}


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
            word = kind if len(found) == 1 else _PLURALS.get(kind, f"{kind}s")
            said.append(f"{word} {listed(found)}")
    return "; ".join(said)


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
