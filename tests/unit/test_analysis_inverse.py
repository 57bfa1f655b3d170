"""What points to a table, a view, a type is found from there, too."""

from __future__ import annotations

import msgspec

from pgdossier.analysis import analyse
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.names import QualifiedName
from tests.support.builders import column, snapshot, table, view

ORDERS, USERS = QualifiedName("public", "orders"), QualifiedName("public", "users")
OPEN = QualifiedName("public", "open_orders")


def _reads(reader: QualifiedName, read: QualifiedName) -> Dependency:
    return Dependency(
        dependent=ObjectName(ObjectKind.RELATION, reader.schema, reader.name),
        part=Part.DEFINITION,
        referenced=ObjectName(ObjectKind.RELATION, read.schema, read.name),
    )


def test_views_are_found_from_what_they_read() -> None:
    """A view is known to what it reads; a table that depends on another does not count as reading it."""
    made = snapshot(table("orders"), table("users"), view("open_orders"))
    structure = msgspec.structs.replace(
        made.structure, dependencies=(_reads(OPEN, ORDERS), _reads(OPEN, USERS), _reads(ORDERS, USERS))
    )
    found = analyse(msgspec.structs.replace(made, structure=structure)).inverse
    assert found.reads == {OPEN: (ORDERS, USERS)}
    assert found.read_by == {ORDERS: (OPEN,), USERS: (OPEN,)}


def test_columns_are_found_from_their_type() -> None:
    """A type knows the columns that are of it."""
    status = QualifiedName("public", "status")
    orders = table("orders", column("id integer"), column("state public.status", type_name=status))
    assert analyse(snapshot(orders)).inverse.type_users == {status: ((ORDERS, "state"),)}


def test_findings_are_by_table() -> None:
    """A foreign key without an index is found at its table, and tables without findings are missing."""
    users = table("users", column("id integer"), pk="id")
    orders = table("orders", column("user_id integer"), fks=["user_id -> public.users(id)"])
    findings = analyse(snapshot(users, orders)).findings
    assert list(findings) == [ORDERS]
    assert [found.parent for found in findings[ORDERS].unindexed] == [USERS]
