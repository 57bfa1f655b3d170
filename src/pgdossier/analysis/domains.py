"""Domains: the tables in groups that a reader can take in, by schema, then by what hangs together (§3.1).

A schema with few tables is one domain. A larger one is divided (`communities`), and so is a group of the
project's own that is too large. Where there are more domains than a map may have boxes they are grouped in
turn: the domains are a tree, in which nothing has more than `most` children. These domains have nothing to do
with PostgreSQL's domain types. They are described for readers in docs/domains.md.
"""

from __future__ import annotations

import fnmatch
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from pgdossier.analysis import communities, tables
from pgdossier.analysis.entities import Entities, Kind
from pgdossier.analysis.relationships import Relationship
from pgdossier.language import mark, tr
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind

MOST_BOXES = 30
"""The most boxes of a diagram, unless the configuration says otherwise."""

_KEY_ENTITIES = 3
_DRAWN = (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE, RelationKind.FOREIGN_TABLE)
# What is about other tables, so that no group is known by it while it has a better one.
_SECONDARY = (Kind.BOOKKEEPING, Kind.ASSOCIATION, Kind.LOG, Kind.QUEUE, Kind.ENUM, Kind.COLLECTION)
_OTHERS = mark("other tables")
_JOINED_UP_TO = 3  # times as many domains as a map can show, up to which the smallest are joined one by one
_SHORT = 25  # letters of a name that is read at a glance
_MAJORITY = (
    60  # percent of the tables of a domain that begin with a word, so that it can be the domain's name
)


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """A domain that the project declares: what fits a pattern (`schema.table`, with `*`) is in it."""

    name: str
    patterns: tuple[str, ...]
    description: str = ""


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """A group of tables.

    Attributes:
        name: Unique among the domains of a database, whatever the case of its letters.
        label: The name as it is shown where the schema is known.
        schema: The schema of all its tables; empty when there are several.
        tables: Its tables, sorted; partitions are part of their table. Of a schema without tables: its views.
        key_entities: Those of its tables that matter most to others, the first three at most.
        columns: The columns of its tables.
        foreign_keys: The foreign keys between its tables.
        description: What the project says of it.
        declared: The project declares it.
        whole_schema: It is all of one schema.
        children: The domains that it is divided into, where one diagram cannot show it.
    """

    name: str
    label: str
    schema: str
    tables: tuple[QualifiedName, ...]
    key_entities: tuple[QualifiedName, ...] = ()
    columns: int = 0
    foreign_keys: int = 0
    description: str = ""
    declared: bool = False
    whole_schema: bool = False
    children: tuple[Domain, ...] = ()

    def walk(self) -> Iterator[Domain]:
        """This domain and all below it, each before its children."""
        yield self
        for child in self.children:
            yield from child.walk()


class Domains(msgspec.Struct, frozen=True, kw_only=True):
    """The domains of a database.

    Attributes:
        top: The domains of the first map.
        most: How many boxes a diagram may have.
        problems: What the project declares and cannot be, each in a sentence.
    """

    top: tuple[Domain, ...]
    most: int = MOST_BOXES
    problems: tuple[str, ...] = ()
    _by_table: Mapping[QualifiedName, Domain] = msgspec.field(default_factory=dict)

    def walk(self) -> Iterator[Domain]:
        """All domains, each before those that it is divided into."""
        for domain in self.top:
            yield from domain.walk()

    @property
    def leaves(self) -> tuple[Domain, ...]:
        """The domains that are divided no further: every table is in exactly one."""
        return tuple(domain for domain in self.walk() if not domain.children)

    @property
    def divided(self) -> bool:
        """Whether they say more than the schemas do: a schema is divided, or the project declares domains."""
        return any(not domain.whole_schema or domain.children for domain in self.top)

    @property
    def mapped(self) -> bool:
        """Whether the tables are too many for one diagram."""
        return sum(len(domain.tables) for domain in self.top) > self.most

    def is_mapped(self, schema: str) -> bool:
        """Whether the tables of a schema are too many for one diagram."""
        return sum(_inside(domain, schema) for domain in self.top) > self.most

    def of(self, table: QualifiedName) -> Domain | None:
        """The domain (one that is divided no further) of a table; None for what is in none, as most views."""
        return self._by_table.get(table)

    def named(self, name: str) -> Domain | None:
        """The domain of that name, whatever the case of its letters; a label will do that no other has."""
        wanted = name.strip().casefold()
        every = tuple(self.walk())
        exact = [domain for domain in every if domain.name.casefold() == wanted]
        shown = exact or [domain for domain in every if domain.label.casefold() == wanted]
        return shown[0] if len(shown) == 1 else None

    def of_schema(self, schema: str) -> tuple[Domain, ...]:
        """The domains with tables of a schema, at the highest level at which these are only its own."""
        found = tuple(self._touching(self.top, schema))
        while len(found) == 1 and found[0].children:
            found = found[0].children
        return found

    def _touching(self, domains: Iterable[Domain], schema: str) -> Iterator[Domain]:
        for domain in domains:
            inside = _inside(domain, schema)
            if inside == len(domain.tables) or (inside and (domain.declared or not domain.children)):
                yield domain
            elif inside:
                yield from self._touching(domain.children, schema)


def _inside(domain: Domain, schema: str) -> int:
    """How many tables of a schema are in a domain, whose tables are sorted."""
    first = bisect_left(domain.tables, schema, key=_SCHEMA)
    return bisect_right(domain.tables, schema, lo=first, key=_SCHEMA) - first


_SCHEMA = attrgetter("schema")


class Ties(msgspec.Struct, frozen=True):
    """The foreign keys between a domain and those beside it: each of these with how many there are.

    The most come first; of two with as many, the one that stands before the other.
    """

    references: tuple[tuple[Domain, int], ...] = ()
    referenced_by: tuple[tuple[Domain, int], ...] = ()


def ties(domains: Domains, relationships: Iterable[Relationship]) -> Mapping[str, Ties]:
    """What ties every domain to those that it shares a map with, by its name; none for what has no ties."""
    paths: dict[QualifiedName, tuple[Domain, ...]] = {}
    place: dict[str, int] = {}

    def walk(among: Sequence[Domain], above: tuple[Domain, ...]) -> None:
        for number, domain in enumerate(among):
            place[domain.name] = number
            path = (*above, domain)
            walk(domain.children, path)
            if not domain.children:
                paths.update(dict.fromkeys(domain.tables, path))

    walk(domains.top, ())
    out: defaultdict[str, Counter[str]] = defaultdict(Counter)
    back: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in relationships:
        for child, parent in zip(paths.get(one.child, ()), paths.get(one.parent, ()), strict=False):
            if child is not parent:  # here their ways part: these two stand on one map
                out[child.name][parent.name] += 1
                back[parent.name][child.name] += 1
                break
    by_name = {domain.name: domain for domain in domains.walk()}

    def ranked(found: Mapping[str, int]) -> tuple[tuple[Domain, int], ...]:
        order = sorted(found.items(), key=lambda row: (-row[1], place[row[0]]))
        return tuple((by_name[name], count) for name, count in order)

    return {name: Ties(ranked(out[name]), ranked(back[name])) for name in sorted({*out, *back})}


def links(domains: Sequence[Domain], relationships: Iterable[Relationship]) -> Mapping[tuple[int, int], int]:
    """How many foreign keys lead from one of those domains to another, by positions (from, to); sorted."""
    return _counted(domains, ((one.child, one.parent) for one in relationships))


def _counted(
    domains: Sequence[Domain], pairs: Iterable[tuple[QualifiedName, QualifiedName]]
) -> Mapping[tuple[int, int], int]:
    place = {name: number for number, domain in enumerate(domains) for name in domain.tables}
    counted: Counter[tuple[int, int]] = Counter()
    for child, parent in pairs:
        one, other = place.get(child), place.get(parent)
        if one is not None and other is not None and one != other:
            counted[one, other] += 1
    return dict(sorted(counted.items()))


def find(
    lookup: Lookup,
    relationships: Sequence[Relationship],
    entities: Entities | None = None,
    *,
    declared: Sequence[Declared] = (),
    most: int = MOST_BOXES,
) -> Domains:
    """The domains of a database; the same whatever the order of the relationships.

    Args:
        lookup: The snapshot; partitions are part of their table.
        relationships: What ties tables together: foreign keys, and those that are implied or declared.
        entities: What the tables stand for: what is about other tables gives no domain its name.
        declared: The project's own domains, in their order; they come before the others.
        most: How many boxes a diagram may have.
    """
    return _Finder(lookup, relationships, entities, most).run(declared)


class _Finder:
    def __init__(
        self, lookup: Lookup, relationships: Sequence[Relationship], entities: Entities | None, most: int
    ) -> None:
        self._lookup = lookup
        self._most = max(2, most)
        self._own = self._tables()
        # Nearly in order already, as relationships are.
        pairs = dict.fromkeys((one.child, one.parent) for one in relationships if not one.self_reference)
        self._pairs = sorted(pair for pair in pairs if pair[0] in self._own and pair[1] in self._own)
        self._references = Counter(parent for _, parent in self._pairs)
        self._parents: dict[QualifiedName, list[QualifiedName]] = {}
        for child, parent in self._pairs:
            self._parents.setdefault(child, []).append(parent)
        self._key_parents: dict[QualifiedName, list[QualifiedName]] = {}
        for one in relationships:
            if not one.assumed and one.child in self._own:
                self._key_parents.setdefault(one.child, []).append(one.parent)
        kinds = entities.tables if entities else {}
        self._secondary = {
            name: 2 if found.kind is Kind.BOOKKEEPING else 1  # a tool's own table is the last that matters
            for name, found in kinds.items()
            if found.kind in _SECONDARY
        }
        self._several = len({name.schema for name in self._own}) > 1
        self._taken: set[str] = set()
        self._messages: dict[str, Callable[[], str]] = {_OTHERS: lambda: tr(_OTHERS)}

    def _tables(self) -> dict[QualifiedName, Relation]:
        """The tables of every schema; of a schema without any, its views."""
        found: dict[str, list[Relation]] = {}
        for relation in tables.relations(self._lookup):
            found.setdefault(relation.schema, []).append(relation)
        return {
            relation.qualified: relation
            for _, members in sorted(found.items())
            for relation in [one for one in members if one.kind in _DRAWN] or members
        }

    def run(self, declared: Sequence[Declared]) -> Domains:
        pinned, problems = self._pinned(declared)
        top = [self._declared(one, names) for one, names in pinned if names]
        self._taken.update(domain.name.casefold() for one in top for domain in one.walk())
        apart = {name for _, names in pinned for name in names}
        left: dict[str, list[QualifiedName]] = {}
        for name in sorted(name for name in self._own if name not in apart):
            left.setdefault(name.schema, []).append(name)
        whole = Counter(name.schema for name in self._own)
        schemas = [self._schema(schema, names, whole[schema]) for schema, names in sorted(left.items())]
        computed = [domain for found in schemas for domain in found]
        if len(top) + len(computed) > self._most:
            if len(schemas) > 1:
                computed = [self._gathered_schema(found, whole) for found in schemas]
            computed = self._gathered(computed, max(1, self._most - len(top)))
        every = tuple(map(self._said, (*self._gathered(top, self._most - bool(computed)), *computed)))
        return Domains(
            top=every,
            most=self._most,
            problems=tuple(problems),
            _by_table={
                name: domain
                for root in every
                for domain in root.walk()
                if not domain.children
                for name in domain.tables
            },
        )

    # --- what the project declares ---

    def _pinned(
        self, declared: Sequence[Declared]
    ) -> tuple[list[tuple[Declared, list[QualifiedName]]], list[str]]:
        """The tables of each declared domain: of several that claim a table the first has it."""
        taken: dict[QualifiedName, Declared] = {}
        problems = []
        for one in declared:
            for pattern in one.patterns:
                fits = _fitting(pattern, self._own)
                if not fits:
                    problems.append(
                        f"the pattern {pattern} of the domain {one.name} in [[domains]] fits no table"
                    )
                for name in fits:
                    first = taken.setdefault(name, one)
                    if first is not one:
                        problems.append(
                            f"[[domains]]: {name.dotted} is claimed by {first.name} and by {one.name};"
                            f" it stays with {first.name}"
                        )
        found = [(one, sorted(name for name, owner in taken.items() if owner is one)) for one in declared]
        return found, list(dict.fromkeys(problems))

    def _declared(self, one: Declared, names: Sequence[QualifiedName]) -> Domain:
        schemas = {name.schema for name in names}
        made = replace(
            self._made(names),
            name=one.name,
            label=one.name,
            schema=schemas.pop() if len(schemas) == 1 else "",
            description=one.description,
            declared=True,
        )
        self._taken.add(one.name.casefold())
        if len(names) <= self._most:
            return made
        return replace(made, children=tuple(self._gathered(self._split(names, one.name), self._most)))

    # --- what is computed ---

    def _schema(self, schema: str, names: Sequence[QualifiedName], of: int) -> list[Domain]:
        """The domains of what is left of a schema."""
        if len(names) <= self._most:
            whole = len(names) == of
            label = schema if whole else self._rest(schema)
            made = replace(self._made(names), name=self._free(label), label=label, schema=schema)
            return [replace(made, whole_schema=whole)]
        return self._split(names, schema)

    def _split(self, names: Sequence[QualifiedName], home: str) -> list[Domain]:
        """Tables in groups that leave room for what they touch."""
        ordered = sorted(names)
        number = {name: place for place, name in enumerate(ordered)}
        weights: Counter[communities.Pair] = Counter()
        for child in ordered:
            for parent in self._parents.get(child, ()):
                if parent in number:
                    one, other = number[child], number[parent]
                    pair = (one, other) if one < other else (other, one)
                    weights[pair] += communities.weight(self._references[parent])
        most = max(1, self._most * 4 // 5)
        groups = communities.divide([name.name for name in ordered], weights, most)
        parts = [[ordered[one] for one in group] for group in groups]
        return self._named([self._made(part) for part in parts], home)

    def _made(self, names: Sequence[QualifiedName]) -> Domain:
        """A domain of these tables that has no name yet."""
        inside = frozenset(names)
        near = Counter(parent for name in names for parent in self._parents.get(name, ()) if parent in inside)
        ranked = sorted(
            names,
            key=lambda name: (
                self._secondary.get(name, 0),
                -3 * near.get(name, 0) - self._references.get(name, 0),
                -len(self._own[name].columns),
                name,
            ),
        )
        referenced = [name for name in ranked if name in self._references]
        schemas = {name.schema for name in names}
        return Domain(
            name="",
            label="",
            schema=schemas.pop() if len(schemas) == 1 else "",
            tables=tuple(sorted(names)),
            key_entities=tuple((referenced or ranked)[:_KEY_ENTITIES]),
            columns=sum(len(self._own[name].columns) for name in names),
            foreign_keys=sum(
                parent in inside for name in names for parent in self._key_parents.get(name, ())
            ),
        )

    # --- names ---

    def _named(self, found: Sequence[Domain], home: str) -> list[Domain]:
        """The domains with their names, in the order of these; those of one schema (or declared domain)."""
        every = [communities.words(name.name) for domain in found for name in domain.tables]
        beginnings = Counter(split[:depth] for split in every for depth in range(1, len(split) + 1))
        shared = frozenset(one for one, count in beginnings.items() if count * 4 > len(every) * 3)
        wanted = [_common(domain, shared) or self._known_by(domain) for domain in found]
        times = Counter(wish.casefold() for wish in wanted)
        labels = [
            self._known_by(domain) if times[wish.casefold()] > 1 else wish
            for domain, wish in zip(found, wanted, strict=True)
        ]
        done = []
        for domain, label in zip(found, labels, strict=True):
            qualified = f"{home}.{label}" if self._several else label
            done.append(replace(domain, name=self._free(qualified), label=label))
        return sorted(
            done, key=lambda domain: (domain.label == _OTHERS, domain.label.casefold(), domain.name)
        )

    def _rest(self, schema: str) -> str:
        label = f"rest of {schema}"
        self._messages[label] = lambda: tr("rest of {schema}", schema=schema)
        return label

    def _in_words(self, label: str) -> str:
        """A label in the language of the document: names and what they are sorted by stay English."""
        said = self._messages.get(label)
        return said() if said is not None else label

    def _said(self, domain: Domain) -> Domain:
        label = domain.label if domain.declared else self._in_words(domain.label)
        return replace(domain, label=label, children=tuple(map(self._said, domain.children)))

    def _known_by(self, domain: Domain) -> str:
        """The name of the table that a domain is known by; what nothing ties together is known by none."""
        if len(domain.tables) > 1 and not domain.foreign_keys:
            return _OTHERS
        names = [entity.name for entity in domain.key_entities]
        return next((name for name in names if len(name) <= _SHORT), names[0])

    def _free(self, name: str) -> str:
        """That name, with a number when another domain has it."""
        chosen, number = name, 1
        while chosen.casefold() in self._taken:
            number += 1
            chosen = f"{name} {number}"
        self._taken.add(chosen.casefold())
        return chosen

    # --- domains of domains ---

    def _gathered_schema(self, found: Sequence[Domain], whole: Mapping[str, int]) -> Domain:
        """The domains of one schema as one."""
        if len(found) == 1:
            return found[0]
        schema = found[0].schema
        names = [name for domain in found for name in domain.tables]
        complete = len(names) == whole[schema]
        label = schema if complete else self._rest(schema)
        children = tuple(self._gathered(found, self._most))
        made = self._made(names)
        return replace(
            made, name=self._free(label), label=label, schema=schema, whole_schema=complete, children=children
        )

    def _gathered(self, found: Sequence[Domain], most: int) -> list[Domain]:
        """At most `most` domains: those, or groups of them that hang together."""
        domains = list(found)
        limit = max(1, most)
        while len(domains) > limit * _JOINED_UP_TO:
            weights: Counter[communities.Pair] = Counter()
            for (one, other), count in _counted(domains, self._pairs).items():
                weights[min(one, other), max(one, other)] += count
            groups = communities.divide([domain.label for domain in domains], weights, self._most)
            if len(groups) in (1, len(domains)):  # nothing ties them together, or their names do too well
                groups = [
                    [*range(start, min(start + self._most, len(domains)))]
                    for start in range(0, len(domains), self._most)
                ]
            domains = [self._group([domains[one] for one in group]) for group in groups]
        return [self._group(members) for members in self._joined(domains, limit)]

    def _joined(self, domains: Sequence[Domain], most: int) -> list[list[Domain]]:
        """The domains, of which the smallest share a place with what they are tied to most for its size."""
        groups = {number: [number] for number in range(len(domains))}
        sizes = {number: len(domain.tables) for number, domain in enumerate(domains)}
        ties: dict[int, Counter[int]] = {number: Counter() for number in groups}
        if len(groups) > most:
            for (one, other), count in _counted(domains, self._pairs).items():
                ties[one][other] += count
                ties[other][one] += count
        while len(groups) > most:
            small = min(groups, key=lambda one: (sizes[one], one))
            near = ties.pop(small)
            into = min(
                (one for one in groups if one != small),
                key=lambda one: (-(near[one] * 1000 // sizes[one]), sizes[one], one),
            )
            groups[into] += groups.pop(small)
            sizes[into] += sizes[small]
            for other, count in near.items():
                if other in groups:
                    del ties[other][small]
                    if other != into:
                        ties[other][into] += count
                        ties[into][other] += count
        return [[domains[one] for one in group] for group in sorted(map(sorted, groups.values()))]

    def _group(self, members: Sequence[Domain]) -> Domain:
        """The domains as one, which is known by the largest of them."""
        if len(members) == 1:
            return members[0]
        made = self._made([name for domain in members for name in domain.tables])
        largest = sorted(members, key=lambda one: (-len(one.tables), one.name))
        first, second, more = largest[0].label, largest[1].label, len(members) - 1
        label = f"{first} and {second}"
        self._messages[label] = lambda: tr(
            "{name} and {last}", name=self._in_words(first), last=self._in_words(second)
        )
        if len(members) > 2:
            label = f"{first} and {more} more"
            self._messages[label] = lambda: tr(
                "{names} and {more} more", names=self._in_words(first), more=more
            )
        inside = self._several and made.schema and not any(one.whole_schema for one in members)
        return replace(
            made,
            name=self._free(f"{made.schema}.{label}" if inside else label),
            label=label,
            children=tuple(largest if len(largest) <= self._most else self._gathered(largest, self._most)),
        )


def _common(domain: Domain, shared: Collection[communities.Words]) -> str:
    """The words that most names of a domain begin with, as one of them writes it; empty: there is none.

    Words that most names of all domains begin with do not tell one from another: the words after them may.
    """
    names = [name.name for name in domain.tables]
    split = [communities.words(name) for name in names]

    best: communities.Words = ()
    before, everywhere = len(names), True
    while len(names) > 1:
        longer = Counter(
            found[: len(best) + 1] for found in split if len(found) > len(best) and found[: len(best)] == best
        )
        beginning, count = min(longer.items(), key=lambda row: (-row[1], row[0]), default=((), 0))
        if count * 100 < len(names) * _MAJORITY or not (everywhere or count == before):
            break
        best, before, everywhere = beginning, count, beginning in shared
    if everywhere:
        return ""
    first = next(name for name, found in zip(names, split, strict=True) if found[: len(best)] == best)
    return communities.beginning(first, len(best))


def _fitting(pattern: str, names: Iterable[QualifiedName]) -> list[QualifiedName]:
    """The names that fit a pattern."""
    return sorted(name for name in names if fnmatch.fnmatchcase(name.dotted, pattern))
