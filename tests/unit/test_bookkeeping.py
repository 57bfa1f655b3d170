"""The recipes by which bookkeeping tables are read."""

from __future__ import annotations

import pytest

from pgdossier.catalog.bookkeeping import NEWEST, MigrationRow, _columns, _recipe, history, query
from pgdossier.model.migrations import SHAPES, Shape
from pgdossier.model.names import QualifiedName
from tests.support import migration_tools

TABLE = QualifiedName("a%b", "t")
WITH_HISTORY = [shape for shape in SHAPES if shape.history]


@pytest.mark.parametrize("shape", WITH_HISTORY, ids=lambda shape: f"{shape.tool} {shape.table}")
def test_every_tool_has_a_recipe(shape: Shape) -> None:
    """Each table that holds migrations can be read, and says something by a column that it is known by."""
    recipe = _recipe(shape)
    assert recipe is not None
    told = {recipe.version, recipe.name} & shape.columns
    assert told or shape.tool in ("Liquibase", "Sqitch")
    sql = query(TABLE, recipe, dict.fromkeys(_columns(recipe), "text")).text(18)
    assert 'FROM ONLY "a%%b".t AS m' in " ".join(sql.split())
    assert f"LIMIT {NEWEST + 1}" in sql


def test_every_tool_of_the_list_is_tested_against_its_table() -> None:
    """The tools that the document promises have their own tables among the tests."""
    promised = {
        "Alembic",
        "Django",
        "Flyway",
        "Liquibase",
        "Rails (Active Record)",
        "Prisma",
        "Knex",
        "Entity Framework Core",
        "golang-migrate",
        "goose",
        "Sqitch",
        "dbmate or Rails (Active Record)",
        "SQLx",
        "Diesel",
        "Atlas",
    }
    assert promised <= {tool for tool, _ in migration_tools.STANDING.values()}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-01T10:00:00.123456789Z", "2024-01-01T10:00:00Z"),
        ("2024-01-01 10:00:00+00:00", "2024-01-01T10:00:00Z"),
        ("2024-01-01 10:00:00", "2024-01-01T10:00:00"),
        ("2024-01-01T10:00:00+02:00", "2024-01-01T10:00:00"),
        ("yesterday", None),
        (None, None),
    ],
)
def test_moments_that_tools_write_as_text(text: str | None, moment: str | None) -> None:
    """A moment is told as UTC only where the text says so; what is no moment is none."""
    shape = next(shape for shape in SHAPES if shape.tool == "Kysely")
    recipe = _recipe(shape)
    assert recipe is not None
    row = MigrationRow(version=None, name="x", part=None, applied_at=text, state="applied")
    (found,) = history(TABLE, shape, recipe, [row]).applied
    assert found.applied_at == moment
