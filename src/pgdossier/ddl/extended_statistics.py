"""CREATE STATISTICS."""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.model.extended_statistics import ExtendedStatistics
from pgdossier.model.names import QualifiedName


def create_statistics(found: ExtendedStatistics) -> list[str]:
    """A statistics object with its target and its comment."""
    name = QualifiedName(found.schema, found.name).sql
    statements = [f"{found.definition};"]
    if found.target is not None:
        statements.append(f"ALTER STATISTICS {name} SET STATISTICS {found.target};")
    return [*statements, *comment_on(f"STATISTICS {name}", found.comment)]
