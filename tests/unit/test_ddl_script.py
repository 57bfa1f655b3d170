from __future__ import annotations

import re

import msgspec

from pgdossier.ddl.script import schema_script
from pgdossier.model.columns import Column
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.event_triggers import EventTrigger
from pgdossier.model.extensions import Extension
from pgdossier.model.names import QualifiedName
from pgdossier.model.privileges import DefaultPrivileges, Grant
from pgdossier.model.relations import Partition, Relation, RelationKind
from pgdossier.model.routines import Aggregate, Routine, RoutineKind
from pgdossier.model.schemas import Schema
from pgdossier.model.scope import Scope
from pgdossier.model.security_labels import SecurityLabel
from pgdossier.model.sequences import Sequence
from pgdossier.model.server import Database, Server
from pgdossier.model.snapshot import FORMAT, Snapshot, Structure
from pgdossier.model.statistics import RelationStatistics, Statistics
from pgdossier.model.types import Attribute, Composite, Domain, DomainCheck, Enum, Range


def snapshot(**parts: object) -> Snapshot:
    """A snapshot of a structure of those parts."""
    empty = Structure(
        server=Server(version="18.6", version_number=180006),
        database=Database(name="db", owner="o", encoding="UTF8", provider="libc"),
        scope=Scope(),
    )
    structure = msgspec.structs.replace(empty, **parts)
    return Snapshot(format=FORMAT, captured_on="2026-01-01", structure=structure, statistics=Statistics())


def body(*, owners: bool = False, privileges: bool = False, **parts: object) -> str:
    """What the script has after the settings."""
    text = schema_script(snapshot(**parts), owners=owners, privileges=privileges)
    return text.split("set_config('search_path', '', false);\n", 1)[1]


def relation(name: str, kind: RelationKind = RelationKind.TABLE, **rest: object) -> Relation:
    column = Column(name="a", type="integer")
    found = Relation(schema="s", name=name, kind=kind, owner="o", columns=(column,))
    return msgspec.structs.replace(found, **rest)


def reads(dependent: str, referenced: str) -> Dependency:
    """That one relation reads the other."""
    return Dependency(
        dependent=ObjectName(ObjectKind.RELATION, "s", dependent),
        part=Part.DEFINITION,
        referenced=ObjectName(ObjectKind.RELATION, "s", referenced),
    )


def test_header_cannot_be_escaped() -> None:
    """A database's name stays inside the comment, whatever is in it."""
    database = Database(name="x\nDROP TABLE y;", owner="o", encoding="UTF8", provider="libc")
    first, second = schema_script(snapshot(database=database)).splitlines()[:2]
    assert first == "-- The schema of database x DROP TABLE y; (PostgreSQL 18.6), written by pgdossier."
    assert second.startswith("-- ")


def test_only_structure_counts() -> None:
    """Dates and statistics do not show in the script."""
    one = snapshot(relations=(relation("t"),))
    statistics = Statistics(relations=(RelationStatistics(schema="s", name="t", rows=5),))
    other = msgspec.structs.replace(one, captured_on="2027-02-03", statistics=statistics)
    assert schema_script(one) == schema_script(other)


def test_empty_database() -> None:
    """An empty database gives settings and nothing else."""
    assert body() == ""


def test_public_is_there_already() -> None:
    """The schema public is not created again, and loses the comment that it comes with when it has none."""
    usual = Schema(name="public", owner="o", comment="standard public schema")
    assert "CREATE SCHEMA IF NOT EXISTS public;\n" in body(schemas=(usual,))
    assert "COMMENT" not in body(schemas=(usual,))
    bare = msgspec.structs.replace(usual, comment=None)
    assert "COMMENT ON SCHEMA public IS NULL;" in body(schemas=(bare,))
    own = msgspec.structs.replace(usual, comment="ours")
    assert "COMMENT ON SCHEMA public IS 'ours';" in body(schemas=(own,))


def test_extensions() -> None:
    """An extension gets its schema even when that is not documented; plpgsql is there already."""
    text = body(
        schemas=(Schema(name="public", owner="o"),),
        extensions=(
            Extension(name="plpgsql", schema="pg_catalog", version="1.0"),
            Extension(name="uuid-ossp", schema="Hidden", version="1.1", comment="uuids"),
        ),
    )
    assert "plpgsql" not in text
    assert text.endswith(
        'CREATE SCHEMA IF NOT EXISTS "Hidden";\n\n'
        "-- documented with version 1.1\n"
        'CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA "Hidden";\n'
        "COMMENT ON EXTENSION \"uuid-ossp\" IS 'uuids';\n"
    )


def test_extensions_come_after_those_they_need() -> None:
    """An extension is created when all that it needs is there; what is not installed is not waited for."""
    text = body(
        extensions=(
            Extension(name="a", schema="public", version="1", requires=("c", "plpgsql")),
            Extension(name="b", schema="public", version="1", requires=("gone",)),
            Extension(name="c", schema="public", version="1", requires=("d",)),
            Extension(name="d", schema="public", version="1"),
        )
    )
    assert re.findall(r"CREATE EXTENSION IF NOT EXISTS (\w)", text) == ["b", "d", "c", "a"]


def test_owners_and_privileges_can_be_left_out() -> None:
    """Owners and privileges have sections of their own, which the header knows of."""
    table = relation(
        "t", owner="Me", grants=(Grant(privilege="SELECT", grantor="Me"),), columns=(), comment="x"
    )
    defaults = DefaultPrivileges(
        role="Me", objects="TABLES", grants=(Grant(privilege="SELECT", grantor="Me"),)
    )
    whole = snapshot(relations=(table,), default_privileges=(defaults,))
    owner = 'ALTER TABLE s.t OWNER TO "Me";'
    granted = "GRANT SELECT ON TABLE s.t TO PUBLIC;"
    default = 'ALTER DEFAULT PRIVILEGES FOR ROLE "Me" GRANT SELECT ON TABLES TO PUBLIC;'
    for owners in (True, False):
        for privileges in (True, False):
            text = schema_script(whole, owners=owners, privileges=privileges)
            assert (owner in text) is owners
            assert (granted in text) is privileges
            assert (default in text) is privileges
            assert ("are not in it" in text) is not (owners and privileges)
    text = schema_script(whole)
    assert text.index(owner) < text.index(granted) < text.index(default)


def test_settings_of_columns_come_after_all_tables() -> None:
    """What would go down to children is set when all of them are there, for each table alone."""
    column = Column(
        name="A",
        type="text",
        storage="EXTERNAL",
        compression="lz4",
        statistics_target=0,
        options=("n_distinct=-0.5",),
    )
    kinds = (RelationKind.TABLE, RelationKind.FOREIGN_TABLE, RelationKind.MATERIALIZED_VIEW)
    text = body(
        relations=(
            *(
                relation(kind.replace(" ", "_"), kind, columns=(column,), definition=" SELECT")
                for kind in kinds
            ),
            relation("z"),
        )
    )
    assert text.index("CREATE TABLE s.z") < text.index("SET STORAGE")
    assert (
        'ALTER TABLE ONLY s."table" ALTER COLUMN "A" SET STORAGE EXTERNAL;\n'
        'ALTER TABLE ONLY s."table" ALTER COLUMN "A" SET COMPRESSION lz4;\n'
        'ALTER TABLE ONLY s."table" ALTER COLUMN "A" SET STATISTICS 0;\n'
        'ALTER TABLE ONLY s."table" ALTER COLUMN "A" SET (n_distinct = -0.5);\n'
    ) in text
    assert 'ALTER FOREIGN TABLE ONLY s.foreign_table ALTER COLUMN "A" SET STATISTICS 0;' in text
    assert 'ALTER MATERIALIZED VIEW s.materialized_view ALTER COLUMN "A" SET STATISTICS 0;' in text


def test_security_labels() -> None:
    """A label names its provider; both are quoted."""
    label = SecurityLabel(object='COLUMN s.t."A"', provider="Se linux", label="it's")
    text = body(security_labels=(label,))
    assert "SECURITY LABEL FOR \"Se linux\" ON COLUMN s.t.\"A\" IS 'it''s';\n" in text


def test_security_labels_of_event_triggers_come_after_them() -> None:
    """Nothing can be labelled before it is there."""
    text = body(
        event_triggers=(
            EventTrigger(name="e", owner="o", event="ddl_command_end", function=QualifiedName("s", "f")),
        ),
        security_labels=(SecurityLabel(object="EVENT TRIGGER e", provider="p", label="x"),),
    )
    assert text.index("CREATE EVENT TRIGGER e") < text.index("SECURITY LABEL FOR p ON EVENT TRIGGER e")


def test_types() -> None:
    """Every kind of type is written with all it has."""
    text = body(
        enums=(Enum(schema="s", name="e", owner="o", labels=("a", "it's"), comment="enum"),),
        composites=(
            Composite(
                schema="s",
                name="c",
                owner="o",
                attributes=(
                    Attribute(name="x", type="integer", comment="attribute"),
                    Attribute(name="Long", type="text", collation=QualifiedName("pg_catalog", "C")),
                ),
            ),
        ),
        domains=(
            Domain(
                schema="s",
                name="d",
                owner="o",
                base_type="integer",
                nullable=False,
                default="1",
                checks=(
                    DomainCheck(name="later", expression="VALUE < 9", definition="…", validated=False),
                    DomainCheck(name="ok", expression="VALUE > 0", definition="…", comment="check"),
                ),
                not_null_name="must be",
            ),
        ),
        ranges=(Range(schema="s", name="r", owner="o", subtype="date", multirange="Many"),),
    )
    assert (
        "CREATE TYPE s.c AS (\n"
        "    x      integer,\n"
        '    "Long" text COLLATE pg_catalog."C"\n'
        ");\n"
        "COMMENT ON COLUMN s.c.x IS 'attribute';\n\n"
        "CREATE DOMAIN s.d AS integer\n"
        "    DEFAULT 1\n"
        '    CONSTRAINT "must be" NOT NULL\n'
        "    CONSTRAINT ok CHECK (VALUE > 0);\n"
        "ALTER DOMAIN s.d\n"
        "    ADD CONSTRAINT later CHECK (VALUE < 9) NOT VALID;\n"
        "COMMENT ON CONSTRAINT ok ON DOMAIN s.d IS 'check';\n\n"
        "CREATE TYPE s.e AS ENUM (\n    'a',\n    'it''s'\n);\n"
        "COMMENT ON TYPE s.e IS 'enum';\n\n"
        'CREATE TYPE s.r AS RANGE (\n    SUBTYPE = date,\n    MULTIRANGE_TYPE_NAME = s."Many"\n);\n'
    ) in text


def test_routines() -> None:
    """Functions are created, not replaced; aggregates come from their clauses; comments fit the kind."""
    function = Routine(
        schema="s",
        name="f",
        kind=RoutineKind.FUNCTION,
        owner="o",
        language="sql",
        identity_arguments="integer",
        definition="CREATE OR REPLACE FUNCTION s.f(integer)\n RETURNS integer\nAS $$x$$\n",
        comment="function",
    )
    aggregate = Routine(
        schema="s",
        name="g",
        kind=RoutineKind.AGGREGATE,
        owner="o",
        language="internal",
        aggregate=Aggregate(clauses=("SFUNC = int8inc", "STYPE = bigint")),
        comment="aggregate",
    )
    unknown = Routine(schema="s", name="h", kind=RoutineKind.UNKNOWN, owner="o", language="c")
    text = body(routines=(function, aggregate, unknown))
    assert "CREATE FUNCTION s.f(integer)\n RETURNS integer\nAS $$x$$;\n" in text
    assert "COMMENT ON FUNCTION s.f(integer) IS 'function';\n" in text
    assert "CREATE AGGREGATE s.g(*) (\n    SFUNC = int8inc,\n    STYPE = bigint\n);\n" in text
    assert "COMMENT ON AGGREGATE s.g(*) IS 'aggregate';\n" in text
    assert "-- unknown s.h() cannot be written: its definition is not known\n" in text


def test_sequence() -> None:
    """A sequence that belongs to no column stands alone, with the numbers that are not as usual."""
    found = Sequence(
        schema="s",
        name="q",
        owner="o",
        type="smallint",
        start=400,
        minimum=-32000,
        maximum=500,
        increment=-2,
        cache=5,
        cycle=True,
        unlogged=True,
        comment="down",
    )
    assert (
        "CREATE UNLOGGED SEQUENCE s.q AS smallint INCREMENT BY -2 MINVALUE -32000 MAXVALUE 500 START WITH 400"
        " CACHE 5 CYCLE;\nCOMMENT ON SEQUENCE s.q IS 'down';\n"
    ) in body(sequences=(found,))


def test_partition_is_made_alone_and_attached() -> None:
    """In the script a partition has all its columns, in its own order, before it is attached."""
    part = relation("p1", partition=Partition(parent=QualifiedName("s", "p"), bound="DEFAULT"))
    text = body(relations=(relation("p", RelationKind.PARTITIONED_TABLE), part))
    assert text.endswith(
        "CREATE TABLE s.p1 (\n    a integer\n);\nALTER TABLE ONLY s.p\n    ATTACH PARTITION s.p1 DEFAULT;\n"
    )


def test_materialized_views_are_filled_at_the_end() -> None:
    """Views with data are refreshed in their order, those that read foreign tables through others are not."""
    views = [
        relation(name, RelationKind.MATERIALIZED_VIEW, definition=" SELECT 1 AS a", populated=name != "empty")
        for name in ("a_reads_z", "empty", "far", "z")
    ]
    middle = relation("middle", RelationKind.VIEW, definition=" SELECT 1 AS a")
    text = body(
        relations=(*views, middle, relation("remote", RelationKind.FOREIGN_TABLE)),
        dependencies=(reads("a_reads_z", "z"), reads("far", "middle"), reads("middle", "remote")),
    )
    assert text.count("WITH NO DATA") == 4
    assert text.endswith(
        "-- Contents of materialized views\n\n"
        "REFRESH MATERIALIZED VIEW s.z;\n\nREFRESH MATERIALIZED VIEW s.a_reads_z;\n"
    )


def test_placeholder_of_a_view() -> None:
    """A view in a circle with a function is first made of typed nulls, and commented when it is real."""
    view = relation("v", RelationKind.VIEW, definition=" SELECT a FROM s.f()", comment="circle")
    collated = Column(name="B", type="text", collation=QualifiedName("pg_catalog", "C"))
    view = msgspec.structs.replace(view, columns=(*view.columns, collated))
    function = Routine(
        schema="s",
        name="f",
        kind=RoutineKind.FUNCTION,
        owner="o",
        language="sql",
        definition="CREATE OR REPLACE FUNCTION s.f() …",
    )
    name = ObjectName(ObjectKind.ROUTINE, "s", "f")
    node = ObjectName(ObjectKind.RELATION, "s", "v")
    text = body(
        relations=(view,),
        routines=(function,),
        dependencies=(
            Dependency(dependent=name, part=Part.DEFINITION, referenced=node),
            Dependency(dependent=node, part=Part.DEFINITION, referenced=name),
        ),
    )
    assert text.endswith(
        "CREATE VIEW s.v AS\nSELECT\n    NULL::integer AS a,\n"
        '    NULL::text COLLATE pg_catalog."C" AS "B";\n\n'
        "CREATE FUNCTION s.f() …;\n\n"
        "CREATE OR REPLACE VIEW s.v AS\n SELECT a FROM s.f();\n"
        "COMMENT ON VIEW s.v IS 'circle';\n"
    )
