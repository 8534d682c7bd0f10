"""Let the planner estimate every tenant alike, also one it has not seen yet"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """
    Keep no statistics of ``tenant_id``.

    With them a tenant that came after the last ANALYZE is taken for one row: foreign-key checks then read all its
    rows through an index that merely begins with tenant_id, and an import of 44,000 patients beside three analyzed
    tenants did not end in ten minutes. Without them every tenant is 1/200 of the table, the unique index
    (tenant_id, id) is the cheapest way to a row, and the same import takes half a minute. A table added later needs
    the same line (tests/care/test_estimates.py).
    """
    tables = op.get_bind().scalars(
        sa.text(
            "SELECT table_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'tenant_id' ORDER BY table_name"
        )
    )
    for table in tables.all():
        op.execute(f"ALTER TABLE {table} ALTER COLUMN tenant_id SET STATISTICS 0")


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would drop patient data.")
