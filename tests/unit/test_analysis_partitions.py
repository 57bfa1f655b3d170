"""Partition bounds and the inventory of partitioned tables."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pgdossier.analysis import bounds, partitions, sizes
from pgdossier.analysis.bounds import DefaultBound, Edge, HashBound, Infinity, ListBound, RangeBound
from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.model.lookup import Lookup
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.statistics import IndexStatistics
from tests.support.builders import index, name, snapshot, statistics, table


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("DEFAULT", DefaultBound()),
        ("FOR VALUES WITH (modulus 4, remainder 0)", HashBound(4, 0)),
        ("FOR VALUES FROM ('2025-01-01') TO ('2025-02-01')", RangeBound(("2025-01-01",), ("2025-02-01",))),
        ("FOR VALUES FROM (1) TO (10)", RangeBound(("1",), ("10",))),
        ("FOR VALUES FROM ('-5') TO (1.5)", RangeBound(("-5",), ("1.5",))),
        (
            "FOR VALUES FROM (MINVALUE, 'a') TO ('b, (c)', MAXVALUE)",
            RangeBound((Infinity.MINVALUE, "a"), ("b, (c)", Infinity.MAXVALUE)),
        ),
        ("FOR VALUES FROM ('MINVALUE') TO (MAXVALUE)", RangeBound(("MINVALUE",), (Infinity.MAXVALUE,))),
        ("FOR VALUES IN ('it''s', 'a\nb', NULL, 3, true)", ListBound(("it's", "a\nb", None, "3", "true"))),
        ("FOR VALUES IN ('NULL')", ListBound(("NULL",))),
    ],
)
def test_bounds_are_read(text: str, bound: bounds.Bound) -> None:
    """Every form of bound that the server prints is read, with its quotes, commas and line breaks."""
    assert bounds.parse(text) == bound


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FOR VALUES",
        "FOR VALUES IN ()",
        "FOR VALUES IN ('a'",
        "FOR VALUES IN ('a') x",
        "FOR VALUES FROM (1) TO (1, 2)",
        "FOR VALUES FROM (1)",
        "FOR VALUES WITH (modulus 4, remainder 4)",
        "FOR VALUES WITH (modulus 4)",
        "FOR VALUES WITH (modulus 4.0, remainder 0)",
        "'DEFAULT'",
        "DEFAULT, DEFAULT",
        "FOR 'VALUES' IN (1)",
        "FOR VALUES IN (,)",
    ],
)
def test_other_text_is_no_bound(text: str) -> None:
    """What is no bound is not taken for one."""
    assert bounds.parse(text) is None


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


_EDGES = st.lists(
    st.sampled_from(list(Infinity)) | st.text(st.characters(codec="utf-8"), max_size=8),
    min_size=1,
    max_size=3,
)


@given(_EDGES, st.data())
def test_range_bounds_survive(lower: list[Edge], data: st.DataObject) -> None:
    """Any values written as the server writes them are read back."""
    upper = data.draw(_EDGES.filter(lambda edges: len(edges) >= len(lower)))[: len(lower)]

    def written(edges: list[Edge]) -> str:
        return ", ".join(str(edge) if isinstance(edge, Infinity) else _quoted(edge) for edge in edges)

    text = f"FOR VALUES FROM ({written(lower)}) TO ({written(upper)})"
    assert bounds.parse(text) == RangeBound(tuple(lower), tuple(upper))


@given(st.lists(st.none() | st.text(max_size=8), min_size=1, max_size=5))
def test_list_bounds_survive(values: list[str | None]) -> None:
    """Any list of values written as the server writes it is read back."""
    written = ", ".join("NULL" if value is None else _quoted(value) for value in values)
    assert bounds.parse(f"FOR VALUES IN ({written})") == ListBound(tuple(values))


@given(st.text(max_size=40))
@example("FOR VALUES WITH (modulus ²)")
def test_any_text_is_survived(text: str) -> None:
    """No text makes the reader of bounds fail."""
    bounds.parse(text)


def _inventory(*relations: Relation, **rows: int) -> tuple[PartitionedTable, ...]:
    sized = [statistics(one, count, table_bytes=10 * count) for one, count in rows.items()]
    return partitions.inventory(Lookup.of(snapshot(*relations, sizes=sized)))


def _ranged(type_name: str, *ranges: tuple[str, str, str], key: str = "at") -> PartitionedTable:
    (found,) = _inventory(
        table("log", f"at {type_name}", partition_by=f"range ({key})"),
        *(
            table(part, partition_of="log", bound=f"FOR VALUES FROM ({low}) TO ({high})")
            for part, low, high in ranges
        ),
    )
    return found


def _listed(found: PartitionedTable) -> list[str]:
    return [part.name.name for part in found.partitions]


def test_ranges_in_order_with_gap_and_end() -> None:
    """Ranges stand in order of time, not of name; a hole between two is told, and where the last ends."""
    found = _ranged(
        "date",
        ("a", "'2025-03-01'", "'2025-04-01'"),
        ("b", "'2025-01-01'", "'2025-02-01'"),
        ("c", "'2025-04-01'", "'2025-05-01'"),
    )
    assert _listed(found) == ["b", "a", "c"]
    (gap,) = found.gaps
    assert (gap.lower, gap.upper, gap.after, gap.before) == ("2025-02-01", "2025-03-01", name("b"), name("a"))
    assert found.upper_end == "2025-05-01"
    assert not found.unbounded
    assert found.default is None
    assert found.hash_complete is None


def test_numbers_are_ordered_as_numbers() -> None:
    """10 comes after 9, and -1 before 0, whatever their texts do."""
    found = _ranged("integer", ("a", "10", "11"), ("b", "'-1'", "9"), ("c", "9", "10"))
    assert _listed(found) == ["b", "c", "a"]
    assert not found.gaps
    assert found.upper_end == "11"


def test_time_zones_and_infinities_are_ordered() -> None:
    """Offsets are taken into account, MINVALUE comes first, and MAXVALUE leaves no end."""
    found = _ranged(
        "timestamp with time zone",
        ("a", "'2025-01-01 00:00:00+00'", "MAXVALUE"),
        ("b", "MINVALUE", "'2025-01-01 02:00:00.5+02'"),
    )
    assert _listed(found) == ["b", "a"]
    assert found.upper_end is None
    assert found.unbounded
    # The half second belongs to both: the server would refuse it, but it is no gap.
    assert not found.gaps


def test_text_keys_have_no_known_order() -> None:
    """The order of text is the collation's: no gap and no end is claimed."""
    found = _ranged("text", ("b", "'m'", "'z'"), ("a", "'a'", "'c'"))
    assert _listed(found) == ["a", "b"]
    assert found.gaps == ()
    assert found.upper_end is None


def test_expressions_and_unreadable_values_have_no_known_order() -> None:
    """A key with an expression, or a value that is not understood, claims no gap and no end either."""
    hidden = _ranged("date", ("a", "'2025-01-01', 1", "'2025-02-01', 1"), key="at, lower(x)")
    assert hidden.upper_end is None
    strange = _ranged("date", ("a", "'0044-03-15 BC'", "'2025-02-01'"), ("b", "'2026-01-01'", "MAXVALUE"))
    assert strange.gaps == ()
    assert strange.unbounded


def test_keys_of_several_columns() -> None:
    """Ranges over several columns are ordered; gaps are not looked for between them."""
    (found,) = _inventory(
        table("log", "region integer", "at date", partition_by="range (region, at)"),
        table("b", partition_of="log", bound="FOR VALUES FROM (2, MINVALUE) TO (2, MAXVALUE)"),
        table("a", partition_of="log", bound="FOR VALUES FROM (1, '2025-01-01') TO (1, '2026-01-01')"),
    )
    assert _listed(found) == ["a", "b"]
    assert found.gaps == ()
    assert found.upper_end == "2, MAXVALUE"
    assert not found.unbounded


def test_lists_and_default() -> None:
    """Lists are ordered by their least value, the default partition is last."""
    (found,) = _inventory(
        table("t", "n integer", partition_by="list (n)"),
        table("a_default", partition_of="t"),
        table("b", partition_of="t", bound="FOR VALUES IN (10, 20)"),
        table("c", partition_of="t", bound="FOR VALUES IN (15, 9)"),
        table("d", partition_of="t", bound="FOR VALUES IN (NULL)"),
    )
    assert _listed(found) == ["c", "b", "d", "a_default"]
    assert found.default == name("a_default")
    assert found.upper_end is None


@pytest.mark.parametrize(
    ("hashes", "complete", "missing"),
    [
        ([(2, 0), (2, 1)], True, ()),
        ([(2, 0), (4, 1), (4, 3)], True, ()),
        ([(4, 0), (4, 2), (4, 3)], False, (1,)),
        ([(2, 0), (4, 1)], False, (3,)),
        ([], False, ()),
        ([(1_000_000, 3)], False, ()),
    ],
)
def test_hash_completeness(hashes: list[tuple[int, int]], complete: bool, missing: tuple[int, ...]) -> None:
    """Hash partitions take every row only together; what they leave is told for a small modulus."""
    (found,) = _inventory(
        table("t", "n integer", partition_by="hash (n)"),
        *(
            table(f"t{at}", partition_of="t", bound=f"FOR VALUES WITH (modulus {m}, remainder {r})")
            for at, (m, r) in enumerate(hashes)
        ),
    )
    assert found.hash_complete is complete
    assert found.missing_remainders == missing


def test_unknown_bounds_prove_nothing() -> None:
    """A bound of a later server's making is listed last and leaves completeness open."""
    (found,) = _inventory(
        table("t", "n integer", partition_by="hash (n)"),
        table("a", partition_of="t", bound="FOR VALUES BY MOON (full)"),
        table("b", partition_of="t", bound="FOR VALUES WITH (modulus 1, remainder 0)"),
    )
    assert _listed(found) == ["b", "a"]
    assert found.hash_complete is None


def test_subpartitions_and_sizes() -> None:
    """Every level is listed under its root, with the sums of its leaves."""
    top, sub = _inventory(
        table("t", "n integer", partition_by="list (n)"),
        table("a_sub", "n integer", partition_of="t", bound="FOR VALUES IN (1)", partition_by="hash (n)"),
        table("leaf_1", partition_of="a_sub", bound="FOR VALUES WITH (modulus 2, remainder 0)"),
        table("leaf_2", partition_of="a_sub", bound="FOR VALUES WITH (modulus 2, remainder 1)"),
        table("other", partition_of="t", bound="FOR VALUES IN (2)", kind=RelationKind.FOREIGN_TABLE),
        leaf_1=5,
        leaf_2=6,
        other=7,
    )
    assert (top.table, sub.table, sub.root) == (name("t"), name("a_sub"), name("t"))
    assert (top.size.rows, top.size.total_bytes, sub.size.rows) == (18, 180, 11)
    assert [(part.divided, part.foreign) for part in top.partitions] == [(True, False), (False, True)]


def test_sizes_of_what_was_never_analysed() -> None:
    """A partition without statistics leaves the rest known, and says that something is missing."""
    relations = (
        table("t", "n integer", partition_by="list (n)"),
        table("p", partition_of="t", bound="FOR VALUES IN (1)"),
        table("q", partition_of="t", bound="FOR VALUES IN (2)"),
        table("empty", "n integer", partition_by="list (n)"),
        table("new"),
    )
    found = sizes.measure(Lookup.of(snapshot(*relations, sizes=[statistics("p", 3, index_bytes=4)])))
    assert (found[name("t")].rows, found[name("t")].total_bytes, found[name("t")].known) == (3, 4, False)
    assert (found[name("empty")].rows, found[name("empty")].known) == (0, True)
    assert (found[name("new")].rows, found[name("new")].known) == (None, False)


def test_total_counts_each_partition_once() -> None:
    """The total is that of all tables and materialized views; views have no size."""
    relations = (
        table("t", "n integer", partition_by="list (n)"),
        table("p", partition_of="t", bound="FOR VALUES IN (1)"),
        table("m", kind=RelationKind.MATERIALIZED_VIEW),
        table("v", kind=RelationKind.VIEW),
    )
    given = [statistics("p", 3, table_bytes=1, toast_bytes=2), statistics("m", 4, index_bytes=8)]
    total = sizes.total(Lookup.of(snapshot(*relations, sizes=given)))
    assert (total.rows, total.table_bytes, total.toast_bytes, total.index_bytes, total.total_bytes) == (
        7,
        1,
        2,
        8,
        11,
    )
    assert total.known


def test_sizes_of_partitioned_indexes() -> None:
    """An index of a partitioned table is as large as its parts on all levels."""
    relations = (
        table("t", "n integer", partition_by="list (n)", indexes=[index("i", "n")]),
        table(
            "s",
            "n integer",
            partition_of="t",
            partition_by="list (n)",
            indexes=[index("j", "n", parent=name("i"))],
        ),
        table("p", "n integer", partition_of="s", indexes=[index("k", "n", parent=name("j"))]),
        table(
            "q", "n integer", partition_of="t", indexes=[index("l", "n", parent=name("i")), index("m", "n")]
        ),
    )
    given = [
        IndexStatistics(schema="public", name=one, bytes=size) for one, size in (("k", 1), ("l", 2), ("m", 4))
    ]
    found = sizes.of_indexes(Lookup.of(snapshot(*relations, index_sizes=given)))
    assert {one.name: size for one, size in found.items()} == {"i": 3, "j": 1, "k": 1, "l": 2, "m": 4}
