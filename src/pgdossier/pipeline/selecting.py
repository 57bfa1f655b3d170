"""Which relations a user means: one by its name, several by patterns."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Sequence

from pgdossier.analysis import tables
from pgdossier.catalog.scope import Pattern, pattern_parts
from pgdossier.errors import UsageError
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation

_MOST_NAMED = 3
_PATTERNS = re.compile(r'(?:"(?:[^"]|"")*"|[^,"])+')


def relation(text: str, lookup: Lookup, given: str) -> Relation:
    """The relation of that name, with its schema or, where only one is called so, without.

    The name is taken as it is written; where there is none, as psql takes it: letters fold to lower case, but
    in double quotes. A partition stands for its table.

    Args:
        text: What the user wrote.
        lookup: The relations there are.
        given: The option, for messages.

    Raises:
        UsageError: There is none, or there are several.
    """
    known = list(lookup.relations)
    found = [name for name in known if text in (name.dotted, name.name)]
    exact = [name for name in found if name.dotted == text]
    found = exact or found or _as_psql(text, known)
    if not found:
        raise UsageError(f"{given}: there is no table {text}", hint=_nearest(text, known))
    if len(found) > 1:
        listed = ", ".join(name.dotted for name in sorted(found))
        raise UsageError(f"{given}: {text} can be each of {listed}", hint="write it with its schema")
    return lookup.relations[tables.root(lookup, found[0])]


def _as_psql(text: str, known: Iterable[QualifiedName]) -> list[QualifiedName]:
    if text.count('"') % 2:
        return []
    parts = [
        re.compile(part, re.DOTALL) for part in pattern_parts(text.replace("*", '"*"').replace("?", '"?"'))
    ]
    if len(parts) == 1:
        return [name for name in known if parts[0].fullmatch(name.name)]
    if len(parts) == 2:
        return [name for name in known if parts[0].fullmatch(name.schema) and parts[1].fullmatch(name.name)]
    return []


def relations(patterns: Sequence[str], lookup: Lookup, given: str) -> list[Relation]:
    """The relations that patterns mean: `sales.orders`, `sales.*`, `*.user?`; without a schema, in any.

    Args:
        patterns: What the user wrote; each may be several with commas between them.
        lookup: The relations there are; partitions are part of their table.
        given: The option, for messages.

    Raises:
        UsageError: A pattern means nothing that is there, or is none.
    """
    known = {found.qualified: found for found in tables.relations(lookup)}
    chosen: set[QualifiedName] = set()
    for text in (part.strip() for pattern in patterns for part in _divided(pattern, given)):
        pattern = Pattern.parse(text if "." in _outside_quotes(text) else f"*.{text}")
        found = [name for name in known if pattern.matches(name.schema, name.name)]
        if not found:
            hint = _nearest(text, known)
            if text in {name.schema for name in known}:
                hint = f"all of a schema is written {text}.*"
            raise UsageError(f"{given}: no table matches {text}", hint=hint)
        chosen.update(found)
    return [known[name] for name in sorted(chosen)]


def _divided(text: str, given: str) -> list[str]:
    parts = [part for part in _PATTERNS.findall(text) if part.strip()]
    if not parts or text.count('"') % 2:
        raise UsageError(
            f"{given}: {text!r} is no pattern", hint="write schema.table, schema.* or *.table, in quotes"
        )
    return parts


def _outside_quotes(text: str) -> str:
    return re.sub(r'"(?:[^"]|"")*"', "", text)


def schema(text: str, known: Collection[str], given: str) -> str:
    """The schema of that name, as it is written or as psql takes it.

    Raises:
        UsageError: There is none.
    """
    for name in (text, text.lower(), text.strip('"').replace('""', '"')):
        if name in known:
            return name
    raise UsageError(f"{given}: there is no schema {text}", hint=suggestion(text, known))


def suggestion(text: str, known: Iterable[str]) -> str:
    """The hint for a name that there is not: those that were probably meant, else some that there are."""
    names = {name.lower(): name for name in sorted(known)}
    near = difflib.get_close_matches(text.lower(), list(names), n=_MOST_NAMED)
    near += [name for name in names if text and text.lower() in name and name not in near]
    return _suggestion([names[name] for name in near], list(names.values()))


def _nearest(text: str, known: Collection[QualifiedName]) -> str:
    """The names that were probably meant: those like the text, with its schema or without."""
    wanted = text.strip('"').lower()
    last = wanted.rpartition(".")[2]
    names = sorted({name.name for name in known})
    dotted = sorted(name.dotted for name in known)
    near = difflib.get_close_matches(wanted, dotted, n=_MOST_NAMED)
    alike = set(difflib.get_close_matches(last, names, n=_MOST_NAMED)) | {
        name for name in names if name.lower() == last
    }
    near += [name.dotted for name in sorted(known) if name.name in alike and name.dotted not in near]
    near += [name for name in dotted if last and last in name.lower() and name not in near]
    return _suggestion(near, dotted)


def _suggestion(near: Sequence[str], known: Sequence[str]) -> str:
    if near:
        return f"did you mean {' or '.join(near[:_MOST_NAMED])}?"
    if not known:
        return "the database has no tables"
    return f"there are, for example, {', '.join(known[:_MOST_NAMED])}"
