"""`pgdossier completion`: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from pgdossier.cli.options import COMPLETE, Run


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that makes SHELL complete the commands and options of pgdossier.

    For bash: eval "$(pgdossier completion bash)" in ~/.bashrc; for zsh the same in ~/.zshrc; for fish:
    pgdossier completion fish > ~/.config/fish/completions/pgdossier.fish
    """
    shell_class = get_completion_class(shell)
    if shell_class is None:  # click knows these three
        raise click.UsageError(f"no completion for {shell}")
    root = context.find_root()
    script = shell_class(root.command, {}, "pgdossier", COMPLETE)
    # Not script.source(): for bash that runs bash to learn its version, and the script may be for elsewhere.
    context.ensure_object(Run).emit(ShellComplete.source(script) + "\n")
