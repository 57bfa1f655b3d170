"""Renames between two structures, found by what they hold; there is nothing else to go by.

Found from the outside in, since what is inside can only be compared once it is known what became of what is
around it: schemas, then types, relations and sequences, then columns and labels, then routines, constraints,
indexes, triggers and policies. What only follows (the objects of a renamed schema keep their own names, a
partition's column is renamed with its parent's) is no rename by itself, or is recognised by `follows`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from pgdossier.history import likeness
from pgdossier.history.differences import Element, Path, kind, name_of, unlike
from pgdossier.history.evidence import Evidence, clear_pairs
from pgdossier.history.following import (
    INDEX,
    POLICY,
    RULE,
    Names,
    Pairs,
    followed,
    pairs_of,
    part_of,
    same_but_for_names,
    same_sql,
)
from pgdossier.history.likeness import Surroundings
from pgdossier.history.sharing import sharing
from pgdossier.model.base import Model
from pgdossier.model.constraints import NotNull
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Routine
from pgdossier.model.snapshot import Structure
from pgdossier.model.types import Composite

_ALIKE = 95
_MANY = 2_500  # pairs, from which on only those with a mark in common are looked at: fifty came, fifty went
_ALIKE_REASON = "alike but for the name"

_TYPES = ("enums", "domains", "composites", "ranges", "bases")
_PARTS = (
    "unique_keys",
    "foreign_keys",
    "checks",
    "exclusions",
    "not_nulls",
    "indexes",
    "triggers",
    "policies",
    "rules",
)
# Families whose members are told apart by their name, and are renamed when everything else is the same.
_OTHERS = (
    "extended_statistics",
    "event_triggers",
    "foreign_servers",
    "foreign_data_wrappers",
    "publications",
    "subscriptions",
    "collations",
    "text_search_configurations",
    "text_search_dictionaries",
)
_VIEWS = (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)


_Uses = dict[QualifiedName, set[tuple[QualifiedName, str]]]


class Rename(msgspec.Struct, frozen=True, kw_only=True):
    """That an element of one structure is, under another name, an element of the other.

    Attributes:
        kind: What it is, as in `Element.kind`: "table", "column"; "label" for a label of an enum type.
        before: Its address in the old structure.
        after: Its address in the new one; another schema counts as another name.
        confidence: How sure that is, in percent, 1 to 100.
        reason: What speaks for it, one line for people.
    """

    kind: str
    before: Path
    after: Path
    confidence: int
    reason: str


def renames(before: Structure, after: Structure) -> tuple[Rename, ...]:
    """What `after` has under another name than `before`, sorted by the old address.

    One element becomes at most one other; where two candidates are about as good, none is taken. Objects of a
    renamed schema that keep their own name are not listed, nor what a table holds when the table is renamed:
    `moved` gives the new address of any old one.
    """
    return Renaming(before, after).found


def moved(path: Path, found: Sequence[Rename]) -> Path:
    """The address that an old one has after these renames: its own, or that of what it is in."""
    by_address = {each.before: each.after for each in found}
    made: Path = ()
    for length in range(1, len(path) + 1):
        known = by_address.get(path[:length])
        made = known if known is not None else (*made, _in_schema(path[length - 1], length, by_address))
    return made


def _in_schema(element: Element, length: int, by_address: dict[Path, Path]) -> Element:
    """The element with the new name of its schema, where that was renamed; only what stands alone has one."""
    if length > 1:
        return element
    for old, new in by_address.items():
        if old[-1].kind == "schema" and element.kind != "schema":
            prefix = f"{old[-1].name}."
            if element.name.startswith(prefix):
                return Element(element.kind, f"{new[-1].name}.{element.name[len(prefix) :]}")
    return element


class Renaming:
    """The search for the renames between two structures.

    Attributes:
        names: Old names and the new ones, for `following`.
        found: The renames, sorted by the old address.
        follow: The old addresses of those that only follow from another rename.
    """

    def __init__(self, before: Structure, after: Structure) -> None:
        self.before = before
        self.after = after
        self.names = Names()
        self.follow: set[Path] = set()
        self._found: list[Rename] = []
        self._copies: list[
            tuple[Path, Relation, tuple[str, str, str]]
        ] = []  # parts that parents have as well
        self._now = before  # the old structure with the names known so far, in its old order
        if before != after:
            for stage in (
                self._schemas,
                self._types,
                self._relations,
                self._more_relations,
                self._sequences,
                self._columns,
                self._labels,
                self._routines,
                self._all_parts,
                self._others,
            ):
                known = len(self._found)
                stage()
                if len(self._found) > known:
                    self._now = sharing(followed(before, self.names), after)
        self.found = tuple(sorted(self._found, key=lambda each: each.before))

    @property
    def renamed(self) -> Structure:
        """The old structure with all new names."""
        return self._now

    # --- from the outside in -----------------------------------------------------------------------

    def _schemas(self) -> None:
        old, new = _unmatched(self.before.schemas, self.after.schemas)
        candidates = {
            (one.name, other.name): likeness.schema(self.before, self.after, one.name, other.name)
            for _, one in old
            for other in new
        }
        for one_name, other_name, evidence in clear_pairs(candidates):
            self.names.schemas[one_name] = other_name
            self._add((Element("schema", one_name),), (Element("schema", other_name),), evidence)

    def _types(self) -> None:
        uses = None
        for family in _TYPES:
            originals = getattr(self.before, family)
            old, new = _unmatched(getattr(self._now, family), getattr(self.after, family))
            if not old or not new:
                continue
            uses = uses or (_type_uses(self._now), _type_uses(self.after))

            def judged(one: Any, other: Any, uses: tuple[_Uses, _Uses] = uses) -> Evidence | None:
                used = (uses[0].get(one.qualified, set()), uses[1].get(other.qualified, set()))
                return likeness.types(one, other, used)

            for at, other, evidence in _pairs(old, new, judged):
                original = originals[at]
                self.names.objects[original.qualified] = other.qualified
                self._add((_element(original),), (_element(other),), evidence)

    def _relations(self) -> None:
        around = Surroundings(self._now, self.after)
        old, new = _unmatched(self._now.relations, self.after.relations)
        replaced = self._replaced(around)
        if old or new or len(replaced) > 1:
            old += [(at, each) for at, each in enumerate(self._now.relations) if each.qualified in replaced]
            new += [each for each in self.after.relations if each.qualified in replaced]

        marked = len(old) * len(new) > _MANY

        def judged(one: Relation, other: Relation) -> Evidence | None:
            if not likeness.comparable(one, other, around, marked=marked):
                return None
            return likeness.relations(one, other, around)

        for at, other, evidence in self._possible(_pairs(old, new, judged)):
            original = self.before.relations[at]
            self.names.objects[original.qualified] = other.qualified
            for index in original.indexes:  # they are in the schema of their table
                self.names.objects[QualifiedName(original.schema, index.name)] = QualifiedName(
                    other.schema, index.name
                )
            self._add((_element(original),), (_element(other),), evidence)

    def _replaced(self, around: Surroundings) -> set[QualifiedName]:
        """Names that both sides have, but perhaps for different relations."""
        known = set(self.names.objects.values())
        lost, gained = unlike(self._now.relations, self.after.relations)
        there = {each.qualified: each for each in gained}
        both = [(each, there[name]) for _, each in lost if (name := each.qualified) in there]
        # What is the same down to its primary key is the same relation; without one, if its sequences are.
        asked = [one.qualified for one, other in both if one.primary_key is None or one != other]
        if owners := self._owners_of_others():
            others = {id(each) for _, each in lost}
            asked += [
                name
                for each in self._now.relations
                if each.primary_key is None and id(each) not in others and (name := each.qualified) in owners
            ]
        return {name for name in asked if name not in known and likeness.replaced(name, around)}

    def _owners_of_others(self) -> set[QualifiedName]:
        """The relations that own sequences which are not the same on both sides."""
        lost, gained = unlike(self._now.sequences, self.after.sequences)
        return {
            each.owned_by.relation
            for each in (*(one for _, one in lost), *gained)
            if each.owned_by is not None
        }

    def _possible(
        self, pairs: Iterable[tuple[int, Relation, Evidence]]
    ) -> list[tuple[int, Relation, Evidence]]:
        """The renames among these pairs, but for those to a name that something else keeps."""
        pairs = list(pairs)
        if not pairs:
            return []
        now = [each.qualified for each in self._now.relations]
        found = [each for each in pairs if now[each[0]] != each[1].qualified]
        while True:
            staying = set(now) - {now[at] for at, _, _ in found}
            possible = [each for each in found if each[1].qualified not in staying]
            if len(possible) == len(found):
                return found
            found = possible

    def _more_relations(self) -> None:
        """Once more: some are only recognised by what they reference."""
        if self.names.objects and any(
            relation.qualified in self.names.objects for relation in self.before.relations
        ):
            self._relations()

    def _sequences(self) -> None:
        old, new = _unmatched(self._now.sequences, self.after.sequences)

        for at, other, evidence in _pairs(old, new, likeness.sequences):
            original = self.before.sequences[at]
            self.names.objects[original.qualified] = other.qualified
            path = (_element(original),)
            owner = original.owned_by
            if (
                owner is not None
                and original.name == other.name
                and self.names.object(owner.relation).schema == other.schema
                and owner.relation.schema == original.schema
            ):
                self.follow.add(path)  # it goes to another schema with its table
            self._add(path, (_element(other),), evidence)

    # --- inside of what has the same name now ------------------------------------------------------

    def _columns(self) -> None:
        for original, now, then in self._matched("relations"):
            if original.kind is then.kind and now.columns != then.columns:
                self._columns_of(original, now, then)
        for original, now, then in self._matched("composites"):
            self._columns_of(original, now, then)
        self._inherited()

    def _columns_of(self, original: Any, now: Relation | Composite, then: Relation | Composite) -> None:
        fields = "columns" if isinstance(now, Relation) else "attributes"
        before, ours, theirs = (getattr(each, fields) for each in (original, now, then))
        old, new = _unmatched(ours, theirs)
        places = _both_places([each.name for each in ours], [each.name for each in theirs])

        def judged(one: Any, other: Any) -> Evidence | None:
            uses: Any = ((), ())
            if isinstance(now, Relation) and isinstance(then, Relation):
                uses = (likeness.uses(now, one.name), likeness.uses(then, other.name))
            is_view = isinstance(now, Relation) and now.kind in _VIEWS
            return likeness.columns(
                one, other, (places[0][one.name], places[1][other.name]), uses, is_view=is_view
            )

        for at, other, evidence in _pairs(old, new, judged):
            self.names.columns[original.qualified, before[at].name] = other.name
            self._add((_element(original), _element(before[at])), (_element(then), _element(other)), evidence)

    def _inherited(self) -> None:
        """Mark the columns that were renamed with those of a parent."""
        if not self.names.columns:
            return
        for relation in self.before.relations:
            for column in relation.columns:
                new = self.names.columns.get((relation.qualified, column.name))
                parents = () if new is None or column.local else _parents(relation)
                if any(self.names.columns.get((parent, column.name)) == new for parent in parents):
                    self.follow.add((_element(relation), _element(column)))

    def _labels(self) -> None:
        for original, now, then in self._matched("enums"):
            places = _both_places(now.labels, then.labels)
            candidates = {
                (old, new): evidence
                for old, old_place in places[0].items()
                for new, new_place in places[1].items()
                if (evidence := likeness.labels(old, new, (old_place, new_place))) is not None
            }
            for old, new, evidence in clear_pairs(candidates):
                self.names.labels[original.qualified, old] = new
                self._add(
                    (_element(original), Element("label", old)),
                    (_element(then), Element("label", new)),
                    evidence,
                )

    def _routines(self) -> None:
        old, new = _unmatched(self._now.routines, self.after.routines)

        many = len(old) * len(new) > _MANY

        def judged(one: Routine, other: Routine) -> Evidence | None:
            same_body = self._same_routine(one, other)
            if many and not same_body:
                return None
            return likeness.routines(one, other, same_body=same_body)

        for at, other, evidence in _pairs(old, new, judged):
            original = self.before.routines[at]
            self.names.routines[original.identity] = other.qualified
            self._add((_element(original),), (_element(other),), evidence)

    def _same_routine(self, one: Routine, other: Routine) -> bool:
        if one.aggregate is not None or other.aggregate is not None:
            return one.aggregate == other.aggregate
        old, new = one.definition or "", other.definition or ""
        if "AS $" in old and likeness.body(one) != likeness.body(other):
            return False  # the body is a string, and no name in it follows
        own = {(one.name, other.name), (one.schema, other.schema)}
        return same_sql(old, new, self.pairs(None, one, old) | own)

    def _all_parts(self) -> None:
        """Constraints, indexes and the like: everything but the name has to be the same."""
        for original, now, then in self._matched("relations"):
            if now == then:
                continue
            one, other = now.primary_key, then.primary_key
            if one and other and one.name != other.name and self._alike(original, one, other):
                self._part(original, then, original.primary_key, other, "primary_key")
            for field in _PARTS:
                self._parts_of(original, now, then, field)
        for original, now, then in self._matched("domains"):
            self._parts_of(original, now, then, "checks")
        for path, relation, (what, old, new) in self._copies:
            if any(self.names.parts.get((parent, what, old)) == new for parent in _parents(relation)):
                self.follow.add(path)

    def _parts_of(self, original: Any, now: Any, then: Any, field: str) -> None:
        originals = getattr(original, field)
        old, new = _unmatched(getattr(now, field), getattr(then, field))
        if field == "indexes":  # those of constraints go with them
            old = [(at, each) for at, each in old if each.constraint is None]
            new = [each for each in new if each.constraint is None]
        for at, other in _only(
            (at, other) for at, one in old for other in new if self._alike(original, one, other)
        ):
            self._part(original, then, originals[at], other, field)

    def _part(self, original: Any, then: Any, part: Any, other: Any, field: str) -> None:
        what = part_of(part) or INDEX
        self.names.parts[original.qualified, what, part.name] = other.name
        if isinstance(original, Relation) and any(index.name == part.name for index in original.indexes):
            old = QualifiedName(original.schema, part.name)
            self.names.objects[old] = QualifiedName(then.schema, other.name)
        path = (_element(original), Element(kind(part, field), part.name))
        self._add(path, (_element(then), Element(kind(other, field), other.name)))
        if isinstance(part, NotNull) and _is_unnamed(part, original) and _is_unnamed(other, then):
            self.follow.add(path)  # both have the names that PostgreSQL gives
        if getattr(part, "inherited", False) and isinstance(original, Relation):
            self._copies.append((path, original, (what, part.name, other.name)))

    def _others(self) -> None:
        for family in _OTHERS:
            originals = getattr(self.before, family)
            old, new = _unmatched(getattr(self._now, family), getattr(self.after, family))
            same = ((at, other) for at, one in old for other in new if self._alike(None, one, other))
            for at, other in _only(same):
                original = originals[at]
                schema = getattr(original, "schema", None)
                dotted = original.name if schema is None else f"{schema}.{original.name}"
                self.names.others[type(original), dotted] = other.name
                self._add((_element(original),), (_element(other),))

    # --- helpers -----------------------------------------------------------------------------------

    def _alike(self, own: Any, one: Any, other: Any) -> bool:
        """Whether two elements are the same but for their names, wherever these stand.

        Args:
            own: The relation, or domain, as it was, that they are parts of; None when they stand alone.
            one: The old one, with the names known so far.
            other: The new one.
        """
        if type(one) is not type(other) or getattr(one, "schema", None) != getattr(other, "schema", None):
            return False
        pair = (one.name, other.name)

        def pairs(sql: str) -> Pairs:
            return self.pairs(own, one, sql) | {pair}

        return all(
            field == "name"
            or (old := getattr(one, field)) == (new := getattr(other, field))
            or (old, new) == pair
            or same_but_for_names(field, old, new, pairs)
            for field in one.__struct_fields__
        )

    def pairs(self, own: Any, element: Any, sql: str) -> Pairs:
        """The renames that can show in the SQL of an element; `own` is the relation, as it was, around it."""
        is_query = own is None or part_of(element) in (POLICY, RULE)
        return pairs_of(self.names, None if is_query else own.qualified, self.before.relations, sql)

    def _matched(self, family: str) -> Iterator[tuple[Any, Any, Any]]:
        """What both sides have and do not share: as it was, with its new names, as it is."""
        originals = getattr(self.before, family)
        lost, gained = unlike(getattr(self._now, family), getattr(self.after, family))
        there = {name_of(each): each for each in gained}
        for at, now in lost:
            then = there.get(name_of(now))
            if then is not None:
                yield originals[at], now, then

    def _add(self, before: Path, after: Path, evidence: Evidence | None = None) -> None:
        self._found.append(
            Rename(
                kind=before[-1].kind,
                before=before,
                after=after,
                confidence=evidence.confidence if evidence else _ALIKE,
                reason=evidence.reason if evidence else _ALIKE_REASON,
            )
        )


# --- matching ------------------------------------------------------------------------------------


def _unmatched(before: Sequence[Any], after: Sequence[Any]) -> tuple[list[tuple[int, Any]], list[Any]]:
    """What only one side has: the old ones with their places in the tuple, and the new ones."""
    lost, gained = unlike(before, after)
    ours, theirs = [name_of(each) for _, each in lost], [name_of(each) for each in gained]
    old, new = set(ours), set(theirs)
    return (
        [each for each, name in zip(lost, ours, strict=True) if name not in new],
        [each for each, name in zip(gained, theirs, strict=True) if name not in old],
    )


def _pairs(
    old: list[tuple[int, Any]], new: list[Any], judged: Callable[[Any, Any], Evidence | None]
) -> Iterator[tuple[int, Any, Evidence]]:
    """The clear pairs: the place of the old one, the new one, and what speaks for it."""
    candidates = {
        (at, position): evidence
        for at, one in old
        for position, other in enumerate(new)
        if (evidence := judged(one, other)) is not None and evidence.confidence > 1
    }
    for at, position, evidence in clear_pairs(candidates):
        yield at, new[position], evidence


def _only(same: Iterable[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """The pairs in which neither end is in another pair."""
    pairs = list(same)
    olds = Counter(at for at, _ in pairs)
    news = Counter(name_of(other) for _, other in pairs)
    return [(at, other) for at, other in pairs if olds[at] == 1 and news[name_of(other)] == 1]


def _both_places(
    before: Sequence[str], after: Sequence[str]
) -> tuple[dict[str, likeness.Place], dict[str, likeness.Place]]:
    return likeness.places(before, after), likeness.places(after, before)


def _element(element: Model) -> Element:
    return Element(kind(element), name_of(element))


def _is_unnamed(rule: NotNull, relation: Relation) -> bool:
    return rule.name == f"{relation.name}_{rule.column}_not_null"


def _parents(relation: Relation) -> tuple[QualifiedName, ...]:
    partitioned = (relation.partition.parent,) if relation.partition else ()
    return (*relation.inherits, *partitioned)


def _type_uses(structure: Structure) -> _Uses:
    """The columns that are of each type."""
    found: _Uses = {}
    for relation in structure.relations:
        for column in relation.columns:
            if column.type_name is not None:
                found.setdefault(column.type_name, set()).add((relation.qualified, column.name))
    return found
