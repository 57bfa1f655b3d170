"""What the reader finds, against the server's own views and identification functions.

The oracle asks other questions than the reader: information_schema, the pg_* views, regclass casts,
pg_identify_object. It runs on every corpus database and, on every version, on the nasty schema.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import psycopg
import pytest

from pgdossier import catalog
from pgdossier.model.constraints import Action, Exclusion, ForeignKey, Key, Match
from pgdossier.model.constraints import Check as CheckConstraint
from pgdossier.model.names import QualifiedName, quote_identifier
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.snapshot import Snapshot
from tests.conftest import CorpusDatabase, SharedDatabase
from tests.integration.nasty import nasty_sql
from tests.support.corpus import CORPUS_NAMES
from tests.support.servers import PostgresServer

USERS = "!~ '^(pg_|information_schema)'"
USER_SCHEMAS = f"nspname {USERS}"
NOT_OF_EXTENSION = "NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = {} AND e.deptype = 'e')"


class Oracle:
    """A database read once, and a way to ask it questions of one's own."""

    def __init__(self, url: str) -> None:
        self.snapshot: Snapshot = catalog.read(url)
        self.structure = self.snapshot.structure
        self._connection = psycopg.connect(url, options="-c search_path=", autocommit=True)
        self.major = self._connection.info.server_version // 10000

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql.encode()).fetchall()

    def close(self) -> None:
        self._connection.close()

    def relations(self, *kinds: RelationKind) -> list[Relation]:
        return [relation for relation in self.structure.relations if not kinds or relation.kind in kinds]


@pytest.fixture(scope="module", params=CORPUS_NAMES)
def corpus_oracle(
    request: pytest.FixtureRequest, server: PostgresServer, corpus_database: CorpusDatabase
) -> Iterator[Oracle]:
    oracle = Oracle(corpus_database(server, request.param))
    yield oracle
    oracle.close()


@pytest.fixture(scope="session")
def nasty_oracle(any_server: PostgresServer, shared_database: SharedDatabase) -> Iterator[Oracle]:
    oracle = Oracle(shared_database(any_server, "nasty", nasty_sql(any_server.major)))
    yield oracle
    oracle.close()


Check = Callable[[Oracle], None]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    """Registers a comparison for the corpus and for the nasty schema."""
    CHECKS.append(function)
    return function


def constraints_of(relation: Relation) -> list[Key | ForeignKey | CheckConstraint | Exclusion]:
    """All constraints with a definition."""
    keys: list[Key | ForeignKey | CheckConstraint | Exclusion] = [*relation.unique_keys]
    if relation.primary_key:
        keys.append(relation.primary_key)
    return [*keys, *relation.foreign_keys, *relation.checks, *relation.exclusions]


def dotted(name: QualifiedName | Relation) -> tuple[str, str]:
    return name.schema, name.name


def same(found: Iterable[Any], expected: Iterable[Any]) -> None:
    """Two bags of tuples are equal; the message shows only what differs."""
    have, want = Counter(found), Counter(expected)
    assert have - want == Counter(), "read, but not there"
    assert want - have == Counter(), "there, but not read"


@check
def relations(oracle: Oracle) -> None:
    """Tables, views, materialized views and foreign tables are those of the pg_* views."""
    same(
        ((*dotted(found), found.owner) for found in oracle.relations()),
        oracle.ask(
            f"""
            SELECT schemaname, tablename, tableowner FROM pg_tables
             WHERE schemaname {USERS}
            UNION ALL
            SELECT schemaname, viewname, viewowner FROM pg_views WHERE schemaname {USERS}
            UNION ALL SELECT schemaname, matviewname, matviewowner FROM pg_matviews
            UNION ALL
            SELECT foreign_table_schema, foreign_table_name, current_user
              FROM information_schema.foreign_tables
            """
        ),
    )


@check
def kinds(oracle: Oracle) -> None:
    """Kinds are those of information_schema.tables, which knows no materialized views."""
    words = {
        RelationKind.TABLE: "BASE TABLE",
        RelationKind.PARTITIONED_TABLE: "BASE TABLE",
        RelationKind.VIEW: "VIEW",
        RelationKind.FOREIGN_TABLE: "FOREIGN",
    }
    same(
        (
            (*dotted(found), words[found.kind])
            for found in oracle.relations()
            if found.kind is not RelationKind.MATERIALIZED_VIEW
        ),
        oracle.ask(
            "SELECT table_schema, table_name, table_type FROM information_schema.tables"
            f" WHERE table_schema {USERS}"
        ),
    )


@check
def columns(oracle: Oracle) -> None:
    """Nullability, defaults, generation and identity are those of information_schema.columns."""
    domains = {found.qualified: found for found in oracle.structure.domains}
    found = []
    for relation in oracle.relations():
        if relation.kind is RelationKind.MATERIALIZED_VIEW:
            continue
        for column in relation.columns:
            domain = domains.get(column.type_name) if column.type_name and "[" not in column.type else None
            default = None if column.generated else column.default
            nullable = column.nullable and not (domain and not domain.nullable)
            found.append(
                (
                    *dotted(relation),
                    column.name,
                    "YES" if nullable else "NO",
                    default,
                    "ALWAYS" if column.generated else "NEVER",
                    column.identity.upper() if column.identity else None,
                )
            )
    same(
        found,
        oracle.ask(
            f"""
            SELECT table_schema, table_name, column_name, is_nullable, column_default, is_generated,
                   identity_generation
              FROM information_schema.columns WHERE table_schema {USERS}
            """
        ),
    )


@check
def column_order_and_types(oracle: Oracle) -> None:
    """Columns stand in the order of attnum, with the type that psql shows."""
    for name, listed in oracle.ask(
        f"""
        SELECT a.attrelid::regclass::text,
               array_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum)
          FROM pg_attribute a, pg_class c, pg_namespace n
         WHERE a.attrelid = c.oid AND c.relnamespace = n.oid AND {USER_SCHEMAS}
           AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
         GROUP BY 1
        """
    ):
        relation = next(found for found in oracle.relations() if found.qualified.sql == name)
        assert [f"{column.name} {column.type}" for column in relation.columns] == listed


@check
def user_types_of_columns(oracle: Oracle) -> None:
    """A column's type name is given exactly when its type, or its element's, is not one of pg_catalog."""
    same(
        (
            (*dotted(relation), column.name, *dotted(column.type_name))
            for relation in oracle.relations()
            for column in relation.columns
            if column.type_name
        ),
        oracle.ask(
            f"""
            SELECT n.nspname, c.relname, a.attname, tn.nspname, t.typname
              FROM pg_attribute a, pg_class c, pg_namespace n, pg_type t, pg_namespace tn
             WHERE a.attrelid = c.oid AND c.relnamespace = n.oid AND n.{USER_SCHEMAS}
               AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
               AND (t.oid = a.atttypid AND t.typcategory <> 'A' OR t.typarray = a.atttypid
                    OR t.oid = a.atttypid AND t.typtype = 'd')
               AND t.typnamespace = tn.oid AND tn.nspname <> 'pg_catalog'
            """
        ),
    )


@check
def keys(oracle: Oracle) -> None:
    """Columns of primary, unique and foreign keys are those of key_column_usage, in order."""
    found = []
    for relation in oracle.relations():
        for constraint in constraints_of(relation):
            if not isinstance(constraint, Key | ForeignKey):
                continue
            for position, column in enumerate(constraint.columns, 1):
                found.append((*dotted(relation), constraint.name, column, position))
    expected = oracle.ask(
        f"""
        SELECT table_schema, table_name, constraint_name, column_name, ordinal_position
          FROM information_schema.key_column_usage WHERE table_schema {USERS}
        """
    )
    # information_schema also lists the pieces that a foreign key has for each partition it references.
    pieces = set(
        oracle.ask(
            """
            SELECT n.nspname, r.relname, c.conname
              FROM pg_constraint c JOIN pg_constraint p ON p.oid = c.conparentid AND p.conrelid = c.conrelid
              JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
            """
        )
    )
    same(found, (row for row in expected if row[:3] not in pieces))


@check
def foreign_key_rules(oracle: Oracle) -> None:
    """Match, update and delete rules and deferral are those that pg_get_constraintdef spells."""
    for relation in oracle.relations():
        for key in relation.foreign_keys:
            words = f"FOREIGN KEY ({columns_sql(key.columns)}) REFERENCES {key.target.sql}"
            if not key.period:
                words += f"({columns_sql(key.target_columns)})"
                assert key.definition.startswith(words)
            rest = key.definition
            assert (" MATCH FULL" in rest) == (key.match is Match.FULL)
            for event, action in (("UPDATE", key.on_update), ("DELETE", key.on_delete)):
                spelled = re.search(rf" ON {event} (CASCADE|RESTRICT|SET NULL|SET DEFAULT)", rest)
                assert action is (Action(spelled[1].lower()) if spelled else Action.NO_ACTION)
            assert (" DEFERRABLE" in rest) == key.deferrable
            assert (" INITIALLY DEFERRED" in rest) == key.initially_deferred
            assert (" NOT ENFORCED" in rest) == (not key.enforced)
            if key.enforced:
                assert (" NOT VALID" in rest) == (not key.validated)


def columns_sql(names: Iterable[str]) -> str:
    return ", ".join(quote_identifier(name) for name in names)


@check
def constraint_definitions(oracle: Oracle) -> None:
    """Every constraint of a relation is read once, with the server's definition."""
    found = [
        (relation.qualified.sql, constraint.name, constraint.definition)
        for relation in oracle.relations()
        for constraint in constraints_of(relation)
    ]
    same(
        found,
        oracle.ask(
            f"""
            SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
              FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace AND {USER_SCHEMAS}
             WHERE c.conrelid <> 0 AND c.contype IN ('p', 'u', 'f', 'c', 'x')
               AND NOT EXISTS (SELECT 1 FROM pg_constraint p
                                WHERE p.oid = c.conparentid AND p.conrelid = c.conrelid)
            """
        ),
    )


@check
def check_expressions(oracle: Oracle) -> None:
    """CHECK (expression) is the definition, but for parentheses and what follows."""
    for relation in oracle.relations():
        for found in relation.checks:
            suffix = " NO INHERIT" * found.no_inherit
            if not found.enforced:
                suffix += " NOT ENFORCED"
            elif not found.validated:
                suffix += " NOT VALID"
            assert found.definition in (
                f"CHECK ({found.expression}){suffix}",
                f"CHECK (({found.expression})){suffix}",
            )


@check
def not_nulls(oracle: Oracle) -> None:
    """From PostgreSQL 18 on every NOT NULL column of a table has its constraint, before none has."""
    found = [
        (*dotted(relation), constraint.column)
        for relation in oracle.relations()
        for constraint in relation.not_nulls
    ]
    if oracle.major < 18:
        assert found == []
        return
    same(
        found,
        [
            (*dotted(relation), column.name)
            for relation in oracle.relations()
            for column in relation.columns
            if not column.nullable
        ],
    )


@check
def indexes(oracle: Oracle) -> None:
    """Indexes and their definitions are those of pg_indexes."""
    same(
        (
            (*dotted(relation), index.name, index.definition)
            for relation in oracle.relations()
            for index in relation.indexes
        ),
        oracle.ask(
            "SELECT schemaname, tablename, indexname, indexdef FROM pg_indexes WHERE schemaname !~ '^pg_'"
        ),
    )


def index_sql(relation: Relation, position: int) -> str:
    """The definition of an index, put together from the model's parts."""
    index = relation.indexes[position]
    keys = []
    for key in index.keys:
        text = key.expression
        if key.collation:
            pair = key.collation
            text += " COLLATE " + (quote_identifier(pair.name) if pair.schema == "pg_catalog" else pair.sql)
        if key.operator_class:
            text += f" {key.operator_class}"
        text += " DESC" * key.descending
        if key.nulls_first != key.descending:
            text += " NULLS FIRST" if key.nulls_first else " NULLS LAST"
        keys.append(text)
    words = f"CREATE {'UNIQUE ' * index.unique}INDEX {quote_identifier(index.name)} ON "
    words += "ONLY " * (relation.kind is RelationKind.PARTITIONED_TABLE)
    words += f"{relation.qualified.sql} USING {index.method} ({', '.join(keys)})"
    if index.include:
        words += f" INCLUDE ({columns_sql(index.include)})"
    words += " NULLS NOT DISTINCT" * index.nulls_not_distinct
    if index.options:
        pairs = (option.partition("=") for option in index.options)
        words += f" WITH ({', '.join(name + '=' + value for name, _, value in pairs)})"
    return words + (f" WHERE ({index.predicate})" if index.predicate else "")


@check
def index_parts(oracle: Oracle) -> None:
    """The model's parts of an index, put together, are the server's text."""

    def plain(text: str) -> str:
        # How many parentheses stand around an expression is a matter of taste, and pg_get_indexdef quotes
        # option values that look like numbers.
        return re.sub(r"[()]|(?<==)'|'(?=[,)])", "", text)

    for relation in oracle.relations():
        for position, index in enumerate(relation.indexes):
            if index.name != "by_siglen":  # parameters of operator classes are in the definition only
                assert plain(index_sql(relation, position)) == plain(index.definition)


@check
def index_flags(oracle: Oracle) -> None:
    """Backing constraint, primary, validity and parent of an index are what regclass casts say."""
    same(
        (
            (
                QualifiedName(relation.schema, index.name).sql,
                index.constraint,
                index.primary,
                index.exclusion,
                index.valid,
                index.clustered,
                index.replica_identity,
                index.parent.sql if index.parent else None,
            )
            for relation in oracle.relations()
            for index in relation.indexes
        ),
        oracle.ask(
            f"""
            SELECT i.indexrelid::regclass::text,
                   (SELECT conname FROM pg_constraint
                     WHERE conindid = i.indexrelid AND contype IN ('p', 'u', 'x')),
                   i.indisprimary, i.indisexclusion, i.indisvalid, i.indisclustered, i.indisreplident,
                   (SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = i.indexrelid)
              FROM pg_index i, pg_class c, pg_namespace n
             WHERE c.oid = i.indexrelid AND n.oid = c.relnamespace AND {USER_SCHEMAS}
            """
        ),
    )


@check
def triggers(oracle: Oracle) -> None:
    """Events, timing, level, condition and transition tables are those of information_schema.triggers.

    It finds conditions by a regular expression, which a name with a parenthesis and a keyword leads astray.
    """
    same(
        (
            (
                *dotted(relation),
                trigger.name,
                event.upper(),
                trigger.timing.upper(),
                trigger.level.upper(),
                trigger.condition.replace("(", "").replace(")", "") if trigger.condition else None,
                trigger.old_table,
                trigger.new_table,
            )
            for relation in oracle.relations()
            for trigger in relation.triggers
            for event in trigger.events
            if event != "truncate"
            and not (oracle.major < 15 and trigger.inherited)
            and "(" not in trigger.name
        ),
        oracle.ask(
            """
            SELECT event_object_schema, event_object_table, trigger_name, event_manipulation, action_timing,
                   action_orientation, translate(action_condition, '()', ''), action_reference_old_table,
                   action_reference_new_table
              FROM information_schema.triggers WHERE trigger_name !~ '[(]'
            """
        ),
    )


@check
def trigger_functions(oracle: Oracle) -> None:
    """Functions, definitions, columns and clones of triggers are what pg_trigger and psql say."""
    same(
        (
            (
                relation.qualified.sql,
                trigger.name,
                trigger.function.sql.partition("(")[0].removeprefix("pg_catalog."),
                trigger.definition,
                trigger.update_columns,
                trigger.inherited,
            )
            for relation in oracle.relations()
            for trigger in relation.triggers
        ),
        (
            (*row[:4], tuple(row[4] or ()), row[5])
            for row in oracle.ask(
                f"""
                WITH RECURSIVE made AS (
                    SELECT oid, tgrelid, tgname, tgfoid, tgattr, false AS clone FROM pg_trigger
                     WHERE tgparentid = 0 AND NOT tgisinternal
                    UNION ALL
                    SELECT t.oid, t.tgrelid, t.tgname, t.tgfoid, t.tgattr, true
                      FROM pg_trigger t JOIN made ON t.tgparentid = made.oid)
                SELECT tgrelid::regclass::text, tgname, tgfoid::regproc::text, pg_get_triggerdef(made.oid),
                       (SELECT array_agg(attname ORDER BY ordinality)
                          FROM unnest(tgattr::int2[]) WITH ORDINALITY JOIN pg_attribute ON attnum = unnest
                         WHERE attrelid = tgrelid), clone
                  FROM made, pg_class c, pg_namespace n
                 WHERE c.oid = tgrelid AND n.oid = c.relnamespace AND {USER_SCHEMAS}
                """
            )
        ),
    )


@check
def policies(oracle: Oracle) -> None:
    """Policies are those of pg_policies."""
    same(
        (
            (
                *dotted(relation),
                policy.name,
                "PERMISSIVE" if policy.permissive else "RESTRICTIVE",
                policy.roles or ("public",),
                policy.command.upper(),
                policy.using,
                policy.check,
            )
            for relation in oracle.relations()
            for policy in relation.policies
        ),
        (
            (*row[:4], tuple(sorted(row[4])), row[5], unwrapped(row[6]), unwrapped(row[7]))
            for row in oracle.ask(
                "SELECT schemaname, tablename, policyname, permissive, roles::text[], cmd, qual, with_check"
                " FROM pg_policies"
            )
        ),
    )


def unwrapped(text: str | None) -> str | None:
    """Without the parentheses around the whole; good enough for the expressions of these schemas."""
    return text[1:-1] if text and text.startswith("(") and text.endswith(")") else text


@check
def sequences(oracle: Oracle) -> None:
    """Sequences are those of pg_sequences, owned by the column that pg_get_serial_sequence says."""
    same(
        (
            (
                found.schema,
                found.name,
                found.owner,
                found.type,
                found.start,
                found.minimum,
                found.maximum,
                found.increment,
                found.cache,
                found.cycle,
            )
            for found in oracle.structure.sequences
        ),
        oracle.ask(
            """
            SELECT schemaname, sequencename, sequenceowner, data_type::text, start_value, min_value,
                   max_value, increment_by, cache_size, cycle FROM pg_sequences
            """
        ),
    )
    for found in oracle.structure.sequences:
        if found.owned_by:
            owner = found.owned_by
            ((said,),) = oracle.ask(
                f"SELECT pg_get_serial_sequence($q${owner.relation.sql}$q$, $q${owner.column}$q$)"
            )
            assert said == found.qualified.sql
            column = next(
                relation.column(owner.column)
                for relation in oracle.relations()
                if relation.qualified == owner.relation
            )
            assert owner.identity == (column.identity is not None)


@check
def routines(oracle: Oracle) -> None:
    """Routines are those of pg_proc that no extension or range type brought, with their definitions."""
    same(
        (
            (found.schema, found.name, found.identity_arguments, found.result, found.definition)
            for found in oracle.structure.routines
        ),
        oracle.ask(
            f"""
            SELECT n.nspname, p.proname, pg_get_function_identity_arguments(p.oid),
                   pg_get_function_result(p.oid),
                   CASE WHEN p.prokind = 'a' THEN NULL ELSE pg_get_functiondef(p.oid) END
              FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND {USER_SCHEMAS}
             WHERE {NOT_OF_EXTENSION.format("p.oid")}
               AND p.prosrc !~ '^(range|multirange)_constructor'
            """
        ),
    )


@check
def routine_facts(oracle: Oracle) -> None:
    """Kind, language, volatility, strictness and security are those of information_schema.routines."""
    same(
        (
            (
                found.schema,
                found.name,
                found.language,
                "DEFINER" if found.security_definer else "INVOKER",
                "YES" if found.volatility == "immutable" else "NO",
                "YES" if found.strict else "NO",
            )
            for found in oracle.structure.routines
            if found.kind in ("function", "procedure", "window function", "aggregate")
        ),
        oracle.ask(
            f"""
            SELECT routine_schema, routine_name, lower(external_language), security_type, is_deterministic,
                   COALESCE(is_null_call, 'NO')
              FROM information_schema.routines r
             WHERE routine_schema {USERS}
               AND {NOT_OF_EXTENSION.format("substring(specific_name FROM '_([0-9]+)$')::oid")}
               AND routine_name NOT IN (SELECT typname FROM pg_type WHERE typtype IN ('r', 'm'))
            """
        ),
    )


@check
def enums(oracle: Oracle) -> None:
    """Labels stand in the order in which the server compares them."""
    for found in oracle.structure.enums:
        ((labels,),) = oracle.ask(f"SELECT enum_range(NULL::{found.qualified.sql})::text[]")
        assert list(found.labels) == labels
    ((count,),) = oracle.ask(
        f"SELECT count(*) FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace AND {USER_SCHEMAS}"
        f" WHERE typtype = 'e' AND {NOT_OF_EXTENSION.format('t.oid')}"
    )
    assert len(oracle.structure.enums) == count


@check
def domains(oracle: Oracle) -> None:
    """Domains and their checks are those of information_schema.f"""
    same(
        ((found.schema, found.name, found.default) for found in oracle.structure.domains),
        oracle.ask(
            "SELECT domain_schema, domain_name, domain_default FROM information_schema.domains"
            f" WHERE domain_schema {USERS}"
        ),
    )
    same(
        (
            (found.schema, found.name, check.name, check.definition)
            for found in oracle.structure.domains
            for check in found.checks
        ),
        oracle.ask(
            f"""
            SELECT domain_schema, domain_name, d.constraint_name, pg_get_constraintdef(c.oid)
              FROM information_schema.domain_constraints d
              JOIN pg_constraint c ON c.conname = d.constraint_name AND c.connamespace::regnamespace::text
                   = quote_ident(d.constraint_schema) AND c.contypid <> 0
             WHERE c.contype = 'c' AND domain_schema {USERS}
            """
        ),
    )


@check
def composites(oracle: Oracle) -> None:
    """Attributes are those of information_schema.attributes."""
    same(
        (
            (found.schema, found.name, attribute.name, position)
            for found in oracle.structure.composites
            for position, attribute in enumerate(found.attributes, 1)
        ),
        oracle.ask(
            "SELECT udt_schema, udt_name, attribute_name, ordinal_position FROM information_schema.attributes"
        ),
    )


@check
def partitions(oracle: Oracle) -> None:
    """The tree of partitions is the one that pg_partition_tree walks."""
    for relation in oracle.relations(RelationKind.PARTITIONED_TABLE):
        if relation.partition:
            continue
        tree = {
            tuple(row)
            for row in oracle.ask(
                "SELECT relid::text, parentrelid::text FROM"
                f" pg_partition_tree($q${relation.qualified.sql}$q$) WHERE level > 0"
            )
        }
        found: set[tuple[str, ...]] = set()
        todo = [relation.qualified]
        while todo:
            parent = todo.pop()
            children = [
                child for child in oracle.relations() if child.partition and child.partition.parent == parent
            ]
            found |= {(child.qualified.sql, parent.sql) for child in children}
            todo += [child.qualified for child in children]
        assert found == tree


@check
def views(oracle: Oracle) -> None:
    """Definitions of views are those of pg_views and pg_matviews."""
    same(
        (
            (*dotted(found), f"{found.definition};")
            for found in oracle.relations(RelationKind.VIEW, RelationKind.MATERIALIZED_VIEW)
        ),
        oracle.ask(
            f"""
            SELECT schemaname, viewname, definition FROM pg_views WHERE schemaname {USERS}
            UNION ALL SELECT schemaname, matviewname, definition FROM pg_matviews
            """
        ),
    )


@check
def view_dependencies(oracle: Oracle) -> None:
    """What a view needs is what information_schema.view_table_usage and view_routine_usage list."""
    plain_views = {found.qualified for found in oracle.relations(RelationKind.VIEW)}
    found = {
        (edge.dependent.schema, edge.dependent.name, edge.referenced.schema, edge.referenced.name)
        for edge in oracle.structure.dependencies
        if edge.part == "definition"
        and QualifiedName(edge.dependent.schema, edge.dependent.name) in plain_views
        and edge.dependent.kind == "relation"
        and edge.referenced.kind in ("relation", "routine")
    }
    tables = {
        tuple(row)
        for row in oracle.ask(
            f"""
            SELECT view_schema, view_name, table_schema, table_name FROM information_schema.view_table_usage
             WHERE view_schema {USERS}
            UNION
            SELECT u.table_schema, u.table_name, specific_schema,
                   (SELECT proname FROM pg_proc WHERE oid = substring(specific_name FROM '_([0-9]+)$')::oid)
              FROM information_schema.view_routine_usage u WHERE u.table_schema {USERS}
            """
        )
    }
    # information_schema says nothing of views over materialized views and the other way round.
    materialized = {dotted(relation) for relation in oracle.relations(RelationKind.MATERIALIZED_VIEW)}
    assert {edge for edge in found if edge[2:] not in materialized} == tables


@check
def trigger_and_default_dependencies(oracle: Oracle) -> None:
    """Every trigger needs its function, every serial column its sequence."""
    edges = {
        (edge.dependent.schema, edge.dependent.name, edge.part, edge.part_name, edge.referenced.name)
        for edge in oracle.structure.dependencies
    }
    known = {(found.schema, found.name) for found in oracle.structure.routines}
    for relation in oracle.relations():
        for trigger in relation.triggers:
            if not trigger.inherited and (trigger.function.schema, trigger.function.name) in known:
                assert (*dotted(relation), "trigger", trigger.name, trigger.function.name) in edges
    for sequence in oracle.structure.sequences:
        owner = sequence.owned_by
        if owner and not owner.identity:
            assert (*dotted(owner.relation), "default", owner.column, sequence.name) in edges


@check
def dependencies_are_of_the_snapshot(oracle: Oracle) -> None:
    """Both ends of every dependency are objects of the snapshot, and they are not the same."""
    structure = oracle.structure
    known = {("relation", found.schema, found.name, "") for found in structure.relations}
    known |= {("sequence", found.schema, found.name, "") for found in structure.sequences}
    known |= {("routine", found.schema, found.name, found.identity_arguments) for found in structure.routines}
    for family in (
        structure.enums,
        structure.domains,
        structure.composites,
        structure.ranges,
        structure.bases,
    ):
        known |= {("type", found.schema, found.name, "") for found in family}
    known |= {("operator", found.schema, found.name, found.arguments) for found in structure.operators}
    known |= {
        ("operator class", found.schema, found.name, found.method) for found in structure.operator_classes
    }
    known |= {
        ("operator family", found.schema, found.name, found.method) for found in structure.operator_families
    }
    known |= {("cast", "", found.source, found.target) for found in structure.casts}
    known |= {("transform", "", found.type, found.language) for found in structure.transforms}
    in_schemas: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("collation", structure.collations),
        ("conversion", structure.conversions),
        ("text search parser", structure.text_search_parsers),
        ("text search template", structure.text_search_templates),
        ("text search dictionary", structure.text_search_dictionaries),
        ("text search configuration", structure.text_search_configurations),
    )
    known |= {(kind, found.schema, found.name, "") for kind, group in in_schemas for found in group}
    without_schemas: tuple[tuple[str, tuple[Any, ...]], ...] = (
        ("access method", structure.access_methods),
        ("language", structure.languages),
        ("foreign-data wrapper", structure.foreign_data_wrappers),
        ("foreign server", structure.foreign_servers),
    )
    known |= {(kind, "", found.name, "") for kind, group in without_schemas for found in group}
    for edge in structure.dependencies:
        for end in (edge.dependent, edge.referenced):
            assert (end.kind, end.schema, end.name, end.arguments) in known
        assert edge.dependent != edge.referenced


@check
def comments(oracle: Oracle) -> None:
    """Every comment on an object of the user's is in the snapshot, with the right kind of object."""
    structure = oracle.structure
    found: list[tuple[str, str | None]] = []
    words = {
        RelationKind.TABLE: "table",
        RelationKind.PARTITIONED_TABLE: "table",
        RelationKind.VIEW: "view",
        RelationKind.MATERIALIZED_VIEW: "materialized view",
        RelationKind.FOREIGN_TABLE: "foreign table",
    }
    for relation in structure.relations:
        word = words[relation.kind]
        found.append((word, relation.comment))
        found += [(f"{word} column", column.comment) for column in relation.columns]
        found += [("index", index.comment) for index in relation.indexes]
        found += [("trigger", trigger.comment) for trigger in relation.triggers]
        found += [("policy", policy.comment) for policy in relation.policies]
        found += [("table constraint", constraint.comment) for constraint in constraints_of(relation)]
        found += [("table constraint", constraint.comment) for constraint in relation.not_nulls]
    for domain in structure.domains:
        found += [("domain constraint", check.comment) for check in domain.checks]
    for composite in structure.composites:
        found += [("composite type column", attribute.comment) for attribute in composite.attributes]
    found += [("type", each.comment) for each in (*structure.enums, *structure.domains)]
    found += [("type", each.comment) for each in (*structure.composites, *structure.ranges)]
    found += [("sequence", each.comment) for each in structure.sequences]
    found += [("schema", each.comment) for each in structure.schemas]
    found += [("extension", each.comment) for each in structure.extensions]
    found += [(each.kind.replace("window ", ""), each.comment) for each in structure.routines]
    expected = oracle.ask(
        f"""
        SELECT i.type, d.description
          FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) i
         WHERE d.objoid >= 16384 AND {NOT_OF_EXTENSION.format("d.objoid")}
        UNION ALL
        SELECT 'schema', obj_description('public'::regnamespace, 'pg_namespace')
        UNION ALL
        SELECT 'extension', obj_description(oid, 'pg_extension') FROM pg_extension WHERE oid < 16384
        """
    )
    same(
        ((kind, text) for kind, text in found if text is not None),
        (row for row in expected if row[1] is not None),
    )


@check
def extensions(oracle: Oracle) -> None:
    """Extensions are those that psql's \\dx lists, their members counted by another road."""
    same(
        ((found.name, found.version, found.schema, found.objects) for found in oracle.structure.extensions),
        oracle.ask(
            """
            SELECT extname, extversion, extnamespace::regnamespace::text,
                   (SELECT count(*) FROM pg_depend WHERE refobjid = e.oid AND deptype = 'e'
                       AND refclassid = 'pg_extension'::regclass) FROM pg_extension e
            """
        ),
    )


@check
def no_gaps(oracle: Oracle) -> None:
    """Nothing was refused and nothing was unknown."""
    assert oracle.structure.gaps == ()


@pytest.mark.parametrize("compare", CHECKS, ids=lambda compare: compare.__name__)
def test_corpus(corpus_oracle: Oracle, compare: Check) -> None:
    """The reader agrees with the oracle on databases of real applications."""
    compare(corpus_oracle)


@pytest.mark.parametrize("compare", CHECKS, ids=lambda compare: compare.__name__)
def test_nasty(nasty_oracle: Oracle, compare: Check) -> None:
    """The reader agrees with the oracle on the nasty schema, on every version."""
    compare(nasty_oracle)
