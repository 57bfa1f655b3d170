"""What shapes and texts look like: classes of one style sheet instead of attributes of every element.

A class is named after what it says, so that the same name means the same in all drawings and several of them
can stand in one page. Selectors are the simplest that there are: programs that make PDF know no others.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from pgdossier.diagrams import palette

SIZE = 11.0
"""The size of text that nothing else is said about."""

_CODES = {
    "none": "n",
    palette.PAPER: "p",
    palette.BOX: "x",
    palette.INK: "i",
    palette.DIM: "d",
    palette.LINE: "l",
    palette.STRONG_LINE: "m",
    palette.BORDER: "b",
    palette.RULE: "r",
    palette.KEY: "k",
    palette.TABLE: "t",
    palette.VIEW: "v",
    palette.FOCUS: "f",
    palette.FOCUS_INK: "w",
    palette.FOCUS_DIM: "u",
    palette.STUB: "s",
    palette.GROUP: "g",
    palette.GROUP_BORDER: "e",
} | {
    colour: f"{letter}{place}"
    for place, tint in enumerate(palette.TINTS, start=1)
    for letter, colour in zip("hcy", tint, strict=True)
}


class Look(NamedTuple):
    """What a shape or a text looks like: a class, and what the style sheet says of it.

    Attributes:
        name: Of the class.
        attribute: What an element has to have, with a space before it; empty for plain text.
        light: The rule; empty for plain text.
        dark: What differs for readers who prefer dark; empty where nothing does.
    """

    name: str
    attribute: str
    light: str = ""
    dark: str = ""


PLAIN = Look("", "")
"""Text of which nothing is said."""


@lru_cache(maxsize=1000)
def text(*, size: float = SIZE, bold: bool = False, fill: str | None = None) -> Look:
    """What a text looks like that has this size, weight and colour."""
    fill = fill or palette.INK
    said: dict[str, str] = {}
    if bold:
        said["font-weight"] = "bold"
    if size != SIZE:
        said["font-size"] = f"{size:g}px"
    if fill != palette.INK:
        said["fill"] = fill
    name = f"{'b' if bold else 't'}{size:g}{_code(fill)}".replace(".", "_")
    return _look(name, said) if said else PLAIN


@lru_cache(maxsize=1000)
def shape(
    *,
    fill: str | None = None,
    stroke: str | None = None,
    width: str | None = None,
    dashes: str | None = None,
) -> Look:
    """What a shape looks like that is filled and drawn like that."""
    fill, stroke = fill or "none", stroke or "none"
    said = {"fill": fill}
    name = f"s{_code(fill)}-{_code(stroke)}"
    if stroke != "none":
        said["stroke"] = stroke
    if width is not None and float(width) != 1:
        said["stroke-width"] = f"{float(width):g}"
        name += f"-{float(width):g}".replace(".", "_")
    if dashes is not None:
        said["stroke-dasharray"] = dashes
        name += f"-d{dashes.replace(',', '')}".replace(".", "_")
    return _look(name, said)


class Looks:
    """The looks that one drawing uses."""

    def __init__(self) -> None:
        self._used: set[Look] = set()

    def text(self, *, size: float = SIZE, bold: bool = False, fill: str | None = None) -> str:
        """The attribute that makes a text look like that, with a space before it; nothing for plain text."""
        look = text(size=size, bold=bold, fill=fill)
        self._used.add(look)
        return look.attribute

    def shape(
        self,
        *,
        fill: str | None = None,
        stroke: str | None = None,
        width: str | None = None,
        dashes: str | None = None,
    ) -> str:
        """The attribute that makes a shape look like that, with a space before it."""
        look = shape(fill=fill, stroke=stroke, width=width, dashes=dashes)
        self._used.add(look)
        return look.attribute

    def use(self, looks: Iterable[Look]) -> None:
        """What else the drawing uses."""
        self._used.update(looks)

    @property
    def used(self) -> frozenset[Look]:
        """All of them."""
        return frozenset(self._used)

    def sheet(self) -> str:
        """The style sheet, in light and in dark."""
        return _sheet(self.used)


@lru_cache(maxsize=1000)
def _sheet(looks: frozenset[Look]) -> str:
    """The style sheet of these looks; many drawings use the same."""
    used = sorted(looks)
    dark = f".erd{{fill:{palette.DARK[palette.INK]}}}" + "".join(look.dark for look in used)
    light = "".join(look.light for look in used)
    return f"<style>{light}@media (prefers-color-scheme:dark){{{dark}}}</style>\n"


def _look(name: str, said: dict[str, str]) -> Look:
    changed = {key: palette.DARK[value] for key, value in said.items() if value in palette.DARK}
    return Look(name, f' class="{name}"', _rule(name, said), _rule(name, changed) if changed else "")


def _code(colour: str) -> str:
    return _CODES.get(colour) or colour.replace("#", "c")


def _rule(name: str, said: dict[str, str]) -> str:
    return f".erd .{name}{{{';'.join(f'{key}:{value}' for key, value in said.items())}}}"
