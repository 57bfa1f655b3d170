"""The bookkeeping tables of migration tools: the only tables whose rows are read without being asked for.

What is read is the version, the name, the moment and the outcome of each migration: no scripts, no paths,
no names of people, no texts of errors. A table is read only when reading it runs nobody's code: an ordinary
table of the built-in storage with one of the known shapes, whose columns hold values of built-in types and
are not computed, and without row security that holds for the role that reads (`row_security` is off: the
server refuses). `restrict_nonsystem_relation_kind`, where the server has it, sees to it that the table is
not a view by the time it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec

from pgdossier.catalog import asking
from pgdossier.catalog.moments import moment
from pgdossier.catalog.obstacles import RefusedError
from pgdossier.catalog.query import Query
from pgdossier.catalog.sequence_values import GUARD
from pgdossier.catalog.session import Session
from pgdossier.model.migrations import SHAPES, AppliedMigration, MigrationHistory, Shape, recognise
from pgdossier.model.names import QualifiedName, quote_identifier

NEWEST = 500
"""So many rows of a table are read."""

_LONGEST = 300  # characters of a name or version

_TEXTS = ("text", "varchar", "bpchar", "name", "uuid")
_NUMBERS = ("int2", "int4", "int8", "numeric")
_MOMENTS = ("timestamp", "timestamptz", "date")
_READABLE = frozenset((*_TEXTS, *_NUMBERS, *_MOMENTS, "bool"))


class _Recipe(msgspec.Struct, frozen=True):
    """How the rows of a table are read: which columns say what; `state` is SQL over `{column}`s.

    Columns that a table does not have are left out, and so is a state that needs one of them.
    `newest` orders the rows, the newest first.
    """

    version: str = ""
    name: str = ""
    part: str = ""
    applied: str = ""
    state: str = ""
    newest: tuple[str, ...] = ()
    unit: str = "s"  # of a moment that is a number
    file: bool = False  # the name is that of a file
    keeps_history: bool = True
    skipped: str = ""  # a name that stands for no migration


def _when(condition: str, state: str = "failed") -> str:
    return f"CASE WHEN {condition} THEN '{state}' ELSE 'applied' END"


_NOT_TRUE = "{{{0}}} IS NOT TRUE"
_RECIPES: Mapping[tuple[str, str], _Recipe] = {
    ("Alembic", "alembic_version"): _Recipe("version_num", newest=("version_num",), keeps_history=False),
    ("Django", "django_migrations"): _Recipe(
        name="name", part="app", applied="applied", newest=("applied", "id")
    ),
    ("Flyway", ""): _Recipe(
        "version",
        "description",
        applied="installed_on",
        state="CASE WHEN {success} IS NOT TRUE THEN 'failed'"
        " WHEN pg_catalog.starts_with({type}::pg_catalog.text, 'UNDO') OR {type}::pg_catalog.text = 'DELETE'"
        " THEN 'undone' ELSE 'applied' END",
        newest=("installed_rank",),
    ),
    ("Liquibase", "databasechangelog"): _Recipe(
        name="id",
        applied="dateexecuted",
        state=_when("{exectype}::pg_catalog.text = 'FAILED'"),
        newest=("orderexecuted",),
    ),
    ("golang-migrate", "schema_migrations"): _Recipe(
        "version", state=_when("{dirty}"), newest=("version",), keeps_history=False
    ),
    ("Ecto", "schema_migrations"): _Recipe("version", applied="inserted_at", newest=("version",)),
    ("Sequel", "schema_migrations"): _Recipe(name="filename", newest=("filename",), file=True),
    ("Sequel", "schema_info"): _Recipe("version", newest=("version",), keeps_history=False),
    ("Supabase", "schema_migrations"): _Recipe("version", "name", newest=("version",)),
    ("Prisma", "_prisma_migrations"): _Recipe(
        name="migration_name",
        applied="finished_at",
        state="CASE WHEN {rolled_back_at} IS NOT NULL THEN 'undone' WHEN {finished_at} IS NULL THEN 'failed'"
        " ELSE 'applied' END",
        newest=("started_at",),
    ),
    ("Knex", "knex_migrations"): _Recipe(name="name", applied="migration_time", newest=("id",), file=True),
    ("Entity Framework Core", "MigrationId"): _Recipe(name="MigrationId", newest=("MigrationId",)),
    ("Entity Framework Core", "migration_id"): _Recipe(name="migration_id", newest=("migration_id",)),
    ("Entity Framework 6", ""): _Recipe(name="MigrationId", part="ContextKey", newest=("MigrationId",)),
    ("goose", "goose_db_version"): _Recipe(
        "version_id", applied="tstamp", state=_when(_NOT_TRUE.format("is_applied"), "undone"), newest=("id",)
    ),
    ("Sqitch", "changes"): _Recipe(
        name="change", part="project", applied="committed_at", newest=("committed_at",)
    ),
    ("SQLx", "_sqlx_migrations"): _Recipe(
        "version",
        "description",
        applied="installed_on",
        state=_when(_NOT_TRUE.format("success")),
        newest=("version",),
    ),
    ("Diesel", ""): _Recipe("version", applied="run_on", newest=("version",)),
    ("Atlas", ""): _Recipe(
        "version",
        "description",
        applied="executed_at",
        state=_when("{applied} < {total}"),
        newest=("version",),
        skipped=".atlas_cloud_identifier",
    ),
    # What TypeORM and Drizzle keep is when a migration was written, not when it was applied.
    ("TypeORM", "migrations"): _Recipe(name="name", newest=("id",)),
    ("Drizzle", ""): _Recipe("hash", newest=("id",)),
    ("Laravel", "migrations"): _Recipe(name="migration", newest=("id",)),
    ("Phinx", "phinxlog"): _Recipe(
        "version",
        "migration_name",
        applied="end_time",
        state=_when("{end_time} IS NULL"),
        newest=("version",),
    ),
    ("Doctrine Migrations", ""): _Recipe("version", applied="executed_at", newest=("version",)),
    ("Sequelize (Umzug)", ""): _Recipe(name="name", newest=("name",), file=True),
    ("node-pg-migrate", ""): _Recipe(name="name", applied="run_on", newest=("run_on", "id"), file=True),
    ("db-migrate", "migrations"): _Recipe(name="name", applied="run_on", newest=("run_on", "id"), file=True),
    ("postgres-migrations", "migrations"): _Recipe("id", "name", applied="executed_at", newest=("id",)),
    ("MikroORM", ""): _Recipe(name="name", applied="executed_at", newest=("id",), file=True),
    ("Kysely", "kysely_migration"): _Recipe(name="name", applied="timestamp", newest=("timestamp", "name")),
    ("yoyo", "_yoyo_migration"): _Recipe(
        name="migration_id", applied="applied_at_utc", newest=("applied_at_utc", "migration_id")
    ),
    ("SeaORM", ""): _Recipe("version", applied="applied_at", newest=("version",)),
    ("refinery", ""): _Recipe("version", "name", applied="applied_on", newest=("version",)),
    ("Tern", "schema_version"): _Recipe("version", newest=("version",), keeps_history=False),
    ("pgroll", "migrations"): _Recipe(
        name="name",
        part="schema",
        applied="created_at",
        state=_when(_NOT_TRUE.format("done")),
        newest=("created_at",),
    ),
    ("Evolutions (Play)", ""): _Recipe(
        "id",
        applied="applied_at",
        state=_when("{state}::pg_catalog.text <> 'applied'"),
        newest=("id",),
    ),
    ("Ragtime", ""): _Recipe("id", applied="created_at", newest=("created_at", "id")),
    ("Bun", "bun_migrations"): _Recipe(name="name", applied="migrated_at", newest=("id",)),
    ("sql-migrate", ""): _Recipe(name="id", applied="applied_at", newest=("id",), file=True),
    ("DbUp", ""): _Recipe(name="scriptname", applied="applied", newest=("applied", "scriptname"), file=True),
    ("FluentMigrator", ""): _Recipe("Version", "Description", applied="AppliedOn", newest=("Version",)),
    ("Graphile Migrate", "migrations"): _Recipe(
        name="filename", applied="date", newest=("date", "filename"), file=True
    ),
    ("MyBatis Migrations", "changelog"): _Recipe("id", "description", applied="applied_at", newest=("id",)),
    ("Yii", "migration"): _Recipe(
        "version", applied="apply_time", newest=("apply_time", "version"), skipped="m000000_000000_base"
    ),
    ("Aerich", "aerich"): _Recipe("version", part="app", newest=("id",), file=True),
    ("Directus", ""): _Recipe("version", "name", applied="timestamp", newest=("timestamp", "version")),
    # These have nothing but a version, a number written as text.
    ("Rails (Active Record)", "schema_migrations"): _Recipe("version", newest=("#version",)),
    ("dbmate or Rails (Active Record)", ""): _Recipe("version", newest=("#version",)),
}


def _recipe(shape: Shape) -> _Recipe | None:
    """How a table of that shape is read; None for tables of a tool that hold no migrations."""
    if not shape.history:
        return None
    marks = [(shape.tool, column) for column in sorted(shape.columns)]
    return next(
        (_RECIPES[key] for key in ((shape.tool, shape.table), *marks, (shape.tool, "")) if key in _RECIPES),
        None,
    )


class CandidateRow(NamedTuple):
    """One table that is called as a bookkeeping table is.

    The last three go together, column by column. A type is empty where it is not built in, or the value is
    computed. `secured`: row security holds for the role that reads.
    """

    oid: int
    schema: str
    name: str
    ordinary: bool
    secured: bool
    columns: list[str]
    types: list[str]
    readable: list[bool]


# A type below 16384 (FirstNormalObjectId) came with the server; so its output is the server's own code.
CANDIDATES = Query(
    family="migrations",
    row=CandidateRow,
    sql="""
    SELECT c.oid AS oid,
           n.nspname::pg_catalog.text AS schema,
           c.relname::pg_catalog.text AS name,
           c.relkind = 'r' AND COALESCE(am.amname = 'heap', false) AS ordinary,
           pg_catalog.row_security_active(c.oid) AS secured,
           pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY a.attnum) AS columns,
           pg_catalog.array_agg(
             CASE WHEN a.attgenerated = '' AND t.oid < 16384 THEN t.typname::pg_catalog.text ELSE '' END
             ORDER BY a.attnum) AS types,
           pg_catalog.array_agg(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                                AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
                                ORDER BY a.attnum) AS readable
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
     WHERE c.relkind IN ('r', 'p')
       AND c.relpersistence <> 't'
       AND c.relnamespace = ANY (%(namespaces)s)
       AND pg_catalog.lower(c.relname::pg_catalog.text COLLATE "C") = ANY (%(names)s)
     GROUP BY c.oid, n.oid, n.nspname, c.relname, c.relkind, am.amname
    """,
)


class MigrationRow(NamedTuple):
    """One row of a bookkeeping table."""

    version: str | None
    name: str | None
    part: str | None
    applied_at: str | None
    state: str


class Found(msgspec.Struct):
    """The tables that were read, and what was not: reason and remedy."""

    histories: list[MigrationHistory]
    gaps: list[tuple[str, str | None]]


def read(
    session: Session,
    candidates: Iterable[CandidateRow],
    keeps: Callable[[str, str], bool],
) -> Found:
    """The bookkeeping of the migration tools that are known.

    Args:
        session: The session, after all else was read.
        candidates: The tables with such names.
        keeps: Whether a relation is documented: the rows of others are not read.
    """
    tables = [row for row in candidates if keeps(row.schema, row.name)]
    names = {(row.schema, row.name) for row in tables}
    found = Found([], [])
    guarded = False
    for row in sorted(tables, key=lambda row: (row.schema, row.name)):
        shape = recognise(row.schema, row.name, frozenset(row.columns), names)
        recipe = None if shape is None else _recipe(shape)
        if shape is None or recipe is None:
            continue
        table = QualifiedName(row.schema, row.name)
        what = f"the rows of {table.dotted}, where {shape.tool} keeps its books, were not read"
        if not row.ordinary:
            found.gaps.append((f"{what}: it is no ordinary table", None))
            continue
        if row.secured:
            found.gaps.append(
                (f"{what}: row security holds for the role that reads", "let a role read that bypasses it")
            )
            continue
        needed = {column for column in _columns(recipe) if column in row.columns}
        kinds = dict(zip(row.columns, row.types, strict=True))
        readable = dict(zip(row.columns, row.readable, strict=True))
        if any(kinds[column] not in _READABLE for column in needed):
            found.gaps.append((f"{what}: columns are computed, or of types that the tool does not use", None))
            continue
        if not all(readable[column] for column in needed):
            found.gaps.append(
                (
                    f"{what}: no privilege",
                    f"grant SELECT on {table.sql}, or pg_read_all_data, to the role that reads",
                )
            )
            continue
        try:
            if not guarded:
                session.try_rows(GUARD)
                guarded = True
            rows = asking.tried(session, query(table, recipe, kinds))
        except RefusedError as error:
            guarded = False  # it was taken back with the failed query
            found.gaps.append((f"{what}: {error}", None))
            continue
        found.histories.append(history(table, shape, recipe, rows))
    return found


def names() -> list[str]:
    """What bookkeeping tables are called, in lower case."""
    return sorted({shape.table for shape in SHAPES})


def _columns(recipe: _Recipe) -> Iterable[str]:
    """The columns that a recipe needs."""
    told = (recipe.version, recipe.name, recipe.part, recipe.applied, *recipe.newest)
    yield from (column.removeprefix("#") for column in told if column)
    yield from re.findall(r"\{(\w+)\}", recipe.state)


def query(table: QualifiedName, recipe: _Recipe, kinds: Mapping[str, str]) -> Query[MigrationRow]:
    """The query for the newest rows of a table.

    Args:
        table: The table.
        recipe: How it is read.
        kinds: The types of its columns.
    """

    def text(column: str) -> str:
        if column not in kinds or not column:
            return "NULL::pg_catalog.text"
        return f"pg_catalog.left({_named(column)}::pg_catalog.text, {_LONGEST})"

    def newest(column: str) -> Iterable[str]:
        bare = column.removeprefix("#")
        if bare in kinds:
            sorted_as = ' COLLATE "C"' if kinds[bare] in _TEXTS[:3] else ""
            if column != bare:
                yield f"pg_catalog.length({_named(bare)}::pg_catalog.text) DESC"
            yield f"{_named(bare)}{sorted_as} DESC NULLS LAST"

    state = "'applied'"
    used = re.findall(r"\{(\w+)\}", recipe.state)
    if used and all(column in kinds for column in used):
        state = recipe.state.format(**{column: _named(column) for column in used})
    order = ", ".join(part for column in recipe.newest for part in newest(column))
    source = table.sql.replace("%", "%%")  # a percent sign in a name is no parameter
    sql = f"""
    SELECT {text(recipe.version)} AS version,
           {text(recipe.name)} AS name,
           {text(recipe.part)} AS part,
           {_applied(recipe, kinds)} AS applied_at,
           {state}::pg_catalog.text AS state
      FROM ONLY {source} AS m
     {f"ORDER BY {order}" if order else ""}
     LIMIT {NEWEST + 1}
    """
    return Query(family="migrations", row=MigrationRow, sql=sql)


def _named(column: str) -> str:
    return f"m.{quote_identifier(column)}"


def _applied(recipe: _Recipe, kinds: Mapping[str, str]) -> str:
    """SQL: the moment as text; with a `Z` only where the table says which moment it was."""
    column, kind = _named(recipe.applied), kinds.get(recipe.applied, "")
    if kind == "timestamptz":
        return moment(column)
    if kind in ("timestamp", "date"):
        return (
            f"CASE WHEN pg_catalog.isfinite({column}) THEN"
            f" pg_catalog.to_char({column}, 'YYYY-MM-DD\"T\"HH24:MI:SS') END"
        )
    if kind in _NUMBERS:
        seconds = f"{column}::pg_catalog.float8"
        if recipe.unit == "ms":
            seconds = f"({seconds} / 1000)"
        sane = f"{column} BETWEEN 0 AND 100000000000"
        return f"CASE WHEN {sane} THEN {moment(f'pg_catalog.to_timestamp({seconds})')} END"
    if kind in _TEXTS:
        return f"pg_catalog.left({column}::pg_catalog.text, 40)"
    return "NULL::pg_catalog.text"


_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d+)?(Z|[+-]00(?::?00)?)?")


def history(
    table: QualifiedName, shape: Shape, recipe: _Recipe, rows: Collection[MigrationRow]
) -> MigrationHistory:
    """What the rows of a table say."""
    applied = tuple(
        AppliedMigration(
            version=row.version,
            name=_file(row.name) if recipe.file else row.name,
            part=row.part or None,
            applied_at=_moment(row.applied_at),
            state=row.state,
        )
        for row in list(rows)[:NEWEST]
        if not recipe.skipped or recipe.skipped not in (row.version, row.name)
    )
    return MigrationHistory(
        schema=table.schema,
        table=table.name,
        tool=shape.tool,
        keeps_history=recipe.keeps_history,
        cut=len(rows) > NEWEST,
        applied=applied,
    )


def _file(name: str | None) -> str | None:
    """The name of a file without its folders."""
    return None if name is None else re.split(r"[/\\]", name.rstrip("/\\"))[-1]


def _moment(text: str | None) -> str | None:
    """A moment that a tool wrote as text, as far as it is one."""
    match = None if text is None else _ISO.match(text)
    if match is None:
        return None
    return f"{match[1]}T{match[2]}" + ("Z" if match[3] else "")
