"""Deletions of several levels, with a row in every table that they were foretold to reach."""

from __future__ import annotations

import msgspec

from pgdossier.analysis.cascades import CascadeReach
from pgdossier.analysis.relationships import Relationship, declared_by
from pgdossier.building.trials.attempts import AT_ONCE
from pgdossier.building.trials.rows import NoRow, Recipe, Rows, Stored
from pgdossier.building.trials.session import Refused
from pgdossier.history.trials import Outcome, ReachTrial, Surprise, Surprising
from pgdossier.model.constraints import Action
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.trials.cases import Case
from pgdossier.trials.statements import Value, delete

_START = 20


class Reached(msgspec.Struct, frozen=True):
    """What was found out about one deletion."""

    trial: ReachTrial
    case: Case | None = None
    surprises: tuple[Surprise, ...] = ()


class _Tree(msgspec.Struct):
    """The rows that are to go, and those that are to be changed, by table."""

    start: Stored
    going: dict[QualifiedName, Stored]
    changed: list[Relationship]
    beyond: list[QualifiedName]


class Reaches:
    """Tries the deletions of one scratch database."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._session = rows.session

    def of_table(self, reach: CascadeReach, by_parent: dict[QualifiedName, list[Relationship]]) -> Reached:
        """Delete a row of a table, with a row in every table that the deletion may reach.

        Args:
            reach: What is foretold.
            by_parent: The foreign keys that are enforced, by the table that they reference.
        """
        relation = self._rows.lookup.relations.get(reach.table)
        blank = ReachTrial(table=reach.table, outcome=Outcome.NOT_TRIED)
        if relation is None or relation.kind is RelationKind.FOREIGN_TABLE:
            return Reached(_because(blank, "there are no rows of it here"))
        with self._session.transaction():
            self._rows.used = set()
            try:
                tree = self._tree(reach, relation, by_parent)
                return self._deleted(reach, relation, tree, blank)
            except NoRow as error:
                return Reached(_because(blank, error.reason))
            except Refused as error:
                return Reached(_because(blank, error.message))

    def _tree(
        self, reach: CascadeReach, relation: Relation, by_parent: dict[QualifiedName, list[Relationship]]
    ) -> _Tree:
        start = self._rows.build(relation, Recipe(n=_START))
        tree = _Tree(start=start, going={reach.table: start}, changed=[], beyond=[])
        number = _START
        for deletion in reach.deletes:
            if deletion.table == reach.table:
                continue  # its other rows are reached through themselves: the actions were tried one by one
            number += 1
            ways = [
                one
                for parent in deletion.through
                for one in by_parent.get(parent, ())
                if one.child == deletion.table and one.key.on_delete is Action.CASCADE
            ]
            made = next((made for one in ways if (made := self._child(tree, one, number)) is not None), None)
            if made is None:
                tree.beyond.append(deletion.table)
            else:
                tree.going[deletion.table] = made
        for change in reach.changes:
            number += 1
            one = change.relationship
            if one.key.on_delete in (Action.SET_NULL, Action.SET_DEFAULT):
                if self._child(tree, one, number) is not None:
                    tree.changed.append(one)
                elif one.child not in tree.beyond:
                    tree.beyond.append(one.child)
        return tree

    def _child(self, tree: _Tree, one: Relationship, number: int) -> Stored | None:
        """A row that references one that is to go; None when none can be built."""
        parent = tree.going.get(one.parent)
        if parent is None:
            return None
        declaring = declared_by(self._rows.lookup, one)
        relation = declaring[0] if declaring else self._rows.lookup.relations[one.child]
        recipe = Recipe(n=number, parents={one.key.name: parent}, required=set(one.key.columns))
        mark = self._session.mark()
        try:
            found = self._rows.build(relation, recipe)
        except NoRow:
            self._session.back_to(mark)
            return None
        pairs = zip(one.key.columns, one.key.target_columns, strict=True)
        if any(found.values[own] != parent.values[theirs] for own, theirs in pairs):
            self._session.back_to(mark)
            return None
        return found

    def _deleted(self, reach: CascadeReach, relation: Relation, tree: _Tree, blank: ReachTrial) -> Reached:
        where: dict[str, Value] = {name: tree.start.values[name] for name in self._identity(relation)}
        statement = delete(relation.qualified, where)
        before = self._counts()
        already = tuple(self._session.recorded)
        foretold = {one.relationship.key.name for one in reach.blocked_by}
        foretold |= {one.relationship.key.name for one in reach.changes if one.to_default}
        notes: tuple[str, ...] = ()
        off = self._rows.triggers_off(*(self._rows.lookup.relations[name] for name in tree.going))
        mark = self._session.mark()
        refused = self._run(statement)
        if refused is None and off and (words := self._otherwise(reach, tree, before, self._counts())):
            self._session.back_to(mark)
            for each in off:
                self._session.change(each)
            again = self._run(statement)
            if again is not None:
                return self._refused(reach, tree, blank, again, expected=again.constraint in foretold)
            notes = (f"triggers disabled: {words}",)
        elif refused is not None:
            if refused.constraint in foretold or not off:
                return self._refused(reach, tree, blank, refused, expected=refused.constraint in foretold)
            for each in off:
                self._session.change(each)
            again = self._run(statement)
            if again is not None:
                return self._refused(reach, tree, blank, again, expected=again.constraint in foretold)
            notes = (f"triggers disabled: {refused.message}",)
        after = self._counts()
        lost = tuple(sorted(name for name, number in before.items() if after[name] < number))
        changed = tuple(sorted({one.child for one in tree.changed}))
        trial = ReachTrial(
            table=reach.table,
            outcome=Outcome.AS_DECLARED,
            deleted=tuple(name for name in lost if name != reach.table),
            changed=changed,
            beyond=tuple(sorted(tree.beyond)),
            notes=notes,
        )
        words = self._otherwise(reach, tree, before, after)
        if not words:
            case = None
            if not notes:
                counted = tuple(
                    (f"SELECT count(*) FROM {name.sql}", str(after[name]))  # noqa: S608 - quoted
                    for name in (*tree.going, *changed)
                )
                case = Case(
                    subject=reach.table,
                    title="cascade of a deletion",
                    needs=tuple(sorted(self._rows.used)),
                    before=already,
                    last=statement,
                    expected=tuple(dict(counted).items()),
                )
            surprises = () if not notes else (_surprise(Surprising.TRIGGER, trial, refused_words(notes)),)
            return Reached(trial, case, surprises)
        return Reached(
            ReachTrial(
                table=reach.table,
                outcome=Outcome.OTHERWISE,
                deleted=trial.deleted,
                changed=changed,
                beyond=trial.beyond,
                reason=words,
                notes=notes,
            ),
            surprises=(_surprise(Surprising.REACH, trial, words),),
        )

    def _otherwise(
        self,
        reach: CascadeReach,
        tree: _Tree,
        before: dict[QualifiedName, int],
        after: dict[QualifiedName, int],
    ) -> str:
        """What a deletion did otherwise than foretold, in words; empty when nothing."""
        lost = {name for name, number in before.items() if after[name] < number}
        foretold = {reach.table, *(deletion.table for deletion in reach.deletes)}
        missed, more = sorted(tree.going.keys() - lost), sorted(lost - foretold)
        parts = []
        if missed:
            parts.append(f"rows stay in {', '.join(name.dotted for name in missed)}")
        if more:
            parts.append(f"rows go from {', '.join(name.dotted for name in more)} as well")
        return "; ".join(parts)

    def _refused(
        self, reach: CascadeReach, tree: _Tree, blank: ReachTrial, refused: Refused, *, expected: bool
    ) -> Reached:
        if not expected:
            return Reached(_because(blank, f"the server says: {refused.message}"))
        return Reached(
            ReachTrial(
                table=reach.table,
                outcome=Outcome.REFUSED,
                beyond=tuple(sorted(tree.beyond)),
                reason=f"{refused.constraint} refuses it, as foretold",
            )
        )

    def _run(self, statement: str) -> Refused | None:
        try:
            with self._session.savepoint():
                self._session.query(statement)
                self._session.query(AT_ONCE)
        except Refused as refused:
            return refused
        return None

    def _identity(self, relation: Relation) -> tuple[str, ...]:
        if relation.primary_key is not None:
            return relation.primary_key.columns
        keys = [each.columns for each in relation.unique_keys]
        if not keys:
            keys = [
                tuple(key.column for key in index.keys if key.column is not None)
                for index in relation.indexes
                if index.unique
            ]
        if not keys:
            raise NoRow("it has no key to delete a row by")
        return keys[0]

    def _counts(self) -> dict[QualifiedName, int]:
        """How many rows each table holds that stands for itself."""
        found = [
            each.qualified
            for each in self._rows.lookup.relations.values()
            if each.partition is None and each.kind in (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE)
        ]
        asked = " UNION ALL ".join(
            f"SELECT {number}, count(*) FROM ONLY {name.sql}"  # noqa: S608 - quoted
            if self._rows.lookup.relations[name].kind is RelationKind.TABLE
            else f"SELECT {number}, count(*) FROM {name.sql}"  # noqa: S608 - quoted
            for number, name in enumerate(found)
        )
        return {found[int(str(row[0]))]: int(str(row[1])) for row in self._session.query(asked)}


def _because(blank: ReachTrial, reason: str) -> ReachTrial:
    return ReachTrial(table=blank.table, outcome=Outcome.NOT_TRIED, reason=reason)


def refused_words(notes: tuple[str, ...]) -> str:
    """What stood in the way, without how it was set aside."""
    return "; ".join(note.partition(": ")[2] or note for note in notes)


def _surprise(kind: Surprising, trial: ReachTrial, words: str) -> Surprise:
    what = f"a deletion in {trial.table.dotted}: {words}"
    return Surprise(kind=kind, object=trial.table, name=trial.table.name, what=what)
