"""Sentences about relationships, with the right cardinality words. Names come in as Markdown already."""

from __future__ import annotations

from pgdossier.analysis.relationships import Relationship
from pgdossier.model.constraints import Action, ForeignKey, Match
from pgdossier.render.escaping import code
from pgdossier.render.numbers import listed


def columns_words(columns: tuple[str, ...]) -> str:
    """Column names as code, in a row."""
    return listed([code(column) for column in columns])


def up(relationship: Relationship) -> str:
    """How many parents a child has (a temporal foreign key: at every moment of the child's period)."""
    return "at most one" if relationship.optional else "exactly one"


def down(relationship: Relationship) -> str:
    """How many children a parent has."""
    if relationship.required:
        return "one or more" if relationship.many else "exactly one"
    return "any number of" if relationship.many else "at most one"


def cardinality(relationship: Relationship) -> str:
    """The ends in the usual notation, parent : child."""
    parent = "0..1" if relationship.optional else "1"
    child = "n" if relationship.many else "1"
    if not relationship.required:
        child = f"0..{child}"
    elif relationship.many:
        child = "1..n"
    return f"{parent} : {child}"


def kind(relationship: Relationship) -> str:
    """What an architect calls it: `one-to-many`, `one-to-one, identifying`."""
    found = ["one-to-many" if relationship.many else "one-to-one"]
    if relationship.self_reference:
        found.append("self-referential")
    if relationship.identifying:
        found.append("identifying")
    return ", ".join(found)


def on_delete(key: ForeignKey, children: str = "the child rows") -> str:
    """What deleting the referenced row does, to complete "deleting the parent row …"."""
    named = columns_words(key.on_delete_columns or key.columns)
    match key.on_delete:
        case Action.CASCADE:
            return f"deletes {children}"
        case Action.SET_NULL:
            return f"sets {named} to null"
        case Action.SET_DEFAULT:
            return f"sets {named} to the default"
        case Action.NO_ACTION | Action.RESTRICT:
            return f"is refused while {children} exist"
        case _:
            return "does what is not known here"


def reservations(key: ForeignKey) -> list[str]:
    """What weakens or changes the promise of a foreign key, in words."""
    found = []
    if not key.enforced:
        found.append("not enforced")
    elif not key.validated:
        found.append("not validated: older rows may break it")
    if key.match is Match.FULL and len(key.columns) > 1:
        found.append("all columns null or none (MATCH FULL)")
    if key.period:
        found.append("for the same period (temporal)")
    if key.initially_deferred:
        found.append("checked at commit")
    elif key.deferrable:
        found.append("deferrable")
    if key.on_update is Action.CASCADE:
        found.append("follows changes of the key")
    elif key.on_update in (Action.SET_NULL, Action.SET_DEFAULT):
        found.append(f"on update {key.on_update}")
    return found


def sentence(
    relationship: Relationship, parent: str, child: str, *, by: str = "", seems: bool = False
) -> str:
    """Both directions of a relationship in one sentence.

    Args:
        relationship: What is declared, or assumed.
        parent: The parent's name as Markdown.
        child: The child's.
        by: The referencing columns as Markdown, where the two tables have more than one relationship.
        seems: Say so as a guess.

    Returns:
        The sentence with its full stop. What rows may break (a foreign key that is not enforced or not
        validated) it calls meant, not done.
    """
    start = f"By {by}: each" if by else "Each"
    verb = "seems to" if seems else "is meant to" if not (relationship.proved or relationship.assumed) else ""
    moment = " at every moment of its period" if relationship.key.period else ""
    rows = "rows" if relationship.many else "row"
    if relationship.self_reference:
        points = f"{verb} point" if verb else "points"
        back = "point" if relationship.many else "points"
        return (
            f"{start} {child} row {points}{moment} to {up(relationship)} {child} row, "
            f"and {down(relationship)} {child} {rows} {back} to it."
        )
    has = "seems to have" if seems else "has"
    belongs = f"{verb} belong" if verb else "belongs"
    return (
        f"{start} {parent} row {has} {down(relationship)} {child} {rows}; "
        f"each {child} row {belongs}{moment} to {up(relationship)} {parent} row."
    )
