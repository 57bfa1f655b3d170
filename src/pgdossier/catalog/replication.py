"""Logical replication: publications (pg_publication…) and subscriptions (pg_subscription)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.deparsed import bare
from pgdossier.catalog.query import Query, Since
from pgdossier.model.names import QualifiedName
from pgdossier.model.replication import Publication, PublishedTable, Subscription


class PublicationRow(NamedTuple):
    """One publication without what it publishes."""

    oid: int
    name: str
    owner: str
    all_tables: bool
    all_sequences: bool
    insert: bool
    update: bool
    delete: bool
    truncate: bool
    via_root: bool
    generated_columns: str | None
    schemas: list[str] | None
    comment: str | None


# What is not in any version yet (sequences) is looked for by name in the row, so that the query runs
# whether or not there is such a column.
PUBLICATIONS = Query(
    family="publications",
    row=PublicationRow,
    sql="""
    SELECT p.oid AS oid,
           p.pubname AS name,
           pg_catalog.pg_get_userbyid(p.pubowner) AS owner,
           p.puballtables AS all_tables,
           COALESCE((pg_catalog.to_jsonb(p) ->> 'puballsequences')::pg_catalog.bool, false) AS all_sequences,
           p.pubinsert AS insert,
           p.pubupdate AS update,
           p.pubdelete AS delete,
           p.pubtruncate AS truncate,
           p.pubviaroot AS via_root,
           {generated_columns} AS generated_columns,
           s.schemas AS schemas,
           d.description AS comment
      FROM pg_catalog.pg_publication p
      LEFT JOIN {schemas} s ON s.publication = p.oid
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_publication'::pg_catalog.regclass
       AND d.objsubid = 0
     WHERE NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = p.oid AND m.classid = 'pg_catalog.pg_publication'::pg_catalog.regclass
               AND m.deptype = 'e')
    """,
    fragments={
        "generated_columns": (
            Since(0, "NULL::pg_catalog.text"),
            Since(18, "p.pubgencols::pg_catalog.text"),
        ),
        "schemas": (
            Since(0, "(SELECT 0::pg_catalog.oid AS publication, NULL::pg_catalog.name[] AS schemas)"),
            Since(
                15,
                """(
            SELECT pn.pnpubid AS publication, pg_catalog.array_agg(n.nspname) AS schemas
              FROM pg_catalog.pg_publication_namespace pn
              JOIN pg_catalog.pg_namespace n ON n.oid = pn.pnnspid
             GROUP BY pn.pnpubid
           )""",
            ),
        ),
    },
)


class PublishedTableRow(NamedTuple):
    """One table that is named in a publication, or (`excepted`) that is named to be left out."""

    publication: int
    relation: int
    schema: str
    name: str
    columns: list[str] | None
    filter: str | None
    excepted: bool


PUBLISHED_TABLES = Query(
    family="published tables",
    row=PublishedTableRow,
    sql="""
    SELECT pr.prpubid AS publication,
           c.oid AS relation,
           n.nspname AS schema,
           c.relname AS name,
           a.columns AS columns,
           {filter} AS filter,
           COALESCE((pg_catalog.to_jsonb(pr) ->> 'prexcept')::pg_catalog.bool, false) AS excepted
      FROM pg_catalog.pg_publication_rel pr
      JOIN pg_catalog.pg_class c ON c.oid = pr.prrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN {columns} a ON a.published = pr.oid
    """,
    fragments={
        "columns": (
            Since(0, "(SELECT 0::pg_catalog.oid AS published, NULL::pg_catalog.name[] AS columns)"),
            Since(
                15,
                """(
            SELECT r.oid AS published, pg_catalog.array_agg(x.attname ORDER BY x.attnum) AS columns
              FROM pg_catalog.pg_publication_rel r
             CROSS JOIN LATERAL pg_catalog.unnest(r.prattrs::pg_catalog.int2[]) u (number)
              JOIN pg_catalog.pg_attribute x ON x.attrelid = r.prrelid AND x.attnum = u.number
             GROUP BY r.oid
           )""",
            ),
        ),
        "filter": (
            Since(0, "NULL::pg_catalog.text"),
            Since(15, "pg_catalog.pg_get_expr(pr.prqual, pr.prrelid)"),
        ),
    },
)


class SubscriptionRow(NamedTuple):
    """One subscription of this database; what its server's version does not have is None."""

    name: str
    owner: str
    enabled: bool
    slot: str | None
    publications: list[str]
    synchronous_commit: str | None
    binary: bool
    streaming: str | None
    two_phase: str | None
    disable_on_error: bool
    password_required: bool
    run_as_owner: bool
    origin: str | None
    failover: bool
    comment: str | None


# Everybody may read these columns, and only superusers subconninfo, which is not read even then. That is also
# why the comment is found by name: PostgreSQL 13 shows the OID to superusers only, and the setting of
# synchronous_commit too, so there it stays unknown.
SUBSCRIPTIONS = Query(
    family="subscriptions",
    row=SubscriptionRow,
    sql="""
    SELECT s.subname AS name,
           pg_catalog.pg_get_userbyid(s.subowner) AS owner,
           s.subenabled AS enabled,
           s.subslotname AS slot,
           s.subpublications AS publications,
           {synchronous_commit} AS synchronous_commit,
           {binary} AS binary,
           {streaming} AS streaming,
           {two_phase} AS two_phase,
           {disable_on_error} AS disable_on_error,
           {password_required} AS password_required,
           {run_as_owner} AS run_as_owner,
           {origin} AS origin,
           {failover} AS failover,
           d.description AS comment
      FROM pg_catalog.pg_subscription s
      JOIN pg_catalog.pg_database db ON db.oid = s.subdbid
      LEFT JOIN (
            SELECT a.object_names[1] AS name, x.description
              FROM pg_catalog.pg_description x
             CROSS JOIN LATERAL pg_catalog.pg_identify_object_as_address(x.classoid, x.objoid, 0) a
             WHERE x.classoid = 'pg_catalog.pg_subscription'::pg_catalog.regclass
           ) d ON d.name = s.subname
     WHERE db.datname = pg_catalog.current_database()
    """,
    fragments={
        "synchronous_commit": (Since(0, "NULL::pg_catalog.text"), Since(14, "s.subsynccommit")),
        "binary": (Since(0, "false"), Since(14, "s.subbinary")),
        "streaming": (
            Since(0, "NULL::pg_catalog.text"),
            Since(14, "CASE WHEN s.substream THEN 't' ELSE 'f' END"),
            Since(16, "s.substream::pg_catalog.text"),
        ),
        "two_phase": (Since(0, "NULL::pg_catalog.text"), Since(15, "s.subtwophasestate::pg_catalog.text")),
        "disable_on_error": (Since(0, "false"), Since(15, "s.subdisableonerr")),
        "password_required": (Since(0, "true"), Since(16, "s.subpasswordrequired")),
        "run_as_owner": (Since(0, "false"), Since(16, "s.subrunasowner")),
        "origin": (Since(0, "NULL::pg_catalog.text"), Since(16, "s.suborigin")),
        "failover": (Since(0, "false"), Since(17, "s.subfailover")),
    },
)

GENERATED_COLUMNS = Codes(
    column="pg_publication.pubgencols",
    family="publications",
    meanings={"n": "none", "s": "stored"},
    unknown="unknown",
)
STREAMING = Codes(
    column="pg_subscription.substream",
    family="subscriptions",
    meanings={"f": "off", "t": "on", "p": "parallel"},
    unknown="unknown",
)
# "p" (pending) is what a subscription says that has asked for it, until its first synchronisation is done.
TWO_PHASE = Codes(
    column="pg_subscription.subtwophasestate",
    family="subscriptions",
    meanings={"d": "off", "p": "on", "e": "on"},
    unknown="unknown",
)


def publication(
    row: PublicationRow, tables: Iterable[PublishedTableRow], schemas: Iterable[str], gaps: Gaps
) -> Publication:
    """The publication of a row, with those of its tables and schemas that are documented."""
    if row.all_sequences:
        gaps.add(
            PUBLICATIONS.family, f"{row.name} publishes all sequences, which this version does not describe"
        )
    published = []
    for found in tables:
        if found.excepted:
            gaps.add(
                PUBLICATIONS.family,
                f"{row.name} leaves single tables out, which this version does not describe",
            )
            continue
        published.append(
            PublishedTable(
                relation=QualifiedName(found.schema, found.name),
                columns=None if found.columns is None else tuple(found.columns),
                filter=None if found.filter is None else bare(found.filter),
            )
        )
    operations = {
        "insert": row.insert,
        "update": row.update,
        "delete": row.delete,
        "truncate": row.truncate,
    }
    generated = row.generated_columns
    return Publication(
        name=row.name,
        owner=row.owner,
        all_tables=row.all_tables,
        tables=tuple(sorted(published, key=lambda table: table.relation)),
        schemas=tuple(sorted(schemas)),
        operations=tuple(name for name, wanted in operations.items() if wanted),
        via_root=row.via_root,
        generated_columns=None if generated is None else GENERATED_COLUMNS.read(generated, gaps),
        comment=row.comment,
    )


def subscription(row: SubscriptionRow, gaps: Gaps) -> Subscription:
    """The subscription of a row; `options` are those that are not as they always start."""
    streaming = STREAMING.read(row.streaming, gaps) if row.streaming else None
    two_phase = TWO_PHASE.read(row.two_phase, gaps) if row.two_phase else "off"
    # What is usual for streaming changed with PostgreSQL 18: it is always said.
    options = {
        "binary = true": row.binary,
        f"streaming = {streaming}": streaming in ("off", "on", "parallel"),
        "two_phase = true": two_phase == "on",
        "disable_on_error = true": row.disable_on_error,
        "password_required = false": not row.password_required,
        "run_as_owner = true": row.run_as_owner,
        f"origin = {row.origin}": row.origin not in (None, "any"),
        "failover = true": row.failover,
        f"synchronous_commit = '{row.synchronous_commit}'": row.synchronous_commit not in (None, "off"),
    }
    return Subscription(
        name=row.name,
        owner=row.owner,
        enabled=row.enabled,
        publications=tuple(row.publications),
        slot=row.slot,
        options=tuple(option for option, wanted in options.items() if wanted),
        comment=row.comment,
    )
