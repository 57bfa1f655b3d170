r"""A schema whose every name and text tries to be taken for something else.

`NAMES` and `COMMENTS` are the horrors; `script()` makes a database in which each of them stands wherever
PostgreSQL lets it stand.
"""

# ruff: noqa: E501 - an SQL statement reads best on one line

from __future__ import annotations

from collections.abc import Iterator

# Names of at most 63 bytes. Each becomes a table, a column, a constraint, an index, a trigger, a policy, …
NAMES: tuple[str, ...] = (
    "pipe|name",
    "|",
    "a | b | c",
    "back`tick",
    "``two`` ```three```",
    "`",
    "new\nline",
    "\nnew lines around\n",
    "carriage\rreturn",
    "windows\r\nline",
    'double"quote',
    '"',
    "single'quote",
    "<b>bold</b>",
    "</details>",
    "<script>alert(1)</script>",
    "<a id='section-1'>",
    "&amp; &#124; &lt;b&gt; &nbsp;",
    "<!-- authored: x -->",
    "<!-- /authored -->",
    "-->",
    "<!--",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{# jinja #}",
    "${jinja}",
    'digraph { a -> b [label="x"]; }',
    "record|{left|<port>right}",
    "<<table><tr><td>html label</td></tr></table>>",
    "back\\slash",
    "trailing\\",
    "\\|",
    "\\\\|",
    "\\N\\l\\G",
    "$$",
    "$body$",
    "$math$",
    "*star*",
    "**",
    "_under_",
    "__init__",
    "~~struck~~",
    "# heading",
    "#",
    "- item",
    "+ item",
    "1. one",
    "1) one",
    "> quote",
    "===",
    "---",
    "| --- | --- |",
    "[link](http://example.invalid/)",
    "![image](http://example.invalid/x.png)",
    "[ref]: http://example.invalid/",
    "[^1]",
    "http://example.invalid/?a=b&c=d#e",
    "www.example.invalid",
    "somebody@example.invalid",
    "@mention",
    "GH-1 #1",
    ":smile:",
    "trailing space ",
    " leading space",
    " both ",
    "  two  spaces  ",
    " ",
    "  ",
    "tab\tbed",
    "\t",
    "bell\x07",
    "delete\x7f",
    "next\x85line",
    "separator\u2028line",
    "separator\u2029paragraph",
    "escape\x1b[31mred",
    "zero\u200bwidth",
    "soft\u00adhyphen",
    "no\u00a0break",
    "ünïcödé",
    "u\u0308nicode in two parts",
    "日本語の表",
    "עברית",
    "right\u202eleft",
    "isolate\u2067x\u2069",
    "emoji 🧨👩\u200d👩\u200d👧",
    "astral \U0010fffd",
    "\ufeffbyte order mark",
    "x" * 63,
    "é" * 31 + "x",
    "🧨" * 15 + "abc",
    "a" * 40 + "1",
    "a" * 40 + "2",
    "case",
    "CASE",
    "Case",
    "STRASSE",
    "straße",
    "ﬁle",
    "file",
    "İstanbul",
    "ıstanbul",  # noqa: RUF001 - ambiguous is what it has to be
    "a/b",
    "/etc/passwd",
    "../../escape",
    "..",
    ".",
    "...",
    ".git",
    ".hidden",
    "con",
    "CON",
    "nul",
    "com1",
    "aux.md",
    "README",
    "README.md",
    "snapshot.json",
    "overview",
    "a.b",
    "a",
    "b",
    "select",
    "table",
    "user",
    "none",
    "null",
    "None",
    "0",
    "-0",
    "1e5",
    "%s %d %(x)s %%",
    "%41",
    "{}",
    "{0}",
    ":bind",
    ":'psql'",
    "a:b",
    "a;b",
    "c:\\windows",
    "node:port:nw",
    "a,b",
    "(a)",
    "a?b",
    "a*b",
    "erDiagram",
    "end",
    "graph TD; A-->B",
    "%% comment",
    '"];',
    "a=b",
    "~",
    "~~~",
    "```",
    "````sql",
    "``",
)

# Texts of any length, for comments and literals.
COMMENTS: tuple[str, ...] = (
    "One line | with a pipe, a `tick and a \\ backslash \\| both.",
    "Two\nlines",
    "Windows\r\nlines\r\nthree",
    "A\n\nparagraph\n\n\n\nand another  \nwith a hard break\\\nand one more",
    "# Heading\n\n## Another\n\nSetext\n======\n\nSetext 2\n---",
    "- a\n- b\n  - c\n\n1. d\n2. e\n\n+ f\n* g",
    "```sql\nSELECT 1;\n```\nafter",
    "```\nnever closed",
    "~~~\nnever closed either",
    "    indented code\n\ttabbed code",
    "<!-- authored: x -->\nstolen\n<!-- /authored -->",
    "<!-- /authored -->",
    "before\n<!-- /authored -->\nafter <!-- authored: purpose -->",
    "<!-- never closed",
    "--> <!-- authored: --> <!-- authored: a b -->",
    "<details><summary>x</summary>\n\ntext\n\n</details></details></td></table>",
    "</p></div><script>alert('x')</script><img src=x onerror=alert(1)>",
    '<b>bold</b> <br> <br/> <a href="javascript:alert(1)">x</a> <?php ?> <![CDATA[x]]> <!DOCTYPE html>',
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "a | b\n--- | ---\n1 | 2",
    "[x]: http://example.invalid/ 'title'\n\n[x] [y][x] ![z](http://example.invalid/z.png)",
    "<http://example.invalid/> http://example.invalid/a_b_c https://example.invalid/?x=1&y=2 a@b.example",
    "&amp; &lt; &#60; &#x3C; &nbsp; &copy; &unknown; & &&",
    "{{ structure }} {% for x in y %} {# comment #} {{ 7 * 7 }}",
    "$math$ $$display$$ \\(x\\) \\[y\\] $`code`$",
    "*a* **b** ***c*** _d_ __e__ ~~f~~ ~g~ a_b_c snake_case_word *",
    "@somebody #123 GH-7 owner/repo#5 :tada: [^1] [[wiki]] ==mark== ^sup^",
    "> quote\n> [!NOTE]\n> a note",
    "* * *\n---\n___\n===",
    "tabs\tand\x07bells\x0band\x0cfeeds\x1b[0m",
    "right\u202eto left\u2066isolated\u2069 zero\u200bwidth \ufeff bom \u2028 separator",
    "日本語 עברית العربية 🧨 é e\u0301",
    "  leading and trailing spaces  ",
    "\n\nleading and trailing lines\n\n",
    "\\",
    "`",
    "|",
    "<",
    "&",
    "*",
    "-",
    "1.",
    "'; DROP TABLE x; --",
    "$$ $x$ $body$",
    "A sentence. " * 80 + "The end.",
    "word" * 400,
)


def identifier(name: str) -> str:
    """A name quoted for SQL."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def literal(text: str) -> str:
    """Text as an SQL literal, whatever standard_conforming_strings says."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"E'{escaped}'"


def ended(name: str, end: str) -> str:
    """The name with an ending, cut so that it has at most 63 bytes."""
    kept = name
    while len((kept + end).encode()) > 63:
        kept = kept[:-1]
    return kept + end


SCHEMA = "hostile|`sch\"ema' <b>\n../x"
OTHER_SCHEMA = "Hostile|`sch\"ema' <b>\n../x"
DATABASE = "da|ta`b\"a's\\e <b>{{ x }} ../é🧨"

BODY = """
BEGIN
    -- <!-- authored: stolen -->
    /*
```
<!-- authored: purpose -->
<!-- /authored -->
````
~~~
    </details> {{ 7 * 7 }} | `x` */
    RETURN NEW;
END
"""


def script() -> str:
    """The SQL of the database."""
    return "\n".join(_statements())


def _statements() -> Iterator[str]:
    schema, other = identifier(SCHEMA), identifier(OTHER_SCHEMA)
    yield f"CREATE SCHEMA {schema}; CREATE SCHEMA {other}; CREATE SCHEMA {identifier('..')};"
    yield f"COMMENT ON SCHEMA {schema} IS {literal(COMMENTS[10])};"
    yield f'COMMENT ON DATABASE :"DBNAME" IS {literal(COMMENTS[12])};'
    labels = ", ".join(literal(name) for name in NAMES)
    yield f"CREATE TYPE {schema}.{identifier('enum | `e`')} AS ENUM ({labels});"
    yield from _types(schema)
    for number, name in enumerate(NAMES):
        yield from _table(number, name)
    for number, name in enumerate(NAMES):
        yield from _around(number, name)
    yield from _partitioned(schema)
    yield from _comments()
    for name in ("..", "README", "a/b"):
        yield f"CREATE TABLE {identifier('..')}.{identifier(name)} ({identifier(name)} integer);"
    yield f"CREATE TABLE {other}.{identifier('pipe|name')} (id integer);"


def _types(schema: str) -> Iterator[str]:
    for number, name in enumerate(NAMES):
        domain = f"{schema}.{identifier(ended(name, ' d'))}"
        comment = literal(COMMENTS[number % len(COMMENTS)])
        yield (
            f"CREATE DOMAIN {domain} AS text DEFAULT {literal(name)} "
            f"CONSTRAINT {identifier(name)} CHECK (VALUE <> {literal(COMMENTS[number % len(COMMENTS)])});"
        )
        yield f"COMMENT ON DOMAIN {domain} IS {comment};"
        yield f"COMMENT ON CONSTRAINT {identifier(name)} ON DOMAIN {domain} IS {comment};"
    yield f"CREATE TYPE {schema}.{identifier('composite |')} AS ({', '.join(f'{identifier(n)} text' for n in NAMES)});"
    yield (
        f"CREATE FUNCTION {schema}.{identifier('fu|n`c')}() RETURNS trigger LANGUAGE plpgsql "
        f"AS {literal(BODY)};"
    )


def _table(number: int, name: str) -> Iterator[str]:
    schema, table, column = identifier(SCHEMA), identifier(name), identifier(name)
    domain = f"{schema}.{identifier(ended(name, ' d'))}"
    before = identifier(NAMES[number - 1]) if number else table
    text = literal(COMMENTS[number % len(COMMENTS)])
    key, unique = identifier(ended(name, " p")), identifier(ended(name, " u"))
    yield f"""
CREATE TABLE {schema}.{table} (
    {column} text DEFAULT {literal(name)} CONSTRAINT {identifier(ended(name, " c"))} CHECK ({column} <> {text}),
    {identifier(ended(name, " 2"))} {domain} DEFAULT {text},
    {identifier(ended(name, " 3"))} {schema}.{identifier("enum | `e`")} DEFAULT {literal(name)},
    {identifier(ended(name, " g"))} text GENERATED ALWAYS AS ({column} || {text}) STORED,
    {identifier(ended(name, " k"))} integer GENERATED ALWAYS AS IDENTITY CONSTRAINT {key} PRIMARY KEY,
    {identifier(ended(name, " r"))} integer,
    CONSTRAINT {unique} UNIQUE ({column}, {identifier(ended(name, " k"))}),
    CONSTRAINT {identifier(ended(name, " l"))} CHECK ({column} IN ({literal(name)}, {text}, 'x')),
    CONSTRAINT {identifier(ended(name, " f"))} FOREIGN KEY ({identifier(ended(name, " r"))}) REFERENCES {schema}.{before}
);
CREATE INDEX {identifier(ended(name, " i"))} ON {schema}.{table} ((lower({column}) || {text})) WHERE {column} <> {literal(name)};
CREATE INDEX {identifier(ended(name, " j"))} ON {schema}.{table} ({identifier(ended(name, " r"))} DESC) INCLUDE ({column});
"""
    for kind, inner, what in (
        ("TABLE", "", 0),
        ("COLUMN", f".{column}", 1),
    ):
        yield f"COMMENT ON {kind} {schema}.{table}{inner} IS {literal(COMMENTS[(number + what) % len(COMMENTS)])};"
    for end, what in ((" c", 2), (" p", 3), (" u", 4), (" f", 5)):
        comment = literal(COMMENTS[(number + what) % len(COMMENTS)])
        yield f"COMMENT ON CONSTRAINT {identifier(ended(name, end))} ON {schema}.{table} IS {comment};"
    yield f"COMMENT ON INDEX {schema}.{identifier(ended(name, ' i'))} IS {literal(COMMENTS[(number + 6) % len(COMMENTS)])};"


def _around(number: int, name: str) -> Iterator[str]:
    """What stands around a table: view, function, trigger, policy, sequence."""
    schema, table, column = identifier(SCHEMA), identifier(name), identifier(name)
    text = literal(COMMENTS[number % len(COMMENTS)])
    comment = literal(COMMENTS[(number + 7) % len(COMMENTS)])
    yield f"""
CREATE FUNCTION {schema}.{identifier(name)}({identifier(ended(name, " a"))} text DEFAULT {text}) RETURNS text LANGUAGE sql
    AS {literal("SELECT " + literal(name))};
COMMENT ON FUNCTION {schema}.{identifier(name)}(text) IS {comment};
CREATE TRIGGER {identifier(name)} BEFORE UPDATE OF {column} ON {schema}.{table} FOR EACH ROW
    WHEN (NEW.{column} <> {text}) EXECUTE FUNCTION {schema}.{identifier("fu|n`c")}({text});
COMMENT ON TRIGGER {identifier(name)} ON {schema}.{table} IS {comment};
CREATE POLICY {identifier(name)} ON {schema}.{table} USING ({column} <> {text}) WITH CHECK ({column} <> {literal(name)});
COMMENT ON POLICY {identifier(name)} ON {schema}.{table} IS {comment};
CREATE SEQUENCE {schema}.{identifier(ended(name, " s"))};
COMMENT ON SEQUENCE {schema}.{identifier(ended(name, " s"))} IS {comment};
"""
    if number % 3 == 0:
        yield f"""
CREATE VIEW {schema}.{identifier(ended(name, " v"))} AS SELECT {column}, {text}::text AS {identifier(ended(name, " t"))} FROM {schema}.{table};
COMMENT ON VIEW {schema}.{identifier(ended(name, " v"))} IS {comment};
COMMENT ON COLUMN {schema}.{identifier(ended(name, " v"))}.{column} IS {comment};
ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY;
"""


def _partitioned(schema: str) -> Iterator[str]:
    table = f"{schema}.{identifier('parti|tioned')}"
    yield f"CREATE TABLE {table} (k text, n integer, CONSTRAINT {identifier('n|n')} CHECK (n > 0)) PARTITION BY LIST (k);"
    for number, name in enumerate(NAMES):
        partition = f"{schema}.{identifier(ended(name, ' q'))}"
        yield f"CREATE TABLE {partition} PARTITION OF {table} FOR VALUES IN ({literal(name)});"
        yield f"COMMENT ON TABLE {partition} IS {literal(COMMENTS[number % len(COMMENTS)])};"


def _comments() -> Iterator[str]:
    """A table for each comment, so that all stand everywhere."""
    yield "CREATE SCHEMA comments;"
    for number, comment in enumerate(COMMENTS):
        text = literal(comment)
        yield f"""
CREATE TABLE comments.c{number} (id integer CONSTRAINT k{number} PRIMARY KEY, v text DEFAULT {text} CONSTRAINT v{number} CHECK (v <> {text}));
COMMENT ON TABLE comments.c{number} IS {text};
COMMENT ON COLUMN comments.c{number}.id IS {text};
COMMENT ON CONSTRAINT k{number} ON comments.c{number} IS {text};
COMMENT ON CONSTRAINT v{number} ON comments.c{number} IS {text};
CREATE TYPE comments.t{number} AS (a integer);
COMMENT ON TYPE comments.t{number} IS {text};
COMMENT ON COLUMN comments.t{number}.a IS {text};
CREATE TYPE comments.e{number} AS ENUM ('x');
COMMENT ON TYPE comments.e{number} IS {text};
"""
