"""The use-cases, callable from Python: generate, demo, snapshot, verify, diff, drift, check, export.

The command line is a skin over these; each is described where its module defines it.
"""

from pgdossier.pipeline.commenting import CommentsResult, comments
from pgdossier.pipeline.comparing import CheckResult, DiffResult, check, diff
from pgdossier.pipeline.documents import document
from pgdossier.pipeline.drifting import DriftResult, drift
from pgdossier.pipeline.generating import GenerateResult, demo, generate, sample_shop
from pgdossier.pipeline.reading import read
from pgdossier.pipeline.reviewing import ReviewResult, review, rule_named
from pgdossier.pipeline.saving import export_grants, export_sql, save_text, snapshot
from pgdossier.pipeline.verifying import verify, verify_snapshot

__all__ = [
    "CheckResult",
    "CommentsResult",
    "DiffResult",
    "DriftResult",
    "GenerateResult",
    "ReviewResult",
    "check",
    "comments",
    "demo",
    "diff",
    "document",
    "drift",
    "export_grants",
    "export_sql",
    "generate",
    "read",
    "review",
    "rule_named",
    "sample_shop",
    "save_text",
    "snapshot",
    "verify",
    "verify_snapshot",
]
