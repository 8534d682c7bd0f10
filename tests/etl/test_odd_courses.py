"""Odd courses through the real ETL: finite, ordered and in range, with a plain statement when there is too little."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select, update

from care.database import app_session
from care.models import Episode, Track
from care.status import AssignmentState, EpisodeState
from etl.run import run
from factories import make_assignment, make_episode, make_patient, make_response
from lake_rows import lake_rows

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
INDEX = date(2025, 11, 3)
DAYS = (7, 14, 28, 42, 84)


def pain(session, episode: Episode, day: int, value: int, hour: int = 9, index: date = INDEX):
    return make_response(
        session, episode, {"intensity": value}, instrument="nprs@1", local_date=index + timedelta(days=day),
        completed_at=datetime.combine(index, NOW.time(), UTC).replace(hour=hour) + timedelta(days=day),
    )  # fmt: skip


@pytest.fixture(scope="module")
def alpha(tenants):
    """Alpha with 150 closed courses of back pain, asked on five days; a fifth of the answers never came."""
    alpha, _ = tenants
    rng = np.random.default_rng(11)
    with app_session(alpha.id) as session:
        for _ in range(150):
            past = make_episode(
                session, make_patient(session, alpha.north), condition="low_back_pain", stratum="",
                index_kind="first_visit", index_date=INDEX - timedelta(days=200), state=EpisodeState.CLOSED,
            )  # fmt: skip
            start, level = int(rng.integers(4, 9)), rng.normal(0, 1)
            pain(session, past, 0, start, index=past.index_date)
            for day in DAYS:
                value = round(np.clip(start - 3 * day / 84 - 1 + level + rng.normal(0, 0.8), 0, 10))
                if rng.uniform() > 0.2:
                    pain(session, past, day, int(value), index=past.index_date)
                make_assignment(
                    session, past, step=f"day {day}", instrument="nprs@1",
                    due_date=past.index_date + timedelta(days=day), state=AssignmentState.ANSWERED,
                )  # fmt: skip
    return alpha


def judged(alpha, *answers: tuple[int, int], now: datetime = NOW, **columns) -> Track:
    """The track of an open episode with these (day, pain) answers."""
    with app_session(alpha.id) as session:
        kind = {"condition": "low_back_pain", "stratum": "", "index_kind": "first_visit", "index_date": INDEX}
        episode = make_episode(session, make_patient(session, alpha.north), **kind | columns)
        for number, (day, value) in enumerate(answers):
            pain(session, episode, day, value, hour=8 + number % 10)
        made = episode.id
    run(alpha.id, now)
    return track(alpha, made)


def track(alpha, episode_id) -> Track:
    with app_session(alpha.id) as session:
        return session.scalars(select(Track).where(Track.episode_id == episode_id)).one()


def check_in_range(found: Track) -> None:
    for point in found.band or []:
        assert np.isfinite(point).all() and point[1:] == sorted(point[1:]) and 0 <= point[1] and point[5] <= 10
    if found.expected:
        assert 0 <= found.expected["below"] <= 1
        for name in ("below_next", "goal_chance"):
            assert found.expected[name] is None or 0 <= found.expected[name] <= 1


@pytest.mark.parametrize("value", [0, 10])
def test_floor_and_ceiling(alpha, value):
    found = judged(alpha, (0, value), (14, value), (28, value))
    check_in_range(found)
    assert found.band is not None and found.status in {"on_track", "ahead", "off_track", "watch"}


def test_one_visit_has_no_earlier_answer_to_surprise(alpha):
    found = judged(alpha, (0, 7), (28, 5))
    check_in_range(found)
    assert found.expected["below_next"] is None and found.expected["off_tests"] is None
    assert found.status == "on_track"


def test_a_sudden_rise_of_pain_is_told_from_a_slow_one(alpha):
    sudden = judged(alpha, (0, 6), (7, 3), (14, 2), (28, 2), (42, 7))
    assert (sudden.status, "sudden" in sudden.expected["off_tests"]) == ("off_track", True)
    assert sudden.reason.startswith("Sudden rise: Pain 7, ")
    assert "with the same answers." in sudden.reason
    check_in_range(sudden)


def test_on_a_scale_where_lower_is_better_a_low_score_is_never_off(alpha):
    found = judged(alpha, (0, 8), (14, 1), (28, 0), (42, 0))
    assert found.status == "ahead" and found.expected["off_tests"] is None


def test_of_two_answers_on_one_day_the_later_stands(alpha):
    found = judged(alpha, (0, 7), (28, 9), (28, 4))
    assert found.score == 4 and found.expected["below_next"] is None


def test_answers_before_the_index_date_are_no_follow_ups(alpha):
    found = judged(alpha, (-40, 9), (-20, 2), (-3, 7))
    assert (found.status, found.score) == ("few_data", None)
    assert found.reason.startswith("Baseline only.")


def test_an_index_date_moved_by_weeks_moves_the_expectation(alpha):
    before = judged(alpha, (0, 7), (42, 4))
    with app_session(alpha.id) as session:
        session.execute(
            update(Episode).where(Episode.id == before.episode_id).values(index_date=INDEX - timedelta(days=21))
        )
    run(alpha.id, NOW)
    after = track(alpha, before.episode_id)
    assert (before.day, after.day) == (42, 63)
    check_in_range(after)


def test_a_stratum_of_one_patient_says_no_curve_yet(alpha):
    found = judged(alpha, (0, 7), (42, 2), condition="hip_replacement", stratum="revision", index_kind="surgery")
    assert (found.status, found.band) == ("few_data", None)
    assert "No curve yet" in found.reason


def test_a_tenant_with_nobody_starts_from_the_published_course(alpha, tenants):
    _, beta = tenants
    found = judged(beta, (0, 6), (42, 4))
    assert found.status == "on_track"
    assert (found.expected["own"], found.expected["literature"], found.expected["n"]) == (0, 1, None)
    check_in_range(found)
    assert lake_rows(beta.id, "SELECT n FROM lake.curve_statistic WHERE instrument = 'nprs@1'") == [(0,)]


def test_a_broken_rhythm_is_silence_after_one_survey(alpha):
    """Five answers a week apart, then one survey without an answer for three weeks."""
    with app_session(alpha.id) as session:
        episode = make_episode(
            session, make_patient(session, alpha.north), condition="low_back_pain", stratum="",
            index_kind="first_visit", index_date=INDEX,
        )  # fmt: skip
        for day in (0, 7, 14, 21, 28):
            pain(session, episode, day, 5)
        last = datetime.combine(INDEX, NOW.time(), UTC) + timedelta(days=28)
        make_assignment(
            session, episode, step="day 35", instrument="nprs@1", due_date=INDEX + timedelta(days=35),
            expires_at=last + timedelta(days=10),
        )  # fmt: skip
        made = episode.id
    run(alpha.id, last + timedelta(days=12))
    assert track(alpha, made).status != "silent"
    assert track(alpha, made).valid_until == last + timedelta(days=21)
    run(alpha.id, last + timedelta(days=22))
    assert track(alpha, made).status == "silent"
    assert "1 survey unanswered, usually one every 7 days" in track(alpha, made).reason
