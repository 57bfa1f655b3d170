"""CREATE TRIGGER and the states of triggers."""

from __future__ import annotations

import re
from itertools import pairwise

from pgdossier.ddl.comments import comment_on
from pgdossier.ddl.expressions import outermost
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.triggers import Enabled, Trigger

_LINES = re.compile(r" (?:FOR EACH|EXECUTE) ")
_USUAL_BREAKS = 2  # the server prints both

_STATES = {
    Enabled.ORIGIN: "ENABLE",
    Enabled.DISABLED: "DISABLE",
    Enabled.REPLICA: "ENABLE REPLICA",
    Enabled.ALWAYS: "ENABLE ALWAYS",
}


def create_triggers(relation: Relation) -> list[str]:
    """The relation's own triggers with their states; partitions get theirs from the partitioned table."""
    statements = []
    for trigger in relation.triggers:
        if not trigger.inherited:
            statements.append(create_trigger(trigger))
            if trigger.enabled is not Enabled.ORIGIN:
                statements += trigger_state(relation, trigger)
            statements += trigger_comment(relation, trigger)
    return statements


def create_trigger(trigger: Trigger) -> str:
    """A trigger, in lines: what fires it, for what, and what is then called."""
    text = trigger.definition
    breaks = [found.start() for found in _LINES.finditer(text)]
    if len(breaks) > _USUAL_BREAKS:  # some are in a condition
        breaks = [found.start() for found in _LINES.finditer(outermost(text))]
    pieces = [text[start:end].strip() for start, end in pairwise([0, *breaks, len(text)])]
    return "\n    ".join(pieces) + ";"


def copied_triggers(relation: Relation, parent: Relation | None) -> list[str]:
    """States and comments of the triggers that a partition has from its parent.

    Args:
        relation: The partition.
        parent: The partitioned table, when it has its triggers, with their states, before its partition is
            made, which then has the same; None when triggers are created after that, and enabled.
    """
    statements = []
    given = {trigger.name: trigger.enabled for trigger in parent.triggers} if parent else {}
    for trigger in relation.triggers:
        if trigger.inherited:
            if trigger.enabled is not given.get(trigger.name, Enabled.ORIGIN):
                statements += trigger_state(relation, trigger)
            statements += trigger_comment(relation, trigger)
    return statements


def trigger_state(relation: Relation, trigger: Trigger) -> list[str]:
    """In which session_replication_role a trigger fires; nothing where the catalogs' word is not known."""
    if trigger.enabled not in _STATES:
        return []
    # Without ONLY the state would go down to partitions that may have states of their own.
    only = "ONLY " if relation.kind is RelationKind.PARTITIONED_TABLE else ""
    state = f"{_STATES[trigger.enabled]} TRIGGER {quote_identifier(trigger.name)}"
    return [f"ALTER TABLE {only}{relation.qualified.sql} {state};"]


def trigger_comment(relation: Relation, trigger: Trigger) -> list[str]:
    """The comment on a trigger."""
    if trigger.comment is None:
        return []
    what = f"TRIGGER {quote_identifier(trigger.name)} ON {relation.qualified.sql}"
    return comment_on(what, trigger.comment)
