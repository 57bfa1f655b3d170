"""Several optional foreign keys of which a row seems to have one, and nothing says so.

## What it reports

Tables that are called like something that is attached to other things (attachments, comments, notes, likes,
permissions …), with two or more nullable foreign keys to different tables, named after these tables, and no
mandatory foreign key but to people. A CHECK that mentions two of the columns is taken for the missing rule.
References to the table itself and columns that name who did something (`created_by`) are not counted.

## Why

If each row belongs to exactly one of the parents, only a CHECK makes sure of it: without one a row can
belong to none, and is then lost, or to two at once.

## When it is wrong

When a row may well have several of these parents, or none: when it is a thing in itself. The name of the
table is all the evidence there is.

## How to fix it

Add a CHECK that exactly one (or at most one) of the columns is given.

## See also

- [Comparison Functions: num_nonnulls](https://www.postgresql.org/docs/current/functions-comparison.html)
- [Constraints: Check Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.analysis import english
from pgdossier.analysis.relationships import Relationship
from pgdossier.language import mark, tr
from pgdossier.review import fixes, meaning, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity

_ATTACHED = frozenset(
    """
    attachment comment note document picture photo image like reaction favourite favorite bookmark rating
    vote permission grant principal subscription link tagging taggable annotation reminder upload media
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_PEOPLE = frozenset("user users person people account accounts member members employee employees".split())  # noqa: SIM905 - a line of words


def check(context: Context) -> Iterator[Found]:
    """Tables of attached things with several optional parents and no rule for them."""
    arcs = {one.table for one in context.analysis.arcs}
    for relation in context.tables():
        if relation.qualified in arcs or not _attached(relation.name):
            continue
        parents = [
            one
            for one in context.parents.get(relation.qualified, ())
            if not one.self_reference and one.parent.name.lower() not in _PEOPLE
        ]
        optional = [one for one in parents if one.optional and _named_after(one)]
        columns = [one.key.columns[0] for one in optional]
        several = len({one.parent for one in optional}) == len(optional) > 1
        if not several or len(optional) != len(parents):
            continue
        if any(len(set(columns) & set(one.columns)) > 1 for one in relation.checks):
            continue
        condition = f"num_nonnulls({fixes.identifiers(columns)}) = 1"
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=tr(
                "{columns} reference one table each and can all be null, and no CHECK says how many"
                " of them a row has",
                columns=names(columns),
            ),
            fix=Fix(
                advice=tr("If each row belongs to one of these parents, say so by a CHECK."),
                steps=fixes.add_check(
                    relation, condition, fixes.made_name(relation.name, "one_parent", "check")
                ),
                remark=tr("The second step fails while rows have none or several: look at these first."),
            ),
        )


def _attached(table: str) -> bool:
    last = {form.rpartition("_")[2] for form in english.forms(table)}
    return not last.isdisjoint(_ATTACHED)


def _named_after(one: Relationship) -> bool:
    """Whether the only column is called after the parent, without a role."""
    if len(one.key.columns) != 1:
        return False
    stem = meaning.stem(one.key.columns[0])
    return stem is not None and stem in {
        "_".join(english.words(form)) for form in english.forms(one.parent.name)
    }


RULE = Rule(
    name="exclusive_arc_without_check",
    title=mark("Optional parents of which a row seems to have one"),
    severity=Severity.ADVICE,
    check=check,
)
