r"""Hypothesis strategies for whole schemas: names that look like anything, types, expressions, objects.

`schemas()` gives the SQL of a schema as a list of statements, each to be run on its own. Statements are made
to be valid, but nobody guarantees it: what the server refuses is left out, and what it has then is asked of
its own catalogs. One example holds several tables, because reading a database costs the same for one and ten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.support.hostile import COMMENTS, NAMES, identifier, literal

# --- names and texts ---------------------------------------------------------------------------------

# Beginnings, ends and middles of what somebody could take for markup, code, a path or another name.
_FRAGMENTS = (
    *("`", "``", "```", "~~~", "|", "\\", "\\|", "*", "**", "_", "__", "~~", "#", "# ", "- ", "1. ", "> "),
    *("<b>", "</b>", "<!--", "-->", "<!-- authored: x -->", "<!-- /authored -->", "<br>", "<a id='x'>"),
    *("</td>", "</details>", "<script>", "</script>", "<img src=x onerror=alert(1)>", "<svg/onload=x>"),
    *("&amp;", "&#", "&lt;", "&", "<", ">", '"', "'", "''", '""', "$$", "$x$", ";", "--", "/*", "*/"),
    *("{{", "}}", "{%", "%}", "{#", "#}", "${", "}", "{", "%", "%s", "%%", ":x", ":'x'"),
    *("[x]", "](", "[x](javascript:alert(1))", "![x](y)", "[^1]", "[[x]]", "javascript:", "data:text/html,"),
    *("http://x.invalid", "www.x.invalid", "a@b.invalid", "@x", "#1", "(", ")", "[", "]", "!", "=", "==="),
    *("---", "->", "-->|x|", ";A-->B", "subgraph", "end", "click", "||--o{", "%%{init: {}}%%", "digraph"),
    *("\n", "\r\n", "\r", "\t", "\x01", "\x0b", "\x0c", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029"),
    *("\u200b", "\u200d", "\u200e", "\u202e", "\u2067", "\u2069", "\ufeff", "\u00ad", "\u00a0", "\u0301"),
    *("é", "ß", "İ", "ı", "ﬁ", "日本", "עברית", "العربية", "🧨", "👩\u200d👧", "\U0010fffd"),  # noqa: RUF001 - odd on purpose
    *(
        "a",
        "A",
        "b",
        "x",
        "1",
        "0",
        " ",
        "  ",
        ".",
        "..",
        "/",
        "../",
        "c:",
        "con",
        "README",
        "-",
        "\\N",
        "\\l",
    ),
)
_RESERVED = (
    *("select", "from", "table", "user", "order", "group", "all", "default", "check", "null", "true", "end"),
    *("ctid", "public", "pg_catalog", "id", "Id", "ID", "new", "old", "value", "values", "column", "index"),
)
_characters = st.characters(codec="utf-8", exclude_characters="\0")
_pieces = st.lists(st.sampled_from(_FRAGMENTS), min_size=1, max_size=5).map("".join)


def cut(name: str) -> str:
    """What PostgreSQL keeps of a name: 63 bytes of whole characters."""
    return name.encode()[:63].decode(errors="ignore")


names: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(NAMES),
    _pieces,
    st.sampled_from(_RESERVED),
    st.text(_characters, min_size=1, max_size=20),
    st.sampled_from(("é", "日", "🧨", "x", "<", "`", "|", "\\", "\u202e", " ", '"')).map(
        lambda one: one * 63
    ),
).map(cut)
"""A name of 1 to 63 bytes, of every kind that PostgreSQL takes."""

texts: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(COMMENTS),
    st.lists(st.sampled_from((*_FRAGMENTS, "\n", "\n\n", "word ")), min_size=1, max_size=12).map("".join),
    st.text(_characters, min_size=1, max_size=60),
)
"""A text as a comment or a literal may be."""

# --- types and expressions ---------------------------------------------------------------------------

# Types with a literal of each, and whether btree can order them.
_TYPES: tuple[tuple[str, str, bool], ...] = (
    ("text", "'x'", True),
    ("character varying(40)", "'x'", True),
    ("character(3)", "'x'", True),
    ("name", "'x'", True),
    ("integer", "0", True),
    ("bigint", "9223372036854775807", True),
    ("smallint", "-32768", True),
    ("numeric(12,4)", "0.5", True),
    ("numeric", "'NaN'", True),
    ("real", "1e-30", True),
    ("double precision", "'-Infinity'", True),
    ("money", "'1.00'", True),
    ("boolean", "true", True),
    ("date", "'infinity'", True),
    ("time(3) without time zone", "'12:00'", True),
    ("timestamp(0) without time zone", "'2020-01-01'", True),
    ("timestamp with time zone", "now()", True),
    ("interval day to second(2)", "'1 day'", True),
    ("uuid", "gen_random_uuid()", True),
    ("bytea", r"'\x00ff'", True),
    ("jsonb", "'{}'", True),
    ("json", "'[]'", False),
    ("xml", "'<a/>'", False),
    ("inet", "'127.0.0.1'", True),
    ("cidr", "'10.0.0.0/8'", True),
    ("macaddr8", "'08:00:2b:01:02:03:04:05'", True),
    ("bit(4)", "B'0101'", True),
    ("bit varying(9)", "B'1'", True),
    ("tsvector", "'a b'", True),
    ("point", "'(1,2)'", False),
    ("int4range", "'[1,5)'", True),
    ("tstzrange", "'empty'", True),
    ("text[]", "'{a,b}'", True),
    ("integer[][]", "'{}'", True),
    ("numeric(5,2)[]", "'{1.5}'", True),
    ("pg_lsn", "'0/0'", True),
    ("regclass", "'pg_class'", True),
)
_WORDS = ("text", "character varying(40)", "character(3)", "name")
_NUMBERS = ("integer", "bigint", "smallint", "numeric(12,4)", "numeric", "real", "double precision")

# PostgreSQL declares a foreign key on it in CREATE TABLE, but can check none ("cannot determine element type
# of anyarray"): ALTER TABLE … ADD refuses it, and so does every INSERT.
_UNCHECKED = "numeric(5,2)[]"


@dataclass
class _Column:
    name: str
    type: str
    value: str
    ordered: bool

    @property
    def sql(self) -> str:
        return identifier(self.name)


@dataclass
class _Table:
    name: str
    columns: list[_Column]
    key: _Column | None = None
    partitioned: bool = False
    taken: set[str] = field(default_factory=set)

    @property
    def sql(self) -> str:
        return f"{SCHEMA}.{identifier(self.name)}"


NAME = 'fu|zz`ed "s" <i>'
SCHEMA = identifier(NAME)
"""Every object is in this schema, but for the tables of a second one, which may be called alike."""


class _Maker:
    """Draws one schema after a small grammar."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.statements: list[str] = [f"CREATE SCHEMA {SCHEMA};"]
        self.used: set[str] = set()
        self.types: list[tuple[str, str, bool]] = []
        self.tables: list[_Table] = []

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def chance(self, of: int = 2) -> bool:
        return self.draw(st.integers(1, of)) == of

    def name(self, taken: set[str] | None = None) -> str:
        """A name that is not taken (by default: in the schema)."""
        taken = self.used if taken is None else taken
        name, more = self.draw(names), 0
        while name in taken:
            more += 1
            name = cut(name.encode()[:58].decode(errors="ignore") + f" {more}")
        taken.add(name)
        return name

    def text(self) -> str:
        return literal(self.draw(texts))

    def comment(self, on: str) -> None:
        if self.chance():
            self.statements.append(f"COMMENT ON {on} IS {self.text()};")

    # --- expressions ---

    def condition(self, columns: list[_Column], depth: int = 2) -> str:
        """A boolean expression of these columns."""
        kind = self.number(0, 5) if depth else 5
        if kind == 0:
            return f"NOT ({self.condition(columns, depth - 1)})"
        if kind in (1, 2):
            word = ("AND", "OR")[kind - 1]
            return f"({self.condition(columns, depth - 1)}) {word} ({self.condition(columns, depth - 1)})"
        if kind == 3:
            inner = self.condition(columns, depth - 1)
            return f"CASE WHEN {inner} THEN {self.condition(columns, 0)} ELSE false END"
        return self.comparison(self.draw(st.sampled_from(columns)))

    def comparison(self, column: _Column) -> str:
        """A comparison of one column."""
        sql, value = column.sql, f"{column.value}::{column.type}"
        element = column.type.split("[", 1)[0]
        ways: list[Callable[[], str]] = [
            lambda: f"{sql} IS NOT NULL",
            lambda: f"{sql} IS NULL",
            lambda: f"num_nonnulls({sql}) <> 0",
        ]
        if column.type in _WORDS:
            ways += [
                lambda: f"{sql} <> {self.text()}",
                lambda: f"{sql} IN ({self.text()}, {self.text()}, 'x')",
                lambda: f"length({sql}) > {self.number(0, 99)}",
                lambda: f"{sql} ~ '^[a-z`|]+$'",
                lambda: f"{sql} LIKE {self.text()} ESCAPE '!'",
                lambda: f"lower({sql}) || {self.text()} <> COALESCE({sql}, {self.text()})",
            ]
        elif column.type in _NUMBERS:
            ways += [
                lambda: f"{sql} > {self.number(-9, 99)}",
                lambda: f"{sql} BETWEEN -{self.number(0, 9)} AND {self.number(0, 9)}",
                lambda: f"{sql} IN (1, 2, {self.number(0, 99)})",
                lambda: f"{sql} * 2 + 1 <> {self.number(0, 99)}",
            ]
        elif column.type == "boolean":
            ways += [lambda: sql, lambda: f"{sql} IS NOT TRUE"]
        elif column.ordered:
            ways += [lambda: f"{sql} >= {value}", lambda: f"{sql} IS DISTINCT FROM {value}"]
            if element == column.type and not column.type.startswith('"'):
                ways.append(lambda: f"{sql} = ANY (ARRAY[{value}])")
        return self.draw(st.sampled_from(ways))()

    def expression(self, columns: list[_Column]) -> str:
        """An immutable expression of one of these columns."""
        column = self.draw(st.sampled_from(columns))
        if column.type in _WORDS:
            ways = [f"lower({column.sql})", f"({column.sql} || {self.text()})", f"left({column.sql}, 3)"]
        elif column.type in _NUMBERS:
            ways = [f"({column.sql} + 1)", f"abs({column.sql})", f"(- {column.sql})"]
        else:
            ways = [f"({column.sql} IS NULL)", f"num_nulls({column.sql})"]
        return self.draw(st.sampled_from(ways))

    # --- objects ---

    def type(self) -> None:
        kind = self.draw(st.sampled_from(("enum", "domain", "composite", "range")))
        name = self.name()
        sql = f"{SCHEMA}.{identifier(name)}"
        if kind == "enum":
            labels = self.draw(st.lists(names, min_size=1, max_size=4, unique=True))
            self.statements.append(f"CREATE TYPE {sql} AS ENUM ({', '.join(map(literal, labels))});")
            self.types.append((sql, literal(labels[0]), True))
        elif kind == "domain":
            check = identifier(self.draw(names))
            self.statements.append(
                f"CREATE DOMAIN {sql} AS text DEFAULT {self.text()}"
                f" CONSTRAINT {check} CHECK (VALUE <> {self.text()});"
            )
            self.comment(f"CONSTRAINT {check} ON DOMAIN {sql}")
            self.types.append((sql, "'x'", True))
        elif kind == "composite":
            fields = self.draw(st.lists(names, min_size=1, max_size=3, unique=True))
            inner = ", ".join(f"{identifier(one)} {self.plain()[0]}" for one in fields)
            self.statements.append(f"CREATE TYPE {sql} AS ({inner});")
            self.comment(f"COLUMN {sql}.{identifier(fields[0])}")
            self.types.append((sql, "NULL", False))
        else:
            self.used.add(name)
            self.statements.append(f"CREATE TYPE {sql} AS RANGE (subtype = integer);")
        self.comment(f"{'DOMAIN' if kind == 'domain' else 'TYPE'} {sql}")

    def plain(self) -> tuple[str, str, bool]:
        return self.draw(st.sampled_from(_TYPES))

    def table(self) -> None:
        taken: set[str] = {"tableoid", "cmax", "xmax", "cmin", "xmin", "ctid"}
        columns = []
        for _ in range(self.number(1, 5)):
            of = self.draw(st.sampled_from(self.types)) if self.types and self.chance(4) else self.plain()
            columns.append(_Column(self.name(taken), *of))
        table = _Table(self.name(), columns)
        how = self.draw(st.sampled_from(("", "", "", "", "LIST", "RANGE", "HASH")))
        by = next((column for column in columns if column.type in ("text", "integer", "bigint")), None)
        table.partitioned = bool(how) and by is not None
        lines = [self.column(table, column) for column in columns]
        ordered = [column for column in columns if column.ordered]
        if ordered and self.chance() and not table.partitioned:
            table.key = ordered[0]
            name = self.name()
            lines.append(f"CONSTRAINT {identifier(name)} PRIMARY KEY ({ordered[0].sql})")
            table.taken.add(name)
        if ordered and self.chance(3) and not table.partitioned:
            keys = ", ".join(column.sql for column in ordered[:2])
            nulls = self.draw(st.sampled_from(("", " NULLS NOT DISTINCT")))
            lines.append(self.constraint(table, f"UNIQUE{nulls} ({keys})"))
        checks = [f"CHECK ({self.condition(columns)})" for _ in range(self.number(0, 2))]
        lines += [self.constraint(table, check) for check in checks]
        if any(column.type == "int4range" for column in columns) and self.chance() and not table.partitioned:
            ranged = next(column for column in columns if column.type == "int4range")
            lines.append(self.constraint(table, f"EXCLUDE USING gist ({ranged.sql} WITH &&)"))
        target = self.draw(st.sampled_from([*self.tables, table]))
        if target.key is not None and target.key.type != _UNCHECKED and self.chance():
            self.foreign_key(table, target, lines, taken)
        unlogged = "UNLOGGED " if not table.partitioned and self.chance(9) else ""
        end = f" PARTITION BY {how} ({by.sql})" if table.partitioned and by else ""
        self.statements.append(f"CREATE {unlogged}TABLE {table.sql} (\n    {', '.join(lines)}\n){end};")
        self.tables.append(table)
        if table.partitioned and by:
            self.partitions(table, how, by)
        self.comment(f"TABLE {table.sql}")
        for column in columns:
            self.comment(f"COLUMN {table.sql}.{column.sql}")
        for name in sorted(table.taken):
            self.comment(f"CONSTRAINT {identifier(name)} ON {table.sql}")

    def column(self, table: _Table, column: _Column) -> str:
        kind = self.number(0, 7)
        sql = f"{column.sql} {column.type}"
        if kind == 0:
            return f"{sql} NOT NULL"
        if kind == 1 and not column.type.startswith('"'):
            value = self.text() if column.type == "text" else f"{column.value}::{column.type}"
            return f"{sql} DEFAULT {value}"
        if kind == 2 and column.type in ("integer", "bigint", "smallint") and not table.partitioned:
            how = self.draw(st.sampled_from(("ALWAYS", "BY DEFAULT")))
            return f"{sql} GENERATED {how} AS IDENTITY"
        if kind == 3 and column.type == "text":
            return f'{sql} COLLATE "C"'
        base = table.columns[0]
        if kind == 5 and column.type == "text" and base is not column and base.type in _WORDS:
            return f"{sql} GENERATED ALWAYS AS ({self.expression([base])}) STORED"
        if kind == 4:
            return f"{sql} NOT NULL CHECK ({self.comparison(column)})"
        return sql

    def constraint(self, table: _Table, definition: str) -> str:
        # Constraints of a table and indexes of a schema: one set of names for both.
        name = self.name()
        table.taken.add(name)
        return f"CONSTRAINT {identifier(name)} {definition}"

    def foreign_key(self, table: _Table, target: _Table, lines: list[str], taken: set[str]) -> None:
        key = target.key
        assert key is not None
        column = _Column(self.name(taken), key.type, key.value, key.ordered)
        table.columns.append(column)
        lines.insert(0, f"{column.sql} {column.type}")
        actions = (
            "",
            " ON DELETE CASCADE",
            " ON DELETE SET NULL ON UPDATE CASCADE",
            " DEFERRABLE",
            " MATCH FULL",
        )
        action = self.draw(st.sampled_from(actions))
        definition = f"FOREIGN KEY ({column.sql}) REFERENCES {target.sql} ({key.sql}){action}"
        lines.append(self.constraint(table, definition))

    def partitions(self, table: _Table, how: str, by: _Column) -> None:
        word = by.type == "text"
        for number in range(self.number(0, 2)):
            if how == "LIST":
                bound = f"IN ({self.text() if word else number})"
            elif how == "RANGE":
                first, last = (f"{number}", f"{number + 1}") if not word else (f"'{number}'", f"'{number}z'")
                bound = f"FROM ({first}) TO ({last})"
            else:
                bound = f"WITH (modulus 4, remainder {number})"
            name = f"{SCHEMA}.{identifier(self.name())}"
            self.statements.append(f"CREATE TABLE {name} PARTITION OF {table.sql} FOR VALUES {bound};")
            self.comment(f"TABLE {name}")
        if how != "HASH" and self.chance():
            name = f"{SCHEMA}.{identifier(self.name())}"
            self.statements.append(f"CREATE TABLE {name} PARTITION OF {table.sql} DEFAULT;")

    def index(self, table: _Table) -> None:
        name = self.name()
        ordered = [column for column in table.columns if column.ordered]
        kind = self.number(0, 3)
        if kind == 0 and ordered:
            order = self.draw(st.sampled_from(("", " DESC", " DESC NULLS LAST", " NULLS FIRST")))
            keys = f"({', '.join(column.sql + order for column in ordered[:2])})"
        elif kind == 1 and ordered:
            method = self.draw(st.sampled_from(("hash", "brin", "btree")))
            keys = f"USING {method} ({ordered[0].sql})"
        else:
            keys = f"(({self.expression(table.columns)}))"
        if self.chance(3):
            keys += f" WHERE {self.condition(table.columns, 1)}"
        self.statements.append(f"CREATE INDEX {identifier(name)} ON {table.sql} {keys};")
        self.comment(f"INDEX {SCHEMA}.{identifier(name)}")

    def view(self, table: _Table) -> None:
        name, taken = self.name(), set[str]()
        shown = [f"{self.expression(table.columns)} AS {identifier(self.name(taken))}"]
        shown += [f"{column.sql} AS {identifier(self.name(taken))}" for column in table.columns[:2]]
        shown.append(f"{self.text()}::text AS {identifier(self.name(taken))}")
        kind = self.draw(st.sampled_from(("VIEW", "VIEW", "MATERIALIZED VIEW")))
        where = f" WHERE {self.condition(table.columns)}" if self.chance() else ""
        sql = f"{SCHEMA}.{identifier(name)}"
        self.statements.append(f"CREATE {kind} {sql} AS SELECT {', '.join(shown)} FROM {table.sql}{where};")
        self.comment(f"{kind} {sql}")
        self.comment(f"COLUMN {sql}.{identifier(min(taken))}")

    def trigger(self, table: _Table) -> None:
        function, name = f"{SCHEMA}.{identifier(self.name())}", identifier(self.draw(names))
        body = literal(
            f"BEGIN\n/* {self.draw(texts).replace('*/', '').replace('/*', '')} */\nRETURN NEW;\nEND"
        )
        self.statements.append(f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS {body};")
        self.comment(f"FUNCTION {function}()")
        when = f" OF {table.columns[0].sql}" if self.chance() else ""
        timing = self.draw(st.sampled_from(("BEFORE", "AFTER")))
        self.statements.append(
            f"CREATE TRIGGER {name} {timing} UPDATE{when} ON {table.sql} FOR EACH ROW"
            f" EXECUTE FUNCTION {function}({self.text()});"
        )
        self.comment(f"TRIGGER {name} ON {table.sql}")

    def routine(self, table: _Table) -> None:
        name, argument = f"{SCHEMA}.{identifier(self.name())}", identifier(self.draw(names))
        body = literal(f"SELECT {self.text()}::text")
        self.statements.append(
            f"CREATE FUNCTION {name}({argument} text DEFAULT {self.text()}, integer DEFAULT 1)"
            f" RETURNS {self.draw(st.sampled_from(('text', 'SETOF text')))} LANGUAGE sql STABLE AS {body};"
        )
        self.comment(f"FUNCTION {name}(text, integer)")

    def policy(self, table: _Table) -> None:
        name = identifier(self.draw(names))
        if self.chance():
            self.statements.append(f"ALTER TABLE {table.sql} ENABLE ROW LEVEL SECURITY;")
        check = f" WITH CHECK ({self.condition(table.columns, 1)})" if self.chance() else ""
        self.statements.append(
            f"CREATE POLICY {name} ON {table.sql} USING ({self.condition(table.columns)}){check};"
        )
        self.comment(f"POLICY {name} ON {table.sql}")

    def sequence(self, table: _Table) -> None:
        name = f"{SCHEMA}.{identifier(self.name())}"
        options = self.draw(st.sampled_from(("", " AS smallint CYCLE", " INCREMENT -3", " CACHE 20")))
        self.statements.append(f"CREATE SEQUENCE {name}{options};")
        self.comment(f"SEQUENCE {name}")

    def schema(self) -> list[str]:
        if self.chance(3):
            self.comment(f"SCHEMA {SCHEMA}")
        for _ in range(self.number(0, 2)):
            self.type()
        for _ in range(self.number(1, 5)):
            self.table()
        things = (self.index, self.index, self.view, self.trigger, self.policy, self.routine, self.sequence)
        for _ in range(self.number(0, 8)):
            self.draw(st.sampled_from(things))(self.draw(st.sampled_from(self.tables)))
        if self.chance(3):
            # The same name in another schema that differs in case: two pages, two anchors, two files.
            other = identifier(NAME.swapcase())
            self.statements.append(f"CREATE SCHEMA {other};")
            name = identifier(self.tables[0].name)
            self.statements.append(f"CREATE TABLE {other}.{name} ({identifier(self.draw(names))} integer);")
        return self.statements


@st.composite
def schemas(draw: st.DrawFn) -> list[str]:
    """The statements of one schema with one to five tables and what belongs to them."""
    return _Maker(draw).schema()
