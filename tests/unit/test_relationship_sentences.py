"""What is said of relationships: the right words for each end, and for what is not proved."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pgdossier.analysis import analyse
from pgdossier.analysis.relationships import Relationship
from pgdossier.diagrams import erd
from pgdossier.model.constraints import ForeignKey
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.statistics import Probe
from pgdossier.render import relationship_sentences, sentences, words
from tests.support.builders import fk, name, snapshot, table
from tests.support.relationship_lines import page_of

PLAIN = Relationship(
    child=QualifiedName("s", "child"),
    parent=QualifiedName("s", "parent"),
    key=ForeignKey(
        name="k", columns=("a",), target=QualifiedName("s", "parent"), target_columns=("b",), definition=""
    ),
    many=True,
    optional=False,
    identifying=False,
    self_reference=False,
    documented=True,
)
ANY = st.builds(
    lambda many, optional, required, proved, itself: replace(
        PLAIN, many=many, optional=optional, required=required, proved=proved, self_reference=itself
    ),
    *[st.booleans()] * 5,
)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"required": True},
            "Each P row has one or more C rows; each C row belongs to exactly one P row.",
        ),
        (
            {"required": True, "many": False},
            "Each P row has exactly one C row; each C row belongs to exactly one P row.",
        ),
        (
            {"proved": False},
            "Each P row has any number of C rows; each C row is meant to belong to exactly one P row.",
        ),
        (
            {"proved": False, "self_reference": True, "optional": True, "many": False},
            "Each C row is meant to point to at most one C row, and at most one C row points to it.",
        ),
        (
            {"proved": False, "assumed": True},
            "Each P row has any number of C rows; each C row belongs to exactly one P row.",
        ),
    ],
)
def test_special_ends(changes: dict[str, Any], sentence: str) -> None:
    """A required child, keys that rows may break, what the project declares."""
    assert words.sentence(replace(PLAIN, **changes), "P", "C") == sentence


def test_a_temporal_key_holds_at_every_moment() -> None:
    """With PERIOD several parents may follow each other."""
    key = fk("a -> parent(b)", period=True)
    said = words.sentence(replace(PLAIN, key=key), "P", "C")
    assert said.endswith("each C row belongs at every moment of its period to exactly one P row.")


@given(ANY, st.booleans())
def test_sentences_are_the_same_under_other_names(one: Relationship, seems: bool) -> None:
    """The words depend on the relationship alone: other names change the names and nothing else."""
    said = words.sentence(one, "P", "C", seems=seems)
    assert words.sentence(one, "C", "P", seems=seems) == said.translate({ord("P"): "C", ord("C"): "P"})
    assert said.endswith(".")
    assert " 1 rows" not in said
    assert "one C rows" not in said.replace("one or more C rows", "")
    assert words.sentence(one, "P", "C", by="x").startswith("By x: each ")


def _library(*, probes: tuple[Probe, ...] = ()) -> Snapshot:
    flights = table("airports", "id bigint", pk="id")
    keys: list[str | ForeignKey] = ["from_id -> airports", fk("to_id -> airports", "to_key")]
    legs = table("legs", "from_id bigint not null", "to_id bigint", "airport_id bigint", fks=keys)
    found = snapshot(flights, legs)
    return type(found)(
        format=found.format,
        captured_on=found.captured_on,
        structure=found.structure,
        statistics=type(found.statistics)(probes=probes),
    )


def test_several_keys_between_two_tables_are_told_apart() -> None:
    """The sentence begins with the columns, of foreign keys as of implied ones."""
    analysis = analyse(_library())
    page = page_of(analysis)
    said = [sentences.relationship(one, page) for one in analysis.relationships]
    assert [one.partition(":")[0] for one in said] == ["By `from_id`", "By `to_id`"]
    (implied,) = analysis.implied
    assert relationship_sentences.implied_sentence(implied, page) == (
        "By `airport_id`: each `airports` row seems to have any number of `legs` rows; "
        "each `legs` row seems to belong to at most one `airports` row."
    )


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"rows": 10, "values": 8, "found": 8, "whole": True},
            "100 % of 8 values found in the parent, in all 10 rows (2026-01-31)",
        ),
        (
            {"rows": 10_000, "values": 9_999, "found": 9_998},
            "more than 99 % of 9,999 values found in the parent, in a sample of 10,000 rows (2026-01-31)",
        ),
        (
            {"rows": 10_000, "values": 9_999, "found": 1},
            "less than 1 % of 9,999 values found in the parent, in a sample of 10,000 rows (2026-01-31)",
        ),
        ({"problem": "permission denied for *t*"}, "not probed on 2026-01-31: permission denied for \\*t\\*"),
    ],
)
def test_what_the_data_said(answer: dict[str, Any], said: str) -> None:
    """A share is never rounded to all or nothing, and a reason stands where there is no number."""
    probe = Probe(
        child=name("legs"),
        columns=("airport_id",),
        parent=name("airports"),
        parent_columns=("id",),
        probed_on="2026-01-31",
        **answer,
    )
    analysis = analyse(_library(probes=(probe,)))
    assert relationship_sentences.probed(analysis.implied[0], analysis) == said


def test_what_no_foreign_key_declares_is_drawn_dashed() -> None:
    """It has a line of its own kind in the picture, a mark in the text, and is not counted as a key."""
    analysis = analyse(_library())
    diagram = erd.overview(analysis.lookup, analysis.drawn, lambda _name: None)
    assert diagram.description.startswith("2 tables and 2 foreign keys.")
    assert diagram.edges == 3
    assert diagram.dot.count("style=dashed") == 1
    assert "implied" in diagram.legend
    assert 'airport_id, no foreign key"' in "".join(diagram.mermaid)
