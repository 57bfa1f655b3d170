"""TOML files that people write: read strictly, with file and line in every message.

No message made here repeats a value that was read, because a value may hold a password.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pgdossier.errors import ConfigurationError


def text_of(file: Path, *, missing: str | None = None) -> str:
    """The text of a file.

    Args:
        file: The file.
        missing: What to do when there is none, for the message.

    Raises:
        ConfigurationError: It is not there, cannot be read, or is not UTF-8.
    """
    try:
        return file.read_bytes().decode()
    except FileNotFoundError:
        raise ConfigurationError(f"{file}: no such file", hint=missing) from None
    except OSError as error:
        raise ConfigurationError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigurationError(f"{file}:{line}: not UTF-8", hint="save the file as UTF-8") from None


def parsed(file: Path, text: str, *, hint: str) -> dict[str, Any]:
    """What the text of a file says.

    Raises:
        ConfigurationError: It is not TOML; `hint` says how it should look.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, line = str(error), 0
        if match := re.search(r"(.*) \(at line (\d+), column (\d+)\)$", what):
            what, line = f"{match.group(1)} (column {match.group(3)})", int(match.group(2))
        elif what.endswith("(at end of document)"):
            line = text.rstrip("\n").count("\n") + 1
        where = f"{file}:{line}" if line else str(file)
        raise ConfigurationError(f"{where}: not valid TOML: {one_line(what)}", hint=hint) from None
    except RecursionError:
        raise ConfigurationError(f"{file}: nested too deeply") from None
    except ValueError:  # Python converts no integer of more than 4,300 digits
        raise ConfigurationError(f"{file}: not valid TOML: a number of too many digits", hint=hint) from None


def where(file: Path, text: str, path: tuple[str, ...]) -> str:
    """`FILE:LINE` of a key, or `FILE` when the line cannot be told.

    TOML parsers of the standard library keep no positions. But a file cut after some line is TOML again
    wherever no value is open, so the line of a key is where cutting before it loses it and cutting after
    it, or a few lines further down, does not.
    """
    lines = text.split("\n")

    def holds(count: int) -> bool | None:
        try:
            value: Any = tomllib.loads("\n".join(lines[:count]))
        except (ValueError, RecursionError):  # TOMLDecodeError is a ValueError, and not the only one
            return None
        for name in path:
            if not isinstance(value, dict) or name not in value:
                return False
            value = value[name]
        return True

    for index, line in enumerate(lines):
        if path and path[-1] in line and holds(index) is False:
            later = (holds(count) for count in range(index + 1, len(lines) + 1))
            if next((found for found in later if found is not None), False):
                return f"{file}:{index + 1}"
    return str(file)


def one_line(text: str) -> str:
    """The text as a message can show it: no control characters, not endless."""
    shown = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
    return shown if len(shown) <= 120 else f"{shown[:119]}…"
