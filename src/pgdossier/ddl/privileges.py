"""GRANT, REVOKE and ALTER DEFAULT PRIVILEGES: what leads from the built-in defaults to the grants there are.

What an object of each kind grants by itself is in PostgreSQL's documentation, "Privileges": everything to its
owner, and to PUBLIC what `Kind.public` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

import msgspec

from pgdossier.ddl.routines import plain_signature, routine_keyword
from pgdossier.model.names import quote_identifier
from pgdossier.model.privileges import ChangedGrants, DefaultPrivileges, Grant, Grants
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.routines import Routine
from pgdossier.model.schemas import Schema
from pgdossier.model.snapshot import Structure

_MAINTAIN_SINCE = 17


class Kind(msgspec.Struct, frozen=True):
    """A kind of object: its keyword in GRANT, its privileges in the order to write them, and PUBLIC's."""

    keyword: str
    privileges: tuple[str, ...]
    public: tuple[str, ...] = ()

    def complete(self, major: int) -> tuple[str, ...]:
        """All privileges on a server of that major version."""
        new = ("MAINTAIN",) if major < _MAINTAIN_SINCE else ()
        return tuple(privilege for privilege in self.privileges if privilege not in new)


_TABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
TABLE = Kind("TABLE", _TABLE)
COLUMN = Kind("TABLE", ("SELECT", "INSERT", "UPDATE", "REFERENCES"))
SEQUENCE = Kind("SEQUENCE", ("USAGE", "SELECT", "UPDATE"))
SCHEMA = Kind("SCHEMA", ("USAGE", "CREATE"))
FUNCTION = Kind("FUNCTION", ("EXECUTE",), public=("EXECUTE",))
PROCEDURE = Kind("PROCEDURE", ("EXECUTE",), public=("EXECUTE",))
TYPE = Kind("TYPE", ("USAGE",), public=("USAGE",))
LANGUAGE = Kind("LANGUAGE", ("USAGE",), public=("USAGE",))
FOREIGN_DATA_WRAPPER = Kind("FOREIGN DATA WRAPPER", ("USAGE",))
FOREIGN_SERVER = Kind("FOREIGN SERVER", ("USAGE",))

_KINDS = (
    TABLE,
    SEQUENCE,
    SCHEMA,
    FUNCTION,
    PROCEDURE,
    TYPE,
    LANGUAGE,
    FOREIGN_DATA_WRAPPER,
    FOREIGN_SERVER,
)

# The keywords of ALTER DEFAULT PRIVILEGES; its entries bring their own baseline.
_DEFAULTS = {
    "TABLES": Kind("TABLES", _TABLE),
    "SEQUENCES": Kind("SEQUENCES", SEQUENCE.privileges),
    "FUNCTIONS": Kind("FUNCTIONS", FUNCTION.privileges),
    "TYPES": Kind("TYPES", TYPE.privileges),
    "SCHEMAS": Kind("SCHEMAS", SCHEMA.privileges),
    "LARGE OBJECTS": Kind("LARGE OBJECTS", ("SELECT", "UPDATE")),
}

# What initdb lets PUBLIC do in the schema `public`: since this version it cannot create there.
_CLOSED_PUBLIC_SINCE = 15


def privileges(structure: Structure) -> list[list[str]]:
    """The statements for all grants on everything, in groups by kind, the largest containers first."""
    major = structure.server.major
    types = (
        *structure.bases,
        *structure.enums,
        *structure.domains,
        *structure.composites,
        *structure.ranges,
    )
    return [
        [line for schema in structure.schemas for line in schema_grants(schema, major)],
        [
            line
            for language in structure.languages
            for line in grants(
                LANGUAGE, quote_identifier(language.name), language.owner, language.grants, major
            )
        ],
        foreign_data_grants(structure),
        [line for each in types for line in grants(TYPE, each.qualified.sql, each.owner, each.grants, major)],
        [line for routine in structure.routines for line in routine_grants(routine, major)],
        [
            line
            for each in structure.sequences
            for line in grants(SEQUENCE, each.qualified.sql, each.owner, each.grants, major)
        ],
        [line for relation in structure.relations for line in relation_grants(relation, major)],
        [line for found in structure.changed_grants for line in changed_grants(found, major)],
    ]


def grants(kind: Kind, name: str, owner: str, given: Grants, major: int) -> list[str]:
    """What turns the built-in privileges on one object into the given ones.

    Args:
        kind: What the object is.
        name: Its name, as SQL.
        owner: Its owner.
        given: Its grants; nothing is to be done for None.
        major: The server's major version.
    """
    if given is None:
        return []
    return [line.replace(_NAME, name) for line in _given(kind, owner, given, major)]


_NAME = "\0"  # which no name has


@lru_cache(maxsize=1000)  # most objects are granted as others are
def _given(kind: Kind, owner: str, given: tuple[Grant, ...], major: int) -> tuple[str, ...]:
    changes = _Changes(kind, f"ON {kind.keyword} {_NAME}", owner, major)
    return tuple(changes.statements(_built_in(kind, owner, major, kind.public), given))


def _built_in(kind: Kind, owner: str, major: int, public: Iterable[str]) -> list[Grant]:
    return [
        *(Grant(grantee=None, privilege=privilege, grantor=owner) for privilege in public),
        *(Grant(grantee=owner, privilege=privilege, grantor=owner) for privilege in kind.complete(major)),
    ]


def schema_grants(schema: Schema, major: int) -> list[str]:
    """The grants on a schema; `public` is there already, and open to PUBLIC."""
    name, owner = quote_identifier(schema.name), schema.owner
    if schema.name != "public":
        return grants(SCHEMA, name, owner, schema.grants, major)
    public = ("USAGE",) if major >= _CLOSED_PUBLIC_SINCE else ("USAGE", "CREATE")
    given = _built_in(SCHEMA, owner, major, ()) if schema.grants is None else schema.grants
    changes = _Changes(SCHEMA, f"ON SCHEMA {name}", owner, major)
    return changes.statements(_built_in(SCHEMA, owner, major, public), given)


def routine_grants(routine: Routine, major: int) -> list[str]:
    """The grants on a routine; GRANT calls an aggregate a function."""
    if routine.definition is None and routine.aggregate is None:
        return []
    kind = PROCEDURE if routine_keyword(routine) == "PROCEDURE" else FUNCTION
    return grants(kind, plain_signature(routine), routine.owner, routine.grants, major)


def foreign_data_grants(structure: Structure) -> list[str]:
    """The grants on foreign-data wrappers and servers."""
    major = structure.server.major
    statements = []
    for wrapper in structure.foreign_data_wrappers:
        name = quote_identifier(wrapper.name)
        statements += grants(FOREIGN_DATA_WRAPPER, name, wrapper.owner, wrapper.grants, major)
    for server in structure.foreign_servers:
        name = quote_identifier(server.name)
        statements += grants(FOREIGN_SERVER, name, server.owner, server.grants, major)
    return statements


def relation_grants(relation: Relation, major: int) -> list[str]:
    """The grants on a relation, then on its columns: revoking the former would revoke the latter."""
    if relation.kind is RelationKind.UNKNOWN:
        return []
    name = relation.qualified.sql
    statements = grants(TABLE, name, relation.owner, relation.grants, major)
    granted = [(column.name, column.grants) for column in relation.columns if column.grants is not None]
    if granted:
        options = {
            (grant.grantee, grant.privilege) for grant in relation.grants or () if grant.grantable
        }  # also good for granting on columns
        for column, given in granted:
            changes = _Changes(
                COLUMN, f"ON TABLE {name}", relation.owner, major, column=quote_identifier(column)
            )
            statements += changes.statements((), given, options)
    return statements


def changed_grants(found: ChangedGrants, major: int) -> list[str]:
    """What leads from the grants that an extension or initdb gave to those there are."""
    kind = next((each for each in _KINDS if found.object.startswith(f"{each.keyword} ")), None)
    if kind is None:
        return []
    if found.column is None:
        changes = _Changes(kind, f"ON {found.object}", found.owner, major)
        return changes.statements(found.initial, found.grants)
    column = quote_identifier(found.column)
    changes = _Changes(COLUMN, f"ON {found.object}", found.owner, major, column=column)
    return changes.statements(found.initial, found.grants)


def default_privileges(structure: Structure) -> list[str]:
    """The statements for all default privileges."""
    major = structure.server.major
    return [line for found in structure.default_privileges for line in alter_default_privileges(found, major)]


def alter_default_privileges(found: DefaultPrivileges, major: int) -> list[str]:
    """The ALTER DEFAULT PRIVILEGES that make one entry."""
    kind = _DEFAULTS.get(found.objects)
    if kind is None:
        return []
    head = f"ALTER DEFAULT PRIVILEGES FOR ROLE {quote_identifier(found.role)} "
    if found.schema is not None:
        head += f"IN SCHEMA {quote_identifier(found.schema)} "
    changes = _Changes(kind, f"ON {kind.keyword}", found.role, major)
    return [head + line for line in changes.statements(found.baseline, found.grants)]


class _Changes(msgspec.Struct, frozen=True):
    """Writes what changes the grants on one object or column."""

    kind: Kind
    on: str
    owner: str
    major: int
    column: str = ""

    def statements(
        self,
        before: Iterable[Grant],
        after: Iterable[Grant],
        options: Iterable[tuple[str | None, str]] = (),
    ) -> list[str]:
        """The statements.

        Args:
            before: The grants that are there.
            after: The grants that there shall be.
            options: Who (beside the owner) can grant what from the start.
        """
        before, after = set(before), set(after)
        kept = {(grant.grantee, grant.privilege, grant.grantor, grant.grantable) for grant in after}
        kept |= {(grant.grantee, grant.privilege, grant.grantor, False) for grant in after}
        gone = [
            grant
            for grant in before
            if (grant.grantee, grant.privilege, grant.grantor, grant.grantable) not in kept
        ]
        statements = []
        for grantor, group in groupby(self._groups(gone), lambda found: found[0][0]):
            revoked = [f"REVOKE {words} {self.on} FROM {_role(grantee)};" for (_, grantee, _), words in group]
            statements += revoked if grantor == self.owner else _as_role(grantor, revoked)
        able = {(grant.grantee, grant.privilege) for grant in before & after if grant.grantable}
        for wave in _waves(after - before, self.owner, able.union(options)):
            for grantor, group in groupby(self._groups(wave), lambda found: found[0][0]):
                granted = [
                    f"GRANT {words} {self.on} TO {_role(grantee)}{' WITH GRANT OPTION' if grantable else ''};"
                    for (_, grantee, grantable), words in group
                ]
                statements += granted if grantor == self.owner else _as_role(grantor, granted)
        return statements

    def _groups(self, found: Iterable[Grant]) -> Iterator[tuple[tuple[str, str | None, bool], str]]:
        """Grants that one statement can make: who grants, to whom, whether with the option; and what."""

        def key(grant: Grant) -> tuple[str, bool, str, bool]:
            return (grant.grantor, grant.grantee is not None, grant.grantee or "", grant.grantable)

        for _, group in groupby(sorted(found, key=key), key):
            members = list(group)
            first = members[0]
            words = self._words({grant.privilege for grant in members})
            yield (first.grantor, first.grantee, first.grantable), words

    def _words(self, wanted: set[str]) -> str:
        complete = self.kind.complete(self.major)
        known = [privilege for privilege in complete if privilege in wanted]
        words = [*known, *sorted(wanted.difference(known))]
        if len(complete) > 1 and tuple(words) == complete:
            words = ["ALL"]
        return ", ".join(f"{word} ({self.column})" if self.column else word for word in words)


def _waves(wanted: set[Grant], owner: str, options: set[tuple[str | None, str]]) -> Iterator[set[Grant]]:
    """The grants in an order in which each grantor has been given the option to grant before."""
    while wanted:
        wave = {
            grant for grant in wanted if grant.grantor == owner or (grant.grantor, grant.privilege) in options
        }
        wave = wave or wanted  # the catalogs do not let this happen: leave the complaint to the server
        yield wave
        options |= {(grant.grantee, grant.privilege) for grant in wave if grant.grantable}
        wanted = wanted - wave


def _as_role(role: str, statements: list[str]) -> list[str]:
    """Statements run by another role: GRANT … GRANTED BY takes nobody but the current user."""
    return [
        f"SET SESSION AUTHORIZATION {quote_identifier(role)};",
        *statements,
        "RESET SESSION AUTHORIZATION;",
    ]


def _role(name: str | None) -> str:
    return "PUBLIC" if name is None else quote_identifier(name)
