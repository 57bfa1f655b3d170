"""What the server prints alike is asked for once, and everything else by itself."""

from __future__ import annotations

from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pgdossier.catalog.assemble import Assembly, Rows
from pgdossier.catalog.columns import ColumnRow, ColumnTypeRow
from pgdossier.catalog.constraints import ConstraintRow, ExpressionRow
from pgdossier.catalog.deparsing import Trees
from pgdossier.catalog.indexes import DefinitionRow, IndexRow
from pgdossier.catalog.relations import RelationRow
from pgdossier.catalog.schemas import SchemaRow
from pgdossier.catalog.scope import ScopePatterns, resolve
from pgdossier.catalog.server import ServerRow
from pgdossier.model.columns import Column

R = TypeVar("R", bound=tuple[Any, ...])

_PLAIN: dict[Any, Any] = {kind: kind for kind in (str, int, bool, float)}
# A condition on column 2, as outfuncs.c writes it, cut short.
TREE = "{OPEXPR :opno 521 :args ({VAR :varno 1 :varattno 2 :vartype 23} {CONST :constvalue 4 [ 0 0 0 0 ]})}"


def row(kind: type[R], /, **values: Any) -> R:
    """A row of that kind with these values, and harmless ones for the rest."""
    hints = get_type_hints(kind)
    filled = {
        name: None if type(None) in get_args(hint) else _PLAIN.get(hint, get_origin(hint) or list)()
        for name, hint in hints.items()
    }
    return kind(**(filled | values))


def columns(names: dict[int, str]) -> dict[int, Column]:
    return {number: Column(name=name, type="integer") for number, name in names.items()}


def test_trees_are_alike_where_the_names_of_their_columns_are() -> None:
    """The number of a column means its name; a whole row, or a column that was not read, its relation."""
    trees = Trees()
    first = trees.key(TREE, 1, columns({1: "id", 2: "amount"}))
    assert trees.key(TREE, 2, columns({1: "key", 2: "amount"})) == first
    assert trees.key(TREE, 2, columns({1: "id", 2: "price"})) != first
    assert trees.key(TREE.replace("[ 0", "[ 1"), 1, columns({1: "id", 2: "amount"})) != first
    whole = TREE.replace(":varattno 2", ":varattno 0")
    assert trees.key(whole, 1, columns({2: "a"})) != trees.key(whole, 2, columns({2: "a"}))
    assert trees.key(TREE, 1, {}) != trees.key(TREE, 2, {})
    assert trees.key("{CONST}", 1, {}) == trees.key("{CONST}", 2, {})


def assembly() -> Assembly:
    """Two tables with the same column, condition and partial index, and one whose column has another name."""
    tables = {1: "a", 2: "b", 3: "c"}
    given = Rows(
        server=row(ServerRow, version="18.0", provider="c"),
        selection=resolve(ScopePatterns(), [row(SchemaRow, oid=9, name="public")]),
    )
    given.relations = [
        row(
            RelationRow,
            oid=oid,
            schema="public",
            name=name,
            kind="r",
            owner="o",
            persistence="p",
            replica_identity="d",
            populated=True,
        )
        for oid, name in tables.items()
    ]
    given.column_types = [row(ColumnTypeRow, oid=23, modifier=-1, type="integer", kind="b")]
    given.columns = [
        row(ColumnRow, relation=oid, number=2, name="n" if oid < 3 else "m", type_oid=23, type_modifier=-1)
        for oid in tables
    ]
    given.constraints = [
        row(
            ConstraintRow,
            oid=10 + oid,
            name="positive",
            type="c",
            relation=oid,
            tree=TREE,
            columns=[2],
            validated=True,
            enforced=True,
            local=True,
        )
        for oid in tables
    ]
    given.indexes = [
        row(
            IndexRow,
            oid=20 + oid,
            relation=oid,
            name=f"{name}_i",
            method="btree",
            keys=1,
            attributes="2",
            operator_classes="7",
            collations="0",
            orders="0",
            predicate_tree=TREE,
        )
        for oid, name in tables.items()
    ]
    return Assembly(given)


def test_one_answer_holds_for_all_that_are_alike() -> None:
    """Each definition has its own name and table, and what follows from the one that was asked for."""
    asked = assembly()
    assert asked.compose() == ([11, 13], [21, 23])
    unlike = asked.told(
        [ExpressionRow(11, "(n > 0)"), ExpressionRow(13, "(m > 0)")],
        [
            DefinitionRow(21, "CREATE INDEX a_i ON public.a USING btree (n) WHERE (n > 0)", "(n > 0)", None),
            DefinitionRow(23, "CREATE INDEX c_i ON public.c USING btree (m) WHERE (m > 0)", "(m > 0)", None),
        ],
    )
    assert unlike == ([], [])
    found = asked.snapshot().structure.relations
    assert [each.checks[0].definition for each in found] == [
        "CHECK ((n > 0))",
        "CHECK ((n > 0))",
        "CHECK ((m > 0))",
    ]
    assert [each.indexes[0].definition for each in found] == [
        "CREATE INDEX a_i ON public.a USING btree (n) WHERE (n > 0)",
        "CREATE INDEX b_i ON public.b USING btree (n) WHERE (n > 0)",
        "CREATE INDEX c_i ON public.c USING btree (m) WHERE (m > 0)",
    ]
    assert [each.indexes[0].predicate for each in found] == ["n > 0", "n > 0", "m > 0"]


def test_what_was_not_told_is_asked_for_by_itself() -> None:
    """Where a lock is in the way of the one, the others are asked about; what stays silent is missing."""
    asked = assembly()
    asked.compose()
    unlike = asked.told(
        [ExpressionRow(11, None), ExpressionRow(13, "(m > 0)")], [DefinitionRow(21, None, None, None)]
    )
    assert unlike == ([12], [22])
    unlike = asked.told(
        [ExpressionRow(12, "(n > 0)")],
        [DefinitionRow(22, "CREATE INDEX b_i ON public.b USING btree (n) WHERE (n > 0)", "(n > 0)", None)],
    )
    assert unlike == ([], [])
    first, second, third = asked.snapshot().structure.relations
    assert (first.checks, first.indexes) == ((), ())
    assert second.checks[0].expression == "n > 0"
    assert second.indexes[0].definition.startswith("CREATE INDEX b_i ON public.b")
    assert third.checks[0].expression == "m > 0"
    assert third.indexes == ()
