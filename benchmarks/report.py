"""What a run found, as Markdown and a plot: ratios to `pg_dump -s`, and which targets are met.

    python -m benchmarks.report build/benchmark/results.json benchmarks

writes the report again, also that of a run that was ended early.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import plot
from benchmarks.measuring import Cost, typical

_MADE = "<!-- Made by `make benchmark{target}`; the method is in docs/performance.md. -->\n"

# What is measured, in the order of a round, and what the report calls it.
ACTIONS = {
    "pg_dump": "`pg_dump -s`",
    "structure": "`snapshot`: reading the structure",
    "read": "`snapshot`: reading that and what the server counts",
    "first": "`generate`: the first time",
    "unchanged": "`generate`: nothing changed",
    "one changed": "`generate`: one table changed",
}

_MEBI = 2**20
_START_UP_LIMIT = 0.15


class Target(NamedTuple):
    """A target of the project: at most so much."""

    text: str
    found: float
    limit: float
    form: str = "{:.2f} ×"

    def row(self) -> list[str]:
        """A row of the table."""
        met = "met" if self.found <= self.limit else "**not met**"
        return [self.text, "at most " + self.form.format(self.limit), self.form.format(self.found), met]


def write(results: Path, folder: Path) -> None:
    """Write the report on what a run found, and its plot, beside each other.

    Args:
        results: The JSON of the run; its name becomes that of the report.
        folder: Where to write.
    """
    found = json.loads(results.read_text(encoding="utf-8"))
    if results.stem == "peers":
        text = peers(found)
    else:
        text = ours(found)
        picture = plot.svg(_curves(found), title="Time by number of objects")
        (folder / f"{results.stem}.svg").write_text(picture, encoding="utf-8")
    (folder / f"{results.stem}.md").write_text(text, encoding="utf-8")


def ours(found: dict[str, Any]) -> str:
    """The report on pgdossier itself."""
    sizes = _complete(found)
    parts = [
        _MADE.format(target=""),
        f"{_machine(found)} Time on the clock as a multiple of `pg_dump -s` of the same database in the same"
        " run; whole processes, median of interleaved rounds (the best round in parentheses).\n",
        _times(sizes),
        "Peak memory in MiB, of the process and all that it starts:\n",
        _table(
            ["", *(f"{tables:,} tables" for tables in sizes)],
            (
                [text, *(f"{_memory(one, action):,.0f}" for one in sizes.values())]
                for action, text in ACTIONS.items()
            ),
        ),
        "## Targets\n",
        _table(["Target", "Wanted", "Found", ""], (target.row() for target in _targets(found, sizes))),
        "## Growth\n",
        _growth(sizes),
        "![Time by number of objects, both axes logarithmic](results.svg)\n",
        "## What was read and written\n",
        _contents(sizes),
        "## Where the time of the first `generate` goes\n",
        _phases(sizes),
        "## Diagrams\n",
        _diagrams(sizes),
    ]
    return "\n".join(parts)


def _complete(found: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """What was found at each size, if the run came so far."""
    return {int(tables): one for tables, one in found["sizes"].items() if "document" in one}


def _machine(found: dict[str, Any]) -> str:
    machine = found["machine"]
    return (
        f"PostgreSQL {machine['postgresql']}, Python {machine['python']}, {machine['cores']} cores,"
        f" {machine['system']}."
    )


def _cost(one: dict[str, Any], action: str) -> Cost:
    return typical(Cost(*row) for row in one["costs"][action])


def _memory(one: dict[str, Any], action: str) -> float:
    """The most MiB at one time."""
    peak: int = one["memory"][action]
    return peak / _MEBI


def _ratio(one: dict[str, Any], action: str) -> float:
    return _cost(one, action).wall / _cost(one, "pg_dump").wall


def _best(one: dict[str, Any], action: str) -> float:
    return min(Cost(*row).wall for row in one["costs"][action])


def _times(sizes: dict[int, dict[str, Any]]) -> str:
    rows = []
    for action, text in ACTIONS.items():
        row = [text]
        for one in sizes.values():
            best = _best(one, action) / _best(one, "pg_dump")
            row.append("1" if action == "pg_dump" else f"{_ratio(one, action):.2f} ({best:.2f})")
        rows.append(row)
    rows.append(["rounds", *(str(one["rounds"]) for one in sizes.values())])
    return _table(["", *(f"{tables:,} tables" for tables in sizes)], rows)


def _targets(found: dict[str, Any], sizes: dict[int, dict[str, Any]]) -> Iterable[Target]:
    yield from _targets_of_reading(sizes)
    yield from _targets_of_the_document(sizes)
    for option in ("--version", "--help"):
        cpu = statistics.median(row[1] for row in found["start-up"][option])
        yield Target(f"processor time of `{option}`", cpu, _START_UP_LIMIT, "{:.2f} s")
    for tables, one in sizes.items():
        if tables > 100:
            above = one["diagrams"]["above"]
            yield Target(f"diagrams above the limit of boxes, {tables:,} tables", above, 0, "{:.0f}")


def _targets_of_reading(sizes: dict[int, dict[str, Any]]) -> Iterable[Target]:
    for tables, limit in ((10_000, 0.3), (1_000, 0.8)):
        if tables in sizes:
            text = f"reading the structure, {tables:,} tables"
            yield Target(text, _ratio(sizes[tables], "structure"), limit)
    if large := sizes.get(10_000):
        yield Target("memory of reading, 10,000 tables", _memory(large, "read"), 400, "{:.0f} MiB")
    # A second connection, which a small database does without, has statements of its own.
    counts = [one["statements"]["read"] for tables, one in sizes.items() if tables > 100]
    if counts:
        more = max(counts) - min(counts)
        yield Target("statements for reading that 10,000 tables cost beyond 1,000", more, 0, "{:.0f}")
    for tables, one in sizes.items():
        if "slow" in one:
            text = f"reading the structure, {tables:,} tables, every answer 10 ms late"
            yield Target(text, statistics.median(one["slow"]), 1.0, "{:.2f} s")


def _targets_of_the_document(sizes: dict[int, dict[str, Any]]) -> Iterable[Target]:
    for tables, limit in ((1_000, 6), (10_000, 4)):
        if tables in sizes:
            yield Target(f"the whole document, {tables:,} tables", _ratio(sizes[tables], "first"), limit)
    large = sizes.get(10_000)
    if large:
        memory = _memory(large, "first")
        yield Target("memory of the document, 10,000 tables", memory, 1_024, "{:.0f} MiB")
    yield Target(
        "growth of the document's time in objects, the exponent", _exponent(sizes, "first"), 1.0, "{:.2f}"
    )
    for tables, one in sizes.items():
        if tables > 100:
            again = _cost(one, "unchanged").wall / _cost(one, "read").wall
            yield Target(f"nothing changed, {tables:,} tables, as a multiple of reading", again, 1.3)
    if large:
        again = _cost(large, "one changed").wall / _cost(large, "read").wall
        yield Target("one table changed, 10,000 tables, as a multiple of reading", again, 1.5)


def _exponent(sizes: dict[int, dict[str, Any]], action: str) -> float:
    """The slope of the line through all sizes when both axes are logarithmic."""
    points = [
        (math.log(sum(one["objects"].values())), math.log(_cost(one, action).wall)) for one in sizes.values()
    ]
    if len(points) < 2:
        return math.nan
    return statistics.linear_regression([x for x, _ in points], [y for _, y in points]).slope


def _growth(sizes: dict[int, dict[str, Any]]) -> str:
    two = dict(list(sizes.items())[-2:])
    between = " to ".join(f"{tables:,}" for tables in two)
    rows = [
        [text, f"{_exponent(sizes, action):.2f}", f"{_exponent(two, action):.2f}"]
        for action, text in ACTIONS.items()
    ]
    text = (
        "Time grows with the number of objects (tables, columns, keys, indexes, checks, triggers, views …) to"
        " the power of:\n\n"
    )
    return text + _table(["", "all sizes", f"from {between} tables"], rows)


def _contents(sizes: dict[int, dict[str, Any]]) -> str:
    kinds = list(next(iter(sizes.values()))["objects"])
    rows = [[kind, *(f"{one['objects'][kind]:,}" for one in sizes.values())] for kind in kinds]
    rows += [
        ["statements of `pg_dump -s`", *(f"{one['statements']['pg_dump']:,}" for one in sizes.values())],
        ["statements of `snapshot`", *(f"{one['statements']['read']:,}" for one in sizes.values())],
        ["files of the document", *(f"{one['document']['files']:,}" for one in sizes.values())],
        ["MiB of the document", *(f"{one['document']['bytes'] / _MEBI:,.1f}" for one in sizes.values())],
    ]
    return _table(["", *(f"{tables:,} tables" for tables in sizes)], rows)


def _phases(sizes: dict[int, dict[str, Any]]) -> str:
    names = list(dict.fromkeys(name for one in sizes.values() for name in one["phases"]))
    rows = []
    for name in names:
        shares = [one["phases"].get(name, 0.0) / sum(one["phases"].values()) for one in sizes.values()]
        rows.append([name, *(f"{share:.0%}" for share in shares)])
    return _table(["", *(f"{tables:,} tables" for tables in sizes)], rows)


def _diagrams(sizes: dict[int, dict[str, Any]]) -> str:
    drawings = [one["diagrams"] for one in sizes.values()]
    seconds = [one["drawing"] for one in sizes.values()]
    dumps = [_cost(one, "pg_dump").wall for one in sizes.values()]
    rows = [
        ["diagrams", *(f"{one['number']:,}" for one in drawings)],
        [
            "processor time of drawing them all",
            *(f"{a / b:.2f}" for a, b in zip(seconds, dumps, strict=True)),
        ],
        ["most boxes in one", *(str(one["most boxes"]) for one in drawings)],
        ["limit of boxes", *(str(one["limit"]) for one in drawings)],
        ["diagrams above the limit", *(str(one["above"]) for one in drawings)],
    ]
    text = (
        "Drawing is done by processes of its own while pages are made; its time is in multiples of that of"
        " `pg_dump -s`.\n\n"
    )
    return text + _table(["", *(f"{tables:,} tables" for tables in sizes)], rows)


def _curves(found: dict[str, Any]) -> list[plot.Curve]:
    """Each action's time at each size, in multiples of the time of `pg_dump -s` at 1,000 tables."""
    sizes = _complete(found)
    unit = _cost(sizes.get(1_000) or next(iter(sizes.values())), "pg_dump").wall
    return [
        plot.Curve(
            text.replace("`", ""),
            [(sum(one["objects"].values()), _cost(one, action).wall / unit) for one in sizes.values()],
        )
        for action, text in ACTIONS.items()
    ]


# --- other programs


def peers(found: dict[str, Any]) -> str:
    """The report on other programs."""
    parts = [
        _MADE.format(target="-peers"),
        f"{_machine(found)} Time on the clock as a multiple of `pg_dump -s` of the same database in the same"
        " run, and in parentheses peak memory in MiB.\n",
        _peer_times(found),
        "Time per documented object (table, column, key, index …), as a multiple of the time that pgdossier"
        " takes for one: above 1 the program is slower. What writes data for other programs is compared with"
        " `pgdossier snapshot`, what writes something for people with `pgdossier generate`.\n",
        _peer_worth(found),
        "## What each documents\n",
        "Of the database with 100 tables, by looking for the names of its objects in the output (of those"
        " that document one schema: the one with the most tables).\n",
        _peer_coverage(found),
    ]
    parts += _behind(found)
    return "\n".join(parts)


def _peer_times(found: dict[str, Any]) -> str:
    sizes: dict[str, Any] = found["sizes"]
    rows = [
        [name, makes, *(_multiple(one["costs"][action], one) for one in sizes.values())]
        for action, name, makes in (
            ("first", "pgdossier generate", "the whole document, with a diagram for each table"),
            ("read", "pgdossier snapshot", "JSON"),
        )
    ]
    for name, peer in found["peers"].items():
        cells = [_peer_cell(peer, tables, one) for tables, one in sizes.items()]
        rows.append([name, peer["note"], *cells])
    return _table(["", "what it makes", *(f"{int(tables):,} tables" for tables in sizes)], rows)


def _peer_cell(peer: dict[str, Any], tables: str, one: dict[str, Any]) -> str:
    if "missing" in peer:
        return "not installed: " + _plain(peer["missing"])
    at = peer["sizes"].get(tables)
    if at is None:
        return "not tried"
    if at["costs"][-1][3] is None:
        return f"> {at['costs'][-1][0] / _cost(one, 'pg_dump').wall:,.0f}, ended"
    if at["costs"][-1][3] != 0:
        return "failed: " + _plain(at.get("complaint") or "it wrote nothing")
    return _multiple(at["costs"], one)


def _multiple(costs: Sequence[Sequence[Any]], one: dict[str, Any]) -> str:
    cost = typical(Cost(*row) for row in costs)
    return f"{cost.wall / _cost(one, 'pg_dump').wall:,.1f} ({cost.peak / _MEBI:,.0f})"


def _objects(documented: dict[str, int]) -> int:
    return sum(count for kind, count in documented.items() if kind != "pictures")


def _worth(found: dict[str, Any], name: str, tables: str) -> float | None:
    """The time per documented object in multiples of pgdossier's; None when there is no output."""
    one = found["sizes"][tables]
    at = found["peers"][name]["sizes"].get(tables)
    if at is None or at["costs"][-1][3] != 0 or not _objects(at["documented"]):
        return None
    like = found["peers"][name]["like"]
    own = _cost(one, like).wall / _objects(one["documented"][like])
    return typical(Cost(*row) for row in at["costs"]).wall / _objects(at["documented"]) / own


def _peer_worth(found: dict[str, Any]) -> str:
    rows = []
    for name in found["peers"]:
        values = [_worth(found, name, tables) for tables in found["sizes"]]
        like = {"first": "generate", "read": "snapshot"}[found["peers"][name]["like"]]
        rows.append([name, like, *("–" if value is None else f"{value:,.2f}" for value in values)])
    return _table(["", "compared with", *(f"{int(tables):,} tables" for tables in found["sizes"])], rows)


def _peer_coverage(found: dict[str, Any]) -> str:
    tables, one = next(iter(found["sizes"].items()))
    kinds = [*one["wanted"], "pictures"]
    rows = [
        ["in the database", *(str(one["wanted"].get(kind, "")) for kind in kinds)],
        ["pgdossier generate", *(str(one["documented"]["first"][kind]) for kind in kinds)],
        ["pgdossier snapshot", *(str(one["documented"]["read"][kind]) for kind in kinds)],
    ]
    for name, peer in found["peers"].items():
        documented = peer["sizes"].get(tables, {}).get("documented") or {}
        rows.append([name, *(str(documented.get(kind) or "–") for kind in kinds)])
    return _table(["", *kinds], rows)


def _behind(found: dict[str, Any]) -> list[str]:
    """Where another program takes less time per documented object."""
    lines = []
    for tables in found["sizes"]:
        quicker = [name for name in found["peers"] if (_worth(found, name, tables) or 1.0) < 1.0]
        if quicker:
            lines.append(f"- {int(tables):,} tables: {', '.join(quicker)}")
    if not lines:
        return ["In no case does another program take less time per documented object than pgdossier.\n"]
    head = (
        "Less time per documented object than pgdossier takes. These list what there is; the document that"
        " pgdossier spends its time on has the analysis, the design review, every relationship in words, and"
        " a diagram for each table besides:\n"
    )
    return [head, "\n".join(lines) + "\n"]


def _plain(text: str) -> str:
    """Text of another program as a table can hold it."""
    return " ".join(text.replace("|", "/").replace("`", "'").split())


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write(Path(sys.argv[1]), Path(sys.argv[2]))
