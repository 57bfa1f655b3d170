"""What other tools understand of the exported formats is what the snapshot says."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pgdossier import catalog
from pgdossier.analysis import analyse, relationships, tables
from pgdossier.analysis.relationships import Relationship
from pgdossier.config import Config
from pgdossier.diagrams import mermaid
from pgdossier.diagrams.chart import Box, Chart, Role, Row
from pgdossier.diagrams.diagram import Diagram
from pgdossier.diagrams.lettering import visible
from pgdossier.export.formats import FORMATS, Options
from pgdossier.model.lookup import Lookup
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline.documents import every_diagram
from pgdossier.render import markdown
from tests.conftest import REPOSITORY, CorpusDatabase, SharedDatabase
from tests.support import hostile, parsers
from tests.support.corpus import CORPUS_NAMES
from tests.support.servers import PostgresServer

# One worker installs the parsers, and runs each once for all documents.
pytestmark = pytest.mark.xdist_group("parsers")

WORDS = (
    "pk",
    "Fk",
    "UK",
    "uk-x",
    "pk(3)",
    "fk[]",
    "pk_x",
    "~a~",
    "title",
    "end",
    "many",
    "to",
    "x",
    "*",
    "`",
)
NAMES = (*CORPUS_NAMES, "shop", "hostile")
DRAWN_BY_D2 = ("chinook", "pagila", "shop", "hostile")  # its compiler also lays out: the others take long


class _Schema:
    """A snapshot, and what a diagram of it shows."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.analysis = analyse(snapshot)
        self.lookup = Lookup.of(snapshot)
        self.relations = {found.qualified: found for found in tables.relations(self.lookup)}
        self.lines = relationships.find(self.lookup)

    def shown(self, relation: Relation) -> str:
        several = len({name.schema for name in self.relations}) > 1
        return visible(f"{relation.schema}.{relation.name}" if several else relation.name)


@pytest.fixture(scope="module")
def schemas(
    server: PostgresServer, corpus_database: CorpusDatabase, shared_database: SharedDatabase
) -> dict[str, _Schema]:
    shop = (REPOSITORY / "samples" / "shop" / "shop.sql").read_text(encoding="utf-8")
    urls = {name: corpus_database(server, name) for name in CORPUS_NAMES}
    urls["shop"] = shared_database(server, "exported_shop", shop)
    urls["hostile"] = shared_database(server, "exported_hostile", hostile.script())
    return {name: _Schema(catalog.read(url, operation=False)) for name, url in urls.items()}


@pytest.fixture(scope="module")
def documents(
    schemas: dict[str, _Schema], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Path]]:
    folder = tmp_path_factory.mktemp("exported")
    paths: dict[str, dict[str, Path]] = {}
    for language in ("dbml", "mermaid", "d2", "plantuml"):
        for name in DRAWN_BY_D2 if language == "d2" else NAMES:
            leaves = schemas[name].analysis.domains.leaves if language == "dbml" else ()
            options = Options(groups=[(domain.name, domain.tables) for domain in leaves])
            texts = FORMATS[language](schemas[name].snapshot, options)
            for number, text in enumerate(texts):
                path = folder / f"{name}-{number}.{language}"
                path.write_text(text, encoding="utf-8", newline="")
                paths.setdefault(language, {})[f"{name}-{number}"] = path
    for key, made in _drawn(schemas).items():
        for number, text in enumerate(made.mermaid):
            path = folder / f"{len(paths['mermaid'])}.mmd"
            path.write_text(text, encoding="utf-8", newline="")
            paths["mermaid"][f"{key}-{number}"] = path
    for word in WORDS:
        columns = (
            Row(text=word, column=word, type="text", marks=("PK",)),
            Row(text="x", column="x", type=word),
        )
        box = Box(number=1, name=word, role=Role.TABLE, rows=columns)
        (text,) = mermaid.write(Chart(boxes=(box,), links=()))
        path = folder / f"{len(paths['mermaid'])}.mmd"
        path.write_text(text, encoding="utf-8", newline="")
        paths["mermaid"][f"word {word}"] = path
    return paths


def _drawn(schemas: dict[str, _Schema]) -> dict[str, Diagram]:
    """The diagrams of the documents: of the real schemas those of many tables, of the hostile one all."""
    found: dict[str, Diagram] = {}
    for name, schema in schemas.items():
        links = markdown.links_for(schema.analysis, split=True)
        for subject, made in every_diagram(schema.analysis, links, Config()).items():
            if name == "hostile" or subject.kind != "relation":
                found[f"diagram {len(found)} of {name}: {subject.kind}"] = made
    return found


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return parsers.installed()
    except parsers.NotAvailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def understood(folder: Path, documents: dict[str, dict[str, Path]]) -> dict[str, dict[str, Any]]:
    wanted = {language: of for language, of in documents.items() if language != "plantuml"}
    return parsers.read(folder, wanted)


def _label(text: str) -> str:
    """A text of Mermaid's parser, which keeps entity codes in a form of its own until it draws."""
    return html.unescape(text.replace("ﬂ°°", "&#").replace("ﬂ°", "&").replace("¶ß", ";"))


@pytest.mark.parametrize("name", NAMES)
def test_dbml(name: str, schemas: dict[str, _Schema], understood: dict[str, dict[str, Any]]) -> None:
    """Tables, columns, keys, unique columns, enums and references are those of the snapshot, name by name."""
    model, schema = understood["dbml"][f"{name}-0"], schemas[name]
    assert "error" not in model, model["error"]
    found = {(of["name"], one["name"]): one for of in model["schemas"] for one in of["tables"]}
    assert set(found) == {(one.schema, one.name) for one in schema.relations}
    for relation in schema.relations.values():
        table = found[relation.schema, relation.name]
        columns = [(one["name"], bool(one.get("not_null")), bool(one.get("pk"))) for one in table["fields"]]
        primary = relation.primary_key.columns if relation.primary_key else ()
        alone = primary if len(primary) == 1 else ()
        assert columns == [(one.name, not one.nullable, one.name in alone) for one in relation.columns]
        several = [[part["value"] for part in one["columns"]] for one in table["indexes"] if one["pk"]]
        assert several == ([list(primary)] if len(primary) > 1 else [])
        names = {one["name"] for one in table["indexes"] if not (one["pk"] or one.get("unique"))}
        plain = [one for one in relation.indexes if not (one.unique or one.constraint)]
        spoken = {one.name for one in plain if not any("`" in key.expression for key in one.keys)}
        assert spoken <= names
        # DBML's parser trims and dedents notes.
        notes = "".join(_folded(one.get("note") or "") for one in (table, *table["fields"]))
        for comment in (relation.comment, *(one.comment for one in relation.columns)):
            assert _folded(comment or "") in notes
    enums = {
        (of["name"], one["name"]): [value["name"] for value in one["values"]]
        for of in model["schemas"]
        for one in of["enums"]
    }
    assert enums == {
        (one.schema, one.name): [label or " " for label in one.labels]
        for one in schema.snapshot.structure.enums
    }
    said = {_ends(one) for of in model["schemas"] for one in of["refs"]}
    # A column that references itself has one end only, which DBML has no Ref for.
    assert said == {shape for one in schema.lines if len(shape := _shape(one)) == 2}


def _folded(text: str) -> str:
    return "".join(text.split())


def _ends(reference: dict[str, Any]) -> frozenset[tuple[str, str, tuple[str, ...], bool]]:
    first, second = reference["endpoints"]
    return frozenset(
        (one["schemaName"] or "public", one["tableName"], tuple(one["fieldNames"]), one["relation"] == "*")
        for one in (first, second)
    )


def _shape(one: Relationship) -> frozenset[tuple[str, str, tuple[str, ...], bool]]:
    return frozenset(
        (
            (one.child.schema, one.child.name, one.key.columns, one.many),
            (one.parent.schema, one.parent.name, one.key.target_columns, False),
        )
    )


@pytest.mark.parametrize("name", NAMES)
def test_mermaid(name: str, schemas: dict[str, _Schema], understood: dict[str, dict[str, Any]]) -> None:
    """All documents together hold each table once with its columns and each line once, within the limits."""
    schema = schemas[name]
    models = [one for key, one in understood["mermaid"].items() if key.rpartition("-")[0] == name]
    assert [one["error"] for one in models if "error" in one] == []
    assert all(one["characters"] <= 50_000 and len(one["relationships"]) <= 500 for one in models)
    entities = [entity for model in models for entity in model["entities"]]
    whole = Counter(_label(one["alias"]) for one in entities if one["attributes"])
    assert whole == Counter(schema.shown(one) for one in schema.relations.values() if one.columns)
    columns = {_label(one["alias"]): one["attributes"] for one in entities if one["attributes"]}
    referencing = {(one.child, column) for one in schema.lines for column in one.key.columns}
    for relation in schema.relations.values():
        primary = relation.primary_key.columns if relation.primary_key else ()
        rows = columns.get(schema.shown(relation), [])
        for row, column in zip(rows, relation.columns, strict=True):
            comment = _label(row["comment"])
            # A name that is no word of Mermaid's opens the comment.
            name = visible(column.name)
            assert row["name"] == name or comment == name or comment.startswith(f"{name}: ")
            assert ("PK" in row["keys"]) == (column.name in primary)
            assert ("FK" in row["keys"]) == ((relation.qualified, column.name) in referencing)
    lines = Counter(
        tuple(_label(end) for end in one["ends"]) for model in models for one in model["relationships"]
    )
    relations = schema.relations
    assert lines == Counter(
        (schema.shown(relations[one.child]), schema.shown(relations[one.parent])) for one in schema.lines
    )


def test_mermaid_of_diagrams(schemas: dict[str, _Schema], understood: dict[str, dict[str, Any]]) -> None:
    """What stands in a document, or `pgdossier diagram` writes: each block is understood, with every line."""
    kinds: Counter[tuple[str, str]] = Counter()
    for key, made in _drawn(schemas).items():
        models = [understood["mermaid"][f"{key}-{number}"] for number in range(len(made.mermaid))]
        assert [one["error"] for one in models if "error" in one] == [], key
        assert all(one["characters"] <= 50_000 for one in models), key
        if made.mermaid[0].startswith("flowchart"):
            (one,) = models
            assert len(one["nodes"]) == made.boxes, key
            assert len(one["edges"]) == made.edges, key
            kinds["flowchart", made.subject.kind] += 1
        else:
            assert sum(len(one["relationships"]) for one in models) == made.edges, key
            boxes = {entity["alias"] for one in models for entity in one["entities"]}
            assert boxes, key
            kinds["entities", made.subject.kind] += 1
    assert {("flowchart", "overview"), ("flowchart", "cascade"), ("entities", "relation")} <= kinds.keys()


@pytest.mark.parametrize("word", WORDS)
def test_mermaid_takes_every_column(word: str, understood: dict[str, dict[str, Any]]) -> None:
    """No name or type of a column is taken for one of its own words, and none ends its diagram."""
    model = understood["mermaid"][f"word {word}"]
    assert "error" not in model, model["error"]
    (entity,) = model["entities"]
    assert [len(row["keys"]) for row in entity["attributes"]] == [1, 0]


@pytest.mark.parametrize("name", DRAWN_BY_D2)
def test_d2(name: str, schemas: dict[str, _Schema], understood: dict[str, dict[str, Any]]) -> None:
    """Tables with columns and constraints, and a connection for each relationship, whatever the names."""
    model, schema = understood["d2"][f"{name}-0"], schemas[name]
    assert "error" not in model, model["error"]
    referencing = {(one.child, column) for one in schema.lines for column in one.key.columns}
    wanted = []
    for relation in schema.relations.values():
        primary = relation.primary_key.columns if relation.primary_key else ()
        rows = [
            (visible(one.name), one.name in primary, (relation.qualified, one.name) in referencing)
            for one in relation.columns
        ]
        wanted.append((visible(relation.name), rows))
    found = [
        (
            table["label"],
            [
                (
                    column["name"]["label"].rstrip("\N{ZERO WIDTH SPACE}"),
                    "primary_key" in (column["constraint"] or ()),
                    "foreign_key" in (column["constraint"] or ()),
                )
                for column in table["columns"] or ()
            ],
        )
        for table in model["tables"]
    ]
    assert sorted(found) == sorted(wanted)
    names = {table["id"]: table["label"] for table in model["tables"]}
    ends = Counter((names[one["src"]], names[one["dst"]], one["srcArrow"]) for one in model["connections"])
    assert ends == Counter(
        (visible(one.child.name), visible(one.parent.name), "cf-many" if one.many else "cf-one")
        for one in schema.lines
    )


def test_plantuml(folder: Path, schemas: dict[str, _Schema], documents: dict[str, dict[str, Path]]) -> None:
    """Entities in their packages, mandatory columns, keys, and every relationship, whatever the names."""
    try:
        models = parsers.read_plantuml(folder, documents["plantuml"])
    except parsers.NotAvailable as reason:
        pytest.skip(str(reason))
    for name, schema in schemas.items():
        lines = models[f"{name}-0"]
        assert lines[0][2] == "ClassDiagram"
        several = len({one.schema for one in schema.relations}) > 1
        entities = {fields[1]: fields for fields in lines if fields[0] == "entity"}
        found = {
            (_decoded(fields[3]).strip("[]") if several else "", _decoded(fields[2])): _fields(fields[5])
            for fields in entities.values()
        }
        wanted = {}
        for relation in schema.relations.values():
            primary = relation.primary_key.columns if relation.primary_key else ()
            wanted[visible(relation.schema) if several else "", visible(relation.name)] = sorted(
                (visible(one.name), not one.nullable, one.name in primary) for one in relation.columns
            )
        assert found == wanted
        ends = Counter(
            tuple(_decoded(entities[fields[place]][2]) for place in (1, 3))
            for fields in lines
            if fields[0] == "link"
        )
        assert ends == Counter((visible(one.child.name), visible(one.parent.name)) for one in schema.lines)


def _decoded(text: str) -> str:
    return re.sub(
        r"<U\+([0-9A-F]{4,})>", lambda match: chr(int(match[1], 16)), text.rstrip("\N{ZERO WIDTH SPACE}")
    )


def _fields(body: str) -> list[tuple[str, bool, bool]]:
    rows = []
    for line in body.split("\x01"):
        match = re.match(r"\s*(\* )?\{field\} (.*?) : (.*)\Z", line)
        if match is not None:
            rows.append((_decoded(match[2]), match[1] is not None, "<<PK>>" in match[3]))
    return sorted(rows)


def test_views_can_be_left_out(schemas: dict[str, _Schema]) -> None:
    """Without views nothing of a view is left in any format but the snapshot."""
    schema = schemas["pagila"]
    views = [one.name for one in schema.relations.values() if one.kind is RelationKind.VIEW]
    assert views
    for language in set(FORMATS) - {"json"}:
        (text,) = FORMATS[language](schema.snapshot, Options(views=False))
        assert not [name for name in views if re.search(rf"\b{name}\b", text)], language
