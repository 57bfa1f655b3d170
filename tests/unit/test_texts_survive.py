"""People's words through all of `generate`, without a server: never lost, never doubled, never changed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier import output, pipeline
from pgdossier.authored import blocks
from pgdossier.config import Config, Diagrams, Source
from pgdossier.errors import DossierError
from pgdossier.model import snapshot_json
from pgdossier.model.schemas import Schema
from pgdossier.output import MANIFEST
from pgdossier.progress import SILENT
from tests.support.builders import OWNER, snapshot, table

Columns = dict[str, str]
TYPES = ("text", "bigint", "date", "numeric(10,2)", "uuid", "boolean")


class Database:
    """A database that people change: tables with columns, in schemas."""

    def __init__(self) -> None:
        self.tables: dict[tuple[str, str], Columns] = {
            ("sales", "orders"): {
                "id": "bigint",
                "total": "numeric(10,2)",
                "made_on": "date",
                "note": "text",
            },
            ("sales", "users"): {"id": "bigint", "email": "text", "born": "date", "active": "boolean"},
            ("stock", "items"): {"sku": "text", "count": "integer", "shelf": "text", "weight": "real"},
        }
        self.day = 1

    def change(self, dice: random.Random) -> None:
        """Something that happens to databases."""
        what = dice.choice(
            ("add", "drop", "rename", "schema", "column", "no column", "renamed column", "again")
        )
        names = sorted(self.tables)
        if what == "add" or not names:
            self.tables[dice.choice(("sales", "stock", "a.b")), f"t{dice.randrange(5)}"] = self.columns(dice)
        elif what == "drop":
            del self.tables[dice.choice(names)]
        elif what == "rename":
            old = dice.choice(names)
            new = (
                dice.choice((old[0], "stock")),
                f"{dice.choice(('r', 'orders', 'Users'))}{dice.randrange(3)}",
            )
            self.tables.setdefault(new, self.tables[old])
            if new != old:
                del self.tables[old]
        elif what == "schema":
            old_schema, new_schema = dice.choice(names)[0], dice.choice(("sales", "shop", "Großes Lager"))
            if new_schema not in {schema for schema, _ in names}:
                self.tables = {
                    (new_schema if key[0] == old_schema else key[0], key[1]): columns
                    for key, columns in self.tables.items()
                }
        elif what == "again":
            self.tables.setdefault(("sales", "orders"), self.columns(dice))
        else:
            name = dice.choice(names)
            columns = dict(self.tables[name])
            if what == "column" or len(columns) < 2:
                columns[f"c{dice.randrange(9)}"] = dice.choice(TYPES)
            elif what == "no column":
                del columns[dice.choice(sorted(columns))]
            else:
                old_column = dice.choice(sorted(columns))
                columns = {f"{old_column}_x" if key == old_column else key: of for key, of in columns.items()}
            self.tables[name] = columns

    @staticmethod
    def columns(dice: random.Random) -> Columns:
        return {f"k{number}": dice.choice(TYPES) for number in range(dice.randrange(1, 6))}

    def encoded(self) -> bytes:
        relations = [
            msgspec.structs.replace(
                table("x", *(f'"{column}" {of}' for column, of in columns.items())), schema=schema, name=name
            )
            for (schema, name), columns in self.tables.items()
        ]
        schemas = [Schema(name=schema, owner=OWNER) for schema in {"sales", *(key[0] for key in self.tables)}]
        self.day += 1
        made = msgspec.structs.replace(
            snapshot(*relations, schemas=schemas), captured_on=f"2026-01-{self.day:02}"
        )
        return snapshot_json.encode(made)


class Document:
    """A document of that database, and what people wrote into it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "document"
        self.database = Database()
        self.layout: Literal["single", "split"] = "single"
        self.words: set[str] = set()
        self.written = 0

    def generate(self, *, keep: bool = False) -> None:
        (self.home / "snapshot.json").write_bytes(self.database.encoded())
        config = Config(
            source=Source(kind="snapshot", path=self.home / "snapshot.json"),
            output=self.folder,
            layout=self.layout,
            diagrams=Diagrams(enabled=False),
            keep=keep,
        )
        pipeline.generate(config, SILENT)

    def bodies(self) -> dict[str, str]:
        return {key: body for key, body in output.read_authored(self.folder).items() if body.strip()}

    def pages(self) -> list[Path]:
        return sorted(self.folder.rglob("*.md"))

    def new_text(self, shape: str) -> str:
        self.written += 1
        word = f"word{self.written}word"
        self.words.add(word)
        return shape.replace("WORD", word)

    def edit(self, dice: random.Random, shape: str) -> None:
        """Somebody writes into a block, replaces what stands there, or empties it."""
        page = dice.choice(self.pages())
        found = blocks.read(page.read_bytes().decode(), str(page))
        if not found.bodies:
            return
        key = dice.choice(sorted(found.bodies))
        old = found.bodies[key]
        how = dice.choice(("replace", "append", "empty"))
        new = "" if how == "empty" else self.new_text(shape)
        if how == "append" and key in self.bodies():
            new = old + new
        else:
            self.words -= {word for word in self.words if word in old}
        self.write(page, blocks.block(key, old), blocks.block(key, new))

    def edit_outside(self, dice: random.Random, shape: str) -> None:
        """Somebody writes where nobody should, and wants it kept."""
        page = dice.choice(self.pages())
        text = page.read_bytes().decode()
        place = dice.choice([line for line in blocks.outside(text) if not line.is_marker])
        lines = [f"{line}\n" for line in text.split("\n")]
        typed = self.new_text(shape)
        gone = ""
        if dice.randrange(3) == 0:  # over a line that was there
            gone, lines[place.number - 1] = lines[place.number - 1], typed
        else:
            lines.insert(place.number - 1, typed)
        changed = "".join(lines)[:-1]
        try:
            now = blocks.parse(changed, str(page))
        except DossierError:
            now = {}
        if now == blocks.parse(text, str(page)):
            page.write_bytes(changed.encode())
            self.words -= {word for word in self.words if word in gone}
        else:  # blocks were broken or made, which is another matter
            self.words.discard(f"word{self.written}word")

    @staticmethod
    def write(page: Path, old: str, new: str) -> None:
        text = page.read_bytes().decode()
        assert text.count(old) == 1
        page.write_bytes(text.replace(old, new).encode())

    def check(self) -> None:
        """Every word that somebody wrote and nobody took away stands in the pages once."""
        everything = "".join(page.read_bytes().decode() for page in self.pages())
        for word in self.words:
            assert everything.count(word) == 1, word
        assert sum("word" in body for body in self.bodies().values()) <= len(self.words)


SHAPES = (
    "WORD\n",
    "# WORD\r\n\r\nTwo *lines*.\n\n",
    "  WORD | `x` <!-- a comment -->  \n",
    "```\n<!-- authored: purpose -->\nWORD\n<!-- /authored -->\n```\n",
    "- WORD\n  ~~~~sql\n  SELECT '``` <!-- /authored -->';\n  ~~~~\n",
    "\nWORD\0\u2028Größe\x85\n\n\n",
)
steps = st.lists(
    st.tuples(
        st.sampled_from(("edit", "edit", "change", "change", "refresh", "refresh", "layout", "outside")),
        st.integers(0, 2**32),
        st.sampled_from(SHAPES),
    ),
    min_size=3,
    max_size=14,
)


@given(steps)
def test_no_word_is_ever_lost_or_doubled(
    tmp_path_factory: pytest.TempPathFactory, plan: list[tuple[str, int, str]]
) -> None:
    """Random edits, changes of the schema and of the layout, and refreshes: every text is there once."""
    document = Document(tmp_path_factory.mktemp("document"))
    document.generate()
    outside = False
    for what, seed, shape in [*plan, ("refresh", 0, "")]:
        dice = random.Random(seed)  # noqa: S311 - a test needs no secrets
        if what == "edit":
            document.edit(dice, shape)
        elif what == "outside":
            document.edit_outside(dice, shape)
            outside = True
        elif what == "change":
            document.database.change(dice)
        elif what == "layout":
            document.layout = "single" if document.layout == "split" else "split"
        else:
            before = document.bodies()
            document.generate(keep=outside)
            after = document.bodies()
            if not outside:
                assert sorted(before.values()) == sorted(after.values())
            document.check()
            document.generate()
            assert document.bodies() == after
            outside = False
            assert {path.name for path in document.folder.iterdir()} >= {MANIFEST, "history.json"}
