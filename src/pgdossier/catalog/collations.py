"""Collations and encoding conversions that users made (pg_collation, pg_conversion)."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.query import Query, Since
from pgdossier.model.collations import Collation, Conversion
from pgdossier.model.names import QualifiedName


class UserCollationRow(NamedTuple):
    """One collation."""

    oid: int
    schema: str
    name: str
    owner: str
    provider: str
    deterministic: bool
    locale: str | None
    collate: str | None
    ctype: str | None
    rules: str | None
    version: str | None
    comment: str | None


# Of collations that have the same name for several encodings, only that of the database's can be used.
# The column of the locale changed its name twice; before there was one, ICU's stood in collcollate.
COLLATIONS = Query(
    family="collations",
    row=UserCollationRow,
    sql="""
    SELECT co.oid AS oid,
           n.nspname AS schema,
           co.collname AS name,
           pg_catalog.pg_get_userbyid(co.collowner) AS owner,
           co.collprovider AS provider,
           co.collisdeterministic AS deterministic,
           {locale} AS locale,
           {collate} AS collate,
           {ctype} AS ctype,
           {rules} AS rules,
           co.collversion AS version,
           d.description AS comment
      FROM pg_catalog.pg_collation co
      JOIN pg_catalog.pg_namespace n ON n.oid = co.collnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = co.oid AND d.classoid = 'pg_catalog.pg_collation'::pg_catalog.regclass
       AND d.objsubid = 0
     WHERE co.collnamespace = ANY (%(namespaces)s)
       AND co.collencoding IN (
            -1, (SELECT db.encoding FROM pg_catalog.pg_database db
                  WHERE db.datname = pg_catalog.current_database()))
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
             WHERE x.objid = co.oid AND x.classid = 'pg_catalog.pg_collation'::pg_catalog.regclass
               AND x.deptype = 'e')
    """,
    fragments={
        "locale": (
            Since(13, "CASE WHEN co.collprovider = 'i' THEN co.collcollate::pg_catalog.text END"),
            Since(15, "co.colliculocale"),
            Since(17, "co.colllocale"),
        ),
        "collate": (
            Since(13, "CASE WHEN co.collprovider <> 'i' THEN co.collcollate::pg_catalog.text END"),
            Since(15, "co.collcollate"),
        ),
        "ctype": (
            Since(13, "CASE WHEN co.collprovider <> 'i' THEN co.collctype::pg_catalog.text END"),
            Since(15, "co.collctype"),
        ),
        "rules": (Since(13, "NULL::pg_catalog.text"), Since(16, "co.collicurules")),
    },
)

PROVIDERS = Codes(
    column="pg_collation.collprovider",
    family="collations",
    meanings={"c": "libc", "i": "icu", "b": "builtin", "d": "default"},
    unknown="",
)


def collation(row: UserCollationRow, gaps: Gaps) -> Collation:
    """The collation of a row."""
    return Collation(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        provider=PROVIDERS.read(row.provider, gaps),
        deterministic=row.deterministic,
        locale=row.locale,
        collate=row.collate,
        ctype=row.ctype,
        rules=row.rules,
        version=row.version,
        comment=row.comment,
    )


class ConversionRow(NamedTuple):
    """One encoding conversion."""

    oid: int
    schema: str
    name: str
    owner: str
    from_encoding: str
    to_encoding: str
    function_schema: str
    function_name: str
    default: bool
    comment: str | None


CONVERSIONS = Query(
    family="conversions",
    row=ConversionRow,
    sql="""
    SELECT c.oid AS oid,
           n.nspname AS schema,
           c.conname AS name,
           pg_catalog.pg_get_userbyid(c.conowner) AS owner,
           pg_catalog.pg_encoding_to_char(c.conforencoding) AS from_encoding,
           pg_catalog.pg_encoding_to_char(c.contoencoding) AS to_encoding,
           pn.nspname AS function_schema,
           p.proname AS function_name,
           c.condefault AS default,
           d.description AS comment
      FROM pg_catalog.pg_conversion c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
      JOIN pg_catalog.pg_proc p ON p.oid = c.conproc
      JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_conversion'::pg_catalog.regclass
       AND d.objsubid = 0
     WHERE c.connamespace = ANY (%(namespaces)s)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
             WHERE x.objid = c.oid AND x.classid = 'pg_catalog.pg_conversion'::pg_catalog.regclass
               AND x.deptype = 'e')
    """,
)


def conversion(row: ConversionRow) -> Conversion:
    """The encoding conversion of a row."""
    return Conversion(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        from_encoding=row.from_encoding,
        to_encoding=row.to_encoding,
        function=QualifiedName(row.function_schema, row.function_name),
        default=row.default,
        comment=row.comment,
    )
