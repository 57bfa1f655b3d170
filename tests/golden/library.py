"""A hand-made snapshot: two tables and a view of a library, so small that people can read its document."""

from __future__ import annotations

from pgdossier.model.columns import Column, Identity
from pgdossier.model.constraints import Action, Check, ForeignKey, Key
from pgdossier.model.dependencies import Dependency, ObjectKind, ObjectName, Part
from pgdossier.model.indexes import Index, IndexKey
from pgdossier.model.names import QualifiedName
from pgdossier.model.relations import Relation, RelationKind
from pgdossier.model.schemas import Schema
from pgdossier.model.scope import Scope
from pgdossier.model.server import Database, Server
from pgdossier.model.snapshot import FORMAT, Snapshot, Structure
from pgdossier.model.statistics import IndexStatistics, RelationStatistics, Statistics
from pgdossier.model.types import Enum

_BOOKS = Relation(
    schema="library",
    name="books",
    kind=RelationKind.TABLE,
    owner="librarian",
    comment="What can be borrowed. One row for each copy on a shelf.",
    columns=(
        Column(name="id", type="bigint", nullable=False, identity=Identity.ALWAYS),
        Column(name="title", type="text", nullable=False, comment="As on the cover."),
        Column(
            name="state",
            type="library.state",
            type_name=QualifiedName("library", "state"),
            nullable=False,
            default="'shelved'::library.state",
        ),
        Column(name="pages", type="integer"),
    ),
    primary_key=Key(name="books_pkey", columns=("id",), definition="PRIMARY KEY (id)"),
    checks=(
        Check(
            name="books_pages_check",
            expression="(pages > 0)",
            definition="CHECK ((pages > 0))",
            columns=("pages",),
            comment="An empty book is a notebook.",
        ),
    ),
    indexes=(
        Index(
            name="books_pkey",
            method="btree",
            keys=(IndexKey(expression="id", column="id"),),
            definition="CREATE UNIQUE INDEX books_pkey ON library.books USING btree (id)",
            unique=True,
            primary=True,
            constraint="books_pkey",
        ),
    ),
)

_LOANS = Relation(
    schema="library",
    name="loans",
    kind=RelationKind.TABLE,
    owner="librarian",
    columns=(
        Column(name="book_id", type="bigint", nullable=False, comment="The copy | not the title."),
        Column(name="reader", type="character varying(80)"),
        Column(name="due", type="date", nullable=False, default="(CURRENT_DATE + 28)"),
    ),
    foreign_keys=(
        ForeignKey(
            name="loans_book_id_fkey",
            columns=("book_id",),
            target=QualifiedName("library", "books"),
            target_columns=("id",),
            key="books_pkey",
            definition="FOREIGN KEY (book_id) REFERENCES library.books(id) ON DELETE CASCADE",
            on_delete=Action.CASCADE,
        ),
    ),
)

_OVERDUE = Relation(
    schema="library",
    name="overdue",
    kind=RelationKind.VIEW,
    owner="librarian",
    columns=(Column(name="reader", type="character varying(80)"),),
    definition=" SELECT reader\n   FROM library.loans\n  WHERE (due < CURRENT_DATE)",
)

LIBRARY = Snapshot(
    format=FORMAT,
    captured_on="2026-11-21",
    structure=Structure(
        server=Server(version="18.6", version_number=180006, time_zone="UTC"),
        database=Database(
            name="library", owner="librarian", encoding="UTF8", provider="libc", collation="C", ctype="C"
        ),
        scope=Scope(),
        schemas=(Schema(name="library", owner="librarian", comment="Books and who has them."),),
        relations=(_BOOKS, _LOANS, _OVERDUE),
        enums=(Enum(schema="library", name="state", owner="librarian", labels=("shelved", "lent", "lost")),),
        dependencies=(
            Dependency(
                dependent=ObjectName(ObjectKind.RELATION, "library", "overdue"),
                referenced=ObjectName(ObjectKind.RELATION, "library", "loans"),
                part=Part.DEFINITION,
            ),
        ),
    ),
    statistics=Statistics(
        relations=(
            RelationStatistics(
                schema="library", name="books", rows=12345, table_bytes=819200, index_bytes=286720
            ),
            RelationStatistics(schema="library", name="loans", rows=0, table_bytes=0),
        ),
        indexes=(IndexStatistics(schema="library", name="books_pkey", bytes=286720),),
    ),
)
