"""Undo gives the earlier owner back: an event of an alert says who had it before"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("alert_event", sa.Column("owner_before", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_alert_event_tenant_id_owner_before",
        "alert_event",
        "membership",
        ["tenant_id", "owner_before"],
        ["tenant_id", "id"],
    )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would drop patient data.")
