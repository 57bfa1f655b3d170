"""Whether the SQL of a structure makes the same database again: the judgement, without any server.

Two structures are compared: the one that was documented, and the one that was read from a database that was
made from schema.sql. What the server that made it lacks (an extension, a role, a library) cannot be verified
there; the objects concerned are named, with whatever needs them, and the rest is judged all the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from enum import StrEnum

import msgspec

from pgdossier.errors import SnapshotError
from pgdossier.history.differences import Change, Difference, Element, differences, name_of
from pgdossier.history.unread_options import unread, without_unread
from pgdossier.history.wording import in_words
from pgdossier.model.base import Model
from pgdossier.model.masking import is_redacted
from pgdossier.model.names import quote_identifier
from pgdossier.model.redaction import FAMILY as REDACTION
from pgdossier.model.scope import Scope
from pgdossier.model.snapshot import Structure


class Outcome(StrEnum):
    """The result of a verification."""

    IDENTICAL = "identical"
    PARTLY_IDENTICAL = "identical where verifiable"
    DIFFERENT = "different"
    NOT_VERIFIABLE = "not verifiable"


# What a process ends with: done, the answer is no, could not do it.
EXIT_CODES = {
    Outcome.IDENTICAL: 0,
    Outcome.PARTLY_IDENTICAL: 0,
    Outcome.DIFFERENT: 1,
    Outcome.NOT_VERIFIABLE: 3,
}


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that the server refused, with its SQLSTATE and the server's message."""

    statement: str
    sqlstate: str
    message: str


class NotVerifiable(Model, frozen=True, kw_only=True):
    """What could not be verified (`table sales.orders`), and why, in one line."""

    what: str
    reason: str


class Verification(Model, frozen=True, kw_only=True):
    """What a verification found.

    Attributes:
        outcome: The result.
        verified_on: The date (`YYYY-MM-DD`, UTC).
        major: The major version of the server that the database was made again on.
        structure: The digest of the structure that was verified: with another structure this says nothing.
        differences: The differences in words.
        not_verifiable: What could not be verified there.
    """

    outcome: Outcome
    verified_on: str
    major: int
    structure: str
    differences: tuple[str, ...] = ()
    not_verifiable: tuple[NotVerifiable, ...] = ()


def digest(structure: Structure) -> str:
    """What tells one structure from another: the SHA-256 of its JSON."""
    return hashlib.sha256(msgspec.json.encode(structure)).hexdigest()


def encode(verification: Verification) -> bytes:
    """The bytes of `verification.json`."""
    return msgspec.json.format(msgspec.json.encode(verification), indent=1) + b"\n"


def decode(data: bytes, where: str = "verification.json") -> Verification:
    """The verification in those bytes.

    Raises:
        SnapshotError: They hold none.
    """
    try:
        return msgspec.json.decode(data, type=Verification)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SnapshotError(f"{where} is damaged or from another version: {error}") from None


# --- the judgement -------------------------------------------------------------------------------

_REBUILT = {
    Change.ADDED: "is only in the rebuilt database",
    Change.REMOVED: "is missing in the rebuilt database",
}

# feature_not_supported (an extension, ICU), undefined_file (a library), insufficient_privilege,
# io_error, system_error.
_LACKING_STATES = frozenset({"0A000", "58P01", "42501", "58030", "58000"})
# undefined_object, _table, _function, _column, invalid_schema_name
_UNDEFINED_STATES = frozenset({"42704", "42P01", "42883", "42703", "3F000"})
_LACKING_MESSAGE = re.compile(
    r"(?:role|tablespace|language|access method|extension|collation) \"[^\"]*\""
    r"(?: for encoding \"[^\"]*\")? does not exist|could not create locale|could not find function"
    r"|could not load library|invalid value for parameter \"default_table_access_method\""
    r"|security label provider|extension \"[^\"]*\" has no installation script"
)

# What depends on the installation: a fact about the server, not about the script.
_INSTALLATION = {("extension", "version"), ("extension", "objects"), ("collation", "version")}


def judge(
    original: Structure,
    rebuilt: Structure,
    failures: tuple[Failure, ...],
    *,
    verified_on: str,
) -> Verification:
    """Compare what was documented with what its SQL made.

    Args:
        original: The structure that was documented.
        rebuilt: The structure that was read from the database made from the SQL.
        failures: The statements that the server refused while making it.
        verified_on: The date to state.
    """
    affected = _Affected(original)
    rebuilt = _without_surroundings(rebuilt, original)
    of_others = _of_other_owners(original, rebuilt)
    broken: list[str] = []
    for failure in failures:
        if affected.is_lacking(failure):
            affected.add(failure)
        else:
            broken.append(f"a statement fails: {_head(failure.statement)}: {failure.message}")
    found = [
        difference
        for difference in differences(
            _comparable(original, of_others.keys()), _comparable(rebuilt, of_others.keys())
        )
        if not affected.explains(difference) and not _redacted(difference)
    ]
    different = [each for each in found if _place(each) not in _INSTALLATION]
    elsewhere = [each for each in found if _place(each) in _INSTALLATION]
    lines = (*broken, *in_words(different, _REBUILT))
    unverified = [*affected.reasons]
    unverified += [
        NotVerifiable(
            what=f"{each.path[-1].kind} {each.path[-1].name}", reason=f"has {line.partition(': ')[2]} here"
        )
        for each, line in zip(elsewhere, in_words(elsewhere), strict=True)
    ]
    unverified += [
        NotVerifiable(what=gap.family, reason=f"could not be read from the database: {gap.reason}")
        for gap in original.gaps
        if gap.family != REDACTION
    ]
    unverified += [
        NotVerifiable(what="what was redacted", reason=gap.reason)
        for gap in original.gaps
        if gap.family == REDACTION
    ]
    unverified += [
        NotVerifiable(what=f"subscription {each.name}", reason="its connection string is never read")
        for each in original.subscriptions
    ]
    unverified += [
        NotVerifiable(what=what, reason=f"the value of its option {name} is never read: it may be a secret")
        for what, name in unread(original)
    ]
    unverified += [
        NotVerifiable(what=f"grants on {name}", reason=f"it belongs to another role here than to {owner}")
        for name, owner in of_others.items()
    ]
    major = rebuilt.server.major
    if lines and major != original.server.major:
        reason = (
            f"the database is of PostgreSQL {original.server.major}, this server of {major}:"
            " what differs may come from that"
        )
        unverified.insert(0, NotVerifiable(what="the database as a whole", reason=reason))
        outcome = Outcome.NOT_VERIFIABLE
    elif lines:
        outcome = Outcome.DIFFERENT
    elif unverified and not affected.anything_left():
        outcome = Outcome.NOT_VERIFIABLE
    else:
        outcome = Outcome.PARTLY_IDENTICAL if unverified else Outcome.IDENTICAL
    return Verification(
        outcome=outcome,
        verified_on=verified_on,
        major=major,
        structure=digest(original),
        differences=lines,
        not_verifiable=tuple(unverified),
    )


def _place(difference: Difference) -> tuple[str, str]:
    return (difference.path[-1].kind if difference.path else "", difference.field)


def _head(statement: str) -> str:
    first = statement.split("\n", 1)[0].rstrip()
    return f"{first[:100]}…" if len(first) > 100 or "\n" in statement else first


_CAST_ITEM = r"'(?:[^']|'')*'::character varying"
_CAST_ARRAY = re.compile(rf"\(ARRAY\[((?:{_CAST_ITEM}(?:, )?)+)\]\)::text\[\]")


def settled(text: str) -> str:
    """Expressions in the spelling that PostgreSQL settles on when it reads what it printed.

    `varchar_column IN ('a', 'b')` is kept as an array that is cast; when PostgreSQL parses the text that it
    prints for this, it keeps an array of casts instead, and prints that. So what was loaded from SQL is
    printed otherwise than before, once, whoever wrote the SQL.
    """

    def moved(found: re.Match[str]) -> str:
        items = re.findall(_CAST_ITEM, found[1])
        return "ARRAY[" + ", ".join(f"({item})::text" for item in items) + "]"

    return _CAST_ARRAY.sub(moved, text)


def _of_other_owners(original: Structure, rebuilt: Structure) -> dict[str, str]:
    """The objects of extensions and of the system whose owner is another in the rebuilt database.

    Each comes with the owner that was documented. No script gives them to anybody, and grants are by owners.
    """
    there = {each.object: each.owner for each in rebuilt.changed_grants}
    return {
        each.object: each.owner
        for each in original.changed_grants
        if each.owner != there.get(each.object, rebuilt.database.owner)
    }


def _comparable(structure: Structure, of_others: Collection[str]) -> Structure:
    """The structure without what schema.sql does not create: the database itself, the server, the scope.

    Args:
        structure: What to compare.
        of_others: The objects of extensions and of the system whose grants cannot be compared.
    """
    structure = msgspec.structs.replace(
        without_unread(structure),
        gaps=(),
        subscriptions=(),
        roles=(),
        changed_grants=tuple(each for each in structure.changed_grants if each.object not in of_others),
    )
    found = placeless(structure)
    return msgspec.structs.replace(
        found, database=msgspec.structs.replace(found.database, grants=None, settings=(), comment=None)
    )


def placeless(structure: Structure) -> Structure:
    """The structure without the server it is on, what the database is called there, and what was left out."""
    found = msgspec.json.decode(settled(msgspec.json.encode(structure).decode()), type=Structure)
    database = msgspec.structs.replace(
        found.database,
        name="",
        owner="",
        encoding="",
        provider="",
        collation=None,
        ctype=None,
        locale=None,
    )
    server = msgspec.structs.replace(found.server, version="", version_number=0, time_zone=None)
    return msgspec.structs.replace(found, server=server, database=database, scope=Scope())


def _without_surroundings(rebuilt: Structure, original: Structure) -> Structure:
    """The rebuilt structure without the schemas that are only there for extensions, and `public`."""
    there = {"public", *(extension.schema for extension in original.extensions)}
    there -= {schema.name for schema in original.schemas}
    schemas = tuple(schema for schema in rebuilt.schemas if schema.name not in there)
    return msgspec.structs.replace(rebuilt, schemas=schemas)


_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_QUALIFIED = re.compile(rf"({_IDENTIFIER})\.({_IDENTIFIER})")
_UNQUALIFIED = re.compile(
    r"[A-Z ]*?\b(?:EXTENSION|SERVER|LANGUAGE|WRAPPER|PUBLICATION|SUBSCRIPTION|SCHEMA|METHOD|EVENT TRIGGER)"
    rf"(?: IF NOT EXISTS)? ({_IDENTIFIER})"
)

# Statements that make a part of a table, and those that give a table what its parents have.
_PARTS = re.compile(r"CREATE (?:(?:UNIQUE )?INDEX|(?:CONSTRAINT )?TRIGGER|POLICY|RULE|OR REPLACE RULE)\b")
_ATTACHES = re.compile(r"\A(?:ALTER TABLE .* (?:INHERIT|ATTACH PARTITION) )", re.DOTALL)

# Families whose members are no objects that a message could name, or that nothing is verified by.
_NO_OBJECTS = frozenset(
    {"dependencies", "gaps", "default_privileges", "changed_grants", "roles", "security_labels"}
)
_CONTAINERS = frozenset({"schemas", "extensions"})


class _Affected:
    """What cannot be verified because the server lacks something."""

    def __init__(self, structure: Structure) -> None:
        names = tuple(_own_names(structure))
        self.names = frozenset(name for _, name in names)
        self.contents = frozenset(name for family, name in names if family not in _CONTAINERS)
        self.narrowed = bool(structure.scope.include or structure.scope.exclude)
        self.tables = {
            f"{relation.schema}.{index.name}": relation.qualified.dotted
            for relation in structure.relations
            for index in relation.indexes
        }
        self.sequences: dict[str, list[str]] = {}  # those of columns, which come and go with their table
        for sequence in structure.sequences:
            if sequence.owned_by:
                owner = sequence.owned_by.relation.dotted
                self.sequences.setdefault(owner, []).append(sequence.qualified.dotted)
        self.failed: dict[str, list[str]] = {}  # the statements that failed, by the object they are about
        self.reasons: list[NotVerifiable] = []

    def is_lacking(self, failure: Failure) -> bool:
        """Whether a statement failed for what the server lacks, and not for a fault of the SQL."""
        if failure.sqlstate in _LACKING_STATES or _LACKING_MESSAGE.search(failure.message):
            return True
        if is_redacted(failure.statement):  # what stood in the place of the mark is not known
            return True
        if failure.sqlstate not in _UNDEFINED_STATES:
            return False
        candidates = (self.tables.get(name, name) for name in _named_in(failure.message))
        named = [name for name in candidates if name in self.names]
        if named:
            return any(name in self.failed for name in named)
        return bool(self.failed) or self.narrowed

    def add(self, failure: Failure) -> None:
        """Note that this statement could not be run."""
        subject = self._subject(failure.statement)
        if subject not in self.failed or failure.sqlstate in _LACKING_STATES:
            what = _what(failure.statement)
            self.reasons.append(NotVerifiable(what=what, reason=failure.message))
        names = [subject]
        if _PARTS.match(failure.statement) is None and failure.statement.startswith("CREATE"):
            names += self.sequences.get(subject, [])
        if _ATTACHES.search(failure.statement):
            names = self._mentioned(failure.statement)
        for name in names:
            self.failed.setdefault(name, []).append(failure.statement)

    def explains(self, difference: Difference) -> bool:
        """Whether a difference comes from statements that could not be run."""
        if not difference.path:
            return False
        root, last = difference.path[0], difference.path[-1]
        if root.kind == "dependency":
            return any(re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", root.name) for name in self.failed)
        statements = self.failed.get(_base(root.name), [])
        if len(difference.path) == 1:
            return any(_PARTS.match(statement) is None for statement in statements)
        return any(_is_whole(statement) or _is_about(statement, last) for statement in statements)

    def anything_left(self) -> bool:
        """Whether there is any object, schemas and extensions aside, that no failed statement is about."""
        return bool(self.contents - self.failed.keys())

    def _subject(self, statement: str) -> str:
        """The object that a statement is about: the first of ours that it names."""
        if found := _UNQUALIFIED.match(statement):
            return _unquoted(found[1])
        return next(iter(self._mentioned(statement)), _head(statement))

    def _mentioned(self, statement: str) -> list[str]:
        """The objects of ours that a statement names, tables in place of their indexes."""
        names = (f"{_unquoted(each[1])}.{_unquoted(each[2])}" for each in _QUALIFIED.finditer(statement))
        return [name for name in (self.tables.get(name, name) for name in names) if name in self.names]


def _redacted(difference: Difference) -> bool:
    """Whether two texts differ of which one is not what the database has; not whole elements."""
    return bool(difference.field) and is_redacted(f"{difference.before}{difference.after}")


def _what(statement: str) -> str:
    """What a failed statement is, for people: its head without the details."""
    return _head(statement).removesuffix("…").rstrip(" (;")


def _is_whole(statement: str) -> bool:
    """Whether without that statement everything about the object is in question."""
    created = statement.startswith("CREATE") and _PARTS.match(statement) is None
    return created or _ATTACHES.search(statement) is not None


def _is_about(statement: str, element: Element) -> bool:
    """Whether a statement about a table, say, names this part of it."""
    if element.kind == "grant":
        return statement.startswith(("GRANT", "REVOKE"))
    if element.kind == "index":
        return quote_identifier(element.name) in statement
    word = re.escape(quote_identifier(element.name))
    return re.search(rf"(?<![\w$\".]){word}(?![\w$\".])", statement) is not None


def _named_in(message: str) -> list[str]:
    """What a message may be about: `relation "a.b" does not exist`, `function a.b(integer) …`."""
    return [
        *re.findall(r'"([^"]*)"', message),
        *re.findall(r'"(.*)"', message),  # a name with quotation marks in it
        *re.findall(r"(?:function|procedure|aggregate|operator) (.+?)\(", message),
    ]


def _base(name: str) -> str:
    """An element's name without what tells namesakes apart."""
    return name.partition("(")[0].partition(" ")[0] if "(" in name else name


def _own_names(structure: Structure) -> Iterator[tuple[str, str]]:
    """Family and name of everything in the structure as messages have them, routines without arguments."""
    for family in structure.__struct_fields__:
        found = getattr(structure, family)
        if family not in _NO_OBJECTS and isinstance(found, tuple):
            for each in found:
                schema, name = getattr(each, "schema", None), getattr(each, "name", None)
                is_extension = family == "extensions"
                yield (
                    family,
                    name_of(each) if is_extension or name is None or schema is None else f"{schema}.{name}",
                )


def _unquoted(identifier: str) -> str:
    return identifier[1:-1].replace('""', '"') if identifier.startswith('"') else identifier
