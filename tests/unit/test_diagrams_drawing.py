"""What the bundled engine and our finishing make: well-formed, legible, linked, the same each time."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

import pytest

from pgdossier.analysis import relationships
from pgdossier.diagrams import erd, graphviz, lettering, neighbourhood, palette
from pgdossier.diagrams.diagram import Diagram
from pgdossier.model.columns import Column
from pgdossier.model.constraints import ForeignKey, Key
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from tests.support import geometry
from tests.support.builders import snapshot, table

SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = (
    "<b>bold</b>",
    'quo"te',
    "it's",
    "back\\slash",
    "new\nline",
    "tab\there",
    "\\N",
    "\\L\\n",
    "end\\",
    "&amp;",
    "&#0;",
    "{|}",
    "-->",
    "<!--",
    "]]>",
    '">',
    "a--b",
    "%%x%%",
    "#quot;",
    "${x}",
    "{{ x }}",
    "..",
    "a/b",
    " lead",
    "trail ",
    "two  spaces",
    "node",
    "digraph",
    "subgraph",
    "users",
    "Users",
    "USERS",
    "PK",
    "1abc",
    ";",
    "żółć Ünï ß",
    "Ελληνικά",
    "Таблица",
    "مرحبا بالعالم",
    "עברית",
    "日本語の表",
    "emoji😀",
    "e\u0301",
    "no\N{NO-BREAK SPACE}break",
    "right\N{RIGHT-TO-LEFT OVERRIDE}left",
    "esc\x1b[0m",
    "\x7f",
    "x" * 63,
    "W" * 63,
)


def _url(found: QualifiedName) -> str | None:
    return f"../t.md#{found.name}"


def _hostile() -> list[Relation]:
    """Tables, columns, constraints, types and comments with every hostile name, in two schemas."""
    made: list[Relation] = []
    for schema in ("public", 'Ho"st\\ile <s>'):
        for position, name in enumerate(HOSTILE):
            own = QualifiedName(schema, name)
            target = made[-1].qualified if made else own
            columns = [Column(name="id", type="bigint", nullable=False)]
            columns += [
                Column(name=other, type=f'"{other}"', comment=f"{other} " * 200)
                for other in HOSTILE[position % 7 :: 7]
            ]
            columns.append(Column(name="parent", type="bigint"))
            made.append(
                Relation(
                    schema=schema,
                    name=name,
                    kind=RelationKind.TABLE,
                    owner="o",
                    columns=tuple(columns),
                    comment=f"<{name}>&\\N\n" * 3000,
                    primary_key=Key(name="pk", columns=("id",), definition=""),
                    foreign_keys=(
                        ForeignKey(
                            name=f"fk {name}",
                            columns=("parent",),
                            target=target,
                            target_columns=("id",),
                            definition="",
                        ),
                    ),
                )
            )
    return made


def _random(seed: int, count: int) -> list[Relation]:
    """Tables with foreign keys at random: cycles, self references, parallel lines, isolated tables."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible schema, not a secret
    made = []
    for n in range(count):
        references = [chance.randrange(count) for _ in range(chance.randint(0, 4))]
        made.append(
            table(
                f"{'ab'[n % 2]}.table_{n}",
                "id bigint",
                *(
                    f"r{i}_id bigint{' not null' if chance.random() < 0.5 else ''}"
                    for i in range(len(references))
                ),
                *(f"column_{i} character varying(50)" for i in range(chance.randint(0, 5))),
                pk="id",
                fks=[f"r{i}_id -> {'ab'[to % 2]}.table_{to}" for i, to in enumerate(references)],
            )
        )
    return made


def _diagrams(relations: Sequence[Relation]) -> list[Diagram]:
    lookup = Lookup.of(snapshot(*relations))
    found = relationships.find(lookup)
    made = [erd.overview(lookup, found, _url)]
    made += [erd.of_schema(schema, lookup, found, _url) for schema in sorted({r.schema for r in relations})]
    near = (neighbourhood.of(relation, lookup, found, _url) for relation in lookup.relations.values())
    return made + [diagram for diagram in near if diagram is not None]


def hostile_diagrams() -> list[Diagram]:
    """All diagrams of the schema with hostile names."""
    return _diagrams(_hostile())


@pytest.fixture(scope="module")
def engine() -> graphviz.Engine:
    return graphviz.find_engine(None)


def _draw(diagrams: Sequence[Diagram], engine: graphviz.Engine) -> list[bytes]:
    failures: list[str] = []
    drawn = graphviz.draw(
        diagrams, engine, failed=lambda diagram, why: failures.append(f"{diagram.title}: {why}")
    )
    assert not failures
    return [drawn[diagram.subject] for diagram in diagrams]


@pytest.fixture(scope="module")
def hostile(engine: graphviz.Engine) -> list[tuple[Diagram, bytes]]:
    diagrams = _diagrams(_hostile())
    return list(zip(diagrams, _draw(diagrams, engine), strict=True))


@pytest.fixture(scope="module")
def generated(engine: graphviz.Engine) -> list[tuple[Diagram, bytes]]:
    diagrams = [
        d for seed, count in ((1, 6), (2, 24), (3, 40), (4, 90)) for d in _diagrams(_random(seed, count))[:12]
    ]
    drawn = [_draw([diagram], engine)[0] for diagram in diagrams]
    return list(zip(diagrams, drawn, strict=True))


def _parse(svg: bytes) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - what the code under test wrote a moment ago


def test_no_text_leaves_its_box_whatever_the_names(hostile: list[tuple[Diagram, bytes]]) -> None:
    """Measured in the SVG: texts are inside their boxes and do not touch, boxes do not overlap."""
    for _, svg in hostile:
        assert geometry.read(svg).faults() == []


def test_no_text_leaves_its_box_in_generated_schemas(generated: list[tuple[Diagram, bytes]]) -> None:
    """The same for small, large, cyclic and divided schemas."""
    for _, svg in generated:
        assert geometry.read(svg).faults() == []


def test_texts_are_fitted_to_their_own_width() -> None:
    """Widths are those of Arial for ASCII; accents add nothing; other characters are estimated."""
    assert lettering.width("sales.", 1000) == 2612
    assert lettering.width("orders", 1000, bold=True) == 3112
    assert lettering.width("é", 1000) == lettering.width("e", 1000)
    assert lettering.width("表", 1000) == 1000
    assert lettering.width("e\u0301", 1000) == lettering.width("e", 1000)


@pytest.mark.parametrize(
    ("comment", "shown"),
    [
        (None, ""),
        ("One row per order.", "One row per order."),
        (" two  spaces ", "two spaces"),
        ("two\nlines\tand a\N{NO-BREAK SPACE}space", "two lines and a space"),
        ("\x01", "\u2401"),
        (" ", ""),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_tooltips_stand_on_one_line(comment: str | None, shown: str) -> None:
    """White space is folded, whatever it is; what is long is cut, and what cannot be shown has a picture."""
    assert lettering.tooltip(comment) == shown


def test_every_hostile_name_is_there_as_text(hostile: list[tuple[Diagram, bytes]]) -> None:
    """The SVG parses, and each name stands in it as it is, control characters as their pictures."""
    (overview, svg), *_ = hostile
    texts = {text.text for text in _parse(svg).iter(f"{SVG}text")}
    for name in HOSTILE:
        assert lettering.visible(name) in texts
    assert overview.boxes == 2 * len(HOSTILE)


def test_every_edge_is_drawn(
    hostile: list[tuple[Diagram, bytes]], generated: list[tuple[Diagram, bytes]]
) -> None:
    """As many lines as the diagram has edges, as many boxes as it has boxes."""
    for diagram, svg in hostile + generated:
        classes = [group.get("class") for group in _parse(svg).iter(f"{SVG}g")]
        assert classes.count("edge") == diagram.edges
        assert classes.count("node") == diagram.boxes


def test_drawings_are_for_readers_of_all_kinds(hostile: list[tuple[Diagram, bytes]]) -> None:
    """Title and description are what screen readers say; no scripts, comments or traces of the machine."""
    for diagram, svg in hostile:
        root = _parse(svg)
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert description is not None
        assert (title.text, description.text) == (diagram.title, diagram.description)
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert [element for element in root.iter() if element.get("id")] == [title, description]
        assert not list(root.iter(f"{SVG}script"))
        assert b"<!--" not in svg
        assert b"Generated by" not in svg


def test_drawings_of_one_page_have_no_id_in_common(hostile: list[tuple[Diagram, bytes]]) -> None:
    """Several drawings can stand in one page of HTML: ids are those of one title and description."""
    ids: dict[str, tuple[str, str]] = {}
    for diagram, svg in hostile:
        for element in _parse(svg).iter():
            if name := element.get("id"):
                assert ids.setdefault(name, (diagram.title, diagram.description)) == (
                    diagram.title,
                    diagram.description,
                )


def test_links_are_not_nested_and_lead_where_they_should(engine: graphviz.Engine) -> None:
    """Boxes link to their table, foreign-key rows to their target, never one link inside another."""
    users = table("users", "id int", pk="id", comment="People & robots")
    orders = table("orders", "id int", "user_id int", pk="id", fks=["user_id -> users"])
    (svg, *_) = _draw(_diagrams([users, orders]), engine)
    links = list(_parse(svg).iter(f"{SVG}a"))
    assert not [inner for link in links for inner in link.iter(f"{SVG}a") if inner is not link]
    by_text = {text.text: link for link in links for text in link.iter(f"{SVG}text")}
    assert by_text["orders"].get("href") == "../t.md#orders"
    assert by_text["user_id"].get("href") == "../t.md#users"
    (header,) = [part for part in by_text["users"].iter(f"{SVG}g") if part.find(f"{SVG}text") is not None][:1]
    assert header.findtext(f"{SVG}title") == "People & robots"
    assert header.findtext(f"{SVG}text") == "users"


def test_every_colour_has_its_counterpart_in_the_dark(generated: list[tuple[Diagram, bytes]]) -> None:
    """Every class that an element has is in the style sheet, and each of its colours again for the dark."""
    for _, svg in generated:
        root = _parse(svg)
        light, _, dark = (root.findtext(f"{SVG}style") or "").partition("@media (prefers-color-scheme:dark)")
        used = {element.get("class", "") for element in root.iter() if element.tag != f"{SVG}g"}
        for name in used - {"", "erd"}:
            (said,) = re.findall(rf"\.erd \.{name}\{{([^}}]*)\}}", light)
            colours = dict(re.findall(r"(fill|stroke):(#\w+)", said))
            found = dict(
                re.findall(r"(fill|stroke):(#\w+)", "".join(re.findall(rf"\.{name}\{{([^}}]*)", dark)))
            )
            assert found == {paint: palette.DARK[colour] for paint, colour in colours.items()}
        assert not [element for element in root.iter() if element is not root and element.get("fill")]


def test_a_legend_explains_what_occurs_and_nothing_else(engine: graphviz.Engine) -> None:
    """Every diagram names the signs it uses, and no others."""
    users = table("users", "id int", pk="id")
    orders = table("orders", "id int", "user_id int", pk="id", fks=["user_id -> users"])
    diagrams = _diagrams([users, orders])
    assert diagrams[0].legend == ("PK", "FK", "*", "many", "one")
    overview, _, near, *_ = _draw(diagrams, engine)
    assert b'class="legend"' in overview
    assert b">exactly one<" not in overview
    assert b'class="legend"' in near
    assert b">unique<" not in near


def test_drawing_twice_gives_the_same_bytes(engine: graphviz.Engine) -> None:
    """Nothing but the diagram decides about the bytes, in whatever order the workers finish."""
    diagrams = _diagrams(_random(7, 30))
    assert _draw(diagrams, engine) == _draw(diagrams, engine)


def test_a_long_chain_runs_down_the_page(engine: graphviz.Engine) -> None:
    """Where boxes side by side would be too wide to read, the drawing goes from top to bottom instead."""
    chain = [table("t0", "id int", *(f"some_column_{i} text" for i in range(5)), pk="id")]
    chain += [
        table(
            f"t{n}",
            "id int",
            "previous_id int",
            *(f"some_column_{i} text" for i in range(5)),
            pk="id",
            fks=[f"previous_id -> t{n - 1}"],
        )
        for n in range(1, 12)
    ]
    svg, *_ = _draw(_diagrams(chain), engine)
    across, down = map(float, _parse(svg).get("viewBox", "").split()[2:])
    assert across < graphviz.PAGE < down


def test_an_empty_diagram_can_be_drawn(engine: graphviz.Engine) -> None:
    """A database without tables gives a picture without boxes, not an error."""
    lookup = Lookup.of(snapshot())
    (svg,) = _draw([erd.overview(lookup, (), _url)], engine)
    assert geometry.read(svg).boxes == ()
