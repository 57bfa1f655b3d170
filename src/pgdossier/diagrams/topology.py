"""The picture of §2.2: this server among those that it follows, that follow it, and that use it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pgdossier.analysis.topology import Archiving, Commit, Follower, Kind, Network, Position
from pgdossier.diagrams import network as drawing
from pgdossier.diagrams.chart import Box, Role, Row
from pgdossier.diagrams.diagram import Diagram, Subject, Written
from pgdossier.diagrams.lettering import counted, cut, visible
from pgdossier.diagrams.network import Arrow
from pgdossier.language import mark, tr, trn
from pgdossier.model.foreign_data import ForeignServer
from pgdossier.model.snapshot import Structure

SUBJECT = Subject("topology")

MOST = 8
"""Boxes of one kind that are drawn; the others are counted in one more."""

MOST_CLIENTS = 6
"""Client applications that are drawn."""

_LENGTH = 44
_SYNC = {
    "async": mark("asynchronous"),
    "sync": mark("synchronous"),
    "quorum": mark("synchronous (quorum)"),
    "potential": mark("asynchronous for now"),
}
_NOTES = {
    Kind.STANDBY: mark("standby"),
    Kind.SUBSCRIBER: mark("logical subscriber"),
    Kind.ARCHIVER: mark("receives WAL only"),
    Kind.UNKNOWN: mark("receives WAL"),
}


class _Party(msgspec.Struct, frozen=True):
    """One box beside the server's own: what stands in it, its look, and whether data was seen to flow."""

    name: str
    note: str = ""
    lines: tuple[str, ...] = ()
    role: Role = Role.TABLE
    live: bool = True


def draw(network: Network, structure: Structure) -> Diagram | None:
    """That picture, or None when there is no other server to be shown.

    Arrows point the way that data goes (towards the server for clients, which ask). Sides are left for what
    gives or asks, right for what receives or is asked.
    """
    if network.alone:
        return None
    left = [*_upstream(network), *_publishers(network), *_clients(network)]
    right = [*_followers(network), *_archive(network), *_remotes(network), *_workers(network)]
    center = Box(
        number=1,
        name=visible(structure.database.name),
        role=Role.FOCUS,
        note=f"PostgreSQL {structure.server.version}",
        rows=_rows(_facts(network, structure)),
    )
    boxes, arrows = [center], []
    for number, party in enumerate((*left, *right), start=2):
        dashed = Role.STUB if not party.live and party.role is not Role.MORE else party.role
        boxes.append(
            Box(
                number=number,
                name=cut(visible(party.name), _LENGTH),
                role=dashed,
                note=party.note,
                rows=_rows(party.lines),
            )
        )
        gives = number < len(left) + 2
        tail, head = (number, 1) if gives else (1, number)
        arrows.append(Arrow(tail=tail, head=head, dashed=not party.live))
    others = len(boxes) - 1
    return Diagram(
        subject=SUBJECT,
        title=tr("This server among the others"),
        description=(
            trn(
                "The server of database {name} in the middle, with {count} box around it: on the left what it"
                " follows and who uses it, on the right what follows it and what it uses.",
                "The server of database {name} in the middle, with {count} boxes around it: on the left"
                " what it follows and who uses it, on the right what follows it and what it uses.",
                others,
                name=visible(structure.database.name),
            )
        ),
        content=Written(
            dot=drawing.write(boxes, arrows),
            mermaid=(drawing.flowchart(boxes, arrows),),
            legend=("flow", "silent") if any(arrow.dashed for arrow in arrows) else ("flow",),
        ),
        boxes=len(boxes),
        edges=len(arrows),
    )


def _rows(lines: Sequence[str]) -> tuple[Row, ...]:
    return tuple(Row(text=cut(visible(line), _LENGTH)) for line in lines if line)


def _facts(network: Network, structure: Structure) -> tuple[str, ...]:
    position = {
        Position.PRIMARY: tr("primary"),
        Position.STANDBY: tr("standby, read-only"),
        Position.RECOVERING: tr("in recovery, read-only"),
        None: tr("not known whether primary or standby"),
    }[network.position]
    commit = {
        Commit.SYNCHRONOUS: tr("commits wait for standbys"),
        Commit.STUCK: tr("commits wait, and no standby answers"),
        Commit.ASYNCHRONOUS: tr("commits wait for no standby"),
    }.get(network.commit, "")
    published = [publication.name for publication in structure.publications]
    publishes = tr("publishes {publications}", publications=", ".join(published)) if published else ""
    return (position, commit, publishes)


def _upstream(network: Network) -> list[_Party]:
    if network.position is Position.STANDBY:
        return [
            _Party(tr("upstream server"), tr("primary, or a standby before this"), (tr("address not read"),))
        ]
    return []


def _publishers(network: Network) -> list[_Party]:
    found = [
        _Party(
            tr("publisher of {subscription}", subscription=one.subscription.name),
            lines=(
                tr("publications {names}", names=", ".join(one.subscription.publications)),
                "" if one.subscription.enabled else tr("subscription disabled"),
                tr("not running") if one.state is not None and not one.state.running else "",
            ),
            live=one.subscription.enabled and (one.state is None or one.state.running),
        )
        for one in network.publishers
    ]
    return _bounded(found, MOST, "publisher")


def _clients(network: Network) -> list[_Party]:
    found = [
        _Party(
            one.name or ", ".join(one.roles) or tr("clients without a name"),
            note="" if one.name else tr("no application name"),
            lines=(counted(one.sessions, "session"), one.what or ""),
            role=Role.VIEW,
        )
        for one in network.applications
    ]
    return _bounded(found, MOST_CLIENTS, "client application")


def _followers(network: Network) -> list[_Party]:
    found = [
        _Party(
            one.name or tr(_NOTES[one.kind]),
            note=_note(one) if one.name else "",
            lines=_follower_lines(one),
            live=one.connected,
        )
        for one in network.followers
        if one.kind is not Kind.BACKUP
    ]
    return _bounded(found, MOST, "receiver")


def _note(follower: Follower) -> str:
    """What it is; of a slot that nobody uses only what it is for is known."""
    if follower.standby is None and follower.kind is Kind.STANDBY:
        return tr("physical slot")
    return tr(_NOTES[follower.kind])


def _follower_lines(follower: Follower) -> tuple[str, ...]:
    standby, slot = follower.standby, follower.slot
    lines = []
    if standby is not None and standby.state:
        words = [standby.state]
        if standby.sync_state:
            known = _SYNC.get(standby.sync_state)
            words.append(tr(known) if known else standby.sync_state)
        lines.append(", ".join(words))
    elif not follower.connected:
        lines.append(tr("not connected"))
    if standby is not None and standby.replay_lag_bytes is not None:
        behind = standby.replay_lag_bytes
        lines.append(tr("{size} behind", size=_amount(behind)) if behind else tr("nothing behind"))
    if slot is not None and slot.name != follower.name:
        lines.append(tr("slot {name}", name=slot.name))
    if slot is not None and slot.plugin:
        lines.append(
            tr("plugin {plugin}, database {database}", plugin=slot.plugin, database=slot.database or "")
        )
    return tuple(lines)


def _amount(count: int) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1024:
            return f"{count} {tr(unit)}"
        count //= 1024
    return f"{count} TB"


def _archive(network: Network) -> list[_Party]:
    line = {
        Archiving.HEALTHY: tr("segments are archived"),
        Archiving.FAILING: tr("archiving fails"),
        Archiving.NOTHING_YET: tr("no segment archived yet"),
        Archiving.NO_COMMAND: tr("no command is set"),
        Archiving.UNREPORTED: tr("archiving is on"),
    }.get(network.archiving)
    if line is None:
        return []
    live = network.archiving in (Archiving.HEALTHY, Archiving.UNREPORTED)
    return [_Party(tr("WAL archive"), lines=(line,), role=Role.VIEW, live=live)]


def _remotes(network: Network) -> list[_Party]:
    found = [
        _Party(
            one.server.name,
            note=tr("foreign server"),
            lines=(
                tr("wrapper {name}", name=one.server.wrapper),
                _place(one.server),
                counted(one.tables, "foreign table") if one.tables else tr("no foreign table documented"),
            ),
            live=one.tables > 0,
        )
        for one in network.remotes
    ]
    return _bounded(found, MOST, "foreign server")


def _place(server: ForeignServer) -> str:
    """Where a foreign server is, as far as its options were read."""
    options = {name: value for name, value in server.options if value}
    host = next(
        (options[name] for name in ("host", "hostaddr", "address", "servername") if name in options), ""
    )
    port = f":{options['port']}" if host and "port" in options else ""
    names = [f"{host}{port}" if host else "", options.get("dbname") or options.get("database") or ""]
    return " / ".join(filter(None, names))


def _workers(network: Network) -> list[_Party]:
    if not network.workers:
        return []
    return [
        _Party(tr("Citus nodes"), lines=(tr("{nodes} registered", nodes=counted(network.workers, "node")),))
    ]


def _bounded(parties: list[_Party], most: int, noun: str) -> list[_Party]:
    """The first of them, and one box that counts the others."""
    if len(parties) <= most:
        return parties
    rest = parties[most - 1 :]
    more = _Party(
        counted(len(rest), f"more {noun}"),
        role=Role.MORE,
        live=any(party.live for party in rest),
    )
    return [*parties[: most - 1], more]
