"""Who may do what: memberships, privileges in effect, the matrix and what is said about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.analysis import access_remarks, analyse
from pgdossier.analysis.access import Access, Source, reads_as_owner
from pgdossier.analysis.access_matrix import Family, matrix
from pgdossier.analysis.access_remarks import Coverage
from pgdossier.analysis.memberships import Memberships
from pgdossier.ddl import roles as roles_in_sql
from pgdossier.diagrams import roles as role_graph
from pgdossier.export import grants as grants_in_sql
from pgdossier.model.operation import NOTHING, Operation, ServerSetting
from pgdossier.model.policies import Command, Policy
from pgdossier.model.privileges import Grant, Grants
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.roles import Membership, Role, SessionSetting
from pgdossier.model.routines import Routine, RoutineKind
from pgdossier.model.schemas import Schema
from pgdossier.model.scope import Gap
from pgdossier.model.server import Server
from pgdossier.model.snapshot import Snapshot, Structure
from pgdossier.model.topology import Clients, Topology
from pgdossier.render import access as rights
from pgdossier.render.links import Links
from pgdossier.render.page import Drawings, Page
from tests.support.builders import OWNER, name, snapshot, table

ROOT = Role(name="postgres", superuser=True, login=True, bypass_row_security=True)


def member(role_name: str, *of: str | Membership, **fields: Any) -> Role:
    """A role that is a member of others, with INHERIT and SET unless a membership says otherwise."""
    found = [one if isinstance(one, Membership) else Membership(role=one) for one in of]
    return Role(name=role_name, member_of=tuple(sorted(found, key=lambda one: one.role)), **fields)


def may(privileges: str, to: str | None, by: str = OWNER, **fields: Any) -> list[Grant]:
    """Grants from `select, insert`."""
    return [
        Grant(grantee=to, privilege=privilege.strip().upper(), grantor=by, **fields)
        for privilege in privileges.split(",")
    ]


def granted(*grants: list[Grant], owner: str = OWNER) -> Grants:
    """The owner's own grants and these."""
    every = "select, insert, update, delete, truncate, references, trigger, maintain"
    flat = [*may(every, owner, owner), *(one for group in grants for one in group)]
    return tuple(sorted(flat, key=lambda one: (one.grantee or "", one.privilege)))


def using(*names: str | None) -> Schema:
    """The schema public with USAGE for those roles."""
    own = may("usage, create", OWNER)
    return Schema(
        name="public", owner=OWNER, grants=(*own, *(one for to in names for one in may("usage", to)))
    )


def made(
    *relations: Relation,
    roles: Iterable[Role] = (),
    major: int = 18,
    schema: Schema | None = None,
    **more: Any,
) -> Snapshot:
    """A snapshot with those relations and roles; everyone may look into its schema."""
    base = snapshot(
        *relations, schemas=[schema or using(None)], roles=(ROOT, Role(name=OWNER), *roles), **more
    )
    server = Server(version=f"{major}.0", version_number=major * 10000)
    return msgspec.structs.replace(base, structure=msgspec.structs.replace(base.structure, server=server))


def access_of(*relations: Relation, **fields: Any) -> Access:
    return Access.of(made(*relations, **fields).structure)


def on(found: Relation, grants: Grants, **fields: Any) -> Relation:
    return msgspec.structs.replace(found, grants=grants, **fields)


ORDERS = table("orders", "id bigint", "note text", "card text", pk="id")


# --- memberships -------------------------------------------------------------------------------------------


def _memberships(*roles: Role, major: int = 18) -> Memberships:
    return Memberships.of(made(roles=roles, major=major).structure)


def test_chains_of_memberships() -> None:
    """Privileges come along chains, by the shortest way; a membership that does not inherit breaks one."""
    found = _memberships(
        member("base"),
        member("app", "base"),
        member("web", "app", "base"),
        member("late", Membership(role="app", inherit=False)),
    )
    assert found.inherited["web"] == {"app": ("app",), "base": ("base",)}
    assert found.inherited["late"] == {}
    assert found.settable["late"] == {"app": ("app",), "base": ("app", "base")}


def test_memberships_that_do_not_allow_set_role() -> None:
    """Without SET a role has the privileges and cannot become the other; it is a member all the same."""
    found = _memberships(member("app"), member("web", Membership(role="app", set=False)))
    assert found.has_privileges_of("web", "app")
    assert not found.may_set_role("web", "app")
    assert found.is_member_of("web", "app")


@pytest.mark.parametrize(
    ("major", "inherit", "has"), [(13, True, False), (15, False, False), (16, False, True)]
)
def test_the_owner_of_the_database(major: int, inherit: bool, has: bool) -> None:
    """It is a member of pg_database_owner since 14; before 16 NOINHERIT held for that, too."""
    base = made(roles=[Role(name="boss", inherit=inherit)], major=major).structure
    database = msgspec.structs.replace(base.database, owner="boss")
    found = Memberships.of(msgspec.structs.replace(base, database=database))
    assert found.has_privileges_of("boss", "pg_database_owner") is has


_NAMES = [f"r{number}" for number in range(7)]
_EDGES = st.lists(
    # The server refuses circles: a role is a member only of roles after it.
    st.sampled_from([(one, other) for one in range(7) for other in range(one + 1, 7)]).flatmap(
        lambda ends: st.tuples(st.just(ends[0]), st.just(ends[1]), st.booleans(), st.booleans())
    ),
    max_size=16,
)


def _graph(edges: list[tuple[int, int, bool, bool]]) -> tuple[Role, ...]:
    return tuple(
        member(
            role_name,
            *(
                Membership(role=_NAMES[target], inherit=inherit, set=may_set, grantor=f"g{at}")
                for at, (start, target, inherit, may_set) in enumerate(edges)
                if _NAMES[start] == role_name
            ),
        )
        for role_name in _NAMES
    )


@given(_EDGES, _EDGES)
def test_more_memberships_never_take_anything_away(
    some: list[tuple[int, int, bool, bool]], more: list[tuple[int, int, bool, bool]]
) -> None:
    """Everything that roles reach they still reach with further memberships, and never by a longer way."""
    before, after = _memberships(*_graph(some)), _memberships(*_graph([*some, *more]))
    for kind in ("inherited", "settable", "joined"):
        for role_name in _NAMES:
            less, most = getattr(before, kind)[role_name], getattr(after, kind)[role_name]
            assert less.keys() <= most.keys()
            assert all(len(most[target]) <= len(way) for target, way in less.items())


@given(_EDGES)
def test_every_way_is_one_of_memberships(edges: list[tuple[int, int, bool, bool]]) -> None:
    """Each step of a way is a membership of the right kind, and what is inherited or set is always joined."""
    roles = _graph(edges)
    found = _memberships(*roles)
    steps = {(role.name, one.role) for role in roles for one in role.member_of if one.inherit}
    for role_name in _NAMES:
        for target, way in found.inherited[role_name].items():
            assert way[-1] == target
            assert set(zip((role_name, *way), way, strict=False)) <= steps
        assert {*found.inherited[role_name], *found.settable[role_name]} <= found.joined[role_name].keys()


@given(
    _EDGES, st.lists(st.tuples(st.sampled_from(_NAMES), st.sampled_from(["SELECT", "INSERT"])), max_size=6)
)
def test_privileges_in_effect_are_those_of_whom_one_inherits(
    edges: list[tuple[int, int, bool, bool]], given_to: list[tuple[str, str]]
) -> None:
    """A role has exactly what is granted to it and to everybody whose privileges it has."""
    grants = granted(*(may(privilege, to) for to, privilege in sorted(set(given_to))))
    access = access_of(on(ORDERS, grants), roles=_graph(edges))
    held = access.on_relation(access.structure.relations[0])
    for role_name in _NAMES:
        expected = {
            privilege for to, privilege in given_to if access.memberships.has_privileges_of(role_name, to)
        }
        assert set(held.get(role_name, {})) == expected


# --- privileges --------------------------------------------------------------------------------------------


def test_built_in_privileges() -> None:
    """Without any grant the owner has everything, superusers have everything, and others nothing."""
    access = access_of(ORDERS, roles=[Role(name="app")])
    held = access.on_relation(ORDERS)
    assert set(held) == {"postgres", OWNER}
    assert held["postgres"]["SELECT"][0].source is Source.SUPERUSER
    assert held[OWNER]["DELETE"][0].source is Source.OWNER
    assert "MAINTAIN" in held[OWNER]
    assert "MAINTAIN" not in access_of(ORDERS, major=16).on_relation(ORDERS)[OWNER]


def test_an_owner_that_took_its_own_rights_away() -> None:
    """It has none, and can still grant all of them."""
    found = on(ORDERS, tuple(may("select", OWNER)))
    access = access_of(found)
    assert set(access.on_relation(found)[OWNER]) == {"SELECT"}
    assert "DELETE" in access.grantable_on_relation(found)[OWNER]


@pytest.mark.parametrize(("major", "reads"), [(13, False), (14, True)])
def test_predefined_roles_that_read_everything(major: int, reads: bool) -> None:
    """Members of pg_read_all_data read what nobody granted, since the version that knows it."""
    everything = Role(name="pg_read_all_data", predefined=True)
    access = access_of(ORDERS, roles=[everything, member("bi", "pg_read_all_data")], major=major)
    assert ("SELECT" in access.on_relation(ORDERS).get("bi", {})) is reads


def test_after_set_role() -> None:
    """What comes only by SET ROLE is told apart, and a superuser to become gives everything."""
    roles = [
        member("app"),
        member("aloof", Membership(role="app", inherit=False)),
        member("admin", "postgres"),
    ]
    found = on(ORDERS, granted(may("select", "app")))
    access = access_of(found, roles=roles)
    assert "aloof" not in access.on_relation(found)
    later = access.later_on_relation(found)
    assert list(later["aloof"]) == ["SELECT"]
    assert later["aloof"]["SELECT"][0].chain == ("app",)
    assert "admin" not in access.on_relation(found)
    assert {"DELETE", "MAINTAIN"} <= later["admin"].keys()


def test_readers_of_a_column() -> None:
    """Who may read a column, by what, and whether it can reach the schema; superusers are not among them."""
    column = ORDERS.column("card")
    carded = msgspec.structs.replace(column, grants=tuple(may("select", "support")))
    columns = tuple(carded if one.name == "card" else one for one in ORDERS.columns)
    found = on(ORDERS, granted(may("select", "app")), columns=columns)
    roles = [
        member("app"),
        member("support"),
        member("web", "app", login=True),
        member("late", Membership(role="app", inherit=False)),
    ]
    access = access_of(found, roles=roles, schema=using("app"))
    readers = access.readers(found, "card")
    assert not readers.everyone
    assert [(one.role, one.login, one.reaches_schema) for one in readers.roles] == [
        ("app", False, True),
        (OWNER, False, True),
        ("support", False, False),
        ("web", True, True),
    ]
    assert [one.role for one in readers.after_set_role] == ["late"]
    assert "support" not in {one.role for one in access.readers(found, "note").roles}
    with pytest.raises(KeyError):
        access.readers(found, "nothing")


def test_public_means_everyone() -> None:
    """A grant to PUBLIC reaches every role, and is said to."""
    found = on(ORDERS, granted(may("select", None)))
    readers = access_of(found, roles=[Role(name="app")]).readers(found)
    assert readers.everyone
    assert [way.source for one in readers.roles if one.role == "app" for way in one.ways] == [Source.PUBLIC]


def test_who_is_exempt_from_policies() -> None:
    """Superusers, BYPASSRLS by itself alone, and unless forced everybody with the owner's rights."""
    roles = [Role(name="etl", bypass_row_security=True), member("deputy", OWNER), member("heir", "etl")]
    secured = on(ORDERS, None, row_security=True)
    assert access_of(secured, roles=roles).exempt(secured) == ("deputy", "etl", OWNER, "postgres")
    forced = on(ORDERS, None, row_security=True, force_row_security=True)
    assert access_of(forced, roles=roles).exempt(forced) == ("etl", "postgres")


@pytest.mark.parametrize(
    ("options", "as_owner"),
    [
        ((), True),
        (("security_invoker=TRUE",), False),
        (("security_invoker=f",), True),
        (("security_barrier=t",), True),
    ],
)
def test_whose_rights_a_view_uses(options: tuple[str, ...], as_owner: bool) -> None:
    """Its owner's, unless security_invoker is set in any spelling that PostgreSQL reads as true."""
    view = Relation(schema="public", name="v", kind=RelationKind.VIEW, owner=OWNER, options=options)
    assert reads_as_owner(view) is as_owner


# --- the matrix --------------------------------------------------------------------------------------------


def _many(number: int, grants: Grants) -> list[Relation]:
    return [on(table(f"t{at:02}", "id int"), grants) for at in range(number)]


def test_equal_rows_and_columns_stand_together() -> None:
    """Forty tables and two members of a group make one row and one column beside the exception."""
    common = granted(may("select, insert", "app"))
    odd = on(table("odd", "id int"), granted(may("select", "bi")))
    roles = [Role(name="app"), member("web", "app"), Role(name="bi")]
    found = matrix(access_of(*_many(40, common), odd, roles=roles))
    assert found.columns == (("app", "web"), ("bi",), (OWNER,))
    rows = [row for row in found.rows if row.family is Family.RELATION]
    assert [len(row.names) for row in rows] == [1, 40]
    assert [row.rest for row in rows] == [False, True]
    assert rows[1].cells[0].whole == ("SELECT", "INSERT")


def test_what_everyone_may_is_not_repeated() -> None:
    """A role has a cell only for what PUBLIC does not have already."""
    grants = granted(may("select", None), may("select, insert", "app"))
    found = matrix(access_of(on(ORDERS, grants), roles=[Role(name="app")]))
    row = next(row for row in found.rows if row.family is Family.RELATION)
    assert row.public.whole == ("SELECT",)
    assert row.cells[found.columns.index(("app",))].whole == ("INSERT",)


def _page(of: Snapshot) -> Page:
    analysis = analyse(of)
    return Page(
        path="README.md",
        links=Links(split=False, relations=frozenset(analysis.lookup.relations)),
        analysis=analysis,
        drawings=Drawings(),
        qualify=False,
        routines=frozenset(),
        prompts={},
    )


def test_one_owner_makes_two_sentences() -> None:
    """A database in which nobody was granted anything has no table."""
    page = _page(made(*_many(3, None)))
    shown = rights.shown_matrix(page.analysis, page)
    assert shown.tables == []
    assert shown.sentences == [
        "Every relation belongs to `owner`, and nobody else was granted anything on one.",
        "Everyone may connect and create temporary tables, as PostgreSQL has it by itself.",
    ]


def test_the_table_of_the_matrix() -> None:
    """Letters as psql has them, the rest counted, columns named, and what has no USAGE marked."""
    carded = msgspec.structs.replace(ORDERS.column("card"), grants=tuple(may("select", "bi")))
    columns = tuple(carded if one.name == "card" else one for one in ORDERS.columns)
    orders = on(ORDERS, granted(may("select", "app", grantable=True)), columns=columns)
    relations = [*_many(9, granted(may("select, update", "app"))), orders]
    page = _page(made(*relations, roles=[Role(name="app"), Role(name="bi")], schema=using("app")))
    shown = rights.shown_matrix(page.analysis, page)
    assert shown.tables[0].titles == ["On", "everyone", "`app`", "`bi`", "`owner`"]
    assert shown.tables[0].rows == [
        ["the database", "`cT`", "", "", "owner"],
        ["schema `public`", "", "`U`", "", "owner"],
        ["[`orders`](#relation-public.orders)", "", "`r*`", "`r` of `card` ⚠", "owner"],
        ["the other 9 tables", "", "`rw`", "", "owner"],
    ]
    assert "`w` update" in shown.legend
    assert "`d` delete" not in shown.legend


def test_many_roles_stand_one_below_the_other() -> None:
    """With more roles than fit side by side each has rows of its own."""
    names = [f"role{at}" for at in range(9)]
    relations = [on(table(f"t{at}", "id int"), granted(may("select", who))) for at, who in enumerate(names)]
    page = _page(made(*relations, roles=[Role(name=who) for who in names]))
    shown = rights.shown_matrix(page.analysis, page)
    assert shown.tables[0].titles == ["Who", "May", "On"]
    assert ["`role3`", "`r`", "[`t3`](#relation-public.t3)"] in shown.tables[0].rows
    assert ["`owner`", "owner", "the database; schema `public`; all 9 tables"] in shown.tables[0].rows


def test_grants_that_could_not_be_read() -> None:
    """Nothing is said about them, neither in the matrix nor at a relation."""
    page = _page(made(ORDERS, gaps=(Gap(family="privileges", reason="permission denied"),)))
    assert "not known" in rights.shown_matrix(page.analysis, page).sentences[0]
    assert rights.line(ORDERS, page.analysis) == []


def test_a_snapshot_without_roles() -> None:
    """An older snapshot knows the grants, not the roles: what they say is shown, and nothing is made up."""
    base = made(on(ORDERS, granted(may("select", "app"))))
    old = msgspec.structs.replace(base, structure=msgspec.structs.replace(base.structure, roles=()))
    page = _page(old)
    assert not page.analysis.access.known
    assert rights.powers(page.analysis) == []
    assert rights.line(old.structure.relations[0], page.analysis)[0] == "`app` select"
    assert not [said for said in rights.line(old.structure.relations[0], page.analysis) if "USAGE" in said]
    assert "`app`" in rights.shown_matrix(page.analysis, page).tables[0].titles


# --- words -------------------------------------------------------------------------------------------------


def test_the_line_of_a_relation() -> None:
    """Its own grants, then who has them or the owner's by membership, then who reads everything."""
    orders = on(ORDERS, granted(may("select", "app")))
    roles = [
        Role(name="app"),
        member("web", "app"),
        member("deputy", OWNER),
        Role(name="pg_read_all_data", predefined=True),
        member("bi", "pg_read_all_data"),
    ]
    assert rights.line(orders, analyse(made(orders, roles=roles, schema=using(OWNER)))) == [
        "`app` select",
        "`web` as `app`, by membership",
        "`deputy` as `owner` (the owner), by membership",
        "as everywhere, by predefined roles: `bi` select",
        "⚠ `app`, `web` lack USAGE on the schema and cannot query it",
    ]
    assert rights.line(ORDERS, analyse(made(ORDERS))) == ["nobody but the owner has been granted anything"]


def test_who_has_more_than_the_grants_say() -> None:
    """It is told apart by owner, by the grants of the table and by those of its columns."""
    plain = on(ORDERS, granted())
    whole = on(ORDERS, granted(may("select", "app")))
    first, *others = whole.columns
    part = on(
        ORDERS,
        granted(),
        columns=(msgspec.structs.replace(first, grants=tuple(may("select", "app"))), *others),
    )
    owned = on(ORDERS, granted(owner="app"), owner="app")
    access = access_of(
        plain, roles=[Role(name="app"), member("web", "app"), member("bi", "pg_read_all_data")]
    )
    assert access.beyond(plain).members == {}
    for found in (whole, part, owned):
        assert access.beyond(found).members == {("app",): ("web",)}
    assert access.beyond(plain).everywhere == {}


def test_what_roles_can_become() -> None:
    """SET ROLE, superusers in reach, the right to grant, and CREATEROLE before 16."""
    roles = [
        member("app"),
        member("aloof", Membership(role="app", inherit=False)),
        member("near", "postgres"),
        member("maker", Membership(role="app", admin=True), create_role=True),
    ]
    said = rights.powers(analyse(made(ORDERS, roles=roles)))
    assert said == [
        "`postgres` is a superuser: no privilege and no policy is checked for it.",
        "`aloof` can `SET ROLE` to `app`, whose rights it has only then.",
        "⚠ `near` can become a superuser by `SET ROLE` to `postgres`.",
        "`maker` may grant the role `app`, to itself as well.",
    ]
    assert any(
        "CREATEROLE" in one or "may create roles" in one
        for one in rights.powers(analyse(made(roles=roles, major=15)))
    )


def test_settings_of_roles() -> None:
    """Values that could be secrets are not there to be shown, in words and in SQL."""
    role = Role(
        name="App",
        login=True,
        connection_limit=3,
        settings=(
            SessionSetting(name="app.token"),
            SessionSetting(name="search_path", value='"$user", shop'),
        ),
    )
    found = made(ORDERS, roles=[role])
    row = next(one for one in rights.roles(analyse(found)) if one.name == "`App`")
    assert row.what == "can log in, at most 3 sessions"
    assert row.settings == '`app.token` (not read)<br>`search_path="$user", shop`'
    assert roles_in_sql.roles(found.structure)[-3:] == [
        'CREATE ROLE "App" LOGIN CONNECTION LIMIT 3;',
        '-- ALTER ROLE "App" SET "app.token" TO …; its value could be a secret and was not read',
        'ALTER ROLE "App" SET search_path TO "$user", shop;',
    ]


def test_many_equal_roles_share_a_row() -> None:
    """Hundreds of logins with one membership do not fill the page."""
    roles = [Role(name="app"), *(member(f"u{at:03}", "app", login=True) for at in range(200))]
    found = [one for one in rights.roles(analyse(made(ORDERS, roles=roles))) if "u000" in one.name]
    assert [one.name for one in found] == ["`u000`, `u001`, `u002`, `u003`, `u004`, `u005` and 194 others"]


def test_no_operation_no_claim() -> None:
    """Without the running server's facts nothing is said about encryption but that it was not read."""
    assert rights.transport(NOTHING) == [
        "Whether connections are encrypted and how passwords are hashed was not read."
    ]


def test_encryption_in_transit() -> None:
    """Every volatile fact says as of when it is, and old hashing is marked."""
    operation = Operation(
        taken_at="2026-01-31T10:20:30Z",
        settings=(
            ServerSetting(name="password_encryption", value="md5"),
            ServerSetting(name="ssl", value="on"),
            ServerSetting(name="ssl_min_protocol_version", value="TLSv1.2"),
        ),
        topology=Topology(
            clients=(
                Clients(role="a", transport="tls", sessions=6),
                Clients(role="b", transport="plain", sessions=2),
                Clients(role="c", sessions=1),
            )
        ),
    )
    said = rights.transport(operation)
    assert all("as of 2026-01-31 10:20 UTC" in line for line in said)
    assert "at least TLSv1.2" in said[0]
    assert (
        "6 by TLS, 2 over the network without encryption and 1 in a way that this role may not see" in said[1]
    )
    assert "⚠" in said[2]


# --- ways around -------------------------------------------------------------------------------------------


def test_views_that_show_more() -> None:
    """A view with its owner's rights shows rows to who cannot read the table; one with the caller's not."""
    view = Relation(
        schema="public",
        name="v",
        kind=RelationKind.VIEW,
        owner=OWNER,
        definition="SELECT id FROM orders",
        grants=granted(may("select", "bi")),
    )
    reads = {name("v"): (name("orders"),)}

    def through(*relations: Relation) -> list[tuple[str, ...]]:
        access = access_of(*relations, roles=[Role(name="bi"), Role(name="app")])
        known = {one.qualified: one for one in relations}
        return [one.roles for one in access_remarks.through_views(access, known, reads)]

    assert through(ORDERS, view) == [("bi",)]
    assert through(on(ORDERS, granted(may("select", "bi"))), view) == []
    assert through(ORDERS, on(view, view.grants, options=("security_invoker=on",))) == []
    assert through(on(ORDERS, granted(owner="somebody"), owner="somebody"), view) == []


def test_coverage_of_row_security() -> None:
    """On, forced, without a policy, with policies that do nothing; and the commands that no policy allows."""
    seen = Policy(name="seen", command=Command.SELECT, using="true")
    relations = [
        on(table("a", "id int"), None, row_security=True, policies=(seen,)),
        on(table("b", "id int"), None, row_security=True, force_row_security=True, policies=(seen,)),
        on(table("c", "id int"), None, row_security=True),
        on(table("d", "id int"), None, policies=(seen,)),
        table("e", "id int"),
    ]
    found = access_remarks.row_security({one.qualified: one for one in relations})
    assert [one.coverage for one in found] == [Coverage.ON, Coverage.FORCED, Coverage.CLOSED, Coverage.OFF]
    assert found[0].refused == ("insert", "update", "delete")
    assert found[0].for_everyone == ("seen",)


def test_security_definer() -> None:
    """Who may execute one, whether it chooses its search_path, and whether others can create in that."""
    roles = [Role(name="app"), member("web", "app")]
    routine = Routine(
        schema="public",
        name="f",
        kind=RoutineKind.FUNCTION,
        owner=OWNER,
        language="sql",
        security_definer=True,
        configuration=('search_path="public", pg_temp',),
        grants=(*may("execute", OWNER), *may("execute", "app")),
    )
    shared = using("app")
    shared = msgspec.structs.replace(shared, grants=(*(shared.grants or ()), *may("create", "app")))
    found = access_remarks.definers(access_of(roles=roles, schema=shared, routines=(routine,)))[0]
    assert (found.path, found.everyone, found.roles) == ('"public", pg_temp', False, ("app", "web"))
    assert found.open_schemas == ("public",)
    free = msgspec.structs.replace(routine, grants=None, configuration=())
    found = access_remarks.definers(access_of(roles=roles, routines=(free,)))[0]
    assert (found.path, found.everyone) == (None, True)


# --- the graph and SQL -------------------------------------------------------------------------------------


def _structure(*roles: Role) -> Structure:
    return made(ORDERS, roles=roles).structure


def test_the_role_graph() -> None:
    """Shapes tell who can log in, dashes what needs SET ROLE, labels the rest; no name changes the source."""
    hostile = 'x"];\n2 -> 1 [label="<b>'
    diagram = role_graph.graph(
        _structure(
            member("app"),
            member(hostile, Membership(role="app", inherit=False, admin=True), login=True),
        )
    )
    assert diagram is not None
    assert (diagram.boxes, diagram.edges) == (3, 1)
    assert 'label="SET ROLE only, admin" style=dashed' in diagram.dot
    assert diagram.dot.count("shape=hexagon") == 2
    assert diagram.dot.count(" -> ") == 1
    assert diagram.mermaid[0].splitlines()[-1].strip() == "r3 -.->|SET ROLE only, admin| r2"


def test_no_graph_without_memberships() -> None:
    """Roles that nobody is a member of need no picture."""
    assert role_graph.graph(_structure(Role(name="app"))) is None


def test_alike_members_share_a_box() -> None:
    """Two hundred logins of one group are one box, with how many they are."""
    logins = [member(f"u{at:03}", "app", login=True) for at in range(200)]
    diagram = role_graph.graph(_structure(member("app"), *logins))
    assert diagram is not None
    assert (diagram.boxes, diagram.edges) == (3, 1)
    assert "200 roles" in diagram.dot


def test_memberships_as_sql_come_after_the_right_to_grant_them() -> None:
    """A grantor needs its ADMIN OPTION first, whatever the order of names."""
    roles = [
        member("app"),
        member("a", Membership(role="app", grantor="z")),
        member("z", Membership(role="app", grantor="postgres", admin=True, set=False)),
    ]
    assert roles_in_sql.memberships(_structure(*roles)) == [
        "GRANT app TO z WITH ADMIN TRUE, SET FALSE GRANTED BY postgres;",
        "GRANT app TO a GRANTED BY z;",
    ]


def test_grants_by_themselves() -> None:
    """The script has roles, then memberships, then grants, and no password."""
    orders = on(ORDERS, granted(may("select", "app")))
    text = grants_in_sql.text(made(orders, roles=[Role(name="app"), member("web", "app", login=True)]))
    order = ["CREATE ROLE app;", "GRANT app TO web;", "GRANT SELECT ON TABLE public.orders TO app;"]
    assert [text.index(line) for line in order] == sorted(text.index(line) for line in order)
    assert "PASSWORD" not in text
