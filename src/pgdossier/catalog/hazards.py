"""What planning a statement could run: functions of users, and what other servers are asked.

Judged by names alone, whatever schema they are in: that refuses some statements too many, and none too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from pgdossier.catalog.query import Query

# Built in, but they run a query over what they are asked to.
_XML_OF_TABLES = re.compile(r"(table|schema|database|cursor|query)_to_xml", re.IGNORECASE)
# Operators that stand behind a word (IN, LIKE, BETWEEN, DISTINCT, ORDER BY).
_IMPLIED = frozenset(("=", "<>", "<", "<=", ">", ">=", "~~", "!~~", "~~*", "!~~*", "~", "!~"))


class HazardRow(NamedTuple):
    """Something with which planning could run a function of a user, or ask another server.

    `kind` is what `name` names in a statement: "function" (followed by a parenthesis), "attribute" (after a
    dot), "operator", "relation" (a relation or a type), "written" (a relation that rows are written to), or
    "anything", when no name shows its use. `schema` and `function` are what would run; of a foreign table
    `foreign` is true, and they name it.
    """

    kind: str
    name: str
    schema: str
    function: str
    foreign: bool


QUERY = Query(
    family="plans",
    row=HazardRow,
    sql="""
    WITH RECURSIVE
    ours AS (
        SELECT p.oid, p.proname, n.nspname, p.provolatile, l.lanname, p.pronargs, p.proargtypes
          FROM pg_catalog.pg_proc p
          JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
          JOIN pg_catalog.pg_language l ON l.oid = p.prolang
         WHERE l.lanname NOT IN ('internal', 'c')
           AND n.nspname NOT IN ('pg_catalog', 'information_schema')
           AND p.prorettype NOT IN ('pg_catalog.trigger'::pg_catalog.regtype,
                                    'pg_catalog.event_trigger'::pg_catalog.regtype)
    ),
    start AS (
        -- A volatile function is never called by the planner; one in SQL can be replaced by its body.
        SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid AS class, o.oid AS object,
               o.nspname AS schema, o.proname AS function, false AS foreign_table
          FROM ours o
         WHERE o.provolatile <> 'v' OR o.lanname = 'sql'
        UNION ALL
        SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass::pg_catalog.oid, p.oid,
               o.nspname, o.proname, false
          FROM pg_catalog.pg_operator p JOIN ours o ON o.oid = p.oprcode
        UNION ALL
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid, c.oid, n.nspname, c.relname, true
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind = 'f'
    ),
    edges AS (
        SELECT d.refclassid AS from_class, d.refobjid AS from_object, d.classid AS class, d.objid AS object
          FROM pg_catalog.pg_depend d
         WHERE d.classid IN ('pg_catalog.pg_rewrite'::pg_catalog.regclass,
                             'pg_catalog.pg_attrdef'::pg_catalog.regclass,
                             'pg_catalog.pg_constraint'::pg_catalog.regclass,
                             'pg_catalog.pg_class'::pg_catalog.regclass,
                             'pg_catalog.pg_statistic_ext'::pg_catalog.regclass,
                             'pg_catalog.pg_type'::pg_catalog.regclass,
                             'pg_catalog.pg_proc'::pg_catalog.regclass)
        UNION ALL
        SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass, r.oid,
               'pg_catalog.pg_class'::pg_catalog.regclass, r.ev_class
          FROM pg_catalog.pg_rewrite r
        UNION ALL
        -- Defaults are planned where rows are written: class 0 stands for a relation that is.
        SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, a.oid,
               CASE t.attgenerated WHEN 'v' THEN 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
                                   ELSE 0::pg_catalog.oid END,
               a.adrelid
          FROM pg_catalog.pg_attrdef a
          JOIN pg_catalog.pg_attribute t ON t.attrelid = a.adrelid AND t.attnum = a.adnum
        UNION ALL
        SELECT 0::pg_catalog.oid, d.refobjid, 0::pg_catalog.oid, r.ev_class
          FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
         WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
           AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        UNION ALL
        SELECT 0::pg_catalog.oid, h.inhrelid, 0::pg_catalog.oid, h.inhparent
          FROM pg_catalog.pg_inherits h
        UNION ALL
        SELECT 0::pg_catalog.oid, h.inhparent, 0::pg_catalog.oid, h.inhrelid
          FROM pg_catalog.pg_inherits h
        UNION ALL
        SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, c.oid,
               'pg_catalog.pg_type'::pg_catalog.regclass, c.contypid
          FROM pg_catalog.pg_constraint c
         WHERE c.contypid <> 0
        UNION ALL
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid,
               'pg_catalog.pg_class'::pg_catalog.regclass, i.indrelid
          FROM pg_catalog.pg_index i
        UNION ALL
        SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, s.oid,
               'pg_catalog.pg_class'::pg_catalog.regclass, s.stxrelid
          FROM pg_catalog.pg_statistic_ext s
        UNION ALL
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, h.inhrelid,
               'pg_catalog.pg_class'::pg_catalog.regclass, h.inhparent
          FROM pg_catalog.pg_inherits h
    ),
    reached AS (
        SELECT s.class, s.object, s.schema, s.function, s.foreign_table FROM start s
        UNION
        SELECT e.class, e.object, r.schema, r.function, r.foreign_table
          FROM reached r JOIN edges e ON e.from_class = r.class AND e.from_object = r.object
    )
    SELECT f.kind AS kind, f.name AS name, f.schema AS schema, f.function AS function,
           f.foreign_table AS foreign
      FROM (
            SELECT 'function' AS kind, p.proname::pg_catalog.text AS name,
                   r.schema::pg_catalog.text AS schema, r.function::pg_catalog.text AS function,
                   r.foreign_table
              FROM reached r JOIN pg_catalog.pg_proc p ON p.oid = r.object
             WHERE r.class = 'pg_catalog.pg_proc'::pg_catalog.regclass
            UNION ALL
            SELECT 'attribute', p.proname, r.schema, r.function, r.foreign_table
              FROM reached r JOIN pg_catalog.pg_proc p ON p.oid = r.object
              JOIN pg_catalog.pg_type t ON t.oid = p.proargtypes[0]
             WHERE r.class = 'pg_catalog.pg_proc'::pg_catalog.regclass AND t.typtype IN ('c', 'p')
            UNION ALL
            SELECT 'operator', p.oprname, r.schema, r.function, r.foreign_table
              FROM reached r JOIN pg_catalog.pg_operator p ON p.oid = r.object
             WHERE r.class = 'pg_catalog.pg_operator'::pg_catalog.regclass
            UNION ALL
            SELECT 'relation', c.relname, r.schema, r.function, r.foreign_table
              FROM reached r JOIN pg_catalog.pg_class c ON c.oid = r.object
             WHERE r.class = 'pg_catalog.pg_class'::pg_catalog.regclass
               AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            UNION ALL
            SELECT 'written', c.relname, r.schema, r.function, r.foreign_table
              FROM reached r JOIN pg_catalog.pg_class c ON c.oid = r.object
             WHERE r.class = 0 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            UNION ALL
            SELECT 'relation', t.typname, r.schema, r.function, r.foreign_table
              FROM reached r JOIN pg_catalog.pg_type t ON t.oid = r.object
             WHERE r.class = 'pg_catalog.pg_type'::pg_catalog.regclass
            UNION ALL
            SELECT 'anything', '', o.nspname, o.proname, false
              FROM ours o
             WHERE o.oid IN (SELECT c.castfunc FROM pg_catalog.pg_cast c)
                OR o.oid IN (SELECT a.amproc::pg_catalog.oid FROM pg_catalog.pg_amproc a)
           ) f
     GROUP BY f.kind, f.name, f.schema, f.function, f.foreign_table
    """,
)


class Hazards(msgspec.Struct, frozen=True):
    """What a statement must not name; each with the words that say why."""

    functions: Mapping[str, str] = msgspec.field(default_factory=dict)
    attributes: Mapping[str, str] = msgspec.field(default_factory=dict)
    operators: Mapping[str, str] = msgspec.field(default_factory=dict)
    relations: Mapping[str, str] = msgspec.field(default_factory=dict)
    written: Mapping[str, str] = msgspec.field(default_factory=dict)
    anything: str | None = None

    @classmethod
    def of(cls, rows: Iterable[HazardRow]) -> Hazards:
        """From what the catalogs say."""
        kinds = ("function", "attribute", "operator", "relation", "written")
        found: dict[str, dict[str, str]] = {kind: {} for kind in kinds}
        anything = None
        for row in sorted(rows):
            target = f"{row.schema}.{row.function}"
            if row.kind == "anything":
                anything = (
                    anything
                    or f"casts or operator classes here use the function {target}, which planning could run"
                )
                continue
            if row.foreign:
                reason = (
                    f"it reads the foreign table {target}"
                    if row.name == row.function
                    else f"through {row.name} it reaches the foreign table {target}"
                ) + ", for which planning could ask another server"
            elif row.kind == "operator":
                reason = f"the operator {row.name} is the function {target}, which planning could run"
            elif row.name == row.function:
                reason = f"it calls the function {target}, which planning could run"
            else:
                reason = f"through {row.name} it reaches the function {target}, which planning could run"
            found[row.kind].setdefault(row.name, reason)
        return cls(
            functions=found["function"],
            attributes=found["attribute"],
            operators=found["operator"],
            relations=found["relation"],
            written=found["written"],
            anything=anything,
        )

    def reason(self, tokens: list[str]) -> str | None:
        """Why the statement must not be planned; None when it may."""
        return next(self._reasons(tokens), None)

    def _reasons(self, tokens: list[str]) -> Iterator[str]:
        if self.anything:
            yield self.anything
        yield from (self.operators[name] for name in sorted(self.operators.keys() & _IMPLIED))
        writes = _writes(tokens)
        for before, token, after in zip(["", *tokens[:-1]], tokens, [*tokens[1:], ""], strict=True):
            if token[:2] in ("U&", "u&"):
                yield "it has names that are written with Unicode escapes"
            name = _identifier(token)
            if name is None:
                # Which characters of a run are one operator (`=-`) is not looked into.
                yield from (reason for known, reason in self.operators.items() if known in token)
                continue
            if after == "(" and name in self.functions:
                yield self.functions[name]
            if after == "(" and _XML_OF_TABLES.match(name):
                yield f"it calls {name}(), which runs a query of its own"
            if before == "." and name in self.attributes:
                yield self.attributes[name]
            if name in self.relations:
                yield self.relations[name]
            if writes and name in self.written:
                yield self.written[name]


def _writes(tokens: list[str]) -> bool:
    """Whether the statement can insert or update rows: `FOR UPDATE` does not."""
    return any(
        word.lower() in ("insert", "merge")
        or (word.lower() == "update" and before.lower() not in ("for", "key"))
        for before, word in zip(["", *tokens[:-1]], tokens, strict=True)
    )


def _identifier(token: str) -> str | None:
    """The name that a token stands for; None when it is no identifier."""
    if token[0] == '"':
        return token[1:-1].replace('""', '"')
    # PostgreSQL folds more than ASCII in some encodings: then a name is compared that nothing has.
    return token.lower() if token[0].isalpha() or token[0] == "_" else None
