"""What each table stands for: entity, aggregate, value object, association, enum, collection (§3.1).

A table gets the first kind whose rule fits, in the order of `Kind`; "entity" is what is left. The rules look
at keys, foreign keys, names and types, never at data, and each says in one line what it saw. They are
described for readers in docs/entities.md.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from pgdossier.analysis import naming, tables
from pgdossier.analysis.auditing import Auditing
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Junction, Relationship
from pgdossier.language import mark, tr, trn
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Action
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation


class Kind(StrEnum):
    """What a table stands for, in the order in which the rules are tried."""

    BOOKKEEPING = mark("bookkeeping")
    ASSOCIATION = mark("association")
    LOG = mark("log")
    QUEUE = mark("queue")
    ENUM = mark("enum")
    VALUE_OBJECT = mark("value object")
    COLLECTION = mark("collection")
    AGGREGATE_PART = mark("aggregate part")
    AGGREGATE_ROOT = mark("aggregate root")
    ENTITY = mark("entity")


class Classified(msgspec.Struct, frozen=True, kw_only=True):
    """A table, its kind, and what was seen (`reason`, in plain words that need escaping).

    `owner` is the table that its rows are a part of, and `link` the foreign key that says so; both are None
    for a table that stands for itself.
    """

    table: QualifiedName
    kind: Kind
    reason: str
    owner: QualifiedName | None = None
    link: Relationship | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A table of an aggregate: part of `owner`, `depth` steps below the root."""

    table: QualifiedName
    owner: QualifiedName
    depth: int


class Aggregate(msgspec.Struct, frozen=True, kw_only=True):
    """A root and the tables whose rows exist only as part of one of its rows, each after its owner."""

    root: QualifiedName
    parts: tuple[Part, ...]

    @property
    def tables(self) -> tuple[QualifiedName, ...]:
        """The root and its parts."""
        return (self.root, *(part.table for part in self.parts))


class KeyEntity(msgspec.Struct, frozen=True, kw_only=True):
    """A table in the middle of the model: referenced by so many other tables, and referencing so many."""

    table: QualifiedName
    referenced_by: int
    references: int

    @property
    def routes(self) -> int:
        """The ways along foreign keys, of one or two steps, that end in the table or lead through it."""
        return self.referenced_by * (1 + self.references)


class Entities(msgspec.Struct, frozen=True, kw_only=True):
    """The picture of entities: every table by name, aggregates by root, key entities in their order."""

    tables: Mapping[QualifiedName, Classified]
    aggregates: tuple[Aggregate, ...]
    key_entities: tuple[KeyEntity, ...]

    def of_kind(self, kind: str) -> tuple[Classified, ...]:
        """The tables of one kind, by name."""
        return tuple(found for found in self.tables.values() if found.kind == kind)

    def aggregate_of(self, name: QualifiedName) -> Aggregate | None:
        """The aggregate that a table belongs to, if it belongs to one."""
        return next((found for found in self.aggregates if name in found.tables), None)


def picture(
    lookup: Lookup,
    graph: Graph,
    junctions: Iterable[Junction],
    auditing: Auditing,
    bookkeeping: Mapping[QualifiedName, str],
    subtypes: Mapping[QualifiedName, QualifiedName] | None = None,
) -> Entities:
    """The picture of entities.

    Args:
        lookup: The snapshot; partitions count with their table.
        graph: The declared relationships.
        junctions: The junction tables.
        auditing: The columns that keep track of changes: they say nothing about what a table stands for.
        bookkeeping: The tables of migration tools, each with the tool.
        subtypes: The tables that are a kind of another whose key they share, each with that other.
    """
    rules = _Rules(
        lookup=lookup,
        graph=graph,
        junctions={junction.table: junction for junction in junctions},
        audited=frozenset(pair for coverage in auditing.coverage for pair in coverage.columns),
        bookkeeping=bookkeeping,
        subtypes=subtypes or {},
    )
    found = rules.all()
    aggregates = _aggregates(found)
    return Entities(tables=found, aggregates=aggregates, key_entities=key_entities(lookup, graph, found))


_FRAMEWORK = {
    "django_content_type": (mark("Django's list of its models"), {"app_label", "model"}),
    "django_session": (mark("Django's store of sessions"), {"session_key", "session_data", "expire_date"}),
}
_LOG_NAME = re.compile(
    r"(?:.*_)?(?:audit(?:_?(?:logs?|trails?|events?|entries|records?|history))?"
    r"|(?:change|activity|action|event|access|audit|error|job)?_?logs?|logs?_?entr(?:y|ies)|.*logentr(?:y|ies)"
    r"|history|histories|.*objectchanges?|change_?logs?)\Z",
    re.IGNORECASE,
)
_EVENT_NAME = re.compile(r".+_(?:events?|changes?)\Z", re.IGNORECASE)
_CHANGED = re.compile(
    r"(?:last_?)?(?:updated?|modified|changed|edited)(?:_?(?:at|on|date|time))?\Z", re.IGNORECASE
)
_MOMENT = re.compile(r"(?:timestamp|date)\b(?!.*\[)")
_QUEUE_WORDS = frozenset(("queue", "queues", "outbox"))
_WORKER_COLUMNS = frozenset(
    """
    attempts attempt_count retries retry_count max_attempts locked_at locked_by locked_until claimed_at
    claimed_by reserved_at run_at available_at next_attempt_at next_retry_at lease_until leased_until
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_LOOKUP_WORDS = frozenset(
    """
    type kind status state category genre language country currency locale timezone reason gender color colour
    priority severity frequency
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
# Also the ends of run-on names: `circuittype`.
_RUN_ON = ("type", "status", "category")
# Lists of values only where a table chooses one of them, and not where a junction hands out many.
_CHOSEN_WORDS = frozenset(("role",))
_LABELS = frozenset(
    """
    name label title code slug description key value abbreviation symbol color colour icon position sort
    sort_order ordering order rank weight active enabled is_active is_enabled is_default
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_MOST_LOOKUP_COLUMNS = 6
_MOST_NATURAL_COLUMNS = 3
_CONTENT = 3
_LINE_WORDS = tuple(
    "lines items details rows entries positions line item detail row entry position".split()  # noqa: SIM905 - a line of words
)
_TEXTS = ("text", "character varying", "character(", "citext")


class _Rules(msgspec.Struct, frozen=True, kw_only=True):
    lookup: Lookup
    graph: Graph
    junctions: Mapping[QualifiedName, Junction]
    audited: Container[tuple[QualifiedName, str]]
    bookkeeping: Mapping[QualifiedName, str]
    subtypes: Mapping[QualifiedName, QualifiedName]

    def all(self) -> dict[QualifiedName, Classified]:
        own = list(tables.tables(self.lookup))
        links: dict[QualifiedName, Relationship | None] = {}
        for relation in own:
            self._owner(relation.qualified, links, frozenset())
        for name in [name for name in links if _owns_itself(name, links)]:
            links[name] = None
        owners = {link.parent for link in links.values() if link is not None}
        return {
            relation.qualified: self._classified(
                relation, links[relation.qualified], relation.qualified in owners
            )
            for relation in sorted(own, key=lambda relation: relation.qualified)
        }

    # --- what a table is a part of ---

    def _owner(
        self,
        name: QualifiedName,
        links: dict[QualifiedName, Relationship | None],
        asking: frozenset[QualifiedName],
    ) -> Relationship | None:
        """The foreign key to the table that this one is part of; None when it is none's, or several's."""
        if name not in links:
            found = self._candidates(name)
            parents = {link.parent for link in found} - asking
            if len(parents) > 1:
                parents = self._innermost(parents, links, asking | {name})
            chosen = [link for link in found if link.parent in parents]
            links[name] = chosen[0] if len(parents) == 1 and chosen else None
        return links[name]

    def _candidates(self, name: QualifiedName) -> list[Relationship]:
        """The foreign keys that make rows parts of others, by the strongest rule that any fits."""
        relation = self.lookup.relations.get(name)
        own = name in self.bookkeeping or name in self.subtypes or self._is_association(name)
        if relation is None or own:
            return []
        mandatory = [
            link
            for link in self.graph.parents_of(name)
            if not link.self_reference and link.documented and not link.optional and link.key.enforced
            if link.parent not in self.bookkeeping
        ]
        if name in self.junctions:
            return self._lined(self.junctions[name])
        cascading = [link for link in mandatory if link.key.on_delete is Action.CASCADE]
        # A whole primary key that is a foreign key may as well be that of a subtype.
        identifying = [link for link in mandatory if link.identifying and link.many]
        return (
            cascading
            or identifying
            or [link for link in mandatory if _is_line_of(relation.name, link.parent.name)]
        )

    def _innermost(
        self,
        parents: set[QualifiedName],
        links: dict[QualifiedName, Relationship | None],
        asking: frozenset[QualifiedName],
    ) -> set[QualifiedName]:
        """The one parent that is itself part of all the others, alone; else none."""
        for name in sorted(parents):
            above = set()
            link = self._owner(name, links, asking) if name not in links else links[name]
            while link is not None and link.parent not in above:
                above.add(link.parent)
                link = self._owner(link.parent, links, asking)
            if parents - {name} <= above:
                return {name}
        return set()

    def _is_association(self, name: QualifiedName) -> bool:
        """Whether a table is a junction, and neither the lines of an end nor a thing of its own."""
        junction = self.junctions.get(name)
        if junction is None or self._is_thing(junction):
            return False
        return not (self._payload(junction) and self._lined(junction))

    def _is_thing(self, junction: Junction) -> bool:
        """Whether a junction has a key and a content of its own, as a review of a product by a user has."""
        primary = self.lookup.relations[junction.table].primary_key
        ends = {column for end in junction.ends for column in end.key.columns}
        own_key = primary is not None and not ends.intersection(primary.columns)
        return own_key and len(self._payload(junction)) >= _CONTENT

    def _payload(self, junction: Junction) -> list[str]:
        """What a junction holds beside its ends, but for what keeps track of changes."""
        return [column for column in junction.payload if (junction.table, column) not in self.audited]

    def _lined(self, junction: Junction) -> list[Relationship]:
        """The ends of a junction whose lines it is, by its name: `order_items` of `orders`."""
        return [
            end
            for end in junction.ends
            if not end.optional and _is_line_of(junction.table.name, end.parent.name)
        ]

    # --- the rules ---

    def _classified(self, relation: Relation, link: Relationship | None, owns: bool) -> Classified:
        name = relation.qualified
        for kind, said in (
            (Kind.BOOKKEEPING, self._bookkeeping),
            (Kind.ASSOCIATION, self._association),
            (Kind.LOG, self._log),
            (Kind.QUEUE, self._queue),
            (Kind.ENUM, self._enum),
        ):
            reason = said(relation)
            if reason:
                owner = link if kind in (Kind.LOG, Kind.QUEUE) else None
                return Classified(
                    table=name, kind=kind, reason=reason, owner=owner.parent if owner else None, link=owner
                )
        if link is not None:
            return self._part(relation, link)
        if owns:
            return Classified(
                table=name, kind=Kind.AGGREGATE_ROOT, reason=tr("rows of other tables are part of its rows")
            )
        return Classified(table=name, kind=Kind.ENTITY, reason=self._independence(name))

    def _independence(self, name: QualifiedName) -> str:
        """Why the rows of a table are not part of others."""
        if name in self.subtypes:
            return tr(
                "a kind of {parent}, whose primary key it shares",
                parent=self._shown(self.subtypes[name], name),
            )
        junction = self.junctions.get(name)
        if junction is not None:
            joined = _and(list(dict.fromkeys(self._shown(end.parent, name) for end in junction.ends)))
            content = trn("{count} column", "{count} columns", len(self._payload(junction)))
            return tr(
                "joins {joined}, but has a key and {columns} of its own", joined=joined, columns=content
            )
        owners = sorted({link.parent for link in self._candidates(name)})
        if len(owners) > 1:
            shown = _and([self._shown(one, name) for one in owners])
            return tr("belongs to {parents} alike, so to none of them alone", parents=shown)
        parents = {link.parent for link in self.graph.parents_of(name)} - {name}
        if not parents:
            return tr("references no other table")
        return trn(
            "references {count} other table, but its rows are a part of none",
            "references {count} other tables, but its rows are a part of none",
            len(parents),
        )

    def _bookkeeping(self, relation: Relation) -> str:
        tool = self.bookkeeping.get(relation.qualified)
        if tool:
            return tr("table of the migration tool {tool}", tool=tool)
        known, columns = _FRAMEWORK.get(relation.name, ("", set()))
        return tr(known) if known and columns <= {column.name for column in relation.columns} else ""

    def _association(self, relation: Relation) -> str:
        name = relation.qualified
        if not self._is_association(name):
            return ""
        junction = self.junctions[name]
        joined = _and(list(dict.fromkeys(self._shown(end.parent, name) for end in junction.ends)))
        if junction.network:
            joined = tr("rows of {joined} with each other", joined=joined)
        payload = self._payload(junction)
        return (
            tr(
                "joins {joined}: its {rule} consists of foreign keys to them, and holds {columns}",
                joined=joined,
                rule=junction.rule,
                columns=_and(payload),
            )
            if payload
            else tr(
                "joins {joined}: its {rule} consists of foreign keys to them",
                joined=joined,
                rule=junction.rule,
            )
        )

    def _log(self, relation: Relation) -> str:
        event = _EVENT_NAME.match(relation.name)
        if not (_LOG_NAME.match(relation.name) or event):
            return ""
        moments = [column.name for column in relation.columns if self._is_moment(column)]
        if not moments or (event and len(moments) > 1):
            return ""
        kept = [column.name for column in relation.columns if _CHANGED.match(column.name)]
        if self._referenced_by_more_than_associations(relation.qualified) or len(kept) >= len(moments) > 1:
            return ""
        return tr(
            "named like a record of what happened, with the moment in {column}; no other table builds on it",
            column=moments[0],
        )

    def _is_moment(self, column: Column) -> bool:
        return _MOMENT.match(tables.base_type(self.lookup, column)) is not None

    def _queue(self, relation: Relation) -> str:
        if self._referenced_by_more_than_associations(relation.qualified):
            return ""
        found = [column.name for column in relation.columns if column.name.lower() in _WORKER_COLUMNS]
        if len(found) > 1:
            return tr("keeps what a worker needs to know: {columns}", columns=", ".join(found))
        word = naming.last_word(relation.name)
        return tr("named {word}, and no other table references it", word=word) if word in _QUEUE_WORDS else ""

    def _enum(self, relation: Relation) -> str:
        name = relation.qualified
        key = relation.primary_key
        if key is None or len(key.columns) != 1 or self.graph.parents_of(name):
            return ""
        referencing = {link.child for link in self.graph.children_of(name)} - {name}
        if not referencing or any(self._is_owned_by(child, name) for child in referencing):
            return ""
        own = [column for column in relation.columns if (name, column.name) not in self.audited]
        rest = [column for column in own if column.name != key.columns[0] and not _CHANGED.match(column.name)]
        texts = [column for column in rest if self._is_text(relation, column.name)]
        # What has a type of its own is a definition rather than a value: `metadata_types.data_type`.
        typed = any(naming.last_word(column.name) in ("type", "kind") for column in rest)
        listed = self._is_named_like_values(relation, referencing) and not typed
        if listed and texts and len(rest) < _MOST_LOOKUP_COLUMNS:
            named = _and([column.name for column in rest])
            return tr(
                "named like a list of values, references nothing, holds only {columns}; {chosen}",
                columns=named,
                chosen=_chosen(len(referencing)),
            )
        natural = self._is_text(relation, key.columns[0]) and len(rest) < _MOST_NATURAL_COLUMNS
        if natural and all(column.name.lower() in _LABELS for column in rest):
            return tr(
                "its key {columns} is text, the rest only labels it; {chosen}",
                columns=key.columns[0],
                chosen=_chosen(len(referencing)),
            )
        return ""

    def _is_named_like_values(self, relation: Relation, referencing: Collection[QualifiedName]) -> bool:
        words = naming.singulars(naming.last_word(relation.name))
        if words & _CHOSEN_WORDS and any(child not in self.junctions for child in referencing):
            return True
        return bool(words & _LOOKUP_WORDS) or any(word.endswith(_RUN_ON) for word in words)

    def _is_owned_by(self, child: QualifiedName, parent: QualifiedName) -> bool:
        return any(link.parent == parent for link in self._candidates(child))

    def _is_text(self, relation: Relation, column: str) -> bool:
        return tables.base_type(self.lookup, relation.column(column)).startswith(_TEXTS)

    def _part(self, relation: Relation, link: Relationship) -> Classified:
        name = relation.qualified
        others = {found.child for found in self.graph.children_of(name)} - {name}
        why = _bond(link, self._shown(link.parent, name))
        primary = relation.primary_key
        if others:
            kind = Kind.AGGREGATE_PART
            reason = trn(
                "{why}; {count} table references it",
                "{why}; {count} tables reference it",
                len(others),
                why=why,
            )
        elif not link.many and primary is not None and set(primary.columns) == set(link.key.columns):
            kind = Kind.VALUE_OBJECT
            reason = tr(
                "under the key of its {parent}; {why}; nothing references it",
                parent=self._shown(link.parent, name),
                why=why,
            )
        else:
            kind = Kind.COLLECTION
            reason = tr("{why}; nothing references it", why=why)
        return Classified(table=name, kind=kind, reason=reason, owner=link.parent, link=link)

    def _referenced_by_more_than_associations(self, name: QualifiedName) -> bool:
        return any(
            not found.self_reference and not self._is_association(found.child)
            for found in self.graph.children_of(name)
        )

    def _shown(self, other: QualifiedName, beside: QualifiedName) -> str:
        return other.name if other.schema == beside.schema else other.dotted


def _owns_itself(name: QualifiedName, links: Mapping[QualifiedName, Relationship | None]) -> bool:
    """Whether the owner of the owner … of a table is the table itself."""
    above: set[QualifiedName] = set()
    link = links.get(name)
    while link is not None and link.parent not in above:
        above.add(link.parent)
        link = links.get(link.parent)
    return name in above


def _bond(link: Relationship, parent: str) -> str:
    columns, number = _and(link.key.columns), len(link.key.columns)
    if link.key.on_delete is Action.CASCADE:
        return trn(
            "{columns} is mandatory, and rows are deleted with those of {parent}",
            "{columns} are mandatory, and rows are deleted with those of {parent}",
            number,
            columns=columns,
            parent=parent,
        )
    if link.identifying:
        return trn(
            "{columns} is part of its primary key and references {parent}",
            "{columns} are part of its primary key and reference {parent}",
            number,
            columns=columns,
            parent=parent,
        )
    return trn(
        "{columns} is mandatory, and it is named as the lines of {parent}",
        "{columns} are mandatory, and it is named as the lines of {parent}",
        number,
        columns=columns,
        parent=parent,
    )


def _and(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return tr("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])


def _chosen(tables: int) -> str:
    return trn("{count} table chooses from it", "{count} tables choose from it", tables)


def _is_line_of(name: str, parent: str) -> bool:
    """Whether a table is named as the lines of another: `invoice_lines` of `invoice`."""
    lower = name.lower()
    for word in _LINE_WORDS if lower.endswith(_LINE_WORDS) else ():
        if lower.endswith(word):
            stem = lower.removesuffix(word).rstrip("_")
            return bool(stem) and stem in naming.singulars(parent)
    return False


def _aggregates(found: Mapping[QualifiedName, Classified]) -> tuple[Aggregate, ...]:
    """The aggregates, by root."""
    below: dict[QualifiedName, list[QualifiedName]] = {}
    for one in found.values():
        if one.owner is not None:
            below.setdefault(one.owner, []).append(one.table)
    made = []
    for root in sorted(below):
        if root in found and found[root].owner is None:
            parts: list[Part] = []
            stack = [(name, root, 1) for name in reversed(below[root])]
            while stack:
                name, owner, depth = stack.pop()
                parts.append(Part(table=name, owner=owner, depth=depth))
                stack.extend((under, name, depth + 1) for under in reversed(below.get(name, ())))
            made.append(Aggregate(root=root, parts=tuple(parts)))
    return tuple(made)


_NOT_KEY = frozenset((Kind.BOOKKEEPING, Kind.ASSOCIATION, Kind.LOG, Kind.QUEUE, Kind.ENUM))
_LEAST_SHOWN, _MOST_SHOWN = 6, 10
_LEAST_ROUTES = 2


def key_entities(
    lookup: Lookup, graph: Graph, found: Mapping[QualifiedName, Classified]
) -> tuple[KeyEntity, ...]:
    """The entities that most of the model runs through: at most ten, a quarter of the tables or six.

    Ranked by `KeyEntity.routes`, then by columns (more first) and name. Counting references in alone puts
    statuses, users and tenants first, and so does PageRank, whose weight gathers where no foreign key
    leads on; what a model is about is referenced *and* references. Betweenness sees that too, but
    cannot be checked by eye. Enums, associations, logs, queues and bookkeeping are no entities.
    """
    counted = []
    for name, one in found.items():
        if one.kind not in _NOT_KEY:
            children = {link.child for link in graph.children_of(name)} - {name}
            parents = {link.parent for link in graph.parents_of(name)} - {name}
            entity = KeyEntity(table=name, referenced_by=len(children), references=len(parents))
            if entity.routes >= _LEAST_ROUTES:
                counted.append(entity)
    most = min(_MOST_SHOWN, max(_LEAST_SHOWN, -(-len(found) // 4)))
    return tuple(
        sorted(
            counted,
            key=lambda one: (-one.routes, -len(lookup.relations[one.table].columns), one.table),
        )[:most]
    )
