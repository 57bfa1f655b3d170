"""What the document says about the statements that ran (§6.2, §12.D).

Templates call this module `working`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.queries import TracedStatement
from pgdossier.language import mark, number, tr
from pgdossier.language.counts import counted
from pgdossier.model.names import QualifiedName
from pgdossier.model.operation import Operation
from pgdossier.model.scope import Gap
from pgdossier.render import gaps
from pgdossier.render.escaping import code, inline
from pgdossier.render.moments import moment
from pgdossier.render.numbers import duration, listed, ratio_digits, rows
from pgdossier.render.page import Page
from pgdossier.render.terms import opening

_FOREMOST = 15
_BENCHMARKS = 10
REFERENCES = 4
"""How many statements one cell refers to."""
_SHORT = 72
_LONGEST = 3000
_NOT_SHOWN = ("statements", "plans")
_NOT_INSTALLED = "not installed"


class Row(NamedTuple):
    """A line of the list in §6.2: the table it stands under (shown once), and the statement."""

    table: str
    statement: TracedStatement


def intro(operation: Operation) -> list[str]:
    """Since when is counted, how much, and what is missing; or why there is nothing."""
    workload = operation.workload
    if operation.taken_at is None:
        return [tr("Which statements run was not read.")]
    if workload is None:
        reasons = [line for gap in operation.gaps if gap.family == "statements" for line in _unread(gap)]
        return [tr("Which statements run is not known."), *reasons]
    standby = operation.server is not None and operation.server.in_recovery
    others = (
        tr("This is a standby: the primary and other standbys count for themselves, and were not asked.")
        if standby
        else tr("Replicas count for themselves, and were not asked.")
    )
    # Of hidden statements the server does not even say which are the same.
    different = counted(workload.different, "different statement")
    if workload.hidden:
        different = tr(
            "{statements} that may be seen and {hidden} that may not",
            statements=different,
            hidden=number(workload.hidden),
        )
    lines = [
        tr(
            mark(
                "As of {moment}, {extension} has counted {statements} in this database since {since}:"
                " {calls} executions, {time} together."
            )
            if workload.counted_since
            else mark(
                "As of {moment}, {extension} has counted {statements} in this database:"
                " {calls} executions, {time} together."
            ),
            moment=moment(operation.taken_at),
            extension=code(f"pg_stat_statements {workload.version}"),
            statements=different,
            since=moment(workload.counted_since or ""),
            calls=rows(workload.total_calls),
            time=duration(workload.total_ms),
        )
        + f" {others}"
    ]
    if not workload.counted_since:
        lines.append(tr("Since when is not known: this version does not note it."))
    if workload.discarded:
        lines.append(
            tr(
                "The least executed ones were discarded {times} for lack of room"
                " (`pg_stat_statements.max`): figures of rare statements are too low.",
                times=counted(workload.discarded, "time"),
            )
        )
    if workload.unreadable:
        lines.append(
            tr(
                "{statements} could not be made free of constants, and are left out.",
                statements=opening(counted(workload.unreadable, "statement")),
            )
        )
    return lines + [line for gap in operation.gaps if gap.family in _NOT_SHOWN for line in _unread(gap)]


def _unread(gap: Gap) -> list[str]:
    """What a gap says, as a sentence; the lines of `enabling` are clearer than its remedy."""
    if _NOT_INSTALLED in gap.reason:
        return [tr("{reason}. These lines change that:", reason=inline(gaps.reason(gap.reason)))]
    remedy = f": {inline(gaps.remedy(gap.remedy))}" if gap.remedy else ""
    return [f"{inline(opening(gaps.reason(gap.reason)))}{remedy}."]


def enabling(operation: Operation) -> str:
    """The exact lines that make the server count statements; nothing where it does, or may."""
    missing = any(gap.family == "statements" and _NOT_INSTALLED in gap.reason for gap in operation.gaps)
    if operation.workload is not None or not missing:
        return ""
    loaded = operation.setting("shared_preload_libraries")
    libraries = [part.strip() for part in (loaded.value or "").split(",") if part.strip()] if loaded else []
    lines = []
    if "pg_stat_statements" not in libraries:
        value = ", ".join([*libraries, "pg_stat_statements"])
        restart = (
            tr("then restart the server; of a provider: in its settings")
            if loaded is not None
            else tr("then restart the server; of a provider: in its settings; keep what is set there already")
        )
        lines = [
            f"-- {restart}",
            f"ALTER SYSTEM SET shared_preload_libraries = {value};",
        ]
    lines += [
        f"-- {tr('in this database')}",
        "CREATE EXTENSION pg_stat_statements;",
        f"-- {tr('and to the role that reads: GRANT pg_read_all_stats TO …')}",
    ]
    return "\n".join(lines)


def foremost(analysis: Analysis, page: Page) -> list[Row]:
    """The statements of the list in §6.2 under their tables, the busiest table first."""
    chosen = _chosen(analysis)
    groups: dict[QualifiedName | None, list[TracedStatement]] = {}
    for each in chosen:
        groups.setdefault(each.main, []).append(each)
    ordered = sorted(
        groups.items(),
        key=lambda group: (-sum(each.statement.total_ms for each in group[1]), group[1][0].number),
    )
    found = []
    for name, statements in ordered:
        label = page.relation(name) if name is not None else ", ".join(code(o) for o in statements[0].others)
        found += [Row(label if at == 0 else "", each) for at, each in enumerate(statements)]
    return found


def _chosen(analysis: Analysis) -> list[TracedStatement]:
    """The first by total time, and those that run most often or read most from the disk."""
    found = analysis.queries.statements
    kept = {each.number: each for each in found[: _FOREMOST - 5]}
    by_calls = sorted(found, key=lambda each: (-each.statement.calls, each.number))
    by_reads = sorted(found, key=lambda each: (-each.statement.shared_read, each.number))
    for each in (*by_calls[:3], *(each for each in by_reads[:2] if each.statement.shared_read), *found):
        if len(kept) < _FOREMOST:
            kept[each.number] = each
    return [kept[number] for number in sorted(kept)]


def in_full(analysis: Analysis) -> list[TracedStatement]:
    """The statements whose text is shown: all that some list names, by number."""
    listed_ones = {each.number: each for each in (*_chosen(analysis), *slowest(analysis), *busiest(analysis))}
    for touching in analysis.queries.by_relation.values():
        listed_ones |= {each.number: each for each in touching[:REFERENCES]}
    return [listed_ones[number] for number in sorted(listed_ones)]


def slowest(analysis: Analysis) -> list[TracedStatement]:
    """The statements that take longest on average (§12.D)."""
    found = sorted(analysis.queries.statements, key=lambda each: (-each.statement.mean_ms, each.number))
    return found[:_BENCHMARKS]


def busiest(analysis: Analysis) -> list[TracedStatement]:
    """The statements that run most often (§12.D)."""
    found = sorted(analysis.queries.statements, key=lambda each: (-each.statement.calls, each.number))
    return found[:_BENCHMARKS]


def reference(statement: TracedStatement, page: Page) -> str:
    """`Q3`, linked to its text."""
    return page.anchored(f"Q{statement.number}", _anchor(statement))


def _anchor(statement: TracedStatement) -> str:
    return f"statement-{statement.number}"


def target(statement: TracedStatement, page: Page) -> str:
    """What `reference` links to."""
    return page.target(_anchor(statement))


def short(statement: TracedStatement) -> str:
    """The beginning of its text, as code."""
    text = statement.statement.text
    return code(text if len(text) <= _SHORT else text[:_SHORT].rsplit(" ", 1)[0] + " …")


def rows_per_call(statement: TracedStatement) -> str:
    """Rows that one execution returned or changed, on average."""
    return ratio_digits(statement.statement.rows / statement.statement.calls)


def planned(statement: TracedStatement, page: Page) -> str:
    """What the planner would do, or why that is not known."""
    plan = statement.statement.plan
    if plan is None:
        return tr("not planned: not among the foremost")
    if plan.unexplained is not None:
        return tr("not planned: {reason}", reason=inline(plan.unexplained))
    found = []
    for index in dict.fromkeys((used.index, used.how) for used in statement.indexes):
        name, how = index
        note = {"index scan": "", "index only scan": tr("index only"), "bitmap index scan": tr("bitmap")}.get(
            how, how
        )
        found.append(f"{code(name)} ({note})" if note else code(name))
    if statement.sequential:
        scanned = [
            tr("some partitions of {table}", table=page.relation(name))
            if name in statement.partly
            else page.relation(name)
            for name in statement.sequential
        ]
        found.append(tr("sequential scan of {tables}", tables=listed(scanned)))
    if found:
        return ", ".join(found)
    return tr("only writes") if statement.written else tr("reads no table")


def facts(statement: TracedStatement, page: Page) -> list[str]:
    """What is said below its full text."""
    counted_here = statement.statement
    lines = []
    if statement.relations:
        touched = _links(statement.relations, page)
        lines.append(
            tr("Touches {tables}; writes {written}.", tables=touched, written=_links(statement.written, page))
            if statement.written
            else tr("Touches {tables}.", tables=touched)
        )
    if statement.others:
        lines.append(
            tr(
                "Names what is not documented here: {names}.",
                names=listed([code(name) for name in statement.others]),
            )
        )
    if statement.conditions:
        columns = [f"{page.label(name)}.{column}" for name, column in statement.conditions]
        lines.append(
            tr("Columns in conditions: {columns}.", columns=listed([code(column) for column in columns]))
        )
    lines.append(tr("Planner: {plan}.", plan=planned(statement, page)))
    took = [
        tr(
            "{calls}, {time} on average",
            calls=counted(counted_here.calls, "call"),
            time=duration(counted_here.mean_ms),
        )
    ]
    if counted_here.maximum_ms is not None:
        took.append(tr("at most {time}", time=duration(counted_here.maximum_ms)))
    if counted_here.temporary_written:
        took.append(tr("it sorts or hashes on disk (temporary files)"))
    if counted_here.nested:
        took.append(tr("runs inside functions only"))
    if counted_here.roles:
        took.append(tr("run by {roles}", roles=listed([code(role) for role in counted_here.roles])))
    lines.append(f"{'; '.join(took)}.")
    return lines


def text(statement: TracedStatement) -> str:
    """Its text on several lines, cut when it is very long."""
    found = broken(statement.statement.text)
    if len(found) <= _LONGEST:
        return found
    return found[:_LONGEST].rsplit(" ", 1)[0] + f" …\n-- {tr('the rest is in snapshot.json')}"


_BREAKS = (
    "from",
    "where",
    "group by",
    "having",
    "order by",
    "limit",
    "offset",
    "union",
    "intersect",
    "except",
    "values",
    "set",
    "on conflict",
    "returning",
    "left join",
    "right join",
    "full join",
    "inner join",
    "cross join",
    "join",
    "using",
    "when",
    "window",
    "for update",
    "for share",
    "select",
)


def broken(sql: str) -> str:
    """The statement with a line for each clause; inside parentheses and quotes nothing changes."""
    words, depth, quoted, start = [], 0, False, 0
    for at, character in enumerate(sql):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
        elif character == " " and not quoted and depth <= 0:
            words.append(sql[start:at])
            start = at + 1
    words.append(sql[start:])
    out = ""
    for at, word in enumerate(words):
        ahead = " ".join(words[at : at + 2]).lower()
        before = words[at - 1].lower() if at else ""
        breaks = any(ahead == found or ahead.startswith(found + " ") for found in _BREAKS)
        joined = (
            (word.lower() == "join" and before in ("left", "right", "full", "inner", "cross", "outer"))
            or (word.lower() == "set" and before == "update")
            or (word.lower() == "from" and before in ("delete", "distinct"))
            or (word.lower() == "when" and before == "case")
        )
        out += ("" if not at else "\n" if breaks and not joined else " ") + word
    return out


def paths(analysis: Analysis) -> str:
    """Where names without a schema were looked up, as a sentence; nothing when none was planned."""
    found = {
        each.statement.plan.search_path
        for each in analysis.queries.statements
        if each.statement.plan is not None
    } - {""}
    if not found:
        return ""
    return tr(
        "Names without a schema were looked up by the `search_path` that the role starts with"
        " ({found}); a program can have set another one.",
        found=listed([code(path) for path in sorted(found)], "or"),
    )


def _links(names: Iterable[QualifiedName], page: Page) -> str:
    return listed([page.relation(name) for name in names])
