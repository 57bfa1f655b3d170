"""What the repository ships for CI is well formed: the action, the GitLab jobs, the hook, the recipes."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from pgdossier.cli.main import cli
from tests.support.workflows import REPOSITORY, action

# What GitHub says of the metadata of a composite action.
ACTION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "description", "runs"],
    "properties": {
        "name": {"type": "string"},
        "author": {"type": "string"},
        "description": {"type": "string", "maxLength": 125},
        "branding": {
            "properties": {
                "icon": {"type": "string"},
                "color": {
                    "enum": [
                        "white",
                        "black",
                        "yellow",
                        "blue",
                        "green",
                        "orange",
                        "red",
                        "purple",
                        "gray-dark",
                    ]
                },
            },
            "additionalProperties": False,
        },
        "inputs": {
            "patternProperties": {
                "^[a-z][a-z-]*$": {
                    "type": "object",
                    "required": ["description", "required"],
                    "properties": {
                        "description": {"type": "string"},
                        "required": {"type": "boolean"},
                        "default": {"type": "string"},
                        "deprecationMessage": {"type": "string"},
                    },
                    "additionalProperties": False,
                }
            },
            "additionalProperties": False,
        },
        "outputs": {
            "patternProperties": {
                "^[a-z][a-z-]*$": {
                    "type": "object",
                    "required": ["description", "value"],
                    "properties": {"description": {"type": "string"}, "value": {"type": "string"}},
                    "additionalProperties": False,
                }
            },
            "additionalProperties": False,
        },
        "runs": {
            "type": "object",
            "required": ["using", "steps"],
            "properties": {
                "using": {"const": "composite"},
                "steps": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "oneOf": [{"required": ["uses"]}, {"required": ["run", "shell"]}],
                        "properties": {
                            "name": {"type": "string"},
                            "id": {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_-]*$"},
                            "uses": {"type": "string", "pattern": "^[^@]+@[^@]+$"},
                            "with": {"type": "object"},
                            "run": {"type": "string"},
                            "shell": {"const": "bash"},
                            "env": {"additionalProperties": {"type": "string"}},
                            "working-directory": {"type": "string"},
                            "if": {"type": "string"},
                        },
                        "additionalProperties": False,
                    },
                },
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
# The keywords of a GitLab job that are used here, and what GitLab says of each.
_SCRIPT = {"type": "array", "items": {"type": "string"}}
GITLAB_JOB_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "extends": {"type": "string"},
        "image": {"type": "string"},
        "stage": {"type": "string"},
        "interruptible": {"type": "boolean"},
        "variables": {"additionalProperties": {"type": "string"}},
        "cache": {
            "properties": {"key": {"type": "string"}, "paths": {"items": {"type": "string"}}},
            "additionalProperties": False,
        },
        "before_script": _SCRIPT,
        "script": _SCRIPT,
        "rules": {
            "items": {
                "properties": {"if": {"type": "string"}, "when": {"enum": ["never", "always", "on_success"]}},
                "additionalProperties": False,
            }
        },
        "artifacts": {
            "properties": {
                "when": {"enum": ["always", "on_failure", "on_success"]},
                "paths": {"items": {"type": "string"}},
                "reports": {"properties": {"codequality": {"type": "string"}}, "additionalProperties": False},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
# What pre-commit says of a hook in a manifest.
HOOKS_SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["id", "name", "entry", "language"],
        "properties": {
            "id": {"type": "string"},
            "name": {"type": "string"},
            "description": {"type": "string"},
            "entry": {"type": "string"},
            "language": {"const": "python"},
            "pass_filenames": {"type": "boolean"},
            "files": {"type": "string", "format": "regex"},
        },
        "additionalProperties": False,
    },
}


def loaded(name: str) -> Any:
    return yaml.safe_load((REPOSITORY / name).read_text(encoding="utf-8"))


def valid(schema: dict[str, Any], instance: object) -> None:
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(instance)


def bash_accepts(script: str) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run([bash, "-n"], input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def options_of(command: str) -> set[str]:
    return {name for parameter in cli.commands[command].params for name in parameter.opts}


def test_the_action_is_well_formed() -> None:
    """It has what GitHub asks for, every input is used, and every output comes from its step."""
    found = action()
    valid(ACTION_SCHEMA, found)
    text = (REPOSITORY / "action.yml").read_text(encoding="utf-8")
    used = set(re.findall(r"inputs\.([a-z-]+)", text))
    assert used == set(found["inputs"])
    steps = {step.get("id"): step for step in found["runs"]["steps"]}
    for name, output in found["outputs"].items():
        assert output["value"] == f"${{{{ steps.run.outputs.{name} }}}}"
        assert f'echo "{name}=' in steps["run"]["run"]


def test_no_input_becomes_a_command() -> None:
    """Scripts hold no expression: a value of a pull request cannot end a string and begin a command."""
    for step in action()["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        if "run" in step:
            bash_accepts(step["run"])


def test_the_scripts_name_options_that_exist() -> None:
    """What the action and the jobs pass to a command, the command takes."""
    jobs = loaded("ci/gitlab.yml")
    scripts = [step.get("run", "") for step in action()["runs"]["steps"]]
    scripts += [line for job in jobs.values() for line in job.get("script", ())]
    named = re.findall(r"pgdossier (check|generate|diff) ([^|>\n]*)", "\n".join(scripts).replace("\\\n", " "))
    assert {command for command, _ in named} == {"check", "generate", "diff"}
    for command, rest in named:
        for option in re.findall(r"(?<!\S)--[a-z][a-z-]*", rest):
            assert option in options_of(command), (command, option)
    assert "--min-completeness" in options_of("check")


def test_the_gitlab_jobs_are_well_formed() -> None:
    """Each job has what GitLab knows, each script is one that a shell reads, and no secret is written."""
    jobs = loaded("ci/gitlab.yml")
    variables = jobs.pop("variables")
    assert all(isinstance(value, str) for value in variables.values())
    for job in jobs.values():
        valid(GITLAB_JOB_SCHEMA, job)
        assert job.get("extends", ".pgdossier") in jobs
        for line in (*job.get("before_script", ()), *job.get("script", ())):
            bash_accepts(line)
            assert "PGDOSSIER_SOURCE" not in line
    reports = jobs["pgdossier-check"]["artifacts"]["reports"]
    assert f"--save gitlab={reports['codequality']}" in jobs["pgdossier-check"]["script"][0]


def test_the_hook_is_well_formed() -> None:
    """Its command exists, and it runs when a file of a document or a description changes."""
    hooks = loaded(".pre-commit-hooks.yaml")
    valid(HOOKS_SCHEMA, hooks)
    for hook in hooks:
        program, command, *rest = shlex.split(hook["entry"])
        assert (program, set(rest) - options_of(command)) == ("pgdossier", set())
        changed = [
            "docs/database/README.md",
            "docs/database/.pgdossier.json",
            "docs/database/diagrams/a.svg",
            "descriptions/hr/people.toml",
            "pgdossier.toml",
        ]
        assert all(re.search(hook["files"], name) for name in changed)
        assert not re.search(hook["files"], "src/main.py")


RECIPES = re.findall(
    r"^```yaml\n(.*?)^```",
    (REPOSITORY / "docs" / "ci.md").read_text(encoding="utf-8"),
    re.DOTALL | re.MULTILINE,
)


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_recipes_of_the_manual_are_yaml(recipe: str) -> None:
    """Each parses, its scripts are read by a shell, and it uses only inputs and outputs that exist."""
    found = yaml.safe_load(recipe)
    assert found
    known = action()
    for step in _steps(found):
        if "run" in step:
            bash_accepts(re.sub(r"\$\{\{.*?\}\}", "x", step["run"]))
            # Fine in an `env`, an invitation in a script.
            assert "secrets." not in step["run"]
        if "/pgdossier@" in step.get("uses", ""):
            assert set(step.get("with", {})) <= set(known["inputs"])
    for name in re.findall(r"steps\.document\.outputs\.([a-z-]+)", recipe):
        assert name in known["outputs"]


def _steps(found: Any) -> list[dict[str, Any]]:
    jobs = found.get("jobs", {}) if isinstance(found, dict) else {}
    return [step for job in jobs.values() for step in job.get("steps", ())]


def test_the_manual_has_the_recipes() -> None:
    """A check of pull requests, a scheduled refresh, GitLab and pre-commit are all shown."""
    text = "\n".join(RECIPES)
    for expected in ("pull_request", "schedule", "gh pr create", "ci/gitlab.yml", "pgdossier-check"):
        assert expected in text


def test_the_repository_is_found() -> None:
    """The files stand where GitHub, GitLab's include and pre-commit look for them."""
    assert all((Path(REPOSITORY) / name).is_file() for name in ("action.yml", ".pre-commit-hooks.yaml"))


def test_the_tests_of_a_group_stay_on_one_worker(tmp_path: Path) -> None:
    """The installed pytest and pytest-xdist keep a group together, so that it shares what it starts."""
    tests = (
        "import os, pathlib, pytest\n"
        "@pytest.mark.xdist_group('one')\n"
        "@pytest.mark.parametrize('number', range(8))\n"
        "def test_one(number):\n"
        "    pathlib.Path(os.environ['PYTEST_XDIST_WORKER']).touch()\n"
    )
    (tmp_path / "test_group.py").write_text(tests, encoding="utf-8")
    options = ["-q", "-n", "2", "--dist", "loadgroup", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", *options]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=tmp_path, env=kept, capture_output=True, text=True, check=False)
    assert "8 passed" in done.stdout, done.stdout + done.stderr
    assert len([path for path in tmp_path.iterdir() if path.name.startswith("gw")]) == 1
