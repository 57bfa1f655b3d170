"""What `--redact` takes out of texts, and what it leaves as it is."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pgdossier.config import load
from pgdossier.ddl.script import schema_script
from pgdossier.errors import UsageError
from pgdossier.history import revisions
from pgdossier.history.verification import Failure, Outcome, judge
from pgdossier.model import redaction
from pgdossier.model.masking import REDACTED
from pgdossier.model.redaction import Redaction, redacted
from pgdossier.model.roles import Role, SessionSetting
from pgdossier.model.routines import Routine, RoutineKind
from pgdossier.model.snapshot import Snapshot
from tests.support.builders import column, snapshot, table, view

ACCOUNT = r"DE\d{6}"

# Every text of the model that names something, says what kind it is or when, or that pgdossier wrote itself.
# A new one is to be put here, or among those of `pgdossier.model.redaction`.
NAMES = re.findall(
    r"\S+",
    """
access_method applied_at available_extensions base_type captured_on collate collation collation_version
collation_version_now column columns commutator compression configured_at connected_since constraint
context counted_since ctype database databases default_version depends_on_extensions encoding end event
exclude extremes_since family from_encoding from_sql function functions generated_columns
grantee grantor handler headline how id identity_arguments inactive_since include init inline
invalidation item join key kind kinds labels language last_analyze last_archived_at last_autoanalyze
last_autovacuum last_failed_at last_index_scan last_message_at last_scan last_sequential_scan last_vacuum
left lexize locale method multirange multirange_schema name negator new_table not_null_name object
objects old_table oldest_database on_delete_columns operations operator_class owner parent_columns part
part_name plugin privilege probed_on problem provider publications reason relation remedy requires
restrict result right role roles schema schemas search_path server setting_classes since slot source
start started_at state status storage subtype sync_state table tablespace tags taken_at target
target_columns time_zone to_encoding to_sql token tool transport type types unexplained unit
update_columns valid_until validator version version_text wal_status wrapper
ObjectName.arguments RoutineName.arguments
Column.options Index.options Relation.options Subscription.options
""",
)


def _structs(kind: object) -> Iterator[type[msgspec.Struct]]:
    for inner in typing.get_args(kind):
        yield from _structs(inner)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind


def _holds_text(kind: object) -> bool:
    return kind is str or any(map(_holds_text, typing.get_args(kind)))


def _all_structs() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    waiting: list[type[msgspec.Struct]] = [Snapshot]
    while waiting:
        struct = waiting.pop()
        if struct.__name__ in found:
            continue
        hints = typing.get_type_hints(struct, include_extras=True)
        found[struct.__name__] = hints
        waiting += [each for hint in hints.values() for each in _structs(hint)]
    return found


def test_every_text_of_the_model_is_a_name_or_redacted() -> None:
    """No text of the model is in neither list, and what is to be redacted exists."""
    structs = _all_structs()
    lists = (redaction.PLAIN, redaction.SQL, redaction.ASSIGNMENTS)
    for texts in lists:
        for struct, fields in texts.items():
            assert fields <= structs[struct].keys(), struct
    left = {
        f"{struct}.{field}"
        for struct, hints in structs.items()
        for field, hint in hints.items()
        if _holds_text(hint)
        and field != redaction.COMMENT
        and not (field in redaction.OPTIONS and hint == tuple[tuple[str, str | None], ...])
        and not any(field in texts.get(struct, ()) for texts in lists)
        and not {field, f"{struct}.{field}"} & set(NAMES)
    }
    assert left == set()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("CHECK ((iban <> 'DE123456'::text))", "CHECK ((iban <> 'MARK'::text))"),
        ('SELECT "DE123456", DE123456 FROM x', 'SELECT "DE123456", DE123456 FROM x'),
        ("SELECT 1 -- of DE123456\n, 'a'", "SELECT 1 -- of MARK\n, 'a'"),
        ("/* DE123456 */ SELECT", "/* MARK */ SELECT"),
        ("AS $body$ call(DE123456); $body$", "AS $body$ call(MARK); $body$"),
        ("E'a\\'DE123456'", "E'a\\'MARK'"),
        ("WHERE pin = 1234 AND x = 12", "WHERE pin = 'MARK' AND x = 12"),
        ("'it''s''so'", "'MARKso'"),
        ("'exactly'", "'MARK'"),
        ("'not exactly'", "'not exactly'"),
        ("'DE123456DE123456'", "'MARK'"),
    ],
)
def test_values_within_sql(sql: str, expected: str) -> None:
    """Literals, numbers, bodies and remarks lose what matches, names never; again changes nothing."""
    patterns = Redaction((ACCOUNT, r"pin = \d+", "^exactly$", "it's?'s?'"))
    found = patterns.sql(sql)
    assert found == expected.replace("MARK", REDACTED)
    assert patterns.sql(found) == found


def test_a_pattern_for_everything_leaves_what_parses() -> None:
    """Where all is redacted a literal is still one, and the mark is not taken for text."""
    patterns = Redaction((".", r"\w+"))
    found = patterns.sql("SELECT 'a b' FROM t WHERE n = 12.5 AND f($1)")
    assert found == f"SELECT '{REDACTED}' FROM t WHERE n = '{REDACTED}' AND f($1)"
    assert patterns.sql(found) == found
    assert patterns.plain(patterns.plain("two words")) == REDACTED


def _example() -> Snapshot:
    function = Routine(
        schema="public",
        name="DE123456",
        kind=RoutineKind.FUNCTION,
        owner="owner",
        language="sql",
        arguments="a text DEFAULT 'DE111111'::text",
        result="integer",
        configuration=("app.account=DE222222",),
        definition="CREATE OR REPLACE FUNCTION public.\"DE123456\"(a text DEFAULT 'DE111111'::text)\n"
        " RETURNS integer LANGUAGE sql\nAS $function$SELECT 'DE333333', 'DE444444'$function$\n",
    )
    return snapshot(
        table(
            "accounts",
            "id integer",
            column("iban text default 'DE555555'::text", comment="As in DE666666 or DE777777"),
        ),
        view("seen", "id integer", definition=" SELECT 1 WHERE 'DE888888'::text = ''"),
        routines=(function,),
        roles=(Role(name="reader", settings=(SessionSetting(name="app.x", value="DE999999"),)),),
    )


def test_a_snapshot_says_what_was_redacted() -> None:
    """Texts are redacted everywhere and names nowhere; gaps count the places of each object, once."""
    before = _example()
    after = redacted(before, (ACCOUNT,))
    kept = msgspec.json.encode(after).decode()
    (function,) = after.structure.routines
    assert function.name == "DE123456"
    assert 'FUNCTION public."DE123456"(' in (function.definition or "")
    for digit in "123456789":
        assert "DE" + digit * 6 not in kept
    reasons = [gap.reason for gap in after.structure.gaps]
    assert sorted(reasons) == [
        f"8 places were redacted in 4 objects, as the run was told to; {REDACTED} stands there",
        "function public.DE123456(): 3 places were redacted",
        "role reader: 1 place was redacted",
        "table public.accounts: 3 places were redacted",
        "view public.seen: 1 place was redacted",
    ]
    assert redacted(after, (ACCOUNT,)) is after
    assert "-- Something in what follows was redacted" in schema_script(after)


def test_nothing_is_copied_where_nothing_matches() -> None:
    """Without patterns, and with patterns that match nothing, a snapshot stays the object that it is."""
    before = _example()
    assert redacted(before, ()) is before
    assert redacted(before, ("nowhere",)) is before


def test_a_bad_pattern_is_not_repeated(tmp_path: Path) -> None:
    """A pattern that is none is an error of usage that gives its number and not its text."""
    file = tmp_path / "pgdossier.toml"
    file.write_text("redact = ['fine', '(hunter2']\n", encoding="utf-8")
    flags: dict[str, object] = {"redact": ("fine", "(hunter2")}
    for given, path in ((flags, None), ({}, file)):
        with pytest.raises(UsageError) as caught:
            load(given, file=path)
        assert "pattern 2" in caught.value.message
        assert "hunter2" not in caught.value.message + str(caught.value.hint)
        assert caught.value.code == 2


def test_a_pattern_without_end_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern that would take for ever ends as an error."""
    monkeypatch.setattr(redaction, "ONE_TEXT", 0.2)
    with pytest.raises(UsageError, match="take too long") as caught:
        Redaction((r"(a|aa)+$",)).plain("a" * 5000 + "!")
    assert caught.value.code == 2


def test_all_texts_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow on each of many texts is too slow as well."""
    monkeypatch.setattr(redaction, "ALL_TEXTS", 0.0)
    with pytest.raises(UsageError, match="take too long"):
        Redaction(("a",)).sql("b")


def test_a_redacted_statement_that_fails_is_not_a_difference() -> None:
    """What was redacted cannot be proved: it is listed as not verifiable."""
    after = redacted(
        snapshot(table("a", "id integer", "n integer default 1234567"), table("b", "id integer")),
        (r"\d{7}",),
    )
    rebuilt = msgspec.structs.replace(
        after.structure, relations=tuple(each for each in after.structure.relations if each.name == "b")
    )
    failure = Failure(
        statement=f"CREATE TABLE public.a (\n    id integer,\n    n integer DEFAULT '{REDACTED}'\n)",
        sqlstate="22P02",
        message=f'invalid input syntax for type integer: "{REDACTED}"',
    )
    found = judge(after.structure, rebuilt, (failure,), verified_on="2026-01-01")
    assert found.outcome is Outcome.PARTLY_IDENTICAL
    assert any(each.what == "what was redacted" for each in found.not_verifiable)


def test_what_history_told_is_redacted() -> None:
    """A revision that was written before anybody asked for it does not keep the text."""
    known = revisions.begin(_example(), "first", author=None, read_by="1")
    change = revisions.Change(
        kind="table", name="accounts", schema="public", what="default 'DE555555' → none"
    )
    changed = msgspec.structs.replace(known.current, changes=(change,))
    history = msgspec.structs.replace(known, revisions=(changed,))
    after = history.redacted(Redaction((ACCOUNT,)).plain)
    assert after.current.changes[0].what == f"default '{REDACTED}' → none"
    assert history.redacted(Redaction(("nowhere",)).plain) is history
