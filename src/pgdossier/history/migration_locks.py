"""The lock that the migration of a difference takes: from a difference to the form of its statement."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import msgspec

from pgdossier.history.differences import Change, Difference, Element
from pgdossier.history.locks import Form, Held, Lock, Mode, of_statement_kind
from pgdossier.history.rewrites import coercible, may_be_volatile
from pgdossier.model.columns import Column, Generated
from pgdossier.model.constraints import ForeignKey
from pgdossier.model.indexes import Index
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.snapshot import Structure

_TABLES = (RelationKind.TABLE, RelationKind.PARTITIONED_TABLE)
_VIEWS = (RelationKind.VIEW,)
_RELATIONS = {each.value for each in RelationKind}
_KEYS = frozenset({"primary key", "unique constraint"})


class Locks:
    """Tells the locks of the statements that make differences, as one major version takes them.

    Args:
        before: The old structure, with the names that its objects have in the new one.
        after: The new structure.
        major: The version that the migration would run on.
    """

    def __init__(self, before: Structure, after: Structure, major: int) -> None:
        self.major = major
        self._old = {each.qualified.dotted: each for each in before.relations}
        self._new = {each.qualified.dotted: each for each in after.relations}
        self._routines = after.routines
        self._domains = {each.qualified: each for each in after.domains}
        self._tables = [relation for relation in before.relations if relation.kind in _TABLES]

    @cached_property
    def _users(self) -> dict[QualifiedName, list[str]]:
        """The tables that use a type."""
        users: dict[QualifiedName, list[str]] = {}
        for relation in self._tables:
            for column in relation.columns:
                if column.type_name is not None:
                    names = users.setdefault(column.type_name, [])
                    if relation.qualified.dotted not in names:
                        names.append(relation.qualified.dotted)
        return users

    def of(self, found: Difference) -> Lock | None:
        """The lock of the statement that would make this difference; None when it takes none on a relation.

        What cannot be done by one statement (another order of columns, a table that becomes a view) has none
        either, nor has what is wholly new.
        """
        if not found.path:
            return None
        if found.path[0].kind in _RELATIONS:
            if len(found.path) == 1:
                return self._relation(found)
            return self._part(found)
        if found.path[0].kind == "domain":
            return self._domain(found)
        if found.path[0].kind == "sequence" and found.change in (Change.CHANGED, Change.RENAMED):
            return self._sequence(found)
        return None

    def _lock(
        self, form: Form, relation: str, others: Iterable[str] = (), *, readable: bool = True
    ) -> Lock | None:
        """The lock of one statement; `readable` is False for relations that hold no rows themselves."""
        fact = of_statement_kind(form, self.major)
        held = [Held(relation, fact.mode)] if fact.mode is not None else []
        if fact.other is not None:
            held += [Held(other, fact.other) for other in dict.fromkeys(others) if other != relation]
        if not held or max(each.mode for each in held) is Mode.ACCESS_SHARE:
            return None
        held.sort(key=lambda each: -each.mode)
        return Lock(
            form=form,
            held=tuple(held),
            rewrite=fact.rewrite and readable,
            scan=(fact.scan or fact.rewrite) and readable,
            hint=fact.hint if readable else None,
        )

    # --- relations ---------------------------------------------------------------------------------

    def _relation(self, found: Difference) -> Lock | None:
        name = found.path[0].name
        if found.change is Change.RENAMED:
            same_schema = _schema(found.former[0].name) == _schema(name)
            return self._lock(Form.RENAME if same_schema else Form.SET_SCHEMA, found.former[0].name)
        if found.change is Change.REMOVED:
            others = _referenced(found.before) + _parents(found.before)
            return self._lock(Form.DROP_RELATION, name, others)
        if found.change is Change.ADDED:
            return self._created(name, found.after)
        old, new = self._old.get(name), self._new.get(name)
        if old is None or new is None or old.kind is not new.kind:
            return None
        return self._changed(found, old, new)

    def _created(self, name: str, relation: Relation) -> Lock | None:
        if relation.partition is not None:
            return self._lock(Form.CREATE_PARTITION, name, [relation.partition.parent.dotted])
        referenced = [each for each in _referenced(relation) if each in self._old]
        if referenced:
            return self._lock(Form.CREATE_REFERENCING, name, referenced)
        parents = [each.dotted for each in relation.inherits if each.dotted in self._old]
        return self._lock(Form.CREATE_INHERITING, name, parents) if parents else None

    def _changed(self, found: Difference, old: Relation, new: Relation) -> Lock | None:
        name, field = found.path[0].name, found.field.partition(".")[0]
        readable = old.kind in (*_TABLES, RelationKind.MATERIALIZED_VIEW)
        if field == "partition":
            return self._partition(name, old, new)
        if field == "inherits":
            parents = [each.dotted for each in {*old.inherits} ^ {*new.inherits}]
            return self._lock(Form.INHERIT, name, sorted(parents))
        if field == "definition" and old.kind in _VIEWS:
            return self._lock(Form.REPLACE_VIEW, name)
        if field == "options" and old.kind in _VIEWS:
            return self._lock(Form.VIEW_OPTIONS, name)
        form = _RELATION_FIELDS.get(found.field)
        return self._lock(form, name, readable=readable) if form is not None else None

    def _partition(self, name: str, old: Relation, new: Relation) -> Lock | None:
        before, after = old.partition, new.partition
        if before is not None and (after is None or after.parent != before.parent):
            return self._lock(Form.DETACH_PARTITION, name, [before.parent.dotted])
        if after is None:
            return None
        if before is None:
            return self._lock(Form.ATTACH_PARTITION, name, [after.parent.dotted])
        return self._lock(Form.DETACH_PARTITION, name, [after.parent.dotted])  # another bound: both

    # --- what a relation holds ---------------------------------------------------------------------

    def _part(self, found: Difference) -> Lock | None:
        name, element = found.path[0].name, found.path[1]
        relation = self._old.get(name) or self._new.get(name)
        if relation is None or element.kind == "grant" or found.field == "grants":
            return None
        if found.field == "comment":
            on_table = element.kind == "column"
            return self._lock(Form.COMMENT, name) if on_table else None
        readable = relation.kind in (*_TABLES, RelationKind.MATERIALIZED_VIEW)
        if element.kind == "column":
            form = self._column(found, relation)
        elif element.kind == "index":
            return self._index(found, relation)
        else:
            form = self._named_part(found, element)
        if form is None:
            return None
        targets = _targets(found, (self._old.get(name), self._new.get(name)))
        lock = self._lock(form, name, targets, readable=readable)
        if form is Form.ADD_COLUMN_REWRITING and lock is not None and not _has_plain_default(found.after):
            lock = msgspec.structs.replace(lock, hint=None)
        if form is Form.DROP_FOREIGN_KEY and found.change is Change.CHANGED and lock is not None:
            hint = of_statement_kind(Form.ADD_FOREIGN_KEY, self.major).hint  # it is made anew
            lock = msgspec.structs.replace(lock, scan=readable, hint=hint)
        return lock

    def _column(self, found: Difference, relation: Relation) -> Form | None:
        if relation.kind in (RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW):
            return Form.RENAME if found.change is Change.RENAMED else None  # told with the view
        if found.change is Change.ADDED:
            return Form.ADD_COLUMN_REWRITING if self._fills(found.after) else Form.ADD_COLUMN
        whole = _by_change(found, Form.ADD_COLUMN, Form.DROP_COLUMN, Form.RENAME)
        if whole is not None:
            return whole
        form = _COLUMN_FIELDS.get(found.field)
        if found.field == "type":
            form = Form.COLUMN_TYPE if coercible(found.before, found.after) else Form.COLUMN_TYPE_REWRITING
        elif found.field == "nullable":
            form = Form.DROP_NOT_NULL if found.after else Form.SET_NOT_NULL
        elif found.field == "generated":
            form = Form.DROP_EXPRESSION if found.after is None else None
        elif found.field == "default":
            own = next((each for each in relation.columns if each.name == found.path[1].name), None)
            if own is not None and own.generated is not None:
                form = Form.SET_EXPRESSION if own.generated is Generated.STORED else None
        return form

    def _fills(self, column: Column) -> bool:
        """Whether adding the column writes every row: its value differs from row to row, or is checked."""
        if column.generated is not None:
            return column.generated is Generated.STORED
        if column.identity is not None:
            return True
        domain = self._domains.get(column.type_name) if column.type_name is not None else None
        if domain is not None and (domain.checks or not domain.nullable):
            return True
        default = column.default or (domain.default if domain is not None else None)
        return default is not None and may_be_volatile(default, self._routines)

    def _index(self, found: Difference, relation: Relation) -> Lock | None:
        name = found.path[0].name
        index: Any = found.after if found.change is Change.ADDED else found.before
        if isinstance(index, Index) and index.constraint is not None:
            return None  # told with its constraint
        if found.change is Change.RENAMED or found.field == "options":
            form = Form.INDEX_OPTIONS if found.field else Form.RENAME_INDEX
            own = found.former[-1].name if found.former else found.path[1].name
            return self._lock(form, name, [f"{name.removesuffix(relation.name)}{own}"])
        if found.change is Change.ADDED:
            lock = self._lock(Form.CREATE_INDEX, name)
        elif found.change is Change.REMOVED:
            lock = self._lock(Form.DROP_INDEX, name)
        elif found.field in _INDEX_FIELDS:
            return self._lock(_INDEX_FIELDS[found.field], name)
        elif found.field in ("keys", "predicate", "method", "unique", "include", "nulls_not_distinct"):
            lock = self._lock(Form.DROP_INDEX, name)  # and another one is made
            lock = lock and msgspec.structs.replace(lock, scan=True)
        else:
            return None
        if relation.kind is RelationKind.PARTITIONED_TABLE and lock is not None:
            hint = _ON_PARTITIONS if found.change is Change.ADDED else None
            lock = msgspec.structs.replace(lock, hint=hint)  # CONCURRENTLY is for their partitions
        return lock

    def _named_part(self, found: Difference, element: Element) -> Form | None:
        kind = element.kind
        form: Form | None = None
        if kind == "trigger":
            form = _by_change(found, Form.CREATE_TRIGGER, Form.DROP_TRIGGER, Form.RENAME_TRIGGER)
            if form is None:  # CREATE OR REPLACE TRIGGER came with 14
                replaced = Form.CREATE_TRIGGER if self.major >= 14 else Form.DROP_TRIGGER
                form = Form.TRIGGER_ENABLED if found.field == "enabled" else replaced
        elif kind == "rule":
            form = Form.RULE_ENABLED if found.field == "enabled" else Form.RULE
        elif kind == "policy":
            form = Form.POLICY
        elif found.change is Change.RENAMED:
            form = Form.RENAME
        elif kind == "foreign key":
            form = self._foreign_key(found)
        elif kind == "check constraint":
            form = self._check(found)
        elif kind == "not-null constraint":
            form = _by_change(found, Form.SET_NOT_NULL, Form.DROP_NOT_NULL)
            if found.field == "validated":
                form = Form.VALIDATE_CONSTRAINT
        elif kind in _KEYS or kind == "exclusion constraint":
            added = Form.ADD_KEY if kind in _KEYS else Form.ADD_EXCLUSION
            form = _by_change(found, added, Form.DROP_CONSTRAINT) or added
        return form

    def _foreign_key(self, found: Difference) -> Form | None:
        if found.change is Change.ADDED:
            checked = found.after.validated and found.after.enforced
            return Form.ADD_FOREIGN_KEY if checked else Form.ADD_FOREIGN_KEY_NOT_VALID
        if found.change is Change.REMOVED:
            return Form.DROP_FOREIGN_KEY
        if found.field == "validated":
            return Form.VALIDATE_CONSTRAINT if found.after else Form.DROP_FOREIGN_KEY
        if found.field in ("deferrable", "initially_deferred"):
            return Form.ALTER_CONSTRAINT
        return None if found.field in ("key", "inherited") else Form.DROP_FOREIGN_KEY  # and made anew

    def _check(self, found: Difference) -> Form | None:
        if found.change is Change.ADDED:
            checked = found.after.validated and found.after.enforced
            return Form.ADD_CHECK if checked else Form.ADD_CHECK_NOT_VALID
        if found.change is Change.REMOVED:
            return Form.DROP_CONSTRAINT
        if found.field == "validated":
            return Form.VALIDATE_CONSTRAINT if found.after else Form.ADD_CHECK_NOT_VALID
        return None if found.field == "inherited" else Form.ADD_CHECK

    # --- others ------------------------------------------------------------------------------------

    def _domain(self, found: Difference) -> Lock | None:
        """Constraints of a domain are checked in every table that uses it."""
        element = found.path[-1]
        adds = found.change is Change.ADDED and element.kind == "check constraint" and found.after.validated
        forbids = found.field == "nullable" and not found.after
        users = [
            name
            for type_name, names in self._users.items()
            if type_name.dotted == found.path[0].name
            for name in names
        ]
        if not users or not (adds or forbids):
            return None
        return self._lock(Form.DOMAIN_CONSTRAINT, "", users)

    def _sequence(self, found: Difference) -> Lock | None:
        if found.change is Change.RENAMED:
            return self._lock(Form.RENAME, found.former[0].name)
        if found.field in _SEQUENCE_FIELDS:
            return self._lock(Form.SEQUENCE, found.path[0].name)
        return None


_ON_PARTITIONS = (
    "CREATE INDEX … ON ONLY the partitioned table, then CONCURRENTLY on each partition, then ATTACH PARTITION"
)

_RELATION_FIELDS: dict[str, Form] = {
    "owner": Form.OWNER,
    "row_security": Form.ROW_SECURITY,
    "force_row_security": Form.ROW_SECURITY,
    "persistence": Form.LOGGED,
    "options": Form.OPTIONS,
    "tablespace": Form.TABLESPACE,
    "access_method": Form.ACCESS_METHOD,
    "replica_identity": Form.REPLICA_IDENTITY,
    "comment": Form.COMMENT,
    "populated": Form.REFRESH,
}

_INDEX_FIELDS = {"clustered": Form.CLUSTER_ON, "replica_identity": Form.REPLICA_IDENTITY}

_COLUMN_FIELDS: dict[str, Form] = {
    "default": Form.COLUMN_DEFAULT,
    "identity": Form.IDENTITY,
    "collation": Form.COLUMN_TYPE,
    "storage": Form.COLUMN_STORAGE,
    "compression": Form.COLUMN_STORAGE,
    "statistics_target": Form.COLUMN_STATISTICS,
    "options": Form.COLUMN_OPTIONS,
}

_SEQUENCE_FIELDS = frozenset({"type", "start", "minimum", "maximum", "increment", "cache", "cycle"})


def _schema(dotted: str) -> str:
    return dotted.partition(".")[0]


def _by_change(found: Difference, added: Form, removed: Form, renamed: Form | None = None) -> Form | None:
    return {Change.ADDED: added, Change.REMOVED: removed, Change.RENAMED: renamed}.get(found.change)


def _has_plain_default(column: Column) -> bool:
    """Whether the column can be added without what fills it, and filled later."""
    return column.default is not None and column.generated is None


def _referenced(relation: Relation) -> list[str]:
    return [key.target.dotted for key in relation.foreign_keys if not key.inherited]


def _parents(relation: Relation) -> list[str]:
    return [relation.partition.parent.dotted] if relation.partition is not None else []


def _targets(found: Difference, relations: Iterable[Relation | None]) -> list[str]:
    """What a foreign key references, before or after."""
    keys = [each for each in (found.before, found.after) if isinstance(each, ForeignKey)]
    keys += [
        key
        for relation in relations
        if relation is not None and found.path[-1].kind == "foreign key"
        for key in relation.foreign_keys
        if key.name == found.path[-1].name
    ]
    return [key.target.dotted for key in keys]
