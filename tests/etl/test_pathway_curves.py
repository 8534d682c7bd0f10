"""A pathway has a curve of its own as soon as twenty have finished it beside twenty others; its courses begin there."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import select

from care.database import app_session
from care.models import Enrollment, EnrollmentEvent, Episode, Track
from care.status import AssignmentState, EnrollmentState, EpisodeState
from etl.fitting import own_curves
from etl.run import run
from factories import make_assignment, make_episode, make_patient, make_response
from lake_rows import lake_rows

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
INDEX = date(2026, 1, 12)
SIX_WEEKS = 42
FAST, RARE = "total_knee@1", "low_back_pain@1"


def begin(session, episode: Episode, pathway: str, at: datetime, state=EnrollmentState.WITHDRAWN) -> None:
    enrollment = Enrollment(
        tenant_id=episode.tenant_id, patient_id=episode.patient_id, episode_id=episode.id, pathway=pathway,
        state=state, enrolled_at=at, state_changed_at=at,
    )  # fmt: skip
    session.add(enrollment)
    session.flush()
    session.add(
        EnrollmentEvent(
            tenant_id=episode.tenant_id,
            patient_id=episode.patient_id,
            enrollment_id=enrollment.id,
            from_state=None,
            to_state=state,
            at=at,
        )
    )
    session.flush()


def pain(session, episode: Episode, day: int, value: int) -> None:
    at = datetime.combine(episode.index_date, NOW.time(), UTC) + timedelta(days=day)
    make_response(
        session, episode, {"intensity": int(np.clip(value, 0, 10))}, instrument="nprs@1",
        local_date=at.date(), completed_at=at,
    )  # fmt: skip


def finished(session, clinic, pathway: str | None, fall: int, rng: np.random.Generator) -> None:
    past = make_episode(
        session, make_patient(session, clinic), index_date=INDEX - timedelta(days=200), state=EpisodeState.CLOSED
    )
    if pathway:
        begin(session, past, pathway, NOW - timedelta(days=220))
    start = int(rng.integers(7, 10))
    pain(session, past, -3, start)
    pain(session, past, SIX_WEEKS, start - fall + int(rng.integers(-1, 2)))
    make_assignment(
        session, past, step="follow_up", instrument="nprs@1", state=AssignmentState.ANSWERED,
        due_date=past.index_date + timedelta(days=SIX_WEEKS),
    )  # fmt: skip


@pytest.fixture(scope="module")
def alpha(tenants):
    """Forty courses of pain that fall by six on a pathway, forty without one that fall by two, five on a third."""
    alpha, _ = tenants
    rng = np.random.default_rng(3)
    with app_session(alpha.id) as session:
        for pathway, fall, count in ((FAST, 6, 40), (None, 2, 40), (RARE, 4, 5)):
            for _ in range(count):
                finished(session, alpha.north, pathway, fall, rng)
    run(alpha.id, NOW)
    return alpha


def expected_of(alpha, *pathways: str) -> tuple[float, int, dict]:
    """Of an open episode on these pathways in turn: middle of the band at six weeks, patients behind it, the band."""
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north), index_date=INDEX)
        for number, pathway in enumerate(pathways):
            begin(session, episode, pathway, NOW - timedelta(days=60 - number))
        pain(session, episode, -3, 8)
        pain(session, episode, SIX_WEEKS, 4)
    run(alpha.id, NOW)
    with app_session(alpha.id) as session:
        track = session.scalars(select(Track).where(Track.episode_id == episode.id, Track.instrument == "nprs@1")).one()
        return track.expected["p50"], track.expected["n"], track.expected


def test_a_pathway_with_enough_of_its_own_has_a_curve_the_others_share_one(alpha):
    assert lake_rows(
        alpha.id, "SELECT pathway, n FROM lake.curve_statistic "
        "WHERE instrument = 'nprs@1' AND fold_left_out = -1 ORDER BY ALL",
    ) == [("", 85), ("total_knee", 40)]  # fmt: skip


def test_each_course_is_held_against_its_own_pathway(alpha):
    on_fast, behind, _ = expected_of(alpha, FAST)
    without, _, _ = expected_of(alpha)
    assert (on_fast, without) == (pytest.approx(2, abs=0.8), pytest.approx(4, abs=0.8))
    assert behind == 85  # the clinic's others are behind it, too, only with less weight


def test_a_pathway_of_a_few_is_judged_by_the_common_curve(alpha):
    assert expected_of(alpha, RARE)[:2] == expected_of(alpha)[:2]


def test_the_pathway_a_course_began_on_counts(alpha):
    assert expected_of(alpha, FAST, RARE)[:2] == expected_of(alpha, FAST)[:2]


def test_nothing_is_fitted_again_without_news(alpha):
    when = "SELECT max(snapshot) FROM lake.curve_statistic"
    before = lake_rows(alpha.id, when)
    expected_of(alpha, FAST)
    assert lake_rows(alpha.id, when) == before


def test_a_completed_pathway_is_evidence_while_its_episode_stays_open(alpha):
    """Only what came until then: a later answer does not fit the curve again."""
    behind = "SELECT n FROM lake.curve_statistic WHERE instrument = 'nprs@1' AND pathway = 'total_knee'"
    with app_session(alpha.id) as session:
        episode = make_episode(session, make_patient(session, alpha.north), index_date=INDEX)
        begin(session, episode, FAST, NOW - timedelta(days=80), EnrollmentState.ACTIVE)
        pain(session, episode, -3, 8)
        pain(session, episode, SIX_WEEKS, 3)
    run(alpha.id, NOW)
    assert lake_rows(alpha.id, behind) == [(40,)]
    with app_session(alpha.id) as session:
        begin(session, episode, FAST, NOW - timedelta(days=1), EnrollmentState.COMPLETED)
    run(alpha.id, NOW)
    assert lake_rows(alpha.id, behind) == [(41,)]
    fitted = lake_rows(alpha.id, "SELECT max(snapshot) FROM lake.curve_statistic")
    with app_session(alpha.id) as session:
        pain(session, episode, 67, 3)
    run(alpha.id, NOW + timedelta(days=1))
    assert lake_rows(alpha.id, "SELECT max(snapshot) FROM lake.curve_statistic") == fitted


@pytest.mark.parametrize(
    ("counts", "own"),
    [
        ({"": 30, "a": 20}, ["a"]),
        ({"": 30, "a": 19}, []),
        ({"": 19, "a": 500}, []),  # nearly everybody: the common curve is theirs
        ({"a": 20, "b": 20}, ["a", "b"]),
        ({"a": 10, "b": 10, "c": 25}, ["c"]),
        ({}, []),
    ],
)
def test_twenty_on_either_side_make_a_difference(counts, own):
    assert own_curves(np.repeat(list(counts), list(counts.values()))) == own
