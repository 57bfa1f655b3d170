"""What is known of a client by the application_name that it gives itself."""

from __future__ import annotations

import re

from pgdossier.language import mark, tr

# A name that begins like this, without regard to case: what it stands for. Tools that put more into the name
# (a window, a number of a connection) are one client all the same, by the name in the second place.
_KNOWN = (
    ("barman", "Barman", mark("backup tool")),
    ("datagrip", "DataGrip", mark("interactive client")),
    ("datadog", "Datadog", "monitoring"),
    ("dbeaver", "DBeaver", mark("interactive client")),
    ("debezium", "Debezium", mark("change data capture")),
    ("hasura", "Hasura", mark("GraphQL server")),
    ("metabase", "Metabase", "reports"),
    ("grafana", "Grafana", "dashboards"),
    ("odyssey", "Odyssey", mark("connection pool")),
    ("patroni", "Patroni", mark("failover manager")),
    ("pganalyze", "pganalyze", "monitoring"),
    ("pgadmin", "pgAdmin", mark("interactive client")),
    ("pgbackrest", "pgBackRest", mark("backup tool")),
    ("pgbench", "pgbench", "benchmark"),
    ("pgbouncer", "PgBouncer", mark("connection pool")),
    ("pgcat", "PgCat", mark("connection pool")),
    ("pgpool", "Pgpool-II", mark("connection pool")),
    ("pg_cron", "pg_cron", mark("jobs inside the database")),
    ("pg_dump", "pg_dump", "dump"),
    ("pg_restore", "pg_restore", "restore"),
    ("postgres_exporter", "postgres_exporter", "monitoring"),
    ("postgres_fdw", "postgres_fdw", mark("foreign tables of another server")),
    ("postgresql jdbc driver", "PostgreSQL JDBC Driver", "driver's own name: the application gave none"),
    ("postgrest", "PostgREST", mark("REST server")),
    ("prometheus", "Prometheus", "monitoring"),
    ("psql", "psql", mark("interactive client")),
    ("repmgr", "repmgr", mark("failover manager")),
    ("supavisor", "Supavisor", mark("connection pool")),
    ("tableplus", "TablePlus", mark("interactive client")),
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
            return shown, tr(what)
    return name, None
