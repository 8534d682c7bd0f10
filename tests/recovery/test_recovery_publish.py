"""Sums that leave a tenant: they add up to what the rows together give, and no small cell is among them."""

import numpy as np

from scoring.recovery_basis import Scale
from scoring.recovery_courses import Courses
from scoring.recovery_fit import coefficients_of, curve_sums
from scoring.recovery_publish import FEWEST, groups_of_enough, patients_by_stretch, published, received, shapes

SCALE = Scale(0, 100, True, 45.0, 17.0)


def courses(n: int, seed: int, days=(14, 42, 90, 180)) -> Courses:
    rng = np.random.default_rng(seed)
    baseline = rng.normal(45, 15, n).clip(0, 100)
    day = np.tile(np.array(days, float), (n, 1))
    score = 0.5 * baseline[:, None] + 10 + day / 6 + rng.normal(0, 8, (n, 1)) + rng.normal(0, 5, day.shape)
    return Courses(baseline, rng.normal(0, 1, (n, 2)), day, score.clip(0, 100))


def together(*several: Courses) -> Courses:
    return Courses(*(np.concatenate([getattr(c, name) for c in several]) for name in ("baseline", "x", "day", "score")))


def test_pooling_from_tenants_is_pooling_from_rows():
    tenants = [courses(n, seed) for seed, n in enumerate((60, 45, 80))]
    numbers = sum(published(curve_sums(each, SCALE), each, SCALE) for each in tenants)
    pooled, rows = received(numbers, SCALE, 2), curve_sums(together(*tenants), SCALE)
    np.testing.assert_allclose(pooled.moments.sums, rows.moments.sums, rtol=1e-9, atol=1e-9)
    assert pooled.patients == rows.patients == 185
    np.testing.assert_allclose(
        coefficients_of(pooled.moments, SCALE, None), coefficients_of(rows.moments, SCALE, None), rtol=1e-6
    )
    np.testing.assert_allclose(pooled.residuals.width.by_knot[0], rows.residuals.width.by_knot[0], atol=1e-9)
    assert len(numbers) == sum(int(np.prod(shape)) for shape in shapes(SCALE, 2))


def test_one_patients_late_answer_is_in_no_number():
    many, late = courses(50, 1, days=(14, 30)), courses(1, 2, days=(14, 300))
    with_one, without = together(many, late), together(many, courses(1, 2, days=(14, 30)))
    assert patients_by_stretch(with_one, SCALE)[-1] == 1
    numbers = received(published(curve_sums(with_one, SCALE), with_one, SCALE), SCALE, 2)
    assert not numbers.moments.sums[-1].any()
    assert numbers.residuals.width.by_knot[0][-1] == 0
    # totals do not tell it by subtraction: they are sums of what is told
    np.testing.assert_allclose(numbers.residuals.width.squares, numbers.moments.sums[:, 0, :-1, :-1].sum(axis=0))
    assert numbers.residuals.width.squares[0, 0] < curve_sums(without, SCALE).moments.sums[:, 0, 0, 0].sum()


def test_every_group_of_a_histogram_holds_twenty_or_there_is_none():
    columns = np.array([0, 1, 3, 9, 30, 60, 25, 4, 1, 0.0])
    groups = groups_of_enough(columns)
    assert [int(columns[group].sum()) for group in groups] == [43, 60, 30]
    assert all(columns[group].sum() >= FEWEST for group in groups)
    assert groups_of_enough(np.array([5.0, 14.0])) == []
