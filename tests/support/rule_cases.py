"""The cases of the review's rules: what stands beside each rule in `<rule>.sql`, and how it is run.

    -- fail: orders.orders_customer_id_fkey; lines.lines_order_id_fkey
    -- with: thresholds.many_columns = 3
    -- needs: 15
    -- own database
    CREATE TABLE …;

    -- pass: a longer index begins with the column
    CREATE TABLE …;

A section ends where the next begins. `fail` names the subjects that the rule must report, no more and no
fewer, as their dotted paths without the schema, with `; ` between them (`schema` and `database` for these
themselves); `pass` says why nothing must be reported. The lines below it are optional and in any order:
`with` sets a threshold or takes a side as in the configuration; `needs` is the first major version that can
run it; `own database` runs it in a database of its own, for what is not inside of a schema.

All cases are loaded into one database, each in a schema of its own, and read once; a rule is then given the
snapshot as if its case's schema were all there is.
"""

from __future__ import annotations

import re
import tomllib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import psycopg

import pgdossier.review.rules
from pgdossier.analysis import analyse
from pgdossier.catalog import read
from pgdossier.errors import ServerError
from pgdossier.model.names import quote_identifier
from pgdossier.model.snapshot import Snapshot, Structure
from pgdossier.review import Profile, Review, review
from pgdossier.review.fixes import Lock, Step, Work
from pgdossier.review.subject import Subject
from tests.support.servers import PostgresServer

FOLDER = Path(pgdossier.review.rules.__path__[0])
_SECTION = re.compile(r"^-- (fail|pass): (.+)\n", re.MULTILINE)
_HEADER = re.compile(r"-- (with|needs): (.+)\n|-- (own database)\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One section of a rule's file; `line` is where it begins."""

    rule: str
    number: int
    line: int
    fails: bool
    says: str
    sql: str
    settings: tuple[str, ...] = ()
    needs: int = 0
    own_database: bool = False

    @property
    def name(self) -> str:
        """For the ids of tests, and the schema's name."""
        return f"{self.rule}_{'fail' if self.fails else 'pass'}_{self.number}"

    @property
    def schema(self) -> str:
        """Where its objects are."""
        return "public" if self.own_database else f"{self.rule[:50]}_{self.number}"  # 63 bytes at most

    @property
    def expected(self) -> set[str]:
        """The subjects that the rule must report."""
        return set(self.says.split("; ")) if self.fails else set()

    @property
    def profile(self) -> Profile:
        """What the case configures."""
        told = tomllib.loads("\n".join(self.settings))
        return Profile(thresholds=told.get("thresholds", {}), conventions=told.get("conventions", {}))


def cases_of(rule: str) -> list[Case]:
    """The cases of one rule, in the order of its file."""
    file = FOLDER / f"{rule}.sql"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    found = list(_SECTION.finditer(text))
    cases = []
    for number, match in enumerate(found, 1):
        end = found[number].start() if number < len(found) else len(text)
        position = match.end()
        settings: list[str] = []
        needs, own = 0, False
        while header := _HEADER.match(text, position):
            position = header.end()
            if header[1] == "with":
                settings.append(header[2])
            elif header[1] == "needs":
                needs = int(header[2])
            else:
                own = True
        cases.append(
            Case(
                rule=rule,
                number=number,
                line=text.count("\n", 0, match.start()) + 1,
                fails=match[1] == "fail",
                says=match[2].strip(),
                sql=text[position:end].strip() + "\n",
                settings=tuple(settings),
                needs=needs,
                own_database=own,
            )
        )
    return cases


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rule found in a case, and what it still found after its complete fixes were run."""

    before: Review
    after: Review | None
    failed: tuple[str, ...] = field(default=())


def shown(subject: Subject, case: Case) -> str:
    """A subject as the cases write it."""
    if subject.path[:1] == (case.schema,):
        return ".".join(subject.path[1:]) or "schema"
    return subject.dotted


def run(server: PostgresServer, cases: Sequence[Case]) -> dict[str, Outcome]:
    """Load all cases, read them, run each rule on its own, then run the suggested SQL and read again."""
    able = [case for case in cases if case.needs <= server.major]
    outcomes = _run_together(server, [case for case in able if not case.own_database])
    for case in able:
        if case.own_database:
            outcomes |= _run_together(server, [case])
    return outcomes


def _run_together(server: PostgresServer, cases: Sequence[Case]) -> dict[str, Outcome]:
    database = f"rules_{uuid.uuid4().hex[:12]}"
    server.create_database(database)
    try:
        _load(server, database, cases)
        url = server.url(database)
        before = _reviews(read(url), cases)
        failed = {case.name: tuple(_repair(url, case, before[case.name])) for case in cases}
        after = _reviews(read(url), cases)
        return {case.name: Outcome(before[case.name], after[case.name], failed[case.name]) for case in cases}
    finally:
        server.drop_database(database)


def _load(server: PostgresServer, database: str, cases: Iterable[Case]) -> None:
    """One psql script for all; an error names the file and line that it is in."""
    script = ""
    starts: list[tuple[int, Case]] = []
    for case in cases:
        schema = quote_identifier(case.schema)
        create = "" if case.own_database else f"CREATE SCHEMA {schema}; "
        script += f"RESET ROLE; RESET ALL; {create}SET search_path TO {schema};\n"
        starts.append((script.count("\n"), case))
        script += case.sql
    try:
        server.run_sql(database, script)
    except ServerError as error:
        at = re.search(r"line (\d+): ", error.message)
        if at is None:
            raise
        start, case = next((start, case) for start, case in reversed(starts) if start < int(at[1]))
        message = f"case {case.name} ({case.rule}.sql:{case.line}), its line {int(at[1]) - start}: {error}"
        raise AssertionError(message) from None


def _reviews(snapshot: Snapshot, cases: Iterable[Case]) -> dict[str, Review]:
    found = {}
    for case in cases:
        own = snapshot if case.own_database else restricted(snapshot, case.schema)
        found[case.name] = review(analyse(own), case.profile, only={case.rule})
    return found


# The strongest lock that this session holds on a table, view or sequence of users, and where their rows are.
_HELD = b"""
    SELECT l.mode FROM pg_catalog.pg_locks AS l JOIN pg_catalog.pg_class AS c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE l.pid = pg_catalog.pg_backend_pid() AND l.granted AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
"""
_FILES = b"""
    SELECT c.oid, pg_catalog.pg_relation_filenode(c.oid) FROM pg_catalog.pg_class AS c WHERE c.relkind = 'r'
      AND c.relnamespace >= 16384 OR c.relnamespace = 'public'::pg_catalog.regnamespace AND c.relkind = 'r'
"""
_MODES = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)


def _repair(url: str, case: Case, found: Review) -> Iterable[str]:
    """Run every complete fix; yields what the server refused, and locks and work that are not as they say."""
    with psycopg.connect(url, autocommit=True) as connection:
        for finding in found.findings:
            for step in finding.fix.steps if finding.fix and finding.fix.complete else ():
                try:
                    if step.alone:
                        connection.execute(step.sql.encode())
                    else:
                        yield from _proven(connection, step)
                except psycopg.Error as error:
                    yield f"{step.sql}: {error}"


def _proven(connection: psycopg.Connection[tuple[Any, ...]], step: Step) -> Iterable[str]:
    """Run a statement in a transaction and look what it holds, and whether a table was written anew."""
    with connection.transaction():
        files: dict[int, int] = dict(connection.execute(_FILES).fetchall())
        connection.execute(step.sql.encode())
        held = {str(mode) for (mode,) in connection.execute(_HELD).fetchall()}
        rewritten = any(files.get(oid, file) != file for oid, file in connection.execute(_FILES).fetchall())
    strongest = max(held, key=_MODES.index, default="AccessShareLock")
    said = "".join(word.capitalize() for word in str(step.lock).split()) + "Lock"
    if step.lock is Lock.NONE:
        said = "AccessShareLock"  # what every statement takes that looks at a table
    if strongest != said:
        yield f"{step.sql}: says {step.lock}, takes {strongest}"
    if rewritten != (step.work is Work.REWRITE):
        yield f"{step.sql}: says that it {step.work}, {'rewrote' if rewritten else 'did not rewrite'} a table"


def restricted(snapshot: Snapshot, schema: str) -> Snapshot:
    """The snapshot as if that schema were the only one; what is in no schema stays."""
    structure = snapshot.structure
    changes: dict[str, object] = {}
    for name in Structure.__struct_fields__:
        value = getattr(structure, name)
        if name == "schemas":
            changes[name] = tuple(one for one in value if one.name == schema)
        elif name == "dependencies":
            changes[name] = tuple(one for one in value if one.dependent.schema == schema)
        elif isinstance(value, tuple) and name not in ("gaps", "extensions", "default_privileges"):
            changes[name] = tuple(one for one in value if getattr(one, "schema", schema) == schema)
    statistics = snapshot.statistics
    rows: dict[str, object] = {
        name: tuple(one for one in value if getattr(one, "schema", schema) == schema)
        for name in type(statistics).__struct_fields__
        if isinstance(value := getattr(statistics, name), tuple)
    }
    return msgspec.structs.replace(
        snapshot,
        structure=msgspec.structs.replace(structure, **changes),
        statistics=msgspec.structs.replace(statistics, **rows),
    )
