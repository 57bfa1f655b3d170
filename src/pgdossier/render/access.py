"""What the document says about roles, privileges and protection (§9.1, and the line "Access" of a relation).

Templates call this module `rights`. Names are escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from pgdossier.analysis import access_remarks
from pgdossier.analysis.access import Access, Source, reads_as_owner
from pgdossier.analysis.access_matrix import Cell, Family, Matrix, Name, Row, matrix
from pgdossier.analysis.access_remarks import Coverage, Definer, RowSecurity, ThroughView
from pgdossier.analysis.analysis import Analysis
from pgdossier.export import grants
from pgdossier.language import mark, tr, trn
from pgdossier.language.counts import counted
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.model.operation import Operation
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.roles import Membership, Role, SessionSetting
from pgdossier.render import gaps, sentences
from pgdossier.render.escaping import code, inline
from pgdossier.render.numbers import listed
from pgdossier.render.page import Page
from pgdossier.render.terms import term
from pgdossier.render.words import columns_words

_NAMES = 6  # roles named in one place
_OBJECTS = 40  # objects named in one cell
_ACROSS = 7  # roles side by side
LINES = 40  # rows of a list
_SQL = 150  # statements shown in the document itself

# What psql prints for each privilege, in the order of the documentation.
LETTERS = {
    "SELECT": "r",
    "INSERT": "a",
    "UPDATE": "w",
    "DELETE": "d",
    "TRUNCATE": "D",
    "REFERENCES": "x",
    "TRIGGER": "t",
    "MAINTAIN": "m",
    "USAGE": "U",
    "EXECUTE": "X",
    "CREATE": "C",
    "CONNECT": "c",
    "TEMPORARY": "T",
}
_WORDS = {
    "r": mark("select"),
    "a": mark("insert"),
    "w": mark("update"),
    "d": mark("delete"),
    "D": mark("truncate"),
    "x": mark("reference in foreign keys"),
    "t": mark("create triggers"),
    "m": mark("maintain (vacuum, analyse, reindex …)"),
    "U": mark("usage"),
    "X": mark("execute"),
    "C": mark("create"),
    "c": mark("connect"),
    "T": mark("temporary tables"),
}


def moment(taken_at: str) -> str:
    """A moment of the model for people: `2026-11-21 23:05 UTC`."""
    return f"{taken_at[:10]} {taken_at[11:16]} UTC"


def _roles(names: Sequence[str], most: int = _NAMES) -> str:
    shown = ", ".join(code(name) for name in names[:most])
    more = len(names) - most
    return tr("{roles} and {others}", roles=shown, others=counted(more, "other")) if more > 0 else shown


# --- roles -------------------------------------------------------------------------------------------------


class RoleRow(NamedTuple):
    """A row of the table of roles, its cells as Markdown."""

    name: str
    what: str
    member_of: str
    settings: str
    comment: str


def roles(analysis: Analysis) -> list[RoleRow]:
    """The roles that matter to this database, those that come with PostgreSQL apart.

    Where many have the same attributes and memberships they share a row.
    """
    expiries = {found.role: found.valid_until for found in analysis.snapshot.operation.role_expiries}
    alike: dict[RoleRow, list[str]] = {}
    for role in analysis.access.memberships.roles.values():
        if not role.predefined:
            row = RoleRow(
                name="",
                what=_attributes(role, expiries.get(role.name)),
                member_of="<br>".join(_memberships(role.member_of)),
                settings="<br>".join(_settings(role)),
                comment=inline(role.comment or ""),
            )
            alike.setdefault(row, []).append(role.name)
    found: list[tuple[str, RoleRow]] = []
    for row, names in alike.items():
        if len(names) > _FEW and not row.comment:
            found.append((names[0], row._replace(name=_roles(names))))
        else:
            found.extend((name, row._replace(name=code(name))) for name in names)
    return [row for _, row in sorted(found)]


def _attributes(role: Role, expiry: str | None) -> str:
    parts = [tr("**superuser**")] if role.superuser else []
    parts.append(tr("can log in") if role.login else tr("group, cannot log in"))
    for holds, said in (
        (role.create_role, tr("creates roles")),
        (role.create_database, tr("creates databases")),
        (role.replication, tr("replication")),
        (role.bypass_row_security, tr("no row security holds for it")),
        (not role.inherit, tr("inherits nothing by itself (NOINHERIT)")),
    ):
        if holds and not (role.superuser and said != tr("replication")):
            parts.append(said)
    if role.connection_limit is not None:
        parts.append(tr("at most {sessions}", sessions=counted(role.connection_limit, "session")))
    if role.expires:
        parts.append(
            tr("password valid until {expiry}", expiry=moment(expiry))
            if expiry
            else tr("its password expires")
        )
    return ", ".join(parts)


def _memberships(found: Iterable[Membership]) -> list[str]:
    lines = []
    for name, group in groupby(found, lambda membership: membership.role):
        given = list(group)
        inherit, may_set = any(one.inherit for one in given), any(one.set for one in given)
        notes = []
        if not inherit:
            notes.append(
                tr("only after SET ROLE") if may_set else tr("of no effect: neither inherited nor to be set")
            )
        elif not may_set:
            notes.append(tr("inherited, no SET ROLE"))
        if any(one.admin for one in given):
            notes.append(tr("may grant it"))
        lines.append(code(name) + (f" ({', '.join(notes)})" if notes else ""))
    return lines


def _settings(role: Role) -> list[str]:
    return [
        *(_setting(found) for found in role.settings),
        *(tr("{setting} (in this database)", setting=_setting(found)) for found in role.settings_here),
    ]


def _setting(found: SessionSetting) -> str:
    return (
        tr("{name} (not read)", name=code(found.name))
        if found.value is None
        else code(f"{found.name}={found.value}")
    )


def powers(analysis: Analysis) -> list[str]:
    """Who can get further than the matrix says, a line each."""
    access = analysis.access
    joined = access.memberships
    lines = []
    supers = access.superusers
    if supers:
        lines.append(
            trn(
                "{roles} is a superuser: no privilege and no policy is checked for it.",
                "{roles} are superusers: no privilege and no policy is checked for them.",
                len(supers),
                roles=_roles(supers),
            )
        )
    makers = [
        name for name, role in sorted(joined.roles.items()) if role.create_role and access.is_told(name)
    ]
    if makers and access.major < 16:
        lines.append(
            tr(
                "{roles} may create roles, and before PostgreSQL 16 that is the right to grant every"
                " role that is no superuser to anybody, itself included.",
                roles=_roles(makers),
            )
        )
    for becoming in access_remarks.becoming(access):
        members = _roles(becoming.members)
        plain = [target for target in becoming.targets if target not in becoming.superusers]
        if plain:
            lines.append(
                trn(
                    "{members} can `SET ROLE` to {roles}, whose rights it has only then.",
                    "{members} can `SET ROLE` to {roles}, whose rights they have only then.",
                    len(becoming.members),
                    members=members,
                    roles=_roles(plain),
                )
            )
        if becoming.superusers:
            lines.append(
                tr(
                    "⚠ {members} can become a superuser by `SET ROLE` to {superusers}.",
                    members=members,
                    superusers=_roles(becoming.superusers),
                )
            )
    lines.extend(
        tr(
            "{members} may grant the role {role}, to itself as well.",
            members=_roles(found.members),
            role=code(found.role),
        )
        for found in access_remarks.enlisting(access)
    )
    bypassing = [
        name
        for name, role in sorted(joined.roles.items())
        if role.bypass_row_security and access.is_told(name)
    ]
    if bypassing:
        lines.append(tr("{roles}: row security does not hold (BYPASSRLS).", roles=_roles(bypassing)))
    unconnected = access_remarks.without_connect(access)
    if unconnected:
        lines.append(
            trn(
                "{roles} can log in, but lacks CONNECT on this database.",
                "{roles} can log in, but lack CONNECT on this database.",
                len(unconnected),
                roles=_roles(unconnected),
            )
        )
    return lines


def open_schemas(analysis: Analysis) -> list[str]:
    """The names of the schemas in which everyone may create objects."""
    return [schema.name for schema in access_remarks.open_schemas(analysis.access)]


# --- the matrix --------------------------------------------------------------------------------------------


class Table(NamedTuple):
    """One table of the matrix: its titles, and its rows of Markdown cells."""

    titles: list[str]
    rows: list[list[str]]


class Shown(NamedTuple):
    """The matrix as the document shows it: sentences in place of tables where little is to be said."""

    sentences: list[str]
    tables: list[Table]
    legend: str


def shown_matrix(analysis: Analysis, page: Page) -> Shown:
    """The access matrix of the database."""
    access = analysis.access
    if not access.grants_known:
        return Shown([tr("The grants could not be read, so who may do what is not known.")], [], "")
    found = matrix(access)
    plain = _plainly(found, access)
    if plain:
        return Shown(plain, [], "")
    rows = list(_merged(found, access, page))
    everyone = any(not row.public.empty for row in found.rows)
    across = len(found.columns) + everyone
    tables = [_across(found, rows, everyone=everyone)] if across <= _ACROSS else [_down(found, access, page)]
    return Shown([], tables, _legend(found))


def _plainly(found: Matrix, access: Access) -> list[str]:
    """Two sentences for a database in which nobody was granted anything; else nothing."""
    if not found.only_owners or len(found.columns) > 1:
        return []
    owners = sorted(
        {relation.owner for relation in access.structure.relations}
        | {schema.owner for schema in access.structure.schemas if schema.name != "public"}
    )
    if not owners or len(owners) > 1:
        return []
    owner = owners[0]
    lines = [
        tr(
            mark(
                "Every relation belongs to {owner}, a superuser, and nobody else was granted anything on one."
            )
            if access.memberships.is_superuser(owner)
            else mark("Every relation belongs to {owner}, and nobody else was granted anything on one."),
            owner=code(owner),
        )
    ]
    others = [name for name in (found.columns[0] if found.columns else ()) if name != owner]
    if others:
        lines.append(
            trn(
                "{roles} has the owner's rights by membership.",
                "{roles} have the owner's rights by membership.",
                len(others),
                roles=_roles(others),
            )
        )
    lines.append(tr("Everyone may {actions}.", actions=_of_everyone(found)))
    return lines


def _of_everyone(found: Matrix) -> str:
    may = {(row.family, privilege) for row in found.rows for privilege in row.public.whole}
    words = [
        said
        for key, said in (
            ((Family.DATABASE, "CONNECT"), tr("connect")),
            ((Family.DATABASE, "TEMPORARY"), tr("create temporary tables")),
            ((Family.ROUTINE, "EXECUTE"), tr("execute routines")),
        )
        if key in may
    ]
    return (
        tr("{actions}, as PostgreSQL has it by itself", actions=listed(words)) if words else tr("do nothing")
    )


class _Line(NamedTuple):
    """Rows of the matrix with the same cells, in words."""

    label: str
    public: Cell
    cells: tuple[Cell, ...]


def _merged(found: Matrix, access: Access, page: Page) -> Iterable[_Line]:
    """The rows in words; schemas that differ in nothing stand in one."""
    uniform: dict[object, int] = {}
    lines: list[tuple[list[str], Row]] = []
    for row in found.rows:
        label = _label(row, page)
        key = (row.family, row.public, row.cells) if row.only and row.schema else row
        if key in uniform:
            lines[uniform[key]][0].append(label)
        else:
            uniform[key] = len(lines)
            lines.append(([label], row))
    for labels, row in lines:
        yield _Line(listed(labels), row.public, row.cells)


class _Phrases(NamedTuple):
    """What objects of one kind are called."""

    others: str
    counted: str
    all: str
    one: str
    many: str


_PHRASES = {
    Family.SCHEMA: _Phrases(
        others=mark("the other {count} schemas"),
        counted=mark("all {count} schemas"),
        all=mark("all schemas"),
        one=mark("schema {names}"),
        many=mark("schemas {names}"),
    ),
    Family.RELATION: _Phrases(
        others=mark("the other {count} relations"),
        counted=mark("all {count} relations"),
        all=mark("all relations"),
        one=mark("relation {names}"),
        many=mark("relations {names}"),
    ),
    Family.SEQUENCE: _Phrases(
        others=mark("the other {count} sequences"),
        counted=mark("all {count} sequences"),
        all=mark("all sequences"),
        one=mark("sequence {names}"),
        many=mark("sequences {names}"),
    ),
    Family.ROUTINE: _Phrases(
        others=mark("the other {count} routines"),
        counted=mark("all {count} routines"),
        all=mark("all routines"),
        one=mark("routine {names}"),
        many=mark("routines {names}"),
    ),
}
_OF_TABLES = _Phrases(
    others=mark("the other {count} tables"),
    counted=mark("all {count} tables"),
    all=mark("all tables"),
    one=mark("table {names}"),
    many=mark("tables {names}"),
)
_OF_VIEWS = _Phrases(
    others=mark("the other {count} views"),
    counted=mark("all {count} views"),
    all=mark("all views"),
    one=mark("view {names}"),
    many=mark("views {names}"),
)
_OF_BOTH = _Phrases(
    others=mark("the other {count} tables and views"),
    counted=mark("all {count} tables and views"),
    all=mark("all tables and views"),
    one=mark("relation {names}"),
    many=mark("tables and views {names}"),
)
_TABLES = {RelationKind.TABLE, RelationKind.PARTITIONED_TABLE}
_FEW = 3  # objects that are rather named than counted


def _label(row: Row, page: Page) -> str:
    """What a row is about."""
    if row.rest and not row.only and len(row.names) > _FEW:
        said = tr(_phrases(row.family, row.names, page).others, count=len(row.names))
        return _of(row.schema, said, page)
    return _objects(row.family, row.schema, row.names, row.names if row.only else (), page)


def _objects(
    family: Family,
    schema: str,
    names: Sequence[Name],
    whole: Sequence[Name],
    page: Page,
) -> str:
    """Objects of one family and schema: all that there are, all but a few, or each by its name.

    `whole` are all that there are, nothing where that is not to be said.
    """
    if family is Family.DATABASE:
        return tr("the database")
    phrases = _phrases(family, whole or names, page)
    named = set(names)
    others = [name for name in whole if name not in named]
    if len(names) > _FEW and whole:
        if not others:
            return _of(schema, tr(phrases.counted, count=len(names)), page)
        if len(others) <= _FEW and len(names) > 2 * _FEW:
            exceptions = listed([_name(name, page) for name in sorted(others, key=str)])
            return tr(
                "{objects} but {exceptions}",
                objects=_of(schema, tr(phrases.all), page),
                exceptions=exceptions,
            )
    shown = [_name(name, page) for name in sorted(names, key=str)[:_OBJECTS]]
    more = len(names) - _OBJECTS
    said = ", ".join(shown)
    if more > 0:
        said = tr("{items} and {count} more of {schema}", items=said, count=more, schema=code(schema))
    if family is Family.RELATION:
        return said
    return tr(phrases.one if len(names) == 1 else phrases.many, names=said)


def _of(schema: str, objects: str, page: Page) -> str:
    """Objects with their schema, where the document has several."""
    return (
        tr("{objects} of {schema}", objects=objects, schema=code(schema))
        if schema and page.qualify
        else objects
    )


def _phrases(family: Family, names: Sequence[Name], page: Page) -> _Phrases:
    """What such objects are called, one and many."""
    if family is not Family.RELATION:
        return _PHRASES[family]
    relations = page.analysis.lookup.relations
    kinds = {relations[name].kind for name in names if isinstance(name, QualifiedName) and name in relations}
    if kinds <= _TABLES:
        return _OF_TABLES
    if kinds <= _VIEWS:
        return _OF_VIEWS
    return _OF_BOTH if kinds <= _TABLES | _VIEWS else _PHRASES[family]


_VIEWS = {RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW}


def _name(name: Name, page: Page) -> str:
    if isinstance(name, QualifiedName):
        return page.relation(name)
    if isinstance(name, RoutineName):
        return page.routine(name)
    return code(name)


def _across(found: Matrix, lines: Sequence[_Line], *, everyone: bool) -> Table:
    """One column for each set of roles."""
    titles = [tr("On"), *([tr("everyone")] if everyone else []), *(_roles(names) for names in found.columns)]
    rows = [
        [line.label, *([_cell(line.public)] if everyone else []), *(_cell(cell) for cell in line.cells)]
        for line in lines
    ]
    return Table(titles, rows)


def _down(found: Matrix, access: Access, page: Page) -> Table:
    """One row for each set of roles and what it may do; for many roles."""
    whole: dict[tuple[Family, str], list[Name]] = {}
    for row in found.rows:
        whole.setdefault((row.family, row.schema), []).extend(row.names)
    rows: list[list[str]] = []
    for at in range(-1, len(found.columns)):
        by_cell: dict[str, dict[tuple[Family, str], list[Name]]] = {}
        for row in found.rows:
            text = _cell(row.public if at < 0 else row.cells[at])
            if text:
                by_cell.setdefault(text, {}).setdefault((row.family, row.schema), []).extend(row.names)
        who = tr("everyone") if at < 0 else _roles(found.columns[at])
        for text, places in by_cell.items():
            labels = [
                _objects(family, schema, names, whole[family, schema], page)
                for (family, schema), names in places.items()
            ]
            rows.append([who, text, "; ".join(labels)])
            who = ""
    return Table([tr("Who"), tr("May"), tr("On")], rows)


def _cell(cell: Cell) -> str:
    """What stands in a cell: letters, the columns of those on some only, and what weakens them."""
    if cell.empty:
        return ""
    parts = []
    letters = code(_letters(cell.whole, cell.grantable)) if cell.whole else ""
    if cell.owner:
        limited = (
            tr("owner, with {letters} only", letters=letters) if letters else tr("owner, without a privilege")
        )
        parts.append(tr("owner") if cell.complete else limited)
    elif letters:
        parts.append(letters)
    by_columns: dict[tuple[str, ...], list[str]] = {}
    for privilege, columns in cell.columns:
        by_columns.setdefault(columns, []).append(privilege)
    for columns, held in by_columns.items():
        which = columns_words(columns) if len(columns) <= _FEW else counted(len(columns), "column")
        parts.append(tr("{letters} of {columns}", letters=code(_letters(held, ())), columns=which))
    return ", ".join(parts) + (" ⚠" if cell.out_of_reach else "")


def _letters(held: Iterable[str], grantable: Iterable[str]) -> str:
    options = set(grantable)
    return "".join(
        LETTERS.get(privilege, f" {privilege.lower()} ") + ("*" if privilege in options else "")
        for privilege in sorted(held, key=lambda one: list(LETTERS).index(one) if one in LETTERS else 99)
    ).strip()


def _legend(found: Matrix) -> str:
    """The letters that occur, in words, and the marks."""
    cells = [cell for row in found.rows for cell in (row.public, *row.cells) if not cell.empty]
    held = {
        privilege
        for cell in cells
        for privilege in (
            *(() if cell.owner and cell.complete else cell.whole),
            *(name for name, _ in cell.columns),
        )
    }
    words = [f"{code(letter)} {tr(_WORDS[letter])}" for name, letter in LETTERS.items() if name in held]
    if any(cell.owner for cell in cells):
        words.append(tr("owner: everything, and alter, drop and grant"))
    if any(cell.grantable for cell in cells):
        words.append(tr("`*` may be granted on"))
    if any(cell.out_of_reach for cell in cells):
        words.append(tr("⚠ without USAGE on the schema, so no query can name it"))
    return " · ".join(words)


# --- one relation ------------------------------------------------------------------------------------------


def line(relation: Relation, analysis: Analysis) -> list[str]:
    """Who but superusers may do what with a relation, by its grants and by membership.

    Nothing when the grants could not be read.
    """
    access = analysis.access
    structure = analysis.described.structure
    if not access.grants_known:
        return []
    granted = any(grant.grantee != relation.owner for grant in relation.grants or ()) or any(
        column.grants for column in relation.columns
    )
    found = sentences.access(relation, structure) if granted else []
    found.extend(_beyond(relation, access))
    if not found:
        found.append(tr("nobody but the owner has been granted anything"))
    if relation.kind is RelationKind.VIEW and (granted or len(found) > 1):
        found.append(
            tr("its query runs with the rights of {owner}", owner=code(relation.owner))
            if reads_as_owner(relation)
            else tr("its query runs with the rights of whoever asks")
        )
    unreachable = sorted(
        reader.role
        for reader in access.readers(relation).roles
        if not reader.reaches_schema and any(way.source is not Source.PUBLIC for way in reader.ways)
    )
    if unreachable:
        found.append(
            trn(
                "⚠ {roles} lacks USAGE on the schema and cannot query it",
                "⚠ {roles} lack USAGE on the schema and cannot query it",
                len(unreachable),
                roles=_roles(unreachable),
            )
        )
    return found


def _beyond(relation: Relation, access: Access) -> list[str]:
    """Who has more than the relation's own grants say: members, and those who reach all data."""
    beyond = access.beyond(relation)
    found = []
    for groups, members in sorted(beyond.members.items()):
        whose = listed(
            [
                tr("{group} (the owner)", group=code(group)) if group == relation.owner else code(group)
                for group in groups
            ]
        )
        found.append(tr("{members} as {whose}, by membership", members=_roles(sorted(members)), whose=whose))
    if beyond.everywhere:
        lines = [
            f"{_roles(sorted(who))} {', '.join(term(name.lower()) for name in LETTERS if name in what)}"
            for what, who in beyond.everywhere.items()
        ]
        found.append(tr("as everywhere, by predefined roles: {lines}", lines="; ".join(sorted(lines))))
    return found


# --- ways around -------------------------------------------------------------------------------------------


def through_views(analysis: Analysis) -> list[ThroughView]:
    """The views that show somebody what its own grants do not."""
    return list(
        access_remarks.through_views(analysis.access, analysis.lookup.relations, analysis.inverse.reads)
    )


def through_view(found: ThroughView, page: Page) -> str:
    """One of these in words."""
    who = [tr("everyone")] if found.everyone else []
    if found.roles and not found.everyone:
        who.append(_roles(found.roles))
    tables = sentences.relation_list(found.tables, page)
    return tr(
        "{view} (as {owner}) shows rows of {tables} to {who}",
        view=page.relation(found.view),
        owner=code(found.owner),
        tables=tables,
        who=listed(who),
    )


def row_security(analysis: Analysis) -> list[RowSecurity]:
    """The tables with row security or policies."""
    return list(access_remarks.row_security(analysis.lookup.relations))


def row_security_sentence(analysis: Analysis, page: Page) -> str:
    """How far row security goes, and for whom it does not hold."""
    found = row_security(analysis)
    on = [one for one in found if one.coverage is not Coverage.OFF]
    tables = [
        relation
        for relation in analysis.lookup.relations.values()
        if relation.kind in _TABLES and relation.partition is None
    ]
    if not found:
        return tr("Row security is not used: no table has a policy.") if tables else ""
    covered = [one for one in on if analysis.lookup.relations[one.relation].partition is None]
    said = tr("On for {count} of {tables}.", count=len(covered), tables=counted(len(tables), "table"))
    bypassing = [
        name
        for name, role in sorted(analysis.access.memberships.roles.items())
        if role.bypass_row_security and not role.superuser
    ]
    exempt = (
        tr("superusers, {roles} (BYPASSRLS)", roles=_roles(bypassing))
        if bypassing
        else tr("superusers and roles with BYPASSRLS")
    )
    return " ".join(
        [
            said,
            tr(
                "Policies never hold for {exempt}, nor for a table's owner unless they are forced.",
                exempt=exempt,
            ),
        ]
    )


def row_security_cells(found: RowSecurity, analysis: Analysis, page: Page) -> tuple[str, str, str, str]:
    """A table's row: itself, what holds, its policies, and what is remarkable."""
    relation = analysis.lookup.relations[found.relation]
    strange = found.coverage in (Coverage.OFF, Coverage.CLOSED)
    coverage = f"⚠ {term(found.coverage)}" if found.coverage is Coverage.OFF else term(found.coverage)
    notes = []
    if found.refused:
        notes.append(
            tr(
                "no policy for {commands}: refused",
                commands=listed([term(one) for one in found.refused], "or"),
            )
        )
    if found.for_everyone:
        notes.append(tr("{policies} lets everyone by", policies=_roles(found.for_everyone)))
    if found.coverage is Coverage.CLOSED:
        notes.append(tr("nobody but the exempt finds a row"))
    if found.coverage in (Coverage.ON, Coverage.CLOSED) or strange:
        exempt = [name for name in analysis.access.exempt(relation) if analysis.access.is_told(name)]
        if exempt and found.coverage is not Coverage.OFF:
            notes.append(tr("exempt: {roles}", roles=_roles(exempt)))
    return (
        page.relation(found.relation),
        coverage,
        counted(len(relation.policies), "policy", "policies"),
        "; ".join(notes),
    )


def definers(analysis: Analysis) -> list[Definer]:
    """The routines that run with their owner's rights."""
    return list(access_remarks.definers(analysis.access))


def definer_cells(found: Definer, page: Page) -> tuple[str, str, str, str]:
    """A routine's row: itself, its owner, its search_path, who may execute it."""
    owner = code(found.routine.owner)
    if found.superuser:
        owner = tr("{role} ⚠ superuser", role=owner)
    path = code(found.path) if found.path is not None else tr("⚠ not set: the caller chooses")
    if found.open_schemas:
        path = tr("{path} ⚠ others may create in {schemas}", path=path, schemas=_roles(found.open_schemas))
    who = tr("everyone") if found.everyone else _roles(found.roles) or tr("the owner only")
    if found.trigger:
        who = tr("triggers; to make one: {who}", who=who)
    return page.routine(found.routine.identity), owner, path, who


# --- in transit, passwords ---------------------------------------------------------------------------------


def transport(operation: Operation) -> list[str]:
    """Encryption between clients and server, and how passwords are kept, each with its moment."""
    if operation.taken_at is None:
        return [tr("Whether connections are encrypted and how passwords are hashed was not read.")]
    asof = tr("as of {moment}", moment=moment(operation.taken_at))
    lines = []
    ssl = operation.setting("ssl")
    if ssl is None or ssl.value is None:
        lines.append(tr("Whether the server offers TLS is not known ({asof}).", asof=asof))
    elif ssl.value == "on":
        least = operation.setting("ssl_min_protocol_version")
        lines.append(
            tr(
                mark(
                    "The server offers TLS (`ssl = on`, at least {version}; {asof}). Whether clients must"
                    " use it is decided in pg_hba.conf, which is not read."
                )
                if least is not None and least.value
                else mark(
                    "The server offers TLS (`ssl = on`; {asof}). Whether clients must use it is"
                    " decided in pg_hba.conf, which is not read."
                ),
                version=least.value if least is not None else "",
                asof=asof,
            )
        )
    else:
        lines.append(
            tr(
                "The server does not offer TLS (`ssl = off`; {asof}): what does not come by a Unix"
                " socket can be read on its way.",
                asof=asof,
            )
        )
    lines.extend(_sessions(operation, asof))
    hashing = operation.setting("password_encryption")
    if hashing is not None and hashing.value:
        lines.append(
            tr(
                mark(
                    "New passwords are hashed by {method} (`password_encryption`; {asof}) ⚠ which is broken"
                    " and on its way out. How those that are set already are hashed is known to superusers"
                    " only, and never read."
                )
                if hashing.value in ("md5", "on")
                else mark(
                    "New passwords are hashed by {method} (`password_encryption`; {asof}). How those that"
                    " are set already are hashed is known to superusers only, and never read."
                ),
                method=code(hashing.value),
                asof=asof,
            )
        )
    return lines


def _sessions(operation: Operation, asof: str) -> list[str]:
    clients = operation.topology.clients
    if not clients:
        return []
    counts = {"tls": 0, "local": 0, "plain": 0, None: 0}
    for client in clients:
        kind = client.transport if client.transport in counts else None
        counts[kind] += client.sessions
    total = sum(counts.values())
    parts = [
        tr(message, count=counts[kind])
        for kind, message in (
            ("tls", mark("{count} by TLS")),
            ("local", mark("{count} by a Unix socket of the server's own machine")),
            ("plain", mark("{count} over the network without encryption")),
            (None, mark("{count} in a way that this role may not see")),
        )
        if counts[kind]
    ]
    return [
        tr(
            "Of {sessions} of other clients seen on the server, {parts} ({asof}).",
            sessions=counted(total, "session"),
            parts=listed(parts),
            asof=asof,
        )
    ]


_FAMILIES = ("clients", "server", "settings")


def unread(analysis: Analysis) -> list[str]:
    """What of this section could not be read, and what would help."""
    operation, structure = analysis.snapshot.operation, analysis.described.structure
    found = [gap for gap in operation.gaps if gap.family in _FAMILIES]
    found += [
        gap
        for gap in structure.gaps
        if gap.family in ("roles", "memberships", "privileges", "settings of roles and of the database")
    ]
    return [gaps.line(gap) for gap in found]


# --- as SQL ------------------------------------------------------------------------------------------------


class Sql(NamedTuple):
    """Statements for the document, and how many grants on objects are left out of them."""

    text: str
    left_out: int


def as_sql(analysis: Analysis) -> Sql:
    """Roles, memberships and grants as SQL; grants on objects only where they are not too many."""
    found = grants.statements(analysis.snapshot.structure)
    long = len(found.objects) > _SQL
    parts = (found.roles, found.memberships, found.database, found.defaults, () if long else found.objects)
    blocks = ["\n".join(part) for part in parts if part]
    return Sql("\n\n".join(blocks), len(found.objects) if long else 0)
