"""Everything that is tried on one scratch database, in order."""

from __future__ import annotations

import msgspec

from pgdossier.analysis import relationships, tables
from pgdossier.analysis.cascades import cascade_reaches
from pgdossier.building.trials.actions import Actions
from pgdossier.building.trials.constraints import Constraints, Result
from pgdossier.building.trials.reaches import Reaches
from pgdossier.building.trials.rows import NoRow, Rows
from pgdossier.building.trials.session import Session
from pgdossier.building.verification import Rebuilt
from pgdossier.errors import UsageError
from pgdossier.history.trials import ActionTrial, ConstraintTrial, ReachTrial, RowTrial, Surprise, Trials
from pgdossier.history.verification import digest
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.snapshot import Structure
from pgdossier.progress import Progress
from pgdossier.trials.cases import Case, Row
from pgdossier.trials.values import Types


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """The results, and what it takes to try the same again: the ordinary rows in order, and the cases."""

    trials: Trials
    order: tuple[Row, ...]
    cases: tuple[Case, ...]


def run(original: Structure, rebuilt: Rebuilt, progress: Progress) -> Tried:
    """Build a row for every table, then violate every constraint once and have every action act.

    Args:
        original: What was documented; the results are about this.
        rebuilt: The database that was made from it. Rows stay in it.
        progress: Told what happens.

    Raises:
        UsageError: There are rows in the database.
        ConnectionFailed: The server went away.
    """
    lookup = Lookup.of(rebuilt.snapshot)
    types = Types(lookup.types)
    session = Session(rebuilt.scratch, types)
    try:
        _check_empty(session, lookup)
        return _Run(original, rebuilt, lookup, Rows(session, lookup, types), progress).everything()
    finally:
        session.close()


def _check_empty(session: Session, lookup: Lookup) -> None:
    """Refuse to go on when there is any row: what `schema.sql` makes has none."""
    for relation in lookup.relations.values():
        if relation.kind is not RelationKind.TABLE:
            continue
        if session.query(f"SELECT 1 FROM ONLY {relation.qualified.sql} LIMIT 1"):  # noqa: S608 - quoted
            raise UsageError(
                f"the scratch database has rows in {relation.qualified.dotted}; nothing was tried",
                hint="name an empty database, or none",
            )


class _Run:
    """One run."""

    def __init__(
        self, original: Structure, rebuilt: Rebuilt, lookup: Lookup, rows: Rows, progress: Progress
    ) -> None:
        self._original = original
        self._rebuilt = rebuilt
        self._lookup = lookup
        self._rows = rows
        self._progress = progress
        self._cases: list[Case] = []
        self._surprises: list[Surprise] = []

    def everything(self) -> Tried:
        """Try everything."""
        there = [each for each in self._lookup.relations.values() if _has_rows(self._lookup, each)]
        self._progress.phase("building rows", len(there))
        rows = self._row_trials(there)
        self._progress.phase("violating constraints", len(there))
        constraints = self._constraints(there)
        self._progress.phase("trying referential actions", len(there))
        actions = self._actions(there)
        reaches = self._reaches()
        trials = Trials(
            structure=digest(self._original),
            tried_on=self._rebuilt.snapshot.captured_on,
            major=self._rebuilt.snapshot.structure.server.major,
            rows=tuple(rows),
            constraints=tuple(constraints),
            actions=tuple(actions),
            reaches=tuple(reaches),
            surprises=tuple(
                sorted(
                    dict.fromkeys(self._surprises),
                    key=lambda one: (one.explained, one.kind.value, one.object, one.name, one.what),
                )
            ),
        )
        order = tuple(
            Row(table=name, statements=self._rows.stored[name].statements) for name in self._rows.order
        )
        return Tried(trials=trials, order=order, cases=tuple(self._cases))

    def _row_trials(self, there: list[Relation]) -> list[RowTrial]:
        found = []
        for relation in there:
            name = relation.qualified
            try:
                stored = self._rows.ordinary(name)
            except NoRow as error:
                found.append(RowTrial(table=name, built=False, sqlstate=error.sqlstate, reason=error.reason))
            else:
                found.append(RowTrial(table=name, built=True, notes=stored.notes))
            self._progress.advance()
        rebuilt = {relation.qualified for relation in there}
        missing = (
            relation.qualified
            for relation in self._original.relations
            if relation.kind in (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE)
            and relation.partition is None
            and relation.qualified not in rebuilt
        )
        reason = "it is not in the rebuilt database"
        found += [RowTrial(table=name, built=False, reason=reason) for name in missing]
        return sorted(found, key=lambda one: one.table)

    def _constraints(self, there: list[Relation]) -> list[ConstraintTrial]:
        tried = Constraints(self._rows)
        found: list[Result] = []
        for relation in there:
            found += tried.of_table(relation)
            self._progress.advance()
        found += [tried.of_enum(enum) for enum in self._rebuilt.snapshot.structure.enums]
        for domain in self._rebuilt.snapshot.structure.domains:
            found += tried.of_domain(domain)
        for result in found:
            self._note(result.case, result.surprises)
        return [result.trial for result in found]

    def _actions(self, there: list[Relation]) -> list[ActionTrial]:
        tried = Actions(self._rows)
        found = []
        for relation in there:
            for acted in tried.of_table(relation):
                self._note(acted.case, acted.surprises)
                found.append(acted.trial)
            self._progress.advance()
        return found

    def _reaches(self) -> list[ReachTrial]:
        declared = relationships.find(self._lookup)
        by_parent: dict[QualifiedName, list[relationships.Relationship]] = {}
        for one in declared:
            if one.key.enforced:
                by_parent.setdefault(one.parent, []).append(one)
        reaches = [each for each in cascade_reaches(self._lookup, declared) if each.far]
        self._progress.phase("trying cascades", len(reaches))
        tried = Reaches(self._rows)
        found = []
        for reach in reaches:
            reached = tried.of_table(reach, by_parent)
            self._note(reached.case, reached.surprises)
            found.append(reached.trial)
            self._progress.advance()
        return found

    def _note(self, case: Case | None, surprises: tuple[Surprise, ...]) -> None:
        if case is not None:
            self._cases.append(case)
        self._surprises += surprises


def _has_rows(lookup: Lookup, relation: Relation) -> bool:
    """Whether rows of its own are tried: tables, and partitions that declare constraints themselves."""
    if relation.kind not in (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE):
        return False
    if not tables.is_folded(lookup, relation):
        return True
    return (
        any(not each.inherited for each in relation.foreign_keys)
        or any(not each.inherited for each in relation.checks)
        or any(not each.inherited for each in relation.exclusions)
        or any(index.unique and index.parent is None for index in relation.indexes)
    )
