"""Readability of the diagrams of real databases, measured in the finished drawings."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from pgdossier.analysis import analyse
from pgdossier.catalog import read
from pgdossier.config import Config
from pgdossier.model.snapshot import Snapshot
from tests.conftest import CorpusDatabase, SharedDatabase
from tests.support import diagram_measures
from tests.support.corpus import CORPUS_NAMES
from tests.support.diagram_measures import LEGIBLE, PAGE, Measured
from tests.support.servers import PostgresServer

SHOP = Path(__file__).parents[2] / "samples" / "shop" / "shop.sql"
SVG = "{http://www.w3.org/2000/svg}"

NO_LINK = re.compile(r"(… (and )?|\+ )[\d,]+ (more|other)|[\d,]+ tables( of |\Z)")
"""What stands for several things that are not drawn: there is no one place to lead to."""

Measure = Callable[[str], tuple[Snapshot, Measured]]


@pytest.fixture(scope="module")
def measure(
    server: PostgresServer, corpus_database: CorpusDatabase, shared_database: SharedDatabase
) -> Measure:
    """Everything drawn and measured once for each database: `measure(name)`."""
    found: dict[str, tuple[Snapshot, Measured]] = {}

    def once(name: str) -> tuple[Snapshot, Measured]:
        if name not in found:
            if name == "shop":
                url = shared_database(server, name, SHOP.read_text(encoding="utf-8"))
            else:
                url = corpus_database(server, name)
            snapshot = read(url)
            found[name] = snapshot, diagram_measures.measure(snapshot)
        return found[name]

    return once


@pytest.fixture(params=[*CORPUS_NAMES, "shop"])
def measured(request: pytest.FixtureRequest, measure: Measure) -> Measured:
    """The diagrams of one database after the other."""
    return measure(request.param)[1]


def test_nothing_is_where_it_should_not_be(measured: Measured) -> None:
    """No text leaves its box, no boxes overlap, no label covers a box, nothing is off the paper."""
    assert measured.pictures
    assert {subject: found for subject, one in measured.pictures.items() if (found := one.faults())} == {}


def test_every_diagram_is_drawn_in_time(measured: Measured) -> None:
    """Each is finished by Graphviz within its time limit; none became a plain grid."""
    assert measured.warnings == ()
    assert set(measured.pictures) <= set(measured.diagrams)


def test_text_is_legible_at_page_width(measured: Measured) -> None:
    """No diagram is so wide that its text gets smaller than nine pixels where a page shows it."""
    assert {subject: one.font for subject, one in measured.pictures.items() if one.font < LEGIBLE} == {}


def test_no_diagram_has_more_boxes_than_a_reader_takes_in(measured: Measured) -> None:
    """The limit of the configuration holds for every diagram, whatever it shows."""
    most = Config().diagrams.most_boxes
    assert {subject for subject, one in measured.pictures.items() if len(one.boxes) > most} == set()


def test_lines_do_not_run_through_boxes(measured: Measured) -> None:
    """A line runs around the boxes that it has nothing to do with."""
    assert {subject for subject, one in measured.pictures.items() if one.crossed_boxes} == set()


def test_every_box_and_every_row_of_a_column_is_a_link(measured: Measured) -> None:
    """All that stands in a box leads somewhere, and no link is inside another."""
    for subject, drawn in measured.drawn.items():
        root = ET.fromstring(drawn)  # noqa: S314 - what the code under test wrote a moment ago
        links = list(root.iter(f"{SVG}a"))
        assert all(link.get("href") for link in links), subject
        assert not [inner for link in links for inner in link.iter(f"{SVG}a") if inner is not link]
        linked = {id(text) for link in links for text in link.iter(f"{SVG}text")}
        for group in root.iter(f"{SVG}g"):
            if group.get("class") == "node":
                texts = [text for text in group.iter(f"{SVG}text") if id(text) not in linked]
                loose = [text.text or "" for text in texts]
                if loose and NO_LINK.match(loose[0]):
                    loose = loose[2:]  # the header of such a box has a note
                assert not [text for text in loose if not NO_LINK.match(text)], (subject, loose)


def test_drawings_are_small_and_ask_for_nothing(measured: Measured) -> None:
    """No scripts, no addresses of other servers, looks in one style sheet, at most four KB for a box."""
    for subject, drawn in measured.drawn.items():
        text = drawn.decode().replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"<script|javascript:|https?://|@import|url\(|<image|<use|\son\w+=", text), (
            subject
        )
        assert not re.search(r"<(?:path|text|rect)[^>]* (?:fill|stroke|font-size)=", text)
        assert len(drawn) <= 4_000 * (len(measured.pictures[subject].boxes) + 1), subject


def test_the_page_of_measures_is_current(measure: Measure) -> None:
    """docs/diagram-measures.md says what is measured today."""
    found = {name: measure(name) for name in CORPUS_NAMES}
    plain = {name: diagram_measures.plain(analyse(snapshot)) for name, (snapshot, _) in found.items()}
    page = diagram_measures.page({name: measured for name, (_, measured) in found.items()}, plain)
    assert PAGE.read_text(encoding="utf-8") == page
