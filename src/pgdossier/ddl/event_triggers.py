"""CREATE EVENT TRIGGER, with its state, comment and owner."""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.ddl.owners import event_trigger_owner
from pgdossier.model.event_triggers import EventTrigger
from pgdossier.model.names import quote_identifier, quote_literal
from pgdossier.model.triggers import Enabled

_STATES = {
    Enabled.DISABLED: "DISABLE",
    Enabled.REPLICA: "ENABLE REPLICA",
    Enabled.ALWAYS: "ENABLE ALWAYS",
}


def create_event_trigger(trigger: EventTrigger, *, owner: bool) -> list[str]:
    """An event trigger.

    It must be the last thing to be made: once it is there, it fires for other commands of the script
    (not for those on event triggers).

    Args:
        trigger: The event trigger.
        owner: Whether its owner is written.
    """
    name = quote_identifier(trigger.name)
    parts = [f"CREATE EVENT TRIGGER {name} ON {quote_identifier(trigger.event)}"]
    if trigger.tags:
        parts.append(f"WHEN TAG IN ({', '.join(quote_literal(tag) for tag in trigger.tags)})")
    parts.append(f"EXECUTE FUNCTION {trigger.function.sql}()")
    statements = ["\n    ".join(parts) + ";"]
    if trigger.enabled in _STATES:
        statements.append(f"ALTER EVENT TRIGGER {name} {_STATES[trigger.enabled]};")
    statements += comment_on(f"EVENT TRIGGER {name}", trigger.comment)
    return [*statements, event_trigger_owner(trigger)] if owner else statements
