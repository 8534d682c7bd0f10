"""Handling an alert: who may, which change is legal, and the trace it leaves."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy import select, text

from care.access import Role
from care.database import app_session, owner_engine
from care.errors import CareError, NotFound, NotPermitted
from care.models import Alert, AlertEvent
from care.sign_in import authenticate, start_session, viewer_behind
from care.status import (
    ALERT_ACTIONS,
    ALERT_CHANGES,
    ENROLLMENT_CHANGES,
    AlertOutcome,
    AlertState,
    EnrollmentState,
    check_change,
)
from care.tenants import add_account
from care.verbs.alerts import acknowledge, resolve, snooze, undo
from factories import make_alert, make_care_team_member, make_episode, make_patient

PASSWORD = "correct horse battery"
NOW = datetime.now(UTC)


def viewer(email: str):
    return viewer_behind(start_session(authenticate(email, PASSWORD, NOW)[0], NOW), NOW)


@pytest.fixture(scope="module")
def people(two_tenants):
    alpha, beta = two_tenants
    add_account("north@example.org", alpha.name, Role.PROVIDER, PASSWORD, "North", ["N"])
    add_account("south@example.org", alpha.name, Role.PROVIDER, PASSWORD, "South", ["S"])
    add_account("manager@example.org", alpha.name, Role.MANAGER, PASSWORD, "Manager")
    add_account("beta@example.org", beta.name, Role.PROVIDER, PASSWORD, "Beta")
    return {name: viewer(f"{name}@example.org") for name in ("north", "south", "manager", "beta")}


@pytest.fixture
def alert(two_tenants, people):
    """An open alert of a patient of Alpha's North clinic."""
    alpha, _ = two_tenants
    with app_session(alpha.id) as session:
        patient = make_patient(session, alpha.north)
        make_care_team_member(session, patient, people["north"].membership_id)
        return make_alert(session, make_episode(session, patient)).id


def state_of(alert_id, people):
    with app_session(people["north"].tenant_id) as session:
        return session.get(Alert, alert_id).state


def test_resolving_keeps_outcome_note_and_who(alert, people):
    resolve(people["north"], alert, AlertOutcome.CALLED, "  Will come in on Friday. ")
    with app_session(people["north"].tenant_id) as session:
        event = session.scalars(select(AlertEvent).where(AlertEvent.alert_id == alert)).one()
    assert state_of(alert, people) is AlertState.RESOLVED
    assert (event.outcome, event.note, event.membership_id) == (
        AlertOutcome.CALLED,
        "Will come in on Friday.",
        people["north"].membership_id,
    )


def test_the_trace_of_a_change_names_the_patient_and_keeps_no_text(alert, people):
    resolve(people["north"], alert, AlertOutcome.CALLED, "private words")
    with owner_engine().connect() as connection:
        trace = connection.execute(
            text("SELECT action, cardinality(patient_ids), detail::text FROM audit_event WHERE detail->>'alert' = :a"),
            {"a": str(alert)},
        ).one()
    assert trace[:2] == ("resolve", 1)
    assert "private" not in trace[2]


def test_undo_brings_a_resolved_alert_back(alert, people):
    resolve(people["north"], alert, AlertOutcome.WRONG_FLAG)
    undo(people["north"], alert)
    assert state_of(alert, people) is AlertState.OPEN


def test_acknowledging_twice_is_the_same_as_once(alert, people):
    acknowledge(people["north"], alert)
    acknowledge(people["north"], alert)
    with app_session(people["north"].tenant_id) as session:
        assert len(session.scalars(select(AlertEvent).where(AlertEvent.alert_id == alert)).all()) == 1


def test_an_alert_is_snoozed_until_a_later_moment_or_the_next_answer(alert, people):
    with pytest.raises(CareError, match="has passed"):
        snooze(people["north"], alert, NOW - timedelta(days=1))
    snooze(people["north"], alert, None)
    assert state_of(alert, people) is AlertState.SNOOZED


def test_a_resolved_alert_cannot_be_resolved_again(alert, people):
    resolve(people["north"], alert, AlertOutcome.CALLED)
    with pytest.raises(CareError, match="from resolved to resolved; from resolved it can go to open"):
        resolve(people["north"], alert, AlertOutcome.CALLED)


@pytest.mark.parametrize(
    ("name", "refusal"),
    [("south", NotFound), ("beta", NotFound), ("manager", NotPermitted)],
)
def test_the_other_clinic_the_other_tenant_and_the_wrong_role_are_refused(alert, people, name, refusal):
    for verb in (acknowledge, undo, lambda v, a: snooze(v, a, None), lambda v, a: resolve(v, a, AlertOutcome.CALLED)):
        with pytest.raises(refusal):
            verb(people[name], alert)
    assert state_of(alert, people) is AlertState.OPEN


def test_a_colleague_of_the_same_clinic_may_help(two_tenants, alert, people):
    add_account("locum@example.org", two_tenants[0].name, Role.PROVIDER, PASSWORD, "Locum", ["N"])
    acknowledge(viewer("locum@example.org"), alert)
    assert state_of(alert, people) is AlertState.ACKNOWLEDGED


def test_a_note_that_is_too_long_is_refused_and_nothing_is_changed(alert, people):
    with pytest.raises(CareError, match="4001 characters; up to 4000"):
        resolve(people["north"], alert, AlertOutcome.CALLED, "x" * 4001)
    assert state_of(alert, people) is AlertState.OPEN


@pytest.mark.parametrize(("states", "changes"), [(AlertState, ALERT_CHANGES), (EnrollmentState, ENROLLMENT_CHANGES)])
def test_every_pair_of_states_is_decided(states, changes):
    assert set(changes) == set(states)
    for old, new in product(states, states):
        if new in changes[old]:
            check_change(changes, old, new)
        else:
            with pytest.raises(CareError, match=f"from {old} to {new}"):
                check_change(changes, old, new)


def test_every_state_says_what_may_be_done_without_leaving_it():
    assert set(ALERT_ACTIONS) == set(AlertState)


def test_a_change_wakes_the_worker_once_for_its_tenant(alert, people):
    acknowledge(people["north"], alert)
    undo(people["north"], alert)
    with owner_engine().connect() as connection:
        waiting = connection.execute(
            text("SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE status = 'todo' AND lock = :tenant"),
            {"tenant": str(people["north"].tenant_id)},
        ).scalar()
    assert waiting == 1
