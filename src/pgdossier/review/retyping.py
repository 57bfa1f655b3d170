"""Changing the types of columns: the statement, and whether something stands in its way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation
from pgdossier.review import fixes
from pgdossier.review.context import Context
from pgdossier.review.fixes import Fix, Step, Work

REMARK = mark("Views, expressions, policies and keys that use these columns have to be made again.")


def obstructed(context: Context, relation: Relation, columns: Iterable[Column]) -> bool:
    """Whether anything may keep PostgreSQL from changing these types, or may not hold afterwards.

    Such are views on the table, heirs, the partition key, domains, generated columns, foreign keys, and any
    expression that mentions a column: a false alarm here only makes the suggestion an outline.
    """
    changed = list(columns)
    if any(column.type_name or column.generated for column in changed):
        return True
    names = {column.name for column in changed}
    divided = set(relation.partitioning.columns) if relation.partitioning else set()
    referenced = {
        target for one in context.children.get(relation.qualified, ()) for target in one.key.target_columns
    }
    texts = [column.default or "" for column in relation.columns if column.generated]
    texts += [check.definition for check in relation.checks]
    texts += [trigger.definition for trigger in relation.triggers]
    texts += [text for policy in relation.policies for text in (policy.using, policy.check) if text]
    texts += [key.expression for index in relation.indexes for key in index.keys if key.column is None]
    texts += [index.predicate for index in relation.indexes if index.predicate]
    texts += [key.operator_class for index in relation.indexes for key in index.keys if key.operator_class]
    return bool(
        divided & names
        or names & (context.foreign_key_columns(relation) | referenced)
        or context.analysis.inverse.read_by.get(relation.qualified)
        or context.analysis.inverse.heirs.get(relation.qualified)
        or context.analysis.inverse.statistics.get(relation.qualified)
        or any(
            name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
            for text in texts
            for name in names
        )
    )


def change_types(
    relation: Relation, changes: Iterable[tuple[Column, str, str]], work: Work = Work.REWRITE
) -> Step:
    """One ALTER TABLE for several columns: each with its new type, and what follows its quoted name in USING.

    An empty text stands for the cast that PostgreSQL makes on its own.
    """
    actions = []
    for column, new_type, using in changes:
        quoted = quote_identifier(column.name)
        action = f"ALTER COLUMN {quoted} TYPE {new_type}"
        actions.append(f"{action} USING {quoted}{using}" if using else action)
    return fixes.alter_table(relation, ", ".join(actions), work=work)


def fix(
    context: Context,
    relation: Relation,
    advice: str,
    changes: Sequence[tuple[Column, str, str]],
    *,
    work: Work = Work.REWRITE,
    remark: str | None = None,
) -> Fix:
    """The suggestion to change these types, an outline where something stands in the way."""
    columns = [column for column, _, _ in changes]
    hindered = obstructed(context, relation, columns)
    return Fix(
        advice=advice,
        steps=(change_types(relation, changes, work),),
        complete=not hindered,
        remark=tr(REMARK) if hindered else remark,
    )
