"""Routines: functions, procedures, aggregates, window functions (pg_proc, pg_aggregate)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pgdossier.catalog.codes import Codes, Gaps
from pgdossier.catalog.query import Query
from pgdossier.model.names import quote_identifier, quote_literal
from pgdossier.model.routines import Aggregate, Parallel, Routine, RoutineKind, Volatility


class RoutineRow(NamedTuple):
    """One routine; from `aggregate_kind` on, columns are an aggregate's (functions as SQL, "-": none)."""

    oid: int
    schema: str
    name: str
    kind: str
    owner: str
    language: str
    arguments: str
    identity_arguments: str
    result: str | None
    volatility: str
    parallel: str
    strict: bool
    leakproof: bool
    security_definer: bool
    configuration: list[str] | None
    definition: str | None
    comment: str | None
    aggregate_kind: str | None
    direct_arguments: int | None
    transition: str | None
    state: str | None
    space: int | None
    final: str | None
    final_extra: bool | None
    final_modify: str | None
    combine: str | None
    serial: str | None
    deserial: str | None
    initial: str | None
    moving_transition: str | None
    moving_inverse: str | None
    moving_state: str | None
    moving_space: int | None
    moving_final: str | None
    moving_final_extra: bool | None
    moving_final_modify: str | None
    moving_initial: str | None
    sort_schema: str | None
    sort_operator: str | None


# Functions that exist only because a type does (the constructors of a range: deptype i) are left out.
QUERY = Query(
    family="routines",
    row=RoutineRow,
    sql="""
    SELECT p.oid AS oid,
           n.nspname AS schema,
           p.proname AS name,
           p.prokind AS kind,
           pg_catalog.pg_get_userbyid(p.proowner) AS owner,
           l.lanname AS language,
           pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
           pg_catalog.pg_get_function_identity_arguments(p.oid) AS identity_arguments,
           pg_catalog.pg_get_function_result(p.oid) AS result,
           p.provolatile AS volatility,
           p.proparallel AS parallel,
           p.proisstrict AS strict,
           p.proleakproof AS leakproof,
           p.prosecdef AS security_definer,
           p.proconfig AS configuration,
           CASE WHEN p.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(p.oid) END AS definition,
           d.description AS comment,
           g.aggkind AS aggregate_kind,
           g.aggnumdirectargs AS direct_arguments,
           g.aggtransfn::pg_catalog.text AS transition,
           pg_catalog.format_type(g.aggtranstype, NULL) AS state,
           g.aggtransspace AS space,
           g.aggfinalfn::pg_catalog.text AS final,
           g.aggfinalextra AS final_extra,
           g.aggfinalmodify AS final_modify,
           g.aggcombinefn::pg_catalog.text AS combine,
           g.aggserialfn::pg_catalog.text AS serial,
           g.aggdeserialfn::pg_catalog.text AS deserial,
           g.agginitval AS initial,
           g.aggmtransfn::pg_catalog.text AS moving_transition,
           g.aggminvtransfn::pg_catalog.text AS moving_inverse,
           pg_catalog.format_type(NULLIF(g.aggmtranstype, 0::pg_catalog.oid), NULL) AS moving_state,
           g.aggmtransspace AS moving_space,
           g.aggmfinalfn::pg_catalog.text AS moving_final,
           g.aggmfinalextra AS moving_final_extra,
           g.aggmfinalmodify AS moving_final_modify,
           g.aggminitval AS moving_initial,
           son.nspname AS sort_schema,
           so.oprname AS sort_operator
      FROM pg_catalog.pg_proc p
      JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      JOIN pg_catalog.pg_language l ON l.oid = p.prolang
      LEFT JOIN pg_catalog.pg_aggregate g ON g.aggfnoid = p.oid
      LEFT JOIN pg_catalog.pg_operator so ON so.oid = g.aggsortop
      LEFT JOIN pg_catalog.pg_namespace son ON son.oid = so.oprnamespace
      LEFT JOIN pg_catalog.pg_description d
        ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objsubid = 0
     WHERE p.pronamespace = ANY (%(namespaces)s)
       AND NOT EXISTS (
            SELECT FROM pg_catalog.pg_depend m
             WHERE m.objid = p.oid AND m.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
               AND m.deptype IN ('e', 'i'))
    """,
)

KINDS = Codes(
    column="pg_proc.prokind",
    family="routines",
    meanings={
        "f": RoutineKind.FUNCTION,
        "p": RoutineKind.PROCEDURE,
        "a": RoutineKind.AGGREGATE,
        "w": RoutineKind.WINDOW,
    },
    unknown=RoutineKind.UNKNOWN,
)
VOLATILITIES = Codes(
    column="pg_proc.provolatile",
    family="routines",
    meanings={"i": Volatility.IMMUTABLE, "s": Volatility.STABLE, "v": Volatility.VOLATILE},
    unknown=Volatility.UNKNOWN,
)
PARALLELS = Codes(
    column="pg_proc.proparallel",
    family="routines",
    meanings={"s": Parallel.SAFE, "r": Parallel.RESTRICTED, "u": Parallel.UNSAFE},
    unknown=Parallel.UNKNOWN,
)
MODIFICATIONS = Codes(
    column="pg_aggregate.aggfinalmodify",
    family="routines",
    meanings={"r": "READ_ONLY", "s": "SHAREABLE", "w": "READ_WRITE"},
    unknown="",
)


def _final(row: RoutineRow, gaps: Gaps, *, moving: bool) -> Iterator[str]:
    """The clauses of the final function, of the plain or the moving aggregate."""
    function = row.moving_final if moving else row.final
    extra = row.moving_final_extra if moving else row.final_extra
    modify = row.moving_final_modify if moving else row.final_modify
    prefix = "MFINALFUNC" if moving else "FINALFUNC"
    if function in (None, "-"):
        return
    yield f"{prefix} = {function}"
    if extra:
        yield f"{prefix}_EXTRA"
    usual = "r" if row.aggregate_kind == "n" else "w"
    if modify and modify != usual:
        word = MODIFICATIONS.read(modify, gaps)
        if word:
            yield f"{prefix}_MODIFY = {word}"


def _moving(row: RoutineRow, gaps: Gaps) -> Iterator[str]:
    """The clauses of moving-aggregate mode."""
    if row.moving_transition in (None, "-"):
        return
    yield f"MSFUNC = {row.moving_transition}"
    yield f"MINVFUNC = {row.moving_inverse}"
    yield f"MSTYPE = {row.moving_state}"
    if row.moving_space:
        yield f"MSSPACE = {row.moving_space}"
    yield from _final(row, gaps, moving=True)
    if row.moving_initial is not None:
        yield f"MINITCOND = {quote_literal(row.moving_initial)}"


def _clauses(row: RoutineRow, gaps: Gaps) -> Iterator[str]:
    """The clauses of CREATE AGGREGATE, in the order of its documentation."""
    yield f"SFUNC = {row.transition}"
    yield f"STYPE = {row.state}"
    if row.space:
        yield f"SSPACE = {row.space}"
    yield from _final(row, gaps, moving=False)
    for word, function in (
        ("COMBINEFUNC", row.combine),
        ("SERIALFUNC", row.serial),
        ("DESERIALFUNC", row.deserial),
    ):
        if function not in (None, "-"):
            yield f"{word} = {function}"
    if row.initial is not None:
        yield f"INITCOND = {quote_literal(row.initial)}"
    yield from _moving(row, gaps)
    if row.sort_schema is not None:
        yield f"SORTOP = OPERATOR({quote_identifier(row.sort_schema)}.{row.sort_operator})"
    if row.parallel != "u":
        word = PARALLELS.read(row.parallel, gaps)
        if word is not Parallel.UNKNOWN:
            yield f"PARALLEL = {word.value.upper()}"
    if row.aggregate_kind == "h":
        yield "HYPOTHETICAL"


def routine(row: RoutineRow, gaps: Gaps) -> Routine:
    """The routine of a row."""
    aggregate = None
    if row.transition is not None:
        aggregate = Aggregate(clauses=tuple(_clauses(row, gaps)), direct_arguments=row.direct_arguments or 0)
    return Routine(
        schema=row.schema,
        name=row.name,
        kind=KINDS.read(row.kind, gaps),
        owner=row.owner,
        language=row.language,
        arguments=row.arguments,
        identity_arguments=row.identity_arguments,
        result=row.result,
        volatility=VOLATILITIES.read(row.volatility, gaps),
        parallel=PARALLELS.read(row.parallel, gaps),
        strict=row.strict,
        leakproof=row.leakproof,
        security_definer=row.security_definer,
        configuration=tuple(row.configuration or ()),
        definition=row.definition,
        aggregate=aggregate,
        comment=row.comment,
    )
