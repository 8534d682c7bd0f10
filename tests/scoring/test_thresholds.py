"""A threshold is taken from patients like this one, and never from patients of another condition."""

import pytest

import settings
from scoring.instruments import load_library
from scoring.thresholds import thresholds_for


@pytest.fixture(scope="module")
def library():
    return load_library(settings.CONTENT / "instruments")


@pytest.mark.parametrize(
    ("condition", "values"),
    [("neck_pain", [4.0]), ("low_back_pain", [1.77]), ("knee_replacement", [1.77]), (None, [1.77])],
)
def test_a_knee_is_not_judged_by_the_error_of_neck_pain(library, condition, values):
    assert [row.value for row in thresholds_for(library["nprs@1"], "pain", "MDC", condition)] == values


def test_a_replaced_knee_has_the_acceptable_state_of_replaced_knees(library):
    rows = thresholds_for(library["koos@1"], "pain", "PASS", "knee_replacement")
    assert [(row.value, row.population) for row in rows] == [(78, "total knee replacement")]
    assert thresholds_for(library["koos@1"], "symptoms", "PASS", "knee_replacement") == ()


def test_a_hip_does_not_borrow_the_value_of_a_knee(library):
    assert thresholds_for(library["eq5d_3l_uk@1"], "index", "MCID", "hip_replacement") == ()
