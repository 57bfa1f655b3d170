"""A run that is killed at any change of the disk leaves the old document or the new one, whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pgdossier import output, pipeline
from pgdossier.authored import blocks
from pgdossier.model import snapshot_json
from pgdossier.output import JOURNAL
from pgdossier.progress import SILENT
from tests.support.builders import key, snapshot, table
from tests.support.killing import config

REPOSITORY = Path(__file__).parents[2]
USERS = table("sales.users", "id bigint", "email text", "born date", pk="id")
COUPONS = table("sales.coupons", "code text", "percent integer", pk="code")
COLUMNS = ("id bigint", "total numeric", "user_id bigint", "note text")
TEXTS = {
    "purpose": "Sells things.\n",
    "table:sales.orders": "Never deleted.\r\n",
    "table:sales.coupons": "Ends in May.\n",
}


def files(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def write_text(folder: Path, block: str, text: str) -> None:
    for page in folder.rglob("*.md"):
        before = page.read_bytes().decode()
        bodies = blocks.parse(before, str(page))
        if block in bodies:
            after = before.replace(blocks.block(block, bodies[block]), blocks.block(block, text))
            page.write_bytes(after.encode())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process")
def test_a_kill_at_any_moment_leaves_one_document(tmp_path: Path) -> None:
    """A table is renamed, one dropped, one added: at each step the folder is the old or the new document."""
    orders = table("sales.orders", *COLUMNS, pk=key("orders_pkey", "id"))
    purchases = table("sales.purchases", *COLUMNS, pk=key("orders_pkey", "id"))
    source, old = tmp_path / "snapshot.json", tmp_path / "old"
    source.write_bytes(snapshot_json.encode(snapshot(USERS, orders, COUPONS)))
    pipeline.generate(config(tmp_path, old), SILENT)
    for block, text in TEXTS.items():
        write_text(old, block, text)
    assert output.read_authored(old) == TEXTS
    source.write_bytes(
        snapshot_json.encode(snapshot(USERS, purchases, table("stock.items", "sku text", "count integer")))
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killing", str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    last = int(done.stdout)
    before, after = files(old), files(tmp_path / f"{last}")
    moved = {key.replace("orders", "purchases"): text for key, text in TEXTS.items()}
    assert output.read_authored(tmp_path / f"{last}") == moved
    assert before.keys() - after.keys() == {"tables/sales.orders.md", "tables/sales.coupons.md"}
    assert after.keys() - before.keys() == {"tables/sales.purchases.md", "tables/stock.items.md"}

    new = []
    for step in range(last):
        folder = tmp_path / f"{step}"
        left = files(folder)
        for path, data in left.items():  # as it was left: whole files only
            if not path.endswith(".tmp") and path not in (JOURNAL, output.MANIFEST):
                assert data in (before.get(path), after.get(path)), (step, path)
        texts = output.read_authored(folder)  # whoever looks first clears up
        assert files(folder) in (before, after), step
        assert texts == (TEXTS if files(folder) == before else moved)
        new.append(files(folder) == after)
        pipeline.generate(config(tmp_path, folder), SILENT)
        assert files(folder) == after, step
        assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == ["tables"]
    assert last > 40
    assert new == sorted(new)  # there is one moment from which on it is the new one
    assert {True, False} <= set(new)
