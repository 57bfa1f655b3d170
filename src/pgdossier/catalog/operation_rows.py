"""What was read of the running server, family by family; it is there, and empty, where nothing was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pgdossier.model.operation import NOTHING, Operation
from pgdossier.model.scope import Gap

if TYPE_CHECKING:
    from pgdossier.catalog import bookkeeping
    from pgdossier.catalog.activity import (
        DatabaseRow,
        IndexActivityRow,
        SequenceUseRow,
        SizeRow,
        TableRow,
    )
    from pgdossier.catalog.bloat import BloatRow
    from pgdossier.catalog.server_state import (
        ArchiverRow,
        CheckpointsRow,
        ExtensionUpdateRow,
        HorizonRow,
        HostingRow,
        StateRow,
        WalRow,
    )
    from pgdossier.catalog.settings import SettingRow
    from pgdossier.catalog.topology import (
        CitusNodesRow,
        ClientsRow,
        DistributedTableRow,
        ReceiverRow,
        SlotRow,
        StandbyRow,
        SubscriptionStateRow,
    )
    from pgdossier.catalog.workload import InfoRow, StatementRow
    from pgdossier.model.migrations import MigrationHistory
    from pgdossier.model.workload import Plan


class OperationRows(msgspec.Struct):
    """What was read. A family that was refused is empty and noted in `gaps`."""

    state: list[StateRow] = []
    settings: list[SettingRow] = []
    hosting: list[HostingRow] = []
    checkpoints: list[CheckpointsRow] = []
    archiver: list[ArchiverRow] = []
    wal: list[WalRow] = []
    horizon: list[HorizonRow] = []
    standbys: list[StandbyRow] = []
    slots: list[SlotRow] = []
    receiver: list[ReceiverRow] = []
    subscriptions: list[SubscriptionStateRow] = []
    clients: list[ClientsRow] = []
    distributed_tables: list[DistributedTableRow] = []
    citus_nodes: list[CitusNodesRow] = []
    database: list[DatabaseRow] = []
    size: list[SizeRow] = []
    tables: list[TableRow] = []
    indexes: list[IndexActivityRow] = []
    sequences: list[SequenceUseRow] = []
    candidates: list[bookkeeping.CandidateRow] = []
    bloat: list[BloatRow] = []
    extensions: list[ExtensionUpdateRow] = []
    statements_info: list[InfoRow] = []
    statements: list[StatementRow] = []
    statements_version: str = ""
    plans: dict[str, Plan] = {}
    migrations: list[MigrationHistory] = []
    gaps: set[tuple[str, str, str | None]] = set()


def gaps(rows: OperationRows) -> tuple[Gap, ...]:
    """What was refused or hidden."""
    return tuple(
        Gap(family=family, reason=reason, remedy=remedy)
        for family, reason, remedy in sorted(rows.gaps, key=lambda gap: (gap[0], gap[1], gap[2] or ""))
    )


def nothing(rows: OperationRows) -> Operation:
    """What there is to say where the server was not asked, or did not answer."""
    return Operation(gaps=gaps(rows)) if rows.gaps else NOTHING
