"""Relationships and confidences in the configuration file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgdossier.config import Config, DeclaredRelationship, load
from pgdossier.errors import ConfigurationError


def _load(folder: Path, text: str) -> Config:
    file = folder / "pgdossier.toml"
    file.write_text(text, encoding="utf-8")
    return load(file=file, environ={})


def test_relationships_are_read(tmp_path: Path) -> None:
    """Each table is one declaration, with defaults for what it leaves out."""
    config = _load(
        tmp_path,
        '[[relationships]]\nfrom = "sales.orders(customer_code)"\nto = "crm.customers(code)"\nnote = "why"\n'
        "[[relationships]]\nfrom = '\"a b\".c(d, e)'\nto = 'f(g, h)'\ncardinality = \"one-to-one\"\n"
        "[implied]\nminimum_confidence = 85\n",
    )
    assert config.implied.minimum_confidence == 85
    assert config.relationships == (
        DeclaredRelationship(child="sales.orders(customer_code)", parent="crm.customers(code)", note="why"),
        DeclaredRelationship(child='"a b".c(d, e)', parent="f(g, h)", cardinality="one-to-one"),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        'from = "orders"\nto = "users(id)"',
        'from = "orders(user_id)"',
        'from = "orders(user_id)"\nto = "users(id)"\ncardinality = "many"',
        'from = "orders(user_id)"\nto = "users(id)"\nwhy = "unknown key"',
        'from = 1\nto = "users(id)"',
    ],
)
def test_relationships_that_cannot_be_read(tmp_path: Path, wrong: str) -> None:
    """The message names the file and says how a declaration is written."""
    with pytest.raises(ConfigurationError) as raised:
        _load(tmp_path, f'title = "x"\n[[relationships]]\n{wrong}\n')
    assert "pgdossier.toml" in raised.value.message
    assert "relationships must be tables [[relationships]], each with from and to" in raised.value.message


def test_a_confidence_is_a_percentage(tmp_path: Path) -> None:
    """Other numbers are refused with the line."""
    with pytest.raises(ConfigurationError, match=r"pgdossier\.toml:2: implied\.minimum_confidence must be"):
        _load(tmp_path, "[implied]\nminimum_confidence = 101\n")
