"""What the document says of the design review."""

from __future__ import annotations

from pgdossier.analysis import analyse
from pgdossier.model.snapshot import Snapshot
from pgdossier.render import markdown
from pgdossier.render.page import Drawings
from pgdossier.review import Acceptance, Profile, review
from tests.support.builders import fk, snapshot, table

HOSTILE = "a|b`c <i>"


def front(found: Snapshot, profile: Profile | None = None, *, split: bool = False) -> dict[str, str]:
    analysis = analyse(found)
    drawings = Drawings(diagrams={}, drawn=frozenset(), reason=None)
    reviewed = review(analysis, profile)
    return markdown.pages(analysis, markdown.Style(split=split), drawings, {}, reviewed=reviewed)


def section(text: str) -> str:
    return text.partition("### 12.E Design Review")[2].partition("### 12.F")[0]


def test_findings_stand_with_evidence_and_sql() -> None:
    """§12.E groups findings by rule, names as code, suggested SQL below with its lock."""
    parent = table("customers", "id bigint not null", pk="id")
    child = table(
        "orders", "id bigint not null", "customer_id bigint", pk="id", fks=[fk("customer_id -> customers")]
    )
    text = front(snapshot(parent, child))["README.md"]
    assert "**Warning: Foreign keys without an index** (`foreign_key_without_index`)" in section(text)
    assert "no index of `public.orders` begins with `customer_id`: deleting rows" in section(text)
    assert "CREATE INDEX CONCURRENTLY ON public.orders (customer_id);" in section(text)
    assert "- Warning: `customer_id_fkey`: no index of `public.orders`" in text


def test_a_hostile_name_breaks_nothing() -> None:
    """Names of any kind stand in code spans, in lists and in the table of accepted findings."""
    keyless = snapshot(table(f"public.{HOSTILE}", "id bigint"))
    assert f"- [``{HOSTILE}``](#" in section(front(keyless)["README.md"])
    acceptance = Acceptance(rule="*", object="*", reason="a | b")
    accepted = section(front(keyless, Profile(accepted=(acceptance,)))["README.md"])
    row = next(line for line in accepted.splitlines() if line.startswith("| `no_primary_key`"))
    assert "a &#124; b" in row or "a \\| b" in row
    assert "no errors, no warnings, no pieces of advice; " in accepted


def test_the_part_stands_once() -> None:
    """A column that the evidence begins with is not named before it again."""
    found = snapshot(table("jobs", "id bigint", "status text", pk="id"))
    assert "): `status` is `text`, references nothing" in section(front(found)["README.md"])


def test_long_lists_are_bounded_and_go_to_a_page() -> None:
    """The front page shows some findings of each rule; in the split layout all are on a page of their own."""
    keyless = snapshot(*(table(f"t{number:03}", "id bigint") for number in range(200)))
    single = section(front(keyless)["README.md"])
    assert single.count("; it has no index") == 10
    assert "- and 190 more: `pgdossier review --rule no_primary_key`" in single
    pages = front(keyless, split=True)
    assert pages["review.md"].count("; it has no index") == 200
    assert section(pages["README.md"]).count("; it has no index") == 10


def test_an_acceptance_without_a_finding_is_told() -> None:
    """The document says which acceptances match nothing any more."""
    keyed = snapshot(table("orders", "id bigint not null", pk="id"))
    acceptance = Acceptance(rule="no_primary_key", object="public.raw", reason="it is gone")
    text = section(front(keyed, Profile(accepted=(acceptance,)))["README.md"])
    assert "- `no_primary_key` on `public.raw`: it is gone" in text
