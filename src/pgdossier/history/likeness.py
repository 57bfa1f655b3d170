"""How likely it is that an element of one structure is an element of another under another name.

The weights are log-odds (`evidence.Evidence`). What they rest on: PostgreSQL keeps the position of a renamed
column and gives a new one the last, so that what stands between others was there before; it keeps the names
of keys, indexes and sequences when their table is renamed, and makes them of the table's name when it is
created; a label of an enum cannot be dropped; and what few other elements have in common says more than `id`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any, NamedTuple

from pgdossier.history.evidence import Evidence, name_likeness, name_weight
from pgdossier.history.following import part_of
from pgdossier.history.risk import widens
from pgdossier.model.base import Model
from pgdossier.model.columns import Column
from pgdossier.model.constraints import ForeignKey
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Routine
from pgdossier.model.sequences import Sequence as SequenceModel
from pgdossier.model.snapshot import Structure
from pgdossier.model.types import Attribute, Domain, Enum

# Column names that say little about whose they are.
_COMMON = frozenset(
    """
    active code comment created created_at created_by created_on data date deleted deleted_at description
    enabled end_date id is_active is_deleted key label last_updated modified modified_at name note notes
    number order position slug sort_order start_date state status timestamp title type updated updated_at
    updated_by uuid value version
    """.split()  # noqa: SIM905 - a block of words is easier to read and to keep sorted than a list
)
_OFTEN = 4  # relations that have the same column, from which on it says little as well


class Surroundings:
    """What is looked up again and again in a pair of structures, the old one with the names known so far."""

    def __init__(self, before: Structure, after: Structure) -> None:
        self.before = before
        self.after = after

    @cached_property
    def columns(self) -> Counter[tuple[str, str]]:
        """How many relations of the old structure have a column of that name and type."""
        return Counter(
            (column.name, column.type) for relation in self.before.relations for column in relation.columns
        )

    @cached_property
    def parts(self) -> tuple[Parts, Parts]:
        """The names of what each relation has."""
        return Parts(self.before), Parts(self.after)

    @cached_property
    def references(self) -> tuple[_References, _References]:
        """The foreign keys of others that lead to each relation."""
        return _references(self.before), _references(self.after)

    def is_common(self, name: str, type_text: str) -> bool:
        """Whether such a column says little about its relation."""
        return name.lower() in _COMMON or self.columns[name, type_text] > _OFTEN


_References = dict[QualifiedName, set[tuple[QualifiedName, tuple[str, ...]]]]


def _references(structure: Structure) -> _References:
    found: _References = {}
    for relation in structure.relations:
        for key in relation.foreign_keys:
            if key.target != relation.qualified:
                found.setdefault(key.target, set()).add((relation.qualified, key.columns))
    return found


class Parts:
    """The names of everything of a relation that has one: keys, indexes, sequences; those of columns apart.

    They are gathered when they are asked for: most relations are what they were.
    """

    def __init__(self, structure: Structure) -> None:
        self._relations = {relation.qualified: relation for relation in structure.relations}
        self._sequences: dict[QualifiedName, set[str]] = {}
        for sequence in structure.sequences:
            if sequence.owned_by is not None:
                self._sequences.setdefault(sequence.owned_by.relation, set()).add(sequence.name)
        self._found: dict[QualifiedName, set[str]] = {}
        self._columns: dict[QualifiedName, frozenset[str]] = {}

    def columns(self, name: QualifiedName) -> frozenset[str]:
        """The names of the columns of that relation."""
        if name not in self._columns:
            self._columns[name] = frozenset(column.name for column in self._relations[name].columns)
        return self._columns[name]

    def __getitem__(self, name: QualifiedName) -> set[str]:
        if name not in self._found:
            self._found[name] = _own_parts(self._relations[name]) | self._sequences.get(name, set())
        return self._found[name]


def _own_parts(relation: Relation) -> set[str]:
    names = set()
    for field in relation.__struct_fields__:
        value = getattr(relation, field)
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Model) and part_of(each) is not None:
                names.add(getattr(each, "name"))  # noqa: B009 - every part has one
    return names


# --- schemas -------------------------------------------------------------------------------------


def schema(before: Structure, after: Structure, old: str, new: str) -> Evidence:
    """By what is in them: the same objects under the same names, tables with the same columns."""
    inside, there = _contents(before, old), _contents(after, new)
    evidence = Evidence(-2.5)
    shared = sum(1 for name, shape in inside.items() if name in there and _like(shape, there[name]))
    most = max(len(inside), len(there))
    if not shared or 2 * shared < most:
        return Evidence(-30)
    everything = 1.0 if shared == most else 0.0
    telling = sum(1.2 for name, shape in inside.items() if len(shape) > 2 and there.get(name) == shape)
    same = (
        "its only object is" if most == 1 else f"{shared} of {most} objects {'is' if shared == 1 else 'are'}"
    )
    evidence.add(min(6.0, 1.8 * shared + telling) + everything, f"{same} the same")
    evidence.add(-6 * (1 - shared / most))
    evidence.add(name_weight(old, new), "similar name")
    return evidence


def _contents(structure: Structure, schema_name: str) -> dict[tuple[str, str], frozenset[str]]:
    """The objects of a schema by family and name, with their rough shape."""
    return {
        (family, _label(each)): _shape(each)
        for family in structure.__struct_fields__
        if isinstance(found := getattr(structure, family), tuple) and family != "extensions"
        for each in found
        if getattr(each, "schema", None) == schema_name and hasattr(each, "name")
    }


def _label(element: Any) -> str:
    return f"{element.name}({element.identity_arguments})" if isinstance(element, Routine) else element.name


def _shape(element: Any) -> frozenset[str]:
    if isinstance(element, Relation):
        return frozenset(column.name for column in element.columns)
    return frozenset(element.labels) if isinstance(element, Enum) else frozenset()


def _like(one: frozenset[str], other: frozenset[str]) -> bool:
    return 2 * len(one & other) >= max(len(one), len(other))


# --- relations -----------------------------------------------------------------------------------


def comparable(old: Relation, new: Relation, around: Surroundings, *, marked: bool) -> bool:
    """Whether two relations are worth a closer look.

    Args:
        old: The one that is gone.
        new: The one that came.
        around: Their structures.
        marked: Whether it takes more than the same columns, because there are so many of them: the same name
            in another schema, or the same name of a key, index or sequence.
    """
    ours, theirs = around.parts[0].columns(old.qualified), around.parts[1].columns(new.qualified)
    if old.kind is not new.kind or 2 * len(ours & theirs) < max(len(ours), len(theirs)):
        return False
    if not marked or old.name == new.name:
        return True
    return not around.parts[0][old.qualified].isdisjoint(around.parts[1][new.qualified])


def replaced(name: QualifiedName, around: Surroundings) -> bool:
    """Whether what has a name now may be another relation than what had it, though both had that name.

    That is so when they have fewer than half of their columns in common, or no key, index or sequence of the
    one has the name of one of the other.
    """
    ours, theirs = around.parts[0].columns(name), around.parts[1].columns(name)
    if 2 * len(ours & theirs) < max(len(ours), len(theirs)):
        return True
    kept, there = around.parts[0][name], around.parts[1][name]
    return bool(kept and there and kept.isdisjoint(there))


def relations(old: Relation, new: Relation, around: Surroundings) -> Evidence | None:
    """By columns, kept names of parts, keys that reference it, description, and its own name."""
    if old.kind is not new.kind or old.persistence is not new.persistence:
        return None
    ours, theirs = around.parts[0].columns(old.qualified), around.parts[1].columns(new.qualified)
    if 2 * len(ours & theirs) < max(len(ours), len(theirs)):
        return None
    evidence = Evidence(-3)
    _shared_columns(old, new, around, evidence)
    if evidence.weight < -3:
        return None
    if old.kind in (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW):
        _query(old, new, evidence)
    _kept_parts(old, new, around, evidence)
    _references_kept(old, new, around, evidence)
    _described(old, new, evidence)
    if old.partition is not None and new.partition is not None:
        same = (old.partition.parent, old.partition.bound) == (new.partition.parent, new.partition.bound)
        evidence.add(4 if same else -4, "same part of the partitioned table")
    if old.name == new.name:
        evidence.add(3.4 if old.columns == new.columns else 2.4)
    else:
        evidence.add(name_weight(old.name, new.name), "similar name")
    return evidence


def _shared_columns(old: Relation, new: Relation, around: Surroundings, evidence: Evidence) -> None:
    there = {column.name: column for column in new.columns}
    shared = [column for column in old.columns if column.name in there]
    weight = 0.0
    for column in shared:
        weight += 0.15 if around.is_common(column.name, column.type) else 0.9
        if not _may_become(column.type, there[column.name].type):
            weight -= 0.6
    most = max(len(old.columns), len(new.columns))
    unmatched = len(old.columns) + len(new.columns) - 2 * len(shared)
    # Columns at the same place with the same type may have been renamed with their table.
    moved = sum(
        1
        for one, other in zip(old.columns, new.columns, strict=False)
        if one.name not in there and one.type == other.type and other not in shared
    )
    order = [column.name for column in new.columns if any(column.name == each.name for each in shared)]
    if len(shared) > 2:
        weight += 0.7 if order == [column.name for column in shared] else -0.7
    evidence.add(
        min(6.0, weight) - 0.5 * (unmatched - moved),
        f"{len(shared)} of {most} columns match",
    )


def _query(old: Relation, new: Relation, evidence: Evidence) -> None:
    if old.definition == new.definition:
        # A query as short as `SELECT 1` may be anybody's.
        evidence.add(4 if len(old.definition or "") > 40 else 2, "same query")
        return
    before, after = (re.findall(r"\w+", each.definition or "") for each in (old, new))
    ratio = SequenceMatcher(None, before, after, autojunk=False).ratio()
    evidence.add(4 * (ratio - 0.7), "similar query")


def _kept_parts(old: Relation, new: Relation, around: Surroundings, evidence: Evidence) -> None:
    kept = around.parts[0][old.qualified] & around.parts[1][new.qualified]
    # By default they would be named after their table, and not be the same for both.
    telling = [name for name in kept if old.name != new.name and (old.name in name) != (new.name in name)]
    others = len(kept) - len(telling)
    weight = (3.5 + 0.5 * len(telling) if telling else 0.0) + (0.5 * others if old.name != new.name else 0)
    if weight:
        evidence.add(min(6.0, weight), "keys, indexes or sequences keep their names")


def _references_kept(old: Relation, new: Relation, around: Surroundings, evidence: Evidence) -> None:
    there = {relation.qualified for relation in around.after.relations}
    inbound = {each for each in around.references[0].get(old.qualified, ()) if each[0] in there}
    kept = len(inbound & around.references[1].get(new.qualified, set()))
    if kept:
        evidence.add(
            min(3.0, 1.5 * kept),
            f"referenced by {'the same key' if kept == 1 else f'{kept} of the same keys'}",
        )
    evidence.add(-min(1.5, 0.5 * (len(inbound) - kept)))
    outbound = {(key.columns, key.target) for key in old.foreign_keys if key.target != old.qualified}
    same = len(outbound & {(key.columns, key.target) for key in new.foreign_keys})
    evidence.add(min(1.5, 0.5 * same) - min(1.5, 0.5 * (len(outbound) - same)), "same foreign keys")


def _described(old: Any, new: Any, evidence: Evidence) -> None:
    if old.comment is None and new.comment is None:
        return
    if old.comment == new.comment:
        evidence.add(3, "same description")
    elif old.comment is not None and new.comment is not None:
        evidence.add(-1)
    else:
        evidence.add(-0.5)


# --- columns and labels --------------------------------------------------------------------------


class Place(NamedTuple):
    """Where something stands among what has the same name on both sides.

    Attributes:
        slot: How many of these are before it.
        offset: How many others of the slot are before it.
        size: How many others the slot holds.
        last: Whether none of these is after it.
        sure: Whether the others are in the same order on both sides, so that places say anything.
    """

    slot: int
    offset: int
    size: int
    last: bool
    sure: bool


def places(own: Sequence[str], opposite: Sequence[str]) -> dict[str, Place]:
    """The places of the names that the opposite side does not have."""
    kept = [name for name in own if name in set(opposite)]
    sure = kept == [name for name in opposite if name in set(own)]
    slots: dict[int, list[str]] = {}
    slot = 0
    known = set(kept)
    for name in own:
        if name in known:
            slot += 1
        else:
            slots.setdefault(slot, []).append(name)
    return {
        name: Place(slot, index, len(names), slot == len(kept), sure)
        for slot, names in slots.items()
        for index, name in enumerate(names)
    }


def _placed(old: Place, new: Place, evidence: Evidence, *, certain: float) -> None:
    """What the places say; `certain` is the weight of one that only a rename can give."""
    if not (old.sure and new.sure):
        return
    if old.slot != new.slot:
        evidence.add(-4)
    elif new.last:  # where a new one would stand as well
        alone = old.size == new.size == 1
        evidence.add(1.9 if alone else 1 if old.offset == new.offset else -1, "same position")
    elif old.size == new.size:
        evidence.add(certain if old.offset == new.offset else -4, "same position")
    elif old.size > new.size:  # some were dropped
        evidence.add(certain / 2, "same position")
    else:
        evidence.add(-1)


def columns(
    old: Column | Attribute,
    new: Column | Attribute,
    places_of: tuple[Place, Place],
    uses: tuple[Iterable[Use], Iterable[Use]],
    *,
    is_view: bool = False,
) -> Evidence | None:
    """By position, type, null, default, description, the keys and indexes it is in, and its name.

    Args:
        old: The column that is gone.
        new: The column that came.
        places_of: Where they stand.
        uses: What they are in.
        is_view: Whether they are of a view, which people rather make anew.
    """
    if old.type != new.type and not _may_become(old.type, new.type):
        return None
    evidence = Evidence(-2.5)
    _placed(*places_of, evidence, certain=2.2 if is_view else 3.2)
    if old.type == new.type:
        evidence.add(1, "same type")
    elif not widens(old.type, new.type):
        evidence.add(-1)
    if isinstance(old, Column) and isinstance(new, Column):
        _declared(old, new, evidence)
    _described(old, new, evidence)
    _used(uses, evidence)
    evidence.add(name_weight(old.name, new.name), "similar name")
    return evidence


def _declared(old: Column, new: Column, evidence: Evidence) -> None:
    evidence.add(0.3 if old.nullable == new.nullable else -0.5)
    special = (old.identity, old.generated)
    if special != (new.identity, new.generated):
        evidence.add(-1.5)
    elif special != (None, None):
        evidence.add(1.5, "same identity" if old.identity else "same generation")
    if old.default is not None or new.default is not None:
        evidence.add(1 if old.default == new.default else -0.7, "same default")


class Use(NamedTuple):
    """That a column takes part in something, by what this is but for its name."""

    what: str  # in words: "foreign key"
    name: str
    shape: object


def uses(relation: Relation, column: str) -> Iterator[Use]:
    """What a column takes part in."""
    if relation.primary_key is not None and column in relation.primary_key.columns:
        at = relation.primary_key.columns.index(column)
        yield Use("primary key", relation.primary_key.name, (at, len(relation.primary_key.columns)))
    for key in relation.unique_keys:
        if column in key.columns:
            yield Use("unique key", key.name, (key.columns.index(column), len(key.columns)))
    for foreign in relation.foreign_keys:
        if column in foreign.columns:
            yield Use("foreign key", foreign.name, _referenced(foreign, column))
    for check in relation.checks:
        if column in check.columns:
            yield Use("check", check.name, len(check.columns))
    for index in relation.indexes:
        if index.constraint is None:
            keys = [each.column for each in index.keys]
            if column in keys:
                yield Use("index", index.name, (keys.index(column), len(keys), index.unique))


def _referenced(key: ForeignKey, column: str) -> object:
    return key.target, key.target_columns[key.columns.index(column)]


def _used(both: tuple[Iterable[Use], Iterable[Use]], evidence: Evidence) -> None:
    before, after = (list(each) for each in both)
    by_name = {(use.what, use.name): use.shape for use in after}
    shapes = Counter((use.what, use.shape) for use in after)
    same = {use.what for use in before if by_name.get((use.what, use.name)) == use.shape}
    alike = {use.what for use in before if shapes[use.what, use.shape]} - same
    lost = {use.what for use in before} ^ {use.what for use in after}
    if same:
        for what in sorted(same):
            evidence.add(3 / len(same), f"same {what}")
    if alike:
        strong = "foreign key" in alike
        evidence.add(2 if strong else 1, f"{' and '.join(sorted(alike))} alike")
    evidence.add(-0.7 * len(lost))


def labels(old: str, new: str, places_of: tuple[Place, Place]) -> Evidence | None:
    """By position and name; no label can be dropped, only renamed, unless its type is made anew."""
    if places_of[0].size != places_of[1].size:
        return None
    evidence = Evidence(-1.5)
    if not (places_of[0].sure and places_of[0].slot == places_of[1].slot):
        return None
    at_end = 2.0 if places_of[0].last else 3.0
    evidence.add(at_end if places_of[0].offset == places_of[1].offset else -4, "same position")
    evidence.add(name_weight(old, new), "similar name")
    return evidence


# --- what else is in a schema --------------------------------------------------------------------


def types(
    old: Model, new: Model, used: tuple[set[tuple[QualifiedName, str]], set[tuple[QualifiedName, str]]]
) -> Evidence | None:
    """By what they are made of, and by the columns that are of them."""
    if type(old) is not type(new):
        return None
    evidence = Evidence(-2.5)
    if isinstance(old, Enum) and isinstance(new, Enum):
        shared = len(set(old.labels) & set(new.labels))
        most = max(len(old.labels), len(new.labels))
        evidence.add(min(3.5, 0.9 * shared), f"{shared} of {most} labels match")
        evidence.add(-0.7 * (most - shared))
    else:
        same = shape(old) == shape(new)
        evidence.add(2.5 if same else -1.5, "same definition")
        if isinstance(old, Domain) and isinstance(new, Domain) and old.base_type != new.base_type:
            return None
    kept = len(used[0] & used[1])
    if kept:
        evidence.add(min(5.0, 2.0 * kept), f"type of the same {'column' if kept == 1 else 'columns'}")
    _described(old, new, evidence)
    names = (getattr(old, "name", ""), getattr(new, "name", ""))
    evidence.add(2.4 if names[0] == names[1] else name_weight(*names), "similar name")
    return evidence


def sequences(old: SequenceModel, new: SequenceModel) -> Evidence | None:
    """By the column that owns them; a sequence by itself looks like any other."""
    if old.owned_by is None or old.owned_by != new.owned_by:
        return None
    evidence = Evidence(3)
    evidence.add(1, "of the same column")
    if shape(old) != shape(new):
        evidence.add(-1)
    return evidence


def routines(old: Routine, new: Routine, *, same_body: bool) -> Evidence | None:
    """By signature and definition."""
    if (old.kind, old.language, old.identity_arguments) != (new.kind, new.language, new.identity_arguments):
        return None
    if old.result != new.result:
        return None
    evidence = Evidence(-2.5)
    if same_body:
        # A body as short as `SELECT 1` may be anybody's.
        length = len(body(old))
        evidence.add(2.5 if length < 30 else 5, "same signature and definition")
    else:
        ratio = SequenceMatcher(None, body(old).split(), body(new).split(), autojunk=False).ratio()
        evidence.add(6 * (ratio - 0.6), "same signature, similar definition")
    _described(old, new, evidence)
    similar = name_likeness(old.name, new.name)
    evidence.add(2.4 if old.name == new.name else 2 * (similar - 0.4), "similar name")
    return evidence


def body(routine: Routine) -> str:
    """What is between the dollar quotes, or the whole definition."""
    text = routine.definition or str(routine.aggregate)
    match = re.search(r"\$(\w*)\$(.*)\$\1\$", text, re.DOTALL)
    return match[2].strip() if match else text


def shape(element: Model) -> Mapping[str, object]:
    """An element without its names and its description."""
    left_out = ("schema", "name", "comment", "owner", "grants")
    return {field: getattr(element, field) for field in element.__struct_fields__ if field not in left_out}


# --- types of columns ----------------------------------------------------------------------------

_FAMILIES: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("text", lambda text: text.startswith(("text", "character", "citext")) or text.endswith(".citext")),
    ("number", lambda text: text.startswith(("smallint", "integer", "bigint", "numeric"))),
    ("float", lambda text: text.startswith(("real", "double precision"))),
    ("time", lambda text: text.startswith(("timestamp", "date"))),
    ("json", lambda text: text.startswith("json")),
)


def _may_become(before: str, after: str) -> bool:
    """Whether a column of one type can well become one of the other: they are of one family."""
    if before == after or widens(before, after) or widens(after, before):
        return True
    if before.endswith("[]") != after.endswith("[]"):
        return False
    families = [{name for name, holds in _FAMILIES if holds(text)} for text in (before, after)]
    return bool(families[0] & families[1])
