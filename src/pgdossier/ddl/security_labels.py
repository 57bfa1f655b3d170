"""SECURITY LABEL."""

from __future__ import annotations

from pgdossier.model.names import quote_identifier, quote_literal
from pgdossier.model.security_labels import SecurityLabel
from pgdossier.model.snapshot import Structure


def security_labels(structure: Structure, *, of_event_triggers: bool) -> list[str]:
    """The labels on event triggers, which come last of all, or those on everything else.

    A script does not make subscriptions, so it cannot label them.
    """
    return [
        security_label(found)
        for found in structure.security_labels
        if found.object.startswith("EVENT TRIGGER ") is of_event_triggers
        and not found.object.startswith("SUBSCRIPTION ")
    ]


def security_label(found: SecurityLabel) -> str:
    """One label; the server must have loaded the provider's module."""
    provider = quote_identifier(found.provider)
    return f"SECURITY LABEL FOR {provider} ON {found.object} IS {quote_literal(found.label)};"
