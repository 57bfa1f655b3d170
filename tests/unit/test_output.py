"""Output: only what changed is written, only what is ours is touched, and nothing is ever half done."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pgdossier import output
from pgdossier.authored.blocks import block, prompt
from pgdossier.authored.texts import Texts
from pgdossier.errors import DossierError, OutputError
from pgdossier.output import (
    JOURNAL,
    MANIFEST,
    WriteResult,
    apart,
    check_folder,
    compare,
    existing_snapshot,
    read_authored,
    write,
    write_file,
)

ASK = prompt("Why is it so?")


def document(**bodies: str) -> dict[str, bytes]:
    """A small document: one page with blocks, one without, a drawing, the facts."""
    text = {"purpose": ASK, "table:a": ASK} | {
        key.replace("table_", "table:"): body for key, body in bodies.items()
    }
    page = "# Shop\n\n" + "\n".join(block(key, body) for key, body in text.items()) + "\nEnd.\n"
    return {
        "README.md": page.encode(),
        "tables/a.md": b"# a\n",
        "diagrams/a.svg": b"<svg/>\n",
        "snapshot.json": b"{}\n",
    }


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_bytes().decode()
    assert old in text
    file.write_bytes(text.replace(old, new).encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "docs" / "database"


# --- the usual way


def test_a_new_document_is_written_whole(folder: Path) -> None:
    """The folder and its parents are created and hold exactly the files and the manifest."""
    result = write(folder, document())
    assert result == WriteResult(written=tuple(sorted(document())), stamps=result.stamps)
    assert tree(folder) == document() | {MANIFEST: tree(folder)[MANIFEST]}
    assert list(json.loads(tree(folder)[MANIFEST])["files"]) == sorted(document())
    assert existing_snapshot(folder) == b"{}\n"


def test_an_unchanged_document_is_not_touched(folder: Path) -> None:
    """A second run with the same files writes nothing: not even the time of any file changes."""
    write(folder, document())
    before = {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]}
    result = write(folder, document())
    assert result == WriteResult(unchanged=tuple(sorted(document())), stamps=result.stamps)
    assert {path: path.stat().st_mtime_ns for path in [folder, *folder.rglob("*")]} == before


def test_only_what_changed_is_written_and_only_our_files_are_removed(folder: Path) -> None:
    """A changed file is replaced, a vanished one removed with its empty folder, a stranger's file stays."""
    write(folder, document())
    (folder / "tables" / "mine.txt").write_text("mine")
    files = document() | {
        "diagrams/b.svg": b"<svg>2</svg>\n",
        "README.md": document()["README.md"] + b"More.\n",
    }
    del files["tables/a.md"]
    del files["diagrams/a.svg"]
    result = write(folder, files)
    assert result == WriteResult(
        written=("README.md", "diagrams/b.svg"),
        unchanged=("snapshot.json",),
        removed=("diagrams/a.svg", "tables/a.md"),
        stamps=result.stamps,
    )
    assert tree(folder) == files | {"tables/mine.txt": b"mine", MANIFEST: tree(folder)[MANIFEST]}
    only = {"README.md": files["README.md"]}
    write(folder, only)
    assert sorted(path.name for path in folder.iterdir()) == [MANIFEST, "README.md", "tables"]


def test_the_manifest_does_not_depend_on_history(tmp_path: Path) -> None:
    """The same document has the same manifest, whether it was written at once or grew."""
    write(tmp_path / "a", {"README.md": b"x\n", "old.svg": b"1"})
    write(tmp_path / "a", document())
    write(tmp_path / "b", dict(reversed(document().items())))
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_compare_tells_and_touches_nothing(folder: Path) -> None:
    """`compare` gives what a run would do, on an empty folder and on one that is there."""
    assert compare(folder, document()).written == tuple(sorted(document()))
    assert not folder.exists()
    write(folder, document())
    before = tree(folder)
    changed = document() | {"README.md": b"x\n"}
    assert compare(folder, changed).written == ("README.md",)
    assert tree(folder) == before


# --- people's text


def test_people_s_text_is_read_and_prompts_are_not(folder: Path) -> None:
    """What people changed comes back, byte for byte; a prompt does not, an emptied body does."""
    assert read_authored(folder) == {}
    write(folder, document())
    assert read_authored(folder) == {}
    edit(folder / "README.md", ASK, "Sells *things*.  \r\n\n")
    assert read_authored(folder) == {
        "purpose": "Sells *things*.  \r\n\n",
        "table:a": "Sells *things*.  \r\n\n",
    }
    edit(folder / "README.md", "Sells *things*.  \r\n\n", "")
    assert read_authored(folder) == {"purpose": "", "table:a": ""}


def test_edited_blocks_survive_and_are_no_edit_of_the_page(folder: Path) -> None:
    """A page whose blocks were edited is rewritten without complaint when the new page carries their text."""
    write(folder, document())
    edit(folder / "README.md", block("purpose", ASK), block("purpose", "Sells.\n"))
    new = document(**read_authored(folder))
    new["README.md"] += b"One more section.\n"
    assert write(folder, new).written == ("README.md",)
    assert read_authored(folder) == {"purpose": "Sells.\n"}


def test_a_text_comes_into_a_block_that_somebody_emptied(folder: Path) -> None:
    """A page with nothing in its blocks is not taken for one that brings a text along, as after a rename."""
    emptied = document(purpose="", table_a="")
    write(folder, emptied)
    assert write(folder, emptied).written == ()
    texts = Texts.of({"table:a": "Moved here.\n", "purpose": ""})
    assert write(folder, document(purpose="", table_a="Moved here.\n"), texts=texts).written == ("README.md",)
    assert read_authored(folder)["table:a"] == "Moved here.\n"


def test_a_text_without_a_place_is_not_dropped(folder: Path) -> None:
    """When the new document lacks the block of somebody's text, nothing is written unless it is given up."""
    write(folder, document())
    edit(folder / "README.md", block("table:a", ASK), block("table:a", "Watch it.\n"))
    gone = document() | {"README.md": ("# Shop\n\n" + block("purpose", ASK)).encode()}
    before = tree(folder)
    with pytest.raises(OutputError, match=r"README\.md: the text of block table:a has no place") as caught:
        write(folder, gone)
    assert caught.value.code == 2
    assert "--discard" in (caught.value.hint or "")
    assert tree(folder) == before
    write(folder, gone, discard=True)
    assert read_authored(folder) == {}


def test_a_text_that_changes_while_the_document_is_made_is_not_overwritten(folder: Path) -> None:
    """Somebody saves the page between reading and writing: the run stops, the text stays."""
    write(folder, document())
    new = document(**read_authored(folder)) | {"tables/a.md": b"# A\n"}
    edit(folder / "README.md", block("table:a", ASK), block("table:a", "Just now.\n"))
    with pytest.raises(OutputError, match="changed meanwhile"):
        write(folder, new, discard=True)
    assert read_authored(folder) == {"table:a": "Just now.\n"}


def test_a_key_on_two_pages_is_an_error(folder: Path) -> None:
    """Two pages with one key: reading names both, and writing such a document is refused."""
    write(folder, document())
    (folder / "tables" / "a.md").write_text(block("purpose", "x\n"))
    with pytest.raises(
        OutputError, match=r"tables/a\.md: the block purpose also stands in .*README\.md"
    ) as caught:
        read_authored(folder)
    assert caught.value.code == 2
    with pytest.raises(OutputError, match="generated twice"):
        write(folder / "new", document() | {"b.md": block("purpose", "").encode()})
    assert not (folder / "new").exists()


def test_broken_markers_stop_everything(folder: Path) -> None:
    """A damaged marker is named with its line, and neither reading nor writing goes on, discard or not."""
    write(folder, document())
    edit(folder / "README.md", "<!-- /authored -->\n\nEnd.", "\nEnd.")
    before = tree(folder)
    for attempt in (read_authored, lambda path: write(path, document(), discard=True)):
        with pytest.raises(DossierError, match=r"README\.md:7: the block table:a is not closed") as caught:
            attempt(folder)
        assert caught.value.code == 2
    assert tree(folder) == before


def test_a_checkout_with_cr_lf_is_the_same_document(folder: Path) -> None:
    """Version control on Windows turns LF into CR LF: prompts stay prompts and nothing is an edit."""
    write(folder, document())
    for path in folder.rglob("*"):
        if path.is_file() and path.name != MANIFEST:
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_authored(folder) == {}
    result = write(folder, {**document(), "README.md": document()["README.md"] + b"More.\n"})
    assert result.written == ("README.md",)  # a refresh of an unchanged document touches no file
    assert write(folder, {"README.md": b"x\n"}).removed == ("diagrams/a.svg", "snapshot.json", "tables/a.md")


def test_cr_lf_that_the_database_holds_is_told_from_that_of_a_checkout(folder: Path) -> None:
    """A function whose lines end in CR LF now is another one: `schema.sql` is written."""
    write(folder, document() | {"schema.sql": b"SELECT 1\n"})
    result = write(folder, document() | {"schema.sql": b"SELECT 1\r\n"})
    assert result.written == ("schema.sql",)


# --- edits outside blocks, and what others put there


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("End.\n", "End.\nBy hand.\n", 12),
        ("# Shop", "# The shop", 1),
        ("\nEnd.\n", "", 11),
        ("\n\n", "\n", 2),
    ],
)
def test_an_edit_outside_the_blocks_is_shown_and_kept(folder: Path, old: str, new: str, line: int) -> None:
    """A page that somebody edited outside its blocks is not overwritten; file and line are named."""
    write(folder, document())
    edit(folder / "README.md", old, new)
    edit(folder / "tables" / "a.md", "# a", "# a")
    before = tree(folder)
    changed = document() | {"tables/a.md": b"# A\n"}
    with pytest.raises(OutputError, match=rf"README\.md:{line}: this page was edited outside") as caught:
        write(folder, changed)
    assert caught.value.code == 2
    assert "--discard" in (caught.value.hint or "")
    assert tree(folder) == before
    assert write(folder, changed, discard=True).written == ("README.md", "tables/a.md")
    assert tree(folder)["README.md"] == document()["README.md"]


def test_an_edited_page_is_not_removed(folder: Path) -> None:
    """A page that left the document but was edited by hand stops the run; `discard` removes it."""
    write(folder, document())
    edit(folder / "tables" / "a.md", "# a", "# a!")
    less = document()
    del less["tables/a.md"]
    with pytest.raises(OutputError, match=r"tables/a\.md: this page was edited"):
        write(folder, less)
    assert write(folder, less, discard=True).removed == ("tables/a.md",)


def test_a_replaced_drawing_is_not_removed(folder: Path) -> None:
    """A file that left the document but holds something else by now is left and named."""
    write(folder, document())
    (folder / "diagrams" / "a.svg").write_bytes(b"drawn by hand")
    less = document()
    del less["diagrams/a.svg"]
    result = write(folder, less)
    assert (result.removed, result.left) == ((), ("diagrams/a.svg",))
    assert (folder / "diagrams" / "a.svg").read_bytes() == b"drawn by hand"


@pytest.mark.parametrize("name", ["README.md", "diagrams/a.svg", "snapshot.json"])
def test_a_stranger_s_file_in_the_way_stops_everything(folder: Path, name: str) -> None:
    """A file that we did not write stands where we must: it is named, and nothing is written."""
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_bytes(b"mine")
    for discard in (False, True):
        with pytest.raises(OutputError, match=rf"{name} exists and was not written by pgdossier") as caught:
            write(folder, document(), discard=discard)
        assert caught.value.code == 2
        assert "-o" in (caught.value.hint or "")
    assert tree(folder) == {name: b"mine"}
    assert existing_snapshot(folder) is None


def test_a_lost_manifest_can_be_made_again(folder: Path) -> None:
    """Files that are byte for byte what we would write are ours, manifest or not."""
    write(folder, document())
    before = tree(folder)
    (folder / MANIFEST).unlink()
    assert write(folder, document()).written == ()
    assert tree(folder) == before


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<<<<<<< HEAD",
        b"[]",
        b'{"generator":"other","files":{}}',
        b'{"format":2}',
        b'{"files":{"../x":"0"}}',
        b'{"files":{"/etc/passwd":"0"}}',
        b'{"files":{"a":3}}',
        b"\xff",
        b'{"files":' + b"[" * 100_000,
    ],
)
def test_a_manifest_that_cannot_be_trusted_stops_everything(folder: Path, text: bytes) -> None:
    """A damaged, foreign or newer manifest is a clear error; no file outside the folder is ever ours."""
    write(folder, document())
    (folder / MANIFEST).write_bytes(text)
    before = tree(folder)
    attempts: list[Callable[[Path], Any]] = [
        read_authored,
        check_folder,
        lambda path: write(path, {"b.md": b"x"}),
    ]
    for attempt in attempts:
        with pytest.raises(
            OutputError, match=r"\.pgdossier\.json (is damaged|names files|was written by)"
        ) as caught:
            attempt(folder)
        assert caught.value.code == 2
    assert tree(folder) == before


def test_a_page_that_is_not_utf8_is_named(folder: Path) -> None:
    """A page saved in another encoding is an error with file and line."""
    write(folder, document())
    (folder / "README.md").write_bytes(b"# Shop\n\xe9\n")
    with pytest.raises(OutputError, match=r"README\.md:2: not UTF-8"):
        read_authored(folder)


# --- names and links


@pytest.mark.parametrize(
    "name",
    ["", "/a", "a//b", "../a", "a/../b", "./a", "a/", "a\\b", "c:a", "a\0b", "a\nb", MANIFEST, "..", "x/.."],
)
def test_unsafe_names_are_refused(folder: Path, name: str) -> None:
    """No name of the document can leave the folder or hide the manifest."""
    with pytest.raises(OutputError, match="unsafe name"):
        write(folder, document() | {name: b"x"})
    assert not folder.exists()


@pytest.mark.parametrize(
    ("one", "two"), [("a.md", "A.md"), ("é.svg", "e\u0301.svg"), ("a", "a/b"), ("A", "a/b")]
)
def test_names_that_collide_somewhere_are_refused(folder: Path, one: str, two: str) -> None:
    """Two names that are one file on macOS or Windows, or file and folder at once, are refused everywhere."""
    with pytest.raises(OutputError, match="would be"):
        write(folder, {one: b"1", two: b"2"})


@pytest.mark.parametrize("name", ["README.md", "diagrams", "diagrams/a.svg", MANIFEST])
def test_nothing_is_written_through_a_symbolic_link(folder: Path, tmp_path: Path, name: str) -> None:
    """A link below the folder, to a file or a folder, is refused; what it points to is untouched."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.svg").write_bytes(b"precious")
    (folder / name).parent.mkdir(parents=True)
    (folder / name).symlink_to(outside if name == "diagrams" else outside / "a.svg")
    with pytest.raises(OutputError, match="is a symbolic link; nothing was written") as caught:
        write(folder, document(), discard=True)
    assert caught.value.code == 2
    assert tree(outside) == {"a.svg": b"precious"}
    assert [path.name for path in folder.iterdir()] == [Path(name).parts[0]]


def test_nothing_is_removed_through_a_symbolic_link(folder: Path, tmp_path: Path) -> None:
    """A folder of ours that became a link is left alone when its files leave the document."""
    write(folder, document())
    (folder / "diagrams").rename(tmp_path / "elsewhere")
    (folder / "diagrams").symlink_to(tmp_path / "elsewhere")
    less = document()
    del less["diagrams/a.svg"]
    assert write(folder, less).left == ("diagrams/a.svg",)
    assert (tmp_path / "elsewhere" / "a.svg").exists()


def test_the_folder_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    """The user may keep the document elsewhere by linking the output folder."""
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    write(link, document())
    assert (tmp_path / "real" / "README.md").exists()


# --- a file system that refuses


def test_a_folder_of_the_wrong_kind(tmp_path: Path) -> None:
    """A file where the folder or one of its parents should be is a usage error, found before any work."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for place in ("file", "file/docs", "dangling"):
        for attempt in (check_folder, lambda path: write(path, document())):
            with pytest.raises(OutputError, match="is not a folder") as caught:
                attempt(tmp_path / place)
            assert caught.value.code == 2
    with pytest.raises(OutputError, match="is not a folder"):
        read_authored(tmp_path / "file")
    (tmp_path / "d" / "README.md").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"README\.md is in the way") as caught:
        write(tmp_path / "d", document())
    assert caught.value.code == 2


def test_a_folder_that_may_not_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without write permission is found before any work (as `access` tells, for root too)."""
    folder.mkdir(parents=True)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder)
    for place in (folder, folder / "new" / "er"):
        with pytest.raises(OutputError, match="is not writable") as caught:
            check_folder(place)
        assert caught.value.code == 3


def test_a_full_disk_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up while files are prepared: the old document is untouched, nothing is left over."""
    write(folder, document())
    before = tree(folder)
    calls: list[int] = []

    def full(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    changed = {name: data + b"new\n" for name, data in document().items()} | {"new/x.svg": b"x"}
    with pytest.raises(OutputError, match=r"cannot write .*: No space left on device") as caught:
        write(folder, changed)
    assert caught.value.code == 3
    assert "disk is full" in (caught.value.hint or "")
    assert tree(folder) == before
    assert not (folder / "new").exists()


def test_a_first_run_that_fails_leaves_no_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders that were created for a run that then failed are taken away again."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(PermissionError(13, "denied")))
    with pytest.raises(OutputError, match="cannot write"):
        write(folder, document())
    assert not folder.parent.exists()


def test_modes(folder: Path) -> None:
    """New files are 0644 less the umask even where the umask is 0; a narrower mode of an old file is kept."""
    old = os.umask(0)
    try:
        write(folder, document())
    finally:
        os.umask(old)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}
    assert modes == {0o644, 0o755}
    (folder / "README.md").chmod(0o600)
    (folder / "snapshot.json").chmod(0o666)
    write(folder, document() | {"README.md": b"x\n", "snapshot.json": b"[]"})
    assert stat.S_IMODE((folder / "README.md").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "snapshot.json").stat().st_mode) == 0o664


def test_two_runs_at_once(folder: Path) -> None:
    """While one process writes into the folder, another is refused and changes nothing."""
    pytest.importorskip("fcntl", reason="this system has no flock")
    write(folder, document())
    before = tree(folder)
    holder = """
        import sys
        from pathlib import Path
        from pgdossier.output import locked
        with locked(Path(sys.argv[1])):
            print("locked", flush=True)
            sys.stdin.read()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(holder), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "locked\n"
        with pytest.raises(OutputError, match="another run of pgdossier is writing") as caught:
            write(folder, {"README.md": b"x\n"})
        process.communicate()
    assert caught.value.code == 3
    assert tree(folder) == before
    assert write(folder, {"README.md": b"x\n"}).written == ("README.md",)


# --- a kill at any moment


class Killed(BaseException):
    """The process is gone: from here on nothing it tries has an effect."""


def kill_at(monkeypatch: pytest.MonkeyPatch, step: int) -> list[str]:
    """Let the given change of the file system and all after it not happen. Returns the log of changes."""
    log: list[str] = []

    def guard(owner: Any, name: str, changes: Callable[..., bool] = lambda *_, **__: True) -> None:
        real = getattr(owner, name)

        def replacement(*args: Any, **kwargs: Any) -> Any:
            if changes(*args, **kwargs):
                log.append(name)
                if len(log) > step:
                    raise Killed
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, replacement)

    for name in ("replace", "unlink", "rmdir", "mkdir", "chmod"):
        guard(os, name)
    guard(os, "open", lambda path, flags, *_: bool(flags & os.O_CREAT))
    guard(os, "fsync")
    return log


OLD = document(purpose="Sells.\n")
NEW = {
    "README.md": OLD["README.md"] + b"More.\n",
    "tables/b.md": block("table:b", ASK).encode(),
    "diagrams/b.svg": b"<svg>b</svg>\n",
    "snapshot.json": b"[]\n",
}


def old_document(folder: Path) -> None:
    write(folder, document())
    edit(folder / "README.md", block("purpose", ASK), block("purpose", "Sells.\n"))
    assert tree(folder)["README.md"] == OLD["README.md"]


def test_a_kill_at_any_step_leaves_whole_files(tmp_path: Path) -> None:
    """Killed before each change: the document is wholly the old or the new one for whoever opens it next."""
    fresh = tmp_path / "fresh"
    old_document(fresh)
    old = tree(fresh)
    write(fresh, NEW)
    wanted = tree(fresh)
    step = 0
    ends: list[bool] = []
    while True:
        folder = tmp_path / str(step)
        old_document(folder)
        with pytest.MonkeyPatch.context() as patch:
            log = kill_at(patch, step)
            try:
                write(folder, NEW)
            except Killed:
                killed = True
            else:
                killed = False
        for name, data in tree(folder).items():
            if not name.endswith(".tmp") and name not in (MANIFEST, JOURNAL):
                assert data in (OLD.get(name), NEW.get(name)), (step, name)
        assert read_authored(folder) == {"purpose": "Sells.\n"}, step
        assert tree(folder) in (old, wanted), step
        ends.append(tree(folder) == wanted)
        write(folder, NEW)
        assert tree(folder) == wanted, step
        if not killed:
            break
        step += 1
    assert step == len(log) > 20
    assert ends == sorted(ends)  # there is one moment from which on it is the new one
    assert True in ends
    assert False in ends


def killed_half_way(folder: Path, monkeypatch: pytest.MonkeyPatch, renames: int) -> None:
    """Leave the folder as a run does that was killed after so many of its renames."""
    old_document(folder)
    real = os.replace
    done: list[str] = []

    def replace(path: str, target: str) -> None:
        if Path(target).name == MANIFEST or len(done) > renames:
            raise Killed
        done.append(target)
        real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(Killed):
            write(folder, NEW)
    assert (folder / JOURNAL).exists()


def test_a_text_that_was_written_after_the_kill_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody edits a page of the half-written document: their text wins, and the next run goes on."""
    killed_half_way(folder, monkeypatch, 1)
    edit(folder / "README.md", "Sells.\n", "Sells things.\n")
    assert read_authored(folder) == {"purpose": "Sells things.\n"}
    assert not (folder / JOURNAL).exists()
    new = {**NEW, "README.md": document(purpose="Sells things.\n")["README.md"] + b"More.\n"}
    assert write(folder, new).written == ("README.md",)
    assert {name: data for name, data in tree(folder).items() if name != MANIFEST} == new


def test_a_staged_file_that_is_lost_is_written_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files were cleared away by somebody: nothing is lost but time."""
    killed_half_way(folder, monkeypatch, 1)
    for file in list(folder.rglob("*.tmp")):
        file.unlink()
    assert read_authored(folder) == {"purpose": "Sells.\n"}
    write(folder, NEW)
    assert {name: data for name, data in tree(folder).items() if name != MANIFEST} == NEW


def test_a_kill_while_a_killed_run_is_completed_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clearing up can be killed at any step as well: whoever comes next goes on."""
    for step in range(100):
        folder = tmp_path / f"{step}"
        killed_half_way(folder, monkeypatch, 1)
        with pytest.MonkeyPatch.context() as patch:
            log = kill_at(patch, step)
            try:
                output.recover(folder)
            except Killed:
                assert len(log) > step
            else:
                break
        output.recover(folder)
        assert {name: data for name, data in tree(folder).items() if name != MANIFEST} == NEW
    assert step > 5


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<<<<<<< HEAD",
        b'{"steps":[{"path":"../x"}],"before":{},"after":{}}',
        b'{"steps":[{"path":"a","temporary":"../../x"}],"before":{},"after":{}}',
        b'{"format":2,"steps":[],"before":{},"after":{}}',
    ],
)
def test_a_journal_that_cannot_be_trusted_stops_everything(folder: Path, text: bytes) -> None:
    """A damaged or newer journal, or one that names files elsewhere, is a clear error."""
    write(folder, document())
    (folder / JOURNAL).write_bytes(text)
    before = tree(folder)
    for attempt in (check_folder, read_authored, lambda path: write(path, document())):
        with pytest.raises(OutputError, match="journal is damaged") as caught:
            attempt(folder)
        assert caught.value.code == 2
    assert tree(folder) == before


def test_texts_that_move_or_grow_are_seen_as_kept(folder: Path) -> None:
    """A text under a new key, and one to which something was appended, are people's in the new document."""
    write(folder, document())
    edit(folder / "README.md", block("table:a", ASK), block("table:a", "Watch it.\n"))
    texts = Texts.of(read_authored(folder)).move({"table:a": "table:b"}).extend({"purpose": "Kept.\n"})
    page = b"# Shop\n\n" + block("purpose", "Kept.\n").encode() + block("table:b", "Watch it.\n").encode()
    write(folder, document() | {"README.md": page}, texts=texts)
    assert read_authored(folder) == {"purpose": "Kept.\n", "table:b": "Watch it.\n"}
    grown = texts.of(read_authored(folder)).extend({"purpose": "Kept.\n\nMore.\n"})
    with pytest.raises(OutputError, match="changed meanwhile"):
        write(folder, document() | {"README.md": page.replace(b"Kept", b"Lost")}, texts=grown)
    write(folder, document() | {"README.md": page.replace(b"Kept.\n", b"Kept.\n\nMore.\n")}, texts=grown)
    assert read_authored(folder) == {"purpose": "Kept.\n\nMore.\n", "table:b": "Watch it.\n"}


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from("abcd"), st.integers(0, 2), max_size=4),
            st.dictionaries(st.sampled_from("abcd"), st.text("xy\r\n", max_size=5), max_size=2),
        ),
        max_size=5,
    )
)
def test_many_refreshes_lose_nothing(
    tmp_path_factory: pytest.TempPathFactory, runs: list[tuple[Mapping[str, int], Mapping[str, str]]]
) -> None:
    """Random documents and edits of blocks, one after the other: the texts are always those last written."""
    folder = tmp_path_factory.mktemp("many")
    texts: dict[str, str] = {}
    for pages, edits in runs:
        kept = {key: 0 for key, body in texts.items() if body.strip()} | dict(
            pages
        )  # their blocks must remain
        authored = read_authored(folder)
        assert {k: v for k, v in authored.items() if v.strip()} == {
            k: v for k, v in texts.items() if v.strip()
        }
        files = {
            f"{key}.md": f"version {version}\n{block(key, authored.get(key, ASK))}".encode()
            for key, version in kept.items()
        }
        write(folder, files)
        assert set(tree(folder)) - {MANIFEST} == set(files)
        texts = {key: texts[key] for key in kept if key in texts}
        for key, body in edits.items():
            if key in kept:
                whole = body if not body or body.endswith("\n") else f"{body}\n"
                page = (folder / f"{key}.md").read_bytes()
                head, _, _ = page.partition(b"<!-- authored")
                (folder / f"{key}.md").write_bytes(head + block(key, whole).encode())
                texts[key] = whole


# --- one file that the user named


def test_one_file_is_replaced_whole(tmp_path: Path) -> None:
    """A named file is created or replaced, also through a link, and keeps its mode."""
    file = tmp_path / "snapshot.json"
    write_file(file, b"1")
    file.chmod(0o600)
    (tmp_path / "link").symlink_to(file)
    write_file(tmp_path / "link", b"2")
    assert file.read_bytes() == b"2"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (tmp_path / "link").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "snapshot.json"]


def test_one_file_may_come_in_pieces(tmp_path: Path) -> None:
    """Pieces make one file; where one of them fails, the file is as it was."""
    file = tmp_path / "snapshot.json"
    write_file(file, iter((b"1", b"", b"23")))
    assert file.read_bytes() == b"123"

    def failing() -> Iterator[bytes]:
        yield b"4"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_file(file, failing())
    assert file.read_bytes() == b"123"
    assert [path.name for path in tmp_path.iterdir()] == ["snapshot.json"]


def test_one_file_may_be_a_device(tmp_path: Path) -> None:
    """What is no regular file is written to, not replaced."""
    write_file(Path(os.devnull), b"x")
    assert not Path(os.devnull).is_file()


def test_one_file_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder is a usage error; a missing folder is named with a hint."""
    with pytest.raises(OutputError, match="is a folder") as caught:
        write_file(tmp_path, b"x")
    assert caught.value.code == 2
    with pytest.raises(OutputError, match="there is no folder") as caught:
        write_file(tmp_path / "no" / "file", b"x")
    assert caught.value.code == 3


def test_the_module_s_names() -> None:
    """The snapshot has the name that the pipeline and the readers rely on."""
    assert output.SNAPSHOT == "snapshot.json"


# --- faults: what is not as it was written


def faults_of(folder: Path) -> list[tuple[str, str, int | None]]:
    return [(fault.path, fault.message, fault.line) for fault in output.faults(folder)]


def test_a_document_as_it_was_written_has_no_faults(tmp_path: Path) -> None:
    """Text in blocks, other files, and other line ends are no fault."""
    assert not output.is_document(tmp_path)
    write(tmp_path, document())
    assert output.is_document(tmp_path)
    edit(tmp_path / "README.md", ASK, "Because.\n")
    (tmp_path / "notes.md").write_text("ours\n")
    for path in ("README.md", "tables/a.md", "snapshot.json"):
        edit(tmp_path / path, "\n", "\r\n")
    assert faults_of(tmp_path) == []


def test_every_fault_is_told_with_its_file(tmp_path: Path) -> None:
    """Missing and edited files, edited pages, and a link in place of a file."""
    write(tmp_path, document() | {"b.svg": b"<svg/>\n"})
    edit(tmp_path / "README.md", "End.", "The end.")
    (tmp_path / "tables/a.md").unlink()
    (tmp_path / "snapshot.json").write_bytes(b"{ }\n")
    (tmp_path / "b.svg").unlink()
    (tmp_path / "b.svg").symlink_to("snapshot.json")
    before = tree(tmp_path)
    assert faults_of(tmp_path) == [
        ("README.md", "this page was edited outside its authored blocks", None),
        ("b.svg", "something that is no plain file stands in its place", None),
        ("snapshot.json", "this generated file was edited", None),
        ("tables/a.md", "this generated file is missing", None),
    ]
    assert tree(tmp_path) == before


def test_broken_markers_are_told_with_their_line(tmp_path: Path) -> None:
    """A broken marker does not hide what is wrong with other files."""
    write(tmp_path, document())
    edit(tmp_path / "README.md", "<!-- authored: table:a -->", "<!-- authored table:a -->")
    (tmp_path / "tables/a.md").write_bytes(b"# a\n\xff\n")
    assert faults_of(tmp_path) == [
        ("README.md", "broken marker of an authored block", 7),
        ("tables/a.md", "not UTF-8", 2),
    ]


def test_a_block_on_two_pages_is_a_fault(tmp_path: Path) -> None:
    """A key that was copied to another page has no one place any more."""
    write(tmp_path, document())
    (tmp_path / "tables/a.md").write_text("# a\n" + block("purpose", "Twice.\n"))
    assert faults_of(tmp_path) == [
        ("tables/a.md", "this page was edited outside its authored blocks", None),
        ("tables/a.md", "the block purpose also stands in README.md", None),
    ]


def test_what_was_said_of_files_before_they_are_written(folder: Path, tmp_path: Path) -> None:
    """Pages that whoever made them has taken apart are written as if they were taken apart here."""
    files = document() | {
        "guide.md": b"# Guide\n\n" + block("guide", "Read it.\n").encode(),
        "a.svg": b"<svg/>",
    }
    parts = {path: apart(path, data) for path, data in files.items() if path != "README.md"}
    write(folder, files)
    write(tmp_path / "other", files, parts=parts)
    assert (tmp_path / "other" / MANIFEST).read_bytes() == (folder / MANIFEST).read_bytes()
    assert write(tmp_path / "other", files, parts=parts).written == ()
