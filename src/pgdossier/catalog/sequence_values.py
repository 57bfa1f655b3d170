"""How far sequences have come.

A sequence is read as what it is, a relation with one row: pg_sequence_last_value would lock it in ROW
EXCLUSIVE mode until the transaction ends, and keep ALTER SEQUENCE waiting. Where the server cannot be told
not to follow a view that takes the place of the sequence meanwhile (minor releases before August 2024), it is
that function all the same: no code of a user may run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pgdossier.catalog import asking
from pgdossier.catalog.activity import SequenceUseRow
from pgdossier.catalog.obstacles import RefusedError
from pgdossier.catalog.query import Query
from pgdossier.catalog.session import Session
from pgdossier.model.names import quote_identifier

# How many sequences are read by one statement, whose locks are given back after it.
_TOGETHER = 200


class GuardRow(NamedTuple):
    """That the setting was made."""

    value: str


# As pg_dump does: a view that takes the place of a table meanwhile is refused, not run. A refused query
# takes the setting back.
GUARD = Query(
    family="relations",
    row=GuardRow,
    sql="""
    SELECT pg_catalog.set_config(s.name, 'view, foreign-table', true) AS value
      FROM pg_catalog.pg_settings s
     WHERE s.name = 'restrict_nonsystem_relation_kind'
    """,
)


class ValueRow(NamedTuple):
    """The value of one sequence; None when it was never used."""

    oid: int
    last_value: int | None


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
    values: dict[int, int | None] = {}
    for start in range(0, len(known), _TOGETHER):
        values.update(_values(session, known[start : start + _TOGETHER]))
    unknown = {row.oid for row in known} - values.keys()
    return [row._replace(last_value=values.get(row.oid)) for row in found if row.oid not in unknown]


def _values(session: Session, rows: Sequence[SequenceUseRow]) -> Iterator[tuple[int, int | None]]:
    """The values of a few sequences, by OID; of those that fail, of each by itself."""
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
        if len(rows) == 1:
            return
        for row in rows:
            yield from _values(session, [row])
    else:
        yield from answers


def _query(rows: Sequence[SequenceUseRow]) -> Query[ValueRow]:
    selects = []
    for row in rows:
        name = f"{quote_identifier(row.schema)}.{quote_identifier(row.name)}".replace("%", "%%")
        selects.append(
            f"SELECT {row.oid}::pg_catalog.oid AS oid,"
            f" CASE WHEN s.is_called THEN s.last_value END AS last_value FROM {name} AS s"
        )
    return Query(family="sequences", row=ValueRow, sql="\nUNION ALL ".join(selects))
