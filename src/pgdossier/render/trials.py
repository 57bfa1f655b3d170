"""What the document says of constraints and referential actions that were tried (§8.1, §5.3, §12.E)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from pgdossier.analysis.relationships import Relationship
from pgdossier.history.trials import (
    ActionTrial,
    ConstraintTrial,
    Event,
    Kind,
    Outcome,
    Surprise,
    Surprising,
    Trials,
    Verdict,
)
from pgdossier.language import mark as words
from pgdossier.language import tr
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.render import retelling
from pgdossier.render.escaping import code, inline
from pgdossier.render.terms import term

MOST_LISTED = 30
"""How many surprises of one kind are listed; trials.json has them all."""

MOST_KEYS = 60
"""How many foreign keys have a line of their own in §5.3."""

_KEYS = (Kind.UNIQUE, Kind.PRIMARY_KEY)
_ELSEWHERE = (Kind.PRIMARY_KEY, Kind.LENGTH, Kind.ENUM, Kind.DOMAIN_CHECK, Kind.DOMAIN_NOT_NULL)


def titles(trials: Trials | None, *given: str) -> tuple[str, ...]:
    """The titles of a table, with one for the marks when there are any."""
    return given if trials is None else (*given, tr("Probed"))


def cells(trials: Trials | None, mark: Callable[[Trials], str]) -> tuple[str, ...]:
    """The cell for a mark, when there are any."""
    return () if trials is None else (mark(trials),)


def constraints_sentence(trials: Trials) -> str:
    """What was tried, in plain words: §8.1."""
    rejected = sum(one.verdict in (Verdict.REJECTS, Verdict.AT_COMMIT) for one in trials.constraints)
    tried = sum(one.verdict is not Verdict.NOT_TRIED for one in trials.constraints)
    built = sum(one.built for one in trials.rows)
    return tr(
        "Probed on {date} on a copy made from schema.sql (PostgreSQL {major}): a row was built for {built} of"
        " {tables} tables; of {constraints} constraints, limits of length and restricted types {tried} were"
        " violated on purpose, and {rejected} rejected that.",
        date=trials.tried_on,
        major=trials.major,
        built=built,
        tables=len(trials.rows),
        constraints=len(trials.constraints),
        tried=tried,
        rejected=rejected,
    )


def others_sentence(trials: Trials) -> str:
    """What rejected its violation of the kinds that have no list with marks in §8.1; else nothing."""
    found = []
    for kind in _ELSEWHERE:
        members = [one for one in trials.constraints if one.kind is kind]
        rejecting = sum(one.verdict in (Verdict.REJECTS, Verdict.AT_COMMIT) for one in members)
        if members:
            found.append(
                tr("{kind} {count} of {all}", kind=term(kind.value), count=rejecting, all=len(members))
            )
    return (
        tr("Rejected of the kinds that have no line of their own: {kinds}.", kinds=", ".join(found))
        if found
        else ""
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
        lambda one: _together([each for each in _of(one, relation, _KEYS) if by.endswith(code(each.name))]),
    )


def actions_mark(trials: Trials | None, members: Sequence[Relationship]) -> tuple[str, ...]:
    """What the actions of these foreign keys did, all together."""
    if trials is None:
        return ()
    keys = {(one.child, one.key.name) for one in members}
    return (_outcomes([one.outcome for one in trials.actions if (one.child, one.name) in keys]),)


def key_marks(
    trials: Trials, members: Sequence[Relationship]
) -> tuple[list[tuple[Relationship, str, str, str]], int]:
    """What each foreign key did: with a child that has no parent, when the parent goes, when its key changes.

    Returns:
        The lines, at most MOST_KEYS, of more those first that are not plain; and how many are left.
    """
    children = {(one.object, one.name): one for one in trials.constraints if one.kind is Kind.FOREIGN_KEY}
    acted = {(one.child, one.name, one.event): one for one in trials.actions}
    plain: list[tuple[Relationship, str, str, str]] = []
    special: list[tuple[Relationship, str, str, str]] = []
    for found in members:
        key = (found.child, found.key.name)
        child = children.get(key)
        actions = [acted.get((*key, event)) for event in Event]
        deletion, change = map(_action, actions)
        line = (found, "" if child is None else _child(child), deletion, change)
        is_plain = child is not None and child.verdict is Verdict.REJECTS and not child.notes
        is_plain = is_plain and all(
            each is not None and each.outcome is Outcome.AS_DECLARED and not each.notes for each in actions
        )
        (plain if is_plain else special).append(line)
    lines = [*special, *plain]
    if len(lines) <= MOST_KEYS:
        place = {id(found): number for number, found in enumerate(members)}
        lines.sort(key=lambda line: place[id(line[0])])
    return lines[:MOST_KEYS], max(len(lines) - MOST_KEYS, 0)


def _child(one: ConstraintTrial) -> str:
    messages = {
        Verdict.REJECTS: words("rejected ({sqlstate}){notes}"),
        Verdict.AT_COMMIT: words("rejected at the commit ({sqlstate}){notes}"),
        Verdict.NOT_ENFORCED: words("accepted: not enforced{notes}"),
        Verdict.ACCEPTS: words("**accepted**{notes}"),
    }
    if one.verdict is Verdict.NOT_TRIED:
        return tr("not probed: {reason}", reason=inline(retelling.trial(one.reason)))
    return tr(messages[one.verdict], sqlstate=one.sqlstate, notes=_notes(one.notes))


def _action(one: ActionTrial | None) -> str:
    if one is None:
        return ""
    if one.outcome is Outcome.NOT_TRIED:
        return tr("not probed: {reason}", reason=inline(retelling.trial(one.reason)))
    said = term(one.outcome.value)
    if one.sqlstate and one.deferred:
        said = tr("{outcome}, at the commit ({sqlstate})", outcome=said, sqlstate=one.sqlstate)
    elif one.sqlstate:
        said = f"{said} ({one.sqlstate})"
    reason = f": {inline(retelling.trial(one.reason))}" if one.reason else ""
    return f"{said}{reason}{_notes(one.notes)}"


def _notes(given: Iterable[str]) -> str:
    return "".join(f"; {inline(retelling.trial(note))}" for note in given)


def keys_sentence(trials: Trials) -> str:
    """What the foreign keys did with a child that has no parent: §5.3."""
    found = [one for one in trials.constraints if one.kind is Kind.FOREIGN_KEY]
    states = ", ".join(sorted({one.sqlstate for one in found if one.sqlstate}))
    return tr(
        "Probed on {date} on a copy: each parent was deleted and its key changed, and the child"
        " compared; a child without a parent {verdicts}{states}.",
        date=trials.tried_on,
        verdicts=_verdicts(found),
        states=f" ({states})" if states else "",
    )


def reach_mark(trials: Trials | None, table: QualifiedName) -> str:
    """What was seen of a deletion of several levels, as the end of its line."""
    for one in trials.reaches if trials is not None else ():
        if one.table == table:
            if one.outcome is Outcome.AS_DECLARED:
                said = (
                    tr("probed: as foretold, {count} of the tables not reached", count=len(one.beyond))
                    if one.beyond
                    else tr("probed: as foretold")
                )
                return f" – {said}"
            messages = {
                Outcome.REFUSED: words("probed: {reason}"),
                Outcome.OTHERWISE: words("probed: otherwise: {reason}"),
            }
            message = messages.get(one.outcome, words("not probed: {reason}"))
            return f" – {tr(message, reason=inline(retelling.trial(one.reason)))}"
    return ""


def surprises(trials: Trials) -> list[tuple[Surprising, bool, list[Surprise]]]:
    """The surprises by kind, with whether the catalog explains them; those that it does not come first."""
    groups: dict[Surprising, list[Surprise]] = {}
    for one in trials.surprises:
        said = msgspec.structs.replace(one, what=retelling.trial(one.what))
        groups.setdefault(one.kind, []).append(said)
    return [(kind, members[0].explained, members) for kind, members in groups.items()]


def not_tried(trials: Trials) -> list[tuple[QualifiedName, str, str]]:
    """What could not be tried: the table or type, what, and why."""
    found = [(row.table, tr("any row"), retelling.trial(row.reason)) for row in trials.rows if not row.built]
    found += [
        (one.object, f"{term(one.kind)} {one.name}", retelling.trial(one.reason))
        for one in trials.constraints
        if one.verdict is Verdict.NOT_TRIED
    ]
    found += [
        (
            one.child,
            tr("{event} of the parent of {name}", event=term(one.event), name=one.name),
            retelling.trial(one.reason),
        )
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
    rest = [one for one in found if one.verdict is not Verdict.REJECTS or one.notes]
    if not rest:
        states = sorted({one.sqlstate for one in found})
        return tr("each rejects NULL ({codes})", codes=", ".join(states))
    others = "; ".join(f"{code(one.columns[0] if one.columns else one.name)} {_mark(one)}" for one in rest)
    return tr("{count} reject NULL; {others}", count=len(found) - len(rest), others=others)


def _mark(one: ConstraintTrial) -> str:
    notes = _notes(one.notes)
    match one.verdict:
        case Verdict.REJECTS:
            return tr(
                "rejects {violation} ({sqlstate}){notes}",
                violation=_violation(one),
                sqlstate=one.sqlstate,
                notes=notes,
            )
        case Verdict.AT_COMMIT:
            return tr(
                "rejects {violation} at the commit ({sqlstate}){notes}",
                violation=_violation(one),
                sqlstate=one.sqlstate,
                notes=notes,
            )
        case Verdict.NOT_ENFORCED:
            return tr("not enforced: accepts {violation}{notes}", violation=_violation(one), notes=notes)
        case Verdict.ACCEPTS:
            return tr("**accepts** {violation}{notes}", violation=_violation(one), notes=notes)
        case Verdict.NOT_TRIED:
            return tr("not probed: {reason}", reason=inline(retelling.trial(one.reason)))


def _violation(one: ConstraintTrial) -> str:
    """What was tried: SQL, or words."""
    return code(one.tried) if one.kind in (Kind.NOT_NULL, Kind.CHECK) else inline(retelling.trial(one.tried))


def _verdicts(found: Sequence[ConstraintTrial]) -> str:
    messages = {
        Verdict.REJECTS: words("rejected at once by {count}"),
        Verdict.AT_COMMIT: words("rejected at the commit by {count}"),
        Verdict.NOT_ENFORCED: words("accepted, as the key is not enforced by {count}"),
        Verdict.ACCEPTS: words("accepted by {count}"),
        Verdict.NOT_TRIED: words("not tried by {count}"),
    }
    counted = Counter(one.verdict for one in found)
    parts = [tr(messages[verdict], count=number) for verdict, number in counted.items()]
    return tr("was {verdicts}", verdicts=", ".join(parts)) if parts else tr("was not tried")


def _outcomes(found: Sequence[Outcome]) -> str:
    return ", ".join(f"{number} {term(outcome.value)}" for outcome, number in Counter(found).most_common())
