"""The fixed words of the HTML copy: labels of controls, kinds of objects."""

from __future__ import annotations

from pgdossier.language import mark, tr

_WORDS = {
    "contents": mark("Contents"),
    "skip": mark("Skip to the content"),
    "search": mark("Find a table, column, index, function, finding"),
    "search_hint": mark("Press / to search"),
    "matches": mark("{shown} of {found} matches"),
    "match_all": mark("{found} matches"),
    "match_one": mark("1 match"),
    "match_none": mark("Nothing has that name"),
    "theme": mark("Light or dark"),
    "close": mark("Close"),
    "zoom_in": mark("Zoom in"),
    "zoom_out": mark("Zoom out"),
    "zoom_fit": mark("Fit to width"),
    "zoom_full": mark("Full screen"),
    "zoom_help": mark("Ctrl and wheel, or + and -, zoom; drag or arrow keys move; 0 fits"),
    "diagram": mark("Diagram"),
    "sort": mark("Sort by this column"),
    "marks": mark("Key"),
    "table": mark("Table"),
    "more_columns": mark("and {count} more columns"),
    "PK": mark("primary key"),
    "UQ": mark("unique"),
    "ID": mark("identity column"),
    "GEN": mark("generated column"),
    "PART": mark("part of the partition key"),
    "FK": mark("foreign key"),
    "column": mark("column"),
    "index": mark("index"),
    "section": mark("section"),
    "finding": mark("finding"),
    "type": mark("type"),
}


def words() -> dict[str, str]:
    """Every word that the HTML has and the Markdown has not, by key; `{name}` is for what is filled in."""
    return {key: tr(message) for key, message in _WORDS.items()}


def word(key: str) -> str:
    """One of them."""
    return tr(_WORDS[key])
