"""Looking for a row that fulfils conditions: values are changed, one or two at a time, while that helps.

Where nothing helps, the conditions that are unmet gain weight, so that others are given up for them.

The server says what a condition says of a row, so there is none that cannot be dealt with. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto
from itertools import islice, product

import msgspec

from pgdossier.building.trials.session import Answer, Failed, Session
from pgdossier.model.relations import Relation
from pgdossier.trials.conditions import Condition, mentioned

_STEPS = 50
_AT_ONCE = 400
_MOST_PAIRS = 800
_MOST_FAILING = 150


class Goal(Enum):
    """What a condition is to be: HOLDS is true or unknown, which is what CHECK asks for."""

    HOLDS = auto()
    TRUE = auto()
    FALSE = auto()


class Wish(msgspec.Struct, frozen=True):
    """A condition and what it is to be."""

    condition: Condition
    goal: Goal = Goal.HOLDS

    def met(self, found: Answer) -> bool:
        """Whether that is what was wished for; what cannot be evaluated never is."""
        if isinstance(found, Failed):
            return False
        if self.goal is Goal.FALSE:
            return found is False
        return found is True if self.goal is Goal.TRUE else found is not False


Texts = dict[str, str | None]


class Unanswerable(Exception):  # noqa: N818 - an answer, not an error
    """That the server can evaluate a condition on no row."""

    def __init__(self, name: str) -> None:
        self.reason = f"the server could not evaluate {name} on any of the rows that were tried"
        super().__init__(self.reason)


class Failing:
    """Which wishes could be evaluated on no row so far, as each such row is asked for by itself."""

    def __init__(self) -> None:
        self._rows = 0
        self._answered: set[int] = set()

    def note(self, wishes: Sequence[Wish], found: Sequence[Answer]) -> None:
        """Count one more row.

        Raises:
            Unanswerable: It was enough of them.
        """
        self._rows += 1
        self._answered.update(number for number, one in enumerate(found) if not isinstance(one, Failed))
        if self._rows >= _MOST_FAILING and len(self._answered) < len(wishes):
            unanswered = next(number for number in range(len(wishes)) if number not in self._answered)
            raise Unanswerable(wishes[unanswered].condition.name)


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

    Raises:
        Unanswerable: The server can evaluate one of the conditions on no row.
    """
    row: Texts = dict(start)
    failing = Failing()
    seen: set[tuple[tuple[str, str | None], ...]] = set()
    found = session.evaluated(relation, [row], [wish.condition for wish in wishes])[0]
    weights = [1] * len(wishes)
    for _ in range(_STEPS):
        if not _unmet(wishes, found):
            return row
        seen.add(_identity(row))
        best = _best(session, relation, row, found, choices, wishes, weights, seen, failing)
        if best is None:
            return None
        if _cost(wishes, weights, best[1]) >= _cost(wishes, weights, found):
            for number, (wish, answer) in enumerate(zip(wishes, found, strict=True)):
                weights[number] += not wish.met(answer)  # what stays unmet matters more and more
        row, found = best
    return None


def _cost(wishes: Sequence[Wish], weights: Sequence[int], found: Sequence[Answer]) -> int:
    return sum(
        weight for wish, weight, each in zip(wishes, weights, found, strict=True) if not wish.met(each)
    )


def _unmet(wishes: Sequence[Wish], found: Sequence[Answer]) -> list[Wish]:
    return [wish for wish, each in zip(wishes, found, strict=True) if not wish.met(each)]


def _identity(row: Texts) -> tuple[tuple[str, str | None], ...]:
    return tuple(sorted(row.items()))


def _best(
    session: Session,
    relation: Relation,
    row: Texts,
    found: Sequence[Answer],
    choices: Mapping[str, Sequence[str | None]],
    wishes: Sequence[Wish],
    weights: Sequence[int],
    seen: Collection[tuple[tuple[str, str | None], ...]],
    failing: Failing,
) -> tuple[Texts, list[Answer]] | None:
    """The best row that differs in one column, or in two where one is no help; of equals the first."""
    columns = _columns(relation, _unmet(wishes, found))
    conditions = [wish.condition for wish in wishes]
    best: tuple[Texts, list[Answer]] | None = None
    present = _cost(wishes, weights, found)
    least = sum(weights) + 1
    for several in (1, 2):
        for batch in _batches(_changed(row, choices, columns, several), _AT_ONCE):
            fresh = [one for one in batch if _identity(one) not in seen]
            for one, answer in zip(fresh, session.evaluated(relation, fresh, conditions), strict=True):
                failing.note(wishes, answer)
                cost = _cost(wishes, weights, answer)
                if cost < least:
                    best, least = (one, answer), cost
            if least == 0:
                return best
        if least < present:
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
    """The rows that differ in one column, or in two; the most ordinary values first."""
    names = [name for name in columns if name in choices]
    if several == 1:
        for rank in range(max((len(choices[name]) for name in names), default=0)):
            for name in names:
                value = choices[name][rank] if rank < len(choices[name]) else row.get(name)
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
