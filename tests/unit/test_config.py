"""Configuration: what a file, flags and the environment make together, and how mistakes are reported."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.cli.init import EXAMPLE
from pgdossier.config import Config, Diagrams, Source, find, keys, load, parse_source, scrub
from pgdossier.errors import ConfigurationError, DossierError, UsageError

DOCS = Path(__file__).parents[2] / "docs"
SECRET = "s3cr3t-hunter2"  # noqa: S105 - nobody's password


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def written(folder: Path, text: str, name: str = "pgdossier.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return Path(name)


def refused(file: Path) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load(file=file, environ={})
    assert "\n" not in caught.value.message
    return caught.value


# --- merging


def test_everything_has_a_default(folder: Path) -> None:
    """Without file, flags and environment there is a configuration, whose source is libpq's environment."""
    config = load(discover=Path(), environ={})
    assert config == Config()
    assert config.source == Source(kind="server", conninfo="")
    assert config.output == Path("docs/database")


def test_file_values_arrive(folder: Path) -> None:
    """Every key of a file reaches the configuration."""
    file = written(
        folder,
        """
source = "service=shop"
output = "out"
layout = "split"
split_above = 7
schemas = ["sales.*", "public.user*"]
exclude = ["*.tmp_*"]
template_dir = "tpl"
title = "Shop"
prepared_by = "DBA"
status = "Draft"
statement_timeout = 12
lock_timeout = 0.5
[diagrams]
enabled = false
dot = "bin/dot"
keys_only_above = 3
timeout = 4
[embedded]
pg_bin = "pg/bin"
""",
    )
    config = load(file=file, environ={"DATABASE_URL": "postgresql://ignored/x"})
    assert config == Config(
        source=Source(conninfo="service=shop"),
        output=Path("out"),
        layout="split",
        split_above=7,
        schemas=("sales.*", "public.user*"),
        exclude=("*.tmp_*",),
        template_dir=Path("tpl"),
        title="Shop",
        prepared_by="DBA",
        status="Draft",
        statement_timeout=12.0,
        lock_timeout=0.5,
        diagrams=Diagrams(enabled=False, dot="bin/dot", keys_only_above=3, timeout=4.0),
        embedded=config.embedded,
        file=file,
    )
    assert config.embedded.pg_bin == Path("pg/bin")


def test_flags_win_over_the_file(folder: Path) -> None:
    """A flag replaces the file's value, also inside a table; None means that it was not given."""
    file = written(folder, 'layout = "split"\ntitle = "T"\nsource = "service=a"\n[embedded]\npg_bin = "p"\n')
    flags = {"layout": "single", "title": None, "source": "service=b", "embedded.pg_bin": Path("q")}
    config = load(flags, file=file, environ={})
    assert (config.layout, config.title, config.source.conninfo) == ("single", "T", "service=b")
    assert config.embedded.pg_bin == Path("q")


def test_the_order_in_which_a_source_is_looked_up(folder: Path) -> None:
    """The argument wins over the file, the file over DATABASE_URL, that over libpq's environment."""
    environ = {"DATABASE_URL": "postgresql://env/x"}
    file = written(folder, 'source = "service=file"')
    bare = written(folder, "", "bare.toml")
    assert load({"source": "service=arg"}, file=file, environ=environ).source.conninfo == "service=arg"
    assert load(file=file, environ=environ).source.conninfo == "service=file"
    assert load(file=bare, environ=environ).source.conninfo == "postgresql://env/x"
    assert load(file=bare, environ={"DATABASE_URL": ""}).source.conninfo == ""


def test_a_variable_of_our_own_counts_as_the_argument(folder: Path) -> None:
    """PGDOSSIER_SOURCE wins over file and DATABASE_URL, not over the argument; empty it means nothing."""
    environ = {"PGDOSSIER_SOURCE": "postgresql://own/x", "DATABASE_URL": "postgresql://env/x"}
    file = written(folder, "source = 'postgresql://file/x'")
    assert load(file=file, environ=environ).source.conninfo == "postgresql://own/x"
    assert load({"source": "service=arg"}, file=file, environ=environ).source.conninfo == "service=arg"
    assert load(file=file, environ={"PGDOSSIER_SOURCE": ""}).source.conninfo == "postgresql://file/x"
    with pytest.raises(UsageError, match=r"^\$PGDOSSIER_SOURCE is not"):
        load(environ={"PGDOSSIER_SOURCE": "shop"})


def test_the_file_is_found_in_a_parent_up_to_the_repository(folder: Path) -> None:
    """The search goes up to the folder that holds .git; outside a repository it does not climb at all."""
    deep = folder / "repo" / "a" / "b"
    deep.mkdir(parents=True)
    written(folder, 'title = "outside"')
    assert find(deep) is None
    (folder / "repo" / ".git").mkdir()
    assert find(deep) is None
    written(folder / "repo", 'title = "root"')
    assert find(deep) == folder / "repo" / "pgdossier.toml"
    written(folder / "repo" / "a", '[tool.pgdossier]\ntitle = "py"', "pyproject.toml")
    assert find(deep) == folder / "repo" / "a" / "pyproject.toml"
    assert load(discover=deep, environ={}).title == "py"
    written(folder / "repo" / "a", "[tool.other]\nx = 'pgdossier'", "pyproject.toml")
    assert find(deep) == folder / "repo" / "pgdossier.toml"


def test_a_broken_pyproject_that_is_not_about_us_is_passed_over(folder: Path) -> None:
    """A pyproject.toml that does not mention pgdossier may be broken; one that does is an error."""
    (folder / ".git").mkdir()
    written(folder, "[project\n", "pyproject.toml")
    assert find(folder) is None
    written(folder, "[tool.pgdossier\n", "pyproject.toml")
    with pytest.raises(ConfigurationError, match=r"pyproject\.toml:1"):
        find(folder)


def test_paths_of_the_file_are_relative_to_the_file(folder: Path) -> None:
    """Paths in the file, and the default output, start at the file; those of flags where we are."""
    conf = folder / "conf"
    conf.mkdir()
    written(conf, 'template_dir = "t"\nsource = "old/snapshot.json"\n[diagrams]\ndot = "./dot"\n')
    config = load({"embedded.pg_bin": Path("here")}, file=conf / "pgdossier.toml", environ={})
    assert config.template_dir == conf / "t"
    assert config.source.path == conf / "old/snapshot.json"
    assert config.output == conf / "docs/database"
    assert config.embedded.pg_bin == Path("here")
    assert config.diagrams.dot == str(conf / "dot")
    assert load(file=written(folder, '[diagrams]\ndot = "dot"'), environ={}).diagrams.dot == "dot"


# --- mistakes in the file


@pytest.mark.parametrize(
    ("text", "line", "says", "hint"),
    [
        ("title = 'a'\nlayout = split\n", 2, "not valid TOML", "quotes"),
        ("title = 'a'\ntitle = 'b'\n", 2, "not valid TOML", "quotes"),
        ("schemas = [\n'a',\n", 2, "not valid TOML", "quotes"),
        ("\nlayuot = 'split'\n", 2, "unknown key layuot", "did you mean layout?"),
        ("split-above = 3\n", 1, "unknown key split-above", "did you mean split_above?"),
        ("[diagrams]\n# c\n\nenable = true\n", 4, "unknown key diagrams.enable", "did you mean enabled?"),
        ("[diagrams]\nenabled = true\ntitle = 'x'\n", 3, "unknown key diagrams.title", "top level"),
        ("pg_bin = 'x'\n", 1, "unknown key pg_bin", "did you mean embedded.pg_bin?"),
        ("diagrams.tiemout = 3\n", 1, "unknown key diagrams.tiemout", "did you mean timeout?"),
        ("zzz = 1\n", 1, "unknown key zzz", "known here: source, output"),
        ('"a\\u0000\\nb" = 1\n', None, "unknown key", "known here"),
        (
            "title = '''\nlayout = 1\n'''\nlayout = 'x'\n",
            4,
            'layout must be "auto", "single" or "split"',
            "docs/",
        ),
        ("split_above = -1\n", 1, "split_above must be a whole number from 0", "docs/"),
        ("split_above = true\n", 1, "split_above must be a whole number", "docs/"),
        ("schemas = 'sales'\n", 1, "schemas must be a list of patterns", "docs/"),
        ("schemas = [\n  'a',\n  3,\n]\n", 1, "schemas must be a list of patterns", "docs/"),
        ("schemas = ['']\n", 1, "schemas must be a list of patterns", "docs/"),
        ("output = ''\n", 1, "output must be a path in quotes", "docs/"),
        ("output = 3\n", 1, "output must be a path in quotes", "docs/"),
        ("source = 3\n", 1, "source must be a text", "docs/"),
        ("title = 2020-01-01\n", 1, "title must be a text", "docs/"),
        ("lock_timeout = inf\n", 1, "lock_timeout must be a number of seconds", "docs/"),
        ("statement_timeout = nan\n", 1, "statement_timeout must be a number of seconds", "docs/"),
        ("diagrams = false\n", 1, "diagrams must be a table", "docs/"),
        (
            "title='a'\n[diagrams]\ntimeout = '3'\n",
            3,
            "diagrams.timeout must be a number of seconds",
            "docs/",
        ),
        ("diagrams.timeout = 0\n", 1, "diagrams.timeout must be a number of seconds above 0", "docs/"),
        ("discard = true\n", 1, "unknown key discard", "known here"),
        ("x = " + "[" * 5000 + "\n", None, "", ""),
    ],
)
def test_a_mistake_names_file_line_and_remedy(
    folder: Path, text: str, line: int | None, says: str, hint: str
) -> None:
    """Each mistake is one line with the file, the line of the key where it can be told, and what is right."""
    error = refused(written(folder, text))
    assert error.code == 2
    assert error.message.startswith(f"pgdossier.toml:{line}: " if line else "pgdossier.toml")
    assert says in error.message
    assert hint in (error.hint or "")


def test_lines_are_counted_inside_pyproject(folder: Path) -> None:
    """In pyproject.toml the line is the file's line, and equal keys of other tables do not mislead."""
    text = "[tool.other]\nlayout = 'x'\n\n[tool.pgdossier]\ntitle = 'a'\nlayout = 'x'\n"
    assert refused(written(folder, text, "pyproject.toml")).message.startswith(
        "pyproject.toml:6: layout must be"
    )
    assert "no table [tool.pgdossier]" in refused(written(folder, "[tool.o]\n", "pyproject.toml")).message
    assert "must be a table" in refused(written(folder, "tool.pgdossier = 3\n", "pyproject.toml")).message


def test_a_file_that_cannot_be_read(folder: Path) -> None:
    """A missing file, a folder and a file that is not UTF-8 are named."""
    assert "no.toml: no such file" in refused(Path("no.toml")).message
    (folder / "dir.toml").mkdir()
    assert "dir.toml: cannot be read" in refused(Path("dir.toml")).message
    (folder / "latin.toml").write_bytes(b"# a\ntitle = '\xe9'\n")
    assert refused(Path("latin.toml")).message.startswith("latin.toml:2: not UTF-8")


def test_no_value_of_the_file_is_repeated(folder: Path) -> None:
    """A wrong value may be a password that slipped into the wrong key: it is not shown."""
    for text in (
        f"layout = '{SECRET}'",
        f"source = '{SECRET}'",
        f"source = ['{SECRET}']",
        f"source = 'mysql://u:{SECRET}@h/d'",
        f"source = 'postgresql://u:{SECRET}@h/d",
        f"split_above = '{SECRET}'",
    ):
        with pytest.raises(DossierError) as caught:
            load(file=written(folder, text), environ={})
        assert SECRET not in caught.value.message + (caught.value.hint or "")


@given(st.text(max_size=60))
def test_any_text_is_a_configuration_or_our_own_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    """Whatever stands in the file, the outcome is a configuration or an error with a message of one line."""
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_text(text, encoding="utf-8", errors="replace")
    check(file)


toml_values = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text("ab'.*/:@=$", max_size=6),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(sorted(keys())), toml_values, max_size=4))
def test_any_value_is_a_configuration_or_our_own_error(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, object]
) -> None:
    """Known keys with values of any type never raise anything but our own errors."""
    file = tmp_path_factory.getbasetemp() / "values.toml"
    file.write_bytes(b"".join(f"{key} = ".encode() + toml(value) + b"\n" for key, value in values.items()))
    check(file)


def check(file: Path) -> None:
    """Read the file: it is a configuration, or our own error of one line."""
    error: DossierError | None = None
    try:
        load(file=file, environ={})
    except DossierError as caught:
        error = caught
    assert error is None or (error.code, "\n" in error.message) == (2, False)


def toml(value: object) -> bytes:
    if isinstance(value, float):
        return repr(value).encode()
    return msgspec.json.encode(value)


# --- sources


@pytest.mark.parametrize(
    ("text", "conninfo"),
    [
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("postgres://u@h/d", "postgresql://u@h/d"),
        ("postgresql+psycopg://u@h/d?sslmode=require", "postgresql://u@h/d?sslmode=require"),
        ("PostgreSQL://h", "postgresql://h"),
        ("host=h dbname='my db'", "host=h dbname='my db'"),
        ("dbname = shop  user= 'it''s'", None),
        ("service=shop", "service=shop"),
        (r"password='a\'b' host=h", r"password='a\'b' host=h"),
        ("host=/var/run application_name=x.json", "host=/var/run application_name=x.json"),
        ("password= host=h", "password= host=h"),
    ],
)
def test_servers(folder: Path, text: str, conninfo: str | None) -> None:
    """URLs and connection strings are servers; the driver's name that SQLAlchemy writes is taken off."""
    if conninfo is None:
        with pytest.raises(UsageError):
            parse_source(text)
    else:
        assert parse_source(text) == Source(conninfo=conninfo)


def test_snapshots(folder: Path) -> None:
    """An existing file, or a name that ends in .json, is a snapshot."""
    (folder / "a=b").write_text("{}")
    assert parse_source("a=b") == Source(kind="snapshot", path=Path("a=b"))
    assert parse_source("not/yet.JSON") == Source(kind="snapshot", path=Path("not/yet.JSON"))
    assert parse_source("x.json", base=Path("conf")).masked == os.path.join("conf", "x.json")  # noqa: PTH118 - the text is compared


@pytest.mark.parametrize(
    "text",
    ["", "  ", "shop", "mysql://h/d", "a b c", "host='open", "=x", "x\0=y", "postgresql:/u:p@h", "x" * 9999],
)
def test_nonsense_is_refused_without_repeating_it(folder: Path, text: str) -> None:
    """What is no source is a usage error with a hint that lists the forms, and never shows what was given."""
    with pytest.raises(UsageError) as caught:
        parse_source(text)
    assert caught.value.code == 2
    assert "postgresql://" in (caught.value.hint or "")
    if text.strip() and len(text) > 4:
        assert text not in caught.value.message


def test_nonsense_names_where_it_was_given(folder: Path) -> None:
    """The message says whether the argument, $DATABASE_URL or a line of the file is wrong."""
    with pytest.raises(UsageError, match=r"^\$DATABASE_URL is not"):
        load(environ={"DATABASE_URL": "shop"})
    with pytest.raises(UsageError, match=r"^pgdossier\.toml:2: source is not"):
        load(file=written(folder, "title = 'x'\nsource = 'shop'"), environ={})
    with pytest.raises(UsageError, match=r"^SOURCE is empty"):
        load({"source": ""}, environ={})


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"postgresql://u:{SECRET}@h:5432/d", "postgresql://u:***@h:5432/d"),
        (f"postgresql://u:{SECRET}@/@h/d", "postgresql://u:***@h/d"),
        (f"postgresql://u:a/{SECRET}?b@h/d", "postgresql://u:***@h/d"),
        (
            f"postgresql://h/d?password={SECRET}&sslmode=require",
            "postgresql://h/d?password=***&sslmode=require",
        ),
        (f"postgresql://h/d?user=a@b&pass%77ord={SECRET}", "postgresql://h/d?user=a@b&pass%77ord=***"),
        (f"postgresql://h/d?sslpassword={SECRET}&passfile=f", "postgresql://h/d?sslpassword=***&passfile=f"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
        ("postgresql://h", "postgresql://h"),
        (f"host=h password={SECRET} dbname=d", "host=h password=*** dbname=d"),
        (f"host=h PassWord = 'it\\'s {SECRET}' dbname=d", "host=h PassWord=*** dbname=d"),
        (f"oauth_client_secret={SECRET}", "oauth_client_secret=***"),
        (f"scram_client_key={SECRET}", "scram_client_key=***"),
        ("service=shop", "service=shop"),
    ],
)
def test_secrets_are_masked(folder: Path, text: str, masked: str) -> None:
    """`masked` and `repr` of a source show everything but its secrets, even when they were not encoded."""
    source = parse_source(text)
    assert source.masked == masked
    assert SECRET not in repr(source)
    assert SECRET not in repr(load({"source": text}, environ={}))
    assert SECRET not in str(list(source.__rich_repr__()))


@given(st.text("abc:/?#@&='\\ %", max_size=12), st.text("abc:/?@ ", max_size=8))
def test_no_password_of_a_url_survives_masking(password: str, database: str) -> None:
    """Whatever characters a pasted password has, the masked form does not contain it."""
    source = Source(conninfo=f"postgresql://user:{SECRET}{password}@host/{database}")
    assert SECRET not in source.masked
    assert source.masked.startswith("postgresql://user:***@")


def test_free_text_is_scrubbed() -> None:
    """Passwords in URLs and assignments disappear from the text of unexpected errors; the rest stays."""
    text = f"at postgresql://u:{SECRET}@h/d password='{SECRET}' PGPASSWORD={SECRET} "
    text += f'{{"sslpassword": "{SECRET}"}}'
    assert SECRET not in scrub(text)
    assert "postgresql://u:***@h/d" in scrub(text)
    plain = 'FATAL: password authentication failed for user "reader" at host db.example:5432'
    assert scrub(plain) == plain


# --- the example file and the manual


def test_the_example_file_is_the_default_configuration(folder: Path) -> None:
    """What `init` writes has every key, at its default: reading it changes nothing."""
    file = written(folder, EXAMPLE)
    assert msgspec.structs.replace(load(file=file, environ={}), file=None) == Config()
    present = set()
    for name, value in tomllib.loads(EXAMPLE).items():
        present |= {f"{name}.{key}" for key in value} if isinstance(value, dict) else {name}
    assert present == set(keys())


def test_every_key_says_what_it_takes() -> None:
    """Each key has a description that can end the sentence "KEY must be …"."""
    assert all(keys().values())
    assert len(keys()) == len(Config.__struct_fields__) - 11 + 6 + 1 + 7 + 1 + 5 + 20


def test_the_manual_mentions_every_key() -> None:
    """docs/configuration.md has a row for every key and for no other."""
    rows = [
        line
        for line in (DOCS / "configuration.md").read_text(encoding="utf-8").splitlines()
        if line[:3] == "| `"
    ]
    assert [row.split("`")[1] for row in rows] == list(keys())
