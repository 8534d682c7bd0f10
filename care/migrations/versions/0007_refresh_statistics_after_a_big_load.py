"""Let a running process refresh the planner's statistics after it has loaded much"""

from alembic import op

import settings

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute((settings.ROOT / "care" / "definer_functions.sql").read_text())
    op.execute("REVOKE ALL ON FUNCTION refresh_statistics() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION refresh_statistics() TO po_app")


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would drop patient data.")
