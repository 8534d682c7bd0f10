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
    return _covered(np.asarray(sizes), is_small(sizes))


def hidden_cells(table: np.ndarray, hidden_rows: np.ndarray) -> np.ndarray:
    """
    Which cells of a table (groups × answers) are hidden where row and column totals are shown.

    n × k bool: all cells of a hidden row, every small cell, and in each row and column the next smallest until those
    hidden are two or more and together ten or more: 96 of 97 better would say that one was not.

    >>> hidden_cells(np.array([[80, 12, 3], [50, 20, 30]]), np.array([False, False])).tolist()
    [[False, True, True], [False, True, True]]
    """
    hidden = is_small(table) | hidden_rows[:, None]
    while True:
        before = hidden.sum()
        for lines, counts in ((hidden, table), (hidden.T, table.T)):
            for place in np.flatnonzero(_can_be_worked_out(counts, lines)):
                lines[place] = _covered(counts[place], lines[place])
        if hidden.sum() == before:
            return hidden


def _can_be_worked_out(counts: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Which lines have hidden cells that a total would give away, singly or as a group of few."""
    few = (hidden.sum(axis=1) < 2) | ((counts * hidden).sum(axis=1) < LEAST)
    return hidden.any(axis=1) & ~hidden.all(axis=1) & few


def _covered(counts: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """One line with what must be hidden beside its hidden cells, the smallest first and nobody (0) last."""
    hidden = hidden.copy()
    order = np.argsort(np.where(counts > 0, counts, np.iinfo(np.int64).max), kind="stable")
    for place in order:
        if not hidden.any() or (hidden.sum() >= 2 and counts[hidden].sum() >= LEAST):
            break
        hidden[place] = True
    return hidden
