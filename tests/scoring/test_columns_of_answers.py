"""Whole columns give what single responses give, for every instrument of the library and every kind of column."""

import numpy as np
import pytest

import settings
from scoring.absence import Absence, absence_name
from scoring.bulk import out_of_range, score_columns
from scoring.errors import ScoringError
from scoring.instrument import Instrument
from scoring.instruments import load_library
from scoring.score import METHODS, score_response

LIBRARY = load_library(settings.CONTENT / "instruments")
KINDS = (np.int8, np.int16, np.int32, np.int64, np.float32, np.float64)


def random_answers(instrument: Instrument, rows: int) -> np.ndarray:
    """Allowed answers, some absent; how many differs by row, so that every rule for missing items is met."""
    draw = np.random.default_rng(len(instrument.items))
    columns = []
    for item in instrument.items:
        if item.values is not None:
            columns.append(draw.choice(item.values, rows))
        else:
            values = draw.uniform(item.low, item.high, rows)
            columns.append(np.round(values, 0 if item.whole else 1))
    answers = np.column_stack(columns)
    absent = draw.random(answers.shape) < draw.choice([0.0, 0.05, 0.2, 0.6], (rows, 1))
    answers[absent] = draw.choice(list(Absence), absent.sum())
    return answers


@pytest.mark.parametrize("reference", LIBRARY)
def test_columns_and_single_responses_agree(reference):
    instrument = LIBRARY[reference]
    answers = random_answers(instrument, 25)
    columns = score_columns(instrument, answers)
    for place, row in enumerate(answers):
        given = {item.id: absence(value) for item, value in zip(instrument.items, row, strict=True)}
        for score in score_response(instrument, given):
            column = columns[score.scale]
            assert column.value[place] == pytest.approx(np.nan if score.value is None else score.value, nan_ok=True)
            assert column.se[place] == pytest.approx(np.nan if score.se is None else score.se, nan_ok=True)
            assert (column.answered[place], column.items) == (score.answered, score.items)
            assert METHODS[column.method[place]] == score.method
            assert sum(score.absent.values()) == score.items - score.answered


def absence(value: float) -> float | str:
    return Absence(int(value)).name.lower() if value < 0 else float(value)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_kind_of_column_does_not_matter(kind, order):
    koos = LIBRARY["koos@1"]
    answers = random_answers(koos, 40_000)  # three blocks
    expected = score_columns(koos, answers)
    for name, scores in score_columns(koos, np.array(answers, dtype=kind, order=order)).items():
        np.testing.assert_array_equal(scores.value, expected[name].value)
        np.testing.assert_array_equal(scores.answered, expected[name].answered)


@pytest.mark.parametrize(
    ("reference", "answer"),
    [
        ("koos@1", 5),
        ("koos@1", 127),
        ("koos@1", 65536),  # 0 when squeezed into 16 bits
        ("koos@1", 2.5),
        ("koos@1", 1e300),
        ("promis_pf_4a_v2_0@1", 0),
        ("lysholm@1", 1),
        ("worc@1", 100.5),
        ("nprs@1", 11),
    ],
)
def test_an_answer_that_is_none_counts_as_unreadable(reference, answer):
    instrument = LIBRARY[reference]
    high = np.array([[item.high for item in instrument.items]] * 3, dtype=np.float64)
    broken, absent = high.copy(), high.copy()
    broken[1, 0], absent[1, 0] = answer, Absence.UNREADABLE
    assert out_of_range(instrument, broken).nonzero() == (np.array([1]), np.array([0]))
    expected = score_columns(instrument, absent)
    for name, scores in score_columns(instrument, broken).items():
        np.testing.assert_array_equal(scores.value, expected[name].value)
        np.testing.assert_array_equal(scores.answered, expected[name].answered)


def test_codes_of_absence_and_blanks_are_in_range_other_negative_numbers_are_not():
    answers = np.array([[-1.0], [-4.0], [np.nan], [0.0], [10.0], [-5.0], [-1.5]])
    assert out_of_range(LIBRARY["nprs@1"], answers).ravel().tolist() == [False] * 5 + [True] * 2


def test_no_responses_give_no_scores():
    assert len(score_columns(LIBRARY["koos@1"], np.empty((0, 42), dtype=np.int8))["pain"].value) == 0


def test_a_matrix_of_another_width_is_refused():
    with pytest.raises(ScoringError, match=r"koos@1 has 42 items; the answers have the shape \(3, 41\)"):
        score_columns(LIBRARY["koos@1"], np.zeros((3, 41)))


def test_absences_are_counted_apart_as_a_single_response_counts_them():
    draw = np.random.default_rng(5)
    for reference in ("koos@1", "worc@1", "promis_29_v2_1@1", "rand_36@1"):
        instrument = LIBRARY[reference]
        answers = np.column_stack([draw.integers(item.low, item.high + 1, 400) for item in instrument.items])
        answers = np.where(draw.random(answers.shape) < 0.3, draw.integers(-4, 0, answers.shape), answers)
        columns = score_columns(instrument, answers)
        for place, row in enumerate(answers):
            given = {i: int(a) if a >= 0 else absence_name(a) for i, a in zip(instrument.positions, row, strict=True)}
            for score in score_response(instrument, given):
                counted = {why: count[place] for why, count in columns[score.scale].absent.items() if count[place]}
                assert counted == score.absent


def test_a_negative_fraction_is_neither_an_answer_nor_a_reason():
    scores = score_columns(LIBRARY["nprs@1"], np.array([[-0.5], [3.0], [np.nan]]))["pain"]
    assert scores.value.tolist()[1] == 3 and np.isnan(scores.value[[0, 2]]).all()
    assert (scores.absent["unreadable"].tolist(), scores.absent["skipped"].tolist()) == ([1, 0, 0], [0, 0, 1])
