"""A table that stores attributes of things as rows: entity, attribute, value.

## What it reports

Tables of at most eight columns that reference another table and have both a column that names an attribute
(`key`, `attribute`, `property` …, or a foreign key to a table called so) and a column that holds its value
(`value`, `attribute_value`, `value_text` …). Tables called tags, labels, parameters, metrics or metadata are
left out, because there the users name the attributes; so are messages, whose value is binary or a document,
unless the attribute is a reference.

## Why

The database knows nothing about such attributes: not their types, not which are required, not what they
reference. Reading one thing takes one join, or one row, per attribute, and every value is compared as text.

## When it is wrong

When users define the attributes themselves, or when there are thousands of kinds of which each thing has a
few. Then `jsonb` with a GIN index is the other choice, and the table may well be the right one.

## How to fix it

Make columns of the attributes that everything has, tables of groups of them, or one `jsonb` column of what
is open.

## See also

- [JSON Types](https://www.postgresql.org/docs/current/datatype-json.html)
- [Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.relations import Relation
from pgdossier.review import meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name, names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_MOST_COLUMNS = 8
_ATTRIBUTES = frozenset("attribute attr key property prop field param parameter option setting meta".split())  # noqa: SIM905 - a line of words
_VALUES = frozenset(("value", "val"))
# Words of tables whose rows are attributes that users name.
_NAMED_BY_USERS = frozenset("tag label param parameter metric metadata".split())  # noqa: SIM905 - a line of words
_CONTENT = ("bytea", "json", "jsonb", "xml")


def check(context: Context) -> Iterator[Found]:
    """Tables with the three columns."""
    for relation in context.tables():
        value = _value(context, relation) if len(relation.columns) <= _MOST_COLUMNS else None
        attribute = _attribute(context, relation) if value is not None else None
        if attribute is None or value is None:
            continue
        if any(_NAMED_BY_USERS & meaning.named_after(word) for word in meaning.words(relation.name)):
            continue
        declared = attribute in context.foreign_key_columns(relation)
        if not declared and context.base_type(relation.column(value)) in _CONTENT:
            continue
        owners = [
            one
            for one in context.parents.get(relation.qualified, ())
            if attribute not in one.key.columns and one.many and not one.self_reference
        ]
        if owners:
            parents = names(dict.fromkeys(one.parent.dotted for one in owners))
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence=tr(
                    "{relation} holds attributes of {parents} as rows: {attribute} names the attribute,"
                    " {value} holds its value",
                    relation=name(relation.qualified.dotted),
                    parents=parents,
                    attribute=name(attribute),
                    value=name(value),
                ),
                fix=Fix(
                    advice=tr(
                        "Make columns of the attributes that are known, and one jsonb column of those that"
                        " are not."
                    )
                ),
            )


def _attribute(context: Context, relation: Relation) -> str | None:
    """The column that names an attribute: by its own name, or by the table that it references."""
    for one in context.parents.get(relation.qualified, ()):
        if len(one.key.columns) == 1 and _ATTRIBUTES & set(
            meaning.named_after(one.parent.name.split("_")[-1])
        ):
            return one.key.columns[0]
    declared = context.foreign_key_columns(relation)
    for column in relation.columns:
        found = [word for word in meaning.words(column.name) if word != "name"]
        fitting = bool(found) and found[-1] in _ATTRIBUTES and len(found) <= 2
        if fitting and column.name not in declared and meaning.is_text(context.base_type(column)):
            return column.name
    return None


def _value(context: Context, relation: Relation) -> str | None:
    """The column that holds the value."""
    declared = context.foreign_key_columns(relation)
    for column in relation.columns:
        found = meaning.words(column.name)
        if column.name not in declared and found and (found[-1] in _VALUES or found[0] in _VALUES):
            return column.name
    return None


RULE = Rule(
    name="entity_attribute_value",
    title=mark("Attributes stored as rows"),
    severity=Severity.ADVICE,
    check=check,
    tags=("seed",),
)
