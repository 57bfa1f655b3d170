"""Results as SARIF 2.1.0 (OASIS), the form in which code scanning takes them.

What GitHub asks for beyond the standard is kept as well: a location with a line for each result, relative
addresses, a fingerprint that stays the same while the finding does.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from pgdossier import __version__

Level = Literal["error", "warning", "note"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"


class RuleText(NamedTuple):
    """What is said of a rule, once, however many results it has.

    Attributes:
        id: The stable name: `stale-document`.
        title: The rule in a few words.
        help: What to do, in plain text.
        level: The level of a result that names none of its own.
        tags: What the rule is about, for filters.
    """

    id: str
    title: str
    help: str
    level: Level = "warning"
    tags: tuple[str, ...] = ()


class Result(NamedTuple):
    """One finding.

    Attributes:
        rule: The id of its rule.
        message: The finding in plain text.
        path: The file that it shows in: relative to the root of the repository, with `/` (see
            `repository.located`).
        line: The line, from 1, when it is known.
        level: Another level than that of the rule.
        identity: What makes it the same finding in a later run although its words change: the object, or the
            object and a field of it. The message by default.
    """

    rule: str
    message: str
    path: str
    line: int | None = None
    level: Level | None = None
    identity: str = ""


def document(results: Sequence[Result], rules: Sequence[RuleText], *, category: str = "pgdossier") -> str:
    """A whole SARIF log with one run.

    Args:
        results: The findings, in the order in which they shall stand.
        rules: Their rules; one without a result may be among them. Each rule id of a result must be there.
        category: What keeps apart the runs of several commands on the same commit.

    Raises:
        KeyError: A result names a rule that is not among `rules`.
    """
    index = {rule.id: position for position, rule in enumerate(rules)}
    levels = {rule.id: rule.level for rule in rules}
    seen: Counter[str] = Counter()
    run = {
        "tool": {
            "driver": {
                "name": "pgdossier",
                "version": __version__,
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "automationDetails": {"id": f"{category}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "results": [
            {
                "ruleId": result.rule,
                "ruleIndex": index[result.rule],
                "level": result.level or levels[result.rule],
                "message": {"text": result.message},
                "locations": [_location(result)],
                # The one name that GitHub looks at.
                "partialFingerprints": {"primaryLocationLineHash": fingerprint(result, seen)},
            }
            for result in results
        ],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(rule: RuleText) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.title},
        "help": {"text": rule.help},
        "defaultConfiguration": {"level": rule.level},
        "properties": {"tags": list(rule.tags)},
    }


def _location(result: Result) -> dict[str, Any]:
    absolute = PurePosixPath(result.path).is_absolute()
    address: dict[str, Any] = {"uri": f"file://{quote(result.path)}" if absolute else quote(result.path)}
    if not absolute:
        address["uriBaseId"] = _ROOT
    # Code scanning shows no result without a line: what is about a whole file stands at its first.
    return {"physicalLocation": {"artifactLocation": address, "region": {"startLine": result.line or 1}}}


def fingerprint(result: Result, seen: Counter[str]) -> str:
    """What tells a finding from all others, today and in later runs.

    Neither the line nor, where there is an identity, the words count: an alert that somebody dismissed shall
    not come back because a sentence above it grew.

    Args:
        result: The finding.
        seen: How often each was there before in this run, which is counted on: equal ones get numbers.
    """
    said = "\0".join((result.rule, result.path, result.identity or result.message))
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"
