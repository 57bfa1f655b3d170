"""Sentences about relationships, with the right cardinality words. Names come in as Markdown already."""

from __future__ import annotations

from pgdossier.analysis.relationships import Relationship
from pgdossier.language import mark, tr
from pgdossier.model.constraints import Action, ForeignKey, Match
from pgdossier.render.escaping import code
from pgdossier.render.numbers import listed


def columns_words(columns: tuple[str, ...]) -> str:
    """Column names as code, in a row."""
    return listed([code(column) for column in columns])


def parents(relationship: Relationship, parent: str) -> str:
    """How many parents a child has (a temporal foreign key: at every moment of the child's period)."""
    if relationship.optional:
        return tr("at most one {table} row", table=parent)
    return tr("exactly one {table} row", table=parent)


def children(relationship: Relationship, child: str) -> str:
    """How many children a parent has."""
    if relationship.required:
        if relationship.many:
            return tr("one or more {table} rows", table=child)
        return tr("exactly one {table} row", table=child)
    if relationship.many:
        return tr("any number of {table} rows", table=child)
    return tr("at most one {table} row", table=child)


def _pointing(relationship: Relationship, child: str) -> str:
    """How many other rows of the same table point to a row."""
    if relationship.required:
        if relationship.many:
            return tr("one or more {table} rows point to it", table=child)
        return tr("exactly one {table} row points to it", table=child)
    if relationship.many:
        return tr("any number of {table} rows point to it", table=child)
    return tr("at most one {table} row points to it", table=child)


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
    found = [tr("one-to-many") if relationship.many else tr("one-to-one")]
    if relationship.self_reference:
        found.append(tr("self-referential"))
    if relationship.identifying:
        found.append(tr("identifying"))
    return ", ".join(found)


def on_delete(key: ForeignKey, children: str | None = None) -> str:
    """What deleting the referenced row does, to complete "deleting the parent row …"."""
    children = children or tr("the child rows")
    match key.on_delete:
        case Action.CASCADE:
            return tr("deletes {children}", children=children)
        case Action.SET_NULL:
            return tr("sets {named} to null", named=columns_words(_set(key)))
        case Action.SET_DEFAULT:
            return tr("sets {named} to the default", named=columns_words(_set(key)))
        case Action.NO_ACTION | Action.RESTRICT:
            return tr("is refused while {children} exist", children=children)
        case _:
            return tr("does what is not known here")


def _set(key: ForeignKey) -> tuple[str, ...]:
    """The columns that deleting the referenced row sets."""
    return key.on_delete_columns or key.columns


def reservations(key: ForeignKey) -> list[str]:
    """What weakens or changes the promise of a foreign key, in words."""
    found = []
    if not key.enforced:
        found.append(tr("not enforced"))
    elif not key.validated:
        found.append(tr("not validated: older rows may break it"))
    if key.match is Match.FULL and len(key.columns) > 1:
        found.append(tr("all columns null or none (MATCH FULL)"))
    if key.period:
        found.append(tr("for the same period (temporal)"))
    if key.initially_deferred:
        found.append(tr("checked at commit"))
    elif key.deferrable:
        found.append(tr("deferrable"))
    if key.on_update is Action.CASCADE:
        found.append(tr("follows changes of the key"))
    elif key.on_update in (Action.SET_NULL, Action.SET_DEFAULT):
        found.append(tr("on update {on_update}", on_update=key.on_update))
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
    strength = "seems" if seems else "meant" if not (relationship.proved or relationship.assumed) else ""
    temporal = bool(relationship.key.period)
    above = parents(relationship, child if relationship.self_reference else parent)
    if relationship.self_reference:
        back = _pointing(relationship, child)
        said = tr(_POINTING[strength, temporal], child=child, parents=above, pointing=back)
    else:
        below = children(relationship, child)
        said = tr(_BELONGING[strength, temporal], parent=parent, child=child, parents=above, children=below)
    return tr("By {columns}: {sentence}", columns=by, sentence=said[:1].lower() + said[1:]) if by else said


# By how sure it is, and whether the foreign key is temporal.
_POINTING = {
    ("", False): mark("Each {child} row points to {parents}, and {pointing}."),
    ("", True): mark("Each {child} row points at every moment of its period to {parents}, and {pointing}."),
    ("seems", False): mark("Each {child} row seems to point to {parents}, and {pointing}."),
    ("seems", True): mark(
        "Each {child} row seems to point at every moment of its period to {parents}, and {pointing}."
    ),
    ("meant", False): mark("Each {child} row is meant to point to {parents}, and {pointing}."),
    ("meant", True): mark(
        "Each {child} row is meant to point at every moment of its period to {parents}, and {pointing}."
    ),
}
_BELONGING = {
    ("", False): mark("Each {parent} row has {children}; each {child} row belongs to {parents}."),
    ("", True): mark(
        "Each {parent} row has {children}; each {child} row belongs at every moment of its period to"
        " {parents}."
    ),
    ("seems", False): mark(
        "Each {parent} row seems to have {children}; each {child} row seems to belong to {parents}."
    ),
    ("seems", True): mark(
        "Each {parent} row seems to have {children}; each {child} row seems to belong at every moment of its"
        " period to {parents}."
    ),
    ("meant", False): mark(
        "Each {parent} row has {children}; each {child} row is meant to belong to {parents}."
    ),
    ("meant", True): mark(
        "Each {parent} row has {children}; each {child} row is meant to belong at every moment of its period"
        " to {parents}."
    ),
}
