"""Rows of the running server -> model: what matters, what is hidden, what is estimated, what is grouped."""

from __future__ import annotations

import pytest

from pgdossier.catalog import bloat, topology, workload
from pgdossier.catalog.bloat import BloatRow
from pgdossier.catalog.operation_rows import OperationRows, nothing
from pgdossier.catalog.roles import MembershipRow, RoleRow, SessionSettingRow, relevant, roles
from pgdossier.catalog.secrets import without_tokens
from pgdossier.catalog.topology import ClientsRow
from pgdossier.catalog.workload import InfoRow, StatementRow
from pgdossier.history.differences import differences
from pgdossier.history.wording import in_words
from pgdossier.model import snapshot_json
from pgdossier.model.operation import NOTHING, ServerSetting
from pgdossier.model.privileges import Grant
from pgdossier.model.roles import Membership, Role, named
from pgdossier.model.topology import Clients
from tests.support.builders import snapshot, table


def role_row(name: str, *, superuser: bool = False, predefined: bool = False) -> RoleRow:
    return RoleRow(
        name=name,
        predefined=predefined,
        superuser=superuser,
        inherit=True,
        create_role=False,
        create_database=False,
        login=True,
        replication=False,
        bypass_row_security=False,
        connection_limit=-1,
        valid_until=None,
        comment=None,
    )


def membership(role: str, member: str) -> MembershipRow:
    return MembershipRow(role=role, member=member, grantor="dba", admin=False, inherit=True, set=True)


ROLES = [
    role_row("dba", superuser=True),
    role_row("app"),
    role_row("worker"),
    role_row("team"),
    role_row("colleague"),
    role_row("auditor"),
    role_row("elsewhere"),
    role_row("pg_read_all_data", predefined=True),
    role_row("pg_monitor", predefined=True),
]
MEMBERSHIPS = [
    membership("app", "worker"),
    membership("team", "worker"),
    membership("team", "colleague"),
    membership("pg_read_all_data", "auditor"),
    membership("pg_monitor", "elsewhere"),
]


def test_roles_that_matter() -> None:
    """Who has privileges, who can act for them and what these are members of; superusers; readers of all."""
    assert relevant({"app", "gone"}, ROLES, MEMBERSHIPS) == {
        "app",
        "worker",  # can act as app
        "team",  # worker is in it; its other members get nothing by that
        "dba",  # a superuser
        "auditor",  # reads everything
        "pg_read_all_data",
    }


def test_a_role_with_its_settings() -> None:
    """Settings of a role in all databases and in this one are kept apart, sorted by name."""
    settings = [
        SessionSettingRow("app", here=True, name="work_mem", value="1GB"),
        SessionSettingRow("app", here=False, name="search_path", value="a"),
        SessionSettingRow("app", here=False, name="app.token", value=None),
        SessionSettingRow(None, here=True, name="jit", value="off"),
    ]
    (app,) = roles({"app"}, ROLES, MEMBERSHIPS, settings)
    assert [(each.name, each.value) for each in app.settings] == [("app.token", None), ("search_path", "a")]
    assert [(each.name, each.value) for each in app.settings_here] == [("work_mem", "1GB")]
    assert app.connection_limit is None


def test_names_of_roles_in_a_value() -> None:
    """Owners, grantees and grantors are found at any depth; roles themselves are not looked into."""
    grants = (
        Grant(grantee="reader", privilege="SELECT", grantor="giver"),
        Grant(privilege="USAGE", grantor="x"),
    )
    structure = snapshot(
        table("t", "id bigint", grants=grants),
        roles=(Role(name="a", member_of=(Membership(role="not told"),)),),
    ).structure
    assert named(structure) == {"owner", "reader", "giver", "x"}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ((), (Role(name="bob", member_of=(Membership(role="app"),)),), ["role bob was added"]),
        ((), (Role(name="pg_monitor", predefined=True),), []),
        (
            (Role(name="bob"),),
            (Role(name="bob", member_of=(Membership(role="app", grantor="dba"),)),),
            ["membership in app by dba of role bob was added"],
        ),
        ((Role(name="bob"),), (Role(name="bob", superuser=True),), ["role bob: superuser no → yes"]),
    ],
)
def test_changes_of_roles_in_words(
    before: tuple[Role, ...], after: tuple[Role, ...], words: list[str]
) -> None:
    """A role that came is told; one of PostgreSQL's own, which is always there, is not."""
    assert (
        list(in_words(differences(snapshot(roles=before).structure, snapshot(roles=after).structure)))
        == words
    )


def test_a_role_that_was_granted_something_did_not_come() -> None:
    """The grant is what is told, not that its grantee, and who is in it, matter since."""
    grants = (Grant(grantee="app", privilege="SELECT", grantor="owner"),)
    came = (Role(name="app"), Role(name="worker", member_of=(Membership(role="app"),)))
    before = snapshot(table("t", "id bigint", grants=())).structure
    after = snapshot(table("t", "id bigint", grants=grants), roles=came).structure
    assert in_words(differences(before, after)) == (
        "grant SELECT to app by owner of table public.t was added",
    )


def test_nothing_was_read() -> None:
    """Without rows there is nothing, and nothing of it in the file."""
    found = nothing(OperationRows())
    assert found is NOTHING
    assert b"operation" not in snapshot_json.encode(snapshot())


@pytest.mark.parametrize(
    ("setting", "amount", "milliseconds"),
    [
        (ServerSetting(name="shared_buffers", value="16384", unit="8kB"), 134217728, None),
        (ServerSetting(name="max_wal_size", value="1024", unit="MB"), 1073741824, None),
        (ServerSetting(name="checkpoint_timeout", value="300", unit="s"), None, 300_000),
        (ServerSetting(name="log_rotation_age", value="2", unit="min"), None, 120_000),
        (ServerSetting(name="autovacuum_work_mem", value="-1", unit="kB"), None, None),
        (ServerSetting(name="max_connections", value="100"), None, None),
        (ServerSetting(name="archive_command"), None, None),
    ],
)
def test_amounts_of_settings(setting: ServerSetting, amount: int | None, milliseconds: float | None) -> None:
    """Memory is told in bytes and time in milliseconds; -1 is no amount."""
    assert (setting.bytes, setting.milliseconds) == (amount, milliseconds)


@pytest.mark.parametrize(
    ("setting", "changed"),
    [
        (ServerSetting(name="a", value="1", default="1", source="configuration file"), False),
        (ServerSetting(name="a", value="2", default="1", source="configuration file"), True),
        (ServerSetting(name="wal_buffers", value="512", default="-1", source="default"), False),
        (ServerSetting(name="wal_buffers", value="512", default="-1", source="override"), False),
        (ServerSetting(name="archive_command", source="configuration file"), True),
    ],
)
def test_changed_settings(setting: ServerSetting, changed: bool) -> None:
    """What the server works out for itself was not changed; what is set and not told was."""
    assert setting.changed is changed


def bloat_row(
    *, rows: float = 1000, width: float | None = 100.0, complete: bool = True, **rest: int
) -> BloatRow:
    return BloatRow(
        oid=1,
        readable=True,
        hindered=False,
        complete=complete,
        rows=rows,
        columns=rest.get("columns", 9),
        width=width,
        nulls=bool(rest.get("nulls", 0)),
        fillfactor=rest.get("fillfactor", 100),
    )


def test_minimum_size() -> None:
    """Rows with their headers and line pointers on whole pages; unknown columns make it unknown."""
    # 24 bytes of header, 104 of data, 4 of line pointer: 61 rows on the 8168 bytes of a page.
    assert bloat.minimum_bytes(bloat_row(), 8192) == 17 * 8192
    # 23 + 2 bytes of null bitmap are 32: 58 rows.
    assert bloat.minimum_bytes(bloat_row(nulls=1), 8192) == 18 * 8192
    assert bloat.minimum_bytes(bloat_row(fillfactor=50), 8192) == 34 * 8192
    assert bloat.minimum_bytes(bloat_row(rows=1), 8192) == 8192
    assert bloat.minimum_bytes(bloat_row(complete=False), 8192) is None
    assert bloat.minimum_bytes(bloat_row(width=None), 8192) is None


def test_clients_are_grouped() -> None:
    """Names that differ in a key only are one client."""
    rows = [
        ClientsRow(f"api-{key}", "app", here=True, transport="tls", state="idle", sessions=2, hidden=False)
        for key in ("a1b2c3d4e5f60718293a4b5c", "b1b2c3d4e5f60718293a4b5c")
    ]
    assert topology.clients(rows) == (
        Clients(application="api-…", role="app", here=True, transport="tls", state="idle", sessions=4),
    )


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("psql", "psql"),
        ("PostgreSQL JDBC Driver", "PostgreSQL JDBC Driver"),
        ("DBeaver 23.1.0 - SQLEditor <Script-3.sql>", "DBeaver 23.1.0 - SQLEditor <Script-3.sql>"),
        ("api-7d9f8b6c5d-x2x4z", "api-7d9f8b6c5d-x2x4z"),
        ("job ghp1A2b3C4d5E6f7G8h9I0jKlMnOp", "job …"),
    ],
)
def test_tokens_in_names_of_clients(name: str, shown: str) -> None:
    """What looks like a key is cut out of a name."""
    assert without_tokens(name) == shown


def statement_row(number: int, text: str | None, *, calls: int = 1, total: float = 1.0) -> StatementRow:
    return StatementRow(
        id=f"{number:04}",
        text=text,
        roles=["b", "a"],
        calls=calls,
        rows=1,
        total_ms=total,
        minimum_ms=None,
        maximum_ms=None,
        deviation_ms=None,
        plan_ms=None,
        shared_hit=0,
        shared_read=0,
        shared_dirtied=0,
        shared_written=0,
        temporary_read=0,
        temporary_written=0,
        read_ms=None,
        wal_bytes=None,
        nested=False,
        since=None,
        extremes_since=None,
    )


INFO = InfoRow(None, None, total_calls=9, total_ms=9.0, different=9, hidden=0)


def test_statements_that_are_kept() -> None:
    """Commands that are no access to data are left out, and what cannot be shown is counted."""
    rows = [
        statement_row(1, "SELECT $1", calls=4, total=10.0),
        statement_row(2, "ALTER ROLE a PASSWORD 'secret'"),
        statement_row(3, "SELECT 'secret"),
        statement_row(4, None),
        statement_row(5, "SELECT 'secret'", total=20.0),
    ]
    found = workload.workload("1.12", INFO, rows)
    assert [(each.id, each.text, each.complete, each.mean_ms) for each in found.statements] == [
        ("0005", "SELECT ?", False, 20.0),
        ("0001", "SELECT $1", True, 2.5),
    ]
    assert found.unreadable == 2
    assert found.statements[0].roles == ("a", "b")


def test_the_foremost_statements() -> None:
    """The slowest are kept, and the most frequent ones even when they are fast; never more than the limit."""
    rows = [
        statement_row(number, "SELECT a", calls=number + 1, total=1000.0 - number) for number in range(300)
    ]
    kept = {each.id for each in workload.workload("1.12", INFO, rows).statements}
    assert len(kept) == workload.KEPT
    assert {"0000", "0049", "0299", "0250"} <= kept


@pytest.mark.parametrize(("text", "version"), [("1.8", (1, 8)), ("1.10", (1, 10)), ("1.12", (1, 12))])
def test_versions_of_the_extension(text: str, version: tuple[int, ...]) -> None:
    """Versions are compared by number: 1.10 is newer than 1.8."""
    assert workload.version_of(text) == version
