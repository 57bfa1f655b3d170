"""Maps of domains and diagrams of one domain: bounded, whole, safe with any name."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from pgdossier.analysis import Analysis, analyse
from pgdossier.analysis.domains import Declared
from pgdossier.config import Config, DeclaredDomain, load
from pgdossier.diagrams import columns, domain_map, graphviz, grid, palette, stubs
from pgdossier.diagrams.diagram import Diagram, Subject
from pgdossier.errors import ConfigurationError
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.pipeline import dividing, documents
from pgdossier.render import markdown
from pgdossier.render.links import domain_stem
from pgdossier.render.page import Drawings
from tests.support import builders

_MOST = 10


def _group(word: str, count: int, *extra: str, schema: str = "public") -> list[Relation]:
    """Tables that all reference the first, and the first what is in `extra`."""
    first = f"{schema}.{word}_0"
    made = []
    for number in range(count):
        targets = extra if number == 0 else (first,)
        made.append(
            builders.table(
                f"{schema}.{word}_{number}",
                "id bigint",
                *[f"c{at} bigint" for at in range(len(targets))],
                pk="id",
                fks=[builders.fk(f"c{at} -> {target}", f"fk{at}") for at, target in enumerate(targets)],
            )
        )
    return made


def _analysis(*tables: Relation, declared: tuple[Declared, ...] = ()) -> Analysis:
    return analyse(builders.snapshot(*tables), domains_declared=declared, most_boxes=_MOST)


def _diagrams(analysis: Analysis) -> dict[Subject, Diagram]:
    config = Config()
    config = type(config)(diagrams=type(config.diagrams)(most_boxes=_MOST))
    return documents.every_diagram(analysis, markdown.links_for(analysis, split=True), config)


def test_the_overview_of_many_tables_is_a_map() -> None:
    """Above the limit the overview has a box for each domain and a line for all their foreign keys."""
    tables = [*_group("auth", 6), *_group("bill", 6, "auth_0", "auth_1"), *_group("ship", 6, "bill_0")]
    found = _diagrams(_analysis(*tables))
    overview = found[Subject("overview")]
    assert (overview.boxes, overview.edges) == (3, 2)
    assert "18 tables; 3 foreign keys lead" in overview.description
    assert "n2 -->|2| n1" in overview.mermaid[0]
    assert {one.name for one in found if one.kind == "domain"} == {"auth", "bill", "ship"}
    assert max(one.boxes for one in found.values()) <= _MOST


def test_hostile_names_are_drawn_and_have_files_of_their_own() -> None:
    """Names of domains may hold anything: each map is drawn whole, each file has its own name."""
    names = ('a"]; x', "../../etc", "Ünïcode\n<b>", "CON", "con", "A", "a", "a.b", "a--b", "|x|")
    declared = tuple(
        Declared(name=name, patterns=(f"public.g{number}_*",)) for number, name in enumerate(names[:4])
    )
    tables = [one for number in range(4) for one in _group(f"g{number}", 4, *(["g0_0"] if number else []))]
    analysis = _analysis(*tables, declared=declared)
    found = _diagrams(analysis)
    drawn = graphviz.draw(list(found.values()), graphviz.find_engine(None))
    assert drawn.keys() == found.keys()
    links = markdown.links_for(analysis, split=True)
    paths = [links.diagram_path(subject).casefold() for subject in found]
    assert len(paths) == len(set(paths))
    assert all(".." not in path for path in paths)
    stems = [domain_stem(name).casefold() for name in names]
    assert len(stems) == len(set(stems))
    for subject, diagram in found.items():
        if subject.kind in ("overview", "domain"):
            plain = grid.lay_out(diagram.dot)
            assert (plain.boxes, plain.edges) == (diagram.boxes, diagram.edges)


def test_tables_outside_share_boxes_when_there_is_no_room() -> None:
    """A domain that touches very many tables outside still has a diagram within the limit, with all lines."""
    others = [f"o{number}" for number in range(8)]
    wide = _group("core", 7, *(f"{word}_{at}" for word in others for at in range(2)))
    tables = [*wide, *(one for word in others for one in _group(word, 4))]
    found = _diagrams(_analysis(*tables))
    core = found[Subject("domain", name="core")]
    assert core.boxes <= _MOST
    assert "tables of" in core.dot
    assert max(one.boxes for one in found.values()) <= _MOST


def test_what_has_no_room_at_all_is_said_in_words() -> None:
    """With room for no box outside, nothing is drawn there and everything is named."""
    analysis = _analysis(*_group("auth", 2), *_group("bill", 2, "auth_0"))
    inside = frozenset({QualifiedName("public", "bill_0"), QualifiedName("public", "bill_1")})
    lines = [one for one in analysis.relationships if one.child in inside]
    chosen = stubs.choose(lines, inside, 0, lambda _name: "x")
    assert chosen == stubs.Stubs(frozenset(), (), frozenset({QualifiedName("public", "auth_0")}))


@pytest.mark.parametrize("room", range(1, 12))
def test_stubs_keep_to_their_room(room: int) -> None:
    """However little room there is: no more boxes, and every table outside has one."""
    tables = [*_group("core", 1, *(f"s{at % 4}.t{at}_0" for at in range(10)))]
    tables += [one for at in range(10) for one in _group(f"t{at}", 1, schema=f"s{at % 4}")]
    analysis = _analysis(*tables)
    inside = frozenset({QualifiedName("public", "core_0")})
    lines = [one for one in analysis.relationships if one.child in inside]
    chosen = stubs.choose(lines, inside, room, lambda name: name.schema)
    assert len(chosen.single) + len(chosen.folds) <= room
    assert len(chosen.single) + sum(len(fold.tables) for fold in chosen.folds) == 10


def test_boxes_stand_in_columns_along_their_lines() -> None:
    """A chain of four in four columns goes from left to right, and loners fill up what is short."""
    assert columns.arrange(4, [(0, 1), (1, 2), (2, 3)], 4) == [0, 1, 2, 3]
    places = columns.arrange(8, [(0, 1), (1, 2), (2, 3)], 4)
    assert [places.count(column) for column in range(4)] == [2, 2, 2, 2]
    assert columns.levels(3, [(0, 1), (1, 0), (1, 2)])[2] > 0
    assert not columns.fits([600.0, 600.0], [0, 1])
    assert columns.fits([600.0, 600.0], [0, 0])


@pytest.mark.parametrize("split", [True, False])
def test_the_document_has_a_section_for_each_domain(split: bool) -> None:
    """Each domain has a section with its tables and its diagram; the list of tables is grouped by them."""
    declared = (Declared(name="Money & more", patterns=("public.bill_*",), description="What is *owed*."),)
    tables = [*_group("auth", 6), *_group("bill", 6, "auth_0", "auth_1"), *_group("ship", 6, "bill_0")]
    analysis = _analysis(*tables, declared=declared)
    drawings = Drawings(diagrams=_diagrams(analysis))
    texts = markdown.pages(analysis, markdown.Style(split=split), drawings, {})
    front = texts["README.md"]
    assert "this is a map of" in front
    whole = "\n".join(texts.values())
    assert "What is \\*owed\\*." in whole
    assert whole.count("<!-- authored: group:Money%20%26%20more -->") == 1
    stem = domain_stem("Money & more")
    if split:
        assert f"domains/{stem}.md#domain-{stem}" in front
        assert "tables/public.bill_3.md" in texts[f"domains/{stem}.md"]
    else:
        assert f'<a id="domain-{stem}"></a>' in front
        assert f"](#domain-{stem})" in front
    assert front.index("**Domain [Money") < front.index("`bill_3`", front.index("**Domain [Money"))


def test_a_name_for_two_domains_is_refused() -> None:
    """Two domains of one name, whatever the case, are a mistake of the configuration."""
    config = Config(
        domains=(
            DeclaredDomain(name="Billing", tables=("a.*",)),
            DeclaredDomain(name="billing", tables=("b.*",)),
        )
    )
    with pytest.raises(ConfigurationError, match="two domains are called billing"):
        dividing.declared(config)


def test_domains_are_read_from_the_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The tables [[domains]] keep their order; one without tables is refused with the line."""
    folder = tmp_path_factory.mktemp("configured")
    file = folder / "pgdossier.toml"
    file.write_text(
        '[[domains]]\nname = "B"\ntables = ["public.b*"]\n[[domains]]\nname = "A"\ntables = ["*.a"]\n'
    )
    assert [one.name for one in dividing.declared(load(file=file, environ={}))] == ["B", "A"]
    file.write_text('[[domains]]\nname = "B"\n')
    with pytest.raises(ConfigurationError, match="domains must be"):
        load(file=file, environ={})


def test_the_colour_of_a_schema_is_that_of_the_map() -> None:
    """A schema that is a domain has the same colour in its own diagram."""
    tables = [*_group("a", 6, schema="one"), *_group("b", 6, "one.a_0", schema="two")]
    found = _diagrams(_analysis(*tables))
    for place, schema in enumerate(("one", "two")):
        header = palette.of_domain(place).header
        assert found[Subject("schema", schema)].dot.count(header) == 6
        assert header in found[Subject("overview")].dot


def test_a_map_explains_itself_and_names_the_schema() -> None:
    """The legend has the signs of the map; boxes of a schema in several parts begin with its name."""
    tables = [*_group("auth", 8, schema="x"), *_group("bill", 8, "x.auth_0", schema="x")]
    tables += _group("ship", 3, "x.bill_0", "x.auth_0", schema="y")
    overview = _diagrams(_analysis(*tables))[Subject("overview")]
    assert overview.legend == ("keys",)
    assert re.search(r">x\.(</FONT>)?(<FONT[^>]*>)?<B>", overview.dot)
    assert "subgraph" not in overview.dot
    assert 'subgraph s1["x"]' in overview.mermaid[0]


def test_what_is_referenced_in_words_takes_two_rows_at_most() -> None:
    """Names are put into as few rows as hold them; what does not fit is marked."""
    assert domain_map.in_rows([]) == []
    assert domain_map.in_rows(["a", "b"]) == ["→ a, b"]
    assert domain_map.in_rows(["contribution", "registrations", "c"]) == [
        "→ contribution",
        "→ registrations, c",
    ]
    assert domain_map.in_rows(["contribution", "registrations", "d" * 20]) == [
        "→ contribution",
        "→ registrations …",
    ]


def test_a_map_is_drawn_when_its_lines_cannot_be_led(tmp_path: Path) -> None:
    """Where Graphviz fails at the positions that are given, it lays the map out itself: whole, no grid."""
    engine = graphviz.find_engine(None)
    script = tmp_path / "engine"
    script.write_text(
        f"""#!{sys.executable}
import subprocess, sys
source = sys.stdin.buffer.read()
if b"layout=neato" in source:
    sys.exit(1)
sys.exit(subprocess.run([{str(engine.executable)!r}, *sys.argv[1:]], input=source).returncode)
""",
        encoding="utf-8",
    )
    script.chmod(0o755)
    tables = [*_group("auth", 6), *_group("bill", 6, "auth_0", "auth_1"), *_group("ship", 6, "bill_0")]
    overview = _diagrams(_analysis(*tables))[Subject("overview")]
    told: list[str] = []
    failing = graphviz.Engine(script, "0")
    drawn = graphviz.draw([overview], failing, simplified=lambda _, why: told.append(why))
    assert told == []
    assert drawn[overview.subject].count(b'class="node"') == 3


def test_maps_and_other_diagrams_are_not_drawn_by_one_process() -> None:
    """Graphviz would lay out what follows a map as it does the map: drawn together or alone is the same."""
    tables = [*_group("auth", 6), *_group("bill", 6, "auth_0", "auth_1"), *_group("ship", 6, "bill_0")]
    found = [*_diagrams(_analysis(*tables)).values()]
    engine = graphviz.find_engine(None)
    assert graphviz.draw(found, engine) == graphviz.draw(found, engine, together=1)


@pytest.mark.parametrize("split", [True, False])
def test_a_schema_that_shares_a_box_has_its_sections_all_the_same(split: bool) -> None:
    """Every domain leads to a section that is there, also those of a divided schema within a group."""
    tables = [
        one
        for n in range(11)
        for word in ("auth", "bill")
        for one in _group(word, 6 + n // 10, schema=f"s{n:02}")
    ]
    analysis = _analysis(*tables)
    assert any(
        child.whole_schema and child.children for one in analysis.domains.top for child in one.children
    )
    drawings = Drawings(diagrams=_diagrams(analysis))
    texts = markdown.pages(analysis, markdown.Style(split=split), drawings, {})
    links = markdown.links_for(analysis, split=split)
    for domain in analysis.domains.walk():
        path, anchor = links.domains[domain.name]
        assert f'<a id="{anchor}"></a>' in texts[path], domain.name
