"""Diagrams inside a page: their SVG, with links that lead on in the HTML, and one set of colours for all."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from html import escape

_SVG = "{http://www.w3.org/2000/svg}"
# What our drawings are made of; whatever else an SVG holds stays out of the page.
_ELEMENTS = frozenset(
    (
        "svg",
        "g",
        "a",
        "path",
        "polygon",
        "polyline",
        "rect",
        "ellipse",
        "circle",
        "line",
        "text",
        "tspan",
        "title",
        "desc",
    )
)
_ATTRIBUTES = frozenset(
    (
        *(
            "class",
            "transform",
            "d",
            "points",
            "x",
            "y",
            "x1",
            "y1",
            "x2",
            "y2",
            "dx",
            "dy",
            "rx",
            "ry",
            "r",
            "cx",
            "cy",
        ),
        *("width", "height", "viewBox", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray"),
        *("stroke-linecap", "stroke-linejoin", "stroke-opacity", "opacity", "text-anchor", "textLength"),
        *("lengthAdjust", "font-family", "font-size", "font-weight", "font-style", "dominant-baseline"),
        *("{http://www.w3.org/XML/1998/namespace}space",),
    )
)
_NAMES = {"{http://www.w3.org/XML/1998/namespace}space": "xml:space"}
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_MEDIA = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)\s*\{((?:[^{}]+\{[^{}]*\})*)\s*\}")


class Styles:
    """The style rules of the drawings on one or many pages, each once.

    Every drawing brings its own rules, for the drawing alone. Inside a page they would hold for all of
    them, so drawings whose rules contradict each other get different classes, to which their rules are tied.
    """

    def __init__(self) -> None:
        self._sets: list[dict[tuple[bool, str], str]] = []

    def add(self, css: str) -> str:
        """The class of the drawings that these rules are for."""
        rules = dict(_rules(css))
        for index, known in enumerate(self._sets):
            if all(known.get(key, value) == value for key, value in rules.items()):
                known.update(rules)
                return f"drawn{index}"
        self._sets.append(rules)
        return f"drawn{len(self._sets) - 1}"

    @property
    def css(self) -> str:
        """All rules, those for the dark tied to the reader's choice as well as to the system's."""
        light: list[str] = []
        preferred: list[str] = []
        chosen: list[str] = []
        for index, rules in enumerate(self._sets):
            for (dark, selector), declarations in sorted(rules.items()):
                own = [_tied(part.strip(), f"drawn{index}") for part in selector.split(",")]
                if dark:
                    preferred.append(f"{_under(':root:not([data-theme=light])', own)}{{{declarations}}}")
                    chosen.append(f"{_under(':root[data-theme=dark]', own)}{{{declarations}}}")
                else:
                    light.append(f"{','.join(own)}{{{declarations}}}")
        media = f"@media screen and (prefers-color-scheme:dark){{{''.join(preferred)}}}" if preferred else ""
        return "".join(light) + media + (f"@media screen{{{''.join(chosen)}}}" if chosen else "")


def _rules(css: str) -> Iterator[tuple[tuple[bool, str], str]]:
    for block in _MEDIA.findall(css):
        for selector, declarations in _RULE.findall(block):
            yield (True, selector.strip()), declarations.strip()
    for selector, declarations in _RULE.findall(_MEDIA.sub("", css)):
        if "@" not in selector:
            yield (False, selector.strip()), declarations.strip()


def _under(root: str, selectors: list[str]) -> str:
    return ",".join(f"{root} {selector}" for selector in selectors)


def _tied(selector: str, name: str) -> str:
    """A selector for the drawings of one class; `svg` or `.erd` at its beginning is the drawing itself."""
    first = re.match(r"(?:svg|\.erd|:root)", selector)
    return f".{name}{selector[first.end() :]}" if first else f".{name} {selector}"


def inline(svg: bytes, address: Callable[[str], str | None], styles: Styles) -> str | None:
    """The drawing as an element of a page; None for bytes that are no SVG.

    Only known elements and attributes are taken over: no scripts, no ids, no styles of elements.

    Args:
        svg: The file.
        address: Turns the address of a link in that file into one that leads there from the page, or None.
        styles: Where its style rules are collected.
    """
    try:
        root = ET.fromstring(svg)  # noqa: S314 - our own drawing, without entities; expat refuses to blow them up
    except ET.ParseError:
        return None
    if root.tag != f"{_SVG}svg":
        return None
    name = styles.add("".join(style.text or "" for style in root.iter(f"{_SVG}style")))
    label = root.get("aria-label") or root.findtext(f"{_SVG}title") or ""
    root.set("class", f"{root.get('class', '')} {name}".strip())
    parts: list[str] = []
    _write(root, address, parts, f' role="group" aria-label="{escape(label)}"')
    return "".join(parts)


def _write(
    element: ET.Element, address: Callable[[str], str | None], parts: list[str], more: str = ""
) -> None:
    name = element.tag.removeprefix(_SVG)
    if name not in _ELEMENTS:
        return
    own = "".join(
        f' {_NAMES.get(key, key)}="{escape(value)}"'
        for key, value in element.attrib.items()
        if key in _ATTRIBUTES
    )
    if name == "a":
        found = address(element.get("href", ""))
        if found is None:
            name = "g"
        else:
            own += f' href="{escape(found)}"'
    parts.append(f"<{name}{own}{more}>")
    # White space between elements means nothing; inside a text it does.
    in_text = name in ("text", "tspan", "title", "desc")
    if element.text and (in_text or element.text.strip()):
        parts.append(escape(element.text, quote=False))
    for child in element:
        # The title of the whole drawing would be a tip over all of it; it is its label instead.
        if not (more and child.tag == f"{_SVG}title"):
            _write(child, address, parts)
        if in_text and child.tail:
            parts.append(escape(child.tail, quote=False))
    parts.append(f"</{name}>")
