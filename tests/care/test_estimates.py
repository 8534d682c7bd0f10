"""The planner treats a tenant it has never seen like any other."""

import psycopg
import pytest

import settings
from care.database import app_session
from care.ids import new_id
from care.models import Patient

WITH_STATISTICS = """
SELECT c.relname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
WHERE a.attname = 'tenant_id' AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
AND a.attstattarget IS DISTINCT FROM 0
"""


@pytest.fixture(scope="module")
def superuser(two_tenants):
    """Patients of two tenants, analyzed as the server does it by itself from time to time."""
    for tenant in two_tenants:
        with app_session(tenant.id) as session:
            session.add_all(Patient(id=new_id(), tenant_id=tenant.id, clinic_id=tenant.north) for _ in range(3000))
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as connection:
        connection.execute("ANALYZE patient")
        yield connection


def test_no_table_keeps_statistics_of_its_tenants(superuser):
    assert superuser.execute(WITH_STATISTICS).fetchall() == []


def test_a_row_of_a_new_tenant_is_looked_up_by_its_id(superuser):
    plan = superuser.execute(
        f"EXPLAIN SELECT 1 FROM ONLY patient WHERE tenant_id = '{new_id()}' AND id = '{new_id()}' FOR KEY SHARE"
    ).fetchall()
    assert "uq_patient_tenant_id_id" in str(plan)
