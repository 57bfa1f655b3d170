"""CREATE TEXT SEARCH PARSER, TEMPLATE, DICTIONARY and CONFIGURATION, with their comments."""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.text_search import (
    TextSearchConfiguration,
    TextSearchDictionary,
    TextSearchMapping,
    TextSearchParser,
    TextSearchTemplate,
)

TextSearchObject = TextSearchParser | TextSearchTemplate | TextSearchDictionary | TextSearchConfiguration


def create_text_search(found: TextSearchObject) -> list[str]:
    """One object of text search; a configuration with its mappings."""
    match found:
        case TextSearchParser():
            return _create(found, "PARSER", _parser_clauses(found))
        case TextSearchTemplate():
            init = [f"INIT = {found.init}"] if found.init else []
            return _create(found, "TEMPLATE", [*init, f"LEXIZE = {found.lexize}"])
        case TextSearchDictionary():
            # The options are kept by the server as the text of a list of definitions, ready to be used.
            options = [found.options] if found.options else []
            return _create(found, "DICTIONARY", [f"TEMPLATE = {found.template.sql}", *options])
        case TextSearchConfiguration():
            name = QualifiedName(found.schema, found.name).sql
            statements = _create(found, "CONFIGURATION", [f"PARSER = {found.parser.sql}"])
            return statements + [_add_mapping(name, mapping) for mapping in found.mappings]


def _create(found: TextSearchObject, keyword: str, clauses: list[str]) -> list[str]:
    name = QualifiedName(found.schema, found.name).sql
    inside = "".join(f"\n    {clause}," for clause in clauses).removesuffix(",")
    return [
        f"CREATE TEXT SEARCH {keyword} {name} ({inside}\n);",
        *comment_on(f"TEXT SEARCH {keyword} {name}", found.comment),
    ]


def _parser_clauses(found: TextSearchParser) -> list[str]:
    clauses = [
        f"START = {found.start}",
        f"GETTOKEN = {found.token}",
        f"END = {found.end}",
        f"LEXTYPES = {found.types}",
    ]
    return [*clauses, f"HEADLINE = {found.headline}"] if found.headline else clauses


def _add_mapping(configuration: str, mapping: TextSearchMapping) -> str:
    dictionaries = ", ".join(name.sql for name in mapping.dictionaries)
    token = quote_identifier(mapping.token)
    return (
        f"ALTER TEXT SEARCH CONFIGURATION {configuration}\n    ADD MAPPING FOR {token} WITH {dictionaries};"
    )
