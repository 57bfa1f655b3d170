"""What the document says of constraints and referential actions that were tried (§8.1, §5.3, §12.E)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from pgdossier.analysis.relationships import Relationship
from pgdossier.history.trials import (
    ConstraintTrial,
    Kind,
    Outcome,
    Surprise,
    Surprising,
    Trials,
    Verdict,
)
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.render.escaping import code, inline

MOST_LISTED = 30
"""How many surprises of one kind are listed; trials.json has them all."""

_KEYS = (Kind.UNIQUE, Kind.PRIMARY_KEY)


def titles(trials: Trials | None, *given: str) -> tuple[str, ...]:
    """The titles of a table, with one for the marks when there are any."""
    return given if trials is None else (*given, "Probed")


def cells(trials: Trials | None, mark: Callable[[Trials], str]) -> tuple[str, ...]:
    """The cell for a mark, when there are any."""
    return () if trials is None else (mark(trials),)


def constraints_sentence(trials: Trials) -> str:
    """What was tried, in plain words: §8.1."""
    rejected = sum(one.verdict in (Verdict.REJECTS, Verdict.AT_COMMIT) for one in trials.constraints)
    tried = sum(one.verdict is not Verdict.NOT_TRIED for one in trials.constraints)
    built = sum(one.built for one in trials.rows)
    return (
        f"Probed on {trials.tried_on} on a copy made from schema.sql (PostgreSQL {trials.major}): a row was"
        f" built for {built} of {len(trials.rows)} tables; of {len(trials.constraints)} constraints, limits"
        f" of length and restricted types {tried} were violated on purpose, and {rejected} rejected that."
    )


def not_null_mark(trials: Trials | None, relation: Relation) -> tuple[str, ...]:
    """What the NOT NULL columns of a table did."""
    return cells(trials, lambda one: _together(_of(one, relation, (Kind.NOT_NULL,))))


def mark(trials: Trials | None, relation: Relation, name: str) -> tuple[str, ...]:
    """What one CHECK or EXCLUDE did."""
    kinds = (Kind.CHECK, Kind.EXCLUSION)
    return cells(
        trials, lambda one: _together([each for each in _of(one, relation, kinds) if each.name == name])
    )


def unique_mark(trials: Trials | None, relation: Relation, by: str) -> tuple[str, ...]:
    """What a unique constraint or index did; `by` names it in Markdown."""
    return cells(
        trials,
        lambda one: _together(
            [each for each in _of(one, relation, _KEYS) if by.endswith(f" {code(each.name)}")]
        ),
    )


def actions_mark(trials: Trials | None, members: Sequence[Relationship]) -> tuple[str, ...]:
    """What the actions of these foreign keys did, all together."""
    if trials is None:
        return ()
    keys = {(one.child, one.key.name) for one in members}
    return (_outcomes([one.outcome for one in trials.actions if (one.child, one.name) in keys]),)


def keys_sentence(trials: Trials) -> str:
    """What the foreign keys did with a child that has no parent: §5.3."""
    found = [one for one in trials.constraints if one.kind is Kind.FOREIGN_KEY]
    states = ", ".join(sorted({one.sqlstate for one in found if one.sqlstate}))
    return (
        f"Probed on {trials.tried_on} on a copy: each parent was deleted and its key changed, and the child"
        f" compared; a child without a parent {_verdicts(found)}{f' ({states})' if states else ''}."
    )


def reach_mark(trials: Trials | None, table: QualifiedName) -> str:
    """What was seen of a deletion of several levels, as the end of its line."""
    for one in trials.reaches if trials is not None else ():
        if one.table == table:
            if one.outcome is Outcome.AS_DECLARED:
                far = f", {len(one.beyond)} of the tables not reached" if one.beyond else ""
                return f" – probed: as foretold{far}"
            words = {Outcome.REFUSED: "probed", Outcome.OTHERWISE: "probed: otherwise"}
            return f" – {words.get(one.outcome, 'not probed')}: {inline(one.reason)}"
    return ""


def surprises(trials: Trials) -> list[tuple[Surprising, bool, list[Surprise]]]:
    """The surprises by kind, with whether the catalog explains them; those that it does not come first."""
    groups: dict[Surprising, list[Surprise]] = {}
    for one in trials.surprises:
        groups.setdefault(one.kind, []).append(one)
    return [(kind, members[0].explained, members) for kind, members in groups.items()]


def not_tried(trials: Trials) -> list[tuple[QualifiedName, str, str]]:
    """What could not be tried: the table or type, what, and why."""
    found = [(row.table, "any row", row.reason) for row in trials.rows if not row.built]
    found += [
        (one.object, f"{one.kind} {one.name}", one.reason)
        for one in trials.constraints
        if one.verdict is Verdict.NOT_TRIED
    ]
    found += [
        (one.child, f"{one.event} of the parent of {one.name}", one.reason)
        for one in trials.actions
        if one.outcome is Outcome.NOT_TRIED
    ]
    return found


def _of(trials: Trials, relation: Relation, kinds: Iterable[Kind]) -> list[ConstraintTrial]:
    return [one for one in trials.constraints if one.object == relation.qualified and one.kind in kinds]


def _together(found: Sequence[ConstraintTrial]) -> str:
    """The marks of one constraint or several, in one cell."""
    if not found:
        return ""
    if len(found) == 1:
        return _mark(found[0])
    states = sorted({one.sqlstate for one in found if one.verdict is Verdict.REJECTS})
    if all(one.verdict is Verdict.REJECTS for one in found):
        return f"each rejects NULL ({', '.join(states)})"
    rest = [one for one in found if one.verdict is not Verdict.REJECTS]
    others = "; ".join(f"{code(one.columns[0] if one.columns else one.name)} {_mark(one)}" for one in rest)
    return f"{len(found) - len(rest)} reject NULL; {others}"


def _mark(one: ConstraintTrial) -> str:
    notes = "".join(f"; {inline(note)}" for note in one.notes)
    match one.verdict:
        case Verdict.REJECTS:
            return f"rejects {_violation(one)} ({one.sqlstate}){notes}"
        case Verdict.AT_COMMIT:
            return f"rejects {_violation(one)} at the commit ({one.sqlstate}){notes}"
        case Verdict.NOT_ENFORCED:
            return f"not enforced: accepts {_violation(one)}{notes}"
        case Verdict.ACCEPTS:
            return f"**accepts** {_violation(one)}{notes}"
        case Verdict.NOT_TRIED:
            return f"not probed: {inline(one.reason)}"


def _violation(one: ConstraintTrial) -> str:
    """What was tried: SQL, or words."""
    return code(one.tried) if one.kind in (Kind.NOT_NULL, Kind.CHECK) else inline(one.tried)


def _verdicts(found: Sequence[ConstraintTrial]) -> str:
    words = {
        Verdict.REJECTS: "rejected at once",
        Verdict.AT_COMMIT: "rejected at the commit",
        Verdict.NOT_ENFORCED: "accepted, as the key is not enforced",
        Verdict.ACCEPTS: "accepted",
        Verdict.NOT_TRIED: "not tried",
    }
    counted = Counter(one.verdict for one in found)
    parts = [f"{words[verdict]} by {number}" for verdict, number in counted.items()]
    return f"was {', '.join(parts)}" if parts else "was not tried"


def _outcomes(found: Sequence[Outcome]) -> str:
    return ", ".join(f"{number} {outcome}" for outcome, number in Counter(found).most_common())
