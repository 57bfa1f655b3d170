"""What of the running server could not be read, why, and what to do about it."""

from __future__ import annotations

from pgdossier.model.operation import Operation
from pgdossier.render.escaping import inline


def unread(operation: Operation, *families: str) -> list[str]:
    """One line of Markdown for each gap of those families, the remedy at its end."""
    return [
        f"{inline(gap.family)}: {inline(gap.reason)}" + (f" – {inline(gap.remedy)}" if gap.remedy else "")
        for gap in operation.gaps
        if gap.family in families
    ]
