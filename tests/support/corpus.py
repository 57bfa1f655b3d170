"""The corpus: real schemas of well-known applications, as pg_dump of PostgreSQL 15 wrote them."""

from __future__ import annotations

import os
from pathlib import Path

CORPUS_NAMES = ("airflow", "chinook", "indico", "mlflow", "nautobot", "pagila")


def find_corpus(option: str | None, repository: Path) -> Path | None:
    """The folder of the corpus: the option `--corpus`, $PGDOSSIER_CORPUS, or the place beside the repository.

    Returns:
        None when nothing was named and nothing is in the usual place.

    Raises:
        FileNotFoundError: A folder was named but does not hold the corpus.
    """
    named = option or os.environ.get("PGDOSSIER_CORPUS")
    if named:
        missing = [name for name in CORPUS_NAMES if not Path(named, f"{name}.sql").is_file()]
        if missing:
            raise FileNotFoundError(
                f"{named} is not the corpus: it has no {', '.join(f'{n}.sql' for n in missing)}"
            )
        return Path(named)
    usual = repository.parent / "shared" / "corpus"
    return usual if usual.is_dir() else None
