"""CREATE CAST and CREATE TRANSFORM, with their comments."""

from __future__ import annotations

from pgdossier.ddl.comments import comment_on
from pgdossier.ddl.expressions import note
from pgdossier.model.casts import Cast, CastContext, Transform
from pgdossier.model.names import quote_identifier


def create_cast(cast: Cast) -> list[str]:
    """A cast."""
    name = f"CAST ({cast.source} AS {cast.target})"
    if cast.function is not None:
        how = f"WITH FUNCTION {cast.function}"
    elif cast.method == "inout":
        how = "WITH INOUT"
    elif cast.method == "binary":
        how = "WITHOUT FUNCTION"
    else:
        return [note(f"{name} works in a way that this version does not know: left out")]
    context = f" AS {cast.context.upper()}" if cast.context in _WRITTEN else ""
    return [f"CREATE {name}\n    {how}{context};", *comment_on(name, cast.comment)]


_WRITTEN = (CastContext.ASSIGNMENT, CastContext.IMPLICIT)


def create_transform(transform: Transform) -> list[str]:
    """A transform."""
    name = f"TRANSFORM FOR {transform.type} LANGUAGE {quote_identifier(transform.language)}"
    functions = []
    if transform.from_sql is not None:
        functions.append(f"FROM SQL WITH FUNCTION {transform.from_sql}")
    if transform.to_sql is not None:
        functions.append(f"TO SQL WITH FUNCTION {transform.to_sql}")
    inside = ",\n    ".join(functions)
    return [f"CREATE {name} (\n    {inside}\n);", *comment_on(name, transform.comment)]
