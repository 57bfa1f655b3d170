"""Rules, extended statistics and settings of columns and indexes in the definition of one relation."""

from __future__ import annotations

from pgdossier.ddl.relations import relation_definition
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.model.columns import Column
from pgdossier.model.extended_statistics import ExtendedStatistics
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.names import QualifiedName
from pgdossier.model.privileges import Grant
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.rules import Rule
from pgdossier.model.triggers import Enabled
from tests.support.builders import snapshot


def definition(relation: Relation, *statistics: ExtendedStatistics) -> str:
    structure = snapshot(relation, extended_statistics=statistics).structure
    return relation_definition(relation, Surroundings.of(structure))


def rule(name: str, **rest: object) -> Rule:
    return Rule(
        name=name,
        event="insert",
        instead=False,
        definition=f"CREATE RULE {name} AS\n    ON INSERT TO s.t DO NOTHING",
        **rest,  # type: ignore[arg-type]  # fields of Rule, whichever a test names
    )


def test_all_that_belongs_to_a_table() -> None:
    """Settings of columns, indexes with targets, statistics and rules follow the table in this order."""
    table = Relation(
        schema="s",
        name="t",
        kind=RelationKind.TABLE,
        owner="somebody",
        columns=(
            Column(
                name="A",
                type="text",
                storage="MAIN",
                grants=(Grant(grantee="r", privilege="SELECT", grantor="somebody"),),
            ),
        ),
        grants=(),
        indexes=(
            Index(
                name="I",
                method="btree",
                keys=(IndexKey(expression="lower(a)"),),
                definition='CREATE INDEX "I" ON s.t USING btree (lower("A"))',
                statistics_targets=((1, 0),),
            ),
        ),
        rules=(
            rule("a", enabled=Enabled.ALWAYS, comment="it's"),
            rule("b", enabled=Enabled.DISABLED),
            rule("c", enabled=Enabled.REPLICA),
            rule("d"),
            rule("e", enabled=Enabled.UNKNOWN),
        ),
    )
    statistics = ExtendedStatistics(
        schema="other",
        name="S",
        owner="somebody",
        relation=QualifiedName("s", "t"),
        definition='CREATE STATISTICS other."S" ON "A", b FROM s.t',
        target=0,
        comment="c",
    )
    elsewhere = ExtendedStatistics(
        schema="s", name="x", owner="o", relation=QualifiedName("s", "u"), definition="CREATE STATISTICS s.x"
    )
    assert definition(table, statistics, elsewhere) == (
        "CREATE TABLE s.t (\n"
        '    "A" text\n'
        ");\n\n"
        'ALTER TABLE ONLY s.t ALTER COLUMN "A" SET STORAGE MAIN;\n\n'
        'CREATE INDEX "I" ON s.t USING btree (lower("A"));\n'
        'ALTER INDEX s."I" ALTER COLUMN 1 SET STATISTICS 0;\n\n'
        'CREATE STATISTICS other."S" ON "A", b FROM s.t;\n'
        'ALTER STATISTICS other."S" SET STATISTICS 0;\n'
        "COMMENT ON STATISTICS other.\"S\" IS 'c';\n\n"
        "CREATE RULE a AS\n    ON INSERT TO s.t DO NOTHING;\n"
        "ALTER TABLE s.t ENABLE ALWAYS RULE a;\n"
        "COMMENT ON RULE a ON s.t IS 'it''s';\n"
        "CREATE RULE b AS\n    ON INSERT TO s.t DO NOTHING;\n"
        "ALTER TABLE s.t DISABLE RULE b;\n"
        "CREATE RULE c AS\n    ON INSERT TO s.t DO NOTHING;\n"
        "ALTER TABLE s.t ENABLE REPLICA RULE c;\n"
        "CREATE RULE d AS\n    ON INSERT TO s.t DO NOTHING;\n"
        "CREATE RULE e AS\n    ON INSERT TO s.t DO NOTHING;\n"
    )


def test_views_have_no_settings_of_columns() -> None:
    """ALTER VIEW knows no storage and no statistics targets: nothing is said even if the catalogs do."""
    view = Relation(
        schema="s",
        name="v",
        kind=RelationKind.VIEW,
        owner="o",
        definition=" SELECT 1 AS a",
        columns=(Column(name="a", type="integer", statistics_target=5),),
    )
    assert "SET STATISTICS" not in definition(view)
