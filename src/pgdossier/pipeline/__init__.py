"""The use-cases, callable from Python: generate, demo, snapshot, verify, diff, check, export.

The command line is a skin over these; each is described where its module defines it.
"""

from pgdossier.pipeline.comparing import CheckResult, DiffResult, check, diff
from pgdossier.pipeline.documents import document
from pgdossier.pipeline.generating import GenerateResult, demo, generate, sample_shop
from pgdossier.pipeline.reading import read
from pgdossier.pipeline.saving import export_sql, snapshot
from pgdossier.pipeline.verifying import verify, verify_snapshot

__all__ = [
    "CheckResult",
    "DiffResult",
    "GenerateResult",
    "check",
    "demo",
    "diff",
    "document",
    "export_sql",
    "generate",
    "read",
    "sample_shop",
    "snapshot",
    "verify",
    "verify_snapshot",
]
