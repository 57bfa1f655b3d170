"""Which locks statements take that change a database, and whether a table is read or written anew under them.

The facts are those of the PostgreSQL manual ("Explicit Locking", ALTER TABLE, CREATE INDEX …) for the
versions that are supported; the tests take each of them from the locks and files of a real server. A lock
is held until the transaction ends, and whoever waits for an ACCESS EXCLUSIVE one has everybody else wait.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple

import msgspec


class Mode(IntEnum):
    """The modes of a lock on a relation, the strongest last."""

    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    @property
    def words(self) -> str:
        """As the manual has it: `ACCESS EXCLUSIVE`."""
        return self.name.replace("_", " ")

    @property
    def blocks(self) -> str:
        """Who has to wait, of those who read and write rows: `reads and writes`, `writes`, or nobody."""
        if self is Mode.ACCESS_EXCLUSIVE:
            return "reads and writes"
        return "writes" if self >= Mode.SHARE else ""


class Form(StrEnum):
    """The statements that a migration is made of, as far as their locks differ."""

    ADD_COLUMN = "ALTER TABLE … ADD COLUMN"
    ADD_COLUMN_REWRITING = "ALTER TABLE … ADD COLUMN with a volatile default"
    DROP_COLUMN = "ALTER TABLE … DROP COLUMN"
    COLUMN_TYPE = "ALTER TABLE … ALTER COLUMN … TYPE, binary coercible"
    COLUMN_TYPE_REWRITING = "ALTER TABLE … ALTER COLUMN … TYPE"
    SET_EXPRESSION = "ALTER TABLE … ALTER COLUMN … SET EXPRESSION"
    DROP_EXPRESSION = "ALTER TABLE … ALTER COLUMN … DROP EXPRESSION"
    COLUMN_DEFAULT = "ALTER TABLE … ALTER COLUMN … SET DEFAULT"
    IDENTITY = "ALTER TABLE … ALTER COLUMN … ADD GENERATED AS IDENTITY"
    SET_NOT_NULL = "ALTER TABLE … ALTER COLUMN … SET NOT NULL"
    DROP_NOT_NULL = "ALTER TABLE … ALTER COLUMN … DROP NOT NULL"
    COLUMN_STATISTICS = "ALTER TABLE … ALTER COLUMN … SET STATISTICS"
    COLUMN_OPTIONS = "ALTER TABLE … ALTER COLUMN … SET (n_distinct)"
    COLUMN_STORAGE = "ALTER TABLE … ALTER COLUMN … SET STORAGE"
    ADD_CHECK = "ALTER TABLE … ADD CHECK"
    ADD_CHECK_NOT_VALID = "ALTER TABLE … ADD CHECK … NOT VALID"
    ADD_FOREIGN_KEY = "ALTER TABLE … ADD FOREIGN KEY"
    ADD_FOREIGN_KEY_NOT_VALID = "ALTER TABLE … ADD FOREIGN KEY … NOT VALID"
    ADD_KEY = "ALTER TABLE … ADD PRIMARY KEY or UNIQUE"
    ADD_EXCLUSION = "ALTER TABLE … ADD EXCLUDE"
    VALIDATE_CONSTRAINT = "ALTER TABLE … VALIDATE CONSTRAINT"
    ALTER_CONSTRAINT = "ALTER TABLE … ALTER CONSTRAINT"
    DROP_CONSTRAINT = "ALTER TABLE … DROP CONSTRAINT"
    DROP_FOREIGN_KEY = "ALTER TABLE … DROP CONSTRAINT of a foreign key"
    RENAME = "ALTER TABLE … RENAME"
    RENAME_INDEX = "ALTER INDEX … RENAME"
    SET_SCHEMA = "ALTER TABLE … SET SCHEMA"
    OWNER = "ALTER TABLE … OWNER TO"
    ROW_SECURITY = "ALTER TABLE … ENABLE ROW LEVEL SECURITY"
    LOGGED = "ALTER TABLE … SET LOGGED or UNLOGGED"
    TABLESPACE = "ALTER TABLE … SET TABLESPACE"
    ACCESS_METHOD = "ALTER TABLE … SET ACCESS METHOD"
    OPTIONS = "ALTER TABLE … SET (fillfactor)"
    VIEW_OPTIONS = "ALTER VIEW … SET (…)"
    REPLICA_IDENTITY = "ALTER TABLE … REPLICA IDENTITY"
    CLUSTER_ON = "ALTER TABLE … CLUSTER ON"
    TRIGGER_ENABLED = "ALTER TABLE … ENABLE or DISABLE TRIGGER"
    RULE_ENABLED = "ALTER TABLE … ENABLE or DISABLE RULE"
    INHERIT = "ALTER TABLE … INHERIT"
    ATTACH_PARTITION = "ALTER TABLE … ATTACH PARTITION"
    DETACH_PARTITION = "ALTER TABLE … DETACH PARTITION"
    CREATE_PARTITION = "CREATE TABLE … PARTITION OF"
    CREATE_REFERENCING = "CREATE TABLE … REFERENCES"
    CREATE_INHERITING = "CREATE TABLE … INHERITS"
    DROP_RELATION = "DROP TABLE or VIEW"
    REPLACE_VIEW = "CREATE OR REPLACE VIEW"
    REFRESH = "REFRESH MATERIALIZED VIEW"
    CREATE_INDEX = "CREATE INDEX"
    CREATE_INDEX_CONCURRENTLY = "CREATE INDEX CONCURRENTLY"
    DROP_INDEX = "DROP INDEX"
    DROP_INDEX_CONCURRENTLY = "DROP INDEX CONCURRENTLY"
    INDEX_OPTIONS = "ALTER INDEX … SET (fillfactor)"
    CREATE_TRIGGER = "CREATE TRIGGER"
    DROP_TRIGGER = "DROP TRIGGER"
    RENAME_TRIGGER = "ALTER TRIGGER … RENAME"
    POLICY = "CREATE, ALTER or DROP POLICY"
    RULE = "CREATE or DROP RULE"
    COMMENT = "COMMENT ON TABLE or COLUMN"
    GRANT = "GRANT or REVOKE"
    STATISTICS = "CREATE STATISTICS"
    PUBLISH = "ALTER PUBLICATION … ADD TABLE"
    SEQUENCE = "ALTER SEQUENCE"
    DOMAIN_CONSTRAINT = "ALTER DOMAIN … ADD CHECK or SET NOT NULL"
    ENUM_VALUE = "ALTER TYPE … ADD VALUE or RENAME VALUE"


class Fact(NamedTuple):
    """What one statement does to the relation that it is about.

    Attributes:
        mode: The strongest lock that it takes on it; None for none.
        other: The one on the other relation that it concerns: what a foreign key references, a parent.
        rewrite: Whether the table is written anew, with its indexes.
        scan: Whether the whole table is read.
        hint: A way that blocks less; None when there is none.
    """

    mode: Mode | None
    other: Mode | None = None
    rewrite: bool = False
    scan: bool = False
    hint: str | None = None


_EXCLUSIVE = Fact(Mode.ACCESS_EXCLUSIVE)
_MILD = Fact(Mode.SHARE_UPDATE_EXCLUSIVE)
_WITHOUT_WRITERS = Fact(Mode.SHARE_ROW_EXCLUSIVE)
_REWRITING = Fact(Mode.ACCESS_EXCLUSIVE, rewrite=True, scan=True)
_VALIDATE = "add it NOT VALID, then VALIDATE CONSTRAINT, which takes SHARE UPDATE EXCLUSIVE only"

_FACTS: dict[Form, Fact] = {
    Form.ADD_COLUMN: _EXCLUSIVE,
    Form.ADD_COLUMN_REWRITING: _REWRITING._replace(
        hint="add it without the default, set the default, fill the rows in batches"
    ),
    Form.DROP_COLUMN: _EXCLUSIVE,
    Form.COLUMN_TYPE: _EXCLUSIVE,
    Form.COLUMN_TYPE_REWRITING: _REWRITING._replace(
        hint="add a column of the new type, fill it in batches, then swap the two"
    ),
    Form.SET_EXPRESSION: _REWRITING,
    Form.DROP_EXPRESSION: _EXCLUSIVE,
    Form.COLUMN_DEFAULT: _EXCLUSIVE,
    Form.IDENTITY: _EXCLUSIVE,
    Form.SET_NOT_NULL: Fact(
        Mode.ACCESS_EXCLUSIVE,
        scan=True,
        hint="first add CHECK (… IS NOT NULL) NOT VALID and VALIDATE it: then the table is not read",
    ),
    Form.DROP_NOT_NULL: _EXCLUSIVE,
    Form.COLUMN_STATISTICS: _MILD,
    Form.COLUMN_OPTIONS: _MILD,
    Form.COLUMN_STORAGE: _EXCLUSIVE,
    Form.ADD_CHECK: Fact(Mode.ACCESS_EXCLUSIVE, scan=True, hint=_VALIDATE),
    Form.ADD_CHECK_NOT_VALID: _EXCLUSIVE,
    Form.ADD_FOREIGN_KEY: Fact(
        Mode.SHARE_ROW_EXCLUSIVE, other=Mode.SHARE_ROW_EXCLUSIVE, scan=True, hint=_VALIDATE
    ),
    Form.ADD_FOREIGN_KEY_NOT_VALID: Fact(Mode.SHARE_ROW_EXCLUSIVE, other=Mode.SHARE_ROW_EXCLUSIVE),
    Form.ADD_KEY: Fact(
        Mode.ACCESS_EXCLUSIVE,
        scan=True,
        hint="CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX",
    ),
    Form.ADD_EXCLUSION: Fact(Mode.ACCESS_EXCLUSIVE, scan=True),
    Form.VALIDATE_CONSTRAINT: _MILD._replace(scan=True),
    Form.ALTER_CONSTRAINT: _EXCLUSIVE,
    Form.DROP_CONSTRAINT: _EXCLUSIVE,
    Form.DROP_FOREIGN_KEY: Fact(Mode.ACCESS_EXCLUSIVE, other=Mode.ACCESS_EXCLUSIVE),
    Form.RENAME: _EXCLUSIVE,
    Form.RENAME_INDEX: Fact(None, other=Mode.SHARE_UPDATE_EXCLUSIVE),  # of the index alone
    Form.SET_SCHEMA: _EXCLUSIVE,
    Form.OWNER: _EXCLUSIVE,
    Form.ROW_SECURITY: _EXCLUSIVE,
    Form.LOGGED: _REWRITING,
    Form.TABLESPACE: Fact(Mode.ACCESS_EXCLUSIVE, rewrite=True),  # its files are copied
    Form.ACCESS_METHOD: _REWRITING,
    Form.OPTIONS: _MILD,
    Form.VIEW_OPTIONS: _EXCLUSIVE,
    Form.REPLICA_IDENTITY: _EXCLUSIVE,
    Form.CLUSTER_ON: _MILD,
    Form.TRIGGER_ENABLED: _WITHOUT_WRITERS,
    Form.RULE_ENABLED: _EXCLUSIVE,
    Form.INHERIT: Fact(Mode.ACCESS_EXCLUSIVE, other=Mode.SHARE_UPDATE_EXCLUSIVE),
    Form.ATTACH_PARTITION: Fact(
        Mode.ACCESS_EXCLUSIVE,
        other=Mode.SHARE_UPDATE_EXCLUSIVE,
        scan=True,
        hint="give the table a valid CHECK that says what the bound says: then it is not read",
    ),
    Form.DETACH_PARTITION: Fact(Mode.ACCESS_EXCLUSIVE, other=Mode.ACCESS_EXCLUSIVE),
    Form.CREATE_PARTITION: Fact(
        None,
        other=Mode.ACCESS_EXCLUSIVE,
        hint="create the table by itself, then ATTACH PARTITION, which takes SHARE UPDATE EXCLUSIVE only",
    ),
    Form.CREATE_REFERENCING: Fact(None, other=Mode.SHARE_ROW_EXCLUSIVE),
    Form.CREATE_INHERITING: Fact(None, other=Mode.SHARE_UPDATE_EXCLUSIVE),
    Form.DROP_RELATION: Fact(Mode.ACCESS_EXCLUSIVE, other=Mode.ACCESS_EXCLUSIVE),
    Form.REPLACE_VIEW: _EXCLUSIVE,
    Form.REFRESH: Fact(
        Mode.ACCESS_EXCLUSIVE,
        rewrite=True,
        hint="REFRESH … CONCURRENTLY takes EXCLUSIVE only, and needs a unique index",
    ),
    Form.CREATE_INDEX: Fact(
        Mode.SHARE,
        scan=True,
        hint="CREATE INDEX CONCURRENTLY takes SHARE UPDATE EXCLUSIVE only, outside a transaction",
    ),
    Form.CREATE_INDEX_CONCURRENTLY: _MILD._replace(scan=True),
    Form.DROP_INDEX: _EXCLUSIVE._replace(
        hint="DROP INDEX CONCURRENTLY takes SHARE UPDATE EXCLUSIVE only, outside a transaction"
    ),
    Form.DROP_INDEX_CONCURRENTLY: _MILD,
    Form.INDEX_OPTIONS: Fact(None, other=Mode.SHARE_UPDATE_EXCLUSIVE),  # of the index alone
    Form.CREATE_TRIGGER: _WITHOUT_WRITERS,
    Form.DROP_TRIGGER: _EXCLUSIVE,
    Form.RENAME_TRIGGER: _EXCLUSIVE,
    Form.POLICY: _EXCLUSIVE,
    Form.RULE: _EXCLUSIVE,
    Form.COMMENT: _MILD,
    Form.GRANT: Fact(None),
    Form.STATISTICS: _MILD,
    Form.PUBLISH: _MILD,
    Form.SEQUENCE: _WITHOUT_WRITERS,
    Form.DOMAIN_CONSTRAINT: Fact(None, other=Mode.SHARE, scan=True),  # of the tables that use it
    Form.ENUM_VALUE: Fact(None),
}


def of_statement_kind(form: Form, major: int = 18) -> Fact:
    """What a statement of this form does to its relation, on that major version.

    Args:
        form: The form of the statement.
        major: The server's major version; for what differs between the supported ones.
    """
    fact = _FACTS[form]
    if form is Form.DETACH_PARTITION and major < 14:
        fact = Fact(Mode.SHARE_UPDATE_EXCLUSIVE, other=Mode.ACCESS_EXCLUSIVE)
    elif form is Form.GRANT and major >= 18:
        fact = Fact(Mode.ACCESS_SHARE)
    elif form is Form.SET_NOT_NULL and major >= 18:
        fact = fact._replace(
            hint="ADD CONSTRAINT … NOT NULL … NOT VALID, then VALIDATE CONSTRAINT,"
            " which takes SHARE UPDATE EXCLUSIVE only"
        )
    return fact


class Held(NamedTuple):
    """A lock on one relation, by its name for people."""

    relation: str
    mode: Mode


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """What the migration of one difference holds until it is committed.

    Attributes:
        form: The statement.
        held: The locks on relations that were there before, the strongest first.
        rewrite: Whether the table is written anew, with its indexes.
        scan: Whether the whole table is read.
        hint: A way that blocks less; None when there is none, or none is needed.
    """

    form: Form
    held: tuple[Held, ...]
    rewrite: bool = False
    scan: bool = False
    hint: str | None = None

    @property
    def mode(self) -> Mode:
        """The strongest one."""
        return max(each.mode for each in self.held)

    @property
    def words(self) -> str:
        """In a line: `ACCESS EXCLUSIVE on public.t, rewrites the table`."""
        modes = dict.fromkeys(each.mode for each in self.held)
        parts = [
            f"{mode.words} on {' and '.join(each.relation for each in self.held if each.mode is mode)}"
            for mode in modes
        ]
        if self.rewrite:
            parts.append("rewrites the table")
        elif self.scan:
            parts.append("reads the whole table")
        return " ".join(", ".join(parts).split("\n"))
