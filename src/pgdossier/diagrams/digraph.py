"""A directed graph in Graphviz' language, statement by statement.

The grammar is that of https://graphviz.org/doc/info/lang.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)")
_KEYWORDS = frozenset(("node", "edge", "graph", "digraph", "subgraph", "strict"))


class Digraph:
    """A graph, or a part of one, while it is written.

    Nodes are named by numbers, and lines lead from and to `number`, `number:port` or `number:port:side`.
    Values are text, in which nothing means anything, but for labels that are tables.

    Args:
        name: A plain word.
        graph: What holds of the graph.
        node: What holds of all nodes.
        edge: What holds of all edges.
    """

    def __init__(
        self,
        name: str,
        *,
        graph: Mapping[str, str] | None = None,
        node: Mapping[str, str] | None = None,
        edge: Mapping[str, str] | None = None,
    ) -> None:
        self._head = f"digraph {name} {{\n"
        self._all = {"graph": graph or {}, "node": node or {}, "edge": edge or {}}
        self._body: list[str] = []

    @property
    def source(self) -> str:
        """The whole graph."""
        return "".join([self._head, *self._statements(), "}\n"])

    def all_edges(self, **attributes: str) -> None:
        """Say what else holds of all edges."""
        self._all["edge"] = {**self._all["edge"], **attributes}

    def statement(self, line: str) -> None:
        """Add a line as it is."""
        self._body.append(line)

    def attributes(self, **attributes: str) -> None:
        """Say what holds of this part."""
        self._body.append(f"\t{_listed(attributes)}\n")

    def node(self, number: int, label: str | None = None, **attributes: str) -> None:
        """Add a node."""
        first = "" if label is None else f"label={_value(label)}"
        self._body.append(f"\t{number}{_bracketed(first, attributes)}\n")

    def edge(self, tail: str, head: str, label: str | None = None, **attributes: str) -> None:
        """Add a line from one node to another."""
        first = "" if label is None else f"label={_value(label)}"
        self._body.append(f"\t{tail} -> {head}{_bracketed(first, attributes)}\n")

    @contextmanager
    def part(self, name: str = "") -> Iterator[Digraph]:
        """A part of the graph, whose statements are added when the context is left."""
        inner = Digraph(name)
        yield inner
        head = f"\tsubgraph {name} {{\n" if name else "\t{\n"
        self._body += [head, *[f"\t{line}" for line in inner._statements()], "\t}\n"]

    def _statements(self) -> list[str]:
        said = [f"\t{kind}{_bracketed('', values)}\n" for kind, values in self._all.items() if values]
        return said + self._body


def _bracketed(first: str, attributes: Mapping[str, str]) -> str:
    if not attributes:
        return f" [{first}]" if first else ""
    return f" [{first} {_listed(attributes)}]" if first else f" [{_listed(attributes)}]"


def _listed(attributes: Mapping[str, str]) -> str:
    return " ".join([f"{key}={_value(attributes[key])}" for key in sorted(attributes)])


def _value(text: str) -> str:
    if text.startswith("<<TABLE ") and text.endswith("</TABLE>>"):
        return text
    return text if _is_bare(text) else f'"{_quoted(text)}"'


def _quoted(text: str) -> str:
    r"""Text for an attribute: Graphviz expands \N and friends unless the backslash is doubled."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


@lru_cache(maxsize=1000)
def _is_bare(text: str) -> bool:
    return _BARE.fullmatch(text) is not None and text.lower() not in _KEYWORDS
