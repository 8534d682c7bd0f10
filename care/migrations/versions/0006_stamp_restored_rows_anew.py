"""Stamp rows anew that came with a dump of another server"""

from alembic import op

import settings

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute((settings.ROOT / "care" / "definer_functions.sql").read_text())
    op.execute("REVOKE ALL ON FUNCTION restamp_rows_of_another_server() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION restamp_rows_of_another_server() TO po_app")


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: going back would drop patient data.")
