"""Let patients answer: links, drafts, a password for the thread; when to look at an enrollment again"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

import settings
from care.models.base import Xid8

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TENANT = "nullif(current_setting('app.tenant_id', true), '')::uuid"
PERSON = "nullif(current_setting('app.patient_id', true), '')::uuid"

TABLES = ("survey_link", "patient_password", "response_draft")


def upgrade() -> None:
    op.add_column("enrollment", sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("episode", sa.Column("index_set_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_enrollment_wake", "enrollment", ["tenant_id", "wake_at"], postgresql_where=sa.text("state = 'active'")
    )
    op.create_index(
        "ix_survey_assignment_open",
        "survey_assignment",
        ["tenant_id", "expires_at"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_survey_assignment_tenant_id_patient_id_due_at", "survey_assignment", ["tenant_id", "patient_id", "due_at"]
    )
    _survey_link()
    _patient_password()
    _response_draft()
    for table in TABLES:
        _wall(table)
    op.execute((settings.ROOT / "care" / "definer_functions.sql").read_text())


def _tenant_columns() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
    ]


def _tenant_key(column: str, table: str, own: str, *between: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", *between, column],
        [f"{table}.{name}" for name in ("tenant_id", *between, "id")],
        name=op.f(f"fk_{own}_" + "_".join(["tenant_id", *between, column])),
    )


def _at(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _survey_link() -> None:
    op.create_table(
        "survey_link",
        *_tenant_columns(),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        _at("expires_at", nullable=False),
        sa.Column("wrong_dates", sa.Integer(), nullable=False),
        _at("killed_at"),
        _at("used_at"),
        sa.Column("session_hash", sa.LargeBinary(), nullable=True),
        _at("seen_at"),
        _at("thread_opened_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_link")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_survey_link_tenant_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_survey_link_token_hash")),
        sa.UniqueConstraint("session_hash", name=op.f("uq_survey_link_session_hash")),
        _tenant_key("patient_id", "patient", "survey_link"),
        _tenant_key("episode_id", "episode", "survey_link", "patient_id"),
        _tenant_key("made_by_id", "membership", "survey_link"),
    )
    op.create_index("ix_survey_link_tenant_id_patient_id", "survey_link", ["tenant_id", "patient_id"])


def _patient_password() -> None:
    op.create_table(
        "patient_password",
        *_tenant_columns(),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        _at("failed_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_password")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_patient_password_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "patient_id", name=op.f("uq_patient_password_tenant_id_patient_id")),
        _tenant_key("patient_id", "patient", "patient_password"),
    )


def _response_draft() -> None:
    op.create_table(
        "response_draft",
        *_tenant_columns(),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("answers", JSONB(), nullable=False),
        sa.Column("saved_keys", JSONB(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        _at("started_at", nullable=False),
        _at("saved_at", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_draft")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_response_draft_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "assignment_id", name=op.f("uq_response_draft_tenant_id_assignment_id")),
        _tenant_key("assignment_id", "survey_assignment", "response_draft"),
        _tenant_key("patient_id", "patient", "response_draft"),
    )


def _wall(table: str) -> None:
    rule = f"tenant_id = {TENANT} AND ({PERSON} IS NULL OR patient_id = {PERSON})"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_wall ON {table} TO po_app USING ({rule}) WITH CHECK ({rule})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO po_app")
    op.execute(
        f"CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION stamp_changed_xact()"
    )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would drop patient data.")
