"""Sensitive data in words (§9.2). Templates call this module `sensitive`."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pgdossier.analysis import sensitive as search
from pgdossier.analysis.access import Readers, Source
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.sensitive import Basis, SensitiveColumn
from pgdossier.analysis.sensitive_names import Category, Confidence
from pgdossier.language import mark, tr, trn
from pgdossier.language.counts import counted
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.render.escaping import code, inline
from pgdossier.render.numbers import listed, some
from pgdossier.render.page import Page
from pgdossier.render.terms import term

TITLES = {
    Category.CREDENTIAL: mark("Passwords, keys and tokens"),
    Category.FINANCIAL: mark("Payment and income"),
    Category.GOVERNMENT_ID: mark("Numbers given by a state"),
    Category.HEALTH: mark("Health"),
    Category.BIOMETRIC: mark("Biometric data"),
    Category.SPECIAL: mark("Religion, origin, opinion, sexual life"),
    Category.PERSONAL: mark("Who somebody is"),
    Category.CONTACT: mark("How to reach somebody"),
    Category.LOCATION: mark("Where somebody is"),
    Category.ONLINE: mark("Traces on the network"),
}

_MOST_ROLES = 6
_MOST_CLEARED = 40
_PUBLIC = mark("⚠ every role (`PUBLIC`)")


class Line(msgspec.Struct, frozen=True):
    """The columns of one relation that have everything in common but what they hold; cells are Markdown."""

    relation: QualifiedName
    columns: str
    found_by: str
    confidence: str
    readers: str
    protection: str


class Total(msgspec.Struct, frozen=True):
    """One category in figures."""

    title: str
    columns: int
    sure: int
    relations: int
    public: int


def summary(analysis: Analysis) -> str:
    """How many columns were found, and by what."""
    found = analysis.sensitive
    if not found.columns:
        if not found.total:
            return ""
        return tr(
            "None of {columns} was recognised as holding personal, secret or payment data, by"
            " names in several languages, types, domains, comments, patterns and security labels."
            " No table data was read, so there can be some all the same.",
            columns=counted(found.total, "column"),
        )
    return trn(
        "{count} of {columns} likely holds sensitive data, by their names (in several languages), types,"
        " domains, comments, patterns and security labels. No table data was read: free text and documents"
        " can hold more. Columns of foreign keys are not counted for what they point to.",
        "{count} of {columns} likely hold sensitive data, by their names (in several languages), types,"
        " domains, comments, patterns and security labels. No table data was read: free text and documents"
        " can hold more. Columns of foreign keys are not counted for what they point to.",
        len(found.columns),
        columns=counted(found.total, "column"),
    )


def totals(analysis: Analysis) -> list[Total]:
    """Each category that occurs."""
    rows = []
    for category, title in TITLES.items():
        found = analysis.sensitive.of_category(category)
        if found:
            rows.append(
                Total(
                    title=tr(title),
                    columns=len(found),
                    sure=sum(one.confidence is Confidence.HIGH for one in found),
                    relations=len({one.relation for one in found}),
                    public=sum(is_public(one, analysis) for one in found),
                )
            )
    return rows


def count(analysis: Analysis) -> int:
    """How many lines the lists have, about: one for each relation and category."""
    return len({(one.relation, one.category, one.confidence) for one in analysis.sensitive.columns})


def categories(analysis: Analysis) -> list[tuple[str, list[Line]]]:
    """The title of each category that occurs and its columns."""
    return [
        (tr(title), _lines(found, analysis))
        for category, title in TITLES.items()
        if (found := analysis.sensitive.of_category(category))
    ]


def _lines(found: Sequence[SensitiveColumn], analysis: Analysis) -> list[Line]:
    groups: dict[tuple[QualifiedName, Confidence, str, str], list[SensitiveColumn]] = {}
    for one in found:
        relation = analysis.lookup.relations[one.relation]
        key = (one.relation, one.confidence, _readers(one, relation, analysis), _protection(one, relation))
        groups.setdefault(key, []).append(one)
    return [
        Line(
            relation=name,
            columns=_columns(members),
            found_by="; ".join(dict.fromkeys(_found_by(one) for one in members)),
            confidence=term(confidence.word),
            readers=readers,
            protection=protection,
        )
        for (name, confidence, readers, protection), members in sorted(
            groups.items(), key=lambda item: (item[0][0], -item[0][1], item[0][2:])
        )
    ]


def _columns(members: Sequence[SensitiveColumn]) -> str:
    by_meaning: dict[str, list[str]] = {}
    for one in members:
        by_meaning.setdefault(one.what, []).append(code(one.column))
    return "; ".join(
        f"{', '.join(names)} ({what})" if what else ", ".join(names) for what, names in by_meaning.items()
    )


_FOUND_BY = {
    Basis.PROJECT: mark("said by the project: {detail}"),
    Basis.NAME: mark("name"),
    Basis.DOMAIN: mark("type {detail}"),
    Basis.TYPE: mark("type {detail}"),
    Basis.COMMENT: mark("comment: “{detail}”"),
    Basis.LABEL: mark("security label {detail}"),
    Basis.CHECK: mark("pattern in {detail}"),
    Basis.VIEW: mark("called so in {detail}, which it reads"),
    Basis.COPY: mark("a trigger copies rows of {detail}"),
    Basis.BESIDE: mark("beside {detail}"),
}


def _found_by(one: SensitiveColumn) -> str:
    quoted = one.basis in (Basis.PROJECT, Basis.COMMENT, Basis.CHECK)
    return tr(_FOUND_BY[one.basis], detail=inline(one.detail) if quoted else code(one.detail))


def is_public(one: SensitiveColumn, analysis: Analysis) -> bool:
    """Whether every role can read the column: PUBLIC may, and may use the schema."""
    relation = analysis.lookup.relations[one.relation]
    access = analysis.access
    return (
        access.grants_known
        and access.readers(relation, one.column).everyone
        and _public_schema(relation, analysis)
    )


def _public_schema(relation: Relation, analysis: Analysis) -> bool:
    for schema in analysis.described.structure.schemas:
        if schema.name == relation.schema:
            return any(grant.grantee is None and grant.privilege == "USAGE" for grant in schema.grants or ())
    return True


def _readers(one: SensitiveColumn, relation: Relation, analysis: Analysis) -> str:
    access = analysis.access
    if not access.grants_known:
        return tr("not known: the grants could not be read")
    found = access.readers(relation, one.column)
    if found.everyone:
        if _public_schema(relation, analysis):
            return tr(_PUBLIC)
        using = [code(reader.role) for reader in found.roles if reader.reaches_schema]
        alone = tr("`PUBLIC`, which cannot use the schema")
        return f"{alone}; {_some(using)}" if using else alone
    parts = []
    if reading := _named(found, relation):
        parts.append(_some(reading))
    if later := [code(reader.role) for reader in found.after_set_role]:
        parts.append(tr("after `SET ROLE`: {later}", later=_some(later)))
    return "; ".join(parts) or tr("superusers alone")


def _named(found: Readers, relation: Relation) -> list[str]:
    names = []
    for reader in found.roles:
        owner = reader.role == relation.owner
        message = mark("{role} (owner)") if owner else "{role}"
        if not owner and reader.ways and reader.ways[0].source is Source.COLUMN_GRANT:
            message = mark("{role} (this column)")
        elif not reader.reaches_schema:
            message = mark("{role} (but not the schema)")
        names.append(tr(message, role=code(reader.role)))
    return names


def _some(names: Sequence[str]) -> str:
    return some(names, _MOST_ROLES)


def _protection(one: SensitiveColumn, relation: Relation) -> str:
    parts = []
    if one.kept_as:
        kept = term(one.kept_as)
        parts.append(
            tr("{protection}, by its name", protection=kept) if one.basis is not Basis.LABEL else kept
        )
    if one.basis is Basis.LABEL and search.is_masked(one.detail.partition(": ")[2]):
        parts.append(tr("masked for some roles"))
    if relation.row_security:
        parts.append(tr("row security"))
    return "; ".join(parts)


def tagged(analysis: Analysis, page: Page) -> str:
    """The tables whose own comment says that they hold such data."""
    return ", ".join(
        f"{page.relation(name)} (“{inline(words)}”)" for name, words in analysis.sensitive.tagged_tables
    )


def cleared(analysis: Analysis, page: Page) -> list[str]:
    """The columns that are not listed because somebody says so, by reason."""
    by_reason: dict[str, list[str]] = {}
    for relation, column, reason in analysis.sensitive.cleared:
        by_reason.setdefault(reason, []).append(f"{page.relation(relation)} {code(column)}")
    lines = []
    for reason, columns in sorted(by_reason.items()):
        shown = columns[:_MOST_CLEARED]
        more = len(columns) - len(shown)
        said = listed(shown)
        if more:
            said = tr("{items} and {count} more", items=said, count=more)
        lines.append(f"{said}: {inline(reason)}")
    return lines


def notes(analysis: Analysis) -> list[str]:
    """What a reader of the column on readers must know."""
    access = analysis.access
    if not analysis.sensitive.columns or not access.grants_known:
        return []
    lines = []
    if access.known:
        few = 0 < len(access.superusers) <= _MOST_ROLES
        lines.append(
            tr(
                "Superusers ({roles}) read everything and are not named.",
                roles=listed([code(name) for name in access.superusers]),
            )
            if few
            else tr("Superusers read everything and are not named.")
        )
        lines[-1] += " " + tr(
            "Views that are not `security_invoker` are read with their owner's rights: who may read one"
            " needs no right on the tables below it."
        )
    else:
        lines.append(tr("Members of these roles can read as well: memberships were not read."))
    return lines
