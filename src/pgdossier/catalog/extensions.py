"""Extensions (pg_extension), how many objects belong to each, and which others depend on it (pg_depend)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeVar

import msgspec

from pgdossier.catalog.query import Query
from pgdossier.model.base import Model
from pgdossier.model.extensions import Extension

T = TypeVar("T", bound=Model)


class ExtensionRow(NamedTuple):
    """One installed extension."""

    name: str
    schema: str
    version: str
    objects: int
    requires: list[str] | None
    comment: str | None


QUERY = Query(
    family="extensions",
    row=ExtensionRow,
    sql="""
    SELECT e.extname AS name,
           n.nspname AS schema,
           e.extversion AS version,
           COALESCE(m.objects, 0) AS objects,
           r.requires AS requires,
           d.description AS comment
      FROM pg_catalog.pg_extension e
      JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
      LEFT JOIN (
            SELECT refobjid AS extension, pg_catalog.count(*) AS objects
              FROM pg_catalog.pg_depend
             WHERE refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND deptype = 'e'
             GROUP BY refobjid
           ) m ON m.extension = e.oid
      LEFT JOIN (
            SELECT rd.objid AS extension, pg_catalog.array_agg(re.extname ORDER BY re.extname) AS requires
              FROM pg_catalog.pg_depend rd
              JOIN pg_catalog.pg_extension re ON re.oid = rd.refobjid
             WHERE rd.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass
               AND rd.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
             GROUP BY rd.objid
           ) r ON r.extension = e.oid
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = e.oid AND d.classoid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.objsubid = 0
    """,
)


def extension(row: ExtensionRow) -> Extension:
    """The extension of a row."""
    return Extension(
        name=row.name,
        schema=row.schema,
        version=row.version,
        objects=row.objects,
        requires=tuple(row.requires or ()),
        comment=row.comment,
    )


class DependentRow(NamedTuple):
    """One object (of the catalog `class_`) that was said to depend on an extension."""

    class_: str
    oid: int
    extension: str


# What ALTER … DEPENDS ON EXTENSION says: dropping the extension drops the object without a word.
DEPENDENTS = Query(
    family="dependencies on extensions",
    row=DependentRow,
    sql="""
    SELECT DISTINCT
           k.relname AS class_,
           d.objid AS oid,
           e.extname AS extension
      FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_class k ON k.oid = d.classid
      JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
     WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
       AND d.deptype = 'x'
    """,
)


class Dependents:
    """The extensions on which objects were said to depend."""

    def __init__(self, rows: Iterable[DependentRow]) -> None:
        self._extensions: dict[tuple[str, int], tuple[str, ...]] = {}
        for row in sorted(rows, key=lambda row: row.extension):
            key = (row.class_, row.oid)
            self._extensions[key] = (*self._extensions.get(key, ()), row.extension)

    def of(self, class_: str, oid: int) -> tuple[str, ...]:
        """The names of the extensions on which that object of that catalog depends."""
        return self._extensions.get((class_, oid), ())

    def given(self, found: T, class_: str, oid: int) -> T:
        """The model's value for that object with these extensions."""
        if not self._extensions:
            return found
        names = self.of(class_, oid)
        return msgspec.structs.replace(found, depends_on_extensions=names) if names else found
