"""Hand alerts on: assign, escalate, who saw which version; a tenant's own flag settings"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

import settings
from care.models.base import Xid8

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

TENANT = "nullif(current_setting('app.tenant_id', true), '')::uuid"
PERSON = "nullif(current_setting('app.patient_id', true), '')::uuid"


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
    _flag_setting()
    op.execute((settings.ROOT / "care" / "definer_functions.sql").read_text())


def _flag_setting() -> None:
    op.create_table(
        "flag_setting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("changes", JSONB(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_setting")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_flag_setting_tenant_id_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_flag_setting_tenant_id_membership_id"),
        ),
    )
    op.create_index("ix_flag_setting_tenant_id_set_at", "flag_setting", ["tenant_id", "set_at"])
    rule = f"tenant_id = {TENANT} AND {PERSON} IS NULL"
    op.execute("ALTER TABLE flag_setting ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY flag_setting_wall ON flag_setting TO po_app USING ({rule}) WITH CHECK ({rule})")
    op.execute("GRANT SELECT, INSERT ON flag_setting TO po_app")  # a change is a new row: the old ones stay
    op.execute(
        "CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON flag_setting "
        "FOR EACH ROW EXECUTE FUNCTION stamp_changed_xact()"
    )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would drop patient data.")
