"""The threshold is calibrated on the tests as the ETL applies them: the same answers are off by both roads."""

import numpy as np
import pytest

from bench.recovery_clinic import CHOSEN, MDC, clinic, courses_of, ever_flagged, flags, simulate

SEED, VISITS = 3, 8


@pytest.fixture(scope="module")
def one():
    return clinic(VISITS, SEED, MDC, closed=200)


def test_what_the_etl_flags_is_what_the_calibration_counts(one):
    present = courses_of(simulate(600, VISITS, 1000 + SEED))
    lowest = np.fmin(*one.curve.judged_shares(present, MDC))
    patient, visit = np.nonzero(present.answered)
    rows = one.rows[["patient"]].assign(visit=visit)
    assert rows["patient"].tolist() == patient.tolist()
    for chosen, off in zip(CHOSEN, flags(one), strict=True):
        counted = lowest[patient, visit] <= one.curve.thresholds.at(chosen)
        assert 20 < counted.sum() < 400
        assert off.to_numpy().tolist() == counted.tolist()


def test_an_answer_inside_the_measurement_error_is_not_counted(one):
    present = courses_of(simulate(600, VISITS, 1000 + SEED))
    without, with_mdc = (np.fmin(*one.curve.judged_shares(present, mdc)) for mdc in (np.nan, MDC))
    known = present.answered
    assert np.isnan(without[~known]).all() and np.isnan(with_mdc[~known]).all()
    raised = with_mdc[known] > without[known]
    assert raised.any() and (with_mdc[known] >= without[known]).all()


def test_no_threshold_is_above_its_rate(one):
    assert (one.curve.thresholds.shares <= CHOSEN).all()


def test_a_measurement_error_larger_than_any_difference_flags_nobody():
    assert ever_flagged(clinic(3, SEED, 99.0, closed=200)) == [0.0, 0.0, 0.0]


@pytest.mark.slow
@pytest.mark.parametrize("visits", [3, 8])
def test_the_chosen_share_of_courses_on_track_is_ever_flagged(visits):
    rates = np.array([ever_flagged(clinic(visits, seed, np.nan)) for seed in range(1, 7)]).mean(axis=0)
    assert np.abs(rates - CHOSEN).max() <= 0.02
