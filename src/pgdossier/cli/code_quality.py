"""Results as a report of GitLab's Code Quality, a part of Code Climate's format.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from pgdossier.cli.sarif import Result, RuleText, fingerprint

_SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}


def document(results: Sequence[Result], rules: Sequence[RuleText]) -> str:
    """A whole report: a JSON list with one object for each result.

    Raises:
        KeyError: A result names a rule that is not among `rules`.
    """
    levels = {rule.id: rule.level for rule in rules}
    seen: Counter[str] = Counter()
    rows = [
        {
            "description": result.message,
            "check_name": f"pgdossier/{result.rule}",
            "fingerprint": fingerprint(result, seen),
            "severity": _SEVERITIES[result.level or levels[result.rule]],
            "location": {"path": result.path, "lines": {"begin": result.line or 1}},
        }
        for result in results
    ]
    return json.dumps(rows, indent=1) + "\n"
