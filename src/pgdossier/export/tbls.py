"""A snapshot as the JSON that `tbls out -t json` writes, for all that reads it (Liam ERD among others).

Follows the JSON Schema that tbls publishes (spec/tbls.schema.json_schema.json in its repository) and, where
that leaves a choice, what its driver for PostgreSQL writes. Tables and enums are called `schema.name`
everywhere; tbls itself leaves the schema out of `referenced_table`, which not every reader finds again.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pgdossier.analysis import tables
from pgdossier.analysis.relationships import Relationship
from pgdossier.export.contents import VIEWS, Contents
from pgdossier.model.columns import Column, Generated
from pgdossier.model.dependencies import ObjectKind, Part
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Routine
from pgdossier.model.snapshot import Snapshot

_TYPES = {
    RelationKind.VIEW: "VIEW",
    RelationKind.MATERIALIZED_VIEW: "MATERIALIZED VIEW",
    RelationKind.FOREIGN_TABLE: "FOREIGN TABLE",
}
_NAMES = re.compile(r'"(?:[^"]|"")*"|[^,\s"]+')


def text(snapshot: Snapshot, *, views: bool = True) -> str:
    """The JSON document of that snapshot, indented, with one key or value on a line."""
    contents = Contents.of(snapshot, views=views)
    structure = snapshot.structure
    used = _used(snapshot)
    document = {
        "name": structure.database.name,
        "desc": structure.database.comment,
        "tables": [_table(contents, found, used.get(found.qualified, ())) for found in contents.relations],
        "relations": [
            _relation(found) for found in contents.relationships if found.parent not in contents.outside
        ],
        "functions": [_function(found) for found in structure.routines],
        "enums": [
            {"name": found.qualified.dotted, "values": list(found.labels)} for found in structure.enums
        ],
        "driver": {
            "name": "postgres",
            "database_version": f"PostgreSQL {structure.server.version}",
            "meta": _meta(snapshot),
        },
    }
    return json.dumps(_filled(document, keep=("tables",)), indent=2, ensure_ascii=False) + "\n"


def _filled(found: dict[str, Any], *, keep: tuple[str, ...] = ()) -> dict[str, Any]:
    """Without what is empty, which tbls leaves out too."""
    return {key: value for key, value in found.items() if key in keep or value not in (None, "", [], {})}


def _used(snapshot: Snapshot) -> dict[QualifiedName, list[str]]:
    """By view, the relations that its query names."""
    used: dict[QualifiedName, set[str]] = {}
    for found in snapshot.structure.dependencies:
        ends = (found.dependent, found.referenced)
        if found.part is Part.DEFINITION and all(end.kind is ObjectKind.RELATION for end in ends):
            name = QualifiedName(found.dependent.schema, found.dependent.name)
            used.setdefault(name, set()).add(f"{found.referenced.schema}.{found.referenced.name}")
    return {name: sorted(names) for name, names in used.items()}


def _meta(snapshot: Snapshot) -> dict[str, Any]:
    """Where unqualified names are looked for: as the database sets it, else as servers come."""
    path = '"$user", public'
    for setting in snapshot.structure.database.settings:
        if setting.name == "search_path":
            path = setting.value or path
    names = [found.group().strip('"').replace('""', '"') for found in _NAMES.finditer(path)]
    paths = [name for name in names if name != "$user"]
    schemas = {schema.name for schema in snapshot.structure.schemas}
    current = next((name for name in paths if name in schemas), None)
    return _filled({"current_schema": current, "search_paths": paths})


def _table(contents: Contents, relation: Relation, used: list[str] | tuple[()]) -> dict[str, Any]:
    name = relation.qualified.dotted
    is_view = relation.kind in VIEWS
    head = f"CREATE {_TYPES.get(relation.kind, '')} {quote_identifier(relation.name)} AS"
    return _filled(
        {
            "name": name,
            "type": _TYPES.get(relation.kind, "BASE TABLE"),
            "comment": relation.comment,
            "columns": [_column(contents, column) for column in relation.columns],
            "indexes": [
                _filled(
                    {
                        "name": index.name,
                        "def": index.definition,
                        "table": name,
                        "columns": [key.column or key.expression for key in index.keys],
                        "comment": index.comment,
                    },
                    keep=("columns",),
                )
                for index in relation.indexes
            ],
            "constraints": _constraints(relation),
            "triggers": [
                _filled({"name": found.name, "def": found.definition, "comment": found.comment})
                for found in relation.triggers
            ],
            "def": f"{head} (\n{relation.definition}\n)" if is_view and relation.definition else None,
            "referenced_tables": list(used) if is_view else None,
        },
        keep=("columns",),
    )


def _column(contents: Contents, column: Column) -> dict[str, Any]:
    extra = ""
    if column.generated is not None:
        how = "VIRTUAL" if column.generated is Generated.VIRTUAL else "STORED"
        extra = f"GENERATED ALWAYS AS ({column.default}) {how}"
    elif column.identity is not None:
        extra = f"GENERATED {column.identity.value.upper()} AS IDENTITY"
    kind = column.type
    if column.type_name is None:
        kind = kind.replace("character varying", "varchar", 1)
    return {
        "name": column.name,
        "type": kind,
        "nullable": tables.nullable(contents.lookup, column),
        **_filled(
            {
                "default": column.default if column.generated is None else None,
                "extra_def": extra,
                "comment": column.comment,
            }
        ),
    }


def _constraints(relation: Relation) -> list[dict[str, Any]]:
    name = relation.qualified.dotted
    keys = [("PRIMARY KEY", relation.primary_key)] if relation.primary_key else []
    families = (
        [("CHECK", check) for check in relation.checks],
        [("EXCLUDE", exclusion) for exclusion in relation.exclusions],
        keys,
        [("UNIQUE", key) for key in relation.unique_keys],
    )
    listed = [
        {"name": found.name, "type": kind, "def": found.definition, "table": name}
        | {"columns": list(found.columns)}
        | _filled({"comment": found.comment})
        for family in families
        for kind, found in family
    ]
    listed += [
        {
            "name": key.name,
            "type": "FOREIGN KEY",
            "def": key.definition,
            "table": name,
            "referenced_table": key.target.dotted,
            "columns": list(key.columns),
            "referenced_columns": list(key.target_columns),
            **_filled({"comment": key.comment}),
        }
        for key in relation.foreign_keys
    ]
    return listed


def _relation(found: Relationship) -> dict[str, Any]:
    return {
        "table": found.child.dotted,
        "columns": list(found.key.columns),
        "cardinality": "zero_or_more" if found.many else "zero_or_one",
        "parent_table": found.parent.dotted,
        "parent_columns": list(found.key.target_columns),
        "parent_cardinality": "zero_or_one" if found.optional else "exactly_one",
        "def": found.key.definition,
    }


def _function(routine: Routine) -> dict[str, Any]:
    return {
        "name": routine.qualified.dotted,
        "return_type": routine.result or "void",
        "arguments": routine.arguments,
        "type": routine.kind.value.upper(),
    }
