"""Who may do what: the privileges that roles have in effect, and where each of them comes from.

Follows PostgreSQL's documentation, "Privileges" and "Predefined Roles", and what `aclmask`,
`pg_class_aclmask_ext` and their like do (src/backend/catalog/aclchk.c): superusers may do everything; all
others have what is granted to the role itself, to the roles whose privileges it inherits, and to PUBLIC; an
owner has nothing but its entry in the list, which is there unless somebody took it away; three predefined
roles reach the data of all relations. What a role gets only after SET ROLE is told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

import msgspec

from pgdossier.analysis.memberships import Memberships
from pgdossier.ddl import privileges
from pgdossier.ddl.privileges import Kind
from pgdossier.model.columns import Column
from pgdossier.model.lookup import UserType
from pgdossier.model.privileges import Grant, Grants
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Routine, RoutineKind
from pgdossier.model.schemas import Schema
from pgdossier.model.sequences import Sequence
from pgdossier.model.snapshot import Structure
from pgdossier.model.types import Base

DATABASE = Kind("DATABASE", ("CREATE", "TEMPORARY", "CONNECT"), public=("TEMPORARY", "CONNECT"))

# What members of predefined roles may do with every object of a kind, and since which version.
_PREDEFINED: Mapping[str, tuple[tuple[int, str, tuple[str, ...]], ...]] = {
    "TABLE": (
        (14, "pg_read_all_data", ("SELECT",)),
        (14, "pg_write_all_data", ("INSERT", "UPDATE", "DELETE")),
        (17, "pg_maintain", ("MAINTAIN",)),
    ),
    "SEQUENCE": (
        (14, "pg_read_all_data", ("SELECT",)),
        (14, "pg_write_all_data", ("UPDATE",)),
    ),
    "SCHEMA": (
        (14, "pg_read_all_data", ("USAGE",)),
        (14, "pg_write_all_data", ("USAGE",)),
    ),
}


class Source(IntEnum):
    """What a privilege comes from, the plainest first."""

    SUPERUSER = 0
    OWNER = 1
    GRANT = 2
    COLUMN_GRANT = 3
    PREDEFINED = 4
    PUBLIC = 5


class Way(msgspec.Struct, frozen=True, order=True):
    """One way in which a role has a privilege.

    Attributes:
        after_set_role: It has the privilege only after SET ROLE to the first role of `chain`.
        source: What it comes from.
        chain: The memberships that lead to the role that has it: () for the role's own, else the roles on the
            way, of which the last has it. For PREDEFINED the last is that predefined role.
        grantable: It may be granted on.
    """

    after_set_role: bool
    source: Source
    chain: tuple[str, ...] = ()
    grantable: bool = False

    @property
    def inherited(self) -> bool:
        """Whether it comes by membership."""
        return bool(self.chain)


# By role, by privilege (the keyword of GRANT): the ways in which it has it, the plainest first, never none.
Held = Mapping[str, Mapping[str, tuple[Way, ...]]]


class Reader(msgspec.Struct, frozen=True):
    """A role that may read something.

    Attributes:
        role: Its name.
        login: It can log in by itself.
        ways: How it may, the plainest first.
        reaches_schema: It has USAGE on the schema; without it no query can name the relation.
    """

    role: str
    login: bool
    ways: tuple[Way, ...]
    reaches_schema: bool


class Readers(msgspec.Struct, frozen=True):
    """Who may read something, superusers (`Access.superusers`) and predefined roles apart.

    Attributes:
        everyone: PUBLIC may: every role that there is or will be.
        roles: The roles that may right away, by name.
        after_set_role: The roles that may only after SET ROLE, by name.
    """

    everyone: bool
    roles: tuple[Reader, ...]
    after_set_role: tuple[Reader, ...]


class Beyond(msgspec.Struct, frozen=True):
    """Who has more on a relation than its own grants say, but for superusers and predefined roles.

    Attributes:
        members: The roles that have it by membership, by the roles with grants, or the owner, that they are
            members of.
        everywhere: The roles that have privileges by predefined roles, by these privileges.
    """

    members: Mapping[tuple[str, ...], tuple[str, ...]]
    everywhere: Mapping[frozenset[str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Access:
    """The privileges in effect in one database.

    Attributes:
        structure: Where all comes from.
        memberships: Who is a member of what.
        known: The roles of the snapshot were read; otherwise only those are known that objects name, without
            their attributes and memberships.
        grants_known: The grants were read; otherwise nothing is to be said about them.
    """

    structure: Structure = field(repr=False)
    memberships: Memberships
    known: bool
    grants_known: bool
    _members: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = field(repr=False)
    # Most objects are granted like others: each kind of answer is worked out once.
    _memory: dict[tuple[str, str, Grants], Held] = field(default_factory=dict, repr=False, compare=False)
    _read: dict[tuple[str, str, Grants, Grants], Readers] = field(
        default_factory=dict, repr=False, compare=False
    )
    _more: dict[tuple[str, Grants, tuple[Grants, ...]], Beyond] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, structure: Structure) -> Access:
        """The privileges in effect in the database of that structure."""
        joined = Memberships.of(structure)
        members: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for name, reached in sorted(joined.inherited.items()):
            for role, chain in reached.items():
                members.setdefault(role, []).append((name, chain))
        return cls(
            structure=structure,
            memberships=joined,
            known=bool(structure.roles),
            grants_known=not any(
                gap.family == "privileges" and "left out" not in gap.reason for gap in structure.gaps
            ),
            _members={role: tuple(found) for role, found in members.items()},
        )

    @property
    def superusers(self) -> tuple[str, ...]:
        """The superusers, by name: no privilege is ever checked for them."""
        return self.memberships.superusers

    @property
    def major(self) -> int:
        """The server's major version."""
        return self.structure.server.major

    # --- what roles have on one object ----------------------------------------------------------------

    def on(self, kind: Kind, owner: str, grants: Grants) -> Held:
        """The privileges that roles have on an object without doing anything.

        Args:
            kind: What the object is.
            owner: Its owner.
            grants: Its grants; None stands for the built-in defaults of its kind.

        Returns:
            By role (of the snapshot, or named by a grant) what it has; who has nothing is not in it.
        """
        key = (kind.keyword, owner, grants)
        if key not in self._memory:
            self._memory[key] = self._worked_out(kind, owner, grants)
        return self._memory[key]

    def _worked_out(self, kind: Kind, owner: str, grants: Grants) -> Held:
        given = self.given(kind, owner, grants)
        found: dict[str, dict[str, set[Way]]] = {}

        def add(role: str, privilege: str, way: Way) -> None:
            found.setdefault(role, {}).setdefault(privilege, set()).add(way)

        for grant in given:
            if grant.grantee is None:
                for role in self.memberships.roles:
                    add(role, grant.privilege, Way(False, Source.PUBLIC, (), grant.grantable))
                continue
            owned = grant.grantee == owner
            source = Source.OWNER if owned else Source.GRANT
            # An owner can always grant, whatever its entry says; so can who has the owner's privileges.
            for role, chain in self._holders(grant.grantee):
                add(role, grant.privilege, Way(False, source, chain, grant.grantable or owned))
        for since, predefined, reached in _PREDEFINED.get(kind.keyword, ()):
            if self.major >= since and predefined in self.memberships.roles:
                for role, chain in self._holders(predefined):
                    for privilege in reached:
                        way = Way(False, Source.PREDEFINED, chain or (predefined,))
                        add(role, privilege, way)
        for role in self.superusers:
            for privilege in kind.complete(self.major):
                add(role, privilege, Way(False, Source.SUPERUSER, (), True))
        return {
            role: {privilege: tuple(sorted(ways)) for privilege, ways in sorted(held.items())}
            for role, held in sorted(found.items())
        }

    def _holders(self, role: str) -> Iterable[tuple[str, tuple[str, ...]]]:
        """The role itself and everybody who inherits its privileges, each with the way there."""
        yield role, ()
        yield from self._members.get(role, ())

    def given(self, kind: Kind, owner: str, grants: Grants) -> tuple[Grant, ...]:
        """The grants on an object, the built-in ones where there are no others."""
        if grants is not None:
            return grants
        return (
            *(Grant(grantee=None, privilege=privilege, grantor=owner) for privilege in kind.public),
            *(
                Grant(grantee=owner, privilege=privilege, grantor=owner)
                for privilege in kind.complete(self.major)
            ),
        )

    def after_set_role(self, held: Held, kind: Kind) -> Held:
        """What roles get by SET ROLE beyond what they have; a superuser to become gives everything."""
        found: dict[str, dict[str, set[Way]]] = {}
        for role, settable in sorted(self.memberships.settable.items()):
            if self.memberships.is_superuser(role):
                continue
            has = held.get(role, {})
            for target, chain in settable.items():
                theirs = held.get(target, {})
                for privilege in kind.complete(self.major):
                    if privilege in has or privilege not in theirs:
                        continue
                    best = theirs[privilege][0]
                    # SET ROLE goes straight to a role, however many memberships lead there.
                    way = Way(True, best.source, (chain[-1], *best.chain), best.grantable)
                    found.setdefault(role, {}).setdefault(privilege, set()).add(way)
        return {
            role: {privilege: tuple(sorted(ways)) for privilege, ways in sorted(more.items())}
            for role, more in sorted(found.items())
        }

    def grantable(self, kind: Kind, owner: str, grants: Grants) -> Mapping[str, frozenset[str]]:
        """By role, the privileges on an object that it may grant to others."""
        found: dict[str, set[str]] = {}
        for role, held in self.on(kind, owner, grants).items():
            options = {
                privilege
                for privilege, ways in held.items()
                if any(way.grantable and way.source is not Source.PREDEFINED for way in ways)
            }
            if options:
                found[role] = options
        # An owner without its own entry still has every option.
        for role, _ in self._holders(owner):
            found[role] = set(kind.complete(self.major))
        return {role: frozenset(options) for role, options in sorted(found.items())}

    # --- objects by family ----------------------------------------------------------------------------

    def on_relation(self, relation: Relation) -> Held:
        """Privileges on a relation as a whole (what `has_table_privilege` says)."""
        return self.on(privileges.TABLE, relation.owner, relation.grants)

    def later_on_relation(self, relation: Relation) -> Held:
        """What roles get on a relation as a whole by SET ROLE alone."""
        return self.after_set_role(self.on_relation(relation), privileges.TABLE)

    def grantable_on_relation(self, relation: Relation) -> Mapping[str, frozenset[str]]:
        """What roles may grant to others on a relation (`… WITH GRANT OPTION` of `has_table_privilege`)."""
        return self.grantable(privileges.TABLE, relation.owner, relation.grants)

    def on_column(self, relation: Relation, column: Column) -> Held:
        """Privileges on one column, those on the whole relation included (`has_column_privilege`)."""
        whole = self.on_relation(relation)
        kept = {
            role: {
                privilege: ways
                for privilege, ways in held.items()
                if privilege in privileges.COLUMN.privileges
            }
            for role, held in whole.items()
        }
        own = self.on_column_alone(relation, column)
        merged = {role: dict(held) for role, held in kept.items() if held}
        for role, held in own.items():
            mine = merged.setdefault(role, {})
            for privilege, ways in held.items():
                mine[privilege] = tuple(sorted({*mine.get(privilege, ()), *ways}))
        return dict(sorted(merged.items()))

    def on_column_alone(self, relation: Relation, column: Column) -> Held:
        """Privileges by grants on that column; who has them on the relation as well is in it, too."""
        if not column.grants:
            return {}
        found: dict[str, dict[str, set[Way]]] = {}
        for grant in column.grants:
            holders: Iterable[tuple[str, tuple[str, ...]]] = (
                self._holders(grant.grantee)
                if grant.grantee is not None
                else ((role, ()) for role in self.memberships.roles)
            )
            for role, chain in holders:
                way = Way(False, Source.COLUMN_GRANT, chain, grant.grantable)
                found.setdefault(role, {}).setdefault(grant.privilege, set()).add(way)
        return {
            role: {privilege: tuple(sorted(ways)) for privilege, ways in sorted(held.items())}
            for role, held in sorted(found.items())
        }

    def on_schema(self, schema: Schema) -> Held:
        """Privileges on a schema (`has_schema_privilege`)."""
        return self.on(privileges.SCHEMA, schema.owner, schema.grants)

    def on_sequence(self, sequence: Sequence) -> Held:
        """Privileges on a sequence (`has_sequence_privilege`)."""
        return self.on(privileges.SEQUENCE, sequence.owner, sequence.grants)

    def on_routine(self, routine: Routine) -> Held:
        """Privileges on a routine (`has_function_privilege`)."""
        kind = privileges.PROCEDURE if routine.kind is RoutineKind.PROCEDURE else privileges.FUNCTION
        return self.on(kind, routine.owner, routine.grants)

    def on_type(self, found: UserType | Base) -> Held:
        """Privileges on a type (`has_type_privilege`)."""
        return self.on(privileges.TYPE, found.owner, found.grants)

    def on_database(self) -> Held:
        """Privileges on the database (`has_database_privilege`)."""
        database = self.structure.database
        return self.on(DATABASE, database.owner, database.grants)

    # --- questions ------------------------------------------------------------------------------------

    def readers(self, relation: Relation, column: str | None = None) -> Readers:
        """Who may read a relation, or one column of it.

        A view's readers are those who may read the view; what it reads is another question
        (`reads_as_owner`). Row security can leave them without any row (`exempt`).

        Raises:
            KeyError: The relation has no column of that name.
        """
        of_column = None if column is None else relation.column(column).grants
        key = (relation.schema, relation.owner, relation.grants, of_column)
        if key not in self._read:
            self._read[key] = self._found_readers(relation, column, of_column)
        return self._read[key]

    def _found_readers(self, relation: Relation, column: str | None, of_column: Grants) -> Readers:
        held = (
            self.on_relation(relation)
            if column is None
            else self.on_column(relation, relation.column(column))
        )
        reading = {role: {"SELECT": found["SELECT"]} for role, found in held.items() if "SELECT" in found}
        later = self.after_set_role(reading, privileges.COLUMN)
        public = (*(relation.grants or ()), *(of_column or ()))
        return Readers(
            everyone=any(grant.grantee is None and grant.privilege == "SELECT" for grant in public),
            roles=self._readers(relation, reading),
            after_set_role=self._readers(relation, later),
        )

    def _readers(self, relation: Relation, held: Held) -> tuple[Reader, ...]:
        usable = self._using(relation.schema)
        return tuple(
            Reader(
                role=role,
                login=role in self.memberships.roles and self.memberships.roles[role].login,
                ways=found["SELECT"],
                # SET ROLE gives the other role's rights in place of one's own.
                reaches_schema=usable is None
                or any((way.chain[0] if way.after_set_role else role) in usable for way in found["SELECT"]),
            )
            for role, found in sorted(held.items())
            if self.is_told(role)
        )

    def beyond(self, relation: Relation) -> Beyond:
        """Who has more on a relation, or on one of its columns, than their grants say."""
        of_columns = tuple(column.grants for column in relation.columns if column.grants)
        key = (relation.owner, relation.grants, of_columns)
        if key not in self._more:
            self._more[key] = self._found_beyond(relation, of_columns)
        return self._more[key]

    def _found_beyond(self, relation: Relation, of_columns: tuple[Grants, ...]) -> Beyond:
        direct = {grant.grantee for grants in (relation.grants, *of_columns) for grant in grants or ()}
        direct.add(relation.owner)
        members: dict[tuple[str, ...], list[str]] = {}
        everywhere: dict[frozenset[str], list[str]] = {}
        joined, on_relation = self.memberships, self.on_relation(relation)
        for role in joined.roles:
            if not self.is_told(role):
                continue
            through = tuple(sorted(group for group in joined.inherited[role] if group in direct))
            if through and not joined.has_privileges_of(relation.owner, role):
                members.setdefault(through, []).append(role)
            held = on_relation.get(role, {})
            given = frozenset(name for name, ways in held.items() if ways[0].source is Source.PREDEFINED)
            if given:
                everywhere.setdefault(given, []).append(role)
        return Beyond(
            members={groups: tuple(roles) for groups, roles in members.items()},
            everywhere={what: tuple(roles) for what, roles in everywhere.items()},
        )

    def is_told(self, role: str) -> bool:
        """Whether a role stands in lists: neither a superuser nor one that comes with PostgreSQL."""
        found = self.memberships.roles.get(role)
        return found is None or not (found.superuser or found.predefined)

    def _using(self, schema: str) -> frozenset[str] | None:
        """Who has USAGE on the schema; None when the schema or who is a superuser is not in the snapshot."""
        if not self.known:
            return None
        for found in self.structure.schemas:
            if found.name == schema:
                held = self.on_schema(found)
                return frozenset(role for role, privileges_ in held.items() if "USAGE" in privileges_)
        return None

    def exempt(self, relation: Relation) -> tuple[str, ...]:
        """The roles for which the policies of a relation with row security do not hold, by name.

        Those are superusers and roles with BYPASSRLS (both attributes, which no membership passes on) and,
        unless row security is forced, everybody who has the owner's privileges.
        """
        roles = self.memberships.roles.values()
        names = {role.name for role in roles if role.superuser or role.bypass_row_security}
        if not relation.force_row_security:
            names |= {role for role, _ in self._holders(relation.owner)}
        return tuple(sorted(names))


_TRUE = ("true", "yes", "on", "1")


def reads_as_owner(relation: Relation) -> bool:
    """Whether what a relation reads is checked against its owner: a view without `security_invoker`.

    A materialized view was filled by its owner, too. False for every relation that is neither.
    """
    if relation.kind is RelationKind.MATERIALIZED_VIEW:
        return True
    if relation.kind is not RelationKind.VIEW:
        return False
    for option in relation.options:
        name, _, value = option.partition("=")
        if name == "security_invoker":
            # As parse_bool reads it: any case, and the beginnings of true and yes.
            low = value.lower()
            return not (low in _TRUE or (low != "" and ("true".startswith(low) or "yes".startswith(low))))
    return True
