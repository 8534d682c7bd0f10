"""A patient who simply stops answering is flagged silent: time alone does it, with no other event in the tenant."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from care.access import Role
from care.database import app_session
from care.models import Alert, SurveyAssignment, Track
from care.models.patient import IndexKind, IndexStatus, Side
from care.registry import load_library
from care.sign_in import authenticate, start_session, viewer_behind
from care.tenants import add_account
from care.verbs.enrollment import NewPatient, add_episode, add_patient
from etl.due import tenants_due
from etl.run import run
from pathways.enrolling import enroll
from pathways.tick import tenants_to_tick, tick

SURGERY = date(2026, 3, 2)
PASSWORD = "correct horse battery"


def at(day: int) -> datetime:
    return datetime(2026, 3, 2, 18, tzinfo=UTC) + timedelta(days=day)


@pytest.fixture
def alpha(two_tenants):
    """A tenant with one patient on the knee pathway, three days after surgery, who has never answered."""
    load_library()
    tenant = two_tenants[0]
    add_account("nora@example.org", tenant.name, Role.PROVIDER, PASSWORD, "Nora", ["N"])
    viewer = viewer_behind(start_session(authenticate("nora@example.org", PASSWORD, at(3))[0], at(3)), at(3))
    with app_session(tenant.id) as session:
        patient = add_patient(session, viewer, NewPatient(tenant.north, "Rosa", "Example", date(1956, 4, 30)), at(3))
        surgery = (Side.LEFT, IndexKind.SURGERY, SURGERY, IndexStatus.ACTUAL)
        episode = add_episode(session, viewer, patient, "knee_replacement", *surgery, at(3))
        enroll(session, viewer, episode, "total_knee@1", at(3))
    return tenant


def let_time_pass(tenant, day: int) -> None:
    """What the worker does every few seconds: tick where something may be due, then run where something is."""
    if tenant.id in tenants_to_tick(at(day)):
        tick(tenant.id, at(day))
    if tenant.id in {due.tenant_id for due in tenants_due(at(day))}:
        run(tenant.id, at(day))


def known(tenant) -> tuple[list[str], list[tuple[str, str]]]:
    """(status of the episode's course, its alerts)"""
    with app_session(tenant.id) as session:
        statuses = session.scalars(select(Track.status).where(Track.headline)).all()
        alerts = session.execute(select(Alert.rule, Alert.reason).order_by(Alert.raised_at)).all()
        return list(statuses), [tuple(alert) for alert in alerts]


def test_two_surveys_without_an_answer_make_a_patient_silent(alpha):
    for day in range(3, 22):
        let_time_pass(alpha, day)
    assert [rule for rule, _ in known(alpha)[1]] == []  # the survey of day 7 has run out, that of day 14 is open
    for day in range(22, 26):
        let_time_pass(alpha, day)
    statuses, alerts = known(alpha)
    assert set(statuses) == {"silent"}
    assert alerts == [("silent", "No answer yet, 2 surveys unanswered.")]
    with app_session(alpha.id) as session:
        asked = session.execute(select(SurveyAssignment.step, SurveyAssignment.state).distinct()).all()
    assert sorted((step, state.value) for step, state in asked) == [("day_14", "expired"), ("day_7", "expired")]
