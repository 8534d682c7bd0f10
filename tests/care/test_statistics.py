"""After a big load the planner knows the new tenant."""

import psycopg
import pytest
from sqlalchemy import text

import settings
from care.database import app_session
from care.ids import new_id
from care.models import Patient


@pytest.fixture(scope="module")
def superuser(two_tenants):
    """Alpha's patients are known to the planner; Beta's came after."""
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as connection:
        for tenant in two_tenants:
            with app_session(tenant.id) as session:
                session.add_all(Patient(id=new_id(), tenant_id=tenant.id, clinic_id=tenant.north) for _ in range(3000))
            if tenant == two_tenants[0]:
                connection.execute("ANALYZE patient")
        yield connection


def test_a_new_tenants_row_is_looked_up_by_its_id_after_refreshing(superuser, two_tenants):
    _, beta = two_tenants
    lookup = f"EXPLAIN SELECT 1 FROM ONLY patient WHERE tenant_id = '{beta.id}' AND id = '{new_id()}' FOR KEY SHARE"
    assert "uq_patient_tenant_id_id" not in str(superuser.execute(lookup).fetchall())
    with app_session(beta.id) as session:
        session.execute(text("SELECT refresh_statistics()"))
    assert "uq_patient_tenant_id_id" in str(superuser.execute(lookup).fetchall())
