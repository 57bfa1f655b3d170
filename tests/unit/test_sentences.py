"""What the document says about one thing: the right words for what the catalogs say, and nothing more."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from pgdossier.analysis import analyse
from pgdossier.analysis.relationships import Relationship
from pgdossier.model.constraints import Action, Check, ForeignKey, Match
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.model.policies import Command, Policy
from pgdossier.model.privileges import ChangedGrants, Grant
from pgdossier.model.triggers import Enabled, Event, Level, Timing, Trigger
from pgdossier.render import escaping, sentences, words
from pgdossier.render.links import Links
from pgdossier.render.page import Drawings, Linked, Page
from pgdossier.render.relation import column_marks
from tests.golden.library import LIBRARY

ANALYSIS = analyse(LIBRARY)
RELATIONS = ANALYSIS.lookup.relations
BOOKS, LOANS = RELATIONS[QualifiedName("library", "books")], RELATIONS[QualifiedName("library", "loans")]
PAGE = Page(
    path="README.md",
    links=Links(split=False, relations=frozenset(RELATIONS)),
    analysis=ANALYSIS,
    drawings=Drawings(),
    qualify=False,
    routines=frozenset({RoutineName("library", "remind")}),
    prompts={},
)
KEY = ForeignKey(
    name="k",
    columns=("a", "b"),
    target=QualifiedName("s", "parent"),
    target_columns=("x", "y"),
    definition="",
)


def _relationship(*, many: bool = True, optional: bool = False, self_reference: bool = False) -> Relationship:
    return Relationship(
        child=QualifiedName("s", "child"),
        parent=QualifiedName("s", "parent"),
        key=KEY,
        many=many,
        optional=optional,
        identifying=False,
        self_reference=self_reference,
        documented=True,
    )


@pytest.mark.parametrize(
    ("many", "optional", "notation", "sentence"),
    [
        (
            True,
            False,
            "1 : 0..n",
            "Each P row has any number of C rows; each C row belongs to exactly one P row.",
        ),
        (
            True,
            True,
            "0..1 : 0..n",
            "Each P row has any number of C rows; each C row belongs to at most one P row.",
        ),
        (
            False,
            False,
            "1 : 0..1",
            "Each P row has at most one C row; each C row belongs to exactly one P row.",
        ),
        (
            False,
            True,
            "0..1 : 0..1",
            "Each P row has at most one C row; each C row belongs to at most one P row.",
        ),
    ],
)
def test_cardinality(many: bool, optional: bool, notation: str, sentence: str) -> None:
    """The four kinds of relationship, in the usual notation and in words."""
    found = _relationship(many=many, optional=optional)
    assert words.cardinality(found) == notation
    assert words.sentence(found, "P", "C") == sentence


def test_pages_of_a_folder_share_their_links() -> None:
    """A link leads to the anchor on the relation's own page, and to that page from others."""
    links = Links(split=True, relations=frozenset(RELATIONS))
    for first, second in ((BOOKS, LOANS), (LOANS, BOOKS)):
        shared: dict[QualifiedName, Linked] = {}
        own, other = (
            replace(PAGE, path=links.page_path(one.qualified), links=links, linked=shared)
            for one in (first, second)
        )
        name = first.qualified
        assert [page.relation(name) for page in (own, other, own)] == [
            f"[`{name.name}`](#relation-library.{name.name})",
            f"[`{name.name}`](library.{name.name}.md)",
            f"[`{name.name}`](#relation-library.{name.name})",
        ]
        assert own.relation(second.qualified) == f"[`{second.name}`](library.{second.name}.md)"
        assert other.relation(second.qualified) == f"[`{second.name}`](#relation-library.{second.name})"


def test_a_self_reference() -> None:
    """A tree is not told as if there were two tables."""
    found = _relationship(optional=True, self_reference=True)
    said = words.sentence(found, "T", "T")
    assert said == "Each T row points to at most one T row, and any number of T rows point to it."


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"on_delete": Action.CASCADE}, "deletes the child rows"),
        ({"on_delete": Action.SET_NULL}, "sets `a` and `b` to null"),
        (
            {"on_delete": Action.SET_NULL, "on_delete_columns": ("b",)},
            "sets `b` to null",
        ),
        ({"on_delete": Action.SET_DEFAULT}, "sets `a` and `b` to the default"),
        ({"on_delete": Action.RESTRICT}, "is refused while the child rows exist"),
        ({"on_delete": Action.NO_ACTION}, "is refused while the child rows exist"),
        ({"on_delete": Action.UNKNOWN}, "does what is not known here"),
    ],
)
def test_deletion(changes: dict[str, object], said: str) -> None:
    """Each action in words, with the columns that it touches."""
    assert words.on_delete(msgspec.structs.replace(KEY, **changes)) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"validated": False}, ["not validated: older rows may break it"]),
        ({"enforced": False, "validated": False}, ["not enforced"]),
        ({"match": Match.FULL}, ["all columns null or none (MATCH FULL)"]),
        ({"match": Match.FULL, "columns": ("a",)}, []),
        ({"deferrable": True}, ["deferrable"]),
        ({"deferrable": True, "initially_deferred": True}, ["checked at commit"]),
        ({"on_update": Action.CASCADE}, ["follows changes of the key"]),
        ({"on_update": Action.SET_NULL}, ["on update set null"]),
        ({"period": True}, ["for the same period (temporal)"]),
    ],
)
def test_reservations(changes: dict[str, object], said: list[str]) -> None:
    """What weakens a foreign key is said, what is usual is not."""
    assert words.reservations(msgspec.structs.replace(KEY, **changes)) == said


def test_both_ends_tell_a_relationship() -> None:
    """The child and the parent each say it from their side, with links."""
    (found,) = ANALYSIS.relationships
    assert sentences.outgoing_sentence(found, ANALYSIS, PAGE) == (
        "Each row belongs to exactly one [`books`](#relation-library.books) row "
        "(`loans_book_id_fkey`; `book_id` → `id`; deleting the parent row deletes the child rows)"
    )
    assert sentences.incoming_sentence(found, PAGE) == (
        "Each row has any number of [`loans`](#relation-library.loans) rows "
        "(`book_id`; deleting a row here deletes those rows)"
    )


def test_facts() -> None:
    """The strip under a heading counts in the right number and leaves out what is usual."""
    assert sentences.facts(BOOKS, ANALYSIS, PAGE) == (
        "**Table** · about 12,300 rows · 1.1 MB (table 800 kB, indexes 280 kB) · owner `librarian` · "
        "4 columns, 1 index, no foreign keys out, 1 in"
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "pages is greater than 0"),
        ({"expression": "f(pages) # 3"}, "`f(pages) # 3`"),
        ({"expression": "(kind = 'a|b'::text)"}, "kind is 'a&#124;b'"),
    ],
)
def test_checks(changes: dict[str, object], said: str) -> None:
    """In words where the pattern is known, else as SQL; and nothing of either is markup."""
    check = Check(name="c", expression="(pages > 0)", definition="CHECK ((pages > 0))")
    assert sentences.check_words(msgspec.structs.replace(check, **changes)) == said


TRIGGER = Trigger(
    name="late",
    timing=Timing.BEFORE,
    events=(Event.INSERT, Event.UPDATE),
    level=Level.ROW,
    function=RoutineName("library", "remind"),
    definition="",
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "`late`: before insert or update, each row: [`remind()`](#routine-library.remind)"),
        (
            {"update_columns": ("a", "b|c")},
            "`late`: before insert or update of `a` or `b|c`, each row: "
            "[`remind()`](#routine-library.remind)",
        ),
        (
            {"events": (Event.TRUNCATE,), "timing": Timing.AFTER, "level": Level.STATEMENT},
            "`late`: after truncate, each statement: [`remind()`](#routine-library.remind)",
        ),
        (
            {"condition": "new.a > `x`"},
            "`late`: before insert or update, each row: [`remind()`](#routine-library.remind) when "
            "`` new.a > `x` ``",
        ),
        (
            {"enabled": Enabled.DISABLED, "comment": "Off *since* May."},
            "`late`: before insert or update, each row: [`remind()`](#routine-library.remind) "
            "(**disabled**) – Off \\*since\\* May.",
        ),
        (
            {"function": RoutineName("other", "f")},
            "`late`: before insert or update, each row: `other.f()`",
        ),
    ],
)
def test_triggers(changes: dict[str, object], said: str) -> None:
    """When, on what, how often, what is called, under which condition, and what is unusual."""
    assert sentences.trigger_sentence(msgspec.structs.replace(TRIGGER, **changes), PAGE) == said


def test_row_security() -> None:
    """On, off, and for whom: what follows for a reader of the table."""
    policy = Policy(name="p", command=Command.ALL)
    on = msgspec.structs.replace(LOANS, row_security=True, policies=(policy,))
    forced = msgspec.structs.replace(on, force_row_security=True)
    none = msgspec.structs.replace(on, policies=())
    off = msgspec.structs.replace(LOANS, policies=(policy,))
    assert sentences.row_security_sentence(on) == (
        "on (the owner, superusers and roles with BYPASSRLS are exempt)"
    )
    assert sentences.row_security_sentence(forced).startswith("on, for the owner too")
    assert sentences.row_security_sentence(none).endswith("there is no policy, so other roles see no row")
    assert sentences.row_security_sentence(off).startswith("off")


def test_templates_can_make_the_table_of_columns_themselves() -> None:
    """Row by row it is the table that the built-in template has."""
    marks = column_marks(LOANS, ANALYSIS)
    rows = [
        escaping.row(
            *sentences.column_cells(column, marks[column.name], PAGE, "Yes" if column.nullable else "No")
        )
        for column in LOANS.columns
    ]
    titles = ("", "Column", "Type", "Null::", "Default", "Description")
    table = escaping.table(titles, sentences.column_rows(LOANS, ANALYSIS, PAGE))
    assert escaping.grid(*titles, caller=lambda: "\n".join(rows)) == table
    assert "FK → " in table


def test_changed_grants_say_what_was_given_and_what_was_taken() -> None:
    """Only the difference from what the object came with is said."""
    same, gone, new = (Grant(grantee=role, privilege="SELECT", grantor="o") for role in ("same", None, "new"))
    found = ChangedGrants(
        object='TABLE pg_catalog."t|"', column="c", owner="o", grants=(new, same), initial=(gone, same)
    )
    assert sentences.changed_grants(found) == (
        '`TABLE pg_catalog."t|"`, column `c`: `new` select · no longer everyone select'
    )
