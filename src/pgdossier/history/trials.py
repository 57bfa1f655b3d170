"""What constraints and referential actions did when they were tried on a rebuilt database.

The rows and violations are made by `pgdossier.trials`, tried by `pgdossier.building.trials`; here is what was
found, as `trials.json` keeps it. A result holds for one structure: with another one it says nothing.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pgdossier.errors import SnapshotError
from pgdossier.model.base import Model
from pgdossier.model.constraints import Action
from pgdossier.model.names import QualifiedName


class Kind(StrEnum):
    """What restricts values."""

    NOT_NULL = "not null"
    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"
    CHECK = "check"
    EXCLUSION = "exclusion"
    FOREIGN_KEY = "foreign key"
    LENGTH = "length"
    ENUM = "enum"
    DOMAIN_CHECK = "domain check"
    DOMAIN_NOT_NULL = "domain not null"


class Verdict(StrEnum):
    """What a constraint did with a violation of it, and of nothing else."""

    REJECTS = "rejects"
    AT_COMMIT = "rejects at commit"
    NOT_ENFORCED = "not enforced"
    ACCEPTS = "accepts"
    NOT_TRIED = "not tried"


class Event(StrEnum):
    """What was done to the referenced row."""

    DELETE = "delete"
    UPDATE = "update"


class Outcome(StrEnum):
    """What a referential action did."""

    AS_DECLARED = "as declared"
    REFUSED = "refused"
    OTHERWISE = "otherwise"
    IMPOSSIBLE = "cannot happen"
    NOT_TRIED = "not tried"


class RowTrial(Model, frozen=True, kw_only=True):
    """Whether a row could be built for a table.

    Attributes:
        table: The table.
        built: Whether there is a row now.
        sqlstate: What the server refused the last attempt with.
        reason: Why there is none, in the server's own words where it said something.
        notes: What had to be set aside: triggers that refused, for one.
    """

    table: QualifiedName
    built: bool
    sqlstate: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()


class ConstraintTrial(Model, frozen=True, kw_only=True):
    """One constraint, and what it did with a violation.

    Attributes:
        kind: What it is.
        object: The table, or the type of enums and domains.
        name: The name of the constraint, of the unique index, or of the column where it has no name.
        columns: The columns concerned.
        verdict: What it did.
        sqlstate: What the server refused the violation with.
        tried: The violation for people: `status = 'zz'`.
        reason: Why it was not tried.
        notes: What had to be set aside for it.
    """

    kind: Kind
    object: QualifiedName
    name: str
    columns: tuple[str, ...] = ()
    verdict: Verdict
    sqlstate: str = ""
    tried: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()


class ActionTrial(Model, frozen=True, kw_only=True):
    """What became of a child when its parent was deleted, or the parent's key changed.

    `outcome` is REFUSED where the action itself cannot be carried out (SET NULL of a column that is NOT NULL,
    SET DEFAULT without the parent of the default), which the catalog foretells, and IMPOSSIBLE where the
    parent's key is GENERATED ALWAYS, so that no UPDATE can change it.
    """

    child: QualifiedName
    name: str
    parent: QualifiedName
    event: Event
    declared: Action
    outcome: Outcome
    deferred: bool = False
    sqlstate: str = ""
    reason: str = ""
    notes: tuple[str, ...] = ()


class ReachTrial(Model, frozen=True, kw_only=True):
    """What the deletion of one row did, with a row in every table that it was foretold to reach.

    Attributes:
        table: Where the row was deleted.
        outcome: AS_DECLARED when exactly the rows that were foretold went, or were changed.
        deleted: The tables that lost rows.
        changed: The tables whose rows were changed.
        beyond: The tables that were foretold to be reached, and in which no row could be built.
        reason: What was otherwise, or why it was not tried.
        notes: What had to be set aside for it.
    """

    table: QualifiedName
    outcome: Outcome
    deleted: tuple[QualifiedName, ...] = ()
    changed: tuple[QualifiedName, ...] = ()
    beyond: tuple[QualifiedName, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()


class Surprising(StrEnum):
    """What readers of the DDL may not expect."""

    ACCEPTED = "a violation is accepted"
    ACTION = "a referential action does otherwise"
    REACH = "a deletion reaches otherwise"
    TRIGGER = "a trigger stands in the way of a referential action"
    MENDED = "a trigger mends what the constraint forbids"
    DROPPED = "a trigger drops the row that the constraint forbids"
    NOT_ENFORCED = "not enforced"
    AT_COMMIT = "checked at the commit only"
    NULL_PASSES = "NULL passes the check"
    PARTLY_NULL = "a foreign key is not checked when it is NULL in part"
    SEVERAL_NULLS = "several rows with NULL pass the unique key"


UNEXPLAINED = frozenset((Surprising.ACCEPTED, Surprising.ACTION, Surprising.REACH))


class Surprise(Model, frozen=True, kw_only=True):
    """Something that was seen and that may not be expected, with the words for it."""

    kind: Surprising
    object: QualifiedName
    name: str
    what: str

    @property
    def explained(self) -> bool:
        """Whether the catalog says so, for those who read all of it."""
        return self.kind not in UNEXPLAINED


class Trials(Model, frozen=True, kw_only=True):
    """Everything that was tried on one rebuilt database.

    Attributes:
        structure: The digest of the structure (`history.verification.digest`).
        tried_on: The date (`YYYY-MM-DD`, UTC).
        major: The major version of the server.
        rows: The tables, by name.
        constraints: By object, kind and name.
        actions: The foreign keys' actions, by child, name and event.
        reaches: The deletions of which several levels were tried, by table.
        surprises: By kind and object.
    """

    structure: str
    tried_on: str
    major: int
    rows: tuple[RowTrial, ...] = ()
    constraints: tuple[ConstraintTrial, ...] = ()
    actions: tuple[ActionTrial, ...] = ()
    reaches: tuple[ReachTrial, ...] = ()
    surprises: tuple[Surprise, ...] = ()

    @property
    def unexplained(self) -> tuple[Surprise, ...]:
        """The surprises that the catalog does not explain."""
        return tuple(one for one in self.surprises if not one.explained)


def encode(trials: Trials) -> bytes:
    """The bytes of `trials.json`."""
    return msgspec.json.format(msgspec.json.encode(trials), indent=1) + b"\n"


def decode(data: bytes, where: str = "trials.json") -> Trials:
    """The trials in those bytes.

    Raises:
        SnapshotError: They hold none.
    """
    try:
        return msgspec.json.decode(data, type=Trials)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SnapshotError(f"{where} is damaged or from another version: {error}") from None
