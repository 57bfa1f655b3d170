"""Secrets in texts that people wrote: masked where only a secret can stand, everything else kept."""

from __future__ import annotations

import time

import msgspec
import pytest

from pgdossier.catalog.masking import _HINT, _WORDS, masked_structure, without_secrets
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
        "COPY t FROM PROGRAM 'PGPASSWORD=S3CR3T psql -h far'",
        "export AWS_SECRET_ACCESS_KEY='S3CR3T'",
        "COPY t FROM PROGRAM 'curl -u admin:S3CR3T https://h.example'",
        "'mysqldump -uroot -pS3CR3T shop'",
        "'load --password=S3CR3T shop'",
        "'load --token S3CR3T shop'",
        "WHERE password = 'S3CR3T'",
        "CHECK (((password)::text <> 'S3CR3T'::text))",
        "IF p_secret IS DISTINCT FROM 'S3CR3T' THEN",
        "create_bucket(secret_key => 'S3CR3T')",
        "v_pass constant varchar(20) := 'S3CR3T';",
        "create_aws_credentials('AKIAIOSFODNN7EXAMPLE', 'S3CR3T', '')",
        "http_header('X-Api-Key', 'S3CR3T')",
        "http_header('Authorization', 'Token S3CR3T')",
        "IDENTIFIED BY 'S3CR3T'",
        "ALTER ROLE x PASSWORD $$S3CR3T$$",
        "dblink(concat('host=h password=', 'S3CR3T'), 'x')",
        "dblink(format('host=%s password=%s', h, 'S3CR3T'))",
        "decrypt(x, 'S3CR3T'::bytea, 'aes')",
        "hmac(x, 'S3CR3T', 'sha256')",
        "crypt('S3CR3T', gen_salt('bf'))",
        "vault.create_secret('S3CR3T', 'name')",
        "jsonb_build_object('user', 'x', 'password', 'S3CR3T')",
        "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=S3CR3T",
        "The password is S3CR3Tas9x, ask Jane.",
        "set_config('app.key','S3CR3T',false)",
        "SET app.jwt_secret TO S3CR3T",
    ],
)
def test_secrets_are_masked(text: str) -> None:
    """A mark stands in their place; doing it again changes nothing."""
    found = without_secrets(text)
    assert "S3CR3T" not in found
    assert MASK in found
    assert without_secrets(found) == found


def _of(*parts: str) -> str:
    """A made-up key, put together here so that nobody who searches for keys finds one."""
    return "".join(parts)


@pytest.mark.parametrize(
    "key",
    [
        _of("AK", "IA", "IOSFODNN7EXAMPLE"),
        _of("AS", "IA", "IOSFODNN7EXAMPLE"),
        _of("AI", "za", "SyA1234567890abcdefghijklmnopqrstuv"),
        _of("ey", "J", "hbGciOiJIUzI1NiJ9.ey", "JzdWIiOiIxMjM0NTY3ODkw.dozjgNryP4J3jVmNHl0w5N"),
        _of("gl", "pat-", "abcdefghijklmnopqrst"),
        _of("github", "_pat_", "11ABCDEFG0abcdefghijklmnop"),
        _of("n", "pm_", "abcdefghijklmnopqrstuvwxyz0123456789"),
        _of("S", "G.", "abcdefghijklmnopqrstuv.abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"),
        _of("xo", "xb-", "123456789012-abcdefghijkl"),
    ],
)
def test_keys_that_say_what_they_are_are_masked(key: str) -> None:
    """Keys of well-known services are masked wherever they stand."""
    assert without_secrets(f"SELECT call('{key}', 5)") == f"SELECT call('{MASK}', 5)"
    assert key not in without_secrets(f"https://x.example/{key}")


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
        "CHECK ((password <> ''::text))",
        "EXECUTE 'ALTER ROLE x PASSWORD ''' || p || ''''",
        "'password='||quote_literal(p)||' host=h'",
        "WHERE password = ''||p",
        "-- token is what the client sends",
        "password: hashed with bcrypt",
        "SET app.jwt_secret TO DEFAULT",
        "name IN ('password', 'email')",
        "curl -u $USER https://h.example",
        "bypass 'x'",
        "encrypt(data, key, 'aes')",
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
    after = msgspec.structs.replace(before, structure=masked_structure(before.structure))
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
    before = snapshot(table("users", "id integer", "password text")).structure
    assert masked_structure(before) is before
    again = masked_structure(snapshot(table("users", "password text default 'x'::text")).structure)
    assert masked_structure(again) is again


@pytest.mark.parametrize(
    "piece",
    [
        "password ",
        "password::text ",
        "secret_",
        "a",
        "host=a ",
        "format('",
        "--a-",
        "export A_",
        "jsonb_build_object(",
        "curl -u ",
        "hmac(",
        "://",
        "x://",
        "'password",
        "pgp_sym_encrypt(",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    """Time grows with the length of a text, not with its square: a comment may have ten megabytes."""
    text = "password " + piece * (40_000 // len(piece))
    began = time.process_time()
    without_secrets(text)
    assert time.process_time() - began < 2


# One text for each way in which a hint can be written.
HINTS = (
    "passw passphrase pwd secret token apikey api_key api-key access_key|access key|account key|accountkey"
    "|private key|private_key|x://y|Authorization|bearer x|basic x|pgp_sym_decrypt|pgp_pub_decrypt|encrypt"
    "|decrypt|set_config|credential| crypt|hmac|identified by|db_pass|a pass|a pw|curl|mysql|AKIA|ASIA"
    "|sk_live|sk-|ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-|npm_|xoxa-|xoxb-|xoxp-|xoxr-|xoxs-|AIza|eyJ"
    "| SG."
)


@pytest.mark.parametrize("text", [*HINTS.partition("|")[0].split(), *HINTS.split("|")])
def test_a_hint_is_found_by_its_word(text: str) -> None:
    """What the pattern of all hints finds has one of the words that are looked for first."""
    assert _HINT.search(text)
    assert any(word in text.lower() for word in _WORDS)


@pytest.mark.parametrize("sign", ["", "-", "é"])
def test_a_name_that_is_a_key_is_masked(sign: str) -> None:
    """A key that says what it is, is found in names too, whatever signs other names have."""
    key = f"ghp_{'x1' * 20}"
    tables = (table(f"other{sign}", "id integer"), table(key, "id integer", "password text"))
    assert key not in str(masked_structure(snapshot(*tables).structure).relations)


def test_names_of_other_objects_do_not_hide_a_secret() -> None:
    """Of a thousand tables the one with a secret is masked, wherever in the table it stands."""
    tables = [table(f"t{number:03}", "id integer") for number in range(1000)]
    hiding = view("t500v", "id integer", definition=" SELECT 1 FROM dblink('host=h password=S3CR3T') d(x)")
    found = masked_structure(snapshot(*tables[:500], hiding, *tables[500:]).structure)
    assert "S3CR3T" not in str(found)
    assert [each for each in found.relations if each.kind == "table"] == tables
