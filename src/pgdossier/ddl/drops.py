"""DROP … IF EXISTS for everything that `schema_script` makes, in the reverse order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pgdossier.ddl.constraints import own_foreign_keys
from pgdossier.ddl.order import Plan
from pgdossier.ddl.routines import routine_keyword, routine_signature
from pgdossier.ddl.schemas import extensions_in_order
from pgdossier.model.dependencies import ObjectKind, ObjectName
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.operators import AccessMethod
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Routine
from pgdossier.model.snapshot import Structure
from pgdossier.model.types import Base, Domain

_RELATIONS = {
    RelationKind.VIEW: "VIEW",
    RelationKind.MATERIALIZED_VIEW: "MATERIALIZED VIEW",
    RelationKind.FOREIGN_TABLE: "FOREIGN TABLE",
}

# What is dropped under its own name, after its schema where it is in one.
_NAMED = {
    ObjectKind.SEQUENCE: "SEQUENCE",
    ObjectKind.COLLATION: "COLLATION",
    ObjectKind.CONVERSION: "CONVERSION",
    ObjectKind.ACCESS_METHOD: "ACCESS METHOD",
    ObjectKind.LANGUAGE: "LANGUAGE",
    ObjectKind.TEXT_SEARCH_PARSER: "TEXT SEARCH PARSER",
    ObjectKind.TEXT_SEARCH_TEMPLATE: "TEXT SEARCH TEMPLATE",
    ObjectKind.TEXT_SEARCH_DICTIONARY: "TEXT SEARCH DICTIONARY",
    ObjectKind.TEXT_SEARCH_CONFIGURATION: "TEXT SEARCH CONFIGURATION",
    ObjectKind.FOREIGN_DATA_WRAPPER: "FOREIGN DATA WRAPPER",
    ObjectKind.FOREIGN_SERVER: "SERVER",
}

_OF_METHODS = (ObjectKind.OPERATOR_CLASS, ObjectKind.OPERATOR_FAMILY)


def drops(structure: Structure, order: Plan, objects: Mapping[ObjectName, object]) -> list[list[str]]:
    """The statements, in groups.

    CASCADE is written only for what something needs that is dropped later, as in a circle of dependencies;
    for base types, which always are in one with their functions; and for access methods, whose operator
    classes cannot be named any more where the method is not there. Elsewhere the server shall refuse to drop
    what something else depends on.

    Args:
        structure: What is made.
        order: The order in which it is made.
        objects: Everything that the plan has steps for.
    """
    made = [step.object for step in reversed(order.steps) if step.reason is None]
    needed_later = _needed_later(structure, order, made)
    methods = {method.name for method in structure.access_methods}
    return [
        [f"DROP EVENT TRIGGER IF EXISTS {quote_identifier(each.name)};" for each in structure.event_triggers],
        [f"DROP SUBSCRIPTION IF EXISTS {quote_identifier(each.name)};" for each in structure.subscriptions],
        [f"DROP PUBLICATION IF EXISTS {quote_identifier(each.name)};" for each in structure.publications],
        [
            f"ALTER TABLE IF EXISTS {relation.qualified.sql}"
            f" DROP CONSTRAINT IF EXISTS {quote_identifier(key.name)};"
            for relation in structure.relations
            for key in own_foreign_keys(relation)
        ],
        [*_user_mappings(structure)],
        [
            _drop(name, objects.get(name), cascade=name in needed_later)
            for name in made
            if name.kind not in _OF_METHODS or name.arguments not in methods
        ],
        [
            f"DROP EXTENSION IF EXISTS {quote_identifier(extension.name)};"
            for extension in reversed(extensions_in_order(structure))
            if extension.name != "plpgsql"
        ],
        [
            f"DROP SCHEMA IF EXISTS {quote_identifier(schema.name)};"
            for schema in structure.schemas
            if schema.name != "public"
        ],
    ]


def _needed_later(structure: Structure, order: Plan, made: list[ObjectName]) -> set[ObjectName]:
    """What would be dropped while something that is dropped after it still needs it."""
    position = {name: place for place, name in enumerate(made)}
    edges = [(dependent, needed) for dependent, others in order.needs.items() for needed in others]
    edges += [(dependency.dependent, dependency.referenced) for dependency in structure.dependencies]
    return {
        needed
        for dependent, needed in edges
        if needed in position and position.get(dependent, -1) > position[needed]
    }


def _drop(name: ObjectName, found: object, *, cascade: bool) -> str:
    end = " CASCADE;" if cascade or isinstance(found, Base | AccessMethod) else ";"
    return f"DROP {_what(name, found)}{end}"


def _what(name: ObjectName, found: object) -> str:
    """The object as DROP takes it."""
    sql = QualifiedName(name.schema, name.name).sql if name.schema else quote_identifier(name.name)
    match found:
        case Relation():
            return f"{_RELATIONS.get(found.kind, 'TABLE')} IF EXISTS {sql}"
        case Routine():
            return f"{routine_keyword(found)} IF EXISTS {routine_signature(found)}"
        case Domain():
            return f"DOMAIN IF EXISTS {sql}"
    return _by_kind(name, sql)


def _by_kind(name: ObjectName, sql: str) -> str:
    match name.kind:
        case ObjectKind.OPERATOR:
            return (
                f"OPERATOR IF EXISTS {quote_identifier(name.schema)}.{name.name} {_operands(name.arguments)}"
            )
        case ObjectKind.OPERATOR_CLASS:
            return f"OPERATOR CLASS IF EXISTS {sql} USING {quote_identifier(name.arguments)}"
        case ObjectKind.OPERATOR_FAMILY:
            return f"OPERATOR FAMILY IF EXISTS {sql} USING {quote_identifier(name.arguments)}"
        case ObjectKind.CAST:
            return f"CAST IF EXISTS ({name.name} AS {name.arguments})"
        case ObjectKind.TRANSFORM:
            return f"TRANSFORM IF EXISTS FOR {name.name} LANGUAGE {quote_identifier(name.arguments)}"
        case kind:
            return f"{_NAMED.get(kind, 'TYPE')} IF EXISTS {sql}"


def _operands(arguments: str) -> str:
    return arguments if arguments.startswith("(") else f"({arguments})"


def _user_mappings(structure: Structure) -> Iterator[str]:
    for server in structure.foreign_servers:
        for mapping in server.user_mappings:
            role = "PUBLIC" if mapping.role is None else quote_identifier(mapping.role)
            yield f"DROP USER MAPPING IF EXISTS FOR {role} SERVER {quote_identifier(server.name)};"
