"""Warning signs call today by the safety rule, and never make a course of their own."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from care.database import app_session
from care.models import Alert, Enrollment, EnrollmentEvent, Track
from care.status import EnrollmentState
from care.verbs.answer import submit
from care.verbs.draft import save_answer
from etl.run import run
from factories import make_episode, make_patient
from lake_rows import lake_rows
from pathways.asking import open_surveys, questions
from pathways.tick import tick

ENROLLED, DAY_7, DAY_14 = (datetime(2026, 3, day, 15, tzinfo=UTC) for day in (1, 19, 26))


@pytest.fixture
def knee(tenants):
    """An episode of Alpha on the shipped pathway, operated on 12 March."""
    alpha = tenants[0]
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north), index_date=date(2026, 3, 12))
        ids = {"tenant_id": alpha.id, "patient_id": episode.patient_id}
        enrollment = Enrollment(episode_id=episode.id, pathway="total_knee@1", enrolled_at=ENROLLED, **ids)
        session.add(enrollment)
        session.flush()
        session.add(EnrollmentEvent(enrollment_id=enrollment.id, to_state=EnrollmentState.ACTIVE, at=ENROLLED, **ids))
    return episode


def answer_everything(episode, at, **given):
    """What a patient does on the phone at one sitting; no, or the best answer, to all that is not named."""
    tick(episode.tenant_id, at)
    with app_session(episode.tenant_id) as session:
        surveys = open_surveys(session, episode.patient_id, at)
        for question in questions(surveys):
            answer = given.get(question.item.id, question.item.low)
            save_answer(session, question.survey.id, question.item.id, answer, f"{question.item.id}", "en", at)
        submit(session, [survey.sending for survey in surveys], at)
    run(episode.tenant_id, at + timedelta(minutes=1))


def tracks(episode) -> dict[str, tuple[str, bool]]:
    with app_session(episode.tenant_id) as session:
        rows = session.scalars(select(Track).where(Track.episode_id == episode.id)).all()
        return {row.instrument: (row.status, row.headline) for row in rows}


def alerts(episode) -> list[tuple[str, str]]:
    with app_session(episode.tenant_id) as session:
        found = session.scalars(select(Alert).where(Alert.episode_id == episode.id).order_by(Alert.raised_at)).all()
        return [(each.rule, each.reason) for each in found]


def test_no_warning_sign_no_track_no_curve_and_nothing_else_is_changed(knee):
    answer_everything(knee, DAY_7)
    assert tracks(knee) == {"koos_jr@1": ("few_data", True), "nprs@1": ("few_data", False)}
    assert alerts(knee) == []
    scored = "SELECT scale, value FROM lake.score WHERE instrument = 'red_flags@1' AND episode_id = ?"
    assert lake_rows(knee.tenant_id, scored, knee.id) == [("count", 0.0)]
    assert lake_rows(knee.tenant_id, "SELECT * FROM lake.curve_statistic WHERE instrument = 'red_flags@1'") == []


def test_a_yes_leads_the_episode_and_stays_one_alert_until_the_next_answer_says_no(knee):
    answer_everything(knee, DAY_7, calf=1)
    yes = ("safety_item", "Safety question answered yes on 19 Mar: one calf newly swollen, red or painful.")
    assert tracks(knee) == {"koos_jr@1": ("call_today", True), "nprs@1": ("few_data", False)}
    assert alerts(knee) == [yes]
    answer_everything(knee, DAY_14)
    assert tracks(knee)["koos_jr@1"] == ("few_data", True)
    assert alerts(knee) == [yes]


def test_a_yes_that_was_never_sent_calls_today_and_is_the_same_alert_when_its_window_has_closed(knee):
    """The patient says yes and puts the phone away: the draft becomes a partial response of the same alert."""
    tick(knee.tenant_id, DAY_7)
    with app_session(knee.tenant_id) as session:
        warning_signs = open_surveys(session, knee.patient_id, DAY_7)[-1]
        save_answer(session, warning_signs.id, "fever", 1, "k", "en", DAY_7)
    raised = alerts(knee)
    assert [rule for rule, _ in raised] == ["safety_item"]
    run(knee.tenant_id, DAY_7 + timedelta(minutes=1))
    assert alerts(knee) == raised
    tick(knee.tenant_id, DAY_14)
    run(knee.tenant_id, DAY_14)
    assert alerts(knee) == raised
    assert tracks(knee)["koos_jr@1"] == ("call_today", True)
