"""One document in one language after another: the words change, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pgdossier import pipeline
from pgdossier.authored import blocks
from pgdossier.config import Config, Diagrams, Source
from pgdossier.language import LANGUAGES, speaking, tr
from pgdossier.model import snapshot_json
from pgdossier.progress import SILENT
from pgdossier.render import preview
from tests.golden.library import LIBRARY
from tests.support.command import pgdossier
from tests.support.documents import problems

_NOTE = "Ask the librarian – *before* nine.\n"
_PURPOSE = "<!-- authored: purpose -->\n"


def _config(folder: Path, code: str, **more: object) -> Config:
    source = folder.parent / "library.json"
    source.write_bytes(snapshot_json.encode(LIBRARY))
    return Config(
        source=Source(kind="snapshot", path=source),
        output=folder,
        language=code,  # type: ignore[arg-type] # one of LANGUAGES
        diagrams=Diagrams(enabled=False),
        **more,  # type: ignore[arg-type] # options of a test
    )


def _skeleton(text: str) -> list[str]:
    """The anchors, numbers of sections and keys of blocks, in their order."""
    return re.findall(r'<a id="[^"]+"></a>|^#+ [\d.A-F]+(?= )|<!-- authored: .*-->', text, re.MULTILINE)


@pytest.mark.parametrize("layout", ["single", "split"])
@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_another_language_changes_words_only(tmp_path: Path, code: str, layout: str) -> None:
    """Notes, anchors, numbers and files stay; unfilled blocks ask in the new language; and back again."""
    folder = tmp_path / "document"
    pipeline.generate(_config(folder, "en", layout=layout), SILENT)
    front = folder / "README.md"
    prompt = next(iter(blocks.parse(front.read_text(encoding="utf-8"), "README.md").values()))
    text = front.read_text(encoding="utf-8")
    before, _, rest = text.partition(_PURPOSE)
    front.write_text(before + _PURPOSE + _NOTE + rest.split("\n", 1)[1], encoding="utf-8", newline="\n")
    pipeline.generate(_config(folder, "en", layout=layout), SILENT)
    english = {path.name: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}

    pipeline.generate(_config(folder, code, layout=layout), SILENT)
    with speaking(code):
        assert problems(folder) == []
    now = {path.name: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}
    assert now.keys() == english.keys()
    for name in ("snapshot.json", "schema.sql", "history.json"):
        assert now[name] == english[name]
    for name in (name for name in now if name.endswith(".md")):
        assert _skeleton(now[name].decode()) == _skeleton(english[name].decode())
    bodies = blocks.parse(now["README.md"].decode(), "README.md")
    assert bodies["purpose"] == _NOTE
    assert prompt not in bodies.values()
    with speaking(code):
        said = tr("Backup schedule, retention, where copies are kept, when a restore was last tested.")
    assert bodies["backup"] == f"_{said}_\n"
    assert now["README.md"] != english["README.md"]

    pipeline.generate(_config(folder, "en", layout=layout), SILENT)
    assert {path.name: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()} == english


@pytest.mark.parametrize("code", ["en", "ja"])
def test_copies_say_what_they_are_written_in(tmp_path: Path, code: str) -> None:
    """The HTML copy has the language, and so has the preview of the Markdown."""
    folder = tmp_path / "document"
    pipeline.generate(_config(folder, code, formats=("html",)), SILENT)
    html = (folder / "index.html").read_text(encoding="utf-8")
    assert f'<html lang="{code}" ' in html
    with speaking(code):
        assert f'aria-label="{tr("Contents")}"' in html
        shown = preview.page((folder / "README.md").read_text(encoding="utf-8"), "README.md", lambda _: None)
        assert f'<html lang="{code}">' in shown


def test_the_command_line_wins_over_the_configuration(tmp_path: Path) -> None:
    """`--language` and `language` in pgdossier.toml choose; an unknown one is told with its line."""
    source = tmp_path / "library.json"
    source.write_bytes(snapshot_json.encode(LIBRARY))
    file = tmp_path / "pgdossier.toml"
    file.write_text(
        f'source = "{source.name}"\noutput = "out"\nlanguage = "de"\n[diagrams]\nenabled = false\n',
        encoding="utf-8",
    )
    titles = {}
    for code, options in (("de", ()), ("fr", ("--language", "fr"))):
        assert pgdossier("generate", "--config", file, *options, home=tmp_path).returncode == 0
        titles[code] = (tmp_path / "out" / "README.md").read_text(encoding="utf-8").split("\n")[0]
        with speaking(code):
            assert titles[code] == f"# {tr('Database Schema Design Document: {name}', name='library')}"
    file.write_text(file.read_text(encoding="utf-8").replace('"de"', '"tlh"'), encoding="utf-8")
    found = pgdossier("generate", "--config", file, home=tmp_path)
    assert found.returncode == 2
    assert 'pgdossier.toml:3: language must be "en" or "de"' in found.stderr


def test_a_review_knows_its_findings_in_every_language() -> None:
    """What tells findings apart, and what accepts them, does not depend on the language."""
    from pgdossier.analysis import analyse  # noqa: PLC0415 - what the test is about
    from pgdossier.review import review  # noqa: PLC0415 - likewise

    keys = set()
    for code in LANGUAGES:
        with speaking(code):
            keys.add(review(analyse(LIBRARY)).keys)
    assert len(keys) == 1
