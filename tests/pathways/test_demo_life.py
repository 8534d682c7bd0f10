"""The demonstration goes on by itself, deterministically, and never for a patient of a real tenant."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from care.database import app_session
from care.models import (
    Alert,
    AlertEvent,
    Enrollment,
    Episode,
    ExerciseSession,
    Patient,
    SurveyAssignment,
    SurveyResponse,
)
from care.models.patient import IndexStatus
from care.registry import load_library
from care.status import AssignmentState, EnrollmentState
from care.tenants import tenant_named
from care.verbs.draft import save_answer
from factories import make_assignment, make_episode, make_patient
from pathways.asking import open_surveys
from pathways.demo import life
from pathways.demo.build import make_demo
from pathways.demo.cohort import cohort
from pathways.demo.content import demo_content
from pathways.demo.life import demonstrations, go_on, live
from pathways.demo.life_staff import LEFT_TO_A_VISITOR, enroll_newcomers, handle_waiting, staff_of
from pathways.demo.newcomers import FIRST, newcomers
from pathways.demo.tenant import known_places
from pathways.demo.world import SEED, make_world
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
            counted[shapes.get(key, "newcomer")] += count
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


def test_newcomers_are_enrolled_once_and_ahead_of_their_day_zero(demo):
    day = next(at for days in range(1, 8) if newcomers(CONTENT, at := LATER + timedelta(days=days), SEED))
    world = make_world(CONTENT, known_places(demo), day, SEED)
    enrolled = enroll_newcomers(world, staff_of(world))
    assert 1 <= enrolled <= 9 and enroll_newcomers(world, staff_of(world)) == 0
    with app_session(demo) as session:
        rows = session.execute(
            select(Patient.source_key, Episode.index_date, Enrollment.state)
            .join(Episode, Episode.patient_id == Patient.id)
            .join(Enrollment, Enrollment.episode_id == Episode.id)
            .where(Episode.opened_at == day)
        ).all()
    assert len(rows) == enrolled
    assert all(int(row.source_key.removeprefix("demo:")) >= FIRST for row in rows)
    assert all(0 <= (row.index_date - day.date()).days <= 20 for row in rows)
    assert {row.state for row in rows} == {EnrollmentState.ACTIVE}


def test_each_clinic_gets_three_newcomers_a_week_and_each_comes_once():
    weeks = 4
    moments = [MADE + timedelta(hours=12 * step) for step in range(14 * weeks)]
    came = {planned.number: planned for at in moments for planned, _ in newcomers(CONTENT, at, SEED)}
    clinics = Counter(planned.clinic.code for planned in came.values())
    assert set(clinics) == {clinic.code for clinic in CONTENT.clinics}
    assert all(3 * (weeks - 1) <= count <= 3 * (weeks + 1) for count in clinics.values())


def test_nobody_is_enrolled_while_the_clinics_are_full(demo):
    full = replace(CONTENT, newcomers=replace(CONTENT.newcomers, most=0))
    friday = MADE + timedelta(days=7)
    assert newcomers(CONTENT, friday, SEED)
    world = make_world(full, known_places(demo), friday, SEED)
    assert enroll_newcomers(world, staff_of(world)) == 0


def test_colleagues_handle_what_waits_and_leave_the_visitors_panel_alone_for_three_days(demo):
    monday = MADE + timedelta(hours=71)
    world = make_world(CONTENT, known_places(demo), monday, SEED)
    with app_session(demo) as session:
        people = life.people_of(session, monday, SEED, tuple(EnrollmentState))
    handle_waiting(world, people, staff_of(world))
    with app_session(demo) as session:
        done = session.execute(
            select(AlertEvent.membership_id, AlertEvent.at - Alert.raised_at)
            .join(Alert, Alert.id == AlertEvent.alert_id)
            .where(AlertEvent.at > MADE, AlertEvent.membership_id.is_not(None))
        ).all()
    visitor = world.places.memberships[CONTENT.staff[0].email]
    assert {who for who, _ in done} - {visitor}
    assert all(waited >= LEFT_TO_A_VISITOR for who, waited in done if who == visitor)


def test_a_planned_surgery_is_confirmed_on_its_afternoon_but_where_the_story_is_that_nobody_does(demo):
    with app_session(demo) as session:
        planned = session.execute(
            select(Patient.source_key, Episode.index_date)
            .join(Episode, Episode.patient_id == Patient.id)
            .where(Episode.index_status == IndexStatus.PLANNED)
        ).all()
    overdue = {row.source_key for row in planned if row.index_date < LATER.date() - timedelta(days=1)}
    story = {f"demo:{each.number}" for each in cohort(CONTENT, MADE.date(), SEED) if each.shape.ends == "unconfirmed"}
    assert overdue == story


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
