"""Two structures -> what a person or a program wants to know of their differences: words and risk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from pgdossier.history.changes import changes_with
from pgdossier.history.differences import Change, Difference, differences
from pgdossier.history.locks import Lock
from pgdossier.history.migration_locks import Locks
from pgdossier.history.ownership import without_following
from pgdossier.history.renames import Renaming
from pgdossier.history.risk import Risk, Risks, has_public_default, risks
from pgdossier.history.unread_options import without_unread
from pgdossier.history.verification import placeless
from pgdossier.history.wording import sentence, worth_saying
from pgdossier.model.privileges import Grant
from pgdossier.model.roles import Membership, Role
from pgdossier.model.snapshot import Structure

NAMED_NOT_NULLS_SINCE = 18
_NEWEST = 18
_GRANTED_MEMBERSHIPS_SINCE = 16


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One difference, in words, with what it means for those who read and write rows.

    Attributes:
        difference: The difference.
        words: It in words.
        risks: What it means once it is made.
        lock: What making it holds; None when that is no lock on a relation.
    """

    difference: Difference
    words: str
    risks: Risks
    lock: Lock | None = None

    @property
    def judged(self) -> str:
        """The line for people: `breaking for writers: column a of table public.t: became NOT NULL`."""
        return f"{verdict(self.risks)}: {self.words}"


def verdict(found: Risks) -> str:
    """The worst class, and for whom when it is not for both: `widening`, `breaking for writers`."""
    if found.readers == found.writers:
        return found.worst.word
    return f"{found.worst.word} for {'readers' if found.readers > found.writers else 'writers'}"


def findings(
    before: Structure, after: Structure, *, major: int | None = None, renaming: Renaming | None = None
) -> tuple[Finding, ...]:
    """The differences worth telling, sorted by path; none exactly when the structures are equal.

    What only says again what another difference says is left out: SQL beside its details, dependencies
    beside what depends, and the built-in privileges of an owner once others are granted any. What was renamed
    is told under its new name, with what else changed in it.

    Args:
        before: What was.
        after: What is.
        major: The major version that a migration would run on, for its locks; by default that of `before`.
        renaming: The renames between the two, when they have been looked for already.
    """
    renaming = renaming or Renaming(before, after)
    found = changes_with(renaming) or differences(before, after)
    locks = Locks(renaming.renamed, after, major or before.server.major or _NEWEST)
    told = without_following(_without_dependencies(found), after)
    told = _without_built_in(worth_saying(told))
    together: dict[tuple[Any, ...], list[Difference]] = {}
    for each in found:
        together.setdefault(each.path, []).append(each)
    return tuple(
        Finding(
            difference=each, words=sentence(each), risks=risks(each, together[each.path]), lock=locks.of(each)
        )
        for each in told or found
    )


def summary(found: Sequence[Finding]) -> str:
    """How many there are, and of which class: `3 differences: 1 breaking, 2 neutral`."""
    if not found:
        return "no differences"
    classes = [each.risks.worst for each in found]
    counts = [f"{classes.count(risk)} {risk.word}" for risk in sorted(Risk, reverse=True) if risk in classes]
    return f"{len(found)} difference{'' if len(found) == 1 else 's'}: {', '.join(counts)}"


def encode(found: Sequence[Finding], left: str, right: str) -> bytes:
    """The comparison as JSON, for programs.

    Args:
        found: The differences.
        left: What was compared, for people; no secret.
        right: With what.
    """
    document = {
        "left": left,
        "right": right,
        "same": not found,
        "differences": [
            {
                "path": [{"kind": element.kind, "name": element.name} for element in each.difference.path],
                "change": each.difference.change.value,
                "field": each.difference.field or None,
                **_renamed(each.difference),
                "before": each.difference.before,
                "after": each.difference.after,
                "readers": each.risks.readers.word,
                "writers": each.risks.writers.word,
                "risk": each.risks.worst.word,
                "words": each.words,
                "lock": _lock(each.lock),
            }
            for each in found
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _lock(found: Lock | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "statement": found.form.value,
        "held": [{"relation": each.relation, "mode": each.mode.words} for each in found.held],
        "blocks": found.mode.blocks or None,
        "rewrite": found.rewrite,
        "scan": found.scan,
        "hint": found.hint,
    }


def _renamed(found: Difference) -> dict[str, Any]:
    """What programs get of a rename beside the new path."""
    if found.change is not Change.RENAMED:
        return {}
    return {
        "former_path": [{"kind": element.kind, "name": element.name} for element in found.former],
        "confidence": found.confidence,
        "reason": found.reason,
    }


def comparable(structure: Structure, *, major: int, from_sql: bool) -> Structure:
    """The structure without what two databases need not share to be the same by design.

    That is the server, the name, owner, encoding and locale of the database, what was left out, what could
    not be read, and the dependencies, which follow from the definitions.

    Args:
        structure: The structure.
        major: The older major version of the two sides; what only the newer one names is left out.
        from_sql: Whether either side was made from SQL, which does not make the database itself.
    """
    structure = msgspec.structs.replace(without_unread(structure), gaps=(), dependencies=())
    if major < NAMED_NOT_NULLS_SINCE:
        structure = without_named_not_nulls(structure)
    if major < _GRANTED_MEMBERSHIPS_SINCE:
        structure = msgspec.structs.replace(structure, roles=tuple(map(_without_grantors, structure.roles)))
    structure = placeless(structure)
    if from_sql:  # which makes no roles, and gives nothing to the database
        database = msgspec.structs.replace(structure.database, grants=None, settings=(), comment=None)
        structure = msgspec.structs.replace(structure, roles=(), database=database)
    return structure


def without_named_not_nulls(structure: Structure) -> Structure:
    """The structure as a server before PostgreSQL 18 has it: its not-null constraints have no names."""
    return msgspec.structs.replace(
        structure,
        relations=tuple(msgspec.structs.replace(each, not_nulls=()) for each in structure.relations),
        domains=tuple(msgspec.structs.replace(each, not_null_name=None) for each in structure.domains),
    )


def _without_grantors(role: Role) -> Role:
    """The role with one membership for each role that it is in, whoever granted it."""
    merged: dict[str, Membership] = {}
    for each in role.member_of:
        other = merged.get(each.role, each)
        merged[each.role] = Membership(
            role=each.role,
            admin=each.admin or other.admin,
            inherit=each.inherit or other.inherit,
            set=each.set or other.set,
        )
    return msgspec.structs.replace(role, member_of=tuple(merged.values()))


def _without_dependencies(found: Iterable[Difference]) -> tuple[Difference, ...]:
    return tuple(each for each in found if not each.path or each.path[0].kind != "dependency")


def _without_built_in(found: tuple[Difference, ...]) -> tuple[Difference, ...]:
    """Without the grants that are only written out because the defaults do not hold any more, or again."""
    switched = {each.path for each in found if each.field == "grants" and each.change is Change.CHANGED}
    kept = tuple(each for each in found if each.path[:-1] not in switched or not _is_built_in(each))
    with_grants = {each.path[:-1] for each in kept if each.path and each.path[-1].kind == "grant"}
    return tuple(
        each
        for each in kept
        if each.field != "grants" or each.path not in with_grants or risks(each).worst is Risk.BREAKING
    )


def _is_built_in(found: Difference) -> bool:
    grant = found.after if found.change is Change.ADDED else found.before
    if not isinstance(grant, Grant):
        return False
    parent = found.path[-2].kind if len(found.path) > 1 else ""
    return grant.grantee == grant.grantor or (grant.grantee is None and has_public_default(parent))
