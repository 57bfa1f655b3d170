"""An extension whose objects are of another version than the files of the server.

## What it reports

Installed extensions whose version is not the default one of the server's files, and those whose files the
server does not have any more.

## Why

New files with old objects is what an upgrade of packages or of the server leaves behind: corrections that
come as SQL are missing until `ALTER EXTENSION … UPDATE` is run in each database. Without the files the
extension can neither be restored from a dump nor survive an upgrade.

## When it is wrong

When the version is kept on purpose, or when the files are those of an older version because another database
of the server, or a standby, needs them.

## How to fix it

Read what the new version changes, and update the extension.

## See also

- [ALTER EXTENSION](https://www.postgresql.org/docs/current/sql-alterextension.html)
- [pg_available_extensions](https://www.postgresql.org/docs/current/view-pg-available-extensions.html)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pgdossier.language import mark, tr
from pgdossier.model.names import quote_identifier
from pgdossier.review import subject
from pgdossier.review.context import Context
from pgdossier.review.evidence import name
from pgdossier.review.fixes import Fix, Lock, Step
from pgdossier.review.rule import Found, Rule, Severity


def check(context: Context) -> Iterator[Found]:
    """Extensions with another version than the files."""
    operation = context.analysis.snapshot.operation
    known = {one.name: one.default_version for one in operation.extensions}
    for extension in context.structure.extensions:
        if operation.taken_at is None or extension.name not in known:
            continue
        newest = known[extension.name]
        if newest == extension.version:
            continue
        if newest is None:
            evidence, fix = (
                tr("the server has no files of it any more"),
                Fix(advice=tr("Install its files again, or drop it.")),
            )
        elif _order(newest) < _order(extension.version):
            evidence = tr(
                "it is version {version}, and the server's files are those of {newest}",
                version=extension.version,
                newest=newest,
            )
            fix = Fix(advice=tr("Find out why the files are older, and install those that belong to it."))
        else:
            evidence = tr(
                "it is version {version}, and the server has the files of {newest}",
                version=extension.version,
                newest=newest,
            )
            fix = Fix(
                advice=tr("Read what the new version changes, and update it."),
                steps=(Step(f"ALTER EXTENSION {quote_identifier(extension.name)} UPDATE", Lock.NONE),),
                # It takes the locks of whatever its script does.
                complete=False,
            )
        yield Found(
            subject=subject.extension(extension.name),
            evidence=f"{name(extension.name)}: {evidence}",
            fix=fix,
            statistics=tr("the server's files on {taken_at}", taken_at=operation.taken_at[:10]),
        )


def _order(version: str) -> list[tuple[int, str]]:
    """What versions are compared by: their numbers as numbers, the rest as text."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|[^\d.]+", version)]


RULE = Rule(
    name="extension_outdated",
    title=mark("Extensions that are not of the server's version"),
    severity=Severity.ADVICE,
    check=check,
    tags=("splinter: extension_versions_outdated",),
)
