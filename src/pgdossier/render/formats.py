"""The formats in which a document can be written besides Markdown, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pgdossier.render.finished import Finished


def _html(finished: Finished) -> dict[str, bytes]:
    from pgdossier.render import html  # noqa: PLC0415 - a format loads what it needs when it is asked for

    return html.files(finished)


FORMATS: Mapping[str, Callable[[Finished], dict[str, bytes]]] = {"html": _html}
"""What makes the files of a format, by its name: content by path relative to the output folder.

Each raises `DossierError` when something it needs is missing. `config.Config.formats` has the same names.
"""
