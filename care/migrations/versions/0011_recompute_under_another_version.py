"""Recompute under another version: the act as a row; a new definition is news to every lake"""

import sqlalchemy as sa
from alembic import op

import settings
from care.models.base import Xid8

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TENANT = "nullif(current_setting('app.tenant_id', true), '')::uuid"
PERSON = "nullif(current_setting('app.patient_id', true), '')::uuid"

# As in 0004, and this migration's table; a definition of the library is everybody's news.
READ_FORWARD = [
    "clinic", "patient", "episode", "enrollment_event", "survey_assignment", "survey_response", "message",
    "exercise_prescription", "exercise_session", "alert", "alert_event", "import_rejection", "rescoring",
]  # fmt: skip
NEW = "changed_xact >= pg_snapshot_xmin(since) AND NOT pg_visible_in_snapshot(changed_xact, since)"


def upgrade() -> None:
    op.create_table(
        "rescoring",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("adopted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_rescoring_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescoring")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_rescoring_tenant_id_id")),
    )
    op.create_index("ix_rescoring_changed", "rescoring", ["tenant_id", "changed_xact"])
    rule = f"tenant_id = {TENANT} AND {PERSON} IS NULL"
    op.execute("ALTER TABLE rescoring ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY rescoring_wall ON rescoring TO po_app USING ({rule}) WITH CHECK ({rule})")
    op.execute("GRANT SELECT, INSERT ON rescoring TO po_app")
    _stamp_definitions()
    for table in ("rescoring", "definition"):
        op.execute(
            f"CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION stamp_changed_xact()"
        )
    _read_forward()
    op.execute((settings.ROOT / "care" / "definer_functions.sql").read_text())


def _stamp_definitions() -> None:
    """The text of a definition stays immutable; only the stamp of a restored one may be made anew."""
    op.add_column(
        "definition",
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
    )
    op.execute("DROP TRIGGER immutable ON definition")
    op.execute(
        "CREATE TRIGGER immutable BEFORE UPDATE OF id, tenant_id, kind, key, version, body, sha256, published_at, "
        "published_by OR DELETE ON definition FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _read_forward() -> None:
    news = [f"EXISTS (SELECT 1 FROM {table} WHERE tenant_id = tenant AND {NEW})" for table in READ_FORWARD]
    news.append(f"EXISTS (SELECT 1 FROM definition WHERE (tenant_id IS NULL OR tenant_id = tenant) AND {NEW})")
    op.execute(
        "CREATE OR REPLACE FUNCTION has_news(tenant uuid, since pg_snapshot) RETURNS boolean LANGUAGE sql STABLE "
        f"AS $$ SELECT {' OR '.join(news)} $$"
    )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would drop patient data.")
