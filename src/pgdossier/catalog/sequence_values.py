"""How far sequences have come.

pg_get_sequence_data, made for pg_dump, tells it of all sequences in one statement, and locks each of them for
the moment of looking only. Older servers have no such function: pg_sequence_last_value would lock a sequence
in ROW EXCLUSIVE mode until the transaction ends, and keep ALTER SEQUENCE waiting. There a sequence is read as
what it is, a relation with one row, some hundreds in one statement, whose locks are given back after it.
Where such a server cannot be told not to follow a view that takes the place of the sequence meanwhile (minor
releases before August 2024), it is that function all the same: no code of a user may run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from pgdossier.catalog import asking
from pgdossier.catalog.activity import SequenceUseRow
from pgdossier.catalog.obstacles import LockedError, RefusedError
from pgdossier.catalog.query import Query
from pgdossier.catalog.session import Session
from pgdossier.errors import ServerError
from pgdossier.model.names import quote_identifier

# From this release on pg_get_sequence_data is known to give its lock back at once.
_WITH_DATA = 180006
# How many sequences are read as relations by one statement, at least and at most, in how many statements
# where that allows it, and what part of the lock table they may take. Planning takes the longer for each the
# more there are.
_FEWEST = 200
_MOST = 1600
_GROUPS = 8
_PART = 4


class GuardRow(NamedTuple):
    """That the setting was made, and how many locks the server has room for."""

    value: str
    room: int


# As pg_dump does: a view that takes the place of a table meanwhile is refused, not run. A refused query
# takes the setting back.
GUARD = Query(
    family="relations",
    row=GuardRow,
    sql="""
    SELECT pg_catalog.set_config(s.name, 'view, foreign-table', true) AS value,
           pg_catalog.current_setting('max_locks_per_transaction')::pg_catalog.int8
             * (pg_catalog.current_setting('max_connections')::pg_catalog.int8
                + pg_catalog.current_setting('max_prepared_transactions')::pg_catalog.int8) AS room
      FROM pg_catalog.pg_settings s
     WHERE s.name = 'restrict_nonsystem_relation_kind'
    """,
)


class ValueRow(NamedTuple):
    """The value of one sequence; None when it was never used."""

    oid: int
    last_value: int | None


class _DataRow(NamedTuple):
    """What a sequence holds; None for one that is gone."""

    oid: int
    last_value: int | None
    is_called: bool | None


_DATA = Query(
    family="sequences",
    row=_DataRow,
    sql="""
    SELECT o.oid AS oid, d.last_value AS last_value, d.is_called AS is_called
      FROM pg_catalog.unnest(%(oids)s::pg_catalog.oid[]) AS o (oid)
     CROSS JOIN LATERAL pg_catalog.pg_get_sequence_data(o.oid) AS d
    """,
)

_BY_FUNCTION = Query(
    family="sequences",
    row=ValueRow,
    sql="""
    SELECT o.oid AS oid, pg_catalog.pg_sequence_last_value(o.oid) AS last_value
      FROM pg_catalog.unnest(%(oids)s::pg_catalog.oid[]) AS o (oid)
    """,
)


def read(session: Session, found: Sequence[SequenceUseRow]) -> list[SequenceUseRow]:
    """The rows with their values; what another session holds locked is left out.

    Args:
        session: The session, after all that matters was read.
        found: The sequences, without values.

    Raises:
        RefusedError: The server did not answer; the transaction goes on.
        ConnectionFailed: The connection was lost.
    """
    known = [row for row in found if row.readable and not row.lost]
    values = _told(session, known) if session.version >= _WITH_DATA else None
    if values is None:
        values = _looked_up(session, known)
    unknown = {row.oid for row in known} - values.keys()
    return [row._replace(last_value=values.get(row.oid)) for row in found if row.oid not in unknown]


def _told(session: Session, rows: Sequence[SequenceUseRow]) -> dict[int, int | None] | None:
    """The values that the server tells, none for what is locked; None where it does not tell them."""
    for _ in range(asking.WAITS):
        oids = [row.oid for row in rows if row.oid not in session.obstacles.sequences]
        try:
            answers = session.try_rows(_DATA, oids=oids)
        except LockedError:
            with suppress(ServerError):
                asking.note_locks(session, "sequences")
        except RefusedError:
            return None
        else:
            told = (row for row in answers if row.is_called is not None)
            return {row.oid: row.last_value if row.is_called else None for row in told}
    return None


def _looked_up(session: Session, rows: Sequence[SequenceUseRow]) -> dict[int, int | None]:
    """The values that are in the sequences."""
    room = _FEWEST
    with suppress(RefusedError):
        room = max((row.room // _PART for row in session.try_rows(GUARD)), default=_MOST)
    size = max(1, min(max(_FEWEST, -(-len(rows) // _GROUPS)), _MOST, room))
    values: dict[int, int | None] = {}
    for start in range(0, len(rows), size):
        values.update(_values(session, rows[start : start + size]))
    return values


def _values(session: Session, rows: Sequence[SequenceUseRow]) -> Iterator[tuple[int, int | None]]:
    """The values of a few sequences, by OID; where one of them fails, of fewer at a time."""
    rows = [row for row in rows if row.oid not in session.obstacles.sequences]
    if not rows:
        return
    try:
        if session.try_rows(GUARD):
            answers = asking.tried(session, _query(rows))
            session.release()
        else:
            answers = asking.tried(session, _BY_FUNCTION, oids=[row.oid for row in rows])
    except RefusedError:
        half = len(rows) // 2
        if half:
            yield from _values(session, rows[:half])
            yield from _values(session, rows[half:])
    else:
        yield from answers


def _query(rows: Sequence[SequenceUseRow]) -> Query[ValueRow]:
    values = []
    for row in rows:
        name = f"{quote_identifier(row.schema)}.{quote_identifier(row.name)}".replace("%", "%%")
        value = f"SELECT CASE WHEN s.is_called THEN s.last_value END FROM {name} AS s"
        values.append(f"({row.oid}::pg_catalog.oid, ({value}))")
    found = f"(VALUES {', '.join(values)}) AS v (oid, last_value)"
    return Query(
        family="sequences", row=ValueRow, sql=f"SELECT v.oid AS oid, v.last_value AS last_value FROM {found}"
    )
