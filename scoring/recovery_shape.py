"""The shape of a course in words."""

import numpy as np

SHAPES = ("relapse", "late dip", "plateau", "slow start")
LATE = 84  # days: twelve weeks, after which a course that stands still is a plateau and no longer a slow start


def shapes(day: np.ndarray, score: np.ndarray, expected: np.ndarray, better: float, step: float) -> np.ndarray:
    """
    One word per course, None where none fits.

    Parameters
    ----------
    day, score : n × v, visits in time order; NaN without an answer
    expected : n × v, middle of the band from baseline
    better : 1.0 if higher is better, else −1.0
    step : points that count as a change, the MDC where one is cited

    Returns
    -------
    Length-n of
        relapse : once at the expected level or above, now below it and worse than the best by two steps or more
        late dip : worse than the best by a step or more, after twelve weeks
        plateau : below the expected level after twelve weeks, and no step better than the answer before
        slow start : below the expected level in the first twelve weeks
    """
    score, expected = better * score, better * expected
    answered = ~np.isnan(score)
    rows = np.arange(len(score))
    last = score.shape[1] - 1 - answered[:, ::-1].argmax(axis=1)
    now, ahead_of = score[rows, last], score - expected
    best = np.nanmax(np.where(answered, score, -np.inf), axis=1)
    before = previous_score(score, answered, last)
    below, late = ahead_of[rows, last] < 0, day[rows, last] > LATE
    was_there = np.nanmax(np.where(answered, ahead_of, -np.inf), axis=1) >= 0
    fits = [
        below & was_there & (best - now >= 2 * step),
        late & (best - now >= step),
        late & below & (now - before < step),
        ~late & below,
    ]
    word = np.select(fits, [np.array(shape, dtype=object) for shape in SHAPES], default=None)
    return np.where(answered.any(axis=1), word, None)


def previous_score(score: np.ndarray, answered: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Length-n score of the answer before the last one; NaN without one."""
    earlier = answered & (np.arange(score.shape[1]) < last[:, None])
    position = score.shape[1] - 1 - earlier[:, ::-1].argmax(axis=1)
    return np.where(earlier.any(axis=1), score[np.arange(len(score)), position], np.nan)
