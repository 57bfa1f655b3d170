"""The document of a hand-made snapshot, as somebody read and approved it.

`PGDOSSIER_UPDATE_GOLDEN=1 python -m pytest tests/golden` writes it again; look at the difference before it is
committed.
"""

from __future__ import annotations

import os
from pathlib import Path

from pgdossier import pipeline
from pgdossier.config import Config, Diagrams, Source
from pgdossier.model import snapshot_json
from pgdossier.progress import SILENT
from tests.golden.library import LIBRARY
from tests.support.documents import problems

GOLDEN = Path(__file__).parent / "library.md"


def test_the_document_is_the_approved_one(tmp_path: Path) -> None:
    """Without a server and without Graphviz, a snapshot gives exactly these lines."""
    source = tmp_path / "library.json"
    source.write_bytes(snapshot_json.encode(LIBRARY))
    folder = tmp_path / "document"
    config = Config(source=Source(path=source), output=folder, diagrams=Diagrams(enabled=False))
    result = pipeline.generate(config, SILENT)
    assert result.warnings == ()
    assert problems(folder) == []
    made = (folder / "README.md").read_bytes()
    if os.environ.get("PGDOSSIER_UPDATE_GOLDEN") == "1":
        GOLDEN.write_bytes(made)
    assert made.decode().split("\n") == GOLDEN.read_bytes().decode().split("\n")
