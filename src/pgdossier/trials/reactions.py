"""What the rows of a child ought to be after something was done to the parent, by the declaration alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pgdossier.history.trials import Event
from pgdossier.model.constraints import Action, ForeignKey

Key = tuple[str | None, ...]
"""The values of a foreign key's columns, as text."""


def action(key: ForeignKey, event: Event) -> Action:
    """What the foreign key declares for that."""
    return key.on_delete if event is Event.DELETE else key.on_update


def foretold(
    key: ForeignKey,
    event: Event,
    before: Sequence[Key],
    old: Key,
    new: Key,
    defaults: Mapping[str, str | None],
) -> list[Key] | None:
    """The values that the children's columns have afterwards, sorted; None where the server has to refuse.

    Args:
        key: The foreign key.
        event: What was done to the row with the key `old`.
        before: The values before.
        old: The parent's key.
        new: What the parent's key became; not looked at for DELETE.
        defaults: What the defaults of the columns give.
    """
    declared = action(key, event)
    if declared is Action.CASCADE:
        if event is Event.DELETE:
            return ordered(each for each in before if each != old)
        return ordered(new if each == old else each for each in before)
    if declared not in (Action.SET_NULL, Action.SET_DEFAULT):
        return None
    touched = (key.on_delete_columns if event is Event.DELETE else ()) or key.columns

    def given(name: str) -> str | None:
        return defaults.get(name) if declared is Action.SET_DEFAULT else None

    def after(row: Key) -> Key:
        return tuple(
            given(name) if name in touched else value for name, value in zip(key.columns, row, strict=True)
        )

    return ordered(after(each) if each == old else each for each in before)


def ordered(rows: Iterable[Key]) -> list[Key]:
    """Rows in an order that does not depend on the server."""
    return sorted(rows, key=lambda row: [(value is not None, value or "") for value in row])
