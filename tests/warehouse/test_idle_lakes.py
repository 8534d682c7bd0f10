"""A lake that is open and idle holds no transaction in the catalog's database: vacuum and rebuild would wait for it."""

import pytest

from care.access import Scope
from care.database import owner_engine
from care.lakes import lake_address
from care.registry import load_library
from etl.rebuild import rebuild
from etl.run import run
from warehouse.connection import Lake, reader, snapshot_id
from warehouse.questions.outcomes import has_predictions
from warehouse.questions.runs import contents
from warehouse.research.cohort import ExportChoice, count_cohort


@pytest.fixture
def open_lake(two_tenants):
    load_library()
    tenant_id = two_tenants[0].id
    run(tenant_id)
    with reader(Lake(**lake_address(tenant_id))) as connection:
        yield tenant_id, connection


def transactions_open() -> list[str]:
    engine = owner_engine()
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT usename FROM pg_stat_activity WHERE usename LIKE 'po_lake_%%' AND state = 'idle in transaction'"
        ).all()
    engine.dispose()
    return [name for (name,) in found]


def test_questions_of_one_row_are_read_to_their_end(open_lake):
    tenant_id, connection = open_lake
    scope = Scope(tenant_id, None)
    with connection.cursor() as cursor:
        snapshot_id(cursor)
        contents(cursor)
        has_predictions(cursor, scope, "oxford_hip@1", "total")
        count_cohort(cursor, scope, ExportChoice("hip_replacement", ("oxford_hip@1",)))
        assert transactions_open() == []


def test_a_lake_can_be_made_anew_while_a_web_process_keeps_it_open(open_lake):
    tenant_id, old = open_lake
    before = snapshot_id(old)
    rebuild(tenant_id)  # waited for ever while the reader's first question stood open
    with reader(Lake(**lake_address(tenant_id))) as new:
        assert contents(new).as_of is not None
    assert before > 0
