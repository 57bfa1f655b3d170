"""What two structures have in common is found once, and what is told of them does not depend on that."""

from __future__ import annotations

import msgspec
import pytest

from pgdossier.history.comparison import findings
from pgdossier.history.differences import unlike
from pgdossier.history.renames import renames
from pgdossier.history.revisions import begin, revised
from pgdossier.history.sharing import sharing
from pgdossier.model.relations import Relation
from pgdossier.model.sequences import Sequence
from pgdossier.model.snapshot import Structure
from pgdossier.model.types import Enum
from tests.support.builders import key, sequence, snapshot, table, view


def of(*relations: Relation, **fields: object) -> Structure:
    structure = msgspec.structs.replace(snapshot(*relations).structure, relations=relations, **fields)
    return msgspec.json.decode(msgspec.json.encode(structure), type=Structure)  # objects of its own


def people(*more: str, name: str = "people", primary: bool = True) -> Relation:
    columns = [f"{each} text" for each in ("id", "given", "family", "born", *more)]
    return table(name, *columns, pk=key("people_pkey", "id") if primary else None)


def letters(*columns: str) -> Relation:
    return table("letters", *[f"{each} text" for each in columns], fks=("writer -> people",))


def counted(name: str) -> tuple[Sequence, ...]:
    return (sequence(name, "people.id"),)


WORDS = Enum(schema="public", name="mood", owner="o", labels=("good", "bad"))
OTHER = msgspec.structs.replace(WORDS, labels=("good", "very bad"))
PAIRS = {
    "nothing": (of(people()), of(people())),
    "a column came": (of(letters("writer"), people()), of(letters("writer"), people("died"))),
    "a column was renamed": (
        of(letters("writer", "said"), people()),
        of(letters("writer", "told"), people()),
    ),
    "another order": (of(letters("writer", "said"), people()), of(letters("said", "writer"), people())),
    "a table was renamed": (of(letters("writer"), people()), of(letters("writer"), people(name="persons"))),
    "a table came and one went": (of(people(), view("v")), of(table("t", "x text"), people())),
    "tables changed places": (of(people(), view("v")), of(view("v"), people())),
    "another sequence, no key": (
        of(people(primary=False), sequences=counted("one")),
        of(people(primary=False), sequences=counted("two")),
    ),
    "a table without a key went with its sequence": (
        of(letters("writer"), people(primary=False), sequences=counted("one")),
        of(letters("writer")),
    ),
    "a label was renamed": (of(people(), enums=(WORDS,)), of(people(), enums=(OTHER,))),
}


@pytest.mark.parametrize(("before", "after"), PAIRS.values(), ids=PAIRS)
def test_what_is_told_does_not_depend_on_sharing(before: Structure, after: Structure) -> None:
    """Renames, findings and the revision are the same whether objects are shared or not."""
    shared = sharing(before, after)
    assert shared == before
    assert renames(shared, after) == renames(before, after)
    assert findings(shared, after) == findings(before, after)
    now = msgspec.structs.replace(snapshot(), structure=after)
    then = begin(msgspec.structs.replace(now, structure=before), "first", author=None, read_by="1")
    assert revised(then, shared, now, author=None, read_by="1") == revised(
        then, before, now, author=None, read_by="1"
    )


def test_only_what_differs_is_looked_at() -> None:
    """After sharing, the objects that differ are left, with their places."""
    before, after = (
        of(letters("writer"), people(), view("v")),
        of(letters("writer"), people("died"), view("v")),
    )
    assert [len(part) for part in unlike(before.relations, after.relations)] == [3, 3]
    shared = sharing(before, after)
    assert unlike(shared.relations, after.relations) == ([(1, people())], [people("died")])
    assert shared.database is after.database


def test_an_order_of_its_own_is_told_with_all_names() -> None:
    """Where only places differ everything is shared, and the difference names all that both sides have."""
    one, other = people(), letters("writer")
    before, after = of(one, other, view("v")), of(other, view("v"), table("w", "x text"), one)
    (found,) = (each for each in findings(sharing(before, after), after) if each.difference.field)
    assert found.difference.before == ("public.people", "public.letters", "public.v")
    assert found.difference.after == ("public.letters", "public.v", "public.people")
