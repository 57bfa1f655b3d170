"""Functions that other objects are made of (regproc columns)."""

from __future__ import annotations

import re

_WITHOUT_SCHEMA = re.compile(r"[^\".]+|\"(?:[^\"]|\"\")+\"")


def optional_function_sql(text: str) -> str | None:
    """`schema.name` from what a regproc column prints with an empty search_path, None for no function.

    It leaves out the schema of what is in pg_catalog, which is searched whatever search_path says.
    """
    return None if text == "-" else function_sql(text)


def function_sql(text: str) -> str:
    """The same where there must be a function."""
    return f"pg_catalog.{text}" if _WITHOUT_SCHEMA.fullmatch(text) else text
