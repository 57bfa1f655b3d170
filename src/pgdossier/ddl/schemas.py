"""CREATE SCHEMA and CREATE EXTENSION."""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.ddl.expressions import note
from pgdossier.ddl.graph import sorted_by_need
from pgdossier.model.extensions import Extension
from pgdossier.model.names import quote_identifier
from pgdossier.model.schemas import Schema
from pgdossier.model.snapshot import Structure

_PUBLIC_COMMENT = "standard public schema"  # what initdb gives every new database


def create_schema(schema: Schema) -> list[str]:
    """A schema with its comment; `public` is in the empty database already, comment included."""
    name = quote_identifier(schema.name)
    if schema.name != "public":
        return [f"CREATE SCHEMA {name};", *comment_on(f"SCHEMA {name}", schema.comment)]
    statements = ["CREATE SCHEMA IF NOT EXISTS public;"]
    if schema.comment is None:
        return [*statements, "COMMENT ON SCHEMA public IS NULL;"]
    return (
        statements
        if schema.comment == _PUBLIC_COMMENT
        else statements + comment_on("SCHEMA public", schema.comment)
    )


def create_extension(extension: Extension) -> list[str]:
    """An extension in its schema, at the version that the server offers, with its comment.

    Those that it needs must be there (see `extensions_in_order`). plpgsql is in every new database, owned by
    whoever made it, and is left as it is.
    """
    if extension.name == "plpgsql":
        return []
    name, schema = quote_identifier(extension.name), quote_identifier(extension.schema)
    return [
        note(f"documented with version {extension.version}"),
        f"CREATE EXTENSION IF NOT EXISTS {name} WITH SCHEMA {schema};",
        *comment_on(f"EXTENSION {name}", extension.comment),
    ]


def extensions_in_order(structure: Structure) -> list[Extension]:
    """The extensions, each after those that it needs."""
    extensions = {extension.name: extension for extension in structure.extensions}
    needs = {
        name: [needed for needed in extension.requires if needed in extensions]
        for name, extension in extensions.items()
    }
    return [extensions[name] for name in sorted_by_need(needs, lambda name: name)]


def extension_schemas(structure: Structure) -> list[str]:
    """The schemas that extensions are in but that are not documented themselves."""
    documented = {schema.name for schema in structure.schemas} | {"pg_catalog"}
    missing = sorted({extension.schema for extension in structure.extensions} - documented)
    return [f"CREATE SCHEMA IF NOT EXISTS {quote_identifier(name)};" for name in missing]
