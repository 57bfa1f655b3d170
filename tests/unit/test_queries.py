"""Statements of the workload find the relations that are documented."""

from __future__ import annotations

from pgdossier.analysis import queries
from pgdossier.analysis.queries import TracedStatement
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.workload import Plan, Statement, Workload
from tests.support import builders


def name(relation: str) -> QualifiedName:
    return QualifiedName("public", relation)


def traced(text: str, plan: Plan) -> TracedStatement:
    """That statement, in a database with a view and a partitioned table."""
    lookup = Lookup.of(
        builders.snapshot(
            builders.table("customers", "id integer"),
            builders.table("events", "at date", partition_by="range at"),
            builders.table("events_1", "at date", partition_of="events"),
            builders.table("events_2", "at date", partition_of="events"),
            builders.table("orders", "id integer"),
            builders.view("recent_orders", "id integer"),
        )
    )
    statement = Statement(id="1", text=text, calls=1, rows=1, total_ms=1.0, mean_ms=1.0, plan=plan)
    (found,) = queries.trace(lookup, Workload(version="1.12", statements=(statement,))).statements
    return found


def test_a_statement_stands_under_what_it_names_first() -> None:
    """Not the table that comes first by name is told with it, but the relation that it reads from."""
    plan = Plan(tables=(name("customers"), name("orders")))
    assert traced("SELECT id FROM recent_orders WHERE id = $1", plan).main == name("recent_orders")
    joined = "SELECT o.id FROM orders o JOIN customers c ON c.id = o.id"
    assert traced(joined, plan).main == name("orders")
    nested = "SELECT id FROM orders WHERE id IN (SELECT id FROM customers)"
    assert traced(nested, plan).main == name("orders")
    writing = Plan(tables=(name("customers"), name("orders")), written=(name("orders"),))
    assert traced("INSERT INTO orders SELECT id FROM customers", writing).main == name("orders")
    assert traced("SELECT at FROM events_1", Plan(tables=(name("events_1"),))).main == name("events")


def test_scans_of_some_partitions() -> None:
    """A sequential scan of one partition is not one of the whole table."""
    one = traced("SELECT at FROM events_1", Plan(tables=(name("events_1"),), sequential=(name("events_1"),)))
    assert one.sequential == (name("events"),)
    assert one.partly == {name("events")}
    both = (name("events_1"), name("events_2"))
    assert traced("SELECT at FROM events", Plan(tables=both, sequential=both)).partly == frozenset()
