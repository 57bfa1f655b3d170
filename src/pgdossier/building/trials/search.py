"""Looking for a row that fulfils conditions: single values are changed while that helps.

The server says what a condition says of a row, so there is none that cannot be dealt with. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice, product

from pgdossier.building.trials.session import Session
from pgdossier.model.relations import Relation
from pgdossier.trials.conditions import Condition, mentioned

_STEPS = 40
_AT_ONCE = 400
_MOST_PAIRS = 4000


class Goal(Enum):
    """What a condition is to be: HOLDS is true or unknown, which is what CHECK asks for."""

    HOLDS = auto()
    TRUE = auto()
    FALSE = auto()


@dataclass(frozen=True, slots=True)
class Wish:
    """A condition and what it is to be."""

    condition: Condition
    goal: Goal = Goal.HOLDS

    def met(self, found: bool | None) -> bool:
        """Whether that is what was wished for."""
        if self.goal is Goal.FALSE:
            return found is False
        return found is True if self.goal is Goal.TRUE else found is not False


Texts = dict[str, str | None]


def search(
    session: Session,
    relation: Relation,
    start: Mapping[str, str | None],
    choices: Mapping[str, Sequence[str | None]],
    wishes: Sequence[Wish],
) -> Texts | None:
    """The row nearest to `start` for which all wishes are met, as far as one is found.

    Args:
        session: Whom to ask.
        relation: Whose row it is.
        start: The row to begin with, as text.
        choices: What each column may be; columns without are left as they are.
        wishes: The conditions.
    """
    row: Texts = dict(start)
    seen: set[tuple[tuple[str, str | None], ...]] = set()
    found = session.evaluated(relation, [row], [wish.condition for wish in wishes])[0]
    for _ in range(_STEPS):
        if not _unmet(wishes, found):
            return row
        seen.add(_identity(row))
        best = _best(session, relation, row, found, choices, wishes, seen)
        if best is None:
            return None
        row, found = best
    return None


def _unmet(wishes: Sequence[Wish], found: Sequence[bool | None]) -> list[Wish]:
    return [wish for wish, each in zip(wishes, found, strict=True) if not wish.met(each)]


def _identity(row: Texts) -> tuple[tuple[str, str | None], ...]:
    return tuple(sorted(row.items()))


def _best(
    session: Session,
    relation: Relation,
    row: Texts,
    found: Sequence[bool | None],
    choices: Mapping[str, Sequence[str | None]],
    wishes: Sequence[Wish],
    seen: Collection[tuple[tuple[str, str | None], ...]],
) -> tuple[Texts, list[bool | None]] | None:
    """The best row that differs in one column, or in two where one is no help; of equals the first."""
    unmet = _unmet(wishes, found)
    columns = _columns(relation, unmet)
    conditions = [wish.condition for wish in wishes]
    best: tuple[Texts, list[bool | None]] | None = None
    least = len(wishes) + 1
    for several in (1, 2):
        for batch in _batches(_changed(row, choices, columns, several), _AT_ONCE):
            fresh = [one for one in batch if _identity(one) not in seen]
            for one, answer in zip(fresh, session.evaluated(relation, fresh, conditions), strict=True):
                cost = len(_unmet(wishes, answer))
                if cost < least:
                    best, least = (one, answer), cost
            if least == 0:
                return best
        if least < len(unmet):
            return best
    return best


def _columns(relation: Relation, wishes: Iterable[Wish]) -> list[str]:
    """The columns that the conditions mention, of generated ones those that they are computed from."""
    generated = {
        each.name: mentioned(each.default or "", relation.columns)
        for each in relation.columns
        if each.generated
    }
    found: dict[str, None] = {}
    for wish in wishes:
        for name in wish.condition.columns:
            found.update(dict.fromkeys(generated.get(name, (name,))))
    return list(found)


def _changed(
    row: Texts, choices: Mapping[str, Sequence[str | None]], columns: Iterable[str], several: int
) -> Iterator[Texts]:
    """The rows that differ in one column, or in two."""
    names = [name for name in columns if name in choices]
    if several == 1:
        for name in names:
            for value in choices[name]:
                if value != row.get(name):
                    yield {**row, name: value}
        return

    def pairs() -> Iterator[Texts]:
        for at, first in enumerate(names):
            for second in names[at + 1 :]:
                for one, other in product(choices[first], choices[second]):
                    if one != row.get(first) and other != row.get(second):
                        yield {**row, first: one, second: other}

    yield from islice(pairs(), _MOST_PAIRS)


def _batches(rows: Iterator[Texts], size: int) -> Iterator[list[Texts]]:
    while batch := list(islice(rows, size)):
        yield batch
