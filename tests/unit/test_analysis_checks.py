"""CHECK conditions in words: as PostgreSQL deparses them, and whatever else comes along."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pgdossier.analysis import expressions, readable
from pgdossier.analysis.checks import columns_given, in_words, not_null_columns, value_list
from pgdossier.model.names import quote_literal

IN_WORDS = [
    # value lists
    (
        "((status)::text = ANY ((ARRAY['active'::character varying, 'on hold'::character varying])::text[]))",
        "status is one of active, on hold",
    ),
    ("(mood = ANY (ARRAY['sad'::public.mood, 'ok'::public.mood]))", "mood is one of sad, ok"),
    ("(kind = ANY ('{a,\"b c\"}'::text[]))", "kind is one of a, b c"),
    ("(kind <> ALL (ARRAY['a'::text, 'b'::text]))", "kind is none of a, b"),
    ("(NOT (kind = ANY (ARRAY[1, 2])))", "kind is none of 1, 2"),
    ("status IN ('a', 'b')", "status is one of a, b"),
    ("status NOT IN ('a', 'b')", "status is none of a, b"),
    ("((status = 'a'::text) OR (status = 'b'::text))", "status is one of a, b"),
    ("(level = ANY (ARRAY['-1'::integer, 0, 1]))", "level is one of -1, 0, 1"),
    ("(status = 'only'::text)", "status is only"),
    (
        "(answer = ANY (ARRAY['yes, sir'::text, 'null'::text, 'not now'::text]))",
        "answer is one of 'yes, sir', 'null', 'not now'",
    ),
    ("((kind IS NULL) OR (kind = ANY (ARRAY['a'::text, 'b'::text])))", "kind is one of a, b, if given"),
    # ranges and comparisons
    ("(price >= (0)::numeric)", "price is at least 0"),
    ("(price > 0)", "price is greater than 0"),
    ("(0 < price)", "price is greater than 0"),
    ("(temperature > '-273.15'::numeric)", "temperature is greater than -273.15"),
    ("((rating >= 1) AND (rating <= 5))", "rating is between 1 and 5"),
    ("((rating <= 5) AND (1 <= rating))", "rating is between 1 and 5"),
    ("((share > (0)::numeric) AND (share < (1)::numeric))", "share is greater than 0 and less than 1"),
    ("(rating BETWEEN 1 AND 5)", "rating is between 1 and 5"),
    ("(ends_at > starts_at)", "ends_at is greater than starts_at"),
    ("(parent_id <> id)", "parent_id differs from id"),
    ("(born > '1900-01-01'::date)", "born is after 1900-01-01"),
    ("(NOT (a > b))", "a is at most b"),
    (
        "((amount)::numeric <= ((total)::numeric + (fee)::numeric))",
        "amount is at most total::numeric + fee::numeric",
    ),
    ("(date_part('year'::text, at) >= (2000)::double precision)", "date_part('year', at) is at least 2000"),
    ("(EXTRACT(year FROM at) >= (2000)::numeric)", "year of at is at least 2000"),
    ("((n % 2) = 0)", "n % 2 is 0"),
    ("(a IS DISTINCT FROM b)", "a differs from b"),
    ("(VALUE > 0)", "value is greater than 0"),
    # text
    ("((email)::text ~ '^[^@]+@[^@]+$'::text)", "email matches ^[^@]+@[^@]+$"),
    ("(email ~* '^a'::text)", "email matches ^a ignoring case"),
    ("(email !~~ '%@example.com'::text)", "email is not like %@example.com"),
    ("((code)::text = upper((code)::text))", "code is in upper case"),
    ("(lower(code) = code)", "code is in lower case"),
    ("(length((name)::text) <= 50)", "name is at most 50 characters long"),
    ("(char_length(name) = 1)", "name is exactly 1 character long"),
    ("(char_length(name) > 0)", "name is not empty"),
    ("(length(payload) <= 50)", "length of payload is at most 50"),
    ("(octet_length(digest) = 32)", "digest is exactly 32 bytes long"),
    ("((title)::text <> ''::text)", "title is not empty"),
    ("(TRIM(BOTH FROM title) <> ''::text)", "trimmed title is not empty"),
    # nulls, arcs
    ("(x IS NOT NULL)", "x is not null"),
    ("((a IS NULL) AND (b IS NULL) AND (c IS NOT NULL))", "a and b are null and c is not null"),
    ("(num_nonnulls(a, b) = 1)", "exactly one of a, b is given"),
    ("(num_nonnulls(a, b, c) >= 2)", "at least 2 of a, b, c are given"),
    ("(num_nonnulls(a, b) < 2)", "at most one of a, b is given"),
    ("(num_nulls(a, b, c) = 1)", "exactly 2 of a, b, c are given"),
    ("(num_nulls(a, b) >= 1)", "at most one of a, b is given"),
    ("(num_nulls(a, b) = 0)", "all of a, b are given"),
    ("((((a IS NOT NULL))::integer + ((b IS NOT NULL))::integer) = 1)", "exactly one of a, b is given"),
    ("((a IS NULL) <> (b IS NULL))", "exactly one of a, b is given"),
    ("((a IS NULL) = (b IS NULL))", "a and b are given together or not at all"),
    ("((a IS NOT NULL) OR (b IS NOT NULL))", "at least one of a, b is given"),
    ("((a IS NULL) OR (b IS NULL))", "at most one of a, b is given"),
    (
        "(((a IS NOT NULL) AND (b IS NULL)) OR ((a IS NULL) AND (b IS NOT NULL)))",
        "exactly one of a, b is given",
    ),
    (
        "(((a IS NULL) AND (b IS NULL)) OR ((a IS NOT NULL) AND (b IS NOT NULL)))",
        "a and b are given together or not at all",
    ),
    # conditions of conditions
    ("is_active", "is_active is true"),
    ("(NOT is_deleted)", "is_deleted is false"),
    ("(is_active = true)", "is_active is true"),
    ("(NOT isempty(during))", "isempty(during) is false"),
    ("((price > 0) AND (stock >= 0))", "price is greater than 0 and stock is at least 0"),
    ("((a = 1) OR (b = 2))", "a is 1 or b is 2"),
    ("(((a = 1) OR (b = 2)) AND (c = 3))", "(a is 1 or b is 2) and c is 3"),
    ("((kind <> 1) OR (owner IS NOT NULL))", "if kind is 1: owner is not null"),
    ("((x IS NULL) OR (x > 0))", "x is greater than 0, if given"),
    ("((x IS NULL) OR (y > 0))", "x is null or y is greater than 0"),
    ("((parent_id IS NULL) = (id = 0))", "parent_id is null exactly when id is 0"),
    ("((a = 1) <> (b = 2))", "either a is 1 or b is 2, not both"),
    ("(is_default = (title IS NULL))", "is_default is true exactly when title is null"),
    ("(NOT (a AND b))", "never at the same time: a is true; b is true"),
]


@pytest.mark.parametrize(("expression", "words"), IN_WORDS)
def test_known_patterns(expression: str, words: str) -> None:
    """Each known pattern has its words."""
    assert in_words(expression) == words


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "(",
        "a >",
        "(a > 1) b",
        "CASE WHEN a THEN b ELSE c END",
        "(a && b)",
        "(data ? 'key'::text)",
        "(a OPERATOR(public.=) 'x'::public.citext)",
        "(a OPERATOR(public.~) 'x'::text)",
        "(tags[1] = 'x'::text)",
        "((address).city = 'x'::text)",
        "(a = ANY (b))",
        "(a = ANY (ARRAY['x'::text, NULL::text]))",
        "(a ~~ ANY (ARRAY['x%'::text]))",
        "(area = '(1,1),(0,0)'::box)",
        "(shape ~ '(1,1)'::point)",
        "(a > 1 > 2)",
        "(a = NULL::text)",
        "(1 = 1)",
        "true",
        "(((a IS NULL) AND (b IS NULL)) OR ((a IS NOT NULL) AND (c IS NOT NULL)) OR (x && y))",
        "EXISTS (SELECT 1)",
        "interval '1 day' > a",
        "a AND OR b",
        '((a COLLATE "C") > )',
        "(x ~ ' '::text)",
        "a -- comment",
        "x = U&'d'",
        "(" * 500 + "a" + ")" * 500,
        "a" + " + a" * 5000 + " = 1",
        "NOT " * 3000 + "a",
        "a" + "::text" * 3000 + " = 'x'",
    ],
)
def test_silence_where_there_is_doubt(expression: str) -> None:
    """What is not of a known pattern, or no expression at all, is given no words."""
    assert in_words(expression) is None


def test_qualified_system_operators_are_known() -> None:
    """OPERATOR(pg_catalog.=) is the server's own operator."""
    assert in_words("(a OPERATOR(pg_catalog.=) 'x'::text)") == "a is x"


def test_casts_that_change_values_are_not_dropped() -> None:
    """A cast that rounds, shortens or turns into a date is said."""
    assert in_words("((at)::date >= '2020-01-01'::date)") == "at as date is not before 2020-01-01"
    assert in_words("((x)::integer > 0)") == "x as integer is greater than 0"
    assert in_words("(x = ('1.5')::integer)") == "x equals 1.5 as integer"
    assert value_list("((x)::integer = ANY (ARRAY[1, 2]))") is None
    assert value_list("(x = ANY ((ARRAY[1.5])::integer[]))") is None


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        (
            "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
            ("status", ("a", "b")),
        ),
        ("(\"Order\" = ANY (ARRAY['it''s'::text, 'b,c'::text]))", ("Order", ("it's", "b,c"))),
        ("(VALUE = ANY (ARRAY['x'::text, ''::text]))", ("value", ("x", ""))),
        ("((kind IS NULL) OR (kind = 'a'::text) OR (kind = 'b'::text))", ("kind", ("a", "b"))),
        ("(n = 1)", ("n", ("1",))),
        ("(E'a\\\\b' = x)", ("x", ("a\\b",))),
        ("((a = 'x'::text) OR (b = 'y'::text))", None),
        ("((a IS NOT NULL) OR (a = 'y'::text))", None),
        ("((b IS NULL) OR (a = 'y'::text))", None),
        ("(a <> 'x'::text)", None),
        ("(a = b)", None),
        ("(lower(a) = ANY (ARRAY['x'::text]))", None),
        ("(a = ANY (ARRAY['x'::text, b]))", None),
        ("(a = ALL (ARRAY['x'::text, 'y'::text]))", None),
        ("((a = 'x'::text) AND (b > 0))", None),
    ],
)
def test_value_lists(expression: str, found: tuple[str, tuple[str, ...]] | None) -> None:
    """A value list gives its column and values, everything else nothing."""
    assert value_list(expression) == found


def test_not_null_columns() -> None:
    """Predicates that only want columns to be not null are told from all others."""
    assert not_null_columns("(a IS NOT NULL)") == frozenset({"a"})
    assert not_null_columns("((a IS NOT NULL) AND (b IS NOT NULL))") == frozenset({"a", "b"})
    for other in ("(a IS NULL)", "((a IS NOT NULL) AND b)", "((a IS NOT NULL) OR (b IS NOT NULL))", "(("):
        assert not_null_columns(other) is None


@pytest.mark.parametrize(
    ("expression", "simple"),
    [
        ("((status)::text = 'pending'::text)", "status = 'pending'"),
        ("(status = ANY (ARRAY['a'::public.s, 'b'::public.s]))", "status IN ('a', 'b')"),
        ("(deleted_at IS NULL)", "deleted_at IS NULL"),
        ("lower((email)::text)", "lower(email)"),
        ("((a OR b) AND (NOT (c = 1)))", "(a OR b) AND NOT c = 1"),
        ("((a + b) * c)", "(a + b) * c"),
        ("((a - (b - c)) > 0)", "a - (b - c) > 0"),
        ("(\"Order\" > '-1'::integer)", '"Order" > -1'),
        ("(shipping ->> 'country'::text)", "shipping ->> 'country'"),
        ("((address).city)", "(address).city"),
        ("((a[1] = ')') AND (b))", "(a[1] = ')') AND (b)"),
        ("EXTRACT(year FROM at)", "extract(year from at)"),
        ("CURRENT_DATE", "CURRENT_DATE"),
        ("(a)::date", "a::date"),
        ("(-a)", "-a"),
        ("((a COLLATE \"C\") > 'x'::text)", "a COLLATE C > 'x'"),
        ("(a IS NOT DISTINCT FROM b)", "a IS NOT DISTINCT FROM b"),
        ("(a <> ALL (ARRAY[1, 2]))", "a NOT IN (1, 2)"),
        ("(a = ANY (b))", "a = ANY (b)"),
    ],
)
def test_simplified(expression: str, simple: str) -> None:
    """People get expressions without the parentheses and type labels that the server adds."""
    assert readable.simplified(expression) == simple


_WORDS = st.sampled_from(
    """
    a b ( ) [ ] , . :: = <> <= ~ + - * and or not is null in between any all array cast text integer 1 2.5
    'x' '' "Q" true distinct from collate extract trim operator E'\\' value num_nonnulls length
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)


@given(st.text(max_size=60))
@example("\x00")
@example("'")
@example("{")
@example("²")
@example("a = ²")
def test_any_text_is_survived(text: str) -> None:
    """No text makes the readers fail."""
    for reader in (in_words, value_list, not_null_columns, readable.simplified):
        reader(text)


@given(st.lists(_WORDS, max_size=25))
def test_any_tokens_are_survived(tokens: list[str]) -> None:
    """No sequence of tokens of the grammar makes the readers fail."""
    text = " ".join(tokens)
    for reader in (in_words, value_list, not_null_columns, readable.simplified):
        reader(text)


_NAMES = st.sampled_from([expressions.Name(one) for one in ("a", "b", "Q", "select")])
_LEAVES = _NAMES | st.builds(lambda text: expressions.Literal(text, "string"), st.text("ab '\\é", max_size=4))


def _branches(inner: st.SearchStrategy[expressions.Node]) -> st.SearchStrategy[expressions.Node]:
    pairs = st.lists(inner, min_size=2, max_size=3).map(tuple)
    operators = st.sampled_from(("=", "<", ">=", "+", "-", "*", "||", "~"))
    return (
        st.builds(expressions.Operation, operators, inner, inner)
        | st.builds(expressions.Not, inner)
        | st.builds(lambda one, no: expressions.Test(one, "null", no), inner, st.booleans())
        | pairs.map(lambda found: expressions.And(expressions._flat(list(found), expressions.And)))
        | pairs.map(lambda found: expressions.Or(expressions._flat(list(found), expressions.Or)))
        | pairs.map(lambda found: expressions.Call("f", found))
    )


@given(st.recursive(_LEAVES, _branches, max_leaves=8))
def test_written_expressions_read_back_as_they_were(node: expressions.Node) -> None:
    """What is written for people has the same structure when it is read again: no parenthesis is missed."""
    assert expressions.parse(readable.written(node)) == node


@given(st.text(max_size=30).filter(lambda text: "\x00" not in text))
def test_values_survive_their_quoting(value: str) -> None:
    """A value of a list is found whatever characters it has."""
    assert value_list(f"(x = ANY (ARRAY[{quote_literal(value)}::text, 'b'::text]))") == (
        "x",
        tuple(dict.fromkeys((value, "b"))) if value != "b" else ("b", "b"),
    )


@pytest.mark.parametrize(
    ("condition", "columns"),
    [
        ("(a IS NOT NULL)", {"a"}),
        ("((a IS NOT NULL) AND (NOT b) AND c)", {"a", "b", "c"}),
        ("((a)::text = 'x'::text)", {"a"}),
        ("((a > 0) AND (b <= c))", {"a", "b", "c"}),
        ("((a)::text = ANY (ARRAY['x'::text, 'y'::text]))", {"a"}),
        ("((a)::text <> ALL (ARRAY['x'::text, 'y'::text]))", set()),
        ("(a IS NULL)", set()),
        ("((a > 0) OR (a IS NULL))", set()),
        ("(COALESCE(a, 0) = 0)", set()),
        ("((a", set()),
    ],
)
def test_columns_that_a_condition_leaves_no_null_in(condition: str, columns: set[str]) -> None:
    """Comparisons, flags and tests for null settle that a column is given; nothing else does."""
    assert columns_given(condition) == columns
