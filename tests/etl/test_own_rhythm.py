"""Silent by the own rhythm: one survey that ran out, and three usual gaps, the plan's where it asks more seldom."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from care.database import app_session
from care.models import Track
from etl.run import run
from factories import make_assignment, make_episode, make_patient, make_response

INDEX = date(2026, 1, 12)
WEEKLY = (-3, 7, 14, 21, 28)


def day(number: int) -> datetime:
    return datetime.combine(INDEX, datetime.min.time(), UTC) + timedelta(days=number, hours=9)


def status_on(tenant, episode, number: int) -> str:
    run(tenant.id, day(number))
    with app_session(tenant.id) as session:
        return session.scalars(select(Track.status).where(Track.episode_id == episode.id)).one()


@pytest.mark.parametrize(
    ("missed", "last_speaking", "first_silent"),
    [
        (35, 48, 49),  # asked weekly, answered weekly: three weeks after the last answer
        (49, 90, 91),  # asked after three weeks: three times those
    ],
)
def test_a_rhythm_is_broken_after_three_usual_gaps(tenants, missed, last_speaking, first_silent):
    alpha, _ = tenants
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north), index_date=INDEX)
        for number in WEEKLY:
            make_response(
                session, episode, {"intensity": 6}, instrument="nprs@1", local_date=day(number).date(),
                completed_at=day(number),
            )  # fmt: skip
        make_assignment(
            session, episode, step="later", instrument="nprs@1", due_date=day(missed).date(), due_at=day(missed),
            overdue_at=day(missed + 2), expires_at=day(missed + 6),
        )  # fmt: skip
    assert status_on(alpha, episode, missed + 7) != "silent"
    assert status_on(alpha, episode, last_speaking) != "silent"
    assert status_on(alpha, episode, first_silent) == "silent"
