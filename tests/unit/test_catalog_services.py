"""Rows of text search, foreign data and replication -> model: order, unknown codes, what is hidden."""

from __future__ import annotations

from typing import Any

import pytest

from pgdossier.catalog import foreign_data, replication, text_search
from pgdossier.catalog.codes import Gaps
from pgdossier.catalog.foreign_options import options
from pgdossier.catalog.functions import optional_function_sql
from pgdossier.catalog.replication import PublicationRow, PublishedTableRow, SubscriptionRow
from pgdossier.catalog.text_search import ConfigurationRow, MappingRow
from pgdossier.model.names import QualifiedName


def reasons(gaps: Gaps) -> list[str]:
    return [gap.reason for gap in gaps.sorted()]


def configuration_row() -> ConfigurationRow:
    return ConfigurationRow(
        oid=1,
        schema="s",
        name="c",
        owner="o",
        parser_schema="pg_catalog",
        parser_name="default",
        comment=None,
    )


WORD = "word"


def mapping_row(number: int, position: int, name: str, *, token: str | None) -> MappingRow:
    return MappingRow(
        configuration=1,
        number=number,
        token=token,
        position=position,
        dictionary_schema="s",
        dictionary_name=name,
    )


def test_mappings_keep_their_order() -> None:
    """Tokens come in their parser's order, and their dictionaries in the order in which they are asked."""
    rows = [
        mapping_row(10, 2, "first", token=WORD),
        mapping_row(10, 10, "last", token=WORD),
        mapping_row(2, 1, "other", token="ascii" + WORD),
        mapping_row(10, 1, "zeroth", token=WORD),
    ]
    gaps = Gaps()
    found = text_search.configuration(configuration_row(), rows, gaps)
    assert [(mapping.token, [name.name for name in mapping.dictionaries]) for mapping in found.mappings] == [
        ("asciiword", ["other"]),
        (WORD, ["zeroth", "first", "last"]),
    ]
    assert not gaps.sorted()


def test_unknown_token_type() -> None:
    """A mapping of tokens that the parser does not know is left out and named."""
    gaps = Gaps()
    found = text_search.configuration(configuration_row(), [mapping_row(99, 1, "x", token=None)], gaps)
    assert found.mappings == ()
    assert reasons(gaps) == ["s.c maps token type 99, which its parser does not know"]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("prsd_start", "pg_catalog.prsd_start"),
        ('"Odd.name""("', 'pg_catalog."Odd.name""("'),
        ("public.f", "public.f"),
        ('"A.b"."c"', '"A.b"."c"'),
        ('"A""b".c', '"A""b".c'),
        ('s."c.d"', 's."c.d"'),
        ("-", None),
    ],
)
def test_functions_have_their_schema(printed: str, expected: str | None) -> None:
    """What regproc prints without a schema is in pg_catalog, whatever dots and quotes its name has."""
    assert optional_function_sql(printed) == expected


def test_options() -> None:
    """Options keep their order, and None for what was not read."""
    assert options([["b", "1"], ["a", None], ["c", ""]]) == (("b", "1"), ("a", None), ("c", ""))
    assert options(None) == ()


def test_user_mappings() -> None:
    """The mapping of PUBLIC comes first; hidden options are a gap, and no options are none."""
    server = foreign_data.ServerRow(
        oid=1, name="s", owner="o", wrapper="w", type=None, version=None, options=None, comment=None
    )
    mappings = [
        foreign_data.UserMappingRow(server=1, role="b", options=[["user", "x"]], hidden=False),
        foreign_data.UserMappingRow(server=1, role=None, options=None, hidden=False),
        foreign_data.UserMappingRow(server=1, role="a", options=None, hidden=False),
    ]
    gaps = Gaps()
    found = foreign_data.foreign_server(server, mappings, gaps)
    assert [mapping.role for mapping in found.user_mappings] == [None, "a", "b"]
    assert found.user_mappings[2].options == (("user", "x"),)
    assert not gaps.sorted()
    foreign_data.foreign_server(server, [mappings[1]._replace(hidden=True)], gaps)
    assert reasons(gaps) == ["the options of those of other roles are shown to superusers only"]


def publication_row() -> PublicationRow:
    return PublicationRow(
        oid=1,
        name="p",
        owner="o",
        all_tables=False,
        all_sequences=False,
        insert=True,
        update=False,
        delete=True,
        truncate=False,
        via_root=False,
        generated_columns=None,
        schemas=None,
        comment=None,
    )


def table_row(name: str) -> PublishedTableRow:
    return PublishedTableRow(
        publication=1, relation=2, schema="s", name=name, columns=None, filter=None, excepted=False
    )


def test_publication() -> None:
    """Tables and schemas are sorted; filters lose their parentheses; operations have their order."""
    tables = [table_row("b")._replace(filter="((a > 1) OR (b))"), table_row("a")._replace(columns=["x", "y"])]
    gaps = Gaps()
    found = replication.publication(publication_row(), tables, ["z", "y"], gaps)
    assert [(table.relation, table.columns, table.filter) for table in found.tables] == [
        (QualifiedName("s", "a"), ("x", "y"), None),
        (QualifiedName("s", "b"), None, "(a > 1) OR (b)"),
    ]
    assert found.schemas == ("y", "z")
    assert found.operations == ("insert", "delete")
    assert not gaps.sorted()


def test_publications_of_the_future() -> None:
    """Sequences, tables left out and new ways to publish generated columns are gaps."""
    gaps = Gaps()
    row = publication_row()._replace(all_sequences=True, generated_columns="v")
    found = replication.publication(row, [table_row("a")._replace(excepted=True)], [], gaps)
    assert found.tables == ()
    assert found.generated_columns == "unknown"
    assert len(reasons(gaps)) == 3


def subscription_row() -> SubscriptionRow:
    return SubscriptionRow(
        name="s",
        owner="o",
        enabled=True,
        slot="s",
        publications=["a", "b"],
        synchronous_commit="off",
        binary=False,
        streaming="p",
        two_phase="d",
        disable_on_error=False,
        password_required=True,
        run_as_owner=False,
        origin="any",
        failover=False,
        comment=None,
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ("streaming = parallel",)),
        ({"streaming": None, "two_phase": None, "origin": None, "synchronous_commit": None}, ()),
        ({"streaming": "f"}, ("streaming = off",)),
        ({"streaming": "t", "two_phase": "p"}, ("streaming = on", "two_phase = true")),
        ({"streaming": "t", "two_phase": "e"}, ("streaming = on", "two_phase = true")),
        (
            {
                "binary": True,
                "disable_on_error": True,
                "password_required": False,
                "run_as_owner": True,
                "origin": "none",
                "failover": True,
                "synchronous_commit": "local",
                "streaming": None,
            },
            (
                "binary = true",
                "disable_on_error = true",
                "password_required = false",
                "run_as_owner = true",
                "origin = none",
                "failover = true",
                "synchronous_commit = 'local'",
            ),
        ),
    ],
)
def test_subscription_options(values: dict[str, Any], expected: tuple[str, ...]) -> None:
    """The options are those that are not as usual; what the server's version does not have is none."""
    gaps = Gaps()
    found = replication.subscription(subscription_row()._replace(**values), gaps)
    assert found.options == expected
    assert not gaps.sorted()


def test_subscriptions_of_the_future() -> None:
    """Codes that are not known are gaps, and no options."""
    gaps = Gaps()
    found = replication.subscription(subscription_row()._replace(streaming="?", two_phase="?"), gaps)
    assert found.options == ()
    assert len(reasons(gaps)) == 2
