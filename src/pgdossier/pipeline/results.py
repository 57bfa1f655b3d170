"""What a run of `generate` did."""

from __future__ import annotations

from dataclasses import dataclass

from pgdossier.history.trials import Trials
from pgdossier.history.verification import Verification


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateResult:
    """What a run did: paths relative to the output folder, and what the user should know."""

    relations: int
    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    verification: Verification | None = None
    trials: Trials | None = None
