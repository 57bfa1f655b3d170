"""Counts with their nouns: what a language says for none, for one and for many of a thing."""

from __future__ import annotations

from collections.abc import Callable

from pgdossier.language import mark, tr, trn

NOUNS: dict[str, tuple[str, Callable[[int], str]]] = {
    "aggregate part": (
        mark("no aggregate parts"),
        lambda count: trn("{count} aggregate part", "{count} aggregate parts", count),
    ),
    "aggregate root": (
        mark("no aggregate roots"),
        lambda count: trn("{count} aggregate root", "{count} aggregate roots", count),
    ),
    "arrow": (mark("no arrows"), lambda count: trn("{count} arrow", "{count} arrows", count)),
    "association": (
        mark("no associations"),
        lambda count: trn("{count} association", "{count} associations", count),
    ),
    "bookkeeping table": (
        mark("no bookkeeping tables"),
        lambda count: trn("{count} bookkeeping table", "{count} bookkeeping tables", count),
    ),
    "call": (mark("no calls"), lambda count: trn("{count} call", "{count} calls", count)),
    "check": (mark("no checks"), lambda count: trn("{count} check", "{count} checks", count)),
    "collection": (
        mark("no collections"),
        lambda count: trn("{count} collection", "{count} collections", count),
    ),
    "column": (mark("no columns"), lambda count: trn("{count} column", "{count} columns", count)),
    "day": (mark("no days"), lambda count: trn("{count} day", "{count} days", count)),
    "different statement": (
        mark("no different statements"),
        lambda count: trn("{count} different statement", "{count} different statements", count),
    ),
    "documented table": (
        mark("no documented tables"),
        lambda count: trn("{count} documented table", "{count} documented tables", count),
    ),
    "domain": (mark("no domains"), lambda count: trn("{count} domain", "{count} domains", count)),
    "entity": (mark("no entities"), lambda count: trn("{count} entity", "{count} entities", count)),
    "enum": (mark("no enums"), lambda count: trn("{count} enum", "{count} enums", count)),
    "error": (mark("no errors"), lambda count: trn("{count} error", "{count} errors", count)),
    "exclusion constraint": (
        mark("no exclusion constraints"),
        lambda count: trn("{count} exclusion constraint", "{count} exclusion constraints", count),
    ),
    "failure": (mark("no failures"), lambda count: trn("{count} failure", "{count} failures", count)),
    "foreign key": (
        mark("no foreign keys"),
        lambda count: trn("{count} foreign key", "{count} foreign keys", count),
    ),
    "foreign table": (
        mark("no foreign tables"),
        lambda count: trn("{count} foreign table", "{count} foreign tables", count),
    ),
    "head": (mark("no heads"), lambda count: trn("{count} head", "{count} heads", count)),
    "index": (mark("no indexes"), lambda count: trn("{count} index", "{count} indexes", count)),
    "key": (mark("no keys"), lambda count: trn("{count} key", "{count} keys", count)),
    "line": (mark("no lines"), lambda count: trn("{count} line", "{count} lines", count)),
    "log": (mark("no logs"), lambda count: trn("{count} log", "{count} logs", count)),
    "materialized view": (
        mark("no materialized views"),
        lambda count: trn("{count} materialized view", "{count} materialized views", count),
    ),
    "more change": (
        mark("no more changes"),
        lambda count: trn("{count} more change", "{count} more changes", count),
    ),
    "more column": (
        mark("no more columns"),
        lambda count: trn("{count} more column", "{count} more columns", count),
    ),
    "more domain": (
        mark("no more domains"),
        lambda count: trn("{count} more domain", "{count} more domains", count),
    ),
    "more client application": (
        mark("no more client applications"),
        lambda count: trn("{count} more client application", "{count} more client applications", count),
    ),
    "more foreign server": (
        mark("no more foreign servers"),
        lambda count: trn("{count} more foreign server", "{count} more foreign servers", count),
    ),
    "more publisher": (
        mark("no more publishers"),
        lambda count: trn("{count} more publisher", "{count} more publishers", count),
    ),
    "more receiver": (
        mark("no more receivers"),
        lambda count: trn("{count} more receiver", "{count} more receivers", count),
    ),
    "more table": (
        mark("no more tables"),
        lambda count: trn("{count} more table", "{count} more tables", count),
    ),
    "node": (mark("no nodes"), lambda count: trn("{count} node", "{count} nodes", count)),
    "object": (mark("no objects"), lambda count: trn("{count} object", "{count} objects", count)),
    "older one": (mark("no older ones"), lambda count: trn("{count} older one", "{count} older ones", count)),
    "other": (mark("no others"), lambda count: trn("{count} other", "{count} others", count)),
    "other group": (
        mark("no other groups"),
        lambda count: trn("{count} other group", "{count} other groups", count),
    ),
    "other table": (
        mark("no other tables"),
        lambda count: trn("{count} other table", "{count} other tables", count),
    ),
    "part": (mark("no parts"), lambda count: trn("{count} part", "{count} parts", count)),
    "partition": (mark("no partitions"), lambda count: trn("{count} partition", "{count} partitions", count)),
    "partitioned table": (
        mark("no partitioned tables"),
        lambda count: trn("{count} partitioned table", "{count} partitioned tables", count),
    ),
    "piece of advice": (
        mark("no pieces of advice"),
        lambda count: trn("{count} piece of advice", "{count} pieces of advice", count),
    ),
    "policy": (mark("no policies"), lambda count: trn("{count} policy", "{count} policies", count)),
    "primary key": (
        mark("no primary keys"),
        lambda count: trn("{count} primary key", "{count} primary keys", count),
    ),
    "queue": (mark("no queues"), lambda count: trn("{count} queue", "{count} queues", count)),
    "relation": (mark("no relations"), lambda count: trn("{count} relation", "{count} relations", count)),
    "role": (mark("no roles"), lambda count: trn("{count} role", "{count} roles", count)),
    "routine": (mark("no routines"), lambda count: trn("{count} routine", "{count} routines", count)),
    "row": (mark("no rows"), lambda count: trn("{count} row", "{count} rows", count)),
    "rule": (mark("no rules"), lambda count: trn("{count} rule", "{count} rules", count)),
    "scan": (mark("no scans"), lambda count: trn("{count} scan", "{count} scans", count)),
    "schema": (mark("no schemas"), lambda count: trn("{count} schema", "{count} schemas", count)),
    "segment": (mark("no segments"), lambda count: trn("{count} segment", "{count} segments", count)),
    "sequence": (mark("no sequences"), lambda count: trn("{count} sequence", "{count} sequences", count)),
    "session": (mark("no sessions"), lambda count: trn("{count} session", "{count} sessions", count)),
    "statement": (mark("no statements"), lambda count: trn("{count} statement", "{count} statements", count)),
    "subscription": (
        mark("no subscriptions"),
        lambda count: trn("{count} subscription", "{count} subscriptions", count),
    ),
    "table": (mark("no tables"), lambda count: trn("{count} table", "{count} tables", count)),
    "time": (mark("no times"), lambda count: trn("{count} time", "{count} times", count)),
    "unique constraint": (
        mark("no unique constraints"),
        lambda count: trn("{count} unique constraint", "{count} unique constraints", count),
    ),
    "value object": (
        mark("no value objects"),
        lambda count: trn("{count} value object", "{count} value objects", count),
    ),
    "view": (mark("no views"), lambda count: trn("{count} view", "{count} views", count)),
    "warning": (mark("no warnings"), lambda count: trn("{count} warning", "{count} warnings", count)),
}
"""What is said of none of a thing, and how a number of it is said, by the English noun."""


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """A count with its noun: `1 table`, `1,204 tables`, `no tables`.

    Args:
        count: How many.
        singular: The English noun. One that is not known here (a user's template may have it) stays English.
        plural: Its plural, where that is not the noun with an s.
    """
    if singular in NOUNS:
        none, some = NOUNS[singular]
        return some(count) if count else tr(none)
    noun = singular if count == 1 else plural or singular + "s"
    return f"{count:,} {noun}" if count else f"no {noun}"


def numbered(count: int, noun: str) -> str:
    """As `counted`, but for none: `0 tables`."""
    return NOUNS[noun][1](count)
