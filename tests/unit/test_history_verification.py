from __future__ import annotations

import msgspec
import pytest

from pgdossier.errors import SnapshotError
from pgdossier.history import verification
from pgdossier.history.unread_options import without_unread
from pgdossier.history.verification import Failure, Outcome, Verification, digest, judge, settled
from pgdossier.model.extensions import Extension
from pgdossier.model.foreign_data import ForeignDataWrapper, ForeignServer, UserMapping
from pgdossier.model.privileges import ChangedGrants
from pgdossier.model.relations import ForeignSource, Relation, RelationKind
from pgdossier.model.schemas import Schema
from pgdossier.model.scope import Gap, Scope
from pgdossier.model.snapshot import Structure
from tests.support.builders import column, index, sequence, snapshot, table, view


def of(*relations: Relation, **fields: object) -> Structure:
    """A structure of these relations and families."""
    schemas = (Schema(name="public", owner="o"), Schema(name="sales", owner="o"))
    return msgspec.structs.replace(snapshot(*relations).structure, schemas=schemas, **fields)


def verdict(original: Structure, rebuilt: Structure, *failures: tuple[str, str, str]) -> Verification:
    """The judgement; failures are statement, SQLSTATE and message."""
    found = tuple(Failure(statement=a, sqlstate=b, message=c) for a, b, c in failures)
    return judge(original, rebuilt, found, verified_on="2026-01-02")


T = table("sales.t", "a integer", pk="a")
U = table("sales.u", "a citext", "b integer")
CITEXT = Extension(name="citext", schema="public", version="1.6", objects=50)
NO_CITEXT = ("CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public CASCADE;", "0A000", "not available")
NO_TYPE = ("CREATE TABLE sales.u (\n    a public.citext\n);", "42704", 'type "public.citext" does not exist')


def test_the_same_structure_is_identical_whatever_the_database_is_called() -> None:
    """Name, owner and locale of the database, minor version and scope are not the script's business."""
    original = of(T)
    rebuilt = msgspec.structs.replace(
        original,
        database=msgspec.structs.replace(original.database, name="other", owner="x", collation="C"),
        server=msgspec.structs.replace(original.server, version="18.99", version_number=180099),
        scope=Scope(exclude=("x",)),
    )
    found = verdict(original, rebuilt)
    assert (found.outcome, found.differences, found.not_verifiable) == (Outcome.IDENTICAL, (), ())
    assert found.structure == digest(original)


def test_differences_are_said_from_the_original() -> None:
    """What is missing, what is too much, what is another."""
    found = verdict(of(T, U), of(table("sales.t", "a bigint", pk="a"), table("sales.v", "a integer")))
    assert found.outcome is Outcome.DIFFERENT
    assert found.differences == (
        "column a of table sales.t: type integer → bigint",
        "table sales.u is missing in the rebuilt database",
        "table sales.v is only in the rebuilt database",
    )


def test_a_failing_statement_is_a_difference_even_when_nothing_else_is() -> None:
    """SQL with a fault in it is never a success."""
    found = verdict(of(T), of(T), ("CREATE TBLE x ();", "42601", "syntax error"))
    assert found.outcome is Outcome.DIFFERENT
    assert found.differences == ("a statement fails: CREATE TBLE x ();: syntax error",)


def test_a_statement_that_names_what_was_made_fails_by_its_own_fault() -> None:
    """An error about an object that the script itself makes is not blamed on the server."""
    wrong = ("CREATE VIEW sales.v AS SELECT 1;", "42P01", 'relation "sales.t" does not exist')
    found = verdict(of(T, CITEXT_VIEW), of(T, CITEXT_VIEW), NO_CITEXT, wrong)
    assert any("sales.v" in line for line in found.differences)


CITEXT_VIEW = view("sales.v", "a integer")


def test_what_needs_a_missing_extension_is_not_verifiable_and_the_rest_is_verified() -> None:
    """The extension and the table that uses its type are named; the other table counts."""
    original = of(T, U, sequences=(sequence("sales.u_seq", owned_by="sales.u.b"),), extensions=(CITEXT,))
    comment = ("COMMENT ON TABLE sales.u IS 'x';", "42P01", 'relation "sales.u" does not exist')
    found = verdict(original, of(T), NO_CITEXT, NO_TYPE, comment)
    assert found.outcome is Outcome.PARTLY_IDENTICAL
    assert found.differences == ()
    assert [each.what.split(" WITH")[0] for each in found.not_verifiable] == [
        "CREATE EXTENSION IF NOT EXISTS citext",
        "CREATE TABLE sales.u",
    ]


def test_a_difference_beside_what_is_not_verifiable_still_counts() -> None:
    """What the server lacks excuses only what needs it."""
    found = verdict(of(T, U, extensions=(CITEXT,)), of(), NO_CITEXT, NO_TYPE)
    assert found.outcome is Outcome.DIFFERENT
    assert found.differences == ("table sales.t is missing in the rebuilt database",)


def test_nothing_verified_is_no_success() -> None:
    """When all objects need what is missing, there is no answer."""
    found = verdict(of(U, extensions=(CITEXT,)), of(), NO_CITEXT, NO_TYPE)
    assert found.outcome is Outcome.NOT_VERIFIABLE
    assert verification.EXIT_CODES[found.outcome] == 3


def test_one_part_that_could_not_be_made_does_not_excuse_another() -> None:
    """A default that needs the extension is excused; the type of the same table's other column is not."""
    before = table("sales.t", column("a text", default="public.f()"), "b integer")
    default = (
        "ALTER TABLE ONLY sales.t ALTER COLUMN a SET DEFAULT public.f();",
        "42883",
        "function public.f() does not exist",
    )
    found = verdict(
        of(before, extensions=(CITEXT,)), of(table("sales.t", "a text", "b bigint")), NO_CITEXT, default
    )
    assert found.differences == ("column b of table sales.t: type integer → bigint",)


def test_an_index_that_could_not_be_made_excuses_only_itself() -> None:
    """The table that the index is on is verified all the same."""
    before = table("sales.t", "a integer", "b text", indexes=[index("t_trgm", "b")])
    lacking = (
        "CREATE INDEX t_trgm ON ONLY sales.t USING gin (b public.gin_trgm_ops);",
        "42704",
        'operator class "public.gin_trgm_ops" does not exist for access method "gin"',
    )
    comment = ("COMMENT ON INDEX sales.t_trgm IS 'x';", "42P01", 'relation "sales.t_trgm" does not exist')
    found = verdict(
        of(before, extensions=(CITEXT,)),
        of(table("sales.t", "a bigint", "b text")),
        NO_CITEXT,
        lacking,
        comment,
    )
    assert found.differences == ("column a of table sales.t: type integer → bigint",)
    assert len(found.not_verifiable) == 2


def test_a_partition_that_lost_its_parent_is_excused() -> None:
    """What a partition has from a table that could not be made cannot be there."""
    part = table("sales.part", "a integer", partition_of="sales.u", bound="DEFAULT")
    alone = table("sales.part", "a integer")
    attach = (
        "ALTER TABLE ONLY sales.u\n    ATTACH PARTITION sales.part DEFAULT;",
        "42P01",
        'relation "sales.u" does not exist',
    )
    found = verdict(of(part, U, T, extensions=(CITEXT,)), of(alone, T), NO_CITEXT, NO_TYPE, attach)
    assert (found.outcome, found.differences) == (Outcome.PARTLY_IDENTICAL, ())


def test_a_missing_role_is_what_the_server_lacks() -> None:
    """The owner that could not be given is excused by the statement that failed."""
    owned = msgspec.structs.replace(T, owner="bob")
    lacking = ("ALTER TABLE sales.t OWNER TO bob;", "42704", 'role "bob" does not exist')
    found = verdict(of(owned, view("sales.v", "a integer")), of(T, view("sales.v", "a integer")), lacking)
    assert found.outcome is Outcome.PARTLY_IDENTICAL


def test_another_version_of_an_extension_is_a_fact_about_the_server() -> None:
    """The script cannot ask for a version that is not installed."""
    other = msgspec.structs.replace(CITEXT, version="1.4", objects=48)
    found = verdict(of(T, extensions=(CITEXT,)), of(T, extensions=(other,)))
    assert found.outcome is Outcome.PARTLY_IDENTICAL
    assert {each.what for each in found.not_verifiable} == {"extension citext"}


def test_another_major_version_proves_nothing_unless_it_is_equal() -> None:
    """Differences on another major are shown, but they are no verdict."""
    server = msgspec.structs.replace(of().server, version="13.4", version_number=130004)
    same = verdict(of(T), of(T, server=server))
    other = verdict(of(T), of(server=server))
    assert same.outcome is Outcome.IDENTICAL
    assert (other.outcome, other.major) == (Outcome.NOT_VERIFIABLE, 13)
    assert other.differences == ("table sales.t is missing in the rebuilt database",)


def test_gaps_are_not_verifiable() -> None:
    """What could not be read cannot be compared."""
    found = verdict(of(T, gaps=(Gap(family="policies", reason="permission denied"),)), of(T))
    assert found.outcome is Outcome.PARTLY_IDENTICAL
    assert found.not_verifiable[0].what == "policies"


def test_options_that_are_never_read_are_not_verifiable() -> None:
    """Secrets are no differences: they are named, with what they belong to; other options are compared."""
    wrapper = ForeignDataWrapper(name="w", owner="o", options=(("token", None), ("a", "1")))
    server = ForeignServer(
        name="srv",
        owner="o",
        wrapper="w",
        options=(("sslpassword", None),),
        user_mappings=(UserMapping(role="bob", options=(("password", None), ("user", "b"))), UserMapping()),
    )
    remote = msgspec.structs.replace(
        table("sales.r", "a integer"),
        kind=RelationKind.FOREIGN_TABLE,
        foreign_source=ForeignSource(server="srv", options=(("secret", None), ("t", "x"))),
        columns=(msgspec.structs.replace(column("a integer"), foreign_options=(("key", None),)),),
    )
    original = of(remote, foreign_data_wrappers=(wrapper,), foreign_servers=(server,))
    found = verdict(original, without_unread(original))
    assert (found.outcome, found.differences) == (Outcome.PARTLY_IDENTICAL, ())
    assert [(each.what, each.reason.split(" is never")[0]) for each in found.not_verifiable] == [
        ("foreign-data wrapper w", "the value of its option token"),
        ("foreign server srv", "the value of its option sslpassword"),
        ("user mapping bob of foreign server srv", "the value of its option password"),
        ("foreign table sales.r", "the value of its option secret"),
        ("column a of foreign table sales.r", "the value of its option key"),
    ]
    other = msgspec.structs.replace(wrapper, options=(("a", "2"),))
    assert verdict(
        original, of(remote, foreign_data_wrappers=(other,), foreign_servers=(server,))
    ).outcome is (Outcome.DIFFERENT)


def test_grants_on_what_belongs_to_another_role_are_not_verifiable() -> None:
    """An extension belongs to whoever makes it: only where that is the same role are its grants compared."""
    there = of(T).database.owner
    mine = ChangedGrants(object="FUNCTION s.f()", owner=there)
    other = ChangedGrants(object="FUNCTION s.g()", owner="somebody else")
    found = verdict(of(T, changed_grants=(mine, other)), of(T))
    assert found.differences == ("changed grants on FUNCTION s.f() is missing in the rebuilt database",)
    assert [each.what for each in found.not_verifiable] == ["grants on FUNCTION s.g()"]


def test_expressions_are_compared_in_the_spelling_that_lasts() -> None:
    """PostgreSQL prints IN lists of varchar otherwise once they were loaded from what it printed."""
    kept = "(x)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[])"
    printed = "(x)::text = ANY (ARRAY[('a'::character varying)::text, ('it''s'::character varying)::text])"
    assert settled(kept) == printed == settled(printed)


def test_json_is_read_back() -> None:
    """`verification.json` gives the value that it was written from; anything else is refused."""
    found = verdict(of(T, U), of(T))
    assert verification.decode(verification.encode(found)) == found
    with pytest.raises(SnapshotError):
        verification.decode(b"{}")
