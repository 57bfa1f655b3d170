"""What can be said about a snapshot: pure functions from the model to findings with their evidence."""

from __future__ import annotations

from pgdossier.analysis.analysis import Analysis, analyse

__all__ = ["Analysis", "analyse"]
