"""From an answer to a person who must act: the curve, the track, the alert, and each of them once."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select, update

from care.access import Role
from care.database import app_session
from care.models import Alert, AlertEvent, Episode, TenantLake, Track
from care.status import AlertState, AssignmentState, EpisodeState
from care.tenants import add_account
from etl.due import tenants_due
from etl.run import run
from factories import make_assignment, make_care_team_member, make_episode, make_patient, make_response
from lake_rows import lake_rows

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
INDEX = date(2026, 1, 12)
SIX_WEEKS = 42


def pain(session, episode: Episode, day: int, value: int, **columns):
    return make_response(
        session, episode, {"intensity": value}, instrument="nprs@1",
        local_date=episode.index_date + timedelta(days=day),
        completed_at=datetime.combine(episode.index_date, NOW.time(), UTC) + timedelta(days=day), **columns,
    )  # fmt: skip


@pytest.fixture(scope="module")
def alpha(tenants):
    """Alpha with sixty closed episodes: from pain 7 to about pain 2 in six weeks."""
    alpha, beta = tenants
    rng = np.random.default_rng(7)
    with app_session(alpha.id) as session:
        for number in range(60):
            past = make_episode(
                session, make_patient(session, alpha.south if number % 3 else alpha.north),
                index_date=INDEX - timedelta(days=200), state=EpisodeState.CLOSED,
            )  # fmt: skip
            before = int(rng.integers(5, 9))
            pain(session, past, -3, before)
            pain(session, past, SIX_WEEKS, max(0, before - 5 + int(rng.integers(-1, 2))))
            make_assignment(
                session, past, step="follow_up", instrument="nprs@1",
                due_date=past.index_date + timedelta(days=SIX_WEEKS), state=AssignmentState.ANSWERED,
            )  # fmt: skip
    run(alpha.id, NOW)
    run(beta.id, NOW)
    return alpha


def open_episode(session, alpha, **columns) -> Episode:
    return make_episode(session, make_patient(session, alpha.north), index_date=INDEX, **columns)


def track_of(alpha, episode: Episode) -> Track:
    with app_session(alpha.id) as session:
        return session.scalars(select(Track).where(Track.episode_id == episode.id)).one()


def alerts_of(alpha, episode: Episode) -> list[Alert]:
    with app_session(alpha.id) as session:
        return list(session.scalars(select(Alert).where(Alert.episode_id == episode.id).order_by(Alert.raised_at)))


def test_closed_episodes_make_a_curve(alpha):
    assert lake_rows(
        alpha.id, "SELECT condition, stratum, instrument, scale, days, n FROM lake.curve_statistic "
        "WHERE fold_left_out = -1 AND n > 0",
    ) == [("knee_replacement", "primary", "nprs@1", "pain", [SIX_WEEKS], 60)]  # fmt: skip


def test_a_course_inside_the_band_is_on_track_and_raises_nothing(alpha):
    with app_session(alpha.id) as session:
        episode = open_episode(session, alpha)
        pain(session, episode, -3, 7)
        answer = pain(session, episode, SIX_WEEKS, 2)
    run(alpha.id, NOW)
    track = track_of(alpha, episode)
    assert (track.status, track.headline, track.response_id, track.score, track.day) == (
        "on_track", True, answer.id, 2.0, SIX_WEEKS,
    )  # fmt: skip
    assert track.expected["p10"] <= 2 <= track.expected["p90"] and track.expected["n"] == 60
    assert [point[0] for point in track.band] == [0, SIX_WEEKS, SIX_WEEKS + 14]
    assert alerts_of(alpha, episode) == []


def test_a_course_outside_the_band_raises_one_alert_with_owner_and_deadline(alpha):
    lead = add_account("lead@alpha.example", alpha.name, Role.PROVIDER, "a long enough word")
    with app_session(alpha.id) as session:
        episode = open_episode(session, alpha)
        patient = episode.patient_id
        make_care_team_member(session, type("P", (), {"id": patient}), lead)
        pain(session, episode, -3, 7)
        pain(session, episode, 20, 7)
        answer = pain(session, episode, SIX_WEEKS, 7)
    run(alpha.id, NOW)
    assert track_of(alpha, episode).status == "off_track"
    (alert,) = alerts_of(alpha, episode)
    assert (alert.rule, alert.trigger, alert.owner_id) == ("off_expected", f"response:{answer.id}", lead)
    assert alert.due_at - alert.raised_at == timedelta(hours=48)
    assert alert.evidence["score"] == 7
    run(alpha.id, NOW + timedelta(days=1))
    assert len(alerts_of(alpha, episode)) == 1


def test_raising_an_alert_is_in_its_history_here_and_in_the_lake(alpha):
    with app_session(alpha.id) as session:
        raised = session.execute(select(AlertEvent.id, AlertEvent.from_state, AlertEvent.to_state)).all()
    assert [(state, to) for _, state, to in raised] == [(None, AlertState.OPEN)]
    assert lake_rows(alpha.id, "SELECT event_id, from_state, to_state FROM lake.alert_event") == [
        (raised[0][0], None, "open")
    ]


def test_a_worker_leaves_the_history_of_what_it_raised_to_the_next_run_and_the_sweep_sees_to_that(alpha):
    """The next answer does not wait for a second run; until the third the tenant is due as any other with news."""
    with app_session(alpha.id) as session:
        episode = open_episode(session, alpha)
        pain(session, episode, -3, 7)
        pain(session, episode, SIX_WEEKS, 7)
    in_lake = f"SELECT to_state FROM lake.alert_event WHERE episode_id = '{episode.id}'"
    assert run(alpha.id, NOW, settle=False).alerts == 1
    assert lake_rows(alpha.id, in_lake) == []
    assert alpha.id in {due.tenant_id for due in tenants_due(NOW)}
    run(alpha.id, NOW, settle=False)
    assert lake_rows(alpha.id, in_lake) == [("open",)]
    assert alpha.id not in {due.tenant_id for due in tenants_due(NOW)}


def test_severe_pain_that_rises_is_a_call_today(alpha):
    with app_session(alpha.id) as session:
        episode = open_episode(session, alpha)
        pain(session, episode, -3, 5)
        pain(session, episode, 30, 9)
    run(alpha.id, NOW)
    assert track_of(alpha, episode).status == "call_today"
    (alert,) = alerts_of(alpha, episode)
    assert (alert.rule, alert.due_at - alert.raised_at) == ("pain_alarm", timedelta(hours=8))


def test_a_registrys_row_is_judged_without_its_own_provider_and_raises_nothing(alpha):
    with app_session(alpha.id) as session:
        episode = open_episode(session, alpha, is_historical=True, state=EpisodeState.CLOSED)
        pain(session, episode, 0, 7)
        pain(session, episode, SIX_WEEKS, 9)
        for step in ("week 6", "week 12"):
            make_assignment(session, episode, step=step, instrument="nprs@1", state=AssignmentState.EXPIRED)
    run(alpha.id, NOW)
    track = track_of(alpha, episode)
    assert (track.status, track.valid_until) == ("few_data", None)  # forty of sixty are left in the other folds
    assert alerts_of(alpha, episode) == []


def test_time_alone_makes_a_patient_silent(alpha):
    expiries = [NOW - timedelta(days=1), NOW + timedelta(days=6)]
    with app_session(alpha.id) as session:
        episode = open_episode(session, alpha)
        baseline = pain(session, episode, -3, 7)
        for number, expires_at in enumerate(expiries):
            make_assignment(session, episode, step=f"week {number}", instrument="nprs@1", expires_at=expires_at)
    run(alpha.id, NOW)
    assert (track_of(alpha, episode).status, track_of(alpha, episode).valid_until) == ("few_data", expiries[1])
    with app_session(alpha.id) as session:
        assert session.get_one(TenantLake, alpha.id).next_due_at <= expiries[1]
    run(alpha.id, NOW + timedelta(days=5))
    assert track_of(alpha, episode).status == "few_data"
    run(alpha.id, NOW + timedelta(days=7))
    assert track_of(alpha, episode).status == "silent"
    assert [alert.trigger for alert in alerts_of(alpha, episode)] == [f"since:{baseline.id}"]


def test_an_alert_put_off_until_the_next_answer_comes_back_with_it(alpha):
    with app_session(alpha.id) as session:
        episode = open_episode(session, alpha)
        pain(session, episode, -3, 5)
        pain(session, episode, 30, 9)
    run(alpha.id, NOW)
    put_off(alpha, episode, None)
    run(alpha.id, NOW + timedelta(days=1))
    assert [alert.state for alert in alerts_of(alpha, episode)] == [AlertState.SNOOZED]
    with app_session(alpha.id) as session:
        pain(session, episode, 31, 8)
    run(alpha.id, NOW + timedelta(days=1))
    assert alerts_of(alpha, episode)[0].state is AlertState.OPEN


def test_an_alert_put_off_until_a_day_comes_back_on_it(alpha):
    with app_session(alpha.id) as session:
        episode = open_episode(session, alpha)
        pain(session, episode, -3, 5)
        pain(session, episode, 30, 9)
    run(alpha.id, NOW)
    put_off(alpha, episode, NOW + timedelta(days=20))
    run(alpha.id, NOW + timedelta(days=19))
    assert [alert.state for alert in alerts_of(alpha, episode)] == [AlertState.SNOOZED]
    run(alpha.id, NOW + timedelta(days=21))
    assert [alert.state for alert in alerts_of(alpha, episode)] == [AlertState.OPEN]


def put_off(alpha, episode: Episode, until: datetime | None) -> None:
    with app_session(alpha.id) as session:
        session.execute(
            update(Alert).where(Alert.episode_id == episode.id).values(state=AlertState.SNOOZED, snoozed_until=until)
        )


def test_the_worst_scale_leads_and_of_equals_the_first(alpha):
    with app_session(alpha.id) as session:
        episode = open_episode(session, alpha)
        for day in (-3, 30):
            pain(session, episode, day, 5 if day < 0 else 9)
            make_response(
                session, episode, {"pain": 2}, instrument="odi@1", local_date=INDEX + timedelta(days=day),
                completed_at=datetime(2026, 1, 12, 9, tzinfo=UTC) + timedelta(days=day),
            )  # fmt: skip
    run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        of_episode = select(Track.instrument, Track.headline).where(Track.episode_id == episode.id)
        assert sorted(session.execute(of_episode).all()) == [("nprs@1", True), ("odi@1", False)]
        session.execute(update(Episode).where(Episode.id == episode.id).values(state=EpisodeState.CLOSED))
    # closed, nothing is urgent any more: both have too few data, and without a pathway the names decide
    run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        assert sorted(session.execute(of_episode).all()) == [("nprs@1", True), ("odi@1", False)]


def test_the_other_tenant_has_seen_nothing_of_this(alpha, tenants):
    _, beta = tenants
    run(beta.id, NOW)
    with app_session(beta.id) as session:
        assert session.scalars(select(Track)).all() == [] and session.scalars(select(Alert)).all() == []
    for table in ("episode", "response", "score", "track_history", "flag", "curve_statistic"):
        assert lake_rows(beta.id, f"SELECT count(*) FROM lake.{table}") == [(0,)]
