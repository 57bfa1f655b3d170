"""The revision history of a document: `history.json`, and the revision that a change of structure makes.

The first revision is 1.0. A change of structure makes the next one: a major one (1.4 -> 2.0) when some
difference is breaking for readers or writers, else a minor one (1.4 -> 1.5). What counts as a change is
exactly what makes a document stale, so that every changed page of facts has a row that says why. Three cases
worth a word:

- Another server version is a change of structure, since the document says on its face what it describes: it
  makes a minor revision. The not-null constraints that PostgreSQL 18 was the first to name are no differences
  to an older one.
- A changed description (COMMENT ON) is one as well, and a minor revision.
- Another scope is told as such: what is documented now and was not before was not "added", nor was what is
  left out now "removed"; neither is breaking.

Statistics, and descriptions that the project keeps itself, make no revision.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from pgdossier.errors import OutputError
from pgdossier.history import differences
from pgdossier.history.comparison import (
    NAMED_NOT_NULLS_SINCE,
    Finding,
    findings,
    without_named_not_nulls,
)
from pgdossier.history.differences import Element, Path, kind, name_of, unlike
from pgdossier.history.renames import Rename, Renaming, moved
from pgdossier.history.risk import Risk
from pgdossier.history.sizes import Sizes
from pgdossier.history.verification import digest
from pgdossier.model.names import QualifiedName
from pgdossier.model.scope import Scope
from pgdossier.model.snapshot import Snapshot, Structure

FILE = "history.json"
FORMAT = 1
_FIRST = "1.0"
_VERSION = re.compile(r"[1-9]\d*\.(?:0|[1-9]\d*)\Z")
_DATABASE = "database"


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of the file."""


class Change(_Part, frozen=True, kw_only=True):
    """One difference, told of the object that it belongs to.

    Attributes:
        kind: What the object is: "table", "schema"; "database" for what belongs to no object in it.
        name: Its name, without its schema.
        schema: Its schema; None for what is in none.
        what: What happened to it, in words: "was added", "column total: type integer → bigint".
        risk: "breaking", "widening" or "neutral", whoever it is for.
        whole: "added", "removed" or "renamed" when it happened to the object as a whole; "included" or "left
            out" when only the scope of the document changed.
    """

    kind: str
    name: str = ""
    schema: str | None = None
    what: str
    risk: str = "neutral"
    whole: str = ""

    @property
    def dotted(self) -> str:
        """The object's name for people."""
        return self.name if self.schema is None else f"{self.schema}.{self.name}"


class Assumption(_Part, frozen=True, kw_only=True):
    """That an object is another one under a new name, which nobody but the people who did it knows.

    Attributes:
        kind: What it is, or what it is in: "table", "column", …
        before: The old address, from the object inwards.
        after: The new one.
        schemas: The schema of the object before and after; None for what is in none.
        confidence: How sure that is, in percent.
        reason: What speaks for it.
    """

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    schemas: tuple[str | None, str | None] = (None, None)
    confidence: int
    reason: str


class Revision(_Part, frozen=True, kw_only=True):
    """One version of the document.

    Attributes:
        version: "2.1".
        date: The day on which the structure was read (`YYYY-MM-DD`).
        author: Who made the revision; None when nobody is known.
        breaking: Whether some change is breaking for readers or writers.
        summary: What is to be said beside the changes; the first revision has nothing else.
        changes: All of them, most important objects first.
        assumed: The renames among them.
        structure: What tells the structure from another: its SHA-256.
        read_by: The version of pgdossier that read it.
    """

    version: str
    date: str
    author: str | None = None
    breaking: bool = False
    summary: str = ""
    changes: tuple[Change, ...] = ()
    assumed: tuple[Assumption, ...] = ()
    structure: str
    read_by: str


class Note(_Part, frozen=True, kw_only=True):
    """What is remembered of an authored text: its hash, and the version of the document it was written in."""

    text: str
    version: str


class History(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: revisions, the oldest first, what is remembered of people's texts by key, sizes by day."""

    generator: Literal["pgdossier"] = "pgdossier"
    format: int = FORMAT
    revisions: tuple[Revision, ...]
    notes: dict[str, Note] = {}
    sizes: tuple[Sizes, ...] = ()

    @property
    def current(self) -> Revision:
        """The newest revision."""
        return self.revisions[-1]

    def remembering(self, texts: Mapping[str, str], since: str) -> History:
        """The history that knows these texts and no others.

        Args:
            texts: The hash of every text that people wrote, by its key.
            since: The version of the document in which a text stands that was not known before.
        """
        notes = {
            key: known
            if (known := self.notes.get(key)) is not None and known.text == text
            else Note(text=text, version=since)
            for key, text in sorted(texts.items())
        }
        return msgspec.structs.replace(self, notes=notes)

    def redacted(self, redact: Callable[[str], str]) -> History:
        """The history with what `redact` leaves of the words of its changes; names stay."""
        earlier = tuple(
            msgspec.structs.replace(
                revision,
                changes=tuple(
                    msgspec.structs.replace(each, what=redact(each.what)) for each in revision.changes
                ),
            )
            for revision in self.revisions
        )
        return self if earlier == self.revisions else msgspec.structs.replace(self, revisions=earlier)

    def moving(self, moves: Mapping[str, str]) -> History:
        """The history after texts got new keys."""
        return msgspec.structs.replace(
            self, notes={moves.get(key, key): note for key, note in self.notes.items()}
        )

    def last_change(self, schema: str | None, name: str, since: str) -> tuple[Revision, list[Change]] | None:
        """The newest revision after `since` that changed an object, under whatever name it had then.

        Args:
            schema: The schema of a relation as it is called now; None when `name` is a schema.
            name: Its name. Of a schema, what came into it, left it or was renamed in it counts as well.
            since: A version; revisions up to it do not count.
        """
        for revision in reversed(self.revisions):
            if _number(revision.version) <= _number(since):
                return None
            found = [change for change in revision.changes if _concerns(change, schema, name)]
            if found:
                return revision, found
            schema, name = _earlier(revision.assumed, schema, name)
        return None


def _concerns(change: Change, schema: str | None, name: str) -> bool:
    if change.whole in ("included", "left out"):  # nothing happened to it
        return False
    if schema is not None:
        return (change.schema, change.name) == (schema, name) and _is_relation(change.kind)
    if change.kind == "schema":
        return change.name == name
    return change.schema == name and _is_relation(change.kind) and change.whole != ""


def _is_relation(kind: str) -> bool:
    return kind.endswith(("table", "view"))


def _earlier(assumed: Sequence[Assumption], schema: str | None, name: str) -> tuple[str | None, str]:
    """What an object was called before these renames."""
    for each in assumed:
        here = len(each.after) == 1 and _is_relation(each.kind) and schema is not None
        if here and (each.schemas[1], each.after[0]) == (schema, name):
            return each.schemas[0], each.before[0]
    for each in assumed:
        if each.kind == "schema" and len(each.after) == 1:
            if schema is None and each.after[0] == name:
                return None, each.before[0]
            if schema is not None and each.after[0] == schema:
                return each.before[0], name
    return schema, name


# --- the file ------------------------------------------------------------------------------------


def encode(history: History) -> bytes:
    """The bytes of `history.json`."""
    return msgspec.json.format(msgspec.json.encode(history), indent=1) + b"\n"


def decode(data: bytes, where: str = FILE) -> History:
    """The history in those bytes.

    Raises:
        OutputError: It is damaged, merged by half, or of a newer version (code 2).
    """
    try:
        found = msgspec.json.decode(data, type=History)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        if re.search(rb"^(?:<<<<<<<|=======|>>>>>>>)", data, re.MULTILINE):
            wrong = "holds the conflict of a merge"
        else:
            wrong = f"is damaged: {error}".splitlines()[0]
    else:
        wrong = _wrong(found)
        if not wrong:
            return found
    raise lost(f"{where} {wrong}")


def lost(what: str) -> OutputError:
    """The error that the history of a document cannot be read; `what` says why."""
    return OutputError(
        f"{what}; nothing was written",
        hint="restore it from version control (after a merge, the version of either branch);"
        " with --discard a new history begins at 1.0",
        code=2,
    )


def _wrong(found: History) -> str:
    if found.format != FORMAT:
        return f"has format {found.format}; this version reads format {FORMAT}"
    if not found.revisions:
        return "is damaged: it holds no revision"
    versions = [revision.version for revision in found.revisions]
    for version in (*versions, *(note.version for note in found.notes.values())):
        if not _VERSION.match(version):
            return f"is damaged: {version!r} is no version"
    for one, other in pairwise(versions):
        if _number(one) >= _number(other):
            return f"is damaged: revision {other} stands after {one}"
    days = [entry.date for entry in found.sizes]
    if not all(map(_is_day, days)) or days != sorted(set(days)):
        return "is damaged: the days of its sizes are no days, or not in order"
    return ""


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _number(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor)


# --- making revisions ----------------------------------------------------------------------------


def begin(snapshot: Snapshot, summary: str, *, author: str | None, read_by: str) -> History:
    """The history of a document that is written for the first time, or was never given one.

    Args:
        snapshot: What the document is about.
        summary: What is to be said of the first revision.
        author: Who made it; None when nobody is known.
        read_by: The version of pgdossier.
    """
    first = Revision(
        version=_FIRST,
        date=snapshot.captured_on,
        author=author,
        summary=summary,
        structure=digest(snapshot.structure),
        read_by=read_by,
    )
    return History(revisions=(first,))


def revised(
    history: History,
    before: Structure | None,
    after: Snapshot,
    renaming: Renaming | None = None,
    *,
    author: str | None,
    read_by: str,
    noted: Collection[tuple[str | None, str]] = (),
) -> History:
    """The history with one more revision when the structure changed, else the same.

    Args:
        history: The history so far.
        before: The structure that the document was about; None when that is not known any more.
        after: What it is about now.
        renaming: The renames between the two, when they have been looked for already.
        author: Who makes the revision; None when nobody is known.
        read_by: The version of pgdossier.
        noted: Schema and name of the relations, None and name of the schemas, whose notes moved along.
    """
    structure = digest(after.structure)
    if before is None:
        if structure == history.current.structure:
            return history
        summary = (
            "The structure changed. What changed is not known, because the snapshot of the revision before"
            " was lost or damaged; so breaking changes cannot be ruled out."
        )
        changes: tuple[Change, ...] = ()
        breaking = True
    elif before == after.structure:
        return history
    else:
        renaming = renaming or Renaming(before, after.structure)
        changes = tuple(_with_notes(each, noted) for each in _changes(renaming))
        breaking = any(change.risk == Risk.BREAKING.word for change in changes)
        summary = ""
        if read_by != history.current.read_by:
            summary = (
                f"Read by pgdossier {read_by}, the revision before by {history.current.read_by}: differences"
                " may come from that."
            )
    major, minor = _number(history.current.version)
    revision = Revision(
        version=f"{major + 1}.0" if breaking else f"{major}.{minor + 1}",
        date=after.captured_on,
        author=author,
        breaking=breaking,
        summary=summary,
        changes=changes,
        assumed=tuple(_assumed(renaming)) if renaming is not None else (),
        structure=structure,
        read_by=read_by,
    )
    return msgspec.structs.replace(history, revisions=(*history.revisions, revision))


def _assumed(renaming: Renaming) -> Iterator[Assumption]:
    if not renaming.found:
        return
    old, new = _schemas(renaming)
    for each in renaming.found:
        schemas = (old.get(_head(each.before)), new.get(_head(each.after)))
        yield Assumption(
            kind=each.kind,
            before=_names(each.before, schemas[0]),
            after=_names(each.after, schemas[1]),
            schemas=schemas,
            confidence=each.confidence,
            reason=each.reason,
        )


def _head(path: Path) -> tuple[str, str]:
    return path[0].kind, path[0].name


def _names(path: Path, schema: str | None) -> tuple[str, ...]:
    first = path[0].name if schema is None else path[0].name.removeprefix(f"{schema}.")
    return (first, *(element.name for element in path[1:]))


_TYPES = ("enums", "domains", "composites", "ranges", "bases")


_Schemas = dict[tuple[str, str], str]


def _schemas(renaming: Renaming) -> tuple[_Schemas, _Schemas]:
    """The schema of everything old and new that is in one, but for what is the same whatever was renamed.

    By kind and name for people: dots divide nothing there.
    """
    old: _Schemas = {}
    new: _Schemas = {}
    for family in (*_TYPES, "relations", "sequences", "routines"):
        before, renamed, after = (
            getattr(structure, family) for structure in (renaming.before, renaming.renamed, renaming.after)
        )
        lost, gained = unlike(before, after)
        if renamed is not before:
            gained += unlike(renamed, after)[1]
        old |= {(kind(found), name_of(found)): found.schema for _, found in lost}
        new |= {(kind(found), name_of(found)): found.schema for found in gained}
    return old, new


def _with_notes(change: Change, noted: Collection[tuple[str | None, str]]) -> Change:
    """The change that says, of a rename, that people's notes went along."""
    if change.whole != "renamed":
        return change
    here = {(change.schema, change.name)}
    if change.kind == "schema":
        here |= {about for about in noted if about[0] == change.name}
    if not here & set(noted):
        return change
    return msgspec.structs.replace(change, what=f"{change.what}; its notes moved along")


def _changes(renaming: Renaming) -> list[Change]:
    """What is different, the most important object first; within one object the most important change."""
    before, after = renaming.before, renaming.after
    patterns = (before.scope.include, before.scope.exclude) != (after.scope.include, after.scope.exclude)
    old, new = _schemas(renaming)
    schemas = old | new
    told = [
        _told(found, schemas, scoped=patterns)
        for found in _findings(renaming)
        if not _follows(found, before, after) and not _is_scope(found.difference.path, found.difference.field)
    ]
    if before.scope != after.scope:
        told.append(Change(kind=_DATABASE, what=_scope_in_words(before.scope, after.scope)))
    if not told:  # only what is not worth telling by itself
        told = [
            _told(found, schemas, scoped=patterns) for found in findings(before, after, renaming=renaming)
        ]
    weights: dict[tuple[str, str], tuple[int, int]] = {}
    for change in told:
        weight = (_RISKS.index(change.risk), int(not change.whole))
        known = weights.setdefault((change.kind, change.dotted), weight)
        weights[change.kind, change.dotted] = min(known, weight)
    return sorted(
        told,
        key=lambda change: (
            patterns and change.kind != _DATABASE,  # the scope explains what comes after it
            *weights[change.kind, change.dotted],
            change.dotted,
            change.kind,
            _RISKS.index(change.risk),
        ),
    )


_RISKS = tuple(risk.word for risk in sorted(Risk, reverse=True))


def _findings(renaming: Renaming) -> tuple[Finding, ...]:
    before, after = renaming.before, renaming.after
    majors = sorted(structure.server.major for structure in (before, after))
    if majors[0] < NAMED_NOT_NULLS_SINCE <= majors[1]:
        before, after = (without_named_not_nulls(structure) for structure in (before, after))
        return findings(before, after)
    return findings(before, after, renaming=renaming)


def _follows(found: Finding, before: Structure, after: Structure) -> bool:
    """Whether it is told already: the sequence of a serial or identity column that came or went with it."""
    path = found.difference.path
    if len(path) != 1 or path[0].kind != "sequence" or found.difference.field:
        return False
    here, there = (after, before) if found.difference.before is None else (before, after)
    sequence = next((each for each in here.sequences if each.qualified.dotted == path[0].name), None)
    if sequence is None or sequence.owned_by is None:
        return False
    owner = sequence.owned_by
    return not any(
        relation.qualified == owner.relation
        and any(column.name == owner.column for column in relation.columns)
        for relation in there.relations
    )


def _is_scope(path: Path, field: str) -> bool:
    return (not path and field.startswith("scope.")) or (bool(path) and path[0].kind == "schema left out")


def _told(found: Finding, schemas: Mapping[tuple[str, str], str], *, scoped: bool) -> Change:
    difference = found.difference
    path = difference.path
    if not path:
        words = found.words.removeprefix("database").lstrip(": ")
        return Change(kind=_DATABASE, what=words, risk=found.risks.worst.word)
    label = " ".join(f"{path[0].kind} {path[0].name}".split("\n"))
    if len(path) > 1:
        words = found.words.replace(f" of {label}", "", 1)
    elif difference.change is differences.Change.RENAMED:
        words = f"{_came_from(difference)} (assumed, {difference.confidence} %"
        words += f": {difference.reason})" if difference.reason else ")"
    else:
        words = found.words.removeprefix(label).lstrip(": ")
    schema = schemas.get(_head(path))
    whole = difference.change.value if len(path) == 1 and not difference.field else ""
    risk = found.risks.worst.word
    if scoped and whole in _SCOPED:
        (whole, words), risk = _SCOPED[whole], Risk.NEUTRAL.word
    return Change(
        kind=path[0].kind,
        schema=schema,
        name=_names(path, schema)[0],
        what=words,
        risk=risk,
        whole="" if whole == "changed" else whole,
    )


def _came_from(found: differences.Difference) -> str:
    """`was renamed from sales.coupons`, `was moved from schema sales`."""
    old, new = found.former[0].name, found.path[0].name
    schema, _, name = old.partition(".")
    is_moved = name and new.partition(".")[2] == name
    return f"was moved from schema {schema}" if is_moved else f"was renamed from {old}"


_SCOPED = {
    "added": ("included", "is documented now"),
    "removed": ("left out", "is not documented any more"),
}


def _scope_in_words(before: Scope, after: Scope) -> str:
    if (before.include, before.exclude) != (after.include, after.exclude):
        return f"scope of this document: {_patterns(before)} → {_patterns(after)}"
    parts = []
    old, new = ({found.name for found in scope.schemas_left_out} for scope in (before, after))
    for names, words in ((new - old, "left out now"), (old - new, "not left out any more")):
        if names:
            parts.append(f"{words}: schema {', '.join(sorted(names))}")
    if before.relations_left_out != after.relations_left_out:
        parts.append(f"relations left out: {before.relations_left_out} → {after.relations_left_out}")
    return "scope of this document: " + ("; ".join(parts) or "other reasons for what is left out")


def _patterns(scope: Scope) -> str:
    included = ", ".join(scope.include) or "everything"
    return f"{included} without {', '.join(scope.exclude)}" if scope.exclude else included


def moved_objects(
    before: Structure, after: Structure, renames: Sequence[Rename]
) -> list[tuple[QualifiedName | str, QualifiedName | str]]:
    """Old and new names of every relation and schema (a bare name) whose name these renames change."""
    if not renames:
        return []
    now = {relation.qualified.dotted: relation.qualified for relation in after.relations}
    pairs: list[tuple[QualifiedName | str, QualifiedName | str]] = []
    for relation in before.relations:
        old = relation.qualified
        path = moved((Element(kind(relation), old.dotted),), renames)
        new = now.get(path[0].name)
        if new is not None and new != old:
            pairs.append((old, new))
    for schema in before.schemas:
        name = moved((Element("schema", schema.name),), renames)[0].name
        if name != schema.name:
            pairs.append((schema.name, name))
    return pairs
