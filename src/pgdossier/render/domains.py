"""Domains in words: where each has its section, what is said of it, the tables in their order (§3.1, §4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.domains import Domain, Ties
from pgdossier.language import ENGLISH, current, mark, tr, trn
from pgdossier.language.counts import counted
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.render.escaping import inline
from pgdossier.render.links import README, domain_stem, schema_anchor
from pgdossier.render.numbers import listed
from pgdossier.render.page import Page
from pgdossier.render.summary import summary
from pgdossier.render.terms import term

_NAMED = 6  # other domains named in a sentence


def sections(analysis: Analysis) -> tuple[Domain, ...]:
    """The domains that have a section: all but those that are a whole schema, which has one already.

    What a domain is divided into is described in its section, but for what is a whole schema.
    """

    def look(domains: Sequence[Domain]) -> Iterator[Domain]:
        for domain in domains:
            if domain.whole_schema:
                yield from look(domain.children)
                continue
            yield domain
            for inner in _inside(domain):
                yield from look([child for child in inner.children if child.whole_schema])

    return tuple(look(analysis.domains.top))


def _inside(section: Domain) -> Iterator[Domain]:
    """A domain and what is described in its section."""
    yield section
    for child in section.children:
        if not child.whole_schema:
            yield from _inside(child)


def places(analysis: Analysis, *, split: bool) -> Mapping[str, tuple[str, str]]:
    """The page and the anchor of each domain, by name; in the split layout each section is a page."""
    found = {}
    for section in sections(analysis):
        path = f"domains/{domain_stem(section.name)}.md" if split else README
        for domain in _inside(section):
            found[domain.name] = (path, f"domain-{domain_stem(domain.name)}")
    for domain in analysis.domains.walk():
        if domain.whole_schema:
            found[domain.name] = (README, schema_anchor(domain.schema))
    return found


def anchor(domain: Domain, page: Page) -> str:
    """The anchor of a domain's section."""
    return page.links.domains[domain.name][1]


def shown(domain: Domain) -> str:
    """The name of a domain in the language of the document; links go by the English one."""
    if current() == ENGLISH or domain.declared or domain.whole_schema:
        return domain.name
    home = f"{domain.schema}."
    return f"{home}{domain.label}" if domain.schema and domain.name.startswith(home) else domain.label


def link(domain: Domain, page: Page) -> str:
    """The name of a domain, linked to its section."""
    target = page.links.domain(domain.name, page.path)
    return f"[{inline(shown(domain))}]({target})" if target else inline(shown(domain))


def entities(domain: Domain, page: Page) -> str:
    """The key entities of a domain, linked."""
    return ", ".join(page.relation(name) for name in domain.key_entities)


def purpose(domain: Domain, analysis: Analysis) -> str:
    """What a domain is for, as far as somebody says so: the project, or of a whole schema its comment."""
    if domain.description or not domain.whole_schema:
        return domain.description
    schemas = analysis.described.structure.schemas
    return summary(next((one.comment for one in schemas if one.name == domain.schema), None))


def map_sentence(analysis: Analysis) -> str:
    """What the first map shows, and that these domains are none of PostgreSQL's."""
    found = analysis.domains
    said = tr(
        "They are more than one diagram can show, so this is a map of {domains}: groups of tables that belong"
        " together (not types, as PostgreSQL's domains are).",
        domains=counted(len(found.top), "domain"),
    )
    return f"{said} {domains_found_by(analysis)}"


def domains_found_by(analysis: Analysis) -> str:
    """How the domains came about."""
    if not analysis.domains.divided:
        return tr("Each of them is a schema.")
    declared = sum(domain.declared for domain in analysis.domains.top)
    if not declared:
        return tr("They were found by schemas, by foreign keys and by what names begin with.")
    others = len(analysis.domains.top) - declared
    if not others:
        return trn(
            "{count} of them is the project's own.", "{count} of them are the project's own.", declared
        )
    return trn(
        "{count} of them is the project's own, the others were found by schemas, by foreign keys and by what"
        " names begin with.",
        "{count} of them are the project's own, the others were found by schemas, by foreign keys and by what"
        " names begin with.",
        declared,
    )


def kind(name: QualifiedName, analysis: Analysis) -> str:
    """What a table stands for; of what is no table, what it is."""
    found = analysis.entities.tables.get(name)
    return term(found.kind if found else analysis.lookup.relations[name].kind)


def referencing(name: QualifiedName, analysis: Analysis) -> int:
    """How many other tables reference a table."""
    return len({one.child for one in analysis.graph.children_of(name)} - {name})


def references(domain: Domain, analysis: Analysis, page: Page) -> str:
    """What a domain has to do with those beside it, in a sentence; empty where it has nothing."""
    tied = analysis.ties.get(domain.name, Ties())
    parts = []
    for message, ranked in (
        (mark("references {domains}"), tied.references),
        (mark("is referenced by {domains}"), tied.referenced_by),
    ):
        if ranked:
            names = [f"{link(one, page)} ({count})" for one, count in ranked[:_NAMED]]
            if len(ranked) > _NAMED:
                names.append(counted(len(ranked) - _NAMED, "other"))
            parts.append(tr(message, domains=listed(names)))
    return tr("It {does}; the numbers count foreign keys.", does=listed(parts)) if parts else ""


def facts(domain: Domain) -> str:
    """The counts of a domain."""
    return tr(
        "{tables} · {columns} · {keys} between them",
        tables=counted(len(domain.tables), "table"),
        columns=counted(domain.columns, "column"),
        keys=counted(domain.foreign_keys, "foreign key"),
    )


def groups(
    analysis: Analysis, relations: Sequence[Relation]
) -> list[tuple[str, Domain | None, list[Relation]]]:
    """The relations of §4 in groups: schema, domain, relations; what is in no domain of its own comes last.

    Where a schema is one domain it is one group, with its views.
    """
    found: dict[tuple[str, int, str], tuple[Domain | None, list[Relation]]] = {}
    order = {domain.name: number for number, domain in enumerate(analysis.domains.leaves)}
    for relation in relations:
        domain = _own(analysis, relation.qualified)
        place = order[domain.name] if domain else len(order)
        key = (relation.schema, place, domain.name if domain else "")
        found.setdefault(key, (domain, []))[1].append(relation)
    return [
        (schema, domain, members)
        for (schema, _, _), (domain, members) in sorted(found.items(), key=lambda row: row[0])
    ]


def _own(analysis: Analysis, name: QualifiedName) -> Domain | None:
    """The domain of a relation, unless it is all of the schema."""
    domain = analysis.domains.of(name)
    return None if domain is None or domain.whole_schema else domain
