"""The allow-lists: what of HTML may stand in a page. Everything else loses its tags, scripts their text too.

Two gates, one behind the other. What people wrote in their blocks goes through `authored`, which knows no
ids of the document, no classes and no styles. The whole content of a page, in which text of the database is
escaped already, goes through `page`, so that a template of a user cannot bring in markup that acts either.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import nh3

_TEXT = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "details", "dfn", "div"),
    *("dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "input", "ins", "kbd", "li"),
    *(
        "mark",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
    ),
    *("tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var", "wbr"),
}
_CELL = {"align", "colspan", "rowspan", "headers", "scope"}
_ATTRIBUTES = {
    "*": {"title", "lang", "dir"},
    "a": {"href"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "input": {"type", "checked", "disabled"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "td": _CELL,
    "th": _CELL,
}
_PAGE_ATTRIBUTES = _ATTRIBUTES | {
    "*": {"title", "lang", "dir", "id", "class", "role", "tabindex", "hidden", "aria-label", "aria-hidden"},
}
_SCHEMES = {"http", "https", "mailto"}
_FOOTNOTE = re.compile(r"#?fn(?:ref)?-n\d+-\d+(?::\d+)?")


def authored(html: str, address: Callable[[str], str | None], picture: Callable[[str], str | None]) -> str:
    """What people wrote, as HTML: balanced, and with nothing that acts, loads or takes a name of ours.

    Args:
        html: Anything.
        address: Turns the address of a link into the one that it has in HTML; None for no link.
        picture: Likewise for pictures.
    """

    def kept(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "id":
            return value if _FOOTNOTE.fullmatch(value) else None
        if attribute == "class":
            return value if value in _CLASSES else None
        if attribute == "type":
            return "checkbox" if tag == "input" and value == "checkbox" else None
        if attribute == "href":
            return value if _FOOTNOTE.fullmatch(value) else address(value)
        return picture(value) if attribute == "src" else value

    cleaned = nh3.clean(
        html,
        tags=_TEXT | {"section"},
        attributes=_ATTRIBUTES | {"*": {"title", "lang", "dir", "id", "class"}},
        attribute_filter=kept,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )
    return _FIELD.sub(lambda found: _CHECKBOX[" checked" in found[0]] if _IS_BOX in found[0] else "", cleaned)


# The only field there is shows a tick, and takes none.
_FIELD = re.compile(r"<input[^>]*>")
_IS_BOX = 'type="checkbox"'
_CHECKBOX = ('<input type="checkbox" disabled="">', '<input type="checkbox" checked="" disabled="">')
_CLASSES = frozenset(
    (
        *(
            "footnotes",
            "footnotes-list",
            "footnote-item",
            "footnote-ref",
            "footnote-backref",
            "footnotes-sep",
        ),
        *("task-list-item", "contains-task-list", "markdown-alert-title"),
        *(
            f"markdown-alert markdown-alert-{kind}"
            for kind in ("note", "tip", "important", "warning", "caution")
        ),
        *("code", "c", "k", "kt", "s", "m"),
    )
)


def page(html: str) -> str:
    """The content of a page, as HTML: only elements and attributes that text, tables and links need."""
    return nh3.clean(
        html,
        tags=_TEXT | {"section", "figure", "figcaption"},
        attributes=_PAGE_ATTRIBUTES,
        generic_attribute_prefixes={"data-"},
        url_schemes={*_SCHEMES, "data"},
        link_rel="noopener noreferrer",
        attribute_filter=_only_pictures,
    )


def _only_pictures(tag: str, attribute: str, value: str) -> str | None:
    """A `data:` address is a picture that was put in here, and nothing else."""
    if attribute in ("href", "src") and value.strip().lower().startswith("data:"):
        return (
            value
            if tag == "img" and re.match(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,", value)
            else None
        )
    return value
