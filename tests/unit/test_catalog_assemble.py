"""Rows made by hand -> snapshot: unknown codes, refused families, order, scope."""

from __future__ import annotations

import random
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import pytest

from pgdossier.catalog import assemble
from pgdossier.catalog.assemble import Rows
from pgdossier.catalog.columns import ColumnRow, ColumnTypeRow
from pgdossier.catalog.constraints import ConstraintRow
from pgdossier.catalog.dependencies import DependencyRow
from pgdossier.catalog.indexes import IndexRow, OperatorClasses, OperatorClassRow
from pgdossier.catalog.policies import PolicyRow
from pgdossier.catalog.relations import RelationRow
from pgdossier.catalog.routines import RoutineRow
from pgdossier.catalog.schemas import SchemaRow
from pgdossier.catalog.scope import ScopePatterns, resolve
from pgdossier.catalog.sequences import SequenceRow
from pgdossier.catalog.server import ServerRow
from pgdossier.catalog.triggers import TriggerRow, of_users
from pgdossier.catalog.types import TypeRow
from pgdossier.errors import UsageError
from pgdossier.model.columns import Generated, Identity
from pgdossier.model.constraints import Action, Match
from pgdossier.model.policies import Command
from pgdossier.model.relations import PartitionStrategy, Persistence, RelationKind, ReplicaIdentity
from pgdossier.model.routines import Parallel, RoutineKind, Volatility
from pgdossier.model.snapshot import Structure
from pgdossier.model.triggers import Enabled

R = TypeVar("R", bound=tuple[Any, ...])

# What a field holds when a test does not care, by its type; None where it may be.
_PLAIN: dict[Any, Any] = {kind: kind for kind in (str, int, bool, float)}


def row(kind: type[R], /, **values: Any) -> R:
    """A row of that kind with these values, and harmless ones for the rest."""
    hints = get_type_hints(kind)
    filled = {
        name: None if type(None) in get_args(hint) else _PLAIN.get(hint, get_origin(hint) or list)()
        for name, hint in hints.items()
    }
    return kind(**(filled | values))


def table(oid: int, name: str, **values: Any) -> RelationRow:
    usual: dict[str, Any] = {
        "schema": "public",
        "kind": "r",
        "owner": "o",
        "persistence": "p",
        "replica_identity": "d",
        "populated": True,
    }
    return row(RelationRow, oid=oid, name=name, **(usual | values))


def column(relation: int, number: int, name: str, **values: Any) -> ColumnRow:
    return row(
        ColumnRow,
        relation=relation,
        number=number,
        name=name,
        **({"local": True} | values),
    )


def constraint(oid: int, relation: int, type_: str, **values: Any) -> ConstraintRow:
    usual: dict[str, Any] = {
        "on_update": "a",
        "on_delete": "a",
        "match": "s",
        "validated": True,
        "enforced": True,
        "local": True,
        "name": f"c{oid}",
        "columns": [1],
    }
    return row(ConstraintRow, oid=oid, relation=relation, type=type_, **(usual | values))


def trigger(oid: int, relation: int, **values: Any) -> TriggerRow:
    return row(TriggerRow, oid=oid, relation=relation, **({"name": f"t{oid}", "enabled": "O"} | values))


def routine(oid: int, name: str, **values: Any) -> RoutineRow:
    usual = {"schema": "public", "kind": "f", "volatility": "v", "parallel": "u"}
    return row(RoutineRow, oid=oid, name=name, **(usual | values))


def rows(*, include: tuple[str, ...] = (), exclude: tuple[str, ...] = (), **families: Any) -> Rows:
    schemas = [
        SchemaRow(oid=1, name="public", owner="o", comment=None, extension=None),
        SchemaRow(oid=2, name="other", owner="o", comment=None, extension=None),
    ]
    facts = row(
        ServerRow,
        version="18.6",
        version_number=180006,
        provider="c",
        block_size=8192,
        captured_on="2024-01-02",
    )
    selection = resolve(ScopePatterns(include=include, exclude=exclude), schemas)
    if "columns" in families:  # all of one type
        families.setdefault("column_types", [row(ColumnTypeRow, type="integer")])
    return Rows(server=facts, selection=selection, **families)


def structure(given: Rows) -> Structure:
    return assemble.snapshot(given).structure


def gaps(given: Structure) -> list[tuple[str, str]]:
    return [(gap.family, gap.reason.partition(",")[0]) for gap in given.gaps]


def test_empty_database() -> None:
    """Without any object there is still a snapshot."""
    found = assemble.snapshot(rows())
    assert found.captured_on == "2024-01-02"
    assert found.structure.server.major == 18
    assert [schema.name for schema in found.structure.schemas] == ["other", "public"]
    assert found.structure.relations == ()


def test_unknown_codes_of_relations() -> None:
    """A relation with codes from the future is read, with UNKNOWN members and one gap for each code."""
    given = rows(
        relations=[
            table(1, "a", kind="g", persistence="X", replica_identity="?"),
            table(2, "b", kind="p", strategy="z", partition_key="ZONE (id)"),
            table(3, "c", kind="g"),
        ]
    )
    found = structure(given)
    first, second, _ = found.relations
    assert first.kind is RelationKind.UNKNOWN
    assert first.persistence is Persistence.UNKNOWN
    assert first.replica_identity is ReplicaIdentity.UNKNOWN
    assert second.partitioning is not None
    assert second.partitioning.strategy is PartitionStrategy.UNKNOWN
    assert second.partitioning.key == "id"
    assert gaps(found) == [
        ("relations", "pg_class.relkind holds 'g'"),
        ("relations", "pg_class.relpersistence holds 'X'"),
        ("relations", "pg_class.relreplident holds '?'"),
        ("relations", "pg_partitioned_table.partstrat holds 'z'"),
    ]


def test_unknown_codes_of_what_belongs_to_a_relation() -> None:
    """Columns, constraints, triggers and policies with codes from the future."""
    given = rows(
        relations=[table(1, "a")],
        columns=[column(1, 1, "x", generated="q", identity="z")],
        constraints=[
            constraint(
                10, 1, "f", on_update="!", on_delete="?", match="m", target_schema="s", target_name="t"
            ),
            constraint(11, 1, "y"),
        ],
        triggers=[trigger(20, 1, enabled="E", type=4)],
        policies=[row(PolicyRow, relation=1, name="p", command="m")],
    )
    found = structure(given)
    (relation,) = found.relations
    assert relation.columns[0].generated is Generated.UNKNOWN
    assert relation.columns[0].identity is Identity.UNKNOWN
    (key,) = relation.foreign_keys
    assert (key.on_update, key.on_delete, key.match) == (Action.UNKNOWN, Action.UNKNOWN, Match.UNKNOWN)
    assert relation.triggers[0].enabled is Enabled.UNKNOWN
    assert relation.policies[0].command is Command.UNKNOWN
    assert gaps(found) == [
        ("columns", "pg_attribute.attgenerated holds 'q'"),
        ("columns", "pg_attribute.attidentity holds 'z'"),
        ("constraints", "pg_constraint.confdeltype holds '?'"),
        ("constraints", "pg_constraint.confmatchtype holds 'm'"),
        ("constraints", "pg_constraint.confupdtype holds '!'"),
        ("constraints", "pg_constraint.contype holds 'y'"),
        ("policies", "pg_policy.polcmd holds 'm'"),
        ("triggers", "pg_trigger.tgenabled holds 'E'"),
    ]


def test_unknown_codes_of_the_rest() -> None:
    """Types, routines and the database with codes from the future."""
    given = rows(
        types=[row(TypeRow, oid=1, schema="public", name="t", kind="z")],
        routines=[
            routine(2, "f", kind="z", volatility="z", parallel="z"),
            routine(
                3, "a", kind="a", transition="s", state="t", final="f", final_modify="z", aggregate_kind="n"
            ),
        ],
    )
    given.server = given.server._replace(provider="z")
    found = structure(given)
    assert found.database.provider == "unknown"
    aggregate, function = found.routines
    assert aggregate.aggregate is not None
    assert aggregate.aggregate.clauses == ("SFUNC = s", "STYPE = t", "FINALFUNC = f")
    assert function.kind is RoutineKind.UNKNOWN
    assert function.volatility is Volatility.UNKNOWN
    assert function.parallel is Parallel.UNKNOWN
    assert gaps(found) == [
        ("routines", "pg_aggregate.aggfinalmodify holds 'z'"),
        ("routines", "pg_proc.prokind holds 'z'"),
        ("routines", "pg_proc.proparallel holds 'z'"),
        ("routines", "pg_proc.provolatile holds 'z'"),
        ("server", "pg_database.datlocprovider holds 'z'"),
        ("types", "pg_type.typtype holds 'z'"),
    ]


def test_constraints_and_indexes_without_their_columns() -> None:
    """When the columns were refused, constraints and indexes over them are a gap, not half an object."""
    given = rows(
        relations=[table(1, "a")],
        constraints=[constraint(10, 1, "p"), constraint(11, 1, "c", columns=[])],
        indexes=[row(IndexRow, oid=12, relation=1, name="i", attributes="1", keys=1)],
    )
    given.gaps.add("columns", "permission denied")
    found = structure(given)
    assert found.relations[0].primary_key is None
    assert found.relations[0].indexes == ()
    assert [check.name for check in found.relations[0].checks] == ["c11"]
    assert [gap.family for gap in found.gaps] == ["columns", "constraints", "indexes"]


def test_order_of_rows_does_not_matter() -> None:
    """The same rows in another order make the same snapshot."""
    families: dict[str, Any] = {
        "relations": [table(number, name) for number, name in enumerate(("b", "a", "ä", "B", "_"), 1)],
        "columns": [
            column(relation, number, f"c{number}") for relation in range(1, 6) for number in (1, 2, 3)
        ],
        "constraints": [constraint(10 + number, 1, "c", columns=[number]) for number in (1, 2, 3)],
        "routines": [routine(number, "f", identity_arguments=f"a{number % 7}") for number in range(20, 27)],
        "dependencies": [
            DependencyRow("definition", "", "pg_class", relation, "pg_proc", function)
            for relation in range(1, 6)
            for function in range(20, 27)
        ],
    }
    first = assemble.snapshot(rows(**families))
    assert [relation.name for relation in first.structure.relations] == ["B", "_", "a", "b", "ä"]
    assert [found.name for found in first.structure.relations[0].columns] == ["c1", "c2", "c3"]
    for seed in range(5):
        shuffled: dict[str, Any] = {name: list(found) for name, found in families.items()}
        for found in shuffled.values():
            random.Random(seed).shuffle(found)  # noqa: S311 - a test needs no secret
        assert assemble.snapshot(rows(**shuffled)) == first


def test_scope_of_single_relations() -> None:
    """Where only some relations are asked for, the types and routines that they need come along."""
    given = rows(
        include=("public.a",),
        relations=[table(1, "a"), table(2, "b")],
        sequences=[
            row(SequenceRow, oid=3, schema="public", name="a_seq", owner_relation=1),
            row(SequenceRow, oid=4, schema="public", name="b_seq", owner_relation=2),
            row(SequenceRow, oid=5, schema="public", name="free"),
        ],
        types=[row(TypeRow, oid=number, schema="public", name=f"e{number}", kind="e") for number in (6, 7)],
        routines=[routine(8, "needed"), routine(9, "needed_by_it"), routine(10, "unrelated")],
        dependencies=[
            DependencyRow("column", "x", "pg_class", 1, "pg_type", 6),
            DependencyRow("column", "x", "pg_class", 2, "pg_type", 7),
            DependencyRow("default", "x", "pg_class", 1, "pg_proc", 8),
            DependencyRow("definition", "", "pg_proc", 8, "pg_proc", 9),
            DependencyRow("definition", "", "pg_class", 1, "pg_class", 2),
        ],
    )
    found = assemble.snapshot(given)
    assert [relation.name for relation in found.structure.relations] == ["a"]
    assert found.structure.scope.relations_left_out == 1
    assert [sequence.name for sequence in found.structure.sequences] == ["a_seq"]
    assert [enum.name for enum in found.structure.enums] == ["e6"]
    assert [each.name for each in found.structure.routines] == ["needed", "needed_by_it"]
    assert len(found.structure.dependencies) == 3
    assert len(found.statistics.relations) == 1


def test_unknown_relation_pattern() -> None:
    """A pattern that meets no relation is refused, unless the relations could not be read at all."""
    with pytest.raises(UsageError):
        assemble.snapshot(rows(include=("public.x",), relations=[table(1, "a")]))
    refused = rows(include=("public.x",))
    refused.gaps.add("relations", "permission denied")
    assert structure(refused).relations == ()


def test_clones_of_internal_triggers_are_internal() -> None:
    """A partition's clone is kept when the trigger that it descends from is a user's."""
    triggers = [
        trigger(1, 1, internal=False),
        trigger(2, 2, internal=True, parent=1),
        trigger(3, 3, internal=True, parent=2),
        trigger(4, 4, internal=True, parent=99),  # a clone of one that enforces a foreign key
        trigger(5, 5, internal=True, parent=5),  # damage: its own parent
    ]
    assert [found.oid for found in of_users(triggers)] == [1, 2, 3]


def classes() -> OperatorClasses:
    return OperatorClasses(
        [
            OperatorClassRow(1, "pg_catalog", "text_ops", "btree", 25, True),
            OperatorClassRow(2, "pg_catalog", "bpchar_ops", "btree", 1042, True),
            OperatorClassRow(3, "pg_catalog", "text_pattern_ops", "btree", 25, False),
            OperatorClassRow(4, "public", "gin trgm", "gin", 25, False),
            OperatorClassRow(5, "pg_catalog", "enum_ops", "btree", 3500, True),
        ]
    )


@pytest.mark.parametrize(
    ("operator_class", "key_type", "written"),
    [
        (1, 25, None),
        (1, 1043, None),  # varchar shares text's
        (2, 1043, "bpchar_ops"),
        (2, 1042, None),
        (3, 25, "text_pattern_ops"),
        (4, 25, 'public."gin trgm"'),
        (5, 99999, None),  # some enum
        (1, None, None),  # an expression
        (77, 25, None),  # not read
    ],
)
def test_operator_classes(operator_class: int, key_type: int | None, written: str | None) -> None:
    """An operator class is written when it is not the default of the key's type."""
    assert classes().written(operator_class, key_type) == written


def test_every_family_of_rows_is_used() -> None:
    """Each family has a field in Rows whose default is empty, so that a refused one leaves nothing behind."""
    empty = rows()
    for name in Rows.__struct_fields__:
        if name not in ("server", "selection", "gaps", "operation", "unread"):
            assert getattr(empty, name) == []
