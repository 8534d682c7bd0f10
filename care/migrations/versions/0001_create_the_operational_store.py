"""Create the operational store"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from care.migrate import make_app_role
from care.models.base import Xid8

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    make_app_role(op.get_bind())
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_email_hash_at"), "sign_in_attempt", ["email_hash", "at"], unique=False)
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("name", name=op.f("uq_tenant_name")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("screen", sa.Text(), nullable=True),
        sa.Column("patient_ids", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("detail", JSONB(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_audit_event_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_audit_event_tenant_id_id")),
    )
    op.create_index(op.f("ix_audit_event_tenant_id_at"), "audit_event", ["tenant_id", "at"], unique=False)
    op.create_table(
        "clinic",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_clinic_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinic")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_clinic_tenant_id_code")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_clinic_tenant_id_id")),
    )
    op.create_table(
        "definition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_definition_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition")),
        sa.UniqueConstraint(
            "tenant_id",
            "kind",
            "key",
            "version",
            name=op.f("uq_definition_tenant_id_kind_key_version"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "provider", "manager", "researcher", name="role", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("all_clinics", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_membership_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("tenant_id", "account_id", "role", name=op.f("uq_membership_tenant_id_account_id_role")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_membership_tenant_id_id")),
    )
    op.create_table(
        "tenant_lake",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("catalog_schema", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("data_path", sa.Text(), nullable=False),
        sa.Column("dirty", sa.Boolean(), nullable=False),
        sa.Column("delivered_snapshot", sa.Integer(), nullable=True),
        sa.Column("read_snapshot", sa.Text(), nullable=True),
        sa.Column("read_cluster", sa.Text(), nullable=True),
        sa.Column("data_as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_tenant_lake_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenant_lake")),
    )
    op.create_table(
        "membership_clinic",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "clinic_id"],
            ["clinic.tenant_id", "clinic.id"],
            name=op.f("fk_membership_clinic_tenant_id_clinic_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_membership_clinic_tenant_id_membership_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_clinic")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_membership_clinic_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "membership_id",
            "clinic_id",
            name=op.f("uq_membership_clinic_tenant_id_membership_id_clinic_id"),
        ),
    )
    op.create_table(
        "patient",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("lake_key", sa.Uuid(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=True),
        sa.Column("family_name", sa.Text(), nullable=True),
        sa.Column("mrn", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("age_band", sa.Text(), nullable=True),
        sa.Column(
            "sex",
            sa.Enum(
                "female", "male", "other", "unknown", name="sex", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "clinic_id"], ["clinic.tenant_id", "clinic.id"], name=op.f("fk_patient_tenant_id_clinic_id")
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_patient_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_patient_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "lake_key", name=op.f("uq_patient_tenant_id_lake_key")),
        sa.UniqueConstraint("tenant_id", "source_key", name=op.f("uq_patient_tenant_id_source_key")),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_sign_in_session_tenant_id_membership_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_sign_in_session_tenant_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_session_token_hash")),
    )
    op.create_table(
        "care_team_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_care_team_member_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id"],
            ["patient.tenant_id", "patient.id"],
            name=op.f("fk_care_team_member_tenant_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_team_member")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_care_team_member_tenant_id_id")),
        sa.UniqueConstraint(
            "tenant_id",
            "patient_id",
            "membership_id",
            name=op.f("uq_care_team_member_tenant_id_patient_id_membership_id"),
        ),
    )
    op.create_index(
        op.f("ix_care_team_member_tenant_id_membership_id_patient_id"),
        "care_team_member",
        ["tenant_id", "membership_id", "patient_id"],
        unique=False,
    )
    op.create_table(
        "episode",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("stratum", sa.Text(), nullable=False),
        sa.Column(
            "side",
            sa.Enum("left", "right", "both", "none", name="side", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "index_kind",
            sa.Enum(
                "surgery",
                "first_visit",
                "injury",
                name="index_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("index_date", sa.Date(), nullable=False),
        sa.Column(
            "index_precision",
            sa.Enum(
                "day", "month", "year", name="index_precision", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "index_status",
            sa.Enum("planned", "actual", name="index_status", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum("open", "closed", name="episode_state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("is_historical", sa.Boolean(), nullable=False),
        sa.Column("covariates", JSONB(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "clinic_id"], ["clinic.tenant_id", "clinic.id"], name=op.f("fk_episode_tenant_id_clinic_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id"],
            ["patient.tenant_id", "patient.id"],
            name=op.f("fk_episode_tenant_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_episode")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_episode_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "patient_id", "id", name=op.f("uq_episode_tenant_id_patient_id_id")),
        sa.UniqueConstraint("tenant_id", "source_key", name=op.f("uq_episode_tenant_id_source_key")),
    )
    op.create_index(
        op.f("ix_episode_tenant_id_state_clinic_id"), "episode", ["tenant_id", "state", "clinic_id"], unique=False
    )
    op.create_table(
        "enrollment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("pathway", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "paused",
                "completed",
                "withdrawn",
                name="enrollment_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id", "episode_id"],
            ["episode.tenant_id", "episode.patient_id", "episode.id"],
            name=op.f("fk_enrollment_tenant_id_patient_id_episode_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_enrollment_tenant_id_id")),
    )
    op.create_index(op.f("ix_enrollment_tenant_id_episode_id"), "enrollment", ["tenant_id", "episode_id"], unique=False)
    op.create_table(
        "exercise_prescription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("exercise", sa.Text(), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id", "episode_id"],
            ["episode.tenant_id", "episode.patient_id", "episode.id"],
            name=op.f("fk_exercise_prescription_tenant_id_patient_id_episode_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercise_prescription")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_exercise_prescription_tenant_id_id")),
    )
    op.create_index(
        op.f("ix_exercise_prescription_tenant_id_episode_id"),
        "exercise_prescription",
        ["tenant_id", "episode_id"],
        unique=False,
    )
    op.create_table(
        "exercise_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("exercise", sa.Text(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "done",
                "partly",
                "not_today",
                name="exercise_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("pain", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id", "episode_id"],
            ["episode.tenant_id", "episode.patient_id", "episode.id"],
            name=op.f("fk_exercise_session_tenant_id_patient_id_episode_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercise_session")),
        sa.UniqueConstraint(
            "tenant_id",
            "episode_id",
            "exercise",
            "local_date",
            name=op.f("uq_exercise_session_tenant_id_episode_id_exercise_local_date"),
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_exercise_session_tenant_id_id")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=True),
        sa.Column(
            "direction",
            sa.Enum(
                "to_patient", "from_patient", name="direction", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "reminder",
                "survey",
                "exercise",
                "video",
                name="message_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "portal", "email", "sms", "print", name="channel", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("replies_to_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "author_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_message_tenant_id_author_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id", "episode_id"],
            ["episode.tenant_id", "episode.patient_id", "episode.id"],
            name=op.f("fk_message_tenant_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id"],
            ["patient.tenant_id", "patient.id"],
            name=op.f("fk_message_tenant_id_patient_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "replies_to_id"],
            ["message.tenant_id", "message.id"],
            name=op.f("fk_message_tenant_id_replies_to_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_message_tenant_id_id")),
    )
    op.create_index(
        op.f("ix_message_tenant_id_patient_id_sent_at"), "message", ["tenant_id", "patient_id", "sent_at"], unique=False
    )
    op.create_table(
        "survey_response",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("answers", JSONB(), nullable=False),
        sa.Column(
            "completeness",
            sa.Enum("complete", "partial", name="completeness", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column(
            "entry_mode",
            sa.Enum(
                "web",
                "staff",
                "phone",
                "paper",
                "import",
                name="entry_mode",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_proxy", sa.Boolean(), nullable=False),
        sa.Column(
            "wording",
            sa.Enum("official", "demo", name="wording", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("claimed_scores", JSONB(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id", "episode_id"],
            ["episode.tenant_id", "episode.patient_id", "episode.id"],
            name=op.f("fk_survey_response_tenant_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "replaces_id"],
            ["survey_response.tenant_id", "survey_response.id"],
            name=op.f("fk_survey_response_tenant_id_replaces_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_response")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_survey_response_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "source_key", name=op.f("uq_survey_response_tenant_id_source_key")),
    )
    op.create_index(
        op.f("ix_survey_response_tenant_id_episode_id_completed_at"),
        "survey_response",
        ["tenant_id", "episode_id", "completed_at"],
        unique=False,
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=True),
        sa.Column("scale", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", JSONB(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "acknowledged",
                "snoozed",
                "resolved",
                name="alert_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "called",
                "messaged",
                "plan_changed",
                "no_action_needed",
                "wrong_flag",
                name="alert_outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_alert_tenant_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id", "episode_id"],
            ["episode.tenant_id", "episode.patient_id", "episode.id"],
            name=op.f("fk_alert_tenant_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "response_id"],
            ["survey_response.tenant_id", "survey_response.id"],
            name=op.f("fk_alert_tenant_id_response_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "tenant_id", "episode_id", "rule", "trigger", name=op.f("uq_alert_tenant_id_episode_id_rule_trigger")
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_alert_tenant_id_id")),
    )
    op.create_index(
        "ix_alert_open",
        "alert",
        ["tenant_id", "episode_id"],
        unique=False,
        postgresql_where=sa.text("state <> 'resolved'"),
    )
    op.create_table(
        "enrollment_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "active",
                "paused",
                "completed",
                "withdrawn",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "active",
                "paused",
                "completed",
                "withdrawn",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "enrollment_id"],
            ["enrollment.tenant_id", "enrollment.id"],
            name=op.f("fk_enrollment_event_tenant_id_enrollment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_enrollment_event_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id"],
            ["patient.tenant_id", "patient.id"],
            name=op.f("fk_enrollment_event_tenant_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_event")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_enrollment_event_tenant_id_id")),
    )
    op.create_index(
        op.f("ix_enrollment_event_tenant_id_enrollment_id"),
        "enrollment_event",
        ["tenant_id", "enrollment_id"],
        unique=False,
    )
    op.create_table(
        "survey_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("enrollment_id", sa.Uuid(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "partial",
                "expired",
                "cancelled",
                name="assignment_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "enrollment_id"],
            ["enrollment.tenant_id", "enrollment.id"],
            name=op.f("fk_survey_assignment_tenant_id_enrollment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id", "episode_id"],
            ["episode.tenant_id", "episode.patient_id", "episode.id"],
            name=op.f("fk_survey_assignment_tenant_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "response_id"],
            ["survey_response.tenant_id", "survey_response.id"],
            name=op.f("fk_survey_assignment_tenant_id_response_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_assignment")),
        sa.UniqueConstraint(
            "tenant_id",
            "episode_id",
            "enrollment_id",
            "step",
            "occurrence",
            "instrument",
            name="uq_survey_assignment_once",
            postgresql_nulls_not_distinct=True,
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_survey_assignment_tenant_id_id")),
    )
    op.create_index(
        op.f("ix_survey_assignment_tenant_id_response_id"),
        "survey_assignment",
        ["tenant_id", "response_id"],
        unique=False,
    )
    op.create_table(
        "track",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("episode_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("headline", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("expected", JSONB(), nullable=True),
        sa.Column("band", JSONB(), nullable=True),
        sa.Column("judged_as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id", "episode_id"],
            ["episode.tenant_id", "episode.patient_id", "episode.id"],
            name=op.f("fk_track_tenant_id_patient_id_episode_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "response_id"],
            ["survey_response.tenant_id", "survey_response.id"],
            name=op.f("fk_track_tenant_id_response_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track")),
        sa.UniqueConstraint(
            "tenant_id",
            "episode_id",
            "instrument",
            "scale",
            name=op.f("uq_track_tenant_id_episode_id_instrument_scale"),
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_track_tenant_id_id")),
    )
    op.create_index(
        "ix_track_headline", "track", ["tenant_id", "episode_id"], unique=True, postgresql_where=sa.text("headline")
    )
    op.create_index(
        "ix_track_panel",
        "track",
        ["tenant_id", "episode_id"],
        unique=False,
        postgresql_include=["patient_id", "rank", "since", "status", "id"],
        postgresql_where=sa.text("headline"),
    )
    op.create_table(
        "alert_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "open",
                "acknowledged",
                "snoozed",
                "resolved",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "open",
                "acknowledged",
                "snoozed",
                "resolved",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "called",
                "messaged",
                "plan_changed",
                "no_action_needed",
                "wrong_flag",
                name="alert_outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "alert_id"], ["alert.tenant_id", "alert.id"], name=op.f("fk_alert_event_tenant_id_alert_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_alert_event_tenant_id_membership_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "patient_id"],
            ["patient.tenant_id", "patient.id"],
            name=op.f("fk_alert_event_tenant_id_patient_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_event")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_alert_event_tenant_id_id")),
    )
    op.create_index(op.f("ix_alert_event_tenant_id_alert_id"), "alert_event", ["tenant_id", "alert_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would drop patient data.")
