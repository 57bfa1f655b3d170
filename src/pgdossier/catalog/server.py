"""The server, the database and the day (settings, pg_database)."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.query import Query, Since
from pgdossier.model.server import Database, Server


class ServerRow(NamedTuple):
    """The only row: server and database at once.

    `time_zone` is None when the reader's own role or environment chose it, for then it says nothing about
    the server.
    """

    version: str
    version_number: int
    block_size: int
    time_zone: str | None
    captured_on: str
    database: str
    owner: str
    encoding: str
    provider: str
    collation: str
    ctype: str
    locale: str | None
    comment: str | None


QUERY = Query(
    family="server",
    row=ServerRow,
    sql="""
    SELECT pg_catalog.current_setting('server_version') AS version,
           pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version_number,
           pg_catalog.current_setting('block_size')::pg_catalog.int4 AS block_size,
           tz.setting AS time_zone,
           pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.now()), 'YYYY-MM-DD') AS captured_on,
           db.datname AS database,
           pg_catalog.pg_get_userbyid(db.datdba) AS owner,
           pg_catalog.pg_encoding_to_char(db.encoding) AS encoding,
           {provider} AS provider,
           db.datcollate AS collation,
           db.datctype AS ctype,
           {locale} AS locale,
           d.description AS comment
      FROM pg_catalog.pg_database db
      LEFT JOIN pg_catalog.pg_settings tz
        ON tz.name = 'TimeZone'
       AND tz.source NOT IN ('user', 'database user', 'client', 'session', 'override')
      LEFT JOIN pg_catalog.pg_shdescription d
        ON d.objoid = db.oid AND d.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass
     WHERE db.datname = pg_catalog.current_database()
    """,
    fragments={
        "provider": (Since(13, "'c'::pg_catalog.text"), Since(15, "db.datlocprovider")),
        "locale": (
            Since(13, "NULL::pg_catalog.text"),
            Since(15, "db.daticulocale"),
            Since(17, "db.datlocale"),
        ),
    },
)

PROVIDERS = Codes(
    column="pg_database.datlocprovider",
    family="server",
    meanings={"c": "libc", "i": "icu", "b": "builtin"},
    unknown="unknown",
)


def server(row: ServerRow) -> Server:
    """The server of the row."""
    return Server(version=row.version, version_number=row.version_number, time_zone=row.time_zone)


def database(row: ServerRow, gaps: Gaps) -> Database:
    """The database of the row."""
    return Database(
        name=row.database,
        owner=row.owner,
        encoding=row.encoding,
        provider=PROVIDERS.read(row.provider, gaps),
        collation=row.collation,
        ctype=row.ctype,
        locale=row.locale,
        comment=row.comment,
    )
