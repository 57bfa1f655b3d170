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
from pgdossier.language import mark, number, tr, trn
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation
from pgdossier.model.statistics import Probe
from pgdossier.render import sentences, words
from pgdossier.render.escaping import code, inline
from pgdossier.render.numbers import listed
from pgdossier.render.page import Page
from pgdossier.render.terms import term

_WAYS = {
    3: mark("three-way"),
    4: mark("four-way"),
    5: mark("five-way"),
    6: mark("six-way"),
}
_KINDS_SHOWN = 12


def _label(name: QualifiedName, page: Page) -> str:
    return code(page.label(name))


# --- junctions ---------------------------------------------------------------------------------------


def junction(found: Junction, page: Page) -> str:
    """What a junction does to the tables that it joins."""
    table = _label(found.table, page)
    if len(found.ends) == 2:
        one, other = (_label(end.parent, page) for end in found.ends)
        if found.network:
            first, second = (words.columns_words(end.key.columns) for end in found.ends)
            return tr(
                "Each {one} row, as {first}, is joined with any number of {one} rows, as"
                " {second}, and the other way round.",
                one=one,
                first=first,
                second=second,
            )
        return tr(
            "Each {one} row is joined with any number of {other} rows, and each {other} row with"
            " any number of {one} rows.",
            one=one,
            other=other,
        )
    parents = [_label(end.parent, page) for end in found.ends]
    message = (
        mark("at most one {table} row")
        if any(end.optional for end in found.ends)
        else mark("one {table} row")
    )
    joined = listed([tr(message, table=parent) for parent in parents])
    return tr("Each {table} row joins {rows}.", table=table, rows=joined)


def junction_kind(found: Junction) -> str:
    """What a junction is called: many-to-many, a network, or how many ways it goes."""
    ways = len(found.ends)
    if ways > 2:
        return tr(_WAYS[ways]) if ways in _WAYS else tr("{count}-way", count=ways)
    return tr("network") if found.network else tr("many-to-many")


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
        tr(
            "its {parent} row ({columns})",
            parent=_label(one.parent, page),
            columns=words.columns_words(one.key.columns),
        )
        for one in found
    ]
    own = words.columns_words(rest)
    return tr(
        "Each {child} row is identified by {parents} together with {own}.",
        child=page.relation(found[0].child),
        parents=listed(parents),
        own=own,
    )


def self_reference(found: SelfReference, page: Page) -> str:
    """A foreign key of a table to itself, with the shape that its rows form."""
    shape = f"**{term(found.shape)}**" if found.shape != "reference" else term(found.shape)
    said = sentences.relationship(found.relationship, page)
    return f"{page.relation(found.relationship.child)}, {shape}: {said} ({inline(found.evidence)})"


def inheriting(found: Inheriting, page: Page) -> str:
    """PostgreSQL's inheritance."""
    parents = listed([page.relation(parent) for parent in found.parents])
    named = listed([_label(parent, page) for parent in found.parents])
    return tr(
        "{child} inherits from {parents} (INHERITS): it has all columns of {named}, whose queries"
        " see its rows, too; keys and foreign keys are not inherited.",
        child=page.relation(found.child),
        parents=parents,
        named=named,
    )


def shared_key(found: SharedKey, page: Page) -> str:
    """A table that shares its parent's key: a subtype, or an extension."""
    one = found.relationship
    child, parent = page.relation(one.child), page.relation(one.parent)
    columns = words.columns_words(one.key.columns)
    if not found.subtype:
        return tr(
            _EXTENDING[one.proved, one.required],
            child=child,
            parent=parent,
            columns=columns,
            evidence=inline(found.evidence),
        )
    evidence = inline(found.evidence)
    if found.discriminator is not None:
        value = f" = {code(found.value)}" if found.value is not None else ""
        evidence += f"; {tr('discriminator {column}', column=code(found.discriminator))}{value}"
    return tr(
        mark(
            "Each {child} row is a {parent} row with columns of its own, at most one for each"
            " ({columns}: {evidence})."
        )
        if one.proved
        else mark(
            "Each {child} row is meant to be a {parent} row with columns of its own, at most one for each"
            " ({columns}: {evidence})."
        ),
        child=child,
        parent=parent,
        columns=columns,
        evidence=evidence,
    )


# Whether it is proved, and whether each parent has such a row.
_EXTENDING = {
    (True, True): mark(
        "Each {child} row extends exactly one {parent} row, which has exactly one such row"
        " ({columns}: {evidence})."
    ),
    (True, False): mark(
        "Each {child} row extends exactly one {parent} row, which has at most one such row"
        " ({columns}: {evidence})."
    ),
    (False, True): mark(
        "Each {child} row is meant to extend exactly one {parent} row, which has exactly one such row"
        " ({columns}: {evidence})."
    ),
    (False, False): mark(
        "Each {child} row is meant to extend exactly one {parent} row, which has at most one such row"
        " ({columns}: {evidence})."
    ),
}


def reference_table(found: ReferenceTable, page: Page) -> str:
    """A lookup table."""
    label = ""
    if found.label is not None:
        named = (
            tr("values named by {column}", column=code(found.label))
            if found.unique
            else tr("values named by {column}, which nothing keeps unique", column=code(found.label))
        )
        label = f": {named}"
    return f"{page.relation(found.table)}{label} ({inline(found.evidence)})."


# --- what no single foreign key declares -------------------------------------------------------------


def polymorphic(pair: Polymorphic, page: Page) -> str:
    """A polymorphic pair of columns."""
    said = tr(
        _POLYMORPHIC[pair.kinds is not None or bool(pair.parents), pair.optional],
        table=page.relation(pair.table),
        kind=code(pair.type_column),
        columns=code(pair.id_column),
    )
    notes = [inline(pair.rule)]
    if pair.kinds is not None:
        notes.append(tr("the kinds are rows of {table}", table=page.relation(pair.kinds)))
    if pair.values:
        shown = [code(value) for value in pair.values[:_KINDS_SHOWN]]
        more = len(pair.values) - len(shown)
        kinds = listed([*shown, tr("{count} more", count=more)] if more else shown)
        notes.append(tr("the kinds are {values}", values=kinds))
    if pair.parents:
        notes.append(
            tr("of that name: {tables}", tables=listed([page.relation(parent) for parent in pair.parents]))
        )
    return f"{said} ({'; '.join(notes)})."


# Whether it is known where rows point to, and whether they may point nowhere.
_POLYMORPHIC = {
    (True, True): mark(
        "Each {table} row points to at most one row of a table that {kind} names, by {columns}"
    ),
    (True, False): mark("Each {table} row points to one row of a table that {kind} names, by {columns}"),
    (False, True): mark(
        "Each {table} row seems to point to at most one row of a table that {kind} names, by {columns}"
    ),
    (False, False): mark(
        "Each {table} row seems to point to one row of a table that {kind} names, by {columns}"
    ),
}


def arc(found: ExclusiveArc, page: Page) -> str:
    """Foreign keys of which a row has only one."""
    ends = [f"{page.relation(end.parent)} ({words.columns_words(end.key.columns)})" for end in found.ends]
    ends += [tr("a value in {column}", column=code(column)) for column in found.others]
    named = listed([code(name) for name in found.checks])
    notes = [trn("check {names}", "checks {names}", len(found.checks), names=named)]
    if found.discriminator is not None:
        cases = ", ".join(f"{code(value)} → {code(column)}" for value, column in found.cases)
        notes.append(tr("{column} tells which: {cases}", column=code(found.discriminator), cases=cases))
    return tr(
        _ARCS[bool(found.others), found.required],
        table=page.relation(found.table),
        ends=listed(ends),
        notes="; ".join(notes),
    )


# Whether some ends are plain values, and whether a row must have one.
_ARCS = {
    (True, True): mark("Each {table} row has exactly one of {ends} ({notes})."),
    (True, False): mark("Each {table} row has at most one of {ends} ({notes})."),
    (False, True): mark("Each {table} row belongs to exactly one of {ends} ({notes})."),
    (False, False): mark("Each {table} row belongs to at most one of {ends} ({notes})."),
}


def implied(found: Implied, page: Page) -> str:
    """A foreign key that names and types imply, with its confidence and its evidence."""
    said = f"{implied_sentence(found, page)} ({implied_evidence(found)})"
    return f"{implied_column(found, page)}, {found.confidence} %: {said}"


def implied_sentence(found: Implied, page: Page) -> str:
    """Both directions of an implied foreign key, as a guess."""
    one = found.relationship
    child, parent = _label(one.child, page), _label(one.parent, page)
    if found.array:
        return tr(
            "Each {child} row seems to list any number of {parent} rows in {column}.",
            child=child,
            parent=parent,
            column=code(found.column),
        )
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
        return tr("not probed on {date}: {problem}", date=probe.probed_on, problem=inline(probe.problem))
    rows = (
        tr("all {count} rows", count=number(probe.rows))
        if probe.whole
        else tr("a sample of {count} rows", count=number(probe.rows))
    )
    if not probe.values:
        return tr("no value to look for in {rows} ({date})", rows=rows, date=probe.probed_on)
    return tr(
        "{percent} of {count} values found in the parent, in {rows} ({date})",
        percent=_percent(probe.found, probe.values),
        count=number(probe.values),
        rows=rows,
        date=probe.probed_on,
    )


def _percent(part: int, whole: int) -> str:
    """A share that says 100 % only of all, and 0 % only of none."""
    percent = part * 100 / whole
    if part in (0, whole) or 1 <= percent <= 99:
        return f"{percent:.0f} %"
    return tr("less than 1 %") if percent < 1 else tr("more than 99 %")


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
    name, bonds = relation.qualified, analysis.bonds
    found = [polymorphic(pair, page) for pair in bonds.polymorphic.get(name, ())]
    found += [arc(one, page) for one in bonds.arcs.get(name, ())]
    found += [shared_key(one, page) for one in bonds.subtypes.get(name, ())]
    found += [
        tr(
            "Named as a kind by {table} ({columns}, polymorphic)",
            table=page.relation(pair.table),
            columns=words.columns_words((pair.type_column, pair.id_column)),
        )
        for pair in bonds.kinds.get(name, ())
    ]
    found += [
        tr(
            "Declared by the project: {relationship}",
            relationship=_with_probe(declared(one, page), one, analysis),
        )
        for one in bonds.declared.get(name, ())
    ]
    found += [
        tr("Implied: {relationship}", relationship=_with_probe(implied(guess, page), guess, analysis))
        for guess in bonds.implied.get(name, ())
    ]
    return found


def _with_probe(said: str, found: Implied | Declared, analysis: Analysis) -> str:
    probe = probed(found, analysis)
    return tr("{relationship} – in the data: {found}", relationship=said, found=probe) if probe else said


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
