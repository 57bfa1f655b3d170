"""Whatever goes wrong: one clear line and a hint, the right exit code, no secret, nothing half-written."""

from __future__ import annotations

import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from pgdossier.servers.embedded import EmbeddedServer
from pgdossier.servers.process import server_account
from tests.conftest import MakeDatabase
from tests.support.command import clean_environment, pgdossier
from tests.support.documents import contents
from tests.support.servers import PostgresServer

pytestmark = pytest.mark.xdist_group("bad input")

SECRET = "s3cr3t-Pa%24%24"  # noqa: S105 - the password that must not be shown
SECRETS = (SECRET, "s3cr3t", "Pa$$")
SMALL = "CREATE TABLE one (id integer PRIMARY KEY); CREATE TABLE two (id integer PRIMARY KEY);"


def refused(
    *arguments: str | Path,
    home: Path,
    code: int,
    environment: Mapping[str, str] | None = None,
    **options: object,
) -> str:
    """Run a command that must fail so; gives its line without the program's name, details, hint."""
    before = contents(home)
    done = pgdossier(*arguments, home=home, environment=environment, **options)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    first, *details, hint, last = done.stderr.split("\n")
    assert last == "", done.stderr
    assert first.startswith("pgdossier: error: "), done.stderr
    assert all(line.startswith("  ") for line in details), done.stderr
    assert hint.startswith("hint: "), done.stderr
    assert "Traceback" not in done.stderr
    assert not any(secret in done.stderr for secret in SECRETS), done.stderr
    assert contents(home) == before
    said = (first.removeprefix("pgdossier: error: "), *map(str.strip, details), hint.removeprefix("hint: "))
    return " / ".join(said)


@pytest.fixture(scope="module")
def url(server: PostgresServer) -> Iterator[str]:
    """A small database."""
    name = f"small_{os.getpid()}"
    server.create_database(name)
    server.run_sql(name, SMALL)
    yield server.url(name)
    server.drop_database(name)


# --- the server --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def guarded() -> Iterator[EmbeddedServer]:
    """A server that listens on the loopback address and asks for a password."""
    with EmbeddedServer(unix_socket=False) as server:
        yield server


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port of the loopback address that nobody listens to: it is bound but not listened on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_a_host_that_nobody_listens_on(free_port: int, tmp_path: Path) -> None:
    """Host and port are named, the password is not."""
    source = f"postgresql://me:{SECRET}@127.0.0.1:{free_port}/shop"
    said = refused("generate", source, "-o", "made", home=tmp_path, code=3)
    assert f"127.0.0.1, port {free_port}" in said
    assert "cannot be reached" in said


def test_a_host_that_does_not_exist(tmp_path: Path) -> None:
    """A name that no name service knows (the domain is reserved for that)."""
    said = refused(
        "generate", f"postgresql://me:{SECRET}@host.invalid/shop", "-o", "made", home=tmp_path, code=3
    )
    assert "host.invalid" in said


def test_a_wrong_password(guarded: EmbeddedServer, tmp_path: Path) -> None:
    """The role is named, the password is not, wherever it came from."""
    place = guarded.url().rpartition("@")[2]
    source = f"postgresql://postgres:{SECRET}@{place}"
    assert 'role "postgres"' in refused("generate", source, "-o", "made", home=tmp_path, code=3)
    host, _, rest = place.partition(":")
    environment = {"PGPASSWORD": "s3cr3t-Pa$$"}
    conninfo = f"host={host} port={rest.partition('/')[0]} user=postgres dbname=postgres"
    assert "refused" in refused(
        "generate", conninfo, "-o", "made", home=tmp_path, code=3, environment=environment
    )
    said = refused("snapshot", f"{conninfo} password='s3cr3t-Pa$$'", "-o", "made.json", home=tmp_path, code=3)
    assert "refused" in said
    said = refused("generate", "-o", "made", home=tmp_path, code=3, environment={"DATABASE_URL": source})
    assert "refused" in said


def test_no_password(guarded: EmbeddedServer, tmp_path: Path) -> None:
    """A server that asks for a password when there is none: nobody is prompted."""
    source = f"postgresql://postgres@{guarded.url().rpartition('@')[2]}"
    assert "asks for the password" in refused("generate", source, "-o", "made", home=tmp_path, code=3)


def test_a_database_that_does_not_exist(server: PostgresServer, tmp_path: Path) -> None:
    """The database is named."""
    said = refused("generate", server.url("no such database"), "-o", "made", home=tmp_path, code=3)
    assert 'database "no such database" does not exist' in said


def test_a_role_that_does_not_exist(server: PostgresServer, tmp_path: Path) -> None:
    """The role is named."""
    source = server.url("postgres", "nobody here")
    assert 'role "nobody here"' in refused("generate", source, "-o", "made", home=tmp_path, code=3)


@contextmanager
def _listener(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on the loopback address that treats every client so; gives its port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return  # closed: the test is over
            with client:
                try:
                    answer(client)
                except OSError:
                    continue  # the client had enough

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def _garbage(client: socket.socket) -> None:
    client.recv(1024)
    client.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def _greets_first(client: socket.socket) -> None:
    client.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
    client.recv(1024)


def _hangs_up(client: socket.socket) -> None:
    client.recv(1024)


def _old(client: socket.socket) -> None:
    """What a PostgreSQL 12 says to a client before its first query, and nothing after that."""
    request = client.recv(1024)
    while request[4:8] in (struct.pack("!i", 80877103), struct.pack("!i", 80877104)):  # TLS, GSSAPI
        client.sendall(b"N")
        request = client.recv(1024)
    parameters = {"server_version": "12.22", "client_encoding": "UTF8", "standard_conforming_strings": "on"}
    client.sendall(
        _message(b"R", struct.pack("!i", 0))
        + b"".join(_message(b"S", f"{key}\0{value}\0".encode()) for key, value in parameters.items())
        + _message(b"K", struct.pack("!ii", 1, 1))
        + _message(b"Z", b"I")
    )
    client.recv(1024)


@pytest.mark.parametrize("answer", [_garbage, _greets_first, _hangs_up], ids=["web server", "ssh", "silence"])
def test_something_that_is_not_postgresql(answer: Callable[[socket.socket], None], tmp_path: Path) -> None:
    """A port where something else answers, or hangs up: the place is named, what it said is not repeated."""
    with _listener(answer) as port:
        source = f"postgresql://me:{SECRET}@127.0.0.1:{port}/shop"
        said = refused("generate", source, "-o", "made", home=tmp_path, code=3)
    assert f"127.0.0.1, port {port}" in said
    assert "not PostgreSQL" in said


def test_a_server_older_than_13(tmp_path: Path) -> None:
    """Its version is named, and the oldest that will do; no query is sent to it."""
    with _listener(_old) as port:
        said = refused(
            "generate", f"postgresql://me@127.0.0.1:{port}/shop", "-o", "made", home=tmp_path, code=3
        )
    assert "PostgreSQL 12" in said
    assert "13" in said


@pytest.mark.parametrize(
    "source",
    [
        f"mysql://me:{SECRET}@host/shop",
        f"postgresql://me:p@{SECRET}@host/shop",
        f"postgresql://me:{SECRET}@host:port/shop",
        f"postgresql://me:{SECRET}@127.0.0.1:99999/shop",
        f"postgresql://me:{SECRET}@[::1/shop",
        f"host=h password={SECRET} nonsense=1",
        f"host=h password='{SECRET}",
        "service=nowhere",
    ],
)
def test_a_malformed_source(source: str, tmp_path: Path) -> None:
    """Usage errors: what libpq says about them could quote a password, so it is not repeated."""
    refused("generate", source, "-o", "made", home=tmp_path, code=2)


# --- what to read ------------------------------------------------------------------------------------


def test_a_pattern_that_matches_nothing(url: str, tmp_path: Path) -> None:
    """The pattern is named; so is one of several, and one that only excludes."""
    for arguments in (
        ["--schema", "no_such.*"],
        ["--schema", "public.*", "--schema", "no_such.*"],
        ["--schema", "public.no_such*"],
    ):
        said = refused("generate", url, "-o", "made", *arguments, home=tmp_path, code=2)
        assert "no_such" in said


def test_a_malformed_pattern(url: str, tmp_path: Path) -> None:
    """A pattern with an open quote or too many parts is a usage error."""
    for pattern in ('"open', "a.b.c.d"):
        said = refused("generate", url, "-o", "made", "--schema", pattern, home=tmp_path, code=2)
        assert pattern in said


# --- the configuration -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pgdossier.toml", "pyproject.toml"])
def test_malformed_toml(url: str, tmp_path: Path, name: str) -> None:
    """File and line are named."""
    (tmp_path / name).write_text('# one\n[tool.pgdossier]\nlayout = "split\n', encoding="utf-8")
    assert f"{name}:3" in refused("generate", url, "-o", "made", home=tmp_path, code=2)


def test_an_unknown_key(url: str, tmp_path: Path) -> None:
    """The nearest right key is proposed."""
    (tmp_path / "pgdossier.toml").write_text('layuot = "split"\n', encoding="utf-8")
    said = refused("generate", url, "-o", "made", home=tmp_path, code=2)
    assert "layuot" in said
    assert "did you mean layout?" in said


def test_a_value_of_the_wrong_kind(url: str, tmp_path: Path) -> None:
    """The key and what it may be are named."""
    (tmp_path / "pgdossier.toml").write_text('layout = "spilt"\n', encoding="utf-8")
    said = refused("generate", url, "-o", "made", home=tmp_path, code=2)
    assert "layout" in said
    assert "single" in said


def test_a_configuration_file_that_is_not_there(url: str, tmp_path: Path) -> None:
    """The file that was named is named."""
    assert "my.toml" in refused("generate", url, "-o", "made", "--config", "my.toml", home=tmp_path, code=2)


def test_an_unknown_option_and_an_unknown_command(tmp_path: Path) -> None:
    """Both are usage errors with a hint."""
    assert "--layuot" in refused("generate", "--layuot", home=tmp_path, code=2)
    assert "genrate" in refused("genrate", home=tmp_path, code=2)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{% block title %}\nx\n", "document.md.j2:"),
        ("one\n{{ 1 + }}\n", "document.md.j2:2"),
        ("{{ no_such_thing }}\n", "no_such_thing"),
        ('{% extends "builtin/markdown/nowhere.md.j2" %}\n', "nowhere.md.j2"),
        ("{{ 1 / 0 }}\n", "document.md.j2"),
        ("{{ 1 | no_such_filter }}\n", "no_such_filter"),
        ("{{ structure.database.nmae }}\n", "nmae"),
        ("{{ structure.database.name.oops() }}\n", "oops"),
        ("{{ header(1, 2, 3) }}\n", "document.md.j2"),
    ],
    ids=[
        "open block",
        "syntax",
        "undefined",
        "no base",
        "division",
        "filter",
        "attribute",
        "method",
        "argument",
    ],
)
def test_a_broken_template(url: str, tmp_path: Path, text: str, part: str) -> None:
    """The template is named, with its line where that is known."""
    template = tmp_path / "templates" / "markdown" / "document.md.j2"
    template.parent.mkdir(parents=True)
    template.write_text(text, encoding="utf-8")
    said = refused("generate", url, "-o", "made", "--template-dir", "templates", home=tmp_path, code=2)
    assert part in said


def test_a_template_folder_that_is_not_there(url: str, tmp_path: Path) -> None:
    """A folder that was named must exist."""
    said = refused("generate", url, "-o", "made", "--template-dir", "nowhere", home=tmp_path, code=2)
    assert "nowhere" in said


# --- the output --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["README.md", "schema.sql", "snapshot.json", "diagrams/overview.svg", "tables/public.one.md"]
)
def test_a_file_in_the_way(url: str, tmp_path: Path, name: str) -> None:
    """A file that the tool did not write is named and left alone; nothing else is written either."""
    file = tmp_path / "made" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(b"mine\r\n")
    said = refused("generate", url, "-o", "made", "--layout", "split", home=tmp_path, code=2)
    assert name in said
    assert file.read_bytes() == b"mine\r\n"


def test_other_files_do_not_matter(url: str, tmp_path: Path) -> None:
    """What stands beside the document is neither touched nor counted, not even when the layout changes."""
    folder = tmp_path / "made"
    mine = {"notes.md": b"mine", "tables/mine.md": b"mine", "diagrams/mine.svg": b"<svg/>", ".keep": b""}
    for path, data in mine.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    for layout in ("split", "single"):
        done = pgdossier("generate", url, "-o", "made", "--layout", layout, home=tmp_path)
        assert done.returncode == 0, done.stderr
        found = contents(folder)
        assert {path: found.get(path) for path in mine} == mine
        assert ("tables/public.one.md" in found) == (layout == "split")


def test_an_edited_page(url: str, tmp_path: Path) -> None:
    """A page that somebody edited outside the blocks is shown and left; --keep and --discard go on."""
    assert pgdossier("generate", url, "-o", "made", home=tmp_path).returncode == 0
    page = tmp_path / "made" / "README.md"
    made = page.read_bytes()
    page.write_bytes(made.replace(b"## 1. Overview", b"## 1. My overview"))
    said = refused("generate", url, "-o", "made", home=tmp_path, code=2)
    assert "README.md:" in said
    assert " / - ## 1. Overview / + ## 1. My overview / " in said
    refused("generate", url, "-o", "made", "--keep", "--discard", home=tmp_path, code=2)
    assert pgdossier("generate", url, "-o", "made", "--discard", home=tmp_path).returncode == 0
    assert page.read_bytes() == made
    page.write_bytes(made.replace(b"## 1. Overview", b"## 1. My overview"))
    assert pgdossier("generate", url, "-o", "made", "--keep", home=tmp_path).returncode == 0
    kept = page.read_text(encoding="utf-8")
    assert "\n## 1. Overview\n" in kept
    assert "<!-- authored: prepared -->\n## 1. My overview\n<!-- /authored -->\n" in kept


def test_a_broken_block(url: str, tmp_path: Path) -> None:
    """A page whose block is not closed any more is named with the line."""
    assert pgdossier("generate", url, "-o", "made", home=tmp_path).returncode == 0
    page = tmp_path / "made" / "README.md"
    lines = page.read_text(encoding="utf-8").split("\n")
    opening = lines.index("<!-- authored: purpose -->")
    del lines[lines.index("<!-- /authored -->", opening)]
    page.write_text("\n".join(lines), encoding="utf-8")
    said = refused("generate", url, "-o", "made", home=tmp_path, code=2)
    assert "README.md:" in said
    assert f"purpose, opened in line {opening + 1}" in said


def test_an_output_folder_that_is_a_file(url: str, tmp_path: Path) -> None:
    """Named, and not replaced; so is a file among the folders above."""
    (tmp_path / "made").write_bytes(b"mine")
    assert "made is not a folder" in refused("generate", url, "-o", "made", home=tmp_path, code=2)
    assert "made" in refused("generate", url, "-o", "made/document", home=tmp_path, code=2)
    (tmp_path / "folder").mkdir()
    assert "folder" in refused("snapshot", url, "-o", "folder", home=tmp_path, code=2)


# Runs a command with the rights of another account. Everything is loaded by a first run before the rights are
# given up, because the account need not be able to read the interpreter's own files.
_AS_ANOTHER = """
import os, sys
from pgdossier.cli.main import execute
user, group, *arguments = sys.argv[1:]
assert execute([*arguments, "-o", "warm", "--quiet"]) == 0
if int(user) != os.getuid():
    os.setgroups([])
    os.setgid(int(group))
    os.setuid(int(user))
sys.exit(execute([*arguments, "-o", "made"]))
"""


@pytest.mark.skipif(os.name != "posix", reason="folders are made unwritable the POSIX way")
def test_an_output_folder_that_is_not_writable(url: str, tmp_path: Path) -> None:
    """Named, and nothing is written; as an account that permissions hold for, unlike root."""
    account = server_account()
    if os.getuid() == 0 and account is None:
        pytest.skip("root can write everywhere, and there is no other account to run as")
    home = Path(tempfile.mkdtemp())  # pytest's own folders are closed to other accounts
    try:
        assert pgdossier("snapshot", url, "-o", "small.json", home=home).returncode == 0
        (home / "made").mkdir()
        (home / "made").chmod(0o555)
        home.chmod(0o755)
        user, group = (account.uid, account.gid) if account else (os.getuid(), os.getgid())
        done = subprocess.run(
            [sys.executable, "-c", _AS_ANOTHER, f"{user}", f"{group}", "generate", "small.json"],
            env=clean_environment(home),
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 3, done.stderr
        error, hint = done.stderr.splitlines()
        assert error == "pgdossier: error: made is not writable"
        assert hint.startswith("hint: ")
        assert list((home / "made").iterdir()) == []
    finally:
        shutil.rmtree(home)


# --- snapshot files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "not a snapshot"),
        (b"\x00\xff\xfe", "not a snapshot"),
        (b"[1, 2]\n", "not a snapshot"),
        (b'{"format": 999, "captured_on": "2099-01-01"}\n', "format 999"),
        (b'{"format": 1, "captured_on": "2026-01-01"}\n', "damaged"),
        (b'{"format": 1, "captured_on": "2026-01-01", "structure": {"server', "not a snapshot"),
    ],
    ids=["empty", "binary", "other JSON", "newer", "incomplete", "cut off"],
)
def test_a_damaged_snapshot(tmp_path: Path, data: bytes, part: str) -> None:
    """The file is named and what is wrong with it; `generate` writes nothing."""
    (tmp_path / "shop.json").write_bytes(data)
    said = refused("generate", "shop.json", "-o", "made", home=tmp_path, code=3)
    assert "shop.json" in said
    assert part in said


def test_a_snapshot_that_is_not_there(tmp_path: Path) -> None:
    """The file is named."""
    assert "shop.json" in refused("generate", "shop.json", "-o", "made", home=tmp_path, code=3)


def test_patterns_for_a_snapshot(url: str, tmp_path: Path) -> None:
    """A snapshot has its scope already: patterns beside it are a usage error."""
    assert pgdossier("snapshot", url, "-o", "small.json", home=tmp_path).returncode == 0
    said = refused("generate", "small.json", "-o", "made", "--schema", "x", home=tmp_path, code=2)
    assert "snapshot" in said


def test_an_unusable_graphviz(url: str, tmp_path: Path) -> None:
    """A Graphviz that the configuration names and that is not there: the run stops."""
    (tmp_path / "pgdossier.toml").write_text('[diagrams]\ndot = "./no-dot"\n', encoding="utf-8")
    assert "no-dot" in refused("generate", url, "-o", "made", home=tmp_path, code=3)


def test_a_failed_run_leaves_the_document_as_it_was(
    server: PostgresServer, make_database: MakeDatabase, tmp_path: Path
) -> None:
    """A document that has become stale is untouched, byte for byte, when its refresh is refused."""
    name = f"stale_{os.getpid()}"
    source = make_database(server, SMALL, name=name)
    assert pgdossier("generate", source, "-o", "made", "--layout", "split", home=tmp_path).returncode == 0
    server.run_sql(name, "DROP TABLE two; CREATE TABLE three (id integer);")
    page = tmp_path / "made" / "tables" / "public.one.md"
    page.write_bytes(page.read_bytes() + b"\nMine.\n")
    said = refused("generate", source, "-o", "made", "--layout", "split", home=tmp_path, code=2)
    assert "public.one.md" in said
    assert (tmp_path / "made" / "tables" / "public.two.md").is_file()
