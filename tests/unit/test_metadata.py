"""Addresses of SQLAlchemy models: what is found, and what is said of what is not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pgdossier.building import metadata
from pgdossier.errors import UsageError

GOOD = """
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"
    __table_args__ = (sa.Index("by_name", "name"), {"schema": "s"})
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)

empty = sa.MetaData()
number = 7

class Db:
    metadata = Base.metadata

db = Db()

def make():
    return Base

def refuse():
    raise RuntimeError("password=abc is wrong")

def leave():
    raise SystemExit(3)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with good and bad modules, which are forgotten afterwards."""
    (tmp_path / "unit_models.py").write_text(GOOD)
    (tmp_path / "unit_needs.py").write_text("\nimport not_installed_anywhere\n")
    (tmp_path / "unit_raises.py").write_text("x = 1\nx / 0\n")
    (tmp_path / "unit_syntax.py").write_text("x = (\n")
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("unit_")]:
        del sys.modules[name]


@pytest.mark.parametrize("name", ["Base.metadata", "Base", "db", "db.metadata", "make"])
def test_what_is_found(folder: Path, name: str) -> None:
    """A MetaData, whatever has one, and a function that returns one; the path is as it was afterwards."""
    path = list(sys.path)
    found = metadata.load([f"unit_models:{name}"], folder)
    assert [list(each.tables) for each in found.metadata] == [["s.users"]]
    assert list(found.chosen.values()) == [frozenset({"by_name"})]
    assert metadata._schemas(found) == {"s"}
    assert sys.path == path


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("unit_models", "--metadata 'unit_models' is no address of models"),
        ("unit models:x", "--metadata 'unit models:x' is no address of models"),
        ("unit_nowhere.models:Base", "there is no module unit_nowhere"),
        ("unit_models:Bass", "--metadata unit_models:Bass: there is no Bass"),
        ("unit_models:empty", "--metadata unit_models:empty has no tables"),
        (
            "unit_models:number",
            "--metadata unit_models:number is neither a MetaData nor a declarative base, nor returns one",
        ),
        (
            "unit_models:refuse",
            "--metadata unit_models:refuse fails: RuntimeError: password=*** is wrong (unit_models.py:26)",
        ),
        ("unit_models:leave", "--metadata unit_models:leave fails: SystemExit: 3 (unit_models.py:29)"),
        (
            "unit_needs:Base",
            "importing unit_needs fails: ModuleNotFoundError: No module named 'not_installed_anywhere'"
            " (unit_needs.py:2)",
        ),
        (
            "unit_raises:Base",
            "importing unit_raises fails: ZeroDivisionError: division by zero (unit_raises.py:2)",
        ),
        (
            "unit_syntax:Base",
            "importing unit_syntax fails: SyntaxError: '(' was never closed (unit_syntax.py, line 1)",
        ),
    ],
)
def test_what_is_not(folder: Path, address: str, message: str) -> None:
    """One line says what is wrong and where, without secrets."""
    with pytest.raises(UsageError) as caught:
        metadata.load([address], folder)
    assert caught.value.message == message


def test_near_names(folder: Path) -> None:
    """What could be meant is named."""
    with pytest.raises(UsageError) as caught:
        metadata.load(["unit_models:Bass"], folder)
    assert caught.value.hint == "there is Base, Db, User, db, empty"
