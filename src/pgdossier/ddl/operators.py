"""CREATE OPERATOR, OPERATOR FAMILY, OPERATOR CLASS and ACCESS METHOD, with their comments."""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.ddl.expressions import note
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.operators import AccessMethod, FamilyMember, Operator, OperatorClass, OperatorFamily


def create_operator(operator: Operator) -> list[str]:
    """An operator.

    A commutator or negator that is not there yet is thereby announced, for its own CREATE OPERATOR to make
    (or for nobody: then it stays as announced as it was).
    """
    name = f"{quote_identifier(operator.schema)}.{operator.name}"
    clauses = [f"FUNCTION = {operator.function}"]
    for word, value in (
        ("LEFTARG", operator.left),
        ("RIGHTARG", operator.right),
        ("COMMUTATOR", operator.commutator),
        ("NEGATOR", operator.negator),
        ("RESTRICT", operator.restrict),
        ("JOIN", operator.join),
    ):
        if value is not None:
            clauses.append(f"{word} = {value}")
    if operator.hashes:
        clauses.append("HASHES")
    if operator.merges:
        clauses.append("MERGES")
    return [
        f"CREATE OPERATOR {name} (\n    " + ",\n    ".join(clauses) + "\n);",
        *comment_on(f"OPERATOR {name} {operator.arguments}", operator.comment),
    ]


def create_operator_family(family: OperatorFamily, *, members: bool) -> list[str]:
    """An operator family, with or without its loose members (see `add_family_members`)."""
    name = _of_method(family)
    return [
        f"CREATE OPERATOR FAMILY {name};",
        *(add_family_members(family) if members else []),
        *comment_on(f"OPERATOR FAMILY {name}", family.comment),
    ]


def add_family_members(family: OperatorFamily) -> list[str]:
    """What puts the operators and functions into the family that are in none of its classes."""
    items = _members(family.operators, family.functions)
    if not items:
        return []
    return [f"ALTER OPERATOR FAMILY {_of_method(family)} ADD\n    " + ",\n    ".join(items) + ";"]


def create_operator_class(found: OperatorClass) -> list[str]:
    """An operator class."""
    name = QualifiedName(found.schema, found.name).sql
    items = _members(found.operators, found.functions)
    if found.storage is not None or not items:
        # Something must be said; that values are kept as what they are is true without saying.
        items.append(f"STORAGE {found.storage or found.type}")
    default = " DEFAULT" if found.default else ""
    head = (
        f"CREATE OPERATOR CLASS {name}{default} FOR TYPE {found.type}"
        f" USING {quote_identifier(found.method)} FAMILY {found.family.sql} AS"
    )
    return [
        f"{head}\n    " + ",\n    ".join(items) + ";",
        *comment_on(f"OPERATOR CLASS {_of_method(found)}", found.comment),
    ]


def create_access_method(method: AccessMethod) -> list[str]:
    """An access method."""
    name = quote_identifier(method.name)
    if not method.kind:
        return [note(f"access method {name} is of a kind that this version does not know: left out")]
    return [
        f"CREATE ACCESS METHOD {name} TYPE {method.kind} HANDLER {method.handler};",
        *comment_on(f"ACCESS METHOD {name}", method.comment),
    ]


def _of_method(found: OperatorFamily | OperatorClass) -> str:
    return f"{QualifiedName(found.schema, found.name).sql} USING {quote_identifier(found.method)}"


def _members(operators: tuple[FamilyMember, ...], functions: tuple[FamilyMember, ...]) -> list[str]:
    """The members as SQL; an operator's types are in its own text."""
    return [
        *(
            f"OPERATOR {member.number} {member.item}"
            + (f" FOR ORDER BY {member.order_by.sql}" if member.order_by else "")
            for member in operators
        ),
        *(f"FUNCTION {member.number} ({', '.join(member.types)}) {member.item}" for member in functions),
    ]
