"""A comment that says what the name says.

## What it reports

Relations, and columns of tables, whose comment has no word beyond those of the name, its table and a few
that add nothing (the, of, table, column, field, id …).

## Why

It takes the place of a description: lists of what is not described do not show it any more, and a reader who
has learned that comments say nothing does not read the next one.

## When it is wrong

When the comment spells an abbreviation out in a way that this rule does not see as new words.

## How to fix it

Say what the name does not: what a row stands for, the unit, where the value comes from, when it is missing.
Or remove the comment.

## See also

- [COMMENT](https://www.postgresql.org/docs/current/sql-comment.html)
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from pgdossier.analysis import english
from pgdossier.language import mark, tr
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix
from pgdossier.review.rule import Found, Rule, Severity
from pgdossier.review.subject import Subject

# Words that add nothing to a name.
_EMPTY = frozenset(
    "a an the of s table tables column columns field fields value values id key data record records".split()  # noqa: SIM905 - a line of words
)
_SHORT = 80  # letters of a comment that is taken apart at once


def check(context: Context) -> Iterator[Found]:
    """Relations and columns with such comments."""
    fix = Fix(advice=tr("Say what the name does not, or remove the comment."))
    for relation in context.relations():
        own = _stems(relation.name)
        if relation.comment is not None and _repeats(relation.comment, own):
            yield _found(subject.relation(relation.qualified), relation.comment, fix)
        if relation.definition is not None:
            continue
        for column in context.own_columns(relation):
            if column.comment is not None and _repeats(column.comment, own | _stems(column.name)):
                yield _found(subject.column(relation.qualified, column.name), column.comment, fix)


@lru_cache(maxsize=50_000)
def _stems(text: str) -> frozenset[str]:
    """The words of a text, each also in what may be its singular."""
    words = english.words(text)
    return frozenset(form for word in words for form in (word, *english.singulars(word)))


def _repeats(comment: str, known: frozenset[str]) -> bool:
    """Whether every word of the comment is empty or known; not for one in another alphabet."""
    word = None
    # Of a long comment one of the first words is enough.
    for word in english.all_words(comment) if len(comment) < _SHORT else english.each_word(comment):
        if word not in _EMPTY and word not in known and known.isdisjoint(english.singulars(word)):
            return False
    return word is not None


def _found(of: Subject, comment: str, fix: Fix) -> Found:
    return Found(
        subject=of,
        evidence=tr("its comment is {comment}, which adds no word", comment=name(" ".join(comment.split()))),
        fix=fix,
    )


RULE = Rule(
    name="comment_repeats_name",
    title=mark("Comments that say what the name says"),
    severity=Severity.ADVICE,
    check=check,
)
