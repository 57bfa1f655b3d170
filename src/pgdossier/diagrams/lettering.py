"""How text is prepared for a diagram: made visible, cut, and measured as Arial and Helvetica are."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pgdossier.language import counts
from pgdossier.model.columns import Column
from pgdossier.model.names import quote_identifier
from pgdossier.model.types import brief

TOOLTIP = 300
"""The most characters of a comment that a tooltip shows."""

# Advance widths in thousandths of the font size, for U+0020 to U+007E. Arial, Helvetica, Liberation Sans
# and Arimo agree on them; Graphviz measures with the same numbers.
_REGULAR = tuple(
    int(width)
    for width in """
    278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278
    556 556 556 556 556 556 556 556 556 556 278 278 584 584 584 556
    1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778
    667 778 722 667 611 722 667 944 667 667 611 278 278 278 469 556
    333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556
    556 556 333 500 278 556 500 722 500 500 500 334 260 334 584
    """.split()  # noqa: SIM905 - a table of numbers is easier to check than a list
)
_BOLD = tuple(
    int(width)
    for width in """
    278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278
    556 556 556 556 556 556 556 556 556 556 333 333 584 584 584 611
    975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778
    667 778 722 667 611 722 667 944 667 667 611 333 278 333 584 556
    333 556 611 556 611 556 333 611 611 278 278 556 278 889 611 611
    611 611 389 556 333 611 556 778 556 556 500 389 280 389 584
    """.split()  # noqa: SIM905 - as above
)
_ASCII, _ASCII_BOLD = ((0,) * 32 + table + (0,) for table in (_REGULAR, _BOLD))
_SPECIAL = {"…": 1000, "→": 1000, "·": 333, "\N{NO-BREAK SPACE}": 278}
_WIDE = 1000  # East Asian full width, symbols, pictures of control characters
# Means of other scripts, by the first word of a character's Unicode name: (small letters, capitals).
_SCRIPTS = {
    "ARABIC": (450, 450),
    "CYRILLIC": (560, 700),
    "GREEK": (540, 690),
    "HEBREW": (540, 540),
    "LATIN": (556, 690),
}
_OTHER = (640, 640)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide that text is in the diagrams' font, in the unit of `size`.

    Exact for Latin letters with and without accents; for other characters an estimate, to which the text
    is then fitted (`textLength`).
    """
    return _thousandths(text, bold) * size / 1000


@lru_cache(maxsize=50_000)
def _thousandths(text: str, bold: bool) -> int:
    """The width of a text in thousandths of its size; the same names stand in many diagrams."""
    if text.isascii():
        return sum(map((_ASCII_BOLD if bold else _ASCII).__getitem__, text.encode()))
    table = _BOLD if bold else _REGULAR
    return sum(_advance(character, table) for character in text)


def fitted(text: str, long: float) -> str:
    """The attributes that hold a text of SVG to its width in whatever font a reader has, spaces before them.

    Spaces between letters make up for other fonts. Glyphs are fitted, too, where the width is an estimate,
    and in scripts that are joined, which spaces would tear apart.
    """
    if len(text) < 2 or not long:  # one letter has slack enough
        return ""
    glyphs = "" if text.isascii() else ' lengthAdjust="spacingAndGlyphs"'
    return f' textLength="{long:.1f}"{glyphs}'.replace('.0"', '"')


def _advance(character: str, table: tuple[int, ...]) -> int:
    if character.isascii():
        return table[ord(character) - 32] if " " <= character <= "~" else 0
    if character in _SPECIAL:
        return _SPECIAL[character]
    base = unicodedata.normalize("NFD", character)[0]
    if " " <= base <= "~":
        return table[ord(base) - 32]
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return 0
    if category == "So" or unicodedata.east_asian_width(character) in ("W", "F"):
        return _WIDE
    script = unicodedata.name(character, "").partition(" ")[0]
    return _SCRIPTS.get(script, _OTHER)[category == "Lu"]


def _stand_in(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\N{SYMBOL FOR DELETE}"
    return "\N{REPLACEMENT CHARACTER}"


# What XML cannot hold, what breaks lines, and what reorders the text around it.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    """The text on one line, with a picture in place of every character that cannot be shown as itself."""
    if text.isprintable():  # nothing that is unseen is
        return text
    return _UNSEEN.sub(lambda match: _stand_in(match.group()), text)


def cut(text: str, length: int) -> str:
    """The text, or its beginning and an ellipsis, in at most `length` characters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def tooltip(text: str | None) -> str:
    """A comment as a tooltip: white space folded, cut, nothing that cannot be shown."""
    if not text:
        return ""
    # The only white space that can be printed is a space: most texts are on one line and have single ones.
    if text.isprintable() and "  " not in text and text == text.strip():
        return cut(text, TOOLTIP)
    return cut(visible(" ".join(text.split())), TOOLTIP)


def short_type(column: Column, schema: str) -> str:
    """The column's type as briefly as PostgreSQL's own names allow, without the schema if it is that one."""
    if column.type_name is None:
        return _brief(column.type)
    text = column.type
    if column.type_name.schema == schema:
        return visible(text.removeprefix(quote_identifier(schema) + "."))
    return visible(text)


@lru_cache(maxsize=1000)
def _brief(text: str) -> str:
    return visible(brief(text))


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 table", "12 tables"."""
    return counts.numbered(number, noun)
