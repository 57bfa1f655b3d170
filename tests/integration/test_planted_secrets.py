"""Some fifty secrets in every place of a database that can hold one: none comes out, whatever is asked for.

Each is a token of its own that no pattern can know by itself (`x7Qp` and a number): what gives it away is
where it stands.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import psycopg
import pypdfium2
import pytest
from psycopg import conninfo as conninfos

from pgdossier.servers.embedded import EmbeddedServer
from tests.conftest import MakeDatabase
from tests.support.command import clean_environment, pgdossier

# Settings of the whole server are made, and roles.
pytestmark = pytest.mark.xdist_group("operation")

TOKEN = re.compile(r"x7Qp[0-9]{2}vKz9")

SCHEMA = """
CREATE EXTENSION postgres_fdw;
CREATE FOREIGN DATA WRAPPER lax OPTIONS (api_token 'x7Qp01vKz9');
CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'far.example', dbname 'x');
CREATE SERVER lax_server TYPE 'x' FOREIGN DATA WRAPPER lax
    OPTIONS (dsn 'host=h user=u password=x7Qp02vKz9', secret 'x7Qp03vKz9', url 'https://u:x7Qp04vKz9@h.example');
CREATE USER MAPPING FOR PUBLIC SERVER far OPTIONS (user 'u', password 'x7Qp05vKz9');
CREATE USER MAPPING FOR PUBLIC SERVER lax_server OPTIONS (access_key 'x7Qp06vKz9');
CREATE FOREIGN TABLE elsewhere (id int OPTIONS (auth_token 'x7Qp07vKz9')) SERVER lax_server
    OPTIONS (connection 'postgres://u:x7Qp08vKz9@h/x', passphrase 'x7Qp09vKz9');
CREATE SUBSCRIPTION planted_sub CONNECTION 'host=far.example user=u password=x7Qp10vKz9'
    PUBLICATION p WITH (connect = false, slot_name = NONE);

-- They stand for the functions of extensions.
CREATE FUNCTION dblink(text, text) RETURNS SETOF record LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE FUNCTION pgp_sym_encrypt(text, text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE DOMAIN pin AS text DEFAULT pgp_sym_encrypt('x', 'x7Qp11vKz9')
    CONSTRAINT pin_check CHECK (VALUE <> 'postgresql://u:x7Qp12vKz9@h/d');
CREATE TYPE pair AS (a text, b text);
COMMENT ON COLUMN pair.a IS 'postgres://u:x7Qp13vKz9@h/d';
CREATE TABLE accounts (
    id int PRIMARY KEY,
    name text,
    wifi_password text DEFAULT 'x7Qp14vKz9' CHECK (wifi_password <> 'x7Qp15vKz9'),
    sealed text GENERATED ALWAYS AS (pgp_sym_encrypt(name, 'x7Qp16vKz9')) STORED,
    EXCLUDE USING btree (name WITH =) WHERE (name <> 'postgresql://u:x7Qp17vKz9@h/d')
);
COMMENT ON TABLE accounts IS 'Host far.example, user admin, the password is x7Qp18vKz9.';
COMMENT ON COLUMN accounts.name IS 'PGPASSWORD=x7Qp19vKz9 psql -h far.example';
CREATE INDEX sealed_names ON accounts (pgp_sym_encrypt(name, 'x7Qp20vKz9')) WHERE name <> 'redis://:x7Qp21vKz9@h';
COMMENT ON INDEX sealed_names IS 'host=h password=x7Qp22vKz9';
CREATE STATISTICS of_names ON (pgp_sym_encrypt(name, 'x7Qp23vKz9')), wifi_password FROM accounts;
CREATE VIEW remote AS
    SELECT r.id FROM dblink('host=far.example password=x7Qp24vKz9', 'SELECT 1') r (id int);
CREATE MATERIALIZED VIEW remembered AS
    SELECT r.id FROM dblink('postgresql://u:x7Qp25vKz9@far.example/x', 'SELECT 1') r (id int) WITH NO DATA;
CREATE FUNCTION pull() RETURNS void LANGUAGE plpgsql SET app.credentials = 'x7Qp26vKz9' AS $$
DECLARE
    v_pass constant text := 'x7Qp27vKz9';
BEGIN
    -- export PGPASSWORD='x7Qp28vKz9'
    PERFORM * FROM dblink(concat('host=h password=', 'x7Qp29vKz9'), 'SELECT 1') r (id int);
    PERFORM * FROM dblink(format('host=%s password=%s', 'h', 'x7Qp30vKz9'), 'SELECT 1') r (id int);
    IF EXISTS (SELECT FROM accounts WHERE wifi_password = 'x7Qp31vKz9') THEN
        EXECUTE 'ALTER ROLE somebody PASSWORD ''x7Qp32vKz9''';
    END IF;
    COPY accounts (id, name) FROM PROGRAM 'curl -u admin:x7Qp33vKz9 https://far.example/x';
    PERFORM create_aws_credentials('KEYID', 'x7Qp34vKz9', '');
END
$$;
COMMENT ON FUNCTION pull() IS '{"password": "x7Qp35vKz9"}';
CREATE FUNCTION as_standard(secret_key text DEFAULT 'x7Qp36vKz9') RETURNS int LANGUAGE sql
    BEGIN ATOMIC SELECT r.id FROM dblink('user=u password=x7Qp37vKz9', '') r (id int); END;
CREATE FUNCTION note_row() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER calling AFTER UPDATE ON accounts FOR EACH ROW
    WHEN (NEW.wifi_password IS DISTINCT FROM 'x7Qp38vKz9')
    EXECUTE FUNCTION note_row('Bearer x7Qp39vKz9-and-on-and-on');
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON accounts USING (name <> 'https://h/x?api_key=x7Qp40vKz9');
CREATE RULE quiet AS ON DELETE TO accounts DO ALSO
    SELECT * FROM dblink('host=h password=x7Qp41vKz9', '') r (id int);
-- Rows are not read, whatever they say.
CREATE SCHEMA cron;
CREATE TABLE cron.job (jobid bigint PRIMARY KEY, schedule text, command text);
INSERT INTO cron.job VALUES (1, '* * * * *', 'SELECT dblink_connect(''host=h password=x7Qp42vKz9'')');
GRANT SELECT ON ALL TABLES IN SCHEMA cron TO PUBLIC;
GRANT SELECT, UPDATE ON accounts TO PUBLIC;
"""

ROLES = """
CREATE ROLE planted_role LOGIN PASSWORD 'x7Qp43vKz9';
ALTER ROLE planted_role SET app.token = 'x7Qp44vKz9';
COMMENT ON ROLE planted_role IS 'postgres://planted_role:x7Qp45vKz9@h/d';
SET app.jwt_secret = 'x7Qp46vKz9';
SELECT set_config('app.key', 'x7Qp47vKz9', false), count(*) FROM accounts;
"""

OF_SERVER = {
    "archive_command": "PGPASSWORD=x7Qp48vKz9 store %p",
    "restore_command": "fetch --token x7Qp49vKz9 %f",
    "primary_conninfo": "host=h user=u password=x7Qp50vKz9",
    "ssl_passphrase_command": "echo x7Qp51vKz9",
    "archive_cleanup_command": "clean x7Qp52vKz9",
    "app.custom": "x7Qp53vKz9",
}

OF_CONNECTION = "x7Qp60vKz9"


@pytest.fixture
def planted(observed_server: EmbeddedServer, make_database: MakeDatabase) -> Iterator[str]:
    """The URL of a database full of secrets, which has no password."""
    url = make_database(observed_server, SCHEMA)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ROLES.encode())
        database = connection.info.dbname
        for sql in (
            f"ALTER DATABASE \"{database}\" SET app.dsn = 'host=h password=x7Qp54vKz9'",
            f"ALTER ROLE planted_role IN DATABASE \"{database}\" SET app.more = 'x7Qp55vKz9'",
            *(f"ALTER SYSTEM SET {name} = '{value}'" for name, value in OF_SERVER.items()),
            "SELECT pg_reload_conf()",
        ):
            connection.execute(sql.encode())
    try:
        with psycopg.connect(url, application_name="job password=x7Qp56vKz9", autocommit=True) as other:
            other.execute("SELECT 'x7Qp57vKz9' FROM accounts")
            yield url
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            for name in OF_SERVER:
                connection.execute(f"ALTER SYSTEM RESET {name}".encode())
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("DROP SUBSCRIPTION planted_sub")
            connection.execute("DROP OWNED BY planted_role")
            connection.execute("DROP ROLE planted_role")


def leaks(text: str | bytes) -> list[str]:
    """The tokens in it."""
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return sorted(set(TOKEN.findall(shown)))


def leaking_files(folder: Path) -> dict[str, list[str]]:
    """The files below a folder that hold tokens."""
    return {
        path.relative_to(folder).as_posix(): found
        for path in sorted(folder.rglob("*"))
        if path.is_file() and (found := leaks(path.read_bytes()))
    }


def with_password(url: str, password: str = OF_CONNECTION) -> str:
    """The URL with a password, which the server does not ask for."""
    return f"{url}{'&' if '?' in url else '?'}password={password}"


class Processes:
    """Watches the command lines of all processes, as `ps` would show them to everybody."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Processes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    shown = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                except OSError:
                    continue
                self.seen.add(shown)


def test_no_planted_secret_comes_out(planted: str, tmp_path: Path) -> None:
    """Every command and format, talkative and with forced failures: not a token in a file or on a stream."""
    source = with_password(planted)
    keywords = conninfos.make_conninfo(planted, password=OF_CONNECTION)
    home, out = tmp_path / "home", tmp_path / "out"
    home.mkdir()
    out.mkdir()
    folder, cache = out / "document", tmp_path / "cache"
    (home / "service.conf").write_text(
        "[planted]\n" + "".join(f"{k}={v}\n" for k, v in conninfos.conninfo_to_dict(keywords).items()),
        encoding="utf-8",
    )
    passwords = home / "passwords"
    passwords.write_text("*:*:*:*:x7Qp61vKz9\n", encoding="utf-8")
    passwords.chmod(0o600)
    environment = {
        "PGDOSSIER_CACHE": str(cache),
        "PGPASSWORD": "x7Qp62vKz9",
        "PGPASSFILE": str(passwords),
        "PGSERVICEFILE": str(home / "service.conf"),
    }
    talkative = ("--verbose", "--traceback")
    commands: list[tuple[int, list[str | Path]]] = [
        (0, ["generate", keywords, "-o", folder, "--format", "html", "--layout", "split", *talkative]),
        (0, ["generate", "service=planted", "-o", out / "plain", *talkative]),
        (0, ["generate", source, "-o", out / "three", "--verify", "--probe", *talkative]),
        (0, ["snapshot", source, "-o", out / "snapshot.json", *talkative]),
        (0, ["snapshot", source]),
        (1, ["review", source, *talkative]),
        (0, ["diagram", source, "--around", "public.accounts"]),
        (0, ["check", source, "-o", folder, *talkative]),
        (0, ["diff", folder, source, *talkative]),
        (1, ["diff", source, out / "nothing.sql", *talkative]),
        (1, ["drift", source, "--migrations", out / "nothing.sql", *talkative]),
        (3, ["drift", source, "--command", "sh -c 'env; exit 1'", *talkative]),
        (0, ["verify", source, "--probe", "--emit", "pytest", out / "test_it.py", *talkative]),
        (0, ["verify", folder, "--emit", "pgtap", out / "it.sql", "--format", "json"]),
        (0, ["comments", source, *talkative]),
        (0, ["generate", "service=planted", "-o", out / "plain"]),
        # What fails, in the ways that there are.
        (2, ["check", source, keywords]),
        (2, ["generate", source, "--no-such-option"]),
        (2, ["generate", f"postgresql://u:{OF_CONNECTION}@h:port/x", *talkative]),
        (2, ["generate", f"mysql://u:{OF_CONNECTION}@h/x", *talkative]),
        (2, ["generate", f"host=h password='{OF_CONNECTION}", *talkative]),
        (2, ["generate", f"nothing={OF_CONNECTION} password={OF_CONNECTION}", *talkative]),
        (3, ["generate", f"host=127.0.0.1 port=1 password={OF_CONNECTION}", *talkative]),
        (3, ["generate", re.sub(r"/test_\w+", "/absent", source), *talkative]),
        (2, ["generate", source, "-o", "/dev/null/x", *talkative]),
        (2, ["verify", source, "--scratch", source, *talkative]),
    ]
    formats = ("sql", "json", "dbml", "mermaid", "plantuml", "d2", "dot", "tbls", "grants")
    commands += [(0, ["export", source, "--format", name, *talkative]) for name in formats]
    (out / "nothing.sql").write_text("SELECT 1;\n", encoding="utf-8")
    wrong: list[tuple[object, ...]] = []
    with Processes() as processes:
        for code, arguments in commands:
            done = pgdossier(*arguments, home=home, environment=environment)
            shown = " ".join(str(each) for each in arguments[:1])
            if leaks(done.stdout) or leaks(done.stderr):
                wrong.append((shown, arguments[-3:], leaks(done.stdout), leaks(done.stderr)))
            if done.returncode != code:
                wrong.append((shown, [str(each) for each in arguments], done.returncode, done.stderr[-500:]))
    assert wrong == [], "\n".join(map(repr, wrong))
    for made in (home / "service.conf", passwords):
        made.unlink()
    assert leaking_files(tmp_path) == {}
    assert any(cache.rglob("*.json"))
    # What was given on the command line is there for all to see, and nothing else may be.
    children = [each for each in processes.seen if leaks(each) and " -m pgdossier " not in each]
    assert children == []


def test_papers_hold_no_planted_secret(planted: str, tmp_path: Path) -> None:
    """What is packed into PDF and DOCX was taken from the snapshot, which has none; unpacked it has none."""
    done = pgdossier(
        "generate", planted, "-o", tmp_path / "d", "--format", "docx", "--format", "pdf", home=tmp_path
    )
    assert done.returncode == 0, done.stderr
    with ZipFile(tmp_path / "d" / "document.docx") as packed:
        for name in packed.namelist():
            assert leaks(packed.read(name)) == [], name
    pages = pypdfium2.PdfDocument(tmp_path / "d" / "document.pdf")
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert "accounts" in text
    assert leaks(text) == []


def test_a_crash_shows_no_planted_secret(planted: str, tmp_path: Path) -> None:
    """An unexpected exception whose message, notes and cause quote the source shows none of it."""
    program = (
        "import sys\n"
        "import pgdossier.pipeline.saving as saving\n"
        "def read(config, progress, **_):\n"
        "    conninfo = config.source.conninfo\n"
        "    error = RuntimeError(f'no way to {conninfo!r} {config!r}')\n"
        "    error.add_note('connecting with ' + conninfo)\n"
        "    raise error from ValueError({'password': conninfo.partition('password=')[2]})\n"
        "saving.read = read\n"
        "from pgdossier.cli.main import run\n"
        "run(sys.argv[1:])\n"
    )
    source = with_password(planted)
    keywords = conninfos.make_conninfo(planted, password=OF_CONNECTION)
    spaced = conninfos.make_conninfo(planted, password=f"two {OF_CONNECTION}")
    quoted = planted.replace("postgresql://", f"postgresql://u:a%20{OF_CONNECTION}@", 1).replace(
        "postgres@", "", 1
    )
    for given in (source, keywords, spaced, quoted):
        for options in (["--traceback", "--verbose"], []):
            done = subprocess.run(
                [sys.executable, "-c", program, "snapshot", given, *options],
                env=clean_environment(tmp_path),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 3, done.stderr
            assert "internal error: RuntimeError" in done.stderr
            assert leaks(done.stdout + done.stderr) == [], done.stderr


def test_the_preview_serves_no_planted_secret(planted: str, tmp_path: Path) -> None:
    """Nor do the pages that a browser is shown, nor the log of the server that shows them."""
    folder = tmp_path / "d"
    assert pgdossier("generate", planted, "-o", folder, home=tmp_path).returncode == 0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "pgdossier", "serve", str(folder), "--port", str(port), "--verbose"],
        env=clean_environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        shown = _fetched(process, f"http://127.0.0.1:{port}/")
        assert b"accounts" in shown
        assert leaks(shown) == []
        for name in ("schema.sql", "snapshot.json"):
            assert leaks(_fetched(process, f"http://127.0.0.1:{port}/{name}")) == []
    finally:
        os.kill(process.pid, signal.SIGINT)
        log, _ = process.communicate(timeout=30)
    assert leaks(log) == []


def _fetched(process: subprocess.Popen[bytes], url: str) -> bytes:
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - the loopback address, by HTTP
                return bytes(answer.read())
        except OSError:
            time.sleep(0.05)  # until it listens
    raise AssertionError("the preview does not answer")
