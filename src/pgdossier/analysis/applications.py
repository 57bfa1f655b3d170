"""What is known of a client by the application_name that it gives itself."""

from __future__ import annotations

import re

# A name that begins like this, without regard to case: what it stands for. Tools that put more into the name
# (a window, a number of a connection) are one client all the same, by the name in the second place.
_KNOWN = (
    ("barman", "Barman", "backup tool"),
    ("datagrip", "DataGrip", "interactive client"),
    ("datadog", "Datadog", "monitoring"),
    ("dbeaver", "DBeaver", "interactive client"),
    ("debezium", "Debezium", "change data capture"),
    ("hasura", "Hasura", "GraphQL server"),
    ("metabase", "Metabase", "reports"),
    ("grafana", "Grafana", "dashboards"),
    ("odyssey", "Odyssey", "connection pool"),
    ("patroni", "Patroni", "failover manager"),
    ("pganalyze", "pganalyze", "monitoring"),
    ("pgadmin", "pgAdmin", "interactive client"),
    ("pgbackrest", "pgBackRest", "backup tool"),
    ("pgbench", "pgbench", "benchmark"),
    ("pgbouncer", "PgBouncer", "connection pool"),
    ("pgcat", "PgCat", "connection pool"),
    ("pgpool", "Pgpool-II", "connection pool"),
    ("pg_cron", "pg_cron", "jobs inside the database"),
    ("pg_dump", "pg_dump", "dump"),
    ("pg_restore", "pg_restore", "restore"),
    ("postgres_exporter", "postgres_exporter", "monitoring"),
    ("postgres_fdw", "postgres_fdw", "foreign tables of another server"),
    ("postgresql jdbc driver", "PostgreSQL JDBC Driver", "driver's own name: the application gave none"),
    ("postgrest", "PostgREST", "REST server"),
    ("prometheus", "Prometheus", "monitoring"),
    ("psql", "psql", "interactive client"),
    ("repmgr", "repmgr", "failover manager"),
    ("supavisor", "Supavisor", "connection pool"),
    ("tableplus", "TablePlus", "interactive client"),
    ("telegraf", "Telegraf", "monitoring"),
    ("zabbix", "Zabbix", "monitoring"),
)
_BOUNDARY = re.compile(r"[^a-z0-9]|\Z")


def known_as(name: str) -> tuple[str, str | None]:
    """The name under which that client is told, and what it is when that is known.

    Args:
        name: An application_name.
    """
    lower = name.lower()
    for start, shown, what in _KNOWN:
        if lower.startswith(start) and _BOUNDARY.match(lower, len(start)):
            return shown, what
    return name, None
