"""Of few patients the width of the band is a slope on the prediction: narrow where scores pile up at an end."""

import numpy as np
import pytest

from scoring.recovery_histogram import RESIDUAL_EDGES, count_residuals
from scoring.recovery_spread import LEAST, MOST, WidthSlope, evened, fit_spread

TENTHS = np.array([0.1, 0.5, 0.9])


def counts_of(n: int, narrow: float, seed: int = 1):
    """n patients, half predicted 10 and half 70; the residuals of the first are `narrow` times those of the others."""
    rng = np.random.default_rng(seed)
    predicted = np.repeat([10.0, 70.0], n // 2) + rng.uniform(-5, 5, n)
    residual = rng.normal(size=n) * np.where(predicted < 40, narrow, 1.0)
    return count_residuals(predicted, residual, n, (0, 100))


def width_at(counts, predicted: float) -> float:
    low, _, high = counts.quantiles().at(np.array([predicted]), TENTHS)[0]
    return high - low


def test_where_residuals_are_narrower_the_band_is():
    wide, narrow = (width_at(counts_of(150, 0.4), at) for at in (70.0, 10.0))
    assert narrow / wide == pytest.approx(0.4, abs=0.15)
    assert wide == pytest.approx(2 * 1.28, rel=0.25)


def test_where_they_are_alike_so_are_the_bands():
    wide, narrow = (width_at(counts_of(150, 1.0), at) for at in (70.0, 10.0))
    assert narrow / wide == pytest.approx(1.0, abs=0.25)


def test_a_handful_of_patients_makes_no_slope_of_their_own():
    counts = counts_of(6, 0.01)
    assert width_at(counts, 10.0) / width_at(counts, 70.0) > 0.5


def test_patients_of_one_prediction_have_one_width():
    assert fit_spread(np.array([50.0, 50.2]), np.ones((2, 240)), RESIDUAL_EDGES, 100.0) is None


def test_from_three_hundred_patients_on_bins_tell_it():
    counts = counts_of(600, 0.4)
    assert len(counts.quantiles().centres) == 6  # of a hundred each
    assert width_at(counts, 10.0) / width_at(counts, 70.0) == pytest.approx(0.4, abs=0.1)


def test_a_factor_has_ends():
    spread = WidthSlope(50.0, 10.0, 1.0)
    assert spread.at(np.array([-500.0, 50.0, 500.0])).tolist() == [LEAST, 1.0, MOST]


def test_evening_out_loses_nobody():
    counts = np.random.default_rng(2).poisson(0.3, (5, 240)).astype(float)
    even = evened(counts, np.array([0.5, 0.8, 1.0, 1.5, 2.0]), RESIDUAL_EDGES)
    assert even.sum() == pytest.approx(counts.sum()) and (even >= -1e-9).all()
