"""CREATE VIEW and CREATE MATERIALIZED VIEW."""

from __future__ import annotations

from pgdossier.ddl.expressions import storage_parameters
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation


def create_view(relation: Relation, *, replace: bool = False) -> list[str]:
    """A view with the defaults of its columns.

    The server's text of the query names every output column, so no list of columns is needed.

    Args:
        relation: The view.
        replace: Whether the view is there already, as `placeholder_view` made it.
    """
    head = f"CREATE {'OR REPLACE ' if replace else ''}VIEW {relation.qualified.sql}"
    text = f"{head}{_parameters(relation)} AS\n{relation.definition};"
    name = relation.qualified.sql
    return [
        text,
        *(
            f"ALTER VIEW {name} ALTER COLUMN {quote_identifier(column.name)} SET DEFAULT {column.default};"
            for column in relation.columns
            if column.default is not None
        ),
    ]


def placeholder_view(relation: Relation) -> str:
    """A view of the same columns that reads nothing: for objects that need the view before it can exist."""
    columns = ",\n".join(
        f"    NULL::{column.type}{f' COLLATE {column.collation.sql}' if column.collation else ''}"
        f" AS {quote_identifier(column.name)}"
        for column in relation.columns
    )
    return f"CREATE VIEW {relation.qualified.sql} AS\nSELECT\n{columns};"


def create_materialized_view(relation: Relation, *, with_data: bool) -> str:
    """A materialized view, filled at once or not."""
    parts = [f"CREATE MATERIALIZED VIEW {relation.qualified.sql}"]
    if relation.access_method:
        parts.append(f"USING {quote_identifier(relation.access_method)}")
    if relation.options:
        parts.append(f"WITH ({storage_parameters(relation.options)})")
    if relation.tablespace:
        parts.append(f"TABLESPACE {quote_identifier(relation.tablespace)}")
    data = "" if with_data else "\nWITH NO DATA"
    return "\n    ".join(parts) + f" AS\n{relation.definition}{data};"


def refresh(relation: Relation) -> str:
    """The filling of a materialized view that was made without data."""
    return f"REFRESH MATERIALIZED VIEW {relation.qualified.sql};"


def _parameters(relation: Relation) -> str:
    return f"\n    WITH ({storage_parameters(relation.options)})" if relation.options else ""
