"""Write the JSON Schema of the snapshot file: `python -m tests.support.schema`."""

from __future__ import annotations

import json
from pathlib import Path

from pgdossier.model import snapshot_json

FILE = Path(__file__).parents[2] / "docs" / "snapshot.schema.json"


def text() -> str:
    """The published form of the schema."""
    return json.dumps(snapshot_json.schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
