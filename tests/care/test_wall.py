"""The wall between tenants, and inside a tenant between people; asked as po_app, as every running process is."""

import pytest
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from care.database import APP, app_engine, app_session, owner_engine, role_url
from care.models import Base, Clinic, Episode, Patient, SurveyResponse, TenantOwned
from factories import make_alert, make_episode, make_patient, make_response

TENANT_TABLES = sorted(m.local_table.name for m in Base.registry.mappers if issubclass(m.class_, TenantOwned))


@pytest.fixture(scope="module")
def patients(two_tenants):
    """One patient with an episode, an answer and an alert in each clinic of each tenant."""
    made = {}
    for tenant in two_tenants:
        with app_session(tenant.id) as session:
            for clinic in (tenant.north, tenant.south):
                patient = make_patient(session, clinic)
                episode = make_episode(session, patient)
                make_response(session, episode, {"pain": 2})
                make_alert(session, episode)
                made[tenant.name, clinic] = patient.id
    return made


def test_a_tenant_sees_its_own_rows_only(two_tenants, patients):
    alpha, beta = two_tenants
    for tenant in (alpha, beta):
        with app_session(tenant.id) as session:
            assert set(session.scalars(select(Patient.tenant_id))) == {tenant.id}
            assert set(session.scalars(select(Clinic.id))) == {tenant.north, tenant.south}
            assert session.get(Patient, patients[alpha.name, alpha.north]) is None or tenant is alpha


@pytest.mark.parametrize("table", [t for t in TENANT_TABLES if t != "audit_event"])
def test_without_a_tenant_there_are_no_rows(store, patients, table):
    with app_engine().connect() as connection:
        assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_without_a_tenant_nothing_can_be_written(two_tenants):
    with pytest.raises(DBAPIError, match="row-level security"), app_session(None) as session:
        session.add(Clinic(tenant_id=two_tenants[0].id, code="X", name="X"))


def test_a_row_cannot_be_written_for_another_tenant(two_tenants):
    alpha, beta = two_tenants
    with pytest.raises(DBAPIError, match="row-level security"), app_session(alpha.id) as session:
        session.add(Clinic(tenant_id=beta.id, code="X", name="X"))


def test_a_row_cannot_hang_on_another_tenants_parent(two_tenants, patients):
    alpha, beta = two_tenants
    with pytest.raises(IntegrityError, match="fk_episode"), app_session(alpha.id) as session:
        patient = make_patient(session, alpha.north)
        make_episode(session, patient, clinic_id=beta.north)


def test_a_row_cannot_be_moved_to_another_tenant(two_tenants, patients):
    alpha, beta = two_tenants
    with pytest.raises(DBAPIError, match="row-level security"), app_session(alpha.id) as session:
        session.execute(text("UPDATE patient SET tenant_id = :beta"), {"beta": beta.id})


def test_a_forgotten_filter_in_raw_sql_still_meets_the_wall(two_tenants, patients):
    alpha, beta = two_tenants
    with app_session(alpha.id) as session:
        changed = session.execute(text("UPDATE patient SET mrn = 'raw'"))
        assert changed.rowcount == 2
    with app_session(beta.id) as session:
        assert set(session.scalars(select(Patient.mrn))) == {None}


def test_the_tenant_ends_with_its_transaction(two_tenants, patients):
    """A pooled connection must not carry one tenant's setting into the next one's transaction."""
    with app_session(two_tenants[0].id) as session:
        assert session.scalar(text("SELECT count(*) FROM patient")) == 2
        connection = session.connection().connection.dbapi_connection
    assert connection.execute("SELECT count(*) FROM patient").fetchone() == (0,)
    connection.rollback()


def test_a_patients_session_sees_that_person_only(two_tenants, patients):
    alpha, _ = two_tenants
    me = patients[alpha.name, alpha.north]
    with app_session(alpha.id, patient_id=me) as session:
        assert session.scalars(select(Patient.id)).all() == [me]
        assert set(session.scalars(select(SurveyResponse.patient_id))) == {me}
        for hidden in ("sign_in_session", "membership_clinic", "tenant_lake"):
            assert session.scalar(text(f"SELECT count(*) FROM {hidden}")) == 0


def test_a_patients_session_writes_for_that_person_only(two_tenants, patients):
    alpha, _ = two_tenants
    me, other = patients[alpha.name, alpha.north], patients[alpha.name, alpha.south]
    with app_session(alpha.id) as session:
        theirs = session.scalar(select(Episode).where(Episode.patient_id == other))
    with pytest.raises(DBAPIError, match="row-level security"), app_session(alpha.id, patient_id=me) as session:
        make_response(session, theirs, {"pain": 1})


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM patient",
        "DELETE FROM survey_response",
        "UPDATE survey_response SET answers = '{}'",
        "SELECT * FROM audit_event",
        "UPDATE audit_event SET action = 'nothing'",
        "DELETE FROM audit_event",
        "SELECT password_hash FROM account",
        "UPDATE membership SET role = 'manager'",
        "INSERT INTO tenant (id, name, is_demo, zone) VALUES (gen_random_uuid(), 'Mine', false, 'UTC')",
        "UPDATE definition SET body = ''",
        "ALTER TABLE patient DISABLE ROW LEVEL SECURITY",
        "SET ROLE po_owner",
        "CREATE TABLE mine (x int)",
    ],
)
def test_a_running_process_may_not(two_tenants, patients, statement):
    with pytest.raises(DBAPIError, match="permission denied|must be owner"), app_session(two_tenants[0].id) as session:
        session.execute(text(statement))


def test_the_library_is_everybodys_to_read_and_nobodys_to_write(two_tenants):
    with pytest.raises(DBAPIError, match="row-level security"), app_session(two_tenants[0].id) as session:
        session.execute(
            text(
                "INSERT INTO definition (id, kind, key, version, body, sha256) "
                "VALUES (gen_random_uuid(), 'instrument', 'k', 1, '', '')"
            )
        )


def test_no_role_of_ours_is_a_superuser_or_passes_the_wall(store):
    with owner_engine().connect() as connection:
        roles = connection.execute(
            text("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'po\\_%' ORDER BY 1")
        ).all()
    assert {"po_app", "po_owner"} <= {role.rolname for role in roles}
    assert not any(role.rolsuper or role.rolbypassrls for role in roles)


def test_a_migration_by_the_owner_sees_the_rows_it_changes(two_tenants, patients):
    """Under FORCE ROW LEVEL SECURITY an UPDATE by the owner touches nothing and says nothing."""
    with owner_engine().begin() as connection:
        assert connection.execute(text("UPDATE patient SET language = 'en'")).rowcount == 4


def test_every_table_of_a_tenant_stands_behind_the_wall(store):
    with owner_engine().connect() as connection:
        walled = set(connection.scalars(text("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'")))
    assert {*TENANT_TABLES, "tenant", "tenant_lake", "definition", "account"} <= walled


def test_every_foreign_key_between_tenant_owned_tables_carries_the_tenant(store):
    inspector = inspect(owner_engine())
    plain = [
        (table, key["name"])
        for table in TENANT_TABLES
        for key in inspector.get_foreign_keys(table)
        if key["referred_table"] in TENANT_TABLES
        and not (key["constrained_columns"][0] == key["referred_columns"][0] == "tenant_id")
    ]
    assert plain == []


def test_the_doors_through_the_wall_are_these(store):
    """SECURITY DEFINER functions pass row-level security: each is listed here and answers one narrow question."""
    with owner_engine().connect() as connection:
        doors = connection.execute(
            text(
                "SELECT p.proname, array_to_string(p.proconfig, ',') FROM pg_proc p "
                "JOIN pg_namespace n ON n.oid = p.pronamespace "
                "WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
            )
        ).all()
    assert [tuple(door) for door in doors] == [
        ("find_link", "search_path=pg_catalog, public, pg_temp"),
        ("find_login", "search_path=pg_catalog, public, pg_temp"),
        ("network_news", "search_path=pg_catalog, public, pg_temp"),
        ("network_statistic", "search_path=pg_catalog, public, pg_temp"),
        ("refresh_statistics", "search_path=pg_catalog, public, pg_temp"),
        ("restamp_rows_of_another_server", "search_path=pg_catalog, public, pg_temp"),
        ("session_by_token", "search_path=pg_catalog, public, pg_temp"),
        ("tenants_due", "search_path=pg_catalog, public, pg_temp"),
        ("tenants_to_escalate", "search_path=pg_catalog, public, pg_temp"),
        ("tenants_to_tick", "search_path=pg_catalog, public, pg_temp"),
    ]


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
def test_models_and_migrations_tell_the_same_story(store):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with owner_engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        differences = [d for d in compare_metadata(context, Base.metadata) if "_changed" not in str(d)]
    assert differences == []


def _is_ours(name, kind, _parents):
    return kind != "table" or name in Base.metadata.tables


def test_a_stamp_cannot_be_forged(two_tenants):
    """The ETL reads forward by transaction id: a row that lies about its own would be missed."""
    with app_session(two_tenants[0].id) as session:
        patient = make_patient(session, two_tenants[0].north)
        session.execute(text("UPDATE patient SET changed_xact = '3'::xid8 WHERE id = :id"), {"id": patient.id})
        stamped, now = session.execute(
            text("SELECT changed_xact::text, pg_current_xact_id()::text FROM patient WHERE id = :id"),
            {"id": patient.id},
        ).one()
    assert stamped == now


def test_a_login_of_another_role_is_refused_a_tenants_lake_schema(two_tenants):
    alpha, beta = two_tenants
    engine = create_engine(role_url(f"po_lake_{beta.id.hex}"))
    for statement in (
        f"CREATE TABLE lake_{alpha.id.hex}.mine (x int)",
        "SELECT * FROM patient",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), engine.connect() as connection:
            connection.execute(text(statement))
    engine.dispose()


def test_the_app_role_does_not_reach_a_lakes_catalog(two_tenants):
    engine = create_engine(role_url(APP))
    with pytest.raises(DBAPIError, match="permission denied"), engine.connect() as connection:
        connection.execute(text(f"CREATE TABLE lake_{two_tenants[0].id.hex}.mine (x int)"))
    engine.dispose()
