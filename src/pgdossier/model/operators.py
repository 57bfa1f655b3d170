"""Operators, operator families and classes, access methods (pg_operator, pg_opfamily, pg_opclass, pg_am)."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName


class Operator(Model, frozen=True, kw_only=True):
    """One operator. Types are SQL text; `left` is None for a prefix operator, `right` for a postfix one.

    `commutator` and `negator` are written `OPERATOR(schema.name)`; `restrict` and `join` name the selectivity
    estimators as SQL.
    """

    schema: str
    name: str
    owner: str
    left: str | None = None
    right: str | None = None
    result: str
    function: str
    commutator: str | None = None
    negator: str | None = None
    restrict: str | None = None
    join: str | None = None
    hashes: bool = False
    merges: bool = False
    comment: str | None = None

    @property
    def arguments(self) -> str:
        """The operand types as DROP and COMMENT need them: `(left, right)` with NONE where there is none."""
        return f"({self.left or 'NONE'}, {self.right or 'NONE'})"


class FamilyMember(Model, frozen=True, kw_only=True):
    """One operator (`FOR SEARCH` or `FOR ORDER BY family`) or support function of a class or family.

    `item` is the member as SQL without its keyword and number: `public.<(a, b)` or `public.cmp(a, b)`;
    `types` are the types it is for, as SQL.
    """

    number: int
    item: str
    types: tuple[str, ...] = ()
    order_by: QualifiedName | None = None


class OperatorFamily(Model, frozen=True, kw_only=True):
    """One operator family; operators and functions that are loose in it (not of one of its classes)."""

    schema: str
    name: str
    owner: str
    method: str
    operators: tuple[FamilyMember, ...] = ()
    functions: tuple[FamilyMember, ...] = ()
    comment: str | None = None


class OperatorClass(Model, frozen=True, kw_only=True):
    """One operator class with its members; `storage` is given where it differs from the type."""

    schema: str
    name: str
    owner: str
    method: str
    type: str
    default: bool = False
    family: QualifiedName
    storage: str | None = None
    operators: tuple[FamilyMember, ...] = ()
    functions: tuple[FamilyMember, ...] = ()
    comment: str | None = None


class AccessMethod(Model, frozen=True, kw_only=True):
    """One user-defined access method; `kind` is INDEX or TABLE."""

    name: str
    kind: str
    handler: str
    comment: str | None = None
