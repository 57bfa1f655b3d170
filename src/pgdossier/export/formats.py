"""The formats that hold a whole schema, by their names on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from pgdossier.export import d2, dbml, dot, mermaid, plantuml, tbls
from pgdossier.model import snapshot_json
from pgdossier.model.names import QualifiedName
from pgdossier.model.snapshot import Snapshot


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What a format is to hold.

    Attributes:
        views: Views and materialized views as well as tables.
        groups: Names of groups with their tables, for formats that have groups; none: the schemas.
    """

    views: bool = True
    groups: Sequence[tuple[str, Sequence[QualifiedName]]] = ()


def _json(snapshot: Snapshot, options: Options) -> tuple[str, ...]:
    """The snapshot itself, whatever the options are."""
    return (snapshot_json.encode(snapshot).decode(),)


FORMATS: Mapping[str, Callable[[Snapshot, Options], tuple[str, ...]]] = {
    "dot": lambda snapshot, options: (dot.text(snapshot, views=options.views),),
    "mermaid": lambda snapshot, options: mermaid.texts(snapshot, views=options.views),
    "plantuml": lambda snapshot, options: (plantuml.text(snapshot, views=options.views),),
    "dbml": lambda snapshot, options: (dbml.text(snapshot, views=options.views, groups=options.groups),),
    "d2": lambda snapshot, options: (d2.text(snapshot, views=options.views),),
    "tbls": lambda snapshot, options: (tbls.text(snapshot, views=options.views),),
    "json": _json,
}
"""Each makes documents of a snapshot; only Mermaid ever makes more than one."""
