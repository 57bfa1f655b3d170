"""What a document remembers from run to run, through all of `generate`, without a server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import msgspec
import pytest

from pgdossier import output, pipeline
from pgdossier.authored import blocks
from pgdossier.config import Config, Diagrams, Source
from pgdossier.errors import OutputError
from pgdossier.history import revisions
from pgdossier.history.revisions import History
from pgdossier.model import snapshot_json
from pgdossier.model.relations import Relation
from pgdossier.output import MANIFEST
from pgdossier.progress import SILENT
from tests.support.builders import key, snapshot, table

USERS = table("sales.users", "id bigint", "email text", "born date", pk="id")
ASK = "_Notes for reviewers: why this table is as it is, what to watch._\n"


def orders(*more: str, name: str = "sales.orders") -> Relation:
    """A table whose key keeps its name when the table is renamed, as on a server."""
    columns = ("id bigint", "total numeric", "user_id bigint", "note text", *more)
    return table(name, *columns, pk=key("orders_pkey", "id"), checks=["total > 0"])


class Document:
    """A document on one page, and the database that it is about."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "document"
        self.month = 0

    def generate(self, *relations: Relation, **fields: object) -> pipeline.GenerateResult:
        self.month += 1
        made = msgspec.structs.replace(snapshot(*relations), captured_on=f"2026-{self.month:02}-01")
        (self.home / "snapshot.json").write_bytes(snapshot_json.encode(made))
        config = Config(
            source=Source(kind="snapshot", path=self.home / "snapshot.json"),
            output=self.folder,
            layout="single",
            diagrams=Diagrams(enabled=False),
        )
        return pipeline.generate(msgspec.structs.replace(config, **fields), SILENT)

    @property
    def front(self) -> str:
        return (self.folder / "README.md").read_bytes().decode()

    @property
    def history(self) -> History:
        return revisions.decode((self.folder / "history.json").read_bytes())

    def versions(self) -> list[tuple[str, str]]:
        return [(revision.version, revision.date) for revision in self.history.revisions]

    def write(self, block: str, text: str) -> None:
        old = blocks.block(block, blocks.parse(self.front, "")[block])
        (self.folder / "README.md").write_bytes(self.front.replace(old, blocks.block(block, text)).encode())

    def files(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in sorted(self.folder.iterdir())}


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """A document of users and orders, at 1.0."""
    made = Document(tmp_path)
    made.generate(USERS, orders())
    return made


def test_the_title_block_says_when(document: Document) -> None:
    """Version, the day of the first revision and that of the newest."""
    document.generate(USERS, orders("discount numeric"))
    assert "| **Document version** | 1.1 |\n| **Created** | 2026-01-01 |\n" in document.front
    assert "| **Last changed** | 2026-02-01 |\n" in document.front


def test_a_document_of_an_earlier_pgdossier_begins_with_its_own_snapshot(document: Document) -> None:
    """Without history.json the first revision has the date of the snapshot that is there, and no author."""
    manifest = json.loads((document.folder / MANIFEST).read_bytes())
    del manifest["files"]["history.json"]
    (document.folder / MANIFEST).write_text(json.dumps(manifest))
    (document.folder / "history.json").unlink()
    document.write("table:sales.orders", "Ours.\n")
    document.generate(USERS, orders("discount numeric"), author="Ada")
    assert document.versions() == [("1.0", "2026-01-01"), ("1.1", "2026-02-01")]
    assert [revision.author for revision in document.history.revisions] == [None, "Ada"]
    assert "*Written before [revision 1.1](#section-13) (column discount was added).*" in document.front


@pytest.mark.parametrize("damage", [None, b"", b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n"])
def test_a_lost_history_stops_the_run(document: Document, damage: bytes | None) -> None:
    """Missing, damaged or half merged: a clear error and nothing written; --discard begins anew."""
    file = document.folder / "history.json"
    if damage is None:
        file.unlink()
    else:
        file.write_bytes(damage)
    before = document.files()
    with pytest.raises(OutputError, match=r"history\.json (is|holds)") as caught:
        document.generate(USERS)
    assert caught.value.code == 2
    assert "--discard" in (caught.value.hint or "")
    assert document.files() == before
    document.generate(USERS, discard=True)
    assert [version for version, _ in document.versions()] == ["1.0", "2.0"]


def test_a_lost_snapshot_is_told(document: Document) -> None:
    """The revision says that nobody knows what changed; without a change there is no revision."""
    (document.folder / "snapshot.json").write_bytes(b"<<<<<<< HEAD\n")
    document.generate(USERS, orders())
    assert [version for version, _ in document.versions()] == ["1.0"]
    (document.folder / "snapshot.json").write_bytes(b"<<<<<<< HEAD\n")
    document.generate(USERS)
    assert [version for version, _ in document.versions()] == ["1.0", "2.0"]
    assert "What changed is not known" in document.front


def test_a_rename_to_a_name_with_words_of_its_own_keeps_both(document: Document) -> None:
    """The notes on the table that was there before stay, the old ones are parked, and it is said."""
    document.write("table:sales.orders", "On orders.\n")
    document.generate(USERS, orders(), table("sales.sold", "what text", "when_on date"))
    document.write("table:sales.sold", "On what was sold.\n")
    document.generate(USERS, orders())
    result = document.generate(USERS, orders(name="sales.sold"))
    assert any("both have notes; the old ones stand among the unplaced notes" in w for w in result.warnings)
    assert output.read_authored(document.folder) == {
        "table:sales.orders": "On orders.\n",
        "table:sales.sold": "On what was sold.\n",
    }
    assert document.front.endswith(
        "**Notes on `sales.orders`**\n\n" + blocks.block("table:sales.orders", "On orders.\n")
    )
    document.generate(USERS, orders(), table("sales.sold", "what text", "when_on date"))
    assert "Unplaced notes" not in document.front


def test_an_emptied_block_is_a_decision(document: Document) -> None:
    """It stays empty and counts as nothing written; when its table went and came back it asks again."""
    document.write("table:sales.orders", "")
    document.generate(USERS, orders())
    assert blocks.parse(document.front, "")["table:sales.orders"] == ""
    assert "0 of " in document.front
    document.generate(USERS)
    assert "Unplaced notes" not in document.front
    document.generate(USERS, orders())
    assert blocks.parse(document.front, "")["table:sales.orders"] == ASK


def test_an_emptied_block_is_empty_under_a_new_name_too(document: Document) -> None:
    """The decision moves along with a rename like a text."""
    document.write("table:sales.orders", "")
    document.generate(USERS, orders(name="sales.purchases"))
    assert blocks.parse(document.front, "")["table:sales.purchases"] == ""


def test_a_parked_text_goes_when_it_is_emptied(document: Document) -> None:
    """Emptying the block under "Unplaced notes" is how one says that it is no longer true."""
    document.write("table:sales.orders", "Old.\n")
    document.generate(USERS)
    assert blocks.parse(document.front, "")["table:sales.orders"] == "Old.\n"
    document.write("table:sales.orders", "")
    document.generate(USERS)
    assert "table:sales.orders" not in document.front


def test_any_edit_takes_the_mark_away(document: Document) -> None:
    """A mark is no edit by hand, stays while nothing happens, and goes with the next byte of the text."""
    document.write("table:sales.orders", "Ours.\n")
    document.generate(USERS, orders("discount numeric"))
    assert document.front.count("Written before") == 1
    document.month -= 1  # the same snapshot again
    assert document.generate(USERS, orders("discount numeric")).unchanged == tuple(
        sorted(name for name in document.files() if name != MANIFEST)
    )
    document.write("table:sales.orders", "Ours!\n")
    document.generate(USERS, orders("discount numeric"))
    assert "Written before" not in document.front


def test_a_text_that_was_written_before_the_refresh_is_older_than_the_change(document: Document) -> None:
    """Whoever wrote it saw the document as it was, so the change that the refresh finds is newer."""
    document.write("table:sales.orders", "Ours.\n")
    document.generate(USERS, orders("discount numeric"))
    assert "Written before [revision 1.1]" in document.front
    document.write("domain:sales", "Sales.\n")
    document.generate(USERS, orders("discount numeric"), table("sales.gifts", "a text"))
    assert "*Written before [revision 1.2](#section-13) (table `sales.gifts` was added).*" in document.front


def test_the_author_is_whom_git_knows_in_the_folder_s_repository(tmp_path: Path) -> None:
    """The configuration wins; outside a repository nobody is made up, whoever is configured there."""
    document = Document(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_AUTHOR_NAME", "Global Somebody")
        document.generate(USERS)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)  # noqa: S607 - developers have one
    for name, value in (("user.name", "Ada | Reader"), ("user.email", "ada@example.com")):
        subprocess.run(["git", "-C", tmp_path, "config", name, value], check=True)  # noqa: S607 - as above
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GIT_AUTHOR_NAME", raising=False)
        patch.delenv("GIT_AUTHOR_EMAIL", raising=False)
        document.generate(USERS, orders())
    document.generate(USERS, author="Nightly")
    assert [revision.author for revision in document.history.revisions] == [
        None,
        "Ada | Reader <ada@example.com>",
        "Nightly",
    ]
    assert "| 1.1 | 2026-02-01 | Ada &#124; Reader | table `sales.orders` was added |" in document.front
