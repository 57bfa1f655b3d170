"""CREATE PUBLICATION, and what can be said of subscriptions."""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.ddl.expressions import note, parenthesised
from pgdossier.model.names import quote_identifier, quote_literal
from pgdossier.model.replication import Publication, PublishedTable, Subscription

_ALL_OPERATIONS = ("insert", "update", "delete", "truncate")


def create_publication(found: Publication) -> list[str]:
    """A publication with what it publishes, and its comment."""
    name = quote_identifier(found.name)
    published = [f"TABLE {', '.join(_table(table) for table in found.tables)}"] if found.tables else []
    if found.schemas:
        published.append(f"TABLES IN SCHEMA {', '.join(map(quote_identifier, found.schemas))}")
    if found.all_tables:
        published = ["ALL TABLES"]
    clauses = [f"CREATE PUBLICATION {name}"]
    if published:
        clauses.append(f"FOR {', '.join(published)}")
    if options := _options(found):
        clauses.append(f"WITH ({', '.join(options)})")
    return ["\n    ".join(clauses) + ";", *comment_on(f"PUBLICATION {name}", found.comment)]


def _table(table: PublishedTable) -> str:
    """A table alone: the catalog lists every table that is published, descendants too."""
    text = f"ONLY {table.relation.sql}"
    if table.columns is not None:
        text += f" ({', '.join(map(quote_identifier, table.columns))})"
    if table.filter is not None:
        text += f" WHERE {parenthesised(table.filter)}"
    return text


def _options(found: Publication) -> list[str]:
    options = []
    if found.operations != _ALL_OPERATIONS:
        options.append(f"publish = {quote_literal(', '.join(found.operations))}")
    if found.via_root:
        options.append("publish_via_partition_root = true")
    if found.generated_columns == "stored":
        options.append("publish_generated_columns = stored")
    return options


def subscription_note(found: Subscription) -> list[str]:
    """A subscription as SQL comments: without its connection string, which is not read, it cannot be made."""
    name = quote_identifier(found.name)
    publications = ", ".join(map(quote_identifier, found.publications))
    slot = "NONE" if found.slot is None else quote_literal(found.slot)
    options = ", ".join(["connect = false", f"slot_name = {slot}", *found.options])
    statements = [
        f"CREATE SUBSCRIPTION {name} CONNECTION '…not read…'",
        f"    PUBLICATION {publications}",
        f"    WITH ({options});",
    ]
    if found.enabled:
        statements.append(f"ALTER SUBSCRIPTION {name} ENABLE;")
    statements += comment_on(f"SUBSCRIPTION {name}", found.comment)
    lines = [line for statement in statements for line in statement.splitlines()]
    return [
        note(
            f"The subscription {name} is left out: its connection string may hold a secret and was not read."
        ),
        *(f"-- {line}" for line in lines),
    ]
