"""An extension installed in the schema public.

## What it reports

Extensions whose objects are in the schema `public`.

## Why

Their functions and types stand between the application's own, names can collide, and whoever has privileges
on all that is in `public` has them on the extension as well.

## When it is wrong

When the application itself does not use `public`, or uses no schema at all and is content. Some extensions
cannot be moved or expect to be in `public`; their own documentation says so.

## How to fix it

Make a schema for extensions, add it to the search path of the roles that need it, and move the extension.
Extensions that are not relocatable must be dropped and created again.

## See also

- [Packaging Related Objects into an Extension: Relocatability](https://www.postgresql.org/docs/current/extend-extensions.html#EXTEND-EXTENSIONS-RELOCATION)
- [ALTER EXTENSION](https://www.postgresql.org/docs/current/sql-alterextension.html)
"""

from __future__ import annotations

from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Extensions in public."""
    for extension in context.structure.extensions:
        if extension.schema == "public":
            yield Found(
                subject=subject.extension(extension.name),
                evidence=tr(
                    "{extension} {version} has {objects} objects in {schema}",
                    extension=name(extension.name),
                    version=extension.version,
                    objects=extension.objects,
                    schema=name("public"),
                ),
                fix=Fix(
                    advice=tr("Move it to a schema for extensions, and add that to the search path."),
                    steps=(
                        Step("CREATE SCHEMA IF NOT EXISTS extensions", Lock.NONE),
                        Step(
                            f"ALTER EXTENSION {quote_identifier(extension.name)} SET SCHEMA extensions",
                            Lock.NONE,
                        ),
                    ),
                    complete=False,
                    remark=tr(
                        "It fails for extensions that are not relocatable; bodies of functions that find its"
                        " objects by the search path must find them there."
                    ),
                ),
            )


RULE = Rule(
    name="extension_in_public",
    title=mark("Extensions in the schema public"),
    severity=Severity.ADVICE,
    check=check,
    tags=("splinter: extension_in_public",),
)
