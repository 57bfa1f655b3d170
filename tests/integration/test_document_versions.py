"""Every supported version of PostgreSQL gives a sound and complete document."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgdossier import pipeline
from pgdossier.config import Config, Source
from pgdossier.progress import SILENT
from tests.conftest import CorpusDatabase, SharedDatabase
from tests.integration.nasty import nasty_sql
from tests.support.documents import problems
from tests.support.expected import missing
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.xdist_group("versions")

SHOP = Path(__file__).parents[2] / "samples" / "shop" / "shop.sql"


def _is_sound_and_complete(url: str, folder: Path) -> None:
    config = Config(source=Source(conninfo=url), output=folder, layout="single")
    assert pipeline.generate(config, SILENT).warnings == ()
    assert problems(folder) == []
    assert missing(url, folder) == []


def test_the_shop(any_server: PostgresServer, shared_database: SharedDatabase, tmp_path: Path) -> None:
    """The sample shop, with nearly every kind of object that the document knows."""
    _is_sound_and_complete(shared_database(any_server, "shop", SHOP.read_text(encoding="utf-8")), tmp_path)


def test_pagila(any_server: PostgresServer, corpus_database: CorpusDatabase, tmp_path: Path) -> None:
    """A schema of the corpus, with partitions that declare their own keys."""
    _is_sound_and_complete(corpus_database(any_server, "pagila"), tmp_path)


def test_every_kind_of_object(
    any_server: PostgresServer, shared_database: SharedDatabase, tmp_path: Path
) -> None:
    """Every kind of object that the reader knows in that version."""
    sql = nasty_sql(any_server.major)
    _is_sound_and_complete(shared_database(any_server, "nasty", sql), tmp_path)
