"""One statement that ought to be refused: what the server says, with whatever stands before it set aside."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import msgspec

from pgdossier.analysis import tables
from pgdossier.building.trials.rows import Rows
from pgdossier.building.trials.session import Refused
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.trials.statements import without_constraint

_ATTEMPTS = 8
AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"


class Found(msgspec.Struct):
    """What came of it.

    Attributes:
        refused: The refusal that was expected, None when there was none.
        accepted: Whether the statement was accepted, and what waits for the commit as well.
        at_commit: Whether the refusal came only when the constraints were checked that wait for the commit.
        other: The refusal that stood before, and could not be set aside.
        notes: What was set aside.
        mended: What a trigger does, where it was accepted with the triggers, and refused without.
        dropped: Whether what a trigger does is that nothing is written.
        count: How many rows it wrote, when it was accepted.
        before: The statements before the one that was judged.
    """

    refused: Refused | None = None
    accepted: bool = False
    at_commit: bool = False
    other: Refused | None = None
    notes: tuple[str, ...] = ()
    mended: str = ""
    dropped: bool = False
    count: int = 0
    before: tuple[str, ...] = ()


class Attempts:
    """Tries statements inside of the present transaction, and undoes them."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._session = rows.session

    def attempt(
        self,
        relation: Relation,
        statement: str,
        expected: Callable[[Refused], bool],
        *,
        accepts: bool = False,
        others: tuple[Relation, ...] = (),
        by_triggers: tuple[str, str] = ("a trigger stores no row", "a trigger mends it"),
    ) -> Found:
        """Run a statement that ought to be refused in a certain way.

        Constraints of which the server complains first are dropped, triggers disabled, one after the other;
        the transaction is rolled back, so that they are there again.

        Args:
            relation: The table that it writes to.
            statement: The statement.
            expected: Whether a refusal is the one.
            accepts: Whether it is right that it is accepted.
            others: Further tables whose triggers may have a hand in it.
            by_triggers: What a trigger does that keeps it from being refused: when no row is written, and
                when one is.
        """
        outside = self._session.mark()
        before = len(self._session.recorded)
        notes: list[str] = []
        off = unwritten = False
        mended = ""
        found = Found()
        for _ in range(_ATTEMPTS):
            found = self._once(statement, expected)
            found.before = tuple(self._session.recorded[before:])
            if found.refused is not None or (found.accepted and found.count and accepts):
                break
            has_triggers = bool(self._rows.triggers_off(relation, *others))
            if found.other is not None and (dropped := self._set_aside(relation, found.other)):
                notes.append(f"{dropped} set aside")
            elif has_triggers and not off and self._off(relation, *others):
                off = True
                unwritten = found.accepted and not found.count
                mended = by_triggers[0 if unwritten else 1] if found.accepted else ""
                notes.append(f"triggers disabled: {found.other.message if found.other else mended}")
            else:
                break
        self._session.back_to(outside)
        found.notes = tuple(notes)
        found.mended = mended if found.refused is not None else ""
        found.dropped = unwritten
        return found

    def _once(self, statement: str, expected: Callable[[Refused], bool]) -> Found:
        mark = self._session.mark()
        at_commit = False
        try:
            self._session.query(statement)
            count = self._session.count
            at_commit = True
            self._session.query(AT_ONCE)
        except Refused as refused:
            self._session.back_to(mark)
            if expected(refused):
                return Found(refused=refused, at_commit=at_commit)
            return Found(other=refused)
        self._session.back_to(mark)
        return Found(accepted=True, count=count)

    def _off(self, *relations: Relation) -> bool:
        """Disable the triggers of tables."""
        try:
            for statement in self._rows.triggers_off(*relations):
                self._session.change(statement)
        except Refused:
            return False
        return True

    def _set_aside(self, relation: Relation, refused: Refused) -> str | None:
        """Drop the constraint that a refusal names; its name for people, None when that cannot be done."""
        owner = self._rows.lookup.relations.get(QualifiedName(refused.schema, refused.table), relation)
        if refused.sqlstate == "23502" and refused.column and not refused.type:
            column = quote_identifier(refused.column)
            statement = f"ALTER TABLE {owner.qualified.sql} ALTER COLUMN {column} DROP NOT NULL"
            return refused.column if self._drops(statement) else None
        if not refused.constraint:
            return None
        if refused.type:
            domain = QualifiedName(refused.schema, refused.type)
            statement = f"ALTER DOMAIN {domain.sql} DROP CONSTRAINT {quote_identifier(refused.constraint)}"
            return refused.constraint if self._drops(statement) else None
        for each in (owner, *ancestors(self._rows.lookup, owner)):
            name = name_above(self._rows.lookup, owner, refused.constraint, each)
            if name and self._drops(without_constraint(each.qualified, name)):
                return name
        index = QualifiedName(owner.schema, refused.constraint)
        return refused.constraint if self._drops(f"DROP INDEX {index.sql}") else None

    def _drops(self, statement: str) -> bool:
        try:
            self._session.change(statement)
        except Refused:
            with contextlib.suppress(Refused), self._session.savepoint():
                self._session.change(AT_ONCE)
                self._session.change(statement)
                return True
            return False
        return True


def ancestors(lookup: Lookup, relation: Relation) -> tuple[Relation, ...]:
    """The tables that a table is a partition of, or inherits from, the nearest first."""
    found: list[Relation] = []
    if relation.partition is not None and relation.partition.parent in lookup.relations:
        above = lookup.relations[relation.partition.parent]
        found += [above, *ancestors(lookup, above)]
    for name in relation.inherits:
        if name in lookup.relations:
            found += [lookup.relations[name], *ancestors(lookup, lookup.relations[name])]
    return tuple(found)


def name_above(lookup: Lookup, owner: Relation, name: str, above: Relation) -> str | None:
    """What a constraint of a partition is called in a table above it; None when it is not there."""
    if above is owner:
        return name
    index = next((each for each in owner.indexes if name in (each.name, each.constraint)), None)
    while index is not None and index.parent is not None:
        found = next(
            (
                (relation, each)
                for relation in ancestors(lookup, owner)
                for each in relation.indexes
                if relation.schema == index.parent.schema and each.name == index.parent.name
            ),
            None,
        )
        if found is None:
            return None
        if found[0] is above:
            return found[1].constraint or found[1].name
        index = found[1]
    key = next((each for each in owner.foreign_keys if each.name == name), None)
    if key is not None:
        same = (
            one.name for one in above.foreign_keys if (one.columns, one.target) == (key.columns, key.target)
        )
        return next(same, None)
    return name if any(each.name == name for each in above.checks) else None


def names(lookup: Lookup, relation: Relation, name: str, refused: Refused) -> bool:
    """Whether a refusal names that constraint of a table, or the copy that a partition has of it."""
    owner = lookup.relations.get(QualifiedName(refused.schema, refused.table))
    if owner is None:
        return refused.constraint == name
    if owner.qualified == relation.qualified:
        return refused.constraint == name
    if relation not in ancestors(lookup, owner) and owner not in tuple(
        tables.descendants(lookup, relation.qualified)
    ):
        return False
    return name_above(lookup, owner, refused.constraint, relation) == name
