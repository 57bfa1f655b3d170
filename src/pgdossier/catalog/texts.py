"""Texts of the server that are not UTF-8: shown as they can be, never a reason to stop.

A database without an encoding (SQL_ASCII) keeps whatever bytes it was given. In one of UTF-8 they come from
roles and databases, whose names every database of the cluster wrote in its own encoding.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader

NO_ENCODING = "SQL_ASCII"
REASON = "some hold bytes that are not UTF-8; each such byte stands here as \\xNN"

# All that psycopg makes a str of, or would if it knew the encoding.
_TYPES = ("text", "name", "varchar", "bpchar", '"char"')


def tolerate(connection: psycopg.Connection[Any]) -> list[str]:
    r"""Lets the connection decode every text.

    A byte that is no UTF-8 becomes `\xNN`, so texts that differ stay different.

    Returns:
        A list that is not empty as soon as there was such a text.
    """
    found: list[str] = []

    class Tolerant(Loader):
        def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
            super().__init__(oid, context)

        def load(self, data: Buffer) -> str:
            try:
                return str(data, "utf-8")
            except UnicodeDecodeError:
                text = bytes(data).decode("utf-8", "backslashreplace")
                found.append(text)
                return text

    for name in _TYPES:
        connection.adapters.register_loader(name, Tolerant)
    return found
