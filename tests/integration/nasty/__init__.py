"""A schema that holds every kind of object that the reader knows, in the ugliest legal form."""

from __future__ import annotations

from pathlib import Path


def nasty_sql(major: int) -> str:
    """The psql script that makes it on a server of that major version: NUMBER.sql holds what NUMBER adds."""
    scripts = sorted(Path(__file__).parent.glob("*.sql"), key=lambda path: int(path.stem))
    return "\n".join(path.read_text(encoding="utf-8") for path in scripts if int(path.stem) <= major)
