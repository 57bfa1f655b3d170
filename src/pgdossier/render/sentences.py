"""What the document says about one thing, as Markdown: facts of a relation, relationships, rules, triggers.

Templates call this module `say`. Every function takes model or analysis values and, where it links, the
page; names and expressions are escaped here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from pgdossier.analysis import checks, tables
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.auditing import Auditing
from pgdossier.analysis.inverse import TableFindings
from pgdossier.analysis.naming import Convention
from pgdossier.analysis.partitions import PartitionedTable
from pgdossier.analysis.relationships import Junction, Relationship, declared_by
from pgdossier.language import mark, remembered, tr, trc
from pgdossier.language.counts import counted
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Check, NotNull
from pgdossier.model.extended_statistics import ExtendedStatistics
from pgdossier.model.foreign_data import ForeignServer, Options
from pgdossier.model.indexes import Index
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.privileges import ChangedGrants, DefaultPrivileges, Grant
from pgdossier.model.relations import Persistence, Relation, RelationKind, ReplicaIdentity
from pgdossier.model.replication import Publication
from pgdossier.model.rules import Rule
from pgdossier.model.snapshot import Structure
from pgdossier.model.text_search import TextSearchConfiguration
from pgdossier.model.triggers import Enabled, Level, Trigger
from pgdossier.model.types import Domain, Enum, brief
from pgdossier.render import words
from pgdossier.render.escaping import code, expression, inline
from pgdossier.render.numbers import listed, rows, size, some
from pgdossier.render.page import Page
from pgdossier.render.relation import (
    UNMARKED,
    ColumnMarks,
    IndexRow,
    incoming,
    index_kind,
    keys_text,
    marked_columns,
    plain_kind,
)
from pgdossier.render.terms import opening, term
from pgdossier.render.usage import class_of

# A constant with its type, as the server prints it; the type says nothing that the column does not.
_LITERAL = re.compile(r"('(?:[^']|'')*')::[\w\s\".\[\](),]+\Z")
_NUMBER = re.compile(r"'(-?[0-9.]+)'::(?:smallint|integer|bigint|numeric|real|double precision)\b")
_ENUM_SHOWN = 12
_MISSING_NAMED = 5
_QUERIES = (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)
_STORED = (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.MATERIALIZED_VIEW)


# --- a relation --------------------------------------------------------------------------------------


def facts(relation: Relation, analysis: Analysis, page: Page) -> str:
    """The fact strip: kind, rows, size, owner, what is unusual, and counts."""
    found = [f"**{opening(plain_kind(relation))}**", *_measures(relation, analysis)]
    used = class_of(relation, analysis)
    if used:
        found.append(used)
    found.append(tr("owner {owner}", owner=code(relation.owner)))
    if relation.foreign_source is not None:
        source = relation.foreign_source
        options = (
            f" ({', '.join(_foreign_option(*option) for option in source.options)})" if source.options else ""
        )
        found.append(
            tr(
                "rows come from the foreign server {server}{options}",
                server=code(source.server),
                options=options,
            )
        )
    if relation.of_type is not None:
        found.append(tr("typed by {type}", type=page.type(relation.of_type.sql, relation.of_type)))
    if relation.partition is not None:
        found.append(
            tr(
                "partition of {parent}, {bound}",
                parent=page.relation(relation.partition.parent),
                bound=code(relation.partition.bound),
            )
        )
    if relation.row_security:
        found.append(
            tr("row security on, forced for the owner")
            if relation.force_row_security
            else tr("row security on")
        )
    found += [*_peculiarities(relation), _counts(relation, analysis)]
    return " · ".join(found)


def _foreign_option(name: str, value: str | None) -> str:
    """An option of a foreign table; a value that may be a secret was not read."""
    return tr("{name} not read", name=code(name)) if value is None else code(f"{name}={value}")


def _measures(relation: Relation, analysis: Analysis) -> list[str]:
    """Rows and size, or that they are not known."""
    measured = analysis.sizes[relation.qualified]
    found = []
    if measured.rows is not None:
        found.append(
            counted(measured.rows, "row")
            if measured.rows < 1000
            else tr("{rows} rows", rows=rows(measured.rows))
        )
    if measured.known and measured.total_bytes:
        heap = measured.table_bytes + measured.toast_bytes
        found.append(
            tr(
                "{size} (table {table}, indexes {indexes})",
                size=size(measured.total_bytes),
                table=size(heap),
                indexes=size(measured.index_bytes),
            )
        )
    if relation.kind in _STORED and not measured.known:
        found.append(tr("not analysed yet, size not known"))
    return found


def _peculiarities(relation: Relation) -> list[str]:
    """What is stored in another way than usual."""
    found = []
    stored = relation.kind in _STORED
    if stored and relation.replica_identity not in (ReplicaIdentity.DEFAULT, ReplicaIdentity.UNKNOWN):
        found.append(tr("replica identity {identity}", identity=term(relation.replica_identity)))
    if relation.access_method not in (None, "heap"):
        found.append(tr("access method {method}", method=code(relation.access_method or "")))
    if relation.tablespace:
        found.append(tr("tablespace {tablespace}", tablespace=code(relation.tablespace)))
    if relation.options:
        found.append(tr("options {options}", options=", ".join(code(option) for option in relation.options)))
    if relation.kind is RelationKind.MATERIALIZED_VIEW and not relation.populated:
        found.append(tr("not populated"))
    return found


def _counts(relation: Relation, analysis: Analysis) -> str:
    out = len(analysis.graph.parents_of(relation.qualified))
    return _counted(len(relation.columns), len(relation.indexes), out, len(incoming(relation, analysis)))


@remembered(10_000)
def _counted(columns: int, indexes: int, out: int, back: int) -> str:
    parts = [counted(columns, "column")]
    if indexes:
        parts.append(counted(indexes, "index", "indexes"))
    if out or back:
        leading = counted(out, "foreign key")
        parts.append(
            tr("{keys} out, {incoming} in", keys=leading, incoming=back)
            if back
            else tr("{keys} out, none in", keys=leading)
        )
    return ", ".join(parts)


def column_rows(relation: Relation, analysis: Analysis, page: Page) -> list[tuple[str, ...]]:
    """The rows of the table of columns."""
    marks = marked_columns(relation, analysis)
    stored = relation.kind not in _QUERIES
    yes = trc("whether a column may be null", "Yes") if stored else ""
    no = trc("whether a column may be null", "No") if stored else ""
    return [
        column_cells(column, marks.get(column.name, UNMARKED), page, yes if column.nullable else no)
        for column in relation.columns
    ]


def column_cells(column: Column, marks: ColumnMarks, page: Page, null: str) -> tuple[str, ...]:
    """The cells of a column's row; `null` says whether it may be null."""
    if column.type_name is not None:
        shown, said = page.type(column.type, column.type_name), described(column, page.analysis.lookup)
    else:
        shown, said = code(brief(column.type)), inline(column.comment) if column.comment else ""
    usual = column.identity is None and column.generated is None
    return (
        "" if usual and marks is UNMARKED else marks_cell(marks, column, page),
        code(column.name),
        shown if column.collation is None else shown + collated(column),
        null,
        "" if usual and column.default is None else default_cell(column),
        said,
    )


def marks_cell(marks: ColumnMarks, column: Column, page: Page) -> str:
    """The first cell of a column's row: PK, FK with its target, UQ, GEN, ID."""
    found = []
    if marks.primary:
        found.append("PK")
    if marks.unique:
        found.append("UQ")
    if column.identity is not None:
        found.append("ID")
    if column.generated is not None:
        found.append("GEN")
    if marks.partition_key:
        found.append("PART")
    if marks.foreign:
        targets = dict.fromkeys(key.target for key in marks.foreign)
        found.extend(f"FK → {page.relation(target)}" for target in targets)
    return " · ".join(found)


def default_cell(column: Column) -> str:
    """What a column holds when nothing is given."""
    if column.generated is not None:
        return f"{expression(column.default or '')} {term(column.generated)}"
    if column.identity is not None:
        return (
            tr("identity")
            if column.identity == "unknown"
            else tr("identity, {generated}", generated=term(column.identity))
        )
    if column.default is None:
        return ""
    return _default(column.default)


@lru_cache(maxsize=10_000)  # many columns have the same
def _default(text: str) -> str:
    literal = _LITERAL.match(text)
    if literal is None:
        return expression(text)
    number = _NUMBER.match(text)
    return code(number[1]) if number else expression(literal[1])


def collated(column: Column) -> str:
    """A collation that differs from the type's own, else nothing."""
    if column.collation is None:
        return ""
    return f" {tr('collate {collation}', collation=code(column.collation.sql))}"


def described(column: Column, lookup: Lookup) -> str:
    """A column's comment and, for an enum, its values in order."""
    parts = [inline(column.comment)] if column.comment else []
    found = lookup.types.get(column.type_name) if column.type_name else None
    if isinstance(found, Enum):
        shown = [inline(label) for label in found.labels[:_ENUM_SHOWN]]
        more = len(found.labels) - len(shown)
        parts.append(" · ".join([*shown, tr("and {count} more", count=more)] if more else shown))
    elif isinstance(found, Domain) and not column.comment and found.comment:
        parts.append(inline(found.comment))
    return "<br>".join(part for part in parts if part)


def index_cells(rows: Iterable[IndexRow]) -> list[tuple[str, ...]]:
    """The rows of the table of keys and indexes."""
    return [
        (
            code(row.index.name),
            index_on(row.index),
            term(row.kind),
            index_use(row),
            "" if row.bytes is None else size(row.bytes),
        )
        for row in rows
    ]


def index_on(index: Index) -> str:
    """What an index is on: keys, included columns, predicate, options."""
    found = expression(keys_text(index))
    if index.include:
        found += " " + tr("including {columns}", columns=code(", ".join(index.include)))
    if index.predicate is not None:
        found += " " + tr("where {condition}", condition=expression(index.predicate))
    if index.options:
        found += " " + tr("with {options}", options=code(", ".join(index.options)))
    return found


def index_use(row: IndexRow) -> str:
    """Why an index exists, and what people say about it."""
    parts = [inline(row.purpose)] if row.purpose else []
    if row.deferrable:
        parts.append(row.deferrable)
    if row.index.clustered:
        parts.append(tr("the table is clustered by it"))
    if row.index.replica_identity:
        parts.append(tr("replica identity"))
    return _with_comment("; ".join(parts), row.index.comment)


def _with_comment(sentence: str, comment: str | None) -> str:
    if not comment:
        return sentence
    return f"{sentence}<br>{inline(comment)}" if sentence else inline(comment)


def rules(relation: Relation) -> list[str]:
    """Checks and exclusion constraints, and what people say about these and the keys."""
    found = [
        _remark(f"{check_words(check)} ({code(check.name)}{_dash(check_notes(check))})", check.comment)
        for check in relation.checks
    ]
    found.extend(
        _remark(f"{expression(exclusion.definition)} ({code(exclusion.name)})", exclusion.comment)
        for exclusion in relation.exclusions
    )
    keys = (*((relation.primary_key,) if relation.primary_key else ()), *relation.unique_keys)
    indexed = {index.name for index in relation.indexes}
    found.extend(
        _remark(f"{code(key.name)}: {code(key.definition)}", key.comment)
        for key in keys
        if key.comment or key.name not in indexed
    )
    usual = {f"{relation.name}_{column.name}_not_null" for column in relation.columns}
    for rule in relation.not_nulls:
        if rule.name in usual and rule.validated and not rule.no_inherit and not rule.comment:
            continue  # the table of columns says all of it
        notes = [tr(note) for note, holds in _NOT_NULL_NOTES if holds(rule)]
        said = tr(
            "{column} is not null ({notes})",
            column=code(rule.column),
            notes="; ".join([code(rule.name), *notes]),
        )
        found.append(_remark(said, rule.comment))
    return found


_NOT_NULL_NOTES: tuple[tuple[str, Callable[[NotNull], bool]], ...] = (
    (mark("not validated: older rows may break it"), lambda rule: not rule.validated),
    (mark("not inherited"), lambda rule: rule.no_inherit),
)


def _dash(note: str) -> str:
    return f"; {note}" if note else ""


def _remark(sentence: str, comment: str | None) -> str:
    return f"{sentence} – {inline(comment)}" if comment else sentence


def check_words(check: Check) -> str:
    """A check in words where its pattern is known, else its condition as SQL."""
    understood = checks.in_words(check.expression)
    return inline(understood) if understood else expression(check.expression)


def check_notes(check: Check) -> str:
    """What weakens a check, in words."""
    found = []
    if not check.enforced:
        found.append(tr("not enforced"))
    elif not check.validated:
        found.append(tr("not validated: older rows may break it"))
    if check.no_inherit:
        found.append(tr("not inherited"))
    return ", ".join(found)


def check(check: Check) -> str:
    """A check for §8.1: in words with the condition beside it, or the condition alone."""
    understood = checks.in_words(check.expression)
    return (
        f"{inline(understood)}<br>{expression(check.expression)}"
        if understood
        else expression(check.expression)
    )


def check_remarks(check: Check) -> str:
    """What weakens a check and what people say about it."""
    return _with_comment(check_notes(check), check.comment)


def trigger_action(trigger: Trigger, page: Page) -> str:
    """When a trigger fires and what it calls."""
    events = []
    for event in trigger.events:
        if event == "update" and trigger.update_columns:
            columns = listed([code(column) for column in trigger.update_columns], "or")
            events.append(tr("update of {columns}", columns=columns))
        else:
            events.append(term(event))
    found = tr(
        mark("{timing} {events}, each row: {routine}")
        if trigger.level is Level.ROW
        else mark("{timing} {events}, each statement: {routine}"),
        timing=term(trigger.timing),
        events=listed(events, "or"),
        routine=page.routine(trigger.function),
    )
    if trigger.condition:
        found += " " + tr("when {condition}", condition=expression(trigger.condition))
    return found


def trigger_notes(trigger: Trigger) -> str:
    """What is special about a trigger, in words."""
    notes = []
    if trigger.enabled is not Enabled.ORIGIN:
        notes.append(tr(_ENABLED.get(trigger.enabled, mark("enabled state not known"))))
    if trigger.constraint:
        notes.append(tr("constraint trigger"))
    if trigger.initially_deferred:
        notes.append(tr("runs at commit"))
    elif trigger.deferrable:
        notes.append(tr("deferrable"))
    if trigger.old_table:
        notes.append(tr("sees old rows as {name}", name=code(trigger.old_table)))
    if trigger.new_table:
        notes.append(tr("sees new rows as {name}", name=code(trigger.new_table)))
    return "; ".join(notes)


_ENABLED = {
    Enabled.DISABLED: mark("**disabled**"),
    Enabled.REPLICA: mark("fires on replicas only"),
    Enabled.ALWAYS: mark("fires on replicas too"),
}


def trigger_sentence(trigger: Trigger, page: Page) -> str:
    """A trigger with everything that a reader must know of it."""
    notes = trigger_notes(trigger)
    found = f"{code(trigger.name)}: {trigger_action(trigger, page)}{f' ({notes})' if notes else ''}"
    return _remark(found, trigger.comment)


def row_security_sentence(relation: Relation) -> str:
    """Whether row security is on, for whom, and what follows."""
    if not relation.row_security:
        return tr("off: the policies below have no effect")
    exempt = tr("superusers and roles with BYPASSRLS are exempt")
    found = (
        tr("on, for the owner too ({exempt})", exempt=exempt)
        if relation.force_row_security
        else tr("on (the owner, {exempt})", exempt=exempt)
    )
    return (
        found
        if relation.policies
        else tr("{found}; there is no policy, so other roles see no row", found=found)
    )


def partition_details(partition: Relation, table: Relation, page: Page) -> str:
    """What a partition has: constraints, indexes, triggers and comments, its own and those it got."""
    parts = []
    constraints = [
        *((partition.primary_key,) if partition.primary_key else ()),
        *partition.unique_keys,
        *partition.foreign_keys,
        *partition.checks,
        *partition.exclusions,
    ]
    if constraints:
        names = [_own(found.name, found.inherited, found.comment) for found in constraints]
        parts.append(tr("constraints {names}", names=", ".join(names)))
    if partition.indexes:
        names = [
            _remark(
                code(index.name)
                if index.parent
                else tr(
                    "{name} (its own: {kind} on {columns})",
                    name=code(index.name),
                    kind=index_kind(index),
                    columns=index_on(index),
                ),
                index.comment,
            )
            for index in partition.indexes
        ]
        parts.append(tr("indexes {names}", names=", ".join(names)))
    if partition.triggers:
        names = [_own(found.name, found.inherited, found.comment) for found in partition.triggers]
        parts.append(tr("triggers {names}", names=", ".join(names)))
    if partition.policies:
        names = [_remark(code(found.name), found.comment) for found in partition.policies]
        parts.append(tr("policies {names}", names=", ".join(names)))
    if partition.not_nulls and any(found.comment for found in partition.not_nulls):
        parts.append(
            ", ".join(
                _remark(code(found.name), found.comment) for found in partition.not_nulls if found.comment
            )
        )
    parents = {column.name: column for column in table.columns}
    differing = [
        _remark(
            tr("{name} default {default}", name=code(column.name), default=code(column.default or "NULL"))
            if column.default != parents[column.name].default
            else code(column.name),
            column.comment,
        )
        for column in partition.columns
        if column.name in parents
        and (
            column.default != parents[column.name].default
            or (column.comment and column.comment != parents[column.name].comment)
        )
    ]
    if differing:
        parts.append(tr("columns that differ {names}", names=", ".join(differing)))
    if partition.persistence is not Persistence.PERMANENT:
        parts.append(term(partition.persistence))
    return f"{code(page.label(partition.qualified))}: {'; '.join(parts) or tr('nothing of its own')}"


def _own(name: str, inherited: bool, comment: str | None) -> str:
    return _remark(code(name) if inherited else tr("{name} (its own)", name=code(name)), comment)


def index_findings(analysis: Analysis, page: Page) -> list[str]:
    """Duplicate, redundant and invalid indexes, each with its table."""
    return [
        f"{page.relation(table)}: {line}"
        for table, findings in analysis.findings.items()
        for line in _index_findings(findings)
    ]


def _index_findings(findings: TableFindings) -> Iterable[str]:
    for duplicate in findings.duplicates:
        yield tr(
            "{indexes} do the same: one would do.",
            indexes=listed([code(index) for index in duplicate.indexes]),
        )
    for redundant in findings.redundant:
        yield tr(
            "{index} is covered by {other} ({reason}).",
            index=code(redundant.index),
            other=code(redundant.covered_by),
            reason=inline(redundant.reason),
        )
    for invalid in findings.invalid:
        yield tr(
            mark("{index} is invalid: some partition has no matching index.")
            if invalid.partitioned
            else mark("{index} is invalid: no query uses it."),
            index=code(invalid.index),
        )


# --- access and other extras -------------------------------------------------------------------------


# The order in which people name privileges: reading, writing, the rest by name.
_PRIVILEGES = ("USAGE", "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def granted(grants: Iterable[Grant], owner: str) -> list[str]:
    """Grants by role: `app` select, insert; what the owner holds anyway is left out."""
    return _by_role(grant for grant in grants if grant.grantee != owner)


def _by_role(grants: Iterable[Grant]) -> list[str]:
    return list(_granted(tuple(grants)))


@remembered(1000)  # most relations are granted as others are
def _granted(grants: tuple[Grant, ...]) -> tuple[str, ...]:
    by_role: dict[str | None, list[Grant]] = {}
    for grant in grants:
        by_role.setdefault(grant.grantee, []).append(grant)
    return tuple(f"{_role(role)} {', '.join(_named(found))}" for role, found in by_role.items())


def _named(grants: Iterable[Grant]) -> list[str]:
    """Privileges in their usual order, each once."""

    def rank(grant: Grant) -> tuple[int, str]:
        known = grant.privilege in _PRIVILEGES
        return (_PRIVILEGES.index(grant.privilege) if known else len(_PRIVILEGES), grant.privilege)

    return list(
        dict.fromkeys(
            tr("{privilege} (may pass it on)", privilege=term(grant.privilege.lower()))
            if grant.grantable
            else term(grant.privilege.lower())
            for grant in sorted(grants, key=rank)
        )
    )


def _role(role: str | None) -> str:
    return tr("everyone") if role is None else code(role)


def access(relation: Relation, structure: Structure) -> list[str]:
    """Who but the owner may do what with a relation, by its own grants and those of its columns.

    Nothing when the grants could not be read.

    Rights that come by membership or to superusers are not in it.
    """
    found = granted(relation.grants or (), relation.owner)
    by_grant: dict[tuple[str | None, str], list[str]] = {}
    for column in relation.columns:
        for grant in column.grants or ():
            by_grant.setdefault((grant.grantee, grant.privilege), []).append(column.name)
    found.extend(
        tr(
            "{role} {privilege} of {columns} only",
            role=_role(role),
            privilege=term(privilege.lower()),
            columns=words.columns_words(tuple(columns)),
        )
        for (role, privilege), columns in by_grant.items()
    )
    if found or any(gap.family == "privileges" for gap in structure.gaps):
        return found
    return [tr("nobody but the owner has been granted anything")]


def default_privileges(found: DefaultPrivileges) -> str:
    """What objects that a role creates later will grant."""
    lines = granted(found.grants, found.role) or [tr("nothing to others")]
    return tr(
        mark("{objects} that {role} creates in schema {schema}: {grants}")
        if found.schema
        else mark("{objects} that {role} creates: {grants}"),
        objects=term(found.objects.lower()),
        role=code(found.role),
        schema=code(found.schema or ""),
        grants=" · ".join(lines),
    )


def changed_grants(found: ChangedGrants) -> str:
    """What was granted on an object of an extension or of the system, and what was taken away."""
    where = code(found.object)
    if found.column is not None:
        where = tr("{object}, column {column}", object=where, column=code(found.column))
    before, after = set(found.initial), set(found.grants)
    lines = _by_role(grant for grant in found.grants if grant not in before)
    taken = _by_role(grant for grant in found.initial if grant not in after)
    if taken:
        lines.append(tr("no longer {grants}", grants=" · ".join(taken)))
    return f"{where}: {' · '.join(lines)}"


def extended_statistics(found: ExtendedStatistics) -> str:
    """A statistics object."""
    name = code(found.name)
    if found.target is not None:
        name = tr("{name}, statistics target {target}", name=name, target=found.target)
    return _remark(f"{name}: {expression(found.definition)}", found.comment)


def rewrite_rule(rule: Rule) -> str:
    """A rewrite rule."""
    state = "" if rule.enabled is Enabled.ORIGIN else f", {term(rule.enabled)}"
    when = tr(
        mark("on {event}, instead") if rule.instead else mark("on {event}, as well"), event=term(rule.event)
    )
    return _remark(f"{code(rule.name)} ({when}{state}): {expression(rule.definition)}", rule.comment)


def options(found: Options) -> str:
    """Options of a foreign object; secrets have no value in the snapshot."""
    return ", ".join(
        tr("{name} (not read)", name=code(name)) if value is None else f"{code(name)} {code(value)}"
        for name, value in found
    )


def user_mappings(server: ForeignServer) -> str:
    """How roles log in at a foreign server."""
    return "<br>".join(
        f"{_role(mapping.role)}: {options(mapping.options) or tr('no options')}"
        for mapping in server.user_mappings
    )


def mappings(configuration: TextSearchConfiguration) -> str:
    """Which dictionaries a text search configuration asks, by type of token."""
    return "<br>".join(
        f"{inline(mapping.token)}: {', '.join(code(name.dotted) for name in mapping.dictionaries)}"
        for mapping in configuration.mappings
    )


def published(publication: Publication, page: Page) -> str:
    """What a publication publishes."""
    if publication.all_tables:
        return tr("all tables")
    parts = [tr("all tables of schema {schema}", schema=code(schema)) for schema in publication.schemas]
    for table in publication.tables:
        columns = f" ({words.columns_words(table.columns)})" if table.columns is not None else ""
        rows_filter = tr("where {condition}", condition=expression(table.filter)) if table.filter else ""
        parts.append(f"{page.relation(table.relation)}{columns} {rows_filter}".rstrip())
    return "<br>".join(parts) or tr("nothing yet")


# --- relationships -----------------------------------------------------------------------------------


def relationship(found: Relationship, page: Page) -> str:
    """Both directions of a relationship in one sentence, without links.

    It begins with the columns where the two tables have another foreign key between them.
    """
    between = [
        other
        for other in page.analysis.graph.parents_of(found.child)
        if other.parent == found.parent and other.key.columns != found.key.columns
    ]
    by = words.columns_words(found.key.columns) if between else ""
    parent, child = code(page.label(found.parent)), code(page.label(found.child))
    return words.sentence(found, parent, child, by=by)


def foreign_key(found: Relationship, page: Page) -> str:
    """The referencing columns with their table, linked: `orders` `user_id`; several in parentheses."""
    columns = [code(column) for column in found.key.columns]
    shown = f"({', '.join(columns)})" if len(columns) > 1 else columns[0]
    return f"{page.relation(found.child)} {shown}"


def remarks(found: Relationship, analysis: Analysis) -> str:
    """Name, peculiarities and comment of a foreign key."""
    notes = [code(found.key.name), *_declarers(found, analysis), *words.reservations(found.key)]
    return _with_comment("; ".join(notes), found.key.comment)


def _declarers(found: Relationship, analysis: Analysis) -> list[str]:
    """That only partitions declare a foreign key, how many, and which do not."""
    declaring = {relation.qualified for relation in declared_by(analysis.lookup, found)}
    if declaring == {found.child}:
        return []
    parts = tables.descendants(analysis.lookup, found.child)
    every = [part.qualified for part in parts if part.partitioning is None]
    missing = [code(name.name) for name in every if name not in declaring]
    message = mark("declared by {count} of {total} partitions")
    if len(missing) > _MISSING_NAMED:
        message = mark("declared by {count} of {total} partitions, not by {names} and others")
    elif missing:
        message = mark("declared by {count} of {total} partitions, not by {names}")
    names = listed(missing[:_MISSING_NAMED])
    return [tr(message, count=len(every) - len(missing), total=len(every), names=names)]


def key_list(members: Iterable[Relationship], page: Page, most: int = 20) -> str:
    """Foreign keys in a row, cut after `most`."""
    found = list(members)
    return some([foreign_key(one, page) for one in found[:most]], most, max(0, len(found) - most))


def relation_list(names: Iterable[QualifiedName], page: Page, most: int = 20) -> str:
    """Relations in a row, cut after `most`."""
    found = list(names)
    return some([page.relation(one) for one in found[:most]], most, max(0, len(found) - most))


def outgoing_sentence(found: Relationship, analysis: Analysis, page: Page) -> str:
    """A relationship as the child tells it."""
    if found.self_reference:
        base = relationship(found, page).removesuffix(".")
    else:
        base = tr(
            _BELONGING[found.proved, bool(found.key.period)],
            parents=words.parents(found, page.relation(found.parent)),
        )
    notes = [
        code(found.key.name),
        _pairs(found),
        *_declarers(found, analysis),
        tr("deleting the parent row {effect}", effect=words.on_delete(found.key)),
        *words.reservations(found.key),
    ]
    if not found.documented:
        base = tr("{sentence}, which is not part of this document", sentence=base)
    return _remark(f"{base} ({'; '.join(notes)})", found.key.comment)


# Whether it is proved, and whether the foreign key is temporal.
_BELONGING = {
    (True, False): mark("Each row belongs to {parents}"),
    (True, True): mark("Each row belongs at every moment of its period to {parents}"),
    (False, False): mark("Each row is meant to belong to {parents}"),
    (False, True): mark("Each row is meant to belong at every moment of its period to {parents}"),
}


def incoming_sentence(found: Relationship, page: Page) -> str:
    """A relationship as the parent tells it."""
    return tr(
        "Each row has {children} ({columns}; deleting a row here {effect})",
        children=words.children(found, page.relation(found.child)),
        columns=code(", ".join(found.key.columns)),
        effect=words.on_delete(found.key, tr("those rows")),
    )


def _pairs(found: Relationship) -> str:
    own, other = words.columns_words(found.key.columns), words.columns_words(found.key.target_columns)
    return own if own == other else f"{own} → {other}"


def joined(junction: Junction, page: Page) -> str:
    """The tables that a junction joins, each with the columns that point to it."""
    return listed(
        [f"{page.relation(end.parent)} ({words.columns_words(end.key.columns)})" for end in junction.ends]
    )


# --- other sections ----------------------------------------------------------------------------------


def partitioning(table: PartitionedTable, page: Page) -> str:
    """How a table is divided, what is missing and where the ranges end."""
    found = [
        tr(
            "by {strategy} of {key}, {partitions}",
            strategy=term(table.strategy),
            key=code(table.key),
            partitions=counted(len(table.partitions), "partition"),
        )
    ]
    found.append(
        tr("rows that fit nowhere go to {partition}", partition=code(page.label(table.default)))
        if table.default
        else tr("no default partition")
    )
    found.extend(
        tr("**gap** from {lower} to {upper}", lower=code(gap.lower), upper=code(gap.upper))
        for gap in table.gaps
    )
    if table.upper_end is not None:
        found.append(tr("the last range ends before {bound}", bound=code(table.upper_end)))
    elif table.unbounded:
        found.append(tr("the last range is open"))
    if table.hash_complete is False:
        found.append(
            tr(
                "**incomplete**: no partition for remainder {numbers}",
                numbers=listed([str(n) for n in table.missing_remainders]),
            )
        )
    return "; ".join(found) + "."


def auditing(found: Auditing, page: Page) -> list[str]:
    """Which tables keep track of changes, by the names of columns and tables."""
    lines = []
    for coverage in found.coverage:
        if not coverage.tables:
            continue
        names = listed([code(name) for name in coverage.column_names])
        lines.append(
            tr(
                mark("{what}: {count} of {total} tables, by the column {names}")
                if len(coverage.column_names) == 1
                else mark("{what}: {count} of {total} tables, by the columns {names}"),
                what=tr(coverage.label),
                count=len(coverage.tables),
                total=found.total,
                names=names,
            )
        )
    if found.audit_tables:
        trails = ", ".join(page.relation(table.table) for table in found.audit_tables)
        lines.append(tr("Tables named like an audit trail: {tables}", tables=trails))
    return lines


def exceptions(convention: Convention) -> str:
    """What does not follow a naming convention."""
    shown = [code(name) for name in convention.exceptions]
    return some(shown, len(shown), convention.total - convention.followed - len(shown))
