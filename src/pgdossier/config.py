"""What a run is asked to do: configuration file, flags and environment become one `Config`.

The file is `pgdossier.toml`, or the table `[tool.pgdossier]` of a `pyproject.toml`. Flags win over the
file, the file wins over the environment; only `PGDOSSIER_SOURCE` counts as a flag. Reading is strict: a key
that is not known or a value that is not allowed is an error that names the file and the line. No message
made here repeats a value that was read, because a value may hold a password.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints
from urllib.parse import unquote

import msgspec
from msgspec import Meta

from pgdossier import toml
from pgdossier.errors import ConfigurationError, UsageError

FILE_NAME = "pgdossier.toml"
SOURCE_VARIABLE = "PGDOSSIER_SOURCE"
_PYPROJECT = "pyproject.toml"

# --- where the facts come from -------------------------------------------------------------------

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
# One `keyword = value` pair of a connection string, as libpq reads it (PostgreSQL documentation, 34.1.1.1):
# a value is quoted with single quotes or ends at the next white space; a backslash escapes in both.
_PAIR = re.compile(
    r"\s*(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*|)(?:\s+|$)", re.DOTALL
)
_SECRET_NAME = re.compile(r"pass(?!file)|pwd|secret|token|credential|api_?key|scram_\w+_key", re.IGNORECASE)
_MASK = "***"


class Source(msgspec.Struct, frozen=True):
    """Where the facts come from: a server or a saved snapshot.

    Its `repr` shows the masked form only, so that no traceback or log gives a password away.

    Attributes:
        kind: "server" (then `conninfo` counts) or "snapshot" (then `path` does).
        conninfo: A connection URL or `keyword=value` string for libpq; empty: libpq's own PG* environment,
            password file and service file decide. Holds secrets: pass it to the driver and to nobody else.
        path: The snapshot file, or None for a server.
    """

    kind: Literal["server", "snapshot"] = "server"
    conninfo: str = ""
    path: Path | None = None

    @property
    def masked(self) -> str:
        """The source as messages may show it: every secret replaced by `***`."""
        if self.path is not None:
            return str(self.path)
        if not self.conninfo:
            return "the server that the PG* environment names"
        if _URL.match(self.conninfo):
            return _masked_url(self.conninfo)
        pairs = _pairs(self.conninfo) or []
        return " ".join(f"{name}={_MASK if _SECRET_NAME.search(name) else value}" for name, value in pairs)

    def __repr__(self) -> str:
        return f"Source({self.kind}: {self.masked})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:  # what rich would show instead of the repr
        return [("kind", self.kind), ("masked", self.masked)]


def parse_source(text: str, *, base: Path = Path(), given: str = "SOURCE") -> Source:
    """Tell what kind of source `text` is.

    Args:
        text: A URL (`postgresql://`, `postgres://`, SQLAlchemy's `postgresql+psycopg://`), a libpq connection
            string (`host=… dbname=…`, `service=NAME`), or the path of a snapshot file.
        base: The folder that a relative path starts from.
        given: Where the text comes from, for messages: "SOURCE", "$DATABASE_URL", "pgdossier.toml:3: source".

    Raises:
        UsageError: It is none of these. The message never repeats the text.
    """
    forms = (
        "a postgresql:// URL, a connection string such as 'host=db.example dbname=shop' or 'service=shop', "
    )
    hint = f"it is {forms}or the path of a snapshot.json"
    if not text.strip():
        raise UsageError(f"{given} is empty", hint=f"{hint}; was a shell variable not set?")
    if "\0" in text:
        raise UsageError(f"{given} contains a zero byte", hint=hint)
    if match := _URL.match(text):
        scheme = match.group(1).lower()
        if scheme.partition("+")[0] not in ("postgresql", "postgres"):
            raise UsageError(f"{given} is a URL of another kind than postgresql://", hint=hint)
        return Source(conninfo=f"postgresql://{text[match.end() :]}")
    path = base / text
    if _is_file(path):
        return Source(kind="snapshot", path=path)
    if _pairs(text):
        return Source(conninfo=text)
    if text.lower().endswith(".json"):
        return Source(kind="snapshot", path=path)
    raise UsageError(
        f"{given} is not a connection URL, a connection string or the path of a snapshot",
        hint=f"{hint}; a bare database name is written dbname=NAME",
    )


def scrub(text: str) -> str:
    """Mask whatever looks like a secret in free text (an unexpected error, a traceback) before it shows."""
    text = re.sub(r"(://[^\s:/@'\"]*):[^\s'\"]*@", rf"\1:{_MASK}@", text)
    return re.sub(
        r"(?i)(\b\w{0,40}?(?:pass(?:word|wd|phrase)?|pwd|secret|token)\w{0,40}['\"]?\s*[=:]\s*)('(?:[^'\\]|\\.)*'|\"[^\"]*\"|[^\s&,;)]+)",
        rf"\1{_MASK}",
        text,
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # longer than a file name may be, for one
        return False


def _pairs(text: str) -> list[tuple[str, str]] | None:
    """The pairs of a libpq connection string, or None when it is none."""
    pairs, position = [], 0
    text = text.strip()
    while position < len(text):
        match = _PAIR.match(text, position)
        if match is None:
            return None
        pairs.append((match.group(1), match.group(2)))
        position = match.end()
    return pairs


def _masked_url(url: str) -> str:
    """Mask the password and every secret parameter of a URL, rather too much than too little.

    A password should be percent-encoded, but people paste it raw; so it is taken to end at the last `@`.
    """
    scheme, _, rest = url.partition("://")
    userinfo, at, address = rest.rpartition("@")
    user, colon, _ = userinfo.partition(":")
    rest = f"{user}{colon and ':' + _MASK}{at}{address}"
    parts = re.split(r"([?&])", rest)
    for index in range(2, len(parts), 2):
        name, equals, _ = parts[index].partition("=")
        if equals and _SECRET_NAME.search(unquote(name)):
            parts[index] = f"{name}={_MASK}"
    return f"{scheme}://{''.join(parts)}"


# --- what can be configured ----------------------------------------------------------------------
# The description of each key says which values it takes, as the end of the sentence "KEY must be …".

_Text = Annotated[str, Meta(description="a text in quotes")]
_Texts = Annotated[
    tuple[Annotated[str, Meta(min_length=1)], ...], Meta(description='a list of patterns such as ["sales.*"]')
]
_Switch = Annotated[bool, Meta(description="true or false")]
_Count = Annotated[int, Meta(ge=0, le=1_000_000, description="a whole number from 0 to 1000000")]
_Seconds = Annotated[
    float, Meta(ge=0, le=86_400, description="a number of seconds from 0 (no limit) to 86400")
]


class Diagrams(msgspec.Struct, frozen=True, kw_only=True):
    """The table `[diagrams]`.

    Attributes:
        enabled: Draw diagrams with Graphviz; otherwise the document holds Mermaid text.
        dot: The Graphviz executable: a path, or a bare name to be found on PATH; None: the bundled one.
        keys_only_above: From how many tables upward a diagram shows key columns only.
        most_boxes: The most boxes of a diagram; what has more is shown as a map of its domains.
        timeout: Seconds that the first attempt to draw a diagram may take; simpler ones may take a quarter.
        processes: How many Graphviz processes may run side by side, at most one for each processor.
    """

    enabled: _Switch = True
    dot: Annotated[str | None, Meta(description="a text in quotes")] = None
    keys_only_above: _Count = 25
    most_boxes: Annotated[int, Meta(ge=10, le=200, description="a whole number from 10 to 200")] = 30
    timeout: Annotated[
        float, Meta(gt=0, le=86_400, description="a number of seconds above 0 and up to 86400")
    ] = 60.0
    processes: Annotated[int, Meta(ge=1, le=64, description="a whole number from 1 to 64")] = 2


class Embedded(msgspec.Struct, frozen=True, kw_only=True):
    """The table `[embedded]`: the PostgreSQL server that pgdossier starts itself.

    Attributes:
        pg_bin: The folder of `postgres` and `initdb`; None: the extra `embedded`, then an installed one.
    """

    pg_bin: Annotated[Path | None, Meta(description="a path in quotes")] = None


_DescribedBy = Annotated[dict[str, Any], Meta(description='a table of descriptions, NAME = "text"')]


class Descriptions(msgspec.Struct, frozen=True, kw_only=True):
    """The table `[descriptions]`: what people say of objects beside the database.

    Attributes:
        folder: The folder of the files with descriptions; None: `descriptions` beside the configuration file,
            if there is one.
        database: What the database is for.
        schemas: Descriptions by name, as the other tables.
        tables: Of tables, views, materialized views and foreign tables.
        columns: Of columns.
        types: Of enums, domains and other types.
        routines: Of functions, procedures and aggregates.
    """

    folder: Annotated[Path | None, Meta(description="a path in quotes")] = None
    database: _Text = ""
    schemas: _DescribedBy = {}
    tables: _DescribedBy = {}
    columns: _DescribedBy = {}
    types: _DescribedBy = {}
    routines: _DescribedBy = {}


class ImpliedKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The table `[implied]`: foreign keys that names and types imply.

    Attributes:
        minimum_confidence: The least confidence, in percent, of one that the document shows; 100: none.
    """

    minimum_confidence: Annotated[
        int, Meta(ge=0, le=100, description="a percentage, a whole number from 0 to 100")
    ] = 60


_END_OF_RELATIONSHIP = Annotated[str, Meta(pattern=r"[^\s(].*\(.+\)\s*$")]


class DeclaredRelationship(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table `[[relationships]]`: a relationship that no foreign key declares.

    Attributes:
        child: The key `from`: the referencing columns, `schema.table(column, …)`.
        parent: The key `to`: the referenced columns.
        cardinality: How many children a parent has, and how many parents a child.
        note: Why, for readers.
    """

    child: _END_OF_RELATIONSHIP = msgspec.field(name="from")
    parent: _END_OF_RELATIONSHIP = msgspec.field(name="to")
    cardinality: Literal["many-to-one", "one-to-one"] = "many-to-one"
    note: str = ""


# The categories of pgdossier.analysis.sensitive; "none" clears.
SensitiveCategory = Literal[
    "credential",
    "financial",
    "government_id",
    "health",
    "biometric",
    "special",
    "personal",
    "contact",
    "location",
    "online",
    "none",
]


class SensitiveColumns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table `[[sensitive]]`: what the project says of columns, in place of what rules find.

    Attributes:
        column: A pattern with `*` on `schema.table.column`.
        category: What their data are about; "none" clears them.
        reason: Why, for readers.
    """

    column: Annotated[str, Meta(min_length=1)]
    category: SensitiveCategory
    reason: Annotated[str, Meta(min_length=1)]


class DeclaredDomain(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table `[[domains]]`: a group of tables that the project names.

    Attributes:
        name: What it is called.
        tables: Patterns with `*` on `schema.table`.
        description: What it is for.
    """

    name: Annotated[str, Meta(pattern=r"\S")]
    tables: Annotated[tuple[Annotated[str, Meta(min_length=1)], ...], Meta(min_length=1)]
    description: str = ""


class Acceptance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table `[[review.accept]]`: findings of the review that the project lives with.

    Attributes:
        rule: The name of a rule, or a pattern with `*`.
        object: A pattern with `*` on names: `sales.orders`, `sales.orders.status`, `staging.*`.
        reason: Why.
        until: The last day on which it holds; None: for good.
    """

    rule: Annotated[str, Meta(min_length=1)]
    object: Annotated[str, Meta(min_length=1)]
    reason: Annotated[str, Meta(min_length=1)]
    until: dt.date | None = None


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """The table `[review]`: the design review.

    Attributes:
        fail_on: The least severity with which `pgdossier review` says no.
        severity: Other severities than the rules' own, by rule.
        thresholds: Other numbers than the rules' own, by name.
        conventions: The sides that the project takes, by name.
        accept: The tables `[[review.accept]]`.
    """

    fail_on: Annotated[
        Literal["error", "warning", "advice", "never"],
        Meta(description='"error", "warning", "advice" or "never"'),
    ] = "warning"
    severity: Annotated[
        dict[str, Literal["error", "warning", "advice", "off"]],
        Meta(description='a table, RULE = "error", "warning", "advice" or "off"'),
    ] = {}
    thresholds: Annotated[
        dict[str, Annotated[int, Meta(ge=0)]],
        Meta(description="a table, NAME = a whole number that is not negative"),
    ] = {}
    conventions: Annotated[dict[str, str], Meta(description='a table, NAME = "side"')] = {}
    accept: Annotated[
        tuple[Acceptance, ...],
        Meta(
            description="tables [[review.accept]], each with rule, object and reason in quotes, and perhaps"
            " until = a date such as 2027-01-31"
        ),
    ] = ()


_Limit = Annotated[
    tuple[Annotated[float, Meta(ge=0, le=1e12)], Annotated[float, Meta(ge=0, le=1e12)]],
    Meta(description="a list of two numbers that are not negative, [warning, critical]"),
]


class Monitoring(msgspec.Struct, frozen=True, kw_only=True):
    """The table `[monitoring]`: the thresholds of the figures in §10.3, each [warning, critical].

    `pgdossier.analysis.monitoring.Limits` says what each is, and has the same defaults.
    """

    connections: _Limit = (75, 90)
    cache_hit: _Limit = (95, 90)
    dead_rows: _Limit = (30, 50)
    vacuum_lag: _Limit = (1, 7)
    transaction_age: _Limit = (1000, 1500)
    multixact_age: _Limit = (1000, 1500)
    replication_lag: _Limit = (100, 1024)
    replication_delay: _Limit = (60, 600)
    slot_wal: _Limit = (1024, 10_240)
    inactive_slots: _Limit = (1, 5)
    deadlocks: _Limit = (1, 10)
    sequences: _Limit = (75, 90)
    requested_checkpoints: _Limit = (50, 80)
    invalid_indexes: _Limit = (1, 5)
    long_transaction: _Limit = (15, 120)
    idle_in_transaction: _Limit = (5, 20)
    prepared_transaction: _Limit = (5, 60)
    bloat: _Limit = (50, 75)
    temporary_files: _Limit = (1024, 10_240)
    checksum_failures: _Limit = (1, 10)


Language = Literal["en", "de", "es", "fr", "ja", "pt", "vi", "zh"]
"""What a document can be written in: the codes of `language.LANGUAGES`."""

Format = Literal["html", "pdf", "docx"]
"""What a document can be written in besides Markdown: the names of `render.formats.FORMATS`."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a run is told.

    Attributes:
        source: Where the facts come from.
        output: The folder of the document.
        formats: What is written besides Markdown.
        language: What the fixed words of the document are written in; the database's own stay as they are.
        layout: "single" page, one page per relation ("split"), or decided by `split_above` ("auto").
        split_above: From how many relations upward "auto" splits.
        schemas: Patterns as in psql (`sales.*`, `public.user*`) of what to document; empty: everything.
        exclude: Patterns of what to leave out; wins over `schemas`.
        redact: Regular expressions of what is not to be kept of texts (`pgdossier.model.redaction`).
        template_dir: A folder of templates that replace or extend the built-in ones.
        title: The title of the document; empty: derived from the name of the database.
        front_matter: Begin each page with front matter for site generators.
        prepared_by: For the title block.
        status: For the title block.
        author: Who makes the revisions; empty: who git says works in the output folder.
        statement_timeout: Seconds that one catalog query may take; 0: no limit.
        lock_timeout: Seconds to wait for a lock that somebody else holds; 0: no limit.
        activity: Read what the running server knows: settings, counters, statements, who is connected.
        diagrams: The table `[diagrams]`.
        embedded: The table `[embedded]`.
        descriptions: The table `[descriptions]`.
        implied: The table `[implied]`.
        review: The table `[review]`.
        monitoring: The table `[monitoring]`.
        relationships: The tables `[[relationships]]`: relationships that the project declares itself.
        sensitive: The tables `[[sensitive]]`: what the project says of sensitive columns.
        domains: The tables `[[domains]]`: groups of tables that the project names, in their order.
        keep: Flag only: move what somebody wrote outside the blocks into the nearest block.
        discard: Flag only: overwrite generated pages although somebody edited them outside the blocks.
        refresh_statistics: Flag only: take new volatile facts although the structure is unchanged.
        probe_data: Flag only: look for values of implied and declared foreign keys in their parents.
        file: The configuration file that was read, or None.
    """

    source: Annotated[Source, Meta(description="a text in quotes")] = Source()
    output: Annotated[Path, Meta(description="a path in quotes")] = Path("docs/database")
    formats: Annotated[
        tuple[Format, ...], Meta(description='a list of formats in quotes: "html", "pdf", "docx"')
    ] = ()
    language: Annotated[
        Language, Meta(description=" or ".join(f'"{code}"' for code in get_args(Language)))
    ] = "en"
    layout: Annotated[Literal["auto", "single", "split"], Meta(description='"auto", "single" or "split"')] = (
        "auto"
    )
    split_above: _Count = 40
    schemas: _Texts = ()
    exclude: _Texts = ()
    redact: Annotated[
        tuple[Annotated[str, Meta(min_length=1)], ...],
        Meta(description="a list of regular expressions such as ['\\bDE\\d{20}\\b']"),
    ] = ()
    template_dir: Annotated[Path | None, Meta(description="a path in quotes")] = None
    title: _Text = ""
    front_matter: _Switch = False
    prepared_by: _Text = ""
    status: _Text = ""
    author: _Text = ""
    statement_timeout: _Seconds = 60.0
    lock_timeout: _Seconds = 5.0
    activity: _Switch = True
    diagrams: Annotated[Diagrams, Meta(description="a table, written [diagrams]")] = Diagrams()
    embedded: Annotated[Embedded, Meta(description="a table, written [embedded]")] = Embedded()
    descriptions: Annotated[Descriptions, Meta(description="a table, written [descriptions]")] = (
        Descriptions()
    )
    implied: Annotated[ImpliedKeys, Meta(description="a table, written [implied]")] = ImpliedKeys()
    review: Annotated[Review, Meta(description="a table, written [review]")] = Review()
    monitoring: Annotated[Monitoring, Meta(description="a table, written [monitoring]")] = Monitoring()
    relationships: Annotated[
        tuple[DeclaredRelationship, ...],
        Meta(
            description="tables [[relationships]], each with from and to written"
            ' "schema.table(column)", and perhaps cardinality ("many-to-one" or "one-to-one") and note'
        ),
    ] = ()

    sensitive: Annotated[
        tuple[SensitiveColumns, ...],
        Meta(
            description="tables [[sensitive]], each with column (a pattern on schema.table.column), category"
            f" ({', '.join(get_args(SensitiveCategory))}) and reason in quotes"
        ),
    ] = ()

    domains: Annotated[
        tuple[DeclaredDomain, ...],
        Meta(
            description='tables [[domains]], each with name, tables (patterns such as ["public.invoice*"]),'
            " and perhaps description"
        ),
    ] = ()

    keep: bool = False
    discard: bool = False
    refresh_statistics: bool = False
    probe_data: bool = False
    file: Path | None = None


_FLAGS_ONLY = frozenset({"keep", "discard", "refresh_statistics", "probe_data", "file"})
_SECTIONS: dict[str, type[msgspec.Struct]] = {
    "diagrams": Diagrams,
    "embedded": Embedded,
    "descriptions": Descriptions,
    "implied": ImpliedKeys,
    "review": Review,
    "monitoring": Monitoring,
}
# Where an empty text means "not given", so that a file can show the key without setting it.
_EMPTY_IS_UNSET = ("source", "template_dir", "diagrams.dot", "embedded.pg_bin", "descriptions.folder")


def keys() -> dict[str, str]:
    """Every key of the configuration file, dotted, in order, with what its value must be."""

    def described(section: type[msgspec.Struct], prefix: str) -> Iterator[tuple[str, str]]:
        for name, hint in get_type_hints(section, include_extras=True).items():
            if name in _SECTIONS and not prefix:
                yield from described(_SECTIONS[name], f"{name}.")
            elif prefix or name not in _FLAGS_ONLY:
                yield prefix + name, _description(hint)

    return dict(described(Config, ""))


def _description(hint: Any) -> str:
    return next(meta.description or "" for meta in hint.__metadata__ if isinstance(meta, Meta))


# --- reading -------------------------------------------------------------------------------------


def load(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    discover: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Config:
    """Merge file, flags and environment.

    Args:
        flags: Values by key (`embedded.pg_bin` for one in a table); None as a value means not given. `source`
            is the text of the argument; paths are relative to the working directory.
        file: The configuration file to read; it must exist.
        discover: Without `file`: the folder where the search for one begins (see `find`); None: no search.
        environ: Where `PGDOSSIER_SOURCE` is looked up, which counts as the argument does and keeps secrets
            off the command line, and `DATABASE_URL` when neither flags nor file name a source.

    Returns:
        The configuration, validated. Paths of the file, and the default output, are relative to the file.

    Raises:
        ConfigurationError: The file cannot be read, is not TOML, or has an unknown key or a wrong value.
        UsageError: The source is nonsense, or a pattern to redact.
    """
    if file is None and discover is not None:
        file = find(discover)
    config = Config() if file is None else _read(file)
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    source = given.pop("source", None)
    if isinstance(source, str):
        given["source"] = parse_source(source)
    elif environ.get(SOURCE_VARIABLE):
        given["source"] = parse_source(environ[SOURCE_VARIABLE], given=f"${SOURCE_VARIABLE}")
    elif config.source == Source() and environ.get("DATABASE_URL"):
        given["source"] = parse_source(environ["DATABASE_URL"], given="$DATABASE_URL")
    for name in [name for name in given if "." in name]:
        section, _, key = name.partition(".")
        given[section] = msgspec.structs.replace(getattr(config, section), **{key: given.pop(name)})
    config = msgspec.structs.replace(config, **given)
    if config.redact:
        from pgdossier.model.redaction import Redaction  # noqa: PLC0415 - few ask for it, and it loads a library

        Redaction(config.redact)  # a pattern that is none is told before anything else is done
    return config


def find(directory: Path) -> Path | None:
    """Find the configuration file of a folder: in it, or in a parent up to the root of its repository.

    Outside a repository only the folder itself is searched: a file further up (in a folder that everybody
    may write to, for one) could name an executable.

    Args:
        directory: Where the search begins.

    Returns:
        `pgdossier.toml`, or a `pyproject.toml` with a table `[tool.pgdossier]`, or None.

    Raises:
        ConfigurationError: A `pyproject.toml` that mentions pgdossier is not TOML.
    """
    start = directory.absolute()
    folders = [start, *start.parents]
    root = next((index for index, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    for index, folder in enumerate(folders[: root + 1]):
        here = directory if index == 0 else folder  # the short form reads better in messages
        if _is_file(here / FILE_NAME):
            return here / FILE_NAME
        if _is_file(here / _PYPROJECT):
            text = _text(here / _PYPROJECT)
            if "pgdossier" in text and _table(here / _PYPROJECT, text) is not None:
                return here / _PYPROJECT
    return None


def _text(file: Path) -> str:
    return toml.text_of(file, missing="`pgdossier init` writes one")


def _table(file: Path, text: str) -> Any:
    """What the file holds for pgdossier: the whole of a `pgdossier.toml`, one table of a `pyproject.toml`."""
    document: Any = toml.parsed(file, text, hint='texts and paths stand in quotes: layout = "split"')
    for name in _prefix(file):
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _prefix(file: Path) -> tuple[str, ...]:
    return ("tool", "pgdossier") if file.name == _PYPROJECT else ()


def _read(file: Path) -> Config:
    text = _text(file)
    table = _table(file, text)
    if table is None:
        raise ConfigurationError(
            f"{file}: there is no table [tool.pgdossier]", hint="add it, or use pgdossier.toml"
        )
    if not isinstance(table, dict):
        raise ConfigurationError(f"{_where(file, text, ())}: tool.pgdossier must be a table")
    _refuse_unknown(file, text, table)
    _drop_unset(table)
    source = table.pop("source", "")
    if not isinstance(source, str):
        raise _wrong(file, text, ("source",))
    base = file.parent

    def path(kind: type, value: object) -> object:
        if kind is Path and isinstance(value, str) and value and "\0" not in value:
            return base / value
        raise TypeError

    try:
        config = msgspec.convert(table, Config, dec_hook=path)
    except msgspec.ValidationError as error:
        match = re.search(r" - at `\$\.([\w.]+)", str(error))
        raise _wrong(file, text, tuple(match.group(1).split(".")) if match else ()) from None
    changes: dict[str, object] = {"file": file}
    if source:
        changes["source"] = parse_source(
            source, base=base, given=f"{_where(file, text, ('source',))}: source"
        )
    if "output" not in table:
        changes["output"] = base / config.output
    if config.diagrams.dot and re.search(r"[/\\]", config.diagrams.dot):
        changes["diagrams"] = msgspec.structs.replace(config.diagrams, dot=str(base / config.diagrams.dot))
    return msgspec.structs.replace(config, **changes)


def _drop_unset(table: dict[str, Any]) -> None:
    for name in _EMPTY_IS_UNSET:
        section, _, key = name.rpartition(".")
        holder = table.get(section) if section else table
        if isinstance(holder, dict) and holder.get(key) == "":
            del holder[key]


def _wrong(file: Path, text: str, key: tuple[str, ...]) -> ConfigurationError:
    name = ".".join(key)
    must = (
        _description(get_type_hints(Config, include_extras=True)[name])
        if name in _SECTIONS
        else keys().get(name)
    )
    return ConfigurationError(
        f"{_where(file, text, key)}: {name or 'a value'} must be {must or 'of another type'}",
        hint="docs/configuration.md describes every key; `pgdossier init` writes a file with all of them",
    )


def _refuse_unknown(file: Path, text: str, table: dict[str, Any]) -> None:
    """Raise for the first key that is not known, naming the nearest that is."""
    known = list(keys())
    top = [name for name in known if "." not in name]
    for name, value in table.items():
        if name in _SECTIONS:
            inner = value if isinstance(value, dict) else {}
            unknown = next((key for key in inner if f"{name}.{key}" not in known), None)
            if unknown is not None:
                candidates = [key.partition(".")[2] for key in known if key.startswith(f"{name}.")]
                raise _unknown(file, text, (name, unknown), candidates, top)
        elif name not in top:
            raise _unknown(file, text, (name,), [*top, *_SECTIONS], known)


def _unknown(
    file: Path, text: str, key: tuple[str, ...], candidates: list[str], elsewhere: list[str]
) -> ConfigurationError:
    last = key[-1]
    dotted = {name.rpartition(".")[2]: name for name in elsewhere}
    if near := difflib.get_close_matches(last.lower().replace("-", "_"), candidates, n=1):
        hint = f"did you mean {near[0]}?"
    elif last in dotted and len(key) > 1:
        hint = f"{last} is a key of the top level: it stands above the first [table]"
    elif near := difflib.get_close_matches(last.lower().replace("-", "_"), list(dotted), n=1):
        hint = f"did you mean {dotted[near[0]]}?"
    else:
        hint = f"known here: {', '.join(candidates)}"
    shown = ".".join(
        name if re.fullmatch(r"[\w-]{1,80}", name) else toml.one_line(json.dumps(name)) for name in key
    )
    return ConfigurationError(f"{_where(file, text, key)}: unknown key {shown}", hint=hint)


def _where(file: Path, text: str, key: tuple[str, ...]) -> str:
    """`FILE:LINE` of a key, or `FILE` when the line cannot be told."""
    return toml.where(file, text, (*_prefix(file), *key))


def position(file: Path, key: tuple[str, ...]) -> str:
    """`FILE:LINE` of a key of a configuration file that was read, for messages. Raises as `load`."""
    return _where(file, _text(file), key)
