"""CREATE TYPE and CREATE DOMAIN."""

from __future__ import annotations

from pgdossier.ddl.expressions import parenthesised
from pgdossier.model.names import QualifiedName, quote_identifier, quote_literal
from pgdossier.model.types import Base, Composite, Domain, DomainCheck, Enum, Range


def create_type(found: Enum | Composite | Range | Base) -> str:
    """A type that is made in one statement."""
    match found:
        case Enum():
            return _create_enum(found)
        case Composite():
            return _create_composite(found)
        case Range():
            return _create_range(found)
        case Base():
            return (
                _listed(f"CREATE TYPE {found.qualified.sql}", list(found.clauses))
                if found.clauses
                else create_shell_type(found)
            )


def create_shell_type(found: Range | Base) -> str:
    """The name of a type alone: for functions that need the type before it can be made."""
    return f"CREATE TYPE {found.qualified.sql};"


def _listed(head: str, items: list[str]) -> str:
    return f"{head} ();" if not items else f"{head} (\n    " + ",\n    ".join(items) + "\n);"


def _create_enum(enum: Enum) -> str:
    return _listed(
        f"CREATE TYPE {enum.qualified.sql} AS ENUM", [quote_literal(label) for label in enum.labels]
    )


def _create_composite(composite: Composite) -> str:
    width = max((len(quote_identifier(attribute.name)) for attribute in composite.attributes), default=0)
    lines = []
    for attribute in composite.attributes:
        collation = f" COLLATE {attribute.collation.sql}" if attribute.collation else ""
        lines.append(f"{quote_identifier(attribute.name):<{width}} {attribute.type}{collation}")
    return _listed(f"CREATE TYPE {composite.qualified.sql} AS", lines)


def _create_range(found: Range) -> str:
    """A range type; its functions are looked up by name."""
    items = [f"SUBTYPE = {found.subtype}"]
    if found.operator_class:
        items.append(f"SUBTYPE_OPCLASS = {found.operator_class.sql}")
    if found.collation:
        items.append(f"COLLATION = {found.collation.sql}")
    if found.canonical:
        items.append(f"CANONICAL = {QualifiedName(found.canonical.schema, found.canonical.name).sql}")
    if found.difference:
        items.append(f"SUBTYPE_DIFF = {QualifiedName(found.difference.schema, found.difference.name).sql}")
    if found.multirange_name:
        items.append(f"MULTIRANGE_TYPE_NAME = {found.multirange_name.sql}")
    return _listed(f"CREATE TYPE {found.qualified.sql} AS RANGE", items)


def create_domain(
    domain: Domain, *, without_default: bool = False, without_checks: frozenset[str] = frozenset()
) -> list[str]:
    """A domain; its default and the checks of those names can be left for later."""
    parts = [f"CREATE DOMAIN {domain.qualified.sql} AS {domain.base_type}"]
    if domain.collation:
        parts[0] += f" COLLATE {domain.collation.sql}"
    if domain.default is not None and not without_default:
        parts.append(f"DEFAULT {domain.default}")
    if not domain.nullable:
        usual = domain.not_null_name in (None, f"{domain.name}_not_null")
        named = "" if usual else f"CONSTRAINT {quote_identifier(domain.not_null_name or '')} "
        parts.append(f"{named}NOT NULL")
    checks = [check for check in domain.checks if check.name not in without_checks]
    parts += [_check(check) for check in checks if check.validated]
    added = [add_domain_check(domain, check) for check in checks if not check.validated]
    return ["\n    ".join(parts) + ";", *added]


def _check(check: DomainCheck) -> str:
    return f"CONSTRAINT {quote_identifier(check.name)} CHECK {parenthesised(check.expression)}"


def add_domain_check(domain: Domain, check: DomainCheck) -> str:
    """A check of a domain on its own."""
    unvalidated = "" if check.validated else " NOT VALID"
    return f"ALTER DOMAIN {domain.qualified.sql}\n    ADD {_check(check)}{unvalidated};"


def set_domain_default(domain: Domain) -> str:
    """The default of a domain on its own."""
    return f"ALTER DOMAIN {domain.qualified.sql} SET DEFAULT {domain.default};"
