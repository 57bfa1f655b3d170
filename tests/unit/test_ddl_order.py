from __future__ import annotations

import msgspec

from pgdossier.ddl.graph import cycles, sorted_by_need
from pgdossier.ddl.order import ATTACH, REPLACE, Reason, Step, plan, relation_object
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Check
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Partition, Partitioning, PartitionStrategy, Relation, RelationKind
from pgdossier.model.routines import Routine, RoutineKind
from pgdossier.model.scope import Scope
from pgdossier.model.sequences import Sequence, SequenceOwner
from pgdossier.model.server import Database, Server
from pgdossier.model.snapshot import Structure
from pgdossier.model.types import Composite, Domain, DomainCheck, Enum


def structure(**parts: object) -> Structure:
    """A structure of those parts."""
    empty = Structure(
        server=Server(version="18.6", version_number=180006),
        database=Database(name="db", owner="o", encoding="UTF8", provider="libc"),
        scope=Scope(),
    )
    return msgspec.structs.replace(empty, **parts)


def table(name: str, *columns: Column, **rest: object) -> Relation:
    """A table of schema s."""
    found = Relation(schema="s", name=name, kind=RelationKind.TABLE, owner="o", columns=columns)
    return msgspec.structs.replace(found, **rest)


def view(name: str) -> Relation:
    """A view of schema s with one column."""
    column = Column(name="a", type="integer")
    return table(name, column, kind=RelationKind.VIEW, definition=" SELECT 1 AS a")


def function(name: str) -> Routine:
    """A function of schema s without arguments."""
    return Routine(schema="s", name=name, kind=RoutineKind.FUNCTION, owner="o", language="sql")


def relation(name: str) -> ObjectName:
    return ObjectName(ObjectKind.RELATION, "s", name)


def routine(name: str) -> ObjectName:
    return ObjectName(ObjectKind.ROUTINE, "s", name)


def type_(name: str) -> ObjectName:
    return ObjectName(ObjectKind.TYPE, "s", name)


def needs(
    dependent: ObjectName, referenced: ObjectName, part: Part = Part.DEFINITION, name: str = ""
) -> Dependency:
    return Dependency(dependent=dependent, part=part, part_name=name, referenced=referenced)


def names(found: Structure) -> list[str]:
    """The names of the objects of the plan, in its order."""
    return [step.object.name for step in plan(found).steps]


def test_cycles() -> None:
    """Only sets of nodes that all reach each other are cycles, however deep the chain before them."""
    chain: dict[int, list[int]] = {number: [number + 1] for number in range(5000)}
    chain[5000] = []
    assert cycles(chain) == []
    chain[5000] = [4998]
    assert cycles(chain) == [{4998, 4999, 5000}]
    assert cycles({1: [1, 2], 2: [], 3: [4], 4: [3]}) == [{3, 4}]


def test_two_cycles_that_share_a_node_are_one() -> None:
    """Two circles with a node in common are one component."""
    assert cycles({"a": ["b"], "b": ["a", "c"], "c": ["b"], "d": ["a"]}) == [{"a", "b", "c"}]


def test_sorted_by_need() -> None:
    """What is needed comes first; the key decides the rest."""
    assert sorted_by_need({"a": ["z"], "b": [], "z": []}, str) == ["b", "z", "a"]


def test_kinds_come_in_the_usual_order() -> None:
    """Without dependencies: types, sequences, functions, tables, views, each by name."""
    found = structure(
        relations=(view("a"), table("b"), table("c")),
        routines=(function("d"),),
        sequences=(
            Sequence(
                schema="s", name="e", owner="o", type="bigint", start=1, minimum=1, maximum=9, increment=1
            ),
        ),
        enums=(Enum(schema="s", name="f", owner="o", labels=()),),
    )
    assert names(found) == ["f", "e", "d", "b", "c", "a"]


def test_dependencies_win_over_kinds() -> None:
    """A function that needs a view's row comes after it, a view after the views that it reads."""
    found = structure(
        relations=(view("a"), view("b"), table("t")),
        routines=(function("f"),),
        dependencies=(
            needs(relation("a"), relation("b")),
            needs(relation("b"), relation("t")),
            needs(routine("f"), relation("a")),
        ),
    )
    assert names(found) == ["t", "b", "a", "f"]


def test_model_itself_tells_dependencies() -> None:
    """Parents, types of columns, attributes and domains count even when pg_depend was not read."""
    composite = Composite(schema="s", name="a", owner="o")
    domain = Domain(schema="s", name="b", owner="o", base_type="s.z", base_type_name=QualifiedName("s", "z"))
    found = structure(
        relations=(
            table("child", inherits=(QualifiedName("s", "parent"),)),
            table("holds", Column(name="r", type="s.row_of", type_name=QualifiedName("s", "row_of"))),
            table("parent"),
            table("row_of"),
            table("typed", of_type=QualifiedName("s", "zz")),
        ),
        composites=(composite, Composite(schema="s", name="zz", owner="o")),
        domains=(domain,),
        enums=(Enum(schema="s", name="z", owner="o", labels=()),),
    )
    order = names(found)
    for first, then in (("parent", "child"), ("row_of", "holds"), ("zz", "typed"), ("z", "b")):
        assert order.index(first) < order.index(then)


def test_owned_sequence_goes_with_its_table() -> None:
    """A sequence that a column owns is no step of its own, and who needs it comes after that table."""
    sequence = Sequence(
        schema="s",
        name="seq",
        owner="o",
        type="bigint",
        start=1,
        minimum=1,
        maximum=9,
        increment=1,
        owned_by=SequenceOwner(relation=QualifiedName("s", "z"), column="id"),
    )
    owner, other = table("z", Column(name="id", type="bigint")), table("a", Column(name="id", type="bigint"))
    by_default = ObjectName(ObjectKind.SEQUENCE, "s", "seq")
    found = structure(
        relations=(other, owner),
        sequences=(sequence,),
        dependencies=(
            needs(relation("a"), by_default, Part.DEFAULT, "id"),
            needs(relation("z"), by_default, Part.DEFAULT, "id"),
        ),
    )
    assert names(found) == ["z", "a"]


def test_default_and_check_are_postponed_in_a_cycle() -> None:
    """A default and a check that call functions of the table's own row are added when these are there."""
    column = Column(name="n", type="integer", default="s.f()")
    check = Check(name="c", expression="s.g(t.*)", definition="CHECK (s.g(t.*))")
    free = Check(name="free", expression="s.h(n)", definition="CHECK (s.h(n))")
    found = structure(
        relations=(table("t", column, checks=(check, free)),),
        routines=(function("f"), function("g"), function("h")),
        dependencies=(
            needs(relation("t"), routine("f"), Part.DEFAULT, "n"),
            needs(relation("t"), routine("g"), Part.CONSTRAINT, "c"),
            needs(relation("t"), routine("h"), Part.CONSTRAINT, "free"),
            needs(routine("f"), relation("t")),
            needs(routine("g"), relation("t")),
        ),
    )
    order = plan(found)
    assert order.steps == (
        Step(routine("h")),
        Step(relation("t")),
        Step(routine("f")),
        Step(routine("g")),
        Step(relation("t"), Reason(Part.CONSTRAINT, "c")),
        Step(relation("t"), Reason(Part.DEFAULT, "n")),
    )
    assert order.postponed == {relation("t"): {Reason(Part.DEFAULT, "n"), Reason(Part.CONSTRAINT, "c")}}


def test_domain_check_is_postponed_in_a_cycle() -> None:
    """A domain whose check calls a function of that domain gets the check later."""
    check = DomainCheck(name="ok", expression="s.f(VALUE)", definition="CHECK (s.f(VALUE))")
    domain = Domain(schema="s", name="d", owner="o", base_type="integer", checks=(check,))
    found = structure(
        domains=(domain,),
        routines=(function("f"),),
        dependencies=(
            needs(type_("d"), routine("f"), Part.CONSTRAINT, "ok"),
            needs(routine("f"), type_("d")),
        ),
    )
    assert plan(found).steps == (
        Step(type_("d")),
        Step(routine("f")),
        Step(type_("d"), Reason(Part.CONSTRAINT, "ok")),
    )


def test_view_in_a_cycle_is_made_in_two_steps() -> None:
    """A view that calls a function of its own rows starts as a placeholder, and is replaced in the end."""
    found = structure(
        relations=(view("reader"), view("v")),
        routines=(function("f"),),
        dependencies=(
            needs(relation("v"), routine("f")),
            needs(routine("f"), relation("v")),
            needs(relation("reader"), relation("v")),
        ),
    )
    order = plan(found)
    assert order.steps == (
        Step(relation("v")),
        Step(routine("f")),
        Step(relation("reader")),
        Step(relation("v"), REPLACE),
    )
    assert order.postponed == {relation("v"): {REPLACE}}
    assert order.needs[relation("v")] == {routine("f")}


def test_partition_is_attached_later_in_a_cycle() -> None:
    """A partition that the partitioned table itself needs is made first and attached afterwards."""
    parent = table(
        "p",
        kind=RelationKind.PARTITIONED_TABLE,
        partitioning=Partitioning(strategy=PartitionStrategy.LIST, key="s.f(a)"),
    )
    part = table("p1", partition=Partition(parent=QualifiedName("s", "p"), bound="DEFAULT"))
    found = structure(
        relations=(parent, part),
        routines=(function("f"),),
        dependencies=(
            needs(relation("p1"), relation("p")),
            needs(relation("p"), routine("f")),
            needs(routine("f"), relation("p1")),
        ),
    )
    assert plan(found).steps == (
        Step(relation("p1")),
        Step(routine("f")),
        Step(relation("p")),
        Step(relation("p1"), ATTACH),
    )


def test_hopeless_cycle_still_has_an_order() -> None:
    """Objects that nothing can part are all in the plan, once; the server will say what is missing."""
    found = structure(
        routines=(function("f"), function("g")),
        dependencies=(needs(routine("f"), routine("g")), needs(routine("g"), routine("f"))),
    )
    assert names(found) == ["f", "g"]


def test_unknown_objects_and_later_parts_do_not_count() -> None:
    """What is not in the snapshot, and what triggers, policies and indexes need, orders no tables."""
    found = structure(
        relations=(table("a"), table("b")),
        dependencies=(
            needs(relation("a"), relation("b"), Part.POLICY, "p"),
            needs(relation("a"), relation("b"), Part.TRIGGER, "t"),
            needs(relation("a"), relation("b"), Part.INDEX, "i"),
            needs(relation("a"), relation("elsewhere")),
            needs(relation("elsewhere"), relation("b")),
        ),
    )
    assert names(found) == ["a", "b"]


def test_order_does_not_depend_on_the_order_of_dependencies() -> None:
    """The plan is the same whatever order the dependencies come in."""
    dependencies = (
        needs(relation("v"), routine("f")),
        needs(routine("f"), relation("w")),
        needs(relation("w"), routine("g")),
        needs(routine("g"), relation("v")),
        needs(relation("v"), relation("w")),
    )
    parts = {"relations": (view("v"), view("w")), "routines": (function("f"), function("g"))}
    forwards = plan(structure(dependencies=dependencies, **parts))
    backwards = plan(structure(dependencies=dependencies[::-1], **parts))
    assert forwards.steps == backwards.steps


def test_relation_object() -> None:
    """A relation's name in the plan."""
    assert relation_object(QualifiedName("s", "t")) == relation("t")


def test_default_that_needs_two_objects_of_a_circle() -> None:
    """A default is postponed once for everything of the circle that it needs."""
    found = structure(
        relations=(table("t", Column(name="a", type="integer", default="s.f(NULL) + s.g(NULL)")),),
        routines=(function("f"), function("g")),
        dependencies=(
            needs(relation("t"), routine("f"), Part.DEFAULT, "a"),
            needs(relation("t"), routine("g"), Part.DEFAULT, "a"),
            needs(routine("f"), relation("t")),
            needs(routine("g"), relation("t")),
        ),
    )
    assert names(found) == ["t", "f", "g", "t"]


def test_default_of_a_child_goes_with_its_parents() -> None:
    """What a child may have from its parent is postponed for both."""
    column = Column(name="a", type="integer", default="s.f(NULL)")
    found = structure(
        relations=(
            table("p", column),
            table("c", msgspec.structs.replace(column, local=False), inherits=(QualifiedName("s", "p"),)),
        ),
        routines=(function("f"),),
        dependencies=(
            needs(relation("p"), routine("f"), Part.DEFAULT, "a"),
            needs(relation("c"), routine("f"), Part.DEFAULT, "a"),
            needs(routine("f"), relation("p")),
        ),
    )
    reason = Reason(Part.DEFAULT, "a")
    postponed = plan(found).postponed
    assert postponed == {relation("p"): {reason}, relation("c"): {reason}}
