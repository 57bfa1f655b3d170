"""Asking a query until it is answered, around what is in the way (`obstacles.py`)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, NamedTuple

from pgdossier.catalog import obstacles
from pgdossier.catalog.codes import Gaps
from pgdossier.catalog.obstacles import DamagedError, LockedError, LockRow, RefusedError
from pgdossier.catalog.query import Query, R
from pgdossier.catalog.session import Session
from pgdossier.errors import ServerError

# How often a query is asked again because of locks, and how many damaged objects are looked for in a family.
WAITS = 3
_DAMAGES = 20
# The lowest OID that objects of users have (FirstNormalObjectId).
_FIRST = 16384
# Their rows are kept without the text that the server cannot print.
_WITHOUT_TEXT = frozenset({"relations", "columns"})

LOCKED_HINT = "another session changes the schema right now: try again, or raise the lock timeout"


def rows(session: Session, query: Query[R], gaps: Gaps, *, many: bool = False, **parameters: Any) -> list[R]:
    """The rows of a query, around locks and damage.

    Args:
        session: The session, guarded.
        query: What to ask.
        gaps: Where it is noted that the server could not say something.
        many: Whether the query has many rows.
        parameters: What the query refers to.

    Raises:
        RefusedError: The role lacks a privilege.
        ServerError: Somebody holds a system catalog, or goes on locking; or the query fails otherwise.
        ConnectionFailed: The connection was lost.
    """
    waits = 0
    while True:
        try:
            found = session.many_rows(query, **parameters) if many else session.rows(query, **parameters)
        except LockedError as error:
            waits += 1
            if not note_locks(session, query.family) and waits >= WAITS:
                raise ServerError(
                    f"reading the {query.family} waited too long for a lock: {error}", hint=LOCKED_HINT
                ) from None
        except DamagedError as error:
            if not _note_damage(session, query, gaps, str(error), parameters):
                return []
        else:
            return sound(session, query, found)


def tried(session: Session, query: Query[R], **parameters: Any) -> list[R]:
    """The rows of a query that the document can do without, around locks.

    Raises:
        RefusedError: The server did not answer, for whatever reason; the transaction goes on.
        ConnectionFailed: The connection was lost.
    """
    try:
        return session.try_rows(query, **parameters)
    except LockedError:
        with suppress(ServerError):
            if note_locks(session, query.family):
                return session.try_rows(query, **parameters)
        raise


def note_locks(session: Session, family: str) -> bool:
    """Whether somebody holds relations that were not known to be held; they are known from now on.

    Raises:
        ServerError: What is held is a system catalog.
    """
    known = session.obstacles
    try:
        held = session.rows(obstacles.LOCKS)
        for row in held:
            if row.schema == "pg_catalog":
                raise _catalog(family, f"pg_catalog.{row.name}", row)
        named = [row for row in held if row.name is not None and row.oid not in known.silent]
        affected = session.rows(obstacles.AFFECTED, held=[row.oid for row in named]) if named else []
    except (LockedError, DamagedError, RefusedError) as error:
        raise ServerError(
            f"reading the {family} waited too long for a lock on a system catalog: {error}", hint=LOCKED_HINT
        ) from None
    for row in named:
        if row.kind not in ("i", "I", "t"):
            known.held.setdefault(f"{row.schema}.{row.name}", obstacles.holder(row))
    for each in affected:
        name = f"{each.schema}.{each.name}"
        if each.kind == "relation":
            known.relations[each.oid] = (each.schema or "", each.name or "")
        elif each.kind == "sequence":
            known.sequences[each.oid] = name
        elif each.kind == "routine":
            known.routines[each.oid] = (each.schema or "", each.name or "", each.arguments or "")
    known.silent |= {each.oid for each in affected}
    return bool(affected)


def _catalog(family: str, name: str, row: LockRow) -> ServerError:
    return ServerError(
        f"reading the {family} waited too long for {name}, which is locked by {obstacles.holder(row)}",
        hint=LOCKED_HINT,
    )


class _MaximumRow(NamedTuple):
    """The highest OID in use."""

    oid: int


_MAXIMUM = Query(
    family="catalogs",
    row=_MaximumRow,
    sql="""
    SELECT COALESCE(pg_catalog.max(x.oid::pg_catalog.int8), 0) AS oid
      FROM (SELECT c.oid FROM pg_catalog.pg_class c
             UNION ALL SELECT p.oid FROM pg_catalog.pg_proc p
             UNION ALL SELECT k.oid FROM pg_catalog.pg_constraint k
             UNION ALL SELECT r.oid FROM pg_catalog.pg_rewrite r
             UNION ALL SELECT t.oid FROM pg_catalog.pg_trigger t
             UNION ALL SELECT s.oid FROM pg_catalog.pg_statistic_ext s
             UNION ALL SELECT i.indrelid FROM pg_catalog.pg_index i
             UNION ALL SELECT y.oid FROM pg_catalog.pg_type y) x
    """,
)


class _NameRow(NamedTuple):
    """What has that OID."""

    name: str


_NAMES = Query(
    family="catalogs",
    row=_NameRow,
    sql="""
    SELECT x.name AS name
      FROM (SELECT 1 AS place, 'constraint ' || k.conname::pg_catalog.text AS name, k.conrelid AS relation
              FROM pg_catalog.pg_constraint k WHERE k.oid = %(oid)s
             UNION ALL
            SELECT 2, 'trigger ' || t.tgname::pg_catalog.text, t.tgrelid
              FROM pg_catalog.pg_trigger t WHERE t.oid = %(oid)s
             UNION ALL
            SELECT 3, 'rule ' || r.rulename::pg_catalog.text, r.ev_class
              FROM pg_catalog.pg_rewrite r WHERE r.oid = %(oid)s
             UNION ALL
            SELECT 4, 'statistics ' || s.stxname::pg_catalog.text, s.stxrelid
              FROM pg_catalog.pg_statistic_ext s WHERE s.oid = %(oid)s
             UNION ALL
            SELECT 5, n.nspname::pg_catalog.text || '.' || c.relname::pg_catalog.text, i.indrelid
              FROM pg_catalog.pg_class c
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
             WHERE c.oid = %(oid)s
             UNION ALL
            SELECT 6, n.nspname::pg_catalog.text || '.' || p.proname::pg_catalog.text, NULL
              FROM pg_catalog.pg_proc p
              JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = %(oid)s
           ) x (place, name, relation)
     ORDER BY x.place
    """,
)


def _note_damage(
    session: Session, query: Query[Any], gaps: Gaps, said: str, parameters: dict[str, Any]
) -> bool:
    """Whether an object was found that the server cannot print; it is not asked for any more.

    False where the query cannot be answered without such objects either: then all of it is a gap.
    """
    known = session.obstacles
    of_family = sum(1 for family, _ in known.damaged.values() if family == query.family)
    low, high = _FIRST - 1, session.rows(_MAXIMUM)[0].oid
    if of_family >= _DAMAGES or _fails(session, query, low, parameters) is not None:
        gaps.add(query.family, f"the server contradicts itself: {said}")
        return False
    while high - low > 1:
        middle = (low + high) // 2
        failure = _fails(session, query, middle, parameters)
        if failure is None:
            low = middle
        else:
            high, said = middle, failure
    known.silent.add(high)
    known.damaged[high] = (query.family, said)
    names = session.rows(_NAMES, oid=high)
    what = names[0].name if names else f"the object with OID {high}"
    gaps.add(query.family, f"{what}: the server contradicts itself: {said}")
    return True


def _fails(session: Session, query: Query[Any], above: int, parameters: dict[str, Any]) -> str | None:
    """What the server says when nothing above that OID is printed; None when it answers."""
    session.above = above
    try:
        session.rows(query, **parameters)
    except DamagedError as error:
        return str(error)
    finally:
        session.above = None
    return None


def sound(session: Session, query: Query[R], found: list[R]) -> list[R]:
    """The rows without those that lack a text which the server cannot print."""
    damaged = {oid for oid, (family, _) in session.obstacles.damaged.items() if family == query.family}
    if not damaged or query.family in _WITHOUT_TEXT:
        return found
    return [
        row
        for row in found
        if getattr(row, "oid", None) not in damaged and getattr(row, "relation", None) not in damaged
    ]
