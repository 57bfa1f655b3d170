"""What shapes and texts look like: classes of one style sheet instead of attributes of every element.

A class is named after what it says, so that the same name means the same in all drawings and several of them
can stand in one page. Selectors are the simplest that there are: programs that make PDF know no others.
"""

from __future__ import annotations

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


class Looks:
    """The looks that one drawing uses."""

    def __init__(self) -> None:
        self._light: dict[str, dict[str, str]] = {}

    def text(self, *, size: float = SIZE, bold: bool = False, fill: str | None = None) -> str:
        """The attribute that makes a text look like that, with a space before it; nothing for plain text."""
        fill = fill or palette.INK
        said: dict[str, str] = {}
        if bold:
            said["font-weight"] = "bold"
        if size != SIZE:
            said["font-size"] = f"{size:g}px"
        if fill != palette.INK:
            said["fill"] = fill
        name = f"{'b' if bold else 't'}{size:g}{_code(fill)}".replace(".", "_")
        return self._use(name, said) if said else ""

    def shape(
        self,
        *,
        fill: str | None = None,
        stroke: str | None = None,
        width: str | None = None,
        dashes: str | None = None,
    ) -> str:
        """The attribute that makes a shape look like that, with a space before it."""
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
        return self._use(name, said)

    def _use(self, name: str, said: dict[str, str]) -> str:
        self._light.setdefault(name, said)
        return f' class="{name}"'

    def sheet(self) -> str:
        """The style sheet, in light and in dark."""
        light, dark = [], [f".erd{{fill:{palette.DARK[palette.INK]}}}"]
        for name, said in sorted(self._light.items()):
            light.append(_rule(name, said))
            changed = {key: palette.DARK[value] for key, value in said.items() if value in palette.DARK}
            if changed:
                dark.append(_rule(name, changed))
        return f"<style>{''.join(light)}@media (prefers-color-scheme:dark){{{''.join(dark)}}}</style>\n"


def _code(colour: str) -> str:
    return _CODES.get(colour) or colour.replace("#", "c")


def _rule(name: str, said: dict[str, str]) -> str:
    return f".erd .{name}{{{';'.join(f'{key}:{value}' for key, value in said.items())}}}"
