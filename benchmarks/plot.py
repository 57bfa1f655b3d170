"""A small plot with logarithmic axes, as SVG: the same bytes for the same figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 250, 40, 50

# Told apart by those who see few colours, too; each curve has a mark of its own besides.
_COLOURS = ("#1b2733", "#0b5c9e", "#b3541e", "#2a7d4f", "#7a3e9d", "#8a6d00")
_MARKS = (
    "M-4 -4h8v8h-8z",
    "M0 -5L5 4H-5z",
    "M0 -5L5 0L0 5L-5 0z",
    "M0 5L5 -4H-5z",
    "M-5 -1h10v2h-10z",
    "M-1 -5h2v10h-2z",
)


class Curve(NamedTuple):
    """A line of the plot, with its points from left to right."""

    name: str
    points: Sequence[tuple[float, float]]


def svg(curves: Sequence[Curve], title: str) -> str:
    """The plot of the curves, whose values are all above 0."""
    across = _decades([x for curve in curves for x, _ in curve.points])
    up = _decades([y for curve in curves for _, y in curve.points])

    def place(x: float, y: float) -> tuple[float, float]:
        right = (math.log10(x) - across[0]) / (across[1] - across[0])
        high = (math.log10(y) - up[0]) / (up[1] - up[0])
        return (
            round(_LEFT + right * (_WIDTH - _LEFT - _RIGHT), 1),
            round(_HEIGHT - _BOTTOM - high * (_HEIGHT - _TOP - _BOTTOM), 1),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}"'
        f' height="{_HEIGHT}" role="img" font-family="Arial, Helvetica, sans-serif" font-size="12"'
        ' fill="#1b2733">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="20" font-weight="bold">{escape(title)}</text>',
    ]
    bottom, top = 10.0 ** up[0], 10.0 ** up[1]
    left, right = 10.0 ** across[0], 10.0 ** across[1]
    for decade in range(across[0], across[1] + 1):
        (x, low), (_, high) = place(10.0**decade, bottom), place(10.0**decade, top)
        parts.append(f'<path d="M{x} {low}V{high}" stroke="#d5dde4"/>')
        parts.append(f'<text x="{x}" y="{low + 18}" text-anchor="middle">{_number(decade)}</text>')
    for decade in range(up[0], up[1] + 1):
        (start, y), (end, _) = place(left, 10.0**decade), place(right, 10.0**decade)
        parts.append(f'<path d="M{start} {y}H{end}" stroke="#d5dde4"/>')
        parts.append(f'<text x="{start - 8}" y="{y + 4}" text-anchor="end">{_number(decade)}</text>')
    for number, curve in enumerate(curves):
        parts += _curve(number, [place(x, y) for x, y in curve.points], curve.name)
    parts.append(f'<text x="{_LEFT}" y="{_HEIGHT - 10}">objects of the database</text>')
    parts.append(
        f'<text x="16" y="{_HEIGHT - _BOTTOM}" transform="rotate(-90 16 {_HEIGHT - _BOTTOM})">'
        "time; pg_dump -s of 1,000 tables is 1</text>"
    )
    return "\n".join([*parts, "</svg>\n"])


def _curve(number: int, points: Sequence[tuple[float, float]], name: str) -> list[str]:
    colour, mark = _COLOURS[number % len(_COLOURS)], _MARKS[number % len(_MARKS)]
    line = " ".join(f"{x},{y}" for x, y in points)
    parts = [f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>']
    x, y = _WIDTH - _RIGHT + 25, _TOP + 20 + 22 * number
    parts += [
        f'<path d="{mark}" transform="translate({right} {down})" fill="{colour}"/>'
        for right, down in (*points, (x, y - 4))
    ]
    parts.append(f'<text x="{x + 14}" y="{y}">{escape(name)}</text>')
    return parts


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around the values."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _number(decade: int) -> str:
    return f"{10**decade:,}" if decade >= 0 else f"{10.0**decade:g}"
