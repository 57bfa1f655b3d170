"""Documents in other languages: nothing bypasses the catalogue, and a change of language loses nothing."""

from __future__ import annotations

import re

from pgdossier.catalog import read
from tests.conftest import MakeDatabase
from tests.integration.test_torture import FAMILIES, load
from tests.support.bypasses import bypasses, rendered, report
from tests.support.roundtrip import drop_subscriptions
from tests.support.servers import PostgresServer

# Not every server has them.
_EXTENSION = re.compile(r"(?im)^CREATE EXTENSION")


def test_no_word_about_any_kind_of_object_bypasses_the_catalogue(
    server: PostgresServer, make_database: MakeDatabase
) -> None:
    """Every family of objects in its ugliest form, in one document: all that is said can be translated."""
    families = [
        name
        for name, files in FAMILIES.items()
        if files[0][0] <= server.major
        and not any(_EXTENSION.search(path.read_text(encoding="utf-8")) for _, path in files)
    ]
    url = load(server, families, make_database)
    try:
        snapshot = read(url)
    finally:
        drop_subscriptions(url)
    found = bypasses(rendered(snapshot), snapshot)
    assert not found, report(found)
