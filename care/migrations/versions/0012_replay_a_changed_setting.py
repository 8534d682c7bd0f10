"""Replay a changed setting before it goes live; a choice of a tenant is news to its lake"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

import settings
from care.models.base import Xid8

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STAFF_OF_THE_TENANT = (
    "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid "
    "AND nullif(current_setting('app.patient_id', true), '') IS NULL"
)
# As in 0011, and what a tenant has chosen; a definition of the library is everybody's news.
READ_FORWARD = [
    "clinic", "patient", "episode", "enrollment_event", "survey_assignment", "survey_response", "message",
    "exercise_prescription", "exercise_session", "alert", "alert_event", "import_rejection", "rescoring",
    "tenant_setting",
]  # fmt: skip
NEW = "changed_xact >= pg_snapshot_xmin(since) AND NOT pg_visible_in_snapshot(changed_xact, since)"
STATES = "'waiting', 'running', 'done', 'failed'"


def upgrade() -> None:
    op.create_table(
        "replay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("standing", JSONB(), nullable=False),
        sa.Column("changed", JSONB(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", JSONB(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_replay_replay_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_replay_tenant_id_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_replay_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_replay_tenant_id_membership_id"),
        ),
    )
    op.create_index("ix_replay_tenant_id_asked_at", "replay", ["tenant_id", "asked_at"])
    op.execute("ALTER TABLE replay ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY replay_wall ON replay TO po_app USING ({STAFF_OF_THE_TENANT}) "
        f"WITH CHECK ({STAFF_OF_THE_TENANT})"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON replay TO po_app")
    op.execute(
        "CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON replay FOR EACH ROW EXECUTE FUNCTION stamp_changed_xact()"
    )
    op.create_index("ix_tenant_setting_changed", "tenant_setting", ["tenant_id", "changed_xact"])
    _read_forward()
    op.execute((settings.ROOT / "care" / "definer_functions.sql").read_text())


def _read_forward() -> None:
    news = [f"EXISTS (SELECT 1 FROM {table} WHERE tenant_id = tenant AND {NEW})" for table in READ_FORWARD]
    news.append(f"EXISTS (SELECT 1 FROM definition WHERE (tenant_id IS NULL OR tenant_id = tenant) AND {NEW})")
    op.execute(
        "CREATE OR REPLACE FUNCTION has_news(tenant uuid, since pg_snapshot) RETURNS boolean LANGUAGE sql STABLE "
        f"AS $$ SELECT {' OR '.join(news)} $$"
    )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would drop what tenants have replayed.")
