"""Every name has a path and an anchor of its own, on every file system."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pgdossier.diagrams.diagram import Subject
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.render.links import Links, relative, section_anchor, slug

NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)
USERS, ORDERS = QualifiedName("account", "users"), QualifiedName("sales", "orders")
SPLIT = Links(split=True, relations=frozenset({USERS, ORDERS}))
SINGLE = Links(split=False, relations=frozenset({USERS, ORDERS}))


@pytest.mark.parametrize("name", ["users", "order_items", "a", "_x", "t1", "2024", "con_", "nully", "com10"])
def test_plain_names_stay_readable(name: str) -> None:
    """Names of small ASCII letters, digits and underscores are their own slug."""
    assert slug(name) == name


@pytest.mark.parametrize("name", ["con", "prn", "aux", "nul", "com0", "com1", "lpt9", "CON", "Nul"])
def test_device_names_are_avoided(name: str) -> None:
    """What Windows takes for a device is never a file name, with an extension or without."""
    assert slug(name) != name
    assert not re.match(r"(con|prn|aux|nul|com\d|lpt\d)(\.|\Z)", slug(name), re.IGNORECASE)


@pytest.mark.parametrize(
    "name", [".", "..", "/", "a/b", "..\\x", "C:", "~", " ", "x ", "x.", "\n", "ü", "🧨" * 15]
)
def test_other_names_are_made_harmless(name: str) -> None:
    """Whatever could be a path, a drive or a hidden file becomes letters and a hash."""
    assert re.fullmatch(r"[a-z0-9_]*-[0-9a-f]{10}", slug(name))


@given(NAMES, NAMES)
def test_different_names_never_meet(one: str, other: str) -> None:
    """Two names have the same slug only if they are the same name, even where case is ignored."""
    assert (slug(one).casefold() == slug(other).casefold()) == (one == other)


@given(NAMES)
def test_slugs_are_portable(name: str) -> None:
    """Slugs are short ASCII without dots, so that a dot can join schema and name."""
    assert re.fullmatch(r"[a-z0-9_-]{1,70}", slug(name))


@given(NAMES, NAMES, NAMES, NAMES)
def test_qualified_names_never_meet(schema: str, name: str, other_schema: str, other_name: str) -> None:
    """The dot between schema and name cannot be forged by either."""
    one, other = QualifiedName(schema, name), QualifiedName(other_schema, other_name)
    assert (SPLIT.page_path(one) == SPLIT.page_path(other)) == (one == other)
    assert (SPLIT.anchor(one) == SPLIT.anchor(other)) == (one == other)


def test_diagrams_never_meet() -> None:
    """Subjects of different kinds have different files whatever they are called."""
    subjects = [
        Subject("overview"),
        Subject("schema", "overview"),
        Subject("schema", "a.b"),
        Subject("relation", "schema", "overview"),
        Subject("relation", "schema-a", "b"),
        Subject("relation", "a", "b"),
    ]
    paths = {SPLIT.diagram_path(subject) for subject in subjects}
    assert len(paths) == len(subjects)
    assert all(path.startswith("diagrams/") and path.endswith(".svg") for path in paths)


def test_overloads_have_anchors_of_their_own() -> None:
    """Routines of one name differ by their arguments; the one without has the plain anchor."""
    anchors = [
        SPLIT.routine_anchor(RoutineName("a", "f", arguments)) for arguments in ("", "integer", "text")
    ]
    assert anchors[0] == "routine-a.f"
    assert len(set(anchors)) == 3


def test_a_link_on_one_page_is_an_anchor() -> None:
    """In the single layout everything is on the front page."""
    assert SINGLE.page_path(USERS) == "README.md"
    assert SINGLE.relation(USERS, "README.md") == "#relation-account.users"


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("README.md", "tables/account.users.md"),
        ("tables/sales.orders.md", "account.users.md"),
        ("tables/account.users.md", "#relation-account.users"),
        ("diagrams/overview.svg", "../tables/account.users.md"),
    ],
)
def test_links_between_pages_are_relative(page: str, address: str) -> None:
    """In the split layout a link leads from any file of the folder to the page of the relation."""
    assert SPLIT.relation(USERS, page) == address


def test_what_is_not_documented_has_no_link() -> None:
    """A relation outside the document has no address."""
    assert SPLIT.relation(QualifiedName("account", "secrets"), "README.md") is None


def test_boxes_link_from_their_own_drawing() -> None:
    """Links in a drawing are as seen from its file, in both layouts."""
    assert SINGLE.from_diagram(Subject("overview"))(ORDERS) == "../README.md#relation-sales.orders"
    found = SPLIT.from_diagram(Subject("relation", "sales", "orders"))(ORDERS)
    assert found == "../tables/sales.orders.md"


def test_anchors_of_sections() -> None:
    """Small letters, so that a link works where anchors are compared as they are."""
    assert section_anchor("12.A") == "section-12.a"


def test_relative_paths() -> None:
    """Up and down between the folders of a document."""
    assert relative("README.md", "README.md") == "README.md"
    assert relative("schema.sql", "tables/x.md") == "../schema.sql"
