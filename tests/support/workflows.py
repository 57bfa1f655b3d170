"""Runs the shell steps of `action.yml` and of the GitLab jobs as their runners do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

REPOSITORY = Path(__file__).parents[2]
_EXPRESSION = re.compile(r"\$\{\{\s*inputs\.([a-z-]+)\s*\}\}")


class Ran(NamedTuple):
    """What a step did.

    Attributes:
        code: Its exit code.
        log: What the log of the job shows: standard output and standard error.
        outputs: The outputs of the step.
        summary: The summary of the step.
        path: What it put on the PATH of later steps.
    """

    code: int
    log: str
    outputs: dict[str, str]
    summary: str
    path: str


def action() -> dict[str, Any]:
    """The action, as YAML says it."""
    found = yaml.safe_load((REPOSITORY / "action.yml").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def step(name: str) -> dict[str, Any]:
    """A step of the action by its id."""
    return next(each for each in action()["runs"]["steps"] if each.get("id") == name)


def programs(folder: Path) -> str:
    """A PATH on which `pgdossier` and `python` are this environment's, before the system's."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("pgdossier", "python"):
        link = folder / name
        if not link.exists():
            target = Path(sys.executable).parent / name
            link.write_text(f'#!/bin/sh\nexec "{target}" "$@"\n', encoding="utf-8")
            link.chmod(0o755)
    return f"{folder}{os.pathsep}{os.defpath}"


def run_step(
    name: str,
    workspace: Path,
    inputs: Mapping[str, str] | None = None,
    *,
    path: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Ran:
    """Run one step of the action in a working copy, with these inputs and the defaults of the others."""
    found = step(name)
    given = {key: str(value.get("default", "")) for key, value in action()["inputs"].items()}
    unknown = set(inputs or {}) - set(given)
    assert not unknown, unknown
    given |= dict(inputs or {})
    runner = workspace.parent / "runner temp"
    runner.mkdir(exist_ok=True)
    files = {key: runner / key.lower() for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
    for file in files.values():
        file.write_bytes(b"")
    script = runner / "script.sh"
    script.write_text(found["run"], encoding="utf-8")
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run(
        [bash, "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
        cwd=workspace / _filled(found.get("working-directory", "."), given),
        env={
            "PATH": path or programs(workspace.parent / "programs"),
            "HOME": str(workspace.parent),
            "LANG": "C.UTF-8",
            "RUNNER_TEMP": str(runner),
            "GITHUB_ACTION_PATH": str(REPOSITORY),
            "GITHUB_WORKSPACE": str(workspace),
            **{key: str(file) for key, file in files.items()},
            **{key: _filled(value, given) for key, value in found["env"].items()},
            **(environment or {}),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
    return Ran(
        code=done.returncode,
        log=done.stdout,
        outputs=dict(line.split("=", 1) for line in lines),
        summary=files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"),
        path=files["GITHUB_PATH"].read_text(encoding="utf-8"),
    )


def _filled(text: str, inputs: Mapping[str, str]) -> str:
    """A value of the action with the expressions that it may have replaced by inputs."""
    filled = _EXPRESSION.sub(lambda found: inputs[found[1]], text)
    assert "${{" not in _EXPRESSION.sub("", text), text
    return filled
