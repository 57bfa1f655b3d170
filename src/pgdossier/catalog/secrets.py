"""What could hold a secret: judged by the server, so that it never reaches this process."""

from __future__ import annotations

import re

# What an option or a setting is called that is a secret, whatever its value: password, sslkey,
# aws_secret_access_key …
HINTING_NAME = r"passw|passphrase|pwd|secret|token|key|credential|auth|private|signature"
# What a value looks like that has one inside: a URL with a password, a conninfo string, an HTTP header.
HINTING_VALUE = (
    r"://[^/\s]*:[^/\s]*@"
    r"|(passw(or)?d|passphrase|pwd|secret|token|key|credentials?|authorization|sig)\s*[=:]"
    r"|--passw|bearer\s"
)

# Names like these hold no secret, whatever they hint at.
_HARMLESS = (
    "authentication_timeout",
    "password_encryption",
    "post_auth_delay",
    "pre_auth_delay",
)
# What is run by a shell, or says how to connect.
_COMMAND_OR_CONNECTION = r"command$|conninfo|dsn$|connection_?string|url$"
# Settings with a dot can be made by anybody, to hold anything. Those of these classes are known.
_KNOWN_CLASSES = (
    "auth_delay",
    "auto_explain",
    "azure",
    "citus",
    "cloudsql",
    "cron",
    "neon",
    "pg_partman_bgw",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_trgm",
    "pgaudit",
    "plpgsql",
    "rds",
    "timescaledb",
)
_LONG_MIXED = re.compile(r"(?=[A-Za-z0-9+/_=]*[0-9])(?=[A-Za-z0-9+/_=]*[A-Za-z])[A-Za-z0-9+/_=]{24,}")


def is_secret_setting(name: str, value: str) -> str:
    """The SQL condition that the value of a setting is not to be read; both arguments are SQL."""
    harmless = ", ".join(f"'{each}'" for each in _HARMLESS)
    known = ", ".join(f"'{each}'" for each in _KNOWN_CLASSES)
    return f"""(
               {value} ~* '{HINTING_VALUE}'
               OR {name} ~* '{_COMMAND_OR_CONNECTION}'
               OR ({name} ~* '{HINTING_NAME}' AND {name} NOT IN ({harmless}))
               OR ({name} ~ '[.]' AND pg_catalog.split_part({name}, '.', 1) NOT IN ({known})))"""


def is_secret_name(name: str) -> str:
    """The SQL condition that a name chosen by a client (application_name) is not to be read."""
    return f"({name} ~* '{HINTING_VALUE}')"


def without_tokens(name: str) -> str:
    """A name chosen by a client without what looks like a key: long runs of letters and digits."""
    return _LONG_MIXED.sub("…", name)
