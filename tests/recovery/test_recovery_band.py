"""The expected course: scheduled days, straight lines between, and nothing claimed where nothing is known."""

import numpy as np
import pandas as pd
import pytest

from scoring.band_folds import folds
from scoring.recovery_band import RecoveryBand, fit_recovery_band, nearest_answers

MEDIAN = [0.5]


def answers(day: int, n: int, score: float, spread: float = 3.0) -> pd.DataFrame:
    """n patients who all started at 40 and answered on one day."""
    noise = np.random.default_rng(day).normal(0, spread, n)
    return pd.DataFrame({"episode_id": range(n), "day": day, "baseline": 40.0, "score": score + noise})


def fitted(*visits: pd.DataFrame) -> RecoveryBand | None:
    together = pd.concat(visits, ignore_index=True)
    return fit_recovery_band(together, pd.DataFrame(index=together.index), (42, 90), (0, 100))


def nobody(n: int) -> pd.DataFrame:
    return pd.DataFrame(index=range(n))


def test_a_scheduled_day_under_fifty_patients_gets_no_band():
    assert fitted(answers(42, 49, 60.0)) is None
    assert list(fitted(answers(42, 200, 60.0), answers(90, 49, 80.0)).fits) == [42]


def test_only_answers_within_two_weeks_count_for_a_scheduled_day():
    assert list(fitted(answers(57, 100, 60.0), answers(104, 100, 80.0)).fits) == [90]  # 57 is 15 days from 42


def test_an_episode_counts_once_with_its_nearest_answer():
    visits = pd.DataFrame(
        {"episode_id": [1, 1, 1, 2, 2], "day": [30, 40, 44, 50, 43], "score": [1.0, 2.0, 3.0, 4.0, None]}
    )
    assert visits["score"][nearest_answers(visits, 42)].tolist() == [2.0, 4.0]


def test_the_band_starts_at_the_own_baseline_and_is_straight_between_scheduled_days():
    band = fitted(answers(42, 400, 60.0), answers(90, 400, 80.0))
    day = np.array([0, 21, 42, 66, 90, 104])
    median = band.at(day, np.full(6, 40.0), nobody(6), MEDIAN)[:, 0]
    assert median == pytest.approx([40, 50, 60, 70, 80, 80], abs=0.5)


def test_nothing_is_expected_before_surgery_or_long_after_the_last_scheduled_day():
    band = fitted(answers(42, 400, 60.0))
    assert np.isnan(band.at(np.array([-3, 57]), np.full(2, 40.0), nobody(2), MEDIAN)).all()
    assert np.isnan(band.below(np.array([-3, 0, 57]), np.full(3, 40.0), nobody(3), np.full(3, 50.0))).all()


def test_the_share_below_agrees_with_the_band_on_every_day():
    band = fitted(answers(42, 400, 60.0), answers(90, 400, 80.0))
    day = np.array([10, 42, 60, 90, 100])
    edge = band.at(day, np.full(5, 40.0), nobody(5), [0.1])[:, 0]
    at_edge = band.below(day, np.full(5, 40.0), nobody(5), edge)
    assert at_edge == pytest.approx(np.full(5, 0.1), abs=0.001)


def test_chart_points_of_many_are_those_of_one():
    band = fitted(answers(42, 400, 60.0), answers(90, 400, 80.0))
    days, expected = band.points_of_many(np.array([40.0, 40.0]), nobody(2))
    points = band.points(40.0, nobody(1))
    assert days == [0, 42, 90, 104]
    assert [[day, *row] for day, row in zip(days, expected[1].tolist(), strict=True)] == points


def test_a_course_survives_json():
    band = fitted(answers(42, 400, 60.0), answers(90, 400, 80.0))
    again = RecoveryBand.from_json(band.to_json())
    assert again.points(40.0, nobody(1)) == band.points(40.0, nobody(1))
    assert again.n(np.array([10, 88])).tolist() == [400, 400]


def test_a_clinic_is_judged_by_a_band_that_has_not_seen_it():
    visits = answers(42, 400, 60.0)
    clinic = np.where(visits.index < 100, "north", "south")
    fold = folds(clinic, k=5)
    assert fold[0] != fold[-1]
    visits.loc[clinic == "north", "score"] += 30  # the north is 30 points better
    without = fit_recovery_band(visits[fold != fold[0]], nobody(400)[fold != fold[0]], (42,), (0, 100))
    assert without.n(np.array([42])).tolist() == [300]
    assert without.at(np.array([42]), np.array([40.0]), nobody(1), MEDIAN)[0, 0] == pytest.approx(60, abs=1)
