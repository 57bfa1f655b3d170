"""ALTER … DEPENDS ON EXTENSION: what is dropped without a word when an extension is."""

from __future__ import annotations

from pgdossier.ddl.indexes import index_name, is_left_out
from pgdossier.ddl.routines import plain_signature, routine_keyword
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Routine


def relation_dependencies(relation: Relation, *, copies: bool) -> list[str]:
    """The statements for a materialized view, for the indexes and for the triggers of a relation.

    Args:
        relation: The relation.
        copies: Whether those on the indexes and triggers are wanted that a partition has for its parent's.
    """
    statements = []
    if relation.kind is RelationKind.MATERIALIZED_VIEW:
        name = relation.qualified.sql
        statements += _depends(f"MATERIALIZED VIEW {name}", relation.depends_on_extensions)
    for index in relation.indexes:
        if not index.depends_on_extensions:
            continue
        if not is_left_out(relation, index) and (copies or index.parent is None):
            statements += _depends(f"INDEX {index_name(relation, index).sql}", index.depends_on_extensions)
    for trigger in relation.triggers:
        if trigger.depends_on_extensions and (copies or not trigger.inherited):
            what = f"TRIGGER {quote_identifier(trigger.name)} ON {relation.qualified.sql}"
            statements += _depends(what, trigger.depends_on_extensions)
    return statements


def routine_dependencies(routine: Routine) -> list[str]:
    """The statements for a routine; ALTER … DEPENDS ON calls an aggregate a function."""
    if routine.definition is None and routine.aggregate is None:
        return []
    keyword = "PROCEDURE" if routine_keyword(routine) == "PROCEDURE" else "FUNCTION"
    return _depends(f"{keyword} {plain_signature(routine)}", routine.depends_on_extensions)


def _depends(what: str, extensions: tuple[str, ...]) -> list[str]:
    return [f"ALTER {what} DEPENDS ON EXTENSION {quote_identifier(name)};" for name in extensions]
