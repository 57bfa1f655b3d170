"""What COMMENT ON names an object by, for every kind of object that can have a comment."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pgdossier.ddl.comments import comment_on
from pgdossier.ddl.owners import relation_keyword
from pgdossier.ddl.routines import routine_keyword, routine_signature
from pgdossier.model.describable import Describable
from pgdossier.model.names import quote_identifier
from pgdossier.model.types import Domain

_KEYWORDS = {
    "statistics": "STATISTICS",
    "foreign-data wrapper": "FOREIGN DATA WRAPPER",
    "foreign server": "SERVER",
}
# Kinds whose objects are named by what they stand on.
_ON_RELATIONS = frozenset(("constraint", "trigger", "policy", "rule"))


def comment_statement(found: Describable, text: str) -> str:
    """The statement that makes that text the comment on the object."""
    return comment_on(comment_target(found), text)[0]


def comment_target(found: Describable) -> str:
    """The object as COMMENT ON wants it: `TABLE sales.orders`, `CONSTRAINT positive ON sales.orders`.

    PostgreSQL documentation: COMMENT.
    """
    kind, names = found.key
    made = _TARGETS.get(kind)
    if made is not None:
        return made(found, names)
    if kind in _ON_RELATIONS:
        domain = "DOMAIN " if isinstance(found.parent, Domain) else ""
        return f"{kind.upper()} {quote_identifier(names[-1])} ON {domain}{_dotted(names[:-1])}"
    return f"{_KEYWORDS.get(kind, kind.upper())} {_dotted(names)}"


def _of_method(found: Describable, names: tuple[str, ...]) -> str:
    return f"{found.key.kind.upper()} {_dotted(names[:2])} USING {quote_identifier(names[2])}"


def _dotted(names: tuple[str, ...]) -> str:
    return ".".join(map(quote_identifier, names))


# The kinds that are not written as KIND schema.name.
_TARGETS: Mapping[str, Callable[[Describable, tuple[str, ...]], str]] = {
    "database": lambda found, _: f"DATABASE {quote_identifier(found.found.name)}",
    "relation": lambda found, names: f"{relation_keyword(found.found)} {_dotted(names)}",
    "column": lambda _, names: f"COLUMN {_dotted(names)}",
    "attribute": lambda _, names: f"COLUMN {_dotted(names)}",
    "index": lambda _, names: f"INDEX {_dotted((names[0], names[-1]))}",
    "type": lambda found, names: (
        f"{'DOMAIN' if isinstance(found.found, Domain) else 'TYPE'} {_dotted(names)}"
    ),
    "routine": lambda found, _: f"{routine_keyword(found.found)} {routine_signature(found.found)}",
    "operator": lambda _, names: f"OPERATOR {quote_identifier(names[0])}.{names[1]} {names[2]}",
    "operator class": _of_method,
    "operator family": _of_method,
    "cast": lambda _, names: f"CAST ({names[0]} AS {names[1]})",
    "transform": lambda _, names: f"TRANSFORM FOR {names[0]} LANGUAGE {quote_identifier(names[1])}",
}
