"""What the reader makes of single objects of the nasty schema, on every version."""

from __future__ import annotations

import pytest

from pgdossier import catalog
from pgdossier.model import snapshot_json
from pgdossier.model.columns import Generated, Identity
from pgdossier.model.constraints import Action, Match
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.model.policies import Command
from pgdossier.model.relations import (
    PartitionStrategy,
    Persistence,
    Relation,
    RelationKind,
    ReplicaIdentity,
)
from pgdossier.model.routines import Parallel, Routine, RoutineKind, Volatility
from pgdossier.model.sequences import SequenceOwner
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.triggers import Enabled, Event, Level, Timing, Trigger
from pgdossier.model.types import RangeFunction
from tests.conftest import SharedDatabase
from tests.integration.nasty import nasty_sql
from tests.support.servers import PostgresServer

WEIRD = 'weird " name, (x)'


@pytest.fixture(scope="session")
def nasty(any_server: PostgresServer, shared_database: SharedDatabase) -> Snapshot:
    return catalog.read(shared_database(any_server, "nasty", nasty_sql(any_server.major)))


def relation(snapshot: Snapshot, schema: str, name: str) -> Relation:
    return next(
        found for found in snapshot.structure.relations if (found.schema, found.name) == (schema, name)
    )


def trigger(snapshot: Snapshot, name: str, table: str = "parents", schema: str = "public") -> Trigger:
    return next(found for found in relation(snapshot, schema, table).triggers if found.name == name)


def routine(snapshot: Snapshot, name: str) -> Routine:
    return next(found for found in snapshot.structure.routines if found.name == name)


def test_server_and_database(nasty: Snapshot, any_server: PostgresServer) -> None:
    """The version, encoding, provider and comment of the database are read; the day is a date in UTC."""
    assert nasty.structure.server.version.startswith(str(any_server.major))
    assert nasty.structure.server.major == any_server.major
    assert nasty.structure.server.time_zone
    assert nasty.structure.database.encoding == "UTF8"
    assert nasty.structure.database.provider == "libc"
    assert nasty.structure.database.comment == "database comment"
    assert len(nasty.captured_on) == len("2024-12-31")
    assert nasty.captured_on.count("-") == 2


def test_json_round_trip(nasty: Snapshot) -> None:
    """Everything that is read survives the snapshot file."""
    assert snapshot_json.decode(snapshot_json.encode(nasty)) == nasty


def test_everything_is_sorted_by_code_points(nasty: Snapshot) -> None:
    """Families are sorted by schema and name, and what belongs to a relation by name; columns are not."""
    structure = nasty.structure
    for family in (structure.relations, structure.sequences, structure.enums, structure.domains):
        names = [(found.schema, found.name) for found in family]
        assert names == sorted(names)
    for found in structure.relations:
        for part in (found.indexes, found.checks, found.foreign_keys, found.triggers, found.policies):
            assert [each.name for each in part] == sorted(each.name for each in part)
    assert [column.name for column in relation(nasty, "audit", "log").columns] == ["at", "region", "n", "id"]


def test_temporary_and_system_objects_are_out(nasty: Snapshot) -> None:
    """Only the user's schemas are there, and no schema is said to be left out."""
    assert [schema.name for schema in nasty.structure.schemas] == ["Odd Schema", "audit", "public"]
    assert nasty.structure.scope.schemas_left_out == ()


def test_columns(nasty: Snapshot) -> None:
    """Identity, generation, collation, type names and defaults of columns."""
    parents = relation(nasty, "public", "parents")
    assert parents.column("id").identity is Identity.ALWAYS
    assert parents.column("other_id").identity is Identity.BY_DEFAULT
    assert parents.column("id").default is None
    assert parents.column("doubled").generated is Generated.STORED
    assert parents.column("doubled").default == "(serial_no)::numeric * 2.0"
    assert parents.column(WEIRD).collation == QualifiedName("pg_catalog", "C")
    assert parents.column("code").collation is None
    assert parents.column("mails").type_name == QualifiedName("public", "emails")
    assert parents.column("moods").type == "public.mood[]"
    assert parents.column("moods").type_name == QualifiedName("public", "mood")
    assert parents.column("home").type == '"Odd Schema"."Address (x)"'
    assert parents.column("gap").type == "interval day to second(3)"
    assert parents.column("serial_no").default == "nextval('public.parents_serial_no_seq'::regclass)"
    wholes = relation(nasty, "audit", "by_index").column("wholes")
    assert wholes.type_name == QualifiedName("public", "parents")


def test_dropped_columns_do_not_shift_the_others(nasty: Snapshot) -> None:
    """After a dropped column, keys still name the right ones."""
    parents = relation(nasty, "public", "parents")
    assert "dropped" not in [column.name for column in parents.columns]
    (index,) = (found for found in parents.indexes if found.name == 'Uniq " Index')
    assert [key.column for key in index.keys] == ["stamp"]


def test_inherited_columns_and_constraints(nasty: Snapshot) -> None:
    """A child declares what it repeats; what it only inherits is marked."""
    derived = relation(nasty, "public", "derived")
    assert derived.inherits == (QualifiedName("public", "base2"), QualifiedName("public", "base"))
    assert derived.partition is None
    assert {column.name: column.local for column in derived.columns} == {
        "y": False,
        "z": False,
        "x": True,
        "w": True,
    }
    assert {check.name: check.inherited for check in derived.checks} == {"base_x_check": True, "own": False}


def test_keys(nasty: Snapshot) -> None:
    """Included columns, deferral, comments, and a unique constraint that took over an index."""
    parents = relation(nasty, "public", "parents")
    assert parents.primary_key is not None
    assert parents.primary_key.comment == "primary key comment"
    keys = {key.name: key for key in parents.unique_keys}
    assert set(keys) == {"adopted_too", "included", "parents_code_key"}
    assert keys["included"].columns == ("code", "id")
    assert keys["included"].include == ("price", "mood")
    assert keys["parents_code_key"].deferrable
    assert keys["parents_code_key"].initially_deferred


def test_foreign_keys(nasty: Snapshot) -> None:
    """Targets, actions, match, validity, and the key or index that a foreign key relies on."""
    keys = {key.name: key for key in relation(nasty, "Odd Schema", "Child|Table").foreign_keys}
    assert keys["to_parent"].on_delete is Action.SET_DEFAULT
    assert keys["to_parent"].on_update is Action.CASCADE
    assert keys["to_parent"].key == "parents_pkey"
    assert keys["to_included"].match is Match.FULL
    assert keys["to_included"].columns == ("parent_code", "parent_id")
    assert keys["to_included"].target_columns == ("code", "id")
    assert keys["to_included"].key == "included"
    assert keys["to_self"].target == QualifiedName("Odd Schema", "Child|Table")
    assert keys["to_self"].deferrable
    assert not keys["to_self"].initially_deferred
    assert not keys["late_key"].validated
    (by_index,) = relation(nasty, "audit", "by_index").foreign_keys
    assert by_index.key == 'Uniq " Index'


def test_foreign_keys_to_and_of_partitioned_tables(nasty: Snapshot) -> None:
    """The pieces that a foreign key has for each partition it references are not foreign keys."""
    (plain,) = relation(nasty, "audit", "refers").foreign_keys
    assert plain.target == QualifiedName("audit", "log")
    assert not plain.inherited
    (parent,) = relation(nasty, "audit", "refers_parts").foreign_keys
    (child,) = relation(nasty, "audit", "refers_parts_1").foreign_keys
    assert (parent.name, parent.inherited) == ("parts_fk", False)
    assert (child.name, child.inherited) == ("parts_fk", True)
    assert child.target == QualifiedName("audit", "log")


def test_checks(nasty: Snapshot) -> None:
    """Expressions stand without the outer parentheses, whatever they hold inside."""
    checks = {check.name: check for check in relation(nasty, "public", "parents").checks}
    assert checks["code_length"].expression == "(length(code) > 1) AND (length(code) < 50)"
    assert checks["called"].expression == "public.is_even(id)"
    assert checks["never"].expression == "NOT ((code = 'WHEN ('::text) AND (price IS NULL))"
    assert checks["never"].no_inherit
    assert checks["never"].columns == ("code", "price")
    assert not checks["late"].validated
    assert 'positive "x")' in checks


def test_exclusion(nasty: Snapshot) -> None:
    """An exclusion constraint has its columns, and an index that says so."""
    table = relation(nasty, "Odd Schema", "Child|Table")
    (found,) = table.exclusions
    assert found.columns == ("c", "during")
    assert found.deferrable
    (index,) = (each for each in table.indexes if each.name == "no_overlap")
    assert index.exclusion
    assert index.constraint == "no_overlap"
    assert index.predicate == "a > 0"


def test_index_keys(nasty: Snapshot) -> None:
    """Orders, expressions, included columns, operator classes and collations of index keys."""
    indexes = {index.name: index for index in relation(nasty, "public", "parents").indexes}
    lower, price, number = indexes["by_expression"].keys
    assert (lower.expression, lower.column) == ("lower(code)", None)
    assert (lower.descending, lower.nulls_first) == (True, False)
    assert price.expression == "((price)::numeric * (2)::numeric)"
    assert (number.column, number.descending, number.nulls_first) == ("id", True, True)
    assert indexes["by_expression"].include == ("mood",)
    assert indexes["by_expression"].predicate == "(code IS NOT NULL) AND (mood = 'ok'::public.mood)"
    assert [key.operator_class for key in indexes["by_class"].keys] == [
        "text_pattern_ops",
        "bpchar_pattern_ops",
    ]
    assert [key.collation for key in indexes["by_class"].keys] == [
        QualifiedName("pg_catalog", "C"),
        QualifiedName("pg_catalog", "POSIX"),
    ]
    assert [key.operator_class for key in indexes["by_other_class"].keys] == ["bpchar_ops", None]
    assert [key.collation for key in indexes["by_collated"].keys] == [
        QualifiedName("pg_catalog", "C"),
        None,
        None,
    ]
    for name in ("by_enum", "by_gin", "by_emails", "by_hash", "by_brin", "by_vector"):
        assert {key.operator_class for key in indexes[name].keys} == {None}
    assert indexes["by_enum"].keys[0].nulls_first
    assert indexes["by_brin"].options == ("pages_per_range=16",)
    assert indexes["by_class"].clustered
    assert indexes["by_identity"].replica_identity


def test_partitions(nasty: Snapshot) -> None:
    """Strategy, key, bounds and attached indexes of several levels; clones are marked as inherited."""
    log = relation(nasty, "audit", "log")
    assert log.kind is RelationKind.PARTITIONED_TABLE
    assert log.partitioning is not None
    assert log.partitioning.strategy is PartitionStrategy.RANGE
    assert (log.partitioning.key, log.partitioning.columns) == ("at", ("at",))
    assert log.primary_key is not None
    assert not log.primary_key.inherited
    middle = relation(nasty, "audit", "log_2024")
    assert middle.partition is not None
    assert middle.partition.bound == "FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')"
    assert middle.inherits == ()
    assert middle.partitioning is not None
    assert middle.partitioning.strategy is PartitionStrategy.LIST
    leaf = relation(nasty, "audit", "log_2024_eu")
    assert leaf.partition is not None
    assert leaf.partition.bound == "FOR VALUES IN ('de', 'fr''s', NULL)"
    assert leaf.primary_key is not None
    assert leaf.primary_key.inherited
    assert {check.name: check.inherited for check in leaf.checks} == {
        "n_positive": True,
        "only_here": False,
    }
    assert [key.inherited for key in leaf.foreign_keys] == [True]
    assert {index.name: index.parent for index in leaf.indexes} == {
        "log_2024_eu_n_idx": QualifiedName("audit", "log_2024_n_idx"),
        "log_2024_eu_pkey": QualifiedName("audit", "log_2024_pkey"),
    }
    assert [(found.name, found.inherited) for found in leaf.triggers] == [("logged", True)]
    attached = relation(nasty, "audit", "log_attached")
    assert attached.primary_key is not None
    assert (attached.primary_key.name, attached.primary_key.inherited) == ("own_key", True)
    rest = relation(nasty, "audit", "log_2024_rest")
    assert rest.partition is not None
    assert rest.partition.bound == "DEFAULT"
    hashed = relation(nasty, "audit", "hashed")
    assert hashed.partitioning is not None
    assert hashed.partitioning.strategy is PartitionStrategy.HASH
    assert hashed.partitioning.key == 'k, lower(e) COLLATE "C"'
    assert hashed.partitioning.columns == ("k",)
    assert [index.valid for index in hashed.indexes] == [False]


def test_other_relations(nasty: Snapshot) -> None:
    """Views, materialized views, typed, unlogged and empty tables, row security, options."""
    cheap = relation(nasty, "public", "cheap")
    assert cheap.kind is RelationKind.VIEW
    assert cheap.options == ("security_barrier=true", "check_option=local")
    assert cheap.definition is not None
    assert not cheap.definition.endswith(";")
    assert cheap.column("code").default == "'from view'::text"
    assert cheap.replica_identity is ReplicaIdentity.DEFAULT
    summary = relation(nasty, "audit", "summary")
    assert summary.kind is RelationKind.MATERIALIZED_VIEW
    assert not summary.populated
    assert relation(nasty, "public", "typed").of_type == QualifiedName("Odd Schema", "Address (x)")
    fast = relation(nasty, "public", "fast")
    assert fast.persistence is Persistence.UNLOGGED
    assert fast.replica_identity is ReplicaIdentity.FULL
    assert fast.options == ("fillfactor=70", "autovacuum_enabled=false", "toast.autovacuum_enabled=false")
    assert relation(nasty, "public", "nothing").columns == ()
    parents = relation(nasty, "public", "parents")
    assert parents.row_security
    assert parents.force_row_security
    assert parents.replica_identity is ReplicaIdentity.INDEX
    assert parents.access_method is None


def test_secrets_of_foreign_tables_are_not_read(nasty: Snapshot) -> None:
    """Options whose name hints at a secret have no value, those of columns too; it is nowhere."""
    remote = relation(nasty, "public", "remote")
    assert remote.kind is RelationKind.FOREIGN_TABLE
    assert remote.foreign_source is not None
    assert remote.foreign_source.server == "elsewhere"
    assert remote.foreign_source.options == (("schema_name", "x"), ("password", None), ("Access_Token", None))
    assert remote.column("id").foreign_options == (("column_name", "ID"), ("api_key", None))
    assert b"hidden-" not in snapshot_json.encode(nasty)


def test_triggers(nasty: Snapshot) -> None:
    """Timing, events, level, columns, condition, transition tables, deferral and state of triggers."""
    tricky = trigger(nasty, 'T "one" WHEN (')
    assert tricky.timing is Timing.BEFORE
    assert tricky.events == (Event.INSERT, Event.UPDATE)
    assert tricky.level is Level.ROW
    assert tricky.update_columns == ("price", "code")
    assert tricky.condition == (
        '(new.code <> \'EXECUTE FUNCTION WHEN (\'::text) AND (new."weird "" name, (x)" IS NOT NULL)'
    )
    assert tricky.function == RoutineName("audit", "note", "")
    assert tricky.comment == "trigger comment"
    assert trigger(nasty, "wiped").events == (Event.TRUNCATE,)
    assert trigger(nasty, "wiped").enabled is Enabled.DISABLED
    assert trigger(nasty, "gone").enabled is Enabled.ALWAYS
    assert trigger(nasty, "gone").old_table == "old_rows"
    assert trigger(nasty, "changed").enabled is Enabled.REPLICA
    assert trigger(nasty, "changed").new_table == "New Rows"
    checked = trigger(nasty, "checked")
    assert (checked.constraint, checked.deferrable, checked.initially_deferred) == (True, True, True)
    instead = trigger(nasty, "instead", "cheap")
    assert instead.timing is Timing.INSTEAD_OF
    assert instead.events == (Event.INSERT, Event.UPDATE, Event.DELETE)
    assert trigger(nasty, "logged", "log", "audit").condition == "new.n > 5"
    # The triggers by which the server enforces foreign keys are nobody's business.
    assert [found.name for found in relation(nasty, "audit", "refers_parts_1").triggers] == []


def test_policies(nasty: Snapshot) -> None:
    """Command, roles, kind and both expressions of policies."""
    policies = {policy.name: policy for policy in relation(nasty, "public", "parents").policies}
    some = policies["Some, only"]
    assert not some.permissive
    assert some.command is Command.UPDATE
    assert "pg_monitor" in some.roles
    assert len(some.roles) == 2
    assert some.using is not None
    assert some.using.startswith("EXISTS (")
    assert some.check == "public.is_even(id)"
    assert policies["everyone"].roles == ()
    assert policies["everyone"].command is Command.ALL
    assert policies["writing"].using is None
    assert policies["writing"].check == "true"


def test_types(nasty: Snapshot) -> None:
    """Enums in order, domains over arrays, composite attributes, ranges with what is not default."""
    structure = nasty.structure
    enums = {found.name: found for found in structure.enums}
    assert enums["mood"].labels == ("sad", "meh", "ok", 'it\'s "fine"')
    assert enums["empty_enum"].labels == ()
    domains = {found.name: found for found in structure.domains}
    assert not domains["email"].nullable
    assert domains["email"].collation == QualifiedName("pg_catalog", "C")
    assert domains["email"].default == "'a@b'::text"
    assert [(check.name, check.expression) for check in domains["email"].checks] == [
        ("Short (one)", "length(VALUE) < 100"),
        ("has_at", "VALUE ~ '@'::text"),
    ]
    assert domains["emails"].base_type == "public.email[]"
    assert domains["emails"].base_type_name == QualifiedName("public", "email")
    assert domains["tiny"].base_type == "numeric(4,2)"
    assert not domains["tiny"].checks[0].validated
    composites = {found.name: found for found in structure.composites}
    assert [attribute.name for attribute in composites["Address (x)"].attributes] == [
        "street",
        "moods",
        'Zip "code',
        "mail",
    ]
    assert composites["Address (x)"].attributes[0].collation == QualifiedName("pg_catalog", "C")
    assert composites["Address (x)"].attributes[1].type_name == QualifiedName("public", "mood")
    assert composites["empty_composite"].attributes == ()
    ranges = {found.name: found for found in structure.ranges}
    assert ranges["floats"].difference == RangeFunction(schema="public", name="float_difference")
    assert ranges["floats"].operator_class is None
    assert ranges["texts"].operator_class == QualifiedName("pg_catalog", "text_pattern_ops")
    assert ranges["texts"].collation == QualifiedName("pg_catalog", "C")
    assert ranges["mails"].subtype_name == QualifiedName("public", "email")
    expected = "floats_multirange" if structure.server.major >= 14 else None
    assert ranges["floats"].multirange == expected


def test_sequences(nasty: Snapshot) -> None:
    """Bounds and steps of a free sequence; owners of serial and identity sequences."""
    sequences = {found.name: found for found in nasty.structure.sequences}
    numbers = sequences["numbers"]
    assert (numbers.type, numbers.start, numbers.minimum, numbers.maximum) == ("smallint", 50, -100, 100)
    assert (numbers.increment, numbers.cache, numbers.cycle, numbers.owned_by) == (-2, 5, True, None)
    parents = QualifiedName("public", "parents")
    assert sequences["parents_serial_no_seq"].owned_by == SequenceOwner(relation=parents, column="serial_no")
    assert sequences["parents_id_seq"].owned_by == SequenceOwner(relation=parents, column="id", identity=True)
    assert sequences["parents_id_seq"].increment == 5


def test_routines(nasty: Snapshot) -> None:
    """Arguments, results and attributes of routines; range constructors are not among them."""
    code = routine(nasty, "next_code")
    assert code.kind is RoutineKind.FUNCTION
    assert code.identity_arguments == "prefix text, VARIADIC rest integer[]"
    assert code.arguments.startswith("prefix text DEFAULT 'x''y'::text, ")
    assert code.volatility is Volatility.STABLE
    assert code.parallel is Parallel.SAFE
    assert code.security_definer
    assert code.configuration == ("search_path=public, pg_temp",)
    assert code.definition is not None
    assert "nextval('public.numbers')" in code.definition
    even = routine(nasty, "is_even")
    assert (even.strict, even.leakproof, even.parallel) == (True, True, Parallel.RESTRICTED)
    assert routine(nasty, "clean").kind is RoutineKind.PROCEDURE
    assert routine(nasty, "clean").result is None
    assert routine(nasty, "winner").kind is RoutineKind.WINDOW
    assert {"floats", "texts", "mails"}.isdisjoint(found.name for found in nasty.structure.routines)


def test_aggregates_are_made_again_from_their_clauses(nasty: Snapshot) -> None:
    """The clauses of aggregates: moving mode, sort operator, ordered-set and hypothetical-set ones."""
    found = {each.name: each.aggregate for each in nasty.structure.routines if each.aggregate}
    assert found["total"] is not None
    assert found["total"].clauses == (
        "SFUNC = int4pl",
        "STYPE = integer",
        "COMBINEFUNC = int4pl",
        "INITCOND = '0'",
        "MSFUNC = int4pl",
        "MINVFUNC = int4mi",
        "MSTYPE = integer",
        "MINITCOND = '0'",
        "PARALLEL = SAFE",
    )
    assert found["Last"] is not None
    assert found["Last"].clauses == ("SFUNC = public.last_step", "STYPE = anyelement", "SSPACE = 16")
    assert found["least_of"] is not None
    assert found["least_of"].clauses[-1] == "SORTOP = OPERATOR(pg_catalog.<)"
    assert found["centile"] is not None
    assert found["centile"].clauses[2:] == (
        "FINALFUNC = percentile_disc_final",
        "FINALFUNC_EXTRA",
        "FINALFUNC_MODIFY = SHAREABLE",
    )
    assert found["centile"].direct_arguments == 1
    assert found["my_rank"] is not None
    assert found["my_rank"].clauses[-1] == "HYPOTHETICAL"
    assert routine(nasty, "total").kind is RoutineKind.AGGREGATE
    assert routine(nasty, "total").definition is None


def test_dependencies(nasty: Snapshot) -> None:
    """One edge of each part, with the object that is really meant: elements of arrays, row types, …"""

    def edge(dependent: ObjectName, part: Part, part_name: str, referenced: ObjectName) -> None:
        assert (
            Dependency(dependent=dependent, part=part, part_name=part_name, referenced=referenced)
            in nasty.structure.dependencies
        )

    parents = ObjectName(ObjectKind.RELATION, "public", "parents")
    mood = ObjectName(ObjectKind.TYPE, "public", "mood")
    code = ObjectName(ObjectKind.ROUTINE, "public", "next_code", "prefix text, VARIADIC rest integer[]")
    even = ObjectName(ObjectKind.ROUTINE, "public", "is_even", "integer")
    cheap = ObjectName(ObjectKind.RELATION, "public", "cheap")
    address = ObjectName(ObjectKind.TYPE, "Odd Schema", "Address (x)")
    log = ObjectName(ObjectKind.RELATION, "audit", "log")
    email = ObjectName(ObjectKind.TYPE, "public", "email")
    edge(parents, Part.COLUMN, "moods", mood)
    edge(parents, Part.COLUMN, "home", address)
    edge(parents, Part.DEFAULT, "code", code)
    edge(
        parents,
        Part.DEFAULT,
        "serial_no",
        ObjectName(ObjectKind.SEQUENCE, "public", "parents_serial_no_seq"),
    )
    edge(parents, Part.CONSTRAINT, "called", even)
    edge(parents, Part.INDEX, "by_expression", mood)
    edge(parents, Part.POLICY, "Some, only", even)
    edge(parents, Part.TRIGGER, "wiped", ObjectName(ObjectKind.ROUTINE, "audit", "note"))
    edge(cheap, Part.DEFINITION, "", parents)
    edge(ObjectName(ObjectKind.RELATION, "public", "on view"), Part.DEFINITION, "", code)
    edge(ObjectName(ObjectKind.RELATION, "audit", "by_index"), Part.COLUMN, "wholes", parents)
    edge(ObjectName(ObjectKind.RELATION, "audit", "log_2024"), Part.DEFINITION, "", log)
    edge(
        ObjectName(ObjectKind.RELATION, "public", "derived"),
        Part.DEFINITION,
        "",
        ObjectName(ObjectKind.RELATION, "public", "base"),
    )
    edge(ObjectName(ObjectKind.RELATION, "public", "typed"), Part.DEFINITION, "", address)
    edge(address, Part.COLUMN, "mail", email)
    edge(ObjectName(ObjectKind.TYPE, "public", "emails"), Part.DEFINITION, "", email)
    edge(ObjectName(ObjectKind.TYPE, "public", "mails"), Part.DEFINITION, "", email)
    edge(
        ObjectName(ObjectKind.TYPE, "public", "floats"),
        Part.DEFINITION,
        "",
        ObjectName(ObjectKind.ROUTINE, "public", "float_difference", "double precision, double precision"),
    )
    edge(ObjectName(ObjectKind.ROUTINE, "public", "of_view", "v public.cheap"), Part.DEFINITION, "", cheap)
    # Foreign keys and ownership of sequences are in the model elsewhere.
    child = ObjectName(ObjectKind.RELATION, "Odd Schema", "Child|Table")
    assert all(
        found.referenced != parents for found in nasty.structure.dependencies if found.dependent == child
    )
    assert all(found.dependent.kind != "sequence" for found in nasty.structure.dependencies)


def test_statistics(nasty: Snapshot) -> None:
    """An analysed empty table has no rows or none known (13), a table never analysed has none known."""
    rows = {(found.schema, found.name): found for found in nasty.statistics.relations}
    assert rows["public", "base"].rows == (0 if nasty.structure.server.major >= 14 else None)
    assert rows["public", "parents"].rows is None
    assert ("public", "cheap") not in rows
    indexes = {(found.schema, found.name) for found in nasty.statistics.indexes}
    assert indexes == {
        (found.schema, index.name) for found in nasty.structure.relations for index in found.indexes
    }


def test_fifteen(nasty: Snapshot) -> None:
    """NULLS NOT DISTINCT, ON DELETE SET NULL (columns) and security_invoker came with PostgreSQL 15."""
    if nasty.structure.server.major < 15:
        for found in nasty.structure.relations:
            assert not any(index.nulls_not_distinct for index in found.indexes)
            assert not any(key.on_delete_columns for key in found.foreign_keys)
        return
    table = relation(nasty, "public", "fifteen")
    assert [key.nulls_not_distinct for key in table.unique_keys] == [True]
    assert {index.name: index.nulls_not_distinct for index in table.indexes} == {
        "distinct_nulls": True,
        "one_null": True,
    }
    keys = {key.name: key for key in table.foreign_keys}
    assert keys["partly"].on_delete_columns == ("a",)
    assert keys["fifteen_b_fkey"].on_delete_columns == ()
    assert relation(nasty, "public", "invoked").options == ("security_invoker=true",)


def test_seventeen(nasty: Snapshot) -> None:
    """From PostgreSQL 17 on the NOT NULL of a domain has a name."""
    email = next(found for found in nasty.structure.domains if found.name == "email")
    if nasty.structure.server.major < 17:
        assert email.not_null_name is None
        return
    assert email.not_null_name == "email_not_null"
    present = next(found for found in nasty.structure.domains if found.name == "present")
    assert present.not_null_name == "must be"


def test_eighteen(nasty: Snapshot) -> None:
    """Virtual columns, temporal keys, NOT ENFORCED and named NOT NULL came with PostgreSQL 18."""
    if nasty.structure.server.major < 18:
        for found in nasty.structure.relations:
            assert found.not_nulls == ()
            assert not any(column.generated is Generated.VIRTUAL for column in found.columns)
            assert not any(key.period or not key.enforced for key in found.foreign_keys)
        return
    table = relation(nasty, "public", "eighteen")
    assert table.column("later").generated is Generated.VIRTUAL
    assert table.primary_key is not None
    assert table.primary_key.without_overlaps
    assert [(check.name, check.enforced) for check in table.checks] == [("hoped", False)]
    assert [(key.name, key.enforced) for key in table.foreign_keys] == [("pointing", False)]
    named = {found.name: found for found in table.not_nulls}
    assert named["x given"].column == "x"
    assert named["x given"].no_inherit
    assert named["x given"].comment == "not null comment"
    periods = relation(nasty, "public", "periods")
    assert [key.period for key in periods.foreign_keys] == [True]
    assert [(found.column, found.validated) for found in periods.not_nulls] == [("z", False)]
    inherited = {found.column: found.inherited for found in relation(nasty, "audit", "log_old").not_nulls}
    assert inherited == {"at": True, "region": True, "id": True}
