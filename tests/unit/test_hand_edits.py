"""Text that somebody typed outside the blocks: shown, kept in the nearest block, or dropped on demand."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier import output, pipeline
from pgdossier.authored import blocks
from pgdossier.config import Config, Diagrams, Source
from pgdossier.errors import OutputError, UsageError
from pgdossier.model import snapshot_json
from pgdossier.output.edits import EditedPage, edits, in_words, kept
from pgdossier.progress import SILENT
from tests.support.builders import snapshot, table

USERS = table("sales.users", "id bigint", "email text", "born date", pk="id")
ORDERS = table("sales.orders", "id bigint", "total numeric", "user_id bigint", pk="id")
PAGE = "tables/sales.orders.md"
KEY = "table:sales.orders"


class Document:
    """A document in the split layout, made from snapshots."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "document"
        self.relations = [USERS, ORDERS]

    def generate(self, **fields: object) -> pipeline.GenerateResult:
        (self.home / "snapshot.json").write_bytes(snapshot_json.encode(snapshot(*self.relations)))
        config = Config(
            source=Source(kind="snapshot", path=self.home / "snapshot.json"),
            output=self.folder,
            layout="split",
            diagrams=Diagrams(enabled=False),
        )
        return pipeline.generate(msgspec.structs.replace(config, **fields), SILENT)

    def edit(self, old: str, new: str, path: str = PAGE) -> None:
        text = (self.folder / path).read_bytes().decode()
        assert text.count(old) == 1, (old, text)
        (self.folder / path).write_bytes(text.replace(old, new).encode())

    def refused(self) -> OutputError:
        before = self.files()
        with pytest.raises(OutputError) as caught:
            self.generate()
        assert caught.value.code == 2
        assert self.files() == before
        return caught.value

    def files(self) -> dict[str, bytes]:
        return {
            file.relative_to(self.folder).as_posix(): file.read_bytes()
            for file in sorted(self.folder.rglob("*"))
            if file.is_file()
        }

    def change(self) -> None:
        """Another column and another table: every page is written anew."""
        columns = ("id bigint", "total numeric", "user_id bigint", "discount numeric")
        self.relations = [
            table("sales.users", "id bigint", "email text", "born date", "name text", pk="id"),
            table("sales.orders", *columns, pk="id"),
        ]


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """A document as it was written."""
    made = Document(tmp_path)
    made.generate()
    return made


@pytest.mark.parametrize("changed", [False, True])
def test_an_edit_is_shown_with_what_was_there(document: Document, changed: bool) -> None:
    """File, line, what was there and what is there; a change of the database meanwhile hides nothing."""
    document.edit("# `orders`\n", "# `orders`, our favourite\n")
    document.edit("| PK | `id`", "Mind the key!\n\n| PK | `id`", "tables/sales.users.md")
    if changed:
        document.change()
    error = document.refused()
    where = f"{document.folder}/{PAGE}:5"
    assert error.message == (
        f"{where}: this page (and 1 more) was edited outside its authored blocks; nothing was written"
    )
    assert error.details[:4] == (
        f"{where}:",
        "  - # `orders`",
        "  + # `orders`, our favourite",
        f"{document.folder}/tables/sales.users.md:17:",
    )
    assert error.details[4] == "  + Mind the key!"
    assert "--keep" in (error.hint or "")
    assert "--discard" in (error.hint or "")


def test_a_filled_block_does_not_hide_what_was_written(document: Document) -> None:
    """Blocks that were filled since change what the page would be; the edit is still shown alone."""
    document.edit("_Notes for reviewers: why this table is as it is, what to watch._\n", "Ours.\n")
    document.edit("## 13. Revision History\n", "## 13. Revision History!\n", "README.md")
    document.change()
    assert document.refused().details == (
        f"{document.folder}/README.md:{line_of(document, '## 13. Revision History!')}:",
        "  - ## 13. Revision History",
        "  + ## 13. Revision History!",
    )


def line_of(document: Document, text: str) -> int:
    return (document.folder / "README.md").read_text(encoding="utf-8").split("\n").index(text) + 1


def test_what_was_written_may_be_unknown(document: Document) -> None:
    """With another title the old page cannot be made again: what would be written now must do."""
    document.edit("# `orders`\n", "# `orders`!\n")
    document.edit("## 13. Revision History\n", "## 13. Revision History!\n", "README.md")
    document.change()
    with pytest.raises(OutputError) as caught:
        document.generate(title="Another")
    assert any("is not known exactly any more" in line for line in caught.value.details)
    assert any("README.md" in line for line in caught.value.details)


def test_keep_moves_the_text_into_the_nearest_block(document: Document) -> None:
    """Typed lines go to the block before them, an altered line comes back, nothing else changes."""
    document.edit("_Notes for reviewers: why this table is as it is, what to watch._\n", "Ours.\n")
    document.edit("# `orders`\n", "# `orders`, our favourite  \n")
    document.edit("**Keys and indexes**\n", "Mind *these*:\n\n**Keys and indexes**\n")
    result = document.generate(keep=True)
    assert output.read_authored(document.folder)[KEY] == (
        "Ours.\n\n# `orders`, our favourite  \n\nMind *these*:\n"
    )
    page = (document.folder / PAGE).read_text(encoding="utf-8")
    assert "\n# `orders`\n" in page
    assert [warning for warning in result.warnings if f"in the block {KEY} now" in warning]
    assert document.generate().written == ()


def test_keep_replaces_a_prompt_and_nothing_else(document: Document) -> None:
    """The prompt of an unfilled block makes way for what is kept."""
    document.edit("**Keys and indexes**\n", "Mind these.\n**Keys and indexes**\n")
    document.generate(keep=True)
    assert output.read_authored(document.folder) == {KEY: "Mind these.\n"}


def test_keep_finds_a_place_for_text_on_a_page_without_blocks(document: Document) -> None:
    """Such text is parked on the front page, with the page it came from."""
    document.relations = [
        table(f"sales.t{n:03}", "id bigint", "x text", pk="id", unique=["x"]) for n in range(160)
    ]
    document.generate()
    document.edit("# All secondary indexes\n", "# All secondary indexes\nMind these.\n", "indexes.md")
    document.generate(keep=True)
    assert "Mind these" not in (document.folder / "indexes.md").read_text(encoding="utf-8")
    front = (document.folder / "README.md").read_text(encoding="utf-8")
    assert front.endswith(
        "**Kept from the page `indexes.md`**\n\n" + blocks.block("page:indexes%2Emd", "Mind these.\n")
    )


def test_keep_saves_the_text_of_a_page_that_goes(document: Document) -> None:
    """A table is dropped, its page was edited: what was typed is parked with the notes on the table."""
    document.edit("**Keys and indexes**\n", "Mind these.\n**Keys and indexes**\n")
    document.relations = [USERS]
    assert f"{PAGE}:" in document.refused().message
    document.generate(keep=True)
    assert not (document.folder / PAGE).exists()
    assert blocks.block(KEY, "Mind these.\n") in (document.folder / "README.md").read_text(encoding="utf-8")


def test_removed_lines_come_back(document: Document) -> None:
    """Nothing was typed, so there is nothing to keep: the line is written again, and that is said."""
    before = document.files()
    document.edit("**Keys and indexes**\n", "")
    result = document.generate(keep=True)
    assert document.files() == before
    assert [warning for warning in result.warnings if "was written again" in warning]


def test_discard_drops_what_was_typed(document: Document) -> None:
    """Only when somebody says so, and people's blocks stay."""
    before = document.files()
    document.edit("# `orders`\n", "# `orders`!\n")
    document.generate(discard=True)
    assert document.files() == before


def test_keep_and_discard_contradict_each_other(document: Document) -> None:
    """Nobody can want both."""
    with pytest.raises(UsageError, match="contradict"):
        document.generate(keep=True, discard=True)


def test_a_new_block_of_somebody_s_own_is_kept(document: Document) -> None:
    """Markers with a key of their own are no block of the document: the text is parked under that key."""
    document.edit("**Keys and indexes**\n", blocks.block("mine", "My own.\n") + "\n**Keys and indexes**\n")
    document.refused()
    document.generate(keep=True)
    assert output.read_authored(document.folder) == {"mine": "My own.\n"}
    assert "**The block `mine`**" in (document.folder / "README.md").read_text(encoding="utf-8")


def test_code_stays_code(document: Document) -> None:
    """Lines typed into the SQL of a page are kept as a code block, and cannot break any."""
    document.edit("CREATE TABLE sales.orders (\n", "-- <!-- /authored -->\nCREATE TABLE sales.orders (\n")
    document.generate(keep=True)
    assert output.read_authored(document.folder) == {KEY: "```text\n-- <!-- /authored -->\n```\n"}
    assert document.generate().written == ()


def test_a_long_difference_is_cut() -> None:
    """Of a big edit the beginning is shown, and how much more there is."""
    page = EditedPage("a.md", "".join(f"new {n} {'x' * 200}\n" for n in range(50)), ())
    (found,) = edits(page, "old\n")
    shown = in_words(found)
    assert shown[:2] == ("- old", f"+ new 0 {'x' * 92}…")
    assert shown[-1] == "  … 45 more lines"
    assert len(shown) == 7


PIECES = (
    "Text.\n",
    "\n",
    "```\n",
    "~~~~\n",
    "````sql\n",
    "> ```\n",
    "- ~~~\n",
    "| a | b |\r\n",
    "<!-- x\n",
    "<!-- authored: k -->\n",
    "<!-- /authored -->\n",
    "<!-- authored\n",
    "    ```\n",
    "x <!-- /authored -->\n",
)
lines = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join)


@given(st.lists(lines, max_size=3), st.booleans())
def test_what_is_kept_is_read_back(typed: list[str], is_code: bool) -> None:
    """Whatever was typed, half a code block or a marker: the block holds every byte, and is still a block."""
    body = ""
    for text in typed:
        grown = kept(body, text, is_code=is_code)
        assert grown.startswith(body)
        assert text in grown
        assert blocks.parse(blocks.block("k", grown), "") == {"k": grown}
        body = grown


@given(st.lists(st.sampled_from(["a\n", "b\n", "\n", "# c\n"]), max_size=12), st.data())
def test_every_typed_line_is_found(written: list[str], data: st.DataObject) -> None:
    """Lines typed at random places are all in the edits, and only they are."""
    typed = data.draw(st.lists(st.tuples(st.integers(0, len(written)), st.integers(0, 99)), max_size=4))
    changed = list(written)
    for number, (place, word) in enumerate(typed):
        changed.insert(min(place, len(changed)), f"typed {number} {word}\n")
    page = "# Page\n\n" + blocks.block("k", "Text.\n")
    found = edits(EditedPage("p.md", page + "".join(changed), ()), page + "".join(written))
    text = "".join(edit.typed for edit in found)
    assert sorted(line for line in text.splitlines() if line.startswith("typed")) == sorted(
        f"typed {number} {word}" for number, (_, word) in enumerate(typed)
    )
    assert all(edit.block == "k" for edit in found)
