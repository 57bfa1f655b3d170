"""What stands in the folder as it is to be is not kept a second time, and nothing else is taken for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pgdossier import output
from pgdossier.authored.blocks import block
from pgdossier.authored.texts import Texts
from pgdossier.errors import OutputError
from pgdossier.output import Standing
from pgdossier.pipeline.keeping import Kept, Temporary

FILES = {
    "README.md": b"# Shop\n\n" + block("purpose", "Sells things.\n").encode(),
    "tables/a.md": b"# a\n",
    "diagrams/a.svg": b"<svg/>\n",
}
LONG_AGO = 1_700_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A document that was written long ago."""
    output.write(tmp_path, FILES, texts=Texts.of({"purpose": "Sells things.\n"}))
    for path in FILES:
        os.utime(tmp_path / path, (LONG_AGO, LONG_AGO))
    return tmp_path


def kept(folder: Path, files: dict[str, bytes]) -> Kept[str]:
    found: Kept[str] = Kept(standing=Standing(folder))
    found.update(files)
    return found


def settled(folder: Path, files: dict[str, bytes]) -> Kept[str]:
    """The same, once the tick is over in which the files were made: without waiting for any number of it."""
    while True:
        found = kept(folder, files)
        if found.stamps.keys() == files.keys():
            return found


def test_what_is_the_same_is_read_where_it_stands(folder: Path) -> None:
    """Such files are written to no other place, and a refresh leaves them alone."""
    found = settled(folder, FILES)
    assert dict(found) == FILES
    changed = FILES | {"tables/a.md": b"# b\n"}
    found.update(changed)
    assert found.stamps.keys() == {"README.md", "diagrams/a.svg"}
    result = output.write(folder, found, parts=found.parts, standing=found.stamps)
    assert (result.written, result.unchanged) == (("tables/a.md",), ("README.md", "diagrams/a.svg"))
    assert {path: (folder / path).read_bytes() for path in changed} == changed
    assert output.read_authored(folder) == {"purpose": "Sells things.\n"}


def test_what_is_not_the_same_is_kept(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Another content of the same length, a stranger's file, a symbolic link, a file of just now."""
    settled(folder, FILES)
    (folder / "tables" / "a.md").write_bytes(b"# z\n")
    (folder / "own.md").write_bytes(b"Mine.\n")
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "a.svg"
    elsewhere.write_bytes(FILES["diagrams/a.svg"])
    (folder / "diagrams" / "a.svg").unlink()
    (folder / "diagrams" / "a.svg").symlink_to(elsewhere)
    os.utime(folder / "README.md", ns=(2**62, 2**62))
    found = kept(folder, FILES | {"own.md": b"Mine.\n"})
    assert found.stamps == {}
    assert dict(found) == FILES | {"own.md": b"Mine.\n"}
    assert kept(folder / "nowhere", FILES).stamps == {}


def test_what_another_process_found(folder: Path) -> None:
    """It is adopted with what was kept, and a file of the same name gives way."""
    settled(folder, FILES)
    file = Temporary()
    other: Kept[str] = Kept(in_memory=0, standing=Standing(folder), file=file)
    other.update(FILES | {"tables/a.md": b"# b\n"})
    found = kept(folder, {"tables/a.md": b"# c\n", "README.md": b"other\n"})
    found.adopt(file, other.told())
    assert dict(found) == FILES | {"tables/a.md": b"# b\n"}
    assert found.stamps == other.stamps
    taken: Kept[str] = Kept()
    taken["README.md"] = b"other\n"
    taken.take(found, str)
    assert dict(taken) == dict(found)
    assert taken.stamps == found.stamps


@pytest.mark.parametrize("path", ["tables/a.md", "diagrams/a.svg"])
@pytest.mark.parametrize("gone", [False, True])
def test_a_file_that_is_changed_meanwhile(folder: Path, path: str, gone: bool) -> None:
    """Its bytes are nowhere else: the run ends with nothing written, and the next one says what is wrong."""
    found = settled(folder, FILES)
    found["README.md"] = b"# Other\n\n" + block("purpose", "Sells things.\n").encode()
    (folder / path).unlink()
    if not gone:
        (folder / path).write_bytes(b"# A\n")
    with pytest.raises(OutputError, match="changed meanwhile") as caught:
        output.write(folder, found, parts=found.parts, standing=found.stamps)
    assert caught.value.code == 3
    assert (folder / "README.md").read_bytes() == FILES["README.md"]


def test_words_that_are_written_meanwhile(folder: Path) -> None:
    """People's words in a file that was taken for what it is to be are not lost either."""
    found = settled(folder, FILES)
    (folder / "README.md").write_bytes(FILES["README.md"].replace(b"things", b"books"))
    with pytest.raises(OutputError, match="changed meanwhile"):
        output.write(folder, found, parts=found.parts, standing=found.stamps)
    assert output.read_authored(folder) == {"purpose": "Sells books.\n"}
