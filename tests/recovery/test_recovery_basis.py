"""Days to broken sticks, moments that add up, and a mean course equal to the slow way."""

import numpy as np
import pytest

from scoring.errors import ScoringError
from scoring.recovery_basis import Scale, hats, lateness, segment_of
from scoring.recovery_courses import Courses, from_visits
from scoring.recovery_mean import MeanCourse, fit_coefficients, normal_equations
from scoring.recovery_moments import moments_of

SCALE = Scale(0, 100, True, 40.0, 14.0)


def some_courses(n: int = 60, seed: int = 1) -> Courses:
    rng = np.random.default_rng(seed)
    day = np.sort(rng.integers(1, 400, (n, 4)), axis=1).astype(float)
    score = np.where(rng.random((n, 4)) < 0.3, np.nan, rng.uniform(0, 100, (n, 4)).round())
    return Courses(rng.uniform(0, 100, n), rng.normal(size=(n, 2)), day, score)


def test_a_day_weighs_its_two_neighbouring_knots():
    weights = hats(np.array([-5.0, 0.0, 7.0, 66.0, 365.0, 900.0]), SCALE.knots)
    assert weights.sum(axis=1).tolist() == [1.0] * 6
    assert weights[2].tolist() == [0.5, 0.5, 0, 0, 0, 0]
    assert weights[3].tolist() == [0, 0, 0.5, 0.5, 0, 0]
    assert weights[0, 0] == weights[1, 0] == weights[4, -1] == weights[5, -1] == 1.0  # flat outside


def test_a_knot_begins_its_own_segment():
    segment, through = segment_of(np.array([42.0, 41.0]), SCALE.knots)
    assert segment.tolist() == [2, 1] and through[0] == 0.0


@pytest.mark.parametrize("wrong", [{"highest": 0}, {"spread": 0.0}, {"knots": (0, 42, 14)}, {"knots": (0,)}])
def test_a_scale_that_cannot_be_is_refused(wrong):
    with pytest.raises(ScoringError):
        Scale(**{"lowest": 0, "highest": 100, "higher_is_better": True, "centre": 40, "spread": 14} | wrong)


def test_courses_from_visits_are_in_time_order_and_start_after_day_0():
    courses = from_visits(
        np.array([1, 0, 1, 1, 0]), np.array([90, 42, 14, -3, 42]), np.array([50.0, 40, np.nan, 10, 41]),
        baseline=np.array([30.0, 20.0]), x=np.zeros((2, 0)),
    )  # fmt: skip
    assert courses.day.tolist() == [[42.0, 42.0], [90.0, 0.0]]  # two answers on one day are both kept
    np.testing.assert_array_equal(courses.score, [[40.0, 41.0], [50.0, np.nan]])


def test_moments_give_the_normal_equations_of_the_whole_model_matrix():
    courses = some_courses()
    patient, visit = np.nonzero(courses.answered)
    weights, z = hats(courses.day[patient, visit], SCALE.knots), SCALE.standardised(courses.baseline)[patient, None]
    x, late = courses.x[patient], (weights @ lateness(SCALE.knots))[:, None]
    matrix, score = np.hstack([weights, weights * z, x, x * late]), courses.score[patient, visit]
    squares, products = normal_equations(moments_of(courses, SCALE), SCALE)
    np.testing.assert_allclose(squares, matrix.T @ matrix, atol=1e-8)
    np.testing.assert_allclose(products, matrix.T @ score, atol=1e-6)


def test_adding_tenants_equals_pooling_their_rows_and_a_patient_can_be_taken_out():
    courses = some_courses()
    north, south, one = moments_of(courses[:20], SCALE), moments_of(courses[20:], SCALE), moments_of(courses[:1], SCALE)
    together = moments_of(courses, SCALE)
    np.testing.assert_allclose((north + south).sums, together.sums, rtol=1e-12)
    np.testing.assert_allclose((together - one).sums, moments_of(courses[1:], SCALE).sums, atol=1e-6)
    assert int((north + south).patients) == int(together.patients)


def test_a_straight_course_is_found():
    courses = some_courses(400)
    exact = 30 + 0.1 * courses.day.clip(0, 365) + 0.5 * (courses.baseline - 40)[:, None] + 3 * courses.x[:, :1]
    courses = Courses(courses.baseline, courses.x, courses.day, exact)
    coefficients = fit_coefficients(moments_of(courses, SCALE), SCALE, residual_sd=0.1)
    mean = MeanCourse.from_coefficients(SCALE, coefficients)
    day = np.array([20.0, 100.0, 300.0])
    found = mean.at(day, np.array([40.0, 54.0, 26.0]), np.array([[0.0, 0], [0, 0], [1, 0]]))
    assert found == pytest.approx([32, 47, 56], abs=0.3)


def test_strata_are_solved_together_as_one_by_one():
    parts = [moments_of(some_courses(60, seed), SCALE) for seed in (1, 2, 3)]
    together = type(parts[0])(np.stack([p.sums for p in parts]), np.stack([p.patients for p in parts]))
    each = np.stack([fit_coefficients(part, SCALE) for part in parts])
    np.testing.assert_allclose(fit_coefficients(together, SCALE), each, rtol=1e-6)
