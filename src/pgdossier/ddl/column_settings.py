"""How columns are stored and what the planner collects on them: what CREATE TABLE does not say.

Storage and compression go down to children that are made later. So in a script they come after all tables,
each for its own table alone, and no child gets what it does not have.
"""

from __future__ import annotations

from pgdossier.ddl.expressions import storage_parameters
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation, RelationKind

_ALTER = {
    RelationKind.TABLE: "ALTER TABLE ONLY",
    RelationKind.PARTITIONED_TABLE: "ALTER TABLE ONLY",
    RelationKind.FOREIGN_TABLE: "ALTER FOREIGN TABLE ONLY",
    RelationKind.MATERIALIZED_VIEW: "ALTER MATERIALIZED VIEW",
}


def column_settings(relation: Relation) -> list[str]:
    """Storage, compression, statistics targets and options of columns, where they are not the usual ones."""
    alter = _ALTER.get(relation.kind)
    if alter is None:
        return []
    return [
        f"{alter} {relation.qualified.sql} ALTER COLUMN {quote_identifier(column.name)} SET {setting};"
        for column in relation.columns
        for setting in _settings(column)
    ]


def _settings(column: Column) -> list[str]:
    settings = []
    if column.storage is not None:
        settings.append(f"STORAGE {column.storage}")
    if column.compression is not None:
        settings.append(f"COMPRESSION {column.compression}")
    if column.statistics_target is not None:
        settings.append(f"STATISTICS {column.statistics_target}")
    if column.options:
        settings.append(f"({storage_parameters(column.options)})")
    return settings
