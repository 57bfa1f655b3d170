"""One violation for each constraint, of it and of nothing else, and what the server did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import msgspec

from pgdossier.analysis import tables
from pgdossier.building.trials.attempts import Attempts, Found, names
from pgdossier.building.trials.rows import NoRow, Recipe, Rows, Stored, index_columns, not_null, plainly
from pgdossier.building.trials.search import Goal, Wish
from pgdossier.building.trials.session import Refused
from pgdossier.history.trials import ConstraintTrial, Kind, Surprise, Surprising, Verdict
from pgdossier.model.columns import Column
from pgdossier.model.constraints import Check, Exclusion, ForeignKey, Match
from pgdossier.model.indexes import Index
from pgdossier.model.masking import REDACTED
from pgdossier.model.names import QualifiedName, quote_identifier, quote_literal
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.types import Domain, Enum
from pgdossier.trials import blanks
from pgdossier.trials.cases import Case
from pgdossier.trials.conditions import Condition, check, mentioned, ref_of, substituted
from pgdossier.trials.statements import Expression, Insert, Value, literal
from pgdossier.trials.values import TEXTS, TypeRef

_NOT_NULL, _CHECK, _FOREIGN_KEY = "23502", "23514", "23503"
_UNIQUE = ("23505", "23P01")
_TOO_LONG = ("22001", "22003", "22026")
_LONGEST_WRITTEN = 40
_UNITS = {"x": "characters", "9": "digits", "1": "bits"}
_OTHER_KEYS = 6
_UNKNOWN = "it was redacted, so that the copy has another one"
_NOWHERE = 97
"""The number of the first value that no parent is expected to have."""


class Result(msgspec.Struct, frozen=True):
    """What was found out about one constraint."""

    trial: ConstraintTrial
    case: Case | None = None
    surprises: tuple[Surprise, ...] = ()


class _Base(msgspec.Struct, frozen=True):
    """A row that could be inserted; `before` is what has to be done for it."""

    relation: Relation
    values: Mapping[str, Value]
    before: tuple[str, ...]
    notes: tuple[str, ...] = ()


class Constraints:
    """Tries the constraints of one scratch database."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._session = rows.session
        self._attempts = Attempts(rows)
        self._lookup = rows.lookup
        self._types = rows.types

    # --- tables ---

    def of_table(self, relation: Relation) -> Iterator[Result]:
        """The constraints of one table, those that it only has from its parents left out."""
        folded = tables.is_folded(self._lookup, relation)
        base: _Base | NoRow = NoRow("")
        with self._session.transaction():
            self._rows.used = set()
            try:
                base = self._base(relation)
            except NoRow as error:
                base = error
            needs = tuple(self._rows.used)
        yield from self._of_rows(relation, base, needs, () if folded else relation.columns)
        yield from self._of_keys(relation)

    def _of_rows(
        self,
        relation: Relation,
        base: _Base | NoRow,
        needs: tuple[QualifiedName, ...],
        columns: Sequence[Column],
    ) -> Iterator[Result]:
        """What single rows have to fulfil."""
        for column in columns:
            if not column.nullable:
                blank = blanks.of_not_null(relation, column)
                yield self._tried(base, needs, partial(self._not_null, column=column), blank)
        for check_ in relation.checks:
            if not check_.inherited:
                blank = blanks.of_check(relation, check_)
                yield self._tried(base, needs, partial(self._check, each=check_), blank)
        for column in columns:
            size = self._size(column)
            if size is not None and column.generated is None:
                blank = blanks.of_length(relation, column)
                yield self._tried(base, needs, partial(self._length, column=column, size=size), blank)

    def _of_keys(self, relation: Relation) -> Iterator[Result]:
        """What rows have to fulfil together with others."""
        for index in relation.indexes:
            excluding = any(each.name == index.constraint for each in relation.exclusions)
            if index.unique and not excluding and index.parent is None:  # WITHOUT OVERLAPS among them
                blank = blanks.of_index(relation, index)
                yield self._keyed(relation, blank, partial(self._unique, relation, index))
        for exclusion in relation.exclusions:
            if not exclusion.inherited:
                blank = blanks.of_exclusion(relation, exclusion)
                yield self._keyed(relation, blank, partial(self._excluded, relation, exclusion))
        for key in relation.foreign_keys:
            if not key.inherited:
                blank = blanks.of_foreign_key(relation, key)
                yield self._keyed(relation, blank, partial(self._foreign, relation, key))

    def _base(self, relation: Relation) -> _Base:
        """An ordinary row that could be inserted beside the one that is there."""
        if relation.kind is RelationKind.FOREIGN_TABLE:
            raise NoRow("rows of a foreign table are elsewhere")
        found = self._rows.build(relation, Recipe(n=2))
        own = len(found.statements)
        before = tuple(self._session.recorded[: len(self._session.recorded) - own])
        off = self._rows.triggers_off(relation) if found.without_triggers else ()
        return _Base(relation, found.insert.values, (*before, *off), found.notes)

    def _tried(
        self,
        base: _Base | NoRow,
        needs: tuple[QualifiedName, ...],
        run: Callable[[_Base], Result],
        blank: ConstraintTrial,
    ) -> Result:
        """Try a violation of a row that is valid otherwise."""
        if isinstance(base, NoRow):
            return Result(blanks.because(blank, f"no row could be built: {base.reason}"))
        with self._session.transaction():
            self._rows.used = set(needs)
            try:
                for statement in base.before:
                    self._session.change(statement)
                return run(base)
            except NoRow as error:
                return Result(blanks.because(blank, error.reason))
            except Refused as error:
                return Result(blanks.because(blank, error.message))

    def _keyed(self, relation: Relation, blank: ConstraintTrial, run: Callable[[], Result]) -> Result:
        """Try a violation that takes rows of its own."""
        with self._session.transaction():
            self._rows.used = set()
            try:
                if relation.kind is RelationKind.FOREIGN_TABLE:
                    raise NoRow("rows of a foreign table are elsewhere")
                return run()
            except NoRow as error:
                return Result(blanks.because(blank, error.reason))
            except Refused as error:
                return Result(blanks.because(blank, error.message))

    # --- columns ---

    def _not_null(self, base: _Base, column: Column) -> Result:
        blank = blanks.of_not_null(base.relation, column)
        values = dict(base.values)
        tried = f"{quote_identifier(column.name)} = NULL"
        if column.generated is not None:
            condition = check(base.relation, column.name, f"({column.default}) IS NULL")
            null = self._rows.nearest(base.relation, base.values, [Wish(condition, Goal.TRUE)], Recipe(n=2))
            if null is None:
                raise NoRow("no values were found from which NULL would be computed")
            values = null
            tried = blanks.difference(base.values, values)
        else:
            values[column.name] = None
            if base.relation.partition is None and base.relation.kind is RelationKind.PARTITIONED_TABLE:
                return self._not_null_below(base, column, values, blank, tried)

        def expected(refused: Refused) -> bool:
            return self._of_column(base.relation, column, refused)

        statement = Insert(base.relation, values).sql
        return self._judged(base.relation, blank, statement, expected, tried)

    def _of_column(self, relation: Relation, column: Column, refused: Refused) -> bool:
        """Whether a refusal is about NULL in that column, of the table itself or of a partition of it."""
        whole = (relation, *tables.descendants(self._lookup, relation.qualified))
        where = QualifiedName(refused.schema, refused.table)
        return (refused.sqlstate, refused.column) == (_NOT_NULL, column.name) and any(
            each.qualified == where for each in whole
        )

    def _not_null_below(
        self, base: _Base, column: Column, values: Mapping[str, Value], blank: ConstraintTrial, tried: str
    ) -> Result:
        """NOT NULL of a partitioned table: into a partition, as without a key there is no way to one."""
        leaf = next(
            (
                each
                for each in tables.descendants(self._lookup, base.relation.qualified)
                if each.kind is RelationKind.TABLE
            ),
            None,
        )
        if leaf is None:
            raise NoRow("there is no partition that could take a row")

        def expected(refused: Refused) -> bool:
            return self._of_column(base.relation, column, refused)

        in_key = column.name in (base.relation.partitioning.columns if base.relation.partitioning else ())
        target = leaf if in_key else base.relation
        statement = Insert(target, values).sql
        return self._judged(target, blank, statement, expected, tried)

    def _size(self, column: Column) -> tuple[str, int] | None:
        """What is limited, and the limit: characters, digits before the point, bits."""
        base = self._types.base(ref_of(column))
        item = base.element() if base.is_array else base
        if not item.modifiers:
            return None
        if item.bare in TEXTS or item.bare in ("bit", "bit varying"):
            return ("x" if item.bare in TEXTS else "1"), item.modifiers[0]
        if item.bare == "numeric":
            return "9", item.modifiers[0] - (item.modifiers[1] if len(item.modifiers) > 1 else 0)
        return None

    def _length(self, base: _Base, column: Column, size: tuple[str, int]) -> Result:
        letter, limit = size
        blank = blanks.of_length(base.relation, column)
        length = max(limit + 1, 1)
        value: Value = letter * length
        tried = f"{quote_identifier(column.name)} of {length} {_UNITS[letter]}"
        if self._types.base(ref_of(column)).is_array:
            value = "{" + letter * length + "}"
        elif length > _LONGEST_WRITTEN:
            value = Expression(f"repeat('{letter}', {length}){'::numeric' if letter == '9' else ''}")
        statement = Insert(base.relation, {**base.values, column.name: value}).sql

        def expected(refused: Refused) -> bool:
            return refused.sqlstate in _TOO_LONG and not refused.in_function

        return self._judged(base.relation, blank, statement, expected, tried)

    # --- CHECK ---

    def _check(self, base: _Base, each: Check) -> Result:
        blank = blanks.of_check(base.relation, each)
        _known(each.expression)
        condition = check(base.relation, each.name, each.expression)
        recipe = Recipe(n=2, wishes=(Wish(condition, Goal.FALSE),))
        values = self._violating(base, condition, recipe)
        tried = blanks.difference(base.values, values)
        statement = Insert(base.relation, values).sql

        def expected(refused: Refused) -> bool:
            return refused.sqlstate == _CHECK and names(self._lookup, base.relation, each.name, refused)

        found = self._judged(base.relation, blank, statement, expected, tried, enforced=each.enforced)
        if not each.enforced or found.trial.verdict is not Verdict.REJECTS:
            return found
        slips = tuple(self._slipping(base, condition))
        if not slips:
            return found
        words = f"{each.name} lets NULL pass in {', '.join(slips)}"
        surprise = Surprise(
            kind=Surprising.NULL_PASSES, object=base.relation.qualified, name=each.name, what=words
        )
        return Result(found.trial, found.case, (*found.surprises, surprise))

    def _violating(self, base: _Base, condition: Condition, recipe: Recipe) -> dict[str, Value]:
        """The nearest row of which the condition is false, and no other if that can be."""
        others = [
            Wish(each)
            for each in self._rows.conditions(base.relation)
            if each.expression != condition.expression
        ]
        for wishes in ((Wish(condition, Goal.FALSE), *others), (Wish(condition, Goal.FALSE),)):
            found = self._rows.nearest(base.relation, base.values, wishes, recipe)
            if found is not None:
                return found
        raise NoRow("no row was found of which the condition is false")

    def _slipping(self, base: _Base, condition: Condition) -> Iterator[str]:
        """The columns that, when they are NULL, make the condition unknown, and the row is accepted."""
        for name in condition.columns:
            column = base.relation.column(name)
            if column.generated is not None or not tables.nullable(self._lookup, column):
                continue
            values = {**base.values, name: None}
            asked = self._rows.texts(base.relation, values)
            if self._session.evaluated(base.relation, [asked], [condition])[0][0] is not None:
                continue
            mark = self._session.mark()
            try:
                self._session.query(Insert(base.relation, values).sql)
                yield name
            except Refused:
                pass
            finally:
                self._session.back_to(mark)

    # --- keys ---

    def _unique(self, relation: Relation, index: Index) -> Result:
        blank = blanks.of_index(relation, index)
        _known(index.definition)
        columns = index_columns(relation, " ".join(key.expression for key in index.keys))
        written = self._rows.sources(relation, columns)
        of_predicate = mentioned(index.predicate or "", relation.columns)
        wishes = list(not_null(columns))
        if index.predicate:
            wishes.append(Wish(check(relation, index.name, index.predicate), Goal.TRUE))
        first = self._first(relation, wishes)
        name = index.constraint or index.name

        def expected(refused: Refused) -> bool:
            return refused.sqlstate in _UNIQUE and names(self._lookup, relation, name, refused)

        fixed: dict[str, Value] = {
            each: first.values.get(each)
            for each in (*written, *of_predicate)
            if relation.column(each).generated is None
        }
        values = self._once_more(relation, Recipe(n=3, fixed=fixed, wishes=tuple(wishes)), expected)
        tried = f"{', '.join(map(quote_identifier, columns))} once more"
        found = self._judged(
            relation, blank, Insert(relation, values).sql, expected, tried, first=first, enforced=index.valid
        )
        surprise = (
            self._nulls(relation, index, columns) if found.trial.verdict is not Verdict.NOT_TRIED else None
        )
        return found if surprise is None else Result(found.trial, found.case, (*found.surprises, surprise))

    def _once_more(
        self, relation: Relation, recipe: Recipe, expected: Callable[[Refused], bool]
    ) -> dict[str, Value]:
        """A row with the values of another one in one key, and other values in the other keys."""
        values = self._rows.composed(relation, recipe)
        for _ in range(_OTHER_KEYS):
            try:
                with self._session.savepoint():
                    self._session.query(Insert(relation, values).sql)
                    raise NoRow("")  # only the refusal is of interest here
            except NoRow:
                return values
            except Refused as refused:
                if expected(refused) or not self._rows.mended(relation, recipe, refused):
                    return values
                values = self._rows.composed(relation, recipe)
        return values

    def _nulls(self, relation: Relation, index: Index, columns: Sequence[str]) -> Surprise | None:
        """Whether two rows that are the same but for a NULL pass a unique key."""
        own = [relation.column(name) for name in columns]
        nullable = [
            each.name for each in own if each.generated is None and tables.nullable(self._lookup, each)
        ]
        if not nullable or index.nulls_not_distinct:
            return None
        mark = self._session.mark()
        try:
            fixed: dict[str, Value] = {nullable[0]: None}
            wishes = (
                [Wish(check(relation, index.name, index.predicate), Goal.TRUE)] if index.predicate else []
            )
            first = self._rows.build(relation, Recipe(n=4, fixed=fixed, wishes=tuple(wishes)))
            same: dict[str, Value] = {
                name: first.values.get(name) for name in columns if relation.column(name).generated is None
            }
            self._rows.build(relation, Recipe(n=5, fixed=same, wishes=tuple(wishes)))
        except (NoRow, Refused):
            return None
        finally:
            self._session.back_to(mark)
        name = index.constraint or index.name
        words = f"{name} lets several rows pass in which {nullable[0]} is NULL"
        return Surprise(kind=Surprising.SEVERAL_NULLS, object=relation.qualified, name=name, what=words)

    def _first(self, relation: Relation, wishes: Sequence[Wish]) -> Stored:
        """A row that is there, and of which the conditions are true."""
        try:
            found = self._rows.ordinary(relation.qualified)
        except NoRow:
            found = None
        if found is not None:
            answers = self._session.evaluated(
                relation, [dict(found.values)], [wish.condition for wish in wishes]
            )
            if all(wish.met(answer) for wish, answer in zip(wishes, answers[0], strict=True)):
                return found
        return self._rows.build(relation, Recipe(n=2, wishes=tuple(wishes)))

    def _excluded(self, relation: Relation, exclusion: Exclusion) -> Result:
        blank = blanks.of_exclusion(relation, exclusion)
        _known(exclusion.definition)
        index = next((each for each in relation.indexes if each.constraint == exclusion.name), None)
        columns = exclusion.columns
        if index is not None:
            columns = index_columns(relation, " ".join(key.expression for key in index.keys))
        wishes = list(not_null(columns))
        if index is not None and index.predicate:
            wishes.append(Wish(check(relation, exclusion.name, index.predicate), Goal.TRUE))
        first = self._first(relation, wishes)

        def expected(refused: Refused) -> bool:
            return refused.sqlstate == "23P01" and names(self._lookup, relation, exclusion.name, refused)

        found: Result | None = None
        for different in (None, *columns):
            fixed: dict[str, Value] = {
                each: first.values.get(each)
                for each in self._rows.sources(relation, columns)
                if each != different
            }
            values = self._rows.composed(relation, Recipe(n=3, fixed=fixed, wishes=tuple(wishes)))
            tried = f"{', '.join(map(quote_identifier, fixed))} once more"
            found = self._judged(relation, blank, Insert(relation, values).sql, expected, tried, first=first)
            if found.trial.verdict in (Verdict.REJECTS, Verdict.AT_COMMIT):
                return found
        if (
            found is not None
            and found.trial.verdict is Verdict.ACCEPTS
            and not (columns and plainly(exclusion))
        ):
            return Result(blanks.because(blank, "no two rows were found that its operators call a conflict"))
        return found or Result(blanks.because(blank, "it has no column"))

    def _foreign(self, relation: Relation, key: ForeignKey) -> Result:
        blank = blanks.of_foreign_key(relation, key)
        own_names = ", ".join(map(quote_identifier, key.columns))
        targets = ", ".join(map(quote_identifier, key.target_columns))
        asked = ", ".join(f"{quote_identifier(name)}::text" for name in key.target_columns)
        rows = self._session.query(f"SELECT {asked} FROM {key.target.sql}")  # noqa: S608 - quoted
        there = " AND ".join(f"NOT ({_same(key.columns, row)})" for row in rows if None not in row)
        given = " AND ".join(f"{quote_identifier(name)} IS NOT NULL" for name in key.columns)
        condition = Condition(key.name, f"{given} AND ({there or 'true'})", key.columns)
        free = frozenset(key.columns)
        recipe = Recipe(
            n=2, wishes=(Wish(condition, Goal.TRUE),), free=free, bumps=dict.fromkeys(key.columns, _NOWHERE)
        )
        values = self._rows.composed(relation, recipe)
        found = {name: values[name] for name in key.columns if name in values}
        tried = (
            f"({own_names}) = ({', '.join(map(literal, found.values()))}), which no row has as ({targets})"
        )

        def expected(refused: Refused) -> bool:
            return refused.sqlstate == _FOREIGN_KEY and names(self._lookup, relation, key.name, refused)

        judged = self._judged(
            relation, blank, Insert(relation, values).sql, expected, tried, enforced=key.enforced
        )
        if not key.enforced or judged.trial.verdict not in (Verdict.REJECTS, Verdict.AT_COMMIT):
            return judged
        slips = self._partly_null(relation, key, values, expected)
        return judged if slips is None else Result(judged.trial, judged.case, (*judged.surprises, slips))

    def _partly_null(
        self,
        relation: Relation,
        key: ForeignKey,
        values: Mapping[str, Value],
        expected: Callable[[Refused], bool],
    ) -> Surprise | None:
        """Whether a row without a parent passes when one of several columns is NULL (MATCH SIMPLE)."""
        if len(key.columns) == 1 or key.match is Match.FULL:
            return None
        for name in key.columns:
            if not tables.nullable(self._lookup, relation.column(name)):
                continue
            statement = Insert(relation, {**values, name: None}).sql
            found = self._attempts.attempt(relation, statement, expected, accepts=True)
            if found.accepted and found.count:
                words = f"{key.name} lets a row without a parent pass in which {name} is NULL"
                return Surprise(
                    kind=Surprising.PARTLY_NULL, object=relation.qualified, name=key.name, what=words
                )
        return None

    # --- types ---

    def of_enum(self, enum: Enum) -> Result:
        """A label that the enum has not."""
        label = "no such label"
        while label in enum.labels:
            label += "!"
        blank = ConstraintTrial(
            kind=Kind.ENUM, object=enum.qualified, name=enum.name, verdict=Verdict.NOT_TRIED
        )
        statement = f"SELECT CAST({quote_literal(label)} AS {enum.qualified.sql})"
        return self._of_type(blank, statement, f"the label {quote_literal(label)}", "22P02", "")

    def of_domain(self, domain: Domain) -> Iterator[Result]:
        """Values that a domain forbids."""
        ref = TypeRef(domain.qualified.sql, domain.qualified)
        base = self._types.base(ref)
        if not domain.nullable:
            name = domain.not_null_name or domain.name
            blank = ConstraintTrial(
                kind=Kind.DOMAIN_NOT_NULL, object=domain.qualified, name=name, verdict=Verdict.NOT_TRIED
            )
            yield self._of_type(blank, f"SELECT CAST(NULL AS {domain.qualified.sql})", "NULL", _NOT_NULL, "")
        column = Column(name="value", type=base.text, type_name=base.name)
        relation = Relation(
            schema=domain.schema, name=domain.name, kind=RelationKind.TABLE, owner="", columns=(column,)
        )
        conditions = [
            check(relation, each.name, substituted(each.expression, column.name))
            for one in self._types.domains(ref)
            for each in one.checks
        ]
        for each in domain.checks:
            blank = ConstraintTrial(
                kind=Kind.DOMAIN_CHECK, object=domain.qualified, name=each.name, verdict=Verdict.NOT_TRIED
            )
            if REDACTED in each.expression:
                yield Result(blanks.because(blank, _UNKNOWN))
                continue
            own = next(one for one in conditions if one.name == each.name)
            wishes = [Wish(one, Goal.FALSE if one is own else Goal.HOLDS) for one in conditions]
            start: dict[str, Value] = {column.name: None}
            found = self._rows.nearest(relation, start, wishes, Recipe()) or self._rows.nearest(
                relation, start, [Wish(own, Goal.FALSE)], Recipe()
            )
            if found is None:
                yield Result(blanks.because(blank, "no value was found of which the condition is false"))
                continue
            value = literal(found[column.name])
            statement = f"SELECT CAST(CAST({value} AS {base.text}) AS {domain.qualified.sql})"
            yield self._of_type(blank, statement, f"VALUE = {blanks.short(value)}", _CHECK, each.name)

    def _of_type(
        self, blank: ConstraintTrial, statement: str, tried: str, sqlstate: str, constraint: str
    ) -> Result:
        with self._session.transaction():
            self._rows.used = set()
            try:
                self._session.query(statement)
            except Refused as refused:
                if refused.sqlstate == sqlstate and refused.constraint == constraint:
                    trial = blanks.judged(blank, Verdict.REJECTS, tried, refused.sqlstate)
                    case = Case(
                        subject=blank.object,
                        title=blanks.title(blank),
                        last=statement,
                        sqlstate=sqlstate,
                        constraint=constraint,
                    )
                    return Result(trial, case)
                return Result(blanks.because(blank, refused.message))
        return Result(
            blanks.judged(blank, Verdict.ACCEPTS, tried), surprises=(blanks.accepted(blank, tried),)
        )

    # --- judging ---

    def _judged(
        self,
        relation: Relation,
        blank: ConstraintTrial,
        statement: str,
        expected: Callable[[Refused], bool],
        tried: str,
        *,
        first: Stored | None = None,
        enforced: bool = True,
    ) -> Result:
        """Run the violation, and say what it came to."""
        already = tuple(self._session.recorded)
        found = self._attempts.attempt(relation, statement, expected, accepts=not enforced)
        before = (*already, *found.before)
        case = Case(
            subject=blank.object,
            title=blanks.title(blank),
            needs=tuple(sorted(self._rows.used)),
            before=before,
            last=statement,
        )
        if found.refused is not None:
            return self._refused(blank, tried, found, found.refused, case)
        if found.other is not None:
            return Result(blanks.because(blank, f"the server says first: {found.other.message}"))
        if not found.count:
            return Result(blanks.because(blank, "a trigger or a rule stores no row"))
        if any(each.instead and each.event == "insert" for each in relation.rules):
            return Result(blanks.because(blank, "a rule rewrites what is inserted"))
        if not enforced:
            surprise = Surprise(
                kind=Surprising.NOT_ENFORCED,
                object=blank.object,
                name=blank.name,
                what=f"{blank.name} accepts {tried}",
            )
            return Result(
                blanks.judged(blank, Verdict.NOT_ENFORCED, tried, notes=found.notes), case, (surprise,)
            )
        return Result(
            blanks.judged(blank, Verdict.ACCEPTS, tried, notes=found.notes),
            surprises=(blanks.accepted(blank, tried),),
        )

    def _refused(
        self, blank: ConstraintTrial, tried: str, found: Found, refused: Refused, case: Case
    ) -> Result:
        verdict = Verdict.AT_COMMIT if found.at_commit else Verdict.REJECTS
        surprises: list[Surprise] = []
        if found.at_commit:
            words = f"{blank.name} is checked at the commit only"
            surprises.append(
                Surprise(kind=Surprising.AT_COMMIT, object=blank.object, name=blank.name, what=words)
            )
        if found.mended:
            mending = f"a trigger mends {tried} before {blank.name} sees it"
            dropping = f"a trigger drops the row with {tried} before {blank.name} sees it"
            words, kind = (dropping, Surprising.DROPPED) if found.dropped else (mending, Surprising.MENDED)
            surprises.append(Surprise(kind=kind, object=blank.object, name=blank.name, what=words))
        trial = blanks.judged(blank, verdict, tried, refused.sqlstate, found.notes)
        case = Case(
            subject=case.subject,
            title=case.title,
            needs=case.needs,
            before=case.before,
            last=case.last,
            sqlstate=refused.sqlstate,
            constraint=refused.constraint,
            column=refused.column,
        )
        return Result(trial, case, tuple(surprises))


def _known(definition: str) -> None:
    """Refuse to try what was redacted: the copy would show what the source does not do.

    Raises:
        NoRow: It was.
    """
    if REDACTED in definition:
        raise NoRow(_UNKNOWN)


def _same(names: Sequence[str], row: Sequence[object]) -> str:
    """That columns have the values of a row, compared as text."""
    return " AND ".join(
        f"{quote_identifier(name)}::text = {literal(None if value is None else str(value))}"
        for name, value in zip(names, row, strict=True)
    )
