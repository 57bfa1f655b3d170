"""How far apart two colours look, to people with full colour vision and to people without.

Contrast is that of WCAG 2.2 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). Deficiencies of colour vision
are simulated with the matrices of Machado, Oliveira and Fernandes (2009) for full severity, in linear light.
Differences are CIEDE2000 (CIE 142-2001).
"""

from __future__ import annotations

import math

Triple = tuple[float, float, float]
_Matrix = tuple[Triple, Triple, Triple]

VISIONS: dict[str, _Matrix] = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}

_TO_XYZ: _Matrix = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (`#rrggbb`), from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def difference(one: str, other: str, vision: str = "full") -> float:
    """CIEDE2000 between two colours (`#rrggbb`) as seen with one of `VISIONS`."""
    return _ciede2000(_lab(_seen(one, vision)), _lab(_seen(other, vision)))


def _linear(colour: str) -> Triple:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return _unfolded(red), _unfolded(green), _unfolded(blue)


def _unfolded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _times(matrix: _Matrix, vector: Triple) -> Triple:
    a, b, c = (sum(x * y for x, y in zip(row, vector, strict=True)) for row in matrix)
    return a, b, c


def _seen(colour: str, vision: str) -> Triple:
    red, green, blue = (min(1.0, max(0.0, part)) for part in _times(VISIONS[vision], _linear(colour)))
    return red, green, blue


def _lab(linear: Triple) -> Triple:
    white = _times(_TO_XYZ, (1.0, 1.0, 1.0))
    x, y, z = (_cubic(part / most) for part, most in zip(_times(_TO_XYZ, linear), white, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _cubic(part: float) -> float:
    return math.cbrt(part) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116


def _ciede2000(one: Triple, other: Triple) -> float:
    mean = (math.hypot(*one[1:]) + math.hypot(*other[1:])) / 2
    stretch = 1.5 - 0.5 * math.sqrt(mean**7 / (mean**7 + 25.0**7))
    chromas, hues = [], []
    for _, a, b in (one, other):
        chromas.append(math.hypot(a * stretch, b))
        hues.append(math.degrees(math.atan2(b, a * stretch)) % 360)
    grey = 0 in chromas
    turn = 0.0 if grey else (hues[1] - hues[0] + 180) % 360 - 180
    hue = sum(hues) if grey else (hues[0] + turn / 2) % 360
    chroma = sum(chromas) / 2
    lightness = (one[0] + other[0]) / 2
    t = (
        1
        - 0.17 * math.cos(math.radians(hue - 30))
        + 0.24 * math.cos(math.radians(2 * hue))
        + 0.32 * math.cos(math.radians(3 * hue + 6))
        - 0.20 * math.cos(math.radians(4 * hue - 63))
    )
    in_lightness = (other[0] - one[0]) / (
        1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)
    )
    in_chroma = (chromas[1] - chromas[0]) / (1 + 0.045 * chroma)
    in_hue = 2 * math.sqrt(chromas[0] * chromas[1]) * math.sin(math.radians(turn) / 2)
    in_hue /= 1 + 0.015 * chroma * t
    rotation = -2 * math.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    rotation *= math.sin(math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2))))
    return math.sqrt(in_lightness**2 + in_chroma**2 + in_hue**2 + rotation * in_chroma * in_hue)
