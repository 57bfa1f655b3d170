"""The reading of one database: which queries run, in which order, and what a refused one costs."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypedDict

from pgdossier.catalog import again, asking, damage, meanwhile, presence, schemas, server, texts
from pgdossier.catalog.beside import Beside, aside, beside
from pgdossier.catalog.codes import Gaps
from pgdossier.catalog.obstacles import RefusedError
from pgdossier.catalog.query import Query, R
from pgdossier.catalog.scope import ScopePatterns, resolve
from pgdossier.catalog.session import ConnectionSource, Session, connect
from pgdossier.errors import ServerError

if TYPE_CHECKING:
    from pgdossier.catalog.assemble import Assembly, Rows
    from pgdossier.catalog.families import Family
    from pgdossier.model.snapshot import Snapshot


class Progress(Protocol):
    """What a progress display must offer."""

    def phase(self, name: str, total: int, /) -> None:
        """A phase of that many steps begins."""

    def advance(self) -> None:
        """One step is done."""


class Silent:
    """Shows nothing."""

    def phase(self, name: str, total: int, /) -> None:
        """Nothing to show."""

    def advance(self) -> None:
        """Nothing to show."""


# Catalogs of columns above this many bytes (some thousand tables) are read on two connections.
SHARED_ABOVE = 4_000_000
# Above this many bytes (some four thousand tables) large answers are not held beside others.
LARGE_ABOVE = 24_000_000


class Limits(TypedDict):
    """What every connection keeps to, in seconds."""

    statement_timeout: float
    lock_timeout: float


# How many there are: those of `families`, the server, the schemas, and the constraints and indexes that
# only the server can tell.
FAMILIES = 54
# How many families the running server has at most, those too that this one does not have.
_OF_OPERATION = 25


def _load_families() -> None:
    """Loads what is asked: while the server begins there is time."""
    importlib.import_module("pgdossier.catalog.families")


def _load(*, operation: bool) -> None:
    """Loads what the rows are needed for: while the server looks for the first of them there is time."""
    for name in ("assemble", "operation")[: 1 + operation]:
        importlib.import_module(f"pgdossier.catalog.{name}")


def read(
    source: ConnectionSource,
    patterns: ScopePatterns,
    *,
    statement_timeout: float,
    lock_timeout: float,
    operation: bool,
    progress: Progress,
    meanwhile: Callable[[], None] | None = None,
) -> Snapshot:
    """See `pgdossier.catalog.read`."""
    limits = Limits(statement_timeout=statement_timeout, lock_timeout=lock_timeout)

    def loads() -> None:
        _load(operation=operation)
        if meanwhile is not None:
            meanwhile()

    def attempt(last: bool) -> Snapshot:
        progress.phase("reading families", FAMILIES + (_OF_OPERATION if operation else 0))
        with connect(
            source,
            share_above=SHARED_ABOVE,
            asked=(server.QUERY, schemas.QUERY, presence.QUERY),
            meanwhile=_load_families,
            # Not every proxy passes on questions that do not wait for the answer to the one before; and
            # whoever ends the connection while all is sent at once cannot say why.
            together=not last,
            **limits,
        ) as session:
            reading = _Reading(session, patterns, progress)
            with beside(source, session.shared, together=not last, **limits) as second:
                assembly = reading.structure(second, loads)

                def rest() -> None:
                    reading.settle(last=last)
                    if operation:
                        reading.operation(second.process)
                    reading.locks()

                with aside(session, rest):
                    assembly.put_together(functools.partial(reading.last_rows, second))
                second.finish()
                reading.look_for_doubtful()
        return assembly.snapshot()

    return again.once_more(attempt)


class _Reading:
    """One reading: which queries run where, and what a refused one costs."""

    def __init__(self, session: Session, patterns: ScopePatterns, progress: Progress) -> None:
        self._session = session
        self._progress = progress
        self._looked_through = False
        facts, found, present = session.told or (None, None, None)
        (self._server,) = self._needed(server.QUERY, facts)
        session.guard()
        self._selection = resolve(patterns, self._needed(schemas.QUERY, found))
        self._namespaces = self._selection.namespaces
        self._used = None if present is None else {row.catalog for row in present}
        self._gaps = Gaps()
        self._found: dict[str, Any] = {}  # by the second connection
        self.rows: Rows
        self._doubts: damage.Doubts
        self._assembly: Assembly
        self._untold: tuple[list[int], list[int]] | None = None

    def _needed(self, query: Query[R], told: list[R] | None) -> list[R]:
        """The rows of a query, unless they are known: there is nothing to read without them."""
        gaps = Gaps()
        try:
            found = told if told is not None else asking.rows(self._session, query, gaps)
            if gaps.found:
                raise ServerError(
                    f"reading the {query.family} failed: {min(gaps.found)[1]}",
                    hint="the catalogs of this database are damaged: restore it from a backup",
                )
        except RefusedError as error:
            raise ServerError(
                f"reading the {query.family} was refused: {error}",
                hint="pgdossier needs the read access to pg_catalog that every role has by default",
            ) from None
        self._progress.advance()
        return found

    def _family(
        self, session: Session, query: Query[R], *, many: bool = False, **parameters: object
    ) -> list[R]:
        """The rows of a query, and a gap if it was refused."""
        try:
            return asking.rows(session, query, self._gaps, many=many, **parameters)
        except RefusedError as error:
            self._gaps.add(query.family, str(error))
            return []

    def _all(
        self, session: Session, families: Sequence[Family], loads: Callable[[], None] | None = None
    ) -> Iterator[tuple[str, list[Any]]]:
        """Reads these families: the field of each, and its rows.

        Where there are many tables all answers at once are not small: then the large ones are taken singly.
        """
        large = self._session.size > LARGE_ABOVE
        together = [family for family in families if not (large and family.many)]
        answers = session.all_rows(
            [family.query for family in together],
            lambda query: self._family(session, query, namespaces=self._namespaces),
            meanwhile=loads,
            releasing=[family.query for family in together if family.releasing],
            namespaces=self._namespaces,
        )
        for family, found in zip(together, answers, strict=True):
            yield family.field, asking.sound(session, family.query, found)
        for family in families[len(together) :]:
            found = self._family(session, family.query, many=True, namespaces=self._namespaces)
            if family.releasing:
                session.release()
            yield family.field, found

    def structure(self, second: Beside, loads: Callable[[], None]) -> Assembly:
        """Reads what relations are made of, and calls that while the server works.

        Columns are made, and definitions put together, while the server goes on.
        """
        from pgdossier.catalog import families  # noqa: PLC0415 - see _load_families

        session = self._session
        here, there = families.here(self._used), families.beside()

        def read(asked: Sequence[Family], other: Session) -> None:
            other.obstacles = session.obstacles  # it knows what the first one knows to be in the way
            self._found.update(self._all(other, asked))
            if other.undecoded:
                self._gaps.add("texts", texts.REASON)

        turns = (functools.partial(read, families.in_turn(there, turn)) for turn in range(3))
        second.start(*turns, self._look_for_damage)
        first = self._read(families.in_turn(here, 0), loads)
        from pgdossier.catalog.assemble import Assembly, Rows  # noqa: PLC0415 - see _load

        rows = self.rows = Rows(server=self._server, selection=self._selection, gaps=self._gaps, **first)
        del first

        def begin() -> None:
            self._assembly = Assembly(rows)
            if second.ready():
                self._take(self._found)
                self._compose()

        self._take(self._read(families.in_turn(here, 1), begin))
        self._looked_through = second.done()
        self._take(self._found if self._looked_through else self._read(there))
        if self._untold is None:
            self._compose()
        self._ask(session)
        if second.done(2):
            self._take(self._found)
        self._doubts.constraints(rows.not_nulls)
        rows.unread = session.obstacles.unread
        for _ in range(FAMILIES - 2 - len(here) - (0 if self._looked_through else len(there))):
            self._progress.advance()
        return self._assembly

    def last_rows(self, second: Beside) -> None:
        """Takes what the second connection read last, of which no relation is made."""
        if second.done(3):
            self._take(self._found)
        self._doubts.dependencies(self.rows.dependencies, self.rows.sequences)

    def _read(self, asked: Sequence[Family], meanwhile: Callable[[], None] | None = None) -> dict[str, Any]:
        """Reads these families on the first connection."""
        found = {}
        for field, answer in self._all(self._session, asked, meanwhile):
            found[field] = answer
            self._progress.advance()
        return found

    def _take(self, found: dict[str, Any]) -> None:
        """Takes the rows of these families. Another thread may add to them meanwhile."""
        while found:
            setattr(self.rows, *found.popitem())

    def _compose(self) -> None:
        """Puts definitions together, and notes which of them the server has to tell."""
        for lacking in damage.in_rows(self.rows):
            self._gaps.add(*lacking)
        self._doubts = damage.Doubts(self.rows.relations)
        self._doubts.constraints(self.rows.constraints)
        self._doubts.indexes(self.rows.indexes)
        self._untold = self._assembly.compose()

    def _ask(self, session: Session) -> None:
        """Asks the server for what only it can tell: once together, and again for what was not told."""
        from pgdossier.catalog import constraints, indexes  # noqa: PLC0415 - see _load_families

        untold = self._untold or ([], [])
        while any(untold):
            asked: dict[str, Any] = {"constraints": untold[0], "indexes": untold[1]}
            alone: Callable[[Query[Any]], list[Any]] = functools.partial(self._family, session, **asked)
            expressions, answers = session.all_rows(
                [constraints.EXPRESSIONS, indexes.DEFINITIONS],
                alone,
                meanwhile=self._assembly.measure,
                releasing=[indexes.DEFINITIONS],
                **asked,
            )
            untold = self._assembly.told(expressions, answers)

    def _look_for_damage(self, session: Session) -> None:
        with suppress(RefusedError):
            for row in session.try_rows(damage.QUERY, namespaces=self._namespaces):
                self._gaps.add(row.family, row.reason)

    def look_for_doubtful(self) -> None:
        """Notes what belongs to relations that are not there."""
        doubtful = self._doubts.found
        if doubtful:
            with suppress(RefusedError):
                for row in self._session.try_rows(damage.MISSING, oids=list(doubtful)):
                    for lacking in doubtful[row.oid]:
                        self._gaps.add(*lacking)

    def settle(self, *, last: bool) -> None:
        """Looks at what happened meanwhile.

        Raises:
            ChangedError: The schema was changed, and this is not the last attempt.
        """
        session, rows = self._session, self.rows
        if session.undecoded:
            rows.gaps.add("texts", texts.REASON)
        if not self._looked_through:
            self._look_for_damage(session)
        if not last:
            with suppress(RefusedError):
                changed = session.try_rows(meanwhile.QUERY)
                if changed:
                    raise again.ChangedError(*sorted(row.name for row in changed))

    def operation(self, second: int) -> None:
        """Reads what the running server knows.

        Args:
            second: The process behind the second connection, which is none of the database's clients.
        """
        from pgdossier.catalog import operation  # noqa: PLC0415 - see _load

        steps = 0

        def advance() -> None:
            nonlocal steps
            self._progress.advance()
            steps += 1

        rows = self.rows
        rows.operation = operation.read(
            self._session, self._namespaces, rows.extensions, advance, rows.selection.keeps, second=second
        )
        for _ in range(steps, _OF_OPERATION):
            self._progress.advance()

    def locks(self) -> None:
        """Says who held what, as far as it was in the way: facts of this moment."""
        known, told = self._session.obstacles, self.rows.operation
        told.sequences = [row for row in told.sequences if row.oid not in known.sequences]
        for name in known.sequences.values():
            told.gaps.add(("sequences", f"the value of {name}: another session held a lock", None))
        for name, holder in known.held.items():
            told.gaps.add(("locks", f"{name} was locked by {holder}", asking.LOCKED_HINT))
