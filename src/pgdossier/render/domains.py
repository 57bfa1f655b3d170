"""Domains in words: where each has its section, what is said of it, the tables in their order (§3.1, §4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.domains import Domain, links
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.render.escaping import inline
from pgdossier.render.links import README, domain_stem, schema_anchor
from pgdossier.render.numbers import counted, listed
from pgdossier.render.page import Page
from pgdossier.render.summary import summary

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


def link(domain: Domain, page: Page) -> str:
    """The name of a domain, linked to its section."""
    target = page.links.domain(domain.name, page.path)
    return f"[{inline(domain.name)}]({target})" if target else inline(domain.name)


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
    return (
        "They are more than one diagram can show, so this is a map of"
        f" {counted(len(found.top), 'domain')}: groups of tables that belong together"
        f" (not types, as PostgreSQL's domains are). {domains_found_by(analysis)}"
    )


def domains_found_by(analysis: Analysis) -> str:
    """How the domains came about."""
    if not analysis.domains.divided:
        return "Each of them is a schema."
    declared = sum(domain.declared for domain in analysis.domains.top)
    found = "found by schemas, by foreign keys and by what names begin with"
    if not declared:
        return f"They were {found}."
    others = len(analysis.domains.top) - declared
    return f"{counted(declared, 'of them is', 'of them are').capitalize()} the project's own" + (
        f", the others were {found}." if others else "."
    )


def kind(name: QualifiedName, analysis: Analysis) -> str:
    """What a table stands for; of what is no table, what it is."""
    found = analysis.entities.tables.get(name)
    return str(found.kind if found else analysis.lookup.relations[name].kind)


def referencing(name: QualifiedName, analysis: Analysis) -> int:
    """How many other tables reference a table."""
    return len({one.child for one in analysis.graph.children_of(name)} - {name})


@dataclass(frozen=True, slots=True)
class Ties:
    """The domains of one map, and the foreign keys from each to each of the others."""

    domains: Sequence[Domain]
    keys: Mapping[tuple[int, int], int]


def ties(among: Sequence[Domain], analysis: Analysis) -> Ties:
    """The foreign keys between those domains."""
    return Ties(among, links(among, analysis.relationships))


def ties_of(domain: Domain, analysis: Analysis) -> Ties:
    """The foreign keys between a domain that has a section and those that stand beside it on a map."""

    def beside(among: Sequence[Domain]) -> Sequence[Domain]:
        if any(one is domain for one in among):
            return among
        return next((found for one in among if (found := beside(one.children))), ())

    return ties(beside(analysis.domains.top), analysis)


def references(domain: Domain, tied: Ties, page: Page) -> str:
    """What a domain has to do with those beside it, in a sentence; empty where it has nothing."""
    place = next((number for number, one in enumerate(tied.domains) if one is domain), -1)
    parts = []
    for verb, near in (
        ("references", [(count, other) for (one, other), count in tied.keys.items() if one == place]),
        ("is referenced by", [(count, one) for (one, other), count in tied.keys.items() if other == place]),
    ):
        ranked = sorted(near, key=lambda row: (-row[0], row[1]))
        if ranked:
            names = [f"{link(tied.domains[one], page)} ({count})" for count, one in ranked[:_NAMED]]
            if len(ranked) > _NAMED:
                names.append(counted(len(ranked) - _NAMED, "other"))
            parts.append(f"{verb} {listed(names)}")
    return f"It {' and '.join(parts)}; the numbers count foreign keys." if parts else ""


def facts(domain: Domain) -> str:
    """The counts of a domain."""
    return (
        f"{counted(len(domain.tables), 'table')} · {counted(domain.columns, 'column')} ·"
        f" {counted(domain.foreign_keys, 'foreign key')} between them"
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
