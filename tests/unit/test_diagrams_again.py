"""A refresh draws only what changed, and is the document that drawing everything would give."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from pgdossier import output
from pgdossier.analysis import relationships
from pgdossier.config import Config, Source
from pgdossier.diagrams import erd, graphviz, marks
from pgdossier.diagrams.diagram import Charted, Diagram, Subject
from pgdossier.model import snapshot_json
from pgdossier.model.lookup import Lookup
from pgdossier.pipeline import generate
from pgdossier.progress import SILENT
from tests.support.builders import snapshot, table
from tests.support.documents import contents

FORGED = b'<svg data-drawn="' + b"0" * 40 + b'"/>'


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A snapshot of a few tables, and where its document goes."""
    relations = [
        table(f"t{n}", "id int", "t0_id int", pk="id", fks=["t0_id -> t0"] if n else []) for n in range(5)
    ]
    file = tmp_path / "snapshot.json"
    file.write_bytes(snapshot_json.encode(snapshot(*relations)))
    return Config(source=Source(kind="snapshot", path=file), output=tmp_path / "document")


def _write(folder: Path) -> None:
    (folder / "diagrams" / "overview.svg").write_bytes(FORGED)


def _cut(folder: Path) -> None:
    for file in (folder / "diagrams").iterdir():
        file.write_bytes(file.read_bytes()[:500])


def _remove(folder: Path) -> None:
    shutil.rmtree(folder / "diagrams")


def _other_title(folder: Path) -> None:
    """What somebody typed into a drawing, with its note as it was."""
    file = folder / "diagrams" / "overview.svg"
    drawing = file.read_bytes()
    assert b">t0<" in drawing
    file.write_bytes(drawing.replace(b">t0<", b">t9<"))


def _wrong_hashes(folder: Path) -> None:
    file = folder / output.MANIFEST
    manifest = json.loads(file.read_bytes())
    manifest["files"] |= {path: "0" * 64 for path in manifest["files"] if path.endswith(".svg")}
    file.write_text(json.dumps(manifest))


def _unchanged(folder: Path) -> None:
    """Nothing happens to it."""


def _other_line_ends(folder: Path) -> None:
    """What version control does on some systems."""
    for file in (folder / "diagrams").iterdir():
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))


@pytest.mark.parametrize("damage", [_write, _cut, _remove, _other_title, _wrong_hashes, _unchanged])
def test_a_lost_or_damaged_cache_costs_time_never_correctness(
    config: Config, damage: Callable[[Path], None]
) -> None:
    """Whatever happens to the drawings or to what is known of them, a refresh mends the document."""
    generate(config, SILENT, identified=False)
    folder = config.output
    before = contents(folder)
    damage(folder)
    generate(config, SILENT, identified=False)
    assert contents(folder) == before


def test_a_refresh_without_changes_draws_nothing(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """No engine is started for what is there, with whatever line ends, and one is for what is not."""
    generate(config, SILENT, identified=False)
    drawn: list[int] = []
    original = graphviz._Drawer.draw

    def noted(self: graphviz._Drawer, group: list[Diagram]) -> object:
        drawn.append(len(group))
        return original(self, group)

    monkeypatch.setattr(graphviz._Drawer, "draw", noted)
    generate(config, SILENT, identified=False)
    _other_line_ends(config.output)
    generate(config, SILENT, identified=False)
    assert drawn == []
    (config.output / "diagrams" / "overview.svg").unlink()
    generate(config, SILENT, identified=False)
    assert drawn == [1]


def test_what_became_of_a_chart_is_known_by_its_bytes() -> None:
    """A drawing is taken over without its note when it is what became of just this chart, and else is not."""
    relations = [table("p", "id int", pk="id"), table("t", "id int", "p_id int", pk="id", fks=["p_id -> p"])]
    lookup = Lookup.of(snapshot(*relations))
    diagram = erd.overview(lookup, relationships.find(lookup), lambda _: None)
    assert isinstance(diagram.content, Charted)
    engine = graphviz.find_engine(None)
    with graphviz.Drawing([diagram], engine) as drawing:
        drawn, became = dict(drawing.finish()), drawing.became
    shown = marks.shown(diagram.content.chart(), diagram)
    assert became == {diagram.subject: marks.became(shown, drawn[diagram.subject])}
    other = b"<svg another"

    def again(diagram: Diagram, became: dict[Subject, str]) -> dict[Subject, bytes]:
        with graphviz.Drawing([diagram], engine, known=lambda _: other, became=became) as drawing:
            return dict(drawing.finish())

    of_other = {diagram.subject: marks.became(shown, other)}
    assert again(diagram, of_other) == {diagram.subject: other}
    assert again(diagram, became) == again(diagram, {}) == drawn
    renamed = replace(diagram, title="Another")
    assert again(renamed, of_other)[diagram.subject] not in (other, drawn[diagram.subject])
