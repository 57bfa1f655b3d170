"""Existing indexes written anew with something changed, and in words."""

from __future__ import annotations

from pgdossier.language import mark, number, tr
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Lock, Step, Work

_MEBIBYTE = 1 << 20
STATISTICS = mark("the size is from the last VACUUM or ANALYZE")


def again(relation: Relation, index: Index, *, where: str | None = None) -> Step | None:
    """CREATE INDEX for an index like that one, with another condition (None: with none).

    Everything between is taken as `pg_get_indexdef` prints it. PostgreSQL chooses the name. None when the
    text cannot be taken apart for certain.
    """
    start = f" USING {index.method} ("
    if index.definition.count(start) != 1:
        return None
    body = index.definition[index.definition.index(start) :]
    if index.predicate is not None:
        ends = (f" WHERE {index.predicate}", f" WHERE ({index.predicate})")
        end = next((one for one in ends if body.endswith(one)), None)
        if end is None:
            return None
        body = body.removesuffix(end)
    condition = f" WHERE {where}" if where else ""
    partitioned = relation.kind is RelationKind.PARTITIONED_TABLE
    what = f"CREATE{' UNIQUE' if index.unique else ''} INDEX{'' if partitioned else ' CONCURRENTLY'}"
    sql = f"{what} ON {relation.qualified.sql}{body}{condition}"
    if partitioned:
        return Step(sql, Lock.SHARE, Work.BUILD)
    return Step(sql, Lock.SHARE_UPDATE_EXCLUSIVE, Work.BUILD, alone=True)


def size(context: Context, relation: Relation, index: Index) -> str:
    """`; it takes 12 MiB` when that is known and worth a word, else nothing."""
    found = context.analysis.index_sizes.get(QualifiedName(relation.schema, index.name), 0)
    return tr("; it takes {size} MiB", size=number(found // _MEBIBYTE)) if found >= _MEBIBYTE else ""


def keys(index: Index) -> str:
    """The keys of an index as evidence text, all of them."""
    return ", ".join(name(key.expression) for key in index.keys)


def keeps_promise(index: Index) -> bool:
    """Whether an index does more than speed up reading: nobody may drop it for being slow or large."""
    return bool(
        index.unique or index.exclusion or index.constraint or index.replica_identity or index.clustered
    )
