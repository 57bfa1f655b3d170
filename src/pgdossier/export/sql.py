"""The `schema.sql` of a snapshot by itself."""

from __future__ import annotations

import msgspec

from pgdossier.ddl.script import schema_script
from pgdossier.model.snapshot import Snapshot


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the script says; as in pg_dump.

    Attributes:
        clean: Drop everything first, in the reverse order, if it exists.
        owners: Set the owners.
        privileges: Grant and revoke.
    """

    clean: bool = False
    owners: bool = True
    privileges: bool = True


def text(snapshot: Snapshot, options: Options | None = None) -> str:
    """The script."""
    options = options or Options()
    return schema_script(snapshot, owners=options.owners, privileges=options.privileges, clean=options.clean)
