"""Expected courses: calibrated bands, answers that move the expectation, and bad input that does no harm."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.cohorts import simulate
from bench.recovery_alarms import SCALE, courses_of
from bench.recovery_scores import inside
from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_covariance import Kernel, Memory
from scoring.recovery_fit import fit_curve
from scoring.recovery_flags import worse_shares
from scoring.recovery_update import given_answers, surprises

LEVELS = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
CURVE = fit_curve(courses_of(simulate(1500, 6, seed=1)), SCALE)
NEW = courses_of(simulate(3000, 6, seed=2))


def one_patient(day, score, baseline=40.0) -> Courses:
    return Courses(np.array([baseline]), np.zeros((1, 1)), np.array([day], float), np.array([score], float))


def test_both_bands_cover_what_they_promise_on_new_patients():
    rng = np.random.default_rng(3)
    for pit in (CURVE.share_below(NEW, rng), CURVE.share_below_next(NEW, rng)):
        assert [inside(pit, share) for share in (0.5, 0.8, 0.9)] == pytest.approx([0.5, 0.8, 0.9], abs=0.02)


def test_there_is_no_curve_under_fifty_patients():
    assert fit_curve(courses_of(simulate(49, 6, seed=1)), SCALE) is None


def test_the_same_patients_give_the_same_curve():
    again = fit_curve(courses_of(simulate(1500, 6, seed=1)), SCALE)
    assert again.mean.coefficients.tolist() == CURVE.mean.coefficients.tolist()


def test_good_answers_raise_the_expectation_of_the_rest_and_narrow_it():
    day = np.array([200.0])
    usual = CURVE.expected(day, np.array([40.0]), np.zeros((1, 1)), LEVELS)[0]
    after = CURVE.expected_after(one_patient([60, 120], [80, 85]), day, LEVELS)[0]
    assert after[2] > usual[2] + 5
    assert after[4] - after[0] < 0.85 * (usual[4] - usual[0])


def test_without_an_answer_both_bands_are_one():
    day = np.array([200.0])
    after = CURVE.expected_after(one_patient([60], [np.nan]), day, LEVELS)
    assert after.tolist() == CURVE.expected(day, np.array([40.0]), np.zeros((1, 1)), LEVELS).tolist()


def test_the_first_answer_is_no_more_surprising_than_it_is_from_baseline():
    first = one_patient([60], [45])
    assert CURVE.share_below_next(first)[0, 0] == pytest.approx(CURVE.share_below(first)[0, 0], abs=0.05)


@settings(deadline=None, max_examples=100)
@given(
    baseline=st.floats(0, 100),
    day=st.lists(st.integers(-400, 2000), min_size=4, max_size=4),
    score=st.lists(st.sampled_from([0.0, 100.0, 50.0, np.nan]), min_size=4, max_size=4),
)
def test_any_course_gets_finite_ordered_bands_in_range(baseline, day, score):
    """Floor and ceiling, one visit or none, two answers on one day, answers before the index date."""
    course = one_patient(sorted(day), score, baseline)
    for band in (
        CURVE.expected(np.array([100.0]), course.baseline, course.x, LEVELS),
        CURVE.expected_after(course, np.array([2000.0]), LEVELS),
    ):
        assert np.isfinite(band).all() and (np.diff(band) >= 0).all() and 0 <= band.min() <= band.max() <= 100
    shares = np.concatenate(
        [CURVE.share_below(course)[course.answered], CURVE.share_below_next(course)[course.answered]]
    )
    assert ((shares >= 0) & (shares <= 1)).all()


def test_a_scale_turned_upside_down_gives_the_mirrored_course():
    cohort = courses_of(simulate(1500, 6, seed=1))
    flipped = Courses(100 - cohort.baseline, cohort.x, cohort.day, 100 - cohort.score)
    curve = fit_curve(flipped, Scale(0, 100, False, 60.0, 14.0))
    mirrored = curve.mean.at(np.array([200.0]), np.array([75.0]), np.ones((1, 1)))
    assert 100 - mirrored[0] == pytest.approx(CURVE.mean.at(np.array([200.0]), np.array([25.0]), np.ones((1, 1)))[0])
    worse = worse_shares(curve.share_below(flipped), higher_is_better=False)
    assert np.nanmean(np.abs(worse - CURVE.share_below(cohort))) < 0.03  # bins of a hundred patients differ by chance


def slow_conditional(day, standardised, later, memory) -> tuple[float, float]:
    """The textbook formula for one patient."""
    days = np.append(day, later)
    covariance = memory.covariance(days[None], days[None])[0]
    np.fill_diagonal(covariance, 1.0)
    gain = np.linalg.solve(covariance[:-1, :-1], covariance[:-1, -1])
    return gain @ standardised, np.sqrt(covariance[-1, -1] - gain @ covariance[:-1, -1])


def test_updates_agree_with_the_textbook_formula():
    kernel = Kernel(0.6, 0.25, 60.0)
    knots = SCALE.knots
    days = np.array(knots, float)
    memory = Memory(knots, kernel, kernel.between(days[:, None], days) + 0.05 * np.eye(6))
    day, seen = np.array([20.0, 75.0, 150.0]), np.array([0.5, -1.0, 2.0])
    mean, sd = given_answers(seen[None], day[None], np.array([[260.0]]), memory)
    assert (mean[0, 0], sd[0, 0]) == pytest.approx(slow_conditional(day, seen, 260.0, memory))
    surprise, step = surprises(seen[None], day[None], memory)
    expected, spread = slow_conditional(day[:2], seen[:2], 150.0, memory)
    assert (surprise[0, 2], step[0, 2]) == pytest.approx(((2.0 - expected) / spread, spread))


def test_an_unanswered_visit_changes_nothing():
    memory = CURVE.memory
    with_gap = surprises(np.array([[0.5, np.nan, 2.0]]), np.array([[20.0, 75.0, 150.0]]), memory)
    without = surprises(np.array([[0.5, 2.0]]), np.array([[20.0, 150.0]]), memory)
    assert with_gap[0][0, [0, 2]] == pytest.approx(without[0][0])
    assert np.isnan(with_gap[0][0, 1])


def test_a_memory_that_agrees_with_its_kernel_is_the_kernel_on_any_day():
    kernel, days = Kernel(0.6, 0.25, 60.0), np.array(SCALE.knots, float)
    memory = Memory(SCALE.knots, kernel, kernel.between(days[:, None], days))
    day = np.array([[5.0, 66.0, 260.0]])
    np.testing.assert_allclose(memory.covariance(day, day)[0], kernel.between(day.T, day), atol=1e-3)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(1, 800), min_size=2, max_size=12), st.floats(0, 0.97), st.floats(0, 1), st.integers(0, 99))
def test_a_covariance_is_one_on_any_days(days, together, share, seed):
    rng = np.random.default_rng(seed)
    kernel = Kernel(together * share, together * (1 - share), 60.0)
    root = rng.normal(size=(6, 6))
    memory = Memory(SCALE.knots, kernel, root @ root.T / 20)
    day = np.array([days])
    assert np.linalg.eigvalsh(memory.covariance(day, day)[0]).min() > -1e-6
