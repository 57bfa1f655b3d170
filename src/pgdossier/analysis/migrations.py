"""Migration tools, known by the bookkeeping table they keep and its columns (§10.2); no data is read."""

from __future__ import annotations

from dataclasses import dataclass

from pgdossier.analysis import tables
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationTool:
    """A tool, a table of its bookkeeping, and what in it gave the tool away."""

    name: str
    table: QualifiedName
    evidence: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """A table by its name (in lower case) with at least these columns, of exactly these when `exact`."""

    tool: str
    table: str
    columns: frozenset[str]
    exact: bool = False
    schema: str | None = None
    companion: str | None = None

    def fits(self, relation: Relation, columns: frozenset[str], names: frozenset[QualifiedName]) -> bool:
        return (
            relation.name.lower() == self.table
            and (columns == self.columns if self.exact else self.columns <= columns)
            and (self.schema is None or relation.schema == self.schema)
            and (self.companion is None or QualifiedName(relation.schema, self.companion) in names)
        )


def _mark(
    tool: str,
    table: str,
    columns: str,
    *,
    exact: bool = False,
    schema: str | None = None,
    companion: str | None = None,
) -> _Mark:
    return _Mark(tool, table, frozenset(columns.split()), exact, schema, companion)


# The first mark that fits a table names its tool, so the more particular ones stand first. Names and
# columns as the tools' own documentation and first migrations have them.
_MARKS = (
    _mark("Alembic", "alembic_version", "version_num"),
    _mark("Django", "django_migrations", "app name applied"),
    _mark("Flyway", "flyway_schema_history", "installed_rank version script checksum"),
    _mark("Flyway", "schema_version", "installed_rank version script checksum"),
    _mark("Liquibase", "databasechangelog", "id author filename md5sum"),
    _mark("Liquibase", "databasechangeloglock", "id locked lockgranted"),
    _mark("Rails (Active Record)", "ar_internal_metadata", "key value"),
    _mark(
        "Rails (Active Record)", "schema_migrations", "version", exact=True, companion="ar_internal_metadata"
    ),
    _mark("golang-migrate", "schema_migrations", "version dirty", exact=True),
    _mark("Ecto", "schema_migrations", "version inserted_at", exact=True),
    _mark("Sequel", "schema_migrations", "filename", exact=True),
    _mark("Sequel", "schema_info", "version", exact=True),
    _mark("dbmate or Rails (Active Record)", "schema_migrations", "version", exact=True),
    _mark("Prisma", "_prisma_migrations", "checksum migration_name applied_steps_count"),
    _mark("Knex", "knex_migrations", "name batch migration_time"),
    _mark("Knex", "knex_migrations_lock", "is_locked"),
    _mark("Entity Framework Core", "__efmigrationshistory", "MigrationId ProductVersion"),
    _mark("Entity Framework Core", "__efmigrationshistory", "migration_id product_version"),
    _mark("Entity Framework 6", "__migrationhistory", "MigrationId ContextKey Model"),
    _mark("goose", "goose_db_version", "version_id is_applied tstamp"),
    _mark("Sqitch", "changes", "change_id script_hash planner_name", schema="sqitch"),
    _mark("Sqitch", "releases", "version installer_name", schema="sqitch"),
    _mark("Sqitch", "projects", "project creator_name", schema="sqitch"),
    _mark("Sqitch", "tags", "tag_id change_id planner_name", schema="sqitch"),
    _mark("Sqitch", "dependencies", "change_id dependency", schema="sqitch"),
    _mark("Sqitch", "events", "event change_id committer_name", schema="sqitch"),
    _mark("SQLx", "_sqlx_migrations", "version description checksum execution_time"),
    _mark("Diesel", "__diesel_schema_migrations", "version run_on"),
    _mark("Atlas", "atlas_schema_revisions", "version description applied hash"),
    _mark("TypeORM", "migrations", "id timestamp name", exact=True),
    _mark("TypeORM", "typeorm_metadata", "type database schema table name value"),
    _mark("Laravel", "migrations", "id migration batch", exact=True),
    _mark("Phinx", "phinxlog", "version migration_name start_time"),
    _mark("Doctrine Migrations", "doctrine_migration_versions", "version executed_at"),
    _mark("Doctrine Migrations", "migration_versions", "version executed_at"),
    _mark("Sequelize (Umzug)", "sequelizemeta", "name", exact=True),
    _mark("Drizzle", "__drizzle_migrations", "id hash created_at"),
    _mark("node-pg-migrate", "pgmigrations", "id name run_on"),
    _mark("db-migrate", "migrations", "id name run_on", exact=True),
    _mark("MikroORM", "mikro_orm_migrations", "name executed_at"),
    _mark("Kysely", "kysely_migration", "name timestamp"),
    _mark("Kysely", "kysely_migration_lock", "id is_locked"),
    _mark("Supabase", "schema_migrations", "version statements", schema="supabase_migrations"),
    _mark("yoyo", "_yoyo_migration", "migration_hash migration_id applied_at_utc"),
    _mark("yoyo", "_yoyo_version", "version installed_at_utc"),
    _mark("yoyo", "_yoyo_log", "id migration_hash operation"),
    _mark("yoyo", "yoyo_lock", "locked pid"),
    _mark("SeaORM", "seaql_migrations", "version applied_at"),
    _mark("refinery", "refinery_schema_history", "version name applied_on checksum"),
    _mark("Tern", "schema_version", "version", exact=True),
    _mark("pgroll", "migrations", "schema name migration parent done", schema="pgroll"),
    _mark("Evolutions (Play)", "play_evolutions", "id hash applied_at apply_script revert_script"),
    _mark("Ragtime", "ragtime_migrations", "id created_at"),
    _mark("Bun", "bun_migrations", "id name group_id migrated_at"),
)


def detect(lookup: Lookup) -> tuple[MigrationTool, ...]:
    """The bookkeeping tables found, sorted by table; one tool may keep more than one."""
    names = frozenset(lookup.relations)
    found = []
    for relation in tables.tables(lookup):
        columns = frozenset(column.name for column in relation.columns)
        mark = next((mark for mark in _MARKS if mark.fits(relation, columns, names)), None)
        if mark is not None:
            listed = ", ".join(column.name for column in relation.columns if column.name in mark.columns)
            found.append(
                MigrationTool(
                    name=mark.tool,
                    table=relation.qualified,
                    evidence=f"table {relation.qualified.dotted} with {listed}",
                )
            )
    return tuple(sorted(found, key=lambda tool: tool.table))
