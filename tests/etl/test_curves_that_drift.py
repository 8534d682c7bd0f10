"""A curve that has drifted is found by answers it has not seen, fitted again with its reason, and put right."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import update

from care.access import Scope
from care.database import app_session
from care.lakes import lake_address
from care.models import Episode
from care.status import AssignmentState, EpisodeState
from etl.lakes import open_writer, tenant_lock
from etl.run import run
from etl.strata import Stratum
from etl.watch import Why, drifted, may_refit_for_drift, reason_to_fit
from factories import make_assignment, make_episode, make_patient, make_response
from lake_rows import lake_rows
from scoring.monitoring import randomised_pit, tenths_of
from warehouse.connection import Lake, reader
from warehouse.questions.judged_answers import get_judged_answers

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
INDEX = date(2026, 1, 12)
SIX_WEEKS = 42
CURVE = Stratum("knee_replacement", "primary", "surgery", "nprs@1", "pain")
_numbers = count(1)
OF_CURVE = "FROM lake.curve_fit WHERE instrument = 'nprs@1'"


def numbered() -> UUID:
    """Folds go by the ids of episodes, ties by those of responses: random ones were another clinic every time."""
    return UUID(int=next(_numbers))


def pain(session, episode: Episode, day: int, value: int):
    return make_response(
        session, episode, {"intensity": value}, id=numbered(), instrument="nprs@1",
        local_date=episode.index_date + timedelta(days=day),
        completed_at=datetime.combine(episode.index_date, NOW.time(), UTC) + timedelta(days=day),
    )  # fmt: skip


def patients(alpha, rng, how_many: int, better: int, index_date: date, **columns) -> None:
    """Pain 5 to 8 before; after six weeks five points less, give or take two, and ``better`` still."""
    with app_session(alpha.id) as session:
        for _ in range(how_many):
            patient = make_patient(session, alpha.north)
            episode = make_episode(session, patient, id=numbered(), index_date=index_date, **columns)
            before = int(rng.integers(5, 9))
            pain(session, episode, -3, before)
            pain(session, episode, SIX_WEEKS, int(np.clip(before - 3 + rng.integers(-2, 3) - better, 0, 10)))
            make_assignment(
                session, episode, step="follow_up", instrument="nprs@1", state=AssignmentState.ANSWERED,
                due_date=index_date + timedelta(days=SIX_WEEKS),
            )  # fmt: skip


def fits(alpha) -> list[tuple]:
    return lake_rows(alpha.id, f"SELECT n, why, counts, answers > 0 {OF_CURVE} ORDER BY snapshot")


def judged(alpha) -> pd.DataFrame:
    with reader(Lake(**lake_address(alpha.id))) as lake:
        return get_judged_answers(lake, Scope(alpha.id, None))


def found(alpha) -> dict:
    with tenant_lock(alpha.id):
        return drifted(open_writer(alpha.id))


@pytest.fixture(scope="module")
def alpha(tenants):
    """A curve of a hundred closed episodes, and eighty patients under care who do as those did."""
    alpha, _ = tenants
    rng = np.random.default_rng(11)
    patients(alpha, rng, 100, 0, INDEX - timedelta(days=200), state=EpisodeState.CLOSED)
    patients(alpha, rng, 80, 0, INDEX)
    run(alpha.id, NOW)
    return alpha


def test_a_first_fit_is_written_down_and_a_sound_curve_has_not_drifted(alpha):
    assert fits(alpha) == [(100, "first", True, False)]
    assert not found(alpha)


def test_of_a_sound_clinic_whole_numbers_fall_evenly(alpha):
    answers = judged(alpha)
    assert len(answers) == 80 and answers["counts"].all()  # none of a closed episode: its curve has seen it
    pit = randomised_pit(*(answers[name].to_numpy(float) for name in ("below", "equal", "chance")))
    seen = tenths_of(pit, answers["episode_id"].to_numpy())
    assert not seen.uneven
    # the middle of the ties, which the page showed before: four scores of eleven, bunched
    assert tenths_of(answers["below"].to_numpy(float), answers["episode_id"].to_numpy()).uneven


def test_whole_numbers_are_spread_over_their_ties(alpha):
    shares = lake_rows(alpha.id, 'SELECT below, "equal" FROM lake.track WHERE below IS NOT NULL')
    assert all(0 < equal < 1 and equal / 2 <= below + 1e-9 for below, equal in shares)


def test_patients_who_do_better_make_a_drift_which_the_next_fit_puts_right(alpha):
    patients(alpha, np.random.default_rng(12), 60, 2, INDEX)
    run(alpha.id, NOW + timedelta(days=1))
    assert set(found(alpha)) == {CURVE}
    run(alpha.id, NOW + timedelta(days=2), Why.DRIFT)
    assert fits(alpha)[-1] == (100, "drift", True, True)
    shift, spread = lake_rows(alpha.id, f"SELECT shift, spread {OF_CURVE} ORDER BY snapshot DESC")[0]
    assert -1.0 < shift < -0.2 and 0.8 < spread < 1.5  # less pain: lower on this scale
    assert not found(alpha)  # the count began anew


def test_the_corrected_curve_judges_the_patients_that_come_next(alpha):
    patients(alpha, np.random.default_rng(13), 60, 2, INDEX + timedelta(days=1))
    run(alpha.id, NOW + timedelta(days=3))
    below = lake_rows(
        alpha.id,
        "SELECT avg(t.below) FROM lake.track AS t JOIN lake.episode AS e USING (episode_id) WHERE e.index_date = ?",
        INDEX + timedelta(days=1),
    )[0][0]
    assert 0.33 < below < 0.5  # 0.24 without the correction, which had a mixture of both to learn from


def test_a_drift_fits_again_once_a_week_at_most(alpha):
    with tenant_lock(alpha.id):
        connection = open_writer(alpha.id)
        assert not may_refit_for_drift(connection, NOW + timedelta(days=8))
        assert may_refit_for_drift(connection, NOW + timedelta(days=9))


def test_a_correction_stands_when_closed_episodes_teach_the_curve_and_fades_with_their_number(alpha):
    before = lake_rows(alpha.id, f"SELECT shift {OF_CURVE} ORDER BY snapshot DESC")[0][0]
    with app_session(alpha.id) as session:
        some = session.query(Episode.id).filter_by(state=EpisodeState.OPEN).limit(20)
        session.execute(update(Episode).where(Episode.id.in_(some)).values(state=EpisodeState.CLOSED, closed_at=NOW))
    run(alpha.id, NOW + timedelta(days=10))
    assert fits(alpha)[-1] == (120, "learned", False, False)
    after = lake_rows(alpha.id, f"SELECT shift {OF_CURVE} ORDER BY snapshot DESC")[0][0]
    assert after == pytest.approx(before * 130 / 150)


def test_a_manager_s_wish_fits_every_curve_and_corrects_none_that_holds(alpha):
    run(alpha.id, NOW + timedelta(days=11), Why.ASKED)  # half of what is judged still came before the correction
    run(alpha.id, NOW + timedelta(days=12), Why.ASKED)
    n, why, counts, corrected = fits(alpha)[-1]
    assert (n, why, counts, corrected) == (120, "asked", False, False)


@pytest.mark.parametrize(
    ("why", "is_first", "has_news", "has_drifted", "reason"),
    [
        (None, True, True, False, Why.FIRST),
        (None, False, True, False, Why.LEARNED),
        (None, False, False, True, None),
        (Why.DRIFT, False, False, True, Why.DRIFT),
        (Why.DRIFT, False, False, False, None),
        (Why.DRIFT, False, True, False, Why.LEARNED),
        (Why.ASKED, False, False, False, Why.ASKED),
    ],
)
def test_why_a_curve_is_fitted(why, is_first, has_news, has_drifted, reason):
    assert reason_to_fit(why, is_first, has_news, has_drifted) is reason
