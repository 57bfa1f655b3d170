"""The privileges that are worked out from a snapshot are those that the server itself names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from pgdossier import catalog
from pgdossier.analysis.access import Access, Held
from pgdossier.analysis.memberships import Memberships
from pgdossier.export import grants
from pgdossier.model.relations import RelationKind
from pgdossier.model.snapshot import Structure
from pgdossier.model.types import Domain, Enum
from tests.conftest import CorpusDatabase, MakeDatabase, SharedDatabase
from tests.support.command import pgdossier
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.xdist_group("versions")

SHOP = Path(__file__).parents[2] / "samples" / "shop" / "shop.sql"
GRANTS = Path(__file__).parent / "access.sql"

# (role, object, privilege); the object as the server names it with an empty search_path.
Facts = set[tuple[str, str, str]]

_RELATIONS = """
    SELECT r.rolname, c.oid::pg_catalog.regclass::text, p.privilege
      FROM pg_catalog.pg_roles r, pg_catalog.pg_class c,
           pg_catalog.unnest(%(privileges)s::text[]) p (privilege)
     WHERE r.rolname = ANY (%(roles)s)
       AND c.relnamespace::pg_catalog.regnamespace::text = ANY (%(schemas)s)
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND pg_catalog.has_table_privilege(r.oid, c.oid, p.privilege || %(option)s)
"""
_COLUMNS = """
    SELECT r.rolname, c.oid::pg_catalog.regclass::text || '.' || pg_catalog.quote_ident(a.attname),
           p.privilege
      FROM pg_catalog.pg_roles r,
           pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid,
           pg_catalog.unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) p (privilege)
     WHERE r.rolname = ANY (%(roles)s)
       AND c.relnamespace::pg_catalog.regnamespace::text = ANY (%(schemas)s)
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
       AND pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, p.privilege)
"""
_SEQUENCES = """
    SELECT r.rolname, c.oid::pg_catalog.regclass::text, p.privilege
      FROM pg_catalog.pg_roles r, pg_catalog.pg_class c,
           pg_catalog.unnest('{USAGE,SELECT,UPDATE}'::text[]) p (privilege)
     WHERE r.rolname = ANY (%(roles)s) AND c.relkind = 'S'
       AND c.relnamespace::pg_catalog.regnamespace::text = ANY (%(schemas)s)
       AND pg_catalog.has_sequence_privilege(r.oid, c.oid, p.privilege || %(option)s)
"""
_SCHEMAS = """
    SELECT r.rolname, n.oid::pg_catalog.regnamespace::text, p.privilege
      FROM pg_catalog.pg_roles r, pg_catalog.pg_namespace n,
           pg_catalog.unnest('{USAGE,CREATE}'::text[]) p (privilege)
     WHERE r.rolname = ANY (%(roles)s) AND n.oid::pg_catalog.regnamespace::text = ANY (%(schemas)s)
       AND pg_catalog.has_schema_privilege(r.oid, n.oid, p.privilege || %(option)s)
"""
_ROUTINES = """
    SELECT r.rolname,
           p.pronamespace::pg_catalog.regnamespace::text || '.' || pg_catalog.quote_ident(p.proname)
           || '(' || pg_catalog.pg_get_function_identity_arguments(p.oid) || ')',
           'EXECUTE'
      FROM pg_catalog.pg_roles r, pg_catalog.pg_proc p
     WHERE r.rolname = ANY (%(roles)s)
       AND p.pronamespace::pg_catalog.regnamespace::text = ANY (%(schemas)s)
       AND pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE' || %(option)s)
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                        WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid
                          AND d.deptype = 'e')
"""
_DATABASE = """
    SELECT r.rolname, 'database', p.privilege
      FROM pg_catalog.pg_roles r, pg_catalog.unnest('{CREATE,TEMPORARY,CONNECT}'::text[]) p (privilege)
     WHERE r.rolname = ANY (%(roles)s)
       AND pg_catalog.has_database_privilege(r.oid, pg_catalog.current_database(), p.privilege || %(option)s)
"""
_TYPES = """
    SELECT r.rolname, pg_catalog.format_type(t.oid, NULL), 'USAGE'
      FROM pg_catalog.pg_roles r, pg_catalog.pg_type t
     WHERE r.rolname = ANY (%(roles)s) AND t.typtype IN ('e', 'd')
       AND t.typnamespace::pg_catalog.regnamespace::text = ANY (%(schemas)s)
       AND pg_catalog.has_type_privilege(r.oid, t.oid, 'USAGE')
"""
_OF_CURRENT_USER = """
    SELECT c.oid::pg_catalog.regclass::text, p.privilege_type
      FROM pg_catalog.pg_class c,
           (SELECT DISTINCT a.privilege_type
              FROM pg_catalog.aclexplode(pg_catalog.acldefault('r', 10)) a) p
     WHERE c.relnamespace::pg_catalog.regnamespace::text = ANY (%(schemas)s)
       AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
       AND pg_catalog.has_table_privilege(c.oid, p.privilege_type)
"""
_MEMBERS = """
    SELECT m.rolname, r.rolname, p.privilege
      FROM pg_catalog.pg_roles m, pg_catalog.pg_roles r, pg_catalog.unnest(%(kinds)s::text[]) p (privilege)
     WHERE m.rolname = ANY (%(roles)s) AND r.rolname = ANY (%(roles)s)
       AND pg_catalog.pg_has_role(m.oid, r.oid, p.privilege)
"""


def _facts(held: Held, name: str) -> Facts:
    return {(role, name, privilege) for role, found in held.items() for privilege in found}


class _Server:
    """What the server says about the roles and schemas of a structure."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], structure: Structure) -> None:
        self._connection = connection
        self._structure = structure
        connection.execute("SET search_path = ''")

    def names(self, parts: list[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
        """Each name with its parts quoted by the server where they must be."""
        words = sorted({part for name in parts for part in name})
        rows = self._connection.execute(
            "SELECT w, pg_catalog.quote_ident(w), '' FROM pg_catalog.unnest(%s::text[]) w", [words]
        ).fetchall()
        quoted = {word: safe for word, safe, _ in rows}
        return {name: ".".join(quoted[part] for part in name) for name in parts}

    def says(self, query: str, option: str = "", **more: object) -> Facts:
        schemas = list(self.names([(schema.name,) for schema in self._structure.schemas]).values())
        roles = [role.name for role in self._structure.roles]
        found = self._connection.execute(
            query, {"roles": roles, "schemas": schemas, "option": option, **more}
        ).fetchall()
        return set(found)

    def after(self, role: str, other: str) -> set[tuple[str, str]]:
        """What a session of the role may do with relations after SET ROLE; nothing when that is refused."""
        run = self._connection.execute
        try:
            run(SQL("SET SESSION AUTHORIZATION {}").format(Identifier(role)))
            run(SQL("SET ROLE {}").format(Identifier(other)))
        except psycopg.errors.InsufficientPrivilege:
            run("RESET SESSION AUTHORIZATION")
            return set()
        schemas = list(self.names([(schema.name,) for schema in self._structure.schemas]).values())
        facts = run(_OF_CURRENT_USER, {"schemas": schemas}).fetchall()
        run("RESET SESSION AUTHORIZATION")
        return set(facts)


def _differences(url: str, compared: dict[str, int] | None = None) -> dict[str, tuple[Facts, Facts]]:
    """By family: what is said here and not by the server, and the other way round; nothing where none is.

    `compared` is told of how many facts the server speaks.
    """
    structure = catalog.read(url).structure
    access = Access.of(structure)
    major = structure.server.major
    relations = [found for found in structure.relations if found.kind is not RelationKind.UNKNOWN]
    types: tuple[Enum | Domain, ...] = (*structure.enums, *structure.domains)
    families: dict[str, tuple[Facts, Facts]] = {}
    with psycopg.connect(url) as connection:
        server = _Server(connection, structure)
        name = server.names(
            [
                *((found.schema, found.name) for found in relations),
                *((found.schema, found.name, column.name) for found in relations for column in found.columns),
                *((found.schema, found.name) for found in structure.sequences),
                *((found.schema, found.name) for found in structure.routines),
                *((found.schema, found.name) for found in types),
                *((found.name,) for found in structure.schemas),
            ]
        )
        tables = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
        tables += ["MAINTAIN"] if major >= 17 else []
        families["relations"] = (
            {
                fact
                for found in relations
                for fact in _facts(access.on_relation(found), name[found.schema, found.name])
            },
            server.says(_RELATIONS, privileges=tables),
        )
        families["columns"] = (
            {
                fact
                for found in relations
                for column in found.columns
                for fact in _facts(
                    access.on_column(found, column), name[found.schema, found.name, column.name]
                )
            },
            server.says(_COLUMNS),
        )
        families["sequences"] = (
            {
                fact
                for found in structure.sequences
                for fact in _facts(access.on_sequence(found), name[found.schema, found.name])
            },
            server.says(_SEQUENCES),
        )
        families["schemas"] = (
            {
                fact
                for found in structure.schemas
                for fact in _facts(access.on_schema(found), name[found.name,])
            },
            server.says(_SCHEMAS),
        )
        families["routines"] = (
            {
                fact
                for found in structure.routines
                for fact in _facts(
                    access.on_routine(found),
                    f"{name[found.schema, found.name]}({found.identity_arguments})",
                )
            },
            server.says(_ROUTINES),
        )
        families["types"] = (
            {
                fact
                for found in types
                for fact in _facts(access.on_type(found), name[found.schema, found.name])
            },
            server.says(_TYPES),
        )
        families["database"] = (_facts(access.on_database(), "database"), server.says(_DATABASE))
        option = " WITH GRANT OPTION"
        families["options on relations"] = (
            {
                (role, name[found.schema, found.name], privilege)
                for found in relations
                for role, options in access.grantable_on_relation(found).items()
                for privilege in options
            },
            server.says(_RELATIONS, option, privileges=tables),
        )
        families["memberships"] = _memberships(access.memberships, server, major)
    if compared is not None:
        compared.update({family: len(theirs) for family, (_, theirs) in families.items()})
    return {
        family: (ours - theirs, theirs - ours)
        for family, (ours, theirs) in families.items()
        if ours != theirs
    }


def _memberships(found: Memberships, server: _Server, major: int) -> tuple[Facts, Facts]:
    kinds = {"USAGE": found.has_privileges_of, "MEMBER": found.is_member_of}
    if major >= 16:
        kinds["SET"] = found.may_set_role
    ours = {
        (member, role, kind)
        for member in found.roles
        for role in found.roles
        for kind, holds in kinds.items()
        if holds(member, role)
    }
    return ours, server.says(_MEMBERS, kinds=list(kinds))


_DROP = """
    SELECT 'DROP ROLE ' || string_agg(quote_ident(rolname), ', ') FROM pg_roles
     WHERE rolname LIKE 'acc\\_%' OR rolname LIKE 'Acc "%' HAVING count(*) > 0 \\gexec
"""


@pytest.fixture
def tortured(any_server: PostgresServer) -> Iterator[str]:
    """A database with grants of every kind; its roles are dropped after it."""
    name = f"access_{any_server.major}"
    any_server.create_database(name)
    try:
        any_server.run_sql(name, GRANTS.read_text(encoding="utf-8"))
        yield any_server.url(name)
    finally:
        any_server.drop_database(name)
        any_server.run_sql("postgres", _DROP)


def test_a_torture_of_grants(tortured: str) -> None:
    """Chains, NOINHERIT, INHERIT and SET, PUBLIC, columns, defaults, owners without rights, hostile names."""
    compared: dict[str, int] = {}
    assert _differences(tortured, compared) == {}
    assert min(compared.values()) > 5, compared


def test_the_shop(any_server: PostgresServer, shared_database: SharedDatabase) -> None:
    """The sample shop, with groups and column grants."""
    url = shared_database(any_server, "shop", SHOP.read_text(encoding="utf-8"))
    assert _differences(url) == {}


def test_the_corpus(server: PostgresServer, corpus_database: CorpusDatabase, corpus_name: str) -> None:
    """Real databases: mostly one owner and what PostgreSQL lets everyone do."""
    assert _differences(corpus_database(server, corpus_name)) == {}


def test_set_role_gives_what_is_said(tortured: str) -> None:
    """What a role is said to get by SET ROLE it has after it, on every relation, and nothing is left out."""
    structure = catalog.read(tortured).structure
    access = Access.of(structure)
    relations = [found for found in structure.relations if found.kind is not RelationKind.UNKNOWN]
    with psycopg.connect(tortured, autocommit=True) as connection:
        server = _Server(connection, structure)
        name = server.names([(found.schema, found.name) for found in relations])
        for role in structure.roles:
            if role.superuser or role.predefined:
                continue
            ours: Facts = set()
            for found in relations:
                mine = {
                    **access.on_relation(found).get(role.name, {}),
                    **access.later_on_relation(found).get(role.name, {}),
                }
                ours |= _facts({role.name: mine}, name[found.schema, found.name])
            roles = [role.name, *(other.name for other in structure.roles)]
            theirs = {(role.name, *fact) for other in roles for fact in server.after(role.name, other)}
            assert ours == theirs, role.name


_ROLES = """
    SELECT r.rolname::text, pg_catalog.row_to_json(r)::jsonb - 'oid'
      FROM pg_catalog.pg_roles r WHERE r.rolname LIKE 'acc\\_%' OR r.rolname LIKE 'Acc "%' ORDER BY 1
"""
_GRANTED = """
    SELECT a.roleid::pg_catalog.regrole::text, a.member::pg_catalog.regrole::text,
           a.grantor::pg_catalog.regrole::text,
           pg_catalog.row_to_json(a)::jsonb - '{oid,roleid,member,grantor}'::text[]
      FROM pg_catalog.pg_auth_members a
     WHERE a.member::pg_catalog.regrole::text ~* '^"?acc' ORDER BY 1, 2, 3
"""


def test_roles_made_again(any_server: PostgresServer, tortured: str) -> None:
    """The statements that are shown for roles and memberships make the same ones on a server without them."""

    def there() -> list[Any]:
        with psycopg.connect(any_server.url("postgres")) as connection:
            # Before 16 a membership's grantor is whoever ran the statement.
            members = connection.execute(_GRANTED).fetchall()
            known = members if any_server.major >= 16 else [(a, b, d) for a, b, _, d in members]
            return [*connection.execute(_ROLES).fetchall(), *known]

    before = there()
    found = grants.statements(catalog.read(tortured).structure)
    any_server.drop_database(f"access_{any_server.major}")
    # One that has nothing here is not of this database, and not made again.
    any_server.run_sql(
        "postgres", _DROP + "CREATE ROLE acc_bypass LOGIN BYPASSRLS; CREATE ROLE acc_grantless LOGIN;"
    )
    made = [line for line in found.roles if "acc" in line.lower()]
    any_server.run_sql("postgres", "\n".join([*made, *found.memberships]))
    assert len(made) > 15
    assert there() == before


def test_long_lists_end(server: PostgresServer, make_database: MakeDatabase, tmp_path: Path) -> None:
    """With more routines, views and default privileges than fit, §9.1 shows the first and counts the rest."""
    url = make_database(
        server,
        """
        DO $$ BEGIN FOR n IN 1..45 LOOP
            EXECUTE format('CREATE SCHEMA s%s', n);
            EXECUTE format('CREATE TABLE t%s (id integer)', n);
            EXECUTE format('ALTER TABLE t%s ENABLE ROW LEVEL SECURITY', n);
            EXECUTE format('CREATE VIEW v%1$s AS SELECT id FROM t%1$s', n);
            EXECUTE format('CREATE FUNCTION f%s() RETURNS integer LANGUAGE sql SECURITY DEFINER'
                           ' AS ''SELECT 1''', n);
            EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA s%s GRANT SELECT ON TABLES TO PUBLIC', n);
        END LOOP; END $$;
        """,
    )
    assert pgdossier("generate", url, "--output", "doc", home=tmp_path).returncode == 0
    text = (tmp_path / "doc" / "README.md").read_text()
    part = text[text.index("### 9.1") : text.index("### 9.2")]
    around = part[part.index("**Views around row security**") : part.index("**Routines that run")]
    assert around.count("\n- [") == 40
    assert "- and 5 more views" in around
    definers = part[part.index("**Routines that run") : part.index("**Default privileges**")]
    assert definers.count("\n| [") == 40
    assert "5 more routines do so: see [§3.3]" in definers
    defaults = part[part.index("**Default privileges**") :]
    assert defaults.count("\n- tables that ") == 40
    assert "- and 5 more in [`schema.sql`](schema.sql)" in defaults
