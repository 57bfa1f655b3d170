"""A refresh that finds nothing changed ends after reading; else it is as if nothing were remembered."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Collection
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgdossier import output
from pgdossier.config import Config, Diagrams, ImpliedKeys, Source
from pgdossier.diagrams.chart import Chart
from pgdossier.diagrams.diagram import Outlined
from pgdossier.errors import DossierError
from pgdossier.model import snapshot_json
from pgdossier.model.relations import Relation
from pgdossier.model.snapshot import Snapshot
from pgdossier.output import stamps
from pgdossier.pipeline import GenerateResult, generate, reading, remembering
from pgdossier.progress import Progress, Silent
from tests.support.builders import check, index, snapshot, statistics, table, view
from tests.support.documents import contents

USERS = table("sales.users", "id bigint", "email text", "status text", pk="id", comment="Who buys.")
ORDERS = table(
    "sales.orders", "id bigint", "user_id bigint", "total numeric", pk="id", fks=["user_id -> sales.users"]
)
ITEMS = table("stock.items", "id bigint", "order_id bigint", pk="id", fks=["order_id -> sales.orders"])
NOTES = table("stock.notes", "id bigint", "text text")
BEFORE = (USERS, ORDERS, ITEMS, NOTES)


class Phases(Silent):
    """Notes what was done."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def phase(self, name: str, total: int | None = None) -> None:
        self.seen.append(name)


class Home:
    """A snapshot as a server's would be, a document, and a folder for what is remembered."""

    def __init__(self, root: Path, *relations: Relation) -> None:
        self.root = root
        self.cache = root / "cache"
        self.folder = root / "document"
        self.config = Config(
            # Of a server only the structure counts, so a file stands for one here.
            source=Source(kind="server", path=root / "snapshot.json"),
            output=self.folder,
            layout="split",
            diagrams=Diagrams(enabled=False),
        )
        self.put(snapshot(*(relations or BEFORE)))

    def put(self, found: Snapshot) -> None:
        (self.root / "snapshot.json").write_bytes(snapshot_json.encode(found))

    def run(self, config: Config | None = None) -> tuple[GenerateResult, bool]:
        """Generate; and whether that ended after reading."""
        seen = Phases()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(remembering.VARIABLE, str(self.cache))
            result = generate(config or self.config, seen)
        return result, "writing" not in seen.seen

    def settle(self) -> None:
        """Run until the document is remembered as it is now: what was written a moment ago is not."""
        for file in self.memory():
            file.unlink()
        for _ in range(100):
            self.run()
            if self.memory():
                return
        pytest.fail("the document was never remembered")

    def memory(self) -> list[Path]:
        return list(self.cache.rglob("*.json"))

    def anew(self, config: Config | None = None) -> dict[str, bytes]:
        """What a run that remembers nothing would make of the same document."""
        other = self.root / "other"
        shutil.rmtree(other, ignore_errors=True)
        shutil.copytree(self.folder, other)
        generate(msgspec.structs.replace(config or self.config, output=other), Silent())
        return contents(other)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A document that is remembered."""
    made = Home(tmp_path)
    made.settle()
    return made


def test_nothing_changed(home: Home) -> None:
    """The second run ends after reading, says what the first said, and touches nothing."""
    before = contents(home.folder)
    result, quick = home.run()
    assert quick
    assert result.relations == len(BEFORE)
    assert set(result.unchanged) == before.keys() - {".pgdossier.json"}
    assert (result.written, result.removed) == ((), ())
    assert contents(home.folder) == before == home.anew()


def test_what_took_long_to_write_is_remembered_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long ago a file was prepared: its stamp is the one that it has under its own name."""
    monkeypatch.setattr(stamps, "_TICK", 0)
    home = Home(tmp_path)
    assert not home.run()[1]
    assert home.run()[1]


def test_other_counters_are_no_change(home: Home) -> None:
    """Of a server only the structure counts: new sizes do not make a document stale."""
    home.put(snapshot(*BEFORE, sizes=[statistics("sales.users", 5)]))
    assert home.run()[1]


def test_of_a_file_all_of_it_counts(home: Home) -> None:
    """A document made from a saved snapshot shows the figures in it."""
    config = msgspec.structs.replace(
        home.config, source=Source(kind="snapshot", path=home.config.source.path)
    )
    home.run(config)
    home.run(config)
    home.put(snapshot(*BEFORE, sizes=[statistics("sales.users", 5)]))
    expected = home.anew(config)
    assert not home.run(config)[1]
    assert contents(home.folder) == expected


def test_warnings_are_given_again(tmp_path: Path) -> None:
    """What the user was told is told again, since it is still so."""
    home = Home(tmp_path)
    config = msgspec.structs.replace(home.config, diagrams=Diagrams(enabled=True))
    descriptions = tmp_path / "descriptions"
    descriptions.mkdir()
    (descriptions / "a.toml").write_text('table = "sales.nothing"\ndescription = "What?"\n')
    config = msgspec.structs.replace(
        config, descriptions=msgspec.structs.replace(config.descriptions, folder=descriptions)
    )
    first = home.run(config)[0].warnings
    assert first
    for _ in range(100):
        result, quick = home.run(config)
        assert result.warnings == first
        if quick:
            return
    pytest.fail("the document was never remembered")


def test_nothing_secret_is_remembered(home: Home) -> None:
    """Neither the connection nor a word of the document is in the memory."""
    (file,) = home.memory()
    data = file.read_bytes()
    assert b"users" not in data.replace(b"tables/sales.users.md", b"")
    assert str(home.config.source.path).encode() not in data


# --- what has changed


def _edited_block(home: Home) -> Config:
    page = home.folder / "tables" / "sales.users.md"
    text = page.read_text()
    prompt = "_Notes for reviewers: why this table is as it is, what to watch._"
    assert prompt in text
    page.write_text(text.replace(prompt, "Ours."))
    return home.config


def _removed_file(home: Home) -> Config:
    (home.folder / "schema.sql").unlink()
    return home.config


def _edited_file_of_the_same_size(home: Home) -> Config:
    file = home.folder / "tables" / "sales.users.md"
    file.write_bytes(file.read_bytes())
    return home.config


def _title(home: Home) -> Config:
    return msgspec.structs.replace(home.config, title="Ours")


def _less_confidence(home: Home) -> Config:
    return msgspec.structs.replace(home.config, implied=ImpliedKeys(minimum_confidence=10))


def _templates(home: Home) -> Config:
    folder = home.root / "templates"
    (folder / "markdown").mkdir(parents=True, exist_ok=True)
    config = msgspec.structs.replace(home.config, template_dir=folder)
    home.run(config)
    home.run(config)
    (folder / "markdown" / "relation_page.md.j2").write_text("# {{ relation.name }}\n")
    return config


def _descriptions(home: Home) -> Config:
    folder = home.root / "descriptions"
    folder.mkdir()
    told = msgspec.structs.replace(home.config.descriptions, folder=folder)
    config = msgspec.structs.replace(home.config, descriptions=told)
    home.run(config)
    home.run(config)
    (folder / "a.toml").write_text('table = "sales.orders"\ndescription = "What is bought."\n')
    return config


def _diagrams(home: Home) -> Config:
    return msgspec.structs.replace(home.config, diagrams=Diagrams(enabled=True))


@pytest.mark.parametrize(
    "change",
    [
        _edited_block,
        _removed_file,
        _edited_file_of_the_same_size,
        _title,
        _less_confidence,
        _templates,
        _descriptions,
        _diagrams,
    ],
)
def test_what_decides_the_document_is_noticed(home: Home, change: Callable[[Home], Config]) -> None:
    """A change of anything but the database: the document is the one that a run without memory makes."""
    config = change(home)
    expected = home.anew(config)
    _, quick = home.run(config)
    assert not quick
    assert contents(home.folder) == expected


def test_an_edited_page_is_still_refused(home: Home) -> None:
    """What somebody typed outside the blocks is found although nothing else changed."""
    page = home.folder / "tables" / "sales.users.md"
    page.write_text(page.read_text().replace("Who buys", "Who sells"))
    with pytest.raises(DossierError, match="edited outside"):
        home.run()


def test_another_program_is_noticed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document of another version of the program is made again."""
    monkeypatch.setattr(remembering, "__version__", "0.0.1")
    assert not home.run()[1]


def test_a_folder_without_a_cache(home: Home, tmp_path: Path) -> None:
    """Where nothing can be remembered everything is done, and nobody is told."""
    home.cache = tmp_path / "file" / "cache"
    home.cache.parent.write_text("in the way")
    result, quick = home.run()
    assert not quick
    assert result.warnings == ()


# --- what is remembered goes wrong


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_memory_costs_time_never_correctness(tmp_path: Path, seed: int) -> None:
    """Bytes changed, cut off or added anywhere: the document is as good as ever."""
    home = Home(tmp_path)
    home.settle()
    home.put(snapshot(*BEFORE[1:]))
    expected = home.anew()
    (file,) = home.memory()
    data, dice = bytearray(file.read_bytes()), random.Random(seed)  # noqa: S311 - the damage must be the same each time
    match seed % 4:
        case 0:
            data[dice.randrange(len(data))] ^= dice.randrange(1, 256)
        case 1:
            del data[dice.randrange(len(data)) :]
        case 2:
            data[dice.randrange(len(data)) : 0] = dice.randbytes(20)
        case _:
            data = bytearray(dice.randbytes(len(data)))
    file.write_bytes(data)
    assert not home.run()[1]
    assert contents(home.folder) == expected


def test_a_folder_that_was_put_back(home: Home) -> None:
    """The same bytes in other files, as after a checkout: the whole work is done, and nothing written."""
    before = contents(home.folder)
    home.folder.rename(home.root / "away")
    shutil.copytree(home.root / "away", home.folder)
    result, quick = home.run()
    assert not quick
    assert result.written == ()
    assert contents(home.folder) == before


# --- changes of the database

_CHANGES: dict[str, Callable[[Relation], Relation | None]] = {
    "gone": lambda one: None,
    "comment": lambda one: msgspec.structs.replace(one, comment="Another."),
    "owner": lambda one: msgspec.structs.replace(one, owner="somebody"),
    "unlogged": lambda one: msgspec.structs.replace(one, persistence="unlogged"),
    "row security": lambda one: msgspec.structs.replace(one, row_security=True),
    "renamed": lambda one: msgspec.structs.replace(one, name=f"{one.name}_2"),
    "no foreign keys": lambda one: msgspec.structs.replace(one, foreign_keys=()),
    "no columns": lambda one: msgspec.structs.replace(
        one, columns=(), primary_key=None, foreign_keys=(), indexes=()
    ),
    "first column nullable": lambda one: msgspec.structs.replace(
        one, columns=(msgspec.structs.replace(one.columns[0], nullable=True), *one.columns[1:])
    ),
    "last column of another type": lambda one: msgspec.structs.replace(
        one, columns=(*one.columns[:-1], msgspec.structs.replace(one.columns[-1], type="uuid"))
    ),
    "last column renamed": lambda one: msgspec.structs.replace(
        one,
        foreign_keys=(),
        columns=(*one.columns[:-1], msgspec.structs.replace(one.columns[-1], name="phone_number")),
    ),
    "default": lambda one: msgspec.structs.replace(
        one, columns=(msgspec.structs.replace(one.columns[0], default="7"), *one.columns[1:])
    ),
    "check": lambda one: msgspec.structs.replace(one, checks=(check("id > 0"),)),
    "index": lambda one: msgspec.structs.replace(one, indexes=(*one.indexes, index("zz", "id"))),
    "no key": lambda one: msgspec.structs.replace(one, primary_key=None, indexes=()),
}


def _changed(which: int, what: str) -> Snapshot:
    relations = list(BEFORE)
    made = _CHANGES[what](relations.pop(which))
    if made is None:
        gone = BEFORE[which].qualified
        relations = [
            msgspec.structs.replace(
                one, foreign_keys=tuple(key for key in one.foreign_keys if key.target != gone)
            )
            for one in relations
        ]
    elif made.name != BEFORE[which].name or made.primary_key is None:
        relations = [msgspec.structs.replace(one, foreign_keys=()) for one in relations]
    return snapshot(*relations, *([made] if made is not None else []))


@pytest.mark.parametrize("what", _CHANGES)
def test_every_change_of_the_database_is_noticed(home: Home, what: str) -> None:
    """Each kind of change in two tables: the refresh is, byte for byte, the one that remembers nothing."""
    for which in (1, 2):
        made = _changed(which, what)
        assert made.structure != snapshot(*BEFORE).structure
        home.put(made)
        expected = home.anew()
        assert not home.run()[1]
        assert contents(home.folder) == expected


def test_only_pages_in_which_somebody_wrote_are_read_for_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text is remembered by its page alone; it is read there, kept, and moves along with a rename."""
    _edited_block(home)
    home.settle()
    memory = json.loads(home.memory()[0].read_bytes().partition(b"\n")[2])
    assert "tables/sales.users.md" in memory["written_in"]
    assert "tables/sales.orders.md" not in memory["written_in"]
    asked: list[Collection[str] | None] = []
    original = output.read_authored

    def noted(directory: Path, pages: Collection[str] | None = None) -> dict[str, str]:
        asked.append(pages)
        return original(directory, pages)

    monkeypatch.setattr(output, "read_authored", noted)
    home.put(snapshot(USERS, *(msgspec.structs.replace(one, comment="Other.") for one in BEFORE[1:])))
    expected = home.anew()
    home.run()
    assert asked == [None, frozenset(memory["written_in"])]
    assert contents(home.folder) == expected
    assert b"Ours." in expected["tables/sales.users.md"]
    home.settle()
    home.put(_changed(0, "renamed"))
    expected = home.anew()
    home.run()
    assert contents(home.folder) == expected
    assert b"Ours." in expected["tables/sales.users_2.md"]


def test_what_an_engine_would_be_told_is_worked_out_for_changed_diagrams_only(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of one schema changes: the drawing of the other is taken over as it is."""
    home.config = msgspec.structs.replace(home.config, diagrams=Diagrams(enabled=True))
    home.settle()
    worked_out: list[Chart] = []
    original = Outlined.of

    def noted(chart: Chart) -> Outlined:
        worked_out.append(chart)
        return original(chart)

    monkeypatch.setattr(Outlined, "of", noted)
    notes = table("stock.notes", "id bigint", "words text", "item_id bigint", fks=["item_id -> stock.items"])
    home.put(snapshot(USERS, ORDERS, ITEMS, notes))
    home.run()
    changed = contents(home.folder)
    assert len(worked_out) == 2  # the overview and its schema, not the other one
    assert changed == home.anew()


def test_a_text_written_while_the_database_is_read_is_never_lost(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves a page between the look at the folder and the writing: nothing is written."""
    home.put(_changed(1, "comment"))
    original = reading.read

    def slow(config: Config, progress: Progress) -> Snapshot:
        found = original(config, progress)
        _edited_block(home)
        return found

    monkeypatch.setattr("pgdossier.pipeline.generating.read", slow)
    with pytest.raises(DossierError, match="changed meanwhile"):
        home.run()
    assert b"Ours." in contents(home.folder)["tables/sales.users.md"]
    monkeypatch.undo()
    expected = home.anew()
    home.run()
    assert contents(home.folder) == expected


@settings(max_examples=8)
@given(st.lists(st.sampled_from(range(5)), min_size=1, max_size=4))
def test_any_way_there_ends_in_the_same_place(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int]
) -> None:
    """Through any states of the database, with a memory or without: the same bytes."""
    states = [BEFORE, BEFORE[:3], (*BEFORE, view("sales.seen", "id bigint")), BEFORE[:1], BEFORE]
    home = Home(tmp_path_factory.mktemp("any"))
    for step in steps:
        home.put(snapshot(*states[step]))
        home.folder.mkdir(exist_ok=True)
        expected = home.anew()
        home.run()
        assert contents(home.folder) == expected
