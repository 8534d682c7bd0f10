"""The demonstration goes on by itself, deterministically, and never for a patient of a real tenant."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from care.database import app_session
from care.models import ExerciseSession, Patient, SurveyAssignment, SurveyResponse
from care.registry import load_library
from care.status import AssignmentState
from care.tenants import tenant_named
from care.verbs.draft import save_answer
from factories import make_assignment, make_episode, make_patient
from pathways.asking import open_surveys
from pathways.demo import life
from pathways.demo.build import make_demo
from pathways.demo.cohort import cohort
from pathways.demo.content import demo_content
from pathways.demo.life import demonstrations, go_on, live
from pathways.demo.world import SEED
from pathways.errors import PathwayError
from pathways.tick import tick

MADE = datetime(2026, 3, 20, 15, tzinfo=UTC)
LATER = MADE + timedelta(hours=36)
CONTENT = demo_content()


@pytest.fixture(scope="module")
def demo(two_tenants):
    """The demonstration, made and then switched off for a day and a half."""
    load_library()
    make_demo(MADE)
    tenant_id = tenant_named(CONTENT.tenant).id
    go_on(tenant_id, LATER)
    return tenant_id


def answered_since(tenant_id, shape_keys, since=MADE) -> Counter:
    """Responses by the shape of who gave them."""
    shapes = {f"demo:{each.number}": each.shape.key for each in cohort(CONTENT, MADE.date(), SEED)}
    with app_session(tenant_id) as session:
        rows = session.execute(
            select(Patient.source_key, func.count())
            .join(SurveyResponse, SurveyResponse.patient_id == Patient.id)
            .where(SurveyResponse.completed_at > since)
            .group_by(Patient.source_key)
        )
        counted = Counter()
        for key, count in rows:
            counted[shapes[key]] += count
    return Counter({key: counted[key] for key in shape_keys})


def test_the_patients_keep_answering_and_who_is_silent_stays_silent(demo):
    counted = answered_since(demo, ("on_course", "silent_week_2", "silent_week_4", "never_answered"))
    assert counted["on_course"] > 20
    assert counted["silent_week_2"] == counted["silent_week_4"] == counted["never_answered"] == 0


def test_exercise_is_reported_on_each_of_the_days(demo):
    with app_session(demo) as session:
        days = Counter(session.scalars(select(ExerciseSession.local_date).where(ExerciseSession.reported_at > MADE)))
    assert set(days) == {MADE.date(), MADE.date() + timedelta(days=1)}
    assert min(days.values()) > 60


def test_a_second_look_at_the_same_instant_changes_nothing(demo):
    assert live(demo, LATER) == life.Lived(0, 0)


def test_what_is_sent_is_whole_and_goes_the_way_of_every_answer(demo):
    with app_session(demo) as session:
        rows = session.scalars(select(SurveyResponse).where(SurveyResponse.completed_at > MADE)).all()
        linked = set(
            session.scalars(
                select(SurveyAssignment.response_id).where(SurveyAssignment.state == AssignmentState.ANSWERED)
            )
        )
    assert {len(row.answers) for row in rows if row.instrument == "red_flags@1"} == {4}
    assert {row.id for row in rows} <= linked


def test_a_survey_begun_by_a_visitor_is_left_to_the_visitor(demo):
    later = LATER + timedelta(hours=12)
    tick(demo, later)
    with app_session(demo) as session:
        patient_ids = set(
            session.scalars(
                select(SurveyAssignment.patient_id).where(
                    SurveyAssignment.state == AssignmentState.OPEN, SurveyAssignment.due_at > LATER
                )
            )
        )
        for patient_id in patient_ids:
            survey = open_surveys(session, patient_id, later)[0]
            save_answer(session, survey.id, survey.instrument.items[0].id, 1, "visitor", "en", later)
    assert patient_ids
    live(demo, later + timedelta(hours=12))
    with app_session(demo) as session:
        sent = set(session.scalars(select(SurveyResponse.patient_id).where(SurveyResponse.completed_at > LATER)))
    assert not sent & patient_ids


def test_nobody_answers_for_the_patients_of_a_real_tenant(demo, two_tenants):
    alpha, beta = two_tenants
    assert demonstrations() == [demo]
    for tenant in (alpha, beta):
        with pytest.raises(PathwayError, match="not marked as a demonstration"):
            live(tenant.id, LATER)
        with app_session(tenant.id) as session:
            episode = make_episode(session, make_patient(session, tenant.north, source_key="demo:1"))
            make_assignment(session, episode, instrument="nprs@1", due_at=MADE, expires_at=LATER + timedelta(days=3))
        go_on(tenant.id, LATER)
        with app_session(tenant.id) as session:
            assert session.scalar(select(func.count()).select_from(SurveyResponse)) == 0
            assert session.scalar(select(func.count()).select_from(ExerciseSession)) == 0
