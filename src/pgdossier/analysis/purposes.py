"""Why an index exists, as far as its structure and the constraints say so for certain (§6.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import copy_context

from pgdossier.analysis import checks, expressions, indexes, readable, tables
from pgdossier.analysis.expressions import Call
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.relationships import Relationship
from pgdossier.language import mark, tr, trn
from pgdossier.model.columns import Column
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation

_TIMES = ("date", "timestamp", "time ")
_RANGES = frozenset(
    f"{name}{kind}"
    for name in ("int4", "int8", "num", "ts", "tstz", "date")
    for kind in ("range", "multirange")
)
_GEOMETRIC = frozenset(("point", "box", "polygon", "circle", "line", "lseg", "path"))
_SPATIAL = frozenset(("geometry", "geography"))
_VECTORS = frozenset(("vector", "halfvec", "sparsevec", "bit"))
_TRIGRAMS = frozenset(("gin_trgm_ops", "gist_trgm_ops"))
_PREFIXES = frozenset(("text_pattern_ops", "varchar_pattern_ops", "bpchar_pattern_ops"))
_DOCUMENTS = frozenset(("to_tsvector", "pg_catalog.to_tsvector"))


class Purposes(Mapping[tuple[QualifiedName, str], str]):
    """The purpose of every index by table and index name, in plain text without markup.

    Several purposes are joined by "; ". Indexes of partitions are left out: their table's say it. Tables
    of the index's own schema are named without it. Those of a relation are worked out when one of them is
    asked for, as its page does, in the language in which this object was made.
    """

    def __init__(self, lookup: Lookup, graph: Graph) -> None:
        self._lookup = lookup
        self._graph = graph
        self._spoken = copy_context()
        self._known: dict[QualifiedName, Mapping[str, str]] = {}

    def __getitem__(self, key: tuple[QualifiedName, str]) -> str:
        name, index = key
        return self.of(name)[index]

    def of(self, relation: QualifiedName) -> Mapping[str, str]:
        """The purposes of the indexes of one relation, by their names.

        Raises:
            KeyError: There is no such relation.
        """
        found = self._known.get(relation)
        if found is None:
            found = self._known[relation] = self._spoken.run(self._of, self._lookup.relations[relation])
        return found

    def _of(self, relation: Relation) -> Mapping[str, str]:
        if tables.is_folded(self._lookup, relation):
            return {}
        described = _Describer(self._lookup, relation, self._graph)
        own = (index for index in relation.indexes if index.parent is None)
        return {index.name: "; ".join(described.index(index)) for index in own}

    def __iter__(self) -> Iterator[tuple[QualifiedName, str]]:
        for relation, owned in indexes.own(self._lookup):
            for index in owned:
                yield relation.qualified, index.name

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Describer:
    """What the indexes of one relation are described with."""

    def __init__(self, lookup: Lookup, relation: Relation, graph: Graph) -> None:
        self._relation = relation
        self._columns = {column.name: column for column in relation.columns}
        self._types = {column.name: tables.base_type(lookup, column) for column in relation.columns}
        self._nullable: Callable[[Column], bool] = lambda column: tables.nullable(lookup, column)
        self._parents = graph.parents_of(relation.qualified)
        self._children = graph.children_of(relation.qualified)

    def index(self, index: Index) -> list[str]:
        parts = [tr("invalid, so queries do not use it")] if not index.valid else []
        promise = self._promise(index)
        parts.extend(promise)
        served = self._served(index)
        parts.extend(self._foreign_keys(index, served))
        if not promise:
            parts.extend(self._searches(index, served))
        if index.predicate is not None and not index.unique:
            parts.append(tr("only rows where {condition}", condition=readable.simplified(index.predicate)))
        if index.include:
            parts.append(tr("carries {columns} for index-only scans", columns=", ".join(index.include)))
        return parts

    def _promise(self, index: Index) -> list[str]:
        """What the index guarantees: a key or an exclusion constraint."""
        if index.primary:
            return [tr("primary key"), *self._referenced(index)]
        if index.exclusion and not index.unique:
            return [tr("enforces exclusion constraint {name}", name=index.constraint or index.name)]
        if not index.unique:
            return []
        keys = [_shown(key) for key in index.keys]
        what = keys[0] if len(keys) == 1 else f"({', '.join(keys)})"
        condition = ""
        if index.predicate is not None:
            condition = readable.simplified(index.predicate)
            if expressions.parse(index.predicate) == expressions.Name(index.keys[0].column or ""):
                what = f"({', '.join(keys[1:])})" if keys[1:] else ""  # the flag is the same in all rows
        if what and condition:
            promise = tr("unique: one row per {keys} where {condition}", keys=what, condition=condition)
        elif what:
            promise = tr("unique: one row per {keys}", keys=what)
        elif condition:
            promise = tr("unique: at most one row where {condition}", condition=condition)
        else:
            promise = tr("unique: at most one row")
        return [f"{promise}{self._nulls(index)}", *self._referenced(index)]

    def _nulls(self, index: Index) -> str:
        """What a unique index lets pass: rows in which a key is null."""
        columns = [self._columns.get(key.column) for key in index.keys if key.column is not None]
        if len(columns) < len(index.keys) or self._relation.definition:
            return ""  # of the columns of a materialized view nothing is known
        given = checks.columns_given(index.predicate) if index.predicate is not None else frozenset()
        if not any(
            column is not None and column.name not in given and self._nullable(column) for column in columns
        ):
            return ""
        return tr(", null counting as a value") if index.nulls_not_distinct else tr(", nulls may repeat")

    def _referenced(self, index: Index) -> list[str]:
        """Who references the key that the index backs."""
        keys = frozenset(key.column for key in index.keys)
        names = (index.name, index.constraint)
        users = [
            found
            for found in self._children
            if (
                found.key.key in names if found.key.key is not None else keys == set(found.key.target_columns)
            )
        ]
        others = sorted({found.child for found in users if not found.self_reference})
        own = any(found.self_reference for found in users)
        if not others:
            return [tr("referenced by the table itself")] if own else []
        who = (
            self._name(others[0]) if len(others) == 1 else trn("{count} table", "{count} tables", len(others))
        )
        if own:
            return [tr("referenced by {tables} and by itself", tables=who)]
        return [tr("referenced by {tables}", tables=who)]

    def _name(self, name: QualifiedName) -> str:
        return name.name if name.schema == self._relation.schema else name.dotted

    def _served(self, index: Index) -> list[Relationship]:
        return [found for found in self._parents if indexes.covers(index, found)]

    def _foreign_keys(self, index: Index, served: Sequence[Relationship]) -> list[str]:
        if not served:
            return []
        keys = {(found.key.columns, found.parent) for found in served}  # one may be declared twice
        names = dict.fromkeys(self._name(found.parent) for found in served)
        whole = max(len(found.key.columns) for found in served) == len(index.keys)
        parents = _listed(names)
        if whole:
            return [trn("foreign key to {tables}", "foreign keys to {tables}", len(keys), tables=parents)]
        return [
            trn(
                "covers foreign key to {tables}",
                "covers foreign keys to {tables}",
                len(keys),
                tables=parents,
            )
        ]

    def _searches(self, index: Index, served: Sequence[Relationship]) -> list[str]:
        """What the index finds or sorts, by method and keys."""
        by = ", ".join(_shown(key) for key in index.keys)
        match index.method:
            case "btree":
                return self._tree(index, served)
            case "hash":
                return [] if served else [tr("looks up equal {keys}", keys=by)]
            case "brin":
                return [tr("range scans over block ranges (BRIN) by {keys}", keys=by)]
            case "gin" | "gist" | "spgist":
                return self._groups(index)
            case "hnsw" | "ivfflat" if all(map(self._is_vector, index.keys)):
                return [tr("nearest neighbours by {keys}", keys=by)]
            case "bloom":
                return [tr("looks up any combination of {keys}", keys=by)]
            case _:
                return []

    def _tree(self, index: Index, served: Sequence[Relationship]) -> list[str]:
        """B-trees: look-ups by the keys that no foreign key explains, or the newest first."""
        explained = max((len(found.key.columns) for found in served), default=0)
        rest = index.keys[explained:]
        if not rest:
            return []
        if len(rest) == 1 and rest[0].descending and self._type(rest[0]).startswith(_TIMES):
            return [tr("newest first by {key}", key=_shown(rest[0]))]
        if all(key.operator_class in _PREFIXES for key in rest):
            return [tr("prefix search on {keys}", keys=_listed([_shown(key) for key in rest]))]
        keys = tr(", then ").join(
            tr("{key} descending", key=_shown(key)) if key.descending else _shown(key) for key in rest
        )
        return [tr("then by {keys}", keys=keys) if explained else tr("looks up by {keys}", keys=keys)]

    def _groups(self, index: Index) -> list[str]:
        """GIN, GiST and SP-GiST: keys of one kind of search together."""
        kinds: dict[str, list[str]] = {}
        for key in index.keys:
            kinds.setdefault(self._kind(key, index.method), []).append(_shown(key))
        return [tr(kind, keys=_listed(keys)) for kind, keys in kinds.items()]

    def _kind(self, key: IndexKey, method: str) -> str:
        """The kind of search, by operator class and type; where these are not certain, just a look-up."""
        name = self._type(key)
        bare = name.split("(")[0].split(".")[-1]  # without schema and modifiers
        tree = method in ("gist", "spgist")
        kinds = (
            (key.operator_class in _TRIGRAMS, mark("similarity and pattern search (trigrams) in {keys}")),
            (name == "tsvector", mark("full-text search in {keys}")),
            (
                method == "gin" and (name == "jsonb" or name.endswith("[]")),
                mark("containment search in {keys}"),
            ),
            (bare == "hstore" and method in ("gin", "gist"), mark("containment search in {keys}")),
            (tree and name in _RANGES, mark("overlap and containment search in {keys}")),
            (tree and (name in _GEOMETRIC or bare in _SPATIAL), mark("spatial search in {keys}")),
            (tree and name in ("inet", "cidr"), mark("network containment search in {keys}")),
            (method == "gist" and bare == "ltree", mark("tree path search in {keys}")),
        )
        return next((words for holds, words in kinds if holds), mark("looks up by {keys}"))

    def _is_vector(self, key: IndexKey) -> bool:
        return self._type(key).split("(")[0].split(".")[-1] in _VECTORS

    def _type(self, key: IndexKey) -> str:
        """The type of a key; of an expression only where its function settles it."""
        if key.column is not None:
            return self._types.get(key.column, "")
        match expressions.parse(key.expression):
            case Call(name=function) if function in _DOCUMENTS:
                return "tsvector"
            case _:
                return ""


def _shown(key: IndexKey) -> str:
    return key.column if key.column is not None else readable.simplified(key.expression)


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    if len(found) == 1:
        return found[0]
    return tr("{names} and {last}", names=", ".join(found[:-1]), last=found[-1])
