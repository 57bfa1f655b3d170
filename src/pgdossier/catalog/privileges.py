"""Grants (the access control lists of all catalogs), defaults (pg_default_acl), changes (pg_init_privs)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

import msgspec

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.query import Query
from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.privileges import ChangedGrants, DefaultPrivileges, Grant, Grants

T = TypeVar("T", bound=Model)


class PrivilegeRow(NamedTuple):
    """An object with the list of its grants, or (`class_` empty) one privilege of a list.

    `column` is 0 for the object itself, a column's number for a grant on that column. `privilege` is None
    for a list on which nobody has any. The database is there with the OID 0.
    """

    class_: str
    oid: int
    column: int
    list: str
    grantee: str | None
    privilege: str | None
    grantor: str | None
    grantable: bool | None


# Thousands of objects share a few lists, each of which is taken apart once.
# A list that says what holds without one anyway (all privileges granted once and revoked again, say) is left
# out, as pg_dump does: it would not be there in a database that was built again.
QUERY = Query(
    family="privileges",
    row=PrivilegeRow,
    sql="""
    WITH o AS MATERIALIZED (
    SELECT o.class, o.oid, o.number, o.acl, o.acl::pg_catalog.text AS list
      FROM (
            SELECT 'pg_database'::pg_catalog.text AS class, 0::pg_catalog.oid AS oid, 0 AS number,
                   db.datacl AS acl, pg_catalog.acldefault('d', db.datdba) AS usual
              FROM pg_catalog.pg_database db
             WHERE db.datname = pg_catalog.current_database()
            UNION ALL
            SELECT 'pg_namespace', n.oid, 0, n.nspacl, pg_catalog.acldefault('n', n.nspowner)
              FROM pg_catalog.pg_namespace n
             WHERE n.oid = ANY (%(namespaces)s)
            UNION ALL
            SELECT 'pg_class', c.oid, 0, c.relacl,
                   pg_catalog.acldefault(
                       CASE WHEN c.relkind = 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner)
              FROM pg_catalog.pg_class c
             WHERE c.relnamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT 'pg_class', c.oid, a.attnum, a.attacl, pg_catalog.acldefault('c', c.relowner)
              FROM pg_catalog.pg_attribute a
              JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
             WHERE c.relnamespace = ANY (%(namespaces)s)
               AND a.attrelid >= 16384
               AND NOT a.attisdropped
            UNION ALL
            SELECT 'pg_proc', p.oid, 0, p.proacl, pg_catalog.acldefault('f', p.proowner)
              FROM pg_catalog.pg_proc p
             WHERE p.pronamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT 'pg_type', t.oid, 0, t.typacl, pg_catalog.acldefault('T', t.typowner)
              FROM pg_catalog.pg_type t
             WHERE t.typnamespace = ANY (%(namespaces)s)
            UNION ALL
            SELECT 'pg_language', l.oid, 0, l.lanacl, pg_catalog.acldefault('l', l.lanowner)
              FROM pg_catalog.pg_language l
            UNION ALL
            SELECT 'pg_foreign_data_wrapper', w.oid, 0, w.fdwacl, pg_catalog.acldefault('F', w.fdwowner)
              FROM pg_catalog.pg_foreign_data_wrapper w
            UNION ALL
            SELECT 'pg_foreign_server', s.oid, 0, s.srvacl, pg_catalog.acldefault('S', s.srvowner)
              FROM pg_catalog.pg_foreign_server s
           ) o
     WHERE o.acl IS NOT NULL
       AND NOT (o.acl @> o.usual AND o.acl <@ o.usual)
    )
    SELECT o.class AS class_,
           o.oid AS oid,
           o.number AS column,
           o.list AS list,
           NULL::pg_catalog.name AS grantee,
           NULL::pg_catalog.text AS privilege,
           NULL::pg_catalog.name AS grantor,
           NULL::pg_catalog.bool AS grantable
      FROM o
    UNION ALL
    SELECT '', 0::pg_catalog.oid, 0, l.list,
           CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END,
           x.privilege_type,
           pg_catalog.pg_get_userbyid(x.grantor),
           x.is_grantable
      FROM (SELECT DISTINCT ON (o.list) o.list, o.acl FROM o ORDER BY o.list) l
      LEFT JOIN LATERAL pg_catalog.aclexplode(l.acl) x ON true
    """,
)


class Privileges:
    """The grants on every object that was read."""

    def __init__(self, rows: Iterable[PrivilegeRow]) -> None:
        lists: dict[str, list[PrivilegeRow]] = defaultdict(list)
        objects: dict[tuple[str, int, int], str] = {}
        for row in rows:
            if row.class_:
                objects[row.class_, row.oid, row.column] = row.list
            else:
                lists[row.list].append(row)
        grants = {text: _sorted(map(_grant, found)) for text, found in lists.items()}
        self._grants = {key: grants.get(text, ()) for key, text in objects.items()}
        self._with_columns = {oid for class_, oid, column in self._grants if column}

    def on_columns(self, oid: int) -> bool:
        """Whether there are any on columns of that relation."""
        return oid in self._with_columns

    def on(self, class_: str, oid: int, column: int = 0) -> Grants:
        """The grants on an object of that catalog, None when the built-in defaults of its kind hold."""
        return self._grants.get((class_, oid, column))

    def given(self, found: T, class_: str, oid: int, column: int = 0) -> T:
        """The model's value for that object with its grants."""
        grants = self.on(class_, oid, column)
        return found if grants is None else msgspec.structs.replace(found, grants=grants)

    def note_system_columns(self, relations: Iterable[int], gaps: Gaps) -> None:
        """Notes grants on system columns of these relations, which the model does not have."""
        known = set(relations)
        for class_, oid, column in self._grants:
            if class_ == "pg_class" and oid in known and column < 0:
                gaps.add("privileges", "grants on system columns (ctid, xmin and the like) are left out")


def _grant(row: PrivilegeRow | DefaultPrivilegeRow | ChangedGrantRow) -> Grant | None:
    if row.privilege is None or row.grantor is None:
        return None
    return Grant(
        grantee=row.grantee,
        privilege=row.privilege,
        grantor=row.grantor,
        grantable=bool(row.grantable),
    )


def _sorted(grants: Iterable[Grant | None]) -> tuple[Grant, ...]:
    """The grants by grantee (PUBLIC first), privilege and grantor."""
    found = [grant for grant in grants if grant is not None]
    return tuple(
        sorted(
            found,
            key=lambda grant: (
                grant.grantee is not None,
                grant.grantee or "",
                grant.privilege,
                grant.grantor,
            ),
        )
    )


class DefaultPrivilegeRow(NamedTuple):
    """One privilege of one entry of pg_default_acl, or (`baseline`) of what would hold without the entry.

    `privilege` is None where there is none of the two.
    """

    role: str
    schema: str | None
    objects: str
    baseline: bool
    grantee: str | None
    privilege: str | None
    grantor: str | None
    grantable: bool | None


# Entries of one schema add to those of all schemas and to the built-in ones: nothing is taken away there.
DEFAULTS = Query(
    family="default privileges",
    row=DefaultPrivilegeRow,
    sql="""
    SELECT pg_catalog.pg_get_userbyid(d.defaclrole) AS role,
           n.nspname AS schema,
           d.defaclobjtype AS objects,
           acl.baseline AS baseline,
           CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END AS grantee,
           x.privilege_type AS privilege,
           pg_catalog.pg_get_userbyid(x.grantor) AS grantor,
           x.is_grantable AS grantable
      FROM pg_catalog.pg_default_acl d
      LEFT JOIN pg_catalog.pg_namespace n ON n.oid = d.defaclnamespace
     CROSS JOIN LATERAL (
            VALUES (false, d.defaclacl),
                   (true, CASE WHEN d.defaclnamespace = 0 THEN pg_catalog.acldefault(
                              CASE WHEN d.defaclobjtype = 'S' THEN 's'::"char" ELSE d.defaclobjtype END,
                              d.defaclrole) END)
           ) acl (baseline, items)
      LEFT JOIN LATERAL pg_catalog.aclexplode(acl.items) x ON true
     WHERE d.defaclnamespace = 0 OR d.defaclnamespace = ANY (%(namespaces)s)
    """,
)

OBJECTS = Codes(
    column="pg_default_acl.defaclobjtype",
    family="default privileges",
    meanings={
        "r": "TABLES",
        "S": "SEQUENCES",
        "f": "FUNCTIONS",
        "T": "TYPES",
        "n": "SCHEMAS",
        "L": "LARGE OBJECTS",
    },
    unknown="",
)


def default_privileges(rows: Iterable[DefaultPrivilegeRow], gaps: Gaps) -> tuple[DefaultPrivileges, ...]:
    """The default privileges that the rows make, by role, schema (all schemas first) and kind of objects."""
    entries: dict[tuple[str, str | None, str], list[DefaultPrivilegeRow]] = defaultdict(list)
    for row in rows:
        objects = OBJECTS.read(row.objects, gaps)
        if objects:
            entries[row.role, row.schema, objects].append(row)
    return tuple(
        DefaultPrivileges(
            role=role,
            schema=schema,
            objects=objects,
            grants=_sorted(_grant(row) for row in found if not row.baseline),
            baseline=_sorted(_grant(row) for row in found if row.baseline),
        )
        for (role, schema, objects), found in sorted(
            entries.items(), key=lambda entry: (entry[0][0], entry[0][1] or "", entry[0][2])
        )
    )


class ChangedGrantRow(NamedTuple):
    """One privilege on an object of an extension or of the system: there now, or (`initial`) from the start.

    `privilege` is None where there is none of the two. `kind` is the object's keyword in GRANT, `arguments`
    are a routine's, `schema` is None for what has none, `column` for the object itself.
    """

    kind: str
    schema: str | None
    name: str
    arguments: str | None
    column: str | None
    owner: str
    initial: bool
    grantee: str | None
    privilege: str | None
    grantor: str | None
    grantable: bool | None


# The same objects as pg_dump's: what extensions own, what is in pg_catalog, and that schema itself; neither
# types of relations and arrays, whose privileges are those of another type, nor information_schema. Objects
# of the system have OIDs below 16384, which saves looking at the columns of all tables of users.
CHANGED = Query(
    family="changed grants",
    row=ChangedGrantRow,
    sql="""
      WITH m AS MATERIALIZED (
            SELECT d.classid, d.objid
              FROM pg_catalog.pg_depend d
             WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'
           )
    SELECT o.kind AS kind,
           n.nspname AS schema,
           o.name AS name,
           CASE WHEN o.arguments IS NOT NULL THEN COALESCE(a.arguments, '') END AS arguments,
           o.column_name AS column,
           pg_catalog.pg_get_userbyid(o.owner) AS owner,
           acl.initial AS initial,
           CASE WHEN x.grantee <> 0 THEN pg_catalog.pg_get_userbyid(x.grantee) END AS grantee,
           x.privilege_type AS privilege,
           pg_catalog.pg_get_userbyid(x.grantor) AS grantor,
           x.is_grantable AS grantable
      FROM (
            SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass AS class, s.oid AS oid, 0 AS number,
                   'SCHEMA'::pg_catalog.text AS kind, 0::pg_catalog.oid AS namespace, s.nspname AS name,
                   NULL::pg_catalog.oid[] AS arguments, NULL::pg_catalog.name AS column_name,
                   s.nspowner AS owner, s.nspacl AS acl, 'n'::"char" AS usual,
                   s.nspname = 'pg_catalog' AS of_system
              FROM pg_catalog.pg_namespace s
            UNION ALL
            SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, 0,
                   CASE WHEN c.relkind = 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.relnamespace, c.relname,
                   NULL, NULL, c.relowner, c.relacl,
                   CASE WHEN c.relkind = 'S' THEN 's'::"char" ELSE 'r'::"char" END, false
              FROM (
                    SELECT s.* FROM pg_catalog.pg_class s
                     WHERE s.relnamespace = 'pg_catalog'::pg_catalog.regnamespace
                    UNION ALL
                    SELECT s.*
                      FROM m
                      JOIN pg_catalog.pg_class s ON s.oid = m.objid
                     WHERE m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                       AND s.relnamespace <> 'pg_catalog'::pg_catalog.regnamespace
                   ) c
             WHERE c.relkind NOT IN ('i', 'I', 't', 'c')
            UNION ALL
            SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, a.attrelid, a.attnum, 'TABLE', a.relnamespace,
                   a.relname, NULL, a.attname, a.relowner, a.attacl, 'c'::"char", false
              FROM (
                    SELECT b.attrelid, b.attnum, b.attname, b.attacl, c.relname, c.relnamespace, c.relowner
                      FROM pg_catalog.pg_attribute b
                      JOIN pg_catalog.pg_class c ON c.oid = b.attrelid
                     WHERE b.attrelid < 16384 AND c.oid < 16384 AND NOT b.attisdropped
                    UNION ALL
                    SELECT b.attrelid, b.attnum, b.attname, b.attacl, c.relname, c.relnamespace, c.relowner
                      FROM m
                      JOIN pg_catalog.pg_class c ON c.oid = m.objid
                      JOIN pg_catalog.pg_attribute b ON b.attrelid = m.objid
                     WHERE m.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND m.objid >= 16384
                       AND NOT b.attisdropped
                   ) a
              LEFT JOIN pg_catalog.pg_init_privs q
                ON q.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
               AND q.objoid = a.attrelid AND q.objsubid = a.attnum
             WHERE a.attacl IS NOT NULL OR q.initprivs IS NOT NULL
            UNION ALL
            SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, 0,
                   CASE WHEN p.prokind = 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.pronamespace, p.proname,
                   p.proargtypes::pg_catalog.oid[], NULL, p.proowner, p.proacl, 'f'::"char", false
              FROM pg_catalog.pg_proc p
            UNION ALL
            SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, 0, 'TYPE', t.typnamespace, t.typname,
                   NULL, NULL, t.typowner, t.typacl, 'T'::"char", false
              FROM (
                    SELECT s.* FROM pg_catalog.pg_type s
                     WHERE s.typnamespace = 'pg_catalog'::pg_catalog.regnamespace
                    UNION ALL
                    SELECT s.*
                      FROM m
                      JOIN pg_catalog.pg_type s ON s.oid = m.objid
                     WHERE m.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
                       AND s.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace
                   ) t
              LEFT JOIN pg_catalog.pg_class r ON r.oid = t.typrelid AND r.relkind = 'c'
             WHERE (t.typrelid = 0 OR r.oid IS NOT NULL)
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
            UNION ALL
            SELECT 'pg_catalog.pg_language'::pg_catalog.regclass, l.oid, 0, 'LANGUAGE', 0, l.lanname, NULL,
                   NULL, l.lanowner, l.lanacl, 'l'::"char", l.oid < 16384
              FROM pg_catalog.pg_language l
            UNION ALL
            SELECT 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass, w.oid, 0,
                   'FOREIGN DATA WRAPPER', 0, w.fdwname, NULL, NULL, w.fdwowner, w.fdwacl, 'F'::"char", false
              FROM pg_catalog.pg_foreign_data_wrapper w
            UNION ALL
            SELECT 'pg_catalog.pg_foreign_server'::pg_catalog.regclass, s.oid, 0, 'FOREIGN SERVER', 0,
                   s.srvname, NULL, NULL, s.srvowner, s.srvacl, 'S'::"char", false
              FROM pg_catalog.pg_foreign_server s
           ) o
      LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
      LEFT JOIN pg_catalog.pg_init_privs i
        ON i.classoid = o.class AND i.objoid = o.oid AND i.objsubid = o.number
      LEFT JOIN m e ON e.classid = o.class AND e.objid = o.oid
     CROSS JOIN LATERAL (SELECT pg_catalog.acldefault(o.usual, o.owner) AS items) u
     CROSS JOIN LATERAL (
            VALUES (false, COALESCE(o.acl, u.items)), (true, COALESCE(i.initprivs, u.items))
           ) acl (initial, items)
      LEFT JOIN LATERAL pg_catalog.aclexplode(acl.items) x ON true
      LEFT JOIN LATERAL (
            SELECT pg_catalog.string_agg(pg_catalog.format_type(g.type, NULL), ', ' ORDER BY g.position)
                   AS arguments
              FROM pg_catalog.unnest(o.arguments) WITH ORDINALITY AS g (type, position)
           ) a ON true
     WHERE (o.acl IS NOT NULL OR i.initprivs IS NOT NULL)
       AND (e.objid IS NOT NULL OR o.of_system OR n.nspname = 'pg_catalog')
       AND NOT (COALESCE(o.acl, u.items) @> COALESCE(i.initprivs, u.items)
                AND COALESCE(o.acl, u.items) <@ COALESCE(i.initprivs, u.items))
    """,
)


def changed_grants(rows: Iterable[ChangedGrantRow]) -> tuple[ChangedGrants, ...]:
    """The changed grants that the rows make, by object (the object itself before its columns)."""
    entries: dict[tuple[str, str], list[ChangedGrantRow]] = defaultdict(list)
    for row in rows:
        entries[_changed_object(row), row.column or ""].append(row)
    return tuple(
        ChangedGrants(
            object=name,
            column=column or None,
            owner=found[0].owner,
            grants=_sorted(_grant(row) for row in found if not row.initial),
            initial=_sorted(_grant(row) for row in found if row.initial),
        )
        for (name, column), found in sorted(entries.items())
    )


def _changed_object(row: ChangedGrantRow) -> str:
    """The object as GRANT … ON takes it."""
    name = quote_identifier(row.name) if row.schema is None else QualifiedName(row.schema, row.name).sql
    return f"{row.kind} {name}" + ("" if row.arguments is None else f"({row.arguments})")
