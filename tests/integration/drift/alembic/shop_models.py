"""The models of the application whose revisions are beside this: what they lead to, in another order."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    Identity,
    MetaData,
    Numeric,
    String,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The base of all models."""


class User(Base):
    """Who buys."""

    __tablename__ = "users"
    __table_args__ = ({"comment": "Who buys."},)

    id: Mapped[int] = mapped_column(primary_key=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    email: Mapped[str] = mapped_column(String(80), unique=True)


class Order(Base):
    """What somebody buys."""

    __tablename__ = "orders"
    __table_args__ = (CheckConstraint("id > 0", name="positive"), {"schema": "sales"})

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    made: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True), server_default=text("now()"))
    total: Mapped[Decimal] = mapped_column(Numeric(10, 2), server_default="0")
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    state: Mapped[str | None] = mapped_column(
        Enum("open", "paid", name="state", schema="sales"), server_default="open"
    )


def metadata() -> MetaData:
    """The same, by a function."""
    print("not for standard output")  # noqa: T201 - a test looks at where it goes
    return Base.metadata
