"""Let a tenant choose its settings, and share sums of its recoveries with the network"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

import settings
from care.models.base import Xid8

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STAFF_OF_THE_TENANT = (
    "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid "
    "AND nullif(current_setting('app.patient_id', true), '') IS NULL"
)
KEY = ("condition", "stratum", "index_kind", "instrument", "scale")


def upgrade() -> None:
    op.create_table(
        "tenant_setting",
        *_tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", JSONB(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant_setting")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_tenant_setting_tenant_id_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_tenant_setting_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name=op.f("fk_tenant_setting_tenant_id_membership_id"),
        ),
    )
    op.create_index("ix_tenant_setting_tenant_id_name_chosen_at", "tenant_setting", ["tenant_id", "name", "chosen_at"])
    op.create_table(
        "network_statistic",
        *_tenant_columns(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in (*KEY, "method")),
        sa.Column("patients", sa.Integer(), nullable=False),
        sa.Column("payload", JSONB(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_statistic")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_network_statistic_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", *KEY, name=op.f(f"uq_network_statistic_tenant_id_{'_'.join(KEY)}")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_network_statistic_tenant_id")),
    )
    _wall("tenant_setting", "SELECT, INSERT")
    _wall("network_statistic", "SELECT, INSERT, UPDATE")
    op.execute((settings.ROOT / "care" / "definer_functions.sql").read_text())
    op.execute("REVOKE ALL ON FUNCTION network_statistic() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION network_statistic() TO po_app")


def _tenant_columns() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("changed_xact", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
    ]


def _wall(table: str, rights: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY {table}_wall ON {table} TO po_app "
        f"USING ({STAFF_OF_THE_TENANT}) WITH CHECK ({STAFF_OF_THE_TENANT})"
    )
    op.execute(f"GRANT {rights} ON {table} TO po_app")
    op.execute(
        f"CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION stamp_changed_xact()"
    )


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would drop what tenants have chosen.")
