"""A connection string in the other forms that programs take: libpq's variables, and a URL."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import psycopg
from psycopg import conninfo as conninfos
from psycopg import pq

from pgdossier.errors import UsageError

# What makes sense in this process only, or is written in front of the question mark of a URL.
_IN_FRONT = ("user", "password", "host", "hostaddr", "port", "dbname")


def variables(conninfo: str) -> dict[str, str]:
    """The connection as libpq's variables, PGHOST and the like, for a program and what it starts.

    Args:
        conninfo: A URL or `keyword=value` string.

    Raises:
        UsageError: libpq cannot read it.
    """
    names = {
        option.keyword.decode(): option.envvar.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar
    }
    return {
        names[keyword]: value
        for keyword, value in _parameters(conninfo).items()
        if keyword in names  # the rest, keepalives and the like, has no variable
    }


def url(conninfo: str, *, prefix: str = "postgresql://", password: str | None = None) -> str:
    """The connection as a URL; a folder of a Unix socket stands behind the question mark.

    Args:
        conninfo: A URL or `keyword=value` string.
        prefix: What the URL begins with.
        password: The password to use in place of one that is there.

    Raises:
        UsageError: libpq cannot read it.
    """
    parameters = _parameters(conninfo)
    user = quote(parameters.get("user", ""), safe="")
    password = password or parameters.get("password")
    login = f"{user}:{quote(password, safe='')}@" if password else f"{user}@" if user else ""
    host, port = parameters.get("host", "") or parameters.get("hostaddr", ""), parameters.get("port", "")
    rest = {name: value for name, value in parameters.items() if name not in _IN_FRONT}
    if host.startswith(("/", "@")):
        rest = {"host": host, **({"port": port} if port else {}), **rest}
        address = ""
    else:
        address = f"[{host}]" if ":" in host else host
        address += f":{port}" if port else ""
    name = quote(parameters.get("dbname", ""), safe="")
    behind = f"?{urlencode(rest, quote_via=quote, safe='/')}" if rest else ""
    return f"{prefix}{login}{address}/{name}{behind}"


def secret(conninfo: str) -> str | None:
    """The password in a connection string.

    Raises:
        UsageError: libpq cannot read it.
    """
    return _parameters(conninfo).get("password")


def _parameters(conninfo: str) -> dict[str, str]:
    try:
        found = conninfos.conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:  # its message may repeat a password
        raise UsageError("libpq cannot read the connection string", hint="write postgresql://…") from None
    return {name: str(value) for name, value in found.items() if value is not None}
