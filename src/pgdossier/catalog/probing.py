"""Looking for values of one table in another: what `--probe-data` does, and nothing else does.

Each question is one query on a bounded sample, in a read-only transaction, with timeouts, and counts come
back, no values. TABLESAMPLE SYSTEM (manual, SELECT) takes whole pages by chance where the planner's estimate
says that there are more rows than the sample may have; without an estimate the first rows that a scan meets
are the sample. Partitions and inheriting tables are read with their table. Row security is not bypassed:
where a policy would hide rows, the server refuses (`row_security` is off), and the answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pgdossier.catalog.session import ConnectionSource, Session, connect
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.statistics import Probe

SAMPLE_ROWS = 10_000
"""Rows of the child that one question looks at."""

LONGEST = 10.0
"""Seconds that one question may take, whatever the statement timeout is."""

_ENOUGH = 1.5  # so many times the sample is asked for, since pages are taken by chance


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Whether `columns[i]` of the child are found as `parent_columns[i]` of the parent.

    `estimate` is how many rows the child is thought to have, None when nobody knows. `array` says that the
    one column holds arrays of values. `problem` is given where the question cannot be asked.
    """

    child: QualifiedName
    columns: tuple[str, ...]
    parent: QualifiedName
    parent_columns: tuple[str, ...]
    estimate: int | None = None
    array: bool = False
    problem: str | None = None


def probe(
    source: ConnectionSource,
    questions: Sequence[Question],
    *,
    probed_on: str,
    statement_timeout: float,
    lock_timeout: float,
    sample_rows: int = SAMPLE_ROWS,
) -> tuple[Probe, ...]:
    """See `pgdossier.catalog.probe`."""
    limit = min(statement_timeout or LONGEST, LONGEST)
    if not questions:
        return ()
    with connect(source, statement_timeout=limit, lock_timeout=lock_timeout) as session:
        session.settle("enable_nestloop", "on")  # one look into an index for each value of the sample
        return tuple(_answered(session, question, probed_on, sample_rows) for question in questions)


def _answered(session: Session, question: Question, probed_on: str, sample_rows: int) -> Probe:
    rows = values = found = 0
    problem = question.problem
    if problem is None:
        answer = session.answer(sql(question, sample_rows))
        if isinstance(answer, str):
            problem = answer
        else:
            rows, values, found = answer
    return Probe(
        child=question.child,
        columns=question.columns,
        parent=question.parent,
        parent_columns=question.parent_columns,
        probed_on=probed_on,
        rows=rows,
        values=values,
        found=found,
        whole=problem is None and rows < sample_rows and not _by_chance(question, sample_rows),
        problem=problem,
    )


def _by_chance(question: Question, sample_rows: int) -> bool:
    return question.estimate is not None and question.estimate > sample_rows


def sql(question: Question, sample_rows: int) -> str:
    """The query of one question: rows looked at, values among them, values found."""
    names = [f"v{position}" for position, _ in enumerate(question.columns, start=1)]
    chosen = ", ".join(
        f"child.{quote_identifier(column)} AS {name}"
        for column, name in zip(question.columns, names, strict=True)
    )
    sample = ""
    if _by_chance(question, sample_rows) and question.estimate is not None:
        percent = min(100.0, 100 * _ENOUGH * sample_rows / question.estimate)
        sample = f" TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE (0)"
    inner = f"SELECT {chosen} FROM {question.child.sql} AS child{sample} LIMIT {sample_rows}"
    matched = " AND ".join(
        f"parent.{quote_identifier(column)} OPERATOR(pg_catalog.=) looked_for.{name}"
        for column, name in zip(question.parent_columns, names, strict=True)
    )
    given = " AND ".join(f"looked_for.{name} IS NOT NULL" for name in names)
    looked_for = "sample AS looked_for"
    if question.array:
        looked_for = "sample CROSS JOIN LATERAL pg_catalog.unnest(sample.v1) AS looked_for (v1)"
    return (
        f"WITH sample AS MATERIALIZED ({inner}) "
        "SELECT (SELECT pg_catalog.count(*) FROM sample), "
        f"pg_catalog.count(*) FILTER (WHERE {given}), "
        f"pg_catalog.count(*) FILTER (WHERE {given} AND EXISTS "
        f"(SELECT FROM {question.parent.sql} AS parent WHERE {matched})) "
        f"FROM {looked_for}"
    )
