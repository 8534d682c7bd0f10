"""Drift: found soon, both ways, and rarely where there is none."""

import numpy as np
import pytest
from scipy.stats import norm

import settings
from scoring.monitoring_drift import cusum, drift
from scoring.monitoring_rules import parse_monitoring_rules

RULES = parse_monitoring_rules((settings.CONTENT / "recovery" / "monitoring.toml").read_text())


def of_single_patients(pit: np.ndarray):
    return drift(pit, np.arange(len(pit)), RULES)


def test_cusum_restarts_at_zero():
    assert cusum(np.array([1.0, -3.0, 2.0, 1.0, -1.0])).tolist() == [1.0, 0.0, 2.0, 3.0, 2.0]


def test_cusum_is_what_the_boring_loop_says():
    step = np.random.default_rng(1).normal(-0.1, 1, 300)
    path, at = [], 0.0
    for each in step:
        at = max(0.0, at + each)
        path.append(at)
    assert cusum(step) == pytest.approx(path)


def test_calm_is_calm_and_no_answer_is_no_drift():
    assert not of_single_patients(np.random.default_rng(1).uniform(size=3000)).alarm
    nothing = of_single_patients(np.array([np.nan]))
    assert nothing.n == 0 and not nothing.alarm and nothing.nearest.nearness == 0


@pytest.mark.parametrize(
    ("shift", "spread", "coverage", "level"),
    [(0.5, 1.0, "", "up"), (-0.5, 1.0, "", "down"), (0.0, 1.6, "down", ""), (0.0, 0.5, "up", "")],
)
def test_both_ways_are_told_apart(shift, spread, coverage, level):
    z = shift + spread * np.random.default_rng(2).standard_normal(250)
    found = of_single_patients(norm.cdf(z))
    assert (found.coverage.alarm, found.level.alarm) == (coverage, level)


def run_lengths(shift: float, spread: float, paths: int, longest: int) -> np.ndarray:
    """Answers until the alarm; infinite where none came."""
    rng = np.random.default_rng(8)
    lengths = []
    for _ in range(paths):
        found = of_single_patients(norm.cdf(shift + spread * rng.standard_normal(longest)))
        over = [
            np.flatnonzero(path > each.limit) for each in (found.coverage, found.level) for path in (each.up, each.down)
        ]
        lengths.append(min((at[0] + 1 for at in over if len(at)), default=np.inf))
    return np.array(lengths)


def test_the_published_run_lengths_hold():
    # One false alarm in 4,900 answers of both sums together: within 1,000 answers every sixth sound curve has one.
    assert np.isfinite(run_lengths(0, 1, 150, 1000)).mean() < 0.25
    half_an_sd = run_lengths(0.5, 1, 60, 400)
    assert np.isfinite(half_an_sd).all() and 40 < half_an_sd.mean() < 80


def test_answers_of_one_patient_that_resemble_each_other_raise_no_more_alarms():
    rng = np.random.default_rng(9)
    patient = np.tile(np.arange(100), 6)  # a hundred patients, once a week for six weeks
    counts = {"alike": 0, "as if apart": 0}
    for _ in range(150):
        own = np.tile(rng.standard_normal(100), 6)
        pit = norm.cdf(np.sqrt(0.6) * own + np.sqrt(0.4) * rng.standard_normal(600))
        counts["alike"] += drift(pit, patient, RULES).alarm
        counts["as if apart"] += of_single_patients(pit).alarm
    assert counts["alike"] <= 15 < counts["as if apart"]
