"""What trials found, in lines for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pgdossier.history.trials import Trials


def trial_lines(found: Trials) -> list[str]:
    """The result: what was tried, what is surprising, and what could not be tried with its reason."""
    return [*_summary(found), *_surprises(found), *_not_tried(found)]


def _summary(found: Trials) -> Iterator[str]:
    built = sum(one.built for one in found.rows)
    yield f"probed on PostgreSQL {found.major}: a row in {built} of {_of(len(found.rows), 'table')}"
    verdicts = _counted(one.verdict for one in found.constraints)
    yield f"- {_of(len(found.constraints), 'constraint')}: {verdicts}"
    if found.actions:
        yield (
            f"- {_of(len(found.actions), 'referential action')}:"
            f" {_counted(one.outcome for one in found.actions)}"
        )
    if found.reaches:
        yield f"- {_of(len(found.reaches), 'cascade')}: {_counted(one.outcome for one in found.reaches)}"


def _surprises(found: Trials) -> Iterator[str]:
    for one in found.unexplained:
        yield f"- unexplained: {one.object.dotted}: {one.what}"
    for kind, number in Counter(one.kind for one in found.surprises if one.explained).items():
        yield f"- worth knowing, {number} ×: {kind}"


def _not_tried(found: Trials) -> Iterator[str]:
    for row in found.rows:
        if not row.built:
            yield f"- no row: {row.table.dotted}: {row.reason}"
    for one in found.constraints:
        if one.reason:
            yield f"- not tried: {one.kind} {one.name} of {one.object.dotted}: {one.reason}"
    for action in found.actions:
        if action.outcome == "not tried":
            where = f"{action.name} of {action.child.dotted}"
            yield f"- not tried: {action.event} of the parent, {where}: {action.reason}"
    for reach in found.reaches:
        if reach.outcome == "not tried":
            yield f"- not tried: cascade from {reach.table.dotted}: {reach.reason}"


def _of(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _counted(words: Iterable[str]) -> str:
    return ", ".join(f"{number} {word}" for word, number in Counter(words).most_common())
