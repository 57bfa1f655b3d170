"""What an application is held against: gaps, partitions, and names that nobody chose."""

from __future__ import annotations

from typing import Any

import msgspec

from pgdossier.history import comparison, drift
from pgdossier.history.drift import Held
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Key
from pgdossier.model.names import QualifiedName
from pgdossier.model.policies import Command, Policy
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.scope import Gap
from pgdossier.model.sequences import Sequence, SequenceOwner
from pgdossier.model.snapshot import Structure
from tests.support import builders


def table(name: str = "t", **fields: Any) -> Relation:
    return msgspec.structs.replace(
        Relation(schema="public", name=name, kind=RelationKind.TABLE, owner="me"), **fields
    )


def lines(held: Held) -> list[str]:
    return [drift.judged(each) for each in comparison.findings(held.expected, held.live)]


def structure(*relations: Relation, **fields: Any) -> Structure:
    return msgspec.structs.replace(builders.snapshot().structure, relations=relations, **fields)


def test_what_could_not_be_read() -> None:
    """A family that the role may not read is not missing; one that was read in part counts."""
    policy = Policy(name="p", command=Command.ALL)
    gaps = (Gap(family="policies", reason="permission denied"), Gap(family="relations", reason="odd code"))
    held = Held(expected=structure(table(policies=(policy,))), live=structure(table(), gaps=gaps))
    done = drift.without_gaps(held)
    assert done.not_compared == ("policies, which could not be read",)
    assert done.expected.relations == done.live.relations
    assert done.live.relations != ()


def test_names_that_nobody_chose() -> None:
    """A constraint that the models leave unnamed may have any name; one that they name may not."""
    mine = Key(name="t_a_key", columns=("a",), definition="UNIQUE (a)")
    theirs = msgspec.structs.replace(mine, name="only_one")
    held = Held(expected=structure(table(unique_keys=(mine,))), live=structure(table(unique_keys=(theirs,))))
    assert lines(drift.modelled(held, {})) == []
    chosen = {QualifiedName("public", "t"): frozenset({"t_a_key"})}
    assert len(lines(drift.modelled(held, chosen))) > 0
    other = msgspec.structs.replace(theirs, columns=("b",), definition="UNIQUE (b)")
    held = msgspec.structs.replace(held, live=structure(table(unique_keys=(other,))))
    assert len(lines(drift.modelled(held, {}))) > 0


def test_the_sequence_of_a_column() -> None:
    """It may have any name when it is the column's own; that of another column is drift."""

    def serial(name: str, owner: str) -> Structure:
        column = Column(name="id", type="integer", default=f"nextval('public.\"{name}\"'::regclass)")
        owned = SequenceOwner(relation=QualifiedName("public", owner), column="id")
        sequence = Sequence(
            schema="public", name=name, owner="me", type="integer", start=1, minimum=1, maximum=9,
            increment=1, owned_by=owned,
        )  # fmt: skip
        return structure(table(columns=(column,)), sequences=(sequence,))

    held = Held(expected=serial("t_id_seq", "t"), live=serial("Old seq", "t"))
    assert lines(drift.modelled(held, {})) == []
    held = Held(expected=serial("t_id_seq", "t"), live=serial("Old seq", "other"))
    assert len(lines(drift.modelled(held, {}))) == 1


def test_json() -> None:
    """Programs get what each difference is, beside what `diff` tells them."""
    held = Held(expected=structure(table("a")), live=structure(table("b", comment="x")))
    found = comparison.findings(held.expected, held.live)
    document = msgspec.json.decode(
        drift.encode(found, expected="e", database="d", not_compared=("n",), warnings=("w",))
    )
    assert (document["expected"], document["database"], document["same"]) == ("e", "d", False)
    assert (document["not_compared"], document["warnings"]) == (["n"], ["w"])
    assert {row["drift"] for row in document["differences"]} <= {"unknown", "missing", "different"}
