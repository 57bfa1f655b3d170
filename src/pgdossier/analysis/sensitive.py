"""Columns that likely hold sensitive data (§9.2), found by what the catalogs say: no table data is read.

Evidence, the strongest first: the word of the project (`[[sensitive]]`), security labels, tags in comments,
the name of the column's domain, patterns in CHECK constraints, the column's name in its place, its type, and
what a view or a trail of changes copies. A column of a foreign key is not listed for what it points to.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal

import msgspec

from pgdossier.analysis import sensitive_names, tables
from pgdossier.analysis.graph import Graph
from pgdossier.analysis.inverse import grouped
from pgdossier.analysis.relationships import Relationship
from pgdossier.analysis.sensitive_names import Category, Confidence, Named, Place
from pgdossier.language import mark, tr
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Check
from pgdossier.model.dependencies import Dependency, ObjectKind
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.security_labels import SecurityLabel
from pgdossier.model.snapshot import Structure
from pgdossier.model.types import Composite, Domain, Enum

Judged = Literal[
    "credential",
    "financial",
    "government_id",
    "health",
    "biometric",
    "special",
    "personal",
    "contact",
    "location",
    "online",
    "none",
]


class Basis(StrEnum):
    """What a finding rests on."""

    PROJECT = "the project says so"
    LABEL = "security label"
    COMMENT = "comment"
    DOMAIN = "domain"
    CHECK = "CHECK pattern"
    NAME = "name"
    TYPE = "type"
    VIEW = "read from"
    COPY = "copies rows"
    BESIDE = "column beside it"


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """The project's own word: columns that fit `column` (`schema.table.column`, with `*`) are of a category.

    The category "none" clears them.
    """

    column: str
    category: Judged
    reason: str


class SensitiveColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One column that likely holds sensitive data.

    Attributes:
        relation: Where it is (for the columns of partitions: their table).
        column: Its name.
        category: What its data are about.
        what: What it holds, in words: "e-mail address".
        confidence: How sure that is.
        basis: What that rests on.
        detail: The words, the domain, the label or the relations that it rests on.
        kept_as: How the value is kept, by the name of the column or a label: hashed, encrypted, masked;
            empty when nothing says that it is not kept as it is.
    """

    relation: QualifiedName
    column: str
    category: Category
    what: str
    confidence: Confidence
    basis: Basis
    detail: str
    kept_as: str = ""


@dataclass(frozen=True, kw_only=True)
class Sensitive:
    """The inventory.

    Attributes:
        columns: What was found, by relation, in the order of the relation's columns.
        cleared: Columns that would be in it, had a comment or the project not said otherwise, each with the
            reason.
        tagged_tables: Tables whose comment says that they hold such data, with the words that say so.
        problems: Why a judgement of the project changes nothing, each in a sentence.
        total: How many columns were looked at.
    """

    columns: tuple[SensitiveColumn, ...] = ()
    cleared: tuple[tuple[QualifiedName, str, str], ...] = ()
    tagged_tables: tuple[tuple[QualifiedName, str], ...] = ()
    problems: tuple[str, ...] = ()
    total: int = 0
    by_column: Mapping[tuple[QualifiedName, str], SensitiveColumn] = field(default_factory=dict, repr=False)

    def of(self, relation: QualifiedName) -> tuple[SensitiveColumn, ...]:
        """The findings in one relation."""
        return self._by_relation.get(relation, ())

    @cached_property
    def _by_relation(self) -> Mapping[QualifiedName, tuple[SensitiveColumn, ...]]:
        return grouped((found.relation, found) for found in self.columns)

    def of_category(self, category: Category) -> tuple[SensitiveColumn, ...]:
        """The findings of one category."""
        return tuple(found for found in self.columns if found.category is category)


def find(
    lookup: Lookup,
    structure: Structure,
    relationships: Sequence[Relationship],
    *,
    references: Collection[tuple[QualifiedName, str]] = (),
    copied: Mapping[QualifiedName, Sequence[QualifiedName]] | None = None,
    bookkeeping: Collection[QualifiedName] = (),
    judgements: Sequence[Judgement] = (),
) -> Sensitive:
    """The columns of tables, views and foreign tables that likely hold sensitive data.

    Args:
        lookup: The snapshot. Partitions count with their table.
        structure: The same.
        relationships: Its foreign keys.
        references: Other columns that only point elsewhere (implied, polymorphic, declared references).
        copied: Tables into which triggers write rows of others: those others, by the table written to.
        bookkeeping: Tables of migration tools, which are left out.
        judgements: The project's own words, the last of two on the same column counts.
    """
    return _Search(
        lookup, structure, relationships, frozenset(references), frozenset(bookkeeping), tuple(judgements)
    ).run(copied or {})


# --- tags in comments and labels ------------------------------------------------------------------

_NEGATED = re.compile(
    r"(?:\bno|\bnot|\bnon|\bwithout|\bnever|\bkeine?|\bohne|\bpas de|\bsans|\bsin|\bsem|\bsenza|\bgeen|\bbez)"
    r"[\s-]+(?:\w+[\s-]+){0,2}$",
    re.IGNORECASE,
)
_FALSE = re.compile(r"\A\s*[:=]\s*(?:no|none|false|n|0|off|nein|non)\b", re.IGNORECASE)
# Each with the category that it stands for; None: the one that the name says, or personal data.
_TAGS: tuple[tuple[re.Pattern[str], Category | None], ...] = (
    (re.compile(r"@phi\b|\bPHI\b|\bprotected health information\b|\bGesundheitsdaten\b"), Category.HEALTH),
    (re.compile(r"@pci\b|\bPCI(?:[ -]?DSS)?\b|\bcardholder data\b"), Category.FINANCIAL),
    (re.compile(r"@secret\b|\bsecret\s*:\s*(?:true|yes)\b"), Category.CREDENTIAL),
    (
        re.compile(
            r"@(?:pii|gdpr|personal|sensitive|dsgvo|rgpd)\b|\bpii\b|\bGDPR\b|\bDSGVO\b|\bRGPD\b|\bLGPD\b"
            r"|\bCCPA\b|\bSPI\b(?=\s*[:=])"
            r"|\bpersonal(?:ly identifiable)? (?:data|information)\b|\bpersonenbezogen\w*"
            r"|\bdonn[ée]es? (?:personnelles?|à caractère personnel)|\bdatos personales\b|\bdados pessoais\b"
            r"|\bdati personali\b|\bpersoonsgegevens\b|\bdane osobowe\b|\bpersonuppgift(?:er)?\b"
            r"|\bdữ liệu cá nhân\b|個人情報|个人信息|\bsensitive (?:data|information)\b"
            r"|\bsensitive\s*[:=]\s*(?:true|yes)\b|\bclassification\s*[:=]\s*(?:confidential|restricted)\b",
            re.IGNORECASE,
        ),
        None,
    ),
)


class _Tag(msgspec.Struct, frozen=True):
    words: str
    category: Category | None
    negated: bool


# Each of the tags has one of these in it; they are found sooner than the patterns.
_HINTS = (
    *("phi", "health", "gesundheits", "pci", "cardholder", "secret", "pii", "gdpr", "person"),
    *("sensitive", "dsgvo", "rgpd", "lgpd", "ccpa", "spi", "donn", "pessoais", "osobowe", "classification"),
    *("liệu", "個人情報", "个人信息"),
)


def _tags(comments: Collection[str]) -> Mapping[str | None, _Tag]:
    """What comments say about the sensitivity of their objects, those that say something."""
    together = "\n".join(comments).casefold()
    hints = [hint for hint in _HINTS if hint in together]
    found = ((comment, _tag(comment, hints)) for comment in (comments if hints else ()))
    return {comment: tag for comment, tag in found if tag is not None}


def _tag(comment: str, hints: Collection[str] = _HINTS) -> _Tag | None:
    """What a comment says about the sensitivity of its object."""
    folded = comment.casefold()
    if not any(hint in folded for hint in hints):
        return None
    for pattern, category in _TAGS:
        match = pattern.search(comment)
        if match is not None:
            negated = bool(_NEGATED.search(comment[: match.start()]) or _FALSE.match(comment[match.end() :]))
            return _Tag(match[0], category, negated)
    return None


_MASKING = re.compile(r"\s*MASKED\s+WITH\b", re.IGNORECASE)
_ENCRYPTING = re.compile(r"\s*ENCRYPT\s+WITH\b", re.IGNORECASE)
_NOT_MASKED = re.compile(r"\s*NOT\s+MASKED\b", re.IGNORECASE)
# PostgreSQL Anonymizer's names for what identifies somebody; what identifies nobody is not listed.
_IDENTIFIER = re.compile(r"\s*(?:QUASI|INDIRECT|DIRECT)?\s*IDENTIFIER\b", re.IGNORECASE)
_MASKING_PROVIDERS = ("anon", "pgsodium")

# What patterns of CHECK constraints are for. They are looked for in the pattern, not in the data.
_PATTERNS: tuple[tuple[re.Pattern[str], str, Category, Confidence], ...] = (
    (re.compile(r"~~?\*?\s*'[^']*@[^']*'"), mark("e-mail address"), Category.CONTACT, Confidence.HIGH),
    (
        re.compile(
            r"~\*?\s*'\^?\(?(?:\[A-Z\]\{2\}|[A-Z]{2})(?:\[0-9\]|\\d)\{2\}\(?\[A-Z0-9\]", re.IGNORECASE
        ),
        mark("bank account"),
        Category.FINANCIAL,
        Confidence.HIGH,
    ),
    (
        re.compile(r"~\*?\s*'\^?(?:\\d|\[0-9\])\{3\}-(?:\\d|\[0-9\])\{2\}-(?:\\d|\[0-9\])\{4\}"),
        mark("national identity number"),
        Category.GOVERNMENT_ID,
        Confidence.HIGH,
    ),
    (
        re.compile(r"~\*?\s*'\^?\(?(?:\\+\+|\[\+\]|\(\\+\+)\??\)?\??(?:\\d|\[0-9|\[1-9)"),
        mark("telephone number"),
        Category.CONTACT,
        Confidence.MEDIUM,
    ),
    (
        re.compile(r"~\*?\s*'\^?(?:\\d|\[0-9\])\{(?:13,19|16|15,16)\}"),
        mark("payment card number"),
        Category.FINANCIAL,
        Confidence.LOW,
    ),
)


# --- types ----------------------------------------------------------------------------------------

_CLASSES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("text", ("text", "character", "bpchar", "citext")),
    ("number", ("smallint", "integer", "bigint", "numeric", "real", "double precision", "money")),
    ("moment", ("timestamp",)),
    ("date", ("date",)),
    ("boolean", ("boolean",)),
    ("network", ("inet", "cidr")),
    ("mac", ("macaddr",)),
    ("binary", ("bytea",)),
    ("document", ("jsonb", "json", "xml", "hstore")),
    ("uuid", ("uuid",)),
    ("geo", ("point", "geometry", "geography", "polygon")),
)
_RANGES = re.compile(r"\w*(?:range|multirange)\Z")
# What says by itself that it is about somebody.
_TELLING_CLASSES = ("network", "mac")


def type_class(lookup: Lookup, column: Column) -> str:
    """What sort of values a column can have, for the rules; "" for those that none of them is about."""
    base = tables.base_type(lookup, column).removesuffix("[]")
    plain = base.rpartition(".")[2].strip('"') if "." in base.partition("(")[0] else base
    if _RANGES.match(plain):
        return ""
    for name, beginnings in _CLASSES:
        if plain.startswith(beginnings):
            return name
    declared = lookup.types.get(column.type_name) if column.type_name is not None else None
    if isinstance(declared, Enum):
        return "enum"
    if isinstance(declared, Composite):
        return "document"
    return ""


# --- the search -----------------------------------------------------------------------------------

_PERSON_KINDS = frozenset(("name of a person", "date or place of birth"))
_LIKELY_PERSON_KINDS = frozenset(("a person's name", "e-mail address"))
_ADDRESS_KINDS = frozenset(("street or house", "postal code", "postal address"))
_VENUES = frozenset(("venue", "room", "building", "floor", "capacity"))
_KEPT = (
    ("hashed", frozenset(("hash", "hashed", "digest", "bcrypt", "sha", "argon"))),
    ("encrypted", frozenset(("encrypted", "encryption", "enc", "cipher", "ciphertext", "crypt", "crypted"))),
    ("masked", frozenset(("masked", "redacted", "tokenized"))),
)
_KEPT_ABOUT = frozenset(("key",))
_COPIES = frozenset(
    ("old", "new", "row", "data", "before", "after", "changed", "values", "record", "changes")
)
# What a value is found by, which no flag says that it is encrypted.
_NAMES_OF_VALUES = frozenset(("key", "code", "hash"))
_LEAST_PERSON_COLUMNS = 2
_AT_LEAST_DETAIL = 3


class _Search:
    """The rules over one snapshot."""

    def __init__(
        self,
        lookup: Lookup,
        structure: Structure,
        relationships: Sequence[Relationship],
        references: frozenset[tuple[QualifiedName, str]],
        bookkeeping: frozenset[QualifiedName],
        judgements: tuple[Judgement, ...],
    ) -> None:
        self._lookup = lookup
        self._graph = Graph.of(relationships)
        own = ((one.child, column) for one in relationships for column in one.key.columns)
        self._references = {name: frozenset(found) for name, found in grouped((*references, *own)).items()}
        self._bookkeeping = bookkeeping
        self._judgements = judgements
        self._labels = _labels(structure.security_labels)
        self._read_by = _read_by(structure.dependencies)
        self._classes: dict[tuple[str, QualifiedName | None], str] = {}
        # Columns of many tables have the same names, types and comments: each is looked at once.
        columns = [column for relation in lookup.relations.values() for column in relation.columns]
        names = {column.name for column in columns}
        self.terms = frozenset(filter(sensitive_names.has_terms, names))
        self.venues = frozenset(filter(_names_a_venue, names))
        self._somebody = frozenset(filter(sensitive_names.names_somebody, names))
        self._telling = self.terms | self._somebody
        types = {column.type: column for column in columns if column.type_name is None}
        self._telling_types = {name for name, one in types.items() if self.class_of(one) in _TELLING_CLASSES}
        comments = {column.comment for column in columns if column.comment}
        comments |= {relation.comment for relation in lookup.relations.values() if relation.comment}
        self._tags = _tags(comments)

    def run(self, copied: Mapping[QualifiedName, Sequence[QualifiedName]]) -> Sensitive:
        found: dict[tuple[QualifiedName, str], SensitiveColumn] = {}
        cleared: list[tuple[QualifiedName, str, str]] = []
        used: set[Judgement] = set()
        looked_at = [
            relation
            for relation in tables.relations(self._lookup)
            if relation.qualified not in self._bookkeeping
        ]
        own = [each for each in looked_at if each.kind not in _VIEWS]
        views = [each for each in looked_at if each.kind in _VIEWS]
        for relation in own:
            self._look(relation, found, cleared, used)
        for target, sources in sorted(copied.items()):
            self._copies(target, sources, found)
        for relation in self._in_order(views):
            self._look(relation, found, cleared, used)
        by_relation = grouped((one.relation, one) for one in found.values())
        return Sensitive(
            columns=tuple(
                one for name in sorted(by_relation) for one in self._placed(name, by_relation[name])
            ),
            cleared=tuple(sorted(cleared)),
            tagged_tables=tuple(
                (relation.qualified, tag.words)
                for relation in looked_at
                if (tag := self._tags.get(relation.comment)) is not None and not tag.negated
            ),
            problems=tuple(
                f"the column pattern {judgement.column} of [[sensitive]] fits no column"
                for judgement in self._judgements
                if judgement not in used
            ),
            total=sum(len(relation.columns) for relation in looked_at),
            by_column=found,
        )

    def _placed(self, name: QualifiedName, found: Sequence[SensitiveColumn]) -> Sequence[SensitiveColumn]:
        """The findings of a relation in the order of its columns."""
        if len(found) == 1:
            return found
        order = {column.name: number for number, column in enumerate(self._lookup.relations[name].columns)}
        return sorted(found, key=lambda one: order[one.column])

    def _in_order(self, views: Sequence[Relation]) -> list[Relation]:
        """The views, each after those that it reads."""
        left = {view.qualified: view for view in views}
        placed: list[Relation] = []
        while left:
            ready = [
                name for name in left if not any(read in left and read != name for read in self._reads(name))
            ]
            placed += [left.pop(name) for name in ready or sorted(left)]
        return placed

    def _reads(self, view: QualifiedName) -> tuple[QualifiedName, ...]:
        return self._read_by.get(view, ())

    def _look(
        self,
        relation: Relation,
        found: dict[tuple[QualifiedName, str], SensitiveColumn],
        cleared: list[tuple[QualifiedName, str, str]],
        used: set[Judgement],
    ) -> None:
        table = _Table(self, relation, self._references.get(relation.qualified, ()))
        for column in self._telling_columns(table):
            key = (table.name, column.name)
            judged = self._judged(relation, column, used)
            one = self._column(table, column, found)
            if judged is not None and judged.category == "none":
                if one is not None:
                    cleared.append((*key, tr("cleared by the project: {reason}", reason=judged.reason)))
                continue
            if judged is not None:
                found[key] = SensitiveColumn(
                    relation=table.name,
                    column=column.name,
                    category=Category(judged.category),
                    what=one.what if one is not None and one.category == judged.category else "",
                    confidence=Confidence.HIGH,
                    basis=Basis.PROJECT,
                    detail=judged.reason,
                    kept_as=self._kept_as(table.name, column),
                )
                continue
            tag = self._tags.get(column.comment)
            if one is not None and tag is not None and tag.negated and one.basis is not Basis.LABEL:
                cleared.append((*key, tr("its comment says that it holds none")))
            elif one is not None:
                found[key] = one

    def _telling_columns(self, table: _Table) -> Sequence[Column]:
        """The columns of which something may say what they hold: nothing does of most."""
        if self._judgements or self._labels or table.relation.kind in _VIEWS:
            return table.relation.columns
        return [
            column
            for column in table.relation.columns
            if column.name in self._telling
            or column.type_name is not None
            or column.comment in self._tags
            or column.type in self._telling_types
            or column.name in table.checks
        ]

    def _judged(self, relation: Relation, column: Column, used: set[Judgement]) -> Judgement | None:
        if not self._judgements:
            return None
        name = f"{relation.qualified.dotted}.{column.name}"
        fitting = [one for one in self._judgements if fnmatch.fnmatchcase(name, one.column)]
        used.update(fitting)
        return fitting[-1] if fitting else None

    def _column(
        self,
        table: _Table,
        column: Column,
        found: Mapping[tuple[QualifiedName, str], SensitiveColumn],
    ) -> SensitiveColumn | None:
        """The strongest evidence on one column; of two that are as strong the first."""
        evidence = self._evidence(table, column, found)
        if not evidence:
            return None
        best = max(evidence, key=lambda one: one[2])
        basis, detail, confidence, what, category = best
        if category is None:  # a tag or label without a category: the name's, if it says one
            named = next((one for one in evidence if one[4] is not None), None)
            category = named[4] if named is not None else Category.PERSONAL
            what = named[3] if named is not None else ""
        return SensitiveColumn(
            relation=table.name,
            column=column.name,
            category=category or Category.PERSONAL,
            what=tr(what) if what else "",
            confidence=confidence,
            basis=basis,
            detail=detail,
            kept_as=self._kept_as(table.name, column),
        )

    def _evidence(
        self,
        table: _Table,
        column: Column,
        found: Mapping[tuple[QualifiedName, str], SensitiveColumn],
    ) -> list[_Evidence]:
        evidence: list[_Evidence] = []
        label = self._labels.get((table.name, column.name)) if self._labels else None
        if label is not None:
            provider, text = label
            evidence.append((Basis.LABEL, f"{provider}: {text}", Confidence.HIGH, "", None))
        kind = self.class_of(column)
        tag = self._tags.get(column.comment)
        # The comment on a flag or a moment tells when something happens to such data.
        prose = tag is not None and not tag.words.startswith("@") and kind in ("boolean", "moment")
        if tag is not None and not tag.negated and not prose:
            evidence.append((Basis.COMMENT, tag.words, Confidence.HIGH, "", tag.category))
        if column.name in table.references:
            return evidence
        if column.type_name is not None:
            evidence += self._of_type_name(column, kind)
        if column.name in table.checks:
            evidence += self._of_checks(table.checks[column.name])
        if table.relation.kind in _VIEWS:
            evidence += self._of_views(table, column, found)
        evidence += self._of_name(table, column, kind)
        return evidence

    def _of_type_name(self, column: Column, kind: str) -> Iterator[_Evidence]:
        """A domain (or a type of an extension) that is named after what it holds, or that checks it."""
        name = column.type_name
        declared = self._lookup.types.get(name) if name is not None else None
        while name is not None and not isinstance(declared, Enum):
            named = sensitive_names.read(name.name, Place.ANYTHING, kind or "text")
            # Only what says so anywhere: a domain called "name" or "address" is about anything.
            if named is not None and named.confidence > Confidence.LOW and named.kind.category:
                yield Basis.DOMAIN, name.dotted, Confidence.HIGH, named.kind.what, named.kind.category
            if not isinstance(declared, Domain):
                return
            for check in declared.checks:
                for pattern, what, category, confidence in _PATTERNS:
                    if pattern.search(check.expression):
                        yield Basis.CHECK, tr("domain {name}", name=name.dotted), confidence, what, category
            name = declared.base_type_name
            declared = self._lookup.types.get(name) if name is not None else None

    @staticmethod
    def _of_checks(checks: Iterable[Check]) -> Iterator[_Evidence]:
        for check in checks:
            for pattern, what, category, confidence in _PATTERNS:
                if pattern.search(check.expression):
                    yield Basis.CHECK, tr("constraint {check}", check=check.name), confidence, what, category

    def _of_views(
        self,
        view: _Table,
        column: Column,
        found: Mapping[tuple[QualifiedName, str], SensitiveColumn],
    ) -> Iterator[_Evidence]:
        """A column that is called as a sensitive column of what the view reads."""
        for source in self._reads(view.name):
            one = found.get((source, column.name))
            if one is not None:
                yield Basis.VIEW, source.dotted, one.confidence, one.what, one.category

    def _of_name(self, table: _Table, column: Column, kind: str) -> Sequence[_Evidence]:
        if column.name in self.terms:
            beside = table.encrypted_flag(column.name)
            named = sensitive_names.read(
                column.name,
                table.place,
                kind,
                table=table.name.name,
                secret=table.of_secrets or beside is not None,
            )
            if named is not None and named.kind.needs_address and not table.has_address:
                named = None
            if named is not None and named.kind.category is Category.ONLINE and table.of_machines:
                named = None
            if named is not None and named.kind.category is not None:
                if not named.kind.secret or table.of_secrets or beside is None:
                    return ((Basis.NAME, named.term, named.confidence, named.kind.what, named.kind.category),)
                if named.term in _NAMES_OF_VALUES:
                    return ()
                what = mark("a value that can be secret")
                return ((Basis.BESIDE, beside, named.confidence, what, named.kind.category),)
        if kind == "text" and column.name in self._somebody:
            what = mark("a person's name or user name")
            return ((Basis.NAME, column.name, Confidence.LOW, what, Category.PERSONAL),)
        if kind in _TELLING_CLASSES and not table.of_machines:
            base = tables.base_type(self._lookup, column)
            if base != "cidr" and (table.place is not Place.THINGS or table.is_linked):
                sure = Confidence.MEDIUM if base == "inet" else Confidence.LOW
                what = mark("IP address") if kind == "network" else mark("MAC address")
                return ((Basis.TYPE, base, sure, what, Category.ONLINE),)
        return ()

    def _copies(
        self,
        target: QualifiedName,
        sources: Sequence[QualifiedName],
        found: dict[tuple[QualifiedName, str], SensitiveColumn],
    ) -> None:
        """Columns that keep whole rows of tables with sensitive columns."""
        relation = self._lookup.relations.get(target)
        wanted = frozenset(sources)
        held = sorted({one.relation for one in found.values() if one.relation in wanted})
        if relation is None or not held:
            return
        for column in relation.columns:
            key = (target, column.name)
            if key in found or self.class_of(column) != "document":
                continue
            if not set(sensitive_names.split(column.name)) & _COPIES:
                continue
            shown = [name.dotted for name in held[:_AT_LEAST_DETAIL]]
            more = len(held) - len(shown)
            found[key] = SensitiveColumn(
                relation=target,
                column=column.name,
                category=Category.PERSONAL,
                what=tr("copies of rows"),
                confidence=Confidence.MEDIUM,
                basis=Basis.COPY,
                detail=tr("{names} and {more} more", names=", ".join(shown), more=more)
                if more
                else ", ".join(shown),
            )

    # --- what a table is about --------------------------------------------------------------------

    def class_of(self, column: Column) -> str:
        """The class of a column's type; a database has few types."""
        key = (column.type, column.type_name)
        if key not in self._classes:
            self._classes[key] = type_class(self._lookup, column)
        return self._classes[key]

    def _kept_as(self, relation: QualifiedName, column: Column) -> str:
        label = self._labels.get((relation, column.name))
        if label is not None and _ENCRYPTING.match(label[1]):
            return "encrypted"
        words = sensitive_names.split(column.name)
        if words[-1:] and words[-1] in _KEPT_ABOUT:
            return ""
        return next((how for how, listed in _KEPT if set(words) & listed), "")

    def linked(self, name: QualifiedName) -> bool:
        """Whether it belongs to a table about persons by a foreign key, or such a table has one to it.

        Who made or changed a row does not make it that person's.
        """
        for each in (name, *self._reads(name)):
            for one in self._graph.parents_of(each):
                if sensitive_names.is_about_persons(one.parent.name) and not any(
                    map(_is_about_a_change, one.key.columns)
                ):
                    return True
            for one in self._graph.children_of(each):
                if not one.self_reference and sensitive_names.is_about_persons(one.child.name):
                    return True
            if each != name and sensitive_names.is_about_persons(each.name):
                return True
        return False


# What it rests on, the detail, how sure it is, what the column holds, the category.
_Evidence = tuple[Basis, str, Confidence, str, Category | None]


class _Table:
    """What the columns of one table are judged by."""

    def __init__(self, search: _Search, relation: Relation, references: Collection[str]) -> None:
        self.relation = relation
        self.name = relation.qualified
        self.references = references
        self.checks = grouped((one.columns[0], one) for one in relation.checks if len(one.columns) == 1)
        self.of_secrets = sensitive_names.is_of_secrets(relation.name)
        self._search = search
        self._flags = {column.name for column in relation.columns if column.type == "boolean"}

    def encrypted_flag(self, column: str) -> str | None:
        """A flag of the table that says whether a value is encrypted, when the column can be that value."""
        if not self._flags:
            return None
        names = ("is_encrypted", "encrypted", f"is_{column}_encrypted", f"{column}_encrypted")
        return next((name for name in names if name in self._flags), None)

    @cached_property
    def of_machines(self) -> bool:
        """Whether it is named after networks and machines, and is nobody's."""
        return sensitive_names.is_of_machines(self.relation.name) and not self.is_linked

    @cached_property
    def is_linked(self) -> bool:
        """Whether it belongs to a table about persons."""
        return self._search.linked(self.name)

    @cached_property
    def place(self) -> Place:
        """What it is about."""
        name, columns = self.relation.name, self.relation.columns
        if sensitive_names.is_about_persons(name):
            return Place.PERSONS
        if sensitive_names.is_about_things(name) or not self._search.venues.isdisjoint(
            column.name for column in columns
        ):
            return Place.THINGS
        if self._personal_columns() >= _LEAST_PERSON_COLUMNS:
            return Place.PERSONS
        if self.is_linked:
            # An address that somebody has is as good as one in the person's own row.
            named = sensitive_names.read(name, Place.PERSONS, "text")
            if named is not None and named.kind.category is Category.CONTACT:
                return Place.PERSONS
            return Place.LINKED
        return Place.ANYTHING

    def _personal_columns(self) -> int:
        """How many columns it has that only persons have."""
        count = 0
        for named in self._read(Place.ANYTHING):
            if named.kind.what in _PERSON_KINDS or (
                named.kind.what in _LIKELY_PERSON_KINDS and named.confidence > Confidence.LOW
            ):
                count += 1
        return count

    @cached_property
    def has_address(self) -> bool:
        """Whether there is a street or a postal code."""
        return any(named.kind.what in _ADDRESS_KINDS for named in self._read(Place.PERSONS))

    def _read(self, place: Place) -> Iterator[Named]:
        """What the names of its columns would say in such a place."""
        for column in self._with_terms:
            named = sensitive_names.read(column.name, place, self._search.class_of(column))
            if named is not None:
                yield named

    @cached_property
    def _with_terms(self) -> Sequence[Column]:
        """Its columns whose names say something somewhere."""
        return [column for column in self.relation.columns if column.name in self._search.terms]


def _names_a_venue(column: str) -> bool:
    return not _VENUES.isdisjoint(sensitive_names.split(column))


_VIEWS = frozenset((RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW))
_CHANGES = re.compile(
    r"(?:.*_)?by(?:_.*)?|.*(?:creator|created|updated|modified|modifier|approved|granted|moderat|judge|manager).*",
    re.IGNORECASE,
)


def _is_about_a_change(column: str) -> bool:
    return _CHANGES.fullmatch(column) is not None


def _labels(labels: Iterable[SecurityLabel]) -> dict[tuple[QualifiedName, str], tuple[str, str]]:
    """The labels of columns that say that their values are hidden or tell somebody; provider and label."""
    found: dict[tuple[QualifiedName, str], tuple[str, str]] = {}
    for label in labels:
        kind, _, name = label.object.partition(" ")
        parts = _names(name)
        if kind != "COLUMN" or len(parts) != _AT_LEAST_DETAIL or _NOT_MASKED.match(label.label):
            continue
        says = _MASKING.match(label.label) or _ENCRYPTING.match(label.label) or _IDENTIFIER.match(label.label)
        if says is None and _tag(label.label) is None:
            continue
        found[QualifiedName(parts[0], parts[1]), parts[2]] = (label.provider, label.label)
    return found


def is_masked(label: str) -> bool:
    """Whether a label hides the values of its column from some roles."""
    return _MASKING.match(label) is not None


_IDENTIFIER_PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')


def _names(dotted: str) -> list[str]:
    """The parts of a name as SQL."""
    return [
        match[1].replace('""', '"') if match[1] else match[2] for match in _IDENTIFIER_PART.finditer(dotted)
    ]


def _read_by(dependencies: Iterable[Dependency]) -> dict[QualifiedName, tuple[QualifiedName, ...]]:
    """By relation those that its definition reads."""
    found: dict[QualifiedName, set[QualifiedName]] = {}
    for one in dependencies:
        if one.dependent.kind is ObjectKind.RELATION and one.referenced.kind is ObjectKind.RELATION:
            name = QualifiedName(one.dependent.schema, one.dependent.name)
            found.setdefault(name, set()).add(QualifiedName(one.referenced.schema, one.referenced.name))
    return {name: tuple(sorted(read)) for name, read in found.items()}
