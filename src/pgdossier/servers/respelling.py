"""Queries of views as another major version prints them: PostgreSQL 16 qualifies fewer columns than 15."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import psycopg
from psycopg import sql

_Name = TypeVar("_Name", bound=Hashable)


def respelled(conninfo: str, queries: Mapping[_Name, str]) -> dict[_Name, str]:
    """The queries as this database's server prints them; nothing is left behind.

    Args:
        conninfo: The database; it has what the queries select from.
        queries: Queries as `pg_get_viewdef` printed them elsewhere.

    Returns:
        Those that the server understands.
    """
    found: dict[_Name, str] = {}
    if not queries:
        return found
    with psycopg.connect(conninfo, client_encoding="utf8", application_name="pgdossier") as connection:
        for name, query in queries.items():
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(sql.SQL("SET LOCAL search_path = ''"))
                    # It came from a catalog, and is parsed here as a view only: nothing of it is run.
                    connection.execute(b"CREATE TEMP VIEW pgdossier_respelled AS " + query.encode())
                    row = connection.execute(
                        "SELECT pg_catalog.pg_get_viewdef('pg_temp.pgdossier_respelled'::pg_catalog.regclass)"
                    ).fetchone()
            except psycopg.Error:
                if connection.closed:
                    break
                continue
            if row is not None:
                found[name] = str(row[0]).removesuffix(";")
    return found
