"""What could not be read, why, and what to do about it.

Snapshots keep that in English, whatever the language of the document; here it is said anew. What the server
itself said (that a permission is denied) stays in the server's words.
"""

from __future__ import annotations

from pgdossier.language import mark, retold
from pgdossier.model.operation import Operation
from pgdossier.model.scope import Gap
from pgdossier.render.escaping import inline

_FAMILIES = (
    mark("access methods"),
    mark("archiver"),
    mark("base types"),
    mark("bloat"),
    mark("casts"),
    mark("catalogs"),
    mark("changed grants"),
    mark("changes"),
    mark("checkpoints"),
    mark("citus"),
    mark("clients"),
    mark("collations"),
    mark("columns"),
    mark("constraints"),
    mark("conversions"),
    mark("database"),
    mark("default privileges"),
    mark("dependencies"),
    mark("dependencies on extensions"),
    mark("event triggers"),
    mark("extended statistics"),
    mark("extension versions"),
    mark("extensions"),
    mark("foreign servers"),
    mark("foreign-data wrappers"),
    mark("horizon"),
    mark("hosting"),
    mark("indexes"),
    mark("keywords"),
    mark("languages"),
    mark("locks"),
    mark("members of operator families"),
    mark("memberships"),
    mark("migrations"),
    mark("operator classes"),
    mark("operator families"),
    mark("operators"),
    mark("plans"),
    mark("policies"),
    mark("privileges"),
    mark("publications"),
    mark("published tables"),
    mark("receiver"),
    mark("redaction"),
    mark("relations"),
    mark("roles"),
    mark("routines"),
    mark("rules"),
    mark("schemas"),
    mark("security labels"),
    mark("sequences"),
    mark("server"),
    mark("settings"),
    mark("settings of roles and of the database"),
    mark("slots"),
    mark("standbys"),
    mark("statements"),
    mark("statistics"),
    mark("subscriptions"),
    mark("tables"),
    mark("text search configurations"),
    mark("text search dictionaries"),
    mark("text search mappings"),
    mark("text search parsers"),
    mark("text search templates"),
    mark("texts"),
    mark("transforms"),
    mark("triggers"),
    mark("types"),
    mark("user mappings"),
    mark("wal"),
)
_REASONS = (
    mark("{column} holds {code}, which this version of pgdossier does not know"),
    mark("{part} of {owner} holds a secret, which was masked"),
    mark("the options of those of other roles are shown to superusers only"),
    mark("those of columns that could not be read are missing"),
    mark("those of types that could not be read are missing"),
    mark("{name} publishes all sequences, which this version does not describe"),
    mark("{name} leaves single tables out, which this version does not describe"),
    mark("some hold bytes that are not UTF-8; each such byte stands here as \\xNN"),
    mark("the value of {name}: another session held a lock"),
    mark("{name} was not read: another session held a lock"),
    mark("{name} was locked by {holder}"),
    mark("the server contradicts itself: {message}"),
    mark("{name}: the server contradicts itself: {message}"),
    mark("pg_stat_statements is not installed here"),
    mark("pg_stat_statements is installed in version {version}, which is too old"),
    mark("the statements were not planned: {message}"),
    mark("{count} statement was not planned, for the role may not read what they read"),
    mark("{count} statements were not planned, for the role may not read what they read"),
    mark("some settings are shown to privileged roles only"),
    mark("what sessions of other roles do, and how they connect, is hidden"),
    mark("open transactions of other roles are hidden: there can be older"),
    mark("how far the receivers of WAL are is hidden"),
    mark("what this standby receives is hidden"),
    mark("the planner's statistics of {count} table are hidden, for the role may not read the rows"),
    mark("the planner's statistics of {count} tables are hidden, for the role may not read the rows"),
    mark("permission denied for {object}"),
    mark("permission denied"),
    # a schema that is left out
    mark("the pattern {pattern} excludes it"),
    mark("no pattern asks for it"),
    mark("it belongs to the extension {extension}"),
    # what could not be verified
    mark("could not be read from the database: {message}"),
    mark("its connection string is never read"),
    mark("the value of its option {name} is never read: it may be a secret"),
    mark("it belongs to another role here than to {owner}"),
    mark("the database is of PostgreSQL {version}, this server of {other}: what differs may come from that"),
    mark("the database as a whole"),
    mark("what was redacted"),
    mark("grants on {name}"),
)
_REMEDIES = (
    mark("grant pg_read_all_stats, or pg_monitor, to the role that reads"),
    mark("grant pg_read_all_settings, or pg_monitor, to the role that reads"),
    mark(
        "grant SELECT on it and USAGE on its schema, or pg_read_all_data (14 and newer), to the role that"
        " reads"
    ),
    mark(
        "add pg_stat_statements to shared_preload_libraries, restart the server, and run"
        " CREATE EXTENSION pg_stat_statements in this database"
    ),
    mark("run ALTER EXTENSION pg_stat_statements UPDATE in this database"),
    mark("another session changes the schema right now: try again, or raise the lock timeout"),
)


def family(text: str) -> str:
    """What kind of facts is missing."""
    return retold(text, _FAMILIES)


def reason(text: str) -> str:
    """Why it is missing, or why a schema is left out, or why something could not be verified."""
    return retold(text, _REASONS)


def remedy(text: str) -> str:
    """What to do about it."""
    return retold(text, _REMEDIES)


def line(gap: Gap) -> str:
    """All of a gap in one line of Markdown, the remedy at its end."""
    end = f" – {inline(remedy(gap.remedy))}" if gap.remedy else ""
    return f"{inline(family(gap.family))}: {inline(reason(gap.reason))}{end}"


def unread(operation: Operation, *families: str) -> list[str]:
    """One line of Markdown for each gap of those families."""
    return [line(gap) for gap in operation.gaps if gap.family in families]
