"""Names and texts that look like markup, code, paths or other names stay what they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from pgdossier.authored import blocks
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Structure
from tests.conftest import MakeDatabase
from tests.support import hostile
from tests.support.command import pgdossier
from tests.support.documents import contents, problems
from tests.support.expected import missing
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.xdist_group("hostile documents")

# What somebody could write: every byte of it must survive.
OWN_WORDS = (
    "Über | `die` <b>Tabelle</b> {{ x }}\t\n\n```sql\n<!-- /authored -->\n```\n\n  | a |\n  trailing  \n\n"
)


class Document(NamedTuple):
    url: str
    layout: str
    folder: Path


@pytest.fixture(scope="module")
def url(server: PostgresServer) -> Iterator[str]:
    """The hostile database; only to read."""
    server.drop_database(hostile.DATABASE)  # left behind on a server that was there before
    server.create_database(hostile.DATABASE)
    server.run_sql(hostile.DATABASE, hostile.script())
    yield server.url(hostile.DATABASE)
    server.drop_database(hostile.DATABASE)


@pytest.fixture(scope="module", params=["single", "split"])
def document(request: pytest.FixtureRequest, url: str, tmp_path_factory: pytest.TempPathFactory) -> Document:
    """Its document, in one layout after the other, with an empty folder around it."""
    home = tmp_path_factory.mktemp("hostile")
    folder = home / "in" / "document"
    done = pgdossier("generate", url, "-o", folder, "--layout", request.param, home=home)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return Document(url, request.param, folder)


def test_it_is_sound(document: Document) -> None:
    """No name or text becomes a cell, a link, an anchor, an element, a heading, a block, or ends one."""
    assert problems(document.folder) == []


def test_it_is_complete(document: Document) -> None:
    """Each name stands in its section exactly as it is, each comment can be read in full."""
    assert missing(document.url, document.folder) == []


def test_nothing_is_written_elsewhere(document: Document) -> None:
    """Names with `/`, `..` or a drive stay inside the folder, on every file system."""
    home = document.folder.parents[1]
    outside = [path for path in home.rglob("*") if not path.is_relative_to(document.folder)]
    assert outside == [document.folder.parent]
    paths = list(contents(document.folder))
    assert len({path.casefold() for path in paths}) == len(paths)
    assert max(len(path) for path in paths) < 150
    pages = [path for path in paths if path.startswith("tables/")]
    assert len(pages) == (0 if document.layout == "single" else len(set(pages)))


def test_what_people_write_survives(document: Document, tmp_path: Path) -> None:
    """Text put into every block is there, byte for byte, after the next run; so is its place."""
    folder = tmp_path / "document"
    written: dict[str, str] = {}
    for path, data in contents(document.folder).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        text = data.decode()
        if path.endswith(".md"):
            for key, body in blocks.parse(text, path).items():
                written[key] = f"{key}\n{OWN_WORDS}"
                before, after = (
                    f"<!-- authored: {key} -->\n{body}",
                    f"<!-- authored: {key} -->\n{written[key]}",
                )
                assert text.count(before) == 1
                text = text.replace(before, after)
        (folder / path).write_bytes(text.encode())
    done = pgdossier("generate", document.url, "-o", folder, "--layout", document.layout, home=tmp_path)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = {}
    for file in folder.rglob("*.md"):
        found |= blocks.parse(file.read_bytes().decode(), file.name)
    assert len(written) > len(hostile.NAMES)
    assert found == written
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert f"{len(written)} of {len(written)} notes written" in readme


def test_its_sql_loads_again(
    document: Document, server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """`schema.sql` makes the same structure in an empty database."""
    # Not read_text, which would turn the carriage returns of comments into line feeds.
    copy = make_database(server, (document.folder / "schema.sql").read_bytes().decode())
    done = pgdossier("snapshot", copy, "-o", tmp_path / "copy.json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    first = snapshot_json.decode((document.folder / "snapshot.json").read_bytes()).structure
    second = snapshot_json.decode((tmp_path / "copy.json").read_bytes()).structure
    for family in msgspec.structs.fields(Structure):
        if family.name not in ("database", "scope", "server"):
            assert getattr(first, family.name) == getattr(second, family.name), family.name


def test_without_graphviz_it_is_as_sound(url: str, tmp_path: Path) -> None:
    """The Mermaid fallback takes the same names, and its blocks stay within what GitHub shows."""
    (tmp_path / "pgdossier.toml").write_text("[diagrams]\nenabled = false\n", encoding="utf-8")
    done = pgdossier("generate", url, "-o", "document", "--layout", "split", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert problems(tmp_path / "document") == []
    assert not (tmp_path / "document" / "diagrams").exists()
    drawn = [
        path
        for path, data in contents(tmp_path / "document").items()
        if b"\n```mermaid\n" in data or b"\n````mermaid\n" in data
    ]
    assert len(drawn) > len(hostile.NAMES) - 3


def test_a_hostile_name_steers_no_terminal(url: str, tmp_path: Path) -> None:
    """What is said about a schema pattern is one printable line, whatever the pattern holds."""
    done = pgdossier("generate", url, "-o", "document", "--schema", '"no\x1b[31m\nsuch"', home=tmp_path)
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert all(line.isprintable() for line in lines)
    assert [line.partition(":")[0] for line in lines] == ["pgdossier", "hint"]
    assert list(tmp_path.iterdir()) == []
