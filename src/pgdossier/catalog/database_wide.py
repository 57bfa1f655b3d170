"""Objects that are in no schema: which of them belong to what is documented."""

from __future__ import annotations

# Left out are what extensions own, what comes with a type (the cast of a range to its multirange: deptype i),
# and what needs a type or a function of a schema that is not documented: one that neither is in a documented
# schema nor comes with the server or with an extension.
_IN_SCOPE = """
       {alias}.oid >= 16384
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
              LEFT JOIN pg_catalog.pg_type xt
                ON x.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass AND xt.oid = x.refobjid
              LEFT JOIN pg_catalog.pg_proc xp
                ON x.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND xp.oid = x.refobjid
             WHERE x.classid = {catalog} AND x.objid = {alias}.oid AND x.refobjid >= 16384
               AND COALESCE(xt.typnamespace, xp.pronamespace) <> ALL (%(namespaces)s)
               AND NOT EXISTS (
                    SELECT FROM pg_catalog.pg_depend m
                     WHERE m.classid = x.refclassid AND m.objid = x.refobjid AND m.deptype = 'e'))
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
             WHERE x.classid = {catalog} AND x.objid = {alias}.oid AND x.deptype IN ('e', 'i'))
"""


def in_scope(catalog: str, alias: str) -> str:
    """The condition that a row of that catalog is to be read; it needs the parameter `namespaces`.

    Args:
        catalog: The catalog (`pg_cast`).
        alias: What the query calls its row.
    """
    regclass = f"'pg_catalog.{catalog}'::pg_catalog.regclass"
    return _IN_SCOPE.replace("{catalog}", regclass).replace("{alias}", alias).strip()
