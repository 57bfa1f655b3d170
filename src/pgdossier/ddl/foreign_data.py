"""CREATE FOREIGN DATA WRAPPER, SERVER and USER MAPPING, with their comments.

An option whose value was not read is left out, and a line before the statement says so.
"""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.ddl.expressions import foreign_options, unread_options
from pgdossier.model.foreign_data import ForeignDataWrapper, ForeignServer, UserMapping
from pgdossier.model.names import quote_identifier, quote_literal


def create_foreign_data(found: ForeignDataWrapper | ForeignServer) -> list[str]:
    """A foreign-data wrapper, or a foreign server with how roles log in there."""
    return _wrapper(found) if isinstance(found, ForeignDataWrapper) else _server(found)


def _wrapper(found: ForeignDataWrapper) -> list[str]:
    name = quote_identifier(found.name)
    clauses = [f"CREATE FOREIGN DATA WRAPPER {name}"]
    if found.handler:
        clauses.append(f"HANDLER {found.handler}")
    if found.validator:
        clauses.append(f"VALIDATOR {found.validator}")
    clauses.append(foreign_options(found.options))
    return [
        *unread_options("the wrapper", found.options),
        _statement(clauses),
        *comment_on(f"FOREIGN DATA WRAPPER {name}", found.comment),
    ]


def _server(found: ForeignServer) -> list[str]:
    name = quote_identifier(found.name)
    head = f"CREATE SERVER {name}"
    if found.type is not None:
        head += f" TYPE {quote_literal(found.type)}"
    if found.version is not None:
        head += f" VERSION {quote_literal(found.version)}"
    clauses = [
        head,
        f"FOREIGN DATA WRAPPER {quote_identifier(found.wrapper)}",
        foreign_options(found.options),
    ]
    statements = [
        *unread_options("the server", found.options),
        _statement(clauses),
        *comment_on(f"SERVER {name}", found.comment),
    ]
    for mapping in found.user_mappings:
        statements += _user_mapping(found, mapping)
    return statements


def _user_mapping(server: ForeignServer, mapping: UserMapping) -> list[str]:
    role = "PUBLIC" if mapping.role is None else quote_identifier(mapping.role)
    head = f"CREATE USER MAPPING FOR {role} SERVER {quote_identifier(server.name)}"
    return [
        *unread_options("the user mapping", mapping.options),
        _statement([head, foreign_options(mapping.options)]),
    ]


def _statement(clauses: list[str]) -> str:
    return "\n    ".join(clause for clause in clauses if clause) + ";"
