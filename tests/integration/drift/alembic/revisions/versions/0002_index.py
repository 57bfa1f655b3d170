"""Orders are looked up by their user."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_index("ix_sales_orders_user_id", "orders", ["user_id"], schema="sales")


def downgrade() -> None:
    op.drop_index("ix_sales_orders_user_id", schema="sales")
