"""Operators, operator families and classes, access methods (pg_operator, pg_opfamily, pg_opclass, pg_am)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.columns import qualified
from pgdossier.catalog.database_wide import in_scope
from pgdossier.catalog.query import Query
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.operators import AccessMethod, FamilyMember, Operator, OperatorClass, OperatorFamily


class OperatorRow(NamedTuple):
    """One operator; functions are SQL names, "-" where there is none."""

    oid: int
    schema: str
    name: str
    owner: str
    left: str | None
    right: str | None
    result: str
    function: str
    commutator_schema: str | None
    commutator_name: str | None
    negator_schema: str | None
    negator_name: str | None
    restrict: str
    join: str
    hashes: bool
    merges: bool
    comment: str | None


# Operators without a function were only named, as commutator or negator of another one, and never made.
OPERATORS = Query(
    family="operators",
    row=OperatorRow,
    sql="""
    SELECT o.oid AS oid,
           n.nspname AS schema,
           o.oprname AS name,
           pg_catalog.pg_get_userbyid(o.oprowner) AS owner,
           pg_catalog.format_type(NULLIF(o.oprleft, 0::pg_catalog.oid), NULL) AS left,
           pg_catalog.format_type(NULLIF(o.oprright, 0::pg_catalog.oid), NULL) AS right,
           pg_catalog.format_type(o.oprresult, NULL) AS result,
           o.oprcode::pg_catalog.text AS function,
           cn.nspname AS commutator_schema,
           c.oprname AS commutator_name,
           gn.nspname AS negator_schema,
           g.oprname AS negator_name,
           o.oprrest::pg_catalog.text AS restrict,
           o.oprjoin::pg_catalog.text AS join,
           o.oprcanhash AS hashes,
           o.oprcanmerge AS merges,
           d.description AS comment
      FROM pg_catalog.pg_operator o
      JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
      LEFT JOIN pg_catalog.pg_operator c ON c.oid = o.oprcom
      LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = c.oprnamespace
      LEFT JOIN pg_catalog.pg_operator g ON g.oid = o.oprnegate
      LEFT JOIN pg_catalog.pg_namespace gn ON gn.oid = g.oprnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = o.oid AND d.classoid = 'pg_catalog.pg_operator'::pg_catalog.regclass AND d.objsubid = 0
     WHERE o.oprnamespace = ANY (%(namespaces)s)
       AND o.oprcode <> 0
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
             WHERE x.objid = o.oid AND x.classid = 'pg_catalog.pg_operator'::pg_catalog.regclass
               AND x.deptype = 'e')
    """,
)


def _operator_text(schema: str | None, name: str | None) -> str | None:
    return f"OPERATOR({quote_identifier(schema)}.{name})" if schema is not None else None


def _function(text: str) -> str | None:
    return text if text != "-" else None


def operator(row: OperatorRow) -> Operator:
    """The operator of a row."""
    return Operator(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        left=row.left,
        right=row.right,
        result=row.result,
        function=row.function,
        commutator=_operator_text(row.commutator_schema, row.commutator_name),
        negator=_operator_text(row.negator_schema, row.negator_name),
        restrict=_function(row.restrict),
        join=_function(row.join),
        hashes=row.hashes,
        merges=row.merges,
        comment=row.comment,
    )


class OperatorFamilyRow(NamedTuple):
    """One operator family."""

    oid: int
    schema: str
    name: str
    owner: str
    method: str
    comment: str | None


FAMILIES = Query(
    family="operator families",
    row=OperatorFamilyRow,
    sql="""
    SELECT f.oid AS oid,
           n.nspname AS schema,
           f.opfname AS name,
           pg_catalog.pg_get_userbyid(f.opfowner) AS owner,
           am.amname AS method,
           d.description AS comment
      FROM pg_catalog.pg_opfamily f
      JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
      JOIN pg_catalog.pg_am am ON am.oid = f.opfmethod
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = f.oid AND d.classoid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass AND d.objsubid = 0
     WHERE f.opfnamespace = ANY (%(namespaces)s)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
             WHERE x.objid = f.oid AND x.classid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass
               AND x.deptype = 'e')
    """,
)


class UserOperatorClassRow(NamedTuple):
    """One operator class."""

    oid: int
    schema: str
    name: str
    owner: str
    method: str
    type: str
    default: bool
    family_schema: str
    family_name: str
    storage: str | None
    comment: str | None


CLASSES = Query(
    family="operator classes",
    row=UserOperatorClassRow,
    sql="""
    SELECT c.oid AS oid,
           n.nspname AS schema,
           c.opcname AS name,
           pg_catalog.pg_get_userbyid(c.opcowner) AS owner,
           am.amname AS method,
           pg_catalog.format_type(c.opcintype, NULL) AS type,
           c.opcdefault AS default,
           fn.nspname AS family_schema,
           f.opfname AS family_name,
           pg_catalog.format_type(NULLIF(c.opckeytype, 0::pg_catalog.oid), NULL) AS storage,
           d.description AS comment
      FROM pg_catalog.pg_opclass c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.opcnamespace
      JOIN pg_catalog.pg_am am ON am.oid = c.opcmethod
      JOIN pg_catalog.pg_opfamily f ON f.oid = c.opcfamily
      JOIN pg_catalog.pg_namespace fn ON fn.oid = f.opfnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_opclass'::pg_catalog.regclass AND d.objsubid = 0
     WHERE c.opcnamespace = ANY (%(namespaces)s)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend x
             WHERE x.objid = c.oid AND x.classid = 'pg_catalog.pg_opclass'::pg_catalog.regclass
               AND x.deptype = 'e')
    """,
)


class FamilyMemberRow(NamedTuple):
    """One operator or (`function`) support function; it belongs to `class_`, or is loose when that is 0."""

    family: int
    class_: int
    function: bool
    number: int
    item: str
    left: str
    right: str
    order_schema: str | None
    order_name: str | None


# What a member belongs to is only in pg_depend. Members of the server's own families are not there, and
# those of the families of extensions are in nobody's model.
MEMBERS = Query(
    family="members of operator families",
    row=FamilyMemberRow,
    sql="""
    SELECT m.family AS family,
           COALESCE(c.refobjid, 0::pg_catalog.oid) AS class_,
           m.function AS function,
           m.number AS number,
           m.item AS item,
           pg_catalog.format_type(m.lefttype, NULL) AS left,
           pg_catalog.format_type(m.righttype, NULL) AS right,
           n.nspname AS order_schema,
           f.opfname AS order_name
      FROM (
            SELECT 'pg_catalog.pg_amop'::pg_catalog.regclass AS class, a.oid, a.amopfamily AS family,
                   false AS function, a.amopstrategy AS number,
                   a.amopopr::pg_catalog.regoperator::pg_catalog.text AS item,
                   a.amoplefttype AS lefttype, a.amoprighttype AS righttype, a.amopsortfamily AS sortfamily
              FROM pg_catalog.pg_amop a
             WHERE a.oid >= 16384
            UNION ALL
            SELECT 'pg_catalog.pg_amproc'::pg_catalog.regclass, a.oid, a.amprocfamily,
                   true, a.amprocnum,
                   a.amproc::pg_catalog.oid::pg_catalog.regprocedure::pg_catalog.text,
                   a.amproclefttype, a.amprocrighttype, 0::pg_catalog.oid
              FROM pg_catalog.pg_amproc a
             WHERE a.oid >= 16384
           ) m
      LEFT JOIN pg_catalog.pg_depend c
        ON c.classid = m.class AND c.objid = m.oid
       AND c.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass
      LEFT JOIN pg_catalog.pg_opfamily f ON f.oid = m.sortfamily
      LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
    """,
)


class Members:
    """The members of families and classes, each list in the order of their numbers and types."""

    def __init__(self, rows: Iterable[FamilyMemberRow]) -> None:
        self._loose: dict[tuple[int, bool], list[FamilyMember]] = {}
        self._of_class: dict[tuple[int, bool], list[FamilyMember]] = {}
        for row in sorted(rows, key=lambda row: (row.number, row.left, row.right, row.item)):
            found = FamilyMember(
                number=row.number,
                item=row.item,
                types=(row.left, row.right),
                order_by=qualified(row.order_schema, row.order_name),
            )
            if row.class_:
                self._of_class.setdefault((row.class_, row.function), []).append(found)
            else:
                self._loose.setdefault((row.family, row.function), []).append(found)

    def loose(self, family: int, *, functions: bool) -> tuple[FamilyMember, ...]:
        """The operators, or functions, that are in the family but in none of its classes."""
        return tuple(self._loose.get((family, functions), ()))

    def of_class(self, operator_class: int, *, functions: bool) -> tuple[FamilyMember, ...]:
        """The operators, or functions, of an operator class."""
        return tuple(self._of_class.get((operator_class, functions), ()))


def operator_family(row: OperatorFamilyRow, members: Members) -> OperatorFamily:
    """The operator family of a row."""
    return OperatorFamily(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        method=row.method,
        operators=members.loose(row.oid, functions=False),
        functions=members.loose(row.oid, functions=True),
        comment=row.comment,
    )


def operator_class(row: UserOperatorClassRow, members: Members) -> OperatorClass:
    """The operator class of a row."""
    return OperatorClass(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        method=row.method,
        type=row.type,
        default=row.default,
        family=QualifiedName(row.family_schema, row.family_name),
        storage=row.storage,
        operators=members.of_class(row.oid, functions=False),
        functions=members.of_class(row.oid, functions=True),
        comment=row.comment,
    )


class AccessMethodRow(NamedTuple):
    """One access method; `handler` is a SQL name."""

    oid: int
    name: str
    type: str
    handler: str
    comment: str | None


ACCESS_METHODS = Query(
    family="access methods",
    row=AccessMethodRow,
    sql=f"""
    SELECT a.oid AS oid,
           a.amname AS name,
           a.amtype AS type,
           a.amhandler::pg_catalog.text AS handler,
           d.description AS comment
      FROM pg_catalog.pg_am a
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = a.oid AND d.classoid = 'pg_catalog.pg_am'::pg_catalog.regclass AND d.objsubid = 0
     WHERE {in_scope("pg_am", "a")}
    """,
)

METHOD_TYPES = Codes(
    column="pg_am.amtype",
    family="access methods",
    meanings={"i": "INDEX", "t": "TABLE"},
    unknown="",
)


def access_method(row: AccessMethodRow, gaps: Gaps) -> AccessMethod:
    """The access method of a row."""
    return AccessMethod(
        name=row.name,
        kind=METHOD_TYPES.read(row.type, gaps),
        handler=row.handler,
        comment=row.comment,
    )
