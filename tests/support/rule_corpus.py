"""What the rules report on the corpus: `python -m tests.support.rule_corpus [--snapshots DIR] [RULE ...]`.

With names of rules every finding of theirs is printed; without, the table of counts. `--snapshots` keeps the
snapshots in that folder, so that the next run needs no server.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from pgdossier.analysis import analyse
from pgdossier.catalog import read
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot
from pgdossier.review import Review, registry, review
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.embedded import EmbeddedServer
from tests.support.corpus import CORPUS_NAMES, find_corpus


def counts(reviews: Mapping[str, Review]) -> str:
    """A Markdown table: how many findings each rule has on each database, rules without any at the end."""
    lines = [
        "| Rule | " + " | ".join(reviews) + " |",
        "|---|" + "--:|" * len(reviews),
    ]
    silent = []
    for name in registry.names():
        row = [sum(one.rule.name == name for one in found.findings) for found in reviews.values()]
        if any(row):
            lines.append(f"| `{name}` | " + " | ".join(f"{count or '–'}" for count in row) + " |")
        else:
            silent.append(f"`{name}`")
    return "\n".join(lines) + "\n\nWithout a finding on these: " + ", ".join(silent) + ".\n"


def snapshots(folder: Path | None) -> Mapping[str, Snapshot]:
    """The corpus, read from an embedded server, or from the snapshots in the folder."""
    files = {name: folder / f"{name}.json" for name in CORPUS_NAMES} if folder else {}
    if files and all(file.exists() for file in files.values()):
        return {name: snapshot_json.decode(file.read_bytes()) for name, file in files.items()}
    corpus = find_corpus(None, Path(__file__).parents[2])
    if corpus is None:
        sys.exit("the corpus is not here: name it with PGDOSSIER_CORPUS")
    found = {}
    with EmbeddedServer(find_binaries()) as server:
        for name in CORPUS_NAMES:
            server.create_database(name)
            server.run_sql(name, (corpus / f"{name}.sql").read_text(encoding="utf-8"))
            found[name] = read(server.url(name))
    for name, file in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(snapshot_json.encode(found[name]))
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rules", nargs="*", metavar="RULE")
    parser.add_argument("--snapshots", type=Path)
    given = parser.parse_args()
    reviews = {
        name: review(analyse(found), only=given.rules) for name, found in snapshots(given.snapshots).items()
    }
    if not given.rules:
        sys.stdout.write(counts(reviews))
        return
    for name, found in reviews.items():
        sys.stdout.write(f"{name}: {len(found.findings)}\n")
        for one in found.findings:
            sys.stdout.write(f"  {one.rule.name} {one.subject.dotted}: {one.text}\n")


if __name__ == "__main__":
    main()
