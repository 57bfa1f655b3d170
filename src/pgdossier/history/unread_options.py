"""Options of foreign objects whose value is never read, because it may be a secret: not to be compared."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from pgdossier.model.foreign_data import ForeignServer, Options
from pgdossier.model.relations import Relation
from pgdossier.model.snapshot import Structure


def unread(structure: Structure) -> Iterator[tuple[str, str]]:
    """Every such option: what it belongs to (`foreign server x`), for people, and its name."""
    for wrapper in structure.foreign_data_wrappers:
        yield from _of(f"foreign-data wrapper {wrapper.name}", wrapper.options)
    for server in structure.foreign_servers:
        yield from _of(f"foreign server {server.name}", server.options)
        for mapping in server.user_mappings:
            what = f"user mapping {mapping.role or 'PUBLIC'} of foreign server {server.name}"
            yield from _of(what, mapping.options)
    for relation in structure.relations:
        if relation.foreign_source:
            what = f"{relation.kind} {relation.qualified.dotted}"
            yield from _of(what, relation.foreign_source.options)
            for column in relation.columns:
                yield from _of(f"column {column.name} of {what}", column.foreign_options)


def without_unread(structure: Structure) -> Structure:
    """The structure as if there were no such options; schema.sql does not make them."""
    return msgspec.structs.replace(
        structure,
        foreign_data_wrappers=tuple(
            msgspec.structs.replace(wrapper, options=_read(wrapper.options))
            for wrapper in structure.foreign_data_wrappers
        ),
        foreign_servers=tuple(map(_server, structure.foreign_servers)),
        relations=tuple(map(_relation, structure.relations)),
    )


def _of(what: str, options: Options) -> Iterator[tuple[str, str]]:
    for name, value in options:
        if value is None:
            yield what, name


def _read(options: Options) -> Options:
    return tuple((name, value) for name, value in options if value is not None)


def _server(server: ForeignServer) -> ForeignServer:
    return msgspec.structs.replace(
        server,
        options=_read(server.options),
        user_mappings=tuple(
            msgspec.structs.replace(mapping, options=_read(mapping.options))
            for mapping in server.user_mappings
        ),
    )


def _relation(relation: Relation) -> Relation:
    if relation.foreign_source is None:
        return relation
    source = relation.foreign_source
    return msgspec.structs.replace(
        relation,
        foreign_source=msgspec.structs.replace(source, options=_read(source.options)),
        columns=tuple(
            msgspec.structs.replace(column, foreign_options=_read(column.foreign_options))
            for column in relation.columns
        ),
    )
