"""Flags keep the chosen false-alarm rate per episode; goals, shapes and reasons."""

import numpy as np
import pytest

from bench.cohorts import simulate
from bench.recovery_alarms import SCALE, courses_of, episode_minimum, one_seed
from bench.recovery_alarms import results as alarm_results
from scoring.recovery_calibrate import calibrate
from scoring.recovery_courses import Courses
from scoring.recovery_explain import contributions
from scoring.recovery_fit import fit_curve
from scoring.recovery_flags import calibrated, off_expected, worse_shares
from scoring.recovery_goal import FlagRecord, goal_chance, goal_scores, record_of
from scoring.recovery_shape import shapes

FITTED = courses_of(simulate(2000, 8, seed=1))
CURVE = fit_curve(FITTED, SCALE)


def test_the_threshold_is_a_quantile_of_the_episodes_worst_moment():
    shares = np.array([[0.5, 0.02], [0.3, np.nan], [0.9, 0.6], [np.nan, np.nan]])
    nothing = np.full(shares.shape, np.nan)
    assert calibrated(shares, nothing, rates=(0.5,)).at(0.5) == pytest.approx(0.3)


def test_a_chosen_rate_of_on_track_episodes_is_ever_flagged():
    thresholds = calibrate(FITTED, SCALE)
    lowest = episode_minimum(CURVE, courses_of(simulate(5000, 8, seed=7)))
    flagged = [np.mean(lowest <= thresholds.at(rate)) for rate in (0.05, 0.1, 0.2)]
    assert flagged == pytest.approx([0.05, 0.1, 0.2], abs=0.025)


def test_a_deviation_inside_the_measurement_error_is_not_off():
    shares, deviation = np.array([[0.001, 0.001, np.nan]]), np.array([[5.0, 12.0, 50.0]])
    sudden, slow = off_expected(shares, np.ones((1, 3)), 0.02, deviation, mdc=10.0)
    assert sudden.tolist() == [[False, True, False]]
    assert slow.tolist() == [[False, False, False]]


def test_worse_is_the_high_end_where_lower_is_better():
    assert worse_shares(np.array([0.97]), higher_is_better=False) == pytest.approx([0.03])


def test_no_curve_no_threshold():
    assert calibrate(FITTED[:40], SCALE) is None


def test_the_chance_of_a_goal_is_calibrated_and_its_flag_keeps_a_record():
    new = courses_of(simulate(4000, 8, seed=9))
    early, goal = new.until(4), goal_scores("MCID", 15, new.baseline, True)
    last = np.where(np.isnan(new.score[:, 7]), np.nan, (new.score[:, 7] >= goal).astype(float))
    chance = goal_chance(CURVE, early, 365.0, goal)
    known = ~np.isnan(last)
    for low, high in ((0.0, 0.3), (0.3, 0.7), (0.7, 1.0)):
        group = known & (chance >= low) & (chance <= high)
        assert last[group].mean() == pytest.approx(chance[group].mean(), abs=0.05)
    share, lowest, highest = record_of(chance, last, 0.2).predictive_value()
    assert 0.8 < share < 1.0 and lowest < share < highest


def test_a_goal_beyond_the_scale_cannot_be_reached():
    course = Courses(np.array([95.0]), np.zeros((1, 1)), np.array([[30.0]]), np.array([[99.0]]))
    assert goal_chance(CURVE, course, 180.0, goal_scores("MCID", 15, course.baseline, True)).tolist() == [0.0]


def test_a_record_without_flags_has_no_predictive_value():
    share, low, high = FlagRecord(0, 0, 10, 2).predictive_value()
    assert np.isnan(share) and (low, high) == (0.0, 1.0)
    assert FlagRecord(4, 4, 0, 0).predictive_value()[2] == 1.0
    assert FlagRecord(4, 3, 6, 1).sensitivity() == 0.75


@pytest.mark.parametrize(
    ("score", "shape"),
    [
        ([30, 30, np.nan], "slow start"),
        ([40, 40, 41], "plateau"),
        ([70, 75, 60], "late dip"),
        ([70, 75, 40], "relapse"),
        ([70, 75, 78], None),
        ([np.nan, np.nan, np.nan], None),
    ],
)
def test_shapes_in_words(score, shape):
    day, expected = np.array([[14.0, 42.0, 120.0]]), np.array([[40.0, 50.0, 58.0]])
    found = shapes(day, np.array([score]), expected, better=1.0, step=8.0)
    assert found.tolist() == [shape]
    mirrored = shapes(day, 100 - np.array([score]), 100 - expected, better=-1.0, step=8.0)
    assert mirrored.tolist() == [shape]


def test_contributions_add_up_to_what_is_shown():
    day, baseline, x = np.array([30.0, 180.0]), np.array([55.0, 98.0]), np.array([[0.8], [0.0]])
    middle = CURVE.expected(day, baseline, x, np.array([0.5]))[:, 0]
    words, points = contributions(CURVE, day, baseline, x, middle, ["age"])
    assert words == ["similar patients on average", "own baseline", "age"]
    assert points.sum(axis=1) == pytest.approx(middle, abs=0.005)
    assert points[1, 2] == 0 and points[1, 1] > points[0, 1]


@pytest.mark.slow
def test_the_alarm_table_reaches_every_bar(shared_folder):
    missed = [result.line() for result in alarm_results(shared_folder / "data") if result.reached is False]
    assert missed == []


def test_one_simulated_seed_is_near_the_chosen_rates():
    rates, worsened = one_seed(8, 1)
    assert rates == pytest.approx([5, 10, 20], abs=2.5)
    assert worsened[worsened["earlier"] >= 3]["caught"].mean() > 0.58
