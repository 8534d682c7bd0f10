"""A drifted expectation is put right: by how far its middle has moved, and how much wider answers lie."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

import settings
from scoring.monitoring_correction import Correction, corrected, learn_correction
from scoring.monitoring_rules import parse_monitoring_rules
from scoring.recovery_basis import SURGERY_KNOTS, Scale
from scoring.recovery_courses import Courses
from scoring.recovery_fit import fit_curve

RULES = parse_monitoring_rules((settings.CONTENT / "recovery" / "monitoring.toml").read_text())


def answers(rng, n: int, shift: float = 0.0, spread: float = 1.0) -> Courses:
    baseline = np.clip(rng.normal(40, 12, n), 5, 80)
    day = np.tile([14.0, 42.0, 84.0], (n, 1))
    usual = 0.5 * baseline[:, None] + np.array([20, 35, 42]) + 10 * (shift + spread * rng.standard_normal((n, 3)))
    return Courses(baseline, np.zeros((n, 0)), day, np.clip(usual, 0, 100))


@pytest.fixture(scope="module")
def curve():
    scale = Scale(0.0, 100.0, True, 40.0, 12.0, SURGERY_KNOTS)
    return fit_curve(answers(np.random.default_rng(1), 600), scale)


@pytest.mark.parametrize(("shift", "spread"), [(0.5, 1.0), (-0.4, 1.25), (0.0, 0.75)])
def test_the_corrected_curve_holds_what_it_promises(curve, shift, spread):
    now = answers(np.random.default_rng(2), 400, shift, spread)
    learnt = learn_correction(curve.share_below(now).ravel(), RULES)
    assert learnt.shift == pytest.approx(shift, abs=0.13) and learnt.spread == pytest.approx(spread, abs=0.13)
    after = corrected(curve, learnt).share_below(answers(np.random.default_rng(3), 400, shift, spread)).ravel()
    assert after.mean() == pytest.approx(0.5, abs=0.05)
    assert (abs(after - 0.5) <= 0.4).mean() == pytest.approx(0.8, abs=0.03)


def test_two_corrections_are_one(curve):
    first, second = Correction(0.3, 1.2), Correction(-0.1, 0.9)
    step_by_step = corrected(corrected(curve, first), replace(second))
    at_once = corrected(curve, first.then(second))
    assert step_by_step.mean.height == pytest.approx(at_once.mean.height)
    assert step_by_step.width.sd == pytest.approx(at_once.width.sd)


def test_few_answers_correct_nothing_and_no_correction_goes_too_far():
    assert learn_correction(norm.cdf(np.full(29, 1.0)), RULES) == Correction()
    wild = learn_correction(np.full(5000, 0.9999), RULES)
    assert abs(wild.shift) <= 3 and wild.spread > 0
