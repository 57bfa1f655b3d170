"""Other programs that document a PostgreSQL database, installed into a folder of the benchmark's own.

Each is installed with its own package manager, as its users do, and run as its documentation says. What does
not install here is left out with the reason.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.database import Databases
from benchmarks.design import Database
from benchmarks.measuring import Command

# An installation, too, may hang.
_PATIENCE = 600.0


class NotInstalledError(Exception):
    """A program cannot be had on this machine; says why."""


class Task(NamedTuple):
    """What a program is to document, and where its output goes.

    Attributes:
        parameters: Where the database is: the parts of its URL, by libpq's names.
        dump: The file with its `pg_dump -s`.
        schemas: The names of its schemas.
        schema: The one with the most tables, for programs that document one.
        output: The path of the output, without an extension.
    """

    parameters: dict[str, str]
    dump: Path
    schemas: Sequence[str]
    schema: str
    output: Path

    def url(self, scheme: str = "postgresql", query: str = "") -> str:
        """The URL of the database."""
        p = self.parameters
        host = f"{p['PGUSER']}:{p['PGPASSWORD']}@{p['PGHOST']}:{p['PGPORT']}"
        return f"{scheme}://{host}/{p['PGDATABASE']}{query}"


class Peer(NamedTuple):
    """A program to compare with.

    Attributes:
        name: What it is called.
        install: Puts it into a folder; returns the path of its executable.
        command: What documents a database.
        note: What a reader of the table should know.
        relation: What it writes for each foreign key, when that does not name it.
        data: Which files of its output hold what it found, where a program's own files are among them.
        one_schema: Whether it documents one schema; it is given the one with the most tables.
        like: What of pgdossier is of its kind: `first`, the document, or `read`, data for other programs.
    """

    name: str
    install: Callable[[Path], str]
    command: Callable[[str, Task], Command]
    note: str
    relation: str | None = None
    data: str = "*"
    one_schema: bool = False
    like: str = "first"


def of_pip(program: str, *packages: str, ignore_python: bool = False) -> Callable[[Path], str]:
    """Installs Python packages into a virtual environment."""

    def install(folder: Path) -> str:
        found = folder / "bin" / program
        if not found.exists():
            venv.create(folder, with_pip=True, clear=True)
            options = ["--ignore-requires-python"] if ignore_python else []
            _run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *options, *packages])
        return str(found)

    return install


def of_npm(program: str, package: str) -> Callable[[Path], str]:
    """Installs an npm package."""

    def install(folder: Path) -> str:
        npm = shutil.which("npm")
        if npm is None:
            raise NotInstalledError("there is no npm")
        found = folder / "node_modules" / ".bin" / program
        if not found.exists():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "package.json").write_text('{"private": true}')
            _run([npm, "install", "--silent", "--no-audit", "--no-fund", package], folder)
        return str(found)

    return install


def of_debian(program: str, *packages: str) -> Callable[[Path], str]:
    """Unpacks Debian packages into a folder; nothing is installed on the system."""

    def install(folder: Path) -> str:
        apt, dpkg = shutil.which("apt-get"), shutil.which("dpkg-deb")
        if apt is None or dpkg is None:
            raise NotInstalledError("there is no apt-get")
        found = folder / "usr" / "bin" / program
        if not found.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _run([apt, "download", "--quiet", *packages], folder)
            for package in folder.glob("*.deb"):
                _run([dpkg, "-x", str(package), str(folder)])
        return str(found)

    return install


def _run(command: Sequence[str], folder: Path | None = None) -> None:
    """Run a step of an installation.

    Raises:
        NotInstalledError: It failed.
    """
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotInstalledError(type(error).__name__) from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if "rror" in line] or ["it could not be installed"]
        raise NotInstalledError(lines[-1].strip()[:120])


def task(databases: Databases, database: Database, tables: int, folder: Path, name: str) -> Task:
    """What a program is to do with the database of a size; `folder` has its dump."""
    sizes = {
        schema: sum(t.copies for t in database.tables if t.schema == schema) for schema in database.schemas
    }
    output = folder / "peers" / f"{name.replace('/', '-')}-{tables}"
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    return Task(
        databases.parameters(tables),
        folder / f"dump-{tables}.sql",
        database.schemas,
        max(sizes, key=lambda schema: (sizes[schema], schema)),
        output / "out",
    )


def _autodoc(program: str, task: Task) -> Command:
    root = Path(program).parents[2]
    p = task.parameters
    libraries = [root / "usr/share/perl5", *root.glob("usr/lib/*/perl5/*"), *root.glob("usr/lib/*/perl-base")]
    arguments = [
        shutil.which("perl") or "perl",
        program,
        "-d",
        p["PGDATABASE"],
        "-h",
        p["PGHOST"],
        "-p",
        p["PGPORT"],
    ]
    arguments += ["-u", p["PGUSER"], f"--password={p['PGPASSWORD']}", "-t", "html", "-f", str(task.output)]
    arguments += ["-l", str(root / "usr/share/postgresql-autodoc")]
    variables = {"PERL5LIB": os.pathsep.join(map(str, libraries))}
    if shared := next(iter(root.glob("usr/lib/*/libpq.so.5")), None):
        variables["LD_LIBRARY_PATH"] = str(shared.parent)
    return Command(arguments, variables)


def _eralchemy(program: str, task: Task) -> Command:
    url = task.url("postgresql+psycopg2")
    return Command([program, "-i", url, "-o", str(task.output.with_suffix(".er")), "-s", task.schema])


def _db2md(program: str, task: Task) -> Command:
    arguments = [program, "--url", task.url("postgresql+psycopg"), "--schema", task.schema]
    arguments += [
        "--database",
        task.parameters["PGDATABASE"],
        "--output",
        str(task.output.with_suffix(".md")),
    ]
    return Command(arguments)


def _extract(program: str, task: Task) -> Command:
    p = task.parameters
    arguments = [program, "-h", p["PGHOST"], "-p", p["PGPORT"], "-U", p["PGUSER"], "-d", p["PGDATABASE"]]
    return Command(arguments, {"PGPASSWORD": p["PGPASSWORD"]}, output=task.output.with_suffix(".json"))


def _dbml(program: str, task: Task) -> Command:
    url = task.url(query=f"?schemas={','.join(task.schemas)}")
    output = task.output.with_suffix(".dbml")
    return Command([program, "postgres", url, "-o", str(output)], folder=output.parent)


def _liam(program: str, task: Task) -> Command:
    arguments = [program, "erd", "build", "--input", str(task.dump), "--format", "postgres"]
    return Command([*arguments, "--output-dir", str(task.output)], folder=task.output.parent)


def _wizerd(program: str, task: Task) -> Command:
    return Command([program, "generate", str(task.dump), "-o", str(task.output.with_suffix(".svg"))])


def _erdscope(program: str, task: Task) -> Command:
    p = task.parameters
    url = task.url("postgres", f"?schema={task.schema}").replace(f":{p['PGPASSWORD']}@", "@")
    output = str(task.output.with_suffix(".html"))
    return Command([program, url, "-o", output, "--no-open"], {"PGPASSWORD": p["PGPASSWORD"]})


_DRIVERS = ("psycopg[binary]", "psycopg2-binary")

# Quick ones first: whoever ends the run early has most of the table.
PEERS = (
    Peer(
        "extract-pg-schema",
        of_npm("extract-pg-schema", "extract-pg-schema"),
        _extract,
        "JSON, no document",
        like="read",
    ),
    Peer(
        "db2md",
        of_pip("db2md", "db2md", *_DRIVERS, ignore_python=sys.version_info < (3, 14)),
        _db2md,
        "Markdown with a Mermaid diagram, of one schema",
        one_schema=True,
    ),
    Peer(
        "erdscope",
        of_pip("erdscope", "erdscope", *_DRIVERS),
        _erdscope,
        "an interactive diagram, of one schema",
        r'"type": "belongs_to"',
        one_schema=True,
    ),
    Peer(
        "eralchemy",
        of_pip("eralchemy", "eralchemy", "graphviz", *_DRIVERS),
        _eralchemy,
        "text for a diagram, of one schema",
        r"(?m)^\S+ [*?+1]--[*?+1] \S+",
        one_schema=True,
        like="read",
    ),
    Peer(
        "postgresql-autodoc",
        of_debian(
            "postgresql_autodoc",
            *("postgresql-autodoc", "libdbd-pg-perl", "libdbi-perl", "libhtml-template-perl"),
            *("libterm-readkey-perl", "libcgi-pm-perl", "libpq5"),
        ),
        _autodoc,
        "a web page",
        r"<ul>\s+<li><a href=\"#[\w-]+\.table\.",
    ),
    Peer(
        "@liam-hq/cli",
        of_npm("liam", "@liam-hq/cli"),
        _liam,
        "a web page, from the SQL of pg_dump",
        data="schema.json",
    ),
    Peer(
        "wizerd",
        of_pip("wizerd", "wizerd"),
        _wizerd,
        "one picture, from the SQL of pg_dump",
        r"url\(#fk-arrow\)\"",
    ),
    Peer(
        "@dbml/cli",
        of_npm("db2dbml", "@dbml/cli"),
        _dbml,
        "DBML, no document",
        r"(?m)^Ref ",
        "*.dbml",
        like="read",
    ),
)
