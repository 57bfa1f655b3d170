"""What autovacuum waits for in each table, and which tables it should have visited.

The formulas are those of the documentation (Routine Vacuuming, "The Autovacuum Daemon"): a threshold plus a
share of the table's rows, from its storage parameters or else from the server's settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pgdossier.model.activity import TableActivity
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation

LATE = 2
"""How many times as much as autovacuum waits for makes a table overdue."""

SWITCHED_OFF = frozenset(("false", "off", "no", "0"))
"""How a storage parameter says no."""


@dataclass(frozen=True)
class Vacuuming:
    """The settings and storage parameters of one snapshot."""

    lookup: Lookup
    operation: Operation

    @cached_property
    def settings(self) -> Mapping[str, str | None]:
        """The settings of the server that the snapshot has, by name."""
        return {one.name: one.value for one in reversed(self.operation.settings)}

    def option(self, table: QualifiedName, option: str) -> str | None:
        """A storage parameter of the table, or else the server's setting of that name; None: not known."""
        relation = self.lookup.relations.get(table)
        if relation is not None and relation.options:
            own = dict(one.partition("=")[::2] for one in relation.options)
            if option in own:
                return own[option]
        return self.settings.get(option)

    def enabled(self, table: QualifiedName) -> bool:
        """Whether autovacuum visits the table: switched on for the server, and not switched off for it."""
        if self.settings.get("autovacuum") == "off":
            return False
        return (self.option(table, "autovacuum_enabled") or "true").lower() not in SWITCHED_OFF

    def vacuum_due(self, part: TableActivity) -> bool:
        """Whether a table has more than twice the dead or inserted rows that autovacuum waits for."""
        dead = LATE * self._waits_for(part, "vacuum", 50, 0.2)
        inserted = LATE * self._waits_for(part, "vacuum_insert", 1000, 0.2)
        # An insert threshold of -1 says that inserts alone are no reason.
        off = self.option(QualifiedName(part.schema, part.name), "autovacuum_vacuum_insert_threshold") == "-1"
        return (part.dead_rows or 0) > dead or (not off and (part.inserted_since_vacuum or 0) > inserted)

    def analyze_due(self, part: TableActivity) -> bool:
        """Whether more than twice the rows have changed that autovacuum waits for before it analyses."""
        return (part.modified_since_analyze or 0) > LATE * self._waits_for(part, "analyze", 50, 0.1)

    def _waits_for(self, part: TableActivity, what: str, threshold: float, scale: float) -> float:
        """How many rows autovacuum waits for: its threshold, and its share of the table's rows."""
        table = QualifiedName(part.schema, part.name)
        base = _number(self.option(table, f"autovacuum_{what}_threshold"), threshold)
        share = _number(self.option(table, f"autovacuum_{what}_scale_factor"), scale)
        return base + share * (part.live_rows or 0)


def _number(text: str | None, otherwise: float) -> float:
    try:
        return otherwise if text is None else float(text)
    except ValueError:
        return otherwise
