"""Revisions: which version a change makes, how it is told, and what is not lost when the file is damaged."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pgdossier.errors import OutputError
from pgdossier.history import revisions
from pgdossier.history.revisions import History, Note, Revision
from pgdossier.model.constraints import NotNull
from pgdossier.model.privileges import DefaultPrivileges
from pgdossier.model.relations import Relation
from pgdossier.model.scope import SchemaLeftOut, Scope
from pgdossier.model.server import Server
from pgdossier.model.snapshot import Snapshot
from pgdossier.render import history as words
from tests.support.builders import column, key, sequence, snapshot, table

USERS = table("sales.users", "id bigint", "email text not null", "born date", "name text", pk="id")


def orders(*more: str, name: str = "sales.orders") -> Relation:
    """A table whose key keeps its name when the table is renamed, as on a server."""
    columns = ("id bigint", "total numeric(10,2)", "made_on date", "note text", *more)
    return table(name, *columns, pk=key("orders_pkey", "id"), checks=["total > 0"])


def begun(first: Snapshot) -> History:
    return revisions.begin(first, "It begins.", author="Ada <ada@example.com>", read_by="1")


def after(before: Snapshot, now: Snapshot, history: History | None = None, read_by: str = "1") -> History:
    return revisions.revised(history or begun(before), before.structure, now, author=None, read_by=read_by)


def told(history: History) -> str:
    return words.changes(history.current)


def with_scope(of: Snapshot, **fields: Any) -> Snapshot:
    return msgspec.structs.replace(of, structure=msgspec.structs.replace(of.structure, scope=Scope(**fields)))


def test_the_first_is_1_0_and_no_change_makes_no_other() -> None:
    """The history begins with the day of the snapshot; the same structure leaves it as it is."""
    first = snapshot(USERS)
    history = begun(first)
    assert (history.current.version, history.current.date) == ("1.0", "2026-01-31")
    assert after(first, first, history) is history
    later = msgspec.structs.replace(first, captured_on="2027-01-01")
    assert after(first, later, history) is history


def test_breaking_changes_make_major_revisions() -> None:
    """1.0, a column 1.1, a column less 2.0, an index 2.1: the row says what, and what is breaking."""
    steps = snapshot(orders()), snapshot(orders("discount numeric"))
    history = after(*steps)
    assert history.current.version == "1.1"
    assert told(history) == "table `sales.orders`: column discount was added"
    history = after(steps[1], steps[0], history)
    assert (history.current.version, history.current.breaking) == ("2.0", True)
    assert told(history) == ("**Breaking.** table `sales.orders`: column discount was removed (**breaking**)")
    history = after(steps[0], snapshot(orders(), USERS), history)
    assert history.current.version == "2.1"
    assert told(history) == "table `sales.users` was added"


def test_another_server_version_is_a_minor_revision() -> None:
    """The document names the server, so a new version of it is told, but it breaks nothing."""
    first = snapshot(USERS)
    server = Server(version="18.1", version_number=180001)
    now = msgspec.structs.replace(first, structure=msgspec.structs.replace(first.structure, server=server))
    history = after(first, now)
    assert history.current.version == "1.1"
    assert told(history).startswith("server version 18.0 → 18.1")


def test_names_that_a_newer_server_gives_are_no_changes() -> None:
    """PostgreSQL 18 is the first to name not-null constraints: an upgrade from 17 adds no rule."""
    rule = NotNull(name="users_email_not_null", column="email")
    now = snapshot(msgspec.structs.replace(USERS, not_nulls=(rule,)))
    server = Server(version="17.5", version_number=170005)
    first = snapshot(USERS)
    first = msgspec.structs.replace(first, structure=msgspec.structs.replace(first.structure, server=server))
    history = after(first, now)
    assert history.current.version == "1.1"
    assert "not-null" not in told(history)


def test_another_scope_is_told_as_such() -> None:
    """What is documented now was not added, what is not any more was not removed, and nothing is breaking."""
    audit = table("audit.log", "id bigint")
    everything, some = snapshot(orders(), audit), with_scope(snapshot(orders()), include=("sales.*",))
    history = after(some, everything)
    assert history.current.version == "1.1"
    assert told(history) == (
        "scope of this document: sales.\\* → everything<br>schema `audit` is documented now, with 1 object"
    )
    history = after(everything, some, history)
    assert history.current.version == "1.2"
    assert "schema `audit` is not documented any more, with 1 object" in told(history)
    assert history.last_change("audit", "log", since="1.0") is None  # nothing happened to it
    assert history.last_change(None, "audit", since="1.0") is None


def test_a_scope_without_whole_schemas_names_what_it_gained() -> None:
    """A table whose schema was documented before is told by itself."""
    both = snapshot(orders(), USERS)
    some = with_scope(snapshot(orders()), include=("sales.orders",))
    assert "table `sales.users` is documented now" in told(after(some, both))


def test_default_privileges_are_plural_already() -> None:
    """Several of them share a line, and one is not called another."""
    given = tuple(DefaultPrivileges(role="app", objects=objects) for objects in ("TABLES", "SEQUENCES"))
    first = snapshot(orders())
    now = msgspec.structs.replace(
        first, structure=msgspec.structs.replace(first.structure, default_privileges=given)
    )
    assert told(after(first, now)) == (
        "default privileges `on SEQUENCES of app in all schemas` and `on TABLES of app in all schemas`"
        " were added"
    )


def test_a_table_in_another_schema_was_moved() -> None:
    """What kept its name was not renamed."""
    first, now = snapshot(orders(), USERS), snapshot(orders(name="crm.orders"), USERS)
    row = told(after(first, now))
    assert "table `crm.orders` was moved from schema sales (assumed, " in row


def test_what_is_left_out_under_the_same_patterns_is_told() -> None:
    """Something new that the patterns leave out is no change of what is documented, but of what is said."""
    first = snapshot(orders())
    left_out = SchemaLeftOut(name="tmp", reason="excluded")
    now = with_scope(first, schemas_left_out=(left_out,), relations_left_out=3)
    assert told(after(first, now)) == (
        "scope of this document: left out now: schema tmp; relations left out: 0 → 3"
    )


def test_a_sequence_is_told_with_its_column() -> None:
    """Nobody tells of the sequence behind a new column; one that stands alone is told."""
    first = snapshot(orders())
    with_serial = snapshot(
        orders("number integer"), sequences=[sequence("sales.orders_number_seq", "sales.orders.number")]
    )
    assert told(after(first, with_serial)) == "table `sales.orders`: column number was added"
    alone = snapshot(orders(), sequences=[sequence("sales.numbers")])
    assert told(after(first, alone)) == "sequence `sales.numbers` was added"


def test_many_changes_are_bounded_and_breaking_ones_come_first() -> None:
    """Tables that came together share a line, long lists end in a link, and what breaks stands first."""
    first = snapshot(orders("old text"), *(table(f"s.t{n:02}", "id bigint") for n in range(20)))
    now = snapshot(
        orders(),
        *(
            msgspec.structs.replace(
                table(f"s.t{n:02}", "id bigint", *(f"c{m} text" for m in range(9))), comment="x"
            )
            for n in range(20)
        ),
        *(table(f"n.x{n:02}", "a text", "b date") for n in range(30)),
    )
    lines = told(after(first, now)).split("<br>")
    assert lines[0] == "**Breaking.** table `sales.orders`: column old was removed (**breaking**)"
    assert (
        "tables `n.x00`, `n.x01`, `n.x02`, `n.x03`, `n.x04`, `n.x05`, `n.x06`, `n.x07` and 22 more were added"
        in lines
    )
    assert len(lines) == 13
    assert lines[-1].startswith("and ")
    assert lines[-1].endswith("more changes in [`history.json`](history.json)")
    assert any(line.endswith("and 4 more") for line in lines)


def test_a_lost_snapshot_is_said() -> None:
    """Without the earlier snapshot nobody knows what changed, only whether something did."""
    first = snapshot(USERS)
    history = begun(first)
    same = revisions.revised(history, None, first, author=None, read_by="1")
    assert same is history
    other = revisions.revised(history, None, snapshot(orders()), author=None, read_by="1")
    assert (other.current.version, other.current.changes) == ("2.0", ())
    assert "What changed is not known" in told(other)


def test_another_pgdossier_is_said() -> None:
    """A newer program may see more: the row says that it was another one."""
    first = snapshot(USERS)
    history = after(first, snapshot(orders(), USERS), read_by="2")
    assert told(history).startswith("Read by pgdossier 2, the revision before by 1: differences may")


def test_a_rename_is_told_with_what_was_assumed() -> None:
    """The row says from what, how sure it is and why; the file has it for programs."""
    first, now = snapshot(orders(), USERS), snapshot(orders(name="sales.purchases"), USERS)
    history = after(first, now)
    assert told(history).startswith(
        "**Breaking.** table `sales.purchases` was renamed from sales.orders (assumed, "
    )
    (assumed, *_) = history.current.assumed
    assert (assumed.kind, assumed.before, assumed.after) == ("table", ("orders",), ("purchases",))
    assert assumed.schemas == ("sales", "sales")


def test_names_of_the_database_are_text() -> None:
    """Whatever a name holds, it is shown, and a row stays a row."""
    first = snapshot(orders())
    odd = column("x text")
    odd = msgspec.structs.replace(odd, name="a|b`<br>\n*c*")
    now = snapshot(msgspec.structs.replace(orders(), columns=(*orders().columns, odd)))
    assert told(after(first, now)) == ("table `sales.orders`: column a&#124;b\\`\\<br\\> \\*c\\* was added")


# --- the file


def test_the_file_gives_back_what_was_written() -> None:
    """Encoding and decoding are each other's opposite."""
    history = after(snapshot(USERS), snapshot(orders(), USERS)).remembering({"purpose": "0"}, "1.0")
    assert revisions.decode(revisions.encode(history)) == history


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda data: b"", "is damaged"),
        (lambda data: data[:-20], "is damaged"),
        (
            lambda data: b"<<<<<<< HEAD\n" + data + b"=======\n>>>>>>> other\n",
            "holds the conflict of a merge",
        ),
        (lambda data: data.replace(b'"format": 1', b'"format": 2'), "has format 2"),
        (lambda data: data.replace(b'"1.1"', b'"1.0"'), "revision 1.0 stands after 1.0"),
        (lambda data: data.replace(b'"1.1"', b'"0.9"'), "'0.9' is no version"),
        (lambda data: data.replace(b'"date"', b'"day"'), "is damaged"),
        (lambda data: b'{"revisions":[]}', "no revision"),
    ],
)
def test_a_damaged_file_is_an_error(damage: Any, says: str) -> None:
    """A history that cannot be read is named with what to do; it is never begun anew silently."""
    history = after(snapshot(USERS), snapshot(orders(), USERS))
    with pytest.raises(OutputError) as caught:
        revisions.decode(damage(revisions.encode(history)), "docs/history.json")
    assert caught.value.message.startswith("docs/history.json ")
    assert says in caught.value.message
    assert caught.value.code == 2
    assert "version control" in (caught.value.hint or "")


# --- texts that are older than a change


def revision(version: str, *changes: revisions.Change, **fields: Any) -> Revision:
    return Revision(version=version, date="2026-01-01", changes=changes, structure="", read_by="", **fields)


def change(
    schema: str | None, name: str, what: str, kind: str = "table", whole: str = ""
) -> revisions.Change:
    return revisions.Change(kind=kind, schema=schema, name=name, what=what, whole=whole)


def mark(history: History, key: str, since: str) -> str:
    known = msgspec.structs.replace(history, notes={key: Note(text="0", version=since)})
    version, what = words.marks(known, {key: "Text.\n"}).get(key, ("", ""))
    return f"{version} {what}".strip()


def test_a_text_is_older_than_the_newest_change_of_its_table() -> None:
    """The newest revision that changed it counts, others and those before the text do not."""
    history = History(
        revisions=(
            revision("1.0"),
            revision("1.1", change("s", "t", "column a was added"), change("s", "t", "column b was added")),
            revision("1.2", change("s", "other", "column c was added")),
        )
    )
    assert mark(history, "table:s.t", "1.0") == "1.1 column a was added, and 1 more change"
    assert mark(history, "table:s.t", "1.1") == ""
    assert mark(history, "purpose", "1.0") == ""
    assert mark(history, "domain:s", "1.0") == ""
    assert words.marks(history, {"table:s.t": "Text.\n"}) == {}


def test_a_text_follows_the_former_names_of_its_table() -> None:
    """A change that was made under an old name, in an old schema, is still a change of the table."""
    schemas = revisions.Assumption(kind="schema", before=("a",), after=("s",), confidence=90, reason="")
    history = History(
        revisions=(
            revision("1.0"),
            revision("1.1", change("a", "t", "column x was added")),
            revision("2.0", change(None, "s", "renamed from a", "schema", "renamed"), assumed=(schemas,)),
        )
    )
    assert mark(history, "table:s.t", "1.0") == "1.1 column x was added"
    assert mark(history, "domain:s", "1.0") == "2.0 schema renamed from a"


def test_a_text_on_a_schema_is_older_than_what_came_into_it() -> None:
    """Tables that come, go or get new names change what a schema stands for; their columns do not."""
    history = History(
        revisions=(
            revision("1.0"),
            revision("1.1", change("s", "t", "was added", whole="added")),
            revision("1.2", change("s", "t", "column x was added")),
        )
    )
    assert mark(history, "domain:s", "1.0") == "1.1 table `s.t` was added"


def test_what_is_remembered_of_a_text() -> None:
    """A known text keeps its version, a new or changed one gets the current, a lost one is forgotten."""
    history = begun(snapshot(USERS)).remembering({"a": "1", "b": "1"}, since="1.0")
    later = history.moving({"a": "c"}).remembering({"b": "2", "c": "1"}, since="1.3")
    assert later.notes == {"b": Note(text="2", version="1.3"), "c": Note(text="1", version="1.0")}
