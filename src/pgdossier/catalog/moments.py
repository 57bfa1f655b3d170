"""Moments, as the snapshot has them."""

from __future__ import annotations


def moment(timestamp: str) -> str:
    """SQL: that timestamptz as `YYYY-MM-DDTHH:MM:SSZ`, in UTC; NULL when it is NULL or infinite."""
    return (
        f"CASE WHEN pg_catalog.isfinite({timestamp}) THEN pg_catalog.to_char(pg_catalog.timezone('UTC',"
        f' {timestamp}), \'YYYY-MM-DD"T"HH24:MI:SS"Z"\') END'
    )


def milliseconds(interval: str) -> str:
    """SQL: that interval in milliseconds."""
    return (
        f"pg_catalog.round((EXTRACT(EPOCH FROM {interval}) * 1000)::pg_catalog.numeric, 3)::pg_catalog.float8"
    )
