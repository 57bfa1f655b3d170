"""CREATE COLLATION and CREATE CONVERSION, with their comments."""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.ddl.expressions import note
from pgdossier.model.collations import Collation, Conversion
from pgdossier.model.names import QualifiedName, quote_literal


def create_collation(collation: Collation) -> list[str]:
    """A collation. Its version is left out: it is that of the library that the server finds."""
    name = QualifiedName(collation.schema, collation.name).sql
    if not collation.provider:
        return [note(f"collation {name} is of a provider that this version does not know: left out")]
    clauses = []
    if collation.provider != "default":
        clauses.append(f"PROVIDER = {collation.provider}")
    if collation.locale is not None:
        clauses.append(f"LOCALE = {quote_literal(collation.locale)}")
    if collation.collate is not None:
        clauses.append(f"LC_COLLATE = {quote_literal(collation.collate)}")
    if collation.ctype is not None:
        clauses.append(f"LC_CTYPE = {quote_literal(collation.ctype)}")
    if not collation.deterministic:
        clauses.append("DETERMINISTIC = false")
    if collation.rules is not None:
        clauses.append(f"RULES = {quote_literal(collation.rules)}")
    return [
        f"CREATE COLLATION {name} ({', '.join(clauses)});",
        *comment_on(f"COLLATION {name}", collation.comment),
    ]


def create_conversion(conversion: Conversion) -> list[str]:
    """An encoding conversion."""
    name = QualifiedName(conversion.schema, conversion.name).sql
    default = "DEFAULT " if conversion.default else ""
    return [
        f"CREATE {default}CONVERSION {name}\n    FOR {quote_literal(conversion.from_encoding)}"
        f" TO {quote_literal(conversion.to_encoding)} FROM {conversion.function.sql};",
        *comment_on(f"CONVERSION {name}", conversion.comment),
    ]
