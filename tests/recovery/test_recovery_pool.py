"""Few patients lean on the network or the literature, and less so with every patient."""

from dataclasses import replace

import numpy as np
import pytest

import settings
from bench.cohorts import simulate
from bench.recovery_alarms import SCALE, courses_of
from bench.recovery_pooling import one_network
from scoring.errors import ScoringError
from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_fit import curve_from_sums, curve_sums, fit_curve
from scoring.recovery_moments import moments_of
from scoring.recovery_pool import TenantLevels, borrowed_prior, source_mix, tenant_level
from scoring.recovery_priors import literature_prior, parse_priors
from scoring.recovery_sums import CurveSums
from scoring.recovery_trust import parse_trust

TEXT = (settings.ROOT / "data" / "recovery" / "priors.toml").read_text()
HIP = parse_priors(TEXT)["hip_replacement", "surgery", "oxford_hip@1", "total"]
TRUST_TEXT = (settings.ROOT / "data" / "recovery" / "trust.toml").read_text()
TRUST = parse_trust(TRUST_TEXT)
HIP_SCALE = Scale(0, 48, True, 18.47, 8.34)


def hips(n: int, mean: float, seed: int = 1) -> Courses:
    rng = np.random.default_rng(seed)
    score = np.clip(rng.normal(mean, 8, (n, 1)), 0, 48).round()
    return Courses(rng.normal(18.5, 8, n).clip(0, 48).round(), np.zeros((n, 0)), np.full((n, 1), 182.0), score)


def middle(curve) -> float:
    return curve.expected(np.array([182.0]), np.array([18.47]), np.zeros((1, 0)), np.array([0.5]))[0, 0]


def test_every_published_course_can_be_a_prior():
    courses = parse_priors(TEXT)
    assert len(courses) == 6
    for course in courses.values():
        prior = literature_prior(course, Scale(0, 100, True, course.means[0], course.sds[0]), TRUST, covariates=2)
        assert np.linalg.eigvalsh(prior.precision).min() > 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('status = "seen"', 'status = "guess"', "status is 'guess'"),
        ("[0, 18.47, 8.34]", "[7, 18.47, 8.34]", "rising days from 0"),
        ("correlation = 0.285", "", "oxford_hip@1 has no 'correlation'"),
        ("version = 1", "version =", "not readable TOML"),
    ],
)
def test_a_wrong_published_course_is_named(old, new, message):
    with pytest.raises(ScoringError, match=message):
        parse_priors(TEXT.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("bend = 0.01", "bend = 3", r"\[between_tenants\]: 'bend' is 3; it must be a number from 0.0001 to 1"),
        ("[borrowed]", "[lent]", r"table \[borrowed\] or its 'source' is missing"),
        ("seen = { level = 0.08, sd_times = 1.15 }", "", r"\[published.seen\]: 'level' is None"),
        ("version = 1", "version =", "not readable TOML"),
    ],
)
def test_a_wrong_trust_is_named(old, new, message):
    with pytest.raises(ScoringError, match=message):
        parse_trust(TRUST_TEXT.replace(old, new, 1))


def test_with_no_patient_the_curve_is_the_published_one():
    nobody = moments_of(hips(1, 40.0), HIP_SCALE)
    prior = literature_prior(HIP, HIP_SCALE, TRUST)
    cold = curve_from_sums(CurveSums(nobody - nobody, prior.residuals * 0.0), HIP_SCALE, 1.0, prior)
    assert middle(cold) == pytest.approx(39.66, abs=0.3)
    assert cold.n == 0


def test_the_own_patients_take_over_from_a_published_mean_that_is_off():
    prior = literature_prior(replace(HIP, means=np.array([18.47, 30.0])), HIP_SCALE, TRUST)
    found = [middle(fit_curve(hips(n, 40.0), HIP_SCALE, prior=prior)) for n in (5, 50, 400)]
    assert 31 < found[0] < found[1] < found[2] and found[2] == pytest.approx(40, abs=0.8)


def test_the_source_mix_moves_to_the_own_clinic_with_every_patient():
    prior = literature_prior(HIP, HIP_SCALE, TRUST)
    ask = {"scale": HIP_SCALE, "prior": prior, "day": 182.0, "baseline": 18.5, "x": np.zeros(0)}
    shares = [source_mix(moments_of(hips(n, 40.0), HIP_SCALE), **ask) for n in (1, 10, 100)]
    assert 0 < shares[0] < shares[1] < shares[2] < 1


def test_tenants_that_differ_by_three_points_are_seen_to():
    rng = np.random.default_rng(1)
    levels = [tenant_level(rng.normal(shift, 10, (200, 1))) for shift in rng.normal(0, 3, 200)]
    assert sum(levels[1:], levels[0]).between_sd() == pytest.approx(3, abs=0.5)
    alike = [tenant_level(rng.normal(0, 10, (200, 1))) for _ in range(200)]
    assert sum(alike[1:], alike[0]).between_sd() < 0.7


def test_one_tenant_alone_says_nothing_about_differences():
    assert tenant_level(np.ones((50, 2))).between_sd() == 0.0
    assert TenantLevels(np.zeros(6)).between_sd() == 0.0


def test_what_a_tenant_gives_away_does_not_grow_with_its_patients():
    few, many = (curve_sums(courses_of(simulate(n, 4, seed=1)), SCALE) for n in (50, 500))
    assert few.moments.sums.shape == many.moments.sums.shape == (5, 3, 4, 4)
    assert few.residuals.after.counts.shape == many.residuals.after.counts.shape == (160, 240)


def test_pooling_is_no_worse_than_the_better_of_local_and_network():
    scores = np.mean([one_network(seed) for seed in range(3)], axis=0)
    for pooled, local, network in scores:
        assert pooled <= 1.01 * min(local, network)


def test_a_tenant_with_one_patient_gets_a_finite_curve():
    network = curve_sums(courses_of(simulate(300, 4, seed=2)), SCALE)
    curve = fit_curve(
        courses_of(simulate(10, 4, seed=3))[:1],
        SCALE,
        prior=borrowed_prior(network, SCALE, TRUST.tenants, TRUST.most_borrowed),
    )
    band = curve.expected(np.array([90.0]), np.array([40.0]), np.zeros((1, 1)), np.array([0.1, 0.5, 0.9]))
    assert np.isfinite(band).all() and (np.diff(band) > 0).all()
