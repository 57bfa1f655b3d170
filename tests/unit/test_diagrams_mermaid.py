"""The Mermaid fallback: entities, ends, names, and blocks within GitHub's limits."""

from __future__ import annotations

import re

import pytest

from pgdossier.analysis import relationships
from pgdossier.diagrams import erd, mermaid
from pgdossier.diagrams.chart import Box, Chart, Link, Role, Row
from pgdossier.model.lookup import Lookup
from pgdossier.model.relations import Relation
from tests.support.builders import snapshot, table


def _blocks(*relations: Relation) -> tuple[str, ...]:
    lookup = Lookup.of(snapshot(*relations))
    return erd.overview(lookup, relationships.find(lookup), lambda _name: None).mermaid


def test_a_block_has_entities_with_keys_and_lines_with_ends() -> None:
    """Types, names and key marks as Mermaid writes them; ends as in the drawing; dots for non-identifying."""
    (block,) = _blocks(
        table("users", "id bigint", "email text not null", pk="id", unique=["email"]),
        table("orders", "id bigint", "user_id bigint", pk="id", fks=["user_id -> users"]),
        table("profiles", "user_id bigint", "n numeric(10,2)", pk="user_id", fks=["user_id -> users"]),
    )
    assert block == (
        "erDiagram\n"
        '    t1["orders"] {\n        bigint id PK\n        bigint user_id FK\n    }\n'
        '    t3["users"] {\n        bigint id PK\n        text email UK\n    }\n'
        '    t2["profiles"] {\n        bigint user_id PK, FK\n        numeric(10_2) n\n    }\n'
        '    t1 }o..o| t3 : "user_id"\n'
        '    t2 |o--|| t3 : "user_id"\n'
    )


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ('quo"te', "quo#quot;te"),
        ("100%", "100#37;"),
        ("back\\slash", "back#92;slash"),
        ("<b>", "#lt;b#gt;"),
        ("a;b#c&d", "a#59;b#35;c#amp;d"),
        ("new\nline", "new␊line"),
        ("żółć", "żółć"),
    ],
)
def test_names_cannot_leave_their_string(name: str, label: str) -> None:
    """Everything that would end a string or start a comment is an entity code of Mermaid's."""
    chart = Chart(boxes=(Box(number=1, name=name.replace("\n", "␊"), role=Role.TABLE),), links=())
    assert mermaid.write(chart) == (f'erDiagram\n    t1["{label}"]\n',)


@pytest.mark.parametrize(
    ("name", "word"),
    [("a b", "a_b"), ("1st", "_1st"), ("PK", "PK_"), ("ж", "_"), ('x"y', "x_y"), ("a-b", "a-b")],
)
def test_columns_are_words_and_keep_their_name_as_a_comment(name: str, word: str) -> None:
    """A column whose name is no word of the grammar gets one, and its true name behind it."""
    box = Box(number=1, name="t", role=Role.TABLE, rows=(Row(text=name, column=name, type="text"),))
    (block,) = mermaid.write(Chart(boxes=(box,), links=()))
    (line,) = [line.strip() for line in block.splitlines() if line.startswith("        ")]
    assert line.startswith(f"text {word}")
    assert ('"' in line) is (name != word)


def _large(boxes: int, links_each: int, rows: int) -> Chart:
    return Chart(
        boxes=tuple(
            Box(
                number=n,
                name=f"table_{n}",
                role=Role.TABLE,
                rows=tuple(
                    Row(text=f"column_{r}", column=f"column_{r}", type="varchar(50)") for r in range(rows)
                ),
            )
            for n in range(1, boxes + 1)
        ),
        links=tuple(
            Link(
                child=n,
                parent=(n * 7 + k) % boxes + 1,
                many=True,
                optional=False,
                identifying=False,
                columns="x",
            )
            for n in range(1, boxes + 1)
            for k in range(links_each)
        ),
    )


@pytest.mark.parametrize(
    "chart", [_large(300, 4, 0), _large(200, 1, 30), _large(900, 0, 5), _large(40, 20, 3)]
)
def test_large_charts_are_split_within_the_limits(chart: Chart) -> None:
    """Every block fits, every line is in exactly one, every box has its columns in exactly one."""
    blocks = mermaid.write(chart)
    assert len(blocks) > 1
    lines: list[str] = []
    for block in blocks:
        own = re.findall(r"^    t\d+ .*$", block, re.MULTILINE)
        entities = set(re.findall(r"^    (t\d+)\[", block, re.MULTILINE))
        assert len(block) <= 50_000
        assert len(own) <= 500
        assert {end for line in own for end in re.findall(r"\bt\d+\b", line)} <= entities
        lines += own
    assert len(lines) == len(chart.links)
    columns = sum(block.count("varchar(50)") for block in blocks)
    assert columns == sum(len(box.rows) for box in chart.boxes)
    named = {entity for block in blocks for entity in re.findall(r"^    t(\d+)\[", block, re.MULTILINE)}
    assert named == {str(box.number) for box in chart.boxes}
