"""The commands there are, each loaded when it is called or asked for its own help.

Loading all of them costs as much as starting Python, so the short texts that `pgdossier --help` shows stand
here and nowhere else.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, MutableMapping

import click

# The order is that of docs/cli.md; the module and its command are called like the command.
SHORT_HELP = {
    "generate": "Write or refresh the design document of a database.",
    "demo": "Document a sample shop in an embedded server.",
    "snapshot": "Save everything that is read as JSON.",
    "check": "Tell whether a document is still true; for CI.",
    "diff": "Tell what is different between two databases, with its risk.",
    "drift": "Compare the database with the application's migrations or models.",
    "review": "Review the design by rules, with evidence and suggested SQL.",
    "comments": "Write the COMMENT ON statements for descriptions.",
    "verify": "Rebuild the database from schema.sql elsewhere, and compare.",
    "diagram": "Draw one diagram: a table and its neighbours, a schema, a cascade.",
    "export": "Write the schema in one format, such as SQL.",
    "serve": "Show a document in the browser, again whenever it changes.",
    "init": "Write a commented pgdossier.toml.",
    "completion": "Print the completion script of a shell.",
}


class Commands(MutableMapping[str, click.Command]):
    """What `click.Group.commands` is: the commands by name; one is imported when it is taken out."""

    def __init__(self) -> None:
        self._loaded: dict[str, click.Command] = {}
        self._names = dict.fromkeys(SHORT_HELP)

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._loaded:
            command: click.Command = getattr(importlib.import_module(f"pgdossier.cli.{name}"), name)
            command.short_help = SHORT_HELP[name]
            self._loaded[name] = command
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._names[name] = None
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._names[name]
        self._loaded.pop(name, None)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class LazyGroup(click.Group):
    """A group that lists its commands without loading them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands from their short texts."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, SHORT_HELP[name]) for name in self.list_commands(ctx)])
