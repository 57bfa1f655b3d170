"""Finds sentences in the code that makes the document which are said without `tr` or its kin.

    python -m tests.support.literals          every one, by file and line
    python -m tests.support.literals render   only in files whose path has that in it

A literal text counts when it has two words in a row. Single words can be told from keys only by reading, or
by `tests.support.bypasses`, which sees what arrives in a document.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from tests.support import messages

# What `history` and `trials` say is stored in English, and said anew where the document shows it.
PACKAGES = ("analysis", "diagrams", "render", "review")

ALLOWED_FILES: dict[str, str] = {
    "analysis/english.py": "the endings of English words: names are compared by them",
    "analysis/sensitive_names.py": "words that names are made of",
    "render/compiling.py": "what templates become: Python's code",
    "render/watching.py": "SQL",
    "review/pages.py": "the page of `pgdossier review --explain`, which is English",
}
"""Files whose sentences are no part of the document, and why."""

ALLOWED: dict[str, str] = {
    "left out": "a value of the history",
    "no action": "a value of the model",
    "not null": "a value of the model",
    "default privileges": "a kind, said anew by render/retelling.py",
    "operator class": "likewise",
    "operator family": "likewise",
    "text search dictionary": "likewise",
    "foreign server": "likewise",
    "operator classes": "likewise",
    "operator families": "likewise",
    "text search dictionaries": "likewise",
    "foreign servers": "likewise",
    "foreign keys": "likewise",
    "settings of roles and of the database": "a family of gaps",
    "not installed": "is looked for in a gap",
    "base backup": "is looked for in what a session does",
    "other object": "a value of the review: what its rules call what is no table",
    "primary key": "the name of a kind, which is said where it is shown",
    "unique constraint": "likewise",
    "foreign key": "likewise",
    "exclusion constraint": "likewise",
    "window function": "a value of the model",
    "label on-paper": "classes of an element",
    "noopener noreferrer": "an attribute of a link",
    "no reason given": "the end of an error",
    "{}; no grid: {}": "a warning of the command",
    "{} {}; it was left out": "a warning of the command",
    "the declared relationship from {} to {}": "the beginning of a warning of the command",
    "{} is of type {}, {} of type {}": "the end of a warning of the command",
    "the pattern {} of the domain {} in [[domains]] fits no table": "a warning of the command",
    "[[domains]]: {} is claimed by {} and by {}; it stays with {}": "likewise",
    "the column pattern {} of [[sensitive]] fits no column": "likewise",
    "driver's own name: the application gave none": "a mark, which is told apart by its identity",
    "When a row was created": "a key of what marks say, which is said where it is shown",
    "When a row was last changed": "likewise",
    "Soft deletion": "likewise",
    "Names of relations": "a key of the conventions, which is said where it is shown",
    "Names of table columns": "likewise",
    "not enforced": "a value of the analysis, which is said where it is shown",
    "initially deferred": "likewise",
    "null first": "likewise",
    "begin with {}": "a form of names, said anew by analysis/naming.py",
    "end with {}": "likewise",
    "begin with {}_": "likewise",
    "end with _{}": "likewise",
    "rest of {}": "the name of a domain, which links lead to; analysis/domains.py says it",
    "the project says so": "a value of the analysis, which is said where it is shown",
    "security label": "likewise",
    "CHECK pattern": "likewise",
    "read from": "likewise",
    "copies rows": "likewise",
    "column beside it": "likewise",
    "name of a person": "a kind of data, which is said where it is shown",
    "date or place of birth": "likewise",
    "street or house": "likewise",
    "postal code": "likewise",
    "postal address": "likewise",
    "not asked": "a value of the analysis, which is said where it is shown",
    "nothing yet": "likewise",
    "no command": "likewise",
    "after promotion": "likewise",
    "client application": "a noun by which counts are asked for",
    "bookkeeping tables": "a noun by which counts are asked for",
    "bookkeeping table": "likewise",
    "piece of advice": "likewise",
    "pieces of advice": "likewise",
    "Structure as read on this date: {}": "is stored in English",
    "Structure as read on this date: ": "likewise",
}
"""Single texts that are no sentences of the document, and why."""

_SENTENCE = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")
_NO_SENTENCE = re.compile(
    r"\b(SELECT|FROM|WHERE|ALTER|CREATE|DROP|GRANT|REVOKE|UPDATE|INSERT|DELETE|COMMENT|SET|VALIDATE|REINDEX"
    r"|FOREIGN KEY|PRIMARY KEY|ANALYZE|VACUUM|USING|ON|ADD COLUMN|DEFAULT|NOT NULL|AND|OR)\b"  # SQL
    # markup, styles, commands
    r"|^<|=\"|^[#{]set |^Arial|markdown-alert|\|renamed to|xmlns|^@media|default-src|layout=|--cascade"
    r"|^(schemacrawler|pg-index-health|azimutt|tbls|postgresql|schemalint|splinter|squawk|pgmodeler): "
    r"|\b(double precision|character varying|bit varying|with(out)? time|index (only )?scan)\b"
    r"|^(group|order) by$|^on conflict$|^(left|right|full|inner|cross) join$|^for (update|share)$"
    r"|\b(for PostgreSQL|Supabase|postgresql jdbc)\b"  # products
)
# What is no part of the document: settings of rules; and nouns by which counts are asked for.
_PASSING = frozenset(("Threshold", "Convention", "counted", "_counted"))
_SAYING = frozenset(("tr", "trn", "trc", "mark"))


class Literal(NamedTuple):
    """A text that nobody can translate."""

    path: str
    line: int
    text: str


def literals(only: str = "") -> list[Literal]:
    """Every sentence of the packages that bypasses the catalogue."""
    found = []
    for package in PACKAGES:
        for path in sorted((messages.SOURCES / package).rglob("*.py")):
            where = path.relative_to(messages.SOURCES).as_posix()
            if where not in ALLOWED_FILES and only in where:
                tree = ast.parse(path.read_text(encoding="utf-8"))
                found += [Literal(where, line, text) for line, text in _of(tree) if text not in ALLOWED]
    return found


def _of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    passed = _passed(tree)
    known = _said_elsewhere(tree)
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            pieces = [
                one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else "{}"
                for one in node.values
            ]
            passed |= {id(one) for one in node.values}
            text = "".join(pieces)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if _SENTENCE.search(text) and not _NO_SENTENCE.search(text) and text not in known:
            yield node.lineno, text


def _said_elsewhere(tree: ast.Module) -> set[str]:
    """The messages that a module marks: the same text as a key is no other sentence."""
    saying = _saying(tree)
    return {
        one.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in saying
        for one in node.args
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def _saying(tree: ast.Module) -> set[str]:
    return {ours for ours, name in messages.names(tree).items() if name in _SAYING}


def _passed(tree: ast.Module) -> set[int]:
    """The nodes that need not be said: documentation, errors, patterns, comparisons, lists of words."""
    saying = _saying(tree)
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(id(node.value))
        elif isinstance(node, ast.Raise | ast.Assert | ast.Compare | ast.MatchValue) or _is_aside(node):
            found |= {id(one) for one in ast.walk(node)}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in saying:
            found |= {id(one) for one in node.args}
    return found


def _is_aside(node: ast.AST) -> bool:
    """Whether a call makes an error or a pattern, splits a line of words, or says its words itself."""
    if not isinstance(node, ast.Call):
        return False
    if not isinstance(node.func, ast.Attribute):
        name = getattr(node.func, "id", "")
        return name.endswith("Error") or name in _PASSING
    owner = node.func.value
    if isinstance(owner, ast.Constant):
        return node.func.attr == "split"
    return node.func.attr.endswith("Error") or (isinstance(owner, ast.Name) and owner.id == "re")


def stuck() -> list[str]:
    """Where a message is said once and for all, in whatever language: at import, or in a cached function."""
    found = []
    for path in sorted(messages.SOURCES.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "pgdossier.language" not in text:
            continue
        tree = ast.parse(text)
        saying = {ours for ours, name in messages.names(tree).items() if name in _SAYING - {"mark"}}
        if saying:
            where = path.relative_to(messages.SOURCES).as_posix()
            found += [f"{where}:{line}" for line in _stuck(tree, saying, inside=False)]
    return found


def _stuck(node: ast.AST, saying: set[str], *, inside: bool) -> Iterator[int]:
    """The lines of calls that are not inside of a function, or are in one whose results are kept."""
    if isinstance(node, ast.FunctionDef):
        kept = any(re.match(r"(functools\.)?(lru_)?cache\b", ast.unparse(one)) for one in node.decorator_list)
        for statement in node.body:
            yield from _stuck(statement, saying, inside=not kept)
        return
    if isinstance(node, ast.Lambda):
        yield from _stuck(node.body, saying, inside=True)
        return
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in saying
        and not inside
    ):
        yield node.lineno
    for one in ast.iter_child_nodes(node):
        yield from _stuck(one, saying, inside=inside)


def main(arguments: list[str]) -> int:
    """Print them; 1 when there are any."""
    found = [one for only in arguments or [""] for one in literals(only)]
    for one in found:
        messages.say(f"src/pgdossier/{one.path}:{one.line}: {one.text[:160]!r}")
    messages.say(f"{len(found)} in all")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
