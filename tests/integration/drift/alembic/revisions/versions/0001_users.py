"""Users and orders."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA sales")
    op.create_table(
        "users",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(80), nullable=False, unique=True),
        sa.Column("manager_id", sa.Integer, sa.ForeignKey("users.id")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("state", sa.Enum("open", "paid", name="state", schema="sales"), server_default="open"),
        sa.CheckConstraint("id > 0", name="positive"),
        schema="sales",
    )


def downgrade() -> None:
    op.drop_table("orders", schema="sales")
    op.drop_table("users")
