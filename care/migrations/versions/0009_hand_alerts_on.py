"""Hand alerts on: assign, escalate, who saw which version"""

import sqlalchemy as sa
from alembic import op

import settings

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("alert", sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alert", sa.Column("escalated_to", sa.Uuid(), nullable=True))
    op.add_column("alert_event", sa.Column("assigned_to", sa.Uuid(), nullable=True))
    for table, column in (("alert", "escalated_to"), ("alert_event", "assigned_to")):
        name = op.f(f"fk_{table}_tenant_id_{column}")
        op.create_foreign_key(name, table, "membership", ["tenant_id", column], ["tenant_id", "id"])
    op.create_index(
        "ix_alert_escalate",
        "alert",
        ["tenant_id", "due_at"],
        postgresql_where=sa.text("state IN ('open', 'acknowledged') AND escalated_at IS NULL"),
    )
    op.execute((settings.ROOT / "care" / "definer_functions.sql").read_text())


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would drop patient data.")
