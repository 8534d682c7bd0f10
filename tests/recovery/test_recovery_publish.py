"""Sums that leave a tenant: they add up to what the rows together give, and nothing in them is about few patients."""

import itertools
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import ScoringError
from scoring.recovery_answers_told import answers_told, groups_of_enough, shared_days
from scoring.recovery_basis import Scale
from scoring.recovery_cells import CellRows, Told
from scoring.recovery_courses import Courses
from scoring.recovery_fit import coefficients_of, curve_sums
from scoring.recovery_publish import (
    COLUMNS,
    HISTOGRAMS,
    columns_of,
    covariates_told,
    told,
)
from scoring.recovery_received import received

SCALE = Scale(0, 100, True, 45.0, 17.0)
Q = 5  # 1, baseline, two covariates, score


def courses(n: int, seed: int, days=(14, 42, 90, 180)) -> Courses:
    rng = np.random.default_rng(seed)
    baseline = rng.normal(45, 15, n).clip(0, 100)
    day = np.tile(np.array(days, float), (n, 1))
    score = 0.5 * baseline[:, None] + 10 + day / 6 + rng.normal(0, 8, (n, 1)) + rng.normal(0, 5, day.shape)
    return Courses(baseline, rng.normal(0, 1, (n, 2)), day, score.clip(0, 100))


def untidy(n: int, seed: int) -> Courses:
    """Days off schedule, late answers of a few, whole numbers, a third without an answer, a rare covariate."""
    rng = np.random.default_rng(seed)
    made = courses(n, seed)
    day = made.day + rng.integers(-3, 4, made.day.shape) * (rng.uniform(size=made.day.shape) < 0.2)
    day[:5, -1] = 300
    score = np.where(rng.uniform(size=day.shape) < 0.3, np.nan, made.score.round())
    rare = np.where(rng.uniform(size=n) < 0.1, 0.5, -0.5)
    return Courses(made.baseline.round(), np.column_stack([made.x[:, 0].round(1), rare]), day, score)


def together(*several: Courses) -> Courses:
    return Courses(*(np.concatenate([getattr(c, name) for c in several]) for name in ("baseline", "x", "day", "score")))


def published(some: Courses, patient: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Every cell that holds anything."""
    patient = np.arange(len(some)) if patient is None else patient
    cells = {name: told(name, behind) for name, behind in cells_of(some, patient).items()}
    return {name: numbers for name, numbers in cells.items() if numbers[0]}


def cells_of(some: Courses, patient: np.ndarray) -> dict[str, CellRows]:
    """The rows behind every cell when all patients are told of at once."""
    seen = Told.by(some, patient, SCALE)
    return seen.cells(patient) if seen else {}


def added(one: dict, other: dict) -> dict:
    return {name: one.get(name, 0) + other.get(name, 0) for name in one.keys() | other.keys()}


def test_pooling_from_tenants_is_pooling_from_rows():
    tenants = [courses(n, seed) for seed, n in enumerate((60, 45, 80))]
    pooled = received(reduce(added, map(published, tenants)), SCALE, 2)
    rows = curve_sums(together(*tenants), SCALE)
    np.testing.assert_allclose(pooled.moments.sums, rows.moments.sums, rtol=1e-9, atol=1e-9)
    assert pooled.patients == rows.patients == 185
    np.testing.assert_allclose(
        coefficients_of(pooled.moments, SCALE, None), coefficients_of(rows.moments, SCALE, None), rtol=1e-6
    )
    mine, theirs = pooled.residuals, rows.residuals
    np.testing.assert_allclose(mine.width.by_knot[0], theirs.width.by_knot[0], atol=1e-9)
    np.testing.assert_allclose(mine.width.squares, theirs.width.squares, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(mine.lags.sums[2], theirs.lags.sums[2])
    np.testing.assert_allclose(mine.knots[1], theirs.knots[1])
    # each tenant judges by its own fit: residuals are as large to a few per cent
    np.testing.assert_allclose(mine.width.by_knot[1], theirs.width.by_knot[1], rtol=0.06)
    np.testing.assert_allclose(mine.lags.sums[0], theirs.lags.sums[0], rtol=0.06)


def test_what_one_tenant_tells_of_all_its_rows_is_what_the_rows_give():
    some = courses(150, 4)
    mine, rows = received(published(some), SCALE, 2), curve_sums(some, SCALE)
    np.testing.assert_allclose(mine.moments.sums, rows.moments.sums, rtol=1e-12, atol=1e-9)
    np.testing.assert_allclose(mine.residuals.width.by_knot, rows.residuals.width.by_knot, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(mine.residuals.width.absolute, rows.residuals.width.absolute, rtol=1e-9)
    np.testing.assert_allclose(mine.residuals.lags.sums[0], rows.residuals.lags.sums[0], rtol=1e-9)
    np.testing.assert_allclose(mine.residuals.knots[0], rows.residuals.knots[0], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_every_number_has_a_share_of_twenty_patients_or_is_nothing(seed):
    """By finite differences: move what one patient adds by a little, and leave the patient out altogether."""
    for name, rows in cells_of(untidy(60, seed), np.arange(60) % 58).items():
        whole, patients = told(name, rows), np.unique(rows.patient)
        moved = np.stack([_moved(name, rows, who, whole) for who in patients])
        left = np.stack([told(name, rows.of(patients[patients != who])) for who in patients])
        missed = ~np.isclose(left, whole, rtol=1e-11, atol=1e-11)
        for shares in (moved.sum(axis=0), missed.sum(axis=0)):
            assert ((shares == 0) | (shares >= 20)).all(), (name, shares)
        # none of these numbers is there without a patient
        assert (missed.any(axis=0) | (whole == 0)).all(), name


def _moved(name: str, rows: CellRows, who: int, whole: np.ndarray) -> np.ndarray:
    """Which numbers are others when one patient's rows are a little different."""
    found = np.zeros(len(whole), bool)
    for column in range(rows.numbers.shape[1]):
        step = np.zeros(rows.numbers.shape)
        step[rows.patient == who, column] = 1e-3
        # days have a test of their own, and a count moves only when an edge is crossed
        if name not in HISTOGRAMS and (column or not name.startswith("stretch")):
            found |= told(name, CellRows(rows.patient, rows.numbers + step, rows.source)) != whole
    return found


def test_no_patient_alone_moves_a_number_through_everything_that_is_fitted():
    some = untidy(45, 1)
    before = published(some)
    moves = np.zeros(len(_flat(before)), int)
    for who in range(len(some)):
        here = (np.arange(len(some)) == who) * 1e-3
        after = published(Courses(some.baseline + here, some.x + here[:, None], some.day, some.score + here[:, None]))
        assert after.keys() == before.keys()
        moves += _flat(after) != _flat(before)
    assert ((moves == 0) | (moves >= 20)).all() and (moves >= 20).sum() > 100


def _flat(cells: dict) -> np.ndarray:
    return np.concatenate([cells[name] for name in sorted(cells)])


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_each_number_of_a_cell_has_a_share_of_twenty_patients(data):
    """Leave one patient out: whoever's share is not nothing moves the number."""
    n = data.draw(st.integers(20, 60))
    kind, d = data.draw(st.sampled_from([("stretch 1", 3 + Q), ("lag 4", 1), ("knots 1 2", 1), ("after", 1)]))
    rng = np.random.default_rng(data.draw(st.integers(0, 9999)))
    patient = rng.integers(0, n, data.draw(st.integers(n, 3 * n)))
    numbers = rng.choice(data.draw(st.sampled_from([[0.0, 1.0], [0.0, 0.0, 0.0, 0.5, 1.0]])), (len(patient), d))
    if kind == "stretch 1":
        numbers[:, 3], numbers[:, 4], numbers[:, -1] = 1, rng.normal(size=len(patient)), rng.normal(size=len(patient))
    rows = CellRows(patient, numbers, numbers)
    whole = told(kind, rows)
    if whole[0] == 0:
        assert not whole.any() and len(np.unique(patient)) < 20
        return
    assert whole[0] == len(np.unique(patient)) >= 20
    if kind != "stretch 1":
        return
    kept = covariates_told(numbers[:, 5:7], patient)
    v = numbers[:, 3:] * np.array([1, 1, *kept, 1])
    for i, j in zip(*np.triu_indices(Q), strict=True):
        behind = len(np.unique(patient[v[:, i] * v[:, j] != 0]))
        assert behind >= 20 or whole[1:].reshape(-1)[i * Q + j] == 0


def test_one_patients_late_answer_is_in_no_number():
    many, late = courses(50, 1, days=(14, 30)), courses(1, 2, days=(14, 300))
    early = Courses(late.baseline, late.x, late.day, np.where(late.day > 200, np.nan, late.score))
    with_one, without = published(together(many, late)), published(together(many, early))
    assert "stretch 4" not in with_one and with_one.keys() == without.keys()
    np.testing.assert_array_equal(_flat(with_one), _flat(without))


def test_twenty_answers_of_one_patient_are_not_twenty_patients():
    some = courses(40, 3)
    assert published(some, np.arange(40) % 10) == {}
    assert {numbers[0] for numbers in published(some, np.arange(40) % 20).values()} == {20}


def test_one_patient_who_answers_on_another_day_is_not_told_apart():
    """All but one on day 14: with two days, the sum over "how far through" would be that one's row."""
    some = courses(30, 5, days=(14, 90))
    day = some.day.copy()
    day[7, 0] = 28
    numbers = published(Courses(some.baseline, some.x, day, some.score))["stretch 1"]
    moments = numbers[1 : 1 + 3 * Q * Q].reshape(3, Q, Q)
    assert moments[0, 0, 0] == 30 and not moments[1:].any()


def test_one_patient_who_stays_away_once_is_not_told_by_subtracting_two_stretches():
    """All others answered on both days: the difference of the two sums would be that one's baseline and age."""
    some = courses(30, 8, days=(14, 90))
    score = some.score.copy()
    score[11, 1] = np.nan
    cells = published(Courses(some.baseline, some.x, some.day, score))
    first, second = (
        cells[name][1 : 1 + 3 * Q * Q].reshape(3, Q, Q)[0, :-1, :-1] for name in ("stretch 1", "stretch 3")
    )
    np.testing.assert_array_equal(first, second)
    assert cells["patients"][0] == 29  # the one waits until twenty have stayed away


@settings(deadline=None, max_examples=40)
@given(st.integers(20, 150), st.floats(0, 0.6), st.integers(0, 9999))
def test_no_two_stretches_can_be_subtracted_to_leave_a_few(n, away, seed):
    rng = np.random.default_rng(seed)
    day = np.sort(rng.choice([3, 14, 20, 42, 60, 90, 100, 180, 200], (n, 4)), axis=1).astype(float)
    score = np.where(rng.uniform(size=day.shape) < away, np.nan, 50.0)
    some = Courses(np.zeros(n), np.zeros((n, 0)), day, score)
    kept = answers_told(some, np.arange(n), SCALE)
    assert not kept[np.isnan(score)].any()
    stretch = np.searchsorted(SCALE.knots, day, side="right") - 1
    enough = [((stretch == each) & some.answered).any(axis=1).sum() >= 20 for each in range(5)]
    assert kept.any() == any(enough)
    counts = np.stack([(kept & (stretch == each)).sum(axis=1) for each in range(5)])
    for one, other in itertools.permutations(counts, 2):
        for weight in (0, 1, 2, 3, 0.5):
            left = np.count_nonzero(one - weight * other)
            assert left == 0 or left >= 20
    for signs in itertools.product((1, 0, -1), repeat=5):
        left = np.count_nonzero(np.array(signs) @ counts)
        assert left == 0 or left >= 20


def test_nor_can_three_stretches():
    """Twenty answered early and late, twenty in the middle and late, one all three times: early + middle − late."""
    asked = np.array([[1, 0, 1]] * 20 + [[0, 1, 1]] * 20 + [[1, 1, 1]])
    day = np.tile([14.0, 42.0, 90.0], (41, 1))
    some = Courses(np.zeros(41), np.zeros((41, 0)), day, np.where(asked == 1, 50.0, np.nan))
    kept = answers_told(some, np.arange(41), SCALE)
    assert kept[:40].sum() == 80 and not kept[40].any()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 28)), max_size=120))
def test_every_day_that_is_told_is_that_of_twenty_patients(answers):
    patient, day = (np.array([each[place] for each in answers], int) for place in (0, 1))
    through = day / 28
    moved = shared_days(through, patient)
    assert np.abs(moved.sum() - through.sum()) <= len(day) / 40 + 1e-9
    if len(np.unique(patient)) >= 20:
        assert all(len(np.unique(patient[moved == value])) >= 20 for value in np.unique(moved))
        assert (np.diff(moved[np.argsort(through, kind="stable")]) >= 0).all()


def test_days_that_twenty_patients_share_stay_as_they_are():
    day = np.repeat([0.1, 0.5], 20)
    np.testing.assert_array_equal(shared_days(day, np.arange(40)), day)


def test_a_covariate_is_told_only_if_it_singles_nobody_out():
    patient = np.arange(50)
    half, few, many = np.where(patient < 25, 0.5, -0.5), np.where(patient < 3, 0.5, -0.5), patient / 50
    assert covariates_told(np.column_stack([half, few, many]), patient).tolist() == [1, 0, 1]
    # each is known of 25 patients or more, both of three
    one, other = np.where(patient < 25, 0.5, 0.0), np.where(patient > 21, 0.5, 0.0)
    assert covariates_told(np.column_stack([one, other]), patient).tolist() == [0, 1]


def test_every_group_of_a_histogram_holds_twenty_patients_or_there_is_none():
    patients = [set(range(start, start + count)) for start, count in ((0, 9), (9, 12), (21, 30), (0, 60), (3, 4))]
    groups = groups_of_enough(patients)
    assert [group.tolist() for group in groups] == [[0, 1], [2], [3, 4]]
    assert groups_of_enough([set(range(19)), set(range(10))]) == []


def test_a_patient_with_many_answers_counts_once_in_a_histogram():
    patient = np.append(np.arange(30), np.zeros(100, int))
    residual = np.append(np.linspace(-1, 1, 30), np.full(100, 4.0))
    columns = columns_of(CellRows(patient, residual[:, None], residual[:, None]))
    assert columns.sum() == pytest.approx(30) and len(columns) == COLUMNS


def test_fingerprints_do_not_depend_on_the_order_of_rows():
    patient, source = np.array([1, 2, 1]), np.array([[1.0, 2.0], [3.0, 4.0], [-0.0, 5.0]])
    one = CellRows(patient, source, source).fingerprints()
    other = CellRows(patient[::-1], source[::-1], np.abs(source[::-1])).fingerprints()
    assert one == other and one[1] != one[2]
    # the same on every machine and in every version: it is compared with what was kept years ago
    assert one[2] == "bed9efba025f2da91e4ece76e380f86ca1cd1765aea7f5bb87f607b547061efa"


@pytest.mark.parametrize(
    ("name", "place", "number"),
    [
        ("stretch 1", 1, np.nan),
        ("stretch 1", 1, 3.0),  # fewer answers than patients
        ("stretch 1", 1 + Q * Q - 1, -5.0),  # the sum of squares of the scores
        ("lag 5", 2, -1.0),
        ("together", 3, -1.0),
    ],
)
def test_numbers_that_no_patients_can_have_given_are_refused(name, place, number):
    cells = published(courses(40, 6))
    cells[name] = cells[name].copy()
    cells[name][place] = number
    with pytest.raises(ScoringError, match="left out"):
        received(cells, SCALE, 2)


def test_a_cell_of_another_size_is_refused():
    with pytest.raises(ScoringError, match="“stretch 1” is not"):
        received(published(courses(40, 6)), SCALE, 3)
