"""Reports for code scanning (SARIF), GitLab's Code Quality, and where they say that files are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace

from pgdossier import pipeline
from pgdossier.analysis.completeness import Share
from pgdossier.authored.descriptions import Problem
from pgdossier.cli import check as command
from pgdossier.cli import code_quality, repository, sarif
from pgdossier.cli.main import execute
from pgdossier.cli.sarif import Result, RuleText
from pgdossier.output import Fault, Filling
from pgdossier.pipeline import CheckResult
from tests.unit.test_cli_check import BAD, FINE

# What SARIF 2.1.0 (section 3) requires of the parts that are written here, and what GitHub requires besides:
# a rule's descriptions, a location with a line for each result, fingerprints.
SARIF_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "properties": {
        "$schema": {"type": "string", "pattern": "sarif-2\\.1\\.0"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results", "automationDetails"],
                "properties": {
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "automationDetails": {"required": ["id"], "properties": {"id": {"pattern": "/$"}}},
                    "tool": {
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "required": ["name", "version", "rules"],
                                "properties": {"rules": {"items": {"$ref": "#/$defs/rule"}}},
                            }
                        },
                    },
                    "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
                },
                "additionalProperties": True,
            },
        },
    },
    "additionalProperties": False,
    "$defs": {
        "text": {
            "type": "object",
            "required": ["text"],
            "properties": {"text": {"type": "string", "minLength": 1}},
            "additionalProperties": False,
        },
        "rule": {
            "type": "object",
            "required": ["id", "shortDescription", "fullDescription", "help", "defaultConfiguration"],
            "properties": {
                "id": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$"},
                "shortDescription": {"$ref": "#/$defs/text"},
                "fullDescription": {"$ref": "#/$defs/text"},
                "help": {"$ref": "#/$defs/text"},
                "defaultConfiguration": {"properties": {"level": {"enum": ["error", "warning", "note"]}}},
                "properties": {"properties": {"tags": {"items": {"type": "string"}, "uniqueItems": True}}},
            },
            "additionalProperties": False,
        },
        "result": {
            "type": "object",
            "required": ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": 0},
                "level": {"enum": ["error", "warning", "note"]},
                "message": {"$ref": "#/$defs/text"},
                "locations": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "required": ["physicalLocation"],
                        "properties": {
                            "physicalLocation": {
                                "required": ["artifactLocation", "region"],
                                "properties": {
                                    "artifactLocation": {
                                        "required": ["uri"],
                                        "properties": {
                                            "uri": {"type": "string", "pattern": "^[A-Za-z0-9%/._~-]+$"},
                                            "uriBaseId": {"const": "%SRCROOT%"},
                                        },
                                    },
                                    "region": {
                                        "required": ["startLine"],
                                        "properties": {"startLine": {"type": "integer", "minimum": 1}},
                                    },
                                },
                            }
                        },
                    },
                },
                "partialFingerprints": {
                    "type": "object",
                    "required": ["primaryLocationLineHash"],
                    "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{32}:[0-9]+$"},
                },
            },
            "additionalProperties": False,
        },
    },
}
CODE_QUALITY_SCHEMA: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "pattern": "^pgdossier/"},
            "fingerprint": {"type": "string", "minLength": 32},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
        "additionalProperties": False,
    },
}
RULES = (RuleText("first-rule", "First", "Do this.", "error"), RuleText("second-rule", "Second", "Do that."))
FULL = replace(
    BAD,
    described=("the description of column a.b.c changed",),
    problems=(
        Problem("unknown", "descriptions/a b.toml:3", "there is no table x"),
        Problem("overruled", "pgdossier.toml", "the comment says something else"),
    ),
)


@pytest.fixture(autouse=True)
def repository_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory is a repository of its own."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def log_of(text: str) -> dict[str, Any]:
    """The only run of a SARIF log that is valid, and whose results name their rules rightly."""
    log = json.loads(text)
    jsonschema.Draft202012Validator(SARIF_SCHEMA).validate(log)
    run: dict[str, Any] = log["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    return run


def fingerprints(results: list[Result]) -> list[str]:
    found = log_of(sarif.document(results, RULES))["results"]
    return [each["partialFingerprints"]["primaryLocationLineHash"] for each in found]


def test_a_check_becomes_valid_sarif() -> None:
    """Everything that is wrong is a result with its rule, level, and its place in the repository."""
    run = log_of(sarif.document(command.results(FULL), command.RULES, category="pgdossier/check"))
    assert run["automationDetails"] == {"id": "pgdossier/check/"}
    shown = [
        (
            each["ruleId"],
            each["level"],
            each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            each["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for each in run["results"]
    ]
    assert shown == [
        ("stale-document", "error", "docs/database/README.md", 1),
        ("stale-description", "error", "docs/database/README.md", 1),
        ("generated-file", "error", "docs/database/README.md", 7),
        ("generated-file", "error", "docs/database/a.svg", 1),
        ("completeness", "error", "docs/database/README.md", 1),
        ("unknown-description", "warning", "descriptions/a%20b.toml", 3),
        ("overruled-description", "warning", "pgdossier.toml", 1),
    ]
    assert run["results"][0]["message"]["text"] == "breaking: table a|b was removed"


def test_an_up_to_date_document_is_an_empty_run() -> None:
    """Code scanning needs the run without results to close what it showed before."""
    assert log_of(sarif.document(command.results(FINE), command.RULES))["results"] == []


def test_fingerprints_follow_the_finding_and_not_its_words_or_line() -> None:
    """The same finding has the same fingerprint on another line; others, and equal ones, have others."""
    here = Result("first-rule", "12 rows", "a.md", 3, identity="t")
    assert fingerprints([here]) == fingerprints([here._replace(message="13 rows", line=9)])
    assert fingerprints([here._replace(identity="")]) != fingerprints(
        [here._replace(identity="", message="13 rows")]
    )
    others = [here, here, here._replace(path="b.md"), here._replace(rule="second-rule")]
    assert len(set(fingerprints(others))) == 4


def test_a_level_of_a_result_wins_over_that_of_its_rule() -> None:
    """A finding may be worse than its rule usually is."""
    found = [Result("second-rule", "x", "a.md"), Result("second-rule", "y", "a.md", level="error")]
    assert [each["level"] for each in log_of(sarif.document(found, RULES))["results"]] == ["warning", "error"]
    with pytest.raises(KeyError):
        sarif.document([Result("no-rule", "x", "a.md")], RULES)


def test_files_outside_of_the_repository_are_absolute() -> None:
    """What is nowhere below the root has no relative address, and no base."""
    made = json.loads(sarif.document([Result("first-rule", "x", "/else where/a.md")], RULES))
    location = made["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "file:///else%20where/a.md"}


def test_a_check_becomes_a_code_quality_report() -> None:
    """GitLab gets each finding with a severity, a place and a fingerprint of its own."""
    made = json.loads(code_quality.document(command.results(FULL), command.RULES))
    jsonschema.Draft202012Validator(CODE_QUALITY_SCHEMA).validate(made)
    assert [each["severity"] for each in made] == ["major"] * 5 + ["minor"] * 2
    assert len({each["fingerprint"] for each in made}) == 7
    assert made[5]["location"] == {"path": "descriptions/a b.toml", "lines": {"begin": 3}}


def test_places_are_relative_to_the_repository(
    repository_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder inside of the repository, too; a folder that is nowhere in one is told as it is."""
    inner = repository_root / "service"
    inner.mkdir()
    monkeypatch.chdir(inner)
    assert repository.located(Path("docs/a.md")) == "service/docs/a.md"
    assert repository.located(repository_root / "b.md") == "b.md"
    assert repository.located(Path("../c/../d.md")) == "d.md"
    outside = repository_root.parent / "other.md"
    assert repository.located(outside) == outside.as_posix()


def test_one_check_writes_several_reports(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], repository_root: Path
) -> None:
    """With --save each report goes to its file, and standard output has its own format."""
    monkeypatch.setattr(pipeline, "check", lambda *_, **__: FULL)
    saved = ["sarif=a.sarif", "markdown=with space=.md", "gitlab=q.json"]
    options = [part for each in saved for part in ("--save", each)]
    assert execute(["check", "--format", "github", *options]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line.partition(" ")[0] for line in said] == ["::error"] * 5 + ["::warning"] * 2
    assert said[-2] == (
        "::warning file=descriptions/a b.toml,line=3,title=Description of something unknown::"
        "there is no table x"
    )
    log_of((repository_root / "a.sarif").read_text(encoding="utf-8"))
    report = (repository_root / "with space=.md").read_text(encoding="utf-8")
    assert report.startswith("### Database design document\n")
    assert "- descriptions/a b.toml:3: there is no table x" in report
    assert len(json.loads((repository_root / "q.json").read_text(encoding="utf-8"))) == 7


@pytest.mark.parametrize("wrong", ["sarif", "sarif=", "pdf=a.pdf", "=a"])
def test_a_report_needs_a_format_and_a_file(
    wrong: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What --save does not take is refused before anything is read."""
    monkeypatch.setattr(pipeline, "check", lambda *_, **__: pytest.fail("was read"))
    assert execute(["check", "--save", wrong]) == 2
    assert "FORMAT=FILE" in capsys.readouterr().err


def test_offline_takes_no_source(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever names a database wants it read."""
    assert execute(["check", "service=shop", "--offline"]) == 2
    assert "--offline reads no SOURCE" in capsys.readouterr().err


def test_problems_of_descriptions_fail_no_check(capsys: pytest.CaptureFixture[str]) -> None:
    """They are listed as warnings; the document is as true as it was."""
    found = replace(FINE, problems=FULL.problems, faults=())
    assert found.passed
    assert command.lines(found) == [
        "docs/database: up to date",
        "- warning: descriptions/a b.toml:3: there is no table x",
        "- warning: pgdossier.toml: the comment says something else",
    ]
    assert "::notice" in command.workflow_commands(found)[0]


def test_completeness_is_told_by_kind() -> None:
    """How much of each kind is described, and how many notes are written, stand below the verdict."""
    found: CheckResult = replace(
        FINE,
        shares=(Share("schemas", 1, 2), Share("tables", 0, 3)),
        filling=Filling(2, 9),
    )
    assert command.lines(found)[1:] == [
        "described: 40 % (schemas 1 of 2, tables 0 of 3)",
        "notes written: 2 of 9",
    ]
    assert command.as_markdown(found).endswith(
        "\n\ndescribed: 40 % (schemas 1 of 2, tables 0 of 3)  \nnotes written: 2 of 9\n"
    )


def test_faults_have_places(repository_root: Path) -> None:
    """A fault of a generated file stands at that file and line in the report."""
    found = replace(FINE, faults=(Fault(path="tables/a,b.md", message="broken marker", line=7),))
    only = command.results(found)[0]
    assert (only.path, only.line, only.rule) == ("docs/database/tables/a,b.md", 7, "generated-file")
