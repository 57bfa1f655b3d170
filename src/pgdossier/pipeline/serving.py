"""A preview of a document folder on this machine: `serve`."""

from __future__ import annotations

from pathlib import Path

from pgdossier import output
from pgdossier.errors import UsageError
from pgdossier.preview import Server


def serve(folder: Path, *, host: str = "127.0.0.1", port: int = 0, markdown: bool = False) -> Server:
    """A server that shows the document in a folder, and loads open pages again when files change.

    It shows the HTML copy where there is one, otherwise the Markdown as HTML. It listens already, and answers
    while its `serve_forever` runs; as a context it is closed at the end.

    Args:
        folder: The folder of the document.
        host: An address of this machine alone: `preview.server.HOSTS`.
        port: Its port; 0: one that is free.
        markdown: Show the Markdown although there is an HTML copy.

    Raises:
        UsageError: There is no such folder, no document in it, or the host is not this machine alone.
        OutputError: The manifest of the folder is damaged, or it is being written.
        DossierError: The port is taken (exit code 3).
    """
    if not folder.is_dir():
        wrong = "is not a folder" if folder.exists() else "does not exist"
        raise UsageError(f"{folder} {wrong}", hint="name the folder of a document, as `generate -o` does")
    if not output.is_document(folder):
        raise UsageError(
            f"{folder} holds no document of pgdossier",
            hint=f"`pgdossier generate SOURCE -o {folder}` writes one",
        )
    return Server(folder, host=host, port=port, markdown=markdown)
