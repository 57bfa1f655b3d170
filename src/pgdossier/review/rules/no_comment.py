"""A table that nobody has described.

## What it reports

Tables, views and other relations without a comment and without a description in the project: each one where
some have a comment, the database once where none has. The convention `comments` says what must have one: on
the side `columns` the columns of tables as well, on the side `everything` also types, functions and
triggers, on the side `none` nothing. Bookkeeping tables of migration tools and partitions are left out.

## Why

What a row stands for, where it comes from and when it goes is in nobody's name and in no constraint. It is
the one thing that cannot be read from the catalogs, and the first that everybody asks.

## When it is wrong

When the name says it all, as with many a table that joins two others.

## How to fix it

Write one sentence that says what a row is: in the document's authored blocks, in the project's descriptions,
or with COMMENT ON.

## See also

- [COMMENT](https://www.postgresql.org/docs/current/sql-comment.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, number, tr
from pgdossier.model.relations import Relation
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Convention, Found, Rule, Severity

COMMENTS = Convention(
    "comments",
    ("tables", "columns", "everything", "none"),
    "what a row is cannot be read from the catalogs (tables), nor what a value means (columns); comments that"
    " must be there say what the name says (none)",
)
_LEAST = 3


def check(context: Context) -> Iterator[Found]:
    """What has no comment, as far as it must have one."""
    side = context.side(COMMENTS)
    if side == "none":
        return
    relations = list(context.relations())
    undescribed = [relation for relation in relations if not _said(relation.comment)]
    columns = {
        relation.qualified: [one.name for one in context.own_columns(relation) if not _said(one.comment)]
        for relation in relations
        if side != "tables" and relation.definition is None
    }
    if len(relations) >= _LEAST and len(undescribed) == len(relations):
        more = sum(map(len, columns.values()))
        yield Found(
            subject=subject.DATABASE,
            evidence=tr(
                "none of its {count} relations has a comment, and {more} columns have none",
                count=len(relations),
                more=number(more),
            )
            if more
            else tr("none of its {count} relations has a comment", count=len(relations)),
            fix=Fix(advice=tr("Begin with the tables that everything else references.")),
        )
    else:
        for relation in relations:
            missing = columns.get(relation.qualified, [])
            if _said(relation.comment) and not missing:
                continue
            has = tr("it has no comment") if not _said(relation.comment) else ""
            lacking = tr("no comment on {missing}", missing=names(missing)) if missing else ""
            yield Found(
                subject=subject.relation(relation.qualified),
                evidence="; ".join(filter(None, (has, lacking))),
                fix=Fix(advice=tr("Say in one sentence what a row is, or what a value means.")),
            )
    if side == "everything":
        yield from _others(context, relations)


def _others(context: Context, relations: list[Relation]) -> Iterator[Found]:
    """Types, routines and triggers; a trigger for each table that has it."""
    structure = context.analysis.described.structure
    found = [
        (subject.type_(one.qualified), one.comment)
        for one in (*structure.enums, *structure.domains, *structure.composites, *structure.ranges)
    ]
    found += [(subject.routine(one), one.comment) for one in structure.routines]
    found += [
        (subject.trigger(relation.qualified, one.name), one.comment)
        for relation in relations
        for one in relation.triggers
    ]
    for of, comment in found:
        if not _said(comment):
            yield Found(
                subject=of,
                evidence=tr("it has no comment"),
                fix=Fix(advice=tr("Say in one sentence what it is for.")),
            )


def _said(comment: str | None) -> bool:
    return bool(comment and comment.strip())


RULE = Rule(
    name="no_comment",
    title=mark("Nothing says what it is"),
    severity=Severity.ADVICE,
    check=check,
    tags=("schemacrawler: no remarks", "pg-index-health: no description", "tbls: comments required"),
    convention=COMMENTS,
)
