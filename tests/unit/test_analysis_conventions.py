"""Names, comments, audit columns and migration tools; and the analysis as a whole."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from pgdossier.analysis import analyse, auditing, completeness, migrations, naming
from pgdossier.analysis.auditing import Auditing
from pgdossier.analysis.completeness import Completeness
from pgdossier.analysis.naming import Convention
from pgdossier.model.lookup import Lookup
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.schemas import Schema
from pgdossier.model.snapshot_json import decode, encode
from pgdossier.model.types import Enum
from tests.support.builders import check, column, fk, index, key, name, snapshot, table, view


def _conventions(*relations: Relation) -> dict[str, Convention]:
    found = naming.measure(Lookup.of(snapshot(*relations)))
    return {convention.label: convention for convention in found.conventions}


def _tables(*names: str) -> list[Relation]:
    return [table(one, "id bigint", pk="id") for one in names]


def test_conventions_need_five_names() -> None:
    """Four names make no convention, five do."""
    assert not _conventions(*_tables("a", "b", "c", "d"))
    assert "Names of relations are in snake_case" in _conventions(*_tables("a", "b", "c", "d", "e"))


def test_case_and_exceptions() -> None:
    """The leading case is told with its share, exceptions and competitors."""
    found = _conventions(
        *_tables("users", "order_items", "OrderLines", "x1", "Odd name", "roles", "userNames")
    )
    convention = found["Names of relations are in snake_case"]
    assert (convention.followed, convention.total, convention.percent) == (4, 7, 57)
    assert convention.exceptions == ("Odd name", "OrderLines", "userNames")
    assert convention.others == (("PascalCase", 1), ("camelCase", 1))


def test_mixed_names() -> None:
    """Below three of four names the leading form is no convention but one of a mixture."""
    label = "Names of relations are in snake_case"
    assert not _conventions(*_tables("a", "b", "c", "d", "e", "f", "G_x", "H_x"))[label].mixed
    assert _conventions(*_tables("a", "b", "c", "d", "e", "F_x", "G_x"))[label].mixed


def test_names_of_columns_are_those_of_tables() -> None:
    """Columns of views are not measured, and the label says so."""
    found = _conventions(table("t", *(f"{one} integer" for one in "abcde")), view("v", "Odd integer"))
    assert found["Names of table columns are in snake_case"].percent == 100


def test_no_convention_where_none_leads() -> None:
    """Where no form has half of the names, nothing is claimed."""
    assert not any(
        "Names of relations" in one for one in _conventions(*_tables("aB", "cD", "EfG", "x", "Y Z"))
    )


@pytest.mark.parametrize(
    ("table_name", "number"),
    [
        ("orders", "plural"),
        ("order", "singular"),
        ("OrderItems", "plural"),
        ("address", "singular"),
        ("status", "singular"),
        ("analysis", "singular"),
        ("people", "plural"),
        ("label_schemas", "plural"),
        ("user_metadata", None),
        ("news", None),
        ("123", None),
    ],
)
def test_grammatical_number(table_name: str, number: str | None) -> None:
    """Names are plural or singular by their last word; words without a number count for neither."""
    assert naming.grammatical_number(table_name) == number


def test_keys_by_name() -> None:
    """Primary keys called id are told from those called after their table; shared keys are not counted."""
    by_table = [
        table(one, f"{key_name} bigint", pk=key_name)
        for one, key_name in (
            ("categories", "category_id"),
            ("boxes", "box_id"),
            ("sales_orders", "order_id"),
            ("users", "user_id"),
            ("logs", "id"),
        )
    ]
    shared = table("profiles", "user_id bigint", pk="user_id", fks=["user_id -> users(user_id)"])
    found = _conventions(*by_table, shared)["Primary key columns are called <table>_id"]
    assert (found.followed, found.total, found.exceptions) == (4, 5, ("logs.id",))


def test_foreign_key_columns_and_affixes() -> None:
    """Endings of foreign key columns and the marks of constraint and index names are measured."""
    relations = [
        table(
            f"t{n}",
            "id bigint",
            "user_id bigint",
            pk=key(f"pk_t{n}", "id", primary=True),
            fks=[fk("user_id -> users", f"fk_t{n}_user")],
            checks=[check("id > 0", f"t{n}_id_check")],
            indexes=[index(f"t{n}_user_id_idx" if n else "odd", "user_id")],
        )
        for n in range(5)
    ]
    found = _conventions(*relations)
    assert found["Foreign key columns end with _id"].percent == 100
    assert found["Names of primary keys begin with pk_"].followed == 5
    assert found["Names of foreign keys begin with fk_"].followed == 5
    assert found["Names of checks end with _check"].followed == 5
    assert found["Names of indexes end with _idx"].exceptions == ("odd",)


def test_names_in_several_schemas_are_told_apart() -> None:
    """An exception whose name occurs twice is given with its schema."""
    found = _conventions(*_tables("a.Log", "b.Log", "c", "d", "e", "f"))
    assert found["Names of relations are in snake_case"].exceptions == ("a.Log", "b.Log")


def test_partitions_and_bookkeeping_are_not_named_by_anyone_here() -> None:
    """Neither partitions nor the tables of migration tools are measured."""
    relations = [
        *_tables("a", "b", "c", "d"),
        table("e", "id bigint", partition_by="list (id)"),
        table("E_1", "id bigint", partition_of="e"),
        table("__EFMigrationsHistory", '"MigrationId" text', '"ProductVersion" text'),
    ]
    found = analyse(snapshot(*relations)).naming.conventions[0]
    assert (found.total, found.exceptions) == (5, ())


def _auditing(*relations: Relation) -> Auditing:
    return auditing.measure(Lookup.of(snapshot(*relations)))


@pytest.mark.parametrize(
    ("column_text", "label"),
    [
        ("created_at timestamp with time zone", "When a row was created"),
        ("date_created date", "When a row was created"),
        ("created timestamp without time zone", "When a row was created"),
        ("creation_time bigint", "When a row was created"),
        ("inserted_at timestamp with time zone", "When a row was created"),
        ("updated_at timestamp with time zone", "When a row was last changed"),
        ("last_update timestamp with time zone", "When a row was last changed"),
        ("last_modified timestamp with time zone", "When a row was last changed"),
        ("modified_dt timestamp without time zone", "When a row was last changed"),
        ("created_by bigint", "Who created a row"),
        ("creator_id bigint", "Who created a row"),
        ("last_modified_by text", "Who last changed a row"),
        ("deleted_at timestamp with time zone", "Soft deletion"),
        ("is_deleted boolean", "Soft deletion"),
        ("archived boolean", "Soft deletion"),
    ],
)
def test_audit_columns(column_text: str, label: str) -> None:
    """Columns are known by name and type."""
    (found,) = _auditing(table("t", column_text)).coverage
    assert (found.label, found.tables) == (label, (name("t"),))
    assert found.column_names == (column_text.split(maxsplit=1)[0],)


@pytest.mark.parametrize(
    "column_text",
    [
        "created_at text",
        "created integer",
        "change integer",
        "updates bigint",
        "create_count integer",
        "birth_date date",
        "date date",
        "added_value numeric",
        "deleted_items_count integer",
        "deleted text",
    ],
)
def test_other_columns(column_text: str) -> None:
    """Names or types that only look alike are not taken for audit columns."""
    assert not _auditing(table("t", column_text)).coverage


def test_coverage_counts_tables_and_ranks_names() -> None:
    """The most frequent name stands first; partitions and views are not counted."""
    found = _auditing(
        table("a", "created_on date"),
        table("b", "created_at timestamp with time zone", "created_on date"),
        table("c", "created_on date", partition_by="range (created_on)"),
        table("c1", "created_on date", partition_of="c"),
        table("d"),
        view("v", "created_on date"),
    )
    (created,) = found.coverage
    assert (found.total, len(created.tables)) == (4, 3)
    assert created.column_names == ("created_on", "created_at")


@pytest.mark.parametrize("log", ["audit_log", "order_status_changes", "price_history", "webhook_events"])
def test_logs_record_events_not_their_own_changes(log: str) -> None:
    """In tables that are logs "changed" tells of the event; "created" means the row as everywhere."""
    columns = (
        "created_at timestamp with time zone",
        "changed_at timestamp with time zone",
        "changed_by bigint",
    )
    found = {
        one.label: one.tables for one in _auditing(table(log, *columns), table("zoo", *columns)).coverage
    }
    assert found == {
        "When a row was created": (name(log), name("zoo")),
        "When a row was last changed": (name("zoo"),),
        "Who last changed a row": (name("zoo"),),
    }
    assert {one.label for one in _auditing(table(log, *columns)).coverage} == {"When a row was created"}


def test_audit_tables_by_name() -> None:
    """Tables named like logs and histories are found, other names with log in them are not."""
    names = (
        "audit_log",
        "user_history",
        "logs",
        "changelog",
        "logged_actions",
        "event_log",
        "audit_trail_entries",
    )
    others = ("blog", "catalog", "login", "dialogs", "logistics", "auditorium")
    found = _auditing(*_tables(*names, *others)).audit_tables
    assert [one.table.name for one in found] == sorted(names)


@pytest.mark.parametrize(
    ("table_name", "columns", "tool"),
    [
        ("alembic_version", ["version_num text"], "Alembic"),
        ("app.django_migrations", ["id integer", "app text", "name text", "applied date"], "Django"),
        (
            "flyway_schema_history",
            ["installed_rank int", "version text", "script text", "checksum int"],
            "Flyway",
        ),
        ("databasechangelog", ["id text", "author text", "filename text", "md5sum text"], "Liquibase"),
        ("DATABASECHANGELOG", ["id text", "author text", "filename text", "md5sum text"], "Liquibase"),
        ("schema_migrations", ["version bigint", "dirty boolean"], "golang-migrate"),
        ("schema_migrations", ["version bigint", "inserted_at date"], "Ecto"),
        ("schema_migrations", ["version text"], "dbmate or Rails (Active Record)"),
        ("_prisma_migrations", ["checksum text", "migration_name text", "applied_steps_count int"], "Prisma"),
        ("__EFMigrationsHistory", ["MigrationId text", "ProductVersion text"], "Entity Framework Core"),
        ("migrations", ["id int", "timestamp bigint", "name text"], "TypeORM"),
        ("migrations", ["id int", "migration text", "batch int"], "Laravel"),
        ("sqitch.changes", ["change_id text", "script_hash text", "planner_name text"], "Sqitch"),
        ("changes", ["change_id text", "script_hash text", "planner_name text"], None),
        ("migrations", ["id int", "note text"], None),
        ("alembic_version", ["other text"], None),
        ("schema_migrations", ["version text", "note text"], None),
    ],
)
def test_migration_tools(table_name: str, columns: list[str], tool: str | None) -> None:
    """A tool is known by the name of its table and its columns together."""
    found = migrations.detect(Lookup.of(snapshot(table(table_name, *columns))))
    assert [one.name for one in found] == ([] if tool is None else [tool])


def test_rails_is_known_by_its_second_table() -> None:
    """schema_migrations beside ar_internal_metadata is that of Rails; the evidence names the columns."""
    found = migrations.detect(
        Lookup.of(
            snapshot(
                table("schema_migrations", "version text"),
                table("ar_internal_metadata", "key text", "value text", "created_at date"),
            )
        )
    )
    assert {one.name for one in found} == {"Rails (Active Record)"}
    assert found[0].evidence == "table public.ar_internal_metadata with key, value"


def _completeness(*relations: Relation, **fields: Any) -> Completeness:
    made = snapshot(*relations, **fields)
    return completeness.measure(made.structure, Lookup.of(made))


def test_completeness_counts_comments() -> None:
    """Described objects are counted by kind; inherited columns, partitions and stock comments are not."""
    found = _completeness(
        table("t", column("a integer", comment="x"), "b integer", comment="y", partition_by="list (a)"),
        table("t1", "a integer", partition_of="t"),
        table("heir", column("a integer", local=False), "c integer", inherits=(name("t"),)),
        view("v", "a integer", comment=" "),
        schemas=[
            Schema(name="public", owner="o", comment="standard public schema"),
            Schema(name="x", owner="o", comment="Things"),
        ],
        enums=(Enum(schema="x", name="e", owner="o", labels=("a",), comment="Kinds"),),
    )
    assert found.rows == (
        ("schemas", 1, 2),
        ("tables", 1, 2),
        ("views", 0, 1),
        ("columns of tables", 1, 3),
        ("types", 1, 1),
    )
    assert found.percent == 44


def test_completeness_of_nothing() -> None:
    """An empty database is 0 % described and has no rows."""
    assert _completeness(schemas=[]) == Completeness(rows=(), percent=0)


def test_analysis_of_an_empty_database() -> None:
    """An empty snapshot has an analysis that says nothing."""
    found = analyse(snapshot())
    assert (found.relationships, found.partitions, found.migrations) == ((), (), ())
    assert found.naming.conventions == ()
    assert (found.total_size.rows, found.total_size.known) == (0, True)
    assert found.key_strategy.total == 0


def test_the_same_snapshot_has_an_equal_analysis() -> None:
    """What was saved and read again is analysed to equal values."""
    made = snapshot(
        *_tables("a", "b", "c", "d", "e"),
        table("x", "a_id bigint", "b_id bigint", pk=["a_id", "b_id"], fks=["a_id -> a", "b_id -> b"]),
    )
    again = analyse(decode(encode(made)))
    found = analyse(made)
    assert found.junctions
    assert found == again


def test_foreign_tables_and_views_disturb_nothing() -> None:
    """Relations without keys of their own pass through every part of the analysis."""
    found = analyse(
        snapshot(
            table("f", "id bigint", kind=RelationKind.FOREIGN_TABLE),
            table("u", kind=RelationKind.UNKNOWN),
            view("v"),
            view("m", kind=RelationKind.MATERIALIZED_VIEW, indexes=(index("i", "x"),)),
        )
    )
    assert set(found.index_purposes) == {(name("m"), "i")}
    assert found.isolated == ()


def test_the_effort_grows_with_the_number_of_tables() -> None:
    """Four times as many tables take about four times as many calls, not sixteen times."""

    def calls(count: int) -> int:
        relations = [
            table(
                f"t{n:05}",
                "id bigint",
                "parent_id bigint",
                "created_at timestamp with time zone",
                pk="id",
                fks=[f"parent_id -> t{(n * 7 + 1) % count:05}"],
                checks=["(id > 0)"],
                indexes=[index(f"i{n}", "parent_id"), index(f"j{n}", "parent_id", "created_at desc")],
            )
            for n in range(count)
        ]
        made = snapshot(*relations)
        counted = 0

        def count_call(_frame: object, event: str, _argument: object) -> None:
            nonlocal counted
            counted += event in ("call", "c_call")

        sys.setprofile(count_call)
        try:
            found = analyse(made)
        finally:
            sys.setprofile(None)
        assert len(found.relationships) == count
        return counted

    assert calls(1000) < 6 * calls(250)
