"""The colours of every diagram, in light and in dark.

Hues are told apart by people with any of the common colour-vision deficiencies (blue against orange,
never red against green), and nothing is said by colour alone: keys have letters, ends have shapes,
stubs have dashed borders, domains have their names. Every colour used in a Graphviz source is one of these.

Texts have at least the contrast of 4.5 that WCAG 2.2 asks for, in light and in dark; the tints of domains
differ by at least 9 (CIEDE2000) for full colour vision as for protanopia, deuteranopia and tritanopia.
"""

from __future__ import annotations

from typing import NamedTuple

PAPER = "#ffffff"
BOX = "#fdfdfe"
INK = "#1b2733"
DIM = "#566676"
LINE = "#52626f"
STRONG_LINE = "#24323f"
BORDER = "#9fb0c0"
RULE = "#dfe6ec"
KEY = "#8a4b00"
TABLE = "#dce9f5"
VIEW = "#e6e9ee"
FOCUS = "#0b5c9e"
FOCUS_INK = "#fefefe"
FOCUS_DIM = "#d3e5f4"
STUB = "#f3f5f7"
GROUP = "#f6f8fa"
GROUP_BORDER = "#d0d9e1"

DARK = {
    PAPER: "#0d1117",
    BOX: "#161c24",
    INK: "#e3e9ef",
    DIM: "#9babb9",
    LINE: "#93a4b3",
    STRONG_LINE: "#c9d5df",
    BORDER: "#4b5b6a",
    RULE: "#2a343e",
    KEY: "#f0b35e",
    TABLE: "#1d3a57",
    VIEW: "#2c333c",
    FOCUS: "#1f69a8",
    FOCUS_INK: "#ffffff",
    FOCUS_DIM: "#dcebf8",
    STUB: "#1a2028",
    GROUP: "#11171e",
    GROUP_BORDER: "#303b46",
}
"""What each colour becomes where the reader prefers dark."""


class Tint(NamedTuple):
    """The colours of one domain, or of one schema where there are no domains.

    Attributes:
        header: Behind a table's name, which is written in `INK`, as is everything else on it.
        border: Around a box or a frame; 3 : 1 against the paper.
        ground: Behind the boxes of a frame, and of a box that stands for a whole domain; `INK`, `DIM` and
            `KEY` are legible on it.
    """

    header: str
    border: str
    ground: str


TINTS = (
    Tint("#97b5fa", "#7790c6", "#e2eafe"),  # blue
    Tint("#d8b071", "#a78c61", "#f4e9d7"),  # ochre
    Tint("#e1f7ad", "#869775", "#f7fde8"),  # lime
    Tint("#efdee8", "#928d98", "#fbf6f9"),  # rose
    Tint("#b1b6c4", "#8a919e", "#e9ebee"),  # slate
    Tint("#b5fdd8", "#6e9b8c", "#eafef4"),  # mint
    Tint("#bcb69d", "#929181", "#ecebe4"),  # olive
    Tint("#cad7fc", "#8491ac", "#f0f4fe"),  # lavender
)
"""The colours of domains, in the order in which they are given out."""

_TINTS_IN_THE_DARK = (
    Tint("#3a63a4", "#3a63a4", "#1a2a41"),
    Tint("#7f5e1f", "#7f5e1f", "#2f2819"),
    Tint("#293a06", "#596843", "#151d12"),
    Tint("#503546", "#705d6b", "#211c25"),
    Tint("#5f6370", "#5f6370", "#262a32"),
    Tint("#093d28", "#466d60", "#0c1e1c"),
    Tint("#686449", "#686449", "#282a26"),
    Tint("#0c4784", "#376799", "#0d2138"),
)

for _light, _dark in zip(TINTS, _TINTS_IN_THE_DARK, strict=True):
    DARK.update(zip(_light, _dark, strict=True))


def of_domain(index: int) -> Tint:
    """The colours of the domain at that position, counted from 0; they begin anew when all are used.

    Give the index as `Box.tint` and `Group.tint` of a chart: `dot` paints the box or the frame with it.
    A domain must keep its index in all diagrams of a document, so count domains in one order everywhere.
    The name of the domain must stand in the diagram, too: nothing is said by colour alone.
    """
    return TINTS[index % len(TINTS)]
