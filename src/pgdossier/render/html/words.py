"""The fixed words of the HTML copy: labels of controls, kinds of objects."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "contents": "Contents",
    "skip": "Skip to the content",
    "search": "Find a table, column, index, function, finding",
    "search_hint": "Press / to search",
    "matches": "{shown} of {found} matches",
    "match_all": "{found} matches",
    "match_one": "1 match",
    "match_none": "Nothing has that name",
    "theme": "Light or dark",
    "close": "Close",
    "zoom_in": "Zoom in",
    "zoom_out": "Zoom out",
    "zoom_fit": "Fit to width",
    "zoom_full": "Full screen",
    "zoom_help": "Ctrl and wheel, or + and -, zoom; drag or arrow keys move; 0 fits",
    "diagram": "Diagram",
    "sort": "Sort by this column",
    "marks": "Key",
    "table": "Table",
    "more_columns": "and {count} more columns",
    "PK": "primary key",
    "UQ": "unique",
    "ID": "identity column",
    "GEN": "generated column",
    "PART": "part of the partition key",
    "FK": "foreign key",
    "column": "column",
    "index": "index",
    "section": "section",
    "finding": "finding",
    "type": "type",
}
"""Every word that the HTML has and the Markdown has not, by key; `{name}` stands for what is filled in."""
