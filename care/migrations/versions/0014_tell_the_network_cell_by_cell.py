"""Tell the network cell by cell, and refuse numbers that cannot be sums of twenty patients'"""

from alembic import op

import settings

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# A payload is {"cell": [patients, number, …], …}. Numbers of 10¹² and more are no sums of scores; one of them added to
# the others' would spoil all of them.
IS_NETWORK_PAYLOAD = """
CREATE FUNCTION is_network_payload(payload jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT CASE WHEN jsonb_typeof(payload) <> 'object' THEN false ELSE NOT EXISTS (
        SELECT FROM jsonb_each(payload) AS c (cell, numbers)
        WHERE CASE
            WHEN jsonb_typeof(numbers) <> 'array' THEN true
            WHEN jsonb_array_length(numbers) NOT BETWEEN 1 AND 2000 THEN true
            WHEN EXISTS (
                SELECT FROM jsonb_array_elements(numbers) AS n (number)
                WHERE CASE jsonb_typeof(number) WHEN 'number' THEN abs(number::text::numeric) >= 1e12 ELSE true END
            ) THEN true
            ELSE (numbers ->> 0)::numeric NOT BETWEEN 20 AND 10000000
        END
    ) END
$$
"""


def upgrade() -> None:
    op.execute("DELETE FROM network_statistic")  # rows of the older form; every tenant's next run tells the new one
    op.execute(IS_NETWORK_PAYLOAD)
    op.execute("ALTER TABLE network_statistic ADD CONSTRAINT ck_network_statistic_payload "
               "CHECK (is_network_payload(payload))")  # fmt: skip
    op.execute((settings.ROOT / "care" / "definer_functions.sql").read_text())
    op.execute("REVOKE ALL ON FUNCTION network_news() FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION network_news() TO po_app")


def downgrade() -> None:
    raise NotImplementedError("Restore a backup instead: the older form of the sums is not told any more.")
