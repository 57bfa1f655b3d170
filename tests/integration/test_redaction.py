"""`--redact` from the command line: nothing that it names is kept, and what was redacted is said."""

from __future__ import annotations

from pathlib import Path

from pgdossier.model.masking import REDACTED
from tests.conftest import MakeDatabase
from tests.support.command import pgdossier
from tests.support.servers import PostgresServer

SCHEMA = """
CREATE TABLE "DE111111" (
    id integer PRIMARY KEY, iban text CHECK (iban <> 'DE222222'), n integer DEFAULT 7654321
);
COMMENT ON TABLE "DE111111" IS 'Ask Jane about DE333333.';
CREATE FUNCTION pay() RETURNS text LANGUAGE sql AS 'SELECT ''DE444444'' -- for Jane';
CREATE VIEW paid AS SELECT id, 'DE555555'::text AS account FROM "DE111111";
"""


def test_nothing_that_is_to_be_redacted_is_kept(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """A document made before is cleaned as well, history included; names stay, and verify goes on."""
    url, folder = make_database(server, SCHEMA), tmp_path / "docs"
    assert pgdossier("generate", url, "-o", folder, home=tmp_path).returncode == 0
    redact = ("--redact", r"DE\d{6}", "--redact", r"Jane|7\d{6}")
    stale = pgdossier("check", url, "-o", folder, *redact, home=tmp_path)
    assert stale.returncode == 1
    done = pgdossier("generate", url, "-o", folder, *redact, "--verify", "--verbose", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "identical, as far as it could be verified" in done.stderr
    assert "what was redacted" in done.stderr
    assert pgdossier("check", url, "-o", folder, *redact, home=tmp_path).returncode == 0
    texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}
    texts[Path("streams")] = stale.stdout + stale.stderr + done.stdout + done.stderr
    for secret in ("Jane", "DE222222", "DE333333", "DE444444", "DE555555", "7654321"):
        assert [str(path) for path, text in texts.items() if secret in text] == [], secret
    assert 'CREATE TABLE public."DE111111"' in texts[folder / "schema.sql"]
    assert "Something in what follows was redacted" in texts[folder / "schema.sql"]
    assert f"{REDACTED} stands there" in texts[folder / "README.md"]
