"""CREATE LANGUAGE, with its comment."""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.model.languages import Language
from pgdossier.model.names import quote_identifier


def create_language(language: Language) -> list[str]:
    """A procedural language."""
    name = quote_identifier(language.name)
    parts = [f"CREATE {'TRUSTED ' if language.trusted else ''}LANGUAGE {name} HANDLER {language.handler}"]
    if language.inline is not None:
        parts.append(f"INLINE {language.inline}")
    if language.validator is not None:
        parts.append(f"VALIDATOR {language.validator}")
    return ["\n    ".join(parts) + ";", *comment_on(f"LANGUAGE {name}", language.comment)]
