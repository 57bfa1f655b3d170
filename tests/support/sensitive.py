"""Measure the rules on sensitive columns, and write the figures: `python -m tests.support.sensitive`.

What is right was labelled by hand (`sensitive_columns.toml`). Tests say when the page is out of date.
"""

from __future__ import annotations

import argparse
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pgdossier.analysis import analyse
from pgdossier.analysis.sensitive_names import Category, Confidence
from pgdossier.catalog import read
from pgdossier.model.snapshot import Snapshot
from tests.support.corpus import CORPUS_NAMES, find_corpus
from tests.support.servers import PostgresServer, ServerPool

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs" / "sensitive-data.md"
LABELS = REPOSITORY / "tests" / "integration" / "expected" / "sensitive_columns.toml"
SHOP = REPOSITORY / "samples" / "shop" / "shop.sql"
NAMES = (*CORPUS_NAMES, "shop")
_BEGIN, _END = "<!-- figures -->", "<!-- /figures -->"


@dataclass(frozen=True)
class Labelled:
    """What a person says of one database: the category by column, and the columns one can argue about."""

    categories: Mapping[str, str]
    arguable: frozenset[str]


@dataclass(frozen=True)
class Figures:
    """What the rules found against what they should: by category or database.

    A column that was found with another category than its label counts as found wrongly and as missed.
    """

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what there is that was found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


@dataclass(frozen=True)
class Measured:
    """All figures, and the columns behind them, as `database: schema.table.column`."""

    columns: int
    by_database: Mapping[str, Figures]
    by_category: Mapping[str, Figures]
    by_confidence: Mapping[str, Figures]
    wrong: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def total(self) -> Figures:
        """Everything together."""
        rows = self.by_database.values()
        return Figures(
            sum(row.right for row in rows), sum(row.wrong for row in rows), sum(row.missed for row in rows)
        )


def labels() -> dict[str, Labelled]:
    """The labels of every database."""
    data = tomllib.loads(LABELS.read_text(encoding="utf-8"))
    return {
        name: Labelled(
            {column: key for key, columns in table.items() if key != "arguable" for column in columns},
            frozenset(table.get("arguable", ())),
        )
        for name, table in data.items()
    }


def snapshot_of(url: str) -> Snapshot:
    """A database as it is read."""
    return read(url, operation=False)


def measure(snapshots: Mapping[str, Snapshot]) -> Measured:
    """The rules on databases with labels."""
    known = labels()
    right: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    missed: Counter[tuple[str, str]] = Counter()
    false: list[str] = []
    unseen: list[str] = []
    columns = 0
    for name, snapshot in sorted(snapshots.items()):
        found = analyse(snapshot).sensitive
        columns += found.total
        label = known[name]
        seen = set()
        for one in found.columns:
            column = f"{one.relation.dotted}.{one.column}"
            if column in label.arguable:
                continue
            counts = right if label.categories.get(column) == one.category else wrong
            if counts is right:
                seen.add(column)
            else:
                false.append(f"{name}: {column} ({one.category})")
            for key in (("database", name), ("category", one.category), ("confidence", one.confidence.word)):
                counts[key] += 1
        for column, category in sorted(label.categories.items()):
            if column not in seen:
                unseen.append(f"{name}: {column} ({category})")
                missed["database", name] += 1
                missed["category", category] += 1

    def figures(what: str, keys: Iterable[str]) -> dict[str, Figures]:
        return {key: Figures(right[what, key], wrong[what, key], missed[what, key]) for key in keys}

    return Measured(
        columns=columns,
        by_database=figures("database", sorted(snapshots)),
        by_category=figures("category", Category),
        by_confidence=figures("confidence", (each.word for each in reversed(Confidence))),
        wrong=tuple(false),
        missed=tuple(unseen),
    )


def figures_text(measured: Measured) -> str:
    """The figures as they stand on the page."""
    lines = [
        f"{measured.columns:,} columns in {len(measured.by_database)} databases; {measured.total.right} found"
        f" rightly, {measured.total.wrong} wrongly, {measured.total.missed} missed: precision"
        f" {measured.total.precision:.1%}, recall {measured.total.recall:.1%}.",
        "",
    ]
    for title, rows in (("Database", measured.by_database), ("Category", measured.by_category)):
        lines += [f"| {title} | Right | Wrong | Missed | Precision | Recall |", "|---|--:|--:|--:|--:|--:|"]
        lines += [
            f"| {name} | {row.right} | {row.wrong} | {row.missed} |"
            f" {_share(row.precision, row.right + row.wrong)} |"
            f" {_share(row.recall, row.right + row.missed)} |"
            for name, row in rows.items()
        ]
        lines.append("")
    lines += ["| Confidence | Right | Wrong | Precision |", "|---|--:|--:|--:|"]
    lines += [
        f"| {name} | {row.right} | {row.wrong} | {_share(row.precision, row.right + row.wrong)} |"
        for name, row in measured.by_confidence.items()
    ]
    for title, columns in (("Wrong", measured.wrong), ("Missed", measured.missed)):
        if columns:
            lines += ["", f"{title}: {', '.join(f'`{column}`' for column in columns)}."]
    return "\n".join(lines)


def _share(value: float, of: int) -> str:
    return f"{value:.0%}" if of else "–"


def figures_of_page() -> str:
    """The figures that stand on the page now."""
    text = PAGE.read_text(encoding="utf-8")
    return text.partition(_BEGIN)[2].partition(_END)[0].strip()


def with_figures(measured: Measured) -> str:
    """The page with these figures in place of those that it has."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    return f"{before}{_BEGIN}\n\n{figures_text(measured)}\n\n{_END}{rest.partition(_END)[2]}"


def sql_of(name: str, corpus: Path) -> str:
    """The SQL that makes one of the databases."""
    path = SHOP if name == "shop" else corpus / f"{name}.sql"
    return path.read_text(encoding="utf-8")


def _main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", help="the folder of the corpus")
    corpus = find_corpus(parser.parse_args().corpus, REPOSITORY)
    if corpus is None:
        parser.error("the corpus is not here: name it with --corpus")
    pool = ServerPool(None)
    try:
        measured = measure({name: _snapshot(pool.default(), name, corpus) for name in NAMES})
    finally:
        pool.close()
    PAGE.write_text(with_figures(measured), encoding="utf-8")


def _snapshot(server: PostgresServer, name: str, corpus: Path) -> Snapshot:
    server.create_database(name)
    server.run_sql(name, sql_of(name, corpus))
    return snapshot_of(server.url(name))


if __name__ == "__main__":
    _main()
