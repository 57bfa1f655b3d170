"""The conversation with the scratch database: transactions that are rolled back, and conditions evaluated."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

import msgspec
import psycopg

from pgdossier.errors import ConnectionFailed
from pgdossier.model.names import quote_identifier, quote_literal
from pgdossier.model.relations import Relation
from pgdossier.servers.scratch import Scratch
from pgdossier.trials.conditions import Condition, mentioned, ref_of
from pgdossier.trials.statements import Insert
from pgdossier.trials.values import Types

_SETTINGS = (
    "SET TimeZone = 'UTC'",
    "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'",
    "SET bytea_output = 'hex'",
    "SET statement_timeout = '20s'",
    "SET row_security = off",
    "SET client_min_messages = error",
)
Row = tuple[object, ...]


class Failed(Enum):
    """That a condition could not be evaluated on a row."""

    FAILED = "failed"


Answer = bool | Failed | None
"""What a condition says of a row."""


class Refused(Exception):  # noqa: N818 - the server refuses; nothing is wrong with us
    """What the server said to a statement."""

    def __init__(self, error: psycopg.Error) -> None:
        self.sqlstate = error.sqlstate or ""
        self.constraint = error.diag.constraint_name or ""
        self.schema = error.diag.schema_name or ""
        self.table = error.diag.table_name or ""
        self.column = error.diag.column_name or ""
        self.type = error.diag.datatype_name or ""
        self.in_function = (
            "function" in (error.diag.context or "")
            and "SQL statement" not in ((error.diag.context or "").partition("\n")[0])
        )
        self.message = error.diag.message_primary or str(error).strip().partition("\n")[0]
        super().__init__(self.message)


class Mark(msgspec.Struct):
    """A place in a transaction to go back to."""

    name: str
    recorded: int


class Session:
    """One connection to a scratch database."""

    def __init__(self, scratch: Scratch, types: Types) -> None:
        self._connection = scratch.connect()
        self._types = types
        self._in_transaction = False
        self._marks = 0
        self.count = 0
        """How many rows the last statement returned or changed."""
        self.recorded: list[str] = []
        """The statements of the present transaction that changed something, without those rolled back."""
        for setting in _SETTINGS:
            with contextlib.suppress(Refused):
                self.query(setting)

    @property
    def in_transaction(self) -> bool:
        """Whether there is a transaction."""
        return self._in_transaction

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def query(self, sql: str) -> list[Row]:
        """Run SQL and fetch what it returns.

        Raises:
            Refused: The server refused it.
        """
        try:
            cursor = self._connection.execute(sql.encode())
            self.count = cursor.rowcount
            return cursor.fetchall() if cursor.description is not None else []
        except psycopg.Error as error:
            if self._connection.closed:
                raise ConnectionFailed(
                    "the connection to the scratch database was lost", hint="try again"
                ) from None
            raise Refused(error) from None

    def change(self, sql: str) -> list[Row]:
        """Run a statement that belongs to what is tried: it is recorded.

        Raises:
            Refused: The server refused it; the transaction goes on as if it had never been sent.
        """
        with self.savepoint():
            found = self.query(sql)
        self.recorded.append(sql)
        return found

    def insert(self, row: Insert) -> dict[str, str | None] | None:
        """Insert a row and read it back as text.

        Returns:
            None when a trigger or a rule kept it from being stored.

        Raises:
            Refused: The server refused it.
        """
        names = [column.name for column in row.relation.columns]
        returning = ", ".join(f"{quote_identifier(name)}::text" for name in names) or "1"
        with self.savepoint():
            found = self.query(f"{row.sql} RETURNING {returning}")
        self.recorded.append(row.sql)
        if not found:
            return None
        return {
            name: None if value is None else str(value) for name, value in zip(names, found[0], strict=False)
        }

    @contextlib.contextmanager
    def transaction(self, *, keep: bool = False) -> Iterator[None]:
        """A transaction, rolled back at the end unless it is to be kept.

        Raises:
            Refused: It is to be kept and cannot be: a constraint that is checked at the commit.
        """
        self.query("BEGIN")
        self._in_transaction = True
        self.recorded = []
        try:
            yield
            if keep:
                self.query("COMMIT")
        finally:
            self._in_transaction = False
            with contextlib.suppress(Refused):
                self.query("ROLLBACK")

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of the transaction that is undone when it raises."""
        mark = self.mark()
        try:
            yield
        except BaseException:
            self.back_to(mark)
            raise
        self._release(mark)

    def mark(self) -> Mark:
        """A place to go back to."""
        self._marks += 1
        mark = Mark(f"s{self._marks}", len(self.recorded))
        if self._in_transaction:
            self.query(f"SAVEPOINT {mark.name}")
        return mark

    def back_to(self, mark: Mark) -> None:
        """Undo everything since."""
        if self._in_transaction:
            self.query(f"ROLLBACK TO SAVEPOINT {mark.name}")
        del self.recorded[mark.recorded :]

    def _release(self, mark: Mark) -> None:
        if self._in_transaction:
            self.query(f"RELEASE SAVEPOINT {mark.name}")

    def value(self, expression: str) -> str | None:
        """What an expression gives, as text; None for NULL and for what the server refuses."""
        try:
            with self.savepoint():
                found = self.query(f"SELECT ({expression})::text")
        except Refused:
            return None
        return None if found[0][0] is None else str(found[0][0])

    def evaluated(
        self,
        relation: Relation,
        rows: Sequence[Mapping[str, str | None]],
        conditions: Sequence[Condition],
    ) -> list[list[Answer]]:
        """What each condition says of each row that could be.

        Args:
            relation: Whose columns they are.
            rows: The rows, as text; what is not given is NULL.
            conditions: The conditions.

        Returns:
            For each row a list by condition. FAILED where the server cannot evaluate it (a value that no cast
            takes).
        """
        if not rows or not conditions:
            return [[] for _ in rows]
        try:
            with self.savepoint():
                found = self.query(self._evaluation(relation, rows, conditions))
        except Refused:
            if len(rows) == 1:
                return [self._one_by_one(relation, rows[0], conditions)]
            middle = len(rows) // 2
            first, second = rows[:middle], rows[middle:]
            return [
                *self.evaluated(relation, first, conditions),
                *self.evaluated(relation, second, conditions),
            ]
        return [[None if value is None else bool(value) for value in row[1:]] for row in found]

    def _one_by_one(
        self, relation: Relation, row: Mapping[str, str | None], conditions: Sequence[Condition]
    ) -> list[Answer]:
        if len(conditions) == 1:
            return [Failed.FAILED]
        return [self.evaluated(relation, [row], [condition])[0][0] for condition in conditions]

    def _evaluation(
        self, relation: Relation, rows: Sequence[Mapping[str, str | None]], conditions: Sequence[Condition]
    ) -> str:
        wanted = {name for condition in conditions for name in condition.columns}
        generated = [each for each in relation.columns if each.generated and each.name in wanted]
        for each in generated:
            wanted.update(mentioned(each.default or "", relation.columns))
        plain = [each for each in relation.columns if each.name in wanted and not each.generated]
        values = ", ".join(
            "(" + ", ".join([str(number), *(_text(row.get(each.name)) for each in plain)]) + ")"
            for number, row in enumerate(rows)
        )
        names = "".join(f", {quote_identifier(each.name)}" for each in plain)
        typed = "".join(
            f", {quote_identifier(each.name)}::{self._types.base(ref_of(each)).text}"
            f" AS {quote_identifier(each.name)}"
            for each in plain
        )
        inner = f'SELECT "#"{typed} FROM (VALUES {values}) AS given ("#"{names})'  # noqa: S608 - quoted above
        if generated:
            computed = "".join(
                f", ({each.default})::{self._types.base(ref_of(each)).text} AS {quote_identifier(each.name)}"
                for each in generated
            )
            inner = f"SELECT typed.*{computed} FROM ({inner}) AS typed"  # noqa: S608 - quoted above
        asked = "".join(f", ({condition.expression})" for condition in conditions)
        return f'SELECT "#"{asked} FROM ({inner}) AS {quote_identifier(relation.name)} ORDER BY "#"'  # noqa: S608


def _text(value: str | None) -> str:
    return "NULL" if value is None else quote_literal(value) + "::text"
