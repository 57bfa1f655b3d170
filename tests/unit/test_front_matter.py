"""Front matter: YAML that site generators read, and that people's work on a page survives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from pgdossier.render import front_matter
from tests.support import hostile
from tests.support.command import pgdossier
from tests.support.samples import SHOP


def matter(text: str) -> dict[str, object]:
    """The front matter of a page as YAML; fails without."""
    assert text.startswith("---\n")
    found: dict[str, object] = yaml.safe_load(text.split("\n---\n", maxsplit=1)[0])
    return found


@pytest.mark.parametrize("text", [*hostile.NAMES, *hostile.COMMENTS], ids=repr)
def test_any_text_is_one_scalar(text: str) -> None:
    """Whatever a name or comment holds, it is one YAML text on one line, and comes off again."""
    block = front_matter._block(text, text, first=True)
    read = matter(block)
    assert list(read) == ["title", "description", "sidebar_position", "weight"]
    assert all(isinstance(read[key], str) for key in ("title", "description"))
    assert len(block.splitlines()) == 7
    assert front_matter.without(f"{block}# Title\n\n---\n\nafter\n---\n") == "# Title\n\n---\n\nafter\n---\n"


def test_a_page_without_is_left_alone() -> None:
    """A page that has none loses nothing."""
    assert front_matter.without("# Title\n\n---\n\nafter\n\n---\n") == "# Title\n\n---\n\nafter\n\n---\n"


def test_it_lives_with_the_document(tmp_path: Path) -> None:
    """It survives a refresh byte by byte with people's text; editing it is an edit; leaving out the option
    takes it away, and the HTML copy does not show it.
    """
    folder, source = tmp_path / "document", SHOP / "snapshot.json"

    def generate(*arguments: str) -> tuple[int, str]:
        done = pgdossier("generate", source, "-o", folder, "--layout", "split", *arguments, home=tmp_path)
        return done.returncode, done.stderr

    assert generate("--front-matter")[0] == 0
    page = folder / "tables" / "sales.orders.md"
    read = matter(page.read_text())
    snapshot = json.loads(source.read_text())
    comment = next(
        one["comment"]
        for one in snapshot["structure"]["relations"]
        if (one["schema"], one["name"]) == ("sales", "orders")
    )
    assert read == {"title": "sales.orders", "description": " ".join(comment.split())}
    assert matter((folder / "README.md").read_text())["weight"] == 1

    prompt = "_Notes for reviewers: why this table is as it is, what to watch._"
    assert prompt in page.read_text()
    page.write_text(page.read_text().replace(prompt, "---\ntitle: ours\n---"))
    before = page.read_bytes()
    assert "0 files written" not in generate("--front-matter", "--format", "html")[1]
    assert page.read_bytes() == before
    assert "description:" not in (folder / "html" / "tables" / "sales.orders.html").read_text()
    assert pgdossier("check", source, "-o", folder, home=tmp_path).returncode == 0

    page.write_text(page.read_text().replace('title: "sales.orders"', 'title: "Orders"'))
    code, said = generate("--front-matter")
    assert (code, "sales.orders.md:2" in said) == (2, True)

    page.write_bytes(before)
    assert generate()[0] == 0
    assert page.read_text().startswith("<sub>")
    assert "title: ours" in page.read_text()
