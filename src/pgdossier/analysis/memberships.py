"""Which roles a role is a member of, directly and by way of others, and what each membership is good for.

Follows PostgreSQL's `roles_is_member_of` (src/backend/utils/adt/acl.c): a role has the privileges of another
through memberships that inherit alone, and may SET ROLE to it through memberships that allow SET alone. The
owner of the database is a member of `pg_database_owner` without any grant (PostgreSQL 14).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

import msgspec

from pgdossier.model.roles import Membership, Role
from pgdossier.model.snapshot import Structure

DATABASE_OWNER = "pg_database_owner"
_DATABASE_OWNER_SINCE = 14
_INHERITS_ALWAYS_SINCE = 16

# The roles that a role reaches, each with the shortest way there: the roles on it, the reached one last.
Reached = Mapping[str, tuple[str, ...]]


class Memberships(msgspec.Struct, frozen=True):
    """All memberships of a snapshot, followed to their ends.

    Attributes:
        roles: The roles of the snapshot by name.
        inherited: By role, the roles whose privileges it has without doing anything; not itself.
        settable: By role, the roles to which it may SET ROLE; not itself.
        joined: By role, all roles that it is a member of; not itself.
    """

    roles: Mapping[str, Role]
    inherited: Mapping[str, Reached]
    settable: Mapping[str, Reached]
    joined: Mapping[str, Reached]

    @classmethod
    def of(cls, structure: Structure) -> Memberships:
        """The memberships of that structure; without roles (none were read) there are none."""
        roles = {role.name: role for role in structure.roles}
        major, owner = structure.server.major, structure.database.owner

        def followed(good: Callable[[Membership], bool], *, inheriting: bool) -> dict[str, Reached]:
            edges = {
                role.name: {found.role for found in role.member_of if good(found)} for role in roles.values()
            }
            if owner in roles and major >= _DATABASE_OWNER_SINCE:
                # Before 16 NOINHERIT held for this membership, too.
                inherits = roles[owner].inherit or major >= _INHERITS_ALWAYS_SINCE
                if inherits or not inheriting:
                    edges[owner].add(DATABASE_OWNER)
            return {name: _reached(name, edges) for name in edges}

        return cls(
            roles=roles,
            inherited=followed(lambda found: found.inherit, inheriting=True),
            settable=followed(lambda found: found.set, inheriting=False),
            joined=followed(lambda _: True, inheriting=False),
        )

    @property
    def superusers(self) -> tuple[str, ...]:
        """Their names, sorted."""
        return tuple(sorted(name for name, role in self.roles.items() if role.superuser))

    def is_superuser(self, name: str) -> bool:
        """Whether the role is a superuser; a role that is not in the snapshot is taken for none."""
        return name in self.roles and self.roles[name].superuser

    def has_privileges_of(self, member: str, role: str) -> bool:
        """What `pg_has_role(member, role, 'USAGE')` says."""
        return member == role or self.is_superuser(member) or role in self.inherited.get(member, {})

    def may_set_role(self, member: str, role: str) -> bool:
        """What `pg_has_role(member, role, 'SET')` says (16; MEMBER before, which was good for it)."""
        return member == role or self.is_superuser(member) or role in self.settable.get(member, {})

    def is_member_of(self, member: str, role: str) -> bool:
        """What `pg_has_role(member, role, 'MEMBER')` says."""
        return member == role or self.is_superuser(member) or role in self.joined.get(member, {})


def _reached(start: str, edges: Mapping[str, set[str]]) -> Reached:
    """Everything that the edges lead to from there, breadth first, equally long ways by name."""
    ways: dict[str, tuple[str, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        name = waiting.popleft()
        for target in sorted(edges.get(name, ())):
            if target not in ways:
                ways[target] = (*ways[name], target)
                waiting.append(target)
    del ways[start]
    return ways
