"""Text search: parsers, templates, dictionaries, configurations and their mappings (pg_ts_…)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from pgdossier.catalog.codes import Gaps
from pgdossier.catalog.functions import function_sql, optional_function_sql
from pgdossier.catalog.query import Query
from pgdossier.model.names import QualifiedName
from pgdossier.model.text_search import (
    TextSearchConfiguration,
    TextSearchDictionary,
    TextSearchMapping,
    TextSearchParser,
    TextSearchTemplate,
)


class ParserRow(NamedTuple):
    """One parser; a function is what regproc prints."""

    oid: int
    schema: str
    name: str
    start: str
    token: str
    end: str
    types: str
    headline: str
    comment: str | None


PARSERS = Query(
    family="text search parsers",
    row=ParserRow,
    sql="""
    SELECT p.oid AS oid,
           n.nspname AS schema,
           p.prsname AS name,
           p.prsstart::pg_catalog.text AS start,
           p.prstoken::pg_catalog.text AS token,
           p.prsend::pg_catalog.text AS end,
           p.prslextype::pg_catalog.text AS types,
           p.prsheadline::pg_catalog.text AS headline,
           d.description AS comment
      FROM pg_catalog.pg_ts_parser p
      JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_ts_parser'::pg_catalog.regclass AND d.objsubid = 0
     WHERE p.prsnamespace = ANY (%(namespaces)s)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = p.oid AND m.classid = 'pg_catalog.pg_ts_parser'::pg_catalog.regclass
               AND m.deptype = 'e')
    """,
)


class TemplateRow(NamedTuple):
    """One template; a function is what regproc prints."""

    oid: int
    schema: str
    name: str
    init: str
    lexize: str
    comment: str | None


TEMPLATES = Query(
    family="text search templates",
    row=TemplateRow,
    sql="""
    SELECT t.oid AS oid,
           n.nspname AS schema,
           t.tmplname AS name,
           t.tmplinit::pg_catalog.text AS init,
           t.tmpllexize::pg_catalog.text AS lexize,
           d.description AS comment
      FROM pg_catalog.pg_ts_template t
      JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = t.oid AND d.classoid = 'pg_catalog.pg_ts_template'::pg_catalog.regclass
       AND d.objsubid = 0
     WHERE t.tmplnamespace = ANY (%(namespaces)s)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = t.oid AND m.classid = 'pg_catalog.pg_ts_template'::pg_catalog.regclass
               AND m.deptype = 'e')
    """,
)


class DictionaryRow(NamedTuple):
    """One dictionary."""

    oid: int
    schema: str
    name: str
    owner: str
    template_schema: str
    template_name: str
    options: str | None
    comment: str | None


DICTIONARIES = Query(
    family="text search dictionaries",
    row=DictionaryRow,
    sql="""
    SELECT dict.oid AS oid,
           n.nspname AS schema,
           dict.dictname AS name,
           pg_catalog.pg_get_userbyid(dict.dictowner) AS owner,
           tn.nspname AS template_schema,
           t.tmplname AS template_name,
           dict.dictinitoption AS options,
           d.description AS comment
      FROM pg_catalog.pg_ts_dict dict
      JOIN pg_catalog.pg_namespace n ON n.oid = dict.dictnamespace
      JOIN pg_catalog.pg_ts_template t ON t.oid = dict.dicttemplate
      JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = dict.oid AND d.classoid = 'pg_catalog.pg_ts_dict'::pg_catalog.regclass
       AND d.objsubid = 0
     WHERE dict.dictnamespace = ANY (%(namespaces)s)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = dict.oid AND m.classid = 'pg_catalog.pg_ts_dict'::pg_catalog.regclass
               AND m.deptype = 'e')
    """,
)


class ConfigurationRow(NamedTuple):
    """One configuration without its mappings."""

    oid: int
    schema: str
    name: str
    owner: str
    parser_schema: str
    parser_name: str
    comment: str | None


CONFIGURATIONS = Query(
    family="text search configurations",
    row=ConfigurationRow,
    sql="""
    SELECT c.oid AS oid,
           n.nspname AS schema,
           c.cfgname AS name,
           pg_catalog.pg_get_userbyid(c.cfgowner) AS owner,
           pn.nspname AS parser_schema,
           p.prsname AS parser_name,
           d.description AS comment
      FROM pg_catalog.pg_ts_config c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
      JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
      JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_ts_config'::pg_catalog.regclass AND d.objsubid = 0
     WHERE c.cfgnamespace = ANY (%(namespaces)s)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = c.oid AND m.classid = 'pg_catalog.pg_ts_config'::pg_catalog.regclass
               AND m.deptype = 'e')
    """,
)


class MappingRow(NamedTuple):
    """One dictionary that a configuration asks; `token` is None when the parser knows no such type."""

    configuration: int
    number: int
    token: str | None
    position: int
    dictionary_schema: str
    dictionary_name: str


# The names of token types are in no catalog: the parser itself has to be asked for them, once for each.
MAPPINGS = Query(
    family="text search mappings",
    row=MappingRow,
    sql="""
    SELECT m.mapcfg AS configuration,
           m.maptokentype AS number,
           t.alias AS token,
           m.mapseqno AS position,
           n.nspname AS dictionary_schema,
           dict.dictname AS dictionary_name
      FROM pg_catalog.pg_ts_config_map m
      JOIN pg_catalog.pg_ts_config c ON c.oid = m.mapcfg
      JOIN pg_catalog.pg_ts_dict dict ON dict.oid = m.mapdict
      JOIN pg_catalog.pg_namespace n ON n.oid = dict.dictnamespace
      LEFT JOIN (
            SELECT p.oid AS parser, tt.tokid, tt.alias
              FROM pg_catalog.pg_ts_parser p
             CROSS JOIN LATERAL pg_catalog.ts_token_type(p.oid) tt
             WHERE p.oid IN (
                    SELECT used.cfgparser
                      FROM pg_catalog.pg_ts_config used
                     WHERE used.cfgnamespace = ANY (%(namespaces)s))
           ) t ON t.parser = c.cfgparser AND t.tokid = m.maptokentype
     WHERE c.cfgnamespace = ANY (%(namespaces)s)
    """,
)


def parser(row: ParserRow) -> TextSearchParser:
    """The parser of a row."""
    return TextSearchParser(
        schema=row.schema,
        name=row.name,
        start=function_sql(row.start),
        token=function_sql(row.token),
        end=function_sql(row.end),
        types=function_sql(row.types),
        headline=optional_function_sql(row.headline),
        comment=row.comment,
    )


def template(row: TemplateRow) -> TextSearchTemplate:
    """The template of a row."""
    return TextSearchTemplate(
        schema=row.schema,
        name=row.name,
        init=optional_function_sql(row.init),
        lexize=function_sql(row.lexize),
        comment=row.comment,
    )


def dictionary(row: DictionaryRow) -> TextSearchDictionary:
    """The dictionary of a row."""
    return TextSearchDictionary(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        template=QualifiedName(row.template_schema, row.template_name),
        options=row.options or None,
        comment=row.comment,
    )


def configuration(
    row: ConfigurationRow, mapping_rows: Iterable[MappingRow], gaps: Gaps
) -> TextSearchConfiguration:
    """The configuration of a row, with its mappings in the parser's order of token types."""
    mappings = []
    ordered = sorted(mapping_rows, key=lambda found: (found.number, found.position))
    for number, group in groupby(ordered, key=lambda found: found.number):
        found = list(group)
        token = found[0].token
        if token is None:
            gaps.add(
                CONFIGURATIONS.family,
                f"{row.schema}.{row.name} maps token type {number}, which its parser does not know",
            )
            continue
        names = tuple(QualifiedName(each.dictionary_schema, each.dictionary_name) for each in found)
        mappings.append(TextSearchMapping(token=token, dictionaries=names))
    return TextSearchConfiguration(
        schema=row.schema,
        name=row.name,
        owner=row.owner,
        parser=QualifiedName(row.parser_schema, row.parser_name),
        mappings=tuple(mappings),
        comment=row.comment,
    )
