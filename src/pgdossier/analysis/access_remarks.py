"""What is remarkable about who may do what: ways around grants and policies, and grants that do not work."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from pgdossier.analysis.access import Access, reads_as_owner
from pgdossier.language import mark
from pgdossier.model.names import QualifiedName
from pgdossier.model.policies import Command
from pgdossier.model.relations import Relation
from pgdossier.model.routines import Routine
from pgdossier.model.schemas import Schema


class Becoming(msgspec.Struct, frozen=True):
    """Roles that get the rights of other roles by SET ROLE alone.

    Attributes:
        members: Who.
        targets: The roles whose privileges they do not have without it, by name.
        superusers: Those of `targets` that are superusers, or lead to one without anything else.
    """

    members: tuple[str, ...]
    targets: tuple[str, ...]
    superusers: tuple[str, ...]


def becoming(access: Access) -> tuple[Becoming, ...]:
    """The roles that can change into others whose privileges they do not inherit, by name."""
    joined = access.memberships
    found: dict[tuple[str, ...], list[str]] = {}
    for role in joined.roles:
        if access.is_told(role):
            targets = tuple(sorted(joined.settable[role].keys() - joined.inherited[role].keys()))
            # Memberships of a superuser's role are inherited, its attribute never is.
            powerful = (target for target in joined.settable[role] if joined.is_superuser(target))
            targets = tuple(sorted({*targets, *powerful}))
            if targets:
                found.setdefault(targets, []).append(role)
    return tuple(
        Becoming(
            tuple(sorted(members)),
            targets,
            tuple(target for target in targets if joined.is_superuser(target)),
        )
        for targets, members in sorted(found.items(), key=lambda pair: min(pair[1]))
    )


class Enlisting(msgspec.Struct, frozen=True):
    """Roles that can make themselves members of another role: they hold it WITH ADMIN OPTION."""

    members: tuple[str, ...]
    role: str


def enlisting(access: Access) -> tuple[Enlisting, ...]:
    """Who may grant which role, by that role; superusers apart."""
    found: dict[str, set[str]] = {}
    for role in access.memberships.roles.values():
        if not role.superuser and not role.predefined:
            for membership in role.member_of:
                if membership.admin:
                    found.setdefault(membership.role, set()).add(role.name)
    return tuple(Enlisting(tuple(sorted(members)), role) for role, members in sorted(found.items()))


def without_connect(access: Access) -> tuple[str, ...]:
    """The roles that can log in, but may not connect to this database, by name."""
    held = access.on_database()
    return tuple(
        name
        for name, role in sorted(access.memberships.roles.items())
        if role.login and access.is_told(name) and "CONNECT" not in held.get(name, {})
    )


def open_schemas(access: Access) -> tuple[Schema, ...]:
    """The schemas in which everyone may create objects."""
    return tuple(
        schema
        for schema in access.structure.schemas
        if any(grant.grantee is None and grant.privilege == "CREATE" for grant in schema.grants or ())
    )


class ThroughView(msgspec.Struct, frozen=True):
    """Roles that see rows of tables through a view whose owner may read them, and not by themselves.

    `everyone` is set where PUBLIC may read the view; `roles` are those that are named.
    """

    view: QualifiedName
    owner: str
    tables: tuple[QualifiedName, ...]
    roles: tuple[str, ...]
    everyone: bool


def through_views(
    access: Access,
    relations: Mapping[QualifiedName, Relation],
    reads: Mapping[QualifiedName, tuple[QualifiedName, ...]],
) -> tuple[ThroughView, ...]:
    """The views that show somebody what its own grants do not, by view.

    Args:
        access: Who may do what.
        relations: The relations by name.
        reads: What the query of each view reads, directly.
    """
    found = []
    for name, relation in sorted(relations.items()):
        if not reads_as_owner(relation):
            continue
        viewers = access.readers(relation)
        tables: set[QualifiedName] = set()
        roles: set[str] = set()
        everyone = False
        for read in reads.get(name, ()):
            if read not in relations:
                continue
            table = relations[read]
            able = {role for role, held in access.on_relation(table).items() if "SELECT" in held}
            # Who reads some columns is not told either: which columns the view shows is open.
            able |= _of_columns(access, table)
            if relation.owner not in able:
                continue  # then the view fails, whoever asks
            able |= {
                role
                for role in access.memberships.roles
                if access.memberships.has_privileges_of(role, table.owner)
            }
            public = access.readers(table).everyone
            beyond = set() if public else {reader.role for reader in viewers.roles} - able
            if beyond or (viewers.everyone and not public):
                tables.add(read)
                roles |= beyond
                everyone = everyone or viewers.everyone
        if tables:
            found.append(
                ThroughView(name, relation.owner, tuple(sorted(tables)), tuple(sorted(roles)), everyone)
            )
    return tuple(found)


def _of_columns(access: Access, relation: Relation) -> set[str]:
    return {
        role
        for column in relation.columns
        for role, held in access.on_column_alone(relation, column).items()
        if "SELECT" in held
    }


# --- row security ------------------------------------------------------------------------------------------


class Coverage(StrEnum):
    """What row security does for a table."""

    FORCED = mark("on, for its owner too")
    ON = mark("on")
    CLOSED = mark("on, without a policy")
    OFF = mark("off, in spite of its policies")


class RowSecurity(msgspec.Struct, frozen=True):
    """Row security of one table.

    Attributes:
        relation: The table.
        coverage: What it does.
        refused: The commands that no permissive policy allows: nobody who is not exempt finds a row for them.
        for_everyone: The permissive policies whose condition is always true, by name.
    """

    relation: QualifiedName
    coverage: Coverage
    refused: tuple[str, ...]
    for_everyone: tuple[str, ...]


_COMMANDS = (Command.SELECT, Command.INSERT, Command.UPDATE, Command.DELETE)


def row_security(relations: Mapping[QualifiedName, Relation]) -> tuple[RowSecurity, ...]:
    """The tables with row security or with policies, by name."""
    found = []
    for name, relation in sorted(relations.items()):
        if not (relation.row_security or relation.policies):
            continue
        if not relation.row_security:
            coverage = Coverage.OFF
        elif not relation.policies:
            coverage = Coverage.CLOSED
        else:
            coverage = Coverage.FORCED if relation.force_row_security else Coverage.ON
        permissive = [policy for policy in relation.policies if policy.permissive]
        allowed = {policy.command for policy in permissive}
        refused = tuple(
            str(command) for command in _COMMANDS if not allowed & {command, Command.ALL, Command.UNKNOWN}
        )
        found.append(
            RowSecurity(
                relation=name,
                coverage=coverage,
                refused=refused if relation.policies and relation.row_security else (),
                for_everyone=tuple(
                    policy.name
                    for policy in permissive
                    if not policy.roles and (policy.using or policy.check or "") == "true"
                ),
            )
        )
    return tuple(found)


# --- SECURITY DEFINER --------------------------------------------------------------------------------------


class Definer(msgspec.Struct, frozen=True):
    """A routine that runs with its owner's rights.

    Attributes:
        routine: It.
        path: The search_path that it sets; None when it leaves that to the caller.
        superuser: Its owner is a superuser.
        everyone: Everyone may execute it.
        roles: Who else may, by name, who has its owner's rights and superusers apart.
        trigger: It is a trigger function: nobody calls it, and triggers need no EXECUTE.
        open_schemas: Schemas of its search_path in which others than its owner may create objects.
    """

    routine: Routine
    path: str | None
    superuser: bool
    everyone: bool
    roles: tuple[str, ...]
    trigger: bool
    open_schemas: tuple[str, ...]


def definers(access: Access) -> tuple[Definer, ...]:
    """The routines with SECURITY DEFINER, by name."""
    found = []
    joined = access.memberships
    schemas = {schema.name: schema for schema in access.structure.schemas}
    for routine in access.structure.routines:
        if not routine.security_definer:
            continue
        held = access.on_routine(routine)
        path = next(
            (
                setting.partition("=")[2]
                for setting in routine.configuration
                if setting.startswith("search_path=")
            ),
            None,
        )
        found.append(
            Definer(
                routine=routine,
                path=path,
                superuser=joined.is_superuser(routine.owner),
                everyone=routine.grants is None
                or any(grant.grantee is None and grant.privilege == "EXECUTE" for grant in routine.grants),
                roles=tuple(
                    role
                    for role in held
                    if access.is_told(role) and not joined.has_privileges_of(role, routine.owner)
                ),
                trigger=routine.result in ("trigger", "event_trigger"),
                open_schemas=tuple(
                    name
                    for name in _listed(path or "")
                    if name in schemas and _others_create(access, schemas[name], routine.owner)
                ),
            )
        )
    return tuple(found)


def _listed(path: str) -> list[str]:
    """The schemas of a search_path, unquoted."""
    names = []
    for part in path.split(","):
        name = part.strip()
        names.append(name[1:-1].replace('""', '"') if len(name) > 1 and name[0] == '"' else name)
    return names


def _others_create(access: Access, schema: Schema, owner: str) -> bool:
    given = access.on_schema(schema)
    return any(
        "CREATE" in held and access.is_told(role) and role not in (owner, schema.owner)
        for role, held in given.items()
    ) or any(grant.grantee is None and grant.privilege == "CREATE" for grant in schema.grants or ())
