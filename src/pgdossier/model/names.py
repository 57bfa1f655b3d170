"""Names as PostgreSQL writes them: qualified, quoted where they must be."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")

# Every keyword that some supported version (13 to 18) does not list as unreserved in pg_get_keywords();
# quoting one too many is harmless, one too few is a syntax error.
_KEYWORDS = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both
    case cast char character check coalesce collate collation column concurrently constraint create cross
    current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
    decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
    freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect
    interval into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg
    json_query json_scalar json_serialize json_table json_value lateral leading least left like limit
    localtime localtimestamp merge_action national natural nchar none normalize not notnull null nullif
    numeric offset on only or order out outer overlaps overlay placing position precision primary real
    references returning right row select session_user setof similar smallint some substring symmetric
    system_user table tablesample then time timestamp to trailing treat trim true union unique user using
    values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists
    xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
    """.split()  # noqa: SIM905 - a block of words is easier to read and to keep sorted than a list
)


@lru_cache(maxsize=100_000)
def quote_identifier(name: str) -> str:
    """One identifier as SQL: bare when it is lower case and no keyword, else in double quotes."""
    if _PLAIN.match(name) and name not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """Text as a SQL string constant that means the same whatever `standard_conforming_strings` is."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


class QualifiedName(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """The name of a relation, type, sequence or collation inside its schema; sorts by schema, then name."""

    schema: str
    name: str

    @property
    def sql(self) -> str:
        """The name as SQL, always with its schema, quoted where needed."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}"

    @property
    def dotted(self) -> str:
        """The name for people: `schema.name` without quotes; never for SQL."""
        return f"{self.schema}.{self.name}"


class RoutineName(msgspec.Struct, frozen=True, order=True, forbid_unknown_fields=True):
    """A routine's identity; `arguments` is what `pg_get_function_identity_arguments` prints."""

    schema: str
    name: str
    arguments: str = ""

    @property
    def sql(self) -> str:
        """The routine as SQL: `schema.name(arguments)`."""
        return f"{quote_identifier(self.schema)}.{quote_identifier(self.name)}({self.arguments})"
