"""Where the built-in templates are."""

from __future__ import annotations

from pathlib import Path


def template_folder() -> Path:
    """The folder of the built-in templates: inside the installed package, or beside `src` in a checkout."""
    installed = Path(__file__).parent.parent / "templates"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "templates"
