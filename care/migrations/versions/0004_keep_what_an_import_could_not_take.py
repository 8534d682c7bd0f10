"""Keep what an import could not take: a table of rejected lines, read forward by the ETL"""

import sqlalchemy as sa
from alembic import op

from care.models.base import Xid8

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TENANT = "nullif(current_setting('app.tenant_id', true), '')::uuid"
PERSON = "nullif(current_setting('app.patient_id', true), '')::uuid"

# As in 0002, and this migration's table.
READ_FORWARD = [
    "clinic", "patient", "episode", "enrollment_event", "survey_assignment", "survey_response", "message",
    "exercise_prescription", "exercise_session", "alert", "alert_event", "import_rejection",
]  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "import_rejection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("rejected_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_import_rejection_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rejection")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_import_rejection_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "source_key",
            "rule",
            "field",
            name=op.f("uq_import_rejection_tenant_id_source_key_rule_field"),
        ),
    )
    op.create_index("ix_import_rejection_changed", "import_rejection", ["tenant_id", "changed_xact"])
    _wall()
    _read_forward()


def _wall() -> None:
    rule = f"tenant_id = {TENANT} AND {PERSON} IS NULL"
    op.execute("ALTER TABLE import_rejection ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY import_rejection_wall ON import_rejection TO po_app USING ({rule}) WITH CHECK ({rule})")
    op.execute("GRANT SELECT, INSERT ON import_rejection TO po_app")
    op.execute(
        "CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON import_rejection "
        "FOR EACH ROW EXECUTE FUNCTION stamp_changed_xact()"
    )


def _read_forward() -> None:
    news = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE tenant_id = tenant AND changed_xact >= pg_snapshot_xmin(since) "
        "AND NOT pg_visible_in_snapshot(changed_xact, since))"
        for table in READ_FORWARD
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION has_news(tenant uuid, since pg_snapshot) RETURNS boolean LANGUAGE sql STABLE "
        f"AS $$ SELECT {news} $$"
    )
