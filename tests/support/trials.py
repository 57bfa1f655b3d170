"""What trials find on schemas: `python -m tests.support.trials` measures the corpus and the sample shop.

It writes the table of docs/trials.md between its markers. A test holds the lines of the small schemas true;
the large ones take minutes and are measured by this script alone.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from pgdossier import pipeline
from pgdossier.catalog import read
from pgdossier.config import Config
from pgdossier.history.trials import Outcome, Trials, Verdict
from pgdossier.pipeline import Proof
from pgdossier.progress import SILENT
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.embedded import EmbeddedServer
from tests.support.corpus import CORPUS_NAMES, find_corpus

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "trials.md"
BEGIN, END = "<!-- begin: measured -->", "<!-- end: measured -->"
HEAD = (
    "| Schema | Tables | With a row | Constraints | Rejected | Not enforced | Accepted | Not tried"
    " | Actions | As declared | Refused, cannot happen | Otherwise | Not tried | Cascades | As foretold |\n"
    "|:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
)


def proof(url: str, tests: tuple[str, ...] = ()) -> Proof:
    """Everything tried on a copy of that database."""
    return pipeline.prove_snapshot(read(url), Config(), SILENT, tests=tests)


def line(name: str, found: Trials) -> str:
    """The line of the table."""
    verdicts = Counter(one.verdict for one in found.constraints)
    outcomes = Counter(one.outcome for one in found.actions)
    reaches = Counter(one.outcome for one in found.reaches)
    numbers = (
        len(found.rows),
        sum(one.built for one in found.rows),
        len(found.constraints),
        verdicts[Verdict.REJECTS] + verdicts[Verdict.AT_COMMIT],
        verdicts[Verdict.NOT_ENFORCED],
        verdicts[Verdict.ACCEPTS],
        verdicts[Verdict.NOT_TRIED],
        len(found.actions),
        outcomes[Outcome.AS_DECLARED],
        outcomes[Outcome.REFUSED] + outcomes[Outcome.IMPOSSIBLE],
        outcomes[Outcome.OTHERWISE],
        outcomes[Outcome.NOT_TRIED],
        len(found.reaches),
        reaches[Outcome.AS_DECLARED] + reaches[Outcome.REFUSED],
    )
    return f"| {name} | {' | '.join(map(str, numbers))} |\n"


def measured(server: EmbeddedServer, scripts: Iterable[tuple[str, str]]) -> dict[str, Trials]:
    """The trials of each schema, by name, from its SQL."""
    found = {}
    for name, script in scripts:
        server.create_database(name)
        server.run_sql(name, script)
        found[name] = proof(server.url(name)).trials
    return found


def scripts(corpus: Path) -> list[tuple[str, str]]:
    """The corpus and the sample shop."""
    return [
        *((name, (corpus / f"{name}.sql").read_text(encoding="utf-8")) for name in CORPUS_NAMES),
        ("shop", (REPOSITORY / "samples" / "shop" / "shop.sql").read_text(encoding="utf-8")),
    ]


def written(lines: Iterable[str]) -> str:
    """The page with that table."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n\n{HEAD}{''.join(lines)}\n{END}{after}"


def main() -> None:
    """Measure everything, and write the page."""
    corpus = find_corpus(sys.argv[1] if len(sys.argv) > 1 else None, REPOSITORY)
    if corpus is None:
        raise SystemExit("the corpus is not here: name its folder")
    with EmbeddedServer(find_binaries()) as server:
        found = measured(server, scripts(corpus))
    PAGE.write_text(written(line(name, trials) for name, trials in found.items()), encoding="utf-8")


if __name__ == "__main__":
    main()
