"""Operators, casts, collations, languages, base types and event triggers -> SQL, and their order."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pgdossier.ddl.casts import create_cast, create_transform
from pgdossier.ddl.collations import create_collation, create_conversion
from pgdossier.ddl.event_triggers import create_event_trigger
from pgdossier.ddl.languages import create_language
from pgdossier.ddl.operators import (
    add_family_members,
    create_access_method,
    create_operator,
    create_operator_class,
    create_operator_family,
)
from pgdossier.ddl.order import DECLARE, MEMBERS, REPLACE, Step, plan
from pgdossier.ddl.programming import create_programmed, programming_objects
from pgdossier.ddl.routines import create_routine, has_parsed_body, placeholder_routine, replace_routine
from pgdossier.ddl.script import schema_script
from pgdossier.ddl.types import create_shell_type, create_type
from pgdossier.model.casts import Cast, CastContext, Transform
from pgdossier.model.collations import Collation, Conversion
from pgdossier.model.columns import Column, Generated
from pgdossier.model.constraints import Key
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.event_triggers import EventTrigger
from pgdossier.model.languages import Language
from pgdossier.model.names import QualifiedName
from pgdossier.model.operators import AccessMethod, FamilyMember, Operator, OperatorClass, OperatorFamily
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Routine, RoutineKind
from pgdossier.model.scope import Scope
from pgdossier.model.server import Database, Server
from pgdossier.model.snapshot import FORMAT, Snapshot, Structure
from pgdossier.model.statistics import Statistics
from pgdossier.model.triggers import Enabled
from pgdossier.model.types import Base, Range


def structure(**parts: object) -> Structure:
    empty = Structure(
        server=Server(version="18.6", version_number=180006),
        database=Database(name="db", owner="o", encoding="UTF8", provider="libc"),
        scope=Scope(),
    )
    return msgspec.structs.replace(empty, **parts)


def script(**parts: object) -> str:
    """The script of a structure of those parts, without owners and privileges."""
    snapshot = Snapshot(
        format=FORMAT, captured_on="2026-01-01", structure=structure(**parts), statistics=Statistics()
    )
    return schema_script(snapshot, owners=False, privileges=False)


def name(kind: ObjectKind, text: str, arguments: str = "", schema: str = "s") -> ObjectName:
    return ObjectName(kind, schema, text, arguments)


def needs(
    dependent: ObjectName, referenced: ObjectName, part: Part = Part.DEFINITION, what: str = ""
) -> Dependency:
    return Dependency(dependent=dependent, part=part, part_name=what, referenced=referenced)


def function(text: str, body: str = "AS $function$SELECT 1$function$", **rest: Any) -> Routine:
    definition = f"CREATE OR REPLACE FUNCTION s.{text}()\n RETURNS integer\n LANGUAGE sql\n{body}\n"
    usual: dict[str, Any] = {"kind": RoutineKind.FUNCTION, "language": "sql", "result": "integer"}
    return Routine(schema="s", name=text, owner="o", definition=definition, **(usual | rest))


PARSED = "BEGIN ATOMIC\n SELECT 1;\nEND"


# Statements


def test_operator() -> None:
    """Operands and everything else are written in their order; a comment names the operands."""
    operator = Operator(
        schema="My",
        name="<",
        owner="o",
        left="integer",
        result="boolean",
        function="s.f",
        commutator="OPERATOR(s.>)",
        negator="OPERATOR(s.>=)",
        restrict="r",
        join="j",
        hashes=True,
        merges=True,
        comment="it's",
    )
    assert create_operator(operator) == [
        'CREATE OPERATOR "My".< (\n    FUNCTION = s.f,\n    LEFTARG = integer,\n'
        "    COMMUTATOR = OPERATOR(s.>),\n    NEGATOR = OPERATOR(s.>=),\n"
        "    RESTRICT = r,\n    JOIN = j,\n    HASHES,\n    MERGES\n);",
        "COMMENT ON OPERATOR \"My\".< (integer, NONE) IS 'it''s';",
    ]


LESS = FamilyMember(number=1, item="s.<(a,b)", types=("a", "b"))
DISTANCE = FamilyMember(number=15, item="s.<>(a,b)", types=("a", "b"), order_by=QualifiedName("s", "Fam"))
OTHER = FamilyMember(number=2, item="s.other(a,b)", types=("a", "b"))
COMPARE = FamilyMember(number=1, item="s.cmp(a,b)", types=("a", "b"))


def test_operator_family() -> None:
    """A family is made, then gets its loose members; without any there is nothing to add."""
    family = OperatorFamily(
        schema="s", name="F", owner="o", method="btree", operators=(LESS, DISTANCE), functions=(OTHER,)
    )
    added = (
        'ALTER OPERATOR FAMILY s."F" USING btree ADD\n    OPERATOR 1 s.<(a,b),\n'
        '    OPERATOR 15 s.<>(a,b) FOR ORDER BY s."Fam",\n    FUNCTION 2 (a, b) s.other(a,b);'
    )
    assert create_operator_family(family, members=True) == [
        'CREATE OPERATOR FAMILY s."F" USING btree;',
        added,
    ]
    assert create_operator_family(family, members=False) == ['CREATE OPERATOR FAMILY s."F" USING btree;']
    assert add_family_members(family) == [added]
    assert add_family_members(msgspec.structs.replace(family, operators=(), functions=())) == []


def test_operator_class() -> None:
    """A class names its family; one without members says what it stores, because it must say something."""
    found = OperatorClass(
        schema="s",
        name="c",
        owner="o",
        method="gist",
        type="point",
        default=True,
        family=QualifiedName("s", "f"),
        storage="box",
        operators=(LESS,),
        functions=(COMPARE,),
        comment="x",
    )
    assert create_operator_class(found) == [
        "CREATE OPERATOR CLASS s.c DEFAULT FOR TYPE point USING gist FAMILY s.f AS\n"
        "    OPERATOR 1 s.<(a,b),\n    FUNCTION 1 (a, b) s.cmp(a,b),\n    STORAGE box;",
        "COMMENT ON OPERATOR CLASS s.c USING gist IS 'x';",
    ]
    bare = msgspec.structs.replace(
        found, default=False, storage=None, operators=(), functions=(), comment=None
    )
    assert create_operator_class(bare) == [
        "CREATE OPERATOR CLASS s.c FOR TYPE point USING gist FAMILY s.f AS\n    STORAGE point;"
    ]


@pytest.mark.parametrize(
    ("cast", "expected"),
    [
        ({"method": "function", "function": "s.f(a)"}, "WITH FUNCTION s.f(a)"),
        ({"method": "inout", "context": CastContext.IMPLICIT}, "WITH INOUT AS IMPLICIT"),
        ({"method": "binary", "context": CastContext.ASSIGNMENT}, "WITHOUT FUNCTION AS ASSIGNMENT"),
        ({"method": "binary", "context": CastContext.UNKNOWN}, "WITHOUT FUNCTION"),
    ],
)
def test_cast(cast: dict[str, Any], expected: str) -> None:
    """A cast is made by a function, by text or by nothing, in three contexts."""
    found = Cast(source="a", target="b", **cast)
    assert create_cast(found) == [f"CREATE CAST (a AS b)\n    {expected};"]


def test_what_is_not_known_is_a_note() -> None:
    """Objects with codes from the future are left out, and the script says so."""
    for lines in (
        create_cast(Cast(source="a", target="b", method="")),
        create_collation(Collation(schema="s", name="c", owner="o", provider="")),
        create_access_method(AccessMethod(name="m", kind="", handler="h")),
    ):
        assert [line[:3] for line in lines] == ["-- "]
        assert "does not know" in lines[0]


def test_transform() -> None:
    """A transform has one direction or both."""
    found = Transform(type="s.t", language="Pl", from_sql="s.f(internal)", comment="x")
    assert create_transform(found) == [
        'CREATE TRANSFORM FOR s.t LANGUAGE "Pl" (\n    FROM SQL WITH FUNCTION s.f(internal)\n);',
        "COMMENT ON TRANSFORM FOR s.t LANGUAGE \"Pl\" IS 'x';",
    ]
    both = msgspec.structs.replace(found, to_sql="s.g(internal)")
    assert "(internal),\n    TO SQL WITH FUNCTION s.g(internal)\n" in create_transform(both)[0]


def test_collations() -> None:
    """Each provider has its properties; that of the database is named by none."""
    icu = Collation(
        schema="s", name="c", owner="o", provider="icu", locale="de", deterministic=False, rules="&a < 'b"
    )
    assert create_collation(icu) == [
        "CREATE COLLATION s.c (PROVIDER = icu, LOCALE = 'de', DETERMINISTIC = false, RULES = '&a < ''b');"
    ]
    libc = Collation(
        schema="s", name="c", owner="o", provider="libc", collate="C", ctype="POSIX", version="2", comment="x"
    )
    assert create_collation(libc) == [
        "CREATE COLLATION s.c (PROVIDER = libc, LC_COLLATE = 'C', LC_CTYPE = 'POSIX');",
        "COMMENT ON COLLATION s.c IS 'x';",
    ]


def test_conversion_language_and_access_method() -> None:
    """The rest in one statement each, with comments."""
    conversion = Conversion(
        schema="s",
        name="c",
        owner="o",
        from_encoding="LATIN1",
        to_encoding="UTF8",
        function=QualifiedName("s", "f"),
        default=True,
    )
    assert create_conversion(conversion) == [
        "CREATE DEFAULT CONVERSION s.c\n    FOR 'LATIN1' TO 'UTF8' FROM s.f;"
    ]
    language = Language(name="L", owner="o", trusted=True, handler="s.h", inline="s.i", validator="s.v")
    assert create_language(language) == [
        'CREATE TRUSTED LANGUAGE "L" HANDLER s.h\n    INLINE s.i\n    VALIDATOR s.v;'
    ]
    method = AccessMethod(name="M", kind="TABLE", handler="s.h", comment="x")
    assert create_access_method(method) == [
        'CREATE ACCESS METHOD "M" TYPE TABLE HANDLER s.h;',
        "COMMENT ON ACCESS METHOD \"M\" IS 'x';",
    ]


def test_event_trigger() -> None:
    """Tags, state and comment follow the trigger; the owner only where owners are wanted."""
    trigger = EventTrigger(
        name="T",
        owner="o",
        event="ddl_command_end",
        function=QualifiedName("s", "f"),
        tags=("CREATE TABLE", "DROP TABLE"),
        enabled=Enabled.REPLICA,
        comment="x",
    )
    lines = create_event_trigger(trigger, owner=False)
    assert lines == [
        "CREATE EVENT TRIGGER \"T\" ON ddl_command_end\n    WHEN TAG IN ('CREATE TABLE', 'DROP TABLE')\n"
        "    EXECUTE FUNCTION s.f();",
        'ALTER EVENT TRIGGER "T" ENABLE REPLICA;',
        "COMMENT ON EVENT TRIGGER \"T\" IS 'x';",
    ]
    assert create_event_trigger(trigger, owner=True) == [*lines, 'ALTER EVENT TRIGGER "T" OWNER TO o;']


def test_event_triggers_are_the_last_thing() -> None:
    """Nothing of the script follows an event trigger that could fire for it."""
    trigger = EventTrigger(name="t", owner="o", event="ddl_command_end", function=QualifiedName("s", "f"))
    view = Relation(
        schema="s",
        name="m",
        kind=RelationKind.MATERIALIZED_VIEW,
        owner="o",
        definition=" SELECT 1",
        populated=True,
    )
    text = script(event_triggers=(trigger,), relations=(view,))
    assert "REFRESH" in text
    assert text.rstrip().splitlines()[-2:] == [
        "CREATE EVENT TRIGGER t ON ddl_command_end",
        "    EXECUTE FUNCTION s.f();",
    ]


def test_base_type_and_shell() -> None:
    """A base type has its clauses in parentheses; a shell is a name alone."""
    base = Base(schema="s", name="T", owner="o", clauses=("INPUT = s.i", "OUTPUT = s.o"))
    assert create_type(base) == 'CREATE TYPE s."T" (\n    INPUT = s.i,\n    OUTPUT = s.o\n);'
    assert create_type(Base(schema="s", name="T", owner="o")) == 'CREATE TYPE s."T";'
    assert create_shell_type(base) == 'CREATE TYPE s."T";'


def test_multirange_in_another_schema() -> None:
    """A multirange type may stand elsewhere than its range."""
    found = Range(schema="s", name="r", owner="o", subtype="date", multirange="m", multirange_schema="Other")
    assert 'MULTIRANGE_TYPE_NAME = "Other".m' in create_type(found)


@pytest.mark.parametrize(
    ("routine", "parsed"),
    [
        (function("f"), False),
        (function("f", PARSED), True),
        (function("f", "RETURN $1"), True),
        (function("f", "AS $function$\nBEGIN ATOMIC\nRETURN 1$function$"), False),
        (function("f", PARSED, language="plpgsql"), False),
        (Routine(schema="s", name="f", kind=RoutineKind.FUNCTION, owner="o", language="sql"), False),
    ],
)
def test_parsed_bodies(routine: Routine, parsed: bool) -> None:
    """A body is parsed when it is no string, whatever the string looks like."""
    assert has_parsed_body(routine) is parsed


def test_placeholder_of_a_routine() -> None:
    """The placeholder has everything but the body, and fits the result's type where it is one value."""
    found = function("f", PARSED)
    head = "CREATE FUNCTION s.f()\n RETURNS integer\n LANGUAGE sql\n"
    assert placeholder_routine(found) == head + "AS 'SELECT NULL::integer';"
    assert replace_routine(found).startswith("CREATE OR REPLACE FUNCTION s.f()")
    assert create_routine(found) == head + PARSED + ";"
    several = msgspec.structs.replace(found, result="SETOF s.t")
    assert placeholder_routine(several).endswith("AS 'SELECT NULL';")


def test_header_is_not_mistaken_for_a_body() -> None:
    """Words of a body inside quotes of the header do not begin it."""
    text = "CREATE OR REPLACE FUNCTION s.\"f\nRETURN x\"()\n RETURNS text\n LANGUAGE sql\nRETURN 'a'::text\n"
    found = msgspec.structs.replace(function("f"), definition=text, result="text")
    assert placeholder_routine(found) == (
        "CREATE FUNCTION s.\"f\nRETURN x\"()\n RETURNS text\n LANGUAGE sql\nAS 'SELECT NULL::text';"
    )


# Order


def everything() -> dict[str, Any]:
    """One object of each kind, none of which needs another."""
    return {
        "languages": (Language(name="l", owner="o", trusted=False, handler="h"),),
        "collations": (Collation(schema="s", name="co", owner="o", provider="libc"),),
        "conversions": (
            Conversion(
                schema="s",
                name="cv",
                owner="o",
                from_encoding="a",
                to_encoding="b",
                function=QualifiedName("s", "f"),
            ),
        ),
        "casts": (Cast(source="a", target="b", method="inout"),),
        "transforms": (Transform(type="a", language="l"),),
        "access_methods": (AccessMethod(name="m", kind="INDEX", handler="h"),),
        "operators": (Operator(schema="s", name="+", owner="o", result="a", function="f"),),
        "operator_families": (OperatorFamily(schema="s", name="of", owner="o", method="m"),),
        "operator_classes": (
            OperatorClass(
                schema="s", name="oc", owner="o", method="m", type="a", family=QualifiedName("s", "of")
            ),
        ),
    }


def test_everything_has_a_place_and_a_statement() -> None:
    """Every kind is a node of the plan before tables, and its step is one CREATE statement."""
    parts = everything()
    table = Relation(schema="s", name="t", kind=RelationKind.TABLE, owner="o")
    found = structure(relations=(table,), **parts)
    kinds = [step.object.kind for step in plan(found).steps]
    assert kinds[-1] is ObjectKind.RELATION
    assert len(kinds) == len(parts) + 1
    for each in programming_objects(found).values():
        assert create_programmed(each)[0].startswith("CREATE ")


def test_base_type_is_declared_before_its_functions() -> None:
    """Shell, functions, type, and only then what uses the type."""
    base = name(ObjectKind.TYPE, "t")
    routines = [name(ObjectKind.ROUTINE, text) for text in ("i", "o")]
    found = structure(
        bases=(Base(schema="s", name="t", owner="o", clauses=("INPUT = s.i",)),),
        routines=(function("a_user"), function("i"), function("o")),
        dependencies=(
            *(needs(base, each) for each in routines),
            *(needs(each, base) for each in routines),
            needs(name(ObjectKind.ROUTINE, "a_user"), base),
        ),
    )
    assert plan(found).steps == (
        Step(base, DECLARE),
        Step(routines[0]),
        Step(routines[1]),
        Step(base),
        Step(name(ObjectKind.ROUTINE, "a_user")),
    )


def test_range_with_canonical_function() -> None:
    """A range type is declared for its canonical function."""
    node, canonical = name(ObjectKind.TYPE, "r"), name(ObjectKind.ROUTINE, "c")
    found = structure(
        ranges=(Range(schema="s", name="r", owner="o", subtype="date"),),
        routines=(function("c"),),
        dependencies=(needs(node, canonical), needs(canonical, node)),
    )
    assert plan(found).steps == (Step(node, DECLARE), Step(canonical), Step(node))


def test_generated_column_and_the_function_that_reads_its_table() -> None:
    """A value that is computed cannot be added later, so the function is first made without its body."""
    table, routine = name(ObjectKind.RELATION, "t"), name(ObjectKind.ROUTINE, "f")
    column = Column(name="c", type="integer", default="s.f()", generated=Generated.STORED)
    found = structure(
        relations=(Relation(schema="s", name="t", kind=RelationKind.TABLE, owner="o", columns=(column,)),),
        routines=(function("f", PARSED),),
        dependencies=(needs(table, routine, Part.DEFAULT, "c"), needs(routine, table, Part.BODY)),
    )
    assert plan(found).steps == (Step(routine), Step(table), Step(routine, REPLACE))


def test_loose_members_come_later_in_a_circle() -> None:
    """A family whose loose member needs what needs the family gets its members later."""
    family = name(ObjectKind.OPERATOR_FAMILY, "f", "btree")
    operator = name(ObjectKind.OPERATOR, "<", "(a, b)")
    found = structure(
        operator_families=(OperatorFamily(schema="s", name="f", owner="o", method="btree"),),
        operators=(
            Operator(schema="s", name="<", owner="o", left="a", right="b", result="boolean", function="f"),
        ),
        dependencies=(needs(family, operator, what="members"), needs(operator, family)),
    )
    assert plan(found).steps == (Step(family), Step(operator), Step(family, MEMBERS))


def test_cast_comes_before_what_calls_its_function() -> None:
    """A default may use a cast by its function alone; a circle of both is no reason to wait."""
    cast, routine = name(ObjectKind.CAST, "a", "b", schema=""), name(ObjectKind.ROUTINE, "f")
    base = name(ObjectKind.TYPE, "d")
    parts: dict[str, Any] = {
        "casts": (Cast(source="a", target="b", method="function", function="s.f(a)"),),
        "routines": (function("f"),),
        "bases": (Base(schema="s", name="d", owner="o"),),
    }
    calls = (needs(cast, routine), needs(base, routine, Part.DEFAULT))
    assert [step.object for step in plan(structure(dependencies=calls, **parts)).steps] == [
        routine,
        cast,
        base,
    ]
    circle = (*calls, needs(cast, base))
    assert [step.object for step in plan(structure(dependencies=circle, **parts)).steps] == [
        routine,
        base,
        cast,
    ]


def test_key_needs_its_operator_class() -> None:
    """A table with a key waits for the operator class of the key's index."""
    parts = everything()
    key = Key(name="t_pkey", columns=("a",), definition="PRIMARY KEY (a)")
    table = Relation(schema="s", name="t", kind=RelationKind.TABLE, owner="o", primary_key=key)
    node, used = name(ObjectKind.RELATION, "t"), name(ObjectKind.OPERATOR_CLASS, "oc", "m")
    found = plan(
        structure(relations=(table,), dependencies=(needs(node, used, Part.INDEX, "t_pkey"),), **parts)
    )
    assert found.needs[node] == {used}


def test_cast_by_the_function_of_another_type() -> None:
    """A cast whose function returns something else waits for the cast without function from there."""
    by_function = Cast(source="a", target="c", method="function", function="s.f(a)")
    binary = Cast(source="b", target="c", method="binary")
    order = [step.object.name for step in plan(structure(casts=(by_function, binary))).steps]
    assert order == ["b", "a"]


def test_generated_column_and_a_function_of_its_row() -> None:
    """Since PostgreSQL 17 a column is computed from nothing at first, and gets its expression later."""
    node, routine = name(ObjectKind.RELATION, "t"), name(ObjectKind.ROUTINE, "f")
    column = Column(name="c", type="integer", default="s.f(NULL::s.t)", generated=Generated.STORED)
    parts: dict[str, Any] = {
        "relations": (Relation(schema="s", name="t", kind=RelationKind.TABLE, owner="o", columns=(column,)),),
        "routines": (function("f"),),
        "dependencies": (needs(node, routine, Part.DEFAULT, "c"), needs(routine, node)),
    }
    text = script(**parts)
    first, then = (
        "GENERATED ALWAYS AS (NULL::integer) STORED",
        "ALTER COLUMN c SET EXPRESSION AS (s.f(NULL::s.t));",
    )
    assert text.index(first) < text.index("CREATE FUNCTION") < text.index(then)
    old = Server(version="16.1", version_number=160001)
    assert "SET EXPRESSION" not in script(server=old, **parts)
