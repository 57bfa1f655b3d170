"""What is said about indexes: purposes, missing, duplicate, redundant and invalid ones; key strategies."""

from __future__ import annotations

from typing import Any

import pytest

from pgdossier.analysis import indexes, keys, purposes, relationships
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.keys import KeyKind
from pgdossier.model.columns import Identity
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.types import Domain
from tests.support.builders import column, fk, index, key, name, sequence, snapshot, table

USERS = table("sales.users", "id bigint", pk="id")
COLUMNS = (
    "id bigint",
    "user_id bigint",
    "other_id bigint",
    "status text not null",
    "created_at timestamp with time zone",
    "data jsonb",
    "tags text[]",
    "doc tsvector",
    "during tstzrange",
    "place point",
    "embedding public.vector(3)",
)
TO_USERS = fk("user_id -> sales.users", "o_user")


def _purposes(*relations: Relation) -> dict[tuple[QualifiedName, str], str]:
    lookup = Lookup.of(snapshot(USERS, *relations))
    return dict(purposes.Purposes(lookup, Graph.of(relationships.find(lookup))))


def _purpose(of: Index, *fks: str) -> str:
    return _purposes(table("sales.orders", *COLUMNS, fks=fks, indexes=[of]))[name("sales.orders"), of.name]


USER = "user_id -> sales.users"


@pytest.mark.parametrize(
    ("of", "purpose"),
    [
        (index("i", "user_id"), "foreign key to users"),
        (index("i", "user_id", method="hash"), "foreign key to users"),
        (index("i", "user_id", "status"), "covers foreign key to users; then by status"),
        (index("i", "user_id", "created_at desc"), "covers foreign key to users; newest first by created_at"),
        (
            index("i", "user_id", predicate="(user_id IS NOT NULL)"),
            "foreign key to users; only rows where user_id IS NOT NULL",
        ),
        (index("i", "status"), "looks up by status"),
        (index("i", "status", "created_at"), "looks up by status, then created_at"),
        (index("i", "status", "user_id"), "looks up by status, then user_id"),
        (index("i", "created_at desc"), "newest first by created_at"),
        (index("i", "lower((status)::text)"), "looks up by lower(status)"),
        (
            index("i", "created_at", predicate="((status)::text = 'pending'::text)"),
            "looks up by created_at; only rows where status = 'pending'",
        ),
        (index("i", "status", include=("id",)), "looks up by status; carries id for index-only scans"),
        (index("i", "status", unique=True), "unique: one row per status"),
        (index("i", "other_id", unique=True), "unique: one row per other_id, nulls may repeat"),
        (
            index("i", "other_id", unique=True, nulls_not_distinct=True),
            "unique: one row per other_id, null counting as a value",
        ),
        (
            index("i", "user_id", "status", unique=True),
            "unique: one row per (user_id, status), nulls may repeat; covers foreign key to users",
        ),
        (index("i", "lower(status)", unique=True), "unique: one row per lower(status)"),
        (
            index("i", "status", unique=True, predicate="(other_id IS NULL)"),
            "unique: one row per status where other_id IS NULL",
        ),
        (
            index("i", "other_id", unique=True, predicate="(NOT is_deleted)"),
            "unique: one row per other_id where NOT is_deleted, nulls may repeat",
        ),
        (
            index("i", "other_id", unique=True, predicate="((other_id IS NOT NULL) AND (id > 0))"),
            "unique: one row per other_id where other_id IS NOT NULL AND id > 0",
        ),
        (
            index("i", "other_id", "id", unique=True, predicate="(other_id IS NOT NULL)"),
            "unique: one row per (other_id, id) where other_id IS NOT NULL, nulls may repeat",
        ),
        (index("i", "status", method="hash"), "looks up equal status"),
        (index("i", "created_at", method="brin"), "range scans over block ranges (BRIN) by created_at"),
        (index("i", "doc", method="gin"), "full-text search in doc"),
        (
            index("i", "to_tsvector('simple'::regconfig, status)", method="gin"),
            "full-text search in to_tsvector('simple', status)",
        ),
        (index("i", "data", method="gin"), "containment search in data"),
        (index("i", "tags", "data", method="gin"), "containment search in tags and data"),
        (index("i", "during", method="gist"), "overlap and containment search in during"),
        (index("i", "place", method="gist"), "spatial search in place"),
        (index("i", "embedding", method="hnsw"), "nearest neighbours by embedding"),
        (index("i", "status", method="gist"), "looks up by status"),
        (index("i", "status", method="rum"), ""),
        (
            index(
                "i",
                IndexKey(expression="status", column="status", operator_class="gin_trgm_ops"),
                method="gin",
            ),
            "similarity and pattern search (trigrams) in status",
        ),
        (
            index("i", IndexKey(expression="status", column="status", operator_class="text_pattern_ops")),
            "prefix search on status",
        ),
        (
            index("no_overlap", "during", method="gist", exclusion=True, constraint="no_overlap"),
            "enforces exclusion constraint no_overlap",
        ),
        (index("i", "status", valid=False), "invalid, so queries do not use it; looks up by status"),
    ],
)
def test_purposes(of: Index, purpose: str) -> None:
    """Each kind of index is given the purpose that its structure proves."""
    assert _purpose(of, USER) == purpose


def test_at_most_one_row() -> None:
    """A unique index of a flag over the rows that have it allows one row."""
    flagged = index("i", "is_default", unique=True, predicate="is_default")
    found = _purposes(table("t", "is_default boolean not null", indexes=[flagged]))
    assert found[name("t"), "i"] == "unique: at most one row where is_default"


def test_keys_say_who_references_them() -> None:
    """Primary and unique keys name the table that references them, or count several, themselves apart."""
    product = table(
        "p", "id bigint", "sku text not null", "up bigint", pk="id", unique=["sku"], fks=["up -> p"]
    )
    first = table("a", "p bigint", fks=["p -> p"])
    second = table("b.c", "sku text", fks=[fk("sku -> p(sku)", key="p_sku_key")])
    assert _purposes(product)[name("p"), "p_pkey"] == "primary key; referenced by the table itself"
    found = _purposes(product, first, second)
    assert found[name("p"), "p_pkey"] == "primary key; referenced by a and by itself"
    assert found[name("p"), "p_sku_key"] == "unique: one row per sku; referenced by b.c"
    third = table("d", "p bigint", "q bigint", fks=["p -> p", "q -> p"])
    assert (
        _purposes(product, first, third)[name("p"), "p_pkey"]
        == "primary key; referenced by 2 tables and by itself"
    )


def test_several_foreign_keys_and_other_schemas() -> None:
    """Foreign keys over one index are listed; a parent of another schema is named with it."""
    one = index("i", "user_id")
    other = table("public.accounts", "id bigint", pk="id")
    orders = table("sales.orders", *COLUMNS, fks=[USER, fk("user_id -> accounts", "x")], indexes=[one])
    found = _purposes(other, orders)[name("sales.orders"), "i"]
    assert found == "foreign keys to users and public.accounts"
    twice = table("sales.orders", *COLUMNS, fks=[USER, fk(USER, "again")], indexes=[one])
    assert _purposes(twice)[name("sales.orders"), "i"] == "foreign key to users"


def test_shared_primary_key() -> None:
    """A primary key that is a foreign key says both; nulls of a materialized view's columns are unknown."""
    profile = table("sales.profiles", "user_id bigint", pk="user_id", fks=[USER])
    daily = table(
        "daily",
        "day date",
        indexes=[index("u", "day", unique=True)],
        kind=RelationKind.MATERIALIZED_VIEW,
        definition=" SELECT 1",
    )
    found = _purposes(profile, daily)
    assert found[name("sales.profiles"), "profiles_pkey"] == "primary key; foreign key to users"
    assert found[name("daily"), "u"] == "unique: one row per day"


def test_indexes_of_partitions_have_no_purpose_of_their_own() -> None:
    """Only the table's index is described, not its clones."""
    top = table("t", "id bigint", "x bigint", partition_by="list (x)", indexes=[index("i", "x")])
    part = table("p", "x bigint", partition_of="t", indexes=[index("p_x", "x", parent=name("i"))])
    assert set(_purposes(top, part)) == {(name("t"), "i"), (USERS.qualified, "users_pkey")}


def _unindexed(*relations: Relation) -> list[str]:
    lookup = Lookup.of(snapshot(USERS, *relations))
    found = indexes.unindexed_foreign_keys(lookup, relationships.find(lookup))
    return [one.key.name for one in found]


PAIRS = table("pairs", "a bigint", "b bigint", pk=["a", "b"])


@pytest.mark.parametrize(
    ("of", "helps"),
    [
        (index("i", "user_id"), True),
        (index("i", "user_id", "status"), True),
        (index("i", "user_id", method="hash"), True),
        (index("i", "user_id", predicate="(user_id IS NOT NULL)"), True),
        (index("i", "user_id", unique=True), True),
        (index("i", "status", "user_id"), False),
        (index("i", "user_id", method="brin"), False),
        (index("i", "user_id", method="gin"), False),
        (index("i", "user_id", valid=False), False),
        (index("i", "user_id", predicate="(status = 'x'::text)"), False),
        (index("i", "user_id", predicate="(other_id IS NOT NULL)"), False),
        (index("i", "lower(status)", "user_id"), False),
        (index("i", "(user_id + 0)"), False),
    ],
)
def test_foreign_keys_without_index(of: Index, helps: bool) -> None:
    """Only a valid tree or hash that begins with the columns helps to find the children."""
    orders = table("sales.orders", *COLUMNS, fks=[TO_USERS], indexes=[of])
    assert _unindexed(orders) == ([] if helps else ["o_user"])


def test_composite_foreign_keys_want_all_their_columns_first() -> None:
    """Any order of the columns helps, a part of them or a gap does not."""
    to_pairs = fk("x, y -> pairs(a, b)", "c_pair")
    for columns, helps in ((("y", "x", "z"), True), (("x",), False), (("x", "z", "y"), False)):
        child = table("c", "x bigint", "y bigint", "z bigint", fks=[to_pairs], indexes=[index("i", *columns)])
        assert _unindexed(PAIRS, child) == ([] if helps else ["c_pair"])


def test_foreign_keys_with_a_period() -> None:
    """A period is found by a GiST index, or by a tree over the other columns."""
    columns = ("x bigint", "during tstzrange")
    to_pairs = fk("x, during -> pairs(a, b)", "c_pair", period=True)
    for of, helps in (
        (index("i", "x", "during", method="gist"), True),
        (index("i", "x"), True),
        (index("i", "during"), False),
    ):
        assert _unindexed(PAIRS, table("c", *columns, fks=[to_pairs], indexes=[of])) == (
            [] if helps else ["c_pair"]
        )


def test_foreign_keys_of_partitioned_tables() -> None:
    """An index of the table helps, or one on each partition that has the foreign key."""
    own = index("i", "user_id")
    top = table("t", "user_id bigint", partition_by="list (user_id)", fks=[TO_USERS])
    bare = table("p", "user_id bigint", partition_of="t", fks=[fk(USER, inherited=True)])
    helped = table("q", "user_id bigint", partition_of="t", fks=[fk(USER, inherited=True)], indexes=[own])
    assert _unindexed(top) == ["o_user"]
    assert _unindexed(top, bare, helped) == ["o_user"]
    assert _unindexed(top, helped) == []
    loose = table("t", "user_id bigint", partition_by="list (user_id)")
    declares = table("q", "user_id bigint", partition_of="t", fks=[TO_USERS], indexes=[own])
    silent = table("p", "user_id bigint", partition_of="t")
    assert _unindexed(loose, declares, silent) == []


def _lookup(*of: Index, **fields: Any) -> Lookup:
    return Lookup.of(snapshot(table("t", "a integer", "b integer", "c integer", indexes=of, **fields)))


def test_duplicate_indexes() -> None:
    """Indexes that are equal but for their names are one group, backwards too; any difference parts them."""
    (found,) = indexes.duplicates(
        _lookup(index("x", "a"), index("y", "a"), index("z", "a desc"), index("w", "a desc", "b"))
    )
    assert (found.table, found.indexes) == (name("t"), ("x", "y", "z"))
    (found,) = indexes.duplicates(_lookup(index("x", "a", "b desc"), index("y", "a desc", "b")))
    assert found.indexes == ("x", "y")
    for other in (
        index("y", "a", unique=True),
        index("y", "a", predicate="(b > 0)"),
        index("y", "a", include=("b",)),
        index("y", "a", method="hash"),
        index("y", "b"),
        index("y", "a", valid=False),
        index("y", "a desc", method="gist"),
        index("y", IndexKey(expression="a", column="a", descending=True)),  # NULLS LAST
        index("y", IndexKey(expression="a", column="a", operator_class="int4_minmax_ops")),
    ):
        assert not indexes.duplicates(_lookup(index("x", "a"), other))


def test_redundant_indexes() -> None:
    """A plain tree over the first keys of another one, or over all keys of a unique one, is redundant."""
    (found,) = indexes.redundant(_lookup(index("x", "a"), index("y", "a", "b"), index("z", "a", "b", "c")))[
        :1
    ]
    assert (found.index, found.covered_by, found.reason) == (
        "x",
        "y",
        "its key (a) comes first there as well",
    )
    (found,) = indexes.redundant(_lookup(index("x", "a desc"), index("y", "a", "b")))
    assert (found.index, found.covered_by) == ("x", "y")
    (found,) = indexes.redundant(_lookup(index("x", "a", "b"), unique=[("a", "b")]))
    assert (found.covered_by, found.reason) == ("t_a_b_key", "a unique index with the same keys")


def test_indexes_of_a_partition_alone() -> None:
    """An index of a partition's own is compared with all of that partition; attached ones are not told."""
    clones = [
        index(f"p_{one.name}", "a", parent=name(one.name)) for one in (index("i", "a"), index("j", "a"))
    ]
    top = table("t", "a integer", "b integer", partition_by="list (a)", indexes=[index("i", "a")])

    def lookup(*of: Index) -> Lookup:
        return Lookup.of(snapshot(top, table("p", "a integer", "b integer", partition_of="t", indexes=of)))

    (same,) = indexes.duplicates(lookup(clones[0], index("own", "a")))
    assert (same.table, same.indexes) == (name("p"), ("own", "p_i"))
    assert not indexes.duplicates(lookup(*clones))
    wide = index("wide", "a", "b")
    (covered,) = indexes.redundant(lookup(index("own", "a"), wide))
    assert (covered.table, covered.index, covered.covered_by) == (name("p"), "own", "wide")
    assert not indexes.redundant(lookup(clones[0], wide))


@pytest.mark.parametrize(
    ("short", "long"),
    [
        (index("x", "a", unique=True), index("y", "a", "b")),
        (index("x", "a", constraint="x"), index("y", "a", "b")),
        (index("x", "a", replica_identity=True), index("y", "a", "b")),
        (index("x", "b"), index("y", "a", "b")),
        (index("x", "a", "b desc"), index("y", "a", "b", "c")),
        (index("x", "a", predicate="(b > 0)"), index("y", "a", "b")),
        (index("x", "a"), index("y", "a", "b", predicate="(b > 0)")),
        (index("x", "a", method="hash"), index("y", "a", "b")),
        (index("x", "a"), index("y", "a", "b", method="brin")),
        (index("x", "a"), index("y", "a", "b", valid=False)),
        (index("x", "a", include=("c",)), index("y", "a", "b")),
        (index("x", "a"), index("y", "b", include=("a",))),
        (index("x", "a"), index("y", "a")),
    ],
)
def test_what_is_not_redundant(short: Index, long: Index) -> None:
    """An index that promises, orders, filters or carries something else stays."""
    assert not indexes.redundant(_lookup(short, long))


def test_invalid_indexes() -> None:
    """Invalid indexes are told with their table, and whether that is partitioned; clones are not."""
    top = table("t", "x bigint", partition_by="list (x)", indexes=[index("i", "x", valid=False)])
    part = table("p", "x bigint", partition_of="t", indexes=[index("c", "x", valid=False, parent=name("i"))])
    plain = table("a", "x bigint", indexes=[index("j", "x", valid=False)])
    found = indexes.invalid(Lookup.of(snapshot(top, part, plain)))
    assert [(one.table.name, one.index, one.partitioned) for one in found] == [
        ("a", "j", False),
        ("t", "i", True),
    ]


def _kind(relation: Relation, **fields: Any) -> tuple[KeyKind, str]:
    lookup = Lookup.of(snapshot(relation, **fields))
    (row,) = keys.strategy(lookup).rows
    return row.kind, row.detail


NEXT = "nextval('public.t_id_seq'::regclass)"


def test_key_kinds() -> None:
    """Each way to get a primary key is told from the others."""
    owned = {"sequences": [sequence("t_id_seq", "public.t.id")]}
    serial = table("t", f"id integer default {NEXT}", pk="id")
    assert _kind(table("t", column("id bigint", identity=Identity.ALWAYS), pk="id")) == (
        KeyKind.IDENTITY,
        "bigint",
    )
    assert _kind(serial, **owned) == (KeyKind.SERIAL, "integer")
    assert _kind(serial) == (KeyKind.SERIAL, "integer, sequence not owned by the column")
    quoted = table("t", "id integer default nextval('public.\"My Seq\"'::regclass)", pk="id")
    mine = sequence("public.My Seq", "public.t.id")
    assert _kind(quoted, sequences=[mine]) == (KeyKind.SERIAL, "integer")
    uuid = table("t", "id uuid default gen_random_uuid()", pk="id")
    assert _kind(uuid) == (KeyKind.UUID, "default gen_random_uuid()")
    assert _kind(table("t", "id uuid", pk="id")) == (KeyKind.UUID, "no default")
    assert _kind(table("t", "code text", pk="code")) == (KeyKind.NATURAL, "")
    assert _kind(table("t", "id text default public.new_id()", pk="id")) == (
        KeyKind.DEFAULT,
        "text, default public.new_id()",
    )
    assert _kind(table("t", "id bigint", pk="id")) == (KeyKind.PLAIN_INTEGER, "bigint")
    assert _kind(table("t", "a bigint", "b bigint", pk=["a", "b"])) == (KeyKind.COMPOSITE, "")
    assert _kind(table("t", "id bigint", pk="id", fks=["id -> u"])) == (
        KeyKind.FOREIGN_KEY,
        "the key of the referenced row",
    )
    assert _kind(table("t", "id bigint")) == (KeyKind.NONE, "")


def test_labels_of_key_kinds() -> None:
    """The detail stands in the label unless the kind has said it already."""

    def label(kind: KeyKind, detail: str) -> str:
        return keys.KeyGroup(kind=kind, detail=detail, tables=()).label

    assert label(KeyKind.PLAIN_INTEGER, "integer") == "integer without a generator"
    assert label(KeyKind.PLAIN_INTEGER, "bigint") == "integer without a generator (bigint)"
    assert label(KeyKind.SERIAL, "integer") == "serial (integer)"
    assert label(KeyKind.NONE, "") == "none"


def test_key_of_a_domain() -> None:
    """The type and the default of a domain are its column's."""
    domain = Domain(schema="public", name="id", owner="o", base_type="uuid", default="gen_random_uuid()")
    of_domain = table("t", column("id public.id", type_name=name("id")), pk="id")
    assert _kind(of_domain, domains=(domain,)) == (KeyKind.UUID, "default gen_random_uuid()")


def test_key_strategy_counts_tables() -> None:
    """Rows are counted over tables, partitions left out, the most frequent kind first."""
    found = keys.strategy(
        Lookup.of(
            snapshot(
                table("a", "x text"),
                table("b", "x text", pk="x"),
                table("c", "x text", pk="x", partition_by="list (x)"),
                table("c1", "x text", pk="x", partition_of="c"),
                table("v", "x text", kind=RelationKind.VIEW),
            )
        )
    )
    assert found.total == 3
    assert [(row.label, [one.name for one in row.tables]) for row in found.rows] == [
        ("natural", ["b", "c"]),
        ("none", ["a"]),
    ]
    assert found.count(KeyKind.NATURAL) == 2


def test_names_of_primary_keys_may_be_anything() -> None:
    """The key's own name is the one of its index."""
    renamed = table("t", "id bigint", pk=key("pk of t", "id", primary=True))
    assert _purposes(renamed)[name("t"), "pk of t"] == "primary key"
