"""What tests run on: PostgreSQL servers, fresh databases, and the corpus.

Options and variables:
    --pg-dsn DSN                     use this server (as a superuser) in place of the embedded ones
    --pg-versions 13,18              only these majors for `any_server`
    --corpus DIR / PGDOSSIER_CORPUS  the folder of the corpus (default: shared/corpus beside the repository)
    PGDOSSIER_REQUIRE_VERSIONS=1     a version that cannot be had is a failure, not a skip (CI sets it)
    PGDOSSIER_TEST_CACHE             where the wheels of other versions are unpacked
"""

from __future__ import annotations

import os
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from pgdossier.errors import ServerError
from pgdossier.servers.embedded import EmbeddedServer
from tests.support.corpus import CORPUS_NAMES, find_corpus
from tests.support.postgres_versions import MAJORS, VersionUnavailable
from tests.support.servers import PostgresServer, ServerPool

# A landing must not depend on luck: the same examples every time there, new ones everywhere else. `nightly`
# looks harder. No deadline: the machines that run this are shared.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))

# Started in the background of a script, a process ignores Ctrl-C, and so would all that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Every test does the whole work, but for those of what is remembered from run to run.
os.environ["PGDOSSIER_CACHE"] = ""

REPOSITORY = Path(__file__).parent.parent

# A test that uses one of these needs a server, and gets the mark `server`.
SERVER_FIXTURES = {
    "server_pool",
    "server",
    "any_server",
    "observed_server",
    "make_database",
    "shared_database",
    "corpus_database",
}


class MakeDatabase(Protocol):
    """The type of the fixture `make_database`."""

    def __call__(
        self, server: PostgresServer, sql: str = "", *, name: str | None = None, template: str | None = None
    ) -> str: ...


class SharedDatabase(Protocol):
    """The type of the fixture `shared_database`."""

    def __call__(self, server: PostgresServer, name: str, sql: str) -> str: ...


class CorpusDatabase(Protocol):
    """The type of the fixture `corpus_database`."""

    def __call__(self, server: PostgresServer, name: str) -> str: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("pgdossier")
    group.addoption("--pg-dsn", metavar="DSN", help="run the server tests on this server, as a superuser")
    group.addoption("--pg-versions", metavar="MAJORS", help="run any_server on these majors only: 13,18")
    group.addoption("--corpus", metavar="DIR", help="the folder of the corpus (default: $PGDOSSIER_CORPUS)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "any_server" in metafunc.fixturenames:
        if metafunc.config.getoption("--pg-dsn"):
            majors: tuple[int | None, ...] = (None,)
        else:
            chosen = metafunc.config.getoption("--pg-versions")
            majors = tuple(int(major) for major in chosen.split(",")) if chosen else MAJORS
        names = [f"pg{major}" if major else "dsn" for major in majors]
        metafunc.parametrize("any_server", majors, ids=names, indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if SERVER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.server)
        # What a module makes once is made once in the run too, and not by each worker.
        if _shares(item) and item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def _shares(item: pytest.Item) -> bool:
    """Whether a test uses a fixture that its module makes once."""
    session = item.session._fixturemanager
    return any(
        made.scope == "module"
        for name in getattr(item, "fixturenames", ())
        for made in session.getfixturedefs(name, item) or ()
    )


@pytest.fixture(scope="session")
def server_pool(pytestconfig: pytest.Config) -> Iterator[ServerPool]:
    """Every server of this session, started when first asked for."""
    pool = ServerPool(pytestconfig.getoption("--pg-dsn"))
    yield pool
    pool.close()


@pytest.fixture(scope="session")
def server(server_pool: ServerPool) -> PostgresServer:
    """The server that users get with the `embedded` extra, or the one of --pg-dsn."""
    return server_pool.default()


@pytest.fixture(scope="session")
def any_server(request: pytest.FixtureRequest, server_pool: ServerPool) -> PostgresServer:
    """One server after the other, of every major version that is supported."""
    major: int | None = request.param
    if major is None:
        return server_pool.default()
    try:
        return server_pool.of_major(major)
    except VersionUnavailable as reason:
        if os.environ.get("PGDOSSIER_REQUIRE_VERSIONS") == "1":
            pytest.fail(str(reason))
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def observed_server(server_pool: ServerPool) -> EmbeddedServer:
    """A server with pg_stat_statements that also counts nested statements, planning and the times of blocks.

    It is always an embedded one, and nobody's but of the tests that ask for it: what it counts is theirs.
    """
    return server_pool.observed()


@pytest.fixture
def make_database(request: pytest.FixtureRequest) -> MakeDatabase:
    """Make a database for this test alone: `make_database(server, sql) -> url`; dropped at its end.

    With `name` it is called exactly that (for golden documents); with `template` it starts as a copy.
    """

    def make(
        server: PostgresServer, sql: str = "", *, name: str | None = None, template: str | None = None
    ) -> str:
        database = name or _unique("test")
        server.create_database(database, template)
        request.addfinalizer(lambda: server.drop_database(database))
        if sql:
            server.run_sql(database, sql)
        return server.url(database)

    return make


@pytest.fixture(scope="session")
def shared_database(request: pytest.FixtureRequest) -> SharedDatabase:
    """Load once what tests only read: `shared_database(server, name, sql) -> url`; lives for the session."""
    urls: dict[tuple[int, str], str] = {}

    def share(server: PostgresServer, name: str, sql: str) -> str:
        key = (id(server), name)
        if key not in urls:
            database = _unique(name)
            server.create_database(database)
            request.addfinalizer(lambda: server.drop_database(database))
            server.run_sql(database, sql)
            urls[key] = server.url(database)
        return urls[key]

    return share


@pytest.fixture(scope="session")
def corpus_directory(pytestconfig: pytest.Config) -> Path:
    """The folder of the corpus; tests that need it are skipped where there is none and none was named."""
    directory = find_corpus(pytestconfig.getoption("--corpus"), REPOSITORY)
    if directory is None:
        pytest.skip("the corpus is not here: name it with --corpus or PGDOSSIER_CORPUS")
    return directory


@pytest.fixture(scope="session", params=CORPUS_NAMES)
def corpus_name(request: pytest.FixtureRequest) -> str:
    """One name of the corpus after the other."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def corpus_database(corpus_directory: Path, shared_database: SharedDatabase) -> CorpusDatabase:
    """A database of the corpus, only to read: `corpus_database(server, name) -> url`, loaded when asked."""

    def load(server: PostgresServer, name: str) -> str:
        try:
            return shared_database(
                server, name, (corpus_directory / f"{name}.sql").read_text(encoding="utf-8")
            )
        except ServerError as error:
            if "extension control file" in error.message:
                pytest.skip(
                    f"PostgreSQL {server.version} here lacks an extension that {name} needs: {error.message}"
                )
            raise

    return load


def _unique(name: str) -> str:
    """A database name that no other test and no other process on the same server uses."""
    return f"{name}_{uuid.uuid4().hex[:12]}"
