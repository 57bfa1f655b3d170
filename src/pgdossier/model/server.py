"""The server and the database as a whole."""

from __future__ import annotations

from pgdossier.model.base import Model
from pgdossier.model.privileges import Grants
from pgdossier.model.roles import SessionSetting


class Server(Model, frozen=True, kw_only=True):
    """Facts of the server. `version_number` is server_version_num (180006 is 18.6)."""

    version: str
    version_number: int
    time_zone: str | None = None

    @property
    def major(self) -> int:
        """The major version, 18 for 18.6."""
        return self.version_number // 10000


class Database(Model, frozen=True, kw_only=True):
    """The database (pg_database); `provider` names who does the collating (libc, icu, builtin).

    `settings` are those of ALTER DATABASE … SET, for all roles.
    """

    name: str
    owner: str
    encoding: str
    provider: str
    collation: str | None = None
    ctype: str | None = None
    locale: str | None = None
    grants: Grants = None
    settings: tuple[SessionSetting, ...] = ()
    comment: str | None = None
