"""Procedural languages that no extension owns (pg_language)."""

from __future__ import annotations

from typing import NamedTuple

from pgdossier.catalog.database_wide import in_scope
from pgdossier.catalog.query import Query
from pgdossier.model.languages import Language


class LanguageRow(NamedTuple):
    """One language; functions are SQL names, "-" where there is none."""

    oid: int
    name: str
    owner: str
    trusted: bool
    handler: str
    inline: str
    validator: str
    comment: str | None


QUERY = Query(
    family="languages",
    row=LanguageRow,
    sql=f"""
    SELECT l.oid AS oid,
           l.lanname AS name,
           pg_catalog.pg_get_userbyid(l.lanowner) AS owner,
           l.lanpltrusted AS trusted,
           l.lanplcallfoid::pg_catalog.regproc::pg_catalog.text AS handler,
           l.laninline::pg_catalog.regproc::pg_catalog.text AS inline,
           l.lanvalidator::pg_catalog.regproc::pg_catalog.text AS validator,
           d.description AS comment
      FROM pg_catalog.pg_language l
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = l.oid AND d.classoid = 'pg_catalog.pg_language'::pg_catalog.regclass AND d.objsubid = 0
     WHERE l.lanispl
       AND {in_scope("pg_language", "l")}
    """,
)


def language(row: LanguageRow) -> Language:
    """The language of a row."""
    return Language(
        name=row.name,
        owner=row.owner,
        trusted=row.trusted,
        handler=row.handler,
        inline=row.inline if row.inline != "-" else None,
        validator=row.validator if row.validator != "-" else None,
        comment=row.comment,
    )
