"""What the document says about the whole database: counts, lists over all relations, §5 to §12.

Templates call this module `overall`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from pgdossier.analysis import checks as checks_in_words
from pgdossier.analysis import row_security
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.relationships import Relationship
from pgdossier.analysis.sizes import Size
from pgdossier.language import mark, tr, trn
from pgdossier.language.counts import counted
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Action, Check, Exclusion, Match
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Persistence, Relation, RelationKind
from pgdossier.model.routines import Parallel, Routine, Volatility
from pgdossier.model.schemas import Schema
from pgdossier.model.sequences import Sequence
from pgdossier.model.server import Database
from pgdossier.model.snapshot import Structure
from pgdossier.model.triggers import Enabled, Trigger
from pgdossier.model.types import Composite, Domain
from pgdossier.render import sentences, words
from pgdossier.render.escaping import code, expression, inline
from pgdossier.render.numbers import listed, some
from pgdossier.render.page import Page
from pgdossier.render.relation import TABLES, IndexRow, documented, index_rows
from pgdossier.render.terms import opening, term

_VIEWS = (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)
_LARGEST_SHOWN = 10
_USERS_SHOWN = 8


class SchemaCounts(NamedTuple):
    """What one schema holds; partitions count as part of their table."""

    tables: int
    views: int
    routines: int


def schemas_in_use(structure: Structure) -> list[Schema]:
    """The schemas that hold relations; an empty one has no part in the model."""
    used = {relation.schema for relation in structure.relations}
    return [schema for schema in structure.schemas if schema.name in used]


def schema_counts(structure: Structure) -> list[tuple[Schema, SchemaCounts]]:
    """Each schema with its counts."""
    kinds = Counter(
        (relation.schema, relation.kind) for relation in structure.relations if relation.partition is None
    )
    routines = Counter(routine.schema for routine in structure.routines)
    return [
        (
            schema,
            SchemaCounts(
                tables=sum(kinds[schema.name, kind] for kind in TABLES),
                views=sum(kinds[schema.name, kind] for kind in _VIEWS),
                routines=routines[schema.name],
            ),
        )
        for schema in structure.schemas
    ]


def glance(analysis: Analysis) -> list[tuple[str, int]]:
    """What there is and how much, without what is not there."""
    structure = analysis.snapshot.structure
    shown = documented(analysis.lookup)
    kinds = Counter(relation.kind for relation in shown)
    own_indexes = sum(len(relation.indexes) for relation in shown)
    counts = [
        (tr("Tables"), kinds[RelationKind.TABLE] + kinds[RelationKind.PARTITIONED_TABLE]),
        (tr("… of which partitioned"), kinds[RelationKind.PARTITIONED_TABLE]),
        (tr("Partitions"), len(structure.relations) - len(shown)),
        (tr("Foreign tables"), kinds[RelationKind.FOREIGN_TABLE]),
        (tr("Views"), kinds[RelationKind.VIEW]),
        (tr("Materialized views"), kinds[RelationKind.MATERIALIZED_VIEW]),
        (tr("Columns"), sum(len(relation.columns) for relation in shown)),
        (tr("Foreign keys"), len(analysis.relationships)),
        (tr("Indexes"), own_indexes),
        (tr("Triggers"), sum(len(relation.triggers) for relation in shown)),
        (tr("Row security policies"), sum(len(relation.policies) for relation in shown)),
        (tr("Functions and procedures"), len(structure.routines)),
        (tr("Enums"), len(structure.enums)),
        (tr("Domains"), len(structure.domains)),
        (tr("Composite and range types"), len(structure.composites) + len(structure.ranges)),
        (tr("Sequences"), len(structure.sequences)),
    ]
    return [(label, count) for label, count in counts if count]


def inventory(structure: Structure) -> str:
    """The size of the structure in one line."""
    tables = sum(relation.kind in TABLES and relation.partition is None for relation in structure.relations)
    views = sum(relation.kind in _VIEWS for relation in structure.relations)
    return listed(
        [
            counted(len(structure.schemas), "schema"),
            counted(tables, "table"),
            counted(views, "view"),
            counted(len(structure.routines), "routine"),
        ]
    )


def summary(comment: str | None) -> str:
    """The first sentence of a comment, on one line, cut at a word when it is long."""
    if not comment or not comment.strip():
        return ""
    line = " ".join(comment.strip().split("\n\n")[0].split())
    end = line.find(". ")
    if 0 < end < 160:
        return line[: end + 1]
    if len(line) <= 160:
        return line
    return line[:160].rsplit(" ", 1)[0] + " …"


def collation(database: Database) -> str:
    """Collation, character type and who provides them."""
    parts = [code(database.collation) if database.collation else code(tr("not known"))]
    if database.ctype and database.ctype != database.collation:
        parts.append(tr("character type {ctype}", ctype=code(database.ctype)))
    if database.locale:
        parts.append(tr("locale {locale}", locale=code(database.locale)))
    return tr("{parts}, provided by {provider}", parts=", ".join(parts), provider=inline(database.provider))


def of_kind(structure: Structure, kind: str) -> list[Relation]:
    """The relations of one kind."""
    return [relation for relation in structure.relations if relation.kind == kind]


def unlogged(structure: Structure) -> list[Relation]:
    """The unlogged tables."""
    return [relation for relation in structure.relations if relation.persistence is Persistence.UNLOGGED]


def overview_sentence(analysis: Analysis) -> str:
    """One sentence above the overview diagram."""
    tables = sum(relation.kind in TABLES for relation in documented(analysis.lookup))
    keys = counted(len(analysis.relationships), "foreign key")
    return tr("{tables} and {keys} between them.", tables=opening(counted(tables, "table")), keys=keys)


def relations_sentence(relations: tuple[Relation, ...]) -> str:
    """One sentence above the index of §4."""
    kinds = Counter(relation.kind for relation in relations)
    kinds_of = [counted(count, str(kind)) for kind, count in sorted(kinds.items())]
    return tr(
        mark(
            "{relations}; partitions are described with their table."
            " Rows and sizes are those of the last VACUUM or ANALYZE."
        )
        if kinds[RelationKind.PARTITIONED_TABLE]
        else mark("{relations}. Rows and sizes are those of the last VACUUM or ANALYZE."),
        relations=opening(listed(kinds_of)),
    )


# --- types, routines, sequences (§3) -----------------------------------------------------------------


def users_of_type(name: QualifiedName, analysis: Analysis, page: Page) -> str:
    """The columns of that type."""
    users = analysis.inverse.type_users.get(name, ())
    shown = [f"{page.relation(relation)} {code(column)}" for relation, column in users[:_USERS_SHOWN]]
    return some(shown, _USERS_SHOWN, len(users) - len(shown))


def domain_base(domain: Domain, page: Page) -> str:
    """What a domain is over, with a collation of its own."""
    base = page.type(domain.base_type, domain.base_type_name)
    if not domain.collation:
        return base
    return tr("{type} collate {collation}", type=base, collation=code(domain.collation.sql))


def domain_rules(domain: Domain) -> str:
    """A domain's checks in words, with their names and comments."""
    lines = []
    for check in domain.checks:
        understood = checks_in_words.in_words(check.expression)
        said = inline(understood) if understood else expression(check.expression)
        notes = code(check.name)
        if not check.validated:
            notes = tr("{name}, not validated", name=notes)
        line = f"{said} ({notes})"
        lines.append(f"{line}: {inline(check.comment)}" if check.comment else line)
    return "<br>".join(lines)


def attributes(composite: Composite, page: Page) -> str:
    """The attributes of a composite type with their types and comments."""
    lines = []
    for attribute in composite.attributes:
        line = f"{code(attribute.name)} {page.type(attribute.type, attribute.type_name)}"
        lines.append(f"{line}: {inline(attribute.comment)}" if attribute.comment else line)
    return "<br>".join(lines)


def routine_properties(routine: Routine) -> str:
    """What a caller must know of a routine: volatility and whatever is not the default."""
    found = []
    if routine.kind in ("function", "window function") and routine.volatility is not Volatility.UNKNOWN:
        found.append(term(routine.volatility))
    if routine.strict:
        found.append(tr("strict"))
    if routine.parallel in (Parallel.SAFE, Parallel.RESTRICTED):
        found.append(tr("parallel {safety}", safety=term(routine.parallel)))
    if routine.leakproof:
        found.append(tr("leakproof"))
    if routine.security_definer:
        found.append(tr("**security definer**"))
    found.extend(tr("sets {setting}", setting=code(setting)) for setting in routine.configuration)
    return ", ".join(found)


def owned_sequences(structure: Structure) -> list[Sequence]:
    """The sequences that belong to a column."""
    return [sequence for sequence in structure.sequences if sequence.owned_by is not None]


def sequence_sentence(analysis: Analysis) -> str:
    """How the sequences are used, in one sentence."""
    sequences = analysis.snapshot.structure.sequences
    users = analysis.inverse.sequence_users
    identity = sum(bool(found.owned_by and found.owned_by.identity) for found in sequences)
    owned = sum(bool(found.owned_by and not found.owned_by.identity) for found in sequences)
    feeding = sum(found.owned_by is None and found.qualified in users for found in sequences)
    alone = len(sequences) - identity - owned - feeding
    said = []
    if identity:
        said.append(trn("{count} of an identity column", "{count} of identity columns", identity))
    if owned:
        said.append(trn("{count} owned by a column", "{count} owned by columns", owned))
    if feeding:
        said.append(
            trn(
                "{count} called by the default of a column that does not own it",
                "{count} called by defaults of columns that do not own them",
                feeding,
            )
        )
    if alone:
        said.append(trn("{count} used by no column", "{count} used by no column", alone))
    return f"{opening(counted(len(sequences), 'sequence'))}: {listed(said)}."


def sequence_end(sequence: Sequence) -> str:
    """Where a sequence ends, if that is not the end of its type, and whether it begins again there."""
    bits = {"smallint": 15, "integer": 31, "bigint": 63}.get(sequence.type)
    natural = sequence.increment > 0 and bits is not None and sequence.maximum == 2**bits - 1
    end = sequence.maximum if sequence.increment > 0 else sequence.minimum
    shown = tr("end of its type") if natural else f"{end}"
    return tr("{end}, then again", end=shown) if sequence.cycle else shown


def sequence_owner(sequence: Sequence, analysis: Analysis, page: Page) -> str:
    """The column that a sequence belongs to, else the columns whose defaults call it."""
    if sequence.owned_by is None:
        users = analysis.inverse.sequence_users.get(sequence.qualified, ())
        return ", ".join(
            tr("{table} {column}, not owned", table=page.relation(table), column=code(column))
            for table, column in users
        )
    owner = f"{page.relation(sequence.owned_by.relation)} {code(sequence.owned_by.column)}"
    return tr("{column}, identity", column=owner) if sequence.owned_by.identity else owner


def other_objects(structure: Structure) -> bool:
    """Whether there are objects of the kinds that share the last table of §3.3."""
    return any(
        (
            structure.operator_families,
            structure.access_methods,
            structure.conversions,
            structure.languages,
            structure.transforms,
            structure.text_search_parsers,
            structure.text_search_templates,
            structure.foreign_data_wrappers,
        )
    )


# --- relationships (§5) ------------------------------------------------------------------------------


def relationships_sentence(analysis: Analysis) -> str:
    """How many foreign keys there are and how they split."""
    found = analysis.relationships
    optional = sum(relationship.optional for relationship in found)
    single = sum(not relationship.many for relationship in found)
    parts = []
    if optional:
        parts.append(trn("{count} is optional for the child", "{count} are optional for the child", optional))
    if single:
        parts.append(trn("{count} is one-to-one", "{count} are one-to-one", single))
    declared = tr("No foreign keys are declared")
    if found:
        declared = trn("{count} foreign key is declared", "{count} foreign keys are declared", len(found))
    return f"{declared}{'; ' if parts else ''}{listed(parts)}."


def one_to_one(analysis: Analysis) -> list[Relationship]:
    """The relationships with at most one child, self references apart."""
    return [found for found in analysis.relationships if not found.many and not found.self_reference]


def inheritance(structure: Structure) -> list[tuple[QualifiedName, tuple[QualifiedName, ...]]]:
    """Child and parents of every table that inherits (partitions do not count)."""
    return [(relation.qualified, relation.inherits) for relation in structure.relations if relation.inherits]


def by_actions(analysis: Analysis) -> list[tuple[tuple[str, str], list[Relationship]]]:
    """The relationships by their actions on delete and update, the most frequent first."""
    groups: dict[tuple[str, str], list[Relationship]] = {}
    for found in analysis.relationships:
        groups.setdefault((found.key.on_delete, found.key.on_update), []).append(found)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def special_keys(analysis: Analysis) -> list[tuple[str, list[Relationship]]]:
    """Foreign keys with properties that change what they promise, by property."""
    found = analysis.relationships
    groups = [
        (
            tr("Deferrable, checked at once by default"),
            [r for r in found if r.key.deferrable and not r.key.initially_deferred],
        ),
        (tr("Checked at commit (INITIALLY DEFERRED)"), [r for r in found if r.key.initially_deferred]),
        ("MATCH FULL", [r for r in found if r.key.match is Match.FULL]),
        (
            tr("Not validated (NOT VALID): older rows may break them"),
            [r for r in found if not r.key.validated and r.key.enforced],
        ),
        (tr("Not enforced"), [r for r in found if not r.key.enforced]),
        (tr("Temporal (PERIOD)"), [r for r in found if r.key.period]),
        (
            tr("Several columns, some nullable, MATCH SIMPLE: one null column switches the check off"),
            [r for r in found if _loose(r, analysis)],
        ),
        (
            tr("SET NULL on NOT NULL columns: the deletion fails"),
            [r for r in found if _impossible(r, analysis)],
        ),
    ]
    return [(title, members) for title, members in groups if members]


def _nullable(relationship: Relationship, analysis: Analysis, columns: Iterable[str]) -> list[bool]:
    relation = analysis.lookup.relations[relationship.child]
    return [relation.column(column).nullable for column in columns]


def _loose(found: Relationship, analysis: Analysis) -> bool:
    several = len(found.key.columns) > 1 and found.key.match is Match.SIMPLE
    return several and any(_nullable(found, analysis, found.key.columns))


def _impossible(found: Relationship, analysis: Analysis) -> bool:
    columns = found.key.on_delete_columns or found.key.columns
    return found.key.on_delete is Action.SET_NULL and not all(_nullable(found, analysis, columns))


def weak_keys(analysis: Analysis) -> list[tuple[str, list[Relationship]]]:
    """Foreign keys that are not checked at once or for every row (§8.2)."""
    found = analysis.relationships
    groups = [
        (
            tr("Not validated: older rows may break them"),
            [r for r in found if not r.key.validated and r.key.enforced],
        ),
        (tr("Not enforced: declared only"), [r for r in found if not r.key.enforced]),
        (tr("Checked at commit"), [r for r in found if r.key.initially_deferred]),
        (
            tr("Can be deferred to the commit"),
            [r for r in found if r.key.deferrable and not r.key.initially_deferred],
        ),
    ]
    return [(title, members) for title, members in groups if members]


# --- indexes (§6) ------------------------------------------------------------------------------------


def secondary_indexes(analysis: Analysis) -> list[tuple[Relation, IndexRow]]:
    """All indexes but primary keys and those of partitions."""
    return [
        (relation, row)
        for relation in documented(analysis.lookup)
        for row in index_rows(relation, analysis)
        if not row.index.primary
    ]


def secondary_count(analysis: Analysis) -> int:
    """How many these are."""
    return sum(not index.primary for relation in documented(analysis.lookup) for index in relation.indexes)


def composite(secondary: Iterable[tuple[Relation, IndexRow]]) -> list[str]:
    """The SQL of the indexes with several keys."""
    return [f"{row.index.definition};" for _, row in secondary if len(row.index.keys) > 1]


# --- constraints (§8) --------------------------------------------------------------------------------


def constraints_sentence(relations: tuple[Relation, ...], analysis: Analysis) -> str:
    """How many constraints of each kind the tables have."""
    tables = [relation for relation in relations if relation.kind in TABLES]
    required = sum(not column.nullable for table in tables for column in table.columns)
    parts = [
        tr("{columns} NOT NULL", columns=counted(required, "column")),
        counted(sum(table.primary_key is not None for table in tables), "primary key"),
        counted(sum(len(table.unique_keys) for table in tables), "unique constraint"),
        counted(len(analysis.relationships), "foreign key"),
        counted(sum(len(table.checks) for table in tables), "check"),
        counted(sum(len(table.exclusions) for table in tables), "exclusion constraint"),
    ]
    return f"{opening(counted(len(tables), 'table'))}: {listed(parts)}."


def not_null(relations: tuple[Relation, ...]) -> list[tuple[Relation, list[str]]]:
    """The required columns of each table."""
    found = [
        (relation, [column.name for column in relation.columns if not column.nullable])
        for relation in relations
        if relation.kind in TABLES
    ]
    return [(relation, columns) for relation, columns in found if columns]


def unique_rules(relations: tuple[Relation, ...]) -> list[tuple[Relation, str, str]]:
    """What is unique besides primary keys: unique constraints, then unique indexes."""
    found = []
    for relation in relations:
        for key in relation.unique_keys:
            said = [words.columns_words(key.columns)]
            if key.nulls_not_distinct:
                said.append(tr("nulls count as equal"))
            if key.without_overlaps:
                said.append(tr("without overlaps"))
            found.append((relation, "; ".join(said), tr("constraint {name}", name=code(key.name))))
        found.extend(
            (relation, sentences.index_on(index), tr("index {name}", name=code(index.name)))
            for index in relation.indexes
            if index.unique and index.constraint is None
        )
    return found


def checks(relations: tuple[Relation, ...]) -> list[tuple[Relation, Check]]:
    """The checks that tables declare themselves."""
    return [(relation, check) for relation in relations for check in relation.checks if not check.inherited]


def exclusions(relations: tuple[Relation, ...]) -> list[tuple[Relation, Exclusion]]:
    """The exclusion constraints."""
    return [(relation, found) for relation in relations for found in relation.exclusions]


def triggers(structure: Structure) -> list[tuple[Relation, Trigger]]:
    """All triggers but the clones on partitions."""
    return [
        (relation, found)
        for relation in structure.relations
        for found in relation.triggers
        if not found.inherited
    ]


def disabled_triggers(structure: Structure) -> list[tuple[Relation, Trigger]]:
    """Triggers that a normal session does not fire."""
    return [
        (relation, found)
        for relation, found in triggers(structure)
        if found.enabled in (Enabled.DISABLED, Enabled.REPLICA)
    ]


def generated(relations: tuple[Relation, ...]) -> list[tuple[Relation, Column]]:
    """The generated columns."""
    return [
        (relation, column)
        for relation in relations
        for column in relation.columns
        if column.generated is not None
    ]


# --- security, scaling, review (§9 to §12) -----------------------------------------------------------


def largest(analysis: Analysis) -> list[tuple[QualifiedName, Size]]:
    """The largest tables by total size."""
    sizes = [
        (name, size)
        for name, size in (
            (each.qualified, analysis.sizes[each.qualified]) for each in documented(analysis.lookup)
        )
        if size.known and size.total_bytes
    ]
    return sorted(sizes, key=lambda pair: (-pair[1].total_bytes, pair[0]))[:_LARGEST_SHOWN]


def analysed_bytes(analysis: Analysis) -> int:
    """The size of all tables whose size is known."""
    sizes = [analysis.sizes[relation.qualified] for relation in documented(analysis.lookup)]
    return sum(size.total_bytes for size in sizes if size.known)


def around_row_security(analysis: Analysis) -> list[tuple[Relation, tuple[QualifiedName, ...]]]:
    """The views that read tables with row security by their owner's rights, each with these tables."""
    found = (
        (relation, row_security.around(analysis.lookup, analysis.inverse.reads, relation))
        for relation in documented(analysis.lookup)
    )
    return [(relation, secured) for relation, secured in found if secured]
