"""What the disk, other processes and other people can do to an output folder, tried with real ones.

What the file layer decides by itself is in tests/unit/test_output.py; here the whole program runs, and the
faults are those of the system. docs/reliability.md lists them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
from functools import cache, partial
from pathlib import Path

import msgspec
import pytest

from pgdossier import output
from pgdossier.errors import OutputError
from pgdossier.model import snapshot_json
from pgdossier.output import JOURNAL, MANIFEST
from tests.support.builders import snapshot, table
from tests.support.command import clean_environment, pgdossier

REPOSITORY = Path(__file__).parents[2]
CONFIGURATION = "[diagrams]\nenabled = false\n"

# Names that leave a folder, that some system keeps for itself, or that are one file on another.
NAMES = (
    "../../../escaped",
    "..",
    ".",
    "/etc/escaped",
    "..\\escaped",
    "C:\\escaped",
    "stream:escaped",
    "CON",
    "con",
    "nul",
    "AUX.txt",
    "com1",
    "lpt¹",
    "ends in a dot.",
    "ends in a space ",
    ".hidden",
    ".git",
    ".git/hooks/post-commit",
    MANIFEST,
    JOURNAL,
    "README.md",
    "-rf",
    "~",
    "$(touch escaped)",
    "new\nline",
    "right\u202eleft",
    "Orders",
    "orders",
    "ORDERS",
    "é",
    "e\u0301",
    "straße",
    "strasse",
    "\u0131" * 31,
    "界" * 21,
    "x" * 63,
)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): os.fsencode(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() or path.is_symlink()
    }


def facts(home: Path, *tables: str, name: str = "snapshot.json") -> Path:
    """A snapshot file with a table of each of these names."""
    made = table("public.t", "id bigint", "note text", pk="id")
    path = home / name
    path.write_bytes(
        snapshot_json.encode(snapshot(*(msgspec.structs.replace(made, name=table) for table in tables)))
    )
    return path


def generate(home: Path, source: Path, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    (home / "pgdossier.toml").write_text(CONFIGURATION)
    return pgdossier("generate", source, "--output", folder, *more, home=home)


def command(home: Path, source: Path | str, folder: Path) -> list[str]:
    (home / "pgdossier.toml").write_text(CONFIGURATION)
    return [sys.executable, "-m", "pgdossier", "generate", str(source), "--output", str(folder)]


# --- names


def test_hostile_names_stay_in_the_folder_and_apart(tmp_path: Path) -> None:
    """Tables of every dangerous name get a page each, with a name that is plain everywhere."""
    source, folder = facts(tmp_path, *NAMES), tmp_path / "a" / "docs"
    done = generate(tmp_path, source, folder, "--layout", "split")
    assert done.returncode == 0, done.stderr
    pages = sorted(path.name for path in (folder / "tables").iterdir())
    assert len(pages) == len(NAMES) == len({page.casefold() for page in pages})
    for path in folder.rglob("*"):
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", path.name) or path.name == MANIFEST
        assert not re.match(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", path.name.casefold())
        assert path.stem == path.stem.rstrip(". ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "pgdossier.toml", "snapshot.json"]
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["docs"]


@pytest.mark.parametrize(
    "name",
    [
        "CON", "nul.md", "tables/Aux.md", "com1", "LPT9.txt", "com\u00b9.md", "conin$", "con .md",
        "a.", "a ", "b./c", "a*b", "a?b", 'a"b', "a<b", "a|b",
        ".PGDOSSIER.json", ".Pgdossier-Journal", ".git/config", "tables/.hidden", "a\u202eb", "\udcff",
        "x" * 256,
    ],
)  # fmt: skip
def test_a_name_that_some_system_takes_amiss_is_refused(tmp_path: Path, name: str) -> None:
    """Devices, names that are cut short, and hidden files are never written, whoever names them."""
    with pytest.raises(OutputError, match="unsafe name"):
        output.write(tmp_path / "docs", {"README.md": b"x\n", name: b"x"})
    assert not (tmp_path / "docs").exists()


def test_a_record_of_somebody_else_reaches_no_hidden_file(tmp_path: Path) -> None:
    """A manifest or journal that names version control's own files is refused, and they stay."""
    hook = tmp_path / ".git" / "config"
    hook.parent.mkdir()
    hook.write_bytes(b"mine")
    digest = hashlib.sha256(b"mine").hexdigest()
    manifest = {"generator": "pgdossier", "format": 1, "files": {".git/config": digest}, "prompts": []}
    step = {"path": ".git/config", "temporary": None, "before": digest, "after": None}
    for name, content in (
        (MANIFEST, manifest),
        (
            JOURNAL,
            {"generator": "pgdossier", "format": 1, "steps": [step], "before": manifest, "after": manifest},
        ),
    ):
        (tmp_path / name).write_text(json.dumps(content))
        with pytest.raises(OutputError) as caught:
            output.write(tmp_path, {"README.md": b"x\n"}, discard=True)
        assert caught.value.code == 2
        (tmp_path / name).unlink()
        assert tree(tmp_path) == {".git/config": b"mine"}


# --- links


@pytest.mark.parametrize("name", ["README.md", "tables", MANIFEST, JOURNAL])
def test_a_link_to_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    """A link in the folder to a file or a folder outside ends the run with one line; both sides stay."""
    source, folder, outside = facts(tmp_path, "a"), tmp_path / "docs", tmp_path / "outside"
    assert generate(tmp_path, source, folder, "--layout", "split").returncode == 0
    if (folder / name).exists():
        (folder / name).rename(tmp_path / "outside")
    else:
        outside.write_bytes(b"precious")
    (folder / name).symlink_to(outside)
    before = tree(folder), outside.read_bytes() if outside.is_file() else tree(outside)
    done = generate(tmp_path, facts(tmp_path, "a", "b"), folder, "--layout", "split", "--discard")
    assert done.returncode == 2
    assert f"{folder / name} is a symbolic link; nothing was written" in done.stderr
    assert "Traceback" not in done.stderr
    assert before == (tree(folder), outside.read_bytes() if outside.is_file() else tree(outside))


# --- version control


def test_a_folder_in_a_repository_leaves_the_repository_alone(tmp_path: Path) -> None:
    """In a repository, and as one in another: only the document is new, git's files are as they were."""
    git = shutil.which("git")
    if git is None:
        pytest.skip("git is not installed")
    outer, folder = tmp_path / "outer", tmp_path / "outer" / "docs"

    def run(place: Path, *arguments: str) -> str:
        environment = {**clean_environment(tmp_path), "GIT_CONFIG_NOSYSTEM": "1", "GIT_OPTIONAL_LOCKS": "0"}
        return subprocess.run(
            [git, *arguments], cwd=place, env=environment, check=True, capture_output=True, text=True
        ).stdout

    outer.mkdir()
    run(outer, "init", "--quiet")
    for inner in (False, True):
        if inner:
            shutil.rmtree(folder)
            folder.mkdir()
            run(folder, "init", "--quiet")
        kept = {place: tree(place) for place in outer.rglob(".git")}
        for _ in range(2):
            assert generate(tmp_path, facts(tmp_path, "a"), folder).returncode == 0
        assert {place: tree(place) for place in kept} == kept
        assert len(kept) == 1 + inner
        seen = run(folder if inner else outer, "status", "--porcelain", "--untracked-files=all").split()[1::2]
        prefix = "" if inner else "docs/"
        written = {prefix + path for path in tree(folder) if not path.startswith(".git/")}
        assert set(seen) == written


# --- a full disk, a folder that is read only


@cache
def _namespace() -> tuple[str, ...] | None:
    """What runs a shell where a small disk can be mounted for it alone; None if nothing does."""
    program = shutil.which("unshare")
    if program is None or sys.platform != "linux":
        return None
    for options in (("--mount",), ("--user", "--map-root-user", "--mount")):
        attempt = (program, *options, "sh", "-ec")
        probe = [*attempt, "mount -t tmpfs -o size=64k pgdossier /mnt"]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return attempt
    return None


def on_a_small_disk(script: str, *arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a script of the shell in a namespace of its own: what it mounts is gone when it ends."""
    namespace = _namespace()
    if namespace is None:
        pytest.skip("this system lets nobody here mount a file system (no root, no user namespaces)")
    return subprocess.run(
        [*namespace, script, "sh", *map(str, arguments)],
        env=clean_environment(home)
        | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_a_full_disk_leaves_the_old_document_byte_for_byte(tmp_path: Path) -> None:
    """A disk with room for 0, 1, 2 … more pages: the old document whole, or the new one; nothing else."""
    disk, report = tmp_path / "disk", tmp_path / "report.json"
    disk.mkdir()
    done = on_a_small_disk(
        'mount -t tmpfs -o size=256k,mode=755 pgdossier "$2"; exec "$1" -m tests.support.filling "$2" "$3"',
        sys.executable, disk, report, home=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(report.read_text())
    refused = [one for one in seen if one["error"]]
    assert len(refused) > 10
    assert all(one["is"] == "old" and not one["strange"] for one in refused)
    assert {one["code"] for one in refused} == {3}
    assert all("No space left on device" in one["error"] for one in refused)
    assert all("the disk is full; what was there before is unchanged" in one["hint"] for one in refused)
    assert [one["is"] for one in seen if not one["error"]] == ["new"]
    assert not list(disk.iterdir())  # the disk went with the process


def test_a_full_disk_under_the_whole_program(tmp_path: Path) -> None:
    """The command itself on a disk without room: exit code 3, one line, and the old document as it was."""
    old, new = facts(tmp_path, "a"), facts(tmp_path, "b", "c", name="new.json")
    (tmp_path / "disk").mkdir()
    script = """
        mount -t tmpfs -o size=1m pgdossier "$2/disk"; cd "$2"
        "$1" -m pgdossier generate "$3" --output disk/docs >&2
        cp -a disk/docs before
        dd if=/dev/zero of=disk/filler bs=4096 2>/dev/null || true
        code=0; "$1" -m pgdossier generate "$4" --output disk/docs || code=$?
        cp -a disk/docs after; echo "code $code"
    """
    done = on_a_small_disk(script, sys.executable, tmp_path, old, new, home=tmp_path)
    assert done.stdout.splitlines()[-1:] == ["code 3"], done.stderr
    assert "the disk is full; what was there before is unchanged" in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(tmp_path / "before") == tree(tmp_path / "after") != {}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_file_that_may_not_grow_leaves_the_old_document(tmp_path: Path) -> None:
    """A limit on the size of files, which needs no rights to set, stops the run as a full disk does."""
    source, folder = facts(tmp_path, "a"), tmp_path / "docs"
    assert generate(tmp_path, source, folder).returncode == 0
    before = tree(folder)
    limit = min(map(len, before.values())) - 1
    line = f"ulimit -f 1; exec {shlex.join(command(tmp_path, facts(tmp_path, 'b'), folder))}"
    done = subprocess.run(
        ["/bin/sh", "-c", line], env=clean_environment(tmp_path), cwd=tmp_path,
        capture_output=True, text=True,
        timeout=240, check=False,
    )  # fmt: skip
    assert limit > 0
    assert done.returncode == 3, done.stderr
    assert "File too large" in done.stderr
    assert "what was there before is unchanged" in done.stderr
    assert tree(folder) == before


def test_a_folder_on_a_read_only_disk(tmp_path: Path) -> None:
    """A disk that is mounted read only is told before anything is read; root is no exception to that."""
    source = facts(tmp_path, "a")
    (tmp_path / "disk").mkdir()
    script = """
        mount -t tmpfs -o size=1m pgdossier "$2/disk"; cd "$2"; mount -o remount,ro disk
        code=0; "$1" -m pgdossier generate "$3" --output disk/docs || code=$?; echo "code $code"
    """
    done = on_a_small_disk(script, sys.executable, tmp_path, source, home=tmp_path)
    assert done.stdout.splitlines()[-1:] == ["code 3"], done.stderr
    assert "disk is not writable" in done.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(tmp_path: Path) -> None:
    """A folder that belongs to others ends the run before the database is read."""
    folder = tmp_path / "docs"
    folder.mkdir(mode=0o500)
    done = generate(tmp_path, facts(tmp_path, "a"), folder)
    folder.chmod(0o700)
    assert done.returncode == 3
    assert f"{folder} is not writable" in done.stderr
    assert not list(folder.iterdir())


# --- other runs, and Ctrl-C


def test_a_run_beside_one_that_is_writing(tmp_path: Path) -> None:
    """While another process holds the folder the command says so with code 3, and the document stays."""
    pytest.importorskip("fcntl", reason="this system has no flock")
    source, folder = facts(tmp_path, "a"), tmp_path / "docs"
    assert generate(tmp_path, source, folder).returncode == 0
    before = tree(folder)
    holding = (
        "import sys, pathlib, pgdossier.output as o\n"
        "with o.locked(pathlib.Path(sys.argv[1])): print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        done = generate(tmp_path, facts(tmp_path, "b"), folder)
        holder.communicate()
    assert done.returncode == 3
    assert f"another run of pgdossier is writing into {folder}" in done.stderr
    assert tree(folder) == before


def test_runs_that_race_leave_one_whole_document(tmp_path: Path) -> None:
    """Four processes write two documents at once: each is done or refused, one whole document is left."""
    sources = [
        facts(tmp_path, *names, name=f"{number}.json") for number, names in enumerate((("a", "b"), ("c",)))
    ]
    folder = tmp_path / "docs"
    processes = [
        subprocess.Popen(
            command(tmp_path, sources[number % 2], folder),
            env=clean_environment(tmp_path), cwd=tmp_path,
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        )
        for number in range(4)
    ]  # fmt: skip
    ended = [(process.communicate(timeout=240)[1], process.returncode) for process in processes]
    assert {code for _, code in ended} <= {0, 3}, ended
    assert 0 in {code for _, code in ended}
    assert not any("Traceback" in said or "internal error" in said for said, _ in ended)
    assert not output.faults(folder)
    assert {
        path.name for path in folder.iterdir() if path.name.endswith(".tmp") or path.name == JOURNAL
    } == set()
    assert set(tree(folder)) == {*output.known_files(folder), MANIFEST}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_ctrl_c_at_any_moment_of_writing(tmp_path: Path, number: str, code: int) -> None:
    """Interrupted before each change of the disk: code 130, and the old bytes or the new, none between.

    SIGTERM, which others send, does the same with code 143.
    """
    old = tmp_path / "old"
    facts(tmp_path, "a", "b")
    assert generate(tmp_path, tmp_path / "snapshot.json", old, "--layout", "split").returncode == 0
    facts(tmp_path, "b", "c", "d")
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.interrupting", str(tmp_path), number],
        cwd=REPOSITORY, capture_output=True, text=True, timeout=240, check=True,
    )  # fmt: skip
    codes = [int(line) for line in done.stdout.splitlines()]
    before, after = tree(old), tree(tmp_path / f"{len(codes) - 1}")
    assert set(codes[:-1]) == {code}
    assert codes[-1] == 0
    assert before != after
    found = [tree(tmp_path / f"{step}") for step in range(len(codes))]
    for step, left in enumerate(found):
        whole = {
            path: data
            for path, data in left.items()
            if not re.search(r"\.pgdossier-[0-9a-f]{16}\.tmp$", path)
        }
        assert whole in (before, after), step
    assert before in found[1:]
    assert found.count(after) > 5  # interrupted after the decision: it was carried out first


@pytest.mark.parametrize(
    ("number", "code", "told"),
    [(signal.SIGINT, 130, "pgdossier: interrupted\n"), (signal.SIGTERM, 143, "pgdossier: terminated\n")],
)
def test_ctrl_c_while_a_server_does_not_answer(tmp_path: Path, number: int, code: int, told: str) -> None:
    """A real signal from outside while the program waits for a server: its code, the document as it was."""
    folder = tmp_path / "docs"
    assert generate(tmp_path, facts(tmp_path, "a"), folder).returncode == 0
    before = tree(folder)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        port = listener.getsockname()[1]
        with subprocess.Popen(
            command(tmp_path, f"postgresql://nobody@127.0.0.1:{port}/none?sslmode=disable", folder),
            env=clean_environment(tmp_path), cwd=tmp_path,
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
        ) as process:  # fmt: skip
            connection, _ = listener.accept()
            with connection:
                connection.recv(1024)
                process.send_signal(number)
                said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (code, told)
    assert tree(folder) == before


# --- rights


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no umask")
def test_nothing_that_a_command_writes_is_writable_by_all(tmp_path: Path) -> None:
    """With umask 000 nothing is: documents, exports, configuration, nor what refreshes remember."""
    source, cache_folder = facts(tmp_path, "a"), tmp_path / "x" / "y"
    (tmp_path / "work").mkdir()
    run = partial(
        pgdossier, home=tmp_path / "work", environment={"PGDOSSIER_CACHE": str(cache_folder)}, umask=0
    )
    assert run("init").returncode == 0
    assert run("generate", source, "--output", tmp_path / "new" / "docs", "--format", "html").returncode == 0
    assert run("export", "--format", "dbml", source, "-o", tmp_path / "work" / "a.dbml").returncode == 0
    made = [path for path in tmp_path.rglob("*") if path not in (source, tmp_path / "work")]
    assert {tmp_path / "work" / "pgdossier.toml", tmp_path / "work" / "a.dbml", tmp_path / "new"} <= set(made)
    assert [path for path in made if path.stat().st_mode & stat.S_IWOTH] == []
