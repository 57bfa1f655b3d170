"""Orders have a total and a day; users are described. A view and a function that no model can say."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    total = sa.Column("total", sa.Numeric(10, 2), nullable=False, server_default="0")
    op.add_column("orders", total, schema="sales")
    made = sa.Column("made", sa.DateTime(timezone=True), server_default=sa.text("now()"))
    op.add_column("orders", made, schema="sales")
    op.create_table_comment("users", "Who buys.")
    op.execute("CREATE VIEW sales.paid AS SELECT id FROM sales.orders WHERE state = 'paid'")


def downgrade() -> None:
    op.execute("DROP VIEW sales.paid")
    op.drop_column("orders", "made", schema="sales")
    op.drop_column("orders", "total", schema="sales")
