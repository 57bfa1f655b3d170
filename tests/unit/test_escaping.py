"""Text from a database becomes Markdown that shows exactly that text, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pgdossier.render import escaping

_INLINE = [
    "|",
    "`",
    "``",
    "\\",
    "*",
    "_",
    "**",
    "~~",
    "[x](y)",
    "![i](j)",
    "<b>",
    "</td>",
    "<!--",
    "-->",
    "&amp;",
]
_BLOCKS = [
    "# ",
    "- ",
    "1. ",
    "1) ",
    "+ ",
    "> ",
    "=",
    "---",
    "\n",
    "\r\n",
    "\t",
    "{{ x }}",
    "{% y %}",
    "&#60;",
]
_OTHERS = ["$x$", "http://a.b", "@me", ":x:", "\N{LATIN SMALL LETTER E WITH ACUTE}", "日本", "\u202e"]
_NASTY = st.sampled_from([*_INLINE, *_BLOCKS, *_OTHERS])
_TEXT = st.lists(st.one_of(_NASTY, st.text(max_size=5)), max_size=8).map("".join)


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _shown(tokens: list[Token]) -> str:
    """What a reader sees of inline tokens; anything but text, code and line breaks fails the test."""
    parts = []
    for token in tokens:
        assert token.type in ("text", "code_inline", "softbreak", "html_inline", "text_special"), token
        if token.type == "html_inline":
            assert token.content == "<br>"
            parts.append("\n")
        else:
            parts.append(token.content)
    return "".join(parts)


def _expected(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join(escaping.visible(line.strip()) for line in lines)


@given(_TEXT)
def test_text_in_a_paragraph_shows_as_itself(text: str) -> None:
    """Any text, escaped, is one paragraph of plain text with the same characters."""
    tokens = _parser().parse(escaping.inline(text))
    expected = _expected(text)
    if not expected.strip():
        return
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert _shown(tokens[1].children or []) == expected.strip()


@given(_TEXT, _TEXT)
def test_a_table_row_has_the_cells_it_was_made_of(text: str, other: str) -> None:
    """Text and code with pipes stay in their own cells and show as themselves."""
    table = f"{escaping.header('A', 'B')}\n{escaping.row(escaping.inline(text), escaping.code(other))}"
    tokens = _parser().parse(table)
    body = tokens[next(i for i, token in enumerate(tokens) if token.type == "tbody_open") :]
    cells = [body[i + 1] for i, token in enumerate(body) if token.type == "td_open"]
    assert len(cells) == 2
    assert _shown(cells[0].children or []) == _expected(text).strip()
    assert _shown(cells[1].children or []).strip() == escaping.visible(other).strip()


@given(_TEXT)
def test_code_shows_as_itself(text: str) -> None:
    """Any text as a code span is one code span with the same characters."""
    tokens = _parser().parse(f"x {escaping.code(text)} y")
    children = [token for token in tokens[1].children or [] if token.type == "code_inline"]
    assert len(children) == 1
    assert children[0].content.strip() == escaping.visible(text).strip()


@given(_TEXT)
def test_fenced_code_ends_where_it_should(text: str) -> None:
    """Any text in a fence is one code block, whatever backticks it holds."""
    tokens = _parser().parse(escaping.fenced(text))
    assert [token.type for token in tokens] == ["fence"]


def test_names_with_underscores_stay_readable() -> None:
    """Underscores inside words are not escaped: people read the source, too."""
    assert escaping.inline("order_items of user_id") == "order_items of user_id"


@given(st.lists(st.lists(_TEXT.map(escaping.inline), min_size=3, max_size=3), max_size=4))
def test_a_table_leaves_out_what_has_no_content(rows: list[list[str]]) -> None:
    """Cells stay in their columns, whatever they hold; a column is there when some row has content in it."""
    made = escaping.table(("A", "B:", "C::"), rows)
    shown = [place for place in range(3) if any(cells[place] for cells in rows)]
    assert made == "" if not rows else made.count("\n") == 2 + len(rows)
    if not shown:
        return
    cells = [token.content for token in _parser().parse(made) if token.type == "inline"]
    assert len(cells) == (1 + len(rows)) * len(shown)
    assert cells[: len(shown)] == ["ABC"[place] for place in shown]
    assert [cell.strip() for cell in cells[len(shown) :]] == [
        cells[place].strip() for cells in rows for place in shown
    ]
