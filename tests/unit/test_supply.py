"""What is delivered: versions, licences, and a wheel that anybody can build again."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

from tests.support import supply
from tests.support.minimums import REPOSITORY, requirements


def newest() -> dict[str, Version]:
    lines = (REPOSITORY / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {name: Version(version) for name, version in pairs}


def test_every_dependency_has_a_minimum_and_a_tested_maximum() -> None:
    """constraints.txt holds a version of every dependency and extra, which pyproject.toml allows."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    needed = [Requirement(one) for one in listed if not one.startswith("pgdossier[")]
    versions = newest()
    assert set(requirements()) == {one.name for one in needed}
    for one in needed:
        assert [part.operator for part in one.specifier] == [">="], one
        assert versions[supply.canonical(one.name)] in one.specifier, one
    assert set(supply.runtime()) <= set(versions), "run: make constraints"


def test_every_licence_is_one_that_may_be_used() -> None:
    """Each package that comes along has a known licence; what is GPL stands in an extra and is named."""
    for name, package in supply.runtime().items():
        parts = set(re.split(r" (?:AND|OR|WITH) |[()]", supply.licence(package))) - {""}
        assert parts, f"{name} names no licence"
        assert parts <= supply.ALLOWED, (name, parts)
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (REPOSITORY / "docs" / "licences.md").read_text(encoding="utf-8")
    for name, (extra, _) in supply.CARRIED.items():
        assert any(one.startswith(name) for one in project["optional-dependencies"][extra])
        assert not any(one.startswith(name) for one in project["dependencies"])
        assert re.search(rf"\| {name} \|.*extra `{extra}`.*GPL", page)
    assert set(re.findall(r"^\| ([a-z0-9-]+) \|", page, re.MULTILINE)) >= set(supply.runtime())


def test_a_wheel_built_twice_is_the_same(tmp_path: Path) -> None:
    """Two builds of copies in different folders, at different times of their files, give the same bytes."""
    wheels: list[Path] = []
    for folder in ("one", "another/place"):
        home = tmp_path / folder
        for part in ("src", "templates", "samples"):
            shutil.copytree(
                REPOSITORY / part,
                home / part,
                ignore=shutil.ignore_patterns("__pycache__"),
                copy_function=shutil.copyfile,
            )
        for part in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copyfile(REPOSITORY / part, home / part)
        build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
        environment = {"SOURCE_DATE_EPOCH": "1700000000", "HOME": str(tmp_path)}
        subprocess.run(build, cwd=home, env=environment, check=True, capture_output=True, timeout=240)
        wheels += (home / "dist").glob("*.whl")
    assert len(wheels) == 2
    assert (
        len({wheel.name for wheel in wheels})
        == len({hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels})
        == 1
    )
