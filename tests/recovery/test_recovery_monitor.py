"""Calibration is watched: by subgroup, and over time."""

import numpy as np
import pytest

from scoring.recovery_monitor import coverage_by, cusum, drift, pit_histogram, wilson


def test_a_calibrated_band_has_a_flat_histogram():
    assert pit_histogram(np.linspace(0.001, 0.999, 1000)) == pytest.approx(np.full(10, 0.1))
    assert pit_histogram(np.array([0.05, np.nan]))[0] == 1.0


def test_a_subgroup_is_off_by_two_points_on_enough_answers_only():
    many, few = np.repeat([0.5, 0.01], [700, 300]), np.repeat([0.5, 0.01], [70, 30])  # 70 % inside
    table = coverage_by(np.concatenate([many, few, [np.nan]]), np.repeat(["men", "women", "men"], [1000, 100, 1]))
    assert table.loc["men", ["n", "inside", "flagged", "off"]].tolist() == [1000, 0.7, 0.3, True]
    assert not table.loc["women", "off"]


def test_wilson_by_hand():
    low, high = wilson(np.array([0.8]), np.array([100]))
    assert (low[0], high[0]) == pytest.approx((0.7112, 0.8666), abs=1e-3)


def test_cusum_restarts_at_zero():
    assert cusum(np.array([1.0, -3.0, 2.0, 1.0, -1.0])).tolist() == [1.0, 0.0, 2.0, 3.0, 2.0]


def test_drift_is_found_and_dated_and_calm_is_not():
    rng = np.random.default_rng(1)
    assert not drift(rng.uniform(size=3000)).alarm
    covers_less = np.where(rng.random(2000) < 0.7, 0.5, 0.01)
    moved = drift(np.concatenate([rng.uniform(size=2000), covers_less]))
    assert moved.alarm and 1500 < moved.since <= 2100  # the last moment of calm before the alarm
