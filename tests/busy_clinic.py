"""A small clinic in which every step of a run has something to do: a curve, tracks of every kind, alerts, rejects."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import func, select

from care.database import app_session
from care.models import Alert, AlertEvent, Episode, Track
from care.status import AssignmentState, EpisodeState
from factories import make_assignment, make_episode, make_patient, make_response
from lake_rows import lake_rows

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
INDEX = date(2026, 1, 12)
PAST, OPEN = 60, 12


def fill(tenant) -> None:
    """The same clinic for every tenant: sixty closed episodes, twelve open ones, one broken answer."""
    rng = np.random.default_rng(11)
    with app_session(tenant.id) as session:
        for number in range(PAST + OPEN):
            is_open = number >= PAST
            episode = make_episode(
                session,
                make_patient(session, tenant.north),
                index_date=INDEX - timedelta(days=0 if is_open else 200),
                state=EpisodeState.OPEN if is_open else EpisodeState.CLOSED,
            )
            before = int(rng.integers(5, 9))
            pain(session, episode, -3, before)
            pain(session, episode, 42, int(rng.integers(0, 11)) if is_open else max(0, before - 5))
            if not is_open:
                make_assignment(
                    session, episode, step="follow_up", instrument="nprs@1",
                    due_date=episode.index_date + timedelta(days=42), state=AssignmentState.ANSWERED,
                )  # fmt: skip
        pain(session, episode, 43, 11)


def pain(session, episode: Episode, day: int, value: int):
    return make_response(
        session, episode, {"intensity": value}, instrument="nprs@1",
        local_date=episode.index_date + timedelta(days=day),
        completed_at=datetime.combine(episode.index_date, NOW.time(), UTC) + timedelta(days=day),
    )  # fmt: skip


def everything_known(tenant) -> dict[str, list]:
    """What the lake and care say of the tenant, without ids: equal for two tenants with the same rows."""
    queries = {
        "responses": "SELECT instrument, day, answers, is_baseline, counts FROM lake.response ORDER BY ALL",
        "scores": "SELECT instrument, scale, day, value FROM lake.score ORDER BY ALL",
        "tracks": "SELECT status, reason, score, day, p10, p90, headline FROM lake.track_history ORDER BY ALL",
        "flags": "SELECT rule, status, reason FROM lake.flag ORDER BY ALL",
        "curves": "SELECT scale, fold_left_out, n FROM lake.curve_statistic ORDER BY ALL",
        "rejected": "SELECT source, rule, field, value FROM lake.rejected ORDER BY ALL",
        "alert_events": "SELECT rule, from_state, to_state FROM lake.alert_event ORDER BY ALL",
    }
    return {name: lake_rows(tenant.id, query) for name, query in queries.items()} | in_care(tenant)


def in_care(tenant) -> dict[str, list]:
    with app_session(tenant.id) as session:
        tracks = session.execute(select(Track.status, Track.reason, Track.headline).order_by(Track.reason, Track.score))
        alerts = session.execute(select(Alert.rule, Alert.reason, Alert.state).order_by(Alert.rule, Alert.reason))
        return {
            "care tracks": [tuple(row) for row in tracks],
            "care alerts": [tuple(row) for row in alerts],
            "care alert events": [session.scalar(select(func.count(AlertEvent.id)))],
        }
