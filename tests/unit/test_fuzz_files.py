"""Files that somebody else may have written or damaged: read, or refused with one of our own errors.

Every file that pgdossier reads back is tried: as random bytes, as a valid file with bytes changed, and as a
valid file whose values were dropped, doubled, swapped or replaced. Whatever it holds, nothing else than a
`DossierError` comes out, and nothing is written outside the folder.
"""

from __future__ import annotations

import copy
import json
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pgdossier import config as configuration
from pgdossier import pipeline, toml
from pgdossier.authored import descriptions
from pgdossier.config import Config, Diagrams, Source
from pgdossier.errors import ConfigurationError, DossierError, SnapshotError
from pgdossier.history import revisions, trials, verification
from pgdossier.model import snapshot_json
from pgdossier.output.folder import JOURNAL, MANIFEST, content_hash, page_of
from pgdossier.output.journal import Journal, Step
from pgdossier.output.manifest import Manifest
from pgdossier.pipeline import describing
from pgdossier.progress import SILENT
from tests.golden.library import LIBRARY
from tests.support.builders import fk, index, key

QUIET = settings(suppress_health_check=(HealthCheck.too_slow, HealthCheck.function_scoped_fixture))

# --- how a file is damaged ---------------------------------------------------------------------------

# What no writer of ours writes, as JSON or TOML would have it.
_ODD = (
    *(b"NaN", b"-Infinity", b"1e400", b"-0", b"9" * 5000, b"1" + b"0" * 30, b"null", b"true", b"[]", b"{}"),
    *(b'"\\ud800"', b'"\\u0000"', b"\xef\xbb\xbf", b"\xff", b"\xed\xa0\x80", b"\0", b"\r\n", b"\x1b[31m"),
    *(b"<<<<<<< HEAD\n", b'"../../x"', b'"/etc/x"', b"[" * 3000, b'{"a":' * 3000, b'"' * 3, b"'" * 3),
    *(b"\n[x]\n", b"\nx = 1\n", b"x.y.z = 1\n", b"1979-05-27T07:32:00Z", b"0x_f", b"inf", b"#"),
    *(b"<!-- authored: x -->\n", b"<!-- /authored -->\n", b"```\n", b"~~~\n", b"<!-- authored: purpose"),
)
_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 2**63, 2**200, 1.5, 1e308, "", "x", "\0", "\ud800", "é" * 300, "../../x", "/etc/x"),
    *([], {}, [[]], {"": ""}, [None], ["x", "x"], {"a": {"a": {"a": {}}}}, "9.9", "2026-01-01", "1.0"),
)


def damaged(data: bytes, dice: random.Random) -> bytes:
    """The bytes with one to five changes that know nothing of what they mean."""
    for _ in range(dice.randint(1, 5)):
        at, to = sorted((dice.randint(0, len(data)), dice.randint(0, len(data))))
        piece = data[at:to]
        how = dice.randrange(8)
        if how == 0 and data:
            at = dice.randrange(len(data))
            data = data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
        elif how == 1:
            data = data[:at] + dice.choice(_ODD) + data[at:]
        elif how == 2:
            data = data[:at] + data[min(to, at + 40) :]
        elif how == 3:
            data = data[:at] + piece[:200] + data[at:]
        elif how == 4:
            data = data[:at] if dice.randrange(4) == 0 else data.replace(b"\n", b"\r\n")
        elif how == 5:
            lines = data.split(b"\n")
            lines.insert(dice.randrange(len(lines)), dice.choice(lines))
            data = b"\n".join(lines)
        elif how == 6:
            data = b"\xef\xbb\xbf" + data
        else:
            lines = data.split(b"\n")
            line = dice.randrange(len(lines))
            before, equals, _ = lines[line].partition(dice.choice((b": ", b" = ")))
            lines[line] = before + equals + dice.choice(_ODD)
            data = b"\n".join(lines)
    return data


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container of a JSON value with each of its keys."""
    for place in list(value) if isinstance(value, dict) else range(len(value)):
        yield value, place
        if isinstance(value[place], dict | list):
            yield from _places(value[place])


def disturbed(data: bytes, dice: random.Random) -> bytes:
    """The JSON with one to four values dropped, replaced, doubled or swapped: still JSON, rarely ours."""
    value = json.loads(data)
    for _ in range(dice.randint(1, 4)):
        places = list(_places(value))
        if not places:
            break
        holder, place = dice.choice(places)
        how = dice.randrange(5)
        if how == 0:
            del holder[place]
        elif how == 1:
            holder[place] = copy.deepcopy(dice.choice(_VALUES))
        elif how == 2:
            other, name = dice.choice(places)
            holder[place] = copy.deepcopy(other[name] if name in other or isinstance(other, list) else None)
        elif how == 3 and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[place]))
        elif isinstance(holder, dict):
            holder[dice.choice(("x", "", "\n", "name", "format"))] = copy.deepcopy(holder[place])
    return json.dumps(value, ensure_ascii=dice.randrange(2) == 0).encode("utf-8", "surrogatepass")


def bad(*valid: bytes) -> st.SearchStrategy[bytes]:
    """Files that should be one of these and are not."""
    ways = [
        st.binary(max_size=200),
        st.builds(lambda file, seed: damaged(file, _dice(seed)), st.sampled_from(valid), st.integers(0)),
    ]
    if all(file.startswith(b"{") for file in valid):
        ways.append(
            st.builds(lambda file, seed: disturbed(file, _dice(seed)), st.sampled_from(valid), st.integers(0))
        )
    return st.one_of(ways)


def _dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a test needs no secrets


def ours(error: DossierError, *codes: int) -> None:
    """The error says something, and ends the process as one of those that are allowed."""
    assert error.message.strip()
    assert error.code in (codes or (2, 3))


# --- valid files -------------------------------------------------------------------------------------

SNAPSHOT = snapshot_json.encode(LIBRARY)
VERIFICATION = verification.encode(
    verification.Verification(
        outcome=verification.Outcome.DIFFERENT,
        verified_on="2026-01-01",
        major=18,
        structure=verification.digest(LIBRARY.structure),
        differences=("table x is missing in the rebuilt database",),
        not_verifiable=(verification.NotVerifiable(what="table y", reason="no such extension"),),
    )
)
TRIALS = b"""{"tried_on": "2026-01-01", "major": 18, "structure": "x"}"""
CONFIGURATION = b"""# where from
source = "postgresql://reader@db.example/shop"
output = "docs/database"
formats = ["html"]
layout = "split"
split_above = 30
schemas = ["sales.*", "public.user*"]
statement_timeout = 12.5
title = "A 'title'"

[diagrams]
enabled = false
timeout = 3.5

[descriptions]
database = "What it is for."
tables."sales.orders" = "An order."

[review]
fail_on = "error"
severity = { missing-primary-key = "off" }
thresholds.most_columns = 40

[[review.accept]]
rule = "naming-*"
object = "sales.*"
reason = "legacy"
until = 2027-01-31

[monitoring]
connections = [10, 20.5]

[[relationships]]
from = "sales.orders(customer)"
to = "sales.customers(id)"

[[sensitive]]
column = "*.email"
category = "contact"
reason = "said so"

[[domains]]
name = "Sales"
tables = ["sales.*"]
"""
DESCRIPTIONS = b"""table = "library.books"
description = "A book.\\nTwo lines."

[columns]
id = "Its number."
"title" = '''The title'''
"""
PAGE = b"""# Title

<!-- authored: purpose -->
Text, `code`.

```sql
<!-- /authored -->
```
<!-- /authored -->

~~~~
<!-- authored: not -->
~~~~

<!-- authored: table:sales.orders -->
<!-- /authored -->
"""


def config_of(folder: Path) -> Config:
    """The run that documents `source.json` beside the folder, in the folder."""
    source = Source(kind="snapshot", path=folder.parent / "source.json")
    return Config(source=source, output=folder, diagrams=Diagrams(enabled=False))


def files_of(folder: Path) -> dict[str, bytes]:
    """The content of every file below the folder, symbolic links not followed."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A document with two revisions, as two runs wrote it: content by path."""
    folder = tmp_path_factory.mktemp("valid") / "document"
    database = msgspec.structs.replace(LIBRARY.structure.database, comment="Another one.")
    for structure in (LIBRARY.structure, msgspec.structs.replace(LIBRARY.structure, database=database)):
        snapshot = msgspec.structs.replace(LIBRARY, structure=structure)
        (folder.parent / "source.json").write_bytes(snapshot_json.encode(snapshot))
        pipeline.generate(config_of(folder), SILENT)
    return files_of(folder)


# --- one file alone ----------------------------------------------------------------------------------

DECODERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "snapshot": (snapshot_json.decode, SNAPSHOT),
    "history": (revisions.decode, b'{"generator": "pgdossier", "format": 1, "revisions": []}'),
    "verification": (verification.decode, VERIFICATION),
    "trials": (trials.decode, TRIALS),
    "page": (lambda data: page_of(Path("page.md"), data), PAGE),
}
NESTED = b'{"format": 1, "x": ' + b"[" * 100_000


@pytest.mark.parametrize("what", DECODERS)
@QUIET
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read(what: str, data: st.DataObject) -> None:
    """Snapshot, history, verification, trials, page: only our own errors."""
    decode, valid = DECODERS[what]
    content = data.draw(bad(valid))
    try:
        decode(content)
    except DossierError as error:
        ours(error)


@pytest.mark.parametrize("what", [name for name in DECODERS if name != "page"])
@pytest.mark.parametrize("data", [NESTED, b'{"a": ' * 100_000, b"\xff\xfe", b"{}", b"NaN", b""])
def test_what_no_parser_can_hold_is_refused(what: str, data: bytes) -> None:
    """Nested a hundred thousand times, not UTF-8, nothing at all: refused, not a traceback."""
    with pytest.raises(DossierError):
        DECODERS[what][0](data)


@QUIET
@given(history=st.data())
def test_a_damaged_history_is_refused_or_read(document: dict[str, bytes], history: st.DataObject) -> None:
    """A history of two revisions, damaged, is refused with our own error, or read."""
    try:
        revisions.decode(history.draw(bad(document["history.json"])))
    except DossierError as error:
        ours(error)


@QUIET
@given(content=bad(CONFIGURATION))
@example(content=b"split_above = " + b"9" * 5000)
@example(content=b"[review.thresholds]\nx = " + b"9" * 5000)
@example(content=b"x = " + b"[" * 10_000)
@example(content=b"split_above = inf\ntitle = nan")
@example(content=b"\xef\xbb\xbftitle = 'x'\r\n")
def test_a_damaged_configuration_is_refused_or_read(tmp_path: Path, content: bytes) -> None:
    """A configuration file is read, or refused as usage or configuration; no value of it is repeated."""
    file = tmp_path / "pgdossier.toml"
    file.write_bytes(content)
    try:
        config = configuration.load({}, file=file, environ={})
        describing.entries(config)
    except DossierError as error:
        ours(error, 2)


@QUIET
@given(content=bad(DESCRIPTIONS))
@example(content=b"table = 'x'\n[columns]\nid = " + b"9" * 5000)
def test_a_damaged_description_is_refused_or_read(tmp_path: Path, content: bytes) -> None:
    """A file of descriptions is read and resolved, or refused as configuration."""
    folder = tmp_path / "descriptions"
    folder.mkdir(exist_ok=True)
    (folder / "x.toml").write_bytes(content)
    config = Config(descriptions=configuration.Descriptions(folder=folder))
    try:
        descriptions.resolve(describing.entries(config), LIBRARY.structure)
    except DossierError as error:
        ours(error, 2)


def test_a_number_without_end_is_named() -> None:
    """Python refuses to convert an integer of 5,000 digits; so do we, with file and hint."""
    with pytest.raises(ConfigurationError) as refused:
        toml.parsed(Path("x.toml"), "a = " + "9" * 5000, hint="a hint")
    assert refused.value.message == "x.toml: not valid TOML: a number of too many digits"
    assert refused.value.hint == "a hint"


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        ({"primary_key": key("book_pkey", "gone", primary=True)}, "the key book_pkey of library.books names"),
        ({"primary_key": key("book_pkey", ())}, "the key book_pkey of library.books has no columns"),
        ({"indexes": (index("i", "gone"),)}, "the index i of library.books names the column gone"),
        (
            {"indexes": (msgspec.structs.replace(index("i", "id"), keys=()),)},
            "the index i of library.books has",
        ),
        ({"foreign_keys": (fk("id -> library.books(gone)"),)}, "names the column gone, which is not there"),
        ({"foreign_keys": (fk("gone -> elsewhere.x(y)"),)}, "names the column gone, which is not there"),
        (
            {"foreign_keys": (msgspec.structs.replace(fk("id -> library.books(id)"), target_columns=()),)},
            "does not pair its columns",
        ),
    ],
)
def test_a_snapshot_that_contradicts_itself_is_refused(keys: dict[str, Any], wrong: str) -> None:
    """A constraint or index of columns that its table lacks: refused with the place, not a traceback."""
    book = next(one for one in LIBRARY.structure.relations if one.name == "books")
    broken = msgspec.structs.replace(
        LIBRARY,
        structure=msgspec.structs.replace(
            LIBRARY.structure, relations=(msgspec.structs.replace(book, **keys),)
        ),
    )
    with pytest.raises(SnapshotError) as refused:
        snapshot_json.decode(snapshot_json.encode(broken))
    assert wrong in refused.value.message


# --- a whole document --------------------------------------------------------------------------------


def refreshed(home: Path, files: Mapping[str, bytes], source: bytes) -> bool:
    """Refresh that document from that snapshot; whether it was possible. Checks that nothing else changes."""
    shutil.rmtree(home, ignore_errors=True)
    folder = home / "document"
    folder.mkdir(parents=True)
    beside = {"source.json": source, "precious": b"mine", "x": b"mine", "documentx": b"mine"}
    for path, data in (*beside.items(), *((f"document/{path}", data) for path, data in files.items())):
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_bytes(data)
    (folder / "own.txt").write_bytes(b"mine")
    try:
        pipeline.generate(config_of(folder), SILENT)
        done = True
    except DossierError as error:
        ours(error)
        done = False
    now = files_of(home)
    assert {path: data for path, data in now.items() if not path.startswith("document/")} == beside
    assert now["document/own.txt"] == b"mine"
    if not done and JOURNAL not in files:
        assert {path: now.get(f"document/{path}") for path in files} == files
    return done


@settings(QUIET, max_examples=max(25, settings().max_examples // 8))
@given(data=st.data())
def test_a_damaged_document_is_refreshed_or_left(
    document: dict[str, bytes], tmp_path: Path, data: st.DataObject
) -> None:
    """Any file of a document damaged: it is refreshed or refused, and what is beside it stays as it is."""
    path = data.draw(st.sampled_from(sorted({*document, MANIFEST, "README.md", "history.json"})))
    refreshed(tmp_path / "home", document | {path: data.draw(bad(document[path]))}, SNAPSHOT)


OUTSIDE = ("../x", "../precious", "/etc/x", "a/../../x", "..\\x", "../documentx", "c:x", "x\0y", ".", "")


@settings(QUIET, max_examples=max(25, settings().max_examples // 8))
@given(data=st.data())
def test_a_damaged_journal_moves_nothing_outside(
    document: dict[str, bytes], tmp_path: Path, data: st.DataObject
) -> None:
    """A journal of paths that leave the folder, or a damaged one, moves and removes nothing there."""
    temporary = ".pgdossier-0123456789abcdef.tmp"
    paths = st.sampled_from((*OUTSIDE, "README.md", "own.txt", "new/x"))
    names = st.sampled_from((temporary, "../x", f"../{temporary}", None, "own.txt"))
    hashes = st.sampled_from((None, "x", content_hash(b"mine")))
    steps = data.draw(
        st.lists(st.builds(Step, path=paths, temporary=names, before=hashes, after=hashes), max_size=3)
    )
    steps = [step for step in steps if step.path != "own.txt"]  # that is what a journal is for
    manifest = msgspec.json.decode(document[MANIFEST], type=Manifest)
    valid = msgspec.json.encode(Journal(steps=steps, before=manifest, after=manifest))
    content = data.draw(st.one_of(st.just(valid), bad(valid)))
    refreshed(tmp_path / "home", document | {JOURNAL: content, temporary: b"staged"}, SNAPSHOT)


@settings(QUIET, max_examples=max(25, settings().max_examples // 8))
@given(data=st.data())
def test_a_manifest_names_nothing_outside(
    document: dict[str, bytes], tmp_path: Path, data: st.DataObject
) -> None:
    """A manifest that claims files outside its folder is refused, and none of them is removed."""
    known = msgspec.json.decode(document[MANIFEST])
    known["files"][data.draw(st.sampled_from(OUTSIDE))] = content_hash(b"mine")
    content = msgspec.json.encode(known)
    assert not refreshed(tmp_path / "home", document | {MANIFEST: content}, SNAPSHOT)


@settings(QUIET, max_examples=max(40, settings().max_examples // 8))
@given(source=bad(SNAPSHOT))
def test_a_strange_snapshot_is_documented_or_refused(tmp_path: Path, source: bytes) -> None:
    """A snapshot that nobody's server wrote makes a document, or an error of ours."""
    refreshed(tmp_path / "home", {}, source)
