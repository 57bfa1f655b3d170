"""Write the committed sample documents: `python -m tests.support.samples` (or `make samples`)."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pgdossier import pipeline
from pgdossier.config import Config
from pgdossier.progress import SILENT

SHOP = Path(__file__).parents[2] / "samples" / "shop" / "document"
# The day that the samples say they were taken on: 2026-11-21.
EPOCH = "1795219200"


def write_shop(folder: Path) -> None:
    """Load the sample shop into an embedded server and write its document to that folder, anew.

    What the running server counts is left out: it is different each time.
    """
    shutil.rmtree(folder, ignore_errors=True)
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = EPOCH
    try:
        pipeline.demo(folder, Config(activity=False, layout="split"), SILENT)
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


if __name__ == "__main__":
    write_shop(SHOP)
