"""What a run of `generate` did."""

from __future__ import annotations

import msgspec

from pgdossier.history.trials import Trials
from pgdossier.history.verification import Verification


class GenerateResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did: paths relative to the output folder, and what the user should know."""

    relations: int
    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    verification: Verification | None = None
    trials: Trials | None = None
