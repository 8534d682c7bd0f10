"""Make the work queue: Procrastinate's own schema, apart from ours"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA procrastinate")
    op.execute("SET LOCAL search_path TO procrastinate")
    # Many statements in one string: psycopg takes them only without parameters.
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    op.execute("SET LOCAL search_path TO DEFAULT")
    op.execute("GRANT USAGE ON SCHEMA procrastinate TO po_app")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA procrastinate TO po_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA procrastinate TO po_app")


def downgrade() -> None:
    op.execute("DROP SCHEMA procrastinate CASCADE")
