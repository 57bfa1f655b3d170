"""How Alembic connects: to the database that DATABASE_URL names."""

from __future__ import annotations

import os

import sqlalchemy
from alembic import context
from shop_models import Base

engine = sqlalchemy.create_engine(os.environ["DATABASE_URL"])
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
