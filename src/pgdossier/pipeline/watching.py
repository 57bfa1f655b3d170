"""What the configuration says of the figures that are watched (§10.3)."""

from __future__ import annotations

import msgspec

from pgdossier.analysis.monitoring import DEFAULT, Limit, Limits
from pgdossier.config import Config, position
from pgdossier.errors import ConfigurationError


def limits(config: Config) -> Limits:
    """The thresholds, checked.

    Raises:
        ConfigurationError: Two of them stand in the wrong order.
    """
    found = {}
    for name in msgspec.structs.fields(config.monitoring):
        usual: Limit = getattr(DEFAULT, name.name)
        warning, critical = getattr(config.monitoring, name.name)
        limit = Limit(warning, critical, low=usual.low)
        if limit.critical > limit.warning if usual.low else limit.critical < limit.warning:
            where = "monitoring"
            if config.file is not None:
                where = position(config.file, ("monitoring", name.name))
            order = "higher" if usual.low else "lower"
            raise ConfigurationError(
                f"{where}: monitoring.{name.name}: the warning must be the {order} one of the two thresholds",
                hint=f"as in: {name.name} = [{usual.warning:g}, {usual.critical:g}]",
            )
        found[name.name] = limit
    return Limits(**found)
