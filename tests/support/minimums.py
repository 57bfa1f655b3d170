"""Installs the lowest version of each dependency that pyproject.toml allows, and shows that they work.

    python -m tests.support.minimums [FOLDER]

A virtual environment is made in FOLDER (default build/minimums), every dependency and extra is installed at
its minimum, every module is imported, and the unit tests that touch the dependencies run. The exit code is
theirs. A minimum that does not exist, contradicts another or lacks what is used ends it.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
TESTS = ("cli", "config", "communities", "diagrams_graphviz", "domains", "escaping", "export_formats",
         "queries", "render_html", "selecting", "snapshot_json", "statements")  # fmt: skip
# What is generated with the newest versions: the order of a union, the width of a help text.
NOT_HERE = (
    "--deselect=tests/unit/test_snapshot_json.py::test_the_published_schema_is_up_to_date",
    "--deselect=tests/unit/test_cli.py::test_the_reference_page_is_up_to_date",
)
# Besides what is tested: what the tests import, at any version.
HELPERS = ("pytest", "hypothesis", "jsonschema", "pillow", "pyyaml")
IMPORT_ALL = """
import importlib, pkgutil, pgdossier
for module in pkgutil.walk_packages(pgdossier.__path__, "pgdossier."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def requirements() -> dict[str, str]:
    """Every dependency and every extra of pyproject.toml, by what it requires: `name` to `>=` version."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for listed in project["optional-dependencies"].values() for one in listed]
    found = {}
    for one in (*project["dependencies"], *extras):
        name, _, version = one.partition(">=")
        if not one.startswith("pgdossier["):
            found[re.sub(r"\[.*\]", "", name).strip()] = version.strip()
    return found


def main(folder: Path) -> int:
    """Install and try; gives the exit code of what failed first, or 0."""
    venv.create(folder, clear=True, with_pip=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pins = folder / "minimums.txt"
    lines = [f"{name}=={version}\n" for name, version in requirements().items()]
    pins.write_text("".join(lines), encoding="utf-8")
    tests = [f"tests/unit/test_{name}.py" for name in TESTS]
    for command in (
        ["-m", "pip", "install", "--quiet", "--constraint", str(pins), "--editable", ".[all]", *HELPERS],
        ["-c", IMPORT_ALL],
        # Old versions may warn of what newer interpreters give up; that is no fault of ours.
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "filterwarnings=default", *tests, *NOT_HERE],
    ):
        code = subprocess.run([str(python), *command], cwd=REPOSITORY, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/minimums").absolute()))
