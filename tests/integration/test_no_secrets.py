"""No secret that is written anywhere in a database comes out of any command, in no file and on no stream."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from pgdossier.model.masking import MASK
from pgdossier.servers.embedded import EmbeddedServer
from tests.conftest import MakeDatabase
from tests.support.command import pgdossier

# Settings of the whole server are made, and roles.
pytestmark = pytest.mark.xdist_group("operation")

SEED = "hidden-secret-"
"""Every secret below begins so; each has an ending of its own that says where it was."""

SCHEMA = """
CREATE EXTENSION IF NOT EXISTS postgres_fdw;
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw
    OPTIONS (host 'far.example', dbname 'x', application_name 'postgres://u:hidden-secret-server@h/x');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'reader', password 'hidden-secret-mapping');
CREATE FOREIGN DATA WRAPPER custom OPTIONS (api_token 'hidden-secret-wrapper');
CREATE SUBSCRIPTION no_secrets_sub CONNECTION 'host=far.example user=u password=hidden-secret-subscription'
    PUBLICATION p WITH (connect = false, slot_name = NONE);

-- Stands for the extension's function, so that no extension is needed.
CREATE FUNCTION dblink(text, text) RETURNS SETOF record LANGUAGE sql AS 'SELECT 1';
CREATE TABLE accounts (
    id int PRIMARY KEY,
    name text,
    wifi_password text DEFAULT 'hidden-secret-default',
    note text CHECK (note <> 'postgresql://u:hidden-secret-check@h/d')
);
COMMENT ON TABLE accounts IS 'From host=far.example user=u password=hidden-secret-comment since 2019.';
CREATE VIEW remote AS
    SELECT r.id FROM dblink('host=far.example user=u password=hidden-secret-view', 'SELECT 1') r (id int);
CREATE VIEW remote_in_pieces AS
    SELECT r.id FROM dblink('host=far.example password=' || 'hidden-secret-pieces', 'SELECT 1') r (id int);
CREATE FUNCTION pull() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_password constant text := 'hidden-secret-variable';
BEGIN
    -- postgres://admin:hidden-secret-remark@far.example/x
    PERFORM * FROM dblink('dbname=x password=hidden-secret-body host=far.example', 'SELECT 1') r (id int);
    PERFORM * FROM dblink('postgresql://u:hidden-secret-url@far.example/x', 'SELECT 1') r (id int);
    EXECUTE 'CREATE ROLE somebody PASSWORD ''hidden-secret-dynamic''';
    EXECUTE $q$ALTER USER MAPPING FOR x SERVER y OPTIONS (SET password 'hidden-secret-quoted')$q$;
    PERFORM set_config('app.jwt_secret', 'hidden-secret-setting', true);
END
$$;
CREATE FUNCTION of_argument(api_key text DEFAULT 'hidden-secret-argument') RETURNS text
    LANGUAGE sql SET app.secret = 'hidden-secret-configuration' AS 'SELECT $1';
CREATE PROCEDURE harmless(p_password text) LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM accounts WHERE wifi_password = p_password) THEN
        RAISE NOTICE 'the password is known: %', length(p_password);
    END IF;
END
$$;
CREATE FUNCTION note_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER calling AFTER INSERT ON accounts FOR EACH ROW
    EXECUTE FUNCTION note_row('https://u:hidden-secret-trigger@hooks.example/x');
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (name <> 'postgres://u:hidden-secret-policy@h/d');
CREATE RULE quiet AS ON DELETE TO accounts DO ALSO
    SELECT * FROM dblink('host=h password=hidden-secret-rule', '') r (id int);
GRANT SELECT ON accounts TO PUBLIC;
"""

SETTINGS = """
CREATE ROLE no_secrets_role LOGIN PASSWORD 'hidden-secret-role';
GRANT SELECT ON accounts TO no_secrets_role;
ALTER ROLE no_secrets_role SET app.token = 'hidden-secret-of-role';
"""

# Conninfo and commands of the server, which a primary can have as well.
OF_SERVER = {
    "primary_conninfo": "host=h user=u password=hidden-secret-conninfo",
    "restore_command": "fetch --token hidden-secret-restore %f",
    "recovery_end_command": "curl -H 'Authorization: Bearer hidden-secret-end' h",
}


def _leaks(text: str) -> list[str]:
    return sorted(set(re.findall(rf"{SEED}\w+", text)))


def _files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8", "replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_no_secret_comes_out(
    observed_server: EmbeddedServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """Every command on a database full of passwords: none in a file, on stdout or on stderr."""
    url = make_database(observed_server, SCHEMA)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SETTINGS.encode())
        database = connection.info.dbname
        connection.execute(
            f"ALTER DATABASE \"{database}\" SET app.dsn = 'host=h password=hidden-secret-database'".encode()
        )
        for name, value in OF_SERVER.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value.replace(chr(39), chr(39) * 2)}'".encode())
        connection.execute("SELECT pg_reload_conf()")
    # The connection itself has a password, which the server does not ask for.
    separator = "&" if "?" in url else "?"
    source = f"{url}{separator}password=hidden-secret-connection"
    folder = tmp_path / "document"
    codes: dict[str, tuple[int, ...]] = {}
    said: dict[str, str] = {}
    try:
        with psycopg.connect(
            url, application_name="job password=hidden-secret-application", autocommit=True
        ) as other:
            other.execute("SELECT 1")
            commands: list[list[str | Path]] = [
                ["generate", source, "-o", folder, "--verbose", "--traceback"],
                ["snapshot", source, "-o", tmp_path / "snapshot.json"],
                ["review", source, "--verbose"],
                ["review", source, "--format", "sarif"],
                ["export", folder / "snapshot.json"],
                ["export", source, "--format", "grants"],
                ["check", source, "-o", folder, "--verbose"],
                ["check", folder, source],  # one argument too many
                ["diff", folder, source],
                ["verify", folder, "--verbose"],
                ["comments", source],
                # What fails: a server that is not there, a database that is not there.
                ["generate", "host=127.0.0.1 port=1 password=hidden-secret-refused", "--traceback"],
                ["generate", source.replace(database, "absent"), "--traceback"],
            ]
            for arguments in commands:
                done = pgdossier(*arguments, home=tmp_path)
                shown = " ".join(str(each) for each in arguments[:1])
                said[shown] = done.stdout + done.stderr
                codes[shown] = (*codes.get(shown, ()), done.returncode)
                assert not _leaks(done.stdout), (shown, _leaks(done.stdout))
                assert not _leaks(done.stderr), (shown, _leaks(done.stderr))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            for name in OF_SERVER:
                connection.execute(f"ALTER SYSTEM RESET {name}".encode())
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("DROP SUBSCRIPTION no_secrets_sub")
            connection.execute("DROP OWNED BY no_secrets_role")
            connection.execute("DROP ROLE no_secrets_role")
    # They did what they were meant to: an error at once would hide everything.
    assert codes == {
        "generate": (0, 3, 3),
        "snapshot": (0,),
        "review": (1, 1),
        "export": (0, 0),
        "check": (0, 2),
        "diff": (0,),
        "verify": (0,),
        "comments": (0,),
    }
    assert "holds a secret, which was masked" in said["verify"]
    files = _files(tmp_path)
    assert {"document/README.md", "document/snapshot.json", "document/schema.sql"} <= files.keys()
    assert {path: _leaks(text) for path, text in files.items() if _leaks(text)} == {}

    script = files["document/schema.sql"]
    assert f"password={MASK} host=far.example" in script
    assert "A secret in what follows was masked" in script
    # What only looks like a secret is as it was.
    assert "WHERE wifi_password = p_password" in script
    assert "holds a secret, which was masked" in files["document/README.md"]
