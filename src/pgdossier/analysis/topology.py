"""How the server stands to others: whom it follows, who follows it, where it fetches data, who uses it.

What was seen at the moment of reading (pg_stat_replication and its like) is put together with what is
declared (slots, subscriptions, foreign servers).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from pgdossier.analysis.applications import known_as
from pgdossier.language import mark
from pgdossier.model.foreign_data import ForeignServer
from pgdossier.model.operation import Operation
from pgdossier.model.replication import Subscription
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.topology import Clients, ReplicationSlot, Standby, SubscriptionState


class Position(StrEnum):
    """What a server is among the servers that have the same data."""

    PRIMARY = "primary"
    STANDBY = "standby"
    RECOVERING = "recovering"


class Kind(StrEnum):
    """What receives WAL, or changes decoded from it."""

    STANDBY = mark("standby")
    SUBSCRIBER = mark("subscriber")
    ARCHIVER = mark("receiver of WAL")
    BACKUP = mark("base backup")
    UNKNOWN = mark("receiver")


class Commit(StrEnum):
    """Whom a commit waits for, as the server is configured (a session may choose otherwise)."""

    ALONE = "alone"
    ASYNCHRONOUS = "asynchronous"
    SYNCHRONOUS = "synchronous"
    STUCK = "stuck"
    NOT_ASKED = "not asked"
    UNKNOWN = "unknown"


class Archiving(StrEnum):
    """How archiving of WAL does."""

    OFF = "off"
    HEALTHY = "healthy"
    FAILING = "failing"
    NOTHING_YET = "nothing yet"
    NO_COMMAND = "no command"
    AFTER_PROMOTION = "after promotion"
    UNREPORTED = "unreported"
    UNKNOWN = "unknown"


class Follower(msgspec.Struct, frozen=True, kw_only=True):
    """One that follows this server: seen connected (`standby`), by the slot kept for it, or both."""

    kind: Kind
    standby: Standby | None = None
    slot: ReplicationSlot | None = None

    @property
    def name(self) -> str | None:
        """What it calls itself, else its slot."""
        if self.standby is not None and self.standby.application:
            return self.standby.application
        return self.slot.name if self.slot is not None else None

    @property
    def connected(self) -> bool:
        """Whether it was connected."""
        return self.standby is not None or (self.slot is not None and self.slot.active)


class Publisher(msgspec.Struct, frozen=True, kw_only=True):
    """Where a subscription takes its changes; `state` is None when it was not read."""

    subscription: Subscription
    state: SubscriptionState | None = None


class Remote(msgspec.Struct, frozen=True, kw_only=True):
    """A foreign server, and how many documented foreign tables it has."""

    server: ForeignServer
    tables: int


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """Clients of this database that call themselves the same, or have no name and the same role.

    `name` is None for clients without a name; `what` says what is known of them. Transports and states are
    counted, None among them where the role that reads may not see them.
    """

    name: str | None
    what: str | None
    sessions: int
    roles: tuple[str, ...]
    transports: tuple[tuple[str | None, int], ...]
    states: tuple[tuple[str | None, int], ...]


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """Everything around one server.

    Attributes:
        position: What the server is; None when nothing of the running server was read.
        followers: Who receives its WAL or changes, connected ones first.
        commit: Whom a commit waits for.
        publishers: Where its subscriptions take changes, by name.
        remotes: The foreign servers, by name.
        workers: How many other servers a Citus cluster has; None without Citus, or not known.
        applications: Clients of this database, those with most sessions first.
        sessions_elsewhere: Sessions of clients in other databases of the server.
        archiving: How archiving does.
    """

    position: Position | None
    followers: tuple[Follower, ...]
    commit: Commit
    publishers: tuple[Publisher, ...]
    remotes: tuple[Remote, ...]
    workers: int | None
    applications: tuple[Application, ...]
    sessions_elsewhere: int
    archiving: Archiving

    @property
    def alone(self) -> bool:
        """Whether no other server is known of, apart from what uses this one."""
        others = any(one.kind is not Kind.BACKUP for one in self.followers)
        return not (
            others
            or self.publishers
            or self.remotes
            or self.workers
            or self.position in (Position.STANDBY, Position.RECOVERING)
        )


def survey(snapshot: Snapshot) -> Network:
    """What is known of the servers and clients around the one of that snapshot."""
    operation, structure = snapshot.operation, snapshot.structure
    followers = tuple(_followers(operation))
    states = {state.name: state for state in operation.topology.subscriptions}
    tables = Counter(
        relation.foreign_source.server for relation in structure.relations if relation.foreign_source
    )
    position = _position(operation)
    here = [client for client in operation.topology.clients if client.here]
    return Network(
        position=position,
        followers=followers,
        commit=_commit(operation, followers),
        publishers=tuple(
            Publisher(subscription=found, state=states.get(found.name)) for found in structure.subscriptions
        ),
        remotes=tuple(
            Remote(server=server, tables=tables[server.name]) for server in structure.foreign_servers
        ),
        workers=_workers(operation),
        applications=_applications(here),
        sessions_elsewhere=sum(client.sessions for client in operation.topology.clients if not client.here),
        archiving=_archiving(operation, position),
    )


def _value(operation: Operation, name: str) -> str | None:
    """The value of a setting; None when it is not known, `…` when it is set and never read."""
    setting = operation.setting(name)
    if setting is None:
        return None
    return "…" if setting.value is None else setting.value


def _position(operation: Operation) -> Position | None:
    if operation.server is None:
        return None
    if not operation.server.in_recovery:
        return Position.PRIMARY
    receiver = operation.topology.receiver
    streams = receiver is not None and receiver.status is not None
    told = _value(operation, "primary_conninfo") or _value(operation, "primary_slot_name")
    return Position.STANDBY if streams or told else Position.RECOVERING


# A subscriber copies tables at the beginning through connections and slots of their own.
_SYNCHRONISATION = re.compile(r"pg_\d+_sync_\d+_\d+\Z")


def _followers(operation: Operation) -> Iterator[Follower]:
    slots = {slot.name: slot for slot in operation.topology.slots}
    used = set()
    for standby in operation.topology.standbys:
        slot = slots.get(standby.slot) if standby.slot else None
        if slot is not None:
            used.add(slot.name)
            if _SYNCHRONISATION.match(slot.name):
                continue
        yield Follower(kind=_kind(standby), standby=standby, slot=slot)
    rest = [slot for slot in operation.topology.slots if slot.name not in used]
    for slot in sorted(rest, key=lambda slot: (not slot.active, slot.name)):
        # A temporary slot goes with its session; a synced one is a copy of what the primary has.
        if not (slot.temporary or slot.synced or _SYNCHRONISATION.match(slot.name)):
            yield Follower(kind=Kind.SUBSCRIBER if slot.logical else Kind.STANDBY, slot=slot)


def _kind(standby: Standby) -> Kind:
    """What is connected. Only a receiver with a logical slot gets logical changes."""
    if standby.state == "backup":
        return Kind.BACKUP
    if standby.logical is not None and standby.logical:
        return Kind.SUBSCRIBER
    if standby.state is None:
        return Kind.UNKNOWN if standby.logical is None else Kind.STANDBY
    if standby.state == "streaming" and standby.replay_lag_bytes is None:
        return Kind.ARCHIVER  # pg_receivewal writes WAL down and replays none
    return Kind.STANDBY


def _commit(operation: Operation, followers: Iterable[Follower]) -> Commit:
    if operation.server is None or operation.server.in_recovery:
        return Commit.UNKNOWN  # a standby commits nothing
    names = _value(operation, "synchronous_standby_names")
    if names is None:
        return Commit.UNKNOWN
    seen = [one.standby for one in followers if one.standby is not None and one.kind is not Kind.BACKUP]
    if not names:
        return Commit.ASYNCHRONOUS if seen else Commit.ALONE
    if _value(operation, "synchronous_commit") in ("off", "local"):
        return Commit.NOT_ASKED
    if any(standby.sync_state in ("sync", "quorum") for standby in seen):
        return Commit.SYNCHRONOUS
    if any(standby.state is None for standby in seen) or _refused(operation, "standbys"):
        return Commit.UNKNOWN
    return Commit.STUCK


def _refused(operation: Operation, family: str) -> bool:
    return any(gap.family == family for gap in operation.gaps)


def _workers(operation: Operation) -> int | None:
    nodes = operation.topology.citus_nodes
    return None if nodes is None else nodes.primaries + nodes.secondaries


def _archiving(operation: Operation, position: Position | None) -> Archiving:
    mode = _value(operation, "archive_mode")
    if position is None or mode is None:
        return Archiving.UNKNOWN
    if mode == "off":
        return Archiving.OFF
    if position is not Position.PRIMARY and mode != "always":
        return Archiving.AFTER_PROMOTION
    command, library = _value(operation, "archive_command"), _value(operation, "archive_library")
    if command == "" and not library:
        return Archiving.NO_COMMAND
    archiver = operation.archiver
    if archiver is None:
        return Archiving.UNREPORTED
    if archiver.last_failed_at and archiver.last_failed_at > (archiver.last_archived_at or ""):
        return Archiving.FAILING
    return Archiving.HEALTHY if archiver.last_archived_at else Archiving.NOTHING_YET


def _applications(clients: Iterable[Clients]) -> tuple[Application, ...]:
    groups: dict[tuple[str, str], list[Clients]] = {}
    for client in clients:
        # Without a name the role is all that tells one client from another.
        key = (known_as(client.application)[0], "") if client.application else ("", client.role or "")
        groups.setdefault(key, []).append(client)
    found = [
        Application(
            name=name or None,
            what=known_as(name)[1] if name else None,
            sessions=sum(client.sessions for client in group),
            roles=tuple(sorted({client.role for client in group if client.role})),
            transports=_counted((client.transport, client.sessions) for client in group),
            states=_counted((client.state, client.sessions) for client in group),
        )
        for (name, _), group in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.sessions, one.name or "", one.roles)))


def _counted(pairs: Iterable[tuple[str | None, int]]) -> tuple[tuple[str | None, int], ...]:
    counts: Counter[str | None] = Counter()
    for word, number in pairs:
        counts[word] += number
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0] or "")))
