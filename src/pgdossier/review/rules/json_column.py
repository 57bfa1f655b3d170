"""JSON stored as text.

## What it reports

Tables with columns of type `json`, or of arrays or domains of it, all such columns in one finding.

## Why

`json` keeps the text as it came, with its white space, its repeated keys and the order of its keys, and
parses it again for every question. It has no equality, so `DISTINCT`, `GROUP BY`, `UNION` and comparisons
with `=` fail, and no index can search it. `jsonb` is parsed once, has all these, and more operators.

## When it is wrong

When the text must come back byte for byte, as for signed documents; or when it is only stored and handed out
whole, which is slightly cheaper with `json`.

## How to fix it

Change the type to `jsonb`. That rewrites the table; of repeated keys the last value is kept, and escapes for
the character zero and for halves of characters, which `json` lets pass, are refused.

## See also

- [JSON Types](https://www.postgresql.org/docs/current/datatype-json.html)
- [JSON Functions and Operators](https://www.postgresql.org/docs/current/functions-json.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr, trn
from pgdossier.review import retyping, subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import names
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Tables with json columns."""
    for relation, found in context.own_typed(lambda base: base.removesuffix("[]") == "json"):
        listed = names([column.name for column in found])
        changes = [(one, new := context.base_type(one).replace("json", "jsonb"), f"::{new}") for one in found]
        yield Found(
            subject=subject.relation(relation.qualified),
            evidence=trn("{columns} is json", "{columns} are json", len(found), columns=listed),
            fix=retyping.fix(
                context,
                relation,
                tr("Change the type to jsonb."),
                changes,
                remark=tr(
                    "Look for texts that must come back as they were, and for functions json_…: they have"
                    " namesakes jsonb_…."
                ),
            ),
        )


RULE = Rule(
    name="json_column",
    title=mark("JSON stored as text"),
    severity=Severity.ADVICE,
    check=check,
    tags=("pg-index-health: columns with json type", "schemalint: prefer-jsonb-to-json"),
)
