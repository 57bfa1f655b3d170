"""Finds words of the document that no catalogue can translate.

    python -m tests.support.bypasses                      the document of the sample shop
    python -m tests.support.bypasses FILE.json …          of other snapshots

The document is made in a language that has every message of the sources between ⟦ and ⟧ (values stay
outside). Take those away, and code, markup, addresses and what the database itself says: a word that is left
was not said by `tr` or its kin. Each is listed with its line in the document, and with the places of the
sources where it may come from.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from pgdossier import language
from pgdossier.analysis import analyse
from pgdossier.config import Config, Diagrams
from pgdossier.history.trials import Trials
from pgdossier.history.verification import Verification
from pgdossier.model import snapshot_json
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline.documents import document
from pgdossier.progress import SILENT
from pgdossier.render.template_folder import template_folder
from tests.support import messages

SHOP = messages.ROOT / "samples" / "shop" / "document" / "snapshot.json"

ALLOWED: dict[str, str] = {
    "PostgreSQL": "a name",
    "NULL": "SQL",
    "NOT NULL": "SQL",
    "UNIQUE": "SQL",
    "CHECK": "SQL",
    "EXCLUDE": "SQL",
    "CASCADE": "SQL",
    "NO ACTION": "SQL",
    "RESTRICT": "SQL",
    "SET NULL": "SQL",
    "SET DEFAULT": "SQL",
    "SELECT": "SQL",
    "INSERT": "SQL",
    "UPDATE": "SQL",
    "DELETE": "SQL",
    "TRUNCATE": "SQL",
    "MATCH FULL": "SQL",
    "null": "SQL, in what a condition says",
    "set null": "SQL: a referential action",
    "set default": "likewise",
    "LATIN": "an encoding: LATIN1",
    "select": "SQL: the command of a policy",
    "insert": "likewise",
    "update": "likewise",
    "delete": "likewise",
    "all": "likewise",
    "ALL": "SQL",
    "varchar": "a type",
    "timestamptz": "a type",
    "timetz": "a type",
    "kB": "a unit",
    "MB": "a unit",
    "GB": "a unit",
    "ms": "a unit",
    "min": "a unit",
    "UTC": "a time zone",
    "btree": "an access method",
    "gin": "an access method",
    "gist": "an access method",
    "brin": "an access method",
    "hash": "an access method",
    "spgist": "an access method",
    "pgdossier": "a name",
    "PK": "an abbreviation that the marks of columns have in every language",
    "FK": "likewise",
    "UQ": "likewise",
    "ID": "likewise",
    "GEN": "likewise",
    "PART": "likewise",
    "WAL": "a term of PostgreSQL",
    "HOT": "a term of PostgreSQL",
    "TOAST": "a term of PostgreSQL",
    "template": "a database that every server has: template1",
}
"""What may stand there in every language, and why."""

# In the order in which they are taken away.
_NO_WORDS = (
    re.compile(r"^(`{3,}).*?^\1$", re.DOTALL | re.MULTILINE),
    re.compile(r"⟦[^⟦⟧]*⟧"),
    re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)"),
    re.compile(r"<!--.*?-->"),
    re.compile(r"\]\([^)\s]*\)"),
    re.compile(r"</?[a-z]+( [^<>]*)?>"),
    re.compile(r"&#?\w+;"),
    re.compile(r"\\<\w+\\>"),  # what stands for a name: <table>_id
    re.compile(r"\b\w+_\w+\b|\b\w+\\_|\\_\w+\b"),  # names, and how names begin and end
    re.compile(r"\b\d{4}-\d\d-\d\d(T[\d:]+Z?)?\b"),
)
_WORDS = re.compile(
    r"[^\W\d_]{2,}(?:['\u2019\-]?[^\W\d_]+)*(?:[ ,;:()–\-]{1,3}[^\W\d_]+(?:['\u2019\-][^\W\d_]+)*)*"
)


class Bypass(NamedTuple):
    """Words that did not come from the catalogue."""

    words: str
    path: str
    line: int
    text: str


@contextmanager
def pseudo() -> Iterator[None]:
    """Write in a language that shows what was said by it."""
    words, code = language._catalogue.set(_bracketed()), language._code.set("zxx")
    try:
        yield
    finally:
        language._catalogue.reset(words)
        language._code.reset(code)


@cache
def _bracketed() -> GNUTranslations:
    catalog = messages.collected()
    for message in catalog:
        if message.id:
            given = message.id
            message.string = _wrapped(given) if isinstance(given, str) else tuple(map(_wrapped, given))
    return GNUTranslations(io.BytesIO(messages.compiled(catalog, "de")))


def _wrapped(message: str) -> str:
    """The message with its own words in brackets; placeholders stay outside of them."""
    pieces = re.split(r"((?<!\{)\{\w+\}(?!\}))", message)
    return "".join(
        piece if index % 2 else f"⟦{piece}⟧" if piece else "" for index, piece in enumerate(pieces)
    )


def rendered(
    snapshot: Snapshot,
    *,
    split: bool = False,
    verification: Verification | None = None,
    trials: Trials | None = None,
) -> dict[str, str]:
    """The pages of the document of a snapshot in that language, by path."""
    config = Config(
        diagrams=Diagrams(enabled=False), layout="split" if split else "single", front_matter=split, title="Ω"
    )
    with pseudo():
        files, _ = document(analyse(snapshot), config, {}, SILENT, verification, None, None, trials)
    return {path: data.decode() for path, data in files.items() if path.endswith(".md")}


class Own(NamedTuple):
    """What the database says: the words of its names and expressions, and its comments."""

    words: frozenset[str]
    comments: str

    @classmethod
    def of(cls, snapshot: Snapshot) -> Own:
        """All that may come from the database into the text of a document."""
        words: set[str] = set()
        comments: list[str] = []

        def walk(value: Any, key: str) -> None:
            if isinstance(value, dict):
                for name, each in value.items():
                    walk(each, name)
            elif isinstance(value, list | tuple):
                for each in value:
                    walk(each, key)
            elif isinstance(value, str) and key in ("comment", "description"):
                comments.append(f" {' '.join(_LETTERS.findall(value))} ")
            elif isinstance(value, str) and key not in _SAID_BY_US:
                words.update(word for word in _NAMES.findall(value) if "_" not in word)

        walk(msgspec.to_builtins(snapshot.structure), "")
        if snapshot.structure.domains:
            words.add("value")  # what their conditions call it
        for relation in snapshot.structure.relations:  # domains are called by the beginnings of names
            words.add(relation.name.partition("_")[0])
        words.update(*(_LETTERS.findall(tool) for tool in _NAMES_OF_TOOLS))
        return cls(frozenset(words), "|".join(comments))

    def said(self, words: str) -> bool:
        """Whether the database says these words."""
        parts = _LETTERS.findall(words)
        return self.words.issuperset(parts) or f" {' '.join(parts)} " in self.comments


_LETTERS = re.compile(r"[^\W\d_]+")
_NAMES = re.compile(r"\w+")  # with an underscore they are taken away anyway
# The words of the model, and texts in which anything may stand.
_SAID_BY_US = frozenset(
    (
        *("kind", "generated", "identity", "on_delete", "on_update", "match", "persistence", "strategy"),
        *("replica_identity", "volatility", "parallel", "command", "timing", "level", "enabled", "events"),
        *("reason", "family", "source", "body", "definition"),
    )
)
_NAMES_OF_TOOLS = ("Flyway", "Alembic", "Django", "Rails", "Liquibase", "libc", "ICU", "pgSQL", "Debian")


def bypasses(
    pages: Mapping[str, str], snapshot: Snapshot, allowed: Mapping[str, str] = ALLOWED
) -> list[Bypass]:
    """The words of pages that are neither from the catalogue nor from the database, in their order."""
    own = Own.of(snapshot)
    found = []
    for path, text in sorted(pages.items()):
        lines = text.split("\n")
        rest = text
        for pattern in _NO_WORDS:
            rest = pattern.sub(lambda match: "\n" * match[0].count("\n") + "\u2009", rest)
        for number, line in enumerate(rest.split("\n"), 1):
            for match in _WORDS.finditer(line):
                words = match[0].strip()
                if words not in allowed and not (own.said(words) or own.said(_without(words, allowed))):
                    found.append(Bypass(words, path, number, lines[number - 1]))
    return found


def _without(words: str, allowed: Mapping[str, str]) -> str:
    return " ".join(word for word in re.split(r"[ ,;:()\u2013]+", words) if word not in allowed)


@cache
def _literals() -> list[tuple[str, str]]:
    """Every literal text of the program with its place."""
    found = []
    for path in sorted(messages.SOURCES.rglob("*.py")):
        where = path.relative_to(messages.ROOT).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 1000:
                found.append((node.value, f"{where}:{node.lineno}"))  # noqa: PERF401 - as below
    templates = template_folder()
    for path in sorted(templates.rglob("*.j2")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            found.append((line, f"templates/{path.relative_to(templates).as_posix()}:{number}"))
    return found


def sources(words: str) -> list[str]:
    """Where in the program these words may come from."""
    first = re.split(r"[,;:()–]", words)[0].strip()
    places = [where for text, where in _literals() if words in text]
    places = places or [where for text, where in _literals() if first in text]
    likely = [
        where for where in places if re.search(r"/(render|analysis|review|history|diagrams|templates)", where)
    ]
    return list(dict.fromkeys(likely or places))[:4]


def report(found: Iterable[Bypass]) -> str:
    """The bypasses for people: each with how often it occurs, an example and its likely sources."""
    groups: dict[str, list[Bypass]] = defaultdict(list)
    for one in found:
        groups[one.words].append(one)
    lines = []
    for words, members in groups.items():
        one = members[0]
        lines.append(f"{words}  ({len(members)}×)")
        lines.append(f"    {one.path}:{one.line}: {one.text[:200]}")
        lines += [f"    ? {where}" for where in sources(words)]
    return "\n".join([*lines, f"{len(groups)} different, {sum(map(len, groups.values()))} in all"])


def main(arguments: list[str]) -> int:
    """Print the report; 1 when there is something in it."""
    found = []
    for name in arguments or [str(SHOP)]:
        snapshot = snapshot_json.decode(Path(name).read_bytes())
        found += bypasses(rendered(snapshot), snapshot)
    messages.say(report(found))
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
