"""The colours of every diagram, in light and in dark.

Hues are told apart by people with any of the common colour-vision deficiencies (blue against orange,
never red against green), and nothing is said by colour alone: keys have letters, ends have shapes,
stubs have dashed borders. Every colour used in a Graphviz source is one of these constants.
"""

from __future__ import annotations

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
    FOCUS: "#2f81c7",
    FOCUS_INK: "#ffffff",
    FOCUS_DIM: "#dcebf8",
    STUB: "#1a2028",
    GROUP: "#11171e",
    GROUP_BORDER: "#303b46",
}
"""What each colour becomes where the reader prefers dark."""
