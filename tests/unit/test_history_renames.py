"""Renames are found by what they hold, exactly where they are clear, and nowhere else."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.history.comparison import findings
from pgdossier.history.differences import Element
from pgdossier.history.following import same_sql
from pgdossier.history.renames import Rename, moved, renames
from pgdossier.model.constraints import NotNull
from pgdossier.model.relations import Relation
from pgdossier.model.sequences import SequenceOwner
from pgdossier.model.snapshot import Structure
from pgdossier.model.types import Enum
from tests.support.builders import check, column, fk, index, key, sequence, snapshot, table, view


def of(*relations: Relation, **fields: object) -> Structure:
    return msgspec.structs.replace(snapshot(*relations).structure, **fields)


def found(before: Structure, after: Structure) -> dict[str, str]:
    """Old names with the new ones, as `table.column` where they are in a table."""
    return {_dotted(each.before): _dotted(each.after) for each in renames(before, after)}


def _dotted(path: tuple[Element, ...]) -> str:
    return " > ".join(element.name for element in path)


def told(before: Structure, after: Structure) -> list[str]:
    return [each.words for each in findings(before, after)]


# --- any subset of renames -----------------------------------------------------------------------

TYPES = ("integer", "text", "numeric(10,2)", "date", "boolean", "timestamp with time zone")
WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=6, max_size=12)


@st.composite
def renamed(draw: st.DrawFn) -> tuple[Structure, Structure, dict[str, str]]:
    """A structure, the same with some tables and columns renamed, and which these are.

    Each table has columns that no other has, and keeps the name of its primary key; not the last column is
    renamed, where a new one would stand as well.
    """
    words = iter(draw(st.lists(WORDS, unique=True, min_size=60, max_size=60)))
    before, after, names = [], [], {}
    for number in range(draw(st.integers(1, 6))):
        old = next(words)
        new = next(words) if draw(st.booleans()) else old
        columns = [(next(words), draw(st.sampled_from(TYPES))) for _ in range(draw(st.integers(4, 7)))]
        other = list(columns)
        if draw(st.booleans()):
            at = draw(st.integers(1, len(columns) - 2))
            other[at] = (f"{columns[at][0]}_{number}", columns[at][1])
            names[f"public.{old} > {columns[at][0]}"] = f"public.{new} > {other[at][0]}"
        if new != old:
            names[f"public.{old}"] = f"public.{new}"
        before.append(_table(old, columns, f"{old}_pkey"))
        after.append(_table(new, other, f"{old}_pkey"))
    return of(*before), of(*after), names


def _table(name: str, columns: list[tuple[str, str]], primary: str) -> Relation:
    texts = [f"{column_name} {column_type}" for column_name, column_type in columns]
    return table(name, *texts, pk=key(primary, columns[0][0], primary=True))


@given(renamed())
def test_any_subset_is_found_exactly(both: tuple[Structure, Structure, dict[str, str]]) -> None:
    """Whatever tables and columns get other names, in both directions, and nothing else."""
    before, after, names = both
    assert found(before, after) == names
    assert found(after, before) == {new: old for old, new in names.items()}
    assert len(findings(before, after)) == len(names)


@given(st.lists(WORDS, unique=True, min_size=40, max_size=40), st.integers(1, 4))
def test_what_has_nothing_in_common_is_no_rename(words: list[str], tables: int) -> None:
    """Tables with other columns are other tables, however many come and go."""
    names = iter(words)

    def made() -> list[Relation]:
        return [
            table(next(names), f"{next(names)} integer", f"{next(names)} text", f"{next(names)} date")
            for _ in range(tables)
        ]

    assert renames(of(*made()), of(*made())) == ()


@given(renamed())
def test_the_same_is_no_rename(both: tuple[Structure, Structure, dict[str, str]]) -> None:
    """Nothing is found where nothing changed."""
    assert renames(both[0], both[0]) == ()


# --- columns -------------------------------------------------------------------------------------

LEFT = table("t", "id integer", "notes text", "kind text", "at date", pk="id")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("id integer", "remarks text", "kind text", "at date"), {"public.t > notes": "public.t > remarks"}),
        # Another type altogether, though at the same place.
        (("id integer", "seen timestamp with time zone", "kind text", "at date"), {}),
        # Where a new column stands, and not where the old one was.
        (("id integer", "kind text", "at date", "remarks text"), {}),
        (("id integer", "kind text", "at date", "note text"), {}),
        # Two candidates.
        (("id integer", "kind text", "at date", "note_a text", "note_b text"), {}),
        (("id integer", "kind text", "notes text", "at date"), {}),
        # The last one may as well be new: only if its name says that it is the same.
        (("id integer", "notes text", "kind text", "at_date date"), {"public.t > at": "public.t > at_date"}),
        (("id integer", "notes text", "kind text", "zzzzzz date"), {}),
        # Both of two neighbours.
        (
            ("id integer", "note text", "sort text", "at date"),
            {"public.t > notes": "public.t > note", "public.t > kind": "public.t > sort"},
        ),
    ],
)
def test_columns(columns: tuple[str, ...], expected: dict[str, str]) -> None:
    """By place and type first, since PostgreSQL keeps the place of a renamed column."""
    assert found(of(LEFT), of(table("t", *columns, pk="id"))) == expected


def test_confidence_is_middling_without_a_similar_name() -> None:
    """A name that says nothing leaves a doubt, and keys, comments and likeness take it away."""
    (plain,) = renames(
        of(LEFT), of(table("t", "id integer", "remarks text", "kind text", "at date", pk="id"))
    )
    assert (plain.kind, plain.confidence < 90, plain.reason) == ("column", True, "same position and type")
    before = table("t", "id integer", "mail text not null", "at date", pk="id", unique=[key("u", "mail")])
    after = table("t", "id integer", "email text not null", "at date", pk="id", unique=[key("u", "email")])
    (sure,) = renames(of(before), of(after))
    assert sure.confidence > 95
    assert sure.reason == "same position, unique key and type; similar name"


def test_a_swap_of_names_is_none() -> None:
    """Both names are there before and after: nobody knows which column is which."""
    before = table("t", "id integer", "a text", "b text", "c text")
    assert renames(of(before), of(table("t", "id integer", "b text", "a text", "c text"))) == ()
    typed = table("t", "id integer", "a text", "b integer", "c text")
    assert renames(of(typed), of(table("t", "id integer", "a integer", "b text", "c text"))) == ()


def test_a_renamed_column_can_have_another_type() -> None:
    """What else changed in it is told under its new name."""
    after = table("t", "id integer", "notes_text character varying(50)", "kind text", "at date", pk="id")
    assert told(of(LEFT), of(after)) == [
        "column notes of table public.t renamed to notes_text (assumed, 86 %: same position; similar name)",
        "column notes_text of table public.t: type text → character varying(50)",
    ]


# --- tables --------------------------------------------------------------------------------------

COLUMNS = ("id integer", "email text", "vat_number text", "loyalty_points integer", "joined date")


OTHERS = ("id integer", "sku text", "weight_in_grams integer", "warehouse text", "counted boolean")


def pairs(before: Structure, after: Structure) -> dict[str, str]:
    return {
        each.before[0].name: each.after[0].name for each in renames(before, after) if len(each.before) == 1
    }


def test_two_tables_that_swapped_names_are_told() -> None:
    """Each has what the other had."""
    before, after = (
        of(table("a", *COLUMNS), table("b", *OTHERS)),
        of(table("b", *COLUMNS), table("a", *OTHERS)),
    )
    assert pairs(before, after) == {"public.a": "public.b", "public.b": "public.a"}
    assert all(" renamed to " in line for line in told(before, after))


def test_a_chain_of_renames_is_told() -> None:
    """The name of a table that was renamed itself can be given away in the same step."""
    before, after = (
        of(table("a", *COLUMNS), table("b", *OTHERS)),
        of(table("b", *COLUMNS), table("c", *OTHERS)),
    )
    assert pairs(before, after) == {"public.a": "public.b", "public.b": "public.c"}


def test_a_table_that_was_put_aside_for_another_is_told() -> None:
    """The old one has another name, and what has its name now was added."""
    before, after = of(table("a", *COLUMNS)), of(table("a", *OTHERS), table("a_old", *COLUMNS))
    assert pairs(before, after) == {"public.a": "public.a_old"}
    assert "table public.a was added" in told(before, after)


def test_a_copy_that_took_the_place_of_a_table_is_told() -> None:
    """What the keys are called says which of two tables with the same columns it is."""
    aside = (
        table("a", *COLUMNS, pk=key("a_pkey", "id")),
        table("a_new", *COLUMNS, "vip bool", pk=key("p", "id")),
    )
    done = (
        table("a_old", *COLUMNS, pk=key("a_pkey", "id")),
        table("a", *COLUMNS, "vip bool", pk=key("p", "id")),
    )
    assert pairs(of(*aside), of(*done)) in ({"public.a": "public.a_old", "public.a_new": "public.a"}, {})


def test_a_table_that_was_changed_beyond_recognition_keeps_its_name() -> None:
    """Without another table that it could be, it is the same table; no name is given to two."""
    before, after = of(table("a", *COLUMNS)), of(table("a", *OTHERS))
    assert renames(before, after) == ()
    twice = of(table("a", *COLUMNS), table("b", *OTHERS)), of(table("b", *COLUMNS))
    assert pairs(*twice) == {}


def test_of_two_candidates_none_is_taken() -> None:
    """Two new tables like the old one: either may be a copy."""
    assert renames(of(table("a", *COLUMNS)), of(table("b", *COLUMNS), table("c", *COLUMNS))) == ()


def test_tables_as_small_as_any_are_not_the_same() -> None:
    """`id` and `name` say nothing; the kept name of the primary key does."""
    color, country = (
        table(name, "id integer", "name text not null", pk=key(pk, "id", primary=True))
        for name, pk in (("color", "color_pkey"), ("country", "country_pkey"))
    )
    assert renames(of(color), of(country)) == ()
    kept = table("country", "id integer", "name text not null", pk=key("color_pkey", "id", primary=True))
    assert found(of(color), of(kept)) == {"public.color": "public.country"}


def test_a_table_and_a_view_are_not_the_same() -> None:
    """A rename changes no kind."""
    assert renames(of(table("a", *COLUMNS)), of(view("b", *COLUMNS))) == ()


def test_what_follows_from_a_rename_is_not_told() -> None:
    """Foreign keys, indexes, checks, sequences and views that mention the new names are no differences."""

    def database(name: str, mail: str) -> Structure:
        customer = table(
            name,
            "id integer default nextval('public.customer_id_seq'::regclass)",
            f"{mail} text not null",
            "vat_number text",
            "loyalty_points integer",
            "joined date",
            pk=key("customer_pkey", "id", primary=True),
            checks=[check(f"({mail} <> ''::text)", "mail_given", columns=(mail,))],
            indexes=[index("customer_mail", mail), index("customer_lower", f"lower({mail})")],
        )
        orders = table(
            "orders",
            "id integer",
            "customer_id integer",
            fks=[fk(f"customer_id -> {name}", key="customer_pkey")],
        )
        shown = view(
            "v",
            "mail text",
            definition=f" SELECT {mail}{'' if mail == 'mail' else ' AS mail'}\n   FROM public.{name}"
            f"{'' if name == 'customer' else ' customer'}\n  WHERE (customer.id > 0)",
        )
        owned = sequence("customer_id_seq", f"public.{name}.id")
        return of(customer, orders, shown, sequences=(owned,))

    assert [
        each.partition(" (")[0] for each in told(database("customer", "mail"), database("client", "email"))
    ] == [
        "table public.customer renamed to public.client",
        "column mail of table public.client renamed to email",
    ]


def test_a_move_to_another_schema() -> None:
    """The table is told to have moved; its sequence goes with it without a word."""
    owned = sequence("t_id_seq", "public.t.id")
    there = msgspec.structs.replace(
        owned, schema="crm", owned_by=SequenceOwner(relation=table("crm.t").qualified, column="id")
    )
    before = of(
        table("t", *COLUMNS), table("crm.other", "x integer"), table("rest", "y date"), sequences=(owned,)
    )
    after = of(
        table("crm.t", *COLUMNS), table("crm.other", "x integer"), table("rest", "y date"), sequences=(there,)
    )
    assert found(before, after) == {"public.t": "crm.t", "public.t_id_seq": "crm.t_id_seq"}
    assert [each.partition(" (")[0] for each in told(before, after)] == ["table public.t moved to schema crm"]


def test_a_schema_with_one_table_can_be_renamed() -> None:
    """Its columns tell it from any other, even when the new name has nothing of the old one."""
    before, after = of(table("crm.customers", *COLUMNS)), of(table("people.customers", *COLUMNS))
    (only,) = told(before, after)
    assert only.startswith("schema crm renamed to people (assumed, ")
    assert "its only object is the same" in only
    small = of(table("crm.kinds", "id integer")), of(table("people.kinds", "id integer"))
    assert not any(each.kind == "schema" for each in renames(*small))


def test_a_schema_takes_what_it_holds_along() -> None:
    """Only the schema is told, and what in it has another name of its own."""
    before = of(table("old.a", *COLUMNS), table("old.b", "x integer", "y date"))
    after = of(table("new.a", *COLUMNS), table("new.b", "x integer", "z date"))
    assert found(before, after) == {"old": "new"}
    assert [each.partition(" (")[0] for each in told(before, after)] == [
        "schema old renamed to new",
        "column y of table new.b was removed",
        "column z of table new.b was added",
    ]


def test_partitions_are_told_apart_by_their_bounds() -> None:
    """The next month is no other name of the last one."""
    parent = table("p", "at date", "kind text", partition_by="range (at)")
    old = table("p_1", "at date", "kind text", partition_of="p", bound="FOR VALUES FROM ('1') TO ('2')")
    new = table("p_2", "at date", "kind text", partition_of="p", bound="FOR VALUES FROM ('2') TO ('3')")
    same = msgspec.structs.replace(old, name="p_first")
    assert renames(of(parent, old), of(parent, new)) == ()
    assert found(of(parent, old), of(parent, same)) == {"public.p_1": "public.p_first"}


def test_copies_in_partitions_are_not_told() -> None:
    """A column is renamed in the partitioned table, and by that in its partitions."""

    def database(name: str) -> Structure:
        parts = [
            table(
                f"p_{number}",
                column("at date", local=False),
                column(f"{name} text", local=False),
                column("x integer", local=False),
                partition_of="p",
                bound=f"FOR VALUES FROM ('{number}') TO ('{number + 1}')",
            )
            for number in (1, 2)
        ]
        return of(table("p", "at date", f"{name} text", "x integer", partition_by="range (at)"), *parts)

    assert len(renames(database("kind"), database("category"))) == 3
    assert [each.partition(" (")[0] for each in told(database("kind"), database("category"))] == [
        "column kind of partitioned table public.p renamed to category"
    ]


# --- parts, types --------------------------------------------------------------------------------


def test_parts_are_renamed_when_all_else_is_the_same() -> None:
    """An index on another column is another index; of two alike neither is taken."""
    before = of(table("t", "a integer", "b integer", indexes=[index("i", "a")], checks=[check("a > 0", "c")]))
    after = of(table("t", "a integer", "b integer", indexes=[index("j", "a")], checks=[check("a > 1", "d")]))
    assert found(before, after) == {"public.t > i": "public.t > j"}
    twice = of(table("t", "a integer", "b integer", indexes=[index("j", "a"), index("k", "a")]))
    assert found(of(table("t", "a integer", "b integer", indexes=[index("i", "a")])), twice) == {}


def test_a_primary_key_and_its_index_are_told_once() -> None:
    """They have one name, and the foreign keys that rely on it follow."""

    def database(name: str) -> Structure:
        referencing = table("u", "t_id integer", fks=[fk("t_id -> t", key=name)])
        return of(table("t", "id integer", "b text", pk=key(name, "id", primary=True)), referencing)

    assert told(database("t_pkey"), database("pk_t")) == [
        "primary key t_pkey of table public.t renamed to pk_t (assumed, 95 %: alike but for the name)"
    ]


def test_names_that_postgresql_gives_are_not_told() -> None:
    """A not-null constraint that nobody named is called after its table and column."""

    def database(name: str, rule: str) -> Structure:
        rules = (NotNull(name=rule, column="id"),)
        return of(table(name, *COLUMNS, pk=key("client_pkey", "id", primary=True), not_nulls=rules))

    before = database("client", "client_id_not_null")
    assert len(told(before, database("customer", "customer_id_not_null"))) == 1
    assert len(told(before, database("customer", "given"))) == 2


def enum(*labels: str) -> Structure:
    return of(
        table("t", "id integer", f"s public.state default '{labels[0]}'::public.state"),
        enums=(Enum(schema="public", name="state", owner="owner", labels=labels),),
    )


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (("opened", "paid", "sent"), {"open": "opened"}),
        (("open", "settled", "sent"), {"paid": "settled"}),
        (("OPEN", "PAID", "SENT"), {"open": "OPEN", "paid": "PAID", "sent": "SENT"}),
        (("open", "paid", "sent", "lost"), {}),
        (("paid", "open", "sent"), {}),
        (("open", "paid", "xyz"), {}),
        (("alpha", "beta", "gamma"), {}),
    ],
)
def test_labels(after: tuple[str, ...], expected: dict[str, str]) -> None:
    """By position, since none can be dropped; a default that mentions one follows."""
    path = "public.state > "
    before = enum("open", "paid", "sent")
    assert found(before, enum(*after)) == {path + old: path + new for old, new in expected.items()}
    if expected:
        assert len(told(before, enum(*after))) == len(expected)


# --- addresses and SQL ---------------------------------------------------------------------------


def test_moved_addresses() -> None:
    """Every old address has a new one, whatever of it was renamed."""

    def rename(kind: str, before: list[tuple[str, str]], after: list[tuple[str, str]]) -> Rename:
        return Rename(
            kind=kind,
            before=tuple(Element(*each) for each in before),
            after=tuple(Element(*each) for each in after),
            confidence=99,
            reason="",
        )

    known = (
        rename("schema", [("schema", "old")], [("schema", "new")]),
        rename("table", [("table", "old.a")], [("table", "new.b")]),
        rename("column", [("table", "old.a"), ("column", "x")], [("table", "new.b"), ("column", "y")]),
    )

    def path(*elements: tuple[str, str]) -> tuple[Element, ...]:
        return tuple(Element(*each) for each in elements)

    assert moved(path(("schema", "old")), known) == path(("schema", "new"))
    assert moved(path(("table", "old.a")), known) == path(("table", "new.b"))
    assert moved(path(("table", "old.a"), ("column", "x")), known) == path(
        ("table", "new.b"), ("column", "y")
    )
    assert moved(path(("table", "old.a"), ("column", "z")), known) == path(
        ("table", "new.b"), ("column", "z")
    )
    assert moved(path(("table", "old.c"), ("column", "x")), known) == path(
        ("table", "new.c"), ("column", "x")
    )
    assert moved(path(("table", "older.c")), known) == path(("table", "older.c"))


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("a.mail <> ''", "a.email <> ''", True),
        ("a.mail <> ''", "a.email = ''", False),
        ("SELECT a.mail FROM a", "SELECT a.email AS mail FROM a", True),
        ("SELECT a.mail AS email FROM a", "SELECT a.email FROM a", True),
        ("SELECT a.mail, 1 FROM a", "SELECT a.mail AS email, 1 FROM a", True),
        ("SELECT a.mail AS x FROM a", "SELECT a.email AS y FROM a", False),
        ("'mail'::text", "'email'::text", True),  # a label
        ("nextval('s.mail'::regclass)", "nextval('s.email'::regclass)", True),
        ("'the mail'", "'the email'", False),
        ("$$mail$$", "$$email$$", False),
        ('"mail" > 0', "email > 0", True),
        ("mail", "mailed", False),
        ("mail", "", False),
    ],
)
def test_sql_that_differs_by_names_only(before: str, after: str, same: bool) -> None:
    """Identifiers, labels and names in strings follow; text does not."""
    assert same_sql(before, after, frozenset({("mail", "email")})) is same
