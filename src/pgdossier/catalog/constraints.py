"""Constraints of tables and domains (pg_constraint)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.deparsed import bare
from pgdossier.catalog.query import Query, Since
from pgdossier.model.constraints import Action, Check, Exclusion, ForeignKey, Key, Match, NotNull
from pgdossier.model.names import QualifiedName
from pgdossier.model.types import DomainCheck


class ConstraintRow(NamedTuple):
    """One constraint of a relation (`relation` not 0) or of a domain (`domain` not 0).

    `index_name` names the index of a key, or, for a foreign key, the referenced index.
    """

    oid: int
    name: str
    type: str
    relation: int
    domain: int
    parent: int
    definition: str | None
    expression: str | None
    columns: list[int] | None
    target_oid: int
    target_schema: str | None
    target_name: str | None
    target_columns: list[str] | None
    index_name: str | None
    index_attributes: list[int] | None
    index_keys: int | None
    nulls_not_distinct: bool | None
    on_update: str
    on_delete: str
    on_delete_columns: list[int] | None
    match: str
    deferrable: bool
    initially_deferred: bool
    validated: bool
    enforced: bool
    period: bool
    no_inherit: bool
    local: bool
    comment: str | None


# Constraint triggers (t) are read as triggers. Names of referenced columns come with the row because the
# referenced table may lie outside the scope.
QUERY = Query(
    family="constraints",
    row=ConstraintRow,
    sql="""
    SELECT con.oid AS oid,
           con.conname AS name,
           con.contype AS type,
           con.conrelid AS relation,
           con.contypid AS domain,
           con.conparentid AS parent,
           pg_catalog.pg_get_constraintdef(con.oid) AS definition,
           CASE WHEN con.contype = 'c' THEN pg_catalog.pg_get_expr(con.conbin, con.conrelid) END
               AS expression,
           con.conkey AS columns,
           con.confrelid AS target_oid,
           tn.nspname AS target_schema,
           tc.relname AS target_name,
           f.names AS target_columns,
           ic.relname AS index_name,
           i.indkey::pg_catalog.int2[] AS index_attributes,
           i.indnkeyatts AS index_keys,
           {nulls_not_distinct} AS nulls_not_distinct,
           con.confupdtype AS on_update,
           con.confdeltype AS on_delete,
           {on_delete_columns} AS on_delete_columns,
           con.confmatchtype AS match,
           con.condeferrable AS deferrable,
           con.condeferred AS initially_deferred,
           con.convalidated AS validated,
           {enforced} AS enforced,
           {period} AS period,
           con.connoinherit AS no_inherit,
           con.conislocal AS local,
           d.description AS comment
      FROM pg_catalog.pg_constraint con
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = con.oid AND d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
       AND d.objsubid = 0
      LEFT JOIN pg_catalog.pg_class tc ON tc.oid = con.confrelid
      LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = tc.relnamespace
      LEFT JOIN pg_catalog.pg_class ic ON ic.oid = con.conindid
      LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = con.conindid
      LEFT JOIN (
            SELECT fk.oid, pg_catalog.array_agg(a.attname ORDER BY k.position) AS names
              FROM pg_catalog.pg_constraint fk
             CROSS JOIN LATERAL pg_catalog.unnest(fk.confkey) WITH ORDINALITY AS k (number, position)
              JOIN pg_catalog.pg_attribute a ON a.attrelid = fk.confrelid AND a.attnum = k.number
             WHERE fk.contype = 'f' AND fk.connamespace = ANY (%(namespaces)s)
             GROUP BY fk.oid
           ) f ON f.oid = con.oid
     WHERE con.connamespace = ANY (%(namespaces)s)
       AND con.contype <> 't'
    """,
    fragments={
        "nulls_not_distinct": (Since(13, "false"), Since(15, "i.indnullsnotdistinct")),
        "on_delete_columns": (Since(13, "NULL::pg_catalog.int2[]"), Since(15, "con.confdelsetcols")),
        "enforced": (Since(13, "true"), Since(18, "con.conenforced")),
        "period": (Since(13, "false"), Since(18, "con.conperiod")),
    },
)

_ACTIONS = {
    "a": Action.NO_ACTION,
    "r": Action.RESTRICT,
    "c": Action.CASCADE,
    "n": Action.SET_NULL,
    "d": Action.SET_DEFAULT,
}
UPDATE_ACTIONS = Codes("pg_constraint.confupdtype", "constraints", _ACTIONS, Action.UNKNOWN)
DELETE_ACTIONS = Codes("pg_constraint.confdeltype", "constraints", _ACTIONS, Action.UNKNOWN)
MATCHES = Codes(
    column="pg_constraint.confmatchtype",
    family="constraints",
    meanings={"s": Match.SIMPLE, "f": Match.FULL, "p": Match.PARTIAL},
    unknown=Match.UNKNOWN,
)
TYPES = Codes(
    column="pg_constraint.contype",
    family="constraints",
    meanings={kind: kind for kind in "pufcxn"},
    unknown="",
)


def names(numbers: Iterable[int] | None, columns: Mapping[int, str]) -> tuple[str, ...]:
    """Column names by number; expressions (0) and system columns (negative) have none."""
    return tuple(columns[number] for number in numbers or () if number in columns)


def inherited(row: ConstraintRow) -> bool:
    """Whether the constraint is only a copy of a parent's."""
    return not row.local or row.parent != 0


def key(row: ConstraintRow, columns: Mapping[int, str]) -> Key:
    """The primary key or unique constraint of a row; `columns` are its table's, by number."""
    return Key(
        name=row.name,
        columns=names(row.columns, columns),
        definition=row.definition or "",
        include=names((row.index_attributes or ())[row.index_keys or 0 :], columns),
        nulls_not_distinct=bool(row.nulls_not_distinct),
        without_overlaps=row.period,
        deferrable=row.deferrable,
        initially_deferred=row.initially_deferred,
        inherited=inherited(row),
        comment=row.comment,
    )


def foreign_key(row: ConstraintRow, columns: Mapping[int, str], gaps: Gaps) -> ForeignKey:
    """The foreign key of a row; `columns` are its table's, by number."""
    return ForeignKey(
        name=row.name,
        columns=names(row.columns, columns),
        target=QualifiedName(row.target_schema or "", row.target_name or ""),
        target_columns=tuple(row.target_columns or ()),
        definition=row.definition or "",
        key=row.index_name,
        on_update=UPDATE_ACTIONS.read(row.on_update, gaps),
        on_delete=DELETE_ACTIONS.read(row.on_delete, gaps),
        on_delete_columns=names(row.on_delete_columns, columns),
        match=MATCHES.read(row.match, gaps),
        period=row.period,
        deferrable=row.deferrable,
        initially_deferred=row.initially_deferred,
        validated=row.validated,
        enforced=row.enforced,
        inherited=inherited(row),
        comment=row.comment,
    )


def check(row: ConstraintRow, columns: Mapping[int, str]) -> Check:
    """The CHECK of a row; `columns` are its table's, by number."""
    return Check(
        name=row.name,
        expression=bare(row.expression or ""),
        definition=row.definition or "",
        columns=names(row.columns, columns),
        no_inherit=row.no_inherit,
        validated=row.validated,
        enforced=row.enforced,
        inherited=inherited(row),
        comment=row.comment,
    )


def exclusion(row: ConstraintRow, columns: Mapping[int, str]) -> Exclusion:
    """The EXCLUDE constraint of a row; `columns` are its table's, by number."""
    return Exclusion(
        name=row.name,
        definition=row.definition or "",
        columns=names(row.columns, columns),
        deferrable=row.deferrable,
        initially_deferred=row.initially_deferred,
        inherited=inherited(row),
        comment=row.comment,
    )


def not_null(row: ConstraintRow, columns: Mapping[int, str]) -> NotNull:
    """The named NOT NULL of a row; `columns` are its table's, by number."""
    return NotNull(
        name=row.name,
        column="".join(names(row.columns, columns)),
        no_inherit=row.no_inherit,
        validated=row.validated,
        inherited=inherited(row),
        comment=row.comment,
    )


def domain_check(row: ConstraintRow) -> DomainCheck:
    """The CHECK of a domain."""
    return DomainCheck(
        name=row.name,
        expression=bare(row.expression or ""),
        definition=row.definition or "",
        validated=row.validated,
        comment=row.comment,
    )
