"""The reference page docs/cli.md, made from the commands themselves.

`python -m pgdossier.cli.reference > docs/cli.md` writes it; a test fails when it is out of date.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from pgdossier.cli.main import NAME, cli

_INTRODUCTION = """\
# Command line

<!-- Made by `python -m pgdossier.cli.reference > docs/cli.md`; edit the help texts in src/pgdossier/cli/. -->

{about}

Results go to standard output; messages, warnings and progress go to standard error. Progress is drawn on a
terminal only.

| Exit code | Meaning |
|--:|---|
| 0 | done |
| 1 | the answer is no (stale, different, findings) |
| 2 | usage or configuration error |
| 3 | could not do it (connection, server, file system, Graphviz) |
| 130, 141, 143 | interrupted with Ctrl-C; nobody reads the output any more; told to end (SIGTERM) |

The configuration file is described in [configuration.md](configuration.md).
"""


_UNWRAPPED = "\b\n"
"""How click is told not to wrap a paragraph."""


def render() -> str:
    """The page as Markdown."""
    parts = [_INTRODUCTION.format(about=_prose(cli).strip()), "## `pgdossier`\n", _options(cli)]
    for name, command in cli.commands.items():
        arguments = [a.metavar or f"{{{'|'.join(_choices(a))}}}" for a in _arguments(command)]
        usage = " ".join([NAME, name, "[OPTIONS]", *arguments])
        parts += [f"## `{NAME} {name}`\n\n    {usage}\n", _prose(command), _options(command)]
    return "\n".join(parts)


def _prose(command: click.Command) -> str:
    """The text of a command; what click does not wrap is code."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(map(_paragraph, paragraphs)) + "\n"


def _paragraph(text: str) -> str:
    kept = text.removeprefix(_UNWRAPPED)
    return text if kept == text else f"```\n{kept}\n```"


def _arguments(command: click.Command) -> Iterator[click.Argument]:
    return (parameter for parameter in command.params if isinstance(parameter, click.Argument))


def _options(command: click.Command) -> str:
    return "| Option | Meaning |\n|---|---|\n" + "".join(_rows(command))


def _rows(command: click.Command) -> Iterator[str]:
    for option in command.params:
        if isinstance(option, click.Option):
            value = "" if option.is_flag else option.metavar or f"[{'|'.join(_choices(option))}]"
            shown = f"{', '.join(option.opts)} {value}".strip().replace("|", "\\|")
            default = f" [default: {option.default}]" if option.show_default else ""
            yield f"| `{shown}` | {option.help}{default} |\n"
    yield "| `-h, --help` | Show a help text and exit. |\n"


def _choices(parameter: click.Parameter) -> list[str]:
    return (
        [str(choice) for choice in parameter.type.choices] if isinstance(parameter.type, click.Choice) else []
    )


if __name__ == "__main__":
    click.echo(render(), nl=False)
