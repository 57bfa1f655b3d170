"""Measures what pgdossier costs beside `pg_dump -s`, in one run on one machine; `make benchmark` calls it.

    python -m benchmarks.run            reading, generating, refreshing at 100, 1,000 and 10,000 tables
    python -m benchmarks.run --quick    without 10,000
    python -m benchmarks.run --peers    other programs that document a database

Whole processes are measured, the start of Python included. Repetitions are interleaved, so that a machine
that becomes slower becomes slower for all; figures are medians. Whatever is known is saved after every step:
a run that is ended early loses nothing. The report holds ratios only, for times mean nothing elsewhere.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pgdossier
from benchmarks import coverage, report
from benchmarks.database import Databases
from benchmarks.delaying import delaying
from benchmarks.design import design
from benchmarks.measuring import Command, Cost, measure, succeed
from benchmarks.peers import PEERS, NotInstalledError, Peer, task
from benchmarks.schema import SIZES

# How often everything is repeated, and after how many seconds no further round begins.
_ROUNDS = {100: 7, 1_000: 5, 10_000: 3}
_BUDGET = {100: 60.0, 1_000: 120.0, 10_000: 240.0}

# The size that is also read over a slow line, the seconds by which every answer is late there, and how often.
_SLOW = 1_000
_ROUND_TRIP = 0.01
_SLOW_ROUNDS = 5

_NODE = re.compile(rb'<g class="node"')


class Benchmark:
    """One run: its server, its folder, what it found so far."""

    def __init__(self, databases: Databases, folder: Path, name: str) -> None:
        self.databases = databases
        self.folder = folder
        self.results: dict[str, Any] = {"machine": _machine(databases.version), "sizes": {}, "peers": {}}
        # As in an installed package, Python's compiled code lies beside it.
        compileall.compile_dir(Path(pgdossier.__file__).parent, quiet=2)
        self._file = folder / f"{name}.json"
        self._began = time.perf_counter()

    def say(self, text: str) -> None:
        """Tell how far it is."""
        sys.stderr.write(f"[{time.perf_counter() - self._began:6.0f} s] {text}\n")

    def save(self) -> None:
        """Write down what is known."""
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(self.results, indent=1), encoding="utf-8")
        part.replace(self._file)

    # --- pgdossier

    def start_up(self) -> None:
        """`--version` and `--help`, and Python doing nothing."""
        commands = {option: Command([*_pgdossier(), option]) for option in ("--version", "--help")}
        commands["python"] = Command([sys.executable, "-c", "pass"])
        costs: dict[str, list[Cost]] = {name: [] for name in commands}
        for _ in range(10):
            for name, command in commands.items():
                costs[name].append(succeed(command))
        self.results["start-up"] = costs
        self.save()

    def size(self, tables: int) -> None:
        """Everything at one size."""
        self.say(f"{tables:,} tables: loading")
        self.databases.load(tables)
        counts = design(tables, SIZES[tables]).counts()
        found: dict[str, Any] = {"objects": counts, "costs": {}, "rounds": 0}
        self.results["sizes"][str(tables)] = found
        # Looking at memory takes time, so it has a round of its own, after which the server is warm.
        self.say(f"{tables:,} tables: memory")
        found["memory"] = {}
        for name, cost in self._round(tables, 0, memory=True):
            found["memory"][name] = cost.peak
            self.say(f"    {name}: {cost.peak / 2**20:.0f} MiB")
            self.save()
        began = time.perf_counter()
        for number in range(_ROUNDS[tables]):
            self.say(f"{tables:,} tables: round {number + 1}")
            for name, cost in self._round(tables, number, memory=False):
                found["costs"].setdefault(name, []).append(cost)
                self.say(f"    {name}: {cost.wall:.2f} s, {cost.cpu:.2f} s CPU")
                self.save()
            found["rounds"] = number + 1
            if time.perf_counter() - began > _BUDGET[tables]:
                break
        if tables == _SLOW:
            self.say(f"{tables:,} tables: over a slow line")
            found["slow"] = [self._read_slowly(tables) for _ in range(_SLOW_ROUNDS)]
        self.say(f"{tables:,} tables: statements, phases, diagrams")
        found["statements"] = {name: self._statements(tables, name) for name in ("pg_dump", "read")}
        document = self.folder / f"phases-{tables}"
        found |= self._phases(tables, document)
        found["diagrams"] = _diagrams(document, found["most boxes"])
        files = [path for path in document.rglob("*") if path.is_file()]
        found["document"] = {"files": len(files), "bytes": sum(path.stat().st_size for path in files)}
        self.save()

    def clear(self) -> None:
        """Remove what was written, when all is measured: see `_round`."""
        for name in ("document", "cache", "phases"):
            for path in self.folder.glob(f"{name}-*"):
                shutil.rmtree(path)

    def _round(self, tables: int, number: int, *, memory: bool) -> Iterator[tuple[str, Cost]]:
        def run(command: Command) -> Cost:
            return succeed(command, memory=memory)

        yield "pg_dump", run(self._dump(tables))
        yield "structure", run(self._read(tables, "--config", str(self._structure_only())))
        yield "read", run(self._read(tables))
        # A folder of its own, for a file system has more to do where much was removed just before.
        turn = f"{tables}-memory" if memory else f"{tables}-{number}"
        for path in (self.folder / f"document-{turn}", self.folder / f"cache-{turn}"):
            shutil.rmtree(path, ignore_errors=True)
        yield "first", run(self._generate(tables, turn))
        yield "unchanged", run(self._generate(tables, turn))
        column = f"benchmark_{number}"
        self.databases.change(tables, column)
        try:
            yield "one changed", run(self._generate(tables, turn))
        finally:
            self.databases.change_back(tables, column)

    def _structure_only(self) -> Path:
        path = self.folder / "structure.toml"
        path.write_text("activity = false\n", encoding="utf-8")
        return path

    def _dump(self, tables: int) -> Command:
        output = self.folder / f"dump-{tables}.sql"
        arguments = [self.databases.program("pg_dump"), "-s", "-f", str(output), self.databases.url(tables)]
        return Command(arguments, self.databases.environment())

    def _read(self, tables: int, *options: str) -> Command:
        output = self.folder / f"snapshot-{tables}.json"
        url = self.databases.url(tables)
        return Command([*_pgdossier(), "snapshot", url, "-q", "-o", str(output), *options])

    def _generate(self, tables: int, turn: str) -> Command:
        # A cache of its own: what an earlier run has drawn must not make this one look fast.
        arguments = [*_pgdossier(), "generate", self.databases.url(tables), "-q"]
        arguments += ["-o", str(self.folder / f"document-{turn}"), "--author", "benchmark"]
        return Command(arguments, {"XDG_CACHE_HOME": str(self.folder / f"cache-{turn}")}, folder=self.folder)

    def _read_slowly(self, tables: int) -> float:
        """Seconds on the clock."""
        url = urlsplit(self.databases.url(tables))
        output = self.folder / f"snapshot-{tables}.json"
        with delaying(url.geturl(), _ROUND_TRIP) as line:
            there = url._replace(netloc=url.netloc.replace(f":{url.port}", f":{line.port}")).geturl()
            reading = [*_pgdossier(), "snapshot", there, "-q", "-o", str(output)]
            return succeed(Command([*reading, "--config", str(self._structure_only())]), memory=False).wall

    def _statements(self, tables: int, name: str) -> int:
        self.databases.count_statements(tables, on=True)
        try:
            succeed(self._dump(tables) if name == "pg_dump" else self._read(tables))
            return self.databases.counted(tables)
        finally:
            self.databases.count_statements(tables, on=False)

    def _phases(self, tables: int, document: Path) -> dict[str, Any]:
        shutil.rmtree(document, ignore_errors=True)
        document.mkdir()
        told = self.folder / "phases.json"
        arguments = [sys.executable, "-m", "benchmarks.phases", self.databases.url(tables), str(document)]
        cache = {"XDG_CACHE_HOME": str(self.folder / f"cache-phases-{tables}")}
        succeed(Command(arguments, cache, output=told))
        found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
        return found

    # --- others

    def compare(self, sizes: list[int], limit: float) -> None:
        """Pgdossier, `pg_dump` and the others, at each size; what takes too long at one size ends there."""
        programs: dict[str, str] = {}
        for peer in PEERS:
            self.say(f"installing {peer.name}")
            one: dict[str, Any] = {"note": peer.note, "like": peer.like, "sizes": {}}
            self.results["peers"][peer.name] = one
            try:
                programs[peer.name] = peer.install(self.folder / "installed" / peer.name.replace("/", "-"))
            except NotInstalledError as reason:
                one["missing"] = str(reason)
            self.save()
        for tables in sizes:
            self.say(f"{tables:,} tables: loading")
            self.databases.load(tables)
            rounds = 3 if tables <= 100 else 1
            database = design(tables, SIZES[tables])
            wanted = {kind: sum(names.values()) for kind, names in coverage.wanted(database).items()}
            found: dict[str, Any] = {"wanted": wanted, "costs": {}}
            self.results["sizes"][str(tables)] = found
            for _ in range(rounds):
                self._ours(tables, found["costs"])
                for peer in PEERS:
                    if peer.name in programs:
                        self._peer(peer, programs, tables, limit)
            document = self.folder / f"document-{tables}"
            snapshot = self.folder / f"snapshot-{tables}.json"
            found["documented"] = {
                "first": coverage.documented(database, [document]),
                "read": coverage.documented(database, [snapshot]),
            }
            shutil.rmtree(document)
            self.save()

    def _ours(self, tables: int, costs: dict[str, list[Cost]]) -> None:
        turn = str(tables)
        for path in (self.folder / f"document-{turn}", self.folder / f"cache-{turn}"):
            shutil.rmtree(path, ignore_errors=True)
        commands = {
            "pg_dump": self._dump(tables),
            "read": self._read(tables),
            "first": self._generate(tables, turn),
        }
        for name, command in commands.items():
            cost = succeed(command)
            costs.setdefault(name, []).append(cost)
            self.say(f"    {name}: {cost.wall:.2f} s")
        self.save()

    def _peer(self, peer: Peer, programs: dict[str, str], tables: int, limit: float) -> None:
        found = self.results["peers"][peer.name]["sizes"].setdefault(str(tables), {"costs": []})
        database = design(tables, SIZES[tables])
        work = task(self.databases, database, tables, self.folder, peer.name)
        cost, complaint = measure(peer.command(programs[peer.name], work), limit=limit)
        documented = {}
        if cost.code == 0:
            files = [one for one in sorted(work.output.parent.rglob(peer.data)) if one.is_file()]
            schema = work.schema if peer.one_schema else None
            documented = coverage.documented(database, files, peer.relation, schema)
        if cost.code == 0 and documented["tables"] == 0:
            cost = cost._replace(code=1)  # some say that they failed in no other way
        self.say(f"    {peer.name}: {cost.wall:.2f} s, {cost.peak / 2**20:.0f} MiB, code {cost.code}")
        found["costs"].append(cost)
        found["documented"] = documented
        if cost.code is None:
            del programs[peer.name]  # it will not be faster with more tables
        elif cost.code:
            found["complaint"] = _complaint(complaint)
        self.save()


def _pgdossier() -> list[str]:
    return [sys.executable, "-m", "pgdossier"]


def _machine(version: str) -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "postgresql": version,
    }


def _diagrams(document: Path, limit: int) -> dict[str, int]:
    boxes = [len(_NODE.findall(path.read_bytes())) for path in document.rglob("*.svg")]
    return {
        "number": len(boxes),
        "most boxes": max(boxes, default=0),
        "above": sum(count > limit for count in boxes),
        "limit": limit,
    }


def _complaint(text: str) -> str:
    """The line of an error's output that says most, without what is of this machine only."""
    lines = [line.strip() for line in text.splitlines() if re.search(r"rror|fail|memory|exceed", line)]
    said = re.sub(r"\x1b\[[0-9;]*m|(?:/[\w.@-]+){2,}|postgres\w*://\S+", "…", lines[-1] if lines else "")
    return said[:120]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.run", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument(
        "--quick", action="store_true", help="only 100 and 1,000 tables; changes no committed file"
    )
    parser.add_argument(
        "--peers", action="store_true", help="compare with other programs, which are installed"
    )
    parser.add_argument("--limit", type=float, default=600.0, help="seconds that another program may take")
    parser.add_argument("--folder", type=Path, default=Path("build/benchmark"), help="where to work")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    sizes = [size for size in SIZES if size < 10_000 or not arguments.quick]
    name = "peers" if arguments.peers else "results"
    with Databases() as databases:
        benchmark = Benchmark(databases, folder, name)
        if arguments.peers:
            benchmark.compare(sizes, arguments.limit)
        else:
            benchmark.start_up()
            for tables in sizes:
                benchmark.size(tables)
            benchmark.clear()
    target = folder if arguments.quick else Path(__file__).parent
    report.write(folder / f"{name}.json", target)
    benchmark.say(f"{target / name}.md written")


if __name__ == "__main__":
    main()
