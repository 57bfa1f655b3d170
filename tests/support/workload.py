"""A small shop under load: every way in which programs send parameters, on tables of every kind of use."""

from __future__ import annotations

from typing import Any, LiteralString, NamedTuple

import psycopg

SCHEMA = """
CREATE SCHEMA sales;
CREATE TYPE public.state AS ENUM ('new', 'paid', 'sent');
CREATE TABLE sales.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL,
    tags text[] NOT NULL DEFAULT '{}', profile jsonb NOT NULL DEFAULT '{}');
CREATE INDEX customers_profile ON sales.customers USING gin (profile jsonb_path_ops);
CREATE TABLE sales.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL
    REFERENCES sales.customers, status public.state NOT NULL DEFAULT 'new',
    total numeric(10,2) NOT NULL DEFAULT 0, placed_at timestamptz NOT NULL);
CREATE INDEX orders_customer ON sales.orders (customer_id, placed_at DESC);
CREATE INDEX orders_placed ON sales.orders (placed_at);
CREATE TABLE sales.items (
    order_id bigint NOT NULL REFERENCES sales.orders, line integer NOT NULL, sku text NOT NULL,
    quantity integer NOT NULL, PRIMARY KEY (order_id, line));
CREATE INDEX items_sku ON sales.items (sku text_pattern_ops);
CREATE TABLE sales.stock (sku text PRIMARY KEY, pieces integer NOT NULL) WITH (fillfactor = 50);
CREATE TABLE sales.jobs (id bigint PRIMARY KEY, payload text, due timestamptz NOT NULL);
CREATE INDEX jobs_due ON sales.jobs (due);
CREATE TABLE sales.events (at timestamptz NOT NULL, kind text NOT NULL, body jsonb) PARTITION BY RANGE (at);
CREATE TABLE sales.events_2025 PARTITION OF sales.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE sales.events_2026 PARTITION OF sales.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON sales.events (at);
CREATE TABLE sales.countries (code text PRIMARY KEY, name text NOT NULL);
INSERT INTO sales.countries VALUES ('PT', 'Portugal'), ('PE', 'Peru');
CREATE TABLE sales.unused (id integer PRIMARY KEY);
CREATE VIEW sales.open_orders AS
    SELECT o.*, c.email FROM sales.orders o JOIN sales.customers c ON c.id = o.customer_id
     WHERE o.status = 'new';
INSERT INTO sales.customers (email, name)
    SELECT 'c' || n || '@example.org', 'customer ' || n FROM generate_series(1, 3000) n;
INSERT INTO sales.orders (customer_id, placed_at)
    SELECT 1 + n % 3000, timestamptz '2025-01-01 00:00+00' + n * interval '1 hour'
      FROM generate_series(1, 9000) n;
INSERT INTO sales.items SELECT id, l, 'sku-' || (id * l) % 500, l FROM sales.orders, generate_series(1, 2) l;
INSERT INTO sales.stock SELECT 'sku-' || n, 1000 FROM generate_series(0, 499) n;
INSERT INTO sales.jobs SELECT n, 'x', timestamptz '2025-01-01 00:00+00' + n * interval '1 s'
    FROM generate_series(1, 3000) n;
INSERT INTO sales.events SELECT timestamptz '2025-06-01 00:00+00' + n * interval '4 h', 'k', '{}'
    FROM generate_series(1, 1500) n;
VACUUM ANALYZE;
"""


class Case(NamedTuple):
    """A statement as a program sends it, and what must be said of it.

    `indexes` are the indexes of its plan, `sequential` the tables read from end to end, `words` are in the
    reason why it has no plan (empty: it has one). `marks` find its text.
    """

    sql: LiteralString
    values: tuple[Any, ...] = ()
    marks: str = ""
    tables: frozenset[str] = frozenset()
    indexes: frozenset[str] = frozenset()
    sequential: frozenset[str] = frozenset()
    words: str = ""
    times: int = 1


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


CASES = (
    Case(
        "SELECT id, total FROM sales.orders WHERE customer_id = %s ORDER BY placed_at DESC LIMIT 10",
        (7,),
        "ORDER BY placed_at DESC LIMIT",
        _names("orders"),
        _names("orders_customer"),
        times=40,
    ),
    Case(
        "SELECT name FROM sales.customers WHERE email = 'c5@example.org'",
        (),
        "SELECT name FROM sales.customers WHERE email",
        _names("customers"),
        _names("customers_email_key"),
        times=30,
    ),
    Case(
        "SELECT count(*) FROM sales.customers WHERE email LIKE '%%5@%%'",
        (),
        "WHERE email LIKE",
        _names("customers"),
        sequential=_names("customers"),
    ),
    Case(
        "SELECT id FROM sales.customers WHERE id = ANY(%s::bigint[])",
        ([1, 2, 3],),
        "SELECT id FROM sales.customers WHERE id = ANY(",
        _names("customers"),
        _names("customers_pkey"),
    ),
    Case(
        "SELECT id, name FROM sales.customers WHERE id IN (1, 2, 3, 4)",
        (),
        "SELECT id, name FROM sales.customers WHERE id IN",
        _names("customers"),
        _names("customers_pkey"),
    ),
    Case(
        "SELECT id FROM sales.customers WHERE profile @> %s",
        ('{"a": 1}',),
        "profile @>",
        _names("customers"),
        _names("customers_profile"),
    ),
    Case(
        "SELECT id FROM sales.customers WHERE profile ->> 'a' = %s AND NOT tags && %s::text[]",
        ("1", ["x"]),
        "profile ->>",
        _names("customers"),
        sequential=_names("customers"),
    ),
    Case(
        "SELECT count(*) FROM sales.orders WHERE placed_at > now() - interval '30 days'",
        (),
        "now() - interval",
        _names("orders"),
        _names("orders_placed"),
    ),
    Case(
        "SELECT date_trunc('day', placed_at), count(*) FROM sales.orders"
        " GROUP BY date_trunc('day', placed_at)",
        (),
        "GROUP BY date_trunc",
        _names("orders"),
    ),
    Case(
        "SELECT extract(year FROM placed_at) AS y, sum(total) FROM sales.orders GROUP BY 1 ORDER BY 1",
        (),
        "AS y, sum(total)",
        _names("orders"),
        sequential=_names("orders"),
    ),
    Case(
        "WITH latest AS (SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY placed_at DESC) AS n"
        " FROM sales.orders WHERE customer_id = %s) SELECT i.sku FROM latest JOIN sales.items i"
        " ON i.order_id = latest.id WHERE latest.n <= %s",
        (7, 3),
        "WITH latest AS",
        _names("orders items"),
        _names("orders_customer items_pkey"),
    ),
    Case(
        "WITH RECURSIVE t (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 5)"
        " SELECT c.name FROM t JOIN sales.customers c ON c.id = t.n",
        (),
        "WITH RECURSIVE",
        words="operator does not exist: text +",
    ),
    Case(
        "INSERT INTO sales.stock AS s (sku, pieces) VALUES (%s, %s)"
        " ON CONFLICT (sku) DO UPDATE SET pieces = s.pieces + excluded.pieces",
        ("sku-1", 5),
        "ON CONFLICT",
        _names("stock"),
        _names("stock_pkey"),
        times=20,
    ),
    Case(
        "UPDATE sales.stock SET pieces = pieces - %s WHERE sku = %s",
        (1, "sku-7"),
        "UPDATE sales.stock",
        _names("stock"),
        _names("stock_pkey"),
        times=600,
    ),
    Case(
        "UPDATE sales.orders o SET total = x.total FROM (SELECT order_id, sum(quantity) AS total"
        " FROM sales.items WHERE order_id = %s GROUP BY order_id) x WHERE x.order_id = o.id",
        (3,),
        "SET total = x.total",
        _names("orders items"),
        _names("orders_pkey items_pkey"),
    ),
    Case(
        "DELETE FROM sales.jobs j USING sales.stock s WHERE j.payload = s.sku AND j.id = %s",
        (9,),
        "DELETE FROM sales.jobs j USING",
        _names("jobs stock"),
        _names("jobs_pkey stock_pkey"),
    ),
    Case(
        "DELETE FROM sales.jobs WHERE id IN (SELECT id FROM sales.jobs WHERE due < now()"
        " ORDER BY due LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING payload",
        (40,),
        "FOR UPDATE SKIP LOCKED",
        _names("jobs"),
        _names("jobs_due"),
        times=30,
    ),
    Case(
        "INSERT INTO sales.jobs SELECT max(id) + 1, 'y', now() FROM sales.jobs",
        (),
        "max(id)",
        _names("jobs"),
        _names("jobs_pkey"),
        times=300,
    ),
    Case(
        "INSERT INTO sales.events (at, kind, body) VALUES (%s, %s, %s)",
        ("2026-05-05", "k", "{}"),
        "INSERT INTO sales.events (at, kind, body)",
        _names("events"),
        times=30,
    ),
    Case(
        "SELECT kind FROM sales.events WHERE at >= %s AND at < %s",
        ("2026-05-05", "2026-05-06"),
        "SELECT kind FROM sales.events",
        _names("events_2025 events_2026"),
        _names("events_2025_at_idx"),
        times=15,
    ),
    Case(
        "SELECT email FROM sales.open_orders WHERE id = %s",
        (11,),
        "FROM sales.open_orders",
        _names("orders customers"),
        _names("orders_pkey customers_pkey"),
    ),
    Case(
        "SELECT id FROM sales.orders WHERE status = %s::public.state AND total BETWEEN %s AND %s",
        ("paid", 1, 2),
        "total BETWEEN",
        _names("orders"),
        sequential=_names("orders"),
    ),
    Case(
        "SELECT sku FROM sales.items WHERE sku LIKE %s LIMIT 5 OFFSET 2",
        ("sku-1%",),
        "sku LIKE",
        _names("items"),
    ),
    Case(
        "SELECT body ->> 'k', count(*) FROM sales.events GROUP BY body ->> 'k' ORDER BY body ->> 'k'",
        (),
        "GROUP BY body",
        _names("events_2025 events_2026"),
    ),
    Case("SELECT name FROM sales.countries", (), "FROM sales.countries", _names("countries"), times=200),
    Case("SELECT concat('nothing', pi())", (), "SELECT concat"),
    Case(
        "SELECT id FROM orders WHERE id = %s",
        (5,),
        "SELECT id FROM orders",
        words='relation "orders" does not exist',
    ),
)
MERGE = Case(
    "MERGE INTO sales.stock s USING (VALUES (%s, %s::integer)) AS d (sku, pieces) ON s.sku = d.sku"
    " WHEN MATCHED THEN UPDATE SET pieces = s.pieces + d.pieces"
    " WHEN NOT MATCHED THEN INSERT (sku, pieces) VALUES (d.sku, d.pieces)",
    ("sku-3", 1),
    "MERGE INTO",
    _names("stock"),
    _names("stock_pkey"),
)


def run(url: str, *, client_side: bool) -> list[Case]:
    """Runs all cases; returns those that this server knows.

    Args:
        url: The database with `SCHEMA`.
        client_side: Put the values into the text before it is sent, as many drivers do.
    """
    factory = psycopg.ClientCursor if client_side else psycopg.Cursor
    with psycopg.connect(url, autocommit=True, cursor_factory=factory) as connection:
        connection.execute("SELECT pg_stat_statements_reset()")
        connection.execute("SET search_path TO sales, public")
        found = list(CASES)
        if connection.info.server_version >= 150000:
            found.append(MERGE)
        for case in found:
            for _ in range(case.times):
                connection.execute(case.sql, case.values or None)
        connection.execute("DELETE FROM jobs")
        if connection.info.server_version >= 150000:
            connection.execute("SELECT pg_stat_force_next_flush()")
    return found
