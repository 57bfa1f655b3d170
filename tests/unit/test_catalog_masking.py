"""Secrets in texts that people wrote: masked where only a secret can stand, everything else kept."""

from __future__ import annotations

import pytest

from pgdossier.catalog.masking import masked, without_secrets
from pgdossier.ddl.script import schema_script
from pgdossier.model.masking import MASK
from pgdossier.model.routines import Routine, RoutineKind
from tests.support.builders import column, snapshot, table, view


@pytest.mark.parametrize(
    "text",
    [
        "SELECT dblink('host=db.example dbname=x user=u password=S3CR3T', 'select 1')",
        "dblink_connect('password=S3CR3T host=x')",
        "dblink('postgresql://u:S3CR3T@h/db','x')",
        "dblink('host=h password=''S3CR3T'' user=u')",
        "dblink(('host=h password='::text || 'S3CR3T'::text))",
        "'host='||h||' password=S3CR3T'",
        "EXECUTE 'CREATE ROLE x PASSWORD ''S3CR3T'''",
        "CREATE USER MAPPING FOR x SERVER y OPTIONS (user 'u', password 'S3CR3T')",
        "v_password constant text := 'S3CR3T';",
        "pwd text DEFAULT 'S3CR3T'::text",
        "PERFORM set_config('app.jwt_secret', 'S3CR3T', true)",
        "SET app.secret TO 'S3CR3T'",
        "UPDATE accounts SET password = 'S3CR3T'",
        "pgp_sym_encrypt(NEW.ssn, 'S3CR3T')",
        "pgp_sym_decrypt(data::bytea, 'S3CR3T'::text)",
        "'Driver=x;Server=y;Uid=z;Pwd=S3CR3T;'",
        "http_header('Authorization', 'Bearer S3CR3Txxxxxxxxxxxxxxxx')",
        "https://h.example/x?api_key=S3CR3T&y=1",
        '{"password": "S3CR3T"}',
        "user=u password=S3CR3T",
        "-----BEGIN PRIVATE KEY-----\nS3CR3T\n-----END PRIVATE KEY-----",
    ],
)
def test_secrets_are_masked(text: str) -> None:
    """A mark stands in their place; doing it again changes nothing."""
    found = without_secrets(text)
    assert "S3CR3T" not in found
    assert MASK in found
    assert without_secrets(found) == found


@pytest.mark.parametrize(
    "text",
    [
        "WHERE password = crypt(p, password)",
        "(password)::text = ANY (x)",
        "format('host=%s password=%s user=%s', a, b, c)",
        "'password=' || quote_literal(p)",
        "'host=' || h || ' password=' || p",
        "WHERE user = $1 AND password = $2",
        "user = u and password = p",
        "token = NEW.token",
        "RAISE EXCEPTION 'Wrong password'",
        "RAISE NOTICE 'the password % is wrong', 'x'",
        "password text NOT NULL",
        "https://example.org/a:b",
        "mailto:a@b.example",
        "SELECT secret FROM x",
        "CHECK ((password ~ '^.{8}'::text))",
        "password_changed_at := now()",
        "api_key text DEFAULT gen_random_uuid()",
        "v_password text := md5(random()::text);",
        "EXECUTE format('ALTER ROLE x PASSWORD %L', p)",
        "https://u:***@h.example",
    ],
)
def test_everything_else_is_kept(text: str) -> None:
    """Comparisons, variables, placeholders and messages are no secrets."""
    assert without_secrets(text) == text


def test_a_snapshot_says_what_was_masked() -> None:
    """Bodies, queries, defaults and settings lose secrets; a gap names each object, schema.sql says so."""
    function = Routine(
        schema="public",
        name="pull",
        kind=RoutineKind.FUNCTION,
        owner="owner",
        language="sql",
        result="integer",
        configuration=("app.secret=S3CR3T",),
        definition="CREATE OR REPLACE FUNCTION public.pull() RETURNS integer LANGUAGE sql\n"
        "AS $function$SELECT dblink('host=h password=S3CR3T')$function$\n",
    )
    before = snapshot(
        table(
            "accounts", "id integer", "password text default 'S3CR3T'::text", "city text default 'O'::text"
        ),
        table("others", column("id integer", comment="postgres://u:S3CR3T@h/x")),
        view("seen", "id integer", definition=" SELECT 1 FROM dblink('host=h password=S3CR3T') d(x)"),
        routines=(function,),
    )
    after = masked(before)
    script = schema_script(after)
    assert "S3CR3T" in schema_script(before)
    assert "S3CR3T" not in script
    assert "'O'" in script
    assert script.count("-- A secret in what follows was masked") == 4
    assert [gap.reason for gap in after.structure.gaps] == [
        "a comment of table public.others holds a secret, which was masked",
        "the default of a column of table public.accounts holds a secret, which was masked",
        "the definition of view public.seen holds a secret, which was masked",
        "a text of function public.pull() holds a secret, which was masked",
        "the definition of function public.pull() holds a secret, which was masked",
    ]


def test_a_snapshot_without_secrets_is_left_as_it_is() -> None:
    """Nothing is copied where nothing is to be masked."""
    before = snapshot(table("users", "id integer", "password text"))
    assert masked(before) is before
    again = masked(snapshot(table("users", "password text default 'x'::text")))
    assert masked(again) is again
