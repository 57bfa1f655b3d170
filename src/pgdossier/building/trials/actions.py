"""Referential actions: a parent is deleted, or its key changed, and what became of the child is compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from pgdossier.analysis import tables
from pgdossier.building.trials.attempts import AT_ONCE, Attempts, names
from pgdossier.building.trials.rows import NoRow, Recipe, Rows, Stored
from pgdossier.building.trials.search import Goal, Wish
from pgdossier.building.trials.session import Refused
from pgdossier.history.trials import ActionTrial, Event, Outcome, Surprise, Surprising
from pgdossier.model.columns import Identity
from pgdossier.model.constraints import Action, ForeignKey
from pgdossier.model.names import quote_identifier
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.trials import reactions
from pgdossier.trials.cases import Case
from pgdossier.trials.conditions import Condition
from pgdossier.trials.statements import Value, delete, literal, update, where

_PARENT, _CHILD, _NEW = 5, 6, 9
_REFUSALS = ("23503", "23001")
_GENERATED = "428C9"
_CANNOT = ("23502", "23503", "23514")


class Acted(msgspec.Struct, frozen=True):
    """What was found out about one action."""

    trial: ActionTrial
    case: Case | None = None
    surprises: tuple[Surprise, ...] = ()


class _Pair(msgspec.Struct, frozen=True):
    """A parent and a child that references it, and what is done to the parent."""

    child: Relation
    key: ForeignKey
    event: Event
    old: reactions.Key
    new: reactions.Key
    statement: str


class Actions:
    """Tries the referential actions of one scratch database."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._session = rows.session
        self._attempts = Attempts(rows)

    def of_table(self, relation: Relation) -> Iterator[Acted]:
        """The actions of the foreign keys that a table declares."""
        for key in relation.foreign_keys:
            if not key.inherited and key.enforced:
                for event in Event:
                    yield self._of_key(relation, key, event)

    def _of_key(self, relation: Relation, key: ForeignKey, event: Event) -> Acted:
        blank = ActionTrial(
            child=relation.qualified,
            name=key.name,
            parent=key.target,
            event=event,
            declared=reactions.action(key, event),
            outcome=Outcome.NOT_TRIED,
        )
        with self._session.transaction():
            self._rows.used = set()
            try:
                parent = self._parent(relation, key, event)
                pair = self._pair(relation, key, event, parent)
                if blank.declared in (Action.NO_ACTION, Action.RESTRICT):
                    return self._refusing(pair, parent, blank)
                return self._acting(pair, parent, blank)
            except NoRow as error:
                outcome = Outcome.IMPOSSIBLE if error.sqlstate == _GENERATED else Outcome.NOT_TRIED
                return Acted(msgspec.structs.replace(blank, outcome=outcome, reason=error.reason))
            except Refused as error:
                return Acted(msgspec.structs.replace(blank, reason=error.message))

    def _parent(self, relation: Relation, key: ForeignKey, event: Event) -> Relation:
        parent = self._rows.lookup.relations.get(key.target)
        if parent is None:
            raise NoRow(f"{key.target.dotted} is not in the rebuilt database")
        if RelationKind.FOREIGN_TABLE in (relation.kind, parent.kind):
            raise NoRow("rows of a foreign table are elsewhere")
        if event is Event.UPDATE:
            for name in key.target_columns:
                column = parent.column(name)
                if column.identity is Identity.ALWAYS or column.generated is not None:
                    raise NoRow(
                        f"{name} of {key.target.dotted} is generated always: no UPDATE can change it",
                        _GENERATED,
                    )
        return parent

    def _pair(self, relation: Relation, key: ForeignKey, event: Event, parent: Relation) -> _Pair:
        """Make the two rows."""
        above = self._rows.build(parent, Recipe(n=_PARENT, required=set(key.target_columns)))
        recipe = Recipe(n=_CHILD, parents={key.name: above}, required=set(key.columns))
        child = self._rows.build(relation, recipe)
        old = tuple(above.values[name] for name in key.target_columns)
        if None in old or tuple(child.values[name] for name in key.columns) != old:
            raise NoRow("no child of that parent could be built")
        found: dict[str, Value] = dict(zip(key.target_columns, old, strict=True))
        if event is Event.DELETE:
            return _Pair(relation, key, event, old, (), delete(parent.qualified, found))
        to = self._other_key(parent, key, above)
        new = tuple(value if isinstance(value, str) else None for value in to.values())
        changed = {name: value for name, value in to.items() if value != above.values[name]}
        return _Pair(relation, key, event, old, new, update(parent.qualified, found, changed))

    def _other_key(self, parent: Relation, key: ForeignKey, above: Stored) -> dict[str, Value]:
        """A key that no row has, for the parent."""
        of_keys = {name for each in self._rows.foreign_keys(parent) for name in each.columns}
        own = [name for name in key.target_columns if name not in of_keys]
        if not own:
            mark = self._session.mark()
            other = self._rows.build(parent, Recipe(n=_NEW))
            grand = dict(other.values)
            self._session.back_to(mark)
            for (
                each
            ) in parent.foreign_keys:  # only the row above them is kept, so that the key can be referenced
                if set(each.columns) & set(key.target_columns) and each.target != parent.qualified:
                    target = self._rows.lookup.relations.get(each.target)
                    if target is None:
                        raise NoRow(f"{each.target.dotted} is not in the rebuilt database")
                    made = self._rows.build(target, Recipe(n=_NEW))
                    pairs = zip(each.columns, each.target_columns, strict=True)
                    grand |= {name: made.values[theirs] for name, theirs in pairs}
            return {name: grand[name] for name in key.target_columns}
        differs = " AND ".join(
            f"{quote_identifier(name)}::text <> {literal(above.values[name])}" for name in own[:1]
        )
        wish = Wish(Condition(key.name, differs, (own[0],)), Goal.TRUE)
        wishes = [*(Wish(each) for each in self._rows.conditions(parent)), wish]
        written = {
            name: value for name, value in above.values.items() if parent.column(name).generated is None
        }
        start: dict[str, Value] = {**written, own[0]: None}
        found = self._rows.nearest(parent, start, wishes, Recipe(n=_NEW))
        if found is None or any(
            found[name] != above.values[name]
            for name in found
            if name not in key.target_columns and name in written
        ):
            raise NoRow("no other key was found that the conditions of the parent let through")
        return {name: found[name] for name in key.target_columns}

    # --- refusals ---

    def _refusing(self, pair: _Pair, parent: Relation, blank: ActionTrial) -> Acted:
        already = tuple(self._session.recorded)

        def expected(refused: Refused) -> bool:
            if refused.sqlstate not in _REFUSALS:
                return False
            return names(self._rows.lookup, pair.child, pair.key.name, refused) or (
                refused.constraint == pair.key.name
            )

        kept = f"a trigger keeps the parent from being {_DONE[blank.event]}, so that nothing is refused"
        freed = "a trigger sees to the children first, so that nothing is refused"
        found = self._attempts.attempt(
            parent, pair.statement, expected, others=(pair.child,), by_triggers=(kept, freed)
        )
        if found.refused is None:
            if found.other is not None:
                reason = f"the server says first: {found.other.message}"
                return Acted(msgspec.structs.replace(blank, reason=reason, sqlstate=found.other.sqlstate))
            if not self._orphaned(pair, parent):
                reason = "the statement leaves no child without its parent"
                return Acted(msgspec.structs.replace(blank, reason=reason))
            trial = msgspec.structs.replace(blank, outcome=Outcome.OTHERWISE, reason="it is not refused")
            return Acted(trial, surprises=(_surprise(Surprising.ACTION, trial, "nothing refuses it"),))
        before = (*already, *found.before)
        case = Case(
            subject=pair.child.qualified,
            title=f"{blank.event} of the parent, {blank.name}",
            needs=tuple(sorted(self._rows.used)),
            before=before,
            last=pair.statement,
            sqlstate=found.refused.sqlstate,
            constraint=found.refused.constraint,
        )
        trial = msgspec.structs.replace(
            blank,
            outcome=Outcome.AS_DECLARED,
            sqlstate=found.refused.sqlstate,
            deferred=found.at_commit,
            notes=found.notes,
        )
        if found.mended:
            return Acted(trial, case, (_surprise(Surprising.TRIGGER, trial, found.mended),))
        return Acted(trial, case)

    def _orphaned(self, pair: _Pair, parent: Relation) -> bool:
        """Whether the statement really leaves a child whose parent is gone: nothing less is a surprise."""
        old: dict[str, Value] = dict(zip(pair.key.columns, pair.old, strict=True))
        above: dict[str, Value] = dict(zip(pair.key.target_columns, pair.old, strict=True))
        mark = self._session.mark()
        try:
            self._session.query(pair.statement)
            child = f"EXISTS (SELECT FROM {pair.child.qualified.sql} WHERE {where(old)})"
            found = self._session.query(f"SELECT {child} AND NOT {_exists(parent, above)}")
        except Refused:
            return False
        finally:
            self._session.back_to(mark)
        return bool(found[0][0])

    # --- actions ---

    def _acting(self, pair: _Pair, parent: Relation, blank: ActionTrial) -> Acted:
        """CASCADE, SET NULL, SET DEFAULT; once more without triggers when it comes out otherwise."""
        before = self._children(pair)
        if pair.child.qualified == parent.qualified and pair.event is Event.DELETE:
            before = self._without_parent(pair, before)
        wanted = reactions.foretold(pair.key, pair.event, before, pair.old, pair.new, self._defaults(pair))
        already = tuple(self._session.recorded)
        mark = self._session.mark()
        found, refused = self._done(pair, wanted)
        if found:
            case = self._case(pair, blank, already)
            trial = msgspec.structs.replace(blank, outcome=Outcome.AS_DECLARED)
            return Acted(trial, case)
        gone = refused is None and self._gone(pair, parent)
        self._session.back_to(mark)
        if refused is not None and self._foretold(pair, refused, blank.declared):
            trial = msgspec.structs.replace(
                blank, outcome=Outcome.REFUSED, sqlstate=refused.sqlstate, reason=refused.message
            )
            return Acted(trial)
        words = refused.message if refused else "the child is not as declared afterwards"
        for off in self._triggers(pair, parent):
            for statement in off:
                self._session.change(statement)
            mark = self._session.mark()
            found, refused = self._done(pair, wanted)
            if found:
                trial = msgspec.structs.replace(
                    blank, outcome=Outcome.AS_DECLARED, notes=(f"triggers disabled: {words}",)
                )
                said = f"a trigger stands in the way of it: {words}"
                return Acted(trial, surprises=(_surprise(Surprising.TRIGGER, trial, said),))
            gone = refused is None and self._gone(pair, parent)
            self._session.back_to(mark)
        if refused is not None and refused.constraint:
            trial = msgspec.structs.replace(
                blank, reason=f"the server says first: {refused.message}", sqlstate=refused.sqlstate
            )
            return Acted(trial)
        if refused is None and not gone:
            reason = "the statement leaves the parent as it is"
            return Acted(msgspec.structs.replace(blank, reason=reason))
        words = refused.message if refused else "the child is not as declared afterwards"
        trial = msgspec.structs.replace(blank, outcome=Outcome.OTHERWISE, reason=words)
        return Acted(trial, surprises=(_surprise(Surprising.ACTION, trial, trial.reason),))

    def _triggers(self, pair: _Pair, parent: Relation) -> Iterator[tuple[str, ...]]:
        """How to disable the triggers of the two tables, then all others: statements reach further."""
        near = self._rows.triggers_off(parent, pair.child)
        if near:
            yield near
        far = self._rows.triggers_off(*self._rows.lookup.relations.values())
        if set(far) - set(near):
            yield tuple(each for each in far if each not in near)

    def _gone(self, pair: _Pair, parent: Relation) -> bool:
        """Whether no parent has the old key, now that the statement was run."""
        above: dict[str, Value] = dict(zip(pair.key.target_columns, pair.old, strict=True))
        return not self._session.query(f"SELECT {_exists(parent, above)}")[0][0]

    def _done(self, pair: _Pair, wanted: list[reactions.Key] | None) -> tuple[bool, Refused | None]:
        """Do it: whether the children are then as wanted, and what the server says instead."""
        try:
            with self._session.savepoint():
                self._session.query(pair.statement)
                self._session.query(AT_ONCE)
        except Refused as refused:
            return False, refused
        return reactions.ordered(self._children(pair)) == wanted, None

    def _foretold(self, pair: _Pair, refused: Refused, declared: Action) -> bool:
        """Whether the declaration cannot be carried out, which the catalog tells."""
        if declared is Action.CASCADE or refused.sqlstate not in _CANNOT or refused.in_function:
            return False
        if refused.sqlstate == "23502":
            own = (pair.child.column(name) for name in pair.key.columns if name == refused.column)
            return refused.table == pair.child.name and any(
                not tables.nullable(self._rows.lookup, each) for each in own
            )
        return refused.table == pair.child.name

    def _children(self, pair: _Pair) -> list[reactions.Key]:
        asked = ", ".join(f"{quote_identifier(name)}::text" for name in pair.key.columns)
        found = self._session.query(f"SELECT {asked} FROM {pair.child.qualified.sql}")  # noqa: S608 - quoted
        return [tuple(None if value is None else str(value) for value in row) for row in found]

    def _without_parent(self, pair: _Pair, before: list[reactions.Key]) -> list[reactions.Key]:
        """The rows without the one that is deleted itself."""
        asked = ", ".join(f"{quote_identifier(name)}::text" for name in pair.key.columns)
        condition = pair.statement.partition(" WHERE ")[2]
        found = self._session.query(
            f"SELECT {asked} FROM {pair.child.qualified.sql} WHERE {condition}"  # noqa: S608 - quoted
        )
        rest = list(before)
        for row in found:
            own = tuple(None if value is None else str(value) for value in row)
            if own in rest:
                rest.remove(own)
        return rest

    def _defaults(self, pair: _Pair) -> Mapping[str, str | None]:
        return {
            name: self._rows.default_text(pair.child, pair.child.column(name)) for name in pair.key.columns
        }

    def _case(self, pair: _Pair, blank: ActionTrial, before: tuple[str, ...]) -> Case:
        """How many children have the old key afterwards, and how many rows there are."""
        table = pair.child.qualified.sql
        same = " AND ".join(
            f"{quote_identifier(name)} = {literal(value)}"
            for name, value in zip(pair.key.columns, pair.old, strict=True)
        )
        queries = [f"SELECT count(*) FROM {table}", f"SELECT count(*) FROM {table} WHERE {same}"]  # noqa: S608
        if blank.declared is not Action.CASCADE or pair.event is Event.UPDATE:
            nulls = " AND ".join(f"{quote_identifier(name)} IS NULL" for name in pair.key.columns)
            queries.append(f"SELECT count(*) FROM {table} WHERE {nulls}")  # noqa: S608 - quoted above
        expected = tuple((query, str(self._session.query(query)[0][0])) for query in queries)
        return Case(
            subject=pair.child.qualified,
            title=f"{blank.event} of the parent, {blank.name}",
            needs=tuple(sorted(self._rows.used)),
            before=before,
            last=pair.statement,
            expected=expected,
        )


def _exists(parent: Relation, key: dict[str, Value]) -> str:
    """The condition that a row is there."""
    return f"EXISTS (SELECT FROM {parent.qualified.sql} WHERE {where(key)})"


_DONE = {Event.DELETE: "deleted", Event.UPDATE: "changed"}


def _surprise(kind: Surprising, trial: ActionTrial, words: str) -> Surprise:
    what = f"{trial.name}, ON {trial.event.value.upper()} {trial.declared.value.upper()}: {words}"
    return Surprise(kind=kind, object=trial.child, name=trial.name, what=what)
