from __future__ import annotations

import textwrap

import msgspec
import pytest

from pgdossier.ddl.relations import relation_definition
from pgdossier.ddl.surroundings import Surroundings
from pgdossier.model.columns import Column, Generated, Identity
from pgdossier.model.constraints import Check, Exclusion, ForeignKey, Key, NotNull
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.names import QualifiedName, RoutineName
from pgdossier.model.policies import Command, Policy
from pgdossier.model.relations import (
    ForeignSource,
    Partition,
    Partitioning,
    PartitionStrategy,
    Persistence,
    Relation,
    RelationKind,
    ReplicaIdentity,
)
from pgdossier.model.scope import Scope
from pgdossier.model.sequences import Sequence, SequenceOwner
from pgdossier.model.server import Database, Server
from pgdossier.model.snapshot import Structure
from pgdossier.model.triggers import Enabled, Event, Level, Timing, Trigger


def table(name: str, *columns: Column, **rest: object) -> Relation:
    """A table of schema shop."""
    found = Relation(schema="shop", name=name, kind=RelationKind.TABLE, owner="o", columns=columns)
    return msgspec.structs.replace(found, **rest)


def definition(relation: Relation, *others: Relation, sequences: tuple[Sequence, ...] = ()) -> str:
    """Its definition, in a database that also has the others."""
    structure = Structure(
        server=Server(version="18.6", version_number=180006),
        database=Database(name="db", owner="o", encoding="UTF8", provider="libc"),
        scope=Scope(),
        relations=(relation, *others),
        sequences=sequences,
    )
    return relation_definition(relation, Surroundings.of(structure))


def expected(text: str) -> str:
    """The text without the indentation of the test."""
    return textwrap.dedent(text).lstrip("\n")


def index(name: str, definition: str, **rest: object) -> Index:
    found = Index(name=name, method="btree", keys=(IndexKey(expression="a"),), definition=definition)
    return msgspec.structs.replace(found, **rest)


def sequence(name: str, column: str, **rest: object) -> Sequence:
    """A sequence that a column of shop.orders owns."""
    found = Sequence(
        schema="shop",
        name=name,
        owner="o",
        type="bigint",
        start=1,
        minimum=1,
        maximum=2**63 - 1,
        increment=1,
        owned_by=SequenceOwner(relation=QualifiedName("shop", "orders"), column=column),
    )
    return msgspec.structs.replace(found, **rest)


ID = Column(name="id", type="integer", nullable=False)


def test_table_with_everything_inside() -> None:
    """Columns stand under each other; constraints follow: keys, checks, exclusions, foreign keys."""
    orders = table(
        "orders",
        Column(name="id", type="bigint", nullable=False, default="nextval('shop.orders_id_seq'::regclass)"),
        Column(name="user", type="integer", nullable=False),
        Column(name="total", type="numeric(12,2)", nullable=False, default="0"),
        Column(name="gross", type="numeric(12,2)", default="(total * 1.19)", generated=Generated.STORED),
        Column(name="Note", type="text", collation=QualifiedName("pg_catalog", "C"), comment="it's"),
        Column(name="plain", type="jsonb"),
        comment="Orders",
        primary_key=Key(name="orders_pkey", columns=("id",), definition="PRIMARY KEY (id)"),
        unique_keys=(Key(name="one each", columns=("user",), definition='UNIQUE ("user")'),),
        checks=(Check(name="positive", expression="total > 0", definition="CHECK ((total > 0))"),),
        exclusions=(Exclusion(name="apart", definition="EXCLUDE USING gist (id WITH =)"),),
        foreign_keys=(
            ForeignKey(
                name="of_user",
                columns=("user",),
                target=QualifiedName("shop", "users"),
                target_columns=("id",),
                definition='FOREIGN KEY ("user") REFERENCES shop.users(id)',
                comment="who",
            ),
        ),
        options=("fillfactor=70",),
        persistence=Persistence.UNLOGGED,
        tablespace="Fast",
    )
    assert definition(orders, sequences=(sequence("orders_id_seq", "id"),)) == expected(
        """
        CREATE SEQUENCE shop.orders_id_seq;

        CREATE UNLOGGED TABLE shop.orders (
            id     bigint        NOT NULL DEFAULT nextval('shop.orders_id_seq'::regclass),
            "user" integer       NOT NULL,
            total  numeric(12,2) NOT NULL DEFAULT 0,
            gross  numeric(12,2) GENERATED ALWAYS AS (total * 1.19) STORED,
            "Note" text          COLLATE pg_catalog."C",
            plain  jsonb,
            CONSTRAINT orders_pkey PRIMARY KEY (id),
            CONSTRAINT "one each" UNIQUE ("user"),
            CONSTRAINT positive CHECK (total > 0),
            CONSTRAINT apart EXCLUDE USING gist (id WITH =),
            CONSTRAINT of_user FOREIGN KEY ("user") REFERENCES shop.users(id)
        )
        WITH (fillfactor = 70)
        TABLESPACE "Fast";

        ALTER SEQUENCE shop.orders_id_seq OWNED BY shop.orders.id;

        COMMENT ON TABLE shop.orders IS 'Orders';
        COMMENT ON COLUMN shop.orders."Note" IS 'it''s';
        COMMENT ON CONSTRAINT of_user ON shop.orders IS 'who';
        """
    )


def test_what_cannot_stand_inside() -> None:
    """What CREATE TABLE cannot say follows it: unvalidated and redundant constraints, indexes, and so on."""
    function = RoutineName("shop", "f")
    orders = table(
        "orders",
        ID,
        primary_key=Key(name="orders_pkey", columns=("id",), definition="PRIMARY KEY (id)"),
        unique_keys=(Key(name="again", columns=("id",), definition="UNIQUE (id)"),),
        checks=(Check(name="later", expression="id > 0", definition="…", validated=False),),
        foreign_keys=(
            ForeignKey(
                name="fk",
                columns=("id",),
                target=QualifiedName("shop", "x"),
                target_columns=("id",),
                definition="FOREIGN KEY (id) REFERENCES shop.x(id) NOT VALID",
                validated=False,
            ),
        ),
        indexes=(
            index("again", "CREATE UNIQUE INDEX again ON shop.orders USING btree (id)", constraint="again"),
            index("broken", "CREATE INDEX broken ON shop.orders USING btree (id)", valid=False),
            index("i", "CREATE INDEX i ON shop.orders USING btree (id)", clustered=True, comment="index"),
        ),
        replica_identity=ReplicaIdentity.FULL,
        triggers=(
            Trigger(
                name="t",
                timing=Timing.BEFORE,
                events=(Event.INSERT,),
                level=Level.ROW,
                function=function,
                definition="CREATE TRIGGER t BEFORE INSERT ON shop.orders FOR EACH ROW "
                "WHEN ((new.note <> ' FOR EACH ROW '::text)) EXECUTE FUNCTION shop.f(' EXECUTE ')",
                enabled=Enabled.DISABLED,
            ),
        ),
        row_security=True,
        force_row_security=True,
        policies=(
            Policy(
                name="p",
                command=Command.UPDATE,
                permissive=False,
                roles=("app", "Boss"),
                using="(id > 1)",
                check="true",
            ),
            Policy(name="q", command=Command.UNKNOWN, comment="unknown"),
        ),
    )
    assert definition(orders) == expected(
        """
        CREATE TABLE shop.orders (
            id integer NOT NULL,
            CONSTRAINT orders_pkey PRIMARY KEY (id)
        );

        ALTER TABLE shop.orders
            ADD CONSTRAINT later CHECK (id > 0) NOT VALID;
        ALTER TABLE ONLY shop.orders
            ADD CONSTRAINT again UNIQUE (id);
        ALTER TABLE ONLY shop.orders
            ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES shop.x(id) NOT VALID;

        -- index broken is invalid (an interrupted CREATE INDEX CONCURRENTLY): left out
        CREATE INDEX i ON shop.orders USING btree (id);
        COMMENT ON INDEX shop.i IS 'index';
        ALTER TABLE shop.orders CLUSTER ON i;
        ALTER TABLE ONLY shop.orders REPLICA IDENTITY FULL;

        CREATE TRIGGER t BEFORE INSERT ON shop.orders
            FOR EACH ROW WHEN ((new.note <> ' FOR EACH ROW '::text))
            EXECUTE FUNCTION shop.f(' EXECUTE ');
        ALTER TABLE shop.orders DISABLE TRIGGER t;

        ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
        ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY;
        CREATE POLICY p ON shop.orders AS RESTRICTIVE FOR UPDATE TO app, "Boss"
            USING (id > 1)
            WITH CHECK (true);
        -- policy q is for a command that this version does not know: left out
        """
    )


@pytest.mark.parametrize(
    ("found", "clause"),
    [
        (sequence("orders_id_seq", "id"), "GENERATED ALWAYS AS IDENTITY"),
        (sequence("own", "id"), "GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME shop.own)"),
        (
            sequence("orders_id_seq", "id", type="integer", maximum=2**31 - 1, start=5, increment=2),
            "GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2 START WITH 5)",
        ),
        (
            sequence(
                "orders_id_seq",
                "id",
                minimum=-(2**63),
                maximum=-1,
                start=-1,
                increment=-1,
                cycle=True,
                cache=3,
            ),
            "GENERATED ALWAYS AS IDENTITY (INCREMENT BY -1 CACHE 3 CYCLE)",
        ),
    ],
)
def test_identity_options(found: Sequence, clause: str) -> None:
    """Of an identity column's sequence only what is not as usual is written."""
    assert found.owned_by is not None
    owner = msgspec.structs.replace(found.owned_by, identity=True)
    orders = table("orders", msgspec.structs.replace(ID, identity=Identity.ALWAYS))
    text = definition(orders, sequences=(msgspec.structs.replace(found, owned_by=owner),))
    assert f"    id integer NOT NULL {clause}\n" in text
    assert "CREATE SEQUENCE" not in text


def test_not_null_names() -> None:
    """A NOT NULL has its name only where PostgreSQL would choose another; an unvalidated one is added."""
    columns = tuple(Column(name=name, type="text", nullable=False) for name in "abcd")
    text = definition(
        table(
            "t",
            *columns,
            not_nulls=(
                NotNull(name="t_a_not_null", column="a"),
                NotNull(name="must", column="b", no_inherit=True),
                NotNull(name="t_c_not_null", column="c", validated=False),
            ),
        )
    )
    assert text == expected(
        """
        CREATE TABLE shop.t (
            a text NOT NULL,
            b text CONSTRAINT must NOT NULL NO INHERIT,
            c text,
            d text NOT NULL
        );

        ALTER TABLE shop.t
            ADD CONSTRAINT t_c_not_null NOT NULL c NOT VALID;
        """
    )


def test_partitioned_table() -> None:
    """The way of partitioning follows the columns; an index is made with those of the partitions."""
    text = definition(
        table(
            "p",
            ID,
            kind=RelationKind.PARTITIONED_TABLE,
            partitioning=Partitioning(strategy=PartitionStrategy.RANGE, key="id, lower(x)"),
            indexes=(
                index("on", "CREATE INDEX \"on\" ON ONLY shop.p USING btree (id) WHERE (x <> ' ON ONLY ')"),
            ),
        )
    )
    assert text == expected(
        """
        CREATE TABLE shop.p (
            id integer NOT NULL
        )
        PARTITION BY RANGE (id, lower(x));

        CREATE INDEX "on" ON shop.p USING btree (id) WHERE (x <> ' ON ONLY ');
        """
    )


def test_partition_says_only_what_is_its_own() -> None:
    """A partition refers to the partitioned table, and adds its own defaults, constraints and indexes."""
    value = Column(name="v", type="integer", default="1")
    parent = table("p", ID, value, kind=RelationKind.PARTITIONED_TABLE)
    copy = Key(name="p1_pkey", columns=("id",), definition="PRIMARY KEY (id)", inherited=True, comment="x")
    part = table(
        "p1",
        msgspec.structs.replace(ID, local=False),
        msgspec.structs.replace(value, local=False, default="2"),
        partition=Partition(parent=QualifiedName("shop", "p"), bound="FOR VALUES FROM (1) TO (2)"),
        primary_key=copy,
        checks=(
            Check(name="from_parent", expression="v > 0", definition="…", inherited=True),
            Check(name="local", expression="v > 1", definition="…"),
        ),
        indexes=(
            index("p1_pkey", "…", constraint="p1_pkey", parent=QualifiedName("shop", "p_pkey")),
            index("own", "CREATE INDEX own ON shop.p1 USING btree (v)"),
        ),
    )
    assert definition(part, parent) == expected(
        """
        CREATE TABLE shop.p1 PARTITION OF shop.p (
            v WITH OPTIONS DEFAULT 2,
            CONSTRAINT local CHECK (v > 1)
        )
        FOR VALUES FROM (1) TO (2);

        CREATE INDEX own ON shop.p1 USING btree (v);
        """
    )


def test_partition_without_anything_of_its_own() -> None:
    """A partition like its parent is one sentence."""
    parent = table("p", ID, kind=RelationKind.PARTITIONED_TABLE)
    part = table("p1", ID, partition=Partition(parent=QualifiedName("shop", "p"), bound="DEFAULT"))
    assert definition(part, parent) == "CREATE TABLE shop.p1 PARTITION OF shop.p\nDEFAULT;\n"


def test_child_says_only_what_is_its_own() -> None:
    """A child lists its own columns, and changes what it has otherwise than its parents."""
    parent = table("parent", ID, Column(name="d", type="text", default="'x'"), Column(name="e", type="text"))
    child = table(
        "child",
        msgspec.structs.replace(ID, local=False),
        Column(name="d", type="text", local=False),
        Column(name="e", type="text", local=False, default="'y'", nullable=False),
        Column(name="own", type="date"),
        inherits=(QualifiedName("shop", "parent"),),
    )
    assert definition(child, parent) == expected(
        """
        CREATE TABLE shop.child (
            own date
        )
        INHERITS (shop.parent);
        ALTER TABLE ONLY shop.child ALTER COLUMN d DROP DEFAULT;
        ALTER TABLE ONLY shop.child ALTER COLUMN e SET DEFAULT 'y';
        ALTER TABLE ONLY shop.child ALTER COLUMN e SET NOT NULL;
        """
    )


def test_child_with_an_identity_on_its_parents_column() -> None:
    """A child makes an identity column of what its parent gives, after it dropped the parent's default."""
    parent = table("parent", msgspec.structs.replace(ID, default="7"))
    child = table(
        "child",
        msgspec.structs.replace(ID, local=False, identity=Identity.BY_DEFAULT),
        inherits=(QualifiedName("shop", "parent"),),
    )
    assert definition(child, parent) == expected(
        """
        CREATE TABLE shop.child ()
        INHERITS (shop.parent);
        ALTER TABLE ONLY shop.child ALTER COLUMN id DROP DEFAULT;
        ALTER TABLE ONLY shop.child ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
        """
    )


def test_child_with_columns_in_another_order() -> None:
    """A child whose columns are not in the order of inheriting is made alone, then becomes a child."""
    parent = table("parent", ID, Column(name="late", type="text"))
    child = table(
        "child",
        ID,
        Column(name="own", type="date"),
        Column(name="late", type="text", local=False),
        inherits=(QualifiedName("shop", "parent"),),
    )
    assert definition(child, parent) == expected(
        """
        CREATE TABLE shop.child (
            id   integer NOT NULL,
            own  date,
            late text
        );
        ALTER TABLE shop.child INHERIT shop.parent;
        """
    )


def test_typed_table() -> None:
    """A typed table adds to the columns of its type."""
    text = definition(table("t", ID, Column(name="b", type="text"), of_type=QualifiedName("shop", "Pair")))
    assert text == 'CREATE TABLE shop.t OF shop."Pair" (\n    id WITH OPTIONS NOT NULL\n);\n'


def test_table_without_columns() -> None:
    """A table may have no columns."""
    assert definition(table("t")) == "CREATE TABLE shop.t ();\n"


def test_foreign_table() -> None:
    """A foreign table names its server; options that were not read are said before it."""
    text = definition(
        table(
            "f",
            msgspec.structs.replace(ID, foreign_options=(("column_name", "a'b"), ("Key", None))),
            kind=RelationKind.FOREIGN_TABLE,
            foreign_source=ForeignSource(server="far away", options=(("token", None), ("table_name", "x"))),
            replica_identity=ReplicaIdentity.NOTHING,
            comment="far",
        )
    )
    assert text == expected(
        """
        -- option token of the table may hold a secret: its value was not read
        -- option "Key" of column id may hold a secret: its value was not read
        CREATE FOREIGN TABLE shop.f (
            id integer OPTIONS (column_name 'a''b') NOT NULL
        )
        SERVER "far away" OPTIONS (table_name 'x');

        COMMENT ON FOREIGN TABLE shop.f IS 'far';
        """
    )


def test_view() -> None:
    """A view is written with its parameters, the defaults of its columns and its comments."""
    text = definition(
        table(
            "v",
            Column(name="A", type="integer", default="5", comment="column"),
            kind=RelationKind.VIEW,
            definition=' SELECT 1 AS "A"',
            options=("security_barrier=true",),
            replica_identity=ReplicaIdentity.NOTHING,
            comment="view",
        )
    )
    assert text == expected(
        """
        CREATE VIEW shop.v
            WITH (security_barrier = true) AS
         SELECT 1 AS "A";
        ALTER VIEW shop.v ALTER COLUMN "A" SET DEFAULT 5;

        COMMENT ON VIEW shop.v IS 'view';
        COMMENT ON COLUMN shop.v."A" IS 'column';
        """
    )


def test_materialized_view() -> None:
    """A materialized view says when it has no data, and comes with its indexes."""
    view = table(
        "m",
        kind=RelationKind.MATERIALIZED_VIEW,
        definition=" SELECT 1 AS a",
        populated=False,
        options=("fillfactor=80",),
        indexes=(index("m_a", "CREATE INDEX m_a ON shop.m USING btree (a)"),),
    )
    assert definition(view) == expected(
        """
        CREATE MATERIALIZED VIEW shop.m
            WITH (fillfactor = 80) AS
         SELECT 1 AS a
        WITH NO DATA;

        CREATE INDEX m_a ON shop.m USING btree (a);
        """
    )
    filled = msgspec.structs.replace(view, populated=True)
    assert "NO DATA" not in definition(filled)


def test_kind_from_the_future() -> None:
    """A relation of an unknown kind is a remark, not an exception."""
    text = definition(table("x\ny", kind=RelationKind.UNKNOWN))
    assert text == "-- shop.x y is of a kind that this version does not know\n"


@pytest.mark.parametrize("place", ["", " WHERE ((a > 0))", " DEFERRABLE INITIALLY DEFERRED"])
def test_storage_of_a_key(place: str) -> None:
    """Parameters and tablespace of a key's index stand where the grammar wants them."""
    found = Key(name="k", columns=("id",), definition=f'UNIQUE (id) INCLUDE (" WHERE ("){place}')
    text = definition(
        table(
            "t",
            ID,
            unique_keys=(found,),
            indexes=(index("k", "…", constraint="k", options=("fillfactor=70",), tablespace="fast"),),
        )
    )
    storage = " WITH (fillfactor = 70) USING INDEX TABLESPACE fast"
    assert f'CONSTRAINT k UNIQUE (id) INCLUDE (" WHERE ("){storage}{place}\n' in text
