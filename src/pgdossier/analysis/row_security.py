"""Row level security, and what goes around it."""

from __future__ import annotations

from collections.abc import Mapping

from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation

_INVOKER = ("security_invoker=true", "security_invoker=on", "security_invoker=1", "security_invoker=yes")


def around(
    lookup: Lookup, reads: Mapping[QualifiedName, tuple[QualifiedName, ...]], relation: Relation
) -> tuple[QualifiedName, ...]:
    """The tables with row security that a view reads by its owner's rights, directly or through other views.

    A view does so unless it has the option security_invoker (PostgreSQL 15); a materialized view always does.

    Args:
        lookup: The snapshot.
        reads: What the query of each view reads.
        relation: The view; for any other relation nothing is found.
    """
    if relation.definition is None or any(option.lower() in _INVOKER for option in relation.options):
        return ()
    seen: set[QualifiedName] = set()
    waiting = [relation.qualified]
    while waiting:
        for name in reads.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return tuple(
        sorted(name for name in seen if name in lookup.relations and lookup.relations[name].row_security)
    )
