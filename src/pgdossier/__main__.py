"""`python -m pgdossier`, and the entry point of the `pgdossier` command."""

from __future__ import annotations


def main() -> None:
    """Run the command line; exits the process with the code the command decided on."""
    from pgdossier.cli.main import run  # noqa: PLC0415 - `import pgdossier` must stay cheap

    run()


if __name__ == "__main__":
    main()
