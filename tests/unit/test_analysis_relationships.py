"""Relationships, junctions and the graph on hand-made snapshots."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pgdossier.analysis import graph, relationships
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Relationship
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Match
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.types import Domain
from tests.support.builders import column, fk, index, key, name, snapshot, table


def _lookup(*relations: Relation) -> Lookup:
    return Lookup.of(snapshot(*relations))


def _one(*relations: Relation) -> Relationship:
    (found,) = relationships.find(_lookup(*relations))
    return found


USERS = table("users", "id bigint", pk="id")


def test_plain_foreign_key() -> None:
    """A not null foreign key is a mandatory parent with many children, and identifies nothing."""
    found = _one(
        USERS,
        table("orders", "id bigint", "user_id bigint not null", pk="id", fks=["user_id -> users"]),
    )
    assert (found.child, found.parent) == (name("orders"), name("users"))
    assert found.many
    assert not found.optional
    assert not found.identifying
    assert not found.self_reference
    assert found.documented


def test_nullable_column_makes_the_parent_optional() -> None:
    """A child may have no parent when its column can be null."""
    assert _one(USERS, table("orders", "id bigint", "user_id bigint", fks=["user_id -> users"])).optional


def test_not_null_of_a_domain_makes_the_parent_mandatory() -> None:
    """The NOT NULL of a column's domain (or its domain) counts; that of an array's element does not."""
    outer = Domain(
        schema="public", name="outer_id", owner="o", base_type="inner_id", base_type_name=name("inner_id")
    )
    inner = Domain(schema="public", name="inner_id", owner="o", base_type="bigint", nullable=False)

    def optional(user: Column) -> bool:
        child = table("orders", user, fks=["user_id -> users"])
        (found,) = relationships.find(Lookup.of(snapshot(USERS, child, domains=(inner, outer))))
        return found.optional

    assert not optional(column("user_id outer_id", type_name=name("outer_id")))
    assert optional(column("user_id outer_id[]", type_name=name("outer_id")))


def test_match_full_needs_all_columns_null() -> None:
    """With MATCH FULL one not null column makes the parent mandatory, with MATCH SIMPLE it does not."""
    pairs = table("pairs", "a bigint", "b bigint", pk=["a", "b"])
    for match, optional in ((Match.FULL, False), (Match.SIMPLE, True)):
        child = table("c", "a bigint not null", "b bigint", fks=[fk("a, b -> pairs(a, b)", match=match)])
        assert _one(pairs, child).optional is optional


def test_one_to_one_by_any_unique_key() -> None:
    """A unique constraint, a unique index or a key on part of the columns leaves one child per parent."""
    columns = ("id bigint", "user_id bigint not null", "x bigint")
    fks = ["user_id -> users"]
    one = index("u", "user_id", unique=True)
    assert not _one(USERS, table("p", *columns, unique=["user_id"], fks=fks)).many
    assert not _one(USERS, table("p", *columns, indexes=[one], fks=fks)).many
    assert not _one(USERS, table("p", *columns, pk="user_id", fks=fks)).many
    wide = table("w", "a bigint", "b bigint", pk=["a", "b"])
    assert not _one(wide, table("p", "a bigint", "b bigint", unique=["a"], fks=["a, b -> wide(a, b)"])).many


def test_what_does_not_make_one_to_one() -> None:
    """Partial, expression, invalid and wider unique indexes, and keys without overlaps, prove nothing."""
    fks = ["user_id -> users"]
    for unique in (
        index("u", "user_id", unique=True, predicate="active"),
        index("u", "lower((user_id)::text)", unique=True),
        index("u", "user_id", "lower(x)", unique=True),
        index("u", "user_id", "x", unique=True),
        index("u", "user_id", unique=True, valid=False),
        index("u", "user_id", unique=True, exclusion=True, method="gist"),
        index("u", "user_id"),
    ):
        assert _one(USERS, table("p", "user_id bigint", "x text", indexes=[unique], fks=fks)).many
    overlapping = key("k", "user_id", without_overlaps=True)
    child = table("p", "user_id bigint", unique=[overlapping], fks=fks)
    assert _one(
        USERS, Relation(**{f: getattr(child, f) for f in child.__struct_fields__ if f != "indexes"})
    ).many


def test_unique_where_not_null_is_one_to_one() -> None:
    """A unique index over the rows that have a parent leaves one child per parent."""
    unique = index("u", "user_id", unique=True, predicate="(user_id IS NOT NULL)")
    assert not _one(USERS, table("p", "user_id bigint", indexes=[unique], fks=["user_id -> users"])).many
    other = index("u", "user_id", unique=True, predicate="(x IS NOT NULL)")
    assert _one(USERS, table("p", "user_id bigint", "x text", indexes=[other], fks=["user_id -> users"])).many


def test_identifying_and_self_reference() -> None:
    """A foreign key inside the primary key identifies; one to the own table is a self-reference."""
    lines = table("lines", "user_id bigint", "no integer", pk=["user_id", "no"], fks=["user_id -> users"])
    assert _one(USERS, lines).identifying
    tree = table("tree", "id bigint", "parent_id bigint", pk="id", fks=["parent_id -> tree"])
    found = _one(tree)
    assert found.self_reference
    assert graph.self_references([found]) == (found,)


def test_parent_outside_the_snapshot() -> None:
    """A reference to a table that is not in the snapshot is listed as not documented."""
    assert not _one(table("a", "x bigint", fks=["x -> other.b"])).documented


def test_order_is_by_child_and_key_name() -> None:
    """Relationships are sorted by child, then by the name of the foreign key."""
    child = table("b", "x bigint", "y bigint", fks=[fk("y -> users", "a_first"), fk("x -> users", "z_last")])
    other = table("a", "x bigint", fks=["x -> users"])
    found = relationships.find(_lookup(USERS, child, other))
    assert [(one.child.name, one.key.name) for one in found] == [
        ("a", "x_fkey"),
        ("b", "a_first"),
        ("b", "z_last"),
    ]


def test_clones_on_partitions_are_not_listed() -> None:
    """The foreign key of a partitioned table is listed once, whatever its partitions inherit."""
    fks = ["user_id -> users"]
    log = table("log", "user_id bigint", partition_by="range (at)", fks=fks)
    clone = fk("user_id -> users", inherited=True)
    part = table("log_1", "user_id bigint", partition_of="log", fks=[clone])
    found = relationships.find(_lookup(USERS, log, part))
    assert [one.child for one in found] == [name("log")]
    assert relationships.declared_by(_lookup(USERS, log, part), found[0]) == (log,)


def test_foreign_keys_of_partitions_stand_once_for_their_table() -> None:
    """What each partition declares itself is one relationship of the table; optional if one lacks it."""
    fks = ["user_id -> users"]
    log = table("log", "user_id bigint not null", partition_by="range (at)")
    one = table("log_1", "user_id bigint not null", partition_of="log", fks=fks)
    two = table("log_2", "user_id bigint not null", partition_of="log", fks=[fk("user_id -> users", "other")])
    bare = table("log_3", "user_id bigint not null", partition_of="log")
    whole, partly = _lookup(USERS, log, one, two), _lookup(USERS, log, one, two, bare)
    (found,) = relationships.find(whole)
    assert (found.child, found.optional, found.many) == (name("log"), False, True)
    assert [part.name for part in relationships.declared_by(whole, found)] == ["log_1", "log_2"]
    assert _only(relationships.find(partly)).optional


def _only(found: tuple[Relationship, ...]) -> Relationship:
    (one,) = found
    return one


def test_reference_to_a_partition_is_one_to_its_table() -> None:
    """The parent is the partitioned table, however deep the referenced partition is."""
    log = table("log", "id bigint", partition_by="list (id)")
    part = table("log_1", "id bigint", partition_of="log", partition_by="list (id)")
    leaf = table("log_1_1", "id bigint", partition_of="log_1", pk="id")
    found = _one(log, part, leaf, table("c", "x bigint", fks=["x -> log_1_1"]))
    assert found.parent == name("log")
    assert found.documented


ENDS = (USERS, table("groups", "id bigint", pk="id"), table("roles", "id bigint", pk="id"))
LINK = ("user_id bigint not null", "group_id bigint not null", "role_id bigint not null", "since date")
TO_BOTH = ["user_id -> users", "group_id -> groups"]


def _junctions(*relations: Relation) -> tuple[relationships.Junction, ...]:
    lookup = _lookup(*ENDS, *relations)
    return relationships.junctions(lookup, relationships.find(lookup))


def test_junction_by_primary_key() -> None:
    """A primary key of two foreign keys makes a junction; the other columns are its payload."""
    (found,) = _junctions(table("m", *LINK, pk=["group_id", "user_id"], fks=TO_BOTH))
    assert found.table == name("m")
    assert [end.parent.name for end in found.ends] == ["groups", "users"]
    assert found.rule == "primary key m_pkey"
    assert found.payload == ("role_id", "since")


def test_junction_by_unique_constraint_or_index() -> None:
    """A unique key does as well; a surrogate primary key is no payload."""
    columns = ("id bigint", *LINK)
    (found,) = _junctions(table("m", *columns, pk="id", unique=[("user_id", "group_id")], fks=TO_BOTH))
    assert found.rule == "unique constraint m_user_id_group_id_key"
    assert found.payload == ("role_id", "since")
    unique = index("ux", "user_id", "group_id", unique=True)
    (found,) = _junctions(table("m", *columns, pk="id", indexes=[unique], fks=TO_BOTH))
    assert found.rule == "unique index ux"


def test_junction_of_three_and_of_a_table_with_itself() -> None:
    """Three foreign keys are three ends; two to the same table are two ends."""
    keys = ["user_id", "group_id", "role_id"]
    (found,) = _junctions(table("m", *LINK, pk=keys, fks=[*TO_BOTH, "role_id -> roles"]))
    assert [end.parent.name for end in found.ends] == ["users", "groups", "roles"]
    friends = table("f", "a bigint", "b bigint", pk=["a", "b"], fks=["a -> users", "b -> users"])
    (found,) = _junctions(friends)
    assert [end.parent.name for end in found.ends] == ["users", "users"]


def test_junction_of_composite_foreign_keys() -> None:
    """Ends may share a column; a foreign key that is only a part of another is no end of its own."""
    tenants = table("tenants", "id bigint", pk="id")
    a = table("a", "tenant bigint", "id bigint", pk=["tenant", "id"])
    b = table("b", "tenant bigint", "id bigint", pk=["tenant", "id"])
    link = table(
        "m",
        "tenant bigint",
        "a bigint",
        "b bigint",
        pk=["tenant", "a", "b"],
        fks=["tenant, a -> a(tenant, id)", "tenant, b -> b(tenant, id)", "tenant -> tenants"],
    )
    (found,) = _junctions(tenants, a, b, link)
    assert [end.parent.name for end in found.ends] == ["a", "b"]


def test_foreign_key_declared_twice_is_one_end() -> None:
    """Two equal foreign keys of different names are one end."""
    (found,) = _junctions(
        table("m", *LINK, pk=["user_id", "group_id"], fks=[*TO_BOTH, fk("user_id -> users", "again")])
    )
    assert len(found.ends) == 2


def test_what_is_no_junction() -> None:
    """A key with other columns, one foreign key alone, one unique end, partial indexes: no junction."""
    partial = index("ux", "user_id", "group_id", unique=True, predicate="active")
    assert not _junctions(
        table("lines", *LINK, "no integer", pk=["user_id", "group_id", "no"], fks=TO_BOTH),
        table("single", *LINK, pk="user_id", fks=TO_BOTH),
        table("detail", *LINK, unique=["user_id", ("user_id", "group_id")], fks=TO_BOTH),
        table("part", *LINK, indexes=[partial], fks=TO_BOTH),
        table("pair", "a bigint", "b bigint", pk=["a", "b"], fks=["a, b -> x(a, b)", "a -> users"]),
    )


def test_optional_ends() -> None:
    """Where an end may be missing, only a table without payload is a junction."""
    columns = ("id bigint", "user_id bigint", "group_id bigint")
    unique = [("user_id", "group_id")]
    assert _junctions(table("m", *columns, pk="id", unique=unique, fks=TO_BOTH))
    assert not _junctions(table("m", *columns, "note text", pk="id", unique=unique, fks=TO_BOTH))


def _edges(*pairs: tuple[str, str]) -> Lookup:
    """Tables with one column per foreign key: child, parent."""
    names = sorted({one for pair in pairs for one in pair})
    return _lookup(
        *(
            table(
                one,
                *(f"{parent}_id bigint" for child, parent in pairs if child == one),
                fks=[f"{parent}_id -> {parent}" for child, parent in pairs if child == one],
            )
            for one in names
        )
    )


def _names(found: tuple[QualifiedName, ...]) -> list[str]:
    return [one.name for one in found]


def test_graph_knows_both_ends() -> None:
    """Children and parents of a table are its relationships by either end."""
    edges = Graph.of(relationships.find(_edges(("b", "a"), ("c", "a"))))
    assert [one.child.name for one in edges.children_of(name("a"))] == ["b", "c"]
    assert [one.parent.name for one in edges.parents_of(name("b"))] == ["a"]
    assert edges.parents_of(name("a")) == edges.children_of(name("nowhere")) == ()


def test_most_referenced_counts_others() -> None:
    """Tables are ranked by the tables, then the foreign keys of others that reference them; two at least."""
    lookup = _lookup(
        USERS,
        table("tree", "id bigint", "p bigint", pk="id", fks=["p -> tree"]),
        table("a", "x bigint", "y bigint", fks=["x -> users", "y -> users"]),
        table("b", "x bigint", "t bigint", fks=["x -> users", "t -> tree"]),
        table("c", "t bigint", fks=["t -> tree"]),
        table("d", "b bigint", fks=["b -> b"]),
    )
    found = graph.most_referenced(Graph.of(relationships.find(lookup)))
    assert [(row.name.name, row.foreign_keys, row.tables) for row in found] == [
        ("users", 3, 2),
        ("tree", 2, 2),
    ]
    assert len(graph.most_referenced(Graph.of(relationships.find(lookup)), 1)) == 1


def test_isolated_tables() -> None:
    """Only tables without foreign keys, out or in, are isolated: no views, partitions, bookkeeping."""
    lookup = _lookup(
        USERS,
        table("a", "x bigint", fks=["x -> users"]),
        table("alone", "x bigint", partition_by="list (x)"),
        table("alone_1", "x bigint", partition_of="alone"),
        table("alembic_version", "version_num text"),
    )
    edges = Graph.of(relationships.find(lookup))
    assert _names(graph.isolated(lookup, edges, {name("alembic_version")})) == ["alone"]


def test_cycles_follow_their_edges() -> None:
    """A circle starts with its smallest name and goes on from child to parent; self-references are none."""
    lookup = _edges(("c", "b"), ("b", "d"), ("d", "c"), ("x", "c"), ("x", "x"))
    assert list(map(_names, graph.cycles(relationships.find(lookup)))) == [["b", "d", "c"]]


def test_circles_that_share_a_table_are_told_apart() -> None:
    """Each table of a tangle is in a circle that can be walked, and the shortest ones are told."""
    found = relationships.find(_edges(("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("d", "b")))
    assert list(map(_names, graph.cycles(found))) == [["a", "b"], ["b", "c", "d"]]


def test_insert_order_puts_parents_first() -> None:
    """A table stands after all that it references, but for one foreign key of a nullable cycle."""
    lookup = _edges(("b", "a"), ("c", "b"), ("c", "a"), ("d", "e"), ("e", "d"), ("e", "a"))
    order = graph.insert_order(lookup, relationships.find(lookup))
    assert list(map(_names, order)) == [["a", "d"], ["b", "e"], ["c"]]


def _order(*relations: Relation) -> list[list[str]]:
    lookup = _lookup(*relations)
    return [_names(level) for level in graph.insert_order(lookup, relationships.find(lookup))]


def test_insert_order_inside_a_cycle() -> None:
    """What must reference at once comes after what can be filled in, deferred or is not enforced."""
    addresses = table("addresses", "id bigint", "user_id bigint not null", pk="id", fks=["user_id -> users"])
    nullable = table("users", "id bigint", "address bigint", pk="id", fks=["address -> addresses"])
    assert _order(addresses, nullable) == [["users"], ["addresses"]]
    to_addresses = "address -> addresses"
    for later in (fk(to_addresses, deferrable=True), fk(to_addresses, enforced=False)):
        users = table("users", "id bigint", "address bigint not null", pk="id", fks=[later])
        assert _order(addresses, users) == [["users"], ["addresses"]]
    users = table("users", "id bigint", "address bigint not null", pk="id", fks=["address -> addresses"])
    behind = table("z", "user_id bigint not null", fks=["user_id -> users"])
    assert _order(addresses, users, behind) == [["addresses", "users"], ["z"]]


def test_insert_order_leaves_little_to_fill_in() -> None:
    """Of a longer cycle of nullable foreign keys only one waits to be filled in."""
    lookup = _edges(("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"))
    order = graph.insert_order(lookup, relationships.find(lookup))
    assert list(map(_names, order)) == [["a"], ["d"], ["c"], ["b"]]


_LINKS = st.dictionaries(
    st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef")), st.booleans(), max_size=15
)


@given(_LINKS)
def test_insert_order_can_be_kept(links: dict[tuple[str, str], bool]) -> None:
    """Mandatory parents stand earlier and no neighbours share a level, but for a mandatory cycle."""
    relations = [
        table(
            one,
            *(
                f"{parent} bigint{' not null' if needed else ''}"
                for (child, parent), needed in links.items()
                if child == one
            ),
            fks=[f"{parent} -> {parent}" for child, parent in links if child == one],
        )
        for one in "abcdef"
    ]
    level = {one: depth for depth, names in enumerate(_order(*relations)) for one in names}
    reach = {pair for pair, needed in links.items() if needed}
    for middle in "abcdef":
        ins, outs = {a for a, b in reach if b == middle}, {b for a, b in reach if a == middle}
        reach |= {(a, b) for a in ins for b in outs}
    for (child, parent), needed in links.items():
        if child != parent and not {(child, parent), (parent, child)} <= reach:
            assert level[child] != level[parent]
            assert level[child] > level[parent] or not needed


def test_long_chains_need_no_recursion() -> None:
    """A chain of ten thousand tables is ordered like any other."""
    pairs = [(f"t{n:05}", f"t{n + 1:05}") for n in range(10_000)]
    lookup = _edges_fast(pairs)
    found = relationships.find(lookup)
    assert len(graph.insert_order(lookup, found)) == 10_001
    assert graph.cycles(found) == ()


def _edges_fast(pairs: list[tuple[str, str]]) -> Lookup:
    names = dict.fromkeys(one for pair in pairs for one in pair)
    parents = dict(pairs)
    return _lookup(
        *(table(one, "p bigint", fks=[f"p -> {parents[one]}"] if one in parents else []) for one in names)
    )


_PAIRS = st.lists(
    st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=20, unique=True
)


@given(_PAIRS)
def test_cycles_and_order_agree(pairs: list[tuple[str, str]]) -> None:
    """Every circle can be walked, covers all tables that reach themselves, and levels respect the rest."""
    lookup = _edges(*pairs)
    found = relationships.find(lookup)
    circles = graph.cycles(found)
    edges = {(child, parent) for child, parent in pairs if child != parent}
    for circle in map(_names, circles):
        assert circle[0] == min(circle)
        assert all(pair in edges for pair in zip(circle, circle[1:] + circle[:1], strict=True))
    reach = set(edges)
    while True:
        more = {(a, d) for a, b in reach for c, d in reach if b == c} - reach
        if not more:
            break
        reach |= more
    assert {one for circle in circles for one in _names(circle)} == {a for a, b in reach if a == b}
    level = {
        one.name: depth for depth, names in enumerate(graph.insert_order(lookup, found)) for one in names
    }
    assert set(level) == {one.name for one in lookup.relations}
    assert all(level[child] > level[parent] or (parent, child) in reach for child, parent in edges)
