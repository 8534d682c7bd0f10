"""Small cells are hidden, and so is a second one where a total would give the first away."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.suppression import hidden_cells, hidden_groups

NONE_HIDDEN = np.zeros(3, bool)


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        ([9, 40, 50], [True, True, False]),  # alone it could be worked out from the total
        ([3, 4, 50, 60], [True, True, True, False]),  # 7 of two clinics are still few
        ([5, 6, 50], [True, True, False]),  # 11 of two clinics are not
        ([10, 11], [False, False]),
        ([0, 10, 40], [False, False, False]),  # nobody is not few
        ([0, 4, 0], [True, True, True]),  # too few in all: the total is hidden, too
    ],
)
def test_groups_of_few_are_hidden_until_they_cannot_be_worked_out(sizes, hidden):
    assert hidden_groups(np.array(sizes)).tolist() == hidden


def test_a_hidden_cell_takes_a_second_one_in_its_row_and_column():
    table = np.array([[80, 12, 3], [50, 20, 30], [70, 40, 25]])
    assert hidden_cells(table, NONE_HIDDEN).tolist() == [
        [False, True, True],  # 3 is few, and 80 would give it away with 12
        [False, True, True],  # the columns' totals would give away the 12, …
        [False, True, True],  # … and the 3
    ]


def test_what_is_left_of_the_total_is_not_few_either():
    not_better = np.array([[96, 0, 1], [100, 20, 30], [100, 20, 30]])  # 97 − 96 would tell of one patient
    assert hidden_cells(not_better, NONE_HIDDEN)[0].tolist() == [True, False, True]


def test_hidden_rows_cover_their_columns():
    table = np.array([[6, 0, 3], [20, 12, 8], [50, 20, 30], [70, 4, 20]])
    hidden = hidden_cells(table, np.array([True, True, False, False]))
    assert hidden.tolist() == [[True, True, True], [True, True, True], [False, False, False], [False, True, True]]


tables = st.integers(1, 8).flatmap(
    lambda rows: st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=rows, max_size=rows)
)


@given(tables)
def test_no_small_cell_is_shown_or_can_be_subtracted(rows):
    table = np.array(rows)
    hidden_rows = hidden_groups(table.sum(axis=1))
    hidden = hidden_cells(table, hidden_rows)
    assert not (~hidden & (table > 0) & (table < 10)).any()
    for counts, line in [*zip(table, hidden, strict=True), *zip(table.T, hidden.T, strict=True)]:
        assert not line.any() or line.all() or (line.sum() >= 2 and counts[line].sum() >= 10)
