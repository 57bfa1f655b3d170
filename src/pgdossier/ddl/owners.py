"""ALTER … OWNER TO, for everything that has an owner and can be given another.

All of it stands in one section, after everything is made: until then whoever runs the script owns it all, so
that no owner's missing privilege can stop the making. Event triggers come after that section, with their
owners (`event_trigger_owner`), because once they are there every further command fires them.
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.ddl.order import folded_sequences
from pgdossier.ddl.routines import routine_keyword, routine_signature
from pgdossier.model.event_triggers import EventTrigger
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.operators import OperatorClass, OperatorFamily
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.snapshot import Structure

# The role that owns `public` in every new database since this version.
_DATABASE_OWNER, _DATABASE_OWNER_SINCE = "pg_database_owner", 15

_RELATIONS = {
    RelationKind.VIEW: "VIEW",
    RelationKind.MATERIALIZED_VIEW: "MATERIALIZED VIEW",
    RelationKind.FOREIGN_TABLE: "FOREIGN TABLE",
}


def owned_by(what: str, owner: str) -> str:
    """`ALTER what OWNER TO owner;` (`what` is SQL already: a keyword and a name)."""
    return f"ALTER {what} OWNER TO {quote_identifier(owner)};"


def owners(structure: Structure) -> list[list[str]]:
    """The statements that give everything its owner, in groups by kind.

    Event triggers have theirs later; subscriptions have none, because a script does not make them.
    """
    families = (
        _schemas(structure),
        _languages_and_foreign_data(structure),
        _types(structure),
        _routines(structure),
        _operators(structure),
        _text_search(structure),
        _sequences(structure),
        (
            _relation(relation)
            for relation in structure.relations
            if relation.kind is not RelationKind.UNKNOWN
        ),
        _statistics(structure),
        _publications(structure),
    )
    return [list(family) for family in families]


def event_trigger_owner(trigger: EventTrigger) -> str:
    """The owner of an event trigger."""
    return owned_by(f"EVENT TRIGGER {quote_identifier(trigger.name)}", trigger.owner)


def relation_keyword(relation: Relation) -> str:
    """What the relation is called in ALTER, COMMENT and DROP."""
    return _RELATIONS.get(relation.kind, "TABLE")


def _schemas(structure: Structure) -> Iterator[str]:
    for schema in structure.schemas:
        as_usual = schema.name == "public" and schema.owner == _DATABASE_OWNER
        if not (as_usual and structure.server.major >= _DATABASE_OWNER_SINCE):
            yield owned_by(f"SCHEMA {quote_identifier(schema.name)}", schema.owner)


def _languages_and_foreign_data(structure: Structure) -> Iterator[str]:
    for language in structure.languages:
        yield owned_by(f"LANGUAGE {quote_identifier(language.name)}", language.owner)
    for wrapper in structure.foreign_data_wrappers:
        yield owned_by(f"FOREIGN DATA WRAPPER {quote_identifier(wrapper.name)}", wrapper.owner)
    for server in structure.foreign_servers:
        yield owned_by(f"SERVER {quote_identifier(server.name)}", server.owner)


def _types(structure: Structure) -> Iterator[str]:
    for found in (*structure.bases, *structure.enums, *structure.composites, *structure.ranges):
        yield owned_by(f"TYPE {found.qualified.sql}", found.owner)
    for domain in structure.domains:
        yield owned_by(f"DOMAIN {domain.qualified.sql}", domain.owner)
    for collation in structure.collations:
        yield owned_by(f"COLLATION {QualifiedName(collation.schema, collation.name).sql}", collation.owner)
    for conversion in structure.conversions:
        name = QualifiedName(conversion.schema, conversion.name).sql
        yield owned_by(f"CONVERSION {name}", conversion.owner)


def _routines(structure: Structure) -> Iterator[str]:
    for routine in structure.routines:
        if routine.definition is not None or routine.aggregate is not None:
            yield owned_by(f"{routine_keyword(routine)} {routine_signature(routine)}", routine.owner)


def _operators(structure: Structure) -> Iterator[str]:
    for operator in structure.operators:
        name = f"{quote_identifier(operator.schema)}.{operator.name} {operator.arguments}"
        yield owned_by(f"OPERATOR {name}", operator.owner)
    for family in structure.operator_families:
        yield owned_by(f"OPERATOR FAMILY {_of_method(family)}", family.owner)
    for found in structure.operator_classes:
        yield owned_by(f"OPERATOR CLASS {_of_method(found)}", found.owner)


def _of_method(found: OperatorFamily | OperatorClass) -> str:
    return f"{QualifiedName(found.schema, found.name).sql} USING {quote_identifier(found.method)}"


def _text_search(structure: Structure) -> Iterator[str]:
    for dictionary in structure.text_search_dictionaries:
        name = QualifiedName(dictionary.schema, dictionary.name).sql
        yield owned_by(f"TEXT SEARCH DICTIONARY {name}", dictionary.owner)
    for configuration in structure.text_search_configurations:
        name = QualifiedName(configuration.schema, configuration.name).sql
        yield owned_by(f"TEXT SEARCH CONFIGURATION {name}", configuration.owner)


def _sequences(structure: Structure) -> Iterator[str]:
    """Those that no column owns: the others follow their table."""
    folded = folded_sequences(structure)
    for sequence in structure.sequences:
        if sequence.qualified not in folded:
            yield owned_by(f"SEQUENCE {sequence.qualified.sql}", sequence.owner)


def _relation(relation: Relation) -> str:
    return owned_by(f"{relation_keyword(relation)} {relation.qualified.sql}", relation.owner)


def _statistics(structure: Structure) -> Iterator[str]:
    for found in structure.extended_statistics:
        yield owned_by(f"STATISTICS {QualifiedName(found.schema, found.name).sql}", found.owner)


def _publications(structure: Structure) -> Iterator[str]:
    for publication in structure.publications:
        yield owned_by(f"PUBLICATION {quote_identifier(publication.name)}", publication.owner)
