"""Write docs/rules/, the pages of the review's rules: `python -m tests.support.rule_pages [--snapshots DIR]`.

Pages are made from the rules' docstrings and cases; the page on precision from their counts on the corpus and
from what people judged (`rule_judgements.toml`), so it needs the corpus. Tests say when they are out of date.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pgdossier.analysis import analyse
from pgdossier.review import Review, Severity, pages, registry, review
from pgdossier.review.rule import Rule
from tests.support.rule_cases import Case, cases_of
from tests.support.rule_corpus import counts, snapshots

FOLDER = Path(__file__).parents[2] / "docs" / "rules"
JUDGEMENTS = Path(__file__).parents[1] / "integration" / "expected" / "rule_judgements.toml"
INDEX, PRECISION = "README.md", "precision.md"
_READ = 20  # so many of each rule and database are read

_INTRODUCTION = """\
# The rules of the design review

<!-- Made by `python -m tests.support.rule_pages`; edit the rules in src/pgdossier/review/rules/. -->

`pgdossier review [SOURCE]` runs {count} rules; the document shows what they find in §12.E and with each
table. A finding has its evidence, and suggested SQL with the lock that it takes where there is any. No table
data is read.

`error`: the structure does not keep what it promises: data can be wrong or seen by whom it should not.
`warning`: it works, and will cost. `advice`: a lead, a habit of the field, a matter of judgement.

In `pgdossier.toml`:

```toml
[review]
fail_on = "error"                # what `pgdossier review` says no to

[review.severity]
god_table = "off"                # or another severity

[review.thresholds]
god_table_columns = 80

[review.conventions]
text = "bounded"                 # take a side; the first one of each rule's page is the default

[[review.accept]]
rule = "no_primary_key"          # or a pattern with *
object = "staging.*"             # schema.table, schema.table.column …; a table stands for all that is in it
reason = "loaded and emptied every night"
until = 2027-01-31               # optional: from the day after, the finding counts again, and says so
```

Accepted findings are shown as accepted, with the reason. "Today" is the day on which the snapshot was taken.
An acceptance that matches nothing is told. How right the rules are on real schemas is in
[precision.md]({precision}), how they agree with other checkers in
[rules-agreement.md](../rules-agreement.md).

"""


def rule_page(rule: Rule) -> str:
    """The page of a rule with its cases."""
    parts = [pages.page(rule), "## Cases\n"]
    for case in cases_of(rule.name):
        said = _said(case)
        parts.append(f"{said}\n\n```sql\n{case.sql.rstrip()}\n```\n")
    return "\n".join(parts)


def _said(case: Case) -> str:
    """What a case shows, in one line."""
    given = "".join(f" With `{setting}`." for setting in case.settings)
    since = f" (PostgreSQL {case.needs} and newer)" if case.needs else ""
    if case.fails:
        subjects = ", ".join(f"`{one}`" for one in case.says.split("; "))
        return f"Reported: {subjects}{since}.{given}"
    return f"Not reported: {case.says}{since}.{given}"


def index() -> str:
    """The page that lists all rules."""
    rules = registry.all_rules()
    text = _INTRODUCTION.format(count=len(rules), precision=PRECISION)
    lines = ["| Rule | Severity | What it finds |", "|---|---|---|"]
    for severity in Severity:
        lines += [
            f"| [{name}]({name}.md) | {rule.severity} | {rule.title} |"
            for name, rule in rules.items()
            if rule.severity is severity
        ]
    return text + "\n".join(lines) + "\n"


def all_pages() -> dict[str, str]:
    """Every page but the one on precision, by file name."""
    made = {f"{name}.md": rule_page(rule) for name, rule in registry.all_rules().items()}
    return {INDEX: index(), **made}


@dataclass(frozen=True, slots=True)
class Judged:
    """What was judged of one rule; `unread` names the databases of which too few or too many were read."""

    rule: str
    read: int
    arguable: int
    false: int
    note: str
    unread: tuple[str, ...]

    @property
    def true(self) -> int:
        """How many are true."""
        return self.read - self.arguable - self.false

    @property
    def precision(self) -> int | None:
        """The share of the true ones among those that are true or false, in percent; None without any."""
        judged = self.true + self.false
        return self.true * 100 // judged if judged else None


def judged(reviews: Mapping[str, Review]) -> list[Judged]:
    """What people judged, applied to what the rules find now; every rule that finds something has a row."""
    told = tomllib.loads(JUDGEMENTS.read_text(encoding="utf-8"))
    rows = []
    for rule in registry.names():
        given = told.pop(rule, {})
        found = {
            name: [one for one in made.findings if one.rule.name == rule][:_READ]
            for name, made in reviews.items()
        }
        called = [f"{name}: {one.subject.dotted}" for name, ones in found.items() for one in ones]
        unread = tuple(
            name for name, ones in found.items() if len(ones) != given.get("read", {}).get(name, 0)
        )
        false = [one for one in called if any(fnmatchcase(one, each) for each in given.get("false", ()))]
        arguable = [
            one
            for one in called
            if one not in false and any(fnmatchcase(one, each) for each in given.get("arguable", ()))
        ]
        if called or unread:
            row = Judged(rule, len(called), len(arguable), len(false), given.get("note", ""), unread)
            rows.append(row)
    assert not told, f"judged, but no rule: {', '.join(told)}"
    return rows


def precision(reviews: Mapping[str, Review]) -> str:
    """The page on precision: counts on the corpus, and what was judged."""
    lines = [
        "# How right the rules are",
        "",
        "<!-- Made by `python -m tests.support.rule_pages`. -->",
        "",
        "How many findings each rule has on six real schemas, with the default profile:",
        "",
        counts(reviews),
        f"The first {_READ} findings of each rule on each schema were read and judged by hand. Arguable: the",
        "facts are right, and one may well want it so. Precision: the share of the true ones among those",
        "that are true or false.",
        "",
        "| Rule | Read | True | Arguable | False | Precision | |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for row in judged(reviews):
        if row.unread:
            lines.append(f"| `{row.rule}` | | | | | | not all judged: {', '.join(row.unread)} |")
        else:
            share = "–" if row.precision is None else f"{row.precision} %"
            cells = (f"`{row.rule}`", row.read, row.true, row.arguable, row.false, share, row.note)
            lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshots", type=Path)
    given = parser.parse_args()
    reviews = {name: review(analyse(found)) for name, found in snapshots(given.snapshots).items()}
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = all_pages() | {PRECISION: precision(reviews)}
    for file in FOLDER.glob("*.md"):
        if file.name not in made:
            file.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
