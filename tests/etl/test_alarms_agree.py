"""What care raises in the answer's own transaction is what a run would raise: one alert, one sentence."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from care.database import app_session
from care.models import Alert, Enrollment, EnrollmentEvent
from care.registry import load_library
from care.status import EnrollmentState
from care.verbs.answer import submit
from care.verbs.draft import save_answer
from etl.run import run
from factories import make_assignment, make_episode, make_patient
from pathways.asking import open_surveys

BEFORE, AFTER = datetime(2026, 3, 1, 15, tzinfo=UTC), datetime(2026, 3, 20, 15, tzinfo=UTC)


def answer(episode, at, instrument, item, given):
    with app_session(episode.tenant_id) as session:
        make_assignment(
            session, episode, step=f"{at:%d}", instrument=instrument, due_at=at, expires_at=at + timedelta(days=1)
        )
        (survey,) = open_surveys(session, episode.patient_id, at)
        save_answer(session, survey.id, item, given, "k", "en", at)
        submit(session, [survey.sending], at)


def alerts(episode):
    with app_session(episode.tenant_id) as session:
        found = session.scalars(select(Alert).where(Alert.episode_id == episode.id).order_by(Alert.rule)).all()
        return [(each.rule, each.trigger, each.reason) for each in found]


def test_a_run_finds_the_pain_alarm_and_the_warning_sign_raised_already(two_tenants):
    load_library()
    alpha = two_tenants[0]
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north), index_date=date(2026, 3, 12))
        ids = {"tenant_id": alpha.id, "patient_id": episode.patient_id}
        enrollment = Enrollment(episode_id=episode.id, pathway="total_knee@1", enrolled_at=BEFORE, **ids)
        session.add(enrollment)
        session.flush()
        session.add(EnrollmentEvent(enrollment_id=enrollment.id, to_state=EnrollmentState.ACTIVE, at=BEFORE, **ids))
    answer(episode, BEFORE, "nprs@1", "intensity", 4)
    answer(episode, AFTER, "nprs@1", "intensity", 9)
    answer(episode, AFTER + timedelta(hours=25), "red_flags@1", "calf", 1)
    raised = alerts(episode)
    assert [rule for rule, _, _ in raised] == ["pain_alarm", "safety_item"]
    run(alpha.id, AFTER + timedelta(hours=26))
    assert alerts(episode) == raised
