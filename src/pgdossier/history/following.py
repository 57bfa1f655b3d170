"""What follows from renames: the old structure with its new names, and SQL that differs by them only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import msgspec

from pgdossier.model.base import Model
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Check, Exclusion, ForeignKey, Key, NotNull
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.names import QualifiedName, RoutineName, quote_identifier
from pgdossier.model.policies import Policy
from pgdossier.model.privileges import DefaultPrivileges
from pgdossier.model.relations import Partitioning, Relation
from pgdossier.model.replication import Publication, PublishedTable
from pgdossier.model.routines import Routine
from pgdossier.model.rules import Rule
from pgdossier.model.schemas import Schema
from pgdossier.model.sequences import SequenceOwner
from pgdossier.model.snapshot import Structure
from pgdossier.model.triggers import Trigger
from pgdossier.model.types import Attribute, Domain, DomainCheck, Enum

# Parts of a relation, by what has a name of its own among them; a key and its index have the same.
CONSTRAINT, INDEX, TRIGGER, POLICY, RULE = "constraint", "index", "trigger", "policy", "rule"

_PART_OF: dict[type, str] = {
    Key: CONSTRAINT,
    ForeignKey: CONSTRAINT,
    Check: CONSTRAINT,
    Exclusion: CONSTRAINT,
    NotNull: CONSTRAINT,
    DomainCheck: CONSTRAINT,
    Index: INDEX,
    Trigger: TRIGGER,
    Policy: POLICY,
    Rule: RULE,
}

# Fields that hold types as `format_type` prints them, by which routines, too, are told apart.
_TYPES = frozenset(
    {"type", "base_type", "subtype", "arguments", "identity_arguments", "result", "source", "target"}
    | {"object"}  # of a security label or of changed grants
)

_M = TypeVar("_M", bound=Model)


def part_of(element: Model) -> str | None:
    """Which kind of part of a relation (or a domain) an element is; None when it is none."""
    return _PART_OF.get(type(element))


class Names:
    """Old names and the new ones. All keys are names of the old structure."""

    def __init__(self) -> None:
        self.schemas: dict[str, str] = {}
        self.objects: dict[QualifiedName, QualifiedName] = {}  # pg_class and pg_type, in one namespace
        self.columns: dict[tuple[QualifiedName, str], str] = {}  # attributes of composite types as well
        self.parts: dict[tuple[QualifiedName, str, str], str] = {}  # relation or domain, kind of part, name
        self.labels: dict[tuple[QualifiedName, str], str] = {}
        self.routines: dict[RoutineName, QualifiedName] = {}
        self.others: dict[tuple[type, str], str] = {}  # class and name of what is in no schema or alone in it

    def object(self, name: QualifiedName) -> QualifiedName:
        """The new name of a relation, sequence, index or type."""
        return self.objects.get(name) or QualifiedName(self.schema(name.schema), name.name)

    def schema(self, name: str) -> str:
        """The new name of a schema."""
        return self.schemas.get(name, name)

    def column(self, relation: QualifiedName, name: str) -> str:
        """The new name of a column, by the old name of its relation."""
        return self.columns.get((relation, name), name)

    def part(self, relation: QualifiedName, kind: str, name: str) -> str:
        """The new name of a constraint, say, by the old name of its relation."""
        return self.parts.get((relation, kind, name), name)

    def types(self, text: str) -> str:
        """A type or a list of arguments, where names are qualified unless they are PostgreSQL's own."""
        if not (self.objects or self.schemas) or "." not in text:
            return text
        return _QUALIFIED.sub(self._qualified, text)

    def _qualified(self, match: re.Match[str]) -> str:
        name = QualifiedName(unquoted(match[1]), unquoted(match[2]))
        new = self.object(name)
        return match[0] if new == name else new.sql


_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_QUALIFIED = re.compile(rf"({_IDENTIFIER})\.({_IDENTIFIER})")


def unquoted(identifier: str) -> str:
    """The name behind an identifier of SQL."""
    return identifier[1:-1].replace('""', '"') if identifier.startswith('"') else identifier


# --- the structure -------------------------------------------------------------------------------


def followed(structure: Structure, names: Names) -> Structure:
    """The structure with its new names wherever a name stands by itself, in the order that it had.

    SQL text stays as it is (`same_sql` compares it), types in SQL aside; dependencies stay altogether.
    """
    fields = {
        field: tuple(_element(each, names) for each in found)
        for field in structure.__struct_fields__
        if field not in ("dependencies", "gaps") and isinstance(found := getattr(structure, field), tuple)
    }
    return msgspec.structs.replace(structure, **fields)


def _element(element: Any, names: Names) -> Any:
    """One object of the database."""
    if isinstance(element, Schema):
        return msgspec.structs.replace(element, name=names.schema(element.name))
    if isinstance(element, Routine):
        new = names.routines.get(element.identity) or QualifiedName(
            names.schema(element.schema), element.name
        )
        return msgspec.structs.replace(_within(element, names, None), schema=new.schema, name=new.name)
    if isinstance(element, Publication):
        schemas = tuple(sorted(map(names.schema, element.schemas)))
        return msgspec.structs.replace(_within(element, names, None), schemas=schemas)
    if isinstance(element, DefaultPrivileges):
        return msgspec.structs.replace(element, schema=element.schema and names.schema(element.schema))
    if not isinstance(element, Model):
        return element
    schema, name = getattr(element, "schema", None), getattr(element, "name", None)
    if schema is None or name is None:
        made = _within(element, names, None)
        new_name = names.others.get((type(element), name)) if name is not None else None
        return made if new_name is None else msgspec.structs.replace(made, name=new_name)
    own = QualifiedName(schema, name)
    made = _within(element, names, own)
    if isinstance(made, Enum):
        made = msgspec.structs.replace(
            made, labels=tuple(names.labels.get((own, label), label) for label in made.labels)
        )
    other = names.others.get((type(element), own.dotted))
    new = QualifiedName(names.schema(schema), other) if other is not None else names.object(own)
    if type(element).__name__ not in _IN_CLASS_OR_TYPE:
        new = QualifiedName(names.schema(schema), other or name)
    return msgspec.structs.replace(made, schema=new.schema, name=new.name)


# The families whose names are in `Names.objects`.
_IN_CLASS_OR_TYPE = frozenset({"Relation", "Sequence", "Enum", "Domain", "Composite", "Range", "Base"})


def _within(model: _M, names: Names, own: QualifiedName | None) -> _M:
    """A value with new names in everything that it holds; `own` is the relation or type around it."""
    changed: dict[str, Any] = {}
    for field in model.__struct_fields__:
        old = getattr(model, field)
        new = _value(model, field, old, names, own)
        if new is not old:
            changed[field] = new
    return msgspec.structs.replace(model, **changed) if changed else model


def _value(holder: Model, field: str, old: Any, names: Names, own: QualifiedName | None) -> Any:
    rule = _NAMED.get((type(holder), field)) if own is not None and old is not None else None
    if rule is not None and own is not None:
        new = rule(holder, old, names, own)
    elif isinstance(old, QualifiedName):
        new = names.object(old)
    elif isinstance(old, RoutineName):
        found = names.routines.get(old) or QualifiedName(names.schema(old.schema), old.name)
        new = RoutineName(found.schema, found.name, names.types(old.arguments))
    elif isinstance(old, PublishedTable):
        columns = old.columns and tuple(names.column(old.relation, each) for each in old.columns)
        new = msgspec.structs.replace(old, relation=names.object(old.relation), columns=columns)
    elif isinstance(old, Model):
        new = _within(old, names, own)
    elif isinstance(old, tuple):
        new = tuple(_value(holder, "", each, names, own) for each in old)
    elif isinstance(old, str) and field in _TYPES:
        new = names.types(old)
    else:
        new = old
    return new


_Rule = Callable[[Any, Any, Names, QualifiedName], Any]


def _own_columns(_holder: Any, old: tuple[str, ...], names: Names, own: QualifiedName) -> tuple[str, ...]:
    return tuple(names.column(own, name) for name in old)


def _own_column(_holder: Any, old: str, names: Names, own: QualifiedName) -> str:
    return names.column(own, old)


def _target_columns(
    holder: ForeignKey, old: tuple[str, ...], names: Names, _own: QualifiedName
) -> tuple[str, ...]:
    return tuple(names.column(holder.target, name) for name in old)


def _target_key(holder: ForeignKey, old: str, names: Names, _own: QualifiedName) -> str:
    key = names.part(holder.target, CONSTRAINT, old)
    return key if key != old else names.part(holder.target, INDEX, old)


def _index_name(holder: Index, old: str, names: Names, own: QualifiedName) -> str:
    if holder.constraint is not None:
        return names.part(own, CONSTRAINT, holder.constraint)
    return names.part(own, INDEX, old)


def _key_expression(holder: IndexKey, old: str, names: Names, own: QualifiedName) -> str:
    """A key that is a plain column is written as the identifier."""
    if holder.column is None or names.column(own, holder.column) == holder.column:
        return old
    return quote_identifier(names.column(own, holder.column))


def _owner_column(holder: SequenceOwner, old: str, names: Names, _own: QualifiedName) -> str:
    return names.column(holder.relation, old)


def _named(kind: str) -> _Rule:
    return lambda _holder, old, names, own: names.part(own, kind, old)


# Where a field names a column or a part of the relation that it stands in, or of another one.
_NAMED: Mapping[tuple[type, str], _Rule] = {
    (Column, "name"): _own_column,
    (Attribute, "name"): _own_column,
    **{(of, "name"): _named(kind) for of, kind in _PART_OF.items() if of is not Index},
    (Index, "name"): _index_name,
    (Index, "constraint"): _named(CONSTRAINT),
    (Domain, "not_null_name"): _named(CONSTRAINT),
    (Key, "columns"): _own_columns,
    (Key, "include"): _own_columns,
    (ForeignKey, "columns"): _own_columns,
    (ForeignKey, "on_delete_columns"): _own_columns,
    (ForeignKey, "target_columns"): _target_columns,
    (ForeignKey, "key"): _target_key,
    (Check, "columns"): _own_columns,
    (Exclusion, "columns"): _own_columns,
    (NotNull, "column"): _own_column,
    (Index, "include"): _own_columns,
    (IndexKey, "column"): _own_column,
    (IndexKey, "expression"): _key_expression,
    (Trigger, "update_columns"): _own_columns,
    (Partitioning, "columns"): _own_columns,
    (SequenceOwner, "column"): _owner_column,
}


# --- SQL -----------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""
      (?P<string>[EeBbXxNn]?'(?:[^']|'')*')
    | (?P<dollar>\$(?P<tag>[^\W\d]?\w*)\$.*?\$(?P=tag)\$)
    | (?P<identifier>"(?:[^"]|"")+"|[^\W\d][\w$]*)
    | (?P<number>\d[\w.]*)
    | (?P<other>\S)
    """,
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str


def _tokens(sql: str) -> list[_Token]:
    return [
        _Token(match.lastgroup or "", _token_text(match.lastgroup, match[0]))
        for match in _TOKEN.finditer(sql)
    ]


def _token_text(kind: str | None, text: str) -> str:
    return unquoted(text) if kind == "identifier" else text


Pairs = frozenset[tuple[str, str]]
"""Old names, unquoted, with the new ones."""


def same_sql(before: str, after: str, pairs: Pairs) -> bool:
    """Whether the one text becomes the other by these renames.

    A view keeps the names of its own columns, and of its tables where it has them for aliases: PostgreSQL
    then adds `AS old` and `new old`, or leaves them out where they are not needed any more.
    """
    old, new = _tokens(before), _tokens(after)
    left = right = 0
    while left < len(old) and right < len(new):
        one, other = old[left], new[right]
        left, right = left + 1, right + 1
        if one == other:
            right += _new_alias(one, old[left : left + 2], new[right : right + 2], pairs)
            continue
        if one.kind != other.kind or one.kind not in ("identifier", "string"):
            return False
        if one.kind == "string":
            if not _same_string(one.text, other.text, pairs):
                return False
            continue
        if (one.text, other.text) not in pairs:
            return False
        right += _alias(new[right:], one, old[left : left + 2])
        left += _alias(old[left:], other, new[right : right + 2])
    return left == len(old) and right == len(new)


def _new_alias(column: _Token, old: list[_Token], new: list[_Token], pairs: Pairs) -> int:
    """How many tokens are the new name of a view's own column, which had the name of what it shows."""
    if column.kind != "identifier" or len(new) < 2 or new[0].text.lower() != "as" or old[:1] == new[:1]:
        return 0
    return 2 if (column.text, new[1].text) in pairs else 0


def _alias(tokens: list[_Token], name: _Token, opposite: list[_Token]) -> int:
    """How many tokens at the start are an alias of that name which is not on the opposite side."""
    for length in (2, 1):
        found = tokens[:length]
        is_alias = len(found) == length and found[-1] == name
        if is_alias and (length == 1 or found[0].text.lower() == "as") and found != opposite[:length]:
            return length
    return 0


def _same_string(before: str, after: str, pairs: Pairs) -> bool:
    """A label of an enum, or a name in a string: `nextval('public.a_seq'::regclass)`."""
    old, new = (text.partition("'")[2][:-1] for text in (before, after))
    if before[: before.index("'")] != after[: after.index("'")]:
        return False
    return (old, new) in pairs or ("." in old and same_sql(old, new, pairs))


# Fields that hold SQL, where names stand in the text.
_SQL = frozenset(
    {
        "arguments",
        "bound",
        "check",
        "clauses",
        "condition",
        "default",
        "definition",
        "expression",
        "filter",
        "key",
        "predicate",
        "using",
    }
)
_LISTS = frozenset({"keys", "aggregate"})  # whose values hold SQL in turn


def same_but_for_names(field: str, before: Any, after: Any, pairs: Callable[[str], Pairs]) -> bool:
    """Whether two values of a field are the same, or SQL that differs by renames only.

    Args:
        field: The field of the model, or the path of one (`partition.bound`).
        before: Its old value.
        after: The new one.
        pairs: The renames that can show in a text.
    """
    last = field.rpartition(".")[2]
    if before == after:
        return True
    if type(before) is not type(after) or (last not in _SQL and last not in _LISTS):
        return False
    if isinstance(before, str):
        return same_sql(before, after, pairs(before))
    if isinstance(before, tuple):
        return len(before) == len(after) and all(
            same_but_for_names(field, one, other, pairs) for one, other in zip(before, after, strict=True)
        )
    if isinstance(before, Model):
        return all(
            same_but_for_names(each, getattr(before, each), getattr(after, each), pairs)
            for each in before.__struct_fields__
        )
    return False


def pairs_of(names: Names, own: QualifiedName | None, relations: Iterable[Relation], sql: str) -> Pairs:
    """The renames that can show in a text.

    Args:
        names: All renames.
        own: The relation (its old name) to whose columns alone the text can refer; None for queries.
        relations: Those of the old structure; a column is not taken for renamed where another relation that
            the query names has both the old and the new name.
        sql: The text.
    """
    found = {(old, new) for old, new in names.schemas.items()}
    for (_, kind, old), new in names.parts.items():
        if kind in (CONSTRAINT, INDEX, TRIGGER, POLICY, RULE):
            found.add((old, new))
    found |= {(old.name, new.name) for old, new in names.objects.items()}
    found |= {(old.schema, new.schema) for old, new in names.objects.items()}
    found |= {(old.name, new.name) for old, new in names.routines.items()}
    found |= {(old.schema, new.schema) for old, new in names.routines.items()}
    found |= {(old, new) for (_, old), new in names.others.items()}
    found |= {(old, new) for (_, old), new in names.labels.items()}
    if own is not None:
        found |= {(old, new) for (relation, old), new in names.columns.items() if relation == own}
    elif names.columns:
        words = {token.text for token in _tokens(sql) if token.kind == "identifier"}
        named = [each for each in relations if each.name in words]
        for (relation, old), new in names.columns.items():
            others = (
                {column.name for column in each.columns} for each in named if each.qualified != relation
            )
            if not any({old, new} <= columns for columns in others):
                found.add((old, new))
    return frozenset(pair for pair in found if pair[0] != pair[1])
