"""`python -m pgdossier`, and the entry point of the `pgdossier` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; exits the process with the code the command decided on."""
    try:
        from pgdossier.cli.main import run  # noqa: PLC0415 - `import pgdossier` must stay cheap

        run()
    except KeyboardInterrupt:  # while modules are loaded, or on the way out
        sys.exit(130)


if __name__ == "__main__":
    main()
