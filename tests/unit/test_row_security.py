"""What goes around row security, through several views."""

from __future__ import annotations

import pytest

from pgdossier.analysis import row_security
from pgdossier.model.lookup import Lookup
from pgdossier.model.relations import RelationKind
from tests.support.builders import name, snapshot, table, view

INVOKER = ("security_invoker=Yes",)
FOUND = snapshot(
    table("secrets", "id bigint", row_security=True),
    table("open", "id bigint"),
    view("by_reader", options=INVOKER),
    view("by_owner"),
    view("over_reader"),
    view("reader_over_owner", options=INVOKER),
    view("filled", kind=RelationKind.MATERIALIZED_VIEW),
)
READS = {
    name("by_reader"): (name("secrets"),),
    name("by_owner"): (name("open"), name("secrets")),
    name("over_reader"): (name("by_reader"),),
    name("reader_over_owner"): (name("by_owner"),),
    name("filled"): (name("by_reader"),),
}


@pytest.mark.parametrize(
    ("of", "around"),
    [
        ("by_owner", True),
        ("by_reader", False),
        ("over_reader", False),  # what is behind by_reader is read by the rights of whoever asks
        ("reader_over_owner", False),  # by_owner is told
        ("filled", True),  # the owner asks when it is filled
        ("secrets", False),
    ],
)
def test_whose_rights_decide(of: str, around: bool) -> None:
    """Tables are read by the owner's rights until a view of the reader's rights is between."""
    lookup = Lookup.of(FOUND)
    found = row_security.around(lookup, READS, lookup.relations[name(of)])
    assert found == ((name("secrets"),) if around else ())
