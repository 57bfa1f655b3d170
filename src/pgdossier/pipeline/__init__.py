"""The use-cases, callable from Python, such as generate, snapshot, verify, diff, drift, check, export, serve.

The command line is a skin over these; each is described where its module defines it, and loaded when it is
taken from here: reading a snapshot need not load what rebuilds a database.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pgdossier.pipeline.commenting import CommentsResult, comments
    from pgdossier.pipeline.comparing import CheckResult, DiffResult, check, diff
    from pgdossier.pipeline.documents import document
    from pgdossier.pipeline.drawing import Picture, Wanted, diagram
    from pgdossier.pipeline.drifting import DriftResult, drift
    from pgdossier.pipeline.generating import demo, generate, sample_shop
    from pgdossier.pipeline.reading import read
    from pgdossier.pipeline.results import GenerateResult
    from pgdossier.pipeline.reviewing import ReviewResult, review, rule_named
    from pgdossier.pipeline.saving import export_grants, export_schema, export_sql, save_text, snapshot
    from pgdossier.pipeline.serving import serve
    from pgdossier.pipeline.trying import Proof, prove, prove_snapshot
    from pgdossier.pipeline.verifying import verify, verify_snapshot

__all__ = [
    "CheckResult",
    "CommentsResult",
    "DiffResult",
    "DriftResult",
    "GenerateResult",
    "Picture",
    "Proof",
    "ReviewResult",
    "Wanted",
    "check",
    "comments",
    "demo",
    "diagram",
    "diff",
    "document",
    "drift",
    "export_grants",
    "export_schema",
    "export_sql",
    "generate",
    "prove",
    "prove_snapshot",
    "read",
    "review",
    "rule_named",
    "sample_shop",
    "save_text",
    "serve",
    "snapshot",
    "verify",
    "verify_snapshot",
]

_WHERE = {
    "commenting": ("CommentsResult", "comments"),
    "comparing": ("CheckResult", "DiffResult", "check", "diff"),
    "documents": ("document",),
    "drawing": ("Picture", "Wanted", "diagram"),
    "drifting": ("DriftResult", "drift"),
    "generating": ("demo", "generate", "sample_shop"),
    "reading": ("read",),
    "results": ("GenerateResult",),
    "reviewing": ("ReviewResult", "review", "rule_named"),
    "saving": ("export_grants", "export_schema", "export_sql", "save_text", "snapshot"),
    "serving": ("serve",),
    "trying": ("Proof", "prove", "prove_snapshot"),
    "verifying": ("verify", "verify_snapshot"),
}


def __getattr__(name: str) -> object:
    """Load the module that defines a use-case (PEP 562)."""
    for module, names in _WHERE.items():
        if name in names:
            return getattr(importlib.import_module(f"pgdossier.pipeline.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
