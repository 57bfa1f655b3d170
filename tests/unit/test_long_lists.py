"""Lists too long for the front page have pages of their own; what ties a relation stands on its page."""

from __future__ import annotations

from pgdossier.analysis import analyse
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.declared import Declaration
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.model.snapshot import Snapshot
from pgdossier.model.triggers import Event, Level, Timing, Trigger
from pgdossier.render import markdown
from pgdossier.render.links import section_anchor
from pgdossier.render.page import Drawings
from pgdossier.render.sections import LISTS
from tests.support.builders import sequence, snapshot, table

MANY = 160
TOUCH = Trigger(
    name="touch",
    timing=Timing.BEFORE,
    events=(Event.UPDATE,),
    level=Level.ROW,
    function=RoutineName("public", "touch", ""),
    definition="CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION public.touch()",
)


def large(count: int) -> Snapshot:
    """Tables of which each has some of everything that is listed."""
    hubs = table("hubs", "id bigint", "email text", pk="id")
    leaves = [
        table(
            f"t{number:03}",
            "id bigint",
            "hub_id bigint",
            "parent_id bigint",
            "email text",
            pk="id",
            unique=["email"],
            fks=["parent_id -> hubs"],
            checks=["id > 0"],
            triggers=(TOUCH,),
        )
        for number in range(count)
    ]
    owned = [sequence(f"s{number:03}", f"public.t{number:03}.id") for number in range(count)]
    return snapshot(hubs, *leaves, sequences=owned)


def pages(analysis: Analysis, *, split: bool = True) -> dict[str, str]:
    drawings = Drawings(diagrams={}, drawn=frozenset(), reason=None)
    return markdown.pages(analysis, markdown.Style(split=split), drawings, {})


def test_each_long_list_is_a_page_that_the_front_page_links() -> None:
    """What the front page links is there, links the section it belongs to, and nothing else is there."""
    made = pages(analyse(large(MANY)))
    lists = {path.removesuffix(".md") for path in made if "/" not in path} - {"README"}
    assert lists >= LISTS.keys() - {"cascades"}, "a single level of deletion is no far reach"
    front = made["README.md"]
    for name in lists:
        number, title = LISTS[name]
        section = front.partition(f'<a id="{section_anchor(number)}"></a>')[2].partition('<a id="section')[0]
        assert section.count(f"]({name}.md)") == 1, name
        assert f"](README.md#{section_anchor(number)})" in made[f"{name}.md"]
        assert f"# {title}\n" in made[f"{name}.md"]
    assert made["sequences.md"].count("`s0") == 100
    assert made["triggers.md"].count("[`t") == MANY
    assert made["implied.md"].count("`hub_id` → ") == MANY
    assert len(front) < 0.25 * sum(map(len, (made[f"{name}.md"] for name in lists)))


def test_short_lists_stand_in_their_sections() -> None:
    """A database of a few tables has no such page, nor has a document of a single page any."""
    assert "/" in min(set(pages(analyse(large(3)))) - {"README.md"})
    single = pages(analyse(large(MANY)), split=False)
    assert set(single) == {"README.md"}
    assert single["README.md"].count("| `s0") == 100


def test_the_order_of_tables_is_a_page_only_where_there_is_an_order() -> None:
    """Tables that nothing ties make one level, of which nothing is said."""
    loose = snapshot(*(table(f"t{number:03}", "id bigint", pk="id") for number in range(MANY)))
    assert "order.md" not in pages(analyse(loose))


def test_what_ties_relations_beside_foreign_keys_is_found_from_both_ends() -> None:
    """Every bond of the analysis stands with each relation that it names, once, and with no other."""
    files = table("files", "id bigint", "owner_type text", "owner_id bigint", "user_id bigint", pk="id")
    users = table("users", "id bigint", "kind text", "team_id bigint", "user_id bigint", pk="id")
    admins = table("admins", "user_id bigint", pk="user_id", fks=["user_id -> users"])
    guests = table("guests", "user_id bigint", pk="user_id", fks=["user_id -> users"])
    teams = table("teams", "id bigint", "code text", "leader_code text", pk="id", unique=["code"])
    declared = (
        Declaration(child="teams(leader_code)", parent="teams(code)"),
        Declaration(child="files(owner_id)", parent="teams(id)"),
    )
    analysis = analyse(snapshot(files, users, admins, guests, teams), declarations=declared)
    names = [relation.qualified for relation in analysis.snapshot.structure.relations]
    assert len(analysis.declared.found) == 2
    assert len(analysis.implied) >= 2
    assert any(one.subtype for one in analysis.shared_keys)
    assert analysis.polymorphic
    for name in (*names, QualifiedName("public", "nothing")):
        bonds = analysis.bonds
        assert list(bonds.implied.get(name, ())) == [
            one for one in analysis.implied if name in (one.table, one.parent)
        ]
        assert list(bonds.declared.get(name, ())) == [
            one
            for one in analysis.declared.found
            if name in (one.relationship.child, one.relationship.parent)
        ]
        assert list(bonds.subtypes.get(name, ())) == [
            one
            for one in analysis.shared_keys
            if one.subtype and name in (one.relationship.child, one.relationship.parent)
        ]
        assert list(bonds.polymorphic.get(name, ())) == [
            pair for pair in analysis.polymorphic if pair.table == name
        ]
        assert list(bonds.kinds.get(name, ())) == [
            pair for pair in analysis.polymorphic if name in pair.parents
        ]
        assert list(bonds.arcs.get(name, ())) == [arc for arc in analysis.arcs if arc.table == name]
