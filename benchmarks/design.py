"""Designs a database of N tables: what there is, before it is written as SQL.

Tables come in communities (an order with its lines, notes and statuses), communities in schemas. A foreign
key goes mostly to a table of its own community, sometimes to one of its schema, seldom to another schema, and
in each of these the likelier the more foreign keys a table has already, so that hubs form.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.dice import Dice
from benchmarks.words import AREAS, ASPECTS, ATTRIBUTES, NOUNS, ROLES, Attribute

SMALLEST = 12
"""With fewer tables there is no room for what every generated database has."""

# PostgreSQL keeps 63 bytes of a name; what is cut is told apart by a checksum.
_LONGEST = 63


@dataclass(slots=True)
class Column:
    """A column; `extra` is what stands behind its type: an identity, a generation expression."""

    name: str
    type: str
    not_null: bool = False
    default: str | None = None
    extra: str | None = None
    comment: str | None = None


@dataclass(slots=True)
class Index:
    """An index that is not made by a constraint; `keys` and `rest` are SQL."""

    name: str
    keys: str
    method: str = "btree"
    rest: str = ""


@dataclass(slots=True)
class ForeignKey:
    """A foreign key of one column; `actions` is what stands behind it."""

    name: str
    column: str
    target: Table
    actions: str = ""


@dataclass(slots=True)
class Table:
    """A table, with its partitions if it has any."""

    schema: str
    name: str
    key: tuple[str, ...]
    columns: list[Column] = field(default_factory=list)
    uniques: list[tuple[str, str]] = field(default_factory=list)
    checks: list[tuple[str, str]] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    indexes: list[Index] = field(default_factory=list)
    triggers: list[tuple[str, str]] = field(default_factory=list)
    policies: list[tuple[str, str]] = field(default_factory=list)
    partition_by: str | None = None
    partitions: list[tuple[str, str]] = field(default_factory=list)
    sequence: str | None = None
    comment: str | None = None

    @property
    def qualified(self) -> str:
        """The name with its schema. No generated name needs quotes."""
        return f"{self.schema}.{self.name}"

    @property
    def copies(self) -> int:
        """How often the catalog has what every partition has, too."""
        return 1 + len(self.partitions)

    def column(self, name: str) -> Column | None:
        """The column of this name."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(slots=True)
class View:
    """A view or materialized view."""

    schema: str
    name: str
    query: str
    materialized: bool = False
    comment: str | None = None


@dataclass(slots=True)
class Database:
    """All of it."""

    schemas: list[str]
    enums: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many of each kind the catalogs of the database list, partitions and their parts included."""
        tables = self.tables
        return {
            "schemas": len(self.schemas),
            "tables": sum(table.copies for table in tables),
            "columns": sum(len(table.columns) * table.copies for table in tables),
            "foreign keys": sum(len(table.foreign_keys) * table.copies for table in tables),
            "indexes": sum((1 + len(table.uniques) + len(table.indexes)) * table.copies for table in tables)
            + sum(view.materialized for view in self.views),
            "checks": sum(len(table.checks) * table.copies for table in tables),
            "triggers": sum(len(table.triggers) * table.copies for table in tables),
            "policies": sum(len(table.policies) for table in tables),
            "views": len(self.views),
            "enums": len(self.enums),
        }


def design(tables: int, seed: int) -> Database:
    """Design a database.

    Args:
        tables: How many tables it has, partitioned tables and their partitions included.
        seed: Another seed, another database; the same, the same.

    Raises:
        ValueError: There are fewer than `SMALLEST` tables.
    """
    if tables < SMALLEST:
        raise ValueError(f"A generated database has at least {SMALLEST} tables")
    return _Designer(tables, Dice(seed * 1_000_003 + tables)).design()


def fitting(name: str) -> str:
    """The name, or what of it PostgreSQL takes, with a checksum in place of the rest."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 9]}_{zlib.crc32(name.encode()):08x}"


def _areas(tables: int) -> list[str]:
    count = max(2, round(tables**0.5 * 0.4))
    return [
        AREAS[i % len(AREAS)] + (f"_{i // len(AREAS) + 1}" if i >= len(AREAS) else "") for i in range(count)
    ]


class _Designer:
    """The state of one design: who can be referred to, and how often each is already.

    `_ends` has, for each scope, every table that can be referred to once, and once more for every foreign key
    that refers to it: a draw from it is preferential attachment.
    """

    def __init__(self, tables: int, dice: Dice) -> None:
        self._left = tables
        self._dice = dice
        self._database = Database(_areas(tables))
        self._names: set[str] = set()
        self._ends: dict[str, list[Table]] = {}
        self._communities = 0

    def design(self) -> Database:
        schemas = self._database.schemas
        self._core()
        weights = [(schema, (rank + 1.0) ** -0.6) for rank, schema in enumerate(schemas)]
        for schema in schemas[1:]:
            self._community(schema)
        while self._left:
            self._community(self._dice.weighted(weights))
        return self._database

    def _core(self) -> None:
        """What all schemas refer to: tenants, accounts, and the log that the audit triggers write."""
        for name in ("tenant", "user_account"):
            table = self._table("core", name, "core", parent=None)
            for _ in range(4):
                self._ends["*"].append(table)
        log = Table("core", "change_log", ("id",), comment="Who changed which row, written by triggers.")
        log.columns = [
            Column("id", "bigint", not_null=True, extra="GENERATED ALWAYS AS IDENTITY"),
            Column("table_name", "text", not_null=True),
            Column("operation", "text", not_null=True),
            Column("row_before", "jsonb"),
            Column("row_after", "jsonb"),
            Column("changed_by", "text", not_null=True, default="CURRENT_USER"),
            Column("changed_at", "timestamp with time zone", not_null=True, default="now()"),
        ]
        log.checks.append(("change_log_operation_check", "operation IN ('INSERT', 'UPDATE', 'DELETE')"))
        log.indexes.append(Index("change_log_table_name_changed_at_idx", "table_name, changed_at DESC"))
        self._add(log)

    def _community(self, schema: str) -> None:
        if not self._left:
            return
        self._communities += 1
        scope = f"{schema}/{self._communities}"
        noun = self._unused(schema)
        members = min(self._left, self._dice.between(5, 22))
        root = self._table(schema, noun, scope, parent=None)
        partitioned = self._dice.chance(0.2) and self._left >= 8
        aspects = self._dice.some(ASPECTS, members - 1)
        children = [self._member(schema, f"{noun}_{aspect}", aspect, scope, root) for aspect in aspects]
        if partitioned and self._left >= 4:
            children.append(self._log(schema, f"{noun}_event", scope, root))
        if children and self._dice.chance(0.12):
            self._foreign_key(root, self._dice.pick(children), f"current_{children[0].name}_id")
        self._views(schema, noun, root, children)

    def _unused(self, schema: str) -> str:
        for _ in range(40):
            noun = self._dice.pick(NOUNS)
            if f"{schema}.{noun}" not in self._names:
                return noun
        while True:
            noun = f"{self._dice.pick(NOUNS)}_{self._dice.pick(NOUNS)}"
            if f"{schema}.{noun}" not in self._names:
                return noun

    def _member(self, schema: str, name: str, aspect: str, scope: str, root: Table) -> Table:
        if aspect in ("status", "type", "category"):
            return self._lookup(schema, name, scope, root)
        if aspect in ("line", "translation", "member", "tag", "relation") and len(root.key) == 1:
            return self._part(schema, name, scope, root)
        return self._table(schema, name, scope, parent=root)

    def _table(self, schema: str, name: str, scope: str, parent: Table | None) -> Table:
        dice = self._dice
        table = Table(schema, name, ("id",))
        table.columns.append(self._surrogate(table))
        if parent is not None:
            self._foreign_key(table, parent)
        for _ in range(dice.weighted(((0, 52), (1, 30), (2, 11), (3, 5), (5, 2)))):
            self._foreign_key(table, self._target(schema, scope))
        if dice.chance(0.03):
            self._foreign_key(table, table, "parent_id")
        self._furnish(table, dice.between(6, 18))
        self._add(table)
        self._refer(table, scope)
        return table

    def _lookup(self, schema: str, name: str, scope: str, root: Table) -> Table:
        """A small table of values that the others of its community choose from."""
        table = Table(schema, name, ("code",), comment=f"The values of {name.replace('_', ' ')}.")
        table.columns = [
            Column("code", "text", not_null=True),
            Column("label", "text", not_null=True),
            Column("position", "integer", not_null=True, default="0"),
            Column("is_active", "boolean", not_null=True, default="true"),
        ]
        table.uniques.append((fitting(f"{name}_label_key"), "label"))
        table.checks.append((fitting(f"{name}_code_check"), "code = lower(code)"))
        self._add(table)
        self._refer(table, scope)
        self._foreign_key(root, table)
        return table

    def _part(self, schema: str, name: str, scope: str, root: Table) -> Table:
        """A table whose key starts with that of the row it belongs to."""
        table = Table(schema, name, ())
        self._foreign_key(table, root, actions=" ON DELETE CASCADE")
        table.columns[0].not_null = True
        table.columns.append(Column("line_no", "integer", not_null=True))
        table.key = (table.columns[0].name, "line_no")
        for _ in range(self._dice.between(0, 2)):
            self._foreign_key(table, self._target(schema, scope))
        self._furnish(table, self._dice.between(6, 14))
        self._add(table)
        return table

    def _log(self, schema: str, name: str, scope: str, root: Table) -> Table:
        """A table partitioned by month."""
        table = Table(schema, name, ("id", "occurred_at"), partition_by="RANGE (occurred_at)")
        table.columns = [
            Column("id", "bigint", not_null=True),
            Column("occurred_at", "timestamp with time zone", not_null=True),
        ]
        for month in range(1, self._dice.between(3, min(6, self._left - 1)) + 1):
            bounds = f"FROM ('2025-{month:02}-01 00:00:00+00') TO ('2025-{month + 1:02}-01 00:00:00+00')"
            table.partitions.append((fitting(f"{name}_2025_{month:02}"), bounds))
        self._foreign_key(table, root)
        if self._dice.chance(0.5):
            self._foreign_key(table, self._target(schema, scope))
        self._furnish(table, self._dice.between(6, 14))
        self._add(table)
        return table

    def _surrogate(self, table: Table) -> Column:
        kind = self._dice.weighted((("identity", 60), ("default", 14), ("uuid", 14), ("sequence", 12)))
        if kind == "uuid":
            return Column("id", "uuid", not_null=True, default="gen_random_uuid()")
        if kind == "sequence":
            table.sequence = fitting(f"{table.name}_id_seq")
            default = f"nextval('{table.schema}.{table.sequence}'::regclass)"
            return Column("id", "bigint", not_null=True, default=default)
        how = "ALWAYS" if kind == "identity" else "BY DEFAULT"
        return Column("id", "bigint", not_null=True, extra=f"GENERATED {how} AS IDENTITY")

    def _target(self, schema: str, scope: str) -> Table | None:
        where = self._dice.weighted(((scope, 58), (schema, 28), ("*", 14)))
        ends = self._ends.get(where) or self._ends.get("*")
        return self._dice.pick(ends) if ends else None

    def _refer(self, table: Table, scope: str) -> None:
        """From now on others can refer to the table."""
        for where in (scope, table.schema, "*"):
            self._ends.setdefault(where, []).append(table)

    def _foreign_key(
        self, table: Table, target: Table | None, name: str | None = None, actions: str | None = None
    ) -> None:
        """A foreign key of a column of its own, if there is a target with a key of one column."""
        key = target.column(target.key[0]) if target is not None and len(target.key) == 1 else None
        if target is None or key is None:
            return
        column = fitting(name or f"{target.name}_{target.key[0]}")
        if table.column(column):
            column = fitting(f"{self._dice.pick(ROLES)}_{column}")
        if table.column(column):
            return
        optional = name is not None or self._dice.chance(0.35)
        if actions is None:
            actions = self._actions(optional=optional)
        table.columns.append(Column(column, key.type, not_null=not optional))
        table.foreign_keys.append(ForeignKey(fitting(f"{table.name}_{column}_fkey"), column, target, actions))
        if table.indexes:  # it was furnished before it got this column
            table.indexes.append(Index(fitting(f"{table.name}_{column}_idx"), column))
        for where in (target.schema, "*"):
            self._ends.setdefault(where, []).append(target)

    def _actions(self, *, optional: bool) -> str:
        choices: list[tuple[str, float]] = [("", 60), (" ON DELETE CASCADE", 18), (" ON DELETE RESTRICT", 8)]
        choices += [(" ON UPDATE CASCADE ON DELETE CASCADE", 3), (" DEFERRABLE INITIALLY DEFERRED", 2)]
        if optional:
            choices.append((" ON DELETE SET NULL", 25))
        return self._dice.weighted(choices)

    def _furnish(self, table: Table, width: int) -> None:
        """Give the table its other columns, and what hangs on columns."""
        dice = self._dice
        self._attributes(table, max(2, width - len(table.columns)))
        if dice.chance(0.12):
            column = self._enum(table)
            table.columns.append(column)
        if dice.chance(0.55):
            table.columns.append(
                Column("created_at", "timestamp with time zone", not_null=True, default="now()")
            )
            updated = Column("updated_at", "timestamp with time zone", not_null=True, default="now()")
            table.columns.append(updated)
            if dice.chance(0.7):
                table.triggers.append((fitting(f"{table.name}_touch"), "touch"))
        if dice.chance(0.12):
            table.columns.append(Column("deleted_at", "timestamp with time zone"))
        if dice.chance(0.1) and not table.partition_by:
            table.triggers.append((fitting(f"{table.name}_audit"), "audit"))
        if dice.chance(0.06) and not table.partition_by and not table.column("tenant_key"):
            table.columns.append(Column("tenant_key", "bigint", not_null=True, default="0"))
            condition = "tenant_key = current_setting('app.tenant', true)::bigint"
            table.policies.append((fitting(f"{table.name}_tenant"), condition))
        self._indexes(table)
        self._comments(table)

    def _attributes(self, table: Table, count: int) -> None:
        dice = self._dice
        for attribute in dice.some(ATTRIBUTES, count):
            if table.column(attribute.name):
                continue
            texts = {"area": table.schema, "column": attribute.name}
            default = attribute.default.format(**texts) if attribute.default and dice.chance(0.7) else None
            not_null = default is not None or dice.chance(0.3)
            kind = attribute.type.format(**texts)
            table.columns.append(Column(attribute.name, kind, not_null=not_null, default=default))
            if attribute.check and dice.chance(0.5):
                name = fitting(f"{table.name}_{attribute.name}_check")
                table.checks.append((name, attribute.check.format(**texts)))
        if table.column("valid_from") and table.column("valid_to"):
            table.checks.append(
                (fitting(f"{table.name}_validity"), "valid_to IS NULL OR valid_to > valid_from")
            )
        if table.column("quantity") and table.column("amount") and dice.chance(0.5):
            expression = "GENERATED ALWAYS AS (quantity::numeric * amount) STORED"
            table.columns.append(Column("total_amount", "numeric(16,2)", extra=expression))

    def _enum(self, table: Table) -> Column:
        name = fitting(f"{table.name}_state")
        states = ("draft", "open", "closed", "approved", "rejected", "cancelled", "archived")
        values = states[: self._dice.between(3, len(states))]
        self._database.enums.append((f"{table.schema}.{name}", values))
        return Column("state", f"{table.schema}.{name}", not_null=True, default="'draft'")

    def _indexes(self, table: Table) -> None:
        """Indexes on most foreign keys, and on what an application of this kind would look for."""
        dice, name = self._dice, table.name
        for key in table.foreign_keys:
            if key.column != table.key[0] and dice.chance(0.85):
                table.indexes.append(Index(fitting(f"{name}_{key.column}_idx"), key.column))
        unique = next((c for c in ("reference", "external_id", "email", "name") if table.column(c)), None)
        if unique and not table.partition_by and dice.chance(0.6):
            table.uniques.append((fitting(f"{name}_{unique}_key"), unique))
        candidates = [index for index in _candidates(table) if index.keys != unique]
        table.indexes += dice.some(candidates, dice.weighted(((0, 13), (1, 23), (2, 29), (3, 21), (4, 14))))

    def _comments(self, table: Table) -> None:
        dice = self._dice
        words = table.name.replace("_", " ")
        if table.comment is None and dice.chance(0.6):
            table.comment = f"One row per {words}; kept by the {table.schema} team."
        for column in table.columns:
            if dice.chance(0.35):
                column.comment = f"The {column.name.replace('_', ' ')} of the {words}."

    def _views(self, schema: str, noun: str, root: Table, children: list[Table]) -> None:
        dice = self._dice
        direct = [c for c in children if any(key.target is root for key in c.foreign_keys)]
        if not direct:
            return
        child = dice.pick(direct)
        column = next(key.column for key in child.foreign_keys if key.target is root)
        counted = f"SELECT r.id, count(c.{column}) AS {child.name}_count"
        counted += (
            f" FROM {root.qualified} r LEFT JOIN {child.qualified} c ON c.{column} = r.id GROUP BY r.id"
        )
        materialized = dice.chance(0.2)
        comment = f"Every {noun.replace('_', ' ')} with its number of rows in {child.name}."
        view = View(schema, fitting(f"{noun}_overview"), counted, materialized, comment)
        self._database.views.append(view)
        if dice.chance(0.4):
            query = f"SELECT id FROM {schema}.{view.name} WHERE {fitting(child.name + '_count')} > 10"  # noqa: S608 - ditto
            self._database.views.append(View(schema, fitting(f"{noun}_busy"), query))
        if dice.chance(0.5):
            text = f"SELECT count(*) FROM {child.qualified} WHERE {column} = wanted"  # noqa: S608 - ditto
            kind = next(c.type for c in root.columns if c.name == "id")
            self._database.functions.append(
                f"CREATE FUNCTION {schema}.{fitting(noun + '_size')}(wanted {kind}) RETURNS bigint\n"
                f"    LANGUAGE sql STABLE AS $$ {text} $$;\n"
            )

    def _add(self, table: Table) -> None:
        self._names.add(table.qualified)
        self._database.tables.append(table)
        self._left -= table.copies


def _candidates(table: Table) -> Iterator[Index]:
    """The indexes that the columns of a table invite, in the order of the columns."""
    attributes: dict[str, Attribute] = {attribute.name: attribute for attribute in ATTRIBUTES}
    referring = [key.column for key in table.foreign_keys]
    for column in table.columns:
        name, stem = column.name, f"{table.name}_{column.name}"
        attribute = attributes.get(name)
        if attribute and attribute.indexed:
            yield Index(fitting(f"{stem}_expr_idx"), attribute.indexed.format(column=name))
        if column.type in ("jsonb", "text[]"):
            yield Index(fitting(f"{stem}_gin"), name, "gin")
        elif name in ("created_at", "occurred_at"):
            yield Index(fitting(f"{stem}_brin"), name, "brin", " WITH (pages_per_range='64')")
        elif name == "is_active":
            yield Index(
                fitting(f"{stem}_partial"), referring[0] if referring else name, rest=" WHERE is_active"
            )
        elif name == "deleted_at":
            yield Index(fitting(f"{stem}_live"), table.key[0], rest=" WHERE deleted_at IS NULL")
        elif name in ("due_on", "started_at", "valid_from"):
            keys = f"{referring[0]}, {name} DESC NULLS LAST" if referring else f"{name} DESC"
            yield Index(fitting(f"{stem}_recent"), keys)
        elif name == "state":
            yield Index(fitting(f"{stem}_open"), "state", rest=" WHERE state <> 'closed'")
        elif name in ("city", "country_code", "priority", "level"):
            yield Index(fitting(f"{stem}_idx"), name, rest=f" INCLUDE ({table.key[0]})")
        elif name in ("external_id", "phone", "ip_address", "score", "amount"):
            yield Index(fitting(f"{stem}_idx"), name)
        elif name == "url":
            yield Index(fitting(f"{stem}_hash"), name, "hash")
