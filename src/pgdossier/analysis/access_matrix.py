"""The access matrix: who may do what with everything that is documented, equal rows and columns put together.

A column is a set of roles that may do exactly the same everywhere, a row a set of objects of one schema on
which everybody may do exactly the same. Superusers have no column. What PUBLIC may stands in its own column
and is not repeated in the others. A partition has a row only where it differs from the table it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec

from pgdossier.analysis.access import DATABASE, Access, Held, Source, Way
from pgdossier.ddl import privileges
from pgdossier.ddl.privileges import Kind
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.model.privileges import Grants
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import RoutineKind
from pgdossier.model.snapshot import Structure


class Family(StrEnum):
    """What the objects of a row are."""

    DATABASE = "database"
    SCHEMA = "schema"
    RELATION = "relation"
    SEQUENCE = "sequence"
    ROUTINE = "routine"


class Cell(msgspec.Struct, frozen=True):
    """What the roles of a column may do with the objects of a row.

    Attributes:
        owner: They have the owner's privileges: they may also alter, drop and grant.
        whole: Their privileges on the whole object, in the order of GRANT's documentation; with `owner`, too.
        complete: These are all that there are.
        columns: Privileges on some columns alone, each with these columns (of a relation).
        grantable: Those of `whole` that they may grant on, without being owner.
        out_of_reach: They lack USAGE on the schema.
    """

    owner: bool = False
    whole: tuple[str, ...] = ()
    complete: bool = False
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    grantable: tuple[str, ...] = ()
    out_of_reach: bool = False

    @property
    def empty(self) -> bool:
        """Whether they may do nothing."""
        return not (self.owner or self.whole or self.columns)


NOTHING = Cell()

# The name of an object: the database's or a schema's; a relation's or sequence's; a routine's.
Name = str | QualifiedName | RoutineName


class Row(msgspec.Struct, frozen=True):
    """Objects on which everybody may do the same.

    Attributes:
        family: What they are.
        schema: Their schema; "" for the database and for schemas themselves.
        names: Their names, sorted.
        rest: All objects of that family and schema but those of other rows (the largest such row has it).
        only: There is no other row of that family and schema.
        public: What everyone may.
        cells: What the roles of each column may beyond that.
    """

    family: Family
    schema: str
    names: tuple[Name, ...]
    rest: bool
    only: bool
    public: Cell
    cells: tuple[Cell, ...]


class Matrix(msgspec.Struct, frozen=True):
    """The matrix; `columns` are names of roles, those that may do the same together."""

    columns: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]

    @property
    def only_owners(self) -> bool:
        """Whether nobody may do anything but owners, superusers, and what PostgreSQL lets everyone do."""
        return all(
            all(cell.owner or cell.empty for cell in row.cells) and usual(row.family, row.public)
            for row in self.rows
        )


_USUAL_FOR_PUBLIC = {
    Family.DATABASE: {"CONNECT", "TEMPORARY"},
    Family.SCHEMA: {"USAGE", "CREATE"},
    Family.RELATION: set[str](),
    Family.SEQUENCE: set[str](),
    Family.ROUTINE: {"EXECUTE"},
}


def usual(family: Family, public: Cell) -> bool:
    """Whether everyone may no more than what a database has been known to let everyone do by itself."""
    return not public.columns and set(public.whole) <= _USUAL_FOR_PUBLIC[family]


class _Object(msgspec.Struct, frozen=True):
    family: Family
    schema: str
    name: Name
    kind: Kind
    owner: str
    grants: Grants
    relation: Relation | None = None

    @property
    def granted(self) -> object:
        """All that decides who may do what with it."""
        columns = self.relation.columns if self.relation is not None else ()
        on_columns = tuple((column.name, column.grants) for column in columns if column.grants)
        return (self.family, self.schema, self.kind.keyword, self.owner, self.grants, on_columns)


_Line = tuple[Cell, tuple[Cell, ...]]  # what everyone may, and each role beyond that


def matrix(access: Access) -> Matrix:
    """The matrix of a database."""
    structure = access.structure
    held = _Holding(access)
    objects = [(one, one.granted) for one in _objects(structure)]
    alike = {granted: one for one, granted in objects}  # most objects are granted like others
    roles = sorted({role for one in alike.values() for role in held.told(one)})
    partitions = _partitions(structure)
    lines: list[tuple[_Object, _Line]] = []
    by_relation: dict[QualifiedName, _Line] = {}
    same: dict[object, _Line] = {
        granted: (held.public(one), tuple(held.cell(one, role) for role in roles))
        for granted, one in alike.items()
    }
    for one, granted in objects:
        line = same[granted]
        if one.relation is not None:
            by_relation[one.relation.qualified] = line
        lines.append((one, line))
    shown = [
        (one, line)
        for one, line in lines
        if one.relation is None
        or one.relation.qualified not in partitions
        or line != by_relation.get(partitions[one.relation.qualified])
    ]
    columns = _columns(roles, [cells for _, (_, cells) in shown])
    places = [roles.index(column[0]) for column in columns]
    return Matrix(
        columns=columns,
        rows=tuple(_rows((one, public, tuple(cells[at] for at in places)) for one, (public, cells) in shown)),
    )


def _objects(structure: Structure) -> Iterable[_Object]:
    database = structure.database
    yield _Object(Family.DATABASE, "", database.name, DATABASE, database.owner, database.grants)
    for schema in structure.schemas:
        yield _Object(Family.SCHEMA, "", schema.name, privileges.SCHEMA, schema.owner, schema.grants)
    for found in structure.relations:
        if found.kind is not RelationKind.UNKNOWN:
            name, kind = found.qualified, privileges.TABLE
            yield _Object(Family.RELATION, found.schema, name, kind, found.owner, found.grants, found)
    for each in structure.sequences:
        kind = privileges.SEQUENCE
        yield _Object(Family.SEQUENCE, each.schema, each.qualified, kind, each.owner, each.grants)
    for routine in structure.routines:
        procedure = routine.kind is RoutineKind.PROCEDURE
        kind = privileges.PROCEDURE if procedure else privileges.FUNCTION
        yield _Object(Family.ROUTINE, routine.schema, routine.identity, kind, routine.owner, routine.grants)


def _partitions(structure: Structure) -> Mapping[QualifiedName, QualifiedName]:
    """The parent of each partition."""
    return {
        relation.qualified: relation.partition.parent
        for relation in structure.relations
        if relation.partition is not None
    }


class _Holding:
    """What roles have on objects, and what of it is told."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._usage: dict[str, tuple[bool, Held] | None] = {}
        for schema in access.structure.schemas:
            everyone = any(
                grant.grantee is None and grant.privilege == "USAGE" for grant in schema.grants or ()
            )
            self._usage[schema.name] = (everyone, access.on_schema(schema))

    def told(self, one: _Object) -> set[str]:
        """The roles that may do something with the object that not everyone may."""
        found = {
            role
            for role, held in self._access.on(one.kind, one.owner, one.grants).items()
            if self._access.is_told(role) and any(_own(ways) for ways in held.values())
        }
        if self._access.is_told(one.owner):
            found.add(one.owner)
        # A predefined role is told where somebody granted it something.
        found |= {
            grant.grantee
            for grant in one.grants or ()
            if grant.grantee not in (None, one.owner)
            and not self._access.memberships.is_superuser(grant.grantee)
        }
        if one.relation is not None:
            for column in one.relation.columns:
                found |= {
                    role
                    for role in self._access.on_column_alone(one.relation, column)
                    if self._access.is_told(role)
                }
        return found

    def public(self, one: _Object) -> Cell:
        given = self._access.given(one.kind, one.owner, one.grants)
        whole = {grant.privilege for grant in given if grant.grantee is None}
        columns: dict[str, list[str]] = {}
        for column in one.relation.columns if one.relation is not None else ():
            for grant in column.grants or ():
                if grant.grantee is None and grant.privilege not in whole:
                    columns.setdefault(grant.privilege, []).append(column.name)
        reaches = self._usage.get(one.schema)
        return self._made(
            one,
            owner=False,
            whole=whole,
            columns=columns,
            grantable=set(),
            out_of_reach=reaches is not None and not reaches[0],
        )

    def cell(self, one: _Object, role: str) -> Cell:
        held = self._access.on(one.kind, one.owner, one.grants).get(role, {})
        public = self.public(one)
        owner = self._access.memberships.has_privileges_of(role, one.owner)
        whole = {privilege for privilege, ways in held.items() if owner or _own(ways)}
        if not owner:
            whole -= set(public.whole)
        columns: dict[str, list[str]] = {}
        for column in one.relation.columns if one.relation is not None else ():
            alone = self._access.on_column_alone(one.relation, column).get(role, {}) if one.relation else {}
            for privilege in alone:
                if privilege not in held and column.name not in dict(public.columns).get(privilege, ()):
                    columns.setdefault(privilege, []).append(column.name)
        grantable = {
            privilege
            for privilege, ways in held.items()
            if any(way.grantable and way.source is Source.GRANT for way in ways)
        }
        reaches = self._usage.get(one.schema)
        return self._made(
            one,
            owner=owner,
            whole=whole,
            columns=columns,
            grantable=set() if owner else grantable,
            out_of_reach=reaches is not None and "USAGE" not in reaches[1].get(role, {}),
        )

    def _made(
        self,
        one: _Object,
        *,
        owner: bool,
        whole: set[str],
        columns: Mapping[str, Sequence[str]],
        grantable: set[str],
        out_of_reach: bool,
    ) -> Cell:
        complete = one.kind.complete(self._access.major)

        def order(privilege: str) -> tuple[int, str]:
            known = privilege in complete
            return (complete.index(privilege) if known else len(complete), privilege)

        cell = Cell(
            owner=owner,
            whole=tuple(sorted(whole, key=order)),
            complete=set(complete) <= whole,
            columns=tuple((privilege, tuple(columns[privilege])) for privilege in sorted(columns, key=order)),
            grantable=tuple(sorted(grantable, key=order)),
        )
        if cell.empty or not out_of_reach or one.family in (Family.DATABASE, Family.SCHEMA):
            return cell
        return Cell(cell.owner, cell.whole, cell.complete, cell.columns, cell.grantable, out_of_reach=True)


def _own(ways: Iterable[Way]) -> bool:
    """Whether one of these ways is not just what PUBLIC may."""
    return any(way.source is not Source.PUBLIC for way in ways)


def _columns(roles: Sequence[str], lines: Sequence[tuple[Cell, ...]]) -> tuple[tuple[str, ...], ...]:
    """The roles, those with equal cells in all lines together; those without any cell left out."""
    together: dict[tuple[Cell, ...], list[str]] = {}
    for at, role in enumerate(roles):
        cells = tuple(line[at] for line in lines)
        if any(not cell.empty for cell in cells):
            together.setdefault(cells, []).append(role)
    return tuple(sorted(tuple(names) for names in together.values()))


def _rows(lines: Iterable[tuple[_Object, Cell, tuple[Cell, ...]]]) -> Iterable[Row]:
    """The lines with equal cells put together, by family and schema; the largest of these comes last."""
    places: dict[tuple[Family, str], dict[tuple[Cell, tuple[Cell, ...]], list[Name]]] = {}
    for one, public, cells in lines:
        places.setdefault((one.family, one.schema), {}).setdefault((public, cells), []).append(one.name)
    for (family, schema), groups in places.items():
        ordered = sorted(groups.items(), key=lambda group: len(group[1]))
        for at, ((public, cells), names) in enumerate(ordered, start=1):
            yield Row(
                family=family,
                schema=schema,
                names=tuple(names),
                rest=at == len(ordered),
                only=len(ordered) == 1,
                public=public,
                cells=cells,
            )
