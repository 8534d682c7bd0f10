"""Build the walls: row-level security, rights, stamps, immutability, the definer functions"""

from alembic import op

import settings

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TENANT = "nullif(current_setting('app.tenant_id', true), '')::uuid"
PERSON = "nullif(current_setting('app.patient_id', true), '')::uuid"
IN_TENANT = f"tenant_id = {TENANT}"

# table → what po_app may do. Nothing is deleted; a response and an audit event are never changed.
OF_A_PATIENT = {
    "care_team_member": "SELECT, INSERT, UPDATE",
    "episode": "SELECT, INSERT, UPDATE",
    "enrollment": "SELECT, INSERT, UPDATE",
    "enrollment_event": "SELECT, INSERT",
    "survey_assignment": "SELECT, INSERT, UPDATE",
    "survey_response": "SELECT, INSERT",
    "message": "SELECT, INSERT, UPDATE",
    "exercise_prescription": "SELECT, INSERT, UPDATE",
    "exercise_session": "SELECT, INSERT, UPDATE",
    "track": "SELECT, INSERT, UPDATE",
    "alert": "SELECT, INSERT, UPDATE",
    "alert_event": "SELECT, INSERT",
}
# A patient's own session sees these names (clinic, who writes to them) …
OF_THE_TENANT = {"clinic": "SELECT, INSERT, UPDATE", "membership": "SELECT"}
# … and none of these.
OF_STAFF = {
    "membership_clinic": "SELECT",
    "sign_in_session": "SELECT, INSERT, UPDATE",
    "tenant_lake": "SELECT, UPDATE",
}

# What the ETL reads forward from; track is what it writes back, so it is not news.
READ_FORWARD = [
    "clinic", "patient", "episode", "enrollment_event", "survey_assignment", "survey_response", "message",
    "exercise_prescription", "exercise_session", "alert", "alert_event",
]  # fmt: skip


def upgrade() -> None:
    _wall("patient", _in_tenant_and_of_the_person("id"), "SELECT, INSERT, UPDATE")
    for table, rights in OF_A_PATIENT.items():
        _wall(table, _in_tenant_and_of_the_person("patient_id"), rights)
    for table, rights in OF_THE_TENANT.items():
        _wall(table, IN_TENANT, rights)
    for table, rights in OF_STAFF.items():
        _wall(table, f"{IN_TENANT} AND {PERSON} IS NULL", rights)
    _wall("audit_event", IN_TENANT, "INSERT")
    _wall_the_rest()
    _stamps()
    _immutable()
    _end_sessions_when_rights_change()
    op.execute((settings.ROOT / "care" / "definer_functions.sql").read_text())
    for function in ("find_login(text)", "session_by_token(bytea)", "tenants_due(timestamptz)"):
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO po_app")


def _in_tenant_and_of_the_person(column: str) -> str:
    # CASE, not OR: of "setting IS NULL OR column = setting" the planner believes that 1 row in 200 passes and joins
    # 40,000 episodes by nested loops (280 ms); of a CASE it believes one in two and hashes them.
    return f"{IN_TENANT} AND CASE WHEN {PERSON} IS NULL THEN true ELSE {column} = {PERSON} END"


def _wall(table: str, rule: str, rights: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY {table}_wall ON {table} TO po_app USING ({rule}) WITH CHECK ({rule})")
    op.execute(f"GRANT {rights} ON {table} TO po_app")


def _wall_the_rest() -> None:
    _wall("tenant", f"id = {TENANT}", "SELECT")
    # The library is everybody's to read and nobody's to write.
    op.execute("ALTER TABLE definition ENABLE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY definition_wall ON definition TO po_app "
        f"USING (tenant_id IS NULL OR {IN_TENANT}) WITH CHECK ({IN_TENANT} AND {PERSON} IS NULL)"
    )
    op.execute("GRANT SELECT, INSERT ON definition TO po_app")
    # An account has no tenant of its own: it is seen through a membership of the current one, without its hash.
    op.execute("ALTER TABLE account ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY account_wall ON account FOR SELECT TO po_app "
        "USING (EXISTS (SELECT 1 FROM membership m WHERE m.account_id = account.id))"
    )
    op.execute("GRANT SELECT (id, email, display_name, disabled_at) ON account TO po_app")
    op.execute("GRANT SELECT, INSERT ON sign_in_attempt TO po_app")
    op.execute("GRANT SELECT ON alembic_version TO po_app")


def _stamps() -> None:
    op.execute(
        """
        CREATE FUNCTION stamp_changed_xact() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NEW.changed_xact := pg_current_xact_id();
            RETURN NEW;
        END $$
        """
    )
    tables = ["patient", *OF_A_PATIENT, *OF_THE_TENANT, "membership_clinic", "sign_in_session", "audit_event"]
    for table in tables:
        op.execute(
            f"CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION stamp_changed_xact()"
        )
    for table in READ_FORWARD:
        op.create_index(f"ix_{table}_changed", table, ["tenant_id", "changed_xact"])
    news = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE tenant_id = tenant AND changed_xact >= pg_snapshot_xmin(since) "
        "AND NOT pg_visible_in_snapshot(changed_xact, since))"
        for table in READ_FORWARD
    )
    op.execute(
        "CREATE FUNCTION has_news(tenant uuid, since pg_snapshot) RETURNS boolean LANGUAGE sql STABLE "
        f"AS $$ SELECT {news} $$"
    )


def _immutable() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'A row of % is never changed; add a new one', TG_TABLE_NAME;
        END $$
        """
    )
    for table in ("definition", "audit_event"):
        op.execute(
            f"CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def _end_sessions_when_rights_change() -> None:
    op.execute(
        """
        CREATE FUNCTION end_sessions_of_membership() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            own_key text := CASE TG_TABLE_NAME WHEN 'membership' THEN 'id' ELSE 'membership_id' END;
            changed uuid := to_jsonb(NEW) ->> own_key;
        BEGIN
            UPDATE sign_in_session SET ended_at = now(), ended_reason = 'Your rights were changed.'
            WHERE tenant_id = NEW.tenant_id AND membership_id = changed AND ended_at IS NULL;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER end_sessions AFTER UPDATE ON membership "
        "FOR EACH ROW EXECUTE FUNCTION end_sessions_of_membership()"
    )
    op.execute(
        "CREATE TRIGGER end_sessions AFTER INSERT OR UPDATE ON membership_clinic "
        "FOR EACH ROW EXECUTE FUNCTION end_sessions_of_membership()"
    )
