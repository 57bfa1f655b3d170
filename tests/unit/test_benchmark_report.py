"""What the benchmark measures and reports, with figures that are made up."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from benchmarks import plot, report
from benchmarks.measuring import Command, CommandError, Cost, measure, succeed, typical

MIB = 2**20


def size(tables: int, *, read: float, above: int = 0, statements: int = 79) -> dict[str, Any]:
    costs = {
        "pg_dump": 1.0,
        "structure": read,
        "read": 2.0,
        "first": 3.0,
        "unchanged": 2.4,
        "one changed": 2.8,
    }
    return {
        "objects": {"tables": tables, "columns": tables * 12},
        "rounds": 3,
        "costs": {
            name: [[seconds * tables / 1_000 * factor, 0.1, MIB, 0] for factor in (1, 0.9, 1.5)]
            for name, seconds in costs.items()
        },
        "memory": dict.fromkeys(costs, 300 * MIB),
        "statements": {"pg_dump": tables, "read": statements},
        "slow": [1.2, 0.9, 7.0],
        "phases": {"reading": 1.0, "rendering": 3.0},
        "drawing": 0.5,
        "diagrams": {"number": tables + 3, "most boxes": 30, "above": above, "limit": 30},
        "document": {"files": tables * 2, "bytes": tables * 30_000},
    }


def results(**sizes: dict[str, Any]) -> dict[str, Any]:
    return {
        "machine": {"cores": 2, "system": "Linux x86_64", "python": "3.11.7", "postgresql": "18.6"},
        "start-up": {option: [[0.1, 0.05, MIB, 0], [0.1, 0.2, MIB, 0]] for option in ("--version", "--help")},
        "sizes": {name.removeprefix("n"): one for name, one in sizes.items()},
        "peers": {},
    }


def line(text: str, start: str) -> str:
    (found,) = [one for one in text.splitlines() if one.startswith(f"| {start}")]
    return found


def test_targets_say_whether_they_are_met() -> None:
    """Each target is compared with the median of its rounds, and a missed one is not hidden."""
    found = results(n1000=size(1_000, read=0.7), n10000=size(10_000, read=0.31, above=2, statements=80))
    text = report.ours(found)
    reading = "reading the structure"
    assert line(text, f"{reading}, 1,000 tables |").endswith("tables | at most 0.80 × | 0.70 × | met |")
    assert line(text, f"{reading}, 10,000 tables |").endswith("| 0.31 × | **not met** |")
    assert line(text, "memory of reading, 10,000").endswith("| 300 MiB | met |")
    assert line(text, f"{reading}, 1,000 tables, every answer").endswith("| 1.20 s | **not met** |")
    assert line(text, "statements for reading that 10,000").endswith("| 1 | **not met** |")
    assert line(text, "diagrams above the limit of boxes, 10,000").endswith("| 2 | **not met** |")
    assert line(text, "processor time of `--help`").endswith("| 0.12 s | met |")
    assert line(text, "nothing changed, 1,000").endswith("| 1.20 × | met |")
    assert line(text, "one table changed, 10,000").endswith("| 1.40 × | met |")


def test_growth_is_the_slope_of_the_logarithms() -> None:
    """Ten times the objects in ten times the time is an exponent of 1."""
    found = results(n100=size(100, read=0.5), n1000=size(1_000, read=0.5), n10000=size(10_000, read=0.5))
    assert line(report.ours(found), "`snapshot`: reading the structure | 1.00 | 1.00")


def test_the_report_has_ratios_and_no_seconds_of_runs(tmp_path: Path) -> None:
    """Report and plot are written beside each other, the same for the same figures, and name no place."""
    source = tmp_path / "results.json"
    source.write_text(json.dumps(results(n100=size(100, read=2), n1000=size(1_000, read=0.7))))
    report.write(source, tmp_path)
    page, picture = (tmp_path / "results.md").read_bytes(), (tmp_path / "results.svg").read_bytes()
    report.write(source, tmp_path)
    assert (tmp_path / "results.md").read_bytes() == page
    assert (tmp_path / "results.svg").read_bytes() == picture
    assert str(tmp_path).encode() not in page + picture
    assert ET.fromstring(picture).tag.endswith("svg")  # noqa: S314 - written above


def test_a_plot_has_all_its_points_inside() -> None:
    """Each curve has its points, from left to right and the larger value the higher."""
    picture = plot.svg([plot.Curve("a & b", [(100, 0.02), (1_000, 3), (20_000, 700)])], "t <")
    lines = [one for one in ET.fromstring(picture) if one.tag.endswith("polyline")]  # noqa: S314 - written above
    points = [tuple(map(float, pair.split(","))) for pair in lines[0].attrib["points"].split()]
    assert points == sorted(points)
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    assert all(0 < x < 760 and 0 < y < 420 for x, y in points)


def peer(*codes: int | None, documented: int = 100, like: str = "first") -> dict[str, Any]:
    return {
        "note": "a page",
        "like": like,
        "sizes": {
            "100": {"costs": [[2.0, 1, MIB, code] for code in codes], "documented": {"tables": documented}}
        },
    }


def test_other_programs_are_compared_by_what_they_document() -> None:
    """Time per documented object decides; what failed, took too long or is not there says so."""
    found = results()
    found["sizes"] = {
        "100": {
            "wanted": {"tables": 100},
            "documented": {kind: {"tables": 100, "pictures": 9} for kind in ("first", "read")},
            "costs": {"pg_dump": [[0.1, 1, MIB, 0]], "first": [[1.0, 1, MIB, 0]], "read": [[0.5, 1, MIB, 0]]},
        }
    }
    failing = peer(1)
    failing["sizes"]["100"]["complaint"] = "no | such table"
    found["peers"] = {
        "slow": peer(0),
        "data": peer(0, like="read"),
        "partial": peer(0, documented=10),
        "late": peer(None),
        "failing": failing,
        "absent": {"note": "", "like": "read", "sizes": {}, "missing": "no npm"},
    }
    text = report.peers(found)
    assert "| slow | a page | 20.0 (1) |" in text
    assert "| slow | generate | 2.00 |" in text
    assert "| data | snapshot | 4.00 |" in text
    assert "| partial | generate | 20.00 |" in text
    assert "| late | a page | > 20, ended |" in text
    assert "| failing | a page | failed: no / such table |" in text
    assert "not installed: no npm" in text
    assert "In no case does another program" in text
    found["peers"]["slow"]["sizes"]["100"]["costs"] = [[0.5, 1, MIB, 0]]
    assert "- 100 tables: slow" in report.peers(found)


def test_a_process_is_measured_with_its_children(tmp_path: Path) -> None:
    """Time of processors and memory include what the process starts; its output goes to the file."""
    child = "x = b'1' * 2**26; [hash(str(i)) for i in range(300_000)]; import time; time.sleep(0.3)"
    program = f"import subprocess, sys; print('done'); subprocess.run([sys.executable, '-c', {child!r}])"
    output = tmp_path / "output"
    cost, said = measure(Command([sys.executable, "-c", program], output=output))
    assert (cost.code, said) == (0, "")
    assert output.read_bytes().split() == [b"done"]
    assert cost.wall > 0.3
    assert cost.cpu > 0.02
    if Path("/proc/self/task").exists():
        assert cost.peak > 2**26


def test_a_process_that_takes_too_long_is_ended() -> None:
    """What is over its limit has no exit code; what fails is an error where it must not."""
    cost, _ = measure(Command([sys.executable, "-c", "import time; time.sleep(60)"]), limit=0.2)
    assert cost.code is None
    assert cost.wall < 30
    with pytest.raises(CommandError, match="ended with 3: why"):
        succeed(Command([sys.executable, "-c", "import sys; print('why'); sys.exit(3)"]))


def test_the_typical_cost_is_the_median() -> None:
    """One disturbed round changes nothing."""
    assert typical([Cost(1, 1, 10, 0), Cost(2, 2, 20, 0), Cost(90, 90, 900, 0)]) == Cost(2, 2, 20, 0)
