"""SQL of text search, foreign data and replication, and its place in the script."""

from __future__ import annotations

from pgdossier.ddl.order import plan
from pgdossier.ddl.script import schema_script
from pgdossier.model.columns import Column
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.foreign_data import ForeignDataWrapper, ForeignServer, UserMapping
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import ForeignSource, Relation, RelationKind
from pgdossier.model.replication import Publication, PublishedTable, Subscription
from pgdossier.model.routines import Routine, RoutineKind
from pgdossier.model.text_search import (
    TextSearchConfiguration,
    TextSearchDictionary,
    TextSearchMapping,
    TextSearchParser,
    TextSearchTemplate,
)
from tests.unit.test_ddl_script import snapshot


def body(**parts: object) -> str:
    """What the script has after the settings, without owners."""
    text = schema_script(snapshot(**parts), owners=False)
    return text.split("set_config('search_path', '', false);\n", 1)[1]


def wrapper(**fields: object) -> ForeignDataWrapper:
    usual: dict[str, object] = {"name": "w", "owner": "o"}
    return ForeignDataWrapper(**(usual | fields))  # type: ignore[arg-type]  # fields are as the test says


def server(**fields: object) -> ForeignServer:
    usual: dict[str, object] = {"name": "srv", "owner": "o", "wrapper": "w"}
    return ForeignServer(**(usual | fields))  # type: ignore[arg-type]  # as above


def test_parser_and_template() -> None:
    """Parsers and templates leave out the functions that they do not have."""
    parser = TextSearchParser(
        schema="S",
        name="p",
        start="pg_catalog.a",
        token="pg_catalog.b",  # noqa: S106 - a function that finds tokens
        end="c.d",
        types="e.f",
        comment="it's",
    )
    template = TextSearchTemplate(schema="s", name="t", lexize="pg_catalog.x")
    text = body(text_search_parsers=(parser,), text_search_templates=(template,))
    assert (
        'CREATE TEXT SEARCH PARSER "S".p (\n    START = pg_catalog.a,\n    GETTOKEN = pg_catalog.b,\n'
        "    END = c.d,\n    LEXTYPES = e.f\n);\n"
        "COMMENT ON TEXT SEARCH PARSER \"S\".p IS 'it''s';\n"
    ) in text
    assert "CREATE TEXT SEARCH TEMPLATE s.t (\n    LEXIZE = pg_catalog.x\n);\n" in text


def test_dictionaries_before_who_asks_them() -> None:
    """A configuration comes after its dictionaries, and a thesaurus after the one that its options name."""
    thesaurus = TextSearchDictionary(
        schema="s",
        name="a",
        owner="o",
        template=QualifiedName("pg_catalog", "thesaurus"),
        options="dictfile = 'x', dictionary = 's.\"Z ''\"'",
    )
    asked = TextSearchDictionary(
        schema="s", name="Z '", owner="o", template=QualifiedName("pg_catalog", "simple")
    )
    configuration = TextSearchConfiguration(
        schema="s",
        name="A",
        owner="o",
        parser=QualifiedName("pg_catalog", "default"),
        mappings=(
            TextSearchMapping(
                token="int",  # noqa: S106 - a type of token
                dictionaries=(QualifiedName("s", "a"),),
            ),
        ),
    )
    text = body(text_search_configurations=(configuration,), text_search_dictionaries=(asked, thesaurus))
    assert text.endswith(
        'CREATE TEXT SEARCH DICTIONARY s."Z \'" (\n    TEMPLATE = pg_catalog.simple\n);\n\n'
        "CREATE TEXT SEARCH DICTIONARY s.a (\n    TEMPLATE = pg_catalog.thesaurus,\n"
        "    dictfile = 'x', dictionary = 's.\"Z ''\"'\n);\n\n"
        'CREATE TEXT SEARCH CONFIGURATION s."A" (\n    PARSER = pg_catalog."default"\n);\n'
        'ALTER TEXT SEARCH CONFIGURATION s."A"\n    ADD MAPPING FOR "int" WITH s.a;\n'
    )


def test_foreign_data() -> None:
    """Wrappers, servers and user mappings say which options were not read, and never a wrong value."""
    text = body(
        foreign_data_wrappers=(
            wrapper(handler="s.h", validator='s."V"', options=(("a", "it's"),), comment="wrapper"),
        ),
        foreign_servers=(
            server(
                type="",
                version="1",
                options=(("Host", "x"), ("sslkey", None)),
                user_mappings=(
                    UserMapping(role=None, options=(("password", None),)),
                    UserMapping(role="Me", options=(("user", "me"), ("pass\nword", None))),
                ),
                comment="server",
            ),
        ),
    )
    assert text.endswith(
        "CREATE FOREIGN DATA WRAPPER w\n    HANDLER s.h\n    VALIDATOR s.\"V\"\n    OPTIONS (a 'it''s');\n"
        "COMMENT ON FOREIGN DATA WRAPPER w IS 'wrapper';\n"
        "\n"
        "-- option sslkey of the server may hold a secret: its value was not read\n"
        "CREATE SERVER srv TYPE '' VERSION '1'\n    FOREIGN DATA WRAPPER w\n    OPTIONS (\"Host\" 'x');\n"
        "COMMENT ON SERVER srv IS 'server';\n"
        "-- option password of the user mapping may hold a secret: its value was not read\n"
        "CREATE USER MAPPING FOR PUBLIC SERVER srv;\n"
        '-- option "pass word" of the user mapping may hold a secret: its value was not read\n'
        'CREATE USER MAPPING FOR "Me" SERVER srv\n    OPTIONS ("user" \'me\');\n'
    )


def test_foreign_data_in_order() -> None:
    """Functions come before the wrapper, the wrapper before the server, the server before its tables."""
    function = Routine(
        schema="z", name="h", kind=RoutineKind.FUNCTION, owner="o", language="c", definition="CREATE …"
    )
    table = Relation(
        schema="a",
        name="t",
        kind=RelationKind.FOREIGN_TABLE,
        owner="o",
        foreign_source=ForeignSource(server="A server"),
    )
    needs = Dependency(
        dependent=ObjectName(ObjectKind.FOREIGN_DATA_WRAPPER, "", "w"),
        part=Part.DEFINITION,
        referenced=ObjectName(ObjectKind.ROUTINE, "z", "h"),
    )
    structure = snapshot(
        relations=(table,),
        routines=(function,),
        foreign_servers=(server(name="A server"),),
        foreign_data_wrappers=(wrapper(handler="z.h"),),
        dependencies=(needs,),
    ).structure
    assert [step.object.name for step in plan(structure).steps] == ["h", "w", "A server", "t"]


def test_options_of_inherited_columns() -> None:
    """The foreign options of a column that a parent gives are set after the table is made."""
    parent = Relation(
        schema="s", name="a", kind=RelationKind.TABLE, owner="o", columns=(Column(name="x", type="text"),)
    )
    child = Relation(
        schema="s",
        name="b",
        kind=RelationKind.FOREIGN_TABLE,
        owner="o",
        columns=(Column(name="x", type="text", local=False, foreign_options=(("column_name", "X"),)),),
        inherits=(QualifiedName("s", "a"),),
        foreign_source=ForeignSource(server="srv"),
    )
    text = body(relations=(parent, child))
    assert text.endswith(
        "CREATE FOREIGN TABLE s.b ()\nINHERITS (s.a)\nSERVER srv;\n"
        "ALTER FOREIGN TABLE ONLY s.b ALTER COLUMN x OPTIONS (column_name 'X');\n"
    )


def test_publications() -> None:
    """A publication says what it publishes and what is not as usual."""
    usual = ("insert", "update", "delete", "truncate")
    publications = (
        Publication(name="all", owner="o", all_tables=True, operations=usual),
        Publication(name="b", owner="o"),
        Publication(name="c", owner="o", operations=usual, generated_columns="none", comment="c"),
        Publication(
            name="d",
            owner="o",
            tables=(
                PublishedTable(relation=QualifiedName("s", "T"), columns=("a", "B"), filter="(a) OR (b)"),
                PublishedTable(relation=QualifiedName("s", "u")),
            ),
            schemas=("x", "Y"),
            operations=("update", "delete"),
            via_root=True,
            generated_columns="stored",
        ),
    )
    assert body(publications=publications).lstrip() == (
        "-- Publications\n\n"
        'CREATE PUBLICATION "all"\n    FOR ALL TABLES;\n\n'
        "CREATE PUBLICATION b\n    WITH (publish = '');\n\n"
        "CREATE PUBLICATION c;\nCOMMENT ON PUBLICATION c IS 'c';\n\n"
        "CREATE PUBLICATION d\n"
        '    FOR TABLE ONLY s."T" (a, "B") WHERE ((a) OR (b)), ONLY s.u, TABLES IN SCHEMA x, "Y"\n'
        "    WITH (publish = 'update, delete', publish_via_partition_root = true,"
        " publish_generated_columns = stored);\n"
    )


def test_subscriptions_are_comments() -> None:
    """Nothing of a subscription is run, whatever line breaks its names and comments have."""
    found = Subscription(
        name="a\nDROP TABLE x",
        owner="o",
        enabled=True,
        publications=("p", "Q"),
        options=("streaming = on",),
        comment="one\n;two\rthree",
    )
    text = body(subscriptions=(found,))
    assert "CONNECTION '…not read…'" in text
    assert '    PUBLICATION p, "Q"\n' in text
    assert "WITH (connect = false, slot_name = NONE, streaming = on);" in text
    assert "ENABLE;" in text
    assert "was not read" in text
    assert all(line.startswith("-- ") for line in text.splitlines() if line)
