"""§2: support of versions, who runs a server, settings that matter, the servers around it, their picture."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pgdossier.analysis import analyse, design_settings, hosting, support, topology
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.applications import known_as
from pgdossier.analysis.design_settings import CURATED
from pgdossier.analysis.extension_purposes import PURPOSES
from pgdossier.analysis.topology import Archiving, Commit, Kind, Position
from pgdossier.catalog.server_state import HOSTING_NAMES
from pgdossier.catalog.settings import ALWAYS
from pgdossier.diagrams import topology as picture
from pgdossier.model.extensions import Extension
from pgdossier.model.foreign_data import ForeignServer
from pgdossier.model.operation import (
    Archiver,
    ExtensionUpdate,
    HostingEvidence,
    Operation,
    ServerSetting,
    ServerState,
)
from pgdossier.model.scope import Gap
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.topology import Clients, Receiver, ReplicationSlot, Standby, Topology
from pgdossier.render import architecture, technology
from tests.support.builders import snapshot, table

TAKEN = "2026-11-21T22:10:05Z"


def state(*, in_recovery: bool = False, **fields: Any) -> ServerState:
    """A running server."""
    return ServerState(started_at=TAKEN, in_recovery=in_recovery, block_size=8192, **fields)


def setting(name: str, value: str | None, **fields: Any) -> ServerSetting:
    """A setting of the configuration file."""
    return ServerSetting(name=name, value=value, source="configuration file", **fields)


def running(*, settings: dict[str, str | None] | None = None, **fields: Any) -> Snapshot:
    """A snapshot of a running server with these settings; other fields are those of Operation."""
    given = tuple(setting(name, value) for name, value in sorted((settings or {}).items()))
    operation = Operation(taken_at=TAKEN, server=fields.pop("server", state()), settings=given, **fields)
    return msgspec.structs.replace(snapshot(table("t", "id bigint", pk="id")), operation=operation)


def with_structure(of: Snapshot, **fields: Any) -> Snapshot:
    """The same with other parts of its structure."""
    return msgspec.structs.replace(of, structure=msgspec.structs.replace(of.structure, **fields))


def streaming(**fields: Any) -> Standby:
    """A standby that streams and has replayed everything."""
    given: dict[str, Any] = {
        "application": "replica",
        "state": "streaming",
        "sync_state": "async",
        "replay_lag_bytes": 0,
    }
    return Standby(**(given | fields))


# --- support -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("major", "day", "until", "ended"),
    [
        (13, "2025-11-13", "2025-11-13", False),
        (13, "2025-11-14", "2025-11-13", True),
        (18, "2026-11-21", "2030-11-14", False),
        (99, "2026-11-21", None, False),
    ],
)
def test_support(major: int, day: str, until: str | None, ended: bool) -> None:
    """A version is supported to the end of its last day; of an unknown one nothing is claimed."""
    found = support.of(major, day)
    assert (found.until, found.ended) == (until, ended)


def test_support_is_judged_by_the_day_of_the_snapshot() -> None:
    """The same snapshot gives the same words for ever; a version newer than the table is not known."""
    old = msgspec.structs.replace(running(), captured_on="2031-01-01")
    major = old.structure.server.major
    assert technology.supported(analyse(old)).startswith(f"**ended** for PostgreSQL {major} on ")
    new = msgspec.structs.replace(running(), captured_on="2024-01-01")
    assert technology.supported(analyse(new)).startswith(f"PostgreSQL {major} is supported until ")
    server = msgspec.structs.replace(new.structure.server, version="27.1", version_number=270001)
    unknown = technology.supported(analyse(with_structure(new, server=server)))
    assert unknown.startswith("not known to this version of pgdossier for PostgreSQL 27")


# --- hosting -----------------------------------------------------------------------------------------------


def hosted(*, extensions: tuple[str, ...] = (), **evidence: Any) -> Analysis:
    """The analysis of a server with that evidence."""
    found = running(hosting=HostingEvidence(**({"version_text": "PostgreSQL 18.6"} | evidence)))
    installed = tuple(Extension(name=name, schema="public", version="1") for name in extensions)
    return analyse(with_structure(found, extensions=installed))


@pytest.mark.parametrize(
    ("evidence", "vendor", "sign"),
    [
        (
            {"setting_classes": ("rds",), "roles": ("rds_superuser",)},
            "Amazon RDS for PostgreSQL",
            "rds_superuser",
        ),
        (
            {"functions": ("aurora_version",), "databases": ("rdsadmin",), "setting_classes": ("rds",)},
            "Amazon Aurora PostgreSQL",
            "aurora_version()",
        ),
        ({"databases": ("cloudsqladmin",)}, "Google Cloud SQL for PostgreSQL", "cloudsqladmin"),
        (
            {"databases": ("alloydbadmin",), "roles": ("cloudsqlsuperuser",)},
            "Google AlloyDB for PostgreSQL",
            "alloydbadmin",
        ),
        (
            {"setting_classes": ("azure",), "roles": ("azure_pg_admin",)},
            "Azure Database for PostgreSQL",
            "azure.*",
        ),
        ({"setting_classes": ("neon",)}, "Neon", "neon.*"),
        (
            {"roles": ("supabase_admin",), "available_extensions": ("supabase_vault",)},
            "Supabase, as a service or self-hosted",
            "supabase_admin",
        ),
        (
            {"roles": ("tsdbadmin",), "available_extensions": ("timescaledb_osm",)},
            "Timescale Cloud",
            "tsdbadmin",
        ),
        ({"version_text": "PostgreSQL 15.2-YB-2.25.0.0-b0"}, "YugabyteDB", "-YB-"),
    ],
)
def test_certain_vendors(evidence: dict[str, Any], vendor: str, sign: str) -> None:
    """What only a vendor makes decides, and the evidence is told with the verdict."""
    found = hosted(**evidence)
    assert found.hosting is not None
    assert [(one.vendor, one.certain) for one in found.hosting.vendors] == [(vendor, True)]
    words = technology.hosted(found)
    assert words.startswith(f"{vendor} (")
    assert f"`{sign}`" in words


def test_a_role_alone_is_a_hint() -> None:
    """A role of a vendor's name can come from a dump: it is told as a perhaps; nothing at all is no sign."""
    words = technology.hosted(hosted(roles=("rds_superuser",)))
    assert words == "perhaps Amazon RDS for PostgreSQL: role `rds_superuser`, and nothing else of it"
    assert technology.hosted(hosted()) == "no sign of a managed service"
    # Extensions that everybody can install say nothing about who runs the server.
    assert technology.hosted(hosted(extensions=("citus", "timescaledb", "postgis"))) == (
        "no sign of a managed service"
    )


def test_weak_signs_of_a_second_vendor_do_not_matter() -> None:
    """Where one vendor is certain, roles of another's name are what a move left behind."""
    found = hosted(setting_classes=("cloudsql",), roles=("rds_superuser",))
    assert found.hosting is not None
    assert [one.vendor for one in found.hosting.vendors] == ["Google Cloud SQL for PostgreSQL"]
    # A hint of Aurora does not hide what is certain of RDS.
    found = hosted(setting_classes=("rds",), available_extensions=("apg_plan_mgmt",))
    assert found.hosting is not None
    assert [one.vendor for one in found.hosting.vendors] == ["Amazon RDS for PostgreSQL"]


def test_unread_evidence_is_not_a_verdict() -> None:
    """Without evidence nothing is said about who runs the server."""
    assert hosting.judge(running()) is None
    assert technology.hosted(analyse(running())) == "not known: what would tell was not read"


def test_package_and_platform() -> None:
    """What version() says of the build is told."""
    text = "PostgreSQL 15.3 (Debian 15.3-1.pgdg120+1) on aarch64-unknown-linux-gnu, compiled by gcc, 64-bit"
    found = hosted(version_text=text).hosting
    assert found is not None
    assert (found.package, found.platform) == ("Debian", "aarch64-unknown-linux-gnu")


def test_every_sign_is_read() -> None:
    """Vendors are recognised by names that the reader looks for, and by no others."""
    names = {kind: set(found) for kind, found in HOSTING_NAMES.items()}
    for vendor in hosting._VENDORS:
        assert set(vendor.roles) <= names["roles"]
        assert set(vendor.databases) <= names["databases"]
        assert set(vendor.functions) <= names["functions"]
        assert set(vendor.extensions) <= names["extensions"]


# --- extensions and settings -------------------------------------------------------------------------------


def test_extension_versions() -> None:
    """An installed version is compared with what the server offers, when that is known."""
    extensions = tuple(
        Extension(name=name, schema="public", version="1.0") for name in ("a", "b", "c", "postgis")
    )
    updates = (
        ExtensionUpdate(name="a", default_version="1.0"),
        ExtensionUpdate(name="b", default_version="1.2"),
        ExtensionUpdate(name="c"),
    )
    found = analyse(with_structure(running(extensions=updates), extensions=extensions))
    assert [technology.version(each, found) for each in extensions] == [
        "`1.0`",
        "`1.0`; the server offers `1.2`",
        "`1.0`; its files are gone from the server",
        "`1.0`",
    ]
    assert [technology.purpose(each) for each in extensions] == [
        "",
        "",
        "",
        "spatial types, functions and indexes",
    ]
    assert list(PURPOSES) == sorted(PURPOSES)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("16384", "8kB", "`128 MB`"),
        ("4096", "kB", "`4 MB`"),
        ("1", "GB", "`1 GB`"),
        ("300", "s", "`5 min`"),
        ("1500", "ms", "`1500 ms`"),
        ("86400000", "ms", "`1 d`"),
        ("-1", "ms", "`-1`"),
        ("0", "kB", "`0`"),
        ("1.1", None, "`1.1`"),
        ("", None, "not set"),
        (None, None, "set (not read)"),
    ],
)
def test_values_of_settings(value: str | None, unit: str | None, shown: str) -> None:
    """Amounts are told in the largest unit that loses nothing; a secret value is not told at all."""
    assert technology.value(ServerSetting(name="x", value=value, unit=unit)) == shown


def test_settings_that_matter() -> None:
    """Only changed settings of the curated list are told, with a reason; the others are counted."""
    settings = (
        setting("fsync", "off", default="on"),
        setting("log_line_prefix", "%m", default=""),
        ServerSetting(name="max_connections", value="100", default="100"),
        setting("random_page_cost", "4", default="4"),
        ServerSetting(
            name="shared_buffers", value="16384", unit="8kB", default="16384", pending_restart=True
        ),
        setting("work_mem", "65536", unit="kB", default="4096"),
    )
    found = analyse(
        msgspec.structs.replace(running(), operation=Operation(taken_at=TAKEN, settings=settings))
    )
    rows = technology.settings(found)
    assert [(row[0], row[1], row[2], row[3]) for row in rows] == [
        ("Durability", "`fsync`", "`off`", "`on`"),
        ("Memory", "`shared_buffers`", "`128 MB` – waits for a restart", "`128 MB`"),
        ("", "`work_mem`", "`64 MB`", "`4 MB`"),
    ]
    assert all(row[4] for row in rows)
    assert technology.other_settings(found) == "1 other setting differs from its default."
    assert technology.pending(found) == "`shared_buffers` waits for a restart of the server."
    assert design_settings.choose(Operation()).groups == ()


def test_curated_settings_cover_what_is_always_read() -> None:
    """Each setting that the reader always tells is curated here, or a section of operations has it."""
    elsewhere = {
        "archive_command",  # never read
        "log_connections",
        "primary_conninfo",  # never read
        "restore_command",
        "vacuum_failsafe_age",
        "vacuum_freeze_max_age",
        "vacuum_freeze_table_age",
    }
    assert set(ALWAYS) - CURATED - elsewhere == set()


# --- the servers around ------------------------------------------------------------------------------------


def test_position() -> None:
    """A server in recovery is a standby only when something says whom it follows."""
    assert topology.survey(snapshot()).position is None
    assert topology.survey(running()).position is Position.PRIMARY
    recovering = state(in_recovery=True)
    assert topology.survey(running(server=recovering)).position is Position.RECOVERING
    told = running(server=recovering, settings={"primary_conninfo": None})
    assert topology.survey(told).position is Position.STANDBY
    unset = running(server=recovering, settings={"primary_conninfo": "", "primary_slot_name": ""})
    assert topology.survey(unset).position is Position.RECOVERING
    receiving = running(server=recovering, topology=Topology(receiver=Receiver(status="streaming")))
    assert topology.survey(receiving).position is Position.STANDBY


@pytest.mark.parametrize(
    ("names", "level", "standbys", "commit"),
    [
        ("", "on", (), Commit.ALONE),
        ("", "on", (streaming(),), Commit.ASYNCHRONOUS),
        ("a", "on", (streaming(sync_state="sync"),), Commit.SYNCHRONOUS),
        ("ANY 1 (a, b)", "on", (streaming(sync_state="quorum"),), Commit.SYNCHRONOUS),
        ("a", "on", (streaming(),), Commit.STUCK),
        ("a", "on", (), Commit.STUCK),
        ("a", "off", (streaming(sync_state="sync"),), Commit.NOT_ASKED),
        ("a", "on", (Standby(application="a"),), Commit.UNKNOWN),
        (None, "on", (), Commit.UNKNOWN),
    ],
)
def test_commit(names: str | None, level: str, standbys: tuple[Standby, ...], commit: Commit) -> None:
    """Whether commits wait follows from the settings and from who is connected; hidden is not known."""
    settings: dict[str, str | None] = {"synchronous_commit": level}
    if names is not None:
        settings["synchronous_standby_names"] = names
    assert topology.survey(running(settings=settings, topology=Topology(standbys=standbys))).commit is commit


def test_refused_standbys_are_not_missing_ones() -> None:
    """Where the standbys could not be read nobody says that commits are stuck."""
    found = running(
        settings={"synchronous_standby_names": "a", "synchronous_commit": "on"},
        gaps=(Gap(family="standbys", reason="permission denied"),),
    )
    assert topology.survey(found).commit is Commit.UNKNOWN


@pytest.mark.parametrize(
    ("settings", "archiver", "in_recovery", "archiving"),
    [
        ({"archive_mode": "off"}, None, False, Archiving.OFF),
        ({}, None, False, Archiving.UNKNOWN),
        ({"archive_mode": "on", "archive_command": ""}, None, False, Archiving.NO_COMMAND),
        ({"archive_mode": "on", "archive_command": None}, None, False, Archiving.UNREPORTED),
        (
            {"archive_mode": "on", "archive_command": None},
            Archiver(archived=0, failed=0),
            False,
            Archiving.NOTHING_YET,
        ),
        (
            {"archive_mode": "on", "archive_command": "", "archive_library": "basic_archive"},
            Archiver(archived=1, failed=0, last_archived_at=TAKEN),
            False,
            Archiving.HEALTHY,
        ),
        (
            {"archive_mode": "on", "archive_command": None},
            Archiver(archived=1, failed=1, last_archived_at=TAKEN, last_failed_at="2027-01-01T00:00:00Z"),
            False,
            Archiving.FAILING,
        ),
        ({"archive_mode": "on"}, None, True, Archiving.AFTER_PROMOTION),
        ({"archive_mode": "always", "archive_command": None}, None, True, Archiving.UNREPORTED),
    ],
)
def test_archiving(
    settings: dict[str, str | None], archiver: Archiver | None, in_recovery: bool, archiving: Archiving
) -> None:
    """Archiving is healthy only when its last attempt succeeded; a standby archives when told always."""
    found = running(settings=settings, archiver=archiver, server=state(in_recovery=in_recovery))
    assert topology.survey(found).archiving is archiving


def test_followers() -> None:
    """Standbys, subscribers, receivers that replay nothing, backups; then the slots that nobody uses."""
    standbys = (
        Standby(application="backup", state="backup"),
        streaming(application="pg_receivewal", replay_lag_bytes=None),
        streaming(application="replica", slot="r"),
        streaming(application="sub", slot="s", logical=True),
        streaming(application="pg_1_sync_2_3", slot="pg_16400_sync_16385_7", logical=True),
    )
    slots = (
        ReplicationSlot(name="cdc", logical=True, plugin="wal2json", database="d"),
        ReplicationSlot(name="pg_16400_sync_16385_7", logical=True, active=True),
        ReplicationSlot(name="r", logical=False, active=True),
        ReplicationSlot(name="s", logical=True, active=True),
        ReplicationSlot(name="synced", logical=True, synced=True),
        ReplicationSlot(name="temporary", logical=False, temporary=True),
    )
    found = topology.survey(running(topology=Topology(standbys=standbys, slots=slots))).followers
    assert [(one.name, one.kind, one.connected) for one in found] == [
        ("backup", Kind.BACKUP, True),
        ("pg_receivewal", Kind.ARCHIVER, True),
        ("replica", Kind.STANDBY, True),
        ("sub", Kind.SUBSCRIBER, True),
        ("cdc", Kind.SUBSCRIBER, False),
    ]


def test_applications() -> None:
    """Clients are put together by what they call themselves; windows of one tool are one client."""
    clients = (
        Clients(role="app", sessions=3),
        Clients(application="pgAdmin 4 - CONN:1", role="ann", transport="tls"),
        Clients(application="pgAdmin 4 - DB:shop", role="bob", transport="tls"),
        Clients(application="web", role="app", transport="plain", state="idle", sessions=7),
        Clients(application="web", role="app", transport="tls", state="idle", sessions=2),
        Clients(application="elsewhere", role="app", here=False, sessions=9),
    )
    found = analyse(running(topology=Topology(clients=clients)))
    assert architecture.applications(found) == [
        ("`web`", "", "9", "`app`", "**not encrypted** 7, TLS 2", "idle"),
        ("without a name", "", "3", "`app`", "", ""),
        ("`pgAdmin`", "interactive client", "2", "`ann`, `bob`", "TLS", ""),
    ]
    assert architecture.clients_sentence(found) == (
        "14 sessions of clients in this database, and 9 sessions in other databases of this server;"
        " pgdossier's own is not counted."
    )
    assert known_as("psqlx") == ("psqlx", None)


# --- the picture -------------------------------------------------------------------------------------------


def drawn(of: Snapshot) -> Any:
    """The picture of that snapshot."""
    found = analyse(of)
    return picture.draw(found.network, found.described.structure)


def test_no_picture_of_one_server() -> None:
    """One server alone, with its clients and its archive, is not drawn."""
    clients = Topology(clients=(Clients(application="web", role="app"),))
    assert drawn(running(topology=clients, settings={"archive_mode": "on", "archive_command": None})) is None
    assert drawn(snapshot()) is None


def test_picture_is_bounded() -> None:
    """However many clients and foreign servers there are, few boxes are drawn, and the rest is counted."""
    clients = tuple(Clients(application=f"app {n:03}", role="app") for n in range(300))
    servers = tuple(ForeignServer(name=f"s{n:02}", owner="o", wrapper="w") for n in range(30))
    found = with_structure(running(topology=Topology(clients=clients)), foreign_servers=servers)
    diagram = drawn(found)
    assert diagram.boxes == 1 + picture.MOST_CLIENTS + picture.MOST
    assert "295 more client applications" in diagram.dot
    assert "23 more foreign servers" in diagram.dot


def test_hostile_names_stay_text() -> None:
    """Names from the server cannot change what the picture's source means, in either language."""
    evil = 'x"]; n9 --> n1; <b>&amp;\n`*_- \\N'
    found = with_structure(
        running(topology=Topology(standbys=(streaming(application=evil),))),
        foreign_servers=(ForeignServer(name=evil, owner="o", wrapper=evil, options=(("host", evil),)),),
    )
    diagram = drawn(found)
    assert (diagram.boxes, diagram.edges) == (3, 2)
    (block,) = diagram.mermaid
    assert sum(" --> " in line or " -.-> " in line for line in block.split("\n")) == 2
    assert len(block.split("\n")) == 1 + 3 + 2 + 1
    assert diagram.dot.count(" -> ") == 2
