"""Security labels (pg_seclabel); those of the database itself and of roles (pg_shseclabel) are not read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pgdossier.catalog.query import Query
from pgdossier.model.security_labels import SecurityLabel


class SecurityLabelRow(NamedTuple):
    """One label; `type` and `identity` are what pg_identify_object calls the object."""

    class_: str
    oid: int
    provider: str
    label: str
    type: str
    identity: str


# Large objects are data.
QUERY = Query(
    family="security labels",
    row=SecurityLabelRow,
    sql="""
    SELECT k.relname AS class_,
           l.objoid AS oid,
           l.provider AS provider,
           l.label AS label,
           i.type AS type,
           i.identity AS identity
      FROM pg_catalog.pg_seclabel l
      JOIN pg_catalog.pg_class k ON k.oid = l.classoid
     CROSS JOIN LATERAL pg_catalog.pg_identify_object(l.classoid, l.objoid, l.objsubid) i
     WHERE l.classoid <> 'pg_catalog.pg_largeobject'::pg_catalog.regclass
       AND i.identity IS NOT NULL
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = l.objoid AND m.classid = l.classoid AND m.deptype = 'e')
    """,
)


def security_labels(
    rows: Iterable[SecurityLabelRow], is_kept: Callable[[str, int], bool]
) -> tuple[SecurityLabel, ...]:
    """The labels, by object and provider.

    Args:
        rows: What was read.
        is_kept: Whether the object of that catalog and OID is in the snapshot.
    """
    labels = [
        SecurityLabel(object=_object(row), provider=row.provider, label=row.label)
        for row in rows
        if is_kept(row.class_, row.oid)
    ]
    return tuple(sorted(labels, key=lambda label: (label.object, label.provider)))


def _object(row: SecurityLabelRow) -> str:
    """The object as SECURITY LABEL ON takes it; pg_identify_object tells columns by their relation's kind."""
    words = "COLUMN" if row.type.endswith(" column") else row.type.upper()
    identity = row.identity
    if words == "COMPOSITE TYPE":
        words = "TYPE"
    if words == "AGGREGATE" and identity.endswith("()"):
        identity = f"{identity.removesuffix('()')}(*)"
    return f"{words} {identity}"
