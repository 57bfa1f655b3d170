"""Row level security, and what goes around it."""

from __future__ import annotations

from collections.abc import Mapping

from pgdossier.analysis.access import reads_as_owner
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind


def around(
    lookup: Lookup, reads: Mapping[QualifiedName, tuple[QualifiedName, ...]], relation: Relation
) -> tuple[QualifiedName, ...]:
    """The tables with row security that a view reads by its owner's rights, directly or through other views.

    A view does so unless it has the option security_invoker (PostgreSQL 15); a materialized view always does.
    What is behind another view with that option is read by the rights of whoever asks (CREATE VIEW, "Notes"),
    but when a materialized view is filled, its owner asks.

    Args:
        lookup: The snapshot.
        reads: What the query of each view reads.
        relation: The view; for any other relation nothing is found.
    """
    if not reads_as_owner(relation):
        return ()
    stored = relation.kind is RelationKind.MATERIALIZED_VIEW
    seen: set[QualifiedName] = set()
    waiting = [relation.qualified]
    while waiting:
        for name in reads.get(waiting.pop(), ()):
            read = lookup.relations.get(name)
            if read is not None and name not in seen:
                seen.add(name)
                if stored or reads_as_owner(read):
                    waiting.append(name)
    return tuple(sorted(name for name in seen if lookup.relations[name].row_security))
