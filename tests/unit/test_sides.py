"""The sides of a comparison: what they are taken for, and the roles that scripts need."""

from __future__ import annotations

from pathlib import Path

import pytest

from pgdossier.building import sides
from pgdossier.building.sides import parse_side
from pgdossier.errors import UsageError


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, text: str = "") -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_servers_and_snapshots() -> None:
    """What `generate` takes is taken here; no password is in the label."""
    url = parse_side("postgresql://me:secret@h/d", "LEFT")
    assert (url.label, url.scripts) == ("postgresql://me:***@h/d", ())
    assert url.source is not None
    assert url.source.kind == "server"
    saved = parse_side(str(write("saved.json")), "LEFT")
    assert saved.source is not None
    assert (saved.source.kind, saved.source.path) == ("snapshot", Path("saved.json"))


def test_a_document_is_its_snapshot() -> None:
    """The schema.sql beside it is not run."""
    write("doc/schema.sql")
    write("doc/snapshot.json")
    side = parse_side("doc", "LEFT")
    assert side.source is not None
    assert (side.label, side.source.path, side.scripts) == ("doc", Path("doc/snapshot.json"), ())


def test_sql() -> None:
    """A file by itself; a folder of migrations by name, without what takes them back."""
    write("one.sql")
    assert [script.path for script in parse_side("one.sql", "LEFT").scripts] == [Path("one.sql")]
    for name in ("002_b.up.sql", "001_a.up.sql", "001_a.down.sql", ".hidden.sql", "README.md", "x/y.sql"):
        write(f"migrations/{name}")
    names = [script.path.name for script in parse_side("migrations/", "LEFT").scripts]
    assert names == ["001_a.up.sql", "002_b.up.sql"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("empty", "LEFT: empty holds neither a snapshot.json nor *.sql files"),
        ("none.sql", "LEFT: none.sql: no such file"),
        ("nonsense", "LEFT is not a connection URL, a connection string or the path of a snapshot"),
        ("a\0b", "LEFT contains a zero byte"),
    ],
)
def test_what_is_no_side(text: str, message: str) -> None:
    """The message says which argument is wrong."""
    Path("empty").mkdir()
    with pytest.raises(UsageError) as caught:
        parse_side(text, "LEFT")
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("ALTER TABLE a OWNER TO App;", {"app"}),
        ('alter table a owner to "App ""x""";', {'App "x"'}),
        ("GRANT SELECT, INSERT ON a TO r1, r2 WITH GRANT OPTION;", {"r1", "r2"}),
        ("REVOKE ALL ON a FROM r1;", {"r1"}),
        ("GRANT ALL ON SCHEMA a TO PUBLIC, CURRENT_USER;", set()),
        ("ALTER DEFAULT PRIVILEGES FOR ROLE r1 GRANT SELECT ON TABLES TO GROUP r2;", {"r1", "r2"}),
        ("CREATE POLICY p ON a FOR SELECT TO r1 USING (true);", {"r1"}),
        ("CREATE SCHEMA AUTHORIZATION r1; SET SESSION AUTHORIZATION r2;", {"r1", "r2"}),
        ("CREATE TABLE a (granted text);", set()),
    ],
)
def test_roles_that_scripts_name(sql: str, named: set[str]) -> None:
    """Owners, grantees and the roles of policies must be there before a script runs."""
    assert sides._named_in([sql]) == named


def test_roles_that_scripts_make() -> None:
    """They would be in the way when the script makes them."""
    assert sides._made_by(['CREATE ROLE a; create user "B" LOGIN;', "CREATE TABLE c ();"]) == {"a", "B"}
