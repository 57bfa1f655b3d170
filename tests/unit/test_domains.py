"""Domains: a tree in which every table has one place, no map is too large, and every name is its own."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pgdossier.analysis import domains, relationships
from pgdossier.analysis.domains import Declared, Domains
from pgdossier.model.lookup import Lookup
from pgdossier.model.relations import Relation
from tests.support import builders


def _domains(*tables: Relation, declared: tuple[Declared, ...] = (), most: int = 10) -> Domains:
    lookup = Lookup.of(builders.snapshot(*tables))
    return domains.find(lookup, relationships.find(lookup), declared=declared, most=most)


def _chain(prefix: str, count: int, schema: str = "public") -> list[Relation]:
    """Tables `prefix_0` to …, each referencing the one before."""
    return [
        builders.table(
            f"{schema}.{prefix}_{number}",
            "id bigint",
            "before bigint",
            pk="id",
            fks=[f"before -> {schema}.{prefix}_{number - 1}"] if number else [],
        )
        for number in range(count)
    ]


_TABLES = st.lists(
    st.tuples(st.sampled_from("abc"), st.from_regex(r"[a-z]{1,2}(_[A-Za-z]{1,2})?", fullmatch=True)),
    max_size=45,
    unique=True,
)


@given(_TABLES, st.data(), st.integers(2, 12))
@settings(max_examples=40, deadline=None)
def test_every_table_has_one_place_and_no_map_is_too_large(
    names: list[tuple[str, str]], data: st.DataObject, most: int
) -> None:
    """Whatever the schemas, names and foreign keys: a partition, bounded everywhere, with unique names."""
    made = []
    for number, (schema, name) in enumerate(names):
        parents = data.draw(st.lists(st.integers(0, max(0, number - 1)), max_size=2)) if number else []
        keys = [
            builders.fk(f"c{at} -> {names[parent][0]}.{names[parent][1]}", f"fk{at}")
            for at, parent in enumerate(parents)
        ]
        made.append(
            builders.table(f"{schema}.{name}", "id bigint", "c0 bigint", "c1 bigint", pk="id", fks=keys)
        )
    found = _domains(*made, most=most)
    assert sorted(one for leaf in found.leaves for one in leaf.tables) == sorted(
        one.qualified for one in made
    )
    assert len(found.top) <= most
    for domain in found.walk():
        assert len(domain.children) <= most
        assert domain.children or len(domain.tables) <= most
        assert not domain.children or domain.tables == tuple(
            sorted(one for child in domain.children for one in child.tables)
        )
        assert found.named(domain.name.upper()) is domain
    told = [domain.name.casefold() for domain in found.walk()]
    assert len(told) == len(set(told))


def test_a_small_schema_is_one_domain() -> None:
    """A schema with few tables is a domain of its name, and nothing is divided."""
    found = _domains(*_chain("a", 4, "sales"), *_chain("b", 3, "audit"))
    assert [(one.name, len(one.tables), one.whole_schema) for one in found.top] == [
        ("audit", 3, True),
        ("sales", 4, True),
    ]
    assert not found.divided
    assert not found.mapped


def test_a_large_schema_is_divided_and_its_parts_are_named() -> None:
    """Parts are called by the word that their names begin with; tables that nothing ties are the others."""
    lone = [builders.table(f"{word}", "id bigint") for word in ("apple", "pear", "plum")]
    found = _domains(*_chain("auth", 7), *_chain("order", 7), *lone)
    assert [one.name for one in found.top] == ["auth", "order", "other tables"]
    assert found.divided
    assert found.mapped
    assert [name.name for name in found.top[0].key_entities] == ["auth_0", "auth_1", "auth_2"]
    assert found.top[0].foreign_keys == 6


def test_domains_of_many_schemas_are_gathered_by_schema() -> None:
    """Where all domains together are too many for one map, each schema becomes one box."""
    tables = [one for schema in "abcd" for word in "kxyz" for one in _chain(word * 3, 6, schema)]
    found = _domains(*tables)
    assert [(one.name, len(one.children)) for one in found.top] == [(schema, 4) for schema in "abcd"]
    assert {child.name for child in found.top[0].children} == {"a.kkk", "a.xxx", "a.yyy", "a.zzz"}
    assert found.of_schema("b") == found.top[1].children


def test_declared_domains_come_first_and_take_their_tables_along() -> None:
    """The project's domains keep their order and description; their tables leave the groups they were in."""
    declared = (
        Declared(name="Money", patterns=("public.order_1", "*.order_2"), description="What is paid."),
        Declared(name="Access", patterns=("public.auth_*",)),
    )
    found = _domains(*_chain("auth", 7), *_chain("order", 7), declared=declared)
    assert [one.name for one in found.top] == ["Money", "Access", "rest of public"]
    assert [name.name for name in found.top[0].tables] == ["order_1", "order_2"]
    assert found.top[0].description == "What is paid."
    assert not found.problems


def test_what_is_declared_in_vain_is_told() -> None:
    """A pattern that fits nothing and a table that two domains claim are each a sentence for the user."""
    declared = (
        Declared(name="A", patterns=("public.auth_0", "public.nothing*")),
        Declared(name="B", patterns=("public.auth_*",)),
    )
    found = _domains(*_chain("auth", 3), declared=declared)
    assert len(found.problems) == 2
    assert "public.nothing*" in found.problems[0]
    assert "public.auth_0 is claimed by A and by B" in found.problems[1]
    assert [len(one.tables) for one in found.top] == [1, 2]


def test_a_declared_domain_that_is_too_large_is_divided() -> None:
    """A domain of the project may have any number of tables; then it is a map of its own parts."""
    found = _domains(
        *_chain("auth", 7), *_chain("order", 7), declared=(Declared(name="All", patterns=("*",)),), most=10
    )
    assert [one.name for one in found.top] == ["All"]
    assert [one.label for one in found.top[0].children] == ["auth", "order"]


def test_partitions_are_part_of_their_table_and_views_only_stand_alone() -> None:
    """A partition is in no domain by itself; views make up a domain only where a schema has nothing else."""
    found = _domains(
        builders.table("s.log", "id bigint", partition_by="range (id)"),
        builders.table("s.log_1", "id bigint", partition_of="s.log"),
        builders.view("s.seen", "id bigint"),
        builders.view("v.one", "id bigint"),
    )
    assert [[name.dotted for name in one.tables] for one in found.top] == [["s.log"], ["v.one"]]
    assert found.of(builders.name("s.seen")) is None


def test_a_new_table_elsewhere_changes_nothing_here() -> None:
    """A table and a foreign key more in one group leave the other groups and all names as they are."""
    before = _domains(*_chain("auth", 7), *_chain("order", 7))
    after = _domains(*_chain("auth", 7), *_chain("order", 8))
    assert [one.name for one in before.top] == [one.name for one in after.top]
    assert before.top[0] == after.top[0]


def test_a_few_domains_too_many_join_the_smallest_only() -> None:
    """Twelve schemas where ten fit: the smallest share a place with what they are tied to; big ones stay."""
    tables = [one for n in range(8) for one in _chain(f"t{n}", 5, schema=f"s{n}")]
    tables += [one for n in range(8, 12) for one in _chain(f"t{n}", 2, schema=f"s{n}")]
    found = _domains(*tables, most=10)
    assert len(found.top) == 10
    joined = [one for one in found.top if one.children]
    assert [one.name for one in joined] == ["s10 and s11", "s8 and s9"]
    assert all(child.whole_schema for one in joined for child in one.children)


def test_no_domain_is_called_by_a_name_that_nobody_can_read() -> None:
    """The first key entity with a short name gives a mixed group its name, where there is one."""
    long = "a_table_with_a_name_as_long_as_a_street"
    tables = [
        builders.table(long, "id bigint", pk="id"),
        builders.table("plan", "id bigint", pk="id"),
        *(
            builders.table(
                name, "id bigint", "x bigint", "y bigint", pk="id", fks=[f"x -> {long}", "y -> plan"]
            )
            for name in ("cat", "dog")
        ),
        builders.table("emu", "id bigint", "x bigint", pk="id", fks=[f"x -> {long}"]),
        *_chain("order", 8),
    ]
    found = _domains(*tables, most=10)
    assert "plan" in {one.name for one in found.top}
    assert long not in {one.name for one in found.top}
