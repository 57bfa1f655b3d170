"""Real schemas are documented completely and soundly, in both layouts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import CorpusDatabase, SharedDatabase
from tests.support.command import pgdossier
from tests.support.corpus import CORPUS_NAMES
from tests.support.documents import as_read, contents, problems, sections
from tests.support.expected import missing
from tests.support.servers import PostgresServer

# One worker makes each document once.
pytestmark = pytest.mark.xdist_group("corpus documents")

SHOP = Path(__file__).parents[2] / "samples" / "shop" / "shop.sql"


class Document(NamedTuple):
    """A document as the command line wrote it, and the database that it is about."""

    url: str
    folder: Path
    said: str


@pytest.fixture(scope="session", params=[*CORPUS_NAMES, "shop"])
def database(
    request: pytest.FixtureRequest,
    server: PostgresServer,
    shared_database: SharedDatabase,
    corpus_database: CorpusDatabase,
) -> str:
    """The URL of one database after the other."""
    if request.param == "shop":
        return shared_database(server, "shop", SHOP.read_text(encoding="utf-8"))
    return corpus_database(server, request.param)


@pytest.fixture(scope="session", params=["single", "split"])
def document(
    request: pytest.FixtureRequest, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Document:
    """The document of a database in one layout after the other."""
    return _document(database, request.param, tmp_path_factory.mktemp("document"))


def _document(url: str, layout: str, home: Path) -> Document:
    folder = home / "made"
    done = pgdossier("generate", url, "-o", folder, "--layout", layout, home=home)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    return Document(url, folder, done.stderr)


def test_it_is_written_without_a_warning(document: Document) -> None:
    """The command says one line, and that line counts what was written."""
    assert re.fullmatch(
        r"made/README.md: \d+ relations documented; \d+ files written, 0 unchanged\n",
        document.said.replace(str(document.folder.parent) + "/", ""),
    )


def test_it_is_sound(document: Document) -> None:
    """Tables, links, images, anchors, headings, blocks and drawings are what they seem."""
    assert problems(document.folder) == []


def test_it_is_complete(document: Document) -> None:
    """Relations and all that belongs to them, types, routines, sequences, and every comment are in it."""
    assert missing(document.url, document.folder) == []


def test_no_placeholder_and_no_value_of_python_is_shown(document: Document) -> None:
    """Nothing of the program shows through, and nothing waits to be filled in except authored blocks."""
    suspicious = re.compile(
        r"\{\{|\{%|<[A-Za-z.]+ object|RelationKind\.|QualifiedName\(|\bNone\b"
        r"|\bTODO\b|\bTBD\b|\[[A-Z][a-z]+ \d\]|lorem"
    )
    found = [
        line
        for section in sections(document.folder).values()
        for line in section.lines
        if suspicious.search(line)
    ]
    assert found == []


@pytest.fixture(scope="module")
def shop(
    server: PostgresServer, shared_database: SharedDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Document:
    """The document of the sample shop on one page."""
    url = shared_database(server, "shop", SHOP.read_text(encoding="utf-8"))
    return _document(url, "single", tmp_path_factory.mktemp("shop"))


def test_both_layouts_say_the_same_of_a_relation(shop: Document, tmp_path: Path) -> None:
    """A relation's section and a relation's page differ by the number in the heading only."""
    split = _document(shop.url, "split", tmp_path)
    on_one_page, apart = sections(shop.folder), sections(split.folder)
    relations = [anchor for anchor in on_one_page if anchor.startswith("relation-")]
    assert len(relations) > 30
    for anchor in relations:
        heading, *lines = on_one_page[anchor].lines
        assert [re.sub(r"^4\.\d+ ", "", heading), *lines] == apart[anchor].lines
        assert on_one_page[anchor].fences == apart[anchor].fences


def _without_line(text: str, part: str) -> str:
    lines = text.split("\n")
    lines.remove(next(line for line in lines if part in line))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (lambda text: _without_line(text, "|  | `recipient` |"), "column 'recipient'"),
        (
            lambda text: text.replace("`chk_addresses_postal_code`", "`x`"),
            "constraint 'chk_addresses_postal_code'",
        ),
        (
            lambda text: text.replace("`idx_addresses_country_city`", "`x`"),
            "index 'idx_addresses_country_city'",
        ),
        (lambda text: text.replace("`trg_addresses_touch`", "`x`"), "trigger 'trg_addresses_touch'"),
        (lambda text: text.replace("`addresses_for_support`", "`x`"), "policy 'addresses_for_support'"),
        (
            lambda text: text.replace("Floor, door, care of.", ""),
            "comment on relation or column 'Floor, door",
        ),
        (lambda text: text.replace("Keeps updated_at.", ""), "comment on trigger 'Keeps updated_at.'"),
        (lambda text: text.replace("Support may look up", ""), "comment on policy 'Support may look up"),
        (lambda text: _without_line(text, "### 4.1 `account.addresses`"), "relation 'account.addresses'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_taken_out_is_missed(
    shop: Document, tmp_path: Path, damage: Callable[[str], str], finding: str
) -> None:
    """The check for completeness is not blind: whatever is removed from the page, it names it."""
    folder = tmp_path / "damaged"
    shutil.copytree(shop.folder, folder)
    page = folder / "README.md"
    page.write_text(damage(page.read_text(encoding="utf-8")), encoding="utf-8")
    assert any(line.startswith(finding) for line in missing(shop.url, folder))


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        (lambda text: text.replace("| PK · ID | `id` |", "| PK · ID | `id` | x |", 1), "cells under"),
        (lambda text: text.replace("(#relation-account.users)", "(#relation-nowhere)", 1), "no such anchor"),
        (lambda text: text.replace("(diagrams/overview.svg)", "(diagrams/other.svg)", 1), "no such file"),
        (lambda text: text.replace("(schema.sql)", "(http://example.invalid/)", 1), "leaves the document"),
        (lambda text: text + '<a id="section-1"></a>\n', "anchor section-1 2 times"),
        (lambda text: text + "\n<b>x</b>\n", "HTML '<b>'"),
        (lambda text: text + "\n<details>\n\nx\n", "<details> is never closed"),
        (lambda text: text + "\n```sql\nx\n", "a code fence that is not closed"),
        (lambda text: text + "\n<!-- authored: x -->\n", "the block x is not closed"),
        (lambda text: text + "\n| a |\nb | c |\n", "a table that no parser sees"),
        (lambda text: text + "\n| a |\n| --- |\n", "an empty table"),
        (lambda text: text.replace("### 5.2 ", "### 5.3 ", 1), "README.md: sections"),
        (lambda text: text + "\n## 14. More\n", "nothing stands under 14. More"),
        (lambda text: text + "\nx\u202ex\n", "control characters"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_broken_is_seen(
    shop: Document, tmp_path: Path, damage: Callable[[str], str], finding: str
) -> None:
    """The check of the structure is not blind: whatever is broken in the page, it says so."""
    folder = tmp_path / "damaged"
    shutil.copytree(shop.folder, folder)
    page = folder / "README.md"
    page.write_text(damage(page.read_text(encoding="utf-8")), encoding="utf-8")
    assert any(finding in line for line in problems(folder))


def test_what_is_broken_in_the_folder_is_seen(shop: Document, tmp_path: Path) -> None:
    """Files that nothing points to, that another file system would mix up, and broken drawings are found."""
    folder = tmp_path / "damaged"
    shutil.copytree(shop.folder, folder)
    (folder / "Schema.sql").touch()
    (folder / "nul.md").write_text("x\n", encoding="utf-8")
    (folder / "diagrams" / "overview.svg").write_text("<svg>", encoding="utf-8")
    found = problems(folder)
    assert any("differs from" in line for line in found)
    assert "nul.md: not a name for every file system" in found
    assert any(line.startswith("diagrams/overview.svg: ") for line in found)
    assert "Schema.sql: nothing points to it" in found


def test_comments_are_compared_as_they_are_read() -> None:
    """White space folds, control characters become pictures."""
    assert as_read(" a\r\n\tb \n\n c\x07 ") == "a b c\u2407"


def test_contents_are_the_files_of_a_folder(tmp_path: Path) -> None:
    """Every file, with its path."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"c")
    assert contents(tmp_path) == {"a/b": b"c"}
