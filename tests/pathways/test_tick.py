"""Falling due is written once: assignments, expiries, partial responses; two ticks at once insert nothing twice."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from care.access import Role
from care.database import app_session, owner_engine
from care.errors import CareError, NotFound, NotPermitted
from care.models import (
    Alert,
    Enrollment,
    EnrollmentEvent,
    ExercisePrescription,
    Patient,
    SurveyAssignment,
    SurveyResponse,
)
from care.models.event import Completeness
from care.models.patient import IndexKind, IndexStatus, Side
from care.registry import load_library
from care.sign_in import authenticate, start_session, viewer_behind
from care.status import AssignmentState, EnrollmentState
from care.tenants import add_account
from care.verbs.answer import submit
from care.verbs.draft import AnswerRefused, save_answer
from care.verbs.enrollment import add_episode, discharge, pause
from factories import make_patient
from pathways.asking import open_surveys, questions
from pathways.course import read_courses
from pathways.enrolling import enroll, move_index, resume
from pathways.tick import advance, tenants_to_tick, tick
from settings import ROOT

PASSWORD = "correct horse battery"
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)  # 10:00 in New York


@pytest.fixture(scope="module")
def people(two_tenants):
    load_library()
    alpha, beta = two_tenants
    add_account("north@example.org", alpha.name, Role.PROVIDER, PASSWORD, "North", ["N"])
    add_account("south@example.org", alpha.name, Role.PROVIDER, PASSWORD, "South", ["S"])
    add_account("manager@example.org", alpha.name, Role.MANAGER, PASSWORD, "Manager")
    add_account("beta@example.org", beta.name, Role.PROVIDER, PASSWORD, "Beta")
    now = datetime.now(UTC)
    return {
        name: viewer_behind(start_session(authenticate(f"{name}@example.org", PASSWORD, now)[0], now), now)
        for name in ("north", "south", "manager", "beta")
    }


@pytest.fixture
def knee(two_tenants, people):
    """(episode, enrollment) of a new patient of Alpha's North clinic, operated a week ago."""
    return new_knee(two_tenants, people, date(2026, 2, 23))


def new_knee(two_tenants, people, index_date, status=IndexStatus.ACTUAL):
    alpha, _ = two_tenants
    with app_session(alpha.id) as session:
        patient = make_patient(session, alpha.north)
        episode = add_episode(
            session,
            people["north"],
            patient,
            "knee_replacement",
            Side.RIGHT,
            IndexKind.SURGERY,
            index_date,
            status,
            NOW,
        )
        return episode, enroll(session, people["north"], episode, "total_knee@1", NOW)


def asked(viewer, enrollment) -> list[tuple[str, str, AssignmentState]]:
    with app_session(viewer.tenant_id) as session:
        return session.execute(
            select(SurveyAssignment.step, SurveyAssignment.instrument, SurveyAssignment.state)
            .where(SurveyAssignment.enrollment_id == enrollment.id)
            .order_by(SurveyAssignment.due_at, SurveyAssignment.instrument)
        ).all()


def save_all(session, episode, pain=4, now=NOW):
    for question in questions(open_surveys(session, episode.patient_id, now)):
        given = {"intensity": pain, "stairs": 2}.get(question.item.id, question.item.low)
        save_answer(session, question.survey.id, question.item.id, given, f"k-{question.item.id}-{now}", "en", now)


def send(session, episode, now=NOW):
    return submit(session, [survey.sending for survey in open_surveys(session, episode.patient_id, now)], now)


def test_what_is_due_at_the_enrollment_is_asked_at_once_and_what_has_passed_never(knee, people):
    _, enrollment = knee
    assert asked(people["north"], enrollment) == [
        ("day_7", "koos_jr@1", AssignmentState.OPEN),
        ("day_7", "nprs@1", AssignmentState.OPEN),
        ("day_7", "red_flags@1", AssignmentState.OPEN),
    ]


def test_two_ticks_at_once_insert_nothing_twice(knee, people):
    _, enrollment = knee
    tenant, later = people["north"].tenant_id, NOW + timedelta(days=8)
    assert tenant in tenants_to_tick(later)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: tick(tenant, later), range(4)))
    again = tick(tenant, later)
    steps = [(row.step, row.state) for row in asked(people["north"], enrollment)]
    assert (again.asked, again.closed) == (0, 0)
    assert steps == [("day_7", AssignmentState.EXPIRED)] * 3 + [("day_14", AssignmentState.OPEN)] * 3


def test_a_tick_that_is_killed_half_way_leaves_nothing_half_done(two_tenants, people):
    """kill -9 between the surveys of one step: nothing of its transaction is kept, and the next tick asks them once."""
    _, enrollment = new_knee(two_tenants, people, date(2026, 2, 23))
    tenant, later = people["north"].tenant_id, NOW + timedelta(days=8)
    killed = subprocess.run([sys.executable, "-c", KILLED_TICK, str(tenant), later.isoformat()], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert [row.step for row in asked(people["north"], enrollment)] == ["day_7"] * 3
    tick(tenant, later)
    assert [row.step for row in asked(people["north"], enrollment)] == ["day_7"] * 3 + ["day_14"] * 3


KILLED_TICK = """
import os, signal, sys
from datetime import datetime
from uuid import UUID
from pathways import tick

ask = tick._ask
def ask_and_die(*arguments):
    ask(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

tick._ask = ask_and_die
tick.tick(UUID(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
"""


def test_what_is_about_the_person_is_asked_once_and_answers_both_episodes(two_tenants, people):
    """Two knees operated on one day: one set of warning signs, two of everything about a side."""
    right, first = new_knee(two_tenants, people, date(2026, 2, 23))
    north = people["north"]
    with app_session(north.tenant_id) as session:
        left = add_episode(
            session,
            north,
            session.get_one(Patient, right.patient_id),
            "knee_replacement",
            Side.LEFT,
            IndexKind.SURGERY,
            date(2026, 2, 23),
            IndexStatus.ACTUAL,
            NOW,
        )
        second = enroll(session, north, left, "total_knee@1", NOW)
    with app_session(north.tenant_id) as session:
        surveys = open_surveys(session, right.patient_id, NOW)
        assert sorted((each.instrument.reference, len(each.assignments)) for each in surveys) == [
            ("koos_jr@1", 1),
            ("koos_jr@1", 1),
            ("nprs@1", 1),
            ("nprs@1", 1),
            ("red_flags@1", 2),
        ]
        save_all(session, right)
        send(session, right)
    with app_session(north.tenant_id) as session:
        linked = session.scalars(
            select(SurveyAssignment.response_id).where(
                SurveyAssignment.enrollment_id.in_([first.id, second.id]), SurveyAssignment.instrument == "red_flags@1"
            )
        ).all()
    assert len(linked) == 2 and len(set(linked)) == 1 and None not in linked


@pytest.mark.parametrize("hours", [0, 3, 30, 24 * 5, 24 * 12, 24 * 40])
def test_before_an_enrollment_wakes_a_tick_has_nothing_to_write(two_tenants, people, hours):
    """``wake_at`` may be early, never late: a second before it, a look at everything changes nothing."""
    episode, enrollment = new_knee(two_tenants, people, date(2026, 2, 23))
    tenant, at = people["north"].tenant_id, NOW + timedelta(hours=hours)
    tick(tenant, at)
    with app_session(tenant) as session:
        wake_at = session.get_one(Enrollment, enrollment.id).wake_at
    assert wake_at > at
    before = written(tenant, episode)
    with app_session(tenant) as session:
        (course,) = read_courses(session, [session.get_one(Enrollment, enrollment.id)])
        assert advance(session, course, wake_at - timedelta(seconds=1)) == 0
    assert written(tenant, episode) == before


def written(tenant, episode) -> tuple:
    with app_session(tenant) as session:
        return tuple(
            session.scalar(select(func.count()).where(model.episode_id == episode.id))
            for model in (SurveyAssignment, ExercisePrescription)
        )


def test_a_draft_whose_window_closes_becomes_a_partial_response_dated_by_its_last_answer(knee, people):
    episode, enrollment = knee
    with app_session(people["north"].tenant_id) as session:
        survey = open_surveys(session, episode.patient_id, NOW)[0]
        save_answer(session, survey.id, "stairs", 3, "a", "es", NOW)
    tick(people["north"].tenant_id, NOW + timedelta(days=8))
    with app_session(people["north"].tenant_id) as session:
        (kept,) = session.scalars(select(SurveyResponse).where(SurveyResponse.episode_id == episode.id)).all()
    assert (kept.completeness, kept.answers, kept.completed_at) == (Completeness.PARTIAL, {"stairs": 3}, NOW)
    assert [row.state for row in asked(people["north"], enrollment)][:2] == [
        AssignmentState.PARTIAL,
        AssignmentState.EXPIRED,
    ]


def test_sending_keeps_each_draft_once_whoever_sends_again(knee, people):
    episode, _ = knee
    with app_session(people["north"].tenant_id) as session:
        save_all(session, episode)
        sendings = [survey.sending for survey in open_surveys(session, episode.patient_id, NOW)]

    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: _submitted(people["north"].tenant_id, sendings), range(4)))
    assert sent == [sent[0]] * 4
    with app_session(people["north"].tenant_id) as session:
        assert session.scalar(select(func.count()).where(SurveyResponse.episode_id == episode.id)) == 3


def test_an_answer_that_another_device_saved_a_moment_before_sending_is_sent(knee, people):
    """The one who sends has read the draft already; what is sent is the draft as it stands under the lock."""
    episode, _ = knee
    with app_session(people["north"].tenant_id) as sending:
        save_all(sending, episode)
    with app_session(people["north"].tenant_id) as sending:
        surveys = open_surveys(sending, episode.patient_id, NOW)
        pain = next(each for each in surveys if each.instrument.key == "nprs")
        with app_session(people["north"].tenant_id) as other:
            save_answer(other, pain.id, "intensity", 1, "the other device", "en", NOW)
        sent = submit(sending, [survey.sending for survey in surveys], NOW)
        answers = {sending.get_one(SurveyResponse, each).answers.get("intensity") for each in sent}
    assert answers == {1, None}


def _submitted(tenant_id, sendings):
    with app_session(tenant_id) as session:
        return submit(session, sendings, NOW)


def test_a_repeated_request_does_not_undo_a_newer_answer(knee, people):
    episode, _ = knee
    with app_session(people["north"].tenant_id) as session:
        survey = open_surveys(session, episode.patient_id, NOW)[0]
        assert save_answer(session, survey.id, "stairs", 3, "first", "en", NOW)
        assert save_answer(session, survey.id, "stairs", 1, "second", "en", NOW)
        assert not save_answer(session, survey.id, "stairs", 3, "first", "en", NOW)
        assert open_surveys(session, episode.patient_id, NOW)[0].answers == {"stairs": 1}


@pytest.mark.parametrize(
    ("item", "given", "refusal"),
    [
        ("stairs", 9, "not one"),
        ("stairs", 1.5, "not one"),
        ("stairs", "lots", "not one"),
        ("mood", 1, "not a question"),
    ],
)
def test_an_answer_out_of_range_or_to_a_question_not_asked_is_refused(knee, people, item, given, refusal):
    episode, _ = knee
    with app_session(people["north"].tenant_id) as session:
        survey = open_surveys(session, episode.patient_id, NOW)[0]
        with pytest.raises(AnswerRefused, match=refusal):
            save_answer(session, survey.id, item, given, "k", "en", NOW)
        with pytest.raises(AnswerRefused, match="closed"):
            save_answer(session, survey.id, "stairs", 1, "k", "en", NOW + timedelta(days=30))


def test_severe_pain_that_rose_calls_today_in_the_transaction_that_keeps_it(two_tenants, people):
    """Asked before any worker or run: the alert is there when the answer is."""
    episode, _ = new_knee(two_tenants, people, date(2026, 3, 12), IndexStatus.PLANNED)
    tenant = people["north"].tenant_id
    with app_session(tenant) as session:
        save_all(session, episode, pain=4)
        send(session, episode)
    operated, week_2 = datetime(2026, 3, 12, 20, tzinfo=UTC), datetime(2026, 3, 20, 15, tzinfo=UTC)
    with app_session(tenant) as session:
        move_index(session, people["north"], episode.id, date(2026, 3, 12), IndexStatus.ACTUAL, operated)
    tick(tenant, week_2)
    with app_session(tenant) as session:
        save_all(session, episode, pain=9, now=week_2)
        send(session, episode, now=week_2)
        alert = session.scalars(select(Alert).where(Alert.episode_id == episode.id)).one()
    assert (alert.rule, alert.status) == ("pain_alarm", "call_today")
    assert alert.reason == "Pain 9 of 10 on 20 Mar, up 5 since the survey before."


def test_a_red_flag_calls_today_when_it_is_saved_and_is_one_alert_after_it_is_sent(knee, people):
    episode, _ = knee
    with app_session(people["north"].tenant_id) as session:
        warning_signs = open_surveys(session, episode.patient_id, NOW)[-1]
        save_answer(session, warning_signs.id, "calf", 1, "k", "en", NOW)
    with app_session(people["north"].tenant_id) as session:
        raised = session.scalars(select(Alert).where(Alert.episode_id == episode.id)).one()
        assert raised.reason == "Safety question answered yes on 2 Mar: one calf newly swollen, red or painful."
        save_all(session, episode)
        responses = send(session, episode)
    with app_session(people["north"].tenant_id) as session:
        alert = session.scalars(select(Alert).where(Alert.episode_id == episode.id)).one()
        assert alert.trigger.removeprefix("response:") in map(str, responses)


def test_pausing_holds_resuming_asks_what_is_still_open_and_discharge_cancels(knee, people):
    _, enrollment = knee
    north, later = people["north"], NOW + timedelta(days=8)
    with app_session(north.tenant_id) as session:
        pause(session, north, enrollment.id, "In hospital", NOW + timedelta(hours=1))
    tick(north.tenant_id, later)
    assert {row.step for row in asked(north, enrollment)} == {"day_7"}
    with app_session(north.tenant_id) as session:
        resume(session, north, enrollment.id, later)
    assert {row.step for row in asked(north, enrollment)} == {"day_7", "day_14"}
    with app_session(north.tenant_id) as session:
        discharge(session, north, enrollment.id, "Moved away", later)
        events = session.scalars(select(EnrollmentEvent.to_state).where(EnrollmentEvent.enrollment_id == enrollment.id))
        assert sorted(events) == sorted(["active", "paused", "active", "withdrawn"])
    assert {row.state for row in asked(north, enrollment) if row.step == "day_14"} == {AssignmentState.CANCELLED}


def test_each_exercise_plan_is_prescribed_once(knee, people):
    episode, _ = knee
    for hours in (0, 1, 2):
        tick(people["north"].tenant_id, NOW + timedelta(hours=hours))
    with app_session(people["north"].tenant_id) as session:
        rows = session.scalars(
            select(ExercisePrescription.exercise).where(ExercisePrescription.episode_id == episode.id)
        ).all()
    assert sorted(rows) == ["ankle_pump", "heel_slide", "quad_set", "walk"]


def test_a_pathway_that_has_run_its_course_is_completed(knee, people):
    _, enrollment = knee
    tick(people["north"].tenant_id, NOW + timedelta(days=130))
    with app_session(people["north"].tenant_id) as session:
        assert session.get_one(Enrollment, enrollment.id).state is EnrollmentState.COMPLETED


@pytest.mark.parametrize(("name", "refusal"), [("south", NotFound), ("beta", NotFound), ("manager", NotPermitted)])
def test_the_other_clinic_the_other_tenant_and_the_wrong_role_are_refused(knee, people, name, refusal):
    _, enrollment = knee
    with pytest.raises(refusal), app_session(people[name].tenant_id) as session:
        pause(session, people[name], enrollment.id, "", NOW)


def test_an_episode_runs_one_pathway_at_a_time(knee, people):
    episode, _ = knee
    with pytest.raises(CareError, match="on a pathway already"), app_session(people["north"].tenant_id) as session:
        enroll(session, people["north"], episode, "total_knee@1", NOW)


def test_the_trace_says_by_how_many_days_the_surgery_moved(knee, people):
    episode, _ = knee
    with app_session(people["north"].tenant_id) as session:
        move_index(session, people["north"], episode.id, date(2026, 3, 1), IndexStatus.ACTUAL, NOW)
    with owner_engine().connect() as connection:
        days = connection.scalar(
            text("SELECT detail->>'days' FROM audit_event WHERE action = 'move_index' AND detail->>'episode' = :id"),
            {"id": str(episode.id)},
        )
    assert days == "6"
