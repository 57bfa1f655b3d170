"""What §5.2 and the tables' own pages say about relationships beyond single foreign keys.

Templates call this module `relate`. Every function gives Markdown, one line for each thing that is said;
each line names the rule or the evidence that it rests on.
"""

from __future__ import annotations

from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.arcs import ExclusiveArc
from pgdossier.analysis.declared import Declared
from pgdossier.analysis.implied import Implied
from pgdossier.analysis.inheritance import Inheriting, SharedKey
from pgdossier.analysis.polymorphic import Polymorphic
from pgdossier.analysis.reference_tables import ReferenceTable
from pgdossier.analysis.relationships import Junction, Relationship
from pgdossier.analysis.self_references import SelfReference
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.statistics import Probe
from pgdossier.render import sentences, words
from pgdossier.render.escaping import code, inline
from pgdossier.render.numbers import listed
from pgdossier.render.page import Page

_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
_KINDS_SHOWN = 12


def _label(name: QualifiedName, page: Page) -> str:
    return code(page.label(name))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- junctions ---------------------------------------------------------------------------------------


def junction(found: Junction, page: Page) -> str:
    """What a junction does to the tables that it joins."""
    table = _label(found.table, page)
    if len(found.ends) == 2:
        one, other = (_label(end.parent, page) for end in found.ends)
        if found.network:
            first, second = (words.columns_words(end.key.columns) for end in found.ends)
            return (
                f"Each {one} row, as {first}, is joined with any number of {one} rows, as {second}, "
                "and the other way round."
            )
        return (
            f"Each {one} row is joined with any number of {other} rows, "
            f"and each {other} row with any number of {one} rows."
        )
    parents = [_label(end.parent, page) for end in found.ends]
    number = "at most one" if any(end.optional for end in found.ends) else "one"
    joined = listed([f"{number} {parent} row" for parent in parents])
    return f"Each {table} row joins {joined}."


def junction_kind(found: Junction) -> str:
    """What a junction is called: many-to-many, a network, or how many ways it goes."""
    ways = len(found.ends)
    if ways > 2:
        return f"{_NUMBERS.get(ways, str(ways))}-way"
    return "network" if found.network else "many-to-many"


# --- foreign keys of a special form ------------------------------------------------------------------


def weak(analysis: Analysis) -> list[tuple[tuple[Relationship, ...], tuple[str, ...]]]:
    """Tables that are no junction and whose primary key holds foreign keys and other columns.

    Each with these foreign keys (one that is a part of another is left out) and the other columns.
    """
    joining = {found.table for found in analysis.junctions}
    found: dict[QualifiedName, list[Relationship]] = {}
    for one in analysis.relationships:
        if one.identifying and one.child not in joining:
            found.setdefault(one.child, []).append(one)
    weak = []
    for name, keys in found.items():
        primary = analysis.lookup.relations[name].primary_key
        sets = [set(one.key.columns) for one in keys]
        largest = tuple(one for one in keys if not any(set(one.key.columns) < other for other in sets))
        rest = set(primary.columns if primary else ()).difference(*sets)
        if primary is not None and rest:
            weak.append((largest, tuple(column for column in primary.columns if column in rest)))
    return weak


def identifying(found: tuple[Relationship, ...], rest: tuple[str, ...], page: Page) -> str:
    """A weak entity: what identifies its rows."""
    parents = [
        f"its {_label(one.parent, page)} row ({words.columns_words(one.key.columns)})" for one in found
    ]
    own = words.columns_words(rest)
    return f"Each {page.relation(found[0].child)} row is identified by {listed(parents)} together with {own}."


def self_reference(found: SelfReference, page: Page) -> str:
    """A foreign key of a table to itself, with the shape that its rows form."""
    shape = f"**{found.shape}**" if found.shape != "reference" else "reference"
    said = sentences.relationship(found.relationship, page)
    return f"{page.relation(found.relationship.child)}, {shape}: {said} ({inline(found.evidence)})"


def inheriting(found: Inheriting, page: Page) -> str:
    """PostgreSQL's inheritance."""
    parents = listed([page.relation(parent) for parent in found.parents])
    named = listed([_label(parent, page) for parent in found.parents])
    return (
        f"{page.relation(found.child)} inherits from {parents} (INHERITS): it has all columns of {named}, "
        "whose queries see its rows, too; keys and foreign keys are not inherited."
    )


def shared_key(found: SharedKey, page: Page) -> str:
    """A table that shares its parent's key: a subtype, or an extension."""
    one = found.relationship
    child, parent = page.relation(one.child), page.relation(one.parent)
    columns = words.columns_words(one.key.columns)
    if not found.subtype:
        extends = "extends" if one.proved else "is meant to extend"
        return (
            f"Each {child} row {extends} exactly one {parent} row, which has {words.down(one)} such row "
            f"({columns}: {inline(found.evidence)})."
        )
    sure = "is" if one.proved else "is meant to be"
    told = ""
    if found.discriminator is not None:
        value = f" = {code(found.value)}" if found.value is not None else ""
        told = f"; discriminator {code(found.discriminator)}{value}"
    return (
        f"Each {child} row {sure} a {parent} row with columns of its own, at most one for each "
        f"({columns}: {inline(found.evidence)}{told})."
    )


def reference_table(found: ReferenceTable, page: Page) -> str:
    """A lookup table."""
    label = ""
    if found.label is not None:
        unique = "" if found.unique else ", which nothing keeps unique"
        label = f": values named by {code(found.label)}{unique}"
    return f"{page.relation(found.table)}{label} ({inline(found.evidence)})."


# --- what no single foreign key declares -------------------------------------------------------------


def polymorphic(pair: Polymorphic, page: Page) -> str:
    """A polymorphic pair of columns."""
    number = "at most one row" if pair.optional else "one row"
    points = "points" if pair.kinds is not None or pair.parents else "seems to point"
    said = (
        f"Each {page.relation(pair.table)} row {points} to {number} of a table that "
        f"{code(pair.type_column)} names, by {code(pair.id_column)}"
    )
    notes = [inline(pair.rule)]
    if pair.kinds is not None:
        notes.append(f"the kinds are rows of {page.relation(pair.kinds)}")
    if pair.values:
        shown = [code(value) for value in pair.values[:_KINDS_SHOWN]]
        more = len(pair.values) - len(shown)
        notes.append(f"the kinds are {listed([*shown, f'{more} more'] if more else shown)}")
    if pair.parents:
        notes.append(f"of that name: {listed([page.relation(parent) for parent in pair.parents])}")
    return f"{said} ({'; '.join(notes)})."


def arc(found: ExclusiveArc, page: Page) -> str:
    """Foreign keys of which a row has only one."""
    ends = [f"{page.relation(end.parent)} ({words.columns_words(end.key.columns)})" for end in found.ends]
    ends += [f"a value in {code(column)}" for column in found.others]
    number = "exactly one" if found.required else "at most one"
    verb = "has" if found.others else "belongs to"
    proof = "check" if len(found.checks) == 1 else "checks"
    notes = [f"{proof} {listed([code(name) for name in found.checks])}"]
    if found.discriminator is not None:
        cases = ", ".join(f"{code(value)} → {code(column)}" for value, column in found.cases)
        notes.append(f"{code(found.discriminator)} tells which: {cases}")
    return f"Each {page.relation(found.table)} row {verb} {number} of {listed(ends)} ({'; '.join(notes)})."


def implied(found: Implied, page: Page) -> str:
    """A foreign key that names and types imply, with its confidence and its evidence."""
    said = f"{implied_sentence(found, page)} ({implied_evidence(found)})"
    return f"{implied_column(found, page)}, {found.confidence} %: {said}"


def implied_sentence(found: Implied, page: Page) -> str:
    """Both directions of an implied foreign key, as a guess."""
    one = found.relationship
    child, parent = _label(one.child, page), _label(one.parent, page)
    if found.array:
        return f"Each {child} row seems to list any number of {parent} rows in {code(found.column)}."
    others = [
        other
        for other in page.analysis.drawn_graph.parents_of(one.child)
        if other is not one and other.parent == one.parent
    ]
    by = words.columns_words(one.key.columns) if others else ""
    return words.sentence(one, parent, child, by=by, seems=True)


def declared(found: Declared, page: Page) -> str:
    """A relationship that the project declares itself."""
    one = found.relationship
    child = f"{page.relation(one.child)} {words.columns_words(one.key.columns)}"
    parent = f"{page.relation(one.parent)} {words.columns_words(one.key.target_columns)}"
    said = declared_sentence(found, page)
    remarks = f" ({'; '.join(map(inline, found.remarks))})" if found.remarks else ""
    note = f" – {inline(found.note)}" if found.note else ""
    return f"{child} → {parent}: {said}{remarks}{note}"


def declared_sentence(found: Declared, page: Page) -> str:
    """Both directions of a declared relationship."""
    one = found.relationship
    return words.sentence(one, _label(one.parent, page), _label(one.child, page))


def probed(found: Implied | Declared, analysis: Analysis) -> str:
    """What the data said when it was asked, or nothing when it was not."""
    probe = _probe(found.relationship, analysis)
    if probe is None:
        return ""
    if probe.problem is not None:
        return f"not probed on {probe.probed_on}: {inline(probe.problem)}"
    rows = f"all {probe.rows:,} rows" if probe.whole else f"a sample of {probe.rows:,} rows"
    if not probe.values:
        return f"no value to look for in {rows} ({probe.probed_on})"
    share = f"{_percent(probe.found, probe.values)} of {probe.values:,} values"
    return f"{share} found in the parent, in {rows} ({probe.probed_on})"


def _percent(part: int, whole: int) -> str:
    """A share that says 100 % only of all, and 0 % only of none."""
    percent = part * 100 / whole
    if part in (0, whole) or 1 <= percent <= 99:
        return f"{percent:.0f} %"
    return "less than 1 %" if percent < 1 else "more than 99 %"


def _probe(one: Relationship, analysis: Analysis) -> Probe | None:
    for probe in analysis.snapshot.statistics.probes:
        if (probe.child, probe.columns) == (one.child, one.key.columns) and (
            probe.parent,
            probe.parent_columns,
        ) == (one.parent, one.key.target_columns):
            return probe
    return None


# --- on a table's own page ---------------------------------------------------------------------------


def beside_foreign_keys(relation: Relation, analysis: Analysis, page: Page) -> list[str]:
    """What else ties this relation to others: by shape, by declaration, by the look of it."""
    name = relation.qualified
    found = [polymorphic(pair, page) for pair in analysis.polymorphic if pair.table == name]
    found += [arc(one, page) for one in analysis.arcs if one.table == name]
    found += [
        shared_key(one, page)
        for one in analysis.shared_keys
        if one.subtype and name in (one.relationship.child, one.relationship.parent)
    ]
    found += [
        f"Named as a kind by {page.relation(pair.table)} "
        f"({words.columns_words((pair.type_column, pair.id_column))}, polymorphic)"
        for pair in analysis.polymorphic
        if name in pair.parents
    ]
    for one in analysis.declared.found:
        if name in (one.relationship.child, one.relationship.parent):
            found.append(f"Declared by the project: {_with_probe(declared(one, page), one, analysis)}")
    for guess in analysis.implied:
        if name in (guess.table, guess.parent):
            found.append(f"Implied: {_with_probe(implied(guess, page), guess, analysis)}")
    return found


def _with_probe(said: str, found: Implied | Declared, analysis: Analysis) -> str:
    probe = probed(found, analysis)
    return f"{said} – in the data: {probe}" if probe else said


def implied_column(found: Implied, page: Page) -> str:
    """The column of an implied foreign key, and the key that it seems to reference."""
    parent = f"{page.relation(found.parent)} {code(found.parent_column)}"
    return f"{page.relation(found.table)} {code(found.column)} → {parent}"


def implied_evidence(found: Implied) -> str:
    """What speaks for an implied foreign key."""
    return "; ".join(inline(part) for part in found.evidence)


def declared_line(found: Declared, analysis: Analysis, page: Page) -> str:
    """A declared relationship with what the data said."""
    return _with_probe(declared(found, page), found, analysis)
