"""Which schemas and relations are read: patterns like those of psql."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pgdossier.catalog.schemas import SchemaRow
from pgdossier.errors import UsageError
from pgdossier.model.names import QualifiedName
from pgdossier.model.scope import SchemaLeftOut, Scope

_PART = re.compile(
    r'"(?P<quoted>(?:[^"]|"")*)"|(?P<dot>\.)|(?P<star>\*)|(?P<any>\?)|(?P<plain>[^".*?]+)|(?P<bad>")'
)


def pattern_parts(text: str) -> list[str]:
    """The parts of a pattern between its dots, as regular expressions.

    Raises:
        UsageError: The pattern has an open quote.
    """
    parts = [""]
    for token in _PART.finditer(text.strip()):
        if token["bad"]:
            raise UsageError(
                f"the pattern {text!r} has an open quote", hint='write "My Schema".* for example'
            )
        if token["dot"]:
            parts.append("")
        elif token["star"]:
            parts[-1] += ".*"
        elif token["any"]:
            parts[-1] += "."
        elif token["plain"]:
            parts[-1] += re.escape(token["plain"].lower())
        else:
            parts[-1] += re.escape((token["quoted"] or "").replace('""', '"'))
    return parts


class Pattern(msgspec.Struct, frozen=True):
    """One pattern. `relation` is None when the pattern means whole schemas (`sales`, `sales.*`)."""

    text: str
    schema: re.Pattern[str]
    relation: re.Pattern[str] | None = None

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Reads `schema` or `schema.relation`.

        `*` stands for any characters and `?` for one; letters fold to lower case; in double quotes every
        character stands for itself.

        Raises:
            UsageError: The pattern is empty, has an open quote or more than two parts.
        """
        parts = pattern_parts(text)
        if len(parts) > 2 or not all(parts):
            raise UsageError(
                f"{text!r} is not a pattern for schemas or relations",
                hint="write schema, schema.* or schema.relation; quote names that hold dots",
            )
        relation = parts[1] if len(parts) == 2 and parts[1] != ".*" else None
        return cls(
            text=text.strip(),
            schema=re.compile(parts[0], re.DOTALL),
            relation=None if relation is None else re.compile(relation, re.DOTALL),
        )

    def matches(self, schema: str, relation: str) -> bool:
        """Whether a relation is meant."""
        return bool(
            self.schema.fullmatch(schema) and (self.relation is None or self.relation.fullmatch(relation))
        )


class ScopePatterns(msgspec.Struct, frozen=True):
    """What was asked for, as written: what to include (nothing means everything) and what to leave out."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Selection(msgspec.Struct, frozen=True):
    """The patterns met with the schemas of one database.

    Args:
        patterns: What was asked for.
        schemas: The documented schemas.
        whole: The names of those that an include pattern takes as a whole, not only some relations of.
        left_out: The other schemas, and why.
    """

    patterns: ScopePatterns
    include: tuple[Pattern, ...]
    exclude: tuple[Pattern, ...]
    schemas: tuple[SchemaRow, ...]
    whole: frozenset[str]
    left_out: tuple[SchemaLeftOut, ...]

    @property
    def namespaces(self) -> list[int]:
        """The OIDs of the documented schemas."""
        return [schema.oid for schema in self.schemas]

    def keeps(self, schema: str, name: str) -> bool:
        """Whether a relation of a documented schema is in scope."""
        if any(pattern.matches(schema, name) for pattern in self.exclude):
            return False
        return not self.include or any(pattern.matches(schema, name) for pattern in self.include)

    def check(self, names: Sequence[QualifiedName]) -> None:
        """Refuses an include pattern that meets none of these relations of the documented schemas.

        Raises:
            UsageError: With the nearest names as its hint.
        """
        for pattern in self.include:
            if pattern.relation is not None and not any(
                pattern.matches(name.schema, name.name) for name in names
            ):
                shown = {name.name: name.dotted for name in names if pattern.schema.fullmatch(name.schema)}
                raise _unknown(pattern, "relation", shown)

    def scope(self, relations_left_out: int) -> Scope:
        """The facts for the document."""
        return Scope(
            include=self.patterns.include,
            exclude=self.patterns.exclude,
            schemas_left_out=self.left_out,
            relations_left_out=relations_left_out,
        )


def of_system(name: str) -> bool:
    """Whether a schema belongs to the server itself (temporary schemas included)."""
    return name == "information_schema" or name.startswith("pg_")


def resolve(patterns: ScopePatterns, rows: Iterable[SchemaRow]) -> Selection:
    """Decides which schemas are documented.

    Without include patterns these are all but the system's and those that belong to an extension.

    Raises:
        UsageError: A pattern is malformed, or an include pattern meets no schema.
    """
    include = tuple(Pattern.parse(text) for text in patterns.include)
    exclude = tuple(Pattern.parse(text) for text in patterns.exclude)
    rows = sorted((row for row in rows if not of_system(row.name)), key=lambda row: row.name)
    for pattern in include:
        if not any(pattern.schema.fullmatch(row.name) for row in rows):
            raise _unknown(pattern, "schema", {row.name: row.name for row in rows})
    kept, whole, left_out = [], [], []
    for row in rows:
        reason = _reason(row, include, exclude)
        if reason is None:
            kept.append(row)
            if not include or any(p.relation is None and p.schema.fullmatch(row.name) for p in include):
                whole.append(row.name)
        else:
            left_out.append(SchemaLeftOut(name=row.name, reason=reason))
    return Selection(
        patterns=patterns,
        include=include,
        exclude=exclude,
        schemas=tuple(kept),
        whole=frozenset(whole),
        left_out=tuple(left_out),
    )


def _reason(row: SchemaRow, include: Sequence[Pattern], exclude: Sequence[Pattern]) -> str | None:
    """Why a schema is left out, None when it is not."""
    for pattern in exclude:
        if pattern.relation is None and pattern.schema.fullmatch(row.name):
            return f"the pattern {pattern.text} excludes it"
    if include:
        if any(pattern.schema.fullmatch(row.name) for pattern in include):
            return None
        return "no pattern asks for it"
    if row.extension is not None:
        return f"it belongs to the extension {row.extension}"
    return None


def _unknown(pattern: Pattern, what: str, names: Mapping[str, str]) -> UsageError:
    """An include pattern that meets nothing; `names` maps what it could have met to how to write that."""
    wanted = pattern.text.rpartition(".")[2] if what == "relation" else pattern.text.partition(".")[0]
    near = difflib.get_close_matches(wanted.strip('"').lower(), names, n=3, cutoff=0.6)
    if of_system(pattern.text.partition(".")[0]):
        hint = "the system's own schemas are not documented"
    elif near:
        hint = f"did you mean {' or '.join(names[name] for name in near)}?"
    elif not names:
        hint = f"there is no {what} to document"
    elif what == "schema":
        shown = ", ".join(list(names)[:8]) + (", …" if len(names) > 8 else "")
        hint = (
            f"there are {shown}; a pattern without a dot names schemas, write schema.relation for relations"
        )
    else:
        hint = "look at the names with psql's \\d, or use * and ? in the pattern"
    return UsageError(f"no {what} matches the pattern {pattern.text}", hint=hint)
