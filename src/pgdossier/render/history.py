"""The revision history in words: §13, the title block, and the marks on texts that a change made old."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from pgdossier.authored import blocks
from pgdossier.history.revisions import FILE, Change, History, Revision
from pgdossier.history.risk import Risk
from pgdossier.language import tr
from pgdossier.language.counts import counted
from pgdossier.render import retelling
from pgdossier.render.escaping import code, inline
from pgdossier.render.numbers import listed

# A row is to be read, not to be searched: the file holds everything.
_LINES = 12
_NAMES = 8
_WORDS = 6
_LONGEST = 240
_BRIEF = 100
_ROWS = 50
_PLURALS = {
    "index": "indexes",
    "default privileges": "default privileges",
    "operator class": "operator classes",
    "operator family": "operator families",
    "text search dictionary": "text search dictionaries",
    "foreign server": "foreign servers",
}


def shown(history: History) -> list[Revision]:
    """The revisions that §13 has a row for, the newest first."""
    return list(reversed(history.revisions[-_ROWS:]))


def hidden(history: History) -> int:
    """How many older ones only the file tells of."""
    return max(0, len(history.revisions) - _ROWS)


def author(revision: Revision) -> str:
    """The name of the author as Markdown; the address that git knows is in the file only."""
    name = re.sub(r"\s*<[^<>]*>\s*\Z", "", revision.author or "")
    return inline(name or revision.author or "")


def changes(revision: Revision) -> str:
    """What changed, as the Markdown of one table cell: what is most important, and how much more there is."""
    lines = [inline(retelling.summary(revision.summary))] if revision.summary else []
    told = 0
    for line, count in _lines(revision.changes):
        if len(lines) >= _LINES:
            break
        lines.append(line)
        told += count
    rest = len(revision.changes) - told
    if rest:
        lines.append(
            tr(
                "and {changes} in {file}",
                changes=counted(rest, "more change"),
                file=f"[{code(FILE)}]({FILE})",
            )
        )
    if revision.breaking:
        lines[0] = f"**{tr('Breaking.')}** {lines[0]}"
    return "<br>".join(lines)


def _lines(found: Sequence[Change]) -> list[tuple[str, int]]:
    """One line for each object; objects of one schema that came or went together share one.

    What the scope of the document has gained or lost with its schema is told with the schema.
    """
    schemas = {(each.whole, each.name) for each in found if each.kind == "schema" and each.whole in _SCOPED}
    inside = [each for each in found if (each.whole, each.schema) in schemas]
    rest = [each for each in found if (each.whole, each.schema) not in schemas]
    objects = [list(group) for _, group in groupby(rest, key=lambda change: (change.kind, change.dotted))]
    lines: dict[tuple[str, ...], list[list[Change]]] = {}
    for number, group in enumerate(objects):
        first = group[0]
        alone = len(group) == 1 and first.whole in _WHOLE and bool(first.name)
        key = (first.kind, first.schema or "", first.what, first.risk) if alone else (f"{number}",)
        lines.setdefault(key, []).append(group)
    told = []
    for groups in lines.values():
        line, count = _line(groups), sum(map(len, groups))
        here = {(each.whole, each.name) for group in groups for each in group if each.kind == "schema"}
        if within := sum((each.whole, each.schema) in here for each in inside):
            line = tr("{change}, with {objects}", change=line, objects=counted(within, "object"))
            count += within
        told.append((line, count))
    return told


def _line(groups: Sequence[Sequence[Change]]) -> str:
    first = groups[0][0]
    if len(groups) == 1:
        words = [_what(change) for change in groups[0][:_WORDS]]
        if len(groups[0]) > _WORDS:
            words.append(tr("and {count} more", count=len(groups[0]) - _WORDS))
        label = _label(first.kind, first.dotted)
        separator = ":" if label and not (len(words) == 1 and first.what.startswith(_VERBS)) else ""
        return f"{label}{separator} {'; '.join(words)}".strip()
    names = [code(group[0].dotted) for group in groups[:_NAMES]]
    if len(groups) > _NAMES:
        names.append(tr("{count} more", count=len(groups) - _NAMES))
    kinds = retelling.kinds(first.kind, _PLURALS.get(first.kind, f"{first.kind}s"))
    return f"{kinds} {listed(names)} {inline(retelling.changes(first.what))}{_risk(first)}"


_VERBS = ("was ", "is ")
_SCOPED = ("included", "left out")
_WHOLE = ("added", "removed", *_SCOPED)


def _label(kind: str, name: str) -> str:
    return f"{retelling.kind(kind)} {code(name)}" if name else ""


def _what(change: Change) -> str:
    return inline(_cut(retelling.change(change.what))) + _risk(change)


def _risk(change: Change) -> str:
    return f" (**{tr('breaking')}**)" if change.risk == Risk.BREAKING.word else ""


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[:longest].rstrip()}…"


# --- blocks and what they are about ----------------------------------------------------------------


def subject(key: str) -> tuple[str | None, str] | None:
    """The object that a block is about: schema and name of a relation, None and the name of a schema."""
    kind, names = blocks.parts(key)
    if kind == "table" and len(names) == 2:
        return names[0], names[1]
    if kind == "domain" and len(names) == 1:
        return None, names[0]
    return None


def key_of(schema: str | None, name: str) -> str:
    """The key of the block about an object; `subject` gives the object back."""
    return blocks.key("domain", name) if schema is None else blocks.key("table", schema, name)


def address(key: str) -> str:
    """Where a block stood, in words, as Markdown."""
    kind, names = blocks.parts(key)
    if kind == "table" and len(names) == 2:
        return tr("Notes on {name}", name=code(".".join(names)))
    if kind == "domain" and len(names) == 1:
        return tr("Notes on the schema {name}", name=code(names[0]))
    if kind == "group" and len(names) == 1:
        return tr("Notes on the domain {name}", name=code(names[0]))
    if kind == PAGE and len(names) == 1:
        return tr("Kept from the page {name}", name=code(names[0]))
    return tr("The block {key}", key=code(key))


# The kind of a block that holds what somebody wrote on a page without blocks.
PAGE = "page"


def marks(history: History, texts: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The texts that are older than the last change of what they are about.

    Args:
        history: The revisions, and which text was written in which.
        texts: What people wrote, by key.

    Returns:
        By key: the version of that change, and what changed, as Markdown.
    """
    found: dict[str, tuple[str, str]] = {}
    for key, body in texts.items():
        about, note = subject(key), history.notes.get(key)
        if about is None or note is None or not body.strip():
            continue
        change = history.last_change(*about, since=note.version)
        if change is not None:
            found[key] = (change[0].version, _brief(change[1], about))
    return found


def _brief(found: Sequence[Change], about: tuple[str | None, str]) -> str:
    """The most important change in a few words: what was assumed, and why, stands in §13."""
    first = found[0]
    words = inline(_cut(retelling.change(first.what.partition(" (assumed")[0]), _BRIEF))
    own = about[0] is not None or first.kind == "schema"  # a schema also has what is in it
    if not own:
        words = f"{_label(first.kind, first.dotted)} {words}"
    elif first.whole:
        words = f"{retelling.kind(first.kind)} {words}"
    return (
        tr("{change}, and {changes}", change=words, changes=counted(len(found) - 1, "more change"))
        if len(found) > 1
        else words
    )
