"""What a document must show, by the catalogs themselves.

The queries were written apart from `pgdossier.catalog`, on purpose, and ask one question each. They name the
place of every object: the section of its relation (of the partitioned table for a partition), or a numbered
section.
"""

# ruff: noqa: E501 - an SQL query reads best in few lines

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString, NamedTuple

import psycopg

from pgdossier.model.names import QualifiedName
from pgdossier.render.links import Links
from tests.support.documents import Section, sections, shown_name

_OURS: LiteralString = """
    n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend e
        WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
"""

# A relation, and the schema and name of the one whose section describes it.
_RELATIONS: LiteralString = f"""
    SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind, c.relispartition AS partition,
           rn.nspname AS home_schema, r.relname AS home
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_class r ON r.oid = CASE WHEN c.relispartition THEN pg_partition_root(c.oid) ELSE c.oid END
    JOIN pg_namespace rn ON rn.oid = r.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_OURS}
"""

# kind of the object, home, name: each is looked for among the code spans of the relation's section.
_NAMED: dict[str, LiteralString] = {
    # Not NOT NULL (the table of columns says it), and not what a foreign key to a partitioned table adds for each
    # of its partitions.
    "constraint": """
        SELECT r.home_schema, r.home, o.conname FROM pg_constraint o JOIN r ON r.oid = o.conrelid
        WHERE o.contype <> 'n' AND NOT EXISTS (
            SELECT FROM pg_constraint p WHERE p.oid = o.conparentid AND p.confrelid <> o.confrelid)""",
    "index": "SELECT r.home_schema, r.home, i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN r ON r.oid = x.indrelid",
    "trigger": "SELECT r.home_schema, r.home, t.tgname FROM pg_trigger t JOIN r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal",
    "policy": "SELECT r.home_schema, r.home, p.polname FROM pg_policy p JOIN r ON r.oid = p.polrelid",
}

# kind, home, comment: each is looked for in what is read in the relation's section.
_RELATION_COMMENTS: dict[str, LiteralString] = {
    "comment on relation or column": """
        SELECT r.home_schema, r.home, d.description FROM pg_description d JOIN r ON r.oid = d.objoid
        WHERE d.classoid = 'pg_class'::regclass""",
    "comment on index": """
        SELECT r.home_schema, r.home, d.description FROM pg_description d JOIN pg_index x ON x.indexrelid = d.objoid
        JOIN r ON r.oid = x.indrelid WHERE d.classoid = 'pg_class'::regclass""",
    "comment on constraint": """
        SELECT r.home_schema, r.home, d.description FROM pg_description d JOIN pg_constraint o ON o.oid = d.objoid
        JOIN r ON r.oid = o.conrelid WHERE d.classoid = 'pg_constraint'::regclass""",
    "comment on trigger": """
        SELECT r.home_schema, r.home, d.description FROM pg_description d JOIN pg_trigger t ON t.oid = d.objoid
        JOIN r ON r.oid = t.tgrelid WHERE d.classoid = 'pg_trigger'::regclass""",
    "comment on policy": """
        SELECT r.home_schema, r.home, d.description FROM pg_description d JOIN pg_policy p ON p.oid = d.objoid
        JOIN r ON r.oid = p.polrelid WHERE d.classoid = 'pg_policy'::regclass""",
}

_OUTSIDE: LiteralString = """
    n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = o.oid AND e.deptype = 'e')
"""

# Section, kind, and the comments that must be read there.
_OTHER_COMMENTS: tuple[tuple[str, str, LiteralString], ...] = (
    (
        "section-1.1",
        "comment on database",
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()",
    ),
    (
        "section-1.2",
        "comment on schema",
        f"SELECT obj_description(o.oid, 'pg_namespace') FROM pg_namespace n JOIN pg_namespace o USING (oid) WHERE {_OUTSIDE}",
    ),
    ("section-2.1", "comment on extension", "SELECT obj_description(oid, 'pg_extension') FROM pg_extension"),
    (
        "section-3.2",
        "comment on type",
        f"SELECT obj_description(o.oid, 'pg_type') FROM pg_type o JOIN pg_namespace n ON n.oid = o.typnamespace WHERE {_OUTSIDE}",
    ),
    (
        "section-3.2",
        "comment on domain constraint",
        f"""SELECT obj_description(o.oid, 'pg_constraint') FROM pg_constraint o
        JOIN pg_namespace n ON n.oid = o.connamespace WHERE o.contypid <> 0 AND {_OUTSIDE}""",
    ),
    (
        "section-3.2",
        "comment on attribute",
        f"""SELECT col_description(o.oid, a.attnum) FROM pg_class o JOIN pg_attribute a ON a.attrelid = o.oid
        JOIN pg_namespace n ON n.oid = o.relnamespace WHERE o.relkind = 'c' AND NOT a.attisdropped AND {_OUTSIDE}""",
    ),
    (
        "section-3.3",
        "comment on routine",
        f"SELECT obj_description(o.oid, 'pg_proc') FROM pg_proc o JOIN pg_namespace n ON n.oid = o.pronamespace WHERE {_OUTSIDE}",
    ),
    (
        "section-3.4",
        "comment on sequence",
        f"""SELECT obj_description(o.oid, 'pg_class') FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace
        WHERE o.relkind = 'S' AND {_OUTSIDE}""",
    ),
)

# Section, kind, and the names that must stand there; a name may be followed by arguments.
_OTHER_NAMES: tuple[tuple[str, str, LiteralString], ...] = (
    (
        "section-1.2",
        "schema",
        f"SELECT NULL, n.nspname FROM pg_namespace n JOIN pg_namespace o USING (oid) WHERE {_OUTSIDE}",
    ),
    ("section-2.1", "extension", "SELECT NULL, extname FROM pg_extension"),
    (
        "section-3.2",
        "type",
        f"""SELECT n.nspname, o.typname FROM pg_type o JOIN pg_namespace n ON n.oid = o.typnamespace
        LEFT JOIN pg_class c ON c.oid = o.typrelid
        WHERE (o.typtype IN ('e', 'd', 'r') OR c.relkind = 'c') AND {_OUTSIDE}""",
    ),
    (
        "section-3.2",
        "enum value",
        f"""SELECT NULL, e.enumlabel FROM pg_enum e JOIN pg_type o ON o.oid = e.enumtypid
        JOIN pg_namespace n ON n.oid = o.typnamespace WHERE {_OUTSIDE}""",
    ),
    (
        "section-3.2",
        "domain constraint",
        f"""SELECT NULL, c.conname FROM pg_constraint c JOIN pg_type o ON o.oid = c.contypid
        JOIN pg_namespace n ON n.oid = o.typnamespace WHERE c.contype = 'c' AND {_OUTSIDE}""",
    ),
    (
        "section-3.2",
        "attribute",
        f"""SELECT NULL, a.attname FROM pg_class o JOIN pg_attribute a ON a.attrelid = o.oid
        JOIN pg_namespace n ON n.oid = o.relnamespace WHERE o.relkind = 'c' AND NOT a.attisdropped AND {_OUTSIDE}""",
    ),
    (
        "section-3.3",
        "routine",
        f"""SELECT n.nspname, o.proname || '(' || pg_get_function_arguments(o.oid) || ')'
        FROM pg_proc o JOIN pg_namespace n ON n.oid = o.pronamespace
        LEFT JOIN pg_depend i ON i.classid = 'pg_proc'::regclass AND i.objid = o.oid AND i.deptype = 'i'
        WHERE i.objid IS NULL AND {_OUTSIDE}""",
    ),
    (
        "section-3.4",
        "sequence",
        f"""SELECT n.nspname, o.relname FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace
        LEFT JOIN pg_depend a ON a.classid = 'pg_class'::regclass AND a.objid = o.oid AND a.deptype IN ('a', 'i')
        WHERE o.relkind = 'S' AND a.objid IS NULL AND {_OUTSIDE}""",
    ),
)

# Row of "At a glance" and how the catalogs count it.
_COUNTS: dict[str, LiteralString] = {
    "Tables": "SELECT count(*) FROM r WHERE kind IN ('r', 'p') AND NOT partition",
    "… of which partitioned": "SELECT count(*) FROM r WHERE kind = 'p' AND NOT partition",
    "Partitions": "SELECT count(*) FROM r WHERE partition",
    "Views": "SELECT count(*) FROM r WHERE kind = 'v'",
    "Materialized views": "SELECT count(*) FROM r WHERE kind = 'm'",
    "Foreign tables": "SELECT count(*) FROM r WHERE kind = 'f' AND NOT partition",
    "Columns": """SELECT count(*) FROM pg_attribute a JOIN r ON r.oid = a.attrelid
        WHERE a.attnum > 0 AND NOT a.attisdropped AND NOT partition""",
    # A foreign key that each partition declares for itself is one of the table.
    "Foreign keys": """
        SELECT count(DISTINCT (r.home_schema, r.home, CASE WHEN r.partition THEN NULL ELSE o.oid END, o.confrelid,
            (SELECT array_agg(a.attname ORDER BY k.n) FROM unnest(o.conkey) WITH ORDINALITY k (num, n)
             JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.num)))
        FROM pg_constraint o JOIN r ON r.oid = o.conrelid WHERE o.contype = 'f' AND o.conparentid = 0""",
    "Indexes": "SELECT count(*) FROM pg_index x JOIN r ON r.oid = x.indrelid WHERE NOT partition",
    "Row security policies": "SELECT count(*) FROM pg_policy p JOIN r ON r.oid = p.polrelid",
}


class Object(NamedTuple):
    """Something that must be in the document, and where."""

    kind: str
    place: str
    name: str


def missing(url: str, folder: Path) -> list[str]:
    """Every relation, column, constraint, index, trigger, policy, type, routine and comment that a document lacks.

    Args:
        url: The database as somebody sees it who may see everything.
        folder: Its document, in either layout.
    """
    read = sections(folder)
    found = []
    with psycopg.connect(url, options="-c search_path=") as connection:
        for kind, place, name in _names(connection):
            section = read.get(place, Section())
            if kind == "relation":
                there = bool(section.lines) and section.lines[0].endswith(" ".join(shown_name(name).split()))
            else:
                there = shown_name(name) in section.codes
            if not there:
                found.append(f"{kind} {name!r} is not in {place}")
        for kind, place, comment in _comments(connection):
            if not read.get(place, Section()).holds(comment):
                found.append(f"{kind} {comment!r} is not in {place}")
        found += _missing_columns(connection, read)
        found += _wrong_counts(connection, read)
    return sorted(found)


def _select(connection: psycopg.Connection, query: LiteralString) -> list[tuple[str, ...]]:
    return connection.execute("WITH r AS (" + _RELATIONS + ") " + query).fetchall()


def _place(schema: str, name: str) -> str:
    return Links(split=False, relations=frozenset()).anchor(QualifiedName(schema, name))


def _names(connection: psycopg.Connection) -> Iterator[Object]:
    schemas = _select(
        connection, "SELECT o.nspname FROM pg_namespace n JOIN pg_namespace o USING (oid) WHERE " + _OUTSIDE
    )
    several = len(schemas) > 1
    for schema, name, home_schema, home, partition in _select(
        connection, "SELECT schema, name, home_schema, home, partition FROM r"
    ):
        kind = "partition" if partition else "relation"
        yield Object(kind, _place(home_schema, home), f"{schema}.{name}" if several else name)
    for kind, query in _NAMED.items():
        for schema, home, name in _select(connection, query):
            yield Object(kind, _place(schema, home), name)
    for place, kind, query in _OTHER_NAMES:
        for schema, name in _select(connection, query):
            yield Object(kind, place, f"{schema}.{name}" if several and schema else name)


def _comments(connection: psycopg.Connection) -> Iterator[Object]:
    for kind, query in _RELATION_COMMENTS.items():
        for schema, home, comment in _select(connection, query):
            yield Object(kind, _place(schema, home), comment)
    for place, kind, query in _OTHER_COMMENTS:
        for (comment,) in _select(connection, query):
            if comment is not None:
                yield Object(kind, place, comment)


def _missing_columns(connection: psycopg.Connection, read: dict[str, Section]) -> list[str]:
    """Columns without a row in the table of columns, or whose row says the wrong thing about null."""
    query: LiteralString = """
        SELECT r.schema, r.name, r.kind, a.attname, a.attnotnull FROM pg_attribute a JOIN r ON r.oid = a.attrelid
        WHERE a.attnum > 0 AND NOT a.attisdropped AND NOT r.partition"""
    found = []
    rows = {place: _column_rows(section) for place, section in read.items()}
    for schema, relation, kind, column, not_null in _select(connection, query):
        shown = " ".join(shown_name(column).split())
        place = _place(schema, relation)
        nullable = {None} if kind in ("v", "m") else {"No" if not_null else "Yes"}
        if rows.get(place, {}).get(shown, "no row") not in nullable:
            found.append(f"column {column!r} ({nullable}) is not in {place}")
    return found


def _column_rows(section: Section) -> dict[str, str | None]:
    """What stands under Null in the table of columns, by column; None where it has no such title."""
    for header, *rows in section.tables:
        if "Column" in header and "Type" in header:
            name, null = header.index("Column"), header.index("Null") if "Null" in header else None
            return {row[name]: None if null is None else row[null] for row in rows}
    return {}


def _wrong_counts(connection: psycopg.Connection, read: dict[str, Section]) -> list[str]:
    glance = {row[0]: row[1].replace(",", "") for table in read["section-1.1"].tables for row in table}
    found = []
    for label, query in _COUNTS.items():
        ((count,),) = _select(connection, query)
        if glance.get(label, "0") != f"{count}":
            found.append(f"{label}: {glance.get(label)} instead of {count}")
    return found
