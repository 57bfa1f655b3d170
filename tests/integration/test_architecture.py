"""§2 against real servers: a primary with a hot standby, a subscriber, a foreign server and an archive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from xml.etree import ElementTree as ET

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from pgdossier import catalog
from pgdossier.model.snapshot import Snapshot
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.embedded import EmbeddedServer
from tests.support.command import pgdossier
from tests.support.documents import problems
from tests.support.servers import Replica

# The servers of this module are started once.
pytestmark = [pytest.mark.server, pytest.mark.xdist_group("architecture")]

REPOSITORY = Path(__file__).parents[2]
SECRETS = ("hidden-subscription", "hidden-mapping", "hidden-archive")

SHOP = """
CREATE EXTENSION pg_stat_statements;
CREATE EXTENSION postgres_fdw;
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, total numeric NOT NULL);
INSERT INTO orders (total) SELECT n FROM generate_series(1, 200) n;
CREATE PUBLICATION orders_out FOR TABLE orders;
CREATE SERVER warehouse FOREIGN DATA WRAPPER postgres_fdw
  OPTIONS (host 'warehouse.example', port '5433', dbname 'stock');
CREATE USER MAPPING FOR postgres SERVER warehouse OPTIONS (user 'reader', password 'hidden-mapping');
CREATE FOREIGN TABLE stock (sku text, amount integer) SERVER warehouse;
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
ALTER DATABASE shop SET search_path = public;
ANALYZE;
SELECT pg_create_physical_replication_slot('spare');
"""
PRIMARY = {
    "wal_level": "logical",
    "archive_mode": "on",
    "archive_command": "test -n hidden-archive",
    "work_mem": "64MB",
}


@dataclass(frozen=True)
class Servers:
    """The servers, all running, each with what its databases are called."""

    primary: EmbeddedServer
    standby: Replica
    subscriber: EmbeddedServer


def until(url: str, query: str) -> None:
    """Waits until new sessions find that it is so, half a minute at most."""
    for _ in range(600):
        with psycopg.connect(url, autocommit=True) as connection:
            if connection.execute(query.encode()).fetchone() == (True,):
                return
            connection.execute("SELECT pg_sleep(0.05)")
    raise AssertionError(query)


def one(url: str, query: LiteralString) -> tuple[Any, ...]:
    """The only row that an independent query gives."""
    with psycopg.connect(url) as connection:
        (row,) = connection.execute(query).fetchall()
        return row


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    """The primary archives, the standby is a synchronous one, the subscriber has caught up."""
    with ExitStack() as stack:
        binaries = find_binaries()
        primary = stack.enter_context(
            EmbeddedServer(binaries, shared_preload_libraries=("pg_stat_statements",), settings=PRIMARY)
        )
        primary.create_database("shop")
        primary.run_sql("shop", SHOP)
        standby = stack.enter_context(Replica(primary, name="replica_one", slot="replica_slot"))
        subscriber = stack.enter_context(EmbeddedServer(binaries))
        subscriber.create_database("reports")
        to = conninfo_to_dict(primary.url("shop"))
        place = f"host={to['host']} port={to['port']} user=postgres dbname=shop password=hidden-subscription"
        subscriber.run_sql(
            "reports",
            "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);"
            f"CREATE SUBSCRIPTION orders_in CONNECTION '{place}' PUBLICATION orders_out;",
        )
        primary.run_sql(
            "postgres",
            """
            ALTER SYSTEM SET synchronous_standby_names = 'replica_one';
            ALTER SYSTEM SET synchronous_commit = 'on';
            ALTER SYSTEM SET max_connections = 55;
            SELECT pg_switch_wal();
            SELECT pg_reload_conf();
            """,
        )
        until(
            primary.url(),
            "SELECT count(*) = 1 FROM pg_stat_replication"
            " WHERE application_name = 'replica_one' AND sync_state = 'sync'",
        )
        until(primary.url(), "SELECT last_archived_time IS NOT NULL FROM pg_stat_archiver")
        until(primary.url(), "SELECT bool_or(pending_restart) FROM pg_settings")
        until(subscriber.url("reports"), "SELECT bool_and(srsubstate = 'r') FROM pg_subscription_rel")
        until(primary.url(), "SELECT count(*) = 2 FROM pg_stat_replication")
        yield Servers(primary, standby, subscriber)


def written(url: str, folder: Path, *options: str) -> tuple[str, str]:
    """Sections 2.1 and 2.2 of the document of that database; nothing secret is in any of its files."""
    folder.mkdir()
    done = pgdossier("generate", url, "-o", folder / "document", *options, home=folder)
    assert done.returncode == 0, done.stderr
    assert problems(folder / "document") == []
    for file in (folder / "document").rglob("*"):
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            assert [secret for secret in SECRETS if secret in text] == []
    text = (folder / "document" / "README.md").read_text(encoding="utf-8")
    technology, architecture = text.split("\n### 2.1 ")[1].split("\n## 3.")[0].split("\n### 2.2 ")
    return technology, architecture


def drawn(folder: Path) -> tuple[list[str], int, int]:
    """The texts of the topology diagram, how many boxes it has, and how many lines."""
    root = ET.parse(folder / "document" / "diagrams" / "topology.svg").getroot()  # noqa: S314 - our own
    svg = "{http://www.w3.org/2000/svg}"
    groups = [group.get("class") for group in root.iter(f"{svg}g")]
    return [text.text or "" for text in root.iter(f"{svg}text")], groups.count("node"), groups.count("edge")


def row(text: str, start: str) -> list[str]:
    """The cells of the only table row whose first cell begins like that."""
    (line,) = [line for line in text.split("\n") if line.startswith(f"| {start}")]
    return [cell.strip() for cell in line.strip("|").split(" | ")]


def test_primary(servers: Servers, tmp_path: Path) -> None:
    """Its role, its synchronous standby, its subscriber, an unused slot, archive, foreign server, clients."""
    url = servers.primary.url("shop")
    with ExitStack() as stack:
        for name in ("web", "web", "worker"):
            stack.enter_context(psycopg.connect(url, application_name=name))
        technology, architecture = written(url, tmp_path / "primary")
    assert "**Role.** This server is a primary" in architecture
    assert "**Replication.** Synchronous: a commit waits for standbys" in architecture
    assert "`synchronous_standby_names` = `replica_one`" in architecture
    assert "**WAL archiving.** On (`archive_mode` = `on`) and working" in architecture

    standby = row(architecture, "`replica_one`")
    assert standby[1] == "standby"
    assert standby[2].startswith("streaming since ")
    assert standby[3] == "synchronous"
    assert standby[5].startswith("`replica_slot`")
    subscriber = row(architecture, "`orders_in`")
    assert subscriber[1] == "logical subscriber"
    assert "plugin `pgoutput`, database `shop`" in subscriber[5]
    assert row(architecture, "`spare`")[1:3] == [
        "slot for a standby, or for a receiver of WAL",
        "not connected",
    ]
    assert row(architecture, "`warehouse`")[1:4] == [
        "`postgres_fdw`",
        "`host` `warehouse.example`, `port` `5433`, `dbname` `stock`",
        "1",
    ]
    assert row(architecture, "`web`")[1:4] == ["2", "`postgres`", "local socket"]
    assert row(architecture, "`worker`")[1] == "1"
    assert "**Clients** – 3 sessions of clients in this database" in architecture

    texts, boxes, lines = drawn(tmp_path / "primary")
    for shown in (
        "shop",
        "primary",
        "commits wait for standbys",
        "replica_one",
        "streaming, synchronous",
        "orders_in",
        "plugin pgoutput, database shop",
        "spare",
        "not connected",
        "WAL archive",
        "warehouse",
        "warehouse.example:5433 / stock",
        "web",
        "worker",
    ):
        assert shown in texts
    assert (boxes, lines) == (8, 7)

    assert "PostgreSQL 18 is supported until 2030-11-14" in technology
    assert row(technology, "Run by")[1] == "no sign of a managed service"
    assert row(technology, "`postgres_fdw`")[3] == "tables of other PostgreSQL servers as foreign tables"
    assert "| `work_mem` | `64 MB` | `4 MB` |" in technology
    assert "`max_connections` waits for a restart of the server" in technology
    assert "starts with `search_path` = `public`" in technology
    assert "**Not read**" not in technology + architecture


def test_refresh_keeps_what_was_seen(servers: Servers, tmp_path: Path) -> None:
    """While the structure is the same other clients change no byte of the document or of its picture."""
    url, document = servers.primary.url("shop"), tmp_path / "refresh" / "document"
    with psycopg.connect(url, application_name="web"):
        written(url, tmp_path / "refresh")
    before = {file: file.read_bytes() for file in document.rglob("*") if file.is_file()}
    with psycopg.connect(url, application_name="worker"):
        done = pgdossier("generate", url, "-o", document, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {file: file.read_bytes() for file in document.rglob("*") if file.is_file()} == before


def test_hot_standby(servers: Servers, tmp_path: Path) -> None:
    """A standby can be read: it says it is one, by which slot it follows, that it archives nothing."""
    url = servers.standby.url("shop")
    until(url, "SELECT status = 'streaming' FROM pg_stat_wal_receiver")
    technology, architecture = written(url, tmp_path / "standby")
    assert "This server is a hot standby: it takes reads only. It follows an upstream server" in architecture
    assert "through the slot `replica_slot` there; its receiver of WAL is `streaming`" in architecture
    assert "this server archives nothing while it is in recovery" in architecture
    assert "a primary: it takes" not in architecture
    texts, boxes, lines = drawn(tmp_path / "standby")
    assert "standby, read-only" in texts
    assert "upstream server" in texts
    assert (boxes, lines) == (3, 2)
    assert "`replica_one`" in technology  # its cluster_name
    assert one(url, "SELECT pg_is_in_recovery()") == (True,)


def test_subscriber(servers: Servers, tmp_path: Path) -> None:
    """A subscriber is a primary of its own that takes changes from the publisher of its subscription."""
    _, architecture = written(servers.subscriber.url("reports"), tmp_path / "subscriber")
    assert "**Role.** This server is a primary" in architecture
    assert "**Replication.** Nothing received WAL from this server" in architecture
    assert "**WAL archiving.** Off." in architecture
    cells = row(architecture, "`orders_in`")
    assert cells[1] == "`orders_out`"
    assert cells[2].startswith("enabled, running, 1 of 1 table past the first copy")
    texts, boxes, lines = drawn(tmp_path / "subscriber")
    assert "publisher of orders_in" in texts
    assert (boxes, lines) == (2, 1)


def test_archiving_that_fails(servers: Servers, tmp_path: Path) -> None:
    """A command that fails is told as failing, since when, and when it last succeeded."""
    primary = servers.primary
    primary.run_sql("shop", "ALTER SYSTEM SET archive_command = 'false'; SELECT pg_reload_conf();")
    try:
        until(primary.url(), "SELECT current_setting('archive_command') = 'false'")
        primary.run_sql("shop", "INSERT INTO orders (total) VALUES (1); SELECT pg_switch_wal();")
        until(
            primary.url(),
            "SELECT last_failed_time > last_archived_time + interval '1 second' FROM pg_stat_archiver",
        )
        _, architecture = written(primary.url("shop"), tmp_path / "failing")
    finally:
        primary.run_sql("shop", "ALTER SYSTEM RESET archive_command; SELECT pg_reload_conf();")
        until(primary.url(), "SELECT last_archived_time > last_failed_time FROM pg_stat_archiver")
    assert "On (`archive_mode` = `on`), but **failing**: it failed at " in architecture
    assert ", and the last success was at " in architecture
    assert "archiving fails" in drawn(tmp_path / "failing")[0]


def test_without_the_running_server(servers: Servers, tmp_path: Path) -> None:
    """Without activity §2 says that it was not read, and shows what is declared: nothing is guessed."""
    folder = tmp_path / "structure"
    (tmp_path / "pgdossier.toml").write_text("activity = false\n", encoding="utf-8")
    technology, architecture = written(
        servers.primary.url("shop"), folder, "--config", str(tmp_path / "pgdossier.toml")
    )
    assert "made without what the running server knows" in technology
    assert "Replicas, archiving and clients were not read" in architecture
    for word in ("primary:", "Synchronous", "Asynchronous", "**Receivers**", "**Clients**", "archiving.**"):
        assert word not in architecture
    assert row(architecture, "`warehouse`")[1] == "`postgres_fdw`"
    texts, boxes, _ = drawn(folder)
    assert "not known whether primary or standby" in texts
    assert boxes == 2


# --- the grants of the README ------------------------------------------------------------------------------


def readme() -> str:
    """What the README says that the role that reads needs."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    return text.split("\n### What the role that reads needs\n")[1].split("\n## ")[0]


def blocks() -> dict[str, str]:
    """The SQL blocks of that section, by the role that each makes."""
    found = re.findall(r"^```sql\n(.*?)^```", readme(), re.MULTILINE | re.DOTALL)
    return {re.findall(r"CREATE ROLE (\w+)", block)[0]: block for block in found}


def lacking() -> dict[str, set[str]]:
    """The table of that section: what a document calls that which is missing, by the role to be granted."""
    grant, found = "", dict[str, set[str]]()
    for line in readme().split("\n"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "Without":
            grant = cells[0].strip("`") or grant
            found.setdefault(grant, set()).add(cells[2])
    return found


@pytest.fixture(scope="module")
def roles(servers: Servers) -> tuple[str, str]:
    """The roles that the README's own SQL makes, on the primary and on its standby."""
    primary = servers.primary
    primary.run_sql("shop", "REVOKE CONNECT ON DATABASE shop FROM PUBLIC;")
    for block in blocks().values():
        primary.run_sql("shop", block)
    until(
        servers.standby.url(),
        "SELECT count(*) = 2 FROM pg_roles WHERE rolname IN ('docs_minimal', 'docs_full')"
        " AND has_database_privilege(oid, 'shop', 'CONNECT')",
    )
    until(servers.standby.url(), "SELECT pg_has_role('docs_full', 'pg_read_all_data', 'USAGE')")
    minimal, full = blocks()
    return minimal, full


def read(server: EmbeddedServer, role: str) -> Snapshot:
    """What that role reads while another one's client is connected."""
    with psycopg.connect(server.url("shop"), application_name="web") as other:
        other.execute("SELECT count(*) FROM orders")
        return catalog.read(server.url("shop", role))


def gaps(servers: Servers, role: str) -> dict[str, set[str]]:
    """What that role lacks on the primary and on the standby, by the first role whose grant would help."""
    found: dict[str, set[str]] = {}
    for server in (servers.primary, servers.standby):
        for gap in read(server, role).operation.gaps:
            (grant,) = [name for name in lacking() if name in (gap.remedy or "")]
            found.setdefault(grant, set()).add(gap.family)
    return found


@pytest.mark.parametrize("grant", ["pg_read_all_settings", "pg_read_all_stats", "pg_read_all_data"])
def test_each_grant(servers: Servers, roles: tuple[str, str], grant: str) -> None:
    """Without one of the grants exactly that is missing which the README's table says, and no more."""
    assert grant in lacking()
    role = f"docs_without_{grant}"
    servers.primary.run_sql(
        "shop",
        f"CREATE ROLE {role} LOGIN; GRANT CONNECT ON DATABASE shop TO {role};"
        f" GRANT {', '.join(sorted(set(lacking()) - {grant}))} TO {role};",
    )
    with psycopg.connect(servers.primary.url()) as connection:
        (written,) = connection.execute("SELECT pg_current_wal_lsn()").fetchone() or ()
    until(servers.standby.url(), f"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn")
    assert gaps(servers, role) == {grant: lacking()[grant]}


def test_minimal_grants(servers: Servers, roles: tuple[str, str], tmp_path: Path) -> None:
    """With the minimal grants all of that is missing; statements whose text is hidden need no plan."""
    minimal, _ = roles
    found = gaps(servers, minimal)
    assert found == lacking() | {"pg_read_all_data": lacking()["pg_read_all_data"] - {"plans"}}
    _, architecture = written(servers.primary.url("shop", minimal), tmp_path / "minimal")
    hidden = [line for line in architecture.split("\n") if line.startswith("- standbys: ")]
    assert hidden[0].endswith("grant pg_read_all_stats, or pg_monitor, to the role that reads")
    assert "whether commits wait for one is not known" in architecture
    assert "`replica_one`" in architecture


def test_full_grants(servers: Servers, roles: tuple[str, str], tmp_path: Path) -> None:
    """With the full grants nothing is missing that a grant could give, on the primary and on the standby."""
    _, full = roles
    for server in (servers.primary, servers.standby):
        snapshot = read(server, full)
        assert [gap for gap in snapshot.operation.gaps if gap.remedy and "grant" in gap.remedy] == []
        assert {gap.family for gap in snapshot.structure.gaps} <= {"user mappings"}
    _, architecture = written(servers.primary.url("shop", full), tmp_path / "full")
    assert "**Not read**" not in architecture
    assert row(architecture, "`replica_one`")[3] == "synchronous"


def test_structure_needs_no_grant(servers: Servers, roles: tuple[str, str]) -> None:
    """What the minimal role reads of the structure is what the superuser reads, user mappings apart."""
    minimal, full = roles
    everything = catalog.read(servers.primary.url("shop")).structure
    for role in (minimal, full):
        found = catalog.read(servers.primary.url("shop", role)).structure
        assert found.relations == everything.relations
        assert found.roles == everything.roles
        assert found.publications == everything.publications
        assert [server.name for server in found.foreign_servers] == ["warehouse"]
