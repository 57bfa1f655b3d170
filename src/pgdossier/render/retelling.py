"""Sentences that files keep in English, in the language of the document.

`history.json` and `trials.json` are read by programs and outlive a change of language: what they say stays
English there, and is said anew where the document shows it. A sentence that no message fits stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from pgdossier.language import mark, tr
from pgdossier.language.counts import counted
from pgdossier.render.numbers import listed

# `{words}` is a sentence of the same list.
_TRIALS = (
    mark("the server says first: {message}"),
    mark("the server says: {message}"),
    mark("it is not in the rebuilt database"),
    mark("no row in {table}, which {name} references: {words}"),
    mark("no row could be built: {words}"),
    mark("{name} is not in the rebuilt database"),
    mark("rows of a foreign table are elsewhere"),
    mark("there are no rows of it here"),
    mark("{column} of {table} is generated always: no UPDATE can change it"),
    mark("no child of that parent could be built"),
    mark("no other key was found that the conditions of the parent let through"),
    mark("no values were found from which NULL would be computed"),
    mark("there is no partition that could take a row"),
    mark("no row was found of which the condition is false"),
    mark("no row was found that the conditions let through"),
    mark("no value was found of which the condition is false"),
    mark("no value is known for {name} of type {type}"),
    mark("no two rows were found that its operators call a conflict"),
    mark("it has no key to delete a row by"),
    mark("it has no column"),
    mark("a circle of foreign keys"),
    mark("a trigger or a rule stores no row"),
    mark("a trigger stores no row"),
    mark("the statement leaves no child without its parent"),
    mark("the statement leaves the parent as it is"),
    mark("the child is not as declared afterwards"),
    mark("it is not refused"),
    mark("nothing refuses it"),
    mark("a trigger keeps the parent from being deleted, so that nothing is refused"),
    mark("a trigger keeps the parent from being changed, so that nothing is refused"),
    mark("a trigger stands in the way of it: {words}"),
    mark("triggers disabled: {words}"),
    mark("triggers disabled"),
    mark("{constraint} set aside: a circle of foreign keys"),
    mark("{constraint} set aside"),
    mark("{constraint} refuses it, as foretold"),
    mark("rows stay in {tables}; rows go from {others} as well"),
    mark("rows stay in {tables}"),
    mark("rows go from {tables} as well"),
    mark("a deletion in {table}: {words}"),
    mark("a trigger mends {tried} before {name} sees it"),
    mark("a trigger drops the row with {tried} before {name} sees it"),
    mark("a trigger mends it"),
    mark("a trigger sees to the children first, so that nothing is refused"),
    mark("a rule rewrites what is inserted"),
    mark("it was redacted, so that the copy has another one"),
    mark("the server could not evaluate {name} on any of the rows that were tried"),
    mark("{name} lets a row without a parent pass in which {column} is NULL"),
    mark("{name} lets NULL pass in {columns}"),
    mark("{name} lets several rows pass in which {column} is NULL"),
    mark("{name} is checked at the commit only"),
    mark("{name} accepts {words}"),
    mark("the label {label}"),
    mark("{columns} once more"),
    mark("({columns}) = ({values}), which no row has as ({targets})"),
)
_LENGTHS = (
    mark("{column} of {length} characters"),
    mark("{column} of {length} digits"),
    mark("{column} of {length} bits"),
)
_ACTION = re.compile(r"(?P<action>.+?, ON (?:DELETE|UPDATE) [A-Z ]+): (?P<words>.+)", re.DOTALL)

_CHANGES = (
    mark("{words}; its notes moved along"),
    mark("{words} (assumed, {confidence} %: {reason})"),
    mark("{words} (assumed, {confidence} %)"),
    mark("was added"),
    mark("was removed"),
    mark("was renamed from {old}"),
    mark("was moved from schema {schema}"),
    mark("renamed to {new}"),
    mark("moved to schema {schema}"),
    mark("is documented now"),
    mark("is not documented any more"),
    mark("NOT NULL was dropped"),
    mark("became NOT NULL"),
    mark("is no partition of {table} any more"),
    mark("became a partition of {table} {bound}"),
    mark("description added: {text}"),
    mark("description removed: {text}"),
    mark("description of the database added: {text}"),
    mark("description of the database removed: {text}"),
    mark("{field} differs, first in: {before} → {after}"),
    mark("scope of this document: other reasons for what is left out"),
    mark("scope of this document: {scope}"),
)
_TOGETHER = {
    "was added": mark("were added"),
    "was removed": mark("were removed"),
    "is documented now": mark("are documented now"),
    "is not documented any more": mark("are not documented any more"),
}
_SUMMARIES = (
    mark(
        "The structure changed. What changed is not known, because the snapshot of the revision before"
        " was lost or damaged; so breaking changes cannot be ruled out."
    ),
    mark("Read by pgdossier {read_by}, the revision before by {before}: differences may come from that."),
)
_BEGINNING = "Structure as read on this date: "
_INVENTORY = {"schemas": "schema", "tables": "table", "views": "view", "routines": "routine"}

# What changes are in, and several of it.
_KINDS = {
    mark("database"): mark("databases"),
    mark("schema"): mark("schemas"),
    mark("table"): mark("tables"),
    mark("partitioned table"): mark("partitioned tables"),
    mark("foreign table"): mark("foreign tables"),
    mark("view"): mark("views"),
    mark("materialized view"): mark("materialized views"),
    mark("column"): mark("columns"),
    mark("index"): mark("indexes"),
    mark("primary key"): mark("primary keys"),
    mark("unique constraint"): mark("unique constraints"),
    mark("foreign key"): mark("foreign keys"),
    mark("check constraint"): mark("check constraints"),
    mark("exclusion constraint"): mark("exclusion constraints"),
    mark("not-null constraint"): mark("not-null constraints"),
    mark("trigger"): mark("triggers"),
    mark("event trigger"): mark("event triggers"),
    mark("policy"): mark("policies"),
    mark("rule"): mark("rules"),
    mark("sequence"): mark("sequences"),
    mark("function"): mark("functions"),
    mark("procedure"): mark("procedures"),
    mark("aggregate"): mark("aggregates"),
    mark("window function"): mark("window functions"),
    mark("enum type"): mark("enum types"),
    mark("composite type"): mark("composite types"),
    mark("range type"): mark("range types"),
    mark("base type"): mark("base types"),
    mark("domain"): mark("domains"),
    mark("attribute"): mark("attributes"),
    mark("role"): mark("roles"),
    mark("grant"): mark("grants"),
    mark("membership"): mark("memberships"),
    mark("default privileges"): mark("default privileges"),
    mark("extension"): mark("extensions"),
    mark("extended statistics"): mark("extended statistics"),
    mark("publication"): mark("publications"),
    mark("subscription"): mark("subscriptions"),
}
_FIELDS = (
    mark("description"),
    mark("type"),
    mark("base type"),
    mark("definition"),
    mark("order of columns"),
    mark("order of attributes"),
    mark("partition bound"),
    mark("partitioned table"),
    mark("parents"),
    mark("declared here and not only inherited"),
    mark("only a copy of the parent's"),
    mark("privileges"),
    mark("default"),
    mark("owner"),
    mark("columns"),
    mark("keys"),
    mark("labels"),
    mark("identity"),
    mark("generated"),
    mark("collation"),
    mark("expression"),
    mark("predicate"),
    mark("unique"),
    mark("on delete"),
    mark("on update"),
    mark("row security"),
    mark("force row security"),
    mark("persistence"),
    mark("validated"),
    mark("enforced"),
    mark("options"),
    mark("arguments"),
    mark("result"),
    mark("version"),
)
_VALUES = (mark("none"), mark("yes"), mark("no"), mark("as built in"))
_ARROW = " → "


def trial(text: str) -> str:
    """What a trial says of itself: a reason, a note, a violation, a surprise."""
    if (found := _ACTION.fullmatch(text)) is not None:
        return f"{found['action']}: {trial(found['words'])}"
    return _said(text, (*_TRIALS, *_LENGTHS))


def change(text: str) -> str:
    """What happened to an object or to a part of it: `column total: type integer → bigint`."""
    if (found := _parts().fullmatch(text)) is not None:
        part = tr("{kind} {name}", kind=tr(found["kind"]), name=_name(found["name"]))
        words = change(found["words"])
        return f"{part}: {words}" if found["colon"] else f"{part} {words}"
    said = _said(text, _CHANGES, change)
    if said is not text:
        return said
    for field in sorted(_FIELDS, key=len, reverse=True):
        before, arrow, after = text.removeprefix(f"{field} ").partition(_ARROW)
        if arrow and text.startswith(f"{field} "):
            return f"{tr(field)} {_value(before)}{_ARROW}{_value(after)}"
    return text


def changes(text: str) -> str:
    """What happened to several objects alike."""
    if text in _TOGETHER:
        return tr(_TOGETHER[text])
    return change(text.replace("was ", "were ", 1).replace("is ", "are ", 1))


def kind(text: str) -> str:
    """What a changed object is: `table`."""
    return tr(text) if text in _KINDS else text


def kinds(text: str, plural: str) -> str:
    """Several of them; `plural` is the English one of what is not known here."""
    return tr(_KINDS[text]) if text in _KINDS else plural


def summary(text: str) -> str:
    """What a revision says before its changes."""
    if text.startswith(_BEGINNING):
        pieces = re.split(r", | and ", text.removeprefix(_BEGINNING))
        return tr(
            "Structure as read on this date: {inventory}", inventory=listed(list(map(_counted, pieces)))
        )
    return _said(text, _SUMMARIES)


def _counted(text: str) -> str:
    number, _, noun = text.partition(" ")
    singular = _INVENTORY.get(noun, noun)
    digits = number.replace(",", "")
    if singular not in _INVENTORY.values() or not (digits.isdecimal() or number == "no"):
        return text
    return counted(int(digits) if digits.isdecimal() else 0, singular)


def _name(text: str) -> str:
    """The name of a part, with what that is a part of."""
    kinds_ = "|".join(map(re.escape, sorted(_KINDS, key=len, reverse=True)))
    found = re.fullmatch(rf"(?P<name>.+?) of (?P<kind>{kinds_}) (?P<rest>.+)", text, re.DOTALL)
    if found is None:
        return text
    return tr(
        "{name} of {kind} {whole}", name=found["name"], kind=tr(found["kind"]), whole=_name(found["rest"])
    )


def _value(text: str) -> str:
    return tr(text) if text in _VALUES else text


def _said(text: str, messages: Sequence[str], anew: Callable[[str], str] | None = None) -> str:
    """The text by the first message that it fits; `{words}` in it is said anew."""
    for message in messages:
        if (found := _pattern(message).fullmatch(text)) is not None:
            values = found.groupdict()
            if values.get("field") in _FIELDS:
                values["field"] = tr(values["field"])
            if "words" in values:
                again = values["words"]
                values["words"] = anew(again) if anew is not None else _said(again, messages)
            return tr(message, **values)
    return text


@cache
def _parts() -> re.Pattern[str]:
    """A part of an object, and what happened to it."""
    known = "|".join(map(re.escape, sorted(_KINDS, key=len, reverse=True)))
    happened = "was added|was removed|renamed to |moved to schema "
    return re.compile(
        rf"(?P<kind>{known}) (?P<name>.+?)(?:(?P<colon>:) | (?=(?:{happened})))(?P<words>.+)", re.DOTALL
    )


@cache
def _pattern(message: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", message)
    return re.compile(
        "".join(f"(?P<{one}>.+?)" if at % 2 else re.escape(one) for at, one in enumerate(pieces)), re.DOTALL
    )
