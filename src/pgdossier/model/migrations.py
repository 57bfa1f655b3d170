"""What migration tools keep of their work: the tables that they are known by, and what these hold.

`SHAPES` is the one list of tools. The catalog reader reads a table only when it has one of these shapes, and
analysis names a tool by nothing else.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from pgdossier.model.base import Model


class AppliedMigration(Model, frozen=True, kw_only=True):
    """One row of a bookkeeping table.

    Attributes:
        version: Its version, where the tool has versions apart from names.
        name: Its name or description; of a file the name without folders.
        part: What it belongs to: the app of Django, the project of Sqitch, the context of EF 6.
        applied_at: When it was applied, by the clock and in the time zone that the tool noted; where the
            table says nothing of a zone there is no `Z` at the end.
        state: `applied`, `failed` (or begun and not finished), `undone`, or `pending` where the tool lists
            migrations that were not run.
    """

    version: str | None = None
    name: str | None = None
    part: str | None = None
    applied_at: str | None = None
    state: str = "applied"


class MigrationHistory(Model, frozen=True, kw_only=True):
    """What a bookkeeping table holds, the newest first; `more` rows than these there are when `cut`.

    `keeps_history` is False where the tool keeps its current version alone.
    """

    schema: str
    table: str
    tool: str
    keeps_history: bool = True
    cut: bool = False
    applied: tuple[AppliedMigration, ...] = ()


class Shape(msgspec.Struct, frozen=True):
    """A table of a tool: its name in lower case, and columns that it has.

    Attributes:
        tool: The tool, as people call it.
        table: The name.
        columns: The columns that tell it; spelled exactly.
        exact: It has these columns and no others.
        schema: The only schema that it stands in.
        companion: A table that stands beside it.
        history: It holds the migrations that were applied, or the version.
    """

    tool: str
    table: str
    columns: frozenset[str]
    exact: bool = False
    schema: str | None = None
    companion: str | None = None
    history: bool = True

    def fits(
        self, schema: str, table: str, columns: frozenset[str], tables: Collection[tuple[str, str]]
    ) -> bool:
        """Whether a table has the shape; `tables` are schema and name of all there are."""
        return (
            table.lower() == self.table
            and (columns == self.columns if self.exact else self.columns <= columns)
            and (self.schema is None or schema == self.schema)
            and (self.companion is None or (schema, self.companion) in tables)
        )


def _shape(
    tool: str,
    table: str,
    columns: str,
    *,
    exact: bool = False,
    schema: str | None = None,
    companion: str | None = None,
    history: bool = True,
) -> Shape:
    return Shape(tool, table, frozenset(columns.split()), exact, schema, companion, history)


# The first shape that fits a table names its tool, so the more particular ones stand first. Names and
# columns as the tools' own documentation and first migrations have them.
SHAPES = (
    _shape("Alembic", "alembic_version", "version_num"),
    _shape("Django", "django_migrations", "app name applied"),
    _shape("Flyway", "flyway_schema_history", "installed_rank version script checksum"),
    _shape("Flyway", "schema_version", "installed_rank version script checksum"),
    _shape("Liquibase", "databasechangelog", "id author filename md5sum"),
    _shape("Liquibase", "databasechangeloglock", "id locked lockgranted", history=False),
    _shape("Rails (Active Record)", "ar_internal_metadata", "key value", history=False),
    _shape(
        "Rails (Active Record)", "schema_migrations", "version", exact=True, companion="ar_internal_metadata"
    ),
    _shape("golang-migrate", "schema_migrations", "version dirty", exact=True),
    _shape("Ecto", "schema_migrations", "version inserted_at", exact=True),
    _shape("Sequel", "schema_migrations", "filename", exact=True),
    _shape("Sequel", "schema_info", "version", exact=True),
    _shape("dbmate or Rails (Active Record)", "schema_migrations", "version", exact=True),
    _shape("Supabase", "schema_migrations", "version statements", schema="supabase_migrations"),
    _shape("Prisma", "_prisma_migrations", "checksum migration_name applied_steps_count"),
    _shape("Knex", "knex_migrations", "name batch migration_time"),
    _shape("Knex", "knex_migrations_lock", "is_locked", history=False),
    _shape("Entity Framework Core", "__efmigrationshistory", "MigrationId ProductVersion"),
    _shape("Entity Framework Core", "__efmigrationshistory", "migration_id product_version"),
    _shape("Entity Framework 6", "__migrationhistory", "MigrationId ContextKey Model"),
    _shape("goose", "goose_db_version", "version_id is_applied tstamp"),
    _shape("Sqitch", "changes", "change_id script_hash planner_name", schema="sqitch"),
    _shape("Sqitch", "releases", "version installer_name", schema="sqitch", history=False),
    _shape("Sqitch", "projects", "project creator_name", schema="sqitch", history=False),
    _shape("Sqitch", "tags", "tag_id change_id planner_name", schema="sqitch", history=False),
    _shape("Sqitch", "dependencies", "change_id dependency", schema="sqitch", history=False),
    _shape("Sqitch", "events", "event change_id committer_name", schema="sqitch", history=False),
    _shape("SQLx", "_sqlx_migrations", "version description checksum execution_time"),
    _shape("Diesel", "__diesel_schema_migrations", "version run_on"),
    _shape("Atlas", "atlas_schema_revisions", "version description applied hash"),
    _shape("TypeORM", "migrations", "id timestamp name", exact=True),
    _shape("TypeORM", "typeorm_metadata", "type database schema table name value", history=False),
    _shape("Laravel", "migrations", "id migration batch", exact=True),
    _shape("Phinx", "phinxlog", "version migration_name start_time"),
    _shape("Doctrine Migrations", "doctrine_migration_versions", "version executed_at"),
    _shape("Doctrine Migrations", "migration_versions", "version executed_at"),
    _shape("Sequelize (Umzug)", "sequelizemeta", "name", exact=True),
    _shape("Drizzle", "__drizzle_migrations", "id hash created_at"),
    _shape("node-pg-migrate", "pgmigrations", "id name run_on"),
    _shape("db-migrate", "migrations", "id name run_on", exact=True),
    _shape("postgres-migrations", "migrations", "id name hash executed_at", exact=True),
    _shape("MikroORM", "mikro_orm_migrations", "name executed_at"),
    _shape("Kysely", "kysely_migration", "name timestamp"),
    _shape("Kysely", "kysely_migration_lock", "id is_locked", history=False),
    _shape("yoyo", "_yoyo_migration", "migration_hash migration_id applied_at_utc"),
    _shape("yoyo", "_yoyo_version", "version installed_at_utc", history=False),
    _shape("yoyo", "_yoyo_log", "id migration_hash operation", history=False),
    _shape("yoyo", "yoyo_lock", "locked pid", history=False),
    _shape("SeaORM", "seaql_migrations", "version applied_at"),
    _shape("refinery", "refinery_schema_history", "version name applied_on checksum"),
    _shape("Tern", "schema_version", "version", exact=True),
    _shape("pgroll", "migrations", "schema name migration parent done", schema="pgroll"),
    _shape("Evolutions (Play)", "play_evolutions", "id hash applied_at apply_script revert_script"),
    _shape("Ragtime", "ragtime_migrations", "id created_at"),
    _shape("Bun", "bun_migrations", "id name group_id migrated_at"),
    _shape("Bun", "bun_migration_locks", "id table_name", history=False),
    _shape("sql-migrate", "gorp_migrations", "id applied_at", exact=True),
    _shape("DbUp", "schemaversions", "scriptname applied"),
    _shape("FluentMigrator", "versioninfo", "Version AppliedOn Description", exact=True),
    _shape("Graphile Migrate", "migrations", "hash previous_hash filename date", schema="graphile_migrate"),
    _shape("MyBatis Migrations", "changelog", "id applied_at description", exact=True),
    _shape("Yii", "migration", "version apply_time", exact=True),
    _shape("Aerich", "aerich", "id version app content", exact=True),
    _shape("Directus", "directus_migrations", "version name timestamp", exact=True),
)


_TABLES = frozenset(shape.table for shape in SHAPES)


def is_known(table: str) -> bool:
    """Whether a table of some tool has that name."""
    return table.lower() in _TABLES


def recognise(
    schema: str, table: str, columns: frozenset[str], tables: Collection[tuple[str, str]]
) -> Shape | None:
    """The shape of a table, the first that fits; None when it is not of any tool that is known.

    Args:
        schema: Its schema.
        table: Its name.
        columns: The names of its columns.
        tables: Schema and name of all tables, for those that are known by what stands beside them.
    """
    return next((shape for shape in SHAPES if shape.fits(schema, table, columns, tables)), None)
