"""Options of foreign-data wrappers, servers, user mappings, foreign tables and their columns.

They are where passwords are. The server itself replaces the value of an option that hints at a secret by
NULL, so that it never reaches this process.
"""

from __future__ import annotations

from collections.abc import Sequence

from pgdossier.catalog.secrets import HINTING_NAME, HINTING_VALUE
from pgdossier.model.foreign_data import Options

# What these names are followed by where they are no secret: password_required 'false', key 'true'.
_SWITCH = r"^(true|false|on|off|yes|no)$"
_SWITCH_NAME = r"(^key|_required)$"


def readable_options(source: str, key: str, column: str) -> str:
    """SQL for a subquery with the options of every object that has any, to be joined.

    Its columns are those of the key, without their table, and `options`: an array of `{name, value}` in
    order. The value is NULL where it is not to be read.

    Args:
        source: What FROM takes: the catalog with an alias.
        key: What identifies an object, with that alias.
        column: The column with the options (`name=value` texts), with that alias.
    """
    return f"""(
            SELECT {key},
                   pg_catalog.array_agg(
                     ARRAY[
                       o.option_name,
                       CASE WHEN o.option_name !~* '{HINTING_NAME}'
                              OR (o.option_name ~* '{_SWITCH_NAME}' AND o.option_value ~* '{_SWITCH}')
                            THEN CASE WHEN o.option_value !~* '{HINTING_VALUE}' THEN o.option_value END
                       END]
                     ORDER BY o.position) AS options
              FROM {source}
             CROSS JOIN LATERAL pg_catalog.pg_options_to_table({column})
                   WITH ORDINALITY o (option_name, option_value, position)
             GROUP BY {key}
           )"""


def options(pairs: Sequence[Sequence[str | None]] | None) -> Options:
    """The options of one object that `readable_options` gave; None for one that has none."""
    return tuple((name or "", value) for name, value in pairs or ())
