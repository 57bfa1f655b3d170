"""The Markdown builds in site generators, unchanged, by the recipes of docs/sites.md."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.conftest import REPOSITORY
from tests.support import hostile, sites
from tests.support.command import pgdossier
from tests.support.corpus import find_corpus
from tests.support.samples import SHOP
from tests.support.servers import PostgresServer

pytest.importorskip("mkdocs", reason="MkDocs is in the dependency group dev")
pytest.importorskip("myst_parser", reason="MyST is in the dependency group dev")
pytestmark = pytest.mark.xdist_group("sites")

Build = Callable[[sites.Documents, Path], tuple[Path, CompletedProcess[str]]]
# All comments, and names of tables that are paths, pages or start with a capital.
_HOSTILE = ("--schema", "comments", "--schema", '".."', "--schema", '"H"*', "--layout", "split")
# MkDocs looks for anchors in the Markdown as if it were HTML, where "<!--" in a comment of the database hides
# those that follow. That all of them are in the site is what `test_it_is_whole` shows.
_MISREAD = re.compile(
    r"'hostile/\S+' contains a link .*(?:does not contain an anchor|no such anchor on this page)"
    r"|Aborted with \d+ warnings"
)
BOTH = pytest.mark.parametrize("build", [sites.mkdocs, sites.sphinx], ids=["mkdocs", "sphinx"])


def document_of(source: str | Path, folder: Path, *arguments: str) -> Path:
    done = pgdossier("generate", source, "-o", folder, *arguments, home=folder.parent)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def documents(
    request: pytest.FixtureRequest, server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The shop on one page and on many, a real database, and one whose names and texts look like markup."""
    home = tmp_path_factory.mktemp("documents")
    made = {
        "one-page": document_of(SHOP / "snapshot.json", home / "one-page", "--layout", "single"),
        "many": document_of(SHOP / "snapshot.json", home / "many", "--layout", "split", "--front-matter"),
    }
    corpus = find_corpus(request.config.getoption("--corpus"), REPOSITORY)
    for name, sql, arguments in (
        ("real", corpus and (corpus / "chinook.sql").read_text(), ("--layout", "split")),
        ("hostile", hostile.script(), (*_HOSTILE, "--front-matter")),
    ):
        if sql:
            database = f"sites {name}"
            server.drop_database(database)
            server.create_database(database)
            server.run_sql(database, sql)
            made[name] = document_of(server.url(database), home / name, *arguments)
            server.drop_database(database)
    return made


@pytest.fixture(scope="module", params=[sites.mkdocs, sites.sphinx], ids=["mkdocs", "sphinx"])
def built(
    request: pytest.FixtureRequest, documents: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, CompletedProcess[str]]:
    """One site of all of them."""
    build: Build = request.param
    return build(documents, tmp_path_factory.mktemp("site"))


def test_it_builds(built: tuple[Path, CompletedProcess[str]]) -> None:
    """There is no warning, with front matter and without, on one page and on many."""
    assert [line for line in sites.warnings(built[1]) if not _MISREAD.search(line)] == []


def test_it_is_whole(built: tuple[Path, CompletedProcess[str]], documents: dict[str, Path]) -> None:
    """Every link, anchor and picture of the site leads somewhere; no picture, table or detail is missing."""
    assert sites.faults(built[0]) == []
    for name, document in documents.items():
        assert (name, sites.counted(built[0], name)) == (name, sites.written(document))


def test_it_is_read_as_by_github(built: tuple[Path, CompletedProcess[str]]) -> None:
    """Pipes inside of code, nested contents and lists inside of details are shown as they should be."""
    site = built[0] / "many"
    pages = {path.relative_to(site).as_posix(): path.read_text() for path in site.rglob("*.html")}
    users = next(text for name, text in pages.items() if name.startswith("tables/account.users"))
    assert "|| (last_name)::text" in sites.text_of(users)
    assert "\\|" not in sites.text_of(users)
    log = next(text for name, text in pages.items() if name.startswith("tables/audit.audit_log"))
    assert sites.elements_inside(log, "details")["li"] > 0
    front = pages.get("index.html") or pages["README.html"]
    contents = front[front.index("Contents</strong>") : front.index("section-12.a")]
    assert sites.elements_inside(contents, "li")["ul"] > 0


@BOTH
def test_a_broken_link_is_caught(build: Build, tmp_path: Path) -> None:
    """What the recipes make known hides nothing: each link of somebody's that leads nowhere is told."""
    document = tmp_path / "document"
    document.mkdir()
    good = "[there](#section-1) [there](other.md#here)"
    (document / "README.md").write_text(f'# Shop\n\n<a id="section-1"></a>\n\n## 1. Overview\n\n{good}\n')
    bad = "[a](no-page.md) [b](README.md#no-anchor) [c](#nothing-here)"
    (document / "other.md").write_text(f'# Other\n\n<a id="here"></a>\n\nWords.\n\n{bad}\n')
    (tmp_path / "site").mkdir()
    _, done = build({"database": document}, tmp_path / "site")
    said = "\n".join(sites.warnings(done))
    assert done.returncode != 0
    assert [what for what in ("no-page", "no-anchor", "nothing-here") if what not in said] == []
    assert [what for what in ("section-1", "#here", "'here'") if what in said] == []
