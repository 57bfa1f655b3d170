"""What findings say and suggest, where a server cannot tell it from other words."""

from __future__ import annotations

import pytest

from pgdossier.analysis import analyse
from pgdossier.history.locks import Form, of_statement_kind
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.statistics import IndexStatistics
from pgdossier.review import fixes, review
from pgdossier.review.fixes import Step, Work
from pgdossier.review.reviewing import Finding
from tests.support.builders import fk, index, snapshot, table

TABLE = table("t", "a integer")
OTHER = QualifiedName("public", "u")


def found_by(rule: str, given: Snapshot) -> tuple[Finding, ...]:
    return review(analyse(given), only={rule}).findings


def test_only_columns_that_reference_the_key_follow_it() -> None:
    """A foreign key to another key of the table does not; two foreign keys of one column are one change."""
    orders = table(
        "orders",
        "id integer not null default nextval('s')",
        "code text not null",
        "at timestamp",
        pk="id",
        unique=["code"],
    )
    lines = table("lines", "order_id integer", fks=["order_id -> orders", fk("order_id -> orders", "b")])
    labels = table("labels", "order_code text", fks=["order_code -> orders(code)"])
    (found,) = found_by("narrow_primary_key", snapshot(orders, lines, labels))
    assert found.text.endswith("and public.lines would have to follow")
    assert found.fix is not None
    assert [step.sql.split()[2] for step in found.fix.steps] == ["public.orders", "public.lines"]


@pytest.mark.parametrize(("size", "said"), [(8192, ""), (3 << 20, "; it takes 3 MiB")])
def test_sizes_of_small_indexes_are_not_told(size: int, said: str) -> None:
    """Below a mebibyte a size is noise, and the finding rests on no statistics."""
    doubled = table("t", "a integer", indexes=[index("one", "a"), index("two", "a")])
    sizes = [IndexStatistics(schema="public", name="two", bytes=size)]
    (found,) = found_by("duplicate_index", snapshot(doubled, index_sizes=sizes))
    assert found.text == f"equal to one{said}"
    assert (found.statistics is not None) is bool(said)


def test_a_foreign_key_comes_with_an_index_only_where_there_is_none() -> None:
    """The suggestion for an implied foreign key looks at what there is."""
    customers = table("customers", "id bigint", pk="id")
    plain = table("orders", "id bigint", "customer_id bigint", pk="id")
    (found,) = found_by("missing_foreign_key", snapshot(customers, plain))
    assert found.fix is not None
    assert found.fix.steps[0].sql == "CREATE INDEX CONCURRENTLY ON public.orders (customer_id)"
    ready = table("orders", "id bigint", "customer_id bigint", pk="id", indexes=[index("i", "customer_id")])
    (found,) = found_by("missing_foreign_key", snapshot(customers, ready))
    assert found.fix is not None
    assert "index" not in found.fix.advice
    assert all("INDEX" not in step.sql for step in found.fix.steps)


def _steps(relation: Relation) -> list[tuple[Step, Form]]:
    add, validate = fixes.add_foreign_key(relation, "k", ("a",), OTHER, ("id",))
    check, again = fixes.add_check(relation, "a > 0", "c")
    return [
        (fixes.create_index(relation, ("a",)), Form.CREATE_INDEX_CONCURRENTLY),
        (fixes.drop_index(relation, "i"), Form.DROP_INDEX_CONCURRENTLY),
        (fixes.change_type(relation, "a", "bigint"), Form.COLUMN_TYPE_REWRITING),
        (fixes.set_not_null(relation, "a"), Form.SET_NOT_NULL),
        (add, Form.ADD_FOREIGN_KEY_NOT_VALID),
        (validate, Form.VALIDATE_CONSTRAINT),
        (check, Form.ADD_CHECK_NOT_VALID),
        (again, Form.VALIDATE_CONSTRAINT),
    ]


def test_suggestions_and_revisions_tell_the_same_of_a_statement() -> None:
    """The lock and the work of what the review suggests are those that `diff` and `history` state."""
    for step, form in _steps(TABLE):
        fact = of_statement_kind(form)
        assert step.lock.mode is fact.mode, form
        assert (step.work is Work.REWRITE) is fact.rewrite, form
        assert (step.work in (Work.SCAN, Work.BUILD, Work.REWRITE)) is (fact.scan or fact.rewrite), form
