"""Base types and shell types (pg_type)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.query import Query, Since
from pgdossier.model.names import quote_literal
from pgdossier.model.types import Base


class BaseTypeRow(NamedTuple):
    """One base type, or a shell type (not `defined`). Functions are SQL, "-" where there is none."""

    oid: int
    schema: str
    name: str
    owner: str
    comment: str | None
    defined: bool
    length: int
    input: str
    output: str
    receive: str
    send: str
    modifier_input: str
    modifier_output: str
    analyze: str
    subscript: str
    by_value: bool
    alignment: str
    storage: str
    category: str
    preferred: bool
    default: str | None
    default_expression: str | None
    element: str | None
    delimiter: str
    collatable: bool


# An array type is an element's typarray, and comes with it: typelem alone is also set for types that can
# be subscripted.
QUERY = Query(
    family="base types",
    row=BaseTypeRow,
    sql="""
    SELECT t.oid AS oid,
           n.nspname AS schema,
           t.typname AS name,
           pg_catalog.pg_get_userbyid(t.typowner) AS owner,
           d.description AS comment,
           t.typisdefined AS defined,
           t.typlen AS length,
           t.typinput::pg_catalog.text AS input,
           t.typoutput::pg_catalog.text AS output,
           t.typreceive::pg_catalog.text AS receive,
           t.typsend::pg_catalog.text AS send,
           t.typmodin::pg_catalog.text AS modifier_input,
           t.typmodout::pg_catalog.text AS modifier_output,
           t.typanalyze::pg_catalog.text AS analyze,
           {subscript} AS subscript,
           t.typbyval AS by_value,
           t.typalign AS alignment,
           t.typstorage AS storage,
           t.typcategory AS category,
           t.typispreferred AS preferred,
           t.typdefault AS default,
           pg_catalog.pg_get_expr(t.typdefaultbin, 0::pg_catalog.oid) AS default_expression,
           pg_catalog.format_type(NULLIF(t.typelem, 0::pg_catalog.oid), NULL) AS element,
           t.typdelim AS delimiter,
           t.typcollation <> 0 AS collatable
      FROM pg_catalog.pg_type t
      JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objsubid = 0
     WHERE t.typnamespace = ANY (%(namespaces)s)
       AND (t.typtype = 'b' OR (t.typtype = 'p' AND NOT t.typisdefined))
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
             WHERE x.objid = t.oid AND x.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
               AND x.deptype = 'e'
               AND x.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass)
    """,
    fragments={
        "subscript": (Since(13, "'-'::pg_catalog.text"), Since(14, "t.typsubscript::pg_catalog.text"))
    },
)

ALIGNMENTS = Codes(
    column="pg_type.typalign",
    family="base types",
    meanings={"c": "char", "s": "int2", "i": "int4", "d": "double"},
    unknown="",
)
STORAGES = Codes(
    column="pg_type.typstorage",
    family="base types",
    meanings={"p": "plain", "e": "external", "x": "extended", "m": "main"},
    unknown="",
)


def base_type(row: BaseTypeRow, gaps: Gaps) -> Base:
    """The base type of a row; a shell type has no clauses."""
    return Base(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        comment=row.comment,
        clauses=tuple(_clauses(row, gaps)) if row.defined else (),
    )


def _clauses(row: BaseTypeRow, gaps: Gaps) -> Iterator[str]:
    """The clauses of CREATE TYPE that say something, in the order of its documentation."""
    for word, function in (
        ("INPUT", row.input),
        ("OUTPUT", row.output),
        ("RECEIVE", row.receive),
        ("SEND", row.send),
        ("TYPMOD_IN", row.modifier_input),
        ("TYPMOD_OUT", row.modifier_output),
        ("ANALYZE", row.analyze),
        ("SUBSCRIPT", row.subscript),
    ):
        if function != "-":
            yield f"{word} = {function}"
    yield f"INTERNALLENGTH = {'VARIABLE' if row.length == -1 else row.length}"
    if row.by_value:
        yield "PASSEDBYVALUE"
    for word, letter, codes in (
        ("ALIGNMENT", row.alignment, ALIGNMENTS),
        ("STORAGE", row.storage, STORAGES),
    ):
        if meaning := codes.read(letter, gaps):
            yield f"{word} = {meaning}"
    yield from _clauses_of_values(row)


def _clauses_of_values(row: BaseTypeRow) -> Iterator[str]:
    """The clauses about what values are for and what they look like."""
    if row.category != "U":
        yield f"CATEGORY = {quote_literal(row.category)}"
    if row.preferred:
        yield "PREFERRED = true"
    if row.default_expression is not None:
        yield f"DEFAULT = {row.default_expression}"
    elif row.default is not None:
        yield f"DEFAULT = {quote_literal(row.default)}"
    if row.element is not None:
        yield f"ELEMENT = {row.element}"
    if row.delimiter != ",":
        yield f"DELIMITER = {quote_literal(row.delimiter)}"
    if row.collatable:
        yield "COLLATABLE = true"
