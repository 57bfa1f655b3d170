"""The trials that there are to be: one for each constraint, with its name and columns."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pgdossier.history.trials import ConstraintTrial, Kind, Surprise, Surprising, Verdict
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Check, Exclusion, ForeignKey
from pgdossier.model.indexes import Index
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.trials.conditions import mentioned
from pgdossier.trials.statements import Value, literal

_LONGEST_SHOWN = 60


def _blank(kind: Kind, relation: Relation, name: str, columns: tuple[str, ...]) -> ConstraintTrial:
    return ConstraintTrial(
        kind=kind, object=relation.qualified, name=name, columns=columns, verdict=Verdict.NOT_TRIED
    )


def of_not_null(relation: Relation, column: Column) -> ConstraintTrial:
    """NOT NULL of a column, by the name of the constraint where it has one (PostgreSQL 18)."""
    name = next((each.name for each in relation.not_nulls if each.column == column.name), column.name)
    return _blank(Kind.NOT_NULL, relation, name, (column.name,))


def of_check(relation: Relation, check: Check) -> ConstraintTrial:
    """A CHECK."""
    return _blank(Kind.CHECK, relation, check.name, check.columns)


def of_length(relation: Relation, column: Column) -> ConstraintTrial:
    """The length or precision of a column's type."""
    return _blank(Kind.LENGTH, relation, column.name, (column.name,))


def of_index(relation: Relation, index: Index) -> ConstraintTrial:
    """A primary key, a unique constraint, or a unique index that is none."""
    kind = Kind.PRIMARY_KEY if index.primary else Kind.UNIQUE
    return _blank(kind, relation, index.constraint or index.name, key_columns(relation, index))


def key_columns(relation: Relation, index: Index) -> tuple[str, ...]:
    """The columns that the keys of an index are made of."""
    return mentioned(" ".join(key.expression for key in index.keys), relation.columns)


def of_exclusion(relation: Relation, exclusion: Exclusion) -> ConstraintTrial:
    """An EXCLUDE constraint."""
    return _blank(Kind.EXCLUSION, relation, exclusion.name, exclusion.columns)


def of_foreign_key(relation: Relation, key: ForeignKey) -> ConstraintTrial:
    """A foreign key."""
    return _blank(Kind.FOREIGN_KEY, relation, key.name, key.columns)


def because(blank: ConstraintTrial, reason: str) -> ConstraintTrial:
    """The trial that could not be made, and why."""
    return msgspec.structs.replace(blank, verdict=Verdict.NOT_TRIED, reason=reason)


def judged(
    blank: ConstraintTrial, verdict: Verdict, tried: str, sqlstate: str = "", notes: tuple[str, ...] = ()
) -> ConstraintTrial:
    """The trial with what came of it."""
    return msgspec.structs.replace(blank, verdict=verdict, tried=tried, sqlstate=sqlstate, notes=notes)


def accepted(blank: ConstraintTrial, tried: str) -> Surprise:
    """That a violation was accepted."""
    words = f"{blank.name} accepts {tried}"
    return Surprise(kind=Surprising.ACCEPTED, object=blank.object, name=blank.name, what=words)


def title(blank: ConstraintTrial) -> str:
    """What the trial is about: `not null name`, `check chk_price`."""
    return f"{blank.kind} {blank.name}"


def difference(before: Mapping[str, Value], after: Mapping[str, Value]) -> str:
    """What is other than in the valid row, for people: `status = 'zz', closed_at = NULL`."""
    return ", ".join(
        f"{quote_identifier(name)} = {short(literal(value))}"
        for name, value in after.items()
        if before.get(name) != value
    )


def short(text: str) -> str:
    """SQL with its middle left out when it is long."""
    if len(text) <= _LONGEST_SHOWN:
        return text
    return f"{text[: _LONGEST_SHOWN // 2]} … {text[-8:]}"
