"""`docker-compose.yml`, the `Dockerfile` and what they take from the repository fit together.

No container engine is at hand where these tests run: they read the files as an engine would.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

REPOSITORY = Path(__file__).parents[2]
INIT_FOLDER = PurePosixPath("/docker-entrypoint-initdb.d")


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """The services of the compose file, by name."""
    compose = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
    services = compose["services"]
    assert isinstance(services, dict)
    return services


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile with their arguments, continued lines joined, comments dropped."""
    text = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(None, 1) for line in text.splitlines() if line.strip()]
    return [(name.upper(), arguments) for name, arguments in lines]


def _mounts(service: dict[str, Any]) -> dict[str, list[str]]:
    """What a service mounts: path in the repository -> path in the container and options."""
    mounts = [volume.split(":") for volume in service.get("volumes", [])]
    return {source: target for source, *target in mounts}


def _copied(instructions: list[tuple[str, str]]) -> list[str]:
    """What the Dockerfile copies from the repository (not from another stage)."""
    copies = [arguments.split() for name, arguments in instructions if name == "COPY"]
    return [source for words in copies if not words[0].startswith("--from") for source in words[:-1]]


def _default(text: str) -> str:
    """A value of the compose file with each `${NAME:-default}` replaced by its default."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def test_the_services_are_known(services: dict[str, dict[str, Any]]) -> None:
    """There is a database, the document, and the folder that the document is written to."""
    assert set(services) == {"database", "folder", "document"}


def test_mounted_paths_exist_or_are_build_output(services: dict[str, dict[str, Any]]) -> None:
    """Every bind mount names a file of the repository, or a folder below build/, which git ignores."""
    assert "/build/" in (REPOSITORY / ".gitignore").read_text(encoding="utf-8").splitlines()
    mounted = [source for service in services.values() for source in _mounts(service)]
    assert len(mounted) >= 3
    for source in mounted:
        assert source.startswith("./"), source
        assert source.startswith("./build/") or (REPOSITORY / source).is_file(), source


def test_the_shop_is_loaded_when_the_database_is_made(services: dict[str, dict[str, Any]]) -> None:
    """The sample's SQL is mounted, read-only, under a name that the image runs with psql."""
    target, options = _mounts(services["database"])["./samples/shop/shop.sql"]
    assert PurePosixPath(target).parent == INIT_FOLDER
    assert PurePosixPath(target).suffix == ".sql"
    assert options == "ro"


def test_ports_are_published_on_the_loopback_interface_only(services: dict[str, dict[str, Any]]) -> None:
    """Nobody else on the network can reach the sample database with its known password."""
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    for port in ports:
        assert re.fullmatch(r"127\.0\.0\.1:[0-9]+:[0-9]+", _default(port)), port
    assert all(
        "network_mode" not in service or service["network_mode"] == "none" for service in services.values()
    )


def test_every_image_names_its_version(
    services: dict[str, dict[str, Any]], instructions: list[tuple[str, str]]
) -> None:
    """No image is taken as `latest`, in words or by leaving the tag out."""
    bases = [arguments.split()[0] for name, arguments in instructions if name == "FROM"]
    images = [service["image"] for service in services.values()]
    assert len(bases) == 2
    for image in bases + images:
        name, colon, tag = image.partition(":")
        assert name, image
        assert colon, image
        assert tag not in ("", "latest"), image


def test_the_document_waits_for_a_database_that_answers(services: dict[str, dict[str, Any]]) -> None:
    """The check asks over TCP, which the server that loads the shop does not serve: healthy means loaded."""
    assert services["document"]["depends_on"] == {
        "database": {"condition": "service_healthy"},
        "folder": {"condition": "service_completed_successfully"},
    }
    check = services["database"]["healthcheck"]
    assert check["test"][:2] == ["CMD", "pg_isready"]
    assert "--host=127.0.0.1" in check["test"]
    assert f"--dbname={services['database']['environment']['POSTGRES_DB']}" in check["test"]
    assert check["retries"] >= 10


def test_the_document_is_made_of_that_database(services: dict[str, dict[str, Any]]) -> None:
    """Host, port, database and password are those of the service; no password stands in the command."""
    database, document = services["database"], services["document"]
    verb, source, option, folder = document["command"]
    assert (verb, option) == ("generate", "-o")
    url = urlsplit(source)
    assert url.scheme == "postgresql"
    assert (url.hostname, url.port, url.password) == ("database", 5432, None)
    assert url.path == "/" + database["environment"]["POSTGRES_DB"]
    assert document["environment"]["PGPASSWORD"] == database["environment"]["POSTGRES_PASSWORD"]
    assert _mounts(document)["./build/compose"] == [folder]


def test_the_folder_belongs_to_the_user_of_the_tool(services: dict[str, dict[str, Any]]) -> None:
    """The folder is made for the very user and mount that the document is written with."""
    folder, document = services["folder"], services["document"]
    owner = next(word for word in folder["entrypoint"] if word.startswith("--owner=")).partition("=")[2]
    group = next(word for word in folder["entrypoint"] if word.startswith("--group=")).partition("=")[2]
    assert f"{owner}:{group}" == document["user"]
    assert _mounts(folder) == _mounts(document)
    assert folder["entrypoint"][-1] == _mounts(document)["./build/compose"][0]


def test_the_image_runs_the_tool_without_root(instructions: list[tuple[str, str]]) -> None:
    """The last user is not root, and what starts is a command that the package installs."""
    final = instructions[max(at for at, (name, _) in enumerate(instructions) if name == "FROM") :]
    users = [arguments for name, arguments in final if name == "USER"]
    assert users
    assert users[-1] not in ("root", "0")
    (entrypoint,) = [json.loads(arguments) for name, arguments in final if name == "ENTRYPOINT"]
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(entrypoint) == 1
    assert entrypoint[0] in project["scripts"]


def test_the_base_image_can_run_the_package(instructions: list[tuple[str, str]]) -> None:
    """The Python of the image is one that the package supports."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, arguments in instructions:
        if name == "FROM":
            version = re.fullmatch(r"python:(3\.\d+)-slim", arguments.split()[0])
            assert version
            assert f"Programming Language :: Python :: {version[1]}" in project["classifiers"]


def test_copied_paths_exist(instructions: list[tuple[str, str]]) -> None:
    """Everything that the Dockerfile copies is in the repository."""
    copied = _copied(instructions)
    assert copied
    for source in copied:
        assert (REPOSITORY / source).exists(), source


def test_what_the_package_is_built_from_is_copied(instructions: list[tuple[str, str]]) -> None:
    """Every file and folder that the build of the wheel reads reaches the image."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", "src", project["project"]["readme"]}
    needed |= {*project["project"]["license-files"], *wheel["force-include"]}
    assert needed <= set(_copied(instructions))


def test_the_builder_sees_exactly_what_is_copied(instructions: list[tuple[str, str]]) -> None:
    """The ignore file lets through what the Dockerfile copies, and nothing else of a working copy."""
    lines = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    assert patterns[0] == "*"
    assert {pattern[1:] for pattern in patterns if pattern.startswith("!")} == set(_copied(instructions))


def test_the_shop_needs_no_psql(services: dict[str, dict[str, Any]]) -> None:
    """The sample can be sent by any driver as one script, whatever the encoding of the database."""
    source = next(source for source in _mounts(services["database"]) if source.endswith("shop.sql"))
    script = (REPOSITORY / source).read_bytes()
    assert script.isascii()
    text = script.decode("ascii")
    assert not re.search(r"^\\", text, re.MULTILINE)
    assert not re.search(r"\bFROM\s+stdin\b", text, re.IGNORECASE)
    assert not re.search(r"^CREATE EXTENSION\b", text, re.MULTILINE | re.IGNORECASE)
