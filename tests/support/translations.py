"""What a translation must share with its message: placeholders, Markdown, spaces, the end of a sentence."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

from markdown_it import MarkdownIt

_MARKS = re.compile(r"`[^`]*`|\*\*|\]\([^)]*\)|<[a-z/][^>]*>")
_MARKDOWN = MarkdownIt("commonmark")
_CODE = re.compile(r"`[^`]*`")
# What ends a sentence or a part of one; in Chinese and Japanese it is of full width.
_WIDE = {ord(char): chr(ord(char) + 0xFEE0) for char in ".:?!;"}
_ENDS = {char: char for char in ".:?!;…"} | {wide: chr(char) for char, wide in _WIDE.items()}
_ENDS["\N{IDEOGRAPHIC FULL STOP}"] = "."


def placeholders(text: str) -> Counter[str]:
    """What stands in braces: names, some with a format; raises ValueError when the braces are wrong."""
    return Counter(
        f"{name}:{form}" if form else name
        for _, name, form, _ in string.Formatter().parse(text)
        if name is not None
    )


def differences(messages: Sequence[str], text: str, code: str) -> list[str]:
    """What a translation has that its message has not, or the other way round, in words.

    Args:
        messages: The message; of a plural one both forms.
        text: The translation, or one form of it.
        code: Its language.
    """
    found = []
    try:
        here, there = placeholders(text), [placeholders(one) for one in messages]
    except ValueError as error:
        return [f"its braces are wrong ({error})"]
    # A form that stands for one number alone may do without it: "ein Index" for "{count} index".
    if not any(here == one for one in there) and not (
        len(messages) > 1 and any(one - here == Counter({"count": 1}) and not here - one for one in there)
    ):
        found.append(f"placeholders {sorted(here.elements())}, not {sorted(there[-1].elements())}")
    marks = [Counter(_MARKS.findall(one)) for one in messages]
    if Counter(_MARKS.findall(text)) not in marks:
        expected = " ".join(sorted(marks[-1].elements()))
        found.append(f"its Markdown is not that of the message: {expected or 'none'}")
    if _CODE.sub("", text).count("`") or _CODE.sub("", text).count("*") % 2:
        found.append("a mark of Markdown is not closed")
    elif "**" in text and "**" in _MARKDOWN.renderInline(re.sub(r"\{\w+[^{}]*\}", "x", text)):
        found.append("Markdown sees no bold text: beside letters, ** may not touch a comma, stop or bracket")
    last = messages[-1]
    for name, measure in (("begins", r"\A\s*"), ("ends", r"\s*\Z")):
        if re.search(measure, last)[0] != re.search(measure, text)[0]:  # type: ignore[index] # always matches
            found.append(f"it {name} with other white space")
    if _end(last) != _end(text):
        found.append(f"it ends in {text[-1:]!r} where the message ends in {last[-1:]!r}")
    return found


def _end(text: str) -> str:
    bare = re.sub(r"[*_)\]\"”»」』\uff09]+\Z", "", text.strip())
    return _ENDS.get(bare[-1:], "")
