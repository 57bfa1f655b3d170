"""Constraints of tables and domains (pg_constraint)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from pgdossier.catalog import definitions
from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.definitions import Quoting
from pgdossier.catalog.deparsed import bare
from pgdossier.catalog.query import Query, Since, picking
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Action, Check, Exclusion, ForeignKey, Key, Match, NotNull
from pgdossier.model.names import QualifiedName
from pgdossier.model.types import DomainCheck


class ConstraintRow(NamedTuple):
    """One constraint of a relation (`relation` not 0) or of a domain (`domain` not 0), NOT NULL apart.

    `definition` is the server's where it is not composed here, `tree` the stored condition of a CHECK, whose
    text is in an `ExpressionRow`. `index_name` is
    the index that a foreign key relies on, `index_attributes` come with a key that has INCLUDE columns.
    `target_columns` are given where the referenced table is in no documented schema; `lost` says that the
    referenced table or the index is missing in pg_class.
    """

    oid: int
    name: str
    type: str
    relation: int
    domain: int
    parent: int
    definition: str | None
    tree: str | None
    columns: list[int] | None
    target_oid: int
    target_schema: str | None
    target_name: str | None
    target_numbers: list[int] | None
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
    lost: bool | None


# Of these the definition is composed here. The server qualifies no table of its own schemas.
_NOT_COMPOSED = """(
               con.contype NOT IN ('c', 'p', 'u', 'f')
               OR (con.contype = 'f'
                   AND (con.confupdtype NOT IN ('a', 'r', 'c', 'n', 'd')
                        OR con.confdeltype NOT IN ('a', 'r', 'c', 'n', 'd')
                        OR con.confmatchtype NOT IN ('s', 'f', 'p')
                        OR pg_catalog.starts_with(tn.nspname::pg_catalog.text, 'pg_'))))"""

# Constraint triggers (t) are read as triggers. Names of referenced columns come with the row where the
# referenced table lies outside the scope.
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
           CASE WHEN {not_composed} THEN pg_catalog.pg_get_constraintdef(con.oid) END AS definition,
           CASE WHEN con.contype = 'c' THEN {tree} END AS tree,
           con.conkey AS columns,
           con.confrelid AS target_oid,
           tn.nspname AS target_schema,
           tc.relname AS target_name,
           con.confkey AS target_numbers,
           f.names AS target_columns,
           CASE WHEN con.contype = 'f' THEN ic.relname END AS index_name,
           CASE WHEN i.indnatts > i.indnkeyatts THEN i.indkey::pg_catalog.int2[] END AS index_attributes,
           CASE WHEN i.indnatts > i.indnkeyatts THEN i.indnkeyatts END AS index_keys,
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
           d.description AS comment,
           CASE WHEN (con.confrelid <> 0 AND tc.oid IS NULL) OR (con.conindid <> 0 AND ic.oid IS NULL)
                THEN true END AS lost
      FROM pg_catalog.pg_constraint con
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = con.oid AND d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
       AND d.objsubid = 0
      LEFT JOIN pg_catalog.pg_class tc ON tc.oid = con.confrelid
      LEFT JOIN pg_catalog.pg_namespace tn ON tn.oid = tc.relnamespace
      LEFT JOIN pg_catalog.pg_class ic ON ic.oid = con.conindid
      LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = con.conindid AND con.contype <> 'f'
      LEFT JOIN (
            SELECT fk.oid, pg_catalog.array_agg(a.attname ORDER BY k.position) AS names
              FROM pg_catalog.pg_constraint fk
              JOIN pg_catalog.pg_class r ON r.oid = fk.confrelid
             CROSS JOIN LATERAL pg_catalog.unnest(fk.confkey) WITH ORDINALITY AS k (number, position)
              JOIN pg_catalog.pg_attribute a ON a.attrelid = fk.confrelid AND a.attnum = k.number
             WHERE fk.contype = 'f'
               AND fk.connamespace = ANY (%(namespaces)s)
               AND r.relnamespace <> ALL (%(namespaces)s)
             GROUP BY fk.oid
           ) f ON f.oid = con.oid
     WHERE con.connamespace = ANY (%(namespaces)s)
       AND con.contype NOT IN ('t', 'n')
    """,
    fragments={
        "not_composed": (Since(13, _NOT_COMPOSED), Since(definitions.KNOWN_UNTIL + 1, "true")),
        # What newer trees look like is not known: there each is one by itself.
        "tree": (
            Since(13, "con.conbin::pg_catalog.text"),
            Since(definitions.KNOWN_UNTIL + 1, "con.oid::pg_catalog.text"),
        ),
        "nulls_not_distinct": (Since(13, "false"), Since(15, "i.indnullsnotdistinct")),
        "on_delete_columns": (Since(13, "NULL::pg_catalog.int2[]"), Since(15, "con.confdelsetcols")),
        "enforced": (Since(13, "true"), Since(18, "con.conenforced")),
        "period": (Since(13, "false"), Since(18, "con.conperiod")),
    },
)


class ExpressionRow(NamedTuple):
    """What the server prints for the condition of one CHECK."""

    oid: int
    expression: str | None


# One of those that are printed alike (`deparsing.py`).
EXPRESSIONS = Query(
    family="constraints",
    row=ExpressionRow,
    sql="""
    SELECT con.oid AS oid,
           pg_catalog.pg_get_expr(con.conbin, con.conrelid) AS expression
      FROM pg_catalog.pg_constraint con
     WHERE con.oid = ANY (%(constraints)s::pg_catalog.oid[])
    """,
)


class NotNullRow(NamedTuple):
    """One NOT NULL with a name, of a relation (`relation` not 0) or of a domain (`domain` not 0)."""

    name: str
    relation: int
    domain: int
    number: int
    validated: bool
    no_inherit: bool
    inherited: bool
    comment: str | None


# There are about as many as columns, and little to say of each: they have their own query.
NOT_NULLS = Query(
    family="constraints",
    row=NotNullRow,
    sql="""
    SELECT con.conname AS name,
           con.conrelid AS relation,
           con.contypid AS domain,
           COALESCE(con.conkey[1], 0) AS number,
           con.convalidated AS validated,
           con.connoinherit AS no_inherit,
           NOT con.conislocal OR con.conparentid <> 0 AS inherited,
           d.description AS comment
      FROM pg_catalog.pg_constraint con
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = con.oid AND d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
       AND d.objsubid = 0
     WHERE con.connamespace = ANY (%(namespaces)s)
       AND con.contype = 'n'
    """,
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
    meanings={kind: kind for kind in "pufcx"},
    unknown="",
)


def names(numbers: Iterable[int] | None, columns: Mapping[int, Column]) -> tuple[str, ...]:
    """Column names by number; expressions (0) and system columns (negative) have none."""
    return tuple([columns[number].name for number in numbers or () if number in columns])


def inherited(row: ConstraintRow) -> bool:
    """Whether the constraint is only a copy of a parent's."""
    return not row.local or row.parent != 0


class Keys:
    """Makes primary keys and unique constraints of rows; those that only have other names are made once."""

    def __init__(self, quoting: Quoting) -> None:
        self._quoting = quoting
        self._made: dict[Hashable, Key] = {}

    def key(self, row: ConstraintRow, columns: Mapping[int, Column]) -> Key:
        """The key of a row; `columns` are its table's, by number."""
        keys = names(row.columns, columns)
        attributes = row.index_attributes
        include = names(attributes[row.index_keys or 0 :], columns) if attributes else ()
        signature = (keys, include, inherited(row), _OF_KEYS(row))
        made = self._made.get(signature)
        if made is None:
            made = self._made[signature] = self._key(row, keys, include)
        return msgspec.structs.replace(made, name=row.name, comment=row.comment)

    def _key(self, row: ConstraintRow, keys: tuple[str, ...], include: tuple[str, ...]) -> Key:
        definition = row.definition
        if definition is None:
            definition = definitions.key(
                self._quoting,
                keys,
                include,
                primary=row.type == "p",
                nulls_not_distinct=bool(row.nulls_not_distinct),
                without_overlaps=row.period,
                deferrable=row.deferrable,
                initially_deferred=row.initially_deferred,
            )
        return Key(
            name="",
            columns=keys,
            definition=definition,
            include=include,
            nulls_not_distinct=bool(row.nulls_not_distinct),
            without_overlaps=row.period,
            deferrable=row.deferrable,
            initially_deferred=row.initially_deferred,
            inherited=inherited(row),
        )


_OF_KEYS = picking(
    ConstraintRow,
    "type",
    "definition",
    "nulls_not_distinct",
    "period",
    "deferrable",
    "initially_deferred",
)


class ForeignKeys:
    """Makes foreign keys of rows.

    What those that reference the same have in common is made once, and so is what those that act the same
    have: a foreign key is both with its own name and columns.

    Args:
        columns: The columns of every relation, by its OID and their numbers.
        quoting: How the server quotes.
        gaps: Where unknown codes are noted, and references to what is missing.
    """

    def __init__(self, columns: Mapping[int, Mapping[int, Column]], quoting: Quoting, gaps: Gaps) -> None:
        self._columns = columns
        self._quoting = quoting
        self._gaps = gaps
        self._targets: dict[Hashable, tuple[QualifiedName, tuple[str, ...], str]] = {}
        self._acting: dict[Hashable, tuple[ForeignKey, str | None]] = {}

    def foreign_key(self, row: ConstraintRow, columns: Mapping[int, Column]) -> ForeignKey | None:
        """The foreign key of a row; `columns` are its table's, by number.

        None, and a gap, where the catalogs are damaged: what it references is missing.
        """
        target, target_columns, references = self._target(row)
        if len(target_columns) < len(row.target_numbers or ()):
            self._gaps.add("constraints", f"{row.name} references what could not be read")
            return None
        acting, reactions = self._acting_like(row, columns)
        keys = names(row.columns, columns)
        definition = row.definition
        if definition is None and reactions is not None:
            definition = definitions.foreign_key(
                self._quoting, keys, references, reactions, period=row.period
            )
        return msgspec.structs.replace(
            acting,
            name=row.name,
            columns=keys,
            target=target,
            target_columns=target_columns,
            definition=definition or "",
            key=row.index_name,
            comment=row.comment,
        )

    def _target(self, row: ConstraintRow) -> tuple[QualifiedName, tuple[str, ...], str]:
        """What the foreign key of a row references: the table, its columns, and both as SQL."""
        signature = (row.target_oid, row.period, *(row.target_numbers or ()))
        found = self._targets.get(signature)
        if found is None:
            columns = (
                names(row.target_numbers, self._columns.get(row.target_oid, {}))
                if row.target_columns is None
                else tuple(row.target_columns)
            )
            name = QualifiedName(row.target_schema or "", row.target_name or "")
            text = definitions.references(
                self._quoting, (name.schema, name.name), columns, period=row.period and bool(columns)
            )
            found = self._targets[signature] = (name, columns, text)
        return found

    def _acting_like(
        self, row: ConstraintRow, columns: Mapping[int, Column]
    ) -> tuple[ForeignKey, str | None]:
        """A foreign key without names that acts like that of a row, and how as SQL, if that is known."""
        on_delete_columns = names(row.on_delete_columns, columns) if row.on_delete_columns else ()
        signature = (on_delete_columns, inherited(row), _OF_FOREIGN_KEYS(row))
        found = self._acting.get(signature)
        if found is None:
            found = self._acting[signature] = self._made_like(row, on_delete_columns)
        return found

    def _made_like(
        self, row: ConstraintRow, on_delete_columns: tuple[str, ...]
    ) -> tuple[ForeignKey, str | None]:
        on_update = UPDATE_ACTIONS.read(row.on_update, self._gaps)
        on_delete = DELETE_ACTIONS.read(row.on_delete, self._gaps)
        match = MATCHES.read(row.match, self._gaps)
        text = None
        if not (Action.UNKNOWN in (on_update, on_delete) or match is Match.UNKNOWN):
            text = definitions.reactions(
                self._quoting,
                match=row.match,
                on_update=row.on_update,
                on_delete=row.on_delete,
                on_delete_columns=on_delete_columns,
                deferrable=row.deferrable,
                initially_deferred=row.initially_deferred,
                validated=row.validated,
                enforced=row.enforced,
            )
        made = ForeignKey(
            name="",
            columns=(),
            target=QualifiedName("", ""),
            target_columns=(),
            definition="",
            on_update=on_update,
            on_delete=on_delete,
            on_delete_columns=on_delete_columns,
            match=match,
            period=row.period,
            deferrable=row.deferrable,
            initially_deferred=row.initially_deferred,
            validated=row.validated,
            enforced=row.enforced,
            inherited=inherited(row),
        )
        return made, text


_OF_FOREIGN_KEYS = picking(
    ConstraintRow,
    "on_update",
    "on_delete",
    "match",
    "period",
    "deferrable",
    "initially_deferred",
    "validated",
    "enforced",
)


def check(row: ConstraintRow, expression: str, columns: Mapping[int, Column]) -> Check:
    """The CHECK of a row, of which that is the condition; `columns` are its table's, by number."""
    return Check(
        name=row.name,
        expression=bare(expression),
        definition=_check_definition(row, expression),
        columns=names(row.columns, columns),
        no_inherit=row.no_inherit,
        validated=row.validated,
        enforced=row.enforced,
        inherited=inherited(row),
        comment=row.comment,
    )


def _check_definition(row: ConstraintRow, expression: str) -> str:
    if row.definition is not None:
        return row.definition
    return definitions.check(
        expression, no_inherit=row.no_inherit, validated=row.validated, enforced=row.enforced
    )


def exclusion(row: ConstraintRow, columns: Mapping[int, Column]) -> Exclusion:
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


def not_null(row: NotNullRow, columns: Mapping[int, Column]) -> NotNull:
    """The named NOT NULL of a row; `columns` are its table's, by number."""
    return NotNull(
        name=row.name,
        column=columns[row.number].name,
        no_inherit=row.no_inherit,
        validated=row.validated,
        inherited=row.inherited,
        comment=row.comment,
    )


def domain_check(row: ConstraintRow, expression: str) -> DomainCheck:
    """The CHECK of a domain, of which that is the condition."""
    return DomainCheck(
        name=row.name,
        expression=bare(expression),
        definition=_check_definition(row, expression),
        validated=row.validated,
        comment=row.comment,
    )
