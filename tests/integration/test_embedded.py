from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
import sqlalchemy

import pgdossier
from pgdossier.errors import ServerError
from pgdossier.servers import cluster, psql
from pgdossier.servers.binaries import Binaries, find_binaries, inspect
from pgdossier.servers.embedded import EmbeddedServer
from pgdossier.servers.process import Account, server_account
from tests.conftest import CorpusDatabase, MakeDatabase
from tests.support.servers import PostgresServer

posix = pytest.mark.skipif(
    os.name != "posix", reason="signals, accounts and sockets are those of POSIX systems"
)
as_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root changes accounts")

# What a program that uses the server looks like; it says where its server is and lives until its input ends.
OWNER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.embedded import EmbeddedServer
with EmbeddedServer(find_binaries(Path(sys.argv[2]))) as server:
    print(server.url(), server._supervisor.pid, flush=True)
    sys.stdin.read()
"""


class Owner:
    """A process of its own with an embedded server in it."""

    def __init__(
        self,
        source: Path,
        programs: Path,
        *,
        python: str = sys.executable,
        environment: dict[str, str] | None = None,
        account: Account | None = None,
    ) -> None:
        self.process = subprocess.Popen(
            [python, "-c", OWNER, str(source), str(programs)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env=os.environ | (environment or {}),
            **(account.run_as if account else {}),
        )
        assert self.process.stdout is not None
        self.url, supervisor = self.process.stdout.readline().split()
        self.supervisor = int(supervisor)
        self.directory = run_directory(self.url)
        self.postmaster = postmaster_of(self.url)

    def end(self) -> int:
        """Let it end by itself; returns its exit code."""
        self.process.communicate()
        return self.process.returncode

    def is_gone(self) -> bool:
        return not is_running(self.postmaster) and not self.directory.exists()


@pytest.fixture
def short_directory() -> Iterator[Path]:
    """A folder with a space in its name that every account can enter, short enough for a socket in it."""
    directory = Path(tempfile.mkdtemp(prefix="a b", dir="/tmp"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def embedded() -> Binaries:
    return find_binaries()


@pytest.fixture(scope="module")
def source() -> Path:
    """The folder that the package is imported from."""
    assert pgdossier.__file__ is not None
    return Path(pgdossier.__file__).parent.parent


def run_directory(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0]).parent


def postmaster_of(url: str) -> int:
    return int((run_directory(url) / "data" / "postmaster.pid").read_text().splitlines()[0])


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended but was not asked for its exit code does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def fetch(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


# Servers and databases for other tests


def test_every_version_starts_and_takes_a_fresh_database(
    any_server: PostgresServer, make_database: MakeDatabase
) -> None:
    """Each major starts, is of the version it says, and a made database holds what was loaded."""
    url = make_database(any_server, "CREATE TABLE seen (id int); INSERT INTO seen VALUES (7);")
    assert fetch(url, "SELECT current_setting('server_version_num')::int / 10000") == any_server.major
    assert fetch(url, "SELECT id FROM seen") == 7


def test_every_corpus_database_loads(
    server: PostgresServer, corpus_name: str, corpus_database: CorpusDatabase, corpus_directory: Path
) -> None:
    """Each dump of the corpus loads without an error, all its tables are there, and it is loaded once."""
    url = corpus_database(server, corpus_name)
    assert fetch(url, COUNT_TABLES) == tables_in(corpus_directory / f"{corpus_name}.sql")
    assert corpus_database(server, corpus_name) == url


def test_corpus_databases_load_on_every_version(
    any_server: PostgresServer, corpus_database: CorpusDatabase, corpus_directory: Path
) -> None:
    """A dump of PostgreSQL 15 loads on the versions before and after it."""
    url = corpus_database(any_server, "pagila")
    assert fetch(url, COUNT_TABLES) == tables_in(corpus_directory / "pagila.sql")


COUNT_TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"


def tables_in(dump: Path) -> int:
    return len(re.findall("^CREATE TABLE ", dump.read_text(encoding="utf-8"), re.MULTILINE))


# The life of a server


@posix
def test_a_stopped_server_leaves_nothing(embedded: Binaries) -> None:
    """After the block the process is gone and so are its files, also when the block ends with an error."""
    server = EmbeddedServer(embedded)
    seen: list[tuple[int, Path]] = []

    def use_and_fail() -> None:
        with server:
            seen.append((postmaster_of(server.url()), run_directory(server.url())))
            assert is_running(seen[0][0])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        use_and_fail()
    ((postmaster, directory),) = seen
    assert not is_running(postmaster)
    assert not directory.exists()
    with pytest.raises(ServerError, match="not running"):
        server.url()


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_a_signal_that_ends_the_owner_ends_the_server(
    embedded: Binaries, source: Path, number: signal.Signals
) -> None:
    """A process that dies of a signal, even of one it cannot see, takes its server and its data along."""
    owner = Owner(source, embedded.directory)
    owner.process.send_signal(number)
    assert owner.end() == -number
    wait_until(owner.is_gone)


@posix
def test_what_was_left_behind_is_cleaned_up_by_the_next_server(embedded: Binaries, source: Path) -> None:
    """When the supervisor is killed too, the next server stops the one left behind and removes its data."""
    owner = Owner(source, embedded.directory)
    os.kill(owner.supervisor, signal.SIGKILL)
    owner.process.kill()
    owner.end()
    assert is_running(owner.postmaster)
    wait_until(lambda: not is_running(owner.supervisor))
    with EmbeddedServer(embedded):
        wait_until(owner.is_gone)


@posix
def test_a_server_whose_supervisor_was_killed_is_still_stopped(embedded: Binaries) -> None:
    """Stopping does not depend on the supervisor."""
    with EmbeddedServer(embedded) as server:
        url = server.url()
        postmaster = postmaster_of(url)
        assert server._supervisor is not None
        server._supervisor.kill()
    assert not is_running(postmaster)
    assert not run_directory(url).exists()


def test_a_running_server_is_left_alone_by_others(embedded: Binaries) -> None:
    """Starting a second server does not clean up the first."""
    with EmbeddedServer(embedded) as first, EmbeddedServer(embedded) as second:
        assert first.url() != second.url()
        assert fetch(first.url(), "SELECT 1") == fetch(second.url(), "SELECT 1")


@posix
def test_a_server_that_cannot_start_says_why_and_leaves_nothing(
    embedded: Binaries, short_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is the server's own first complaint, and no file or process stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(short_directory))
    server = EmbeddedServer(embedded, shared_preload_libraries=("no_such_library",))
    with pytest.raises(
        ServerError, match=r'PostgreSQL .* did not start: could not access file "no_such_library"'
    ):
        server.start()
    assert list(short_directory.iterdir()) == []


@posix
def test_a_disk_without_room_is_told_in_one_line(
    embedded: Binaries, short_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system refuses becomes an error for users, and nothing half-made stays."""

    def no_room(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "tempdir", str(short_directory))
    monkeypatch.setattr("pgdossier.servers.embedded.make_data_directory", no_room)
    with pytest.raises(ServerError, match=r"cannot be made: .*No space left") as caught:
        EmbeddedServer(embedded).start()
    assert caught.value.hint is not None
    assert list(short_directory.iterdir()) == []


# Where it can live


def copied_programs(binaries: Binaries, target: Path) -> Binaries:
    """The programs, their libraries and their data in another place."""
    package = binaries.directory.parent.parent
    leave_out = shutil.ignore_patterns("*.a", "include", "pgxs", "doc")
    shutil.copytree(package, target / package.name, symlinks=True, ignore=leave_out)
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, target / libraries.name, symlinks=True)
    found = inspect(target / package.name / binaries.directory.relative_to(package))
    assert found is not None
    return found


@posix
def test_paths_with_spaces(
    embedded: Binaries, short_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs, data, socket and cache may all lie in folders with spaces in their names."""
    monkeypatch.setattr(tempfile, "tempdir", str(short_directory))
    monkeypatch.setenv("XDG_CACHE_HOME", str(short_directory / "the cache"))
    with EmbeddedServer(copied_programs(embedded, short_directory / "the programs")) as server:
        assert run_directory(server.url()).parent == short_directory
        server.create_database("loaded")
        server.run_sql("loaded", "CREATE EXTENSION pg_trgm;")
        assert fetch(server.url("loaded"), "SELECT 1") == 1
    (kept,) = (short_directory / "the cache" / "pgdossier" / "clusters").iterdir()
    assert (kept / "PG_VERSION").is_file()


def test_the_second_server_starts_from_the_cache(
    embedded: Binaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """initdb runs once; what it made is copied from then on, and no server writes into the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with EmbeddedServer(embedded) as server:
        server.create_database("of_the_first")
    monkeypatch.setattr(cluster, "_initdb", None)
    with EmbeddedServer(embedded) as server:
        assert fetch(server.url(), "SELECT count(*) FROM pg_database") == 3


@posix
def test_two_processes_fill_an_empty_cache_at_once(embedded: Binaries, source: Path, tmp_path: Path) -> None:
    """Both get a server, one of the two copies is kept, and nothing half-made stays."""
    command = [sys.executable, "-c", OWNER, str(source), str(embedded.directory)]
    owners = [
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"XDG_CACHE_HOME": str(tmp_path)},
        )
        for _ in range(2)
    ]
    assert [owner.wait() for owner in owners] == [0, 0]
    assert len(list((tmp_path / "pgdossier" / "clusters").iterdir())) == 1


@posix
@pytest.mark.parametrize("home", ["/dev/null", "/no/such/folder"])
def test_a_home_that_cannot_be_written(
    embedded: Binaries, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    """Without a place for a cache the server starts all the same."""
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("XDG_CACHE_HOME", f"{os.devnull}/cache")
    with EmbeddedServer(embedded) as server:
        assert fetch(server.url(), "SELECT 1") == 1


@posix
def test_the_path_of_a_bare_machine_is_enough(embedded: Binaries, source: Path) -> None:
    """Nothing on PATH but the system's own tools is needed, and libpq's variables do not lead it astray."""
    astray = dict.fromkeys(("PGHOST", "PGDATABASE", "PGUSER", "PGDATA", "PGOPTIONS", "PGSERVICE"), "nowhere")
    owner = Owner(source, embedded.directory, environment=astray | {"PATH": "/usr/bin:/bin", "PGPORT": "1"})
    assert owner.end() == 0
    assert owner.is_gone()


# Under which account


@as_root
def test_as_root_the_server_runs_under_another_account(embedded: Binaries) -> None:
    """PostgreSQL refuses to run as root: the server gets an account without rights."""
    with EmbeddedServer(embedded) as server:
        directory = run_directory(server.url())
        data = (directory / "data").stat()
        assert data.st_uid != 0
        assert data.st_mode & 0o077 == 0
        assert Path(f"/proc/{postmaster_of(server.url())}").stat().st_uid == data.st_uid
        assert directory.stat().st_uid == 0


@as_root
def test_as_root_with_programs_that_only_root_can_read(embedded: Binaries, tmp_path: Path) -> None:
    """A virtual environment beneath a private home directory works: the programs are copied."""
    tmp_path.chmod(0o700)
    private = copied_programs(embedded, tmp_path)
    with EmbeddedServer(private) as server:
        directory = run_directory(server.url())
        program = Path(f"/proc/{postmaster_of(server.url())}/exe").readlink()
        assert program.is_relative_to(directory)
        assert fetch(server.url(), "SELECT count(*) > 30 FROM pg_available_extensions")
        server.run_sql("postgres", "SELECT 1;")
    assert not directory.exists()


@as_root
def test_as_an_ordinary_user(embedded: Binaries, source: Path, short_directory: Path) -> None:
    """A user without rights and without a home runs the server as itself."""
    account = server_account()
    assert account is not None
    python = next((path for path in (sys.executable, "/usr/bin/python3") if can_run(account, path)), None)
    if python is None:
        pytest.skip(f"the account {account.name} can run no Python of version 3.11 or newer here")
    shutil.copytree(source / "pgdossier", short_directory / "source" / "pgdossier")
    programs = copied_programs(embedded, short_directory / "programs").directory
    owner = Owner(short_directory / "source", programs, python=python, account=account)
    assert Path(f"/proc/{owner.postmaster}").stat().st_uid == account.uid
    owner.process.kill()
    wait_until(owner.is_gone)
    owner.end()


def can_run(account: Account, python: str) -> bool:
    check = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return (
            subprocess.run(check, cwd="/", capture_output=True, check=False, **account.run_as).returncode == 0
        )
    except OSError:
        return False


# What it does


def test_its_url_is_read_by_libpq_and_by_sqlalchemy(
    server: PostgresServer, make_database: MakeDatabase
) -> None:
    """Both reach the same database, also one whose name needs escaping."""
    url = make_database(server, name='a "b"/c?d=é %')
    assert fetch(url, "SELECT current_database()") == 'a "b"/c?d=é %'
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT current_database()")) == 'a "b"/c?d=é %'
    engine.dispose()


def test_settings_reach_the_server(embedded: Binaries) -> None:
    """Settings and libraries given are in force, with quotes and all; time is UTC unless said otherwise."""
    settings = {"search_path": '"it\'s", public', "work_mem": "7MB"}
    with EmbeddedServer(
        embedded, shared_preload_libraries=("pg_stat_statements",), settings=settings
    ) as server:
        assert fetch(server.url(), "SHOW search_path") == '"it\'s", public'
        assert fetch(server.url(), "SHOW work_mem") == "7MB"
        assert fetch(server.url(), "SHOW shared_preload_libraries") == "pg_stat_statements"
        assert fetch(server.url(), "SHOW TimeZone") == "UTC"
        assert fetch(server.url(), "SHOW server_encoding") == "UTF8"
        assert server.version == fetch(server.url(), "SHOW server_version")


def test_a_tcp_server_wants_its_password(embedded: Binaries) -> None:
    """Where there are no Unix sockets only who has the password gets in, and only on this machine."""
    with EmbeddedServer(embedded, unix_socket=False) as server:
        assert fetch(server.url(), "SHOW listen_addresses") == "127.0.0.1"
        server.create_database("other")
        server.run_sql("other", "CREATE TABLE t ();")
        parts = urlsplit(server.url())
        assert parts.password is not None
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url().replace(parts.password, "guess"))


def test_a_database_made_from_a_template(server: PostgresServer, make_database: MakeDatabase) -> None:
    """A copy has what its template had."""
    original = make_database(server, "CREATE TABLE t AS SELECT 5 AS five;")
    name = urlsplit(original).path.removeprefix("/")
    assert fetch(make_database(server, template=name), "SELECT five FROM t") == 5


def test_a_script_that_fails_says_where(server: PostgresServer, make_database: MakeDatabase) -> None:
    """The first error stops the script and is told with its line, nothing after it runs."""
    name = urlsplit(make_database(server, "CREATE TABLE t ();")).path.removeprefix("/")
    with pytest.raises(
        ServerError, match=r'^The SQL script failed at line 2: relation "gone" does not exist$'
    ):
        server.run_sql(name, "SELECT 1;\nTABLE gone;\nDROP TABLE t;\n")
    assert fetch(server.url(name), "SELECT to_regclass('t') IS NOT NULL") is True


def test_a_script_as_pg_dump_writes_it(
    server: PostgresServer, make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    r"""Data between `COPY` and `\.` and the `\restrict` lines are understood, by an older psql too."""
    script = "\\restrict abc\n\nCREATE TABLE t (v text);\nCOPY t FROM stdin;\ngrün\n\\.\n\n\\unrestrict abc\n"
    assert fetch(make_database(server, script), "SELECT v FROM t") == "grün"
    monkeypatch.setattr(psql, "knows_restrict", lambda version: False)
    assert fetch(make_database(server, script), "SELECT v FROM t") == "grün"
