"""Loading SQL scripts with psql, which alone knows everything that pg_dump may write."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping

from pgdossier.errors import ServerError
from pgdossier.servers.binaries import Binaries
from pgdossier.servers.process import environment

# The first minor release of each major whose psql knows \restrict.
FIRST_WITH_RESTRICT = {13: 22, 14: 19, 15: 14, 16: 10, 17: 6}

RESTRICT = re.compile(r"^\\(un)?restrict [A-Za-z0-9]+$\n?", re.MULTILINE)


def run_script(binaries: Binaries, connection: Mapping[str, str], text: str) -> None:
    """Run a script as `psql -X -f` does, and stop at its first error.

    The script may hold psql's own commands; it must come from where programs may come from.

    Args:
        binaries: The installation whose psql is used.
        connection: Where to connect to, as libpq's variables: PGHOST, PGDATABASE, PGUSER ...
        text: The script.

    Raises:
        ServerError: There is no psql, or the script failed; the message is psql's first error.
    """
    answer = subprocess.run(
        [binaries.program("psql"), "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1", "-f", "-"],
        input=text if knows_restrict(binaries.version) else RESTRICT.sub("", text),
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
        env=environment(binaries.library_path, **{"PGCLIENTENCODING": "UTF8", **connection}),
    )
    if answer.returncode != 0:
        lines = answer.stderr.strip().splitlines() or [f"exit code {answer.returncode}"]
        said = next((line for line in lines if re.search(r"(ERROR|FATAL|error): ", line)), lines[0])
        # "psql:<stdin>:12: ERROR:  ..." becomes "line 12: ..."
        said = re.sub(r"^psql:<stdin>:(\d+): (?:ERROR|FATAL):\s+", r"line \1: ", said)
        raise ServerError(
            f"The SQL script failed at {said}" if said.startswith("line ") else f"psql failed: {said}"
        )


def knows_restrict(version: str) -> bool:
    r"""Whether psql of this version knows the lines `\restrict` and `\unrestrict` of newer dumps."""
    major, minor = (int(number) for number in [*re.findall(r"\d+", version), "0"][:2])
    return major >= 18 or minor >= FIRST_WITH_RESTRICT.get(major, minor + 1)
