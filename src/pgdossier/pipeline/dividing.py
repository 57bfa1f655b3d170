"""The domains of the configuration, as the analysis takes them."""

from __future__ import annotations

from pgdossier.analysis.domains import Declared
from pgdossier.config import Config, position
from pgdossier.errors import ConfigurationError


def declared(config: Config) -> tuple[Declared, ...]:
    """The tables `[[domains]]`, in their order.

    Raises:
        ConfigurationError: Two of them have the same name.
    """
    seen: set[str] = set()
    for one in config.domains:
        if one.name.strip().casefold() in seen:
            where = position(config.file, ("domains",)) if config.file else "domains"
            raise ConfigurationError(
                f"{where}: two domains are called {one.name.strip()}",
                hint="give each table [[domains]] a name of its own; upper and lower case are the same",
            )
        seen.add(one.name.strip().casefold())
    return tuple(
        Declared(name=one.name.strip(), patterns=one.tables, description=one.description.strip())
        for one in config.domains
    )
