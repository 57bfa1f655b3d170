"""Authored blocks: what people write between markers comes back byte for byte, or an error says why not."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pgdossier.authored.blocks import (
    block,
    is_filled,
    key,
    outside,
    parse,
    parts,
    prompt,
    render,
    skeleton,
)
from pgdossier.errors import DossierError

PAGE = """\
# Title

<!-- authored: purpose -->
Why it is.
<!-- /authored -->

```sql
<!-- authored: not:one -->
```

<!-- authored: table:sales.orders -->
<!-- /authored -->
"""


def test_blocks_are_found() -> None:
    """Keys and bodies of a page are found in order; what a code fence shows is no block."""
    assert list(parse(PAGE, "README.md").items()) == [("purpose", "Why it is.\n"), ("table:sales.orders", "")]


def test_a_body_may_show_the_syntax_in_a_fence() -> None:
    """Markers in a fenced code block inside a body belong to the body."""
    fences = [
        ("```", "```"),
        ("~~~~", "~~~~~"),
        ("- ```", "  ```"),
        ("   ```text", "```"),
        ("> ```", "> ```"),
    ]
    for fence, end in fences:
        body = f"So:\n{fence}\n<!-- /authored -->\n<!-- authored: x -->\n{end}\nDone.\n"
        assert parse(f"a\n{block('k', body)}b\n", "p") == {"k": body}


def test_fences_follow_commonmark() -> None:
    """A shorter fence, another character or an info string does not close a fence; inline ticks open none."""
    body = "````\n```\n~~~~\n```` x\n<!-- /authored -->\n`````\n``` a ` b\n"
    assert parse(block("k", body), "p") == {"k": body}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("<!-- authored: a -->\n", 1, "the block a is not closed"),
        ("\n<!-- authored: a -->\n```\n<!-- /authored -->\n", 2, "code fence of line 3 is not closed"),
        ("x\n<!-- /authored -->\n", 2, "not opened"),
        (
            "<!-- authored: a -->\n\n<!-- authored: b -->\n<!-- /authored -->\n",
            3,
            "inside the block a, opened in line 1",
        ),
        (block("a", "") + block("a", ""), 3, "a second block with the key a"),
        ("<!-- authored: a --> text\n<!-- /authored -->\n", 1, "broken marker"),
        ("<!-- authored: a -->\ntext <!-- /authored -->\n", 2, "broken marker"),
        ("<!-- authored: a -->\n<!-- /authored --> text\n", 2, "broken marker"),
        ("<!-- authored: -->\n", 1, "broken marker"),
        ("<!-- authored: a b -->\n", 1, "broken marker"),
        ("<!-- authored\n", 1, "broken marker"),
        ("<!-- authored: a --> <!-- /authored -->\n", 1, "broken marker"),
    ],
)
def test_broken_markers_name_file_and_line(text: str, line: int, says: str) -> None:
    """Whatever is wrong with markers is one error with file and line, exit code 2."""
    with pytest.raises(DossierError, match=rf"^docs/x\.md:{line}: ") as caught:
        parse(text, "docs/x.md")
    assert says in caught.value.message
    assert caught.value.code == 2
    assert caught.value.hint


def test_text_that_mentions_markers_is_text() -> None:
    """The syntax inside a line (a comment or default of the database shown as code) is no marker."""
    text = "A `<!-- authored: x -->` and `<!-- /authored -->`.\n| `'<!-- /authored -->'` |\n"
    assert parse(text, "p") == {}
    assert skeleton(text) == text


def test_what_editors_change_on_their_own_does_not_count() -> None:
    """CR LF, a byte order mark, and spaces around or in markers leave keys and skeleton as they were."""
    dos = "\ufeff" + PAGE.replace("\n", "\r\n")
    assert parse(dos, "p") == {"purpose": "Why it is.\r\n", "table:sales.orders": ""}
    assert skeleton(dos) == skeleton(PAGE)
    loose = PAGE.replace("<!-- authored: purpose -->", "  <!--authored:purpose-->  ")
    assert parse(loose, "p") == parse(PAGE, "p")
    assert skeleton(loose) == skeleton(PAGE)


def test_a_skeleton_shows_changes_outside_blocks_only() -> None:
    """Changing a body keeps the skeleton; changing, adding or removing anything else does not."""
    assert skeleton(PAGE.replace("Why it is.", "Because.\n\nReally.")) == skeleton(PAGE)
    assert "Why" not in skeleton(PAGE)
    for changed in (
        PAGE.replace("Title", "Titel"),
        PAGE + "\n",
        PAGE.replace("purpose", "scope"),
        "x" + PAGE,
    ):
        assert skeleton(changed) != skeleton(PAGE)


def test_a_prompt_is_not_text() -> None:
    """A block that holds its prompt, or nothing, counts as unfilled; anything else is filled."""
    asked = prompt("Notes for reviewers: why this table is as it is.")
    assert asked == "_Notes for reviewers: why this table is as it is._\n"
    assert not is_filled(asked, asked)
    assert not is_filled(asked.rstrip() + "\r\n", asked)
    assert not is_filled(" \n", asked)
    assert is_filled(asked + "But.\n", asked)


def test_keys_read_like_names() -> None:
    """Usual names stay readable in keys."""
    assert key("purpose") == "purpose"
    assert key("table", "sales", "orders") == "table:sales.orders"
    assert key("table", "Größe", "a-b$1_") == "table:Größe.a-b$1_"
    assert key("table", "a.b", "c -->\n") == "table:a%2Eb.c%20%2D%2D%3E%0A"


names = st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=12)


@given(st.lists(names, min_size=1, max_size=3), st.lists(names, min_size=1, max_size=3))
def test_different_names_have_different_keys(left: list[str], right: list[str]) -> None:
    """Two objects share a key only when all their names are the same, and every key survives a marker."""
    assert (key("table", *left) == key("table", *right)) == (left == right)
    one = key("table", *left)
    assert parse(block(one, "x\n"), "p") == {one: "x\n"}


@st.composite
def bodies(draw: st.DrawFn) -> str:
    """Any text that holds no marker and opens no fence, mixed with whole fenced blocks that show markers."""
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        text = draw(st.text() | st.text("\r\n <>!-a`~>*1.\u2028\x0b\x85", max_size=30))
        if draw(st.booleans()):
            fence = draw(st.sampled_from(["```", "~~~~", "`````"]))
            assume(fence[0] * 3 not in text)
            text = f"{fence}\n{text}\n<!-- /authored -->\n<!-- authored: k0 -->\n{fence}\n"
        else:
            assume("authored" not in text)
            assume("```" not in text)
            assume("~~~" not in text)
        parts.append(text if text.endswith("\n") or not text else f"{text}\n")
    return "".join(parts)


@given(st.dictionaries(st.integers(0, 9).map(lambda n: f"k{n}"), bodies(), max_size=4))
def test_whatever_people_write_comes_back(blocks: dict[str, str]) -> None:
    """Parsing a rendered page gives the same keys and bodies, byte for byte; so does doing it twice."""
    page = render(blocks)
    assert parse(page, "p") == blocks
    assert render(parse(page, "p")) == page
    assert skeleton(page) == render(dict.fromkeys(blocks, ""))


@given(st.text("<!->authored: /k`~\n ", max_size=200) | st.text())
def test_any_page_is_read_or_refused(text: str) -> None:
    """Any text either parses, with every body standing in it literally, or raises our own error."""
    error: DossierError | None = None
    found: dict[str, str] = {}
    try:
        found = parse(text, "p")
    except DossierError as caught:
        error = caught
    assert error is None or error.code == 2
    assert all(body in text for body in found.values())


def test_the_parts_of_a_key_come_back() -> None:
    """Kind and names can be read from a key again, whatever the names hold."""
    assert parts("purpose") == ("purpose", ())
    for made in (("sales", "orders"), ("a.b", "c -->\n"), ("Größe", "a-b$1_%41"), ("x",)):
        assert parts(key("table", *made)) == ("table", made)


def test_the_lines_outside_know_their_place() -> None:
    """Numbers are those of the file, bodies are left out, and the usual forms make the skeleton."""
    page = "\ufeff" + PAGE.replace("Why it is.\n", "One.\r\n\nTwo.\n") + "End"
    found = outside(page)
    assert "".join(line.usual for line in found) == skeleton(page)
    lines = page.removeprefix("\ufeff").split("\n")
    assert [line.text.rstrip("\n") for line in found] == [lines[line.number - 1] for line in found]
    assert [(line.number, line.opens) for line in found if line.is_marker] == [
        (3, "purpose"),
        (7, ""),
        (13, "table:sales.orders"),
        (14, ""),
    ]
    assert [line.number for line in found if line.is_code] == [9, 10, 11]
