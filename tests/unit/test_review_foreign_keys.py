"""Foreign keys written again as SQL."""

from __future__ import annotations

from pgdossier.model.constraints import Action, ForeignKey, Match
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.review import foreign_keys

KEY = ForeignKey(
    name="To b",
    columns=("b_id", "Year"),
    target=QualifiedName("s", "B"),
    target_columns=("id", "year"),
    definition="",
    on_update=Action.CASCADE,
    on_delete=Action.SET_NULL,
    on_delete_columns=("b_id",),
    match=Match.SIMPLE,
    deferrable=True,
    initially_deferred=True,
)
TABLE = Relation(schema="s", name="a", kind=RelationKind.TABLE, owner="o", foreign_keys=(KEY,))


def test_everything_but_the_change_stays() -> None:
    """The other action, the deferral and the name are kept; the rows are read by a second statement."""
    add, validate = foreign_keys.declared_again(TABLE, KEY, on_delete=Action.RESTRICT)
    assert add.sql == (
        'ALTER TABLE s.a DROP CONSTRAINT "To b", ADD CONSTRAINT "To b" FOREIGN KEY (b_id, "Year")'
        ' REFERENCES s."B" (id, year) ON UPDATE CASCADE ON DELETE RESTRICT'
        " DEFERRABLE INITIALLY DEFERRED NOT VALID"
    )
    assert validate.sql == 'ALTER TABLE s.a VALIDATE CONSTRAINT "To b"'


def test_the_columns_of_an_action_that_stays_are_kept() -> None:
    """SET NULL keeps its list of columns when another part is changed."""
    add, _ = foreign_keys.declared_again(TABLE, KEY, match=Match.FULL)
    assert "MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL (b_id)" in add.sql


def test_a_partitioned_table_takes_one_step() -> None:
    """Before PostgreSQL 18 its foreign keys cannot be NOT VALID."""
    table = Relation(schema="s", name="a", kind=RelationKind.PARTITIONED_TABLE, owner="o")
    (step,) = foreign_keys.declared_again(table, KEY, on_delete=Action.CASCADE)
    assert "NOT VALID" not in step.sql
