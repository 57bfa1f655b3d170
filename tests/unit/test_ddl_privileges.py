"""Grants -> GRANT and REVOKE, relative to what holds by itself."""

from __future__ import annotations

import pytest

from pgdossier.ddl.owners import owners
from pgdossier.ddl.privileges import (
    FOREIGN_SERVER,
    FUNCTION,
    SCHEMA,
    TABLE,
    alter_default_privileges,
    changed_grants,
    grants,
    relation_grants,
    routine_grants,
    schema_grants,
)
from pgdossier.model.columns import Column
from pgdossier.model.names import QualifiedName
from pgdossier.model.operators import Operator, OperatorClass, OperatorFamily
from pgdossier.model.privileges import ChangedGrants, DefaultPrivileges, Grant
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Aggregate, Routine, RoutineKind
from pgdossier.model.schemas import Schema
from tests.support.builders import OWNER, sequence, snapshot

OWNERS_OF_TABLES = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def grant(text: str, grantee: str | None, grantor: str = "o", *, grantable: bool = False) -> list[Grant]:
    """The grants of these privileges, which are written with spaces between them."""
    return [
        Grant(grantee=grantee, privilege=privilege, grantor=grantor, grantable=grantable)
        for privilege in text.split()
    ]


OWN = grant(" ".join(OWNERS_OF_TABLES), "o")


def test_nothing_is_said_of_the_defaults() -> None:
    """Neither an object without grants nor one with just the built-in ones needs a statement."""
    assert grants(TABLE, "s.t", "o", None, 16) == []
    assert grants(TABLE, "s.t", "o", tuple(OWN), 16) == []
    assert grants(FUNCTION, "s.f()", "o", (*grant("EXECUTE", None), *grant("EXECUTE", "o")), 16) == []


def test_maintain_is_one_of_all_since_17() -> None:
    """All privileges of a table are seven before PostgreSQL 17, eight from then on."""
    seven = (*OWN, *grant(" ".join(OWNERS_OF_TABLES), "r"))
    assert grants(TABLE, "s.t", "o", seven, 16) == ["GRANT ALL ON TABLE s.t TO r;"]
    assert grants(TABLE, "s.t", "o", seven, 17) == [
        "REVOKE MAINTAIN ON TABLE s.t FROM o;",
        f"GRANT {', '.join(OWNERS_OF_TABLES)} ON TABLE s.t TO r;",
    ]


def test_what_is_missing_is_revoked() -> None:
    """What PUBLIC or the owner could do by itself, and no longer can, is taken away."""
    assert grants(FUNCTION, "s.f()", "o", (), 16) == [
        "REVOKE EXECUTE ON FUNCTION s.f() FROM PUBLIC;",
        "REVOKE EXECUTE ON FUNCTION s.f() FROM o;",
    ]
    assert grants(SCHEMA, "s", "o", tuple(grant("USAGE", "o")), 16) == ["REVOKE CREATE ON SCHEMA s FROM o;"]


def test_roles_are_quoted() -> None:
    """PUBLIC is a keyword; a role with the name of one is not."""
    given = (*grant("USAGE", "o"), *grant("USAGE", None), *grant("USAGE", 'all "x'), *grant("USAGE", "all"))
    assert grants(FOREIGN_SERVER, '"S"', "o", given, 18) == [
        'GRANT USAGE ON FOREIGN SERVER "S" TO PUBLIC;',
        'GRANT USAGE ON FOREIGN SERVER "S" TO "all";',
        'GRANT USAGE ON FOREIGN SERVER "S" TO "all ""x";',
    ]


def test_grantors_get_their_option_first() -> None:
    """A chain of grants is written from the owner on, each link as the role that granted it."""
    given = (
        *OWN,
        *grant("SELECT", "d", "c"),
        *grant("SELECT", "c", "b", grantable=True),
        *grant("SELECT UPDATE", "b", grantable=True),
        *grant("UPDATE", None, "b"),
    )
    assert grants(TABLE, "s.t", "o", given, 16) == [
        "GRANT SELECT, UPDATE ON TABLE s.t TO b WITH GRANT OPTION;",
        "SET SESSION AUTHORIZATION b;",
        "GRANT UPDATE ON TABLE s.t TO PUBLIC;",
        "GRANT SELECT ON TABLE s.t TO c WITH GRANT OPTION;",
        "RESET SESSION AUTHORIZATION;",
        "SET SESSION AUTHORIZATION c;",
        "GRANT SELECT ON TABLE s.t TO d;",
        "RESET SESSION AUTHORIZATION;",
    ]


def test_unfounded_grants_are_written_all_the_same() -> None:
    """Grantors without the option and privileges of the future do not stop the writing."""
    given = (*OWN, *grant("FLY", "b", "a"), *grant("FLY", "a", "b"))
    statements = grants(TABLE, "s.t", "o", given, 16)
    assert "GRANT FLY ON TABLE s.t TO a;" in statements
    assert "GRANT FLY ON TABLE s.t TO b;" in statements


def test_columns_follow_their_table() -> None:
    """Grants on columns come after those on the table, whose options are good for them."""
    relation = Relation(
        schema="s",
        name="t",
        kind=RelationKind.VIEW,
        owner="o",
        grants=(*OWN, *grant("UPDATE", "b", grantable=True)),
        columns=(
            Column(name="x", type="text", grants=tuple(grant("SELECT INSERT UPDATE REFERENCES", None))),
            Column(name="Y", type="text", grants=tuple(grant("UPDATE", "c", "b"))),
            Column(name="z", type="text"),
        ),
    )
    assert relation_grants(relation, 16) == [
        "GRANT UPDATE ON TABLE s.t TO b WITH GRANT OPTION;",
        "GRANT ALL (x) ON TABLE s.t TO PUBLIC;",
        "SET SESSION AUTHORIZATION b;",
        'GRANT UPDATE ("Y") ON TABLE s.t TO c;',
        "RESET SESSION AUTHORIZATION;",
    ]


@pytest.mark.parametrize(
    ("major", "usual"), [(14, [*grant("USAGE CREATE", None)]), (15, [*grant("USAGE", None)])]
)
def test_public_is_open_from_the_start(major: int, usual: list[Grant]) -> None:
    """The schema public lets everybody in (and create, before 15): what differs from that is said."""
    own = grant("USAGE CREATE", "o")
    given = Schema(name="public", owner="o", grants=(*usual, *own))
    assert schema_grants(given, major) == []
    closed = Schema(name="public", owner="o")
    words = "ALL" if major < 15 else "USAGE"
    assert schema_grants(closed, major) == [f"REVOKE {words} ON SCHEMA public FROM PUBLIC;"]


@pytest.mark.parametrize(
    ("identity", "plain"),
    [
        ("", ""),
        ("integer", "integer"),
        ("double precision ORDER BY anyelement", "double precision, anyelement"),
        ("ORDER BY anyelement", "anyelement"),
        ('VARIADIC "any" ORDER BY VARIADIC "any"', 'VARIADIC "any"'),
        ('" ORDER BY " integer', '" ORDER BY " integer'),
    ],
)
def test_aggregates_are_functions_to_grant(identity: str, plain: str) -> None:
    """GRANT takes an aggregate as a function, whose arguments have no order."""
    routine = Routine(
        schema="s",
        name="a",
        kind=RoutineKind.AGGREGATE,
        owner="o",
        language="internal",
        identity_arguments=identity,
        aggregate=Aggregate(clauses=()),
        grants=tuple(grant("EXECUTE", "o")),
    )
    assert routine_grants(routine, 16) == [f"REVOKE EXECUTE ON FUNCTION s.a({plain}) FROM PUBLIC;"]


def test_default_privileges() -> None:
    """An entry says what it adds to its baseline and what it takes away from it."""
    everywhere = DefaultPrivileges(
        role="R",
        objects="FUNCTIONS",
        grants=tuple(grant("EXECUTE", "x", "R", grantable=True)),
        baseline=(*grant("EXECUTE", None, "R"), *grant("EXECUTE", "R", "R")),
    )
    head = 'ALTER DEFAULT PRIVILEGES FOR ROLE "R"'
    assert alter_default_privileges(everywhere, 16) == [
        f"{head} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;",
        f'{head} REVOKE EXECUTE ON FUNCTIONS FROM "R";',
        f"{head} GRANT EXECUTE ON FUNCTIONS TO x WITH GRANT OPTION;",
    ]
    inside = DefaultPrivileges(
        role="R", schema="S", objects="TABLES", grants=tuple(grant("SELECT", None, "R"))
    )
    assert alter_default_privileges(inside, 16) == [f'{head} IN SCHEMA "S" GRANT SELECT ON TABLES TO PUBLIC;']


def test_owners_of_what_has_odd_names() -> None:
    """Operators, their families and classes, and aggregates are named as ALTER takes them."""
    routine = Routine(
        schema="s",
        name="a",
        kind=RoutineKind.AGGREGATE,
        owner="all",
        language="internal",
        aggregate=Aggregate(clauses=()),
    )
    structure = snapshot(
        schemas=(),
        routines=(routine,),
        operators=(
            Operator(
                schema="S", name="<->", owner="o", left="integer", right="text", result="text", function="f"
            ),
        ),
        operator_families=(OperatorFamily(schema="s", name="F", owner="o", method="btree"),),
        operator_classes=(
            OperatorClass(
                schema="s", name="C", owner="o", method="gist", type="x", family=QualifiedName("s", "F")
            ),
        ),
    ).structure
    assert [line for group in owners(structure) for line in group] == [
        'ALTER AGGREGATE s.a(*) OWNER TO "all";',
        'ALTER OPERATOR "S".<-> (integer, text) OWNER TO o;',
        'ALTER OPERATOR FAMILY s."F" USING btree OWNER TO o;',
        'ALTER OPERATOR CLASS s."C" USING gist OWNER TO o;',
    ]


def test_sequences_of_columns_follow_their_table() -> None:
    """A sequence that a column owns gets its owner with the table; one that is alone is told."""
    structure = snapshot(
        Relation(schema="s", name="t", kind=RelationKind.TABLE, owner="o"),
        schemas=(),
        sequences=(sequence("s.alone"), sequence("s.owned", "s.t.c")),
    ).structure
    assert [line for group in owners(structure) for line in group] == [
        f"ALTER SEQUENCE s.alone OWNER TO {OWNER};",
        "ALTER TABLE s.t OWNER TO o;",
    ]


def test_owner_of_public() -> None:
    """The role that owns public in every new database since 15 need not be named."""
    public = Schema(name="public", owner="pg_database_owner")
    structure = snapshot(schemas=(public,)).structure
    assert structure.server.major >= 15
    assert owners(structure)[0] == []
    own = snapshot(schemas=(Schema(name="public", owner="me"),)).structure
    assert owners(own)[0] == ["ALTER SCHEMA public OWNER TO me;"]


def test_changed_grants_start_from_the_initial_ones() -> None:
    """What is the same needs nothing; the option to grant goes with its grant, which is then given again."""
    changed = ChangedGrants(
        object="FUNCTION s.f(integer)",
        owner="o",
        initial=(
            *grant("EXECUTE", "o"),
            *grant("EXECUTE", "kept"),
            *grant("EXECUTE", "less", grantable=True),
        ),
        grants=(
            *grant("EXECUTE", "kept", grantable=True),
            *grant("EXECUTE", "less"),
            *grant("EXECUTE", "new", "kept"),
        ),
    )
    assert changed_grants(changed, 16) == [
        "REVOKE EXECUTE ON FUNCTION s.f(integer) FROM less;",
        "REVOKE EXECUTE ON FUNCTION s.f(integer) FROM o;",
        "GRANT EXECUTE ON FUNCTION s.f(integer) TO kept WITH GRANT OPTION;",
        "GRANT EXECUTE ON FUNCTION s.f(integer) TO less;",
        "SET SESSION AUTHORIZATION kept;",
        "GRANT EXECUTE ON FUNCTION s.f(integer) TO new;",
        "RESET SESSION AUTHORIZATION;",
    ]


def test_changed_grants_on_a_column() -> None:
    """The column stands beside each privilege; what nobody knows is left alone."""
    changed = ChangedGrants(
        object="TABLE pg_catalog.t", column="A", owner="o", initial=(*grant("SELECT", None),)
    )
    assert changed_grants(changed, 16) == ['REVOKE SELECT ("A") ON TABLE pg_catalog.t FROM PUBLIC;']
    assert changed_grants(ChangedGrants(object="PARAMETER x", owner="o"), 16) == []
