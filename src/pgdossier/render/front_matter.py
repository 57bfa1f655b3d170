"""YAML front matter for site generators: what stands before the first line of a page.

The keys are those that MkDocs, Sphinx (MyST), Docusaurus and Hugo know or pass over: `title` and
`description` of every page, and on the front page `sidebar_position` (Docusaurus) and `weight` (Hugo), which
put it before the others. Other pages have no position, or a new table would change all that come after it.
"""

from __future__ import annotations

import re

from pgdossier.analysis.analysis import Analysis
from pgdossier.language import tr
from pgdossier.model.relations import Relation
from pgdossier.render import domains
from pgdossier.render.escaping import visible
from pgdossier.render.links import README, Links
from pgdossier.render.relation import documented
from pgdossier.render.sections import LISTS
from pgdossier.render.terms import opening, term

_FIRST = "sidebar_position: 1\nweight: 1\n"
_LONG = 200
_BLOCK = re.compile(r"\ufeff?---\r?\n.*?\r?\n---\r?\n(?:\r?\n)?", re.DOTALL)
# YAML 1.2, 5.1: what is not printable is escaped in double quotes.
_ESCAPED = re.compile('["\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]')


def of_pages(analysis: Analysis, links: Links, title: str | None) -> dict[str, str]:
    """The front matter of every page that a document can have, by path.

    Args:
        analysis: What is known of the database.
        links: Where everything is.
        title: The title of the document in place of the database's name.

    Returns:
        Text to be put before the page: lines between two `---`, and an empty line.
    """
    structure = analysis.described.structure
    name = title or structure.database.name
    qualify = len(structure.schemas) > 1
    about = structure.database.comment or tr("Database schema design document of {name}", name=name)
    found = {README: _block(tr("Database Schema Design Document: {name}", name=name), about, first=True)}
    if not links.split:
        return found
    for relation in documented(analysis.lookup):
        label = relation.qualified.dotted if qualify else relation.name
        found[links.page_path(relation.qualified)] = _block(label, _about(relation, name))
    for domain in domains.sections(analysis):
        path, _ = links.domains[domain.name]
        found[path] = _block(domain.name, domain.description or tr("A group of tables of {name}", name=name))
    for key, (_, heading) in LISTS.items():
        found[links.list_path(key)] = _block(tr(heading), tr("{list} of {name}", list=tr(heading), name=name))
    return found


def without(text: str) -> str:
    """A page without its front matter."""
    found = _BLOCK.match(text)
    return text[found.end() :] if found else text


def _about(relation: Relation, name: str) -> str:
    return relation.comment or tr("{kind} of {name}", kind=opening(term(relation.kind)), name=name)


def _block(title: str, description: str, *, first: bool = False) -> str:
    lines = f"title: {_quoted(title)}\ndescription: {_quoted(_short(description))}\n"
    return f"---\n{lines}{_FIRST if first else ''}---\n\n"


def _short(text: str) -> str:
    """The first paragraph on one line, at most as long as search engines show."""
    paragraph = " ".join(text.strip().replace("\r", "\n").split("\n\n")[0].split())
    return paragraph if len(paragraph) <= _LONG else f"{paragraph[:_LONG].rsplit(' ', 1)[0]} …"


def _quoted(text: str) -> str:
    """Text as a double-quoted scalar, which is one line whatever it holds."""
    return f'"{_ESCAPED.sub(_escape, visible(text))}"'


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    return f"\\{char}" if char in '"\\' else f"\\u{ord(char):04x}"
