"""Whoever is on track is seldom flagged: a simulated clinic in the real stores, run after every answer."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from bench.cohorts import LAST_DAY, simulate
from care.database import app_session
from care.status import AssignmentState, EpisodeState
from etl.run import run
from factories import make_assignment, make_episode, make_patient, make_response
from lake_rows import lake_rows

FINISHED, IN_CARE, VISITS = 240, 100, 3
INDEX = date(2025, 1, 6)


def instant(day: float) -> datetime:
    return datetime.combine(INDEX, datetime.min.time(), UTC) + timedelta(days=int(day), hours=9)


def pain(session, episode, day: float, score: float) -> None:
    """A score of 0–100, higher is better, as pain of 10–0."""
    make_response(
        session, episode, {"intensity": int(round(10 - score / 10))}, instrument="nprs@1",
        local_date=instant(day).date(), completed_at=instant(day),
    )  # fmt: skip


@pytest.mark.slow
def test_at_most_the_chosen_share_of_courses_on_track_is_ever_flagged(tenants):
    alpha, _ = tenants
    cohort = simulate(FINISHED + IN_CARE, VISITS, seed=5)
    in_care = []
    with app_session(alpha.id) as session:
        for number in range(FINISHED + IN_CARE):
            is_open = number >= FINISHED
            episode = make_episode(
                session, make_patient(session, alpha.north), index_date=INDEX,
                state=EpisodeState.OPEN if is_open else EpisodeState.CLOSED,
            )  # fmt: skip
            pain(session, episode, -1, cohort.baseline[number])
            if is_open:
                in_care.append((episode, number))
                continue
            for visit in np.flatnonzero(~np.isnan(cohort.score[number])):
                pain(session, episode, cohort.day[number, visit], cohort.score[number, visit])
            for visit in range(VISITS):
                make_assignment(
                    session, episode, step=f"visit {visit}", instrument="nprs@1", state=AssignmentState.ANSWERED,
                    due_date=instant(LAST_DAY * (visit + 1) / VISITS).date(),
                )  # fmt: skip
    run(alpha.id, instant(0))
    answered = ~np.isnan(cohort.score[FINISHED:])
    for visit in range(VISITS):
        with app_session(alpha.id) as session:
            for episode, number in in_care:
                if not np.isnan(cohort.score[number, visit]):
                    pain(session, episode, cohort.day[number, visit], cohort.score[number, visit])
        run(alpha.id, instant(500))
    flagged = lake_rows(alpha.id, "SELECT count(DISTINCT episode_id) FROM lake.flag WHERE rule = 'off_expected'")[0][0]
    judged = lake_rows(
        alpha.id, "SELECT count(DISTINCT response_id) FROM lake.track_history WHERE below IS NOT NULL "
        "AND episode_id IN (SELECT episode_id FROM lake.episode WHERE state = 'open')",
    )[0][0]  # fmt: skip
    share = flagged / answered.any(axis=1).sum()
    print(f"{flagged} of {answered.any(axis=1).sum()} flagged ({share:.1%}) of {judged} answers judged, 10 % chosen")
    assert judged > 0.8 * answered.sum()
    assert 0.01 <= share <= 0.17  # 100 episodes: 10 % and a little over two standard errors
