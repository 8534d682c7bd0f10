"""
Hiding small cells: numbers that would say something about fewer than ten patients.

Statistical disclosure control as in England's hospital statistics, with a larger limit: a count of 1 to 9 is hidden,
and where one hidden cell could be worked out from a total, a second one with it.
"""

import numpy as np

LEAST = 10


def is_small(counts: np.ndarray | int) -> np.ndarray | bool:
    """Whether a count is of so few patients that it is not shown; nobody is not few."""
    return (np.asarray(counts) > 0) & (np.asarray(counts) < LEAST)


def hidden_groups(sizes: np.ndarray) -> np.ndarray:
    """
    Which of several groups are hidden where their total is shown.

    Length-n bool: the small ones, and the next smallest until those hidden are two or more and together ten or more.

    >>> hidden_groups(np.array([3, 12, 40])).tolist()
    [True, True, False]
    >>> hidden_groups(np.array([12, 40])).tolist()
    [False, False]
    """
    hidden = is_small(sizes)
    while hidden.any() and not hidden[sizes > 0].all():
        if hidden.sum() >= 2 and sizes[hidden].sum() >= LEAST:
            break
        shown = np.flatnonzero(~hidden & (sizes > 0))
        hidden[shown[np.argmin(sizes[shown])]] = True
    return hidden


def hidden_cells(table: np.ndarray, hidden_rows: np.ndarray) -> np.ndarray:
    """
    Which cells of a table (groups × answers) are hidden where row and column totals are shown.

    n × k bool: all cells of a hidden row, every small cell, and in each row or column with exactly one hidden cell the
    smallest other one.

    >>> hidden_cells(np.array([[80, 12, 3], [50, 20, 30]]), np.array([False, False])).tolist()
    [[False, True, True], [False, True, True]]
    """
    hidden = is_small(table) | hidden_rows[:, None]
    while True:
        before = hidden.sum()
        for counts, line in [*zip(table, hidden, strict=True), *zip(table.T, hidden.T, strict=True)]:
            if line.sum() == 1 and len(line) > 1:
                line[np.argmin(np.where(line, np.iinfo(np.int64).max, counts))] = True
        if hidden.sum() == before:
            return hidden
