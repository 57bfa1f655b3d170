"""The generator of the benchmark makes the same realistic schema from the same numbers, everywhere."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys

import pytest

from benchmarks.design import SMALLEST, design, fitting
from benchmarks.dice import Dice
from benchmarks.schema import SIZES, schema_sql


@pytest.mark.parametrize("tables", [SMALLEST, 13, 60, 257, 1_000])
@pytest.mark.parametrize("seed", [0, 7])
def test_a_database_has_as_many_tables_as_were_asked_for(tables: int, seed: int) -> None:
    """N tables are N, with partitions, for any N and any seed."""
    assert design(tables, seed).counts()["tables"] == tables


def test_the_same_numbers_give_the_same_text() -> None:
    """The bytes are those of every Python version and of every process; another seed gives another schema."""
    text = schema_sql(60, 1)
    # Made with Python 3.11; a change of the generator changes it, another version of Python must not.
    assert hashlib.sha256(text.encode()).hexdigest() == (
        "8673c1d3e93314849909aed7e53ad9268f1f88bb961ba03db5ade6b9d285f2fc"
    )
    assert schema_sql(60, 2) != text
    printed = subprocess.run(
        [sys.executable, "-m", "benchmarks.schema", "--tables", "60", "--seed", "1"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert printed.stdout == text


@pytest.mark.parametrize("tables", [1_000, 10_000])
def test_the_proportions_are_those_of_real_schemas(tables: int) -> None:
    """Per table there are about 12 columns, 1.7 foreign keys and 4.4 indexes."""
    counts = design(tables, SIZES[tables]).counts()
    assert counts["columns"] / tables == pytest.approx(12, abs=0.8)
    assert counts["foreign keys"] / tables == pytest.approx(1.7, abs=0.15)
    assert counts["indexes"] / tables == pytest.approx(4.4, abs=0.2)


def test_foreign_keys_make_hubs_and_stay_near() -> None:
    """A few tables are referred to by many, most foreign keys stay in their schema, and some make a cycle."""
    tables = design(1_000, SIZES[1_000]).tables
    keys = [(table, key.target) for table in tables for key in table.foreign_keys]
    most = max(sum(target is table for _, target in keys) for table in tables)
    assert most > 15
    assert sum(table.schema == target.schema for table, target in keys) / len(keys) > 0.7
    place = {id(table): number for number, table in enumerate(tables)}
    assert any(place[id(target)] > place[id(table)] for table, target in keys)


def test_every_kind_of_object_is_there() -> None:
    """Partial and expression indexes, identities, sequences, policies, partitions and the rest."""
    text = schema_sql(1_000)
    for pattern in (
        r"CREATE INDEX .* WHERE ",
        r"USING btree \(lower\(",
        r"USING gin ",
        r"USING brin ",
        r" INCLUDE \(",
        r"GENERATED ALWAYS AS IDENTITY",
        r"GENERATED ALWAYS AS \(.*\) STORED",
        r"CREATE SEQUENCE ",
        r"CREATE TYPE .* AS ENUM",
        r"CREATE DOMAIN ",
        r"PARTITION BY RANGE",
        r"PARTITION OF ",
        r"ENABLE ROW LEVEL SECURITY",
        r"CREATE POLICY ",
        r"CREATE MATERIALIZED VIEW ",
        r"CREATE TRIGGER ",
        r"CREATE PROCEDURE ",
        r"ON DELETE SET NULL",
        r"DEFERRABLE INITIALLY DEFERRED",
        r"COMMENT ON COLUMN ",
        r"GRANT SELECT ON ALL TABLES ",
    ):
        assert re.search(pattern, text), pattern


def test_names_fit_and_stay_apart() -> None:
    """A name that is too long is cut to what PostgreSQL takes, and two that begin alike stay two."""
    long = "a_name_that_goes_on_and_on" * 4
    assert len(fitting(long + "1")) == 63
    assert fitting(long + "1") != fitting(long + "2")
    assert fitting("short") == "short"


def test_too_few_tables_are_refused() -> None:
    """There is a smallest database."""
    with pytest.raises(ValueError, match="at least"):
        design(SMALLEST - 1, 0)


def test_dice_fall_everywhere_alike() -> None:
    """The same seed gives the same draws, whichever they are."""
    dice = Dice(42)
    assert [dice.between(1, 6) for _ in range(8)] == [4, 1, 2, 2, 5, 5, 6, 1]
    assert dice.some("abcdef", 3) == ["c", "a", "b"]
    assert dice.weighted((("a", 0.0), ("b", 1.0))) == "b"
