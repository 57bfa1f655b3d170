"""Each format of a small schema, and what is hard to say in it."""

from __future__ import annotations

import json

import pytest

from pgdossier.export import d2, dbml, dot, mermaid, plantuml, tbls
from pgdossier.export.formats import FORMATS, Options
from pgdossier.model.columns import Generated, Identity
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Snapshot
from tests.support.builders import column, fk, snapshot, table


def _orders() -> Snapshot:
    users = table(
        "account.users", "id bigint", "email text not null", pk="id", unique=["email"], comment="Who's who"
    )
    orders = table(
        "sales.orders",
        column("id bigint not null", identity=Identity.ALWAYS),
        column("user_id bigint", comment="Who bought"),
        column("state text not null default 'new'::text"),
        column("paid boolean default false"),
        column("total numeric(10,2) default (0)::numeric"),
        column("size integer default '-1'::integer"),
        column("at timestamp with time zone default now()"),
        column("upper text", default="upper(state)", generated=Generated.STORED),
        pk="id",
        fks=[fk("user_id -> account.users on delete cascade", "orders_user_fk")],
    )
    return snapshot(users, orders)


def test_dbml_says_defaults_in_its_own_words_where_they_mean_the_same() -> None:
    """Strings, numbers and booleans are literals, everything else is an expression, a generation a note."""
    text = dbml.text(_orders())
    assert "\"state\" text [not null, default: 'new']" in text
    assert '"paid" boolean [default: false]' in text
    assert '"total" numeric(10,2) [default: `(0)::numeric`]' in text
    assert '"size" integer [default: -1]' in text
    assert '"at" timestamptz [default: `now()`]' in text
    assert "\"upper\" text [note: 'generated stored: upper(state)']" in text
    assert "\"id\" bigint [pk, increment, not null, note: 'identity always']" in text


def test_dbml_references_have_names_and_actions() -> None:
    """The referencing end comes first; of a one-to-one reference it comes last, as DBML has it."""
    text = dbml.text(_orders())
    ends = '"sales"."orders"."user_id" > "account"."users"."id"'
    assert f'Ref "orders_user_fk": {ends} [delete: cascade]' in text
    parent = table("a", "id bigint", pk="id")
    child = table("b", "id bigint", pk="id", fks=[fk("id -> a", "b_fk")])
    assert 'Ref "b_fk": "public"."a"."id" - "public"."b"."id"\n' in dbml.text(snapshot(parent, child))


def test_dbml_has_the_groups_that_are_given_else_the_schemas() -> None:
    """What is not shown is in no group, and a group of nothing is left out."""
    assert 'TableGroup "sales" {\n  "sales"."orders"\n}' in dbml.text(_orders())
    orders, gone = QualifiedName("sales", "orders"), QualifiedName("sales", "gone")
    text = dbml.text(_orders(), groups=[('What "sells"', [orders, gone]), ("Empty", [gone])])
    assert 'TableGroup "What \\"sells\\"" {\n  "sales"."orders"\n}' in text
    assert text.count("TableGroup") == 1


def test_dbml_never_calls_a_partial_unique_index_unique() -> None:
    """It lets equal values through; its definition stands in the note."""
    definition = "CREATE UNIQUE INDEX one ON public.a USING btree (x) WHERE y"
    index = Index(
        name="one",
        method="btree",
        keys=(IndexKey(expression="x", column="x"),),
        definition=definition,
        predicate="y",
        unique=True,
    )
    text = dbml.text(snapshot(table("a", "x int", "y boolean", indexes=[index])))
    assert f"(\"x\") [name: 'one', type: btree, note: '{definition}']" in text
    assert "unique" not in text.replace(definition, "").lower()


def test_what_is_outside_the_snapshot_is_an_empty_box_or_a_note() -> None:
    """Diagrams show the table's name; DBML and tbls, which would need its columns, have no reference."""
    alone = snapshot(table("a", "id bigint", "b_id bigint", fks=[fk("b_id -> other.b", "a_fk")]))
    assert "Ref " not in dbml.text(alone)
    assert "a_fk: " in dbml.text(alone)
    assert "relations" not in json.loads(tbls.text(alone))
    assert "<<not documented>>" in plantuml.text(alone)
    assert 'other_b["other.b"]' in mermaid.texts(alone)[0]
    assert "not documented" in dot.text(alone)
    assert "not documented" in d2.text(alone)


def test_mermaid_becomes_several_documents_within_the_limits() -> None:
    """Each table stands once with its columns, each line once, however many documents there are."""
    hub = table("hub", "id bigint", pk="id")
    tables = [
        table(f"t{number}", "id bigint", "hub_id bigint", pk="id", fks=[fk("hub_id -> hub", f"f{number}")])
        for number in range(1200)
    ]
    texts = mermaid.texts(snapshot(hub, *tables))
    assert len(texts) > 2
    assert all(len(text) <= 50_000 and text.count(" }o") <= 500 for text in texts)
    together = "".join(texts)
    assert together.count(" }o..o| ") == 1200
    assert all(together.count(f'    public_t{number}["t{number}"] {{') == 1 for number in range(1200))


def test_mermaid_of_a_table_with_very_many_columns_stays_within_the_limits() -> None:
    """Comments go first, then columns that are no keys, with their number in place."""
    rows = [column(f"{'c' * 50}{number} bigint", comment="x" * 100) for number in range(1600)]
    (text,) = mermaid.texts(snapshot(table("wide", "id bigint", *rows, pk="id")))
    assert len(text) <= 50_000
    assert " id PK" in text
    assert "_more_columns" in text


def test_mermaid_never_takes_a_name_for_a_key() -> None:
    """A column that is called pk is no primary key."""
    (text,) = mermaid.texts(snapshot(table("a", "pk bigint", "fk bigint")))
    assert 'bigint pk_ "pk"' in text


def test_d2_keeps_names_apart_that_differ_in_case_only() -> None:
    """D2 takes them for one: the second has a key of its own, and its name for a label."""
    text = d2.text(snapshot(table("Users", "id bigint", "ID bigint"), table("users", "id bigint")))
    assert '"users_": {\n  label: "users"' in text
    assert '"id": "bigint"\n  "ID\N{ZERO WIDTH SPACE}": "bigint"' in text


def test_tbls_has_the_keys_and_types_that_its_json_schema_asks_for() -> None:
    """Names are qualified everywhere, cardinalities are those of tbls, what is empty is left out."""
    found = json.loads(tbls.text(_orders()))
    assert set(found) == {"name", "tables", "relations", "driver"}
    (relation,) = found["relations"]
    assert (relation["table"], relation["parent_table"]) == ("sales.orders", "account.users")
    assert (relation["cardinality"], relation["parent_cardinality"]) == ("zero_or_more", "zero_or_one")
    users, orders = found["tables"]
    assert (users["name"], users["type"], users["comment"]) == ("account.users", "BASE TABLE", "Who's who")
    assert {one["name"]: one.get("extra_def") for one in orders["columns"] if "extra_def" in one} == {
        "id": "GENERATED ALWAYS AS IDENTITY",
        "upper": "GENERATED ALWAYS AS (upper(state)) STORED",
    }
    (key,) = [one for one in orders["constraints"] if one["type"] == "FOREIGN KEY"]
    assert (key["referenced_table"], key["referenced_columns"]) == ("account.users", ["id"])
    required = {
        "columns": {"name", "type", "nullable"},
        "indexes": {"name", "def", "table", "columns"},
        "constraints": {"name", "type", "def", "table", "columns"},
    }
    for one in found["tables"]:
        for part, keys in required.items():
            assert all(keys <= set(row) for row in one.get(part, ()))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_is_the_same_twice_and_holds_of_nothing_nothing(name: str) -> None:
    """The same snapshot gives the same bytes; an empty one still makes a document."""
    assert FORMATS[name](_orders(), Options()) == FORMATS[name](_orders(), Options())
    (text,) = FORMATS[name](snapshot(), Options())
    assert text.endswith("\n")
