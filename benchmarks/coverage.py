"""What of a database a program's output documents, found by looking for its names in the output.

A name counts as often as the output has it as a whole word, and at most as often as the database has it: of
eleven columns `created_at` of which five are mentioned, five are documented. This judges every program, and
pgdossier, too well rather than too ill.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.design import Database

_WORD = re.compile(rb"[a-z][a-z0-9_]*")
_COMMENT = re.compile(
    rb"(?:One row per|The) [a-z0-9 ]+(?:; kept by the [a-z0-9_]+ team| of the [a-z0-9 ]+)\."
)
_PICTURES = {".svg", ".png", ".pdf", ".dot", ".mmd", ".dia"}


def wanted(database: Database, schema: str | None = None) -> dict[str, Counter[bytes]]:
    """The names of a database by kind of object, each as often as there is an object of this name.

    Only what somebody declared counts: what each partition inherits is not there again.

    Args:
        database: What there is.
        schema: Count what is in this one only.
    """
    found: dict[str, Counter[bytes]] = {}

    def add(kind: str, names: Iterable[str]) -> None:
        found.setdefault(kind, Counter()).update(name.encode() for name in names)

    for table in (one for one in database.tables if schema in (None, one.schema)):
        add("tables", [table.name, *(name for name, _ in table.partitions)])
        add("columns", (column.name for column in table.columns))
        add("foreign keys", (key.name for key in table.foreign_keys))
        add("indexes", (index.name for index in table.indexes))
        add("checks", (name for name, _ in table.checks))
        add("triggers", (name for name, _ in table.triggers))
        add("policies", (name for name, _ in table.policies))
        add("comments", [table.comment] if table.comment and table.comment.startswith("One row") else [])
        add("comments", (column.comment for column in table.columns if column.comment))
    add("views", (view.name for view in database.views if schema in (None, view.schema)))
    enums = (name.split(".") for name, _ in database.enums)
    add("enums", (name for of, name in enums if schema in (None, of)))
    return found


def documented(
    database: Database, outputs: Iterable[Path], relation: str | None = None, schema: str | None = None
) -> dict[str, int]:
    """How many objects of each kind the files document, and how many pictures they hold.

    Args:
        database: What is to be documented.
        outputs: Files, and folders of files.
        relation: A pattern of what the program writes for each foreign key, when that does not name it.
        schema: What the program was asked for, when that was one schema only.
    """
    words: Counter[bytes] = Counter()
    comments: Counter[bytes] = Counter()
    relations = pictures = 0
    for path in _files(outputs):
        content = path.read_bytes()
        if path.suffix in _PICTURES:
            pictures += 1
        pictures += content.count(b"```mermaid") + content.count(b"<svg ") * (path.suffix not in _PICTURES)
        words.update(_WORD.findall(content))
        comments.update(_COMMENT.findall(content))
        if relation:
            relations += len(re.findall(relation.encode(), content))
    result: dict[str, int] = {}
    for kind, names in (all_names := wanted(database, schema)).items():
        seen = comments if kind == "comments" else words
        result[kind] = sum(min(count, seen[name]) for name, count in names.items())
    total = sum(all_names["foreign keys"].values())
    result["foreign keys"] = max(result["foreign keys"], min(relations, total))
    result["pictures"] = pictures
    return result


def _files(outputs: Iterable[Path]) -> Iterator[Path]:
    for output in outputs:
        if output.is_dir():
            yield from (path for path in sorted(output.rglob("*")) if path.is_file())
        elif output.is_file():
            yield output
