"""Other checkers' rules as SQL over pg_catalog, and where ours differ: `python -m tests.support.oracles`.

An oracle is `tests/integration/oracles/<checker>/<rule>.sql`, written for this project from what that rule is
known to do:

    -- What the checker reports, in sentences.
    -- rule: duplicate_index              our rules that report the same
    -- or: redundant_index                our rules that may report it in place of these, and more besides
    -- of: column                         only these of our subjects: the rule is about several kinds
    -- with: conventions.text = "text"    as in the configuration; any number of lines
    -- compared by: relation              where one side reports columns and the other tables
    SELECT … AS subject [, … AS members]

`subject` is a dotted path, as findings print it. With `members`, a row is a group of equal things of which
all but one are too many: ours must report all of them but one, whichever that is. Where our rule has one
finding for the whole database because all are alike, it stands for all that the checker reports.

Both sides run on the databases of the corpus, on the shop and on the cases of our rules. A difference is one
subject that only one side reports. What the checkers report in a case that must pass is explained by that
case, in the line that says why; every other difference is in `expected/oracle_differences.toml`:

    [[pg_index_health.tables_without_primary_key]]
    only = "theirs"                    # or "ours"
    in = "pagila"                      # a database, or `cases`; a pattern
    subject = "public.payment_p*"      # a pattern, or several; in `cases` without the schema
    count = 6                          # how many it explains, when it is more than one
    reason = "One sentence."
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import psycopg

from pgdossier.analysis import Analysis, analyse
from pgdossier.catalog import read
from pgdossier.review import Profile, registry, review
from pgdossier.review.subject import DATABASE, Subject
from pgdossier.servers.binaries import find_binaries
from pgdossier.servers.embedded import EmbeddedServer
from tests.support import rule_cases
from tests.support.corpus import CORPUS_NAMES, find_corpus
from tests.support.rule_cases import Case, cases_of
from tests.support.servers import PostgresServer

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / "tests" / "integration" / "oracles"
DIFFERENCES = REPOSITORY / "tests" / "integration" / "expected" / "oracle_differences.toml"
PAGE = REPOSITORY / "docs" / "rules-agreement.md"
SHOP = REPOSITORY / "samples" / "shop" / "shop.sql"
DATABASES = (*CORPUS_NAMES, "shop")
CASES = "cases"
CHECKERS = {"splinter": "Supabase splinter", "pg_index_health": "pg-index-health"}
_HEADER = re.compile(r"(rule|or|of|with|compared by): (.+)\Z")

_INTRODUCTION = """\
# Agreement with other checkers

<!-- Made by `python -m tests.support.oracles`. -->

Two other checkers look at the structure of a PostgreSQL database: Supabase splinter and pg-index-health.
Those of their rules that make sense for any PostgreSQL were written anew as queries over the catalogs, from
what these checkers are known to report ([tests/integration/oracles](../tests/integration/oracles)), and run
beside ours on seven databases (six real schemas and the sample shop) and on the cases of our rules. A test
fails when a difference is not explained, and when an explanation is no longer needed.

*Both*: subjects that both sides report; a group of equal things counts once. *Only theirs*, *only ours*:
the differences, listed below with their reasons. *Left out*: what the checker reports in those cases of our
rule in which nothing must be reported, for the reason that the case gives.
"""
_VOLATILE = """\
## Not compared

What rests on counters and sizes says nothing on a database that was loaded a moment ago, on which both sides
would only report how young it is: splinter's `unused_index` and `table_bloat`, and pg-index-health's unused
indexes, bloated tables and indexes, tables with missing indexes, tables with no data, and sequence overflow.
splinter's rules about its own platform (users, tokens, buckets, queues, the programming interface) have no
meaning elsewhere; `extension_versions_outdated` depends on the machine.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oracle:
    """One rule of another checker, and what of ours stands for it."""

    checker: str
    name: str
    says: str
    rules: tuple[str, ...]
    others: tuple[str, ...]
    kinds: tuple[str, ...]
    settings: tuple[str, ...]
    by_relation: bool
    sql: str

    @property
    def key(self) -> str:
        """For the ids of tests."""
        return f"{self.checker}.{self.name}"

    @property
    def known(self) -> tuple[str, ...]:
        """Those of the rules that there are."""
        return tuple(rule for rule in self.rules if rule in registry.all_rules())

    @property
    def profile(self) -> Profile:
        """What must be configured for our rules to report the same."""
        told = tomllib.loads("\n".join(self.settings))
        return Profile(thresholds=told.get("thresholds", {}), conventions=told.get("conventions", {}))


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """What one side alone reports, and the line of the case that explains it, if one does."""

    only: str
    database: str
    subject: str
    passed: str = ""

    def __str__(self) -> str:
        return f"only {self.only}, in {self.database}: {self.subject}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """An oracle and our rules on all databases."""

    oracle: Oracle
    both: int
    differences: tuple[Difference, ...]

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        """What no passing case explains."""
        return tuple(one for one in self.differences if not one.passed)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One entry of the file of differences."""

    oracle: str
    only: str
    database: str
    subjects: tuple[str, ...]
    count: int
    reason: str

    def matches(self, one: Difference) -> bool:
        """Whether it is about that difference."""
        return (
            one.only == self.only
            and fnmatchcase(one.database, self.database)
            and any(fnmatchcase(one.subject, each) for each in self.subjects)
        )


def oracles() -> list[Oracle]:
    """All of them, by checker and name."""
    return [_parsed(file) for checker in CHECKERS for file in sorted((FOLDER / checker).glob("*.sql"))]


def _parsed(file: Path) -> Oracle:
    lines = file.read_text(encoding="utf-8").splitlines()
    comment = [line.removeprefix("-- ") for line in lines if line.startswith("-- ")]
    told: dict[str, list[str]] = {"rule": [], "or": [], "of": [], "with": [], "compared by": []}
    says = []
    for line in comment:
        header = _HEADER.match(line)
        if header:
            told[header[1]].append(header[2])
        else:
            says.append(line)
    return Oracle(
        checker=file.parent.name,
        name=file.stem,
        says=" ".join(says),
        rules=tuple(rule.strip() for line in told["rule"] for rule in line.split(",")),
        others=tuple(rule.strip() for line in told["or"] for rule in line.split(",")),
        kinds=tuple(told["of"]),
        settings=tuple(told["with"]),
        by_relation=told["compared by"] == ["relation"],
        sql="\n".join(line for line in lines if not line.startswith("-- ")),
    )


@dataclass(frozen=True, slots=True)
class Loaded:
    """A database and what our side makes of it; `cases` by their schema when it holds cases."""

    name: str
    url: str
    analysis: Analysis
    cases: Mapping[str, Case]


def load(name: str, url: str) -> Loaded:
    """A database that is there already."""
    return Loaded(name, url, analyse(read(url)), {})


def cases_for(found: Iterable[Oracle], major: int) -> list[Case]:
    """The cases of all rules that have an oracle, as far as that server can run them."""
    rules = sorted({rule for oracle in found for rule in oracle.known})
    return [case for rule in rules for case in cases_of(rule) if case.needs <= major]


def load_cases(server: PostgresServer, cases: Sequence[Case]) -> list[Loaded]:
    """The cases in one database, and one more for each that needs its own. The caller drops them."""
    groups = [[case for case in cases if not case.own_database]]
    groups += [[case] for case in cases if case.own_database]
    made = []
    for group in groups:
        database = f"oracles_{uuid.uuid4().hex[:12]}"
        server.create_database(database)
        rule_cases._load(server, database, group)
        url = server.url(database)
        made.append(Loaded(database, url, analyse(read(url)), {case.schema: case for case in group}))
    return made


def compare(oracle: Oracle, databases: Iterable[Loaded]) -> Comparison:
    """Run both sides everywhere."""
    both = 0
    differences: list[Difference] = []
    for one in databases if oracle.known else ():
        rows = _theirs(oracle, one)
        if one.cases:
            for case in one.cases.values():
                if case.rule in oracle.known and _on_the_same_side(oracle, case):
                    agreed, found = _compared_case(oracle, one, case, rows)
                    both, differences = both + agreed, differences + found
        else:
            agreed, found = _sides(oracle, one.name, rows, _ours(oracle, one.analysis, oracle.profile))
            both, differences = both + agreed, differences + found
    return Comparison(oracle, both, tuple(sorted(differences)))


# A row of an oracle: its subject, and the members of the group if it is one.
Row = tuple[str, tuple[str, ...]]


def _on_the_same_side(oracle: Oracle, case: Case) -> bool:
    """Whether the case takes no other side of a convention than the checker does."""
    theirs = oracle.profile.conventions
    return all(theirs.get(name, side) == side for name, side in case.profile.conventions.items())


@dataclass(frozen=True, slots=True)
class Ours:
    """What our rules report, and what others report in their place."""

    subjects: frozenset[Subject]
    allowed: frozenset[Subject]


def _theirs(oracle: Oracle, database: Loaded) -> list[Row]:
    with psycopg.connect(database.url) as connection:
        rows = connection.execute(oracle.sql.encode()).fetchall()
    return [(row[0], tuple(row[1]) if len(row) > 1 else ()) for row in rows]


def _ours(oracle: Oracle, analysis: Analysis, profile: Profile) -> Ours:
    """What our rules report, and what the rules report that may do so in their place."""
    found = [
        one
        for one in review(analysis, profile, only=(*oracle.known, *oracle.others)).findings
        if not oracle.kinds or one.subject == DATABASE or str(one.subject.kind) in oracle.kinds
    ]
    return Ours(
        frozenset(one.subject for one in found if one.rule.name in oracle.rules),
        frozenset(one.subject for one in found if one.rule.name in oracle.others),
    )


def _sides(oracle: Oracle, name: str, rows: Sequence[Row], ours: Ours) -> tuple[int, list[Difference]]:
    """How many subjects both sides report, and the others."""
    own, allowed = (_dotted(oracle, subjects) for subjects in (ours.subjects, ours.allowed))
    groups = [members for _, members in rows if members]
    if groups:
        in_groups = {member for members in groups for member in members}
        missed = [members for members in groups if len(set(members) - own - allowed) > 1]
        theirs = {" = ".join([members[0], *(_last(one) for one in members[1:])]) for members in missed}
        alone, agreed = own - in_groups, len(groups) - len(missed)
    else:
        listed = {".".join(subject.split(".")[:2]) if oracle.by_relation else subject for subject, _ in rows}
        if DATABASE.dotted in own:  # one finding for all, where all are alike
            own = listed
        theirs, alone, agreed = listed - own - allowed, own - listed, len(listed & (own | allowed))
    found = [Difference("theirs", name, one) for one in theirs]
    return agreed, found + [Difference("ours", name, one) for one in alone]


def _dotted(oracle: Oracle, subjects: Iterable[Subject]) -> set[str]:
    return {".".join(one.path[:2]) if oracle.by_relation and one.path else one.dotted for one in subjects}


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]


def _compared_case(
    oracle: Oracle, database: Loaded, case: Case, rows: Sequence[Row]
) -> tuple[int, list[Difference]]:
    """One case, seen alone; subjects are told without its schema."""
    prefix = f"{case.schema}."
    analysis = database.analysis
    if not case.own_database:
        analysis = analyse(rule_cases.restricted(analysis.snapshot, case.schema))
    mine = oracle.profile
    profile = Profile(
        thresholds={**mine.thresholds, **case.profile.thresholds},
        conventions={**mine.conventions, **case.profile.conventions},
    )
    theirs = [row for row in rows if case.own_database or row[0].startswith(prefix)]
    agreed, differences = _sides(oracle, CASES, theirs, _ours(oracle, analysis, profile))
    passed = "" if case.fails else f"{case.rule}: {case.says}"
    return agreed, [
        Difference(
            one.only,
            CASES,
            one.subject.removeprefix(prefix),
            passed if one.only == "theirs" else "",
        )
        for one in differences
    ]


def explanations(oracle: Oracle | None = None) -> list[Explanation]:
    """The file of differences, or what it says about one oracle."""
    told = tomllib.loads(DIFFERENCES.read_text(encoding="utf-8"))
    return [
        Explanation(
            oracle=f"{checker}.{name}",
            only=entry["only"],
            database=entry["in"],
            subjects=(entry["subject"],) if isinstance(entry["subject"], str) else tuple(entry["subject"]),
            count=entry.get("count", 1),
            reason=entry["reason"],
        )
        for checker, rules in told.items()
        for name, entries in rules.items()
        for entry in entries
        if oracle is None or oracle.key == f"{checker}.{name}"
    ]


def explained(comparison: Comparison) -> tuple[list[Difference], list[tuple[Explanation, int]]]:
    """The differences that nothing explains; each explanation with how many it was the first to match."""
    told = explanations(comparison.oracle)
    used: Counter[Explanation] = Counter()
    left = []
    for one in comparison.unexplained:
        explanation = next((each for each in told if each.matches(one)), None)
        if explanation is None:
            left.append(one)
        else:
            used[explanation] += 1
    return left, [(each, used[each]) for each in told]


def page(comparisons: Sequence[Comparison]) -> str:
    """docs/rules-agreement.md."""
    parts = [_INTRODUCTION]
    for checker, title in CHECKERS.items():
        own = [one for one in comparisons if one.oracle.checker == checker]
        lines = [
            "| Their rule | Ours | Both | Only theirs | Only ours | Left out |",
            "|---|---|--:|--:|--:|--:|",
        ]
        for one in own:
            only = Counter(each.only for each in one.unexplained)
            rules = ", ".join(f"[{rule}](rules/{rule}.md)" for rule in one.oracle.known)
            left_out = len(one.differences) - len(one.unexplained)
            cells = (f"`{one.oracle.name}`", rules, one.both, only["theirs"], only["ours"], left_out)
            lines.append(f"| {' | '.join(str(cell) if cell else '–' for cell in cells)} |")
        parts.append(f"## {title}\n\n" + "\n".join(lines) + "\n")
        parts += [_section(one) for one in own]
    parts.append(_VOLATILE)
    waiting = [one.oracle for one in comparisons if not one.oracle.known]
    if waiting:
        names = ", ".join(f"`{one.name}`" for one in waiting)
        parts.append(f"## Without a counterpart\n\nNo rule of ours stands for {names}.\n")
    return "\n".join(parts)


def _section(comparison: Comparison) -> str:
    oracle = comparison.oracle
    lines = [f"### {oracle.name}", "", oracle.says]
    if oracle.settings:
        lines += ["", f"Ours with {', '.join(f'`{one}`' for one in oracle.settings)}."]
    told = [
        f"- {'Only theirs' if each.only == 'theirs' else 'Only ours'}, "
        + (f"{count} in " if count > 1 else "")
        + f"{_where(each.database)}"
        + (f": {', '.join(f'`{one}`' for one in each.subjects)}" if each.subjects != ("*",) else "")
        + f". {each.reason}"
        for each, count in explained(comparison)[1]
    ]
    passed = Counter(one.passed for one in comparison.differences if one.passed)
    told += [
        f"- Left out by `{rule}`{f' ({count})' if count > 1 else ''}: {why.rstrip('.')}."
        for (rule, _, why), count in sorted((one.partition(": "), count) for one, count in passed.items())
    ]
    return "\n".join(lines + (["", *told] if told else [])) + "\n"


def _where(pattern: str) -> str:
    return {"*": "several databases", CASES: "the cases"}.get(pattern, pattern)


def main() -> None:
    """The command: writes the page, and prints what is unexplained or no longer needed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="ORACLE", help="print the differences of these alone")
    given = parser.parse_args()
    corpus = find_corpus(None, REPOSITORY)
    if corpus is None:
        sys.exit("the corpus is not here: name it with PGDOSSIER_CORPUS")
    chosen = [one for one in oracles() if not given.names or one.name in given.names]
    with EmbeddedServer(find_binaries()) as server:
        databases = []
        for name in DATABASES:
            server.create_database(name)
            file = SHOP if name == "shop" else corpus / f"{name}.sql"
            server.run_sql(name, file.read_text(encoding="utf-8"))
            databases.append(load(name, server.url(name)))
        databases += load_cases(server, cases_for(chosen, server.major))
        comparisons = [compare(oracle, databases) for oracle in chosen]
    for one in comparisons:
        left, told = explained(one)
        print(f"{one.oracle.key}: both {one.both}, {len(left)} to explain")  # noqa: T201 - what the command is for
        for difference in one.differences if given.names else left:
            print(f"  {difference}{' | ' if difference.passed else ''}{difference.passed}")  # noqa: T201 - same
        for explanation, count in told:
            if count != explanation.count:
                print(f"  explains {count}, not {explanation.count}: {explanation}")  # noqa: T201 - same
    if not given.names:
        PAGE.write_text(page(comparisons), encoding="utf-8")


if __name__ == "__main__":
    main()
