"""Why this much is expected of patients: contributions that add up to it."""

import numpy as np

from scoring.recovery import RecoveryCurve

AVERAGE, BASELINE = "similar patients on average", "own baseline"


def contributions(
    curve: RecoveryCurve, day: np.ndarray, baseline: np.ndarray, x: np.ndarray, middle: np.ndarray, names: list[str]
) -> tuple[list[str], np.ndarray]:
    """
    What the middle of the band from baseline is made of.

    Parameters
    ----------
    curve : of the patients' stratum
    day, baseline : length-n
    x : n × p covariates; names : their words
    middle : length-n, the expected score that is shown; NaN where none is

    Returns
    -------
    (words, points) : k words, and n × k points that add up to `middle` in each row: the average patient's course (with
    all that is nobody's own, such as the end of the scale), the own baseline, each covariate. Two decimals.
    """
    own = [curve.mean.parts(day, baseline, x)[1]]
    for number in range(len(names)):
        alone = np.zeros_like(x)
        alone[:, number] = x[:, number]
        own.append(curve.mean.parts(day, baseline, alone)[2])
    points = np.round(np.column_stack(own), 2)
    average = np.round(middle - points.sum(axis=1), 2)
    return [AVERAGE, BASELINE, *names], np.column_stack([average, points])
