"""What the ERDs show, read from their Graphviz source: boxes, rows, lines and their ends."""

from __future__ import annotations

import re

import pytest

from pgdossier.analysis import analyse, domains, relationships
from pgdossier.analysis.domains import Declared
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import unique_alone
from pgdossier.diagrams import erd, lettering, neighbourhood
from pgdossier.diagrams.boxes import key_columns
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.render.relation import column_marks
from tests.support.builders import column, fk, index, name, snapshot, table, view

USERS = table("users", "id bigint", "email text not null", pk="id", unique=["email"])


def _url(found: QualifiedName) -> str | None:
    return f"page.md#{found.schema}-{found.name}"


def _overview(*relations: Relation, columns_above: int = 25) -> Diagram:
    lookup = Lookup.of(snapshot(*relations))
    return erd.overview(lookup, relationships.find(lookup), _url, columns_above=columns_above)


def _schema(schema: str, *relations: Relation) -> Diagram:
    lookup = Lookup.of(snapshot(*relations))
    return erd.of_schema(schema, lookup, relationships.find(lookup), _url)


def _near(of: str, *relations: Relation) -> Diagram | None:
    lookup = Lookup.of(snapshot(*relations))
    return neighbourhood.of(lookup.relations[name(of)], lookup, relationships.find(lookup), _url)


def _shown(found: Diagram | None) -> Diagram:
    assert found is not None
    return found


def _texts(diagram: Diagram) -> list[str]:
    """All texts in all boxes, in the order of the source."""
    return [text for text in re.findall(r">([^<>]+)<", diagram.dot) if text.strip()]


def _box(diagram: Diagram, title: str) -> str:
    """The source of the one box with that name in its header."""
    (found,) = [line for line in diagram.dot.splitlines() if re.search(rf"<B>{re.escape(title)}</B>", line)]
    return found


def _edges(diagram: Diagram) -> list[str]:
    found = [
        line.strip() for line in diagram.dot.splitlines() if " -> " in line and "style=invis" not in line
    ]
    assert len(found) == diagram.edges
    return found


def test_a_small_overview_lists_all_columns_with_marks_types_and_not_null() -> None:
    """Up to the limit every column is there, with its key marks, its short type and a mark for NOT NULL."""
    diagram = _overview(
        USERS,
        table(
            "orders",
            "id bigint",
            "user_id bigint not null",
            "at timestamp with time zone",
            pk="id",
            fks=["user_id -> users"],
        ),
    )
    assert diagram.subject == Subject("overview")
    assert (diagram.boxes, diagram.edges) == (2, 1)
    box = re.sub(r"<[^<>]*>", " ", _box(diagram, "orders"))
    assert re.search(r"orders\s+PK\s+id\s+bigint\s+\*\s+FK\s+user_id\s+bigint\s+\*\s+at\s+timestamptz", box)
    assert re.search(r"UQ\s+email\s+text\s+\*", re.sub(r"<[^<>]*>", " ", _box(diagram, "users")))


@pytest.mark.parametrize(
    ("child", "tail", "head"),
    [
        (["user_id bigint not null"], "crowodot", "teetee"),
        (["user_id bigint"], "crowodot", "teeodot"),
    ],
)
def test_ends_of_many_to_one(child: list[str], tail: str, head: str) -> None:
    """The child's end is zero or more; the parent's is exactly one, or zero or one for a nullable column."""
    (edge,) = _edges(
        _overview(USERS, table("orders", "id bigint", *child, pk="id", fks=["user_id -> users"]))
    )
    assert f"arrowtail={tail}" in edge
    assert f"arrowhead={head}" in edge


def test_ends_of_one_to_one() -> None:
    """A unique referencing column makes the child's end zero or one."""
    profile = table("profiles", "user_id bigint", pk="user_id", fks=["user_id -> users"])
    (edge,) = _edges(_overview(USERS, profile))
    assert "arrowtail=teeodot" in edge
    assert "arrowhead=teetee" in edge


def test_identifying_lines_are_stronger() -> None:
    """A key in the child's primary key is the widest line, one that may be null the thinnest."""
    items = table(
        "items",
        "user_id bigint",
        "n int",
        "by bigint",
        "for bigint not null",
        pk=["user_id", "n"],
        fks=["user_id -> users", "by -> users", "for -> users"],
    )
    edges = {"".join(re.findall(r"items \((\w+)\)", edge)): edge for edge in _edges(_overview(USERS, items))}
    assert "penwidth=1.4" in edges["user_id"]
    assert "penwidth=0.7" in edges["by"]
    assert re.search(r"penwidth=1[ \]]", edges["for"])


def test_a_composite_key_is_one_line_at_its_first_columns() -> None:
    """A foreign key of two columns is one edge, from the row of its first column to that of its target."""
    parent = table("parent", "x int", "a int", "b int", pk=["a", "b"])
    child = table("child", "id int", "pb int", "pa int", pk="id", fks=["pb, pa -> parent(b, a)"])
    (edge,) = _edges(_overview(parent, child))
    assert re.match(r"1:e1:e -> 2:w2:w ", edge)


def test_a_reference_to_a_unique_constraint_ends_at_its_column() -> None:
    """The line leads to the row of the referenced column, not to the primary key."""
    child = table("child", "id int", "mail text", pk="id", fks=["mail -> users(email)"])
    (edge,) = _edges(_overview(USERS, child))
    assert re.match(r"1:e1:e -> 2:w1:w ", edge)


def test_columns_of_a_unique_index_are_marked() -> None:
    """A unique index without a constraint marks its columns as a constraint does; a partial one does not."""
    diagram = _overview(
        table(
            "t",
            "a int",
            "b int",
            indexes=[index("u", "a", unique=True), index("p", "b", unique=True, predicate="b > 0")],
        )
    )
    assert _texts(diagram).count("UQ") == 1


def test_a_part_of_a_longer_unique_key_is_not_called_unique() -> None:
    """UQ stands where a column is unique by itself, as in the list of columns; the others keep their rows."""
    shown = table(
        "t",
        "a int",
        "b int",
        "c int",
        "d int",
        "e int",
        "f int",
        unique=["a", ("b", "c")],
        indexes=[
            index("pair", "b", "d", unique=True),
            index("broken", "e", unique=True, valid=False),
            index("expressed", "f", "lower(f::text)", unique=True),
        ],
    )
    marks = key_columns(shown)
    assert {name for name, signs in marks.items() if "UQ" in signs} == {"a"} == unique_alone(shown)
    assert set(marks) >= {"a", "b", "c", "d", "e"}
    marked = column_marks(shown, analyse(snapshot(shown)))
    assert [name for name, signs in marked.items() if signs.unique] == ["a"]


def test_self_reference_and_parallel_lines() -> None:
    """A table that references itself twice has two loops; every foreign key is a line of its own."""
    staff = table(
        "staff", "id int", "boss int", "deputy int", pk="id", fks=["boss -> staff", "deputy -> staff"]
    )
    edges = _edges(_overview(staff))
    assert [edge.split(" [")[0] for edge in edges] == ["1:e1:e -> 1:e0:e", "1:e2:e -> 1:e0:e"]


def test_a_cycle_has_both_lines_and_one_is_written_from_its_parent() -> None:
    """Two tables that reference each other: both lines leave to the right, ends stay at their tables."""
    a = table("a", "id int", "b_id int", pk="id", fks=["b_id -> b"])
    b = table("b", "id int", "a_id int not null", pk="id", fks=["a_id -> a"])
    first, second = _edges(_overview(a, b))
    assert re.match(r"1:e1:e -> 2:w0:w ", first)
    assert re.match(r"1:e0:e -> 2:w1:w ", second)
    assert "arrowtail=teetee" in second
    assert "arrowhead=crowodot" in second


def test_partitions_are_folded_into_their_table() -> None:
    """Partitions are no boxes; their table says how many there are, and their own foreign keys are its."""
    diagram = _overview(
        USERS,
        table("log", "id int", "user_id bigint", partition_by="range (id)"),
        table("log_1", "id int", "user_id bigint", partition_of="public.log", fks=["user_id -> users"]),
        table("log_2", "id int", "user_id bigint", partition_of="public.log", fks=["user_id -> users"]),
    )
    assert (diagram.boxes, diagram.edges) == (2, 1)
    assert "2 partitions" in _texts(diagram)
    assert "log_1" not in diagram.dot.replace("log_1_", "")


def test_views_are_shown_only_where_there_is_nothing_else() -> None:
    """Views have no foreign keys: they are drawn when a database has no tables, marked as what they are."""
    both = _overview(USERS, view("v", "id int"))
    assert both.boxes == 1
    alone = _overview(view("v", "id int"), view("m", "id int", kind=RelationKind.MATERIALIZED_VIEW))
    assert alone.boxes == 2
    assert {"view", "materialized view"} <= set(_texts(alone))


def test_schemas_have_frames_only_when_there_are_several() -> None:
    """With two schemas each has a frame with its name, and boxes do not repeat it."""
    diagram = _overview(table("a.t", "id int", pk="id"), table("b.t", "id int", pk="id", fks=["id -> a.t"]))
    assert diagram.dot.count("subgraph cluster_") == 2
    assert _texts(diagram).count("a") == 1
    assert "subgraph" not in _overview(USERS).dot


def test_a_schema_diagram_has_stubs_for_what_its_tables_reference() -> None:
    """A referenced table of another schema is a dashed box with its schema and only the referenced column."""
    diagram = _schema(
        "b",
        table("a.t", "id int", "x text", pk="id"),
        table("a.other", "id int", pk="id", fks=["id -> b.u"]),
        table("b.u", "id int", "t_id int", pk="id", fks=["t_id -> a.t"]),
    )
    assert (diagram.boxes, diagram.edges) == (2, 1)
    stub = _box(diagram, "t")
    assert 'STYLE="DASHED"' in stub
    assert ">a.<" in stub
    assert ">x<" not in stub
    assert "other" not in diagram.dot


def test_above_the_limit_only_keys_are_shown() -> None:
    """With more tables than `columns_above` boxes hold key columns without types, and say so."""
    tables = [table(f"t{n}", "id int", "note text", pk="id") for n in range(4)]
    small, large = _overview(*tables, columns_above=4), _overview(*tables, columns_above=3)
    assert _texts(small).count("note") == 4
    assert "note" not in _texts(large)
    assert _texts(large).count("id") == 4
    assert "key columns" in large.description


def test_above_sixty_tables_only_names_are_shown() -> None:
    """A large schema is still one picture: boxes with nothing but names."""
    diagram = _overview(*(table(f"t{n:02}", "id int", pk="id") for n in range(erd.NAMES_ABOVE + 1)))
    assert diagram.boxes == erd.NAMES_ABOVE + 1
    assert "id" not in _texts(diagram)


def test_lines_to_a_hub_become_words_in_a_large_diagram() -> None:
    """What very many reference is named in their rows; its box counts them; no foreign key goes unsaid."""
    children = [
        table(f"t{n:02}", "id int", "user_id bigint", pk="id", fks=["user_id -> users"]) for n in range(30)
    ]
    diagram = _overview(USERS, *children)
    assert diagram.edges == 0
    assert _texts(diagram).count("→ users") == 30
    assert "referenced by 30" in _texts(diagram)
    assert "30 foreign keys" in diagram.description


def test_a_box_of_columns_says_the_type_and_where_a_line_would_lead() -> None:
    """Where types are shown, a foreign key without a line has both: neither takes the place of the other."""
    children = [
        table(f"t{n}", "id int", "user_id bigint", pk="id", fks=["user_id -> users"]) for n in range(9)
    ]
    lookup = Lookup.of(snapshot(USERS, *children))
    found = relationships.find(lookup)
    domain = domains.find(lookup, found, declared=[Declared(name="d", patterns=("*.t*",))]).top[0]
    diagram = erd.of_domain(domain, lookup, Graph.of(found), _url)
    assert _texts(diagram).count("bigint → users") == 9


def test_wide_tables_are_cut_but_never_their_keys() -> None:
    """A box has about thirty rows, counts the rest, and keeps key columns however far back they are."""
    columns = [f"c{n:02} int" for n in range(60)]
    wide = table("wide", *columns, "user_id bigint", pk="c00", fks=["user_id -> users"])
    box = _box(_overview(USERS, wide), "wide")
    assert box.count("<TR>") == 1 + 1 + 30  # the header with its inner table, 29 columns and the remark
    assert ">user_id<" in box
    assert "… 32 more columns" in box


def test_neighbourhood_has_the_table_with_all_columns_and_its_neighbours_keys() -> None:
    """Around `orders`: what it references and what references it, no lines between neighbours."""
    lookup = [
        USERS,
        table("orders", "id int", "user_id bigint", "note text", pk="id", fks=["user_id -> users"]),
        table("lines", "id int", "order_id int", "x text", pk="id", fks=["order_id -> orders"]),
        table("far", "id int", "line_id int", pk="id", fks=["line_id -> lines"]),
    ]
    diagram = _shown(_near("orders", *lookup))
    assert diagram.subject == Subject("relation", "public", "orders")
    assert (diagram.boxes, diagram.edges) == (3, 2)
    assert ">note<" in _box(diagram, "orders")
    assert ">email<" not in _box(diagram, "users")
    assert ">order_id<" in _box(diagram, "lines")
    assert ">x<" not in _box(diagram, "lines")


def test_a_relation_without_neighbours_has_no_diagram() -> None:
    """One box alone says nothing that the page does not."""
    assert _near("users", USERS) is None
    assert _near("v", USERS, view("v", "id int")) is None


def test_a_self_reference_is_reason_enough_for_a_diagram() -> None:
    """A tree table has a diagram of one box with one loop, counted once."""
    tree = table("tree", "id int", "parent int", pk="id", fks=["parent -> tree"])
    diagram = _shown(_near("tree", tree))
    assert (diagram.boxes, diagram.edges) == (1, 1)


def test_a_hub_names_the_neighbours_that_it_does_not_draw() -> None:
    """Of fifty referencing tables the most relevant are drawn; one more box names the others with links."""
    children = [
        table(f"t{n:02}", "id int", "user_id bigint", pk="id", fks=["user_id -> users"]) for n in range(50)
    ]
    diagram = _shown(_near("users", USERS, *children))
    assert diagram.boxes == 1 + neighbourhood.RELEVANT + 1
    assert diagram.edges == neighbourhood.RELEVANT + 1
    more = _box(diagram, "+ 40 more tables")
    drawn = [n for n in range(50) if f">t{n:02}<" in more]
    assert len(drawn) == 40
    assert "page.md#public-t49" in diagram.dot
    assert "referenced by 50 other tables" in diagram.description


def test_the_given_graph_saves_making_it() -> None:
    """With the relationships already by either end the diagram is the same."""
    lookup = Lookup.of(snapshot(USERS, table("o", "id int", "u bigint", pk="id", fks=["u -> users"])))
    found = relationships.find(lookup)
    relation = lookup.relations[name("o")]
    graph = Graph.of(found)
    one = neighbourhood.of(relation, lookup, found, _url)
    other = neighbourhood.of(relation, lookup, found, _url, graph=graph)
    assert one is not None
    assert other is not None
    assert (one.dot, one.description) == (other.dot, other.description)


def test_a_parent_outside_the_snapshot_is_a_stub_without_link() -> None:
    """A foreign key may lead to a schema that is not documented: the box has its name and says so."""
    diagram = _overview(table("o", "id int", "u int", pk="id", fks=[fk("u -> hidden.users")]))
    assert (diagram.boxes, diagram.edges) == (2, 1)
    box = _box(diagram, "users")
    assert "not documented" in box
    assert "HREF" not in box


def test_boxes_and_foreign_key_rows_are_links_with_comments_as_tooltips() -> None:
    """The box links to its section, a foreign-key row to its target; comments are cut at 300 characters."""
    orders = table(
        "orders",
        "id int",
        column("user_id bigint", comment="who"),
        pk="id",
        fks=["user_id -> users"],
        comment="x" * 20_000,
    )
    box = _box(_overview(USERS, orders), "orders")
    assert 'HREF="page.md#public-orders"' in box
    assert 'HREF="page.md#public-users"' in box
    assert "who" in box
    assert "x" * 299 + "…" in box
    assert "x" * 300 not in box


def test_isolated_tables_stand_in_rows() -> None:
    """Tables without foreign keys are chained by invisible edges, which are not counted as edges."""
    diagram = _overview(*(table(f"t{n}", "id int", pk="id") for n in range(9)))
    assert diagram.edges == 0
    assert diagram.dot.count("style=invis") == 6  # rows of 4, 4 and 1


def test_an_empty_database_has_an_empty_diagram() -> None:
    """No tables, no boxes, no Mermaid block."""
    diagram = _overview()
    assert (diagram.boxes, diagram.edges, diagram.mermaid) == (0, 0, ())


def test_the_same_relations_give_the_same_source() -> None:
    """Sources do not depend on anything but what they show."""
    relations = [USERS, table("o", "id int", "u bigint", pk="id", fks=["u -> users"])]
    one, other = _overview(*relations), _overview(*reversed(relations))
    assert (one.dot, one.mermaid, one.legend) == (other.dot, other.mermaid, other.legend)
    assert (one.title, one.description) == (other.title, other.description)


@pytest.mark.parametrize(
    ("type_name", "short"),
    [
        ("character varying(50)", "varchar(50)"),
        ("character varying[]", "varchar[]"),
        ("character(3)", "char(3)"),
        ("timestamp with time zone", "timestamptz"),
        ("timestamp(3) without time zone", "timestamp(3)"),
        ("time(0) with time zone", "timetz(0)"),
        ("double precision", "double precision"),
        ("numeric(10,2)", "numeric(10,2)"),
        ("interval day to second", "interval day to second"),
    ],
)
def test_short_types(type_name: str, short: str) -> None:
    """Long spellings of built-in types become the short names PostgreSQL has for them."""
    assert lettering.short_type(column(f"c {type_name}"), "public") == short


def test_short_user_types_lose_only_the_own_schema() -> None:
    """A type of the table's schema is named without it, one of another schema with it."""
    found = column('c "My S".status', type_name=QualifiedName("My S", "status"))
    assert lettering.short_type(found, "My S") == "status"
    assert lettering.short_type(found, "public") == '"My S".status'
