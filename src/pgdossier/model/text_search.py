"""Text search objects (pg_ts_parser, pg_ts_template, pg_ts_dict, pg_ts_config)."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.names import QualifiedName


class TextSearchParser(Model, frozen=True, kw_only=True):
    """One parser; functions are SQL (`schema.name`)."""

    schema: str
    name: str
    start: str
    token: str
    end: str
    types: str
    headline: str | None = None
    comment: str | None = None


class TextSearchTemplate(Model, frozen=True, kw_only=True):
    """One template; functions are SQL (`schema.name`)."""

    schema: str
    name: str
    init: str | None = None
    lexize: str
    comment: str | None = None


class TextSearchDictionary(Model, frozen=True, kw_only=True):
    """One dictionary; `options` is its initialisation option text as stored, or None."""

    schema: str
    name: str
    owner: str
    template: QualifiedName
    options: str | None = None
    comment: str | None = None


class TextSearchMapping(Model, frozen=True, kw_only=True):
    """Which dictionaries, in order, a configuration asks about tokens of one type."""

    token: str
    dictionaries: tuple[QualifiedName, ...]


class TextSearchConfiguration(Model, frozen=True, kw_only=True):
    """One configuration."""

    schema: str
    name: str
    owner: str
    parser: QualifiedName
    mappings: tuple[TextSearchMapping, ...] = ()
    comment: str | None = None
