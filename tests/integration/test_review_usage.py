"""Rules that rest on counters, on a server that has really counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

import psycopg

from pgdossier.analysis import analyse
from pgdossier.catalog import read
from pgdossier.review import Profile, review
from pgdossier.review.reviewing import Finding
from tests.conftest import MakeDatabase
from tests.support.servers import PostgresServer

SCHEMA = """
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (
    id serial PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers, state text, note text,
    code text UNIQUE
) WITH (autovacuum_enabled = false);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_state ON orders (state);
CREATE INDEX orders_note ON orders (note);
CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX events_what ON events (what);
INSERT INTO customers SELECT n, 'customer ' || n FROM generate_series(1, 50) AS n;
INSERT INTO orders (customer_id, state, note, code)
  SELECT 1 + n % 50, 'state ' || n % 40, 'note ' || n, 'code ' || n FROM generate_series(1, 4000) AS n;
INSERT INTO events SELECT date '2020-01-01' + n % 700, 'what ' || n FROM generate_series(1, 3000) AS n;
SELECT setval('orders_id_seq', 2000000000);
"""
WORKLOAD = """
SET enable_seqscan = off;
SET enable_bitmapscan = off;
SELECT count(note) FROM orders WHERE state = 'state 7';
DELETE FROM orders WHERE id > 1000;
"""
# The rules that are asked here.
RULES = ("unused_index", "sequence_near_end", "never_vacuumed", "never_analysed", "dead_rows", "unused_table")
NOW = Profile(thresholds={"statistics_min_days": 0})


def until(url: str, query: LiteralString) -> None:
    """Waits until new sessions find that it is so, half a minute at most."""
    for _ in range(600):
        with psycopg.connect(url) as connection:
            if connection.execute(query).fetchone() == (True,):
                return
            connection.execute("SELECT pg_sleep(0.05)")
    raise AssertionError(query)


def found(url: str, profile: Profile | None = None) -> Mapping[tuple[str, str], Finding]:
    """The findings of these rules, by rule and object."""
    done = review(analyse(read(url)), profile, only=RULES)
    return {(one.rule.name, one.subject.dotted): one for one in done.findings}


def test_what_a_server_has_counted(any_server: PostgresServer, make_database: MakeDatabase) -> None:
    """The index that nothing used, the sequence near its end and the dead rows are told; their fixes help."""
    url = make_database(any_server, SCHEMA)
    # The session that made them must have told the server, or its inserts would be counted after ANALYZE.
    until(url, "SELECT n_tup_ins = 4000 FROM pg_stat_user_tables WHERE relname = 'orders'")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE customers")
        connection.execute("ANALYZE orders")
        connection.execute("ANALYZE events_1")
        connection.execute("ANALYZE events_2")
    any_server.run_sql(url_database(url), WORKLOAD)
    until(
        url,
        "SELECT n_dead_tup = 3000 AND (SELECT idx_scan > 0 FROM pg_stat_user_indexes"
        " WHERE indexrelname = 'orders_state') FROM pg_stat_user_tables WHERE relname = 'orders'",
    )

    told = found(url, NOW)
    expected = {
        ("unused_index", "public.orders.orders_note"),
        ("unused_index", "public.events.events_what"),
        ("sequence_near_end", "public.orders.id"),
        ("never_vacuumed", "public.orders"),
    }
    if any_server.major >= 14:  # older ones do not note that a partitioned table was analysed
        expected.add(("never_analysed", "public.events"))
    assert set(told) == expected
    unused = told["unused_index", "public.orders.orders_note"]
    assert unused.statistics is not None
    assert unused.statistics.endswith("(0 days); no standby was connected")
    assert told["sequence_near_end", "public.orders.id"].text == (
        "public.orders_id_seq is at 2,000,000,000, 93 % of the way to 2,147,483,647, all that id (integer)"
        " can hold: 147,483,647 values are left"
    )
    assert told["never_vacuumed", "public.orders"].text == (
        "3,000 dead rows and 4,000 inserted ones, and neither VACUUM nor autovacuum was ever there:"
        " it is switched off"
    )

    # Today's counters say nothing yet of what was not used; the sequence is where it is.
    assert set(found(url)) == {("sequence_near_end", "public.orders.id")}

    with psycopg.connect(url, autocommit=True) as connection:
        for finding in told.values():
            for step in finding.fix.steps if finding.fix else ():
                connection.execute(step.sql.encode())
    until(url, "SELECT n_dead_tup = 0 FROM pg_stat_user_tables WHERE relname = 'orders'")
    assert set(found(url, NOW)) == set()


def url_database(url: str) -> str:
    """The database that a URL names."""
    with psycopg.connect(url) as connection:
        return connection.info.dbname


def test_counters_that_were_reset_say_nothing(server: PostgresServer, make_database: MakeDatabase) -> None:
    """After a reset the date is the server's, and the counters say nothing until they are old enough."""
    url = make_database(server, SCHEMA)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_reset()")
    until(url, "SELECT stats_reset IS NOT NULL FROM pg_stat_database WHERE datname = current_database()")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE orders")
        row = connection.execute(
            "SELECT to_char(stats_reset AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM pg_stat_database"
            " WHERE datname = current_database()"
        ).fetchone()
        assert set(found(url, NOW)) == {("sequence_near_end", "public.orders.id")}
        connection.execute("SELECT count(*) FROM orders")
    until(url, "SELECT seq_scan > 0 FROM pg_stat_user_tables WHERE relname = 'orders'")
    assert row is not None
    assert set(found(url)) == {("sequence_near_end", "public.orders.id")}
    told = found(url, NOW)
    assert {path for rule, path in told if rule == "unused_index"} == {
        "public.orders.orders_note",
        "public.orders.orders_state",
    }
    statistics = told["unused_index", "public.orders.orders_note"].statistics
    assert statistics is not None
    assert statistics.startswith(f"counters reset on {row[0]}, read on ")
