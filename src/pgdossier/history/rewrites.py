"""Whether a change of a column has every row written anew: types, and defaults that differ by row."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pgdossier.model.routines import Routine, Volatility

# Functions of PostgreSQL that give another value each time, as far as a default can call them.
_VOLATILE = frozenset(
    """
    clock_timestamp currval gen_random_uuid lastval nextval pg_current_wal_insert_lsn pg_current_wal_lsn
    random random_normal setval timeofday uuidv4 uuidv7
    """.split()  # noqa: SIM905 - a block of words is easier to read than a list
)
_IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_CALL = re.compile(rf"(?:({_IDENTIFIER})\.)?({_IDENTIFIER})\s*\(")
_STRING = re.compile(r"'(?:[^']|'')*'")
_TYPE = re.compile(rf"::{_IDENTIFIER}(?:\.{_IDENTIFIER})?(?: varying| precision)?\([\d, -]+\)")


def may_be_volatile(default: str, routines: Iterable[Routine]) -> bool:
    """Whether a default may give another value for each row.

    Args:
        default: The expression, in which everything that is not PostgreSQL's own has its schema.
        routines: Those of the database; any other, as of an extension, may be volatile.
    """
    text = _TYPE.sub("", _STRING.sub("''", default))
    volatile: dict[tuple[str, str], bool] = {}
    for routine in routines:
        name = (routine.schema, routine.name)
        is_volatile = routine.volatility is Volatility.VOLATILE
        volatile[name] = volatile.get(name, False) or is_volatile
    for schema, name in _CALL.findall(text):
        if schema:
            if volatile.get((_unquoted(schema), _unquoted(name)), True):
                return True
        elif _unquoted(name).lower() in _VOLATILE:
            return True
    return False


def _unquoted(identifier: str) -> str:
    return identifier[1:-1].replace('""', '"') if identifier.startswith('"') else identifier


_LIMITED = re.compile(
    r"(?P<name>character varying|bit varying|numeric|timestamp|time|interval)"
    r"(?:\((?P<size>\d+)(?:,(?P<scale>-?\d+))?\))?(?P<rest> with(?:out)? time zone)?\Z"
)


# Types other than text whose values are stored as another type's.
_STORED_AS = {"xml": ("text", "character varying"), "cidr": ("inet",)}


def coercible(before: str, after: str) -> bool:
    """Whether a column of one type becomes one of the other without its rows being written anew.

    That is so where the values are stored alike (`varchar` and `text`, `cidr` and `inet`), and where only a
    limit goes or grows (of `varchar`, `varbit`, `numeric` with the same scale, fractions of seconds).
    """
    if before == after:
        return True
    if before in _STORED_AS:
        return after in _STORED_AS[before]
    old, new = _LIMITED.match(before), _LIMITED.match(after)
    if after in ("text", "character varying") and (
        before == "text" or (old and old["name"] == "character varying")
    ):
        return True
    if old is None or new is None or (old["name"], old["rest"]) != (new["name"], new["rest"]):
        return False
    if new["size"] is None:
        return True
    if old["size"] is None:
        # Without a limit these already hold six digits of a second, the most there are.
        return old["name"] in ("timestamp", "time", "interval") and int(new["size"]) >= 6
    if (old["scale"] or "0") != (new["scale"] or "0"):
        return False
    return int(new["size"]) >= int(old["size"])
