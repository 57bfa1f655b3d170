"""What the texts of statements name, and how they are made fit for the planner and for readers."""

from __future__ import annotations

import pytest

from pgdossier.analysis import statements as analysed
from pgdossier.analysis.statements import Named, NamedColumn
from pgdossier.catalog import placeholders, statements
from pgdossier.catalog.hazards import HazardRow, Hazards
from pgdossier.catalog.plans import plan_of
from pgdossier.model.names import QualifiedName
from pgdossier.model.workload import PlannedIndex
from pgdossier.render.numbers import duration, share
from pgdossier.render.workload import broken


def attempts(text: str, major: int = 18) -> list[str]:
    tokens = statements.tokens(text)
    assert tokens is not None
    return list(placeholders.attempts(text, tokens, major))


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("SELECT now() - interval $1", "SELECT now ( ) - $1 :: interval"),
        ("SELECT timestamp with time zone $1", "SELECT $1 :: timestamp with time zone"),
        ("SELECT double precision $1", "SELECT $1 :: double precision"),
        ("SELECT extract($1 FROM at) FROM t", 'SELECT pg_catalog."extract" ( $1 , at ) FROM t'),
        (
            "SELECT date_trunc($1, at) FROM t GROUP BY date_trunc(?, at)",
            "SELECT date_trunc ( $1 , at ) FROM t GROUP BY date_trunc ( $1 , at )",
        ),
        (
            "SELECT a ->> $1, b ->> $2 FROM t GROUP BY a ->> ?, b ->> ?",
            "SELECT a ->> $1 , b ->> $2 FROM t GROUP BY a ->> $1 , b ->> $2",
        ),
    ],
)
def test_constants_that_must_be_constants(text: str, mended: str) -> None:
    """What the grammar takes nothing but a constant for is written in another way, as the last attempt."""
    assert attempts(text)[-1] == mended


def test_a_statement_that_needs_no_mending_is_tried_once() -> None:
    """A text without such places is sent as it is; operators stay in one piece."""
    text = "SELECT a FROM t WHERE b <= $1 AND c @> $2::jsonb AND d !~~* $3"
    assert attempts(text) == [text]
    assert statements.tokens("a<=$1::text") == ["a", "<=", "$1", "::", "text"]


def test_constants_without_a_number_are_not_planned() -> None:
    """Where no parameter stands in the same place, there is nothing to plan."""
    assert attempts("SELECT a FROM t WHERE b = ?") == []


def test_older_servers_have_no_extract() -> None:
    """Below 14 EXTRACT stands for date_part."""
    assert attempts("SELECT extract($1 FROM at)", 13)[-1] == "SELECT pg_catalog.date_part ( $1 , at )"


def test_types_for_parameters() -> None:
    """A parameter of no type becomes text, it alone."""
    message = "could not determine data type of parameter $1"
    assert placeholders.typed("SELECT concat($1, $10)", message) == "SELECT concat($1::text, $10)"
    assert placeholders.typed("SELECT 1", "relation does not exist") is None


def reason(text: str, *rows: HazardRow) -> str | None:
    tokens = statements.tokens(text)
    assert tokens is not None
    return Hazards.of(rows).reason(tokens)


@pytest.mark.parametrize(
    ("text", "row", "refused"),
    [
        ("SELECT f($1)", HazardRow("function", "f", "s", "f", False), True),
        ("SELECT F ($1)", HazardRow("function", "f", "s", "f", False), True),
        ('SELECT "F"($1)', HazardRow("function", "f", "s", "f", False), False),
        ('SELECT "F"($1)', HazardRow("function", "F", "s", "F", False), True),
        ("SELECT f FROM t", HazardRow("function", "f", "s", "f", False), False),
        ("SELECT t.f FROM t", HazardRow("attribute", "f", "s", "f", False), True),
        ("SELECT a <~> b", HazardRow("operator", "<~>", "s", "f", False), True),
        ("SELECT a < b", HazardRow("operator", "<~>", "s", "f", False), False),
        ("SELECT a", HazardRow("operator", "=", "s", "f", False), True),
        ("SELECT * FROM s.v", HazardRow("relation", "v", "s", "f", False), True),
        ("INSERT INTO t VALUES ($1)", HazardRow("written", "t", "s", "f", False), True),
        ("UPDATE t SET a = $1", HazardRow("written", "t", "s", "f", False), True),
        ("SELECT a FROM t FOR NO KEY UPDATE", HazardRow("written", "t", "s", "f", False), False),
        ("DELETE FROM t", HazardRow("written", "t", "s", "f", False), False),
        ("SELECT a", HazardRow("anything", "", "s", "f", False), True),
    ],
)
def test_what_is_not_planned(text: str, row: HazardRow, refused: bool) -> None:
    """A statement is refused exactly when it names what can run a user's function."""
    assert (reason(text, row) is not None) is refused


def test_functions_that_read_tables_are_not_planned() -> None:
    """Built-in functions that run queries of their own are refused without any catalog."""
    assert reason("SELECT table_to_xml($1, $2, $3, $4)") is not None


def test_reading_a_plan() -> None:
    """Indexes of bitmap scans get the table above them; a conflict check is an index, too."""
    scan = {
        "Node Type": "Bitmap Heap Scan",
        "Schema": "s",
        "Relation Name": "t",
        "Plans": [
            {
                "Node Type": "BitmapAnd",
                "Plans": [
                    {"Node Type": "Bitmap Index Scan", "Index Name": "a"},
                    {"Node Type": "Bitmap Index Scan", "Index Name": "b"},
                ],
            }
        ],
    }
    write = {
        "Node Type": "ModifyTable",
        "Schema": "s",
        "Relation Name": "u",
        "Conflict Arbiter Indexes": ["u_pkey"],
        "Total Cost": 8.5,
        "Plans": [scan, {"Node Type": "Seq Scan", "Schema": "s", "Relation Name": "v"}],
    }
    plan = plan_of([{"Plan": write}], "s, public")
    assert [name.name for name in plan.tables] == ["t", "u", "v"]
    assert plan.written == (QualifiedName("s", "u"),)
    assert plan.sequential == (QualifiedName("s", "v"),)
    assert plan.indexes == (
        PlannedIndex(schema="s", name="a", table="t", how="bitmap index scan"),
        PlannedIndex(schema="s", name="b", table="t", how="bitmap index scan"),
        PlannedIndex(schema="s", name="u_pkey", table="u", how="conflict check"),
    )
    assert plan.cost == 8.5
    with pytest.raises(ValueError, match="no plan"):
        plan_of([], "")


@pytest.mark.parametrize(
    ("text", "verb", "relations"),
    [
        ('SELECT a FROM s.T x JOIN "U" ON x.id = "U".id', "select", {("s", "t"), (None, "U")}),
        (
            "INSERT INTO t (a) VALUES ($1, $2) ON CONFLICT (a) DO UPDATE SET b = excluded.b",
            "insert",
            {(None, "t")},
        ),
        (
            "UPDATE t SET a = $1 FROM (SELECT * FROM u) x WHERE x.a = t.a",
            "update",
            {(None, "t"), (None, "u")},
        ),
        ("DELETE FROM t USING u WHERE t.a = u.a", "delete", {(None, "t"), (None, "u")}),
        (
            "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE",
            "merge",
            {(None, "t"), (None, "u")},
        ),
        (
            "WITH q AS (DELETE FROM t WHERE id IN ($1) RETURNING *) INSERT INTO u SELECT * FROM q",
            "insert",
            {(None, "t"), (None, "u")},
        ),
        ("SELECT a FROM t UNION ALL (SELECT a FROM u)", "select", {(None, "t"), (None, "u")}),
        ("SELECT date_trunc($1, a) FROM t GROUP BY date_trunc(?, a)", "select", {(None, "t")}),
        ("SELECT g FROM generate_series($1, $2) g", "select", set()),
    ],
)
def test_relations_of_a_statement(text: str, verb: str, relations: set[tuple[str | None, str]]) -> None:
    """Relations are found under their names as the server has them; functions and WITH queries are none."""
    found = analysed.read(text)
    assert found is not None
    assert found.verb == verb
    assert set(found.relations) == relations
    assert (found.target is None) is (verb == "select")
    assert found.target is None or found.target.name == ("u" if text.startswith("WITH") else "t")


def test_conditions_of_a_statement() -> None:
    """Columns count where they restrict or join, with the relation that their alias stands for."""
    found = analysed.read(
        "SELECT o.a FROM orders o JOIN users u ON u.id = o.user_id WHERE status = $1 ORDER BY z"
    )
    assert found is not None
    assert set(found.conditions) == {
        NamedColumn(Named(None, "users"), "id"),
        NamedColumn(Named(None, "orders"), "user_id"),
        NamedColumn(None, "status"),
    }


@pytest.mark.parametrize("text", ["", "SELECT FROM WHERE", "nonsense (((", "SELECT " + "(" * 3000])
def test_what_cannot_be_read_names_nothing(text: str) -> None:
    """A text that the parser does not understand is no error, and no fact either."""
    assert analysed.read(text) is None


def test_clauses_get_lines() -> None:
    """Each clause begins a line; parentheses and quoted names stay whole."""
    assert broken('SELECT a, (SELECT b FROM c) FROM "from where" LEFT JOIN x ON y = $1 WHERE z = $2') == (
        'SELECT a, (SELECT b FROM c)\nFROM "from where"\nLEFT JOIN x ON y = $1\nWHERE z = $2'
    )
    assert broken("DELETE FROM t WHERE a = $1") == "DELETE FROM t\nWHERE a = $1"
    assert broken("UPDATE t SET a = CASE WHEN b THEN c END") == "UPDATE t\nSET a = CASE WHEN b THEN c END"


def test_durations_and_shares() -> None:
    """Figures are rounded to what a reader uses, and never to a round one that they are not."""
    assert [duration(ms) for ms in (0.001, 0.04, 3.14, 12.3, 1400, 180_000, 9_000_000)] == [
        "under 0.01 ms",
        "0.04 ms",
        "3.1 ms",
        "12 ms",
        "1.4 s",
        "3 min",
        "2.5 h",
    ]
    assert [share(part) for part in (None, 0, 0.001, 0.5, 0.997, 0.9999, 1)] == [
        "",
        "0 %",
        "< 1 %",
        "50 %",
        "99.7 %",
        "> 99.9 %",
        "100 %",
    ]
