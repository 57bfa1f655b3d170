"""What failed connections are called, and that no secret gets into it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from pgdossier import catalog
from pgdossier.catalog import failures
from pgdossier.catalog.failures import Target
from pgdossier.errors import ConnectionFailed, DossierError, ServerError, UsageError

TARGET = Target(host="db.example", port="6543", database="shop", user="reader")
PLACE = "the server at db.example, port 6543"
PREFIX = 'connection failed: connection to server at "10.0.0.1", port 6543 failed: '


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        (
            'FATAL:  password authentication failed for user "reader"',
            ConnectionFailed,
            f'{PLACE} refused the password or the credentials of role "reader"',
        ),
        (
            "fe_sendauth: no password supplied",
            ConnectionFailed,
            f'{PLACE} asks for the password of role "reader", and none was given',
        ),
        (
            'FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "reader", database "shop", no encryption',
            ConnectionFailed,
            f"{PLACE} refuses connections without TLS",
        ),
        (
            'FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "reader", database "shop", SSL off',
            ConnectionFailed,
            f"{PLACE} refuses connections without TLS",
        ),
        (
            'FATAL:  no pg_hba.conf entry for host "1.2.3.4", user "reader", database "shop", SSL encryption',
            ConnectionFailed,
            f'{PLACE} does not let role "reader" into database "shop" from this machine',
        ),
        (
            "server does not support SSL, but SSL was required",
            ConnectionFailed,
            f"{PLACE} does not speak TLS, which the source asks for",
        ),
        (
            'root certificate file "/home/x/.postgresql/root.crt" does not exist',
            ConnectionFailed,
            f"the TLS connection to {PLACE} failed: a certificate was not accepted or not found",
        ),
        ("SSL error: certificate verify failed", ConnectionFailed, "the TLS connection"),
        (
            'FATAL:  database "shop" does not exist',
            ConnectionFailed,
            f'database "shop" does not exist on {PLACE}',
        ),
        (
            'FATAL:  role "reader" does not exist',
            ConnectionFailed,
            f'role "reader" does not exist on {PLACE}',
        ),
        ("FATAL:  sorry, too many clients already", ConnectionFailed, f"{PLACE} has no connection left"),
        (
            "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute",
            ConnectionFailed,
            f"{PLACE} has no connection left",
        ),
        (
            "FATAL:  the database system is starting up",
            ConnectionFailed,
            f"{PLACE} does not accept connections at the moment",
        ),
        ("received invalid response to SSL negotiation: H", ServerError, "what answers at"),
        ("expected authentication request from server, but received H", ServerError, "what answers at"),
        ("SSL error: wrong version number", ServerError, "what answers at"),
        ("connection timeout expired", ConnectionFailed, f"{PLACE} did not answer in time"),
        ("Connection refused", ConnectionFailed, f"{PLACE} cannot be reached"),
        (
            "FATAL:  a pooler's own words",
            ConnectionFailed,
            f"{PLACE} refused the connection: a pooler's own words",
        ),
        ("something that libpq never said before", ConnectionFailed, f"the connection to {PLACE} failed"),
        ('invalid sslmode value: "s3cret"', UsageError, "a setting of the connection string has a value"),
        ('invalid port number: "s3cret"', UsageError, "a setting of the connection string has a value"),
        ('definition of service "x" not found', UsageError, "the service that the source names"),
    ],
)
def test_messages(said: str, kind: type[DossierError], message: str) -> None:
    """Every kind of refusal has its sentence, the place, and a hint."""
    error = failures.connecting(PREFIX + said, TARGET)
    assert type(error) is kind
    assert error.message.startswith(message)
    assert error.hint
    assert "s3cret" not in error.message


@pytest.mark.parametrize(
    ("target", "place"),
    [
        (Target(), "the local server"),
        (Target(service="shop"), "the server of the service shop"),
        (Target(host="/run/postgresql", port="5432"), "the server on socket /run/postgresql"),
        (Target(host="h"), "the server at h"),
        (Target(host="h", port="1"), "the server at h, port 1"),
    ],
)
def test_places(target: Target, place: str) -> None:
    """A server is called by what is known of it."""
    assert target.place == place


@pytest.mark.parametrize(
    ("version", "name"), [(120022, "12"), (100001, "10"), (90624, "9.6"), (80002, "8.0")]
)
def test_old_versions(version: int, name: str) -> None:
    """Versions before 10 have two numbers."""
    assert f"is PostgreSQL {name};" in failures.too_old(version, TARGET).message


MALFORMED = [
    "host=db password=my s3cret",
    "shop s3cret",
    "s3cret",
    "host=db password='s3cret",
    "postgresql://u:p@s3cret@host/db",
    "postgresql://u:p@s3cret/x@host/db",
    "postgresql://u:5432/s3cret@host/db",
    "postgresql://u:s3cret%zz@host/db",
    "postgresql://host/db?s3cret",
    "postgresql://host/db?s3cret=1",
    "postgresql://[s3cret/db",
    "mysql://u:s3cret@host/db",
    "mongodb+srv://u:s3cret@host/db",
]


@pytest.mark.parametrize("source", MALFORMED)
def test_malformed_sources_are_not_shown(source: str) -> None:
    """A malformed source is a usage error that shows nothing of it, for a piece of it may be a password."""
    with pytest.raises(UsageError) as caught:
        catalog.read(source)
    error = caught.value
    assert "s3cret" not in f"{error.message} {error.hint} {error.args}"
    assert error.hint
    assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("postgresql://u@h/d", 10),
        ("postgresql://u@h/d?connect_timeout=3", "3"),
        ("host=h connect_timeout=0", "0"),
    ],
)
def test_connection_timeout(source: str, expected: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a connect_timeout of the user's own, ten seconds are enough."""
    given: dict[str, Any] = {}

    def connect(**parameters: Any) -> None:
        given.update(parameters)
        raise psycopg.OperationalError("connection timeout expired")

    monkeypatch.delenv("PGCONNECT_TIMEOUT", raising=False)
    monkeypatch.setattr(psycopg, "connect", connect)
    with pytest.raises(ConnectionFailed):
        catalog.read(source)
    assert given["connect_timeout"] == expected
    assert given["application_name"] == "pgdossier"


def test_timeout_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """$PGCONNECT_TIMEOUT is left to libpq."""
    given: dict[str, Any] = {}

    def connect(**parameters: Any) -> None:
        given.update(parameters)
        raise psycopg.OperationalError("connection timeout expired")

    monkeypatch.setenv("PGCONNECT_TIMEOUT", "42")
    monkeypatch.setattr(psycopg, "connect", connect)
    with pytest.raises(ConnectionFailed):
        catalog.read("host=h")
    assert "connect_timeout" not in given
