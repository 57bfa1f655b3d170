"""What tables stand for, aggregates and key entities on hand-made snapshots."""

from __future__ import annotations

import pytest

from pgdossier.analysis import analyse
from pgdossier.analysis.entities import Classified, Entities
from pgdossier.analysis.loading import Way
from pgdossier.model.constraints import ForeignKey
from pgdossier.model.relations import Relation
from tests.support.builders import column, fk, name, snapshot, table


def _entities(*relations: Relation) -> Entities:
    return analyse(snapshot(*relations)).entities


def _one(wanted: str, *relations: Relation) -> Classified:
    return _entities(*relations).tables[name(wanted)]


USERS = table("users", "id bigint", "email text", "age integer", pk="id")
ORDERS = table("orders", "id bigint", "user_id bigint not null", pk="id", fks=["user_id -> users"])
CASCADING = "order_id -> orders on delete cascade"


def test_what_is_left_is_an_entity() -> None:
    """A table that no rule fits is an entity, and the reason says why it is no part of another."""
    found = _one("orders", USERS, ORDERS)
    assert (found.kind, found.owner) == ("entity", None)
    assert found.reason == "references 1 other table, but its rows are a part of none"
    assert _one("users", USERS, ORDERS).reason == "references no other table"


def test_collection_and_its_root() -> None:
    """Rows that must have a parent and go with it are a collection of it; the parent is then a root."""
    lines = table("lines", "id bigint", "order_id bigint not null", pk="id", fks=[CASCADING])
    found = _entities(USERS, ORDERS, lines)
    one = found.tables[name("lines")]
    assert (one.kind, one.owner) == ("collection", name("orders"))
    assert found.tables[name("orders")].kind == "aggregate root"
    (aggregate,) = found.aggregates
    assert aggregate.tables == (name("orders"), name("lines"))
    assert found.aggregate_of(name("lines")) == aggregate
    assert found.aggregate_of(name("users")) is None


@pytest.mark.parametrize(
    ("columns", "key"),
    [
        ("order_id bigint", fk(CASCADING)),  # optional
        ("order_id bigint not null", fk("order_id -> orders")),  # not deleted with it
        ("order_id bigint not null", fk(CASCADING, enforced=False)),
        ("order_id bigint not null", fk("order_id -> elsewhere.orders on delete cascade")),
    ],
)
def test_what_makes_no_collection(columns: str, key: ForeignKey) -> None:
    """A parent that is optional, or not known, or that rows outlive, has no collection."""
    lines = table("notes", "id bigint", columns, pk="id", fks=[key])
    assert _one("notes", USERS, ORDERS, lines).kind == "entity"


def test_part_that_others_reference() -> None:
    """A part that others reference is an aggregate part, and its own parts belong to the same aggregate."""
    items = table("items", "id bigint", "order_id bigint not null", pk="id", fks=[CASCADING])
    item_id = "item_id -> items on delete cascade"
    gifts = table("gifts", "id bigint", "item_id bigint not null", pk="id", fks=[item_id])
    found = _entities(USERS, ORDERS, items, gifts)
    assert found.tables[name("items")].kind == "aggregate part"
    assert [(part.table.name, part.depth) for part in found.aggregates[0].parts] == [
        ("items", 1),
        ("gifts", 2),
    ]


def test_two_owners_are_none_unless_one_is_part_of_the_other() -> None:
    """Of two cascading parents the inner one is the owner; two that are apart leave an entity."""
    both = [CASCADING, "user_id -> users on delete cascade"]
    columns = ("id bigint", "order_id bigint not null", "user_id bigint not null")
    notes = table("notes", *columns, pk="id", fks=both)
    apart = _one("notes", USERS, ORDERS, notes)
    assert (apart.kind, apart.owner) == ("entity", None)
    assert "orders and users" in apart.reason
    owned = table(
        "orders", "id bigint", "user_id bigint not null", pk="id", fks=["user_id -> users on delete cascade"]
    )
    assert _one("notes", USERS, owned, notes).owner == name("orders")


def test_owners_in_a_circle_come_to_an_end() -> None:
    """Tables that are each other's mandatory cascading parents are parts of neither."""
    hen = table(
        "hen", "id bigint", "egg_id bigint not null", pk="id", fks=["egg_id -> egg on delete cascade"]
    )
    egg = table(
        "egg", "id bigint", "hen_id bigint not null", pk="id", fks=["hen_id -> hen on delete cascade"]
    )
    found = _entities(hen, egg)
    assert {one.kind for one in found.tables.values()} == {"entity"}
    assert found.aggregates == ()


def test_identifying_foreign_key_owns() -> None:
    """A foreign key within a longer primary key makes a part, also without a cascade."""
    lines = table("parts", "order_id bigint", "no integer", pk=["order_id", "no"], fks=["order_id -> orders"])
    found = _one("parts", USERS, ORDERS, lines)
    assert (found.kind, found.owner) == ("collection", name("orders"))


def test_lines_by_name() -> None:
    """`order_lines` that must have an order are a collection of it, also without a cascade."""
    columns = ("id bigint", "order_id bigint not null")
    lines = table("order_lines", *columns, pk="id", fks=["order_id -> orders"])
    assert _one("order_lines", USERS, ORDERS, lines).owner == name("orders")
    other = table("user_lines", *columns, pk="id", fks=["order_id -> orders"])
    assert _one("user_lines", USERS, ORDERS, other).owner is None


def test_value_object() -> None:
    """What shares the key of its parent, goes with it and nobody references has no identity of its own."""
    key = "user_id -> users on delete cascade"
    profile = table("profiles", "user_id bigint", "text text", pk="user_id", fks=[key])
    found = _one("profiles", USERS, profile)
    assert (found.kind, found.owner) == ("value object", name("users"))


def test_association_and_the_lines_of_one_end() -> None:
    """A junction is an association, but `order_items` with a payload are the lines of their order."""
    goods = table("goods", "id bigint", "name text", "price numeric", pk="id")
    keys = ["order_id -> orders", "goods_id -> goods"]
    ids = ("order_id bigint", "goods_id bigint")
    plain = table("order_items", *ids, pk=["order_id", "goods_id"], fks=keys)
    assert _one("order_items", USERS, ORDERS, goods, plain).kind == "association"
    paid = table("order_items", *ids, "amount integer", pk=["order_id", "goods_id"], fks=keys)
    assert _one("order_items", USERS, ORDERS, goods, paid).owner == name("orders")
    likes = table("likes", *ids, "amount integer", pk=["order_id", "goods_id"], fks=keys)
    assert _one("likes", USERS, ORDERS, goods, likes).reason.endswith("and holds amount")


def test_junction_with_a_key_and_content_of_its_own_is_an_entity() -> None:
    """A review joins user and product at most once, but is more than the connection."""
    keys = ["user_id -> users", "order_id -> orders"]
    ids = ("id bigint", "user_id bigint not null", "order_id bigint not null")
    one = table("r", *ids, "a text", "b text", "c text", pk="id", unique=[["user_id", "order_id"]], fks=keys)
    assert _one("r", USERS, ORDERS, one).kind == "entity"
    thin = table(
        "r", *ids, "a text", "created_at timestamp", pk="id", unique=[["user_id", "order_id"]], fks=keys
    )
    assert _one("r", USERS, ORDERS, thin).kind == "association"


def test_enum_by_name_or_by_natural_key() -> None:
    """A short list with labels is an enum when it is named like one or keyed by its text."""
    chooser = table("films", "id bigint", "genre_id bigint", pk="id", fks=["genre_id -> genres"])
    genres = table("genres", "id bigint", "name text", "created_at timestamp", pk="id")
    assert _one("genres", chooser, genres).kind == "enum"
    assert _one("genres", genres).kind == "entity"  # nobody chooses from it
    artists = table("artists", "id bigint", "name text", pk="id")
    songs = table("songs", "id bigint", "artist_id bigint", pk="id", fks=["artist_id -> artists"])
    assert _one("artists", artists, songs).kind == "entity"
    run_on = table("circuittype", "id bigint", "name text", pk="id")
    circuits = table("c", "id bigint", "type_id bigint", pk="id", fks=["type_id -> circuittype"])
    assert _one("circuittype", run_on, circuits).kind == "enum"
    defined = table("circuittype", "id bigint", "name text", "data_type text", pk="id")
    assert _one("circuittype", defined, circuits).kind == "entity"
    slots = table("slots", "slot text", "label text", pk="slot")
    uses = table("uses", "id bigint", "slot text", pk="id", fks=["slot -> slots(slot)"])
    assert _one("slots", slots, uses).kind == "enum"


def test_roles_are_an_enum_only_where_one_is_chosen() -> None:
    """The role of a device is one of a list; roles that a junction hands out to users are things."""
    roles = table("roles", "id bigint", "name text", pk="id")
    device = table("devices", "id bigint", "role_id bigint", pk="id", fks=["role_id -> roles"])
    assert _one("roles", roles, device).kind == "enum"
    keys = ["user_id -> users", "role_id -> roles"]
    given = table("given", "user_id bigint", "role_id bigint", pk=["user_id", "role_id"], fks=keys)
    assert _one("roles", USERS, roles, given).kind == "entity"


def test_log_queue_and_bookkeeping() -> None:
    """Names and columns that tell of a log, of a queue, or of a tool's own table."""
    log = table("audit_log", "id bigint", "at timestamp with time zone", pk="id")
    assert _one("audit_log", log).kind == "log"
    events = table("user_events", "id bigint", "happened_at timestamp", pk="id")
    assert _one("user_events", events).kind == "log"
    calendar = table("school_events", "id bigint", "starts_at timestamp", "ends_at timestamp", pk="id")
    assert _one("school_events", calendar).kind == "entity"
    ranges = table("price_changes", "id bigint", "valid daterange", "days date[]", pk="id")
    assert _one("price_changes", ranges).kind == "entity"
    jobs = table("jobs", "id bigint", "attempts integer", "locked_at timestamp", pk="id")
    assert _one("jobs", jobs).kind == "queue"
    assert _one("outbox", table("outbox", "id bigint", "body text", pk="id")).kind == "queue"
    tool = table("alembic_version", "version_num text", pk="version_num")
    assert _one("alembic_version", tool).kind == "bookkeeping"


def test_log_that_others_build_on_is_none() -> None:
    """Events that other tables reference are things, not a record."""
    events = table("user_events", "id bigint", "happened_at timestamp", pk="id")
    seats = table("seats", "id bigint", "event_id bigint", pk="id", fks=["event_id -> user_events"])
    assert _one("user_events", events, seats).kind == "entity"


def test_key_entities_lie_in_the_middle() -> None:
    """What is referenced and references counts more than what many reference at the end of all ways."""
    sink = table("kinds_of_thing", "id bigint", "size integer", pk="id")
    middle = table(
        "middle", "id bigint", "a bigint", "b bigint", pk="id", fks=["a -> kinds_of_thing", "b -> users"]
    )
    leaves = [
        table(
            f"leaf_{n}",
            "id bigint",
            "m bigint",
            "k bigint",
            pk="id",
            fks=["m -> middle", "k -> kinds_of_thing"],
        )
        for n in range(3)
    ]
    found = _entities(USERS, sink, middle, *leaves).key_entities
    assert [(one.table.name, one.referenced_by, one.references, one.routes) for one in found] == [
        ("middle", 3, 2, 9),
        ("kinds_of_thing", 4, 0, 4),
    ]


def test_partitions_and_views_have_no_kind() -> None:
    """Partitions count with their table, and only tables stand for something."""
    log = table("visits", column("id bigint"), partition_by="range (id)")
    part = table("visits_1", column("id bigint"), partition_of="visits")
    assert list(_entities(log, part).tables) == [name("visits")]


def test_ways_out_of_a_circle() -> None:
    """Each step of a cycle that can wait is an opening, with the way; a wholly mandatory one has none."""
    a = table("a", "id bigint", "b_id bigint", pk="id", fks=["b_id -> b"])
    b = table("b", "id bigint", "a_id bigint not null", pk="id", fks=["a_id -> a"])
    (circle,) = analyse(snapshot(a, b)).circles
    assert [(one.child.name, [way for _, way in one.ways]) for one in circle.openings] == [
        ("a", [Way.NULL_FIRST])
    ]
    key = fk("b_id -> b", deferrable=True)
    late = table("a", "id bigint", "b_id bigint not null", pk="id", fks=[key])
    (circle,) = analyse(snapshot(late, b)).circles
    assert circle.openings[0].ways[0][1] is Way.DEFERRABLE
    stuck = table("a", "id bigint", "b_id bigint not null", pk="id", fks=["b_id -> b"])
    (circle,) = analyse(snapshot(stuck, b)).circles
    assert circle.openings == ()
