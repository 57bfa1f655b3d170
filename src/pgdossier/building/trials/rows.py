"""Rows for every table: composed from what is known, tried, and mended by what the server says to them.

Each table has one ordinary row, which stays: those of other tables reference it. Trials make further ones
inside of transactions that are rolled back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from pgdossier.analysis import tables
from pgdossier.building.trials.search import Goal, Texts, Unanswerable, Wish, search
from pgdossier.building.trials.session import Refused, Session
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Action, Exclusion, ForeignKey, Match
from pgdossier.model.lookup import Lookup
from pgdossier.model.names import QualifiedName, quote_identifier, quote_literal
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.trials import candidates
from pgdossier.trials.conditions import Condition, check, mentioned, of_relation, ref_of
from pgdossier.trials.statements import DEFAULT, Insert, Value, triggers_off, triggers_on, unique
from pgdossier.trials.values import Types

_ATTEMPTS = 25
_DEEPEST = 6
_UNIQUE = ("23505", "23P01")
_SIZES = {"boolean": 2, '"char"': 20}


class Stored(msgspec.Struct, frozen=True):
    """A row that is there: what it was made of, how it was read back, what it needs, what was set aside."""

    insert: Insert
    values: Mapping[str, str | None]
    statements: tuple[str, ...]
    needs: tuple[QualifiedName, ...] = ()
    notes: tuple[str, ...] = ()
    without_triggers: bool = False


class NoRow(Exception):  # noqa: N818 - an answer, not an error
    """No row could be built; with the server's own words."""

    def __init__(self, reason: str, sqlstate: str = "") -> None:
        self.reason = reason
        self.sqlstate = sqlstate
        super().__init__(reason)


class Recipe(msgspec.Struct):
    """What a row is to be like.

    Attributes:
        n: With which value of each type to begin.
        fixed: Values that must not be changed.
        parents: The rows to reference, by the name of the foreign key; otherwise the ordinary ones.
        wishes: Further conditions.
        free: Columns of foreign keys that may have values that are no parent's.
        taken: Values by column that were found to be taken.
        required: Columns that must not be NULL.
    """

    n: int = 1
    fixed: dict[str, Value] = msgspec.field(default_factory=dict)
    parents: dict[str, Stored] = msgspec.field(default_factory=dict)
    wishes: tuple[Wish, ...] = ()
    free: frozenset[str] = frozenset()
    taken: dict[str, set[str | None]] = msgspec.field(default_factory=dict)
    bumps: dict[str, int] = msgspec.field(default_factory=dict)
    required: set[str] = msgspec.field(default_factory=set)


class Rows:
    """The rows of one scratch database."""

    def __init__(self, session: Session, lookup: Lookup, types: Types) -> None:
        self.session = session
        self.lookup = lookup
        self.types = types
        self.stored: dict[QualifiedName, Stored] = {}
        self.failed: dict[QualifiedName, NoRow] = {}
        self.order: list[QualifiedName] = []
        self.used: set[QualifiedName] = set()
        self._making: dict[QualifiedName, Mapping[str, Value]] = {}
        self._referenced = _referenced(lookup)
        self._by_default = _by_default(lookup)
        self._conditions: dict[QualifiedName, tuple[Condition, ...]] = {}
        self._defaults: dict[tuple[QualifiedName, str], str | None] = {}

    # --- the ordinary rows ---

    def ordinary(self, name: QualifiedName) -> Stored:
        """The ordinary row of a table; it is made, and kept, when it is asked for first.

        Raises:
            NoRow: None can be built.
        """
        self.used.add(name)
        if name in self.stored:
            return self.stored[name]
        if name in self.failed:
            raise self.failed[name]
        relation = self.lookup.relations.get(name)
        if relation is None:
            raise NoRow(f"{name.dotted} is not in the rebuilt database")
        if not self._making and self.session.in_transaction:  # a trial: it is undone with the rest of it
            return self.build(relation, Recipe())
        outermost = not self._making
        before = len(self.order)
        try:
            if outermost:
                with self.session.transaction(keep=True):
                    return self._make(relation)
            with self.session.savepoint():
                return self._make(relation)
        except (NoRow, Refused) as error:
            for made in self.order[before:]:
                self.stored.pop(made, None)
            del self.order[before:]
            if isinstance(error, Refused):
                error = NoRow(error.message, error.sqlstate)
            if outermost or error.sqlstate != "circle":
                self.failed[name] = error
            raise error from None

    def _make(self, relation: Relation) -> Stored:
        name = relation.qualified
        self._making[name] = {}
        try:
            found = self.build(relation, Recipe())
        finally:
            del self._making[name]
        self.stored[name] = found
        self.order.append(name)
        return found

    # --- any row ---

    def build(self, relation: Relation, recipe: Recipe, depth: int = 0) -> Stored:
        """Insert a row like that, inside of the present transaction.

        Raises:
            NoRow: The server refuses all that was tried; with its last words.
        """
        notes: list[str] = []
        last = NoRow("no row was found that the conditions let through")
        off = replica = False
        for _ in range(_ATTEMPTS):
            values = self.composed(relation, recipe)
            insert = Insert(relation, values)
            if relation.qualified in self._making:
                self._making[relation.qualified] = values
            before = len(self.session.recorded)
            try:
                with self.session.savepoint():
                    found = self._inserted(insert, off=off, replica=replica)
            except Refused as refused:
                last = NoRow(refused.message, refused.sqlstate)
                if self._mended(relation, recipe, refused, depth):
                    continue
                if not off and self.triggers_off(relation):
                    off = True
                    notes.append(f"triggers disabled: {refused.message}")
                    continue
                if not replica and refused.sqlstate == "23503" and self._waits(relation, refused.constraint):
                    replica = True
                    notes.append(f"{refused.constraint} set aside: a circle of foreign keys")
                    continue
                raise last from None
            if found is None:
                last = NoRow("a trigger or a rule stores no row")
                if not off and self.triggers_off(relation):
                    off = True
                    notes.append("triggers disabled: a trigger stores no row")
                    continue
                raise last
            return Stored(
                insert,
                found,
                tuple(self.session.recorded[before:]),
                needs=tuple(self._needs(relation, values)),
                notes=tuple(notes),
                without_triggers=off,
            )
        raise last

    def _inserted(self, insert: Insert, *, off: bool, replica: bool) -> dict[str, str | None] | None:
        if replica:
            self.session.change("SET LOCAL session_replication_role = replica")
        if off:
            for statement in self.triggers_off(insert.relation):
                self.session.change(statement)
        found = self.session.insert(insert)
        if len(self._making) < 2:
            self._check_now()
        if off and self._making:  # the row stays, and so do the triggers
            for statement in ("SET CONSTRAINTS ALL IMMEDIATE", *self.triggers_on(insert.relation)):
                self.session.change(statement)
        if replica:
            self.session.change("SET LOCAL session_replication_role = origin")
        return found

    def triggers_off(self, *relations: Relation) -> tuple[str, ...]:
        """The statements that disable the triggers that fire for rows of tables, those of partitions too."""
        return unique(each for one in relations for part in self._family(one) for each in triggers_off(part))

    def triggers_on(self, relation: Relation) -> tuple[str, ...]:
        """The statements that undo `triggers_off`."""
        return unique(each for part in self._family(relation) for each in triggers_on(part))

    def _family(self, relation: Relation) -> Iterator[Relation]:
        """A table with the tables that it is a partition of, the uppermost first, and its own partitions."""
        above = [relation]
        while above[-1].partition is not None and above[-1].partition.parent in self.lookup.relations:
            above.append(self.lookup.relations[above[-1].partition.parent])
        yield from reversed(above)
        yield from tables.descendants(self.lookup, relation.qualified)

    def _check_now(self) -> None:
        """Have everything checked that waits for the commit, and let it wait on.

        Raises:
            Refused: It would be refused then.
        """
        mark = self.session.mark()
        try:
            self.session.query("SET CONSTRAINTS ALL IMMEDIATE")
        finally:
            self.session.back_to(mark)

    def _waits(self, relation: Relation, constraint: str) -> bool:
        """Whether a foreign key goes to a row that is only being made."""
        return any(
            key.name == constraint and key.target in self._making and key.target != relation.qualified
            for key in self.foreign_keys(relation)
        )

    def _needs(self, relation: Relation, values: Mapping[str, Value]) -> Iterator[QualifiedName]:
        for key in self.foreign_keys(relation):
            if key.enforced and all(values.get(name) is not None for name in key.columns):
                yield key.target

    def _mended(self, relation: Relation, recipe: Recipe, refused: Refused, depth: int) -> bool:
        """Change the recipe by what the server says; False when there is nothing to change."""
        if refused.sqlstate in _UNIQUE:
            columns = self.key_columns(relation, refused)
            if columns is not None and self._another(relation, recipe, columns, depth):
                return True
            return self._outside(relation, recipe, refused)
        if refused.sqlstate == "23503":
            return self._fitting(relation, recipe, refused, depth)
        if refused.sqlstate == "23502" and refused.table == relation.name:
            column = refused.column
            if self._computed(relation, recipe, column):
                return True
            changeable = column not in recipe.fixed and column not in recipe.required
            if changeable and any(each.name == column for each in relation.columns):
                recipe.required.add(column)
                return True
        return False

    def mended(self, relation: Relation, recipe: Recipe, refused: Refused) -> bool:
        """Change the recipe by what the server says to a row of it; False when there is nothing to change."""
        return self._mended(relation, recipe, refused, 0)

    def _computed(self, relation: Relation, recipe: Recipe, name: str) -> bool:
        """Wish that a generated column is computed to something; False when that is no news."""
        for column in relation.columns:
            if column.name == name and column.generated is not None:
                wish = Wish(check(relation, name, f"({column.default}) IS NOT NULL"), Goal.TRUE)
                if wish not in recipe.wishes:
                    recipe.wishes = (*recipe.wishes, wish)
                    return True
        return False

    def _outside(self, relation: Relation, recipe: Recipe, refused: Refused) -> bool:
        """Stay outside of what a partial unique index covers."""
        for index in relation.indexes:
            if index.name == refused.constraint and index.predicate is not None:
                wish = Wish(check(relation, index.name, f"({index.predicate}) IS NOT TRUE"), Goal.TRUE)
                if wish not in recipe.wishes:
                    recipe.wishes = (*recipe.wishes, wish)
                    return True
        return False

    def _fitting(self, relation: Relation, recipe: Recipe, refused: Refused, depth: int) -> bool:
        """Make a parent that fits the given parents, when foreign keys share columns."""
        given = {
            own: parent.values[target]
            for key in self.foreign_keys(relation)
            for parent in [recipe.parents.get(key.name)]
            if parent is not None
            for own, target in zip(key.columns, key.target_columns, strict=True)
        }
        for key in self.foreign_keys(relation):
            shared = given.keys() & set(key.columns)
            target = self.lookup.relations.get(key.target)
            if key.name != refused.constraint or key.name in recipe.parents or not shared or target is None:
                continue
            if depth >= _DEEPEST:
                return False
            pairs = zip(key.columns, key.target_columns, strict=True)
            fixed: dict[str, Value] = {theirs: given[own] for own, theirs in pairs if own in given}
            try:
                with self.session.savepoint():
                    recipe.parents[key.name] = self.build(
                        target, Recipe(n=recipe.n + 1, fixed=fixed), depth + 1
                    )
            except NoRow:
                return False
            return True
        return False

    def key_columns(self, relation: Relation, refused: Refused) -> tuple[str, ...] | None:
        """The columns of the unique or exclusion constraint, or unique index, that a message names."""
        owner = self.lookup.relations.get(QualifiedName(refused.schema, refused.table), relation)
        for index in owner.indexes:
            if refused.constraint in (index.name, index.constraint):
                return index_columns(owner, " ".join(key.expression for key in index.keys))
        for each in owner.exclusions:
            if each.name == refused.constraint:
                return each.columns
        return None

    def _another(self, relation: Relation, recipe: Recipe, columns: Sequence[str], depth: int) -> bool:
        """Take another value in one of the columns of a key, or another parent."""
        own = {column.name: column for column in relation.columns}
        of_keys = {name for key in self.foreign_keys(relation) for name in key.columns} - recipe.free
        free = [
            own[name]
            for name in self._sources(relation, columns)
            if name in own and name not in recipe.fixed and name not in of_keys
        ]
        free.sort(key=self._few)
        for column in free:
            bump = recipe.bumps.get(column.name, 0)
            if bump < self._few_limit(column):
                recipe.bumps[column.name] = bump + 1
                return True
        for key in self.foreign_keys(relation):
            if not set(key.columns) & set(columns) or set(key.columns) & recipe.fixed.keys() - recipe.free:
                continue
            if key.name in recipe.parents or depth >= _DEEPEST or key.target == relation.qualified:
                continue
            parent = self.lookup.relations.get(key.target)
            if parent is None:
                continue
            try:
                with self.session.savepoint():
                    recipe.parents[key.name] = self.build(parent, Recipe(n=recipe.n + 1), depth + 1)
            except NoRow:
                continue
            return True
        return False

    def _few(self, column: Column) -> tuple[bool, bool]:
        base = self.types.base(ref_of(column))
        return base.bare in _SIZES or self.types.definition(base) is not None, column.nullable

    def _few_limit(self, column: Column) -> int:
        return _SIZES.get(self.types.base(ref_of(column)).bare, 12)

    # --- what a row is composed of ---

    def conditions(self, relation: Relation) -> tuple[Condition, ...]:
        """What the rows of a table have to fulfil: CHECKs, domains, MATCH FULL, the bounds of partitions."""
        name = relation.qualified
        if name not in self._conditions:
            self._conditions[name] = (
                *of_relation(relation, self.types),
                *_match_full(relation),
                *self._bounds(relation),
            )
        return self._conditions[name]

    def _bounds(self, relation: Relation) -> Iterator[Condition]:
        """That a row goes into some partition, and fulfils its bounds if the table is one itself."""
        if relation.partition is not None:
            found = self.session.value(
                f"pg_catalog.pg_get_partition_constraintdef({quote_literal(relation.qualified.sql)}::regclass)"
            )
            if found:
                yield check(relation, "bounds", found)
        if relation.kind is RelationKind.PARTITIONED_TABLE:
            leaves = [
                self.session.value(
                    f"pg_catalog.pg_get_partition_constraintdef({quote_literal(leaf.qualified.sql)}::regclass)"
                )
                for leaf in tables.descendants(self.lookup, relation.qualified)
                if leaf.kind is RelationKind.TABLE
            ]
            some = [leaf for leaf in leaves if leaf]
            if some:
                yield check(relation, "partitions", " OR ".join(f"({leaf})" for leaf in some))

    def default_text(self, relation: Relation, column: Column) -> str | None:
        """What the default gives, as text; sequences are not asked."""
        key = (relation.qualified, column.name)
        if key not in self._defaults:
            default = tables.base_default(self.lookup, column)
            if default is None or column.identity is not None:
                text = self.types.nth(ref_of(column), 1) if column.identity else None
            elif "nextval(" in default:
                text = self.types.nth(ref_of(column), 1)
            else:
                text = self.session.value(f"({default})::{self.types.base(ref_of(column)).text}")
            self._defaults[key] = text
        return self._defaults[key]

    def composed(self, relation: Relation, recipe: Recipe) -> dict[str, Value]:
        """A row that the conditions let through, as far as one is found; nothing is inserted.

        Raises:
            NoRow: There is no parent, or no row that the conditions let through.
        """
        wishes = (*(Wish(each) for each in self.conditions(relation)), *recipe.wishes)
        touched = {name for wish in wishes for name in wish.condition.columns}
        touched = set(self._sources(relation, touched))
        parents = self._of_parents(relation, recipe, touched)
        start: dict[str, Value] = {}
        choices: dict[str, list[Value]] = {}
        keys = self._key_names(relation)
        for column in relation.columns:
            if column.generated is not None:
                continue
            name = column.name
            if name in recipe.fixed:
                start[name] = recipe.fixed[name]
                continue
            wanted = [
                wish.condition for wish in wishes if name in self._sources(relation, wish.condition.columns)
            ]
            values = self._choices(relation, column, recipe, parents, wanted)
            start[name] = self._first(relation, column, recipe, parents, values, keys)
            if name in touched:
                choices[name] = values
        texts = self._texts(relation, start)
        named = {name: [*self._texts_of(relation, name, values)] for name, values in choices.items()}
        try:
            found = search(self.session, relation, texts, named, wishes)
        except Unanswerable as error:
            raise NoRow(error.reason, "23514") from None
        if found is None:
            raise NoRow("no row was found that the conditions let through", "23514")
        return {
            name: value if found.get(name) == texts.get(name) else found[name]
            for name, value in start.items()
        }

    def texts(self, relation: Relation, values: Mapping[str, Value]) -> Texts:
        """A row as text, with what its defaults give."""
        return self._texts(relation, values)

    def nearest(
        self, relation: Relation, start: Mapping[str, Value], wishes: Sequence[Wish], recipe: Recipe
    ) -> dict[str, Value] | None:
        """The row nearest to another one for which the wishes are met; nothing is inserted.

        Columns of foreign keys may have any value of their type.
        """
        touched = self._sources(relation, (name for wish in wishes for name in wish.condition.columns))
        conditions = [wish.condition for wish in wishes]
        choices = {
            name: [
                *self._texts_of(
                    relation, name, self._choices(relation, relation.column(name), recipe, {}, conditions)
                )
            ]
            for name in dict.fromkeys(touched)
        }
        texts = self._texts(relation, start)
        try:
            found = search(self.session, relation, texts, choices, wishes)
        except Unanswerable:
            return None
        if found is None:
            return None
        return {
            name: start[name] if name in start and value == texts.get(name) else value
            for name, value in found.items()
        }

    def _texts(self, relation: Relation, values: Mapping[str, Value]) -> Texts:
        return {name: next(iter(self._texts_of(relation, name, [value]))) for name, value in values.items()}

    def _texts_of(self, relation: Relation, name: str, values: Iterable[Value]) -> Iterator[str | None]:
        for value in values:
            if value is DEFAULT:
                yield self.default_text(relation, relation.column(name))
            else:
                yield value if isinstance(value, str) else None

    def _first(
        self,
        relation: Relation,
        column: Column,
        recipe: Recipe,
        parents: Mapping[str, list[str | None]],
        values: Sequence[Value],
        keys: Collection[str],
    ) -> Value:
        """The value to begin with."""
        name = column.name
        if name in parents:
            return parents[name][0]
        by_default = self._by_default.get((relation.qualified, name))
        if by_default is not None and recipe.n == 1 and name not in recipe.bumps:
            child = self.lookup.relations[by_default[0]]
            text = self.default_text(child, child.column(by_default[1]))
            if text is not None:
                return text
        has_default = column.identity is not None or tables.base_default(self.lookup, column) is not None
        may_be_null = tables.nullable(self.lookup, column) and name not in recipe.required
        referenced = name in self._referenced.get(relation.qualified, ())  # a key of NULL is no parent
        explicit = name in keys and not self._few(column)[0]
        if has_default and not explicit and name not in recipe.required and name not in recipe.bumps:
            return DEFAULT
        if may_be_null and not (referenced or name in recipe.bumps or name in _in_exclusions(relation)):
            return None
        given = [value for value in values if value is not None]
        if not given:
            raise NoRow(f"no value is known for {name} of type {column.type}")
        return given[0]

    def _choices(
        self,
        relation: Relation,
        column: Column,
        recipe: Recipe,
        parents: Mapping[str, list[str | None]],
        conditions: Sequence[Condition],
    ) -> list[Value]:
        name = column.name
        may_be_null = tables.nullable(self.lookup, column) and name not in recipe.required
        if name in parents and name not in recipe.free:
            return [*parents[name]]
        bump = recipe.bumps.get(name, 0)
        number = recipe.n + bump + self._beyond_sequence(column)
        found: list[Value] = [*candidates.of_column(self.types, ref_of(column), conditions, number)]
        if len(conditions) > 1 and not bump:  # what one of them asks for, another may forbid
            more = candidates.of_column(self.types, ref_of(column), conditions, number + 1)
            found += [each for each in more if each not in found]
        if bump and (self._few(column)[0] or conditions):
            turn = bump % max(len(found), 1)
            found = found[turn:] + found[:turn] if self._few(column)[0] else found
        if column.identity is None and tables.base_default(self.lookup, column) is not None and not bump:
            found.append(DEFAULT)
        if may_be_null:
            found.append(None)
        return found

    def _beyond_sequence(self, column: Column) -> int:
        """How far explicit values stay away from those that a sequence gives to rows that triggers insert."""
        default = tables.base_default(self.lookup, column) or ""
        if column.identity is None and "nextval(" not in default:
            return 0
        return 10_000 if self.types.base(ref_of(column)).text == "smallint" else 1_000_000

    def _of_parents(
        self, relation: Relation, recipe: Recipe, touched: set[str]
    ) -> dict[str, list[str | None]]:
        """What the columns of foreign keys may be: the values of a parent, and NULL; the first is meant."""
        found: dict[str, list[str | None]] = {}
        for key in self.foreign_keys(relation):
            if not key.enforced:
                continue
            own = [relation.column(name) for name in key.columns]
            nullable = [
                each.name
                for each in own
                if tables.nullable(self.lookup, each) and each.name not in recipe.required
            ]
            needed = not nullable or key.name in recipe.parents
            if set(key.columns) <= recipe.free:
                continue
            if not needed and not touched & set(key.columns):
                for each in own:
                    found.setdefault(each.name, [None] if each.name in nullable else [])
                continue
            try:
                parent = self._parent(relation, key, recipe)
            except NoRow as error:
                if needed:
                    raise NoRow(
                        f"no row in {key.target.dotted}, which {key.name} references: {error.reason}",
                        error.sqlstate,
                    ) from None
                parent = {}
            for each, target in zip(own, key.target_columns, strict=True):
                values = found.setdefault(each.name, [])
                more = [parent[target]] if target in parent else []
                if each.name in nullable:
                    more = [*more, None] if needed else [None, *more]
                if key.name in recipe.parents:
                    values[:0] = more
                else:
                    values += more
        return {name: list(dict.fromkeys(values)) for name, values in found.items() if values}

    def _parent(self, relation: Relation, key: ForeignKey, recipe: Recipe) -> Mapping[str, str | None]:
        """The values of the row to reference."""
        if key.name in recipe.parents:
            return recipe.parents[key.name].values
        if key.target in self._making:
            making = self._making[key.target]
            known = {name: value for name, value in making.items() if isinstance(value, str)}
            target = self.lookup.relations[key.target]
            for name in key.target_columns:
                if name not in known:
                    value = self.types.nth(ref_of(target.column(name)), 1)
                    if value is None:
                        raise NoRow("a circle of foreign keys", "circle")
                    known[name] = value
            return known
        return self.ordinary(key.target).values

    def _key_names(self, relation: Relation) -> set[str]:
        """The columns that get explicit values, so that they differ and can be referenced."""
        names = set(self._referenced.get(relation.qualified, ()))
        for index in relation.indexes:
            if index.unique or index.exclusion:
                names.update(index_columns(relation, " ".join(key.expression for key in index.keys)))
        return names

    def _sources(self, relation: Relation, names: Iterable[str]) -> list[str]:
        """The columns, of generated ones those that they are computed from."""
        found: dict[str, None] = {}
        for name in names:
            column = next((each for each in relation.columns if each.name == name), None)
            if column is not None and column.generated is not None:
                found.update(dict.fromkeys(mentioned(column.default or "", relation.columns)))
            else:
                found[name] = None
        return list(found)

    def foreign_keys(self, relation: Relation) -> tuple[ForeignKey, ...]:
        """The foreign keys that rows have to fulfil, also those that only partitions declare."""
        own = relation.foreign_keys
        shapes = {(key.columns, key.target) for key in own}
        more = {
            (key.columns, key.target): key
            for part in tables.descendants(self.lookup, relation.qualified)
            for key in part.foreign_keys
        }
        return (*own, *(key for shape, key in more.items() if shape not in shapes))

    def sources(self, relation: Relation, names: Iterable[str]) -> list[str]:
        """The columns that can be written, of generated ones those that they are computed from."""
        return self._sources(relation, names)


def index_columns(relation: Relation, expressions: str) -> tuple[str, ...]:
    """The columns that the keys of an index mention."""
    return mentioned(expressions, relation.columns)


def _referenced(lookup: Lookup) -> dict[QualifiedName, set[str]]:
    found: dict[QualifiedName, set[str]] = {}
    for relation in lookup.relations.values():
        for key in relation.foreign_keys:
            found.setdefault(key.target, set()).update(key.target_columns)
    return found


def _in_exclusions(relation: Relation) -> set[str]:
    """The columns that are better not NULL: after a period without an end nothing can come."""
    return {
        name
        for index in relation.indexes
        if index.exclusion
        for name in index_columns(relation, " ".join(key.expression for key in index.keys))
    }


def _by_default(lookup: Lookup) -> dict[tuple[QualifiedName, str], tuple[QualifiedName, str]]:
    """The columns that SET DEFAULT references, with the column whose default has to be there."""
    return {
        (key.target, target): (relation.qualified, own)
        for relation in lookup.relations.values()
        for key in relation.foreign_keys
        if Action.SET_DEFAULT in (key.on_delete, key.on_update)
        for own, target in zip(key.columns, key.target_columns, strict=True)
    }


def _match_full(relation: Relation) -> Iterator[Condition]:
    for key in relation.foreign_keys:
        if key.match is Match.FULL and len(key.columns) > 1:
            nulls = ", ".join(map(quote_identifier, key.columns))
            expression = f"pg_catalog.num_nulls({nulls}) IN (0, {len(key.columns)})"
            yield Condition(key.name, expression, key.columns)


def not_null(names: Iterable[str]) -> tuple[Wish, ...]:
    """The wish that these columns are given."""
    return tuple(
        Wish(Condition(name, f"{quote_identifier(name)} IS NOT NULL", (name,)), Goal.TRUE) for name in names
    )


def plainly(exclusion: Exclusion) -> bool:
    """Whether two rows of the same values are certainly in conflict, by its operators."""
    operators = re.findall(r"\bWITH (?:OPERATOR\([^)]*\.)?([^\s,()]+)", exclusion.definition)
    return bool(operators) and all(each in ("=", "&&", "~=", "@>", "<@") for each in operators)
