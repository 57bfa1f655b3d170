"""Statements with `$n` where the grammar wants a constant, made fit for planning."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PARAMETER = re.compile(r"\$(\d+)\Z")
_WITHOUT_TYPE = re.compile(r"could not determine data type of parameter \$(\d+)")
# What stands for a constant that the server had left in the text.
_CONSTANT = "?"
# Types whose name stands before a constant: `interval '1 day'`.
_CONSTANT_TYPES = frozenset(
    """
    bit bool boolean box bytea char cidr circle date daterange float4 float8 inet int int2 int4 int4range
    int8 int8range integer interval json jsonb line lseg macaddr money numeric numrange path point polygon
    text time timestamp timestamptz timetz tsquery tsrange tstzrange tsvector uuid varbit varchar xml
    """.split()  # noqa: SIM905 - a block of words is easier to read and to keep sorted than a list
)


def attempts(text: str, tokens: list[str], major: int) -> Iterator[str]:
    """The statement, then a form of it that means the same where `$n` stands for a constant.

    The server writes `$n` for a constant where the grammar takes nothing but one. And of an expression that
    is in GROUP BY or ORDER BY too it only replaces the constants of the first place: `?` is left elsewhere.

    Args:
        text: The statement.
        tokens: The same in tokens.
        major: The major version of the server.

    Yields:
        Statements without `?`; none when a constant is left that has no number.
    """
    if _CONSTANT not in tokens:
        yield text
    mended = _with_types(_without_extract(_with_numbers(tokens), major))
    if mended != tokens and _CONSTANT not in mended:
        yield " ".join(mended)


def typed(text: str, message: str) -> str | None:
    """The statement with one type more, when the message says that the type of a parameter is not known.

    A constant that nothing gives a type to is text for the server, too.
    """
    found = _WITHOUT_TYPE.search(message)
    if found is None:
        return None
    return re.sub(rf"\${found[1]}(?!\d)", f"${found[1]}::text", text)


def _with_numbers(tokens: list[str]) -> list[str]:
    """Constants without a number get that of the parameter in the same surroundings."""
    out = list(tokens)
    for at, token in enumerate(tokens):
        if token != _CONSTANT:
            continue
        before, after = tokens[max(at - 2, 0) : at], tokens[at + 1 : at + 2]
        likely = [
            other
            for other, found in enumerate(tokens)
            if _PARAMETER.match(found) and tokens[max(other - 2, 0) : other] == before
        ]
        best = [other for other in likely if tokens[other + 1 : other + 2] == after] or likely
        if best:
            out[at] = tokens[best[0]]
    return out


def _with_types(tokens: list[str]) -> list[str]:
    """`interval $1` as `$1::interval`, `timestamp with time zone $1` as `$1::timestamp with time zone`."""
    out: list[str] = []
    for token in tokens:
        if _PARAMETER.match(token) and out:
            words = [word.lower() for word in out[-4:]]
            if words[-3:] == ["with", "time", "zone"] and words[0] in ("time", "timestamp"):
                kept = 4
            elif words[-2:] == ["double", "precision"]:
                kept = 2
            elif words[-1] in _CONSTANT_TYPES and words[-2:-1] not in (["as"], ["."], ["::"], [":"]):
                kept = 1
            else:
                kept = 0
            if kept:
                words = out[-kept:]
                del out[-kept:]
                out += [token, "::", " ".join(words)]
                continue
        out.append(token)
    return out


def _without_extract(tokens: list[str], major: int) -> list[str]:
    """`extract($1 FROM x)` as the function that it stands for."""
    out = list(tokens)
    for at in range(len(out) - 3):
        if (
            out[at].lower() == "extract"
            and out[at + 1] == "("
            and _PARAMETER.match(out[at + 2])
            and out[at + 3].lower() == "from"
        ):
            out[at] = 'pg_catalog."extract"' if major >= 14 else "pg_catalog.date_part"
            out[at + 3] = ","
    return out
