"""What the configuration says of sensitive columns, as the analysis takes it."""

from __future__ import annotations

from pgdossier.analysis.sensitive import Judgement
from pgdossier.config import Config


def judgements(config: Config) -> tuple[Judgement, ...]:
    """The tables `[[sensitive]]`."""
    return tuple(
        Judgement(column=one.column, category=one.category, reason=one.reason) for one in config.sensitive
    )
